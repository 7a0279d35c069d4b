//! Places as editors count them: lines from 0, columns in UTF-16 units; and paths as they name them.

use serde_json::{Value, json};
use std::path::PathBuf;

/// The place of a byte in a text.
pub fn position(text: &str, byte: usize) -> Value {
    let before = &text[..byte];
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.matches('\n').count();
    let character: usize = before[start..].chars().map(char::len_utf16).sum();
    json!({ "line": line, "character": character })
}

/// The byte where a line begins, from 1; the end of the text where there are fewer.
pub fn line_start(text: &str, line: u64) -> usize {
    let skipped = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX);
    let ends = text.match_indices('\n').map(|(at, _)| at + 1);
    std::iter::once(0)
        .chain(ends)
        .nth(skipped)
        .unwrap_or(text.len())
}

/// What was put in between two texts, where nothing else changed: its place and itself.
pub fn insertion<'n>(old: &str, new: &'n str) -> Option<(usize, &'n str)> {
    let same = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b);
    let mut start = same.count();
    while !old.is_char_boundary(start) || !new.is_char_boundary(start) {
        start -= 1;
    }
    let added = new.len().checked_sub(old.len()).filter(|n| *n > 0)?;
    let inside = new.get(start..start + added)?;
    (old.get(start..) == new.get(start + added..)).then_some((start, inside))
}

/// The path of a `file:` URI.
pub fn path_of(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    let mut bytes = Vec::with_capacity(path.len());
    let mut left = path.bytes();
    while let Some(byte) = left.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |b: Option<u8>| char::from(b?).to_digit(16);
        let (high, low) = (digit(left.next())?, digit(left.next())?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    let path = String::from_utf8(bytes).ok()?;
    // `/C:/work` on Windows.
    let is_drive = path.as_bytes().get(2) == Some(&b':');
    Some(PathBuf::from(match is_drive {
        true => &path[1..],
        false => &path,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_in_utf_16() {
        let text = "a\n\u{1f600}é email\n";
        let at = text.find("email").expect("it is there");
        assert_eq!(position(text, at), json!({ "line": 1, "character": 4 }));
        assert_eq!(line_start(text, 2), 2);
        assert_eq!(line_start(text, 9), text.len());
    }

    #[test]
    fn what_is_put_in_is_found_and_nothing_else_is() {
        assert_eq!(insertion("ab\nab\n", "ab\nxab\n"), Some((3, "x")));
        assert_eq!(insertion("aa", "aaa"), Some((2, "a")));
        assert_eq!(insertion("abc", "abd"), None);
        assert_eq!(insertion("abc", "xbcd"), None);
    }

    #[test]
    fn uris_are_paths() {
        let path = path_of("file:///a%20b/%C3%A9.sql").expect("a path");
        assert_eq!(path, PathBuf::from("/a b/é.sql"));
        assert_eq!(path_of("untitled:one"), None);
        assert_eq!(path_of("file:///a%2"), None);
    }
}
