//! YAML that holds records: fixtures, seeds, exports. Each becomes fields with values; configuration is left to its reader.
//! Aliases are not expanded; several documents are read after each other.

use super::keyed::{Form, Keyed, Shape};
use super::{
    Budget, Claim, Coverage, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split, text,
};
use crate::field::TextPlace;
use saphyr_parser::{Event, Parser, ScalarStyle};
use std::collections::BTreeSet;

/// The reader of records in YAML.
pub static READER: Yaml = Yaml;

/// Records in YAML.
pub struct Yaml;

/// Largest file.
const BYTES_AT_MOST: u64 = 64 << 20;

impl Reader for Yaml {
    fn format(&self) -> &'static str {
        "yaml"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Export
    }

    fn claim(&self, input: &Input) -> Claim {
        let is_yaml = matches!(input.extension().as_str(), "yml" | "yaml");
        if input.connection().is_some() || !is_yaml || text::is_binary(input.head()) {
            return Claim::No;
        }
        match form_of(input) {
            Some(_) => Claim::Name,
            None => Claim::No,
        }
    }

    fn read(
        &self,
        input: &Input,
        _: &Split,
        _: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        let content = input.read_text(BYTES_AT_MOST)?;
        let form = form_of(input).unwrap_or(Form::Plain);
        let mut keyed = Keyed::new(form, input, sink);
        let mut broken = None;
        for event in Parser::new_from_str(&content) {
            let (event, span) = match event {
                Ok(event) => event,
                // What the parser says quotes the document; its line is enough.
                Err(error) => {
                    broken = Some(error.marker().line() as u64);
                    break;
                }
            };
            let line = span.start.line() as u64;
            match event {
                Event::Scalar(text, style, ..) => keyed.scalar(there(&text, style), line),
                Event::MappingStart(..) => keyed.open(true, line),
                Event::SequenceStart(..) => keyed.open(false, line),
                Event::MappingEnd | Event::SequenceEnd => keyed.close(),
                Event::Alias(_) => keyed.alias(),
                _ => {}
            }
        }
        let coverage = keyed.finish();
        let broken = broken.map_or(Coverage::Whole, |line| {
            tell_rest(&content, line, sink);
            Coverage::Partial(format!(
                "malformed at line {line}; read as text from there on"
            ))
        });
        Ok(Outcome {
            coverage: coverage.and(broken),
            lines: memchr::memchr_iter(b'\n', content.as_bytes()).count() as u64,
            unresolved: 0,
        })
    }
}

/// A scalar, unless it stands for nothing.
fn there(text: &str, style: ScalarStyle) -> Option<&str> {
    let is_nothing =
        style == ScalarStyle::Plain && matches!(text, "" | "~" | "null" | "Null" | "NULL");
    (!is_nothing).then_some(text)
}

/// What stands from a line on is text.
fn tell_rest(content: &str, line: u64, sink: &mut dyn Sink) {
    let before = content
        .split_inclusive('\n')
        .take(line.saturating_sub(1) as usize);
    let start: usize = before.map(str::len).sum();
    if start < content.len() {
        let place = TextPlace {
            start: start as u64,
            line,
        };
        sink.text(&content.as_bytes()[start..], place);
    }
}

/// The form of the records, judged by the first bytes.
fn form_of(input: &Input) -> Option<Form> {
    let head = String::from_utf8_lossy(input.head());
    // The last line may be cut anywhere.
    let is_all = input.head().len() < super::input::HEAD_BYTES;
    let end = if is_all {
        head.len()
    } else {
        head.rfind('\n').unwrap_or(0)
    };
    shape_of(&head[..end]).form(input)
}

/// Keys near the root.
fn shape_of(head: &str) -> Shape {
    let mut shape = Shape::default();
    // Of each open container: whether it is a map, whether a key is awaited, its keys, and its own key.
    let mut stack: Vec<(bool, bool, BTreeSet<String>, String)> = Vec::new();
    let mut key = String::new();
    // What the end of the head cuts is closed as it stands.
    let events = Parser::new_from_str(head)
        .map_while(Result::ok)
        .map(|(event, _)| event);
    for event in events {
        let awaits_key = stack
            .last()
            .is_some_and(|(is_map, awaits, ..)| *is_map && *awaits);
        match event {
            Event::Scalar(text, ..) if awaits_key => {
                key = text.into_owned();
                if stack.len() == 1 && shape.root.len() < 1_000 {
                    shape.root.push(key.clone());
                }
                if let Some((_, awaits, keys, _)) = stack.last_mut() {
                    *awaits = false;
                    keys.insert(key.clone());
                }
                continue;
            }
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                let is_map = matches!(event, Event::MappingStart(..));
                if stack.is_empty() {
                    shape.documents += 1;
                    shape.is_list |= !is_map;
                }
                stack.push((is_map, true, BTreeSet::new(), std::mem::take(&mut key)));
                continue;
            }
            Event::MappingEnd | Event::SequenceEnd => close(&mut stack, &mut shape),
            Event::Scalar(..) | Event::Alias(_) => {}
            _ => continue,
        }
        if let Some((_, awaits, ..)) = stack.last_mut() {
            *awaits = true;
        }
    }
    while !stack.is_empty() {
        close(&mut stack, &mut shape);
    }
    shape
}

fn close(stack: &mut Vec<(bool, bool, BTreeSet<String>, String)>, shape: &mut Shape) {
    let Some((is_map, _, keys, _)) = stack.pop() else {
        return;
    };
    if !is_map {
        return;
    }
    match stack.len() {
        0 => shape.roots.push(keys),
        1 => shape.inner.push(keys),
        2 => shape
            .sections
            .entry(stack[1].3.clone())
            .or_default()
            .push(keys),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::recording::Recording;

    fn read(name: &str, text: &str) -> (Recording, Coverage) {
        let input = Input::bytes(name, text.as_bytes()).expect("readable");
        let mut recording = Recording::default();
        let outcome = READER.read(&input, &Split::whole(), &Budget::default(), &mut recording);
        (recording, outcome.expect("read").coverage)
    }

    fn claim(name: &str, text: &str) -> Claim {
        READER.claim(&Input::bytes(name, text.as_bytes()).expect("readable"))
    }

    const RAILS: &str = "ana:\n  name: Ana Lind\n  email: ana@example.com\n  city: Oslo\nben:\n  name: Ben Marsh\n  email: ben@example.com\n  city: ~\n";

    #[test]
    fn fixtures_by_label_are_records() {
        assert_eq!(claim("test/fixtures/users.yml", RAILS), Claim::Name);
        let (told, coverage) = read("test/fixtures/users.yml", RAILS);
        assert_eq!(coverage, Coverage::Whole);
        assert_eq!(told.paths("users.yml"), ["*", "name", "email", "city"]);
        assert_eq!(told.field_named("users.yml", "*").values, ["ana", "ben"]);
        let email = told.field_named("users.yml", "email");
        assert_eq!(email.values, ["ana@example.com", "ben@example.com"]);
        assert_eq!(email.field.place.line, 3);
        assert_eq!(told.field_named("users.yml", "city").nulls, 1);
    }

    #[test]
    fn lists_sections_and_documents_are_records() {
        let list = "- {id: 1, email: a@example.com, phones: [1, 2]}\n- {id: 2, email: b@example.com, phones: []}\n";
        assert_eq!(claim("people.yaml", list), Claim::Name);
        let (told, _) = read("people.yaml", list);
        assert_eq!(told.paths("people.yaml"), ["id", "email", "phones.*"]);
        let sections = "title: May\nusers:\n- {id: 1, email: a@example.com, name: A}\n- {id: 2, email: b@example.com, name: B}\norders:\n- {id: 7, total: 3}\n";
        assert_eq!(claim("people.yaml", sections), Claim::Name);
        let (told, _) = read("people.yaml", sections);
        assert_eq!(told.field_named("users", "email").count, 2);
        assert_eq!(told.field_named("orders", "total").count, 1);
        assert_eq!(told.field_named("people.yaml", "title").values, ["May"]);
        let documents =
            "id: 1\nemail: a@example.com\nname: A\n---\nid: 2\nemail: b@example.com\nname: B\n";
        assert_eq!(claim("people.yaml", documents), Claim::Name);
        assert_eq!(
            read("people.yaml", documents)
                .0
                .field_named("people.yaml", "email")
                .count,
            2
        );
    }

    #[test]
    fn configuration_is_left_to_its_reader() {
        for text in [
            "services:\n  web:\n    image: a\n    ports: [1]\n    name: x\n  db:\n    image: b\n    ports: [2]\n    name: y\n",
            "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b}\n",
            "on: push\njobs:\n  a: {runs-on: x, steps: [], name: a}\n  b: {runs-on: x, steps: [], name: b}\n",
            "development:\n  adapter: a\n  database: b\n  username: c\nproduction:\n  adapter: a\n  database: d\n  username: e\n",
            "- hosts: all\n  name: Install\n  tasks: []\n- hosts: web\n  name: Start\n  tasks: []\n",
            "en:\n  hello: Hello\n  bye: Bye\nde:\n  hello: Hallo\n  bye: Ciao\n",
            "repos:\n- {repo: a, rev: b, hooks: []}\n- {repo: c, rev: d, hooks: []}\n",
            "key: value\n",
            "",
        ] {
            assert_eq!(claim("config/a.yml", text), Claim::No, "{text}");
        }
        assert_eq!(claim("test/.github/fixtures/users.yml", RAILS), Claim::No);
    }

    #[test]
    fn aliases_are_not_expanded_and_odd_keys_name_nothing() {
        let text = "- &a {id: 1, email: a@example.com, name: A}\n- {<<: *a, id: 2, email: b@example.com, name: *a}\n- {? [x, y] : 3, email: c@example.com}\n";
        let (told, coverage) = read("people.yaml", text);
        assert_eq!(coverage, Coverage::Whole);
        assert_eq!(told.field_named("people.yaml", "email").count, 3);
        assert_eq!(told.field_named("people.yaml", "name").count, 1);
        let mut bomb = String::from("- &a0 [x, x, x, x, x, x, x, x, x]\n");
        for level in 1..30 {
            let before = vec![format!("*a{}", level - 1); 9].join(", ");
            bomb.push_str(&format!("- &a{level} [{before}]\n"));
        }
        assert_eq!(read("people.yaml", &bomb).1, Coverage::Whole);
    }

    #[test]
    fn what_is_broken_or_deep_is_told_and_the_rest_is_text() {
        let text = format!("{RAILS}cara: {{a: ]\n  mail to cara@example.com\n");
        let (told, coverage) = read("test/fixtures/users.yml", &text);
        assert!(coverage.is_incomplete());
        assert_eq!(told.field_named("users.yml", "email").count, 2);
        assert!(
            told.texts
                .iter()
                .any(|(_, _, text)| text.contains("cara@example.com"))
        );
        let deep = format!("- {{id: 1, email: a@example.com, b: {}", "[".repeat(10_000));
        assert!(read("people.yaml", &deep).1.is_incomplete());
    }
}
