//! Tags in GraphQL schemas: the field's description, which tools show; a comment where that cannot be.

use super::code;
use super::{Splice, Syntax, Untagged};

/// The syntax.
pub struct Graphql;

/// Its entry in the list of syntaxes.
pub static SYNTAX: Graphql = Graphql;

impl Syntax for Graphql {
    fn takes(&self, name: &str, _: &str) -> bool {
        [".graphql", ".graphqls", ".gql"]
            .iter()
            .any(|ending| name.ends_with(ending))
    }

    fn ways(&self, text: &str, field: &Untagged<'_>) -> Vec<Splice> {
        let tag = field.tag();
        let Some(line) = code::line(text, field.line) else {
            return Vec::new();
        };
        let before = text[..line.start].trim_end();
        // A field has one description: where it has one, the tag goes to its end.
        let grown = ["\"\"\"", "\""]
            .into_iter()
            .find(|quote| before.ends_with(quote))
            .map(|quote| {
                let inside = &before[..before.len() - quote.len()];
                let at = inside.trim_end().len();
                Splice {
                    at,
                    text: format!(" {tag}"),
                }
            });
        if let Some(grown) = grown {
            return vec![grown];
        }
        let described = code::above(text, field.line, &format!("\"\"\"{tag}\"\"\""));
        let commented = code::behind(text, field.line, &format!("# {tag}"));
        described.into_iter().chain(commented).collect()
    }
}
