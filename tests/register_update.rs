//! People's edits in a workbook survive a new scan: their cells stand, conflicts are told, what vanished is marked.

use calamine::{Data, Reader};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

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
fields = ["db/**:subscribers.*"]
purposes = ["direct_marketing"]
subjects = ["subscriber"]
"#;

const SCHEMA: &str = "CREATE TABLE subscribers (id int, email varchar(255), phone varchar(40));\n";

fn ropa(folder: &Path, args: &[&str]) -> String {
    let run = Command::new(env!("CARGO_BIN_EXE_ropa"))
        .args(["--as-of", "2026-11-22", "register", "db"])
        .args(args)
        .current_dir(folder)
        .output()
        .expect("ropa runs");
    let told = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(run.status.success(), "{told}");
    told
}

fn register(folder: &Path, file: &str) -> Value {
    let text = std::fs::read_to_string(folder.join(file)).expect("written");
    serde_json::from_str(&text).expect("JSON")
}

fn activity<'a>(register: &'a Value, id: &str) -> &'a Value {
    let all = register["activities"].as_array().expect("activities");
    all.iter()
        .find(|a| a["id"] == id)
        .unwrap_or_else(|| panic!("no {id}"))
}

fn text(data: &Data) -> String {
    match data {
        Data::String(text) => text.clone(),
        _ => String::new(),
    }
}

/// Writes a workbook anew as a person's program would, with cells of one sheet set: the row by the text of its last cell
/// (the hidden id; empty = a new row), the column by its header.
fn edit(file: &Path, sheet: &str, edits: &[(&str, &str, &str)]) {
    let mut book = calamine::open_workbook_auto(file).expect("opens");
    let mut copy = rust_xlsxwriter::Workbook::new();
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).expect("reads");
        let mut grid: Vec<Vec<String>> = Vec::new();
        if let Some((rows, columns)) = range.end() {
            let cell = |row, column| range.get_value((row, column)).map(text).unwrap_or_default();
            grid = (0..=rows)
                .map(|row| (0..=columns).map(|column| cell(row, column)).collect())
                .collect();
        }
        if name == sheet {
            let head = grid
                .iter()
                .position(|row| row.last().is_some_and(|c| c == "ropa id"))
                .expect("a header");
            let width = grid[head].len();
            for (id, header, value) in edits {
                let column = grid[head].iter().position(|c| c == header);
                let column = column.unwrap_or_else(|| panic!("no column {header}"));
                let row = grid
                    .iter()
                    .position(|row| !id.is_empty() && row[width - 1] == *id);
                let row = row.unwrap_or_else(|| {
                    grid.push(vec![String::new(); width]);
                    grid.len() - 1
                });
                grid[row][column] = (*value).to_owned();
            }
        }
        let page = copy.add_worksheet();
        page.set_name(&name).expect("a name");
        for (row, cells) in (0u32..).zip(&grid) {
            for (column, cell) in (0u16..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                page.write_string(row, column, cell).expect("written");
            }
        }
    }
    copy.save(file).expect("saved");
}

#[test]
fn edits_survive_conflicts_are_told_and_what_vanished_is_marked() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    std::fs::create_dir(folder.join("db")).expect("a folder");
    std::fs::write(folder.join("ropa.toml"), CONFIG).expect("written");
    std::fs::write(folder.join("db/schema.sql"), SCHEMA).expect("written");

    ropa(folder, &["--profile", "ico-controller", "-o", "r.xlsx"]);
    let file = folder.join("r.xlsx");
    let edits = [
        (
            "newsletter",
            "Article 6 lawful basis for processing personal data",
            "Consent",
        ),
        (
            "newsletter",
            "Retention schedule (if possible)",
            "3 years after the last opened letter",
        ),
        (
            "newsletter",
            "Purpose of processing",
            "News of our products",
        ),
        (
            "newsletter",
            "Categories of recipients",
            "=cmd|' /C calc'!A0\nOur printer",
        ),
        (
            "newsletter",
            "Data Protection Impact Assessment required?",
            "No",
        ),
        (
            "",
            "Purpose of processing",
            "Video surveillance of the yard",
        ),
        ("", "Categories of individuals", "Office visitors"),
    ];
    edit(&file, "Template", &edits[..6]);
    edit(&file, "Template", &edits[6..]);

    // The scan no longer finds the phone; ropa.toml says another purpose now.
    let schema = SCHEMA.replace(", phone varchar(40)", "");
    std::fs::write(folder.join("db/schema.sql"), schema).expect("written");
    let config = CONFIG.replace("direct_marketing", "analytics");
    std::fs::write(folder.join("ropa.toml"), config).expect("written");
    let told = ropa(
        folder,
        &["--update", "r.xlsx", "-o", "r2.xlsx", "-o", "r2.json"],
    );
    assert!(told.contains("conflict: newsletter, purposes"), "{told}");

    let second = register(folder, "r2.json");
    let newsletter = activity(&second, "newsletter");
    assert_eq!(newsletter["legal_bases"][0]["id"], "consent");
    assert_eq!(
        newsletter["retention"][0]["text"],
        "3 years after the last opened letter"
    );
    assert_eq!(newsletter["purposes"][0]["id"], "News of our products");
    assert_eq!(newsletter["dpia"]["required"], false);
    assert_eq!(
        newsletter["own_words"]["recipients"][0],
        "=cmd|' /C calc'!A0"
    );
    let conflict = &second["conflicts"][0];
    assert_eq!(
        (&conflict["kept"], &conflict["scanned"]),
        (&"News of our products".into(), &"Statistics of use".into())
    );
    let phone = newsletter["data"]
        .as_array()
        .expect("data")
        .iter()
        .find(|d| d["type"] == "contact.phone");
    let phone = phone.expect("what vanished stays");
    assert_eq!(phone["why"], "found earlier, no longer found on 2026-11-22");
    assert!(phone["fields"].as_array().expect("a list").is_empty());
    let added = second["activities"].as_array().expect("activities");
    assert!(added.iter().any(|a| a["own_words"]["purposes"][0]
        == "Video surveillance of the yard"
        || a["id"] == "video_surveillance_of_the_yard"));

    // A third run without edits changes nothing: same register, no new conflict.
    let told = ropa(
        folder,
        &["--update", "r2.xlsx", "-o", "r3.xlsx", "-o", "r3.json"],
    );
    assert!(!told.contains("conflict"), "{told}");
    let third = register(folder, "r3.json");
    for cell in [
        "legal_bases",
        "retention",
        "purposes",
        "recipients",
        "dpia",
        "own_words",
        "data",
    ] {
        assert_eq!(
            activity(&third, "newsletter")[cell],
            newsletter[cell],
            "{cell}"
        );
    }
    assert_eq!(
        third["activities"].as_array().map(Vec::len),
        second["activities"].as_array().map(Vec::len)
    );
}

#[test]
fn a_workbook_of_others_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("other.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet()
        .write_string(0, 0, "Jane Doe")
        .expect("written");
    book.save(&file).expect("saved");
    let error = ropa::report::filled_workbook::read(&file)
        .expect_err("refused")
        .to_string();
    assert!(
        error.contains("has no sheet `Read me`") && !error.contains("Jane"),
        "{error}"
    );
    std::fs::write(&file, "not a workbook").expect("written");
    let error = ropa::report::filled_workbook::read(&file)
        .expect_err("refused")
        .to_string();
    assert!(error.contains("is not a workbook"), "{error}");
}
