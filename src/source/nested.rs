//! Nested records on their way into columns, as their parts come: objects, arrays, maps, scalars, by the paths of JSON.
//! What every reader of nested records shares; knows no format and keeps nothing of a record.

use super::columns::Columns;
use super::json::paths::{PathId, Paths};
use crate::field::Place;

/// How deep containers are followed.
const DEPTH_AT_MOST: usize = 1_000;

/// What a container holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Fields by name.
    Object,
    /// Values by keys that are data.
    Map,
    /// Elements.
    Array,
    /// Records: objects in it have its own path.
    Records,
}

#[derive(Clone, Copy)]
struct Frame {
    path: PathId,
    before: Option<PathId>,
    kind: Kind,
}

/// The records of one dataset, or what a column of it holds.
pub struct Nested {
    paths: Paths,
    stack: Vec<Frame>,
    /// The path of the next value, if a key was told.
    next: Option<PathId>,
    /// The key before it, where it is data.
    key: Option<Vec<u8>>,
    /// Containers open beyond the depth that is followed.
    beyond: u64,
    too_deep: u64,
    line: u64,
    /// Whether the outermost array holds records.
    holds_records: bool,
}

impl Default for Nested {
    fn default() -> Self {
        Self::new(Paths::new(), true)
    }
}

impl Nested {
    fn new(paths: Paths, holds_records: bool) -> Self {
        Self {
            paths,
            stack: Vec::new(),
            next: None,
            key: None,
            beyond: 0,
            too_deep: 0,
            line: 0,
            holds_records,
        }
    }

    /// What the column `prefix` of a table holds.
    pub fn below(prefix: &str) -> Self {
        Self::new(Paths::below(prefix), false)
    }

    /// Columns added from now on are told with this line.
    pub fn set_line(&mut self, line: u64) {
        self.line = line;
    }

    /// Containers that were nested too deep to be followed.
    pub fn too_deep(&self) -> u64 {
        self.too_deep
    }

    /// Containers that are open.
    pub fn depth(&self) -> usize {
        self.stack.len()
    }

    /// Forgets what is open, as after a broken record.
    pub fn reset(&mut self) {
        self.stack.clear();
        (self.next, self.key, self.beyond) = (None, None, 0);
    }

    /// Tells the key of the next value.
    pub fn key(&mut self, key: &[u8], columns: &mut Columns) {
        if self.beyond > 0 {
            return;
        }
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        (self.next, self.key) = (None, None);
        if frame.kind == Kind::Object {
            let predicted = self.paths.predicted(frame.path, frame.before, key);
            let known = predicted.filter(|(_, length)| *length == key.len());
            let child = known.map(|(child, _)| child).or_else(|| {
                // Paths take keys as JSON writes them.
                if key.contains(&b'\\') {
                    let escaped = String::from_utf8_lossy(key).replace('\\', "\\\\");
                    let key = escaped.as_bytes();
                    return self
                        .paths
                        .child(frame.path, frame.before, key, key, columns);
                }
                self.paths
                    .child(frame.path, frame.before, key, key, columns)
            });
            frame.before = child;
            self.next = child;
        }
        if self.next.is_none() {
            self.key = Some(key.to_vec());
        }
    }

    /// The path of the value that comes now.
    fn path(&mut self, is_container: bool, is_object: bool, columns: &mut Columns) -> PathId {
        if let Some(next) = self.next.take() {
            return next;
        }
        let Some(frame) = self.stack.last().copied() else {
            return PathId::ROOT;
        };
        if let Some(key) = self.key.take() {
            self.paths.push_key(frame.path, &key, is_container, columns);
        }
        if frame.kind == Kind::Records && is_object {
            return frame.path;
        }
        self.paths.star(frame.path)
    }

    fn open(&mut self, kind: Kind, columns: &mut Columns) {
        if self.beyond > 0 || self.stack.len() >= DEPTH_AT_MOST {
            self.too_deep += u64::from(self.beyond == 0);
            self.beyond += 1;
            return;
        }
        let path = self.path(true, kind != Kind::Array, columns);
        let kind = match kind {
            Kind::Array if self.stack.is_empty() && self.holds_records => Kind::Records,
            other => other,
        };
        self.stack.push(Frame {
            path,
            before: None,
            kind,
        });
    }

    /// Opens an object, or a record.
    pub fn open_object(&mut self, columns: &mut Columns) {
        self.open(Kind::Object, columns);
    }

    /// Opens a map: its keys are data whatever they look like.
    pub fn open_map(&mut self, columns: &mut Columns) {
        self.open(Kind::Map, columns);
    }

    /// Opens an array; the outermost one holds records.
    pub fn open_array(&mut self, columns: &mut Columns) {
        self.open(Kind::Array, columns);
    }

    /// Closes the innermost container.
    pub fn close(&mut self) {
        if self.beyond > 0 {
            self.beyond -= 1;
        } else {
            self.stack.pop();
            (self.next, self.key) = (None, None);
        }
    }

    fn column(&mut self, columns: &mut Columns) -> usize {
        let path = self.path(false, false, columns);
        match self.paths.known_column(path) {
            Some(column) => column,
            None => {
                let place = Place::line(self.line);
                self.paths.column(path, place, columns)
            }
        }
    }

    /// Adds a scalar.
    pub fn scalar(&mut self, value: &[u8], columns: &mut Columns) {
        if self.beyond == 0 {
            let column = self.column(columns);
            columns.push(column, value);
        }
    }

    /// Adds a value that is not there.
    pub fn null(&mut self, columns: &mut Columns) {
        if self.beyond == 0 {
            let column = self.column(columns);
            columns.push_null(column);
        }
    }

    /// Adds a whole value that was read as JSON.
    pub fn json(&mut self, value: &serde_json::Value, columns: &mut Columns) {
        use serde_json::Value as Json;
        // The parser of JSON nests no deeper than 128 levels.
        match value {
            Json::Object(map) => {
                self.open_object(columns);
                for (key, value) in map {
                    self.key(key.as_bytes(), columns);
                    self.json(value, columns);
                }
                self.close();
            }
            Json::Array(items) => {
                self.open_array(columns);
                items.iter().for_each(|item| self.json(item, columns));
                self.close();
            }
            Json::Null => self.null(columns),
            Json::String(text) => self.scalar(text.as_bytes(), columns),
            other => self.scalar(other.to_string().as_bytes(), columns),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Dataset;
    use crate::source::Sink as _;
    use crate::source::recording::Recording;

    fn told(write: impl FnOnce(&mut Nested, &mut Columns)) -> Recording {
        let mut sink = Recording::default();
        let dataset = sink.dataset(Dataset {
            name: "t".into(),
            ..Dataset::default()
        });
        let mut columns = Columns::new(dataset);
        let mut nested = Nested::default();
        write(&mut nested, &mut columns);
        columns.flush(&mut sink);
        sink
    }

    #[test]
    fn paths_are_those_of_json() {
        let json = serde_json::json!([
            {"a": {"mail": "ana@example.com"}, "tags": ["x", ["y"]], "b\\c": null},
            {"a": {"ben@example.com": {"n": 1}}},
            "alone",
        ]);
        let sink = told(|nested, columns| nested.json(&json, columns));
        let paths = ["a.mail", "tags.*", "tags.*.*", "b\\c", "a.*", "a.*.n", "*"];
        assert_eq!(sink.paths("t"), paths);
        assert_eq!(sink.field_named("t", "a.*").values, ["ben@example.com"]);
        assert_eq!(sink.field_named("t", "b\\c").nulls, 1);
    }

    #[test]
    fn keys_of_maps_are_values() {
        let sink = told(|nested, columns| {
            nested.open_object(columns);
            nested.key(b"phones", columns);
            nested.open_map(columns);
            nested.key(b"home", columns);
            nested.scalar(b"+1 202 555 0143", columns);
            nested.close();
            nested.close();
        });
        assert_eq!(sink.paths("t"), ["phones.*.*", "phones.*"]);
        assert_eq!(sink.field_named("t", "phones.*.*").values, ["home"]);
    }

    #[test]
    fn what_is_nested_too_deep_is_counted_and_what_follows_is_read() {
        let sink = told(|nested, columns| {
            nested.open_object(columns);
            nested.key(b"deep", columns);
            (0..10_000).for_each(|_| nested.open_array(columns));
            nested.scalar(b"lost", columns);
            (0..10_000).for_each(|_| nested.close());
            nested.key(b"after", columns);
            nested.scalar(b"kept", columns);
            nested.close();
            assert_eq!((nested.depth(), nested.too_deep()), (0, 1));
        });
        assert_eq!(sink.field_named("t", "after").values, ["kept"]);
    }
}
