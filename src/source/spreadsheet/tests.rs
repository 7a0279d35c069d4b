//! Workbooks that are broken, locked or larger than they may be. What whole ones hold is kept beside their fixtures.

use super::*;
use crate::source::recording::Recording;
use std::io::Write as _;
use std::path::Path;

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    std::fs::read(folder.join(name)).expect("the fixture is kept in the repository")
}

fn read(name: &str, bytes: Vec<u8>) -> (Recording, Result<Outcome, SourceError>) {
    let input = Input::bytes(name, bytes).expect("readable");
    let mut recording = Recording::default();
    let outcome = READER.read(&input, &Split::whole(), &Budget::default(), &mut recording);
    (recording, outcome)
}

fn error(name: &str, bytes: Vec<u8>) -> String {
    let outcome = read(name, bytes).1;
    outcome.expect_err("it cannot be read").to_string()
}

fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut package = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        let options = zip::write::SimpleFileOptions::default();
        package
            .start_file(*name, options)
            .expect("memory takes all");
        package.write_all(bytes).expect("memory takes all");
    }
    package.finish().expect("memory takes all").into_inner()
}

#[test]
fn every_form_tells_the_same_people() {
    let expected = read("a.xlsx", fixture("formats/customers.xlsx")).0;
    for form in ["xls", "xlsb", "ods"] {
        let bytes = fixture(&format!("formats/customers.{form}"));
        // The content tells the form where the name does not.
        for name in [format!("a.{form}"), "a.bin".to_owned()] {
            let input = Input::bytes(&name, bytes.clone()).expect("readable");
            assert_eq!(READER.claim(&input), Claim::Certain, "{name}");
            let told = read(&name, bytes.clone()).0;
            assert_eq!(told.lines(), expected.lines(), "{name}");
            for field in &expected.dataset_named("customers").fields {
                let path = &field.field.path;
                let values = &told.field_named("customers", path).values;
                assert_eq!(values, &field.values, "{name} {path}");
            }
        }
    }
}

#[test]
fn a_workbook_with_a_password_says_so() {
    let told = error("a.xlsx", fixture("broken/locked.xlsx"));
    assert!(told.contains("protected by a password"), "{told}");
    let manifest = b"<manifest><encryption-data/></manifest>".as_slice();
    let parts = [("META-INF/manifest.xml", manifest), ("content.xml", b"x")];
    let told = error("a.ods", package(&parts));
    assert!(told.contains("protected by a password"), "{told}");
}

#[test]
fn what_breaks_off_fails_with_a_reason() {
    for form in ["xlsx", "xls", "xlsb", "ods"] {
        let whole = fixture(&format!("formats/customers.{form}"));
        for kept in [9, whole.len() / 3, whole.len() - 40] {
            let (_, outcome) = read(&format!("a.{form}"), whole[..kept].to_vec());
            let is_told = outcome.is_err_and(|error| error.to_string().len() > 20);
            // The end of a compound file may be room that nothing uses.
            assert!(
                is_told || form == "xls" && kept > whole.len() / 2,
                "{form} cut at {kept}"
            );
        }
    }
    let other = package(&[("word/document.xml", b"<w/>")]);
    assert!(read("a.xlsx", other.clone()).1.is_err());
    let input = Input::bytes("a.zip", other).expect("readable");
    assert_eq!(READER.claim(&input), Claim::No);
}

#[test]
fn a_bomb_is_a_limit() {
    let zeros = vec![b' '; 80 << 20];
    let bomb = package(&[
        ("xl/workbook.xml", b"<w/>"),
        ("xl/sharedStrings.xml", &zeros),
    ]);
    let told = error("a.xlsx", bomb);
    assert!(told.contains("decompression bomb"), "{told}");
    let content = package(&[("mimetype", b"x"), ("content.xml", &zeros)]);
    assert!(read("a.ods", content).1.is_err());
}

#[test]
fn a_damaged_sheet_costs_itself_only() {
    let parts: &[(&str, &[u8])] = &[
        ("content.xml", b"<o><table:table table:name='A'><table:table-row><table:table-cell><text:p>email</text:p></table:table-cell></table:table-row><table:table-row table:number-rows-repeated='2000000000'><table:table-cell table:number-columns-repeated='2'><text:p>a&amp;b@example.com</text:p></table:table-cell></table:table-row></table:table><table:table table:name='B'><table:table-row>"),
    ];
    let (told, outcome) = read("a.ods", package(parts));
    let coverage = outcome.expect("what stands before is read").coverage;
    assert!(
        coverage.reason().expect("told").contains("sheet B"),
        "{coverage:?}"
    );
    assert_eq!(told.field_named("A", "email").values[0], "a&b@example.com");
    assert_eq!(told.field_named("A", "email").count, 1_000);
}

#[test]
fn sheets_that_span_too_many_cells_are_not_loaded() {
    let mut cells = Vec::new();
    for (row, column) in [(0_u16, 0_u16), (u16::MAX, u16::MAX)] {
        cells.extend([0x01, 0x02, 6, 0]);
        cells.extend(row.to_le_bytes());
        cells.extend(column.to_le_bytes());
        cells.extend([0, 0]);
    }
    assert_eq!(compound::cells_spanned(&cells), 1 << 32);
}
