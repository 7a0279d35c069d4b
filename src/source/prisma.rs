//! Prisma schemas: models with their columns, doc comments, relations as references, enums as allowed values.
//! Reads line by line with a small tokenizer; knows nothing of what names mean.

use super::{
    Budget, Claim, Coverage, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split,
};
use crate::field::{Dataset, DatasetKind, Field, Place, Reference};
use std::collections::{HashMap, HashSet};

/// Reads `schema.prisma` and its parts.
pub struct Prisma;

/// The reader of Prisma schemas.
pub static READER: Prisma = Prisma;

/// Larger schemas are not written by people.
const MOST_BYTES: u64 = 64 << 20;

/// Fields of one model, those of composite types counted.
const MOST_FIELDS: usize = 10_000;

/// How deep composite types are followed.
const DEEPEST: usize = 4;

const SCALARS: &[&str] = &[
    "String", "Boolean", "Int", "BigInt", "Float", "Decimal", "DateTime", "Json", "Bytes",
];

impl Reader for Prisma {
    fn format(&self) -> &'static str {
        "prisma"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Schema
    }

    fn claim(&self, input: &Input) -> Claim {
        if input.extension() == "prisma" {
            Claim::Certain
        } else {
            Claim::No
        }
    }

    fn read(
        &self,
        input: &Input,
        _: &Split,
        _: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        let text = input.read_text(MOST_BYTES)?;
        let mut schema = Schema::default();
        schema.read(&text);
        schema.tell(sink);
        let lines = memchr::memchr_iter(b'\n', text.as_bytes()).count() as u64;
        let coverage = match schema.open_block {
            Some(line) => Coverage::Partial(format!(
                "it ends inside the block that begins at line {line}"
            )),
            None => Coverage::Whole,
        };
        Ok(Outcome {
            coverage,
            lines,
            unresolved: schema.unresolved,
        })
    }
}

/// A block of a schema: `model User { … }`.
struct Block {
    keyword: String,
    dataset: Dataset,
    fields: Vec<Column>,
    /// Values of an enum.
    values: Vec<String>,
    keys: Vec<String>,
}

/// A field line.
struct Column {
    field: Field,
    /// Its type without `?` and `[]`.
    type_name: String,
    is_list: bool,
    relation: Option<Relation>,
}

/// `@relation(fields: [userId], references: [id])`.
#[derive(Default)]
struct Relation {
    fields: Vec<String>,
    references: Vec<String>,
}

#[derive(Default)]
struct Schema {
    blocks: Vec<Block>,
    open_block: Option<u64>,
    unresolved: u64,
}

impl Schema {
    fn read(&mut self, text: &str) {
        let mut comments: Vec<String> = Vec::new();
        let mut current: Option<Block> = None;
        let mut in_block_comment = false;
        let mut offset = 0_u64;
        for (number, line) in text.split_inclusive('\n').enumerate() {
            let place = place_of(line, number as u64 + 1, offset);
            offset += line.len() as u64;
            let tokens = tokens(line, &mut in_block_comment);
            match (tokens.words.is_empty(), &mut current) {
                (true, _) => match tokens.comment {
                    Some(comment) => comments.push(comment),
                    None => comments.clear(),
                },
                (false, None) => {
                    current = self.open(&tokens, place, std::mem::take(&mut comments));
                }
                (false, Some(_)) if tokens.words[0] == "}" => {
                    self.blocks.extend(current.take());
                    self.open_block = None;
                    comments.clear();
                }
                (false, Some(block)) => {
                    comments.extend(tokens.comment.clone());
                    block.line(&tokens.words, place, joined(std::mem::take(&mut comments)));
                }
            }
        }
        self.blocks.extend(current);
    }

    fn open(&mut self, tokens: &Line, place: Place, comments: Vec<String>) -> Option<Block> {
        let [keyword, name, rest @ ..] = tokens.words.as_slice() else {
            return None;
        };
        if !matches!(keyword.as_str(), "model" | "enum" | "type" | "view") {
            // `datasource` and `generator` blocks hold settings, connection strings among them.
            let is_setting = matches!(keyword.as_str(), "datasource" | "generator")
                && !rest.iter().any(|w| w == "}");
            self.open_block = is_setting.then_some(place.line);
            return is_setting.then(|| Block::new("setting", String::new(), place, None));
        }
        if !rest.iter().any(|word| word == "{") {
            self.unresolved += 1;
            return None;
        }
        self.open_block = Some(place.line);
        let block = Block::new(keyword, name.clone(), place, joined(comments));
        if rest.iter().any(|word| word == "}") {
            self.open_block = None;
            self.blocks.push(block);
            return None;
        }
        Some(block)
    }

    fn tell(&self, sink: &mut dyn Sink) {
        let of = |keyword: &'static str| {
            self.blocks
                .iter()
                .filter(move |b| b.keyword == keyword)
                .map(|b| (b.dataset.name.as_str(), b))
        };
        let context = Context {
            enums: of("enum").collect(),
            composites: of("type").collect(),
            models: of("model")
                .chain(of("view"))
                .map(|(name, _)| name)
                .collect(),
        };
        for block in self
            .blocks
            .iter()
            .filter(|b| b.keyword == "model" || b.keyword == "view")
        {
            let id = sink.dataset(block.dataset.clone());
            let mut fields = Vec::new();
            context.fields(block, "", 0, &mut fields);
            refer(block, &mut fields);
            for field in fields {
                sink.field(id, field);
            }
        }
    }
}

/// Foreign keys stand on the relation's line; the column they speak of has its own.
fn refer(block: &Block, fields: &mut [Field]) {
    for column in &block.fields {
        let Some(relation) = &column.relation else {
            continue;
        };
        for (at, name) in relation.fields.iter().enumerate() {
            let to = Reference {
                dataset: column.type_name.clone(),
                field: relation.references.get(at).cloned(),
            };
            if let Some(field) = fields.iter_mut().find(|f| f.path == *name) {
                field.references.get_or_insert(to);
            }
        }
    }
    for field in fields.iter_mut().filter(|f| block.keys.contains(&f.path)) {
        field.primary_key = true;
    }
}

struct Context<'a> {
    enums: HashMap<&'a str, &'a Block>,
    composites: HashMap<&'a str, &'a Block>,
    models: HashSet<&'a str>,
}

impl Context<'_> {
    /// The columns of a block; those of composite types dotted below their field.
    fn fields(&self, block: &Block, prefix: &str, depth: usize, out: &mut Vec<Field>) {
        for column in &block.fields {
            if self.is_relation(column) || out.len() >= MOST_FIELDS {
                continue;
            }
            let mut field = column.field.clone();
            field.path = format!("{prefix}{}", field.path);
            if let Some(allowed) = self.enums.get(column.type_name.as_str()) {
                field.allowed = allowed.values.clone();
            }
            let below = format!("{}{}.", field.path, if column.is_list { ".*" } else { "" });
            out.push(field);
            if let Some(composite) = self
                .composites
                .get(column.type_name.as_str())
                .filter(|_| depth < DEEPEST)
            {
                self.fields(composite, &below, depth + 1, out);
            }
        }
    }

    /// Whether a line is the other end of a relation and no column. Models of other files are known by how they are used.
    fn is_relation(&self, column: &Column) -> bool {
        let name = column.type_name.as_str();
        let is_known = SCALARS.contains(&name)
            || self.enums.contains_key(name)
            || self.composites.contains_key(name);
        self.models.contains(name) || column.relation.is_some() || (!is_known && column.is_list)
    }
}

impl Block {
    fn new(keyword: &str, name: String, place: Place, comment: Option<String>) -> Self {
        let kind = if keyword == "view" {
            DatasetKind::View
        } else {
            DatasetKind::Class
        };
        let dataset = Dataset {
            name,
            kind,
            comment,
            place,
            ..Dataset::default()
        };
        Self {
            keyword: keyword.to_owned(),
            dataset,
            fields: Vec::new(),
            values: Vec::new(),
            keys: Vec::new(),
        }
    }

    fn line(&mut self, words: &[String], place: Place, comment: Option<String>) {
        match self.keyword.as_str() {
            "setting" => {}
            "enum" if !words[0].starts_with('@') => self.values.push(words[0].clone()),
            _ if words[0].starts_with("@@") => {
                if words[0] == "@@id" {
                    self.keys = bracketed(&words[1..]);
                }
            }
            _ => self.fields.extend(column(words, place, comment)),
        }
    }
}

fn column(words: &[String], place: Place, comment: Option<String>) -> Option<Column> {
    let [name, type_name, rest @ ..] = words else {
        return None;
    };
    if !name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        || !type_name.starts_with(char::is_alphabetic)
    {
        return None;
    }
    let is_list = rest.first().is_some_and(|w| w == "[");
    let mut field = Field {
        place,
        comment,
        ..Field::named(name.clone())
    };
    field.declared_type = Some(if is_list {
        format!("{type_name}[]")
    } else {
        type_name.clone()
    });
    let mut relation = None;
    for (at, word) in rest
        .iter()
        .enumerate()
        .filter(|(_, word)| word.starts_with('@'))
    {
        let behind = &rest[at + 1..];
        match word.as_str() {
            "@id" => field.primary_key = true,
            "@relation" => relation = Some(relation_of(behind)),
            _ if word.starts_with("@db.") => {
                field
                    .validators
                    .push(format!("{}{}", &word[1..], arguments(behind)))
            }
            _ => {}
        }
    }
    Some(Column {
        field,
        type_name: type_name.clone(),
        is_list,
        relation,
    })
}

/// `(255)` right behind an attribute, else nothing.
fn arguments(words: &[String]) -> String {
    if words.first().is_none_or(|w| w != "(") {
        return String::new();
    }
    let end = words
        .iter()
        .position(|w| w == ")")
        .map_or(words.len(), |end| end + 1);
    words[..end].concat()
}

fn relation_of(words: &[String]) -> Relation {
    let list = |key: &str| {
        words
            .iter()
            .position(|w| w == key)
            .map_or_else(Vec::new, |at| bracketed(&words[at + 1..]))
    };
    if words.first().is_none_or(|w| w != "(") {
        return Relation::default();
    }
    Relation {
        fields: list("fields"),
        references: list("references"),
    }
}

/// The names in the first `[…]`.
fn bracketed(words: &[String]) -> Vec<String> {
    let Some(open) = words.iter().position(|w| w == "[") else {
        return Vec::new();
    };
    let inside = words[open + 1..].iter().take_while(|w| *w != "]");
    inside
        .filter(|w| w.starts_with(|c: char| c.is_alphabetic() || c == '_'))
        .cloned()
        .collect()
}

fn joined(comments: Vec<String>) -> Option<String> {
    let kept: Vec<String> = comments
        .into_iter()
        .filter(|c| c.chars().any(char::is_alphanumeric))
        .collect();
    (!kept.is_empty()).then(|| kept.join("\n"))
}

fn place_of(line: &str, number: u64, offset: u64) -> Place {
    let blank = line.len() - line.trim_start().len();
    Place {
        line: number,
        column: line[..blank].chars().count() as u32 + 1,
        start: offset + blank as u64,
    }
}

/// One line: its words, and what its comment says.
struct Line {
    words: Vec<String>,
    comment: Option<String>,
}

/// Words are names (with leading `@`s), text in quotes, numbers and single marks.
fn tokens(line: &str, in_block_comment: &mut bool) -> Line {
    let mut words = Vec::new();
    let mut rest = line;
    loop {
        if *in_block_comment {
            let Some(end) = rest.find("*/") else {
                return Line {
                    words,
                    comment: Some(rest.trim().trim_start_matches('*').trim().to_owned()),
                };
            };
            *in_block_comment = false;
            rest = &rest[end + 2..];
        }
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else {
            return Line {
                words,
                comment: None,
            };
        };
        if rest.starts_with("//") {
            return Line {
                words,
                comment: Some(rest.trim_start_matches('/').trim().to_owned()),
            };
        }
        if rest.starts_with("/*") {
            *in_block_comment = true;
            rest = &rest[2..];
            continue;
        }
        let length = match first {
            '"' => text_length(rest),
            '@' => rest
                .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '@' | '.')))
                .unwrap_or(rest.len()),
            c if c.is_alphanumeric() || c == '_' => rest
                .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                .unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        words.push(rest[..length].to_owned());
        rest = &rest[length..];
    }
}

/// The length of the text in quotes that `rest` begins with.
fn text_length(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::recording::Recording;

    fn read(text: &str) -> (Recording, Outcome) {
        let input = Input::bytes("schema.prisma", text.as_bytes()).unwrap();
        assert_eq!(READER.claim(&input), Claim::Certain);
        let mut recording = Recording::default();
        let outcome = READER
            .read(&input, &Split::whole(), &Budget::default(), &mut recording)
            .unwrap();
        (recording, outcome)
    }

    #[test]
    fn a_default_value_reaches_nothing() {
        let (recording, _) =
            read("model A {\n  mail String @default(\"canary@example.com\") // contact\n}\n");
        assert!(!recording.lines().contains("canary"));
        assert_eq!(
            recording.field_named("A", "mail").field.comment.as_deref(),
            Some("contact")
        );
    }

    #[test]
    fn connection_strings_are_not_read() {
        let (recording, _) = read(
            "datasource db {\n  provider = \"postgresql\"\n  url = \"postgres://u:canary@db.example/x\"\n}\nmodel A {\n  id Int @id\n}\n",
        );
        assert_eq!(
            recording.lines(),
            "A (Class) line=5\nA.id Int at=6:3 primary_key\n"
        );
    }

    #[test]
    fn an_unfinished_model_is_read_and_told() {
        let (recording, outcome) = read("model A {\n  id Int @id\n  mail String");
        assert_eq!(recording.paths("A"), ["id", "mail"]);
        assert_eq!(
            outcome.coverage,
            Coverage::Partial("it ends inside the block that begins at line 1".into())
        );
    }

    #[test]
    fn types_that_hold_themselves_end() {
        let (recording, _) =
            read("type Node {\n  name String\n  next Node?\n}\nmodel A {\n  node Node\n}\n");
        assert_eq!(recording.paths("A").len(), 2 * (DEEPEST) + 1);
    }
}
