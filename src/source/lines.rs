//! Text in blocks that end at line ends, in bounded memory: what text, logs and JSON lines are read by.
//! Knows nothing of what the lines hold.

use super::input::{Stream, breaks_off};
use super::{Coverage, Input, SourceError, Split};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Bytes of a block, unless one line is longer.
pub const BLOCK_BYTES: usize = 256 << 10;
/// How far a split's border is looked for before the cut is given up.
const BORDER_BYTES: u64 = 4 << 20;

/// A stream as blocks that end at line ends.
pub struct Blocks {
    stream: Stream,
    buffer: Vec<u8>,
    /// Where the bytes not yet given begin in `buffer`.
    given: usize,
    /// Longest line that is kept in one piece.
    longest: usize,
    start: u64,
    lines: u64,
    inside_line: bool,
    ended: bool,
    failure: Option<io::Error>,
}

/// Some lines, or a piece of a line that is too long.
pub struct Block<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// Offset of the first byte in the decompressed source.
    pub start: u64,
    /// Line of the first byte, from 1, counted from the start of the split.
    pub line: u64,
    /// Whether the block is a piece of a line longer than the buffer: not its end, or not its beginning.
    pub is_piece: bool,
}

impl Blocks {
    /// Reads a split of an input; lines up to `longest` bytes stay whole.
    pub fn of(input: &Input, split: &Split, longest: usize) -> Result<Self, SourceError> {
        let start = split.range.as_ref().map_or(0, |range| range.start);
        Ok(Self::new(
            input.open_split(split.range.as_ref())?,
            start,
            longest,
        ))
    }

    /// Reads a stream whose first byte has offset `start`.
    pub fn new(stream: Stream, start: u64, longest: usize) -> Self {
        let longest = longest.max(BLOCK_BYTES);
        let buffer = Vec::with_capacity(BLOCK_BYTES);
        Self {
            stream,
            buffer,
            given: 0,
            longest,
            start,
            lines: 0,
            inside_line: false,
            ended: false,
            failure: None,
        }
    }

    /// The next block, `None` at the end or where the stream broke off.
    pub fn next_block(&mut self) -> Option<Block<'_>> {
        self.start += self.given as u64;
        self.buffer.drain(..self.given);
        self.given = 0;
        let mut ends_line = self.fill(BLOCK_BYTES);
        while !ends_line && !self.ended && self.buffer.len() < self.longest {
            ends_line = self.fill((self.buffer.len() * 2).min(self.longest));
        }
        if self.buffer.is_empty() {
            return None;
        }
        self.given = if self.ended {
            self.buffer.len()
        } else if let Some(end) = memchr::memrchr(b'\n', &self.buffer) {
            end + 1
        } else {
            cut_of(&self.buffer)
        };
        let bytes = &self.buffer[..self.given];
        let line = self.lines + 1;
        self.lines += memchr::memchr_iter(b'\n', bytes).count() as u64;
        let was_inside = self.inside_line;
        self.inside_line = !self.ended && bytes.last() != Some(&b'\n');
        Some(Block {
            bytes,
            start: self.start,
            line,
            is_piece: was_inside || self.inside_line,
        })
    }

    /// Fills the buffer up to `size`; whether it then holds a line end.
    fn fill(&mut self, size: usize) -> bool {
        let seen = self.buffer.len();
        if !self.ended {
            let wanted = size.saturating_sub(seen);
            match self
                .stream
                .by_ref()
                .take(wanted as u64)
                .read_to_end(&mut self.buffer)
            {
                Ok(read) => self.ended = read < wanted,
                Err(error) => {
                    self.failure = Some(error);
                    self.ended = true;
                }
            }
        }
        // What was there before is looked at again only the first time: then `seen` is the rest of a block.
        let fresh = if seen < BLOCK_BYTES { 0 } else { seen };
        memchr::memrchr(b'\n', &self.buffer[fresh..]).is_some()
    }

    /// Line ends seen.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Whole, or partial where the stream broke off.
    pub fn coverage(&self) -> Coverage {
        match &self.failure {
            None => Coverage::Whole,
            Some(error) => Coverage::Partial(breaks_off(error, self.start + self.given as u64)),
        }
    }
}

/// Where a line longer than the buffer is cut: after its last space or comma, else between two characters.
fn cut_of(bytes: &[u8]) -> usize {
    let tail = bytes.len().saturating_sub(4 << 10);
    if let Some(space) = memchr::memrchr3(b' ', b'\t', b',', &bytes[tail..]) {
        return tail + space + 1;
    }
    let is_middle = |byte: u8| byte & 0b1100_0000 == 0b1000_0000;
    let end = (bytes.len().saturating_sub(3)..bytes.len())
        .rev()
        .find(|at| !is_middle(bytes[*at]));
    end.filter(|end| *end > 0).unwrap_or(bytes.len())
}

/// Splits of a plain file at line ends, about `split_bytes` each; one split where the input is no plain file.
pub fn splits(input: &Input, split_bytes: u64) -> Result<Vec<Split>, SourceError> {
    let (Some(path), Some(size)) = (input.path().filter(|_| input.is_plain_file()), input.size())
    else {
        return Ok(vec![Split::whole()]);
    };
    let split_bytes = split_bytes.max(1);
    if size < split_bytes.saturating_mul(2) {
        return Ok(vec![Split::whole()]);
    }
    let mut borders = vec![0];
    let mut next = split_bytes;
    while next + split_bytes / 2 < size {
        if let Some(border) = line_end_after(path, next)?.filter(|border| *border < size) {
            borders.push(border);
            next = border + split_bytes;
        } else {
            next += split_bytes;
        }
    }
    borders.push(size);
    Ok(ranges(&borders))
}

/// The splits between borders.
pub fn ranges(borders: &[u64]) -> Vec<Split> {
    let pairs = borders.windows(2).enumerate();
    pairs
        .map(|(index, pair)| Split {
            index,
            range: Some(pair[0]..pair[1]),
            part: String::new(),
        })
        .collect()
}

fn line_end_after(path: &Path, start: u64) -> io::Result<Option<u64>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(start))?;
    let mut block = vec![0; 8 << 10];
    let mut at = start;
    while at < start + BORDER_BYTES {
        let read = file.read(&mut block)?;
        if read == 0 {
            return Ok(None);
        }
        if let Some(end) = memchr::memchr(b'\n', &block[..read]) {
            return Ok(Some(at + end as u64 + 1));
        }
        at += read as u64;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks_of(text: &[u8]) -> Vec<(u64, u64, bool, Vec<u8>)> {
        let mut blocks = Blocks::new(Box::new(std::io::Cursor::new(text.to_vec())), 0, 0);
        let mut all = Vec::new();
        while let Some(block) = blocks.next_block() {
            all.push((
                block.start,
                block.line,
                block.is_piece,
                block.bytes.to_vec(),
            ));
        }
        all
    }

    #[test]
    fn blocks_end_at_line_ends_and_join_to_the_text() {
        let line = "a line of some length, said again and again\n";
        let text = line.repeat(20_000);
        let blocks = blocks_of(text.as_bytes());
        assert!(blocks.len() > 2);
        assert!(
            blocks
                .iter()
                .all(|(_, _, is_piece, bytes)| !is_piece && bytes.ends_with(b"\n"))
        );
        assert!(
            blocks
                .iter()
                .all(|(start, number, ..)| start / line.len() as u64 + 1 == *number)
        );
        assert_eq!(
            blocks
                .into_iter()
                .flat_map(|block| block.3)
                .collect::<Vec<u8>>(),
            text.as_bytes()
        );
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        let text = "é".repeat(300_001);
        let blocks = blocks_of(text.as_bytes());
        assert!(blocks.len() > 1);
        assert!(blocks.iter().all(|(_, line, is_piece, bytes)| *line == 1
            && *is_piece
            && std::str::from_utf8(bytes).is_ok()));
        assert_eq!(
            blocks
                .into_iter()
                .flat_map(|block| block.3)
                .collect::<Vec<u8>>(),
            text.as_bytes()
        );
    }

    #[test]
    fn splits_join_to_the_file() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("some.log");
        let text = "one two three\nfour\n\nfive six seven eight nine\n".repeat(100);
        std::fs::write(&path, &text).expect("written");
        let input = Input::file("some.log", &path).expect("readable");
        let splits = splits(&input, 500).expect("planned");
        assert!(splits.len() > 4);
        let mut joined = Vec::new();
        for split in &splits {
            let mut blocks = Blocks::of(&input, split, 0).expect("opened");
            while let Some(block) = blocks.next_block() {
                assert_eq!(block.start, joined.len() as u64);
                joined.extend_from_slice(block.bytes);
            }
            assert!(joined.ends_with(b"\n"));
        }
        assert_eq!(joined, text.as_bytes());
    }
}
