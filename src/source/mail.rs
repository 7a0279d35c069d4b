//! Mail: one message, or a mailbox of them. Header fields are fields, bodies are text, and what is attached goes back to be
//! read as a source of its own, messages inside messages too.
//! Knows the format by `mail-parser`, which takes a message apart; one message is held in memory at a time.

#[cfg(feature = "mail")]
use super::member::Members;
use super::{Budget, Claim, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split};
#[cfg(feature = "mail")]
use std::sync::Arc;

#[cfg(feature = "mail")]
#[path = "mail/mailbox.rs"]
mod mailbox;
#[cfg(feature = "mail")]
#[path = "mail/message.rs"]
mod message;

/// The reader of mail.
pub static READER: Mail = Mail;

/// Mail: RFC 5322 with MIME, and mailboxes of them (mbox).
pub struct Mail;

/// Header fields that only mail has, and those that it shares with other formats.
const OWN: &[&str] = &[
    "received",
    "return-path",
    "delivered-to",
    "message-id",
    "mime-version",
    "x-mailer",
    "envelope-to",
    "dkim-signature",
];
const SHARED: &[&str] = &[
    "from",
    "to",
    "subject",
    "date",
    "cc",
    "reply-to",
    "content-type",
];

/// Header lines that are looked at to tell mail from other text.
const LINES_SEEN: usize = 60;

impl Reader for Mail {
    fn format(&self) -> &'static str {
        "mail"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Document
    }

    fn claim(&self, input: &Input) -> Claim {
        if input.connection().is_some() {
            return Claim::No;
        }
        let head = input.head();
        let message = if is_mailbox(head) {
            after_first_line(head)
        } else {
            head
        };
        let (own, shared) = header_names(message);
        let is_named = ["eml", "mbox", "mbx", "emlx"].contains(&input.extension().as_str());
        match (is_named, own, shared) {
            (true, own, shared) if own + shared > 0 => Claim::Certain,
            (_, 2.., 2..) | (_, 1.., 3..) => Claim::Name,
            _ => Claim::No,
        }
    }

    #[cfg(feature = "mail")]
    fn read(
        &self,
        input: &Input,
        _: &Split,
        _: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        let (stream, allowance) = input.open_within()?;
        let mut members = Members::of(input, Arc::clone(&allowance));
        let mut letters = message::Letters::of(input, sink);
        let mut mailbox = mailbox::Mailbox::of(stream, is_mailbox(input.head()));
        let mut coverage = super::Coverage::Whole;
        while let Some(raw) = mailbox.next_message() {
            if let Err(error) = letters.read(&raw, &mut members, sink) {
                coverage = coverage.and(super::Coverage::Partial(error.to_string()));
                break;
            }
        }
        letters.finish(sink);
        Ok(Outcome {
            coverage: coverage.and(mailbox.coverage()),
            lines: mailbox.lines(),
            unresolved: 0,
        })
    }

    #[cfg(not(feature = "mail"))]
    fn read(
        &self,
        _: &Input,
        _: &Split,
        _: &Budget,
        _: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        Err(SourceError::Limit(
            "mail needs ropa built with the feature `mail`".into(),
        ))
    }
}

/// Whether bytes begin with the line that parts the messages of a mailbox: `From`, who, and the time with the year.
fn is_mailbox(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let is_year = |word: &[u8]| word.len() == 4 && word.iter().all(u8::is_ascii_digit);
    let has_time = memchr::memchr(b':', line).is_some();
    head.starts_with(b"From ") && has_time && line.split(u8::is_ascii_whitespace).any(is_year)
}

fn after_first_line(head: &[u8]) -> &[u8] {
    memchr::memchr(b'\n', head).map_or(&[], |end| &head[end + 1..])
}

/// How many names of header fields stand at the beginning: those that only mail has, and others.
fn header_names(head: &[u8]) -> (usize, usize) {
    let (mut own, mut shared) = (0, 0);
    for line in head.split(|byte| *byte == b'\n').take(LINES_SEEN) {
        let line = line.trim_ascii_end();
        if matches!(line.first(), Some(b' ' | b'\t')) {
            continue;
        }
        let Some(colon) = memchr::memchr(b':', line) else {
            break;
        };
        let name = String::from_utf8_lossy(&line[..colon]).to_ascii_lowercase();
        own += usize::from(OWN.contains(&name.as_str()));
        shared += usize::from(SHARED.contains(&name.as_str()));
    }
    (own, shared)
}

#[cfg(all(test, feature = "mail"))]
#[path = "mail/tests.rs"]
mod tests;
