//! Logs without a form of their own: text, recognised by the name of the file or its folder.
//! Logs with fields have their own readers, which claim them by their lines.

use super::text;
use super::{Budget, Claim, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split};

#[path = "log/records.rs"]
pub mod records;

/// The reader of free-text logs.
pub static READER: FreeLog = FreeLog;

/// Logs as text.
pub struct FreeLog;

impl Reader for FreeLog {
    fn format(&self) -> &'static str {
        "log"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Log
    }

    fn claim(&self, input: &Input) -> Claim {
        let is_log = input.connection().is_none()
            && is_named_as_log(input)
            && !text::is_binary(input.head());
        if is_log { Claim::Fallback } else { Claim::No }
    }

    fn plan(&self, input: &Input, budget: &Budget) -> Result<Vec<Split>, SourceError> {
        text::READER.plan(input, budget)
    }

    fn read(
        &self,
        input: &Input,
        split: &Split,
        budget: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        text::READER.read(input, split, budget, sink)
    }
}

/// `app.log`, `app.log.1`, `app-2024-01-01.log`, `app.out`, `var/log/messages`, `logs/today.txt`.
fn is_named_as_log(input: &Input) -> bool {
    let name = input.file_name();
    let without_number =
        name.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '_'));
    let has_ending = [".log", ".out", ".err"]
        .iter()
        .any(|ending| name.ends_with(ending) || without_number.ends_with(ending));
    let ending = input.extension();
    let is_log_of_folder = ending.is_empty()
        || matches!(ending.as_str(), "txt" | "old")
        || ending.bytes().all(|b| b.is_ascii_digit());
    let folders = input
        .name()
        .rsplit_once(['/', '\\', '!'])
        .map_or("", |(folders, _)| folders);
    let is_in_folder = folders
        .split(['/', '\\', '!'])
        .any(|f| f.eq_ignore_ascii_case("log") || f.eq_ignore_ascii_case("logs"));
    has_ending || (is_in_folder && is_log_of_folder)
}
