//! Each construct of each dialect, and what breaks readers.
use super::*;
use crate::source::recording::Recording;

fn read_named(name: &str, text: &str) -> (Recording, Outcome) {
    let input = Input::bytes(name, text.as_bytes()).unwrap();
    let mut recording = Recording::default();
    let outcome = READER
        .read(&input, &Split::whole(), &Budget::default(), &mut recording)
        .unwrap();
    (recording, outcome)
}

fn read(text: &str) -> Recording {
    read_named("schema.sql", text).0
}

#[test]
fn a_table_with_types_keys_and_references() {
    let got = read(
        "CREATE TABLE public.users (\n  id bigint PRIMARY KEY,\n  email varchar(255) NOT NULL DEFAULT 'x@example.com',\n  seen timestamp with time zone,\n  org_id int REFERENCES orgs (id)\n);",
    );
    assert_eq!(got.paths("public.users"), ["id", "email", "seen", "org_id"]);
    assert_eq!(
        got.lines().lines().nth(2).unwrap(),
        "public.users.email varchar(255) at=3:3"
    );
    assert_eq!(
        got.field_named("public.users", "seen")
            .field
            .declared_type
            .as_deref(),
        Some("timestamp with time zone")
    );
    assert!(got.field_named("public.users", "id").field.primary_key);
    assert_eq!(
        got.field_named("public.users", "org_id")
            .field
            .references
            .as_ref()
            .unwrap()
            .dataset,
        "orgs"
    );
}

#[test]
fn literals_of_the_fixtures_stay_in_them() {
    for (name, text) in [
        (
            "postgresql.sql",
            include_str!("../../../fixtures/sources/sql/postgresql.sql"),
        ),
        (
            "mysql.sql",
            include_str!("../../../fixtures/sources/sql/mysql.sql"),
        ),
        (
            "oracle.sql",
            include_str!("../../../fixtures/sources/sql/oracle.sql"),
        ),
    ] {
        let (got, outcome) = read_named(name, text);
        assert_eq!((outcome.coverage, outcome.unresolved), (Coverage::Whole, 0));
        assert_eq!(outcome.lines, text.matches('\n').count() as u64);
        assert!(text.contains("canary") || text.contains("4711"));
        assert!(!got.lines().contains("canary") && !got.lines().contains("4711"));
    }
}

fn values(got: &Recording, dataset: &str, field: &str) -> Vec<String> {
    got.field_named(dataset, field).values.clone()
}

#[test]
fn values_of_inserts_are_decoded() {
    let (got, _) = read_named(
        "mysql.sql",
        include_str!("../../../fixtures/sources/sql/mysql.sql"),
    );
    assert_eq!(
        values(&got, "customers", "e-mail"),
        [
            "ada@example.com",
            "o'hara@example.org",
            "eve@example.net",
            "x@example.net"
        ]
    );
    assert_eq!(values(&got, "customers", "key"), ["k;1", "line\nbreak"]);
    assert_eq!(values(&got, "customers", "2fa_secret"), ["ab\\c"]);
    assert_eq!(values(&got, "customers", "photo"), Vec::<String>::new());
    let (got, _) = read_named(
        "sqlserver.sql",
        include_str!("../../../fixtures/sources/sql/sqlserver.sql"),
    );
    assert_eq!(
        values(&got, "dbo.Person", "Full Name"),
        ["Ada O'Example", "Bob C:\\"]
    );
    let (got, _) = read_named(
        "oracle.sql",
        include_str!("../../../fixtures/sources/sql/oracle.sql"),
    );
    assert_eq!(values(&got, "hr.staff", "first_name"), ["Ada Example"]);
    assert_eq!(values(&got, "hr.staff", "hired"), ["17-JUN-2003"]);
    let (got, _) = read_named(
        "sqlite.sql",
        include_str!("../../../fixtures/sources/sql/sqlite.sql"),
    );
    assert_eq!(
        values(&got, "contacts", "name"),
        ["Ada", "Semi;colon 'quoted'"]
    );
}

#[test]
fn values_of_copies_are_decoded() {
    let (got, _) = read_named(
        "postgresql.sql",
        include_str!("../../../fixtures/sources/sql/postgresql.sql"),
    );
    assert_eq!(
        values(&got, "public.members", "email"),
        ["ada@example.com", "tab\there@example.org"]
    );
    assert_eq!(
        values(&got, "public.clubs", "name"),
        ["Rowing, \"North\"", "two\nlines"]
    );
    assert_eq!(
        values(&got, "public.visits", "day"),
        ["2026-02-03", "2026-02-04"]
    );
}

#[test]
fn rows_without_a_schema_name_their_columns_by_position() {
    let got = read("INSERT INTO leads VALUES (1,'a'),(2,'b');");
    assert_eq!(got.paths("leads"), ["column_1", "column_2"]);
}

#[test]
fn one_unreadable_statement_costs_no_neighbour() {
    let got = read(
        "CREATE TABLE a (x int;\nCREATE TABLE b (y text);\nCREATE TABLE ;\nCREATE !!! ((( '\n;\nCREATE TABLE c (z text)",
    );
    assert_eq!(got.paths("b"), ["y"]);
}

#[test]
fn a_bracket_left_open_does_not_swallow_the_next_table() {
    let got = read("CREATE TABLE a (\n  x int,\n  y text\nCREATE TABLE b (\n  z text\n);");
    assert_eq!(got.paths("a"), ["x", "y"]);
    assert_eq!(got.paths("b"), ["z"]);
}

#[test]
fn undoing_parts_of_migrations_take_nothing_away() {
    let got = read(
        "-- +goose Up\nALTER TABLE users ADD COLUMN phone text;\n-- +goose Down\nALTER TABLE users DROP COLUMN phone;\n",
    );
    assert_eq!(got.paths("users"), ["phone"]);
}

#[test]
fn queries_alone_give_no_dataset() {
    let (got, outcome) = read_named(
        "report.sql",
        "WITH x AS (SELECT 1) SELECT email FROM users WHERE name = 'a;b';\nUPDATE users SET a = 'x';",
    );
    assert!(got.datasets.is_empty());
    assert_eq!(
        outcome,
        Outcome {
            lines: 1,
            ..Outcome::whole()
        }
    );
}

#[test]
fn a_custom_dump_is_claimed_and_told_with_advice() {
    let input = Input::bytes("backup.dump", &b"PGDMP\x01\x0e\x00"[..]).unwrap();
    assert_eq!(READER.claim(&input), Claim::Certain);
    let outcome = READER
        .read(
            &input,
            &Split::whole(),
            &Budget::default(),
            &mut Recording::default(),
        )
        .unwrap();
    assert!(matches!(&outcome.coverage, Coverage::Failed(why) if why.contains("plain")));
}

#[test]
fn columns_named_like_keywords_are_columns() {
    let got = read(
        "CREATE TABLE a (key varchar(255), index int, fulltext text, comment text, check_in date, period text, primary_phone text, unique_id int, \"constraint\" text, KEY idx (key), INDEX (comment));",
    );
    assert_eq!(
        got.paths("a"),
        [
            "key",
            "index",
            "fulltext",
            "comment",
            "check_in",
            "period",
            "primary_phone",
            "unique_id",
            "constraint"
        ]
    );
}

#[test]
fn indexes_are_no_columns_however_they_are_written() {
    let indexes = [
        "KEY INDEX (a)",
        "KEY INDEX ix (a)",
        "KEY INDEX `ix` (`a` ASC, `b`(10)) USING HASH",
        "KEY INDEX ix USING BTREE (a)",
        "INDEX KEY ix (a)",
        "UNIQUE KEY INDEX ix (a)",
        "PRIMARY KEY INDEX (a)",
        "INDEX IF NOT EXISTS ix (a)",
        "INDEX ix lower(a) TYPE bloom_filter GRANULARITY 1",
        "INDEX ix a TYPE minmax",
    ];
    for index in indexes {
        let got = read(&format!(
            "CREATE TABLE t (a int, {index}, b text, `index` int, `key` int);"
        ));
        assert_eq!(got.paths("t"), ["a", "b", "index", "key"], "{index}");
        let got = read(&format!(
            "CREATE TABLE t (a int);\nALTER TABLE t ADD {index}, ADD b text, ALTER INDEX ix INVISIBLE;"
        ));
        assert_eq!(got.paths("t"), ["a", "b"], "{index}");
    }
    let got = read("CREATE TABLE t (key varchar(10), index int NOT NULL, b text);");
    assert_eq!(got.paths("t"), ["key", "index", "b"]);
}

#[test]
fn comments_stand_with_the_column_they_are_about() {
    let got = read(
        "CREATE TABLE a ( -- about the table\n  -- above x\n  x int, -- behind x\n  /* above y */ y text\n  , z text -- behind z\n);",
    );
    let comment = |path: &str| {
        got.field_named("a", path)
            .field
            .comment
            .clone()
            .unwrap_or_default()
    };
    assert_eq!(
        got.dataset_named("a").dataset.comment.as_deref(),
        Some("about the table")
    );
    assert_eq!(
        (comment("x"), comment("y"), comment("z")),
        (
            "above x\nbehind x".into(),
            "above y".into(),
            "behind z".into()
        )
    );
}

#[test]
fn utf16_scripts_are_read() {
    let text: Vec<u8> = "\u{feff}CREATE TABLE [dbo].[Gäste](\r\n [E-Mail] nvarchar(20))\r\nGO\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let input = Input::bytes("x.sql", text).unwrap();
    let mut got = Recording::default();
    READER
        .read(&input, &Split::whole(), &Budget::default(), &mut got)
        .unwrap();
    assert_eq!(got.paths("dbo.Gäste"), ["E-Mail"]);
}

#[test]
fn cut_sources_are_partial() {
    let cut = |text: &str| read_named("dump.sql", text).1.coverage;
    assert_eq!(
        cut("\nCREATE TABLE a (x int"),
        Coverage::Partial("it ends inside the statement that begins at line 2".into())
    );
    assert_eq!(
        cut("INSERT INTO a VALUES (1,'x'),(2,'"),
        Coverage::Partial("it ends inside the rows that begin at line 1".into())
    );
    assert_eq!(
        cut("COPY a (x) FROM stdin;\n1\n2\n"),
        Coverage::Partial("it ends inside the rows that begin at line 1".into())
    );
    assert_eq!(cut("CREATE TABLE a (x int)"), Coverage::Whole);
    assert_eq!(cut("INSERT INTO a VALUES (1,'x')\n-- end"), Coverage::Whole);
}

#[test]
fn deep_brackets_long_chains_and_zero_bytes_do_no_harm() {
    let deep = format!(
        "CREATE TABLE a (x int CHECK ({}1{}), y text);\nCREATE TABLE b (z int);",
        "(".repeat(10_000),
        ")".repeat(10_000)
    );
    let got = read(&deep);
    assert_eq!(
        (got.paths("a"), got.paths("b")),
        (vec!["x", "y"], vec!["z"])
    );
    let chain = format!(
        "CREATE TABLE a (x int DEFAULT 1{}, y text);",
        "+1".repeat(50_000)
    );
    assert_eq!(read(&chain).paths("a"), ["x", "y"]);
    let below_the_limit = format!(
        "CREATE TABLE a (x int CHECK (x = 1{}), y text);",
        " OR x = 1".repeat(190)
    );
    assert_eq!(read(&below_the_limit).paths("a"), ["x", "y"]);
    assert_eq!(
        read("\0\0CREATE TABLE a (x int);\0\0;CREATE TABLE b (y\0 int, z text);").paths("a"),
        ["x"]
    );
    let nested = format!(
        "CREATE TABLE a (x {}INT64{});",
        "STRUCT<a ".repeat(5_000),
        ">".repeat(5_000)
    );
    assert!(read(&nested).paths("a").len() > 2);
}

/// The same rows in a stream of one-byte reads and at once.
#[test]
fn where_the_buffer_ends_does_not_matter() {
    struct Drip(std::io::Cursor<Vec<u8>>);
    impl std::io::Read for Drip {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            let some = out.len().min(7);
            std::io::Read::read(&mut self.0, &mut out[..some])
        }
    }
    let mut text = String::from("CREATE TABLE a (x int, y text);\n");
    for i in 0..40_000 {
        text.push_str(&format!(
            "INSERT INTO a VALUES ({i},'it''s ; row {i}'),\n ({i}, 'b\u{e9}') ;\n"
        ));
    }
    text.push_str("COPY a FROM stdin;\n");
    (0..60_000).for_each(|i| text.push_str(&format!("{i}\tvalue {i}\n")));
    text.push_str("\\.\nCREATE TABLE b (z int);");
    let input = Input::stream(
        "a.sql",
        Box::new(Drip(std::io::Cursor::new(text.clone().into_bytes()))),
    )
    .unwrap();
    let mut dripped = Recording::default();
    let outcome = READER
        .read(&input, &Split::whole(), &Budget::default(), &mut dripped)
        .unwrap();
    assert_eq!(outcome.coverage, Coverage::Whole);
    assert_eq!(dripped.field_named("a", "y").count, 140_000);
    assert_eq!(dripped.lines(), read(&text).lines());
    assert_eq!(dripped.dataset_named("b").dataset.place.line, 140_004);
}

#[test]
fn the_grammar_and_the_tolerant_reader_agree() {
    let dialect = dialect::Dialect::PostgreSql;
    let text = b"CREATE TABLE a (x int, y text, PRIMARY KEY (x))";
    let columns = parsed::columns(text, &[], dialect);
    if cfg!(feature = "sql") {
        assert_eq!(
            columns
                .unwrap()
                .into_iter()
                .map(|c| c.0)
                .collect::<Vec<_>>(),
            ["x", "y"]
        );
    }
}

#[test]
fn a_text_too_long_to_keep_costs_its_own_statement_only() {
    let text = format!(
        "CREATE TABLE a (x text DEFAULT '{}', y int); CREATE TABLE b (z text);",
        "z".repeat(20 << 20)
    );
    let (got, outcome) = read_named("schema.sql", &text);
    assert_eq!(outcome.unresolved, 1);
    assert_eq!(got.paths("b"), ["z"]);
}
