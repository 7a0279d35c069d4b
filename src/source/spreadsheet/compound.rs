//! The compound file of a workbook in the old binary format: whether it has a password, and how large its sheets are.
//! Reads only what bounds the memory: the library allocates a sheet from its first to its last cell, empty or not.

use super::{locked, malformed};
use crate::source::SourceError;
use crate::source::input::Seekable;
use std::io::{Read, SeekFrom};

/// Cells of all sheets together, empty ones between filled ones counted.
const CELLS_AT_MOST: u64 = 8_000_000;
/// Marks the end of a chain of sectors.
const END: u32 = 0xffff_fff0;
/// Length of an entry of the directory.
const ENTRY: usize = 128;
/// Streams shorter than this lie in the small sectors.
const SMALL_STREAM: usize = 4_096;

/// Whether the first bytes name a workbook, whatever the file is called.
pub fn names_workbook(head: &[u8]) -> bool {
    ["Workbook", "EncryptedPackage"]
        .iter()
        .any(|name| memchr::memmem::find(head, &utf16(name)).is_some())
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Refuses a workbook with a password, and one whose sheets would not fit the memory.
pub fn check(stream: &mut Box<dyn Seekable>) -> Result<(), SourceError> {
    let mut bytes = Vec::new();
    stream
        .by_ref()
        .take(super::BINARY_AT_MOST + 1)
        .read_to_end(&mut bytes)?;
    stream.seek(SeekFrom::Start(0))?;
    if bytes.len() as u64 > super::BINARY_AT_MOST {
        return Err(SourceError::Limit(format!(
            "larger than {} MiB, the most that a workbook of the old binary format is read whole",
            super::BINARY_AT_MOST >> 20
        )));
    }
    let file = Compound::of(&bytes)
        .ok_or_else(|| malformed("its compound file is damaged or breaks off before its end"))?;
    if file.find("EncryptedPackage").is_some() {
        return Err(locked());
    }
    let entry = file.find("Workbook").or_else(|| file.find("Book"));
    let Some(book) = entry.and_then(|entry| file.content(entry)) else {
        return Err(malformed("its compound file holds no workbook"));
    };
    let cells = cells_spanned(&book);
    if cells > CELLS_AT_MOST {
        return Err(SourceError::Limit(format!(
            "its sheets span {cells} cells, more than the {CELLS_AT_MOST} that are kept in memory; save it as XLSX to have it read"
        )));
    }
    Ok(())
}

/// How many cells lie between the first and the last of each sheet.
pub fn cells_spanned(book: &[u8]) -> u64 {
    let (mut all, mut rest) = (0_u64, book);
    let mut bounds: Option<[u16; 4]> = None;
    let mut end_sheet = |bounds: &mut Option<[u16; 4]>| {
        if let Some([top, bottom, left, right]) = bounds.take() {
            all += (u64::from(bottom - top) + 1) * (u64::from(right - left) + 1);
        }
    };
    while let Some((header, after)) = rest.split_at_checked(4) {
        let kind = u16::from_le_bytes([header[0], header[1]]);
        let length = usize::from(u16::from_le_bytes([header[2], header[3]]));
        let Some((data, next)) = after.split_at_checked(length) else {
            break;
        };
        rest = next;
        match kind {
            // The beginning of a sheet.
            0x0809 | 0x0009 | 0x0209 | 0x0409 => end_sheet(&mut bounds),
            // Cells: numbers, texts, formulas, Booleans; rows of numbers last till the column at their end.
            0x0006 | 0x0203 | 0x0204 | 0x0205 | 0x027e | 0x00fd | 0x00d6 | 0x00bd | 0x0004
            | 0x0002 | 0x0003 | 0x0005 | 0x0406 | 0x0206 | 0x0201 | 0x00be
                if length >= 4 =>
            {
                let word = |at: usize| u16::from_le_bytes([data[at], data[at + 1]]);
                let (row, left) = (word(0), word(2));
                let is_run = matches!(kind, 0x00bd | 0x00be) && length >= 6;
                let right = if is_run {
                    word(length - 2).max(left)
                } else {
                    left
                };
                let known = bounds.get_or_insert([row, row, left, right]);
                *known = [
                    known[0].min(row),
                    known[1].max(row),
                    known[2].min(left),
                    known[3].max(right),
                ];
            }
            _ => {}
        }
    }
    end_sheet(&mut bounds);
    all
}

/// A compound file: sectors chained by tables.
struct Compound<'a> {
    bytes: &'a [u8],
    sector: usize,
    next: Vec<u32>,
    next_small: Vec<u32>,
    directory: Vec<u8>,
    small: Vec<u8>,
}

impl<'a> Compound<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let shift = word(bytes, 30)?;
        if !matches!(shift, 9 | 12) {
            return None;
        }
        let mut file = Self {
            bytes,
            sector: 1 << shift,
            next: Vec::new(),
            next_small: Vec::new(),
            directory: Vec::new(),
            small: Vec::new(),
        };
        file.next = file.table()?;
        file.directory = file.chain(number(bytes, 48)?);
        file.next_small = numbers(&file.chain(number(bytes, 60)?));
        let root = file.directory.get(..ENTRY)?;
        file.small = file.chain(number(root, 116)?);
        Some(file)
    }

    /// The table of the next sector of each sector.
    fn table(&self) -> Option<Vec<u32>> {
        let listed = self.bytes.get(76..512)?;
        let mut sectors: Vec<u32> = numbers(listed).into_iter().filter(|s| *s < END).collect();
        let mut more = number(self.bytes, 68)?;
        let most = self.bytes.len() / self.sector + 1;
        let mut lists = 0;
        while more < END && lists <= most {
            let list = numbers(self.sector_at(more)?);
            let (next, inside) = list.split_last()?;
            sectors.extend(inside.iter().filter(|s| **s < END));
            more = *next;
            lists += 1;
        }
        sectors.truncate(most);
        let parts = sectors.iter().filter_map(|sector| self.sector_at(*sector));
        Some(parts.flat_map(numbers).collect())
    }

    fn sector_at(&self, sector: u32) -> Option<&'a [u8]> {
        let start = (sector as usize).checked_add(1)?.checked_mul(self.sector)?;
        let end = start.checked_add(self.sector)?.min(self.bytes.len());
        self.bytes.get(start..end)
    }

    /// The bytes of a chain of sectors; a chain never has more sectors than the file.
    fn chain(&self, first: u32) -> Vec<u8> {
        let (mut sector, mut all) = (first, Vec::new());
        while sector < END && all.len() < self.bytes.len() {
            let Some(bytes) = self.sector_at(sector) else {
                break;
            };
            all.extend_from_slice(bytes);
            sector = self.next.get(sector as usize).copied().unwrap_or(END);
        }
        all
    }

    fn small_chain(&self, first: u32, size: usize) -> Vec<u8> {
        let (mut sector, mut all) = (first, Vec::new());
        while sector < END && all.len() < size {
            let Some(bytes) = self
                .small
                .get(sector as usize * 64..sector as usize * 64 + 64)
            else {
                break;
            };
            all.extend_from_slice(bytes);
            sector = self.next_small.get(sector as usize).copied().unwrap_or(END);
        }
        all
    }

    fn find(&self, name: &str) -> Option<&[u8]> {
        let wanted = utf16(name);
        self.directory.chunks_exact(ENTRY).find(|entry| {
            let length = usize::from(u16::from_le_bytes([entry[64], entry[65]]));
            length == wanted.len() + 2 && entry.starts_with(&wanted)
        })
    }

    fn content(&self, entry: &[u8]) -> Option<Vec<u8>> {
        let (first, size) = (number(entry, 116)?, number(entry, 120)? as usize);
        let mut bytes = if size < SMALL_STREAM {
            self.small_chain(first, size)
        } else {
            self.chain(first)
        };
        bytes.truncate(size);
        Some(bytes)
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..at + 2)?;
    Some(u16::from_le_bytes([bytes[0], bytes[1]]))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    numbers(bytes.get(at..at + 4)?).first().copied()
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    let (fours, _) = bytes.as_chunks::<4>();
    fours.iter().map(|four| u32::from_le_bytes(*four)).collect()
}
