//! PDF documents: the text of their pages, the values of their forms as fields, and who wrote them.
//! Knows the format by `lopdf`; a page without a text layer is a picture, which is told and not read.

use super::{Budget, Claim, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split};

#[cfg(feature = "pdf")]
#[path = "pdf/document.rs"]
mod document;

/// The reader of PDF documents.
pub static READER: Pdf = Pdf;

/// PDF documents.
pub struct Pdf;

/// How far from its beginning the mark of a file may stand, by the older editions of the format.
const MARK_WITHIN: usize = 1_024;

impl Reader for Pdf {
    fn format(&self) -> &'static str {
        "pdf"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Document
    }

    fn claim(&self, input: &Input) -> Claim {
        let head = input.head();
        let start = &head[..head.len().min(MARK_WITHIN)];
        let is_named = input.extension() == "pdf";
        match input.connection().is_none() {
            true if start.starts_with(b"%PDF-") => Claim::Certain,
            true if is_named && memchr::memmem::find(start, b"%PDF-").is_some() => Claim::Certain,
            _ => Claim::No,
        }
    }

    #[cfg(feature = "pdf")]
    fn read(
        &self,
        input: &Input,
        _: &Split,
        _: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        document::read(input, sink)
    }

    #[cfg(not(feature = "pdf"))]
    fn read(
        &self,
        _: &Input,
        _: &Split,
        _: &Budget,
        _: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        Err(SourceError::Limit(
            "PDF needs ropa built with the feature `pdf`".into(),
        ))
    }
}

#[cfg(all(test, feature = "pdf"))]
#[path = "pdf/tests.rs"]
mod tests;
