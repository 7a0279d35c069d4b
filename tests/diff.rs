//! `ropa diff` between revisions of a real git repository, between registers, between a workbook and a register.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

const CONFIG: &str = r#"
organisation = { name = "Example SA", country = "FR", email = "privacy@example.com" }
[[system]]
id = "shop"
paths = ["db/**"]
role = "controller"
[[activity]]
id = "newsletter"
name = "Newsletter"
systems = ["shop"]
purposes = ["direct_marketing"]
subjects = ["subscriber"]
recipients = ["email_provider"]
retention = [{ duration = "P3Y", from = "last_action" }]
"#;

fn run(folder: &Path, program: &str, args: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.args(args).current_dir(folder);
    // A repository of its own: nothing of the user's settings.
    command
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_AUTHOR_NAME", "Jane Doe")
        .env("GIT_AUTHOR_EMAIL", "jane@example.com")
        .env("GIT_COMMITTER_NAME", "Jane Doe")
        .env("GIT_COMMITTER_EMAIL", "jane@example.com");
    command.output().expect("the program runs")
}

fn git(folder: &Path, args: &[&str]) {
    let out = run(folder, "git", args);
    assert!(
        out.status.success(),
        "git {args:?}: {}",
        String::from_utf8_lossy(&out.stderr)
    );
}

fn ropa(folder: &Path, args: &[&str]) -> String {
    let out = run(
        folder,
        env!("CARGO_BIN_EXE_ropa"),
        &[&["-q", "--as-of", "2026-11-22"], args].concat(),
    );
    let told = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{args:?}: {told}");
    String::from_utf8(out.stdout).expect("UTF-8")
}

fn refused(folder: &Path, args: &[&str]) -> String {
    let out = run(folder, env!("CARGO_BIN_EXE_ropa"), args);
    assert_eq!(out.status.code(), Some(2), "{args:?}");
    String::from_utf8(out.stderr).expect("UTF-8")
}

fn write(folder: &Path, path: &str, text: &str) {
    let file = folder.join(path);
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
    std::fs::write(file, text).expect("written");
}

/// A repository with two commits: two fields, a recipient and a retention period differ.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    git(at, &["init", "-q", "-b", "main"]);
    write(at, "ropa.toml", CONFIG);
    write(at, ".ropaignore", "old/\n");
    write(
        at,
        "old/dump.sql",
        "CREATE TABLE people (birth_date date);\n",
    );
    write(
        at,
        "db/schema.sql",
        "CREATE TABLE subscribers (id int, email varchar(255));\n",
    );
    git(at, &["add", "."]);
    git(at, &["commit", "-q", "-m", "One"]);
    git(at, &["tag", "v1"]);
    write(
        at,
        "db/schema.sql",
        "CREATE TABLE subscribers (id int, email varchar(255), phone varchar(40), birth_date date);\n",
    );
    let config = CONFIG.replace("P3Y", "P2Y").replace(
        "[\"email_provider\"]",
        "[\"email_provider\", \"Example Print Ltd\"]",
    );
    write(at, "ropa.toml", &config);
    git(at, &["commit", "-q", "-a", "-m", "Two"]);
    folder
}

#[test]
fn two_revisions_as_markdown_for_a_pull_request_and_as_json() {
    let folder = repository();
    let at = folder.path();
    // What stands in the work tree is neither read nor touched.
    write(at, "db/schema.sql", "CREATE TABLE nothing (id int);\n");
    let index = std::fs::read(at.join(".git/index")).expect("an index");

    let markdown = ropa(at, &["diff", "v1", "main", "--format", "md"]);
    let title = markdown.lines().next().expect("a title");
    for part in ["+2 fields", "+1 recipient", "retention changed"] {
        assert!(title.contains(part), "{part}: {title}");
    }
    for row in [
        "| + | Example Print Ltd | recipient |",
        "| ~ | Newsletter: retention | 3 years from the last action → 2 years from the last action |",
        "| + | db/schema.sql:subscribers.phone | contact.phone |",
        "| + | db/schema.sql:subscribers.birth_date | contact.birth_date |",
    ] {
        let lower = markdown.to_lowercase();
        assert!(lower.contains(&row.to_lowercase()), "{row}\n{markdown}");
    }
    assert!(!markdown.contains("old/"), "{markdown}");

    let json: Value =
        serde_json::from_str(&ropa(at, &["diff", "v1", "main", "--format", "json"])).expect("JSON");
    assert_eq!(json["schema"], "ropa-difference/1");
    assert_eq!(json["added"].as_array().map(Vec::len), Some(2));
    assert_eq!(json["register"]["added_recipients"][0], "Example Print Ltd");
    let changed = json["register"]["changed"].as_array().expect("a list");
    assert!(
        changed
            .iter()
            .any(|c| c["cell"] == "retention" && c["activity"] == "newsletter"),
        "{changed:?}"
    );

    // Backwards it is the other way round, and a revision against itself is no change.
    let back = ropa(at, &["diff", "main", "v1", "--format", "md"]);
    assert!(
        back.contains("−2 fields") && back.contains("−1 recipient"),
        "{back}"
    );
    assert_eq!(ropa(at, &["diff", "main", "HEAD"]), "no change\n");

    assert_eq!(
        std::fs::read(at.join(".git/index")).expect("an index"),
        index,
        "the index is as it was"
    );
    let text = std::fs::read_to_string(at.join("db/schema.sql")).expect("there");
    assert!(text.contains("nothing"), "the work tree is as it was");
}

#[test]
fn revisions_of_a_folder_only() {
    let folder = repository();
    let at = folder.path();
    write(at, "web/users.csv", "email\njane@example.com\n");
    git(at, &["add", "."]);
    git(at, &["commit", "-q", "-m", "Three"]);
    let db = ropa(at, &["diff", "v1", "HEAD", "db"]);
    assert!(
        db.contains("subscribers.phone") && !db.contains("web/"),
        "{db}"
    );
    let web = ropa(at, &["diff", "v1", "HEAD", "web"]);
    assert!(
        web.contains("web/users.csv") && !web.contains("subscribers"),
        "{web}"
    );
    // From inside a folder the names are those seen from there.
    let inside = ropa(&at.join("db"), &["diff", "v1", "HEAD"]);
    assert!(inside.contains("~ Newsletter: data  added: "), "{inside}");
    assert!(
        inside.contains("+ schema.sql:subscribers.phone"),
        "{inside}"
    );
}

#[test]
fn two_registers_and_a_workbook_against_a_register() {
    let folder = repository();
    let at = folder.path();
    let write_all = |name: &str| {
        ropa(
            at,
            &[
                "register",
                "db",
                "-o",
                &format!("{name}.json"),
                "-o",
                &format!("{name}.xlsx"),
            ],
        );
    };
    write_all("new");
    git(at, &["checkout", "-q", "v1"]);
    write_all("old");

    let markdown = ropa(at, &["diff", "old.json", "new.json", "--format", "md"]);
    for part in ["+2 fields", "+1 recipient", "retention changed"] {
        assert!(markdown.contains(part), "{part}: {markdown}");
    }
    assert!(
        markdown.contains("| ~ | Newsletter: data | added: "),
        "{markdown}"
    );
    let books = ropa(at, &["diff", "old.xlsx", "new.xlsx", "--format", "md"]);
    for part in ["+1 recipient", "retention changed", "Example Print Ltd"] {
        assert!(books.contains(part), "{part}: {books}");
    }
    let mixed = ropa(at, &["diff", "old.xlsx", "new.json"]);
    assert!(mixed.contains("retention changed"), "{mixed}");
    assert_eq!(ropa(at, &["diff", "old.xlsx", "old.json"]), "no change\n");
    assert_eq!(ropa(at, &["diff", "new.json", "new.json"]), "no change\n");
}

#[test]
fn what_cannot_be_compared_is_refused_with_the_reason() {
    let folder = repository();
    let at = folder.path();
    ropa(at, &["register", "db", "-o", "r.json"]);
    ropa(at, &["scan", "db", "-o", "i.json"]);
    let error = refused(at, &["diff", "r.json", "i.json"]);
    assert!(error.contains("name two of a kind"), "{error}");
    let error = refused(at, &["diff", "r.json", "main"]);
    assert!(error.contains("there is no file main"), "{error}");
    let error = refused(at, &["diff", "v1", "nothing"]);
    assert!(error.contains("knows no revision `nothing`"), "{error}");
    let error = refused(at, &["diff", "v1", "--", "--output=x"]);
    assert!(error.contains("knows no revision `--output=x`"), "{error}");
    let error = refused(at, &["diff", "v1", "main", "/"]);
    assert!(error.contains("is not in a git repository"), "{error}");
    write(at, "bad.json", "{\"schema\": \"jane@example.com\"}");
    let error = refused(at, &["diff", "bad.json", "r.json"]);
    assert!(!error.contains("jane"), "{error}");
    let nowhere = tempfile::tempdir().expect("a folder");
    let error = refused(nowhere.path(), &["diff", "a", "b"]);
    assert!(error.contains("is not in a git repository"), "{error}");
}
