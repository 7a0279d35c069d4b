//! JSON as a stream of tokens over a sliding buffer, straight into columns: no tree, no recursion, nothing kept of a record.
//! Goes on after a broken record where records are lines; says what it could not read.

use super::escape;
use super::paths::{PathId, Paths};
use crate::field::{Place, TextPlace};
use crate::source::columns::Columns;
use crate::source::input::{Stream, breaks_off};
use crate::source::{Coverage, Outcome, Sink};
use std::io::{self, Read};

/// Bytes read at a time.
const BLOCK_BYTES: usize = 256 << 10;
/// Longest string that is kept in one piece; a longer one is text.
const STRING_BYTES: usize = 4 << 20;
/// A comment longer than this is none.
const LONGEST_COMMENT: usize = 1 << 20;
/// How deep containers are followed.
const DEPTH_AT_MOST: usize = 1_000;

/// What separates records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Records {
    /// One record a line: after a broken one the next line is read.
    Lines,
    /// The file is one document, or several after each other.
    Documents,
}

/// Reads a stream into columns.
pub struct Tokens {
    stream: Stream,
    buffer: Vec<u8>,
    /// How much of the buffer is read.
    at: usize,
    /// Offset of the buffer in the decompressed source.
    start: u64,
    /// Line ends before the buffer.
    lines: u64,
    /// Whether the stream begins with the file.
    is_first: bool,
    ended: bool,
    failure: Option<io::Error>,
    records: Records,
    paths: Paths,
    stack: Vec<Frame>,
    expect: Expect,
    decoded: Vec<u8>,
    broken: u64,
    first_broken: u64,
    first_too_deep: Option<u64>,
    long_strings: u64,
}

#[derive(Clone, Copy)]
struct Frame {
    path: PathId,
    /// The key read last, in an object.
    before: Option<PathId>,
    is_object: bool,
    /// An array of records: its elements have the path of the array.
    holds_records: bool,
}

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    /// A value of this path.
    Value(PathId),
    /// A key or the end of the object.
    Key,
    /// An element or the end of the array.
    Element,
    /// A comma or the end of the container.
    Comma,
    /// A record, between records.
    Record,
}

/// Why reading the buffer stopped.
enum Stop {
    /// The token at `at` goes on beyond the buffer.
    More,
    /// What stands at `at` is no JSON here.
    Broken,
    /// A container beyond the depth limit begins at `at`.
    TooDeep,
    /// Nothing is left.
    End,
}

impl Tokens {
    /// Reads a stream whose first byte has offset `start`.
    pub fn new(stream: Stream, start: u64, records: Records) -> Self {
        Self {
            stream,
            buffer: Vec::with_capacity(BLOCK_BYTES * 2),
            at: 0,
            start,
            lines: 0,
            is_first: start == 0,
            ended: false,
            failure: None,
            records,
            paths: Paths::new(),
            stack: Vec::new(),
            expect: Expect::Record,
            decoded: Vec::new(),
            broken: 0,
            first_broken: 0,
            first_too_deep: None,
            long_strings: 0,
        }
    }

    /// Reads everything.
    pub fn read(mut self, columns: &mut Columns, sink: &mut dyn Sink) -> Outcome {
        loop {
            match self.run(columns, sink) {
                Stop::End if self.ended => break,
                Stop::End => self.fetch(),
                Stop::More => self.go_on(sink),
                Stop::Broken => self.recover(sink),
                Stop::TooDeep => self.skip_deep(),
            }
        }
        if !self.stack.is_empty() {
            self.note_broken();
        }
        columns.flush(sink);
        self.lines += count_lines(&self.buffer);
        Outcome {
            coverage: self.coverage(),
            lines: self.lines,
            unresolved: self.long_strings,
        }
    }

    /// Reads tokens until the buffer holds no whole one.
    fn run(&mut self, columns: &mut Columns, sink: &mut dyn Sink) -> Stop {
        let is_lines = self.records == Records::Lines;
        loop {
            // Between tokens.
            loop {
                match self.buffer.get(self.at) {
                    Some(b'\n') if is_lines && self.expect != Expect::Record => {
                        return Stop::Broken;
                    }
                    Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                    Some(b'/') if !is_lines => {
                        if let Some(stop) = self.comment(sink) {
                            return stop;
                        }
                    }
                    Some(_) => break,
                    None => return Stop::End,
                }
            }
            let byte = self.buffer[self.at];
            let path = match self.expect {
                Expect::Value(path) => path,
                // A line that holds no container is text, as a program prints it between its records.
                Expect::Record if is_lines && !matches!(byte, b'{' | b'[') => return Stop::Broken,
                Expect::Record => PathId::ROOT,
                Expect::Comma => {
                    columns.flush_if_full(sink);
                    match (byte, self.stack.last()) {
                        (b',', Some(frame)) => {
                            self.expect = if frame.is_object {
                                Expect::Key
                            } else {
                                Expect::Element
                            }
                        }
                        (b'}' | b']', Some(frame)) if frame.is_object == (byte == b'}') => {
                            self.close()
                        }
                        _ => return Stop::Broken,
                    }
                    self.at += 1;
                    continue;
                }
                Expect::Key => {
                    if byte == b'}' {
                        self.close();
                        self.at += 1;
                        continue;
                    }
                    match self.key(columns) {
                        Ok(path) if self.buffer.get(self.at).is_some_and(|next| *next > b' ') => {
                            path
                        }
                        Ok(_) => continue,
                        Err(stop) => return stop,
                    }
                }
                Expect::Element => {
                    if byte == b']' {
                        self.close();
                        self.at += 1;
                        continue;
                    }
                    let Some(frame) = self.stack.last().copied() else {
                        return Stop::Broken;
                    };
                    if frame.holds_records && byte == b'{' {
                        frame.path
                    } else {
                        self.paths.star(frame.path)
                    }
                }
            };
            if let Err(stop) = self.values(path, columns, sink) {
                return stop;
            }
        }
    }

    /// Reads a value and, as long as the keys are the predicted ones with nothing between, those of the siblings after it.
    #[inline]
    fn values(
        &mut self,
        mut path: PathId,
        columns: &mut Columns,
        sink: &mut dyn Sink,
    ) -> Result<(), Stop> {
        loop {
            self.value(path, columns)?;
            let Some(frame) = self
                .stack
                .last_mut()
                .filter(|frame| frame.is_object && self.expect == Expect::Comma)
            else {
                return Ok(());
            };
            let Some((b',', rest)) = self.buffer[self.at..].split_first() else {
                return Ok(());
            };
            let Some((next, length)) = self.paths.predicted(frame.path, frame.before, rest) else {
                return Ok(());
            };
            if rest.get(length).is_none_or(|byte| *byte <= b' ') {
                return Ok(());
            }
            frame.before = Some(next);
            self.at += 1 + length;
            self.expect = Expect::Value(next);
            columns.flush_if_full(sink);
            path = next;
        }
    }

    fn close(&mut self) {
        self.stack.pop();
        self.expect = if self.stack.is_empty() {
            Expect::Record
        } else {
            Expect::Comma
        };
    }

    /// Reads a key and its colon. Leaves `at` at the value.
    #[inline]
    fn key(&mut self, columns: &mut Columns) -> Result<PathId, Stop> {
        let Some(frame) = self.stack.last_mut() else {
            return Err(Stop::Broken);
        };
        let bytes = &self.buffer[self.at..];
        if let Some((path, length)) = self.paths.predicted(frame.path, frame.before, bytes) {
            frame.before = Some(path);
            self.at += length;
            self.expect = Expect::Value(path);
            return Ok(path);
        }
        self.unpredicted_key(columns)
    }

    fn unpredicted_key(&mut self, columns: &mut Columns) -> Result<PathId, Stop> {
        let bytes = &self.buffer[self.at..];
        if bytes[0] != b'"' {
            return Err(Stop::Broken);
        }
        let Some(StringEnd { length, .. }) = string_end(&bytes[1..])? else {
            return Err(Stop::More);
        };
        let space = |from: usize| {
            bytes[from..]
                .iter()
                .position(|b| !matches!(b, b' ' | b'\t'))
                .map(|step| from + step)
        };
        let Some(colon) = space(length + 2) else {
            return Err(Stop::More);
        };
        if bytes[colon] != b':' {
            return Err(Stop::Broken);
        }
        let Some(value) = space(colon + 1) else {
            return Err(Stop::More);
        };
        let Some(frame) = self.stack.last_mut() else {
            return Err(Stop::Broken);
        };
        let key = &bytes[1..length + 1];
        let child = self
            .paths
            .child(frame.path, frame.before, key, &bytes[..value], columns);
        // Nothing is predicted after a key that is data.
        frame.before = child;
        let path = match child {
            Some(path) => path,
            None => {
                let holds_container = matches!(bytes[value], b'{' | b'[');
                let key = escape::decoded(key, &mut self.decoded);
                self.paths
                    .push_key(frame.path, key, holds_container, columns);
                self.paths.star(frame.path)
            }
        };
        self.at += value;
        self.expect = Expect::Value(path);
        Ok(path)
    }

    /// Reads a value, or opens a container.
    #[inline]
    fn value(&mut self, path: PathId, columns: &mut Columns) -> Result<(), Stop> {
        let bytes = &self.buffer[self.at..];
        match bytes[0] {
            b'"' => {
                let Some(end) = string_end(&bytes[1..])? else {
                    return Err(Stop::More);
                };
                let column = self.column(path, columns);
                let raw = &self.buffer[self.at + 1..self.at + 1 + end.length];
                let text = if end.has_escape {
                    escape::decoded(raw, &mut self.decoded)
                } else {
                    raw
                };
                columns.push(column, text);
                self.at += end.length + 2;
            }
            open @ (b'{' | b'[') => return self.open(path, open == b'{'),
            b'-' | b'+' | b'0'..=b'9' | b't' | b'f' | b'n' | b'N' | b'I' => {
                let end = bytes.iter().position(|byte| !IS_SCALAR[*byte as usize]);
                let Some(length) = end.or(self.ended.then_some(bytes.len())) else {
                    return Err(Stop::More);
                };
                let is_word = !matches!(bytes[0], b'-' | b'+' | b'0'..=b'9');
                let words: &[&[u8]] = &[b"null", b"true", b"false", b"NaN", b"Infinity"];
                let raw = &bytes[..length];
                if is_word && !words.contains(&raw) {
                    return Err(Stop::Broken);
                }
                let is_null = is_word && raw == b"null";
                let column = self.column(path, columns);
                if is_null {
                    columns.push_null(column);
                } else {
                    columns.push(column, &self.buffer[self.at..self.at + length]);
                }
                self.at += length;
            }
            _ => return Err(Stop::Broken),
        }
        self.expect = if self.stack.is_empty() {
            Expect::Record
        } else {
            Expect::Comma
        };
        Ok(())
    }

    fn open(&mut self, path: PathId, is_object: bool) -> Result<(), Stop> {
        if self.stack.len() >= DEPTH_AT_MOST {
            return Err(Stop::TooDeep);
        }
        let holds_records = self.stack.is_empty() && !is_object;
        self.stack.push(Frame {
            path,
            before: None,
            is_object,
            holds_records,
        });
        self.expect = if is_object {
            Expect::Key
        } else {
            Expect::Element
        };
        self.at += 1;
        Ok(())
    }

    /// The column of a path; a new one is told with the line where it first stands, if lines are counted from the file's first.
    #[inline]
    fn column(&mut self, path: PathId, columns: &mut Columns) -> usize {
        if let Some(column) = self.paths.known_column(path) {
            return column;
        }
        let place = if self.is_first {
            Place::line(self.line())
        } else {
            Place::default()
        };
        self.paths.column(path, place, columns)
    }

    /// Drops what is read and reads more.
    fn fetch(&mut self) {
        self.lines += count_lines(&self.buffer[..self.at]);
        self.start += self.at as u64;
        self.buffer.drain(..self.at);
        self.at = 0;
        match self
            .stream
            .by_ref()
            .take(BLOCK_BYTES as u64)
            .read_to_end(&mut self.buffer)
        {
            Ok(read) => self.ended = read < BLOCK_BYTES,
            Err(error) => {
                self.failure = Some(error);
                self.ended = true;
            }
        }
    }

    /// A token goes on beyond the buffer: reads more, unless that is all or it is too long.
    fn go_on(&mut self, sink: &mut dyn Sink) {
        let is_long = self.buffer.len() - self.at > STRING_BYTES;
        if self.ended || is_long && self.buffer[self.at] != b'"' {
            self.recover(sink);
        } else if is_long {
            self.long_strings += 1;
            self.string_as_text(sink);
        } else {
            self.fetch();
        }
    }

    /// Pushes a string, or what looks like one, as text up to its end.
    fn string_as_text(&mut self, sink: &mut dyn Sink) {
        self.at += 1;
        loop {
            let is_line_end = if self.records == Records::Lines {
                b'\n'
            } else {
                b'"'
            };
            let mut end = self.at;
            let found = loop {
                let Some(step) = memchr::memchr3(b'"', b'\\', is_line_end, &self.buffer[end..])
                else {
                    break None;
                };
                end += step;
                match self.buffer[end] {
                    b'\\' => end = (end + 2).min(self.buffer.len()),
                    _ => break Some(end),
                }
            };
            let end = found.unwrap_or(self.buffer.len());
            self.text_until(end, sink);
            if found.is_some() || self.ended {
                break;
            }
            self.fetch();
        }
        // A key that long stands for data; whatever follows its colon has the path of such keys.
        if self.buffer.get(self.at) == Some(&b'"') {
            self.at += 1;
            self.after_long_string();
        }
    }

    fn after_long_string(&mut self) {
        let Some(frame) = self.stack.last().copied() else {
            self.expect = Expect::Record;
            return;
        };
        let is_key = self.expect == Expect::Key && frame.is_object;
        let colon = self.buffer[self.at..]
            .iter()
            .position(|b| !b.is_ascii_whitespace());
        self.expect = Expect::Comma;
        if let Some(step) = colon.filter(|step| is_key && self.buffer[self.at + step] == b':') {
            self.at += step + 1;
            self.expect = Expect::Value(self.paths.star(frame.path));
        }
    }

    /// Passes over a comment, as configuration files of editors and compilers hold them; what it says is text.
    fn comment(&mut self, sink: &mut dyn Sink) -> Option<Stop> {
        let rest = &self.buffer[self.at..];
        let end = match rest.get(1) {
            Some(b'/') => memchr::memchr(b'\n', rest),
            Some(b'*') => memchr::memmem::find(&rest[2..], b"*/").map(|end| end + 4),
            None if !self.ended => return Some(Stop::End),
            _ => return Some(Stop::Broken),
        };
        match end {
            Some(end) => self.text_until(self.at + end, sink),
            None if self.ended => self.text_until(self.buffer.len(), sink),
            None if rest.len() < LONGEST_COMMENT => return Some(Stop::End),
            None => return Some(Stop::Broken),
        }
        None
    }

    fn text_until(&mut self, end: usize, sink: &mut dyn Sink) {
        if end > self.at {
            let line = self.lines + count_lines(&self.buffer[..self.at]) + 1;
            sink.text(
                &self.buffer[self.at..end],
                TextPlace {
                    start: self.start + self.at as u64,
                    line,
                },
            );
        }
        self.at = end;
    }

    fn line(&self) -> u64 {
        self.lines + count_lines(&self.buffer[..self.at]) + 1
    }

    fn note_broken(&mut self) {
        if self.broken == 0 {
            self.first_broken = self.line();
        }
        self.broken += 1;
    }

    /// After something that is no JSON: the rest of the line, or of the file, is text.
    fn recover(&mut self, sink: &mut dyn Sink) {
        // A line of text between records, as in the output of a program, is no broken record.
        let is_text = self.expect == Expect::Record && self.records == Records::Lines;
        if !is_text || matches!(self.buffer.get(self.at), Some(b'"' | b'{' | b'[')) {
            self.note_broken();
        }
        self.stack.clear();
        self.expect = Expect::Record;
        loop {
            let rest = &self.buffer[self.at..];
            let line_end = memchr::memchr(b'\n', rest).filter(|_| self.records == Records::Lines);
            let cut = if self.ended {
                rest.len()
            } else {
                memchr::memrchr(b'\n', rest).map_or(rest.len(), |end| end + 1)
            };
            self.text_until(self.at + line_end.map_or(cut, |end| end + 1), sink);
            if line_end.is_some() {
                return;
            }
            if self.ended && self.at == self.buffer.len() {
                return;
            }
            self.fetch();
        }
    }

    /// Passes over a container beyond the depth limit, string by string, without a stack.
    fn skip_deep(&mut self) {
        if self.first_too_deep.is_none() {
            self.first_too_deep = Some(self.line());
        }
        let (mut depth, mut in_string) = (0_u64, false);
        loop {
            while let Some(byte) = self.buffer.get(self.at) {
                match (byte, in_string) {
                    (b'\\', true) if self.at + 1 == self.buffer.len() && !self.ended => break,
                    (b'\\', true) => self.at += 1,
                    (b'"', _) => in_string = !in_string,
                    (b'\n', _) if self.records == Records::Lines => {
                        self.expect = Expect::Comma;
                        return;
                    }
                    (b'{' | b'[', false) => depth += 1,
                    (b'}' | b']', false) => depth -= 1,
                    _ => {}
                }
                self.at += 1;
                if depth == 0 {
                    self.expect = Expect::Comma;
                    return;
                }
            }
            self.at = self.at.min(self.buffer.len());
            if self.ended {
                return;
            }
            self.fetch();
        }
    }

    fn coverage(&self) -> Coverage {
        let partial = |reason: Option<String>| reason.map_or(Coverage::Whole, Coverage::Partial);
        let broke_off = self
            .failure
            .as_ref()
            .map(|error| breaks_off(error, self.start + self.buffer.len() as u64));
        let broken = (self.broken > 0).then(|| match self.records {
            Records::Lines => format!("malformed records: {}, the first at line {}; from there to the line end read as text", self.broken, self.first_broken),
            Records::Documents => format!("malformed at line {}; read as text from there on", self.first_broken),
        });
        let deep = self.first_too_deep.map(|line| format!("values nested deeper than {DEPTH_AT_MOST} levels were not read, the first at line {line}"));
        partial(broke_off).and(partial(broken)).and(partial(deep))
    }
}

fn count_lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// Bytes of numbers and of `true`, `false`, `null`.
const IS_SCALAR: [bool; 256] = {
    let mut is_scalar = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        is_scalar[byte] =
            matches!(byte as u8, b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'+' | b'.');
        byte += 1;
    }
    is_scalar
};

/// Where a string ends.
#[derive(Clone, Copy)]
struct StringEnd {
    /// Bytes before the closing quote.
    length: usize,
    has_escape: bool,
}

/// The end of a string whose first byte is the one after the quote; `None` where its end is not there.
/// Line ends are not allowed in strings: they end a broken record.
#[inline]
fn string_end(bytes: &[u8]) -> Result<Option<StringEnd>, Stop> {
    match short_search(bytes, 0) {
        Ok(length) if bytes[length] == b'"' => Ok(Some(StringEnd {
            length,
            has_escape: false,
        })),
        Ok(at) | Err(at) => long_string_end(bytes, at),
    }
}

/// The end of a string that has no quote, escape or line end before `at`.
fn long_string_end(bytes: &[u8], mut at: usize) -> Result<Option<StringEnd>, Stop> {
    let mut has_escape = false;
    loop {
        match memchr::memchr3(b'"', b'\\', b'\n', bytes.get(at..).unwrap_or_default()) {
            Some(step) => at += step,
            None => return Ok(None),
        }
        match bytes[at] {
            b'"' => {
                return Ok(Some(StringEnd {
                    length: at,
                    has_escape,
                }));
            }
            b'\n' => return Err(Stop::Broken),
            _ => {
                has_escape = true;
                at += 2;
            }
        }
    }
}

/// The first quote, backslash or line end within 32 bytes, or where to search on.
#[inline]
fn short_search(bytes: &[u8], from: usize) -> Result<usize, usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let zero_bytes = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    let mut at = from;
    while at < from + 32 {
        let Some(word) = bytes
            .get(at..at + 8)
            .and_then(|b| b.try_into().ok())
            .map(u64::from_le_bytes)
        else {
            return Err(at);
        };
        let quote = zero_bytes(word ^ (ONES * b'"' as u64));
        let escape = zero_bytes(word ^ (ONES * b'\\' as u64));
        let line_end = zero_bytes(word ^ (ONES * b'\n' as u64));
        let found = quote | escape | line_end;
        if found != 0 {
            // The lowest set bit is exact: borrows only spoil the bytes above it.
            return Ok(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    Err(at)
}
