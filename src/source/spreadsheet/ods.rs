//! OpenDocument sheets, read as their XML comes: tables, rows, cells, and how often each is repeated.
//! Keeps one row; knows nothing of styles and formulas.

use super::package::limited;
use super::sheet::Sheet;
use super::{locked, malformed};
use crate::source::input::Seekable;
use crate::source::xml_stream::{XmlStream, push_entity, unescaped};
use crate::source::{Coverage, Sink, SourceError};
use quick_xml::events::{BytesStart, Event};
use std::io::Read;
use zip::ZipArchive;

/// How often a repeated row with values is pushed, at most.
const REPEATS_AT_MOST: u32 = 1_000;
/// Columns of a sheet.
const COLUMNS: u32 = 1 << 14;

/// Reads the sheets of a package.
pub fn read(
    mut package: ZipArchive<Box<dyn Seekable>>,
    sink: &mut dyn Sink,
) -> Result<Coverage, SourceError> {
    if is_encrypted(&mut package) {
        return Err(locked());
    }
    let content = package
        .by_name("content.xml")
        .map_err(|_| malformed("its package holds no content.xml"))?;
    let packed = content.compressed_size();
    let mut walk = Walk::default();
    let mut events = XmlStream::new(limited(content, packed));
    let mut coverage = Coverage::Whole;
    while let Some(name) = walk.next_table(&mut events)? {
        let mut sheet = Sheet::new(&name, sink);
        let ended = walk.table(&mut events, &mut sheet);
        let rows = sheet.rows();
        coverage = coverage.and(sheet.finish());
        match ended {
            Ok(true) => {}
            Ok(false) | Err(SourceError::Malformed { .. }) => {
                return Ok(coverage.and(super::broken(&name, rows)));
            }
            Err(SourceError::Limit(why)) => return Ok(coverage.and(Coverage::Partial(why))),
            Err(other) => return Err(other),
        }
    }
    Ok(coverage)
}

fn is_encrypted(package: &mut ZipArchive<Box<dyn Seekable>>) -> bool {
    let Ok(manifest) = package.by_name("META-INF/manifest.xml") else {
        return false;
    };
    let mut text = Vec::new();
    let read = manifest.take(1 << 20).read_to_end(&mut text);
    read.is_ok() && memchr::memmem::find(&text, b"encryption-data").is_some()
}

/// Where reading stands.
#[derive(Default)]
struct Walk {
    row: u32,
    column: u32,
    /// The cell that is open: its value from an attribute, or its text so far.
    value: Option<String>,
    text: String,
    is_open: bool,
    /// Inside a comment on a cell.
    notes: u32,
    repeats: u32,
    row_repeats: u32,
    cells: Vec<(u32, u32, String)>,
}

impl Walk {
    /// The name of the next table; `None` at the end.
    fn next_table<R: Read>(
        &mut self,
        events: &mut XmlStream<R>,
    ) -> Result<Option<String>, SourceError> {
        loop {
            match events.next_event()? {
                Event::Start(tag) if tag.name().as_ref() == "table:table" => {
                    *self = Self::default();
                    return Ok(Some(attribute(&tag, "table:name").unwrap_or_default()));
                }
                Event::Eof => return Ok(None),
                _ => {}
            }
        }
    }

    /// Reads a table up to its end; `false` where the document ends before.
    fn table<R: Read>(
        &mut self,
        events: &mut XmlStream<R>,
        sheet: &mut Sheet<'_>,
    ) -> Result<bool, SourceError> {
        let mut depth = 1_u32;
        loop {
            match events.next_event()? {
                Event::Start(tag) => match tag.name().as_ref() {
                    "table:table" => depth += 1,
                    "table:table-row" if depth == 1 => self.start_row(&tag),
                    "table:table-cell" | "table:covered-table-cell" if depth == 1 => {
                        self.start_cell(&tag);
                    }
                    "office:annotation" => self.notes += 1,
                    "text:p" if !self.text.is_empty() => self.text.push('\n'),
                    _ => {}
                },
                Event::Empty(tag) => match tag.name().as_ref() {
                    "table:table-row" if depth == 1 => {
                        self.start_row(&tag);
                        self.end_row(sheet);
                    }
                    "table:table-cell" | "table:covered-table-cell" if depth == 1 => {
                        self.start_cell(&tag);
                        self.end_cell();
                    }
                    "text:s" | "text:tab" => self.text.push(' '),
                    "text:line-break" => self.text.push('\n'),
                    _ => {}
                },
                Event::End(tag) => match tag.name().as_ref() {
                    "table:table" => {
                        depth -= 1;
                        if depth == 0 {
                            return Ok(true);
                        }
                    }
                    "table:table-row" if depth == 1 => self.end_row(sheet),
                    "table:table-cell" | "table:covered-table-cell" if depth == 1 => {
                        self.end_cell();
                    }
                    "office:annotation" => self.notes = self.notes.saturating_sub(1),
                    _ => {}
                },
                Event::Text(text) if self.takes_text() => self.text.push_str(&unescaped(&text)),
                Event::GeneralRef(name) if self.takes_text() => {
                    push_entity(&name, &mut self.text);
                }
                Event::Eof => return Ok(false),
                _ => {}
            }
        }
    }

    fn takes_text(&self) -> bool {
        self.is_open && self.notes == 0
    }

    fn start_row(&mut self, tag: &BytesStart<'_>) {
        self.column = 0;
        self.row_repeats = repeats(tag, "table:number-rows-repeated");
        self.cells.clear();
    }

    fn start_cell(&mut self, tag: &BytesStart<'_>) {
        self.is_open = true;
        self.text.clear();
        self.repeats = repeats(tag, "table:number-columns-repeated");
        let wanted = match attribute(tag, "office:value-type").as_deref() {
            Some("float" | "currency" | "percentage") => Some("office:value"),
            Some("date") => Some("office:date-value"),
            Some("boolean") => Some("office:boolean-value"),
            Some("string") => Some("office:string-value"),
            _ => None,
        };
        self.value = wanted.and_then(|name| attribute(tag, name));
    }

    fn end_cell(&mut self) {
        if !self.is_open {
            return;
        }
        self.is_open = false;
        let text = self.value.take().unwrap_or_else(|| self.text.clone());
        let end = self.column.saturating_add(self.repeats);
        if !text.trim().is_empty() {
            for column in self.column..end.min(COLUMNS) {
                self.cells.push((self.row, column, text.clone()));
            }
        }
        self.column = end;
    }

    fn end_row(&mut self, sheet: &mut Sheet<'_>) {
        let cells = std::mem::take(&mut self.cells);
        let pushed = if cells.is_empty() {
            0
        } else {
            self.row_repeats.min(REPEATS_AT_MOST)
        };
        for at in 0..pushed {
            for (row, column, text) in &cells {
                sheet.cell(row.saturating_add(at), *column, text.as_bytes());
            }
        }
        self.row = self.row.saturating_add(self.row_repeats.max(1));
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.try_get_attribute(name).ok().flatten()?;
    Some(unescaped(&found.value))
}

fn repeats(tag: &BytesStart<'_>, name: &str) -> u32 {
    let told = attribute(tag, name).and_then(|text| text.parse().ok());
    told.unwrap_or(1).max(1)
}
