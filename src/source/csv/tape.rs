//! The bytes under a CSV parser, kept from the beginning of the record it is in, so that parsing can start again there.
//! Ends a record that grows beyond all reason; knows nothing of cells.

use crate::source::Coverage;
use crate::source::input::{Stream, breaks_off};
use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// Bytes read at a time.
const BLOCK_BYTES: u64 = 256 << 10;
/// Longest record that is read as one: a quote that is never closed would else take the rest of the file.
pub const RECORD_BYTES: usize = 4 << 20;

/// A stream that can go back to the beginning of the current record.
pub struct Tape {
    stream: Stream,
    kept: Vec<u8>,
    /// Offset of `kept` in the decompressed source.
    start: u64,
    /// How much of `kept` was handed out.
    given: usize,
    /// Where the current record begins; told by who parses.
    record: Rc<Cell<u64>>,
    lines: u64,
    ended: bool,
    failure: Option<io::Error>,
}

/// The mark of an error that says the record is too long, not that the stream broke.
#[derive(Debug, thiserror::Error)]
#[error("the record is longer than {} MiB", RECORD_BYTES >> 20)]
pub struct TooLong;

impl Tape {
    /// A stream whose first byte has offset `start`.
    pub fn new(stream: Stream, start: u64) -> Self {
        let record = Rc::new(Cell::new(start));
        Self {
            stream,
            kept: Vec::new(),
            start,
            given: 0,
            record,
            lines: 0,
            ended: false,
            failure: None,
        }
    }

    /// The first bytes, without handing them out: up to `wanted`, and whether that is all there is.
    pub fn preview(&mut self, wanted: u64) -> (&[u8], bool) {
        while (self.kept.len() as u64) < wanted && !self.ended {
            self.fetch();
        }
        (&self.kept, self.ended)
    }

    /// Where the current record begins; to be set after each record.
    pub fn record(&self) -> Rc<Cell<u64>> {
        Rc::clone(&self.record)
    }

    /// Goes on from `offset`, which must be in or after the current record and not beyond what was handed out.
    pub fn go_to(&mut self, offset: u64) {
        self.given = (offset.saturating_sub(self.start) as usize).min(self.kept.len());
        self.record.set(self.start + self.given as u64);
    }

    /// What is kept from the beginning of the current record on, and the record's offset and line.
    pub fn rest(&self) -> (&[u8], u64, u64) {
        let from = ((self.record.get() - self.start) as usize).min(self.kept.len());
        let ahead = memchr::memchr_iter(b'\n', &self.kept[from..]).count() as u64;
        (
            &self.kept[from..],
            self.start + from as u64,
            self.lines - ahead + 1,
        )
    }

    /// The bytes of the current record up to the offset `end`.
    pub fn record_until(&self, end: u64) -> &[u8] {
        let from = ((self.record.get() - self.start) as usize).min(self.kept.len());
        let to = ((end - self.start) as usize).clamp(from, self.kept.len());
        &self.kept[from..to]
    }

    /// Line ends seen.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Reads on although the record is too long: drops what is kept.
    pub fn drop_kept(&mut self) {
        self.go_to(self.start + self.kept.len() as u64);
        self.forget();
        if !self.ended {
            self.fetch();
        }
    }

    /// Whole, or partial where the stream broke off.
    pub fn coverage(&self) -> Coverage {
        let after = self.start + self.kept.len() as u64;
        self.failure.as_ref().map_or(Coverage::Whole, |error| {
            Coverage::Partial(breaks_off(error, after))
        })
    }

    fn forget(&mut self) {
        let passed = ((self.record.get() - self.start) as usize).min(self.given);
        self.kept.drain(..passed);
        self.start += passed as u64;
        self.given -= passed;
    }

    fn fetch(&mut self) {
        let before = self.kept.len();
        match self
            .stream
            .by_ref()
            .take(BLOCK_BYTES)
            .read_to_end(&mut self.kept)
        {
            Ok(read) => self.ended = (read as u64) < BLOCK_BYTES,
            Err(error) => {
                self.failure = Some(error);
                self.ended = true;
            }
        }
        self.lines += memchr::memchr_iter(b'\n', &self.kept[before..]).count() as u64;
    }
}

impl Read for Tape {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given == self.kept.len() && !self.ended {
            self.forget();
            if self.kept.len() >= RECORD_BYTES {
                return Err(io::Error::other(TooLong));
            }
            self.fetch();
        }
        let taken = (&self.kept[self.given..]).read(out)?;
        self.given += taken;
        Ok(taken)
    }
}
