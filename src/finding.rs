//! What detection stands for: evidence, confidence, and the fingerprint that survives moved lines.
//! Knows neither how a finding came about nor how it is shown.

use crate::taxonomy::DataType;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How sure ropa is, as shown; the score behind it is a calibrated probability.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Score from 0.3 and below 0.6: shown only when asked for.
    Possible,
    /// Score from 0.6 and below 0.9.
    Likely,
    /// Score from 0.9.
    Certain,
}

impl Confidence {
    /// The confidence of a score, `None` below what ropa would even call possible.
    pub fn of(score: f64) -> Option<Self> {
        match score {
            s if s >= 0.9 => Some(Self::Certain),
            s if s >= 0.6 => Some(Self::Likely),
            s if s >= 0.3 => Some(Self::Possible),
            _ => None,
        }
    }

    /// The id used in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// What kind of thing speaks for a finding.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceBy {
    /// The field's name.
    Name,
    /// What the dataset is about.
    Object,
    /// The declared type or a validator.
    Type,
    /// The values.
    Value,
    /// Words around, comments, sibling fields.
    Context,
    /// A tag in the source.
    Tag,
    /// A correction in `ropa.toml`.
    Correction,
}

/// One reason for a finding, in words; never holds a value.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
pub struct Evidence {
    /// What kind of reason.
    pub by: EvidenceBy,
    /// The detector, rule or vocabulary it comes from.
    pub detector: String,
    /// Why, for a person.
    pub why: String,
}

impl Evidence {
    /// A reason in words.
    pub fn new(by: EvidenceBy, detector: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            by,
            detector: detector.into(),
            why: why.into(),
        }
    }
}

/// What a field's tag says, against what was found.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TagState {
    /// Names a data type.
    Exact,
    /// Says only that it is personal.
    Generic,
    /// Says that it is not personal.
    None,
    /// Protected by a mechanism of the stack (masking, encryption).
    Masked,
    /// No tag.
    #[default]
    Untagged,
}

/// What is concluded of one field: a data type, how sure, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The data type.
    pub data_type: DataType,
    /// Calibrated probability that it is right.
    pub score: f64,
    /// The reasons, strongest first.
    pub evidence: Vec<Evidence>,
}

/// Identity of a finding: what and where by name, never the value nor a hash of it, never a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint<'a> {
    /// Rule id, or `found/<data type>` in inventories.
    pub rule: &'a str,
    /// Format of the source.
    pub format: &'a str,
    /// Path from the root, `/`-separated.
    pub path: &'a str,
    /// Fully qualified field; empty for free text.
    pub object: &'a str,
    /// The data type's key, or the id of a recipient or permission.
    pub key: &'a str,
    /// Count among equal tuples in the source, from 0.
    pub ordinal: usize,
}

impl Fingerprint<'_> {
    /// `ropaFingerprint/v1`: the first 32 hex digits of SHA-256 over the NUL-joined parts.
    pub fn hex(&self) -> String {
        let ordinal = self.ordinal.to_string();
        digest(&[
            "ropa-fp-1",
            self.rule,
            self.format,
            self.path,
            self.object,
            self.key,
            &ordinal,
        ])
    }

    /// `ropaObject/v1`: the same without the path, so that a moved file keeps its findings.
    pub fn object_hex(&self) -> String {
        let ordinal = self.ordinal.to_string();
        digest(&[
            "ropa-fp-1",
            self.rule,
            self.format,
            self.object,
            self.key,
            &ordinal,
        ])
    }
}

fn digest(parts: &[&str]) -> String {
    let hash = Sha256::digest(parts.join("\0").as_bytes());
    hash.iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLISHED: Fingerprint<'_> = Fingerprint {
        rule: "untagged/contact.email",
        format: "sql",
        path: "db/schema.sql",
        object: "public.users.email",
        key: "contact.email",
        ordinal: 0,
    };

    #[test]
    fn the_published_vector_holds() {
        assert_eq!(PUBLISHED.hex(), "1b3f21b81050414716801755929d133d");
    }

    #[test]
    fn the_object_vector_holds() {
        assert_eq!(PUBLISHED.object_hex(), "5c1f8d799822476db3a7a90ed79e8407");
    }
}
