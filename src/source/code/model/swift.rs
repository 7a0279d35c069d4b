//! Swift structs and classes that are coded or managed.

use super::member::typed_member;
use super::{Framework, Models};
use crate::field::{DatasetKind, Field};
use crate::source::code::lexer::Token;

/// Records of Swift.
pub static FRAMEWORK: Framework = Framework {
    languages: &["swift"],
    tell: |models| models.swift(),
};

impl<'a> Models<'a, '_> {
    fn swift(&mut self) {
        for at in 0..self.tokens.len() {
            if !matches!(self.word(at), "struct" | "class") {
                continue;
            }
            let Some(open) = (at + 2..at + 24).find(|i| self.is(*i, "{")) else {
                continue;
            };
            let header = &self.tokens[at..open];
            let is_record = header.iter().any(|t| {
                [
                    "Codable",
                    "Decodable",
                    "Encodable",
                    "NSManagedObject",
                    "Object",
                ]
                .iter()
                .any(|w| t.is(w))
            });
            if is_record {
                let fields = self.members(open, stored_member, true);
                self.told(self.word(at + 1), DatasetKind::Class, at, fields);
            }
        }
    }
}

/// `let name: Type`, and no computed one.
fn stored_member(tokens: &[Token<'_>]) -> Option<Field> {
    let is_stored = tokens.iter().take(6).any(|t| t.is("let") || t.is("var"));
    let is_computed = tokens.iter().any(|t| t.is("{"));
    typed_member(tokens).filter(|_| is_stored && !is_computed)
}
