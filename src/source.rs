//! Sources: one thing read (a file, a stream, a database) and the readers that turn it into datasets, fields, values and text.
//! A reader knows its format and nothing of detection; adding one is adding a file to `src/source/`.

use crate::field::{Dataset, Field, Mention, Passing, TextPlace};
use crate::value::Values;
use serde::{Deserialize, Serialize};
use std::fmt;

pub mod decode;
pub mod input;
pub use input::Input;

include!(concat!(env!("OUT_DIR"), "/readers.rs"));

/// What a source is to an organisation.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Declares fields: DDL, models, contracts.
    Schema,
    /// A log.
    Log,
    /// Records written out of a system.
    Export,
    /// Text for people.
    Document,
    /// A live database.
    Database,
    /// Program code.
    Code,
    /// Configuration.
    Config,
    /// A privacy notice.
    Notice,
    /// Permissions an application asks for.
    Permissions,
}

/// How much of a source was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// All of it.
    Whole,
    /// A fair part, by design; says of how much.
    Sampled(String),
    /// Less than was meant to be read; says why.
    Partial(String),
    /// Nothing, by design; says why (binary, too large).
    Skipped(String),
    /// Nothing, though it was meant to be read; says why.
    Failed(String),
}

impl Coverage {
    /// The reason that stands beside everything but `Whole`.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Coverage::Whole => None,
            Coverage::Sampled(r)
            | Coverage::Partial(r)
            | Coverage::Skipped(r)
            | Coverage::Failed(r) => Some(r),
        }
    }

    /// The id used in JSON.
    pub fn id(&self) -> &'static str {
        match self {
            Coverage::Whole => "whole",
            Coverage::Sampled(_) => "sampled",
            Coverage::Partial(_) => "partial",
            Coverage::Skipped(_) => "skipped",
            Coverage::Failed(_) => "failed",
        }
    }

    /// Whether the scan counts as incomplete (exit code 3).
    pub fn is_incomplete(&self) -> bool {
        matches!(self, Coverage::Partial(_) | Coverage::Failed(_))
    }

    /// The coverage of two parts of one source together: the worse one, reasons joined.
    pub fn and(self, other: Coverage) -> Coverage {
        let (worse, better) = if self.rank() >= other.rank() {
            (self, other)
        } else {
            (other, self)
        };
        let Some(extra) = better
            .reason()
            .filter(|r| worse.reason() != Some(*r))
            .map(str::to_owned)
        else {
            return worse;
        };
        match worse {
            Coverage::Whole => Coverage::Whole,
            Coverage::Sampled(r) => Coverage::Sampled(format!("{r}; {extra}")),
            Coverage::Partial(r) => Coverage::Partial(format!("{r}; {extra}")),
            Coverage::Skipped(r) => Coverage::Skipped(format!("{r}; {extra}")),
            Coverage::Failed(r) => Coverage::Failed(format!("{r}; {extra}")),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Coverage::Whole => 0,
            Coverage::Sampled(_) => 1,
            Coverage::Skipped(_) => 2,
            Coverage::Partial(_) => 3,
            Coverage::Failed(_) => 4,
        }
    }
}

/// Why a source could not be read. Texts never hold data of the source: foreign errors are reduced to kind and position.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The operating system said no.
    #[error("cannot read it: {0}")]
    Io(std::io::Error),
    /// The content is not what the format asks for.
    #[error("not readable as {format}: {reason}{at}")]
    Malformed {
        /// The format expected.
        format: &'static str,
        /// What is wrong, in our own words.
        reason: String,
        /// Where.
        at: At,
    },
    /// A limit was hit.
    #[error("{0}")]
    Limit(String),
    /// A server or service refused or went away; the text is ours.
    #[error("{0}")]
    Server(String),
}

impl From<std::io::Error> for SourceError {
    fn from(error: std::io::Error) -> Self {
        match input::bomb_of(&error) {
            Some(bomb) => Self::Limit(bomb.to_string()),
            None => Self::Io(error),
        }
    }
}

/// ` at line 3`, or nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct At(pub Option<u64>);

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |line| write!(f, " at line {line}"))
    }
}

/// How sure a reader is that a source is its own; the highest claim wins, names of formats break ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// Not mine.
    No,
    /// Readable if nobody knows better (plain text).
    Fallback,
    /// The content looks like it.
    Content,
    /// The name says so and the content does not speak against it.
    Name,
    /// Name and content agree on something specific, or the first bytes are its magic number.
    Certain,
}

/// A part of a source that can be read by itself, so that one big source uses all cores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// Position among the splits of the source, from 0.
    pub index: usize,
    /// Byte range of the source, for files that are read in ranges; `None` = the whole source.
    pub range: Option<std::ops::Range<u64>>,
    /// What else the reader needs to find its part (a table, a row group).
    pub part: String,
}

impl Split {
    /// The whole source as one split.
    pub fn whole() -> Self {
        Self {
            index: 0,
            range: None,
            part: String::new(),
        }
    }
}

/// What the user allows a reader to spend.
#[derive(Clone, Debug)]
pub struct Budget {
    /// Size of a split that is worth its own task, in bytes.
    pub split_bytes: u64,
    /// Rows a sample may read of each dataset of a live database.
    pub sample_rows: u64,
    /// Read everything, sample nothing.
    pub full: bool,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            split_bytes: 16 << 20,
            sample_rows: 1_000,
            full: false,
        }
    }
}

/// What reading one split gave, beside what went into the sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How much was read.
    pub coverage: Coverage,
    /// Line ends seen, so that the next split's lines can be counted on.
    pub lines: u64,
    /// Calls or statements that were not understood.
    pub unresolved: u64,
}

impl Outcome {
    /// All read.
    pub fn whole() -> Self {
        Self {
            coverage: Coverage::Whole,
            lines: 0,
            unresolved: 0,
        }
    }
}

/// A dataset already told to a sink.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DatasetId(pub u32);

/// A field already told to a sink.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldId(pub u32);

/// The receiving side of a reader.
pub trait Sink {
    /// Tells a dataset. Telling the same name again gives the same id and fills in what was unknown.
    fn dataset(&mut self, dataset: Dataset) -> DatasetId;
    /// Tells a field. Telling the same path again gives the same id and fills in what was unknown.
    fn field(&mut self, dataset: DatasetId, field: Field) -> FieldId;
    /// Pushes values of a field: a batch of rows.
    fn values(&mut self, field: FieldId, values: Values<'_>);
    /// Pushes free text. Chunks are cut at line ends wherever a line fits the reader's buffer.
    fn text(&mut self, chunk: &[u8], at: TextPlace);
    /// Hands back a source found inside this one (an archive member, an attachment), to be read as its own.
    fn member(&mut self, member: Input) -> Result<(), SourceError>;
    /// Tells something outside of the source that it names: a package, a host, a permission, a cookie.
    fn mention(&mut self, _mention: Mention) {}
    /// Tells a value that code hands to a log, a file, a cookie or another's call.
    fn passing(&mut self, _passing: Passing) {}
}

/// A format, or a kind of server, that ropa reads.
pub trait Reader: Sync {
    /// Short name, as it stands in `format` of the inventory.
    fn format(&self) -> &'static str;
    /// What such a source is, as far as its name and first bytes tell.
    fn kind(&self, input: &Input) -> SourceKind;
    /// Whether this reader is the one for the source, judged by name, scheme and first bytes ([`Input::head`]).
    fn claim(&self, input: &Input) -> Claim;
    /// The splits of the source, in a stable order. One, unless the reader knows better.
    fn plan(&self, _input: &Input, _budget: &Budget) -> Result<Vec<Split>, SourceError> {
        Ok(vec![Split::whole()])
    }
    /// Reads one split into the sink. An error after something was pushed leaves what was pushed.
    fn read(
        &self,
        input: &Input,
        split: &Split,
        budget: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError>;
}

/// The reader of a source, `None` where nobody claims it.
pub fn choose(input: &Input) -> Option<&'static dyn Reader> {
    let claims = READERS.iter().map(|reader| (reader.claim(input), *reader));
    let claimed = claims.filter(|(claim, _)| *claim > Claim::No);
    claimed
        .min_by_key(|(claim, reader)| (std::cmp::Reverse(*claim), reader.format()))
        .map(|(_, reader)| reader)
}

/// What the one dataset of a file of records is called: as the file, without its folders.
pub fn dataset_name(input: &Input) -> String {
    if input.name() == "-" {
        "stdin".into()
    } else {
        input.title().into()
    }
}
