//! Go structs with tags.

use super::mark::tag;
use super::member::{place, shown_type};
use super::{Framework, Models};
use crate::field::{DatasetKind, Field};
use crate::source::code::lexer::Token;

/// Records of Go.
pub static FRAMEWORK: Framework = Framework {
    languages: &["go"],
    tell: |models| models.go(),
};

impl<'a> Models<'a, '_> {
    fn go(&mut self) {
        for at in 0..self.tokens.len() {
            // `type Name struct {`, or `Name struct {` inside of `type ( … )`.
            let is_struct = self.is(at + 1, "struct") && self.is(at + 2, "{");
            let is_declared = at > 0
                && (self.is(at - 1, "type") || (self.begins_line(at) && self.column(at) < 8));
            if !is_struct || !is_declared || self.word(at).is_empty() {
                continue;
            }
            let close = self.closing(at + 2);
            // Without tags a struct is a part of the program, not of what it keeps or sends.
            let has_tags = self.tokens[at..close]
                .iter()
                .any(|t| t.is_text() && t.text.contains(":\""));
            if has_tags {
                let fields = self.members(at + 2, go_member, true);
                self.told(self.word(at), DatasetKind::Class, at, fields);
            }
        }
    }
}

/// `Name Type \`json:"name" pii:"email"\``.
fn go_member(tokens: &[Token<'_>]) -> Option<Field> {
    let (name, rest) = tokens.split_first()?;
    if !name.is_word() || rest.is_empty() || rest[0].is_text() || rest[0].is(".") {
        return None;
    }
    let tags = rest.last().filter(|t| t.is_text());
    let kind = &rest[..rest.len() - usize::from(tags.is_some())];
    let mut field = Field {
        declared_type: shown_type(kind),
        place: place(name),
        ..Field::named(name.text)
    };
    for (key, value) in tags.map(|t| struct_tags(t.text)).unwrap_or_default() {
        match key {
            "pii" | "sensitive" | "mask" | "redact" | "masq" | "censor" => {
                field.tags.push(tag(key, value))
            }
            "validate" | "binding" => {
                let known = value
                    .split(',')
                    .filter(|v| matches!(*v, "email" | "e164" | "ip" | "uuid" | "credit_card"));
                field.validators.extend(known.map(str::to_owned));
            }
            _ => {}
        }
    }
    Some(field)
}

fn struct_tags(text: &str) -> Vec<(&str, &str)> {
    let parts: Vec<&str> = text.split('"').collect();
    let pairs = parts.chunks(2).filter(|pair| pair.len() == 2);
    pairs
        .map(|pair| (pair[0].trim().trim_end_matches(':'), pair[1]))
        .collect()
}
