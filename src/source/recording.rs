//! A sink for tests of readers: keeps everything told to it and prints it as one comparable text.
//! It does what [`Sink`](super::Sink) promises (the same name is the same thing) and knows nothing of detection.
#![cfg(test)]

use super::{DatasetId, FieldId, Input, Sink, SourceError};
use crate::field::{Dataset, Field, Mention, Passing, TextPlace};
use crate::value::Values;
use std::fmt::Write as _;

/// Everything a reader told.
#[derive(Default)]
pub struct Recording {
    /// Datasets in the order they were first told.
    pub datasets: Vec<Recorded>,
    /// Where each [`FieldId`] stands: dataset and field.
    fields: Vec<(usize, usize)>,
    /// Chunks of free text with the line and byte offset they start at.
    pub texts: Vec<(u64, u64, String)>,
    /// Sources found inside this one.
    pub members: Vec<Input>,
    /// What it names outside of it.
    pub mentions: Vec<Mention>,
    /// What its code lets out.
    pub passings: Vec<Passing>,
}

/// One dataset with what was told of it.
pub struct Recorded {
    /// As first told, unknowns filled in later.
    pub dataset: Dataset,
    /// Its fields in the order they were first told.
    pub fields: Vec<RecordedField>,
}

/// One field with its values. Fixtures hold invented values only, so tests may look at them.
pub struct RecordedField {
    id: FieldId,
    /// As first told, unknowns filled in later.
    pub field: Field,
    /// The first 1,000 values pushed, as text.
    pub values: Vec<String>,
    /// All values pushed, by weight.
    pub count: u64,
    /// Rows without a value.
    pub nulls: u64,
}

impl Recording {
    /// The dataset of that name.
    pub fn dataset_named(&self, name: &str) -> &Recorded {
        self.datasets
            .iter()
            .find(|d| d.dataset.name == name)
            .unwrap_or_else(|| panic!("no dataset {name}"))
    }

    /// The field of that dataset and path.
    pub fn field_named(&self, dataset: &str, path: &str) -> &RecordedField {
        let fields = &self.dataset_named(dataset).fields;
        fields
            .iter()
            .find(|f| f.field.path == path)
            .unwrap_or_else(|| panic!("no field {dataset}.{path}"))
    }

    /// Paths of the fields of that dataset.
    pub fn paths(&self, dataset: &str) -> Vec<&str> {
        self.dataset_named(dataset)
            .fields
            .iter()
            .map(|f| f.field.path.as_str())
            .collect()
    }

    /// One line a dataset and field: `dataset.field type flags`, as the expected output beside fixtures holds it.
    pub fn lines(&self) -> String {
        let mut out = String::new();
        for recorded in &self.datasets {
            write_dataset(&mut out, &recorded.dataset);
            recorded
                .fields
                .iter()
                .for_each(|f| write_field(&mut out, &recorded.dataset.name, f));
        }
        for mention in &self.mentions {
            let (kind, line) = (mention.kind, mention.place.line);
            writeln!(out, "mention {kind:?} {} line={line}", mention.name).unwrap();
        }
        for passing in &self.passings {
            let object = passing.object.as_deref().unwrap_or("-");
            let steps: Vec<String> = passing
                .steps
                .iter()
                .map(|(line, kind)| format!("{kind:?}@{line}"))
                .collect();
            let (name, to, steps) = (&passing.name, &passing.to, steps.join(" "));
            writeln!(out, "passing {object}.{name} to={to:?} {steps}").unwrap();
        }
        out
    }
}

fn write_dataset(out: &mut String, dataset: &Dataset) {
    write!(
        out,
        "{} ({:?}) line={}",
        dataset.name, dataset.kind, dataset.place.line
    )
    .unwrap();
    dataset
        .comment
        .iter()
        .for_each(|c| write!(out, " comment={c:?}").unwrap());
    dataset
        .tags
        .iter()
        .for_each(|t| write!(out, " tag={:?}:{:?}", t.name, t.value).unwrap());
    out.push('\n');
}

fn write_field(out: &mut String, dataset: &str, recorded: &RecordedField) {
    let field = &recorded.field;
    write!(out, "{dataset}.{}", field.path).unwrap();
    write!(
        out,
        " {} at={}:{}",
        field.declared_type.as_deref().unwrap_or("-"),
        field.place.line,
        field.place.column
    )
    .unwrap();
    if field.primary_key {
        out.push_str(" primary_key");
    }
    if let Some(to) = &field.references {
        write!(
            out,
            " references={}.{}",
            to.dataset,
            to.field.as_deref().unwrap_or("?")
        )
        .unwrap();
    }
    if !field.allowed.is_empty() {
        write!(out, " allowed={}", field.allowed.join("|")).unwrap();
    }
    if !field.validators.is_empty() {
        write!(out, " validators={}", field.validators.join("|")).unwrap();
    }
    field
        .comment
        .iter()
        .for_each(|c| write!(out, " comment={c:?}").unwrap());
    field
        .tags
        .iter()
        .for_each(|t| write!(out, " tag={:?}:{:?}", t.name, t.value).unwrap());
    if recorded.count + recorded.nulls > 0 {
        write!(out, " values={} nulls={}", recorded.count, recorded.nulls).unwrap();
    }
    out.push('\n');
}

fn fill<T>(known: &mut Option<T>, told: Option<T>) {
    if known.is_none() {
        *known = told;
    }
}

impl Sink for Recording {
    fn dataset(&mut self, dataset: Dataset) -> DatasetId {
        let position = self
            .datasets
            .iter()
            .position(|d| d.dataset.name == dataset.name);
        if let Some(at) = position {
            let known = &mut self.datasets[at].dataset;
            fill(&mut known.comment, dataset.comment);
            fill(&mut known.rows_estimate, dataset.rows_estimate);
            fill(&mut known.rows_counted, dataset.rows_counted);
            if known.tags.is_empty() {
                known.tags = dataset.tags;
            }
            return DatasetId(at as u32);
        }
        self.datasets.push(Recorded {
            dataset,
            fields: Vec::new(),
        });
        DatasetId(self.datasets.len() as u32 - 1)
    }

    fn field(&mut self, dataset: DatasetId, field: Field) -> FieldId {
        let fields = &mut self.datasets[dataset.0 as usize].fields;
        if let Some(recorded) = fields.iter_mut().find(|f| f.field.path == field.path) {
            let known = &mut recorded.field;
            fill(&mut known.declared_type, field.declared_type);
            fill(&mut known.comment, field.comment);
            fill(&mut known.references, field.references);
            known.primary_key |= field.primary_key;
            fill(&mut known.extent, field.extent);
            if known.tags.is_empty() {
                known.tags = field.tags;
            }
            if known.allowed.is_empty() {
                known.allowed = field.allowed;
            }
            if known.validators.is_empty() {
                known.validators = field.validators;
            }
            return recorded.id;
        }
        let id = FieldId(self.fields.len() as u32);
        self.fields.push((dataset.0 as usize, fields.len()));
        fields.push(RecordedField {
            id,
            field,
            values: Vec::new(),
            count: 0,
            nulls: 0,
        });
        id
    }

    fn values(&mut self, field: FieldId, values: Values<'_>) {
        let (dataset, at) = self.fields[field.0 as usize];
        let recorded = &mut self.datasets[dataset].fields[at];
        recorded.nulls += values.nulls();
        for (value, weight) in values.iter() {
            recorded.count += weight;
            if recorded.values.len() < 1_000 {
                recorded
                    .values
                    .push(String::from_utf8_lossy(value.bytes()).into_owned());
            }
        }
    }

    fn text(&mut self, chunk: &[u8], at: TextPlace) {
        self.texts.push((
            at.line,
            at.start,
            String::from_utf8_lossy(chunk).into_owned(),
        ));
    }

    fn member(&mut self, member: Input) -> Result<(), SourceError> {
        self.members.push(member);
        Ok(())
    }

    fn mention(&mut self, mention: Mention) {
        self.mentions.push(mention);
    }

    fn passing(&mut self, passing: Passing) {
        self.passings.push(passing);
    }
}
