//! Words of a language for the ids of taxonomy and vocabulary. Read from `detectors/languages/*.toml`; what a language does
//! not say is said in English, and else by the id in words.

use crate::config::Duration;
use crate::detector::FILES;
use crate::register::{Gap, filled_text, gap_texts};
use crate::taxonomy::{Category, DataType, category_label};
use crate::vocabulary::{self, Term};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The words of one language: by group, by id.
#[derive(Debug)]
pub struct Wording {
    /// ISO 639-1.
    pub language: String,
    groups: BTreeMap<String, BTreeMap<String, String>>,
}

static ALL: LazyLock<Vec<Wording>> = LazyLock::new(|| {
    let files = FILES
        .iter()
        .filter_map(|(file, text)| Some((file.strip_prefix("languages/")?, text)));
    files
        .map(|(file, text)| Wording {
            language: file.trim_end_matches(".toml").to_owned(),
            groups: toml::from_str(text).expect("each built-in language is read by a test"),
        })
        .collect()
});

impl Wording {
    /// The words of a language; English where there are none.
    pub fn of(language: &str) -> &'static Wording {
        let find = |language: &str| ALL.iter().find(|w| w.language == language);
        find(language)
            .or_else(|| find("en"))
            .expect("English is built in")
    }

    /// All languages.
    pub fn all() -> &'static [Wording] {
        &ALL
    }

    fn own(&self, group: &str, id: &str) -> Option<&str> {
        self.groups.get(group)?.get(id).map(String::as_str)
    }

    /// The word for an id of a group.
    pub fn label(&self, group: &str, id: &str) -> String {
        if let Some(word) = self.own(group, id) {
            return word.to_owned();
        }
        if let Some(word) = Self::of("en").own(group, id) {
            return word.to_owned();
        }
        let term = terms(group).and_then(|terms| terms.iter().find(|t| t.id == id));
        capital(&term.map_or_else(|| known_word(id), Term::name))
    }

    /// The id of a group whose words are those of the language only, English included.
    pub fn id_of_known(&self, group: &str, label: &str) -> Option<String> {
        let wanted = label.trim().to_lowercase();
        let of = |wording: &Wording| {
            let words = wording.groups.get(group).into_iter().flatten();
            words
                .into_iter()
                .find(|(id, word)| word.to_lowercase() == wanted || id.to_lowercase() == wanted)
                .map(|(id, _)| id.clone())
        };
        of(self).or_else(|| of(Self::of("en")))
    }

    /// A word of the layout itself.
    pub fn word(&self, id: &str) -> &str {
        self.own("words", id)
            .or_else(|| Self::of("en").own("words", id))
            .unwrap_or_default()
    }

    /// The id of a group that a word stands for, whatever its case.
    pub fn id_of(&self, group: &str, label: &str) -> Option<String> {
        let wanted = label.trim().to_lowercase();
        let matches = |word: &str| word.to_lowercase() == wanted;
        let own = self
            .groups
            .get(group)
            .into_iter()
            .flatten()
            .find(|(_, word)| matches(word))
            .map(|(id, _)| id.clone());
        let known = || {
            terms(group)?
                .iter()
                .find(|t| matches(&self.label(group, &t.id)) || t.id == wanted)
                .map(|t| t.id.clone())
        };
        own.or_else(known)
    }

    /// The name of a data type.
    pub fn data_type(&self, data_type: DataType) -> String {
        let own = self.own("types", data_type.key());
        own.map_or_else(|| data_type.facts().label.clone(), str::to_owned)
    }

    /// The data type of a name.
    pub fn data_type_of(&self, label: &str) -> Option<DataType> {
        let wanted = label.trim().to_lowercase();
        DataType::all().find(|d| self.data_type(*d).to_lowercase() == wanted || d.key() == wanted)
    }

    /// The name of a category.
    pub fn category(&self, category: Category) -> String {
        let own = self.own("categories", category.id());
        own.map_or_else(|| category_label(category).to_owned(), str::to_owned)
    }

    /// A label with own words behind it.
    pub fn with_words(&self, label: String, words: Option<&str>) -> String {
        match words {
            Some(words) if label.is_empty() => words.to_owned(),
            Some(words) => format!("{label}{}{words}", self.word("colon")),
            None => label,
        }
    }

    /// What a cell's yes or no says; `None` where it says neither.
    pub fn said_yes_no(&self, text: &str) -> Option<bool> {
        let text = text.trim().to_lowercase();
        let is = |word: &str| text == self.word(word).to_lowercase();
        match (is("yes"), is("no")) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        }
    }

    /// A label in the middle of a sentence: nouns stay as they are in German, and so do abbreviations.
    pub fn inner(&self, label: &str) -> String {
        let mut chars = label.chars();
        let (first, rest) = (chars.next(), chars.as_str());
        let is_abbreviation = rest.chars().next().is_some_and(char::is_uppercase);
        match first {
            Some(first) if self.language != "de" && !is_abbreviation => {
                first.to_lowercase().chain(rest.chars()).collect()
            }
            _ => label.to_owned(),
        }
    }

    /// What is missing, in the language.
    pub fn gap(&self, gap: &Gap) -> String {
        let template = match self.own("gaps", &gap.code) {
            Some(own) => own,
            // A register of an earlier version has its English text only.
            None => gap_texts()
                .get(&gap.code)
                .map_or(gap.text.as_str(), String::as_str),
        };
        let word = |name: &str, id: &str| match name {
            "types" => DataType::from_key(id).map_or_else(|| id.to_owned(), |d| self.data_type(d)),
            "categories" => {
                Category::from_id(id).map_or_else(|| id.to_owned(), |c| self.category(c))
            }
            "countries" => self.label("countries", id),
            "bases" => self.inner(&self.label("legal_bases", id)),
            "safeguard" => self.label("safeguards", id),
            _ => id.to_owned(),
        };
        filled_text(template, &gap.values, word)
    }

    /// Yes or no.
    pub fn yes_no(&self, yes: bool) -> String {
        self.word(if yes { "yes" } else { "no" }).to_owned()
    }

    /// A duration in words: `P3Y` → `3 years`.
    pub fn duration(&self, duration: &Duration) -> String {
        let span = duration.span();
        let units = [
            (i64::from(span.get_years()), "year"),
            (i64::from(span.get_months()), "month"),
            (i64::from(span.get_weeks()), "week"),
            (i64::from(span.get_days()), "day"),
            (i64::from(span.get_hours()), "hour"),
            (span.get_minutes(), "minute"),
        ];
        let counted = units.iter().filter(|(n, _)| *n != 0);
        let said: Vec<String> = counted
            .map(|(n, unit)| {
                format!(
                    "{n} {}",
                    self.word(&if *n == 1 {
                        (*unit).to_owned()
                    } else {
                        format!("{unit}s")
                    })
                )
            })
            .collect();
        if said.is_empty() {
            self.word("not_kept").to_owned()
        } else {
            said.join(" ")
        }
    }
}

/// The enumeration behind a group, where the vocabulary has one.
fn terms(group: &str) -> Option<&'static [Term]> {
    let t = vocabulary::terms();
    Some(match group {
        "purposes" => &t.purposes,
        "recipients" => &t.recipients,
        "legal_bases" => &t.legal_bases,
        "art9_conditions" => &t.art9_conditions,
        "roles" => &t.roles,
        "sources" => &t.sources,
        "subjects" => &t.subjects,
        "safeguards" => &t.safeguards,
        "rights" => &t.rights,
        "security_measures" => &t.security_measures,
        _ => return None,
    })
}

/// The ids of a group, in the order of the vocabulary.
pub fn ids(group: &str) -> Vec<&'static str> {
    terms(group)
        .unwrap_or_default()
        .iter()
        .map(|t| t.id.as_str())
        .collect()
}

/// Ids become words; what reads like words already stays as it is.
fn known_word(id: &str) -> String {
    let is_id = id
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if is_id {
        vocabulary::in_words(id)
    } else {
        id.to_owned()
    }
}

/// The text with a capital first letter.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_reads_and_speaks_of_known_ids() {
        for wording in Wording::all() {
            for (group, words) in &wording.groups {
                for id in words.keys() {
                    let known = match group.as_str() {
                        "types" => DataType::from_key(id).is_some(),
                        "categories" => Category::from_id(id).is_some(),
                        "countries" => id.len() == 2,
                        "words" => Wording::of("en").own("words", id).is_some(),
                        "gaps" => gap_texts().contains_key(id),
                        group => terms(group).is_none_or(|terms| terms.iter().any(|t| t.id == *id)),
                    };
                    assert!(known, "{}: [{group}] {id}", wording.language);
                }
            }
        }
    }

    #[test]
    fn languages_other_than_english_are_whole() {
        for wording in Wording::all().iter().filter(|w| w.language != "en") {
            for group in [
                "purposes",
                "legal_bases",
                "subjects",
                "recipients",
                "safeguards",
                "security_measures",
                "rights",
                "sources",
            ] {
                for id in ids(group) {
                    assert!(
                        wording.own(group, id).is_some(),
                        "{}: [{group}] {id} is missing",
                        wording.language
                    );
                }
            }
            for data_type in DataType::all() {
                assert!(
                    wording.own("types", data_type.key()).is_some(),
                    "{}: {data_type} is missing",
                    wording.language
                );
            }
            let places = |text: &str| {
                let names = text.split('{').skip(1);
                let names =
                    names.filter_map(|t| t.split_once('}').map(|(name, _)| name.to_owned()));
                names.collect::<std::collections::BTreeSet<String>>()
            };
            for (code, english) in gap_texts() {
                let own = wording.own("gaps", code);
                let own = own.unwrap_or_else(|| panic!("{}: [gaps] {code}", wording.language));
                assert_eq!(places(own), places(english), "{}: {code}", wording.language);
            }
            for id in Wording::of("en").groups["words"].keys() {
                assert!(
                    wording.own("words", id).is_some(),
                    "{}: [words] {id} is missing",
                    wording.language
                );
            }
        }
    }

    #[test]
    fn durations_and_labels_in_words() {
        let english = Wording::of("en");
        let duration = |text: &str| english.duration(&Duration::new(text).expect("a duration"));
        assert_eq!(duration("P3Y"), "3 years");
        assert_eq!(duration("P1M"), "1 month");
        assert_eq!(duration("P0D"), "not kept");
        assert_eq!(
            Wording::of("fr").label("legal_bases", "consent"),
            "Consentement"
        );
        assert_eq!(
            Wording::of("fr")
                .id_of("legal_bases", "consentement")
                .as_deref(),
            Some("consent")
        );
        assert_eq!(english.label("purposes", "Our own words"), "Our own words");
        assert_eq!(english.inner("CRM provider"), "CRM provider");
        assert_eq!(english.inner("Hosting provider"), "hosting provider");
        assert_eq!(Wording::of("de").inner("Werbung"), "Werbung");
    }
}
