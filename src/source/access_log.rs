//! Access logs of web servers: the common and combined formats of Apache and nginx, with or without the virtual host.
//! What stands after the user agent is kept as further fields without names.

use super::columns::Columns;
use super::log::records::{self, LineForm};
use super::{Budget, Claim, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split, lines};
use crate::field::Field;

/// The reader of access logs.
pub static READER: AccessLog = AccessLog;

/// Access logs.
pub struct AccessLog;

impl Reader for AccessLog {
    fn format(&self) -> &'static str {
        "access_log"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Log
    }

    fn claim(&self, input: &Input) -> Claim {
        records::claim(input, |line| parts_of(line).is_some())
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

const FIELDS: [&str; 13] = [
    "host",
    "remote_addr",
    "ident",
    "remote_user",
    "time",
    "request",
    "method",
    "url",
    "protocol",
    "status",
    "bytes",
    "referer",
    "user_agent",
];
/// Fields after the user agent that are kept.
const EXTRAS: usize = 8;

struct Form {
    columns: [usize; FIELDS.len()],
    extras: [usize; EXTRAS],
}

impl Form {
    fn new(columns: &mut Columns) -> Self {
        let named = FIELDS.map(|name| columns.add_silent(Field::named(name)));
        let extras =
            std::array::from_fn(|at| columns.add_silent(Field::named(format!("extra_{}", at + 1))));
        Self {
            columns: named,
            extras,
        }
    }
}

impl LineForm for Form {
    fn push(&mut self, line: &[u8], columns: &mut Columns) -> bool {
        let Some(parts) = parts_of(line) else {
            return false;
        };
        for (column, part) in self.columns.iter().zip(parts.fields) {
            match part {
                Some(value) if !matches!(value, b"" | b"-") => columns.push(*column, value),
                Some(_) => columns.push_null(*column),
                None => {}
            }
        }
        let mut rest = parts.rest;
        for column in self.extras {
            let Some((value, after)) = next_part(rest) else {
                break;
            };
            if !matches!(value, b"" | b"-") {
                columns.push(column, value);
            }
            rest = after;
        }
        true
    }
}

struct Parts<'a> {
    /// In the order of [`FIELDS`]; `None` where the line has no such part.
    fields: [Option<&'a [u8]>; FIELDS.len()],
    rest: &'a [u8],
}

fn parts_of(line: &[u8]) -> Option<Parts<'_>> {
    let bracket = memchr::memmem::find(line, b" [")?;
    let (host, address, ident, user) = client_of(&line[..bracket])?;
    let after = &line[bracket + 2..];
    let close = memchr::memchr(b']', after)?;
    let time = &after[..close];
    // `10/Oct/2000:13:55:36 -0700` or ISO 8601: a bracket of anything else is no time.
    if !time.first()?.is_ascii_digit() || memchr::memchr(b':', time).is_none() {
        return None;
    }
    let (request, after) = quoted(after[close + 1..].strip_prefix(b" ")?)?;
    let (status, after) = next_part(after)?;
    if status.len() != 3 || !status.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let (bytes, after) = next_part(after)?;
    if bytes != b"-" && !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let (referer, after) =
        quoted(after.trim_ascii_start()).map_or((None, after), |(part, after)| (Some(part), after));
    let (agent, rest) =
        quoted(after.trim_ascii_start()).map_or((None, after), |(part, after)| (Some(part), after));
    let (whole, method, url, protocol) = match request_of(request) {
        Some((method, url, protocol)) => (None, Some(method), Some(url), Some(protocol)),
        None => (Some(request), None, None, None),
    };
    let fields = [
        host,
        Some(address),
        Some(ident),
        Some(user),
        Some(time),
        whole,
        method,
        url,
        protocol,
        Some(status),
        Some(bytes),
        referer,
        agent,
    ];
    Some(Parts { fields, rest })
}

type Client<'a> = (Option<&'a [u8]>, &'a [u8], &'a [u8], &'a [u8]);

/// `address ident user`, or the virtual host before them.
fn client_of(text: &[u8]) -> Option<Client<'_>> {
    let mut words = text.splitn(3, |b| *b == b' ');
    let (first, second, rest) = (words.next()?, words.next()?, words.next()?);
    let is_word = |word: &[u8]| {
        !word.is_empty() && !word.iter().any(|b| matches!(b, b'"' | b'[' | b'<' | b'='))
    };
    if !is_word(first) || !is_word(second) {
        return None;
    }
    // Three words are address, ident and user; a fourth is the host before them, unless the user's name has a space.
    match memchr::memchr(b' ', rest) {
        Some(space) if &rest[..space] == b"-" || looks_like_address(second) => {
            Some((Some(first), second, &rest[..space], &rest[space + 1..]))
        }
        _ => Some((None, first, second, rest)),
    }
}

fn looks_like_address(word: &[u8]) -> bool {
    let is_part = |b: &u8| b.is_ascii_hexdigit() || matches!(b, b'.' | b':');
    word.iter().all(is_part) && word.iter().filter(|b| matches!(b, b'.' | b':')).count() >= 2
}

/// `GET /path HTTP/1.1`.
fn request_of(request: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let first = memchr::memchr(b' ', request)?;
    let last = memchr::memrchr(b' ', request).filter(|last| *last > first)?;
    let is_method = request[..first]
        .iter()
        .all(|b| b.is_ascii_uppercase() || *b == b'_' || *b == b'-');
    (is_method && first > 0).then(|| {
        (
            &request[..first],
            &request[first + 1..last],
            &request[last + 1..],
        )
    })
}

/// A quoted part, with backslashes before inner quotes, and what follows it.
fn quoted(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = text.strip_prefix(b"\"")?;
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'"', b'\\', inner.get(at..)?)?;
        if inner[at] == b'"' {
            return Some((&inner[..at], &inner[at + 1..]));
        }
        at += 2;
    }
}

/// The next word or quoted part.
fn next_part(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.trim_ascii_start();
    if text.is_empty() {
        return None;
    }
    quoted(text).or_else(|| {
        let end = memchr::memchr(b' ', text).unwrap_or(text.len());
        Some((&text[..end], &text[end..]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::recording::Recording;

    fn read(text: &str) -> Recording {
        let input = Input::bytes("logs/access.log", text.as_bytes()).expect("readable");
        let mut recording = Recording::default();
        READER
            .read(&input, &Split::whole(), &Budget::default(), &mut recording)
            .expect("read");
        recording
    }

    fn columns(recording: &Recording) -> Vec<String> {
        recording.datasets[0]
            .fields
            .iter()
            .map(|f| format!("{}: {} ({})", f.field.path, f.values.join("|"), f.nulls))
            .collect()
    }

    #[test]
    fn combined() {
        let line = r#"192.0.2.1 - ana [10/Oct/2000:13:55:36 -0700] "GET /a?mail=a@example.com HTTP/1.0" 200 23 "http://example.com/\"x" "Mozilla/5.0 (X)" "203.0.113.9" 0.02"#;
        let expected = [
            "remote_addr: 192.0.2.1 (0)",
            "remote_user: ana (0)",
            "time: 10/Oct/2000:13:55:36 -0700 (0)",
            "method: GET (0)",
            "url: /a?mail=a@example.com (0)",
            "protocol: HTTP/1.0 (0)",
            "status: 200 (0)",
            "bytes: 23 (0)",
            "referer: http://example.com/\\\"x (0)",
            "user_agent: Mozilla/5.0 (X) (0)",
            "extra_1: 203.0.113.9 (0)",
            "extra_2: 0.02 (0)",
        ];
        assert_eq!(columns(&read(line)), expected);
    }

    #[test]
    fn common_with_host_and_odd_requests() {
        let text = "shop.example:443 2001:db8::1 - - [10/Oct/2000:13:55:36 -0700] \"-\" 408 -\nstarting up\n  at once\n\
            shop.example:443 192.0.2.7 - ana b [10/Oct/2000:13:55:37 -0700] \"POST / HTTP/2.0\" 200 5\n";
        let recording = read(text);
        assert_eq!(
            recording.field_named("access.log", "host").values,
            ["shop.example:443", "shop.example:443"]
        );
        assert_eq!(
            recording.field_named("access.log", "remote_addr").values,
            ["2001:db8::1", "192.0.2.7"]
        );
        assert_eq!(
            recording.field_named("access.log", "remote_user").values,
            ["ana b"]
        );
        assert_eq!(
            recording.field_named("access.log", "method").values,
            ["POST"]
        );
        assert_eq!(
            recording.texts,
            [(
                2,
                text.find("starting").expect("it is there") as u64,
                "starting up\n  at once\n".to_owned()
            )]
        );
    }

    #[test]
    fn claimed_by_its_lines() {
        let claim =
            |text: &str| READER.claim(&Input::bytes("x.log", text.as_bytes()).expect("readable"));
        assert_eq!(
            claim("192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 23\n"),
            Claim::Content
        );
        assert_eq!(
            claim("2024-01-01 10:00:00 INFO [main] \"hello\" 200 23\n"),
            Claim::No
        );
        assert_eq!(claim(""), Claim::No);
    }
}
