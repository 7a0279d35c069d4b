//! A workbook of the register that people have filled in, read back: which cell of which activity now says what, and what it
//! said when it was written. Columns are matched by their header, rows by their hidden id, sheets of one activity by theirs.

use super::layout_cell::{actor_key, bucket_keys, column_key, is_view, items_key, join_columns};
use super::organisation_cell::{self, PARTS};
use super::profile::{self, Block, Column, Profile, Sheet};
use super::register_cell::base_field;
use super::wording::Wording;
use super::xlsx_aside::EVIDENCE_HEADER;
use super::xlsx_table::ID_HEADER;
use calamine::{Data, Reader};
use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

/// What stands in the evidence of a cell that a person wrote.
pub const WRITTEN: &str = "written in the workbook";

/// A filled-in workbook.
#[derive(Debug)]
pub struct FilledWorkbook {
    /// The layout it was written in.
    pub profile: &'static Profile,
    /// Its rows, in their order.
    pub rows: Vec<FilledRow>,
    /// What it says of the organisation, by cell.
    pub organisation: BTreeMap<String, String>,
    /// The same as it was written.
    pub organisation_written: BTreeMap<String, String>,
    /// Cells of the organisation that a person had written before, with what `ropa.toml` said then.
    pub organisation_by_people: BTreeMap<String, String>,
}

/// A row, or a sheet of one activity.
#[derive(Debug, Default)]
pub struct FilledRow {
    /// The activity; empty for a row that a person added.
    pub id: String,
    /// Its place among the rows, from 1.
    pub number: usize,
    /// What it says now.
    pub cells: Vec<FilledCell>,
    /// Each cell as it was written: its lines by cell.
    pub written: BTreeMap<String, Vec<String>>,
    /// Cells that a person had written before, with what the scan said beside them then.
    pub by_people: BTreeMap<String, Vec<String>>,
    /// Whether the row itself was declared.
    pub was_declared: bool,
}

/// A cell of a row.
#[derive(Debug)]
pub struct FilledCell {
    /// The cells of the register that the layout shows in it.
    pub fields: Vec<String>,
    /// What it says now, line by line.
    pub lines: Vec<String>,
}

/// Cells that differ between the rows of one activity.
const BY_CLIENT: &[&str] = &[
    "on_behalf_of",
    "on_behalf_of_representative",
    "on_behalf_of_dpo",
    "processing_categories",
];

type Grid = Vec<Vec<String>>;

/// Reads a workbook. Errors say what is wrong with it and never what stands in it.
pub fn read(file: &Path) -> anyhow::Result<FilledWorkbook> {
    let shown = file.display();
    let bytes =
        std::fs::read(file).map_err(|e| anyhow::anyhow!("cannot read {shown}: {}", e.kind()))?;
    let Ok(mut book) = calamine::open_workbook_auto_from_rs(Cursor::new(bytes)) else {
        anyhow::bail!("{shown} is not a workbook that can be read (xlsx, xlsm, xlsb, xls, ods)");
    };
    let names = book.sheet_names();
    let mut sheets: BTreeMap<String, Grid> = BTreeMap::new();
    for name in &names {
        let Ok(range) = book.worksheet_range(name) else {
            anyhow::bail!("a sheet of {shown} cannot be read; save the workbook again as xlsx");
        };
        sheets.insert(name.clone(), grid(&range));
    }
    let aside = |word: &str| {
        let names = Wording::all().iter().map(|w| w.word(word));
        names.into_iter().find_map(|name| sheets.get(name))
    };
    let profile = aside("sheet_read_me").and_then(profile_of);
    let Some(profile) = profile else {
        anyhow::bail!(
            "{shown} has no sheet `Read me` that names its layout: it was not written by `ropa register`"
        );
    };
    let mut rows = Vec::new();
    for name in &names {
        rows.extend(
            sheets
                .get(name)
                .map(|grid| sheet_rows(grid, profile))
                .unwrap_or_default(),
        );
    }
    // A layout may show an activity on a list and on a sheet of its own.
    let mut merged: Vec<FilledRow> = Vec::new();
    for row in rows {
        match merged
            .iter_mut()
            .find(|known| !row.id.is_empty() && known.id == row.id)
        {
            Some(known) => known.cells.extend(row.cells),
            None => merged.push(row),
        }
    }
    for (number, row) in (1usize..).zip(&mut merged) {
        row.number = number;
    }
    let mut filled = FilledWorkbook {
        profile,
        rows: merged,
        organisation: names
            .iter()
            .filter_map(|name| sheets.get(name))
            .flat_map(|grid| organisation_cells(grid, profile))
            .collect(),
        organisation_written: BTreeMap::new(),
        organisation_by_people: BTreeMap::new(),
    };
    if let Some(evidence) = aside("sheet_evidence") {
        written(evidence, &mut filled);
    }
    Ok(filled)
}

/// The cells as text, from A1 on.
fn grid(range: &calamine::Range<Data>) -> Grid {
    let Some((last_row, last_column)) = range.end() else {
        return Vec::new();
    };
    let text = |row, column| range.get_value((row, column)).map(text).unwrap_or_default();
    (0..=last_row)
        .map(|row| (0..=last_column).map(|column| text(row, column)).collect())
        .collect()
}

fn text(data: &Data) -> String {
    match data {
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            text.trim().replace("\r\n", "\n")
        }
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        Data::Bool(yes) => yes.to_string(),
        Data::DateTime(date) => date_text(date.as_f64()),
        Data::Error(_) | Data::Empty => String::new(),
    }
}

/// A spreadsheet's day, which counts from 1899-12-30.
fn date_text(days: f64) -> String {
    let start = jiff::civil::date(1899, 12, 30);
    let day = start.checked_add(jiff::Span::new().try_days(days as i64).unwrap_or_default());
    day.map(|day| day.to_string()).unwrap_or_default()
}

/// The layout that the sheet `Read me` names.
fn profile_of(grid: &Grid) -> Option<&'static Profile> {
    let labels: Vec<&str> = Wording::all()
        .iter()
        .map(|w| w.word("read_me_profile"))
        .collect();
    let row = grid.iter().find(|row| {
        row.first()
            .is_some_and(|label| labels.contains(&label.as_str()))
    })?;
    profile::find(row.get(1)?.split(" · ").next()?)
}

/// The header text as it is matched: trimmed, without case, without what stands in brackets at its end.
pub(super) fn matched(header: &str) -> String {
    let text = header.trim().to_lowercase();
    match (text.ends_with(')'), text.rfind('(')) {
        (true, Some(at)) if at > 0 => text[..at].trim().to_owned(),
        _ => text,
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

fn sheet_rows(grid: &Grid, profile: &Profile) -> Vec<FilledRow> {
    for sheet in profile.sheets.iter().filter(|s| !s.columns.is_empty()) {
        // The hidden line of a card begins with it; the header of a table has it behind its columns.
        let is_header = |row: &&Vec<String>| {
            let at = row.iter().position(|cell| cell == ID_HEADER);
            at.is_some_and(|at| at > 0)
        };
        if let Some(at) = grid.iter().position(|row| is_header(&row)) {
            let rows = table_rows(grid, at, sheet);
            return match profile.by_client {
                true => of_one_activity(rows),
                false => rows,
            };
        }
    }
    let of_one = |sheet: &&Sheet| sheet.each;
    let id = grid
        .iter()
        .rev()
        .find(|row| row.first().is_some_and(|cell| cell == ID_HEADER))
        .and_then(|row| row.get(1));
    match (profile.sheets.iter().find(of_one), id) {
        (Some(sheet), Some(id)) => vec![FilledRow {
            id: id.clone(),
            cells: card_cells(grid, sheet),
            ..FilledRow::default()
        }],
        _ => Vec::new(),
    }
}

fn table_rows(grid: &Grid, header: usize, sheet: &Sheet) -> Vec<FilledRow> {
    let headers: Vec<String> = grid[header].iter().map(|text| matched(text)).collect();
    let id_column = grid[header].iter().position(|text| text == ID_HEADER);
    let place = |name: &str| headers.iter().position(|h| *h == matched(name));
    let fields = |column: &Column| match column_key(column) {
        Some(key) => vec![key],
        None => editable(&column.fields),
    };
    let columns: Vec<(usize, Vec<String>)> = sheet
        .columns
        .iter()
        .filter_map(|c| Some((place(&c.header)?, fields(c))))
        .filter(|(_, fields)| !fields.is_empty())
        .collect();
    let mut rows = Vec::new();
    for row in &grid[header + 1..] {
        let id = id_column
            .and_then(|at| row.get(at))
            .cloned()
            .unwrap_or_default();
        let cell = |(at, fields): &(usize, Vec<String>)| FilledCell {
            fields: fields.clone(),
            lines: row.get(*at).map(|text| lines(text)).unwrap_or_default(),
        };
        let cells: Vec<FilledCell> = columns.iter().map(cell).collect();
        if !id.is_empty() || cells.iter().any(|cell| !cell.lines.is_empty()) {
            rows.push(FilledRow {
                id,
                cells,
                ..FilledRow::default()
            });
        }
    }
    rows
}

/// Rows of one client and category each, as one row of their activity: clients and categories are those of all rows.
fn of_one_activity(rows: Vec<FilledRow>) -> Vec<FilledRow> {
    let mut whole: Vec<FilledRow> = Vec::new();
    for row in rows {
        let known = whole
            .iter_mut()
            .find(|known| !row.id.is_empty() && known.id == row.id);
        let Some(known) = known else {
            whole.push(row);
            continue;
        };
        for cell in row.cells {
            let is_shared = |known: &&mut FilledCell| {
                known.fields == cell.fields && BY_CLIENT.contains(&cell.fields[0].as_str())
            };
            match known.cells.iter_mut().find(is_shared) {
                Some(known) => {
                    let new = cell.lines.iter().filter(|line| !known.lines.contains(line));
                    let new: Vec<String> = new.cloned().collect();
                    known.lines.extend(new);
                }
                // Of a cell that all rows repeat, the one that a person changed is taken over.
                None => known.cells.push(cell),
            }
        }
    }
    whole
}

/// The cells that a person may write, of those a column or line shows.
fn editable(fields: &[String]) -> Vec<String> {
    let is_cell = |field: &&String| {
        (base_field(field) == Some(field.as_str()) && *field != "id") || is_view(field)
    };
    fields.iter().filter(is_cell).cloned().collect()
}

/// The contact blocks above a table, or the lines of a cover sheet.
fn organisation_cells(grid: &Grid, profile: &Profile) -> Vec<(String, String)> {
    let value = |row: usize, column: usize| {
        let text = grid.get(row).and_then(|row| row.get(column));
        text.map(|text| text.trim().to_owned()).unwrap_or_default()
    };
    let mut cells = Vec::new();
    for sheet in &profile.sheets {
        for (at, block) in sheet.contacts.iter().enumerate() {
            let column = at * 2;
            if matched(&value(0, column)) != matched(&block.title) {
                continue;
            }
            let parts = (1..).zip(PARTS);
            cells.extend(
                parts.map(|(row, part)| (format!("{}.{part}", block.who), value(row, column + 1))),
            );
        }
        let is_cover = !sheet.each && sheet.columns.is_empty();
        for block in sheet.blocks.iter().filter(|_| is_cover) {
            let Some(body) = body_of(grid, block) else {
                continue;
            };
            for row in &block.rows {
                let found = body
                    .iter()
                    .find(|cells| cells.first().is_some_and(|cell| *cell == row.label));
                if let (Some(found), [key]) = (found, row.fields.as_slice()) {
                    let text = found.get(1).map(|text| text.trim().to_owned());
                    cells.push((key.clone(), text.unwrap_or_default()));
                }
            }
        }
    }
    let known = organisation_cell::keys(profile);
    cells.retain(|(key, _)| known.contains(key));
    cells
}

/// The lines of a block: from its title to the next empty line.
fn body_of<'a>(grid: &'a Grid, block: &Block) -> Option<Vec<&'a Vec<String>>> {
    let title = block.head.first().map_or("", String::as_str);
    let start = grid
        .iter()
        .position(|row| row.first().is_some_and(|cell| cell == title))?;
    let lines = grid[start + 1..].iter();
    Some(
        lines
            .take_while(|row| row.iter().any(|cell| !cell.is_empty()))
            .collect(),
    )
}

fn card_cells(grid: &Grid, sheet: &Sheet) -> Vec<FilledCell> {
    let mut cells: Vec<FilledCell> = Vec::new();
    for block in &sheet.blocks {
        if let Some(body) = body_of(grid, block) {
            cells.extend(block_cells(block, &body));
        }
    }
    cells
}

fn block_cells(block: &Block, body: &[&Vec<String>]) -> Vec<FilledCell> {
    let value = |row: &[String], column: usize| row.get(column).cloned().unwrap_or_default();
    let columns = |row: &[String]| -> String {
        let columns = (1..block.head.len()).map(|column| value(row, column));
        join_columns(&columns.collect::<Vec<_>>())
    };
    if let Some(items) = &block.items {
        let said = body.iter().map(|row| columns(row));
        return vec![FilledCell {
            fields: vec![items_key(items)],
            lines: said.filter(|line| !line.is_empty()).collect(),
        }];
    }
    let mut cells: Vec<FilledCell> = Vec::new();
    for row in &block.rows {
        let found = body
            .iter()
            .find(|cells| cells.first().is_some_and(|cell| *cell == row.label));
        let Some(found) = found else {
            continue;
        };
        if let Some(who) = &row.who {
            let line = columns(found);
            cells.push(FilledCell {
                fields: vec![actor_key(who)],
                lines: (!line.is_empty()).then_some(line).into_iter().collect(),
            });
            continue;
        }
        if !row.types.is_empty() {
            for (column, key) in (1..).zip(bucket_keys(row)) {
                cells.push(FilledCell {
                    fields: vec![key],
                    lines: lines(&value(found, column)),
                });
            }
            continue;
        }
        let fields = editable(&row.fields);
        if fields.is_empty() {
            continue;
        }
        let said = lines(&value(found, 1));
        // Lines of one cell that stand in rows of their own belong together.
        match cells
            .iter_mut()
            .find(|cell| cell.fields == fields && row.line.is_some())
        {
            Some(cell) => cell.lines.extend(said),
            None => cells.push(FilledCell {
                fields,
                lines: said,
            }),
        }
    }
    cells
}

/// What the cells said when the workbook was written.
fn written(evidence: &Grid, filled: &mut FilledWorkbook) {
    let FilledWorkbook {
        rows,
        organisation_written,
        organisation_by_people,
        ..
    } = filled;
    let Some(header) = evidence.first() else {
        return;
    };
    let at = |name: &str| header.iter().position(|cell| cell == name);
    let [
        Some(id),
        _,
        Some(cell),
        Some(value),
        Some(origin),
        Some(why),
        Some(scanned),
    ] = EVIDENCE_HEADER.map(at)
    else {
        return;
    };
    let places: BTreeMap<String, usize> = rows
        .iter()
        .enumerate()
        .map(|(at, row)| (row.id.clone(), at))
        .collect();
    for line in &evidence[1..] {
        let text = |column: usize| line.get(column).map_or("", String::as_str);
        if text(id).is_empty() && text(cell).contains('.') {
            let (key, is_own) = (text(cell).to_owned(), text(why).contains(WRITTEN));
            organisation_written.insert(key.clone(), text(value).trim().to_owned());
            if is_own {
                organisation_by_people.insert(key, text(scanned).trim().to_owned());
            }
            continue;
        }
        let Some(row) = places.get(text(id)).map(|at| &mut rows[*at]) else {
            continue;
        };
        row.written
            .insert(text(cell).to_owned(), lines(text(value)));
        if text(why).contains(WRITTEN) {
            row.by_people
                .insert(text(cell).to_owned(), lines(text(scanned)));
        }
        if text(cell) == "name" {
            row.was_declared = text(origin).contains("declared");
        }
    }
}
