//! Laravel migrations: `Schema::create` with its blueprint.

use super::member::place;
use super::{Framework, Models};
use crate::field::{DatasetKind, Field};

/// Tables of Laravel.
pub static FRAMEWORK: Framework = Framework {
    languages: &["php"],
    tell: |models| models.php(),
};

impl<'a> Models<'a, '_> {
    /// `Schema::create('users', …)` with `$table->string('email')`; classes that Doctrine maps.
    fn php(&mut self) {
        for at in 0..self.tokens.len() {
            if self.is(at, "Schema")
                && matches!(self.word(at + 3), "create" | "table")
                && self.is(at + 4, "(")
            {
                let end = self.closing(at + 4);
                let name = self
                    .tokens
                    .get(at + 5)
                    .filter(|t| t.is_text())
                    .map_or("", |t| t.text);
                let fields = (at + 6..end).filter_map(|i| self.blueprint(i)).collect();
                self.told(name, DatasetKind::Table, at, fields);
            }
        }
    }

    /// `$table->string('email', 100)->comment('…')`.
    fn blueprint(&self, at: usize) -> Option<Field> {
        const OTHERS: &[&str] = &[
            "index",
            "unique",
            "primary",
            "foreign",
            "dropColumn",
            "renameColumn",
            "drop",
            "dropIndex",
            "after",
            "references",
            "on",
            "comment",
        ];
        if !(self.is(at, "table")
            && self.is(at + 1, "-")
            && self.is(at + 2, ">")
            && self.is(at + 4, "("))
        {
            return None;
        }
        let kind = self.word(at + 3);
        let name = self.tokens.get(at + 5).filter(|t| t.is_text())?;
        if OTHERS.contains(&kind) {
            return None;
        }
        let end = (at..self.tokens.len())
            .find(|i| self.is(*i, ";"))
            .unwrap_or(at);
        let rest = &self.tokens[at + 5..end];
        let comment = rest
            .windows(3)
            .find(|w| w[0].is("comment") && w[1].is("(") && w[2].is_text());
        Some(Field {
            declared_type: Some(kind.to_owned()),
            comment: comment
                .map(|w| w[2].text.to_owned())
                .or_else(|| self.comment_behind(end)),
            place: place(name),
            ..Field::named(name.text)
        })
    }
}
