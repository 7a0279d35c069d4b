//! Detection: fields and spans in, findings out. Knows nothing of formats.

use crate::detector::{DetectorError, Detectors};
use crate::field::TextPlace;
use crate::value::Masked;
use column::ColumnScanner;
use field::Classifier;
use span::TextScanner;
use std::path::Path;

pub mod column;
pub mod correction;
pub mod field;
mod form;
pub mod proof;
pub mod span;
pub mod summary;
pub mod tag;

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
        let text = TextScanner::new(&detectors);
        Ok(Self {
            detectors,
            classifier,
            columns,
            text,
        })
    }

    /// A name, key or path as it may be shown: parts that are themselves personal values are masked.
    pub fn label(&self, name: &str) -> String {
        let mut spans = Vec::new();
        self.text
            .scan(name.as_bytes(), TextPlace::default(), &mut spans);
        spans.retain(|span| span.score >= 0.6);
        spans.sort_by_key(|span| span.start);
        let mut shown = String::with_capacity(name.len());
        let mut done = 0;
        for span in spans {
            let (start, end) = (span.start as usize, span.end as usize);
            if start < done {
                continue;
            }
            shown.push_str(name.get(done..start).unwrap_or_default());
            shown.push_str(span.masked.shown().unwrap_or(Masked::HIDDEN));
            done = end;
        }
        shown.push_str(name.get(done..).unwrap_or_default());
        shown
    }
}
