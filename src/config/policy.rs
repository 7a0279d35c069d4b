//! `[check]` of `ropa.toml`: what must be tagged, what may be where, what may go where, how long rows may stay.
//! Says what is wanted; `check` decides what that means for an inventory.

use super::declared::Duration;
use super::pattern::{FieldPattern, SourcePattern};
use super::short::{self, OrText, TryShort};
use crate::taxonomy::{Category, DataType};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// When `ropa check` fails.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CheckConfig {
    /// The least confidence that counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_confidence: Option<MinConfidence>,
    /// The least level that fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_on: Option<FailOn>,
    /// Masking and encryption are no tags: such fields count as untagged.
    pub masked_is_untagged: bool,
    /// What must carry a tag; empty = all personal fields of sources that can carry tags. With `fields` also in
    /// sources that cannot, such as exports (there the tag is a correction).
    #[serde(deserialize_with = "short::list")]
    #[schemars(with = "Vec<OrText<MustTag>>")]
    pub must_tag: Vec<MustTag>,
    /// What must not occur.
    #[serde(deserialize_with = "short::list")]
    #[schemars(with = "Vec<OrText<Forbidden>>")]
    pub forbidden: Vec<Forbidden>,
    /// What logs may hold.
    pub allowed_in_logs: Vec<Kind>,
    /// Which data may go where.
    pub flows: Vec<FlowRule>,
    /// How long rows may stay, whatever activities say.
    pub retention: Vec<RetentionBound>,
}

/// Something that must carry a tag; a string stands for a data type or category.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MustTag {
    /// Data types or categories; empty = all.
    pub types: Vec<Kind>,
    /// In which fields; left out: in all sources that can carry tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<FieldPattern>,
}

/// Something that must not occur; a string stands for a data type or category, anywhere.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Forbidden {
    /// Data types or categories; empty = all.
    pub types: Vec<Kind>,
    /// In which sources; empty = anywhere.
    #[serde(rename = "in")]
    pub sources: Vec<SourcePattern>,
    /// In which fields; left out: in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<FieldPattern>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Which data may go somewhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FlowRule {
    /// Id of a recipient, or `log`, `file`, `cookie`; `*` = any recipient.
    pub to: String,
    /// What may go there, and nothing else; left out: anything that `forbidden` does not name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed: Option<Vec<Kind>>,
    /// What may not.
    #[serde(default)]
    pub forbidden: Vec<Kind>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How long rows may stay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RetentionBound {
    /// Data types or categories; empty = all.
    #[serde(default)]
    pub types: Vec<Kind>,
    /// In which fields; left out: in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<FieldPattern>,
    /// No longer than.
    pub max: Duration,
}

/// A data type, or a category with all its types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(with = "String")]
pub enum Kind {
    /// All types of a category.
    Category(Category),
    /// One type.
    Type(DataType),
}

impl Kind {
    /// Whether it covers a data type.
    pub fn covers(self, data_type: DataType) -> bool {
        match self {
            Kind::Category(category) => data_type.category() == category,
            Kind::Type(own) => own == data_type,
        }
    }

    /// Whether one of several covers a data type; none at all cover every one.
    pub fn any(kinds: &[Kind], data_type: DataType) -> bool {
        kinds.is_empty() || kinds.iter().any(|kind| kind.covers(data_type))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let category = text.strip_suffix(".*").unwrap_or(text);
        if let Some(category) = Category::from_id(category) {
            return Ok(Kind::Category(category));
        }
        DataType::from_key(text)
            .map(Kind::Type)
            .ok_or_else(|| crate::taxonomy::unknown_key(text))
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Kind::Category(category) => serializer.serialize_str(category.id()),
            Kind::Type(data_type) => data_type.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Kind::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// The short form of a table whose first key is a list of kinds. A word that is neither type nor category is refused.
fn short_kind(text: &str) -> Result<Vec<Kind>, String> {
    Kind::parse(text).map(|kind| vec![kind])
}

impl TryShort for MustTag {
    fn try_from_short(text: String) -> Result<Self, String> {
        Ok(Self {
            types: short_kind(&text)?,
            fields: None,
        })
    }
}

impl TryShort for Forbidden {
    fn try_from_short(text: String) -> Result<Self, String> {
        Ok(Self {
            types: short_kind(&text)?,
            ..Self::default()
        })
    }
}

/// The least confidence that counts.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MinConfidence {
    /// All that is shown at all.
    Possible,
    /// The default.
    Likely,
    /// Only what is sure.
    Certain,
}

/// The least level that fails a check.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FailOn {
    /// Anything at all.
    Note,
    /// Warnings and errors; the default.
    Warning,
    /// Errors only.
    Error,
    /// Nothing.
    Never,
}
