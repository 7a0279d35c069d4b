//! Names of people, places and nationalities in running text, as far as lists, capitals and cue words reach. Single words
//! without a cue stay below what is told by default: telling a name from a word takes understanding that is not here.

use super::address;
use super::gazetteer::{self, Known};
use super::scan_bytes::{self, Masks};
use std::sync::LazyLock;

/// What a passage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Passage {
    /// The name of a person.
    Name,
    /// A place.
    Place,
    /// A nationality or origin.
    Nationality,
    /// A street, with its number where there is one.
    Address,
}

/// A passage found in running text.
pub(super) struct Found {
    /// Start in the text.
    pub start: usize,
    /// End in the text.
    pub end: usize,
    /// What it is.
    pub passage: Passage,
    /// How sure.
    pub score: f64,
}

/// How sure a lone given name in prose is a person, without any cue.
const SINGLE: f64 = 0.62;
/// Most bytes of a name.
const REACH: usize = 120;
/// Bytes before a name in which a cue counts.
const CUE_REACH: usize = 40;
/// Most words of a name.
const WORDS: usize = 5;

static DEMONYMS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    include_str!("../../detectors/names/demonyms.txt")
        .lines()
        .collect()
});

/// Words that open sentences or belong to headings, companies and streets rather than to names; sorted.
#[rustfmt::skip]
const NO_NAMES: &[&str] = &[
    "a", "about", "account", "action", "address", "after", "agent", "all", "also", "although", "an", "and", "any",
    "apple", "april", "are", "as", "at", "august", "avenue", "bank", "because", "before", "best", "bot", "but", "by",
    "call", "can", "card", "city", "class", "client", "club", "code", "college", "company", "connection", "corp",
    "could", "customer", "data", "date", "day", "dear", "december", "did", "directed", "do", "does", "during", "each",
    "east", "error", "exception", "failed", "february", "first", "for", "friday", "from", "get", "good", "group", "had",
    "has", "have", "he", "hello", "help", "her", "here", "hey", "hi", "his", "hotel", "how", "however", "i", "if", "in",
    "inc", "info", "international", "is", "it", "its", "january", "job", "july", "june", "just", "kind", "last", "let",
    "like", "limited", "llc", "location", "ltd", "mail", "many", "march", "may", "me", "message", "monday", "more",
    "most", "my", "name", "new", "no", "north", "not", "note", "november", "now", "number", "october", "of", "ok", "on",
    "one", "or", "order", "our", "out", "page", "park", "payment", "phone", "please", "post", "price", "question", "re",
    "regards", "request", "road", "saturday", "school", "send", "september", "service", "she", "should", "since",
    "sincerely", "so", "some", "south", "st", "street", "subject", "sunday", "team", "test", "thank", "thanks", "that",
    "the", "their", "then", "there", "these", "they", "this", "those", "through", "thursday", "to", "tuesday",
    "university", "until", "up", "us", "user", "version", "very", "was", "we", "wednesday", "welcome", "were", "west",
    "what", "when", "where", "which", "while", "who", "why", "will", "with", "would", "yes", "you", "your",
];

/// Words after a run of capitals that make it a company or a street.
const NO_PERSON_AFTER: &[&str] = &[
    "inc",
    "ltd",
    "llc",
    "corp",
    "gmbh",
    "ag",
    "sa",
    "plc",
    "group",
    "company",
    "co",
    "corporation",
    "university",
    "street",
    "road",
    "avenue",
    "bank",
    "hotel",
    "school",
    "college",
    "airport",
    "park",
    "limited",
    "and sons",
    "& sons",
    "foundation",
];

/// Cues after which capitals are a name.
const NAME_CUES: &[&str] = &[
    "my name is",
    "name is",
    "name was",
    "i am",
    "i'm",
    "je m'appelle",
    "ich heiße",
    "mi nombre es",
    "mi chiamo",
    "dear",
    "hello",
    "hi",
    "hey",
    "liebe",
    "lieber",
    "cher",
    "chère",
    "estimado",
    "estimada",
    "caro",
    "cara",
    "regards,",
    "sincerely,",
    "thanks,",
    "cheers,",
    "grüßen",
    "cordialement,",
    "saludos,",
    "signed",
    "sincerely",
    "name:",
    "name",
    "author:",
    "contact:",
    "attn:",
    "attn",
    "c/o",
    "customer:",
    "patient:",
    "user:",
    "employee:",
    "owner:",
    "spouse",
    "wife",
    "husband",
    "brother",
    "sister",
    "daughter",
    "son",
    "mother",
    "father",
    "colleague",
    "directed by:",
    "directed by",
    "written by",
    "signed by",
    "called",
    "named",
    "miss",
    "patient",
    "to whom",
    "name?",
    "says",
    "founders:",
    "founder",
    "authors:",
    "attendees:",
    "participants:",
    "according to",
    "guardian",
];

/// Cues after which a place is where a person is.
const HOME_CUES: &[&str] = &[
    "live in",
    "lives in",
    "living in",
    "lived in",
    "born in",
    "moved to",
    "move to",
    "based in",
    "resident of",
    "residing in",
    "come from",
    "comes from",
    "am from",
    "i'm from",
    "is from",
    "are from",
    "from",
    "wohne in",
    "wohnt in",
    "habite à",
    "vivo en",
    "vivo a",
    "city:",
    "country:",
    "located in",
    "address:",
    "ship to",
    "moving to",
    "relocated to",
    "visit",
    "travel to",
    "fly to",
    "flying to",
    "am in",
    "is in",
    "trip to",
    "near",
];

/// Of these, those that stand before much else as well: words that are also names or common words need others.
const WEAK_HOME_CUES: &[&str] = &["from", "near", "visit", "am in", "is in", "address:"];

/// Verbs that tell what people do, right after a name.
#[rustfmt::skip]
const PERSON_VERBS: &[&str] = &[
    "added", "agreed", "answered", "argued", "arrived", "asked", "asks", "became", "began", "believes", "came", "complained", "cried", "died", "divorced",
    "explained", "feels", "felt", "had given", "hopes", "insisted", "joined", "knew", "knows", "laughed", "lived", "lives", "loves", "married", "met", "moved",
    "replied", "replies", "said", "says", "shouted", "smiled", "spent", "spoke", "studied", "talked", "thanked", "thinks", "thought", "told", "visited", "walked",
    "wants", "was born", "wishes", "wondered", "writes", "wrote",
];

/// Cues before a nationality.
const NATIONALITY_CUES: &[&str] = &[
    "i am",
    "i'm",
    "he is",
    "she is",
    "am a",
    "is a",
    "i am a",
    "an",
    "nationality:",
    "nationality",
    "citizenship:",
    "nationality is",
    "half",
    "are you",
    "born",
    "originally",
    "ethnically",
];

/// Finds passages in a text, by its masks.
pub(super) fn find(text: &[u8], masks: &Masks, found: &mut Vec<Found>) {
    let mut done = 0;
    for start in scan_bytes::ones_of(|word| beginnings(masks, word), masks.words.len()) {
        let end = scan_bytes::run_end(&masks.words, start);
        let start = start_of_capital(text, start);
        let Some(start) = start.filter(|start| *start >= done && is_free_before(text, *start))
        else {
            continue;
        };
        // Names in capitals and lower case only; acronyms, constants and paths go no further.
        if text.get(end).is_some_and(|next| {
            matches!(next, b'/' | b'_' | b'=' | b'(' | b'\\' | b'@' | b'{' | b'<')
        }) {
            continue;
        }
        if let Some(street) = street(text, start) {
            done = street.end;
            found.push(street);
            continue;
        }
        if !may_begin(text, start, end) {
            done = end;
            continue;
        }
        let passage = read_run(text, start);
        done = passage.as_ref().map_or(end, |passage| passage.end);
        found.extend(passage);
    }
}

/// Where words begin that may be names: with a capital, or after a letter beyond ASCII.
fn beginnings(masks: &Masks, word: usize) -> u64 {
    let shifted = |mask: &[u64]| mask[word] << 1 | if word == 0 { 0 } else { mask[word - 1] >> 63 };
    let starts = masks.words[word] & !shifted(&masks.words);
    starts & (masks.capitals[word] | shifted(&masks.beyond))
}

/// Words after which an address follows.
const ADDRESS_CUES: &[&str] = &[
    "address is",
    "address:",
    "address to",
    "address with",
    "lives at",
    "live at",
    "living at",
    "resides at",
    "lives on",
    "live on",
    "moved to",
    "ship to",
    "shipped to",
    "deliver to",
    "delivered to",
    "sent to",
    "send to",
    "located at",
    "street:",
    "residence:",
    "anschrift:",
    "adresse:",
    "wohnhaft",
    "domicilio:",
    "dirección:",
    "indirizzo:",
    "arrived at",
    "drop off at",
    "pick up at",
    "delivery to",
    "address",
    "statement sent to",
    "corner of",
    "billing to",
];

/// A street at a capital: numbers stand around it, and its own words, a cue or a flat say what it is.
fn street(text: &[u8], start: usize) -> Option<Found> {
    let number = house_number_before(text, start);
    // The cheap look: most capitals have no number beside their words.
    let rest = &text[start..text.len().min(start + REACH)];
    let is_word = |b: &&u8| {
        b.is_ascii_alphabetic() || **b >= 0x80 || matches!(b, b' ' | b'.' | b',' | b'-' | b'\'')
    };
    let length = rest.iter().take_while(is_word).count();
    let has_number =
        |at: usize| at > 0 && rest[at - 1] == b' ' && rest.get(at).is_some_and(u8::is_ascii_digit);
    if number.is_none() && !has_number(length) {
        return None;
    }
    let rest = match std::str::from_utf8(rest) {
        Ok(rest) => rest,
        Err(error) => std::str::from_utf8(&rest[..error.valid_up_to()]).ok()?,
    };
    let words = capitalised_words(rest, start);
    let last = words.last()?;
    let mut stop = last.end();
    let after = house_number_after(text, stop);
    stop = after.unwrap_or(stop);
    let tail = &text[stop..text.len().min(stop + 12)];
    let tail = String::from_utf8_lossy(tail).to_lowercase();
    let tail = tail.trim_start_matches([' ', ',', '|', '\n']);
    let begin = number.unwrap_or(start);
    let around = address::Around {
        number_before: number.is_some(),
        number_after: after.is_some(),
        unit: ["apt", "suite", "ste ", "ste.", "flat ", "unit "]
            .iter()
            .any(|unit| tail.starts_with(unit)),
        cue: Before::of(text, begin).ends_with(ADDRESS_CUES),
    };
    let texts: Vec<&str> = words.iter().map(|word| word.text).collect();
    let score = address::score(&texts, &around);
    (score > 0.0).then_some(Found {
        start: begin,
        end: stop,
        passage: Passage::Address,
        score,
    })
}

/// Where the house number right before a place begins: one to five digits, perhaps a letter, free on their left.
fn house_number_before(text: &[u8], start: usize) -> Option<usize> {
    let before = text[start.saturating_sub(10)..start].strip_suffix(b" ")?;
    let before = before.strip_suffix(b",").unwrap_or(before);
    let length = before
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_alphanumeric())
        .count();
    let number = &before[before.len() - length..];
    let digits = number.iter().filter(|b| b.is_ascii_digit()).count();
    let is_number = (1..=5).contains(&digits) && length <= digits + 1 && number[0].is_ascii_digit();
    let is_free = match before.len().checked_sub(length + 1).map(|at| before[at]) {
        None => start < 10,
        Some(byte) => matches!(
            byte,
            b' ' | b'\n' | b'\t' | b'"' | b'(' | b'|' | b'>' | b'\''
        ),
    };
    let begin = start - (text[start.saturating_sub(10)..start].len() - (before.len() - length));
    (is_number && is_free).then_some(begin)
}

/// The end of the house number right after a place.
fn house_number_after(text: &[u8], end: usize) -> Option<usize> {
    let rest = text.get(end..)?;
    let marks = if rest.starts_with(b", ") || rest.starts_with(b". ") {
        2
    } else if rest.starts_with(b" ") {
        1
    } else {
        return None;
    };
    let number = &rest[marks..rest.len().min(marks + 7)];
    let digits = number.iter().take_while(|b| b.is_ascii_digit()).count();
    let letter = usize::from(number.get(digits).is_some_and(u8::is_ascii_alphabetic));
    let next = rest.get(marks + digits + letter);
    let is_free = next.is_none_or(|b| {
        matches!(
            b,
            b' ' | b',' | b'.' | b'\n' | b'|' | b'?' | b'!' | b'"' | b')' | b'<'
        )
    });
    ((1..=5).contains(&digits) && is_free).then_some(end + marks + digits + letter)
}

/// Whether a run may begin with a word: it is a known name, or it stands in text of people. Most capitals of logs are neither.
fn may_begin(text: &[u8], start: usize, end: usize) -> bool {
    let is_prose = || {
        !text[start.saturating_sub(12)..start]
            .iter()
            .rev()
            .take_while(|b| **b != b'\n')
            .any(is_machine)
    };
    let is_known = || {
        std::str::from_utf8(&text[start..end]).is_ok_and(|word| gazetteer::look_up(word).is_any())
    };
    is_prose() || is_known()
}

/// Bytes that text of machines has and text of people seldom.
fn is_machine(byte: &u8) -> bool {
    matches!(
        byte,
        b'=' | b'{' | b'[' | b'|' | b'/' | b'\\' | b'_' | b'<' | b'>' | b';' | b'`' | b'#' | b'0'
            ..=b'9'
    )
}

/// Where the word that holds `start` begins, if with a capital.
fn start_of_capital(text: &[u8], start: usize) -> Option<usize> {
    if start == 0 || text[start - 1] < 0x80 {
        let is_followed = text.get(start + 1).is_some_and(|next| {
            next.is_ascii_lowercase() || *next >= 0x80 || matches!(next, b'.' | b' ')
        });
        return (text[start].is_ascii_uppercase() && (is_followed || is_capitals(text, start)))
            .then_some(start);
    }
    // A word of which some letter beyond ASCII comes first.
    let back = text[..start]
        .iter()
        .rev()
        .take(12)
        .take_while(|byte| **byte >= 0x80)
        .count();
    let word = std::str::from_utf8(text.get(start - back..start)?).ok()?;
    let is_alone = start == back || !text[start - back - 1].is_ascii_alphanumeric();
    (is_alone && word.chars().next().is_some_and(char::is_uppercase)).then_some(start - back)
}

/// `O'Neil`, `McLean`, and words all in capitals of three letters or more.
fn is_capitals(text: &[u8], start: usize) -> bool {
    let letters = text[start..]
        .iter()
        .take(20)
        .take_while(|byte| byte.is_ascii_uppercase())
        .count();
    text.get(start + 1) == Some(&b'\'') || letters >= 3
}

fn is_free_before(text: &[u8], start: usize) -> bool {
    match start.checked_sub(1).map(|at| text[at]) {
        None
        | Some(b' ' | b'\n' | b'\t' | b'"' | b'(' | b'\'' | b'>' | b',' | b':' | b'\r' | b'*') => {
            true
        }
        Some(other) => other >= 0x80,
    }
}

struct Word<'a> {
    text: &'a str,
    start: usize,
    known: Known,
    is_no_name: bool,
}

impl Word<'_> {
    fn end(&self) -> usize {
        self.start + self.text.trim_end_matches(['\'', '-']).len()
    }

    fn lower(&self) -> String {
        self.text.trim_end_matches('.').to_lowercase()
    }
}

/// Whether a word opens sentences or belongs to headings rather than to names.
fn is_no_name(word: &str) -> bool {
    let mut lower = [0; LONGEST_NO_NAME];
    let word = word.trim_end_matches('.').as_bytes();
    let Some(lower) = lower.get_mut(..word.len()) else {
        return false;
    };
    lower.copy_from_slice(word);
    lower.make_ascii_lowercase();
    NO_NAMES
        .binary_search_by(|known| known.as_bytes().cmp(lower))
        .is_ok()
}

/// Length of the longest word of `NO_NAMES`.
const LONGEST_NO_NAME: usize = 13;

/// Reads the run of capitalised words that begins at a place.
fn read_run(text: &[u8], start: usize) -> Option<Found> {
    let rest = &text[start..text.len().min(start + REACH)];
    let rest = match std::str::from_utf8(rest) {
        Ok(rest) => rest,
        Err(error) => std::str::from_utf8(&rest[..error.valid_up_to()]).ok()?,
    };
    let mut words = capitalised_words(rest, start);
    // Words that open a sentence are no part of the name that follows.
    while words
        .first()
        .is_some_and(|word| word.is_no_name && !gazetteer::is_title(word.text))
    {
        words.remove(0);
    }
    let first = words.first()?;
    let cue_end = first.start;
    let has_title = gazetteer::is_title(first.text) && !gazetteer::is_initial(first.text);
    if has_title {
        words.remove(0);
    }
    if let Some(stop) = words.iter().position(|word| word.is_no_name) {
        words.truncate(stop);
    }
    while words
        .last()
        .is_some_and(|word| gazetteer::is_particle(word.text))
    {
        words.pop();
    }
    let before = Before::of(text, cue_end);
    let last = words.last()?;
    let after = text
        .get(last.end()..text.len().min(last.end() + 16))
        .unwrap_or_default();
    if !is_free_after(after) {
        return None;
    }
    if words.iter().any(|word| has_inner_capital(word.text)) {
        return None;
    }
    let place = place(&words, &before);
    let name = name(&words, &before, has_title, after);
    let nationality = nationality(&words, &before, after);
    [nationality, name, place]
        .into_iter()
        .flatten()
        .max_by(|a, b| a.score.total_cmp(&b.score))
}

/// `NaN`, `FxHasher`: names of programs; people have such capitals after `Mc`, `O'` and a few more only.
fn has_inner_capital(word: &str) -> bool {
    let mut previous_is_small = false;
    for (at, letter) in word.char_indices() {
        if letter.is_uppercase() && previous_is_small {
            let start = word[..at].to_lowercase();
            return !matches!(
                start.as_str(),
                "mc" | "mac" | "de" | "di" | "du" | "la" | "le" | "van" | "fitz" | "al" | "el"
            );
        }
        previous_is_small = letter.is_lowercase();
    }
    false
}

fn is_free_after(after: &[u8]) -> bool {
    match after {
        [] => true,
        [b'.' | b':' | b'-', next, ..] => !next.is_ascii_alphanumeric() && *next != b':',
        [first, ..] => !matches!(
            first,
            b'/' | b'_' | b'=' | b'@' | b'(' | b'\\' | b'0'..=b'9'
        ),
    }
}

fn capitalised_words(rest: &str, start: usize) -> Vec<Word<'_>> {
    let mut words: Vec<Word<'_>> = Vec::new();
    let mut at = 0;
    while words.len() < WORDS + 2 && at < rest.len() {
        let tail = &rest[at..];
        let is_letter = |c: char| c.is_alphabetic() || matches!(c, '\'' | '’' | '-');
        let length = tail.find(|c: char| !is_letter(c)).unwrap_or(tail.len());
        let mut word = tail[..length].trim_end_matches(['\'', '’', '-']);
        for possessive in ["'s", "’s"] {
            word = word.strip_suffix(possessive).unwrap_or(word);
        }
        let is_cut = word.len() < length;
        let stop = tail[length..].starts_with('.');
        let is_short = gazetteer::is_initial(word) || gazetteer::is_title(word);
        let with_stop = stop && is_short && !is_cut;
        let capital = word.chars().next().is_some_and(char::is_uppercase);
        let particle = !words.is_empty() && gazetteer::is_particle(word);
        if word.is_empty() || !(capital || particle) {
            break;
        }
        let text = &tail[..word.len() + usize::from(with_stop)];
        words.push(Word {
            text,
            start: start + at,
            known: gazetteer::look_up_parts(word),
            is_no_name: is_no_name(text),
        });
        at += text.len();
        if is_cut || !rest[at..].starts_with(' ') {
            break;
        }
        at += 1;
    }
    words
}

/// The words before a run, lower case, on its line.
struct Before {
    text: String,
    /// The run opens its line.
    opens_line: bool,
    /// The line reads as text of people, not of machines.
    is_prose: bool,
}

impl Before {
    fn of(text: &[u8], at: usize) -> Self {
        let from = at.saturating_sub(CUE_REACH);
        let line =
            memchr::memrchr(b'\n', &text[from..at]).map_or(from, |newline| from + newline + 1);
        let before = String::from_utf8_lossy(&text[line..at]).to_lowercase();
        let before = before
            .trim_end_matches([' ', '"', '\'', '(', '*'])
            .to_owned();
        let around = &text[line..text.len().min(at + 60)];
        let end = memchr::memchr(b'\n', &around[at - line..])
            .map_or(around.len(), |newline| at - line + newline);
        let opens_line = before.is_empty() && (line > from || from == 0);
        Self {
            text: before,
            opens_line,
            is_prose: !around[..end].iter().any(is_machine),
        }
    }

    fn ends_with(&self, cues: &[&str]) -> bool {
        let text = self.text.as_bytes();
        let Some(last) = text.last() else {
            return false;
        };
        let is_before = |cue: &&str| {
            let cue = cue.as_bytes();
            let rest = if cue.last() == Some(last) {
                text.strip_suffix(cue)
            } else {
                None
            };
            rest.is_some_and(|rest| {
                !rest
                    .last()
                    .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80)
            })
        };
        cues.iter().any(is_before)
    }
}

fn spans(words: &[Word<'_>], passage: Passage, score: f64) -> Option<Found> {
    let (first, last) = (words.first()?, words.last()?);
    Some(Found {
        start: first.start,
        end: last.end(),
        passage,
        score,
    })
}

/// The name of a person, with a score that grows with what lists and cues say.
fn name(words: &[Word<'_>], before: &Before, has_title: bool, after: &[u8]) -> Option<Found> {
    let names: Vec<&Word<'_>> = words
        .iter()
        .filter(|w| !gazetteer::is_initial(w.text) && !gazetteer::is_particle(&w.lower()))
        .collect();
    let after = String::from_utf8_lossy(after).to_lowercase();
    let after = after.trim_start_matches([' ', ',', '.']);
    let goes_on = |word: &str| {
        after
            .strip_prefix(word)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphabetic()))
    };
    if names.is_empty() || words.len() > WORDS || NO_PERSON_AFTER.iter().any(|word| goes_on(word)) {
        return None;
    }
    let is_clear = names.len() > 1 && names[0].known.is_given() && !names[0].known.is_common();
    let has_cue = has_title || (!is_clear && before.ends_with(NAME_CUES));
    let all_capitals = words
        .iter()
        .all(|w| !gazetteer::is_initial(w.text) && w.text.chars().all(|c| !c.is_lowercase()));
    let first = names[0];
    let last = names[names.len() - 1];
    let is_firm = |word: &Word<'_>| word.known.is_name() && !word.known.is_common();
    let does = PERSON_VERBS.iter().any(|verb| goes_on(verb));
    let score = match names.len() {
        1 if words.len() > 1 && first.known.is_surname() => 0.75,
        1 if has_title => 0.88,
        1 if has_cue && first.known.is_name() => 0.85,
        1 if has_cue && !first.known.is_place() => 0.65,
        1 if first.known.is_given()
            && is_firm(first)
            && before.opens_line
            && after.starts_with(':') =>
        {
            0.7
        }
        1 if is_firm(first) && does => 0.72,
        1 if first.known.is_given()
            && is_firm(first)
            && !first.known.is_place()
            && before.is_prose =>
        {
            SINGLE
        }
        1 if is_firm(first) && before.is_prose => 0.4,
        1 => 0.0,
        _ if first.known.is_given() && is_firm(first) && last.known.is_surname() => 0.92,
        _ if first.known.is_given() && is_firm(first) => 0.78,
        _ if has_cue => 0.85,
        _ if first.known.is_given() && is_firm(last) => 0.75,
        _ if is_firm(last) && before.is_prose => 0.62,
        _ if first.known.is_name() && last.known.is_name() => 0.5,
        _ => 0.0,
    };
    // Words all in capitals are headings and codes more often than names.
    let score = if all_capitals {
        score
            * if before.is_prose && names.len() > 1 {
                0.9
            } else {
                0.6
            }
    } else {
        score
    };
    let score = if before.is_prose || has_cue {
        score
    } else {
        score * 0.8
    };
    spans(words, Passage::Name, score)
}

/// A place: known by its name, told where a cue says that somebody is there.
fn place(words: &[Word<'_>], before: &Before) -> Option<Found> {
    for count in (1..=words.len().min(3)).rev() {
        let is_place = match &words[..count] {
            [one] => one.known.is_place(),
            several => {
                let phrase: Vec<&str> = several.iter().map(|word| word.text).collect();
                gazetteer::look_up(&phrase.join(" ")).is_place()
            }
        };
        if !is_place {
            continue;
        }
        let has_cue = before.ends_with(HOME_CUES);
        let has_preposition = before.ends_with(&["in", "to", "at", "of", "near", ","]);
        // `Rust` and `Gary` are towns too; only words that speak of nothing but places tell them.
        let is_ambiguous = count == 1 && (words[0].known.is_common() || words[0].known.is_given());
        let has_weak_cue = before.ends_with(WEAK_HOME_CUES);
        let score = match (has_cue, has_preposition) {
            (true, _) if is_ambiguous && has_weak_cue => 0.45,
            (false, true) if is_ambiguous => 0.4,
            (true, _) => 0.8,
            (_, true) if before.is_prose => 0.62,
            _ => 0.4,
        };
        return spans(&words[..count], Passage::Place, score);
    }
    None
}

/// A nationality, only beside a cue.
fn nationality(words: &[Word<'_>], before: &Before, after: &[u8]) -> Option<Found> {
    let [word] = words else { return None };
    if DEMONYMS.binary_search(&word.lower().as_str()).is_err() {
        return None;
    }
    let after = String::from_utf8_lossy(after).to_lowercase();
    let after = after.trim_start();
    let follows = [
        "citizen",
        "national",
        "nationality",
        "passport",
        "descent",
        "origin",
    ];
    let has_cue =
        before.ends_with(NATIONALITY_CUES) || follows.iter().any(|cue| after.starts_with(cue));
    spans(
        words,
        Passage::Nationality,
        if has_cue { 0.8 } else { 0.35 },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detection::scan_bytes::{Masks, fill};

    fn likely(text: &str) -> Vec<(Passage, &str)> {
        let mut masks = Masks::default();
        fill(text.as_bytes(), &mut masks);
        let mut found = Vec::new();
        find(text.as_bytes(), &masks, &mut found);
        found
            .iter()
            .filter(|f| f.score >= 0.6)
            .map(|f| (f.passage, &text[f.start..f.end]))
            .collect()
    }

    #[test]
    fn word_lists_are_sorted() {
        assert!(NO_NAMES.is_sorted());
        assert!(DEMONYMS.is_sorted());
    }

    #[test]
    fn names_are_found_with_their_full_extent() {
        for (text, name) in [
            ("My name is Jane Miller and I call about", "Jane Miller"),
            ("When Jane Q. Miller came home", "Jane Q. Miller"),
            ("Please ask Dr. Xyvantha about it", "Xyvantha"),
            (
                "yesterday Ludwig van Beethoven wrote",
                "Ludwig van Beethoven",
            ),
            ("the verses from Jane Miller's tales", "Jane Miller"),
            ("Dear Otto, thank you", "Otto"),
            ("a letter of Šárka Ottová came", "Šárka Ottová"),
        ] {
            assert_eq!(likely(text), [(Passage::Name, name)], "{text}");
        }
    }

    #[test]
    fn places_and_nationalities_need_a_cue() {
        assert_eq!(
            likely("I live in Stuttgart now"),
            [(Passage::Place, "Stuttgart")]
        );
        assert_eq!(
            likely("He is Norwegian"),
            [(Passage::Nationality, "Norwegian")]
        );
        assert_eq!(likely("the Norwegian coast"), []);
    }

    #[test]
    fn what_only_looks_like_a_name_is_not_told() {
        for text in [
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0",
            "2025-10-10 INFO Starting Application on host",
            "GET /Users/Martin/Documents HTTP/1.1",
            "com.example.Jenkins.Main started",
            "The Annual Report of the Board",
            "Miller Inc shipped the goods",
        ] {
            assert_eq!(likely(text), [], "{text}");
        }
    }
}
