//! From evidence to a judgement: each reason adds log-odds to a data type; the sum is read as a calibrated probability.
//! Knows words and readings, nothing of files or formats.

use super::declared_type::Holds;
use super::key;
use super::name::Name;
use super::object::Reading;
use super::summary::FieldSummary;
use super::topic;
use super::value_evidence::Profile;
use super::word::{Class, Lexicon};
use crate::field::Field;
use crate::finding::{Evidence, Judgement};
use crate::taxonomy::DataType;
use context::{by_comment, by_stamp, by_values};
use fit::by_type;
use named::by_name;

pub(super) use fit::{by_reference, type_fit};
pub(super) use siblings::Siblings;

mod context;
mod fit;
mod group;
mod named;
mod owner;
mod siblings;

/// One field with all that may speak for or against it.
pub(super) struct Case<'a> {
    pub lexicon: &'a Lexicon,
    pub detectors: &'a [(DataType, String)],
    pub profiles: &'a [Profile],
    pub reading: &'a Reading,
    pub siblings: &'a Siblings,
    pub name: &'a Name<'a>,
    pub holds: Holds,
    pub field: &'a Field,
    pub summary: Option<&'a FieldSummary>,
}

/// A data type with what speaks for it, in log-odds.
pub(super) struct Candidate {
    pub data_type: DataType,
    pub logit: f64,
    pub evidence: Vec<Evidence>,
}

/// Judges one field: at most two data types, best first.
pub(super) fn judge(case: &Case<'_>) -> Vec<Judgement> {
    if case.summary.is_none() && key::is_of_row(case) && case.reading.class != Class::Person {
        return Vec::new();
    }
    if case.summary.is_none() && key::is_of_row(case) {
        return key::read(case)
            .into_iter()
            .flat_map(|c| settle(case, vec![c]))
            .collect();
    }
    let mut candidates: Vec<Candidate> = Vec::new();
    by_name(case, &mut candidates);
    if let Some(candidate) = key::read(case) {
        candidates.push(candidate);
    }
    candidates.extend(key::read_text(case));
    by_stamp(case, &mut candidates);
    candidates.extend(topic::read(case));
    topic::by_choice(case, &mut candidates);
    topic::by_visit(case, &mut candidates);
    by_type(case, &mut candidates);
    by_comment(case, &mut candidates);
    by_values(case, &mut candidates);
    settle(case, candidates)
}

/// Merges candidates of one type (the strongest stands, others add a little) and keeps what is worth saying.
fn settle(case: &Case<'_>, candidates: Vec<Candidate>) -> Vec<Judgement> {
    let mut merged: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        match merged
            .iter_mut()
            .find(|m| m.data_type == candidate.data_type)
        {
            Some(known) => {
                let both = known.logit > 0.0 && candidate.logit > 0.0;
                if candidate.logit > known.logit {
                    known.evidence.splice(0..0, candidate.evidence);
                } else if both {
                    known.evidence.extend(candidate.evidence);
                }
                known.logit = known.logit.max(candidate.logit) + if both { 0.3 } else { 0.0 };
            }
            None => merged.push(candidate),
        }
    }
    merged.retain(|m| m.logit > -1.2);
    merged.sort_by(|a, b| {
        b.logit
            .total_cmp(&a.logit)
            .then(a.data_type.cmp(&b.data_type))
    });
    let keep = if is_relatives_name(case, &merged) {
        2
    } else {
        1
    };
    merged.truncate(keep);
    merged
        .into_iter()
        .map(|m| Judgement {
            data_type: m.data_type,
            score: probability(m.logit),
            evidence: m.evidence,
        })
        .collect()
}

fn probability(logit: f64) -> f64 {
    let p = 1.0 / (1.0 + (-logit).exp());
    (p * 10_000.0).round() / 10_000.0
}

/// The name of a relative is a name and says who the family is.
fn is_relatives_name(case: &Case<'_>, merged: &[Candidate]) -> bool {
    let is = |i: usize, key: &str| {
        merged
            .get(i)
            .is_some_and(|m| m.data_type.key() == key && m.logit > 0.4)
    };
    let relative = case.reading.relative || case.name.objects.iter().any(|(_, _, o)| o.relative);
    relative
        && (is(0, "contact.name") && is(1, "contact.family")
            || is(1, "contact.name") && is(0, "contact.family"))
}
