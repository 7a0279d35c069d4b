//! `gitlab`: the findings of a check as a Code Quality report, for the merge request's widget and diff.

use super::{Options, Report, Subject};
use crate::check::{CheckFinding, Level};
use serde_json::{Value, json};
use std::io::{self, Write};

/// The report.
pub struct Gitlab;

/// Its entry in the list of reports.
pub static REPORT: Gitlab = Gitlab;

impl Report for Gitlab {
    fn format(&self) -> &'static str {
        "gitlab"
    }

    fn renders(&self, subject: &Subject<'_>) -> bool {
        matches!(subject, Subject::Findings(_))
    }

    fn write(&self, subject: &Subject<'_>, _: &Options, out: &mut dyn Write) -> io::Result<()> {
        let Subject::Findings(findings) = subject else {
            return Ok(());
        };
        let issues: Vec<Value> = findings.new_ones().map(issue).collect();
        serde_json::to_writer_pretty(&mut *out, &issues)?;
        out.write_all(b"\n")
    }
}

/// One issue. Fingerprints are unique in a report already: GitLab shows one of equal ones only.
fn issue(finding: &CheckFinding) -> Value {
    json!({
        "description": finding.message,
        "check_name": finding.rule,
        "fingerprint": finding.fingerprint,
        "severity": match finding.level {
            Level::Error => "critical",
            Level::Warning => "major",
            Level::Note => "info",
        },
        "location": {"path": finding.source, "lines": {"begin": finding.line.unwrap_or(1)}},
    })
}
