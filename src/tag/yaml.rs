//! Tags in YAML that describes fields: dbt's `config.meta.pii` below a column's name, OpenAPI's `x-pii` below a property,
//! `customProperties` of a data contract, `data_categories` of a Fides dataset.

use super::code;
use super::{Splice, Syntax, Untagged};

/// The syntax.
pub struct Yaml;

/// Its entry in the list of syntaxes.
pub static SYNTAX: Yaml = Yaml;

impl Syntax for Yaml {
    fn takes(&self, name: &str, _: &str) -> bool {
        name.ends_with(".yml") || name.ends_with(".yaml")
    }

    fn ways(&self, text: &str, field: &Untagged<'_>) -> Vec<Splice> {
        let Some(line) = code::line(text, field.line) else {
            return Vec::new();
        };
        let part = &text[line.clone()];
        let keys = field.keys();
        let is_listed = part.trim_start().starts_with("- ");
        if !is_listed {
            return property(text, line, &keys).into_iter().collect();
        }
        let margin = " ".repeat(code::indent(part).len() + 2);
        let behind = |text: String| Splice { at: line.end, text };
        if text.contains("fides_key") {
            let categories: String = field
                .missing
                .types
                .iter()
                .map(|t| format!("\n{margin}  - {}", t.key()))
                .collect();
            return vec![behind(format!("\n{margin}data_categories:{categories}"))];
        }
        if text.contains("DataContract") {
            return vec![behind(format!(
                "\n{margin}customProperties:\n{margin}  - property: pii\n{margin}    value: {keys}"
            ))];
        }
        vec![
            behind(format!(
                "\n{margin}config:\n{margin}  meta:\n{margin}    pii: {keys}"
            )),
            behind(format!("\n{margin}meta:\n{margin}  pii: {keys}")),
        ]
    }
}

/// Below `email:`, as its first key; in `email: { … }` behind the brace.
fn property(text: &str, line: std::ops::Range<usize>, keys: &str) -> Option<Splice> {
    let part = &text[line.clone()];
    if let Some(open) = part.find('{') {
        return Some(Splice {
            at: line.start + open + 1,
            text: format!(" x-pii: \"{keys}\","),
        });
    }
    let own = code::indent(part).len();
    let next = text[line.end..]
        .lines()
        .skip(1)
        .find(|l| !l.trim().is_empty())?;
    let margin = code::indent(next);
    (margin.len() > own && part.trim_end().ends_with(':')).then(|| Splice {
        at: line.end,
        text: format!("\n{margin}x-pii: {keys}"),
    })
}
