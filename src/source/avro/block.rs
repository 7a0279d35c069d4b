//! The records of one unpacked block, by their schema, straight into columns.
//! Bounded by the bytes of the block: values that take none are counted too.

use super::schema::{DEPTH, Meaning, Schema, Type};
use crate::source::columns::Columns;
use crate::source::moment::{
    big_endian, write_day, write_decimal, write_instant, write_number, write_time_of_day,
};
use crate::source::nested::Nested;
use std::io::Write as _;

/// The rest of a block.
pub struct Block<'a> {
    schema: &'a Schema,
    rest: &'a [u8],
    /// Values that may still be read: a block of nothing could hold endlessly many of nothing.
    left: usize,
    text: Vec<u8>,
}

impl<'a> Block<'a> {
    /// Reads from the beginning of a block.
    pub fn new(schema: &'a Schema, bytes: &'a [u8]) -> Self {
        Self {
            schema,
            rest: bytes,
            left: bytes.len().saturating_mul(8) + 1_024,
            text: Vec::new(),
        }
    }

    /// Reads one record; `None` where the bytes are damaged.
    pub fn record(&mut self, nested: &mut Nested, columns: &mut Columns) -> Option<()> {
        self.value(self.schema.root(), 0, nested, columns)
    }

    /// Whether everything was read.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    fn long(&mut self) -> Option<i64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            number |= u64::from(byte & 127) << shift;
            if *byte < 128 {
                return Some((number >> 1) as i64 ^ -((number & 1) as i64));
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    fn counted(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.long()?).ok()?;
        self.take(length)
    }

    fn value(
        &mut self,
        at: usize,
        depth: usize,
        nested: &mut Nested,
        columns: &mut Columns,
    ) -> Option<()> {
        // A record may hold itself, so the data decide how deep it goes.
        if depth > DEPTH * 4 {
            return None;
        }
        self.left = self.left.checked_sub(1)?;
        let schema = self.schema;
        match schema.get(at)? {
            Type::Null => nested.null(columns),
            Type::Boolean => {
                let is = self.take(1)? != [0];
                nested.scalar(if is { b"true" } else { b"false" }, columns);
            }
            Type::Number(meaning) => {
                let number = self.long()?;
                self.text.clear();
                write_meant(*meaning, number, &mut self.text);
                nested.scalar(&self.text, columns);
            }
            Type::Float => {
                let number = f32::from_le_bytes(self.take(4)?.try_into().ok()?);
                self.written(|out| write!(out, "{number}").is_ok(), nested, columns);
            }
            Type::Double => {
                let number = f64::from_le_bytes(self.take(8)?.try_into().ok()?);
                self.written(|out| write!(out, "{number}").is_ok(), nested, columns);
            }
            Type::Text => {
                let text = self.counted()?;
                nested.scalar(text, columns);
            }
            Type::Bytes(meaning) => {
                let bytes = self.counted()?;
                self.written(|out| write_bytes(*meaning, bytes, out), nested, columns);
            }
            Type::Fixed(size, meaning) => {
                let bytes = self.take(*size)?;
                self.written(|out| write_bytes(*meaning, bytes, out), nested, columns);
            }
            Type::Enum(symbols) => {
                let symbol = symbols.get(usize::try_from(self.long()?).ok()?)?;
                nested.scalar(symbol.as_bytes(), columns);
            }
            Type::Union(choices) => {
                let choice = choices.get(usize::try_from(self.long()?).ok()?)?;
                self.value(*choice, depth + 1, nested, columns)?;
            }
            Type::Record(members) => {
                nested.open_object(columns);
                for member in members {
                    nested.key(member.name.as_bytes(), columns);
                    self.value(member.kind, depth + 1, nested, columns)?;
                }
                nested.close();
            }
            Type::Array(inner) => {
                nested.open_array(columns);
                self.items(
                    |block, nested, columns| block.value(*inner, depth + 1, nested, columns),
                    nested,
                    columns,
                )?;
                nested.close();
            }
            Type::Map(inner) => {
                nested.open_map(columns);
                self.items(
                    |block, nested, columns| {
                        let key = block.counted()?;
                        nested.key(key, columns);
                        block.value(*inner, depth + 1, nested, columns)
                    },
                    nested,
                    columns,
                )?;
                nested.close();
            }
        }
        Some(())
    }

    /// Items in runs, each after its count, the last one empty.
    fn items(
        &mut self,
        mut item: impl FnMut(&mut Self, &mut Nested, &mut Columns) -> Option<()>,
        nested: &mut Nested,
        columns: &mut Columns,
    ) -> Option<()> {
        loop {
            let mut count = self.long()?;
            if count < 0 {
                // The size in bytes follows, for those who pass over.
                self.long()?;
                count = count.checked_neg()?;
            }
            if count == 0 {
                return Some(());
            }
            for _ in 0..count {
                item(self, nested, columns)?;
            }
        }
    }

    fn written(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>) -> bool,
        nested: &mut Nested,
        columns: &mut Columns,
    ) {
        self.text.clear();
        if write(&mut self.text) {
            nested.scalar(&self.text, columns);
        } else {
            nested.null(columns);
        }
    }
}

fn write_meant(meaning: Meaning, number: i64, out: &mut Vec<u8>) {
    match meaning {
        Meaning::Date => write_day(number, out),
        Meaning::Time(unit) => write_time_of_day(number, unit, out),
        Meaning::Instant(unit) => write_instant(number, unit, out),
        Meaning::Decimal(scale) => write_decimal(number.into(), scale, out),
        Meaning::Plain | Meaning::Uuid => write_number(number, out),
    }
}

/// Writes bytes that are a number, an id or text; `false` for others.
fn write_bytes(meaning: Meaning, bytes: &[u8], out: &mut Vec<u8>) -> bool {
    match meaning {
        Meaning::Decimal(scale) => match big_endian(bytes) {
            Some(number) => write_decimal(number, scale, out),
            None => return false,
        },
        Meaning::Uuid if bytes.len() == 16 => {
            for (at, byte) in bytes.iter().enumerate() {
                let dash = if matches!(at, 4 | 6 | 8 | 10) {
                    "-"
                } else {
                    ""
                };
                write!(out, "{dash}{byte:02x}").expect("memory takes all");
            }
        }
        _ => {
            let is_text = std::str::from_utf8(bytes)
                .is_ok_and(|text| !text.contains(|c: char| c.is_control() && !c.is_whitespace()));
            if !is_text {
                return false;
            }
            out.extend_from_slice(bytes);
        }
    }
    true
}
