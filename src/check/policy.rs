//! What the team wants of a check: flags over `[check]` of `ropa.toml` over defaults, decided here and nowhere else.

use crate::config::{CheckConfig, Config, FailOn, Kind, MinConfidence};
use crate::finding::Confidence;
use crate::taxonomy::DataType;

/// What was said on the command line; it wins over `ropa.toml`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flags {
    /// The least confidence that counts.
    pub min_confidence: Option<Confidence>,
    /// The least level that fails.
    pub fail_on: Option<FailOn>,
    /// Masking is no tag.
    pub masked_is_untagged: bool,
}

/// What the team wants.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The least confidence that counts.
    pub min_confidence: Confidence,
    /// The least level that fails.
    pub fail_on: FailOn,
    /// Masking is no tag.
    pub masked_is_untagged: bool,
    /// The rest of `[check]`.
    pub rules: CheckConfig,
}

impl Policy {
    /// The policy of a configuration and flags.
    pub fn new(config: Option<&Config>, flags: Flags) -> Self {
        let rules = config.map(|c| c.check.clone()).unwrap_or_default();
        let declared = rules.min_confidence.map(|least| match least {
            MinConfidence::Possible => Confidence::Possible,
            MinConfidence::Likely => Confidence::Likely,
            MinConfidence::Certain => Confidence::Certain,
        });
        Self {
            min_confidence: flags
                .min_confidence
                .or(declared)
                .unwrap_or(Confidence::Likely),
            fail_on: flags.fail_on.or(rules.fail_on).unwrap_or(FailOn::Warning),
            masked_is_untagged: flags.masked_is_untagged || rules.masked_is_untagged,
            rules,
        }
    }

    /// Whether a data type must carry a tag where tags can stand.
    pub fn must_be_tagged(&self, data_type: DataType) -> bool {
        let mut general = self
            .rules
            .must_tag
            .iter()
            .filter(|m| m.fields.is_none())
            .peekable();
        general.peek().is_none() || general.any(|must| Kind::any(&must.types, data_type))
    }

    /// Whether a field must carry a tag wherever it is; the source as the configuration sees it.
    pub fn must_be_tagged_there(&self, source: &str, object: &str, data_type: DataType) -> bool {
        self.rules.must_tag.iter().any(|must| {
            let is_there = must
                .fields
                .as_ref()
                .is_some_and(|fields| fields.matches(source, object));
            is_there && Kind::any(&must.types, data_type)
        })
    }

    /// Whether logs may hold a data type.
    pub fn is_allowed_in_logs(&self, data_type: DataType) -> bool {
        self.rules
            .allowed_in_logs
            .iter()
            .any(|kind| kind.covers(data_type))
    }
}
