//! Rust structs that are serialised or mapped to rows.

use super::member::typed_member;
use super::{Framework, Models};
use crate::field::DatasetKind;

/// Records of Rust.
pub static FRAMEWORK: Framework = Framework {
    languages: &["rust"],
    tell: |models| models.rust(),
};

impl<'a> Models<'a, '_> {
    fn rust(&mut self) {
        const DERIVES: &[&str] = &[
            "Serialize",
            "Deserialize",
            "FromRow",
            "Queryable",
            "Insertable",
            "Selectable",
            "DeriveEntityModel",
            "SimpleObject",
        ];
        for at in 0..self.tokens.len() {
            if !self.is(at, "struct") {
                continue;
            }
            let before = &self.tokens[at.saturating_sub(60)..at];
            let mut near = before.iter().rev().take_while(|t| !t.is("}") && !t.is(";"));
            let is_record = near.any(|t| t.is_word() && DERIVES.contains(&t.text));
            let open = (at + 2..at + 10).find(|i| self.is(*i, "{"));
            if let Some(open) = open.filter(|_| is_record) {
                let fields = self.members(open, typed_member, false);
                self.told(self.word(at + 1), DatasetKind::Class, at, fields);
            }
        }
    }
}
