//! The gate: what of an inventory fails a check, and what of that is new. Policy and baseline in, findings out.
//! Knows nothing of formats of output, and of git only that an earlier state can be compared with.

use crate::config::{Config, FailOn};
use crate::finding::Confidence;
use crate::inventory::Inventory;
use crate::register::Register;
use crate::taxonomy::{DataType, Special};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;

pub mod baseline;
mod identity;
mod judge;
mod line_hash;
pub mod place;
pub mod policy;
mod retention;
pub mod rule;
mod suppression;

pub use judge::{correction, folded};
pub use policy::Policy;

/// Version of the findings document.
pub const SCHEMA: &str = "ropa-findings/1";

/// How serious a finding is; kept apart from how sure ropa is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Personal data.
    Warning,
    /// Special category, credential, government id or card.
    Error,
}

impl Level {
    /// All levels, the most serious first.
    pub const ALL: [Level; 3] = [Level::Error, Level::Warning, Level::Note];

    /// The id used in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }

    /// The level of a data type: error for Art. 9 and 10, credentials, government ids and cards.
    pub fn of(data_type: DataType) -> Self {
        let is_special = data_type
            .special()
            .iter()
            .any(|s| matches!(s, Special::Gdpr9 | Special::Gdpr10));
        let is_harmful = matches!(
            data_type.key(),
            "sensitive.credential" | "sensitive.government_id" | "financial.card_number"
        );
        if is_special || is_harmful {
            Level::Error
        } else {
            Level::Warning
        }
    }

    /// Whether it fails a check that fails on `least`.
    pub fn fails(self, least: FailOn) -> bool {
        match least {
            FailOn::Note => true,
            FailOn::Warning => self >= Level::Warning,
            FailOn::Error => self >= Level::Error,
            FailOn::Never => false,
        }
    }
}

/// Whether a finding counts.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It counts.
    New,
    /// It was there before.
    Baseline,
    /// A comment in the source accepts it.
    Suppressed,
}

impl State {
    /// The id used in JSON.
    pub fn id(self) -> &'static str {
        match self {
            State::New => "new",
            State::Baseline => "baseline",
            State::Suppressed => "suppressed",
        }
    }
}

/// The findings of a check.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Findings {
    /// `ropa-findings/1`.
    pub schema: String,
    /// All of them, the most serious first.
    pub findings: Vec<CheckFinding>,
    /// How many count, and how many do not.
    pub totals: Totals,
    /// Whether a source was read less than meant.
    pub incomplete: bool,
    /// The day that retention and expiry were judged on, where anything depends on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// What was judged and is well, for reports that list it.
    #[serde(skip)]
    pub clean: Vec<Clean>,
    /// Choices of the user for SARIF.
    #[serde(skip)]
    pub sarif: SarifChoices,
}

/// Choices for SARIF uploads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SarifChoices {
    /// Name of the run among others of the same commit.
    pub category: String,
    /// Put ropa's own fingerprint where the platform's line hash would stand.
    pub is_logical: bool,
}

/// A field that was judged and is well.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Clean {
    /// The source, from the root.
    pub source: String,
    /// Its line.
    pub line: Option<u64>,
    /// `dataset.field`.
    pub object: String,
    /// What it holds.
    pub data_type: Option<DataType>,
}

/// How many findings there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Totals {
    /// New errors.
    pub error: usize,
    /// New warnings.
    pub warning: usize,
    /// New notes.
    pub note: usize,
    /// Known before.
    pub baseline: usize,
    /// Accepted in the source.
    pub suppressed: usize,
}

impl Totals {
    /// All that count.
    pub fn new_findings(&self) -> usize {
        self.error + self.warning + self.note
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckFinding {
    /// `untagged/contact.email`: the rule and the data type, or the id of a recipient or permission.
    pub rule: String,
    /// What it is about.
    pub data_type: Option<DataType>,
    /// How serious.
    pub level: Level,
    /// Whether it counts.
    pub state: State,
    /// The source, from the root.
    pub source: String,
    /// Line, from 1; null where the source has none.
    pub line: Option<u64>,
    /// `dataset.field`; empty for free text.
    pub object: String,
    /// What is wrong.
    pub message: String,
    /// What to do, ready to paste where that can be.
    pub fix: String,
    /// `ropaFingerprint/v1`.
    pub fingerprint: String,
    /// `ropaObject/v1`.
    pub object_fingerprint: String,
    /// How sure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    /// Why it is taken for what it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<String>,
    /// Why it is accepted, where it does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who accepted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Where it stands on its line.
    #[serde(skip)]
    pub place: Option<place::OnLine>,
    /// The source as seen from where ropa runs.
    #[serde(skip)]
    pub shown: String,
    /// The source's format.
    #[serde(skip)]
    pub format: String,
    /// Whether its line is a declaration, which may be shown.
    #[serde(skip)]
    pub is_declared: bool,
    /// The tag that is missing.
    #[serde(skip)]
    pub missing: Option<MissingTag>,
    /// Where that tag goes, ready to put in.
    #[serde(skip)]
    pub edit: Option<Edit>,
    /// Hash of the line, as code-scanning platforms count it.
    #[serde(skip)]
    pub line_hash: Option<String>,
}

impl CheckFinding {
    /// The rule without what it is about.
    pub fn rule_name(&self) -> &str {
        self.rule.split('/').next().unwrap_or(&self.rule)
    }
}

/// A tag that a field lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingTag {
    /// The dataset.
    pub dataset: String,
    /// The field inside it.
    pub field: String,
    /// Its declared type.
    pub declared_type: Option<String>,
    /// What it holds, the surest first.
    pub types: Vec<DataType>,
}

/// A change of one line: text put in at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Line, from 1.
    pub line: u64,
    /// Column in characters, from 1.
    pub column: usize,
    /// Column in bytes, from 1.
    pub byte_column: usize,
    /// What goes there.
    pub text: String,
}

/// What a check needs to know.
pub struct Subject<'a> {
    /// What was found.
    pub inventory: &'a Inventory,
    /// What is declared; `None` without a `ropa.toml`.
    pub config: Option<&'a Config>,
    /// The register of both; `None` without a `ropa.toml`.
    pub register: Option<&'a Register>,
    /// What the team wants.
    pub policy: &'a Policy,
    /// The folder that paths count from.
    pub root: &'a Path,
    /// The day that counts as today.
    pub as_of: Date,
    /// The text of sources.
    pub texts: &'a dyn place::Texts,
}

/// Judges an inventory: every finding, with its place and identity, none of them accepted yet but by a comment in the source.
pub fn judge(subject: &Subject<'_>) -> Findings {
    let mut judged = judge::judge(subject);
    let mut findings = identity::identified(std::mem::take(&mut judged.alarms), subject.root);
    place::locate(&mut findings, subject.texts);
    suppression::apply(&mut findings, subject.texts);
    let mut result = Findings {
        schema: SCHEMA.to_owned(),
        findings,
        incomplete: subject.inventory.is_incomplete(),
        clean: judged.clean,
        ..Findings::default()
    };
    result.finish();
    result
}

impl Findings {
    /// Sorts and counts, after something was changed.
    pub fn finish(&mut self) {
        self.findings.sort_by(|a, b| {
            let key = |f: &CheckFinding| {
                (
                    std::cmp::Reverse(f.level),
                    f.source.clone(),
                    f.line,
                    f.object.clone(),
                    f.rule.clone(),
                    f.fingerprint.clone(),
                )
            };
            key(a).cmp(&key(b))
        });
        self.totals = Totals::default();
        for finding in &self.findings {
            let count = match (finding.state, finding.level) {
                (State::Baseline, _) => &mut self.totals.baseline,
                (State::Suppressed, _) => &mut self.totals.suppressed,
                (State::New, Level::Error) => &mut self.totals.error,
                (State::New, Level::Warning) => &mut self.totals.warning,
                (State::New, Level::Note) => &mut self.totals.note,
            };
            *count += 1;
        }
    }

    /// The findings that count.
    pub fn new_ones(&self) -> impl Iterator<Item = &CheckFinding> {
        self.findings.iter().filter(|f| f.state == State::New)
    }

    /// Whether the check fails: something new at or above a level. Stale entries of a baseline fail only a strict check.
    pub fn fails(&self, least: FailOn, is_strict: bool) -> bool {
        self.new_ones().any(|finding| {
            if finding.rule_name() == rule::STALE_BASELINE {
                is_strict
            } else {
                finding.level.fails(least)
            }
        })
    }
}

#[cfg(test)]
mod tests;
