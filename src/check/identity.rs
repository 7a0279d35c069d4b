//! The identity of findings: rule, format, path, object and a count, never a line or a value.

use super::judge::Alarm;
use super::{CheckFinding, State};
use crate::finding::Fingerprint;
use crate::target;
use std::collections::HashMap;
use std::path::Path;

/// Rules whose findings have no path: a recipient is the same wherever it is used.
fn is_pathless(rule: &str) -> bool {
    rule == "undeclared-recipient"
}

/// What a finding is about without the name of its file: a file of records is a dataset of that name, and what stays the
/// same when it is renamed is the rest.
fn apart_from_file<'a>(object: &'a str, path: &str) -> &'a str {
    let file = path.rsplit(['/', '!']).next().unwrap_or(path);
    let rest = object.strip_prefix(file).and_then(|o| o.strip_prefix('.'));
    rest.unwrap_or(object)
}

/// Gives every alarm its identity. Equal ones in a source are counted in the order of their lines.
pub fn identified(mut alarms: Vec<Alarm>, root: &Path) -> Vec<CheckFinding> {
    alarms.sort_by(|a, b| a.order().cmp(&b.order()));
    let mut paths: HashMap<String, String> = HashMap::new();
    let mut ordinals: HashMap<(String, String, String), usize> = HashMap::new();
    let mut findings = Vec::with_capacity(alarms.len());
    for alarm in alarms {
        let path = paths
            .entry(alarm.source.clone())
            .or_insert_with(|| target::from_root(&alarm.source, root))
            .clone();
        let rule = format!("{}/{}", alarm.rule, alarm.key);
        let ordinal = ordinals
            .entry((rule.clone(), path.clone(), alarm.object.clone()))
            .or_default();
        let fingerprint = Fingerprint {
            rule: &rule,
            format: &alarm.format,
            path: if is_pathless(alarm.rule) { "" } else { &path },
            object: &alarm.object,
            key: &alarm.key,
            ordinal: *ordinal,
        };
        *ordinal += 1;
        let object_fingerprint = Fingerprint {
            object: apart_from_file(&alarm.object, &path),
            ..fingerprint
        };
        findings.push(CheckFinding {
            fingerprint: fingerprint.hex(),
            object_fingerprint: object_fingerprint.object_hex(),
            rule,
            data_type: alarm.data_type,
            level: alarm.level,
            state: State::New,
            source: path,
            line: alarm.line,
            object: alarm.object,
            message: alarm.message,
            fix: alarm.fix,
            confidence: alarm.confidence,
            why: alarm.why,
            reason: None,
            owner: None,
            place: None,
            shown: alarm.source,
            format: alarm.format,
            missing: alarm.missing,
            is_declared: alarm.is_declared,
            edit: None,
            line_hash: None,
        });
    }
    findings
}
