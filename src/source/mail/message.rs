//! One message taken apart: its header fields as a row, its bodies as text, its attachments as members.
//! Knows MIME by `mail-parser`; places in bodies are those of the encoded text.

use super::mailbox::Raw;
use crate::field::TextPlace;
use crate::source::html;
use crate::source::lines::Blocks;
use crate::source::member::Members;
use crate::source::vcard::Rows;
use crate::source::{Input, Sink, SourceError, guard};
use mail_parser::{
    Address, Header, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType,
};
use std::io::Cursor;

/// Header fields that describe the transport of the text, not people. The ids of messages look like addresses and are none.
const SILENT: &[&str] = &[
    "message-id",
    "in-reply-to",
    "references",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
    "mime-version",
    "dkim-signature",
    "arc-seal",
    "arc-message-signature",
];

/// Longest value of a header field that is looked at.
const LONGEST_VALUE: usize = 64 << 10;

/// The messages of one source.
pub struct Letters {
    rows: Rows,
}

impl Letters {
    /// None yet.
    pub fn of(input: &Input, sink: &mut dyn Sink) -> Self {
        Self {
            rows: Rows::of(input, sink),
        }
    }

    /// Reads one message. An error says that nothing more is read.
    pub fn read(
        &mut self,
        raw: &Raw,
        members: &mut Members,
        sink: &mut dyn Sink,
    ) -> Result<(), SourceError> {
        let parse = || MessageParser::default().parse(&raw.bytes);
        let Some(message) = guard::guarded("mail", parse)? else {
            text(&raw.bytes, raw.start, raw.line, sink);
            return Ok(());
        };
        self.rows.rows += 1;
        for header in message.headers() {
            self.header(header, &message, raw.line, sink);
        }
        bodies(&message, raw, sink);
        attachments(&message, raw, members, sink)
    }

    fn header(&mut self, header: &Header<'_>, message: &Message<'_>, line: u64, _: &mut dyn Sink) {
        let name = header.name.as_str().to_ascii_lowercase();
        if SILENT.contains(&name.as_str()) {
            return;
        }
        let path = name.replace('-', "_");
        let mut push = |path: &str, value: &str| {
            let end = value.floor_char_boundary(LONGEST_VALUE);
            self.rows.push(path, &value[..end], line);
        };
        match &header.value {
            HeaderValue::Address(addresses) => each_address(addresses, &mut |name, address| {
                push(&format!("{path}.name"), name);
                push(&format!("{path}.email"), address);
            }),
            // Some fields are an address and nothing else.
            HeaderValue::Text(text) if text.contains('@') && !text.contains(' ') => {
                push(&format!("{path}.email"), text);
            }
            HeaderValue::Text(text) => push(&path, text),
            HeaderValue::TextList(all) => all.iter().for_each(|text| push(&path, text)),
            HeaderValue::DateTime(date) => push(&path, &date.to_rfc3339()),
            HeaderValue::Received(_) => {
                let (start, end) = (header.offset_start as usize, header.offset_end as usize);
                let value = message.raw_message.get(start..end).unwrap_or_default();
                push(&path, &String::from_utf8_lossy(value));
            }
            HeaderValue::ContentType(_) | HeaderValue::Empty => {}
        }
    }

    /// Tells everything that is gathered.
    pub fn finish(self, sink: &mut dyn Sink) {
        self.rows.finish(sink);
    }
}

fn each_address(addresses: &Address<'_>, take: &mut impl FnMut(&str, &str)) {
    for address in addresses.iter() {
        let name = address.name.as_deref().unwrap_or_default();
        take(name, address.address.as_deref().unwrap_or_default());
    }
}

/// The texts of a message. Where the same text stands in HTML beside plain text, the plain one is read, and of the HTML
/// what it loads.
fn bodies(message: &Message<'_>, raw: &Raw, sink: &mut dyn Sink) {
    for id in &message.text_body {
        if let Some(part) = message.parts.get(*id as usize) {
            let start = (part.offset_body as usize).min(raw.bytes.len());
            let line = raw.line + ends(&raw.bytes[..start]);
            let start = raw.start + start as u64;
            match &part.body {
                PartType::Text(body) => text(body.as_bytes(), start, line, sink),
                PartType::Html(page) => html::read_text(page, start, line, sink),
                _ => {}
            }
        }
    }
    for id in &message.html_body {
        if let Some(PartType::Html(page)) = message.parts.get(*id as usize).map(|part| &part.body) {
            html::read_page(page, sink);
        }
    }
}

fn ends(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// Pushes text that is held in memory, in blocks.
fn text(bytes: &[u8], start: u64, line: u64, sink: &mut dyn Sink) {
    let mut blocks = Blocks::new(Box::new(Cursor::new(bytes.to_vec())), start, 0);
    while let Some(block) = blocks.next_block() {
        let place = TextPlace {
            start: block.start,
            line: line + block.line - 1,
        };
        sink.text(block.bytes, place);
    }
}

fn attachments(
    message: &Message<'_>,
    raw: &Raw,
    members: &mut Members,
    sink: &mut dyn Sink,
) -> Result<(), SourceError> {
    for id in &message.attachments {
        let is_body = message.text_body.contains(id) || message.html_body.contains(id);
        let Some(part) = message.parts.get(*id as usize).filter(|_| !is_body) else {
            continue;
        };
        let name = match raw.number {
            Some(number) => format!("{number}/{}", attachment_name(part)),
            None => attachment_name(part),
        };
        let bytes = match &part.body {
            PartType::Message(inner) => inner.raw_message.to_vec(),
            _ => part.contents().to_vec(),
        };
        let size = bytes.len() as u64;
        let name = members.name(&name);
        members.hand(name, Some(size), Box::new(Cursor::new(bytes)), sink)?;
    }
    Ok(())
}

/// What an attachment is called, or what its type says it is.
fn attachment_name(part: &MessagePart<'_>) -> String {
    if let PartType::Message(_) = &part.body {
        return part.attachment_name().map_or_else(
            || "message.eml".to_owned(),
            |name| format!("{}.eml", name.trim_end_matches(".eml")),
        );
    }
    if let Some(name) = part.attachment_name() {
        return name.to_owned();
    }
    let subtype = part.content_type().and_then(|kind| kind.subtype());
    match subtype.unwrap_or("bin") {
        "plain" => "attachment.txt".to_owned(),
        "calendar" => "attachment.ics".to_owned(),
        subtype => format!("attachment.{}", subtype.to_ascii_lowercase()),
    }
}
