//! Tags in Rails schemas and migrations: the column's `comment:`, which Rails writes to the database.

use super::code::{self, Marks};
use super::{Splice, Syntax, Untagged};

/// The syntax.
pub struct Rails;

/// Its entry in the list of syntaxes.
pub static SYNTAX: Rails = Rails;

const MARKS: Marks = Marks {
    quotes: "\"'",
    line_comments: &["#"],
    block_comments: false,
    backslash: true,
};

impl Syntax for Rails {
    fn takes(&self, name: &str, _: &str) -> bool {
        name.ends_with(".rb")
    }

    fn ways(&self, text: &str, field: &Untagged<'_>) -> Vec<Splice> {
        let Some(line) = code::line(text, field.line) else {
            return Vec::new();
        };
        let trailing = code::behind(text, field.line, &format!("# {}", field.tag()));
        let code_end = code::end_of_code(text, line.clone(), MARKS);
        let code = &text[line.start..code_end];
        let ways = [
            grown(code, line.start, field),
            argument(code, code_end, field),
        ];
        ways.into_iter().flatten().chain(trailing).collect()
    }
}

/// Behind what `comment: "…"` says already.
fn grown(code: &str, start: usize, field: &Untagged<'_>) -> Option<Splice> {
    let at = code.find("comment: \"")? + "comment: \"".len();
    let bytes = code.as_bytes();
    let mut end = at;
    while end < bytes.len() && bytes[end] != b'"' {
        end += if bytes[end] == b'\\' { 2 } else { 1 };
    }
    (end < bytes.len()).then(|| Splice {
        at: start + end,
        text: format!(" {}", field.tag()),
    })
}

/// As a last argument, where the call ends on the line.
fn argument(code: &str, code_end: usize, field: &Untagged<'_>) -> Option<Splice> {
    let is_open = code.ends_with([',', '(', '{', '|']) || code.ends_with(" do");
    let text = format!(", comment: \"{}\"", field.tag());
    let at = if code.ends_with(')') {
        code_end - 1
    } else {
        code_end
    };
    (!is_open && !code.trim().is_empty() && !code.contains("comment:"))
        .then_some(Splice { at, text })
}
