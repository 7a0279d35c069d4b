//! The written form of an identifier: its characters without separators, its digits, the dates inside it.
//! Everything works on a fixed buffer, so looking at a value costs no allocation. Knows no check digit.

use std::ops::Deref;

/// No identifier checked here is longer, separators included.
const LONGEST: usize = 96;

/// An identifier without its separators: ASCII letters in upper case and digits (or digit values), in a fixed buffer.
pub(super) struct Compact {
    buffer: [u8; LONGEST],
    length: usize,
}

impl Deref for Compact {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.buffer[..self.length]
    }
}

impl Compact {
    /// The characters, when there are exactly `N`.
    pub(super) fn to_array<const N: usize>(&self) -> Option<[u8; N]> {
        (**self).try_into().ok()
    }

    /// The same characters as digit values; nothing when one is not a digit.
    pub(super) fn into_digits(mut self) -> Option<Compact> {
        for byte in &mut self.buffer[..self.length] {
            if !byte.is_ascii_digit() {
                return None;
            }
            *byte -= b'0';
        }
        Some(self)
    }
}

/// Letters and digits of `text` without spaces, dots, dashes and slashes between them.
/// Nothing when there is another character, a separator at an end, or two in a row.
pub(super) fn compact(text: &str) -> Option<Compact> {
    compact_with(text, b" .-/")
}

/// As [`compact`], with the separators this form allows.
pub(super) fn compact_with(text: &str, separators: &[u8]) -> Option<Compact> {
    let text = text.as_bytes();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let mut out = Compact {
        buffer: [0; LONGEST],
        length: 0,
    };
    let mut after_separator = true;
    for &byte in text {
        if byte.is_ascii_alphanumeric() {
            out.buffer[out.length] = byte.to_ascii_uppercase();
            out.length += 1;
            after_separator = false;
        } else if separators.contains(&byte) && !after_separator {
            after_separator = true;
        } else {
            return None;
        }
    }
    (!after_separator).then_some(out)
}

/// The digit values of `text`, when it has exactly `N` and nothing else but separators.
pub(super) fn digits<const N: usize>(text: &str) -> Option<[u8; N]> {
    (*digit_run(text, N, N)?).try_into().ok()
}

/// The digit values of `text`, when there are `least` to `most` of them and nothing else but separators.
pub(super) fn digit_run(text: &str, least: usize, most: usize) -> Option<Compact> {
    let run = compact(text)?.into_digits()?;
    (least..=most).contains(&run.len()).then_some(run)
}

/// The digit values of ASCII digits, when there are exactly `N`.
pub(super) fn values<const N: usize>(ascii: &[u8]) -> Option<[u8; N]> {
    let mut out: [u8; N] = ascii.try_into().ok()?;
    for byte in &mut out {
        if !byte.is_ascii_digit() {
            return None;
        }
        *byte -= b'0';
    }
    Some(out)
}

/// The number that digit values spell (at most 19 of them).
pub(super) fn number(digits: &[u8]) -> u64 {
    digits
        .iter()
        .fold(0, |sum, &digit| sum * 10 + u64::from(digit))
}

/// Two digit values as a number.
pub(super) fn pair(digits: &[u8], at: usize) -> u32 {
    u32::from(digits[at]) * 10 + u32::from(digits[at + 1])
}

/// Whether all digits (or characters) are the same.
pub(super) fn all_equal(digits: &[u8]) -> bool {
    digits.windows(2).all(|two| two[0] == two[1])
}

/// Whether the Gregorian calendar has this day.
pub(super) fn is_date(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=last).contains(&day)
}

/// Whether the day exists in this year of some century (`00` may be 2000, a leap year).
pub(super) fn is_short_date(year: u32, month: u32, day: u32) -> bool {
    is_date(2000 + year, month, day)
}

/// Whether a full birth date exists and a person living, or in the records, may have it.
pub(super) fn is_birth_date(year: u32, month: u32, day: u32) -> bool {
    (1850..2100).contains(&year) && is_date(year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_stand_alone_between_characters() {
        assert_eq!(&*compact("ab-12 c").expect("well formed"), b"AB12C");
        for bad in ["", " 1", "1-", "1--2", "1_2", "é1", "１２"] {
            assert!(compact(bad).is_none(), "{bad}");
        }
        assert!(compact(&"1".repeat(LONGEST + 1)).is_none());
    }

    #[test]
    fn the_calendar_knows_leap_years() {
        assert!(is_date(2000, 2, 29) && is_date(2024, 2, 29));
        assert!(!is_date(1900, 2, 29) && !is_date(2023, 2, 29));
        assert!(!is_date(2023, 13, 1) && !is_date(2023, 4, 31) && !is_date(2023, 1, 0));
    }
}
