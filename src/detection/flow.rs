//! Flows: which of the values that code hands out are personal data, and who gets them.
//! Judges names by the classifier of fields; how a value travels through code, the reader says.

use super::Detection;
use super::field::{DatasetView, FieldView};
use super::recipient::catalogue;
use crate::field::{Dataset, DatasetKind, Field, Mention, MentionKind, Outlet, Passing};
use crate::finding::Confidence;
use crate::source::SourceKind;
use crate::taxonomy::DataType;

/// A value that leaves, judged.
#[derive(Clone, Debug)]
pub struct Leaving {
    /// What it is.
    pub data_type: DataType,
    /// How sure.
    pub confidence: Confidence,
    /// recipient, log, file or cookie.
    pub to: &'static str,
    /// The recipient's position in the catalogue, where it is one.
    pub recipient: Option<usize>,
}

/// Where a value goes: the word of the formats, and the recipient. `None` where it reaches nobody that is known.
pub fn outlet(to: &Outlet) -> Option<(&'static str, Option<usize>)> {
    let vendor = |kind, name: &str| {
        let at = catalogue().named_by(&Mention::at(kind, name, 0))?;
        Some(("recipient", Some(at)))
    };
    match to {
        Outlet::Log => Some(("log", None)),
        Outlet::File => Some(("file", None)),
        Outlet::Cookie => Some(("cookie", None)),
        Outlet::Import(name) => vendor(MentionKind::Import, name),
        Outlet::Call(name) => vendor(MentionKind::Call, name),
        Outlet::Host(name) => vendor(MentionKind::Host, name),
    }
}

impl Detection {
    /// What a value is, judged by the name of the object it is a part of and its own; best first, likely and up.
    pub fn judge_name(&self, object: Option<&str>, name: &str) -> Vec<(DataType, Confidence)> {
        let dataset = Dataset {
            name: object.unwrap_or_default().to_owned(),
            kind: DatasetKind::Class,
            ..Dataset::default()
        };
        let field = Field::named(name);
        let view = DatasetView {
            source: "",
            source_kind: SourceKind::Code,
            dataset: &dataset,
            fields: vec![FieldView {
                field: &field,
                summary: None,
            }],
        };
        let judged = self.classifier.classify(&view).fields.into_iter().flatten();
        let sure = judged.filter_map(|j| {
            let confidence = Confidence::of(j.score)?;
            (confidence >= Confidence::Likely).then_some((j.data_type, confidence))
        });
        sure.collect()
    }

    /// The personal data in a value that leaves.
    pub fn leaving(&self, passing: &Passing) -> Vec<Leaving> {
        let Some((to, recipient)) = outlet(&passing.to) else {
            return Vec::new();
        };
        let judged = self.judge_name(passing.object.as_deref(), &passing.name);
        let leaving = judged.into_iter().map(|(data_type, confidence)| Leaving {
            data_type,
            // A name alone, read in code that was not run, never makes sure.
            confidence: confidence.min(Confidence::Likely),
            to,
            recipient,
        });
        leaving.collect()
    }
}
