//! `md`: the inventory as Markdown, for a wiki or a comment.

use super::formula::table_cell;
use super::text::Overview;
use super::{Options, Report, Subject};
use crate::inventory::Inventory;
use std::io::{self, Write};

/// The report.
pub struct Markdown;

/// Its entry in the list of reports.
pub static REPORT: Markdown = Markdown;

impl Report for Markdown {
    fn format(&self) -> &'static str {
        "md"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["md", "markdown"]
    }

    fn renders(&self, subject: &Subject<'_>) -> bool {
        matches!(subject, Subject::Inventory(_))
    }

    fn write(&self, subject: &Subject<'_>, _: &Options, out: &mut dyn Write) -> io::Result<()> {
        let Subject::Inventory(inventory) = subject else {
            return Ok(());
        };
        let overview = Overview::of(inventory);
        writeln!(
            out,
            "# Personal data inventory\n\n{}\n",
            overview.headline()
        )?;
        writeln!(
            out,
            "| data type | category | special | fields | in text | sources |\n|---|---|---|---:|---:|---:|"
        )?;
        for row in &overview.rows {
            let special = row
                .data_type
                .special()
                .iter()
                .map(|s| s.id())
                .collect::<Vec<_>>()
                .join(", ");
            let cells = format!(
                "{} | {} | {special} | {} | {} | {}",
                row.data_type,
                row.data_type.category(),
                row.fields,
                row.spans,
                row.sources
            );
            writeln!(out, "| {cells} |")?;
        }
        fields(inventory, out)?;
        if !overview.unread.is_empty() {
            writeln!(
                out,
                "\n## Not read, or not wholly\n\n| source | coverage | reason |\n|---|---|---|"
            )?;
            for (source, coverage, reason) in &overview.unread {
                writeln!(
                    out,
                    "| {} | {coverage} | {} |",
                    table_cell(source),
                    table_cell(reason)
                )?;
            }
        }
        Ok(())
    }
}

fn fields(inventory: &Inventory, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "\n## Fields\n\n| source | dataset | field | data type | confidence | why |\n|---|---|---|---|---|---|"
    )?;
    for (dataset, field) in inventory.fields() {
        let Some(data_type) = field.data_type else {
            continue;
        };
        let why = field.evidence.first().map_or("", |e| e.why.as_str());
        let cells = [
            dataset.source.as_str(),
            &dataset.dataset,
            &field.field,
            data_type.key(),
            field.confidence.map_or("", |c| c.id()),
            why,
        ];
        writeln!(out, "| {} |", cells.map(table_cell).join(" | "))?;
    }
    Ok(())
}
