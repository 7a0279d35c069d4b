//! The hash that GitHub code scanning keeps of a line: a rolling hash of the first hundred units from its start,
//! white space left out, with the number of its occurrence in the file. Published with test vectors.

use std::collections::HashMap;

const BASE: u64 = 37;
const WINDOW: usize = 100;
/// Stands for the end of the file.
const END: u16 = 0xFFFF;

/// The hash of every line, the first line first.
pub fn line_hashes(text: &str) -> Vec<String> {
    let (units, starts) = units(text);
    let mut seen: HashMap<u64, usize> = HashMap::new();
    let mut hashes = Vec::with_capacity(starts.len());
    for start in starts {
        let mut hash = 0u64;
        for at in start..start + WINDOW {
            // Past the end the window is filled with zeros.
            let unit = units.get(at).copied().unwrap_or(0);
            hash = hash.wrapping_mul(BASE).wrapping_add(u64::from(unit));
        }
        let count = seen.entry(hash).or_insert(0);
        *count += 1;
        hashes.push(format!("{hash:x}:{count}"));
    }
    hashes
}

/// The units that count, and where each line starts among them. CR LF and CR alone end a line as LF does.
fn units(text: &str) -> (Vec<u16>, Vec<usize>) {
    let mut units = Vec::with_capacity(text.len());
    let mut starts = Vec::new();
    let mut is_start = true;
    let mut after_cr = false;
    for unit in text.encode_utf16() {
        let is_second_half = unit == u16::from(b'\n') && after_cr;
        after_cr = unit == u16::from(b'\r');
        if is_second_half {
            continue;
        }
        // A line starts at its first unit, even one that is left out.
        if is_start {
            starts.push(units.len());
            is_start = false;
        }
        match unit {
            0x20 | 0x09 => {}
            0x0A | 0x0D => {
                units.push(0x0A);
                is_start = true;
            }
            other => units.push(other),
        }
    }
    if is_start {
        starts.push(units.len());
    }
    units.push(END);
    (units, starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_vectors_hold() {
        assert_eq!(line_hashes(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            line_hashes(" a\nb\n  \t\tc\n d"),
            [
                "271789c17abda88f:1",
                "54703d4cd895b18:1",
                "180aee12dab6264:1",
                "a23a3dc5e078b07b:1"
            ]
        );
    }

    #[test]
    fn equal_lines_are_counted_and_line_ends_are_equal() {
        let unix = line_hashes(&"x\n".repeat(200));
        assert_eq!(unix, line_hashes(&"x\r\n".repeat(200)));
        assert_eq!(unix, line_hashes(&"x\r".repeat(200)));
        assert!(unix[1].ends_with(":2"));
    }
}
