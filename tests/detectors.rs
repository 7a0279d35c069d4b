//! Detectors as data: each proves itself by its own samples, and together they cover the taxonomy without quarrel.

use ropa::detection::{Detection, proof};
use ropa::taxonomy::DataType;
use std::collections::{BTreeMap, BTreeSet};

fn detection() -> Detection {
    Detection::new(None).expect("the built-in detectors load")
}

#[test]
fn every_detector_proves_itself() {
    let detection = detection();
    let mut failed = Vec::new();
    for detector in detection.detectors.iter() {
        failed.extend(
            proof::failures(&detection, detector)
                .into_iter()
                .map(|failure| format!("{}: {failure}", detector.id)),
        );
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn every_data_type_can_be_found() {
    let found: BTreeSet<DataType> = detection().detectors.iter().map(|d| d.data_type).collect();
    let missing: Vec<DataType> = DataType::all().filter(|t| !found.contains(t)).collect();
    assert!(missing.is_empty(), "no detector for {missing:?}");
}

#[test]
fn no_two_detectors_claim_a_name_for_different_data_types() {
    let mut claims: BTreeMap<String, BTreeSet<DataType>> = BTreeMap::new();
    for detector in detection().detectors.iter() {
        for name in &detector.names {
            claims
                .entry(name.to_lowercase())
                .or_default()
                .insert(detector.data_type);
        }
    }
    let quarrels: Vec<_> = claims
        .into_iter()
        .filter(|(_, types)| types.len() > 1)
        .collect();
    assert!(quarrels.is_empty(), "{quarrels:?}");
}
