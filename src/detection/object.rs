//! What a dataset is about: a person, a record of a person, an organisation or a thing; read from its name, its
//! fields and their keys. Knows nothing of data types beyond the topic of a record.

use super::word::{Class, Found, Lexicon, Meaning, Object, UNKNOWN, Word, role};
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
            of_person: object.class == Class::Person,
            subject: object.subject.clone(),
            why: object.label.clone(),
        }
    }

    /// Reads the name of a dataset: its last object decides, those before it say whose it is.
    pub fn of_dataset(lexicon: &Lexicon, name: &str) -> Self {
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let name = name.rsplit("::").next().unwrap_or(name);
        let name = match name.rsplit_once('.') {
            // `public.users` and `users.csv`.
            Some((
                stem,
                "csv" | "json" | "jsonl" | "ndjson" | "xlsx" | "tsv" | "parquet" | "txt" | "log"
                | "yml" | "yaml" | "xml" | "sql" | "avro",
            )) => stem,
            Some((_, table)) => table,
            None => name,
        };
        let mut words = lexicon.words_of(name);
        words.truncate(64);
        let mut found: Vec<(usize, usize, &Object)> = Vec::new();
        objects(lexicon, &words, &mut found);
        // The head is the last word that is no container; an unknown head leaves the object before it a mere owner.
        let is_container = |w: Word| w == UNKNOWN - 1 || lexicon.roles(w) & role::CONTAINER != 0;
        let head = words
            .iter()
            .rposition(|w| !is_container(*w))
            .map_or(words.len(), |i| i + 1);
        let Some(last) = found
            .iter()
            .rev()
            .find(|(_, end, _)| *end >= head)
            .or(found.last())
        else {
            return Self::unknown();
        };
        let mut reading = Self::of(last.2);
        for (_, _, owner) in found.iter().filter(|(_, end, _)| *end <= last.0) {
            if owner.class == Class::Person {
                reading.of_person = true;
                reading.relative |= owner.relative;
                reading.subject = reading.subject.or_else(|| owner.subject.clone());
            }
        }
        if last.1 < head {
            reading.weaken();
        }
        reading
    }

    /// The object is named before an unknown head: what the rows are is not sure.
    fn weaken(&mut self) {
        self.closed = false;
        if matches!(self.class, Class::Person) {
            self.class = Class::Record;
            self.of_person = true;
        } else if matches!(self.class, Class::Thing | Class::Organisation) && !self.of_person {
            self.class = Class::Thing;
        }
    }
}

/// The objects a name mentions, in their order: first word, end, object.
pub(super) fn objects<'a>(
    lexicon: &'a Lexicon,
    words: &[Word],
    out: &mut Vec<(usize, usize, &'a Object)>,
) {
    let mut found: Vec<Found> = Vec::new();
    lexicon.find(words, |m| matches!(m, Meaning::Object(_)), &mut found);
    found.sort_by_key(|f| f.end);
    out.extend(found.into_iter().filter_map(|f| match f.meaning {
        Meaning::Object(position) => Some((f.start, f.end, &lexicon.objects[position as usize])),
        _ => None,
    }));
}
