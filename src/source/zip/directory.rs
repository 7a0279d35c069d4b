//! The directory at the end of a zip archive: its entries, each with where it stands and how it is packed.
//! Where the directory is lost, the headers before the entries are read instead. Opens no entry.

use crate::source::decode::ENTRIES_AT_MOST;
use crate::source::input::Ranges;
use crate::source::{At, SourceError};
use std::io::{BufReader, Read};

/// One entry.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// Its name as written.
    pub name: String,
    /// The number of its compression.
    pub method: u16,
    /// Whether it needs a password.
    pub is_encrypted: bool,
    /// Whether it is a folder.
    pub is_folder: bool,
    /// Whether it is a symbolic link.
    pub is_link: bool,
    /// Whether its bytes are another entry's, too.
    pub overlaps: bool,
    /// Checksum of its content; `None` where it stands after the content.
    pub checksum: Option<u32>,
    /// Bytes as stored.
    pub packed: u64,
    /// Bytes unpacked.
    pub size: u64,
    /// Where its header stands.
    pub header: u64,
}

impl Entry {
    /// Its size, where that is known before it is read.
    pub fn stated_size(&self) -> Option<u64> {
        self.checksum.map(|_| self.size)
    }
}

/// The entries of an archive in the order of its directory.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// All that were found.
    pub entries: Vec<Entry>,
    /// Why they are not all.
    pub damage: Option<String>,
}

const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const LOCAL: [u8; 4] = *b"PK\x03\x04";
const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";

/// Bytes of the end record, and the longest comment after it.
const END_BYTES: usize = 22;
const LONGEST_COMMENT: usize = 0xffff;

/// Bytes of a name that are kept, from its end.
const NAME_BYTES: usize = 4_096;

impl Directory {
    /// Reads the directory of an archive.
    pub fn read(ranges: &Ranges) -> Result<Self, SourceError> {
        let mut directory = match End::find(ranges)? {
            Some(end) => central(ranges, &end)?,
            None => salvaged(ranges)?,
        };
        directory.mark_overlaps();
        Ok(directory)
    }

    /// The entry of that name.
    pub fn named(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// Bytes that two entries share would be unpacked twice for once stored.
    fn mark_overlaps(&mut self) {
        let mut by_place: Vec<usize> = (0..self.entries.len()).collect();
        by_place.sort_by_key(|at| (self.entries[*at].header, *at));
        let mut free = 0;
        for at in by_place {
            let entry = &mut self.entries[at];
            entry.overlaps = entry.header < free;
            if !entry.overlaps {
                free = entry.header.saturating_add(entry.packed);
            }
        }
    }
}

fn number(bytes: &[u8], at: usize, length: usize) -> u64 {
    let digits = bytes.get(at..at + length).unwrap_or_default();
    digits
        .iter()
        .rev()
        .fold(0, |n, byte| (n << 8) | u64::from(*byte))
}

/// Where the directory is.
struct End {
    start: u64,
    size: u64,
    entries: u64,
    /// Bytes that stand before the archive (a program that unpacks itself).
    before: u64,
}

impl End {
    fn find(ranges: &Ranges) -> Result<Option<Self>, SourceError> {
        let size = ranges.size();
        let tail_start = size.saturating_sub((END_BYTES + LONGEST_COMMENT) as u64);
        let tail = ranges.read(tail_start..size)?;
        for at in memchr::memmem::rfind_iter(&tail, END) {
            let record = &tail[at..];
            let comment = number(record, 20, 2) as usize;
            if record.len() < END_BYTES || record.len() < END_BYTES + comment {
                continue;
            }
            let place = tail_start + at as u64;
            let found = Self::large(ranges, place)?.or_else(|| Self::plain(record, place));
            if let Some(end) = found.filter(|end| end.is_there(ranges)) {
                return Ok(Some(end));
            }
        }
        Ok(None)
    }

    fn plain(record: &[u8], place: u64) -> Option<Self> {
        let (entries, size) = (number(record, 10, 2), number(record, 12, 4));
        Self::before(place, entries, size, number(record, 16, 4))
    }

    /// The record of archives beyond 4 GiB or 65,535 entries, which stands before the plain one.
    fn large(ranges: &Ranges, place: u64) -> Result<Option<Self>, SourceError> {
        let Some(locator_start) = place.checked_sub(20) else {
            return Ok(None);
        };
        let locator = ranges.read(locator_start..place)?;
        if !locator.starts_with(LOCATOR_64) {
            return Ok(None);
        }
        let stated = number(&locator, 8, 8);
        // Bytes before the archive move the record: then it stands right before its locator.
        for start in [stated, locator_start.saturating_sub(56)] {
            let record = ranges.read(start..start.saturating_add(56))?;
            if record.len() == 56 && record.starts_with(END_64) {
                let (entries, size) = (number(&record, 32, 8), number(&record, 40, 8));
                return Ok(Self::before(start, entries, size, number(&record, 48, 8)));
            }
        }
        Ok(None)
    }

    fn before(place: u64, entries: u64, size: u64, stated_start: u64) -> Option<Self> {
        let start = place.checked_sub(size)?;
        Some(Self {
            start,
            size,
            entries,
            before: start.checked_sub(stated_start)?,
        })
    }

    fn is_there(&self, ranges: &Ranges) -> bool {
        let first = ranges.read(self.start..self.start.saturating_add(4));
        self.size == 0 || first.is_ok_and(|first| first == CENTRAL)
    }
}

fn central(ranges: &Ranges, end: &End) -> Result<Directory, SourceError> {
    let stream = ranges.open(end.start..end.start.saturating_add(end.size))?;
    let mut stream = BufReader::with_capacity(64 << 10, stream);
    let mut directory = Directory::default();
    let mut record = [0; 46];
    while directory.entries.len() < super::entries_at_most() {
        if stream.read_exact(&mut record).is_err() || !record.starts_with(&CENTRAL) {
            break;
        }
        let length = |at| number(&record, at, 2) as usize;
        let mut rest = vec![0; length(28) + length(30) + length(32)];
        if stream.read_exact(&mut rest).is_err() {
            break;
        }
        let (name, rest) = rest.split_at(length(28));
        let entry = of_central(&record, name, &rest[..length(30)], end.before);
        directory.entries.push(entry);
    }
    let found = directory.entries.len() as u64;
    if end.entries > ENTRIES_AT_MOST {
        directory.damage = Some(format!(
            "{} entries, of which the first {found} were read: more than {ENTRIES_AT_MOST} are not",
            end.entries
        ));
    } else if found < end.entries {
        directory.damage = Some(format!(
            "the directory of the archive is damaged: it names {found} entries of {}",
            end.entries
        ));
    }
    Ok(directory)
}

fn of_central(record: &[u8; 46], name: &[u8], extra: &[u8], before: u64) -> Entry {
    let (mut size, mut packed, mut header) = (
        number(record, 24, 4),
        number(record, 20, 4),
        number(record, 42, 4),
    );
    in_full(extra, &mut [&mut size, &mut packed, &mut header]);
    let is_unix = record[5] == 3;
    let mode = number(record, 38, 4) >> 16;
    Entry {
        name: text(name),
        method: number(record, 10, 2) as u16,
        is_encrypted: record[8] & 1 != 0 || number(record, 10, 2) == 99,
        is_folder: name.ends_with(b"/") && size == 0,
        is_link: is_unix && mode & 0o170_000 == 0o120_000,
        overlaps: false,
        checksum: Some(number(record, 16, 4) as u32),
        packed,
        size,
        header: header.saturating_add(before),
    }
}

/// Numbers that did not fit their four bytes stand in the extra field 1, in this order.
fn in_full(mut extra: &[u8], numbers: &mut [&mut u64]) {
    while extra.len() >= 4 {
        let length = number(extra, 2, 2) as usize;
        let Some(field) = extra.get(4..4 + length) else {
            return;
        };
        if number(extra, 0, 2) == 1 {
            let mut at = 0;
            for value in numbers.iter_mut().filter(|v| ***v == u64::from(u32::MAX)) {
                if at + 8 <= field.len() {
                    **value = number(field, at, 8);
                }
                at += 8;
            }
            return;
        }
        extra = &extra[4 + length..];
    }
}

fn text(name: &[u8]) -> String {
    let kept = &name[name.len().saturating_sub(NAME_BYTES)..];
    String::from_utf8_lossy(kept).into_owned()
}

/// The entries of an archive whose directory is missing, by the headers before them.
fn salvaged(ranges: &Ranges) -> Result<Directory, SourceError> {
    let mut directory = Directory::default();
    let mut at = 0;
    while directory.entries.len() < super::entries_at_most() {
        let Some((entry, next)) = local(ranges, at)? else {
            break;
        };
        let is_last = entry.checksum.is_none();
        directory.entries.push(entry);
        if is_last {
            break;
        }
        at = next;
    }
    if directory.entries.is_empty() {
        return Err(SourceError::Malformed {
            format: "zip",
            reason: "it has no directory and no entries: cut off, or no zip archive".into(),
            at: At(None),
        });
    }
    directory.damage = Some(format!(
        "the archive is cut off or damaged: its directory is missing, {} entries were found without it",
        directory.entries.len()
    ));
    Ok(directory)
}

/// The entry whose header stands at `at`, and where the next one would.
fn local(ranges: &Ranges, at: u64) -> Result<Option<(Entry, u64)>, SourceError> {
    let record = ranges.read(at..at.saturating_add(30))?;
    if record.len() < 30 || !record.starts_with(&LOCAL) {
        return Ok(None);
    }
    let names = at + 30;
    let name_length = number(&record, 26, 2);
    let extra_length = number(&record, 28, 2);
    let rest = ranges.read(names..names + name_length + extra_length)?;
    let (name, extra) = rest.split_at((name_length as usize).min(rest.len()));
    let (mut size, mut packed) = (number(&record, 22, 4), number(&record, 18, 4));
    in_full(extra, &mut [&mut size, &mut packed]);
    let content = names + name_length + extra_length;
    // Sizes may stand after the content only: then it is read as far as its compression says.
    let is_stated = record[6] & 8 == 0 || packed > 0;
    if !is_stated {
        packed = ranges.size().saturating_sub(content);
    }
    let entry = Entry {
        name: text(name),
        method: number(&record, 8, 2) as u16,
        is_encrypted: record[6] & 1 != 0,
        is_folder: name.ends_with(b"/") && size == 0,
        is_link: false,
        overlaps: false,
        checksum: is_stated.then(|| number(&record, 14, 4) as u32),
        packed,
        size,
        header: at,
    };
    Ok(Some((entry, content.saturating_add(packed))))
}

/// The range of an entry's content, after its header.
pub(super) fn content(ranges: &Ranges, entry: &Entry) -> Result<std::ops::Range<u64>, SourceError> {
    let end = entry.header.saturating_add(30);
    let record = ranges.read(entry.header..end)?;
    if record.len() < 30 || !record.starts_with(&LOCAL) {
        return Err(SourceError::Malformed {
            format: "zip",
            reason: "the directory of the archive points to where no entry is".into(),
            at: At(None),
        });
    }
    let start = end + number(&record, 26, 2) + number(&record, 28, 2);
    Ok(start..start.saturating_add(entry.packed))
}
