//! `json`: any result as one document that its published schema describes.

use super::{Options, Report, Subject};
use std::io::{self, Write};

/// The report.
pub struct Json;

/// Its entry in the list of reports.
pub static REPORT: Json = Json;

impl Report for Json {
    fn format(&self) -> &'static str {
        "json"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["json"]
    }

    fn renders(&self, subject: &Subject<'_>) -> bool {
        matches!(
            subject,
            Subject::Inventory(_)
                | Subject::Difference(_)
                | Subject::Findings(_)
                | Subject::Register(..)
        )
    }

    fn write(&self, subject: &Subject<'_>, _: &Options, out: &mut dyn Write) -> io::Result<()> {
        match subject {
            Subject::Inventory(inventory) => serde_json::to_writer_pretty(&mut *out, inventory)?,
            Subject::Difference(difference) => serde_json::to_writer_pretty(&mut *out, difference)?,
            Subject::Findings(findings) => serde_json::to_writer_pretty(&mut *out, findings)?,
            Subject::Register(register, _) => serde_json::to_writer_pretty(&mut *out, register)?,
        }
        out.write_all(b"\n")
    }
}
