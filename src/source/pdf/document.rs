//! One PDF document in memory: its pages as text, page by page, its form and its description as fields.
//! What the crate below may do on odd input (panic, unpack without end) is bounded here.

use crate::field::TextPlace;
use crate::source::vcard::Rows;
use crate::source::{At, Coverage, Input, Outcome, Sink, SourceError, guard};
use lopdf::{Document, LoadOptions, Object};

/// Largest document that is read.
const LARGEST: u64 = 128 << 20;
/// Pages of a document that are read.
const PAGES_AT_MOST: usize = 10_000;
/// Pages read at once, so that their list need not be made for each.
const PAGES_AT_ONCE: usize = 64;
/// What one stream of a document may unpack to.
const STREAM_AT_MOST: usize = 32 << 20;
/// Fields of forms that are read.
const FIELDS_AT_MOST: usize = 10_000;

/// What the description of a document may say of people.
const ABOUT: &[&[u8]] = &[
    b"Author",
    b"Title",
    b"Subject",
    b"Keywords",
    b"CreationDate",
    b"ModDate",
];

pub(super) fn read(input: &Input, sink: &mut dyn Sink) -> Result<Outcome, SourceError> {
    let bytes = input.read_all(LARGEST)?;
    let options = LoadOptions::with_max_decompressed_size(STREAM_AT_MOST);
    let load = || Document::load_mem_with_options(&bytes, options);
    let document = match guard::guarded("PDF", load)? {
        Ok(document) => document,
        // What it says may quote the document; what it is does not.
        Err(lopdf::Error::Decryption(_) | lopdf::Error::InvalidPassword) => return Ok(encrypted()),
        Err(_) => return Err(damaged()),
    };
    drop(bytes);
    if document.is_encrypted() {
        return Ok(encrypted());
    }
    let mut rows = Rows::of(input, sink);
    rows.rows = 1;
    guard::guarded("PDF", || about(&document, &mut rows))?;
    guard::guarded("PDF", || form(&document, &mut rows))?;
    rows.finish(sink);
    let mut pages = Pages {
        document: &document,
        start: 0,
        line: 1,
        unread: 0,
        empty: 0,
    };
    let coverage = pages.read(sink)?;
    Ok(Outcome {
        coverage,
        lines: pages.line - 1,
        unresolved: 0,
    })
}

fn encrypted() -> Outcome {
    let why = "encrypted with a password; save it without to have it read";
    Outcome {
        coverage: Coverage::Failed(why.into()),
        ..Outcome::whole()
    }
}

fn damaged() -> SourceError {
    SourceError::Malformed {
        format: "PDF",
        reason: "its structure is damaged or cut off".into(),
        at: At(None),
    }
}

struct Pages<'a> {
    document: &'a Document,
    start: u64,
    line: u64,
    /// Pages that could not be read.
    unread: usize,
    /// Pages without text.
    empty: usize,
}

impl Pages<'_> {
    fn read(&mut self, sink: &mut dyn Sink) -> Result<Coverage, SourceError> {
        let count = || self.document.page_iter().take(PAGES_AT_MOST + 1).count();
        let count = guard::guarded("PDF", count)?;
        let numbers: Vec<u32> = (1..=count.min(PAGES_AT_MOST))
            .filter_map(|number| u32::try_from(number).ok())
            .collect();
        for some in numbers.chunks(PAGES_AT_ONCE) {
            self.some(some, sink);
        }
        Ok(self.coverage(count))
    }

    fn some(&mut self, numbers: &[u32], sink: &mut dyn Sink) {
        for number in numbers {
            let page = [*number];
            let text = || {
                let chunks = self
                    .document
                    .extract_text_chunks_with_limit(&page, STREAM_AT_MOST);
                let is_broken = chunks.iter().any(Result::is_err);
                let text: String = chunks.into_iter().flatten().collect();
                (text, is_broken)
            };
            let (text, is_broken) =
                guard::guarded("PDF", text).unwrap_or_else(|_| (String::new(), true));
            self.unread += usize::from(is_broken);
            self.empty += usize::from(!is_broken && text.trim().is_empty());
            self.push(&text, sink);
        }
    }

    fn push(&mut self, text: &str, sink: &mut dyn Sink) {
        if text.trim().is_empty() {
            return;
        }
        let text = match text.ends_with('\n') {
            true => text.to_owned(),
            false => format!("{text}\n"),
        };
        let place = TextPlace {
            start: self.start,
            line: self.line,
        };
        sink.text(text.as_bytes(), place);
        self.start += text.len() as u64;
        self.line += memchr::memchr_iter(b'\n', text.as_bytes()).count() as u64;
    }

    fn coverage(&self, count: usize) -> Coverage {
        let mut coverage = Coverage::Whole;
        if count > PAGES_AT_MOST {
            let why = format!("more than {PAGES_AT_MOST} pages; those beyond were not read");
            coverage = coverage.and(Coverage::Partial(why));
        }
        if self.unread > 0 {
            let why = format!("{} of {count} pages could not be read", self.unread);
            coverage = coverage.and(Coverage::Partial(why));
        }
        if self.empty == count {
            let why = format!("no text layer: {count} pages of pictures, which are not read");
            coverage = coverage.and(Coverage::Skipped(why));
        } else if self.empty > 0 {
            let why = format!(
                "{} of {count} pages have no text layer: pictures are not read",
                self.empty
            );
            coverage = coverage.and(Coverage::Sampled(why));
        }
        coverage
    }
}

fn about(document: &Document, rows: &mut Rows) {
    let info = document.trailer.get(b"Info").ok();
    let info = info.and_then(|info| dictionary(document, info));
    for name in ABOUT {
        let value = info.and_then(|info| info.get(name).ok());
        if let Some(value) = value.and_then(|value| text(document, value)) {
            let path = match *name {
                b"Author" => "author.name".to_owned(),
                name => String::from_utf8_lossy(name).to_ascii_lowercase(),
            };
            rows.push(&path, &value, 1);
        }
    }
}

/// What was filled in, by the names of the form's fields.
fn form(document: &Document, rows: &mut Rows) {
    let fields = document.objects.values().filter_map(|object| {
        let field = object.as_dict().ok()?;
        let (name, value) = (field.get(b"T").ok()?, field.get(b"V").ok()?);
        Some((text(document, name)?, text(document, value)?))
    });
    for (name, value) in fields.take(FIELDS_AT_MOST) {
        rows.push(&name, &value, 1);
    }
}

fn dictionary<'a>(document: &'a Document, object: &'a Object) -> Option<&'a lopdf::Dictionary> {
    let object = document.dereference(object).ok()?.1;
    object.as_dict().ok()
}

fn text(document: &Document, object: &Object) -> Option<String> {
    let object = document.dereference(object).ok()?.1;
    lopdf::decode_text_string(object).ok()
}
