//! The pages of a column chunk, one after the other, unpacked: their headers checked before anything is made of their claims.
//! Knows levels by their length only; what values mean is for the column.

use super::footer::{Chunk, malformed};
use super::thrift::{Thrift, kind};
use crate::source::SourceError;
use crate::source::codec::{Codec, unpack};
use crate::source::input::Seekable;
use std::io::SeekFrom;

/// Largest page, packed or not.
pub const PAGE_BYTES: usize = 64 << 20;
/// Bytes in which a page header is looked for first, and at most.
const HEADER_BYTES: [usize; 2] = [8 << 10, 1 << 20];

/// A page.
pub struct Page {
    /// Whether it is the dictionary.
    pub is_dictionary: bool,
    /// Values, absent ones counted.
    pub values: usize,
    /// How values are written, as the format numbers it.
    pub encoding: i64,
    /// Where levels end, if the header says: the first without their lengths.
    pub levels: Option<(usize, usize)>,
    /// Levels and values.
    pub bytes: Vec<u8>,
}

#[derive(Default)]
struct Header {
    page: i64,
    unpacked: usize,
    packed: usize,
    values: usize,
    encoding: i64,
    levels: Option<(usize, usize)>,
    is_packed: bool,
    length: usize,
}

/// The pages of one chunk.
pub struct Pages<'a> {
    stream: &'a mut dyn Seekable,
    codec: Codec,
    at: u64,
    end: u64,
    values: u64,
    wanted: u64,
    buffer: Vec<u8>,
}

fn codec_of(number: i64) -> Option<Codec> {
    Some(match number {
        0 => Codec::Plain,
        1 => Codec::Snappy,
        2 => Codec::Gzip,
        4 => Codec::Brotli,
        5 => Codec::Lz4Hadoop,
        6 => Codec::Zstd,
        7 => Codec::Lz4,
        _ => return None,
    })
}

impl<'a> Pages<'a> {
    /// Goes to the first page.
    pub fn of(chunk: &Chunk, stream: &'a mut dyn Seekable) -> Result<Self, SourceError> {
        let codec = codec_of(chunk.codec).ok_or_else(|| malformed("packed in an unknown way"))?;
        Ok(Self {
            stream,
            codec,
            at: chunk.start,
            end: chunk.start + chunk.length,
            values: 0,
            wanted: chunk.values,
            buffer: Vec::new(),
        })
    }

    /// The next page of values or the dictionary; `None` after the last.
    pub fn next_page(&mut self) -> Result<Option<Page>, SourceError> {
        while self.at < self.end && self.values < self.wanted {
            let header = self.header()?;
            self.at += header.length as u64;
            if header.packed as u64 > self.end - self.at {
                return Err(malformed("a page is longer than its column chunk"));
            }
            if header.packed > PAGE_BYTES || header.unpacked > PAGE_BYTES {
                return Err(SourceError::Limit(format!(
                    "a page is larger than {} MiB",
                    PAGE_BYTES >> 20
                )));
            }
            let bytes = self.body(&header)?;
            self.at += header.packed as u64;
            if !matches!(header.page, 0 | 2 | 3) {
                continue;
            }
            let is_dictionary = header.page == 2;
            if !is_dictionary {
                self.values += header.values as u64;
            }
            return Ok(Some(Page {
                is_dictionary,
                values: header.values,
                encoding: header.encoding,
                levels: header.levels,
                bytes,
            }));
        }
        Ok(None)
    }

    fn fill(&mut self, length: usize) -> Result<(), SourceError> {
        self.buffer.resize(length, 0);
        self.stream.seek(SeekFrom::Start(self.at))?;
        self.stream
            .read_exact(&mut self.buffer)
            .map_err(|_| malformed("it breaks off within a page"))
    }

    fn header(&mut self) -> Result<Header, SourceError> {
        for room in HEADER_BYTES {
            let length = usize::try_from(self.end - self.at)
                .unwrap_or(room)
                .min(room);
            self.fill(length)?;
            if let Some(header) = parse(&self.buffer) {
                return Ok(header);
            }
        }
        Err(malformed("a page header is damaged"))
    }

    fn body(&mut self, header: &Header) -> Result<Vec<u8>, SourceError> {
        self.fill(header.packed)?;
        // Levels of the second version are never packed.
        let levels = header.levels.map_or(0, |(first, second)| first + second);
        let (Some((before, packed)), Some(size)) = (
            self.buffer.split_at_checked(levels),
            header.unpacked.checked_sub(levels),
        ) else {
            return Err(malformed("the levels of a page are longer than the page"));
        };
        if !header.is_packed || self.codec == Codec::Plain || packed.is_empty() {
            return Ok(std::mem::take(&mut self.buffer));
        }
        let values = unpack(self.codec, packed, Some(size), PAGE_BYTES)
            .map_err(|refusal| malformed(refusal.told()))?;
        if before.is_empty() {
            return Ok(values);
        }
        Ok([before, &values].concat())
    }
}

fn parse(bytes: &[u8]) -> Option<Header> {
    let mut thrift = Thrift::new(bytes);
    let mut header = Header {
        page: -1,
        is_packed: true,
        ..Header::default()
    };
    let mut last = 0;
    while let Some((id, kind)) = thrift.field(&mut last)? {
        match id {
            1 => header.page = thrift.number()?,
            2 => header.unpacked = usize::try_from(thrift.number()?).ok()?,
            3 => header.packed = usize::try_from(thrift.number()?).ok()?,
            5 | 7 | 8 if kind == kind::STRUCT => inner(&mut thrift, id, &mut header)?,
            _ => thrift.skip(kind)?,
        }
    }
    header.length = bytes.len() - thrift.left();
    Some(header)
}

fn inner(thrift: &mut Thrift<'_>, page: i16, header: &mut Header) -> Option<()> {
    let (mut last, mut definition, mut repetition) = (0, 0, 0);
    let size = |number: i64| usize::try_from(number).ok();
    while let Some((id, kind)) = thrift.field(&mut last)? {
        match (page, id) {
            (_, 1) => header.values = size(thrift.number()?)?,
            (5 | 7, 2) | (8, 4) => header.encoding = thrift.number()?,
            (8, 5) => definition = size(thrift.number()?)?,
            (8, 6) => repetition = size(thrift.number()?)?,
            (8, 7) => header.is_packed = kind == kind::TRUE,
            _ => thrift.skip(kind)?,
        }
    }
    if page == 8 {
        header.levels = Some((repetition, definition));
    }
    Some(())
}
