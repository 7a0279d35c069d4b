//! The ZIP package of a workbook: which form it is, and whether it unpacks to more than it may.
//! Sizes are counted by unpacking, not believed.

use super::{Form, malformed};
use crate::source::SourceError;
use crate::source::input::Seekable;
use std::io::{Read, SeekFrom};
use zip::ZipArchive;

/// Parts of a package, at most.
const PARTS: usize = 10_000;
/// Largest part that is kept in memory: the texts that cells share, styles, the list of sheets.
const KEPT: u64 = 256 << 20;
/// A part that is packed to less than this cannot unpack to much.
const SMALL: u64 = 64 << 10;
/// Bytes that may be unpacked before the ratio counts.
const UNPACKED_FREE: u64 = 64 << 20;
/// How many times larger than packed a part may be.
const RATIO: u64 = 200;

/// The form that the names of the first parts tell.
pub fn form_of(head: &[u8]) -> Option<Form> {
    let sheets = b"application/vnd.oasis.opendocument.spreadsheet";
    let mut is_excel = false;
    for at in memchr::memmem::find_iter(head, super::PACKAGE) {
        let Some(header) = head.get(at..at + 30) else {
            break;
        };
        let length = usize::from(u16::from_le_bytes([header[26], header[27]]));
        let name = head.get(at + 30..at + 30 + length).unwrap_or(&[]);
        let content = head.get(at + 30 + length..).unwrap_or(&[]);
        if name == b"mimetype" && content.starts_with(sheets) {
            return Some(Form::Ods);
        }
        if name == b"xl/workbook.bin"
            || name.starts_with(b"xl/worksheets/sheet") && name.ends_with(b".bin")
        {
            return Some(Form::Xlsb);
        }
        is_excel |= name.starts_with(b"xl/");
    }
    is_excel.then_some(Form::Xlsx)
}

/// Opens a package.
pub fn open<S: Read + std::io::Seek>(stream: S) -> Result<ZipArchive<S>, SourceError> {
    let package = ZipArchive::new(stream)
        .map_err(|_| malformed("its ZIP package is damaged or breaks off before its end"))?;
    if package.len() > PARTS {
        return Err(SourceError::Limit(format!(
            "its package has {} parts, more than {PARTS}",
            package.len()
        )));
    }
    Ok(package)
}

/// Refuses a package that unpacks to more than it may.
pub fn checked(mut stream: Box<dyn Seekable>) -> Result<Box<dyn Seekable>, SourceError> {
    let mut package = open(&mut stream)?;
    for at in 0..package.len() {
        let mut part = package
            .by_index(at)
            .map_err(|_| malformed("a part of its ZIP package cannot be unpacked"))?;
        let packed = part.compressed_size();
        let is_kept = !part
            .name()
            .is_ok_and(|name| name.starts_with("xl/worksheets/"));
        if packed < SMALL {
            continue;
        }
        let ratio_limit = UNPACKED_FREE.max(packed.saturating_mul(RATIO));
        let limit = if is_kept {
            ratio_limit.min(KEPT)
        } else {
            ratio_limit
        };
        let mut counted = (&mut part).take(limit + 1);
        let unpacked = std::io::copy(&mut counted, &mut std::io::sink())
            .map_err(|_| malformed("a part of its ZIP package is damaged"))?;
        if unpacked <= limit {
            continue;
        }
        return Err(SourceError::Limit(if limit == ratio_limit {
            format!(
                "a part of its package unpacks to more than {limit} bytes from {packed}: more than {RATIO} to 1 looks like a decompression bomb"
            )
        } else {
            format!(
                "a part of its package that must be kept in memory is larger than {} MiB",
                KEPT >> 20
            )
        }));
    }
    drop(package);
    stream.seek(SeekFrom::Start(0))?;
    Ok(stream)
}

/// Limits how far a part may unpack while it is read.
pub fn limited<R: Read>(part: R, packed: u64) -> impl Read {
    part.take(UNPACKED_FREE.max(packed.saturating_mul(RATIO)))
}
