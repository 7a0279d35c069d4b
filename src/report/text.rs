//! `text`: what a person wants to read first: categories by sources, the most sensitive first, and what was not read.

use super::{Options, Report, Subject};
use crate::inventory::{CoverageId, FieldRecord, Inventory};
use crate::source::SourceKind;
use crate::taxonomy::{Category, DataType, category_label};
use anstyle::{AnsiColor, Style};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// The report.
pub struct Text;

/// Its entry in the list of reports.
pub static REPORT: Text = Text;

/// Fields named of each data type before the rest is counted.
const NAMED: usize = 4;
/// Sources listed as not read before the rest is counted.
const UNREAD_LISTED: usize = 12;

impl Report for Text {
    fn format(&self) -> &'static str {
        "text"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["txt"]
    }

    fn renders(&self, subject: &Subject<'_>) -> bool {
        matches!(subject, Subject::Inventory(_) | Subject::Difference(_))
    }

    fn write(
        &self,
        subject: &Subject<'_>,
        options: &Options,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        match subject {
            Subject::Inventory(inventory) => summary(inventory, options, out),
            Subject::Difference(difference) => super::difference::text(difference, out),
            _ => Ok(()),
        }
    }
}

/// Writes the summary.
pub fn summary(inventory: &Inventory, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let overview = Overview::of(inventory);
    let paint = Paint {
        color: options.color,
    };
    writeln!(out, "{}", paint.strong(&overview.headline()))?;
    overview.matrix(inventory, &paint, out)?;
    for category in Category::ALL.into_iter().rev() {
        overview.category(category, &paint, options.width.unwrap_or(100), out)?;
    }
    overview.unread(&paint, out)
}

struct Paint {
    color: bool,
}

impl Paint {
    fn with(&self, style: Style, text: &str) -> String {
        if self.color {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    fn strong(&self, text: &str) -> String {
        self.with(Style::new().bold(), text)
    }

    fn of_category(&self, category: Category, text: &str) -> String {
        let color = match category {
            Category::Sensitive => AnsiColor::Red,
            Category::Financial => AnsiColor::Magenta,
            Category::Location => AnsiColor::Yellow,
            Category::Usage => AnsiColor::Cyan,
            Category::Contact => AnsiColor::Green,
        };
        self.with(Style::new().bold().fg_color(Some(color.into())), text)
    }

    fn dim(&self, text: &str) -> String {
        self.with(Style::new().dimmed(), text)
    }
}

/// The inventory counted for a reader: a row a data type, and what was not read.
pub struct Overview {
    /// Data types found, in the taxonomy's order.
    pub rows: Vec<Row>,
    /// Source, coverage and reason of everything not read whole, the worst first.
    pub unread: Vec<(String, &'static str, String)>,
    sources: usize,
    datasets: usize,
    fields: usize,
    spans: u64,
}

/// One data type of an inventory.
pub struct Row {
    /// The data type.
    pub data_type: DataType,
    /// Fields of the type.
    pub fields: usize,
    /// Findings of the type in text.
    pub spans: u64,
    /// Sources with either.
    pub sources: usize,
    names: Vec<String>,
}

#[derive(Default)]
struct Count {
    fields: usize,
    spans: u64,
    sources: BTreeSet<String>,
    names: Vec<(std::cmp::Reverse<u64>, String)>,
}

impl Overview {
    /// Counts an inventory.
    pub fn of(inventory: &Inventory) -> Self {
        let mut counts: BTreeMap<DataType, Count> = BTreeMap::new();
        let mut personal = BTreeSet::new();
        for (dataset, field) in inventory.fields() {
            let Some(data_type) = field.data_type else {
                continue;
            };
            let count = counts.entry(data_type).or_default();
            count.fields += 1;
            count.sources.insert(dataset.source.clone());
            count.names.push((
                weight(field),
                format!("{}.{}", dataset.dataset, field.field),
            ));
            personal.insert((&dataset.source, &dataset.dataset, &field.field));
        }
        for span in &inventory.spans {
            let count = counts.entry(span.data_type).or_default();
            count.spans += 1 + span.more.unwrap_or(0);
            count.sources.insert(span.source.clone());
        }
        let spans = counts.values().map(|c| c.spans).sum();
        let datasets = personal
            .iter()
            .map(|(source, dataset, _)| (source, dataset))
            .collect::<BTreeSet<_>>()
            .len();
        Self {
            sources: inventory.sources.len(),
            datasets,
            fields: personal.len(),
            spans,
            rows: counts
                .into_iter()
                .map(|(data_type, count)| row(data_type, count))
                .collect(),
            unread: unread(inventory),
        }
    }

    /// The whole in one sentence.
    pub fn headline(&self) -> String {
        let spans = if self.spans > 0 {
            format!(", and {} in text and logs", plural(self.spans, "place"))
        } else {
            String::new()
        };
        format!(
            "{} of personal data in {}{spans}; {} read",
            plural(self.fields as u64, "field"),
            plural(self.datasets as u64, "dataset"),
            plural(self.sources as u64, "source"),
        )
    }

    /// Categories by kinds of sources, the most sensitive first.
    fn matrix(&self, inventory: &Inventory, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let kinds: BTreeMap<&str, SourceKind> = inventory
            .sources
            .iter()
            .map(|s| (s.source.as_str(), s.source_kind))
            .collect();
        let mut cells: BTreeMap<(Category, SourceKind), u64> = BTreeMap::new();
        let kind_of = |source: &str| kinds.get(source).copied().unwrap_or(SourceKind::Document);
        for (dataset, field) in inventory.fields() {
            if let Some(category) = field.category {
                *cells
                    .entry((category, kind_of(&dataset.source)))
                    .or_default() += 1;
            }
        }
        for span in &inventory.spans {
            *cells
                .entry((span.category, kind_of(&span.source)))
                .or_default() += 1 + span.more.unwrap_or(0);
        }
        let columns: BTreeSet<SourceKind> = cells.keys().map(|(_, kind)| *kind).collect();
        let heads: String = columns
            .iter()
            .map(|kind| format!("{:>13}", kind_label(*kind)))
            .collect();
        writeln!(out, "\n{:<12}{}", "", paint.dim(&heads))?;
        for category in Category::ALL.into_iter().rev() {
            let count = |kind: &SourceKind| cells.get(&(category, *kind)).copied();
            if columns.iter().all(|kind| count(kind).is_none()) {
                continue;
            }
            let numbers: String = columns
                .iter()
                .map(|kind| format!("{:>13}", count(kind).map_or("·".into(), |n| n.to_string())))
                .collect();
            writeln!(
                out,
                "{}{numbers}",
                paint.of_category(category, &format!("{:<12}", category_label(category)))
            )?;
        }
        Ok(())
    }

    fn category(
        &self,
        category: Category,
        paint: &Paint,
        width: usize,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let rows: Vec<&Row> = self
            .rows
            .iter()
            .filter(|row| row.data_type.category() == category)
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        let fields: usize = rows.iter().map(|row| row.fields).sum();
        let spans: u64 = rows.iter().map(|row| row.spans).sum();
        let title = paint.of_category(category, category_label(category));
        writeln!(
            out,
            "\n{title}  {}",
            paint.dim(&counted(fields as u64, spans))
        )?;
        for row in rows {
            let label = &row.data_type.facts().label;
            let count = counted(row.fields as u64, row.spans);
            let names = fitting(&row.names, width.saturating_sub(50));
            writeln!(out, "  {label:<22} {count:<24} {}", paint.dim(&names))?;
        }
        Ok(())
    }

    fn unread(&self, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
        if self.unread.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{}", paint.strong("Not read, or not wholly"))?;
        for (source, coverage, reason) in self.unread.iter().take(UNREAD_LISTED) {
            writeln!(
                out,
                "  {coverage:<8} {}  {}",
                printable(source),
                paint.dim(&printable(reason))
            )?;
        }
        match self.unread.len().saturating_sub(UNREAD_LISTED) {
            0 => Ok(()),
            more => writeln!(out, "  and {more} more (all of them: --format json)"),
        }
    }
}

fn row(data_type: DataType, mut count: Count) -> Row {
    count.names.sort();
    let names = count.names.into_iter().map(|(_, name)| name).collect();
    Row {
        data_type,
        fields: count.fields,
        spans: count.spans,
        sources: count.sources.len(),
        names,
    }
}

fn kind_label(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Schema => "schemas",
        SourceKind::Log => "logs",
        SourceKind::Export => "exports",
        SourceKind::Document => "documents",
        SourceKind::Database => "databases",
        SourceKind::Code => "code",
        SourceKind::Config => "config",
        SourceKind::Notice => "notices",
        SourceKind::Permissions => "permissions",
    }
}

/// What comes first among the fields of a data type: the one most rows speak for.
fn weight(field: &FieldRecord) -> std::cmp::Reverse<u64> {
    std::cmp::Reverse(field.matched.unwrap_or(0))
}

fn unread(inventory: &Inventory) -> Vec<(String, &'static str, String)> {
    let mut unread = Vec::new();
    for source in &inventory.sources {
        let (rank, coverage) = match source.coverage {
            CoverageId::Whole => continue,
            CoverageId::Failed => (0, "failed"),
            CoverageId::Partial => (1, "partial"),
            CoverageId::Sampled => (2, "sampled"),
            CoverageId::Skipped => (3, "skipped"),
        };
        unread.push((
            rank,
            source.source.clone(),
            coverage,
            source.reason.clone().unwrap_or_default(),
        ));
    }
    unread.sort();
    unread
        .into_iter()
        .map(|(_, source, coverage, reason)| (source, coverage, reason))
        .collect()
}

fn plural(count: u64, noun: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{s}")
}

fn counted(fields: u64, spans: u64) -> String {
    match (fields, spans) {
        (0, spans) => format!("{spans} in text"),
        (fields, 0) => plural(fields, "field"),
        (fields, spans) => format!("{}, {spans} in text", plural(fields, "field")),
    }
}

fn fitting(names: &[String], width: usize) -> String {
    let mut shown = String::new();
    for (i, name) in names.iter().enumerate() {
        let name = printable(name);
        let is_too_long = i > 0 && shown.chars().count() + name.chars().count() + 2 > width;
        if i == NAMED || is_too_long {
            return format!("{shown}, +{}", names.len() - i);
        }
        shown = if i == 0 {
            name
        } else {
            format!("{shown}, {name}")
        };
    }
    shown
}

/// A name that cannot steer the terminal.
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}
