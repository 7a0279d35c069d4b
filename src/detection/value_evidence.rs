//! What the values of a field say of its data type, in log-odds: match rates against what chance gives, shapes, dates
//! and names. Reads counts only; never sees a value.

use super::declared_type::Holds;
use super::summary::{FieldSummary, Shape};
use crate::detector::{Detector, Detectors, checksum};
use crate::taxonomy::DataType;

/// Log-odds that a field holds a given type before anything is known of it.
const PRIOR: f64 = -2.5;

/// How far the value forms of a detector can be trusted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Profile {
    /// Probability of the surest form that needs no context.
    alone: f64,
    /// Share of strings of the right form that pass by chance; 1 without a checksum.
    chance: f64,
    has_values: bool,
}

/// The profile of each detector, by its position.
pub(super) fn profiles(detectors: &Detectors) -> Vec<Profile> {
    detectors.iter().map(profile).collect()
}

fn profile(detector: &Detector) -> Profile {
    let alone = detector
        .values
        .iter()
        .filter(|form| !form.needs_context)
        .map(|form| form.probability);
    let chances = detector.values.iter().map(|form| {
        let check = form.checksum.as_deref().and_then(checksum::find);
        check.map_or(1.0, |c| c.pass_rate)
    });
    Profile {
        alone: alone.fold(0.0, f64::max),
        chance: chances.fold(0.0, f64::max),
        has_values: !detector.values.is_empty(),
    }
}

/// What values say of one data type.
pub(super) struct Said {
    pub data_type: DataType,
    /// Log-odds against the prior, to be added to what the name says.
    pub shift: f64,
    /// Log-odds where nothing else speaks for the type.
    pub alone: f64,
    /// The detector, by its position; `None` for names, places and dates.
    pub detector: Option<usize>,
    pub why: String,
}

/// What the values say for data types.
pub(super) fn read(
    summary: &FieldSummary,
    profiles: &[Profile],
    types: &[(DataType, String)],
) -> Vec<Said> {
    let filled = summary.filled();
    if filled == 0 {
        return Vec::new();
    }
    let mut said: Vec<Said> = Vec::new();
    for (position, found) in &summary.matches {
        let position = *position as usize;
        let (Some(profile), Some((data_type, _))) = (profiles.get(position), types.get(position))
        else {
            continue;
        };
        let whole = found.count.saturating_sub(found.in_text);
        let share = whole as f64 / filled as f64;
        let in_text = found.in_text as f64 / filled as f64;
        if let Some(one) = matched(summary, *profile, share, in_text) {
            let (shift, mut alone, why) = one;
            alone = alone.min(ceiling(summary, data_type.key(), *profile));
            said.push(Said {
                data_type: *data_type,
                shift,
                alone,
                detector: Some(position),
                why,
            });
        }
    }
    said.extend(names(summary));
    said.extend(dates(summary));
    said
}

/// Dates, numbers and ids have many readings: alone, without a checksum, a form that fits them is no finding.
fn ceiling(summary: &FieldSummary, key: &str, profile: Profile) -> f64 {
    let share = |shapes: &[Shape]| shapes.iter().map(|s| summary.shape_share(*s)).sum::<f64>();
    let is_date = share(&[Shape::Date, Shape::DateTime]) > 0.5;
    let is_plain = share(&[Shape::Integer, Shape::Decimal, Shape::Uuid, Shape::Boolean]) > 0.5;
    if is_date {
        return if key == "contact.birth_date" {
            -0.5
        } else {
            -2.0
        };
    }
    if is_plain && (key == "contact.phone" || profile.chance >= 0.6) {
        return -0.3;
    }
    f64::INFINITY
}

/// Few values prove little.
fn certainty(count: u64) -> f64 {
    (count as f64 / 4.0).min(1.0)
}

fn matched(
    summary: &FieldSummary,
    profile: Profile,
    share: f64,
    in_text: f64,
) -> Option<(f64, f64, String)> {
    let filled = summary.filled();
    if share < 0.05 {
        // Free text that mentions such values now and then.
        let is_said = in_text >= 0.05 && profile.alone >= 0.8;
        return is_said.then(|| {
            let why = format!("{:.0} % of the texts contain one", in_text * 100.0);
            (2.0, 0.9, why)
        });
    }
    let rate = if share >= 0.95 {
        0.6
    } else if share >= 0.8 {
        0.2
    } else if share >= 0.5 {
        -0.7
    } else if share >= 0.2 {
        -1.6
    } else {
        -2.6
    };
    let odds = |p: f64| (p.clamp(0.02, 0.985) / (1.0 - p.clamp(0.02, 0.985))).ln();
    let by_form = odds(profile.alone.max(0.05)) + rate;
    // A checksum that chance passes one time in ten proves little once and much over many different values.
    let different = summary.distinct().min(filled).min(60) as f64;
    let by_check = if profile.chance < 0.6 && share > profile.chance {
        let chance = profile.chance.clamp(1e-4, 0.6);
        let seen = share.clamp(0.01, 0.99);
        let gain =
            seen * (seen / chance).ln() + (1.0 - seen) * ((1.0 - seen) / (1.0 - chance)).ln();
        (gain * different).min(7.0) + PRIOR - 1.0
    } else {
        f64::NEG_INFINITY
    };
    let logit = by_form.max(by_check);
    let alone = if profile.alone == 0.0 && by_check < 0.0 {
        logit.min(-1.0)
    } else {
        logit
    };
    let shift = (logit - PRIOR).clamp(-1.0, 6.0) * certainty(filled);
    let alone = PRIOR + (alone - PRIOR) * certainty(filled);
    Some((
        shift,
        alone,
        format!("{:.0} % of the values have its form", share * 100.0),
    ))
}

/// Values that are names of persons or places.
fn names(summary: &FieldSummary) -> Vec<Said> {
    let filled = summary.filled().max(1) as f64;
    let whole = summary.person_names as f64 / filled;
    let single = summary.single_names as f64 / filled;
    let place = summary.place_names as f64 / filled;
    let sure = certainty(summary.filled());
    let mut said = Vec::new();
    let mut say = |key: &str, share: f64, shift: f64, alone: f64, what: &str| {
        if let Some(data_type) = DataType::from_key(key) {
            said.push(Said {
                data_type,
                shift: shift * sure,
                alone: PRIOR + (alone - PRIOR) * sure,
                detector: None,
                why: format!("{:.0} % of the values are {what}", share * 100.0),
            });
        }
    };
    if whole >= 0.4 {
        let alone = if whole >= 0.7 { 1.8 } else { 0.6 };
        say("contact.name", whole, 3.5, alone, "names of persons");
    } else if single >= 0.5 && single > place {
        let alone = if single >= 0.8 { 1.2 } else { 0.2 };
        say(
            "contact.name",
            single,
            2.5,
            alone,
            "given names or surnames",
        );
    }
    if place >= 0.5 && place >= single {
        let alone = if place >= 0.8 { 1.0 } else { 0.0 };
        say("location.region", place, 2.2, alone, "names of places");
    }
    said
}

/// Dates spread like those of birth.
fn dates(summary: &FieldSummary) -> Option<Said> {
    let plausible = summary.dates.birth_plausibility();
    let count = summary.dates.count();
    if plausible < 0.6 || count * 10 < summary.filled() * 8 {
        return None;
    }
    Some(Said {
        data_type: DataType::from_key("contact.birth_date")?,
        shift: 2.0 * plausible,
        alone: if plausible >= 0.8 && count >= 10 {
            0.9
        } else {
            -0.3
        },
        detector: None,
        why: "the dates are spread like dates of birth".into(),
    })
}

/// What values take from a data type that the name alone suggests.
pub(super) fn against(
    summary: &FieldSummary,
    profiles: &[Profile],
    types: &[(DataType, String)],
    data_type: DataType,
) -> f64 {
    let filled = summary.filled();
    if filled < 4 {
        return 0.0;
    }
    let hidden = summary.shape_share(Shape::Masked)
        + summary.shape_share(Shape::HexHash)
        + summary.shape_share(Shape::Encoded);
    if hidden > 0.5 {
        return 0.0;
    }
    let of_type = |(i, _): &(usize, &Profile)| types[*i].0 == data_type;
    let best = profiles
        .iter()
        .enumerate()
        .filter(of_type)
        .filter(|(_, p)| p.has_values)
        .map(|(i, _)| summary.match_share(i as u16))
        .fold(None, |best: Option<f64>, share| {
            Some(best.map_or(share, |b| b.max(share)))
        });
    let is_unseen = best.is_some_and(|share| share < 0.1);
    let words = summary.shape_share(Shape::Word) + summary.shape_share(Shape::Words);
    match data_type.key() {
        "contact.email" if is_unseen => -4.5,
        "location.ip_address" if is_unseen => -3.0,
        "contact.phone" if is_unseen && words > 0.5 => -4.0,
        "contact.phone" if is_unseen => -1.0,
        "location.precise" if words > 0.5 => -3.0,
        "contact.name" if words < 0.2 && summary.shape_share(Shape::Other) < 0.5 => -2.0,
        _ => 0.0,
    }
}

/// What the values show a field of unknown type to hold.
pub(super) fn holds(summary: &FieldSummary) -> Holds {
    let is = |shape: Shape| summary.shape_share(shape) >= 0.9;
    if summary.filled() < 4 {
        Holds::Unknown
    } else if is(Shape::Boolean) {
        Holds::Flag
    } else if is(Shape::Date) {
        Holds::Date
    } else if is(Shape::DateTime) {
        Holds::Moment
    } else if is(Shape::Uuid) {
        Holds::Uuid
    } else if is(Shape::Structured) {
        Holds::Structure
    } else if is(Shape::Sentence) {
        Holds::LongText
    } else {
        Holds::Unknown
    }
}
