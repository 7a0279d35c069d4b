//! `cargo xtask accuracy-text TRUTH.jsonl`: precision and recall of spans in labelled text, by data type. A row has `text` and
//! `spans` with `start` and `end` in characters, `labels` and `accept`. Prints counts only, never text.

use anyhow::{Context, Result};
use ropa::detection::span::{RawSpan, TextScanner};
use ropa::detector::Detectors;
use ropa::field::TextPlace;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

/// Flags of the task.
#[derive(clap::Args)]
pub struct Flags {
    /// Labelled text, one JSON object a line.
    truth: PathBuf,
    /// Least score of a span that counts.
    #[arg(long, default_value_t = 0.6)]
    min_score: f64,
}

#[derive(Deserialize)]
struct Row {
    text: String,
    spans: Vec<Label>,
}

#[derive(Deserialize)]
struct Label {
    start: usize,
    end: usize,
    labels: Vec<String>,
    accept: Vec<String>,
}

/// Right, wrong and missed spans of a data type.
#[derive(Default)]
struct Tally {
    right: u64,
    wrong: u64,
    missed: u64,
}

impl Tally {
    fn precision(&self) -> f64 {
        self.right as f64 / ((self.right + self.wrong).max(1)) as f64
    }

    fn recall(&self) -> f64 {
        self.right as f64 / ((self.right + self.missed).max(1)) as f64
    }

    fn f1(&self) -> f64 {
        let (p, r) = (self.precision(), self.recall());
        if p + r == 0.0 {
            0.0
        } else {
            2.0 * p * r / (p + r)
        }
    }
}

/// Runs the task.
pub fn run(flags: &Flags) -> Result<()> {
    let text = std::fs::read_to_string(&flags.truth).context("the truth cannot be read")?;
    let detectors = Detectors::built_in()?;
    let scanner = TextScanner::new(&detectors);
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        let row: Row = serde_json::from_str(line)
            .map_err(|_| anyhow::anyhow!("line {number} is not a row of labelled text"))?;
        let mut spans = Vec::new();
        scanner.scan(row.text.as_bytes(), TextPlace::default(), &mut spans);
        spans.retain(|span| span.score >= flags.min_score);
        count(&row, &spans, &detectors, &mut tallies);
    }
    print(&tallies)
}

/// A span is right where it overlaps a label of its data type. One that overlaps a label which only accepts it is neither
/// right nor wrong; of several spans in one label the first counts.
fn count<'a>(
    row: &Row,
    spans: &[RawSpan],
    detectors: &'a Detectors,
    tallies: &mut BTreeMap<&'a str, Tally>,
) {
    let offsets: Vec<usize> = row
        .text
        .char_indices()
        .map(|(at, _)| at)
        .chain([row.text.len()])
        .collect();
    let bytes = |character: usize| offsets.get(character).copied().unwrap_or(row.text.len()) as u64;
    let mut found = vec![false; row.spans.len()];
    for span in spans {
        let key = detectors.get(span.detector.into()).data_type.key();
        let overlaps =
            |label: &Label| span.start < bytes(label.end) && span.end > bytes(label.start);
        let here: Vec<usize> = (0..row.spans.len())
            .filter(|i| overlaps(&row.spans[*i]))
            .collect();
        let is_label = |i: &&usize| row.spans[**i].labels.iter().any(|label| label == key);
        let is_accepted = |i: &&usize| row.spans[**i].accept.iter().any(|label| label == key);
        if let Some(i) = here.iter().find(is_label) {
            found[*i] = true;
        } else if !here.iter().any(|i| is_accepted(&i)) {
            tallies.entry(key).or_default().wrong += 1;
        } else {
            here.iter()
                .filter(is_accepted)
                .for_each(|i| found[*i] |= !row.spans[*i].labels.is_empty());
        }
    }
    for (label, found) in row.spans.iter().zip(found) {
        let Some(data_type) = label
            .labels
            .first()
            .and_then(|key| ropa::taxonomy::DataType::from_key(key))
        else {
            continue;
        };
        let tally = tallies.entry(data_type.key()).or_default();
        *(if found {
            &mut tally.right
        } else {
            &mut tally.missed
        }) += 1;
    }
}

fn print(tallies: &BTreeMap<&str, Tally>) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "| data type | labels | right | wrong | precision | recall | F1 |\n|---|--:|--:|--:|--:|--:|--:|"
    )?;
    let mut all = Tally::default();
    for (key, tally) in tallies {
        line(&mut out, key, tally)?;
        all.right += tally.right;
        all.wrong += tally.wrong;
        all.missed += tally.missed;
    }
    line(&mut out, "all", &all)
}

fn line(out: &mut impl std::io::Write, key: &str, tally: &Tally) -> Result<()> {
    let (precision, recall, f1) = (tally.precision(), tally.recall(), tally.f1());
    let labels = tally.right + tally.missed;
    writeln!(
        out,
        "| {key} | {labels} | {} | {} | {precision:.2} | {recall:.2} | {f1:.2} |",
        tally.right, tally.wrong
    )?;
    Ok(())
}
