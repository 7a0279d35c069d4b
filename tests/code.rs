//! Whole small projects: what code, manifests and pages name, as it comes out of a scan.
//! Knows the command line and its JSON lines; nothing of how they come about.

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// The lines of a scan of a project in `fixtures/`, of some kind.
fn scanned(project: &str, kind: &str) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(project);
    let output = Command::new(env!("CARGO_BIN_EXE_ropa"))
        .args(["scan", ".", "--format", "jsonl", "--quiet"])
        .current_dir(folder)
        .output()
        .expect("ropa runs");
    let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    let lines = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON line"));
    lines.filter(|line: &Value| line["kind"] == kind).collect()
}

#[test]
fn the_mail_add_in_asks_for_three_permissions_and_one_is_broader_than_used() {
    let permissions = scanned("projects/mail_addin", "permission");
    let registered = permissions
        .iter()
        .filter(|p| p["source"] == "azure/app-registration.json");
    let told: Vec<(&str, &str, bool, &Value)> = registered
        .map(|p| {
            let text = |key: &str| p[key].as_str().expect("a word");
            let is_offline = p["offline"].as_bool().expect("a boolean");
            (
                text("permission"),
                text("access"),
                is_offline,
                &p["broader_than_used"],
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("Mail.Read", "read", false, &Value::Bool(true)),
            ("User.Read", "read", false, &Value::Null),
            ("offline_access", "read_write", true, &Value::Null),
        ]
    );
    let opened = |name: &str| {
        let found = permissions
            .iter()
            .find(|p| p["permission"] == name)
            .expect("asked for");
        let mut types: Vec<&str> = found["data_types"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        types.sort_unstable();
        types
    };
    assert_eq!(
        opened("Mail.Read"),
        [
            "contact.email",
            "contact.name",
            "usage.communication",
            "usage.content"
        ]
    );
    assert_eq!(opened("User.Read"), ["contact.email", "contact.name"]);
    assert_eq!(opened("offline_access"), ["sensitive.credential"]);
}

#[test]
fn the_mail_add_in_names_its_recipients_and_the_register_knows_them() {
    let recipients = scanned("projects/mail_addin", "recipient");
    let ids: Vec<&str> = recipients
        .iter()
        .filter_map(|r| r["recipient"].as_str())
        .collect();
    assert_eq!(ids, ["microsoft_365", "microsoft_entra"]);
    assert!(recipients.iter().all(|r| r["in_register"] == true));
}

/// What the planted shops say of themselves: file, line, data type and end of each flow.
fn planted() -> BTreeSet<(String, u64, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/flows");
    let files = std::fs::read_dir(folder).expect("the shops are there");
    let mut all = BTreeSet::new();
    for file in files {
        let path = file.expect("readable").path();
        let name = path
            .file_name()
            .expect("a file")
            .to_string_lossy()
            .into_owned();
        let text = std::fs::read_to_string(&path).expect("readable");
        for (line, number) in text.lines().zip(1..) {
            if let Some((_, flow)) = line.split_once(" flow: ") {
                all.insert((name.clone(), number, flow.trim().to_owned()));
            }
        }
    }
    all
}

#[test]
fn planted_flows_are_found_and_nothing_else() {
    let told = scanned("flows", "flow").into_iter().map(|flow| {
        let end = flow["recipient"]
            .as_str()
            .or(flow["to"].as_str())
            .expect("an end");
        let data_type = flow["data_type"].as_str().expect("a type");
        let source = flow["source"].as_str().expect("a source").to_owned();
        let line = flow["line"].as_u64().expect("a line");
        (source, line, format!("{data_type}>{end}"))
    });
    let told: BTreeSet<_> = told.collect();
    let planted = planted();
    assert!(planted.len() > 30);
    let missed: Vec<_> = planted.difference(&told).collect();
    let wrong: Vec<_> = told.difference(&planted).collect();
    assert!(
        missed.is_empty() && wrong.is_empty(),
        "missed {missed:#?}, wrong {wrong:#?}"
    );
}

#[test]
fn permissions_are_held_against_the_calls_that_code_makes() {
    let told = scanned("permissions", "permission");
    let told: Vec<(String, Value, String)> = told
        .into_iter()
        .map(|p| {
            let text = |key: &str| p[key].as_str().expect("a text").to_owned();
            let why = text("why");
            let reason = why.rsplit("; ").next().unwrap_or_default().to_owned();
            (text("permission"), p["broader_than_used"].clone(), reason)
        })
        .collect();
    let expect = |name: &str, broader: Option<bool>, reason: &str| {
        let found = told.iter().find(|(id, _, _)| id == name);
        let (_, is_broader, why) = found.unwrap_or_else(|| panic!("{name} is asked for"));
        assert_eq!(*is_broader, Value::from(broader), "{name}");
        assert!(reason.is_empty() || why == reason, "{name}: {why}");
    };
    expect(
        "bookmarks",
        Some(false),
        "used at extension/background.js:3",
    );
    let one = "the one call of its provider seen does not need it";
    expect("history", Some(true), one);
    expect("cookies", Some(true), one);
    expect(
        "Mail.ReadWrite",
        Some(true),
        "the calls seen only read, as at mail/sync.ts:5",
    );
    expect(
        "Contacts.Read",
        Some(true),
        "of 2 calls of its provider seen none needs it",
    );
    expect("Calendars.ReadWrite", Some(false), "used at mail/sync.ts:6");
    expect("offline_access", None, "");
    let modify = "https://www.googleapis.com/auth/gmail.modify";
    expect(
        modify,
        Some(true),
        "the calls seen only read, as at gmail/read.py:5",
    );
}
