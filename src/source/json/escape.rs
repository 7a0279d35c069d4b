//! Strings of JSON with their escapes decoded. Broken escapes stay as they are written.

/// The text of a string that is written as `raw` between its quotes; `room` holds it where it is not `raw` itself.
#[inline]
pub fn decoded<'a>(raw: &'a [u8], room: &'a mut Vec<u8>) -> &'a [u8] {
    if memchr::memchr(b'\\', raw).is_none() {
        return raw;
    }
    decode(raw, room);
    room
}

fn decode(mut raw: &[u8], out: &mut Vec<u8>) {
    out.clear();
    while let Some(at) = memchr::memchr(b'\\', raw) {
        out.extend_from_slice(&raw[..at]);
        let escape = &raw[at..];
        let (character, length) = match escape.get(1) {
            Some(b'n') => (Some('\n'), 2),
            Some(b't') => (Some('\t'), 2),
            Some(b'r') => (Some('\r'), 2),
            Some(b'b') => (Some('\u{8}'), 2),
            Some(b'f') => (Some('\u{c}'), 2),
            Some(plain @ (b'"' | b'\\' | b'/')) => (Some(*plain as char), 2),
            Some(b'u') => unicode(escape),
            _ => (None, 1),
        };
        match character {
            Some(character) => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
            None => out.extend_from_slice(&escape[..length]),
        }
        raw = &escape[length..];
    }
    out.extend_from_slice(raw);
}

/// `\uXXXX`, or two of them for a character beyond the first plane.
fn unicode(escape: &[u8]) -> (Option<char>, usize) {
    let unit = |at: usize| {
        let digits = escape.get(at + 2..at + 6)?;
        let is_unit = escape[at..].starts_with(b"\\u") && digits.iter().all(u8::is_ascii_hexdigit);
        let text = std::str::from_utf8(digits).ok().filter(|_| is_unit)?;
        u32::from_str_radix(text, 16).ok()
    };
    match (unit(0), unit(6)) {
        (Some(high @ 0xd800..=0xdbff), Some(low @ 0xdc00..=0xdfff)) => (
            char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)),
            12,
        ),
        (Some(one), _) => (
            Some(char::from_u32(one).unwrap_or(char::REPLACEMENT_CHARACTER)),
            6,
        ),
        (None, _) => (None, 1),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn escapes() {
        let decoded = |raw: &str| {
            String::from_utf8(super::decoded(raw.as_bytes(), &mut Vec::new()).to_vec())
                .expect("UTF-8")
        };
        assert_eq!(decoded(r#"a\u0040b\/c\"d\\\n"#), "a@b/c\"d\\\n");
        assert_eq!(decoded(r"\ud83d\ude00 \ud83d \u12"), "😀 \u{fffd} \\u12");
        assert_eq!(decoded(r"\x\"), r"\x\");
    }
}
