//! Eloquent models: what may be filled, what is hidden, what is cast, and the properties that a comment lists.
//! The columns themselves stand in migrations.

use super::mark::tag;
use super::member::place;
use super::{Framework, Models};
use crate::field::{DatasetKind, Field};
use crate::source::code::lexer::{Kind, Token};

/// Models of Laravel.
pub static FRAMEWORK: Framework = Framework {
    languages: &["php"],
    tell: |models| models.eloquent(),
};

const BASES: &[&str] = &[
    "Model",
    "Authenticatable",
    "Pivot",
    "MorphPivot",
    "BaseModel",
];

impl Models<'_, '_> {
    fn eloquent(&mut self) {
        for at in 0..self.tokens.len() {
            let is_model = self.is(at, "class")
                && (at + 2..at + 6)
                    .any(|i| self.is(i, "extends") && BASES.contains(&self.word(i + 1)));
            let open = (at + 2..at + 24).find(|i| self.is(*i, "{"));
            let Some(open) = open.filter(|_| is_model) else {
                continue;
            };
            let mut fields = self.documented(at);
            let close = self.closing(open).min(self.tokens.len());
            for i in open + 1..close {
                self.list(i, &mut fields);
            }
            self.told(self.word(at + 1), DatasetKind::Class, at, fields);
        }
    }

    /// `@property string $email` in the comment above the class; what is typed by a class is a relation.
    fn documented(&self, at: usize) -> Vec<Field> {
        let before = self.tokens[at.saturating_sub(12)..at].iter().rev();
        let mut before = before.take_while(|t| !t.is(";") && !t.is("}"));
        let Some(comment) = before.find(|t| t.kind == Kind::Comment) else {
            return Vec::new();
        };
        let lines = (u64::from(comment.line)..).zip(comment.text.lines());
        let documented = lines.filter_map(|(line, text)| {
            let (_, rest) = text.split_once("@property ")?;
            let mut words = rest.split_whitespace();
            let kind = words.next()?;
            let name = words.next()?.strip_prefix('$')?;
            let plain = kind.trim_start_matches('?');
            let is_relation = plain.starts_with(|c: char| c == '\\' || c.is_ascii_uppercase())
                && !plain.contains("Carbon");
            (!is_relation).then(|| Field {
                declared_type: Some(kind.to_owned()),
                ..crate::source::tree::field(name, line)
            })
        });
        documented.collect()
    }

    /// `$fillable = ['email', …]`, `$casts = ['ssn' => 'encrypted']`, `casts(): array { return […]; }`.
    fn list(&self, at: usize, fields: &mut Vec<Field>) {
        let name = self.word(at);
        if !matches!(
            name,
            "fillable" | "hidden" | "casts" | "encryptable" | "dates"
        ) {
            return;
        }
        let open = (at + 1..at + 12).find(|i| self.is(*i, "["));
        let Some(open) = open else { return };
        let close = self.closing(open).min(self.tokens.len());
        let inside = self.tokens.get(open + 1..close).unwrap_or_default();
        for part in inside.split(|t| t.is(",")) {
            let mut texts = part.iter().filter(|t| t.is_text());
            if let Some(key) = texts.next() {
                add(key, name, texts.next().map_or("", |t| t.text), fields);
            }
        }
    }
}

fn add(key: &Token<'_>, list: &str, cast: &str, fields: &mut Vec<Field>) {
    let known = fields.iter().position(|f| f.path == key.text);
    let at = known.unwrap_or_else(|| {
        fields.push(Field {
            place: place(key),
            ..Field::named(key.text)
        });
        fields.len() - 1
    });
    let field = &mut fields[at];
    match list {
        "hidden" => field.tags.push(tag("hidden", "")),
        "encryptable" => field.tags.push(tag("encrypt", "")),
        "casts" if cast.starts_with("encrypted") => field.tags.push(tag("encrypt", cast)),
        "casts" if !cast.is_empty() && field.declared_type.is_none() => {
            field.declared_type = Some(cast.to_owned());
        }
        "dates" if field.declared_type.is_none() => field.declared_type = Some("datetime".into()),
        _ => {}
    }
}
