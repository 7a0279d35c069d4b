//! Detectors prove themselves: their examples must be found and their counter-examples must not.
//! `ropa detectors test` and the tests of the project call the same function.

use super::Detection;
use super::field::{DatasetView, FieldView};
use crate::detection::column::ColumnState;
use crate::detector::Detector;
use crate::field::{Dataset, Field, TextPlace};
use crate::finding::Confidence;
use crate::source::SourceKind;
use crate::value::{ValueBuffer, Values};

/// What a detector's samples show to be wrong with it; each names the sample, which its own file holds.
pub fn failures(detection: &Detection, detector: &Detector) -> Vec<String> {
    let mut failures = Vec::new();
    let mut expect = |is_right: bool, what: &str, sample: &str| {
        if !is_right {
            failures.push(format!("{what} `{sample}`"));
        }
    };
    for name in &detector.examples.names {
        expect(
            names_it(detection, detector, name),
            "the example name is not found:",
            name,
        );
    }
    for name in &detector.counter_examples.names {
        expect(
            !names_it(detection, detector, name),
            "the counter-example name is found:",
            name,
        );
    }
    for value in &detector.examples.values {
        expect(
            matches_value(detection, detector, value),
            "the example value is not found:",
            value,
        );
    }
    for value in &detector.counter_examples.values {
        expect(
            !matches_value(detection, detector, value),
            "the counter-example value is found:",
            value,
        );
    }
    for text in &detector.examples.text {
        expect(
            is_in_text(detection, detector, text),
            "nothing is found in the example text:",
            text,
        );
    }
    for text in &detector.counter_examples.text {
        expect(
            !is_in_text(detection, detector, text),
            "something is found in the counter-example text:",
            text,
        );
    }
    failures
}

/// Whether a field of that name, in a dataset about customers, is judged to hold the detector's data type.
fn names_it(detection: &Detection, detector: &Detector, name: &str) -> bool {
    let dataset = Dataset {
        name: "customers".into(),
        ..Dataset::default()
    };
    let field = Field::named(name);
    let fields = vec![FieldView {
        field: &field,
        summary: None,
    }];
    let view = DatasetView {
        source: "example",
        source_kind: SourceKind::Schema,
        dataset: &dataset,
        fields,
    };
    let judged = detection.classifier.classify(&view);
    let likely = |score: f64| Confidence::of(score) >= Some(Confidence::Likely);
    judged
        .fields
        .iter()
        .flatten()
        .any(|j| j.data_type == detector.data_type && likely(j.score))
}

fn position(detection: &Detection, detector: &Detector) -> Option<u16> {
    detection
        .detectors
        .iter()
        .position(|d| d.id == detector.id)
        .and_then(|p| u16::try_from(p).ok())
}

fn matches_value(detection: &Detection, detector: &Detector, value: &str) -> bool {
    let mut buffer = ValueBuffer::new();
    buffer.push(value.as_bytes());
    let values: Values<'_> = buffer.values();
    let mut state = ColumnState::default();
    detection.columns.observe(&mut state, values);
    position(detection, detector).is_some_and(|p| state.into_summary().matches.contains_key(&p))
}

fn is_in_text(detection: &Detection, detector: &Detector, text: &str) -> bool {
    let mut spans = Vec::new();
    detection
        .text
        .scan(text.as_bytes(), TextPlace::default(), &mut spans);
    let of_type = |span: &super::span::RawSpan| {
        detection.detectors.get(span.detector.into()).data_type == detector.data_type
    };
    spans
        .iter()
        .any(|span| of_type(span) && Confidence::of(span.score) >= Some(Confidence::Likely))
}
