//! `text`, `md` and `json` of what changed between two inventories.

use super::formula::table_cell;
use super::text::printable;
use super::{Options, Report, Subject};
use crate::inventory::difference::{Difference, FieldPlace};
use std::io::{self, Write};

/// The report as Markdown, for a pull request.
pub struct DifferenceReport;

/// Its entry in the list of reports.
pub static REPORT: DifferenceReport = DifferenceReport;

impl Report for DifferenceReport {
    fn format(&self) -> &'static str {
        "md"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["md", "markdown"]
    }

    fn renders(&self, subject: &Subject<'_>) -> bool {
        matches!(subject, Subject::Difference(_))
    }

    fn write(&self, subject: &Subject<'_>, _: &Options, out: &mut dyn Write) -> io::Result<()> {
        let Subject::Difference(difference) = subject else {
            return Ok(());
        };
        writeln!(out, "### Personal data: {}\n", headline(difference))?;
        let rows = lines(difference);
        if rows.is_empty() {
            return Ok(());
        }
        writeln!(out, "| | where | what |\n|---|---|---|")?;
        for (sign, place, what) in rows {
            writeln!(
                out,
                "| {sign} | {} | {} |",
                table_cell(&place),
                table_cell(&what)
            )?;
        }
        Ok(())
    }
}

/// The difference in one line.
pub fn headline(difference: &Difference) -> String {
    let count = |n: usize, sign: &str, noun: &str| {
        (n > 0).then(|| format!("{sign}{n} {noun}{}", if n == 1 { "" } else { "s" }))
    };
    let parts: Vec<String> = [
        count(difference.added.len(), "+", "field"),
        count(difference.removed.len(), "−", "field"),
        count(difference.changed.len(), "", "change"),
        count(difference.added_in_text.len(), "+", "data type").map(|p| p + " in text"),
        count(difference.removed_in_text.len(), "−", "data type").map(|p| p + " in text"),
        count(difference.added_recipients.len(), "+", "recipient"),
        count(difference.removed_recipients.len(), "−", "recipient"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() {
        "no change".into()
    } else {
        parts.join(", ")
    }
}

/// Sign, place and what of each difference.
pub fn lines(difference: &Difference) -> Vec<(&'static str, String, String)> {
    let field = |sign: &'static str| {
        move |f: &FieldPlace| {
            let types: Vec<&str> = f.data_types.iter().map(|t| t.key()).collect();
            (
                sign,
                format!("{}:{}.{}", f.source, f.dataset, f.field),
                types.join(", "),
            )
        }
    };
    let mut rows: Vec<_> = difference.added.iter().map(field("+")).collect();
    rows.extend(difference.removed.iter().map(field("−")));
    rows.extend(difference.changed.iter().map(|c| {
        (
            "~",
            format!("{}:{}.{}", c.source, c.dataset, c.field),
            format!("{}: {} → {}", c.what, c.old, c.new),
        )
    }));
    rows.extend(
        difference
            .added_in_text
            .iter()
            .map(|t| ("+", t.source.clone(), format!("{} in text", t.data_type))),
    );
    rows.extend(
        difference
            .removed_in_text
            .iter()
            .map(|t| ("−", t.source.clone(), format!("{} in text", t.data_type))),
    );
    rows.extend(
        difference
            .added_recipients
            .iter()
            .map(|r| ("+", r.clone(), "recipient".to_owned())),
    );
    rows.extend(
        difference
            .removed_recipients
            .iter()
            .map(|r| ("−", r.clone(), "recipient".to_owned())),
    );
    rows
}

/// The difference for a terminal.
pub fn text(difference: &Difference, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", headline(difference))?;
    for (sign, place, what) in lines(difference) {
        writeln!(out, "  {sign} {}  {}", printable(&place), printable(&what))?;
    }
    Ok(())
}
