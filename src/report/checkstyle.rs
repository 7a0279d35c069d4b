//! `checkstyle`: the findings of a check as Checkstyle XML, which many CI systems read.

use super::xml::attribute;
use super::{Options, Report, Subject};
use crate::check::{CheckFinding, Level};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The report.
pub struct Checkstyle;

/// Its entry in the list of reports.
pub static REPORT: Checkstyle = Checkstyle;

impl Report for Checkstyle {
    fn format(&self) -> &'static str {
        "checkstyle"
    }

    fn renders(&self, subject: &Subject<'_>) -> bool {
        matches!(subject, Subject::Findings(_))
    }

    fn write(&self, subject: &Subject<'_>, _: &Options, out: &mut dyn Write) -> io::Result<()> {
        let Subject::Findings(findings) = subject else {
            return Ok(());
        };
        let mut files: BTreeMap<&str, Vec<&CheckFinding>> = BTreeMap::new();
        for finding in findings.new_ones() {
            files.entry(&finding.source).or_default().push(finding);
        }
        writeln!(
            out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"8.0\">"
        )?;
        for (file, mut findings) in files {
            findings.sort_by_key(|f| f.line);
            writeln!(out, "  <file name=\"{}\">", attribute(file))?;
            for finding in findings {
                error(finding, out)?;
            }
            writeln!(out, "  </file>")?;
        }
        writeln!(out, "</checkstyle>")
    }
}

fn error(finding: &CheckFinding, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "    <error line=\"{}\"", finding.line.unwrap_or(1))?;
    if let Some(place) = &finding.place {
        write!(out, " column=\"{}\"", place.column)?;
    }
    let severity = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "info",
    };
    writeln!(
        out,
        " severity=\"{severity}\" message=\"{}\" source=\"ropa.{}\"/>",
        attribute(&finding.message),
        attribute(&finding.rule)
    )
}
