//! Candidates in text: one pass over the bytes says where forms of detectors can match, their patterns and validators decide.
//! The cost grows with the shapes that occur, not with the number of detectors. Knows nothing of how sure a match makes us.

use super::context::{BlockWords, ContextWords, Nearby};
use super::form::{Caches, Forms};
use super::region::{DigitForms, RegionScratch};
use super::scan_bytes::{self, Masks};
use super::trigger::{ByteSet, HEAD, Heads, JOINT_GAP, Trigger, is_word_byte};
use aho_corasick::{AhoCorasick, Span, packed};
use memchr::memmem;
use regex_automata::{Anchored, Input};
use std::collections::HashMap;
use std::ops::Range;

/// A valid match of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit {
    /// Start in the text.
    pub start: usize,
    /// End in the text.
    pub end: usize,
    /// Position of the form.
    pub form: u16,
}

/// Where to look for which forms.
pub(super) struct Plan {
    digits: Option<DigitForms>,
    joints: Option<JointForms>,
    heads: Vec<HeadForms>,
    /// Literals that stand where words begin.
    beginnings: Beginnings,
    literals: Vec<LiteralForms>,
    /// Literals too short to be searched together, each with its forms.
    signs: Vec<(memmem::Finder<'static>, Vec<Literal>)>,
    anywhere: Vec<u16>,
}

/// A literal that a form needs.
struct Literal {
    bytes: Vec<u8>,
    form: u16,
    reach: Reach,
}

/// Where matches stand by a literal.
enum Reach {
    /// They begin with it.
    Start,
    /// They hold it, and only bytes of this set.
    Around(Box<ByteSet>),
    /// They stand after it, as far as context reaches.
    After,
}

impl Literal {
    fn new(bytes: &[u8], form: u16, reach: Reach) -> Self {
        Self {
            bytes: bytes.to_vec(),
            form,
            reach,
        }
    }
}

/// Shortest literals that are searched together; shorter ones would make that search slow.
const TOGETHER: usize = 3;

struct JointForms {
    chain: usize,
    alphabet: ByteSet,
    /// Each form with the joints it needs.
    forms: Vec<(u16, usize)>,
}

/// Memory of one thread.
#[derive(Default)]
pub(super) struct Scratch {
    masks: Masks,
    regions: RegionScratch,
    finds: Finds,
    nearby: Nearby,
    /// Where the last match of each form found by literals ended.
    ends: Vec<usize>,
}

/// What is found, and the memory of finding it.
#[derive(Default)]
pub(super) struct Finds {
    /// Search memory of the patterns.
    pub caches: Caches,
    /// The context words of the text.
    pub words: BlockWords,
    /// Valid matches of the last search, in the order of their places.
    pub hits: Vec<Hit>,
}

/// Region bytes before a region in which a context word still counts; as far as `context` looks, and a little more.
const CONTEXT_REACH: usize = 56;

impl Plan {
    /// The plan for a table of forms.
    pub fn new(forms: &Forms) -> Self {
        let mut plan = Self {
            digits: None,
            joints: None,
            heads: Vec::new(),
            beginnings: Beginnings::default(),
            literals: Vec::new(),
            signs: Vec::new(),
            anywhere: Vec::new(),
        };
        let (mut digits, mut literals) = (Vec::new(), Vec::new());
        for (index, form) in (0..).zip(forms.all()) {
            let mut add = |found: &[Vec<u8>], reach: &dyn Fn() -> Reach| {
                for bytes in found {
                    let literal = Literal::new(bytes, index, reach());
                    if bytes.len() < TOGETHER {
                        plan.add_sign(literal);
                    } else if let Some(offset) = word_start(bytes, form.starts_words) {
                        plan.beginnings.add(offset, literal);
                    } else {
                        literals.push(literal);
                    }
                }
            };
            match &form.trigger {
                Trigger::Digits => digits.push(index),
                Trigger::Joints { chain, alphabet } => plan.add_joints(index, *chain, alphabet),
                Trigger::Literals(found) => add(found, &|| Reach::Start),
                Trigger::Around { literals, alphabet } => {
                    add(literals, &|| Reach::Around(Box::new(*alphabet)));
                }
                Trigger::Words(found) => add(found, &|| Reach::After),
                Trigger::Heads(heads) => plan.add_heads(index, heads),
                Trigger::Anywhere => plan.anywhere.push(index),
            }
        }
        plan.digits = (!digits.is_empty()).then(|| DigitForms::new(forms, digits));
        plan.literals = LiteralForms::in_groups(literals);
        plan
    }

    fn add_sign(&mut self, literal: Literal) {
        let known = self
            .signs
            .iter_mut()
            .find(|(finder, _)| finder.needle() == literal.bytes);
        match known {
            Some((_, literals)) => literals.push(literal),
            None => {
                let finder = memmem::Finder::new(&literal.bytes).into_owned();
                self.signs.push((finder, vec![literal]));
            }
        }
    }

    fn add_joints(&mut self, form: u16, chain: usize, alphabet: &ByteSet) {
        let joints = self.joints.get_or_insert(JointForms {
            chain,
            alphabet: *alphabet,
            forms: Vec::new(),
        });
        joints.chain = joints.chain.min(chain);
        alphabet
            .iter()
            .for_each(|byte| joints.alphabet.insert(byte));
        joints.forms.push((form, chain));
    }

    fn add_heads(&mut self, form: u16, heads: &Heads) {
        if self
            .heads
            .last()
            .is_none_or(|group| group.forms.len() == 64)
        {
            self.heads.push(HeadForms::new());
        }
        let group = self.heads.last_mut().expect("one was just pushed");
        group.add(form, heads);
    }

    /// Finds the valid matches in a text. Forms that mean nothing without context are left out where no word near speaks
    /// for them; `words` is asked once a region, not once a form.
    pub fn search(&self, forms: &Forms, words: &ContextWords, text: &[u8], scratch: &mut Scratch) {
        scratch.finds.hits.clear();
        scratch.finds.words.clear();
        scratch.fill_masks(text);
        let mut masks = std::mem::take(&mut scratch.masks);
        for uuid in &masks.uuids {
            scan_bytes::clear(&mut masks.digits, *uuid..uuid + scan_bytes::UUID);
        }
        if let Some(digits) = &self.digits {
            let (regions, finds) = (&mut scratch.regions, &mut scratch.finds);
            digits.search(forms, words, text, &masks, regions, finds);
        }
        self.search_joints(forms, words, text, &masks, &mut scratch.finds);
        scratch.ends.clear();
        scratch.ends.resize(forms.all().len(), 0);
        scratch.masks = masks;
        self.search_words(forms, words, text, scratch);
        self.search_literals(forms, words, text, scratch);
        for (finder, signs) in &self.signs {
            for at in finder.find_iter(text) {
                for sign in signs {
                    scratch.add_at(forms, words, sign, text, at);
                }
            }
        }
        for form in &self.anywhere {
            add_matches(forms, *form, text, 0..text.len(), &mut scratch.finds);
        }
        scratch.finds.hits.sort_unstable();
        scratch.finds.hits.dedup();
    }

    fn search_joints(
        &self,
        forms: &Forms,
        words: &ContextWords,
        text: &[u8],
        masks: &Masks,
        finds: &mut Finds,
    ) {
        let Some(joints) = &self.joints else { return };
        let (mut chain, mut previous, mut done) = (0, usize::MAX, 0);
        for at in scan_bytes::ones(&masks.joints) {
            let is_near = previous != usize::MAX && at - previous <= JOINT_GAP + 1;
            chain = if is_near { chain + 1 } else { 1 };
            previous = at;
            if chain >= joints.chain && at >= done {
                let window = window(text, at..at + 1, &joints.alphabet, text.len());
                done = window.end;
                let count = scan_bytes::count(&masks.joints, window.clone());
                let mut is_asked = false;
                for (form, _) in joints.forms.iter().filter(|(_, chain)| *chain <= count) {
                    if !forms.get(*form).is_open() {
                        if !is_asked {
                            words.note_supported(text, masks, &window, &mut finds.words);
                            is_asked = true;
                        }
                        if !finds.words.supports(*form) {
                            continue;
                        }
                    }
                    add_matches(forms, *form, text, window.clone(), finds);
                }
            }
        }
    }

    /// Looks at each word for what begins as it does.
    fn search_words(
        &self,
        forms: &Forms,
        words: &ContextWords,
        text: &[u8],
        scratch: &mut Scratch,
    ) {
        let mask = std::mem::take(&mut scratch.masks.words);
        for start in scan_bytes::ones_of(|word| starts_of_runs(&mask, word), mask.len()) {
            for heads in &self.heads {
                let mut fitting = heads.fitting(text, &mask, start);
                while fitting != 0 {
                    let form = heads.forms[fitting.trailing_zeros() as usize];
                    fitting &= fitting - 1;
                    scratch.add_anchored(forms, words, form, text, start);
                }
            }
            for (offset, literal) in self.beginnings.at(text, start) {
                let Some(at) = start.checked_sub(*offset) else {
                    continue;
                };
                if text[at..].starts_with(&literal.bytes) {
                    scratch.add_at(forms, words, literal, text, at);
                }
            }
        }
        scratch.masks.words = mask;
    }

    fn search_literals(
        &self,
        forms: &Forms,
        words: &ContextWords,
        text: &[u8],
        scratch: &mut Scratch,
    ) {
        for literals in &self.literals {
            let mut at = 0;
            while let Some((start, found)) = literals.next(text, at) {
                at = start + 1;
                // One literal may begin another, so each that may stand here is tried.
                for index in &literals.beside[found] {
                    let literal = &literals.all[*index];
                    if text[start..].starts_with(&literal.bytes) {
                        scratch.add_at(forms, words, literal, text, start);
                    }
                }
            }
        }
    }
}

impl Scratch {
    /// The hits, to be given back.
    pub fn take_hits(&mut self) -> Vec<Hit> {
        std::mem::take(&mut self.finds.hits)
    }

    /// What is said before a place of the last text.
    pub fn nearby(&mut self, words: &ContextWords, text: &[u8], start: usize) -> &Nearby {
        words.before(
            text,
            &self.masks,
            start,
            &mut self.finds.words,
            &mut self.nearby,
        );
        &self.nearby
    }

    fn fill_masks(&mut self, text: &[u8]) {
        scan_bytes::fill(text, &mut self.masks);
        scan_bytes::find_uuids(text, &mut self.masks);
    }

    /// Whether a place overlaps a UUID without being one: digits cut out of it are nothing of their own.
    pub fn cuts_uuid(&self, place: &Range<usize>) -> bool {
        let before = self.masks.uuids.partition_point(|uuid| *uuid < place.end);
        let Some(uuid) = before.checked_sub(1).map(|at| self.masks.uuids[at]) else {
            return false;
        };
        let end = uuid + scan_bytes::UUID;
        end > place.start && (place.start > uuid || place.end < end)
    }

    /// Takes the memory of hits back.
    pub fn give_hits(&mut self, hits: Vec<Hit>) {
        self.finds.hits = hits;
    }

    /// The masks of the last text.
    pub fn masks(&self) -> &Masks {
        &self.masks
    }

    /// Whether some word in a part of the text or near before it speaks for a form.
    fn is_supported(
        &mut self,
        words: &ContextWords,
        form: u16,
        text: &[u8],
        part: &Range<usize>,
    ) -> bool {
        words.note_supported(text, &self.masks, part, &mut self.finds.words);
        self.finds.words.supports(form)
    }

    /// Adds the matches of a form at or around a literal.
    fn add_at(
        &mut self,
        forms: &Forms,
        words: &ContextWords,
        literal: &Literal,
        text: &[u8],
        at: usize,
    ) {
        let longest = forms.get(literal.form).longest;
        let place = at..at + literal.bytes.len();
        let mut window = match &literal.reach {
            Reach::Start => return self.add_anchored(forms, words, literal.form, text, at),
            Reach::Around(alphabet) => window(text, place, alphabet, longest),
            Reach::After => place.end..text.len().min(place.end + CONTEXT_REACH + longest),
        };
        let done = self.ends[usize::from(literal.form)];
        if window.end > done {
            window.start = window.start.max(done);
            self.ends[usize::from(literal.form)] = window.end;
            let form = forms.get(literal.form);
            let is_possible = form.may_be_in(&text[window.clone()])
                && (form.is_open() || self.is_supported(words, literal.form, text, &window));
            if !is_possible {
                return;
            }
            add_matches(forms, literal.form, text, window, &mut self.finds);
        }
    }

    /// Adds the match of a form right at a place, if it does not overlap the one before it.
    fn add_anchored(
        &mut self,
        forms: &Forms,
        words: &ContextWords,
        form: u16,
        text: &[u8],
        start: usize,
    ) {
        if start < self.ends[usize::from(form)] {
            return;
        }
        let is_possible =
            forms.get(form).is_open() || self.is_supported(words, form, text, &(start..start + 1));
        if !is_possible {
            return;
        }
        let regex = forms.get(form).regex();
        let input = Input::new(text).range(start..).anchored(Anchored::Yes);
        if let Some(found) = regex.search_with(self.finds.caches.of(form, regex), &input) {
            self.ends[usize::from(form)] = found.end();
            add_hit(forms, form, text, found.range(), &mut self.finds.hits);
        }
    }
}

/// Up to 64 forms found by the first bytes of words: a word fits the forms whose bits are left when all its tables are met.
struct HeadForms {
    forms: Vec<u16>,
    places: Box<[[u64; 256]; HEAD]>,
    /// By the length of the word; longer words count as the longest.
    lengths: [u64; 128],
    /// Forms that a text may end before, place by place.
    over: [u64; HEAD],
}

impl HeadForms {
    fn new() -> Self {
        Self {
            forms: Vec::new(),
            places: Box::new([[0; 256]; HEAD]),
            lengths: [0; 128],
            over: [0; HEAD],
        }
    }

    fn add(&mut self, form: u16, heads: &Heads) {
        let bit = 1_u64 << self.forms.len();
        self.forms.push(form);
        for (place, set) in heads.places.iter().enumerate() {
            set.iter()
                .for_each(|byte| self.places[place][usize::from(byte)] |= bit);
            self.over[place] |= if set.iter().count() == 256 { bit } else { 0 };
        }
        let last = self.lengths.len() - 1;
        for (length, forms) in self.lengths.iter_mut().enumerate() {
            let fits = length >= heads.shortest.min(last)
                && (length <= heads.longest || heads.longest > last && length == last);
            *forms |= if fits { bit } else { 0 };
        }
    }

    /// The forms that the word at `start` can begin, as bits; `words` is the mask of words.
    #[inline]
    fn fitting(&self, text: &[u8], words: &[u64], start: usize) -> u64 {
        let Some(first) = text[start..].first_chunk::<HEAD>() else {
            return self.fitting_at_end(text, words, start);
        };
        let at = |place: usize| self.places[place][usize::from(first[place])];
        let fitting = at(0) & at(1) & at(2) & at(3);
        if fitting == 0 {
            return 0;
        }
        let fitting = fitting & at(4) & at(5) & at(6) & at(7);
        if fitting == 0 {
            return 0;
        }
        fitting & self.of_length(scan_bytes::run_end(words, start) - start)
    }

    #[cold]
    fn fitting_at_end(&self, text: &[u8], words: &[u64], start: usize) -> u64 {
        let mut fitting = self.of_length(scan_bytes::run_end(words, start) - start);
        for place in 0..HEAD {
            fitting &= text.get(start + place).map_or(self.over[place], |byte| {
                self.places[place][usize::from(*byte)]
            });
        }
        fitting
    }

    fn of_length(&self, length: usize) -> u64 {
        self.lengths[length.min(self.lengths.len() - 1)]
    }
}

/// Where runs of set bits start, in one word of a mask.
fn starts_of_runs(mask: &[u64], word: usize) -> u64 {
    let before = if word == 0 { 0 } else { mask[word - 1] >> 63 };
    mask[word] & !(mask[word] << 1 | before)
}

/// Literals found by the first bytes of words.
#[derive(Default)]
struct Beginnings {
    /// Hashes of first bytes that some literal has, as bits.
    filter: Vec<u64>,
    /// Literals by the three bytes that begin a word in them, and how many bytes stand before.
    by_bytes: HashMap<[u8; TOGETHER], Vec<(usize, Literal)>>,
}

/// Where in a literal a word surely begins whose first bytes are known; `None` where that is nowhere.
fn word_start(literal: &[u8], starts_word: bool) -> Option<usize> {
    if starts_word {
        return Some(0);
    }
    let is_start = |at: &usize| !is_word_byte(literal[*at - 1]) && is_word_byte(literal[*at]);
    (1..(literal.len() + 1).saturating_sub(TOGETHER)).find(is_start)
}

/// Words of 64 bits in the filter of first bytes.
const FILTER: usize = 256;

impl Beginnings {
    fn add(&mut self, offset: usize, literal: Literal) {
        let Some(first) = literal.bytes[offset..].first_chunk::<TOGETHER>().copied() else {
            return;
        };
        self.filter.resize(FILTER, 0);
        let hash = Self::hash(first);
        self.filter[hash / 64] |= 1 << (hash % 64);
        self.by_bytes
            .entry(first)
            .or_default()
            .push((offset, literal));
    }

    fn hash(first: [u8; TOGETHER]) -> usize {
        let bytes = u32::from_le_bytes([first[0], first[1], first[2], 0]);
        (bytes.wrapping_mul(0x9E37_79B1) >> 18) as usize % (FILTER * 64)
    }

    /// Literals that may stand at a place.
    #[inline]
    fn at(&self, text: &[u8], at: usize) -> &[(usize, Literal)] {
        let Some(first) = text[at..].first_chunk::<TOGETHER>() else {
            return &[];
        };
        let hash = Self::hash(*first);
        if self
            .filter
            .get(hash / 64)
            .is_none_or(|bits| bits >> (hash % 64) & 1 == 0)
        {
            return &[];
        }
        self.by_bytes.get(first).map_or(&[], Vec::as_slice)
    }
}

/// Every match of every pattern over the whole text, the slow way: the truth that `search` is held to.
pub(super) fn search_exact(forms: &Forms, text: &[u8], scratch: &mut Scratch) {
    scratch.fill_masks(text);
    let finds = &mut scratch.finds;
    finds.hits.clear();
    finds.words.clear();
    for index in 0..forms.all().len() {
        add_matches(forms, index as u16, text, 0..text.len(), finds);
    }
    finds.hits.sort_unstable();
    finds.hits.dedup();
}

/// Adds the valid matches of a form in a part of a text.
pub(super) fn add_matches(
    forms: &Forms,
    form: u16,
    text: &[u8],
    part: Range<usize>,
    finds: &mut Finds,
) {
    let cache = finds.caches.of(form, forms.get(form).regex());
    let hits = &mut finds.hits;
    forms.get(form).matches(text, part, cache, &mut |range| {
        add_hit(forms, form, text, range, hits)
    });
}

/// Adds a match of a form if its validator accepts it.
pub(super) fn add_hit(
    forms: &Forms,
    form: u16,
    text: &[u8],
    range: Range<usize>,
    hits: &mut Vec<Hit>,
) {
    if !range.is_empty() && forms.get(form).is_valid(&text[range.clone()]) {
        hits.push(Hit {
            start: range.start,
            end: range.end,
            form,
        });
    }
}

/// The longest run of an alphabet's bytes around a place, at most `reach` to each side.
fn window(text: &[u8], place: Range<usize>, alphabet: &ByteSet, reach: usize) -> Range<usize> {
    let is_in = |byte: &&u8| alphabet.contains(**byte);
    let before = text[..place.start]
        .iter()
        .rev()
        .take(reach)
        .take_while(is_in)
        .count();
    let after = text[place.end..]
        .iter()
        .take(reach)
        .take_while(is_in)
        .count();
    place.start - before..place.end + after
}

/// Forms found by literals, which are searched together by their first bytes.
struct LiteralForms {
    /// Vector instructions, where the machine has them and the literals are few.
    packed: Option<packed::Searcher>,
    searcher: AhoCorasick,
    all: Vec<Literal>,
    /// For each beginning the literals that may stand where it stands.
    beside: Vec<Vec<usize>>,
}

/// Bytes of literals that are searched for together.
const PREFIX: usize = 4;
/// Most beginnings that the vector search takes at its full speed.
const GROUP: usize = 48;

impl LiteralForms {
    /// Literals in groups that are each searched together; those with the same beginning stay together.
    fn in_groups(mut all: Vec<Literal>) -> Vec<Self> {
        all.sort_by(|a, b| (&a.bytes, a.form).cmp(&(&b.bytes, b.form)));
        let beginning =
            |literal: &Literal| literal.bytes[..literal.bytes.len().min(PREFIX)].to_vec();
        let mut groups: Vec<Vec<Literal>> = Vec::new();
        let (mut count, mut last) = (0, Vec::new());
        for literal in all {
            let first = beginning(&literal);
            if first != last {
                (count, last) = (count + 1, first);
            }
            if groups.is_empty() || count > GROUP {
                groups.push(Vec::new());
                count = 1;
            }
            groups
                .last_mut()
                .expect("one was just pushed")
                .push(literal);
        }
        groups.into_iter().map(Self::new).collect()
    }

    fn new(all: Vec<Literal>) -> Self {
        let beginning =
            |literal: &Literal| literal.bytes[..literal.bytes.len().min(PREFIX)].to_vec();
        let mut beginnings: Vec<Vec<u8>> = all.iter().map(beginning).collect();
        beginnings.sort();
        beginnings.dedup();
        let may_stand = |literal: &Literal, beginning: &[u8]| {
            literal.bytes.starts_with(beginning) || beginning.starts_with(&literal.bytes)
        };
        let beside = |beginning: &Vec<u8>| {
            let all = all.iter().enumerate();
            all.filter(|(_, literal)| may_stand(literal, beginning))
                .map(|(index, _)| index)
                .collect()
        };
        let packed = packed::Config::new().builder().extend(&beginnings).build();
        Self {
            packed,
            searcher: AhoCorasick::new(&beginnings).expect("a few hundred short literals"),
            beside: beginnings.iter().map(beside).collect(),
            all,
        }
    }

    /// The next beginning of a literal: where, and which.
    fn next(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        if let Some(packed) = &self.packed {
            let found = packed.find_in(text, Span::from(from..text.len()))?;
            return Some((found.start(), found.pattern().as_usize()));
        }
        let found = self
            .searcher
            .find(aho_corasick::Input::new(text).range(from..))?;
        Some((found.start(), found.pattern().as_usize()))
    }
}
