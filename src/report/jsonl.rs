//! `jsonl`: the inventory as one flat object a line, sorted by kind, source, dataset, field, line, start, data type.

use super::{Options, Report, Subject};
use serde::Serialize;
use std::io::{self, Write};

/// The report.
pub struct JsonLines;

/// Its entry in the list of reports.
pub static REPORT: JsonLines = JsonLines;

/// A record with its kind first; what a nested record belongs to stands beside it.
#[derive(Serialize)]
struct Line<'a, T> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dataset: Option<&'a str>,
    #[serde(flatten)]
    record: &'a T,
}

impl Report for JsonLines {
    fn format(&self) -> &'static str {
        "jsonl"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["jsonl", "ndjson"]
    }

    fn renders(&self, subject: &Subject<'_>) -> bool {
        matches!(subject, Subject::Inventory(_))
    }

    fn write(&self, subject: &Subject<'_>, _: &Options, out: &mut dyn Write) -> io::Result<()> {
        let Subject::Inventory(inventory) = subject else {
            return Ok(());
        };
        lines(out, "source", &inventory.sources)?;
        for dataset in &inventory.datasets {
            let mut record = serde_json::to_value(dataset)?;
            if let Some(object) = record.as_object_mut() {
                object.shift_remove("fields");
            }
            lines(out, "dataset", &[record])?;
        }
        for dataset in &inventory.datasets {
            let mut fields: Vec<_> = dataset.fields.iter().collect();
            fields.sort_by(|a, b| {
                (&a.field, a.line, a.data_type).cmp(&(&b.field, b.line, b.data_type))
            });
            for record in fields {
                let place = (
                    Some(dataset.source.as_str()),
                    Some(dataset.dataset.as_str()),
                );
                line(
                    out,
                    &Line {
                        kind: "field",
                        source: place.0,
                        dataset: place.1,
                        record,
                    },
                )?;
            }
        }
        lines(out, "span", &inventory.spans)?;
        lines(out, "recipient", &inventory.recipients)?;
        lines(out, "permission", &inventory.permissions)?;
        lines(out, "flow", &inventory.flows)?;
        lines(out, "tracker", &inventory.trackers)?;
        lines(out, "claim", &inventory.claims)
    }
}

fn lines<T: Serialize>(out: &mut dyn Write, kind: &'static str, records: &[T]) -> io::Result<()> {
    records.iter().try_for_each(|record| {
        line(
            out,
            &Line {
                kind,
                source: None,
                dataset: None,
                record,
            },
        )
    })
}

fn line<T: Serialize>(out: &mut dyn Write, line: &Line<'_, T>) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}
