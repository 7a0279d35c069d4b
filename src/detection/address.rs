//! Streets with house numbers, in the ways some twenty countries write them. Knows the words that streets are called by;
//! not which streets there are.

/// What a value reads as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Street {
    /// A house number beside a word that only streets have.
    Sure,
    /// Words with a short number before or after, as streets of unknown kind are written.
    Likely,
}

/// Words that streets are called by, lower case without a full stop; sorted.
#[rustfmt::skip]
const KINDS: &[&str] = &[
    "al", "alameda", "aleja", "allee", "alley", "allé", "allée", "av", "avda", "ave", "avenida", "avenue", "bd", "blvd", "borgo",
    "boulevard", "bulevar", "c/", "cad", "caddesi", "calle", "calleja", "callejón", "camino", "carrer", "carrera", "carretera",
    "chaussée", "chemin", "cir", "circle", "close", "contrada", "corso", "cours", "court", "cove", "crescent", "ct", "dr",
    "drive", "esplanade", "estrada", "expressway", "freeway", "fwy", "gardens", "gasse", "gata", "grove", "gränd", "gården",
    "highway", "hwy", "impasse", "katu", "laan", "ladeira", "lane", "largo", "ln", "loop", "lotissement", "mews", "motorway",
    "náměstí", "os", "osiedle", "parade", "parkway", "paseo", "passage", "passeig", "piazza", "piazzale", "pkwy", "pl", "plac",
    "place", "platz", "plaza", "plaça", "plein", "praceta", "praça", "promenade", "quai", "r", "rambla", "rd", "road", "rodovia",
    "ronda", "route", "rua", "rue", "sentier", "skwer", "sok", "sokak", "sq", "square", "st", "stigen", "str", "straat", "strada",
    "strasse", "straße", "street", "terrace", "torg", "torget", "trail", "travessa", "travesía", "trg", "turnpike", "tér",
    "třída", "ul", "ulica", "ulice", "urbanización", "utca", "vei", "vej", "via", "viale", "vicolo", "villas", "väg", "way",
    "weg", "út",
];

/// Endings of words that streets are called by.
#[rustfmt::skip]
const ENDINGS: &[&str] = &[
    "straße", "strasse", "str", "weg", "allee", "gasse", "platz", "damm", "ufer", "steig", "straat", "laan", "plein", "gracht", "kade", "dijk", "singel",
    "dreef", "steeg", "plantsoen", "pad", "gatan", "vägen", "gata", "väg", "gränd", "torget", "stigen", "gränden", "vej", "gade", "vænget", "gate", "veien", "vei", "katu", "tie",
    "kuja", "polku", "allén", "hof", "ring", "wall", "chaussee", "promenade", "park", "backe", "backen", "liden", "leden", "wal", "baan", "markt", "hofje",
];

/// Boxes that stand in place of a street.
const BOXES: &[&str] = &[
    "po box",
    "p.o. box",
    "postfach",
    "boîte postale",
    "apartado",
    "postbus",
    "caixa postal",
    "skr. pocztowa",
];

/// Whether a value reads as a street with its number, or the address it stands in.
pub(super) fn read(value: &str) -> Option<Street> {
    if !(5..=160).contains(&value.len()) || value.contains(['@', '=', '{', '_', '?']) {
        return None;
    }
    if let Some(street) = east_asian(value) {
        return street.then_some(Street::Sure);
    }
    let lower = value.to_lowercase();
    if BOXES.iter().any(|start| lower.starts_with(start)) {
        return Some(Street::Sure);
    }
    let mut words = 0;
    let (mut kind, mut number_at, mut odd) = (false, None, 0);
    let all: Vec<&str> = lower
        .split([' ', ',', '\n', '\t'])
        .filter(|word| !word.is_empty())
        .collect();
    for (at, word) in all.iter().enumerate() {
        let bare = word.trim_matches(['.', '(', ')', ';', ':', '"', '\'']);
        if is_house_number(bare) {
            number_at.get_or_insert(at);
        } else if bare.chars().any(char::is_alphabetic) {
            let letters = bare.chars().filter(|c| c.is_alphabetic()).count();
            words += usize::from(letters >= 3);
            odd += usize::from(bare.chars().any(|c| c.is_ascii_digit()) && !is_ordinal(bare));
            kind |= is_kind(bare, at, all.len());
        } else if !bare.is_empty()
            && !bare
                .chars()
                .all(|c| c.is_ascii_digit() || matches!(c, '-' | '/' | '#'))
        {
            odd += 1;
        }
    }
    let at = number_at?;
    let has_postcode = value.contains(',')
        && all
            .iter()
            .enumerate()
            .any(|(i, word)| i != at && is_postcode(word, all.get(i + 1)));
    if has_postcode && words >= 1 {
        return Some(Street::Sure);
    }
    if kind && (words >= 1 || all.len() >= 3) {
        return Some(Street::Sure);
    }
    let is_at_border = at == 0 || at + 1 == all.len() || value.contains(',');
    let starts_high = |word: &str| word.chars().next().is_some_and(char::is_uppercase);
    let is_written_so = value
        .split(' ')
        .filter(|w| w.len() > 3)
        .all(|w| starts_high(w) || w.starts_with(|c: char| c.is_ascii_digit()));
    (words >= 1 && odd == 0 && is_at_border && is_written_so && all.len() <= 12)
        .then_some(Street::Likely)
}

/// `28013`, `12345-678`, `SW1A 1AA`, `1011 AB`.
fn is_postcode(word: &str, next: Option<&&str>) -> bool {
    let word = word.trim_matches(['(', ')', '.']);
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let is_number = word.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if is_number {
        return (4..=9).contains(&digits) && word.len() <= 10;
    }
    let is_outward =
        word.len() <= 4 && word.starts_with(|c: char| c.is_ascii_alphabetic()) && digits >= 1;
    let is_inward = |next: &&str| {
        next.len() == 3
            && next.starts_with(|c: char| c.is_ascii_digit())
            && next[1..].bytes().all(|b| b.is_ascii_alphabetic())
    };
    is_outward && word.is_ascii() && next.is_some_and(is_inward)
}

fn is_kind(word: &str, at: usize, of: usize) -> bool {
    // `st`, `r`, `pl`, `u`, `al` and the like count where a street begins or ends, not within a sentence.
    let is_short = word.len() <= 2;
    let is_listed = KINDS.contains(&word) && (!is_short || at <= 1 || at + 3 >= of);
    let has_ending = ENDINGS.iter().any(|ending| {
        word.strip_suffix(ending)
            .is_some_and(|rest| rest.chars().filter(|c| c.is_alphabetic()).count() >= 3)
    });
    is_listed || has_ending
}

/// `12`, `12a`, `12-14`, `12/3`, `#4`: at most five digits.
fn is_house_number(word: &str) -> bool {
    let word = word.trim_start_matches('#');
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &word[digits..];
    (1..=5).contains(&digits)
        && (rest.is_empty()
            || rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_alphabetic())
            || rest.len() <= 7
                && rest.starts_with(['-', '/'])
                && rest[1..]
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'/')))
}

/// `1st`, `22nd`, `3e`.
fn is_ordinal(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    digits > 0
        && matches!(
            &word[digits..],
            "st" | "nd" | "rd" | "th" | "e" | "er" | "ème" | "º" | "ª"
        )
}

/// Addresses written in Han: a town or quarter, then numbers. Nothing where the value is in other letters.
fn east_asian(value: &str) -> Option<bool> {
    let is_east = |c: char| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '〒');
    if !value.chars().any(is_east) {
        return None;
    }
    let has_place = value.contains([
        '市', '区', '町', '村', '県', '都', '府', '〒', '路', '街', '号', '號', '通',
    ]);
    let has_number = value
        .chars()
        .any(|c| c.is_ascii_digit() || matches!(c, '０'..='９'))
        || value.contains("丁目");
    let is_text = value.contains(['。', '、', '！', '？']);
    Some((has_place || value.contains('-')) && has_number && !is_text)
}

/// Words of English streets, which stand after the name: `Baker Street`.
#[rustfmt::skip]
const ENGLISH: &[&str] = &[
    "alley", "ave", "avenue", "blvd", "boulevard", "circle", "close", "court", "cove", "crescent", "ct", "dr", "drive", "gardens", "grove", "highway",
    "hwy", "lane", "ln", "mews", "parade", "parkway", "pkwy", "pl", "place", "plaza", "rd", "road", "row", "sq", "square", "st", "street", "terrace",
    "trail", "turnpike", "way",
];

/// What stands around a run of capitalised words in running text.
pub(super) struct Around {
    /// A house number right before it.
    pub number_before: bool,
    /// A house number right after it.
    pub number_after: bool,
    /// A flat or suite follows.
    pub unit: bool,
    /// Words before it say that an address follows.
    pub cue: bool,
}

/// How sure capitalised words are a street, from 0 to 1.
pub(super) fn score(words: &[&str], around: &Around) -> f64 {
    let lower: Vec<String> = words
        .iter()
        .map(|w| w.trim_end_matches('.').to_lowercase())
        .collect();
    let (Some(first), Some(last)) = (lower.first(), lower.last()) else {
        return 0.0;
    };
    let is_english = lower.len() > 1 && ENGLISH.contains(&last.as_str());
    let is_foreign = |word: &String| {
        KINDS.contains(&word.as_str()) && !ENGLISH.contains(&word.as_str()) && word.len() > 1
    };
    let has_ending = |word: &String| {
        ENDINGS
            .iter()
            .any(|end| word.len() > 4 && word.strip_suffix(end).is_some_and(|rest| rest.len() >= 3))
    };
    let is_kind = is_english
        || lower.len() > 1 && (is_foreign(first) || is_foreign(last))
        || has_ending(last)
        || has_ending(first);
    let has_number = around.number_before || around.number_after;
    match (has_number, is_kind) {
        (true, true) if !(is_english && !around.number_before && !around.cue) => 0.82,
        (true, _) if around.unit => 0.75,
        (true, _) if around.cue => 0.68,
        (false, true) if around.cue => 0.66,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streets_of_many_countries_are_read() {
        for value in [
            "221B Baker Street",
            "1600 Pennsylvania Ave NW",
            "Hauptstraße 12",
            "Aalesunder Str. 4a",
            "12, rue de la Paix",
            "Calle Mayor 5, 28013 Madrid",
            "Via Garibaldi, 22",
            "ul. Marszałkowska 10/5",
            "Storgatan 3",
            "Prinsengracht 263",
            "Rua Augusta, 1500",
            "PO Box 123",
            "千代田区丸の内1-2-3",
        ] {
            assert_eq!(read(value), Some(Street::Sure), "{value}");
        }
        assert_eq!(read("Akkerwinde 14"), Some(Street::Likely));
    }

    #[test]
    fn other_words_with_numbers_are_not_sure() {
        for value in [
            "order 12 shipped",
            "Sturdy table with oiled finish, delivered in 4 parts",
            "version 12",
            "Steel Desk Lamp",
            "jane@example.com",
            "10 x 20 x 30",
            "荷物がまだ届いていません。",
        ] {
            assert_ne!(read(value), Some(Street::Sure), "{value}");
        }
    }
}
