//! Avro schemas and protocols: records as datasets, records inside them dotted, `doc` as comment, tags of registries.
//! Knows nothing of data written by them.

use super::json_schema::{tags, tell_message};
use super::tree::{self, Document, Node, has_key};
use super::{Input, Sink};
use crate::field::{Field, Reference};

/// The reader of Avro schemas.
pub static READER: Document = Document {
    format: "avro_schema",
    marks: &["record", "types"],
    is_ours,
    tell,
    is_config: false,
};

/// How deep records inside each other are followed.
const DEEPEST: usize = 24;

/// Fields of one record.
const MOST_FIELDS: usize = 10_000;

fn is_ours(input: &Input, outline: &[(String, String)]) -> bool {
    let is_record = |(key, text): &(String, String)| key == "type" && text == "record";
    match input.extension().as_str() {
        "avsc" => true,
        "avpr" => has_key(outline, "protocol"),
        _ => {
            outline.iter().any(is_record) && has_key(outline, "fields") && has_key(outline, "name")
        }
    }
}

fn tell(_: &Input, root: &Node, sink: &mut dyn Sink) {
    tell_record(root, sink);
    let types = root.get("types").map_or(&[][..], Node::items);
    for record in root.items().iter().chain(types) {
        tell_record(record, sink);
    }
}

/// Tells a record as a dataset; anything else is none.
pub fn tell_record(node: &Node, sink: &mut dyn Sink) {
    let is_record = matches!(node.text_of("type"), Some("record" | "error"));
    let Some(name) = node.text_of("name").filter(|_| is_record) else {
        return;
    };
    let name = match node.text_of("namespace") {
        Some(space) if !name.contains('.') && !space.is_empty() => format!("{space}.{name}"),
        _ => name.to_owned(),
    };
    let mut fields = Vec::new();
    collect(node, "", 0, &mut fields);
    let doc = node.text_of("doc").map(str::to_owned);
    tell_message(&name, node.line, doc, node, fields, sink);
}

fn collect(record: &Node, prefix: &str, depth: usize, out: &mut Vec<Field>) {
    for node in record.get("fields").map_or(&[][..], Node::items) {
        let (Some(name), Some(kind)) = (node.get("name"), node.get("type")) else {
            continue;
        };
        if depth > DEEPEST || out.len() >= MOST_FIELDS {
            return;
        }
        let path = format!("{prefix}{}", name.text().unwrap_or_default());
        let (inner, path_below) = inside(kind, path.clone());
        out.push(field(&path, name.line, node, inner));
        collect(inner, &format!("{path_below}."), depth + 1, out);
    }
}

/// The type of the data itself: through unions with null, arrays, maps and wrapped types; with its path.
fn inside(kind: &Node, mut path: String) -> (&Node, String) {
    let mut inner = kind;
    for _ in 0..DEEPEST {
        let member = inner.items().iter().find(|t| t.text() != Some("null"));
        inner = match (member, inner.get("type").and_then(Node::text)) {
            (Some(member), _) => member,
            (None, Some("array")) => {
                path.push_str(".*");
                inner.get("items").unwrap_or(inner)
            }
            (None, Some("map")) => {
                path.push_str(".*");
                inner.get("values").unwrap_or(inner)
            }
            (None, None) if inner.get("type").is_some() => inner.get("type").unwrap_or(inner),
            _ => break,
        };
    }
    (inner, path)
}

fn field(path: &str, line: u64, node: &Node, inner: &Node) -> Field {
    const PRIMITIVES: &[&str] = &[
        "null", "boolean", "int", "long", "float", "double", "bytes", "string", "record", "enum",
        "fixed", "array", "map",
    ];
    let logical = inner.text_of("logicalType");
    let name = logical
        .or_else(|| inner.text())
        .or_else(|| inner.text_of("type"))
        .unwrap_or_default();
    // A name that is no type of Avro is that of a record told elsewhere.
    let is_named = logical.is_none() && !PRIMITIVES.contains(&name) && !name.is_empty();
    let symbols = inner.get("symbols").map(Node::texts).unwrap_or_default();
    let mut tags = tags(node);
    tags.extend(super::json_schema::tags(inner));
    Field {
        declared_type: (!name.is_empty()).then(|| name.to_owned()),
        comment: node.text_of("doc").map(str::to_owned),
        tags,
        references: is_named.then(|| Reference {
            dataset: name.to_owned(),
            field: None,
        }),
        allowed: symbols.into_iter().map(str::to_owned).collect(),
        ..tree::field(path, line)
    }
}
