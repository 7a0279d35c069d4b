//! Results kept from run to run: the same bytes with and without, whatever happened to the cache; no values in it.

mod support;

use std::path::Path;
use std::process::Output;
use support::{copy_fixture, ropa, write};

fn tree() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy_fixture("projects", folder.path());
    write(
        folder.path(),
        "exports/customers.csv",
        "name,email\nJane Roe,jane.roe@example.com\n".repeat(50),
    );
    write(
        folder.path(),
        "logs/app.log",
        "10:00:00 mail to jane.roe@example.com from 192.0.2.7\n".repeat(50),
    );
    folder
}

fn scan(folder: &Path, more: &[&str]) -> Output {
    let mut arguments = vec!["scan", ".", "--format", "json", "--all-fields"];
    arguments.extend(more);
    ropa(folder, &arguments)
}

#[test]
fn the_same_bytes_with_and_without_a_cache() {
    let (folder, kept) = (tree(), tempfile::tempdir().expect("a temporary folder"));
    let file = kept.path().join("cache").display().to_string();
    let without = scan(folder.path(), &[]).stdout;
    for run in ["first", "second"] {
        let with = scan(folder.path(), &["--cache", &file]);
        assert!(with.stdout == without, "the {run} run differs");
        assert!(
            with.stderr.is_empty(),
            "{}",
            String::from_utf8_lossy(&with.stderr)
        );
    }
    // A result that is kept is used: one that was changed, with its checksum, would be seen.
    let text = std::fs::read_to_string(&file).expect("written");
    assert!(text.contains("exports/customers.csv") && !text.contains("jane.roe"));
    let same = scan(folder.path(), &["--cache", &file]);
    assert!(same.stdout == without);
    assert_eq!(std::fs::read_to_string(&file).expect("written"), text);
    write(
        folder.path(),
        "exports/customers.csv",
        "name,phone\nJane,+1 202 555 0143\n".repeat(9),
    );
    let changed = scan(folder.path(), &["--cache", &file]).stdout;
    assert!(changed == scan(folder.path(), &[]).stdout && changed != without);
    let options = scan(folder.path(), &["--cache", &file, "--all-spans"]);
    assert!(String::from_utf8_lossy(&options.stderr).contains("other options"));
    assert!(options.stdout == scan(folder.path(), &["--all-spans"]).stdout);
}

#[test]
fn a_cache_inside_the_tree_is_no_source_of_it() {
    let folder = tree();
    let without = scan(folder.path(), &[]).stdout;
    for _ in 0..2 {
        assert!(scan(folder.path(), &["--cache", "."]).stdout == without);
    }
    assert!(folder.path().join("ropa-cache.jsonl").is_file());
}

#[test]
fn a_damaged_or_foreign_cache_is_left_aside_with_a_note() {
    let (folder, kept) = (tree(), tempfile::tempdir().expect("a temporary folder"));
    let path = kept.path().join("cache");
    let file = path.display().to_string();
    let without = scan(folder.path(), &[]).stdout;
    scan(folder.path(), &["--cache", &file]);
    let good = std::fs::read(&path).expect("written");
    let mut flipped = good.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    let broken: [&[u8]; 5] = [
        b"name,email\n",
        b"\xff\xfe\0",
        &good[..good.len() / 3],
        &flipped,
        b"ropa-cache/1 0000\n",
    ];
    for bytes in broken {
        std::fs::write(&path, bytes).expect("writable");
        let with = scan(folder.path(), &["--cache", &file]);
        assert!(with.stdout == without);
        assert!(String::from_utf8_lossy(&with.stderr).contains("is not used"));
        assert_eq!(std::fs::read(&path).expect("written"), good);
    }
    let nowhere = scan(folder.path(), &["--cache", "/dev/null/cache"]);
    assert!(nowhere.stdout == without);
    assert!(!nowhere.stderr.is_empty());
}

#[test]
fn runs_at_the_same_time_leave_a_whole_cache() {
    let (folder, kept) = (tree(), tempfile::tempdir().expect("a temporary folder"));
    let file = kept.path().join("cache").display().to_string();
    let without = scan(folder.path(), &[]).stdout;
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| scan(folder.path(), &["--cache", &file]).stdout))
            .collect();
        for run in runs {
            assert!(run.join().expect("it ran") == without);
        }
    });
    let after = scan(folder.path(), &["--cache", &file]);
    assert!(after.stdout == without && after.stderr.is_empty());
    let left = std::fs::read_dir(kept.path()).expect("readable").count();
    assert_eq!(left, 1, "something was left beside the cache");
}
