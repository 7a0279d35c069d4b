//! The register of each example system against the facts of the document behind it: everything stated is in the register,
//! and nothing else is shown as declared or documented.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use toml::Table;

/// Example; activities, recipients, transfers and retention rules that its document states.
const EXAMPLES: [(&str, [usize; 4]); 4] = [
    ("construction", [27, 16, 5, 5]),
    ("marketplace", [15, 13, 2, 3]),
    ("mail_addin", [9, 3, 0, 3]),
    ("portfolio", [32, 20, 3, 9]),
];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn facts(example: &str) -> Table {
    let path = fixtures().join("facts").join(format!("{example}.toml"));
    let text = std::fs::read_to_string(path).expect("the facts are beside the projects");
    text.parse().expect("the facts are TOML")
}

/// What `ropa register` says of an example; each is scanned once.
fn register(example: &str) -> &'static Value {
    static REGISTERS: LazyLock<BTreeMap<&str, Value>> = LazyLock::new(|| {
        let all = EXAMPLES.into_iter();
        all.map(|(example, _)| (example, scanned(example)))
            .collect()
    });
    &REGISTERS[example]
}

fn scanned(example: &str) -> Value {
    let run = Command::new(env!("CARGO_BIN_EXE_ropa"))
        .args(["-q", "--as-of", "2026-11-22", "register", "."])
        .args(["--format", "json"])
        .current_dir(fixtures().join("projects").join(example))
        .output()
        .expect("ropa runs");
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{example}: {errors}");
    serde_json::from_slice(&run.stdout).expect("the register is JSON")
}

fn rows<'a>(facts: &'a Table, name: &str) -> Vec<&'a Table> {
    let rows = facts.get(name).and_then(toml::Value::as_array);
    rows.into_iter()
        .flatten()
        .filter_map(toml::Value::as_table)
        .collect()
}

fn said(row: &Table, key: &str) -> String {
    row.get(key)
        .and_then(toml::Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn said_all(row: &Table, key: &str) -> BTreeSet<String> {
    let items = row.get(key).and_then(toml::Value::as_array);
    let text = |item: &toml::Value| match item {
        toml::Value::Table(table) => said(table, "id"),
        item => item.as_str().unwrap_or_default().to_owned(),
    };
    items.into_iter().flatten().map(text).collect()
}

/// The items of a cell that are declared: those of a declared row without an origin of their own, or with that one.
fn declared<'a>(activity: &'a Value, cell: &str) -> Vec<&'a Value> {
    let row = activity["origin"].as_str().expect("each row has an origin");
    let own = activity["origins"][cell].as_str();
    let is_declared = |item: &&Value| item["origin"].as_str().or(own).unwrap_or(row) == "declared";
    activity[cell]
        .as_array()
        .expect("each cell is there")
        .iter()
        .filter(is_declared)
        .collect()
}

fn ids(items: &[&Value], key: &str) -> BTreeSet<String> {
    let id = |item: &&Value| {
        item.as_str()
            .or(item[key].as_str())
            .unwrap_or_default()
            .to_owned()
    };
    items.iter().map(id).collect()
}

#[test]
fn every_fact_is_in_the_register_and_nothing_else_is_declared() {
    for (example, [activities, recipients, transfers, retention]) in EXAMPLES {
        let (facts, register) = (facts(example), register(example));
        let stated = rows(&facts, "activity");
        let shown = register["activities"].as_array().expect("activities");
        let of_origin = |origin: &str| shown.iter().filter(|a| a["origin"] == origin).count();
        assert_eq!(
            (stated.len(), of_origin("declared"), of_origin("documented")),
            (activities, activities, 0),
            "{example}"
        );
        for fact in &stated {
            let id = said(fact, "id");
            let at = format!("{example}: {id}");
            let activity = shown
                .iter()
                .find(|a| a["id"] == id.as_str())
                .unwrap_or_else(|| panic!("{at} is missing"));
            assert_eq!(activity["name"], said(fact, "name").as_str(), "{at}");
            assert_eq!(activity["role"], said(fact, "role").as_str(), "{at}");
            assert!(
                activity["origins"]["role"].is_null(),
                "{at}: the role is declared"
            );
            for (cell, key) in [
                ("subjects", "subjects"),
                ("source_of_data", "source_of_data"),
                ("purposes", "id"),
                ("legal_bases", "id"),
                ("recipients", "recipient"),
                ("on_behalf_of", "name"),
            ] {
                assert_eq!(
                    ids(&declared(activity, cell), key),
                    said_all(fact, cell),
                    "{at}: {cell}"
                );
            }
            assert_eq!(
                ids(&declared(activity, "data"), "type"),
                said_all(fact, "types"),
                "{at}: data"
            );
            assert_eq!(
                declared(activity, "transfers").len(),
                said_all(fact, "transfers").len(),
                "{at}: transfers"
            );
            transfers_of(&facts, fact, activity, &at);
            retention_of(&facts, fact, activity, &at);
        }
        assert_eq!(rows(&facts, "recipient").len(), recipients, "{example}");
        assert_eq!(rows(&facts, "transfer").len(), transfers, "{example}");
        assert_eq!(rows(&facts, "retention").len(), retention, "{example}");
        general_statements(&facts, register, example);
    }
}

/// Where to, to whom and under what, as the document says it.
fn transfers_of(facts: &Table, fact: &Table, activity: &Value, at: &str) {
    let all = rows(facts, "transfer");
    let stated: BTreeSet<(BTreeSet<String>, String)> = said_all(fact, "transfers")
        .iter()
        .map(|id| {
            *all.iter()
                .find(|t| said(t, "id") == *id)
                .expect("the transfer is stated")
        })
        .map(|t| (said_all(t, "to"), said(t, "safeguard")))
        .collect();
    let shown = declared(activity, "transfers");
    let shown: BTreeSet<_> = shown
        .iter()
        .map(|t| {
            let to: Vec<&Value> = t["to"].as_array().into_iter().flatten().collect();
            let safeguard = t["safeguard"].as_str().unwrap_or_default();
            (ids(&to, ""), safeguard.to_owned())
        })
        .collect();
    assert_eq!(shown, stated, "{at}: transfers");
}

fn retention_of(facts: &Table, fact: &Table, activity: &Value, at: &str) {
    let rules = rows(facts, "retention");
    let stated: BTreeSet<(String, String, String)> = said_all(fact, "retention")
        .iter()
        .map(|id| {
            *rules
                .iter()
                .find(|r| said(r, "id") == *id)
                .expect("the rule is stated")
        })
        .map(|r| (said(r, "duration"), said(r, "from"), said(r, "criterion")))
        .collect();
    let text = |rule: &&Value, key: &str| rule[key].as_str().unwrap_or_default().to_owned();
    let shown = declared(activity, "retention");
    let shown: BTreeSet<_> = shown
        .iter()
        .map(|r| (text(r, "duration"), text(r, "from"), text(r, "criterion")))
        .collect();
    assert_eq!(shown, stated, "{at}: retention");
}

/// Recipients with category and role, what is said of all activities, rights, cookies, rules about children, permissions.
fn general_statements(facts: &Table, register: &Value, example: &str) {
    for fact in rows(facts, "recipient") {
        let id = said(fact, "id");
        let all = register["recipients"].as_array().expect("recipients");
        let recipient = all.iter().find(|r| r["recipient"] == id.as_str());
        let recipient = recipient.unwrap_or_else(|| panic!("{example}: recipient {id} is missing"));
        assert_eq!(recipient["origin"], "declared", "{example}: {id}");
        for key in ["name", "category", "role"] {
            let stated = said(fact, key);
            assert!(
                stated.is_empty() || recipient[key] == stated.as_str(),
                "{example}: {id}: {key}"
            );
        }
        let stated = said_all(fact, "types");
        let shown = ids(
            &recipient["data"]
                .as_array()
                .expect("data")
                .iter()
                .collect::<Vec<_>>(),
            "",
        );
        assert_eq!(shown, stated, "{example}: {id}: types");
    }
    let general = |name: &str| {
        let is_general =
            |row: &&&Table| row.get("general").and_then(toml::Value::as_bool) == Some(true);
        rows(facts, name).iter().filter(is_general).count()
    };
    let said_of_all = |name: &str| {
        register["organisation"][name]
            .as_array()
            .expect("a list")
            .len()
    };
    assert_eq!(
        said_of_all("transfers"),
        general("transfer"),
        "{example}: general transfers"
    );
    assert_eq!(
        said_of_all("retention"),
        general("retention"),
        "{example}: general retention"
    );
    assert_eq!(
        said_of_all("recipients"),
        general("recipient"),
        "{example}: general recipients"
    );
    assert_eq!(
        said_of_all("legal_bases"),
        rows(facts, "legal_basis").len(),
        "{example}: general legal bases"
    );
    for (cell, name) in [
        ("rights", "right"),
        ("cookies", "cookie"),
        ("child_rules", "child_rule"),
    ] {
        let shown = register[cell].as_array().expect("a list");
        assert_eq!(
            ids(&shown.iter().collect::<Vec<_>>(), "id"),
            said_all_ids(facts, name),
            "{example}: {cell}"
        );
    }
    let permissions = register["permissions"].as_array().expect("a list");
    let declared: Vec<&Value> = permissions
        .iter()
        .filter(|p| p["origin"] == "declared")
        .collect();
    assert_eq!(
        ids(&declared, "id"),
        said_all_ids(facts, "permission"),
        "{example}: permissions"
    );
}

fn said_all_ids(facts: &Table, name: &str) -> BTreeSet<String> {
    rows(facts, name)
        .into_iter()
        .map(|row| said(row, "id"))
        .collect()
}

#[test]
fn every_declared_activity_with_data_is_proven_by_fields() {
    for (example, _) in EXAMPLES {
        let register = register(example);
        let mut proven = 0;
        for activity in register["activities"].as_array().expect("activities") {
            let fields = |d: &Value| d["fields"].as_array().map_or(0, Vec::len);
            let data = activity["data"].as_array().expect("data");
            proven += usize::from(data.iter().map(fields).sum::<usize>() > 0);
        }
        let all = register["activities"].as_array().expect("activities").len();
        assert!(
            proven * 5 >= all * 2,
            "{example}: only {proven} of {all} activities are proven by a field"
        );
    }
}

#[test]
fn legal_bases_are_never_inferred() {
    for (example, _) in EXAMPLES {
        for activity in register(example)["activities"]
            .as_array()
            .expect("activities")
        {
            for basis in activity["legal_bases"].as_array().expect("a list") {
                assert_eq!(
                    activity["origin"], "declared",
                    "{example}: {}",
                    activity["id"]
                );
                assert!(basis["origin"].is_null(), "{example}: {}", activity["id"]);
            }
        }
    }
}
