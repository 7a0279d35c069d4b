//! What lies inside another source (an archive's entry, a mail's attachment): what it is called, how many there may be,
//! and how it is handed on. Knows no format of an archive.

use super::decode::{Allowance, ENTRIES_AT_MOST};
use super::input::Stream;
use super::{Coverage, Input, Sink, SourceError};
use std::collections::HashMap;
use std::io::{Cursor, Read};
use std::sync::Arc;

/// Entries up to this size are held in memory, so that a reader may look at them twice.
const HELD_BYTES: u64 = 1 << 20;

/// Longest name that is kept of an entry, in characters; its end is kept, which says what it is.
const LONGEST_NAME: usize = 1_000;

/// The members of one source, as they are handed on.
pub struct Members {
    outer: String,
    allowance: Arc<Allowance>,
    taken: HashMap<String, u32>,
    unnamed: u32,
}

impl Members {
    /// Those of a source that unpacks on an allowance.
    pub fn of(outer: &Input, allowance: Arc<Allowance>) -> Self {
        Self {
            outer: outer.name().to_owned(),
            allowance,
            taken: HashMap::new(),
            unnamed: 0,
        }
    }

    /// What an entry is called as a source: its name is a label, never a path that is opened. Each name is given once.
    pub fn name(&mut self, entry: &str) -> String {
        let mut label = label(entry);
        if label.is_empty() {
            self.unnamed += 1;
            label = format!("unnamed-{}", self.unnamed);
        }
        let count = self.taken.entry(label.clone()).or_insert(0);
        *count += 1;
        match *count {
            1 => format!("{}!/{label}", self.outer),
            count => format!("{}!/{}", self.outer, numbered(&label, count)),
        }
    }

    /// Hands on an entry by the name that [`Members::name`] gave. An error says that nothing more is read.
    pub fn hand(
        &self,
        name: String,
        size: Option<u64>,
        mut stream: Stream,
        sink: &mut dyn Sink,
    ) -> Result<(), SourceError> {
        self.count()?;
        let is_small = size.is_some_and(|size| size <= HELD_BYTES);
        let mut held = Vec::new();
        let mut failure = None;
        if is_small {
            failure = stream
                .by_ref()
                .take(HELD_BYTES)
                .read_to_end(&mut held)
                .err();
        }
        let member = match failure {
            None if is_small && (held.len() as u64) < HELD_BYTES => {
                Input::member_bytes(name, held, &self.allowance)?
            }
            None => {
                let all = Box::new(Cursor::new(held).chain(stream));
                Input::member(name, size, all, &self.allowance)
            }
            Some(error) => {
                let all = Box::new(Cursor::new(held).chain(super::input::Fails::with(error)));
                Input::member(name, size, all, &self.allowance)
            }
        };
        sink.member(member)?;
        match self.allowance.spent() {
            Some(bomb) => Err(SourceError::Limit(bomb.to_string())),
            None => Ok(()),
        }
    }

    /// Lists an entry that is not read, with the reason.
    pub fn refuse(
        &self,
        name: String,
        size: Option<u64>,
        why: Coverage,
        sink: &mut dyn Sink,
    ) -> Result<(), SourceError> {
        self.count()?;
        sink.member(Input::refused(name, size, why))
    }

    fn count(&self) -> Result<(), SourceError> {
        if self.allowance.has_entry() {
            return Ok(());
        }
        Err(SourceError::Limit(format!(
            "more than {ENTRIES_AT_MOST} entries; those beyond were not read"
        )))
    }
}

/// The name of an entry without what could be taken for something else: a way out of the archive, control characters.
fn label(entry: &str) -> String {
    let steps = entry.split(['/', '\\']);
    let steps: Vec<&str> = steps
        .filter(|step| !step.is_empty() && *step != ".")
        .map(|step| if step == ".." { "__" } else { step })
        .collect();
    let label: String = steps
        .join("/")
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    let length = label.chars().count();
    label
        .chars()
        .skip(length.saturating_sub(LONGEST_NAME))
        .collect()
}

/// `a.csv` a second time is `a (2).csv`: the ending still says what it is.
fn numbered(label: &str, count: u32) -> String {
    let name_start = label.rfind('/').map_or(0, |at| at + 1);
    match label[name_start..].rfind('.').filter(|at| *at > 0) {
        Some(at) => {
            let (stem, ending) = label.split_at(name_start + at);
            format!("{stem} ({count}){ending}")
        }
        None => format!("{label} ({count})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_labels_that_lead_nowhere() {
        for (entry, expected) in [
            ("a/b.csv", "a/b.csv"),
            ("../../etc/passwd", "__/__/etc/passwd"),
            ("/etc/passwd", "etc/passwd"),
            ("C:\\Users\\x.txt", "C:/Users/x.txt"),
            ("./a//b", "a/b"),
            ("a\u{1b}[2Jb", "a\u{fffd}[2Jb"),
        ] {
            assert_eq!(label(entry), expected);
        }
        let long = format!("{}/x.csv", "y".repeat(5_000));
        assert!(label(&long).ends_with("y/x.csv"));
        assert_eq!(label(&long).chars().count(), LONGEST_NAME);
    }

    #[test]
    fn each_name_is_given_once() {
        let outer = Input::bytes("a.zip", &b""[..]).expect("readable");
        let mut members = Members::of(&outer, Arc::default());
        let names: Vec<String> = ["b/c.csv", "b//c.csv", "", "..", "x", "x", ""]
            .iter()
            .map(|name| members.name(name))
            .collect();
        assert_eq!(
            names,
            [
                "a.zip!/b/c.csv",
                "a.zip!/b/c (2).csv",
                "a.zip!/unnamed-1",
                "a.zip!/__",
                "a.zip!/x",
                "a.zip!/x (2)",
                "a.zip!/unnamed-2"
            ]
        );
    }
}
