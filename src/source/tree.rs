//! A JSON or YAML document as a tree of keys and scalars with their lines, for readers of contracts and templates.
//! Bounded in depth and size; keeps what stands before a break. Knows nothing of what keys mean.

use super::json_pairs::{self, Events};
use saphyr_parser::{Event, Parser};
use std::collections::HashMap;

/// How deep containers are followed.
const DEEPEST: usize = 100;

/// Keys, scalars and containers of one document, those that an alias stands for counted again.
const MOST_NODES: usize = 1 << 20;

/// A value and where it stands. It may hold data (an example, a default), so that it cannot be printed.
#[derive(Clone)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// Line, from 1.
    pub line: u64,
    size: usize,
}

/// What a node is.
#[derive(Clone)]
pub enum Value {
    /// A scalar as text, without quotes.
    Scalar(String),
    /// Keys and what they stand for, in their order.
    Map(Vec<Entry>),
    /// Elements.
    List(Vec<Node>),
}

/// A key with what it stands for.
#[derive(Clone)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Its line, from 1.
    pub line: u64,
    /// What it stands for.
    pub node: Node,
}

/// What was read of a document.
pub struct Documents {
    /// The roots: one in JSON, any number in YAML.
    pub roots: Vec<Node>,
    /// The line from which on it could not be read.
    pub broken: Option<u64>,
}

impl Node {
    /// What a key stands for.
    pub fn get(&self, key: &str) -> Option<&Node> {
        let mut entries = self.entries().iter();
        entries.find(|e| e.key == key).map(|e| &e.node)
    }

    /// What a path of keys leads to.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// The text that a key stands for.
    pub fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Node::text)
    }

    /// Whether a key stands for `true`.
    pub fn is_true(&self, key: &str) -> bool {
        self.text_of(key) == Some("true")
    }

    /// Keys and what they stand for; none unless it is a map.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Elements; none unless it is a list.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The scalars of a list, or the one scalar that stands where a list may.
    pub fn texts(&self) -> Vec<&str> {
        match &self.value {
            Value::Scalar(text) => vec![text],
            _ => self.items().iter().filter_map(Node::text).collect(),
        }
    }
}

/// Reads JSON or YAML, by what it begins with.
pub fn read(text: &str) -> Documents {
    if text.trim_start().starts_with(['{', '[']) {
        json(text)
    } else {
        yaml(text)
    }
}

/// Reads a JSON document; comments and trailing commas are forgiven.
pub fn json(text: &str) -> Documents {
    let mut builder = Builder::default();
    json_pairs::walk(text, &mut builder);
    builder.done()
}

/// Reads the documents of a YAML file.
pub fn yaml(text: &str) -> Documents {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = match event {
            Ok(event) => event,
            // What the parser says quotes the document; its line is enough.
            Err(error) => {
                builder.broken = Some(error.marker().line() as u64);
                break;
            }
        };
        let line = span.start.line() as u64;
        match event {
            Event::Scalar(text, _, anchor, _) => {
                builder.anchored(anchor);
                builder.scalar(text.into_owned(), line);
            }
            Event::MappingStart(anchor, _) => {
                builder.anchored(anchor);
                builder.open(true, line);
            }
            Event::SequenceStart(anchor, _) => {
                builder.anchored(anchor);
                builder.open(false, line);
            }
            Event::MappingEnd | Event::SequenceEnd => builder.close(),
            Event::Alias(anchor) => builder.alias(anchor, line),
            _ => {}
        }
        if builder.broken.is_some() {
            break;
        }
    }
    builder.done()
}

struct Open {
    node: Node,
    /// The key read last, in a map.
    key: Option<(String, u64)>,
    anchor: usize,
}

impl Open {
    fn awaits_key(&self) -> bool {
        matches!(self.node.value, Value::Map(_)) && self.key.is_none()
    }
}

#[derive(Default)]
struct Builder {
    stack: Vec<Open>,
    roots: Vec<Node>,
    anchors: HashMap<usize, Node>,
    anchor: usize,
    nodes: usize,
    broken: Option<u64>,
}

impl Builder {
    fn anchored(&mut self, anchor: usize) {
        self.anchor = anchor;
    }

    fn alias(&mut self, anchor: usize, line: u64) {
        let node = self.anchors.get(&anchor).cloned();
        let is_key = self.stack.last().is_some_and(Open::awaits_key);
        match (node, is_key) {
            (Some(node), true) => {
                let name = node.text().unwrap_or_default().to_owned();
                self.scalar(name, line);
            }
            (Some(node), false) if self.nodes + node.size <= MOST_NODES => {
                self.nodes += node.size;
                self.add(node);
            }
            (Some(_), false) => self.broken = Some(line),
            // An alias to what it stands in.
            (None, _) => self.scalar(String::new(), line),
        }
    }

    fn add(&mut self, node: Node) {
        let Some(parent) = self.stack.last_mut() else {
            self.roots.push(node);
            return;
        };
        parent.node.size += node.size;
        match &mut parent.node.value {
            Value::Map(entries) => {
                let (key, line) = parent.key.take().unwrap_or_default();
                // `<<: *base` brings in what the map does not say itself.
                if key == "<<" {
                    let known: Vec<String> = entries.iter().map(|e| e.key.clone()).collect();
                    let base = node.entries().iter().cloned();
                    entries.extend(base.filter(|e| !known.contains(&e.key)));
                } else {
                    entries.push(Entry { key, line, node });
                }
            }
            Value::List(items) => items.push(node),
            Value::Scalar(_) => {}
        }
    }

    fn done(mut self) -> Documents {
        while !self.stack.is_empty() {
            self.close();
        }
        Documents {
            roots: self.roots,
            broken: self.broken,
        }
    }
}

impl Events for Builder {
    fn open(&mut self, is_map: bool, line: u64) {
        self.nodes += 1;
        // A map as a key names nothing that is looked for.
        let is_key = self.stack.last().is_some_and(Open::awaits_key);
        if self.stack.len() >= DEEPEST || self.nodes > MOST_NODES || is_key {
            self.broken.get_or_insert(line);
            return;
        }
        let value = if is_map {
            Value::Map(Vec::new())
        } else {
            Value::List(Vec::new())
        };
        self.stack.push(Open {
            node: Node {
                value,
                line,
                size: 1,
            },
            key: None,
            anchor: std::mem::take(&mut self.anchor),
        });
    }

    fn close(&mut self) {
        let Some(open) = self.stack.pop() else { return };
        if open.anchor > 0 {
            self.anchors.insert(open.anchor, open.node.clone());
        }
        self.add(open.node);
    }

    fn scalar(&mut self, text: String, line: u64) {
        let anchor = std::mem::take(&mut self.anchor);
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            self.broken.get_or_insert(line);
            return;
        }
        let node = Node {
            value: Value::Scalar(text),
            line,
            size: 1,
        };
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.stack.last_mut().filter(|open| open.awaits_key()) {
            Some(open) => open.key = node.text().map(|text| (text.to_owned(), line)),
            None => self.add(node),
        }
    }

    fn next(&mut self) {
        if let Some(open) = self.stack.last_mut() {
            open.key = None;
        }
    }

    fn goes_on(&self) -> bool {
        self.broken.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(node: &Node) -> String {
        match &node.value {
            Value::Scalar(text) => format!("{text}@{}", node.line),
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(shown).collect();
                format!("[{}]", items.join(" "))
            }
            Value::Map(entries) => {
                let show = |e: &Entry| format!("{}@{}={}", e.key, e.line, shown(&e.node));
                let entries: Vec<String> = entries.iter().map(show).collect();
                format!("{{{}}}", entries.join(" "))
            }
        }
    }

    fn told(text: &str) -> Vec<String> {
        read(text).roots.iter().map(shown).collect()
    }

    #[test]
    fn json_and_yaml_are_one_tree() {
        assert_eq!(
            told("{\n\"a\": {\"b\": [1, \"x\"]}, // note\n\"c\": {}, \"d\": []}"),
            ["{a@2={b@2=[1@2 x@2]} c@3={} d@3=[]}"]
        );
        assert_eq!(
            told("a:\n  b:\n  - 1\n  - x\nc: {}\n---\nsecond"),
            ["{a@1={b@2=[1@3 x@4]} c@5={}}", "second@7"]
        );
    }

    #[test]
    fn aliases_stand_for_what_they_name_and_cannot_explode() {
        assert_eq!(
            told("a: &x {b: 1}\nc: *x\nd: {<<: *x, e: 2}"),
            ["{a@1={b@1=1@1} c@2={b@1=1@1} d@3={b@1=1@1 e@3=2@3}}"]
        );
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let before = format!("*a{}", level - 1);
            let list = vec![before.as_str(); 9].join(", ");
            text.push_str(&format!("a{level}: &a{level} [{list}]\n"));
        }
        assert!(read(&text).broken.is_some());
    }

    #[test]
    fn broken_and_deep_documents_keep_what_stands_before() {
        let deep = format!("a: 1\nb: {}", "[".repeat(5_000));
        let read_deep = read(&deep);
        assert!(read_deep.broken.is_some() && read_deep.roots[0].text_of("a") == Some("1"));
        let broken = read("a: 1\nb: [}\n");
        assert_eq!(broken.broken, Some(2));
        assert_eq!(broken.roots[0].text_of("a"), Some("1"));
        assert!(read(&"{\"a\":".repeat(100_000)).broken.is_some());
    }
}
