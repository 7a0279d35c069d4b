//! XML and HTML as a run of tags, attributes and text with their lines: tolerant, without a tree.
//! Knows no document type; closing tags need not match.

/// Bytes in which a declaration must end.
const LONGEST_DECLARATION: usize = 4_096;

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// `<name a="b">`; names in lower case for comparison, prefixes kept.
    Open(Tag<'a>),
    /// `</name>`.
    Close(String),
    /// What stands between tags, where it is more than blanks.
    Text(&'a str, u64),
    /// What stands inside `<script>`, with its line.
    Script(&'a str, u64),
}

/// An opening tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag<'a> {
    /// Its name, in lower case.
    pub name: String,
    /// Attributes as written: names in lower case, values without quotes.
    pub attributes: Vec<(String, &'a str)>,
    /// Line, from 1.
    pub line: u64,
    /// Whether it closes itself.
    pub is_empty: bool,
}

impl<'a> Tag<'a> {
    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        let found = self.attributes.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| *value)
    }
}

/// Every part of a document, in its order; comments and declarations left out.
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1_u64);
    while at < text.len() {
        let rest = &text[at..];
        if !rest.starts_with('<') {
            let length = memchr::memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
            let inside = &rest[..length];
            if !inside.trim().is_empty() {
                let blank = &inside[..inside.len() - inside.trim_start().len()];
                found.push(Part::Text(inside.trim(), line + ends(blank)));
            }
            line += ends(inside);
            at += length;
            continue;
        }
        let (length, part) = tag(rest, line);
        let is_script = matches!(&part, Some(Part::Open(t)) if t.name == "script" && !t.is_empty);
        found.extend(part);
        line += ends(&rest[..length]);
        at += length;
        if is_script {
            let rest = &text[at..];
            let length = find_ignoring_case(rest, "</script").unwrap_or(rest.len());
            if !rest[..length].trim().is_empty() {
                found.push(Part::Script(&rest[..length], line));
            }
            line += ends(&rest[..length]);
            at += length;
        }
    }
    found
}

fn ends(text: &str) -> u64 {
    memchr::memchr_iter(b'\n', text.as_bytes()).count() as u64
}

fn find_ignoring_case(text: &str, wanted: &str) -> Option<usize> {
    let starts = memchr::memchr_iter(b'<', text.as_bytes());
    let is_there = |at: &usize| {
        let end = at + wanted.len();
        text.get(*at..end)
            .is_some_and(|part| part.eq_ignore_ascii_case(wanted))
    };
    starts.into_iter().find(is_there)
}

/// The tag that a text begins with, and its length; `None` for comments, declarations and a lone `<`.
fn tag(text: &str, line: u64) -> (usize, Option<Part<'_>>) {
    for (open, close) in [
        ("<!--", "-->"),
        ("<![CDATA[", "]]>"),
        ("<?", "?>"),
        ("<%", "%>"),
    ] {
        if text.starts_with(open) {
            let length = memchr::memmem::find(text.as_bytes(), close.as_bytes());
            return (length.map_or(text.len(), |l| l + close.len()), None);
        }
    }
    let bytes = text.as_bytes();
    let is_closing = bytes.get(1) == Some(&b'/');
    let start = if is_closing { 2 } else { 1 };
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || b":_-.".contains(b);
    let length = bytes[start..].iter().take_while(|b| is_name(b)).count();
    if length == 0 {
        let skip = if bytes.get(1) == Some(&b'!') {
            memchr::memchr(b'>', &bytes[..bytes.len().min(LONGEST_DECLARATION)])
                .map_or(1, |at| at + 1)
        } else {
            1
        };
        return (skip, None);
    }
    let name = text[start..start + length].to_ascii_lowercase();
    let mut tag = Tag {
        name,
        attributes: Vec::new(),
        line,
        is_empty: false,
    };
    let end = attributes(text, start + length, &mut tag);
    let part = if is_closing {
        Part::Close(tag.name)
    } else {
        Part::Open(tag)
    };
    (end, Some(part))
}

/// Reads attributes up to the end of the tag, and gives where that is.
fn attributes<'a>(text: &'a str, mut at: usize, tag: &mut Tag<'a>) -> usize {
    let bytes = text.as_bytes();
    while at < bytes.len() {
        match bytes[at] {
            b'>' => return at + 1,
            b'/' => {
                tag.is_empty = bytes.get(at + 1) == Some(&b'>');
                at += 1;
            }
            b if b.is_ascii_whitespace() || b == b'=' || b == b'"' || b == b'\'' => at += 1,
            // The next tag begins: this one was never closed.
            b'<' => return at,
            _ => {
                let is_end = |b: &u8| b.is_ascii_whitespace() || b"=>\"'".contains(b);
                let length = bytes[at..].iter().take_while(|b| !is_end(b)).count();
                let name = text[at..at + length].to_ascii_lowercase();
                at += length;
                let mut next = at;
                while bytes.get(next).is_some_and(u8::is_ascii_whitespace) {
                    next += 1;
                }
                let mut value = "";
                if bytes.get(next) == Some(&b'=') {
                    (value, at) = attribute_value(text, next + 1);
                }
                tag.is_empty |= name.ends_with('/') && bytes.get(at) == Some(&b'>');
                tag.attributes.push((name, value));
            }
        }
    }
    at
}

fn attribute_value(text: &str, mut at: usize) -> (&str, usize) {
    let bytes = text.as_bytes();
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    match bytes.get(at) {
        Some(quote @ (b'"' | b'\'')) => {
            let start = at + 1;
            let length = memchr::memchr(*quote, &bytes[start..]).unwrap_or(bytes.len() - start);
            (
                &text[start..start + length],
                (start + length + 1).min(text.len()),
            )
        }
        Some(_) => {
            let is_end = |b: &u8| b.is_ascii_whitespace() || *b == b'>';
            let length = bytes[at..].iter().take_while(|b| !is_end(b)).count();
            (&text[at..at + length], at + length)
        }
        None => ("", at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let tell = |part: &Part<'_>| match part {
            Part::Open(tag) => format!("<{} {:?}@{}", tag.name, tag.attributes, tag.line),
            Part::Close(name) => format!("/{name}"),
            Part::Text(text, line) => format!("{text}@{line}"),
            Part::Script(text, line) => format!("script {}@{line}", text.trim()),
        };
        parts(text).iter().map(tell).collect()
    }

    #[test]
    fn tags_attributes_and_text_have_lines() {
        assert_eq!(
            told("<!-- <a> -->\n<A href='x>y' b=c d>\n hi </a><br/>"),
            [
                "<a [(\"href\", \"x>y\"), (\"b\", \"c\"), (\"d\", \"\")]@2",
                "hi@3",
                "/a",
                "<br []@3"
            ]
        );
    }

    #[test]
    fn scripts_are_kept_whole() {
        assert_eq!(
            told("<script>\nif (a<b) x();</SCRIPT><p>"),
            [
                "<script []@1",
                "script if (a<b) x();@1",
                "/script",
                "<p []@2"
            ]
        );
    }

    #[test]
    fn broken_markup_ends() {
        for text in [
            "<", "<a", "<a b", "<a b=", "<a b='", "<!", "<!--", "</", "<a <b>", "é<é",
        ] {
            parts(text);
        }
        assert_eq!(parts("<a b='\n<c>").len(), 1);
    }
}
