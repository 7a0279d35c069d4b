//! Broken input: the run completes, says what was not read and why, and ends with the exit code of the formats.

mod support;

use serde_json::Value;
use std::path::Path;
use support::{copy_fixture, ropa, stdout, write};

/// The sources of a scan by name, and its exit code.
fn scan(folder: &Path) -> (Vec<Value>, Option<i32>) {
    let output = ropa(folder, &["scan", ".", "--format", "json", "-q"]);
    let inventory: Value =
        serde_json::from_str(&stdout(&output)).expect("the inventory is whole JSON");
    (
        inventory["sources"].as_array().expect("sources").clone(),
        output.status.code(),
    )
}

fn coverage(sources: &[Value], name: &str) -> (String, String) {
    let source = sources
        .iter()
        .find(|s| s["source"] == name)
        .unwrap_or_else(|| panic!("{name} is not listed"));
    let text = |key: &str| source[key].as_str().unwrap_or_default().to_owned();
    (text("coverage"), text("reason"))
}

#[test]
fn binary_files_are_skipped_and_do_not_fail_the_run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), "a.bin", [0_u8, 1, 2, 3, 0, 255].repeat(100));
    write(folder.path(), "b.txt", "write to jane@example.com\n");
    let (sources, code) = scan(folder.path());
    let (kind, reason) = coverage(&sources, "a.bin");
    assert_eq!(kind, "skipped");
    assert!(reason.contains("binary"), "{reason}");
    assert_eq!(coverage(&sources, "b.txt").0, "whole");
    assert_eq!(code, Some(0));
}

#[test]
fn truncated_compressed_files_are_partial_and_give_what_could_be_read() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = "2026-10-10 10:00:00 mail to jane@example.com from 192.0.2.7\n".repeat(20_000);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, text.as_bytes()).expect("memory takes all");
    let packed = packed.finish().expect("memory takes all");
    write(folder.path(), "app.log.gz", &packed[..packed.len() / 2]);
    write(folder.path(), "whole.log.gz", &packed);
    let (sources, code) = scan(folder.path());
    assert_eq!(coverage(&sources, "app.log.gz").0, "partial");
    assert_eq!(coverage(&sources, "whole.log.gz").0, "whole");
    assert_eq!(code, Some(3));
}

#[test]
fn nul_bytes_deep_nesting_and_long_lines_end_with_a_reason_or_whole() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(
        folder.path(),
        "nul.csv",
        "name,email\nJane,jane@example.com\n\0\0\0,\0\nJoe,joe@example.com\n".repeat(50),
    );
    write(folder.path(), "deep.json", "[".repeat(100_000));
    write(
        folder.path(),
        "deep.jsonl",
        format!("{}\n", "{\"a\":".repeat(20_000)),
    );
    write(
        folder.path(),
        "deep.sql",
        format!(
            "CREATE TABLE t (a int CHECK {}1{});\n",
            "(".repeat(50_000),
            ")".repeat(50_000)
        ),
    );
    write(
        folder.path(),
        "long.log",
        "x".repeat(8 << 20) + " jane@example.com\n",
    );
    write(
        folder.path(),
        "long.csv",
        format!("a,b\n\"{}\",2\n", "y".repeat(8 << 20)),
    );
    write(folder.path(), "empty.csv", "");
    write(folder.path(), "empty.sql", "");
    write(folder.path(), "quote.csv", "a,b\n\"never closed,1\n2,3\n");
    write(
        folder.path(),
        "latin.txt",
        b"caf\xe9 \xff\xfe jane@example.com\n",
    );
    let (sources, code) = scan(folder.path());
    assert_eq!(sources.len(), 10);
    assert!(matches!(code, Some(0 | 3)), "{code:?}");
    for source in sources {
        let is_whole = source["coverage"] == "whole";
        assert!(
            is_whole || source["reason"].is_string(),
            "{source} has no reason"
        );
    }
}

#[test]
fn broken_and_locked_tables_are_told_with_a_reason_each() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy_fixture("broken", folder.path());
    let formats = tempfile::tempdir().expect("a temporary folder");
    copy_fixture("formats", formats.path());
    for entry in std::fs::read_dir(formats.path())
        .expect("readable")
        .flatten()
    {
        let bytes = std::fs::read(entry.path()).expect("readable");
        let name = entry.file_name().to_string_lossy().into_owned();
        write(
            folder.path(),
            &format!("cut-{name}"),
            &bytes[..bytes.len() * 2 / 3],
        );
        write(
            folder.path(),
            &format!("cut-early-{name}"),
            &bytes[..bytes.len().min(11)],
        );
    }
    write(folder.path(), "deep.xml", "<a>".repeat(10_000));
    write(
        folder.path(),
        "deep/fixtures/deep.yaml",
        format!("- a: {}", "[".repeat(10_000)),
    );
    write(
        folder.path(),
        "deep/fixtures/deep.toml",
        format!("a = {}", "[".repeat(10_000)),
    );
    write(
        folder.path(),
        "nul.xml",
        "<r><p><n>a\0b</n></p><p><n>c</n></p></r>",
    );
    write(
        folder.path(),
        "named.xlsx",
        "id,email\n1,jane@example.com\n",
    );
    write(
        folder.path(),
        "named.parquet",
        "id,email\n1,jane@example.com\n",
    );
    let (sources, code) = scan(folder.path());
    assert_eq!(code, Some(3));
    for source in &sources {
        let is_whole = source["coverage"] == "whole";
        assert!(
            is_whole || source["reason"].is_string(),
            "{source} has no reason"
        );
    }
    for (name, words) in [
        ("locked.xlsx", "protected by a password"),
        ("locked-footer.parquet", "footer is encrypted"),
        (
            "locked-columns.parquet",
            "column email were not read: they are encrypted",
        ),
        ("cut-customers.parquet", "the footer is missing"),
        ("cut-customers.xlsx", "ZIP package is damaged"),
        ("cut-customers.avro", "breaks off"),
        ("cut-customers.bson", "breaks off"),
        ("cut-customers.xml", "what stands before was read"),
        ("cut-customers.arrow", "rows before it were read"),
        ("deep.xml", "nested deeper"),
        ("named.parquet", "not readable as Parquet"),
    ] {
        let (kind, reason) = coverage(&sources, name);
        assert!(kind == "failed" || kind == "partial", "{name} is {kind}");
        assert!(reason.contains(words), "{name}: {reason}");
    }
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in entries {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(*name, options).expect("a name");
        std::io::Write::write_all(&mut writer, content).expect("memory takes all");
    }
    writer.finish().expect("memory takes all").into_inner()
}

#[test]
fn archives_that_are_bombs_cut_off_or_locked_have_a_reason_and_give_what_is_there() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let rows = "name,email\nJane,jane@example.com\n".repeat(20);
    let zeros = vec![b'a'; 40 << 20];
    write(
        folder.path(),
        "bomb.zip",
        zip(&[("a.csv", rows.as_bytes()), ("b.txt", &zeros)]),
    );
    // Each layer stays below what one may unpack; together they do not.
    let layer = zip(&[("zeros.txt", &zeros[..9 << 20])]);
    let many: Vec<(String, &[u8])> = (0..50)
        .map(|at| (format!("{at}.zip"), layer.as_slice()))
        .collect();
    let many: Vec<(&str, &[u8])> = many
        .iter()
        .map(|(name, bytes)| (name.as_str(), *bytes))
        .collect();
    write(folder.path(), "nested.zip", zip(&[("in.zip", &zip(&many))]));
    let mut deep = rows.clone().into_bytes();
    for _ in 0..8 {
        deep = zip(&[("in.zip", &deep)]);
    }
    write(folder.path(), "deep.zip", &deep);
    let two = zip(&[("a.csv", rows.as_bytes()), ("b.csv", rows.as_bytes())]);
    write(folder.path(), "cut.zip", &two[..two.len() - 60]);
    let mut locked = two.clone();
    let entry = memchr::memmem::find(&two, b"PK\x01\x02").expect("a directory");
    locked[entry + 8] |= 1;
    write(folder.path(), "locked.zip", &locked);
    write(folder.path(), "no.zip", b"PK\x03\x04 and nothing more");
    write(folder.path(), "no.pdf", b"%PDF-1.7\nand nothing more");
    write(
        folder.path(),
        "locked.docx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0",
    );
    let (sources, code) = scan(folder.path());
    assert_eq!(code, Some(3));
    let is = |name: &str, kind: &str, why: &str| {
        let (coverage, reason) = coverage(&sources, name);
        assert_eq!(coverage, kind, "{name}: {reason}");
        assert!(reason.contains(why), "{name}: {reason}");
    };
    is("bomb.zip", "partial", "decompression bomb");
    is("bomb.zip!/a.csv", "whole", "");
    is("bomb.zip!/b.txt", "partial", "decompression bomb");
    is("nested.zip!/in.zip", "partial", "decompression bomb");
    is(
        "deep.zip!/in.zip!/in.zip!/in.zip!/in.zip!/in.zip",
        "partial",
        "4 deep",
    );
    is("cut.zip", "partial", "directory");
    is("cut.zip!/a.csv", "whole", "");
    is("locked.zip!/a.csv", "failed", "password");
    is("locked.zip!/b.csv", "whole", "");
    is("no.zip", "failed", "no entries");
    is("no.pdf", "failed", "damaged");
    is("locked.docx", "failed", "password");
    let read = sources.iter().filter(|s| s["coverage"] == "whole").count();
    assert!(read < 40, "{read} sources were read of bombs");
}

#[cfg(unix)]
#[test]
fn a_folder_without_permission_is_failed_and_the_rest_is_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), "open.txt", "write to jane@example.com\n");
    write(folder.path(), "closed/secret.txt", "nobody may read this\n");
    let closed = folder.path().join("closed");
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).expect("it is ours");
    let is_root = std::fs::read_dir(&closed).is_ok();
    let (sources, code) = scan(folder.path());
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
    assert_eq!(coverage(&sources, "open.txt").0, "whole");
    // Root reads everything: there is nothing to refuse it.
    if !is_root {
        assert_eq!(coverage(&sources, "closed").0, "failed");
        assert_eq!(code, Some(3));
    }
}

#[test]
fn usage_errors_end_with_two_and_say_what_to_do() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for arguments in [
        vec!["scan", "missing.csv"],
        vec!["scan", ".", "--format", "word"],
        vec!["scan", "--colour"],
        vec!["merge", "none.json"],
    ] {
        let output = ropa(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            !output.stderr.is_empty() && output.stdout.is_empty(),
            "{arguments:?}"
        );
    }
}

#[test]
fn nothing_half_written_is_left() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), "a.txt", "jane@example.com\n");
    let output = ropa(
        folder.path(),
        &["scan", "a.txt", "-o", "no/such/folder/i.json"],
    );
    assert_eq!(output.status.code(), Some(2));
    let output = ropa(folder.path(), &["scan", "a.txt", "-o", "i.json"]);
    assert_eq!(output.status.code(), Some(0));
    let mut names: Vec<_> = std::fs::read_dir(folder.path())
        .expect("readable")
        .flatten()
        .map(|e| e.file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["a.txt", "i.json"]);
}
