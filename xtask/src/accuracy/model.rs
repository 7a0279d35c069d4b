//! The models that cross-validation compares: two calibrations of one number and a logistic regression over parts.
//! Knows numbers; nothing of fields or labels.

use ropa::detection::field::{PARTS, Weighed};
use ropa::taxonomy::DataType;

/// A data type that something speaks for, and whether it is right.
#[derive(Clone, Debug)]
pub struct Sample {
    pub data_type: DataType,
    /// The sum of the weights set by hand.
    pub hand: f64,
    /// Places and values of what is not zero.
    x: Vec<(usize, f64)>,
    /// `None` where the label does not say.
    pub is_right: Option<bool>,
}

impl Sample {
    pub fn new(weighed: Weighed, is_right: Option<bool>) -> Self {
        let parts = weighed.parts.iter().copied().enumerate();
        let mut x: Vec<(usize, f64)> = parts.filter(|(_, v)| *v != 0.0).collect();
        x.push((PARTS, 1.0));
        x.push((PARTS + 1 + weighed.data_type.index(), 1.0));
        Self {
            data_type: weighed.data_type,
            hand: weighed.parts.iter().sum(),
            x,
            is_right,
        }
    }
}

/// From the sum of the weights to a probability.
pub enum Calibration {
    Platt {
        slope: f64,
        offset: f64,
    },
    /// Upper bounds of the sum and the share that is right below them.
    Isotonic(Vec<(f64, f64)>),
}

impl Calibration {
    /// A logistic curve through the sum.
    pub fn platt(known: &[&Sample]) -> Self {
        let rows: Vec<(Vec<(usize, f64)>, bool)> = known
            .iter()
            .map(|s| (vec![(0, s.hand), (1, 1.0)], s.is_right == Some(true)))
            .collect();
        let w = newton(&rows, &[1.0, 0.0], &[1e-3, 1e-3]);
        Self::Platt {
            slope: w[0],
            offset: w[1],
        }
    }

    /// The best rising steps: pools neighbours that fall.
    pub fn isotonic(known: &[&Sample]) -> Self {
        let mut sorted: Vec<(f64, f64)> = known
            .iter()
            .map(|s| (s.hand, f64::from(u8::from(s.is_right == Some(true)))))
            .collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        // Upper bound, sum, count.
        let mut steps: Vec<(f64, f64, f64)> = Vec::new();
        for (bound, right) in sorted {
            steps.push((bound, right, 1.0));
            while steps.len() > 1 {
                let (last, before) = (steps[steps.len() - 1], steps[steps.len() - 2]);
                if last.0 > before.0 && last.1 / last.2 > before.1 / before.2 {
                    break;
                }
                steps.truncate(steps.len() - 2);
                steps.push((last.0, last.1 + before.1, last.2 + before.2));
            }
        }
        // A little doubt in each step: none is ever right always.
        let smooth =
            |(bound, right, count): (f64, f64, f64)| (bound, (right + 0.5) / (count + 1.0));
        Self::Isotonic(steps.into_iter().map(smooth).collect())
    }

    pub fn probability(&self, sum: f64) -> f64 {
        match self {
            Self::Platt { slope, offset } => 1.0 / (1.0 + (-(slope * sum + offset)).exp()),
            Self::Isotonic(steps) => steps
                .iter()
                .find(|(bound, _)| sum <= *bound)
                .or(steps.last())
                .map_or(0.5, |(_, p)| *p),
        }
    }
}

/// One weight a kind of evidence, one offset a data type.
pub struct Linear {
    weights: Vec<f64>,
}

impl Linear {
    /// Ridge around the weights set by hand: what the labels do not contradict stays.
    pub fn train(known: &[&Sample]) -> Self {
        let rows: Vec<(Vec<(usize, f64)>, bool)> = known
            .iter()
            .map(|s| (s.x.clone(), s.is_right == Some(true)))
            .collect();
        let size = PARTS + 1 + DataType::all().count();
        let mut prior = vec![0.0; size];
        prior[..PARTS].fill(1.0);
        let mut ridge = vec![2.0; size];
        ridge[PARTS] = 1e-3;
        Self {
            weights: newton(&rows, &prior, &ridge),
        }
    }

    pub fn probability(&self, sample: &Sample) -> f64 {
        let sum: f64 = sample.x.iter().map(|(i, v)| self.weights[*i] * v).sum();
        1.0 / (1.0 + (-sum).exp())
    }
}

/// Logistic regression by Newton's method, pulled towards `prior` by `ridge`.
fn newton(rows: &[(Vec<(usize, f64)>, bool)], prior: &[f64], ridge: &[f64]) -> Vec<f64> {
    let size = prior.len();
    let mut w = prior.to_vec();
    for _ in 0..25 {
        let mut gradient: Vec<f64> = (0..size).map(|i| ridge[i] * (w[i] - prior[i])).collect();
        let mut curve = vec![0.0; size * size];
        for i in 0..size {
            curve[i * size + i] = ridge[i];
        }
        for (x, is_right) in rows {
            let sum: f64 = x.iter().map(|(i, v)| w[*i] * v).sum();
            let p = 1.0 / (1.0 + (-sum).exp());
            let off = p - f64::from(u8::from(*is_right));
            let bend = (p * (1.0 - p)).max(1e-6);
            for (i, v) in x {
                gradient[*i] += off * v;
                for (j, u) in x {
                    curve[i * size + j] += bend * v * u;
                }
            }
        }
        let step = solve(curve, gradient, size);
        let moved = step.iter().fold(0.0_f64, |most, s| most.max(s.abs()));
        for (w, step) in w.iter_mut().zip(step) {
            *w -= step.clamp(-3.0, 3.0);
        }
        if moved < 1e-6 {
            break;
        }
    }
    w
}

/// Solves a symmetric positive system by Cholesky's way.
fn solve(mut a: Vec<f64>, mut b: Vec<f64>, n: usize) -> Vec<f64> {
    for j in 0..n {
        for k in 0..j {
            let l = a[j * n + k];
            for i in j..n {
                a[i * n + j] -= a[i * n + k] * l;
            }
        }
        let root = a[j * n + j].max(1e-12).sqrt();
        for i in j..n {
            a[i * n + j] /= root;
        }
    }
    for i in 0..n {
        for k in 0..i {
            b[i] -= a[i * n + k] * b[k];
        }
        b[i] /= a[i * n + i];
    }
    for i in (0..n).rev() {
        for k in i + 1..n {
            b[i] -= a[k * n + i] * b[k];
        }
        b[i] /= a[i * n + i];
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_solved() {
        let x = solve(vec![4.0, 2.0, 2.0, 3.0], vec![10.0, 9.0], 2);
        assert!((x[0] - 1.5).abs() < 1e-9 && (x[1] - 2.0).abs() < 1e-9);
    }

    #[test]
    fn regression_finds_the_curve() {
        // At 0 half are right, at 2 nine of ten.
        let mut rows = Vec::new();
        for i in 0..10 {
            rows.push((vec![(0, 0.0), (1, 1.0)], i < 5));
            rows.push((vec![(0, 2.0), (1, 1.0)], i < 9));
        }
        let w = newton(&rows, &[0.0, 0.0], &[1e-6, 1e-6]);
        assert!(w[1].abs() < 1e-3, "{w:?}");
        assert!((2.0 * w[0] - 9.0_f64.ln()).abs() < 1e-2, "{w:?}");
    }
}
