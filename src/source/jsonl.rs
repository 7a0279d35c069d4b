//! JSON lines: one record a line, exports and logs alike. Read in splits at line ends.
//! Tells a log from an export by the keys of its first records.

use super::json::{self, Records};
use super::{
    Budget, Claim, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split, lines, text,
};
use crate::field::DatasetKind;

/// The reader of JSON lines.
pub static READER: JsonLines = JsonLines;

/// JSON lines.
pub struct JsonLines;

impl Reader for JsonLines {
    fn format(&self) -> &'static str {
        "jsonl"
    }

    fn kind(&self, input: &Input) -> SourceKind {
        if is_log(input.head()) {
            SourceKind::Log
        } else {
            SourceKind::Export
        }
    }

    fn claim(&self, input: &Input) -> Claim {
        let head = input.head();
        if input.connection().is_some() || text::is_binary(head) {
            return Claim::No;
        }
        let shape = Shape::of(head, head.len() < super::input::HEAD_BYTES);
        match input.extension().as_str() {
            "jsonl" | "ndjson" | "ldjson" | "jsonlines" if !head.is_empty() => Claim::Name,
            // The same ending as documents have: two whole records in two lines decide.
            "json" if shape.records >= 2 && shape.is_mostly_records() => Claim::Certain,
            "json" | "csv" | "tsv" | "md" | "html" | "xml" | "yaml" | "yml" => Claim::No,
            _ if shape.records >= 1 && shape.is_mostly_records() => Claim::Content,
            _ => Claim::No,
        }
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
        let kind = if is_log(input.head()) {
            DatasetKind::Log
        } else {
            DatasetKind::Records
        };
        json::read(input, split, Records::Lines, kind, sink)
    }
}

/// What the whole lines of the first bytes are.
struct Shape {
    lines: usize,
    records: usize,
}

impl Shape {
    fn of(head: &[u8], is_all: bool) -> Self {
        let whole = if is_all {
            head
        } else {
            &head[..memchr::memrchr(b'\n', head).map_or(head.len(), |end| end + 1)]
        };
        let lines = whole
            .split(|b| *b == b'\n')
            .map(<[u8]>::trim_ascii)
            .filter(|line| !line.is_empty());
        let records = lines.clone().filter(|line| is_record(line)).count();
        // One line longer than the head: its beginning has to do.
        let is_beginning =
            !is_all && memchr::memchr(b'\n', head).is_none() && head.starts_with(b"{\"");
        Self {
            lines: lines.count(),
            records: if is_beginning { 1 } else { records },
        }
    }

    fn is_mostly_records(&self) -> bool {
        self.records * 10 >= self.lines * 8
    }
}

fn is_record(line: &[u8]) -> bool {
    let is_object = line.starts_with(b"{") && line.ends_with(b"}");
    is_object
        && line[1..]
            .trim_ascii_start()
            .first()
            .is_some_and(|b| matches!(b, b'"' | b'}'))
}

/// Whether the first record has the keys of a log: when, and how grave or what.
fn is_log(head: &[u8]) -> bool {
    let line = head
        .split(|b| *b == b'\n')
        .map(<[u8]>::trim_ascii)
        .find(|line| line.starts_with(b"{"));
    let Some(line) = line else { return false };
    let has = |keys: &[&str]| {
        keys.iter()
            .any(|key| memchr::memmem::find(line, format!("\"{key}\":").as_bytes()).is_some())
    };
    let has_spaced = |keys: &[&str]| {
        keys.iter()
            .any(|key| memchr::memmem::find(line, format!("\"{key}\" :").as_bytes()).is_some())
    };
    let has = |keys: &[&str]| has(keys) || has_spaced(keys);
    let is_graded = has(&[
        "level",
        "severity",
        "lvl",
        "log.level",
        "levelname",
        "loglevel",
        "log_level",
        "severity_text",
        "priority",
    ]);
    let has_message = has(&[
        "msg",
        "message",
        "event",
        "MESSAGE",
        "textPayload",
        "body",
        "log",
        "short_message",
    ]);
    let is_timed = has(&[
        "time",
        "ts",
        "timestamp",
        "@timestamp",
        "datetime",
        "asctime",
        "t",
        "__REALTIME_TIMESTAMP",
        "time_local",
        "eventTime",
        "date",
    ]);
    is_timed && (is_graded || has_message) || is_graded && has_message
}
