//! One scan over a folder with a file of every format and the live databases: one inventory,
//! in which each of them is a source that was read or says why not.
#![cfg(all(
    unix,
    feature = "postgres",
    feature = "mysql",
    feature = "sqlite",
    feature = "redis"
))]

mod support;

use ropa::source::READERS;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use support::servers::{Server, are_left_out};
use support::{copy_fixture, ropa, stdout, write};

/// A file of each format, and what cannot be kept as a fixture.
fn one_of_each(folder: &Path) {
    copy_fixture("sources", folder);
    copy_fixture("formats", &folder.join("formats"));
    copy_fixture("documents", &folder.join("documents"));
    write(folder, "cannot/a.parquet", "PAR1 but no footer");
    write(folder, "cannot/b.bin", [0_u8; 64]);
    let store = rusqlite::Connection::open(folder.join("store.db")).expect("a new file");
    store
        .execute_batch(
            "CREATE TABLE member (email text); INSERT INTO member VALUES ('ana@example.com');",
        )
        .expect("valid statements");
}

/// The files that a scan of the folder has to tell of.
fn files(folder: &Path) -> BTreeSet<String> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("the folder is readable"))
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let inside = entry.path().strip_prefix(folder).expect("found there");
            inside.to_string_lossy().into_owned()
        })
        .collect()
}

#[test]
fn one_inventory_of_every_format_and_three_servers() {
    if are_left_out() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    one_of_each(folder.path());
    let (postgres, mariadb, redis) = (Server::postgres(), Server::mariadb(), Server::redis());
    postgres.psql("postgres", "CREATE TABLE lead (phone text)");
    mariadb.mariadb_sql("", "CREATE DATABASE shop");
    mariadb.mariadb_sql(
        "shop",
        "CREATE TABLE buyer (iban varchar(34)); CREATE USER reader@'127.0.0.1'; GRANT SELECT ON shop.* TO reader@'127.0.0.1'",
    );
    redis.redis_commands("HSET user:1 email ana@example.com\nHSET user:2 email bob@example.com\n");
    let servers = [
        format!("postgres://postgres@127.0.0.1:{}/postgres", postgres.port),
        format!("mysql://reader@127.0.0.1:{}/shop", mariadb.port),
        format!("redis://127.0.0.1:{}/0", redis.port),
    ];
    let mut arguments = vec!["scan", ".", "-f", "jsonl", "--no-ignore", "-q"];
    arguments.extend(servers.iter().map(String::as_str));
    let output = ropa(folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(3), "two files cannot be read");
    let lines: Vec<Value> = stdout(&output)
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect();
    let sources: Vec<&Value> = lines.iter().filter(|l| l["kind"] == "source").collect();
    for source in &sources {
        let is_explained = source["coverage"] == "whole" || source["reason"].is_string();
        assert!(is_explained, "{source}");
    }
    let named = |name: &str| {
        let inside = format!("{name}!/");
        sources.iter().any(|source| {
            let source = source["source"].as_str().unwrap_or_default();
            source == name || source.starts_with(&inside)
        })
    };
    for file in files(folder.path()) {
        assert!(named(&file), "{file} is not in the inventory");
    }
    let read: BTreeSet<&str> = sources
        .iter()
        .filter(|source| source["coverage"] == "whole" || source["coverage"] == "sampled")
        .filter_map(|source| source["format"].as_str())
        .collect();
    let formats = READERS.iter().map(|reader| reader.format());
    let unread: Vec<&str> = formats.filter(|format| !read.contains(format)).collect();
    assert!(unread.is_empty(), "nothing was read as {unread:?}");
    for (dataset, data_type) in [
        ("public.lead", "contact.phone"),
        ("buyer", "financial.bank_account"),
        ("user:*", "contact.email"),
        ("member", "contact.email"),
    ] {
        let is_found = lines.iter().any(|line| {
            line["kind"] == "field" && line["dataset"] == dataset && line["data_type"] == data_type
        });
        assert!(is_found, "{dataset} holds no {data_type}");
    }
}
