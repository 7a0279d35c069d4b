//! No raw value leaves. Canary values are planted in every format and every odd place; whatever ropa writes is searched for them.

mod support;

use std::io::{Cursor, Write};
use std::path::Path;
use support::{copy_fixture, ropa, write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Values that must not appear, as planted.
const EMAIL: &str = "kestrel.canary77@example.org";
const PHONE: &str = "+1 202 555 0143";
const CARD: &str = "4111 1111 1111 1111";
const IBAN: &str = "GB82 WEST 1234 5698 7654 32";
const IP: &str = "203.0.113.77";
const SSN: &str = "078-05-1120";
const NAME: &str = "Zephyrine Quillfeather";
const SECRET: &str = "Tr0ub4dor-canary-horse";

/// Pieces of the values that would give them away.
const TRACES: &[&str] = &[
    "kestrel",
    "canary77",
    "555 0143",
    "5550143",
    "4111 1111",
    "41111111",
    "WEST",
    "5698 7654",
    "203.0.113.77",
    "078-05",
    "05-1120",
    "078051120",
    "Zephyrine",
    "Quillfeather",
    "ub4dor",
    "canary-horse",
];

fn plant(folder: &Path) {
    let row = format!("{NAME},{EMAIL},{PHONE},{CARD},{IBAN},{IP},{SSN},{SECRET}\n");
    let header = "name,email,phone,card,iban,ip,ssn,password\n";
    write(
        folder,
        "with_header.csv",
        format!("{header}{}", row.repeat(20)),
    );
    write(folder, "headerless.csv", row.repeat(20));
    write(folder, "one_row.csv", &row);
    write(
        folder,
        "tabs.tsv",
        format!("{header}{row}").replace(',', "\t"),
    );
    let object = format!(
        r#"{{"name":"{NAME}","email":"{EMAIL}","phone":"{PHONE}","card":"{CARD}","iban":"{IBAN}","ip":"{IP}","ssn":"{SSN}","password":"{SECRET}","by_mail":{{"{EMAIL}":1,"{SSN}":2}}}}"#
    );
    write(folder, "object.json", &object);
    write(
        folder,
        "keys.json",
        format!(r#"{{"{EMAIL}":{{"{PHONE}":true}},"{IBAN}":[1],"{CARD}":{{"x":"{IP}"}}}}"#),
    );
    write(folder, "rows.jsonl", format!("{object}\n").repeat(20));
    write(
        folder,
        "broken.json",
        format!(r#"{{"email":"{EMAIL}","{EMAIL}" "#),
    );
    let access = format!(
        r#"{IP} - {EMAIL} [10/Oct/2026:13:55:36 +0000] "GET /u?email={EMAIL}&card=4111111111111111 HTTP/1.1" 200 5 "https://shop.example/{EMAIL}" "Mozilla/5.0""#
    );
    write(folder, "logs/access.log", format!("{access}\n").repeat(20));
    let logfmt = format!(
        r#"ts=2026-10-10T10:00:00Z level=info msg="login of {NAME}" email={EMAIL} ip={IP} password={SECRET} card="{CARD}""#
    );
    write(folder, "logs/app.log", format!("{logfmt}\n").repeat(20));
    write(
        folder,
        "logs/syslog",
        format!(
            "<34>1 2026-10-11T22:14:15Z host app 1 - - mail to {EMAIL} from {IP} phone {PHONE}\n"
        )
        .repeat(20),
    );
    write(
        folder,
        "letter.txt",
        format!(
            "Dear {NAME},\n\nwrite to {EMAIL} or call {PHONE}; card {CARD}, account {IBAN}, SSN {SSN}.\n"
        ),
    );
    write(
        folder,
        "README.md",
        format!("Contact: {NAME} <{EMAIL}>, {PHONE}\n"),
    );
    write(
        folder,
        "schema.sql",
        format!(
            "-- asked for by {NAME} <{EMAIL}>\nCREATE TABLE users (\n  id int PRIMARY KEY,\n  email varchar(255) DEFAULT '{EMAIL}' -- like {EMAIL}\n    CHECK (email <> '{EMAIL}'),\n  phone text COMMENT 'for example {PHONE}',\n  kind enum('{NAME}','other'),\n  ssn char(11) DEFAULT '{SSN}'\n);\nCOMMENT ON COLUMN users.email IS 'mail such as {EMAIL}';\nINSERT INTO users VALUES (1,'{EMAIL}','{PHONE}','{NAME}','{SSN}'),(2,'{EMAIL}','{PHONE}','{NAME}','{SSN}');\nCREATE TABEL broken ('{EMAIL}';\n"
        ),
    );
    write(
        folder,
        "dump.sql",
        format!(
            "CREATE TABLE p (email text, iban text);\nCOPY p (email, iban) FROM stdin;\n{EMAIL}\t{IBAN}\n\\.\n"
        ),
    );
    write(
        folder,
        &format!("exports/{EMAIL}.csv"),
        format!("{header}{row}"),
    );
    write(folder, &format!("{SSN}/notes.txt"), "nothing here\n");
    write(
        folder,
        "app/models.py",
        format!(
            "from django.db import models\n\nclass User(models.Model):\n    email = models.EmailField(default='{EMAIL}', help_text='like {EMAIL}')\n    phone = models.CharField(max_length=20, choices=[('{PHONE}', '{NAME}')])\n"
        ),
    );
    write(
        folder,
        "db/schema.rb",
        format!(
            "ActiveRecord::Schema.define(version: 1) do\n  create_table \"people\" do |t|\n    t.string \"email\", default: \"{EMAIL}\", comment: \"like {EMAIL}\"\n  end\nend\n"
        ),
    );
    write(
        folder,
        "prisma/schema.prisma",
        format!(
            "model Person {{\n  id Int @id\n  /// like {EMAIL}\n  email String @default(\"{EMAIL}\")\n}}\n"
        ),
    );
    let inside: String = [
        ("name", NAME),
        ("email", EMAIL),
        ("phone", PHONE),
        ("card", CARD),
        ("ssn", SSN),
    ]
    .map(|(key, value)| format!("<{key}>{value}</{key}>"))
    .concat();
    let record = format!(
        "<p ip=\"{IP}\">{inside}<field name=\"{EMAIL}\">{SECRET}</field><!-- {IBAN} --></p>"
    );
    write(
        folder,
        "people.xml",
        format!("<r>{}</r>", record.repeat(20)),
    );
    write(
        folder,
        "broken.xml",
        format!("<r>{record}{record}<p email=\"{EMAIL}\" <{SSN}"),
    );
    let record = format!(
        "- name: {NAME}\n  email: {EMAIL}\n  phone: '{PHONE}'\n  ssn: {SSN}\n  {EMAIL}: {IBAN}\n"
    );
    write(folder, "seeds/people.yml", record.repeat(20));
    write(
        folder,
        "seeds/broken.yml",
        format!("{record}{record}- email: [{EMAIL}}}\n{SSN}"),
    );
    write(
        folder,
        "seeds/labelled.yml",
        format!("{EMAIL}:\n  phone: '{PHONE}'\n{SSN}:\n  phone: '{PHONE}'\n"),
    );
    let record = format!(
        "[[people]]\nname = '{NAME}'\nemail = '{EMAIL}'\nssn = '{SSN}'\n'{EMAIL}' = '{IBAN}'\n"
    );
    write(folder, "seeds/people.toml", record.repeat(20));
    write(
        folder,
        "seeds/broken.toml",
        format!("{record}email = {EMAIL}\n"),
    );
    copy_fixture("canaries", folder);
    #[cfg(feature = "sqlite")]
    plant_sqlite(folder);
    write(folder, "bytes.bin", format!("\0\u{1}{EMAIL}\0"));
    plant_documents(folder, &format!("{header}{}", row.repeat(20)));
    write(
        folder,
        "utf16.csv",
        format!("\u{feff}{header}{row}")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>(),
    );
}

/// Values in a SQLite file of its own and in one inside an archive, in its rows, names, DDL and comments.
#[cfg(feature = "sqlite")]
fn plant_sqlite(folder: &Path) {
    let path = folder.join("store.db");
    let made = rusqlite::Connection::open(&path).expect("a new file");
    made.execute_batch(&format!(
        "CREATE TABLE people (name TEXT, email TEXT DEFAULT '{EMAIL}', -- like {EMAIL}\n phone TEXT CHECK (phone <> '' OR name <> '{PHONE}'), ssn TEXT, \"{EMAIL}\" TEXT, extra JSON);
         CREATE TABLE \"{SSN}\" (card TEXT, password TEXT);
         CREATE VIEW v AS SELECT name FROM people WHERE email = '{EMAIL}';
         INSERT INTO people VALUES ('{NAME}', '{EMAIL}', '{PHONE}', '{SSN}', '{IBAN}', '{{\"{IP}\":\"{EMAIL}\"}}');
         INSERT INTO \"{SSN}\" VALUES ('{CARD}', '{SECRET}');"
    ))
    .expect("valid statements");
    made.close().expect("closed");
    let bytes = std::fs::read(&path).expect("it was just written");
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive
        .start_file("in/store.db", SimpleFileOptions::default())
        .expect("a name");
    archive.write_all(&bytes).expect("memory takes all");
    let archive = archive.finish().expect("memory takes all").into_inner();
    write(folder, "stores.zip", archive);
    write(folder, "cut.db", &bytes[..bytes.len() / 2]);
}

/// Values in archives, mail and documents, and in the names inside of them.
fn plant_documents(folder: &Path, rows: &str) {
    let inner = zip(&[("list.csv", rows), (&format!("{EMAIL}/{PHONE}.csv"), rows)]);
    let mut outer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in [
        ("in.zip", inner.as_slice()),
        (&format!("{IBAN}.txt"), rows.as_bytes()),
    ] {
        outer
            .start_file(name, SimpleFileOptions::default())
            .expect("a name");
        outer.write_all(content).expect("memory takes all");
    }
    let outer = outer.finish().expect("memory takes all").into_inner();
    write(folder, "outer.zip", &outer);
    write(folder, "cut.zip", &outer[..outer.len() / 2]);
    let mut tar = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(rows.len() as u64);
    tar.append_data(&mut header, format!("x/{EMAIL}.csv"), rows.as_bytes())
        .expect("memory takes all");
    write(folder, "x.tar", tar.into_inner().expect("memory takes all"));
    let head = format!(
        "Return-Path: <{EMAIL}>\r\nReceived: from [{IP}]\r\nFrom: \"{NAME}\" <{EMAIL}>\r\nTo: {EMAIL}\r\nX-{EMAIL}: {PHONE}\r\nSubject: {NAME} {CARD}\r\nMessage-ID: <{EMAIL}>\r\nContent-Type: multipart/mixed; boundary=b\r\n"
    );
    let letter = format!(
        "{head}\r\n--b\r\n\r\n{NAME} {IBAN} {SSN}\r\n--b\r\nContent-Type: text/csv; name=\"{EMAIL}.csv\"\r\nContent-Disposition: attachment\r\n\r\n{rows}\r\n--b--\r\n"
    );
    write(folder, "letter.eml", &letter);
    write(
        folder,
        "inbox.mbox",
        format!("From {EMAIL} Sat Oct 10 10:00:00 2026\n{letter}").repeat(3),
    );
    let card = format!(
        "BEGIN:VCARD\r\nFN:{NAME}\r\nTEL:{PHONE}\r\nEMAIL:{EMAIL}\r\nX-{SSN}:{IBAN}\r\nEND:VCARD\r\n"
    );
    write(folder, "people.vcf", card.repeat(20));
    write(
        folder,
        "team.ics",
        format!(
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:{NAME} {PHONE}\r\nATTENDEE;CN=\"{NAME}\":mailto:{EMAIL}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        ),
    );
    let words = format!("<w:document><w:p><w:t>{NAME} {EMAIL} {CARD}</w:t></w:p><w:p <");
    let core = format!("<p><dc:creator>{NAME}</dc:creator></p>");
    write(
        folder,
        "a.docx",
        zip(&[("word/document.xml", &words), ("docProps/core.xml", &core)]),
    );
    write(
        folder,
        "page.html",
        format!(
            "<p title=\"{EMAIL}\">{NAME} <b>{PHONE}</b> {IBAN}</p><!-- {SSN} --><img src=\"https://x.example.com/{EMAIL}\">"
        ),
    );
    write(
        folder,
        "a.pdf",
        format!("%PDF-1.4\n1 0 obj\n<< /Author ({NAME}) /T ({EMAIL}) /V ({PHONE}) >>\nendobj\n"),
    );
}

fn zip(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .expect("a name");
        writer
            .write_all(content.as_bytes())
            .expect("memory takes all");
    }
    writer.finish().expect("memory takes all").into_inner()
}

/// Every line of every output that holds a trace, without the value itself: the test must not spread what it guards against.
fn traces(what: &str, bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let hits = TRACES.iter().filter(|trace| text.contains(**trace));
    hits.map(|trace| format!("{what}: {trace}")).collect()
}

/// Runs a command and searches what it printed and every file it wrote.
fn search(folder: &Path, arguments: &[&str], found: &mut Vec<String>) {
    let out = tempfile::tempdir().expect("a temporary folder");
    let place = |argument: &&str| argument.replace("OUT", &out.path().display().to_string());
    let arguments: Vec<String> = arguments.iter().map(place).collect();
    let output = ropa(
        folder,
        &arguments.iter().map(String::as_str).collect::<Vec<_>>(),
    );
    let shown = arguments.join(" ");
    assert_ne!(output.status.code(), None, "{shown} was killed");
    found.extend(traces(&format!("{shown} (stdout)"), &output.stdout));
    found.extend(traces(&format!("{shown} (stderr)"), &output.stderr));
    for entry in walkdir::WalkDir::new(out.path())
        .into_iter()
        .flatten()
        .filter(|e| e.file_type().is_file())
    {
        let bytes = std::fs::read(entry.path()).expect("it was just written");
        found.extend(traces(
            &format!("{shown} → {}", entry.file_name().to_string_lossy()),
            &bytes,
        ));
    }
}

#[test]
fn no_planted_value_leaves() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    plant(folder.path());
    let mut found = Vec::new();
    for format in ["text", "json", "jsonl", "csv", "md"] {
        search(
            folder.path(),
            &[
                "scan",
                ".",
                "--format",
                format,
                "--min-confidence",
                "possible",
                "--all-fields",
                "--all-spans",
                "-v",
            ],
            &mut found,
        );
    }
    search(
        folder.path(),
        &[
            "scan",
            ".",
            "-o",
            "OUT/i.json",
            "-o",
            "OUT/i.csv",
            "-o",
            "OUT/i.md",
        ],
        &mut found,
    );
    search(
        folder.path(),
        &["scan", ".", "--cache", "OUT/cache"],
        &mut found,
    );
    for format in ["json", "csv", "md"] {
        search(
            folder.path(),
            &["register", ".", "--format", format],
            &mut found,
        );
    }
    for format in [
        "text",
        "json",
        "sarif",
        "gitlab",
        "github",
        "junit",
        "rdjson",
        "checkstyle",
        "md",
    ] {
        search(
            folder.path(),
            &["check", ".", "--format", format],
            &mut found,
        );
    }
    search(folder.path(), &["tag", "."], &mut found);
    search(folder.path(), &["scan", "no-such-folder"], &mut found);
    search(
        folder.path(),
        &["explain", "schema.sql:users.email"],
        &mut found,
    );
    search(
        folder.path(),
        &["explain", "with_header.csv:with_header.csv.email"],
        &mut found,
    );
    assert!(found.is_empty(), "values left:\n{}", found.join("\n"));
}

/// What is not read cannot leave: binary plants count only where they were read.
#[test]
fn planted_workbooks_and_databases_are_read() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    plant(folder.path());
    let output = ropa(
        folder.path(),
        &["scan", ".", "--format", "jsonl", "--all-fields", "-q"],
    );
    let lines: Vec<serde_json::Value> = support::stdout(&output)
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect();
    let mut planted = vec!["canary.ods", "canary.xls", "canary.xlsb", "canary.xlsx"];
    if cfg!(feature = "sqlite") {
        planted.extend(["store.db", "stores.zip!/in/store.db"]);
    }
    for source in planted {
        let of = |kind: &str| {
            let is_it =
                |line: &&serde_json::Value| line["kind"] == kind && line["source"] == source;
            lines.iter().filter(is_it).collect::<Vec<_>>()
        };
        assert_eq!(of("source")[0]["coverage"], "whole", "{source}");
        let has = |data_type: &str| of("field").iter().any(|f| f["data_type"] == data_type);
        assert!(has("contact.email") && has("contact.phone"), "{source}");
    }
}

#[test]
fn a_broken_configuration_is_not_quoted() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), "a.txt", "nothing here\n");
    let broken = [
        format!("organisation = {{ name = \"{NAME}\", email = \"{EMAIL}\"\n"),
        format!("[organisation]\nname = {NAME}\nphone = \"{PHONE}\"\n"),
        format!("[[activity]]\nid = \"{EMAIL}\"\nname = \"{NAME}\"\n"),
        format!(
            "[[activity]]\nid = \"a\"\nname = \"a\"\nretention = [{{ duration = \"{SSN}\" }}]\n"
        ),
        format!("[[correction]]\nfield = \"{EMAIL}\"\ntype = \"{SECRET}\"\n"),
        format!("\"{EMAIL}\" = 1\n"),
    ];
    let mut found = Vec::new();
    for config in broken {
        write(folder.path(), "ropa.toml", config);
        for command in [["scan", "."], ["register", "."], ["check", "."]] {
            let output = ropa(folder.path(), &command);
            assert_eq!(
                output.status.code(),
                Some(2),
                "{command:?} accepts a broken ropa.toml"
            );
            found.extend(traces(&format!("{command:?} (stderr)"), &output.stderr));
            found.extend(traces(&format!("{command:?} (stdout)"), &output.stdout));
        }
    }
    assert!(found.is_empty(), "values left:\n{}", found.join("\n"));
}

#[test]
fn the_search_finds_what_it_looks_for() {
    let planted = format!("{EMAIL} {PHONE} {CARD} {IBAN} {IP} {SSN} {NAME} {SECRET}");
    for value in [EMAIL, PHONE, CARD, IBAN, IP, SSN, NAME, SECRET] {
        assert!(!traces("value", value.as_bytes()).is_empty());
    }
    assert!(traces("all", planted.as_bytes()).len() >= 8);
}
