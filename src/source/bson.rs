//! BSON as `mongodump` writes it: a file a collection, or an archive of them; paths as in JSON.
//! Keeps one document; the metadata beside a dump is told as what it is and not read.

use super::columns::Columns;
use super::input::Stream;
use super::moment::{Unit, write_instant, write_number};
use super::nested::Nested;
use super::{
    At, Budget, Claim, Coverage, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split,
};
use crate::field::{Dataset, DatasetKind};
use std::collections::BTreeMap;
use std::io::{BufReader, Read, Write as _};

/// The reader of BSON.
pub static READER: Bson = Bson;

/// BSON dumps.
pub struct Bson;

/// Largest document: three times what a server allows.
const DOCUMENT_BYTES: usize = 48 << 20;
/// Bytes gathered before paths are told.
const PATIENCE: usize = 1 << 20;
/// Begins an archive.
const ARCHIVE: &[u8] = &[0x6d, 0xe2, 0x99, 0x81];
/// Ends a run of documents in an archive.
const END: &[u8] = &[0xff; 4];
/// Collections of one archive.
const COLLECTIONS_AT_MOST: usize = 10_000;

impl Reader for Bson {
    fn format(&self) -> &'static str {
        "bson"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Export
    }

    fn claim(&self, input: &Input) -> Claim {
        let head = input.head();
        if input.connection().is_some() {
            return Claim::No;
        }
        if is_metadata(input) || head.starts_with(ARCHIVE) {
            return Claim::Certain;
        }
        match (input.extension().as_str(), begins_as_document(head)) {
            ("bson", true) => Claim::Certain,
            ("bson", false) if !head.is_empty() && super::text::is_binary(head) => Claim::Name,
            ("" | "dump" | "bin" | "dat" | "data" | "bak", true) => Claim::Content,
            _ => Claim::No,
        }
    }

    fn read(
        &self,
        input: &Input,
        _: &Split,
        _: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        if is_metadata(input) {
            let why = "indexes and options of a MongoDB collection; its documents are in the dump beside it";
            return Ok(Outcome {
                coverage: Coverage::Skipped(why.into()),
                ..Outcome::whole()
            });
        }
        let mut documents = Documents {
            stream: BufReader::with_capacity(256 << 10, input.open()?),
            at: 0,
            document: Vec::new(),
        };
        let coverage = if input.head().starts_with(ARCHIVE) {
            archive(&mut documents, sink)?
        } else {
            collection(&mut documents, super::dataset_name(input), sink)?
        };
        Ok(Outcome {
            coverage,
            ..Outcome::whole()
        })
    }
}

/// `users.metadata.json`, beside `users.bson`.
fn is_metadata(input: &Input) -> bool {
    let has = |text: &str| memchr::memmem::find(input.head(), text.as_bytes()).is_some();
    input.file_name().ends_with(".metadata.json") && has("\"indexes\"") && has("\"options\"")
}

/// A length, then an element of a known type with a name.
fn begins_as_document(head: &[u8]) -> bool {
    let Some((length, rest)) = head.split_first_chunk::<4>() else {
        return false;
    };
    let length = i32::from_le_bytes(*length);
    let Some((kind, rest)) = rest.split_first().filter(|_| length >= 8) else {
        return false;
    };
    let name = memchr::memchr(0, &rest[..rest.len().min(256)]).map(|end| &rest[..end]);
    let is_name = |name: &[u8]| !name.is_empty() && name.iter().all(|b| (32..127).contains(b));
    let ends = head.get(length as usize - 1).is_none_or(|last| *last == 0);
    matches!(kind, 1..=0x13) && name.is_some_and(is_name) && ends
}

fn malformed(reason: &str) -> SourceError {
    SourceError::Malformed {
        format: "BSON",
        reason: reason.into(),
        at: At(None),
    }
}

/// Documents after each other.
struct Documents {
    stream: BufReader<Stream>,
    at: u64,
    document: Vec<u8>,
}

/// What stands next.
enum Next {
    Document,
    /// The end of a run in an archive.
    EndOfRun,
    /// The end of the file.
    EndOfFile,
    /// Neither, or it breaks off.
    Broken,
}

impl Documents {
    fn exactly(&mut self, length: usize) -> std::io::Result<bool> {
        let start = self.document.len();
        let read = self
            .stream
            .by_ref()
            .take(length as u64)
            .read_to_end(&mut self.document)?;
        self.at += read as u64;
        Ok(self.document.len() - start == length)
    }

    /// Reads the next document into `document`.
    fn advance(&mut self) -> Result<Next, SourceError> {
        self.document.clear();
        if !self.exactly(4).unwrap_or(false) {
            let is_end = self.document.is_empty();
            return Ok(if is_end {
                Next::EndOfFile
            } else {
                Next::Broken
            });
        }
        if self.document == END {
            return Ok(Next::EndOfRun);
        }
        let length = self
            .document
            .first_chunk::<4>()
            .map_or(0, |four| i32::from_le_bytes(*four));
        let length = usize::try_from(length).unwrap_or(0);
        if length > DOCUMENT_BYTES {
            return Err(SourceError::Limit(format!(
                "a document is larger than {} MiB; {} bytes before it were read",
                DOCUMENT_BYTES >> 20,
                self.at - 4
            )));
        }
        let is_whole = length >= 5 && self.exactly(length - 4).unwrap_or(false);
        Ok(if is_whole {
            Next::Document
        } else {
            Next::Broken
        })
    }

    fn broken(&self) -> Coverage {
        Coverage::Partial(format!(
            "a document is damaged or breaks off after {} bytes; what stands before it was read",
            self.at
        ))
    }
}

/// The documents of one collection on their way into columns.
struct Collection {
    columns: Columns,
    nested: Nested,
    damaged: u64,
}

impl Collection {
    fn new(name: String, sink: &mut dyn Sink) -> Self {
        let dataset = sink.dataset(Dataset {
            name,
            kind: DatasetKind::Records,
            ..Dataset::default()
        });
        Self {
            columns: Columns::patient(dataset, PATIENCE),
            nested: Nested::default(),
            damaged: 0,
        }
    }

    fn push(&mut self, document: &[u8], sink: &mut dyn Sink) {
        if walk(document, &mut self.nested, &mut self.columns).is_none() {
            self.damaged += 1;
            self.nested.reset();
        }
        self.columns.flush_if_full(sink);
    }

    fn finish(mut self, sink: &mut dyn Sink) -> Coverage {
        self.columns.flush(sink);
        let partial = |count: u64, why: &str| match count {
            0 => Coverage::Whole,
            _ => Coverage::Partial(format!("{count} {why}")),
        };
        partial(self.damaged, "documents are damaged and were read in part").and(partial(
            self.nested.too_deep(),
            "values nested too deep were not read",
        ))
    }
}

fn collection(
    documents: &mut Documents,
    name: String,
    sink: &mut dyn Sink,
) -> Result<Coverage, SourceError> {
    let mut collection = Collection::new(name, sink);
    let end = loop {
        match documents.advance() {
            Ok(Next::Document) => collection.push(&documents.document, sink),
            Ok(Next::EndOfFile) => break Coverage::Whole,
            Ok(Next::EndOfRun | Next::Broken) if documents.at <= 8 => {
                return Err(malformed("it does not begin with a document"));
            }
            Ok(Next::EndOfRun | Next::Broken) => break documents.broken(),
            Err(SourceError::Limit(why)) => break Coverage::Partial(why),
            Err(other) => return Err(other),
        }
    };
    Ok(collection.finish(sink).and(end))
}

/// An archive: a header, the metadata of its collections, then runs of documents, each after the name of its collection.
fn archive(documents: &mut Documents, sink: &mut dyn Sink) -> Result<Coverage, SourceError> {
    if !documents.exactly(4)? {
        return Err(malformed("it breaks off"));
    }
    while let Next::Document = documents.advance()? {}
    let mut collections: BTreeMap<String, Collection> = BTreeMap::new();
    let mut end = Coverage::Whole;
    'runs: loop {
        match documents.advance()? {
            Next::Document => {}
            Next::EndOfRun => continue,
            Next::EndOfFile => break,
            Next::Broken => {
                end = documents.broken();
                break;
            }
        }
        let name = namespace(&documents.document);
        if collections.len() >= COLLECTIONS_AT_MOST && !collections.contains_key(&name) {
            let why =
                format!("more than {COLLECTIONS_AT_MOST} collections; the others were not read");
            end = Coverage::Partial(why);
            break;
        }
        loop {
            match documents.advance()? {
                Next::Document => collections
                    .entry(name.clone())
                    .or_insert_with(|| Collection::new(name.clone(), sink))
                    .push(&documents.document, sink),
                Next::EndOfRun => break,
                Next::EndOfFile => break 'runs,
                Next::Broken => {
                    end = documents.broken();
                    break 'runs;
                }
            }
        }
    }
    let parts = collections
        .into_values()
        .map(|collection| collection.finish(sink));
    Ok(parts.fold(end, Coverage::and))
}

/// `db.collection` of the header of a run.
fn namespace(document: &[u8]) -> String {
    let text = |key: &str| {
        let marked = [b"\x02", key.as_bytes(), b"\0"].concat();
        let at = memchr::memmem::find(document, &marked)? + marked.len();
        let length = document.get(at..)?.first_chunk::<4>()?;
        let length = usize::try_from(i32::from_le_bytes(*length))
            .ok()?
            .checked_sub(1)?;
        let bytes = document.get(at + 4..at.checked_add(4 + length)?)?;
        Some(String::from_utf8_lossy(bytes).into_owned())
    };
    format!(
        "{}.{}",
        text("db").unwrap_or_default(),
        text("collection").unwrap_or_default()
    )
}

/// Walks a document; `None` where it is damaged.
fn walk(document: &[u8], nested: &mut Nested, columns: &mut Columns) -> Option<()> {
    // What is left of each container that is open, and whether it is an array, whose keys count.
    let mut rest = document.get(4..)?;
    let mut is_array = vec![false];
    let mut text = Vec::new();
    nested.open_object(columns);
    while !is_array.is_empty() {
        let (kind, after) = rest.split_first()?;
        rest = after;
        if *kind == 0 {
            nested.close();
            is_array.pop();
            continue;
        }
        let key = c_string(&mut rest)?;
        if is_array.last() == Some(&false) {
            nested.key(key, columns);
        }
        match kind {
            3 => {
                rest = rest.get(4..)?;
                nested.open_object(columns);
                is_array.push(false);
            }
            4 => {
                rest = rest.get(4..)?;
                nested.open_array(columns);
                is_array.push(true);
            }
            _ => {
                text.clear();
                if value(*kind, &mut rest, &mut text)? {
                    nested.scalar(&text, columns);
                } else {
                    nested.null(columns);
                }
            }
        }
    }
    Some(())
}

fn c_string<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let end = memchr::memchr(0, rest)?;
    let (text, after) = rest.split_at(end);
    *rest = &after[1..];
    Some(text)
}

fn fixed<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (bytes, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*bytes)
}

fn counted<'a>(rest: &mut &'a [u8], extra: usize) -> Option<&'a [u8]> {
    let length = usize::try_from(i32::from_le_bytes(fixed(rest)?)).ok()?;
    let (bytes, after) = rest.split_at_checked(length.checked_add(extra)?)?;
    *rest = after;
    Some(bytes)
}

/// Writes a scalar as text; `Some(false)` for one that has none.
fn value(kind: u8, rest: &mut &[u8], out: &mut Vec<u8>) -> Option<bool> {
    match kind {
        0x01 => write!(out, "{}", f64::from_le_bytes(fixed(rest)?)).ok()?,
        0x02 | 0x0d | 0x0e => {
            let text = counted(rest, 0)?;
            out.extend_from_slice(text.strip_suffix(&[0])?);
        }
        0x05 => {
            let bytes = counted(rest, 1)?;
            let (subtype, bytes) = bytes.split_first()?;
            if !matches!(subtype, 3 | 4) || bytes.len() != 16 {
                return Some(false);
            }
            for (at, byte) in bytes.iter().enumerate() {
                let dash = if matches!(at, 4 | 6 | 8 | 10) {
                    "-"
                } else {
                    ""
                };
                write!(out, "{dash}{byte:02x}").ok()?;
            }
        }
        0x06 | 0x0a | 0x7f | 0xff => return Some(false),
        0x07 => write_hex(&fixed::<12>(rest)?, out),
        0x08 => {
            let is = fixed::<1>(rest)? != [0];
            out.extend_from_slice(if is { b"true" } else { b"false" });
        }
        0x09 => write_instant(i64::from_le_bytes(fixed(rest)?), Unit::Milli, out),
        0x0b => {
            out.extend_from_slice(c_string(rest)?);
            c_string(rest)?;
        }
        0x0c => {
            counted(rest, 0)?;
            write_hex(&fixed::<12>(rest)?, out);
        }
        0x0f => {
            let whole = usize::try_from(i32::from_le_bytes(fixed(rest)?)).ok()?;
            *rest = rest.get(whole.checked_sub(4)?..)?;
            return Some(false);
        }
        0x10 => write_number(i32::from_le_bytes(fixed(rest)?).into(), out),
        0x11 => write_instant(
            (u64::from_le_bytes(fixed(rest)?) >> 32) as i64,
            Unit::Second,
            out,
        ),
        0x12 => write_number(i64::from_le_bytes(fixed(rest)?), out),
        0x13 => return Some(decimal(u128::from_le_bytes(fixed(rest)?), out)),
        _ => return None,
    }
    Some(true)
}

fn write_hex(bytes: &[u8], out: &mut Vec<u8>) {
    for byte in bytes {
        write!(out, "{byte:02x}").expect("memory takes all");
    }
}

/// A decimal of 128 bits, where its digits are a plain number.
fn decimal(bits: u128, out: &mut Vec<u8>) -> bool {
    let exponent = ((bits >> 113) & 0x3fff) as i32 - 6_176;
    let digits = (bits & ((1 << 113) - 1)) as i128;
    let signed = if bits >> 127 == 1 { -digits } else { digits };
    if (bits >> 125) & 3 == 3 || !(-38..=0).contains(&exponent) {
        return false;
    }
    super::moment::write_decimal(signed, exponent.unsigned_abs(), out);
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::recording::Recording;

    fn element(kind: u8, key: &str, value: &[u8]) -> Vec<u8> {
        [&[kind], key.as_bytes(), b"\0", value].concat()
    }

    fn text(key: &str, value: &str) -> Vec<u8> {
        let length = (value.len() as i32 + 1).to_le_bytes();
        element(2, key, &[&length, value.as_bytes(), b"\0"].concat())
    }

    fn document(elements: &[Vec<u8>]) -> Vec<u8> {
        let inside = elements.concat();
        let length = (inside.len() as i32 + 5).to_le_bytes();
        [&length, inside.as_slice(), b"\0"].concat()
    }

    fn read(name: &str, bytes: Vec<u8>) -> (Recording, Result<Outcome, SourceError>) {
        let input = Input::bytes(name, bytes).expect("readable");
        let mut recording = Recording::default();
        let outcome = READER.read(&input, &Split::whole(), &Budget::default(), &mut recording);
        (recording, outcome)
    }

    #[test]
    fn an_archive_tells_each_collection() {
        let header =
            |collection: &str| document(&[text("db", "shop"), text("collection", collection)]);
        let mut archive = ARCHIVE.to_vec();
        archive.extend(document(&[text("version", "0.1")]));
        archive.extend(END);
        for (collection, mail) in [
            ("users", "ana@example.com"),
            ("orders", "x"),
            ("users", "ben@example.com"),
        ] {
            archive.extend(header(collection));
            archive.extend(document(&[text("email", mail)]));
            archive.extend(END);
        }
        let (told, outcome) = read("dump.archive", archive);
        assert_eq!(outcome.expect("read").coverage, Coverage::Whole);
        let mails = &told.field_named("shop.users", "email").values;
        assert_eq!(mails, &["ana@example.com", "ben@example.com"]);
        assert_eq!(told.field_named("shop.orders", "email").count, 1);
    }

    #[test]
    fn metadata_is_told_as_what_it_is() {
        let text = r#"{"options":{},"indexes":[{"key":{"email":1},"name":"email_1"}]}"#;
        let input = Input::bytes("users.metadata.json", text.as_bytes()).expect("readable");
        assert_eq!(READER.claim(&input), Claim::Certain);
        let (told, outcome) = read("users.metadata.json", text.into());
        assert_eq!(outcome.expect("read").coverage.id(), "skipped");
        assert!(told.datasets.is_empty());
    }

    #[test]
    fn damage_keeps_what_stands_before() {
        let whole = document(&[text("email", "ana@example.com")]);
        let mut cut = [whole.as_slice(), &whole].concat();
        cut.truncate(whole.len() + 9);
        let (told, outcome) = read("users.bson", cut);
        assert_eq!(outcome.expect("read").coverage.id(), "partial");
        assert_eq!(told.field_named("users.bson", "email").count, 1);
        // A string longer than its document costs this document.
        let mut hostile = whole.clone();
        hostile[11] = 200;
        let (told, outcome) = read("users.bson", [hostile, whole].concat());
        assert_eq!(outcome.expect("read").coverage.id(), "partial");
        assert_eq!(told.field_named("users.bson", "email").count, 1);
        assert!(read("users.bson", vec![1, 2, 3]).1.is_err());
        let claims = read("users.bson", [0xff, 0xff, 0xff, 0x7f, 2].repeat(9)).1;
        assert_eq!(claims.expect("told").coverage.id(), "partial");
    }

    #[test]
    fn deep_nesting_is_bounded() {
        let mut nested = document(&[text("email", "ana@example.com")]);
        for _ in 0..10_000 {
            nested = document(&[element(3, "a", &nested)]);
        }
        let (_, outcome) = read("deep.bson", nested);
        assert_eq!(outcome.expect("read").coverage.id(), "partial");
    }
}
