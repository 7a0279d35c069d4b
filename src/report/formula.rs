//! Text that spreadsheet programs would run as a formula, and how it is made harmless (OWASP, CSV injection).

use std::borrow::Cow;

/// First characters that make a cell a formula or a command, full-width forms included.
const TRIGGERS: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// The cell with `'` before each place where a formula could begin: the start, and after each line break inside.
pub fn guarded(cell: &str) -> Cow<'_, str> {
    if !cell.split_inclusive(['\n', '\r']).any(is_risky) {
        return Cow::Borrowed(cell);
    }
    let mut safe = String::with_capacity(cell.len() + 2);
    for line in cell.split_inclusive(['\n', '\r']) {
        if is_risky(line) {
            safe.push('\'');
        }
        safe.push_str(line);
    }
    Cow::Owned(safe)
}

/// The cell as it was before [`guarded`].
pub fn unguarded(cell: &str) -> Cow<'_, str> {
    let is_guarded = |line: &str| line.strip_prefix('\'').is_some_and(is_risky);
    if !cell.split_inclusive(['\n', '\r']).any(is_guarded) {
        return Cow::Borrowed(cell);
    }
    let strip = |line| if is_guarded(line) { &line[1..] } else { line };
    Cow::Owned(cell.split_inclusive(['\n', '\r']).map(strip).collect())
}

fn is_risky(line: &str) -> bool {
    let first = line.trim_start_matches([' ', '\u{a0}']).chars().next();
    // A line that holds its line break only is an empty one.
    first.is_some_and(|c| TRIGGERS.contains(&c)) && line != "\n" && line != "\r"
}

/// A cell of a Markdown table: harmless as a formula when it is pasted, and one line.
pub fn table_cell(cell: &str) -> String {
    guarded(cell)
        .replace('|', "\\|")
        .replace("\r\n", "<br>")
        .replace(['\n', '\r'], "<br>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_guarded_and_come_back() {
        for cell in [
            "=1+1",
            " =1+1",
            "\u{a0}@SUM(A1)",
            "＝1",
            "+49 30 555",
            "-2",
            "a\n=1",
            "\tx",
        ] {
            let safe = guarded(cell);
            assert_ne!(safe, cell);
            assert_eq!(unguarded(&safe), cell);
        }
        for cell in [
            "",
            "a=1",
            "plain",
            "'quoted'",
            "two\nlines",
            "two\r\nlines",
            "'tis",
        ] {
            assert_eq!(guarded(cell), cell);
            assert_eq!(unguarded(cell), cell);
        }
    }

    #[test]
    fn a_table_cell_is_one_line() {
        assert_eq!(table_cell("a|b\nc"), "a\\|b<br>c");
    }
}
