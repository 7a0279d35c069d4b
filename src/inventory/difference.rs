//! What personal data came, went or changed between two inventories, by fields and recipients; lines and counts don't matter.

use super::{DatasetRecord, FieldRecord, Inventory};
use crate::taxonomy::DataType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Version of the difference document.
pub const SCHEMA: &str = "ropa-difference/1";

/// The differences, each list sorted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// `ropa-difference/1`.
    pub schema: String,
    /// Fields with personal data that the older inventory does not have.
    pub added: Vec<FieldPlace>,
    /// Fields with personal data that the newer one does not have any more.
    pub removed: Vec<FieldPlace>,
    /// Fields in both whose data types, tag or declared type changed.
    pub changed: Vec<Change>,
    /// Data types found in text of a source, new there.
    pub added_in_text: Vec<TextPlace>,
    /// Data types no longer found in text of a source.
    pub removed_in_text: Vec<TextPlace>,
    /// Recipients that are new.
    pub added_recipients: Vec<String>,
    /// Recipients that are gone.
    pub removed_recipients: Vec<String>,
}

/// A field with its data types.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct FieldPlace {
    /// The source.
    pub source: String,
    /// The dataset.
    pub dataset: String,
    /// The field.
    pub field: String,
    /// What it holds.
    pub data_types: Vec<DataType>,
}

/// A field that changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// The source.
    pub source: String,
    /// The dataset.
    pub dataset: String,
    /// The field.
    pub field: String,
    /// What changed: data_types, tag or declared_type.
    pub what: String,
    /// As it was.
    pub old: String,
    /// As it is.
    pub new: String,
}

/// A data type found in text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct TextPlace {
    /// The source.
    pub source: String,
    /// The data type.
    pub data_type: DataType,
}

type Key<'a> = (&'a str, &'a str, &'a str);

/// What is compared of a field.
struct Facts {
    data_types: Vec<DataType>,
    tag: String,
    declared_type: String,
}

impl Difference {
    /// Compares two inventories.
    pub fn between(old: &Inventory, new: &Inventory) -> Self {
        let (before, after) = (facts(old), facts(new));
        let only = |a: &BTreeMap<Key<'_>, Facts>, b: &BTreeMap<Key<'_>, Facts>| {
            a.iter()
                .filter(|(key, _)| !b.contains_key(*key))
                .map(|(key, facts)| place(key, facts))
                .collect()
        };
        let in_both = before
            .iter()
            .filter_map(|(key, old)| Some((key, old, after.get(key)?)));
        let changed = in_both
            .flat_map(|(key, old, new)| changes(key, old, new))
            .collect();
        let (text_before, text_after) = (texts(old), texts(new));
        let (known, current) = (recipients(old), recipients(new));
        Self {
            schema: SCHEMA.to_owned(),
            added: only(&after, &before),
            removed: only(&before, &after),
            changed,
            added_in_text: text_after.difference(&text_before).cloned().collect(),
            removed_in_text: text_before.difference(&text_after).cloned().collect(),
            added_recipients: current.difference(&known).cloned().collect(),
            removed_recipients: known.difference(&current).cloned().collect(),
        }
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        *self
            == Self {
                schema: self.schema.clone(),
                ..Self::default()
            }
    }
}

fn facts(inventory: &Inventory) -> BTreeMap<Key<'_>, Facts> {
    let mut all: BTreeMap<Key<'_>, Facts> = BTreeMap::new();
    for (dataset, field) in inventory.fields() {
        let Some(data_type) = field.data_type else {
            continue;
        };
        let entry = all.entry(key(dataset, field)).or_insert_with(|| Facts {
            data_types: Vec::new(),
            tag: format!("{:?}", field.tag).to_lowercase(),
            declared_type: field.declared_type.clone().unwrap_or_default(),
        });
        entry.data_types.push(data_type);
        entry.data_types.sort();
    }
    all
}

fn key<'a>(dataset: &'a DatasetRecord, field: &'a FieldRecord) -> Key<'a> {
    (&dataset.source, &dataset.dataset, &field.field)
}

fn place(key: &Key<'_>, facts: &Facts) -> FieldPlace {
    FieldPlace {
        source: key.0.into(),
        dataset: key.1.into(),
        field: key.2.into(),
        data_types: facts.data_types.clone(),
    }
}

fn changes(key: &Key<'_>, old: &Facts, new: &Facts) -> Vec<Change> {
    let keys = |types: &[DataType]| types.iter().map(|t| t.key()).collect::<Vec<_>>().join(", ");
    let pairs = [
        ("data_types", keys(&old.data_types), keys(&new.data_types)),
        ("tag", old.tag.clone(), new.tag.clone()),
        (
            "declared_type",
            old.declared_type.clone(),
            new.declared_type.clone(),
        ),
    ];
    let differing = pairs.into_iter().filter(|(_, old, new)| old != new);
    differing
        .map(|(what, old, new)| Change {
            source: key.0.into(),
            dataset: key.1.into(),
            field: key.2.into(),
            what: what.into(),
            old,
            new,
        })
        .collect()
}

fn texts(inventory: &Inventory) -> BTreeSet<TextPlace> {
    inventory
        .spans
        .iter()
        .map(|span| TextPlace {
            source: span.source.clone(),
            data_type: span.data_type,
        })
        .collect()
}

fn recipients(inventory: &Inventory) -> BTreeSet<String> {
    inventory
        .recipients
        .iter()
        .map(|r| r.recipient.clone())
        .collect()
}
