//! The values of a batch: buffers read as they are needed, each field's leaves as text.
//! Knows nothing of files; lengths and offsets are checked against the buffers there are.

use super::schema::{Column, Layout};
use crate::source::codec::{Codec, unpack};
use crate::source::input::Seekable;
use crate::source::moment::{
    write_day, write_decimal, write_instant, write_number, write_time_of_day,
};
use crate::source::{FieldId, Sink};
use crate::value::{ValueBuffer, Values};
use std::collections::HashMap;
use std::io::{SeekFrom, Write as _};

/// Largest buffer.
pub const BUFFER_BYTES: usize = 512 << 20;
/// Bytes gathered before they are pushed.
const PUSH_BYTES: usize = 256 << 10;

/// Where a batch lies, and what its message says of it.
pub struct Batch<'a> {
    /// Values and absent values of each field, depth first.
    pub nodes: Vec<(i64, i64)>,
    /// Offsets and lengths of the buffers.
    pub buffers: Vec<(i64, i64)>,
    /// Further buffers of fields with views, in their order.
    pub variadic: Vec<i64>,
    /// How buffers are packed.
    pub codec: Codec,
    /// The file.
    pub stream: &'a mut dyn Seekable,
    /// Where the buffers begin, and how many bytes there are.
    pub body: (u64, u64),
    /// The next node, buffer and count.
    pub at: (usize, usize, usize),
}

/// Entries of a dictionary as text; `None` for those that are none.
pub struct Dictionary {
    data: Vec<u8>,
    offsets: Vec<u32>,
}

/// Dictionaries by number.
pub type Dictionaries = HashMap<i64, Dictionary>;

/// Where values go.
pub trait Target {
    /// Takes one value.
    fn value(&mut self, value: &[u8]);
    /// Takes values that are not there.
    fn absent(&mut self, count: u64);
}

/// A field of the sink.
pub struct ToField<'a> {
    field: FieldId,
    sink: &'a mut dyn Sink,
    buffer: ValueBuffer,
    absent: u64,
}

impl<'a> ToField<'a> {
    /// Gathers for a field.
    pub fn new(field: FieldId, sink: &'a mut dyn Sink) -> Self {
        Self {
            field,
            sink,
            buffer: ValueBuffer::new(),
            absent: 0,
        }
    }

    fn flush(&mut self) {
        let values = self.buffer.values().with_nulls(self.absent);
        if self.buffer.rows() + self.absent > 0 {
            self.sink.values(self.field, values);
        }
        self.buffer.clear();
        self.absent = 0;
    }

    /// Takes the entries of a dictionary with how often each stands.
    fn weighted(&mut self, dictionary: &Dictionary, counts: &[u64]) {
        let (mut offsets, mut weights) = (vec![0], Vec::new());
        let mut data = Vec::new();
        for (pair, count) in dictionary.offsets.windows(2).zip(counts) {
            let value = dictionary.data.get(pair[0] as usize..pair[1] as usize);
            match value.filter(|value| !value.is_empty()) {
                Some(value) if *count > 0 => {
                    data.extend_from_slice(value);
                    offsets.push(data.len() as u32);
                    weights.push(*count);
                }
                Some(_) => {}
                None => self.absent += *count,
            }
        }
        self.flush();
        if !weights.is_empty() {
            self.sink.values(
                self.field,
                Values::new(&data, &offsets).with_weights(&weights),
            );
        }
    }
}

impl Target for ToField<'_> {
    fn value(&mut self, value: &[u8]) {
        self.buffer.push(value);
        if self.buffer.bytes() >= PUSH_BYTES {
            self.flush();
        }
    }

    fn absent(&mut self, count: u64) {
        self.absent += count;
    }
}

impl Drop for ToField<'_> {
    fn drop(&mut self) {
        self.flush();
    }
}

impl Default for Dictionary {
    fn default() -> Self {
        Self {
            data: Vec::new(),
            offsets: vec![0],
        }
    }
}

impl Target for Dictionary {
    fn value(&mut self, value: &[u8]) {
        if self.data.len() + value.len() <= BUFFER_BYTES {
            self.data.extend_from_slice(value);
        }
        self.offsets.push(self.data.len() as u32);
    }

    // Entries that are no value keep their place.
    fn absent(&mut self, count: u64) {
        let end = self.data.len() as u32;
        self.offsets.extend((0..count).map(|_| end));
    }
}

/// Which values of a buffer are there.
struct Validity {
    bits: Option<Vec<u8>>,
}

impl Validity {
    fn is_there(&self, at: usize) -> bool {
        self.bits
            .as_ref()
            .is_none_or(|bits| bits[at / 8] >> (at % 8) & 1 == 1)
    }
}

impl Batch<'_> {
    fn node(&mut self) -> Option<(usize, u64)> {
        let (length, absent) = *self.nodes.get(self.at.0)?;
        self.at.0 += 1;
        // More values than bits in the largest buffer are a false claim.
        let length = usize::try_from(length)
            .ok()
            .filter(|n| *n <= BUFFER_BYTES * 8)?;
        Some((length, u64::try_from(absent).ok()?))
    }

    fn skip(&mut self, buffers: usize) -> Option<()> {
        self.at.1 += buffers;
        (self.at.1 <= self.buffers.len()).then_some(())
    }

    /// The next buffer, unpacked.
    fn buffer(&mut self) -> Option<Vec<u8>> {
        let (offset, length) = *self.buffers.get(self.at.1)?;
        self.at.1 += 1;
        let (offset, length) = (u64::try_from(offset).ok()?, u64::try_from(length).ok()?);
        if offset.checked_add(length)? > self.body.1 || length > BUFFER_BYTES as u64 {
            return None;
        }
        let mut bytes = vec![0; length as usize];
        self.stream
            .seek(SeekFrom::Start(self.body.0 + offset))
            .ok()?;
        self.stream.read_exact(&mut bytes).ok()?;
        if self.codec == Codec::Plain || bytes.is_empty() {
            return Some(bytes);
        }
        let (size, packed) = bytes.split_first_chunk::<8>()?;
        match i64::from_le_bytes(*size) {
            -1 => Some(packed.to_vec()),
            size => {
                let size = usize::try_from(size).ok()?;
                unpack(self.codec, packed, Some(size), BUFFER_BYTES).ok()
            }
        }
    }

    fn validity(&mut self, length: usize, absent: u64) -> Option<Validity> {
        if absent == 0 {
            self.skip(1)?;
            return Some(Validity { bits: None });
        }
        let bits = self.buffer()?;
        (bits.len() >= length.div_ceil(8)).then_some(Validity { bits: Some(bits) })
    }

    /// Reads a column and what is inside it. `None` where the batch is damaged.
    pub fn column(
        &mut self,
        column: &Column,
        fields: &HashMap<String, FieldId>,
        dictionaries: &Dictionaries,
        sink: &mut dyn Sink,
    ) -> Option<()> {
        if let Some((number, size)) = column.dictionary {
            let (length, absent) = self.node()?;
            let validity = self.validity(length, absent)?;
            let indices = self.buffer()?;
            let Some(dictionary) = dictionaries.get(&number) else {
                return (length == 0).then_some(());
            };
            let mut counts = vec![0; dictionary.offsets.len() - 1];
            if indices.len() < length.checked_mul(size)? {
                return None;
            }
            for at in (0..length).filter(|at| validity.is_there(*at)) {
                let index = whole(&indices[at * size..(at + 1) * size], false) as usize;
                *counts.get_mut(index)? += 1;
            }
            let field = *fields.get(&column.path)?;
            let mut target = ToField::new(field, sink);
            target.absent(absent);
            target.weighted(dictionary, &counts);
            return Some(());
        }
        let mut inner = |batch: &mut Self| {
            let mut children = column.children.iter();
            children.try_for_each(|child| batch.column(child, fields, dictionaries, sink))
        };
        match &column.layout {
            Layout::Struct => {
                self.node()?;
                self.skip(1)?;
                inner(self)
            }
            Layout::Map => {
                self.node()?;
                self.skip(2)?;
                inner(self)
            }
            Layout::List(buffers) => {
                self.node()?;
                self.skip(1 + buffers)?;
                inner(self)
            }
            Layout::Union(is_dense) => {
                self.node()?;
                self.skip(1 + usize::from(*is_dense))?;
                inner(self)
            }
            Layout::Runs => {
                self.node()?;
                // Run ends are lengths, no data: only the values behind them are read.
                self.node()?;
                self.skip(2)?;
                self.column(column.children.get(1)?, fields, dictionaries, sink)
            }
            _ => {
                let field = *fields.get(&column.path)?;
                self.leaf(column, &mut ToField::new(field, sink))
            }
        }
    }

    /// Reads a column without others inside.
    pub fn leaf(&mut self, column: &Column, target: &mut dyn Target) -> Option<()> {
        let (length, absent) = self.node()?;
        if column.layout == Layout::Null {
            target.absent(length as u64);
            return Some(());
        }
        let validity = self.validity(length, absent)?;
        match &column.layout {
            Layout::Boolean => {
                let bits = self.buffer()?;
                if bits.len() < length.div_ceil(8) {
                    return None;
                }
                for at in 0..length {
                    let is = bits[at / 8] >> (at % 8) & 1 == 1;
                    put(
                        validity
                            .is_there(at)
                            .then_some(if is { b"true" } else { b"false" }),
                        target,
                    );
                }
                Some(())
            }
            Layout::Bytes(size) => self.by_offsets(*size, length, &validity, target),
            Layout::Views => self.views(length, &validity, target),
            layout => {
                let size = size_of(layout)?;
                let values = self.buffer()?;
                if values.len() < length.checked_mul(size)? {
                    return None;
                }
                let mut text = Vec::new();
                for at in 0..length {
                    text.clear();
                    let value = &values[at * size..(at + 1) * size];
                    let is_told = validity.is_there(at) && write(layout, value, &mut text);
                    put(is_told.then_some(text.as_slice()), target);
                }
                Some(())
            }
        }
    }

    fn by_offsets(
        &mut self,
        size: usize,
        length: usize,
        validity: &Validity,
        target: &mut dyn Target,
    ) -> Option<()> {
        let offsets = self.buffer()?;
        let data = self.buffer()?;
        if length == 0 {
            return Some(());
        }
        if offsets.len() < (length + 1).checked_mul(size)? {
            return None;
        }
        let place = |at: usize| whole(&offsets[at * size..(at + 1) * size], false) as usize;
        let mut start = place(0);
        for at in 0..length {
            let end = place(at + 1);
            let value = data.get(start..end)?;
            put(
                validity
                    .is_there(at)
                    .then_some(value)
                    .filter(|v| is_text(v)),
                target,
            );
            start = end;
        }
        Some(())
    }

    /// Up to twelve bytes stand in place, longer values in one of several buffers.
    fn views(&mut self, length: usize, validity: &Validity, target: &mut dyn Target) -> Option<()> {
        let views = self.buffer()?;
        let count = usize::try_from(*self.variadic.get(self.at.2)?).ok()?;
        self.at.2 += 1;
        if count > self.buffers.len() || views.len() < length.checked_mul(16)? {
            return None;
        }
        let data = (0..count)
            .map(|_| self.buffer())
            .collect::<Option<Vec<_>>>()?;
        for at in 0..length {
            let view = &views[at * 16..(at + 1) * 16];
            let size = whole(&view[..4], false) as usize;
            let value = if size <= 12 {
                &view[4..4 + size]
            } else {
                let buffer = data.get(whole(&view[8..12], false) as usize)?;
                let start = whole(&view[12..], false) as usize;
                buffer.get(start..start.checked_add(size)?)?
            };
            put(
                validity
                    .is_there(at)
                    .then_some(value)
                    .filter(|v| is_text(v)),
                target,
            );
        }
        Some(())
    }
}

fn put(value: Option<&[u8]>, target: &mut dyn Target) {
    match value {
        Some(value) => target.value(value),
        None => target.absent(1),
    }
}

/// Columns of bytes may hold anything: what reads as text is text.
fn is_text(value: &[u8]) -> bool {
    value.is_ascii() && !value.contains(&0)
        || std::str::from_utf8(value).is_ok_and(|text| !text.contains('\0'))
}

fn size_of(layout: &Layout) -> Option<usize> {
    Some(match layout {
        Layout::Int(size, _)
        | Layout::Float(size)
        | Layout::Decimal(size, _)
        | Layout::Time(size, _)
        | Layout::Opaque(size)
        | Layout::Fixed(size) => *size,
        Layout::Date(is_millis) => 4 + 4 * usize::from(*is_millis),
        Layout::Instant(_) => 8,
        _ => return None,
    })
}

/// A whole number, its lowest byte first.
fn whole(bytes: &[u8], is_signed: bool) -> i64 {
    let fill = if is_signed && bytes.last().is_some_and(|last| *last >= 128) {
        255
    } else {
        0
    };
    let mut eight = [fill; 8];
    let length = bytes.len().min(8);
    eight[..length].copy_from_slice(&bytes[..length]);
    i64::from_le_bytes(eight)
}

/// Writes a value as text; `false` where it is none.
fn write(layout: &Layout, value: &[u8], out: &mut Vec<u8>) -> bool {
    match layout {
        Layout::Int(8, false) if value[7] >= 128 => {
            write!(out, "{}", whole(value, false) as u64).expect("memory takes all");
        }
        Layout::Int(_, is_signed) => write_number(whole(value, *is_signed), out),
        Layout::Float(4) => {
            let number = value.try_into().map(f32::from_le_bytes).unwrap_or_default();
            write!(out, "{number}").expect("memory takes all");
        }
        Layout::Float(8) => {
            let number = value.try_into().map(f64::from_le_bytes).unwrap_or_default();
            write!(out, "{number}").expect("memory takes all");
        }
        Layout::Decimal(size, scale) if *size <= 16 => {
            let fill = if value.last().is_some_and(|last| *last >= 128) {
                255
            } else {
                0
            };
            let mut all = [fill; 16];
            all[..*size].copy_from_slice(value);
            write_decimal(i128::from_le_bytes(all), *scale, out);
        }
        Layout::Date(false) => write_day(whole(value, true), out),
        Layout::Date(true) => write_day(whole(value, true).div_euclid(86_400_000), out),
        Layout::Time(_, unit) => write_time_of_day(whole(value, true), *unit, out),
        Layout::Instant(unit) => write_instant(whole(value, true), *unit, out),
        Layout::Fixed(_) if is_text(value) => out.extend_from_slice(value),
        _ => return false,
    }
    true
}
