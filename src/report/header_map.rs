//! Headers and values of a table as another tool names them: `--map map.toml`, for writing and for reading.
//! On the left stand ropa's names, on the right theirs.

use super::profile::{Column, Profile};
use super::register_cell::{FIELDS, VIEWS};
use super::wording::{Wording, ids};
use crate::taxonomy::DataType;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// The names of another tool.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HeaderMap {
    /// Header by cell (`purposes`), or by header of the layout.
    pub headers: BTreeMap<String, String>,
    /// Values by cell, each by id or by ropa's word.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// Only the columns that `headers` names are written.
    pub only_mapped: bool,
    /// Their headers that are read over.
    pub ignore: Vec<String>,
    /// What stands between several values of a cell.
    pub separator: String,
}

impl Default for HeaderMap {
    fn default() -> Self {
        Self {
            headers: BTreeMap::new(),
            values: BTreeMap::new(),
            only_mapped: false,
            ignore: Vec::new(),
            separator: "; ".to_owned(),
        }
    }
}

/// The vocabulary of a cell, where it has one.
pub fn group_of(field: &str) -> Option<&'static str> {
    Some(match field {
        "purposes" => "purposes",
        "subjects" => "subjects",
        "source_of_data" => "sources",
        "legal_bases" => "legal_bases",
        "art9_conditions" => "art9_conditions",
        "recipients" => "recipients",
        "safeguards" => "safeguards",
        "security_measures" => "security_measures",
        "rights" => "rights",
        "role" => "roles",
        _ => return None,
    })
}

impl HeaderMap {
    /// Reads a map. Errors name the key and the nearest known one; they never quote values.
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        let shown = file.display();
        let text = std::fs::read_to_string(file)
            .map_err(|e| anyhow::anyhow!("cannot read {shown}: {}", e.kind()))?;
        let map: Self = toml::from_str(&text).map_err(|e| {
            let line = e
                .span()
                .map(|span| text[..span.start].matches('\n').count() + 1);
            let line = line.map(|line| format!(", line {line}")).unwrap_or_default();
            anyhow::anyhow!(
                "{shown}{line}: not a map; it has [headers], [values.CELL], `only_mapped`, `ignore` and `separator`"
            )
        })?;
        anyhow::ensure!(
            !map.separator.is_empty(),
            "{shown}: `separator` is empty; leave it out for \"; \""
        );
        Ok(map)
    }

    /// Whether every name on the left is known to the layout. A word that is none would silently rename nothing.
    pub fn check(&self, profile: &Profile) -> anyhow::Result<()> {
        let columns = profile.columns();
        let headers = columns.iter().map(|c| c.header.as_str());
        let cells = columns.iter().flat_map(|c| &c.fields).map(String::as_str);
        let known: Vec<&str> = headers.chain(cells).collect();
        for name in self.headers.keys() {
            anyhow::ensure!(
                known.contains(&name.as_str()),
                "[headers]: the layout `{}` has no column `{name}`{}",
                profile.id,
                nearest(name, known.iter().copied())
            );
        }
        for (cell, values) in &self.values {
            let is_cell = FIELDS.contains(&cell.as_str()) || VIEWS.iter().any(|(v, _)| v == cell);
            anyhow::ensure!(
                is_cell,
                "[values.{cell}]: there is no cell `{cell}`{}",
                nearest(cell, FIELDS.iter().copied())
            );
            for id in values.keys() {
                check_value(cell, id, profile)?;
            }
        }
        let mut theirs: Vec<&String> = self.headers.values().collect();
        theirs.sort();
        if let Some(twice) = theirs.windows(2).find(|pair| pair[0] == pair[1]) {
            anyhow::bail!("[headers]: two columns are both called `{}`", twice[0]);
        }
        Ok(())
    }

    /// The header of a column, or ropa's own; `None` where the column is not written.
    pub fn header(&self, column: &Column) -> Option<String> {
        let by_cell = || match column.fields.as_slice() {
            [field] => self.headers.get(field),
            _ => None,
        };
        let named = self.headers.get(&column.header).or_else(by_cell);
        match named {
            Some(name) => Some(name.clone()),
            None => (!self.only_mapped).then(|| column.header.clone()),
        }
    }

    /// What another tool calls a value of a cell.
    pub fn value(&self, field: &str, id: &str, label: &str) -> Option<&str> {
        let values = self.values.get(field)?;
        values
            .get(id)
            .or_else(|| values.get(label))
            .map(String::as_str)
    }

    /// The ids or words that a value of another tool stands for: none, one, or several where the map cannot tell.
    pub fn values_behind(&self, field: &str, theirs: &str) -> Vec<&str> {
        let values = self.values.get(field).into_iter().flatten();
        let wanted = theirs.trim().to_lowercase();
        let is_it = |(_, name): &(&String, &String)| name.trim().to_lowercase() == wanted;
        values.filter(is_it).map(|(id, _)| id.as_str()).collect()
    }
}

/// Ids of an enumerated cell are held to its vocabulary; own words are allowed where they read like words.
fn check_value(cell: &str, id: &str, profile: &Profile) -> anyhow::Result<()> {
    let reads_like_id = id
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_.-".contains(&b));
    if cell == "data" {
        let wording = Wording::of(&profile.language);
        let is_known = DataType::from_key(id).is_some() || wording.data_type_of(id).is_some();
        anyhow::ensure!(
            is_known,
            "[values.data]: {}",
            crate::taxonomy::unknown_key(id)
        );
        return Ok(());
    }
    let Some(group) = group_of(cell).filter(|group| *group != "recipients") else {
        return Ok(());
    };
    let known = ids(group);
    anyhow::ensure!(
        !reads_like_id || known.contains(&id),
        "[values.{cell}]: `{id}` is no word of the vocabulary{}",
        nearest(id, known.iter().copied())
    );
    Ok(())
}

fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let best = known
        .map(|k| (strsim::jaro_winkler(name, k), k))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match best {
        Some((score, known)) if score > 0.75 => format!("; did you mean `{known}`?"),
        _ => String::new(),
    }
}
