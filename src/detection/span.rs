//! Detection in free text: where a value of a detector stands, how sure, and its masked shape.
//! Knows bytes and detectors; not files, fields or findings.

use super::form::{Form, Forms};
use crate::detector::Detectors;
use crate::field::TextPlace;
use crate::value::{Masked, Value};
use std::sync::Arc;

/// A value found in text; holds its masked shape only.
#[derive(Clone, Debug, PartialEq)]
pub struct RawSpan {
    /// Position of the detector in the table.
    pub detector: u16,
    /// Byte offset into the decompressed source.
    pub start: u64,
    /// Byte offset of its end.
    pub end: u64,
    /// Line, counted as the place given to `scan` counts.
    pub line: u64,
    /// How sure, from 0 to 1.
    pub score: f64,
    /// Masked shape.
    pub masked: Masked,
}

/// Finds values of all detectors in text.
pub struct TextScanner {
    forms: Arc<Forms>,
}

/// Bytes before a value in which context words count.
const BEFORE: usize = 48;

impl TextScanner {
    /// A scanner for a table of detectors.
    pub fn new(detectors: &Detectors) -> Self {
        Self {
            forms: Arc::new(Forms::new(detectors)),
        }
    }

    /// Finds values in a chunk that ends at a line end or the end of the text, in the order of their places.
    pub fn scan(&self, chunk: &[u8], at: TextPlace, out: &mut Vec<RawSpan>) {
        let mut hits: Vec<(usize, usize, &Form, f64)> = Vec::new();
        for form in self.forms.all() {
            for found in form.regex().find_iter(chunk) {
                let score = score(form, chunk, found.start());
                if score >= 0.3 && form.is_valid(&chunk[found.range()]) {
                    hits.push((found.start(), found.end(), form, score));
                }
            }
        }
        hits.sort_by(|a, b| {
            b.3.total_cmp(&a.3)
                .then(a.0.cmp(&b.0))
                .then(b.1.cmp(&a.1))
                .then(a.2.detector.cmp(&b.2.detector))
        });
        let mut kept: Vec<(usize, usize, &Form, f64)> = Vec::new();
        for hit in hits {
            if kept.iter().all(|k| hit.1 <= k.0 || hit.0 >= k.1) {
                kept.push(hit);
            }
        }
        kept.sort_by_key(|hit| hit.0);
        let (mut line, mut counted) = (at.line, 0);
        for (start, end, form, score) in kept {
            line += memchr::memchr_iter(b'\n', &chunk[counted..start]).count() as u64;
            counted = start;
            let masked = Value::new(&chunk[start..end]).mask(form.data_type);
            let offset = |position: usize| at.start + position as u64;
            out.push(RawSpan {
                detector: form.detector,
                start: offset(start),
                end: offset(end),
                line,
                score,
                masked,
            });
        }
    }
}

fn score(form: &Form, chunk: &[u8], start: usize) -> f64 {
    let before = chunk[start.saturating_sub(BEFORE)..start].to_ascii_lowercase();
    let has_context = form
        .context
        .iter()
        .any(|word| memchr::memmem::find(&before, word.as_bytes()).is_some());
    match (has_context, form.needs_context) {
        (true, _) => 1.0 - (1.0 - form.probability) * 0.2,
        (false, true) => 0.0,
        (false, false) => form.probability,
    }
}
