//! The example systems against the facts of the documents behind them.
//! Answers for the `ropa.toml` of each saying what the facts say, and naming only what exists; knows nothing of scans.

use ropa::config::{Activity, Config};
use ropa::{taxonomy::DataType, vocabulary};
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Example, activities, recipients.
const EXAMPLES: [(&str, usize, usize); 4] = [
    ("construction", 27, 16),
    ("marketplace", 15, 13),
    ("mail_addin", 9, 3),
    ("portfolio", 32, 20),
];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn declared(example: &str) -> Config {
    let path = fixtures().join("projects").join(example).join("ropa.toml");
    Config::load(&path).unwrap_or_else(|error| panic!("{example}: {error}"))
}

fn facts(example: &str) -> Table {
    let path = fixtures().join("facts").join(format!("{example}.toml"));
    let text = std::fs::read_to_string(&path).expect("the facts are beside the projects");
    text.parse()
        .unwrap_or_else(|error| panic!("{example}: {error}"))
}

fn tables<'a>(document: &'a Table, name: &str) -> Vec<&'a Table> {
    let rows = document.get(name).and_then(Value::as_array);
    rows.into_iter()
        .flatten()
        .filter_map(Value::as_table)
        .collect()
}

fn text<'a>(row: &'a Table, key: &str) -> &'a str {
    row.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn words<'a>(row: &'a Table, key: &str) -> Vec<&'a str> {
    let items = row.get(key).and_then(Value::as_array);
    items
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// The parts of an activity that the facts state, as comparable text.
fn declared_parts(activity: &Activity) -> Vec<(&'static str, Vec<String>)> {
    let own = |items: &[String]| items.to_vec();
    let bases = activity.legal_bases.iter();
    vec![
        (
            "types",
            activity.types.iter().map(|t| t.key().to_owned()).collect(),
        ),
        ("subjects", own(&activity.subjects)),
        ("source_of_data", own(&activity.source_of_data)),
        (
            "purposes",
            activity.purposes.iter().map(|p| p.id.clone()).collect(),
        ),
        (
            "recipients",
            activity
                .recipients
                .iter()
                .map(|r| r.recipient.clone())
                .collect(),
        ),
        (
            "legal_bases",
            bases
                .map(|b| format!("{} {:?}", b.id, b.level.expect("each basis has its level")))
                .collect(),
        ),
        (
            "on_behalf_of",
            activity
                .on_behalf_of
                .iter()
                .map(|p| p.name.clone())
                .collect(),
        ),
    ]
}

fn stated_part(row: &Table, name: &str) -> Vec<String> {
    if name != "legal_bases" {
        return words(row, name).into_iter().map(str::to_owned).collect();
    }
    tables(row, name)
        .into_iter()
        .map(|basis| {
            let mut level = text(basis, "level").to_owned();
            level[..1].make_ascii_uppercase();
            format!("{} {level}", text(basis, "id"))
        })
        .collect()
}

#[test]
fn every_activity_says_what_the_facts_say() {
    for (example, activities, _) in EXAMPLES {
        let (config, facts) = (declared(example), facts(example));
        let stated = tables(&facts, "activity");
        assert_eq!(config.activities.len(), activities, "{example}");
        assert_eq!(stated.len(), activities, "{example}");
        for (activity, row) in config.activities.iter().zip(stated) {
            let at = format!("{example}: {}", activity.id);
            assert_eq!(activity.id.as_str(), text(row, "id"), "{example}");
            assert_eq!(activity.name, text(row, "name"), "{at}");
            assert_eq!(
                activity.role.expect("declared").id(),
                text(row, "role"),
                "{at}"
            );
            for (name, parts) in declared_parts(activity) {
                assert_eq!(parts, stated_part(row, name), "{at}: {name}");
            }
            assert_eq!(
                activity.transfers.len(),
                words(row, "transfers").len(),
                "{at}"
            );
        }
    }
}

#[test]
fn retention_has_the_figures_and_criteria_of_the_facts() {
    for (example, ..) in EXAMPLES {
        let (config, facts) = (declared(example), facts(example));
        let rules = tables(&facts, "retention");
        for (activity, row) in config.activities.iter().zip(tables(&facts, "activity")) {
            let stated = words(row, "retention").into_iter().map(|id| {
                *rules
                    .iter()
                    .find(|rule| text(rule, "id") == id)
                    .unwrap_or_else(|| panic!("{example}: no retention {id}"))
            });
            let stated: Vec<_> = stated
                .map(|r| (text(r, "duration"), text(r, "from"), text(r, "criterion")))
                .collect();
            let declared: Vec<_> = activity
                .retention
                .iter()
                .map(|r| {
                    (
                        r.duration.as_ref().map_or("", |d| d.as_str()),
                        r.from.as_deref().unwrap_or_default(),
                        r.criterion.as_deref().unwrap_or_default(),
                    )
                })
                .collect();
            assert_eq!(declared, stated, "{example}: {}", activity.id);
        }
    }
}

#[test]
fn recipients_rights_and_cookies_are_those_of_the_facts() {
    for (example, _, recipients) in EXAMPLES {
        let (config, facts) = (declared(example), facts(example));
        let stated = |name| {
            let rows = tables(&facts, name).into_iter();
            rows.map(|row| text(row, "id")).collect::<Vec<_>>()
        };
        let declared: Vec<_> = config.recipients.iter().map(|r| r.id.as_str()).collect();
        assert_eq!(declared.len(), recipients, "{example}");
        assert_eq!(declared, stated("recipient"), "{example}");
        let rights: Vec<_> = config.rights.iter().map(|r| r.id.as_str()).collect();
        assert_eq!(rights, stated("right"), "{example}");
        let cookies: Vec<_> = config.cookies.iter().map(|c| c.id.as_str()).collect();
        assert_eq!(cookies, stated("cookie"), "{example}");
        let children: Vec<_> = config.child_rules.iter().map(|c| c.id.as_str()).collect();
        assert_eq!(children, stated("child_rule"), "{example}");
    }
}

#[test]
fn every_recipient_is_reached_by_an_activity_or_by_all() {
    for (example, ..) in EXAMPLES {
        let config = declared(example);
        let general = config.organisation.recipients.iter();
        let reached: Vec<_> = config
            .activities
            .iter()
            .flat_map(|a| &a.recipients)
            .chain(general)
            .map(|r| r.recipient.as_str())
            .collect();
        for recipient in &config.recipients {
            let id = recipient.id.as_str();
            assert!(reached.contains(&id), "{example}: {id}");
        }
    }
}

#[test]
fn words_are_those_of_the_vocabulary_and_files_exist() {
    for (example, ..) in EXAMPLES {
        let config = declared(example);
        for activity in &config.activities {
            let at = format!("{example}: {}", activity.id);
            for id in &activity.subjects {
                assert!(vocabulary::subject(id).is_some(), "{at}: {id}");
            }
            for id in &activity.source_of_data {
                assert!(vocabulary::source_of_data(id).is_some(), "{at}: {id}");
            }
            for id in activity.purposes.iter().map(|p| &p.id) {
                assert!(vocabulary::purpose(id).is_some(), "{at}: {id}");
            }
            for id in activity.legal_bases.iter().map(|b| &b.id) {
                assert!(vocabulary::legal_basis(id).is_some(), "{at}: {id}");
            }
            for pattern in &activity.fields {
                let (source, _) = pattern.as_str().split_once(':').expect("a source");
                let file = fixtures().join("projects").join(example).join(source);
                assert!(file.is_file(), "{at}: {source}");
            }
        }
    }
}

#[test]
fn no_document_gives_a_basis_that_the_example_invents() {
    let levels = |example| {
        let config = declared(example);
        let bases = config.activities.iter().flat_map(|a| a.legal_bases.clone());
        bases.filter_map(|b| b.level).collect::<Vec<_>>()
    };
    assert!(levels("marketplace").is_empty());
    assert!(levels("mail_addin").is_empty());
    assert!(levels("construction").contains(&ropa::config::BasisLevel::Document));
    assert!(!levels("portfolio").contains(&ropa::config::BasisLevel::Document));
}

#[test]
fn facts_name_known_data_types_only() {
    for (example, ..) in EXAMPLES {
        let facts = facts(example);
        for name in ["activity", "recipient", "retention", "permission"] {
            for key in tables(&facts, name)
                .into_iter()
                .flat_map(|r| words(r, "types"))
            {
                assert!(
                    DataType::from_key(key).is_some(),
                    "{example}: {name}: {key}"
                );
            }
        }
    }
}
