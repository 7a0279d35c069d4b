//! Classification of fields: name, object, type, tag and values into one confidence with its evidence.

use super::declared_type::Holds;
use super::fusion::{Case, Siblings, judge, weigh};
pub use super::fusion::{PART_NAMES, PARTS, Parts, Weighed};
use super::name::Name;
use super::object::Reading;
use super::summary::FieldSummary;
use super::value_evidence::{self, Profile, profiles};
use super::word::{Class, Lexicon};
use crate::detector::Detectors;
use crate::field::{Dataset, Field};
use crate::finding::Judgement;
use crate::source::SourceKind;
use crate::taxonomy::DataType;
use std::collections::BTreeMap;

/// A dataset as classification sees it: its declaration and all its fields, so that siblings count.
pub struct DatasetView<'a> {
    /// The source it is in, as shown.
    pub source: &'a str,
    /// What the source is.
    pub source_kind: SourceKind,
    /// Its declaration.
    pub dataset: &'a Dataset,
    /// Its fields, in the order of the source.
    pub fields: Vec<FieldView<'a>>,
}

/// A field as classification sees it.
pub struct FieldView<'a> {
    /// Its declaration.
    pub field: &'a Field,
    /// What its values showed; `None` where the source has no values.
    pub summary: Option<&'a FieldSummary>,
}

/// What is concluded of a dataset.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DatasetJudgement {
    /// Data subjects its rows are about (ids of the vocabulary), most certain first; empty where it is about things.
    pub subjects: Vec<String>,
    /// One entry a field: its data types, best first; empty where nothing personal is concluded.
    pub fields: Vec<Vec<Judgement>>,
}

/// Classifies the fields of a dataset.
pub struct Classifier {
    lexicon: Lexicon,
    /// Data type and id of each detector, by its position.
    detectors: Vec<(DataType, String)>,
    /// How far the values of each detector can be trusted.
    profiles: Vec<Profile>,
}

impl Classifier {
    /// A classifier for a table of detectors.
    pub fn new(detectors: &Detectors) -> Self {
        Self {
            lexicon: Lexicon::new(detectors),
            detectors: detectors
                .iter()
                .map(|d| (d.data_type, d.id.clone()))
                .collect(),
            profiles: profiles(detectors),
        }
    }

    /// Judges every field of a dataset.
    pub fn classify(&self, view: &DatasetView<'_>) -> DatasetJudgement {
        let (fields, reading) = self.each(view, judge);
        let has_any = fields.iter().any(|f: &Vec<Judgement>| !f.is_empty());
        let is_about = matches!(reading.class, Class::Person | Class::Record) || reading.of_person;
        let subjects = reading
            .subject
            .filter(|_| has_any && is_about)
            .into_iter()
            .collect();
        DatasetJudgement { subjects, fields }
    }

    /// What speaks for which data type, by kind of evidence, one entry a field: for the training of weights.
    pub fn weigh(&self, view: &DatasetView<'_>) -> Vec<Vec<Weighed>> {
        self.each(view, weigh).0
    }

    fn each<T>(&self, view: &DatasetView<'_>, read: impl Fn(&Case<'_>) -> T) -> (Vec<T>, Reading) {
        let mut names: Vec<Name<'_>> = view
            .fields
            .iter()
            .map(|f| Name::read(&self.lexicon, &f.field.path))
            .collect();
        drop_prefix(&self.lexicon, &mut names);
        let holds: Vec<Holds> = view.fields.iter().map(holds_of).collect();
        let mut reading = Reading::of_dataset(&self.lexicon, &view.dataset.name);
        let siblings = Siblings::of(&self.lexicon, &self.detectors, &names, &holds);
        siblings.complete(&self.lexicon, &mut reading);
        let case = |i: usize| Case {
            lexicon: &self.lexicon,
            detectors: &self.detectors,
            profiles: &self.profiles,
            reading: &reading,
            siblings: &siblings,
            name: &names[i],
            holds: holds[i],
            field: view.fields[i].field,
            summary: view.fields[i].summary,
        };
        let fields = (0..names.len()).map(|i| read(&case(i))).collect();
        (fields, reading)
    }
}

/// The declared type; where it leaves all open, what the values show.
fn holds_of(view: &FieldView<'_>) -> Holds {
    match (Holds::of(view.field), view.summary) {
        (Holds::Unknown | Holds::Text(_), Some(summary)) => match value_evidence::holds(summary) {
            Holds::Unknown => Holds::of(view.field),
            shown => shown,
        },
        (declared, _) => declared,
    }
}

/// Drops a first word that most names share and that means nothing (`ebsal_basic_salary`, `ebsal_currency`).
fn drop_prefix<'a>(lexicon: &'a Lexicon, names: &mut [Name<'a>]) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for name in names.iter().filter(|n| n.starts_unknown()) {
        *counts.entry(name.first.clone()).or_default() += 1;
    }
    let shared = counts.into_iter().max_by_key(|(_, count)| *count);
    if let Some((prefix, count)) = shared
        && count >= 2
        && count * 5 >= names.len() * 2
    {
        for name in names
            .iter_mut()
            .filter(|n| n.starts_unknown() && n.first == prefix)
        {
            name.drop_first(lexicon);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Reference;
    use std::sync::LazyLock;

    static CLASSIFIER: LazyLock<Classifier> =
        LazyLock::new(|| Classifier::new(&Detectors::built_in().unwrap()));

    fn judge(table: &str, fields: &[(&str, &str)]) -> Vec<Vec<String>> {
        let fields: Vec<Field> = fields
            .iter()
            .map(|(path, declared)| Field {
                declared_type: (!declared.is_empty()).then(|| (*declared).to_owned()),
                ..Field::named(*path)
            })
            .collect();
        keys(table, &fields)
    }

    fn keys(table: &str, fields: &[Field]) -> Vec<Vec<String>> {
        let dataset = Dataset {
            name: table.to_owned(),
            ..Dataset::default()
        };
        let view = DatasetView {
            source: "test",
            source_kind: SourceKind::Schema,
            dataset: &dataset,
            fields: fields
                .iter()
                .map(|field| FieldView {
                    field,
                    summary: None,
                })
                .collect(),
        };
        let judged = CLASSIFIER.classify(&view).fields;
        let stands = |j: &&Judgement| j.score >= 0.6;
        let key = |j: &Judgement| j.data_type.key().to_owned();
        judged
            .iter()
            .map(|js| js.iter().filter(stands).map(key).collect())
            .collect()
    }

    fn holds(table: &str, field: (&str, &str), wanted: &[&str]) {
        let said = judge(table, &[field]);
        assert_eq!(said[0], wanted, "{table}.{}", field.0);
    }

    #[test]
    fn the_owner_of_a_name_decides() {
        holds("users", ("name", "varchar(80)"), &["contact.name"]);
        holds("products", ("name", "varchar(80)"), &[]);
        holds("orders", ("customer_name", ""), &["contact.name"]);
        holds("customers", ("product_name", ""), &[]);
        holds("roles", ("display_name", ""), &[]);
    }

    #[test]
    fn suffixes_and_prefixes_cancel() {
        for field in [
            "email_verified",
            "password_changed_at",
            "phone_required",
            "reset_token_sent_at",
            "email_template_id",
            "has_phone",
            "address_type",
        ] {
            holds("users", (field, ""), &[]);
        }
        holds("users", ("unconfirmed_email", ""), &["contact.email"]);
        holds("users", ("reset_token", ""), &["sensitive.credential"]);
    }

    #[test]
    fn row_stamps_say_nothing_and_activity_stamps_do() {
        holds("users", ("created_at", "datetime"), &[]);
        holds("users", ("confirmed_at", "datetime"), &[]);
        holds("users", ("last_seen_at", "datetime"), &["usage.activity"]);
        holds("users", ("failed_attempts", "integer"), &["usage.activity"]);
        holds("employees", ("hire_date", "date"), &["contact.employment"]);
    }

    #[test]
    fn keys_to_persons_are_told_from_keys_to_things() {
        holds("orders", ("user_id", "bigint"), &["contact.account_id"]);
        holds("orders", ("created_by", "bigint"), &["contact.account_id"]);
        holds("orders", ("product_id", "bigint"), &[]);
        holds("orders", ("order_id", "bigint"), &[]);
        holds("customers", ("id", "bigint"), &["contact.account_id"]);
        holds("reports", ("group_by_clause", "text"), &[]);
        let said = judge("notes", &[("owner_id", "bigint"), ("owner_type", "text")]);
        assert!(said[0].is_empty());
    }

    #[test]
    fn a_reference_says_what_a_key_is() {
        let to = |dataset: &str| Field {
            references: Some(Reference {
                dataset: dataset.into(),
                field: None,
            }),
            declared_type: Some("int".into()),
            ..Field::named("a_ref")
        };
        assert_eq!(
            keys("relationship", &[to("person")])[0],
            ["contact.account_id"]
        );
        assert!(keys("relationship", &[to("currency")])[0].is_empty());
    }

    #[test]
    fn records_give_their_type_to_free_text_and_facts() {
        let fields = [
            ("patient_id", "int"),
            ("value_numeric", "double"),
            ("comments", "varchar(255)"),
            ("status", "varchar(16)"),
        ];
        let said = judge("obs", &fields);
        assert_eq!(said[1], ["sensitive.health"]);
        assert_eq!(said[2], ["sensitive.health"]);
        assert!(said[3].is_empty());
    }

    #[test]
    fn a_relatives_name_is_a_name_and_family() {
        let said = judge(
            "emp_dependents",
            &[("emp_no", "int"), ("dep_name", "varchar(100)")],
        );
        assert!(said[1].contains(&"contact.name".to_owned()));
        assert!(said[1].contains(&"contact.family".to_owned()));
    }

    #[test]
    fn glued_abbreviated_and_foreign_names_are_read() {
        holds("users", ("dateofbirth", ""), &["contact.birth_date"]);
        holds("users", ("fname", ""), &["contact.name"]);
        holds("kunden", ("Geburtsdatum", ""), &["contact.birth_date"]);
        holds(
            "clientes",
            ("fecha_de_nacimiento", ""),
            &["contact.birth_date"],
        );
        holds("pracownicy", ("nazwisko", ""), &["contact.name"]);
        holds("kaiin", ("denwa_bango", ""), &["contact.phone"]);
        holds("kunder", ("personnummer", ""), &["sensitive.government_id"]);
    }

    #[test]
    fn a_state_is_a_region_only_beside_an_address() {
        holds("orders", ("state", "varchar(30)"), &[]);
        let said = judge("addresses", &[("city", ""), ("zip", ""), ("state", "")]);
        assert_eq!(said[2], ["location.region"]);
    }

    #[test]
    fn every_judgement_says_why() {
        let dataset = Dataset {
            name: "users".into(),
            ..Dataset::default()
        };
        let field = Field::named("email");
        let view = DatasetView {
            source: "test",
            source_kind: SourceKind::Schema,
            dataset: &dataset,
            fields: vec![FieldView {
                field: &field,
                summary: None,
            }],
        };
        let judged = CLASSIFIER.classify(&view);
        assert!(!judged.fields[0][0].evidence.is_empty());
        assert_eq!(judged.subjects, ["account_holder"]);
    }
}
