//! Avro object container files: blocks of records by the schema that the file begins with; nested fields by path.
//! Keeps one block; a damaged block ends the reading, what stands before it counts.

use super::codec::{Codec, unpack};
use super::columns::Columns;
use super::input::Stream;
use super::nested::Nested;
use super::{
    At, Budget, Claim, Coverage, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split,
};
use crate::field::{Dataset, DatasetKind};
use std::io::{BufReader, Read};

#[path = "avro/block.rs"]
mod block;
#[path = "avro/schema.rs"]
pub(super) mod schema;

use schema::Schema;

/// The reader of Avro.
pub static READER: Avro = Avro;

/// Avro object container files.
pub struct Avro;

const MAGIC: &[u8] = b"Obj\x01";
/// Largest header: schema and codec.
const HEADER_BYTES: usize = 16 << 20;
/// Largest block, packed or not.
const BLOCK_BYTES: usize = 64 << 20;
/// Bytes gathered before paths are told.
const PATIENCE: usize = 1 << 20;

impl Reader for Avro {
    fn format(&self) -> &'static str {
        "avro"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Export
    }

    fn claim(&self, input: &Input) -> Claim {
        if input.head().starts_with(MAGIC) {
            Claim::Certain
        } else if input.extension() == "avro" && !input.head().is_empty() {
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
        let mut bytes = Bytes(BufReader::with_capacity(256 << 10, input.open()?), 0);
        let header = header(&mut bytes)?;
        let dataset = sink.dataset(Dataset {
            name: super::dataset_name(input),
            kind: DatasetKind::Records,
            comment: header.schema.doc.clone(),
            ..Dataset::default()
        });
        for field in header.schema.fields() {
            sink.field(dataset, field);
        }
        let mut columns = Columns::patient(dataset, PATIENCE);
        let mut nested = Nested::default();
        let mut records = 0;
        let end = loop {
            match next_block(&mut bytes, &header) {
                Ok(Some((count, block))) => {
                    let mut block = block::Block::new(&header.schema, &block);
                    let read = (0..count).try_for_each(|_| {
                        block.record(&mut nested, &mut columns)?;
                        records += 1;
                        columns.flush_if_full(sink);
                        Some(())
                    });
                    if read.is_none() || !block.is_empty() {
                        break partial("a block is damaged", records);
                    }
                }
                Ok(None) => break Coverage::Whole,
                Err(why) => break partial(why, records),
            }
        };
        columns.flush(sink);
        Ok(Outcome {
            coverage: end,
            ..Outcome::whole()
        })
    }
}

fn partial(why: &str, records: u64) -> Coverage {
    Coverage::Partial(format!("{why}; {records} records before it were read"))
}

fn malformed(reason: &str) -> SourceError {
    SourceError::Malformed {
        format: "Avro",
        reason: reason.into(),
        at: At(None),
    }
}

struct Header {
    schema: Schema,
    codec: Codec,
    is_snappy: bool,
    marker: [u8; 16],
}

/// The stream, with how much of it was read.
struct Bytes(BufReader<Stream>, u64);

impl Bytes {
    fn fixed<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        self.0.read_exact(&mut bytes).ok()?;
        self.1 += N as u64;
        Some(bytes)
    }

    fn long(&mut self) -> Option<i64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte] = self.fixed()?;
            number |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Some((number >> 1) as i64 ^ -((number & 1) as i64));
            }
        }
        None
    }

    fn take(&mut self, length: i64, limit: usize) -> Option<Vec<u8>> {
        let length = usize::try_from(length)
            .ok()
            .filter(|length| *length <= limit)?;
        let mut bytes = Vec::new();
        let read = self
            .0
            .by_ref()
            .take(length as u64)
            .read_to_end(&mut bytes)
            .ok()?;
        self.1 += read as u64;
        (read == length).then_some(bytes)
    }
}

fn header(bytes: &mut Bytes) -> Result<Header, SourceError> {
    if bytes.fixed::<4>().as_ref().map(<[u8; 4]>::as_slice) != Some(MAGIC) {
        return Err(malformed("it does not begin as a container file does"));
    }
    let entries =
        metadata(bytes).ok_or_else(|| malformed("its header is damaged or breaks off"))?;
    let get = |name: &[u8]| {
        entries
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_slice())
    };
    let schema = get(b"avro.schema")
        .and_then(|text| serde_json::from_slice(text).ok())
        .and_then(|json| Schema::of(&json))
        .ok_or_else(|| malformed("its schema is missing or damaged"))?;
    let codec = match get(b"avro.codec") {
        None | Some(b"null" | b"") => Codec::Plain,
        Some(b"deflate") => Codec::Deflate,
        Some(b"snappy") => Codec::Snappy,
        Some(b"zstandard") => Codec::Zstd,
        Some(b"bzip2") => Codec::Bzip2,
        Some(b"xz") => Codec::Xz,
        Some(_) => return Err(malformed("its blocks are packed in an unknown way")),
    };
    let marker = bytes
        .fixed()
        .ok_or_else(|| malformed("its header breaks off"))?;
    Ok(Header {
        schema,
        codec,
        is_snappy: codec == Codec::Snappy,
        marker,
    })
}

type Entry = (Vec<u8>, Vec<u8>);

fn metadata(bytes: &mut Bytes) -> Option<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut kept = 0;
    loop {
        let mut count = bytes.long()?;
        if count < 0 {
            bytes.long()?;
            count = count.checked_neg()?;
        }
        if count == 0 {
            return Some(entries);
        }
        for _ in 0..count {
            let key = bytes.long()?;
            let key = bytes.take(key, HEADER_BYTES)?;
            let value = bytes.long()?;
            let value = bytes.take(value, HEADER_BYTES)?;
            kept += key.len() + value.len() + 16;
            entries.push((key, value));
            if kept > HEADER_BYTES {
                return None;
            }
        }
    }
}

/// The next block: how many records, and their bytes; `None` at the end.
fn next_block(bytes: &mut Bytes, header: &Header) -> Result<Option<(i64, Vec<u8>)>, &'static str> {
    let breaks_off = "it breaks off within a block";
    let before = bytes.1;
    let Some(count) = bytes.long() else {
        return if bytes.1 == before {
            Ok(None)
        } else {
            Err(breaks_off)
        };
    };
    let size = bytes.long().ok_or(breaks_off)?;
    if usize::try_from(size).is_ok_and(|size| size > BLOCK_BYTES) {
        return Err("a block is larger than 64 MiB");
    }
    let packed = bytes.take(size, BLOCK_BYTES).ok_or(breaks_off)?;
    if bytes.fixed() != Some(header.marker) {
        return Err("a block does not end as the header says");
    }
    // Snappy blocks end with a checksum of four bytes.
    let packed = match header.is_snappy {
        true => packed.split_at(packed.len().saturating_sub(4)).0,
        false => &packed,
    };
    let block =
        unpack(header.codec, packed, None, BLOCK_BYTES).map_err(|refusal| refusal.told())?;
    Ok(Some((count, block)))
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
        let input = Input::bytes("customers.avro", bytes).expect("readable");
        let mut recording = Recording::default();
        let outcome = READER.read(&input, &Split::whole(), &Budget::default(), &mut recording);
        (recording, outcome)
    }

    #[cfg(feature = "blocks")]
    #[test]
    fn every_codec_tells_the_same_people() {
        let (expected, _) = read(fixture("formats/customers.avro"));
        for codec in ["snappy", "zstandard", "bzip2", "xz"] {
            let (told, outcome) = read(fixture(&format!("variants/{codec}.avro")));
            assert_eq!(outcome.expect("read").coverage, Coverage::Whole, "{codec}");
            assert_eq!(told.lines(), expected.lines(), "{codec}");
            let mail =
                |told: &Recording| told.field_named("customers.avro", "email").values.clone();
            assert_eq!(mail(&told), mail(&expected), "{codec}");
        }
    }

    #[test]
    fn damage_keeps_what_stands_before_it() {
        let whole = fixture("formats/customers.avro");
        let (told, outcome) = read(whole[..whole.len() - 9].to_vec());
        let reason = outcome.expect("read").coverage;
        assert!(reason.is_incomplete(), "{reason:?}");
        let count = told.field_named("customers.avro", "email").count;
        assert!((1..12).contains(&count), "{count}");
        for cut in [0, 3, 40, 300] {
            assert!(read(whole[..cut].to_vec()).1.is_err(), "cut at {cut}");
        }
        for at in 0..whole.len() {
            let mut hostile = whole.clone();
            hostile[at] ^= 0xff;
            let _ = read(hostile);
        }
    }

    #[test]
    fn records_of_nothing_do_not_go_on_forever() {
        let mut file = MAGIC.to_vec();
        let schema = br#"{"type":"array","items":"null"}"#;
        file.extend([2, 22]);
        file.extend(b"avro.schema");
        file.push(schema.len() as u8 * 2);
        file.extend(schema);
        file.push(0);
        file.extend([7; 16]);
        // One record: an array of two to the power of 62 times nothing.
        let block = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0];
        file.extend([2, block.len() as u8 * 2]);
        file.extend(block);
        file.extend([7; 16]);
        let (_, outcome) = read(file);
        assert!(outcome.expect("read").coverage.is_incomplete());
    }
}
