//! The inventory: everything found, by source, dataset and field, as one versioned JSON document.
//! Two inventories merge (shards) and differ (revisions). Knows nothing of how findings came about.

use crate::finding::{Confidence, Evidence, TagState};
use crate::source::SourceKind;
use crate::taxonomy::{Category, DataType, Special};
use crate::value::Masked;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub mod difference;
pub mod places;

/// Version of the inventory document.
pub const SCHEMA: &str = "ropa-inventory/1";

/// The whole document.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Inventory {
    /// `ropa-inventory/1`.
    pub schema: String,
    /// The parts of a divided scan that are in here; empty where it is whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shards: Vec<Shard>,
    /// What was read, or not, and why.
    pub sources: Vec<SourceRecord>,
    /// Datasets with their fields.
    pub datasets: Vec<DatasetRecord>,
    /// Findings in free text.
    pub spans: Vec<SpanRecord>,
    /// Third parties.
    pub recipients: Vec<RecipientRecord>,
    /// Permissions asked for.
    pub permissions: Vec<PermissionRecord>,
    /// Where code sends personal data.
    pub flows: Vec<FlowRecord>,
    /// Cookies, pixels and the like.
    pub trackers: Vec<TrackerRecord>,
    /// Claims of notices held against the rest.
    pub claims: Vec<ClaimRecord>,
}

/// One part of a divided scan.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct Shard {
    /// Which part, from 1.
    pub index: usize,
    /// Of how many.
    pub of: usize,
}

/// How much of a source was read.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum CoverageId {
    /// All of it.
    Whole,
    /// A fair part by design.
    Sampled,
    /// Less than was meant.
    Partial,
    /// Nothing, by design.
    Skipped,
    /// Nothing, though it was meant to be read.
    Failed,
}

/// One thing read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct SourceRecord {
    /// Path from where ropa was run, or URL without credentials.
    pub source: String,
    /// What it is.
    pub source_kind: SourceKind,
    /// Format it was read as; null where nothing claimed it.
    pub format: Option<String>,
    /// How much was read.
    pub coverage: CoverageId,
    /// Why not all.
    pub reason: Option<String>,
    /// Size as stored.
    pub bytes: Option<u64>,
    /// Calls or statements not followed.
    pub unresolved: u64,
}

/// How the number of rows is known.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RowsBy {
    /// All were counted.
    Count,
    /// The catalogue estimates.
    Estimate,
    /// Only a sample was seen.
    Sample,
}

/// How the age of rows is known.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AgeBy {
    /// From the catalogue.
    Catalogue,
    /// MIN and MAX on an index.
    Index,
    /// Statistics kept in the file.
    Statistics,
    /// Seen in the scan.
    Scan,
}

/// A dataset of a source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DatasetRecord {
    /// The source it is in.
    pub source: String,
    /// Its name, schema-qualified as the source says it.
    pub dataset: String,
    /// Whom its rows are about (ids of the vocabulary).
    pub subjects: Vec<String>,
    /// Rows, where known.
    pub rows: Option<u64>,
    /// How they are known.
    pub rows_by: Option<RowsBy>,
    /// The field that dates a row.
    pub time_field: Option<String>,
    /// Date of the oldest row, ISO 8601.
    pub oldest: Option<String>,
    /// Date of the newest row, ISO 8601.
    pub newest: Option<String>,
    /// How the age is known.
    pub age_by: Option<AgeBy>,
    /// Other places of the same dataset.
    pub also_at: Vec<AlsoAt>,
    /// Fields that only this place has.
    pub only_here: Vec<String>,
    /// Fields declared otherwise elsewhere.
    pub differs: Vec<Differs>,
    /// Its fields, in the order of the source.
    pub fields: Vec<FieldRecord>,
}

/// Another place of the same dataset.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct AlsoAt {
    /// The source.
    pub source: String,
    /// The dataset's name there.
    pub dataset: String,
}

/// A field declared otherwise elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Differs {
    /// The field.
    pub field: String,
    /// Type here.
    #[serde(rename = "type")]
    pub declared_type: String,
    /// Type there.
    pub other_type: String,
    /// Where.
    pub other_source: String,
}

/// A field, once for each data type it holds; without one where nothing personal was found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FieldRecord {
    /// Path inside the dataset.
    pub field: String,
    /// Declared type as written.
    pub declared_type: Option<String>,
    /// What was found.
    pub data_type: Option<DataType>,
    /// Its category.
    pub category: Option<Category>,
    /// How sure.
    pub confidence: Option<Confidence>,
    /// The probability behind it, rounded to two places.
    pub score: Option<f64>,
    /// Whom it is about.
    pub subjects: Vec<String>,
    /// Laws under which it is special.
    pub special: Vec<Special>,
    /// What its tag says.
    pub tag: TagState,
    /// Line of its declaration; null where the source has none.
    pub line: Option<u64>,
    /// Values seen.
    pub rows: Option<u64>,
    /// Values that match.
    pub matched: Option<u64>,
    /// Masked shape of one value.
    pub masked: Option<Masked>,
    /// Why.
    pub evidence: Vec<Evidence>,
    /// Identity of the finding; null without a data type.
    pub fingerprint: Option<String>,
    /// What the tag names, as written in the taxonomy, where it names something.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tagged_as: Vec<DataType>,
    /// What detection finds where the tag says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detected: Option<DataType>,
    /// Purpose that the tag gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag_purpose: Option<String>,
    /// Retention that the tag gives, ISO 8601.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag_retention: Option<String>,
    /// Where the tag stands: comment, security label, struct tag, correction …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag_source: Option<String>,
}

/// A finding in free text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SpanRecord {
    /// The source.
    pub source: String,
    /// Line, from 1.
    pub line: u64,
    /// Byte offset into the decompressed source.
    pub start: u64,
    /// Byte offset of its end.
    pub end: u64,
    /// What was found.
    pub data_type: DataType,
    /// Its category.
    pub category: Category,
    /// How sure.
    pub confidence: Confidence,
    /// The probability behind it, rounded to two places.
    pub score: f64,
    /// Masked shape.
    pub masked: Option<Masked>,
    /// Identity of the finding.
    pub fingerprint: String,
    /// On the last of the first hundred of a source and data type: how many more there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<u64>,
}

/// A third party.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RecipientRecord {
    /// Its id.
    pub recipient: String,
    /// Its name.
    pub name: String,
    /// Category of the vocabulary.
    pub category: String,
    /// Usual or declared role.
    pub role: String,
    /// Head office, ISO 3166-1.
    pub country: Option<String>,
    /// declared, imported, used.
    pub seen_as: Vec<String>,
    /// What reaches it.
    pub data_types: Vec<DataType>,
    /// Where it was seen.
    pub places: Vec<RecipientPlace>,
    /// Whether the register names it; null without a `ropa.toml`.
    pub in_register: Option<bool>,
    /// Identity of the finding.
    pub fingerprint: String,
}

/// Where a recipient was seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct RecipientPlace {
    /// The source.
    pub source: String,
    /// Line, from 1.
    pub line: u64,
    /// manifest, import, call, host, env, terraform, config.
    pub by: String,
}

/// A permission an application asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PermissionRecord {
    /// The source.
    pub source: String,
    /// Line, from 1.
    pub line: u64,
    /// Whose permission.
    pub provider: String,
    /// Its id.
    pub permission: String,
    /// read, write or read_write.
    pub access: String,
    /// Whether it lasts while the person is away.
    pub offline: bool,
    /// What it opens.
    pub data_types: Vec<DataType>,
    /// About whom.
    pub subjects: Vec<String>,
    /// Whether the code uses less.
    pub broader_than_used: Option<bool>,
    /// Why.
    pub why: String,
    /// Identity of the finding.
    pub fingerprint: String,
}

/// A data type that code sends somewhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FlowRecord {
    /// The source of the sink.
    pub source: String,
    /// Its line, from 1.
    pub line: u64,
    /// What is sent.
    pub data_type: DataType,
    /// Of which dataset.
    pub dataset: Option<String>,
    /// Of which field.
    pub field: Option<String>,
    /// recipient, log, file or cookie.
    pub to: String,
    /// The recipient, where it is one.
    pub recipient: Option<String>,
    /// How sure.
    pub confidence: Confidence,
    /// From reading to the sink.
    pub steps: Vec<FlowStep>,
    /// Logs where the scan found it.
    pub seen_in: Vec<String>,
    /// Identity of the finding.
    pub fingerprint: String,
}

/// One step of a flow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct FlowStep {
    /// The source.
    pub source: String,
    /// Line, from 1.
    pub line: u64,
    /// read, assign, call, return or sink.
    pub what: String,
}

/// A cookie, pixel, tag or the like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrackerRecord {
    /// The source.
    pub source: String,
    /// Line, from 1.
    pub line: u64,
    /// Technology of the vocabulary.
    pub technology: String,
    /// Its name.
    pub name: String,
    /// Cookie class of the vocabulary.
    pub class: String,
    /// first_party or third_party.
    pub party: String,
    /// Who reads it.
    pub recipient: Option<String>,
    /// Identity of the finding.
    pub fingerprint: String,
}

/// A checkable sentence of a notice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClaimRecord {
    /// The notice.
    pub source: String,
    /// Line, from 1.
    pub line: u64,
    /// Byte offset.
    pub start: u64,
    /// Byte offset of its end.
    pub end: u64,
    /// Kind of the vocabulary.
    pub claim: String,
    /// What it is about.
    pub data_types: Vec<DataType>,
    /// Figure, such as an ISO 8601 duration.
    pub bound: Option<String>,
    /// supported, refuted, undecided or not_checkable.
    pub verdict: String,
    /// Why.
    pub evidence: Vec<Evidence>,
}

impl Inventory {
    /// An empty inventory of the current version.
    pub fn new() -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            ..Self::default()
        }
    }

    /// Whether a source was read less than meant (exit code 3).
    pub fn is_incomplete(&self) -> bool {
        self.sources
            .iter()
            .any(|s| matches!(s.coverage, CoverageId::Partial | CoverageId::Failed))
    }

    /// Every field with the dataset it belongs to.
    pub fn fields(&self) -> impl Iterator<Item = (&DatasetRecord, &FieldRecord)> {
        self.datasets
            .iter()
            .flat_map(|dataset| dataset.fields.iter().map(move |field| (dataset, field)))
    }

    /// The inventory as it is shown: findings from a confidence on; fields without one only with `all_fields`, and then
    /// without what is below it.
    pub fn shown(&self, from: Confidence, all_fields: bool) -> Inventory {
        let mut shown = self.clone();
        let is_shown = |field: &FieldRecord| field.confidence >= Some(from);
        for dataset in &mut shown.datasets {
            let found: std::collections::BTreeSet<String> = dataset
                .fields
                .iter()
                .filter(|f| is_shown(f))
                .map(|f| f.field.clone())
                .collect();
            let mut told = std::collections::BTreeSet::new();
            dataset.fields.retain_mut(|field| {
                if is_shown(field) {
                    return true;
                }
                let is_kept =
                    all_fields && !found.contains(&field.field) && told.insert(field.field.clone());
                *field = field.without_finding();
                is_kept
            });
        }
        shown.spans.retain(|span| span.confidence >= from);
        shown
    }

    /// Joins another inventory, of a shard or of other sources. What both have counts once.
    pub fn merge(&mut self, other: Inventory) {
        add_new(&mut self.sources, other.sources, |s| s.source.clone());
        add_new(&mut self.datasets, other.datasets, |d| {
            (d.source.clone(), d.dataset.clone())
        });
        add_new(&mut self.spans, other.spans, |s| {
            (s.source.clone(), s.start, s.end, s.data_type)
        });
        for recipient in other.recipients {
            self.merge_recipient(recipient);
        }
        add_new(&mut self.permissions, other.permissions, |p| {
            p.fingerprint.clone()
        });
        add_new(&mut self.flows, other.flows, |f| f.fingerprint.clone());
        add_new(&mut self.trackers, other.trackers, |t| {
            t.fingerprint.clone()
        });
        add_new(&mut self.claims, other.claims, |c| {
            (c.source.clone(), c.start, c.claim.clone())
        });
        add_new(&mut self.shards, other.shards, |shard| *shard);
        self.shards.sort();
        self.sort();
    }

    /// Ends a series of merges: joins datasets across the parts, and forgets the parts where none is missing.
    pub fn close(&mut self) {
        places::join(self);
        if self.missing_shards().is_empty() {
            self.shards.clear();
        }
    }

    /// The parts of a divided scan that are missing.
    pub fn missing_shards(&self) -> Vec<Shard> {
        let Some(of) = self.shards.first().map(|shard| shard.of) else {
            return Vec::new();
        };
        (1..=of)
            .map(|index| Shard { index, of })
            .filter(|shard| !self.shards.contains(shard))
            .collect()
    }

    /// Adds a recipient; of one that is known, what was not seen of it yet.
    fn merge_recipient(&mut self, told: RecipientRecord) {
        let same = |r: &&mut RecipientRecord| r.recipient == told.recipient;
        let Some(known) = self.recipients.iter_mut().find(same) else {
            self.recipients.push(told);
            return;
        };
        known.places.extend(told.places);
        known.places.sort();
        known.places.dedup();
        known.data_types.extend(told.data_types);
        known.data_types.sort();
        known.data_types.dedup();
        let in_order = ["declared", "imported", "used"].into_iter();
        let is_seen = |how: &&str| known.seen_as.iter().chain(&told.seen_as).any(|h| h == how);
        let seen = in_order.filter(is_seen).map(str::to_owned).collect();
        known.seen_as = seen;
        known.in_register = known.in_register.or(told.in_register);
    }

    /// Puts everything into the order the formats promise: source, dataset, field, line, start, data type.
    pub fn sort(&mut self) {
        self.sources.sort();
        self.datasets
            .sort_by(|a, b| (&a.source, &a.dataset).cmp(&(&b.source, &b.dataset)));
        self.spans.sort_by(|a, b| {
            (&a.source, a.line, a.start, a.data_type).cmp(&(
                &b.source,
                b.line,
                b.start,
                b.data_type,
            ))
        });
        self.recipients
            .sort_by(|a, b| a.recipient.cmp(&b.recipient));
        self.permissions.sort_by(|a, b| {
            (&a.source, a.line, &a.permission).cmp(&(&b.source, b.line, &b.permission))
        });
        self.flows.sort_by(|a, b| {
            (&a.source, a.line, a.data_type, &a.to).cmp(&(&b.source, b.line, b.data_type, &b.to))
        });
        self.trackers
            .sort_by(|a, b| (&a.source, a.line, &a.name).cmp(&(&b.source, b.line, &b.name)));
        self.claims
            .sort_by(|a, b| (&a.source, a.start).cmp(&(&b.source, b.start)));
    }
}

impl FieldRecord {
    /// The same field as if nothing had been found in it.
    fn without_finding(&self) -> Self {
        Self {
            data_type: None,
            category: None,
            confidence: None,
            score: None,
            special: Vec::new(),
            matched: None,
            masked: None,
            evidence: Vec::new(),
            fingerprint: None,
            ..self.clone()
        }
    }
}

fn add_new<T, K: Ord>(known: &mut Vec<T>, told: Vec<T>, key: impl Fn(&T) -> K) {
    let keys: std::collections::BTreeSet<K> = known.iter().map(&key).collect();
    known.extend(told.into_iter().filter(|item| !keys.contains(&key(item))));
}

/// A line of `--format jsonl`, for its published schema.
#[derive(JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(
    dead_code,
    reason = "only its schema is used; the report writes the same lines without building them"
)]
enum Line {
    Source(SourceRecord),
    Dataset(DatasetRecord),
    Field(FieldLine),
    Span(SpanRecord),
    Recipient(RecipientRecord),
    Permission(PermissionRecord),
    Flow(FlowRecord),
    Tracker(TrackerRecord),
    Claim(ClaimRecord),
}

#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct FieldLine {
    source: String,
    dataset: String,
    #[serde(flatten)]
    field: FieldRecord,
}

/// The JSON Schema of a line of `--format jsonl`.
pub fn jsonl_schema() -> schemars::Schema {
    schemars::schema_for!(Line)
}
