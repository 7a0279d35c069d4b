//! The register of processing activities (GDPR Art. 30): what `ropa.toml` declares, what notices document and what scans
//! show, each cell with its origin. A scan only fills what people left open and never invents a legal basis.
//! Knows no layout of any authority: those are reports.

use crate::config::{
    AutomatedDecisions, Breach, ChildRule, Contact, Cookie, Date, Dpia, LegalBasis, Measure,
    Organisation, Party, PolicyDocument, Purpose, Retention, Right, Role, Status, Tracking,
    Transfer,
};
use crate::inventory::Inventory;
use crate::taxonomy::{DataType, Special};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

mod assign;
mod build;
mod country;
pub mod difference;
mod gap;
pub mod given;
mod implied;
mod infer;
mod row;
mod safeguard;

pub use country::{has_adequacy, is_eea};
pub use gap::{filled as filled_text, gap_texts};
pub use safeguard::is_valid as safeguard_is_valid;

/// Version of the register document.
pub const SCHEMA: &str = "ropa-register/1";

/// The whole register.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Register {
    /// `ropa-register/1`.
    pub schema: String,
    /// The day that validity is judged on, ISO 8601.
    pub as_of: String,
    /// Who keeps it, with what is said of all activities and of none in particular.
    pub organisation: Organisation,
    /// The activities: declared ones in the order of the file, then documented and inferred ones.
    pub activities: Vec<ProcessingActivity>,
    /// Personal data without a documented purpose.
    pub unassigned: Vec<Unassigned>,
    /// Every recipient, declared or seen.
    pub recipients: Vec<Recipient>,
    /// Permissions, declared or seen.
    pub permissions: Vec<Cell<Permission>>,
    /// Rights that people are given.
    pub rights: Vec<Right>,
    /// Classes of cookies.
    pub cookies: Vec<Cookie>,
    /// How people are tracked.
    pub tracking: Tracking,
    /// Rules about children.
    pub child_rules: Vec<ChildRule>,
    /// What the law asks for and the register lacks.
    pub gaps: Vec<Gap>,
    /// What people wrote of the organisation in a workbook stands above; here, by cell, what `ropa.toml` says instead.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub own_words: BTreeMap<String, String>,
    /// Where people and evidence disagree; people win.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
}

/// Where a cell comes from.
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
pub enum Origin {
    /// A person wrote it: `ropa.toml` or a filled-in workbook.
    Declared,
    /// A notice says it.
    Documented,
    /// A scan shows it, or a rule concludes it.
    #[default]
    Inferred,
}

impl Origin {
    /// The id used in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Origin::Declared => "declared",
            Origin::Documented => "documented",
            Origin::Inferred => "inferred",
        }
    }
}

/// A cell of a row: its value, and its origin and reason where they are not the row's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cell<T> {
    /// What stands in it.
    #[serde(flatten)]
    pub value: T,
    /// Where it comes from, if not from where its row does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Why, where that needs saying.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl<T> Cell<T> {
    /// A cell that comes from where its row does.
    pub fn of_row(value: T) -> Self {
        Self {
            value,
            origin: None,
            why: None,
        }
    }

    /// A cell with its own origin and reason.
    pub fn from(origin: Origin, value: T, why: impl Into<String>) -> Self {
        Self {
            value,
            origin: Some(origin),
            why: Some(why.into()),
        }
    }
}

/// One row of the register.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ProcessingActivity {
    /// Stable id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Where the row comes from.
    pub origin: Origin,
    /// Cells of a single value or of plain words whose origin is not the row's, by key.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub origins: BTreeMap<String, Origin>,
    /// Whether it runs.
    pub status: Option<Status>,
    /// Business function.
    pub business_function: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The organisation's role.
    pub role: Role,
    /// For whom, as a processor.
    pub on_behalf_of: Vec<Party>,
    /// With whom, as a joint controller.
    pub joint_controllers: Vec<Party>,
    /// What a processor does with the data.
    pub processing_categories: Vec<String>,
    /// Systems it uses.
    pub systems: Vec<String>,
    /// Whom the data is about.
    pub subjects: Vec<String>,
    /// Which data, and the fields that prove it.
    pub data: Vec<Cell<ActivityData>>,
    /// Data that the organisation does not enumerate, in words.
    pub types_open: Option<String>,
    /// Where the data comes from.
    pub source_of_data: Vec<String>,
    /// The same in words.
    pub source_detail: Option<String>,
    /// Why.
    pub purposes: Vec<Cell<Purpose>>,
    /// On which basis; only what people or notices said.
    pub legal_bases: Vec<Cell<LegalBasis>>,
    /// Conditions of Art. 9(2).
    pub art9_conditions: Vec<String>,
    /// Basis in law under Art. 10.
    pub art10_basis: Option<String>,
    /// Which legitimate interests.
    pub legitimate_interests: Option<String>,
    /// Their assessment.
    pub lia_link: Option<String>,
    /// Who gets the data.
    pub recipients: Vec<Cell<ActivityRecipient>>,
    /// Where it goes.
    pub transfers: Vec<Cell<ActivityTransfer>>,
    /// How long it stays.
    pub retention: Vec<Cell<Retention>>,
    /// What protects it.
    pub security_measures: Vec<Cell<Measure>>,
    /// Rights that people have.
    pub rights: Vec<String>,
    /// Where the data is.
    pub locations: Vec<String>,
    /// When the activity happens at all.
    pub condition: Option<String>,
    /// Whether the person may leave the data out.
    pub optional: Option<bool>,
    /// Whether people are profiled.
    pub profiling: Option<bool>,
    /// Decisions without a person.
    pub automated_decisions: Option<AutomatedDecisions>,
    /// What the data is, or is never, tied to.
    pub linkage: Option<String>,
    /// How to say no.
    pub opt_out: Option<String>,
    /// Record of consent.
    pub consent_link: Option<String>,
    /// Contract with the processor.
    pub processor_contract_link: Option<String>,
    /// Impact assessment.
    pub dpia: Option<Dpia>,
    /// Breaches.
    pub breach: Option<Breach>,
    /// Policy document of the UK's Schedule 1.
    pub policy: Option<PolicyDocument>,
    /// Anything else.
    pub note: Option<String>,
    /// Since when.
    pub created: Option<Date>,
    /// Last change.
    pub updated: Option<Date>,
    /// Who looked at it last.
    pub reviewed_by: Option<String>,
    /// Cells as a person wrote them in a workbook, line by line, by key; shown as they are.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub own_words: BTreeMap<String, Vec<String>>,
    /// What might fill an empty cell; a person must decide.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<Suggestion>,
    /// Why cells say what they say.
    pub evidence: Vec<CellEvidence>,
}

impl ProcessingActivity {
    /// Where a cell comes from.
    pub fn origin_of<T>(&self, cell: &Cell<T>) -> Origin {
        cell.origin.unwrap_or(self.origin)
    }

    /// Where a cell without items of its own comes from, by its key.
    pub fn origin_at(&self, key: &str) -> Origin {
        self.origins.get(key).copied().unwrap_or(self.origin)
    }

    /// Whether it holds a data type that a law makes special.
    pub fn has_special(&self, special: Special) -> bool {
        self.data.iter().any(|d| d.value.special.contains(&special))
    }

    /// Notes that a cell does not come from where its row does, and why.
    fn mark(&mut self, key: &str, origin: Origin, why: impl Into<String>) {
        if origin != self.origin {
            self.origins.insert(key.to_owned(), origin);
        }
        self.evidence.push(CellEvidence {
            cell: key.to_owned(),
            why: why.into(),
            places: Vec::new(),
        });
    }
}

/// Data of an activity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ActivityData {
    /// Data type.
    #[serde(rename = "type")]
    pub data_type: DataType,
    /// Fields that hold it, as `source:dataset.field`; a text by its source alone.
    #[serde(default)]
    pub fields: Vec<String>,
    /// Laws under which it is special.
    #[serde(default)]
    pub special: Vec<Special>,
}

/// A recipient of an activity.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ActivityRecipient {
    /// Its id, or the words used for it.
    pub recipient: String,
    /// Its name.
    pub name: String,
    /// Category of the vocabulary.
    pub category: Option<String>,
    /// Its role.
    pub role: Option<String>,
    /// Where it is.
    pub country: Option<String>,
    /// What it gets.
    pub data: Vec<DataType>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
}

/// A transfer of an activity, judged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ActivityTransfer {
    /// What is said of it.
    #[serde(flatten)]
    pub transfer: Transfer,
    /// Whether its safeguard holds on the register's day; null where none is named or nothing tells.
    #[serde(default)]
    pub valid: Option<bool>,
}

/// A recipient of the whole register.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Recipient {
    /// Its id.
    pub recipient: String,
    /// Its name.
    pub name: String,
    /// Category of the vocabulary.
    pub category: Option<String>,
    /// Further categories that it stands for.
    pub services: Vec<String>,
    /// Its role.
    pub role: Option<String>,
    /// Countries it is in.
    pub countries: Vec<String>,
    /// What reaches it.
    pub data: Vec<DataType>,
    /// For which purposes.
    pub purposes: Vec<String>,
    /// When.
    pub condition: Option<String>,
    /// Up to what.
    pub limit: Option<String>,
    /// Whether it gets only what it needs.
    pub minimised: Option<bool>,
    /// Anything else.
    pub note: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// Activities that name it.
    pub activities: Vec<String>,
    /// Where it was seen, as `source:line`.
    pub places: Vec<String>,
}

/// A permission of the whole register.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Permission {
    /// Its id.
    pub id: String,
    /// Whose permission.
    pub provider: Option<String>,
    /// Its name there.
    pub permission: Option<String>,
    /// The name that people see.
    pub label: Option<String>,
    /// read, write or read_write.
    pub access: Option<String>,
    /// Whether it lasts while the person is away.
    pub offline: Option<bool>,
    /// What it opens.
    pub types: Vec<DataType>,
    /// About whom.
    pub subjects: Vec<String>,
    /// What for.
    pub purposes: Vec<String>,
    /// Its limits.
    pub limits: Vec<String>,
    /// Where it was seen, as `source:line`.
    pub places: Vec<String>,
}

/// A field that no activity claims.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Unassigned {
    /// `source:dataset.field`, or the source of a text.
    pub field: String,
    /// What it holds.
    pub data_type: DataType,
    /// Whom it is about.
    #[serde(default)]
    pub subjects: Vec<String>,
    /// The inferred activity that it stands under.
    #[serde(default)]
    pub activity: Option<String>,
}

/// What the law asks for and the register lacks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// The activity; null where it is about the whole register.
    pub activity: Option<String>,
    /// The cell.
    pub field: String,
    /// Article and law.
    pub article: String,
    /// How much it matters.
    pub level: GapLevel,
    /// What is missing and what to do.
    pub text: String,
    /// The kind of gap, by which other languages say it.
    #[serde(default)]
    pub code: String,
    /// What stands in its text, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, Vec<String>>,
}

/// How much a gap matters.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum GapLevel {
    /// The law asks for it: fails the check.
    Error,
    /// The law asks for it where possible, or for its special data.
    Warning,
    /// Worth a look.
    Note,
}

impl GapLevel {
    /// The id used in JSON.
    pub fn id(self) -> &'static str {
        match self {
            GapLevel::Error => "error",
            GapLevel::Warning => "warning",
            GapLevel::Note => "note",
        }
    }
}

/// What might fill an empty cell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Suggestion {
    /// The cell.
    pub cell: String,
    /// The value.
    pub value: String,
    /// Why.
    pub why: String,
}

/// Why a cell says what it says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct CellEvidence {
    /// The cell.
    pub cell: String,
    /// The reason.
    pub why: String,
    /// Where.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
}

/// Where a person's cell and the evidence disagree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Conflict {
    /// The activity.
    pub activity: String,
    /// The cell.
    pub field: String,
    /// What the person wrote; it stands.
    pub kept: String,
    /// What the scan says now.
    pub scanned: String,
    /// What happened.
    pub text: String,
}

impl Register {
    /// Whether Art. 30 is met: no gap of level error.
    pub fn is_complete(&self) -> bool {
        self.gaps.iter().all(|gap| gap.level != GapLevel::Error)
    }

    /// Judges transfers and gaps anew, after people have filled cells.
    pub fn recheck(&mut self, inventory: &Inventory) {
        let as_of: jiff::civil::Date = self
            .as_of
            .parse()
            .expect("the register's day was made from a date");
        for cell in self.activities.iter_mut().flat_map(|a| &mut a.transfers) {
            cell.value.valid = safeguard_is_valid(&cell.value.transfer, as_of);
        }
        self.gaps = gap::gaps(self, inventory, as_of);
    }

    /// The activity of an id.
    pub fn activity(&self, id: &str) -> Option<&ProcessingActivity> {
        self.activities.iter().find(|a| a.id == id)
    }

    /// Keeps the activities of a kind of role: Art. 30(1) and 30(2) ask for two records.
    pub fn of_role(&self, is_wanted: impl Fn(Role) -> bool) -> Register {
        let mut register = self.clone();
        register.activities.retain(|a| is_wanted(a.role));
        let ids: std::collections::BTreeSet<String> =
            register.activities.iter().map(|a| a.id.clone()).collect();
        register
            .gaps
            .retain(|gap| gap.activity.as_ref().is_none_or(|id| ids.contains(id)));
        register
            .unassigned
            .retain(|u| u.activity.as_ref().is_none_or(|id| ids.contains(id)));
        register.conflicts.retain(|c| ids.contains(&c.activity));
        register
    }

    /// The date of the newest activity, for documents that carry a date of their own.
    pub fn newest_date(&self) -> Option<&Date> {
        self.activities
            .iter()
            .flat_map(|a| [a.updated.as_ref(), a.created.as_ref()])
            .flatten()
            .max()
    }
}

/// What to call an organisation's contact.
pub fn contact_name(contact: &Contact) -> Option<&str> {
    contact
        .name
        .as_deref()
        .or(contact.title.as_deref())
        .or(contact.email.as_deref())
}

#[cfg(test)]
mod tests;
