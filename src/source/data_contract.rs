//! Data contracts (ODCS, and the older Data Contract Specification) and Fides datasets: tables with fields and their categories.
//! Reads what a contract says of fields; terms, prices and service levels are not looked at.

use super::tree::{self, Document, Node, has_key};
use super::{Input, Sink};
use crate::field::{Dataset, DatasetKind, Field, Tag};

/// The reader of data contracts.
pub static READER: Document = Document {
    format: "data_contract",
    marks: &["DataContract", "dataContractSpecification", "fides_key"],
    is_ours,
    tell,
    is_config: false,
};

/// How deep fields inside each other are followed.
const DEEPEST: usize = 16;

fn is_ours(_: &Input, outline: &[(String, String)]) -> bool {
    let is_odcs = |(key, text): &(String, String)| key == "kind" && text == "DataContract";
    outline.iter().any(is_odcs)
        || has_key(outline, "dataContractSpecification")
        || has_key(outline, "dataset")
}

fn tell(_: &Input, root: &Node, sink: &mut dyn Sink) {
    for table in root.get("schema").map_or(&[][..], Node::items) {
        let name = table
            .text_of("physicalName")
            .or_else(|| table.text_of("name"));
        tell_table(name.unwrap_or_default(), table, &[], sink);
    }
    for model in root.get("models").map_or(&[][..], Node::entries) {
        tell_table(&model.key, &model.node, &[], sink);
    }
    let datasets = root.get("dataset");
    let one = datasets.filter(|d| d.get("collections").is_some());
    let many = datasets.map_or(&[][..], Node::items);
    for dataset in one.into_iter().chain(many) {
        let outer = tags(dataset);
        for table in dataset.get("collections").map_or(&[][..], Node::items) {
            tell_table(
                table.text_of("name").unwrap_or_default(),
                table,
                &outer,
                sink,
            );
        }
    }
}

fn tell_table(name: &str, table: &Node, outer: &[Tag], sink: &mut dyn Sink) {
    let own = tags(table);
    let of_table = if own.is_empty() { outer } else { &own };
    let mut fields = Vec::new();
    collect(table, "", 0, of_table, &mut fields);
    let comment = table.text_of("description").map(str::to_owned);
    let dataset = Dataset {
        comment,
        tags: own,
        ..tree::dataset(DatasetKind::Table, name, table.line)
    };
    tree::tell(dataset, fields, sink);
}

fn collect(node: &Node, prefix: &str, depth: usize, outer: &[Tag], out: &mut Vec<Field>) {
    if depth > DEEPEST {
        return;
    }
    let lists = ["properties", "fields"]
        .iter()
        .filter_map(|key| node.get(key));
    for list in lists {
        let by_name = list.items().iter().filter_map(|item| {
            let name = item.get("name")?;
            Some((name.text()?, name.line, item))
        });
        let by_key = list
            .entries()
            .iter()
            .map(|e| (e.key.as_str(), e.line, &e.node));
        for (name, line, item) in by_name.chain(by_key) {
            one(name, line, item, prefix, depth, outer, out);
        }
    }
}

fn one(
    name: &str,
    line: u64,
    item: &Node,
    prefix: &str,
    depth: usize,
    outer: &[Tag],
    out: &mut Vec<Field>,
) {
    let path = format!("{prefix}{name}");
    let kind = ["physicalType", "type", "logicalType"];
    let kind = kind.iter().find_map(|key| item.text_of(key));
    let kind = kind.or_else(|| item.get("fides_meta")?.text_of("data_type"));
    let own = tags(item);
    out.push(Field {
        declared_type: kind.map(str::to_owned),
        comment: item.text_of("description").map(str::to_owned),
        validators: item
            .text_of("format")
            .map(str::to_owned)
            .into_iter()
            .collect(),
        primary_key: item.is_true("primaryKey"),
        tags: if own.is_empty() { outer.to_vec() } else { own },
        ..tree::field(path.clone(), line)
    });
    let elements = item.get("items").unwrap_or(item);
    let array = if item.get("items").is_some() {
        ".*"
    } else {
        ""
    };
    collect(elements, &format!("{path}{array}."), depth + 1, outer, out);
}

/// `data_categories`, `classification`, `tags`, `pii`, and the pairs of `customProperties`.
fn tags(node: &Node) -> Vec<Tag> {
    let tag = |name: &str, value: String| Tag {
        name: name.to_owned(),
        value,
    };
    let keys = [
        "data_categories",
        "pii",
        "classification",
        "tags",
        "encryptedName",
    ];
    let mut found: Vec<Tag> = keys
        .iter()
        .filter_map(|key| Some((key, node.get(key)?.texts().join(","))))
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| {
            tag(
                if *key == "encryptedName" {
                    "encrypted"
                } else {
                    key
                },
                value,
            )
        })
        .collect();
    for pair in node.get("customProperties").map_or(&[][..], Node::items) {
        if let (Some(name), Some(value)) = (pair.text_of("property"), pair.get("value")) {
            found.push(tag(name, value.texts().join(",")));
        }
    }
    found
}
