//! Diesel's `table!` macros: the tables of a database as its schema file lists them.
//! Columns are told with their SQL types; joins and queries are not looked at.

use super::member::{place, shown_type};
use super::{Framework, Models};
use crate::field::{DatasetKind, Field};
use crate::source::code::lexer::Token;

/// Tables of Diesel.
pub static FRAMEWORK: Framework = Framework {
    languages: &["rust"],
    tell: |models| models.diesel(),
};

impl Models<'_, '_> {
    /// `table! { users (id) { id -> Int4, email -> Nullable<Text>, } }`.
    fn diesel(&mut self) {
        for at in 0..self.tokens.len() {
            if !(self.is(at, "table") && self.is(at + 1, "!") && self.is(at + 2, "{")) {
                continue;
            }
            let close = self.closing(at + 2).min(self.tokens.len());
            let Some(open) = (at + 3..close).find(|i| self.is(*i, "{")) else {
                continue;
            };
            // `schema.table (key) {`; attributes and imports may stand before.
            let key = (at + 3..open).rev().find(|i| self.is(*i, "("));
            let name_at = key.unwrap_or(open).saturating_sub(1);
            let name = self.word(name_at);
            let fields = self.members(open, column, false);
            self.told(name, DatasetKind::Table, name_at, fields);
        }
    }
}

/// `#[attribute] name -> Type`.
fn column(tokens: &[Token<'_>]) -> Option<Field> {
    let arrow = tokens
        .windows(2)
        .position(|w| w[0].is("-") && w[1].is(">"))?;
    let name = tokens.get(arrow.checked_sub(1)?).filter(|t| t.is_word())?;
    let mut kind = &tokens[arrow + 2..];
    while let [outer, open, inside @ .., close] = kind {
        let is_wrapper = ["Nullable", "Array"].iter().any(|w| outer.is(w));
        if !(is_wrapper && open.is("<") && close.is(">")) {
            break;
        }
        kind = inside;
    }
    Some(Field {
        declared_type: shown_type(kind),
        place: place(name),
        ..Field::named(name.text)
    })
}
