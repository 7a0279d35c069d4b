//! `junit`: the findings of a check as JUnit XML: a failure each, what the baseline holds as skipped; a clean check passes.

use super::xml::{attribute, text};
use super::{Options, Report, Subject};
use crate::check::{CheckFinding, Clean, Findings, State};
use std::io::{self, Write};

/// The report.
pub struct Junit;

/// Its entry in the list of reports.
pub static REPORT: Junit = Junit;

impl Report for Junit {
    fn format(&self) -> &'static str {
        "junit"
    }

    fn renders(&self, subject: &Subject<'_>) -> bool {
        matches!(subject, Subject::Findings(_))
    }

    fn write(&self, subject: &Subject<'_>, _: &Options, out: &mut dyn Write) -> io::Result<()> {
        let Subject::Findings(findings) = subject else {
            return Ok(());
        };
        let is_empty = findings.findings.is_empty() && findings.clean.is_empty();
        let failures = findings.totals.new_findings();
        let tests = findings.findings.len() + findings.clean.len() + usize::from(is_empty);
        writeln!(
            out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"ropa\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{}\" time=\"0\">",
            findings.findings.len() - failures
        )?;
        if is_empty {
            writeln!(
                out,
                "    <testcase classname=\"ropa\" name=\"no findings\"/>"
            )?;
        }
        cases(findings, out)?;
        writeln!(out, "  </testsuite>\n</testsuites>")
    }
}

fn cases(findings: &Findings, out: &mut dyn Write) -> io::Result<()> {
    for finding in &findings.findings {
        failed(finding, out)?;
    }
    for clean in &findings.clean {
        passed(clean, out)?;
    }
    Ok(())
}

fn opening(source: &str, name: &str, line: Option<u64>, out: &mut dyn Write) -> io::Result<()> {
    write!(
        out,
        "    <testcase classname=\"{0}\" name=\"{1}\" file=\"{0}\"",
        attribute(source),
        attribute(name)
    )?;
    if let Some(line) = line {
        write!(out, " line=\"{line}\"")?;
    }
    Ok(())
}

fn failed(finding: &CheckFinding, out: &mut dyn Write) -> io::Result<()> {
    let about = finding.data_type.map_or("", |t| t.key());
    let name = format!("{} {about}", finding.object);
    opening(&finding.source, name.trim(), finding.line, out)?;
    match finding.state {
        State::New => writeln!(
            out,
            ">\n      <failure message=\"{}\" type=\"{}\">{}</failure>\n    </testcase>",
            attribute(&finding.message),
            attribute(&finding.rule),
            text(&finding.fix)
        ),
        state => writeln!(
            out,
            ">\n      <skipped message=\"{}\"/>\n    </testcase>",
            state.id()
        ),
    }
}

fn passed(clean: &Clean, out: &mut dyn Write) -> io::Result<()> {
    let name = format!(
        "{} {}",
        clean.object,
        clean.data_type.map_or("", |t| t.key())
    );
    opening(&clean.source, name.trim(), clean.line, out)?;
    writeln!(out, "/>")
}
