//! Presentations (Office Open XML): paragraphs as lines of text, who wrote them as fields.
//! Names the parts and elements of the format; the reading is that of all such documents.

use super::office::{self, Markup};
use super::{Budget, Claim, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split};

/// The reader of such documents.
pub static READER: Pptx = Pptx;

/// Presentations (Office Open XML).
pub struct Pptx;

const MARKUP: Markup = Markup {
    is_text: |part| {
        let of_text = [
            "slides/slide",
            "notesSlides/notesSlide",
            "comments/",
            "commentAuthors",
        ];
        let name = part
            .strip_prefix("ppt/")
            .filter(|name| name.ends_with(".xml"));
        name.is_some_and(|name| of_text.iter().any(|start| name.starts_with(start)))
    },
    about: &["docProps/core.xml", "docProps/app.xml"],
    lines: &["p", "br", "cm"],
    gaps: &["tab", "tc"],
    texts: &["t", "text"],
    people: &["name", "initials"],
    embedded: "ppt/embeddings/",
};

impl Reader for Pptx {
    fn format(&self) -> &'static str {
        "pptx"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Document
    }

    fn claim(&self, input: &Input) -> Claim {
        match office::is_one(input, &["pptx", "pptm", "ppsx"], b"ppt/presentation.xml")
            || office::is_encrypted(input, "pptx")
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
