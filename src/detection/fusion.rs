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
use part::Part;

pub(super) use fit::{by_reference, type_fit};
pub use part::{PART_NAMES, PARTS, Parts};
pub(super) use siblings::Siblings;

mod context;
mod fit;
mod group;
mod named;
mod owner;
mod part;
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
    /// What the sum is made of; empty until the source of evidence is known.
    pub parts: Option<Parts>,
}

/// A data type with the parts its log-odds are summed from.
#[derive(Clone, Debug)]
pub struct Weighed {
    /// The data type.
    pub data_type: DataType,
    /// What each kind of evidence adds.
    pub parts: Parts,
}

/// Judges one field: at most two data types, best first.
pub(super) fn judge(case: &Case<'_>) -> Vec<Judgement> {
    settle(case, merge(candidates(case)))
}

/// The data types that anything speaks for, each with what its sum is made of.
pub(super) fn weigh(case: &Case<'_>) -> Vec<Weighed> {
    let merged = merge(candidates(case)).into_iter();
    let weighed = merged.map(|c| Weighed {
        data_type: c.data_type,
        parts: c.parts.unwrap_or_default(),
    });
    weighed.collect()
}

/// All that speaks for a data type, source by source.
fn candidates(case: &Case<'_>) -> Vec<Candidate> {
    let mut all: Vec<Candidate> = Vec::new();
    if case.summary.is_none() && key::is_of_row(case) {
        if case.reading.class == Class::Person {
            add(Part::Key, &mut all, |out| out.extend(key::read(case)));
        }
        return all;
    }
    add(Part::Word, &mut all, |out| by_name(case, out));
    add(Part::Key, &mut all, |out| {
        out.extend(key::read(case));
        out.extend(key::read_text(case));
    });
    add(Part::Stamp, &mut all, |out| by_stamp(case, out));
    add(Part::Topic, &mut all, |out| out.extend(topic::read(case)));
    add(Part::Choice, &mut all, |out| topic::by_choice(case, out));
    add(Part::Visit, &mut all, |out| topic::by_visit(case, out));
    add(Part::Declared, &mut all, |out| by_type(case, out));
    add(Part::Comment, &mut all, |out| by_comment(case, out));
    add(Part::Values, &mut all, |out| by_values(case, out));
    all
}

/// Runs one source of evidence; its candidates are made of that part alone, what it adds to others is that part of them.
fn add(part: Part, all: &mut Vec<Candidate>, read: impl FnOnce(&mut Vec<Candidate>)) {
    read(all);
    for candidate in all {
        match &mut candidate.parts {
            Some(parts) => {
                let known: f64 = parts.iter().sum();
                parts[part as usize] += candidate.logit - known;
            }
            None => candidate.parts = Some(part.alone(candidate.logit)),
        }
    }
}

/// Merges candidates of one type: the strongest stands, others add a little.
fn merge(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut merged: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        let same = |m: &&mut Candidate| m.data_type == candidate.data_type;
        let Some(known) = merged.iter_mut().find(same) else {
            merged.push(candidate);
            continue;
        };
        let both = known.logit > 0.0 && candidate.logit > 0.0;
        if candidate.logit > known.logit {
            known.logit = candidate.logit;
            known.parts = candidate.parts;
            known.evidence.splice(0..0, candidate.evidence);
        } else if both {
            known.evidence.extend(candidate.evidence);
        }
        if both {
            known.logit += AGREEMENT;
            if let Some(parts) = &mut known.parts {
                parts[Part::Agreement as usize] += AGREEMENT;
            }
        }
    }
    merged
}

/// What a second source adds that says the same.
const AGREEMENT: f64 = 0.3;

/// Keeps what is worth saying, best first.
fn settle(case: &Case<'_>, mut merged: Vec<Candidate>) -> Vec<Judgement> {
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
