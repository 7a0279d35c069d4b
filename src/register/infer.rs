//! What a scan may conclude of data that no activity claims: a row marked as inferred, with its reason.
//! The rules are `detectors/activities.toml`.

use crate::source::SourceKind;
use crate::taxonomy::DataType;
use serde::Deserialize;
use std::sync::LazyLock;

/// A kind of activity that data may point to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    pub id: String,
    pub name: String,
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    subjects: Vec<String>,
    #[serde(default)]
    types: Vec<DataType>,
    #[serde(default)]
    source_kinds: Vec<SourceKind>,
    pub purposes: Vec<String>,
    pub legal_bases: Vec<String>,
}

#[derive(Deserialize)]
struct Rules {
    activity: Vec<Rule>,
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let rules: Rules = toml::from_str(include_str!("../../detectors/activities.toml"))
        .expect("the built-in rules are read by every test");
    rules.activity
});

/// What is known of the data that is to be placed.
pub(super) struct Clue<'a> {
    pub dataset: &'a str,
    pub subjects: &'a [String],
    pub source_kind: Option<SourceKind>,
    pub data_type: DataType,
}

/// The kind of activity that data points to, and why.
pub(super) fn activity_of(clue: &Clue<'_>) -> (&'static Rule, String) {
    let words = words(clue.dataset);
    let named = |rule: &&Rule| {
        rule.words
            .iter()
            .any(|word| words.contains(&format!(" {word} ")))
    };
    if let Some(rule) = RULES.iter().find(named) {
        return (rule, format!("the name `{}` speaks of it", clue.dataset));
    }
    if let Some(rule) = RULES
        .iter()
        .find(|rule| clue.subjects.iter().any(|s| rule.subjects.contains(s)))
    {
        return (rule, format!("it is about {}", clue.subjects.join(", ")));
    }
    if let Some(rule) = RULES.iter().find(|rule| {
        clue.source_kind
            .is_some_and(|kind| rule.source_kinds.contains(&kind))
    }) {
        return (rule, "of the kind of its source".to_owned());
    }
    if let Some(rule) = RULES
        .iter()
        .find(|rule| rule.types.contains(&clue.data_type))
    {
        return (rule, format!("it holds {}", clue.data_type));
    }
    let last = RULES.last().expect("the list is not empty");
    (last, "nothing says what it is for".to_owned())
}

/// The words of a name between single spaces, lower case and singular, `_` within compound words kept as a second reading.
fn words(name: &str) -> String {
    let mut split = String::new();
    let mut before_lower = false;
    for c in name.chars() {
        if c.is_uppercase() && before_lower {
            split.push(' ');
        }
        before_lower = c.is_lowercase();
        split.extend(if c.is_alphanumeric() {
            c.to_lowercase().next()
        } else {
            Some(' ')
        });
    }
    let singular: Vec<&str> = split.split_whitespace().map(singular).collect();
    let pairs = singular.windows(2).map(|pair| pair.join("_"));
    let all: Vec<String> = singular
        .iter()
        .map(|w| (*w).to_owned())
        .chain(pairs)
        .collect();
    format!(" {} ", all.join(" ").replace(' ', "  "))
}

fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with(['s', 'u', 'i']) => stem,
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary;

    fn rule(dataset: &str, subjects: &[&str], source_kind: Option<SourceKind>) -> &'static str {
        let subjects: Vec<String> = subjects.iter().map(|s| (*s).to_owned()).collect();
        let data_type = DataType::from_key("contact.name").expect("known");
        &activity_of(&Clue {
            dataset,
            subjects: &subjects,
            source_kind,
            data_type,
        })
        .0
        .id
    }

    #[test]
    fn names_come_first_then_people_then_sources() {
        assert_eq!(rule("public.users", &[], None), "user_accounts");
        assert_eq!(rule("JobApplications", &[], None), "recruitment");
        assert_eq!(rule("web.page_views", &[], None), "analytics");
        assert_eq!(rule("t_17", &["employee"], None), "personnel");
        assert_eq!(rule("", &[], Some(SourceKind::Log)), "logs");
        assert_eq!(rule("t_17", &[], None), "other");
    }

    #[test]
    fn rules_speak_the_vocabulary() {
        for rule in RULES.iter() {
            assert!(
                rule.purposes
                    .iter()
                    .all(|id| vocabulary::purpose(id).is_some()),
                "{}",
                rule.id
            );
            assert!(
                rule.subjects
                    .iter()
                    .all(|id| vocabulary::subject(id).is_some()),
                "{}",
                rule.id
            );
            assert!(
                rule.legal_bases
                    .iter()
                    .all(|id| vocabulary::legal_basis(id).is_some()),
                "{}",
                rule.id
            );
        }
    }
}
