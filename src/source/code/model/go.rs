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

/// Structs inside each other that are followed.
const DEEPEST: usize = 8;

/// A struct of the file.
struct Struct<'a> {
    name: &'a str,
    at: usize,
    /// Without tags a struct is a part of the program, not of what it keeps or sends.
    has_tags: bool,
    fields: Vec<Field>,
    /// Structs whose fields are its own, too.
    embedded: Vec<String>,
}

impl<'a> Models<'a, '_> {
    fn go(&mut self) {
        let all = self.structs();
        for one in all.iter().filter(|s| s.has_tags) {
            let mut fields = Vec::new();
            fields_of(one, &all, 0, &mut fields);
            self.told(one.name, DatasetKind::Class, one.at, fields);
        }
    }

    fn structs(&self) -> Vec<Struct<'a>> {
        let mut all = Vec::new();
        for at in 1..self.tokens.len() {
            // `type Name struct {`, or `Name struct {` inside of `type ( … )`.
            let is_struct = self.is(at + 1, "struct") && self.is(at + 2, "{");
            if !is_struct || self.word(at).is_empty() {
                continue;
            }
            let is_in_group = self.begins_line(at) && self.column(at) < 8;
            if !is_in_group && !self.is(at - 1, "type") {
                continue;
            }
            let close = self.closing(at + 2).min(self.tokens.len());
            let inside = &self.tokens[at..close];
            let embedded = self.members(at + 2, embedded, true);
            all.push(Struct {
                name: self.word(at),
                at,
                has_tags: inside.iter().any(|t| t.is_text() && t.text.contains(":\"")),
                fields: self.members(at + 2, go_member, true),
                embedded: embedded.into_iter().map(|f| f.path).collect(),
            });
        }
        all
    }
}

/// The fields of a struct with those of the ones embedded in it.
fn fields_of(one: &Struct<'_>, all: &[Struct<'_>], depth: usize, out: &mut Vec<Field>) {
    let new = one
        .fields
        .iter()
        .filter(|f| out.iter().all(|known| known.path != f.path));
    let new: Vec<Field> = new.cloned().collect();
    out.extend(new);
    for name in one.embedded.iter().filter(|_| depth < DEEPEST) {
        if let Some(inner) = all.iter().find(|s| s.name == name) {
            fields_of(inner, all, depth + 1, out);
        }
    }
}

/// `Base`, `*Base`, with tags or without.
fn embedded(tokens: &[Token<'_>]) -> Option<Field> {
    let plain: Vec<&Token<'_>> = tokens
        .iter()
        .filter(|t| !t.is_text() && !t.is("*"))
        .collect();
    match plain.as_slice() {
        [name] if name.is_word() => Some(Field::named(name.text)),
        _ => None,
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
