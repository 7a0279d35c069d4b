//! A JSON or YAML document as a tree of keys and scalars with their lines, and the reader that such a format is made of.
//! Bounded in depth and size; keeps what stands before a break. Knows nothing of what keys mean.

use super::json_pairs::{self, Events};
use super::{
    Budget, Claim, Coverage, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split,
    settings, text,
};
use crate::field::{Dataset, DatasetKind, Field, Place, TextPlace};
use saphyr_parser::{Event, Parser};
use std::collections::HashMap;

/// How deep containers are followed.
const DEEPEST: usize = 100;

/// Keys, scalars and containers of one document, those that an alias stands for counted again.
const MOST_NODES: usize = 1 << 20;

/// Larger documents are data.
const MOST_BYTES: u64 = 32 << 20;

/// A format that is a JSON or YAML document of known keys.
pub struct Document {
    /// The format's name.
    pub format: &'static str,
    /// Words of which one stands in the first bytes of every such document: a cheap look before the true one.
    pub marks: &'static [&'static str],
    /// Whether its first keys, at the top with the text they stand for, are those of the format.
    pub is_ours: fn(&Input, &[(String, String)]) -> bool,
    /// Tells what it declares.
    pub tell: fn(&Input, &Node, &mut dyn Sink),
    /// Whether it also configures: sets variables, names hosts.
    pub is_config: bool,
}

impl Reader for Document {
    fn format(&self) -> &'static str {
        self.format
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Schema
    }

    fn claim(&self, input: &Input) -> Claim {
        let endings = ["json", "yaml", "yml", "avsc", "avpr", "template", "jsonld"];
        let head = input.head();
        let may_be = input.connection().is_none()
            && endings.contains(&input.extension().as_str())
            && input.size().is_none_or(|size| size <= MOST_BYTES)
            && self
                .marks
                .iter()
                .any(|mark| memchr::memmem::find(head, mark.as_bytes()).is_some());
        if !may_be || text::is_binary(head) {
            return Claim::No;
        }
        if (self.is_ours)(input, &outline(&String::from_utf8_lossy(head))) {
            Claim::Certain
        } else {
            Claim::No
        }
    }

    fn read(
        &self,
        input: &Input,
        _: &Split,
        _: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        let content = input.read_text(MOST_BYTES)?;
        sink.text(content.as_bytes(), TextPlace { start: 0, line: 1 });
        if self.is_config {
            settings::tell(&content, false, sink);
        }
        let documents = read(&content);
        for root in &documents.roots {
            (self.tell)(input, root, sink);
        }
        let coverage = match documents.broken {
            Some(line) => Coverage::Partial(format!("it cannot be read from line {line} on")),
            None => Coverage::Whole,
        };
        Ok(Outcome {
            coverage,
            lines: memchr::memchr_iter(b'\n', content.as_bytes()).count() as u64,
            unresolved: 0,
        })
    }
}

/// The keys at the top of a document, of which only the beginning may be known, with the scalars they stand for.
pub fn outline(head: &str) -> Vec<(String, String)> {
    if head.trim_start().starts_with(['{', '[']) {
        let mut top = Top::default();
        json_pairs::walk(head, &mut top);
        return top.keys;
    }
    let at_margin = |line: &&str| !line.starts_with([' ', '\t', '#', '-', '%']);
    let lines = head.lines().filter(at_margin);
    let pairs = lines.filter_map(|line| line.split_once(':'));
    let bare = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
    pairs.map(|(key, text)| (bare(key), bare(text))).collect()
}

/// Whether an outline has a key.
pub fn has_key(outline: &[(String, String)], key: &str) -> bool {
    outline.iter().any(|(name, _)| name == key)
}

/// Keys one level deep; in an array of objects those of its first.
#[derive(Default)]
struct Top {
    keys: Vec<(String, String)>,
    stack: Vec<bool>,
    has_key: bool,
    is_done: bool,
}

impl Top {
    fn is_top(&self) -> bool {
        matches!(self.stack.as_slice(), [true] | [false, true])
    }
}

impl Events for Top {
    fn open(&mut self, is_map: bool, _: u64) {
        self.stack.push(is_map);
    }

    fn close(&mut self) {
        self.is_done |= self.is_top();
        self.stack.pop();
    }

    fn scalar(&mut self, text: String, _: u64) {
        if !self.is_top() {
            return;
        }
        match self.keys.last_mut().filter(|_| self.has_key) {
            Some(last) => last.1 = text,
            None => self.keys.push((text, String::new())),
        }
        self.has_key = !self.has_key;
    }

    fn next(&mut self) {
        self.has_key &= !self.is_top();
    }

    fn goes_on(&self) -> bool {
        !self.is_done
    }
}

/// A dataset at a line.
pub fn dataset(kind: DatasetKind, name: impl Into<String>, line: u64) -> Dataset {
    Dataset {
        name: name.into(),
        kind,
        place: Place::line(line),
        ..Dataset::default()
    }
}

/// Tells a dataset with its fields, unless there are none.
pub fn tell(dataset: Dataset, fields: Vec<Field>, sink: &mut dyn Sink) {
    if fields.is_empty() {
        return;
    }
    let dataset = sink.dataset(dataset);
    for field in fields {
        sink.field(dataset, field);
    }
}

/// A field at a line.
pub fn field(path: impl Into<String>, line: u64) -> Field {
    Field {
        place: Place::line(line),
        ..Field::named(path)
    }
}

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
            let list = [before.as_str(); 9].join(", ");
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
