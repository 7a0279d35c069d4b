//! Bytes per second of detection: free text as logs hold it, and columns by kind of value. Texts are made here from a fixed
//! seed, with invented people and documentation addresses.

use divan::{Bencher, counter::BytesCount};
use ropa::detection::column::{ColumnScanner, ColumnState};
use ropa::detection::span::TextScanner;
use ropa::detector::Detectors;
use ropa::field::TextPlace;
use ropa::value::ValueBuffer;
use std::fmt::Write as _;

fn main() {
    divan::main();
}

/// A small generator with a fixed seed (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

const AGENTS: &[&str] = &[
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "curl/8.5.0",
];

/// Lines as a web server writes them.
fn access_log(bytes: usize) -> String {
    let (mut random, mut text) = (Random(1), String::new());
    while text.len() < bytes {
        let host = ["192.0.2", "198.51.100", "203.0.113"][random.below(3) as usize];
        let agent = AGENTS[random.below(3) as usize];
        let (a, second, size, id) = (
            random.below(256),
            random.below(60),
            random.below(90_000),
            random.below(1 << 40),
        );
        let mail = if random.below(30) == 0 {
            format!("?to=user{}%40example.com", id % 999)
        } else {
            String::new()
        };
        writeln!(
            text,
            "{host}.{a} - - [10/Oct/2025:13:55:{second:02} +0000] \"GET /api/v2/orders/{id}{mail} HTTP/1.1\" 200 {size} \"https://shop.example.com/cart\" \"{agent}\""
        )
        .expect("strings take all");
    }
    text
}

/// Lines as applications write them, keys and values.
fn app_log(bytes: usize) -> String {
    let (mut random, mut text) = (Random(2), String::new());
    while text.len() < bytes {
        let (id, ms, trace) = (
            random.below(1 << 33),
            random.below(100_000),
            random.below(u64::MAX),
        );
        let line = match random.below(4) {
            0 => format!(
                "{{\"ts\":\"2025-10-10T13:55:36.{:03}Z\",\"level\":\"info\",\"trace_id\":\"{trace:032x}\",\"user_id\":{id},\"ip\":\"192.0.2.{}\",\"duration_ms\":{ms},\"path\":\"/cart\"}}",
                id % 1000,
                id % 256
            ),
            1 => format!(
                "ts=17{id:011} level=warn msg=\"payment retry\" order={id} amount={}.{:02} attempt=3",
                ms / 100,
                ms % 100
            ),
            2 => format!(
                "2025-10-10 13:55:36,{:03} INFO  [http-nio-8080-exec-{}] com.example.shop.OrderService - order {id} of user{}@example.org took {ms} ms",
                id % 1000,
                id % 32,
                id % 5000
            ),
            _ => format!(
                "2025-10-10T13:55:36Z worker-{} heap=123456789 gc=0.0123 threads=48 uptime={id} version=4.18.3.1 uuid={:08x}-1c2d-4e5f-8a9b-{:012x}",
                id % 9,
                trace >> 32,
                trace & 0xFFFF_FFFF_FFFF
            ),
        };
        writeln!(text, "{line}").expect("strings take all");
    }
    text
}

fn prose(bytes: usize) -> String {
    let sentences = [
        "Dear Ms Martin, thank you for your letter of 3 May; we will ship the goods next week. ",
        "My name is Jane Miller and I live at 12 Station Road, please call +44 20 7946 0018. ",
        "The committee met in the afternoon and agreed on nearly everything that had been put before it. ",
    ];
    let (mut random, mut text) = (Random(3), String::new());
    while text.len() < bytes {
        text.push_str(sentences[random.below(3) as usize]);
        if random.below(4) == 0 {
            text.push('\n');
        }
    }
    text
}

#[divan::bench(args = ["access_log", "app_log", "prose"])]
fn text(bencher: Bencher<'_, '_>, kind: &str) {
    let size = 4 << 20;
    let text = match kind {
        "access_log" => access_log(size),
        "app_log" => app_log(size),
        _ => prose(size),
    };
    let scanner = TextScanner::new(&Detectors::built_in().expect("the built-in detectors load"));
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        let mut spans = Vec::new();
        scanner.scan(text.as_bytes(), TextPlace::default(), &mut spans);
        spans.len()
    });
}

fn column_value(kind: &str, random: &mut Random) -> String {
    let n = random.below(1 << 40);
    match kind {
        "email" => format!("user.{}@example.com", n % 100_000),
        "id" => format!("{}", n % 10_000_000_000),
        "word" => ["open", "closed", "pending", "cancelled"][(n % 4) as usize].to_owned(),
        "timestamp" => format!(
            "2025-{:02}-{:02} 13:{:02}:09",
            1 + n % 12,
            1 + n % 28,
            n % 60
        ),
        "uuid" => format!("{:08x}-1c2d-4e5f-8a9b-{:012x}", n % (1 << 32), n),
        "amount" => format!("{}.{:02}", n % 10_000, n % 100),
        "name" => format!(
            "{} {}",
            ["Jane", "Otto", "Marie"][(n % 3) as usize],
            ["Miller", "Weber", "Martin"][(n % 7 % 3) as usize]
        ),
        _ => "the parcel was left with a neighbour who signed for it at the door".to_owned(),
    }
}

#[divan::bench(args = ["email", "id", "word", "timestamp", "uuid", "amount", "name", "note"])]
fn column(bencher: Bencher<'_, '_>, kind: &str) {
    let (mut random, mut values) = (Random(4), ValueBuffer::new());
    for _ in 0..50_000 {
        values.push(column_value(kind, &mut random).as_bytes());
    }
    let scanner = ColumnScanner::new(&Detectors::built_in().expect("the built-in detectors load"));
    bencher.counter(BytesCount::new(values.bytes())).bench(|| {
        let mut state = ColumnState::default();
        scanner.observe(&mut state, values.values());
        state.into_summary().rows
    });
}
