//! What a person sees of a page: its text by paragraphs with entities decoded, and the attributes that hold text.
//! Knows which elements run on within a line; nothing of styles.

use super::markup::{self, Part};
use crate::field::TextPlace;
use crate::source::Sink;

/// Elements that do not end a paragraph.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font",
    "i", "img", "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "var", "wbr",
];

/// Attributes that hold text or addresses.
const SPEAKING: &[&str] = &[
    "href",
    "alt",
    "title",
    "value",
    "placeholder",
    "content",
    "aria-label",
];

/// Longest paragraph that is kept in one piece.
const LONGEST: usize = 256 << 10;

/// Pushes what is visible of a page that begins at this offset and line. Within a paragraph with tags in it, an offset is
/// that of the paragraph's text, tags not counted.
pub fn read_text(page: &str, start: u64, line: u64, sink: &mut dyn Sink) {
    let mut paragraph = Paragraph {
        text: String::new(),
        place: TextPlace::default(),
        end: 0,
    };
    let offset = |part: &str| part.as_ptr() as usize - page.as_ptr() as usize;
    let place = |part: &str, at: u64| TextPlace {
        start: start + offset(part) as u64,
        line: line + at - 1,
    };
    let mut is_style = false;
    for part in markup::parts(page) {
        match part {
            Part::Text(words, at) if !is_style => {
                paragraph.add(words, offset(words), page, place(words, at));
                if paragraph.text.len() > LONGEST {
                    paragraph.push(sink);
                }
            }
            Part::Script(script, at) => sink.text(script.as_bytes(), place(script, at)),
            Part::Open(tag) => {
                if !INLINE.contains(&tag.name.as_str()) {
                    paragraph.push(sink);
                }
                is_style = tag.name == "style" && !tag.is_empty;
                for (name, value) in &tag.attributes {
                    let is_speaking =
                        SPEAKING.contains(&name.as_str()) || name.starts_with("data-");
                    if is_speaking && !value.is_empty() {
                        let value_place = place(value, tag.line);
                        sink.text(decoded(value).as_bytes(), value_place);
                    }
                }
            }
            Part::Close(name) => {
                is_style &= name != "style";
                if !INLINE.contains(&name.as_str()) {
                    paragraph.push(sink);
                }
            }
            Part::Text(..) => {}
        }
    }
    paragraph.push(sink);
    comments(page, start, line, sink);
}

/// Comments are not seen, and yet are there for who looks.
fn comments(page: &str, start: u64, line: u64, sink: &mut dyn Sink) {
    let (mut done, mut line) = (0, line);
    while let Some(at) = page[done..].find("<!--").map(|at| done + at) {
        line += memchr::memchr_iter(b'\n', &page.as_bytes()[done..at]).count() as u64;
        let end = page[at..].find("-->").map_or(page.len(), |end| at + end);
        let place = TextPlace {
            start: start + at as u64,
            line,
        };
        sink.text(&page.as_bytes()[at..end], place);
        line += memchr::memchr_iter(b'\n', &page.as_bytes()[at..end]).count() as u64;
        done = end;
    }
}

struct Paragraph {
    text: String,
    place: TextPlace,
    /// Where in the page its last words end.
    end: usize,
}

impl Paragraph {
    fn add(&mut self, words: &str, at: usize, page: &str, place: TextPlace) {
        if self.text.is_empty() {
            self.place = place;
        } else if page[self.end..at].contains(char::is_whitespace) && has_blank(&page[self.end..at])
        {
            self.text.push(' ');
        }
        self.text.push_str(&decoded(words));
        self.end = at + words.len();
    }

    fn push(&mut self, sink: &mut dyn Sink) {
        if !self.text.is_empty() {
            self.text.push('\n');
            sink.text(self.text.as_bytes(), self.place);
            self.text.clear();
        }
    }
}

/// Whether there is white space outside of the tags.
fn has_blank(between: &str) -> bool {
    let mut is_tag = false;
    between.chars().any(|c| {
        match c {
            '<' => is_tag = true,
            '>' => is_tag = false,
            _ => {}
        }
        !is_tag && c.is_whitespace()
    })
}

/// Text with its entities decoded: those by number, and those by name that stand in names and addresses.
pub(super) fn decoded(text: &str) -> String {
    const NAMED: &[(&str, char)] = &[
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", ' '),
        ("commat", '@'),
        ("period", '.'),
        ("aacute", 'á'),
        ("agrave", 'à'),
        ("acirc", 'â'),
        ("atilde", 'ã'),
        ("auml", 'ä'),
        ("aring", 'å'),
        ("aelig", 'æ'),
        ("ccedil", 'ç'),
        ("eacute", 'é'),
        ("egrave", 'è'),
        ("ecirc", 'ê'),
        ("euml", 'ë'),
        ("iacute", 'í'),
        ("igrave", 'ì'),
        ("icirc", 'î'),
        ("iuml", 'ï'),
        ("ntilde", 'ñ'),
        ("oacute", 'ó'),
        ("ograve", 'ò'),
        ("ocirc", 'ô'),
        ("otilde", 'õ'),
        ("ouml", 'ö'),
        ("oslash", 'ø'),
        ("szlig", 'ß'),
        ("uacute", 'ú'),
        ("ugrave", 'ù'),
        ("ucirc", 'û'),
        ("uuml", 'ü'),
        ("yacute", 'ý'),
        ("Aacute", 'Á'),
        ("Auml", 'Ä'),
        ("Aring", 'Å'),
        ("Ccedil", 'Ç'),
        ("Eacute", 'É'),
        ("Egrave", 'È'),
        ("Iacute", 'Í'),
        ("Ntilde", 'Ñ'),
        ("Oacute", 'Ó'),
        ("Ouml", 'Ö'),
        ("Oslash", 'Ø'),
        ("Uacute", 'Ú'),
        ("Uuml", 'Ü'),
        ("ndash", '–'),
        ("mdash", '—'),
        ("hellip", '…'),
        ("rsquo", '’'),
        ("lsquo", '‘'),
    ];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(12).position(|byte| byte == b';');
        let name = end.map(|end| &rest[1..end]).unwrap_or_default();
        let number =
            name.strip_prefix('#')
                .and_then(|digits| match digits.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok(),
                    None => digits.parse().ok(),
                });
        let named = || {
            NAMED
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, c)| *c)
        };
        match number.and_then(char::from_u32).or_else(named) {
            Some(c) => {
                out.push(c);
                rest = &rest[name.len() + 2..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::recording::Recording;

    #[test]
    fn paragraphs_are_seen_as_a_person_sees_them() {
        let page = "<html><head><title>Team</title><style>p { color: red }</style></head>\n<body><p>Write to <b>Jane</b> <i>Roe</i>, jane&#64;<b>example</b>.com &amp; wait.</p>\n<!-- by joe@example.com -->\n<a href=\"mailto:ann@example.com\">Ann&nbsp;Mu&ntilde;oz</a><td>one<td>two</body>";
        let mut told = Recording::default();
        read_text(page, 100, 10, &mut told);
        let texts: Vec<(u64, &str)> = told
            .texts
            .iter()
            .map(|(l, _, t)| (*l, t.as_str()))
            .collect();
        assert_eq!(
            texts,
            [
                (10, "Team\n"),
                (11, "Write to Jane Roe, jane@example.com & wait.\n"),
                (13, "mailto:ann@example.com"),
                (13, "Ann Muñoz\n"),
                (13, "one\n"),
                (13, "two\n"),
                (12, "<!-- by joe@example.com "),
            ]
        );
        let start = told.texts[1].1 as usize - 100;
        assert!(page[start..].starts_with("Write to"));
    }

    #[test]
    fn broken_entities_stay_as_they_are() {
        assert_eq!(
            decoded("a & b &; &#; &#x110000; &unknown; é&"),
            "a & b &; &#; &#x110000; &unknown; é&"
        );
        assert_eq!(decoded("&#x40;&#233;&lt;"), "@é<");
    }
}
