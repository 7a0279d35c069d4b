//! Kotlin data classes, entities with properties in their body, and the tables of Exposed.

use super::member::{place, typed_member};
use super::{Framework, Models};
use crate::field::{DatasetKind, Field};

/// Records of Kotlin.
pub static FRAMEWORK: Framework = Framework {
    languages: &["kotlin"],
    tell: |models| models.kotlin(),
};

const MARKS: &[&str] = &[
    "Entity",
    "Table",
    "Document",
    "Serializable",
    "Embeddable",
    "MappedSuperclass",
    "JsonClass",
];

/// Objects of Exposed that are tables.
const TABLES: &[&str] = &[
    "Table",
    "IntIdTable",
    "LongIdTable",
    "UUIDTable",
    "IdTable",
    "CompositeIdTable",
];

impl Models<'_, '_> {
    fn kotlin(&mut self) {
        for at in 0..self.tokens.len() {
            if self.is(at, "object") && self.is(at + 2, ":") && TABLES.contains(&self.word(at + 3))
            {
                self.exposed(at);
            }
            if !self.is(at, "class") {
                continue;
            }
            let is_data = at > 0 && self.is(at - 1, "data");
            let is_entity = self.has_mark(at, MARKS);
            if !is_data && !is_entity {
                continue;
            }
            let mut fields = Vec::new();
            let mut next = at + 2;
            if self.is(next, "(") {
                fields.extend(self.members(next, typed_member, false));
                next = self.closing(next) + 1;
            }
            let body = (next..next + 24)
                .take_while(|i| !self.is(*i, "class") && !self.is(*i, "@"))
                .find(|i| self.is(*i, "{"));
            if let Some(body) = body.filter(|_| is_entity) {
                fields.extend(self.kept(body));
            }
            self.told(self.word(at + 1), DatasetKind::Class, at, fields);
        }
    }

    /// Properties of a body that keep a value; those with a getter are worked out.
    fn kept(&self, open: usize) -> Vec<Field> {
        let fields = self.members(open, typed_member, true);
        let close = self.closing(open).min(self.tokens.len());
        let is_kept = |field: &Field| {
            let named = |i: usize| self.tokens[i].start as u64 == field.place.start;
            let at = (open..close).find(|i| named(*i));
            let is_worked_out = |at: usize| {
                let next = (at + 1..at + 12).find(|i| self.begins_line(*i));
                next.is_some_and(|i| self.is(i, "get") && self.is(i + 1, "("))
            };
            at.is_some_and(|i| matches!(self.word(i - 1), "var" | "val") && !is_worked_out(i))
        };
        fields.into_iter().filter(is_kept).collect()
    }

    /// `object Users : Table("users") { val email = varchar("email", 255) }`.
    fn exposed(&mut self, at: usize) {
        let named = self.tokens.get(at + 5).filter(|t| t.is_text());
        let name = named.map_or(self.word(at + 1), |t| t.text);
        let Some(open) = (at + 4..at + 12).find(|i| self.is(*i, "{")) else {
            return;
        };
        let close = self.closing(open).min(self.tokens.len());
        let columns = (open + 1..close).filter_map(|i| {
            let is_column = self.is(i, "val") && self.is(i + 2, "=") && self.is(i + 4, "(");
            let name = self
                .tokens
                .get(i + 5)
                .filter(|t| is_column && t.is_text())?;
            Some(Field {
                declared_type: Some(self.word(i + 3).to_owned()),
                place: place(name),
                ..Field::named(name.text)
            })
        });
        let columns = columns.collect();
        self.told(name, DatasetKind::Table, at, columns);
    }
}
