//! `md`: the register as Markdown: a table of all activities, then each with its cells, then the gaps.

use super::formula::table_cell;
use super::register_cell::{CellWriter, Line};
use super::wording::Wording;
use super::xlsx::profile_of;
use super::{Options, Report, Subject};
use crate::register::{Origin, ProcessingActivity, Register};
use std::io::{self, Write};

/// The report.
pub struct RegisterMarkdown;

/// Its entry in the list of reports.
pub static REPORT: RegisterMarkdown = RegisterMarkdown;

/// Cells of the table of all activities.
const OVERVIEW: [&str; 6] = [
    "name",
    "role",
    "purposes",
    "subjects",
    "legal_bases",
    "retention",
];

impl Report for RegisterMarkdown {
    fn format(&self) -> &'static str {
        "md"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["md", "markdown"]
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
        let profile = profile_of(options)?;
        let register = &register.of_role(|role| profile.roles.includes(role));
        let wording = Wording::of(&profile.language);
        let cells = CellWriter { register, wording };
        writeln!(out, "# {}\n", profile.title)?;
        let name = register.organisation.name.as_deref().unwrap_or_default();
        writeln!(
            out,
            "{}  \n{}: {}\n",
            table_cell(name),
            wording.word("read_me_date"),
            register.as_of
        )?;
        overview(register, &cells, out)?;
        for activity in &register.activities {
            section(activity, &cells, &profile.fields(), out)?;
        }
        unassigned(register, wording, out)?;
        gaps(register, wording, out)
    }
}

fn overview(register: &Register, cells: &CellWriter<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "| {} |\n|{}",
        OVERVIEW.join(" | "),
        "---|".repeat(OVERVIEW.len())
    )?;
    for activity in &register.activities {
        let row: Vec<String> = OVERVIEW
            .iter()
            .map(|field| table_cell(&said(&cells.lines(activity, field))))
            .collect();
        writeln!(out, "| {} |", row.join(" | "))?;
    }
    writeln!(out)
}

fn section(
    a: &ProcessingActivity,
    cells: &CellWriter<'_>,
    fields: &[&str],
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(
        out,
        "## {}\n\n| cell | content | origin |\n|---|---|---|",
        table_cell(&a.name)
    )?;
    for field in fields.iter().filter(|field| **field != "name") {
        let lines = cells.lines(a, field);
        if lines.is_empty() {
            continue;
        }
        let mut origins: Vec<Origin> = lines.iter().map(|l| l.origin).collect();
        origins.sort_unstable();
        origins.dedup();
        let origins: Vec<&str> = origins
            .into_iter()
            .map(|o| cells.wording.word(origin_word(o)))
            .collect();
        writeln!(
            out,
            "| {field} | {} | {} |",
            table_cell(&said(&lines)),
            origins.join(", ")
        )?;
    }
    writeln!(out)
}

fn origin_word(origin: Origin) -> &'static str {
    match origin {
        Origin::Declared => "origin_declared",
        Origin::Documented => "origin_documented",
        Origin::Inferred => "origin_inferred",
    }
}

fn said(lines: &[Line]) -> String {
    lines
        .iter()
        .map(|l| l.text.as_str())
        .collect::<Vec<_>>()
        .join("\n")
}

fn unassigned(register: &Register, wording: &Wording, out: &mut dyn Write) -> io::Result<()> {
    if register.unassigned.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "## {}\n\n| field | data type |\n|---|---|",
        wording.word("read_me_unassigned")
    )?;
    for u in &register.unassigned {
        writeln!(out, "| {} | {} |", table_cell(&u.field), u.data_type)?;
    }
    writeln!(out)
}

fn gaps(register: &Register, wording: &Wording, out: &mut dyn Write) -> io::Result<()> {
    if register.gaps.is_empty() {
        return Ok(());
    }
    let header = [
        "gap_level",
        "gap_activity",
        "gap_field",
        "gap_article",
        "gap_text",
    ]
    .map(|word| wording.word(word));
    writeln!(
        out,
        "## {}\n\n| {} |\n|{}",
        wording.word("read_me_gaps"),
        header.join(" | "),
        "---|".repeat(5)
    )?;
    for gap in &register.gaps {
        let level = wording.word(match gap.level {
            crate::register::GapLevel::Error => "level_error",
            crate::register::GapLevel::Warning => "level_warning",
            crate::register::GapLevel::Note => "level_note",
        });
        let activity = gap.activity.as_deref().unwrap_or_default();
        writeln!(
            out,
            "| {level} | {} | {} | {} | {} |",
            table_cell(activity),
            gap.field,
            gap.article,
            table_cell(&wording.gap(gap))
        )?;
    }
    Ok(())
}
