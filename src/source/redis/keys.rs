//! The pattern of a key: its parts that are data as `*`, so that one dataset holds all keys of a kind.
//! `session:3f2a…` and `session:77be…` are `session:*`; what stood there is a value.

use crate::source::json::paths::is_data;

/// Signs between the parts of a key.
const SEPARATORS: [char; 4] = [':', '/', '|', '#'];

/// A key taken apart.
#[derive(Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The key with `*` for each part that is data.
    pub shown: String,
    /// The parts that are data.
    pub data: Vec<String>,
}

/// The pattern of a key; a key that is no text is data all through.
pub fn pattern(key: &[u8]) -> Pattern {
    let Ok(text) = std::str::from_utf8(key) else {
        return Pattern {
            shown: "*".into(),
            data: Vec::new(),
        };
    };
    let mut pattern = Pattern {
        shown: String::new(),
        data: Vec::new(),
    };
    let mut rest = text;
    loop {
        let end = rest.find(SEPARATORS).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        // Redis Cluster's hash tags: `{user:1}:cart`.
        let bare = part.trim_matches(['{', '}']);
        if !bare.is_empty() && (is_data(bare) || is_opaque(bare)) {
            pattern.data.push(bare.to_owned());
            pattern.shown.push('*');
        } else {
            pattern.shown.push_str(part);
        }
        let Some(separator) = after.chars().next() else {
            return pattern;
        };
        pattern.shown.push(separator);
        rest = &after[separator.len_utf8()..];
    }
}

/// Words and numbers run together, as in ids (`u1001`, `tok_9f3e2a`), or a name of a person (`Ana Example`).
fn is_opaque(part: &str) -> bool {
    let digits = part.bytes().filter(u8::is_ascii_digit).count();
    digits >= 3 || part.contains(' ') || !part.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_are_data_become_stars() {
        for (key, shown, data) in [
            ("user:1001:profile", "user:*:profile", vec!["1001"]),
            (
                "session:ana@example.com",
                "session:*",
                vec!["ana@example.com"],
            ),
            ("{cart:77}:items", "{cart:*:items", vec!["77"]),
            ("queue", "queue", vec![]),
            (
                "tok:6fa459ea-ee8a-3ca4-894e-db77e160355e",
                "tok:*",
                vec!["6fa459ea-ee8a-3ca4-894e-db77e160355e"],
            ),
            ("Ana Example", "*", vec!["Ana Example"]),
        ] {
            let found = pattern(key.as_bytes());
            assert_eq!(found.shown, shown);
            assert_eq!(found.data, data);
        }
        assert_eq!(pattern(&[0xff, 0xfe]).shown, "*");
    }
}
