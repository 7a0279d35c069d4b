//! Avro schemas: JSON in, a list of types by position out, so that a type may refer to itself.
//! Also what a schema declares: fields by path with type and description.

use crate::field::Field;
use crate::source::moment::Unit;
use serde_json::{Map, Value as Json};
use std::collections::HashMap;

/// Types of one schema.
const TYPES_AT_MOST: usize = 100_000;
/// How deep types nest.
pub const DEPTH: usize = 64;

/// What a number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Itself.
    Plain,
    /// A day.
    Date,
    /// A time of the day.
    Time(Unit),
    /// A time.
    Instant(Unit),
    /// A number with so many digits behind the point.
    Decimal(u32),
    /// A UUID.
    Uuid,
}

/// A type.
#[derive(Clone, Debug)]
pub enum Type {
    /// Nothing.
    Null,
    /// Yes or no.
    Boolean,
    /// A whole number.
    Number(Meaning),
    /// A fraction in 4 bytes.
    Float,
    /// A fraction in 8 bytes.
    Double,
    /// Bytes after their length.
    Bytes(Meaning),
    /// Text.
    Text,
    /// So many bytes.
    Fixed(usize, Meaning),
    /// One of these words.
    Enum(Vec<String>),
    /// Elements of a type.
    Array(usize),
    /// Values of a type by keys.
    Map(usize),
    /// One of these types.
    Union(Vec<usize>),
    /// Fields by name.
    Record(Vec<Member>),
}

/// A field of a record.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its description.
    pub doc: Option<String>,
    /// Its type.
    pub kind: usize,
    /// What else the schema says of it: custom properties with a text.
    pub tags: Vec<(String, String)>,
}

/// A schema.
#[derive(Debug, Default)]
pub struct Schema {
    types: Vec<Type>,
    names: HashMap<String, usize>,
    /// The full name of the outermost type.
    pub name: Option<String>,
    /// Its description.
    pub doc: Option<String>,
    root: usize,
}

impl Schema {
    /// Reads a schema; `None` where it is none.
    pub fn of(json: &Json) -> Option<Self> {
        let mut schema = Self::default();
        schema.root = schema.add(json, "", 0)?;
        let outer = json.as_object();
        let text = |key: &str| outer?.get(key)?.as_str().map(str::to_owned);
        schema.name = text("name");
        schema.doc = text("doc");
        Some(schema)
    }

    /// The outermost type.
    pub fn root(&self) -> usize {
        self.root
    }

    /// A type by its position.
    pub fn get(&self, at: usize) -> Option<&Type> {
        self.types.get(at)
    }

    fn push(&mut self, kind: Type) -> Option<usize> {
        self.types.push(kind);
        (self.types.len() <= TYPES_AT_MOST).then(|| self.types.len() - 1)
    }

    fn add(&mut self, json: &Json, space: &str, depth: usize) -> Option<usize> {
        if depth > DEPTH {
            return None;
        }
        match json {
            Json::String(name) => self.named(name, space),
            Json::Array(choices) => {
                let choices = choices
                    .iter()
                    .map(|choice| self.add(choice, space, depth + 1));
                let choices = choices.collect::<Option<Vec<_>>>()?;
                self.push(Type::Union(choices))
            }
            Json::Object(object) => self.complex(object, space, depth),
            _ => None,
        }
    }

    fn named(&mut self, name: &str, space: &str) -> Option<usize> {
        let kind = match name {
            "null" => Type::Null,
            "boolean" => Type::Boolean,
            "int" | "long" => Type::Number(Meaning::Plain),
            "float" => Type::Float,
            "double" => Type::Double,
            "bytes" => Type::Bytes(Meaning::Plain),
            "string" => Type::Text,
            _ => {
                let known = self.names.get(&full_name(name, space));
                return known.or_else(|| self.names.get(name)).copied();
            }
        };
        self.push(kind)
    }

    fn complex(&mut self, object: &Map<String, Json>, space: &str, depth: usize) -> Option<usize> {
        let Some(kind) = object.get("type")?.as_str() else {
            return self.add(object.get("type")?, space, depth + 1);
        };
        let meaning = meaning(object);
        let made = match kind {
            "int" | "long" => Type::Number(meaning),
            "bytes" => Type::Bytes(meaning),
            "array" => Type::Array(self.add(object.get("items")?, space, depth + 1)?),
            "map" => Type::Map(self.add(object.get("values")?, space, depth + 1)?),
            "record" | "error" | "enum" | "fixed" => {
                return self.declared(object, kind, meaning, space, depth);
            }
            other => return self.named(other, space),
        };
        self.push(made)
    }

    fn declared(
        &mut self,
        object: &Map<String, Json>,
        kind: &str,
        meaning: Meaning,
        space: &str,
        depth: usize,
    ) -> Option<usize> {
        let space = object
            .get("namespace")
            .and_then(Json::as_str)
            .unwrap_or(space);
        let name = full_name(object.get("name")?.as_str()?, space);
        let space = name
            .rsplit_once('.')
            .map_or("", |(space, _)| space)
            .to_owned();
        // The place is taken before what is inside is read: a record may hold itself.
        let at = self.push(Type::Null)?;
        self.names.insert(name, at);
        self.types[at] = match kind {
            "enum" => {
                let symbols = object.get("symbols")?.as_array()?.iter();
                Type::Enum(
                    symbols
                        .map(|s| s.as_str().map(str::to_owned))
                        .collect::<Option<_>>()?,
                )
            }
            "fixed" => {
                let size = object.get("size")?.as_u64()?;
                Type::Fixed(usize::try_from(size).ok()?, meaning)
            }
            _ => {
                let mut members = Vec::new();
                for field in object.get("fields")?.as_array()? {
                    let field = field.as_object()?;
                    members.push(Member {
                        name: field.get("name")?.as_str()?.to_owned(),
                        doc: field.get("doc").and_then(Json::as_str).map(str::to_owned),
                        kind: self.add(field.get("type")?, &space, depth + 1)?,
                        tags: tags(field),
                    });
                }
                Type::Record(members)
            }
        };
        Some(at)
    }

    /// The fields that the schema declares, by path.
    pub fn fields(&self) -> Vec<Field> {
        let mut fields = Vec::new();
        self.declare(
            self.root,
            &mut Path::default(),
            &Field::default(),
            &mut fields,
        );
        fields
    }

    fn declare(&self, at: usize, path: &mut Path, told: &Field, fields: &mut Vec<Field>) {
        // A type that holds itself is declared once.
        if path.open.len() > DEPTH || path.open.contains(&at) || fields.len() >= TYPES_AT_MOST {
            return;
        }
        path.open.push(at);
        match &self.types[at] {
            Type::Record(members) => {
                for member in members {
                    path.steps.push(member.name.clone());
                    let told = Field {
                        comment: member.doc.clone().or_else(|| told.comment.clone()),
                        tags: tags_of(member),
                        ..Field::default()
                    };
                    self.declare(member.kind, path, &told, fields);
                    path.steps.pop();
                }
            }
            Type::Array(inner) | Type::Map(inner) => {
                path.steps.push("*".into());
                self.declare(*inner, path, told, fields);
                path.steps.pop();
            }
            Type::Union(choices) => {
                let there = choices
                    .iter()
                    .filter(|c| !matches!(self.types[**c], Type::Null));
                for choice in there {
                    self.declare(*choice, path, told, fields);
                }
            }
            Type::Null => {}
            scalar => fields.push(Field {
                path: if path.steps.is_empty() {
                    "*".into()
                } else {
                    path.steps.join(".")
                },
                declared_type: Some(told_type(scalar).into()),
                allowed: match scalar {
                    Type::Enum(symbols) => symbols.clone(),
                    _ => Vec::new(),
                },
                ..told.clone()
            }),
        }
        path.open.pop();
    }
}

#[derive(Default)]
struct Path {
    steps: Vec<String>,
    open: Vec<usize>,
}

fn full_name(name: &str, space: &str) -> String {
    if name.contains('.') || space.is_empty() {
        name.to_owned()
    } else {
        format!("{space}.{name}")
    }
}

fn meaning(object: &Map<String, Json>) -> Meaning {
    match object.get("logicalType").and_then(Json::as_str) {
        Some("date") => Meaning::Date,
        Some("time-millis") => Meaning::Time(Unit::Milli),
        Some("time-micros") => Meaning::Time(Unit::Micro),
        Some("timestamp-millis" | "local-timestamp-millis") => Meaning::Instant(Unit::Milli),
        Some("timestamp-micros" | "local-timestamp-micros") => Meaning::Instant(Unit::Micro),
        Some("timestamp-nanos" | "local-timestamp-nanos") => Meaning::Instant(Unit::Nano),
        Some("decimal") => {
            let scale = object.get("scale").and_then(Json::as_u64).unwrap_or(0);
            Meaning::Decimal(u32::try_from(scale).unwrap_or(0))
        }
        Some("uuid") => Meaning::Uuid,
        _ => Meaning::Plain,
    }
}

/// Properties that the specification does not know: people keep tags there.
fn tags(field: &Map<String, Json>) -> Vec<(String, String)> {
    const KNOWN: &[&str] = &["name", "type", "doc", "default", "order", "aliases"];
    let own = field
        .iter()
        .filter(|(key, _)| !KNOWN.contains(&key.as_str()));
    own.filter_map(|(key, value)| {
        let value = match value {
            Json::String(text) => text.clone(),
            Json::Bool(is) => is.to_string(),
            Json::Array(items) => items
                .iter()
                .filter_map(Json::as_str)
                .collect::<Vec<_>>()
                .join(","),
            _ => return None,
        };
        Some((key.clone(), value))
    })
    .collect()
}

fn tags_of(member: &Member) -> Vec<crate::field::Tag> {
    let tag = |(name, value): &(String, String)| crate::field::Tag {
        name: name.clone(),
        value: value.clone(),
    };
    member.tags.iter().map(tag).collect()
}

fn told_type(kind: &Type) -> &'static str {
    match kind {
        Type::Boolean => "boolean",
        Type::Number(meaning) | Type::Bytes(meaning) | Type::Fixed(_, meaning)
            if *meaning != Meaning::Plain =>
        {
            match meaning {
                Meaning::Date => "date",
                Meaning::Time(_) => "time",
                Meaning::Instant(_) => "timestamp",
                Meaning::Decimal(_) => "decimal",
                Meaning::Uuid | Meaning::Plain => "uuid",
            }
        }
        Type::Number(_) => "long",
        Type::Float => "float",
        Type::Double => "double",
        Type::Bytes(_) => "bytes",
        Type::Fixed(..) => "fixed",
        Type::Enum(_) => "enum",
        _ => "string",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_that_hold_themselves_are_declared_once() {
        let json = serde_json::json!({"type": "record", "name": "a.Person", "fields": [
            {"name": "email", "type": "string", "doc": "to write to", "pii": "email"},
            {"name": "parent", "type": ["null", "Person"]},
            {"name": "homes", "type": {"type": "map", "values": {"type": "array", "items": "string"}}},
        ]});
        let fields = Schema::of(&json).expect("a schema").fields();
        let paths: Vec<&str> = fields.iter().map(|field| field.path.as_str()).collect();
        assert_eq!(paths, ["email", "homes.*.*"]);
        assert_eq!(fields[0].comment.as_deref(), Some("to write to"));
        assert_eq!(fields[0].tags[0].name, "pii");
    }

    #[test]
    fn what_is_no_schema_is_none() {
        for json in [
            serde_json::json!(3),
            serde_json::json!({"type": "record", "name": "A"}),
            serde_json::json!({"type": "unknown"}),
            serde_json::json!({"a": 1}),
        ] {
            assert!(Schema::of(&json).is_none(), "{json}");
        }
        let mut deep = serde_json::json!("string");
        for _ in 0..100 {
            deep = serde_json::json!({"type": "array", "items": deep});
        }
        assert!(Schema::of(&deep).is_none());
    }
}
