//! `text` and `md` of what changed between two inventories, two registers or two revisions.

use super::formula::table_cell;
use super::text::printable;
use super::{Options, Report, Subject};
use crate::inventory::difference::{Difference, FieldPlace};
use crate::register::difference::{CellChange, Comparison, PlaceOfData, RegisterDifference};
use std::collections::BTreeMap;
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

/// Cells whose changes the counts of fields and recipients tell already.
const COUNTED_ELSEWHERE: &[&str] = &["data", "recipients", "recipient_data", "locations"];

/// The difference in one line.
pub fn headline(difference: &Comparison) -> String {
    let Comparison { data, register } = difference;
    let none = RegisterDifference::default();
    let rows = register.as_ref().unwrap_or(&none);
    // A register knows the declared recipients, too; where there is one it counts for both.
    let (new, gone) = match register {
        Some(r) => (r.added_recipients.len(), r.removed_recipients.len()),
        None => (data.added_recipients.len(), data.removed_recipients.len()),
    };
    let mut parts: Vec<String> = [
        count(rows.added.len(), "+", "activity"),
        count(rows.removed.len(), "−", "activity"),
        count(data.added.len() + rows.added_fields.len(), "+", "field"),
        count(data.removed.len() + rows.removed_fields.len(), "−", "field"),
        count(data.changed.len(), "", "change"),
        count(data.added_in_text.len(), "+", "data type").map(|p| p + " in text"),
        count(data.removed_in_text.len(), "−", "data type").map(|p| p + " in text"),
        count(new, "+", "recipient"),
        count(gone, "−", "recipient"),
    ]
    .into_iter()
    .flatten()
    .collect();
    parts.extend(changed_cells(&rows.changed));
    parts.extend(count(rows.added_gaps.len(), "+", "gap"));
    parts.extend(count(rows.removed_gaps.len(), "−", "gap"));
    if parts.is_empty() {
        "no change".into()
    } else {
        parts.join(", ")
    }
}

fn count(n: usize, sign: &str, noun: &str) -> Option<String> {
    let many = match noun.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{noun}s"),
    };
    let noun = if n == 1 { noun } else { &many };
    (n > 0).then(|| format!("{sign}{n} {noun}"))
}

/// `retention changed`, or in how many activities it did.
fn changed_cells(changes: &[CellChange]) -> Vec<String> {
    let mut by_cell: BTreeMap<&str, usize> = BTreeMap::new();
    for change in changes {
        *by_cell.entry(&change.cell).or_default() += 1;
    }
    let told = by_cell
        .into_iter()
        .filter(|(cell, _)| !COUNTED_ELSEWHERE.contains(cell));
    told.map(|(cell, n)| match n {
        1 => format!("{} changed", in_words(cell)),
        n => format!("{} changed in {n} activities", in_words(cell)),
    })
    .collect()
}

fn in_words(cell: &str) -> String {
    cell.replace(['_', '.'], " ")
}

type Row = (&'static str, String, String);

/// Sign, place and what of each difference.
pub fn lines(difference: &Comparison) -> Vec<Row> {
    let mut rows = Vec::new();
    if let Some(register) = &difference.register {
        rows.extend(register_lines(register));
    }
    rows.extend(data_lines(&difference.data, difference.register.is_none()));
    rows
}

fn register_lines(register: &RegisterDifference) -> Vec<Row> {
    let activities = |sign: &'static str, list: &[crate::register::difference::NamedActivity]| {
        let row = |a: &crate::register::difference::NamedActivity| {
            let origin = a
                .origin
                .map(|o| format!(", {}", o.id()))
                .unwrap_or_default();
            (sign, a.name.clone(), format!("activity{origin}"))
        };
        list.iter().map(row).collect::<Vec<_>>()
    };
    let mut rows = activities("+", &register.added);
    rows.extend(activities("−", &register.removed));
    rows.extend(register.changed.iter().map(|c| {
        let what = match (c.removed.as_slice(), c.added.as_slice()) {
            ([], added) => format!("added: {}", added.join("; ")),
            (removed, []) => format!("removed: {}", removed.join("; ")),
            (removed, added) => format!("{} → {}", removed.join("; "), added.join("; ")),
        };
        ("~", format!("{}: {}", c.name, in_words(&c.cell)), what)
    }));
    let recipients = |sign: &'static str, list: &[String]| {
        let row = |name: &String| (sign, name.clone(), "recipient".to_owned());
        list.iter().map(row).collect::<Vec<_>>()
    };
    rows.extend(recipients("+", &register.added_recipients));
    rows.extend(recipients("−", &register.removed_recipients));
    let fields = |sign: &'static str, list: &[PlaceOfData]| {
        let types = |p: &PlaceOfData| p.data_types.iter().map(|t| t.key()).collect::<Vec<_>>();
        let row = |p: &PlaceOfData| (sign, p.field.clone(), types(p).join(", "));
        list.iter().map(row).collect::<Vec<_>>()
    };
    rows.extend(fields("+", &register.added_fields));
    rows.extend(fields("−", &register.removed_fields));
    let gaps = |sign: &'static str, list: &[crate::register::Gap]| {
        let row = |gap: &crate::register::Gap| {
            let of = gap.activity.as_deref().map(|id| format!("{id}: "));
            let place = format!("{}{}", of.unwrap_or_default(), in_words(&gap.field));
            let what = format!("gap ({}): {}", gap.article, gap.text);
            (sign, place, what)
        };
        list.iter().map(row).collect::<Vec<_>>()
    };
    rows.extend(gaps("+", &register.added_gaps));
    rows.extend(gaps("−", &register.removed_gaps));
    rows
}

fn data_lines(difference: &Difference, with_recipients: bool) -> Vec<Row> {
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
    let mut rows: Vec<Row> = difference.added.iter().map(field("+")).collect();
    rows.extend(difference.removed.iter().map(field("−")));
    rows.extend(difference.changed.iter().map(|c| {
        (
            "~",
            format!("{}:{}.{}", c.source, c.dataset, c.field),
            format!("{}: {} → {}", c.what, c.old, c.new),
        )
    }));
    let texts = |sign: &'static str, list: &[crate::inventory::difference::TextPlace]| {
        let row = |t: &crate::inventory::difference::TextPlace| {
            (sign, t.source.clone(), format!("{} in text", t.data_type))
        };
        list.iter().map(row).collect::<Vec<_>>()
    };
    rows.extend(texts("+", &difference.added_in_text));
    rows.extend(texts("−", &difference.removed_in_text));
    if with_recipients {
        let recipients = |sign: &'static str, list: &[String]| {
            let row = |id: &String| (sign, id.clone(), "recipient".to_owned());
            list.iter().map(row).collect::<Vec<_>>()
        };
        rows.extend(recipients("+", &difference.added_recipients));
        rows.extend(recipients("−", &difference.removed_recipients));
    }
    rows
}

/// The difference for a terminal.
pub fn text(difference: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", headline(difference))?;
    for (sign, place, what) in lines(difference) {
        writeln!(out, "  {sign} {}  {}", printable(&place), printable(&what))?;
    }
    Ok(())
}
