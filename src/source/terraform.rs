//! Terraform: tables, user pools and feature groups whose fields stand in a resource, as datasets; the rest is configuration.
//! Expressions are not worked out: a name made of variables gives way to that of the resource.

use super::code::language::HCL;
use super::code::lexer::{self, Token};
use super::{
    Budget, Claim, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split, bigquery_schema,
    settings, text, tree,
};
use crate::field::{DatasetKind, Field, TextPlace};

/// Reads `*.tf`.
pub struct Terraform;

/// The reader of Terraform.
pub static READER: Terraform = Terraform;

/// A larger file is data.
const MOST_BYTES: u64 = 16 << 20;

/// Parts of names of resources that hold records.
const HOLDERS: &[&str] = &["table", "user_pool", "feature_group", "materialized_view"];

impl Reader for Terraform {
    fn format(&self) -> &'static str {
        "terraform"
    }

    fn kind(&self, input: &Input) -> SourceKind {
        let head = String::from_utf8_lossy(input.head());
        let mut lines = head.lines().filter(|line| line.starts_with("resource "));
        let declares = lines.any(|line| HOLDERS.iter().any(|holder| line.contains(holder)));
        if declares {
            SourceKind::Schema
        } else {
            SourceKind::Config
        }
    }

    fn claim(&self, input: &Input) -> Claim {
        let is_ours = input.connection().is_none()
            && input.extension() == "tf"
            && !text::is_binary(input.head());
        if is_ours { Claim::Name } else { Claim::No }
    }

    fn read(
        &self,
        input: &Input,
        _: &Split,
        _: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        let content = input.read_text(MOST_BYTES)?;
        sink.text(content.as_bytes(), TextPlace { start: 0, line: 1 });
        settings::tell(&content, true, sink);
        let tokens = lexer::tokens(&content, &HCL);
        let tokens: Vec<Token<'_>> = tokens
            .into_iter()
            .filter(|t| t.kind != lexer::Kind::Comment)
            .collect();
        let mut at = 0;
        while at < tokens.len() {
            at = resource(&tokens, at, sink).unwrap_or(at + 1);
        }
        Ok(Outcome {
            lines: memchr::memchr_iter(b'\n', content.as_bytes()).count() as u64,
            ..Outcome::whole()
        })
    }
}

/// `resource "kind" "label" { … }`: tells its fields and gives where it ends.
fn resource(tokens: &[Token<'_>], at: usize, sink: &mut dyn Sink) -> Option<usize> {
    let [word, kind, label, open] = tokens.get(at..at + 4)? else {
        return None;
    };
    let is_resource = word.is("resource") && kind.is_text() && label.is_text() && open.is("{");
    let end = is_resource.then(|| block_end(tokens, at + 3))?;
    if !HOLDERS.iter().any(|holder| kind.text.contains(holder)) {
        return Some(end);
    }
    let inside = &tokens[at + 4..end];
    let given = ["table_id", "table_name", "name"];
    let given = given.iter().find_map(|key| text_of(inside, key));
    let name = given
        .filter(|name| !name.contains("${"))
        .unwrap_or(label.text);
    let mut fields = fields(inside);
    fields.extend(schema(inside));
    let dataset = tree::dataset(DatasetKind::Table, name, word.line.into());
    tree::tell(dataset, fields, sink);
    Some(end)
}

/// A schema written as JSON.
fn schema(inside: &[Token<'_>]) -> Vec<Field> {
    let is_json = |t: &&Token<'_>| t.is_text() && t.text.trim_start().starts_with('[');
    let set = inside
        .windows(3)
        .filter(|w| w[0].is("schema") && w[1].is("="));
    let Some(text) = set.map(|w| &w[2]).find(is_json) else {
        return Vec::new();
    };
    let roots = tree::json(text.text).roots;
    let mut fields: Vec<Field> = roots.iter().flat_map(bigquery_schema::columns).collect();
    let before = u64::from(text.line).saturating_sub(1);
    fields.iter_mut().for_each(|f| f.place.line += before);
    fields
}

/// Every block and object that has a name and a type.
fn fields(tokens: &[Token<'_>]) -> Vec<Field> {
    const KINDS: &[&str] = &["type", "data_type", "attribute_data_type", "feature_type"];
    const NAMES: &[&str] = &["name", "feature_name", "column_name"];
    const COMMENTS: &[&str] = &["comment", "description"];
    let mut found: Vec<Field> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if !token.is("{") {
            continue;
        }
        let inside = &tokens[at + 1..block_end(tokens, at)];
        let of = |keys: &[&str]| keys.iter().find_map(|key| text_of(inside, key));
        let (Some(name), Some(kind)) = (of(NAMES), of(KINDS)) else {
            continue;
        };
        let is_new = found.iter().all(|f| f.path != name);
        if is_new && !name.contains("${") {
            let line = tokens.get(at + 1).map_or(token.line, |t| t.line);
            found.push(Field {
                declared_type: Some(kind.to_owned()),
                comment: of(COMMENTS).map(str::to_owned),
                ..tree::field(name, line.into())
            });
        }
    }
    found
}

/// The text that a key is set to, outside of inner blocks.
fn text_of<'a>(tokens: &[Token<'a>], key: &str) -> Option<&'a str> {
    let mut depth = 0_i32;
    for (at, token) in tokens.iter().enumerate() {
        if token.is("{") || token.is("[") || token.is("(") {
            depth += 1;
        } else if token.is("}") || token.is("]") || token.is(")") {
            depth -= 1;
        }
        let is_key = token.text == key && (token.is_word() || token.is_text());
        let is_set = tokens.get(at + 1).is_some_and(|t| t.is("=") || t.is(":"));
        if depth == 0 && is_key && is_set {
            return tokens.get(at + 2).filter(|t| t.is_text()).map(|t| t.text);
        }
    }
    None
}

/// Where the block that opens at a position ends.
fn block_end(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_i32;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        if token.is("{") {
            depth += 1;
        } else if token.is("}") {
            depth -= 1;
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len()
}
