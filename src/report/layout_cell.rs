//! Cells that a layout shows beside the register's own: data by bucket, items with their columns, contacts, readings of
//! other cells. Each has a key, so that what people write into it is kept and read back like any other cell.

use super::profile::{Block, BlockRow, Column, Items, Profile, Sheet};
use super::register_cell::{CellWriter, Line, VIEWS, recipient_kind};
use super::wording::Wording;
use crate::config::Party;
use crate::register::{ActivityData, Origin, ProcessingActivity, Register};

/// Between the columns of an item on one line.
const BETWEEN: &str = " | ";

/// A register in a layout.
#[derive(Clone, Copy)]
pub struct Layout<'a> {
    /// The register.
    pub register: &'a Register,
    /// The layout.
    pub profile: &'a Profile,
    /// Its language.
    pub wording: &'a Wording,
    /// Puts cells into words.
    pub cells: CellWriter<'a>,
}

/// An item of a list: its columns after the label, and where it comes from.
pub struct ItemLine {
    /// Its columns.
    pub columns: Vec<String>,
    /// Where it comes from.
    pub origin: Origin,
}

impl ItemLine {
    /// The columns on one line, as they are kept.
    pub fn joined(&self) -> String {
        join_columns(&self.columns)
    }
}

/// Columns on one line; empty ones at the end fall away.
pub fn join_columns(columns: &[String]) -> String {
    let used = columns.iter().rposition(|c| !c.trim().is_empty());
    let columns = &columns[..used.map_or(0, |at| at + 1)];
    let plain = columns.iter().map(|c| c.trim().replace('\n', "; "));
    plain.collect::<Vec<_>>().join(BETWEEN)
}

/// The columns of such a line.
pub fn split_columns(line: &str) -> Vec<String> {
    line.split(BETWEEN).map(str::to_owned).collect()
}

/// Whether a field of a layout is one of its own cells: a reading of others, or the number of a row.
pub fn is_view(field: &str) -> bool {
    let reads_other = VIEWS
        .iter()
        .any(|(view, base)| *view == field && base.is_some());
    reads_other || matches!(field, "number" | "transfers.none")
}

/// The key of a column that shows no cell of the register as it is.
pub fn column_key(column: &Column) -> Option<String> {
    (column.map.is_some() || column.fields.is_empty()).then(|| format!("column:{}", column.header))
}

/// The keys of the data and of the retention of a bucket.
pub fn bucket_keys(row: &BlockRow) -> [String; 2] {
    ["data", "retention"].map(|cell| format!("{cell}:{}", row.label))
}

/// The key of a contact's line.
pub fn actor_key(who: &str) -> String {
    format!("actor:{who}")
}

/// The key of a list of items.
pub fn items_key(items: &Items) -> String {
    format!("items:{}", items.of)
}

/// The keys of all such cells of a layout, in its order.
pub fn keys(profile: &Profile) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for sheet in &profile.sheets {
        for column in &sheet.columns {
            keys.extend(column_key(column));
            if column.map.is_none() {
                keys.extend(column.fields.iter().filter(|f| is_view(f)).cloned());
            }
        }
        for block in sheet.blocks.iter().filter(|_| sheet.each) {
            for row in &block.rows {
                keys.extend(row.who.as_deref().map(actor_key));
                if !row.types.is_empty() {
                    keys.extend(bucket_keys(row));
                }
                keys.extend(row.fields.iter().filter(|f| is_view(f)).cloned());
            }
            keys.extend(block.items.as_ref().map(items_key));
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    keys.retain(|key| seen.insert(key.clone()));
    keys
}

impl Layout<'_> {
    /// The lines of a cell of the register or of the layout.
    pub fn lines(&self, a: &ProcessingActivity, number: usize, key: &str) -> Vec<Line> {
        if let Some(own) = own_words(a, key) {
            return own;
        }
        match key.split_once(':') {
            Some(("column", header)) => self.column(a, header),
            Some(("data", label)) => self.bucket_of(a, label).0,
            Some(("retention", label)) => self.bucket_of(a, label).1,
            Some(("actor", who)) => {
                let line = join_columns(&self.contact(Some(a), who));
                let origin = a.origin_at("role");
                let lines = (!line.is_empty()).then_some(Line { text: line, origin });
                lines.into_iter().collect()
            }
            Some(("items", of)) => self
                .items_of(a, of)
                .iter()
                .map(|item| Line {
                    text: item.joined(),
                    origin: item.origin,
                })
                .collect(),
            _ if key == "number" => vec![line(format!("{number:03}"))],
            _ if key == "transfers.none" => {
                let none = a.transfers.is_empty();
                none.then(|| line("X".to_owned())).into_iter().collect()
            }
            _ => self.cells.lines(a, key),
        }
    }

    /// The lines of a column as text.
    pub fn column_lines(
        &self,
        a: &ProcessingActivity,
        number: usize,
        column: &Column,
    ) -> Vec<String> {
        let lines = match column_key(column) {
            Some(key) => self.lines(a, number, &key),
            None => {
                let of_field = |field: &String| self.lines(a, number, field);
                column.fields.iter().flat_map(of_field).collect()
            }
        };
        lines.into_iter().map(|line| line.text).collect()
    }

    /// A column that maps its cell to other words, or says the same everywhere.
    fn column(&self, a: &ProcessingActivity, header: &str) -> Vec<Line> {
        let mut columns = self.profile.sheets.iter().flat_map(|s| &s.columns);
        let Some(column) = columns.find(|c| c.header == header) else {
            return Vec::new();
        };
        let mut lines = self.cells.all(a, &column.fields);
        if let Some(map) = &column.map {
            for line in &mut lines {
                if let Some(word) = self.profile.mapped(map, &line.text) {
                    line.text = word.to_owned();
                }
            }
            lines.dedup_by(|a, b| a.text == b.text);
        }
        match (&column.fixed, lines.is_empty()) {
            (Some(fixed), true) => vec![line(fixed.clone())],
            _ => lines,
        }
    }

    fn bucket_of(&self, a: &ProcessingActivity, label: &str) -> (Vec<Line>, Vec<Line>) {
        let blocks = self.cards().flat_map(|sheet| &sheet.blocks);
        let mut rows = blocks.flat_map(|b| b.rows.iter().map(move |row| (b, row)));
        let found = rows.find(|(_, row)| !row.types.is_empty() && row.label == label);
        found.map_or_else(Default::default, |(block, row)| self.bucket(a, block, row))
    }

    /// The sheets of single activities.
    pub fn cards(&self) -> impl Iterator<Item = &Sheet> {
        self.profile.sheets.iter().filter(|sheet| sheet.each)
    }

    /// Data of a row's types that no other row with words of its own takes, and how long it stays.
    pub fn bucket(
        &self,
        a: &ProcessingActivity,
        block: &Block,
        row: &BlockRow,
    ) -> (Vec<Line>, Vec<Line>) {
        let (mut names, rules) = self.cells.bucket(a, |data| is_in_bucket(data, block, row));
        if row.open {
            names.extend(self.open_words(a));
        }
        let [data, retention] = bucket_keys(row);
        (
            own_words(a, &data).unwrap_or(names),
            own_words(a, &retention).unwrap_or(rules),
        )
    }

    /// Data that is not enumerated, but for words that a person wrote into a bucket.
    fn open_words(&self, a: &ProcessingActivity) -> Option<Line> {
        let in_buckets: Vec<&String> = a
            .own_words
            .iter()
            .filter(|(key, _)| key.starts_with("data:"))
            .flat_map(|(_, lines)| lines)
            .collect();
        let open = a.types_open.as_deref()?.split("; ");
        let left: Vec<&str> = open
            .filter(|words| !in_buckets.iter().any(|line| line.contains(words)))
            .collect();
        (!left.is_empty()).then(|| Line {
            text: left.join("; "),
            origin: a.origin_at("types_open"),
        })
    }

    /// Name, address, postcode, town, country, telephone, mail. Postcode and town are part of the address as declared.
    pub fn contact(&self, a: Option<&ProcessingActivity>, who: &str) -> Vec<String> {
        if let Some(own) = a.and_then(|a| a.own_words.get(&actor_key(who))) {
            let mut columns = own.first().map(|l| split_columns(l)).unwrap_or_default();
            columns.resize(7, String::new());
            return columns;
        }
        let organisation = &self.register.organisation;
        let is_processor = a.is_some_and(|a| a.role.is_processor());
        let who = if who == "controller" && !is_processor {
            "organisation"
        } else {
            who
        };
        match (who, a) {
            ("joint_controllers", Some(a)) => self.parties(&a.joint_controllers),
            ("controller", Some(a)) => self.parties(&a.on_behalf_of),
            _ => {
                let [name, address, email, phone] =
                    super::xlsx_aside::contact_values(organisation, who);
                let country = match who {
                    "organisation" => self.country(&organisation.country),
                    _ => String::new(),
                };
                let open = String::new;
                vec![name, address, open(), open(), country, phone, email]
            }
        }
    }

    fn parties(&self, parties: &[Party]) -> Vec<String> {
        let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
        let columns = |p: &Party| {
            [
                p.name.clone(),
                or_empty(&p.address),
                String::new(),
                String::new(),
                self.country(&p.country),
                or_empty(&p.phone),
                or_empty(&p.email),
            ]
        };
        let all: Vec<[String; 7]> = parties.iter().map(columns).collect();
        let column = |at: usize| {
            let said = all.iter().map(|p| p[at].as_str()).filter(|t| !t.is_empty());
            said.collect::<Vec<_>>().join("\n")
        };
        (0..7).map(column).collect()
    }

    fn country(&self, id: &Option<String>) -> String {
        let label = |id: &str| self.wording.label("countries", id);
        id.as_deref().map(label).unwrap_or_default()
    }

    fn items_of(&self, a: &ProcessingActivity, of: &str) -> Vec<ItemLine> {
        let mut items = self
            .cards()
            .flat_map(|s| &s.blocks)
            .filter_map(|b| b.items.as_ref());
        let items = items.find(|items| items.of == of);
        items.map(|items| self.items(a, items)).unwrap_or_default()
    }

    /// The items of a list, each with its columns after the label.
    pub fn items(&self, a: &ProcessingActivity, items: &Items) -> Vec<ItemLine> {
        if let Some(own) = a.own_words.get(&items_key(items)) {
            let item = |line: &String| ItemLine {
                columns: split_columns(line),
                origin: Origin::Declared,
            };
            return own.iter().map(item).collect();
        }
        let mapped = |id: &str, label: String| match &items.map {
            Some(map) => self.profile.mapped(map, id).map_or(label, str::to_owned),
            None => label,
        };
        let w = self.wording;
        match items.of.as_str() {
            "subjects" => {
                let item = |id: &String| ItemLine {
                    columns: vec![w.label("subjects", id), String::new()],
                    origin: a.origin_at("subjects"),
                };
                a.subjects.iter().map(item).collect()
            }
            "recipients" => {
                let home = self.register.organisation.country.as_deref();
                let item = |r: &crate::register::Cell<_>| ItemLine {
                    columns: vec![
                        mapped(recipient_kind(&r.value, home), String::new()),
                        self.cells.recipient(&r.value),
                    ],
                    origin: a.origin_of(r),
                };
                a.recipients.iter().map(item).collect()
            }
            "security_measures" => {
                let item = |m: &crate::register::Cell<crate::config::Measure>| {
                    let label = w.label("security_measures", &m.value.kind);
                    ItemLine {
                        columns: vec![
                            mapped(&m.value.kind, label.clone()),
                            w.with_words(label, m.value.text.as_deref()),
                        ],
                        origin: a.origin_of(m),
                    }
                };
                a.security_measures.iter().map(item).collect()
            }
            "transfers" => {
                let item = |t: &crate::register::Cell<_>| ItemLine {
                    columns: self.transfer(&t.value, mapped),
                    origin: a.origin_of(t),
                };
                a.transfers.iter().map(item).collect()
            }
            other => {
                let item = |line: Line| ItemLine {
                    columns: vec![line.text],
                    origin: line.origin,
                };
                self.cells.lines(a, other).into_iter().map(item).collect()
            }
        }
    }

    fn transfer(
        &self,
        value: &crate::register::ActivityTransfer,
        mapped: impl Fn(&str, String) -> String,
    ) -> Vec<String> {
        let w = self.wording;
        let transfer = &value.transfer;
        let to: Vec<String> = transfer
            .to
            .iter()
            .map(|c| w.label("countries", c))
            .collect();
        let to = match (to.is_empty(), &transfer.text) {
            (true, Some(text)) => text.clone(),
            _ => to.join(", "),
        };
        let recipients = &self.register.recipients;
        let known = recipients
            .iter()
            .find(|r| Some(&r.recipient) == transfer.recipient.as_ref());
        let recipient = known
            .map(|r| r.name.clone())
            .or_else(|| transfer.recipient.clone());
        let safeguard = match transfer.safeguard.as_deref() {
            Some("place_list" | "none_needed" | "unspecified") | None => String::new(),
            Some(id) => mapped(id, w.label("safeguards", id)),
        };
        let held = (value.valid == Some(false)).then(|| self.cells.safeguard(value));
        let documents: Vec<String> = transfer.document.iter().cloned().chain(held).collect();
        vec![
            recipient.unwrap_or_default(),
            to,
            safeguard,
            documents.join("\n"),
        ]
    }
}

fn line(text: String) -> Line {
    Line {
        text,
        origin: Origin::Declared,
    }
}

/// What a person wrote into a cell.
pub fn own_words(a: &ProcessingActivity, key: &str) -> Option<Vec<Line>> {
    let own = a.own_words.get(key)?;
    Some(own.iter().cloned().map(line).collect())
}

/// Whether data stands in a row of a block: of its types, and not in a row that takes it by the words of its fields.
pub fn is_in_bucket(data: &ActivityData, block: &Block, row: &BlockRow) -> bool {
    let named = |words: &[String]| {
        data.fields
            .iter()
            .any(|f| words.iter().any(|w| last_words(f).contains(w)))
    };
    let is_taken = || {
        block
            .rows
            .iter()
            .filter(|r| !std::ptr::eq(*r, row) && !r.field_words.is_empty())
            .any(|r| r.types.contains(&data.data_type) && named(&r.field_words))
    };
    row.types.contains(&data.data_type)
        && if row.field_words.is_empty() {
            !is_taken()
        } else {
            named(&row.field_words)
        }
}

/// The words of the last part of a field's path.
fn last_words(place: &str) -> Vec<String> {
    let name = place.rsplit('.').next().unwrap_or(place).to_lowercase();
    name.split(|c: char| !c.is_alphanumeric())
        .map(str::to_owned)
        .collect()
}
