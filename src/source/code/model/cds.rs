//! SAP CDS: entities, types and aspects, and annotations given to them elsewhere in the file.

use super::mark::{apply, tag};
use super::member::{closing, place, shown_type};
use super::{Framework, Models};
use crate::field::{DatasetKind, Field};
use crate::source::code::lexer::Token;

/// Entities of CDS.
pub static FRAMEWORK: Framework = Framework {
    languages: &["cds"],
    tell: |models| models.cds(),
};

impl Models<'_, '_> {
    fn cds(&mut self) {
        for at in 0..self.tokens.len() {
            let kind = self.word(at);
            if !matches!(kind, "entity" | "type" | "aspect" | "annotate") {
                continue;
            }
            let Some(open) = (at + 2..at + 60).find(|i| self.is(*i, "{") && !self.is(*i - 1, ":"))
            else {
                continue;
            };
            let ends = (at + 1..open).any(|i| self.is(i, ";"));
            // `annotate my.shop.Customers with { … }`: the last step names it.
            let name_at = (at + 1..open)
                .take_while(|i| !self.word(*i).is_empty() || self.is(*i, "."))
                .filter(|i| !self.word(*i).is_empty() && !self.is(*i, "with"))
                .last();
            let Some(name_at) = name_at.filter(|_| !ends) else {
                continue;
            };
            let fields = self.members(open, member, false);
            self.told(self.word(name_at), DatasetKind::Table, at, fields);
        }
    }
}

/// `key name : Type @A.B: value`, `@A.B name : Type`, in `annotate` without a type.
fn member(tokens: &[Token<'_>]) -> Option<Field> {
    let mut plain: Vec<Token<'_>> = Vec::new();
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if token.is("(") {
            at = closing(tokens, at) + 1;
            continue;
        }
        if !token.is("@") {
            plain.push(*token);
            at += 1;
            continue;
        }
        at += 1;
        let mut name = String::new();
        while let Some(part) = tokens.get(at).filter(|t| t.is_word() || t.is(".")) {
            // A word behind a word is the next thing.
            if part.is_word() && !name.is_empty() && !name.ends_with('.') {
                break;
            }
            name.push_str(part.text);
            at += 1;
        }
        let mut value = "";
        let is_given = tokens.get(at).is_some_and(|t| t.is(":")) && plain.len() != 1;
        if is_given && let Some(given) = tokens.get(at + 1) {
            value = given.text;
            at += 2;
        }
        tags.push(tag(&name, value));
    }
    let is_word =
        |t: &&Token<'_>| t.is_word() && !["key", "virtual", "element"].iter().any(|w| t.is(w));
    let name = plain.iter().find(is_word)?;
    let colon = plain.iter().position(|t| t.is(":"));
    let kind = colon.map(|at| &plain[at + 1..]);
    let is_relation = |t: &Token<'_>| t.is("Association") || t.is("Composition");
    if kind.and_then(|k| k.first()).is_some_and(is_relation) {
        return None;
    }
    let mut field = Field {
        declared_type: kind.and_then(shown_type),
        place: place(name),
        primary_key: plain.first().is_some_and(|t| t.is("key")),
        ..Field::named(name.text)
    };
    apply(tags, &mut field);
    Some(field)
}
