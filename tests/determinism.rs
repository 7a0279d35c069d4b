//! The same input gives the same bytes, at any number of threads and however often it is run.

mod support;

use support::{copy_fixture, ropa, write};

/// A tree with every example system and a file large enough to be read in several splits.
fn tree() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy_fixture("projects", folder.path());
    let line = "ts=2026-10-10T10:00:00Z level=info msg=\"mail to jane@example.com\" ip=192.0.2.7 order=48213\n";
    write(folder.path(), "logs/large.log", line.repeat(400_000));
    folder
}

#[test]
fn the_same_bytes_at_any_number_of_threads() {
    let folder = tree();
    for format in ["json", "jsonl", "csv", "md", "text"] {
        let run = |threads: &str| {
            ropa(
                folder.path(),
                &[
                    "scan",
                    ".",
                    "--threads",
                    threads,
                    "--format",
                    format,
                    "--all-fields",
                ],
            )
            .stdout
        };
        let one = run("1");
        assert!(!one.is_empty());
        for threads in ["2", "7"] {
            assert!(one == run(threads), "{format} differs at {threads} threads");
        }
    }
}
