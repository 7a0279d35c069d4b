//! What the law asks for and the register lacks, each with article and level. Missing by Art. 30: error; missing where the law
//! says "where possible", or for its special data: warning; worth a look: note.

use super::*;
use crate::inventory::Inventory;
use crate::vocabulary;
use std::collections::{BTreeMap, BTreeSet};

/// Rows of special data from which Art. 35(3)(b) is worth a thought. Our own figure: the law gives none.
const LARGE_SCALE: u64 = 5_000;

/// Everything that is missing, by activity, in the order of the register.
pub(super) fn gaps(
    register: &Register,
    inventory: &Inventory,
    as_of: jiff::civil::Date,
) -> Vec<Gap> {
    let mut gaps = Gaps {
        list: Vec::new(),
        activity: None,
    };
    gaps.of_register(register);
    let rows = rows_by_place(inventory);
    for activity in &register.activities {
        gaps.activity = Some(activity.id.clone());
        gaps.of_activity(register, activity, as_of);
        gaps.of_impact(activity, &rows);
    }
    gaps.list
}

/// Rows of each field's dataset, by the field's place.
fn rows_by_place(inventory: &Inventory) -> BTreeMap<String, u64> {
    let mut rows = BTreeMap::new();
    for (dataset, field) in inventory.fields() {
        if let (Some(count), Some(_)) = (dataset.rows, field.data_type) {
            rows.insert(
                format!(
                    "{}:{}",
                    dataset.source,
                    assign::object(&dataset.dataset, &field.field)
                ),
                count,
            );
        }
    }
    rows
}

struct Gaps {
    list: Vec<Gap>,
    activity: Option<String>,
}

impl Gaps {
    fn add(&mut self, level: GapLevel, field: &str, article: &str, text: impl Into<String>) {
        self.list.push(Gap {
            activity: self.activity.clone(),
            field: field.to_owned(),
            article: article.to_owned(),
            level,
            text: text.into(),
        });
    }

    fn error(&mut self, field: &str, article: &str, text: impl Into<String>) {
        self.add(GapLevel::Error, field, article, text);
    }

    fn warning(&mut self, field: &str, article: &str, text: impl Into<String>) {
        self.add(GapLevel::Warning, field, article, text);
    }

    fn note(&mut self, field: &str, article: &str, text: impl Into<String>) {
        self.add(GapLevel::Note, field, article, text);
    }

    fn of_register(&mut self, register: &Register) {
        let o = &register.organisation;
        if o.name.is_none() {
            self.error(
                "organisation.name",
                "GDPR 30(1)(a)",
                "The organisation that keeps the register is not named: add `organisation.name`.",
            );
        }
        if o.email.is_none() && o.address.is_none() && o.addresses.is_empty() && o.phone.is_none() {
            let text = "The organisation has no contact details: add `organisation.email`, `address` or `phone`.";
            self.error("organisation.email", "GDPR 30(1)(a)", text);
        }
        if o.dpo.is_none() {
            let text = "No data protection officer is named. If Art. 37 asks for one, add `organisation.dpo`.";
            self.note("organisation.dpo", "GDPR 30(1)(a), 37", text);
        }
        if o.country.as_deref().is_some_and(|c| !is_eea(c)) && o.representative.is_none() {
            let text = "The organisation is outside the Union and names no representative there (`organisation.representative`).";
            self.warning("organisation.representative", "GDPR 27, 30(1)(a)", text);
        }
        if register.rights.is_empty() && register.activities.iter().all(|a| a.rights.is_empty()) {
            self.warning(
                "rights",
                "GDPR 13(2)(b)",
                "No rights of data subjects are recorded: add `[[right]]` entries.",
            );
        }
        if o.supervisory.is_empty() && !register.activities.is_empty() {
            self.note(
                "organisation.supervisory",
                "GDPR 13(2)(d)",
                "No supervisory authority is named for complaints.",
            );
        }
        self.of_recipients(register);
        self.of_permissions(register);
        self.of_ccpa(register);
    }

    fn of_recipients(&mut self, register: &Register) {
        for recipient in register
            .recipients
            .iter()
            .filter(|r| r.origin == Origin::Inferred)
        {
            let seen = recipient
                .places
                .first()
                .map(|place| format!(" (seen at {place})"))
                .unwrap_or_default();
            let text = format!(
                "{} is used{seen} but no activity declares it as a recipient.",
                recipient.name
            );
            self.warning("recipients", "GDPR 30(1)(d)", text);
        }
    }

    fn of_permissions(&mut self, register: &Register) {
        for cell in register
            .permissions
            .iter()
            .filter(|p| p.origin == Some(Origin::Inferred))
        {
            let text = format!(
                "The permission {} is asked for but not declared.",
                cell.value.id
            );
            self.note("permissions", "GDPR 5(1)(c)", text);
        }
    }

    /// California: who shares for advertising must offer an opt-out, and say how long each category is kept.
    fn of_ccpa(&mut self, register: &Register) {
        let in_california = |j: &Option<String>| j.as_deref().is_some_and(|j| j.starts_with("US"));
        let applies = register.organisation.country.as_deref() == Some("US")
            || register
                .rights
                .iter()
                .any(|r| in_california(&r.jurisdiction));
        if !applies {
            return;
        }
        let advertises = register
            .recipients
            .iter()
            .any(|r| r.category.as_deref() == Some("advertising_partner"));
        let offers_opt_out = register
            .rights
            .iter()
            .any(|r| r.right.as_deref() == Some("opt_out_sale") && r.offered != Some(false));
        if advertises && !offers_opt_out {
            let text = "Data goes to advertising partners, and no right to opt out of sale and sharing is recorded.";
            self.warning("rights", "CCPA 1798.120, 1798.135", text);
        }
        let kept_unsaid: BTreeSet<&str> = register
            .activities
            .iter()
            .filter(|a| a.retention.is_empty() && !a.role.is_processor())
            .flat_map(|a| a.data.iter().map(|d| d.value.data_type.category().id()))
            .collect();
        if !kept_unsaid.is_empty() {
            let categories: Vec<&str> = kept_unsaid.into_iter().collect();
            let text = format!(
                "Some activities say no retention for categories they hold: {}.",
                categories.join(", ")
            );
            self.note("retention", "CCPA 1798.100(a)(3)", text);
        }
    }

    fn of_activity(
        &mut self,
        register: &Register,
        a: &ProcessingActivity,
        as_of: jiff::civil::Date,
    ) {
        if a.origin == Origin::Inferred {
            let text = format!(
                "Personal data without a documented purpose ({}): no activity claims it. Declare one that does, or correct the findings.",
                count(a.data.iter().map(|d| d.value.fields.len()).sum(), "place")
            );
            self.error("purposes", "GDPR 30(1)(b), 5(1)(b)", text);
        }
        if a.role == Role::Unknown {
            let text = "Nothing says whether the organisation is controller or processor here: set `role`, or that of its system.";
            self.error("role", "GDPR 30(1), 30(2)", text);
        }
        if a.role.is_processor() {
            self.of_processor(a);
        } else {
            self.of_controller(register, a);
        }
        self.of_transfers(a, as_of);
        if a.security_measures.is_empty() && register.organisation.security_measures.is_empty() {
            let article = if a.role.is_processor() {
                "GDPR 30(2)(d)"
            } else {
                "GDPR 30(1)(g)"
            };
            self.warning(
                "security_measures",
                article,
                "No technical or organisational measure is described.",
            );
        }
    }

    fn of_processor(&mut self, a: &ProcessingActivity) {
        if a.on_behalf_of.is_empty() {
            self.error(
                "on_behalf_of",
                "GDPR 30(2)(a)",
                "No controller is named on whose behalf the data is processed.",
            );
        }
        if a.processing_categories.is_empty() {
            self.error(
                "processing_categories",
                "GDPR 30(2)(b)",
                "What is done for the controller (categories of processing) is not said.",
            );
        }
        if a.processor_contract_link.is_none() {
            self.note(
                "processor_contract_link",
                "GDPR 28(3)",
                "No contract with the controller is linked.",
            );
        }
    }

    fn of_controller(&mut self, register: &Register, a: &ProcessingActivity) {
        if a.role == Role::JointController && a.joint_controllers.is_empty() {
            self.error(
                "joint_controllers",
                "GDPR 26, 30(1)(a)",
                "The joint controllers are not named.",
            );
        }
        if a.purposes.is_empty() && a.origin != Origin::Inferred {
            self.error("purposes", "GDPR 30(1)(b)", "No purpose is stated.");
        }
        if a.subjects.is_empty() {
            self.error(
                "subjects",
                "GDPR 30(1)(c)",
                "No category of data subjects is stated.",
            );
        }
        if a.data.is_empty() && a.types_open.is_none() {
            self.error(
                "data",
                "GDPR 30(1)(c)",
                "No category of personal data is stated, and the scan found none.",
            );
        }
        if a.recipients.is_empty() {
            self.error("recipients", "GDPR 30(1)(d)", "No category of recipients is stated. If nobody receives the data, write \"nobody outside the organisation\".");
        }
        if a.retention.is_empty() {
            let general = if register.organisation.retention.is_empty() {
                ""
            } else {
                " (only a general statement of the organisation)"
            };
            self.warning(
                "retention",
                "GDPR 30(1)(f), 13(2)(a)",
                format!("No time limit for erasure, and no criterion for one, is stated{general}."),
            );
        }
        self.of_legal_bases(register, a);
        if a.source_of_data.is_empty() && a.source_detail.is_none() {
            self.note(
                "source_of_data",
                "GDPR 14(2)(f)",
                "Where the data comes from is not said.",
            );
        }
        if a.profiling == Some(true) && a.automated_decisions.is_none() {
            self.note(
                "automated_decisions",
                "GDPR 13(2)(f), 22",
                "People are profiled; whether decisions follow without a person is not said.",
            );
        }
    }

    fn of_legal_bases(&mut self, register: &Register, a: &ProcessingActivity) {
        if a.legal_bases.is_empty() {
            let mut text = "No legal basis is stated for this activity.".to_owned();
            if !register.organisation.legal_bases.is_empty() {
                text.push_str(" The organisation names some for all its activities together, which ties none to this one.");
            }
            let suggested: Vec<String> = a
                .suggestions
                .iter()
                .filter(|s| s.cell == "legal_bases")
                .map(|s| label(&s.value))
                .collect();
            if !suggested.is_empty() {
                text.push_str(&format!(
                    " Often used for such an activity: {}; a person must decide.",
                    suggested.join(", ")
                ));
            }
            self.warning("legal_bases", "GDPR 6(1), 13(1)(c)", text);
        }
        for basis in &a.legal_bases {
            match basis.value.id.as_str() {
                "client" => self.warning(
                    "legal_bases",
                    "GDPR 6(1)",
                    "The basis is said to be decided by a client, but the role is not processor.",
                ),
                "consent" if a.consent_link.is_none() => self.note(
                    "consent_link",
                    "GDPR 7(1)",
                    "Consent is a basis; where it is recorded is not said.",
                ),
                "legitimate_interests" if a.legitimate_interests.is_none() => {
                    self.note(
                        "legitimate_interests",
                        "GDPR 13(1)(d)",
                        "Legitimate interests are a basis; which ones is not said.",
                    );
                }
                id if vocabulary::legal_basis(id).is_none() => {
                    self.warning("legal_bases", "GDPR 6(1)", "A legal basis is not one of Art. 6(1): use consent, contract, legal_obligation, vital_interests, public_task or legitimate_interests.");
                }
                _ => {}
            }
        }
        self.of_special(a);
    }

    fn of_special(&mut self, a: &ProcessingActivity) {
        if a.has_special(Special::Gdpr9) && a.art9_conditions.is_empty() {
            let types = types_of(a, Special::Gdpr9);
            self.warning(
                "art9_conditions",
                "GDPR 9(2)",
                format!("Special categories ({types}) without a condition of Art. 9(2)."),
            );
        }
        if a.has_special(Special::Gdpr10) && a.art10_basis.is_none() {
            self.warning(
                "art10_basis",
                "GDPR 10",
                "Data on criminal convictions or offences without a basis in law.",
            );
        }
        let about_children =
            a.subjects.iter().any(|s| s == "child") || a.has_special(Special::Gdpr8);
        if about_children && a.legal_bases.iter().any(|b| b.value.id == "consent") {
            self.note(
                "legal_bases",
                "GDPR 8(1)",
                "Consent of children: that of a parent is needed below the age limit.",
            );
        }
    }

    fn of_transfers(&mut self, a: &ProcessingActivity, as_of: jiff::civil::Date) {
        let article = if a.role.is_processor() {
            "GDPR 30(2)(c), 44"
        } else {
            "GDPR 30(1)(e), 44"
        };
        // Safeguards that are said without a place may be meant for places that are said without a safeguard.
        let has_placeless = a
            .transfers
            .iter()
            .any(|t| t.value.transfer.to.is_empty() && t.value.transfer.safeguard.is_some());
        for cell in &a.transfers {
            let ActivityTransfer { transfer, valid } = &cell.value;
            if *valid == Some(true) {
                continue;
            }
            let recipient = transfer.recipient.as_ref().map(|r| format!(" ({r})"));
            let recipient = recipient.unwrap_or_default();
            if transfer.to.is_empty() {
                let text = format!("A transfer{recipient} names no country or organisation.");
                self.warning("transfers", article, text);
                continue;
            }
            let what = format!("Transfer to {}{recipient}", transfer.to.join(", "));
            let named = transfer.safeguard.as_deref();
            let known = named.and_then(vocabulary::safeguard);
            let is_adequate = |country: &String| {
                is_eea(country) || (country != "US" && has_adequacy(country, as_of))
            };
            if let (Some(false), Some(term)) = (valid, known) {
                let text = format!("{what}: {} does not cover it on {as_of}.", term.name());
                self.error("transfers", article, text);
            } else if transfer.to.iter().all(is_adequate) {
                let text = format!(
                    "{what}: an adequacy decision exists; say so with safeguard \"adequacy\"."
                );
                self.note("transfers", article, text);
            } else if let (Some(words), None) = (named, known) {
                let text = format!("{what}: whether “{words}” covers it cannot be told.");
                self.warning("transfers", article, text);
            } else if has_placeless {
                let text = format!(
                    "{what}: safeguards are named, but not which of them covers this place."
                );
                self.warning("transfers", article, text);
            } else if cell.origin == Some(Origin::Inferred) {
                let text = format!(
                    "{what} follows from where the recipient or system is; no safeguard is named."
                );
                self.error("transfers", article, text);
            } else {
                self.error(
                    "transfers",
                    article,
                    format!("{what}: no safeguard is named."),
                );
            }
        }
    }

    /// When an impact assessment is worth a thought (Art. 35(3) and the guidelines on it).
    fn of_impact(&mut self, a: &ProcessingActivity, rows: &BTreeMap<String, u64>) {
        if a.role.is_processor()
            || a.dpia
                .as_ref()
                .is_some_and(|dpia| dpia.required.is_some() || dpia.progress.is_some())
        {
            return;
        }
        let is_special = |d: &&Cell<ActivityData>| {
            d.value
                .special
                .iter()
                .any(|s| matches!(s, Special::Gdpr9 | Special::Gdpr10))
        };
        let places = a
            .data
            .iter()
            .filter(is_special)
            .flat_map(|d| &d.value.fields);
        let most = places
            .filter_map(|place| rows.get(place))
            .max()
            .copied()
            .unwrap_or(0);
        if most >= LARGE_SCALE {
            let text = format!(
                "Special categories at scale (up to {most} rows): an impact assessment is likely to be required."
            );
            self.warning("dpia", "GDPR 35(3)(b)", text);
        }
        if a.subjects.iter().any(|s| s == "child") || a.has_special(Special::Gdpr8) {
            self.note(
                "dpia",
                "GDPR 35(1)",
                "Data of children: consider an impact assessment.",
            );
        }
        let decides = a.automated_decisions.as_ref().is_some_and(|d| d.used);
        if a.profiling == Some(true) || decides {
            self.note(
                "dpia",
                "GDPR 35(3)(a)",
                "Profiling or automated decisions: consider an impact assessment.",
            );
        }
    }
}

fn types_of(a: &ProcessingActivity, special: Special) -> String {
    let types = a
        .data
        .iter()
        .filter(|d| d.value.special.contains(&special))
        .map(|d| d.value.data_type.key());
    types.collect::<Vec<_>>().join(", ")
}

fn label(basis: &str) -> String {
    vocabulary::legal_basis(basis).map_or_else(|| basis.to_owned(), vocabulary::Term::name)
}

fn count(n: usize, what: &str) -> String {
    if n == 1 {
        format!("1 {what}")
    } else {
        format!("{n} {what}s")
    }
}
