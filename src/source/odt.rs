//! OpenDocument texts and presentations: paragraphs as lines of text, who wrote them as fields.
//! Names the parts and elements of the format; the reading is that of all such documents.

use super::office::{self, Markup};
use super::{Budget, Claim, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split};

/// The reader of such documents.
pub static READER: Odt = Odt;

/// OpenDocument texts and presentations.
pub struct Odt;

const MARKUP: Markup = Markup {
    is_text: |part| part == "content.xml" || part == "styles.xml",
    about: &["meta.xml"],
    lines: &["p", "h", "line-break"],
    gaps: &["tab", "s", "table-cell"],
    texts: &[],
    people: &[],
    embedded: "Object",
};

impl Reader for Odt {
    fn format(&self) -> &'static str {
        "odt"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Document
    }

    fn claim(&self, input: &Input) -> Claim {
        match is_text_or_slides(input) {
            true => Claim::Certain,
            false => Claim::No,
        }
    }

    fn read(
        &self,
        input: &Input,
        _: &Split,
        _: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        office::read(input, &MARKUP, sink)
    }
}

/// Whether the type, which stands first in the archive, is one of texts or presentations.
fn is_text_or_slides(input: &Input) -> bool {
    let types: [&[u8]; 2] = [
        b"application/vnd.oasis.opendocument.text",
        b"application/vnd.oasis.opendocument.presentation",
    ];
    types
        .iter()
        .any(|kind| office::is_one(input, &["odt", "odp"], kind))
}
