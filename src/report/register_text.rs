//! `text`: the register as a summary for a terminal: the activities, what is missing, what nobody claims.

use super::text::printable;
use super::{Options, Report, Subject};
use crate::register::{GapLevel, Origin, Register};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The report.
pub struct RegisterText;

/// Its entry in the list of reports.
pub static REPORT: RegisterText = RegisterText;

/// Gaps of one level that are listed one by one; the files list all.
const GAPS_SHOWN: usize = 12;

impl Report for RegisterText {
    fn format(&self) -> &'static str {
        "text"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["txt"]
    }

    fn renders(&self, subject: &Subject<'_>) -> bool {
        matches!(subject, Subject::Register(..))
    }

    fn write(
        &self,
        subject: &Subject<'_>,
        options: &Options,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let Subject::Register(register, _) = subject else {
            return Ok(());
        };
        summary(register, options, out)
    }
}

/// Writes the summary.
pub fn summary(register: &Register, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let strong = |text: String| {
        if options.color {
            format!("\u{1b}[1m{text}\u{1b}[0m")
        } else {
            text
        }
    };
    let name = register
        .organisation
        .name
        .as_deref()
        .unwrap_or("an organisation without a name");
    let count = |origin| {
        register
            .activities
            .iter()
            .filter(|a| a.origin == origin)
            .count()
    };
    let headline = format!(
        "{} processing activities of {} ({} declared, {} documented, {} inferred), as of {}",
        register.activities.len(),
        printable(name),
        count(Origin::Declared),
        count(Origin::Documented),
        count(Origin::Inferred),
        register.as_of
    );
    writeln!(out, "{}\n", strong(headline))?;
    let wide = register
        .activities
        .iter()
        .map(|a| a.name.chars().count())
        .max()
        .unwrap_or(8)
        .clamp(8, 48);
    let header = format!(
        "{:wide$}  {:16} {:>5} {:>6} {:>10} {:>5}",
        "activity", "role", "types", "fields", "recipients", "gaps"
    );
    writeln!(out, "{}", strong(header))?;
    let mut gaps: BTreeMap<&str, usize> = BTreeMap::new();
    for gap in register.gaps.iter().filter(|g| g.level != GapLevel::Note) {
        *gaps
            .entry(gap.activity.as_deref().unwrap_or_default())
            .or_default() += 1;
    }
    for a in &register.activities {
        let fields: usize = a.data.iter().map(|d| d.value.fields.len()).sum();
        let name: String = printable(&a.name).chars().take(wide).collect();
        let missing = gaps.get(a.id.as_str()).copied().unwrap_or(0);
        writeln!(
            out,
            "{name:wide$}  {:16} {:>5} {fields:>6} {:>10} {missing:>5}",
            a.role.id(),
            a.data.len(),
            a.recipients.len()
        )?;
    }
    if !register.unassigned.is_empty() {
        let text = format!(
            "\n{} fields hold personal data without a documented purpose",
            register.unassigned.len()
        );
        writeln!(out, "{}", strong(text))?;
    }
    for (level, title) in [
        (GapLevel::Error, "required and missing"),
        (GapLevel::Warning, "to complete"),
    ] {
        let of_level: Vec<_> = register.gaps.iter().filter(|g| g.level == level).collect();
        if of_level.is_empty() {
            continue;
        }
        writeln!(out, "\n{}", strong(format!("{} {title}", of_level.len())))?;
        for gap in of_level.iter().take(GAPS_SHOWN) {
            let activity = gap
                .activity
                .as_deref()
                .map(|id| format!("{}: ", printable(id)))
                .unwrap_or_default();
            writeln!(
                out,
                "  {activity}{} [{}]",
                printable(&gap.text),
                gap.article
            )?;
        }
        if of_level.len() > GAPS_SHOWN {
            writeln!(
                out,
                "  … and {} more: -o register.xlsx or --format json lists all",
                of_level.len() - GAPS_SHOWN
            )?;
        }
    }
    Ok(())
}
