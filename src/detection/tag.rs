//! What a field's tag says: the own syntax in comments, catalogue tags, other vocabularies, masking mechanisms.
//! Reads only; which fields still need a tag is the check's business.

use crate::field::Tag;
use crate::finding::TagState;
use crate::taxonomy::DataType;
use regex::Regex;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What the tags of a field say together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TagReading {
    /// The strongest state.
    pub state: TagState,
    /// The data types that the tag names.
    pub types: Vec<DataType>,
    /// Purpose that the tag gives.
    pub purpose: Option<String>,
    /// Retention that the tag gives, ISO 8601.
    pub retention: Option<String>,
    /// Where the tag stands: `comment`, or the name of the mechanism.
    pub source: Option<String>,
}

/// What a value of another vocabulary means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Exact(DataType),
    Generic,
    NotPersonal,
}

struct Vocabulary {
    words: BTreeMap<String, Meaning>,
}

/// Words people write after `PII:` that no published vocabulary holds, beside the last step of each taxonomy key.
const ALIASES: &[(&str, &str)] = &[
    ("mail", "contact.email"),
    ("emailaddress", "contact.email"),
    ("firstname", "contact.name"),
    ("lastname", "contact.name"),
    ("fullname", "contact.name"),
    ("address", "contact.postal_address"),
    ("phonenumber", "contact.phone"),
    ("mobile", "contact.phone"),
    ("dob", "contact.birth_date"),
    ("dateofbirth", "contact.birth_date"),
    ("ssn", "sensitive.government_id"),
    ("nationalid", "sensitive.government_id"),
    ("passport", "sensitive.government_id"),
    ("ip", "location.ip_address"),
    ("networking", "location.ip_address"),
    ("creditcard", "financial.card_number"),
    ("iban", "financial.bank_account"),
    ("banking", "financial.bank_account"),
    ("password", "sensitive.credential"),
    ("credentials", "sensitive.credential"),
    ("salary", "financial.income"),
];

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let mut words = BTreeMap::new();
    let mut rows = csv::Reader::from_reader(
        include_bytes!("../../detectors/crosswalk_reverse.csv").as_slice(),
    );
    for row in rows.records().flatten() {
        let (Some(value), Some(key), Some(strength)) = (row.get(1), row.get(2), row.get(3)) else {
            continue;
        };
        let meaning = match (strength, DataType::from_key(key)) {
            ("exact", Some(data_type)) => Meaning::Exact(data_type),
            ("generic", _) => Meaning::Generic,
            ("not_personal", _) => Meaning::NotPersonal,
            _ => continue,
        };
        words.entry(folded(value)).or_insert(meaning);
    }
    for (alias, key) in ALIASES {
        let data_type =
            DataType::from_key(key).expect("aliases name keys of the taxonomy; a test holds it");
        words
            .entry((*alias).to_owned())
            .or_insert(Meaning::Exact(data_type));
    }
    for data_type in DataType::all() {
        let short = data_type.key().rsplit('.').next().unwrap_or_default();
        words.insert(folded(short), Meaning::Exact(data_type));
        words.insert(folded(data_type.key()), Meaning::Exact(data_type));
    }
    Vocabulary { words }
});

/// Letters and digits only, lower case: `E-mail Address` and `EMAIL_ADDRESS` are one word.
fn folded(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// What a word of any vocabulary means; a dotted key that is unknown falls back to its longest known prefix, as generic.
fn meaning(word: &str) -> Option<Meaning> {
    let word = word.trim().trim_matches(['"', '\'', '`']);
    let word = word.rsplit(['#', '/']).next().unwrap_or(word);
    let word = word
        .strip_prefix("pd:")
        .or_else(|| word.strip_prefix("dpv:"))
        .unwrap_or(word);
    if let Some(found) = VOCABULARY.words.get(&folded(word)) {
        return Some(*found);
    }
    let (prefix, _) = word.rsplit_once('.')?;
    match meaning(prefix)? {
        Meaning::NotPersonal => Some(Meaning::NotPersonal),
        _ => Some(Meaning::Generic),
    }
}

/// Whether a tag of `state` that names `tagged` fits a field found to be `found`: the same type, or one it cannot be told from.
pub fn agrees(tagged: &[DataType], found: DataType) -> bool {
    tagged.is_empty() || tagged.contains(&found)
}

static OWN: LazyLock<Regex> = LazyLock::new(|| {
    let marks = r"(?:@pii\b|@not[-_]pii\b|@sensitive\b|@personal[-_]data\b|\[pii\]|\bx?-?pii\s*[:=]|\bpii\s*$)";
    Regex::new(&format!("(?i){marks}")).expect("a literal pattern; every test runs it")
});

/// Reads all that a field's comment and tags say. Own tags win over catalogue tags, those over words in comments, masking comes last.
pub fn read(comment: Option<&str>, tags: &[Tag]) -> TagReading {
    let own = comment.and_then(read_comment);
    let catalogue = tags
        .iter()
        .filter_map(read_tag)
        .min_by_key(|reading| order(reading.state));
    match (own, catalogue) {
        (Some(own), Some(other))
            if own.state == TagState::Generic && other.state == TagState::Exact =>
        {
            other
        }
        (Some(own), _) => own,
        (None, Some(other)) => other,
        (None, None) => TagReading::default(),
    }
}

fn order(state: TagState) -> u8 {
    match state {
        TagState::Exact => 0,
        TagState::None => 1,
        TagState::Generic => 2,
        TagState::Masked => 3,
        TagState::Untagged => 4,
    }
}

/// The own tag of a comment: `@pii contact.email; purpose=newsletter; retention=P3Y`, and the forms seen in the wild.
fn read_comment(comment: &str) -> Option<TagReading> {
    let mark = OWN.find(comment)?;
    let word = folded(mark.as_str());
    let rest = comment[mark.end()..].trim_start_matches(['(', ':', ' ', '\t', '"', '\'']);
    let rest = rest.split(['\n', ')', '<']).next().unwrap_or_default();
    let mut reading = TagReading {
        source: Some("comment".into()),
        ..TagReading::default()
    };
    let mut parts = rest.split(';');
    let what = parts.next().unwrap_or_default().trim();
    for part in parts {
        match part
            .split_once('=')
            .map(|(key, value)| (key.trim().to_ascii_lowercase(), value.trim()))
        {
            Some((key, value)) if key == "purpose" => reading.purpose = Some(first_word(value)),
            Some((key, value)) if key == "retention" => reading.retention = Some(first_word(value)),
            _ => {}
        }
    }
    let is_none = word == "notpii"
        || matches!(
            first_word(what)
                .trim_end_matches([':', ','])
                .to_ascii_lowercase()
                .as_str(),
            "none" | "false" | "no"
        );
    if is_none {
        reading.state = TagState::None;
        return Some(reading);
    }
    reading.state = TagState::Generic;
    for word in what.split(',') {
        // Only the first word counts: what follows is prose.
        apply(
            &mut reading,
            meaning(&first_word(word)).or_else(|| meaning(word)),
        );
    }
    Some(reading)
}

fn apply(reading: &mut TagReading, found: Option<Meaning>) {
    match found {
        Some(Meaning::Exact(data_type)) => {
            reading.state = TagState::Exact;
            if !reading.types.contains(&data_type) {
                reading.types.push(data_type);
            }
        }
        Some(Meaning::NotPersonal) if reading.types.is_empty() => reading.state = TagState::None,
        _ => {}
    }
}

fn first_word(text: &str) -> String {
    text.trim()
        .split(|c: char| c.is_whitespace() || c == '"' || c == '\'')
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// Names of tags, attributes and annotations that carry a data category, folded; published conventions of the stacks we read.
const CATEGORY_NAMES: &[&str] = &[
    "pii",
    "piitype",
    "piifield",
    "piidata",
    "piilevel",
    "containspii",
    "xpii",
    "xpersonaldata",
    "xsensitive",
    "xdatacategory",
    "xdataclassification",
    "personaldata",
    "sensitivedata",
    "sensitive",
    "personal",
    "confidential",
    "gdprdata",
    "datacategory",
    "datacategories",
    "fides",
    "semanticcategory",
    "privacycategory",
    "informationtype",
    "sensitivityclassification",
    "dataclassification",
    "compliancegroup",
    "confluenttags",
    "classification",
    "policytags",
    "protectedpersonaldata",
    "ispotentiallypersonal",
    "ispotentiallysensitive",
    "fieldsemantics",
    "kanonymity",
    "tags",
];

/// Parts of names that tell a protection mechanism.
const MASKING_NAMES: &[&str] = &[
    "mask",
    "redact",
    "encrypt",
    "secretstr",
    "censor",
    "masq",
    "datapolic",
    "anon",
    "hidden",
];

fn read_tag(tag: &Tag) -> Option<TagReading> {
    let name = folded(tag.name.rsplit(['.', ':']).next().unwrap_or(&tag.name));
    let value = folded(&tag.value);
    let reading = |state| TagReading {
        state,
        source: Some(tag.name.clone()),
        ..TagReading::default()
    };
    if value.starts_with("masked") || MASKING_NAMES.iter().any(|m| name.contains(m)) {
        return Some(reading(TagState::Masked));
    }
    let is_whole_name = CATEGORY_NAMES.contains(&name.as_str())
        || CATEGORY_NAMES.contains(&folded(&tag.name).as_str());
    if !is_whole_name && !name.ends_with("pii") {
        return None;
    }
    if matches!(value.as_str(), "none" | "false" | "no" | "0") || tag.value.trim() == "-" {
        return Some(reading(TagState::None));
    }
    let mut found = reading(TagState::Generic);
    for word in tag.value.split([',', ';', '|']) {
        apply(&mut found, meaning(word));
    }
    // `tags`, `classification` and the like hold anything: without a word that means personal data they say nothing.
    let speaks = found.state != TagState::Generic
        || !matches!(
            name.as_str(),
            "tags" | "classification" | "confluenttags" | "dataclassification"
        );
    let names_it = ["pii", "personal", "gdpr", "sensitive"]
        .iter()
        .any(|word| value.contains(word));
    (speaks || names_it).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(comment: &str) -> (TagState, Vec<&'static str>) {
        let reading = read(Some(comment), &[]);
        (
            reading.state,
            reading.types.into_iter().map(DataType::key).collect(),
        )
    }

    #[test]
    fn the_own_syntax_is_read_in_every_form() {
        for comment in [
            "@pii contact.email",
            "PII: email",
            "@pii(contact.email)",
            "@PII:contact.email",
            "work mail. @pii email",
            "<remarks>@pii contact.email</remarks>",
            "pii=email",
        ] {
            assert_eq!(
                state(comment),
                (TagState::Exact, vec!["contact.email"]),
                "{comment}"
            );
        }
        assert_eq!(
            state("@pii contact.email, contact.name"),
            (TagState::Exact, vec!["contact.email", "contact.name"])
        );
        for comment in [
            "[PII]",
            "pii=true",
            "@sensitive",
            "@personal-data",
            "x-pii: true",
            "PII: something unheard of",
        ] {
            assert_eq!(state(comment), (TagState::Generic, vec![]), "{comment}");
        }
        for comment in [
            "@pii none: order number",
            "@not-pii(reason=\"order number\")",
            "pii: false",
        ] {
            assert_eq!(state(comment), (TagState::None, vec![]), "{comment}");
        }
        assert_eq!(
            state("the pineapple's epiphany"),
            (TagState::Untagged, vec![])
        );
    }

    #[test]
    fn purpose_and_retention_are_read() {
        let reading = read(
            Some("@pii contact.email; purpose=newsletter; retention=P3Y"),
            &[],
        );
        assert_eq!(
            (reading.purpose.as_deref(), reading.retention.as_deref()),
            (Some("newsletter"), Some("P3Y"))
        );
    }

    #[test]
    fn other_vocabularies_map_and_unknown_fides_keys_fall_back_to_generic() {
        let tag = |name: &str, value: &str| {
            read(
                None,
                &[Tag {
                    name: name.into(),
                    value: value.into(),
                }],
            )
        };
        assert_eq!(
            tag("data_categories", "user.contact.email").types[0].key(),
            "contact.email"
        );
        assert_eq!(
            tag("fides", "user.contact.email.homing_pigeon").state,
            TagState::Generic
        );
        assert_eq!(tag("pii", "-").state, TagState::None);
        assert_eq!(
            tag(
                "SECURITY LABEL anon",
                "MASKED WITH FUNCTION anon.fake_email()"
            )
            .state,
            TagState::Masked
        );
        assert_eq!(
            tag(
                "SENSITIVITY CLASSIFICATION INFORMATION_TYPE",
                "Contact Info"
            )
            .state,
            TagState::Untagged
        );
        assert_eq!(tag("index", "true").state, TagState::Untagged);
    }

    #[test]
    fn aliases_name_keys_of_the_taxonomy() {
        assert!(
            ALIASES
                .iter()
                .all(|(_, key)| DataType::from_key(key).is_some())
        );
    }
}
