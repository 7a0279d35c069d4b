//! Each syntax: what is put in, and that nothing else changes.

use super::*;
use crate::taxonomy::DataType;

/// The text with the best way to tag `field` as an e-mail address put in.
fn tagged(file: &str, text: &str, field: &str, line: u64) -> String {
    let missing = MissingTag {
        dataset: "public.users".into(),
        field: field.into(),
        declared_type: None,
        types: vec![DataType::from_key("contact.email").expect("a key")],
    };
    let syntax = syntax_of(file, text).expect("a syntax of this file");
    let ways = syntax.ways(
        text,
        &Untagged {
            missing: &missing,
            line,
        },
    );
    spliced(text, &ways[..1])
}

#[test]
fn postgres_gets_comment_on_behind_the_statement() {
    let text = "CREATE TABLE public.\"Users\" (\n  id bigserial,\n  email text DEFAULT 'a;b', -- work\n  x int\n);\nSELECT 1;\n";
    assert_eq!(
        tagged("a.sql", text, "email", 3),
        text.replace(
            ");\n",
            ");\nCOMMENT ON COLUMN public.\"Users\".email IS '@pii contact.email';\n"
        )
    );
}

#[test]
fn what_a_comment_says_already_is_kept() {
    let text = "CREATE TABLE users (id bigserial,\n  email text\n);\nCOMMENT ON COLUMN public.users.email IS 'the user''s mail';\n";
    assert_eq!(
        tagged("a.sql", text, "email", 2),
        text.replace("mail';", "mail @pii contact.email';")
    );
    let text = "CREATE TABLE `users` (\n  `email` varchar(255) NOT NULL COMMENT 'work mail',\n) ENGINE=InnoDB;\n";
    assert_eq!(
        tagged("a.sql", text, "email", 2),
        text.replace("mail'", "mail @pii contact.email'")
    );
}

#[test]
fn mysql_and_bigquery_say_it_inline() {
    let text =
        "CREATE TABLE `users` (\n  `email` varchar(255) NOT NULL -- work\n) ENGINE=InnoDB;\n";
    assert_eq!(
        tagged("a.sql", text, "email", 2),
        text.replace("NULL --", "NULL COMMENT '@pii contact.email' --")
    );
    let text = "CREATE TABLE d.users (\n  id INT64,\n  email STRING\n);\n";
    assert_eq!(
        tagged("a.sql", text, "email", 3),
        text.replace(
            "STRING",
            "STRING OPTIONS(description = '@pii contact.email')"
        )
    );
}

#[test]
fn other_dialects_get_a_comment_that_swallows_nothing() {
    let text = "CREATE TABLE users (\n  email TEXT,\n  phone TEXT\n);\n";
    assert_eq!(
        tagged("a.sql", text, "email", 2),
        text.replace("email TEXT,", "email TEXT, -- @pii contact.email")
    );
    assert_eq!(
        tagged("a.sql", text, "phone", 3),
        text.replace("phone TEXT", "phone TEXT -- @pii contact.email")
    );
    let text = "CREATE TABLE users (id INT, email TEXT, phone TEXT);\n";
    assert_eq!(
        tagged("a.sql", text, "email", 1),
        text.replace("email TEXT,", "email TEXT /* @pii contact.email */,")
    );
    let text = "CREATE TABLE users (\r\n  email TEXT, -- work\r\n  id INT\r\n);\r\n";
    assert_eq!(
        tagged("a.sql", text, "email", 2),
        text.replace("work", "work @pii contact.email")
    );
}

#[test]
fn rails_columns_get_a_comment() {
    let line = |code: &str| format!("create_table \"users\" do |t|\n{code}\nend\n");
    for (code, wanted) in [
        (
            "  t.string \"email\"",
            "  t.string \"email\", comment: \"@pii contact.email\"",
        ),
        (
            "  t.string \"email\", null: false # work",
            "  t.string \"email\", null: false, comment: \"@pii contact.email\" # work",
        ),
        (
            "  t.string \"email\", comment: \"work\"",
            "  t.string \"email\", comment: \"work @pii contact.email\"",
        ),
        (
            "  t.string(:email)",
            "  t.string(:email, comment: \"@pii contact.email\")",
        ),
    ] {
        assert_eq!(
            tagged("db/schema.rb", &line(code), "email", 2),
            line(wanted)
        );
    }
}

#[test]
fn comments_stand_above_with_the_same_indentation() {
    for (file, wanted) in [
        ("a.prisma", "  /// @pii contact.email\n  email String\n"),
        ("a.ts", "  /** @pii contact.email */\n  email String\n"),
        ("a.rs", "  /// @pii contact.email\n  email String\n"),
        ("a.proto", "  // @pii contact.email\n  email String\n"),
        (
            "a.graphql",
            "  \"\"\"@pii contact.email\"\"\"\n  email String\n",
        ),
    ] {
        assert_eq!(
            tagged(file, "x {\n  email String\n}\n", "email", 2),
            format!("x {{\n{wanted}}}\n")
        );
    }
    let described = "type User {\n  \"Work mail\"\n  email: String\n}\n";
    assert_eq!(
        tagged("a.gql", described, "email", 3),
        described.replace("mail\"", "mail @pii contact.email\"")
    );
}

#[test]
fn python_fields_get_a_comment_behind() {
    let text = "class User:\n    email = models.EmailField()\n";
    assert_eq!(
        tagged("models.py", text, "email", 2),
        text.replace("()", "()  # @pii contact.email")
    );
}

#[test]
fn go_structs_get_a_struct_tag() {
    for (code, wanted) in [
        (
            "\tEmail string `json:\"email\"` // work",
            "\tEmail string `json:\"email\" pii:\"contact.email\"` // work",
        ),
        ("\tEmail string", "\tEmail string `pii:\"contact.email\"`"),
    ] {
        let text = format!("type User struct {{\n{code}\n}}\n");
        assert_eq!(
            tagged("a.go", &text, "Email", 2),
            format!("type User struct {{\n{wanted}\n}}\n")
        );
    }
}

#[test]
fn contracts_get_a_key() {
    let text = "{\"properties\": {\n  \"email\": {\n    \"type\": \"string\"\n  }\n}}\n";
    assert_eq!(
        tagged("user.schema.json", text, "email", 2),
        text.replace(
            "{\n    \"type\"",
            "{\n    \"x-pii\": \"contact.email\",\n    \"type\""
        )
    );
    let text = "{\"fields\": [\n  {\"name\": \"email\", \"type\": \"string\"}\n]}\n";
    assert_eq!(
        tagged("user.avsc", text, "email", 2),
        text.replace(
            "\"email\",",
            "\"email\", \"confluent:tags\": [\"PII\"], \"pii\": \"contact.email\","
        )
    );
    let text = "properties:\n  email:\n    type: string\n";
    assert_eq!(
        tagged("api.yaml", text, "email", 2),
        text.replace("email:\n", "email:\n    x-pii: contact.email\n")
    );
    let text = "columns:\n  - name: email\n    description: mail\n";
    assert_eq!(
        tagged("schema.yml", text, "email", 2),
        text.replace(
            "email\n",
            "email\n    config:\n      meta:\n        pii: contact.email\n"
        )
    );
}

#[test]
fn what_has_no_comments_gets_a_correction() {
    let missing = MissingTag {
        dataset: "a.csv".into(),
        field: "email".into(),
        declared_type: None,
        types: vec![DataType::from_key("contact.email").expect("a key")],
    };
    let text = with_corrections(
        "detectors = \"mine\"",
        &[("exports/a.csv".into(), &missing)],
    );
    let config =
        crate::config::Config::parse(&text, std::path::Path::new("ropa.toml")).expect("it reads");
    assert!(
        config
            .correction("exports/a.csv", "a.csv", "email")
            .is_some()
    );
    assert!(text.starts_with("detectors = \"mine\"\n\n[[correction]]\n"));
}

#[test]
fn live_databases_get_statements_with_their_quotes() {
    let missing = MissingTag {
        dataset: "public.Users".into(),
        field: "e-mail".into(),
        declared_type: Some("varchar(255)".into()),
        types: vec![DataType::from_key("contact.email").expect("a key")],
    };
    assert_eq!(
        statement("postgres://db.example/shop", &missing).as_deref(),
        Some("COMMENT ON COLUMN \"public\".\"Users\".\"e-mail\" IS '@pii contact.email';")
    );
    assert!(
        statement("mysql://db.example/shop", &missing)
            .is_some_and(|s| s.contains("`e-mail` varchar(255)"))
    );
    assert_eq!(statement("sqlite:a.db", &missing), None);
}

#[test]
fn a_diff_shows_only_what_was_put_in() {
    let text = "CREATE TABLE users (\n  email TEXT,\n  phone TEXT\n);\n";
    let new = tagged("db/a.sql", text, "email", 2);
    let shown = diff("db/a.sql", text, &new, str::to_owned);
    assert_eq!(
        shown,
        "--- a/db/a.sql\n+++ b/db/a.sql\n@@ -2 +2 @@\n-  email TEXT,\n+  email TEXT, -- @pii contact.email\n"
    );
}
