//! `md` of a check: a table for a comment on a change, or a step's summary; the worst first, cut where platforms cut.

use super::findings_text::totals;
use super::formula::table_cell;
use super::{Options, Report, Subject};
use crate::check::CheckFinding;
use std::io::{self, Write};

/// The report.
pub struct FindingsMarkdown;

/// Its entry in the list of reports.
pub static REPORT: FindingsMarkdown = FindingsMarkdown;

/// Rows before the rest is counted: a comment holds 65,536 characters.
const ROWS: usize = 200;

impl Report for FindingsMarkdown {
    fn format(&self) -> &'static str {
        "md"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["md", "markdown"]
    }

    fn renders(&self, subject: &Subject<'_>) -> bool {
        matches!(subject, Subject::Findings(_))
    }

    fn write(&self, subject: &Subject<'_>, _: &Options, out: &mut dyn Write) -> io::Result<()> {
        let Subject::Findings(findings) = subject else {
            return Ok(());
        };
        writeln!(out, "## ropa check: {}", totals(&findings.totals))?;
        if findings.incomplete {
            writeln!(out, "\nA source could not be read, or only in part.")?;
        }
        let count = findings.totals.new_findings();
        if count == 0 {
            return Ok(());
        }
        writeln!(
            out,
            "\n| level | rule | where | what | to do |\n|---|---|---|---|---|"
        )?;
        for finding in findings.new_ones().take(ROWS) {
            row(finding, out)?;
        }
        if count > ROWS {
            writeln!(out, "\nand {} more", count - ROWS)?;
        }
        Ok(())
    }
}

fn row(finding: &CheckFinding, out: &mut dyn Write) -> io::Result<()> {
    let line = finding.line.map(|l| format!(":{l}")).unwrap_or_default();
    let cells = [
        finding.level.id().to_owned(),
        format!("`{}`", finding.rule),
        format!("`{}{line}`", finding.source),
        finding.message.clone(),
        finding.fix.clone(),
    ];
    writeln!(out, "| {} |", cells.map(|c| table_cell(&c)).join(" | "))
}
