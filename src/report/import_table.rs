//! A register kept as a table elsewhere, as rows of this one: columns by their headers, values by a map, nothing lost.
//! What has no cell stands in the row's note; what is not understood stands as it was written, and a note tells.

use super::cell_words::set;
use super::filled_workbook::{FilledCell, FilledRow, matched};
use super::formula::unguarded;
use super::header_map::{HeaderMap, group_of};
use super::profile::Profile;
use super::register_cell::{CellWriter, FIELDS, base_field};
use super::register_update::shared_out;
use super::wording::Wording;
use crate::config::{Config, Id};
use crate::inventory::Inventory;
use crate::register::given::Given;
use crate::register::{Origin, ProcessingActivity, Register};
use crate::taxonomy::DataType;
use std::collections::BTreeMap;

/// Cells of several items.
const LISTS: &[&str] = &[
    "joint_controllers",
    "on_behalf_of",
    "processing_categories",
    "systems",
    "purposes",
    "subjects",
    "data",
    "source_of_data",
    "legal_bases",
    "art9_conditions",
    "recipients",
    "transfers",
    "safeguards",
    "retention",
    "security_measures",
    "rights",
    "locations",
];

/// What was read, and what a person should know of it.
#[derive(Debug, Default)]
pub struct Imported {
    /// The rows.
    pub rows: Vec<Given>,
    /// Datasets that are declared, not scanned.
    pub datasets: Inventory,
    /// What was not understood, or has no place.
    pub notes: Vec<String>,
}

/// How a table is read.
pub struct TableOptions<'a> {
    /// The layout whose headers it has where the map gives none.
    pub profile: &'a Profile,
    /// Names of another tool.
    pub map: &'a HeaderMap,
    /// Field separator.
    pub delimiter: u8,
}

/// What stands in a column.
enum Meaning {
    /// Cells of the register.
    Cells(Vec<String>),
    /// Nothing that the register has; the header.
    Unknown(String),
    /// Not read.
    Ignored,
}

/// Reads a table. Errors say what is wrong, in which row, and never what stands there.
pub fn read(text: &[u8], from: &str, options: &TableOptions<'_>) -> anyhow::Result<Imported> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(options.delimiter)
        .flexible(true)
        .from_reader(text);
    let position = |e: csv::Error| {
        let line = e.position().map(|p| format!(", line {}", p.line()));
        anyhow::anyhow!("{from}{}: not a CSV in UTF-8", line.unwrap_or_default())
    };
    let header: Vec<String> = reader
        .headers()
        .map_err(position)?
        .iter()
        .map(|h| unguarded(h).trim().to_owned())
        .collect();
    let mut imported = Imported::default();
    let columns = meanings(&header, from, options, &mut imported.notes)?;
    let mut table = Rows {
        options,
        from,
        columns,
        wording: Wording::of(&options.profile.language),
        blank: Register::build(
            &Config::default(),
            &Inventory::new(),
            jiff::civil::Date::constant(2000, 1, 1),
        ),
        taken: BTreeMap::new(),
    };
    for (number, record) in (2usize..).zip(reader.records()) {
        let record = record.map_err(position)?;
        let cells: Vec<String> = record.iter().map(|c| unguarded(c).into_owned()).collect();
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let row = table.row(number, &cells, &mut imported.notes)?;
        imported.rows.push(row);
    }
    Ok(imported)
}

fn meanings(
    header: &[String],
    from: &str,
    options: &TableOptions<'_>,
    notes: &mut Vec<String>,
) -> anyhow::Result<Vec<Meaning>> {
    let columns = options.profile.columns();
    let mut seen: Vec<String> = Vec::new();
    let mut meanings = Vec::new();
    for name in header {
        let is_theirs = |theirs: &&String| matched(theirs) == matched(name);
        let ours = options
            .map
            .headers
            .iter()
            .find(|(_, theirs)| is_theirs(theirs));
        let ours = ours.map_or(name.as_str(), |(ours, _)| ours.as_str());
        let column = columns.iter().find(|c| matched(&c.header) == matched(ours));
        let meaning = if options
            .map
            .ignore
            .iter()
            .any(|i| matched(i) == matched(name))
        {
            Meaning::Ignored
        } else if let Some(column) = column {
            let is_cell = |field: &&String| base_field(field) == Some(field.as_str());
            match column
                .fields
                .iter()
                .filter(is_cell)
                .cloned()
                .collect::<Vec<_>>()
            {
                fields if fields.is_empty() => Meaning::Ignored,
                fields => Meaning::Cells(fields),
            }
        } else if FIELDS.contains(&ours) {
            Meaning::Cells(vec![ours.to_owned()])
        } else {
            Meaning::Unknown(name.clone())
        };
        if let Meaning::Cells(fields) = &meaning {
            let name = fields.join(" + ");
            anyhow::ensure!(
                !seen.contains(&name),
                "{from}: two columns mean `{name}`; rename or ignore one of them in the map"
            );
            seen.push(name);
        }
        meanings.push(meaning);
    }
    anyhow::ensure!(
        !seen.is_empty(),
        "{from}: no header is one of the layout `{}` or of the map; name them under [headers] of --map",
        options.profile.id
    );
    let unknown: Vec<&str> = meanings
        .iter()
        .filter_map(|m| match m {
            Meaning::Unknown(name) if !name.is_empty() => Some(name.as_str()),
            _ => None,
        })
        .collect();
    if !unknown.is_empty() {
        notes.push(format!(
            "{from}: no cell for {}; what stands there is kept in the note of each row",
            unknown.join(", ")
        ));
    }
    Ok(meanings)
}

struct Rows<'a> {
    options: &'a TableOptions<'a>,
    from: &'a str,
    columns: Vec<Meaning>,
    wording: &'static Wording,
    /// A register without anything, to put cells into words.
    blank: Register,
    /// Ids given so far, with their row.
    taken: BTreeMap<String, usize>,
}

impl Rows<'_> {
    fn row(
        &mut self,
        number: usize,
        record: &[String],
        notes: &mut Vec<String>,
    ) -> anyhow::Result<Given> {
        let mut cells: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut apart: Vec<String> = Vec::new();
        for (meaning, text) in self.columns.iter().zip(record) {
            match meaning {
                Meaning::Ignored => {}
                Meaning::Unknown(_) if text.trim().is_empty() => {}
                Meaning::Unknown(name) => apart.push(format!("{name}: {text}")),
                Meaning::Cells(fields) => {
                    for (field, lines) in self.shared(fields, text, number, notes)? {
                        cells.entry(field).or_default().extend(lines);
                    }
                }
            }
        }
        let extra = record.iter().skip(self.columns.len());
        apart.extend(extra.filter(|t| !t.trim().is_empty()).cloned());
        let mut row = ProcessingActivity {
            origin: Origin::Declared,
            ..ProcessingActivity::default()
        };
        (row.id, row.name) = self.id(number, &cells)?;
        // In the order of the cells: safeguards need the transfers that they cover.
        for field in FIELDS.iter().filter(|field| **field != "id") {
            let lines = cells.get(*field).map_or(&[][..], Vec::as_slice);
            if !lines.is_empty() {
                self.fill(&mut row, field, lines, number, notes);
            }
        }
        if !apart.is_empty() {
            let note = row.note.take().into_iter().chain(apart);
            row.note = Some(note.collect::<Vec<_>>().join("\n"));
        }
        Ok(Given {
            row,
            fields: Vec::new(),
            from: format!("{}, row {number}", self.from),
        })
    }

    /// The lines of a cell by the cells of the register that it holds, in ropa's words.
    fn shared(
        &self,
        fields: &[String],
        text: &str,
        number: usize,
        notes: &mut Vec<String>,
    ) -> anyhow::Result<Vec<(String, Vec<String>)>> {
        let is_list = fields.iter().any(|field| LISTS.contains(&field.as_str()));
        let parts: Vec<&str> = if is_list {
            text.split('\n')
                .flat_map(|line| line.split(self.options.map.separator.as_str()))
                .collect()
        } else {
            text.split('\n').collect()
        };
        let mut lines = Vec::new();
        for part in parts
            .into_iter()
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            lines.push(self.renamed(fields, part, number, notes)?);
        }
        let cell = FilledCell {
            fields: fields.to_vec(),
            lines,
        };
        Ok(shared_out(&cell, &FilledRow::default(), self.wording))
    }

    fn renamed(
        &self,
        fields: &[String],
        theirs: &str,
        number: usize,
        notes: &mut Vec<String>,
    ) -> anyhow::Result<String> {
        for field in fields {
            let behind = self.options.map.values_behind(field, theirs);
            match behind.as_slice() {
                [] => {}
                [id] => return Ok(self.word(field, id)),
                several => anyhow::bail!(
                    "{}, row {number}: [values.{field}] gives one name to {}; reading cannot tell them apart",
                    self.from,
                    several.join(" and ")
                ),
            }
            let has_map = self.options.map.values.contains_key(field);
            let group = group_of(field).filter(|group| *group != "recipients");
            let is_known = group.is_none_or(|group| self.wording.id_of(group, theirs).is_some());
            if has_map && !is_known {
                notes.push(format!(
                    "{}, row {number}: a value of `{field}` is neither in the map nor in the vocabulary; it is kept as own words",
                    self.from
                ));
            }
        }
        Ok(theirs.to_owned())
    }

    /// ropa's word for an id.
    fn word(&self, field: &str, id: &str) -> String {
        match (field, DataType::from_key(id), group_of(field)) {
            ("data", Some(data_type), _) => self.wording.data_type(data_type),
            ("recipients", ..) => id.to_owned(),
            (_, _, Some(group)) => self.wording.label(group, id),
            _ => id.to_owned(),
        }
    }

    fn fill(
        &self,
        row: &mut ProcessingActivity,
        field: &str,
        lines: &[String],
        number: usize,
        notes: &mut Vec<String>,
    ) {
        // What describes the organisation is no cell of a row: it stays in the row as it was written.
        let is_own = matches!(
            field,
            "controller"
                | "representative"
                | "dpo"
                | "special"
                | "recipient_data"
                | "transfer_documents"
        ) || field.starts_with("on_behalf_of_");
        if !is_own {
            set(row, field, lines, self.wording);
        }
        let cells = CellWriter {
            register: &self.blank,
            wording: self.wording,
        };
        let said: Vec<String> = cells
            .lines(row, field)
            .into_iter()
            .map(|l| l.text)
            .collect();
        let is_understood = match field {
            "safeguards" => !row.transfers.is_empty(),
            field if LISTS.contains(&field) => true,
            _ => said.join("\n") == lines.join("\n"),
        };
        if !is_understood {
            row.own_words.insert(field.to_owned(), lines.to_vec());
            notes.push(format!(
                "{}, row {number}: `{field}` is kept as it is written; ropa does not understand it",
                self.from
            ));
        }
    }

    /// Id and name of a row: as it says, else from what it is for.
    fn id(
        &mut self,
        number: usize,
        cells: &BTreeMap<String, Vec<String>>,
    ) -> anyhow::Result<(String, String)> {
        let first = |field: &str| cells.get(field).and_then(|lines| lines.first()).cloned();
        let name = first("name")
            .or_else(|| first("purposes"))
            .or_else(|| first("processing_categories"));
        if let Some(id) = first("id") {
            anyhow::ensure!(
                Id::new(&id).is_some(),
                "{}, row {number}: the id is none: a-z, 0-9, `_`, `.` and `-`, at most 64, beginning with a letter or digit",
                self.from
            );
            if let Some(other) = self.taken.insert(id.clone(), number) {
                anyhow::bail!(
                    "{}: rows {other} and {number} have the same id `{id}`; give each its own",
                    self.from
                );
            }
            return Ok((id.clone(), name.unwrap_or(id)));
        }
        let name = name.unwrap_or_else(|| format!("activity {number}"));
        let id = free_id(&name, |id| self.taken.contains_key(id));
        self.taken.insert(id.clone(), number);
        Ok((id, name))
    }
}

/// An id from a name that is not taken yet.
pub fn free_id(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let base: String = match words.is_empty() {
        true => "activity".to_owned(),
        false => words.join("_").chars().take(48).collect(),
    };
    let numbered = std::iter::once(base.clone()).chain((2..).map(|n| format!("{base}_{n}")));
    numbered
        .into_iter()
        .find(|id| !is_taken(id))
        .expect("the numbers do not end")
}
