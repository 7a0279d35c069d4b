//! Thrift's compact protocol, as footers and page headers of Parquet are written: fields read as they come, others skipped.
//! Nothing is allocated by what the bytes claim; nesting has a limit.

/// How deep structures nest.
const DEPTH: u32 = 64;

/// Types of fields, as the protocol numbers them.
pub mod kind {
    /// A Boolean that is true; the value is the type.
    pub const TRUE: u8 = 1;
    /// A structure.
    pub const STRUCT: u8 = 12;
}

/// The unread rest of a structure. Every method gives `None` where the bytes are damaged or end.
#[derive(Clone)]
pub struct Thrift<'a> {
    rest: &'a [u8],
}

impl<'a> Thrift<'a> {
    /// Reads from the beginning of a structure.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Bytes not yet read.
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Some(number);
            }
        }
        None
    }

    /// A whole number.
    pub fn number(&mut self) -> Option<i64> {
        let zigzag = self.varint()?;
        Some((zigzag >> 1) as i64 ^ -((zigzag & 1) as i64))
    }

    /// Bytes or a string.
    pub fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.varint()?).ok()?;
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    /// A string; bytes that are none become replacement characters.
    pub fn text(&mut self) -> Option<String> {
        Some(String::from_utf8_lossy(self.bytes()?).into_owned())
    }

    /// The next field of a structure: its number and type, `Some(None)` at the end. `last` is the number before it.
    pub fn field(&mut self, last: &mut i16) -> Option<Option<(i16, u8)>> {
        let head = self.byte()?;
        if head == 0 {
            return Some(None);
        }
        *last = match head >> 4 {
            0 => i16::try_from(self.number()?).ok()?,
            step => last.checked_add(i16::from(step))?,
        };
        Some(Some((*last, head & 15)))
    }

    /// The beginning of a list: how many elements of which type. Never more than there are bytes.
    pub fn list(&mut self) -> Option<(usize, u8)> {
        let head = self.byte()?;
        let length = match head >> 4 {
            15 => usize::try_from(self.varint()?).ok()?,
            short => usize::from(short),
        };
        (length <= self.rest.len()).then_some((length, head & 15))
    }

    /// Passes over a value.
    pub fn skip(&mut self, kind: u8) -> Option<()> {
        self.skip_at(kind, 0)
    }

    fn skip_at(&mut self, kind: u8, depth: u32) -> Option<()> {
        if depth > DEPTH {
            return None;
        }
        match kind {
            1 | 2 => {}
            3 => {
                self.byte()?;
            }
            4..=6 => {
                self.varint()?;
            }
            7 => self.rest = self.rest.get(8..)?,
            8 => {
                self.bytes()?;
            }
            9 | 10 => {
                let (length, inner) = self.list()?;
                for _ in 0..length {
                    self.skip_element(inner, depth + 1)?;
                }
            }
            11 => {
                let length = usize::try_from(self.varint()?).ok()?;
                if length > self.rest.len() {
                    return None;
                }
                let kinds = if length == 0 { 0 } else { self.byte()? };
                for _ in 0..length {
                    self.skip_element(kinds >> 4, depth + 1)?;
                    self.skip_element(kinds & 15, depth + 1)?;
                }
            }
            kind::STRUCT => {
                let mut last = 0;
                while let Some((_, inner)) = self.field(&mut last)? {
                    self.skip_at(inner, depth + 1)?;
                }
            }
            _ => return None,
        }
        Some(())
    }

    /// A Boolean takes a byte within a list, and none as a field.
    fn skip_element(&mut self, kind: u8, depth: u32) -> Option<()> {
        if matches!(kind, 1 | 2) {
            return self.byte().map(|_| ());
        }
        self.skip_at(kind, depth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_and_others_skipped() {
        // 1: i32 = -3; 2: list of two strings; 5: struct { 1: true }; 6: binary "x".
        let bytes = [
            0x15, 5, 0x19, 0x28, 1, b'a', 1, b'b', 0x3c, 0x11, 0, 0x18, 1, b'x', 0,
        ];
        let mut thrift = Thrift::new(&bytes);
        let (mut last, mut seen) = (0, Vec::new());
        while let Some((id, kind)) = thrift.field(&mut last).expect("whole") {
            seen.push(id);
            match id {
                1 => assert_eq!(thrift.number(), Some(-3)),
                6 => assert_eq!(thrift.text().as_deref(), Some("x")),
                _ => thrift.skip(kind).expect("whole"),
            }
        }
        assert_eq!((seen, thrift.left()), (vec![1, 2, 5, 6], 0));
        for cut in 0..bytes.len() {
            assert_eq!(Thrift::new(&bytes[..cut]).skip(kind::STRUCT), None, "{cut}");
        }
    }

    #[test]
    fn claims_beyond_the_bytes_and_deep_nesting_are_damage() {
        assert_eq!(Thrift::new(&[0xf9, 0xff, 0xff, 0xff, 0x7f]).list(), None);
        assert_eq!(Thrift::new(&[0xff, 0xff, 0xff, 0xff, 0x7f]).bytes(), None);
        assert_eq!(Thrift::new(&[0x1c; 10_000]).skip(kind::STRUCT), None);
    }
}
