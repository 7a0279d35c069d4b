//! One sheet on its way into columns: cells come row by row, the first rows decide where the header is.
//! Keeps those rows and one more; knows nothing of files.

use crate::field::{Dataset, DatasetKind, Field, Place, TextPlace};
use crate::source::columns::Columns;
use crate::source::csv::header::{header_of, unnamed};
use crate::source::{Coverage, DatasetId, Sink};

/// Rows that the header is judged by.
const PREVIEW_ROWS: usize = 100;
/// Bytes that the header is judged by, at most.
const PREVIEW_BYTES: usize = 1 << 20;
/// Rows before the header, at most.
const PREAMBLE: usize = 30;
/// Columns beyond which cells are counted but not read.
const COLUMNS_AT_MOST: usize = 20_000;

/// A row: its position from 0, and its cells up to the last that is not empty.
type Row = (u32, Vec<Vec<u8>>);

/// One sheet.
pub struct Sheet<'a> {
    dataset: DatasetId,
    sink: &'a mut dyn Sink,
    /// The row whose cells are coming.
    row: Row,
    /// The first rows, until the header is known.
    first: Vec<Row>,
    first_bytes: usize,
    columns: Option<Columns>,
    /// Empty columns before the first one.
    before: usize,
    rows: u64,
    unread: u64,
}

impl<'a> Sheet<'a> {
    /// An empty sheet.
    pub fn new(name: &str, sink: &'a mut dyn Sink) -> Self {
        let dataset = sink.dataset(Dataset {
            name: name.to_owned(),
            kind: DatasetKind::Records,
            ..Dataset::default()
        });
        Self {
            dataset,
            sink,
            row: (0, Vec::new()),
            first: Vec::new(),
            first_bytes: 0,
            columns: None,
            before: 0,
            rows: 0,
            unread: 0,
        }
    }

    /// Rows of values so far.
    pub fn rows(&self) -> u64 {
        self.rows + self.first.len() as u64
    }

    /// Adds a cell, by its position from 0. An empty one may be left out.
    pub fn cell(&mut self, row: u32, column: u32, text: &[u8]) {
        if row != self.row.0 {
            self.end_row();
            self.row.0 = row;
        }
        if text.trim_ascii().is_empty() {
            return;
        }
        let column = column as usize;
        if column >= COLUMNS_AT_MOST {
            self.unread += 1;
            return;
        }
        let cells = &mut self.row.1;
        if cells.len() <= column {
            cells.resize_with(column + 1, Vec::new);
        }
        cells[column].clear();
        cells[column].extend_from_slice(text);
    }

    /// Ends the sheet, and says how much was read of it.
    pub fn finish(mut self) -> Coverage {
        self.end_row();
        self.settle();
        if let Some(columns) = &mut self.columns {
            columns.flush(self.sink);
        }
        if self.unread == 0 {
            return Coverage::Whole;
        }
        Coverage::Partial(format!(
            "{} cells beyond column {COLUMNS_AT_MOST} were not read",
            self.unread
        ))
    }

    /// Ends the row whose cells came last; an empty one is none.
    fn end_row(&mut self) {
        if self.row.1.iter().all(Vec::is_empty) {
            return;
        }
        if self.columns.is_some() {
            let mut row = std::mem::take(&mut self.row.1);
            self.push(&row);
            row.iter_mut().for_each(Vec::clear);
            self.row.1 = row;
            return;
        }
        let cells = std::mem::take(&mut self.row.1);
        self.first_bytes += cells.iter().map(|cell| cell.len() + 24).sum::<usize>();
        self.first.push((self.row.0, cells));
        if self.first.len() >= PREVIEW_ROWS || self.first_bytes >= PREVIEW_BYTES {
            self.settle();
        }
    }

    /// Decides what the first rows are, and gives them on.
    fn settle(&mut self) {
        if self.columns.is_some() || self.first.is_empty() {
            return;
        }
        let first = std::mem::take(&mut self.first);
        let leading = |cells: &[Vec<u8>]| cells.iter().take_while(|cell| cell.is_empty()).count();
        let skipped = preamble(&first);
        self.before = first[skipped..]
            .iter()
            .map(|(_, cells)| leading(cells))
            .min()
            .unwrap_or(0);
        for (row, cells) in &first[..skipped] {
            self.push_text(*row, cells);
        }
        let records = &first[skipped..];
        let width = records.iter().map(|(_, cells)| cells.len()).max();
        let width = width.unwrap_or(0).saturating_sub(self.before);
        let mut top = records[0].1.get(self.before..).unwrap_or(&[]).to_vec();
        top.resize(width, Vec::new());
        let below: Vec<&[Vec<u8>]> = records[1..]
            .iter()
            .map(|(_, cells)| cells.get(self.before..).unwrap_or(&[]))
            .collect();
        let header = header_of(&top, &below);
        let mut columns = Columns::new(self.dataset);
        for at in 0..width {
            let name = header.as_ref().and_then(|names| names.get(at));
            match name.filter(|name| **name != unnamed(at)) {
                Some(name) => {
                    let place = Place::line(u64::from(records[0].0) + 1);
                    let field = Field {
                        place,
                        ..Field::named(name)
                    };
                    columns.tell(field, self.sink);
                }
                None => {
                    columns.add_silent(Field::named(unnamed(at)));
                }
            }
        }
        self.columns = Some(columns);
        for (_, cells) in &records[usize::from(header.is_some())..] {
            self.push(cells);
        }
    }

    /// A row before the header is text: a title, a note.
    fn push_text(&mut self, row: u32, cells: &[Vec<u8>]) {
        let mut text = cells.join(&b'\t');
        text.push(b'\n');
        let place = TextPlace {
            start: 0,
            line: u64::from(row) + 1,
        };
        self.sink.text(&text, place);
    }

    fn push(&mut self, cells: &[Vec<u8>]) {
        let Some(columns) = &mut self.columns else {
            return;
        };
        let cells = cells.get(self.before..).unwrap_or(&[]);
        while columns.len() < cells.len() {
            let name = unnamed(columns.len());
            columns.add_silent(Field::named(name));
        }
        for (at, cell) in cells.iter().enumerate() {
            if cell.is_empty() {
                columns.push_null(at);
            } else {
                columns.push(at, cell);
            }
        }
        for at in cells.len()..columns.len() {
            columns.push_null(at);
        }
        self.rows += 1;
        columns.flush_if_full(self.sink);
    }
}

/// How many rows stand before the records: of one cell each, where most rows have more.
fn preamble(rows: &[Row]) -> usize {
    let filled = |row: &Row| row.1.iter().filter(|cell| !cell.is_empty()).count();
    let later = &rows[rows.len() / 2..];
    let wide = later.iter().filter(|row| filled(row) > 2).count();
    if wide * 2 <= later.len() {
        return 0;
    }
    let lone = rows.iter().take(PREAMBLE).take_while(|row| filled(row) < 2);
    let skipped = lone.count();
    if skipped < rows.len() { skipped } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::recording::Recording;

    fn read(rows: &[&[&str]]) -> Recording {
        let mut recording = Recording::default();
        let mut sheet = Sheet::new("People", &mut recording);
        for (row, cells) in rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                sheet.cell(row as u32, column as u32, cell.as_bytes());
            }
        }
        assert_eq!(sheet.finish(), Coverage::Whole);
        recording
    }

    #[test]
    fn titles_are_text_and_empty_columns_and_rows_are_none() {
        let told = read(&[
            &["", "Customers of May"],
            &[],
            &["", "id", "email", "", "city"],
            &["", "1", "ana@example.com", "", "Oslo"],
            &[],
            &["", "2", "ben@example.com", "", "Lund", "late"],
        ]);
        assert_eq!(
            told.paths("People"),
            ["id", "email", "city", "column_5"],
            "{}",
            told.lines()
        );
        assert_eq!(
            told.field_named("People", "email").values,
            ["ana@example.com", "ben@example.com"]
        );
        assert_eq!(told.texts[0].2.trim(), "Customers of May");
        assert_eq!(told.field_named("People", "id").field.place.line, 3);
    }

    #[test]
    fn a_sheet_without_header_names_nothing_after_its_values() {
        let told = read(&[
            &["Anna", "Schmidt", "anna@example.com"],
            &["Jan", "Novak", "jan@example.com"],
        ]);
        assert_eq!(told.paths("People"), ["column_1", "column_2", "column_3"]);
        assert_eq!(told.field_named("People", "column_3").count, 2);
    }

    #[test]
    fn cells_beyond_the_last_column_are_counted() {
        let mut recording = Recording::default();
        let mut sheet = Sheet::new("Wide", &mut recording);
        sheet.cell(0, COLUMNS_AT_MOST as u32, b"x");
        sheet.cell(0, 0, b"email");
        assert!(sheet.finish().is_incomplete());
    }
}
