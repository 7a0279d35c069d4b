//! Cross-validation over whole datasets: the weights set by hand against trained calibration and a small linear
//! model over the kinds of evidence, each judged on folds it never saw. Knows labels and parts, nothing of names.

use super::model::{Calibration, Linear, Sample};
use super::score::{self, Scores};
use super::{Row, fields_of, tables};
use ropa::detection::field::Classifier;
use ropa::finding::Judgement;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How many folds.
const FOLDS: usize = 5;
/// Candidates with less than this speak for nothing.
const LEAST: f64 = -6.0;

/// A way from evidence to a probability.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Hand,
    Platt,
    Isotonic,
    Linear,
}

const WAYS: [(Way, &str); 4] = [
    (Way::Hand, "weights set by hand"),
    (Way::Platt, "the same, calibrated (Platt)"),
    (Way::Isotonic, "the same, calibrated (isotonic)"),
    (Way::Linear, "linear model over the kinds of evidence"),
];

/// Figures of one way on the folds held out.
struct Outcome {
    scores: Scores,
    /// The same of real schemas alone.
    real: Scores,
    log_loss: f64,
    error: f64,
}

/// Writes the comparison.
pub fn report(text: &mut String, classifier: &Classifier, rows: &[Row]) -> anyhow::Result<()> {
    let rows: Vec<Row> = rows.iter().filter(|r| r.tier != "noisy").cloned().collect();
    let folds = folds(&rows);
    let samples = samples(classifier, &rows);
    writeln!(
        text,
        "## Cross-validation\n\n{} fields of {} datasets in {FOLDS} folds, a dataset in one fold only; each way is trained on four folds and judged \
         on the fifth. The best data type of a field counts; it stands from 0.6 on where the weights are set by hand, from 0.5 on elsewhere.\n",
        rows.len(),
        groups(&rows).len()
    )?;
    writeln!(
        text,
        "| way | personal P | R | F1 | category F1 | type F1 | type macro F1 | log loss | calibration error | real schemas: personal F1 | type F1 |\n|---|---|---|---|---|---|---|---|---|---|---|"
    )?;
    let mut tables = String::new();
    for (way, name) in WAYS {
        let outcome = outcome(way, &rows, &folds, &samples);
        let s = &outcome.scores;
        writeln!(
            text,
            "| {name} | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} |",
            s.personal.precision(),
            s.personal.recall(),
            s.personal.f1(),
            s.category.f1(),
            s.data_type.f1(),
            s.macro_type().0,
            outcome.log_loss,
            outcome.error,
            outcome.real.personal.f1(),
            outcome.real.data_type.f1()
        )?;
        writeln!(tables, "Reliability on the folds held out, {name}:\n")?;
        super::reliability(&mut tables, s)?;
    }
    text.push('\n');
    text.push_str(&tables);
    Ok(())
}

fn group(row: &Row) -> &str {
    if row.group.is_empty() {
        &row.dataset
    } else {
        &row.group
    }
}

/// The groups by size, largest first.
fn groups(rows: &[Row]) -> Vec<(&str, usize)> {
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        *sizes.entry(group(row)).or_default() += 1;
    }
    let mut groups: Vec<(&str, usize)> = sizes.into_iter().collect();
    groups.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    groups
}

/// The fold of each row: whole groups, largest first, each to the smallest fold.
fn folds(rows: &[Row]) -> Vec<usize> {
    let mut fold_of: BTreeMap<&str, usize> = BTreeMap::new();
    let mut sizes = [0; FOLDS];
    for (name, size) in groups(rows) {
        let smallest = (0..FOLDS).min_by_key(|f| sizes[*f]).unwrap_or(0);
        sizes[smallest] += size;
        fold_of.insert(name, smallest);
    }
    rows.iter().map(|row| fold_of[group(row)]).collect()
}

/// What speaks for which data type of each row.
fn samples(classifier: &Classifier, rows: &[Row]) -> Vec<Vec<Sample>> {
    let mut samples: Vec<Vec<Sample>> = vec![Vec::new(); rows.len()];
    for ((_, table), members) in tables(rows) {
        let fields = fields_of(rows, &members);
        let weighed = super::with_view(table, &fields, |view| classifier.weigh(view));
        for (i, weighed) in members.into_iter().zip(weighed) {
            let of_row = weighed.into_iter().map(|w| {
                let is_right = score::is_right(&rows[i], w.data_type.key());
                Sample::new(w, is_right)
            });
            samples[i] = of_row.filter(|s| s.hand > LEAST).collect();
        }
    }
    samples
}

/// Trains on the other folds and judges each fold.
fn outcome(way: Way, rows: &[Row], folds: &[usize], samples: &[Vec<Sample>]) -> Outcome {
    let mut judged: Vec<Vec<Judgement>> = vec![Vec::new(); rows.len()];
    let (mut loss, mut count) = (0.0, 0);
    for held_out in 0..FOLDS {
        let known: Vec<&Sample> = samples
            .iter()
            .zip(folds)
            .filter(|(_, fold)| **fold != held_out)
            .flat_map(|(of_row, _)| of_row)
            .filter(|s| s.is_right.is_some())
            .collect();
        let probability = trained(way, &known);
        for i in (0..rows.len()).filter(|i| folds[*i] == held_out) {
            let said = samples[i].iter().map(|s| (s, probability(s)));
            let Some((best, p)) = said.max_by(|a, b| a.1.total_cmp(&b.1)) else {
                continue;
            };
            if let Some(is_right) = best.is_right {
                let p = p.clamp(1e-6, 1.0 - 1e-6);
                loss -= if is_right { p.ln() } else { (1.0 - p).ln() };
                count += 1;
            }
            judged[i].push(Judgement {
                data_type: best.data_type,
                score: p,
                evidence: Vec::new(),
            });
        }
    }
    let stands = if way == Way::Hand { score::STANDS } else { 0.5 };
    let scores = score::score_from(rows, &judged, stands);
    let error = calibration_error(&scores);
    let is_real = |(row, _): &(&Row, &Vec<Judgement>)| row.tier.starts_with("real");
    let (real, said): (Vec<Row>, Vec<Vec<Judgement>>) = rows
        .iter()
        .zip(&judged)
        .filter(is_real)
        .map(|(row, said)| (row.clone(), said.clone()))
        .unzip();
    Outcome {
        real: score::score_from(&real, &said, stands),
        scores,
        log_loss: loss / f64::from(count.max(1)),
        error,
    }
}

fn trained(way: Way, known: &[&Sample]) -> Box<dyn Fn(&Sample) -> f64> {
    match way {
        Way::Hand => Box::new(|s| sigmoid(s.hand)),
        Way::Platt => {
            let calibration = Calibration::platt(known);
            Box::new(move |s| calibration.probability(s.hand))
        }
        Way::Isotonic => {
            let calibration = Calibration::isotonic(known);
            // Ties keep the order of the hand weights.
            Box::new(move |s| calibration.probability(s.hand) + sigmoid(s.hand) * 1e-9)
        }
        Way::Linear => {
            let model = Linear::train(known);
            Box::new(move |s| model.probability(s))
        }
    }
}

fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// Mean distance of what was said from what was right, over the bins.
fn calibration_error(scores: &Scores) -> f64 {
    let all: usize = scores.reliability.iter().map(|b| b.count).sum();
    let off = |b: &score::Bin| (b.sum - b.right as f64).abs();
    scores.reliability.iter().map(off).sum::<f64>() / all.max(1) as f64
}
