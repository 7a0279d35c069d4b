//! The values of a column chunk as text: dictionaries once with how often each entry stands, other pages value by value.
//! Reads as much as it is asked to; knows nothing of files.

use super::bits::{count_of, differences, runs, unpack_each};
use super::footer::{Chunk, Leaf, Meaning, Physical, malformed};
use super::page::{Page, Pages};
use crate::source::input::Seekable;
use crate::source::moment::{
    self, Unit, write_day, write_decimal, write_instant, write_number, write_time_of_day,
};
use crate::source::{FieldId, Sink, SourceError};
use crate::value::{ValueBuffer, Values};
use std::io::Write as _;

/// Bytes gathered before they are pushed.
const PUSH_BYTES: usize = 256 << 10;

/// How much of a chunk is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Everything.
    All,
    /// Only the dictionary.
    Dictionary,
    /// The first pages and what they use of the dictionary, till so many values are read.
    Values(u64),
}

/// Reads a chunk into a field.
pub fn read(
    leaf: &Leaf,
    chunk: &Chunk,
    extent: Extent,
    stream: &mut dyn Seekable,
    field: FieldId,
    sink: &mut dyn Sink,
) -> Result<(), SourceError> {
    if leaf.meaning == Meaning::Opaque {
        return Ok(());
    }
    let mut pages = Pages::of(chunk, stream)?;
    let mut column = Column {
        leaf,
        field,
        sink,
        dictionary: None,
        counts: Vec::new(),
        buffer: ValueBuffer::new(),
        absent: 0,
        scratch: Vec::new(),
    };
    let mut seen = 0;
    while let Some(page) = pages.next_page()? {
        if page.is_dictionary {
            column.read_dictionary(&page)?;
            if extent == Extent::Dictionary {
                break;
            }
            continue;
        }
        column
            .read_page(&page)
            .ok_or_else(|| malformed("a page is damaged"))??;
        seen += page.values as u64;
        if matches!(extent, Extent::Values(most) if seen >= most) {
            break;
        }
    }
    column.finish(extent);
    Ok(())
}

/// The entries of a dictionary, as text.
struct Dictionary {
    data: Vec<u8>,
    offsets: Vec<u32>,
}

struct Column<'a> {
    leaf: &'a Leaf,
    field: FieldId,
    sink: &'a mut dyn Sink,
    dictionary: Option<Dictionary>,
    counts: Vec<u64>,
    buffer: ValueBuffer,
    absent: u64,
    scratch: Vec<u8>,
}

impl Column<'_> {
    fn read_dictionary(&mut self, page: &Page) -> Result<(), SourceError> {
        if self.dictionary.is_some() {
            return Err(malformed("a column chunk has two dictionaries"));
        }
        let mut dictionary = Dictionary {
            data: Vec::new(),
            offsets: vec![0],
        };
        let leaf = self.leaf;
        let mut add = |bytes: &[u8]| {
            // Entries that are no text stay as empty ones, so that positions hold.
            write_value(leaf, bytes, &mut dictionary.data);
            dictionary.offsets.push(dictionary.data.len() as u32);
        };
        plain(leaf.physical, &page.bytes, page.values, &mut add)
            .ok_or_else(|| malformed("a dictionary is damaged"))?;
        self.counts = vec![0; dictionary.offsets.len() - 1];
        self.dictionary = Some(dictionary);
        Ok(())
    }

    /// Reads a page of values; `None` where it is damaged.
    fn read_page(&mut self, page: &Page) -> Option<Result<(), SourceError>> {
        let (values, there) = self.past_levels(page)?;
        self.absent += (page.values - there) as u64;
        match (page.encoding, self.leaf.physical) {
            (2 | 8, _) => self.indices(values, there)?,
            (0, Physical::Boolean) => {
                let mut bits = Vec::with_capacity(there);
                unpack_each(values, 1, there, |bit| bits.push(bit))?;
                bits.into_iter().for_each(|bit| self.push(&[bit as u8]));
            }
            (0, physical) => self.plain(physical, values, there)?,
            (3, Physical::Boolean) => {
                let mut bits = Vec::new();
                runs(values.get(4..)?, 1, there, |bit, times| {
                    bits.push((bit as u8, times));
                })?;
                for (bit, times) in bits {
                    (0..times).for_each(|_| self.push(&[bit]));
                }
            }
            (5, Physical::Int(size)) => {
                let mut numbers = Vec::new();
                differences(values, there, |number| numbers.push(number))?;
                for number in numbers {
                    self.push(&number.to_le_bytes()[..size]);
                }
            }
            (6, Physical::Bytes) => self.after_lengths(values, there)?,
            (7, Physical::Bytes | Physical::Fixed(_)) => self.shared_prefixes(values, there)?,
            (9, physical) => self.streams(physical, values, there)?,
            _ => {
                let why = "a page is written in an encoding that is not read";
                return Some(Err(malformed(why)));
            }
        }
        Some(Ok(()))
    }

    /// Where the values of a page begin, and how many there are.
    fn past_levels<'p>(&self, page: &'p Page) -> Option<(&'p [u8], usize)> {
        let width = |level: u16| u16::BITS - level.leading_zeros();
        let (definition, repetition) = (self.leaf.definition, self.leaf.repetition);
        let count =
            |bytes: &[u8]| count_of(bytes, width(definition), page.values, definition.into());
        if let Some((first, second)) = page.levels {
            let levels = page.bytes.get(first..first + second)?;
            let there = if definition == 0 {
                page.values
            } else {
                count(levels)?
            };
            return Some((page.bytes.get(first + second..)?, there));
        }
        let mut rest = page.bytes.as_slice();
        let mut levels = || {
            let (length, after) = rest.split_at_checked(4)?;
            let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
            let (levels, after) = after.split_at_checked(length)?;
            rest = after;
            Some(levels)
        };
        if repetition > 0 {
            levels()?;
        }
        let there = if definition > 0 {
            count(levels()?)?
        } else {
            page.values
        };
        Some((rest, there))
    }

    fn indices(&mut self, values: &[u8], there: usize) -> Option<()> {
        if there == 0 {
            return Some(());
        }
        let (width, packed) = values.split_first()?;
        let counts = &mut self.counts;
        let mut is_inside = true;
        runs(
            packed,
            u32::from(*width),
            there,
            |index, times| match counts.get_mut(index as usize) {
                Some(count) => *count += times as u64,
                None => is_inside = false,
            },
        )?;
        is_inside.then_some(())
    }

    fn plain(&mut self, physical: Physical, values: &[u8], there: usize) -> Option<()> {
        // Texts are the most and need no conversion.
        if physical == Physical::Bytes && self.leaf.meaning == Meaning::Text {
            let mut rest = values;
            for _ in 0..there {
                let (length, after) = rest.split_first_chunk::<4>()?;
                let (text, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
                self.buffer.push(text);
                rest = after;
                if self.buffer.bytes() >= PUSH_BYTES {
                    self.flush();
                }
            }
            return Some(());
        }
        plain(physical, values, there, &mut |bytes| self.push(bytes))
    }

    fn after_lengths(&mut self, values: &[u8], there: usize) -> Option<()> {
        let mut lengths = Vec::new();
        let mut rest = differences(values, there, |length| lengths.push(length))?;
        for length in lengths {
            let (value, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            self.push(value);
            rest = after;
        }
        Some(())
    }

    fn shared_prefixes(&mut self, values: &[u8], there: usize) -> Option<()> {
        let (mut prefixes, mut lengths) = (Vec::new(), Vec::new());
        let rest = differences(values, there, |length| prefixes.push(length))?;
        let mut rest = differences(rest, there, |length| lengths.push(length))?;
        let mut value = Vec::new();
        for (prefix, length) in prefixes.into_iter().zip(lengths) {
            let (suffix, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            value.truncate(usize::try_from(prefix).ok()?);
            value.extend_from_slice(suffix);
            // What is shared may make a page of any size out of little.
            if value.len() > super::page::PAGE_BYTES {
                return None;
            }
            self.push(&value);
            rest = after;
        }
        Some(())
    }

    /// The first bytes of all values, then the second of all …
    fn streams(&mut self, physical: Physical, values: &[u8], there: usize) -> Option<()> {
        let size = size_of(physical)?;
        if values.len() < there.checked_mul(size)? {
            return None;
        }
        let mut value = vec![0; size];
        for at in 0..there {
            for (step, byte) in value.iter_mut().enumerate() {
                *byte = values[step * there + at];
            }
            self.push(&value);
        }
        Some(())
    }

    fn push(&mut self, bytes: &[u8]) {
        self.scratch.clear();
        if write_value(self.leaf, bytes, &mut self.scratch) {
            self.buffer.push(&self.scratch);
            if self.buffer.bytes() >= PUSH_BYTES {
                self.flush();
            }
        } else {
            self.absent += 1;
        }
    }

    fn flush(&mut self) {
        if self.buffer.rows() > 0 {
            self.sink.values(self.field, self.buffer.values());
            self.buffer.clear();
        }
    }

    fn finish(&mut self, extent: Extent) {
        self.flush();
        let Some(dictionary) = self.dictionary.take() else {
            return self.tell_absent();
        };
        let is_alone = extent == Extent::Dictionary;
        let (mut offsets, mut weights) = (vec![0], Vec::new());
        let mut data = Vec::with_capacity(dictionary.data.len());
        for (pair, count) in dictionary.offsets.windows(2).zip(&self.counts) {
            let value = &dictionary.data[pair[0] as usize..pair[1] as usize];
            // An entry counts once where nothing that refers to it was read.
            let weight = if is_alone { 1 } else { *count };
            if value.is_empty() {
                self.absent += *count;
            } else if weight > 0 {
                data.extend_from_slice(value);
                offsets.push(data.len() as u32);
                weights.push(weight);
            }
        }
        if !weights.is_empty() {
            let values = Values::new(&data, &offsets).with_weights(&weights);
            self.sink.values(self.field, values);
        }
        self.tell_absent();
    }

    fn tell_absent(&mut self) {
        if self.absent > 0 {
            let none = Values::new(&[], &[0]).with_nulls(self.absent);
            self.sink.values(self.field, none);
        }
    }
}

fn size_of(physical: Physical) -> Option<usize> {
    match physical {
        Physical::Int(size) | Physical::Fixed(size) => Some(size),
        Physical::Int96 => Some(12),
        Physical::Float => Some(4),
        Physical::Double => Some(8),
        Physical::Boolean | Physical::Bytes => None,
    }
}

/// Values after each other: of one size, or each after its length.
fn plain(
    physical: Physical,
    mut bytes: &[u8],
    count: usize,
    each: &mut dyn FnMut(&[u8]),
) -> Option<()> {
    let size = size_of(physical);
    if size == Some(0) {
        return None;
    }
    for _ in 0..count {
        let size = match size {
            Some(size) => size,
            None => {
                let (length, rest) = bytes.split_first_chunk::<4>()?;
                bytes = rest;
                u32::from_le_bytes(*length) as usize
            }
        };
        let (value, rest) = bytes.split_at_checked(size)?;
        each(value);
        bytes = rest;
    }
    Some(())
}

/// Writes a value as text; `false` where it is none.
pub fn write_value(leaf: &Leaf, bytes: &[u8], out: &mut Vec<u8>) -> bool {
    match leaf.physical {
        Physical::Boolean => {
            let is = bytes.first().is_some_and(|bit| *bit != 0);
            out.extend_from_slice(if is { b"true" } else { b"false" });
        }
        Physical::Int(4) => {
            let Ok(four) = bytes.try_into() else {
                return false;
            };
            let number = i32::from_le_bytes(four);
            let wide = if leaf.meaning == Meaning::Unsigned {
                i64::from(number as u32)
            } else {
                number.into()
            };
            write_whole(leaf.meaning, wide, out);
        }
        Physical::Int(_) => {
            let Ok(eight) = bytes.try_into() else {
                return false;
            };
            write_whole(leaf.meaning, i64::from_le_bytes(eight), out);
        }
        Physical::Int96 => {
            let (Some(nanos), Some(day)) = (bytes.first_chunk::<8>(), bytes.get(8..12)) else {
                return false;
            };
            let day = day
                .iter()
                .rev()
                .fold(0_i64, |n, byte| n << 8 | i64::from(*byte));
            // Days are counted from noon of 4714 BC, as astronomers do.
            write_day(day - 2_440_588, out);
            out.push(b'T');
            write_time_of_day(i64::from_le_bytes(*nanos), Unit::Nano, out);
        }
        Physical::Float => {
            let Ok(four) = bytes.try_into() else {
                return false;
            };
            write!(out, "{}", f32::from_le_bytes(four)).expect("memory takes all");
        }
        Physical::Double => {
            let Ok(eight) = bytes.try_into() else {
                return false;
            };
            write!(out, "{}", f64::from_le_bytes(eight)).expect("memory takes all");
        }
        Physical::Bytes | Physical::Fixed(_) => return write_bytes(leaf.meaning, bytes, out),
    }
    true
}

fn write_whole(meaning: Meaning, number: i64, out: &mut Vec<u8>) {
    match meaning {
        Meaning::Date => write_day(number, out),
        Meaning::Time(unit) => write_time_of_day(number, unit, out),
        Meaning::Instant(unit) => write_instant(number, unit, out),
        Meaning::Decimal(scale) => write_decimal(number.into(), scale, out),
        Meaning::Unsigned if number < 0 => {
            write!(out, "{}", number as u64).expect("memory takes all");
        }
        _ => write_number(number, out),
    }
}

fn write_bytes(meaning: Meaning, bytes: &[u8], out: &mut Vec<u8>) -> bool {
    match meaning {
        Meaning::Text => out.extend_from_slice(bytes),
        Meaning::Decimal(scale) => {
            let Some(number) = moment::big_endian(bytes) else {
                return false;
            };
            write_decimal(number, scale, out);
        }
        Meaning::Uuid if bytes.len() == 16 => {
            for (at, byte) in bytes.iter().enumerate() {
                if matches!(at, 4 | 6 | 8 | 10) {
                    out.push(b'-');
                }
                write!(out, "{byte:02x}").expect("memory takes all");
            }
        }
        // Writers that know no text leave it as bytes: what reads as text is text.
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
