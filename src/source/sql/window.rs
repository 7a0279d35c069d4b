//! A sliding window over a stream: the bytes still needed, and where they stand in the source.
//! Memory is bounded by what its user keeps; it knows nothing of SQL.

use crate::field::Place;
use crate::source::input::Stream;
use std::io::{self, Read};

const BLOCK: usize = 256 << 10;

/// The bytes between what is done with and what was read ahead.
pub struct Window {
    stream: Stream,
    buffer: Vec<u8>,
    filled: usize,
    /// Bytes before it are done with and may go.
    kept: usize,
    /// The next byte to look at.
    pub at: usize,
    ended: bool,
    /// Offset of the buffer's first byte in the source.
    base: u64,
    /// Lines and columns are counted up to here, an index into the buffer; it only moves on.
    counted: usize,
    line: u64,
    /// Characters between the start of `line` and `counted`.
    column: u32,
}

impl Window {
    /// A window at the start of `stream`.
    pub fn new(stream: Stream) -> Self {
        Self {
            stream,
            buffer: vec![0; BLOCK],
            filled: 0,
            kept: 0,
            at: 0,
            ended: false,
            base: 0,
            counted: 0,
            line: 1,
            column: 0,
        }
    }

    /// Everything read and not yet done with, from the first kept byte.
    pub fn kept_bytes(&self) -> &[u8] {
        &self.buffer[self.kept..self.filled]
    }

    /// Bytes from the next one on, as far as they were read.
    pub fn ahead(&self) -> &[u8] {
        &self.buffer[self.at..self.filled]
    }

    /// Position of the next byte, counted from the first kept one.
    pub fn position(&self) -> usize {
        self.at - self.kept
    }

    /// Moves the next byte to a position counted from the first kept one.
    pub fn go_to(&mut self, position: usize) {
        self.at = self.kept + position;
    }

    /// Lets go of everything before the next byte.
    pub fn release(&mut self) {
        self.kept = self.at;
    }

    /// Whether the stream has no more bytes than those read.
    pub fn is_complete(&self) -> bool {
        self.ended
    }

    /// Reads on: at least as much again as is ahead, so that looking twice at what is ahead stays linear.
    /// False when nothing more came.
    pub fn more(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.compact();
        let wanted = (self.filled - self.at).max(BLOCK);
        if self.buffer.len() < self.filled + wanted {
            self.buffer.resize(self.filled + wanted, 0);
        }
        let before = self.filled;
        while self.filled < before + wanted {
            match self
                .stream
                .read(&mut self.buffer[self.filled..before + wanted])
            {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(read) => self.filled += read,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => {
                    self.ended = true;
                    return Err(e);
                }
            }
        }
        Ok(self.filled > before)
    }

    fn compact(&mut self) {
        if self.kept == 0 {
            return;
        }
        self.count_to(self.kept);
        self.buffer.copy_within(self.kept..self.filled, 0);
        self.filled -= self.kept;
        self.at -= self.kept;
        self.base += self.kept as u64;
        self.counted -= self.kept;
        self.kept = 0;
        if self.filled + BLOCK * 4 < self.buffer.len() / 4 {
            // One huge statement must not hold its memory for the rest of the source.
            self.buffer.truncate(self.filled + BLOCK * 2);
            self.buffer.shrink_to_fit();
        }
    }

    fn count_to(&mut self, to: usize) {
        if to <= self.counted {
            return;
        }
        let part = &self.buffer[self.counted..to];
        if let Some(last) = memchr::memrchr(b'\n', part) {
            self.line += memchr::memchr_iter(b'\n', part).count() as u64;
            self.column = characters(&part[last + 1..]);
        } else {
            self.column = self.column.saturating_add(characters(part));
        }
        self.counted = to;
    }

    /// Where the first kept byte stands. Asked in order only: lines are counted once.
    pub fn place(&mut self) -> Place {
        self.count_to(self.kept);
        let start = self.base + self.kept as u64;
        Place {
            line: self.line,
            column: self.column.saturating_add(1),
            start,
        }
    }

    /// Line ends seen up to the next byte.
    pub fn line_ends(&mut self) -> u64 {
        self.count_to(self.at);
        self.line - 1
    }
}

fn characters(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .filter(|b| **b & 0xc0 != 0x80)
        .count()
        .try_into()
        .unwrap_or(u32::MAX)
}
