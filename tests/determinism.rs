//! The same input gives the same bytes, at any number of threads and however often it is run.

mod support;

use support::{copy_fixture, ropa, write};

/// A tree with every example system.
fn examples() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy_fixture("projects", folder.path());
    folder
}

#[test]
fn the_same_bytes_at_any_number_of_threads() {
    let folder = examples();
    for format in ["json", "jsonl", "csv", "md", "text"] {
        let run = |threads: &str| {
            let arguments = [
                "scan",
                ".",
                "--threads",
                threads,
                "--format",
                format,
                "--all-fields",
            ];
            ropa(folder.path(), &arguments).stdout
        };
        let one = run("1");
        assert!(!one.is_empty());
        assert!(one == run("5"), "{format} differs at 5 threads");
    }
}

#[test]
fn one_large_file_gives_the_same_bytes_in_splits_at_any_number_of_threads() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let line = "10:00:00 info mail to jane@example.com from 192.0.2.7 order 48213 done in 3 ms, nothing else to say here\n";
    // A little more than one split.
    write(
        folder.path(),
        "large.log",
        line.repeat((17 << 20) / line.len()),
    );
    let run = |threads: &str| {
        ropa(
            folder.path(),
            &["scan", ".", "--threads", threads, "--format", "json"],
        )
        .stdout
    };
    let one = run("1");
    assert!(!one.is_empty());
    assert!(one == run("3"), "it differs at 3 threads");
}

#[test]
fn an_archive_in_splits_gives_the_same_bytes_at_any_number_of_threads() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for at in 0..40 {
        let row = format!("Jane Roe,jane{at}@example.com,{}\n", "x".repeat(60));
        let name = format!("{}.csv", at % 30);
        let start = archive.start_file(&name, options);
        if start.is_err() {
            archive
                .start_file(format!("again/{name}"), options)
                .expect("a name");
        }
        let content = format!("name,email,note\n{}", row.repeat(12_000));
        std::io::Write::write_all(&mut archive, content.as_bytes()).expect("memory takes all");
    }
    let archive = archive.finish().expect("memory takes all").into_inner();
    write(folder.path(), "large.zip", archive);
    let run = |threads: &str| {
        ropa(
            folder.path(),
            &["scan", ".", "--threads", threads, "--format", "json"],
        )
        .stdout
    };
    let one = run("1");
    assert!(memchr::memmem::find(&one, b"large.zip!/again/0.csv").is_some());
    assert!(one == run("4"), "it differs at 4 threads");
}

#[test]
fn a_scan_in_shards_merges_to_the_bytes_of_one_run() {
    let folder = examples();
    let whole = ropa(folder.path(), &["scan", ".", "--format", "json"]).stdout;
    let out = tempfile::tempdir().expect("a temporary folder");
    let part = |i: usize| out.path().join(format!("{i}.json")).display().to_string();
    for i in 1..=3 {
        let shard = format!("{i}/3");
        let run = ropa(
            folder.path(),
            &["scan", ".", "--shard", &shard, "-o", &part(i), "-q"],
        );
        assert_eq!(run.status.code(), Some(0));
    }
    let merged = |parts: &[usize]| {
        let files: Vec<String> = parts.iter().map(|i| part(*i)).collect();
        let mut arguments = vec!["merge"];
        arguments.extend(files.iter().map(String::as_str));
        ropa(folder.path(), &arguments)
    };
    assert!(
        whole == merged(&[1, 2, 3]).stdout,
        "merged shards differ from one run"
    );
    assert!(
        whole == merged(&[3, 1, 2, 1]).stdout,
        "order or repetition of shards matters"
    );
    let missing = merged(&[1, 3]);
    assert_eq!(missing.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("part 2 of 3 is missing"));
}
