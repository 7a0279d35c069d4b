//! Classification of fields: name, object, type, tag and values into one confidence with its evidence.

use super::summary::FieldSummary;
use crate::detector::Detectors;
use crate::field::{Dataset, Field};
use crate::finding::Judgement;
use crate::source::SourceKind;

/// A dataset as classification sees it: its declaration and all its fields, so that siblings count.
pub struct DatasetView<'a> {
    /// The source it is in, as shown.
    pub source: &'a str,
    /// What the source is.
    pub source_kind: SourceKind,
    /// Its declaration.
    pub dataset: &'a Dataset,
    /// Its fields, in the order of the source.
    pub fields: Vec<FieldView<'a>>,
}

/// A field as classification sees it.
pub struct FieldView<'a> {
    /// Its declaration.
    pub field: &'a Field,
    /// What its values showed; `None` where the source has no values.
    pub summary: Option<&'a FieldSummary>,
}

/// What is concluded of a dataset.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DatasetJudgement {
    /// Data subjects its rows are about (ids of the vocabulary), most certain first; empty where it is about things.
    pub subjects: Vec<String>,
    /// One entry a field: its data types, best first; empty where nothing personal is concluded.
    pub fields: Vec<Vec<Judgement>>,
}

/// Classifies the fields of a dataset.
pub struct Classifier;

impl Classifier {
    /// A classifier for a table of detectors.
    pub fn new(_: &Detectors) -> Self {
        Self
    }

    /// Judges every field of a dataset.
    pub fn classify(&self, view: &DatasetView<'_>) -> DatasetJudgement {
        DatasetJudgement {
            subjects: Vec::new(),
            fields: vec![Vec::new(); view.fields.len()],
        }
    }
}
