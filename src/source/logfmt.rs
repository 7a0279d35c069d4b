//! Logs of `key=value` pairs (logfmt): each key a field.
//! A line that is not mostly pairs is text.

use super::columns::Columns;
use super::json::escape;
use super::json::paths::{PathId, Paths};
use super::log::records::{self, LineForm};
use super::{Budget, Claim, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split, lines};
use crate::field::Place;
use std::ops::Range;

/// The reader of logfmt.
pub static READER: Logfmt = Logfmt;

/// Logs of `key=value` pairs.
pub struct Logfmt;

impl Reader for Logfmt {
    fn format(&self) -> &'static str {
        "logfmt"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Log
    }

    fn claim(&self, input: &Input) -> Claim {
        let mut pairs = Vec::new();
        let fits = std::cell::RefCell::new(&mut pairs);
        records::claim(input, |line| pairs_of(line, &mut fits.borrow_mut()))
    }

    fn plan(&self, input: &Input, budget: &Budget) -> Result<Vec<Split>, SourceError> {
        lines::splits(input, budget.split_bytes)
    }

    fn read(
        &self,
        input: &Input,
        split: &Split,
        _: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        records::read(input, split, sink, |_, _| Form {
            paths: Paths::new(),
            pairs: Vec::new(),
            decoded: Vec::new(),
        })
    }
}

struct Form {
    paths: Paths,
    pairs: Vec<Pair>,
    decoded: Vec<u8>,
}

/// A key with its equals sign, and its value without quotes.
struct Pair {
    key: Range<usize>,
    value: Range<usize>,
}

impl LineForm for Form {
    fn push(&mut self, line: &[u8], columns: &mut Columns) -> bool {
        if !pairs_of(line, &mut self.pairs) {
            return false;
        }
        let mut before = None;
        for pair in &self.pairs {
            let written = &line[pair.key.clone()];
            let predicted = self
                .paths
                .predicted(PathId::ROOT, before, &line[pair.key.start..])
                .filter(|(_, length)| *length == written.len());
            let named = match predicted {
                Some((path, _)) => Some(path),
                None => self.paths.child(
                    PathId::ROOT,
                    before,
                    &written[..written.len() - 1],
                    written,
                    columns,
                ),
            };
            before = named;
            let path = named.unwrap_or_else(|| self.paths.star(PathId::ROOT));
            let column = self
                .paths
                .known_column(path)
                .unwrap_or_else(|| self.paths.column(path, Place::default(), columns));
            match &line[pair.value.clone()] {
                b"" | b"-" | b"null" | b"nil" | b"<nil>" => columns.push_null(column),
                value => columns.push(column, escape::decoded(value, &mut self.decoded)),
            }
        }
        true
    }
}

/// The pairs of a line; whether it is a line of pairs: it begins with one, has two, and few words between them.
fn pairs_of(line: &[u8], pairs: &mut Vec<Pair>) -> bool {
    pairs.clear();
    let mut at = 0;
    let mut words = 0;
    while at < line.len() {
        if matches!(line[at], b' ' | b'\t') {
            at += 1;
            continue;
        }
        let length = line[at..]
            .iter()
            .position(|b| !is_key_byte(*b))
            .unwrap_or(line.len() - at);
        let end = at + length;
        if length == 0 || line.get(end) != Some(&b'=') {
            words += 1;
            if pairs.is_empty() || words > 2 + pairs.len() / 2 {
                return false;
            }
            at = memchr::memchr(b' ', &line[at..]).map_or(line.len(), |step| at + step);
            continue;
        }
        let Some((value, after)) = value_at(line, end + 1) else {
            return false;
        };
        pairs.push(Pair {
            key: at..end + 1,
            value,
        });
        at = after;
    }
    pairs.len() >= 2
}

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'_' | b'.' | b'-' | b'/' | b'@' | b':')
        || byte >= 0x80
}

/// Where the value that begins at `at` stands, and where what follows it begins. `None` where its quote is never closed.
fn value_at(line: &[u8], at: usize) -> Option<(Range<usize>, usize)> {
    if line.get(at) != Some(&b'"') {
        let end = memchr::memchr(b' ', &line[at..]).map_or(line.len(), |step| at + step);
        return Some((at..end, end));
    }
    let mut end = at + 1;
    loop {
        end += memchr::memchr2(b'"', b'\\', line.get(end..)?)?;
        if line[end] == b'"' {
            return Some((at + 1..end, end + 1));
        }
        end += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::recording::Recording;

    #[test]
    fn keys_are_fields() {
        let text = "time=2024-01-01T10:00:00Z level=info msg=\"mail to \\\"a@example.com\\\" sent\" user.id=7 empty= a@example.com=1\n\
            at com.example.Main\nlevel=warn retry msg=short user.id=8\n";
        let input = Input::bytes("app.log", text.as_bytes()).expect("readable");
        assert_eq!(
            READER.claim(&Input::bytes("app.log", &text.as_bytes()[..60]).expect("readable")),
            Claim::No
        );
        let mut recording = Recording::default();
        let outcome = READER
            .read(&input, &Split::whole(), &Budget::default(), &mut recording)
            .expect("read");
        let columns: Vec<String> = recording.datasets[0]
            .fields
            .iter()
            .map(|f| format!("{}: {} ({})", f.field.path, f.values.join("|"), f.nulls))
            .collect();
        let expected = [
            "time: 2024-01-01T10:00:00Z (0)",
            "level: info|warn (0)",
            "msg: mail to \"a@example.com\" sent|short (0)",
            "user.id: 7|8 (0)",
            "empty:  (1)",
            "*: 1 (0)",
        ];
        assert_eq!(columns, expected);
        assert_eq!(
            recording.texts,
            [(
                2,
                text.find("at com").expect("it is there") as u64,
                "at com.example.Main\n".to_owned()
            )]
        );
        assert_eq!(outcome.lines, 3);
    }

    #[test]
    fn claimed_by_its_lines() {
        let claim =
            |text: &str| READER.claim(&Input::bytes("x.log", text.as_bytes()).expect("readable"));
        assert_eq!(
            claim("level=info msg=hello\nlevel=info msg=\"hello you\"\n"),
            Claim::Content
        );
        assert_eq!(claim("2024-01-01 INFO user=7 action=login\n"), Claim::No);
        assert_eq!(claim("The rule is a=b and c=d.\n"), Claim::No);
        assert_eq!(claim("KEY=value\nOTHER=value\n"), Claim::No);
    }
}
