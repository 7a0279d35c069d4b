//! Calls that build a model from an object of fields: Zod, Yup, Joi, Mongoose, Sequelize, Drizzle, migrations of them.
//! Objects inside objects are dotted; what the words of a value mean, detection knows.

use super::member::{place, plain_comment};
use super::{Framework, Models};
use crate::field::{DatasetKind, Field};
use crate::source::code::lexer::{Kind, Token};

/// Models built by calls.
pub static FRAMEWORK: Framework = Framework {
    languages: &["typescript", "javascript"],
    tell: |models| models.builders(),
};

/// How deep objects inside each other are followed.
const DEEPEST: usize = 8;

impl<'a> Models<'a, '_> {
    fn builders(&mut self) {
        for at in 0..self.tokens.len() {
            self.builder(at);
        }
    }

    /// `const User = z.object({…})`, `new Schema({…})`, `define('User', {…})`, `pgTable('users', {…})`.
    fn builder(&mut self, at: usize) {
        let call = self.word(at);
        let is_named = matches!(
            call,
            "define"
                | "pgTable"
                | "mysqlTable"
                | "sqliteTable"
                | "createTable"
                | "singlestoreTable"
        );
        let is_init = call == "init"
            && at >= 2
            && self.is(at - 1, ".")
            && self.word(at - 2).starts_with(|c: char| c.is_uppercase());
        let is_one = is_named || is_init || self.is_object_of_schema(at) || self.is_schema(at);
        if !is_one {
            return;
        }
        let Some(paren) = (at + 1..at + 12).find(|i| self.is(*i, "(")) else {
            return;
        };
        let name_token = self.tokens.get(paren + 1).filter(|t| t.is_text());
        let open = if is_named {
            if name_token.is_none() || !self.is(paren + 2, ",") {
                return;
            }
            paren + 3
        } else {
            paren + 1
        };
        if !self.is(open, "{") {
            return;
        }
        let name = match name_token {
            Some(token) if is_named => token.text,
            _ if is_init => self.word(at - 2),
            _ => self.variable_before(at),
        };
        let mut fields = Vec::new();
        self.object_fields(open, "", 0, &mut fields);
        let name = name
            .strip_suffix("Schema")
            .or_else(|| name.strip_suffix("schema"))
            .unwrap_or(name);
        let kind = if is_named {
            DatasetKind::Table
        } else {
            DatasetKind::Class
        };
        self.told(name, kind, at, fields);
    }

    /// `z.object`, `Joi.object`, `yup.object`.
    fn is_object_of_schema(&self, at: usize) -> bool {
        matches!(
            self.word(at),
            "object" | "strictObject" | "looseObject" | "extend"
        ) && at >= 2
            && (matches!(
                self.word(at - 2),
                "z" | "zod" | "yup" | "Yup" | "Joi" | "v" | "t"
            ) || (self.is(at, "extend") && self.word(at - 2).ends_with("Schema")))
    }

    /// `new Schema`, `mongoose.Schema`.
    fn is_schema(&self, at: usize) -> bool {
        self.word(at) == "Schema"
            && self.is(at + 1, "(")
            && at > 0
            && (self.is(at - 1, "new") || self.is(at - 1, "."))
    }

    /// The fields of an object, those of objects inside it below them.
    fn object_fields(&self, open: usize, prefix: &str, depth: usize, out: &mut Vec<Field>) {
        let close = self.closing(open).min(self.tokens.len());
        let mut start = open + 1;
        let mut at = start;
        while at <= close {
            let is_end = at == close || self.is(at, ",");
            if is_end {
                self.object_field(start, at, prefix, depth, out);
                start = at + 1;
            }
            let is_open = ["(", "[", "{"].iter().any(|sign| self.is(at, sign));
            at = if is_open && at != close {
                self.closing(at).max(at) + 1
            } else {
                at + 1
            };
        }
    }

    fn object_field(
        &self,
        start: usize,
        stop: usize,
        prefix: &str,
        depth: usize,
        out: &mut Vec<Field>,
    ) {
        let Some(part) = self.tokens.get(start..stop) else {
            return;
        };
        let is_comment = |t: &&Token<'_>| t.kind == Kind::Comment;
        let code: Vec<Token<'a>> = part.iter().filter(|t| !is_comment(t)).copied().collect();
        let Some(mut field) = object_member(&code) else {
            return;
        };
        let name_line = u32::try_from(field.place.line).unwrap_or(0);
        let last_line = code.last().map_or(name_line, |t| t.line);
        // What stands behind a field on its line is its own; behind the comma it begins the part of the next.
        let own = part.iter().filter(is_comment).filter(|t| {
            let before = start.checked_sub(2).map_or(0, |i| self.tokens[i].line);
            t.line != before || before == name_line
        });
        let after = self.tokens[stop..].iter().take(2).filter(is_comment);
        let after = after.filter(|t| t.line == last_line);
        let words: Vec<String> = own.chain(after).map(|t| plain_comment(t.text)).collect();
        // What an option says and what a comment says both stand.
        let said = field.comment.take().into_iter().chain(words);
        let said: Vec<String> = said.filter(|w| !w.is_empty()).collect();
        field.comment = (!said.is_empty()).then(|| said.join("\n"));
        field.path = format!("{prefix}{}", field.path);
        let path = field.path.clone();
        let inner = self.inner_object(start, stop);
        if inner.is_some() {
            field.declared_type = Some("object".into());
        }
        out.push(field);
        if let Some((open, array)) = inner.filter(|_| depth < DEEPEST) {
            let below = format!("{path}{}.", if array { ".*" } else { "" });
            self.object_fields(open, &below, depth + 1, out);
        }
    }

    /// The object of fields inside a value, and whether it is that of an array's elements: `{…}` without a `type`,
    /// `[{…}]`, `z.object({…})`, `z.array(z.object({…}))`.
    fn inner_object(&self, start: usize, stop: usize) -> Option<(usize, bool)> {
        let colon = (start..stop.min(start + 8)).find(|i| self.is(*i, ":"))?;
        let is_array = (colon..stop.min(colon + 8)).any(|i| self.is(i, "array") || self.is(i, "["));
        let open = (colon + 1..stop.min(colon + 16)).find(|i| self.is(*i, "{"))?;
        let direct = open == colon + 1 || (open == colon + 2 && self.is(open - 1, "["));
        let built = self.is(open - 1, "(") && open >= 2 && self.is_object_of_schema(open - 2);
        let close = self.closing(open);
        let mut at = open + 1;
        while at < close {
            if (self.is(at, "type") || self.is(at, "allowNull")) && self.is(at + 1, ":") && !built {
                return None;
            }
            let is_open = ["(", "[", "{"].iter().any(|sign| self.is(at, sign));
            at = if is_open {
                self.closing(at) + 1
            } else {
                at + 1
            };
        }
        (direct || built).then_some((open, is_array))
    }

    /// The variable that an expression is assigned to.
    fn variable_before(&self, at: usize) -> &'a str {
        let start = at.saturating_sub(12);
        let equals = (start..at).rev().find(|i| self.is(*i, "="));
        let Some(equals) = equals else { return "" };
        let keyword = (equals.saturating_sub(14)..equals)
            .rev()
            .find(|i| ["const", "let", "var"].contains(&self.word(*i)));
        keyword.map_or("", |i| self.word(i + 1))
    }
}

/// `key: value` of an object that describes fields: the words of the value are its type and validators.
fn object_member(tokens: &[Token<'_>]) -> Option<Field> {
    const KNOWN: &[&str] = &[
        "email",
        "uuid",
        "url",
        "ip",
        "isEmail",
        "isIP",
        "isCreditCard",
        "phone",
        "cuid",
        "creditCard",
        "ipv4",
        "ipv6",
        "mac",
    ];
    const SKIPPED: &[&str] = &[
        "z",
        "zod",
        "yup",
        "Yup",
        "Joi",
        "DataTypes",
        "Sequelize",
        "Schema",
        "Types",
        "mongoose",
        "t",
        "v",
        "p",
    ];
    let (name, rest) = tokens.split_first()?;
    if !(name.is_word() || name.kind == Kind::Text) || !rest.first()?.is(":") {
        return None;
    }
    let value = &rest[1..];
    let is_word = |t: &&Token<'_>| t.is_word();
    let words: Vec<&str> = value.iter().filter(is_word).map(|t| t.text).collect();
    let typed = words.iter().position(|w| *w == "type");
    let typed = typed.and_then(|at| words.get(at + 1..));
    let mut kinds = typed.unwrap_or(&words).iter();
    let kind = kinds.find(|w| !SKIPPED.contains(w))?;
    let text_after = |key: &str| {
        let at = value.iter().position(|t| t.is(key))?;
        let mut near = value[at + 1..].iter().take(2);
        near.find(|t| t.is_text()).map(|t| t.text.to_owned())
    };
    let validators = words.iter().filter(|w| KNOWN.contains(w));
    let validators = validators.map(|w| w.trim_start_matches("is").to_lowercase());
    Some(Field {
        declared_type: Some((*kind).to_owned()),
        comment: text_after("comment").or_else(|| text_after("describe")),
        validators: validators.collect(),
        primary_key: words.contains(&"primaryKey"),
        place: place(name),
        ..Field::named(name.text)
    })
}
