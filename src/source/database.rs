//! What the readers of live databases share: the address, cells on their way into columns, and what was read of how much.
//! Knows no server and no dialect; nothing here shows a user name, a password or a value.

use super::SourceError;

#[path = "database/address.rs"]
mod address;
#[path = "database/cells.rs"]
mod cells;
#[path = "database/tally.rs"]
mod tally;

pub use address::{Address, Encryption};
pub use cells::{Cells, Column, Shape};
pub use tally::{Tally, Trouble};

/// Characters of a text cell that are fetched.
pub const TEXT_CHARACTERS: usize = 4_096;
/// Characters of a JSON, array or composite cell that are fetched; a longer one is read as text.
pub const JSON_CHARACTERS: usize = 65_536;
/// Most seconds that one statement may run.
pub const STATEMENT_SECONDS: u32 = 30;
/// Most seconds that one statement may run that reads a whole table.
pub const FULL_SECONDS: u32 = 6 * 60 * 60;
/// Most seconds that a statement waits for a lock.
pub const LOCK_SECONDS: u32 = 3;
/// Seconds for the connection to be made.
pub const CONNECT_SECONDS: u64 = 10;
/// Ranges of keys that a sample is drawn from where the server has no sampling of its own.
pub const RANGES: u64 = 20;
/// Rows fetched at a time where all are read.
pub const FETCH_ROWS: u64 = 5_000;

/// The scheme of a URL, in lower case; empty where there is none.
pub fn scheme(url: Option<&str>) -> String {
    url.and_then(|url| url.split_once(':'))
        .map_or_else(String::new, |(scheme, _)| scheme.to_ascii_lowercase())
}

/// What a reader says whose feature this build leaves out.
pub fn left_out(feature: &str) -> SourceError {
    SourceError::Server(format!(
        "this ropa was built without the feature `{feature}`; build it with --features {feature}"
    ))
}

/// Why no connection came about.
pub fn unreachable(kind: std::io::ErrorKind) -> String {
    use std::io::ErrorKind::{ConnectionRefused, NotFound, PermissionDenied, TimedOut, WouldBlock};
    let why = match kind {
        ConnectionRefused => "no server listens there (connection refused)".to_owned(),
        TimedOut | WouldBlock => format!("no answer within {CONNECT_SECONDS} s"),
        NotFound => "there is no such socket or host".to_owned(),
        PermissionDenied => "the system does not allow it".to_owned(),
        std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::ConnectionReset => {
            "the server hung up".to_owned()
        }
        _ => "the host is not known, or the network is not there".to_owned(),
    };
    format!("cannot connect: {why}")
}

/// The beginning of a time as an ISO date; `None` where it is none (infinite, before year 1).
pub fn iso_date(text: &str) -> Option<String> {
    let date = text.get(..10)?;
    let fits = date.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    (fits && !text.ends_with("BC") && !date.starts_with("0000")).then(|| date.to_owned())
}

/// The keys that ranges of a sample begin at: evenly spread from the oldest to the newest, the same in every run.
pub fn range_starts(oldest: i128, newest: i128, ranges: u64) -> Vec<i128> {
    let width = newest.saturating_sub(oldest).saturating_add(1);
    let ranges = i128::from(ranges);
    let mut starts: Vec<i128> = (0..ranges)
        .map(|at| oldest.saturating_add(width.saturating_mul(at) / ranges))
        .collect();
    starts.dedup();
    starts
}

/// A name within quotes of a dialect.
pub fn quoted(name: &str, quote: char) -> String {
    let doubled = name.replace(quote, &format!("{quote}{quote}"));
    format!("{quote}{doubled}{quote}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_cut_out_of_times() {
        assert_eq!(
            iso_date("2019-03-01 10:00:00+00").as_deref(),
            Some("2019-03-01")
        );
        for odd in [
            "infinity",
            "-infinity",
            "0044-03-15 BC",
            "0000-00-00",
            "12",
            "",
        ] {
            assert_eq!(iso_date(odd), None, "{odd}");
        }
    }

    #[test]
    fn ranges_are_spread_evenly_and_never_repeat() {
        assert_eq!(range_starts(1, 100, 4), [1, 26, 51, 76]);
        assert_eq!(range_starts(5, 6, 4), [5, 6]);
        assert_eq!(range_starts(-10, -10, 20), [-10]);
    }

    #[test]
    fn quotes_in_names_are_doubled() {
        assert_eq!(quoted("a\"b", '"'), "\"a\"\"b\"");
        assert_eq!(quoted("a`b", '`'), "`a``b`");
    }
}
