//! The words of field and dataset names: what role each plays, what object it names, and which phrases name data.
//! Compiled once from `detectors/words/*.toml` and the detectors; knows nothing of fusion.

use crate::detector::{Detectors, FILES};
use crate::taxonomy::DataType;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// A word of the lexicon.
pub(super) type Word = u32;
/// A piece of a name that the lexicon does not know.
pub(super) const UNKNOWN: Word = u32::MAX;
/// A number that no phrase contains.
pub(super) const NUMBER: Word = u32::MAX - 1;

/// Roles a word may play beside the thing a field holds, as a set of bits.
pub(super) mod role {
    pub const TRANSPARENT: u16 = 1;
    pub const TIME: u16 = 1 << 1;
    pub const ROW_VERB: u16 = 1 << 2;
    pub const PERSON_VERB: u16 = 1 << 3;
    pub const FLAG: u16 = 1 << 4;
    pub const COUNT: u16 = 1 << 5;
    pub const KIND: u16 = 1 << 6;
    pub const ID: u16 = 1 << 7;
    pub const BY: u16 = 1 << 8;
    pub const URL: u16 = 1 << 9;
    pub const FILE: u16 = 1 << 10;
    pub const TEXT: u16 = 1 << 11;
    pub const TECHNICAL: u16 = 1 << 12;
    pub const CONTAINER: u16 = 1 << 13;
    /// Digits that some phrase contains.
    pub const NUMERIC: u16 = 1 << 14;
}

/// What a dataset, or the owner named in a field, is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// A person.
    Person,
    /// A record that belongs to a person.
    Record,
    /// An organisation.
    Organisation,
    /// A thing.
    Thing,
    /// Not known.
    Unknown,
}

/// An object of `objects.toml`.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub class: Class,
    /// Type of the facts of a record.
    pub topic: Option<DataType>,
    /// Nearly every column is such a fact.
    pub closed: bool,
    /// A relative of the person.
    pub relative: bool,
    /// An organisation whose contact details are usually a person's.
    pub business: bool,
    /// A key to it is a key to a person.
    pub key_to_person: bool,
    /// Acts upon rows without being their subject.
    pub acts: bool,
    /// Data subject of the vocabulary.
    pub subject: Option<String>,
    /// It begins with a person (`customer address`).
    pub of_person: bool,
    /// The words, for explanations.
    pub label: String,
}

/// What a phrase names.
#[derive(Clone, Copy, Debug)]
pub(super) enum Meaning {
    /// Data of a detector (its position), surely or only with support.
    Data { detector: u16, is_strong: bool },
    /// A phrase that cancels a detector.
    Not { detector: u16 },
    /// An object (its position).
    Object(u16),
}

struct Phrase {
    words: Box<[Word]>,
    meanings: Vec<Meaning>,
}

/// A phrase found in a name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub start: usize,
    pub end: usize,
    pub meaning: Meaning,
}

/// Everything known of words.
pub(super) struct Lexicon {
    ids: HashMap<String, Word>,
    roles: Vec<u16>,
    read_as: HashMap<String, Vec<Word>>,
    drop: Vec<Word>,
    fixed: Vec<String>,
    phrases: HashMap<Word, Vec<Phrase>>,
    pub objects: Vec<Object>,
    pub fact_types: Vec<bool>,
    pub coded_types: Vec<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleWords {
    transparent: Vec<String>,
    time: Vec<String>,
    row_verb: Vec<String>,
    person_verb: Vec<String>,
    flag: Vec<String>,
    count: Vec<String>,
    kind: Vec<String>,
    id: Vec<String>,
    by: Vec<String>,
    url: Vec<String>,
    file: Vec<String>,
    text: Vec<String>,
    technical: Vec<String>,
    plain: Vec<String>,
    fixed: Vec<String>,
    fact_types: Vec<DataType>,
    coded_types: Vec<DataType>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ObjectWords {
    person: Vec<ObjectEntry>,
    organisation: Vec<ObjectEntry>,
    record: Vec<ObjectEntry>,
    thing: Vec<ObjectEntry>,
    containers: Containers,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ObjectEntry {
    #[serde(rename = "type")]
    topic: Option<DataType>,
    subject: Option<String>,
    #[serde(default)]
    closed: bool,
    #[serde(default)]
    relative: bool,
    #[serde(default)]
    business: bool,
    #[serde(default)]
    key_to_person: bool,
    #[serde(default)]
    acts: bool,
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Containers {
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Glossary {
    abbreviations: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Languages {
    drop: Vec<String>,
    translations: BTreeMap<String, String>,
}

fn file<T: for<'a> Deserialize<'a>>(name: &str) -> T {
    let text = FILES
        .iter()
        .find(|(file, _)| *file == name)
        .map_or("", |(_, text)| text);
    toml::from_str(text).expect("the word lists are read by every test")
}

impl Lexicon {
    pub fn new(detectors: &Detectors) -> Self {
        let roles: RoleWords = file("words/roles.toml");
        let objects: ObjectWords = file("words/objects.toml");
        let glossary: Glossary = file("words/glossary.toml");
        let languages: Languages = file("words/languages.toml");
        let count = DataType::all().count();
        let mut lexicon = Self {
            ids: HashMap::new(),
            roles: Vec::new(),
            read_as: HashMap::new(),
            drop: Vec::new(),
            fixed: roles.fixed.clone(),
            phrases: HashMap::new(),
            objects: Vec::new(),
            fact_types: vec![false; count],
            coded_types: vec![false; count],
        };
        lexicon.add_roles(&roles);
        lexicon.intern_object_words(&objects);
        lexicon.intern_detector_words(detectors);
        for (short, long) in glossary.abbreviations.iter().chain(&languages.translations) {
            let long: Vec<Word> = long.split(' ').map(|word| lexicon.intern(word)).collect();
            lexicon.read_as.insert(short.clone(), long);
        }
        lexicon.drop = languages
            .drop
            .iter()
            .map(|word| lexicon.intern(word))
            .collect();
        lexicon.add_objects(objects);
        lexicon.add_detectors(detectors);
        for list in lexicon.phrases.values_mut() {
            list.sort_by(|a, b| {
                b.words
                    .len()
                    .cmp(&a.words.len())
                    .then_with(|| a.words.cmp(&b.words))
            });
        }
        lexicon
    }

    fn intern(&mut self, word: &str) -> Word {
        if let Some(id) = self.ids.get(word) {
            return *id;
        }
        let id = self.roles.len() as Word;
        self.ids.insert(word.to_owned(), id);
        let is_number = word.bytes().all(|b| b.is_ascii_digit());
        self.roles.push(if is_number { role::NUMERIC } else { 0 });
        id
    }

    fn add_roles(&mut self, roles: &RoleWords) {
        let lists = [
            (&roles.transparent, role::TRANSPARENT),
            (&roles.time, role::TIME),
            (&roles.row_verb, role::ROW_VERB),
            (&roles.person_verb, role::PERSON_VERB),
            (&roles.flag, role::FLAG),
            (&roles.count, role::COUNT),
            (&roles.kind, role::KIND),
            (&roles.id, role::ID),
            (&roles.by, role::BY),
            (&roles.url, role::URL),
            (&roles.file, role::FILE),
            (&roles.text, role::TEXT),
            (&roles.technical, role::TECHNICAL),
            (&roles.plain, 0),
        ];
        for (words, bit) in lists {
            for word in words.iter().filter(|word| !word.contains(' ')) {
                let id = self.intern(word);
                self.roles[id as usize] |= bit;
            }
        }
        for data_type in &roles.fact_types {
            self.fact_types[data_type.index()] = true;
        }
        for data_type in &roles.coded_types {
            self.coded_types[data_type.index()] = true;
        }
    }

    fn intern_object_words(&mut self, objects: &ObjectWords) {
        let entries = objects
            .person
            .iter()
            .chain(&objects.organisation)
            .chain(&objects.record)
            .chain(&objects.thing);
        for word in entries
            .flat_map(|entry| &entry.words)
            .flat_map(|words| words.split(' '))
        {
            self.intern(word);
        }
        for word in &objects.containers.words {
            let id = self.intern(word);
            self.roles[id as usize] |= role::CONTAINER;
        }
    }

    fn intern_detector_words(&mut self, detectors: &Detectors) {
        for detector in detectors.iter() {
            let english = detector
                .names
                .iter()
                .chain(&detector.weak_names)
                .chain(&detector.not_names);
            let other = detector
                .languages
                .values()
                .chain(detector.weak_languages.values())
                .flatten();
            for phrase in english.chain(other) {
                for spelling in spellings(phrase) {
                    for piece in split(&spelling) {
                        self.intern(&piece);
                    }
                }
            }
        }
    }

    fn add_objects(&mut self, objects: ObjectWords) {
        let classes = [
            (objects.person, Class::Person),
            (objects.organisation, Class::Organisation),
            (objects.record, Class::Record),
            (objects.thing, Class::Thing),
        ];
        let persons: Vec<String> = classes[0]
            .0
            .iter()
            .flat_map(|entry| entry.words.iter().cloned())
            .collect();
        for (entries, class) in classes {
            for entry in entries {
                for words in &entry.words {
                    let object = Object {
                        class,
                        topic: entry.topic,
                        closed: entry.closed,
                        relative: entry.relative,
                        business: entry.business,
                        acts: entry.acts,
                        of_person: class == Class::Person
                            || words
                                .split_once(' ')
                                .is_some_and(|(first, _)| persons.iter().any(|p| p == first)),
                        key_to_person: entry.key_to_person || class == Class::Person,
                        subject: entry.subject.clone(),
                        label: words.clone(),
                    };
                    let position = self.objects.len() as u16;
                    self.objects.push(object);
                    let phrase = self.words_of(words);
                    self.add_phrase(phrase, Meaning::Object(position));
                }
            }
        }
    }

    fn add_detectors(&mut self, detectors: &Detectors) {
        for (position, detector) in detectors.iter().enumerate() {
            let position = position as u16;
            let strong = Meaning::Data {
                detector: position,
                is_strong: true,
            };
            let weak = Meaning::Data {
                detector: position,
                is_strong: false,
            };
            let not = Meaning::Not { detector: position };
            let strong_names = detector
                .names
                .iter()
                .chain(detector.languages.values().flatten());
            let weak_names = detector
                .weak_names
                .iter()
                .chain(detector.weak_languages.values().flatten());
            let lists = strong_names
                .map(|name| (name, strong))
                .chain(weak_names.map(|name| (name, weak)));
            for (name, meaning) in lists.chain(detector.not_names.iter().map(|name| (name, not))) {
                for spelling in spellings(name) {
                    let words = self.words_of(&spelling);
                    self.add_phrase(words, meaning);
                }
            }
        }
        self.add_reversed();
    }

    /// Two words name the same thing in either order (`birth date`, `date of birth`) unless the other order is taken.
    fn add_reversed(&mut self) {
        let pairs = self
            .phrases
            .values()
            .flatten()
            .filter(|p| p.words.len() == 2 && p.words[0] != p.words[1]);
        let mut reversed: Vec<(Vec<Word>, Meaning)> = Vec::new();
        for pair in pairs {
            let data = pair.meanings.iter().filter(|m| {
                matches!(
                    m,
                    Meaning::Data {
                        is_strong: true,
                        ..
                    }
                )
            });
            reversed.extend(data.map(|meaning| (vec![pair.words[1], pair.words[0]], *meaning)));
        }
        // `number of orders` does not make `order number` a count.
        let number = self.id("number");
        reversed.retain(|(words, _)| !self.has_phrase(words) && Some(words[1]) != number);
        for (words, meaning) in reversed {
            self.add_phrase(words, meaning);
        }
    }

    fn has_phrase(&self, words: &[Word]) -> bool {
        self.phrases
            .get(&words[0])
            .is_some_and(|list| list.iter().any(|p| *p.words == *words))
    }

    fn add_phrase(&mut self, words: Vec<Word>, meaning: Meaning) {
        let Some(first) = words.first() else { return };
        let list = self.phrases.entry(*first).or_default();
        match list.iter_mut().find(|p| *p.words == *words) {
            Some(phrase) => {
                let is_known = phrase.meanings.iter().any(|known| same(*known, meaning));
                if !is_known {
                    phrase.meanings.push(meaning);
                }
            }
            None => list.push(Phrase {
                words: words.into(),
                meanings: vec![meaning],
            }),
        }
    }

    pub fn roles(&self, word: Word) -> u16 {
        self.roles.get(word as usize).copied().unwrap_or(0)
    }

    /// A number, in a phrase or not.
    pub fn is_number(&self, word: Word) -> bool {
        word == NUMBER || self.roles(word) & role::NUMERIC != 0
    }

    pub fn id(&self, word: &str) -> Option<Word> {
        self.ids.get(word).copied()
    }

    /// The words of a name, whatever its spelling.
    pub fn words_of(&self, name: &str) -> Vec<Word> {
        let pieces = split(name);
        let mut words = Vec::with_capacity(pieces.len() + 2);
        let mut at = 0;
        while at < pieces.len() {
            let joined = pieces
                .get(at + 1)
                .map(|next| format!("{}{next}", pieces[at]));
            match joined
                .filter(|joined| pieces[at].len() <= 2 && self.is_joined(&pieces[at], joined))
            {
                Some(joined) => {
                    self.push(&joined, &mut words);
                    at += 2;
                }
                None => {
                    self.push(&pieces[at], &mut words);
                    at += 1;
                }
            }
        }
        self.drop_articles(words)
    }

    /// `e-mail` is one word: the first part is short and means nothing alone.
    fn is_joined(&self, first: &str, joined: &str) -> bool {
        joined.len() >= 5 && self.ids.contains_key(joined) && self.known(first).is_none()
    }

    fn drop_articles(&self, words: Vec<Word>) -> Vec<Word> {
        if words.len() < 3 {
            return words;
        }
        let last = words.len() - 1;
        let kept = words
            .iter()
            .enumerate()
            .filter(|(i, w)| *i == 0 || *i == last || !self.drop.contains(w));
        kept.map(|(_, word)| *word).collect()
    }

    fn push(&self, piece: &str, words: &mut Vec<Word>) {
        if piece.bytes().all(|b| b.is_ascii_digit()) {
            words.push(self.ids.get(piece).copied().unwrap_or(NUMBER));
        } else if let Some(known) = self.known(piece) {
            words.extend_from_slice(&known);
        } else if let Some(parts) = self.segment(piece) {
            words.extend(parts);
        } else {
            words.push(UNKNOWN);
        }
    }

    /// Whether a piece looks like a plural.
    pub fn is_plural(&self, piece: &str) -> bool {
        piece.len() > 3
            && piece.ends_with('s')
            && !piece.ends_with("ss")
            && !self.fixed.iter().any(|f| f == piece)
    }

    /// A word as known: itself, what its short form stands for, or its singular.
    fn known(&self, piece: &str) -> Option<Vec<Word>> {
        if let Some(words) = self.read_as.get(piece) {
            return Some(words.clone());
        }
        let singular = |cut: &str, add: &str| {
            let stem = format!("{}{add}", piece.strip_suffix(cut)?);
            (stem.len() >= 3).then_some(())?;
            self.read_as
                .get(&stem)
                .cloned()
                .or_else(|| self.ids.get(&stem).map(|id| vec![*id]))
        };
        let exact = || self.ids.get(piece).map(|id| vec![*id]);
        if !self.is_plural(piece) {
            return exact();
        }
        let stem = || {
            singular("ies", "y")
                .or_else(|| singular("s", ""))
                .or_else(|| singular("es", ""))
        };
        // `addresses` and `address` are one word even where both stand in the lists; short words (`bids`) may be their own.
        if piece.len() > 4 {
            stem().or_else(exact)
        } else {
            exact().or_else(stem)
        }
    }

    /// Glued words (`dateofbirth`, `kundennummer`): the split into the fewest known words, or an unknown
    /// beginning before a long known end.
    fn segment(&self, piece: &str) -> Option<Vec<Word>> {
        let length = piece.len();
        if !(6..=40).contains(&length) || !piece.is_ascii() {
            return None;
        }
        // best[i]: cost, start of the last part, words of it.
        let mut best: Vec<Option<(u32, usize, Vec<Word>)>> = vec![None; length + 1];
        best[0] = Some((0, 0, Vec::new()));
        for end in 2..=length {
            for start in end.saturating_sub(20)..end.saturating_sub(1) {
                let Some(before) = best[start].as_ref().map(|b| b.0) else {
                    continue;
                };
                let Some((cost, words)) = self.part(&piece[start..end], start > 0) else {
                    continue;
                };
                let total = before + cost;
                if best[end].as_ref().is_none_or(|known| total < known.0) {
                    best[end] = Some((total, start, words));
                }
            }
        }
        match &best[length] {
            Some((cost, _, _)) if *cost <= 40 => {}
            _ => return self.known_end(piece),
        }
        let mut parts = Vec::new();
        let mut end = length;
        while end > 0 {
            let (_, start, words) = best[end]
                .take()
                .expect("each step of the best way has a step before it");
            parts.push(words);
            end = start;
        }
        Some(parts.into_iter().rev().flatten().collect())
    }

    fn part(&self, text: &str, may_link: bool) -> Option<(u32, Vec<Word>)> {
        if text.len() >= 3 {
            if let Some(words) = self.known(text) {
                return Some((10 + if text.len() == 3 { 6 } else { 0 }, words));
            }
            // The link of German, Dutch and Swedish compounds.
            let linked = may_link
                .then(|| text.strip_prefix('s').or_else(|| text.strip_prefix('n')))
                .flatten()?;
            return (linked.len() >= 4)
                .then(|| self.known(linked))
                .flatten()
                .map(|words| (14, words));
        }
        let is_small = matches!(
            text,
            "id" | "ip" | "of" | "at" | "no" | "by" | "is" | "to" | "on" | "de" | "nr" | "tz"
        );
        let word = self.known(text).filter(|_| is_small)?;
        Some((if text == "id" || text == "ip" { 9 } else { 13 }, word))
    }

    fn known_end(&self, piece: &str) -> Option<Vec<Word>> {
        (3..piece.len().saturating_sub(5)).find_map(|start| {
            let words = self.known(&piece[start..])?;
            Some([vec![UNKNOWN], words].concat())
        })
    }

    /// The phrases of a name that name data, longest first and not overlapping; all meanings of each.
    pub fn find(&self, words: &[Word], wanted: impl Fn(&Meaning) -> bool, found: &mut Vec<Found>) {
        let mut all: Vec<(usize, usize, &Phrase)> = Vec::new();
        for start in 0..words.len() {
            let Some(list) = self.phrases.get(&words[start]) else {
                continue;
            };
            for phrase in list {
                if words[start..].starts_with(&phrase.words) && phrase.meanings.iter().any(&wanted)
                {
                    all.push((start, start + phrase.words.len(), phrase));
                }
            }
        }
        // Longest first; among equals the one nearer the head.
        all.sort_by_key(|(start, end, _)| (usize::MAX - (end - start), usize::MAX - start));
        let mut taken = [false; 64];
        for (start, end, phrase) in all {
            if end > 64 || taken[start..end].iter().any(|t| *t) {
                continue;
            }
            taken[start..end].fill(true);
            let meanings = phrase.meanings.iter().filter(|m| wanted(m));
            found.extend(meanings.map(|meaning| Found {
                start,
                end,
                meaning: *meaning,
            }));
        }
    }
}

fn same(a: Meaning, b: Meaning) -> bool {
    match (a, b) {
        (Meaning::Data { detector: a, .. }, Meaning::Data { detector: b, .. }) => a == b,
        (Meaning::Not { detector: a }, Meaning::Not { detector: b }) => a == b,
        // The first object of a phrase stands.
        (Meaning::Object(_), Meaning::Object(_)) => true,
        _ => false,
    }
}

/// The lower-case pieces of a name: split at marks, humps and between letters and digits, accents folded.
pub(super) fn split(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().filter(|c| *c != '\'' && *c != '’').collect();
    let mut pieces = Vec::new();
    let mut piece = String::new();
    for (i, &c) in chars.iter().enumerate() {
        // `mother's` is one word, `date d'embauche` two after the article.
        let is_apostrophe = c == '\'' || c == '’';
        if is_apostrophe && piece.chars().count() > 1 {
            continue;
        }
        if !c.is_alphanumeric() {
            flush(&mut piece, &mut pieces);
            continue;
        }
        let before = i
            .checked_sub(1)
            .map(|j| chars[j])
            .filter(|c| c.is_alphanumeric());
        let is_hump = c.is_uppercase()
            && before.is_some_and(|b| {
                b.is_lowercase()
                    || (b.is_uppercase() && chars.get(i + 1).is_some_and(|n| n.is_lowercase()))
            });
        let is_turn = before.is_some_and(|b| b.is_numeric() != c.is_numeric());
        if is_hump || is_turn {
            flush(&mut piece, &mut pieces);
        }
        fold(c, &mut piece);
    }
    flush(&mut piece, &mut pieces);
    pieces
}

fn flush(piece: &mut String, pieces: &mut Vec<String>) {
    if !piece.is_empty() {
        pieces.push(std::mem::take(piece));
    }
}

fn fold(c: char, out: &mut String) {
    for c in c.to_lowercase() {
        match c {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => out.push('a'),
            'ç' | 'ć' | 'č' => out.push('c'),
            'ď' | 'đ' | 'ð' => out.push('d'),
            'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => out.push('e'),
            'ğ' => out.push('g'),
            'ì' | 'í' | 'î' | 'ï' | 'ı' | 'ī' => out.push('i'),
            'ł' => out.push('l'),
            'ñ' | 'ń' | 'ň' => out.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ő' | 'ō' => out.push('o'),
            'ř' => out.push('r'),
            'ś' | 'š' | 'ş' | 'ș' => out.push('s'),
            'ß' => out.push_str("ss"),
            'ť' | 'ţ' | 'ț' => out.push('t'),
            'ù' | 'ú' | 'û' | 'ü' | 'ů' | 'ű' | 'ū' => out.push('u'),
            'ý' | 'ÿ' => out.push('y'),
            'ź' | 'ż' | 'ž' => out.push('z'),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            // Combining marks of decomposed text.
            '\u{300}'..='\u{36f}' => {}
            c => out.push(c),
        }
    }
}

/// How a phrase may be written without its accents: `ä` as `a`, and as `ae` where a language does so.
fn spellings(phrase: &str) -> Vec<String> {
    let umlauts = [
        ('ä', "ae"),
        ('ö', "oe"),
        ('ü', "ue"),
        ('Ä', "Ae"),
        ('Ö', "Oe"),
        ('Ü', "Ue"),
        ('ø', "oe"),
        ('å', "aa"),
    ];
    if !phrase.contains(|c| umlauts.iter().any(|(u, _)| *u == c)) {
        return vec![phrase.to_owned()];
    }
    let written = umlauts.iter().fold(phrase.to_owned(), |text, (from, to)| {
        text.replace(*from, to)
    });
    vec![phrase.to_owned(), written]
}
