//! Rows that come from elsewhere than `ropa.toml`: a register kept in another tool, a table, what a notice documents.
//! They fill what `ropa.toml` leaves open and never overwrite it. Knows nothing of the files they come from.

use super::{Cell, CellEvidence, Conflict, Origin, ProcessingActivity};
use crate::config::{Activity, FieldPattern, Id};
use serde_json::{Map, Value};

/// Cells whose items carry an origin of their own, each with the key that tells one item from another.
const ITEMS: &[(&str, &str)] = &[
    ("data", "type"),
    ("purposes", "id"),
    ("legal_bases", "id"),
    ("recipients", "recipient"),
    ("transfers", ""),
    ("retention", ""),
    ("security_measures", ""),
];

/// Parts of a row that are no cells.
const APART: &[&str] = &["id", "name", "origin", "origins", "evidence", "suggestions"];

/// A row with where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// The row; its origin is `declared` or `documented`.
    pub row: ProcessingActivity,
    /// Fields that it covers.
    pub fields: Vec<FieldPattern>,
    /// What it comes from, for people: a file, a notice.
    pub from: String,
}

impl Given {
    /// The row as a rule that claims fields.
    pub(super) fn rule(&self) -> Activity {
        let row = &self.row;
        Activity {
            id: Id::new(&row.id).unwrap_or_default(),
            name: row.name.clone(),
            systems: row.systems.clone(),
            fields: self.fields.clone(),
            types: row.data.iter().map(|d| d.value.data_type).collect(),
            subjects: row.subjects.clone(),
            purposes: row.purposes.iter().map(|p| p.value.clone()).collect(),
            ..Activity::default()
        }
    }

    /// The row as it stands in the register, with where it comes from.
    pub(super) fn as_row(&self) -> ProcessingActivity {
        let mut row = self.row.clone();
        row.evidence.insert(0, self.evidence("name"));
        row
    }

    fn evidence(&self, cell: &str) -> CellEvidence {
        CellEvidence {
            cell: cell.to_owned(),
            why: format!("from {}", self.from),
            places: Vec::new(),
        }
    }

    /// Fills what a row leaves open; where both say something else the row stands and a conflict tells.
    pub(super) fn fill(&self, row: &mut ProcessingActivity) -> Vec<Conflict> {
        let mut conflicts = Vec::new();
        let (Value::Object(mut mine), Value::Object(given)) = (value(row), value(&self.row)) else {
            unreachable!("a row is an object");
        };
        let mut filled = Vec::new();
        for (cell, said) in &given {
            if APART.contains(&cell.as_str()) || is_empty(said) {
                continue;
            }
            let known = mine.get(cell).cloned().unwrap_or(Value::Null);
            let item_key = ITEMS.iter().find(|(name, _)| name == cell);
            match item_key {
                Some((_, key)) => {
                    let more = self.more(&known, said, key);
                    if !more.is_empty() {
                        let mut items = known.as_array().cloned().unwrap_or_default();
                        items.extend(more);
                        mine.insert(cell.clone(), Value::Array(items));
                        filled.push((cell.clone(), None));
                    }
                }
                None if is_empty(&known) => {
                    mine.insert(cell.clone(), said.clone());
                    filled.push((cell.clone(), Some(self.row.origin_at(cell))));
                }
                None if known != *said => conflicts.push(Conflict {
                    activity: row.id.clone(),
                    field: cell.clone(),
                    kept: text(&known),
                    scanned: text(said),
                    text: format!("{} says otherwise: what ropa.toml says stands.", self.from),
                }),
                None => {}
            }
        }
        *row = serde_json::from_value(Value::Object(mine)).expect("cells of two rows are a row");
        for (cell, origin) in filled {
            let evidence: Vec<CellEvidence> = self
                .row
                .evidence
                .iter()
                .filter(|e| e.cell == cell)
                .cloned()
                .collect();
            if let Some(origin) = origin.filter(|origin| *origin != row.origin) {
                row.origins.insert(cell.clone(), origin);
            }
            row.evidence.push(self.evidence(&cell));
            row.evidence.extend(evidence);
        }
        conflicts
    }

    /// The items that a cell does not have yet, each with its origin.
    fn more(&self, known: &Value, said: &Value, key: &str) -> Vec<Value> {
        let known = known.as_array().map_or(&[][..], Vec::as_slice);
        let identity = |item: &Value| match key {
            "" => plain(item),
            key => item[key].clone(),
        };
        let is_new = |item: &&Value| !known.iter().any(|k| identity(k) == identity(item));
        let with_origin = |item: &Value| {
            let mut item = item.clone();
            let map = item.as_object_mut().expect("an item is an object");
            map.entry("origin")
                .or_insert_with(|| Value::from(self.row.origin.id()));
            map.entry("why")
                .or_insert_with(|| Value::from(format!("from {}", self.from)));
            item
        };
        let said = said.as_array().map_or(&[][..], Vec::as_slice);
        said.iter().filter(is_new).map(with_origin).collect()
    }
}

/// The rows that a register written earlier holds apart from what a scan infers anew.
pub fn kept_rows(activities: Vec<ProcessingActivity>, from: &str) -> Vec<Given> {
    let is_kept = |a: &ProcessingActivity| a.origin != Origin::Inferred;
    let given = |mut row: ProcessingActivity| {
        without_inferred(&mut row);
        Given {
            row,
            fields: Vec::new(),
            from: from.to_owned(),
        }
    };
    activities.into_iter().filter(is_kept).map(given).collect()
}

fn without_inferred(row: &mut ProcessingActivity) {
    fn drop_inferred<T>(cells: &mut Vec<Cell<T>>) {
        cells.retain(|cell| cell.origin != Some(Origin::Inferred));
    }
    drop_inferred(&mut row.data);
    drop_inferred(&mut row.purposes);
    drop_inferred(&mut row.legal_bases);
    drop_inferred(&mut row.recipients);
    drop_inferred(&mut row.transfers);
    drop_inferred(&mut row.retention);
    drop_inferred(&mut row.security_measures);
    for data in &mut row.data {
        data.value.fields.clear();
    }
    row.suggestions.clear();
    let inferred: Vec<String> = row
        .origins
        .iter()
        .filter(|(_, origin)| **origin == Origin::Inferred)
        .map(|(cell, _)| cell.clone())
        .collect();
    if inferred.is_empty() {
        return;
    }
    let (Value::Object(mut cells), Value::Object(empty)) =
        (value(row), value(&ProcessingActivity::default()))
    else {
        unreachable!("a row is an object");
    };
    for cell in &inferred {
        match empty.get(cell) {
            Some(open) => cells.insert(cell.clone(), open.clone()),
            None => cells.remove(cell),
        };
    }
    *row = serde_json::from_value(Value::Object(cells)).expect("a row without cells is a row");
    for cell in &inferred {
        row.origins.remove(cell);
        row.evidence.retain(|e| e.cell != *cell);
    }
}

fn value(row: &ProcessingActivity) -> Value {
    serde_json::to_value(row).expect("a row is JSON")
}

/// An item without what is said of it.
fn plain(item: &Value) -> Value {
    let mut map: Map<String, Value> = item.as_object().cloned().unwrap_or_default();
    map.retain(|key, value| {
        !matches!(key.as_str(), "origin" | "why" | "valid") && !value.is_null()
    });
    Value::Object(map)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty() || text == "unknown",
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join("; "),
        Value::Object(map) => match map.get("name").or_else(|| map.get("id")) {
            Some(name) => text(name),
            None => value.to_string(),
        },
        other => other.to_string(),
    }
}
