//! Where on its line a finding stands, and the line as it may be shown: string literals and long numbers masked, since a
//! default value can be somebody's.

use super::{CheckFinding, line_hash};
use std::collections::BTreeMap;

/// Lines longer than this are not shown.
const LONGEST: usize = 240;

/// The text of sources, for whoever can read them.
pub trait Texts {
    /// The text of a source, as the inventory names it; `None` where it is not a text at hand (a database, a huge log).
    fn text(&self, source: &str) -> Option<String>;
    /// A line without the personal values that stand in it.
    fn masked(&self, line: &str) -> String;
}

/// A place on a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnLine {
    /// First column, in characters from 1.
    pub column: usize,
    /// The column after the last.
    pub end_column: usize,
    /// The same in bytes.
    pub byte_column: usize,
    /// The same in bytes.
    pub byte_end: usize,
    /// The line as it may be shown; `None` where it may not. Its columns are those of the source.
    pub shown: Option<String>,
}

/// Finds the place of every finding, reading each source once.
pub(super) fn locate(findings: &mut [CheckFinding], texts: &dyn Texts) {
    let mut by_source: BTreeMap<String, Vec<&mut CheckFinding>> = BTreeMap::new();
    for finding in findings.iter_mut().filter(|f| f.line.is_some()) {
        by_source
            .entry(finding.shown.clone())
            .or_default()
            .push(finding);
    }
    for (source, findings) in by_source {
        let Some(text) = texts.text(&source) else {
            continue;
        };
        let lines: Vec<&str> = lines(&text);
        let hashes = line_hash::line_hashes(&text);
        for finding in findings {
            let Some(at) = finding
                .line
                .and_then(|l| usize::try_from(l).ok()?.checked_sub(1))
            else {
                continue;
            };
            finding.line_hash = hashes.get(at).cloned();
            if let Some(line) = lines.get(at) {
                finding.place = Some(on_line(line, finding, texts));
            }
        }
    }
}

/// Lines as editors count them.
pub(super) fn lines(text: &str) -> Vec<&str> {
    text.split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
        .collect()
}

fn on_line(line: &str, finding: &CheckFinding, texts: &dyn Texts) -> OnLine {
    let name = finding
        .object
        .rsplit('.')
        .find(|step| *step != "*")
        .unwrap_or_default();
    let (start, end) = word(line, name).unwrap_or_else(|| {
        let start = line.len() - line.trim_start().len();
        (start, line.trim_end().len().max(start))
    });
    let column = |byte: usize| line[..byte].chars().count() + 1;
    let is_shown = finding.is_declared && line.chars().count() <= LONGEST;
    OnLine {
        column: column(start),
        end_column: column(end),
        byte_column: start + 1,
        byte_end: end + 1,
        shown: is_shown
            .then(|| texts.masked(&quiet(line)))
            .filter(|shown| shown.get(..end) == line.get(..end) || start == 0),
    }
}

/// Where a name stands as a word of its own.
fn word(line: &str, name: &str) -> Option<(usize, usize)> {
    if name.is_empty() {
        return None;
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let lower = line.to_ascii_lowercase();
    let wanted = name.to_ascii_lowercase();
    let mut from = 0;
    while let Some(at) = lower.get(from..)?.find(&wanted) {
        let (start, end) = (from + at, from + at + wanted.len());
        let before = line[..start].chars().next_back();
        let after = line[end..].chars().next();
        if !before.is_some_and(is_word) && !after.is_some_and(is_word) {
            return Some((start, end));
        }
        from = start + wanted.chars().next().map_or(1, char::len_utf8);
    }
    None
}

/// The line with the inside of string literals and long numbers replaced, character for character.
fn quiet(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut quote = None;
    let chars: Vec<char> = line.chars().collect();
    for (i, &c) in chars.iter().enumerate() {
        match quote {
            Some(open) if c == open => {
                quote = None;
                out.push(c);
            }
            Some(_) => out.push('·'),
            // An apostrophe inside a word opens nothing; double quotes hold names in SQL and text elsewhere.
            None if c == '\'' || c == '"' => {
                let is_inside = i > 0 && chars[i - 1].is_alphanumeric();
                let closes = chars[i + 1..].contains(&c);
                if !(is_inside && c == '\'') && closes {
                    quote = Some(c);
                }
                out.push(c);
            }
            None if c.is_ascii_digit() && is_long_number(&chars, i) => out.push('·'),
            None => out.push(c),
        }
    }
    out
}

/// A line of the user's own file as it may be shown: literals, long numbers and values hidden, the own tag kept.
pub fn shown_line(line: &str, masked: impl Fn(&str) -> String) -> String {
    let hidden = quiet(line);
    let Some(at) = line.find("@pii") else {
        return masked(&hidden);
    };
    let is_tag = |c: char| c.is_ascii_alphanumeric() || "@_., ;=-:".contains(c);
    let start = line[..at].chars().count();
    let length = line[at..].chars().take_while(|c| is_tag(*c)).count();
    // Character for character the same length, so that the tag stands where it stood.
    let kept = hidden.chars().zip(line.chars()).enumerate();
    let text: String = kept
        .map(|(i, (hidden, own))| {
            if (start..start + length).contains(&i) {
                own
            } else {
                hidden
            }
        })
        .collect();
    masked(&text)
}

/// Whether the digit at `i` is part of six or more in a row.
fn is_long_number(chars: &[char], i: usize) -> bool {
    let before = chars[..i]
        .iter()
        .rev()
        .take_while(|c| c.is_ascii_digit())
        .count();
    let after = chars[i..].iter().take_while(|c| c.is_ascii_digit()).count();
    before + after >= 6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_and_long_numbers_are_not_shown() {
        assert_eq!(
            quiet("  phone text DEFAULT '555-0100', n int DEFAULT 5550100 -- don't"),
            "  phone text DEFAULT '········', n int DEFAULT ······· -- don't"
        );
    }

    #[test]
    fn a_name_is_found_as_a_word() {
        assert_eq!(
            word("  email_verified bool, Email text", "email"),
            Some((23, 28))
        );
        assert_eq!(word("  emails text", "email"), None);
    }
}
