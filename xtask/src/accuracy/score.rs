//! Scores of judgements against labels, at three levels: personal or not, category, data type.
//! The rules are those of the labelled sets: keys that are accepted are right if given and not missed if not.

use super::Row;
use ropa::finding::Judgement;
use std::collections::{BTreeMap, BTreeSet};

/// From this score on a judgement stands.
pub const STANDS: f64 = 0.6;

/// What "not personal" of some sources does not speak about: their regime is narrower than the taxonomy.
const GAPS: &[(&str, &[&str])] = &[
    (
        "bc",
        &[
            "location.region",
            "location.timezone",
            "usage.*",
            "contact.account_id",
            "contact.employment",
            "financial.transaction",
            "financial.billing",
            "financial.bank_account",
        ],
    ),
    (
        "dfe",
        &[
            "contact.account_id",
            "contact.gender",
            "contact.nationality",
            "contact.education",
            "contact.employment",
            "contact.family",
            "usage.*",
            "location.region",
            "location.timezone",
            "financial.*",
            "sensitive.health",
            "sensitive.ethnicity",
            "sensitive.religion",
            "sensitive.criminal",
        ],
    ),
    (
        "idp18f",
        &[
            "contact.account_id",
            "contact.employment",
            "usage.*",
            "location.timezone",
        ],
    ),
    (
        "sentry",
        &["usage.*", "location.timezone", "location.region"],
    ),
    (
        "fides",
        &[
            "contact.account_id",
            "usage.activity",
            "usage.preference",
            "usage.session",
            "usage.marketing",
            "usage.communication",
            "usage.content",
            "usage.page_view",
            "usage.device",
            "location.timezone",
            "financial.billing",
            "financial.transaction",
            "sensitive.credential",
        ],
    ),
];

/// Hits, false alarms and misses.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub hits: usize,
    pub false_alarms: usize,
    pub misses: usize,
}

impl Counts {
    pub fn precision(self) -> f64 {
        ratio(self.hits, self.hits + self.false_alarms)
    }

    pub fn recall(self) -> f64 {
        ratio(self.hits, self.hits + self.misses)
    }

    pub fn f1(self) -> f64 {
        let (p, r) = (self.precision(), self.recall());
        if p + r > 0.0 {
            2.0 * p * r / (p + r)
        } else {
            0.0
        }
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// Findings of like score and how many are right.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bin {
    pub from: f64,
    pub count: usize,
    pub sum: f64,
    pub right: usize,
}

/// The figures of a set.
#[derive(Default)]
pub struct Scores {
    pub personal: Counts,
    pub true_negatives: usize,
    pub neutral: usize,
    pub category: Counts,
    by_category: BTreeMap<String, Counts>,
    pub data_type: Counts,
    by_type: BTreeMap<String, Counts>,
    pub reliability: Vec<Bin>,
    pub misses: BTreeMap<String, usize>,
    pub false_alarms: BTreeMap<String, usize>,
}

impl Scores {
    pub fn macro_category(&self) -> f64 {
        let labelled: Vec<f64> = self
            .by_category
            .values()
            .filter(|c| c.hits + c.misses > 0)
            .map(|c| c.f1())
            .collect();
        mean(&labelled)
    }

    /// Mean over the types with three labels or more, and how many these are.
    pub fn macro_type(&self) -> (f64, usize) {
        let labelled: Vec<f64> = self
            .by_type
            .values()
            .filter(|c| c.hits + c.misses >= 3)
            .map(|c| c.f1())
            .collect();
        (mean(&labelled), labelled.len())
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// Scores judgements against labels, row by row.
pub fn score(rows: &[Row], judged: &[Vec<Judgement>]) -> Scores {
    score_from(rows, judged, STANDS)
}

/// Whether a data type is right for a row; `None` where the label does not say.
pub fn is_right(row: &Row, key: &str) -> Option<bool> {
    let is_accepted = row.accept.iter().any(|a| covers(a, key));
    if !row.personal {
        let is_open = is_accepted || gap(&row.source).iter().any(|a| covers(a, key));
        return (!is_open).then_some(false);
    }
    Some(match &row.labels {
        None => true,
        Some(labels) => is_accepted || labels.iter().any(|l| covers(l, key)),
    })
}

/// Scores judgements that stand from a score on.
pub fn score_from(rows: &[Row], judged: &[Vec<Judgement>], stands: f64) -> Scores {
    let binary = binary_sources(rows);
    let mut scores = Scores {
        reliability: (0..10)
            .map(|i| Bin {
                from: f64::from(i) / 10.0,
                ..Bin::default()
            })
            .collect(),
        ..Scores::default()
    };
    for (row, judgements) in rows.iter().zip(judged) {
        let said: BTreeSet<&str> = judgements
            .iter()
            .filter(|j| j.score >= stands)
            .map(|j| j.data_type.key())
            .collect();
        scores.calibrate(row, judgements, binary.contains(row.source.as_str()));
        if scores.personal(row, &said)
            && row.labels.is_some()
            && !binary.contains(row.source.as_str())
        {
            scores.typed(row, &said);
        }
    }
    scores
}

/// Sources whose personal rows are mostly untyped say nothing about types.
fn binary_sources(rows: &[Row]) -> BTreeSet<&str> {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for row in rows.iter().filter(|r| r.personal) {
        let (all, untyped) = counts.entry(&row.source).or_default();
        *all += 1;
        *untyped += usize::from(row.labels.is_none());
    }
    counts
        .into_iter()
        .filter(|(_, (all, untyped))| untyped * 2 > *all)
        .map(|(source, _)| source)
        .collect()
}

fn covers(pattern: &str, key: &str) -> bool {
    pattern == key
        || pattern
            .strip_suffix('*')
            .is_some_and(|start| key.starts_with(start))
}

fn category(key: &str) -> &str {
    key.split('.').next().unwrap_or(key)
}

fn gap(source: &str) -> &'static [&'static str] {
    GAPS.iter()
        .find(|(s, _)| *s == source)
        .map_or(&[], |(_, keys)| keys)
}

impl Scores {
    /// Counts a row at the first level; false where it is neutral.
    fn personal(&mut self, row: &Row, said: &BTreeSet<&str>) -> bool {
        let is_allowed = |key: &&&str| {
            row.accept.iter().any(|a| covers(a, key))
                || gap(&row.source).iter().any(|a| covers(a, key))
        };
        if !row.personal && !said.is_empty() && said.iter().all(|key| is_allowed(&key)) {
            self.neutral += 1;
            return false;
        }
        let leaf = if row.field.contains(' ') {
            &row.field
        } else {
            row.field.rsplit('.').next().unwrap_or(&row.field)
        };
        match (row.personal, said.is_empty()) {
            (true, false) => self.personal.hits += 1,
            (true, true) => {
                self.personal.misses += 1;
                let wanted = row.labels.as_ref().map_or("?".to_owned(), |l| l.join(", "));
                *self
                    .misses
                    .entry(format!("`{leaf}`: {wanted}"))
                    .or_default() += 1;
            }
            (false, false) => {
                self.personal.false_alarms += 1;
                let keys: Vec<&str> = said.iter().copied().collect();
                *self
                    .false_alarms
                    .entry(format!("`{leaf}`: {}", keys.join(", ")))
                    .or_default() += 1;
            }
            (false, true) => self.true_negatives += 1,
        }
        true
    }

    fn typed(&mut self, row: &Row, said: &BTreeSet<&str>) {
        let labels = row.labels.as_deref().unwrap_or_default();
        let wanted: BTreeSet<&str> = labels.iter().map(|l| category(l)).collect();
        let accepted: BTreeSet<&str> = row.accept.iter().map(|l| category(l)).collect();
        let given: BTreeSet<&str> = said.iter().map(|l| category(l)).collect();
        for c in &wanted {
            let is_hit = given.contains(c) || !given.is_disjoint(&accepted);
            self.count_category(c, is_hit);
        }
        for c in given
            .iter()
            .filter(|c| !wanted.contains(*c) && !accepted.contains(*c))
        {
            self.category.false_alarms += 1;
            self.by_category
                .entry((*c).to_owned())
                .or_default()
                .false_alarms += 1;
        }
        if labels.iter().any(|l| l.ends_with('*')) {
            return;
        }
        for label in labels {
            let is_hit = said.contains(label.as_str())
                || said.iter().any(|s| row.accept.iter().any(|a| covers(a, s)));
            let counts = self.by_type.entry(label.clone()).or_default();
            if is_hit {
                counts.hits += 1;
                self.data_type.hits += 1;
            } else {
                counts.misses += 1;
                self.data_type.misses += 1;
                if !said.is_empty() {
                    let keys: Vec<&str> = said.iter().copied().collect();
                    *self
                        .misses
                        .entry(format!(
                            "`{}`: {label}, said {}",
                            row.field,
                            keys.join(", ")
                        ))
                        .or_default() += 1;
                }
            }
        }
        let is_right = |key: &str| labels.iter().chain(&row.accept).any(|l| covers(l, key));
        for key in said.iter().filter(|key| !is_right(key)) {
            self.data_type.false_alarms += 1;
            self.by_type
                .entry((*key).to_owned())
                .or_default()
                .false_alarms += 1;
        }
    }

    fn count_category(&mut self, c: &str, is_hit: bool) {
        let counts = self.by_category.entry(c.to_owned()).or_default();
        if is_hit {
            counts.hits += 1;
            self.category.hits += 1;
        } else {
            counts.misses += 1;
            self.category.misses += 1;
        }
    }

    /// Counts the best judgement of a row by its score.
    fn calibrate(&mut self, row: &Row, judgements: &[Judgement], is_binary: bool) {
        let Some(best) = judgements.first() else {
            return;
        };
        let key = best.data_type.key();
        let is_allowed = row.accept.iter().any(|a| covers(a, key))
            || !row.personal && gap(&row.source).iter().any(|a| covers(a, key));
        let is_labelled = match &row.labels {
            None => true,
            Some(labels) => is_binary && row.personal || labels.iter().any(|l| covers(l, key)),
        };
        if !row.personal && is_allowed {
            return;
        }
        let bin = &mut self.reliability[((best.score * 10.0) as usize).min(9)];
        bin.count += 1;
        bin.sum += best.score;
        bin.right += usize::from(row.personal && is_labelled || is_allowed);
    }
}
