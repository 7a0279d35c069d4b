//! The first records of a file, cell by cell, with doubled and escaped quotes undone.
//! Reads what the layout is judged by; the records themselves are read by the parsers.

use super::dialect::Dialect;

/// Records looked at.
const RECORDS: usize = 100;

/// One record of the first bytes.
pub struct Row {
    /// Its cells.
    pub cells: Vec<Vec<u8>>,
    /// Where it begins.
    pub start: usize,
    /// Where the next one begins.
    pub end: usize,
}

/// The first records. The last is left out unless it is known to be whole.
pub fn rows_of(text: &[u8], dialect: Dialect, is_all: bool) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut start = 0;
    while start < text.len() && rows.len() < RECORDS {
        let (cells, end, is_whole) = row_at(text, start, dialect);
        if !is_whole && !is_all {
            break;
        }
        let is_empty = cells.iter().all(|cell| cell.is_empty()) && cells.len() == 1;
        if !is_empty {
            rows.push(Row { cells, start, end });
        }
        start = end;
    }
    rows
}

/// The cells of the record that begins at `start`, its end, and whether a line end closed it.
fn row_at(text: &[u8], start: usize, dialect: Dialect) -> (Vec<Vec<u8>>, usize, bool) {
    let line_end = if dialect.ends_with_carriage_return {
        b'\r'
    } else {
        b'\n'
    };
    let mut cells = Vec::new();
    let mut cell = Vec::new();
    let (mut at, mut is_quoted, mut is_new) = (start, false, true);
    while let Some(&byte) = text.get(at) {
        at += 1;
        let next = text.get(at).copied();
        if is_quoted {
            match byte {
                _ if Some(byte) == dialect.escape && next.is_some() => {
                    cell.extend(next);
                    at += 1;
                }
                _ if byte == dialect.quote && next == Some(dialect.quote) => {
                    cell.push(byte);
                    at += 1;
                }
                _ if byte == dialect.quote => is_quoted = false,
                _ => cell.push(byte),
            }
        } else if byte == dialect.quote && is_new {
            (is_quoted, is_new) = (true, false);
        } else if byte == dialect.delimiter {
            cells.push(std::mem::take(&mut cell));
            is_new = true;
        } else if byte == line_end {
            cells.push(trimmed_of_carriage_return(cell));
            return (cells, at, true);
        } else {
            cell.push(byte);
            is_new = false;
        }
    }
    cells.push(trimmed_of_carriage_return(cell));
    (cells, at, false)
}

fn trimmed_of_carriage_return(mut cell: Vec<u8>) -> Vec<u8> {
    cell.pop_if(|last| *last == b'\r');
    cell
}
