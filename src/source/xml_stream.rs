//! XML as a run of events over a stream, however large: pieces bounded, only the five entities that XML itself has.
//! Never fetches anything, never expands what a document declares; knows nothing of what elements mean.

use super::{At, SourceError};
use quick_xml::events::Event;
use std::cell::Cell;
use std::io::{self, BufReader, Read};
use std::rc::Rc;

/// Longest piece: a tag with its attributes, a run of text.
const PIECE_BYTES: usize = 16 << 20;
/// Bytes read at a time.
const BLOCK_BYTES: usize = 64 << 10;

/// Ends a stream whose next piece is too long.
struct Pieces<R> {
    stream: R,
    since: Rc<Cell<usize>>,
}

impl<R: Read> Read for Pieces<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.since.get() > PIECE_BYTES {
            return Err(io::Error::other("a piece is too long"));
        }
        let read = self.stream.read(out)?;
        self.since.set(self.since.get() + read);
        Ok(read)
    }
}

/// The events of a document.
pub struct XmlStream<R: Read> {
    reader: quick_xml::Reader<BufReader<Pieces<R>>>,
    since: Rc<Cell<usize>>,
    buffer: Vec<u8>,
}

impl<R: Read> XmlStream<R> {
    /// Reads a stream of UTF-8.
    pub fn new(stream: R) -> Self {
        let since = Rc::new(Cell::new(0));
        let pieces = Pieces {
            stream,
            since: Rc::clone(&since),
        };
        let mut reader =
            quick_xml::Reader::from_reader(BufReader::with_capacity(BLOCK_BYTES, pieces));
        let config = reader.config_mut();
        // Mismatched tags are what the reader of a format counts itself; comments may hold anything.
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        Self {
            reader,
            since,
            buffer: Vec::new(),
        }
    }

    /// The next event.
    pub fn next_event(&mut self) -> Result<Event<'_>, SourceError> {
        self.buffer.clear();
        self.since.set(0);
        let at = self.reader.buffer_position();
        let is_long = Rc::clone(&self.since);
        self.reader.read_event_into(&mut self.buffer).map_err(|_| {
            if is_long.get() > PIECE_BYTES {
                let most = PIECE_BYTES >> 20;
                return SourceError::Limit(format!(
                    "a tag or text of more than {most} MiB after {at} bytes; what stands before it was read"
                ));
            }
            SourceError::Malformed {
                format: "XML",
                reason: format!("broken after {at} bytes"),
                at: At(None),
            }
        })
    }
}

/// Adds the character that `&name;` or `&#number;` stands for. What a document declares itself stays as it is written.
pub fn push_entity(name: &str, out: &mut String) {
    let number = name
        .strip_prefix('#')
        .and_then(|digits| match digits.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => digits.parse().ok(),
        });
    let character = match (name, number) {
        ("lt", _) => Some('<'),
        ("gt", _) => Some('>'),
        ("amp", _) => Some('&'),
        ("quot", _) => Some('"'),
        ("apos", _) => Some('\''),
        (_, Some(number)) => Some(char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER)),
        _ => None,
    };
    match character {
        Some(character) => out.push(character),
        None => {
            out.push('&');
            out.push_str(name);
            out.push(';');
        }
    }
}

/// The text of an attribute or of a run of text that may hold entities.
pub fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        rest = after;
        // No name of an entity is that long, or holds a space.
        match after.find([';', '&', ' ']).filter(|end| *end <= 12) {
            Some(end) if after[end..].starts_with(';') => {
                push_entity(&after[..end], &mut out);
                rest = &after[end + 1..];
            }
            _ => out.push('&'),
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_entities_of_xml_itself_are_resolved() {
        assert_eq!(
            unescaped("a&amp;b &#64; &#x40; &lol; &amp &#xd800;"),
            "a&b @ @ &lol; &amp \u{fffd}"
        );
    }

    #[test]
    fn a_piece_that_is_too_long_is_a_limit() {
        let stream = io::repeat(b'x').take(1 << 30);
        let mut events = XmlStream::new(stream);
        assert!(matches!(events.next_event(), Err(SourceError::Limit(_))));
    }
}
