//! Regions of digits: runs of digits with few other bytes between, and which forms can match in them. What a region looks like
//! decides that, so it is worked out once a look and remembered. Knows patterns by their automaton, not what a match is worth.

use super::candidate::{Finds, add_hit, add_matches};
use super::context::ContextWords;
use super::form::Forms;
use super::scan_bytes::{self, Masks, Runs};
use super::trigger::{REGION_DIGITS, REGION_GAP, REGION_MARGIN};
use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache as DfaCache, DFA};
use regex_automata::{Anchored, Input};
use std::ops::Range;

/// Forms found by their digits: one automaton over their patterns, widened to what a shape tells.
pub(super) struct DigitForms {
    automaton: DFA,
    /// The form of each pattern of the automaton.
    forms: Vec<u16>,
}

/// Memory of one thread.
#[derive(Default)]
pub(super) struct RegionScratch {
    automaton: Option<DfaCache>,
    matching: Vec<u64>,
    joined: Vec<u64>,
    /// Digits beside a capital.
    mixed: Vec<u64>,
    known: Vec<Known>,
}

/// Shapes remembered, a power of two. Each has one place; the newest stays.
const SHAPES: usize = 1024;
/// Marks of a region, its neighbours among them, up to which its shape is remembered.
const MARKS: usize = 16;
/// Stands in a shape where the text begins or ends.
const NO_BYTE: u8 = 255;
/// Places at which a form can begin in a region; with more, its pattern is searched at once.
const STARTS: usize = 8;

/// What a region looks like, with the byte before and after it: where digits, capitals and small letters stand, and which
/// other bytes stand between.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Shape {
    digits: u64,
    capitals: u64,
    smalls: u64,
    marks: u128,
    length: u8,
}

/// What is known of the regions of one shape.
#[derive(Default)]
struct Known {
    shape: Shape,
    /// Forms whose match alone can be worth telling.
    open: Vec<Candidate>,
    /// Forms that mean nothing without context.
    gated: Vec<u16>,
    /// Where the forms match that the shape alone decides: start and end, counted from the region's start.
    places: Vec<(u8, u8)>,
    /// Where the others can begin.
    starts: Vec<u8>,
}

/// A form that can match in a region.
struct Candidate {
    form: u16,
    /// Whether its places are known; else it may begin at one of the starts.
    is_placed: bool,
    /// What of the places, or of the starts, is its own.
    own: Range<u16>,
}

impl DigitForms {
    /// The automaton of some forms.
    pub fn new(forms: &Forms, indexes: Vec<u16>) -> Self {
        let patterns = indexes.iter().map(|index| forms.get(*index).shaped());
        Self {
            automaton: automaton(patterns),
            forms: indexes,
        }
    }

    /// Adds the matches in all regions of a text.
    pub fn search(
        &self,
        forms: &Forms,
        words: &ContextWords,
        text: &[u8],
        masks: &Masks,
        scratch: &mut RegionScratch,
        finds: &mut Finds,
    ) {
        let mut joined = std::mem::take(&mut scratch.joined);
        scan_bytes::join_over::<REGION_GAP>(&masks.digits, &masks.regions, &mut joined);
        let mut mixed = std::mem::take(&mut scratch.mixed);
        digits_by_capitals(masks, &mut mixed);
        for (first, reach) in Runs::new(&joined) {
            let is_region = scan_bytes::count(&masks.digits, first..reach) >= REGION_DIGITS
                || scan_bytes::count(&mixed, first..reach) > 0;
            if is_region {
                let end =
                    reach - scan_bytes::bits_before(&masks.digits, reach).leading_zeros() as usize;
                let region = with_margins(masks, first, end);
                self.search_region(forms, words, text, masks, region, scratch, finds);
            }
        }
        (scratch.joined, scratch.mixed) = (joined, mixed);
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "what is searched, for what, and the memory for it"
    )]
    fn search_region(
        &self,
        forms: &Forms,
        words: &ContextWords,
        text: &[u8],
        masks: &Masks,
        region: Range<usize>,
        scratch: &mut RegionScratch,
        finds: &mut Finds,
    ) {
        let Some(shape) = shape_of(text, masks, &region) else {
            return self.search_unknown(forms, words, text, masks, region, scratch, finds);
        };
        if scratch.known.is_empty() {
            scratch.known.resize_with(SHAPES, Known::default);
        }
        let slot = shape.slot();
        if scratch.known[slot].shape != shape {
            let mut known = std::mem::take(&mut scratch.known[slot]);
            self.learn(forms, text, &region, shape, scratch, finds, &mut known);
            scratch.known[slot] = known;
        }
        let known = &scratch.known[slot];
        for candidate in &known.open {
            let own = usize::from(candidate.own.start)..usize::from(candidate.own.end);
            let form = forms.get(candidate.form);
            if candidate.is_placed {
                for (start, end) in &known.places[own] {
                    let place =
                        region.start + usize::from(*start)..region.start + usize::from(*end);
                    add_hit(forms, candidate.form, text, place, &mut finds.hits);
                }
                continue;
            }
            let starts = &known.starts[own];
            let may_begin = |start: &u8| form.may_begin(text, region.start + usize::from(*start));
            if starts.len() > STARTS || starts.iter().any(may_begin) {
                add_matches(forms, candidate.form, text, region.clone(), finds);
            }
        }
        if known.gated.is_empty() {
            return;
        }
        words.note_supported(text, masks, &region, &mut finds.words);
        for form in &known.gated {
            if finds.words.supports(*form) {
                add_matches(forms, *form, text, region.clone(), finds);
            }
        }
    }

    /// Which forms can match in the regions of a shape, from the first one met.
    #[expect(
        clippy::too_many_arguments,
        reason = "what is learnt, of what, and the memory for it"
    )]
    fn learn(
        &self,
        forms: &Forms,
        text: &[u8],
        region: &Range<usize>,
        shape: Shape,
        scratch: &mut RegionScratch,
        finds: &mut Finds,
        known: &mut Known,
    ) {
        known.shape = shape;
        known.open.clear();
        known.gated.clear();
        known.places.clear();
        known.starts.clear();
        self.find_matching(text, region.clone(), scratch);
        let has_letters = shape.capitals | shape.smalls != 0;
        let matching = std::mem::take(&mut scratch.matching);
        for index in scan_bytes::ones(&matching) {
            let form = self.forms[index];
            if !forms.get(form).is_open() {
                known.gated.push(form);
                continue;
            }
            let splits = forms.get(form).splits;
            if splits.digits || (splits.letters && has_letters) {
                let first = known.starts.len() as u16;
                self.find_starts(index, text, region, scratch, &mut known.starts);
                known.open.push(Candidate {
                    form,
                    is_placed: false,
                    own: first..known.starts.len() as u16,
                });
                continue;
            }
            let first = known.places.len() as u16;
            let regex = forms.get(form).regex();
            let cache = finds.caches.of(form, regex);
            forms
                .get(form)
                .matches(text, region.clone(), cache, &mut |place| {
                    let offset = |at: usize| (at - region.start) as u8;
                    known.places.push((offset(place.start), offset(place.end)));
                });
            let own = first..known.places.len() as u16;
            if !own.is_empty() {
                known.open.push(Candidate {
                    form,
                    is_placed: true,
                    own,
                });
            }
        }
        scratch.matching = matching;
    }

    /// Where matches of a pattern can begin in a region, as far as the shape tells; one place more than are looked at is enough.
    fn find_starts(
        &self,
        pattern: usize,
        text: &[u8],
        region: &Range<usize>,
        scratch: &mut RegionScratch,
        starts: &mut Vec<u8>,
    ) {
        let first = starts.len();
        let cache = scratch
            .automaton
            .get_or_insert_with(|| self.automaton.create_cache());
        for at in region.clone() {
            if begins_at(&self.automaton, cache, pattern, text, at..region.end) {
                starts.push((at - region.start) as u8);
                if starts.len() - first > STARTS {
                    return;
                }
            }
        }
    }

    /// Searches a region whose shape is not remembered.
    #[expect(
        clippy::too_many_arguments,
        reason = "what is searched, for what, and the memory for it"
    )]
    fn search_unknown(
        &self,
        forms: &Forms,
        words: &ContextWords,
        text: &[u8],
        masks: &Masks,
        region: Range<usize>,
        scratch: &mut RegionScratch,
        finds: &mut Finds,
    ) {
        self.find_matching(text, region.clone(), scratch);
        let mut is_asked = false;
        for index in scan_bytes::ones(&scratch.matching) {
            let form = self.forms[index];
            if !forms.get(form).is_open() {
                if !is_asked {
                    words.note_supported(text, masks, &region, &mut finds.words);
                    is_asked = true;
                }
                if !finds.words.supports(form) {
                    continue;
                }
            }
            add_matches(forms, form, text, region.clone(), finds);
        }
    }

    fn find_matching(&self, text: &[u8], region: Range<usize>, scratch: &mut RegionScratch) {
        let cache = scratch
            .automaton
            .get_or_insert_with(|| self.automaton.create_cache());
        matching(&self.automaton, cache, text, region, &mut scratch.matching);
    }
}

/// Digits with a capital beside them, or one byte further.
fn digits_by_capitals(masks: &Masks, mixed: &mut Vec<u64>) {
    mixed.clear();
    let capitals = &masks.capitals;
    for (at, digits) in masks.digits.iter().enumerate() {
        let before = if at == 0 { 0 } else { capitals[at - 1] };
        let after = capitals.get(at + 1).copied().unwrap_or(0);
        let here = capitals[at];
        let near = here << 1
            | here << 2
            | before >> 63
            | before >> 62
            | here >> 1
            | here >> 2
            | after << 63
            | after << 62;
        mixed.push(digits & near);
    }
}

fn with_margins(masks: &Masks, first: usize, end: usize) -> Range<usize> {
    let before = scan_bytes::bits_before(&masks.regions, first).leading_ones() as usize;
    let after = scan_bytes::bits_from(&masks.regions, end).trailing_ones() as usize;
    first - before.min(REGION_MARGIN)..end + after.min(REGION_MARGIN)
}

/// The shape of a region; nothing where it is long, has many marks, or bytes beyond ASCII.
#[inline]
fn shape_of(text: &[u8], masks: &Masks, region: &Range<usize>) -> Option<Shape> {
    let length = region.len() + 2;
    if length > 64 {
        return None;
    }
    // The window begins one byte before the region, also where the text begins with it.
    let window = |mask: &[u64]| {
        let bits = match region.start.checked_sub(1) {
            Some(before) => scan_bytes::bits_from(mask, before),
            None => scan_bytes::bits_from(mask, 0) << 1,
        };
        bits & (u64::MAX >> (64 - length))
    };
    if window(&masks.beyond) != 0 {
        return None;
    }
    let (digits, capitals, smalls) = (
        window(&masks.digits),
        window(&masks.capitals),
        window(&masks.smalls),
    );
    let mut left = !(digits | capitals | smalls) & (u64::MAX >> (64 - length));
    if left.count_ones() as usize > MARKS {
        return None;
    }
    let mut marks = 0;
    while left != 0 {
        let at = region.start + left.trailing_zeros() as usize;
        let byte = at.checked_sub(1).and_then(|at| text.get(at));
        marks = marks << 8 | u128::from(byte.copied().unwrap_or(NO_BYTE));
        left &= left - 1;
    }
    Some(Shape {
        digits,
        capitals,
        smalls,
        marks,
        length: length as u8,
    })
}

impl Shape {
    fn slot(&self) -> usize {
        const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut hash = self.digits.wrapping_mul(FACTOR);
        for part in [
            self.capitals,
            self.smalls,
            self.marks as u64,
            (self.marks >> 64) as u64,
            u64::from(self.length),
        ] {
            hash = (hash.rotate_left(29) ^ part).wrapping_mul(FACTOR);
        }
        (hash >> 40) as usize % SHAPES
    }
}

const NEVER: &str = "the automaton has neither a limit of clears nor bytes it quits at";

/// Whether a pattern matches right at the beginning of a part of a text.
fn begins_at(
    automaton: &DFA,
    cache: &mut DfaCache,
    pattern: usize,
    text: &[u8],
    part: Range<usize>,
) -> bool {
    let has = |cache: &DfaCache, state: LazyStateID| {
        state.is_match()
            && (0..automaton.match_len(cache, state))
                .any(|index| automaton.match_pattern(cache, state, index).as_usize() == pattern)
    };
    let input = Input::new(text).range(part.clone()).anchored(Anchored::Yes);
    let mut state = automaton.start_state_forward(cache, &input).expect(NEVER);
    for byte in &text[part.clone()] {
        state = automaton.next_state(cache, state, *byte).expect(NEVER);
        if state.is_dead() {
            return false;
        }
        if has(cache, state) {
            return true;
        }
    }
    state = match text.get(part.end) {
        Some(byte) => automaton.next_state(cache, state, *byte).expect(NEVER),
        None => automaton.next_eoi_state(cache, state).expect(NEVER),
    };
    has(cache, state)
}

/// Which patterns of an automaton match somewhere in a part of a text, as bits.
fn matching(
    automaton: &DFA,
    cache: &mut DfaCache,
    text: &[u8],
    part: Range<usize>,
    bits: &mut Vec<u64>,
) {
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
fn add_patterns(automaton: &DFA, cache: &DfaCache, state: LazyStateID, bits: &mut [u64]) {
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
