//! Detection in free text: where a value of a detector stands, how sure, and its masked shape.
//! Knows bytes and detectors; not files, fields or findings.

use super::candidate::{Hit, Plan, Scratch, search_exact};
use super::context::{ContextWords, Nearby, Verdict, is_labelled_after};
use super::form::{Form, Forms};
use super::prose::{self, Passage};
use crate::detector::Detectors;
use crate::field::TextPlace;
use crate::taxonomy::DataType;
use crate::value::{Masked, Value};
use std::net::Ipv4Addr;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A value found in text; holds its masked shape only.
#[derive(Clone, Debug, PartialEq)]
pub struct RawSpan {
    /// Position of the detector in the table.
    pub detector: u16,
    /// Byte offset into the decompressed source.
    pub start: u64,
    /// Byte offset of its end.
    pub end: u64,
    /// Line, counted as the place given to `scan` counts.
    pub line: u64,
    /// How sure, from 0 to 1.
    pub score: f64,
    /// Masked shape.
    pub masked: Masked,
}

/// Finds values of all detectors in text. Clones share one table and one plan.
#[derive(Clone)]
pub struct TextScanner(Arc<Table>);

struct Table {
    forms: Forms,
    /// Made when the first text comes.
    plan: OnceLock<Plan>,
    words: ContextWords,
    /// The detectors of what lists of names find: the first of its data type.
    passages: Vec<(Passage, u16, DataType)>,
    ip_address: Option<DataType>,
    email: Option<DataType>,
    phone: Option<DataType>,
    /// Memory that scans lend each other; as many as scans ran at once.
    scratch: Mutex<Vec<Scratch>>,
}

/// Below this score nothing is told.
const LEAST_SCORE: f64 = 0.3;
/// Bytes that are looked at together; the masks of a block stay in the nearest cache.
const BLOCK: usize = 32 << 10;
/// A run of digits without any mark is at most possible, unless words speak for it.
const BARE_DIGITS: f64 = 0.55;

/// A match with its score.
struct Scored {
    start: usize,
    end: usize,
    detector: u16,
    data_type: DataType,
    score: f64,
}

impl TextScanner {
    /// A scanner for a table of detectors.
    pub fn new(detectors: &Detectors) -> Self {
        let forms = Forms::new(detectors);
        Self(Arc::new(Table {
            plan: OnceLock::new(),
            passages: passages(detectors),
            words: ContextWords::new(detectors),
            ip_address: DataType::from_key("location.ip_address"),
            email: DataType::from_key("contact.email"),
            phone: DataType::from_key("contact.phone"),
            forms,
            scratch: Mutex::new(Vec::new()),
        }))
    }

    /// The compiled forms.
    pub(super) fn forms(&self) -> &Forms {
        &self.0.forms
    }

    /// Finds values in a chunk that ends at a line end or the end of the text, in the order of their places.
    pub fn scan(&self, chunk: &[u8], at: TextPlace, out: &mut Vec<RawSpan>) {
        let plan = self.0.plan.get_or_init(|| Plan::new(&self.0.forms));
        let mut scratch = self.lend();
        let mut found = Vec::new();
        let mut start = 0;
        while start < chunk.len() {
            let end = block_end(chunk, start);
            let block = &chunk[start..end];
            plan.search(&self.0.forms, &self.0.words, block, &mut scratch);
            self.judge_all(block, start, &mut scratch, &mut found);
            self.read_prose(block, start, &scratch, &mut found);
            start = end;
        }
        self.give_back(scratch);
        write_spans(chunk, at, found, out);
    }

    /// The same by searching each detector's pattern in the whole text: slow, and the truth that `scan` is held to.
    pub fn scan_exact(&self, chunk: &[u8], at: TextPlace, out: &mut Vec<RawSpan>) {
        let mut scratch = self.lend();
        let mut found = Vec::new();
        search_exact(&self.0.forms, chunk, &mut scratch);
        self.judge_all(chunk, 0, &mut scratch, &mut found);
        self.read_prose(chunk, 0, &scratch, &mut found);
        self.give_back(scratch);
        write_spans(chunk, at, found, out);
    }

    /// Scores the hits of a block and adds those worth telling.
    fn judge_all(
        &self,
        block: &[u8],
        offset: usize,
        scratch: &mut Scratch,
        found: &mut Vec<Scored>,
    ) {
        let mut hits = scratch.take_hits();
        hits.retain(|hit| !scratch.cuts_uuid(&(hit.start..hit.end)));
        for same_start in hits.chunk_by(|a, b| a.start == b.start) {
            let nearby = scratch.nearby(&self.0.words, block, same_start[0].start);
            for hit in same_start {
                let form = self.0.forms.get(hit.form);
                let place = hit.start..hit.end;
                let score = self.score(form, hit, block, place.clone(), nearby);
                if score >= LEAST_SCORE {
                    let value = form.value_part(block, place);
                    let (detector, data_type) = (form.detector, form.data_type);
                    found.push(Scored {
                        start: value.start + offset,
                        end: value.end + offset,
                        detector,
                        data_type,
                        score,
                    });
                }
            }
        }
        scratch.give_hits(hits);
    }

    fn score(
        &self,
        form: &Form,
        hit: &Hit,
        chunk: &[u8],
        place: Range<usize>,
        nearby: &Nearby,
    ) -> f64 {
        let is_labelled =
            Some(form.data_type) == self.0.phone && is_labelled_after(chunk, place.end);
        let verdict = match self.0.words.verdict(nearby, hit.form) {
            Verdict::Silent if is_labelled => Verdict::For,
            other => other,
        };
        if verdict != Verdict::For && !form.is_open() {
            return 0.0;
        }
        let text = &chunk[place.clone()];
        let alone = match verdict {
            // With a word for it, what is left of the doubt is a chance match, the smaller the stricter its validator.
            Verdict::For => 1.0 - (1.0 - form.probability) * 0.25 * (0.5 + 0.5 * form.pass_rate),
            Verdict::Against => form.probability * 0.25,
            Verdict::Silent if text.iter().all(u8::is_ascii_digit) => {
                form.probability.min(BARE_DIGITS)
            }
            Verdict::Silent => form.probability,
        };
        if Some(form.data_type) == self.0.ip_address {
            return alone * ip_factor(chunk, place, verdict);
        }
        if Some(form.data_type) == self.0.email {
            return if is_user_of_url(chunk, place.start) {
                0.0
            } else {
                alone
            };
        }
        if form.data_type.key() == "location.precise"
            && verdict != Verdict::For
            && is_drawn(chunk, place.clone())
        {
            return 0.0;
        }
        let starts_and_ends_with_digit =
            text[0].is_ascii_digit() && text[text.len() - 1].is_ascii_digit();
        if starts_and_ends_with_digit && !is_labelled && is_part_of_more(chunk, place) {
            0.0
        } else {
            alone
        }
    }

    /// Adds names, places and nationalities, whose bytes the last search has classified.
    fn read_prose(&self, block: &[u8], offset: usize, scratch: &Scratch, found: &mut Vec<Scored>) {
        let mut passages = Vec::new();
        prose::find(block, scratch.masks(), &mut passages);
        for passage in passages
            .iter()
            .filter(|passage| passage.score >= LEAST_SCORE)
        {
            let detector = self
                .0
                .passages
                .iter()
                .find(|(kind, ..)| *kind == passage.passage);
            if let Some((_, detector, data_type)) = detector.copied() {
                let (start, end) = (passage.start + offset, passage.end + offset);
                found.push(Scored {
                    start,
                    end,
                    detector,
                    data_type,
                    score: passage.score,
                });
            }
        }
    }

    fn lend(&self) -> Scratch {
        self.0
            .scratch
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
            .unwrap_or_default()
    }

    fn give_back(&self, scratch: Scratch) {
        self.0
            .scratch
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(scratch);
    }
}

fn passages(detectors: &Detectors) -> Vec<(Passage, u16, DataType)> {
    let types = [
        (Passage::Name, "contact.name"),
        (Passage::Place, "location.region"),
        (Passage::Nationality, "contact.nationality"),
        (Passage::Address, "contact.postal_address"),
    ];
    let detector = |(passage, key): (Passage, &str)| {
        let at = detectors
            .iter()
            .position(|detector| detector.data_type.key() == key)?;
        Some((passage, at as u16, detectors.get(at).data_type))
    };
    types.into_iter().filter_map(detector).collect()
}

/// The end of the block that starts at `start`: a line end, since no form reaches over one but those searched everywhere.
fn block_end(chunk: &[u8], start: usize) -> usize {
    let least = start + BLOCK;
    if least >= chunk.len() {
        return chunk.len();
    }
    memchr::memchr(b'\n', &chunk[least..]).map_or(chunk.len(), |newline| least + newline + 1)
}

/// Keeps the best of overlapping matches and writes them in the order of their places.
fn write_spans(chunk: &[u8], at: TextPlace, mut found: Vec<Scored>, out: &mut Vec<RawSpan>) {
    found.sort_by_key(|scored| (scored.start, scored.end, scored.detector));
    let (mut line, mut counted) = (at.line, 0);
    for scored in without_overlaps(found) {
        line += memchr::memchr_iter(b'\n', &chunk[counted..scored.start]).count() as u64;
        counted = scored.start;
        let offset = |position: usize| at.start + position as u64;
        out.push(RawSpan {
            detector: scored.detector,
            start: offset(scored.start),
            end: offset(scored.end),
            line,
            score: scored.score,
            masked: Value::new(&chunk[scored.start..scored.end]).mask(scored.data_type),
        });
    }
}

/// Of matches that overlap, the surest stay, then the longest, then the first; the rest go where they overlap one that stays.
fn without_overlaps(sorted: Vec<Scored>) -> Vec<Scored> {
    let mut kept: Vec<Scored> = Vec::with_capacity(sorted.len());
    let mut cluster: Vec<Scored> = Vec::new();
    let mut reach = 0;
    for scored in sorted {
        if scored.start >= reach {
            settle(&mut cluster, &mut kept);
        }
        reach = reach.max(scored.end);
        cluster.push(scored);
    }
    settle(&mut cluster, &mut kept);
    kept
}

fn settle(cluster: &mut Vec<Scored>, kept: &mut Vec<Scored>) {
    let first = kept.len();
    let length = |s: &Scored| s.end - s.start;
    cluster.sort_by(|a, b| {
        let by_score = b.score.total_cmp(&a.score);
        by_score
            .then(length(b).cmp(&length(a)))
            .then((a.start, a.detector).cmp(&(b.start, b.detector)))
    });
    for scored in cluster.drain(..) {
        if kept[first..]
            .iter()
            .all(|other| scored.end <= other.start || scored.start >= other.end)
        {
            kept.push(scored);
        }
    }
    kept[first..].sort_by_key(|scored| scored.start);
}

/// Whether a number is cut out of something longer: a UUID, a version, a path, a decimal.
fn is_part_of_more(chunk: &[u8], place: Range<usize>) -> bool {
    let is_joint = |byte: u8| matches!(byte, b'-' | b'.' | b'_' | b'/' | b'+' | b'@');
    let before = chunk[..place.start].iter().rev();
    let before: Vec<u8> = before.take(2).copied().collect();
    let cut_before = match before.as_slice() {
        [b'/', previous, ..] => previous.is_ascii_digit(),
        [joint, previous, ..] => is_joint(*joint) && previous.is_ascii_alphanumeric(),
        _ => false,
    };
    let after = &chunk[place.end..chunk.len().min(place.end + 2)];
    let cut_after = match after {
        [b'/', next] => next.is_ascii_digit(),
        [joint, next] => is_joint(*joint) && next.is_ascii_alphanumeric(),
        _ => false,
    };
    cut_before || cut_after
}

/// How far around a pair of numbers the commands of a path are looked for.
const DRAWN: usize = 1024;
/// What takes numbers that are no place on Earth.
const DRAWS: [&[u8]; 13] = [
    b"matrix(",
    b"translate(",
    b"scale(",
    b"rotate(",
    b"path(",
    b"bezier(",
    b"vec2(",
    b"vec3(",
    b"vec4(",
    b"Vec2::new(",
    b"Vec3::new(",
    b"Vec4::new(",
    b" points=\"",
];

/// Whether a pair of numbers is part of a drawing: among the commands of an SVG path, or in a transformation.
fn is_drawn(chunk: &[u8], place: Range<usize>) -> bool {
    let is_path = |b: &&u8| {
        matches!(
            **b,
            b'0'..=b'9' | b'.' | b',' | b'-' | b'+' | b' ' | b'\n' | b'e'
        ) || is_command(**b)
    };
    let from = place.start.saturating_sub(DRAWN);
    let before = &chunk[from..place.start];
    let run = before.iter().rev().take_while(is_path).count();
    let (lead, before) = before.split_at(before.len() - run);
    let after = &chunk[place.end..chunk.len().min(place.end + DRAWN)];
    let after = &after[..after.iter().take_while(is_path).count()];
    if DRAWS.iter().any(|draws| lead.ends_with(draws)) {
        return true;
    }
    let others = before.iter().chain(after).filter(|b| **b == b'.').count();
    others >= 2 && (has_command(before) || has_command(after))
}

fn is_command(byte: u8) -> bool {
    let lower = byte.to_ascii_lowercase();
    matches!(
        lower,
        b'm' | b'l' | b'h' | b'v' | b'c' | b's' | b'q' | b't' | b'a' | b'z'
    )
}

/// A letter of a path, by itself between numbers.
fn has_command(run: &[u8]) -> bool {
    let is_alone = |at: usize| {
        let is_letter = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphabetic);
        !is_letter(at.checked_sub(1).and_then(|b| run.get(b))) && !is_letter(run.get(at + 1))
    };
    (0..run.len()).any(|at| is_command(run[at]) && is_alone(at))
}

/// Whether a match of the mail pattern is the user of a URL: `scheme://user:secret@host`.
fn is_user_of_url(chunk: &[u8], start: usize) -> bool {
    let from = start.saturating_sub(120);
    let before = &chunk[from..start];
    let word = before
        .iter()
        .rposition(|b| b.is_ascii_whitespace() || *b == b'"')
        .map_or(0, |at| at + 1);
    let word = &before[word..];
    let scheme = memchr::memmem::rfind(word, b"://").map(|at| &word[at + 3..]);
    scheme.is_some_and(|user| {
        !user
            .iter()
            .any(|b| matches!(b, b'/' | b'?' | b'#' | b'=' | b','))
    })
}

/// What is left of the score of an IP address: nothing for loopback and the like, less for private ones, and for what reads
/// as a version.
fn ip_factor(chunk: &[u8], place: Range<usize>, verdict: Verdict) -> f64 {
    let text = std::str::from_utf8(&chunk[place.clone()]).unwrap_or_default();
    let Ok(address) = text.parse::<Ipv4Addr>() else {
        return ipv6_factor(chunk, place);
    };
    let is_nobody = address.is_loopback() || address.is_unspecified() || address.is_multicast();
    if is_nobody || address.is_broadcast() || address.octets()[0] >= 240 {
        return 0.0;
    }
    if is_version(chunk, place) {
        return 0.0;
    }
    let is_small = address.octets().iter().all(|octet| *octet <= 31);
    match verdict {
        Verdict::For => 1.0,
        _ if address.is_private() || address.is_link_local() => 0.8,
        _ if is_small => 0.5,
        _ => 1.0,
    }
}

fn ipv6_factor(chunk: &[u8], place: Range<usize>) -> f64 {
    let text = std::str::from_utf8(&chunk[place.clone()]).unwrap_or_default();
    let Ok(address) = text.parse::<std::net::Ipv6Addr>() else {
        return 0.0;
    };
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'.');
    let goes_on = place.start > 0 && is_word(chunk[place.start - 1]);
    let goes_on = goes_on
        || chunk
            .get(place.end)
            .is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'_'));
    if goes_on || address.is_loopback() || address.is_unspecified() || address.is_multicast() {
        return 0.0;
    }
    let is_local =
        address.segments()[0] & 0xffc0 == 0xfe80 || address.segments()[0] & 0xfe00 == 0xfc00;
    if is_local { 0.8 } else { 1.0 }
}

/// `Chrome/124.0.0.1`, `lib-1.2.3.4.jar`, `1.2.3.4-beta`, `1.2.3.4.5`.
fn is_version(chunk: &[u8], place: Range<usize>) -> bool {
    let before = &chunk[place.start.saturating_sub(40)..place.start];
    let product = match before {
        [.., b'.' | b'_' | b'+' | b'~' | b'^'] => return true,
        [.., previous, b'-'] if previous.is_ascii_alphabetic() => return true,
        [name @ .., b'/'] => name,
        _ => &[],
    };
    let name = product
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        .count();
    let starts_word = |at: usize| {
        at == 0
            || matches!(
                product[at - 1],
                b' ' | b'"' | b'(' | b';' | b'\'' | b'=' | b'\t'
            )
    };
    if name > 0 && starts_word(product.len() - name) {
        return true;
    }
    match &chunk[place.end..chunk.len().min(place.end + 2)] {
        [b'.' | b'_' | b'+', next] => next.is_ascii_alphanumeric(),
        [b'-', next] => next.is_ascii_alphabetic(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> (Detectors, TextScanner) {
        let detectors = Detectors::built_in().expect("the built-in detectors load");
        let scanner = TextScanner::new(&detectors);
        (detectors, scanner)
    }

    fn scan(text: &str) -> Vec<(String, String, f64)> {
        let (detectors, scanner) = table();
        let mut spans = Vec::new();
        scanner.scan(text.as_bytes(), TextPlace::default(), &mut spans);
        let shown = |span: RawSpan| {
            let id = detectors.get(usize::from(span.detector)).id.clone();
            (
                id,
                text[span.start as usize..span.end as usize].to_owned(),
                span.score,
            )
        };
        spans.into_iter().map(shown).collect()
    }

    /// Values told as likely, with the data type of their detector.
    fn likely(text: &str) -> Vec<String> {
        scan(text)
            .into_iter()
            .filter(|s| s.2 >= 0.6)
            .map(|(id, value, _)| format!("{id}:{value}"))
            .collect()
    }

    #[test]
    fn the_examples_of_text_are_found_and_the_counter_examples_are_not() {
        let (detectors, scanner) = table();
        let finds = |index: usize, text: &str| {
            let mut spans = Vec::new();
            scanner.scan(text.as_bytes(), TextPlace::default(), &mut spans);
            let data_type = |detector: usize| detectors.get(detector).data_type;
            let is_it = |span: &RawSpan| {
                data_type(span.detector.into()) == data_type(index) && span.score >= 0.6
            };
            spans.iter().any(is_it)
        };
        for (index, detector) in detectors.iter().enumerate() {
            for text in &detector.examples.text {
                assert!(
                    finds(index, text),
                    "{} is not found in its example: {text}",
                    detector.id
                );
            }
            for text in &detector.counter_examples.text {
                assert!(
                    !finds(index, text),
                    "{} is found in its counter-example: {text}",
                    detector.id
                );
            }
        }
    }

    #[test]
    fn what_fools_others_is_not_told() {
        for text in [
            "\"Mozilla\" Chrome/124.0.0.0 Safari/537.36",
            "updated from build 4.18.3.1 to build 4.18.4.2",
            "logo@2x.png lodash@4.17.21 @types/node@18.0.0",
            "commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
            "id=550e8400-e29b-41d4-a716-446655440000",
            "order 4929001234567 shipped at 1716239022123",
            "2025-10-10T13:55:36.123Z took 1234.567 ms",
            "DE00123456781234567890 is no account",
            "listening on 127.0.0.1:8080 and 0.0.0.0:80",
            "ssh://deploy@db.example.com/shop",
            "libfoo-1.2.3.4.jar",
            "<path d=\"m 46.0312,40.1914 c -0.0167,3.0675 -1.7386,6.3997 -1.8828,10.1953 l 4.0605,1.9512 z\"/>",
            "transform=\"matrix(0.55180403,0.23802315,0.23802315,0.55180403,46.7322,20.612)\"",
            "std::vec::Vec<u8> and a::b::c",
        ] {
            assert_eq!(likely(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn what_others_miss_is_found() {
        for (text, wanted) in [
            (
                "GET /u?to=jane%40example.com&x=1",
                "email:jane%40example.com",
            ),
            (
                "client 2001:db8::8a2e:370:7334 connected",
                "ip_address:2001:db8::8a2e:370:7334",
            ),
            ("[2001:db8::1]:443", "ip_address:2001:db8::1"),
            ("from 198.51.100.23:51234", "ip_address:198.51.100.23"),
            ("call +44 20 7946 0018.", "phone:+44 20 7946 0018"),
            ("{\"phone\":\"2025550143\"}", "phone:2025550143"),
            ("mailto:o'neil@example.org", "email:o'neil@example.org"),
            ("at a 48.858370,2.294481", "precise:48.858370,2.294481"),
        ] {
            assert_eq!(likely(text), [wanted], "{text}");
        }
    }

    #[test]
    fn places_are_counted_from_the_chunk_s_own() {
        let (_, scanner) = table();
        let mut spans = Vec::new();
        let at = TextPlace {
            start: 1000,
            line: 7,
        };
        scanner.scan(b"one\ntwo\nmail jane@example.com now", at, &mut spans);
        assert_eq!(spans.len(), 1);
        assert_eq!(
            (spans[0].line, spans[0].start, spans[0].end),
            (9, 1013, 1029)
        );
        assert_eq!(spans[0].masked.shown(), Some("j***@***.com"));
    }

    /// A small generator with a fixed seed (xorshift).
    struct Random(u64);

    impl Random {
        fn below(&mut self, bound: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 % bound as u64) as usize
        }
    }

    /// Text of pieces that detectors know, near misses of them, and the marks between, cut at any place.
    fn mixed(random: &mut Random, pieces: &[&str]) -> Vec<u8> {
        const MARKS: &[&str] = &[
            " ", "", "\n", "=", ": ", "\"", "-", ".", ", ", "/", "@", " ip ", " phone ", ":", "é",
            "\u{0}",
        ];
        let mut text = Vec::new();
        for _ in 0..random.below(12) {
            let piece = pieces[random.below(pieces.len())].as_bytes();
            let start = if random.below(5) == 0 {
                random.below(piece.len() + 1)
            } else {
                0
            };
            let mut piece = piece[start..].to_vec();
            if random.below(4) == 0 && !piece.is_empty() {
                let at = random.below(piece.len());
                piece[at] = b"0159aZ-.:@ \xff"[random.below(12)];
            }
            text.extend_from_slice(&piece);
            text.extend_from_slice(MARKS[random.below(MARKS.len())].as_bytes());
        }
        text
    }

    #[test]
    fn the_fast_way_finds_what_the_exact_way_finds() {
        let (detectors, scanner) = table();
        let mut pieces: Vec<&str> = Vec::new();
        for detector in detectors.iter() {
            let samples = [&detector.examples, &detector.counter_examples];
            pieces.extend(
                samples
                    .iter()
                    .flat_map(|s| s.values.iter().chain(&s.text))
                    .map(String::as_str),
            );
            let contexts = detector
                .values
                .iter()
                .flat_map(|form| form.context.iter().chain(&form.not_context));
            pieces.extend(contexts.map(String::as_str));
        }
        let mut random = Random(0x5EED);
        for round in 0..500 {
            let text = mixed(&mut random, &pieces);
            let (mut fast, mut exact) = (Vec::new(), Vec::new());
            scanner.scan(&text, TextPlace::default(), &mut fast);
            scanner.scan_exact(&text, TextPlace::default(), &mut exact);
            assert_eq!(
                fast,
                exact,
                "round {round}: {:?}",
                String::from_utf8_lossy(&text)
            );
        }
    }
}
