//! What changed between two registers: activities, cells, recipients, gaps, in the words that people read.
//! Compares snapshots; knows neither files nor layouts.

use super::{Gap, Origin};
use crate::inventory::difference::Difference;
use crate::taxonomy::DataType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What changed: personal data, and the register where there are two.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    /// Personal data that came, went or changed.
    #[serde(flatten)]
    pub data: Difference,
    /// What changed in the register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register: Option<RegisterDifference>,
}

/// A register as far as it is compared: its cells as lines of text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// Its activities, in their order.
    pub activities: Vec<ActivitySnapshot>,
    /// The cells that its kind of document shows; only those that both show are compared.
    pub cells: BTreeSet<String>,
    /// Names of all recipients.
    pub recipients: BTreeSet<String>,
    /// What each place holds; `None` where the document does not say.
    pub fields: Option<BTreeMap<String, BTreeSet<DataType>>>,
    /// What it lacks; `None` where the document does not say.
    pub gaps: Option<BTreeSet<Gap>>,
}

/// An activity of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ActivitySnapshot {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where the row comes from, if the document says so.
    pub origin: Option<Origin>,
    /// Its cells, line by line.
    pub cells: BTreeMap<String, Vec<String>>,
}

/// The differences between two registers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct RegisterDifference {
    /// Activities that are new.
    pub added: Vec<NamedActivity>,
    /// Activities that are gone.
    pub removed: Vec<NamedActivity>,
    /// Cells that say something else.
    pub changed: Vec<CellChange>,
    /// Recipients that are new.
    pub added_recipients: Vec<String>,
    /// Recipients that are gone.
    pub removed_recipients: Vec<String>,
    /// Places of personal data that are new; empty where inventories are compared beside the registers.
    pub added_fields: Vec<PlaceOfData>,
    /// Places that are gone.
    pub removed_fields: Vec<PlaceOfData>,
    /// Gaps that are new.
    pub added_gaps: Vec<Gap>,
    /// Gaps that are closed.
    pub removed_gaps: Vec<Gap>,
}

/// An activity by its id and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct NamedActivity {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where the row comes from, if the document says so.
    #[serde(default)]
    pub origin: Option<Origin>,
}

/// A cell that says something else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct CellChange {
    /// The activity.
    pub activity: String,
    /// Its name.
    pub name: String,
    /// The cell.
    pub cell: String,
    /// Lines that only the newer register has.
    pub added: Vec<String>,
    /// Lines that only the older one has.
    pub removed: Vec<String>,
}

/// A place and what it holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct PlaceOfData {
    /// `source:dataset.field`, or the source of a text.
    pub field: String,
    /// What it holds.
    pub data_types: Vec<DataType>,
}

impl RegisterDifference {
    /// Compares two registers.
    pub fn between(old: &Snapshot, new: &Snapshot) -> Self {
        let cells: BTreeSet<&String> = old.cells.intersection(&new.cells).collect();
        let before: BTreeMap<&str, &ActivitySnapshot> = by_id(old);
        let after: BTreeMap<&str, &ActivitySnapshot> = by_id(new);
        let only = |these: &Snapshot, others: &BTreeMap<&str, &ActivitySnapshot>| {
            these
                .activities
                .iter()
                .filter(|a| !others.contains_key(a.id.as_str()))
                .map(named)
                .collect()
        };
        let in_both = new
            .activities
            .iter()
            .filter_map(|a| Some((*before.get(a.id.as_str())?, a)));
        let (added_fields, removed_fields) = match (&old.fields, &new.fields) {
            (Some(old), Some(new)) => (places(new, old), places(old, new)),
            _ => Default::default(),
        };
        let (added_gaps, removed_gaps) = match (&old.gaps, &new.gaps) {
            (Some(old), Some(new)) => (
                new.difference(old).cloned().collect(),
                old.difference(new).cloned().collect(),
            ),
            _ => Default::default(),
        };
        Self {
            added: only(new, &before),
            removed: only(old, &after),
            changed: in_both
                .flat_map(|(old, new)| changes(old, new, &cells))
                .collect(),
            added_recipients: new
                .recipients
                .difference(&old.recipients)
                .cloned()
                .collect(),
            removed_recipients: old
                .recipients
                .difference(&new.recipients)
                .cloned()
                .collect(),
            added_fields,
            removed_fields,
            added_gaps,
            removed_gaps,
        }
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Activities by their id; of several with the same one, as a person may make in a workbook, the first.
fn by_id(snapshot: &Snapshot) -> BTreeMap<&str, &ActivitySnapshot> {
    let mut all = BTreeMap::new();
    for activity in &snapshot.activities {
        all.entry(activity.id.as_str()).or_insert(activity);
    }
    all
}

fn named(activity: &ActivitySnapshot) -> NamedActivity {
    NamedActivity {
        id: activity.id.clone(),
        name: activity.name.clone(),
        origin: activity.origin,
    }
}

fn changes(
    old: &ActivitySnapshot,
    new: &ActivitySnapshot,
    cells: &BTreeSet<&String>,
) -> Vec<CellChange> {
    let lines = |a: &ActivitySnapshot, cell: &str| a.cells.get(cell).cloned().unwrap_or_default();
    let change = |cell: &&String| {
        let (before, after) = (lines(old, cell), lines(new, cell));
        let only = |a: &[String], b: &[String]| -> Vec<String> {
            a.iter().filter(|line| !b.contains(line)).cloned().collect()
        };
        let (added, removed) = (only(&after, &before), only(&before, &after));
        (!added.is_empty() || !removed.is_empty()).then(|| CellChange {
            activity: new.id.clone(),
            name: new.name.clone(),
            cell: (*cell).clone(),
            added,
            removed,
        })
    };
    cells.iter().filter_map(change).collect()
}

/// What one register's places hold and the other's do not.
fn places(
    these: &BTreeMap<String, BTreeSet<DataType>>,
    others: &BTreeMap<String, BTreeSet<DataType>>,
) -> Vec<PlaceOfData> {
    let none = BTreeSet::new();
    let only = |(field, types): (&String, &BTreeSet<DataType>)| {
        let known = others.get(field).unwrap_or(&none);
        let data_types: Vec<DataType> = types.difference(known).copied().collect();
        (!data_types.is_empty()).then(|| PlaceOfData {
            field: field.clone(),
            data_types,
        })
    };
    these.iter().filter_map(only).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn activity(id: &str, cells: &[(&str, &[&str])]) -> ActivitySnapshot {
        let lines = |lines: &[&str]| lines.iter().map(|l| (*l).to_owned()).collect();
        ActivitySnapshot {
            id: id.to_owned(),
            name: id.to_uppercase(),
            origin: Some(Origin::Declared),
            cells: cells
                .iter()
                .map(|(cell, l)| ((*cell).to_owned(), lines(l)))
                .collect(),
        }
    }

    fn snapshot(activities: Vec<ActivitySnapshot>) -> Snapshot {
        Snapshot {
            activities,
            cells: ["retention", "subjects"].map(str::to_owned).into(),
            ..Snapshot::default()
        }
    }

    #[test]
    fn rows_come_and_go_and_cells_change_line_by_line() {
        let old = snapshot(vec![
            activity("a", &[("retention", &["2 years", "1 month"])]),
            activity("b", &[]),
        ]);
        let new = snapshot(vec![
            activity("a", &[("retention", &["3 years", "1 month"])]),
            activity("c", &[]),
        ]);
        let difference = RegisterDifference::between(&old, &new);
        assert_eq!(difference.added[0].id, "c");
        assert_eq!(difference.removed[0].id, "b");
        let change = &difference.changed[0];
        assert_eq!(
            (change.name.as_str(), change.cell.as_str()),
            ("A", "retention")
        );
        assert_eq!(
            (change.added.as_slice(), change.removed.as_slice()),
            (&["3 years".to_owned()][..], &["2 years".to_owned()][..])
        );
        assert!(RegisterDifference::between(&new, &new).is_empty());
    }

    #[test]
    fn what_one_document_does_not_show_is_no_difference() {
        let old = snapshot(vec![activity("a", &[("retention", &["2 years"])])]);
        let mut new = snapshot(vec![activity("a", &[])]);
        new.cells.remove("retention");
        new.gaps = Some(BTreeSet::new());
        assert!(RegisterDifference::between(&old, &new).is_empty());
    }
}
