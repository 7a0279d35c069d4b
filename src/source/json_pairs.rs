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
    let mut walk = Walk {
        bytes: text.as_bytes(),
        at: 0,
        line: 1,
        path: Vec::new(),
        is_object: Vec::new(),
        awaits_key: false,
        found: Vec::new(),
    };
    walk.run(text);
    walk.found
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
    path: Vec<String>,
    is_object: Vec<bool>,
    awaits_key: bool,
    found: Vec<Pair>,
}

impl Walk<'_> {
    fn run(&mut self, text: &str) {
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' => {
                    self.line += 1;
                    self.at += 1;
                }
                b'{' | b'[' => self.open(*byte == b'{'),
                b'}' | b']' => self.close(),
                b',' => {
                    self.awaits_key = self.is_object.last() == Some(&true);
                    self.at += 1;
                }
                b'/' if self.bytes.get(self.at + 1) == Some(&b'/') => {
                    let rest = &self.bytes[self.at..];
                    self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                }
                b'"' => {
                    let line = self.line;
                    let value = self.string(text);
                    self.scalar(value, line);
                }
                b if b.is_ascii_alphanumeric() || *b == b'-' => {
                    let rest = &self.bytes[self.at..];
                    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"+-.".contains(b);
                    let length = rest.iter().take_while(|b| is_part(b)).count();
                    let value = text[self.at..self.at + length].to_owned();
                    self.at += length;
                    self.scalar(value, self.line);
                }
                _ => self.at += 1,
            }
        }
    }

    fn open(&mut self, is_object: bool) {
        self.at += 1;
        if self.is_object.len() >= DEEPEST {
            self.at = self.bytes.len();
            return;
        }
        self.is_object.push(is_object);
        self.awaits_key = is_object;
        self.path
            .push(if is_object { String::new() } else { "*".into() });
    }

    fn close(&mut self) {
        self.at += 1;
        self.is_object.pop();
        self.path.pop();
        self.awaits_key = false;
    }

    fn string(&mut self, text: &str) -> String {
        let start = self.at + 1;
        let mut end = start;
        let mut is_escaped = false;
        while let Some(byte) = self.bytes.get(end) {
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
        let end = end.min(self.bytes.len());
        self.at = (end + 1).min(self.bytes.len());
        if self.bytes.get(end) == Some(&b'\n') {
            self.at = end;
        }
        let raw = text.get(start..end).unwrap_or_default();
        if is_escaped {
            raw.replace("\\/", "/")
                .replace("\\\"", "\"")
                .replace("\\\\", "\\")
        } else {
            raw.to_owned()
        }
    }

    fn scalar(&mut self, value: String, line: u64) {
        if self.awaits_key {
            self.awaits_key = false;
            if let Some(last) = self.path.last_mut() {
                *last = value;
            }
            return;
        }
        self.found.push(Pair {
            path: self.path.clone(),
            value,
            line,
        });
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
        assert_eq!(pairs("{\"a\": \"un\n\"b\": 1").len(), 3);
        assert!(pairs(&"[".repeat(100_000)).is_empty());
        assert!(pairs("]]}}\"").len() <= 1);
    }
}
