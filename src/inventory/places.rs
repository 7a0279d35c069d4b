//! One dataset, many places: the same table in DDL, dump, live database and model code is joined, and where they disagree is told.
//! Datasets are the same when their names are (spelling, plural and schema apart) and most of their fields are.

use super::{AlsoAt, DatasetRecord, Differs, Inventory};
use crate::field::bare_name;
use std::collections::{BTreeMap, BTreeSet};

/// Share of the smaller dataset's fields that the other must have, too.
const SHARED: f64 = 0.5;

/// Fills `also_at`, `only_here` and `differs` of every dataset that stands in several places.
pub fn join(inventory: &mut Inventory) {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (i, dataset) in inventory.datasets.iter().enumerate() {
        groups.entry(folded(&dataset.dataset)).or_default().push(i);
    }
    for (_, members) in groups
        .into_iter()
        .filter(|(name, members)| members.len() > 1 && !name.is_empty())
    {
        join_group(&mut inventory.datasets, &members);
    }
}

fn join_group(datasets: &mut [DatasetRecord], members: &[usize]) {
    let names: Vec<BTreeSet<String>> = members.iter().map(|i| field_names(&datasets[*i])).collect();
    let mut told = Vec::new();
    for (a, names_here) in names.iter().enumerate() {
        let same: Vec<usize> = (0..members.len())
            .filter(|b| *b != a && is_same(names_here, &names[*b]))
            .collect();
        let here = &datasets[members[a]];
        let others: Vec<&DatasetRecord> = same
            .iter()
            .map(|b| &datasets[members[*b]])
            .filter(|d| d.source != here.source)
            .collect();
        if others.is_empty() {
            continue;
        }
        let elsewhere: BTreeSet<&String> = same.iter().flat_map(|b| &names[*b]).collect();
        let mut only_here: Vec<String> = here
            .fields
            .iter()
            .filter(|f| !elsewhere.contains(&folded_field(&f.field)))
            .map(|f| f.field.clone())
            .collect();
        only_here.sort();
        only_here.dedup();
        let mut also_at: Vec<AlsoAt> = others
            .iter()
            .map(|d| AlsoAt {
                source: d.source.clone(),
                dataset: d.dataset.clone(),
            })
            .collect();
        also_at.sort();
        told.push((members[a], also_at, only_here, differences(here, &others)));
    }
    for (i, also_at, only_here, differs) in told {
        let dataset = &mut datasets[i];
        (dataset.also_at, dataset.only_here, dataset.differs) = (also_at, only_here, differs);
    }
}

fn is_same(a: &BTreeSet<String>, b: &BTreeSet<String>) -> bool {
    let shared = a.intersection(b).count();
    shared > 0 && shared as f64 >= SHARED * a.len().min(b.len()) as f64
}

fn differences(here: &DatasetRecord, others: &[&DatasetRecord]) -> Vec<Differs> {
    let mut found = BTreeSet::new();
    for field in &here.fields {
        let Some(mine) = &field.declared_type else {
            continue;
        };
        for other in others {
            let same = other
                .fields
                .iter()
                .find(|f| folded_field(&f.field) == folded_field(&field.field));
            let Some(theirs) = same.and_then(|f| f.declared_type.as_ref()) else {
                continue;
            };
            if disagree(mine, theirs) {
                found.insert(Differs {
                    field: field.field.clone(),
                    declared_type: mine.clone(),
                    other_type: theirs.clone(),
                    other_source: other.source.clone(),
                });
            }
        }
    }
    found.into_iter().collect()
}

fn field_names(dataset: &DatasetRecord) -> BTreeSet<String> {
    dataset
        .fields
        .iter()
        .map(|f| folded_field(&f.field))
        .collect()
}

/// Letters and digits, lower case: `userId` and `user_id` are one field.
fn folded_field(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The name without schema and file ending, letters and digits only, singular: `public.order_lines` and `OrderLine` are one.
fn folded(name: &str) -> String {
    let stem = name.rsplit(['/', '!']).next().unwrap_or(name);
    singular(&folded_field(bare_name(stem)))
}

fn singular(name: &str) -> String {
    let cut = |ending: &str, with: &str| {
        name.strip_suffix(ending)
            .map(|stem| format!("{stem}{with}"))
    };
    let has_no_plural = ["ss", "us", "is"]
        .iter()
        .any(|ending| name.ends_with(ending));
    if has_no_plural {
        return name.to_owned();
    }
    let sibilant = ["sses", "xes", "ches", "shes"]
        .iter()
        .any(|ending| name.ends_with(ending));
    let found = cut("ies", "y").or_else(|| {
        if sibilant {
            cut("es", "")
        } else {
            cut("s", "")
        }
    });
    found.unwrap_or_else(|| name.to_owned())
}

/// Whether two declared types mean something else. Types of different worlds (a column type, an ORM's field class) are
/// compared by family, those of one world by their text with synonyms folded.
fn disagree(a: &str, b: &str) -> bool {
    let (x, y) = (normal(a), normal(b));
    if x == y {
        return false;
    }
    // MariaDB keeps `json` as text with a check, and dumps it so.
    if [x.as_str(), y.as_str()] == ["json", "longtext"]
        || [x.as_str(), y.as_str()] == ["longtext", "json"]
    {
        return false;
    }
    match (family(&x), family(&y)) {
        (Some(f), Some(g)) if f != g => true,
        (Some("text"), Some("text")) => is_sql(&x) && is_sql(&y),
        _ => false,
    }
}

fn normal(declared: &str) -> String {
    let lower = declared.to_ascii_lowercase();
    let text = lower.split(" collate").next().unwrap_or(&lower).trim();
    let pairs = [
        ("character varying", "varchar"),
        ("character(", "char("),
        ("nvarchar", "varchar"),
        ("nchar", "char"),
        (" binary", ""),
        ("timestamp without time zone", "timestamp"),
        ("timestamp with time zone", "timestamptz"),
        ("double precision", "double"),
        ("int4", "integer"),
        ("int8", "bigint"),
        ("bool ", "boolean "),
    ];
    let mut text = pairs
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    text.retain(|c| !c.is_whitespace());
    match text.as_str() {
        "bool" => "boolean".into(),
        "int" | "serial" | "int(11)" => "integer".into(),
        "bigserial" => "bigint".into(),
        _ => text,
    }
}

fn is_sql(normal: &str) -> bool {
    [
        "varchar", "char", "text", "nvarchar", "nchar", "clob", "citext",
    ]
    .iter()
    .any(|name| normal.starts_with(name))
}

fn family(normal: &str) -> Option<&'static str> {
    let has = |words: &[&str]| words.iter().any(|word| normal.contains(word));
    Some(match () {
        () if has(&["tinyint(1)", "bool", "bit(1)"]) => "boolean",
        () if has(&["timestamp", "datetime"]) => "time",
        () if normal.starts_with("date") => "date",
        () if has(&["json"]) => "json",
        () if has(&["uuid", "uniqueidentifier"]) => "uuid",
        () if has(&["inet", "ipaddress"]) => "inet",
        () if has(&["serial", "int", "autofield"]) && !has(&["point", "interval"]) => "integer",
        () if has(&[
            "decimal", "numeric", "float", "double", "real", "money", "number",
        ]) =>
        {
            "number"
        }
        () if has(&["blob", "bytea", "binary"]) => "binary",
        () if has(&["char", "text", "string", "clob", "email", "slug", "url"]) => "text",
        () => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::TagState;
    use crate::inventory::FieldRecord;

    fn dataset(source: &str, name: &str, fields: &[(&str, &str)]) -> DatasetRecord {
        let field = |(name, declared): &(&str, &str)| FieldRecord {
            field: (*name).into(),
            declared_type: (!declared.is_empty()).then(|| (*declared).into()),
            tag: TagState::Untagged,
            ..FieldRecord::default()
        };
        DatasetRecord {
            source: source.into(),
            dataset: name.into(),
            fields: fields.iter().map(field).collect(),
            ..DatasetRecord::default()
        }
    }

    #[test]
    fn a_table_and_its_model_are_one_dataset() {
        let mut inventory = Inventory::new();
        inventory.datasets = vec![
            dataset(
                "app/models.py",
                "User",
                &[("email", "EmailField"), ("created_at", "DateTimeField")],
            ),
            dataset(
                "db/schema.sql",
                "public.users",
                &[("email", "text"), ("created_at", "timestamptz")],
            ),
            dataset(
                "postgres://db/shop",
                "public.users",
                &[
                    ("email", "varchar(255)"),
                    ("created_at", "timestamptz"),
                    ("fax", "text"),
                ],
            ),
            dataset("db/schema.sql", "public.products", &[("name", "text")]),
        ];
        join(&mut inventory);
        let live = &inventory.datasets[2];
        assert_eq!(live.also_at.len(), 2);
        assert_eq!(live.only_here, ["fax"]);
        assert_eq!(live.differs.len(), 1);
        assert_eq!(
            (
                live.differs[0].field.as_str(),
                live.differs[0].other_type.as_str()
            ),
            ("email", "text")
        );
        assert!(inventory.datasets[3].also_at.is_empty());
    }

    #[test]
    fn names_fold_across_spelling_schema_and_plural() {
        for (a, b) in [
            ("public.order_lines", "OrderLine"),
            ("categories", "Category"),
            ("addresses", "Address"),
            ("users.csv", "dbo.Users"),
        ] {
            assert_eq!(folded(a), folded(b), "{a} {b}");
        }
        assert_ne!(folded("status"), folded("statu"));
    }

    #[test]
    fn synonyms_agree() {
        assert!(!disagree("character varying(255)", "varchar(255)"));
        assert!(!disagree("int", "integer"));
        assert!(!disagree("character(2)", "char(2)"));
        assert!(!disagree("longtext", "json"));
        assert!(!disagree("NVARCHAR(160)", "varchar(160)"));
        assert!(!disagree("VARCHAR(40) BINARY", "varchar(40)"));
        assert!(!disagree("EmailField", "varchar(254)"));
        assert!(disagree("varchar(255)", "text"));
        assert!(disagree("integer", "text"));
    }
}
