//! What a value looks like, from one pass over its bytes. Says nothing of what it means.

use super::summary::Shape;

const DIGIT: u16 = 1;
const HEX: u16 = 2;
const LOWER: u16 = 4;
const UPPER: u16 = 8;
const SPACE: u16 = 16;
const DASH: u16 = 32;
const DOT: u16 = 64;
const COLON: u16 = 128;
const SIGN: u16 = 256;
const HIDE: u16 = 512;
const BASE64: u16 = 1024;
const BEYOND: u16 = 2048;
const APOSTROPHE: u16 = 4096;
const OTHER: u16 = 8192;

const LETTER: u16 = HEX | LOWER | UPPER | BEYOND;

/// The kind of each byte.
static KINDS: [u16; 256] = kinds();

const fn kinds() -> [u16; 256] {
    let mut kinds = [OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'f' => HEX,
            b'g'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b' ' | b'\t' | b'\n' | b'\r' => SPACE,
            b'-' => DASH,
            b'.' => DOT,
            b':' => COLON,
            b'+' => SIGN,
            b'*' => HIDE,
            b'/' | b'=' | b'_' => BASE64,
            b'\'' => APOSTROPHE,
            128.. => BEYOND,
            _ => OTHER,
        };
        byte += 1;
    }
    kinds
}

/// The shape of a trimmed value.
pub(super) fn shape_of(bytes: &[u8]) -> Shape {
    let Some(first) = bytes.first() else {
        return Shape::Empty;
    };
    if is_missing(bytes) {
        return Shape::Empty;
    }
    let (mut kinds, mut digits, mut hidden) = (0, 0, 0);
    for byte in bytes {
        let kind = KINDS[usize::from(*byte)];
        kinds |= kind;
        digits += usize::from(kind & DIGIT);
        hidden += usize::from(kind & HIDE);
    }
    let only = |allowed: u16| kinds & !allowed == 0;
    if only(DIGIT) {
        return Shape::Integer;
    }
    // `****`, `j***@***.com`, `**** 1234`
    if hidden >= 9 * 512 / 3 && hidden / 512 * 2 + 4 >= bytes.len() || is_redacted(bytes) {
        return Shape::Masked;
    }
    if digits > 0
        && let Some(shape) = number_or_date(bytes, kinds, digits)
    {
        return shape;
    }
    if only(LETTER | DASH | APOSTROPHE) && kinds & LETTER != 0 {
        return if is_boolean(bytes) {
            Shape::Boolean
        } else {
            long_or_word(bytes, kinds)
        };
    }
    if matches!(first, b'{' | b'[' | b'<') && matches!(bytes[bytes.len() - 1], b'}' | b']' | b'>') {
        return Shape::Structured;
    }
    if kinds & SPACE != 0 {
        return words(bytes, digits);
    }
    if kinds & COLON != 0 && memchr::memmem::find(bytes, b"://").is_some() {
        return Shape::Url;
    }
    without_spaces(bytes, kinds)
}

/// Whether a value says that there is none: `NULL`, `n/a`, `-`, `\\N`.
fn is_missing(bytes: &[u8]) -> bool {
    const MARKS: &[&[u8]] = &[
        b"null", b"n/a", b"na", b"-", b"--", b"nan", b"(null)", b"\\n", b"nil", b"#n/a", b"?",
        b".", b"<null>", b"(blank)", b"<na>",
    ];
    bytes.len() <= 7 && MARKS.iter().any(|mark| mark.eq_ignore_ascii_case(bytes))
}

fn number_or_date(bytes: &[u8], kinds: u16, digits: usize) -> Option<Shape> {
    let only = |allowed: u16| kinds & !allowed == 0;
    if digits >= 6
        && bytes.len() >= 8
        && kinds & (DASH | DOT | BASE64) != 0
        && let Some(shape) = date(bytes)
    {
        return Some(shape);
    }
    let signed = matches!(bytes[0], b'-' | b'+');
    let rest = &bytes[usize::from(signed)..];
    if signed && rest.iter().all(u8::is_ascii_digit) {
        return Some(Shape::Integer);
    }
    if only(DIGIT | DOT | DASH | SIGN | OTHER) && kinds & (DOT | OTHER) != 0 {
        let marks = rest
            .iter()
            .filter(|byte| matches!(byte, b'.' | b','))
            .count();
        let others = rest
            .iter()
            .filter(|byte| !byte.is_ascii_digit() && !matches!(byte, b'.' | b','))
            .count();
        let groups: Vec<usize> = rest
            .split(|byte| matches!(byte, b'.' | b','))
            .map(<[u8]>::len)
            .collect();
        // `1.234.567` and `1,234.50`, but not `212.555.0143`.
        let last_mark = rest.iter().rev().find(|byte| !byte.is_ascii_digit());
        let of_last = rest.iter().filter(|byte| Some(*byte) == last_mark).count();
        let grouped = groups.len() > 2
            && groups[1..groups.len() - 1]
                .iter()
                .all(|length| *length == 3)
            && (of_last == 1 || groups[groups.len() - 1] == 3);
        if others == 0 && (marks == 1 || grouped) {
            return Some(Shape::Decimal);
        }
    }
    None
}

/// A date in one of the usual orders, alone or with a time.
fn date(bytes: &[u8]) -> Option<Shape> {
    let is_digits = |range: std::ops::Range<usize>| {
        bytes
            .get(range)
            .is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    let is_mark = |at: usize| {
        bytes
            .get(at)
            .is_some_and(|byte| matches!(byte, b'-' | b'/' | b'.'))
    };
    let year_first =
        is_digits(0..4) && is_mark(4) && is_digits(5..7) && is_mark(7) && is_digits(8..10);
    let year_last =
        is_digits(0..2) && is_mark(2) && is_digits(3..5) && is_mark(5) && is_digits(6..10);
    if !(year_first || year_last) {
        return None;
    }
    match bytes.get(10) {
        None => Some(Shape::Date),
        Some(b'T' | b' ') if is_digits(11..13) && bytes.get(13) == Some(&b':') => {
            Some(Shape::DateTime)
        }
        Some(_) => None,
    }
}

fn is_boolean(bytes: &[u8]) -> bool {
    const WORDS: &[&[u8]] = &[b"true", b"false", b"yes", b"no", b"t", b"f", b"y", b"n"];
    bytes.len() <= 5 && WORDS.iter().any(|word| word.eq_ignore_ascii_case(bytes))
}

fn is_redacted(bytes: &[u8]) -> bool {
    if bytes.len() < 3 || bytes.len() > 24 {
        return false;
    }
    let all = |byte: u8| bytes.iter().all(|b| b.eq_ignore_ascii_case(&byte));
    let word = bytes.trim_ascii_start();
    let word = word
        .strip_prefix(b"[")
        .or(word.strip_prefix(b"<"))
        .unwrap_or(word);
    let word = word
        .strip_suffix(b"]")
        .or(word.strip_suffix(b">"))
        .unwrap_or(word);
    let names: [&[u8]; 5] = [
        b"redacted",
        b"masked",
        b"filtered",
        b"hidden",
        b"anonymized",
    ];
    (bytes.len() >= 4 && all(b'x')) || names.iter().any(|name| name.eq_ignore_ascii_case(word))
}

fn long_or_word(bytes: &[u8], kinds: u16) -> Shape {
    // A word of letters alone this long is hexadecimal or base64 without a digit.
    if bytes.len() >= 40 && kinds & BEYOND == 0 {
        without_spaces(bytes, kinds)
    } else {
        Shape::Word
    }
}

fn words(bytes: &[u8], digits: usize) -> Shape {
    let count = bytes
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .count();
    match count {
        0..=5 if digits * 2 <= bytes.len() => Shape::Words,
        0..=5 => Shape::Other,
        _ => Shape::Sentence,
    }
}

fn without_spaces(bytes: &[u8], kinds: u16) -> Shape {
    let only = |allowed: u16| kinds & !allowed == 0;
    let is_hex = || bytes.iter().all(u8::is_ascii_hexdigit);
    let is_digest = matches!(bytes.len(), 32 | 40 | 48 | 56 | 64 | 96 | 128);
    if only(DIGIT | HEX | UPPER) && is_digest && is_hex() || is_password_hash(bytes) {
        return Shape::HexHash;
    }
    if bytes.len() == 36 && is_uuid(bytes) {
        return Shape::Uuid;
    }
    let is_base64 = only(DIGIT | HEX | LOWER | UPPER | BASE64 | SIGN | DASH);
    let is_mixed = kinds & DIGIT != 0 && kinds & UPPER != 0 && kinds & (LOWER | HEX) != 0;
    if is_base64 && bytes.len() >= 24 && is_mixed {
        Shape::Encoded
    } else {
        Shape::Code
    }
}

fn is_password_hash(bytes: &[u8]) -> bool {
    const BEGINNINGS: &[&[u8]] = &[
        b"$2a$", b"$2b$", b"$2y$", b"$argon2", b"$pbkdf2", b"$scrypt", b"$1$", b"$5$", b"$6$",
        b"pbkdf2_", b"{SSHA}", b"bcrypt$",
    ];
    bytes.len() >= 30
        && BEGINNINGS
            .iter()
            .any(|beginning| bytes.starts_with(beginning))
}

fn is_uuid(bytes: &[u8]) -> bool {
    let is_right = |(at, byte): (usize, &u8)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    bytes.iter().enumerate().all(is_right)
}

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct IsoDate {
    /// Year.
    pub year: i16,
    month: i32,
    day: i32,
}

impl IsoDate {
    /// Days since 1970-01-01, by the usual rule for civil dates.
    pub fn day_number(self) -> i32 {
        let year = i32::from(self.year) - i32::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year =
            (153 * (self.month + if self.month > 2 { -3 } else { 9 }) + 2) / 5 + self.day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }
}

/// The date at the start of a value in ISO 8601 order; other orders are ambiguous.
pub(super) fn iso_date(bytes: &[u8]) -> Option<IsoDate> {
    let number = |range: std::ops::Range<usize>| {
        bytes.get(range)?.iter().try_fold(0, |number, byte| {
            byte.is_ascii_digit()
                .then(|| number * 10 + i32::from(byte - b'0'))
        })
    };
    let date = IsoDate {
        year: i16::try_from(number(0..4)?).ok()?,
        month: number(5..7)?,
        day: number(8..10)?,
    };
    let is_right =
        date.year >= 1000 && (1..=12).contains(&date.month) && (1..=31).contains(&date.day);
    is_right.then_some(date)
}

/// The year of a whole value that is a date in another order, or eight digits in ISO 8601 order.
pub(super) fn year_of_date(bytes: &[u8]) -> Option<i16> {
    let is_mark = |b: &u8| matches!(b, b'-' | b'/' | b'.');
    let number = |digits: &[u8]| {
        let is_number = (1..=4).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
        is_number.then(|| {
            digits
                .iter()
                .fold(0_i16, |n, b| n * 10 + i16::from(b - b'0'))
        })
    };
    let is_day = |day: i16, month: i16| (1..=31).contains(&day) && (1..=12).contains(&month);
    if bytes.len() == 8 && bytes.iter().all(u8::is_ascii_digit) {
        let (year, month, day) = (
            number(&bytes[..4])?,
            number(&bytes[4..6])?,
            number(&bytes[6..])?,
        );
        return ((1850..=2100).contains(&year) && is_day(day, month)).then_some(year);
    }
    let mut parts = bytes.split(is_mark);
    let (first, second, last) = (parts.next()?, parts.next()?, parts.next()?);
    if last.len() != 4 || first.len() > 2 || second.len() > 2 || parts.next().is_some() {
        return None;
    }
    let (first, second, year) = (number(first)?, number(second)?, number(last)?);
    (year >= 1000 && (is_day(first, second) || is_day(second, first))).then_some(year)
}

/// A hash of a value's bytes, for the sketch of distinct values only.
#[inline]
pub(super) fn hash(bytes: &[u8]) -> u64 {
    const PRIME: u128 = 0x9E37_79B9_7F4A_7C15;
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ bytes.len() as u64;
    let mut fold = |word: u64| {
        let product = u128::from(hash ^ word) * PRIME;
        hash = (product >> 64) as u64 ^ product as u64;
    };
    let (words, rest) = bytes.as_chunks::<8>();
    words
        .iter()
        .for_each(|word| fold(u64::from_le_bytes(*word)));
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    fold(u64::from_le_bytes(last));
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0xD6E8_FEB8_6659_FD93);
    hash ^ (hash >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_told_apart() {
        for (value, shape) in [
            ("", Shape::Empty),
            ("n/a", Shape::Empty),
            ("NULL", Shape::Empty),
            ("-", Shape::Empty),
            ("1.234.567", Shape::Decimal),
            ("212.555.0143", Shape::Code),
            ("true", Shape::Boolean),
            ("N", Shape::Boolean),
            ("42", Shape::Integer),
            ("-42", Shape::Integer),
            ("3.14", Shape::Decimal),
            ("-1,234.50", Shape::Decimal),
            ("2025-10-10", Shape::Date),
            ("10/10/2025", Shape::Date),
            ("2025-10-10T13:55:36Z", Shape::DateTime),
            ("2025-10-10 13:55:36.123", Shape::DateTime),
            ("550e8400-e29b-41d4-a716-446655440000", Shape::Uuid),
            ("d41d8cd98f00b204e9800998ecf8427e", Shape::HexHash),
            ("$2b$12$KIXQ4S9Z1x1x1x1x1x1x1uK", Shape::HexHash),
            ("SGVsbG8gV29ybGQhIFRoaXMgaXMgMQ==", Shape::Encoded),
            ("https://example.com/a", Shape::Url),
            ("Jane", Shape::Word),
            ("O'Neil", Shape::Word),
            ("Müller", Shape::Word),
            ("Jane Miller", Shape::Words),
            ("the parcel was left with a neighbour", Shape::Sentence),
            ("********", Shape::Masked),
            ("**** **** **** 1234", Shape::Masked),
            ("j***@***.com", Shape::Masked),
            ("[REDACTED]", Shape::Masked),
            ("AB-1234", Shape::Code),
            ("jane@example.com", Shape::Code),
            ("192.0.2.1", Shape::Code),
            ("{\"a\":1}", Shape::Structured),
            ("4111 1111 1111 1111", Shape::Other),
        ] {
            assert_eq!(shape_of(value.as_bytes()), shape, "{value}");
        }
    }

    #[test]
    fn days_are_numbered_from_1970() {
        let day = |text: &str| iso_date(text.as_bytes()).map(IsoDate::day_number);
        assert_eq!(day("1970-01-01"), Some(0));
        assert_eq!(day("2000-03-01T00:00:00"), Some(11_017));
        assert_eq!(day("1969-12-31"), Some(-1));
        assert_eq!(day("2025-13-01"), None);
    }

    #[test]
    fn years_of_dates_in_other_orders_are_read() {
        for value in ["12/03/1985", "03.12.1985", "3/12/1985", "19850312"] {
            assert_eq!(year_of_date(value.as_bytes()), Some(1985), "{value}");
        }
        for value in [
            "31/31/1985",
            "19851340",
            "1234-5678",
            "12345678901",
            "10.20.3044.1",
        ] {
            assert_eq!(year_of_date(value.as_bytes()), None, "{value}");
        }
    }
}
