//! Documents of each format, made part by part, held against the lines, people and members they should tell.
//! Knows the formats by their markup only.

use crate::source::recording::Recording;
use crate::source::{Budget, Claim, Coverage, Input, Outcome, Reader, Split, docx, odt, pptx};
use std::io::{Cursor, Write};

const STORED: ::zip::write::SimpleFileOptions =
    ::zip::write::SimpleFileOptions::DEFAULT.compression_method(::zip::CompressionMethod::Stored);

fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        let options = match *name {
            // The type stands as it is, so that it can be told without unpacking.
            "mimetype" => STORED,
            _ => ::zip::write::SimpleFileOptions::default(),
        };
        writer.start_file(*name, options).expect("a name");
        writer
            .write_all(content.as_bytes())
            .expect("memory takes all");
    }
    writer.finish().expect("memory takes all").into_inner()
}

fn read(reader: &dyn Reader, name: &str, bytes: &[u8]) -> (Recording, Outcome) {
    let input = Input::bytes(name, bytes).expect("readable");
    assert_eq!(reader.claim(&input), Claim::Certain, "{name}");
    let mut told = Recording::default();
    let outcome = reader
        .read(&input, &Split::whole(), &Budget::default(), &mut told)
        .expect("read");
    (told, outcome)
}

fn texts(told: &Recording) -> String {
    told.texts
        .iter()
        .map(|(_, _, text)| text.as_str())
        .collect()
}

const CORE: &str = "<cp:coreProperties><dc:creator>Jane Roe</dc:creator><cp:lastModifiedBy>Joe Roe</cp:lastModifiedBy></cp:coreProperties>";

#[test]
fn words_of_a_document_are_lines() {
    let document = "<?xml version=\"1.0\"?><w:document><w:body><w:p><w:r><w:t>Write to </w:t></w:r><w:r><w:t xml:space=\"preserve\">Jane &amp; Joe</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>Phone</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>+1 202 555 0143</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p><w:r><w:instrText>HYPERLINK \"mailto:x@example.com\"</w:instrText></w:r></w:p></w:body></w:document>";
    let comments = "<w:comments><w:comment w:author=\"Ann Roe\"><w:p><w:r><w:t>ask her</w:t></w:r></w:p></w:comment></w:comments>";
    let bytes = archive(&[
        ("[Content_Types].xml", "<Types/>"),
        ("word/document.xml", document),
        ("word/comments.xml", comments),
        ("docProps/core.xml", CORE),
        (
            "word/embeddings/list.csv",
            "name,email\nJane,jane@example.com\n",
        ),
    ]);
    let (told, outcome) = read(&docx::READER, "a.docx", &bytes);
    assert_eq!(outcome.coverage, Coverage::Whole);
    assert_eq!(
        texts(&told),
        "ask her\nWrite to Jane & Joe\nPhone\n\t+1 202 555 0143\n\tHYPERLINK \"mailto:x@example.com\"\n"
    );
    assert_eq!(
        told.field_named("a.docx", "creator.name").values,
        ["Jane Roe"]
    );
    assert_eq!(told.field_named("a.docx", "author").values, ["Ann Roe"]);
    assert_eq!(told.members[0].name(), "a.docx!/word/embeddings/list.csv");
}

#[test]
fn slides_come_in_their_order() {
    let slide = |text: &str| format!("<p:sld><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>");
    let (ten, two) = (slide("ten"), slide("two"));
    let bytes = archive(&[
        ("ppt/presentation.xml", "<p/>"),
        ("ppt/slides/slide10.xml", &ten),
        ("ppt/slides/slide2.xml", &two),
    ]);
    let (told, _) = read(&pptx::READER, "a.pptx", &bytes);
    assert_eq!(texts(&told), "two\nten\n");
}

#[test]
fn open_documents_are_read() {
    let content = "<office:document-content><office:text><text:h>Staff</text:h><text:p>Jane<text:s/>Roe, <text:span>jane@example.com</text:span></text:p></office:text></office:document-content>";
    let meta = "<office:document-meta><office:meta><dc:creator>Ann Roe</dc:creator></office:meta></office:document-meta>";
    let bytes = archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("content.xml", content),
        ("meta.xml", meta),
    ]);
    let (told, _) = read(&odt::READER, "a.odt", &bytes);
    assert_eq!(texts(&told), "Staff\nJane\tRoe, jane@example.com\n");
    assert_eq!(
        told.field_named("a.odt", "creator.name").values,
        ["Ann Roe"]
    );
}

#[test]
fn broken_and_encrypted_documents_have_a_reason() {
    let bytes = archive(&[
        (
            "word/document.xml",
            "<w:document><w:p><w:t>Jane</w:t></w:p><w:p <",
        ),
        ("docProps/core.xml", CORE),
    ]);
    let (told, outcome) = read(&docx::READER, "a.docx", &bytes);
    assert_eq!(texts(&told), "Jane\n");
    assert!(
        matches!(outcome.coverage, Coverage::Partial(why) if why.contains("word/document.xml"))
    );
    let (_, outcome) = read(
        &docx::READER,
        "a.docx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0rest",
    );
    assert!(matches!(outcome.coverage, Coverage::Failed(why) if why.contains("password")));
}

#[test]
fn deep_and_wide_markup_ends() {
    let deep = format!("<w:document>{}x</w:document>", "<w:p>".repeat(200_000));
    let bytes = archive(&[("word/document.xml", &deep)]);
    read(&docx::READER, "a.docx", &bytes);
    let wide = format!("<w:document><w:p><w:t>{}", "<!-- x -->y".repeat(200_000));
    let bytes = archive(&[("word/document.xml", &wide)]);
    read(&docx::READER, "a.docx", &bytes);
}
