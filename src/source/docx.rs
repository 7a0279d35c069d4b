//! Word documents (Office Open XML): paragraphs as lines of text, who wrote them as fields.
//! Names the parts and elements of the format; the reading is that of all such documents.

use super::office::{self, Markup};
use super::{Budget, Claim, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split};

/// The reader of such documents.
pub static READER: Docx = Docx;

/// Word documents (Office Open XML).
pub struct Docx;

const MARKUP: Markup = Markup {
    is_text: |part| {
        let of_text = [
            "document",
            "comments",
            "footnotes",
            "endnotes",
            "header",
            "footer",
        ];
        let name = part
            .strip_prefix("word/")
            .filter(|name| name.ends_with(".xml"));
        name.is_some_and(|name| of_text.iter().any(|start| name.starts_with(start)))
    },
    about: &["docProps/core.xml", "docProps/app.xml"],
    lines: &["p", "br"],
    gaps: &["tab", "tc"],
    // What was deleted and is still there counts, and so does what a field asks for: the address of a link.
    texts: &["t", "delText", "instrText"],
    people: &["author"],
    embedded: "word/embeddings/",
};

impl Reader for Docx {
    fn format(&self) -> &'static str {
        "docx"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Document
    }

    fn claim(&self, input: &Input) -> Claim {
        match office::is_one(input, &["docx", "docm", "dotx"], b"word/document.xml")
            || office::is_encrypted(input, "docx")
        {
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
