//! Tables built column by column in a callback: Knex, AdonisJS and Objection migrations.
//! `table.string('email')` declares a column; keys, indexes and what is dropped do not.

use super::member::place;
use super::{Framework, Models};
use crate::field::{DatasetKind, Field};

/// Tables of migrations in JavaScript.
pub static FRAMEWORK: Framework = Framework {
    languages: &["typescript", "javascript"],
    tell: |models| models.knex(),
};

const KINDS: &[&str] = &[
    "string",
    "text",
    "integer",
    "bigInteger",
    "tinyint",
    "smallint",
    "mediumint",
    "float",
    "double",
    "decimal",
    "boolean",
    "date",
    "datetime",
    "dateTime",
    "time",
    "timestamp",
    "binary",
    "json",
    "jsonb",
    "uuid",
    "enum",
    "enu",
    "increments",
    "bigIncrements",
    "specificType",
    "geometry",
    "point",
    "inet",
];

impl Models<'_, '_> {
    fn knex(&mut self) {
        for at in 0..self.tokens.len() {
            let is_table = matches!(
                self.word(at),
                "createTable" | "createTableIfNotExists" | "alterTable" | "table"
            ) && self.is(at + 1, "(")
                && at > 0
                && self.is(at - 1, ".");
            if !is_table {
                continue;
            }
            let Some(name) = self.tokens.get(at + 2).filter(|t| t.is_text()) else {
                continue;
            };
            let end = self.closing(at + 1);
            let fields = (at + 3..end).filter_map(|i| self.knex_column(i)).collect();
            self.told(name.text, DatasetKind::Table, at, fields);
        }
    }

    /// `t.string('email', 100)`, where `t` begins a statement.
    fn knex_column(&self, at: usize) -> Option<Field> {
        let kind = self.word(at);
        let is_call =
            KINDS.contains(&kind) && self.is(at + 1, "(") && at >= 2 && self.is(at - 1, ".");
        let begins = at >= 3 && !self.is(at - 3, ".");
        let name = self
            .tokens
            .get(at + 2)
            .filter(|t| is_call && begins && t.is_text())?;
        Some(Field {
            declared_type: Some(kind.to_owned()),
            place: place(name),
            primary_key: kind.ends_with("ncrements"),
            ..Field::named(name.text)
        })
    }
}
