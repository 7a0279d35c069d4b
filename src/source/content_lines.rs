//! The lines of vCard and iCalendar: unfolded, taken apart into name, parameters and value, their components named.
//! Knows the syntax that both share (RFC 6350 §3.2, RFC 5545 §3.1) and none of their properties.

use super::lines::Blocks;
use super::{Coverage, Input, SourceError, Split};
use std::borrow::Cow;

/// Longest line that is kept, unfolded; the rest of a longer one (a picture) is dropped.
const LONGEST: usize = 1 << 20;

/// One line, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub struct Property<'a> {
    /// Its name in lower case, without the group before it.
    pub name: String,
    /// Its parameters, names in lower case.
    pub parameters: Vec<(String, &'a str)>,
    /// Its value as written.
    pub value: &'a str,
}

impl<'a> Property<'a> {
    /// Takes a line apart; `None` where it has no value.
    pub fn of(line: &'a str) -> Option<Self> {
        let mut steps = outside_quotes(line);
        let colon = steps.find(|(_, c)| *c == ':').map(|(at, _)| at)?;
        let mut parts = split_outside_quotes(&line[..colon], ';');
        let name = parts
            .next()?
            .rsplit('.')
            .next()?
            .trim()
            .to_ascii_lowercase();
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || name.len() > 64 || !name.chars().all(is_name) {
            return None;
        }
        let parameters = parts
            .map(|part| match part.split_once('=') {
                Some((key, value)) => (key.to_ascii_lowercase(), value.trim_matches('"')),
                // vCard 2.1 leaves the name away: `TEL;HOME:`.
                None => ("type".to_owned(), part),
            })
            .collect();
        Some(Self {
            name,
            parameters,
            value: &line[colon + 1..],
        })
    }

    /// A parameter's value.
    pub fn parameter(&self, name: &str) -> Option<&'a str> {
        let mut all = self.parameters.iter();
        all.find(|(key, _)| key == name).map(|(_, value)| *value)
    }

    /// Whether the value is bytes written as text: a picture, a sound, a key.
    pub fn is_binary(&self) -> bool {
        let encoding = self.parameter("encoding").unwrap_or_default();
        let is_base64 =
            encoding.eq_ignore_ascii_case("b") || encoding.eq_ignore_ascii_case("base64");
        let is_marked = self
            .parameters
            .iter()
            .any(|(_, v)| v.eq_ignore_ascii_case("base64"));
        is_base64 || is_marked || self.value.starts_with("data:")
    }

    /// The value with its escapes undone.
    pub fn text(&self) -> String {
        unescaped(&self.decoded())
    }

    /// The components between `;`, escapes undone.
    pub fn components(&self) -> Vec<String> {
        let value = self.decoded();
        let components = split_unescaped(&value, ';').into_iter();
        components.map(unescaped).collect()
    }

    /// The value as vCard 2.1 means it, which writes what is not ASCII in quoted-printable.
    fn decoded(&self) -> Cow<'a, str> {
        let mut values = self.parameters.iter().map(|(_, value)| value);
        match values.any(|value| value.eq_ignore_ascii_case("quoted-printable")) {
            true => quoted_printable(self.value).into(),
            false => self.value.into(),
        }
    }
}

/// The characters of a line that stand in no quotes.
fn outside_quotes(line: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let mut is_quoted = false;
    line.char_indices().filter(move |(_, c)| {
        if *c == '"' {
            is_quoted = !is_quoted;
        }
        !is_quoted
    })
}

fn split_outside_quotes(text: &str, at: char) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    text.split(move |c| {
        if c == '"' {
            is_quoted = !is_quoted;
        }
        c == at && !is_quoted
    })
}

fn split_unescaped(text: &str, at: char) -> Vec<&str> {
    let mut is_escaped = false;
    text.split(move |c| {
        let was_escaped = is_escaped;
        is_escaped = c == '\\' && !was_escaped;
        c == at && !was_escaped
    })
    .collect()
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => match characters.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
            c => out.push(c),
        }
    }
    out
}

fn quoted_printable(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = bytes
            .get(at + 1..at + 3)
            .filter(|_| bytes[at] == b'=')
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|e| {
        let (text, _, _) = encoding_rs::WINDOWS_1252.decode(e.as_bytes());
        text.into_owned()
    })
}

/// Gives every unfolded line with the number of its first, and says how much of the input was read and its line ends.
pub fn each(
    input: &Input,
    mut take: impl FnMut(&str, u64),
) -> Result<(Coverage, u64), SourceError> {
    let mut blocks = Blocks::of(input, &Split::whole(), 0)?;
    let mut held: Vec<u8> = Vec::new();
    let (mut held_at, mut is_middle) = (1, false);
    while let Some(block) = blocks.next_block() {
        let lines = block.bytes.split_inclusive(|byte| *byte == b'\n');
        for (number, line) in (block.line..).zip(lines) {
            let is_folded = matches!(line.first(), Some(b' ' | b'\t'));
            let goes_on = continues(&held);
            if goes_on || is_middle {
                held.truncate(held.len() - usize::from(goes_on));
                keep(&mut held, trimmed_end(line));
            } else if is_folded && !held.is_empty() {
                keep(&mut held, &trimmed_end(line)[1..]);
            } else {
                give(&held, held_at, &mut take);
                held.clear();
                held_at = number;
                keep(&mut held, trimmed_end(line));
            }
            is_middle = !line.ends_with(b"\n");
        }
    }
    give(&held, held_at, &mut take);
    Ok((blocks.coverage(), blocks.lines()))
}

/// A line without its end; blanks before it count in folded text.
fn trimmed_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Whether a line of vCard 2.1 goes on in the next by the rules of quoted-printable.
fn continues(line: &[u8]) -> bool {
    line.ends_with(b"=")
        && memchr::memmem::find(&line[..line.len().min(256)], b"QUOTED-PRINTABLE").is_some()
}

fn keep(held: &mut Vec<u8>, more: &[u8]) {
    let room = LONGEST.saturating_sub(held.len());
    held.extend_from_slice(&more[..more.len().min(room)]);
}

fn give(line: &[u8], number: u64, take: &mut impl FnMut(&str, u64)) {
    if !line.trim_ascii().is_empty() {
        take(&String::from_utf8_lossy(line), number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(String, u64)> {
        let input = Input::bytes("a.vcf", text.as_bytes()).expect("readable");
        let mut all = Vec::new();
        each(&input, |line, number| all.push((line.to_owned(), number))).expect("read");
        all
    }

    #[test]
    fn folded_lines_are_one() {
        let text = "NOTE:a long\r\n  line\r\n\tand more\r\nTEL:1\r\n";
        assert_eq!(
            lines(text),
            [("NOTE:a long lineand more".into(), 1), ("TEL:1".into(), 4)]
        );
        let quoted = "NOTE;ENCODING=QUOTED-PRINTABLE:caf=C3=A9=\r\n and =3D\r\nTEL:1\r\n";
        let all = lines(quoted);
        assert_eq!(
            Property::of(&all[0].0).expect("a property").text(),
            "café and ="
        );
        assert_eq!(all.len(), 2);
    }

    #[test]
    fn properties_are_taken_apart() {
        let property =
            Property::of("item1.ATTENDEE;CN=\"Roe: Jane; Dr\";ROLE=CHAIR:mailto:jane@example.com")
                .expect("a property");
        assert_eq!(property.name, "attendee");
        assert_eq!(property.parameter("cn"), Some("Roe: Jane; Dr"));
        assert_eq!(property.value, "mailto:jane@example.com");
        let name = Property::of("N:Roe;Jane\\; Mary;;Dr.\\, MD;").expect("a property");
        assert_eq!(name.components(), ["Roe", "Jane; Mary", "", "Dr., MD", ""]);
        assert_eq!(Property::of("no value"), None);
        assert_eq!(Property::of(":x"), None);
        assert!(
            Property::of("PHOTO;ENCODING=b;TYPE=JPEG:AAAA")
                .expect("one")
                .is_binary()
        );
    }

    #[test]
    fn a_picture_is_bounded() {
        let text = format!("PHOTO;ENCODING=b:{}\r\nTEL:1\r\n", "A".repeat(3 << 20));
        let all = lines(&text);
        assert_eq!(all[0].0.len(), LONGEST);
        assert_eq!(all[1].0, "TEL:1");
    }
}
