//! The sink of one split: keeps what a reader tells, summarises values and scans text as they come, and merges with other splits.
//! Nothing raw is kept: values end in summaries, text in spans.

use super::ScanOptions;
use crate::detection::Detection;
use crate::detection::column::ColumnState;
use crate::detection::span::RawSpan;
use crate::field::{Dataset, Field, Mention, Passing, TextPlace};
use crate::source::{DatasetId, FieldId, Input, Sink, SourceError};
use crate::taxonomy::DataType;
use crate::value::Values;
use std::collections::{BTreeMap, HashMap};

/// Spans kept of a source and data type; the rest is counted.
pub const SPANS_KEPT: usize = 100;

/// Mentions kept of one split: beyond that many a source is a list of names, no program.
const MENTIONS_KEPT: usize = 20_000;

/// A dataset as collected.
pub struct Collected {
    /// What its source declares.
    pub dataset: Dataset,
    /// Its fields with what their values showed.
    pub fields: Vec<CollectedField>,
    by_path: HashMap<String, usize>,
}

/// A field as collected.
pub struct CollectedField {
    /// What its source declares.
    pub field: Field,
    /// What its values showed.
    pub state: ColumnState,
    id: FieldId,
}

impl CollectedField {
    /// The declaration and what the values showed, apart.
    pub fn into_parts(self) -> (Field, ColumnState) {
        (self.field, self.state)
    }
}

/// Spans of one data type: the first ones and a count.
#[derive(Default)]
pub struct SpanTally {
    /// The first ones, in the order of the source.
    pub kept: Vec<RawSpan>,
    /// All that were found.
    pub count: u64,
}

/// Everything one split of a source gave.
pub struct Collector<'a> {
    detection: &'a Detection,
    options: &'a ScanOptions,
    /// Datasets in the order they were told.
    pub datasets: Vec<Collected>,
    by_name: HashMap<String, usize>,
    places: Vec<(usize, usize)>,
    /// Spans by data type.
    pub spans: BTreeMap<DataType, SpanTally>,
    /// What the source names outside of it, each once a line.
    pub mentions: Vec<Mention>,
    /// What its code lets out.
    pub passings: Vec<Passing>,
    /// Mentions and passings beyond what is kept of one source.
    pub dropped: u64,
    scratch: Vec<RawSpan>,
    on_member: &'a (dyn Fn(Input) + Sync),
}

impl<'a> Collector<'a> {
    /// An empty collector. `on_member` reads a source found inside at once, so that it need not be kept in memory.
    pub fn new(
        detection: &'a Detection,
        options: &'a ScanOptions,
        on_member: &'a (dyn Fn(Input) + Sync),
    ) -> Self {
        Self {
            detection,
            options,
            datasets: Vec::new(),
            by_name: HashMap::new(),
            places: Vec::new(),
            spans: BTreeMap::new(),
            mentions: Vec::new(),
            passings: Vec::new(),
            dropped: 0,
            scratch: Vec::new(),
            on_member,
        }
    }

    /// Adds what the next split of the same source gave; `lines` = line ends in all splits before it.
    pub fn merge(&mut self, next: Collector<'a>, lines: u64) {
        for collected in next.datasets {
            let dataset = self.dataset(collected.dataset);
            for found in collected.fields {
                let field = self.field(dataset, found.field);
                self.state(field).merge(found.state);
            }
        }
        for (data_type, tally) in next.spans {
            let count = tally.count;
            let moved = tally.kept.into_iter().map(|span| RawSpan {
                line: span.line + lines,
                ..span
            });
            self.keep(data_type, moved, count);
        }
        self.dropped += next.dropped;
        self.mentions
            .extend(next.mentions.into_iter().map(|mut mention| {
                mention.place.line += lines;
                mention
            }));
        self.passings
            .extend(next.passings.into_iter().map(|mut passing| {
                passing.steps.iter_mut().for_each(|step| step.0 += lines);
                passing
            }));
    }

    fn keep(&mut self, data_type: DataType, spans: impl Iterator<Item = RawSpan>, count: u64) {
        let limit = if self.options.all_spans {
            usize::MAX
        } else {
            SPANS_KEPT
        };
        let tally = self.spans.entry(data_type).or_default();
        tally.count += count;
        let room = limit.saturating_sub(tally.kept.len());
        tally.kept.extend(spans.take(room));
    }

    fn state(&mut self, field: FieldId) -> &mut ColumnState {
        let (dataset, position) = self.places[field.0 as usize];
        &mut self.datasets[dataset].fields[position].state
    }
}

impl Sink for Collector<'_> {
    fn dataset(&mut self, dataset: Dataset) -> DatasetId {
        let known = self.by_name.get(&dataset.name).copied();
        let index = known.unwrap_or_else(|| {
            self.by_name
                .insert(dataset.name.clone(), self.datasets.len());
            self.datasets.push(Collected {
                dataset: dataset.clone(),
                fields: Vec::new(),
                by_path: HashMap::new(),
            });
            self.datasets.len() - 1
        });
        if known.is_some() {
            fill_dataset(&mut self.datasets[index].dataset, dataset);
        }
        DatasetId(u32::try_from(index).expect("fewer datasets than memory holds"))
    }

    fn field(&mut self, dataset: DatasetId, field: Field) -> FieldId {
        let at = dataset.0 as usize;
        let collected = &mut self.datasets[at];
        if let Some(position) = collected.by_path.get(&field.path).copied() {
            fill_field(&mut collected.fields[position].field, field);
            return collected.fields[position].id;
        }
        let position = collected.fields.len();
        collected.by_path.insert(field.path.clone(), position);
        let id = FieldId(u32::try_from(self.places.len()).expect("fewer fields than memory holds"));
        collected.fields.push(CollectedField {
            field,
            state: ColumnState::default(),
            id,
        });
        self.places.push((at, position));
        id
    }

    fn values(&mut self, field: FieldId, values: Values<'_>) {
        let detection = self.detection;
        detection.columns.observe(self.state(field), values);
    }

    fn text(&mut self, chunk: &[u8], at: TextPlace) {
        let mut found = std::mem::take(&mut self.scratch);
        found.clear();
        self.detection.text.scan(chunk, at, &mut found);
        for span in found.drain(..) {
            let data_type = self.detection.detectors.get(span.detector.into()).data_type;
            self.keep(data_type, std::iter::once(span), 1);
        }
        self.scratch = found;
    }

    fn member(&mut self, member: Input) -> Result<(), SourceError> {
        (self.on_member)(member);
        Ok(())
    }

    fn mention(&mut self, mention: Mention) {
        if self.mentions.last() == Some(&mention) {
            return;
        }
        match self.mentions.len() < MENTIONS_KEPT {
            true => self.mentions.push(mention),
            false => self.dropped += 1,
        }
    }

    fn passing(&mut self, passing: Passing) {
        match self.passings.len() < MENTIONS_KEPT {
            true => self.passings.push(passing),
            false => self.dropped += 1,
        }
    }
}

fn fill_dataset(known: &mut Dataset, told: Dataset) {
    known.comment = known.comment.take().or(told.comment);
    known.rows_estimate = known.rows_estimate.or(told.rows_estimate);
    known.rows_counted = known.rows_counted.or(told.rows_counted);
    add_new(&mut known.tags, told.tags);
}

fn fill_field(known: &mut Field, told: Field) {
    known.declared_type = known.declared_type.take().or(told.declared_type);
    known.comment = match (known.comment.take(), told.comment) {
        (Some(a), Some(b)) if a != b => Some(format!("{a}\n{b}")),
        (a, b) => a.or(b),
    };
    known.references = known.references.take().or(told.references);
    known.primary_key |= told.primary_key;
    known.extent = known.extent.take().or(told.extent);
    add_new(&mut known.tags, told.tags);
    add_new(&mut known.allowed, told.allowed);
    add_new(&mut known.validators, told.validators);
}

fn add_new<T: PartialEq>(known: &mut Vec<T>, told: Vec<T>) {
    for item in told {
        if !known.contains(&item) {
            known.push(item);
        }
    }
}
