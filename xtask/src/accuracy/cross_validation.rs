//! Cross-validation over whole datasets: the weights set by hand against trained calibration and a small linear
//! model over the kinds of evidence, each judged on folds it never saw. Knows labels and parts, nothing of names.

use super::model::{Calibration, Linear, Sample};
use super::score::{self, Scores};
use super::{Row, fields_of, tables};
use ropa::detection::field::Classifier;
use ropa::finding::Judgement;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

/// How many folds.
const FOLDS: usize = 5;
/// What is never trained on in the folds.
const KEPT: usize = FOLDS;
const KEPT_TIER: &str = "real_kept";
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
    let kept = folds.iter().filter(|f| **f == KEPT).count();
    writeln!(
        text,
        "## Cross-validation\n\n{} fields of {} datasets in {FOLDS} folds, a dataset in one fold only; each way is trained on four folds and judged \
         on the fifth. The best data type of a field counts; it stands from 0.6 on where the weights are set by hand, from 0.5 on elsewhere.\n",
        rows.len() - kept,
        groups(&rows).len()
    )?;
    let case = Data {
        rows: &rows,
        folds: &folds,
        samples: &samples,
    };
    let mut tables = String::new();
    compare(text, &case, 0..FOLDS, Some(&mut tables))?;
    if kept > 0 {
        writeln!(
            text,
            "The same ways trained on all of these and judged on the {kept} fields of the real schemas kept back (tier `{KEPT_TIER}`):\n"
        )?;
        compare(text, &case, KEPT..KEPT + 1, None)?;
    }
    text.push_str(&tables);
    Ok(())
}

fn compare(
    text: &mut String,
    data: &Data<'_>,
    held_out: Range<usize>,
    mut tables: Option<&mut String>,
) -> anyhow::Result<()> {
    writeln!(
        text,
        "| way | personal P | R | F1 | category F1 | type F1 | type macro F1 | log loss | calibration error | real schemas: personal F1 | type F1 |\n|---|---|---|---|---|---|---|---|---|---|---|"
    )?;
    for (way, name) in WAYS {
        let outcome = outcome(way, data, held_out.clone());
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
        if let Some(tables) = tables.as_deref_mut() {
            writeln!(tables, "Reliability on the folds held out, {name}:\n")?;
            super::reliability(tables, s)?;
        }
    }
    text.push('\n');
    Ok(())
}

/// Labelled rows, the fold of each and what speaks for which data type of it.
struct Data<'a> {
    rows: &'a [Row],
    folds: &'a [usize],
    samples: &'a [Vec<Sample>],
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
    for row in rows.iter().filter(|r| r.tier != KEPT_TIER) {
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
    let fold = |row: &Row| fold_of.get(group(row)).copied().unwrap_or(KEPT);
    rows.iter().map(fold).collect()
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
fn outcome(way: Way, data: &Data<'_>, held: Range<usize>) -> Outcome {
    let Data {
        rows,
        folds,
        samples,
    } = *data;
    let mut judged: Vec<Vec<Judgement>> = vec![Vec::new(); rows.len()];
    let (mut loss, mut count) = (0.0, 0);
    for held_out in held.clone() {
        let known: Vec<&Sample> = samples
            .iter()
            .zip(folds)
            .filter(|(_, fold)| **fold != held_out && **fold != KEPT)
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
    let scored = |wanted: &dyn Fn(&Row) -> bool| {
        let (part, said): (Vec<Row>, Vec<Vec<Judgement>>) = (0..rows.len())
            .filter(|i| held.contains(&folds[*i]) && wanted(&rows[*i]))
            .map(|i| (rows[i].clone(), judged[i].clone()))
            .unzip();
        score::score_from(&part, &said, stands)
    };
    let scores = scored(&|_| true);
    Outcome {
        real: scored(&|row| row.tier.starts_with("real")),
        error: calibration_error(&scores),
        scores,
        log_loss: loss / f64::from(count.max(1)),
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
