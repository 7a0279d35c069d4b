//! Protobuf messages with their options.

use super::mark::{apply, tag};
use super::member::{place, shown_type};
use super::{Framework, Models};
use crate::field::{DatasetKind, Field};
use crate::source::code::lexer::Token;

/// Messages.
pub static FRAMEWORK: Framework = Framework {
    languages: &["protobuf"],
    tell: protobuf,
};

fn protobuf(models: &mut Models<'_, '_>) {
    models.blocks(&["message"], DatasetKind::Message, protobuf_member);
}

/// `repeated Type name = 1 [(x.pii) = true];`
fn protobuf_member(tokens: &[Token<'_>]) -> Option<Field> {
    let start = tokens
        .iter()
        .position(|t| !["optional", "repeated", "required"].iter().any(|w| t.is(w)))?;
    let equals = tokens.iter().position(|t| t.is("="))?;
    let name = equals
        .checked_sub(1)
        .and_then(|i| tokens.get(i))
        .filter(|t| t.is_word())?;
    if equals < start + 2
        || ["option", "reserved", "enum", "message", "oneof"]
            .iter()
            .any(|w| tokens[start].is(w))
    {
        return None;
    }
    let mut field = Field {
        declared_type: shown_type(&tokens[start..equals - 1]),
        place: place(name),
        ..Field::named(name.text)
    };
    let options = tokens[equals..].iter().position(|t| t.is("["));
    for part in options
        .map(|at| &tokens[equals + at + 1..])
        .unwrap_or_default()
        .split(|t| t.is(","))
    {
        let key = part
            .iter()
            .take_while(|t| !t.is("="))
            .filter(|t| t.is_word())
            .last();
        let value = part.iter().skip_while(|t| !t.is("=")).nth(1);
        if let (Some(key), Some(value)) = (key, value) {
            let name = if key.text == "debug_redact" {
                "redact"
            } else {
                key.text
            };
            apply(vec![tag(name, value.text)], &mut field);
        }
    }
    Some(field)
}
