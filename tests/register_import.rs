//! Registers kept elsewhere: Fides YAML, tables with headers and values of another tool, registers with documented rows.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

const CONFIG: &str = r#"
organisation = { name = "Example SA", country = "FR", email = "privacy@example.com" }
[[system]]
id = "shop"
paths = ["db/**"]
role = "controller"
[[activity]]
id = "newsletter"
name = "Newsletter"
systems = ["shop"]
types = ["contact.email"]
purposes = ["direct_marketing"]
subjects = ["subscriber"]
recipients = ["email_provider"]
"#;

const FIDES: &str = r#"
dataset:
  - fides_key: shop_db
    name: Shop
    data_categories: [user.contact.email]
    collections:
      - name: customers
        fields:
          - name: mail
          - name: address
            fields:
              - name: street
                data_categories: [user.contact.address.street]
          - name: total
            data_categories: [system.operations]
          - name: anything
            data_categories: [user.contact, user.contact.loyalty_club]
system:
  - fides_key: shop_system
    name: Shop system
    system_type: Application
    administrating_department: Sales
    responsibility: [Controller]
    vendor_id: v17
    does_international_transfers: true
    legal_basis_for_transfers: [SCCs]
    privacy_declarations:
      - name: Orders
        data_categories: [user.contact.email, user.financial.bank_account, user.contact]
        data_use: essential.service.payment_processing
        data_subjects: [customer]
        legal_basis_for_processing: Contract
        retention_period: P10Y
        third_parties: Example Bank; hosting_provider
        dataset_references: [shop_db]
      - name: Advertising
        data_categories: [user.device.cookie_id]
        data_use: marketing.advertising.first_party
        data_subjects: [customer]
        retention_period: until withdrawn
        data_shared_with_third_parties: true
"#;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let file = folder.path().join(path);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        std::fs::write(file, text).expect("written");
    }
    folder
}

fn run(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ropa"))
        .args(["--as-of", "2026-11-22", "register", "db"])
        .args(args)
        .current_dir(folder)
        .output()
        .expect("ropa runs")
}

fn told(out: &Output) -> String {
    String::from_utf8_lossy(&out.stderr).into_owned()
}

fn register(folder: &Path, args: &[&str]) -> (Value, String) {
    let out = run(folder, &[args, &["--format", "json"]].concat());
    assert!(out.status.success(), "{}", told(&out));
    let json = serde_json::from_slice(&out.stdout).expect("JSON");
    (json, told(&out))
}

fn activity<'a>(register: &'a Value, id: &str) -> &'a Value {
    let all = register["activities"].as_array().expect("activities");
    let ids: Vec<&Value> = all.iter().map(|a| &a["id"]).collect();
    all.iter()
        .find(|a| a["id"] == id)
        .unwrap_or_else(|| panic!("no {id} among {ids:?}"))
}

fn list(value: &Value, key: &str) -> Vec<String> {
    let items = value.as_array().expect("a list").iter();
    let text = |item: &Value| {
        item.as_str()
            .or(item[key].as_str())
            .unwrap_or_default()
            .to_owned()
    };
    items.map(text).collect()
}

#[test]
fn fides_systems_are_declared_rows_and_datasets_tagged_fields() {
    let folder = folder(&[
        ("ropa.toml", CONFIG),
        ("db/schema.sql", "CREATE TABLE t (id int);\n"),
        ("fides.yml", FIDES),
    ]);
    let (register, told) = register(folder.path(), &["--import", "fides.yml"]);
    let orders = activity(&register, "orders");
    assert_eq!(
        (&orders["origin"], &orders["role"], &orders["department"]),
        (&"declared".into(), &"controller".into(), &"Sales".into())
    );
    assert_eq!(list(&orders["purposes"], "id"), ["payment_billing"]);
    assert_eq!(list(&orders["subjects"], ""), ["customer"]);
    assert_eq!(list(&orders["legal_bases"], "id"), ["contract"]);
    assert_eq!(orders["retention"][0]["duration"], "P10Y");
    assert_eq!(
        list(&orders["recipients"], "name"),
        ["Example Bank", "hosting_provider"]
    );
    assert_eq!(orders["transfers"][0]["safeguard"], "scc");
    assert_eq!(orders["types_open"], "user.contact");
    assert!(
        orders["note"]
            .as_str()
            .expect("a note")
            .contains("vendor_id: v17")
    );
    // The fields of the dataset that it refers to prove it; the scan made none of this up.
    let mail = orders["data"].as_array().expect("data");
    let mail = mail
        .iter()
        .find(|d| d["type"] == "contact.email")
        .expect("there");
    assert_eq!(mail["fields"][0], "fides.yml:shop_db.customers.mail");
    let all: Vec<String> = orders["data"]
        .as_array()
        .expect("data")
        .iter()
        .flat_map(|d| list(&d["fields"], ""))
        .collect();
    assert!(
        all.contains(&"fides.yml:shop_db.customers.address.street".to_owned()),
        "{all:?}"
    );
    assert!(!all.iter().any(|f| f.ends_with(".total")), "{all:?}");

    let advertising = activity(&register, "advertising");
    assert_eq!(advertising["purposes"][0]["id"], "advertising");
    assert_eq!(
        advertising["purposes"][0]["text"],
        "marketing.advertising.first_party"
    );
    assert_eq!(advertising["retention"][0]["text"], "until withdrawn");
    for note in [
        "`user.contact` is wider than a data type",
        "`user.contact.loyalty_club` is wider than a data type",
        "`vendor_id` (2×) has no cell",
        "none is named",
    ] {
        assert!(told.contains(note), "{note}: {told}");
    }
}

#[test]
fn what_the_fides_report_writes_comes_back() {
    let folder = folder(&[
        ("ropa.toml", CONFIG),
        ("db/schema.sql", "CREATE TABLE subscribers (email text);\n"),
    ]);
    let at = folder.path();
    let out = run(at, &["-q", "-o", "fides=out.yml"]);
    assert!(out.status.success(), "{}", told(&out));
    std::fs::remove_file(at.join("ropa.toml")).expect("there");
    let (register, _) = register(at, &["--import", "out.yml"]);
    let newsletter = activity(&register, "newsletter");
    assert_eq!(newsletter["origin"], "declared");
    assert_eq!(list(&newsletter["purposes"], "id"), ["direct_marketing"]);
    assert!(list(&newsletter["data"], "type").contains(&"contact.email".to_owned()));
}

#[test]
fn yaml_that_is_none_is_refused_without_quoting_it() {
    let folder = folder(&[
        ("db/schema.sql", "CREATE TABLE t (id int);\n"),
        ("bad.yml", "system:\n  - jane@example.com: [\n"),
        ("none.yml", "people:\n  - jane@example.com\n"),
        ("keyless.yml", "system:\n  - privacy_declarations: []\n"),
        ("other.txt", "x"),
    ]);
    for (file, why) in [
        ("bad.yml", "not YAML"),
        ("none.yml", "no `dataset` and no `system`"),
        ("keyless.yml", "line 2: a system without `fides_key`"),
        ("other.txt", "--import reads"),
        ("missing.csv", "cannot read missing.csv"),
    ] {
        let out = run(folder.path(), &["--import", file]);
        assert_eq!(out.status.code(), Some(2), "{file}");
        let told = told(&out);
        assert!(
            told.contains(why) && !told.contains("jane"),
            "{file}: {told}"
        );
    }
}

const MAP: &str = r#"
ignore = ["Internal"]
[headers]
id = "Ref"
name = "Process"
purposes = "Purpose(s)"
data = "Data Elements"
subjects = "People"
legal_bases = "Lawful Basis"
retention = "Kept for"
recipients = "Shared with"
[values.data]
"contact.email" = "EMAIL_ADDR"
"contact.phone" = "PHONE_NO"
[values.purposes]
direct_marketing = "Marketing"
[values.legal_bases]
consent = "GDPR Consent"
[values.recipients]
email_provider = "Mail house"
"#;

#[test]
fn a_table_is_written_and_read_in_the_words_of_another_tool() {
    let folder = folder(&[
        ("ropa.toml", CONFIG),
        (
            "db/schema.sql",
            "CREATE TABLE subscribers (email text, phone text);\n",
        ),
        ("map.toml", MAP),
    ]);
    let at = folder.path();
    let out = run(at, &["-q", "--map", "map.toml", "-o", "theirs.csv"]);
    assert!(out.status.success(), "{}", told(&out));
    let text = std::fs::read_to_string(at.join("theirs.csv")).expect("written");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header: Vec<String> = reader
        .headers()
        .expect("a header")
        .iter()
        .map(str::to_owned)
        .collect();
    for name in ["Ref", "Process", "Purpose(s)", "Data Elements", "Kept for"] {
        assert!(header.iter().any(|h| h == name), "{name}: {header:?}");
    }
    let row = reader.records().next().expect("a row").expect("reads");
    let cell = |name: &str| &row[header.iter().position(|h| h == name).expect("there")];
    assert_eq!(cell("Purpose(s)"), "Marketing");
    assert_eq!(cell("Shared with"), "Mail house");
    assert!(
        cell("Data Elements").contains("EMAIL_ADDR"),
        "{}",
        cell("Data Elements")
    );

    std::fs::remove_file(at.join("ropa.toml")).expect("there");
    let (register, told) = register(at, &["--map", "map.toml", "--import", "theirs.csv"]);
    let newsletter = activity(&register, "newsletter");
    assert_eq!(newsletter["origin"], "declared");
    assert_eq!(list(&newsletter["purposes"], "id"), ["direct_marketing"]);
    assert_eq!(list(&newsletter["subjects"], ""), ["subscriber"]);
    assert_eq!(
        list(&newsletter["recipients"], "recipient"),
        ["email_provider"]
    );
    assert!(list(&newsletter["data"], "type").contains(&"contact.email".to_owned()));
    assert!(!told.contains("no cell for"), "{told}");
}

#[test]
fn nothing_of_a_table_is_lost_and_what_is_not_understood_is_told() {
    let table = "\u{feff}Ref,Process,Purpose(s),People,Lawful Basis,Kept for,Shared with,Risk owner,Internal\r\n\
        crm,Client care,Marketing; Keeping in touch,customer,GDPR Consent,3 years; then deleted,\"'=cmd()\nMail house\",Jane Doe,secret\r\n\
        ,\"Video\nyard\",,,,,,,\r\n";
    let folder = folder(&[
        ("db/schema.sql", "CREATE TABLE t (id int);\n"),
        ("map.toml", MAP),
        ("theirs.csv", table),
    ]);
    let (register, told) = register(
        folder.path(),
        &["--map", "map.toml", "--import", "theirs.csv"],
    );
    let crm = activity(&register, "crm");
    assert_eq!(
        list(&crm["purposes"], "id"),
        ["direct_marketing", "Keeping in touch"]
    );
    assert_eq!(list(&crm["legal_bases"], "id"), ["consent"]);
    assert_eq!(list(&crm["retention"], "text"), ["3 years", "then deleted"]);
    assert_eq!(
        list(&crm["recipients"], "recipient"),
        ["=cmd()", "email_provider"]
    );
    assert_eq!(crm["note"], "Risk owner: Jane Doe");
    assert!(told.contains("no cell for Risk owner"), "{told}");
    assert!(
        told.contains("row 2: a value of `purposes` is neither"),
        "{told}"
    );
    assert!(!told.contains("Jane") && !register.to_string().contains("secret"));
    assert_eq!(activity(&register, "video")["name"], "Video\nyard");
}

#[test]
fn maps_and_tables_that_cannot_be_right_are_refused() {
    let folder = folder(&[
        ("db/schema.sql", "CREATE TABLE t (id int);\n"),
        ("typo.toml", "[headers]\npurpose = \"Why\"\n"),
        (
            "value.toml",
            "[values.purposes]\ndirect_marketin = \"Marketing\"\n",
        ),
        (
            "type.toml",
            "[values.data]\n\"contact.emial\" = \"EMAIL\"\n",
        ),
        ("section.toml", "[header]\npurposes = \"Why\"\n"),
        (
            "two.toml",
            "[headers]\npurposes = \"Why\"\nname = \"Why\"\n",
        ),
        (
            "both.toml",
            "[values.purposes]\nanalytics = \"M\"\ndirect_marketing = \"M\"\n",
        ),
        ("twice.csv", "id,name\na,One\na,Two\n"),
        ("id.csv", "id,name\nA B,One\n"),
        ("columns.csv", "name,Name\na,b\n"),
        ("strange.csv", "Foo,Bar\na,b\n"),
        ("m.csv", "id,purposes\na,M\n"),
    ]);
    for (args, why) in [
        (&["--map", "typo.toml"][..], "did you mean `purposes`?"),
        (&["--map", "value.toml"], "did you mean `direct_marketing`?"),
        (&["--map", "type.toml"], "contact.email"),
        (&["--map", "section.toml"], "it has [headers]"),
        (&["--map", "two.toml"], "two columns are both called `Why`"),
        (
            &["--import", "twice.csv"],
            "rows 2 and 3 have the same id `a`",
        ),
        (&["--import", "id.csv"], "row 2: the id is none"),
        (&["--import", "columns.csv"], "two columns mean `name`"),
        (
            &["--import", "strange.csv"],
            "no header is one of the layout",
        ),
        (
            &["--import", "m.csv", "--map", "both.toml"],
            "gives one name to analytics and direct_marketing",
        ),
        (&["--import", "m.csv", "--import", "m.csv"], "same id `a`"),
    ] {
        let out = run(folder.path(), args);
        assert_eq!(out.status.code(), Some(2), "{args:?}: {}", told(&out));
        assert!(told(&out).contains(why), "{args:?}: {}", told(&out));
    }
}

/// A register with documented rows, as a reader of notices gives it.
const DOCUMENTED: &str = r#"{"schema":"ropa-register/1","as_of":"2026-11-22","organisation":{"name":"Example SA"},
"activities":[
 {"id":"newsletter","name":"Newsletter","origin":"documented","role":"controller","subjects":["subscriber"],
  "retention":[{"data":["contact.email"],"duration":"P3Y","from":"last_action"}],
  "recipients":[{"recipient":"Example Print Ltd","name":"Example Print Ltd"}],
  "opt_out":"link in each letter","types_open":"what you tell us",
  "evidence":[{"cell":"retention","why":"the notice says so: “three years after your last action”","places":["notice.md:88"]}]},
 {"id":"recruiting","name":"Recruiting","origin":"documented","role":"controller","subjects":["job_applicant"],
  "purposes":[{"id":"recruitment","text":"Find colleagues"}],"data":[{"type":"contact.education"}],
  "legal_bases":[{"id":"contract","level":"purpose"}],
  "evidence":[{"cell":"legal_bases","why":"the notice, on purposes","places":["notice.md:31"]}]},
 {"id":"inferred.x","name":"X","origin":"inferred"}],
"unassigned":[],"recipients":[],"permissions":[],"rights":[],"cookies":[],"tracking":{},"child_rules":[],"gaps":[]}"#;

#[test]
fn documented_rows_and_cells_keep_origin_and_evidence_in_every_report() {
    let config = CONFIG.replace("subjects = [\"subscriber\"]", "subjects = [\"customer\"]");
    let folder = folder(&[
        ("ropa.toml", &config),
        (
            "db/schema.sql",
            "CREATE TABLE subscribers (email text, phone text);\n",
        ),
        ("notice.json", DOCUMENTED),
    ]);
    let at = folder.path();
    let (register, told) = register(at, &["--import", "notice.json"]);
    assert!(told.contains("conflict: newsletter, subjects"), "{told}");
    let newsletter = activity(&register, "newsletter");
    // Declared cells stand; what they leave open is documented, and marked so.
    assert_eq!(newsletter["origin"], "declared");
    assert_eq!(list(&newsletter["subjects"], ""), ["customer"]);
    assert_eq!(newsletter["retention"][0]["origin"], "documented");
    assert_eq!(newsletter["origins"]["opt_out"], "documented");
    let recipients = newsletter["recipients"].as_array().expect("a list");
    assert!(recipients[0]["origin"].is_null(), "{recipients:?}");
    assert_eq!(recipients[1]["origin"], "documented");
    let evidence = newsletter["evidence"].as_array().expect("a list");
    assert!(
        evidence
            .iter()
            .any(|e| e["cell"] == "retention" && e["places"][0] == "notice.md:88")
    );
    let recruiting = activity(&register, "recruiting");
    assert_eq!(recruiting["origin"], "documented");
    // What the scan adds to a documented row stays inferred, and an inferred row of the file is left to the scan.
    assert!(
        register["activities"]
            .as_array()
            .expect("a list")
            .iter()
            .all(|a| a["id"] != "inferred.x")
    );
    let conflict = &register["conflicts"][0];
    assert_eq!(
        (&conflict["kept"], &conflict["scanned"]),
        (&"customer".into(), &"subscriber".into())
    );

    for format in ["md", "text", "dpv"] {
        let out = run(at, &["-q", "--import", "notice.json", "--format", format]);
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        let shown = match format {
            "md" => "| legal_bases | Contract | documented |",
            "text" => "1 documented",
            _ => "\"dct:source\": \"documented\"",
        };
        assert!(text.contains(shown), "{format}: {text}");
    }
    let csv = run(at, &["-q", "--import", "notice.json", "--format", "csv"]);
    let csv = String::from_utf8_lossy(&csv.stdout).into_owned();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let at_origin = reader
        .headers()
        .expect("a header")
        .iter()
        .position(|h| h == "origin");
    let origins: Vec<String> = reader
        .records()
        .map(|row| row.expect("reads")[at_origin.expect("a column")].to_owned())
        .collect();
    assert!(origins.contains(&"documented".to_owned()), "{origins:?}");

    let out = run(at, &["-q", "--import", "notice.json", "-o", "r.xlsx"]);
    assert!(out.status.success(), "{}", self::told(&out));
    let rows = evidence_of(&at.join("r.xlsx"));
    let row = |id: &str, cell: &str| {
        let found = rows.iter().find(|row| row[0] == id && row[2] == cell);
        found.unwrap_or_else(|| panic!("no {id} {cell}")).clone()
    };
    let retention = row("newsletter", "retention");
    assert_eq!(retention[4], "documented");
    assert!(
        retention[5].contains("three years after") && retention[6].contains("notice.md:88"),
        "{retention:?}"
    );
    assert_eq!(row("newsletter", "recipients")[4], "declared; documented");
    assert_eq!(row("newsletter", "purposes")[4], "declared");
    assert_eq!(row("recruiting", "legal_bases")[4], "documented");

    // Taken in again from its own JSON, nothing changes its origin.
    let out = run(
        at,
        &["-q", "--import", "notice.json", "-o", "json=all.json"],
    );
    assert!(out.status.success());
    let (again, _) = self::register(at, &["--import", "all.json"]);
    assert_eq!(activity(&again, "recruiting")["origin"], "documented");
    assert_eq!(
        activity(&again, "newsletter")["retention"][0]["origin"],
        "documented"
    );
}

fn evidence_of(file: &Path) -> Vec<Vec<String>> {
    use calamine::{Data, Reader};
    let mut book = calamine::open_workbook_auto(file).expect("opens");
    let range = book.worksheet_range("Evidence").expect("a sheet");
    let text = |data: &Data| match data {
        Data::String(text) => text.clone(),
        _ => String::new(),
    };
    range
        .rows()
        .map(|row| row.iter().map(text).collect())
        .collect()
}
