//! Ecto schemas and migrations.

use super::mark::tag;
use super::member::place;
use super::{Framework, Models};
use crate::field::{DatasetKind, Field};

/// Tables of Ecto.
pub static FRAMEWORK: Framework = Framework {
    languages: &["elixir"],
    tell: |models| models.elixir(),
};

impl<'a> Models<'a, '_> {
    /// `schema "users" do field :email, :string`.
    fn elixir(&mut self) {
        for at in 0..self.tokens.len() {
            let is_schema = matches!(
                self.word(at),
                "schema" | "embedded_schema" | "create" | "alter"
            );
            if !is_schema {
                continue;
            }
            let table = self.tokens[at..]
                .iter()
                .take(8)
                .find(|t| t.is_text() || t.is("do"));
            let Some(name) = table.filter(|t| t.is_text()).map(|t| t.text) else {
                continue;
            };
            let column = self.column(at);
            let end = (at + 1..self.tokens.len())
                .find(|i| self.is(*i, "end") && self.column(*i) <= column);
            let fields = (at..end.unwrap_or(self.tokens.len()))
                .filter_map(|i| self.elixir_field(i))
                .collect();
            self.told(name, DatasetKind::Table, at, fields);
        }
    }

    fn elixir_field(&self, at: usize) -> Option<Field> {
        let is_field = matches!(self.word(at), "field" | "add")
            && self.begins_line(at)
            && self.is(at + 1, ":");
        let name = self
            .tokens
            .get(at + 2)
            .filter(|t| is_field && t.is_word())?;
        let kind = if self.is(at + 4, ":") {
            self.word(at + 5)
        } else {
            self.word(at + 4)
        };
        let rest = self.tokens[at..].iter().take_while(|t| t.line == name.line);
        let is_redacted =
            rest.clone().any(|t| t.is("redact")) && rest.into_iter().any(|t| t.is("true"));
        Some(Field {
            declared_type: (!kind.is_empty()).then(|| kind.to_owned()),
            tags: if is_redacted {
                vec![tag("redact", "")]
            } else {
                Vec::new()
            },
            comment: self.comment_behind(at),
            place: place(name),
            ..Field::named(name.text)
        })
    }
}
