//! Bytes per second of the whole way through, from a file to its inventory, at one and at all threads.
//! Files are made here from a fixed pattern, with invented people and documentation addresses.

use divan::{Bencher, counter::BytesCount};
use ropa::detection::Detection;
use ropa::scan::{ScanOptions, Silent, scan};
use ropa::target::{self, WalkOptions};
use std::fmt::Write as _;

fn main() {
    divan::main();
}

const BYTES: usize = 32 << 20;

fn log() -> String {
    let mut text = String::with_capacity(BYTES + 256);
    let mut row = 0_u32;
    while text.len() < BYTES {
        row += 1;
        let (a, b) = (row % 250, row * 7_919 % 100_000);
        writeln!(text, "10:0{}:00 worker {b} finished batch {row}, mail to user{a}@example.com from 192.0.2.{a} took {b} ms", row % 10).expect("strings take all");
    }
    text
}

fn csv() -> String {
    let mut text = String::from("id,name,email,ip,amount,status\n");
    let mut row = 0_u32;
    while text.len() < BYTES {
        row += 1;
        let a = row % 250;
        writeln!(
            text,
            "{row},Anna Castell,user{a}@example.com,192.0.2.{a},{}.50,open",
            row % 900
        )
        .expect("strings take all");
    }
    text
}

fn run(bencher: Bencher, name: &str, text: &str, threads: usize) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join(name);
    std::fs::write(&file, text).expect("the folder is writable");
    let targets = [file.display().to_string()];
    let candidates = target::collect(&targets, WalkOptions::default()).expect("the file exists");
    let detection = Detection::new(None).expect("the built-in detectors load");
    let options = ScanOptions::default();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("threads");
    bencher
        .counter(BytesCount::new(text.len()))
        .bench_local(|| pool.install(|| scan(&candidates, &detection, &options, &Silent)));
}

#[divan::bench(args = [1, 2], sample_count = 5)]
fn free_text_log(bencher: Bencher, threads: usize) {
    run(bencher, "app.log", &log(), threads);
}

#[divan::bench(args = [1, 2], sample_count = 5)]
fn csv_export(bencher: Bencher, threads: usize) {
    run(bencher, "people.csv", &csv(), threads);
}
