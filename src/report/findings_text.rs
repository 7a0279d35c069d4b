//! `text` of a check: each new finding with its line, why, and what to paste; then the totals.

use super::text::printable;
use super::{Options, Report, Subject};
use crate::check::{CheckFinding, Findings, Level, Totals, rule};
use anstyle::{AnsiColor, Style};
use std::io::{self, Write};

/// The report.
pub struct FindingsText;

/// Its entry in the list of reports.
pub static REPORT: FindingsText = FindingsText;

/// Findings shown with their lines before the rest is listed one a line.
const SHOWN: usize = 30;
/// Findings listed at all.
const LISTED: usize = 200;

impl Report for FindingsText {
    fn format(&self) -> &'static str {
        "text"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["txt"]
    }

    fn renders(&self, subject: &Subject<'_>) -> bool {
        matches!(subject, Subject::Findings(_))
    }

    fn write(
        &self,
        subject: &Subject<'_>,
        options: &Options,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let Subject::Findings(findings) = subject else {
            return Ok(());
        };
        let paint = Paint(options.color);
        let is_serious = |f: &&CheckFinding| f.level > Level::Note || options.verbose;
        for (i, finding) in findings
            .new_ones()
            .filter(is_serious)
            .take(LISTED)
            .enumerate()
        {
            if i < SHOWN {
                paint.finding(finding, out)?;
            } else {
                paint.headline(finding, out)?;
            }
        }
        let told = findings.new_ones().filter(is_serious).count();
        let more = told.saturating_sub(LISTED);
        if more > 0 {
            writeln!(out, "and {more} more (all of them: --format json)\n")?;
        } else if told > SHOWN {
            writeln!(out)?;
        }
        let quiet = if findings.totals.note > 0 && !options.verbose {
            "; -v shows the notes"
        } else {
            ""
        };
        writeln!(out, "{}{quiet}", paint.bold(&totals(&findings.totals)))?;
        next_steps(findings, out)
    }
}

/// Whether there is colour.
struct Paint(bool);

impl Paint {
    fn with(&self, style: Style, text: &str) -> String {
        if self.0 {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    fn bold(&self, text: &str) -> String {
        self.with(Style::new().bold(), text)
    }

    fn dim(&self, text: &str) -> String {
        self.with(Style::new().dimmed(), text)
    }

    fn level(&self, level: Level, text: &str) -> String {
        self.with(
            Style::new().bold().fg_color(Some(color(level).into())),
            text,
        )
    }

    /// Level, rule, place and message on one line.
    fn headline(&self, finding: &CheckFinding, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "{}[{}] {}: {}",
            self.level(finding.level, finding.level.id()),
            finding.rule,
            place(finding),
            printable(&finding.message)
        )
    }

    fn finding(&self, finding: &CheckFinding, out: &mut dyn Write) -> io::Result<()> {
        let head = format!("{}[{}]", finding.level.id(), finding.rule);
        writeln!(
            out,
            "{}: {}",
            self.level(finding.level, &head),
            self.bold(&printable(&finding.message))
        )?;
        writeln!(out, "  {} {}", self.dim("-->"), place(finding))?;
        self.line(finding, out)?;
        if !finding.why.is_empty() {
            let why = finding.why.join("; ");
            writeln!(out, "  {} {}", self.dim("= why:"), printable(&why))?;
        }
        let mut fix = finding.fix.lines();
        let first = fix.next().unwrap_or_default();
        writeln!(out, "  {} {}", self.dim("= fix:"), printable(first))?;
        for line in fix {
            writeln!(out, "         {}", printable(line))?;
        }
        writeln!(out)
    }

    /// The line in its source, with a caret under the name.
    fn line(&self, finding: &CheckFinding, out: &mut dyn Write) -> io::Result<()> {
        let shown = finding
            .place
            .as_ref()
            .and_then(|p| Some((p, p.shown.as_ref()?)));
        let (Some((place, shown)), Some(line)) = (shown, finding.line) else {
            return Ok(());
        };
        let number = line.to_string();
        let gutter = " ".repeat(number.len());
        // A tab before the name stays one, so that the caret stands below it.
        let indent: String = shown
            .chars()
            .take(place.column - 1)
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        let caret = "^".repeat((place.end_column - place.column).max(1));
        writeln!(out, " {gutter} {}", self.dim("|"))?;
        let text: String = shown
            .chars()
            .map(|c| if c == '\t' { c } else { printable_char(c) })
            .collect();
        writeln!(out, " {} {text}", self.dim(&format!("{number} |")))?;
        writeln!(
            out,
            " {gutter} {} {indent}{}",
            self.dim("|"),
            self.level(finding.level, &caret)
        )
    }
}

fn printable_char(c: char) -> char {
    if c.is_control() { '\u{fffd}' } else { c }
}

fn color(level: Level) -> AnsiColor {
    match level {
        Level::Error => AnsiColor::Red,
        Level::Warning => AnsiColor::Yellow,
        Level::Note => AnsiColor::Cyan,
    }
}

/// `db/schema.sql:12:5`, as terminals and editors make links of.
fn place(finding: &CheckFinding) -> String {
    let mut place = printable(&finding.shown);
    if let Some(line) = finding.line {
        place += &format!(":{line}");
        if let Some(on_line) = &finding.place {
            place += &format!(":{}", on_line.column);
        }
    }
    place
}

/// The totals in one sentence.
pub fn totals(totals: &Totals) -> String {
    let plural = |count: usize, noun: &str| {
        let s = if count == 1 { "" } else { "s" };
        format!("{count} {noun}{s}")
    };
    let mut text = match totals.new_findings() {
        0 => "nothing new".to_owned(),
        _ => format!(
            "{}, {}, {}",
            plural(totals.error, "error"),
            plural(totals.warning, "warning"),
            plural(totals.note, "note")
        ),
    };
    if totals.baseline > 0 {
        text += &format!("; {} known before", totals.baseline);
    }
    if totals.suppressed > 0 {
        text += &format!("; {} accepted in the source", totals.suppressed);
    }
    text
}

fn next_steps(findings: &Findings, out: &mut dyn Write) -> io::Result<()> {
    let is_there = |name: &str| findings.new_ones().any(|f| f.rule_name() == name);
    if is_there("untagged") {
        writeln!(
            out,
            "  ropa tag               shows the missing tags as a diff; --write puts them in"
        )?;
    }
    if findings.totals.error + findings.totals.warning > 0 {
        writeln!(
            out,
            "  ropa baseline update   accepts what is there today; only what is new fails then"
        )?;
    }
    if is_there(rule::STALE_BASELINE) {
        writeln!(
            out,
            "  ropa baseline prune    drops entries that match nothing any more"
        )?;
    }
    Ok(())
}
