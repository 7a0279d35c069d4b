//! What is wrong with a `ropa.toml`, where, and what was near. Foreign messages quote the file, which may hold
//! personal values: only their kind and position are kept.

use std::path::{Path, PathBuf};

/// Why a configuration was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}: {reason}", file.display(), place(*line, *column))]
pub struct ConfigError {
    /// The file.
    pub file: PathBuf,
    /// Line, from 1.
    pub line: Option<usize>,
    /// Column, from 1, in characters.
    pub column: Option<usize>,
    /// What is wrong and what to do.
    pub reason: String,
}

fn place(line: Option<usize>, column: Option<usize>) -> String {
    match (line, column) {
        (Some(line), Some(column)) => format!(", line {line}, column {column}"),
        (Some(line), None) => format!(", line {line}"),
        _ => String::new(),
    }
}

impl ConfigError {
    pub(super) fn unreadable(file: &Path, error: &std::io::Error) -> Self {
        let reason = match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file",
            std::io::ErrorKind::PermissionDenied => "it may not be read",
            std::io::ErrorKind::InvalidData => "it is not UTF-8 text",
            _ => "it cannot be read",
        };
        Self {
            file: file.to_owned(),
            line: None,
            column: None,
            reason: reason.to_owned(),
        }
    }

    pub(super) fn at(
        file: &Path,
        text: &str,
        span: Option<std::ops::Range<usize>>,
        reason: String,
    ) -> Self {
        let (line, column) = match span.and_then(|span| text.get(..span.start)) {
            Some(before) => {
                let line_start = before.rfind('\n').map_or(0, |at| at + 1);
                (
                    Some(before.matches('\n').count() + 1),
                    Some(before[line_start..].chars().count() + 1),
                )
            }
            None => (None, None),
        };
        Self {
            file: file.to_owned(),
            line,
            column,
            reason,
        }
    }

    /// The file is not TOML. The parser's messages are fixed texts; anything else is dropped all the same.
    pub(super) fn syntax(file: &Path, text: &str, error: &toml::de::Error) -> Self {
        let is_plain = |c: char| {
            c.is_ascii_lowercase()
                || matches!(c, ' ' | ',' | '`' | '=' | '[' | ']' | '{' | '}' | '-' | ';')
        };
        let message = error.message();
        let reason = match message.len() < 120 && message.chars().all(is_plain) {
            true => format!("not valid TOML: {message}"),
            false => "not valid TOML".to_owned(),
        };
        Self::at(file, text, error.span(), reason)
    }

    /// The file is TOML, but not a `ropa.toml`.
    pub(super) fn content(file: &Path, text: &str, error: &toml::de::Error) -> Self {
        Self::at(file, text, error.span(), content_reason(error.message()))
    }
}

/// Serde's message without what it quotes of the file.
fn content_reason(message: &str) -> String {
    if let Some(rest) = message.strip_prefix("unknown field ") {
        return unknown(rest, "key");
    }
    if let Some(rest) = message.strip_prefix("unknown variant ") {
        return unknown(rest, "word");
    }
    if let Some(field) = message.strip_prefix("missing field ") {
        return format!("the key {field} is missing");
    }
    if let Some(field) = message.strip_prefix("duplicate field ") {
        return format!("the key {field} stands twice");
    }
    if message.starts_with("unknown data type") {
        let near = message
            .rsplit_once("; did you mean")
            .map(|(_, near)| format!("; did you mean{near}"));
        return format!("unknown data type{}", near.unwrap_or_default());
    }
    if message.starts_with("invalid ") {
        // "invalid type: string \"…\", expected …": what was expected comes from our own types.
        return match message.rsplit_once(", expected ") {
            Some((_, expected)) => format!("not of the expected kind: this must be {expected}"),
            None => "not of the expected kind".to_owned(),
        };
    }
    if message.starts_with("not a") {
        return message.to_owned();
    }
    "not what a ropa.toml holds here".to_owned()
}

/// Serde's "`found`, expected one of `a`, `b`" (or "expected `a`", "there are no fields"), with what was found only where
/// it reads like a key and no value.
fn unknown(rest: &str, what: &str) -> String {
    let (found, expected) = rest.split_once(", expected ").unwrap_or((rest, ""));
    let found = found.trim_matches('`');
    let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    let nearest = known
        .iter()
        .min_by_key(|known| strsim::damerau_levenshtein(known, found));
    let is_near = |known: &str| {
        strsim::damerau_levenshtein(known, found) <= 2 || strsim::jaro_winkler(known, found) > 0.85
    };
    match nearest {
        Some(nearest) if is_near(nearest) && what == "key" && reads_like_a_key(found) => {
            format!("unknown key `{found}`; did you mean `{nearest}`?")
        }
        Some(nearest) => format!(
            "unknown {what}; the nearest known one is `{nearest}` (known: {})",
            known.join(", ")
        ),
        None => format!("unknown {what}"),
    }
}

fn reads_like_a_key(text: &str) -> bool {
    text.len() <= 32
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'-')
}

/// The nearest of some known ids, where one is near.
pub(super) fn nearest<'a>(known: impl Iterator<Item = &'a str>, found: &str) -> Option<&'a str> {
    let scored = known.map(|known| (strsim::jaro_winkler(known, found), known));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)));
    best.filter(|(score, _)| *score > 0.75)
        .map(|(_, known)| known)
}
