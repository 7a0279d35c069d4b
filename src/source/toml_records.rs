//! TOML that holds records: arrays of tables with the same keys, tables among fixtures and seeds.
//! Manifests and configuration are left to their readers.

use super::keyed::{Form, Keyed, Shape};
use super::{
    At, Budget, Claim, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split, text,
};
use std::collections::BTreeSet;
use toml::de::{DeTable, DeValue};

/// The reader of records in TOML.
pub static READER: TomlRecords = TomlRecords;

/// Records in TOML.
pub struct TomlRecords;

/// Largest file: it is parsed whole.
const BYTES_AT_MOST: u64 = 32 << 20;
/// A larger file is not looked at when its reader is chosen.
const JUDGED_BYTES: u64 = 1 << 20;

impl Reader for TomlRecords {
    fn format(&self) -> &'static str {
        "toml"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Export
    }

    fn claim(&self, input: &Input) -> Claim {
        let is_toml = input.extension() == "toml" && input.connection().is_none();
        if !is_toml || is_manifest(&input.file_name()) || text::is_binary(input.head()) {
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
        let root = DeTable::parse(&content).map_err(|error| {
            let before = error.span().map(|span| &content.as_bytes()[..span.start]);
            let line = before.map(|before| memchr::memchr_iter(b'\n', before).count() as u64 + 1);
            SourceError::Malformed {
                format: "TOML",
                reason: "it does not follow the syntax".into(),
                at: At(line),
            }
        })?;
        let form = shape(root.get_ref()).form(input).unwrap_or(Form::Sections);
        let mut walk = Walk {
            content: &content,
            line: 1,
            at: 0,
            keyed: Keyed::new(form, input, sink),
        };
        walk.table(root.get_ref());
        let coverage = walk.keyed.finish();
        Ok(Outcome {
            coverage,
            lines: memchr::memchr_iter(b'\n', content.as_bytes()).count() as u64,
            unresolved: 0,
        })
    }
}

/// Files of package managers and of ropa itself.
fn is_manifest(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "book.toml",
        "cargo.toml",
        "clippy.toml",
        "config.toml",
        "deny.toml",
        "fly.toml",
        "hugo.toml",
        "netlify.toml",
        "poetry.toml",
        "pyproject.toml",
        "ropa.toml",
        "rustfmt.toml",
        "taplo.toml",
        "uv.toml",
        "wrangler.toml",
    ];
    NAMES.contains(&name)
}

fn form_of(input: &Input) -> Option<Form> {
    // Tables follow each other in any order, so the whole file is asked, where it is small.
    let content = match input.size() {
        Some(size) if size <= JUDGED_BYTES => input.read_text(JUDGED_BYTES * 16).ok()?,
        _ => {
            let head = String::from_utf8_lossy(input.head());
            let is_all = input.head().len() < super::input::HEAD_BYTES;
            let end = if is_all { None } else { head.rfind("\n[") };
            head[..end.unwrap_or(head.len())].to_owned()
        }
    };
    let root = DeTable::parse(&content).ok()?;
    shape(root.get_ref()).form(input)
}

fn keys(table: &DeTable<'_>) -> BTreeSet<String> {
    table.keys().map(|key| key.get_ref().to_string()).collect()
}

fn shape(root: &DeTable<'_>) -> Shape {
    let mut shape = Shape {
        root: root.keys().map(|key| key.get_ref().to_string()).collect(),
        documents: 1,
        ..Shape::default()
    };
    for (key, value) in root.iter() {
        match value.get_ref() {
            DeValue::Table(table) => shape.inner.push(keys(table)),
            DeValue::Array(items) => {
                let tables = items.iter().filter_map(|item| match item.get_ref() {
                    DeValue::Table(table) => Some(keys(table)),
                    _ => None,
                });
                let section = shape.sections.entry(key.get_ref().to_string()).or_default();
                section.extend(tables);
            }
            _ => {}
        }
    }
    shape
}

struct Walk<'a, 'c> {
    content: &'c str,
    /// The line of a byte that was passed before.
    line: u64,
    at: usize,
    keyed: Keyed<'a>,
}

impl Walk<'_, '_> {
    /// The line of a byte; tables that are written later may stand before.
    fn line(&mut self, at: usize) -> u64 {
        let bytes = self.content.as_bytes();
        let count = |range: &[u8]| memchr::memchr_iter(b'\n', range).count() as u64;
        if at >= self.at {
            self.line += count(bytes.get(self.at..at).unwrap_or(&[]));
        } else {
            self.line -= count(bytes.get(at..self.at).unwrap_or(&[]));
        }
        self.at = at;
        self.line
    }

    /// The parser nests no deeper than its own limit.
    fn table(&mut self, table: &DeTable<'_>) {
        let line = self.line;
        self.keyed.open(true, line);
        for (key, value) in table.iter() {
            let line = self.line(key.span().start);
            self.keyed.scalar(Some(key.get_ref()), line);
            self.value(value.get_ref(), value.span().start);
        }
        self.keyed.close();
    }

    fn value(&mut self, value: &DeValue<'_>, at: usize) {
        let line = self.line(at);
        match value {
            DeValue::Table(table) => self.table(table),
            DeValue::Array(items) => {
                self.keyed.open(false, line);
                for item in items.iter() {
                    self.value(item.get_ref(), item.span().start);
                }
                self.keyed.close();
            }
            DeValue::String(text) => self.keyed.scalar(Some(text), line),
            DeValue::Integer(number) => self.keyed.scalar(Some(number.as_str()), line),
            DeValue::Float(number) => self.keyed.scalar(Some(number.as_str()), line),
            DeValue::Boolean(is) => self
                .keyed
                .scalar(Some(if *is { "true" } else { "false" }), line),
            DeValue::Datetime(time) => self.keyed.scalar(Some(&time.to_string()), line),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::recording::Recording;

    fn input(name: &str, text: &str) -> Input {
        Input::bytes(name, text.as_bytes()).expect("readable")
    }

    #[test]
    fn arrays_of_tables_are_records() {
        let text = "title = 'May'\n[[customers]]\nname = 'Ana Lind'\nemail = 'ana@example.com'\nborn = 1985-02-03\n\n[[customers]]\nname = 'Ben Marsh'\nemail = 'ben@example.com'\nborn = 1990-01-01\naddress = { city = 'Oslo' }\n";
        let input = input("customers.toml", text);
        assert_eq!(READER.claim(&input), Claim::Name);
        let mut told = Recording::default();
        READER
            .read(&input, &Split::whole(), &Budget::default(), &mut told)
            .expect("read");
        let email = told.field_named("customers", "email");
        assert_eq!(email.values, ["ana@example.com", "ben@example.com"]);
        assert_eq!(email.field.place.line, 4);
        assert_eq!(
            told.field_named("customers", "born").values[0],
            "1985-02-03"
        );
        assert_eq!(told.field_named("customers", "address.city").count, 1);
    }

    #[test]
    fn manifests_and_configuration_are_left_to_others() {
        for (name, text) in [
            (
                "Cargo.toml",
                "[[bench]]\nname='a'\nx=1\ny=1\n[[bench]]\nname='b'\nx=1\ny=2\n",
            ),
            ("a.toml", "[server]\nhost='a'\nport=1\nname='x'\n"),
            ("a.toml", "[tool]\nversion='1'\n[build]\nversion='2'\n"),
            ("a.toml", "broken = [\n"),
            ("a.toml", ""),
        ] {
            assert_eq!(READER.claim(&input(name, text)), Claim::No, "{text}");
        }
    }

    #[test]
    fn broken_and_deep_files_fail_without_quoting() {
        let deep = format!("a = {}", "[".repeat(10_000));
        for text in ["a = ana@example.com", "a = 'x", deep.as_str()] {
            let mut told = Recording::default();
            let outcome = READER.read(
                &input("a.toml", text),
                &Split::whole(),
                &Budget::default(),
                &mut told,
            );
            let error = outcome.expect_err("broken").to_string();
            assert!(error.contains("TOML") && !error.contains("ana"), "{error}");
        }
    }
}
