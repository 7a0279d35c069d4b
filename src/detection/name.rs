//! A field's name read by a small grammar: what it mentions, what its head is, whose it is.
//! Knows nothing of datasets, types or values.

use super::object::objects;
use super::word::{Class, Found, Lexicon, Meaning, Object, UNKNOWN, Word, role, split};

/// What the words after a concept make of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// The concept is the head.
    Itself,
    Time,
    RowStamp,
    Flag,
    Count,
    Kind,
    Id,
    By,
    Url,
    File,
    Text,
    Technical,
    /// A thing, or a word not known.
    Other,
}

/// What the words before a concept make of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lead {
    /// `is`, `has`.
    pub flag: bool,
    /// `show`, `allow`, `notify`: a choice about the concept.
    pub choice: bool,
    pub count: bool,
    pub unknown: bool,
    pub verb: bool,
}

/// A field's name as read.
pub(super) struct Name<'a> {
    /// Words of the last step.
    pub words: Vec<Word>,
    /// Words of the steps before it.
    pub parents: Vec<Word>,
    /// What it says it holds.
    pub data: Vec<Found>,
    /// Objects it mentions: first word, end, object.
    pub objects: Vec<(usize, usize, &'a Object)>,
    /// The first piece of the last step, as written.
    pub first: String,
    /// Objects of the steps before it.
    pub parent_objects: Vec<&'a Object>,
    /// The last piece of the last step stands in the plural (`members`).
    pub is_plural: bool,
}

const CHOICES: &[&str] = &[
    "show", "hide", "allow", "enable", "disable", "notify", "send", "display", "include",
    "receive", "auto", "prefer", "want", "accept", "accepts",
];

impl<'a> Name<'a> {
    /// Reads a path such as `address.city` or `billing_zip`.
    pub fn read(lexicon: &'a Lexicon, path: &str) -> Self {
        let steps: Vec<&str> = steps(path);
        let (leaf, above) = steps
            .split_last()
            .map_or(("", &[][..]), |(leaf, above)| (*leaf, above));
        let mut words = lexicon.words_of(leaf);
        let mut parents: Vec<Word> = Vec::new();
        let mut above = above.to_vec();
        // A leaf that says nothing of its own (`emails.original`, `name.first`) is read with the step above it.
        if words
            .iter()
            .all(|w| lexicon.is_number(*w) || lexicon.roles(*w) & role::TRANSPARENT != 0)
            && let Some(step) = above.pop()
        {
            words = [lexicon.words_of(step), words].concat();
        }
        for step in above {
            parents.extend(lexicon.words_of(step));
        }
        id_last(lexicon, &mut words);
        words.truncate(60);
        parents.truncate(60);
        let mut name = Self {
            words,
            parents,
            data: Vec::new(),
            objects: Vec::new(),
            first: split(leaf).into_iter().next().unwrap_or_default(),
            parent_objects: Vec::new(),
            is_plural: split(leaf)
                .iter()
                .rev()
                .find(|piece| !piece.bytes().all(|b| b.is_ascii_digit()))
                .is_some_and(|piece| lexicon.is_plural(piece)),
        };
        name.find(lexicon);
        name
    }

    /// Drops a first word that stands before most names of the dataset and means nothing.
    pub fn drop_first(&mut self, lexicon: &'a Lexicon) {
        self.words.remove(0);
        self.find(lexicon);
    }

    fn find(&mut self, lexicon: &'a Lexicon) {
        self.data.clear();
        self.objects.clear();
        self.parent_objects.clear();
        lexicon.find(
            &self.words,
            |m| !matches!(m, Meaning::Object(_)),
            &mut self.data,
        );
        // Phrases for records (`customer address`) would hide the person they begin with.
        let is_plain = |o: &Object| o.class != Class::Record || !o.label.contains(' ');
        objects(lexicon, &self.words, is_plain, &mut self.objects);
        let mut above = Vec::new();
        objects(lexicon, &self.parents, is_plain, &mut above);
        self.parent_objects
            .extend(above.into_iter().map(|(_, _, object)| object));
    }

    pub fn starts_unknown(&self) -> bool {
        self.words.len() > 1 && self.words[0] == UNKNOWN
    }

    /// Words that are no numbers.
    pub fn content(&self, lexicon: &Lexicon) -> usize {
        self.words
            .iter()
            .filter(|w| !lexicon.is_number(**w))
            .count()
    }

    /// All roles of all words.
    pub fn roles(&self, lexicon: &Lexicon) -> u16 {
        self.words
            .iter()
            .fold(0, |bits, w| bits | lexicon.roles(*w))
    }

    /// Roles of the last word that carries meaning.
    pub fn last_roles(&self, lexicon: &Lexicon) -> u16 {
        self.words
            .iter()
            .rev()
            .find(|w| !lexicon.is_number(**w))
            .map_or(0, |w| lexicon.roles(*w))
    }

    /// What the words after a concept make of it.
    pub fn head_after(&self, lexicon: &Lexicon, end: usize) -> Head {
        let mut bits = 0;
        let mut last = None;
        for (i, word) in self.words.iter().enumerate().skip(end) {
            let roles = lexicon.roles(*word);
            let is_person = self
                .objects
                .iter()
                .any(|(s, e, o)| (*s..*e).contains(&i) && o.class == Class::Person);
            if lexicon.is_number(*word)
                || is_person && roles & !role::TRANSPARENT == 0
                || roles & role::TRANSPARENT != 0
            {
                continue;
            }
            if ["is", "was"].iter().any(|w| lexicon.id(w) == Some(*word)) {
                continue;
            }
            bits |= roles;
            last = Some(roles);
        }
        let Some(last) = last else {
            return Head::Itself;
        };
        let order = [
            (role::BY, Head::By),
            (role::ROW_VERB, Head::RowStamp),
            (role::TIME, Head::Time),
            (role::FLAG, Head::Flag),
            (role::TEXT, Head::Text),
            (role::URL, Head::Url),
            (role::FILE, Head::File),
            (role::KIND, Head::Kind),
            (role::COUNT, Head::Count),
            (role::ID, Head::Id),
            (role::TECHNICAL, Head::Technical),
        ];
        if bits & role::BY != 0 {
            return Head::By;
        }
        if bits & role::ROW_VERB != 0 && last & (role::TIME | role::ROW_VERB) != 0 {
            return Head::RowStamp;
        }
        order
            .into_iter()
            .find(|(bit, _)| last & bit != 0)
            .map_or(Head::Other, |(_, head)| head)
    }

    /// What the words before a concept make of it.
    pub fn lead_before(&self, lexicon: &Lexicon, start: usize) -> Lead {
        let mut lead = Lead::default();
        for (i, word) in self.words.iter().enumerate().take(start) {
            let roles = lexicon.roles(*word);
            let is_object = self.objects.iter().any(|(s, e, _)| (*s..*e).contains(&i));
            lead.choice |= CHOICES.iter().any(|c| lexicon.id(c) == Some(*word));
            lead.flag |= i == 0 && roles & role::FLAG != 0 && roles & role::TRANSPARENT == 0;
            lead.count |= roles & role::COUNT != 0 || i == 0 && roles & role::ID != 0;
            lead.verb |= roles & role::ROW_VERB != 0 && roles & role::TRANSPARENT == 0;
            lead.unknown |=
                *word == UNKNOWN || roles == 0 && !is_object && !lexicon.is_number(*word);
        }
        lead
    }

    /// The owner a name gives a concept: the object nearest before it, else a person after it.
    pub fn owner(&self, start: usize, end: usize) -> Option<&'a Object> {
        // A person inside the phrase (`bill to address`) counts like one before it.
        let is_before = |(s, e, o): &&(usize, usize, &Object)| {
            *e <= start || *s < start && *e <= end || *e < end && o.class == Class::Person
        };
        let before = self.objects.iter().rev().find(is_before);
        let after = || {
            self.objects
                .iter()
                .find(|(s, _, o)| *s >= end && o.class == Class::Person)
        };
        before.or_else(after).map(|(_, _, o)| *o)
    }
}

/// The steps of a path; marks of arrays and of keys that are values left out. A name with spaces is one step.
fn steps(path: &str) -> Vec<&str> {
    if path.contains(' ') {
        return vec![path];
    }
    path.split(['.', '/', '>'])
        .filter(|step| !step.is_empty() && *step != "*" && !split(step).is_empty())
        .collect()
}

/// `id_customer` and `idvisit` are read as `customer id`; `id card` stays.
fn id_last(lexicon: &Lexicon, words: &mut [Word]) {
    let id = lexicon.id("id");
    let own = [
        "card", "document", "number", "photo", "proof", "expiry", "type", "image", "front", "back",
        "token", "code", "issue", "country",
    ];
    let is_own = |w: &Word| own.iter().any(|o| lexicon.id(o) == Some(*w));
    if words.len() >= 2 && Some(words[0]) == id && words.last().copied() != id && !is_own(&words[1])
    {
        words.rotate_left(1);
    }
}
