//! Words around a value in text: the key it stands under, or the words before it, against the context words of detectors.
//! Splits identifiers the way people write them; knows no value.

use crate::detector::Detectors;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Bytes before a value in which words count.
const REACH: usize = 56;
/// Words before a value that count.
const WORDS: usize = 8;
/// Words in the longest phrase.
const PHRASE: usize = 3;

/// What the words around say of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A word that makes it sure.
    For,
    /// A word that speaks against it.
    Against,
    /// Nothing said.
    Silent,
}

/// A phrase with the forms it speaks for and against.
#[derive(Default)]
struct Phrase {
    supports: Vec<u16>,
    opposes: Vec<u16>,
}

/// The context words of all forms. The last word of a phrase also stands for longer words that begin with it, and a long
/// word for those that end with it: `phone` for `phones`, `Karte` for `Kreditkarte`.
pub(super) struct ContextWords {
    by_hash: HashMap<u64, u32, BuildHasherDefault<Hashed>>,
    /// Phrases of one long word, by the hash of the word read backwards.
    by_ending: HashMap<u64, u32, BuildHasherDefault<Hashed>>,
    /// Hashes of last words, read both ways: most words near values are none, which two bits tell.
    lasts: Box<[u64; FILTER]>,
    phrases: Vec<Phrase>,
}

/// A hash that is its own hash.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only whole numbers are hashed")
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// Words of 64 bits in the filter of last words.
const FILTER: usize = 512;
/// Shortest beginning that stands for longer words: after other words of a phrase, and alone.
const BEGINNING: usize = 3;
/// Shortest word that stands alone for longer words.
const LONG: usize = 5;

/// The phrases that stand near a value, nearest first.
#[derive(Default)]
pub(super) struct Nearby {
    /// The value stands under a key, which says what it is.
    pub keyed: bool,
    phrases: Vec<u32>,
    words: Vec<Word>,
}

#[derive(Clone, Copy)]
struct Word {
    start: usize,
    end: usize,
}

impl ContextWords {
    /// The words of a table, in the order of its forms.
    pub fn new(detectors: &Detectors) -> Self {
        let mut words = Self {
            by_hash: HashMap::default(),
            by_ending: HashMap::default(),
            lasts: Box::new([0; FILTER]),
            phrases: Vec::new(),
        };
        let forms = detectors.iter().flat_map(|detector| &detector.values);
        for (index, form) in forms.enumerate() {
            let index = index as u16;
            form.context
                .iter()
                .for_each(|phrase| words.phrase(phrase).supports.push(index));
            form.not_context
                .iter()
                .for_each(|phrase| words.phrase(phrase).opposes.push(index));
        }
        words
    }

    fn phrase(&mut self, text: &str) -> &mut Phrase {
        let mut split = Vec::new();
        split_words(text.as_bytes(), &mut split);
        split.truncate(PHRASE);
        let hash_of = |word: &Word| word_hash(&text.as_bytes()[word.start..word.end]);
        let hash = split
            .iter()
            .fold(0, |hash, word| joined(hash, hash_of(word)));
        let next = self.phrases.len() as u32;
        let id = *self.by_hash.entry(hash).or_insert(next);
        if id == next {
            self.phrases.push(Phrase::default());
        }
        if let Some(last) = split.last() {
            self.note_last(hash_of(last));
            let word = &text.as_bytes()[last.start..last.end];
            if split.len() == 1 && word.len() >= LONG {
                let ending = beginnings(word.iter().rev()).last().unwrap_or_default();
                self.by_ending.insert(ending, id);
                self.note_last(ending);
            }
        }
        &mut self.phrases[id as usize]
    }

    fn note_last(&mut self, hash: u64) {
        self.lasts[(hash >> 6) as usize % FILTER] |= 1 << (hash & 63);
    }

    fn may_be_last(&self, hash: u64) -> bool {
        self.lasts[(hash >> 6) as usize % FILTER] >> (hash & 63) & 1 == 1
    }

    /// Gathers the phrases before a value that starts at `start`, on its line.
    pub fn before(&self, text: &[u8], start: usize, nearby: &mut Nearby) {
        nearby.words.clear();
        let from = start.saturating_sub(REACH);
        let line =
            memchr::memrchr(b'\n', &text[from..start]).map_or(from, |newline| from + newline + 1);
        let before = &text[line..start];
        let key = key_before(before);
        nearby.keyed = key.is_some();
        let text_of_words = key.unwrap_or_else(|| clause(before));
        split_words(text_of_words, &mut nearby.words);
        self.look_up(text_of_words, nearby, WORDS);
    }

    /// Gathers all phrases of a part of a text, in no useful order.
    pub fn within(&self, part: &[u8], nearby: &mut Nearby) {
        nearby.words.clear();
        split_words(part, &mut nearby.words);
        self.look_up(part, nearby, usize::MAX);
    }

    fn look_up(&self, text: &[u8], nearby: &mut Nearby, most: usize) {
        nearby.phrases.clear();
        let words = &nearby.words;
        for last in (words.len().saturating_sub(most)..words.len()).rev() {
            let word = &text[words[last].start..words[last].end];
            self.look_up_word(text, word, &words[..last], &mut nearby.phrases);
        }
    }

    /// Phrases that end with a word, the longest first.
    fn look_up_word(&self, text: &[u8], word: &[u8], before: &[Word], phrases: &mut Vec<u32>) {
        for (length, hash) in (1..).zip(beginnings(word.iter())) {
            let is_whole = length == word.len();
            if !(is_whole || length >= BEGINNING) || !self.may_be_last(hash) {
                continue;
            }
            for more in (1..PHRASE.min(before.len() + 1)).rev() {
                let first = before[before.len() - more..].iter().fold(0, |hash, word| {
                    joined(hash, word_hash(&text[word.start..word.end]))
                });
                phrases.extend(self.by_hash.get(&joined(first, hash)));
            }
            if is_whole || length >= LONG {
                phrases.extend(self.by_hash.get(&joined(0, hash)));
            }
        }
        if word.len() > LONG {
            let endings = beginnings(word.iter().rev())
                .skip(LONG - 1)
                .filter(|hash| self.may_be_last(*hash));
            phrases.extend(endings.filter_map(|hash| self.by_ending.get(&hash)));
        }
    }

    /// What the phrases near a value say of a form; the nearest one decides.
    pub fn verdict(&self, nearby: &Nearby, form: u16) -> Verdict {
        for phrase in &nearby.phrases {
            let phrase = &self.phrases[*phrase as usize];
            if phrase.supports.binary_search(&form).is_ok() {
                return Verdict::For;
            }
            if phrase.opposes.binary_search(&form).is_ok() {
                return Verdict::Against;
            }
        }
        Verdict::Silent
    }

    /// Whether some phrase near speaks for a form.
    pub fn supports(&self, nearby: &Nearby, form: u16) -> bool {
        let speaks_for = |phrase: &u32| {
            self.phrases[*phrase as usize]
                .supports
                .binary_search(&form)
                .is_ok()
        };
        nearby.phrases.iter().any(speaks_for)
    }
}

fn joined(phrase: u64, word: u64) -> u64 {
    (phrase.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The key a value stands under: `key=`, `"key": "`, `Some key: `; nothing where it stands in running text.
fn key_before(before: &[u8]) -> Option<&[u8]> {
    let is_opening = |byte: &u8| {
        matches!(
            byte,
            b' ' | b'"' | b'\'' | b'[' | b'(' | b'<' | b'\t' | b'\\'
        )
    };
    let end = before.iter().rposition(|byte| !is_opening(byte))? + 1;
    let sign = before[end - 1];
    if !matches!(sign, b'=' | b':') {
        return None;
    }
    let is_closing = |byte: &u8| matches!(byte, b' ' | b'"' | b'\'' | b']' | b'\\' | b'*' | b'>');
    let key_end = before[..end - 1]
        .iter()
        .rposition(|byte| !is_closing(byte))?
        + 1;
    let key = &before[..key_end];
    let is_quoted = before[key_end..end - 1]
        .iter()
        .any(|byte| matches!(byte, b'"' | b'\''));
    let is_part = |byte: u8| match byte {
        b'"' | b'\'' | b',' | b';' | b'{' | b'}' | b'(' | b')' | b'|' | b'\t' | b'=' | b'&'
        | b'?' | b':' => false,
        b' ' => is_quoted || sign == b':',
        _ => true,
    };
    let start = key
        .iter()
        .rposition(|byte| !is_part(*byte))
        .map_or(0, |at| at + 1);
    (start < key_end).then_some(&key[start..])
}

/// The end of the running text before a value that belongs to the same clause.
fn clause(before: &[u8]) -> &[u8] {
    let mut start = 0;
    for (at, byte) in before.iter().enumerate() {
        let ends = match byte {
            b';' | b'{' | b'}' | b'|' | b'\t' => true,
            // A full stop ends a sentence after a word, not after an abbreviation such as `tel.`
            b'.' | b'!' | b'?' => {
                let word = before[..at]
                    .iter()
                    .rev()
                    .take_while(|b| b.is_ascii_alphabetic())
                    .count();
                before.get(at + 1) == Some(&b' ') && (word > 4 || *byte != b'.')
            }
            _ => false,
        };
        if ends {
            start = at + 1;
        }
    }
    &before[start..]
}

/// Splits text into lower-case words: at marks, digits and changes of case.
fn split_words(text: &[u8], words: &mut Vec<Word>) {
    let mut at = 0;
    while at < text.len() {
        if !is_letter(text[at]) {
            at += 1;
            continue;
        }
        let start = at;
        at += 1;
        while at < text.len() && is_letter(text[at]) && !is_border(text, at) {
            at += 1;
        }
        words.push(Word { start, end: at });
    }
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}

/// `phoneNumber` and `IPAddress` fall into two words.
fn is_border(text: &[u8], at: usize) -> bool {
    let is_capital = |at: usize| text.get(at).is_some_and(u8::is_ascii_uppercase);
    let is_small = |at: usize| text.get(at).is_some_and(u8::is_ascii_lowercase);
    is_capital(at) && (is_small(at - 1) || (is_capital(at - 1) && is_small(at + 1)))
}

fn word_hash(word: &[u8]) -> u64 {
    beginnings(word.iter()).last().unwrap_or_default()
}

/// The hashes of all beginnings of a word, whatever its case.
fn beginnings<'a>(bytes: impl Iterator<Item = &'a u8>) -> impl Iterator<Item = u64> {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    bytes.map(move |byte| {
        // Letters of Latin-1 differ from their capitals in UTF-8 in the same bit as those of ASCII; other bytes beyond
        // ASCII lose a distinction that no context word needs.
        hash = (hash ^ u64::from(byte | 0x20)).wrapping_mul(0x0000_0100_0000_01b3);
        hash ^ (hash >> 29)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> usize {
        let mut split = Vec::new();
        split_words(text.as_bytes(), &mut split);
        split.len()
    }

    #[test]
    fn identifiers_fall_into_words() {
        assert_eq!(words("phoneNumber"), 2);
        assert_eq!(words("IPAddress"), 2);
        assert_eq!(words("user_phone-no1"), 3);
        assert_eq!(words("téléphone"), 1);
    }

    #[test]
    fn keys_are_found() {
        for (text, key) in [
            ("a=1 phone=", "phone"),
            ("{\"id\":1,\"phone number\":\"", "phone number"),
            ("Phone number: ", "Phone number"),
            ("{\\\"ssn\\\":\\\"", "ssn"),
            ("?to=a&email=", "email"),
        ] {
            assert_eq!(key_before(text.as_bytes()), Some(key.as_bytes()), "{text}");
        }
        assert_eq!(key_before(b"call me on "), None);
        assert_eq!(key_before(b""), None);
    }
}
