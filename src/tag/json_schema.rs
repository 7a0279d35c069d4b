//! Tags in JSON Schema, OpenAPI and AsyncAPI as JSON (`x-pii`), in Avro schemas (`pii` and the tag that registries know) and
//! in BigQuery schemas (the description): a key of the property's object.

use super::code::{self, Marks};
use super::{Splice, Syntax, Untagged};

/// The syntax.
pub struct JsonSchema;

/// Its entry in the list of syntaxes.
pub static SYNTAX: JsonSchema = JsonSchema;

const MARKS: Marks = Marks {
    quotes: "\"",
    line_comments: &[],
    block_comments: false,
    backslash: true,
};

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
        match part[..at - line.start].contains("\"name\"") {
            true => record_field(text, at, field),
            false => property(text, at, &keys).into_iter().collect(),
        }
    }
}

/// A field that an object with a `name` describes: in Avro by keys of registries, in BigQuery by its description.
fn record_field(text: &str, at: usize, field: &Untagged<'_>) -> Vec<Splice> {
    let object = text[at..].split('}').next().unwrap_or_default();
    if text.contains("\"mode\"") && !text.contains("\"record\"") {
        let grown = object.find("\"description\"").and_then(|from| {
            let value = at + from + "\"description\"".len();
            let colon = value + text[value..].find(':')? + 1;
            code::end_of_literal(text, colon, MARKS)
        });
        return vec![match grown {
            Some(at) => Splice {
                at,
                text: format!(" {}", field.tag()),
            },
            None => Splice {
                at,
                text: format!(", \"description\": \"{}\"", field.tag()),
            },
        }];
    }
    let tags = match object.contains("\"confluent:tags\"") {
        true => "",
        false => ", \"confluent:tags\": [\"PII\"]",
    };
    vec![Splice {
        at,
        text: format!("{tags}, \"pii\": \"{}\"", field.keys()),
    }]
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
