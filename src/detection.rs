//! Detection: fields and spans in, findings out. Knows nothing of formats.

use crate::detector::{DetectorError, Detectors};
use crate::field::TextPlace;
use crate::source::SourceKind;
use crate::taxonomy::{Category, DataType};
use crate::value::{Masked, ValueBuffer};
use column::{ColumnScanner, ColumnState};
use field::Classifier;
use span::TextScanner;
use std::path::Path;

mod address;
mod candidate;
pub mod column;
mod context;
pub mod correction;
mod declared_type;
pub mod field;
pub mod flow;
mod form;
mod fusion;
mod gazetteer;
mod han;
mod key;
mod name;
mod object;
pub mod permission;
pub mod permission_use;
pub mod proof;
mod prose;
pub mod recipient;
mod region;
mod scan_bytes;
mod settled;
pub mod span;
mod speaker;
pub mod summary;
pub mod tag;
mod term;
mod topic;
pub mod tracker;
mod trigger;
mod value_evidence;
mod value_shape;
mod word;

/// What is told in text by words alone.
const PROSE_TYPES: &[&str] = &[
    "contact.name",
    "contact.nationality",
    "contact.postal_address",
    "location.region",
];

/// Everything that detects, made from one table of detectors and shared by all threads.
pub struct Detection {
    /// The table.
    pub detectors: Detectors,
    /// Fields: name, object, type, values.
    pub classifier: Classifier,
    /// Values of fields.
    pub columns: ColumnScanner,
    /// Free text.
    pub text: TextScanner,
}

impl Detection {
    /// Detection with the built-in detectors, and those of a user's folder.
    pub fn new(users: Option<&Path>) -> Result<Self, DetectorError> {
        let mut detectors = Detectors::built_in()?;
        if let Some(folder) = users {
            detectors.add_folder(folder)?;
        }
        let classifier = Classifier::new(&detectors);
        let columns = ColumnScanner::new(&detectors);
        let text = columns.text().clone();
        Ok(Self {
            detectors,
            classifier,
            columns,
            text,
        })
    }

    /// Whether text of such a source can stand for a data type. Names and places are told from other words by the prose
    /// around them; code and settings have none, and their words are names of everything.
    pub fn counts_in(kind: SourceKind, data_type: DataType) -> bool {
        let is_prose = !matches!(
            kind,
            SourceKind::Code | SourceKind::Config | SourceKind::Schema | SourceKind::Permissions
        );
        is_prose || !PROSE_TYPES.contains(&data_type.key())
    }

    /// A name, key or path as it may be shown: steps that are, or hold, a personal value are masked.
    pub fn label(&self, name: &str) -> String {
        name.split_inclusive(['/', '\\', '!'])
            .map(|step| self.step(step))
            .collect()
    }

    /// One step of a path, its separator kept.
    fn step(&self, step: &str) -> String {
        let (step, separator) = match step.strip_suffix(['/', '\\', '!']) {
            Some(bare) => (bare, &step[bare.len()..]),
            None => (step, ""),
        };
        // `jane@example.org.csv` is an address and an ending, not an address in the top-level domain `csv`.
        let (stem, ending) = match step.rsplit_once('.') {
            Some((stem, ending)) if (1..=8).contains(&ending.len()) && !stem.is_empty() => {
                (stem, &step[stem.len()..])
            }
            _ => (step, ""),
        };
        let shown = match (self.masked_whole(step), self.masked_whole(stem)) {
            (Some(masked), _) => masked,
            (None, Some(masked)) => masked + ending,
            (None, None) => {
                let whole = self.masked_inside(step);
                if whole == step {
                    self.masked_inside(stem) + ending
                } else {
                    whole
                }
            }
        };
        shown + separator
    }

    /// The mask of a step that is a value as a whole. Only types that name a person count: a number may be many things.
    fn masked_whole(&self, step: &str) -> Option<String> {
        let mut buffer = ValueBuffer::new();
        buffer.push(step.as_bytes());
        let mut state = ColumnState::default();
        self.columns.observe(&mut state, buffer.values());
        let summary = state.into_summary();
        let is_telling = |detector: &u16| {
            let data_type = self.detectors.get((*detector).into()).data_type;
            let is_name_like = matches!(
                data_type.key(),
                "contact.email"
                    | "contact.phone"
                    | "financial.bank_account"
                    | "financial.card_number"
            );
            is_name_like || data_type.category() == Category::Sensitive
        };
        if summary.dates.count() > 0 || !summary.matches.keys().any(is_telling) {
            return None;
        }
        let found = summary.matches.values().next()?;
        Some(found.masked.shown().unwrap_or(Masked::HIDDEN).to_owned())
    }

    /// The step with every value inside it masked.
    fn masked_inside(&self, step: &str) -> String {
        let mut spans = Vec::new();
        self.text
            .scan(step.as_bytes(), TextPlace::default(), &mut spans);
        spans.retain(|span| span.score >= 0.6);
        spans.sort_by_key(|span| span.start);
        let mut shown = String::with_capacity(step.len());
        let mut done = 0;
        for span in spans {
            let (start, end) = (span.start as usize, span.end as usize);
            if start < done {
                continue;
            }
            shown.push_str(step.get(done..start).unwrap_or_default());
            shown.push_str(span.masked.shown().unwrap_or(Masked::HIDDEN));
            done = end;
        }
        shown.push_str(step.get(done..).unwrap_or_default());
        shown
    }
}
