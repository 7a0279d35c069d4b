//! Tags in Python models: `info={"pii": …}` of a SQLAlchemy column, which programs can ask for; elsewhere (Django, Pydantic,
//! dataclasses) a comment behind the field, or above it.

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
        let info = info(text, line.start, field);
        info.into_iter()
            .chain(behind)
            .chain(above)
            .chain([last])
            .collect()
    }
}

/// As the last argument of `Column(…)` or `mapped_column(…)`, where it has no `info` yet.
fn info(text: &str, start: usize, field: &Untagged<'_>) -> Option<Splice> {
    let statement = code::walk(text, start, MARKS, |_, byte, depth| {
        byte == b'\n' && depth == 0
    });
    let code = &text[start..statement.code];
    let call = ["Column(", "mapped_column("]
        .iter()
        .filter_map(|call| Some(code.find(call)? + call.len()))
        .min()?;
    let is_plain = code.ends_with(')') && !code.contains("info=") && !code.contains("info =");
    let end = code::walk(text, start + call, MARKS, |_, byte, depth| {
        byte == b')' && depth == 0
    });
    let is_whole = end.is_stopped && end.at + 1 == statement.code;
    if !is_plain || !is_whole {
        return None;
    }
    let argument = format!("info={{\"pii\": \"{}\"}}", field.keys());
    let inside = &text[start + call..end.code];
    let text = match (inside.trim().is_empty(), inside.ends_with(',')) {
        (true, _) => argument,
        // Arguments that end with a comma stand on lines of their own.
        (false, true) => {
            let last = text[..end.code].rfind('\n').map_or(0, |at| at + 1);
            format!("\n{}{argument},", code::indent(&text[last..]))
        }
        (false, false) => format!(", {argument}"),
    };
    Some(Splice { at: end.code, text })
}
