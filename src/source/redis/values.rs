//! Keys by pattern, and some values of each: SCAN, TYPE, GET, HSCAN, LRANGE, SSCAN, ZSCAN, XRANGE; never KEYS.
//! Bounded by keys scanned, keys read and elements of each.

use super::keys::{Pattern, pattern};
use super::resp::{Connection, Reply};
use crate::field::{Dataset, DatasetKind, Field};
use crate::source::database::{Cells, Column, JSON_CHARACTERS, Shape, TEXT_CHARACTERS};
use crate::source::json::paths::is_data;
use crate::source::{Budget, Coverage, Sink, SourceError};
use std::collections::BTreeMap;
use std::io;

/// Keys scanned for each one that a sample may read.
const SCANNED_A_KEY: u64 = 100;
/// Keys asked for at a time.
const BATCH: usize = 100;
/// Elements read of one hash, list, set or stream.
const ELEMENTS: &str = "100";
/// Different patterns; keys of any further one are gathered as `*`.
const PATTERNS: usize = 1_000;
/// Fields of one pattern; what comes after them is gathered in one.
const FIELDS: usize = 500;

/// Keys of one pattern.
#[derive(Default)]
struct Group {
    keys: Vec<Vec<u8>>,
    count: u64,
}

/// Reads everything, or a sample of each pattern.
pub fn read(
    connection: &mut Connection,
    budget: &Budget,
    sink: &mut dyn Sink,
) -> Result<Coverage, SourceError> {
    let lost = |error: io::Error| {
        SourceError::Server(format!(
            "the server closed the connection ({}) while its keys were scanned",
            error.kind()
        ))
    };
    let total = match connection.ask(&[b"DBSIZE"]).map_err(lost)? {
        Reply::Number(total) => u64::try_from(total).unwrap_or_default(),
        _ => 0,
    };
    let (groups, scanned, is_end) = scan(connection, budget)?;
    let mut read = Read {
        connection,
        keys: 0,
        cut: 0,
        refused: BTreeMap::new(),
    };
    let patterns = groups.len();
    for (done, (shown, group)) in groups.into_iter().enumerate() {
        if let Err(error) = read.group(&shown, &group, is_end, sink) {
            return Ok(Coverage::Partial(format!(
                "the server closed the connection ({}); {done} of {patterns} patterns of keys were read",
                error.kind()
            )));
        }
    }
    Ok(read.coverage(scanned, total, is_end))
}

/// Gathers keys by pattern; keeps of each no more than will be read.
fn scan(
    connection: &mut Connection,
    budget: &Budget,
) -> Result<(BTreeMap<String, Group>, u64, bool), SourceError> {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    let (mut cursor, mut scanned) = (b"0".to_vec(), 0_u64);
    let most = budget.sample_rows.saturating_mul(SCANNED_A_KEY);
    loop {
        let reply = connection.ask(&[b"SCAN", &cursor, b"COUNT", b"1000"]);
        let reply = match reply {
            Ok(Reply::Error(code)) => {
                let why = format!("the server does not let this user SCAN ({code})");
                return Err(SourceError::Server(why));
            }
            Ok(reply) => reply,
            Err(error) => {
                let why = format!(
                    "the server closed the connection ({}) while its keys were scanned",
                    error.kind()
                );
                return Err(SourceError::Server(why));
            }
        };
        let mut parts = reply.list().into_iter();
        cursor = parts.next().and_then(Reply::text).unwrap_or_default();
        let keys = parts.next().map(Reply::list).unwrap_or_default();
        for key in keys.into_iter().filter_map(Reply::text) {
            scanned += 1;
            let mut shown = pattern(&key).shown;
            if groups.len() >= PATTERNS && !groups.contains_key(&shown) {
                shown = "*".into();
            }
            let group = groups.entry(shown).or_default();
            group.count += 1;
            if budget.full || (group.keys.len() as u64) < budget.sample_rows {
                group.keys.push(key);
            }
        }
        let is_end = cursor == b"0" || cursor.is_empty();
        if is_end || !budget.full && scanned >= most {
            return Ok((groups, scanned, is_end));
        }
    }
}

struct Read<'a> {
    connection: &'a mut Connection,
    keys: u64,
    /// Keys of which some elements only were read.
    cut: u64,
    /// Commands that were refused, by code.
    refused: BTreeMap<String, u64>,
}

impl Read<'_> {
    fn group(
        &mut self,
        shown: &str,
        group: &Group,
        is_end: bool,
        sink: &mut dyn Sink,
    ) -> io::Result<()> {
        let is_whole = is_end && group.keys.len() as u64 == group.count;
        let dataset = sink.dataset(Dataset {
            name: shown.to_owned(),
            kind: DatasetKind::Records,
            rows_estimate: (!is_whole).then_some(group.count),
            rows_counted: is_whole.then_some(group.count),
            ..Dataset::default()
        });
        let mut fields = Fields {
            dataset,
            cells: BTreeMap::new(),
        };
        for keys in group.keys.chunks(BATCH) {
            let types: Vec<Vec<&[u8]>> = keys
                .iter()
                .map(|key| vec![&b"TYPE"[..], key.as_slice()])
                .collect();
            let types = self.connection.ask_all(&types)?;
            let types: Vec<Vec<u8>> = types
                .into_iter()
                .map(|reply| reply.text().unwrap_or_default())
                .collect();
            let commands: Vec<Vec<&[u8]>> = keys
                .iter()
                .zip(&types)
                .map(|(key, kind)| command(kind, key))
                .collect();
            let replies = self.connection.ask_all(&commands)?;
            for ((key, kind), reply) in keys.iter().zip(&types).zip(replies) {
                let Pattern { data, .. } = pattern(key);
                for part in data {
                    fields.push("key", part.as_bytes(), sink);
                }
                if let Reply::Error(code) = reply {
                    *self.refused.entry(code).or_default() += 1;
                    continue;
                }
                self.keys += 1;
                self.cut += u64::from(is_cut(kind, &reply));
                fields.reply(kind, reply, sink);
            }
        }
        fields.finish(sink);
        Ok(())
    }

    fn coverage(&self, scanned: u64, total: u64, is_end: bool) -> Coverage {
        if !self.refused.is_empty() {
            let codes: Vec<String> = self
                .refused
                .iter()
                .map(|(code, count)| format!("{count} keys refused ({code})"))
                .collect();
            return Coverage::Partial(codes.join(", "));
        }
        if is_end && self.keys >= scanned && self.cut == 0 {
            return Coverage::Whole;
        }
        if is_end && self.keys >= scanned {
            let why = format!(
                "all {} keys read, of {} about the first {ELEMENTS} elements",
                self.keys, self.cut
            );
            return Coverage::Sampled(why);
        }
        let bound = (300.0 / self.keys.max(1) as f64).min(100.0);
        Coverage::Sampled(format!(
            "{} of about {} keys read, {scanned} scanned, at most {ELEMENTS} elements of each; what the sample shows nothing of may still be in up to {bound:.2}% of the keys (95% bound); --full reads all keys",
            self.keys,
            total.max(scanned)
        ))
    }
}

/// The command that reads a value of a type.
fn command<'a>(kind: &[u8], key: &'a [u8]) -> Vec<&'a [u8]> {
    let count = ELEMENTS.as_bytes();
    match kind {
        b"string" => vec![b"GET", key],
        b"hash" => vec![b"HSCAN", key, b"0", b"COUNT", count],
        b"list" => vec![b"LRANGE", key, b"0", b"99"],
        b"set" => vec![b"SSCAN", key, b"0", b"COUNT", count],
        b"zset" => vec![b"ZSCAN", key, b"0", b"COUNT", count],
        b"stream" => vec![b"XRANGE", key, b"-", b"+", b"COUNT", count],
        // A module's type, or a key that is gone: its type is asked again, which reads nothing.
        _ => vec![b"TYPE", key],
    }
}

/// Whether a value has more elements than came.
fn is_cut(kind: &[u8], reply: &Reply) -> bool {
    let Reply::List(items) = reply else {
        return false;
    };
    match kind {
        b"list" | b"stream" => items.len() >= 100,
        _ => !matches!(items.first(), Some(Reply::Text(cursor)) if cursor == b"0"),
    }
}

/// The fields of one pattern.
struct Fields {
    dataset: crate::source::DatasetId,
    cells: BTreeMap<String, Cells>,
}

impl Fields {
    fn reply(&mut self, kind: &[u8], reply: Reply, sink: &mut dyn Sink) {
        match kind {
            b"string" => {
                if let Some(text) = reply.text() {
                    self.push("value", &text, sink);
                }
            }
            b"list" => {
                for item in reply.list().into_iter().filter_map(Reply::text) {
                    self.push("*", &item, sink);
                }
            }
            b"set" | b"zset" => {
                let members = reply.list().into_iter().nth(1).map(Reply::list);
                let step = if kind == b"zset" { 2 } else { 1 };
                let members = members.unwrap_or_default().into_iter().step_by(step);
                for member in members.filter_map(Reply::text) {
                    self.push("*", &member, sink);
                }
            }
            b"hash" => {
                let pairs = reply.list().into_iter().nth(1).map(Reply::list);
                self.pairs(pairs.unwrap_or_default(), sink);
            }
            b"stream" => {
                for entry in reply.list() {
                    let pairs = entry.list().into_iter().nth(1).map(Reply::list);
                    self.pairs(pairs.unwrap_or_default(), sink);
                }
            }
            _ => {}
        }
    }

    fn pairs(&mut self, pairs: Vec<Reply>, sink: &mut dyn Sink) {
        let mut pairs = pairs.into_iter().filter_map(Reply::text);
        while let (Some(name), Some(value)) = (pairs.next(), pairs.next()) {
            match std::str::from_utf8(&name) {
                Ok(name) if !is_data(name) => self.push(name, &value, sink),
                // A name that is itself data is a value, as keys of maps are elsewhere.
                _ => {
                    self.push("*", &name, sink);
                    self.push("*.*", &value, sink);
                }
            }
        }
    }

    fn push(&mut self, name: &str, value: &[u8], sink: &mut dyn Sink) {
        let name = if self.cells.len() < FIELDS || self.cells.contains_key(name) {
            name
        } else {
            "*.*"
        };
        let dataset = self.dataset;
        let cells = self.cells.entry(name.to_owned()).or_insert_with(|| {
            let column = Column {
                field: Field::named(name),
                shape: Shape::Json,
            };
            Cells::new(dataset, std::iter::once(&column), sink)
        });
        cells.push(0, Some(cut(value)));
        cells.end_row(sink);
    }

    fn finish(&mut self, sink: &mut dyn Sink) {
        for cells in self.cells.values_mut() {
            cells.finish(sink);
        }
    }
}

/// A value at most as long as a cell may be, ending where a sign ends.
fn cut(value: &[u8]) -> &[u8] {
    let most = if value.starts_with(b"{") || value.starts_with(b"[") {
        JSON_CHARACTERS
    } else {
        TEXT_CHARACTERS
    };
    if value.len() <= most {
        return value;
    }
    let mut end = most;
    while end > 0 && value[end] & 0xC0 == 0x80 {
        end -= 1;
    }
    &value[..end]
}
