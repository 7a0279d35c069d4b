//! JSON documents: one value, an array of records, or several documents after each other, however they are laid out.
//! The tokens are read over a sliding buffer, so a document may be larger than the memory.

use super::columns::Columns;
use super::{Budget, Claim, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split, text};
use crate::field::{Dataset, DatasetKind};

#[path = "json/escape.rs"]
pub(super) mod escape;
#[path = "json/paths.rs"]
pub(super) mod paths;
#[path = "json/tokens.rs"]
mod tokens;

pub use tokens::Records;
use tokens::Tokens;

/// The reader of JSON documents.
pub static READER: Json = Json;

/// JSON documents.
pub struct Json;

/// Bytes gathered before paths are told: an object with too many keys shows itself as a map before that.
const PATIENCE: usize = 1 << 20;

impl Reader for Json {
    fn format(&self) -> &'static str {
        "json"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Export
    }

    fn claim(&self, input: &Input) -> Claim {
        let head = input.head();
        if input.connection().is_some() || text::is_binary(head) {
            return Claim::No;
        }
        match input.extension().as_str() {
            "json" | "geojson" | "har" | "topojson" | "webmanifest" | "ipynb"
                if !head.is_empty() =>
            {
                Claim::Name
            }
            "" | "txt" | "log" | "data" | "dat" | "out" | "export" | "bak"
                if begins_as_json(head) && super::jsonl::READER.claim(input) == Claim::No =>
            {
                Claim::Content
            }
            _ => Claim::No,
        }
    }

    fn read(
        &self,
        input: &Input,
        split: &Split,
        _: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        read(input, split, Records::Documents, DatasetKind::Records, sink)
    }
}

/// Reads a split into one dataset named as the file.
pub fn read(
    input: &Input,
    split: &Split,
    records: Records,
    kind: DatasetKind,
    sink: &mut dyn Sink,
) -> Result<Outcome, SourceError> {
    let start = split.range.as_ref().map_or(0, |range| range.start);
    let stream = input.open_split(split.range.as_ref())?;
    let dataset = sink.dataset(Dataset {
        name: super::dataset_name(input),
        kind,
        ..Dataset::default()
    });
    let mut columns = Columns::patient(dataset, PATIENCE);
    Ok(Tokens::new(stream, start, records).read(&mut columns, sink))
}

/// An object with a key, or an array of such or of values.
fn begins_as_json(head: &[u8]) -> bool {
    let mut tokens = head
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace());
    match (tokens.next(), tokens.next()) {
        (Some(b'{'), Some(b'"')) => true,
        (Some(b'['), Some(b'{')) => tokens.next() == Some(b'"'),
        _ => false,
    }
}

#[cfg(test)]
#[path = "json/tests.rs"]
mod tests;
