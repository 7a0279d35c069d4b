//! A raw value in memory. Detection may look at its bytes; the only way out is [`Value::mask`].
//! The type has no `Debug`, `Display` or `Serialize`, so that no value can reach an output by accident.

use crate::taxonomy::{Category, DataType};
use serde::{Deserialize, Serialize};

/// One raw value, borrowed from what is being read.
#[derive(Clone, Copy)]
pub struct Value<'a>(&'a [u8]);

impl<'a> Value<'a> {
    /// Wraps the bytes of a value as they stand in the source (decoded to UTF-8 where the encoding is known).
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The raw bytes, for detection only.
    pub fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// The value as text if it is UTF-8, trimmed of white space, for detection only.
    pub fn text(self) -> Option<&'a str> {
        std::str::from_utf8(self.0).ok().map(str::trim)
    }

    /// The masked shape: `a***@***.com` for an e-mail address, the first character and `***` for others,
    /// and nothing at all for values shorter than six characters or of the sensitive category.
    pub fn mask(self, data_type: DataType) -> Masked {
        let Some(text) = self.text() else {
            return Masked::nothing();
        };
        if data_type.category() == Category::Sensitive || text.chars().count() < 6 {
            return Masked::nothing();
        }
        match text.rsplit_once('@') {
            Some((local, host)) if !local.is_empty() => Masked(mask_email(local, host)),
            _ => Masked(first_visible(text) + "***"),
        }
    }
}

fn mask_email(local: &str, host: &str) -> String {
    let top = host.rsplit_once('.').map_or("", |(_, top)| top);
    // A top-level domain of two to six letters says nothing about the person; anything else stays hidden.
    let shown = (2..=6).contains(&top.len()) && top.bytes().all(|b| b.is_ascii_alphabetic());
    let top = if shown {
        format!(".{top}")
    } else {
        String::new()
    };
    format!("{}***@***{top}", first_visible(local))
}

fn first_visible(text: &str) -> String {
    text.chars()
        .next()
        .filter(|c| !c.is_control())
        .map(String::from)
        .unwrap_or_default()
}

/// What may be shown of a value; empty where nothing may.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct Masked(String);

impl Masked {
    /// Stands for a value of which nothing is shown, where something must stand.
    pub const HIDDEN: &'static str = "***";

    /// Shows nothing.
    pub fn nothing() -> Self {
        Self(String::new())
    }

    /// The masked text, `None` where nothing is shown.
    pub fn shown(&self) -> Option<&str> {
        (!self.0.is_empty()).then_some(self.0.as_str())
    }
}

/// A batch of values of one field, in Arrow's string layout: value `i` is `data[offsets[i]..offsets[i + 1]]`.
#[derive(Clone, Copy)]
pub struct Values<'a> {
    data: &'a [u8],
    offsets: &'a [u32],
    weights: Option<&'a [u64]>,
    nulls: u64,
}

impl<'a> Values<'a> {
    /// A batch; `offsets` has one entry more than there are values, ascending, the last at most `data.len()`.
    pub fn new(data: &'a [u8], offsets: &'a [u32]) -> Self {
        Self {
            data,
            offsets,
            weights: None,
            nulls: 0,
        }
    }

    /// How often each value stands in the source (dictionary pages, most common values).
    pub fn with_weights(mut self, weights: &'a [u64]) -> Self {
        self.weights = Some(weights);
        self
    }

    /// Rows of this batch that hold no value (NULL, or absent), beside those in `offsets`.
    pub fn with_nulls(mut self, nulls: u64) -> Self {
        self.nulls = nulls;
        self
    }

    /// Rows without a value.
    pub fn nulls(&self) -> u64 {
        self.nulls
    }

    /// Number of values in the batch, NULLs not counted.
    pub fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Whether the batch holds no value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes of all values of the batch, side by side; for detection only.
    pub fn data(&self) -> &'a [u8] {
        self.data
    }

    /// Where each value stands in `data`, with its weight (1 where the source gives none).
    pub fn places(&self) -> impl Iterator<Item = (std::ops::Range<usize>, u64)> + '_ {
        self.offsets.windows(2).enumerate().map(move |(i, pair)| {
            let weight = self.weights.and_then(|w| w.get(i)).copied().unwrap_or(1);
            let place = pair[0] as usize..pair[1] as usize;
            let is_right = place.start <= place.end && place.end <= self.data.len();
            (if is_right { place } else { 0..0 }, weight)
        })
    }

    /// Each value with its weight (1 where the source gives none).
    pub fn iter(&self) -> impl Iterator<Item = (Value<'a>, u64)> + '_ {
        let data = self.data;
        self.offsets.windows(2).enumerate().map(move |(i, pair)| {
            let weight = self.weights.and_then(|w| w.get(i)).copied().unwrap_or(1);
            let bytes = data.get(pair[0] as usize..pair[1] as usize).unwrap_or(&[]);
            (Value::new(bytes), weight)
        })
    }
}

/// Values gathered by a reader before they are pushed: Arrow's string layout, owned and reused.
pub struct ValueBuffer {
    data: Vec<u8>,
    offsets: Vec<u32>,
    nulls: u64,
}

impl Default for ValueBuffer {
    fn default() -> Self {
        Self::new()
    }
}

/// Appends bytes. Values are mostly short, and copying those by two overlapping chunks of fixed size costs a fraction of
/// a copy of variable length.
#[inline]
fn append(data: &mut Vec<u8>, bytes: &[u8]) {
    match bytes.len() {
        0 => {}
        1..=3 => bytes.iter().for_each(|byte| data.push(*byte)),
        4..=7 => append_chunks::<4>(data, bytes),
        8..=15 => append_chunks::<8>(data, bytes),
        16..=32 => append_chunks::<16>(data, bytes),
        _ => data.extend_from_slice(bytes),
    }
}

/// The first `N` bytes, then the last `N` over the end of them.
#[inline]
fn append_chunks<const N: usize>(data: &mut Vec<u8>, bytes: &[u8]) {
    let (Some(first), Some(last)) = (bytes.first_chunk::<N>(), bytes.last_chunk::<N>()) else {
        return;
    };
    let end = data.len() + bytes.len();
    data.extend_from_slice(first);
    data.truncate(end - N);
    data.extend_from_slice(last);
}

impl ValueBuffer {
    /// An empty buffer.
    pub fn new() -> Self {
        Self {
            data: Vec::new(),
            offsets: vec![0],
            nulls: 0,
        }
    }

    /// Adds one value.
    #[inline]
    pub fn push(&mut self, bytes: &[u8]) {
        append(&mut self.data, bytes);
        let end = u32::try_from(self.data.len()).expect("a buffer is flushed long before 4 GiB");
        self.offsets.push(end);
    }

    /// Counts one row without a value.
    pub fn push_null(&mut self) {
        self.nulls += 1;
    }

    /// Bytes held, so that the reader knows when to flush.
    pub fn bytes(&self) -> usize {
        self.data.len()
    }

    /// Rows held, NULLs included.
    pub fn rows(&self) -> u64 {
        self.offsets.len().saturating_sub(1) as u64 + self.nulls
    }

    /// The batch as it is pushed into a sink.
    pub fn values(&self) -> Values<'_> {
        Values::new(&self.data, &self.offsets).with_nulls(self.nulls)
    }

    /// Empties the buffer and keeps its memory.
    pub fn clear(&mut self) {
        self.data.clear();
        self.offsets.clear();
        self.offsets.push(0);
        self.nulls = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_keep_values_of_every_length() {
        let bytes: Vec<u8> = (0..200).collect();
        let mut buffer = ValueBuffer::new();
        (0..bytes.len()).for_each(|length| buffer.push(&bytes[bytes.len() - length..]));
        let values = buffer.values();
        assert_eq!(values.len(), bytes.len());
        for (length, (value, weight)) in values.iter().enumerate() {
            assert!(
                value.bytes() == &bytes[bytes.len() - length..],
                "{length} bytes"
            );
            assert_eq!(weight, 1);
        }
    }
}
