//! Delimited records: CSV and its kin with commas, semicolons, tabs or pipes, with or without a header.
//! `simd-csv` reads what is regular; `csv` takes over where quotes stand where none may, and for odd dialects.

use super::columns::Columns;
use super::lines::ranges;
use super::{
    Budget, Claim, Coverage, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split, text,
};
use crate::field::{Dataset, DatasetKind, Field, Place, TextPlace};

#[path = "csv/borders.rs"]
mod borders;
#[path = "csv/dialect.rs"]
mod dialect;
#[path = "csv/header.rs"]
pub(super) mod header;
#[path = "csv/header_words.rs"]
mod header_words;
#[path = "csv/kind.rs"]
mod kind;
#[path = "csv/layout.rs"]
mod layout;
#[path = "csv/rows.rs"]
mod rows;
#[path = "csv/tape.rs"]
mod tape;

use dialect::Dialect;
use header::unnamed;
use layout::Layout;
use tape::Tape;

/// The reader of delimited records.
pub static READER: Csv = Csv;

/// Delimited records.
pub struct Csv;

/// First bytes that the layout is judged by.
const PREVIEW_BYTES: u64 = 256 << 10;
/// Columns beyond which cells are counted but not read.
const COLUMNS_AT_MOST: usize = 20_000;

impl Reader for Csv {
    fn format(&self) -> &'static str {
        "csv"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Export
    }

    fn claim(&self, input: &Input) -> Claim {
        let head = input.head();
        if input.connection().is_some() || text::is_binary(head) {
            return Claim::No;
        }
        let is_all = head.len() < super::input::HEAD_BYTES;
        let is_other =
            head.trim_ascii_start().starts_with(b"<") || head.trim_ascii_start().starts_with(b"{");
        match (
            input.extension().as_str(),
            Layout::sniff(head, is_all, says_tabs(input)),
        ) {
            ("csv" | "tsv" | "tab" | "psv" | "ssv", _) if !is_other && !head.is_empty() => {
                Claim::Name
            }
            ("" | "txt" | "dat" | "data" | "asc" | "out" | "export" | "bak", Some(layout))
                if layout.is_certain(head, is_all) =>
            {
                Claim::Content
            }
            _ => Claim::No,
        }
    }

    fn plan(&self, input: &Input, budget: &Budget) -> Result<Vec<Split>, SourceError> {
        let whole = Ok(vec![Split::whole()]);
        let (Some(path), Some(size)) =
            (input.path().filter(|_| input.is_plain_file()), input.size())
        else {
            return whole;
        };
        if size < budget.split_bytes.saturating_mul(2) {
            return whole;
        }
        let Some(layout) = layout_of(input)? else {
            return whole;
        };
        if !layout.dialect.is_plain() || layout.body as u64 > budget.split_bytes {
            return whole;
        }
        let borders = borders::find(path, size, &layout, budget.split_bytes.max(1))?;
        Ok(borders.map_or_else(|| vec![Split::whole()], |borders| ranges(&borders)))
    }

    fn read(
        &self,
        input: &Input,
        split: &Split,
        _: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        let start = split.range.as_ref().map_or(0, |range| range.start);
        let mut tape = Tape::new(input.open_split(split.range.as_ref())?, start);
        let layout = if start > 0 {
            layout_of(input)?
        } else {
            let (preview, is_all) = tape.preview(PREVIEW_BYTES);
            Layout::sniff(preview, is_all, says_tabs(input))
        };
        let dataset = Dataset {
            name: super::dataset_name(input),
            kind: DatasetKind::Records,
            ..Dataset::default()
        };
        let Some(layout) = layout else {
            let is_empty = tape.preview(1).0.is_empty();
            return Ok(read_without_layout(tape, is_empty, sink));
        };
        let columns = Columns::new(sink.dataset(dataset));
        let mut table = Table {
            columns,
            width: layout.width,
            sink,
            uneven: 0,
            unread: 0,
            given_up: None,
        };
        table.tell(&layout);
        if start == 0 {
            let before = tape.preview(1).0[..layout.preamble].to_vec();
            if !before.is_empty() {
                table.sink.text(&before, TextPlace { start: 0, line: 1 });
            }
            tape.go_to(layout.body as u64);
        }
        table.read(&mut tape, layout.dialect);
        table.columns.flush(table.sink);
        let coverage = tape.coverage().and(table.coverage());
        Ok(Outcome {
            coverage,
            lines: tape.lines(),
            unresolved: table.uneven,
        })
    }
}

impl Dialect {
    /// Whether records end at line feeds and quotes are doubled: all that `simd-csv` and the borders know.
    fn is_plain(self) -> bool {
        self.escape.is_none() && !self.ends_with_carriage_return
    }
}

fn says_tabs(input: &Input) -> bool {
    matches!(input.extension().as_str(), "tsv" | "tab")
}

/// The layout of a file that can be opened again.
fn layout_of(input: &Input) -> Result<Option<Layout>, SourceError> {
    let mut tape = Tape::new(input.open_text()?, 0);
    let (preview, is_all) = tape.preview(PREVIEW_BYTES);
    Ok(Layout::sniff(preview, is_all, says_tabs(input)))
}

/// A file without one whole record in its first bytes is text.
fn read_without_layout(mut tape: Tape, is_empty: bool, sink: &mut dyn Sink) -> Outcome {
    if !is_empty {
        give_up_line(&mut tape, sink);
        while !tape.rest().0.is_empty() {
            give_up_line(&mut tape, sink);
        }
    }
    let told = Coverage::Partial("no record ends within the first bytes; read as text".into());
    let coverage = if is_empty {
        tape.coverage()
    } else {
        tape.coverage().and(told)
    };
    Outcome {
        coverage,
        lines: tape.lines(),
        unresolved: 0,
    }
}

/// Pushes the line that begins at the current record as text and goes on behind it.
fn give_up_line(tape: &mut Tape, sink: &mut dyn Sink) {
    loop {
        let (rest, start, line) = tape.rest();
        let end = memchr::memchr(b'\n', rest).map(|end| end + 1);
        let piece = &rest[..end.unwrap_or(rest.len())];
        if !piece.is_empty() {
            sink.text(piece, TextPlace { start, line });
        }
        let is_over = end.is_some() || piece.is_empty();
        let next = start + piece.len() as u64;
        if end.is_some() {
            tape.go_to(next);
        } else {
            tape.drop_kept();
        }
        if is_over {
            return;
        }
    }
}

/// The records of one split on their way into the sink.
struct Table<'a> {
    columns: Columns,
    /// Cells that a record should have.
    width: usize,
    sink: &'a mut dyn Sink,
    /// Records with more or fewer cells.
    uneven: u64,
    /// Cells beyond the last column that is read.
    unread: u64,
    /// Line of the first record that was read as text.
    given_up: Option<u64>,
}

/// Why a parser stopped.
enum Stop {
    End,
    /// The current record is not what a parser can go on with: the other parser begins at it.
    OutOfStep,
    /// The current record is too long or its quote is never closed.
    Unclosed,
}

impl Table<'_> {
    fn tell(&mut self, layout: &Layout) {
        let names = layout.header.iter().flatten();
        for (at, name) in names.enumerate() {
            let field = Field {
                place: Place::line(layout.line),
                ..Field::named(name)
            };
            if *name == unnamed(at) {
                self.columns.add_silent(field);
            } else {
                self.columns.tell(field, self.sink);
            }
        }
        while self.columns.len() < self.width.min(COLUMNS_AT_MOST) {
            self.add_unnamed();
        }
        self.width = self.columns.len();
    }

    fn add_unnamed(&mut self) {
        let name = unnamed(self.columns.len());
        self.columns.add_silent(Field::named(name));
    }

    fn read(&mut self, tape: &mut Tape, dialect: Dialect) {
        let mut is_fast = dialect.is_plain();
        loop {
            let stop = if is_fast {
                self.read_fast(tape, dialect)
            } else {
                self.read_slow(tape, dialect)
            };
            let (_, start, line) = tape.rest();
            match stop {
                Stop::End => return,
                Stop::OutOfStep => tape.go_to(start),
                Stop::Unclosed => {
                    self.given_up.get_or_insert(line);
                    give_up_line(tape, self.sink);
                }
            }
            is_fast = false;
        }
    }

    fn read_fast(&mut self, tape: &mut Tape, dialect: Dialect) -> Stop {
        let record_start = tape.record();
        let base = record_start.get();
        let mut builder = simd_csv::ZeroCopyReaderBuilder::with_capacity(64 << 10);
        builder
            .delimiter(dialect.delimiter)
            .quote(dialect.quote)
            .has_headers(false)
            .flexible(true);
        let mut reader = builder.from_reader(tape);
        let mut unescaped = Vec::new();
        loop {
            match reader.read_byte_record() {
                Ok(Some(record)) => {
                    if memchr::memchr(dialect.quote, record.as_slice()).is_none() {
                        let is_regular = record.len() == self.width && self.width > 1;
                        if is_regular && record.as_slice().last() != Some(&b'\r') {
                            // Four bytes for each offset, so that short cells fill the buffer too.
                            let bytes = record.as_slice().len() + 4 * self.width;
                            self.columns.push_row(bytes, record.iter());
                        } else {
                            self.push(record.len(), record.iter());
                        }
                    } else if record.iter().all(|cell| is_in_step(cell, dialect.quote)) {
                        self.push_quoted(
                            record.len(),
                            record.iter(),
                            dialect.quote,
                            &mut unescaped,
                        );
                    } else {
                        return Stop::OutOfStep;
                    }
                }
                Ok(None) => return Stop::End,
                // The tape hides broken streams, so the record was too long.
                Err(_) => return Stop::Unclosed,
            }
            record_start.set(base + reader.position());
            self.columns.flush_if_full(self.sink);
        }
    }

    fn push_quoted<'c>(
        &mut self,
        len: usize,
        cells: impl Iterator<Item = &'c [u8]>,
        quote: u8,
        unescaped: &mut Vec<u8>,
    ) {
        for (at, cell) in cells.enumerate() {
            let cell = if at + 1 == len { trimmed(cell) } else { cell };
            match cell.strip_prefix(&[quote]) {
                None => self.push_cell(at, cell),
                Some(inner) => {
                    let value = unescape(inner, quote, unescaped);
                    if len == 1 && value.is_empty() {
                        return;
                    }
                    self.push_cell(at, value);
                }
            }
        }
        self.end_record(len);
    }

    #[inline]
    fn push<'c>(&mut self, len: usize, cells: impl Iterator<Item = &'c [u8]>) {
        for (at, cell) in cells.enumerate() {
            let cell = if at + 1 == len { trimmed(cell) } else { cell };
            if len == 1 && cell.is_empty() {
                return;
            }
            self.push_cell(at, cell);
        }
        self.end_record(len);
    }

    fn read_slow(&mut self, tape: &mut Tape, dialect: Dialect) -> Stop {
        let record_start = tape.record();
        let base = record_start.get();
        let end = if dialect.ends_with_carriage_return {
            csv::Terminator::CRLF
        } else {
            csv::Terminator::Any(b'\n')
        };
        let mut builder = csv::ReaderBuilder::new();
        builder
            .delimiter(dialect.delimiter)
            .quote(dialect.quote)
            .escape(dialect.escape)
            .terminator(end);
        let mut reader = builder
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(64 << 10)
            .from_reader(tape);
        let mut record = csv::ByteRecord::new();
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return Stop::End,
                Err(_) => return Stop::Unclosed,
            }
            let last = record
                .get(record.len().saturating_sub(1))
                .unwrap_or_default();
            let end = base + reader.position().byte();
            let has_line_end = memchr::memchr2(b'\n', b'\r', last).is_some();
            if has_line_end && is_unclosed(reader.get_ref().record_until(end), last, dialect.quote)
            {
                return Stop::Unclosed;
            }
            self.push(record.len(), record.iter());
            record_start.set(end);
            self.columns.flush_if_full(self.sink);
        }
    }

    #[inline]
    fn push_cell(&mut self, at: usize, cell: &[u8]) {
        if at >= self.width {
            return self.push_beyond(at, cell);
        }
        if cell.is_empty() {
            self.columns.push_null(at);
        } else {
            self.columns.push(at, cell);
        }
    }

    /// A cell beyond the usual ones: the value stands in a column of its own, which counts no empty cells.
    #[cold]
    fn push_beyond(&mut self, at: usize, cell: &[u8]) {
        if cell.is_empty() {
            return;
        }
        if at >= COLUMNS_AT_MOST {
            self.unread += 1;
            return;
        }
        while self.columns.len() <= at {
            self.add_unnamed();
        }
        self.columns.push(at, cell);
    }

    #[inline]
    fn end_record(&mut self, len: usize) {
        if len != self.width {
            self.end_uneven_record(len);
        }
    }

    #[cold]
    fn end_uneven_record(&mut self, len: usize) {
        for at in len..self.width {
            self.columns.push_null(at);
        }
        self.uneven += 1;
    }

    fn coverage(&self) -> Coverage {
        let given_up = self.given_up.map_or(Coverage::Whole, |line| {
            let why =
                "is too long or has a quote that is never closed; its first line was read as text";
            Coverage::Partial(format!("the record at line {line} {why}"))
        });
        if self.unread == 0 {
            return given_up;
        }
        given_up.and(Coverage::Partial(format!(
            "{} cells beyond column {COLUMNS_AT_MOST} were not read",
            self.unread
        )))
    }
}

fn trimmed(cell: &[u8]) -> &[u8] {
    cell.strip_suffix(b"\r").unwrap_or(cell)
}

/// Whether quotes stand only around a cell, doubled inside it: then both parsers see the same cell.
fn is_in_step(cell: &[u8], quote: u8) -> bool {
    let Some(inner) = cell.strip_prefix(&[quote]) else {
        return memchr::memchr(quote, cell).is_none();
    };
    let mut at = 0;
    while let Some(step) = memchr::memchr(quote, &inner[at..]) {
        at += step + 1;
        if inner.get(at) != Some(&quote) {
            return memchr::memchr(quote, &inner[at..]).is_none();
        }
        at += 1;
    }
    false
}

/// The value of a cell in step, without its first quote: what stands before and after the closing quote, doubled ones made single.
fn unescape<'c>(inner: &'c [u8], quote: u8, unescaped: &'c mut Vec<u8>) -> &'c [u8] {
    let close = memchr::memrchr(quote, inner).unwrap_or(inner.len());
    let (mut value, after) = (&inner[..close], inner.get(close + 1..).unwrap_or_default());
    if after.is_empty() && memchr::memchr(quote, value).is_none() {
        return value;
    }
    unescaped.clear();
    while let Some(at) = memchr::memchr(quote, value) {
        unescaped.extend_from_slice(&value[..=at]);
        value = value.get(at + 2..).unwrap_or_default();
    }
    unescaped.extend_from_slice(value);
    unescaped.extend_from_slice(after);
    unescaped
}

/// Whether the last cell runs to the very end of the record's bytes: neither quote nor line end closed it.
fn is_unclosed(record: &[u8], last: &[u8], quote: u8) -> bool {
    let tail = &last[last.len().saturating_sub(4)..];
    record.last() != Some(&quote) && record.ends_with(tail)
}

#[cfg(test)]
#[path = "csv/tests.rs"]
mod tests;
