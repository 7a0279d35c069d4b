//! `fides`: the register as Fides YAML: a dataset for each source, a system for each system, its activities as declarations.

use super::crosswalk;
use super::register_cell::CellWriter;
use super::wording::Wording;
use super::{Options, Report, Subject};
use crate::inventory::{DatasetRecord, Inventory};
use crate::register::{ProcessingActivity, Register};
use crate::taxonomy::{DataType, Special};
use crate::vocabulary;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// The report.
pub struct Fides;

/// Its entry in the list of reports.
pub static REPORT: Fides = Fides;

impl Report for Fides {
    fn format(&self) -> &'static str {
        "fides"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["yml", "yaml"]
    }

    fn renders(&self, subject: &Subject<'_>) -> bool {
        matches!(subject, Subject::Register(..))
    }

    fn write(&self, subject: &Subject<'_>, _: &Options, out: &mut dyn Write) -> io::Result<()> {
        let Subject::Register(register, inventory) = subject else {
            return Ok(());
        };
        let keys = Keys::of(inventory);
        let document =
            json!({"dataset": datasets(inventory, &keys), "system": systems(register, &keys)});
        yaml(&document, 0, out)
    }
}

/// The keys of sources: their paths in Fides' alphabet, each once.
struct Keys<'a>(BTreeMap<&'a str, String>);

impl<'a> Keys<'a> {
    fn of(inventory: &'a Inventory) -> Self {
        let mut taken = BTreeSet::new();
        let mut keys = BTreeMap::new();
        for dataset in &inventory.datasets {
            if keys.contains_key(dataset.source.as_str()) {
                continue;
            }
            let base = key(&dataset.source);
            let numbered =
                std::iter::once(base.clone()).chain((2..).map(|n| format!("{base}_{n}")));
            let free = numbered
                .into_iter()
                .find(|k| !taken.contains(k))
                .expect("the numbers do not end");
            taken.insert(free.clone());
            keys.insert(dataset.source.as_str(), free);
        }
        Self(keys)
    }
}

/// A text in Fides' alphabet: alphanumerics and `. _ < > -`.
fn key(text: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') {
            c
        } else {
            '_'
        }
    };
    let key: String = text.chars().map(plain).collect();
    let key = key.trim_matches('_');
    if key.is_empty() {
        "unnamed".to_owned()
    } else {
        key.to_owned()
    }
}

fn categories(types: impl IntoIterator<Item = DataType>) -> Vec<&'static str> {
    let first = |data_type| {
        crosswalk::names("fideslang", data_type)
            .first()
            .map(String::as_str)
    };
    let all: BTreeSet<&str> = types.into_iter().filter_map(first).collect();
    all.into_iter().collect()
}

fn datasets(inventory: &Inventory, keys: &Keys<'_>) -> Vec<Value> {
    let mut by_source: BTreeMap<&str, Vec<&DatasetRecord>> = BTreeMap::new();
    for dataset in inventory
        .datasets
        .iter()
        .filter(|d| d.fields.iter().any(|f| f.data_type.is_some()))
    {
        by_source.entry(&dataset.source).or_default().push(dataset);
    }
    let dataset = |(source, collections): (&str, Vec<&DatasetRecord>)| {
        let collections: Vec<Value> = collections.into_iter().map(collection).collect();
        json!({"fides_key": keys.0[source], "name": source, "collections": collections})
    };
    by_source.into_iter().map(dataset).collect()
}

/// A field of several data types is listed once, with all of them.
fn collection(dataset: &DatasetRecord) -> Value {
    let mut fields: Vec<(&str, Option<&str>, Vec<DataType>)> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for field in dataset.fields.iter().filter(|f| f.data_type.is_some()) {
        let at = *places.entry(&field.field).or_insert_with(|| {
            fields.push((&field.field, field.declared_type.as_deref(), Vec::new()));
            fields.len() - 1
        });
        fields[at].2.extend(field.data_type);
    }
    let fields: Vec<Value> = fields
        .into_iter()
        .map(|(name, declared, types)| {
            let mut field = json!({"name": name, "data_categories": categories(types)});
            if let Some(declared) = declared {
                field["description"] = json!(format!("declared as {declared}"));
            }
            field
        })
        .collect();
    let name = if dataset.dataset.is_empty() {
        "fields"
    } else {
        &dataset.dataset
    };
    json!({"name": name, "fields": fields})
}

fn systems(register: &Register, keys: &Keys<'_>) -> Vec<Value> {
    let mut by_system: BTreeMap<&str, Vec<&ProcessingActivity>> = BTreeMap::new();
    for activity in &register.activities {
        if activity.systems.is_empty() {
            by_system.entry("organisation").or_default().push(activity);
        }
        for system in &activity.systems {
            by_system.entry(system).or_default().push(activity);
        }
    }
    by_system
        .into_iter()
        .map(|(id, activities)| system(register, id, &activities, keys))
        .collect()
}

fn system(
    register: &Register,
    id: &str,
    activities: &[&ProcessingActivity],
    keys: &Keys<'_>,
) -> Value {
    let cells = CellWriter {
        register,
        wording: Wording::of("en"),
    };
    let declarations: Vec<Value> = activities
        .iter()
        .flat_map(|a| declarations(&cells, a))
        .collect();
    let roles: BTreeSet<&str> = activities
        .iter()
        .filter_map(|a| responsibility(a))
        .collect();
    let department = activities
        .iter()
        .find_map(|a| a.department.as_deref().or(a.business_function.as_deref()));
    let transfers = || {
        activities
            .iter()
            .flat_map(|a| &a.transfers)
            .map(|t| &t.value.transfer)
    };
    let bases: BTreeSet<&str> = transfers()
        .filter_map(|t| {
            vocabulary::safeguard(t.safeguard.as_deref()?)?
                .fides
                .as_deref()
        })
        .collect();
    let sources: BTreeSet<&str> = activities
        .iter()
        .flat_map(|a| &a.data)
        .flat_map(|d| &d.value.fields)
        .filter_map(|place| source_of(place, keys))
        .collect();
    let joint: BTreeSet<String> = activities
        .iter()
        .flat_map(|a| &a.joint_controllers)
        .map(super::register_cell::party)
        .collect();
    let mut system = json!({
        "fides_key": key(id),
        "name": id,
        "system_type": "Application",
        "administrating_department": department.unwrap_or("Not defined"),
        "responsibility": roles,
        "privacy_declarations": declarations,
        "dataset_references": sources,
        "does_international_transfers": transfers().next().is_some(),
        "legal_basis_for_transfers": bases,
        "uses_profiling": activities.iter().any(|a| a.profiling == Some(true))
    });
    let o = &register.organisation;
    let texts = [
        ("legal_name", o.name.clone()),
        (
            "legal_address",
            o.address.clone().or_else(|| o.addresses.first().cloned()),
        ),
        ("dpo", o.dpo.as_ref().map(super::register_cell::contact)),
        (
            "joint_controller_info",
            (!joint.is_empty()).then(|| joint.into_iter().collect::<Vec<_>>().join("; ")),
        ),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            system[name] = json!(text);
        }
    }
    system
}

fn source_of<'a>(place: &str, keys: &'a Keys<'_>) -> Option<&'a str> {
    let whole = keys.0.get(place);
    let parted = || {
        place
            .match_indices(':')
            .rev()
            .find_map(|(at, _)| keys.0.get(&place[..at]))
    };
    whole.or_else(parted).map(String::as_str)
}

fn responsibility(a: &ProcessingActivity) -> Option<&'static str> {
    use crate::config::Role;
    Some(match a.role {
        Role::Controller | Role::JointController => "Controller",
        Role::Processor => "Processor",
        Role::SubProcessor => "Sub-Processor",
        Role::Unknown => return None,
    })
}

/// One declaration for each use that the purposes of an activity come to. Without a purpose there is none to declare.
fn declarations(cells: &CellWriter<'_>, a: &ProcessingActivity) -> Vec<Value> {
    let uses: BTreeSet<&str> = a
        .purposes
        .iter()
        .map(|p| {
            vocabulary::purpose(&p.value.id)
                .and_then(|t| t.fides.as_deref())
                .unwrap_or("essential")
        })
        .collect();
    let subjects: BTreeSet<String> = a
        .subjects
        .iter()
        .map(|s| {
            vocabulary::subject(s)
                .and_then(|t| t.fides.clone())
                .unwrap_or_else(|| key(s))
        })
        .collect();
    let basis = a
        .legal_bases
        .iter()
        .find_map(|b| vocabulary::legal_basis(&b.value.id)?.fides.as_deref());
    let condition = a
        .art9_conditions
        .iter()
        .find_map(|c| vocabulary::art9_condition(c)?.fides.as_deref());
    let joined = |field: &str| {
        cells
            .lines(a, field)
            .into_iter()
            .map(|l| l.text)
            .collect::<Vec<_>>()
            .join("; ")
    };
    let declaration = |data_use: &str| {
        let mut declaration = json!({
            "name": a.name,
            "data_categories": categories(a.data.iter().map(|d| d.value.data_type)),
            "data_use": data_use,
            "data_subjects": subjects,
            "processes_special_category_data": a.has_special(Special::Gdpr9),
            "data_shared_with_third_parties": !a.recipients.is_empty()
        });
        let texts = [
            ("legal_basis_for_processing", basis.map(str::to_owned)),
            ("special_category_legal_basis", condition.map(str::to_owned)),
            ("retention_period", Some(joined("retention"))),
            ("third_parties", Some(joined("recipients"))),
        ];
        for (name, text) in texts {
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                declaration[name] = json!(text);
            }
        }
        declaration
    };
    uses.into_iter().map(declaration).collect()
}

/// YAML in block form; texts in double quotes with JSON's escapes, which YAML shares.
fn yaml(value: &Value, indent: usize, out: &mut dyn Write) -> io::Result<()> {
    let pad = " ".repeat(indent);
    match value {
        Value::Object(map) => map.iter().try_for_each(|(name, value)| {
            write!(out, "{pad}{name}:")?;
            entry(value, indent, out)
        }),
        Value::Array(items) => items.iter().try_for_each(|item| match item {
            Value::Object(map) if !map.is_empty() => {
                let mut lines = Vec::new();
                yaml(item, indent + 2, &mut lines)?;
                // The first key stands behind the dash.
                write!(out, "{pad}- ")?;
                out.write_all(&lines[indent + 2..])
            }
            item => writeln!(out, "{pad}- {}", scalar(item)),
        }),
        other => writeln!(out, "{pad}{}", scalar(other)),
    }
}

fn entry(value: &Value, indent: usize, out: &mut dyn Write) -> io::Result<()> {
    match value {
        Value::Array(items) if items.is_empty() => writeln!(out, " []"),
        Value::Object(map) if map.is_empty() => writeln!(out, " {{}}"),
        Value::Array(_) | Value::Object(_) => {
            writeln!(out)?;
            yaml(value, indent + 2, out)
        }
        scalar_value => writeln!(out, " {}", scalar(scalar_value)),
    }
}

/// A scalar as JSON writes it, with the characters escaped that YAML takes for line breaks.
fn scalar(value: &Value) -> String {
    let text = value.to_string();
    text.replace('\u{85}', "\\u0085")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
        .replace('\u{7f}', "\\u007f")
        .replace('\u{feff}', "\\ufeff")
}
