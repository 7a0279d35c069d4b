//! A person writes into every cell of every layout; a new scan and `--update` leave each of their words where it stands,
//! twice. What they empty stays empty.

use calamine::{Data, Reader};
use ropa::report::profile::{self, Profile};
use ropa::report::wording::Wording;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

const CONFIG: &str = r#"
organisation = { name = "Example SA", country = "FR", address = "1 rue Exemple", email = "privacy@example.com", dpo = { name = "Jane Doe", email = "dpo@example.com" } }
[[system]]
id = "shop"
paths = ["db/**"]
role = "controller"
security_measures = ["encryption"]
[[system]]
id = "hosted"
paths = ["hosted/**"]
role = "processor"
on_behalf_of = ["Client One", { name = "Client Two", email = "two@example.com", representative = { name = "Rep Two" } }]
[[activity]]
id = "newsletter"
name = "Newsletter"
systems = ["shop"]
fields = ["db/**:subscribers.*"]
purposes = [{ id = "direct_marketing", text = "Product news" }, "analytics"]
subjects = ["subscriber", "customer"]
legal_bases = ["consent"]
recipients = ["mailchimp", "authority"]
transfers = [{ to = ["US"], recipient = "mailchimp", safeguard = "dpf" }]
retention = [{ data = ["contact.email"], duration = "P3Y", from = "last_action" }, { duration = "P1Y" }]
created = "2020-01-01"
[[activity]]
id = "care"
name = "Client care"
systems = ["shop"]
fields = ["db/**:care.*"]
[[activity]]
id = "hosting"
name = "Hosting"
systems = ["hosted"]
fields = ["hosted/**:t.*"]
processing_categories = ["Storage", "Backup"]
transfers = [{ to = ["IN"], safeguard = "scc" }]
[[recipient]]
id = "mailchimp"
name = "Mailchimp"
category = "marketing_provider"
role = "processor"
country = "US"
"#;

/// Whether a sheet is a layout's own, and not one of those beside it.
fn is_own(name: &str) -> bool {
    let words = [
        "sheet_read_me",
        "sheet_conflicts",
        "sheet_organisation",
        "sheet_gaps",
        "sheet_evidence",
        "sheet_inventory",
    ];
    let aside = |w: &Wording| words.iter().any(|word| w.word(word) == name);
    name != "Lists" && !Wording::all().iter().any(aside)
}

fn is_conflicts(name: &str) -> bool {
    Wording::all()
        .iter()
        .any(|w| w.word("sheet_conflicts") == name)
}

type Grid = Vec<Vec<String>>;
type Book = Vec<(String, Grid)>;

fn ropa(folder: &Path, args: &[&str]) {
    let run = Command::new(env!("CARGO_BIN_EXE_ropa"))
        .args(["-q", "--as-of", "2026-11-22", "register", "db", "hosted"])
        .args(args)
        .current_dir(folder)
        .output()
        .expect("ropa runs");
    let told = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{args:?}: {told}");
}

fn text(data: &Data) -> String {
    match data {
        Data::String(text) => text.clone(),
        _ => String::new(),
    }
}

fn read(file: &Path) -> Book {
    let mut book = calamine::open_workbook_auto(file).expect("opens");
    let names = book.sheet_names();
    let sheet = |name: String| {
        let range = book.worksheet_range(&name).expect("reads");
        let (rows, columns) = range.end().map_or((0, 0), |(r, c)| (r + 1, c + 1));
        let cell = |row, column| range.get_value((row, column)).map(text).unwrap_or_default();
        let grid = (0..rows)
            .map(|row| (0..columns).map(|column| cell(row, column)).collect())
            .collect();
        (name, grid)
    };
    names.into_iter().map(sheet).collect()
}

fn save(book: &Book, file: &Path) {
    let mut copy = rust_xlsxwriter::Workbook::new();
    for (name, grid) in book {
        let page = copy.add_worksheet();
        page.set_name(name).expect("a name");
        for (row, cells) in (0u32..).zip(grid) {
            for (column, cell) in (0u16..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                page.write_string(row, column, cell).expect("written");
            }
        }
    }
    copy.save(file).expect("saved");
}

/// The cells of a sheet that a person may write, as row and column.
fn cells(profile: &Profile, grid: &Grid) -> Vec<(usize, usize)> {
    let mut cells = Vec::new();
    let head = grid
        .iter()
        .position(|row| row.len() > 2 && row.last().is_some_and(|c| c == "ropa id"));
    if let Some(head) = head {
        let sheet = profile
            .sheets
            .iter()
            .find(|s| !s.columns.is_empty())
            .expect("a table");
        let headers = &grid[head][..grid[head].len() - 1];
        for row in head + 1..grid.len() {
            let is_written =
                |header: &&(usize, &String)| !matches!(header.1.as_str(), "id" | "origin");
            cells.extend(
                headers
                    .iter()
                    .enumerate()
                    .filter(|h| is_written(&h))
                    .map(|(column, _)| (row, column)),
            );
        }
        for at in 0..sheet.contacts.len() {
            cells.extend((1..=4).map(|row| (row, at * 2 + 1)));
        }
        return cells;
    }
    let is_card = grid
        .iter()
        .any(|row| row.first().is_some_and(|c| c == "ropa id"));
    for block in profile
        .sheets
        .iter()
        .filter(|s| s.columns.is_empty() && s.each == is_card)
        .flat_map(|s| &s.blocks)
    {
        let Some(start) = grid.iter().position(|row| row[0] == block.head[0]) else {
            continue;
        };
        let body = grid.iter().enumerate().skip(start + 1);
        for (row, _) in body.take_while(|(_, row)| row.iter().any(|cell| !cell.is_empty())) {
            let label = &grid[row][0];
            let of_activities = block.rows.iter().any(|r| {
                r.label == *label
                    && r.fields
                        .iter()
                        .any(|f| f == "organisation.joint_controllers")
            });
            let width = match (
                block.items.is_some(),
                block.rows.iter().find(|r| r.label == *label),
            ) {
                (false, Some(line)) if line.who.is_none() && line.types.is_empty() => 2,
                (false, Some(line)) if line.who.is_none() => 3,
                _ => block.head.len(),
            };
            if !of_activities {
                cells.extend((1..width).map(|column| (row, column)));
            }
        }
    }
    cells
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    for path in ["db", "hosted"] {
        std::fs::create_dir(at.join(path)).expect("a folder");
    }
    std::fs::write(at.join("ropa.toml"), CONFIG).expect("written");
    let schema = "CREATE TABLE subscribers (id int, email text, phone text, ip_address inet, blood_group text);\nCREATE TABLE care (name text, iban text);\n";
    std::fs::write(at.join("db/schema.sql"), schema).expect("written");
    std::fs::write(
        at.join("hosted/schema.sql"),
        "CREATE TABLE t (email text);\n",
    )
    .expect("written");
    folder
}

/// A later state of the data: one field more, one fewer.
fn change(at: &Path) {
    let schema = "CREATE TABLE subscribers (id int, email text, ip_address inet, blood_group text, birth_date date);\nCREATE TABLE care (name text, iban text);\n";
    std::fs::write(at.join("db/schema.sql"), schema).expect("written");
}

fn round_trip(profile: &Profile) {
    let folder = folder();
    let at = folder.path();
    ropa(at, &["--profile", &profile.id, "-o", "1.xlsx"]);
    let mut book = read(&at.join("1.xlsx"));
    let mut written: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, grid) in book.iter_mut().filter(|(name, _)| is_own(name)) {
        for (row, column) in cells(profile, grid) {
            let words = format!("Edit {row}.{column}");
            let cell = &mut grid[row][column];
            *cell = if cell.is_empty() {
                words.clone()
            } else {
                format!("{cell}\n{words}")
            };
            written.entry(name.clone()).or_default().push(words);
        }
    }
    let count: usize = written.values().map(Vec::len).sum();
    assert!(count >= 6, "{}: {count} cells", profile.id);
    save(&book, &at.join("2.xlsx"));
    change(at);
    ropa(at, &["--update", "2.xlsx", "-o", "3.xlsx"]);
    ropa(at, &["--update", "3.xlsx", "-o", "4.xlsx"]);
    let (third, fourth) = (read(&at.join("3.xlsx")), read(&at.join("4.xlsx")));
    for (name, edits) in &written {
        let sheet = third.iter().find(|(n, _)| n == name);
        let (_, grid) = sheet.unwrap_or_else(|| panic!("{}: no sheet {name}", profile.id));
        // What a person wrote differently into two places of one cell stands in one, and is told.
        let told = third.iter().filter(|(name, _)| is_conflicts(name));
        let all = told.flat_map(|(_, grid)| grid).chain(grid);
        let lines: Vec<&str> = all
            .flatten()
            .flat_map(|cell| cell.split(['\n', ';']))
            .map(str::trim)
            .collect();
        let lost: Vec<&String> = edits
            .iter()
            .filter(|words| {
                !lines
                    .iter()
                    .any(|l| l == words || l.contains(&format!("| {words}")))
            })
            .collect();
        assert!(
            lost.is_empty(),
            "{} {name}: {lost:?} of {}\n{}",
            profile.id,
            edits.len(),
            grid.iter()
                .map(|r| r.join(" ¦ ").replace('\n', "⏎"))
                .collect::<Vec<_>>()
                .join("\n")
        );
    }
    let own = |book: &Book| -> Book {
        book.iter()
            .filter(|(name, _)| is_own(name))
            .cloned()
            .collect()
    };
    for ((name, grid), (_, again)) in own(&third).iter().zip(own(&fourth).iter()) {
        for (row, (cells, cells_again)) in grid.iter().zip(again).enumerate() {
            assert_eq!(
                cells, cells_again,
                "{} {name}, row {row}: a second update changes it",
                profile.id
            );
        }
    }
}

#[test]
fn every_word_in_every_cell_of_every_layout_survives() {
    for profile in profile::all() {
        round_trip(profile);
    }
}

#[test]
fn what_a_person_empties_stays_empty() {
    let folder = folder();
    let at = folder.path();
    for (profile, sheet, label) in [
        ("ico-controller", "Template", "Categories of personal data"),
        ("cnil", "ref-001", "Données de connexion"),
        ("aepd", "Tratamiento 001", "Colectivo"),
    ] {
        ropa(at, &["--profile", profile, "-o", "1.xlsx"]);
        let mut book = read(&at.join("1.xlsx"));
        let grid = &mut book
            .iter_mut()
            .find(|(name, _)| name == sheet)
            .expect("there")
            .1;
        let place = |grid: &Grid| {
            let head = grid
                .iter()
                .position(|row| row.iter().any(|c| c == label))
                .expect("there");
            let column = grid[head].iter().position(|c| c == label).expect("there");
            if column == 0 {
                (head, 1)
            } else {
                (head + 1, column)
            }
        };
        let (row, column) = place(grid);
        assert!(
            !grid[row][column].is_empty(),
            "{profile}: something stood there"
        );
        grid[row][column].clear();
        save(&book, &at.join("2.xlsx"));
        ropa(at, &["--update", "2.xlsx", "-o", "3.xlsx"]);
        ropa(at, &["--update", "3.xlsx", "-o", "4.xlsx"]);
        for file in ["3.xlsx", "4.xlsx"] {
            let book = read(&at.join(file));
            let grid = &book
                .iter()
                .find(|(name, _)| name == sheet)
                .expect("there")
                .1;
            let (row, column) = place(grid);
            assert_eq!(grid[row][column], "", "{profile} {file}");
        }
    }
}

#[test]
fn what_a_person_writes_into_a_card_is_understood() {
    let folder = folder();
    let at = folder.path();
    ropa(at, &["--profile", "cnil", "-o", "1.xlsx"]);
    let mut book = read(&at.join("1.xlsx"));
    let grid = &mut book
        .iter_mut()
        .find(|(name, _)| name == "ref-001")
        .expect("there")
        .1;
    let row = |grid: &Grid, label: &str| {
        grid.iter()
            .position(|row| row[0] == label)
            .unwrap_or_else(|| panic!("no {label}"))
    };
    let at_row = row(grid, "Vie professionnelle");
    grid[at_row][1] = "Emploi\nNuméro de badge".to_owned();
    grid[at_row][2] = "Cinq ans après le départ".to_owned();
    let at_row = row(grid, "Données de connexion");
    grid[at_row][1].clear();
    let at_row = row(grid, "Organisme 1");
    grid[at_row][2] = "Inde".to_owned();
    grid[at_row][3] = "Clauses contractuelles types".to_owned();
    let at_row = row(grid, "Destinataire 2");
    grid[at_row][2] = "Imprimeur".to_owned();
    let at_row = row(grid, "Catégorie 2");
    grid[at_row][1] = "Salariés".to_owned();
    save(&book, &at.join("2.xlsx"));
    ropa(at, &["--update", "2.xlsx", "-o", "r.json"]);
    let json = std::fs::read_to_string(at.join("r.json")).expect("written");
    let register: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let a = &register["activities"][0];
    let types: Vec<&str> = a["data"]
        .as_array()
        .expect("data")
        .iter()
        .filter_map(|d| d["type"].as_str())
        .collect();
    assert!(types.contains(&"contact.employment"), "{types:?}");
    assert!(!types.contains(&"location.ip_address"), "{types:?}");
    assert_eq!(a["types_open"], "Numéro de badge");
    let rules = a["retention"].as_array().expect("a list");
    let rule = rules
        .iter()
        .find(|r| r["text"] == "Cinq ans après le départ")
        .expect("there");
    assert_eq!(rule["data"][0], "contact.employment");
    assert_eq!(
        rules[0]["duration"], "P3Y",
        "what was left alone keeps its figures"
    );
    assert_eq!(
        (&a["transfers"][0]["to"][0], &a["transfers"][0]["safeguard"]),
        (&"IN".into(), &"scc".into())
    );
    assert_eq!(a["transfers"][0]["valid"], true);
    assert_eq!(a["recipients"][0]["recipient"], "mailchimp");
    assert_eq!(a["recipients"][1]["name"], "Imprimeur");
    assert_eq!(a["subjects"][1], "employee");
}

#[test]
fn the_processors_sheet_has_a_row_for_each_client_and_category() {
    let folder = folder();
    let at = folder.path();
    ropa(
        at,
        &["--profile", "ico-processor", "-o", "1.xlsx", "-o", "1.csv"],
    );
    let book = read(&at.join("1.xlsx"));
    let grid = &book
        .iter()
        .find(|(name, _)| name == "Template")
        .expect("there")
        .1;
    let rows: Vec<(&str, &str)> = grid[9..]
        .iter()
        .map(|row| (row[0].as_str(), row[2].as_str()))
        .collect();
    let (one, two) = ("Client One", "Client Two, two@example.com");
    assert_eq!(
        rows,
        [
            (one, "Storage"),
            (one, "Backup"),
            (two, "Storage"),
            (two, "Backup")
        ]
    );
    assert_eq!((grid[9][1].as_str(), grid[11][1].as_str()), ("", "Rep Two"));
    let text = std::fs::read_to_string(at.join("1.csv")).expect("written");
    assert_eq!(
        csv::Reader::from_reader(text.as_bytes()).records().count(),
        4
    );
}
