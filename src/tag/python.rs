//! Tags in Python models (Django, SQLAlchemy, Pydantic, dataclasses): a comment behind the field, or above it.

use super::code::{self, Marks};
use super::{Splice, Syntax, Untagged};

/// The syntax.
pub struct Python;

/// Its entry in the list of syntaxes.
pub static SYNTAX: Python = Python;

const MARKS: Marks = Marks {
    quotes: "\"'",
    line_comments: &["#"],
    block_comments: false,
    backslash: true,
};

impl Syntax for Python {
    fn takes(&self, name: &str, _: &str) -> bool {
        name.ends_with(".py")
    }

    fn ways(&self, text: &str, field: &Untagged<'_>) -> Vec<Splice> {
        let Some(line) = code::line(text, field.line) else {
            return Vec::new();
        };
        let comment = format!("# {}", field.tag());
        let code_end = code::end_of_code(text, line.clone(), MARKS);
        // A comment that stands there says it first; a tag in its middle would be read as prose.
        let is_commented = !text[code_end..line.end].trim().is_empty();
        let behind = match is_commented {
            true => code::behind(text, field.line, &field.tag()),
            false => code::behind(text, field.line, &format!(" {comment}")),
        };
        let above = code::above(text, field.line, &comment);
        // Behind the bracket that closes a definition of several lines.
        let closed = code::walk(text, line.start, MARKS, |at, byte, depth| {
            byte == b'\n' && depth == 0 && at >= line.end
        });
        let last = Splice {
            at: closed.code,
            text: format!("  {comment}"),
        };
        behind.into_iter().chain(above).chain([last]).collect()
    }
}
