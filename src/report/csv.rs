//! `csv`: the inventory as a table, one row a finding, safe to open in a spreadsheet program.

use super::formula::guarded;
use super::{Options, Report, Subject};
use crate::inventory::{DatasetRecord, FieldRecord, Inventory, SpanRecord};
use std::io::{self, Write};

/// The report.
pub struct Csv;

/// Its entry in the list of reports.
pub static REPORT: Csv = Csv;

/// Header of the inventory as a table; the inventory sheet of a workbook has it, too.
pub const HEADER: [&str; 12] = [
    "source",
    "dataset",
    "field",
    "data_type",
    "category",
    "special",
    "confidence",
    "evidence",
    "tag",
    "tag_source",
    "activity_id",
    "fingerprint",
];

impl Report for Csv {
    fn format(&self) -> &'static str {
        "csv"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["csv"]
    }

    fn renders(&self, subject: &Subject<'_>) -> bool {
        matches!(subject, Subject::Inventory(_))
    }

    fn write(
        &self,
        subject: &Subject<'_>,
        options: &Options,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let Subject::Inventory(inventory) = subject else {
            return Ok(());
        };
        let mut table = Table::new(options, out)?;
        table.row(&HEADER.map(String::from))?;
        rows(inventory, |_, _| String::new()).try_for_each(|row| table.row(&row))?;
        table.finish()
    }
}

/// One row a finding; `activity` names the activities that claim a field.
pub fn rows<'a>(
    inventory: &'a Inventory,
    activity: impl Fn(&DatasetRecord, &FieldRecord) -> String + 'a,
) -> impl Iterator<Item = [String; 12]> + 'a {
    let fields = inventory
        .fields()
        .map(move |(dataset, field)| field_row(dataset, field, activity(dataset, field)));
    fields.chain(inventory.spans.iter().map(span_row))
}

fn field_row(dataset: &DatasetRecord, field: &FieldRecord, activity: String) -> [String; 12] {
    let why: Vec<&str> = field.evidence.iter().map(|e| e.why.as_str()).collect();
    let masked = field.masked.as_ref().and_then(|m| m.shown());
    let evidence = match masked {
        Some(masked) => format!("{} ({masked})", why.join("; ")),
        None => why.join("; "),
    };
    [
        dataset.source.clone(),
        dataset.dataset.clone(),
        field.field.clone(),
        field
            .data_type
            .map_or_else(String::new, |t| t.key().to_owned()),
        field
            .category
            .map_or_else(String::new, |c| c.id().to_owned()),
        field
            .special
            .iter()
            .map(|s| s.id())
            .collect::<Vec<_>>()
            .join("; "),
        field
            .confidence
            .map_or_else(String::new, |c| c.id().to_owned()),
        evidence,
        id_of(&field.tag),
        field.tag_source.clone().unwrap_or_default(),
        activity,
        field.fingerprint.clone().unwrap_or_default(),
    ]
}

fn span_row(span: &SpanRecord) -> [String; 12] {
    let shown = span
        .masked
        .as_ref()
        .and_then(|m| m.shown())
        .unwrap_or_default();
    let more = span
        .more
        .map_or_else(String::new, |more| format!(" and {more} more"));
    [
        span.source.clone(),
        String::new(),
        format!("line {}", span.line),
        span.data_type.key().to_owned(),
        span.category.id().to_owned(),
        span.data_type
            .special()
            .iter()
            .map(|s| s.id())
            .collect::<Vec<_>>()
            .join("; "),
        span.confidence.id().to_owned(),
        format!("in text {shown}{more}").trim().to_owned(),
        String::new(),
        String::new(),
        String::new(),
        span.fingerprint.clone(),
    ]
}

/// The id an enum has in JSON.
fn id_of<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|v| v.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// A CSV writer as RFC 4180 asks: CRLF, quotes where needed, formula-safe unless the user wants it raw.
pub struct Table<'a> {
    writer: csv::Writer<&'a mut dyn Write>,
    raw: bool,
}

impl<'a> Table<'a> {
    /// Starts a table.
    pub fn new(options: &Options, out: &'a mut dyn Write) -> io::Result<Self> {
        if options.bom {
            out.write_all("\u{feff}".as_bytes())?;
        }
        let mut builder = csv::WriterBuilder::new();
        builder
            .terminator(csv::Terminator::CRLF)
            .delimiter(options.delimiter.unwrap_or(b','));
        Ok(Self {
            writer: builder.from_writer(out),
            raw: options.raw_csv,
        })
    }

    /// Writes a row.
    pub fn row(&mut self, cells: &[String]) -> io::Result<()> {
        for cell in cells {
            let safe = if self.raw {
                cell.as_str().into()
            } else {
                guarded(cell)
            };
            self.writer.write_field(safe.as_bytes())?;
        }
        self.writer.write_record(None::<&[u8]>)?;
        Ok(())
    }

    /// Ends it.
    pub fn finish(mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
