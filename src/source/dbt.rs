//! dbt property files: models, sources, seeds and snapshots with their columns; `meta`, `tags` and policy tags as tags.
//! What a model says of itself counts for each of its columns. Knows nothing of the SQL beside it.

use super::tree::{self, Document, Node, has_key};
use super::{Input, Sink};
use crate::field::{Dataset, DatasetKind, Field, Reference, Tag};

/// The reader of dbt property files.
pub static READER: Document = Document {
    format: "dbt",
    marks: &["columns", "models:", "sources:", "seeds:", "snapshots:"],
    is_ours,
    tell,
    is_config: false,
};

const KINDS: &[&str] = &["models", "seeds", "snapshots", "analyses", "unit_tests"];

fn is_ours(input: &Input, outline: &[(String, String)]) -> bool {
    let is_yaml = matches!(input.extension().as_str(), "yml" | "yaml");
    let has_kind = KINDS.iter().any(|kind| has_key(outline, kind)) || has_key(outline, "sources");
    let known = |(key, _): &(String, String)| {
        KINDS.contains(&key.as_str())
            || matches!(
                key.as_str(),
                "version"
                    | "sources"
                    | "exposures"
                    | "metrics"
                    | "macros"
                    | "semantic_models"
                    | "groups"
                    | "tests"
                    | "data_tests"
                    | "---"
                    | "saved_queries"
            )
    };
    is_yaml && has_kind && outline.iter().all(known)
}

fn tell(_: &Input, root: &Node, sink: &mut dyn Sink) {
    for kind in KINDS {
        for model in root.get(kind).map_or(&[][..], Node::items) {
            tell_table(model, None, &[], sink);
        }
    }
    for source in root.get("sources").map_or(&[][..], Node::items) {
        let schema = source.text_of("schema").or_else(|| source.text_of("name"));
        let tags = tags(source);
        for table in source.get("tables").map_or(&[][..], Node::items) {
            tell_table(table, schema, &tags, sink);
        }
    }
}

fn tell_table(table: &Node, schema: Option<&str>, outer: &[Tag], sink: &mut dyn Sink) {
    let Some(name) = table.get("name") else {
        return;
    };
    let own = table
        .text_of("identifier")
        .or_else(|| table.text_of("alias"))
        .or_else(|| name.text())
        .unwrap_or_default();
    let full = schema.map_or_else(|| own.to_owned(), |schema| format!("{schema}.{own}"));
    let mut of_table = tags(table);
    of_table.extend_from_slice(outer);
    let columns = table.get("columns").map_or(&[][..], Node::items);
    let fields = columns.iter().filter_map(|c| column(c, &of_table));
    let fields = fields.collect();
    let comment = table.text_of("description").map(str::to_owned);
    let dataset = Dataset {
        comment,
        tags: of_table,
        ..tree::dataset(DatasetKind::Table, full, name.line)
    };
    tree::tell(dataset, fields, sink);
}

fn column(node: &Node, of_table: &[Tag]) -> Option<Field> {
    let name = node.get("name")?;
    let mut field = Field {
        declared_type: node.text_of("data_type").map(str::to_owned),
        comment: node.text_of("description").map(str::to_owned),
        tags: tags(node),
        ..tree::field(name.text()?.trim_matches(['"', '`']), name.line)
    };
    if field.tags.is_empty() {
        field.tags.extend_from_slice(of_table);
    }
    let tests = ["tests", "data_tests"]
        .iter()
        .filter_map(|key| node.get(key));
    for test in tests.flat_map(Node::items) {
        read_test(test, &mut field);
    }
    Some(field)
}

/// A test says what a column holds: a fixed list, a key to another model, text of a form.
fn read_test(test: &Node, field: &mut Field) {
    let Some(entry) = test.entries().first() else {
        return;
    };
    let arguments = entry.node.get("arguments").unwrap_or(&entry.node);
    match entry.key.as_str() {
        "accepted_values" => {
            let values = arguments.get("values").map(Node::texts).unwrap_or_default();
            field.allowed = values.into_iter().map(str::to_owned).collect();
        }
        "relationships" => {
            let to = arguments
                .text_of("to")
                .and_then(|to| to.split(['\'', '"']).nth(1));
            field.references = to.map(|to| Reference {
                dataset: to.to_owned(),
                field: arguments.text_of("field").map(str::to_owned),
            });
        }
        name if name.contains("email") => field.validators.push("email".into()),
        _ => {}
    }
}

/// Tags wherever dbt keeps them: `meta`, `config.meta`, `tags`, `policy_tags`, `databricks_tags`.
fn tags(node: &Node) -> Vec<Tag> {
    let mut found = Vec::new();
    let places = [Some(node), node.get("config")];
    for place in places.into_iter().flatten() {
        for key in ["meta", "databricks_tags"] {
            let entries = place.get(key).map_or(&[][..], Node::entries);
            found.extend(entries.iter().map(|e| Tag {
                name: e.key.clone(),
                value: e.node.texts().join(","),
            }));
        }
        for key in ["tags", "policy_tags"] {
            let texts = place.get(key).map(Node::texts).unwrap_or_default();
            if !texts.is_empty() {
                found.push(Tag {
                    name: key.to_owned(),
                    value: texts.join(","),
                });
            }
        }
    }
    found
}
