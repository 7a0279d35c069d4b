//! The canonical cells of a register row as lines of text in a language. One place for all layouts, so that a cell reads the
//! same in a workbook, a CSV and Markdown, and can be read back.

use super::wording::{Wording, capital};
use crate::config::{Contact, Measure, Party, Purpose, Retention, Role};
use crate::register::{
    ActivityRecipient, ActivityTransfer, Cell, Origin, ProcessingActivity, Register, is_eea,
};
use crate::taxonomy::{Category, DataType, Special};
use crate::vocabulary;
use std::collections::BTreeSet;

/// A line of a cell, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it says.
    pub text: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// Every cell, in the order of the `generic` layout; the names are those of the register's JSON.
pub const FIELDS: &[&str] = &[
    "id",
    "name",
    "status",
    "business_function",
    "department",
    "owner",
    "role",
    "controller",
    "joint_controllers",
    "representative",
    "dpo",
    "on_behalf_of",
    "on_behalf_of_representative",
    "on_behalf_of_dpo",
    "processing_categories",
    "systems",
    "purposes",
    "subjects",
    "data",
    "special",
    "source_of_data",
    "legal_bases",
    "art9_conditions",
    "art10_basis",
    "legitimate_interests",
    "lia_link",
    "recipients",
    "recipient_data",
    "transfers",
    "safeguards",
    "transfer_documents",
    "retention",
    "security_measures",
    "rights",
    "automated_decisions",
    "profiling",
    "locations",
    "condition",
    "optional",
    "linkage",
    "opt_out",
    "consent_link",
    "processor_contract_link",
    "dpia.required",
    "dpia.progress",
    "dpia.link",
    "breach.occurred",
    "breach.link",
    "policy.sch1_condition",
    "policy.retention_policy_link",
    "policy.adheres",
    "policy.reason",
    "note",
    "created",
    "updated",
    "reviewed_by",
];

/// Other readings of cells, for layouts that ask for them, and the cell that each is a reading of.
pub const VIEWS: &[(&str, Option<&str>)] = &[
    ("number", None),
    ("origin", None),
    ("data_categories", Some("data")),
    ("recipients.internal", Some("recipients")),
    ("recipients.external", Some("recipients")),
    ("recipients.third", Some("recipients")),
    ("transfers.none", None),
    ("transfers.recipients", Some("transfers")),
    ("organisation.name", None),
    ("organisation.address", None),
    ("organisation.email", None),
    ("organisation.phone", None),
    ("organisation.web", None),
    ("organisation.joint_controllers", None),
    ("dpo.name", None),
    ("dpo.address", None),
    ("dpo.email", None),
    ("dpo.phone", None),
    ("representative.name", None),
    ("representative.address", None),
    ("representative.email", None),
    ("representative.phone", None),
];

/// The cell of the register behind a cell of a layout; `None` where it is no cell of a row.
pub fn base_field(field: &str) -> Option<&str> {
    let view = VIEWS.iter().find(|(view, _)| *view == field);
    view.map_or(Some(field), |(_, base)| *base)
}

/// Puts rows into words.
#[derive(Clone, Copy)]
pub struct CellWriter<'a> {
    /// The register that the rows are of.
    pub register: &'a Register,
    /// The language.
    pub wording: &'a Wording,
}

impl CellWriter<'_> {
    /// The lines of several cells of a row, one after the other.
    pub fn all(&self, a: &ProcessingActivity, fields: &[String]) -> Vec<Line> {
        fields
            .iter()
            .flat_map(|field| self.lines(a, field))
            .collect()
    }

    /// The lines of a cell. An unknown cell has none: profiles are tested to name known ones.
    pub fn lines(&self, a: &ProcessingActivity, field: &str) -> Vec<Line> {
        let w = self.wording;
        if let Some(own) = a.own_words.get(field) {
            let line = |text: &String| Line {
                text: text.clone(),
                origin: Origin::Declared,
            };
            return own.iter().map(line).collect();
        }
        let at = |key: &str, texts: Vec<String>| -> Vec<Line> {
            texts
                .into_iter()
                .map(|text| Line {
                    text,
                    origin: a.origin_at(key),
                })
                .collect()
        };
        let one = |text: &Option<String>| at(field, text.iter().cloned().collect());
        let yes_no =
            |value: Option<bool>| at(field, value.map(|yes| w.yes_no(yes)).into_iter().collect());
        let labels = |key: &str, group: &str, ids: &[String]| {
            at(key, ids.iter().map(|id| w.label(group, id)).collect())
        };
        match field {
            "id" => at(field, vec![a.id.clone()]),
            "name" => at(field, vec![a.name.clone()]),
            "origin" => vec![Line {
                text: w.word(&format!("origin_{}", a.origin.id())).to_owned(),
                origin: a.origin,
            }],
            "status" => at(
                field,
                a.status
                    .map(|s| w.label("status", s.id()))
                    .into_iter()
                    .collect(),
            ),
            "business_function" => one(&a.business_function),
            "department" => one(&a.department),
            "owner" => one(&a.owner),
            "role" if a.role == Role::Unknown => Vec::new(),
            "role" => at(field, vec![w.label("roles", a.role.id())]),
            "controller" => at("role", self.controller(a)),
            "joint_controllers" => at(field, a.joint_controllers.iter().map(party).collect()),
            "representative" => at(
                "role",
                self.register
                    .organisation
                    .representative
                    .iter()
                    .map(contact)
                    .collect(),
            ),
            "dpo" => at(
                "role",
                self.register.organisation.dpo.iter().map(contact).collect(),
            ),
            "on_behalf_of" => at(field, a.on_behalf_of.iter().map(party).collect()),
            "on_behalf_of_representative" => at(
                "on_behalf_of",
                a.on_behalf_of
                    .iter()
                    .filter_map(|p| p.representative.as_ref())
                    .map(contact)
                    .collect(),
            ),
            "on_behalf_of_dpo" => at(
                "on_behalf_of",
                a.on_behalf_of
                    .iter()
                    .filter_map(|p| p.dpo.as_ref())
                    .map(contact)
                    .collect(),
            ),
            "processing_categories" => at(field, a.processing_categories.clone()),
            "systems" => at(field, a.systems.clone()),
            "purposes" => self.cells(a, &a.purposes, |p| self.purpose(p)),
            "subjects" => labels(field, "subjects", &a.subjects),
            "data" => self.data(a, |_| true),
            "data_categories" => self.categories(a),
            "special" => self.data(a, |d| {
                d.special()
                    .iter()
                    .any(|s| matches!(s, Special::Gdpr9 | Special::Gdpr10))
            }),
            "source_of_data" => {
                let mut lines = labels(field, "sources", &a.source_of_data);
                lines.extend(at(
                    "source_detail",
                    a.source_detail.iter().cloned().collect(),
                ));
                lines
            }
            "legal_bases" => self.cells(a, &a.legal_bases, |b| {
                w.with_words(w.label("legal_bases", &b.id), b.text.as_deref())
            }),
            "art9_conditions" => at(
                field,
                a.art9_conditions
                    .iter()
                    .map(|id| self.art9_condition(id))
                    .collect(),
            ),
            "art10_basis" => one(&a.art10_basis),
            "legitimate_interests" => one(&a.legitimate_interests),
            "lia_link" => one(&a.lia_link),
            "recipients" => self.cells(a, &a.recipients, |r| self.recipient(r)),
            "recipient_data" => self.cells(a, &a.recipients, |r| self.recipient_data(r)),
            "transfers" => self.cells(a, &a.transfers, |t| self.transfer(t)),
            "safeguards" => self.cells(a, &a.transfers, |t| self.safeguard(t)),
            "transfer_documents" => self.cells(a, &a.transfers, |t| {
                t.transfer.document.clone().unwrap_or_default()
            }),
            "retention" => self.cells(a, &a.retention, |r| self.retention(r, true)),
            "security_measures" => self.security_measures(a),
            "rights" => self.rights(a),
            "automated_decisions" => at(
                field,
                a.automated_decisions
                    .iter()
                    .map(|d| w.with_words(w.yes_no(d.used), d.text.as_deref()))
                    .collect(),
            ),
            "profiling" => yes_no(a.profiling),
            "locations" => at(
                field,
                a.locations
                    .iter()
                    .map(|place| w.label("countries", place))
                    .collect(),
            ),
            "condition" => one(&a.condition),
            "optional" => yes_no(a.optional),
            "linkage" => one(&a.linkage),
            "opt_out" => one(&a.opt_out),
            "consent_link" => one(&a.consent_link),
            "processor_contract_link" => one(&a.processor_contract_link),
            "dpia.required" => yes_no(a.dpia.as_ref().and_then(|d| d.required)),
            "dpia.progress" => {
                let progress = a.dpia.as_ref().and_then(|d| d.progress);
                at(
                    field,
                    progress
                        .map(|p| w.label("progress", p.id()))
                        .into_iter()
                        .collect(),
                )
            }
            "dpia.link" => one(&a.dpia.as_ref().and_then(|d| d.link.clone())),
            "breach.occurred" => yes_no(a.breach.as_ref().and_then(|b| b.occurred)),
            "breach.link" => one(&a.breach.as_ref().and_then(|b| b.link.clone())),
            "policy.sch1_condition" => {
                one(&a.policy.as_ref().and_then(|p| p.sch1_condition.clone()))
            }
            "policy.retention_policy_link" => one(&a
                .policy
                .as_ref()
                .and_then(|p| p.retention_policy_link.clone())),
            "policy.adheres" => yes_no(a.policy.as_ref().and_then(|p| p.adheres)),
            "policy.reason" => one(&a.policy.as_ref().and_then(|p| p.reason.clone())),
            "note" => one(&a.note),
            "recipients.internal" => self.recipients_of(a, &["internal"]),
            "recipients.third" => self.recipients_of(a, &["third_country"]),
            "recipients.external" => {
                let kinds = [
                    "processor",
                    "joint_controller",
                    "partner",
                    "authority",
                    "other",
                ];
                self.recipients_of(a, &kinds)
            }
            "transfers.none" if a.transfers.is_empty() => Vec::new(),
            "transfers.recipients" => self.cells(a, &a.transfers, |t| {
                let id = t.transfer.recipient.as_deref();
                id.map(|id| self.recipient_name(id)).unwrap_or_default()
            }),
            "created" => one(&a.created.as_ref().map(|d| d.as_str().to_owned())),
            "updated" => one(&a.updated.as_ref().map(|d| d.as_str().to_owned())),
            "reviewed_by" => one(&a.reviewed_by),
            _ => Vec::new(),
        }
    }

    /// The items of a cell that has a vocabulary, each with its id and as it reads here.
    pub fn items(&self, a: &ProcessingActivity, field: &str) -> Option<Vec<(String, String)>> {
        let w = self.wording;
        let labels = |group: &str, ids: &[String]| -> Vec<(String, String)> {
            ids.iter()
                .map(|id| (id.clone(), w.label(group, id)))
                .collect()
        };
        Some(match field {
            "data" => {
                let types: BTreeSet<DataType> = a.data.iter().map(|d| d.value.data_type).collect();
                let names = types
                    .into_iter()
                    .map(|d| (d.key().to_owned(), w.data_type(d)));
                let open = a.types_open.iter().map(|t| (t.clone(), t.clone()));
                names.chain(open).collect()
            }
            "purposes" => {
                let item = |p: &Cell<Purpose>| (p.value.id.clone(), self.purpose(&p.value));
                a.purposes.iter().map(item).collect()
            }
            "legal_bases" => {
                let ids: Vec<String> = a.legal_bases.iter().map(|b| b.value.id.clone()).collect();
                labels("legal_bases", &ids)
            }
            "recipients" => {
                let item = |r: &Cell<ActivityRecipient>| {
                    (r.value.recipient.clone(), self.recipient(&r.value))
                };
                a.recipients.iter().map(item).collect()
            }
            "security_measures" => {
                let ids: Vec<String> = a
                    .security_measures
                    .iter()
                    .map(|m| m.value.kind.clone())
                    .collect();
                labels("security_measures", &ids)
            }
            "subjects" => labels("subjects", &a.subjects),
            "source_of_data" => labels("sources", &a.source_of_data),
            "art9_conditions" => labels("art9_conditions", &a.art9_conditions),
            "rights" => labels("rights", &a.rights),
            "role" => labels("roles", &[a.role.id().to_owned()]),
            _ => return None,
        })
    }

    fn cells<T>(
        &self,
        a: &ProcessingActivity,
        cells: &[Cell<T>],
        text: impl Fn(&T) -> String,
    ) -> Vec<Line> {
        let lines = cells.iter().map(|cell| Line {
            text: text(&cell.value),
            origin: a.origin_of(cell),
        });
        lines.filter(|line| !line.text.is_empty()).collect()
    }

    fn controller(&self, a: &ProcessingActivity) -> Vec<String> {
        let own = || self.register.organisation.name.iter().cloned().collect();
        if a.role.is_processor() {
            a.on_behalf_of.iter().map(|p| p.name.clone()).collect()
        } else {
            own()
        }
    }

    /// A purpose: the organisation's own words, with the vocabulary's beside them.
    pub fn purpose(&self, purpose: &Purpose) -> String {
        let label = self.wording.label("purposes", &purpose.id);
        match &purpose.text {
            Some(text) if vocabulary::purpose(&purpose.id).is_some() => {
                format!("{text} ({})", self.wording.inner(&label))
            }
            Some(text) => text.clone(),
            None => label,
        }
    }

    fn art9_condition(&self, id: &str) -> String {
        let label = self.wording.label("art9_conditions", id);
        match vocabulary::art9_condition(id).and_then(|t| t.article.as_deref()) {
            Some(article) => format!("{article} {label}"),
            None => label,
        }
    }

    /// One line a category: `Contact: Name; E-mail address`. Declared and inferred types stand on lines of their own.
    fn data(&self, a: &ProcessingActivity, is_wanted: impl Fn(DataType) -> bool) -> Vec<Line> {
        let mut lines = Vec::new();
        for category in Category::ALL {
            for origin in [Origin::Declared, Origin::Documented, Origin::Inferred] {
                let here = a.data.iter().filter(|d| {
                    d.value.data_type.category() == category && a.origin_of(d) == origin
                });
                let names: Vec<String> = here
                    .filter(|d| is_wanted(d.value.data_type))
                    .map(|d| self.wording.data_type(d.value.data_type))
                    .collect();
                if !names.is_empty() {
                    let text = format!(
                        "{}{}{}",
                        self.wording.category(category),
                        self.wording.word("colon"),
                        names.join("; ")
                    );
                    lines.push(Line { text, origin });
                }
            }
        }
        let open = a
            .types_open
            .iter()
            .filter(|_| is_wanted(DataType::all().next().expect("the taxonomy is not empty")));
        lines.extend(open.map(|text| Line {
            text: text.clone(),
            origin: a.origin_at("types_open"),
        }));
        lines
    }

    fn categories(&self, a: &ProcessingActivity) -> Vec<Line> {
        let of = |category: Category| {
            a.data
                .iter()
                .find(|d| d.value.data_type.category() == category)
        };
        let line = |(category, d)| Line {
            text: self.wording.category(category),
            origin: a.origin_of(d),
        };
        Category::ALL
            .into_iter()
            .filter_map(|c| Some((c, of(c)?)))
            .map(line)
            .collect()
    }

    /// A recipient: its name, and in brackets what it is.
    pub fn recipient(&self, r: &ActivityRecipient) -> String {
        let category = r
            .category
            .as_deref()
            .map(|id| self.wording.inner(&self.wording.label("recipients", id)));
        let category = category.filter(|label| label.to_lowercase() != r.name.to_lowercase());
        let country = r
            .country
            .as_deref()
            .map(|id| self.wording.label("countries", id));
        let what: Vec<String> = category.into_iter().chain(country).collect();
        let name = match r.category.as_deref() {
            Some(category) if category == r.recipient => self.wording.label("recipients", category),
            _ => capital(&r.name),
        };
        if what.is_empty() {
            name
        } else {
            format!("{name} ({})", what.join(", "))
        }
    }

    fn recipients_of(&self, a: &ProcessingActivity, kinds: &[&str]) -> Vec<Line> {
        let home = self.register.organisation.country.as_deref();
        let wanted = a.recipients.iter();
        wanted
            .filter(|r| kinds.contains(&recipient_kind(&r.value, home)))
            .map(|r| Line {
                text: self.recipient(&r.value),
                origin: a.origin_of(r),
            })
            .collect()
    }

    /// A cell about the organisation itself, for cover sheets.
    pub fn organisation(&self, field: &str) -> String {
        let o = &self.register.organisation;
        let (who, what) = field.split_once('.').unwrap_or(("", field));
        let values = super::xlsx_aside::contact_values(o, who);
        match (who, what) {
            ("organisation", "web") => o.web.clone().unwrap_or_default(),
            ("organisation", "joint_controllers") => {
                let all = self
                    .register
                    .activities
                    .iter()
                    .flat_map(|a| &a.joint_controllers);
                let parties: BTreeSet<String> = all.map(party).collect();
                parties.into_iter().collect::<Vec<_>>().join("\n")
            }
            (_, "name") => values[0].clone(),
            (_, "address") => values[1].clone(),
            (_, "email") => values[2].clone(),
            (_, "phone") => values[3].clone(),
            _ => String::new(),
        }
    }

    fn recipient_data(&self, r: &ActivityRecipient) -> String {
        if r.data.is_empty() {
            return String::new();
        }
        let names: Vec<String> = r.data.iter().map(|d| self.wording.data_type(*d)).collect();
        format!(
            "{}{}{}",
            capital(&r.name),
            self.wording.word("colon"),
            names.join("; ")
        )
    }

    fn recipient_name(&self, id: &str) -> String {
        let known = self.register.recipients.iter().find(|r| r.recipient == id);
        known.map_or_else(|| self.wording.label("recipients", id), |r| r.name.clone())
    }

    /// A transfer: where to, and in brackets to whom.
    pub fn transfer(&self, t: &ActivityTransfer) -> String {
        let t = &t.transfer;
        let places: Vec<String> =
            t.to.iter()
                .map(|to| self.wording.label("countries", to))
                .collect();
        let to = if places.is_empty() {
            t.text.clone().unwrap_or_default()
        } else {
            places.join(", ")
        };
        match &t.recipient {
            Some(id) => format!("{to} ({})", self.recipient_name(id)),
            None => to,
        }
    }

    /// What covers a transfer, and whether it holds on the register's day.
    pub fn safeguard(&self, t: &ActivityTransfer) -> String {
        let places: Vec<String> = t
            .transfer
            .to
            .iter()
            .map(|to| self.wording.label("countries", to))
            .collect();
        let label = match t.transfer.safeguard.as_deref() {
            Some(id) => self.wording.label("safeguards", id),
            None if t.valid == Some(true) => return String::new(),
            None if t.transfer.text.is_some() && t.transfer.to.is_empty() => return String::new(),
            None => capital(self.wording.word("no_safeguard")),
        };
        let held = match t.valid {
            Some(false) => format!(
                " ({} {})",
                self.wording.word("not_valid"),
                self.register.as_of
            ),
            _ => String::new(),
        };
        if places.is_empty() {
            format!("{label}{held}")
        } else {
            format!(
                "{}{}{label}{held}",
                places.join(", "),
                self.wording.word("colon")
            )
        }
    }

    /// A retention rule in a sentence, with or without the data it is about.
    pub fn retention(&self, r: &Retention, with_data: bool) -> String {
        let w = self.wording;
        if let Some(text) = &r.text {
            return text.clone();
        }
        let mut parts = Vec::new();
        if let Some(duration) = &r.duration {
            let qualifier = r
                .qualifier
                .map(|q| w.inner(&w.label("qualifiers", qualifier_id(q))) + " ")
                .unwrap_or_default();
            let from = r
                .from
                .as_deref()
                .map(|from| format!(" {} {}", w.word("from"), w.inner(&w.label("events", from))));
            parts.push(format!(
                "{qualifier}{}{}",
                w.duration(duration),
                from.unwrap_or_default()
            ));
        }
        parts.extend(r.criterion.clone());
        parts.extend(
            r.exception
                .as_ref()
                .map(|e| format!("{} {e}", w.word("except"))),
        );
        parts.extend(
            r.after
                .as_ref()
                .map(|after| format!("{} {}", w.word("then"), w.inner(&w.label("after", after)))),
        );
        parts.extend(r.jurisdiction.as_ref().map(|j| format!("({j})")));
        let rule = parts.join("; ").replace("; (", " (");
        if !with_data || (r.data.is_empty() && r.subjects.is_empty()) {
            return capital(&rule);
        }
        let data = r.data.iter().map(|d| w.data_type(*d));
        let subjects = r.subjects.iter().map(|s| w.label("subjects", s));
        let about: Vec<String> = data.chain(subjects).collect();
        format!("{}{}{rule}", about.join(", "), w.word("colon"))
    }

    /// Measures of the row; where it has none, those that the organisation takes everywhere.
    fn security_measures(&self, a: &ProcessingActivity) -> Vec<Line> {
        let text = |m: &Measure| {
            self.wording.with_words(
                self.wording.label("security_measures", &m.kind),
                m.text.as_deref(),
            )
        };
        if !a.security_measures.is_empty() {
            return self.cells(a, &a.security_measures, text);
        }
        let general = self.register.organisation.security_measures.iter();
        general
            .map(|m| Line {
                text: text(m),
                origin: Origin::Inferred,
            })
            .collect()
    }

    fn rights(&self, a: &ProcessingActivity) -> Vec<Line> {
        let line = |id: &String| Line {
            text: self.wording.label("rights", id),
            origin: a.origin_at("rights"),
        };
        a.rights.iter().map(line).collect()
    }

    /// Which data of a row is of some types, as names, and how long those stay.
    pub fn bucket(
        &self,
        a: &ProcessingActivity,
        is_in: impl Fn(&crate::register::ActivityData) -> bool,
    ) -> (Vec<Line>, Vec<Line>) {
        let held: Vec<&Cell<crate::register::ActivityData>> =
            a.data.iter().filter(|d| is_in(&d.value)).collect();
        let types: BTreeSet<DataType> = held.iter().map(|d| d.value.data_type).collect();
        let line = |d: &&Cell<crate::register::ActivityData>| Line {
            text: self.wording.data_type(d.value.data_type),
            origin: a.origin_of(d),
        };
        let names = held.iter().map(line).collect();
        if held.is_empty() {
            return (names, Vec::new());
        }
        let about = |r: &&Cell<Retention>| {
            r.value.data.is_empty() || r.value.data.iter().any(|d| types.contains(d))
        };
        let rules = a.retention.iter().filter(about).map(|r| Line {
            text: self.retention(&r.value, false),
            origin: a.origin_of(r),
        });
        (names, rules.collect())
    }
}

fn qualifier_id(q: crate::config::RetentionQualifier) -> &'static str {
    match q {
        crate::config::RetentionQualifier::UpTo => "up_to",
        crate::config::RetentionQualifier::Generally => "generally",
        crate::config::RetentionQualifier::Minimum => "minimum",
    }
}

/// The kind of a recipient, for layouts that ask for one.
pub fn recipient_kind(r: &ActivityRecipient, home: Option<&str>) -> &'static str {
    let category = r
        .category
        .as_deref()
        .and_then(vocabulary::recipient_category);
    let parent = category.and_then(|c| c.parent.as_deref());
    let is_third = r
        .country
        .as_deref()
        .is_some_and(|c| !is_eea(c) && Some(c) != home);
    match (r.role.as_deref(), parent) {
        (Some("processor" | "sub_processor"), _) => "processor",
        (Some("joint_controller"), _) => "joint_controller",
        (_, Some("authority")) => "authority",
        _ if is_third => "third_country",
        (_, Some("partner" | "group" | "transaction" | "customer")) => "partner",
        (_, Some("service_provider")) => "processor",
        _ => "other",
    }
}

/// A party with its contact details, on one line.
pub fn party(p: &Party) -> String {
    let details = [&p.address, &p.country, &p.email, &p.phone];
    let rest: Vec<&str> = details.into_iter().flatten().map(String::as_str).collect();
    if rest.is_empty() {
        p.name.clone()
    } else {
        format!("{}, {}", p.name, rest.join(", "))
    }
}

/// A contact with its details, on one line.
pub fn contact(c: &Contact) -> String {
    let details = [&c.name, &c.title, &c.address, &c.email, &c.phone];
    details
        .into_iter()
        .flatten()
        .cloned()
        .collect::<Vec<_>>()
        .join(", ")
}
