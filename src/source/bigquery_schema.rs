//! BigQuery schema files: columns with type, mode, description and policy tags; records inside them dotted.
//! Knows nothing of the table they are loaded into but the name of the file.

use super::tree::{self, Document, Node, has_key};
use super::{Input, Sink};
use crate::field::{DatasetKind, Field, Tag};

/// The reader of BigQuery schemas.
pub static READER: Document = Document {
    format: "bigquery_schema",
    marks: &["\"mode\"", "\"policyTags\""],
    is_ours,
    tell,
    is_config: false,
};

/// How deep records inside each other are followed.
const DEEPEST: usize = 16;

const TYPES: &[&str] = &[
    "STRING",
    "BYTES",
    "INTEGER",
    "INT64",
    "FLOAT",
    "FLOAT64",
    "NUMERIC",
    "BIGNUMERIC",
    "BOOLEAN",
    "BOOL",
    "TIMESTAMP",
    "DATE",
    "TIME",
    "DATETIME",
    "GEOGRAPHY",
    "RECORD",
    "STRUCT",
    "JSON",
    "RANGE",
    "INTERVAL",
];

fn is_ours(_: &Input, outline: &[(String, String)]) -> bool {
    let is_type = |(key, text): &(String, String)| {
        key == "type" && TYPES.contains(&text.to_ascii_uppercase().as_str())
    };
    (has_key(outline, "name") && outline.iter().any(is_type))
        || (has_key(outline, "schema") && has_key(outline, "tableReference"))
}

fn tell(input: &Input, root: &Node, sink: &mut dyn Sink) {
    let list = root.at(&["schema", "fields"]).unwrap_or(root);
    let name = root.at(&["tableReference", "tableId"]).and_then(Node::text);
    let file = input.title();
    let file = file.split('.').next().unwrap_or(file);
    let file = file.strip_suffix("_schema").unwrap_or(file);
    let table = tree::dataset(DatasetKind::Table, name.unwrap_or(file), root.line);
    tree::tell(table, columns(list), sink);
}

/// The columns of a list as this format writes them.
pub fn columns(list: &Node) -> Vec<Field> {
    let mut fields = Vec::new();
    collect(list, "", 0, &mut fields);
    fields
}

fn collect(list: &Node, prefix: &str, depth: usize, out: &mut Vec<Field>) {
    if depth > DEEPEST {
        return;
    }
    for node in list.items() {
        let Some(name) = node.get("name") else {
            continue;
        };
        let is_list = node
            .text_of("mode")
            .is_some_and(|mode| mode.eq_ignore_ascii_case("repeated"));
        let path = format!("{prefix}{}", name.text().unwrap_or_default());
        let mut tags = Vec::new();
        if let Some(names) = node.at(&["policyTags", "names"]) {
            tags.push(Tag {
                name: "policy_tags".into(),
                value: names.texts().join(","),
            });
        }
        if node.get("dataPolicies").is_some() {
            tags.push(Tag {
                name: "data_policies".into(),
                value: String::new(),
            });
        }
        out.push(Field {
            declared_type: node.text_of("type").map(str::to_owned),
            comment: node.text_of("description").map(str::to_owned),
            tags,
            ..tree::field(path.clone(), name.line)
        });
        if let Some(inner) = node.get("fields") {
            let array = if is_list { ".*" } else { "" };
            collect(inner, &format!("{path}{array}."), depth + 1, out);
        }
    }
}
