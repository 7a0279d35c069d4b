//! The baseline: what was there when a team began, one line a finding, with reason, owner and expiry.
//! Also compares with an earlier state of the same sources. Holds no value, line or date of its making.

use super::judge::the;
use super::rule::STALE_BASELINE;
use super::{CheckFinding, Findings, Level, State};
use crate::config::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Version of the file.
pub const SCHEMA: &str = "ropa-baseline/1";
/// Its usual name, in the root.
pub const FILE_NAME: &str = ".ropa-baseline.json";

/// What is accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// The entries, sorted.
    pub entries: Vec<Entry>,
}

/// One accepted finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// `ropaFingerprint/v1`.
    pub fp: String,
    /// `ropaObject/v1`.
    pub obj: String,
    /// Its rule.
    pub rule: String,
    /// Its source, from the root.
    pub path: String,
    /// What it is about.
    pub object: String,
    /// How many.
    pub n: usize,
    /// Why it is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who accepted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Until which day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
}

/// Why a baseline cannot be read. The text of the file is not repeated.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// No JSON of the right form.
    #[error(
        "not a baseline: line {0} is not what `ropa baseline update` writes (conflict marks? keep the lines of both sides, then `ropa baseline prune`)"
    )]
    Malformed(usize),
    /// Another version.
    #[error("a baseline of another version; this ropa reads {SCHEMA}")]
    Version,
}

#[derive(Deserialize)]
struct Document {
    schema: String,
    findings: Vec<Entry>,
}

impl Baseline {
    /// Reads the text of a file.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let document: Document = serde_json::from_str(text)
            .or_else(|error| united(text).ok_or(BaselineError::Malformed(error.line())))?;
        if document.schema != SCHEMA {
            return Err(BaselineError::Version);
        }
        Ok(Self {
            entries: document.findings,
        }
        .sorted())
    }

    /// Writes it: one entry a line, so that merges and diffs stay small.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "{{\"schema\":\"{SCHEMA}\",\"findings\":[")?;
        for (i, entry) in self.entries.iter().enumerate() {
            out.write_all(if i == 0 { b"\n" } else { b",\n" })?;
            serde_json::to_writer(&mut *out, entry)?;
        }
        out.write_all(if self.entries.is_empty() {
            b"]}\n"
        } else {
            b"\n]}\n"
        })
    }

    /// What stands in findings now, and what lies outside of what was scanned. Reasons, owners and expiries of what was
    /// there before stay, also where it moved.
    pub fn updated(&self, findings: &Findings, is_in_scope: &dyn Fn(&str) -> bool) -> Self {
        let mut kept = Matching::new(self, None);
        let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
        let wanted = findings
            .findings
            .iter()
            .filter(|f| f.state != State::Suppressed && f.rule_name() != STALE_BASELINE);
        let found: Vec<&CheckFinding> = wanted.collect();
        let matches = kept.all(&found);
        for (finding, known) in found.into_iter().zip(matches) {
            let known = known.map(|at| &self.entries[at]);
            let entry = entries
                .entry(finding.fingerprint.clone())
                .or_insert_with(|| Entry {
                    fp: finding.fingerprint.clone(),
                    obj: finding.object_fingerprint.clone(),
                    rule: finding.rule.clone(),
                    path: finding.source.clone(),
                    object: finding.object.clone(),
                    n: 0,
                    reason: known.and_then(|k| k.reason.clone()),
                    owner: known.and_then(|k| k.owner.clone()),
                    expires: known.and_then(|k| k.expires.clone()),
                });
            entry.n += 1;
        }
        let outside = self.entries.iter().filter(|e| !is_in_scope(&e.path));
        for entry in outside {
            entries
                .entry(entry.fp.clone())
                .or_insert_with(|| entry.clone());
        }
        Self {
            entries: entries.into_values().collect(),
        }
        .sorted()
    }

    /// Only what still has a finding, or lies outside of what was scanned.
    pub fn pruned(&self, findings: &Findings, is_in_scope: &dyn Fn(&str) -> bool) -> Self {
        let found: Vec<&CheckFinding> = findings.findings.iter().collect();
        let mut matching = Matching::new(self, None);
        matching.all(&found);
        let kept = self
            .entries
            .iter()
            .enumerate()
            .filter(|(at, entry)| matching.left[*at] < entry.n || !is_in_scope(&entry.path));
        Self {
            entries: kept.map(|(_, entry)| entry.clone()).collect(),
        }
        .sorted()
    }

    fn sorted(mut self) -> Self {
        let key = |e: &Entry| {
            (
                e.path.clone(),
                e.object.clone(),
                e.rule.clone(),
                e.fp.clone(),
            )
        };
        self.entries.sort_by_key(key);
        // Both sides of a merge may have brought the same entry: the one with more said of it stays.
        self.entries.dedup_by(|next, first| {
            let is_same = next.fp == first.fp;
            if is_same {
                first.n = first.n.max(next.n);
                first.reason = first.reason.take().or(next.reason.take());
                first.owner = first.owner.take().or(next.owner.take());
                first.expires = first.expires.take().or(next.expires.take());
            }
            is_same
        });
        self
    }
}

/// A file in which git put both sides of a merge one after the other (`merge=union`): every line is an entry all the same,
/// only commas and brackets may be amiss.
fn united(text: &str) -> Option<Document> {
    let mut lines = text.lines();
    let schema = lines.next()?.contains(SCHEMA).then(|| SCHEMA.to_owned())?;
    let is_entry = |line: &&str| !matches!(*line, "" | "]}" | "]");
    let findings = lines
        .map(|line| line.trim().trim_end_matches(','))
        .filter(is_entry)
        .map(|line| serde_json::from_str(line).ok())
        .collect::<Option<Vec<Entry>>>()?;
    Some(Document { schema, findings })
}

/// Findings held against entries: first by fingerprint, then by object for what moved.
struct Matching<'a> {
    baseline: &'a Baseline,
    by_fp: BTreeMap<&'a str, usize>,
    by_obj: BTreeMap<&'a str, Vec<usize>>,
    /// How often each entry can still match.
    left: Vec<usize>,
    /// Entries past this day match nothing.
    as_of: Option<Date>,
}

impl<'a> Matching<'a> {
    fn new(baseline: &'a Baseline, as_of: Option<Date>) -> Self {
        let mut by_fp = BTreeMap::new();
        let mut by_obj: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, entry) in baseline.entries.iter().enumerate() {
            by_fp.insert(entry.fp.as_str(), at);
            by_obj.entry(entry.obj.as_str()).or_default().push(at);
        }
        Self {
            baseline,
            by_fp,
            by_obj,
            left: baseline.entries.iter().map(|e| e.n).collect(),
            as_of,
        }
    }

    /// The entry of each finding.
    fn all(&mut self, findings: &[&CheckFinding]) -> Vec<Option<usize>> {
        let mut matched: Vec<Option<usize>> = findings
            .iter()
            .map(|f| self.take(self.by_fp.get(f.fingerprint.as_str()).copied()?))
            .collect();
        for (finding, matched) in findings.iter().zip(&mut matched) {
            if matched.is_none() {
                let moved = self.by_obj.get(finding.object_fingerprint.as_str());
                let free = moved.into_iter().flatten().copied().find(|at| {
                    self.left[*at] == self.baseline.entries[*at].n && !self.is_over(*at)
                });
                *matched = free.and_then(|at| self.take(at));
            }
        }
        matched
    }

    fn take(&mut self, at: usize) -> Option<usize> {
        if self.left[at] == 0 || self.is_over(at) {
            return None;
        }
        self.left[at] -= 1;
        Some(at)
    }

    fn is_over(&self, at: usize) -> bool {
        let expires = &self.baseline.entries[at].expires;
        // Days in ISO 8601 order as texts do.
        matches!((expires, &self.as_of), (Some(day), Some(today)) if day < today)
    }
}

impl Findings {
    /// Accepts what a baseline holds. Its entries that match nothing are told, as far as they lie in what was scanned.
    pub fn accept(
        &mut self,
        baseline: &Baseline,
        as_of: &Date,
        is_in_scope: &dyn Fn(&str) -> bool,
    ) {
        let mut matching = Matching::new(baseline, Some(as_of.clone()));
        let matches = {
            let open: Vec<&CheckFinding> = self.new_ones().collect();
            matching.all(&open)
        };
        let open = self.findings.iter_mut().filter(|f| f.state == State::New);
        for (finding, matched) in open.zip(matches) {
            match matched.map(|at| &baseline.entries[at]) {
                Some(entry) => {
                    finding.state = State::Baseline;
                    finding.reason = entry.reason.clone();
                    finding.owner = entry.owner.clone();
                }
                None => {
                    let known = matching.by_fp.get(finding.fingerprint.as_str());
                    let over = known.filter(|at| matching.is_over(**at));
                    if let Some(day) = over.and_then(|at| baseline.entries[*at].expires.as_ref()) {
                        finding.message.push_str(&format!(
                            "; the baseline accepted it until {}",
                            day.as_str()
                        ));
                    }
                }
            }
        }
        let stale: Vec<CheckFinding> = baseline
            .entries
            .iter()
            .enumerate()
            .filter(|(at, entry)| {
                matching.left[*at] == entry.n && !matching.is_over(*at) && is_in_scope(&entry.path)
            })
            .map(|(_, entry)| stale(entry))
            .collect();
        self.findings.extend(stale);
        if baseline.entries.iter().any(|e| e.expires.is_some()) {
            self.as_of = Some(as_of.as_str().to_owned());
        }
        self.finish();
    }

    /// Accepts what an earlier state of the same sources already had.
    pub fn accept_earlier(&mut self, earlier: &Findings, what: &str) {
        let before = Baseline::default().updated(earlier, &|_| true);
        let mut matching = Matching::new(&before, None);
        let matches = {
            let open: Vec<&CheckFinding> = self.new_ones().collect();
            matching.all(&open)
        };
        let open = self.findings.iter_mut().filter(|f| f.state == State::New);
        for (finding, matched) in open.zip(matches) {
            if matched.is_some() {
                finding.state = State::Baseline;
                finding.reason = Some(what.to_owned());
            }
        }
        self.finish();
    }
}

fn stale(entry: &Entry) -> CheckFinding {
    let about = if entry.object.is_empty() {
        &entry.path
    } else {
        &entry.object
    };
    CheckFinding {
        rule: STALE_BASELINE.to_owned(),
        data_type: None,
        level: Level::Note,
        state: State::New,
        source: entry.path.clone(),
        line: None,
        object: entry.object.clone(),
        message: format!(
            "the baseline accepts {} of `{about}`, which is no longer there",
            entry.rule
        ),
        fix: the(STALE_BASELINE).fix.clone(),
        fingerprint: entry.fp.clone(),
        object_fingerprint: entry.obj.clone(),
        confidence: None,
        why: Vec::new(),
        reason: entry.reason.clone(),
        owner: entry.owner.clone(),
        place: None,
        shown: entry.path.clone(),
        format: String::new(),
        missing: None,
        is_declared: false,
        edit: None,
        line_hash: None,
    }
}
