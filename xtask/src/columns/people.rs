//! People to fill columns with: names, places and numbers that hold their check digits, by country.
//! The words come from lists that no detector reads; nobody here exists.

use super::random::Random;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Words of one country, joined by bars.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Joined {
    given: String,
    family: String,
    city: String,
    street: String,
    street_kind: String,
    job: String,
    country: String,
}

/// Words of one country.
#[derive(Default)]
pub struct Words {
    pub given: Vec<String>,
    pub family: Vec<String>,
    pub city: Vec<String>,
    pub street: Vec<String>,
    pub street_kind: Vec<String>,
    pub job: Vec<String>,
    pub country: Vec<String>,
}

/// Words of all countries.
pub struct World(BTreeMap<String, Words>);

impl World {
    /// Reads a file of words.
    pub fn read(json: &str) -> anyhow::Result<Self> {
        let countries: BTreeMap<String, Joined> = serde_json::from_str(json)?;
        let split = |joined: String| -> Vec<String> {
            let words = joined.split('|').filter(|word| !word.is_empty());
            words.map(str::to_owned).collect()
        };
        let words = |joined: Joined| Words {
            given: split(joined.given),
            family: split(joined.family),
            city: split(joined.city),
            street: split(joined.street),
            street_kind: split(joined.street_kind),
            job: split(joined.job),
            country: split(joined.country),
        };
        let countries = countries.into_iter();
        Ok(Self(countries.map(|(key, j)| (key, words(j))).collect()))
    }

    /// The words of a country.
    pub fn of(&self, country: &str) -> &Words {
        &self.0[country]
    }

    /// A country: the one given, or now and then another, as names of a real table come from everywhere.
    pub fn origin<'a>(&'a self, random: &mut Random, country: &'a str) -> &'a Words {
        if country == "jp" || !random.one_in(5) {
            return self.of(country);
        }
        let others: Vec<&Words> = self
            .0
            .iter()
            .filter(|(key, _)| *key != "jp")
            .map(|(_, w)| w)
            .collect();
        others[random.below(others.len() as u64) as usize]
    }
}

/// One person: one row.
#[derive(Clone, Default)]
pub struct Person {
    pub given: String,
    pub family: String,
    pub birth: (u64, u64, u64),
    pub is_female: bool,
}

impl Person {
    /// A person of a country.
    pub fn new(world: &World, random: &mut Random, country: &str) -> Self {
        let words = world.origin(random, country);
        let one = |random: &mut Random, list: &[String]| {
            list[random.below(list.len() as u64) as usize].clone()
        };
        let (given, family) = (one(random, &words.given), one(random, &words.family));
        let year = 2006 - random.below(28) - random.below(40);
        Self {
            given,
            family,
            birth: (year, random.from(1, 12), random.from(1, 28)),
            is_female: random.one_in(2),
        }
    }
}

fn numbers(digits: &str) -> Vec<u64> {
    digits.bytes().map(|b| u64::from(b - b'0')).collect()
}

fn weighted(digits: &str, weights: &[u64]) -> u64 {
    numbers(digits)
        .iter()
        .zip(weights)
        .map(|(d, w)| d * w)
        .sum()
}

/// The digit that makes digits pass Luhn's check.
pub fn luhn(digits: &str) -> u64 {
    let doubled = |d: u64| if d > 4 { d * 2 - 9 } else { d * 2 };
    let digits = numbers(digits);
    let sum: u64 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, d)| if i % 2 == 0 { doubled(*d) } else { *d })
        .sum();
    (10 - sum % 10) % 10
}

fn mod97(text: &str) -> u64 {
    text.bytes().fold(0, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u64::from(byte - b'0')) % 97,
        _ => (rest * 100 + u64::from(byte - b'A') + 10) % 97,
    })
}

/// A payment card number of a usual brand.
pub fn card(random: &mut Random) -> String {
    let (start, length) = [
        ("4", 16),
        ("51", 16),
        ("55", 16),
        ("2221", 16),
        ("37", 15),
        ("6011", 16),
        ("4", 16),
    ][random.below(7) as usize];
    let body = format!("{start}{}", random.digits(length - start.len() - 1));
    format!("{body}{}", luhn(&body))
}

/// An IBAN of a country with its check digits.
pub fn iban(random: &mut Random, country: &str) -> String {
    let (code, body) = match country {
        "gb" => ("GB", format!("{}{}", random.capitals(4), random.digits(14))),
        "fr" => ("FR", random.digits(23)),
        "es" => ("ES", random.digits(20)),
        "it" => ("IT", format!("{}{}", random.capitals(1), random.digits(22))),
        "nl" => ("NL", format!("{}{}", random.capitals(4), random.digits(10))),
        "pl" => ("PL", random.digits(24)),
        "se" => ("SE", random.digits(20)),
        "br" => ("PT", random.digits(21)),
        _ => ("DE", random.digits(18)),
    };
    format!("{code}{:02}{body}", 98 - mod97(&format!("{body}{code}00")))
}

/// A number in groups of four.
pub fn in_fours(text: &str, mark: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|c| c.iter().collect()).collect();
    groups.join(mark)
}

/// A telephone number as people of a country write it; `style` stays the same within a column.
pub fn phone(random: &mut Random, country: &str, style: u64) -> String {
    let r = random;
    let n = |r: &mut Random| r.from(2, 9);
    match (country, style % 4) {
        ("gb", 0) => format!("+44 7{} {}", r.digits(3), r.digits(6)),
        ("gb", 1) => format!("0{}{} {} {}", 1, r.from(121, 191), r.digits(3), r.digits(4)),
        ("gb", 2) => format!("07{}", r.digits(9)),
        ("gb", _) => format!("(020) {}{} {}", n(r), r.digits(3), r.digits(4)),
        ("de", 0) => format!("+49 {} {}", r.from(151, 179), r.digits(8)),
        ("de", 1) => format!("0{} / {}{}", r.from(201, 899), n(r), r.digits(6)),
        ("de", 2) => format!("0{}{}", r.from(151, 179), r.digits(8)),
        ("de", _) => format!("0{}-{}{}", r.from(201, 899), n(r), r.digits(5)),
        ("fr", 0) => format!(
            "+33 {} {} {} {} {}",
            r.from(1, 7),
            r.digits(2),
            r.digits(2),
            r.digits(2),
            r.digits(2)
        ),
        ("fr", 1) => format!(
            "0{}.{}.{}.{}.{}",
            r.from(1, 7),
            r.digits(2),
            r.digits(2),
            r.digits(2),
            r.digits(2)
        ),
        ("fr", 2) => format!("0{}{}", r.from(6, 7), r.digits(8)),
        ("fr", _) => format!(
            "0{} {} {} {} {}",
            r.from(1, 7),
            r.digits(2),
            r.digits(2),
            r.digits(2),
            r.digits(2)
        ),
        ("es", 0) => format!("+34 6{} {} {}", r.digits(2), r.digits(3), r.digits(3)),
        ("es", 1) => format!(
            "9{} {} {} {}",
            r.from(10, 88),
            r.digits(3),
            r.digits(2),
            r.digits(2)
        ),
        ("es", _) => format!("6{} {} {}", r.digits(2), r.digits(3), r.digits(3)),
        ("it", 0) => format!("+39 3{}{} {}", r.from(2, 9), r.digits(1), r.digits(7)),
        ("it", 1) => format!("0{} {}", r.from(2, 99), r.digits(7)),
        ("it", _) => format!("3{}{} {}", r.from(2, 9), r.digits(1), r.digits(7)),
        ("br", 0) => format!("+55 {} 9{}-{}", r.from(11, 99), r.digits(4), r.digits(4)),
        ("br", 1) => format!("({}) 9{}-{}", r.from(11, 99), r.digits(4), r.digits(4)),
        ("br", _) => format!(
            "({}) {}{}-{}",
            r.from(11, 99),
            r.from(2, 5),
            r.digits(3),
            r.digits(4)
        ),
        ("nl", 0) => format!("+31 6 {}", r.digits(8)),
        ("nl", 1) => format!("06-{}", r.digits(8)),
        ("nl", _) => format!("0{}-{}{}", r.from(10, 79), n(r), r.digits(6)),
        ("pl", 0) => format!(
            "+48 {}{} {} {}",
            r.from(5, 8),
            r.digits(2),
            r.digits(3),
            r.digits(3)
        ),
        ("pl", 1) => format!(
            "{}{} {} {}",
            r.from(5, 7),
            r.digits(2),
            r.digits(3),
            r.digits(3)
        ),
        ("pl", _) => format!(
            "({}) {} {} {}",
            r.from(12, 95),
            r.digits(3),
            r.digits(2),
            r.digits(2)
        ),
        ("se", 0) => format!(
            "+46 7{} {} {} {}",
            r.from(0, 9),
            r.digits(3),
            r.digits(2),
            r.digits(2)
        ),
        ("se", 1) => format!(
            "07{}-{} {} {}",
            r.from(0, 9),
            r.digits(3),
            r.digits(2),
            r.digits(2)
        ),
        ("se", _) => format!("08-{} {} {}", r.digits(3), r.digits(3), r.digits(2)),
        ("jp", 0) => format!("+81 90-{}-{}", r.digits(4), r.digits(4)),
        ("jp", 1) => format!("03-{}{}-{}", n(r), r.digits(3), r.digits(4)),
        ("jp", _) => format!("0{}0-{}-{}", r.from(7, 9), r.digits(4), r.digits(4)),
        (_, 0) => format!(
            "+1 {}{}-{}{}-{}",
            n(r),
            r.digits(2),
            n(r),
            r.digits(2),
            r.digits(4)
        ),
        (_, 1) => format!(
            "({}{}) {}{}-{}",
            n(r),
            r.digits(2),
            n(r),
            r.digits(2),
            r.digits(4)
        ),
        (_, 2) => format!(
            "{}{}.{}{}.{}",
            n(r),
            r.digits(2),
            n(r),
            r.digits(2),
            r.digits(4)
        ),
        (_, _) => format!(
            "{}{}-{}{}-{}",
            n(r),
            r.digits(2),
            n(r),
            r.digits(2),
            r.digits(4)
        ),
    }
}

/// A postcode.
pub fn postcode(random: &mut Random, country: &str) -> String {
    let r = random;
    match country {
        "gb" => format!(
            "{}{} {}{}",
            r.pick(&["SW", "N", "M", "LS", "B", "G", "CF", "EH"]),
            r.from(1, 22),
            r.from(1, 9),
            r.of("ABDEFGHJLNPQRSTUWXYZ", 2)
        ),
        "nl" => format!("{} {}", r.from(1011, 9999), r.capitals(2)),
        "pl" => format!("{:02}-{}", r.from(1, 99), r.digits(3)),
        "br" => format!("{}-{}", r.from(10_000, 99_999), r.digits(3)),
        "se" => format!("{} {}", r.from(111, 984), r.digits(2)),
        "jp" => format!("{}-{}", r.from(100, 999), r.digits(4)),
        "us" if r.one_in(4) => format!("{}-{}", r.from(10_001, 99_950), r.digits(4)),
        _ => format!("{:05}", r.from(1_067, 98_000)),
    }
}

/// Street and house number.
pub fn street(world: &World, random: &mut Random, country: &str) -> String {
    let words = world.of(country);
    let r = random;
    let name = words.street[r.below(words.street.len() as u64) as usize].clone();
    let kind = if words.street_kind.is_empty() {
        String::new()
    } else {
        words.street_kind[r.below(words.street_kind.len() as u64) as usize].clone()
    };
    let number = r.from(1, 240);
    match country {
        "us" | "gb" if kind.is_empty() => format!("{number} {name}"),
        "us" | "gb" => format!("{number} {name} {kind}"),
        "fr" if kind.is_empty() => format!("{number} {}", name),
        "fr" => format!("{number}, {} {}", kind.to_lowercase(), name),
        "it" if !kind.is_empty() => format!("{kind} {name}, {number}"),
        "es" | "it" | "br" => format!("{name}, {number}"),
        "pl" if !kind.is_empty() => format!("{kind} {name} {number}"),
        "nl" if r.one_in(6) => format!("{name} {number}{}", r.pick(&["a", "b", "-2", " III"])),
        "jp" => format!("{name}{}-{}-{}", r.from(1, 9), r.from(1, 30), r.from(1, 20)),
        _ => format!("{name} {number}"),
    }
}

/// A number by which a state knows a person, with the label of what it is there.
pub fn national_id(random: &mut Random, country: &str, person: &Person) -> String {
    let r = random;
    let (year, month, day) = person.birth;
    let short = format!("{:02}{month:02}{day:02}", year % 100);
    match country {
        "gb" => format!(
            "{}{} {:02} {:02} {:02} {}",
            r.of("ABCEGHJKLMNPRSTWXYZ", 1),
            r.of("ABCEGHJKLMNPRSTWXYZ", 1).replace('G', "H"),
            r.below(100),
            r.below(100),
            r.below(100),
            r.of("ABCD", 1)
        )
        .replace("BG", "BH")
        .replace("KN", "KM")
        .replace("NK", "NL")
        .replace("NT", "NS")
        .replace("TN", "TM")
        .replace("ZZ", "ZY")
        .replace("GB", "GC"),
        "fr" => {
            let body = format!(
                "{}{:02}{month:02}{:02}{:03}{:03}",
                if person.is_female { 2 } else { 1 },
                year % 100,
                r.from(1, 89),
                r.from(1, 499),
                r.from(1, 900)
            );
            let rest: u64 = body.parse::<u64>().unwrap_or(0) % 97;
            format!("{body}{:02}", 97 - rest)
        }
        "es" => {
            let number = r.below(100_000_000);
            let letter = b"TRWAGMYFPDXBNJZSQVHLCKE"[(number % 23) as usize] as char;
            format!("{number:08}{letter}")
        }
        "pl" => {
            let month = if year >= 2000 { month + 20 } else { month };
            let body = format!("{:02}{month:02}{day:02}{}", year % 100, r.digits(4));
            let sum = weighted(&body, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]);
            format!("{body}{}", (10 - sum % 10) % 10)
        }
        "nl" => loop {
            let body = format!("{}{}", r.from(1, 9), r.digits(7));
            let rest = weighted(&body, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
            if rest < 10 {
                break format!("{body}{rest}");
            }
        },
        "se" => {
            let body = format!("{short}{}", r.digits(3));
            format!("{short}-{}{}", &body[6..], luhn(&body))
        }
        _ => format!(
            "{:03}-{:02}-{:04}",
            r.from(1, 665),
            r.from(1, 99),
            r.from(1, 9999)
        ),
    }
}

/// A tax number of a person.
pub fn tax_id(random: &mut Random, country: &str) -> String {
    let r = random;
    match country {
        "br" => {
            let body = r.digits(9);
            let first = weighted(&body, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10;
            let both = format!("{body}{first}");
            let second = weighted(&both, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10;
            format!(
                "{}.{}.{}-{first}{second}",
                &body[..3],
                &body[3..6],
                &body[6..]
            )
        }
        "it" => codice_fiscale(r),
        "de" => steuer_id(r),
        _ => format!("9{}-7{}-{}", r.digits(2), r.from(0, 9), r.digits(4)),
    }
}

fn steuer_id(r: &mut Random) -> String {
    // Ten digits of which one stands twice, another not at all, then a check digit by ISO 7064 mod 11,10.
    let mut digits = r.shuffled(&[1_u64, 2, 3, 4, 5, 6, 7, 8, 9, 0]);
    if digits[0] == 0 {
        digits.swap(0, 1);
    }
    digits[9] = digits[4];
    let mut product = 10;
    for digit in &digits {
        let sum = (digit + product) % 10;
        product = if sum == 0 { 10 } else { sum } * 2 % 11;
    }
    let check = (11 - product) % 10;
    digits
        .iter()
        .chain([&check])
        .map(ToString::to_string)
        .collect()
}

fn codice_fiscale(r: &mut Random) -> String {
    const ODD: [u64; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    let consonants = "BCDFGLMNPRSTVZ";
    let body = format!(
        "{}{:02}{}{:02}{}{:03}",
        r.of(consonants, 6),
        r.below(100),
        r.of("ABCDEHLMPRST", 1),
        r.from(1, 28),
        r.of("ABCDEFGHL", 1),
        r.from(100, 999)
    );
    let sum: u64 = body
        .bytes()
        .enumerate()
        .map(|(at, byte)| {
            let value = u64::from(if byte.is_ascii_digit() {
                byte - b'0'
            } else {
                byte - b'A'
            });
            if at % 2 == 0 {
                ODD[value as usize]
            } else {
                value
            }
        })
        .sum();
    format!("{body}{}", (b'A' + (sum % 26) as u8) as char)
}

/// Letters without diacritics, for addresses and user names.
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            'à'..='å' | 'ą' | 'ă' | 'À'..='Å' => 'a',
            'è'..='ë' | 'ę' | 'ě' | 'É' => 'e',
            'ì'..='ï' | 'ı' => 'i',
            'ò'..='ö' | 'ø' | 'ő' | 'Ö' | 'Ø' => 'o',
            'ù'..='ü' | 'ű' | 'ů' => 'u',
            'ñ' | 'ń' | 'ň' => 'n',
            'ç' | 'ć' | 'č' | 'Ć' | 'Č' => 'c',
            'ł' | 'Ł' => 'l',
            'ś' | 'š' | 'ş' | 'Ś' | 'Š' | 'Ş' => 's',
            'ź' | 'ż' | 'ž' | 'Ż' | 'Ž' => 'z',
            'ý' => 'y',
            'ð' | 'đ' | 'Đ' => 'd',
            'ğ' => 'g',
            'ř' => 'r',
            'ť' => 't',
            'ß' => 's',
            other => other,
        })
        .filter(|c| c.is_ascii_alphanumeric())
        .collect::<String>()
        .to_lowercase()
}
