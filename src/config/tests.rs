//! What a ropa.toml must hold and must not, one case a test.

use super::*;

fn parse(text: &str) -> Result<Config, ConfigError> {
    Config::parse(text, Path::new("ropa.toml"))
}

fn refusal(text: &str) -> String {
    parse(text).expect_err("it must be refused").to_string()
}

const WHOLE: &str = r#"
organisation = { name = "Example SA", country = "FR", email = "privacy@example.com", dpo = "dpo@example.com" }
[[system]]
id = "shop"
paths = ["db/**", "postgres://db.example/shop"]
role = "controller"
hosting = ["FR"]
security_measures = ["encryption"]
[[activity]]
id = "newsletter"
name = "Newsletter"
systems = ["shop"]
fields = ["db/**:public.subscribers.*"]
types = ["contact.email"]
subjects = ["subscriber"]
purposes = ["direct_marketing", { id = "analytics", text = "What is read" }]
legal_bases = ["consent"]
recipients = ["mailchimp", "hosting_provider", { recipient = "Our printer", data = ["contact.name"] }]
transfers = [{ to = ["US"], recipient = "mailchimp", safeguard = "dpf" }]
retention = [{ data = ["contact.email"], duration = "P3Y", from = "last_action" }]
created = "2020-01-31"
[[recipient]]
id = "mailchimp"
name = "Mailchimp"
category = "marketing_provider"
role = "processor"
country = "US"
[[correction]]
field = "exports/*.csv:*.ref"
type = "none"
reason = "order number"
"#;

#[test]
fn a_whole_file_reads() {
    let config = parse(WHOLE).expect("reads");
    assert_eq!(
        config
            .organisation
            .dpo
            .as_ref()
            .and_then(|d| d.email.as_deref()),
        Some("dpo@example.com")
    );
    let activity = &config.activities[0];
    assert_eq!(activity.purposes[0].id, "direct_marketing");
    assert_eq!(activity.purposes[1].text.as_deref(), Some("What is read"));
    assert_eq!(
        activity.retention[0]
            .duration
            .as_ref()
            .map(Duration::as_str),
        Some("P3Y")
    );
    assert!(config.correction("exports/a.csv", "a.csv", "ref").is_some());
    assert!(
        config
            .correction("exports/old/a.csv", "a.csv", "ref")
            .is_none()
    );
}

#[test]
fn unknown_keys_name_the_nearest() {
    let message = refusal("[[activity]]\nid = \"a\"\nname = \"A\"\npurpose = [\"analytics\"]\n");
    assert_eq!(
        message,
        "ropa.toml, line 4, column 1: unknown key `purpose`; did you mean `purposes`?"
    );
}

#[test]
fn errors_never_repeat_a_value() {
    let secret = "jane.doe@example.com";
    let broken = [
        format!("[[activity]]\nid = \"{secret}\"\nname = \"A\"\n"),
        format!("\"{secret}\" = 1\n"),
        format!("[[activity]]\nid = \"a\"\nname = 3\ntypes = [\"{secret}\"]\n"),
        format!("[[activity]]\nid = \"a\"\nname = \"A\"\ntypes = [\"{secret}\"]\n"),
        format!("[[activity]]\nid = \"a\"\nname = \"A\"\nrole = \"{secret}\"\n"),
        format!("[[activity]]\nid = \"a\"\nname = \"A\"\noptional = \"{secret}\"\n"),
        format!(
            "[[activity]]\nid = \"a\"\nname = \"A\"\nretention = [{{ duration = \"{secret}\" }}]\n"
        ),
        format!("[[activity]]\nid = \"a\"\nname = \"A\"\nretention = \"{secret}\"\n"),
        format!("organisation = {{ name = \"{secret}\n"),
        format!("{secret}\n"),
        format!("[{secret}\n"),
        format!("x = {secret}\n"),
        format!("[check]\nfail_on = \"{secret}\"\n"),
        format!("[organisation]\nname = \"{secret}\"\nname = \"{secret}\"\n"),
        format!("[\"{secret}\"]\nname = 1\n[\"{secret}\"]\n"),
    ];
    for text in broken {
        let message = refusal(&text);
        assert!(
            !message.contains("jane") && !message.contains("doe"),
            "{message}"
        );
        assert!(message.contains("line"), "{message}");
    }
}

#[test]
fn duplicate_ids_name_both_lines() {
    let message =
        refusal("[[activity]]\nid = \"a\"\nname = \"A\"\n[[activity]]\nid = \"a\"\nname = \"B\"\n");
    assert_eq!(
        message,
        "ropa.toml, line 5, column 6: this `activity.id` is already taken in line 2; ids must be unique"
    );
}

#[test]
fn references_must_lead_somewhere() {
    let message = refusal(
        "[[recipient]]\nid = \"mailchimp\"\n[[activity]]\nid = \"a\"\nname = \"A\"\nrecipients = [\"mailchmp\"]\n",
    );
    assert!(message.starts_with("ropa.toml, line 6, column 15: no `[[recipient]]` has this id; did you mean `mailchimp`?"), "{message}");
    let message = refusal(
        "[[system]]\nid = \"shop\"\n[[activity]]\nid = \"a\"\nname = \"A\"\nsystems = [\"shopp\"]\n",
    );
    assert!(
        message.contains("line 6") && message.contains("did you mean `shop`?"),
        "{message}"
    );
}

#[test]
fn forms_are_checked() {
    let activity = |rest: &str| format!("[[activity]]\nid = \"a\"\nname = \"A\"\n{rest}\n");
    assert!(
        refusal(&activity("retention = [{ duration = \"3 years\" }]"))
            .contains("ISO 8601 duration")
    );
    assert!(refusal(&activity("created = \"31.01.2020\"")).contains("not a day"));
    assert!(
        refusal(&activity("types = [\"contact.emial\"]"))
            .contains("unknown data type; did you mean `contact.email`?")
    );
    assert!(refusal("[[activity]]\nid = \"A b\"\nname = \"A\"\n").contains("not an id"));
    assert!(
        refusal("[[correction]]\nfield = \"a\"\ntype = \"none\"\n").contains("needs a `reason`")
    );
    assert!(refusal("[[activity]]\nid = \"a\"\n").contains("the key `name` is missing"));
}

#[test]
fn patterns_cover_fields() {
    let covers = |pattern: &str, source: &str, object: &str| {
        FieldPattern::new(pattern)
            .expect("compiles")
            .matches(source, object)
    };
    assert!(covers(
        "db/**:public.users.*",
        "db/v1/schema.sql",
        "public.users.email"
    ));
    assert!(!covers(
        "db/*:public.users.*",
        "db/v1/schema.sql",
        "public.users.email"
    ));
    assert!(covers(
        "postgres://db.example:5432/shop:public.users.*",
        "postgres://db.example:5432/shop",
        "public.users.email"
    ));
    assert!(covers(
        "users.address.*",
        "anything",
        "users.address.street.*"
    ));
    let folder = SourcePattern::new("./db").expect("compiles");
    assert!(folder.matches("db/schema.sql") && !folder.matches("dbx/schema.sql"));
    assert!(SourcePattern::new(".").expect("compiles").matches("a/b"));
}

#[test]
fn paths_are_seen_from_the_file() {
    let based = |here: &str, folder: &str| Config {
        base: Base::new(Path::new(here), Path::new(folder)),
        ..Config::default()
    };
    let below = based("/work", "fixtures/shop");
    assert_eq!(below.relative("fixtures/shop/db/a.sql"), "db/a.sql");
    assert_eq!(below.relative("db/a.sql"), "db/a.sql");
    assert_eq!(below.relative("/work/fixtures/shop/./db/a.sql"), "db/a.sql");
    let above = based("/work/shop/db", "..");
    assert_eq!(above.relative("a.sql"), "db/a.sql");
    assert_eq!(above.relative("../logs/a.log"), "logs/a.log");
    assert_eq!(above.relative("s3://bucket/a.csv"), "s3://bucket/a.csv");
}

#[test]
fn the_file_is_found_upwards_and_loaded() {
    let folder = tempfile::tempdir().expect("a folder");
    let deep = folder.path().join("a/b");
    std::fs::create_dir_all(&deep).expect("folders");
    std::fs::write(folder.path().join(FILE_NAME), "detectors = \"mine\"\n").expect("written");
    let found = Config::find(&deep).expect("found");
    assert_eq!(found, folder.path().join(FILE_NAME));
    assert_eq!(
        Config::load(&found).expect("loads").detectors,
        Some(folder.path().join("mine"))
    );
}

#[test]
fn the_schema_is_made_of_the_types() {
    let schema = serde_json::to_string(&schemars::schema_for!(Config)).expect("serialises");
    for key in [
        "\"activity\"",
        "\"legal_bases\"",
        "\"min_confidence\"",
        "contact.email",
    ] {
        assert!(schema.contains(key), "{key}");
    }
}
