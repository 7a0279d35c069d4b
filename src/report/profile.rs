//! Layouts of registers as data: which authority's sheets, with which headers, in which language, showing which cells.
//! A new layout is one file in `detectors/profiles/`; nothing here knows any of them by name.

use super::register_cell::{FIELDS, base_field};
use crate::config::Role;
use crate::detector::FILES;
use crate::register::ProcessingActivity;
use crate::taxonomy::DataType;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A layout.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its name on the command line.
    pub id: String,
    /// What the workbook is called.
    pub title: String,
    /// Whose layout it is.
    pub authority: Option<String>,
    /// ISO 639-1.
    pub language: String,
    /// Where the layout is known from, and whether its headers have been compared with the authority's own file.
    pub standing: String,
    /// Whose activities it shows.
    #[serde(default)]
    pub roles: Roles,
    /// Whether each client and each category of processing has a row of its own (Art. 30(2)).
    #[serde(default)]
    pub by_client: bool,
    /// Its sheets.
    #[serde(rename = "sheet")]
    pub sheets: Vec<Sheet>,
    /// Words of its own for ids, by map.
    #[serde(default, rename = "map")]
    pub maps: BTreeMap<String, BTreeMap<String, String>>,
    /// Drop-down lists of its own.
    #[serde(default)]
    pub lists: BTreeMap<String, Vec<String>>,
}

/// Whose activities a layout shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Roles {
    /// Those of a controller (Art. 30(1)); unknown roles count as such.
    Controller,
    /// Those of a processor (Art. 30(2)).
    Processor,
    /// All.
    #[default]
    All,
}

impl Roles {
    /// Whether it shows a role.
    pub fn includes(self, role: Role) -> bool {
        match self {
            Roles::Controller => !role.is_processor(),
            Roles::Processor => role.is_processor(),
            Roles::All => true,
        }
    }
}

/// A sheet.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sheet {
    /// Its name; `{n}` stands for the activity's number on sheets of single activities.
    pub name: String,
    /// A heading above everything.
    pub title: Option<String>,
    /// Blocks of contact details at the top, side by side.
    pub contacts: Vec<ContactBlock>,
    /// Row of the table's header, from 1.
    pub header_row: Option<u32>,
    /// Columns of a table with one row an activity.
    pub columns: Vec<Column>,
    /// Blocks of a sheet for a single activity, or of a cover sheet.
    pub blocks: Vec<Block>,
    /// One sheet for each activity.
    pub each: bool,
    /// Widths of the columns of a sheet made of blocks.
    pub widths: Vec<u16>,
}

/// Contact details of the controller, the officer or the representative.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactBlock {
    /// Its heading.
    pub title: String,
    /// organisation, dpo or representative.
    pub who: String,
}

/// A column of a table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Header, exactly as the authority writes it.
    pub header: String,
    /// Header above it, which neighbours share.
    pub group: Option<String>,
    /// The cells it shows.
    #[serde(default)]
    pub fields: Vec<String>,
    /// A text that stands in each row where no cell fills it.
    #[serde(default)]
    pub fixed: Option<String>,
    /// Whether the law asks for it.
    #[serde(default)]
    pub need: Need,
    /// Width in characters.
    pub width: Option<u16>,
    /// Group of the vocabulary, or list of the layout, that the drop-down offers.
    pub choices: Option<String>,
    /// Words of the layout for ids of the cell.
    pub map: Option<String>,
}

/// Whether the law asks for a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Art. 30 or national law asks for it.
    Required,
    /// Recommended.
    #[default]
    Optional,
    /// Asked for where it applies: an empty cell may be right.
    IfAny,
}

/// A block of a sheet for a single activity.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// Header cells, the block's title first.
    pub head: Vec<String>,
    /// Whether the law asks for it; left out: what its lines say.
    pub needs: Option<Need>,
    /// Lines of the block.
    #[serde(default)]
    pub rows: Vec<BlockRow>,
    /// Lines for each item of a cell.
    pub items: Option<Items>,
}

/// A line of a block.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BlockRow {
    /// Label in the first column.
    pub label: String,
    /// The cells beside it, joined.
    pub fields: Vec<String>,
    /// The nth line of the cells only, from 0; left out: all.
    pub line: Option<usize>,
    /// With `line`: that line and all after it.
    pub rest: bool,
    /// Data that the organisation does not enumerate stands here, too.
    pub open: bool,
    /// Contact details: controller, dpo, dpo_company, representative or joint_controllers.
    pub who: Option<String>,
    /// Data of these types, with its retention.
    pub types: Vec<DataType>,
    /// Of those, only fields with one of these words in their name.
    pub field_words: Vec<String>,
    /// Whether the law asks for it.
    pub need: Need,
    /// Drop-down.
    pub choices: Option<String>,
}

/// Lines for each item of a cell.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Items {
    /// subjects, recipients, security_measures or transfers.
    pub of: String,
    /// Label of each line; `{n}` is its number.
    pub label: String,
    /// Lines that are there in any case.
    #[serde(default)]
    pub at_least: usize,
    /// Map from ids to words in the second column.
    pub map: Option<String>,
    /// Drop-down of the column that the map fills.
    pub choices: Option<String>,
    /// Whether the law asks for it.
    #[serde(default)]
    pub need: Need,
}

static ALL: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    let files = FILES
        .iter()
        .filter(|(file, _)| file.starts_with("profiles/"));
    files
        .map(|(_, text)| toml::from_str(text).expect("each built-in layout is read by a test"))
        .collect()
});

/// All layouts, by the name of their file.
pub fn all() -> &'static [Profile] {
    &ALL
}

/// The layout of a name; an empty name is the `generic` one.
pub fn find(id: &str) -> Option<&'static Profile> {
    let id = if id.is_empty() { "generic" } else { id };
    ALL.iter().find(|p| p.id == id)
}

impl Profile {
    /// The layout's own word for an id, or what it says of all others.
    pub fn mapped(&self, map: &str, id: &str) -> Option<&str> {
        let words = self.maps.get(map)?;
        words
            .get(id)
            .or_else(|| words.get("other"))
            .map(String::as_str)
    }

    /// The rows that an activity takes: one, or one for each client and category of processing.
    pub fn rows_of<'a>(
        &self,
        activity: &'a ProcessingActivity,
    ) -> Vec<Cow<'a, ProcessingActivity>> {
        let counts = (
            activity.on_behalf_of.len(),
            activity.processing_categories.len(),
        );
        let own = ["on_behalf_of", "processing_categories"];
        let is_written = own
            .iter()
            .any(|cell| activity.own_words.contains_key(*cell));
        if !self.by_client || is_written || (counts.0 <= 1 && counts.1 <= 1) {
            return vec![Cow::Borrowed(activity)];
        }
        let clients = (0..counts.0.max(1)).map(|n| activity.on_behalf_of.get(n).cloned());
        clients
            .flat_map(|client| {
                (0..counts.1.max(1)).map(move |n| {
                    let mut row = activity.clone();
                    row.on_behalf_of = client.clone().into_iter().collect();
                    let category = activity.processing_categories.get(n).cloned();
                    row.processing_categories = category.into_iter().collect();
                    Cow::Owned(row)
                })
            })
            .collect()
    }

    /// The columns of its table: those of the first sheet that has one.
    pub fn columns(&self) -> Vec<&Column> {
        self.sheets
            .iter()
            .find(|s| !s.columns.is_empty())
            .map(|s| s.columns.iter().collect())
            .unwrap_or_default()
    }

    /// What it calls a cell: the header of the column or the label of the line that shows it.
    pub fn header_of(&self, field: &str) -> Option<&str> {
        let shows = |fields: &[String]| fields.iter().any(|f| base_field(f) == Some(field));
        let columns = self.sheets.iter().flat_map(|s| &s.columns);
        let column = columns.map(|c| (&c.fields, c.header.as_str()));
        let blocks = || self.sheets.iter().flat_map(|s| &s.blocks);
        let rows = blocks().flat_map(|b| b.rows.iter().map(|r| (&r.fields, r.label.as_str())));
        let mut named = column.chain(rows);
        let items = || {
            let of = |b: &&Block| b.items.as_ref().is_some_and(|i| i.of == field);
            blocks().find(of)?.head.first().map(String::as_str)
        };
        let buckets = || {
            let has_types = |b: &&Block| b.rows.iter().any(|r| !r.types.is_empty());
            let at = ["data", "retention"]
                .iter()
                .position(|cell| *cell == field)?;
            blocks()
                .find(has_types)?
                .head
                .get(at * 2)
                .map(String::as_str)
        };
        let found = named
            .find(|(fields, _)| shows(fields))
            .map(|(_, name)| name);
        found.or_else(items).or_else(buckets)
    }

    /// Every cell that it shows.
    pub fn fields(&self) -> Vec<&str> {
        let mut shown: Vec<&str> = Vec::new();
        for sheet in &self.sheets {
            let columns = sheet.columns.iter().flat_map(|c| &c.fields);
            let rows = sheet
                .blocks
                .iter()
                .flat_map(|b| b.rows.iter().flat_map(|r| &r.fields));
            let items = sheet
                .blocks
                .iter()
                .filter_map(|b| b.items.as_ref())
                .map(|i| i.of.as_str());
            let data = sheet
                .blocks
                .iter()
                .flat_map(|b| &b.rows)
                .filter(|r| !r.types.is_empty())
                .flat_map(|_| ["data", "retention"]);
            let all = columns
                .chain(rows)
                .map(String::as_str)
                .chain(items)
                .chain(data);
            for field in all.filter_map(base_field) {
                if !shown.contains(&field) {
                    shown.push(field);
                }
            }
        }
        let place = |field: &&str| {
            FIELDS
                .iter()
                .position(|known| known == field)
                .unwrap_or(FIELDS.len())
        };
        shown.sort_by_key(place);
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::super::register_cell::VIEWS;
    use super::super::wording;
    use super::*;

    #[test]
    fn every_layout_reads_and_names_known_cells() {
        for (file, text) in FILES
            .iter()
            .filter(|(file, _)| file.starts_with("profiles/"))
        {
            let profile: Profile = toml::from_str(text).unwrap_or_else(|e| panic!("{file}: {e}"));
            let columns = profile.sheets.iter().flat_map(|s| &s.columns);
            let rows = profile
                .sheets
                .iter()
                .flat_map(|s| &s.blocks)
                .flat_map(|b| &b.rows);
            let named = columns
                .flat_map(|c| &c.fields)
                .chain(rows.flat_map(|r| &r.fields));
            for field in named {
                assert!(
                    FIELDS.contains(&field.as_str()) || VIEWS.iter().any(|(view, _)| view == field),
                    "{file}: {field}"
                );
            }
            for column in profile.sheets.iter().flat_map(|s| &s.columns) {
                if let Some(choices) = &column.choices {
                    assert!(
                        profile.lists.contains_key(choices) || !wording::ids(choices).is_empty(),
                        "{file}: {choices}"
                    );
                }
                assert!(
                    column
                        .map
                        .as_ref()
                        .is_none_or(|map| profile.maps.contains_key(map)),
                    "{file}: {:?}",
                    column.map
                );
            }
            assert!(
                wording::Wording::all()
                    .iter()
                    .any(|w| w.language == profile.language),
                "{file}: {}",
                profile.language
            );
        }
    }

    #[test]
    fn ids_are_unique_and_generic_shows_all() {
        let mut ids: Vec<&str> = all().iter().map(|p| p.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all().len());
        assert_eq!(find("").map(|p| p.fields()), Some(FIELDS.to_vec()));
    }
}
