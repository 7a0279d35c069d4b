//! Key paths of JSON records: dotted, `*` for array elements and for keys that are themselves data.
//! Predicts the next key from the one before it; knows nothing of how JSON is written.

use crate::field::{Field, Place};
use crate::source::columns::Columns;
use std::collections::HashMap;

/// Distinct keys of one object path; with more it is a map and its keys are data.
const KEYS_AT_MOST: usize = 200;
/// Distinct paths of one source; what comes after them is gathered in one column.
const PATHS_AT_MOST: usize = 10_000;
/// Steps of a path; what is nested deeper counts as its last step.
const STEPS_AT_MOST: u32 = 64;
/// Bytes of a key that can be a name.
const KEY_BYTES: usize = 100;

/// A path, by its position among the paths of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PathId(u32);

impl PathId {
    /// The record itself.
    pub const ROOT: PathId = PathId(0);
    const NONE: PathId = PathId(u32::MAX);
}

/// All paths of a source.
pub struct Paths {
    nodes: Vec<Node>,
    /// What follows a key: the next sibling's path, by path.
    next: Vec<PathId>,
    /// The first key of an object, by its path.
    first: Vec<PathId>,
    /// A key as it is written, from its quote to its value, by path.
    written: Vec<Box<[u8]>>,
}

struct Node {
    /// The whole path.
    path: String,
    steps: u32,
    /// Child paths by key as written between the quotes.
    children: HashMap<Box<[u8]>, PathId>,
    /// The path of array elements and of keys that are data.
    star: PathId,
    is_map: bool,
    column: Option<usize>,
}

impl Paths {
    /// Only the record itself.
    pub fn new() -> Self {
        let mut paths = Self {
            nodes: Vec::new(),
            next: Vec::new(),
            first: Vec::new(),
            written: Vec::new(),
        };
        paths.add(String::new(), 0);
        paths
    }

    /// Only the record itself, which is what the column `prefix` of a table holds.
    pub fn below(prefix: &str) -> Self {
        let mut paths = Self::new();
        prefix.clone_into(&mut paths.nodes[0].path);
        paths
    }

    fn add(&mut self, path: String, steps: u32) -> PathId {
        let id = PathId(self.nodes.len() as u32);
        self.nodes.push(Node {
            path,
            steps,
            children: HashMap::new(),
            star: PathId::NONE,
            is_map: false,
            column: None,
        });
        self.next.push(PathId::NONE);
        self.first.push(PathId::NONE);
        self.written.push(Box::default());
        id
    }

    fn node(&self, id: PathId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    fn is_full(&self, parent: PathId) -> bool {
        self.nodes.len() >= PATHS_AT_MOST || self.node(parent).steps >= STEPS_AT_MOST
    }

    /// The key that `bytes` begin with, if it is the one that came here last time: its path and its length.
    #[inline]
    pub fn predicted(
        &self,
        parent: PathId,
        before: Option<PathId>,
        bytes: &[u8],
    ) -> Option<(PathId, usize)> {
        let expected = before.map_or_else(
            || self.first[parent.0 as usize],
            |before| self.next[before.0 as usize],
        );
        let written = self.written.get(expected.0 as usize)?;
        starts_with(bytes, written).then_some((expected, written.len()))
    }

    /// The path of a key: `key` between its quotes, `written` from its quote to its value. `None` where the key is data.
    pub fn child(
        &mut self,
        parent: PathId,
        before: Option<PathId>,
        key: &[u8],
        written: &[u8],
        columns: &mut Columns,
    ) -> Option<PathId> {
        let known = self.node(parent).children.get(key).copied();
        let child = known.or_else(|| self.new_child(parent, key, columns))?;
        // The same key under another parent has another path, so a prediction never leaves the object.
        match before {
            Some(before) => self.next[before.0 as usize] = child,
            None => self.first[parent.0 as usize] = child,
        }
        if *self.written[child.0 as usize] != *written {
            self.written[child.0 as usize] = written.into();
        }
        Some(child)
    }

    fn new_child(&mut self, parent: PathId, key: &[u8], columns: &mut Columns) -> Option<PathId> {
        if self.node(parent).is_map || self.is_full(parent) {
            return None;
        }
        let mut decoded = Vec::new();
        let name = super::escape::decoded(key, &mut decoded);
        let name = std::str::from_utf8(name)
            .ok()
            .filter(|name| !is_data(name))?;
        if self.node(parent).children.len() >= KEYS_AT_MOST {
            self.make_map(parent, columns);
            return None;
        }
        let node = self.node(parent);
        let path = if node.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", node.path)
        };
        let child = self.add(path, self.node(parent).steps + 1);
        self.nodes[parent.0 as usize]
            .children
            .insert(key.into(), child);
        Some(child)
    }

    /// The path of the elements of an array, or of keys that are data.
    pub fn star(&mut self, parent: PathId) -> PathId {
        let node = self.node(parent);
        if node.star != PathId::NONE {
            return node.star;
        }
        if self.is_full(parent) {
            return parent;
        }
        let path = if node.path.is_empty() {
            "*".to_owned()
        } else {
            format!("{}.*", node.path)
        };
        let star = self.add(path, self.node(parent).steps + 1);
        self.nodes[parent.0 as usize].star = star;
        star
    }

    /// Pushes a key that is data as a value: of `*` where the map holds containers, else of `*.*`, apart from what it holds.
    pub fn push_key(
        &mut self,
        parent: PathId,
        key: &[u8],
        holds_container: bool,
        columns: &mut Columns,
    ) {
        let star = self.star(parent);
        let path = if holds_container {
            star
        } else {
            self.star(star)
        };
        if !key.is_empty() {
            let column = self.column(path, Place::default(), columns);
            columns.push(column, key);
        }
    }

    /// Turns an object with too many keys into a map: what is gathered by key and not yet told moves to `*`.
    fn make_map(&mut self, parent: PathId, columns: &mut Columns) {
        self.nodes[parent.0 as usize].is_map = true;
        self.first[parent.0 as usize] = PathId::NONE;
        let star = self.star(parent);
        let children = std::mem::take(&mut self.nodes[parent.0 as usize].children);
        let mut children: Vec<(Box<[u8]>, PathId)> = children.into_iter().collect();
        children.sort();
        let mut merges = Vec::with_capacity(children.len());
        for (key, child) in children {
            let holds_container = self.node(child).column.is_none();
            let mut decoded = Vec::new();
            self.push_key(
                parent,
                super::escape::decoded(&key, &mut decoded),
                holds_container,
                columns,
            );
            merges.push((child, star));
        }
        while let Some((from, into)) = merges.pop() {
            self.next[from.0 as usize] = PathId::NONE;
            // No key begins with a zero: a merged path is never predicted again.
            self.written[from.0 as usize] = Box::new([0]);
            if let Some(column) = self.nodes[from.0 as usize].column.take() {
                let target = self.column(into, Place::default(), columns);
                columns.merge(column, target);
            }
            let from_star = std::mem::replace(&mut self.nodes[from.0 as usize].star, PathId::NONE);
            if from_star != PathId::NONE {
                merges.push((from_star, self.star(into)));
            }
            let children = std::mem::take(&mut self.nodes[from.0 as usize].children);
            let mut children: Vec<(Box<[u8]>, PathId)> = children.into_iter().collect();
            children.sort();
            for (key, child) in children {
                let known = self.node(into).children.get(&key).copied();
                let target = known.or_else(|| self.new_child(into, &key, columns));
                merges.push((child, target.unwrap_or_else(|| self.star(into))));
            }
        }
    }

    /// The column of a path, if it has one.
    #[inline]
    pub fn known_column(&self, path: PathId) -> Option<usize> {
        self.node(path).column
    }

    /// The column of a path, added if it has none.
    pub fn column(&mut self, path: PathId, place: Place, columns: &mut Columns) -> usize {
        let node = &mut self.nodes[path.0 as usize];
        *node.column.get_or_insert_with(|| {
            let name = if node.path.is_empty() {
                "*"
            } else {
                &node.path
            };
            columns.add(Field {
                place,
                ..Field::named(name)
            })
        })
    }
}

/// `bytes.starts_with(key)` by two overlapping words: keys are short, and a comparison of variable length costs more than both.
#[inline]
fn starts_with(bytes: &[u8], key: &[u8]) -> bool {
    fn by_words<const N: usize>(bytes: &[u8], key: &[u8]) -> bool {
        bytes.first_chunk::<N>() == key.first_chunk::<N>()
            && bytes.last_chunk::<N>() == key.last_chunk::<N>()
    }
    let Some(bytes) = bytes.get(..key.len()) else {
        return false;
    };
    match key.len() {
        4..=7 => by_words::<4>(bytes, key),
        8..=16 => by_words::<8>(bytes, key),
        17..=32 => by_words::<16>(bytes, key),
        _ => bytes == key,
    }
}

/// Whether a key is itself a value: an address, a number, a date, an id, or nothing a person would name a field.
pub fn is_data(key: &str) -> bool {
    let count = |is: fn(&char) -> bool| key.chars().filter(is).count();
    let digits = count(char::is_ascii_digit);
    let letters = count(|c| c.is_alphabetic());
    let hex = count(char::is_ascii_hexdigit);
    let length = key.chars().count();
    let is_long_token = length >= 16 && digits >= 4 && !key.contains([' ', '_', '.']);
    let is_hex = length >= 8 && hex == length && digits > 0;
    let is_uuid = length == 36 && hex == 32 && key.matches('-').count() == 4;
    let has_no_name = letters == 0 && !key.is_empty() && key != "_" && key != "$" && key != "#";
    let is_mostly_digits = digits >= 5 && digits >= letters;
    let is_sentence = key.len() > KEY_BYTES
        || key.split_whitespace().count() > 6
        || key.chars().any(char::is_control);
    let is_url = key.contains("://") || key.starts_with('/') || key.starts_with("www.");
    let has_sign = key.contains('@') && key != "@" && !key.starts_with('@');
    key.is_empty()
        || has_sign
        || has_no_name
        || is_uuid
        || is_hex
        || is_long_token
        || is_mostly_digits
        || is_sentence
        || is_url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_are_data() {
        for key in [
            "anna@example.com",
            "12",
            "2024-01-01",
            "2024-01-01T10:00:00Z",
            "192.0.2.1",
            "+1 555 0100",
            "",
            "6fa459ea-ee8a-3ca4-894e-db77e160355e",
            "deadbeef01",
            "user-000123",
            "/home/anna",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        ] {
            assert!(is_data(key), "{key}");
        }
        for key in [
            "id",
            "e-mail",
            "address1",
            "@timestamp",
            "$ref",
            "first name",
            "sha256",
            "a",
            "http.status_code",
            "größe",
            "line2",
            "face",
        ] {
            assert!(!is_data(key), "{key}");
        }
    }
}
