//! Parquet: columns by path, read by a ladder: statistics, complete dictionaries, a sample of each row group; all with `--full`.
//! Small files are read whole. Row groups are read apart, so that one file uses all cores.

use super::{
    Budget, Claim, Coverage, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split,
};
use crate::field::{Dataset, DatasetKind, Extent as Ends, Field, KnownBy};

#[path = "parquet/bits.rs"]
mod bits;
#[path = "parquet/column.rs"]
mod column;
#[path = "parquet/footer.rs"]
mod footer;
#[path = "parquet/page.rs"]
mod page;
#[path = "parquet/thrift.rs"]
mod thrift;

use column::Extent;
use footer::{Chunk, Footer, Meaning};

/// The reader of Parquet.
pub static READER: Parquet = Parquet;

/// Parquet files.
pub struct Parquet;

/// Largest file that is read where it is no file of its own: it is kept in memory.
const IN_MEMORY: u64 = 512 << 20;
/// A file whose pages have no more bytes is read whole.
const SMALL: u64 = 16 << 20;
/// Values of a column that a sample reads, spread over the row groups.
const SAMPLE: u64 = 200_000;
/// Values that a sample reads of a column in each row group, at least.
const SAMPLE_OF_GROUP: u64 = 2_000;
/// Splits of one file, at most: each reads the footer anew.
const SPLITS_AT_MOST: usize = 64;
/// Columns named in a reason.
const NAMED: usize = 5;

impl Reader for Parquet {
    fn format(&self) -> &'static str {
        "parquet"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Export
    }

    fn claim(&self, input: &Input) -> Claim {
        let is_named = matches!(input.extension().as_str(), "parquet" | "pq" | "parq");
        let head = input.head();
        if head.starts_with(b"PAR1") || head.starts_with(b"PARE") {
            Claim::Certain
        } else if is_named && !head.is_empty() && input.connection().is_none() {
            Claim::Name
        } else {
            Claim::No
        }
    }

    fn plan(&self, input: &Input, budget: &Budget) -> Result<Vec<Split>, SourceError> {
        if input.path().is_none() || input.size().is_none_or(|size| size < budget.split_bytes) {
            return Ok(vec![Split::whole()]);
        }
        let footer = footer::read(&mut *input.open_seekable(IN_MEMORY)?)?;
        let (mut splits, mut bytes, mut first) = (Vec::new(), 0, 0);
        let all: u64 = footer
            .groups
            .iter()
            .flatten()
            .map(|chunk| chunk.length)
            .sum();
        let wanted = budget.split_bytes.max(all / SPLITS_AT_MOST as u64);
        for (at, group) in footer.groups.iter().enumerate() {
            bytes += group.iter().map(|chunk| chunk.length).sum::<u64>();
            if bytes >= wanted || at + 1 == footer.groups.len() {
                splits.push(Split {
                    index: splits.len(),
                    range: None,
                    part: format!("{first}..{}", at + 1),
                });
                (bytes, first) = (0, at + 1);
            }
        }
        if splits.is_empty() {
            splits.push(Split::whole());
        }
        Ok(splits)
    }

    fn read(
        &self,
        input: &Input,
        split: &Split,
        budget: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        let mut stream = input.open_seekable(IN_MEMORY)?;
        let footer = footer::read(&mut *stream)?;
        let groups = groups_of(split).unwrap_or(0..footer.groups.len());
        let plan = Plan::of(&footer, budget);
        let mut coverage = plan.coverage(&footer);
        let dataset = sink.dataset(Dataset {
            name: super::dataset_name(input),
            kind: DatasetKind::Records,
            rows_counted: Some(footer.rows),
            ..Dataset::default()
        });
        for (at, leaf) in footer.leaves.iter().enumerate() {
            let field = sink.field(
                dataset,
                Field {
                    declared_type: Some(leaf.declared_type.clone()),
                    extent: ends(&footer, at),
                    ..Field::named(&leaf.path)
                },
            );
            let read = groups
                .clone()
                .filter_map(|group| footer.groups.get(group)?.get(at))
                .filter(|chunk| chunk.closed.is_none() && chunk.values > 0);
            for chunk in read {
                let extent = plan.extent(chunk);
                if let Err(error) = column::read(leaf, chunk, extent, &mut *stream, field, sink) {
                    coverage = coverage.and(broken(&leaf.path, &error));
                    break;
                }
            }
        }
        Ok(Outcome {
            coverage,
            ..Outcome::whole()
        })
    }
}

/// The row groups of a split; `None` for the whole file.
fn groups_of(split: &Split) -> Option<std::ops::Range<usize>> {
    let (first, end) = split.part.split_once("..")?;
    Some(first.parse().ok()?..end.parse().ok()?)
}

fn broken(path: &str, error: &SourceError) -> Coverage {
    let why = match error {
        SourceError::Malformed { reason, .. } => reason.clone(),
        other => other.to_string(),
    };
    Coverage::Partial(format!("column {path} was not read whole: {why}"))
}

/// Oldest and newest value of a column of days or times, where each row group tells.
fn ends(footer: &Footer, at: usize) -> Option<Ends> {
    let leaf = &footer.leaves[at];
    if !matches!(leaf.meaning, Meaning::Date | Meaning::Instant(_)) {
        return None;
    }
    let filled = footer.groups.iter().filter_map(|group| group.get(at));
    let mut ends: Option<(String, String)> = None;
    for chunk in filled.filter(|chunk| chunk.values > 0) {
        let (oldest, newest) = chunk.ends.as_ref()?;
        let day = |bytes: &[u8]| {
            let mut text = Vec::new();
            column::write_value(leaf, bytes, &mut text);
            let text = String::from_utf8(text).ok()?;
            text.get(..10)
                .filter(|day| day.starts_with(['1', '2']))
                .map(str::to_owned)
        };
        let (oldest, newest) = (day(oldest)?, day(newest)?);
        ends = Some(match ends {
            Some((a, b)) => (a.min(oldest), b.max(newest)),
            None => (oldest, newest),
        });
    }
    let (oldest, newest) = ends?;
    Some(Ends {
        oldest,
        newest,
        by: KnownBy::Statistics,
    })
}

/// What is read of each column: the same for every split.
struct Plan {
    is_full: bool,
    values: u64,
}

impl Plan {
    fn of(footer: &Footer, budget: &Budget) -> Self {
        let bytes: u64 = footer
            .groups
            .iter()
            .flatten()
            .map(|chunk| chunk.length)
            .sum();
        let groups = footer.groups.len().max(1) as u64;
        Self {
            is_full: budget.full || bytes <= SMALL,
            values: (SAMPLE.max(budget.sample_rows) / groups).max(SAMPLE_OF_GROUP),
        }
    }

    fn extent(&self, chunk: &Chunk) -> Extent {
        if self.is_full {
            Extent::All
        } else if chunk.is_dictionary_complete {
            Extent::Dictionary
        } else {
            Extent::Values(self.values)
        }
    }

    fn coverage(&self, footer: &Footer) -> Coverage {
        let mut coverage = if self.is_full {
            Coverage::Whole
        } else {
            self.sampled(footer)
        };
        for (at, leaf) in footer.leaves.iter().enumerate() {
            let closed = footer
                .groups
                .iter()
                .filter_map(|group| group.get(at)?.closed);
            if let Some(why) = closed.min() {
                let why = format!("values of column {} were not read: {why}", leaf.path);
                coverage = coverage.and(Coverage::Partial(why));
            }
        }
        if footer.unread > 0 {
            let why = format!("{} columns nested too deep were not read", footer.unread);
            coverage = coverage.and(Coverage::Partial(why));
        }
        coverage
    }

    /// What was read of how much, and what that may hide.
    fn sampled(&self, footer: &Footer) -> Coverage {
        let (mut complete, mut names, mut least) = (0, Vec::new(), u64::MAX);
        let mut of = 0;
        for (at, leaf) in footer.leaves.iter().enumerate() {
            let chunks = || footer.groups.iter().filter_map(|group| group.get(at));
            if chunks().all(|chunk| chunk.is_dictionary_complete || chunk.values <= self.values) {
                complete += 1;
                continue;
            }
            names.push(leaf.path.as_str());
            let read: u64 = chunks().map(|chunk| chunk.values.min(self.values)).sum();
            if read < least {
                (least, of) = (read, chunks().map(|chunk| chunk.values).sum());
            }
        }
        let dictionaries = format!(
            "{complete} of {} columns read from complete dictionaries (each value, not how often it stands)",
            footer.leaves.len()
        );
        if names.is_empty() {
            return Coverage::Sampled(format!("{dictionaries}; --full counts them"));
        }
        let more = names.len().saturating_sub(NAMED);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        // The rule of three: with 95% certainty no more than 3/n of the values have what none of n has.
        let bound = (300.0 / least.max(1) as f64).min(100.0);
        Coverage::Sampled(format!(
            "{dictionaries}; sampled: {}{more}, at least {least} of {of} values; what a sample shows nothing of may still be in up to {bound:.2}% of them (95% bound); --full reads all",
            names[..names.len().min(NAMED)].join(", ")
        ))
    }
}

#[cfg(test)]
#[path = "parquet/tests.rs"]
mod tests;
