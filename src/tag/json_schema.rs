//! Tags in JSON Schema, OpenAPI and AsyncAPI as JSON (`x-pii`), and in Avro schemas (`pii`): a key of the property's object.

use super::code;
use super::{Splice, Syntax, Untagged};

/// The syntax.
pub struct JsonSchema;

/// Its entry in the list of syntaxes.
pub static SYNTAX: JsonSchema = JsonSchema;

impl Syntax for JsonSchema {
    fn takes(&self, name: &str, _: &str) -> bool {
        [".json", ".avsc", ".avpr"]
            .iter()
            .any(|ending| name.ends_with(ending))
    }

    fn ways(&self, text: &str, field: &Untagged<'_>) -> Vec<Splice> {
        let Some(line) = code::line(text, field.line) else {
            return Vec::new();
        };
        let part = &text[line.clone()];
        let named = format!("\"{}\"", field.name());
        let Some(at) = part.find(&named).map(|at| line.start + at + named.len()) else {
            return Vec::new();
        };
        let keys = field.keys();
        let is_avro = part[..at - line.start].contains("\"name\"");
        if is_avro {
            return vec![Splice {
                at,
                text: format!(", \"pii\": \"{keys}\""),
            }];
        }
        property(text, at, &keys).into_iter().collect()
    }
}

/// Right behind the brace that opens the property, on a line of its own where the property has lines.
fn property(text: &str, from: usize, keys: &str) -> Option<Splice> {
    let rest = text[from..].trim_start().strip_prefix(':')?.trim_start();
    let open = text.len() - rest.len();
    let inside = rest.strip_prefix('{')?;
    let is_empty = inside.trim_start().starts_with('}');
    let comma = if is_empty { "" } else { "," };
    let next_line = inside
        .split_once('\n')
        .filter(|(first, _)| first.trim().is_empty())
        .map(|(_, next)| code::indent(next.lines().next().unwrap_or_default()));
    let text = match next_line {
        Some(indent) => format!("\n{indent}\"x-pii\": \"{keys}\"{comma}"),
        None if is_empty => format!("\"x-pii\": \"{keys}\""),
        None => format!(" \"x-pii\": \"{keys}\"{comma}"),
    };
    Some(Splice { at: open + 1, text })
}
