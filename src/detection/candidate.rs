//! Candidates in text: one pass over the bytes says where forms of detectors can match, their patterns and validators decide.
//! The cost grows with the shapes that occur, not with the number of detectors. Knows nothing of how sure a match makes us.

use super::context::{ContextWords, Nearby};
use super::form::{Caches, Forms};
use super::scan_bytes::{self, Masks, Runs};
use super::trigger::{
    ByteSet, HEAD, Heads, JOINT_GAP, REGION_BYTES, REGION_DIGITS, REGION_GAP, REGION_MARGIN,
    Trigger,
};
use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem;
use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache as DfaCache, DFA};
use regex_automata::{Anchored, Input};
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
    literals: Option<LiteralForms>,
    /// Literals too short to be searched together.
    signs: Vec<(memmem::Finder<'static>, Literal)>,
    anywhere: Vec<u16>,
    in_region: ByteSet,
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

/// Forms found by their digits: one automaton over their widened patterns.
struct DigitForms {
    automaton: DFA,
    /// The form of each pattern of the automaton.
    forms: Vec<u16>,
}

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
    caches: Caches,
    automaton: Option<DfaCache>,
    matching: Vec<u64>,
    nearby: Nearby,
    /// Valid matches of the last search, in the order of their places.
    pub hits: Vec<Hit>,
    /// Where the last match of each form found by literals ended.
    ends: Vec<usize>,
}

/// Region bytes before a region in which a context word still counts; as far as `context` looks, and a little more.
const CONTEXT_REACH: usize = 56;
/// Longer regions are not asked for their context as a whole.
const LONG_REGION: usize = 256;

impl Plan {
    /// The plan for a table of forms.
    pub fn new(forms: &Forms) -> Self {
        let mut plan = Self {
            digits: None,
            joints: None,
            heads: Vec::new(),
            literals: None,
            signs: Vec::new(),
            anywhere: Vec::new(),
            in_region: region_bytes(),
        };
        let (mut digits, mut literals) = (Vec::new(), Vec::new());
        for (index, form) in (0..).zip(forms.all()) {
            match &form.trigger {
                Trigger::Digits => digits.push(index),
                Trigger::Joints { chain, alphabet } => plan.add_joints(index, *chain, alphabet),
                Trigger::Literals(found) => {
                    literals.extend(found.iter().map(|l| Literal::new(l, index, Reach::Start)))
                }
                Trigger::Around {
                    literals: found,
                    alphabet,
                } => {
                    let found = found
                        .iter()
                        .map(|l| Literal::new(l, index, Reach::Around(Box::new(*alphabet))));
                    let (long, short): (Vec<_>, Vec<_>) =
                        found.partition(|l| l.bytes.len() >= TOGETHER);
                    literals.extend(long);
                    plan.signs.extend(
                        short
                            .into_iter()
                            .map(|l| (memmem::Finder::new(&l.bytes).into_owned(), l)),
                    );
                }
                Trigger::Words(found) => {
                    literals.extend(found.iter().map(|l| Literal::new(l, index, Reach::After)));
                }
                Trigger::Heads(heads) => plan.add_heads(index, heads),
                Trigger::Anywhere => plan.anywhere.push(index),
            }
        }
        plan.digits = (!digits.is_empty()).then(|| DigitForms::new(forms, digits));
        plan.literals = (!literals.is_empty()).then(|| LiteralForms::new(literals));
        plan
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

    /// Fills `scratch.hits` with the valid matches in a text. Forms that mean nothing without context are left out where
    /// no word near speaks for them; `words` is asked once a region, not once a form.
    pub fn search(&self, forms: &Forms, words: &ContextWords, text: &[u8], scratch: &mut Scratch) {
        scratch.hits.clear();
        scan_bytes::fill(text, &mut scratch.masks);
        let masks = std::mem::take(&mut scratch.masks);
        self.search_digits(forms, words, text, &masks, scratch);
        self.search_joints(forms, words, text, &masks, scratch);
        scratch.ends.clear();
        scratch.ends.resize(forms.all().len(), 0);
        for heads in &self.heads {
            heads.search(forms, text, &masks, scratch);
        }
        scratch.masks = masks;
        self.search_literals(forms, text, scratch);
        for (finder, sign) in &self.signs {
            finder
                .find_iter(text)
                .for_each(|at| scratch.add_at(forms, sign, text, at));
        }
        for form in &self.anywhere {
            add_matches(forms, *form, text, 0..text.len(), scratch);
        }
        scratch.hits.sort_unstable();
        scratch.hits.dedup();
    }

    fn search_digits(
        &self,
        forms: &Forms,
        words: &ContextWords,
        text: &[u8],
        masks: &Masks,
        scratch: &mut Scratch,
    ) {
        let Some(digits) = &self.digits else { return };
        let mut runs = Runs::new(&masks.digits).peekable();
        while let Some((first, mut end)) = runs.next() {
            let mut count = end - first;
            while let Some((next, next_end)) = runs.peek().copied() {
                let is_joined = next - end <= REGION_GAP
                    && text[end..next].iter().all(|b| self.in_region.contains(*b));
                if !is_joined {
                    break;
                }
                runs.next();
                count += next_end - next;
                end = next_end;
            }
            if count >= REGION_DIGITS {
                let region = self.with_margins(text, first, end);
                digits.search(forms, words, text, region, scratch);
            }
        }
    }

    fn with_margins(&self, text: &[u8], first: usize, end: usize) -> Range<usize> {
        let is_in = |byte: &&u8| self.in_region.contains(**byte);
        let before = text[..first]
            .iter()
            .rev()
            .take(REGION_MARGIN)
            .take_while(is_in)
            .count();
        let after = text[end..]
            .iter()
            .take(REGION_MARGIN)
            .take_while(is_in)
            .count();
        first - before..end + after
    }

    fn search_joints(
        &self,
        forms: &Forms,
        words: &ContextWords,
        text: &[u8],
        masks: &Masks,
        scratch: &mut Scratch,
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
                let count = text[window.clone()]
                    .iter()
                    .filter(|byte| matches!(byte, b':' | b'-'))
                    .count();
                let mut asked = false;
                for (form, _) in joints.forms.iter().filter(|(_, chain)| *chain <= count) {
                    if forms.get(*form).is_open()
                        || is_supported(words, *form, text, &window, &mut asked, scratch)
                    {
                        add_matches(forms, *form, text, window.clone(), scratch);
                    }
                }
            }
        }
    }

    fn search_literals(&self, forms: &Forms, text: &[u8], scratch: &mut Scratch) {
        let Some(literals) = &self.literals else {
            return;
        };
        let mut at = 0;
        while let Some(found) = literals
            .searcher
            .find(aho_corasick::Input::new(text).range(at..))
        {
            at = found.start() + 1;
            // One literal may begin another, so each that may stand here is tried.
            for index in &literals.beside[found.pattern().as_usize()] {
                let literal = &literals.all[*index];
                if text[found.start()..].starts_with(&literal.bytes) {
                    scratch.add_at(forms, literal, text, found.start());
                }
            }
        }
    }
}

impl Scratch {
    /// Classifies the bytes of a text, as `search` does.
    pub fn fill_masks(&mut self, text: &[u8]) {
        scan_bytes::fill(text, &mut self.masks);
    }

    /// The mask of words of the last text.
    pub fn words_mask(&self) -> &[u64] {
        &self.masks.words
    }

    /// The hits, to be given back, and the memory for words near them.
    pub fn take_hits(&mut self) -> (Vec<Hit>, &mut Nearby) {
        (std::mem::take(&mut self.hits), &mut self.nearby)
    }

    /// Adds the matches of a form at or around a literal.
    fn add_at(&mut self, forms: &Forms, literal: &Literal, text: &[u8], at: usize) {
        let longest = forms.get(literal.form).longest;
        let place = at..at + literal.bytes.len();
        let mut window = match &literal.reach {
            Reach::Start => return self.add_anchored(forms, literal.form, text, at),
            Reach::Around(alphabet) => window(text, place, alphabet, longest),
            Reach::After => place.end..text.len().min(place.end + CONTEXT_REACH + longest),
        };
        let done = self.ends[usize::from(literal.form)];
        if window.end > done {
            window.start = window.start.max(done);
            self.ends[usize::from(literal.form)] = window.end;
            add_matches(forms, literal.form, text, window, self);
        }
    }

    /// Adds the match of a form right at a place, if it does not overlap the one before it.
    fn add_anchored(&mut self, forms: &Forms, form: u16, text: &[u8], start: usize) {
        if start < self.ends[usize::from(form)] {
            return;
        }
        let regex = forms.get(form).regex();
        let input = Input::new(text).range(start..).anchored(Anchored::Yes);
        if let Some(found) = regex.search_with(self.caches.of(form, regex), &input) {
            self.ends[usize::from(form)] = found.end();
            add_hit(forms, form, text, found.range(), &mut self.hits);
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

    fn search(&self, forms: &Forms, text: &[u8], masks: &Masks, scratch: &mut Scratch) {
        for (start, end) in Runs::new(&masks.words) {
            let mut fitting = self.lengths[(end - start).min(self.lengths.len() - 1)];
            for place in 0..HEAD {
                let bits = text.get(start + place).map_or(self.over[place], |byte| {
                    self.places[place][usize::from(*byte)]
                });
                fitting &= bits;
                if fitting == 0 {
                    break;
                }
            }
            while fitting != 0 {
                let form = self.forms[fitting.trailing_zeros() as usize];
                fitting &= fitting - 1;
                scratch.add_anchored(forms, form, text, start);
            }
        }
    }
}

impl DigitForms {
    fn new(forms: &Forms, indexes: Vec<u16>) -> Self {
        let patterns = indexes.iter().map(|index| forms.get(*index).widened());
        Self {
            automaton: automaton(patterns),
            forms: indexes,
        }
    }

    fn search(
        &self,
        forms: &Forms,
        words: &ContextWords,
        text: &[u8],
        region: Range<usize>,
        scratch: &mut Scratch,
    ) {
        let cache = scratch
            .automaton
            .get_or_insert_with(|| self.automaton.create_cache());
        matching(
            &self.automaton,
            cache,
            text,
            region.clone(),
            &mut scratch.matching,
        );
        let mut asked = false;
        for word in 0..scratch.matching.len() {
            let mut bits = scratch.matching[word];
            while bits != 0 {
                let form = self.forms[word * 64 + bits.trailing_zeros() as usize];
                bits &= bits - 1;
                if !forms.get(form).is_open()
                    && !is_supported(words, form, text, &region, &mut asked, scratch)
                {
                    continue;
                }
                add_matches(forms, form, text, region.clone(), scratch);
            }
        }
    }
}

/// Whether some word near a region speaks for a form; long regions are left to the judgement of each match.
fn is_supported(
    words: &ContextWords,
    form: u16,
    text: &[u8],
    region: &Range<usize>,
    asked: &mut bool,
    scratch: &mut Scratch,
) -> bool {
    if region.len() > LONG_REGION {
        return true;
    }
    if !*asked {
        let from = region.start.saturating_sub(CONTEXT_REACH);
        words.within(&text[from..region.end], &mut scratch.nearby);
        *asked = true;
    }
    words.supports(&scratch.nearby, form)
}

/// Which patterns of an automaton match somewhere in a part of a text, as bits.
fn matching(
    automaton: &DFA,
    cache: &mut DfaCache,
    text: &[u8],
    part: Range<usize>,
    bits: &mut Vec<u64>,
) {
    const NEVER: &str = "the automaton has neither a limit of clears nor bytes it quits at";
    bits.clear();
    bits.resize(automaton.pattern_len().div_ceil(64), 0);
    let input = Input::new(text).range(part.clone());
    let mut state = automaton.start_state_forward(cache, &input).expect(NEVER);
    // A match shows in the state after the byte that follows it.
    for byte in &text[part.clone()] {
        state = automaton.next_state(cache, state, *byte).expect(NEVER);
        if state.is_tagged() {
            if state.is_dead() {
                return;
            }
            add_patterns(automaton, cache, state, bits);
        }
    }
    state = match text.get(part.end) {
        Some(byte) => automaton.next_state(cache, state, *byte).expect(NEVER),
        None => automaton.next_eoi_state(cache, state).expect(NEVER),
    };
    if state.is_match() {
        add_patterns(automaton, cache, state, bits);
    }
}

/// Adds the patterns that a state matches.
pub(super) fn add_patterns(
    automaton: &DFA,
    cache: &DfaCache,
    state: LazyStateID,
    bits: &mut [u64],
) {
    if state.is_match() {
        for index in 0..automaton.match_len(cache, state) {
            let pattern = automaton.match_pattern(cache, state, index).as_usize();
            bits[pattern / 64] |= 1 << (pattern % 64);
        }
    }
}

/// One lazy automaton over many patterns. It never gives up: when its memory is full it starts anew.
pub(super) fn automaton(patterns: impl Iterator<Item = regex_syntax::hir::Hir>) -> DFA {
    let patterns: Vec<_> = patterns.collect();
    let compiler = regex_automata::nfa::thompson::Config::new()
        .utf8(false)
        .shrink(false);
    let nfa = regex_automata::nfa::thompson::Compiler::new()
        .configure(compiler)
        .build_many_from_hir(&patterns);
    let nfa = nfa.expect("widened patterns are as small as those that compile");
    let config = DFA::config()
        .match_kind(regex_automata::MatchKind::All)
        .cache_capacity(AUTOMATON_MEMORY);
    let built = DFA::builder()
        .configure(config.skip_cache_capacity_check(true))
        .build_from_nfa(nfa);
    built.expect("the memory suffices for any table of detectors")
}

/// Memory of the automaton of one thread.
const AUTOMATON_MEMORY: usize = 6 << 20;

/// Every match of every pattern over the whole text, the slow way: the truth that `search` is held to.
pub(super) fn search_exact(forms: &Forms, text: &[u8], scratch: &mut Scratch) {
    scratch.hits.clear();
    for index in 0..forms.all().len() {
        add_matches(forms, index as u16, text, 0..text.len(), scratch);
    }
    scratch.hits.sort_unstable();
    scratch.hits.dedup();
}

fn add_matches(forms: &Forms, form: u16, text: &[u8], part: Range<usize>, scratch: &mut Scratch) {
    let cache = scratch.caches.of(form, forms.get(form).regex());
    let hits = &mut scratch.hits;
    forms.get(form).matches(text, part, cache, &mut |range| {
        add_hit(forms, form, text, range, hits)
    });
}

fn add_hit(forms: &Forms, form: u16, text: &[u8], range: Range<usize>, hits: &mut Vec<Hit>) {
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

/// Forms found by literals, which are searched together.
struct LiteralForms {
    searcher: AhoCorasick,
    all: Vec<Literal>,
    /// For each literal those that stand where it stands, perhaps: itself, what begins with it, what it begins with.
    beside: Vec<Vec<usize>>,
}

impl LiteralForms {
    fn new(all: Vec<Literal>) -> Self {
        let patterns = all.iter().map(|literal| &literal.bytes);
        let searcher = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostFirst)
            .build(patterns);
        let is_beside = |a: &Literal, b: &Literal| {
            a.bytes.starts_with(&b.bytes) || b.bytes.starts_with(&a.bytes)
        };
        let beside = |a: &Literal| {
            all.iter()
                .enumerate()
                .filter(|(_, b)| is_beside(a, b))
                .map(|(i, _)| i)
                .collect()
        };
        let beside = all.iter().map(beside).collect();
        Self {
            searcher: searcher.expect("a few hundred short literals"),
            all,
            beside,
        }
    }
}

fn region_bytes() -> ByteSet {
    let mut set = ByteSet::default();
    (0..=127_u8)
        .filter(u8::is_ascii_alphanumeric)
        .for_each(|byte| set.insert(byte));
    REGION_BYTES.iter().for_each(|byte| set.insert(*byte));
    (128..=255).for_each(|byte| set.insert(byte));
    set
}
