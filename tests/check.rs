//! `ropa check` as it is run: reports as golden files, baseline, git, exit codes.
//! `UPDATE=1 cargo test --test check` writes the golden files anew; read the change.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn ropa(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ropa"));
    command
        .current_dir(folder)
        .args(args)
        .args(["--as-of", "2026-11-20", "--color", "never"])
        .env_remove("GITHUB_STEP_SUMMARY")
        .env("COLUMNS", "100");
    command.output().expect("the binary runs")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("output is UTF-8")
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("it ends by itself")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("writable");
    for entry in fs::read_dir(from).expect("readable") {
        let entry = entry.expect("readable");
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("writable");
        }
    }
}

/// The fixture in a folder of its own, with a repository in it where one is asked for.
fn project(with_git: bool) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy(&root().join("fixtures/check"), folder.path());
    if with_git {
        git(folder.path(), &["init", "-q"]);
        commit(folder.path(), "first");
    }
    folder
}

fn git(folder: &Path, args: &[&str]) {
    let done = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=A", "-c", "user.email=a@example.com"])
        .args(args)
        .output()
        .expect("git runs");
    assert!(done.status.success(), "git {args:?}: {}", err(&done));
}

fn commit(folder: &Path, message: &str) {
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-q", "-m", message]);
}

fn replace(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).expect("readable");
    assert!(text.contains(from), "{} lacks {from}", file.display());
    fs::write(file, text.replacen(from, to, 1)).expect("writable");
}

fn new_rules(output: &Output) -> Vec<String> {
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let findings = document["findings"].as_array().expect("a list");
    findings
        .iter()
        .filter(|f| f["state"] == "new" && f["level"] != "note")
        .map(|f| {
            format!(
                "{} {}",
                f["rule"].as_str().unwrap_or(""),
                f["object"].as_str().unwrap_or("")
            )
        })
        .collect()
}

#[test]
fn every_report_is_as_it_was_read() {
    let folder = project(false);
    // A fixed inventory: what detection finds today is for its own tests to say.
    let golden = root().join("fixtures/reports/check");
    let inventory = golden.join("inventory.json").display().to_string();
    let mut wrong = Vec::new();
    for format in [
        "text",
        "json",
        "sarif",
        "gitlab",
        "github",
        "junit",
        "rdjson",
        "rdjsonl",
        "checkstyle",
        "md",
    ] {
        let done = ropa(
            folder.path(),
            &["check", "-q", "-f", format, "--inventory", &inventory],
        );
        assert_eq!(code(&done), 1, "{format}: {}", err(&done));
        let told = out(&done).replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
        for value in [
            "jo@example.com",
            "kim@example.org",
            "4111111111111111",
            "555-0100",
        ] {
            assert!(!told.contains(value), "{format} shows a value");
        }
        let file = golden.join(format!("findings.{format}"));
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&file, &told).expect("writable");
        }
        if fs::read_to_string(&file).unwrap_or_default() != told {
            wrong.push(format);
        }
    }
    assert!(
        wrong.is_empty(),
        "not as in fixtures/reports/check: {wrong:?}; UPDATE=1 writes them anew"
    );
}

#[test]
fn sarif_holds_to_its_published_schema() {
    if std::env::var_os("ROPA_WITHOUT_ORACLE").is_some_and(|value| value == "1") {
        return;
    }
    let folder = project(false);
    let done = ropa(folder.path(), &["baseline", "update", "db", "-q"]);
    assert_eq!(code(&done), 0, "{}", err(&done));
    for category in ["", "logical"] {
        let mut args = vec![
            "check",
            "-q",
            "-o",
            "sarif=out.sarif",
            "--sarif-category",
            "db",
        ];
        if category == "logical" {
            args.extend(["--sarif-fingerprint", "logical"]);
        }
        ropa(folder.path(), &args);
        let told = Command::new("python3")
            .arg(root().join("tests/oracle/validate.py"))
            .arg(root().join("fixtures/schemas/sarif-2.1.0.json"))
            .arg(folder.path().join("out.sarif"))
            .output()
            .expect("python3 with jsonschema is needed; ROPA_WITHOUT_ORACLE=1 skips this test");
        assert!(told.status.success(), "{}{}", out(&told), err(&told));
    }
}

#[test]
fn reviewdog_reports_hold_to_their_published_schemas() {
    if std::env::var_os("ROPA_WITHOUT_ORACLE").is_some_and(|value| value == "1") {
        return;
    }
    let folder = project(false);
    let here = folder.path();
    ropa(
        here,
        &[
            "check",
            "-q",
            "-o",
            "rdjson=out.rdjson",
            "-o",
            "rdjsonl=out.rdjsonl",
        ],
    );
    let lines = fs::read_to_string(here.join("out.rdjsonl")).expect("written");
    fs::write(
        here.join("line.json"),
        lines.lines().next().expect("a line"),
    )
    .expect("writable");
    for (schema, document) in [("rdjson", "out.rdjson"), ("rdjsonl", "line.json")] {
        let told = Command::new("python3")
            .arg(root().join("tests/oracle/validate.py"))
            .arg(root().join(format!("fixtures/schemas/{schema}.json")))
            .arg(here.join(document))
            .output()
            .expect("python3 with jsonschema is needed; ROPA_WITHOUT_ORACLE=1 skips this test");
        assert!(told.status.success(), "{}{}", out(&told), err(&told));
    }
}

#[test]
fn gitlab_gets_what_its_documentation_asks_for() {
    let folder = project(false);
    let done = ropa(folder.path(), &["check", "-q", "-f", "gitlab"]);
    let report: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON");
    let findings = report.as_array().expect("a list");
    let mut fingerprints = std::collections::BTreeSet::new();
    for finding in findings {
        let text = |key: &str| finding[key].as_str().expect("a text").to_owned();
        assert!(!text("description").is_empty() && !text("check_name").is_empty());
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&&*text("severity")));
        assert!(
            fingerprints.insert(text("fingerprint")),
            "GitLab shows only one of two"
        );
        let path = finding["location"]["path"].as_str().expect("a path");
        assert!(!path.starts_with("./") && !path.starts_with('/'), "{path}");
        assert!(
            finding["location"]["lines"]["begin"]
                .as_u64()
                .is_some_and(|n| n > 0)
        );
    }
    assert!(!findings.is_empty());
}

#[test]
fn every_rule_finds_what_its_page_shows() {
    for rule in ropa::check::rule::all() {
        let Some(example) = &rule.example else {
            assert_eq!(rule.id, "refuted", "every rule has an example");
            continue;
        };
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (file, text) in &example.files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
            fs::write(path, text).expect("writable");
        }
        let done = ropa(folder.path(), &["check", ".", "-q", "-f", "json"]);
        let document: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON");
        let findings = document["findings"].as_array().expect("a list");
        let found = findings
            .iter()
            .find(|f| f["rule"] == example.finds.as_str());
        let found = found.unwrap_or_else(|| panic!("{}: {document:#}", rule.id));
        // What is found can be explained by the first digits of its fingerprint.
        if rule.id != "stale-baseline" {
            let fingerprint = found["fingerprint"].as_str().expect("a text");
            let told = ropa(folder.path(), &["explain", &fingerprint[..8]]);
            assert_eq!(code(&told), 0, "{}", err(&told));
            assert!(out(&told).contains(&rule.why), "{}", out(&told));
        }
    }
}

#[test]
fn a_refuted_claim_fails() {
    let folder = project(false);
    let golden = root().join("fixtures/reports/check/inventory.json");
    let text = fs::read_to_string(golden).expect("readable");
    let mut inventory: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    inventory["claims"] = serde_json::json!([{
        "source": "notice.md", "line": 3, "start": 40, "end": 90, "claim": "retention_max",
        "data_types": ["contact.email"], "bound": "P1Y", "verdict": "refuted", "evidence": []
    }]);
    let file = folder.path().join("inventory.json");
    fs::write(&file, inventory.to_string()).expect("writable");
    let done = ropa(
        folder.path(),
        &["check", "-q", "-f", "json", "--inventory", "inventory.json"],
    );
    let new = new_rules(&done);
    assert!(
        new.iter()
            .any(|rule| rule.starts_with("refuted/retention_max")),
        "{new:?}"
    );
}

#[test]
fn both_sides_of_a_merge_stay_in_the_baseline() {
    let folder = project(true);
    let here = folder.path();
    fs::write(
        here.join(".gitattributes"),
        ".ropa-baseline.json merge=union\n",
    )
    .expect("writable");
    let accept = |file: &str, text: &str, message: &str| {
        fs::write(here.join(file), text).expect("writable");
        assert_eq!(code(&ropa(here, &["baseline", "update", "-q"])), 0);
        commit(here, message);
    };
    accept(
        "db/a.sql",
        "CREATE TABLE partners (\n  email text\n);\n",
        "begin",
    );
    git(here, &["branch", "one"]);
    accept(
        "db/c.sql",
        "CREATE TABLE patients (\n  last_name text\n);\n",
        "two",
    );
    git(here, &["checkout", "-q", "one"]);
    accept(
        "db/b.sql",
        "CREATE TABLE users (\n  phone text\n);\n",
        "one",
    );
    git(here, &["merge", "-q", "-m", "both", "-"]);
    let done = ropa(here, &["check", "-q", "--fail-on", "note"]);
    assert_eq!(code(&done), 0, "{}", out(&done));
    assert_eq!(code(&ropa(here, &["baseline", "prune", "-q"])), 0);
    let pruned = fs::read_to_string(here.join(".ropa-baseline.json")).expect("readable");
    assert_eq!(code(&ropa(here, &["baseline", "update", "-q"])), 0);
    let updated = fs::read_to_string(here.join(".ropa-baseline.json")).expect("readable");
    assert_eq!(pruned, updated, "nothing lost, nothing twice");
}

#[test]
fn a_renamed_file_of_records_is_known() {
    let folder = project(false);
    let here = folder.path();
    // Its own name is part of what the policy speaks of; what it holds is what was accepted.
    assert_eq!(code(&ropa(here, &["baseline", "update", "-q"])), 0);
    fs::rename(
        here.join("exports/orders.csv"),
        here.join("exports/sales.csv"),
    )
    .expect("writable");
    let done = ropa(here, &["check", "-q", "-f", "json"]);
    assert_eq!((code(&done), new_rules(&done)), (0, vec![]));
}

#[test]
fn exit_codes_say_how_it_ended() {
    let folder = project(false);
    let at = |args: &[&str]| code(&ropa(folder.path(), args));
    assert_eq!(at(&["check", "-q"]), 1);
    assert_eq!(at(&["check", "-q", "--exit-zero"]), 0);
    assert_eq!(at(&["check", "-q", "--fail-on", "never"]), 0);
    assert_eq!(at(&["check", "-q", "db", "--fail-on", "error"]), 1);
    assert_eq!(at(&["check", "-q", "nowhere"]), 2);
    assert_eq!(at(&["check", "-q", "--since", "nowhere"]), 2);
    assert_eq!(at(&["check", "-q", "--baseline", "nowhere.json"]), 2);
    fs::write(folder.path().join("ropa.toml"), "[chekc]\n").expect("writable");
    assert_eq!(at(&["check", "-q", "--exit-zero"]), 2);
}

#[test]
fn without_a_configuration_only_tags_and_logs_are_judged() {
    let folder = project(false);
    fs::remove_file(folder.path().join("ropa.toml")).expect("it was there");
    let done = ropa(
        folder.path(),
        &["check", "-q", "-f", "json", "--fail-on", "note"],
    );
    let document: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON");
    for finding in document["findings"].as_array().expect("a list") {
        let rule = finding["rule"].as_str().expect("a rule");
        let name = rule.split('/').next().expect("a name");
        assert!(
            [
                "untagged",
                "mistagged",
                "generic-tag",
                "contradicts-none",
                "value-in-log"
            ]
            .contains(&name),
            "{rule}"
        );
    }
}

#[test]
fn a_baseline_lets_only_what_is_new_fail() {
    let folder = project(false);
    let here = folder.path();
    assert_eq!(code(&ropa(here, &["baseline", "update", "-q"])), 0);
    let file = here.join(".ropa-baseline.json");
    let first = fs::read_to_string(&file).expect("written");
    assert_eq!(code(&ropa(here, &["check", "-q"])), 0);
    assert_eq!(code(&ropa(here, &["baseline", "update", "-q"])), 0);
    assert_eq!(
        fs::read_to_string(&file).expect("written"),
        first,
        "the same bytes"
    );
    // Moved lines, a renamed file, other white space: nothing new.
    let schema = here.join("db/schema.sql");
    replace(
        &schema,
        "CREATE TABLE customers (",
        "-- tables\n\n\nCREATE   TABLE customers (",
    );
    replace(
        &schema,
        "  email text NOT NULL,",
        "\temail\ttext  not null,",
    );
    fs::rename(&schema, here.join("db/tables.sql")).expect("writable");
    let done = ropa(here, &["check", "-q", "-f", "json"]);
    assert_eq!((code(&done), new_rules(&done)), (0, vec![]));
    // A harmless column passes, a personal one fails, alone.
    let schema = here.join("db/tables.sql");
    replace(
        &schema,
        "  loyalty_points integer",
        "  loyalty_points integer,\n  warehouse_shelf integer",
    );
    assert_eq!(code(&ropa(here, &["check", "-q"])), 0);
    replace(
        &schema,
        "  warehouse_shelf integer",
        "  warehouse_shelf integer,\n  date_of_birth date",
    );
    let done = ropa(here, &["check", "-q", "-f", "json"]);
    assert_eq!(code(&done), 1);
    assert_eq!(
        new_rules(&done),
        ["untagged/contact.birth_date customers.date_of_birth"]
    );
    // What is gone is told, fails only a strict check, and is pruned.
    replace(&schema, ",\n  date_of_birth date", "");
    replace(&schema, "  religion text,\n", "");
    assert_eq!(code(&ropa(here, &["check", "-q"])), 0);
    assert_eq!(code(&ropa(here, &["check", "-q", "--strict-baseline"])), 1);
    assert_eq!(code(&ropa(here, &["baseline", "prune", "-q"])), 0);
    assert_eq!(code(&ropa(here, &["check", "-q", "--strict-baseline"])), 0);
}

#[test]
fn what_is_staged_is_judged_as_staged() {
    let folder = project(true);
    let here = folder.path();
    assert_eq!(code(&ropa(here, &["check", "-q", "--staged"])), 0);
    replace(
        &here.join("db/schema.sql"),
        "  loyalty_points integer",
        "  loyalty_points integer,\n  date_of_birth date",
    );
    assert_eq!(
        code(&ropa(here, &["check", "-q", "--staged"])),
        0,
        "not staged yet"
    );
    git(here, &["mv", "db/schema.sql", "db/tables.sql"]);
    git(here, &["add", "-A"]);
    let done = ropa(here, &["check", "-q", "--staged", "-f", "json"]);
    assert_eq!(
        new_rules(&done),
        ["untagged/contact.birth_date customers.date_of_birth"]
    );
    assert_eq!(code(&done), 1);
    assert_eq!(
        code(&ropa(here, &["check", "-q", "--staged", "logs"])),
        0,
        "outside of the targets"
    );
    // The working folder is not what counts.
    replace(&here.join("db/tables.sql"), ",\n  date_of_birth date", "");
    assert_eq!(code(&ropa(here, &["check", "-q", "--staged"])), 1);
}

#[test]
fn a_branch_is_held_against_where_it_began() {
    let folder = project(true);
    let here = folder.path();
    replace(
        &here.join("db/schema.sql"),
        "  loyalty_points integer",
        "  loyalty_points integer,\n  shelf integer",
    );
    commit(here, "harmless");
    assert_eq!(code(&ropa(here, &["check", "-q", "--since", "HEAD~1"])), 0);
    fs::write(
        here.join("db/more.sql"),
        "CREATE TABLE patients (\n  patient_name text\n);\n",
    )
    .expect("writable");
    let done = ropa(here, &["check", "-q", "--since", "HEAD~1", "-f", "json"]);
    assert_eq!(
        new_rules(&done).len(),
        2,
        "untagged and undeclared: {:?}",
        new_rules(&done)
    );
    assert_eq!(code(&done), 1);
}

#[test]
fn github_gets_a_summary_beside_its_annotations() {
    let folder = project(false);
    let summary = folder.path().join("summary.md");
    let done = Command::new(env!("CARGO_BIN_EXE_ropa"))
        .current_dir(folder.path())
        .args(["check", "-q", "-f", "github", "db"])
        .env("GITHUB_STEP_SUMMARY", &summary)
        .output()
        .expect("it runs");
    assert!(out(&done).starts_with("::error file=db/schema.sql,line="));
    let text = fs::read_to_string(summary).expect("written");
    assert!(text.starts_with("## ropa check:"), "{text}");
}

#[test]
fn rules_are_documented_from_one_source() {
    let folder = root().join("docs/rules");
    let mut pages = vec![("README.md".to_owned(), ropa::check::rule::index())];
    pages.extend(
        ropa::check::rule::all()
            .iter()
            .map(|rule| (format!("{}.md", rule.id), rule.page())),
    );
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(&folder).expect("writable");
        for (file, text) in &pages {
            fs::write(folder.join(file), text).expect("writable");
        }
    }
    for (file, text) in &pages {
        let published = fs::read_to_string(folder.join(file)).unwrap_or_default();
        assert!(
            published == *text,
            "docs/rules/{file} is not what the rules say; UPDATE=1 writes it anew"
        );
    }
    let count = fs::read_dir(folder).expect("readable").count();
    assert_eq!(count, pages.len(), "a page without a rule");
}

#[test]
fn a_draft_of_the_configuration_is_accepted_and_never_written_over() {
    let folder = project(false);
    let here = folder.path();
    let file = here.join("ropa.toml");
    assert_eq!(code(&ropa(here, &["init", "-q"])), 2, "there is one");
    fs::remove_file(&file).expect("it was there");
    let shown = ropa(here, &["init", "-q", "--dry-run"]);
    assert!(
        !file.exists() && out(&shown).contains("[[system]]"),
        "{}",
        err(&shown)
    );
    assert_eq!(code(&ropa(here, &["init", "-q"])), 0);
    assert_eq!(fs::read_to_string(&file).expect("written"), out(&shown));
    let config = ropa::config::Config::load(&file).expect("it is valid");
    let systems: Vec<&str> = config.systems.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(systems, ["db", "exports", "logs"]);
    assert!(
        config
            .activities
            .iter()
            .all(|a| a.legal_bases.is_empty() && !a.types.is_empty())
    );
}
