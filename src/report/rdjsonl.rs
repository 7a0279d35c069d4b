//! `rdjsonl`: reviewdog's diagnostics of a check, one a line.

use super::rdjson::{diagnostic, source};
use super::{Options, Report, Subject};
use std::io::{self, Write};

/// The report.
pub struct Rdjsonl;

/// Its entry in the list of reports.
pub static REPORT: Rdjsonl = Rdjsonl;

impl Report for Rdjsonl {
    fn format(&self) -> &'static str {
        "rdjsonl"
    }

    fn renders(&self, subject: &Subject<'_>) -> bool {
        matches!(subject, Subject::Findings(_))
    }

    fn write(&self, subject: &Subject<'_>, _: &Options, out: &mut dyn Write) -> io::Result<()> {
        let Subject::Findings(findings) = subject else {
            return Ok(());
        };
        for finding in findings.new_ones() {
            let mut line = diagnostic(finding);
            line["source"] = source();
            serde_json::to_writer(&mut *out, &line)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }
}
