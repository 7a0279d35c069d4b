//! The content of one entry of a zip archive: unpacked as it is read, held to its size and checksum.
//! Knows compressions by their numbers.

use super::directory::{Entry, content};
use crate::source::SourceError;
use crate::source::decode::{self, Allowance, Compression};
use crate::source::input::{Ranges, Stream};
use std::io::{self, Read};
use std::sync::Arc;

/// Opens an entry. `is_outermost` where the archive lies in no other file: then its stored bytes count for the allowance.
pub fn open(
    ranges: &Ranges,
    entry: &Entry,
    allowance: &Arc<Allowance>,
    is_outermost: bool,
) -> Result<Stream, SourceError> {
    let mut raw = ranges.open(content(ranges, entry)?)?;
    if is_outermost {
        raw = allowance.counting(raw);
    }
    let stream = match entry.method {
        0 => allowance.limiting(raw),
        8 => decode::decompress(Compression::Deflate, raw, allowance)?,
        12 => decode::decompress(Compression::Bzip2, raw, allowance)?,
        20 | 93 => decode::decompress(Compression::Zstd, raw, allowance)?,
        95 => decode::decompress(Compression::Xz, raw, allowance)?,
        method => {
            let name = match method {
                9 => "deflate64",
                14 => "LZMA",
                98 => "PPMd",
                _ => "unknown",
            };
            return Err(SourceError::Server(format!(
                "packed by a method that ropa does not read ({method}, {name}); unpack it to have it read"
            )));
        }
    };
    let Some(checksum) = entry.checksum else {
        return Ok(stream);
    };
    Ok(Box::new(Checked {
        stream,
        left: entry.size,
        seen: Seen::default(),
        checksum,
    }))
}

/// An entry's whole content, unless it is more than `limit` bytes.
pub fn read_all(
    ranges: &Ranges,
    entry: &Entry,
    allowance: &Arc<Allowance>,
    is_outermost: bool,
    limit: u64,
) -> Result<Vec<u8>, SourceError> {
    let mut bytes = Vec::new();
    let stream = open(ranges, entry, allowance, is_outermost)?;
    stream.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(SourceError::Limit(format!(
            "a part of it is larger than {} MiB, the most this format is read whole",
            limit >> 20
        )));
    }
    Ok(bytes)
}

/// Holds what an entry unpacks to against what the directory says of it.
struct Checked {
    stream: Stream,
    left: u64,
    seen: Seen,
    checksum: u32,
}

impl Read for Checked {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(out)?;
        if read == 0 && !out.is_empty() {
            return match (self.left, self.seen.checksum()) {
                (0, seen) if seen.is_none_or(|seen| seen == self.checksum) => Ok(0),
                (0, _) => Err(io::Error::new(io::ErrorKind::InvalidData, "checksum")),
                _ => Err(io::ErrorKind::UnexpectedEof.into()),
            };
        }
        let Some(left) = self.left.checked_sub(read as u64) else {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "size"));
        };
        self.left = left;
        self.seen.add(&out[..read]);
        Ok(read)
    }
}

/// The checksum of what was read; none where ropa is built without compressions.
#[derive(Default)]
struct Seen {
    #[cfg(feature = "containers")]
    sum: flate2::Crc,
}

impl Seen {
    #[cfg(feature = "containers")]
    fn add(&mut self, bytes: &[u8]) {
        self.sum.update(bytes);
    }

    #[cfg(feature = "containers")]
    fn checksum(&self) -> Option<u32> {
        Some(self.sum.sum())
    }

    #[cfg(not(feature = "containers"))]
    fn add(&mut self, _: &[u8]) {}

    #[cfg(not(feature = "containers"))]
    fn checksum(&self) -> Option<u32> {
        None
    }
}
