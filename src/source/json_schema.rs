//! JSON Schema as fields: properties with type, format, description and `x-` tags; nested ones dotted, arrays as `*`.
//! What OpenAPI and AsyncAPI call a schema is read here too. References are told, not followed.

use super::Sink;
use super::tree::{self, Document, Entry, Node, has_key};
use crate::field::{Dataset, DatasetKind, Field, Reference, Tag};
use crate::source::Input;

/// The reader of JSON Schema.
pub static READER: Document = Document {
    format: "json_schema",
    marks: &["json-schema.org", "properties"],
    is_ours,
    tell,
    is_config: false,
};

/// Fields of one schema.
const MOST_FIELDS: usize = 10_000;

/// How deep objects inside each other are followed.
const DEEPEST: usize = 24;

/// Where a document keeps schemas by name.
const NAMED: &[&str] = &["definitions", "$defs"];

/// Keys whose elements together make a schema.
const PARTS: &[&str] = &["allOf", "anyOf", "oneOf"];

fn is_ours(input: &Input, outline: &[(String, String)]) -> bool {
    let is_schema = |(key, text): &(String, String)| {
        key == "$schema" && text.contains("json-schema.org") && !text.contains("schemastore")
    };
    let is_type = |(key, text): &(String, String)| key == "type" && text == "object";
    outline.iter().any(is_schema)
        || (outline.iter().any(is_type) && has_key(outline, "properties"))
        || (input.file_name().ends_with(".schema.json") && has_key(outline, "properties"))
}

fn tell(input: &Input, root: &Node, sink: &mut dyn Sink) {
    let title = root.text_of("title").filter(|title| is_name(title));
    let id = root.text_of("$id").or_else(|| root.text_of("id"));
    let file = input.title();
    let file = file.split('.').next().unwrap_or(file);
    let of_id = id.map(ref_name).filter(|id| is_name(id));
    let name = title.or(of_id).unwrap_or(file);
    tell_schema(name, root, root.line, sink);
    for (entry, node) in NAMED.iter().filter_map(|key| root.get(key)).flat_map(named) {
        tell_schema(&entry.key, node, entry.line, sink);
    }
}

fn named(schemas: &Node) -> impl Iterator<Item = (&Entry, &Node)> {
    schemas.entries().iter().map(|e| (e, &e.node))
}

/// Whether a title is one word, not a sentence.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.split_whitespace().count() <= 3 && text.len() < 60
}

/// The schema that a reference names: its last step, without the ending of a file.
pub fn ref_name(reference: &str) -> &str {
    let last = reference.rsplit(['/', '#']).find(|step| !step.is_empty());
    let last = last.unwrap_or(reference);
    last.split('.').next().unwrap_or(last)
}

/// Tells a schema as a dataset, if it has properties.
pub fn tell_schema(name: &str, schema: &Node, line: u64, sink: &mut dyn Sink) {
    let mut fields = Vec::new();
    collect(schema, "", 0, &mut fields);
    let comment = schema.text_of("description").map(str::to_owned);
    tell_message(name, line, comment, schema, fields, sink);
}

/// Tells what a node of a contract takes or gives.
pub fn tell_message(
    name: &str,
    line: u64,
    comment: Option<String>,
    node: &Node,
    fields: Vec<Field>,
    sink: &mut dyn Sink,
) {
    let dataset = Dataset {
        comment,
        tags: tags(node),
        ..tree::dataset(DatasetKind::Message, name, line)
    };
    tree::tell(dataset, fields, sink);
}

/// The fields of an object schema, those of objects inside it below them.
pub fn collect(schema: &Node, prefix: &str, depth: usize, out: &mut Vec<Field>) {
    if depth > DEEPEST {
        return;
    }
    let parts = PARTS.iter().filter_map(|key| schema.get(key));
    for part in parts.flat_map(Node::items) {
        collect(part, prefix, depth + 1, out);
    }
    for key in ["items", "if", "then", "else"] {
        if let Some(inner) = schema.get(key) {
            collect(inner, prefix, depth + 1, out);
        }
    }
    for entry in schema.get("properties").map_or(&[][..], Node::entries) {
        if out.len() >= MOST_FIELDS {
            return;
        }
        let path = format!("{prefix}{}", entry.key);
        out.push(field(&path, entry.line, &entry.node));
        below(&entry.node, path, depth, out);
    }
    let maps = ["additionalProperties", "patternProperties"];
    for map in maps.iter().filter_map(|key| schema.get(key)) {
        let values = map.entries().iter().map(|e| &e.node);
        let is_schema = map.get("properties").is_some();
        for value in std::iter::once(map).filter(|_| is_schema).chain(values) {
            collect(value, &format!("{prefix}*."), depth + 1, out);
        }
    }
}

/// What is inside a property: through arrays to an object.
fn below(node: &Node, mut path: String, depth: usize, out: &mut Vec<Field>) {
    let mut inner = node;
    let mut levels = depth;
    while let Some(items) = inner.get("items") {
        path.push_str(".*");
        inner = items;
        levels += 1;
        if levels > DEEPEST {
            return;
        }
    }
    path.push('.');
    collect(inner, &path, levels + 1, out);
}

/// A property, parameter or header, as its schema describes it.
pub fn field(path: &str, line: u64, schema: &Node) -> Field {
    let element = std::iter::successors(Some(schema), |node| node.get("items"))
        .take(DEEPEST)
        .last()
        .unwrap_or(schema);
    let reference = reference(element);
    let format = element.text_of("format").map(str::to_owned);
    let texts = |key: &str| schema.get(key).map(Node::texts).unwrap_or_default();
    let allowed = element.get("enum").map(Node::texts).unwrap_or_default();
    let mut found = Field {
        declared_type: declared_type(schema, element, reference),
        comment: comment(schema, element),
        tags: tags(schema),
        references: reference.map(|name| Reference {
            dataset: name.to_owned(),
            field: None,
        }),
        allowed: allowed.into_iter().map(str::to_owned).collect(),
        validators: format.clone().into_iter().collect(),
        ..tree::field(path, line)
    };
    if format.as_deref() == Some("password") || texts("format").contains(&"password") {
        found.tags.push(Tag {
            name: "masked".into(),
            value: "password".into(),
        });
    }
    found
}

fn comment(schema: &Node, element: &Node) -> Option<String> {
    let described = |node: &Node| node.text_of("description").map(str::to_owned);
    let titled = schema.text_of("title").map(str::to_owned);
    described(schema)
        .or_else(|| described(element))
        .or(titled)
        .filter(|text| !text.is_empty())
}

/// The name of the schema that stands in place of a node, alone or as one of several parts.
fn reference(node: &Node) -> Option<&str> {
    let direct = |node: &'_ Node| node.get("$ref").is_some();
    if direct(node) {
        return node.text_of("$ref").map(ref_name);
    }
    let parts = PARTS.iter().filter_map(|key| node.get(key));
    let mut parts = parts.flat_map(Node::items);
    parts.find_map(|part| part.text_of("$ref").map(ref_name))
}

/// Type and format as one would write them: `email`, `string(80)`, `Address[]`.
fn declared_type(schema: &Node, element: &Node, reference: Option<&str>) -> Option<String> {
    let types = element.get("type").map(Node::texts).unwrap_or_default();
    let known = types.into_iter().find(|t| *t != "null");
    let format = element
        .text_of("format")
        .filter(|_| known != Some("integer"));
    let name = reference.or(format).or(known)?;
    let length = element.text_of("maxLength").filter(|_| format.is_none());
    let length = length.map_or(String::new(), |length| format!("({length})"));
    let is_array = schema.get("items").is_some();
    Some(format!(
        "{name}{length}{}",
        if is_array { "[]" } else { "" }
    ))
}

/// Tags: keys that begin with `x-`, and those of schema registries.
pub fn tags(node: &Node) -> Vec<Tag> {
    let is_tag = |key: &str| {
        key.starts_with("x-") || matches!(key, "confluent:tags" | "pii" | "x_pii" | "sensitive")
    };
    let entries = node.entries().iter().filter(|e| is_tag(&e.key));
    let tags = entries.map(|e| {
        let value = e.node.texts().join(",");
        // What is done with a value says that it is protected.
        let name = match e.key.as_str() {
            "x-pii-action" => "mask",
            key => key,
        };
        Tag {
            name: name.to_owned(),
            value,
        }
    });
    tags.collect()
}
