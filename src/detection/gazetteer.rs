//! Names of people and places: whether a word is known as a given name, a surname or a place. Latin spellings only.
//! The lists stand in `detectors/names/` with their sources and licences; what a name means where it stands is not known here.

use std::sync::LazyLock;

/// What a word is known as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Known(u8);

const GIVEN: u8 = 1;
const SURNAME: u8 = 2;
const PLACE: u8 = 4;
const COMMON: u8 = 8;
const OCCUPATION: u8 = 16;

impl Known {
    /// A given name.
    pub fn is_given(self) -> bool {
        self.0 & GIVEN != 0
    }

    /// A surname.
    pub fn is_surname(self) -> bool {
        self.0 & SURNAME != 0
    }

    /// A given name or surname.
    pub fn is_name(self) -> bool {
        self.0 & (GIVEN | SURNAME) != 0
    }

    /// A city, region or country.
    pub fn is_place(self) -> bool {
        self.0 & PLACE != 0
    }

    /// Any of these.
    pub fn is_any(self) -> bool {
        self.0 & (GIVEN | SURNAME | PLACE) != 0
    }

    /// A word for an occupation.
    pub fn is_occupation(self) -> bool {
        self.0 & OCCUPATION != 0
    }

    /// A common English word as well.
    pub fn is_common(self) -> bool {
        self.0 & COMMON != 0
    }
}

/// The lists: what their entries are, and their text.
const LISTS: &[(u8, &str)] = &[
    (GIVEN, include_str!("../../detectors/names/given.txt")),
    (SURNAME, include_str!("../../detectors/names/surnames.txt")),
    (PLACE, include_str!("../../detectors/names/places.txt")),
    (PLACE, include_str!("../../detectors/names/countries.txt")),
    (
        OCCUPATION,
        include_str!("../../detectors/names/occupations.txt"),
    ),
];

/// Slots of the table, a power of two more than twice the number of names.
const SLOTS: usize = 1 << 18;

/// Open addressing over fingerprints of 27 bits with 5 bits of what the name is: a chance hit in some ten thousand look-ups.
/// Made at the first look-up in about a millisecond; a run that meets no name never pays for it.
static TABLE: LazyLock<Box<[u32]>> = LazyLock::new(|| {
    let mut table = vec![0_u32; SLOTS].into_boxed_slice();
    for (kind, text) in LISTS {
        for line in text.lines() {
            let name = line.trim_end_matches('*');
            let common = if name.len() < line.len() { COMMON } else { 0 };
            let hash = hash(name).expect("the lists hold Latin names");
            let slot = find_slot(&table, hash);
            table[slot] |= fingerprint(hash) | u32::from(kind | common);
        }
    }
    table
});

fn fingerprint(hash: u64) -> u32 {
    // Never 0, which marks an empty slot.
    ((hash >> 32) as u32 & !0x1F) | 0x20
}

/// The slot of a hash: the one that holds its fingerprint, or the empty one where it would stand.
fn find_slot(table: &[u32], hash: u64) -> usize {
    let mut slot = hash as usize % SLOTS;
    while table[slot] != 0 && table[slot] & !0x1F != fingerprint(hash) {
        slot = (slot + 1) % SLOTS;
    }
    slot
}

/// What a word, or words joined by single spaces, are known as, whatever their case and diacritics.
pub(super) fn look_up(name: &str) -> Known {
    let table = &**TABLE;
    hash(name).map_or(Known(0), |hash| {
        Known((table[find_slot(table, hash)] & 0x1F) as u8)
    })
}

/// The hash of a name without case and diacritics; nothing where a letter is not Latin.
fn hash(name: &str) -> Option<u64> {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    for letter in name.chars() {
        if letter.is_ascii() {
            add(letter.to_ascii_lowercase() as u8);
        } else {
            without_diacritics(letter)?.bytes().for_each(&mut add);
        }
    }
    // The low bits of this hash are its best, so the high ones are mixed with them.
    Some(hash ^ (hash << 29) ^ (hash >> 17))
}

/// The ASCII letters a Latin letter is written with where diacritics are missing, as the lists have them.
pub(super) fn without_diacritics(letter: char) -> Option<&'static str> {
    Some(match letter {
        'à'..='å' | 'À'..='Å' | 'ā' | 'Ā' | 'ă' | 'Ă' | 'ą' | 'Ą' | 'ǎ' | 'ả' | 'ạ' | 'ấ'..='ặ' => {
            "a"
        }
        'ç' | 'Ç' | 'ć' | 'Ć' | 'č' | 'Č' | 'ĉ' | 'ċ' => "c",
        'ď' | 'Ď' | 'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'è'..='ë'
        | 'È'..='Ë'
        | 'ē'
        | 'Ē'
        | 'ĕ'
        | 'ė'
        | 'Ė'
        | 'ę'
        | 'Ę'
        | 'ě'
        | 'Ě'
        | 'ə'
        | 'Ə'
        | 'ẹ'..='ệ' => "e",
        'ğ' | 'Ğ' | 'ģ' | 'Ģ' | 'ġ' | 'ĝ' => "g",
        'ħ' | 'Ħ' | 'ĥ' => "h",
        'ì'..='ï' | 'Ì'..='Ï' | 'ī' | 'Ī' | 'į' | 'Į' | 'ı' | 'İ' | 'ĩ' | 'ỉ' | 'ị' => {
            "i"
        }
        'ķ' | 'Ķ' => "k",
        'ł' | 'Ł' | 'ļ' | 'Ļ' | 'ľ' | 'Ľ' | 'ĺ' => "l",
        'ñ' | 'Ñ' | 'ń' | 'Ń' | 'ň' | 'Ň' | 'ņ' | 'Ņ' => "n",
        'ò'..='ö' | 'Ò'..='Ö' | 'ø' | 'Ø' | 'ō' | 'Ō' | 'ő' | 'Ő' | 'ơ' | 'ọ'..='ợ' => {
            "o"
        }
        'ŕ' | 'ř' | 'Ř' => "r",
        'ś' | 'Ś' | 'š' | 'Š' | 'ş' | 'Ş' | 'ș' | 'Ș' => "s",
        'ß' => "ss",
        'ť' | 'Ť' | 'ţ' | 'Ţ' | 'ț' | 'Ț' => "t",
        'ù'..='ü' | 'Ù'..='Ü' | 'ū' | 'Ū' | 'ů' | 'Ů' | 'ű' | 'Ű' | 'ų' | 'ư' | 'ụ'..='ự' => {
            "u"
        }
        'ý' | 'Ý' | 'ÿ' | 'ỳ'..='ỹ' => "y",
        'ź' | 'Ź' | 'ż' | 'Ż' | 'ž' | 'Ž' => "z",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'þ' | 'Þ' => "th",
        _ => return None,
    })
}

/// Titles that stand before a name, without their full stop.
const TITLES: &[&str] = &[
    "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "madam", "herr", "frau", "monsieur",
    "madame", "mme", "mlle", "señor", "señora", "sr", "sra", "signor", "signora", "sig", "dott",
    "don", "doña", "pan", "pani", "dhr", "mevr", "hr", "fr",
];

/// Small words inside surnames.
const PARTICLES: &[&str] = &[
    "de", "del", "della", "der", "den", "di", "da", "dos", "das", "do", "du", "van", "von", "zu",
    "zur", "la", "le", "el", "al", "bin", "ibn", "ben", "y", "e", "ter", "ten", "af", "av", "st",
];

/// Whether a word is a title before a name.
pub(super) fn is_title(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    word.len() <= 8 && TITLES.iter().any(|title| title.eq_ignore_ascii_case(word))
}

/// Whether a word is a small word inside surnames.
pub(super) fn is_particle(word: &str) -> bool {
    PARTICLES.contains(&word)
}

/// Whether a word is an initial: `J`, `J.`.
pub(super) fn is_initial(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase) && matches!(letters.as_str(), "" | ".")
}

/// What a whole value reads as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// The name of a person: given name and surname, in either order.
    Person,
    /// One given name or one surname.
    SingleName,
    /// A city, region or country.
    Place,
    /// Neither.
    Other,
}

/// Longest value that is read as a name.
const LONGEST_NAME: usize = 60;

/// Words that begin names of places, and endings that only they have.
const PLACE_STARTS: &[&str] = &[
    "saint", "san", "santa", "santo", "sankt", "são", "bad", "port", "north", "south", "east",
    "west", "new", "lake", "mount", "fort", "el", "los", "las", "la", "le", "les", "ciudad",
    "villa", "vila", "castel", "monte", "nova", "novo", "stary", "nowy", "nowa", "ober", "unter",
    "den", "nord", "groß", "klein", "alt",
];
const PLACE_ENDINGS: &[&str] = &[
    "burg",
    "burgh",
    "borough",
    "bourg",
    "ville",
    "stadt",
    "stad",
    "hausen",
    "heim",
    "dorf",
    "furt",
    "furth",
    "bury",
    "mouth",
    "port",
    "shire",
    "chester",
    "ingen",
    "grad",
    "town",
    "köping",
    "holm",
    "löv",
    "sur-mer",
    "sur-seine",
    "kirchen",
    "brück",
    "brücken",
    "wijk",
    "dijk",
    "drecht",
    "hoven",
    "ów",
    "ice",
    "owo",
    "polis",
    "haven",
    "hafen",
    "minster",
    "view",
    "fort",
    "land",
    "side",
    "ton",
    "stead",
    "field",
    "wood",
];

/// Whether words have the form of a place's name: `North Jennifer`, `Port Meganton`, `Duisdorf am Rhein`.
fn sounds_like_place(words: &[&str]) -> bool {
    let lower = |word: &str| word.to_lowercase();
    match words {
        [one] => PLACE_ENDINGS.iter().take(30).any(|end| {
            let word = lower(one);
            word.strip_suffix(end).is_some_and(|rest| rest.len() >= 4) && !look_up(one).is_name()
        }),
        [first, .., last] if words.len() <= 3 => {
            let starts = PLACE_STARTS.contains(&lower(first).as_str());
            let ends = PLACE_ENDINGS.iter().any(|end| lower(last).ends_with(end));
            let am = words.len() == 3
                && matches!(
                    lower(words[1]).as_str(),
                    "am" | "an"
                        | "sur"
                        | "de"
                        | "del"
                        | "upon"
                        | "on"
                        | "nad"
                        | "di"
                        | "do"
                        | "da"
                        | "a"
                        | "in"
                );
            starts
                && (ends || look_up(last).is_any() || words.len() == 2 && !look_up(first).is_name())
                || am && (ends || look_up(first).is_place())
        }
        _ => false,
    }
}

/// What a whole value reads as.
pub(super) fn read_whole(value: &str) -> Reading {
    let is_part = |c: char| c.is_alphabetic() || matches!(c, ' ' | '.' | ',' | '-' | '\'' | '’');
    if value.len() < 2 || value.len() > LONGEST_NAME || !value.chars().all(is_part) {
        return Reading::Other;
    }
    let words: Vec<&str> = value
        .split([' ', ','])
        .filter(|word| !word.is_empty())
        .collect();
    if is_company(&words) {
        return Reading::Other;
    }
    let names: Vec<&str> = words
        .iter()
        .copied()
        .filter(|w| !is_title(w) && !is_initial(w) && !is_particle(&w.to_lowercase()))
        .collect();
    let known: Vec<Known> = names.iter().map(|name| look_up_parts(name)).collect();
    let has_place = look_up(value).is_place() || sounds_like_place(&words);
    match known.as_slice() {
        [one] if has_place && !(one.is_given() && words.len() == 1) => Reading::Place,
        [one] if one.is_name() && words.len() > 1 => Reading::Person,
        [one] if one.is_name() && !one.is_common() => Reading::SingleName,
        [_] if sounds_like_surname(names[0]) => Reading::SingleName,
        [_, _, ..] if has_place => Reading::Place,
        [first, .., last] if known.len() <= 4 => {
            let is_person =
                (first.is_given() && last.is_name()) || (first.is_surname() && last.is_given());
            let all_common = known.iter().all(|k| k.is_common());
            let is_likely =
                first.is_given() && !first.is_common() || last.is_given() && !last.is_common();
            let is_written_so = names
                .iter()
                .all(|name| name.chars().next().is_some_and(char::is_uppercase));
            if !all_common && (is_person || (is_likely && is_written_so)) {
                Reading::Person
            } else {
                Reading::Other
            }
        }
        _ if has_place => Reading::Place,
        _ => Reading::Other,
    }
}

/// What a login reads as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Login {
    /// A name alone.
    Name,
    /// A name with digits, a mark or an initial.
    Joined,
}

/// Whether a code without spaces is made of a name, as logins are: `jane84`, `j.miller`, `jmiller`, `jane_m`.
pub(super) fn read_login(value: &str) -> Option<Login> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
    if !(4..=32).contains(&value.len()) || !value.chars().all(is_part) {
        return None;
    }
    let parts = value
        .split(|c: char| !c.is_alphabetic())
        .filter(|part| !part.is_empty());
    let parts: Vec<&str> = parts.collect();
    let letters: usize = parts.iter().map(|part| part.len()).sum();
    let is_first_letter = value.chars().next().is_some_and(char::is_alphabetic);
    if !is_first_letter || letters < 3 || parts.len() > 3 || value.len() - letters > 5 {
        return None;
    }
    let is_name = |part: &&str| part.len() >= 3 && look_up(part).is_name();
    let is_initial_and_name = |part: &&str| {
        part.len() >= 5
            && part
                .get(1..)
                .is_some_and(|rest| look_up(rest).is_surname() && !look_up(part).is_name())
    };
    let is_joined = parts.len() > 1 || letters < value.len();
    if parts.iter().any(is_name) {
        return Some(if is_joined {
            Login::Joined
        } else {
            Login::Name
        });
    }
    parts
        .iter()
        .any(is_initial_and_name)
        .then_some(Login::Joined)
}

/// Whether short text names an occupation: one of its words does, or ends with one that does (`Augenarzt`).
pub(super) fn is_occupation(value: &str) -> bool {
    let is_one = |word: &str| {
        let ends = word
            .char_indices()
            .skip(3)
            .map(|(at, _)| &word[at..])
            .take_while(|end| end.len() >= 4);
        look_up(word).is_occupation() || ends.take(16).any(|end| look_up(end).is_occupation())
    };
    let words = value
        .split([' ', '/', '-', ',', '(', ')'])
        .filter(|word| word.len() > 2);
    value.len() <= 60 && words.take(6).any(is_one)
}

/// Endings that surnames have and few other words.
#[rustfmt::skip]
const SURNAME_ENDINGS: &[&str] = &[
    "ski", "ska", "sky", "cki", "cka", "wicz", "czyk", "czak", "ovic", "evic", "vić", "ović", "escu", "oglu", "oğlu", "sson", "sdottir", "sdóttir",
    "enko", "chuk", "shvili", "dze", "yan", "poulos", "opoulou", "idis", "akis", "ová", "ova", "eva", "strom", "ström", "quist", "qvist", "gren", "lund",
    "berg", "mann", "meyer", "meier", "stein", "hofer", "huber", "ssen", "smith", "elli", "etti", "ucci", "accio", "uzzi", "eira",
];

/// Whether a word is formed as surnames are: `Kowalczewski`, `Ríkarðsson`, `McAllen`.
fn sounds_like_surname(word: &str) -> bool {
    let lower = word.to_lowercase();
    let rest_is =
        |rest: Option<&str>, least: usize| rest.is_some_and(|rest| rest.chars().count() >= least);
    let has_ending = SURNAME_ENDINGS
        .iter()
        .any(|end| rest_is(lower.strip_suffix(end), 3));
    let starts = ["mc", "mac", "o'", "o’", "d'", "d’"];
    let has_start = starts
        .iter()
        .any(|start| rest_is(lower.strip_prefix(start), 4));
    (has_ending || has_start) && !look_up(word).is_common()
}

/// Words that end names of companies and institutions.
#[rustfmt::skip]
const COMPANY_ENDINGS: &[&str] = &[
    "gmbh", "ag", "kg", "ohg", "ug", "mbh", "ltd", "limited", "llc", "llp", "inc", "corp", "corporation", "co", "company", "plc", "group", "holding",
    "holdings", "partners", "sons", "brothers", "sa", "sas", "sarl", "srl", "spa", "sl", "bv", "nv", "ab", "oy", "as", "aps", "kft", "university", "bank",
    "hospital", "school", "college", "institute", "foundation", "associates", "industries", "technologies", "solutions", "services", "systems",
    "consulting", "gruppe", "stiftung", "verlag",
];

/// Whether words are the name of a company.
fn is_company(words: &[&str]) -> bool {
    let letters = |word: &str| {
        word.chars()
            .filter(|c| c.is_alphanumeric())
            .collect::<String>()
    };
    let is_ending = |word: &&str| COMPANY_ENDINGS.contains(&letters(word).to_lowercase().as_str());
    words.len() > 1 && words.last().is_some_and(is_ending)
}

/// What a word, or its better part where a hyphen joins two, is known as.
pub(super) fn look_up_parts(word: &str) -> Known {
    let word = word.trim_matches(['.', '\'', '’']);
    let whole = look_up(word);
    if whole.is_name() || !word.contains('-') {
        return whole;
    }
    word.split('-')
        .map(look_up)
        .find(|known| known.is_name())
        .unwrap_or(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted_and_fit_the_table() {
        let mut count = 0;
        for (_, text) in LISTS {
            let names: Vec<&str> = text
                .lines()
                .map(|line| line.trim_end_matches('*'))
                .collect();
            assert!(names.windows(2).all(|pair| pair[0] < pair[1]));
            assert!(names.iter().all(|name| name.is_ascii() && !name.is_empty()));
            count += names.len();
        }
        assert!(count * 2 < SLOTS);
    }

    #[test]
    fn names_are_known_whatever_their_spelling() {
        assert!(look_up("Müller").is_surname());
        assert!(look_up("MULLER").is_surname());
        assert!(look_up("françois").is_given());
        assert!(look_up("San Francisco").is_place());
        assert!(look_up("Grace").is_common());
        assert_eq!(look_up("xqzzt"), Known(0));
        assert_eq!(look_up("Владимир"), Known(0));
    }

    #[test]
    fn whole_values_read_as_people_or_places() {
        for name in [
            "Jane Miller",
            "Miller, Jane",
            "Dr. Jane Miller",
            "J. Miller",
            "Ludwig van Beethoven",
            "María García López",
        ] {
            assert_eq!(read_whole(name), Reading::Person, "{name}");
        }
        for name in ["Jane", "Schmidt"] {
            assert_eq!(read_whole(name), Reading::SingleName, "{name}");
        }
        for name in ["Stuttgart", "San Francisco", "United Kingdom"] {
            assert_eq!(read_whole(name), Reading::Place, "{name}");
        }
        for name in [
            "Blue Widget",
            "pending",
            "open issue",
            "Annual Report",
            "A",
            "42",
            "Rose Garden",
        ] {
            assert_eq!(read_whole(name), Reading::Other, "{name}");
        }
    }
}
