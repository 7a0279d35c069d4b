//! Rows of dumps as values by column: `INSERT … VALUES (…), (…)` and `COPY … FROM stdin`.
//! Streams: it holds one row and the batches of its columns, whatever the size of the dump. Knows nothing of schemas.

use super::dialect::{Backslash, Quoting};
use super::window::Window;
use crate::source::{FieldId, Sink};
use crate::value::ValueBuffer;
use std::io;
use std::ops::Range;

/// A column's batch is pushed when it holds this much.
const BATCH: usize = 256 << 10;
/// Or this many rows.
const BATCH_ROWS: u64 = 64 << 10;
/// Longer rows are passed over, and counted.
const LONGEST_ROW: usize = 32 << 20;

/// The columns that rows go to, in the order of the values of a row.
#[derive(Default)]
pub struct Target {
    columns: Vec<(FieldId, ValueBuffer)>,
}

impl Target {
    /// Columns in the order of the values.
    pub fn new(fields: Vec<FieldId>) -> Self {
        Self {
            columns: fields
                .into_iter()
                .map(|id| (id, ValueBuffer::new()))
                .collect(),
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.columns.iter().map(|(_, buffer)| buffer.bytes()).sum()
    }

    /// Pushes everything held.
    pub fn flush(&mut self, sink: &mut dyn Sink) {
        for (id, buffer) in &mut self.columns {
            push_batch(*id, buffer, sink);
        }
    }

    fn push(&mut self, column: usize, value: &[u8]) {
        if let Some((_, buffer)) = self.columns.get_mut(column) {
            buffer.push(value);
        }
    }

    fn push_null(&mut self, column: usize) {
        if let Some((_, buffer)) = self.columns.get_mut(column) {
            buffer.push_null();
        }
    }

    fn flush_full(&mut self, sink: &mut dyn Sink) {
        for (id, buffer) in &mut self.columns {
            if buffer.bytes() >= BATCH || buffer.rows() >= BATCH_ROWS {
                push_batch(*id, buffer, sink);
            }
        }
    }
}

fn push_batch(id: FieldId, buffer: &mut ValueBuffer, sink: &mut dyn Sink) {
    if buffer.rows() > 0 {
        sink.values(id, buffer.values());
        buffer.clear();
    }
}

/// How reading rows ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowsEnd {
    /// The source ended inside a row, or before the mark that ends the rows.
    pub is_cut: bool,
    /// Rows too long to be read.
    pub passed_over: u64,
}

/// One value of a row, by its place in the window.
enum Cell {
    /// Text; `true` when it holds escapes.
    Text(Range<usize>, bool),
    /// Text in several literals joined by `||`.
    Joined(Range<usize>),
    Null,
    /// Binary, or an expression that holds no value.
    Unreadable,
}

/// What scanning needs more bytes for.
struct NeedMore;

/// Reads the rows behind VALUES, up to the first thing that is not a row.
pub fn insert_rows(
    window: &mut Window,
    quoting: &Quoting,
    target: &mut Target,
    sink: &mut dyn Sink,
) -> io::Result<RowsEnd> {
    let mut end = RowsEnd::default();
    let mut cells: Vec<Cell> = Vec::with_capacity(32);
    let mut scratch = Vec::new();
    let mut since_flush = 0;
    loop {
        window.release();
        cells.clear();
        let scanner = Scanner {
            text: window.ahead(),
            quoting,
            complete: window.is_complete(),
        };
        match scanner.row(&mut cells) {
            Ok(Some(next)) => {
                push_row(window.ahead(), &cells, quoting, target, &mut scratch);
                window.at += next;
                since_flush += next;
            }
            Ok(None) => return Ok(end),
            Err(NeedMore) if window.is_complete() => {
                window.at += window.ahead().len();
                end.is_cut = true;
                return Ok(end);
            }
            Err(NeedMore) if window.ahead().len() > LONGEST_ROW => {
                end.passed_over += 1;
                pass_over_row(window, quoting)?;
            }
            Err(NeedMore) => {
                window.more()?;
            }
        }
        if since_flush > BATCH / 4 {
            since_flush = 0;
            target.flush_full(sink);
        }
    }
}

fn push_row(
    text: &[u8],
    cells: &[Cell],
    quoting: &Quoting,
    target: &mut Target,
    scratch: &mut Vec<u8>,
) {
    for (column, cell) in cells.iter().enumerate() {
        match cell {
            Cell::Null => target.push_null(column),
            Cell::Unreadable => {}
            Cell::Text(range, false) => target.push(column, &text[range.clone()]),
            Cell::Text(range, true) => {
                scratch.clear();
                decode(
                    &text[range.clone()],
                    text[range.start - 1],
                    quoting.backslash != Backslash::Plain || is_marked_escaped(text, range.start),
                    scratch,
                );
                target.push(column, scratch);
            }
            Cell::Joined(range) => {
                scratch.clear();
                join_literals(&text[range.clone()], quoting, scratch);
                target.push(column, scratch);
            }
        }
    }
}

fn is_marked_escaped(text: &[u8], start: usize) -> bool {
    start >= 2 && matches!(text[start - 2], b'E' | b'e')
}

/// Undoes doubled quotes and backslashes.
fn decode(text: &[u8], quote: u8, backslashes: bool, out: &mut Vec<u8>) {
    let mut at = 0;
    while at < text.len() {
        let Some(found) = memchr::memchr2(quote, b'\\', &text[at..]) else {
            break;
        };
        out.extend_from_slice(&text[at..at + found]);
        at += found;
        let next = text.get(at + 1).copied();
        match (text[at], next) {
            (b'\\', Some(next)) if backslashes => {
                out.push(unescaped(next));
                at += 2;
            }
            (byte, Some(next)) if byte == quote && next == quote => {
                out.push(quote);
                at += 2;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out.extend_from_slice(&text[at.min(text.len())..]);
}

fn unescaped(byte: u8) -> u8 {
    match byte {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'0' => 0,
        b'b' => 8,
        b'Z' => 26,
        other => other,
    }
}

/// `'a' || chr(10) || 'b'`: what is written stands, what is computed between is one space.
fn join_literals(text: &[u8], quoting: &Quoting, out: &mut Vec<u8>) {
    let scanner = Scanner {
        text,
        quoting,
        complete: true,
    };
    let mut at = 0;
    let mut is_first = true;
    while let Some(found) = memchr::memchr(b'\'', &text[at.min(text.len())..]) {
        let open = at + found;
        let Ok((range, _, next)) = scanner.literal(open, false) else {
            return;
        };
        if !is_first && text[at..open].contains(&b'(') {
            out.push(b' ');
        }
        is_first = false;
        decode(
            &text[range],
            b'\'',
            quoting.backslash != Backslash::Plain,
            out,
        );
        at = next;
    }
}

struct Scanner<'a> {
    text: &'a [u8],
    quoting: &'a Quoting,
    complete: bool,
}

impl Scanner<'_> {
    fn get(&self, at: usize) -> Result<u8, NeedMore> {
        self.text.get(at).copied().ok_or(NeedMore)
    }

    fn skip_blank(&self, mut at: usize) -> Result<usize, NeedMore> {
        loop {
            match self.get(at)? {
                b' ' | b'\t' | b'\r' | b'\n' => at += 1,
                b'-' if self.get(at + 1)? == b'-' => at = self.end_of(at, b"\n")?,
                b'/' if self.get(at + 1)? == b'*' => at = self.end_of(at + 2, b"*/")?,
                _ => return Ok(at),
            }
        }
    }

    fn end_of(&self, at: usize, mark: &[u8]) -> Result<usize, NeedMore> {
        let rest = self.text.get(at..).ok_or(NeedMore)?;
        memchr::memmem::find(rest, mark)
            .map(|found| at + found + mark.len())
            .ok_or(NeedMore)
    }

    /// Reads one row. The position behind it, `None` when what follows is no row.
    fn row(&self, cells: &mut Vec<Cell>) -> Result<Option<usize>, NeedMore> {
        let begin = match self.skip_blank(0) {
            Ok(at) => at,
            // Nothing but white space and comments up to the end of the source: no row was begun.
            Err(_) if self.complete => return Ok(None),
            Err(more) => return Err(more),
        };
        let mut at = begin;
        if self.get(at)? == b',' {
            at = self.skip_blank(at + 1)?;
        }
        if matches!(self.get(at)?, b'R' | b'r')
            && self
                .text
                .get(at..at + 4)
                .ok_or(NeedMore)?
                .eq_ignore_ascii_case(b"row(")
        {
            at += 3;
        }
        if self.get(at)? != b'(' {
            return Ok(None);
        }
        at += 1;
        loop {
            at = self.cell(at, cells)?;
            match self.get(at)? {
                b',' => at += 1,
                _ => return Ok(Some(at + 1)),
            }
        }
    }

    /// Reads one value; the position of the comma or bracket behind it.
    fn cell(&self, at: usize, cells: &mut Vec<Cell>) -> Result<usize, NeedMore> {
        let at = self.skip_blank(at)?;
        let (cell, next) = match self.get(at)? {
            b'\'' | b'"' => {
                let (range, escaped, next) = self.literal(at, false)?;
                (Cell::Text(range, escaped), next)
            }
            b'N' | b'n' | b'E' | b'e' if self.get(at + 1)? == b'\'' => {
                let (range, escaped, next) =
                    self.literal(at + 1, matches!(self.get(at)?, b'E' | b'e'))?;
                (Cell::Text(range, escaped), next)
            }
            b'0' if matches!(self.get(at + 1)?, b'x' | b'X') => {
                (Cell::Unreadable, self.token_end(at)?)
            }
            b'0'..=b'9' | b'-' | b'+' | b'.' => {
                let next = self.token_end(at)?;
                (Cell::Text(at..next, false), next)
            }
            b')' => return Ok(at),
            _ => {
                let next = self.token_end(at)?;
                let word = &self.text[at..next];
                if word.eq_ignore_ascii_case(b"null") {
                    (Cell::Null, next)
                } else if word.eq_ignore_ascii_case(b"true") || word.eq_ignore_ascii_case(b"false")
                {
                    (Cell::Text(at..next, false), next)
                } else {
                    (Cell::Unreadable, at)
                }
            }
        };
        let behind = self.skip_blank(next)?;
        if matches!(self.get(behind)?, b',' | b')') && next > at {
            cells.push(self.without_binary(cell));
            return Ok(behind);
        }
        self.expression(at, cells)
    }

    /// PostgreSQL's `'\x…'` is binary.
    fn without_binary(&self, cell: Cell) -> Cell {
        match &cell {
            Cell::Text(range, _) if is_hex(&self.text[range.clone()]) => Cell::Unreadable,
            _ => cell,
        }
    }

    fn token_end(&self, mut at: usize) -> Result<usize, NeedMore> {
        while !matches!(
            self.get(at)?,
            b',' | b')' | b'(' | b' ' | b'\n' | b'\r' | b'\t' | b'\'' | b':' | b'|' | b'"'
        ) {
            at += 1;
        }
        Ok(at)
    }

    /// The content of the literal that opens at `at`, whether it holds escapes, and the position behind it.
    fn literal(&self, at: usize, marked: bool) -> Result<(Range<usize>, bool, usize), NeedMore> {
        let quote = self.text[at];
        let backslash = if marked {
            Backslash::Escapes
        } else {
            self.quoting.backslash
        };
        let start = at + 1;
        let mut next = start;
        let mut escaped = false;
        loop {
            let rest = self.text.get(next..).ok_or(NeedMore)?;
            let found = if backslash == Backslash::Plain {
                memchr::memchr(quote, rest)
            } else {
                memchr::memchr2(quote, b'\\', rest)
            };
            next += found.ok_or(NeedMore)?;
            if self.text[next] == b'\\' {
                let ends = backslash == Backslash::Guessed
                    && self.get(next + 1)? == quote
                    && self.ends_value(next + 2)?;
                escaped = true;
                next += if ends { 1 } else { 2 };
                continue;
            }
            match self.text.get(next + 1) {
                Some(byte) if *byte == quote => {
                    escaped = true;
                    next += 2;
                }
                None if !self.complete => return Err(NeedMore),
                _ => return Ok((start..next, escaped, next + 1)),
            }
        }
    }

    fn ends_value(&self, at: usize) -> Result<bool, NeedMore> {
        Ok(matches!(
            self.get(self.skip_blank(at)?)?,
            b',' | b')' | b';'
        ))
    }

    /// A value that is computed: the literal it is made from stands for it.
    fn expression(&self, start: usize, cells: &mut Vec<Cell>) -> Result<usize, NeedMore> {
        let (mut at, mut depth) = (start, 0_usize);
        let mut first: Option<(Range<usize>, bool)> = None;
        let (mut literals, mut binary) = (0, false);
        let mut joins =
            self.text[start..].starts_with(b"CONCAT") || self.text[start..].starts_with(b"concat");
        loop {
            match self.get(at)? {
                b'\'' => {
                    let marked = at > start && matches!(self.text[at - 1], b'E' | b'e');
                    binary |= at > start
                        && matches!(self.text[at - 1], b'x' | b'X' | b'b' | b'B')
                        && !(at > start + 1 && super::lexer::is_word(self.text[at - 2]));
                    let (range, escaped, next) = self.literal(at, marked)?;
                    literals += 1;
                    first.get_or_insert((range, escaped));
                    at = next;
                    continue;
                }
                b'(' | b'[' => depth += 1,
                b')' | b',' if depth == 0 => break,
                b')' | b']' => depth = depth.saturating_sub(1),
                b'|' => joins |= depth == 0 && self.get(at + 1)? == b'|',
                b'_' if self.text[at..].len() < 8 => return Err(NeedMore),
                b'_' if at == start && self.text[at..at + 7].eq_ignore_ascii_case(b"_binary") => {
                    binary = true
                }
                b'0' if self.get(at + 1)? == b'x' && first.is_none() => binary = true,
                _ => {}
            }
            at += 1;
        }
        cells.push(match first {
            Some(_) if binary => Cell::Unreadable,
            Some(_) if joins && literals > 1 => Cell::Joined(start..at),
            Some((range, escaped)) => self.without_binary(Cell::Text(range, escaped)),
            None if self.text[start..at]
                .trim_ascii()
                .eq_ignore_ascii_case(b"null") =>
            {
                Cell::Null
            }
            None if self.text[start..at]
                .to_ascii_uppercase()
                .starts_with(b"NULL::") =>
            {
                Cell::Null
            }
            None => Cell::Unreadable,
        });
        Ok(at)
    }
}

fn is_hex(text: &[u8]) -> bool {
    let digits = text
        .strip_prefix(b"\\\\x")
        .or_else(|| text.strip_prefix(b"\\x"));
    digits.is_some_and(|digits| {
        digits.len() >= 2 && digits.iter().take(64).all(u8::is_ascii_hexdigit)
    })
}

/// Passes over a row that is too long, quotes and brackets followed, nothing kept.
fn pass_over_row(window: &mut Window, quoting: &Quoting) -> io::Result<()> {
    let (mut depth, mut quote, mut skip) = (0_usize, 0_u8, false);
    loop {
        let ahead = window.ahead();
        let mut ended = None;
        for (i, byte) in ahead.iter().enumerate() {
            match *byte {
                _ if skip => skip = false,
                b'\\' if quote != 0 && quoting.backslash != Backslash::Plain => skip = true,
                b if quote != 0 => quote = if b == quote { 0 } else { quote },
                b @ (b'\'' | b'"') => quote = b,
                b'(' => depth += 1,
                b')' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        ended = Some(i + 1);
                        break;
                    }
                }
                _ => {}
            }
        }
        window.at += ended.unwrap_or(ahead.len());
        window.release();
        if ended.is_some() || !window.more()? {
            return Ok(());
        }
    }
}

/// How the rows of a COPY are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyFormat {
    /// CSV quoting instead of backslashes.
    pub is_csv: bool,
    /// Between values.
    pub delimiter: u8,
    /// The text that stands for NULL.
    pub null: Vec<u8>,
    /// The first row names the columns.
    pub has_header: bool,
}

/// Reads the rows of a COPY up to `\.` on a line of its own.
pub fn copy_rows(
    window: &mut Window,
    format: &CopyFormat,
    target: &mut Target,
    sink: &mut dyn Sink,
) -> io::Result<RowsEnd> {
    let mut end = RowsEnd::default();
    let mut scratch = Vec::new();
    let mut since_flush = 0;
    let mut is_header = format.has_header;
    pass_line_end(window)?;
    loop {
        window.release();
        let Some(length) = row_length(window, format, &mut end)? else {
            end.is_cut = true;
            return Ok(end);
        };
        let line = &window.ahead()[..length];
        let row = line.strip_suffix(b"\n").unwrap_or(line);
        let row = row.strip_suffix(b"\r").unwrap_or(row);
        if row == b"\\." {
            window.at += length;
            window.release();
            return Ok(end);
        }
        match format.is_csv {
            _ if std::mem::take(&mut is_header) => {}
            true => csv_row(row, format, target, &mut scratch),
            false => copy_row(row, format, target, &mut scratch),
        }
        window.at += length;
        since_flush += length;
        if since_flush > BATCH / 4 {
            since_flush = 0;
            target.flush_full(sink);
        }
    }
}

fn pass_line_end(window: &mut Window) -> io::Result<()> {
    loop {
        let found = memchr::memchr(b'\n', window.ahead());
        window.at += found.map_or(window.ahead().len(), |at| at + 1);
        window.release();
        if found.is_some() || !window.more()? {
            return Ok(());
        }
    }
}

/// The length of the next row with its line end; `None` at the end of the source. Rows too long are passed over.
fn row_length(
    window: &mut Window,
    format: &CopyFormat,
    end: &mut RowsEnd,
) -> io::Result<Option<usize>> {
    let mut from = 0;
    let mut quotes = 0_usize;
    loop {
        let ahead = window.ahead();
        if let Some(found) = memchr::memchr(b'\n', &ahead[from..]) {
            let next = from + found + 1;
            if format.is_csv {
                quotes += memchr::memchr_iter(b'"', &ahead[from..next]).count();
            }
            if quotes.is_multiple_of(2) {
                return Ok(Some(next));
            }
            from = next;
            continue;
        }
        if ahead.len() > LONGEST_ROW {
            end.passed_over += 1;
            pass_line_end(window)?;
            (from, quotes) = (0, 0);
            continue;
        }
        if !window.more()? {
            let rest = window.ahead();
            // Without its mark the last row may be cut: it is read only when it ends the rows.
            return Ok((rest == b"\\.").then_some(rest.len()));
        }
    }
}

fn copy_row(row: &[u8], format: &CopyFormat, target: &mut Target, scratch: &mut Vec<u8>) {
    let mut column = 0;
    let mut start = 0;
    let mut escaped = false;
    let mut marks = memchr::memchr2_iter(format.delimiter, b'\\', row);
    loop {
        let mark = marks.next();
        if let Some(at) = mark
            && row[at] == b'\\'
        {
            escaped = true;
            continue;
        }
        let end = mark.unwrap_or(row.len());
        copy_cell(&row[start..end], escaped, column, format, target, scratch);
        if mark.is_none() {
            return;
        }
        (column, start, escaped) = (column + 1, end + 1, false);
    }
}

fn copy_cell(
    cell: &[u8],
    escaped: bool,
    column: usize,
    format: &CopyFormat,
    target: &mut Target,
    scratch: &mut Vec<u8>,
) {
    if cell == format.null {
        target.push_null(column);
    } else if !escaped {
        target.push(column, cell);
    } else if !is_hex(cell) {
        scratch.clear();
        unescape_copy(cell, scratch);
        target.push(column, scratch);
    }
}

fn unescape_copy(cell: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', &cell[at..]) {
        out.extend_from_slice(&cell[at..at + found]);
        at += found + 1;
        let Some(next) = cell.get(at) else { return };
        at += 1;
        match next {
            b'n' => out.push(b'\n'),
            b't' => out.push(b'\t'),
            b'r' => out.push(b'\r'),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'v' => out.push(11),
            b'0'..=b'7' => {
                let digits = cell[at - 1..]
                    .iter()
                    .take(3)
                    .take_while(|b| matches!(b, b'0'..=b'7'))
                    .count();
                let value = cell[at - 1..at - 1 + digits]
                    .iter()
                    .fold(0_u32, |v, d| v * 8 + u32::from(d - b'0'));
                out.push(value as u8);
                at += digits - 1;
            }
            other => out.push(*other),
        }
    }
    out.extend_from_slice(&cell[at..]);
}

fn csv_row(row: &[u8], format: &CopyFormat, target: &mut Target, scratch: &mut Vec<u8>) {
    let mut at = 0;
    let mut column = 0;
    loop {
        scratch.clear();
        let quoted = row.get(at) == Some(&b'"');
        if quoted {
            at += 1;
            while at < row.len() {
                let found = memchr::memchr(b'"', &row[at..]).map_or(row.len(), |f| at + f);
                scratch.extend_from_slice(&row[at..found]);
                at = (found + 1).min(row.len());
                if row.get(at) != Some(&b'"') || found == row.len() {
                    break;
                }
                scratch.push(b'"');
                at += 1;
            }
        }
        let end = memchr::memchr(format.delimiter, &row[at..]).map_or(row.len(), |f| at + f);
        scratch.extend_from_slice(&row[at..end]);
        if !quoted && *scratch == format.null {
            target.push_null(column)
        } else {
            target.push(column, scratch)
        }
        if end == row.len() {
            return;
        }
        (at, column) = (end + 1, column + 1);
    }
}
