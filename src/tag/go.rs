//! Tags in Go structs: `pii:"<key>"` in the struct tag, beside `json:"…"` and the like.

use super::code;
use super::{Splice, Syntax, Untagged};

/// The syntax.
pub struct Go;

/// Its entry in the list of syntaxes.
pub static SYNTAX: Go = Go;

impl Syntax for Go {
    fn takes(&self, name: &str, _: &str) -> bool {
        name.ends_with(".go")
    }

    fn ways(&self, text: &str, field: &Untagged<'_>) -> Vec<Splice> {
        let Some(line) = code::line(text, field.line) else {
            return Vec::new();
        };
        let part = &text[line.clone()];
        let pair = format!("pii:\"{}\"", field.keys().replace(", ", ","));
        let ticks: Vec<usize> = part.match_indices('`').map(|(at, _)| at).collect();
        let way = match ticks.as_slice() {
            [_, close] => Splice {
                at: line.start + close,
                text: format!(" {pair}"),
            },
            [] => {
                let code_end = part.find("//").unwrap_or(part.len());
                Splice {
                    at: line.start + part[..code_end].trim_end().len(),
                    text: format!(" `{pair}`"),
                }
            }
            _ => return Vec::new(),
        };
        let behind = code::behind(text, field.line, &format!("// {}", field.tag()));
        std::iter::once(way).chain(behind).collect()
    }
}
