//! Records in the ways that programs write them; hostile and broken documents.

use super::*;
use crate::source::recording::Recording;

fn read(text: &str) -> (Recording, Result<Outcome, SourceError>) {
    let input = Input::bytes("export.xml", text.as_bytes()).expect("readable");
    let mut recording = Recording::default();
    let outcome = READER.read(&input, &Split::whole(), &Budget::default(), &mut recording);
    (recording, outcome)
}

fn whole(text: &str) -> Recording {
    let (told, outcome) = read(text);
    assert_eq!(outcome.expect("read").coverage, Coverage::Whole, "{text}");
    told
}

#[test]
fn attributes_and_nested_elements_are_fields() {
    let told = whole(
        "<?xml version='1.0'?><shop at='2024-01-01'><!-- x --><customer id='1'><name>Ana &amp; Co</name>\
         <address type='home'><city>Oslo</city></address><tag>a</tag><tag>b</tag><note/></customer>\
         <customer id='2'><name><![CDATA[Ben <b>]]></name></customer><total>2</total></shop>",
    );
    assert_eq!(
        told.paths("customer"),
        ["id", "name", "address.type", "address.city", "tag", "note"]
    );
    assert_eq!(
        told.field_named("customer", "name").values,
        ["Ana & Co", "Ben <b>"]
    );
    assert_eq!(told.field_named("customer", "tag").values, ["a", "b"]);
    assert_eq!(told.field_named("customer", "note").nulls, 1);
    assert_eq!(told.field_named("export.xml", "total").values, ["2"]);
}

#[test]
fn rows_of_database_dumps_are_called_after_their_table() {
    let mysql = "<mysqldump><database name='shop'><table_data name='users'>\
        <row><field name='id'>1</field><field name='email'>ana@example.com</field></row>\
        <row><field name='id'>2</field><field name='email'>ben@example.com</field></row>\
        </table_data></database></mysqldump>";
    assert_eq!(whole(mysql).paths("users"), ["id", "email"]);
    let django = "<django-objects version='1.0'>\
        <object pk='1' model='auth.user'><field name='email' type='CharField'>ana@example.com</field></object>\
        <object pk='2' model='auth.user'><field name='email' type='CharField'>ben@example.com</field></object>\
        </django-objects>";
    let told = whole(django);
    assert_eq!(told.field_named("auth.user", "email").count, 2);
    let by_value = "<r><p><property name='email' value='ana@example.com'/></p><p><property name='email' value='b@example.com'/></p></r>";
    assert_eq!(whole(by_value).field_named("p", "email").count, 2);
}

#[test]
fn names_that_are_data_are_values() {
    let told = whole(
        "<r><u><field name='ana@example.com'>1</field></u><u><field name='b@example.com'>2</field></u></r>",
    );
    assert_eq!(told.paths("u"), ["*"]);
    assert_eq!(told.field_named("u", "*").count, 4);
}

#[test]
fn entities_are_neither_expanded_nor_fetched() {
    let told = whole(
        "<!DOCTYPE r [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;'><!ENTITY f SYSTEM 'file:///etc/passwd'>]>\
         <r><u><n>&b;</n><f>&f;</f></u><u><n>&b;</n><f>&f;</f></u></r>",
    );
    assert_eq!(told.field_named("u", "n").values, ["&b;", "&b;"]);
    assert_eq!(told.field_named("u", "f").values, ["&f;", "&f;"]);
}

#[test]
fn broken_and_deep_documents_keep_what_stands_before() {
    let broken = "<r><u><n>a</n></u><u><n>b</n></u><u><n";
    let (told, outcome) = read(broken);
    assert!(outcome.expect("read").coverage.is_incomplete());
    assert_eq!(told.field_named("u", "n").count, 2);
    let deep = format!("<r>{}{}</r>", "<a>".repeat(10_000), "</a>".repeat(10_000));
    assert!(read(&deep).1.expect("read").coverage.is_incomplete());
    let (_, outcome) = read(&"<a>".repeat(100_000));
    assert!(outcome.expect("read").coverage.is_incomplete());
    assert!(read("<a></b></a></a></a>").1.is_ok());
    assert!(read("<").1.is_err());
}

#[test]
fn what_is_no_export_is_left_to_others() {
    let claim = |name: &str, text: &str| {
        READER.claim(&Input::bytes(name, text.as_bytes()).expect("readable"))
    };
    assert_eq!(
        claim("a.xml", "<project><dependencies/></project>"),
        Claim::No
    );
    assert_eq!(
        claim("a.html", "<?xml version='1.0'?><html><p/></html>"),
        Claim::No
    );
    assert_eq!(claim("a.xml", "no markup"), Claim::No);
    let data = "<?xml version='1.0'?><people><person><name>Ana</name></person></people>";
    assert_eq!(claim("people.xml", data), Claim::Content);
    assert_eq!(claim("people", data), Claim::Content);
}
