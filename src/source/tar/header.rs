//! One 512-byte header of a tar archive, and what extended headers say of the entry after them.
//! Knows fields of the header only; the content of entries is read elsewhere.

use super::damaged;
use crate::source::SourceError;

/// Everything in a tar archive is a multiple of this.
pub(super) const BLOCK: usize = 512;

/// Longest extended header that is read: names and numbers are short.
pub(super) const LONGEST: u64 = 1 << 20;

/// A header whose checksum is right.
pub(super) struct Header([u8; BLOCK]);

/// A header whose checksum is wrong.
#[derive(Debug)]
pub(super) struct Wrong;

/// What an entry is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Link,
    Other,
    /// GNU: the name of the next entry.
    LongName,
    /// GNU: what the next entry points to.
    LongLink,
    /// pax: what holds for the next entry.
    Extended,
    /// pax: what holds for all that follow.
    Global,
}

/// What extended headers say of the entry after them.
#[derive(Default)]
pub(super) struct Entry {
    pub name: Option<String>,
    pub size: Option<u64>,
}

impl Entry {
    /// Takes in the records of a pax header: `LENGTH KEY=VALUE\n`.
    pub fn extend(&mut self, mut records: &[u8]) {
        while let Some(space) = memchr::memchr(b' ', records) {
            let length = std::str::from_utf8(&records[..space])
                .ok()
                .and_then(|digits| digits.parse::<usize>().ok());
            let Some(record) = length.and_then(|length| records.get(space + 1..length)) else {
                return;
            };
            let record = record.strip_suffix(b"\n").unwrap_or(record);
            if let Some(name) = record.strip_prefix(b"path=") {
                self.name = Some(text(name));
            } else if let Some(name) = record.strip_prefix(b"GNU.sparse.name=") {
                self.name = Some(text(name));
            } else if let Some(size) = record.strip_prefix(b"size=") {
                self.size = text(size).parse().ok();
            }
            records = &records[length.unwrap_or(records.len())..];
        }
    }
}

impl Header {
    /// The header in a block; `None` for a block of zeros.
    pub fn of(block: &[u8; BLOCK]) -> Result<Option<Self>, Wrong> {
        if block.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        let stated = number(&block[148..156]).ok_or(Wrong)?;
        // The checksum counts its own field as blanks; old archives added signed bytes.
        let bytes = || {
            let blank = |at: usize| (148..156).contains(&at);
            block
                .iter()
                .enumerate()
                .map(move |(at, byte)| if blank(at) { b' ' } else { *byte })
        };
        let unsigned: u64 = bytes().map(u64::from).sum();
        let signed: i64 = bytes().map(|byte| i64::from(byte.cast_signed())).sum();
        let is_right = stated == unsigned || i64::try_from(stated) == Ok(signed);
        if is_right {
            Ok(Some(Self(*block)))
        } else {
            Err(Wrong)
        }
    }

    /// Whether it has the magic number that all but the oldest have.
    pub fn is_ustar(&self) -> bool {
        self.0[257..].starts_with(b"ustar")
    }

    pub fn kind(&self) -> Kind {
        match self.0[156] {
            b'L' => Kind::LongName,
            b'K' => Kind::LongLink,
            b'x' => Kind::Extended,
            b'g' => Kind::Global,
            b'1' | b'2' => Kind::Link,
            b'5' => Kind::Folder,
            b'3' | b'4' | b'6' | b'V' | b'M' => Kind::Other,
            // The oldest archives know folders by their names only.
            0 if self.name().ends_with('/') => Kind::Folder,
            _ => Kind::File,
        }
    }

    /// Whether blocks with further maps of a sparse file stand before its content.
    pub fn is_sparse_with_more(&self) -> bool {
        self.0[156] == b'S' && self.0[482] != 0
    }

    pub fn size(&self) -> Result<u64, SourceError> {
        number(&self.0[124..136]).ok_or_else(|| damaged(0))
    }

    pub fn name(&self) -> String {
        let name = text(&self.0[..100]);
        let prefix = text(&self.0[345..500]);
        let is_posix = self.0[257..].starts_with(b"ustar\0");
        if is_posix && !prefix.is_empty() {
            format!("{prefix}/{name}")
        } else {
            name
        }
    }
}

/// Text up to the first zero.
pub(super) fn text(bytes: &[u8]) -> String {
    let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

/// A number in octal digits, or in base 256 where the first bit is set.
fn number(bytes: &[u8]) -> Option<u64> {
    if let [0x80, rest @ ..] = bytes {
        let (high, low) = rest.split_at(rest.len().saturating_sub(8));
        let is_small = high.iter().all(|byte| *byte == 0);
        return is_small.then(|| low.iter().fold(0, |n, b| (n << 8) | u64::from(*b)));
    }
    let text = text(bytes);
    let digits = text.trim_matches(' ');
    if digits.is_empty() {
        return Some(0);
    }
    u64::from_str_radix(digits, 8).ok()
}
