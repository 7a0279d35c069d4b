//! Python classes that declare records: Pydantic, dataclasses, attrs, SQLAlchemy, SQLModel, Marshmallow, Odoo-free.

use super::mark::{apply, tag};
use super::member::{closing, place, plain_comment, shown_type, top_level};
use super::{Framework, Models};
use crate::field::{DatasetKind, Field, Reference};
use crate::source::code::lexer::{Kind, Token};

/// Records of Python.
pub static FRAMEWORK: Framework = Framework {
    languages: &["python"],
    tell: |models| models.python(),
};

impl<'a> Models<'a, '_> {
    fn python(&mut self) {
        const BASES: &[&str] = &[
            "BaseModel",
            "SQLModel",
            "Base",
            "DeclarativeBase",
            "TypedDict",
            "NamedTuple",
            "Document",
            "EmbeddedDocument",
            "Schema",
            "Serializer",
            "ModelSerializer",
            "Struct",
            "MappedAsDataclass",
            "Model",
            "BaseSchema",
            "InputType",
            "ObjectType",
        ];
        for at in 0..self.tokens.len() {
            if !self.is(at, "class") || !self.begins_line(at) {
                continue;
            }
            let name = self.word(at + 1);
            let colon = (at + 2..at + 80).find(|i| self.is(*i, ":"));
            let Some(colon) = colon else { continue };
            let header = &self.tokens[at + 2..colon];
            let is_django = header
                .windows(3)
                .any(|w| w[0].is("models") && w[1].is(".") && w[2].is("Model"));
            let is_based = header.iter().any(|t| {
                t.is_word()
                    && (BASES.contains(&t.text)
                        || t.text.ends_with("BaseModel")
                        || t.text.ends_with("Base"))
            });
            let before = &self.tokens[at.saturating_sub(16)..at];
            let is_decorated = before
                .iter()
                .rev()
                .take_while(|t| !t.is("def") && !t.is("class"))
                .any(|t| t.is("dataclass") || t.is("attrs") || t.is("define"));
            if is_django || !(is_based || is_decorated) {
                continue;
            }
            let (table, fields) = self.python_members(colon + 1, self.column(at));
            self.told(
                &table.unwrap_or_else(|| name.to_owned()),
                DatasetKind::Class,
                at,
                fields,
            );
        }
    }

    fn python_members(&self, start: usize, outside: usize) -> (Option<String>, Vec<Field>) {
        let mut fields = Vec::new();
        let mut table = None;
        let mut body = None;
        let mut at = start;
        while at < self.tokens.len() {
            if !self.begins_line(at) || self.tokens[at].kind == Kind::Comment {
                at += 1;
                continue;
            }
            let column = self.column(at);
            if column <= outside {
                break;
            }
            let end = self.statement_end(at);
            let is_member = column == *body.get_or_insert(column) && self.tokens[at].is_word();
            if is_member {
                let part = &self.tokens[at..end];
                let code: Vec<Token<'a>> = part
                    .iter()
                    .filter(|t| t.kind != Kind::Comment)
                    .copied()
                    .collect();
                if self.is(at, "__tablename__") {
                    table = code.iter().find(|t| t.is_text()).map(|t| t.text.to_owned());
                } else if let Some(mut field) = python_member(&code) {
                    let comment = part
                        .iter()
                        .find(|t| t.kind == Kind::Comment && t.line == code[code.len() - 1].line);
                    let behind = comment.map(|c| plain_comment(c.text));
                    let said = field.comment.take().into_iter().chain(behind);
                    let said: Vec<String> = said.filter(|w| !w.is_empty()).collect();
                    field.comment = (!said.is_empty()).then(|| said.join("\n"));
                    fields.push(field);
                }
            }
            at = end.max(at + 1);
        }
        (table, fields)
    }
}

/// `name: Type = …`, `name = Column(Type, …)`, `name = fields.Email(…)`.
fn python_member(tokens: &[Token<'_>]) -> Option<Field> {
    let (name, rest) = tokens.split_first()?;
    let is_other = [
        "def",
        "class",
        "async",
        "if",
        "for",
        "return",
        "pass",
        "model_config",
        "type",
    ]
    .iter()
    .any(|w| name.is(w));
    let first = rest.first()?;
    if is_other || name.text.starts_with('_') || !(first.is(":") || first.is("=")) {
        return None;
    }
    let equals = top_level(rest, 0, "=");
    let annotation = if first.is(":") {
        &rest[1..equals.max(1)]
    } else {
        &[]
    };
    let value = rest.get(equals + 1..).unwrap_or_default();
    let open = value.iter().position(|t| t.is("("));
    let callee = open
        .and_then(|at| at.checked_sub(1))
        .map(|at| value[at].text)
        .unwrap_or_default();
    let is_column = matches!(
        callee,
        "Column" | "mapped_column" | "column" | "Field" | "field"
    );
    if annotation.is_empty()
        && (callee.is_empty() || !(is_column || callee.starts_with(|c: char| c.is_uppercase())))
    {
        return None;
    }
    if matches!(
        callee,
        "relationship" | "Relationship" | "ForeignKeyConstraint"
    ) || annotation.iter().any(|t| t.is("ClassVar"))
    {
        return None;
    }
    let inside = open.map_or(&[][..], |at| {
        &value[at + 1..closing(value, at).min(value.len())]
    });
    let declared = match (annotation.is_empty(), is_column) {
        (false, _) => shown_type(unwrapped(annotation)),
        (true, true) => {
            let first = inside.split(|t| t.is(",")).next().unwrap_or_default();
            shown_type(
                first
                    .get(usize::from(first.first().is_some_and(|t| t.is_text()))..)
                    .unwrap_or_default(),
            )
        }
        (true, false) => Some(callee.to_owned()),
    };
    let mut field = Field {
        declared_type: declared.filter(|d| !d.is_empty()),
        place: place(name),
        ..Field::named(name.text)
    };
    options(inside, &mut field);
    apply(Vec::new(), &mut field);
    Some(field)
}

/// `Mapped[Optional[str]]` → `str`.
fn unwrapped<'t, 'a>(mut tokens: &'t [Token<'a>]) -> &'t [Token<'a>] {
    while let [outer, open, inside @ .., close] = tokens {
        let is_wrapper = ["Mapped", "Optional", "Annotated"]
            .iter()
            .any(|w| outer.is(w));
        if !(is_wrapper && open.is("[") && close.is("]")) {
            break;
        }
        tokens = inside;
    }
    tokens
}

/// Keyword arguments of a column that say what it holds.
fn options(inside: &[Token<'_>], field: &mut Field) {
    for (at, token) in inside.iter().enumerate() {
        let value = |ahead: usize| inside.get(at + ahead);
        if !value(1).is_some_and(|t| t.is("=")) && !token.is("ForeignKey") {
            continue;
        }
        match token.text {
            "comment" | "description" | "doc" | "help_text" | "title" => {
                let text = value(2).filter(|t| t.is_text()).map(|t| t.text.to_owned());
                field.comment = field.comment.take().or(text);
            }
            "primary_key" => field.primary_key |= value(2).is_some_and(|t| t.is("True")),
            "info" | "metadata" | "json_schema_extra" => {
                let pairs = inside[at..]
                    .windows(3)
                    .filter(|w| w[0].is_text() && w[1].is(":"));
                let first = pairs
                    .take(4)
                    .find(|w| w[0].text.to_ascii_lowercase().contains("pii"));
                field.tags.extend(first.map(|w| tag("pii", w[2].text)));
            }
            "ForeignKey" => {
                let target = value(2)
                    .filter(|t| t.is_text())
                    .and_then(|t| t.text.rsplit_once('.'));
                field.references = target.map(|(dataset, name)| Reference {
                    dataset: dataset.to_owned(),
                    field: Some(name.to_owned()),
                });
            }
            _ => {}
        }
    }
}
