//! XML exports: elements that repeat are records, their attributes and nested elements fields by path.
//! Streams in flat memory; entities that a document declares are never expanded, nothing outside of it is ever fetched.

use super::columns::Columns;
use super::json::paths::is_data;
use super::xml_stream::{XmlStream, push_entity, unescaped};
use super::{
    Budget, Claim, Coverage, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split, text,
};
use crate::field::{Dataset, DatasetKind, Field};
use quick_xml::events::{BytesStart, Event};
use std::collections::HashMap;
use std::io::Read as _;

#[path = "xml/records.rs"]
mod records;

use records::Records;

/// The reader of XML exports.
pub static READER: Xml = Xml;

/// XML exports.
pub struct Xml;

/// First bytes that the records are judged by.
const PREVIEW_BYTES: u64 = 1 << 20;
/// Elements that may be open at once.
const DEPTH_AT_MOST: usize = 1_000;
/// A path that is longer is not followed further.
const PATH_BYTES: usize = 4_096;
/// Columns of one dataset.
const COLUMNS_AT_MOST: usize = 10_000;
/// Datasets of one file.
const DATASETS_AT_MOST: usize = 1_000;
/// The dataset of what stands outside of records, until it has a value.
const OUTSIDE: usize = usize::MAX;
/// Names of elements that say nothing of what a record is.
const GENERIC: &[&str] = &[
    "data",
    "element",
    "entry",
    "item",
    "node",
    "object",
    "obj",
    "r",
    "rec",
    "record",
    "resource",
    "row",
    "table",
    "table_data",
    "value",
];
/// Names of elements whose attribute tells the name of the field.
const NAMED_BY_ATTRIBUTE: &[&str] = &[
    "attr",
    "attribute",
    "col",
    "column",
    "data",
    "entry",
    "field",
    "item",
    "param",
    "parameter",
    "property",
    "value",
];

impl Reader for Xml {
    fn format(&self) -> &'static str {
        "xml"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Export
    }

    fn claim(&self, input: &Input) -> Claim {
        let head = input.head();
        let start = head.trim_ascii_start();
        let is_marked = start.starts_with(b"<?xml");
        let is_named = matches!(
            input.extension().as_str(),
            "xml" | "kml" | "gpx" | "fodt" | "fods" | "cml"
        );
        let may_be =
            is_named && start.starts_with(b"<") || is_marked && is_unnamed(&input.extension());
        if input.connection().is_some() || !may_be || text::is_binary(head) {
            return Claim::No;
        }
        match records::find(head).may_hold_data {
            true => Claim::Content,
            false => Claim::No,
        }
    }

    fn read(
        &self,
        input: &Input,
        _: &Split,
        _: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        let mut stream = input.open_text()?;
        let mut preview = Vec::new();
        stream
            .by_ref()
            .take(PREVIEW_BYTES)
            .read_to_end(&mut preview)?;
        let records = records::find(preview.as_slice());
        let events = XmlStream::new(std::io::Cursor::new(preview).chain(stream));
        let mut walk = Walk {
            records,
            file: super::dataset_name(input),
            sets: Vec::new(),
            by_name: HashMap::new(),
            stack: Vec::new(),
            absolute: String::new(),
            path: String::new(),
            too_deep: 0,
            dropped: 0,
            elements: 0,
        };
        let ended = walk.run(events, sink);
        for set in &mut walk.sets {
            set.columns.flush(sink);
        }
        if walk.elements == 0 {
            ended?;
            return Ok(Outcome::whole());
        }
        let broken = match ended {
            Ok(()) if walk.stack.is_empty() => Coverage::Whole,
            Ok(()) => Coverage::Partial("it breaks off before its last element is closed".into()),
            Err(SourceError::Malformed { reason, .. }) => {
                Coverage::Partial(format!("{reason}; what stands before was read"))
            }
            Err(SourceError::Limit(why)) => Coverage::Partial(why),
            Err(other) => return Err(other),
        };
        Ok(Outcome {
            coverage: broken.and(walk.coverage()),
            ..Outcome::whole()
        })
    }
}

fn is_unnamed(ending: &str) -> bool {
    matches!(
        ending,
        "" | "txt" | "dat" | "data" | "out" | "export" | "bak" | "log"
    )
}

/// A dataset: the records of one name, or what stands outside of records.
struct Set {
    columns: Columns,
    by_path: HashMap<String, usize>,
}

/// An open element.
struct Open {
    /// Lengths of the paths without it.
    absolute: usize,
    path: usize,
    text: String,
    holds_more: bool,
    /// The dataset that what it holds belongs to.
    set: usize,
    is_record: bool,
    /// Whether it is a record, or lies in one.
    is_inside: bool,
    /// What its attributes call it, for records inside.
    called: Option<String>,
    name: String,
}

struct Walk {
    records: Records,
    file: String,
    sets: Vec<Set>,
    by_name: HashMap<String, usize>,
    stack: Vec<Open>,
    /// Names of elements from the root.
    absolute: String,
    /// Names of fields within the record.
    path: String,
    too_deep: u64,
    dropped: u64,
    elements: u64,
}

impl Walk {
    fn run<R: std::io::Read>(
        &mut self,
        mut events: XmlStream<R>,
        sink: &mut dyn Sink,
    ) -> Result<(), SourceError> {
        // Elements beyond the depth that is followed.
        let mut beyond = 0_u64;
        loop {
            match events.next_event()? {
                Event::Start(_) if beyond > 0 || self.stack.len() >= DEPTH_AT_MOST => {
                    self.too_deep += u64::from(beyond == 0);
                    beyond += 1;
                }
                Event::End(_) if beyond > 0 => beyond -= 1,
                Event::Start(tag) => self.start(&tag, sink),
                Event::Empty(tag) if beyond == 0 && self.stack.len() < DEPTH_AT_MOST => {
                    self.start(&tag, sink);
                    self.end(sink);
                }
                Event::End(_) => self.end(sink),
                Event::Text(text) => self.text(&unescaped(&text)),
                Event::CData(text) => self.text(&text),
                Event::GeneralRef(name) => {
                    if let Some(open) = self.stack.last_mut() {
                        push_entity(&name, &mut open.text);
                    }
                }
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(open) = self.stack.last_mut() {
            open.text.push_str(text);
        }
    }

    /// The dataset of a number; what stands outside of records is called after the file.
    fn settled(&mut self, set: usize, sink: &mut dyn Sink) -> usize {
        match set {
            OUTSIDE => self.set(&self.file.clone(), sink),
            known => known,
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, sink: &mut dyn Sink) {
        self.elements += 1;
        let local = tag.local_name();
        let name = local.as_ref();
        let attributes: Vec<(String, String)> = tag
            .attributes()
            .filter_map(Result::ok)
            .filter(|attribute| !attribute.key.as_ref().starts_with("xmlns"))
            .map(|attribute| {
                let name = attribute.key.local_name().as_ref().to_owned();
                (name, unescaped(&attribute.value))
            })
            .collect();
        let (absolute, path) = (self.absolute.len(), self.path.len());
        if absolute < PATH_BYTES {
            if absolute > 0 {
                self.absolute.push('/');
            }
            self.absolute.push_str(name);
        }
        let is_inside = self.stack.last().is_some_and(|open| open.is_inside);
        let is_record = !is_inside && self.records.paths.contains(&self.absolute);
        let mut set = self.stack.last().map_or(OUTSIDE, |open| open.set);
        if let Some(parent) = self.stack.last_mut() {
            parent.holds_more = true;
        }
        let told_by = field_name(name, &attributes);
        if is_record {
            let dataset = self.record_name(name, &attributes);
            set = self.set(&dataset, sink);
            self.path.clear();
        } else if !self.stack.is_empty() {
            // The root names the document, no field.
            self.step(told_by.unwrap_or(name), set, sink);
        }
        let called = attributes
            .iter()
            .find(|(key, _)| matches!(key.as_str(), "name" | "model"))
            .map(|(_, value)| value.clone())
            .filter(|value| !is_data(value));
        self.stack.push(Open {
            absolute,
            path: if is_record { 0 } else { path },
            text: String::new(),
            holds_more: false,
            set,
            is_record,
            is_inside: is_inside || is_record,
            called,
            name: name.to_owned(),
        });
        for (key, value) in &attributes {
            let names_field = told_by.is_some_and(|told| told == value);
            if !names_field && !value.is_empty() {
                let length = self.path.len();
                // `<field name="email" value="…"/>`: the value is that of the field.
                if !(told_by.is_some() && key == "value") {
                    self.step(key, set, sink);
                }
                self.push(set, Some(value), sink);
                self.path.truncate(length);
            }
        }
    }

    /// Adds a step to the path of a field; a name that is itself data is a value.
    fn step(&mut self, name: &str, set: usize, sink: &mut dyn Sink) {
        if self.path.len() >= PATH_BYTES {
            return;
        }
        if !self.path.is_empty() {
            self.path.push('.');
        }
        if is_data(name) {
            self.path.push('*');
            self.push(set, Some(name), sink);
        } else {
            self.path.push_str(name);
        }
    }

    /// What records of an element are called: by an attribute, by what they stand in, or by their name.
    fn record_name(&self, name: &str, attributes: &[(String, String)]) -> String {
        let is_generic = |name: &str| GENERIC.contains(&name.to_ascii_lowercase().as_str());
        if !is_generic(name) {
            return name.to_owned();
        }
        let model = attributes
            .iter()
            .find(|(key, _)| key == "model" || key == "table");
        let by_attribute = model.filter(|(_, value)| !is_data(value));
        let own = attributes
            .iter()
            .find(|(key, value)| name == "table" && key == "name" && !is_data(value));
        if let Some((_, called)) = by_attribute.or(own) {
            return called.clone();
        }
        let outer = self.stack.iter().rev().find_map(|open| {
            open.called.clone().or_else(|| {
                let is_root = std::ptr::eq(open, &self.stack[0]);
                (!is_generic(&open.name) && !is_root).then(|| open.name.clone())
            })
        });
        outer.unwrap_or_else(|| self.file.clone())
    }

    fn set(&mut self, name: &str, sink: &mut dyn Sink) -> usize {
        if let Some(known) = self.by_name.get(name) {
            return *known;
        }
        if self.sets.len() >= DATASETS_AT_MOST {
            return self.sets.len() - 1;
        }
        let dataset = sink.dataset(Dataset {
            name: name.to_owned(),
            kind: DatasetKind::Records,
            ..Dataset::default()
        });
        self.sets.push(Set {
            columns: Columns::new(dataset),
            by_path: HashMap::new(),
        });
        self.by_name.insert(name.to_owned(), self.sets.len() - 1);
        self.sets.len() - 1
    }

    fn push(&mut self, set: usize, value: Option<&str>, sink: &mut dyn Sink) {
        let set = self.settled(set, sink);
        let path = if self.path.is_empty() {
            "*"
        } else {
            &self.path
        };
        let set = &mut self.sets[set];
        let column = match set.by_path.get(path) {
            Some(column) => *column,
            None if set.by_path.len() >= COLUMNS_AT_MOST => {
                self.dropped += 1;
                return;
            }
            None => {
                let column = set.columns.add(Field::named(path));
                set.by_path.insert(path.to_owned(), column);
                column
            }
        };
        match value {
            Some(value) => set.columns.push(column, value.as_bytes()),
            None => set.columns.push_null(column),
        }
    }

    fn end(&mut self, sink: &mut dyn Sink) {
        let Some(open) = self.stack.pop() else { return };
        let text = open.text.trim();
        if !text.is_empty() {
            self.push(open.set, Some(text), sink);
        } else if !open.holds_more && !open.is_record && !self.stack.is_empty() {
            self.push(open.set, None, sink);
        }
        self.absolute.truncate(open.absolute);
        self.path.truncate(open.path);
        if open.is_record {
            // What stands after a record goes on where the record began.
            self.path = self.outer_path();
        }
        if let Some(set) = self.sets.get_mut(open.set) {
            set.columns.flush_if_full(sink);
        }
    }

    /// The path of the fields of the element that is now innermost, which holds no record.
    fn outer_path(&self) -> String {
        let names = self.stack.iter().skip(1).map(|open| open.name.as_str());
        names.collect::<Vec<_>>().join(".")
    }

    fn coverage(&self) -> Coverage {
        let partial = |count: u64, why: String| match count {
            0 => Coverage::Whole,
            _ => Coverage::Partial(why),
        };
        let deep = format!(
            "elements nested deeper than {DEPTH_AT_MOST} levels were not read: {}",
            self.too_deep
        );
        let many = format!(
            "{} values beyond {COLUMNS_AT_MOST} fields of a dataset were not read",
            self.dropped
        );
        partial(self.too_deep, deep).and(partial(self.dropped, many))
    }
}

/// `<field name="email">`: what the attribute says is the name of the field.
fn field_name<'a>(name: &str, attributes: &'a [(String, String)]) -> Option<&'a str> {
    let is_named = NAMED_BY_ATTRIBUTE.contains(&name.to_ascii_lowercase().as_str());
    let told = attributes
        .iter()
        .filter(|_| is_named)
        .find(|(key, _)| matches!(key.as_str(), "name" | "key" | "field"));
    told.map(|(_, value)| value.as_str())
        .filter(|value| !value.is_empty())
}

#[cfg(test)]
#[path = "xml/tests.rs"]
mod tests;
