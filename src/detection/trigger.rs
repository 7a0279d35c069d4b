//! What must stand in a text for a pattern to match there, read off the pattern itself: groups of digits, a chain of colons,
//! a sign such as `@`, a literal. It lets one pass over the bytes serve all detectors. Knows patterns, not texts.

use super::scan_bytes::is_region_byte;
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{
    Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look,
};

/// Where to look for a form's matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trigger {
    /// In regions of digits, joined by few other bytes.
    Digits,
    /// Around chains of `:` or `-` that stand close together.
    Joints {
        /// Length of the shortest chain.
        chain: usize,
        /// All bytes a match can have.
        alphabet: ByteSet,
    },
    /// Around one of these literals.
    Around {
        /// The literals; each match has one of them.
        literals: Vec<Vec<u8>>,
        /// All bytes a match can have.
        alphabet: ByteSet,
    },
    /// Right at one of these literals.
    Literals(Vec<Vec<u8>>),
    /// At the start of words whose first bytes fit.
    Heads(Box<Heads>),
    /// After one of these words, which stand for the context without which the form means nothing.
    Words(Vec<Vec<u8>>),
    /// Anywhere: the pattern is searched in all of the text, at its own cost.
    Anywhere,
}

/// How a match that starts a word begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heads {
    /// The bytes it can have at each of its first places; all bytes where it can be over.
    pub places: [ByteSet; HEAD],
    /// Fewest bytes of its first word.
    pub shortest: usize,
    /// Most bytes of its first word.
    pub longest: usize,
}

/// Bytes of a head.
pub(super) const HEAD: usize = 8;

/// Most bytes between two digits of one region.
pub(super) const REGION_GAP: usize = 6;
/// Most bytes of a region before its first and after its last digit.
pub(super) const REGION_MARGIN: usize = 9;
/// Fewest digits of a region.
pub(super) const REGION_DIGITS: usize = 4;
/// Most bytes between two joints of one chain.
pub(super) const JOINT_GAP: usize = 4;
/// Shortest chain of joints worth looking at: times and dates have fewer.
const JOINT_CHAIN: usize = 4;
/// Shortest literal worth searching for.
const LITERAL: usize = 3;
/// Bytes of a literal after which more tell nothing new.
const LONGEST_LITERAL: usize = 24;
/// Most literals a form may ask for.
const LITERALS: usize = 40;

/// The trigger of a pattern.
pub(super) fn trigger(hir: &Hir) -> Trigger {
    let alphabet = alphabet(hir);
    if alphabet.contains(b'\n') {
        return literals(hir).map_or(Trigger::Anywhere, Trigger::Literals);
    }
    let digits = spacing(hir, &|byte| byte.is_ascii_digit());
    let is_bounded =
        digits.between <= REGION_GAP && digits.before.max(digits.after) <= REGION_MARGIN;
    let is_dense = digits.sure >= REGION_DIGITS || has_capital_by_digit(hir, &digits);
    if is_bounded && is_dense && alphabet.iter().all(is_region_byte) {
        return Trigger::Digits;
    }
    let joints = spacing(hir, &|byte| matches!(byte, b':' | b'-'));
    if joints.sure >= JOINT_CHAIN && joints.between <= JOINT_GAP {
        return Trigger::Joints {
            chain: joints.sure,
            alphabet,
        };
    }
    if let Some(literals) = literals(hir) {
        return Trigger::Literals(literals);
    }
    if let Some(literals) = inner_literals(hir).filter(|literals| literals[0].len() < LITERAL) {
        return Trigger::Around { literals, alphabet };
    }
    if let Some(heads) = heads(hir, &alphabet) {
        return Trigger::Heads(Box::new(heads));
    }
    match inner_literals(hir) {
        Some(literals) => Trigger::Around { literals, alphabet },
        None => Trigger::Anywhere,
    }
}

/// Whether each match has a digit and a capital with at most one byte between them: then few digits make a region as well.
fn has_capital_by_digit(hir: &Hir, digits: &Spacing) -> bool {
    let capitals = spacing(hir, &|byte| byte.is_ascii_uppercase());
    let both = spacing(hir, &|byte| {
        byte.is_ascii_digit() || byte.is_ascii_uppercase()
    });
    digits.sure >= 1 && capitals.sure >= 1 && both.between <= 1
}

/// The trigger of a form that means nothing without its context, and that nothing in its pattern gives away.
pub(super) fn context_trigger(context: &[String]) -> Trigger {
    let longest = |phrase: &String| {
        let words = phrase.split(|c: char| !c.is_alphabetic());
        words
            .max_by_key(|word| word.len())
            .unwrap_or_default()
            .to_owned()
    };
    let mut words: Vec<Vec<u8>> = Vec::new();
    for word in context.iter().map(longest) {
        let mut capital = word.to_lowercase();
        capital.get_mut(..1).map(str::make_ascii_uppercase);
        words.extend([word.to_lowercase(), capital, word.to_uppercase()].map(String::into_bytes));
    }
    words.sort();
    words.dedup();
    if words.is_empty() || words.iter().any(|word| word.len() < LITERAL) {
        return Trigger::Anywhere;
    }
    Trigger::Words(words)
}

/// The literals a match begins with, where they are few and long enough.
fn literals(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let mut extractor = Extractor::new();
    extractor
        .kind(ExtractKind::Prefix)
        .limit_literal_len(LONGEST_LITERAL)
        .limit_total(LITERALS);
    let mut found = extractor.extract(hir);
    found.minimize_by_preference();
    let found: Vec<Vec<u8>> = found
        .literals()?
        .iter()
        .map(|l| l.as_bytes().to_vec())
        .collect();
    let is_useful =
        !found.is_empty() && found.len() <= LITERALS && found.iter().all(|l| l.len() >= LITERAL);
    is_useful.then_some(found)
}

/// Literals inside of which each match has one: a rare sign, else the longest of three bytes or more.
fn inner_literals(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let parts: Vec<&Hir> = match hir.kind() {
        HirKind::Concat(parts) => parts.iter().collect(),
        HirKind::Capture(capture) => return inner_literals(&capture.sub),
        _ => vec![hir],
    };
    let pieces: Vec<Vec<Vec<u8>>> = parts.iter().filter_map(|part| alternatives(part)).collect();
    let is_rare = |byte: &u8| matches!(byte, b'@' | b'$' | b'~' | b'^' | 0x80..);
    let is_sign = |piece: &&Vec<Vec<u8>>| piece.iter().all(|l| l.iter().any(is_rare) || l == b"::");
    let shortest = |piece: &Vec<Vec<u8>>| piece.iter().map(Vec::len).min().unwrap_or(0);
    let longest = || {
        pieces
            .iter()
            .max_by_key(|piece| shortest(piece))
            .filter(|piece| shortest(piece) >= LITERAL)
    };
    pieces.iter().find(is_sign).or_else(longest).cloned()
}

/// The literals a part stands for, where it is nothing else.
fn alternatives(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    match hir.kind() {
        HirKind::Literal(literal) => Some(vec![literal.0.to_vec()]),
        HirKind::Capture(capture) => alternatives(&capture.sub),
        // What several alternatives begin with stands before them; one literal of the sequence is enough.
        HirKind::Concat(parts) => {
            let shortest = |piece: &Vec<Vec<u8>>| piece.iter().map(Vec::len).min();
            parts.iter().filter_map(alternatives).max_by_key(shortest)
        }
        HirKind::Alternation(parts) if parts.len() <= LITERALS => {
            let all: Option<Vec<Vec<Vec<u8>>>> = parts.iter().map(alternatives).collect();
            all.map(|all| all.concat())
        }
        _ => None,
    }
}

/// Whether the literals of a trigger can only stand where a word begins.
pub(super) fn literals_start_words(hir: &Hir, trigger: &Trigger) -> bool {
    let (literals, is_at_start) = match trigger {
        Trigger::Literals(literals) => (literals, starts_word(hir)),
        Trigger::Around { literals, .. } => (literals, follows_space(hir, literals)),
        _ => return false,
    };
    let is_word = |literal: &Vec<u8>| literal.first().is_some_and(|byte| is_word_byte(*byte));
    is_at_start && literals.iter().all(is_word)
}

/// Whether the part of a pattern that stands for these literals follows one that ends with no letter or digit.
fn follows_space(hir: &Hir, literals: &[Vec<u8>]) -> bool {
    let HirKind::Concat(parts) = hir.kind() else {
        return false;
    };
    let is_it = |part: &Hir| alternatives(part).is_some_and(|found| found == literals);
    let mut places = parts.windows(2).filter(|pair| is_it(&pair[1]));
    let is_outside = |set: &ByteSet| set.iter().all(|byte| byte < 128 && !is_word_byte(byte));
    places
        .next()
        .is_some_and(|pair| last_bytes(&pair[0]).is_some_and(|set| is_outside(&set)))
        && places.next().is_none()
}

/// The bytes that what a pattern matches can end with; `None` where that is not plain to see.
fn last_bytes(hir: &Hir) -> Option<ByteSet> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let mut set = ByteSet::default();
            set.insert(*literal.0.last()?);
            Some(set)
        }
        HirKind::Class(class) => Some(class_bytes(class)),
        HirKind::Capture(capture) => last_bytes(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => last_bytes(&repetition.sub),
        HirKind::Concat(parts) => last_bytes(parts.last()?),
        _ => None,
    }
}

/// How matches begin, where each begins a word of ASCII.
fn heads(hir: &Hir, alphabet: &ByteSet) -> Option<Heads> {
    let places = first_places(hir);
    let is_word = |set: &ByteSet| set.iter().all(is_word_byte);
    let shortest = sure_word(hir).0;
    let lengths = hir.properties();
    let is_one_word = is_word(alphabet);
    // Bytes of which each can be any letter or digit say nothing; a head must tell, or the length of its word must.
    let narrow = |most: usize| {
        places
            .iter()
            .filter(|place| place.iter().count() <= most)
            .count()
    };
    let is_telling =
        narrow(26) >= 3 || narrow(40) >= 6 || (is_one_word && lengths.maximum_len().is_some());
    (starts_word(hir) && shortest > 0 && is_telling).then(|| Heads {
        places,
        shortest: if is_one_word {
            lengths.minimum_len().unwrap_or(shortest)
        } else {
            shortest
        },
        longest: if is_one_word {
            lengths.maximum_len().unwrap_or(usize::MAX)
        } else {
            usize::MAX
        },
    })
}

/// The bytes a match can have at each of its first places; all bytes where it can be over.
pub(super) fn first_places(hir: &Hir) -> [ByteSet; HEAD] {
    let mut places = [ByteSet::default(); HEAD];
    let mut at = [false; HEAD + 1];
    at[0] = true;
    let ends = fill_places(hir, at, &mut places);
    let shortest_match = (0..HEAD).find(|length| ends[*length]).unwrap_or(HEAD);
    places[shortest_match..]
        .iter_mut()
        .for_each(|place| *place = ByteSet([u64::MAX; 4]));
    places
}

/// The one literal of several bytes that each match must hold inside, where that is plain to see.
pub(super) fn needed_literal(hir: &Hir) -> Option<Vec<u8>> {
    let HirKind::Concat(parts) = hir.kind() else {
        return None;
    };
    let literal = |part: &Hir| match part.kind() {
        HirKind::Literal(literal) if literal.0.len() > 1 => Some(literal.0.to_vec()),
        _ => None,
    };
    parts.iter().find_map(literal)
}

/// Whether a byte is part of a word of ASCII.
pub(super) fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Bytes that surely are of the first word, and whether all of the pattern is.
fn sure_word(hir: &Hir) -> (usize, bool) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => (0, true),
        HirKind::Literal(literal) => {
            let length = literal
                .0
                .iter()
                .take_while(|byte| is_word_byte(**byte))
                .count();
            (length, length == literal.0.len())
        }
        HirKind::Class(class) => {
            let is_word = class_bytes(class).iter().all(is_word_byte);
            (usize::from(is_word), is_word)
        }
        HirKind::Capture(capture) => sure_word(&capture.sub),
        HirKind::Repetition(repetition) => {
            let (length, is_all) = sure_word(&repetition.sub);
            match repetition.min {
                0 => (0, is_all),
                least if is_all => (length * least as usize, true),
                _ => (length, false),
            }
        }
        HirKind::Concat(parts) => {
            let mut sum = 0;
            for part in parts {
                let (length, is_all) = sure_word(part);
                sum += length;
                if !is_all {
                    return (sum, false);
                }
            }
            (sum, true)
        }
        HirKind::Alternation(parts) => {
            let all = parts.iter().map(sure_word);
            all.reduce(|a, b| (a.0.min(b.0), a.1 && b.1))
                .unwrap_or((0, true))
        }
    }
}

fn starts_word(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Look(Look::WordAscii | Look::WordUnicode) => true,
        HirKind::Concat(parts) => parts.first().is_some_and(starts_word),
        HirKind::Alternation(parts) => parts.iter().all(starts_word),
        HirKind::Capture(capture) => starts_word(&capture.sub),
        _ => false,
    }
}

/// Places a part can end at, for those it can start at; `places` gathers the bytes between. The last entry is "beyond".
fn fill_places(
    hir: &Hir,
    starts: [bool; HEAD + 1],
    places: &mut [ByteSet; HEAD],
) -> [bool; HEAD + 1] {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => starts,
        HirKind::Literal(literal) => literal.0.iter().fold(starts, |starts, byte| {
            let mut set = ByteSet::default();
            set.insert(*byte);
            one_further(starts, &set, places)
        }),
        HirKind::Class(class) => {
            let bytes = class_bytes(class);
            let mut ends = one_further(starts, &bytes, places);
            let mut further = ends;
            for _ in 1..class.maximum_len().unwrap_or(4) {
                further = one_further(further, &bytes, places);
                ends = either(ends, further);
            }
            ends
        }
        HirKind::Capture(capture) => fill_places(&capture.sub, starts, places),
        HirKind::Concat(parts) => parts
            .iter()
            .fold(starts, |starts, part| fill_places(part, starts, places)),
        HirKind::Alternation(parts) => {
            let ends = parts.iter().map(|part| fill_places(part, starts, places));
            ends.reduce(either).unwrap_or(starts)
        }
        HirKind::Repetition(repetition) => {
            let mut ends = if repetition.min == 0 {
                starts
            } else {
                [false; HEAD + 1]
            };
            let mut at = starts;
            // More rounds than a head has bytes lead nowhere new.
            let least = repetition.min.min(HEAD as u32 + 1);
            for round in 1..=repetition.max.unwrap_or(u32::MAX).min(HEAD as u32 + 1) {
                at = fill_places(&repetition.sub, at, places);
                if round >= least {
                    ends = either(ends, at);
                }
            }
            ends
        }
    }
}

fn one_further(
    starts: [bool; HEAD + 1],
    set: &ByteSet,
    places: &mut [ByteSet; HEAD],
) -> [bool; HEAD + 1] {
    let mut ends = [false; HEAD + 1];
    ends[HEAD] = starts[HEAD];
    for at in (0..HEAD).filter(|at| starts[*at]) {
        set.iter().for_each(|byte| places[at].insert(byte));
        ends[at + 1] = true;
    }
    ends
}

fn either(a: [bool; HEAD + 1], b: [bool; HEAD + 1]) -> [bool; HEAD + 1] {
    std::array::from_fn(|at| a[at] || b[at])
}

/// A set of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct ByteSet([u64; 4]);

impl ByteSet {
    /// Adds a byte.
    pub fn insert(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    /// Whether a byte is in it.
    #[inline]
    pub fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
    }

    /// Each byte in it.
    pub fn iter(&self) -> impl Iterator<Item = u8> + '_ {
        (0..=255).filter(|byte| self.contains(*byte))
    }
}

/// Whether matches hold nothing but digits.
pub(super) fn is_bare(hir: &Hir) -> bool {
    alphabet(hir).iter().all(|byte| byte.is_ascii_digit())
}

/// Every byte that some match of the pattern can have.
fn alphabet(hir: &Hir) -> ByteSet {
    let mut set = ByteSet::default();
    collect_bytes(hir, &mut set);
    set
}

fn collect_bytes(hir: &Hir, set: &mut ByteSet) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => literal.0.iter().for_each(|byte| set.insert(*byte)),
        HirKind::Class(class) => class_bytes(class).iter().for_each(|byte| set.insert(byte)),
        HirKind::Repetition(repetition) => collect_bytes(&repetition.sub, set),
        HirKind::Capture(capture) => collect_bytes(&capture.sub, set),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().for_each(|part| collect_bytes(part, set));
        }
    }
}

/// The bytes of a class; a character beyond ASCII stands for all bytes beyond ASCII.
fn class_bytes(class: &Class) -> ByteSet {
    let mut set = ByteSet::default();
    let mut add = |start: u32, end: u32| {
        (start..=end.min(127)).for_each(|byte| set.insert(byte as u8));
        if end > 127 {
            (128..=255).for_each(|byte| set.insert(byte));
        }
    };
    match class {
        Class::Unicode(class) => class
            .ranges()
            .iter()
            .for_each(|r| add(r.start().into(), r.end().into())),
        Class::Bytes(class) => class
            .ranges()
            .iter()
            .for_each(|r| add(r.start().into(), r.end().into())),
    }
    set
}

/// How bytes of one kind stand in the matches of a pattern. Lengths in bytes, the greatest possible ones.
#[derive(Clone, Copy, Debug)]
struct Spacing {
    /// Fewest bytes of the kind.
    sure: usize,
    /// Before the first of them.
    before: usize,
    /// Between two of them.
    between: usize,
    /// After the last.
    after: usize,
    /// Length of a match without any; `None` where each has one.
    without: Option<usize>,
    /// Some match has one.
    may: bool,
}

/// Longer than anything that is looked at.
const ENDLESS: usize = 1 << 40;

impl Spacing {
    const NOTHING: Self = Self {
        sure: 0,
        before: 0,
        between: 0,
        after: 0,
        without: Some(0),
        may: false,
    };

    fn one(all: bool, none: bool, length: usize) -> Self {
        let without = (!all).then_some(length);
        Self {
            sure: usize::from(all),
            without,
            may: !none,
            ..Self::NOTHING
        }
    }

    fn then(self, next: Self) -> Self {
        let join = |a: usize, b: usize| a.saturating_add(b).min(ENDLESS);
        let over =
            |own: bool, length: usize, skipped: Option<usize>, other: bool, beyond: usize| {
                let own = if own { length } else { 0 };
                let across = skipped
                    .filter(|_| other)
                    .map_or(0, |skipped| join(skipped, beyond));
                own.max(across)
            };
        let touching = if self.may && next.may {
            join(self.after, next.before)
        } else {
            0
        };
        Self {
            sure: join(self.sure, next.sure),
            before: over(self.may, self.before, self.without, next.may, next.before),
            between: self.between.max(next.between).max(touching),
            after: over(next.may, next.after, next.without, self.may, self.after),
            without: self.without.zip(next.without).map(|(a, b)| join(a, b)),
            may: self.may || next.may,
        }
    }

    fn or(self, other: Self) -> Self {
        Self {
            sure: self.sure.min(other.sure),
            before: self.before.max(other.before),
            between: self.between.max(other.between),
            after: self.after.max(other.after),
            without: self.without.max(other.without),
            may: self.may || other.may,
        }
    }

    fn repeated(self, least: u32, most: Option<u32>) -> Self {
        let times = |n: usize, factor: Option<usize>| match (n, factor) {
            (0, _) | (_, Some(0)) => 0,
            (n, Some(factor)) => n.saturating_mul(factor).min(ENDLESS),
            (_, None) => ENDLESS,
        };
        let most = most.map(|most| most as usize);
        if most == Some(0) {
            return Self::NOTHING;
        }
        let skipped = self
            .without
            .map_or(0, |w| times(w, most.map(|m| m.saturating_sub(1))));
        let is_many = most.is_none_or(|most| most > 1) && self.may;
        let touching = if is_many {
            (self.after + self.before + skipped).min(ENDLESS)
        } else {
            0
        };
        let without = match (self.without, least) {
            (Some(w), _) => Some(times(w, most)),
            (None, 0) => Some(0),
            (None, _) => None,
        };
        Self {
            sure: self.sure.saturating_mul(least as usize),
            before: (self.before + skipped).min(ENDLESS),
            between: self.between.max(touching),
            after: (self.after + skipped).min(ENDLESS),
            without,
            may: self.may,
        }
    }
}

fn spacing(hir: &Hir, is_of_kind: &dyn Fn(u8) -> bool) -> Spacing {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Spacing::NOTHING,
        HirKind::Literal(literal) => {
            let one = |byte: &u8| Spacing::one(is_of_kind(*byte), !is_of_kind(*byte), 1);
            literal
                .0
                .iter()
                .map(one)
                .fold(Spacing::NOTHING, Spacing::then)
        }
        HirKind::Class(class) => {
            let bytes = class_bytes(class);
            let length = class.maximum_len().unwrap_or(4);
            Spacing::one(
                bytes.iter().all(is_of_kind),
                !bytes.iter().any(is_of_kind),
                length,
            )
        }
        HirKind::Repetition(repetition) => {
            spacing(&repetition.sub, is_of_kind).repeated(repetition.min, repetition.max)
        }
        HirKind::Capture(capture) => spacing(&capture.sub, is_of_kind),
        HirKind::Concat(parts) => parts
            .iter()
            .map(|part| spacing(part, is_of_kind))
            .fold(Spacing::NOTHING, Spacing::then),
        HirKind::Alternation(parts) => {
            let all = parts.iter().map(|part| spacing(part, is_of_kind));
            all.reduce(Spacing::or).unwrap_or(Spacing::NOTHING)
        }
    }
}

/// The pattern as it is searched. `\d` means ASCII digits: numbers in other scripts are no identifiers here. A class of
/// everything but some characters (`.`, `\S`, `[^"]`) takes bytes beyond ASCII one by one, so that its automaton stays small.
pub(super) fn simplified(hir: Hir, all_digits: &ClassUnicode) -> Hir {
    rewrite(hir, &|kind| match kind {
        HirKind::Class(Class::Unicode(class))
            if class.ranges().last().is_some_and(|r| r.end() == char::MAX) =>
        {
            let bytes = class_bytes(&Class::Unicode(class));
            Hir::class(Class::Bytes(ClassBytes::new(
                bytes.iter().map(|byte| ClassBytesRange::new(byte, byte)),
            )))
        }
        HirKind::Class(Class::Unicode(mut class)) => {
            let mut missing = all_digits.clone();
            missing.difference(&class);
            // `\w` holds the digits of all scripts as well; it keeps its meaning.
            if missing.ranges().is_empty() && class.ranges().len() < all_digits.ranges().len() * 2 {
                class.difference(all_digits);
                class.push(ClassUnicodeRange::new('0', '9'));
            }
            Hir::class(Class::Unicode(class))
        }
        HirKind::Class(class) => Hir::class(class),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Look(look) => Hir::look(look),
        _ => Hir::empty(),
    })
}

/// A wider pattern that tells apart only capitals, small letters, other ASCII bytes one by one, and the rest.
/// Whatever the pattern matches, the wider one matches; its automaton stays small however many detectors there are.
pub(super) fn widened(hir: Hir) -> Hir {
    widened_to(hir, &|byte| match byte {
        b'A'..=b'Z' => (b'A', b'Z'),
        b'a'..=b'z' => (b'a', b'z'),
        128.. => (128, 255),
        other => (other, other),
    })
}

/// A still wider pattern, that tells no digits apart either: what it matches depends on the shape of a text alone.
pub(super) fn shaped(hir: Hir) -> Hir {
    widened_to(hir, &|byte| match byte {
        b'A'..=b'Z' => (b'A', b'Z'),
        b'a'..=b'z' => (b'a', b'z'),
        b'0'..=b'9' => (b'0', b'9'),
        128.. => (128, 255),
        other => (other, other),
    })
}

/// What a pattern tells apart within the bytes that a shape holds to be one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Splits {
    /// Some digits from others.
    pub digits: bool,
    /// Some letters from others of the same case.
    pub letters: bool,
}

/// What a pattern tells apart.
pub(super) fn splits(hir: &Hir) -> Splits {
    let mut splits = Splits::default();
    collect_splits(hir, &mut splits);
    splits
}

fn collect_splits(hir: &Hir, splits: &mut Splits) {
    let mut add = |set: &ByteSet| {
        let has_part = |mut all: std::ops::RangeInclusive<u8>| {
            let first = all.next().is_some_and(|byte| set.contains(byte));
            all.any(|byte| set.contains(byte) != first)
        };
        splits.digits |= has_part(b'0'..=b'9');
        splits.letters |= has_part(b'a'..=b'z') || has_part(b'A'..=b'Z');
    };
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => literal.0.iter().for_each(|byte| {
            let mut set = ByteSet::default();
            set.insert(*byte);
            add(&set);
        }),
        HirKind::Class(class) => add(&class_bytes(class)),
        HirKind::Repetition(repetition) => collect_splits(&repetition.sub, splits),
        HirKind::Capture(capture) => collect_splits(&capture.sub, splits),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().for_each(|part| collect_splits(part, splits));
        }
    }
}

/// A pattern in which each byte stands for a whole range of bytes.
fn widened_to(hir: Hir, range_of: &dyn Fn(u8) -> (u8, u8)) -> Hir {
    rewrite(hir, &|kind| match kind {
        HirKind::Class(class) => wide_class(
            class_bytes(&class).iter(),
            class.maximum_len().unwrap_or(4),
            range_of,
        ),
        HirKind::Literal(literal) => {
            let wide = |byte: &u8| wide_class(std::iter::once(*byte), 1, range_of);
            Hir::concat(literal.0.iter().map(wide).collect())
        }
        // At a border of a word beyond ASCII the wider pattern matches more, which is what it may do.
        HirKind::Look(Look::WordUnicode) => Hir::look(Look::WordAscii),
        HirKind::Look(look @ Look::WordAscii) => Hir::look(look),
        _ => Hir::empty(),
    })
}

fn wide_class(
    bytes: impl Iterator<Item = u8>,
    longest: usize,
    range_of: &dyn Fn(u8) -> (u8, u8),
) -> Hir {
    let range = |byte| {
        let (first, last) = range_of(byte);
        ClassBytesRange::new(first, last)
    };
    let wide: Vec<_> = bytes.map(range).collect();
    let one = Hir::class(Class::Bytes(ClassBytes::new(wide)));
    if longest <= 1 {
        return one;
    }
    let most = Some(longest as u32);
    Hir::repetition(regex_syntax::hir::Repetition {
        min: 1,
        max: most,
        greedy: true,
        sub: Box::new(one),
    })
}

/// Builds a pattern anew, each part without parts of its own through `leaf`. Depth is limited by the parser.
fn rewrite(hir: Hir, leaf: &dyn Fn(HirKind) -> Hir) -> Hir {
    match hir.into_kind() {
        HirKind::Repetition(mut repetition) => {
            repetition.sub = Box::new(rewrite(*repetition.sub, leaf));
            Hir::repetition(repetition)
        }
        HirKind::Capture(mut capture) => {
            capture.sub = Box::new(rewrite(*capture.sub, leaf));
            Hir::capture(capture)
        }
        HirKind::Concat(parts) => {
            Hir::concat(parts.into_iter().map(|part| rewrite(part, leaf)).collect())
        }
        HirKind::Alternation(parts) => {
            Hir::alternation(parts.into_iter().map(|part| rewrite(part, leaf)).collect())
        }
        HirKind::Empty => Hir::empty(),
        kind => leaf(kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pattern: &str) -> Trigger {
        let all_digits = regex_syntax::parse(r"\d").expect("valid");
        let HirKind::Class(Class::Unicode(all_digits)) = all_digits.into_kind() else {
            panic!("a class")
        };
        trigger(&simplified(
            regex_syntax::parse(pattern).expect("valid"),
            &all_digits,
        ))
    }

    #[test]
    fn numbers_are_found_by_their_digits() {
        for pattern in [
            r"\b\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}\b",
            r"\b(?:\d{1,3}\.){3}\d{1,3}\b",
            r"\b[A-Z]{2}\d{6}[A-D]\b",
            r"\(?\+\d{1,3}\)?(?:[ .\-/]{0,2}\(?\d{2,6}\)?){2,6}",
        ] {
            assert_eq!(of(pattern), Trigger::Digits, "{pattern}");
        }
    }

    #[test]
    fn other_patterns_by_what_they_must_hold() {
        assert!(
            matches!(of(r"[a-z]+@[a-z]+\.[a-z]{2,9}"), Trigger::Around { literals, .. } if literals == [b"@"])
        );
        assert!(
            matches!(of(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"), Trigger::Literals(l) if l == [b"eyJ".to_vec()])
        );
        assert!(matches!(
            of(r"(?:[0-9A-F]{2}[:-]){5}[0-9A-F]{2}"),
            Trigger::Joints { chain: 5, .. }
        ));
        assert_eq!(of(r"\w+"), Trigger::Anywhere);
        assert_eq!(of(r"\d{3}\s+\d{9}"), Trigger::Anywhere);
        assert!(
            matches!(of(r"\b0x[0-9a-f]{40}\b"), Trigger::Heads(h) if h.shortest == 42 && h.longest == 42)
        );
        assert!(
            matches!(of(r"\b[A-Z]{2}\d{2}(?: [A-Z0-9]{4}){2,7}\b"), Trigger::Heads(h) if h.shortest == 4)
        );
        assert!(
            matches!(of(r"\bgh[opsu]_[A-Za-z0-9]{36}\b"), Trigger::Literals(l) if l.len() == 4)
        );
        assert_eq!(of(r"\b\d{7,8}-[\dKk]\b"), Trigger::Digits);
        assert_eq!(of(r"\b[A-Z]{1,3}[ \-]?\d{1,4}\b"), Trigger::Digits);
    }

    #[test]
    fn spacing_counts_the_worst_case() {
        let hir = regex_syntax::parse("(?:ab|c)?[0-9]{2}(?:--?[0-9])*x{0,3}").expect("valid");
        let s = spacing(&hir, &|byte| byte.is_ascii_digit());
        assert_eq!((s.sure, s.before, s.between, s.after), (2, 2, 2, 3));
    }
}
