//! What was read of how much: tables whole, tables sampled with the bound of what a sample may hide, tables not read and why.
//! Becomes the coverage of a database.

use crate::source::Coverage;

/// Tables named in a reason; the others are counted.
const NAMED: usize = 5;

/// Something went wrong on a server, in our own words.
pub struct Trouble {
    /// Whether nothing more can be asked of the server.
    pub is_fatal: bool,
    /// What happened; holds nothing of the server's data.
    pub why: String,
}

impl Trouble {
    /// One statement failed; the next may work.
    pub fn passing(why: impl Into<String>) -> Self {
        Self {
            is_fatal: false,
            why: why.into(),
        }
    }

    /// The connection is of no more use.
    pub fn fatal(why: impl Into<String>) -> Self {
        Self {
            is_fatal: true,
            why: why.into(),
        }
    }
}

/// What was read of the tables of one database.
#[derive(Default)]
pub struct Tally {
    whole: u64,
    sampled: Vec<Sampled>,
    troubles: Vec<String>,
    names_only: Vec<String>,
    ended: Option<String>,
}

struct Sampled {
    table: String,
    seen: u64,
    of: Option<u64>,
    remark: Option<&'static str>,
}

impl Tally {
    /// All rows of a table were read.
    pub fn whole(&mut self) {
        self.whole += 1;
    }

    /// Some rows of a table were read, of so many where that is known.
    pub fn sampled(
        &mut self,
        table: &str,
        seen: u64,
        of: Option<u64>,
        remark: Option<&'static str>,
    ) {
        self.sampled.push(Sampled {
            table: table.to_owned(),
            seen,
            of,
            remark,
        });
    }

    /// A table could not be read, or not all of its columns.
    pub fn trouble(&mut self, table: &str, why: &str) {
        self.troubles.push(format!("{table}: {why}"));
    }

    /// Only the names and types of something were read, by design.
    pub fn names_only(&mut self, what: &str) {
        self.names_only.push(what.to_owned());
    }

    /// Reading ended before its end.
    pub fn ended(&mut self, while_at: &str, why: &str, tables: usize) {
        let read = self.whole as usize + self.sampled.len();
        self.ended = Some(format!(
            "{why} while reading {while_at}; rows of {read} of {tables} tables were read"
        ));
    }

    /// How much was read, with the reasons.
    pub fn coverage(self) -> Coverage {
        let sample = self.sample();
        let mut lacking: Vec<String> = self.ended.into_iter().collect();
        if !self.troubles.is_empty() {
            lacking.push(format!("not read: {}", listed(&self.troubles)));
        }
        let names_only = (!self.names_only.is_empty())
            .then(|| format!("names and types only of {}", listed(&self.names_only)));
        let reasons = |first: Vec<String>| {
            let all: Vec<String> = first.into_iter().chain(sample).chain(names_only).collect();
            all.join("; ")
        };
        if !lacking.is_empty() {
            return Coverage::Partial(reasons(lacking));
        }
        let reason = reasons(Vec::new());
        if reason.is_empty() {
            Coverage::Whole
        } else {
            Coverage::Sampled(reason)
        }
    }

    fn sample(&self) -> Option<String> {
        let least = self.sampled.iter().map(|s| s.seen).min()?.max(1);
        let tables: Vec<String> = self.sampled.iter().map(Sampled::shown).collect();
        // The rule of three: with 95% certainty no more than 3/n of the rows have what none of n rows has.
        let bound = (300.0 / least as f64).min(100.0);
        Some(format!(
            "{} of {} tables sampled: {}; what a sample shows nothing of may still be in up to {bound:.2}% of the rows (95% bound); --full reads all",
            self.sampled.len(),
            self.whole as usize + self.sampled.len(),
            listed(&tables),
        ))
    }
}

impl Sampled {
    fn shown(&self) -> String {
        let mut text = match self.of {
            Some(of) => format!(
                "{} {} of about {} rows",
                self.table,
                self.seen,
                of.max(self.seen)
            ),
            None => format!("{} {} rows", self.table, self.seen),
        };
        if let Some(remark) = self.remark {
            text.push_str(&format!(" ({remark})"));
        }
        text
    }
}

fn listed(items: &[String]) -> String {
    let named = items
        .iter()
        .take(NAMED)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match items.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_says_of_how_many_rows_and_what_it_may_hide() {
        let mut tally = Tally::default();
        tally.whole();
        tally.sampled("public.orders", 1_000, Some(2_000_000), None);
        let coverage = tally.coverage();
        assert_eq!(coverage.id(), "sampled");
        let reason = coverage.reason().expect("a sample has one");
        assert!(
            reason.contains("public.orders 1000 of about 2000000 rows"),
            "{reason}"
        );
        assert!(reason.contains("up to 0.30%"), "{reason}");
    }

    #[test]
    fn a_table_that_could_not_be_read_makes_it_partial_and_names_it() {
        let mut tally = Tally::default();
        tally.whole();
        assert_eq!(Tally::default().coverage(), Coverage::Whole);
        tally.trouble("hr.salaries", "permission denied");
        let coverage = tally.coverage();
        assert_eq!(
            coverage.reason(),
            Some("not read: hr.salaries: permission denied")
        );
        assert!(coverage.is_incomplete());
    }
}
