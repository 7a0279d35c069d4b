//! Detection in the values of one field: whole values against the forms of all detectors, long ones as text.
//! Knows nothing of the field's name; what it gives is counts, never values.

use super::address::{self, Street};
use super::form::{Caches, Forms};
use super::gazetteer::{self, Login, Reading};
use super::han;
use super::region::automaton;
use super::scan_bytes::{self, Masks};
use super::settled::{Look, Looks, Outcome};
use super::span::{RawSpan, TextScanner};
use super::speaker;
use super::summary::{FieldSummary, Shape, Trait, ValueMatch};
use super::term::Terms;
use super::value_shape::{self, shape_of};
use crate::detector::Detectors;
use crate::field::TextPlace;
use crate::value::{Value, Values};
use regex_automata::hybrid::dfa::{Cache as DfaCache, DFA};
use regex_automata::{Anchored, Input};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Longer values are scanned as text.
const LONGEST_WHOLE: usize = 128;
/// Values that match the same patterns are validated one by one up to this many; from then on the automaton, which still
/// sees every value, stands for the validators. At 95 % at most 3 in this many are of another class.
const ENOUGH: u64 = 2_000;
/// After as many readings of words, one value in this many is read.
const ONE_IN: u64 = 16;

/// Matches batches of values of fields against all detectors. Clones share what is compiled.
#[derive(Clone)]
pub struct ColumnScanner {
    text: TextScanner,
    terms: Arc<Terms>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// All patterns, widened, between the ends of a value; made when the first value comes.
    automaton: OnceLock<DFA>,
    /// Memory that batches lend each other; as many as run at once.
    scratch: Mutex<Vec<Scratch>>,
}

/// Memory of one thread.
#[derive(Default)]
struct Scratch {
    automaton: Option<DfaCache>,
    caches: Caches,
    spans: Vec<RawSpan>,
    candidates: Vec<u16>,
    masks: Masks,
    texts: Texts,
}

/// Values that are read as text, gathered so that they are read together: each on a line of its own.
#[derive(Default)]
struct Texts {
    bytes: Vec<u8>,
    /// Of each value where it starts, its row and its weight.
    values: Vec<(usize, u64, u64)>,
}

/// Bytes of texts that are read together.
const TEXTS: usize = 32 << 10;

/// What is known so far of one field; one a thread and field.
#[derive(Default)]
pub struct ColumnState {
    next_row: u64,
    summary: FieldSummary,
    seen: Option<Box<Seen>>,
}

/// What is counted once values come; fields of schemas never need it.
struct Seen {
    shapes: [u64; Shape::ALL.len()],
    classes: Vec<Class>,
    looks: Looks,
    /// Values of no class that were not read.
    unread: u64,
    words: Readings,
}

/// Values that the automaton cannot tell apart: they match the same widened patterns.
struct Class {
    candidates: Vec<u16>,
    /// Values validated.
    validated: u64,
    /// Values taken as valid in the same share, without looking.
    taken: u64,
    /// For each detector, how many of the validated ones matched.
    matches: Vec<(u16, ValueMatch)>,
    /// For each form, how many of them have it as their first.
    forms: Vec<(u16, u64)>,
    /// For each detector, how many have a pattern of it and fail its check.
    failed: Vec<(u16, u64)>,
}

/// Readings of words; not of every value where there are many.
#[derive(Default)]
struct Readings {
    asked: u64,
    read: u64,
    people: u64,
    single: u64,
    places: u64,
    traits: Vec<(Trait, u64)>,
    terms: Vec<(u16, u64)>,
}

impl ColumnState {
    /// A state whose first value stands at a row of the whole source, so that parts keep one order.
    pub fn starting_at(row: u64) -> Self {
        Self {
            next_row: row,
            ..Self::default()
        }
    }

    /// Joins what another split of the same field gave.
    pub fn merge(&mut self, other: Self) {
        self.next_row = self.next_row.max(other.next_row);
        self.summary.merge(&other.into_summary());
    }

    /// What was seen.
    pub fn into_summary(mut self) -> FieldSummary {
        let Some(seen) = self.seen.take() else {
            return self.summary;
        };
        for (shape, count) in Shape::ALL.into_iter().zip(seen.shapes) {
            self.summary.add_shape(shape, count);
        }
        self.summary.by_invariant += seen.unread;
        for class in seen.classes {
            self.summary.by_invariant += class.taken;
            let all = class.validated + class.taken;
            for (detector, mut found) in class.matches {
                found.count = share_of(found.count, all, class.validated);
                self.summary.add_match(detector, found);
            }
            for (form, count) in class.forms {
                *self.summary.forms.entry(form).or_default() +=
                    share_of(count, all, class.validated);
            }
            for (detector, count) in class.failed {
                *self.summary.failed.entry(detector).or_default() +=
                    share_of(count, all, class.validated);
            }
        }
        let words = seen.words;
        let of_all = |count| share_of(count, words.asked, words.read);
        self.summary.person_names += of_all(words.people);
        self.summary.single_names += of_all(words.single);
        self.summary.place_names += of_all(words.places);
        for (kind, count) in words.traits {
            self.summary.add_trait(kind, of_all(count));
        }
        for (detector, count) in words.terms {
            *self.summary.terms.entry(detector).or_default() += of_all(count);
        }
        self.summary
    }
}

/// Adds to the count of a key.
fn add_to<K: PartialEq>(counts: &mut Vec<(K, u64)>, key: K, weight: u64) {
    match counts.iter_mut().find(|(known, _)| *known == key) {
        Some((_, count)) => *count += weight,
        None => counts.push((key, weight)),
    }
}

/// What `count` of `part` makes of `all`, rounded.
fn share_of(count: u64, all: u64, part: u64) -> u64 {
    let product = u128::from(count) * u128::from(all) + u128::from(part) / 2;
    u64::try_from(product / u128::from(part.max(1))).unwrap_or(u64::MAX)
}

impl ColumnScanner {
    /// A scanner for a table of detectors.
    pub fn new(detectors: &Detectors) -> Self {
        Self {
            text: TextScanner::new(detectors),
            terms: Arc::new(Terms::new(detectors)),
            shared: Arc::default(),
        }
    }

    /// The scanner for free text with the same detectors.
    pub fn text(&self) -> &TextScanner {
        &self.text
    }

    /// Reads a batch of values of one field.
    pub fn observe(&self, state: &mut ColumnState, values: Values<'_>) {
        state.summary.nulls += values.nulls();
        if values.is_empty() {
            return;
        }
        let lent = self
            .shared
            .scratch
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let mut scratch = lent.unwrap_or_default();
        let mut seen = state.seen.take().unwrap_or_default();
        let mut masks = std::mem::take(&mut scratch.masks);
        scan_bytes::fill(values.data(), &mut masks);
        for (place, weight) in values.places() {
            let whole = &values.data()[place.clone()];
            let bytes = whole.trim_ascii();
            let start = place.start + (whole.len() - whole.trim_ascii_start().len());
            let look = Look::of(values.data(), &masks, start..start + bytes.len());
            let settled = look.and_then(|look| seen.looks.settled(look));
            if !settled.is_some_and(|outcome| self.take(state, &mut seen, outcome, bytes, weight)) {
                let outcome = self.observe_one(state, &mut seen, &mut scratch, bytes, weight);
                if let Some(look) = look {
                    seen.looks.note(look, outcome);
                }
            }
            state.next_row += 1;
        }
        self.read_texts(state, &mut scratch);
        scratch.masks = masks;
        state.seen = Some(seen);
        self.shared
            .scratch
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(scratch);
    }

    /// Takes a value for what all of its look came to; `false` where it must be read.
    #[inline]
    fn take(
        &self,
        state: &mut ColumnState,
        seen: &mut Seen,
        outcome: Outcome,
        bytes: &[u8],
        weight: u64,
    ) -> bool {
        match outcome
            .class
            .map(|class| &mut seen.classes[usize::from(class)])
        {
            Some(class) if class.validated < ENOUGH => return false,
            Some(class) => class.taken += weight,
            None => seen.unread += weight,
        }
        self.note_look(state, seen, outcome.shape, bytes, weight);
        true
    }

    /// Counts what is counted of every value, whatever it is.
    #[inline]
    fn note_look(
        &self,
        state: &mut ColumnState,
        seen: &mut Seen,
        shape: Shape,
        bytes: &[u8],
        weight: u64,
    ) {
        seen.shapes[shape as usize] += weight;
        state.summary.add(
            u32::try_from(bytes.len()).unwrap_or(u32::MAX),
            value_shape::hash(bytes),
            weight,
        );
        match shape {
            Shape::Date | Shape::DateTime | Shape::Integer => {
                note_date(&mut state.summary, bytes, weight);
            }
            Shape::Word
            | Shape::Words
            | Shape::Boolean
            | Shape::Sentence
            | Shape::Code
            | Shape::Other => {
                self.read_words(&mut seen.words, shape, bytes, weight);
            }
            _ => {}
        }
    }

    /// Reads a value; what came of it, unless it was read as text.
    fn observe_one(
        &self,
        state: &mut ColumnState,
        seen: &mut Seen,
        scratch: &mut Scratch,
        bytes: &[u8],
        weight: u64,
    ) -> Option<Outcome> {
        let shape = shape_of(bytes);
        self.note_look(state, seen, shape, bytes, weight);
        if shape == Shape::Empty {
            return None;
        }
        let is_text =
            matches!(shape, Shape::Sentence | Shape::Structured) || bytes.len() > LONGEST_WHOLE;
        let class = if is_text {
            None
        } else {
            self.match_whole(state.next_row, seen, scratch, bytes, weight)
        };
        if is_text || (class.is_none() && may_hold_more(shape, bytes)) {
            self.add_text(state, scratch, bytes, weight);
            return None;
        }
        Some(Outcome { shape, class })
    }

    /// Matches a value as a whole; the class of it, if some pattern could be it.
    fn match_whole(
        &self,
        row: u64,
        seen: &mut Seen,
        scratch: &mut Scratch,
        bytes: &[u8],
        weight: u64,
    ) -> Option<u16> {
        let automaton = self.automaton();
        let cache = scratch
            .automaton
            .get_or_insert_with(|| automaton.create_cache());
        scratch.candidates.clear();
        whole_candidates(automaton, cache, bytes, &mut scratch.candidates);
        if scratch.candidates.is_empty() {
            return None;
        }
        let index = seen.class(&scratch.candidates);
        let class = &mut seen.classes[index];
        if class.validated >= ENOUGH {
            class.taken += weight;
        } else {
            class.validate(self.text.forms(), &mut scratch.caches, row, bytes, weight);
        }
        u16::try_from(index).ok()
    }

    /// Keeps a value to be read as text with others.
    fn add_text(&self, state: &mut ColumnState, scratch: &mut Scratch, bytes: &[u8], weight: u64) {
        let texts = &mut scratch.texts;
        texts
            .values
            .push((texts.bytes.len(), state.next_row, weight));
        texts.bytes.extend_from_slice(bytes);
        texts.bytes.push(b'\n');
        if texts.bytes.len() >= TEXTS {
            self.read_texts(state, scratch);
        }
    }

    /// Scans the values that were kept as text; a detector counts once a value.
    fn read_texts(&self, state: &mut ColumnState, scratch: &mut Scratch) {
        let (texts, spans) = (&mut scratch.texts, &mut scratch.spans);
        if texts.values.is_empty() {
            return;
        }
        spans.clear();
        self.text.scan(&texts.bytes, TextPlace::default(), spans);
        let mut spans = spans.as_mut_slice();
        let ends = texts.values.iter().skip(1).map(|(start, ..)| *start);
        let ends = ends.chain([texts.bytes.len()]);
        for ((start, row, weight), end) in texts.values.iter().zip(ends) {
            let (start, end) = (*start as u64, end as u64);
            let own = spans.iter().take_while(|span| span.start < end).count();
            let (own, rest) = std::mem::take(&mut spans).split_at_mut(own);
            spans = rest;
            own.sort_by_key(|span| (span.detector, span.start));
            for of_detector in own.chunk_by(|a, b| a.detector == b.detector) {
                let span = &of_detector[0];
                let is_all = span.start == start && span.end + 1 == end;
                let found = ValueMatch {
                    count: *weight,
                    in_text: if is_all { 0 } else { *weight },
                    first_row: *row,
                    masked: span.masked.clone(),
                };
                state.summary.add_match(span.detector, found);
            }
        }
        texts.bytes.clear();
        texts.values.clear();
    }

    fn automaton(&self) -> &DFA {
        self.shared
            .automaton
            .get_or_init(|| automaton(self.text.forms().all().iter().map(|form| form.widened())))
    }
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            shapes: [0; Shape::ALL.len()],
            classes: Vec::new(),
            looks: Looks::default(),
            unread: 0,
            words: Readings::default(),
        }
    }
}

impl Seen {
    fn class(&mut self, candidates: &[u16]) -> usize {
        let known = self
            .classes
            .iter()
            .position(|class| class.candidates == candidates);
        known.unwrap_or_else(|| {
            self.classes.push(Class {
                candidates: candidates.to_vec(),
                validated: 0,
                taken: 0,
                matches: Vec::new(),
                forms: Vec::new(),
                failed: Vec::new(),
            });
            self.classes.len() - 1
        })
    }
}

impl Class {
    fn validate(
        &mut self,
        forms: &Forms,
        caches: &mut Caches,
        row: u64,
        bytes: &[u8],
        weight: u64,
    ) {
        self.validated += weight;
        let candidates = self.candidates.clone();
        for of_detector in
            candidates.chunk_by(|a, b| forms.get(*a).detector == forms.get(*b).detector)
        {
            self.validate_detector(of_detector, forms, caches, row, bytes, weight);
        }
    }

    /// Tries the forms of one detector in turn.
    fn validate_detector(
        &mut self,
        indexes: &[u16],
        forms: &Forms,
        caches: &mut Caches,
        row: u64,
        bytes: &[u8],
        weight: u64,
    ) {
        let detector = forms.get(indexes[0]).detector;
        let mut has_failed = false;
        let is_whole = |index: &&u16| {
            let form = forms.get(**index);
            let cache = caches.of(**index, form.whole_regex());
            if !form.has_pattern(bytes, cache) {
                return false;
            }
            let is_valid = form.is_valid(bytes);
            has_failed |= !is_valid;
            is_valid
        };
        let passed = indexes.iter().find(is_whole).copied();
        if has_failed {
            add_to(&mut self.failed, detector, weight);
        }
        let Some(form) = passed else { return };
        add_to(&mut self.forms, form, weight);
        match self
            .matches
            .iter_mut()
            .find(|(known, _)| *known == detector)
        {
            Some((_, found)) => found.count += weight,
            None => {
                let masked = Value::new(bytes).mask(forms.get(form).data_type);
                let found = ValueMatch {
                    count: weight,
                    in_text: 0,
                    first_row: row,
                    masked,
                };
                self.matches.push((detector, found));
            }
        }
    }
}

/// The forms whose widened patterns match a whole value, in the order of the table.
fn whole_candidates(
    automaton: &DFA,
    cache: &mut DfaCache,
    bytes: &[u8],
    candidates: &mut Vec<u16>,
) {
    const NEVER: &str = "the automaton has neither a limit of clears nor bytes it quits at";
    let input = Input::new(bytes).anchored(Anchored::Yes);
    let mut state = automaton.start_state_forward(cache, &input).expect(NEVER);
    for byte in bytes {
        state = automaton.next_state(cache, state, *byte).expect(NEVER);
        if state.is_dead() {
            return;
        }
    }
    state = automaton.next_eoi_state(cache, state).expect(NEVER);
    if state.is_match() {
        let matches = automaton.match_len(cache, state);
        candidates.extend(
            (0..matches).map(|i| automaton.match_pattern(cache, state, i).as_usize() as u16),
        );
        candidates.sort_unstable();
    }
}

/// Whether a short value that is nothing as a whole may still hold something: `Jane <jane@example.com>`, `tel. 555-0100`.
fn may_hold_more(shape: Shape, bytes: &[u8]) -> bool {
    match shape {
        Shape::Words | Shape::Other | Shape::Url | Shape::Code => {
            let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
            bytes.contains(&b'@') || (shape != Shape::Code && digits >= 7)
        }
        _ => false,
    }
}

fn note_date(summary: &mut FieldSummary, bytes: &[u8], weight: u64) {
    if let Some(date) = value_shape::iso_date(bytes) {
        let time = bytes.get(11..19).unwrap_or(b"00:00:00");
        summary
            .dates
            .add(date.year, date.day_number(), time == b"00:00:00", weight);
    } else if let Some(year) = value_shape::year_of_date(bytes) {
        summary.dates.add_year(year, weight);
    }
}

impl ColumnScanner {
    /// Reads the words of a value: names, places, streets, logins, terms.
    fn read_words(&self, words: &mut Readings, shape: Shape, bytes: &[u8], weight: u64) {
        words.asked += weight;
        // By position and not by chance, so that every run reads the same values.
        if words.read > ENOUGH && !words.asked.is_multiple_of(ONE_IN) {
            return;
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            return;
        };
        words.read += weight;
        for detector in self.terms.of(text) {
            add_to(&mut words.terms, *detector, weight);
        }
        if let Some(found) = trait_of(shape, text) {
            add_to(&mut words.traits, found, weight);
        }
        if matches!(shape, Shape::Word | Shape::Words) {
            match gazetteer::read_whole(text) {
                Reading::Person => words.people += weight,
                Reading::SingleName => words.single += weight,
                Reading::Place => words.places += weight,
                Reading::Other => {}
            }
            if gazetteer::is_occupation(text) {
                add_to(&mut words.traits, Trait::Occupation, weight);
            }
        }
    }
}

/// What a value reads as beside names.
fn trait_of(shape: Shape, text: &str) -> Option<Trait> {
    let login = |text| match gazetteer::read_login(text)? {
        Login::Name => Some(Trait::UserName),
        Login::Joined => Some(Trait::JoinedName),
    };
    let east_asian = |text| match han::read_whole(text)? {
        han::Reading::Name => Some(Trait::EastAsianName),
        han::Reading::Place => Some(Trait::EastAsianPlace),
    };
    let street = |text| match address::read(text)? {
        Street::Sure => Some(Trait::Street),
        Street::Likely => Some(Trait::StreetLike),
    };
    let letter = || speaker::speaks(text).then_some(Trait::FirstPerson);
    match shape {
        Shape::Code if is_low_address(text) => Some(Trait::LowAddress),
        Shape::Code => login(text).or_else(|| street(text)),
        Shape::Word if text.is_ascii() => login(text),
        Shape::Word | Shape::Words => east_asian(text).or_else(|| street(text)).or_else(letter),
        Shape::Other => street(text).or_else(letter),
        Shape::Sentence => letter().or_else(|| street(text)),
        _ => None,
    }
}

/// Four numbers below 64 with dots between; 10.… is how networks of one's own are numbered.
fn is_low_address(text: &str) -> bool {
    text.parse::<std::net::Ipv4Addr>().is_ok_and(|address| {
        let octets = address.octets();
        octets[0] != 10 && octets.iter().all(|octet| *octet < 64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::ValueBuffer;

    fn table() -> (Detectors, ColumnScanner) {
        let detectors = Detectors::built_in().expect("the built-in detectors load");
        let scanner = ColumnScanner::new(&detectors);
        (detectors, scanner)
    }

    fn summary<'a>(scanner: &ColumnScanner, values: impl Iterator<Item = &'a str>) -> FieldSummary {
        let mut buffer = ValueBuffer::new();
        values.for_each(|value| buffer.push(value.as_bytes()));
        let mut state = ColumnState::default();
        scanner.observe(&mut state, buffer.values());
        state.into_summary()
    }

    fn share(detectors: &Detectors, summary: &FieldSummary, id: &str) -> f64 {
        let index = detectors
            .iter()
            .position(|d| d.id == id)
            .expect("a built-in detector");
        summary.match_share(index as u16)
    }

    #[test]
    fn whole_values_and_shapes_are_counted() {
        let (detectors, scanner) = table();
        let values = [
            "jane@example.com",
            " otto@example.org ",
            "",
            "not an address",
        ];
        let summary = summary(&scanner, values.into_iter());
        assert!((share(&detectors, &summary, "email") - 2.0 / 3.0).abs() < 1e-9);
        assert_eq!(
            (summary.rows, summary.shape(Shape::Empty), summary.lengths),
            (4, 1, Some((0, 16)))
        );
    }

    #[test]
    fn an_odd_value_among_many_of_one_class_is_found() {
        let (detectors, scanner) = table();
        let ids: Vec<String> = (0..20_000).map(|i| format!("{}", 1_000 + i)).collect();
        let values = ids[..15_000]
            .iter()
            .map(String::as_str)
            .chain(["jane@example.com"])
            .chain(ids[15_000..].iter().map(String::as_str));
        let summary = summary(&scanner, values);
        let email = detectors
            .iter()
            .position(|d| d.id == "email")
            .expect("built in");
        let found = &summary.matches[&(email as u16)];
        assert_eq!(
            (found.count, found.first_row, found.masked.shown()),
            (1, 15_000, Some("j***@***.com"))
        );
    }

    #[test]
    fn a_decided_column_counts_every_row_and_tells_its_bound() {
        let (detectors, scanner) = table();
        let values: Vec<String> = (0..10_000)
            .map(|i| format!("user{i}@example.com"))
            .collect();
        let summary = summary(&scanner, values.iter().map(String::as_str));
        assert!(share(&detectors, &summary, "email") > 0.999);
        assert_eq!(summary.by_invariant, 8_000);
        assert!((summary.unread_bound() - 0.0015).abs() < 1e-6);
        assert!(summary.distinct() > 9_000);
    }

    #[test]
    fn long_values_are_read_as_text() {
        let (detectors, scanner) = table();
        let note = "Called on Monday and asked that we write to jane@example.com from now on, not to the old address.";
        let summary = summary(&scanner, [note].into_iter());
        let email = detectors
            .iter()
            .position(|d| d.id == "email")
            .expect("built in");
        assert_eq!(summary.matches[&(email as u16)].in_text, 1);
    }

    #[test]
    fn names_are_read_by_the_lists() {
        let (_, scanner) = table();
        let names: Vec<&str> = ["Jane Miller", "Otto Weber", "María García"]
            .into_iter()
            .cycle()
            .take(9_000)
            .collect();
        let people = summary(&scanner, names.into_iter());
        assert_eq!(people.person_names, 9_000);
        let states = summary(
            &scanner,
            ["open", "closed", "in progress"]
                .into_iter()
                .cycle()
                .take(9_000),
        );
        assert_eq!(states.person_names, 0);
    }

    #[test]
    fn dates_give_age_and_plausibility() {
        let (_, scanner) = table();
        let births: Vec<String> = (0..300)
            .map(|i| format!("{}-0{}-1{}", 1940 + i % 65, 1 + i % 9, i % 10))
            .collect();
        let summary = summary(&scanner, births.iter().map(String::as_str));
        assert_eq!(summary.shape(Shape::Date), 300);
        assert!(summary.dates.birth_plausibility() > 0.7);
    }

    #[test]
    fn parts_merge_to_what_the_whole_gives() {
        let (_, scanner) = table();
        let values: Vec<String> = (0..1_000)
            .map(|i| {
                if i % 3 == 0 {
                    format!("u{i}@example.com")
                } else {
                    format!("{i}")
                }
            })
            .collect();
        let whole = summary(&scanner, values.iter().map(String::as_str));
        let mut parts = summary(&scanner, values[..400].iter().map(String::as_str));
        let mut buffer = ValueBuffer::new();
        values[400..]
            .iter()
            .for_each(|value| buffer.push(value.as_bytes()));
        let mut state = ColumnState::starting_at(400);
        scanner.observe(&mut state, buffer.values());
        parts.merge(&state.into_summary());
        assert_eq!(parts, whole);
    }
}
