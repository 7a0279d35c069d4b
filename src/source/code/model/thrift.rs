//! Thrift structs, unions and exceptions with their annotations.

use super::mark::{apply, tag};
use super::member::{place, shown_type, top_level};
use super::{Framework, Models};
use crate::field::{DatasetKind, Field};
use crate::source::code::lexer::{Kind, Token};

/// Records of Thrift.
pub static FRAMEWORK: Framework = Framework {
    languages: &["thrift"],
    tell: thrift,
};

fn thrift(models: &mut Models<'_, '_>) {
    let words = &["struct", "union", "exception"];
    models.blocks(words, DatasetKind::Message, member);
}

/// `1: optional string email = "" (pii = "email")`.
fn member(tokens: &[Token<'_>]) -> Option<Field> {
    let numbered = tokens.first()?.kind == Kind::Number && tokens.get(1)?.is(":");
    let mut rest = &tokens[if numbered { 2 } else { 0 }..];
    while rest.first()?.is("required") || rest.first()?.is("optional") {
        rest = &rest[1..];
    }
    let marks = rest.iter().position(|t| t.is("(")).unwrap_or(rest.len());
    let end = top_level(&rest[..marks], 0, "=");
    let (name, kind) = rest[..end].split_last()?;
    if !name.is_word() || kind.is_empty() {
        return None;
    }
    let mut field = Field {
        declared_type: shown_type(kind),
        place: place(name),
        ..Field::named(name.text)
    };
    let inside = rest.get(marks + 1..).unwrap_or_default();
    for part in inside.split(|t| t.is(",") || t.is(")")) {
        let Some(key) = part.iter().take_while(|t| !t.is("=")).last() else {
            continue;
        };
        let value = part.iter().find(|t| t.is_text()).map_or("", |t| t.text);
        apply(vec![tag(key.text, value)], &mut field);
    }
    Some(field)
}
