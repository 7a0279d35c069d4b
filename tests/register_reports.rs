//! The register's reports on hostile and on large input: no formula runs, no cell is lost unsaid, RDF and keys are valid,
//! equal input gives equal bytes, and thousands of activities are written in seconds.
#![allow(clippy::print_stdout, reason = "the measurement is read on screen")]

use calamine::{Data, Reader};
use jiff::civil::date;
use ropa::config::Config;
use ropa::finding::Confidence;
use ropa::inventory::{DatasetRecord, FieldRecord, Inventory};
use ropa::register::Register;
use ropa::report::{self, Options, Subject, profile};
use ropa::taxonomy::DataType;
use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::Path;
use std::time::Instant;

fn config(text: &str) -> Config {
    Config::parse(text, Path::new("ropa.toml")).expect("the test's configuration reads")
}

fn field(name: &str, key: &str) -> FieldRecord {
    FieldRecord {
        field: name.into(),
        data_type: DataType::from_key(key),
        confidence: Some(Confidence::Certain),
        ..FieldRecord::default()
    }
}

fn written(register: &Register, inventory: &Inventory, format: &str, profile: &str) -> Vec<u8> {
    let subject = Subject::Register(register, inventory);
    let options = Options {
        profile: profile.to_owned(),
        ..Options::default()
    };
    let mut out = Vec::new();
    let report = report::find(format, &subject).unwrap_or_else(|| panic!("no format {format}"));
    report
        .write(&subject, &options, &mut out)
        .unwrap_or_else(|e| panic!("{format} {profile}: {e}"));
    out
}

fn hostile() -> (Config, Inventory) {
    let long = "ä".repeat(40_000);
    let config = config(&format!(
        r#"
organisation = {{ name = "=HYPERLINK(\"http://example.com\")", country = "FR", email = "privacy@example.com", dpo = "@SUM(A1)" }}
[[activity]]
id = "a"
name = "=1+1"
role = "controller"
purposes = ["+cmd|' /C calc'!A0", "-2+3"]
subjects = ["שלום עולם", "مرحبا"]
note = "{long}"
types = ["contact.email"]
recipients = ["＝1+1", "@SUM(1)"]
retention = [{{ criterion = "=1\n=2" }}]
[[activity]]
id = "b"
name = "a[b]:c*?/\\"
role = "processor"
on_behalf_of = ["=2"]
processing_categories = ["|pipes|\nand lines"]
"#
    ));
    let mut inventory = Inventory::new();
    inventory.datasets.push(DatasetRecord {
        source: "=db.sql".into(),
        dataset: "users".into(),
        fields: vec![field("=email", "contact.email")],
        ..DatasetRecord::default()
    });
    (config, inventory)
}

#[test]
fn no_cell_of_any_layout_is_a_formula_and_long_ones_say_that_they_are_cut() {
    let (config, inventory) = hostile();
    let register = Register::build(&config, &inventory, date(2026, 11, 22));
    for profile in profile::all() {
        let bytes = written(&register, &inventory, "xlsx", &profile.id);
        let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).expect("opens");
        let mut texts = BTreeSet::new();
        for name in book.sheet_names() {
            assert!(
                book.worksheet_formula(&name)
                    .expect("reads")
                    .used_cells()
                    .next()
                    .is_none(),
                "{}: {name}",
                profile.id
            );
            let range = book.worksheet_range(&name).expect("reads");
            for (_, _, cell) in range.used_cells() {
                if let Data::String(text) = cell {
                    assert!(text.encode_utf16().count() <= 32_767);
                    texts.insert(text.clone());
                }
            }
        }
        assert!(
            texts.iter().any(|t| t.contains("=1+1") || t.contains("=2")),
            "{}",
            profile.id
        );
        if profile.id == "generic" {
            assert!(
                texts.iter().any(|t| t.ends_with("… [+7300]")),
                "the cut is told"
            );
            assert!(
                texts.iter().any(|t| t.contains("שלום")),
                "right-to-left text stays"
            );
        }
    }
}

#[test]
fn csv_and_markdown_guard_every_cell() {
    let (config, inventory) = hostile();
    let register = Register::build(&config, &inventory, date(2026, 11, 22));
    let is_risky = |line: &str| {
        line.trim_start_matches([' ', '\u{a0}'])
            .starts_with(['=', '+', '-', '@', '＝', '\t'])
    };
    for profile in profile::all().iter().filter(|p| !p.columns().is_empty()) {
        let bytes = written(&register, &inventory, "csv", &profile.id);
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        for row in reader.records() {
            for cell in &row.expect("the CSV reads") {
                assert!(!cell.split('\n').any(is_risky), "{}: {cell}", profile.id);
            }
        }
    }
    let markdown =
        String::from_utf8(written(&register, &inventory, "md", "generic")).expect("UTF-8");
    for line in markdown.lines().filter(|l| l.starts_with('|')) {
        let cells = line.replace("\\|", "");
        let mut cells = cells
            .split('|')
            .map(str::trim)
            .filter(|c| !c.starts_with("---"));
        assert!(!cells.any(is_risky), "{line}");
    }
}

#[test]
fn equal_input_gives_equal_bytes() {
    let (config, inventory) = hostile();
    let register = || Register::build(&config, &inventory, date(2026, 11, 22));
    for format in ["xlsx", "csv", "json", "md", "text", "dpv", "fides"] {
        let (first, second) = (
            written(&register(), &inventory, format, "generic"),
            written(&register(), &inventory, format, "generic"),
        );
        assert!(first == second, "{format}");
    }
}

#[test]
fn json_ld_is_rdf_of_the_published_vocabulary() {
    let (config, inventory) = hostile();
    let register = Register::build(&config, &inventory, date(2026, 11, 22));
    let bytes = written(&register, &inventory, "dpv", "");
    let mut processes = 0;
    for quad in oxjsonld::JsonLdParser::new().for_slice(&bytes) {
        let quad = quad.expect("the document is RDF");
        let predicate = quad.predicate.as_str();
        assert!(
            predicate.starts_with("http"),
            "{predicate} has no namespace"
        );
        processes += usize::from(predicate == "https://w3id.org/dpv#hasPersonalDataProcess");
    }
    assert_eq!(processes, register.activities.len());
}

#[test]
fn fides_keys_are_of_its_alphabet_and_uses_and_categories_are_there() {
    let (config, inventory) = hostile();
    let register = Register::build(&config, &inventory, date(2026, 11, 22));
    let text = String::from_utf8(written(&register, &inventory, "fides", "")).expect("UTF-8");
    let is_key = |c: char| c.is_ascii_alphanumeric() || "._<>-".contains(c);
    let keys: Vec<&str> = text
        .lines()
        .filter_map(|l| l.split_once("fides_key: "))
        .map(|(_, key)| key.trim_matches('"'))
        .collect();
    assert_eq!(keys.len(), 2, "{text}");
    assert!(
        keys.iter()
            .all(|key| !key.is_empty() && key.chars().all(is_key)),
        "{keys:?}"
    );
    assert!(
        text.contains("data_use: \"essential\"") && text.contains("- \"user.contact.email\""),
        "{text}"
    );
}

/// Prints seconds and sizes: `cargo test --release --test register_reports -- --ignored --nocapture`.
#[test]
#[ignore = "takes a while in a debug build"]
fn five_thousand_activities_over_two_hundred_thousand_fields() {
    let mut text = String::from(
        "organisation = { name = \"Example SA\", country = \"FR\", email = \"privacy@example.com\" }\n[[system]]\nid = \"s\"\npaths = [\"db/**\"]\nrole = \"controller\"\n",
    );
    let mut inventory = Inventory::new();
    let keys: Vec<&str> = DataType::all().map(DataType::key).take(40).collect();
    for n in 0..5_000 {
        text.push_str(&format!("[[activity]]\nid = \"a{n}\"\nname = \"Activity {n}\"\nsystems = [\"s\"]\nfields = [\"db/**:t{n}.*\"]\npurposes = [\"analytics\"]\nsubjects = [\"customer\"]\nretention = [{{ duration = \"P3Y\" }}]\n"));
        let fields = keys
            .iter()
            .map(|key| field(&format!("f_{}", key.replace('.', "_")), key))
            .collect();
        inventory.datasets.push(DatasetRecord {
            source: format!("db/{}.sql", n % 100),
            dataset: format!("t{n}"),
            fields,
            ..DatasetRecord::default()
        });
    }
    let start = Instant::now();
    let config = config(&text);
    println!("configuration {:.2} s", start.elapsed().as_secs_f64());
    let start = Instant::now();
    let register = Register::build(&config, &inventory, date(2026, 11, 22));
    println!(
        "register {:.2} s, {} gaps",
        start.elapsed().as_secs_f64(),
        register.gaps.len()
    );
    assert!(register.unassigned.is_empty());
    for (format, profile) in [
        ("xlsx", "ico-controller"),
        ("xlsx", "cnil"),
        ("csv", "generic"),
        ("json", ""),
        ("md", ""),
        ("dpv", ""),
        ("fides", ""),
    ] {
        let start = Instant::now();
        let bytes = written(&register, &inventory, format, profile);
        println!(
            "{format} {profile}: {:.2} s, {} kB",
            start.elapsed().as_secs_f64(),
            bytes.len() / 1024
        );
    }
    println!("peak memory {} MB", peak_megabytes());
}

/// The process' peak resident size, where the system tells.
fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM"));
    line.and_then(|l| l.split_whitespace().nth(1)?.parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}

#[test]
fn gaps_speak_the_language_of_the_layout() {
    let (config, mut inventory) = hostile();
    inventory.datasets[0]
        .fields
        .push(field("blood", "sensitive.health"));
    let register = Register::build(&config, &inventory, date(2026, 11, 22));
    let english: BTreeSet<String> = register.gaps.iter().map(|gap| gap.text.clone()).collect();
    for (profile, sheet, said, header) in [
        (
            "cnil",
            "Lacunes",
            "Aucune base légale",
            "Mesures de sécurité",
        ),
        (
            "dsk",
            "Lücken",
            "Keine Rechte betroffener Personen",
            "Fristen für die Löschung",
        ),
        (
            "garante",
            "Lacune",
            "Nessuna base giuridica",
            "Misure di sicurezza",
        ),
        (
            "aepd",
            "Carencias",
            "No se indica base jurídica",
            "Medidas de seguridad",
        ),
        (
            "ico-controller",
            "Gaps",
            "No legal basis is stated",
            "Retention schedule",
        ),
    ] {
        let bytes = written(&register, &inventory, "xlsx", profile);
        let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).expect("opens");
        let range = book
            .worksheet_range(sheet)
            .unwrap_or_else(|_| panic!("{profile}: {sheet}"));
        let texts: Vec<String> = range
            .used_cells()
            .filter_map(|(_, _, cell)| match cell {
                Data::String(text) => Some(text.clone()),
                _ => None,
            })
            .collect();
        for wanted in [said, header] {
            assert!(
                texts.iter().any(|t| t.contains(wanted)),
                "{profile}: {wanted}: {texts:?}"
            );
        }
        let is_english = texts.iter().any(|text| english.contains(text));
        assert_eq!(is_english, profile == "ico-controller", "{profile}");
    }
}
