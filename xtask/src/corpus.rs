//! `cargo xtask corpus`: large files to measure with, made by a fixed generator and never kept.
//! People, addresses and numbers are invented or from documentation ranges.

use anyhow::Context;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Make a large file to measure with.
#[derive(clap::Args)]
pub struct Args {
    /// What it holds
    kind: Kind,
    /// Size in bytes, such as 200M or 2G
    #[arg(long, default_value = "200M", value_parser = bytes)]
    size: u64,
    /// Where to write it
    #[arg(long, short)]
    output: PathBuf,
}

/// What a corpus holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Access log, JSON lines and logfmt in turn, as an aggregator keeps them: read as text
    Mixed,
    /// nginx combined
    Access,
    /// JSON lines of an application log
    Jsonl,
    /// logfmt
    Logfmt,
    /// Free text with few values
    Text,
    /// CSV with quoted cells and newlines inside some
    Csv,
    /// PostgreSQL dump: COPY
    Copy,
    /// MySQL dump: extended INSERT
    Insert,
}

/// A number of bytes, such as `200M`.
pub fn bytes(text: &str) -> Result<u64, String> {
    let (number, unit) = text.split_at(
        text.len()
            - text
                .chars()
                .next_back()
                .map_or(0, |c| usize::from(c.is_alphabetic())),
    );
    let factor = match unit {
        "" => 1,
        "K" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        _ => return Err("takes a number with K, M or G".into()),
    };
    number
        .parse::<u64>()
        .map(|n| n * factor)
        .map_err(|_| "takes a number with K, M or G".into())
}

/// Writes the corpus.
pub fn run(args: &Args) -> anyhow::Result<()> {
    write(args.kind, args.size, &args.output)
}

/// Writes a corpus of a kind and about a size.
pub fn write(kind: Kind, size: u64, output: &Path) -> anyhow::Result<()> {
    let file =
        File::create(output).with_context(|| format!("cannot write {}", output.display()))?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    let mut dice = Dice(0x5eed);
    let mut written = 0;
    let mut line = String::new();
    let mut row = 0_u64;
    write_all(&mut out, head(kind), &mut written)?;
    while written < size {
        line.clear();
        record(kind, row, &mut dice, &mut line);
        write_all(&mut out, &line, &mut written)?;
        row += 1;
    }
    write_all(&mut out, tail(kind), &mut written)?;
    out.flush()?;
    Ok(())
}

fn write_all(out: &mut impl Write, text: &str, written: &mut u64) -> std::io::Result<()> {
    *written += text.len() as u64;
    out.write_all(text.as_bytes())
}

/// A small generator with a fixed seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.roll(words.len() as u64) as usize]
    }

    fn given(&mut self) -> &'static str {
        self.pick(&[
            "Anna", "Bruno", "Chloe", "David", "Elena", "Farid", "Greta", "Hugo", "Ines", "Jonas",
            "Katya", "Luis",
        ])
    }

    fn surname(&mut self) -> &'static str {
        self.pick(&[
            "Albers",
            "Baptista",
            "Castell",
            "Dufour",
            "Eriksen",
            "Ferrante",
            "Grabowska",
            "Hoffmann",
            "Ivers",
            "Jansen",
        ])
    }

    fn email(&mut self) -> String {
        let (given, surname, n) = (
            self.given().to_lowercase(),
            self.surname().to_lowercase(),
            self.roll(900),
        );
        format!(
            "{given}.{surname}{n}@{}",
            self.pick(&["example.com", "example.org", "example.net"])
        )
    }

    fn ip(&mut self) -> String {
        let net = self.pick(&["192.0.2", "198.51.100", "203.0.113"]);
        format!("{net}.{}", self.roll(254) + 1)
    }

    fn time(&mut self) -> String {
        format!(
            "2026-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            self.roll(12) + 1,
            self.roll(28) + 1,
            self.roll(24),
            self.roll(60),
            self.roll(60)
        )
    }

    fn uuid(&mut self) -> String {
        let (a, b) = (self.roll(u64::MAX), self.roll(u64::MAX));
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            a >> 32,
            a >> 16 & 0xffff,
            a & 0xfff,
            b >> 52,
            b & 0xffff_ffff_ffff
        )
    }

    fn words(&mut self, count: u64) -> String {
        let words = [
            "order", "ready", "queue", "the", "worker", "has", "finished", "batch", "cache",
            "miss", "after", "retry", "shipped",
        ];
        (0..count)
            .map(|_| self.pick(&words))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

fn head(kind: Kind) -> &'static str {
    match kind {
        Kind::Csv => {
            "id,created_at,first_name,last_name,email,phone,city,ip,amount,status,user_agent,notes\n"
        }
        Kind::Copy => {
            "CREATE TABLE public.people (id bigint, created_at timestamp, name text, email text, phone text, ip inet, notes text);\n\nCOPY public.people (id, created_at, name, email, phone, ip, notes) FROM stdin;\n"
        }
        Kind::Insert => {
            "CREATE TABLE `people` (`id` bigint, `created_at` datetime, `name` varchar(80), `email` varchar(120), `phone` varchar(30), `ip` varchar(45), `notes` text);\n"
        }
        _ => "",
    }
}

fn tail(kind: Kind) -> &'static str {
    if matches!(kind, Kind::Copy) {
        "\\.\n"
    } else {
        ""
    }
}

fn record(kind: Kind, row: u64, dice: &mut Dice, out: &mut String) {
    use std::fmt::Write as _;
    let done = match kind {
        Kind::Mixed => {
            let inner = [Kind::Access, Kind::Jsonl, Kind::Logfmt][(row % 3) as usize];
            record(inner, row, dice, out);
            Ok(())
        }
        Kind::Access => {
            let path = format!(
                "/{}/{}?ref={}",
                dice.pick(&["orders", "users", "api/v2/items"]),
                dice.roll(90_000),
                dice.uuid()
            );
            writeln!(
                out,
                "{} - - [10/Oct/2026:{:02}:{:02}:{:02} +0000] \"GET {path} HTTP/1.1\" {} {} \"https://shop.example/\" \"Mozilla/5.0 (X11; Linux x86_64) Chrome/{}.0.0.0 Safari/537.36\"",
                dice.ip(),
                dice.roll(24),
                dice.roll(60),
                dice.roll(60),
                dice.pick(&["200", "304", "404"]),
                dice.roll(50_000),
                100 + dice.roll(30)
            )
        }
        Kind::Jsonl => writeln!(
            out,
            "{{\"ts\":\"{}\",\"level\":\"info\",\"msg\":\"{}\",\"request\":{{\"id\":\"{}\",\"ip\":\"{}\",\"ms\":{}}},\"user\":{{\"id\":{},\"email\":\"{}\"}},\"order\":\"{}\"}}",
            dice.time(),
            dice.words(6),
            dice.uuid(),
            dice.ip(),
            dice.roll(900),
            dice.roll(100_000),
            dice.email(),
            10_000_000 + dice.roll(90_000_000)
        ),
        Kind::Logfmt => writeln!(
            out,
            "ts={} level=info msg=\"{}\" trace={} client={} status={} dur={}ms",
            dice.time(),
            dice.words(7),
            dice.uuid(),
            dice.ip(),
            dice.pick(&["ok", "slow", "failed"]),
            dice.roll(3_000)
        ),
        Kind::Text if dice.roll(12) == 0 => writeln!(
            out,
            "{} {} wrote from {} about order {}",
            dice.words(4),
            dice.email(),
            dice.ip(),
            dice.roll(9_000_000)
        ),
        Kind::Text => writeln!(out, "{}", dice.words(14)),
        Kind::Csv => {
            let notes = match dice.roll(20) {
                0 => format!("\"said \"\"{}\"\"\nand {}\"", dice.words(3), dice.words(4)),
                1..4 => format!("\"{}, {}\"", dice.words(3), dice.words(4)),
                _ => dice.words(6),
            };
            writeln!(
                out,
                "{row},{},{},{},{},+1 202 555 01{:02},{},{},{}.{:02},{},Mozilla/5.0 (Windows NT 10.0),{notes}",
                dice.time(),
                dice.given(),
                dice.surname(),
                dice.email(),
                dice.roll(100),
                dice.pick(&["Lyon", "Porto", "Gent", "Graz"]),
                dice.ip(),
                dice.roll(900),
                dice.roll(100),
                dice.pick(&["open", "paid"])
            )
        }
        Kind::Copy => writeln!(
            out,
            "{row}\t{}\t{} {}\t{}\t+1 202 555 01{:02}\t{}\t{}",
            dice.time(),
            dice.given(),
            dice.surname(),
            dice.email(),
            dice.roll(100),
            dice.ip(),
            dice.words(8)
        ),
        Kind::Insert => {
            let _ = out.write_str("INSERT INTO `people` VALUES ");
            for i in 0..500 {
                let comma = if i == 0 { "" } else { "," };
                let _ = write!(
                    out,
                    "{comma}({},'{}','{} {}','{}','+1 202 555 01{:02}','{}','{}')",
                    row * 500 + i,
                    dice.time(),
                    dice.given(),
                    dice.surname(),
                    dice.email(),
                    dice.roll(100),
                    dice.ip(),
                    dice.words(8)
                );
            }
            writeln!(out, ";")
        }
    };
    done.expect("strings take all");
}

#[cfg(test)]
mod tests {
    use super::*;
    use ropa::detection::span::{RawSpan, TextScanner};
    use ropa::detector::Detectors;
    use ropa::field::TextPlace;

    fn text(kind: Kind, size: usize) -> Vec<u8> {
        let (mut dice, mut text, mut row) = (Dice(7), head(kind).to_owned(), 0);
        while text.len() < size {
            record(kind, row, &mut dice, &mut text);
            row += 1;
        }
        text.into_bytes()
    }

    fn found(scan: impl Fn(&[u8], TextPlace, &mut Vec<RawSpan>), text: &[u8]) -> Vec<RawSpan> {
        let mut spans = Vec::new();
        scan(text, TextPlace::default(), &mut spans);
        spans
    }

    #[test]
    fn every_corpus_gives_what_the_exact_way_gives_wherever_it_is_cut() {
        let detectors = Detectors::built_in().expect("the built-in detectors load");
        let scanner = TextScanner::new(&detectors);
        let mut dice = Dice(11);
        for kind in [
            Kind::Mixed,
            Kind::Access,
            Kind::Jsonl,
            Kind::Logfmt,
            Kind::Text,
            Kind::Csv,
            Kind::Copy,
        ] {
            let whole = text(kind, 40_000);
            let exact = found(|text, at, out| scanner.scan_exact(text, at, out), &whole);
            let fast = found(|text, at, out| scanner.scan(text, at, out), &whole);
            assert!(!exact.is_empty());
            assert!(fast == exact, "{kind:?}");
            for _ in 0..20 {
                let start = dice.roll(whole.len() as u64) as usize;
                let end = start + dice.roll((whole.len() - start).min(700) as u64 + 1) as usize;
                let piece = &whole[start..end];
                let exact = found(|text, at, out| scanner.scan_exact(text, at, out), piece);
                let fast = found(|text, at, out| scanner.scan(text, at, out), piece);
                assert!(fast == exact, "{kind:?} from {start} to {end}");
            }
        }
    }
}
