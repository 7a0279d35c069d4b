//! Every way of writing tells the same people; broken, hostile and locked files are told with a reason.

use super::*;
use crate::source::recording::Recording;
use std::path::{Path, PathBuf};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name)
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).expect("the fixture is kept in the repository")
}

fn read(bytes: Vec<u8>) -> (Recording, Result<Outcome, SourceError>) {
    let input = Input::bytes("customers.parquet", bytes).expect("readable");
    let mut recording = Recording::default();
    let outcome = READER.read(&input, &Split::whole(), &Budget::default(), &mut recording);
    (recording, outcome)
}

fn sorted(values: &[String]) -> Vec<String> {
    let mut values = values.to_vec();
    values.sort();
    values.dedup();
    values
}

#[test]
fn every_way_of_writing_tells_the_same_people() {
    let (expected, _) = read(bytes("formats/customers.parquet"));
    for name in ["plain", "second-version", "delta", "streams", "int96"] {
        let (told, outcome) = read(bytes(&format!("variants/{name}.parquet")));
        assert_eq!(outcome.expect("read").coverage, Coverage::Whole, "{name}");
        for field in &expected.dataset_named("customers.parquet").fields {
            let path = &field.field.path;
            let same = told.field_named("customers.parquet", path);
            assert_eq!(sorted(&same.values), sorted(&field.values), "{name} {path}");
            assert_eq!((same.count, same.nulls), (12, 0), "{name} {path}");
        }
    }
}

#[test]
fn values_are_those_of_the_same_people_as_csv() {
    let (told, _) = read(bytes("formats/customers.parquet"));
    let csv = bytes("formats/customers.csv");
    let text = String::from_utf8(csv).expect("UTF-8");
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    for (at, name) in names.iter().enumerate() {
        let expected: Vec<String> = rows.iter().map(|row| row[at].to_owned()).collect();
        let values = &told.field_named("customers.parquet", name).values;
        assert_eq!(sorted(values), sorted(&expected), "{name}");
    }
}

#[test]
fn row_groups_are_read_apart_and_together_tell_the_same() {
    let file = path("sources/parquet/customers.parquet");
    let input = Input::file("customers.parquet", file).expect("readable");
    let budget = Budget {
        split_bytes: 1,
        ..Budget::default()
    };
    let splits = READER.plan(&input, &budget).expect("planned");
    assert_eq!(splits.len(), 3);
    let mut all = Recording::default();
    for split in &splits {
        READER.read(&input, split, &budget, &mut all).expect("read");
    }
    let (whole, _) = read(bytes("sources/parquet/customers.parquet"));
    assert_eq!(all.lines(), whole.lines());
}

#[test]
fn a_sample_reads_dictionaries_and_says_what_it_may_hide() {
    let mut file = std::io::Cursor::new(bytes("sources/parquet/customers.parquet"));
    let footer = footer::read(&mut file).expect("a footer");
    let plan = Plan {
        is_full: false,
        values: 2,
    };
    let coverage = plan.coverage(&footer);
    let reason = coverage.reason().expect("a sample says so");
    assert!(reason.contains("complete dictionaries"), "{reason}");
    assert!(reason.contains("--full reads all"), "{reason}");
    let email = footer.leaves.iter().position(|leaf| leaf.path == "email");
    let (email, mut sink) = (email.expect("a column"), Recording::default());
    let dataset = sink.dataset(Dataset::default());
    let field = sink.field(dataset, Field::named("email"));
    let chunk = &footer.groups[0][email];
    assert_eq!(plan.extent(chunk), Extent::Dictionary);
    let leaf = &footer.leaves[email];
    column::read(leaf, chunk, Extent::Dictionary, &mut file, field, &mut sink).expect("read");
    assert_eq!(sink.field_named("", "email").count, 5);
}

#[test]
fn the_age_of_columns_stands_in_the_statistics() {
    let (told, _) = read(bytes("sources/parquet/customers.parquet"));
    let created = &told.field_named("customers.parquet", "created_at").field;
    let ends = created.extent.as_ref().expect("each row group tells");
    assert_eq!(ends.oldest, "2024-01-03");
    assert_eq!(ends.newest, "2024-12-03");
    let dataset = &told.dataset_named("customers.parquet").dataset;
    assert_eq!(dataset.rows_counted, Some(12));
}

#[test]
fn what_is_encrypted_is_told() {
    let (_, outcome) = read(bytes("broken/locked-footer.parquet"));
    let error = outcome.expect_err("nothing can be read").to_string();
    assert!(error.contains("encrypted"), "{error}");
    let (told, outcome) = read(bytes("broken/locked-columns.parquet"));
    let coverage = outcome.expect("other columns are read").coverage;
    let reason = coverage.reason().expect("told");
    assert!(
        reason.contains("column email") && reason.contains("encrypted"),
        "{reason}"
    );
    assert_eq!(told.field_named("customers.parquet", "email").count, 0);
}

#[test]
fn damage_of_any_byte_ends_with_a_reason_or_values() {
    for name in [
        "formats/customers.parquet",
        "variants/delta.parquet",
        "variants/plain.parquet",
    ] {
        let whole = bytes(name);
        for cut in [0, 3, 11, whole.len() / 2, whole.len() - 1] {
            assert!(
                read(whole[..cut].to_vec()).1.is_err(),
                "{name} cut at {cut}"
            );
        }
        // No byte makes it panic, loop or take more memory than a page may.
        for at in 0..whole.len() {
            let mut hostile = whole.clone();
            hostile[at] ^= 0xff;
            let _ = read(hostile);
        }
    }
    let mut claims = bytes("formats/customers.parquet");
    let at = claims.len() - 8;
    claims[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let error = read(claims).1.expect_err("a damaged footer").to_string();
    assert!(error.contains("footer is damaged"), "{error}");
}
