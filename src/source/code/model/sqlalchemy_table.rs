//! Tables that Python builds by a call: SQLAlchemy's `Table`, and `create_table` of Alembic migrations.

use super::member::{closing, place, shown_type};
use super::{Framework, Models};
use crate::field::{DatasetKind, Field};

/// Tables of SQLAlchemy and Alembic.
pub static FRAMEWORK: Framework = Framework {
    languages: &["python"],
    tell: |models| models.tables(),
};

impl Models<'_, '_> {
    fn tables(&mut self) {
        for at in 0..self.tokens.len() {
            let is_table = matches!(self.word(at), "Table" | "create_table" | "add_column")
                && self.is(at + 1, "(");
            let name = self.tokens.get(at + 2).filter(|t| is_table && t.is_text());
            let Some(name) = name else { continue };
            let end = self.closing(at + 1);
            let columns = (at + 3..end).filter_map(|i| self.table_column(i));
            let columns = columns.collect();
            self.told(name.text, DatasetKind::Table, at, columns);
        }
    }

    /// `sa.Column("email", sa.String(200), comment="…")`.
    fn table_column(&self, at: usize) -> Option<Field> {
        let is_column = self.is(at, "Column") && self.is(at + 1, "(");
        let name = self
            .tokens
            .get(at + 2)
            .filter(|t| is_column && t.is_text())?;
        let inside = self.tokens.get(at + 4..self.closing(at + 1))?;
        let end = inside.iter().position(|t| t.is(",") || t.is("("));
        let end = match end {
            Some(open) if inside[open].is("(") => closing(inside, open) + 1,
            Some(comma) => comma,
            None => inside.len(),
        };
        let kind = &inside[..end.min(inside.len())];
        let module = kind
            .windows(2)
            .filter(|w| w[0].is_word() && w[1].is("."))
            .count()
            * 2;
        let comment = inside
            .windows(3)
            .find(|w| w[0].is("comment") && w[1].is("=") && w[2].is_text());
        Some(Field {
            declared_type: shown_type(&kind[module.min(kind.len())..]),
            comment: comment.map(|w| w[2].text.to_owned()),
            place: place(name),
            ..Field::named(name.text)
        })
    }
}
