//! One scan over a folder with the same customers in every format: each is read as itself, and tells what the CSV tells.

mod support;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use support::{copy_fixture, ropa, stdout};

/// Files of tables, and the format they must be read as.
const TABLES: &[(&str, &str)] = &[
    ("customers.arrow", "arrow"),
    ("customers.arrows", "arrow"),
    ("customers.avro", "avro"),
    ("customers.bson", "bson"),
    ("customers.csv", "csv"),
    ("customers.feather", "arrow"),
    ("customers.ods", "spreadsheet"),
    ("customers.parquet", "parquet"),
    ("customers.toml", "toml"),
    ("customers.xls", "spreadsheet"),
    ("customers.xlsb", "spreadsheet"),
    ("customers.xlsx", "spreadsheet"),
    ("customers.xml", "xml"),
    ("customers.yaml", "yaml"),
];

/// The inventory of the folder.
fn inventory(arguments: &[&str]) -> Value {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy_fixture("formats", folder.path());
    let output = ropa(folder.path(), arguments);
    assert_eq!(output.status.code(), Some(0), "every file is read whole");
    serde_json::from_str(&stdout(&output)).expect("the inventory is JSON")
}

/// Data types by field, of one source.
fn types(inventory: &Value, source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let datasets = inventory["datasets"].as_array().expect("datasets");
    let mut types: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for dataset in datasets
        .iter()
        .filter(|dataset| dataset["source"] == source)
    {
        for field in dataset["fields"].as_array().expect("fields") {
            let text = |key: &str| field[key].as_str().map(str::to_owned);
            let found = types.entry(text("field").expect("a path")).or_default();
            found.extend(text("data_type"));
        }
    }
    types
}

#[test]
fn every_format_is_read_as_itself_and_tells_the_same() {
    let inventory = inventory(&["scan", ".", "--format", "json", "-q"]);
    let sources = inventory["sources"].as_array().expect("sources");
    let expected = types(&inventory, "customers.csv");
    let personal = expected.values().filter(|types| !types.is_empty()).count();
    assert!(
        personal >= 9,
        "the customers have {personal} fields of personal data"
    );
    for (name, format) in TABLES {
        let source = sources.iter().find(|source| source["source"] == *name);
        let source = source.unwrap_or_else(|| panic!("{name} is not listed"));
        assert_eq!(source["format"], *format, "{name}");
        assert_eq!(source["coverage"], "whole", "{name}: {}", source["reason"]);
        let told = types(&inventory, name);
        for (field, found) in &expected {
            let empty = BTreeSet::new();
            assert_eq!(told.get(field).unwrap_or(&empty), found, "{name}: {field}");
        }
    }
}

#[test]
fn rows_are_counted_alike() {
    let inventory = inventory(&["scan", ".", "--format", "json", "-q", "--full"]);
    let datasets = inventory["datasets"].as_array().expect("datasets");
    for (name, _) in TABLES {
        let rows = datasets
            .iter()
            .filter(|dataset| dataset["source"] == *name)
            .map(|dataset| dataset["rows"].as_u64());
        assert_eq!(rows.collect::<Vec<_>>(), [Some(12)], "{name}");
    }
}

#[test]
fn the_same_bytes_at_any_number_of_threads() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy_fixture("formats", folder.path());
    copy_fixture("variants", folder.path());
    copy_fixture("broken", folder.path());
    let run = |threads: &str| {
        let arguments = [
            "scan",
            ".",
            "--threads",
            threads,
            "--format",
            "jsonl",
            "--all-fields",
        ];
        ropa(folder.path(), &arguments).stdout
    };
    let one = run("1");
    assert!(!one.is_empty());
    assert!(one == run("5"), "it differs at 5 threads");
}
