//! Syslog: RFC 5424 with its structured data, RFC 3164, and the files that daemons write of it, with or without priority.
//! The message is a field; continuation lines are text.

use super::columns::Columns;
use super::json::paths::is_data;
use super::log::records::{self, LineForm};
use super::{Budget, Claim, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split, lines};
use crate::field::Field;
use std::collections::BTreeMap;

/// The reader of syslog.
pub static READER: Syslog = Syslog;

/// Syslog.
pub struct Syslog;

impl Reader for Syslog {
    fn format(&self) -> &'static str {
        "syslog"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Log
    }

    fn claim(&self, input: &Input) -> Claim {
        records::claim(input, |line| record_of(line).is_some())
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
        records::read(input, split, sink, |columns, _| Form::new(columns))
    }
}

const FIELDS: [&str; 6] = ["time", "host", "app", "pid", "message_id", "message"];
/// Distinct parameters of structured data that are told apart.
const PARAMETERS_AT_MOST: usize = 500;

struct Form {
    columns: [usize; FIELDS.len()],
    parameters: BTreeMap<Box<[u8]>, usize>,
    name: Vec<u8>,
    value: Vec<u8>,
}

impl Form {
    fn new(columns: &mut Columns) -> Self {
        let named = FIELDS.map(|name| columns.add_silent(Field::named(name)));
        Self {
            columns: named,
            parameters: BTreeMap::new(),
            name: Vec::new(),
            value: Vec::new(),
        }
    }

    /// Pushes `[id name="value" …]…`; each parameter is a field `id.name`.
    fn push_data(&mut self, mut data: &[u8], columns: &mut Columns) {
        while let Some(inner) = data.strip_prefix(b"[") {
            let end = inner
                .iter()
                .position(|b| matches!(b, b' ' | b']'))
                .unwrap_or(inner.len());
            // The enterprise number after the sign says who defined the id; the name is before it.
            let id = inner[..end]
                .split(|b| *b == b'@')
                .next()
                .unwrap_or_default();
            let mut rest = &inner[end..];
            while let Some((name, value, after)) = parameter_of(rest) {
                self.name.clear();
                self.name.extend_from_slice(id);
                self.name.push(b'.');
                self.name.extend_from_slice(name);
                let column = self.column(columns);
                unescape(value, &mut self.value);
                columns.push(column, &self.value);
                rest = after;
            }
            data = rest.strip_prefix(b"]").unwrap_or_default();
        }
    }

    fn column(&mut self, columns: &mut Columns) -> usize {
        if let Some(column) = self.parameters.get(self.name.as_slice()) {
            return *column;
        }
        let is_name = self.parameters.len() < PARAMETERS_AT_MOST;
        let name = std::str::from_utf8(&self.name)
            .ok()
            .filter(|name| is_name && !name.split('.').any(is_data))
            .unwrap_or("*");
        if name == "*" {
            self.name = b"*".to_vec();
            if let Some(column) = self.parameters.get(b"*".as_slice()) {
                return *column;
            }
        }
        let column = columns.add(Field::named(String::from_utf8_lossy(&self.name)));
        self.parameters.insert(self.name.as_slice().into(), column);
        column
    }
}

impl LineForm for Form {
    fn push(&mut self, line: &[u8], columns: &mut Columns) -> bool {
        let Some(record) = record_of(line) else {
            return false;
        };
        let parts = [
            record.time,
            record.host,
            record.app,
            record.pid,
            record.message_id,
            record.message,
        ];
        for (column, part) in self.columns.iter().zip(parts) {
            match part {
                b"" | b"-" => columns.push_null(*column),
                value => columns.push(*column, value),
            }
        }
        self.push_data(record.data, columns);
        true
    }
}

/// The parts of a line; what it has not is empty.
#[derive(Default)]
struct Record<'a> {
    time: &'a [u8],
    host: &'a [u8],
    app: &'a [u8],
    pid: &'a [u8],
    message_id: &'a [u8],
    data: &'a [u8],
    message: &'a [u8],
}

fn record_of(line: &[u8]) -> Option<Record<'_>> {
    let (has_priority, rest) = match priority_end(line) {
        Some(end) => (true, &line[end..]),
        None => (false, line),
    };
    if let Some(rest) = rest.strip_prefix(b"1 ").filter(|_| has_priority) {
        return rfc5424(rest);
    }
    let time_end = classic_time_end(rest).or_else(|| iso_time_end(rest))?;
    let time = &rest[..time_end];
    let rest = rest[time_end..].strip_prefix(b" ")?;
    let (host, rest) = word(rest)?;
    // The logs of applications often look so, but have a level where syslog has a host.
    if !has_priority && is_level(host) {
        return None;
    }
    let (tag, message) = tag_of(rest.strip_prefix(b" ")?)?;
    let (app, pid) = match memchr::memchr(b'[', tag) {
        Some(open) => (
            &tag[..open],
            tag[open + 1..].strip_suffix(b"]").unwrap_or_default(),
        ),
        None => (tag, &b""[..]),
    };
    Some(Record {
        time,
        host,
        app,
        pid,
        message,
        ..Record::default()
    })
}

/// `<34>`.
fn priority_end(line: &[u8]) -> Option<usize> {
    let close = line.iter().take(5).position(|b| *b == b'>')?;
    let digits = line.strip_prefix(b"<")?.get(..close - 1)?;
    (!digits.is_empty() && digits.iter().all(u8::is_ascii_digit)).then_some(close + 1)
}

/// `Oct 11 22:14:15`, also with a year before the time.
fn classic_time_end(text: &[u8]) -> Option<usize> {
    const MONTHS: [&[u8]; 12] = [
        b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov",
        b"Dec",
    ];
    if text.len() < 16 || !MONTHS.contains(&&text[..3]) || text[3] != b' ' || text[6] != b' ' {
        return None;
    }
    let is_time = |at: usize| {
        let time = text.get(at..at + 8);
        time.is_some_and(|t| {
            t[2] == b':'
                && t[5] == b':'
                && [0, 1, 3, 4, 6, 7].iter().all(|i| t[*i].is_ascii_digit())
        })
    };
    let start = if is_time(7) { 7 } else { 12 };
    is_time(start).then(|| start + 8)
}

/// `2003-10-11T22:14:15.003Z`, as daemons write it instead.
fn iso_time_end(text: &[u8]) -> Option<usize> {
    let end = memchr::memchr(b' ', text)?;
    let time = &text[..end];
    let is_digit = |at: usize| time.get(at).is_some_and(u8::is_ascii_digit);
    let is_iso = end >= 19
        && time[4] == b'-'
        && time[7] == b'-'
        && time[10] == b'T'
        && time[13] == b':'
        && [0, 3, 5, 8, 11, 14, 17].into_iter().all(is_digit);
    is_iso.then_some(end)
}

fn is_level(word: &[u8]) -> bool {
    const LEVELS: [&[u8]; 9] = [
        b"trace",
        b"debug",
        b"info",
        b"notice",
        b"warn",
        b"warning",
        b"error",
        b"fatal",
        b"critical",
    ];
    let bare = word
        .strip_prefix(b"[")
        .and_then(|word| word.strip_suffix(b"]"))
        .unwrap_or(word);
    LEVELS.iter().any(|level| bare.eq_ignore_ascii_case(level))
}

fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b' ', text).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// `sshd[123]: message`: the tag, and the message after the colon.
fn tag_of(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text
        .iter()
        .take(64)
        .position(|b| matches!(b, b':' | b' '))?;
    let message = text[end..].strip_prefix(b":")?;
    (end > 0).then(|| (&text[..end], message.strip_prefix(b" ").unwrap_or(message)))
}

/// `TIME HOST APP PID ID DATA MESSAGE`, each but the message `-` where it is missing.
fn rfc5424(text: &[u8]) -> Option<Record<'_>> {
    let mut rest = text;
    let mut next = || {
        let (part, after) = word(rest)?;
        rest = after.strip_prefix(b" ").unwrap_or(after);
        Some(part)
    };
    let (time, host, app, pid, message_id) = (next()?, next()?, next()?, next()?, next()?);
    let data_end = if rest.starts_with(b"[") {
        data_end(rest)?
    } else {
        rest.strip_prefix(b"-").map(|_| 1)?
    };
    let message = rest[data_end..].strip_prefix(b" ").unwrap_or_default();
    let message = message
        .strip_prefix("\u{feff}".as_bytes())
        .unwrap_or(message);
    Some(Record {
        time,
        host,
        app,
        pid,
        message_id,
        data: &rest[..data_end],
        message,
    })
}

fn data_end(text: &[u8]) -> Option<usize> {
    let (mut at, mut is_quoted) = (0, false);
    loop {
        match (text.get(at)?, is_quoted) {
            (b'\\', true) => at += 1,
            (b'"', _) => is_quoted = !is_quoted,
            (b']', false) if text.get(at + 1) != Some(&b'[') => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
}

/// ` name="value"` and what follows it.
fn parameter_of(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let text = text.trim_ascii_start();
    if text.starts_with(b"]") {
        return None;
    }
    let equals = memchr::memchr(b'=', text)?;
    let value = text[equals + 1..].strip_prefix(b"\"")?;
    let mut end = 0;
    loop {
        end += memchr::memchr2(b'"', b'\\', value.get(end..)?)?;
        if value[end] == b'"' {
            return Some((&text[..equals], &value[..end], &value[end + 1..]));
        }
        end += 2;
    }
}

/// RFC 5424 escapes `"`, `\` and `]` with a backslash, and nothing else.
fn unescape(value: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let mut bytes = value.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        let escaped = bytes.next_if(|next| byte == b'\\' && matches!(next, b'"' | b'\\' | b']'));
        out.push(escaped.unwrap_or(byte));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::recording::Recording;

    fn columns(text: &str) -> Vec<String> {
        let input = Input::bytes("var/log/messages", text.as_bytes()).expect("readable");
        let mut recording = Recording::default();
        READER
            .read(&input, &Split::whole(), &Budget::default(), &mut recording)
            .expect("read");
        assert!(recording.texts.is_empty());
        recording.datasets[0]
            .fields
            .iter()
            .map(|f| format!("{}: {} ({})", f.field.path, f.values.join("|"), f.nulls))
            .collect()
    }

    #[test]
    fn rfc_5424() {
        let text = "<165>1 2003-10-11T22:14:15.003Z mail.example.com evntslog 12 ID47 [ex@32473 iut=\"3\" who=\"a\\\"b\\]\"][two x=\"y\"] login of a@example.com\n\
            <34>1 2003-10-11T22:14:15.003Z - su - - - short\n";
        let expected = [
            "time: 2003-10-11T22:14:15.003Z|2003-10-11T22:14:15.003Z (0)",
            "host: mail.example.com (1)",
            "app: evntslog|su (0)",
            "pid: 12 (1)",
            "message_id: ID47 (1)",
            "message: login of a@example.com|short (0)",
            "ex.iut: 3 (0)",
            "ex.who: a\"b] (0)",
            "two.x: y (0)",
        ];
        assert_eq!(columns(text), expected);
    }

    #[test]
    fn rfc_3164_and_files() {
        let text = "<34>Oct 11 22:14:15 mymachine su: 'su root' failed\nOct  1 02:14:15 h sshd[77]: Accepted for ana\n\
            2024-01-01T10:00:00.123+00:00 h CRON[5]: (ana) CMD (x)\n";
        let expected = [
            "time: Oct 11 22:14:15|Oct  1 02:14:15|2024-01-01T10:00:00.123+00:00 (0)",
            "host: mymachine|h|h (0)",
            "app: su|sshd|CRON (0)",
            "pid: 77|5 (1)",
            "message: 'su root' failed|Accepted for ana|(ana) CMD (x) (0)",
        ];
        assert_eq!(columns(text), expected);
    }

    #[test]
    fn claimed_by_its_lines() {
        let claim =
            |text: &str| READER.claim(&Input::bytes("x.log", text.as_bytes()).expect("readable"));
        assert_eq!(claim("Oct 11 22:14:15 h su: x\n"), Claim::Content);
        assert_eq!(
            claim("2024-01-01T10:00:00.123Z h started: now\n"),
            Claim::Content
        );
        assert_eq!(
            claim("2024-01-01T10:00:00.123Z INFO everything started now\n"),
            Claim::No
        );
        assert_eq!(claim("<b>1 2 3 4 5 - x</b>\n"), Claim::No);
    }
}
