//! Classification of fields: name, object, type, tag and values into one confidence with its evidence.

use super::declared_type::Holds;
use super::fusion::{Case, Siblings, judge};
use super::name::Name;
use super::object::Reading;
use super::summary::FieldSummary;
use super::value_evidence::{self, Profile, profiles};
use super::word::{Class, Lexicon};
use crate::detector::Detectors;
use crate::field::{Dataset, Field};
use crate::finding::Judgement;
use crate::source::SourceKind;
use crate::taxonomy::DataType;
use std::collections::BTreeMap;

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
pub struct Classifier {
    lexicon: Lexicon,
    /// Data type and id of each detector, by its position.
    detectors: Vec<(DataType, String)>,
    /// How far the values of each detector can be trusted.
    profiles: Vec<Profile>,
}

impl Classifier {
    /// A classifier for a table of detectors.
    pub fn new(detectors: &Detectors) -> Self {
        Self {
            lexicon: Lexicon::new(detectors),
            detectors: detectors
                .iter()
                .map(|d| (d.data_type, d.id.clone()))
                .collect(),
            profiles: profiles(detectors),
        }
    }

    /// Judges every field of a dataset.
    pub fn classify(&self, view: &DatasetView<'_>) -> DatasetJudgement {
        let mut names: Vec<Name<'_>> = view
            .fields
            .iter()
            .map(|f| Name::read(&self.lexicon, &f.field.path))
            .collect();
        drop_prefix(&self.lexicon, &mut names);
        let holds: Vec<Holds> = view.fields.iter().map(holds_of).collect();
        let mut reading = Reading::of_dataset(&self.lexicon, &view.dataset.name);
        let siblings = Siblings::of(&self.lexicon, &self.detectors, &names, &holds);
        siblings.complete(&mut reading);
        let case = |i: usize| Case {
            lexicon: &self.lexicon,
            detectors: &self.detectors,
            profiles: &self.profiles,
            reading: &reading,
            siblings: &siblings,
            name: &names[i],
            holds: holds[i],
            field: view.fields[i].field,
            summary: view.fields[i].summary,
        };
        let fields: Vec<Vec<Judgement>> = (0..names.len()).map(|i| judge(&case(i))).collect();
        let has_any = fields.iter().any(|f| !f.is_empty());
        let is_about = matches!(reading.class, Class::Person | Class::Record) || reading.of_person;
        let subjects = reading
            .subject
            .filter(|_| has_any && is_about)
            .into_iter()
            .collect();
        DatasetJudgement { subjects, fields }
    }
}

/// The declared type; where it leaves all open, what the values show.
fn holds_of(view: &FieldView<'_>) -> Holds {
    match (Holds::of(view.field), view.summary) {
        (Holds::Unknown | Holds::Text(_), Some(summary)) => match value_evidence::holds(summary) {
            Holds::Unknown => Holds::of(view.field),
            shown => shown,
        },
        (declared, _) => declared,
    }
}

/// Drops a first word that most names share and that means nothing (`ebsal_basic_salary`, `ebsal_currency`).
fn drop_prefix<'a>(lexicon: &'a Lexicon, names: &mut [Name<'a>]) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for name in names.iter().filter(|n| n.starts_unknown()) {
        *counts.entry(name.first.clone()).or_default() += 1;
    }
    let shared = counts.into_iter().max_by_key(|(_, count)| *count);
    if let Some((prefix, count)) = shared
        && count >= 2
        && count * 5 >= names.len() * 2
    {
        for name in names
            .iter_mut()
            .filter(|n| n.starts_unknown() && n.first == prefix)
        {
            name.drop_first(lexicon);
        }
    }
}
