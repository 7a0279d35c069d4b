//! What others say of the register's documents: fideslang's models of the Fides YAML, the rules of the package format of the
//! workbooks. python3 with the packages of `scripts/oracles.txt`; ROPA_WITHOUT_ORACLE=1 does without.

use ropa::report::profile;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn has_oracle() -> bool {
    std::env::var_os("ROPA_WITHOUT_ORACLE").is_none_or(|value| value != "1")
}

/// The python of the oracles' environment, else the one on the path.
fn python() -> PathBuf {
    let own = root().join("target/oracles/bin/python");
    if own.is_file() { own } else { "python3".into() }
}

fn ask(script: &str, file: &Path) -> Output {
    Command::new(python())
        .arg(root().join("tests/oracle").join(script))
        .arg(file)
        .output()
        .expect(
            "python3 is needed: scripts/setup installs it; ROPA_WITHOUT_ORACLE=1 skips this test",
        )
}

fn told(out: &Output) -> String {
    let text = [out.stdout.as_slice(), out.stderr.as_slice()].concat();
    String::from_utf8_lossy(&text).into_owned()
}

fn inventory(example: &str, folder: &Path) -> PathBuf {
    let file = folder.join(format!("{example}.json"));
    ropa(
        example,
        &["scan", ".", "-o", &format!("json={}", file.display())],
    );
    file
}

fn ropa(example: &str, args: &[&str]) {
    let run = Command::new(env!("CARGO_BIN_EXE_ropa"))
        .args(["-q", "--as-of", "2026-11-22"])
        .args(args)
        .current_dir(root().join("fixtures/projects").join(example))
        .output()
        .expect("ropa runs");
    assert!(run.status.success(), "{args:?}: {}", told(&run));
}

#[test]
fn fideslang_accepts_the_register_of_every_example() {
    if !has_oracle() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    for example in ["construction", "marketplace", "mail_addin", "portfolio"] {
        let file = folder.path().join(format!("{example}.yml"));
        ropa(
            example,
            &["register", ".", "-o", &format!("fides={}", file.display())],
        );
        let verdict = ask("fides.py", &file);
        assert!(verdict.status.success(), "{example}: {}", told(&verdict));
        let counts = told(&verdict);
        let counts: Vec<usize> = counts
            .split_whitespace()
            .filter_map(|n| n.parse().ok())
            .collect();
        assert!(
            counts.len() == 3 && counts.iter().all(|n| *n > 0),
            "{example}: datasets, systems, declarations {counts:?}"
        );
    }
    // The oracle can say no.
    let bad = folder.path().join("bad.yml");
    std::fs::write(
        &bad,
        "dataset: []\nsystem: [{fides_key: 'a b', system_type: x, privacy_declarations: []}]\n",
    )
    .expect("written");
    assert!(!ask("fides.py", &bad).status.success());
}

#[test]
fn workbooks_of_every_layout_keep_the_rules_of_their_format() {
    if !has_oracle() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let inventory = inventory("construction", folder.path());
    for profile in profile::all() {
        let file = folder.path().join(format!("{}.xlsx", profile.id));
        let from = inventory.display().to_string();
        let output = format!("xlsx={}", file.display());
        ropa(
            "construction",
            &[
                "register",
                "--inventory",
                &from,
                "--profile",
                &profile.id,
                "-o",
                &output,
            ],
        );
        let verdict = ask("workbook.py", &file);
        assert!(
            verdict.status.success(),
            "{}: {}",
            profile.id,
            told(&verdict)
        );
    }
}
