//! GraphQL types, inputs and interfaces.

use super::mark::{apply, marks};
use super::member::{closing, place, shown_type};
use super::{Framework, Models};
use crate::field::{DatasetKind, Field};
use crate::source::code::lexer::Token;

/// Types of an API.
pub static FRAMEWORK: Framework = Framework {
    languages: &["graphql"],
    tell: graphql,
};

fn graphql(models: &mut Models<'_, '_>) {
    let words = &["type", "input", "interface"];
    models.blocks(words, DatasetKind::Message, named_member);
}

fn named_member(tokens: &[Token<'_>]) -> Option<Field> {
    let at = tokens.iter().position(|t| t.is_word())?;
    let name = &tokens[at];
    // Arguments of a field stand between its name and its type.
    let next = if tokens.get(at + 1)?.is("(") {
        closing(tokens, at + 1) + 1
    } else {
        at + 1
    };
    if !tokens.get(next)?.is(":") {
        return None;
    }
    let end = tokens
        .iter()
        .position(|t| t.is("@"))
        .unwrap_or(tokens.len())
        .max(next + 1);
    let described = tokens[..at].iter().find(|t| t.is_text());
    let mut field = Field {
        declared_type: shown_type(&tokens[next + 1..end]),
        comment: described.map(|t| t.text.trim().to_owned()),
        place: place(name),
        ..Field::named(name.text)
    };
    apply(marks(&tokens[end..]).0, &mut field);
    Some(field)
}
