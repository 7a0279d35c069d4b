//! A register as far as two are compared: its cells in words, from the register itself or from a workbook of it.

use super::cell_words::data_types;
use super::filled_workbook::FilledWorkbook;
use super::register_cell::{CellWriter, FIELDS};
use super::register_update::shared_out;
use super::wording::Wording;
use crate::register::difference::{ActivitySnapshot, Snapshot};
use crate::register::{ProcessingActivity, Register};
use crate::taxonomy::DataType;
use std::collections::{BTreeMap, BTreeSet};

/// Cells that follow from others, whose changes would be told twice.
const FOLLOWING: &[&str] = &["id", "controller", "representative", "dpo", "special"];

/// A register, in the words of a language.
pub fn of_register(register: &Register, wording: &Wording) -> Snapshot {
    let cells = CellWriter { register, wording };
    let shown: Vec<&str> = FIELDS
        .iter()
        .copied()
        .filter(|field| !FOLLOWING.contains(field))
        .collect();
    let activity = |a: &ProcessingActivity| {
        let lines = |field: &&str| {
            let lines: Vec<String> = match *field {
                "data" if !a.own_words.contains_key("data") => data(a, wording),
                field => cells.lines(a, field).into_iter().map(|l| l.text).collect(),
            };
            (!lines.is_empty()).then(|| ((*field).to_owned(), lines))
        };
        ActivitySnapshot {
            id: a.id.clone(),
            name: a.name.clone(),
            origin: Some(a.origin),
            cells: shown.iter().filter_map(lines).collect(),
        }
    };
    let of_activities = register.activities.iter().flat_map(|a| &a.recipients);
    let recipients = of_activities
        .map(|r| r.value.name.clone())
        .chain(register.recipients.iter().map(|r| r.name.clone()));
    Snapshot {
        activities: register.activities.iter().map(activity).collect(),
        cells: shown.iter().map(|field| (*field).to_owned()).collect(),
        recipients: recipients.collect(),
        fields: Some(fields(register)),
        gaps: Some(register.gaps.iter().cloned().collect()),
    }
}

/// Data type by data type: a line of the cell holds a whole category.
fn data(a: &ProcessingActivity, wording: &Wording) -> Vec<String> {
    let types: BTreeSet<DataType> = a.data.iter().map(|d| d.value.data_type).collect();
    let names = types.into_iter().map(|d| wording.data_type(d));
    names.chain(a.types_open.clone()).collect()
}

fn fields(register: &Register) -> BTreeMap<String, BTreeSet<DataType>> {
    let mut all: BTreeMap<String, BTreeSet<DataType>> = BTreeMap::new();
    for cell in register.activities.iter().flat_map(|a| &a.data) {
        for field in &cell.value.fields {
            let types = all.entry(field.clone()).or_default();
            types.insert(cell.value.data_type);
        }
    }
    for place in &register.unassigned {
        let types = all.entry(place.field.clone()).or_default();
        types.insert(place.data_type);
    }
    all
}

/// A workbook as it stands, what people wrote into it included.
pub fn of_workbook(filled: &FilledWorkbook) -> Snapshot {
    let wording = Wording::of(&filled.profile.language);
    let mut shown: BTreeSet<String> = BTreeSet::new();
    let mut recipients = BTreeSet::new();
    let mut activities = Vec::new();
    for row in &filled.rows {
        let mut cells: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for cell in &row.cells {
            for (field, mut lines) in shared_out(cell, row, wording) {
                if field == "data" {
                    lines = lines.iter().flat_map(|l| named_data(l, wording)).collect();
                }
                shown.insert(field.clone());
                if !lines.is_empty() {
                    cells.entry(field).or_insert(lines);
                }
            }
        }
        recipients.extend(cells.get("recipients").into_iter().flatten().cloned());
        let first = |field: &str| cells.get(field).and_then(|l| l.first()).cloned();
        let of_evidence = || row.written.get("name").and_then(|l| l.first()).cloned();
        let name = first("name")
            .or_else(of_evidence)
            .or_else(|| first("purposes"))
            .unwrap_or_else(|| row.id.clone());
        activities.push(ActivitySnapshot {
            id: match row.id.as_str() {
                // A row that a person added has no id yet: it is told by what it says.
                "" => name.clone(),
                id => id.to_owned(),
            },
            name,
            origin: None,
            cells,
        });
    }
    for field in FOLLOWING {
        shown.remove(*field);
    }
    Snapshot {
        activities,
        cells: shown,
        recipients,
        fields: None,
        gaps: None,
    }
}

fn named_data(line: &str, wording: &Wording) -> Vec<String> {
    let (types, words) = data_types(line, wording);
    let names = types.into_iter().map(|d| wording.data_type(d));
    names.chain(words).collect()
}

/// Two registers of which one is a workbook: recipients by their lines in both, as a workbook lists no names.
pub fn by_lines(snapshot: &mut Snapshot) {
    snapshot.recipients = snapshot
        .activities
        .iter()
        .filter_map(|a| a.cells.get("recipients"))
        .flatten()
        .cloned()
        .collect();
}
