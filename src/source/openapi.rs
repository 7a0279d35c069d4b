//! OpenAPI and Swagger documents: schemas as datasets, and one more for what each operation takes and gives.
//! Schemas themselves are read as JSON Schema; references are told, not followed.

use super::Sink;
use super::json_schema::{self, collect, tell_message, tell_schema};
use super::tree::{Document, Entry, Node, has_key};
use crate::field::Field;
use crate::source::Input;

/// The reader of API descriptions.
pub static READER: Document = Document {
    format: "openapi",
    marks: &["openapi", "swagger", "components", "paths"],
    is_ours,
    tell,
    is_config: false,
};

const METHODS: &[&str] = &[
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
];

fn is_ours(_: &Input, outline: &[(String, String)]) -> bool {
    let is_version = |(key, text): &(String, String)| {
        (key == "openapi" || key == "swagger") && text.starts_with(|c: char| c.is_ascii_digit())
    };
    // A part of one kept in a file of its own.
    let is_part = outline.len() <= 3
        && !has_key(outline, "asyncapi")
        && (has_key(outline, "components") || has_key(outline, "paths"));
    outline.iter().any(is_version) || is_part
}

fn tell(_: &Input, root: &Node, sink: &mut dyn Sink) {
    let schemas = [root.at(&["components", "schemas"]), root.get("definitions")];
    for entry in schemas.into_iter().flatten().flat_map(Node::entries) {
        tell_schema(&entry.key, &entry.node, entry.line, sink);
    }
    for kind in ["requestBodies", "responses"] {
        let named = [root.at(&["components", kind]), root.get(kind)];
        for entry in named.into_iter().flatten().flat_map(Node::entries) {
            let mut fields = Vec::new();
            body(&entry.node, &mut fields);
            tell_message(&entry.key, entry.line, None, &entry.node, fields, sink);
        }
    }
    if let Some(shared) = root
        .at(&["components", "parameters"])
        .or_else(|| root.get("parameters"))
    {
        let fields = shared.entries().iter().filter_map(|e| parameter(&e.node));
        let fields = fields.collect();
        tell_message("parameters", shared.line, None, shared, fields, sink);
    }
    for key in ["paths", "webhooks"] {
        for path in root.get(key).map_or(&[][..], Node::entries) {
            tell_path(path, sink);
        }
    }
}

fn tell_path(path: &Entry, sink: &mut dyn Sink) {
    let shared = path.node.get("parameters").map_or(&[][..], Node::items);
    for operation in path.node.entries() {
        if METHODS.contains(&operation.key.as_str()) {
            tell_operation(&path.key, operation, shared, sink);
        }
    }
}

/// What an operation takes, under its id, and what it gives, with the status behind it.
fn tell_operation(path: &str, operation: &Entry, shared: &[Node], sink: &mut dyn Sink) {
    let node = &operation.node;
    let method = operation.key.to_ascii_uppercase();
    let name = match node.text_of("operationId") {
        Some(id) => id.to_owned(),
        None => format!("{method} {path}"),
    };
    let comment = node
        .text_of("summary")
        .or_else(|| node.text_of("description"))
        .map(str::to_owned);
    let own = node.get("parameters").map_or(&[][..], Node::items);
    let mut fields: Vec<Field> = own.iter().chain(shared).filter_map(parameter).collect();
    for body_parameter in own.iter().filter(|p| p.text_of("in") == Some("body")) {
        if let Some(schema) = body_parameter.get("schema") {
            collect(schema, "", 0, &mut fields);
        }
    }
    if let Some(request) = node.get("requestBody") {
        body(request, &mut fields);
    }
    tell_message(&name, operation.line, comment, node, fields, sink);
    for response in node.get("responses").map_or(&[][..], Node::entries) {
        let mut fields = Vec::new();
        body(&response.node, &mut fields);
        let headers = response.node.get("headers").map_or(&[][..], Node::entries);
        fields.extend(headers.iter().map(|header| {
            let schema = header.node.get("schema").unwrap_or(&header.node);
            json_schema::field(&header.key, header.line, schema)
        }));
        let name = format!("{name} {}", response.key);
        tell_message(&name, response.line, None, &response.node, fields, sink);
    }
}

/// A parameter that is one field; a body is not.
fn parameter(node: &Node) -> Option<Field> {
    let name = node.get("name")?;
    if node.text_of("in") == Some("body") {
        return None;
    }
    let schema = node.get("schema").unwrap_or(node);
    let mut field = json_schema::field(name.text()?, name.line, schema);
    let described = node.text_of("description").map(str::to_owned);
    field.comment = described.or(field.comment);
    if node.get("schema").is_some() {
        field.tags.extend(json_schema::tags(node));
    }
    Some(field)
}

/// The fields of a body that stand in place: of each media type, the same ones once.
fn body(node: &Node, fields: &mut Vec<Field>) {
    let media = node.get("content").map_or(&[][..], Node::entries);
    let schemas = media.iter().filter_map(|m| m.node.get("schema"));
    for schema in schemas.chain(node.get("schema")) {
        let mut found = Vec::new();
        collect(schema, "", 0, &mut found);
        found.retain(|field| fields.iter().all(|known| known.path != field.path));
        fields.extend(found);
    }
}
