//! Documents made by hand, whole and broken, held against what they should tell.
//! No other writer of PDF is needed.

use super::*;
use crate::source::Coverage;
use crate::source::recording::Recording;

/// A document with a page for each text; an empty text is a page without one.
fn pdf(pages: &[&str], more: &str) -> Vec<u8> {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        String::new(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
            .to_owned(),
        "<< /Author (Jane Roe) /Title (List) >>".to_owned(),
        more.to_owned(),
    ];
    let mut kids = String::new();
    for text in pages {
        let content = match text.is_empty() {
            true => "0 0 m 10 10 l S".to_owned(),
            false => format!("BT /F1 12 Tf 72 720 Td ({text}) Tj ET"),
        };
        let page = objects.len() + 1;
        kids.push_str(&format!("{page} 0 R "));
        objects.push(format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents {} 0 R >>", page + 1));
        objects.push(format!(
            "<< /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        ));
    }
    objects[1] = format!("<< /Type /Pages /Count {} /Kids [ {kids}] >>", pages.len());
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.extend(format!("{} 0 obj\n{object}\nendobj\n", at + 1).bytes());
    }
    let start = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for offset in offsets {
        out.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    out.extend(
        format!(
            "trailer\n<< /Size {} /Root 1 0 R /Info 4 0 R >>\nstartxref\n{start}\n%%EOF\n",
            objects.len() + 1
        )
        .bytes(),
    );
    out
}

fn read(bytes: &[u8]) -> (Recording, Result<Outcome, SourceError>) {
    let input = Input::bytes("a.pdf", bytes).expect("readable");
    assert_eq!(READER.claim(&input), Claim::Certain);
    let mut told = Recording::default();
    let outcome = READER.read(&input, &Split::whole(), &Budget::default(), &mut told);
    (told, outcome)
}

#[test]
fn pages_are_text_and_forms_are_fields() {
    let form = "<< /FT /Tx /T (email) /V (ann@example.com) >>";
    let (told, outcome) = read(&pdf(
        &["Write to jane@example.com", "or call +1 202 555 0143"],
        form,
    ));
    assert_eq!(outcome.expect("read").coverage, Coverage::Whole);
    let texts: String = told
        .texts
        .iter()
        .map(|(_, _, text)| text.as_str())
        .collect();
    assert!(
        texts.contains("jane@example.com") && texts.contains("555 0143"),
        "{texts}"
    );
    assert_eq!(
        told.field_named("a.pdf", "author.name").values,
        ["Jane Roe"]
    );
    assert_eq!(
        told.field_named("a.pdf", "email").values,
        ["ann@example.com"]
    );
}

#[test]
fn pages_without_text_are_told() {
    let (_, outcome) = read(&pdf(&["", ""], "null"));
    assert!(
        matches!(outcome.expect("read").coverage, Coverage::Skipped(why) if why.contains("no text layer"))
    );
    let (told, outcome) = read(&pdf(&["some text", ""], "null"));
    assert_eq!(told.texts.len(), 1);
    assert!(
        matches!(outcome.expect("read").coverage, Coverage::Sampled(why) if why.contains("1 of 2"))
    );
}

#[test]
fn broken_documents_end_with_a_reason() {
    let whole = pdf(&["Write to jane@example.com"], "null");
    for at in (9..whole.len()).step_by(11) {
        let _ = read(&whole[..at]);
        let mut wrong = whole.clone();
        wrong[at] = b'9';
        let _ = read(&wrong);
    }
    // Pages that are their own parents, and a page that is a list of itself.
    let text = String::from_utf8(whole).expect("ASCII");
    let _ = read(
        text.replace("/Kids [ 6 0 R ]", "/Kids [ 2 0 R ]")
            .as_bytes(),
    );
    let _ = read(
        text.replace("/Contents 7 0 R", "/Contents 6 0 R")
            .as_bytes(),
    );
    assert!(read(b"%PDF-1.4\nnothing more").1.is_err());
}
