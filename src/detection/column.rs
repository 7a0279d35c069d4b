//! Detection in the values of one field: whole values against the forms of all detectors, long ones as text.
//! Knows nothing of the field's name; what it gives is counts, never values.

use super::span::{RawSpan, TextScanner};
use super::summary::{FieldSummary, Shape, ValueMatch};
use crate::detector::Detectors;
use crate::field::TextPlace;
use crate::value::{Value, Values};

/// Longer values are scanned as text.
const LONGEST_WHOLE: usize = 128;

/// Matches batches of values of fields against all detectors.
pub struct ColumnScanner {
    text: TextScanner,
}

/// What is known so far of one field; one a thread and field.
#[derive(Default)]
pub struct ColumnState {
    next_row: u64,
    summary: FieldSummary,
    spans: Vec<RawSpan>,
}

impl ColumnState {
    /// A state whose first value stands at a row of the whole source, so that parts keep one order.
    pub fn starting_at(row: u64) -> Self {
        Self {
            next_row: row,
            ..Self::default()
        }
    }

    /// Joins what another split of the same field gave.
    pub fn merge(&mut self, other: Self) {
        self.next_row = self.next_row.max(other.next_row);
        self.summary.merge(&other.summary);
    }

    /// What was seen.
    pub fn into_summary(self) -> FieldSummary {
        self.summary
    }
}

impl ColumnScanner {
    /// A scanner for a table of detectors.
    pub fn new(detectors: &Detectors) -> Self {
        Self {
            text: TextScanner::new(detectors),
        }
    }

    /// The scanner for free text with the same detectors.
    pub fn text(&self) -> &TextScanner {
        &self.text
    }

    /// Reads a batch of values of one field.
    pub fn observe(&self, state: &mut ColumnState, values: Values<'_>) {
        state.summary.nulls += values.nulls();
        for (value, weight) in values.iter() {
            let bytes = value.bytes().trim_ascii();
            let hash = hash(bytes);
            let shape = if bytes.is_empty() {
                Shape::Empty
            } else {
                Shape::Other
            };
            state.summary.add(bytes.len() as u32, shape, hash, weight);
            self.match_value(state, bytes, weight);
            state.next_row += 1;
        }
    }

    fn match_value(&self, state: &mut ColumnState, bytes: &[u8], weight: u64) {
        let first_row = state.next_row;
        if bytes.len() > LONGEST_WHOLE {
            state.spans.clear();
            self.text
                .scan(bytes, TextPlace::default(), &mut state.spans);
            state.spans.sort_by_key(|span| span.detector);
            state.spans.dedup_by_key(|span| span.detector);
            for span in &state.spans {
                let found = ValueMatch {
                    count: weight,
                    in_text: weight,
                    first_row,
                    masked: span.masked.clone(),
                };
                state.summary.add_match(span.detector, found);
            }
            return;
        }
        let mut last = None;
        for form in self.text.forms().all() {
            let cache = &mut form.whole_regex().create_cache();
            if last != Some(form.detector) && form.is_whole(bytes, cache) {
                last = Some(form.detector);
                let masked = Value::new(bytes).mask(form.data_type);
                state.summary.add_match(
                    form.detector,
                    ValueMatch {
                        count: weight,
                        in_text: 0,
                        first_row,
                        masked,
                    },
                );
            }
        }
    }
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        let mixed = u128::from(hash ^ u64::from_le_bytes(word));
        let product = mixed * 0x9E37_79B9_7F4A_7C15;
        hash = (product >> 64) as u64 ^ product as u64;
    }
    hash ^ (hash >> 32)
}
