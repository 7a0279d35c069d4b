//! What the law asks for and the register lacks, each with article and level. Missing by Art. 30: error; missing where the law
//! says "where possible", or for its special data: warning; worth a look: note.

use super::*;
use crate::inventory::Inventory;
use crate::vocabulary;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

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
    fn add(&mut self, level: GapLevel, field: &str, article: &str, code: &str, values: Values) {
        self.list.push(Gap::new(
            self.activity.clone(),
            level,
            (field, article),
            code,
            values,
        ));
    }

    fn error(&mut self, field: &str, article: &str, code: &str) {
        self.add(GapLevel::Error, field, article, code, Values::new());
    }

    fn warning(&mut self, field: &str, article: &str, code: &str) {
        self.add(GapLevel::Warning, field, article, code, Values::new());
    }

    fn note(&mut self, field: &str, article: &str, code: &str) {
        self.add(GapLevel::Note, field, article, code, Values::new());
    }

    fn of_register(&mut self, register: &Register) {
        let o = &register.organisation;
        if o.name.is_none() {
            self.error("organisation.name", "GDPR 30(1)(a)", "no_organisation");
        }
        if o.email.is_none() && o.address.is_none() && o.addresses.is_empty() && o.phone.is_none() {
            self.error("organisation.email", "GDPR 30(1)(a)", "no_contact");
        }
        if o.dpo.is_none() {
            self.note("organisation.dpo", "GDPR 30(1)(a), 37", "no_dpo");
        }
        if o.country.as_deref().is_some_and(|c| !is_eea(c)) && o.representative.is_none() {
            let field = "organisation.representative";
            self.warning(field, "GDPR 27, 30(1)(a)", "no_representative");
        }
        if register.rights.is_empty() && register.activities.iter().all(|a| a.rights.is_empty()) {
            self.warning("rights", "GDPR 13(2)(b)", "no_rights");
        }
        if o.supervisory.is_empty() && !register.activities.is_empty() {
            self.note(
                "organisation.supervisory",
                "GDPR 13(2)(d)",
                "no_supervisory",
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
            let name = ("recipient", vec![recipient.name.clone()]);
            let (code, values) = match recipient.places.first() {
                Some(place) => (
                    "undeclared_recipient_at",
                    values([name, ("place", vec![place.clone()])]),
                ),
                None => ("undeclared_recipient", values([name])),
            };
            let level = GapLevel::Warning;
            self.add(level, "recipients", "GDPR 30(1)(d)", code, values);
        }
    }

    fn of_permissions(&mut self, register: &Register) {
        for cell in register
            .permissions
            .iter()
            .filter(|p| p.origin == Some(Origin::Inferred))
        {
            let values = values([("permission", vec![cell.value.id.clone()])]);
            let level = GapLevel::Note;
            self.add(
                level,
                "permissions",
                "GDPR 5(1)(c)",
                "undeclared_permission",
                values,
            );
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
            self.warning("rights", "CCPA 1798.120, 1798.135", "ccpa_no_opt_out");
        }
        let kept_unsaid: BTreeSet<&str> = register
            .activities
            .iter()
            .filter(|a| a.retention.is_empty() && !a.role.is_processor())
            .flat_map(|a| a.data.iter().map(|d| d.value.data_type.category().id()))
            .collect();
        if !kept_unsaid.is_empty() {
            let categories = kept_unsaid.into_iter().map(str::to_owned).collect();
            let values = values([("categories", categories)]);
            let (article, code) = ("CCPA 1798.100(a)(3)", "ccpa_no_retention");
            self.add(GapLevel::Note, "retention", article, code, values);
        }
    }

    fn of_activity(
        &mut self,
        register: &Register,
        a: &ProcessingActivity,
        as_of: jiff::civil::Date,
    ) {
        if a.origin == Origin::Inferred {
            let places: usize = a.data.iter().map(|d| d.value.fields.len()).sum();
            let values = values([("count", vec![places.to_string()])]);
            let (article, code) = ("GDPR 30(1)(b), 5(1)(b)", "no_declared_purpose");
            self.add(GapLevel::Error, "purposes", article, code, values);
        }
        if a.role == Role::Unknown {
            self.error("role", "GDPR 30(1), 30(2)", "no_role");
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
            self.warning("security_measures", article, "no_security_measures");
        }
    }

    fn of_processor(&mut self, a: &ProcessingActivity) {
        if a.on_behalf_of.is_empty() {
            self.error("on_behalf_of", "GDPR 30(2)(a)", "no_controller_named");
        }
        if a.processing_categories.is_empty() {
            self.error(
                "processing_categories",
                "GDPR 30(2)(b)",
                "no_processing_categories",
            );
        }
        if a.processor_contract_link.is_none() {
            self.note(
                "processor_contract_link",
                "GDPR 28(3)",
                "no_processor_contract",
            );
        }
    }

    fn of_controller(&mut self, register: &Register, a: &ProcessingActivity) {
        if a.role == Role::JointController && a.joint_controllers.is_empty() {
            self.error(
                "joint_controllers",
                "GDPR 26, 30(1)(a)",
                "no_joint_controllers",
            );
        }
        if a.purposes.is_empty() && a.origin != Origin::Inferred {
            self.error("purposes", "GDPR 30(1)(b)", "no_purposes");
        }
        if a.subjects.is_empty() {
            self.error("subjects", "GDPR 30(1)(c)", "no_subjects");
        }
        if a.data.is_empty() && a.types_open.is_none() {
            self.error("data", "GDPR 30(1)(c)", "no_data");
        }
        if a.recipients.is_empty() {
            self.error("recipients", "GDPR 30(1)(d)", "no_recipients");
        }
        if a.retention.is_empty() {
            let code = match register.organisation.retention.is_empty() {
                true => "no_retention",
                false => "no_retention_general",
            };
            self.warning("retention", "GDPR 30(1)(f), 13(2)(a)", code);
        }
        self.of_legal_bases(register, a);
        if a.source_of_data.is_empty() && a.source_detail.is_none() {
            self.note("source_of_data", "GDPR 14(2)(f)", "no_source");
        }
        if a.profiling == Some(true) && a.automated_decisions.is_none() {
            self.note(
                "automated_decisions",
                "GDPR 13(2)(f), 22",
                "profiling_undecided",
            );
        }
    }

    fn of_legal_bases(&mut self, register: &Register, a: &ProcessingActivity) {
        if a.legal_bases.is_empty() {
            let suggested = a.suggestions.iter().filter(|s| s.cell == "legal_bases");
            let suggested: Vec<String> = suggested.map(|s| s.value.clone()).collect();
            let is_general = !register.organisation.legal_bases.is_empty();
            let code = match (is_general, suggested.is_empty()) {
                (false, true) => "no_legal_basis",
                (false, false) => "no_legal_basis_suggested",
                (true, true) => "no_legal_basis_general",
                (true, false) => "no_legal_basis_general_suggested",
            };
            let values = values([("bases", suggested)]);
            let level = GapLevel::Warning;
            self.add(level, "legal_bases", "GDPR 6(1), 13(1)(c)", code, values);
        }
        for basis in &a.legal_bases {
            match basis.value.id.as_str() {
                "client" => self.warning("legal_bases", "GDPR 6(1)", "basis_client"),
                "consent" if a.consent_link.is_none() => {
                    self.note("consent_link", "GDPR 7(1)", "consent_unrecorded")
                }
                "legitimate_interests" if a.legitimate_interests.is_none() => {
                    self.note("legitimate_interests", "GDPR 13(1)(d)", "interests_unsaid");
                }
                id if vocabulary::legal_basis(id).is_none() => {
                    self.warning("legal_bases", "GDPR 6(1)", "basis_unknown");
                }
                _ => {}
            }
        }
        self.of_special(a);
    }

    fn of_special(&mut self, a: &ProcessingActivity) {
        if a.has_special(Special::Gdpr9) && a.art9_conditions.is_empty() {
            let values = values([("types", types_of(a, Special::Gdpr9))]);
            let code = "special_without_condition";
            let level = GapLevel::Warning;
            self.add(level, "art9_conditions", "GDPR 9(2)", code, values);
        }
        if a.has_special(Special::Gdpr10) && a.art10_basis.is_none() {
            self.warning("art10_basis", "GDPR 10", "criminal_without_basis");
        }
        let about_children =
            a.subjects.iter().any(|s| s == "child") || a.has_special(Special::Gdpr8);
        if about_children && a.legal_bases.iter().any(|b| b.value.id == "consent") {
            self.note("legal_bases", "GDPR 8(1)", "children_consent");
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
            let by = transfer.recipient.iter().cloned().collect();
            let mut said = vec![("by", by), ("countries", transfer.to.clone())];
            let named = transfer.safeguard.as_deref();
            let known = named.and_then(vocabulary::safeguard);
            let is_adequate = |country: &String| {
                is_eea(country) || (country != "US" && has_adequacy(country, as_of))
            };
            let (level, code) = if transfer.to.is_empty() {
                (GapLevel::Warning, "transfer_without_place")
            } else if let (Some(false), Some(term)) = (valid, known) {
                said.push(("safeguard", vec![term.id.clone()]));
                said.push(("date", vec![as_of.to_string()]));
                (GapLevel::Error, "transfer_not_covered")
            } else if transfer.to.iter().all(is_adequate) {
                (GapLevel::Note, "transfer_adequacy_exists")
            } else if let (Some(words), None) = (named, known) {
                said.push(("words", vec![words.to_owned()]));
                (GapLevel::Warning, "transfer_cannot_tell")
            } else if has_placeless {
                (GapLevel::Warning, "transfer_which_safeguard")
            } else if cell.origin == Some(Origin::Inferred) {
                (GapLevel::Error, "transfer_inferred")
            } else {
                (GapLevel::Error, "transfer_no_safeguard")
            };
            self.add(level, "transfers", article, code, values(said));
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
            let values = values([("count", vec![most.to_string()])]);
            let level = GapLevel::Warning;
            self.add(level, "dpia", "GDPR 35(3)(b)", "dpia_scale", values);
        }
        if a.subjects.iter().any(|s| s == "child") || a.has_special(Special::Gdpr8) {
            self.note("dpia", "GDPR 35(1)", "dpia_children");
        }
        let decides = a.automated_decisions.as_ref().is_some_and(|d| d.used);
        if a.profiling == Some(true) || decides {
            self.note("dpia", "GDPR 35(3)(a)", "dpia_profiling");
        }
    }
}

fn types_of(a: &ProcessingActivity, special: Special) -> Vec<String> {
    let held = a.data.iter().filter(|d| d.value.special.contains(&special));
    held.map(|d| d.value.data_type.key().to_owned()).collect()
}

type Values = BTreeMap<String, Vec<String>>;

/// What stands in a text, by name; what is empty stays out.
fn values(said: impl IntoIterator<Item = (&'static str, Vec<String>)>) -> Values {
    said.into_iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(name, values)| (name.to_owned(), values))
        .collect()
}

static TEXTS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    toml::from_str(include_str!("../../detectors/gaps.toml"))
        .expect("the built-in texts are read by a test")
});

/// The English texts of gaps, by code.
pub fn gap_texts() -> &'static BTreeMap<String, String> {
    &TEXTS
}

impl Gap {
    /// A gap with its English text.
    pub fn new(
        activity: Option<String>,
        level: GapLevel,
        (field, article): (&str, &str),
        code: &str,
        values: Values,
    ) -> Self {
        let template = TEXTS.get(code).map_or(code, String::as_str);
        let english = |name: &str, id: &str| match name {
            "bases" => term(vocabulary::legal_basis(id), id),
            "safeguard" => term(vocabulary::safeguard(id), id),
            _ => id.to_owned(),
        };
        Self {
            activity,
            field: field.to_owned(),
            article: article.to_owned(),
            level,
            text: filled(template, &values, english),
            code: code.to_owned(),
            values,
        }
    }
}

fn term(term: Option<&vocabulary::Term>, id: &str) -> String {
    term.map_or_else(|| id.to_owned(), vocabulary::Term::name)
}

/// A text with its values in place of their names; `word` says each value. Whom a transfer goes to stands in brackets.
pub fn filled(template: &str, values: &Values, word: impl Fn(&str, &str) -> String) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (name, behind) = after.split_once('}').unwrap_or((after, ""));
        let said = values.get(name).map_or(&[][..], Vec::as_slice);
        let said: Vec<String> = said.iter().map(|value| word(name, value)).collect();
        match (name, said.is_empty()) {
            ("by", true) => {}
            ("by", false) => text.push_str(&format!(" ({})", said.join(", "))),
            _ => text.push_str(&said.join(", ")),
        }
        rest = behind;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_read_and_values_stand_in_their_places() {
        assert!(gap_texts().len() > 40);
        let said = values([
            ("countries", vec!["US".into(), "IN".into()]),
            ("by", vec!["mailchimp".into()]),
        ]);
        let gap = Gap::new(
            None,
            GapLevel::Error,
            ("transfers", "GDPR 44"),
            "transfer_no_safeguard",
            said,
        );
        assert_eq!(
            gap.text,
            "Transfer to US, IN (mailchimp): no safeguard is named."
        );
        let gap = Gap::new(
            None,
            GapLevel::Error,
            ("transfers", "GDPR 44"),
            "transfer_without_place",
            Values::new(),
        );
        assert_eq!(gap.text, "A transfer names no country or organisation.");
    }
}
