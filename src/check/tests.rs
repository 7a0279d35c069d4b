//! The gate over invented inventories: rules, newness, identity.

use super::baseline::Baseline;
use super::*;
use crate::finding::{Evidence, EvidenceBy, TagState};
use crate::inventory::{CoverageId, DatasetRecord, FieldRecord, SourceRecord, SpanRecord};
use crate::source::SourceKind;
use std::collections::BTreeMap;

struct Lines(BTreeMap<&'static str, &'static str>);

impl place::Texts for Lines {
    fn text(&self, source: &str) -> Option<String> {
        self.0.get(source).map(|text| (*text).to_owned())
    }

    fn masked(&self, line: &str) -> String {
        line.to_owned()
    }
}

fn data_type(key: &str) -> DataType {
    DataType::from_key(key).expect("a key of the taxonomy")
}

fn field(name: &str, key: &str, line: u64) -> FieldRecord {
    FieldRecord {
        data_type: Some(data_type(key)),
        category: Some(data_type(key).category()),
        confidence: Some(Confidence::Certain),
        score: Some(0.95),
        evidence: vec![Evidence::new(
            EvidenceBy::Name,
            "test",
            format!("the name is {name}"),
        )],
        line: Some(line),
        ..plain(name)
    }
}

fn plain(name: &str) -> FieldRecord {
    serde_json::from_value(serde_json::json!({
        "field": name, "declared_type": "text", "data_type": null, "category": null, "confidence": null, "score": null,
        "subjects": [], "special": [], "tag": "untagged", "line": null, "rows": null, "matched": null, "masked": null,
        "evidence": [], "fingerprint": null
    }))
    .expect("a field record")
}

fn dataset(source: &str, name: &str, fields: Vec<FieldRecord>) -> DatasetRecord {
    let mut record: DatasetRecord = serde_json::from_value(serde_json::json!({
        "source": source, "dataset": name, "subjects": [], "rows": null, "rows_by": null, "time_field": null, "oldest": null,
        "newest": null, "age_by": null, "also_at": [], "only_here": [], "differs": [], "fields": []
    }))
    .expect("a dataset record");
    record.fields = fields;
    record
}

fn source(name: &str, kind: SourceKind, format: &str) -> SourceRecord {
    SourceRecord {
        source: name.to_owned(),
        source_kind: kind,
        format: Some(format.to_owned()),
        coverage: CoverageId::Whole,
        reason: None,
        bytes: None,
        unresolved: 0,
    }
}

fn schema(datasets: Vec<DatasetRecord>) -> Inventory {
    let mut inventory = Inventory::new();
    for dataset in &datasets {
        if !inventory.sources.iter().any(|s| s.source == dataset.source) {
            inventory
                .sources
                .push(source(&dataset.source, SourceKind::Schema, "sql"));
        }
    }
    inventory.datasets = datasets;
    inventory
}

fn checked(
    inventory: &Inventory,
    config: &str,
    texts: &[(&'static str, &'static str)],
) -> Findings {
    let config = Config::parse(config, Path::new("ropa.toml")).expect("a configuration");
    let as_of = jiff::civil::date(2026, 11, 20);
    let register = Register::build(&config, inventory, as_of);
    judge(&Subject {
        inventory,
        config: Some(&config),
        register: Some(&register),
        policy: &Policy::new(Some(&config), policy::Flags::default()),
        root: &std::env::current_dir().expect("a folder"),
        as_of,
        texts: &Lines(texts.iter().copied().collect()),
    })
}

fn rules(findings: &Findings) -> Vec<(&str, Level)> {
    findings
        .findings
        .iter()
        .map(|f| (f.rule.as_str(), f.level))
        .collect()
}

fn users() -> Inventory {
    schema(vec![dataset(
        "db/schema.sql",
        "public.users",
        vec![
            field("email", "contact.email", 2),
            field("blood_type", "sensitive.health", 3),
            FieldRecord {
                line: Some(4),
                ..plain("created_at")
            },
        ],
    )])
}

#[test]
fn untagged_fields_fail_by_their_type_and_others_do_not() {
    let findings = checked(&users(), "", &[]);
    assert_eq!(
        rules(&findings),
        [
            ("untagged/sensitive.health", Level::Error),
            ("untagged/contact.email", Level::Warning)
        ]
    );
    assert!(findings.fails(FailOn::Warning, false) && !findings.fails(FailOn::Never, false));
    // The published vector.
    assert_eq!(
        findings.findings[1].fingerprint,
        "1b3f21b81050414716801755929d133d"
    );
    assert_eq!(
        findings.findings[1].object_fingerprint,
        "5c1f8d799822476db3a7a90ed79e8407"
    );
}

#[test]
fn a_tag_in_another_file_of_the_format_counts() {
    let mut inventory = users();
    let tagged = FieldRecord {
        tag: TagState::Exact,
        tagged_as: vec![data_type("contact.email")],
        ..field("email", "contact.email", 1)
    };
    inventory
        .datasets
        .push(dataset("db/comments.sql", "public.users", vec![tagged]));
    inventory
        .sources
        .push(source("db/comments.sql", SourceKind::Schema, "sql"));
    assert_eq!(
        rules(&checked(&inventory, "", &[])),
        [("untagged/sensitive.health", Level::Error)]
    );
}

#[test]
fn tags_are_held_against_what_was_found() {
    let tagged = |state, detected| FieldRecord {
        tag: state,
        detected,
        tagged_as: vec![data_type("contact.name")],
        ..field("email", "contact.name", 2)
    };
    let email = Some(data_type("contact.email"));
    for (state, detected, wanted) in [
        (
            TagState::Exact,
            email,
            vec![("mistagged/contact.email", Level::Warning)],
        ),
        (TagState::Exact, None, vec![]),
        (
            TagState::None,
            email,
            vec![("contradicts-none/contact.email", Level::Warning)],
        ),
        (
            TagState::Generic,
            None,
            vec![("generic-tag/contact.name", Level::Note)],
        ),
        (
            TagState::Masked,
            None,
            vec![("generic-tag/contact.name", Level::Note)],
        ),
    ] {
        let inventory = schema(vec![dataset(
            "a.sql",
            "users",
            vec![tagged(state, detected)],
        )]);
        assert_eq!(rules(&checked(&inventory, "", &[])), wanted);
    }
    let masked = schema(vec![dataset(
        "a.sql",
        "users",
        vec![tagged(TagState::Masked, None)],
    )]);
    let strict = checked(&masked, "[check]\nmasked_is_untagged = true\n", &[]);
    assert_eq!(rules(&strict), [("untagged/contact.name", Level::Warning)]);
}

#[test]
fn the_policy_decides_what_must_be_tagged_and_what_may_not_be() {
    let only_special = checked(&users(), "[check]\nmust_tag = [\"sensitive\"]\n", &[]);
    assert_eq!(
        rules(&only_special),
        [("untagged/sensitive.health", Level::Error)]
    );
    let forbidden = checked(
        &users(),
        "[check]\nmust_tag = [\"financial.*\"]\nforbidden = [\"sensitive.health\", { types = [\"contact\"], in = [\"logs\"] }]\n",
        &[],
    );
    assert_eq!(
        rules(&forbidden),
        [("forbidden/sensitive.health", Level::Error)]
    );
}

#[test]
fn exports_are_worth_a_note_unless_the_policy_names_them() {
    let mut inventory = schema(vec![dataset(
        "out/a.csv",
        "a.csv",
        vec![field("email", "contact.email", 1)],
    )]);
    inventory.sources[0].source_kind = SourceKind::Export;
    inventory.sources[0].format = Some("csv".into());
    assert_eq!(
        rules(&checked(&inventory, "", &[])),
        [("untagged/contact.email", Level::Note)]
    );
    let named = checked(
        &inventory,
        "[check]\nmust_tag = [{ fields = \"out/*:*\" }]\n",
        &[],
    );
    assert_eq!(rules(&named), [("untagged/contact.email", Level::Warning)]);
    assert!(
        named.findings[0]
            .fix
            .contains("field = \"out/a.csv:a.csv.email\"")
    );
}

#[test]
fn a_log_gives_one_finding_a_type_however_long_it_is() {
    let mut inventory = Inventory::new();
    inventory
        .sources
        .push(source("app.log", SourceKind::Log, "text"));
    inventory
        .sources
        .push(source("README.md", SourceKind::Document, "text"));
    for (source, line) in [("app.log", 3), ("app.log", 9), ("README.md", 1)] {
        inventory.spans.push(SpanRecord {
            source: source.to_owned(),
            line,
            start: line * 10,
            end: line * 10 + 5,
            data_type: data_type("contact.email"),
            category: data_type("contact.email").category(),
            confidence: Confidence::Certain,
            score: 0.97,
            masked: None,
            fingerprint: String::new(),
            more: None,
        });
    }
    let findings = checked(&inventory, "", &[]);
    assert_eq!(
        rules(&findings),
        [("value-in-log/contact.email", Level::Warning)]
    );
    assert_eq!(findings.findings[0].line, Some(3));
    assert!(findings.findings[0].message.contains("2 places"));
    let allowed = checked(
        &inventory,
        "[check]\nallowed_in_logs = [\"contact.email\"]\n",
        &[],
    );
    assert_eq!(rules(&allowed), []);
}

#[test]
fn undeclared_speaks_only_where_activities_are_declared() {
    let declared = "[[activity]]\nid = \"accounts\"\nname = \"Accounts\"\nfields = [\"*.users.email\"]\n[check]\nmust_tag = [\"usage\"]\n";
    assert_eq!(
        rules(&checked(&users(), declared, &[])),
        [("undeclared/sensitive.health", Level::Error)]
    );
    assert_eq!(
        rules(&checked(&users(), "[check]\nmust_tag = [\"usage\"]\n", &[])),
        []
    );
}

#[test]
fn old_rows_are_held_against_the_longest_declared_retention() {
    let mut inventory = users();
    inventory.datasets[0].oldest = Some("2019-03-01".into());
    let activity = |retention: &str| {
        format!(
            "[[activity]]\nid = \"accounts\"\nname = \"Accounts\"\nfields = [\"*.users.*\"]\n{retention}[check]\nmust_tag = [\"usage\"]\n"
        )
    };
    let three_years =
        activity("retention = [{ data = [\"contact.email\"], duration = \"P3Y\" }]\n");
    assert_eq!(
        rules(&checked(&inventory, &three_years, &[])),
        [("kept-too-long/contact.email", Level::Warning)]
    );
    let ten_years = activity("retention = [{ duration = \"P10Y\" }]\n");
    assert_eq!(rules(&checked(&inventory, &ten_years, &[])), []);
    assert_eq!(rules(&checked(&inventory, &activity(""), &[])), []);
}

const TEXT: &str = "CREATE TABLE users (\n  email text,\n  -- ropa:ignore[untagged] -- for the donors' card\n  blood_type text\n);\n";

#[test]
fn a_comment_with_a_reason_accepts_and_the_place_is_found() {
    let mut inventory = users();
    inventory.datasets[0].fields[1].line = Some(4);
    let findings = checked(&inventory, "", &[("db/schema.sql", TEXT)]);
    let accepted = &findings.findings[0];
    assert_eq!(
        (accepted.state, accepted.reason.as_deref()),
        (State::Suppressed, Some("for the donors' card"))
    );
    let place = findings.findings[1]
        .place
        .as_ref()
        .expect("the text is there");
    assert_eq!((place.column, place.end_column), (3, 8));
    assert_eq!(
        (findings.totals.warning, findings.totals.suppressed),
        (1, 1)
    );
}

#[test]
fn what_moves_stays_known_and_what_comes_is_new() {
    let before = checked(&users(), "", &[]);
    let baseline = Baseline::default().updated(&before, &|_| true);
    let today = crate::config::Date::new("2026-11-20").expect("a day");
    let state_of = |inventory: &Inventory| {
        let mut findings = checked(inventory, "", &[]);
        findings.accept(&baseline, &today, &|_| true);
        findings.totals
    };
    let mut moved = users();
    moved.sources[0].source = "database/tables.sql".into();
    moved.datasets[0].source = "database/tables.sql".into();
    for field in &mut moved.datasets[0].fields {
        field.line = field.line.map(|line| line + 40);
    }
    assert_eq!(
        state_of(&moved),
        Totals {
            baseline: 2,
            ..Totals::default()
        }
    );
    let mut grown = users();
    grown.datasets[0]
        .fields
        .push(field("phone", "contact.phone", 5));
    assert_eq!(
        state_of(&grown),
        Totals {
            baseline: 2,
            warning: 1,
            ..Totals::default()
        }
    );
    let mut copied = users();
    let mut copy = copied.datasets[0].clone();
    copy.source = "db/copy.sql".into();
    copied
        .sources
        .push(source("db/copy.sql", SourceKind::Schema, "sql"));
    copied.datasets.push(copy);
    assert_eq!(
        state_of(&copied),
        Totals {
            baseline: 2,
            warning: 1,
            error: 1,
            ..Totals::default()
        }
    );
    let mut shrunk = users();
    shrunk.datasets[0].fields.remove(0);
    assert_eq!(
        state_of(&shrunk),
        Totals {
            baseline: 1,
            note: 1,
            ..Totals::default()
        }
    );
}

#[test]
fn a_baseline_keeps_reasons_expires_and_is_written_the_same() {
    let findings = checked(&users(), "", &[]);
    let mut baseline = Baseline::default().updated(&findings, &|_| true);
    baseline.entries[0].reason = Some("moves out in spring".into());
    baseline.entries[0].expires = crate::config::Date::new("2026-12-31");
    let baseline = baseline.updated(&findings, &|_| true);
    assert_eq!(
        baseline.entries[0].reason.as_deref(),
        Some("moves out in spring")
    );
    let written = |baseline: &Baseline| {
        let mut text = Vec::new();
        baseline.write(&mut text).expect("memory takes all");
        String::from_utf8(text).expect("JSON")
    };
    let text = written(&baseline);
    assert_eq!(text.lines().count(), 4);
    assert_eq!(Baseline::parse(&text).expect("it reads"), baseline);
    // Both sides of a merge, as `merge=union` leaves them.
    let both = text.replace(
        "\n]}",
        &format!("\n{}\n]}}", text.lines().nth(1).expect("an entry")),
    );
    assert_eq!(Baseline::parse(&both).expect("it reads"), baseline);
    assert!(Baseline::parse(&text.replace("]}", "<<<<<<< ours\n]}")).is_err());
    let day = |day| crate::config::Date::new(day).expect("a day");
    let mut in_time = findings.clone();
    in_time.accept(&baseline, &day("2026-12-31"), &|_| true);
    assert_eq!(in_time.totals.baseline, 2);
    let mut late = findings.clone();
    late.accept(&baseline, &day("2027-01-01"), &|_| true);
    assert_eq!(late.totals.baseline, 1);
    let told = late.new_ones().next().expect("one counts again");
    assert!(told.message.contains("until 2026-12-31"));
}

#[test]
fn rules_named_in_code_are_documented_and_have_levels() {
    let text = [include_str!("judge.rs"), include_str!("retention.rs")].concat();
    let named =
        regex::Regex::new(r#"\bthe\("([a-z-]+)"\)|\w*alarm\("([a-z-]+)""#).expect("a pattern");
    let mut seen = std::collections::BTreeSet::new();
    for found in named.captures_iter(&text) {
        let id = found.get(1).or(found.get(2)).expect("one of them").as_str();
        assert!(rule::named(id).is_some(), "{id} is not in rules.toml");
        seen.insert(id.to_owned());
    }
    let silent: Vec<_> = rule::all()
        .iter()
        .filter(|r| !seen.contains(&r.id) && r.id != rule::STALE_BASELINE)
        .collect();
    assert!(silent.is_empty(), "no code tells {silent:?}");
}
