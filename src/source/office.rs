//! Documents that are zip archives of XML: their paragraphs as lines of text, who wrote them as fields, and what is embedded
//! in them as members. Knows the markup of the three formats that read by it; nothing of what the text means.

use super::decode::Allowance;
use super::input::{Ranges, breaks_off};
use super::member::Members;
use super::vcard::Rows;
use super::zip::directory::{Directory, Entry};
use super::zip::entry;
use super::{Coverage, Input, Outcome, Sink, SourceError, zip};
use crate::field::TextPlace;
use quick_xml::events::Event;
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

/// What a format calls things.
pub struct Markup {
    /// Which parts hold text, in the order of their names.
    pub is_text: fn(&str) -> bool,
    /// The part that says who wrote it.
    pub about: &'static [&'static str],
    /// Elements that end a line.
    pub lines: &'static [&'static str],
    /// Elements that stand for, or end with, a gap within a line: tabs, cells.
    pub gaps: &'static [&'static str],
    /// Elements whose text counts; empty where all does.
    pub texts: &'static [&'static str],
    /// Attributes that name people.
    pub people: &'static [&'static str],
    /// Folder of what is embedded.
    pub embedded: &'static str,
}

/// Properties of a document that name people, and what they are told as.
const ABOUT: &[(&str, &str)] = &[
    ("creator", "creator.name"),
    ("lastModifiedBy", "last_modified_by.name"),
    ("initial-creator", "initial_creator.name"),
    ("printed-by", "printed_by.name"),
    ("Manager", "manager.name"),
    ("Company", "company"),
    ("title", "title"),
    ("subject", "subject"),
    ("description", "description"),
    ("keywords", "keywords"),
    ("keyword", "keywords"),
    ("created", "created"),
    ("creation-date", "created"),
    ("modified", "modified"),
];

/// Unpacked bytes of one part that are read.
const PART_AT_MOST: u64 = 512 << 20;
/// Longest tag or piece of text that is read.
const PIECE_AT_MOST: usize = 16 << 20;
/// Bytes of text that are pushed at once.
const PUSH_BYTES: usize = 64 << 10;

/// Whether a zip archive has such an ending, or names such a part in its head.
pub fn is_one(input: &Input, endings: &[&str], part: &[u8]) -> bool {
    let is_named = endings.contains(&input.extension().as_str());
    let has_part = || memchr::memmem::find(input.head(), part).is_some();
    input.connection().is_none() && zip::is_zip(input.head()) && (is_named || has_part())
}

/// Whether a document is encrypted: then it is no zip archive, but an older kind of container.
pub fn is_encrypted(input: &Input, ending: &str) -> bool {
    const CONTAINER: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
    input.extension() == ending && input.head().starts_with(CONTAINER)
}

/// Reads a document.
pub fn read(input: &Input, markup: &Markup, sink: &mut dyn Sink) -> Result<Outcome, SourceError> {
    if !zip::is_zip(input.head()) {
        let why = "encrypted with a password; save it without to have it read";
        return Ok(Outcome {
            coverage: Coverage::Failed(why.into()),
            ..Outcome::whole()
        });
    }
    let ranges = input.ranges(zip::HELD_BYTES)?;
    let directory = Directory::read(&ranges)?;
    let mut parts: Vec<&Entry> = directory.entries.iter().collect();
    parts.sort_by_key(|part| natural(&part.name));
    let mut document = Document {
        ranges,
        allowance: input.allowance(),
        is_outermost: input.is_outermost(),
        markup,
        rows: Rows::of(input, sink),
        text: String::new(),
        start: 0,
        line: 1,
        lines: 0,
    };
    document.rows.rows = 1;
    let mut coverage = directory
        .damage
        .clone()
        .map_or(Coverage::Whole, Coverage::Partial);
    for part in &parts {
        let is_about = markup.about.contains(&part.name.as_str());
        if !is_about && !(markup.is_text)(&part.name) {
            continue;
        }
        if let Err(error) = document.part(part, is_about, sink) {
            coverage = coverage.and(Coverage::Partial(told(&error, &part.name)));
        }
        document.push(sink);
    }
    let embedded = parts
        .iter()
        .filter(|part| part.name.starts_with(markup.embedded));
    let mut members = Members::of(input, Arc::clone(&document.allowance));
    for part in embedded.filter(|part| !part.is_folder) {
        let stream = entry::open(
            &document.ranges,
            part,
            &document.allowance,
            document.is_outermost,
        )?;
        let name = members.name(&part.name);
        members.hand(name, part.stated_size(), stream, sink)?;
    }
    let lines = document.lines;
    document.rows.finish(sink);
    Ok(Outcome {
        coverage,
        lines,
        unresolved: 0,
    })
}

/// A part that could not be read to its end; its name is one of the format's own.
fn told(error: &SourceError, part: &str) -> String {
    match error {
        SourceError::Io(error) => format!("{part}: {}", breaks_off(error, 0)),
        other => format!("{part}: {other}"),
    }
}

/// `slide2.xml` before `slide10.xml`.
fn natural(name: &str) -> (String, u64) {
    let digits: String = name.chars().filter(char::is_ascii_digit).take(18).collect();
    let letters = name.chars().filter(|c| !c.is_ascii_digit()).collect();
    (letters, digits.parse().unwrap_or(0))
}

struct Document<'a> {
    ranges: Ranges,
    allowance: Arc<Allowance>,
    is_outermost: bool,
    markup: &'a Markup,
    rows: Rows,
    text: String,
    start: u64,
    line: u64,
    lines: u64,
}

impl Document<'_> {
    fn part(
        &mut self,
        part: &Entry,
        is_about: bool,
        sink: &mut dyn Sink,
    ) -> Result<(), SourceError> {
        let stream = entry::open(&self.ranges, part, &self.allowance, self.is_outermost)?;
        let failure = std::rc::Rc::new(std::cell::RefCell::new(None));
        let stream = Watched {
            stream: BufReader::with_capacity(64 << 10, stream.take(PART_AT_MOST)),
            failure: std::rc::Rc::clone(&failure),
        };
        let mut reader = quick_xml::Reader::from_reader(stream);
        reader.config_mut().check_end_names = false;
        reader.config_mut().allow_unmatched_ends = true;
        let mut buffer = Vec::new();
        let mut inside: Vec<String> = Vec::new();
        let ended = loop {
            buffer.clear();
            let event = match reader.read_event_into(&mut buffer) {
                Ok(Event::Eof) => break Ok(()),
                Ok(event) => event,
                Err(_) => break Err(reader.error_position()),
            };
            self.event(&event, is_about, &mut inside);
            if buffer.capacity() > PIECE_AT_MOST {
                break Err(reader.buffer_position());
            }
            if self.text.len() > PUSH_BYTES && self.text.ends_with('\n') {
                self.push(sink);
            }
        };
        if let Some(error) = failure.borrow_mut().take() {
            return Err(SourceError::from(error));
        }
        ended.map_err(|at| SourceError::Malformed {
            format: "XML",
            reason: format!("the markup is broken at byte {at}"),
            at: super::At(None),
        })
    }

    fn event(&mut self, event: &Event<'_>, is_about: bool, inside: &mut Vec<String>) {
        match event {
            Event::Start(tag) => {
                self.people(tag);
                // Nothing that is looked for lies deeper; what is deeper counts as what it lies in.
                if inside.len() < 256 {
                    inside.push(local(tag.local_name().as_ref()));
                }
            }
            Event::Empty(tag) => {
                self.people(tag);
                self.ends(&local(tag.local_name().as_ref()));
            }
            Event::End(tag) => {
                let name = local(tag.local_name().as_ref());
                if inside.last() == Some(&name) {
                    inside.pop();
                }
                self.ends(&name);
            }
            Event::Text(text) => self.words(&text.xml10_content(), is_about, inside),
            Event::CData(text) => self.words(&text.xml10_content(), is_about, inside),
            Event::GeneralRef(name) => {
                let number = name.resolve_char_ref().ok().flatten();
                let named = || quick_xml::escape::resolve_predefined_entity(name);
                let text = number
                    .map(String::from)
                    .or_else(|| named().map(str::to_owned));
                self.words(&text.unwrap_or_default(), is_about, inside);
            }
            _ => {}
        }
    }

    fn words(&mut self, words: &str, is_about: bool, inside: &[String]) {
        let Some(element) = inside.last() else {
            return;
        };
        if is_about {
            let path = ABOUT.iter().find(|(name, _)| name == element);
            if let Some((_, path)) = path {
                self.rows.push(path, words, self.line);
            }
            return;
        }
        let texts = self.markup.texts;
        if texts.is_empty() || texts.contains(&element.as_str()) {
            self.text.push_str(words);
        }
    }

    fn ends(&mut self, element: &str) {
        if self.markup.lines.contains(&element) {
            self.text.push('\n');
            self.lines += 1;
        } else if self.markup.gaps.contains(&element) {
            self.text.push('\t');
        }
    }

    fn people(&mut self, tag: &quick_xml::events::BytesStart<'_>) {
        for attribute in tag.attributes().flatten() {
            let name = local(attribute.key.local_name().as_ref());
            if self.markup.people.contains(&name.as_str()) {
                let value: &str = attribute.value.as_ref();
                let value = quick_xml::escape::unescape(value).unwrap_or_default();
                self.rows.push(&name, &value, self.line);
            }
        }
    }

    fn push(&mut self, sink: &mut dyn Sink) {
        let place = TextPlace {
            start: self.start,
            line: self.line,
        };
        self.rows.columns.flush_if_full(sink);
        if !self.text.trim().is_empty() {
            sink.text(self.text.as_bytes(), place);
        }
        self.start += self.text.len() as u64;
        self.line = self.lines + 1;
        self.text.clear();
    }
}

fn local(name: &(impl AsRef<[u8]> + ?Sized)) -> String {
    String::from_utf8_lossy(name.as_ref()).into_owned()
}

/// Keeps the error of reading, which the reader of XML does not hand back as it was.
struct Watched<R> {
    stream: R,
    failure: std::rc::Rc<std::cell::RefCell<Option<std::io::Error>>>,
}

impl<R: BufRead> Read for Watched<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        self.stream.read(out)
    }
}

impl<R: BufRead> BufRead for Watched<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        match self.stream.fill_buf() {
            Ok(bytes) => Ok(bytes),
            Err(error) => {
                let kind = error.kind();
                *self.failure.borrow_mut() = Some(error);
                Err(kind.into())
            }
        }
    }

    fn consume(&mut self, bytes: usize) {
        self.stream.consume(bytes);
    }
}

#[cfg(test)]
#[path = "office/tests.rs"]
mod tests;
