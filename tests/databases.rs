//! Live databases against real servers: the same systems as DDL, dump and server agree field by field;
//! nothing is written; what cannot be read is told and costs nothing else.
#![cfg(all(
    unix,
    feature = "postgres",
    feature = "mysql",
    feature = "sqlite",
    feature = "redis",
    feature = "containers"
))]

mod support;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Output;
use support::servers::{Server, are_left_out};
use support::{ropa, stdout, write};

/// The lines of a scan.
struct Scan {
    lines: Vec<Value>,
    code: Option<i32>,
    errors: String,
}

fn scan(folder: &Path, targets: &[&str], more: &[&str]) -> Scan {
    let mut arguments = vec!["scan"];
    arguments.extend(targets);
    arguments.extend(["--all-fields", "--format", "jsonl", "-q"]);
    arguments.extend(more);
    read_lines(&ropa(folder, &arguments))
}

fn read_lines(output: &Output) -> Scan {
    let lines = stdout(output);
    Scan {
        lines: lines
            .lines()
            .map(|line| serde_json::from_str(line).expect("each line is JSON"))
            .collect(),
        code: output.status.code(),
        errors: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Scan {
    fn of(&self, kind: &str) -> impl Iterator<Item = &Value> {
        self.lines.iter().filter(move |line| line["kind"] == kind)
    }

    fn source(&self, name: &str) -> &Value {
        self.of("source")
            .find(|line| line["source"] == name)
            .unwrap_or_else(|| panic!("{name} is not listed: {}", self.errors))
    }

    fn reason(&self, name: &str) -> String {
        self.source(name)["reason"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    fn dataset(&self, name: &str) -> &Value {
        self.of("dataset")
            .find(|line| line["dataset"] == name)
            .unwrap_or_else(|| panic!("no dataset {name}"))
    }

    fn field(&self, dataset: &str, field: &str) -> &Value {
        self.of("field")
            .find(|line| line["dataset"] == dataset && line["field"] == field)
            .unwrap_or_else(|| panic!("no field {dataset}.{field}"))
    }

    /// The data types of a field.
    fn types(&self, dataset: &str, field: &str) -> BTreeSet<&str> {
        let lines = self.of("field");
        lines
            .filter(|line| line["dataset"] == dataset && line["field"] == field)
            .map(|line| text(&line["data_type"]))
            .collect()
    }

    /// What each field of a source is judged to be; with its tag state where comments are the same.
    fn judged(&self, source: &str, with_tags: bool) -> BTreeMap<String, BTreeSet<String>> {
        let mut judged: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for line in self.of("field").filter(|line| line["source"] == source) {
            let key = format!("{}.{}", text(&line["dataset"]), text(&line["field"]));
            let tag = if with_tags { text(&line["tag"]) } else { "" };
            let types = judged.entry(key).or_default();
            types.insert(format!("{} {tag}", text(&line["data_type"])));
        }
        judged
    }

    /// Both sources have the same datasets and fields, of the same types, judged alike.
    fn agrees(&self, one: &str, other: &str, with_tags: bool) {
        let (a, b) = (self.judged(one, with_tags), self.judged(other, with_tags));
        assert!(!a.is_empty());
        let names = |map: &BTreeMap<String, BTreeSet<String>>| -> Vec<String> {
            map.keys().cloned().collect()
        };
        assert_eq!(names(&a), names(&b), "{one} {other}");
        for (field, types) in &a {
            assert_eq!(types, &b[field], "{field} in {one} and {other}");
        }
        for line in self.of("dataset") {
            assert_eq!(line["differs"], Value::Array(Vec::new()), "{line}");
            assert_eq!(line["only_here"], Value::Array(Vec::new()), "{line}");
            assert_ne!(line["also_at"], Value::Array(Vec::new()), "{line}");
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn fixture(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(root.join("fixtures/projects").join(path)).expect("a fixture")
}

/// DDL, plain dump and live server of one system.
fn three_agree(folder: &Path, ddl: &str, dump: &[u8], url: &str, shown: &str) {
    write(folder, "ddl/schema.sql", ddl);
    write(folder, "dump/dump.sql", dump);
    let with_ddl = scan(folder, &["ddl/schema.sql", url], &[]);
    assert_eq!(with_ddl.code, Some(0), "{}", with_ddl.errors);
    // Comments behind `--` never reach a server, so only types are held against each other.
    with_ddl.agrees("ddl/schema.sql", shown, false);
    let with_dump = scan(folder, &["dump/dump.sql", url], &[]);
    with_dump.agrees("dump/dump.sql", shown, true);
}

const LEADS: &str = "INSERT INTO site.leads (full_name, phone, work_email, company, message) \
    SELECT 'Ana Example', '555-01' || lpad(n::text, 2, '0'), 'ana' || n || '@example.com', 'Example SA', 'please call' \
    FROM generate_series(10, 49) n;";

#[test]
fn postgres_agrees_with_ddl_and_dump() {
    if are_left_out() {
        return;
    }
    let server = Server::postgres();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let portfolio: String = ["portal", "website", "hiring"]
        .map(|part| fixture(&format!("portfolio/{part}/schema.sql")))
        .concat();
    let systems = [
        ("construction", fixture("construction/db/schema.sql"), LEADS),
        ("portfolio", portfolio, "SELECT 1"),
    ];
    for (name, ddl, rows) in systems {
        server.psql("postgres", &format!("CREATE DATABASE {name}"));
        server.psql(name, "CREATE EXTENSION IF NOT EXISTS citext");
        server.psql(name, &ddl);
        server.psql(name, rows);
        let url = format!("postgres://postgres@127.0.0.1:{}/{name}", server.port);
        let shown = format!("postgres://127.0.0.1:{}/{name}", server.port);
        three_agree(folder.path(), &ddl, &server.pg_dump(name), &url, &shown);
    }
    let url = format!(
        "postgresql://postgres@127.0.0.1:{}/construction",
        server.port
    );
    let live = scan(folder.path(), &[&url], &[]);
    let email = live.field("site.leads", "work_email");
    assert_eq!(
        (&email["rows"], &email["matched"]),
        (&40.into(), &40.into())
    );
    assert_eq!(live.field("site.members", "pwd")["tag"], "exact");
    assert_eq!(
        live.field("platform.mobile_devices", "unique_id")["tag"],
        "exact"
    );
    only_reads(&server.log(), "construction");
}

/// Everything that ropa sent stands between BEGIN READ ONLY and ROLLBACK.
fn only_reads(log: &str, database: &str) {
    let mark = format!("{database} ");
    let said: Vec<&str> = log
        .lines()
        .filter_map(|line| line.strip_prefix(mark.as_str()))
        .filter_map(|line| {
            let (_, said) = line.split_once("LOG:  ")?;
            said.strip_prefix("statement: ")
                .or_else(|| said.strip_prefix("execute <unnamed>: "))
        })
        .collect();
    let begins: Vec<usize> = (0..said.len())
        .filter(|at| said[*at].starts_with("BEGIN READ ONLY; SET LOCAL statement_timeout"))
        .collect();
    assert!(begins.len() >= 3, "ropa's transactions are in the log");
    for begin in begins {
        let end = said[begin..]
            .iter()
            .position(|s| s.starts_with("ROLLBACK") && !s.contains("SAVEPOINT"));
        let inside = &said[begin + 1..begin + end.expect("each transaction is rolled back")];
        for statement in inside {
            let reads = ["SELECT ", "SAVEPOINT ", "RELEASE ", "ROLLBACK TO "];
            assert!(
                reads.iter().any(|word| statement.starts_with(word)),
                "{statement}"
            );
        }
    }
}

#[test]
fn postgres_samples_within_bounds_and_tells_what_it_may_not_read() {
    if are_left_out() {
        return;
    }
    let server = Server::postgres();
    let folder = tempfile::tempdir().expect("a temporary folder");
    server.psql("postgres", "CREATE DATABASE shop");
    server.psql(
        "shop",
        "CREATE TABLE orders (id bigserial PRIMARY KEY, buyer text, tags text[], extra jsonb, photo bytea, created_at timestamptz);
         CREATE INDEX ON orders (created_at);
         CREATE TYPE mood AS ENUM ('glad', 'sad');
         CREATE TABLE small (id int PRIMARY KEY, state mood, note text, order_id bigint REFERENCES orders);
         COMMENT ON COLUMN small.note IS '@pii contact.name';
         CREATE TABLE secret (id int, salary int);
         CREATE TABLE half (id int, open text, hidden text);
         CREATE VIEW buyers AS SELECT buyer FROM orders;
         CREATE MATERIALIZED VIEW kept AS SELECT 'ana@example.com'::text AS mail;
         INSERT INTO orders (buyer, tags, extra, photo, created_at)
           SELECT 'ana' || n || '@example.com', ARRAY['192.0.2.' || n % 250], jsonb_build_object('ship', jsonb_build_object('phones', jsonb_build_array('555-0100'))),
                  '\\x00ff', timestamptz '2019-03-01 UTC' + n * interval '1 hour' FROM generate_series(0, 29999) n;
         INSERT INTO small VALUES (1, 'glad', 'x', 1);
         INSERT INTO half VALUES (1, 'open', 'hidden');
         ANALYZE;
         CREATE ROLE reader LOGIN PASSWORD 'hunter2hunter2';
         GRANT SELECT ON orders, small, kept, buyers TO reader;
         GRANT SELECT (id, open) ON half TO reader;",
    );
    let url = format!(
        "postgres://reader:hunter2hunter2@127.0.0.1:{}/shop",
        server.port
    );
    let shown = format!("postgres://127.0.0.1:{}/shop", server.port);
    let live = scan(folder.path(), &[&url], &["--sample-rows", "500"]);
    let reason = live.reason(&shown);
    assert_eq!(live.source(&shown)["coverage"], "partial");
    assert_eq!(live.code, Some(3));
    assert!(
        reason.contains("public.secret: permission denied"),
        "{reason}"
    );
    assert!(
        reason.contains("public.half: permission denied for 1 columns"),
        "{reason}"
    );
    assert!(reason.contains("of about 30000 rows"), "{reason}");
    assert!(!format!("{:?} {}", live.lines, live.errors).contains("hunter2"));

    let orders = live.dataset("public.orders");
    assert_eq!(orders["rows"], 30_000);
    assert_eq!(orders["rows_by"], "estimate");
    assert_eq!(
        (text(&orders["oldest"]), text(&orders["age_by"])),
        ("2019-03-01", "index")
    );
    assert_eq!(orders["newest"], "2022-08-01");
    assert!(
        live.types("public.orders", "buyer")
            .contains("contact.email")
    );
    assert!(
        live.types("public.orders", "tags")
            .contains("location.ip_address")
    );
    assert_eq!(
        live.field("public.orders", "extra.ship.phones.*")["rows"],
        500
    );
    assert_eq!(live.field("public.orders", "photo")["rows"], Value::Null);
    let small = live.dataset("public.small");
    assert_eq!(
        (&small["rows"], &small["rows_by"]),
        (&1.into(), &"count".into())
    );
    assert_eq!(live.field("public.small", "note")["tag"], "exact");
    assert!(live.types("public.kept", "mail").contains("contact.email"));
    assert_eq!(live.field("public.buyers", "buyer")["rows"], Value::Null);
    assert_eq!(
        live.field("public.secret", "salary")["declared_type"],
        "integer"
    );

    let again = scan(folder.path(), &[&url], &["--sample-rows", "500"]);
    assert_eq!(live.lines, again.lines, "a sample is the same each time");
    let full = scan(folder.path(), &[&url], &["--full"]);
    assert_eq!(full.field("public.orders", "id")["rows"], 30_000);
    assert_eq!(full.dataset("public.orders")["rows_by"], "count");
    many_tables(&server, folder.path());
}

/// At most seven statements a table, nine for the whole database.
fn many_tables(server: &Server, folder: &Path) {
    const TABLES: usize = 1_000;
    server.psql("postgres", "CREATE DATABASE many");
    server.psql(
        "many",
        &format!(
            "SET client_min_messages = warning; DO $$ BEGIN FOR n IN 1..{TABLES} LOOP EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, email text)', n); \
             EXECUTE format('INSERT INTO t%s VALUES (1, ''ana@example.com'')', n); END LOOP; END $$;"
        ),
    );
    let before = server.log().lines().count();
    let url = format!("postgres://postgres@127.0.0.1:{}/many", server.port);
    let live = scan(folder, &[&url], &[]);
    assert_eq!(live.code, Some(0), "{}", live.errors);
    assert_eq!(live.of("dataset").count(), TABLES);
    let log = server.log();
    let statements = log
        .lines()
        .skip(before)
        .filter(|line| line.starts_with("many ") && line.contains("LOG:  "))
        .filter(|line| line.contains("statement: ") || line.contains("execute <unnamed>: "))
        .count();
    assert!(statements <= 9 + 7 * TABLES, "{statements} statements");
}

#[test]
fn a_server_that_dies_leaves_what_was_read() {
    if are_left_out() {
        return;
    }
    let mut server = Server::postgres();
    let folder = tempfile::tempdir().expect("a temporary folder");
    server.psql(
        "postgres",
        "CREATE TABLE a (email text); INSERT INTO a VALUES ('ana@example.com');
         CREATE TABLE b AS SELECT n AS id, repeat('ana@example.com ', 20) AS note FROM generate_series(1, 400000) n;",
    );
    let url = format!(
        "postgres://postgres:hunter2hunter2@127.0.0.1:{}/postgres",
        server.port
    );
    let folder_path = folder.path().to_owned();
    let scanning = std::thread::spawn(move || scan(&folder_path, &[&url], &["--full"]));
    while server.log().matches("FETCH 5000").count() < 3 {
        assert!(
            !scanning.is_finished(),
            "the scan ended before the server did"
        );
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    server.crash();
    let live = scanning.join().expect("the scan ends");
    let shown = format!("postgres://127.0.0.1:{}/postgres", server.port);
    let reason = live.reason(&shown);
    assert_eq!(live.source(&shown)["coverage"], "partial");
    assert!(
        reason.contains("the server closed the connection"),
        "{reason}"
    );
    assert!(
        reason.contains("while reading public.b; rows of 1 of 2 tables were read"),
        "{reason}"
    );
    assert_eq!(live.code, Some(3));
    assert_eq!(live.field("public.a", "email")["rows"], 1);
    assert!(!format!("{:?} {}", live.lines, live.errors).contains("hunter2"));

    let gone = scan(
        folder.path(),
        &[&format!("postgres://127.0.0.1:{}/postgres", server.port)],
        &[],
    );
    assert_eq!(gone.source(&shown)["coverage"], "failed");
    assert!(
        gone.reason(&shown).contains("connection refused"),
        "{}",
        gone.reason(&shown)
    );
    assert_eq!(gone.code, Some(3));
}

#[test]
fn postgres_security_labels_are_tags() {
    if are_left_out() {
        return;
    }
    let server = Server::postgres();
    let folder = tempfile::tempdir().expect("a temporary folder");
    // `SECURITY LABEL` needs a loaded extension that provides labels. The rows it leaves in the catalogue are the same.
    server.psql(
        "postgres",
        "CREATE TABLE people (id int, mail text, fax text, note text);
         INSERT INTO people VALUES (1, 'ana@example.com', '555-0100', 'nothing');
         SET allow_system_table_mods = on;
         INSERT INTO pg_seclabel (objoid, objsubid, classoid, provider, label)
           SELECT 'people'::regclass, n, 'pg_class'::regclass, 'anon', label
           FROM (VALUES (0, 'TABLESAMPLE SYSTEM(10)'), (2, 'MASKED WITH FUNCTION anon.fake_email()'),
                        (3, 'MASKED WITH VALUE ''it''''s hidden''')) AS labels (n, label);",
    );
    let dump = server.pg_dump("postgres");
    let labels = String::from_utf8_lossy(&dump)
        .matches("SECURITY LABEL FOR anon ON")
        .count();
    assert_eq!(labels, 3, "PostgreSQL takes the rows for labels");
    write(folder.path(), "dump.sql", &dump);
    let url = format!("postgres://postgres@127.0.0.1:{}/postgres", server.port);
    let shown = format!("postgres://127.0.0.1:{}/postgres", server.port);
    let both = scan(folder.path(), &["dump.sql", &url], &[]);
    both.agrees("dump.sql", &shown, true);
    let live = scan(folder.path(), &[&url], &[]);
    assert_eq!(live.code, Some(0), "{}", live.errors);
    let tag = |field: &str| text(&live.field("public.people", field)["tag"]).to_owned();
    assert_eq!(
        (tag("mail"), tag("fax")),
        ("masked".into(), "masked".into())
    );
    assert_ne!(tag("note"), "masked");
}

#[test]
fn postgres_is_encrypted_as_asked_and_tells_why_not() {
    if are_left_out() {
        return;
    }
    let server = Server::postgres();
    let folder = tempfile::tempdir().expect("a temporary folder");
    server.psql(
        "postgres",
        "CREATE TABLE a (email text); INSERT INTO a VALUES ('ana@example.com');",
    );
    let scanned = |host: &str, options: &str, authorities: Option<&Path>| {
        let port = server.port;
        let url = format!("postgres://postgres:hunter2hunter2@{host}:{port}/postgres?{options}");
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ropa"));
        command
            .current_dir(folder.path())
            .args(["scan", &url, "--all-fields", "--format", "jsonl", "-q"])
            .env_remove("SSL_CERT_FILE")
            .env_remove("SSL_CERT_DIR");
        if let Some(file) = authorities {
            command.env("SSL_CERT_FILE", file);
        }
        let live = read_lines(&command.output().expect("the binary runs"));
        let source = live.of("source").next().expect("the server is listed");
        let reason = text(&source["reason"]).to_owned();
        assert!(!format!("{:?} {}", live.lines, live.errors).contains("hunter2"));
        let is_read = live
            .of("field")
            .any(|field| field["field"] == "email" && field["rows"] == 1);
        assert_eq!(is_read, live.code == Some(0), "{reason} {}", live.errors);
        (is_read, reason)
    };
    let refused = |told: (bool, String), why: &str| {
        assert!(!told.0, "it was read");
        assert!(told.1.contains(why), "{}", told.1);
    };
    let here = "127.0.0.1";
    refused(
        scanned(here, "sslmode=require", None),
        "the server offers no encryption",
    );
    let own = server.encrypt();
    let (other, _) = support::servers::self_signed(folder.path(), "postgres");
    let before = encrypted_connections(&server);
    assert!(scanned(here, "sslmode=require", None).0);
    assert!(scanned(here, "sslmode=verify-full", Some(&own)).0);
    let named = format!("sslmode=verify-full&sslrootcert={}", own.display());
    assert!(scanned(here, &named, Some(&other)).0);
    assert!(scanned("localhost", "sslmode=verify-ca", Some(&own)).0);
    assert_eq!(encrypted_connections(&server), before + 4);

    refused(
        scanned(here, "sslmode=verify-full", Some(&other)),
        "the server's certificate is of an unknown authority",
    );
    refused(
        scanned(here, "sslmode=verify-ca", Some(&other)),
        "name the authority's file by sslrootcert or SSL_CERT_FILE",
    );
    refused(
        scanned("localhost", "sslmode=verify-full", Some(&own)),
        "the server's certificate is for another name than the URL's",
    );
}

/// Connections of ropa that the server says were encrypted.
fn encrypted_connections(server: &Server) -> usize {
    let log = server.log();
    let is_it = |line: &&str| line.contains("application_name=ropa SSL enabled");
    log.lines().filter(is_it).count()
}

#[test]
fn mariadb_agrees_with_ddl_and_dump_and_samples_by_key() {
    if are_left_out() {
        return;
    }
    let server = Server::mariadb();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ddl = fixture("marketplace/db/schema.sql");
    server.mariadb_sql("", "CREATE DATABASE marketplace; CREATE DATABASE shop;");
    server.mariadb_sql("marketplace", &ddl);
    server.mariadb_sql(
        "shop",
        "CREATE TABLE orders (id int PRIMARY KEY AUTO_INCREMENT, buyer varchar(80), extra json, photo blob, created_at datetime, KEY (created_at));
         INSERT INTO orders (buyer, extra, photo, created_at)
           SELECT CONCAT('ana', seq, '@example.com'), JSON_OBJECT('ship', JSON_OBJECT('phone', '555-0100')), x'00ff', '2019-03-01' + INTERVAL seq HOUR FROM seq_1_to_20000;
         CREATE TABLE secret (salary int); CREATE VIEW buyers AS SELECT buyer FROM orders;
         ANALYZE TABLE orders;
         CREATE USER reader@'127.0.0.1' IDENTIFIED BY 'hunter2hunter2';
         GRANT SELECT ON marketplace.* TO reader@'127.0.0.1'; GRANT SELECT ON shop.orders TO reader@'127.0.0.1';
         GRANT SELECT ON shop.buyers TO reader@'127.0.0.1'; GRANT INSERT ON shop.secret TO reader@'127.0.0.1';",
    );
    let url = |database: &str| {
        format!(
            "mysql://reader:hunter2hunter2@127.0.0.1:{}/{database}",
            server.port
        )
    };
    let shown = |database: &str| format!("mysql://127.0.0.1:{}/{database}", server.port);
    let dump = server.mariadb_dump("marketplace");
    three_agree(
        folder.path(),
        &ddl,
        &dump,
        &url("marketplace"),
        &shown("marketplace"),
    );

    let live = scan(folder.path(), &[&url("shop")], &["--sample-rows", "500"]);
    let reason = live.reason(&shown("shop"));
    assert_eq!(
        (live.source(&shown("shop"))["coverage"].as_str(), live.code),
        (Some("partial"), Some(3))
    );
    assert!(
        reason.contains("secret: permission denied (error 1142)"),
        "{reason}"
    );
    assert!(reason.contains("orders 500 of about"), "{reason}");
    let orders = live.dataset("orders");
    assert_eq!(
        (text(&orders["oldest"]), text(&orders["age_by"])),
        ("2019-03-01", "index")
    );
    assert_eq!(orders["newest"], "2021-06-11");
    assert_eq!(live.field("orders", "extra.ship.phone")["rows"], 500);
    let buyer = live
        .of("field")
        .find(|line| line["field"] == "buyer" && line["data_type"] == "contact.email");
    assert_eq!(buyer.expect("it holds addresses")["matched"], 500);
    assert!(!format!("{:?} {}", live.lines, live.errors).contains("hunter2"));
    let again = scan(folder.path(), &[&url("shop")], &["--sample-rows", "500"]);
    assert_eq!(live.lines, again.lines, "a sample is the same each time");

    // MariaDB writes its log a little later than it answers.
    std::thread::sleep(std::time::Duration::from_millis(500));
    let statements = server.statements();
    let said = statements
        .lines()
        .filter_map(|line| line.split_once("Query\t"));
    let said: Vec<&str> = said.map(|(_, said)| said).collect();
    let begin = said
        .iter()
        .rposition(|s| *s == "START TRANSACTION READ ONLY");
    let inside = &said[begin.expect("it was read-only") + 1..];
    assert!(inside.len() > 5);
    for statement in inside {
        let reads = statement.starts_with("SELECT ") || statement.starts_with("(SELECT ");
        assert!(reads || *statement == "ROLLBACK", "{statement}");
    }
    let wrong = url("shop").replace("hunter2hunter2", "hunter2");
    let refused = scan(folder.path(), &[&wrong], &[]);
    assert!(
        refused
            .reason(&shown("shop"))
            .contains("refused the user or the password")
    );
    assert!(!format!("{:?} {}", refused.lines, refused.errors).contains("hunter2"));
}

#[test]
fn a_sqlite_file_agrees_with_its_ddl() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ddl = fixture("mail_addin/store/schema.sql");
    write(folder.path(), "ddl/schema.sql", &ddl);
    let path = folder.path().join("store.db");
    let made = rusqlite::Connection::open(&path).expect("a new file");
    made.execute_batch(&ddl).expect("valid statements");
    made.close().expect("closed");
    for target in ["store.db", "sqlite:store.db"] {
        let both = scan(folder.path(), &["ddl/schema.sql", target], &[]);
        assert_eq!(both.code, Some(0), "{}", both.errors);
        // SQLite keeps the DDL as it was written, so its comments count.
        both.agrees("ddl/schema.sql", target, true);
    }
}

#[test]
fn a_sqlite_file_inside_another_is_read_without_a_temporary_file() {
    use std::io::Write as _;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("store.db");
    let made = rusqlite::Connection::open(&path).expect("a new file");
    made.execute_batch(
        "PRAGMA journal_mode = WAL; CREATE TABLE members (id INTEGER PRIMARY KEY, mail TEXT);
         INSERT INTO members (mail) VALUES ('ana@example.com'), ('bob@example.org');",
    )
    .expect("valid statements");
    made.close().expect("closed");
    let bytes = std::fs::read(&path).expect("readable");
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("in/store.db", zip::write::SimpleFileOptions::default())
        .expect("a name");
    zip.write_all(&bytes).expect("memory takes all");
    let zip = zip.finish().expect("memory takes all").into_inner();
    write(folder.path(), "in.zip", zip);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(&bytes).expect("memory takes all");
    write(
        folder.path(),
        "packed.db.gz",
        gzip.finish().expect("memory takes all"),
    );
    for (target, source) in [
        ("in.zip", "in.zip!/in/store.db"),
        ("packed.db.gz", "packed.db.gz"),
    ] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ropa"));
        command.current_dir(folder.path()).args([
            "scan",
            target,
            "--all-fields",
            "--format",
            "jsonl",
            "-q",
        ]);
        // There is no folder for temporary files: whoever wants one fails.
        let nowhere = folder.path().join("nowhere");
        let output = command
            .env("TMPDIR", &nowhere)
            .env("SQLITE_TMPDIR", &nowhere)
            .output()
            .expect("the binary runs");
        let told = read_lines(&output);
        assert_eq!(told.source(source)["coverage"], "whole", "{}", told.errors);
        assert_eq!(told.field("members", "mail")["matched"], 2);
    }
}

#[test]
fn redis_keys_are_gathered_by_pattern() {
    if are_left_out() {
        return;
    }
    let server = Server::redis();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let users: String = (1_001..1_041)
        .map(|n| format!("HSET user:{n} email ana{n}@example.com born 1980-02-03\n"))
        .collect();
    server.redis_commands(&users);
    server.redis_commands(
        "SET session:6fa459ea-ee8a-3ca4-894e-db77e160355e \"{\\\"user\\\":{\\\"mail\\\":\\\"ana@example.com\\\"}}\"\n\
         RPUSH queue ana@example.com bob@example.org\nZADD scores 1 ana@example.com\nXADD audit * email ana@example.com\n\
         CONFIG SET requirepass hunter2hunter2\n",
    );
    let url = format!("redis://:hunter2hunter2@127.0.0.1:{}/0", server.port);
    let shown = format!("redis://127.0.0.1:{}/0", server.port);
    let live = scan(folder.path(), &[&url], &[]);
    assert_eq!(
        live.source(&shown)["coverage"],
        "whole",
        "{}",
        live.reason(&shown)
    );
    assert_eq!(live.dataset("user:*")["rows"], 40);
    assert_eq!(live.field("user:*", "email")["matched"], 40);
    assert!(
        live.types("session:*", "value.user.mail")
            .contains("contact.email")
    );
    assert_eq!(live.field("queue", "*")["rows"], 2);
    assert_eq!(live.field("scores", "*")["rows"], 1);
    assert_eq!(live.field("audit", "email")["rows"], 1);
    let sampled = scan(folder.path(), &[&url], &["--sample-rows", "10"]);
    assert_eq!(sampled.source(&shown)["coverage"], "sampled");
    let refused = scan(
        folder.path(),
        &[&url.replace(":hunter2hunter2@", ":hunter2@")],
        &[],
    );
    assert_eq!(refused.code, Some(3));
    for each in [&live, &sampled, &refused] {
        assert!(!format!("{:?} {}", each.lines, each.errors).contains("hunter2"));
    }
}

#[test]
fn a_variable_names_a_database_and_is_never_shown() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = |value: &str| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_ropa"))
            .current_dir(folder.path())
            .args(["scan", "env:ROPA_TEST_URL", "--format", "jsonl"])
            .env("ROPA_TEST_URL", value)
            .output()
            .expect("the binary runs");
        let told = format!(
            "{}{}",
            stdout(&output),
            String::from_utf8_lossy(&output.stderr)
        );
        (told, output.status.code())
    };
    let (told, code) = run("postgres://ana:hunter2@127.0.0.1:1/shop");
    assert!(told.contains("\"postgres://127.0.0.1:1/shop\""), "{told}");
    assert!(told.contains("connection refused"), "{told}");
    assert_eq!(code, Some(3));
    let (other, code) = run("ana:hunter2@db.example/shop");
    assert!(other.contains("ROPA_TEST_URL"), "{other}");
    assert_eq!(code, Some(2));
    assert!(!format!("{told}{other}").contains("hunter2"));
}
