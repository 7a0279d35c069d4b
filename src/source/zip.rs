//! Zip archives: each entry goes back to be read as a source of its own. Formats that are zip archives inside (documents,
//! workbooks) have readers of their own, which claim them with more certainty.
//! Knows the archive and nothing of what lies in it.

use super::decode::ENTRIES_AT_MOST;
use super::input::Ranges;
use super::member::Members;
use super::{
    Budget, Claim, Coverage, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split,
};
use directory::{Directory, Entry};
use std::sync::Arc;

#[path = "zip/directory.rs"]
pub mod directory;
#[path = "zip/entry.rs"]
pub mod entry;

/// The reader of zip archives.
pub static READER: Zip = Zip;

/// Zip archives, with zip64; stored, deflate, bzip2, zstd, xz.
pub struct Zip;

/// Largest archive that is held in memory where it cannot be sought in: one inside another, or compressed once more.
pub const HELD_BYTES: u64 = 64 << 20;

/// Most splits of one archive.
const SPLITS_AT_MOST: u64 = 64;

/// Whether bytes begin as a zip archive does.
pub fn is_zip(head: &[u8]) -> bool {
    [&b"PK\x03\x04"[..], b"PK\x05\x06", b"PK\x07\x08PK"]
        .iter()
        .any(|mark| head.starts_with(mark))
}

impl Reader for Zip {
    fn format(&self) -> &'static str {
        "zip"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Export
    }

    fn claim(&self, input: &Input) -> Claim {
        match input.connection().is_none() && is_zip(input.head()) {
            true => Claim::Content,
            false => Claim::No,
        }
    }

    fn plan(&self, input: &Input, budget: &Budget) -> Result<Vec<Split>, SourceError> {
        let size = input.size().unwrap_or(0);
        // One inside another is read by one thread: it shares what may be unpacked with its neighbours, in their order.
        if !input.is_outermost() || input.path().is_none() || size < budget.split_bytes / 4 {
            return Ok(vec![Split::whole()]);
        }
        let directory = Directory::read(&input.ranges(HELD_BYTES)?)?;
        Ok(splits(&directory.entries, budget.split_bytes))
    }

    fn read(
        &self,
        input: &Input,
        split: &Split,
        _: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        let ranges = input.ranges(HELD_BYTES)?;
        let directory = Directory::read(&ranges)?;
        let mut coverage = match directory.damage.clone().filter(|_| split.index == 0) {
            Some(why) => Coverage::Partial(why),
            None => Coverage::Whole,
        };
        let mine = part(&split.part).unwrap_or(0..directory.entries.len());
        match each(input, &ranges, &directory.entries, mine, sink) {
            Ok(()) => {}
            Err(SourceError::Limit(why)) => coverage = coverage.and(Coverage::Partial(why)),
            Err(other) => return Err(other),
        }
        Ok(Outcome {
            coverage,
            ..Outcome::whole()
        })
    }
}

/// Hands on the entries of one split. All are named, so that names do not depend on the splits.
fn each(
    input: &Input,
    ranges: &Ranges,
    entries: &[Entry],
    mine: std::ops::Range<usize>,
    sink: &mut dyn Sink,
) -> Result<(), SourceError> {
    let allowance = input.allowance();
    let mut members = Members::of(input, Arc::clone(&allowance));
    for (at, entry) in entries.iter().enumerate() {
        if entry.is_folder {
            continue;
        }
        let name = members.name(&entry.name);
        if !mine.contains(&at) {
            continue;
        }
        if let Some(why) = refusal(entry) {
            members.refuse(name, Some(entry.size), why, sink)?;
            continue;
        }
        match entry::open(ranges, entry, &allowance, input.is_outermost()) {
            Ok(stream) => members.hand(name, entry.stated_size(), stream, sink)?,
            Err(error) => {
                let why = Coverage::Failed(error.to_string());
                members.refuse(name, Some(entry.size), why, sink)?;
            }
        }
    }
    Ok(())
}

/// Why an entry is not read.
fn refusal(entry: &Entry) -> Option<Coverage> {
    if entry.is_encrypted {
        let why = "encrypted with a password; unpack it to have it read";
        return Some(Coverage::Failed(why.into()));
    }
    if entry.is_link {
        let why = "a link; what it points to is read where it stands";
        return Some(Coverage::Skipped(why.into()));
    }
    if entry.overlaps {
        let why = "its bytes are another entry's as well: this looks like a decompression bomb";
        return Some(Coverage::Partial(why.into()));
    }
    None
}

/// Runs of entries of about `split_bytes` unpacked.
fn splits(entries: &[Entry], split_bytes: u64) -> Vec<Split> {
    let total: u64 = entries.iter().fold(0, |sum, e| sum.saturating_add(e.size));
    let wanted = split_bytes.max(total / SPLITS_AT_MOST).max(1);
    let mut borders = vec![0];
    let mut gathered = 0_u64;
    for (at, entry) in entries.iter().enumerate() {
        if gathered >= wanted {
            borders.push(at);
            gathered = 0;
        }
        gathered = gathered.saturating_add(entry.size);
    }
    borders.push(entries.len());
    let runs = borders.windows(2).enumerate();
    runs.map(|(index, run)| Split {
        index,
        range: None,
        part: format!("{}-{}", run[0], run[1]),
    })
    .collect()
}

fn part(text: &str) -> Option<std::ops::Range<usize>> {
    let (start, end) = text.split_once('-')?;
    Some(start.parse().ok()?..end.parse().ok()?)
}

/// How many entries of a directory are looked at.
pub(crate) fn entries_at_most() -> usize {
    usize::try_from(ENTRIES_AT_MOST).unwrap_or(usize::MAX)
}

#[cfg(test)]
#[path = "zip/tests.rs"]
mod tests;
