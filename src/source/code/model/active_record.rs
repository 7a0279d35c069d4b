//! Ruby classes over records: what Active Record encrypts, filters, validates and adds to its table, and Mongoid fields.
//! The columns themselves stand in the schema.

use super::mark::tag;
use super::member::place;
use super::{Framework, Models};
use crate::field::{DatasetKind, Field, Tag};
use crate::source::code::lexer::Token;

/// Models of Rails.
pub static FRAMEWORK: Framework = Framework {
    languages: &["ruby"],
    tell: |models| models.active_record(),
};

/// What a line of a class says of the names behind it.
enum Says {
    Column,
    Protected,
    Checked,
}

impl<'a> Models<'a, '_> {
    fn active_record(&mut self) {
        let mut current: Option<usize> = None;
        let mut fields: Vec<Field> = Vec::new();
        for at in 0..self.tokens.len() {
            if !self.begins_line(at) {
                continue;
            }
            if self.is(at, "class") {
                self.tell_class(current.take(), &mut fields);
                current = self.is_record(at).then_some(at);
            } else if current.is_some() {
                self.class_line(at, &mut fields);
            }
        }
        self.tell_class(current, &mut fields);
    }

    fn tell_class(&mut self, class: Option<usize>, fields: &mut Vec<Field>) {
        let fields = std::mem::take(fields);
        if let Some(at) = class {
            let name_at = (at + 1..at + 12)
                .take_while(|i| !self.is(*i, "<"))
                .filter(|i| {
                    !self.word(*i).is_empty() && self.tokens[*i].line == self.tokens[at].line
                })
                .last();
            let name = name_at.map_or("", |i| self.word(i));
            self.told(name, DatasetKind::Class, at, fields);
        }
    }

    /// `class User < ApplicationRecord`, or a class that includes Mongoid or Active Model.
    fn is_record(&self, at: usize) -> bool {
        let line = self.tokens[at].line;
        let header = self.tokens[at..].iter().take_while(|t| t.line == line);
        let is_based = header.into_iter().any(|t| {
            matches!(t.text, "ApplicationRecord" | "ActiveRecord" | "Sequel") && t.is_word()
        });
        let next = self.tokens[at..].iter().take(24);
        is_based
            || next
                .into_iter()
                .any(|t| t.is("Mongoid") || t.is("ActiveModel"))
    }

    fn class_line(&self, at: usize, fields: &mut Vec<Field>) {
        let end = self.statement_end(at);
        let line = &self.tokens[at..end];
        let says = match self.word(at) {
            "encrypts" | "attr_encrypted" | "has_encrypted" | "filter_attributes" => {
                Says::Protected
            }
            "self" if line.iter().any(|t| t.is("filter_attributes")) => Says::Protected,
            "attribute" | "field" | "has_one_attached" | "has_many_attached" | "key" => {
                Says::Column
            }
            "validates" => Says::Checked,
            "has_secure_password" => {
                fields.push(Field {
                    declared_type: Some("password".into()),
                    place: place(&line[0]),
                    ..Field::named("password")
                });
                return;
            }
            _ => return,
        };
        let is_one = matches!(says, Says::Column);
        for name in symbols(line).take(if is_one { 1 } else { 50 }) {
            let field = named(name, fields);
            match says {
                Says::Protected => field.tags.push(Tag {
                    name: self.word(at).replace("self", "filter_attributes"),
                    ..tag("", "encrypted")
                }),
                Says::Column => field.declared_type = field.declared_type.take().or(kind(line)),
                Says::Checked
                    if line
                        .iter()
                        .any(|t| t.is("email") || t.text.contains("EMAIL")) =>
                {
                    field.validators.push("email".into());
                }
                Says::Checked => {}
            }
        }
    }
}

/// The names a line begins with: `:a, :b`, up to the first keyword.
fn symbols<'t, 'a>(line: &'t [Token<'a>]) -> impl Iterator<Item = &'t Token<'a>> {
    let is_option = |w: &[Token<'_>]| w[0].is_word() && w[1].is(":") && w[0].end == w[1].start;
    let stop = line.windows(2).position(is_option).unwrap_or(line.len());
    line[..stop]
        .windows(2)
        .filter(|w| w[0].is(":") && w[1].is_word() && w[0].end == w[1].start)
        .map(|w| &w[1])
}

/// `attribute :x, :date`, `field :x, type: Date`, an attachment.
fn kind(line: &[Token<'_>]) -> Option<String> {
    if line[0].text.ends_with("attached") {
        return Some("attachment".into());
    }
    let typed = line.windows(3).find(|w| w[0].is("type") && w[1].is(":"));
    let second = || symbols(line).nth(1).map(|t| t.text.to_owned());
    typed.map(|w| w[2].text.to_owned()).or_else(second)
}

fn named<'f>(name: &Token<'_>, fields: &'f mut Vec<Field>) -> &'f mut Field {
    let known = fields.iter().position(|f| f.path == name.text);
    let at = known.unwrap_or_else(|| {
        fields.push(Field {
            place: place(name),
            ..Field::named(name.text)
        });
        fields.len() - 1
    });
    &mut fields[at]
}
