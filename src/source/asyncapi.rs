//! AsyncAPI documents: schemas and the payloads of messages as datasets, whatever version of the format names them.
//! Schemas themselves are read as JSON Schema, payloads in Avro as Avro.

use super::json_schema::{collect, tell_message, tell_schema};
use super::tree::{Document, Node, has_key};
use super::{Sink, avro_schema};
use crate::source::Input;

/// The reader of descriptions of message channels.
pub static READER: Document = Document {
    format: "asyncapi",
    marks: &["asyncapi"],
    is_ours,
    tell,
    is_config: false,
};

fn is_ours(_: &Input, outline: &[(String, String)]) -> bool {
    has_key(outline, "asyncapi")
}

fn tell(_: &Input, root: &Node, sink: &mut dyn Sink) {
    for entry in entries(root.at(&["components", "schemas"])) {
        tell_schema(&entry.key, &entry.node, entry.line, sink);
    }
    for entry in entries(root.at(&["components", "messages"])) {
        tell_payload(&entry.key, &entry.node, entry.line, sink);
    }
    for channel in entries(root.get("channels")) {
        for message in entries(channel.node.get("messages")) {
            tell_payload(&message.key, &message.node, message.line, sink);
        }
        for direction in ["publish", "subscribe"] {
            let Some(message) = channel.node.at(&[direction, "message"]) else {
                continue;
            };
            let one_of = message.get("oneOf").map_or(&[][..], Node::items);
            for message in std::iter::once(message).chain(one_of) {
                let name = message.text_of("name").unwrap_or(&channel.key);
                tell_payload(name, message, message.line, sink);
            }
        }
        let parameters = entries(channel.node.get("parameters")).iter();
        let fields = parameters.map(|p| {
            let schema = p.node.get("schema").unwrap_or(&p.node);
            super::json_schema::field(&p.key, p.line, schema)
        });
        let fields = fields.collect();
        tell_message(
            &channel.key,
            channel.line,
            None,
            &channel.node,
            fields,
            sink,
        );
    }
}

fn entries(node: Option<&Node>) -> &[super::tree::Entry] {
    node.map_or(&[], Node::entries)
}

fn tell_payload(name: &str, message: &Node, line: u64, sink: &mut dyn Sink) {
    let Some(payload) = message.get("payload") else {
        return;
    };
    let payload = payload.get("schema").unwrap_or(payload);
    if payload.text_of("type") == Some("record") {
        avro_schema::tell_record(payload, sink);
        return;
    }
    let mut fields = Vec::new();
    collect(payload, "", 0, &mut fields);
    if let Some(headers) = message.get("headers") {
        collect(headers, "headers.", 0, &mut fields);
    }
    let comment = message
        .text_of("summary")
        .or_else(|| message.text_of("description"))
        .map(str::to_owned);
    tell_message(name, line, comment, message, fields, sink);
}
