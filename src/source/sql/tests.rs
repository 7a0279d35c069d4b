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
