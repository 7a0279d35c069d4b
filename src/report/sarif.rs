//! `sarif`: the findings of a check as SARIF 2.1.0, for code scanning platforms and editors.

use super::{Options, Report, Subject};
use crate::check::{CheckFinding, Findings, Level, State, rule};
use crate::finding::Confidence;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The report.
pub struct Sarif;

/// Its entry in the list of reports.
pub static REPORT: Sarif = Sarif;

/// The published schema.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Longest text of a rule that GitHub takes.
const TEXT: usize = 1_024;

impl Report for Sarif {
    fn format(&self) -> &'static str {
        "sarif"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["sarif"]
    }

    fn renders(&self, subject: &Subject<'_>) -> bool {
        matches!(subject, Subject::Findings(_))
    }

    fn write(&self, subject: &Subject<'_>, _: &Options, out: &mut dyn Write) -> io::Result<()> {
        let Subject::Findings(findings) = subject else {
            return Ok(());
        };
        serde_json::to_writer_pretty(&mut *out, &document(findings))?;
        out.write_all(b"\n")
    }
}

fn document(findings: &Findings) -> Value {
    let rules = Rules::of(findings);
    let results: Vec<Value> = findings
        .findings
        .iter()
        .map(|finding| result(finding, &rules, findings))
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "ropa",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": rule::DOCS,
                "rules": rules.list,
            }},
            "automationDetails": {"id": format!("ropa/{}/", findings.sarif.category)},
            "columnKind": "unicodeCodePoints",
            "invocations": [{"executionSuccessful": !findings.incomplete}],
            "results": results,
        }],
    })
}

/// The rules that occur, each once, sorted by id.
struct Rules {
    list: Vec<Value>,
    places: BTreeMap<String, usize>,
}

impl Rules {
    fn of(findings: &Findings) -> Self {
        let mut by_id: BTreeMap<&str, &CheckFinding> = BTreeMap::new();
        for finding in &findings.findings {
            by_id.entry(&finding.rule).or_insert(finding);
        }
        let places = by_id
            .keys()
            .enumerate()
            .map(|(place, id)| ((*id).to_owned(), place))
            .collect();
        let list = by_id
            .values()
            .map(|finding| reporting_rule(finding))
            .collect();
        Self { list, places }
    }
}

fn reporting_rule(finding: &CheckFinding) -> Value {
    let name = finding.rule_name();
    let about = finding.rule.split_once('/').map_or("", |(_, key)| key);
    let Some(rule) = rule::named(name) else {
        return json!({"id": finding.rule});
    };
    let of = if about.is_empty() {
        String::new()
    } else {
        format!(": {about}")
    };
    let level = rule.level(finding.data_type);
    let mut tags = vec!["privacy".to_owned(), "personal-data".to_owned()];
    tags.extend(finding.data_type.map(|t| t.category().id().to_owned()));
    tags.extend(
        finding
            .data_type
            .iter()
            .flat_map(|t| t.special())
            .map(|s| s.id().to_owned()),
    );
    json!({
        "id": finding.rule,
        "name": pascal(&finding.rule),
        "shortDescription": {"text": cut(&format!("{}{of}", rule.title))},
        "fullDescription": {"text": cut(&rule.what)},
        "helpUri": rule.url(),
        "help": {
            "text": format!("{} {}\n\n{}", rule.what, rule.why, rule.fix),
            "markdown": format!("{}\n\n**Why**: {}\n\n**What to do**: {}\n\n[More]({})", rule.what, rule.why, rule.fix, rule.url()),
        },
        "defaultConfiguration": {"level": level.id()},
        "properties": {
            "tags": tags,
            "precision": precision(finding.confidence),
            "problem.severity": severity(level),
        },
    })
}

fn result(finding: &CheckFinding, rules: &Rules, findings: &Findings) -> Value {
    let mut result = Map::new();
    result.insert("ruleId".into(), json!(finding.rule));
    result.insert("ruleIndex".into(), json!(rules.places[&finding.rule]));
    result.insert("level".into(), json!(finding.level.id()));
    let text = format!("{}. {}", finding.message, finding.fix);
    result.insert("message".into(), json!({"text": text}));
    result.insert("locations".into(), json!([location(finding)]));
    result.insert(
        "partialFingerprints".into(),
        fingerprints(finding, findings.sarif.is_logical),
    );
    let state = if finding.state == State::Baseline {
        "unchanged"
    } else {
        "new"
    };
    result.insert("baselineState".into(), json!(state));
    if finding.state != State::New {
        let kind = if finding.state == State::Suppressed {
            "inSource"
        } else {
            "external"
        };
        let mut suppression = json!({"kind": kind, "status": "accepted"});
        if let Some(reason) = &finding.reason {
            suppression["justification"] = json!(reason);
        }
        result.insert("suppressions".into(), json!([suppression]));
    }
    if let Some(fix) = fix(finding) {
        result.insert("fixes".into(), json!([fix]));
    }
    if let Some(data_type) = finding.data_type {
        let mut properties = json!({"dataType": data_type.key()});
        if let Some(confidence) = finding.confidence {
            properties["confidence"] = json!(confidence.id());
        }
        result.insert("properties".into(), properties);
    }
    Value::Object(result)
}

/// Exactly one location. What has no file (a database) stands at the configuration that names it, line 1.
fn location(finding: &CheckFinding) -> Value {
    let is_file = !finding.source.contains("://") && finding.source != "-";
    let uri = if is_file {
        uri(&finding.source)
    } else {
        "ropa.toml".to_owned()
    };
    let line = finding.line.filter(|_| is_file).unwrap_or(1).max(1);
    let mut region = json!({"startLine": line});
    if let Some(place) = finding.place.as_ref().filter(|_| is_file) {
        region["startColumn"] = json!(place.column);
        region["endLine"] = json!(line);
        region["endColumn"] = json!(place.end_column);
    }
    let mut location = json!({
        "physicalLocation": {"artifactLocation": {"uri": uri}, "region": region},
    });
    if !finding.object.is_empty() {
        location["logicalLocations"] =
            json!([{"fullyQualifiedName": finding.object, "kind": "member"}]);
    }
    location
}

/// The path as a URI reference: bytes that a URI may not hold are escaped.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        let is_plain = byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte);
        if is_plain {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    // A colon in the first step would read as a scheme; it is escaped above.
    out
}

fn fingerprints(finding: &CheckFinding, is_logical: bool) -> Value {
    let mut all = json!({
        "ropaFingerprint/v1": finding.fingerprint,
        "ropaObject/v1": finding.object_fingerprint,
    });
    let slot = match is_logical {
        true => Some(format!("{}:1", &finding.fingerprint[..16])),
        false => finding.line_hash.clone(),
    };
    if let Some(slot) = slot {
        all["primaryLocationLineHash"] = json!(slot);
    }
    all
}

/// The tag to put in, where it is a change of the file at hand.
fn fix(finding: &CheckFinding) -> Option<Value> {
    let edit = finding.edit.as_ref()?;
    let region = json!({
        "startLine": edit.line,
        "startColumn": edit.column,
        "endLine": edit.line,
        "endColumn": edit.column,
    });
    Some(json!({
        "description": {"text": "Add the tag"},
        "artifactChanges": [{
            "artifactLocation": {"uri": uri(&finding.source)},
            "replacements": [{"deletedRegion": region, "insertedContent": {"text": edit.text}}],
        }],
    }))
}

fn precision(confidence: Option<Confidence>) -> &'static str {
    match confidence {
        Some(Confidence::Certain) => "very-high",
        Some(Confidence::Likely) | None => "high",
        Some(Confidence::Possible) => "medium",
    }
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "recommendation",
    }
}

fn cut(text: &str) -> String {
    text.chars().take(TEXT).collect()
}

/// `untagged/contact.email` as `UntaggedContactEmail`.
fn pascal(id: &str) -> String {
    let words = id.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .filter_map(|word| {
            let mut rest = word.chars();
            Some(rest.next()?.to_ascii_uppercase().to_string() + rest.as_str())
        })
        .collect()
}
