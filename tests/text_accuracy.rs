//! Typed spans in a generated corpus of log lines and messages, with the things that fool scanners between them. The corpus is
//! made from a fixed seed out of published and documentation numbers only.

use ropa::detection::span::TextScanner;
use ropa::detector::Detectors;
use ropa::field::TextPlace;
use std::collections::BTreeMap;

/// A small generator with a fixed seed (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len() as u64) as usize]
    }
}

const CARDS: &[&str] = &[
    "4111111111111111",
    "5555555555554444",
    "378282246310005",
    "6011111111111117",
    "4012888888881881",
];
const CARDS_SPACED: &[&str] = &[
    "4111 1111 1111 1111",
    "5555-5555-5555-4444",
    "4012 8888 8888 1881",
];
const IBANS: &[&str] = &[
    "DE89370400440532013000",
    "GB82 WEST 1234 5698 7654 32",
    "FR1420041010050500013M02606",
    "NL91ABNA0417164300",
];
const HOSTS: &[&str] = &["192.0.2", "198.51.100", "203.0.113"];
const AGENTS: &[&str] = &[
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
];
const JWT: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";

/// A value of a data type, as logs write it, with the key it usually stands under.
fn value(random: &mut Random, data_type: &str) -> (String, &'static str) {
    let n = random.below(100);
    match data_type {
        "contact.email" => match n % 3 {
            0 => (format!("user{n}%40example.com"), "to"),
            1 => (format!("jane.doe+{n}@mail.example.co.uk"), "email"),
            _ => (format!("o.weber{n}@example.org"), "rcpt"),
        },
        "contact.phone" => match n % 4 {
            0 => (format!("+1 202-555-01{n:02}"), "phone"),
            1 => (format!("(202) 555-01{n:02}"), "tel"),
            2 => (format!("+44 20 7946 0{:03}", 100 + n), "mobile"),
            _ => (format!("+12025550{:03}", 100 + n), "msisdn"),
        },
        "location.ip_address" => match n % 4 {
            0 => (format!("2001:db8::8a2e:{n:x}:7334"), "client"),
            1 => (format!("2001:db8:85a3:0:0:8a2e:370:{n:x}"), "remote_addr"),
            _ => (format!("{}.{n}", random.pick(HOSTS)), "ip"),
        },
        "financial.card_number" if n.is_multiple_of(2) => (random.pick(CARDS).to_owned(), "card"),
        "financial.card_number" => (random.pick(CARDS_SPACED).to_owned(), "pan"),
        "financial.bank_account" => (random.pick(IBANS).to_owned(), "iban"),
        "sensitive.government_id" => match n % 2 {
            0 => (format!("219-09-{:04}", 9900 + n), "ssn"),
            _ => ("AB123456C".to_owned(), "nino"),
        },
        "usage.device_id" => match n % 3 {
            0 => (format!("00:00:5e:00:53:{n:02x}"), "mac"),
            1 => ("490154203237518".to_owned(), "imei"),
            _ => (format!("00-00-5E-00-53-{n:02X}"), "hwaddr"),
        },
        "sensitive.credential" => match n % 2 {
            0 => (JWT.to_owned(), "token"),
            _ => (format!("ghp_{:036}", n).replace('0', "Ab"), "token"),
        },
        "location.precise" => (format!("48.8583{n:02}, 2.2944{n:02}"), "gps"),
        "contact.birth_date" => (
            format!("19{:02}-0{}-1{}", 40 + n % 60, 1 + n % 9, n % 10),
            "dob",
        ),
        "usage.device" => (random.pick(AGENTS).to_owned(), "ua"),
        _ => ("Jane Miller".to_owned(), "customer"),
    }
}

const TYPES: &[&str] = &[
    "contact.email",
    "contact.phone",
    "location.ip_address",
    "financial.card_number",
    "financial.bank_account",
    "sensitive.government_id",
    "usage.device_id",
    "sensitive.credential",
    "location.precise",
    "contact.birth_date",
    "usage.device",
    "contact.name",
];

/// Things that look like personal data and are none.
fn decoy(random: &mut Random) -> String {
    let (n, m) = (random.below(1 << 32), random.below(1 << 48));
    match random.below(16) {
        0 => format!("order={}", 1_000_000_000 + n),
        1 => format!("build 4.18.{}.{}", n % 9, n % 30),
        2 => "logo@2x.png lodash@4.17.21".to_owned(),
        3 => format!("commit {:040x}", u128::from(m) * 0x1_0000_0001),
        4 => format!("request_id={:08x}-1c2d-4e5f-8a9b-{m:012x}", n),
        5 => format!("ts={}", 1_700_000_000_000 + n % 100_000_000),
        6 => format!("epoch={}", 1_600_000_000 + n % 100_000_000),
        7 => format!("sku=DE{:02}{:018}", n % 97 + 2, m).replace("DE89", "DE88"),
        8 => format!("took {}.{:03} ms", n % 1000, m % 1000),
        9 => format!("version=124.0.{}.{}", n % 9999 + 256, n % 200),
        10 => format!("at 13:55:{:02}.{:03}", n % 60, n % 1000),
        11 => format!("std::vec::Vec<u8> module::a{n:x}::b"),
        12 => format!("invoice INV-2025-{:06}", n % 1_000_000),
        13 => format!("released 2025-0{}-1{}", 1 + n % 9, n % 10),
        14 => format!("bytes={} heap={}", n, m),
        _ => format!("sha256:{:064x}", u128::from(m) << 70 | u128::from(n)),
    }
}

/// A line and the data types, with their places, that it holds.
fn line(random: &mut Random) -> (String, Vec<(usize, usize, &'static str)>) {
    let mut text = String::from(random.pick(&[
        "2025-10-10T13:55:36.123Z INFO ",
        "Oct 10 13:55:36 web1 app[812]: ",
        "",
        "level=warn ",
    ]));
    let mut labels = Vec::new();
    for _ in 0..1 + random.below(3) {
        if random.below(5) < 2 {
            text.push_str(&decoy(random));
        } else {
            let data_type = TYPES[random.below(TYPES.len() as u64) as usize];
            let (value, key) = value(random, data_type);
            match random.below(3) {
                0 => text.push_str(&format!("{key}=\"")),
                1 => text.push_str(&format!("{{\"{key}\":\"")),
                _ => text.push_str(&format!("the {key} is ")),
            }
            labels.push((text.len(), text.len() + value.len(), data_type));
            text.push_str(&value);
            text.push_str(if text.contains("{\"") { "\"}" } else { "\"" });
        }
        text.push(' ');
    }
    text.push('\n');
    (text, labels)
}

#[derive(Default, Clone, Copy)]
struct Tally {
    right: f64,
    wrong: f64,
    missed: f64,
}

impl Tally {
    fn f1(self) -> f64 {
        2.0 * self.right / (2.0 * self.right + self.wrong + self.missed).max(1.0)
    }

    fn plus(self, other: Self) -> Self {
        Self {
            right: self.right + other.right,
            wrong: self.wrong + other.wrong,
            missed: self.missed + other.missed,
        }
    }
}

#[test]
fn typed_spans_are_right_among_what_fools_others() {
    let detectors = Detectors::built_in().expect("the built-in detectors load");
    let scanner = TextScanner::new(&detectors);
    let mut random = Random(20_251_010);
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for _ in 0..6_000 {
        let (text, labels) = line(&mut random);
        let mut spans = Vec::new();
        scanner.scan(text.as_bytes(), TextPlace::default(), &mut spans);
        spans.retain(|span| span.score >= 0.6);
        let mut found: Vec<(usize, usize, &str)> = Vec::new();
        for span in &spans {
            let key = detectors.get(span.detector.into()).data_type.key();
            found.push((span.start as usize, span.end as usize, key));
        }
        for label in &labels {
            let tally = tallies.entry(label.2).or_default();
            *(if found.contains(label) {
                &mut tally.right
            } else {
                &mut tally.missed
            }) += 1.0;
        }
        for span in found.iter().filter(|span| !labels.contains(span)) {
            tallies.entry(span.2).or_default().wrong += 1.0;
        }
    }
    let shown: Vec<String> = tallies
        .iter()
        .map(|(key, t)| {
            format!(
                "{key} {:.3} (wrong {}, missed {})",
                t.f1(),
                t.wrong,
                t.missed
            )
        })
        .collect();
    let all = tallies
        .values()
        .copied()
        .fold(Tally::default(), Tally::plus);
    let no_ip = tallies
        .iter()
        .filter(|(key, _)| **key != "location.ip_address")
        .map(|(_, t)| *t);
    let no_ip = no_ip.fold(Tally::default(), Tally::plus);
    let of_types = TYPES
        .iter()
        .map(|key| tallies.get(key).copied().unwrap_or_default().f1());
    let macro_f1 = of_types.sum::<f64>() / TYPES.len() as f64;
    assert!(all.f1() >= 0.95, "micro F1 {:.3}: {shown:#?}", all.f1());
    assert!(
        no_ip.f1() >= 0.90,
        "micro F1 without IP {:.3}: {shown:#?}",
        no_ip.f1()
    );
    assert!(macro_f1 >= 0.85, "macro F1 {macro_f1:.3}: {shown:#?}");
}
