//! The enumerations shared by register, notices, recipients and reports: purposes, legal bases, safeguards … with their
//! labels and their terms in other vocabularies. Read from `detectors/vocabulary.toml`; ids are stable.

use serde::Deserialize;
use std::sync::LazyLock;

/// All enumerations.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Why data is processed.
    pub purposes: Vec<Term>,
    /// Categories of recipients.
    pub recipients: Vec<Term>,
    /// Legal bases of Art. 6(1).
    pub legal_bases: Vec<Term>,
    /// Conditions of Art. 9(2).
    pub art9_conditions: Vec<Term>,
    /// Roles of organisations.
    pub roles: Vec<Term>,
    /// Words of other laws for the same roles.
    pub role_terms: Vec<Term>,
    /// Where data comes from.
    pub sources: Vec<Term>,
    /// Kinds of people.
    pub subjects: Vec<Term>,
    /// What covers a transfer.
    pub safeguards: Vec<Term>,
    /// Classes of cookies.
    pub cookie_classes: Vec<Term>,
    /// Means of tracking.
    pub tracking_technologies: Vec<Term>,
    /// Rights of people.
    pub rights: Vec<Term>,
    /// Kinds of security measures.
    pub security_measures: Vec<Term>,
    /// Kinds of claims.
    pub claim_kinds: Vec<Term>,
    /// Outcomes of checking a claim.
    pub claim_verdicts: Vec<Term>,
    /// How a fact of a notice came about.
    pub fact_status: Vec<Term>,
}

/// One word of an enumeration. Keys that an enumeration does not use are empty.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Term {
    /// The stable id.
    pub id: String,
    /// Name for people, where the id does not say enough.
    pub label: Option<String>,
    /// Term of the Data Privacy Vocabulary.
    pub dpv: Option<String>,
    /// Category of the OPP-115 scheme.
    pub opp115: Option<String>,
    /// Name in Fides.
    pub fides: Option<String>,
    /// The wider term.
    pub parent: Option<String>,
    /// Roles that a recipient of this category usually has.
    pub default_role: Vec<String>,
    /// Point of Art. 6(1).
    pub letter: Option<String>,
    /// Article.
    pub article: Option<String>,
    /// Law other than the GDPR.
    pub law: Option<String>,
    /// The term that this one means.
    pub same_as: Option<String>,
    /// Other words for it.
    pub aliases: Vec<String>,
    /// A second axis of the enumeration.
    pub axis: Option<String>,
    /// First day of validity.
    pub valid_from: Option<String>,
    /// Day on which validity ended.
    pub valid_until: Option<String>,
    /// First day of validity for the United Kingdom.
    pub uk_from: Option<String>,
    /// First day of validity for Switzerland.
    pub ch_from: Option<String>,
    /// Day on which validity for Switzerland ended.
    pub ch_until: Option<String>,
    /// What a claim is about.
    pub subject: Option<String>,
    /// What a claim must name.
    pub needs: Option<String>,
    /// What refutes a claim.
    pub refuted_by: Option<String>,
    /// Whether the term is ropa's own.
    pub extension: bool,
}

impl Term {
    /// The name for people: the label, or the id in words.
    pub fn name(&self) -> String {
        self.label.clone().unwrap_or_else(|| in_words(&self.id))
    }
}

/// An id in words: `hosting_provider` → `hosting provider`.
pub fn in_words(id: &str) -> String {
    id.replace(['_', '-'], " ")
}

static TERMS: LazyLock<Terms> = LazyLock::new(|| {
    toml::from_str(include_str!("../detectors/vocabulary.toml"))
        .expect("the built-in vocabulary is read by every test")
});

/// The enumerations.
pub fn terms() -> &'static Terms {
    &TERMS
}

fn find(list: &'static [Term], id: &str) -> Option<&'static Term> {
    list.iter().find(|term| term.id == id)
}

/// The purpose of an id.
pub fn purpose(id: &str) -> Option<&'static Term> {
    find(&TERMS.purposes, id)
}

/// The recipient category of an id.
pub fn recipient_category(id: &str) -> Option<&'static Term> {
    find(&TERMS.recipients, id)
}

/// The legal basis of an id.
pub fn legal_basis(id: &str) -> Option<&'static Term> {
    find(&TERMS.legal_bases, id)
}

/// The condition of Art. 9(2) of an id.
pub fn art9_condition(id: &str) -> Option<&'static Term> {
    find(&TERMS.art9_conditions, id)
}

/// The source of data of an id.
pub fn source_of_data(id: &str) -> Option<&'static Term> {
    find(&TERMS.sources, id)
}

/// The kind of people of an id.
pub fn subject(id: &str) -> Option<&'static Term> {
    find(&TERMS.subjects, id)
}

/// The safeguard of an id.
pub fn safeguard(id: &str) -> Option<&'static Term> {
    find(&TERMS.safeguards, id)
}

/// The right of an id.
pub fn right(id: &str) -> Option<&'static Term> {
    find(&TERMS.rights, id)
}

/// The kind of security measure of an id.
pub fn security_measure(id: &str) -> Option<&'static Term> {
    find(&TERMS.security_measures, id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vocabulary_reads_and_ids_are_unique() {
        let t = terms();
        for list in [
            &t.purposes,
            &t.recipients,
            &t.legal_bases,
            &t.subjects,
            &t.safeguards,
            &t.rights,
            &t.security_measures,
        ] {
            let mut ids: Vec<&str> = list.iter().map(|term| term.id.as_str()).collect();
            ids.sort_unstable();
            let count = ids.len();
            ids.dedup();
            assert_eq!(ids.len(), count);
        }
        assert_eq!(
            (t.purposes.len(), t.recipients.len(), t.subjects.len()),
            (28, 38, 35)
        );
    }

    #[test]
    fn names_fall_back_to_the_id_in_words() {
        assert_eq!(
            recipient_category("hosting_provider")
                .map(Term::name)
                .as_deref(),
            Some("hosting provider")
        );
        assert_eq!(
            safeguard("scc").map(Term::name).as_deref(),
            Some("standard contractual clauses")
        );
    }
}
