//! Arrow IPC: files (Feather version 2) and streams, batch by batch; nested columns by path, dictionaries once with counts.
//! Reads buffers as they are needed; no batch is ever in memory as a whole.

use super::codec::Codec;
use super::input::Seekable;
use super::{
    At, Budget, Claim, Coverage, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split,
};
use crate::field::{Dataset, DatasetKind, Field};
use crate::source::{DatasetId, FieldId};
use std::collections::HashMap;
use std::io::SeekFrom;

#[path = "arrow/batch.rs"]
mod batch;
#[path = "arrow/flat.rs"]
mod flat;
#[path = "arrow/schema.rs"]
mod schema;

use batch::{Batch, Dictionaries, Dictionary};
use flat::Table;
use schema::{Column, Layout};

/// The reader of Arrow IPC.
pub static READER: Arrow = Arrow;

/// Arrow IPC files and streams.
pub struct Arrow;

/// Begins a file; a stream begins with its first message.
const MAGIC: &[u8] = b"ARROW1\0\0";
/// Begins a message.
const MARK: u32 = 0xffff_ffff;
/// Largest input that is read where it is no file of its own: it is kept in memory.
const IN_MEMORY: u64 = 512 << 20;
/// Largest description of a message.
const MESSAGE_BYTES: u32 = 64 << 20;

impl Reader for Arrow {
    fn format(&self) -> &'static str {
        "arrow"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Export
    }

    fn claim(&self, input: &Input) -> Claim {
        let head = input.head();
        let is_named = matches!(
            input.extension().as_str(),
            "arrow" | "arrows" | "feather" | "ipc"
        );
        if head.starts_with(MAGIC) || is_stream(head) {
            Claim::Certain
        } else if is_named && super::text::is_binary(head) && !head.is_empty() {
            Claim::Name
        } else {
            Claim::No
        }
    }

    fn read(
        &self,
        input: &Input,
        _: &Split,
        _: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        if input.head().starts_with(b"FEA1") {
            let why = "it is Feather of version 1, which is not read; write it anew as version 2";
            return Err(malformed(why));
        }
        let mut stream = input.open_seekable(IN_MEMORY)?;
        let dataset = sink.dataset(Dataset {
            name: super::dataset_name(input),
            kind: DatasetKind::Records,
            ..Dataset::default()
        });
        let size = stream.seek(SeekFrom::End(0))?;
        let mut messages = Messages {
            at: if input.head().starts_with(MAGIC) {
                8
            } else {
                0
            },
            stream: &mut *stream,
            size,
            columns: Vec::new(),
            fields: HashMap::new(),
            dictionaries: Dictionaries::new(),
            rows: 0,
        };
        let coverage = messages.read(dataset, sink)?;
        sink.dataset(Dataset {
            name: super::dataset_name(input),
            rows_counted: (coverage == Coverage::Whole).then_some(messages.rows),
            ..Dataset::default()
        });
        Ok(Outcome {
            coverage,
            ..Outcome::whole()
        })
    }
}

/// A mark, a length and a message that is a schema.
fn is_stream(head: &[u8]) -> bool {
    head.starts_with(&MARK.to_le_bytes())
        && head.get(8..).is_some_and(|message| {
            let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
            let message = &message[..message.len().min(length)];
            Table::root(message).is_some_and(|told| told.byte(1) == 1 && told.table(2).is_some())
        })
}

fn malformed(reason: &str) -> SourceError {
    SourceError::Malformed {
        format: "Arrow",
        reason: reason.into(),
        at: At(None),
    }
}

/// The messages of a file, after each other.
struct Messages<'a> {
    stream: &'a mut dyn Seekable,
    size: u64,
    at: u64,
    columns: Vec<Column>,
    fields: HashMap<String, FieldId>,
    dictionaries: Dictionaries,
    rows: u64,
}

impl Messages<'_> {
    fn read(&mut self, dataset: DatasetId, sink: &mut dyn Sink) -> Result<Coverage, SourceError> {
        let mut has_schema = false;
        loop {
            let message = match self.message() {
                Ok(Some(message)) => message,
                Ok(None) if has_schema => return Ok(Coverage::Whole),
                Ok(None) => return Err(malformed("it holds no schema")),
                Err(why) if has_schema => return Ok(self.partial(why)),
                Err(why) => return Err(malformed(why)),
            };
            let body = self.at;
            let read = Table::root(&message).and_then(|told| {
                let length = u64::try_from(told.long(3)).ok()?;
                self.at = self
                    .at
                    .checked_add(length)
                    .filter(|end| *end <= self.size)?;
                let header = told.table(2)?;
                match told.byte(1) {
                    1 if !has_schema => self.schema(header, dataset, sink),
                    2 => self.dictionary(header, (body, length)),
                    3 => self.batch(header, (body, length), sink),
                    _ => Some(()),
                }
            });
            if read.is_none() {
                let why = "a message is damaged, breaks off or is larger than is read";
                return if has_schema {
                    Ok(self.partial(why))
                } else {
                    Err(malformed(why))
                };
            }
            has_schema = true;
        }
    }

    fn partial(&self, why: &str) -> Coverage {
        Coverage::Partial(format!("{why}; {} rows before it were read", self.rows))
    }

    fn number(&mut self) -> Option<u32> {
        let mut four = [0; 4];
        self.stream.seek(SeekFrom::Start(self.at)).ok()?;
        self.stream.read_exact(&mut four).ok()?;
        self.at += 4;
        Some(u32::from_le_bytes(four))
    }

    /// The description of the next message; `None` at the end.
    fn message(&mut self) -> Result<Option<Vec<u8>>, &'static str> {
        const BREAKS_OFF: &str = "it breaks off before its end";
        if self.at == self.size {
            return Ok(None);
        }
        let mut length = self.number().ok_or(BREAKS_OFF)?;
        // Files of before 2019 have no mark.
        if length == MARK {
            length = self.number().ok_or(BREAKS_OFF)?;
        }
        if length == 0 {
            return Ok(None);
        }
        if length > MESSAGE_BYTES || u64::from(length) > self.size - self.at {
            return Err("a message claims to be longer than the file");
        }
        let mut message = vec![0; length as usize];
        self.stream
            .read_exact(&mut message)
            .map_err(|_| BREAKS_OFF)?;
        self.at += u64::from(length);
        Ok(Some(message))
    }

    fn schema(&mut self, told: Table<'_>, dataset: DatasetId, sink: &mut dyn Sink) -> Option<()> {
        self.columns = schema::columns(told)?;
        let mut open: Vec<&Column> = self.columns.iter().rev().collect();
        while let Some(column) = open.pop() {
            open.extend(column.children.iter().rev());
            if column.children.is_empty() {
                let field = Field {
                    declared_type: Some(column.declared_type.into()),
                    ..Field::named(&column.path)
                };
                let id = sink.field(dataset, field);
                self.fields.insert(column.path.clone(), id);
            }
        }
        Some(())
    }

    fn dictionary(&mut self, told: Table<'_>, body: (u64, u64)) -> Option<()> {
        let number = told.long(0);
        let mut open: Vec<&Column> = self.columns.iter().collect();
        let column = loop {
            let column = open.pop()?;
            if column.dictionary.is_some_and(|(own, _)| own == number) {
                break column.clone();
            }
            open.extend(&column.children);
        };
        let added = told.byte(2) != 0;
        let mut dictionary = match self.dictionaries.remove(&number) {
            Some(known) if added => known,
            _ => Dictionary::default(),
        };
        // Dictionaries of nested values are rare; what they hold is not followed.
        let nested = matches!(
            column.layout,
            Layout::Struct | Layout::List(_) | Layout::Map
        );
        if !nested {
            batch(told.table(1)?, body, self.stream)?.leaf(&column, &mut dictionary)?;
        }
        self.dictionaries.insert(number, dictionary);
        Some(())
    }

    fn batch(&mut self, told: Table<'_>, body: (u64, u64), sink: &mut dyn Sink) -> Option<()> {
        let rows = u64::try_from(told.long(0)).ok()?;
        let mut batch = batch(told, body, self.stream)?;
        for column in &self.columns {
            batch.column(column, &self.fields, &self.dictionaries, sink)?;
        }
        self.rows = self.rows.saturating_add(rows);
        Some(())
    }
}

/// A batch, as its message describes it.
fn batch<'a>(told: Table<'_>, body: (u64, u64), stream: &'a mut dyn Seekable) -> Option<Batch<'a>> {
    let pairs = |field: usize| {
        let Some(all) = told.vector(field, 16) else {
            return Some(Vec::new());
        };
        (0..all.length)
            .map(|at| all.pair(at))
            .collect::<Option<Vec<_>>>()
    };
    let variadic = told.vector(4, 8).map_or(Some(Vec::new()), |all| {
        (0..all.length).map(|at| all.long(at)).collect()
    })?;
    let codec = match told.table(3) {
        None => Codec::Plain,
        Some(packed) if packed.byte(0) == 0 => Codec::Lz4Frame,
        Some(_) => Codec::Zstd,
    };
    Some(Batch {
        nodes: pairs(1)?,
        buffers: pairs(2)?,
        variadic,
        codec,
        stream,
        body,
        at: (0, 0, 0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::recording::Recording;
    use std::path::Path;

    fn fixture(name: &str) -> Vec<u8> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        std::fs::read(folder.join(name)).expect("the fixture is kept in the repository")
    }

    fn read(bytes: Vec<u8>) -> (Recording, Result<Outcome, SourceError>) {
        let input = Input::bytes("customers.arrow", bytes).expect("readable");
        assert_ne!(READER.claim(&input), Claim::No);
        let mut recording = Recording::default();
        let outcome = READER.read(&input, &Split::whole(), &Budget::default(), &mut recording);
        (recording, outcome)
    }

    #[test]
    fn files_and_streams_tell_the_same_people() {
        let (expected, outcome) = read(fixture("formats/customers.arrow"));
        assert_eq!(outcome.expect("read").coverage, Coverage::Whole);
        let rows = expected
            .dataset_named("customers.arrow")
            .dataset
            .rows_counted;
        assert_eq!(rows, Some(12));
        let packed = ["formats/customers.feather", "variants/large.arrows"];
        let plain = ["formats/customers.arrows", "variants/views.arrow"];
        let packed = packed.iter().filter(|_| cfg!(feature = "blocks"));
        for name in plain.iter().chain(packed) {
            let (told, outcome) = read(fixture(name));
            assert_eq!(outcome.expect("read").coverage, Coverage::Whole, "{name}");
            assert_eq!(told.lines(), expected.lines(), "{name}");
            for field in &expected.dataset_named("customers.arrow").fields {
                let path = &field.field.path;
                let values = &told.field_named("customers.arrow", path).values;
                assert_eq!(values, &field.values, "{name} {path}");
            }
        }
    }

    #[test]
    fn damage_of_any_byte_ends_with_a_reason_or_values() {
        for name in [
            "formats/customers.arrow",
            "variants/views.arrow",
            "formats/customers.feather",
        ] {
            let whole = fixture(name);
            let (told, outcome) = read(whole[..whole.len() / 2].to_vec());
            assert!(
                outcome.is_err() || outcome.is_ok_and(|o| o.coverage.is_incomplete()),
                "{name}"
            );
            drop(told);
            for at in 8..whole.len() {
                let mut hostile = whole.clone();
                hostile[at] ^= 0xff;
                let input = Input::bytes("a.arrow", hostile).expect("readable");
                let mut recording = Recording::default();
                let _ = READER.read(&input, &Split::whole(), &Budget::default(), &mut recording);
            }
        }
        assert!(read(b"FEA1\0\0\0\0\0\0\0\0".to_vec()).1.is_err());
    }
}
