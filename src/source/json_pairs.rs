//! A JSON document as its scalars with their paths and lines, for readers that look for a few known keys.
//! Forgives comments and what is broken; knows nothing of what keys mean.

/// How deep containers are followed.
const DEEPEST: usize = 200;

/// A scalar and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Keys from the root; `*` for elements of arrays.
    pub path: Vec<String>,
    /// The scalar as text, strings without their quotes.
    pub value: String,
    /// Line, from 1.
    pub line: u64,
}

impl Pair {
    /// The step at a depth, empty where there is none.
    pub fn step(&self, at: usize) -> &str {
        self.path.get(at).map_or("", String::as_str)
    }

    /// The last key that is a name.
    pub fn key(&self) -> &str {
        let names = self.path.iter().rev().find(|step| *step != "*");
        names.map_or("", String::as_str)
    }
}

/// Every scalar of a document, in its order.
pub fn pairs(text: &str) -> Vec<Pair> {
    let mut scalars = Scalars::default();
    walk(text, &mut scalars);
    scalars.found
}

/// What a walk over a document meets.
pub trait Events {
    /// An object or an array begins.
    fn open(&mut self, is_map: bool, line: u64);
    /// The container opened last ends.
    fn close(&mut self);
    /// A key or a value; in an object they alternate.
    fn scalar(&mut self, text: String, line: u64);
    /// A comma: whatever came before it, the next one begins.
    fn next(&mut self);
    /// Whether more is wanted.
    fn goes_on(&self) -> bool;
}

/// Tells everything of a JSON document; comments are passed over, broken parts too.
pub fn walk(text: &str, events: &mut dyn Events) {
    let bytes = text.as_bytes();
    let (mut at, mut line) = (0, 1);
    while let Some(byte) = bytes.get(at).filter(|_| events.goes_on()) {
        match byte {
            b'\n' => {
                line += 1;
                at += 1;
            }
            b'{' | b'[' => {
                at += 1;
                events.open(*byte == b'{', line);
            }
            b'}' | b']' => {
                at += 1;
                events.close();
            }
            b',' => {
                at += 1;
                events.next();
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at);
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                let length = memchr::memmem::find(&bytes[at..], b"*/").map(|end| end + 2);
                let end = at + length.unwrap_or(bytes.len() - at);
                line += memchr::memchr_iter(b'\n', &bytes[at..end]).count() as u64;
                at = end;
            }
            b'"' => {
                let (value, end) = string(text, at);
                at = end;
                events.scalar(value, line);
            }
            b if b.is_ascii_alphanumeric() || *b == b'-' => {
                let is_part = |b: &&u8| b.is_ascii_alphanumeric() || b"+-.".contains(b);
                let length = bytes[at..].iter().take_while(is_part).count();
                events.scalar(text[at..at + length].to_owned(), line);
                at += length;
            }
            _ => at += 1,
        }
    }
}

/// The string whose quote stands at a position, and where it ends: with its line at the latest.
fn string(text: &str, open: usize) -> (String, usize) {
    let bytes = text.as_bytes();
    let start = open + 1;
    let mut end = start;
    let mut is_escaped = false;
    while let Some(byte) = bytes.get(end) {
        match byte {
            b'\\' => {
                is_escaped = true;
                end += 1;
            }
            b'"' | b'\n' => break,
            _ => {}
        }
        end += 1;
    }
    let end = end.min(bytes.len());
    let raw = text.get(start..end).unwrap_or_default();
    let value = if is_escaped {
        unescaped(raw)
    } else {
        raw.to_owned()
    };
    (value, end + usize::from(bytes.get(end) == Some(&b'"')))
}

fn unescaped(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r' | 'b' | 'f') | None => {}
            Some('u') => {
                let digits: String = chars.by_ref().take(4).collect();
                let code = u32::from_str_radix(&digits, 16).ok();
                out.extend(code.and_then(char::from_u32));
            }
            Some(other) => out.push(other),
        }
    }
    out
}

/// The scalars of a document with their paths.
#[derive(Default)]
struct Scalars {
    path: Vec<String>,
    is_map: Vec<bool>,
    /// In an object, before the value of the key at the end of the path.
    has_key: Vec<bool>,
    is_too_deep: bool,
    found: Vec<Pair>,
}

impl Events for Scalars {
    fn open(&mut self, is_map: bool, _: u64) {
        self.is_too_deep |= self.is_map.len() >= DEEPEST;
        self.is_map.push(is_map);
        self.has_key.push(false);
        self.path
            .push(if is_map { String::new() } else { "*".into() });
    }

    fn close(&mut self) {
        self.is_map.pop();
        self.has_key.pop();
        self.path.pop();
        self.next();
    }

    fn scalar(&mut self, text: String, line: u64) {
        let takes_key = self.is_map.last() == Some(&true) && self.has_key.last() == Some(&false);
        if takes_key {
            if let (Some(step), Some(has_key)) = (self.path.last_mut(), self.has_key.last_mut()) {
                *step = text;
                *has_key = true;
            }
            return;
        }
        self.found.push(Pair {
            path: self.path.clone(),
            value: text,
            line,
        });
        self.next();
    }

    fn next(&mut self) {
        if let Some(has_key) = self.has_key.last_mut() {
            *has_key = false;
        }
    }

    fn goes_on(&self) -> bool {
        !self.is_too_deep
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_have_paths_and_lines() {
        let found = pairs("{\n \"a\": {\"b\": [\"x\", 2]}, // note\n \"c\": true }");
        let told: Vec<String> = found
            .iter()
            .map(|p| format!("{}={}@{}", p.path.join("."), p.value, p.line))
            .collect();
        assert_eq!(told, ["a.b.*=x@2", "a.b.*=2@2", "c=true@3"]);
    }

    #[test]
    fn broken_and_deep_documents_end() {
        assert_eq!(pairs("{\"a\": \"un\n\"b\": 1").len(), 2);
        assert_eq!(pairs("{\"a\": ?, \"b\": 1}").len(), 1);
        assert!(pairs(&"[".repeat(100_000)).is_empty());
        assert!(pairs("]]}}\"").len() <= 1);
    }
}
