//! Values gathered by column and pushed in batches: what every reader of records shares.
//! Bounds the memory of a reader whatever the number of columns.

use super::{DatasetId, FieldId, Sink};
use crate::field::Field;
use crate::value::ValueBuffer;

/// Bytes gathered for each column, on average, before they are pushed.
const BYTES_A_COLUMN: usize = 64 << 10;
/// Bytes gathered for all columns together, at most.
const BYTES_AT_MOST: usize = 4 << 20;

/// The columns of one dataset.
pub struct Columns {
    dataset: DatasetId,
    columns: Vec<Column>,
    gathered: usize,
    /// Bytes gathered before the first push, at least.
    patience: usize,
    limit: usize,
}

struct Column {
    /// Taken when the field is told.
    field: Option<Field>,
    id: Option<FieldId>,
    /// Not to be told before it has a value.
    waits_for_value: bool,
    values: ValueBuffer,
}

impl Columns {
    /// No columns yet.
    pub fn new(dataset: DatasetId) -> Self {
        Self::patient(dataset, 0)
    }

    /// No columns yet; those added are told only when `patience` bytes are gathered, so that they can still be merged before.
    pub fn patient(dataset: DatasetId, patience: usize) -> Self {
        Self {
            dataset,
            columns: Vec::new(),
            gathered: 0,
            patience,
            limit: patience.max(BYTES_A_COLUMN),
        }
    }

    /// Adds a column that is told to the sink at once.
    pub fn tell(&mut self, field: Field, sink: &mut dyn Sink) -> usize {
        let index = self.add(field);
        let column = &mut self.columns[index];
        column.id = column
            .field
            .take()
            .map(|field| sink.field(self.dataset, field));
        index
    }

    /// Adds a column that is told to the sink with the next push.
    pub fn add(&mut self, field: Field) -> usize {
        self.columns.push(Column {
            field: Some(field),
            id: None,
            waits_for_value: false,
            values: ValueBuffer::new(),
        });
        self.limit = (self.columns.len() * BYTES_A_COLUMN)
            .min(BYTES_AT_MOST)
            .max(self.patience);
        self.columns.len() - 1
    }

    /// Adds a column that is told to the sink with its first value; one without any is never told.
    pub fn add_silent(&mut self, field: Field) -> usize {
        let index = self.add(field);
        self.columns[index].waits_for_value = true;
        index
    }

    /// Moves what is gathered in a column into another one; `false` where the column was told already and stays.
    pub fn merge(&mut self, from: usize, into: usize) -> bool {
        if self.columns[from].id.is_some() || from == into {
            return false;
        }
        let moved = std::mem::take(&mut self.columns[from].values);
        self.columns[from].waits_for_value = true;
        let target = &mut self.columns[into].values;
        moved
            .values()
            .iter()
            .for_each(|(value, _)| target.push(value.bytes()));
        (0..moved.values().nulls()).for_each(|_| target.push_null());
        true
    }

    /// Number of columns.
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there is no column yet.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Adds a value to a column.
    #[inline]
    pub fn push(&mut self, column: usize, value: &[u8]) {
        self.columns[column].values.push(value);
        // Four bytes for the offset, so that empty values fill the buffer too.
        self.gathered += value.len() + 4;
    }

    /// Adds a row of `bytes` bytes: a cell to each of the first columns, an empty one as a row without a value.
    #[inline]
    pub fn push_row<'c>(&mut self, bytes: usize, cells: impl Iterator<Item = &'c [u8]>) {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            if cell.is_empty() {
                column.values.push_null();
            } else {
                column.values.push(cell);
            }
        }
        self.gathered += bytes;
    }

    /// Adds a row without a value to a column.
    #[inline]
    pub fn push_null(&mut self, column: usize) {
        self.columns[column].values.push_null();
    }

    /// Pushes everything into the sink if enough is gathered. To be called after each record.
    #[inline]
    pub fn flush_if_full(&mut self, sink: &mut dyn Sink) {
        if self.gathered >= self.limit {
            self.flush(sink);
        }
    }

    /// Pushes everything into the sink.
    pub fn flush(&mut self, sink: &mut dyn Sink) {
        for column in &mut self.columns {
            let is_silent = if column.waits_for_value {
                column.values.values().is_empty()
            } else {
                column.values.rows() == 0
            };
            if let Some(field) = column.field.take_if(|_| !is_silent) {
                column.id = Some(sink.field(self.dataset, field));
            }
            if let Some(id) = column.id.filter(|_| column.values.rows() > 0) {
                sink.values(id, column.values.values());
                column.values.clear();
            }
        }
        self.gathered = 0;
    }
}
