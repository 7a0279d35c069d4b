//! One scan over a folder with the same customers in documents, mail and archives: each is read whole, as itself, and tells of them.

mod support;

use serde_json::Value;
use std::collections::BTreeSet;
use support::{copy_fixture, ropa, stdout};

/// Files, and the format they must be read as.
const DOCUMENTS: &[(&str, &str)] = &[
    ("customers.docx", "docx"),
    ("customers.eml", "mail"),
    ("customers.eml!/customers.csv", "csv"),
    ("customers.html", "html"),
    ("customers.ics", "icalendar"),
    ("customers.mbox", "mail"),
    ("customers.odt", "odt"),
    ("customers.pdf", "pdf"),
    ("customers.pptx", "pptx"),
    ("customers.tar.gz", "tar"),
    ("customers.tar.gz!/inner/customers.csv", "csv"),
    ("customers.vcf", "vcard"),
    ("customers.zip", "zip"),
    ("customers.zip!/inner/customers.csv", "csv"),
    ("customers.zip!/nested.zip", "zip"),
    ("customers.zip!/nested.zip!/customers.csv", "csv"),
];

#[test]
fn every_document_is_read_as_itself_and_tells_of_its_people() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy_fixture("documents", folder.path());
    let output = ropa(folder.path(), &["scan", ".", "--format", "jsonl", "-q"]);
    assert_eq!(output.status.code(), Some(0));
    let lines: Vec<Value> = stdout(&output)
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect();
    let sources: Vec<(&str, &str)> = lines
        .iter()
        .filter(|line| line["kind"] == "source" && line["coverage"] == "whole")
        .filter_map(|line| Some((line["source"].as_str()?, line["format"].as_str()?)))
        .collect();
    assert_eq!(sources, DOCUMENTS);
    for (source, format) in DOCUMENTS
        .iter()
        .filter(|(_, f)| !["zip", "tar"].contains(f))
    {
        let types: BTreeSet<&str> = lines
            .iter()
            .filter(|line| line["source"] == *source)
            .filter_map(|line| line["data_type"].as_str())
            .collect();
        for wanted in ["contact.email", "contact.name", "contact.phone"] {
            let is_told = types.contains(wanted);
            assert!(is_told, "{wanted} is not told of {source} ({format})");
        }
    }
}
