//! Evidence beside the concepts of a name: times and counts of what a person does, comments, values.
//! Knows roles of words and what values showed; nothing of how candidates are settled.

use super::fit::type_fit;
use super::{Candidate, Case};
use crate::detection::declared_type::Holds;
use crate::detection::value_evidence::{self, Said};
use crate::detection::word::{Class, Meaning, role};
use crate::finding::{Evidence, EvidenceBy};
use crate::taxonomy::DataType;

/// What values add to what name and dataset say, or say alone; and what they take.
pub(super) fn by_values(case: &Case<'_>, candidates: &mut Vec<Candidate>) {
    let Some(summary) = case.summary.filter(|s| s.filled() > 0) else {
        return;
    };
    for candidate in candidates.iter_mut() {
        let against =
            value_evidence::against(summary, case.profiles, case.detectors, candidate.data_type);
        candidate.logit += against;
    }
    let named: Vec<DataType> = candidates.iter().map(|c| c.data_type).collect();
    for said in value_evidence::read(summary, case.profiles, case.detectors, &case.field.path) {
        let evidence = value_said(case, &said);
        let mut known = candidates
            .iter_mut()
            .filter(|c| c.data_type == said.data_type && c.logit > -4.0);
        match known.next() {
            Some(candidate) if named.contains(&said.data_type) => {
                candidate.logit = (candidate.logit + said.shift.max(0.0))
                    .max(said.alone)
                    .min(6.0);
                candidate.evidence.push(evidence);
            }
            _ => candidates.push(Candidate {
                parts: None,
                data_type: said.data_type,
                logit: said.alone,
                evidence: vec![evidence],
            }),
        }
    }
}

fn value_said(case: &Case<'_>, said: &Said) -> Evidence {
    let detector = said
        .detector
        .map_or("values", |d| case.detectors[d].1.as_str());
    let why = format!("{}: {}", said.data_type.facts().label, said.why);
    Evidence::new(EvidenceBy::Value, detector, why)
}

/// `is_read` beside a key to a person.
fn is_done(case: &Case<'_>) -> bool {
    let done = [
        "read",
        "seen",
        "viewed",
        "opened",
        "clicked",
        "visited",
        "downloaded",
        "answered",
        "attended",
        "watched",
        "played",
        "following",
        "liking",
        "liked",
        "saved",
        "starred",
    ];
    let is_done = |w: &u32| done.iter().any(|d| case.lexicon.id(d) == Some(*w));
    let is_mark = |w: &u32| ["is", "has"].iter().any(|m| case.lexicon.id(m) == Some(*w));
    let words = &case.name.words;
    let has_person = case.reading.of_person || case.siblings.has_person_key;
    case.holds == Holds::Flag
        && has_person
        && matches!(case.reading.class, Class::Record | Class::Person)
        && words.iter().any(is_done)
        && words.iter().all(|w| is_done(w) || is_mark(w))
}

/// Times and counts of what a person does.
pub(super) fn by_stamp(case: &Case<'_>, out: &mut Vec<Candidate>) {
    let Some(data_type) = DataType::from_key("usage.activity") else {
        return;
    };
    if is_done(case) {
        out.push(Candidate {
            parts: None,
            data_type,
            logit: 0.9,
            evidence: vec![Evidence::new(
                EvidenceBy::Name,
                "activity",
                "whether a person has done it",
            )],
        });
        return;
    }
    let roles = case.name.roles(case.lexicon);
    let is_number = matches!(case.holds, Holds::Integer | Holds::Decimal);
    let is_measure = roles & (role::TIME | role::COUNT) != 0
        || case.name.is_plural && is_number
        || matches!(case.holds, Holds::Date | Holds::Moment);
    if roles & role::PERSON_VERB == 0
        || !is_measure
        || matches!(case.holds, Holds::Flag | Holds::Structure)
    {
        return;
    }
    let by_owner = match case.reading.class {
        Class::Person => 0.8,
        Class::Record => 0.5,
        Class::Unknown => -0.3,
        Class::Organisation | Class::Thing if case.reading.of_person => 0.0,
        Class::Organisation | Class::Thing => -3.0,
    };
    let verb = if roles & role::ROW_VERB != 0 {
        -2.0
    } else {
        0.0
    };
    let tech = if roles & (role::KIND | role::URL | role::ID) != 0 {
        -2.5
    } else {
        0.0
    };
    let logit = 1.6 + by_owner + verb + tech;
    out.push(Candidate {
        parts: None,
        data_type,
        logit,
        evidence: vec![Evidence::new(
            EvidenceBy::Name,
            "activity",
            "a time or count of what a person does",
        )],
    });
}

/// A comment that names data where the name says nothing.
pub(super) fn by_comment(case: &Case<'_>, out: &mut Vec<Candidate>) {
    let Some(comment) = case.field.comment.as_deref().filter(|c| c.len() <= 400) else {
        return;
    };
    let mut words = case.lexicon.words_of(comment);
    words.truncate(60);
    let mut found = Vec::new();
    case.lexicon.find(
        &words,
        |m| {
            matches!(
                m,
                Meaning::Data {
                    is_strong: true,
                    ..
                } | Meaning::Not { .. }
            )
        },
        &mut found,
    );
    let roles = case.name.roles(case.lexicon);
    let is_generic = case.name.content(case.lexicon) == 1
        && roles & (role::KIND | role::ID | role::TRANSPARENT) != 0;
    let is_opaque = is_generic
        || case.name.data.is_empty()
            && roles
                & (role::TIME | role::FLAG | role::ID | role::COUNT | role::TECHNICAL | role::KIND)
                == 0;
    for found in found {
        let Meaning::Data { detector, .. } = found.meaning else {
            continue;
        };
        let (data_type, id) = &case.detectors[detector as usize];
        let place = if found.start <= 3 { 1.2 } else { 0.0 };
        let by_owner = match case.reading.class {
            Class::Person | Class::Record => 0.6,
            Class::Thing => -2.0,
            _ => 0.0,
        };
        let opaque = if is_opaque { 0.4 } else { -1.4 };
        let logit = opaque + place + by_owner + type_fit(data_type.key(), case.holds, "");
        let why = format!("its comment says {}", data_type.facts().label);
        out.push(Candidate {
            parts: None,
            data_type: *data_type,
            logit,
            evidence: vec![Evidence::new(EvidenceBy::Context, id, why)],
        });
    }
}
