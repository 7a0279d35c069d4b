//! Flatbuffers, as Arrow's messages are written: fields of tables by position, every offset checked.
//! Knows no message.

/// A table within a buffer.
#[derive(Clone, Copy)]
pub struct Table<'a> {
    bytes: &'a [u8],
    at: usize,
    slots: usize,
    size: usize,
}

/// A vector of elements of one size.
#[derive(Clone, Copy)]
pub struct Vector<'a> {
    bytes: &'a [u8],
    at: usize,
    /// How many elements.
    pub length: usize,
}

fn fixed<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn offset(bytes: &[u8], at: usize) -> Option<usize> {
    at.checked_add(u32::from_le_bytes(fixed(bytes, at)?) as usize)
}

impl<'a> Table<'a> {
    /// The outermost table.
    pub fn root(bytes: &'a [u8]) -> Option<Self> {
        Self::at(bytes, offset(bytes, 0)?)
    }

    fn at(bytes: &'a [u8], at: usize) -> Option<Self> {
        let back = i32::from_le_bytes(fixed(bytes, at)?);
        let slots = usize::try_from(i64::try_from(at).ok()? - i64::from(back)).ok()?;
        let size = usize::from(u16::from_le_bytes(fixed(bytes, slots)?));
        Some(Self {
            bytes,
            at,
            slots,
            size,
        })
    }

    fn place(&self, field: usize) -> Option<usize> {
        let slot = 4 + field * 2;
        if slot + 2 > self.size {
            return None;
        }
        match u16::from_le_bytes(fixed(self.bytes, self.slots + slot)?) {
            0 => None,
            step => self.at.checked_add(usize::from(step)),
        }
    }

    /// A number of one byte; 0 where it is not there.
    pub fn byte(&self, field: usize) -> u8 {
        let place = self.place(field).and_then(|at| self.bytes.get(at));
        place.copied().unwrap_or(0)
    }

    /// A number of two bytes, or its default.
    pub fn short(&self, field: usize, default: i16) -> i16 {
        let place = self.place(field).and_then(|at| fixed(self.bytes, at));
        place.map_or(default, i16::from_le_bytes)
    }

    /// A number of four bytes; 0 where it is not there.
    pub fn int(&self, field: usize) -> i32 {
        let place = self.place(field).and_then(|at| fixed(self.bytes, at));
        place.map_or(0, i32::from_le_bytes)
    }

    /// A number of eight bytes; 0 where it is not there.
    pub fn long(&self, field: usize) -> i64 {
        let place = self.place(field).and_then(|at| fixed(self.bytes, at));
        place.map_or(0, i64::from_le_bytes)
    }

    /// A table.
    pub fn table(&self, field: usize) -> Option<Table<'a>> {
        Table::at(self.bytes, offset(self.bytes, self.place(field)?)?)
    }

    /// A string.
    pub fn text(&self, field: usize) -> Option<String> {
        let vector = self.vector(field, 1)?;
        let bytes = self.bytes.get(vector.at..vector.at + vector.length)?;
        Some(String::from_utf8_lossy(bytes).into_owned())
    }

    /// A vector whose elements have `size` bytes each; never longer than the buffer.
    pub fn vector(&self, field: usize, size: usize) -> Option<Vector<'a>> {
        let at = offset(self.bytes, self.place(field)?)?;
        let length = u32::from_le_bytes(fixed(self.bytes, at)?) as usize;
        let at = at + 4;
        let end = at.checked_add(length.checked_mul(size)?)?;
        (end <= self.bytes.len()).then_some(Vector {
            bytes: self.bytes,
            at,
            length,
        })
    }
}

impl<'a> Vector<'a> {
    /// The table that an element refers to.
    pub fn table(&self, index: usize) -> Option<Table<'a>> {
        Table::at(self.bytes, offset(self.bytes, self.at + index * 4)?)
    }

    /// The two numbers that an element is.
    pub fn pair(&self, index: usize) -> Option<(i64, i64)> {
        let at = self.at + index * 16;
        let first = i64::from_le_bytes(fixed(self.bytes, at)?);
        Some((first, i64::from_le_bytes(fixed(self.bytes, at + 8)?)))
    }

    /// The number that an element is.
    pub fn long(&self, index: usize) -> Option<i64> {
        Some(i64::from_le_bytes(fixed(self.bytes, self.at + index * 8)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_and_damage_is_none() {
        // A table with slots at 4, itself at 12: a string, nothing, a number.
        let mut bytes = vec![12, 0, 0, 0, 10, 0, 12, 0, 4, 0, 0, 0, 8, 0, 0, 0];
        bytes[10] = 0;
        bytes.splice(4..12, [8, 0, 12, 0, 4, 0, 8, 0]);
        // Slots: the string at 4, the number at 8.
        bytes.extend([8, 0, 0, 0, 7, 0, 0, 0, 2, 0, 0, 0, b'a', b'b']);
        let slots = 8_i32.to_le_bytes();
        bytes[12..16].copy_from_slice(&slots);
        let table = Table::root(&bytes).expect("a table");
        assert_eq!(table.text(0).as_deref(), Some("ab"));
        assert_eq!(table.int(1), 7);
        assert_eq!((table.int(5), table.byte(5)), (0, 0));
        for at in 0..bytes.len() {
            let mut hostile = bytes.clone();
            hostile[at] ^= 0xff;
            let _ = Table::root(&hostile).map(|table| (table.text(0), table.table(1).is_some()));
        }
    }
}
