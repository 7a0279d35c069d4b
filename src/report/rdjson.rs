//! `rdjson` and `rdjsonl`: the findings of a check as reviewdog's diagnostics, with the missing tag as a suggestion.
//! Its columns are bytes, from 1.

use super::{Options, Report, Subject};
use crate::check::{CheckFinding, Level, rule};
use serde_json::{Value, json};
use std::io::{self, Write};

/// The report.
pub struct Rdjson;

/// Its entry in the list of reports.
pub static REPORT: Rdjson = Rdjson;

impl Report for Rdjson {
    fn format(&self) -> &'static str {
        "rdjson"
    }

    fn renders(&self, subject: &Subject<'_>) -> bool {
        matches!(subject, Subject::Findings(_))
    }

    fn write(&self, subject: &Subject<'_>, _: &Options, out: &mut dyn Write) -> io::Result<()> {
        let Subject::Findings(findings) = subject else {
            return Ok(());
        };
        let document = json!({
            "source": source(),
            "diagnostics": findings.new_ones().map(diagnostic).collect::<Vec<_>>(),
        });
        serde_json::to_writer_pretty(&mut *out, &document)?;
        out.write_all(b"\n")
    }
}

/// Who speaks.
pub fn source() -> Value {
    json!({"name": "ropa", "url": rule::DOCS})
}

/// One diagnostic.
pub fn diagnostic(finding: &CheckFinding) -> Value {
    let mut location = json!({"path": finding.source});
    if let Some(line) = finding.line {
        let mut start = json!({"line": line});
        let mut end = start.clone();
        if let Some(place) = &finding.place {
            start["column"] = json!(place.byte_column);
            end["column"] = json!(place.byte_end);
        }
        location["range"] = json!({"start": start, "end": end});
    }
    let mut diagnostic = json!({
        "message": format!("{}. {}", finding.message, finding.fix),
        "location": location,
        "severity": match finding.level {
            Level::Error => "ERROR",
            Level::Warning => "WARNING",
            Level::Note => "INFO",
        },
        "code": {"value": finding.rule},
    });
    if let Some(rule) = rule::named(finding.rule_name()) {
        diagnostic["code"]["url"] = json!(rule.url());
    }
    if let Some(edit) = &finding.edit {
        let at = json!({"line": edit.line, "column": edit.byte_column});
        diagnostic["suggestions"] = json!([{"range": {"start": at, "end": at}, "text": edit.text}]);
    }
    diagnostic
}
