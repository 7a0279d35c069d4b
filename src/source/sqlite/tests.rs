//! SQLite files made by the tests: what is told of them, and that nothing is written beside them.

use super::*;
use crate::source::recording::Recording;
use rusqlite::Connection;
use std::io::Read as _;
use std::path::Path;

fn made(folder: &Path, statements: &str) -> std::path::PathBuf {
    let path = folder.join("shop.db");
    let connection = Connection::open(&path).expect("a new file");
    connection
        .execute_batch(statements)
        .expect("valid statements");
    connection.close().expect("closed");
    path
}

fn told(path: &Path, budget: &Budget) -> (Recording, Outcome) {
    let input = Input::file("shop.db", path).expect("readable");
    assert_eq!(
        crate::source::choose(&input).map(Reader::format),
        Some("sqlite")
    );
    let mut sink = Recording::default();
    let outcome = READER
        .read(&input, &Split::whole(), budget, &mut sink)
        .expect("a SQLite file");
    (sink, outcome)
}

#[test]
fn the_ddl_as_written_and_the_rows_are_told() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = made(
        folder.path(),
        "CREATE TABLE users (id INTEGER PRIMARY KEY,
           mail TEXT NOT NULL, -- @pii contact.email
           photo BLOB, meta JSON);
         ALTER TABLE users ADD COLUMN fax TEXT;
         CREATE TABLE notes (user_id INTEGER REFERENCES users(id), body) ;
         CREATE VIEW mails AS SELECT mail FROM users;
         INSERT INTO users VALUES (1, 'ana@example.com', x'00ff', '{\"phone\":{\"home\":\"555-0100\"}}', NULL);",
    );
    let (sink, outcome) = told(&path, &Budget::default());
    assert_eq!(outcome.coverage.id(), "whole");
    let names: Vec<&str> = sink
        .datasets
        .iter()
        .map(|d| d.dataset.name.as_str())
        .collect();
    assert_eq!(names, ["mails", "notes", "users"]);
    assert_eq!(
        sink.paths("users"),
        ["id", "mail", "photo", "meta", "fax", "meta.phone.home"]
    );
    let mail = sink.field_named("users", "mail");
    assert_eq!(mail.field.comment.as_deref(), Some("@pii contact.email"));
    assert_eq!(mail.values, ["ana@example.com"]);
    assert_eq!(sink.field_named("users", "photo").count, 0);
    assert_eq!(
        sink.field_named("users", "meta.phone.home").values,
        ["555-0100"]
    );
    assert!(sink.field_named("users", "id").field.primary_key);
    let reference = sink
        .field_named("notes", "user_id")
        .field
        .references
        .clone();
    assert_eq!(reference.map(|r| r.dataset).as_deref(), Some("users"));
}

#[test]
fn large_tables_are_sampled_from_the_first_to_the_last_row() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = made(
        folder.path(),
        "CREATE TABLE events (id INTEGER PRIMARY KEY, created_at TEXT);
         CREATE INDEX events_created ON events (created_at);
         CREATE TABLE keyed (k TEXT PRIMARY KEY, v INTEGER) WITHOUT ROWID;
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
           INSERT INTO events SELECT i, date('2020-01-01', '+' || i || ' days') FROM n;
         INSERT INTO keyed SELECT 'k' || id, id FROM events;",
    );
    let budget = Budget {
        sample_rows: 100,
        ..Budget::default()
    };
    let (sink, outcome) = told(&path, &budget);
    let reason = outcome.coverage.reason().expect("a sample says so");
    assert_eq!(outcome.coverage.id(), "sampled");
    assert!(reason.contains("events 100 of about 5000 rows"), "{reason}");
    let ids = &sink.field_named("events", "id").values;
    assert_eq!(
        (ids.first().map(String::as_str), ids.len()),
        (Some("1"), 100)
    );
    assert!(ids.contains(&"5000".to_owned()));
    assert_eq!(sink.field_named("keyed", "v").count, 100);
    let extent = sink
        .field_named("events", "created_at")
        .field
        .extent
        .clone();
    assert_eq!(extent.map(|e| e.newest).as_deref(), Some("2033-09-09"));
    let full = Budget {
        full: true,
        ..budget
    };
    let (sink, outcome) = told(&path, &full);
    assert_eq!(outcome.coverage.id(), "whole");
    assert_eq!(sink.field_named("events", "id").count, 5_000);
}

#[test]
fn nothing_is_written_beside_a_file_with_a_write_ahead_log() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = made(
        folder.path(),
        "PRAGMA journal_mode = WAL; CREATE TABLE a (b TEXT); INSERT INTO a VALUES ('x');",
    );
    let before = std::fs::read(&path).expect("readable");
    let (sink, _) = told(&path, &Budget::default());
    assert_eq!(sink.field_named("a", "b").values, ["x"]);
    assert_eq!(
        std::fs::read_dir(folder.path()).expect("a folder").count(),
        1
    );
    assert_eq!(std::fs::read(&path).expect("readable"), before);
}

#[test]
fn a_damaged_file_is_an_error_of_our_own() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("shop.db");
    let mut bytes = MAGIC.to_vec();
    bytes.extend([b'x'; 4096]);
    std::fs::write(&path, bytes).expect("writable");
    let input = Input::file("shop.db", &path).expect("readable");
    let mut sink = Recording::default();
    let error = READER.read(&input, &Split::whole(), &Budget::default(), &mut sink);
    let error = error.expect_err("it is damaged").to_string();
    assert!(error.starts_with("not readable as SQLite"), "{error}");
}

/// What is told of bytes that are no file of their own.
fn told_of_bytes(name: &str, bytes: Vec<u8>) -> Result<(Recording, Outcome), SourceError> {
    let stream = Box::new(std::io::Cursor::new(bytes));
    let input = Input::stream(name, stream).expect("readable");
    assert_eq!(
        crate::source::choose(&input).map(Reader::format),
        Some("sqlite")
    );
    let mut sink = Recording::default();
    let outcome = READER.read(&input, &Split::whole(), &Budget::default(), &mut sink)?;
    Ok((sink, outcome))
}

#[test]
fn bytes_that_are_no_file_of_their_own_are_read_in_memory() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = made(
        folder.path(),
        "PRAGMA journal_mode = WAL;
         CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT, note TEXT);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)
           INSERT INTO users SELECT i, 'ana' || i || '@example.com', hex(zeroblob(1000)) FROM n;",
    );
    let bytes = std::fs::read(&path).expect("readable");
    assert!(bytes.len() > 1 << 20, "more than one chunk");
    let (sink, outcome) = told_of_bytes("shop.db", bytes.clone()).expect("a SQLite file");
    assert_eq!(outcome.coverage.id(), "whole");
    let mails = &sink.field_named("users", "mail").values;
    assert_eq!(mails.len(), 900);
    assert_eq!(mails.last().map(String::as_str), Some("ana900@example.com"));

    let cut = told_of_bytes("shop.db", bytes[..bytes.len() / 2].to_vec());
    let damage = match &cut {
        Ok((_, outcome)) => outcome.coverage.reason().unwrap_or_default().to_owned(),
        Err(error) => error.to_string(),
    };
    assert!(damage.contains("it is damaged"), "{damage}");
}

#[test]
fn more_bytes_than_the_limit_are_refused_with_the_reason() {
    let of = |bytes: usize, limit: u64| {
        let stream = Box::new(std::io::repeat(b'x').take(bytes as u64));
        let input = Input::stream("shop.db", stream).expect("readable");
        file::Chunks::of(&input, limit)
    };
    assert!(of(3 << 20, 3 << 20).is_ok());
    let error = of((3 << 20) + 1, 3 << 20).err().expect("it is too large");
    assert!(
        error.to_string().contains("a database of more than 3 MiB"),
        "{error}"
    );
    let known = Input::bytes("shop.db", vec![0_u8; 100]).expect("readable");
    assert!(file::Chunks::of(&known, 99).is_err());
}
