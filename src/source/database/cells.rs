//! Cells of a table on their way into columns: text as it is, JSON by path, arrays element by element.
//! Counts rows and bytes; keeps no more than a batch.

use crate::field::Field;
use crate::source::columns::Columns;
use crate::source::nested::Nested;
use crate::source::{DatasetId, Sink};
use serde_json::Value as Json;

/// How the cells of a column travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// As text.
    Text,
    /// As JSON, each path a field of its own.
    Json,
    /// As a JSON array whose elements are values of the column itself.
    Elements,
    /// Not at all: binary by type, or not allowed.
    Unread,
}

/// A column as the catalogue declares it.
pub struct Column {
    /// What is told of it.
    pub field: Field,
    /// How its cells travel.
    pub shape: Shape,
}

/// The cells of one table.
pub struct Cells {
    columns: Columns,
    slots: Vec<Slot>,
    rows: u64,
}

struct Slot {
    column: usize,
    shape: Shape,
    nested: Option<Nested>,
}

impl Cells {
    /// Tells the columns that are read, in their order.
    pub fn new<'a>(
        dataset: DatasetId,
        read: impl Iterator<Item = &'a Column>,
        sink: &mut dyn Sink,
    ) -> Self {
        let mut columns = Columns::new(dataset);
        let slots = read
            .map(|column| Slot {
                column: columns.tell(column.field.clone(), sink),
                shape: column.shape,
                nested: (column.shape == Shape::Json).then(|| Nested::below(&column.field.path)),
            })
            .collect();
        Self {
            columns,
            slots,
            rows: 0,
        }
    }

    /// Adds a cell of the row, by the position of its column.
    pub fn push(&mut self, at: usize, cell: Option<&[u8]>) {
        let slot = &mut self.slots[at];
        // Bytes that are no text (binary in a text column) count as no value.
        let Some(cell) = cell.filter(|cell| std::str::from_utf8(cell).is_ok()) else {
            return self.columns.push_null(slot.column);
        };
        let parsed = match slot.shape {
            Shape::Text | Shape::Unread => None,
            Shape::Json | Shape::Elements => serde_json::from_slice::<Json>(cell).ok(),
        };
        match (parsed, &mut slot.nested) {
            (Some(json), Some(nested)) if json.is_object() || json.is_array() => {
                nested.json(&json, &mut self.columns);
            }
            (Some(json), None) => elements(&json, slot.column, &mut self.columns),
            (Some(Json::String(text)), _) => self.columns.push(slot.column, text.as_bytes()),
            (Some(Json::Null), _) => self.columns.push_null(slot.column),
            // What is no JSON, or was cut because it is too long, is read as text.
            _ => self.columns.push(slot.column, cell),
        }
    }

    /// Ends a row.
    pub fn end_row(&mut self, sink: &mut dyn Sink) {
        self.rows += 1;
        self.columns.flush_if_full(sink);
    }

    /// Rows so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Pushes what is left.
    pub fn finish(&mut self, sink: &mut dyn Sink) {
        self.columns.flush(sink);
    }
}

fn elements(json: &Json, column: usize, columns: &mut Columns) {
    // Arrays of several dimensions nest a few levels; a stack keeps their order.
    let mut open = vec![json];
    while let Some(next) = open.pop() {
        match next {
            Json::Array(items) => open.extend(items.iter().rev()),
            Json::Null => columns.push_null(column),
            other => push_scalar(other, column, columns),
        }
    }
}

fn push_scalar(json: &Json, column: usize, columns: &mut Columns) {
    match json {
        Json::String(text) => columns.push(column, text.as_bytes()),
        Json::Null => columns.push_null(column),
        other => columns.push(column, other.to_string().as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Dataset;
    use crate::source::recording::Recording;

    fn told(shape: Shape, cells: &[Option<&str>]) -> Recording {
        let mut sink = Recording::default();
        let dataset = sink.dataset(Dataset {
            name: "t".into(),
            ..Dataset::default()
        });
        let column = Column {
            field: Field::named("c"),
            shape,
        };
        let mut read = Cells::new(dataset, std::iter::once(&column), &mut sink);
        for cell in cells {
            read.push(0, cell.map(str::as_bytes));
            read.end_row(&mut sink);
        }
        read.finish(&mut sink);
        assert_eq!(read.rows(), cells.len() as u64);
        sink
    }

    #[test]
    fn json_becomes_a_field_a_path() {
        let sink = told(
            Shape::Json,
            &[
                Some(r#"{"a":{"mail":"ana@example.com"},"tags":["x","y"]}"#),
                Some(r#""plain""#),
                None,
            ],
        );
        assert_eq!(sink.paths("t"), ["c", "c.a.mail", "c.tags.*"]);
        assert_eq!(sink.field_named("t", "c.tags.*").values, ["x", "y"]);
        assert_eq!(sink.field_named("t", "c").values, ["plain"]);
        assert_eq!(sink.field_named("t", "c").nulls, 1);
    }

    #[test]
    fn keys_that_are_data_are_values() {
        let sink = told(Shape::Json, &[Some(r#"{"ana@example.com":{"n":1}}"#)]);
        assert_eq!(sink.field_named("t", "c.*").values, ["ana@example.com"]);
        assert_eq!(sink.field_named("t", "c.*.n").values, ["1"]);
    }

    #[test]
    fn elements_are_values_of_their_column_and_broken_json_is_text() {
        let sink = told(
            Shape::Elements,
            &[Some(r#"[["a"],["b",null]]"#), Some("[\"cut")],
        );
        assert_eq!(sink.field_named("t", "c").values, ["a", "b", "[\"cut"]);
        assert_eq!(sink.field_named("t", "c").nulls, 1);
    }
}
