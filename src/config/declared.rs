//! What `ropa.toml` declares, key by key. The register's JSON uses the same shapes.

use super::pattern::{FieldPattern, SourcePattern};
use super::short::{self, OrText, Short};
use crate::taxonomy::DataType;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// Who keeps the register, and what it says of all its activities and of none in particular.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Organisation {
    /// Legal name.
    pub name: Option<String>,
    /// Country of establishment, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Region or state.
    pub region: Option<String>,
    /// Main address.
    pub address: Option<String>,
    /// Further addresses.
    pub addresses: Vec<String>,
    /// Privacy mailbox.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Web address.
    pub web: Option<String>,
    /// Whether requests can be made by a web form.
    pub web_form: Option<bool>,
    /// Companies of the same group.
    pub affiliates: Vec<String>,
    /// Data protection officer.
    #[serde(deserialize_with = "short::one")]
    #[schemars(with = "Option<OrText<Contact>>")]
    pub dpo: Option<Contact>,
    /// Representative in the Union (Art. 27).
    #[serde(deserialize_with = "short::one")]
    #[schemars(with = "Option<OrText<Contact>>")]
    pub representative: Option<Contact>,
    /// Authorities and dispute bodies.
    #[serde(deserialize_with = "short::list")]
    #[schemars(with = "Vec<OrText<SupervisoryBody>>")]
    pub supervisory: Vec<SupervisoryBody>,
    /// Legal bases stated for no activity in particular.
    #[serde(deserialize_with = "short::list")]
    #[schemars(with = "Vec<OrText<LegalBasis>>")]
    pub legal_bases: Vec<LegalBasis>,
    /// Recipients stated for no activity in particular.
    #[serde(deserialize_with = "short::list")]
    #[schemars(with = "Vec<OrText<RecipientRef>>")]
    pub recipients: Vec<RecipientRef>,
    /// Transfers stated for no activity in particular.
    pub transfers: Vec<Transfer>,
    /// Retention stated for no activity in particular.
    pub retention: Vec<Retention>,
    /// Security measures stated for no activity in particular.
    #[serde(deserialize_with = "short::list")]
    #[schemars(with = "Vec<OrText<Measure>>")]
    pub security_measures: Vec<Measure>,
}

/// Someone to write to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Contact {
    /// Mail address.
    pub email: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Postal address.
    pub address: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// The companies they act for.
    pub entities: Vec<String>,
}

impl Short for Contact {
    fn from_short(text: String) -> Self {
        Self {
            email: Some(text),
            ..Self::default()
        }
    }
}

/// An organisation with its contacts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// Name.
    pub name: String,
    /// Mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// Postal address.
    #[serde(default)]
    pub address: Option<String>,
    /// Telephone.
    #[serde(default)]
    pub phone: Option<String>,
    /// Country, ISO 3166-1 alpha-2.
    #[serde(default)]
    pub country: Option<String>,
    /// Its representative.
    #[serde(default, deserialize_with = "short::one")]
    #[schemars(with = "Option<OrText<Contact>>")]
    pub representative: Option<Contact>,
    /// Its data protection officer.
    #[serde(default, deserialize_with = "short::one")]
    #[schemars(with = "Option<OrText<Contact>>")]
    pub dpo: Option<Contact>,
}

impl Short for Party {
    fn from_short(text: String) -> Self {
        Self {
            name: text,
            ..Self::default()
        }
    }
}

/// An authority or dispute body.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SupervisoryBody {
    /// Name.
    pub name: String,
    /// What it does for people.
    #[serde(default)]
    pub what: Option<String>,
}

impl Short for SupervisoryBody {
    fn from_short(text: String) -> Self {
        Self {
            name: text,
            what: None,
        }
    }
}

/// The organisation's role in an activity.
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
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Decides why and how.
    Controller,
    /// Decides so with others.
    JointController,
    /// Acts for a controller.
    Processor,
    /// Acts for a processor.
    SubProcessor,
    /// Nothing says.
    #[default]
    Unknown,
}

impl Role {
    /// The id used in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Role::Controller => "controller",
            Role::JointController => "joint_controller",
            Role::Processor => "processor",
            Role::SubProcessor => "sub_processor",
            Role::Unknown => "unknown",
        }
    }

    /// Whether Art. 30(2) is the one that applies.
    pub fn is_processor(self) -> bool {
        matches!(self, Role::Processor | Role::SubProcessor)
    }
}

/// A system: where data is, and whose it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// Its id.
    pub id: Id,
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// Sources that belong to it: paths, globs, URLs.
    #[serde(default)]
    pub paths: Vec<SourcePattern>,
    /// The organisation's role for the data in it.
    #[serde(default)]
    pub role: Role,
    /// For whom, as a processor.
    #[serde(default, deserialize_with = "short::list")]
    #[schemars(with = "Vec<OrText<Party>>")]
    pub on_behalf_of: Vec<Party>,
    /// Countries it runs in.
    #[serde(default)]
    pub hosting: Vec<String>,
    /// What protects it.
    #[serde(default, deserialize_with = "short::list")]
    #[schemars(with = "Vec<OrText<Measure>>")]
    pub security_measures: Vec<Measure>,
}

/// A processing activity as declared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Activity {
    /// Its id, stable.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Business function.
    #[serde(default)]
    pub business_function: Option<String>,
    /// Department.
    #[serde(default)]
    pub department: Option<String>,
    /// Who answers for it.
    #[serde(default)]
    pub owner: Option<String>,
    /// Whether it runs.
    #[serde(default)]
    pub status: Option<Status>,
    /// The organisation's role; left out: that of its systems.
    #[serde(default)]
    pub role: Option<Role>,
    /// For whom, as a processor.
    #[serde(default, deserialize_with = "short::list")]
    #[schemars(with = "Vec<OrText<Party>>")]
    pub on_behalf_of: Vec<Party>,
    /// With whom, as a joint controller.
    #[serde(default, deserialize_with = "short::list")]
    #[schemars(with = "Vec<OrText<Party>>")]
    pub joint_controllers: Vec<Party>,
    /// Systems it uses.
    #[serde(default)]
    pub systems: Vec<String>,
    /// Fields it uses.
    #[serde(default)]
    pub fields: Vec<FieldPattern>,
    /// Data types it uses.
    #[serde(default)]
    pub types: Vec<DataType>,
    /// Data that the organisation does not enumerate, in words.
    #[serde(default)]
    pub types_open: Option<String>,
    /// Whom the data is about.
    #[serde(default)]
    pub subjects: Vec<String>,
    /// Where the data comes from.
    #[serde(default)]
    pub source_of_data: Vec<String>,
    /// The same in words.
    #[serde(default)]
    pub source_detail: Option<String>,
    /// Why.
    #[serde(default, deserialize_with = "short::list")]
    #[schemars(with = "Vec<OrText<Purpose>>")]
    pub purposes: Vec<Purpose>,
    /// What a processor does with the data.
    #[serde(default)]
    pub processing_categories: Vec<String>,
    /// On which basis.
    #[serde(default, deserialize_with = "short::list")]
    #[schemars(with = "Vec<OrText<LegalBasis>>")]
    pub legal_bases: Vec<LegalBasis>,
    /// Conditions of Art. 9(2).
    #[serde(default)]
    pub art9_conditions: Vec<String>,
    /// Basis in law under Art. 10.
    #[serde(default)]
    pub art10_basis: Option<String>,
    /// Which legitimate interests.
    #[serde(default)]
    pub legitimate_interests: Option<String>,
    /// Their assessment.
    #[serde(default)]
    pub lia_link: Option<String>,
    /// Who gets the data.
    #[serde(default, deserialize_with = "short::list")]
    #[schemars(with = "Vec<OrText<RecipientRef>>")]
    pub recipients: Vec<RecipientRef>,
    /// Where it goes.
    #[serde(default)]
    pub transfers: Vec<Transfer>,
    /// How long it stays.
    #[serde(default)]
    pub retention: Vec<Retention>,
    /// What protects it.
    #[serde(default, deserialize_with = "short::list")]
    #[schemars(with = "Vec<OrText<Measure>>")]
    pub security_measures: Vec<Measure>,
    /// Rights that people have.
    #[serde(default)]
    pub rights: Vec<String>,
    /// Where the data is.
    #[serde(default)]
    pub locations: Vec<String>,
    /// When the activity happens at all.
    #[serde(default)]
    pub condition: Option<String>,
    /// Whether the person may leave the data out.
    #[serde(default)]
    pub optional: Option<bool>,
    /// Whether people are profiled.
    #[serde(default)]
    pub profiling: Option<bool>,
    /// Decisions without a person.
    #[serde(default)]
    pub automated_decisions: Option<AutomatedDecisions>,
    /// What the data is, or is never, tied to.
    #[serde(default)]
    pub linkage: Option<String>,
    /// How to say no.
    #[serde(default)]
    pub opt_out: Option<String>,
    /// Record of consent.
    #[serde(default)]
    pub consent_link: Option<String>,
    /// Contract with the processor.
    #[serde(default)]
    pub processor_contract_link: Option<String>,
    /// Impact assessment.
    #[serde(default)]
    pub dpia: Option<Dpia>,
    /// Breaches.
    #[serde(default)]
    pub breach: Option<Breach>,
    /// Policy document of the UK's Schedule 1.
    #[serde(default)]
    pub policy: Option<PolicyDocument>,
    /// Anything else.
    #[serde(default)]
    pub note: Option<String>,
    /// Since when, ISO 8601.
    #[serde(default)]
    pub created: Option<Date>,
    /// Last change, ISO 8601.
    #[serde(default)]
    pub updated: Option<Date>,
    /// Who looked at it last.
    #[serde(default)]
    pub reviewed_by: Option<String>,
}

/// Whether an activity runs.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Planned.
    Draft,
    /// Runs.
    Active,
    /// Over.
    Retired,
}

impl Status {
    /// The id used in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Status::Draft => "draft",
            Status::Active => "active",
            Status::Retired => "retired",
        }
    }
}

/// A purpose: an id of the vocabulary and the organisation's own words.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Id of the vocabulary, or own words.
    pub id: String,
    /// Own words.
    #[serde(default)]
    pub text: Option<String>,
}

impl Short for Purpose {
    fn from_short(text: String) -> Self {
        Self {
            id: text,
            text: None,
        }
    }
}

/// A legal basis, and at which level it was stated.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct LegalBasis {
    /// Id of the vocabulary.
    pub id: String,
    /// purpose, activity or document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<BasisLevel>,
    /// Where it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Short for LegalBasis {
    fn from_short(text: String) -> Self {
        Self {
            id: text,
            level: None,
            text: None,
        }
    }
}

/// The level at which a legal basis was stated.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum BasisLevel {
    /// For one purpose.
    Purpose,
    /// For the activity.
    Activity,
    /// For a whole document; never proof for one activity.
    Document,
}

/// A recipient as an activity names it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecipientRef {
    /// Id of a `[[recipient]]`, a category of the vocabulary, or own words.
    pub recipient: String,
    /// What it gets; empty: what the recipient's own entry says.
    #[serde(default)]
    pub data: Vec<DataType>,
    /// When.
    #[serde(default)]
    pub condition: Option<String>,
}

impl Short for RecipientRef {
    fn from_short(text: String) -> Self {
        Self {
            recipient: text,
            ..Self::default()
        }
    }
}

/// A transfer to a third country or international organisation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Transfer {
    /// Countries, ISO 3166-1 alpha-2, or organisations.
    pub to: Vec<String>,
    /// From where.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<String>,
    /// To which recipient.
    pub recipient: Option<String>,
    /// What covers it.
    pub safeguard: Option<String>,
    /// Where that is written down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// How long data stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Which data types; empty: all of the activity.
    pub data: Vec<DataType>,
    /// Whose.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<String>,
    /// How long.
    pub duration: Option<Duration>,
    /// Counted from which event.
    pub from: Option<String>,
    /// A criterion in place of a figure, or beside it.
    pub criterion: Option<String>,
    /// How exact the figure is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qualifier: Option<RetentionQualifier>,
    /// When it does not hold.
    pub exception: Option<String>,
    /// What happens then.
    pub after: Option<String>,
    /// Where it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<String>,
    /// Own words, where a person wrote the cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// How exact a retention figure is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RetentionQualifier {
    /// No longer than.
    UpTo,
    /// As a rule.
    Generally,
    /// At least.
    Minimum,
}

/// A security measure.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Kind of the vocabulary, or own words.
    pub kind: String,
    /// Own words.
    #[serde(default)]
    pub text: Option<String>,
}

impl Short for Measure {
    fn from_short(text: String) -> Self {
        Self {
            kind: text,
            text: None,
        }
    }
}

/// Decisions without a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AutomatedDecisions {
    /// Whether there are any.
    pub used: bool,
    /// Which.
    #[serde(default)]
    pub text: Option<String>,
}

/// Impact assessment (Art. 35).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Dpia {
    /// Whether one is required.
    pub required: Option<bool>,
    /// How far it is.
    pub progress: Option<Progress>,
    /// Where it is.
    pub link: Option<String>,
}

/// How far an assessment is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Not begun.
    NotStarted,
    /// Begun.
    InProgress,
    /// Done.
    Complete,
}

impl Progress {
    /// The id used in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Progress::NotStarted => "not_started",
            Progress::InProgress => "in_progress",
            Progress::Complete => "complete",
        }
    }
}

/// Personal data breaches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Breach {
    /// Whether one has occurred.
    pub occurred: Option<bool>,
    /// Its record.
    pub link: Option<String>,
}

/// The policy document that Schedule 1 of the UK Data Protection Act 2018 asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PolicyDocument {
    /// Condition of Schedule 1.
    pub sch1_condition: Option<String>,
    /// Retention and erasure policy.
    pub retention_policy_link: Option<String>,
    /// Whether it is kept.
    pub adheres: Option<bool>,
    /// Why not.
    pub reason: Option<String>,
}

/// A recipient.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// Its id.
    pub id: Id,
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// Category of the vocabulary.
    #[serde(default)]
    pub category: Option<String>,
    /// Its role; left out: the usual one of its category.
    #[serde(default)]
    pub role: Option<String>,
    /// Country, ISO 3166-1 alpha-2.
    #[serde(default)]
    pub country: Option<String>,
    /// Further countries.
    #[serde(default)]
    pub countries: Vec<String>,
    /// What reaches it.
    #[serde(default)]
    pub types: Vec<DataType>,
    /// For which purposes.
    #[serde(default)]
    pub purposes: Vec<String>,
    /// Further categories that it stands for.
    #[serde(default)]
    pub services: Vec<String>,
    /// When.
    #[serde(default)]
    pub condition: Option<String>,
    /// Up to what.
    #[serde(default)]
    pub limit: Option<String>,
    /// Whether it gets only what it needs.
    #[serde(default)]
    pub minimised: Option<bool>,
    /// Anything else.
    #[serde(default)]
    pub note: Option<String>,
}

/// How people are tracked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Tracking {
    /// Means of tracking.
    pub technologies: Vec<String>,
    /// first_party, third_party.
    pub parties: Vec<String>,
    /// What asks for consent.
    pub consent_tool: Option<String>,
    /// Whether the signal is honoured.
    pub do_not_track: Option<bool>,
    /// Whether people are followed across sites.
    pub cross_site: Option<bool>,
}

/// A class of cookies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cookie {
    /// Its id.
    pub id: Id,
    /// Class of the vocabulary.
    #[serde(default)]
    pub class: Option<String>,
    /// first_party or third_party.
    #[serde(default)]
    pub party: Option<String>,
    /// The organisation's name for it.
    #[serde(default)]
    pub label: Option<String>,
    /// What for, in words.
    #[serde(default)]
    pub purposes: Option<String>,
    /// Whether it can be refused.
    #[serde(default)]
    pub opt_out: Option<bool>,
}

/// A right that people are given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Right {
    /// Its id.
    pub id: Id,
    /// Right of the vocabulary.
    #[serde(default)]
    pub right: Option<String>,
    /// Where it holds.
    #[serde(default)]
    pub jurisdiction: Option<String>,
    /// How it is used.
    #[serde(default)]
    pub how: Option<String>,
    /// Time for the answer.
    #[serde(default)]
    pub deadline: Option<Duration>,
    /// What must be shown.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Its limits.
    #[serde(default)]
    pub limit: Option<String>,
    /// `false`: said not to be needed.
    #[serde(default)]
    pub offered: Option<bool>,
}

/// A rule about children.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChildRule {
    /// Its id.
    pub id: Id,
    /// Up to which age.
    #[serde(default)]
    pub age: Option<u8>,
    /// Where it holds.
    #[serde(default)]
    pub jurisdiction: Option<String>,
    /// What is said.
    #[serde(default)]
    pub statement: Option<String>,
    /// What is done.
    #[serde(default)]
    pub reaction: Option<String>,
}

/// A permission an application asks for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// Its id.
    pub id: Id,
    /// Whose permission.
    #[serde(default)]
    pub provider: Option<String>,
    /// Its name there.
    #[serde(default)]
    pub permission: Option<String>,
    /// The name that people see.
    #[serde(default)]
    pub label: Option<String>,
    /// read, write or read_write.
    #[serde(default)]
    pub access: Option<Access>,
    /// Whether it lasts while the person is away.
    #[serde(default)]
    pub offline: Option<bool>,
    /// What it opens.
    #[serde(default)]
    pub types: Vec<DataType>,
    /// About whom.
    #[serde(default)]
    pub subjects: Vec<String>,
    /// What for.
    #[serde(default)]
    pub purposes: Vec<String>,
    /// Its limits.
    #[serde(default)]
    pub limits: Vec<String>,
}

/// What a permission allows.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Reading.
    Read,
    /// Writing.
    Write,
    /// Both.
    ReadWrite,
}

/// An id: lower-case letters, digits, `_`, `.` and `-`, at most 64, beginning with a letter or digit.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct Id(String);

impl Id {
    /// An id, where the text is one.
    pub fn new(text: &str) -> Option<Self> {
        let first = text.bytes().next()?;
        let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let is_allowed = |b: u8| is_plain(b) || matches!(b, b'_' | b'.' | b'-');
        (text.len() <= 64 && is_plain(first) && text.bytes().all(is_allowed))
            .then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let expected =
            "not an id: a-z, 0-9, `_`, `.` and `-`, at most 64, beginning with a letter or digit";
        Self::new(&text).ok_or_else(|| serde::de::Error::custom(expected))
    }
}

/// A duration of the calendar, ISO 8601, such as `P3Y` or `P14D`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct Duration(String);

impl Duration {
    /// A duration, where the text is one.
    pub fn new(text: &str) -> Option<Self> {
        let span: jiff::Span = text.parse().ok()?;
        (text.starts_with('P') && !span.is_negative()).then(|| Self(text.to_owned()))
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As a span of the calendar.
    pub fn span(&self) -> jiff::Span {
        self.0.parse().expect("checked when it was made")
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).ok_or_else(|| {
            serde::de::Error::custom("not an ISO 8601 duration such as `P3Y`, `P6M` or `P14D`")
        })
    }
}

/// A day, ISO 8601, such as `2026-11-20`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct Date(String);

impl Date {
    /// A day, where the text is one.
    pub fn new(text: &str) -> Option<Self> {
        let date: jiff::civil::Date = text.parse().ok()?;
        (date.to_string() == text).then(|| Self(text.to_owned()))
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<jiff::civil::Date> for Date {
    fn from(date: jiff::civil::Date) -> Self {
        Self(date.to_string())
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text)
            .ok_or_else(|| serde::de::Error::custom("not a day in quotes such as \"2026-11-20\""))
    }
}
