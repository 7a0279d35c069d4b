//! Words around a value in text: the key it stands under, or the words before it, against the context words of detectors.
//! Splits identifiers the way people write them; knows no value.

use super::scan_bytes::{self, Masks};
use crate::detector::Detectors;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

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
    /// First bytes of last words, and last bytes of long ones: what is cheapest to see of a word.
    firsts: Filter,
    ends: Filter,
    phrases: Vec<Phrase>,
}

/// Which four bytes some word has, whatever their case, as bits of hashes.
struct Filter(Box<[u64; FILTER]>);

impl Filter {
    fn new() -> Self {
        Self(Box::new([0; FILTER]))
    }

    #[inline]
    fn place(bytes: [u8; 4]) -> (usize, u32) {
        let hash = (u32::from_le_bytes(bytes) | 0x2020_2020).wrapping_mul(0x9E37_79B1) >> 17;
        (hash as usize / 64 % FILTER, hash % 64)
    }

    fn add(&mut self, bytes: [u8; 4]) {
        let (word, bit) = Self::place(bytes);
        self.0[word] |= 1 << bit;
    }

    #[inline]
    fn may_have(&self, bytes: [u8; 4]) -> bool {
        let (word, bit) = Self::place(bytes);
        self.0[word] >> bit & 1 == 1
    }
}

/// The first four bytes of a word; of shorter ones all, filled up.
#[inline]
fn first_bytes(word: &[u8]) -> [u8; 4] {
    match word {
        [a, b, c, d, ..] => [*a, *b, *c, *d],
        [a, b, c] => [*a, *b, *c, 0],
        [a, b] => [*a, *b, 0, 0],
        [a] => [*a, 0, 0, 0],
        [] => [0; 4],
    }
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

/// The phrases of a block of text, found part by part when first asked for.
#[derive(Default)]
pub(super) struct BlockWords {
    /// Masks of the text: where words start, and what goes on in them.
    starts: Vec<u64>,
    rests: Vec<u64>,
    /// For each part of the text what of `found` belongs to it, once it was read.
    parts: Vec<Option<Range<u32>>>,
    found: Vec<FoundPhrase>,
    phrases: Vec<(u32, usize)>,
    /// The forms spoken for at the place asked for last, as bits.
    supported: Vec<u64>,
}

/// A phrase in a text.
#[derive(Clone, Copy)]
struct FoundPhrase {
    /// Where its first word starts.
    start: usize,
    /// Where its last word starts.
    last: usize,
    /// Where its last word ends.
    end: usize,
    phrase: u32,
}

/// Bytes that are read together, a multiple of 64.
const PART: usize = 512;

impl BlockWords {
    /// Forgets the text: another one comes.
    pub fn clear(&mut self) {
        self.starts.clear();
        self.rests.clear();
        self.parts.clear();
        self.found.clear();
    }

    /// Whether some word near the place asked for last speaks for a form.
    pub fn supports(&self, form: u16) -> bool {
        let (word, bit) = (usize::from(form) / 64, form % 64);
        self.supported
            .get(word)
            .is_some_and(|bits| bits >> bit & 1 == 1)
    }

    /// Finds where the words of a text start: as `split_words` does, for all of it at once.
    fn split(&mut self, masks: &Masks) {
        let at = |mask: &[u64], word: usize| mask.get(word).copied().unwrap_or(0);
        let (mut letter_before, mut small_before, mut capital_before) = (0, 0, 0);
        for word in 0..masks.capitals.len() {
            let (capitals, smalls) = (masks.capitals[word], masks.smalls[word]);
            let letters = capitals | smalls | masks.beyond[word];
            let small_after = smalls >> 1 | at(&masks.smalls, word + 1) << 63;
            let after_small = smalls << 1 | small_before;
            let after_capital = capitals << 1 | capital_before;
            let borders = capitals & (after_small | (after_capital & small_after));
            let starts = letters & !(letters << 1 | letter_before) | borders;
            self.starts.push(starts);
            self.rests.push(letters & !starts);
            (letter_before, small_before, capital_before) =
                (letters >> 63, smalls >> 63, capitals >> 63);
        }
        for uuid in &masks.uuids {
            scan_bytes::clear(&mut self.starts, *uuid..uuid + scan_bytes::UUID);
            scan_bytes::clear(&mut self.rests, *uuid..uuid + scan_bytes::UUID);
        }
        // One or two letters after a digit are cut out of a code: no words.
        let mut digit_before = 0;
        for (word, digits) in masks.digits.iter().enumerate() {
            let rest = |by: usize| scan_bytes::bits_from(&self.rests, word * 64 + by);
            let short = !(rest(1) & rest(2));
            self.starts[word] &= !(short & (digits << 1 | digit_before));
            digit_before = digits >> 63;
        }
        self.parts
            .resize(masks.digits.len().div_ceil(PART / 64), None);
    }

    /// Whether a word goes on over a place.
    fn goes_on(&self, at: usize) -> bool {
        scan_bytes::bits_from(&self.rests, at) & 1 == 1
    }

    fn word_at(&self, start: usize) -> Word {
        Word {
            start,
            end: scan_bytes::run_end(&self.rests, start + 1),
        }
    }

    /// The words before one, at most two and not far away, in their order.
    fn words_before(&self, start: usize) -> ([Word; PHRASE - 1], usize) {
        let mut words = [Word { start, end: start }; PHRASE - 1];
        let mut bits = scan_bytes::bits_before(&self.starts, start);
        let mut known = 0;
        while bits != 0 && known < PHRASE - 1 {
            let back = bits.leading_zeros() as usize;
            bits &= !(1 << (63 - back));
            known += 1;
            words[PHRASE - 1 - known] = self.word_at(start - 1 - back);
        }
        (words, known)
    }
}

/// Bytes before a place in which a word may speak for what stands there: as far as `before` looks, and a little more.
const NEAR: usize = REACH + 8;
impl ContextWords {
    /// The words of a table, in the order of its forms.
    pub fn new(detectors: &Detectors) -> Self {
        let mut words = Self {
            by_hash: HashMap::default(),
            by_ending: HashMap::default(),
            lasts: Box::new([0; FILTER]),
            firsts: Filter::new(),
            ends: Filter::new(),
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
            self.firsts.add(first_bytes(word));
            if split.len() == 1 && word.len() >= LONG {
                let ending = beginnings(word.iter().rev()).last().unwrap_or_default();
                self.by_ending.insert(ending, id);
                if let Some(end) = word.last_chunk() {
                    self.ends.add(*end);
                }
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
    pub fn before(
        &self,
        text: &[u8],
        masks: &Masks,
        start: usize,
        block: &mut BlockWords,
        nearby: &mut Nearby,
    ) {
        let from = start.saturating_sub(REACH);
        let line =
            memchr::memrchr(b'\n', &text[from..start]).map_or(from, |newline| from + newline + 1);
        let line = cut_word_end(text, line, start);
        let before = &text[line..start];
        nearby.phrases.clear();
        if before.is_empty() {
            nearby.keyed = false;
            return;
        }
        let key = key_before(before);
        nearby.keyed = key.is_some();
        let part = key.unwrap_or_else(|| clause(before));
        let part = line + part.start..line + part.end;
        if block.parts.is_empty() {
            block.split(masks);
        }
        if block.goes_on(part.end) {
            // The value begins inside a word, whose beginning is a word of its own then.
            nearby.words.clear();
            split_words(&text[part.clone()], &mut nearby.words);
            self.look_up(&text[part], nearby);
        } else {
            self.gather(text, part, block, nearby);
        }
    }

    /// Gathers the phrases in a part of a text that cuts no word, the nearest first.
    fn gather(&self, text: &[u8], part: Range<usize>, block: &mut BlockWords, nearby: &mut Nearby) {
        if part.is_empty() {
            return;
        }
        let mut words = WORDS;
        let mut from = part.end;
        // Only the last words count.
        while from > part.start && words > 0 {
            let bits = scan_bytes::bits_before(&block.starts, from);
            if bits == 0 {
                from = from.saturating_sub(64);
                continue;
            }
            from -= 1 + bits.leading_zeros() as usize;
            words -= 1;
        }
        let from = from.max(part.start);
        for index in (from / PART..=(part.end - 1) / PART).rev() {
            let found = self.read_part(text, index, block);
            let found = &block.found[found.start as usize..found.end as usize];
            let is_in = |found: &&FoundPhrase| {
                found.last >= from && found.start >= part.start && found.end <= part.end
            };
            // From the last word to the first; of one word the longest phrase first.
            for group in found.chunk_by(|a, b| a.last == b.last).rev() {
                nearby
                    .phrases
                    .extend(group.iter().filter(is_in).map(|found| found.phrase));
            }
        }
    }

    /// Notes which forms the words in a part of a line, or near before it, speak for.
    pub fn note_supported(
        &self,
        text: &[u8],
        masks: &Masks,
        part: &Range<usize>,
        block: &mut BlockWords,
    ) {
        block.supported.clear();
        if block.parts.is_empty() {
            block.split(masks);
        }
        let from = part.start.saturating_sub(NEAR);
        for index in from / PART..=(part.end.max(1) - 1) / PART {
            let found = self.read_part(text, index, block);
            for found in &block.found[found.start as usize..found.end as usize] {
                if found.end <= from || found.start >= part.end {
                    continue;
                }
                for form in &self.phrases[found.phrase as usize].supports {
                    let (word, bit) = (usize::from(*form) / 64, form % 64);
                    if block.supported.len() <= word {
                        block.supported.resize(word + 1, 0);
                    }
                    block.supported[word] |= 1 << bit;
                }
            }
        }
    }

    /// The phrases whose last word starts in a part, found if they were not yet; what of `found` they are.
    #[inline]
    fn read_part(&self, text: &[u8], index: usize, block: &mut BlockWords) -> Range<u32> {
        match block.parts.get(index) {
            Some(Some(found)) => found.clone(),
            Some(None) => self.read_new_part(text, index, block),
            None => 0..0,
        }
    }

    fn read_new_part(&self, text: &[u8], index: usize, block: &mut BlockWords) -> Range<u32> {
        let first = block.found.len() as u32;
        let words = index * (PART / 64)..block.starts.len().min((index + 1) * (PART / 64));
        for word in words {
            let base = word * 64;
            let starts = block.starts[word];
            let rest = |by: usize| scan_bytes::bits_from(&block.rests, base + by);
            let long = starts & rest(1) & rest(2) & rest(3);
            let very_long = long & rest(4) & rest(5);
            let mut left = starts;
            while left != 0 {
                let bit = left & left.wrapping_neg();
                left ^= bit;
                let at = base + bit.trailing_zeros() as usize;
                let may_begin = match text[at..].first_chunk() {
                    Some(first) if long & bit != 0 => {
                        self.firsts.may_have(*first)
                            || self.firsts.may_have([first[0], first[1], first[2], 0])
                    }
                    _ => self.may_begin(&text[at..scan_bytes::run_end(&block.rests, at + 1)]),
                };
                let may_end = || {
                    let end = scan_bytes::run_end(&block.rests, at + 1);
                    let bytes = text[at..end].last_chunk();
                    bytes.is_some_and(|bytes| self.ends.may_have(*bytes))
                };
                if may_begin || (very_long & bit != 0 && may_end()) {
                    self.read_word(text, at, block);
                }
            }
        }
        let found = first..block.found.len() as u32;
        block.parts[index] = Some(found.clone());
        found
    }

    fn read_word(&self, text: &[u8], start: usize, block: &mut BlockWords) {
        let word = block.word_at(start);
        let (before, known) = block.words_before(start);
        let before = &before[PHRASE - 1 - known..];
        let mut phrases = std::mem::take(&mut block.phrases);
        phrases.clear();
        self.look_up_word(text, &text[word.start..word.end], before, &mut phrases);
        let first = |more: usize| {
            let first = before[before.len() - more..].first();
            first.map_or(start, |first| first.start)
        };
        block
            .found
            .extend(phrases.iter().map(|(phrase, more)| FoundPhrase {
                start: first(*more),
                last: start,
                end: word.end,
                phrase: *phrase,
            }));
        block.phrases = phrases;
    }

    fn look_up(&self, text: &[u8], nearby: &mut Nearby) {
        let words = &nearby.words;
        let mut phrases = Vec::new();
        for last in (words.len().saturating_sub(WORDS)..words.len()).rev() {
            let word = &text[words[last].start..words[last].end];
            self.look_up_word(text, word, &words[..last], &mut phrases);
        }
        nearby
            .phrases
            .extend(phrases.iter().map(|(phrase, _)| *phrase));
    }

    /// Whether a word may end a phrase, from what is cheapest to see.
    #[inline]
    fn may_end_phrase(&self, word: &[u8]) -> bool {
        let may_end_so = || {
            word.last_chunk()
                .is_some_and(|end| self.ends.may_have(*end))
        };
        self.may_begin(word) || (word.len() > LONG && may_end_so())
    }

    /// Whether a word may begin as the last word of a phrase.
    #[inline]
    fn may_begin(&self, word: &[u8]) -> bool {
        let first = first_bytes(word);
        // Words of three letters stand for longer ones, too.
        self.firsts.may_have(first)
            || (word.len() > BEGINNING && self.firsts.may_have([first[0], first[1], first[2], 0]))
    }

    /// Phrases that end with a word, each with how many words it has before, the longest first.
    fn look_up_word(
        &self,
        text: &[u8],
        word: &[u8],
        before: &[Word],
        phrases: &mut Vec<(u32, usize)>,
    ) {
        if !self.may_end_phrase(word) {
            return;
        }
        if self.may_begin(word) {
            self.look_up_beginnings(text, word, before, phrases);
        }
        if word.len() > LONG {
            let endings = beginnings(word.iter().rev())
                .skip(LONG - 1)
                .filter(|hash| self.may_be_last(*hash));
            let found = endings.filter_map(|hash| self.by_ending.get(&hash));
            phrases.extend(found.map(|phrase| (*phrase, 0)));
        }
    }

    fn look_up_beginnings(
        &self,
        text: &[u8],
        word: &[u8],
        before: &[Word],
        phrases: &mut Vec<(u32, usize)>,
    ) {
        for (length, hash) in (1..).zip(beginnings(word.iter())) {
            let is_whole = length == word.len();
            if !(is_whole || length >= BEGINNING) || !self.may_be_last(hash) {
                continue;
            }
            for more in (1..PHRASE.min(before.len() + 1)).rev() {
                let first = before[before.len() - more..].iter().fold(0, |hash, word| {
                    joined(hash, word_hash(&text[word.start..word.end]))
                });
                let found = self.by_hash.get(&joined(first, hash));
                phrases.extend(found.map(|phrase| (*phrase, more)));
            }
            if is_whole || length >= LONG {
                let found = self.by_hash.get(&joined(0, hash));
                phrases.extend(found.map(|phrase| (*phrase, 0)));
            }
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
}

/// Words that stand after a telephone number and say which it is: `020 7946 0018 (office)`, `…-Fax`.
const LABELS_AFTER: &[&str] = &[
    "office", "fax", "mobile", "cell", "home", "tel", "phone", "work", "desk", "direct", "main",
    "handy", "mobil", "privat", "bureau", "portable",
];

/// Whether the word right after a number says that it is a telephone number.
pub(super) fn is_labelled_after(text: &[u8], end: usize) -> bool {
    let rest = &text[end..text.len().min(end + 16)];
    let marks = rest
        .iter()
        .take_while(|b| matches!(b, b' ' | b'-' | b'(' | b'['))
        .count();
    if !(1..=3).contains(&marks) || rest.first() == Some(&b' ') && marks == 1 {
        return false;
    }
    let word = &rest[marks..];
    let length = word.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    LABELS_AFTER
        .iter()
        .any(|label| label.as_bytes().eq_ignore_ascii_case(&word[..length]))
}

fn joined(phrase: u64, word: u64) -> u64 {
    (phrase.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Where to begin, so that no word is cut: its end would be another word.
fn cut_word_end(text: &[u8], from: usize, end: usize) -> usize {
    let is_cut = from > 0 && is_letter(text[from - 1]);
    let is_in_word = |byte: &&u8| is_cut && is_letter(**byte);
    from + text[from..end].iter().take_while(is_in_word).count()
}

/// The key a value stands under: `key=`, `"key": "`, `Some key: `; nothing where it stands in running text.
fn key_before(before: &[u8]) -> Option<Range<usize>> {
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
    (start < key_end).then_some(start..key_end)
}

/// The end of the running text before a value that belongs to the same clause.
fn clause(before: &[u8]) -> Range<usize> {
    let mut start = 0;
    for (at, byte) in before.iter().enumerate() {
        let ends = match byte {
            b';' | b'{' | b'}' | b'|' | b'\t' => true,
            // A full stop ends a sentence after a word, not after an abbreviation such as `tel.`
            // A question mark does not end a clause: what follows it is the answer.
            b'.' | b'!' => {
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
    start..before.len()
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
            let found = key_before(text.as_bytes()).map(|found| &text[found]);
            assert_eq!(found, Some(key), "{text}");
        }
        assert_eq!(key_before(b"call me on "), None);
        assert_eq!(key_before(b""), None);
    }
}
