//! `github`: the findings of a check as workflow commands, which GitHub shows as annotations. It keeps ten of each kind
//! a step: the ten worst are told, then one notice with the totals.

use super::findings_text::totals;
use super::{Options, Report, Subject};
use crate::check::{CheckFinding, Findings, Level};
use std::io::{self, Write};

/// The report.
pub struct Github;

/// Its entry in the list of reports.
pub static REPORT: Github = Github;

/// Annotations of a kind that a step keeps.
const KEPT: usize = 10;

impl Report for Github {
    fn format(&self) -> &'static str {
        "github"
    }

    fn renders(&self, subject: &Subject<'_>) -> bool {
        matches!(subject, Subject::Findings(_))
    }

    fn write(&self, subject: &Subject<'_>, _: &Options, out: &mut dyn Write) -> io::Result<()> {
        let Subject::Findings(findings) = subject else {
            return Ok(());
        };
        for level in Level::ALL {
            // The last notice is kept for the totals.
            let room = if level == Level::Note { KEPT - 1 } else { KEPT };
            for finding in findings.new_ones().filter(|f| f.level == level).take(room) {
                annotation(finding, out)?;
            }
        }
        closing(findings, out)
    }
}

fn annotation(finding: &CheckFinding, out: &mut dyn Write) -> io::Result<()> {
    let command = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    write!(out, "::{command} ")?;
    if !finding.source.contains("://") {
        write!(out, "file={},", property(&finding.source))?;
        if let Some(line) = finding.line {
            write!(out, "line={line},endLine={line},")?;
            if let Some(place) = &finding.place {
                write!(out, "col={},endColumn={},", place.column, place.end_column)?;
            }
        }
    }
    let text = format!("{}\n{}", finding.message, finding.fix);
    writeln!(out, "title={}::{}", property(&finding.rule), message(&text))
}

fn closing(findings: &Findings, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "::notice title=ropa check::{}",
        message(&totals(&findings.totals))
    )
}

fn message(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
