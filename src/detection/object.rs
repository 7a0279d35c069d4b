//! What a dataset is about: a person, a record of a person, an organisation or a thing; read from its name, its
//! fields and their keys. Knows nothing of data types beyond the topic of a record.

use super::word::{Class, Found, Lexicon, Meaning, Object, UNKNOWN, Word, role};
use crate::field::bare_name;
use crate::taxonomy::DataType;

/// What a dataset, or an owner named in a field, is taken for.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub class: Class,
    /// Type of a record's facts.
    pub topic: Option<DataType>,
    pub closed: bool,
    pub relative: bool,
    pub business: bool,
    /// A person is named before the object (`customer address`).
    pub of_person: bool,
    /// The object stands after a thing, a record or an organisation (`cohort member`): rows may only link the two.
    pub is_link: bool,
    /// The name ends in a word that is not known: the object may be a mere owner.
    pub is_weak: bool,
    /// The words of the dataset's name.
    pub words: Vec<Word>,
    /// A key to it is a key to a person.
    pub key_to_person: bool,
    /// Data subject of the vocabulary.
    pub subject: Option<String>,
    /// Why, in words.
    pub why: String,
}

impl Reading {
    pub fn unknown() -> Self {
        Self {
            class: Class::Unknown,
            topic: None,
            closed: false,
            relative: false,
            business: false,
            of_person: false,
            is_link: false,
            is_weak: false,
            words: Vec::new(),
            key_to_person: false,
            subject: None,
            why: String::new(),
        }
    }

    pub fn of(object: &Object) -> Self {
        Self {
            class: object.class,
            topic: object.topic,
            closed: object.closed,
            relative: object.relative,
            business: object.business,
            of_person: object.of_person,
            is_link: false,
            is_weak: false,
            words: Vec::new(),
            key_to_person: object.key_to_person,
            subject: object.subject.clone(),
            why: object.label.clone(),
        }
    }

    /// Reads the name of a dataset: its last object decides, those before it say whose it is.
    pub fn of_dataset(lexicon: &Lexicon, name: &str) -> Self {
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let name = name.rsplit("::").next().unwrap_or(name);
        let name = bare_name(name);
        let mut words = lexicon.words_of(name);
        words.truncate(64);
        if words == [UNKNOWN]
            && let Some(known) = after_letter(lexicon, name)
        {
            words = known;
        }
        let lower = name.to_ascii_lowercase();
        if lower.ends_with("i18n") || lower.ends_with("l10n") {
            return Self {
                class: Class::Thing,
                why: "translation".into(),
                words,
                ..Self::unknown()
            };
        }
        let mut found: Vec<(usize, usize, &Object)> = Vec::new();
        objects(lexicon, &words, |_| true, &mut found);
        // The head is the last word that is no container; an unknown head leaves the object before it a mere owner.
        let is_container = |w: Word| w == UNKNOWN - 1 || lexicon.roles(w) & role::CONTAINER != 0;
        let head = words
            .iter()
            .rposition(|w| !is_container(*w))
            .map_or(words.len(), |i| i + 1);
        let is_content = |(start, end, _): &&(usize, usize, &Object)| {
            words[*start..*end].iter().any(|w| !is_container(*w))
        };
        let Some(last) = found.iter().rev().find(is_content).or(found.last()) else {
            return Self {
                words,
                ..Self::unknown()
            };
        };
        let mut reading = Self::of(last.2);
        for (_, _, owner) in found.iter().filter(|(_, end, _)| *end <= last.0) {
            if owner.class == Class::Person {
                reading.of_person = true;
                reading.relative |= owner.relative;
                reading.subject = reading.subject.or_else(|| owner.subject.clone());
            } else {
                reading.of_person |= owner.of_person;
                reading.is_link = true;
            }
        }
        if last.1 < head {
            reading.weaken();
        }
        reading.words = words;
        reading
    }

    /// The object is named before an unknown head: what the rows are is not sure.
    fn weaken(&mut self) {
        self.is_weak = true;
        if self.class == Class::Record && self.of_person {
            return;
        }
        // Whatever is kept of a patient is of care, of an employee of work.
        let is_person = self.class == Class::Person;
        let topic = self
            .subject
            .as_deref()
            .filter(|_| is_person)
            .and_then(of_subject);
        self.topic = topic.and_then(DataType::from_key);
        self.closed = self.topic.is_some();
        self.class = match self.class {
            Class::Person => Class::Record,
            Class::Record if !self.of_person => Class::Unknown,
            class => class,
        };
    }
}

/// `rusers`: a letter before the name of an object.
fn after_letter(lexicon: &Lexicon, name: &str) -> Option<Vec<Word>> {
    let rest = name.get(1..).filter(|rest| rest.len() >= 4)?;
    let words = lexicon.words_of(rest);
    let mut found = Vec::new();
    objects(lexicon, &words, |o| o.class != Class::Thing, &mut found);
    let is_whole = found.iter().any(|(s, e, _)| *s == 0 && *e == words.len());
    (is_whole && !rest.starts_with(char::is_uppercase)).then_some(words)
}

/// What records of a data subject hold where their name says no more.
fn of_subject(subject: &str) -> Option<&'static str> {
    match subject {
        "patient" => Some("sensitive.health"),
        "employee" | "job_applicant" => Some("contact.employment"),
        "student" => Some("contact.education"),
        _ => None,
    }
}

/// The objects a name mentions, in their order: first word, end, object.
pub(super) fn objects<'a>(
    lexicon: &'a Lexicon,
    words: &[Word],
    is_wanted: impl Fn(&Object) -> bool,
    out: &mut Vec<(usize, usize, &'a Object)>,
) {
    let mut found: Vec<Found> = Vec::new();
    lexicon.find(
        words,
        |m| matches!(m, Meaning::Object(p) if is_wanted(&lexicon.objects[*p as usize])),
        &mut found,
    );
    found.sort_by_key(|f| f.end);
    out.extend(found.into_iter().filter_map(|f| match f.meaning {
        Meaning::Object(position) => Some((f.start, f.end, &lexicon.objects[position as usize])),
        _ => None,
    }));
}
