//! What the values of a field say of its data type, in log-odds: match rates against what chance gives, shapes, dates
//! and names. Reads counts only; never sees a value.

use super::declared_type::Holds;
use super::summary::{FieldSummary, Shape, Trait, ValueMatch};
use crate::detector::{Detector, Detectors, ValueForm, checksum};
use crate::taxonomy::DataType;

/// Log-odds that a field holds a given type before anything is known of it.
const PRIOR: f64 = -2.5;

/// What a word in the name takes that speaks against a detector.
const AGAINST: f64 = 2.0;

/// How far the values of a detector can be trusted.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    /// Position of its first form in the table of forms.
    first: usize,
    forms: Vec<FormProfile>,
    has_values: bool,
    /// Words in a name that speak against it, lower case.
    not_context: Vec<String>,
}

/// How far one form can be trusted.
#[derive(Clone, Copy, Debug)]
struct FormProfile {
    /// Probability that a field nearly all values of which have the form holds such data, whatever its name.
    in_field: f64,
    /// Share of strings of the right form that pass by chance; 1 without a check.
    chance: f64,
    has_check: bool,
    /// Says something of a value alone, not only of a field full of them.
    is_firm: bool,
}

impl Profile {
    /// Probability of the surest form.
    fn best(&self) -> f64 {
        self.forms
            .iter()
            .map(|form| form.in_field)
            .fold(0.0, f64::max)
    }
}

/// The profile of each detector, by its position.
pub(super) fn profiles(detectors: &Detectors) -> Vec<Profile> {
    let mut first = 0;
    let next = |detector: &Detector| {
        let one = Profile {
            first,
            forms: detector.values.iter().map(form_profile).collect(),
            has_values: !detector.values.is_empty(),
            not_context: not_context(detector),
        };
        first += detector.values.len();
        one
    };
    detectors.iter().map(next).collect()
}

fn not_context(detector: &Detector) -> Vec<String> {
    let forms = detector.values.iter().flat_map(|form| &form.not_context);
    let mut words: Vec<String> = forms.map(|word| word.to_lowercase()).collect();
    words.sort();
    words.dedup();
    words
}

/// Whether a field's name holds a word that speaks against a detector: `part` against a telephone number.
fn is_against(profile: &Profile, name: &str) -> bool {
    let words = name
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty());
    words
        .map(str::to_lowercase)
        .any(|word| profile.not_context.binary_search(&word).is_ok())
}

fn form_profile(form: &ValueForm) -> FormProfile {
    let check = form.checksum.as_deref().and_then(checksum::find);
    let alone = if form.needs_context {
        0.0
    } else {
        form.probability
    };
    FormProfile {
        in_field: form.in_field.unwrap_or(alone),
        // What an explicit word settles, no check can raise: every UUID passes the check of UUIDs.
        chance: check
            .filter(|_| form.in_field.is_none())
            .map_or(1.0, |c| c.pass_rate),
        has_check: check.is_some(),
        is_firm: alone >= 0.3,
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
    name: &str,
) -> Vec<Said> {
    let filled = summary.filled();
    if filled == 0 {
        return Vec::new();
    }
    let mut said: Vec<Said> = Vec::new();
    for (position, found) in &summary.matches {
        let at = usize::from(*position);
        let (Some(profile), Some((data_type, _))) = (profiles.get(at), types.get(at)) else {
            continue;
        };
        let Some(found) = Match::of(summary, profile, *position, found) else {
            continue;
        };
        if let Some((shift, alone, why)) = matched(summary, profile, &found) {
            let mut alone = alone.min(ceiling(summary, data_type.key(), &found));
            if is_against(profile, name) {
                alone -= AGAINST;
            }
            let detector = Some(at);
            said.push(Said {
                data_type: *data_type,
                shift,
                alone,
                detector,
                why,
            });
        }
    }
    said.extend(terms(summary, types));
    said.extend(names(summary));
    said.extend(traits(summary));
    said.extend(dates(summary));
    said
}

/// How values match the forms of one detector.
struct Match {
    /// Share of values with a form of it.
    share: f64,
    /// Share of texts with one inside.
    in_text: f64,
    /// Mean probability of the forms, each as often as it is seen.
    in_field: f64,
    /// Log-likelihood of what passes and fails the checks, under such data against under chance; per value.
    by_check: f64,
    /// The weakest chance among the checks passed.
    chance: f64,
    /// Share of the matches whose form says something of a value alone.
    firm: f64,
}

impl Match {
    fn of(
        summary: &FieldSummary,
        profile: &Profile,
        position: u16,
        found: &ValueMatch,
    ) -> Option<Self> {
        let filled = summary.filled().max(1) as f64;
        let whole = found.count.saturating_sub(found.in_text) as f64;
        let (mut seen, mut weighted, mut firm, mut passed, mut chance, mut by_check) =
            (0.0, 0.0, 0.0, 0.0, 0.0_f64, 0.0);
        for (at, form) in profile.forms.iter().enumerate() {
            let index = u16::try_from(profile.first + at).ok()?;
            let count = summary.forms.get(&index).copied().unwrap_or(0) as f64;
            seen += count;
            weighted += count * form.in_field;
            firm += if form.is_firm { count } else { 0.0 };
            if form.has_check && count > 0.0 {
                passed += count;
                chance = chance.max(form.chance);
                by_check += count * (PASSES / form.chance.clamp(1e-4, LOOSE)).ln();
            }
        }
        let failed = summary.failed.get(&position).copied().unwrap_or(0) as f64;
        let fails_by_chance = 1.0
            - if passed > 0.0 {
                chance.min(LOOSE)
            } else {
                LOOSE
            };
        by_check += failed * ((1.0 - PASSES) / fails_by_chance).ln();
        Some(Self {
            share: whole / filled,
            in_text: found.in_text as f64 / filled,
            in_field: if seen > 0.0 {
                weighted / seen
            } else {
                profile.best()
            },
            by_check: if passed + failed > 0.0 {
                by_check / (passed + failed)
            } else {
                0.0
            },
            chance: if passed > 0.0 { chance } else { 1.0 },
            firm: if seen > 0.0 { firm / seen } else { 1.0 },
        })
    }
}

/// Share of values with right check digits in fields that hold such data: some are mistyped.
const PASSES: f64 = 0.97;
/// What a check of mere form lets pass, at most.
const LOOSE: f64 = 0.8;

/// Dates, numbers and ids have many readings: alone, without a checksum, a form that fits them is no finding.
fn ceiling(summary: &FieldSummary, key: &str, found: &Match) -> f64 {
    let share = |shapes: &[Shape]| shapes.iter().map(|s| summary.shape_share(*s)).sum::<f64>();
    let is_date = share(&[Shape::Date, Shape::DateTime]) > 0.5
        || summary.dates.count_all() * 10 > summary.filled() * 9;
    let is_plain = share(&[Shape::Integer, Shape::Decimal, Shape::Uuid, Shape::Boolean]) > 0.5;
    if is_date {
        return if key == "contact.birth_date" {
            -0.5
        } else {
            -2.0
        };
    }
    if is_plain && (key == "contact.phone" || found.chance >= 0.6) {
        return -0.3;
    }
    if key == "location.ip_address" && summary.trait_share(Trait::LowAddress) > 0.5 {
        return -2.0;
    }
    f64::INFINITY
}

/// Few values prove little.
fn certainty(count: u64) -> f64 {
    (count as f64 / 4.0).min(1.0)
}

fn matched(summary: &FieldSummary, profile: &Profile, found: &Match) -> Option<(f64, f64, String)> {
    let filled = summary.filled();
    let share = found.share;
    if share < 0.05 {
        // Free text that mentions such values now and then.
        let is_said = found.in_text >= 0.05 && profile.best() >= 0.8;
        return is_said.then(|| {
            let why = format!("{:.0} % of the texts contain one", found.in_text * 100.0);
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
    // Forms that say something of whole fields only need a field full of them.
    let rate = if share < 0.5 && found.firm < 0.5 {
        rate - 2.0
    } else {
        rate
    };
    let odds = |p: f64| (p.clamp(0.02, 0.985) / (1.0 - p.clamp(0.02, 0.985))).ln();
    let by_form = odds(found.in_field.max(0.05)) + rate;
    // A checksum that chance passes one time in ten proves little once and much over many different values. Where many
    // values of the pattern fail it, what passes does so by chance.
    let different = summary.distinct().min(filled).min(60) as f64 * share.max(0.1);
    let told = found.by_check * different;
    if told < -2.0 {
        return None;
    }
    let by_check = if found.chance < 0.6 && told > 0.0 {
        told.min(7.0) + PRIOR - 1.0
    } else {
        f64::NEG_INFINITY
    };
    let logit = by_form.max(by_check);
    let alone = if found.in_field == 0.0 && by_check < 0.0 {
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

/// Values that are words of a closed list.
fn terms(summary: &FieldSummary, types: &[(DataType, String)]) -> Vec<Said> {
    let filled = summary.filled().max(1) as f64;
    let sure = certainty(summary.filled());
    let one = |(position, count): (&u16, &u64)| {
        let share = *count as f64 / filled;
        let alone = if share >= 0.9 {
            1.8
        } else if share >= 0.75 {
            0.7
        } else {
            return None;
        };
        let at = usize::from(*position);
        Some(Said {
            data_type: types.get(at)?.0,
            shift: 3.0 * sure,
            alone: PRIOR + (alone - PRIOR) * sure,
            detector: Some(at),
            why: format!("{:.0} % of the values are words for it", share * 100.0),
        })
    };
    // A field with a single value all along says nothing.
    if summary.distinct() < 2 {
        return Vec::new();
    }
    summary.terms.iter().filter_map(one).collect()
}

/// Streets, logins, occupations, letters.
fn traits(summary: &FieldSummary) -> Vec<Said> {
    let sure = certainty(summary.filled());
    let share = |kind: Trait| summary.trait_share(kind);
    let distinct = summary.distinct() as f64 / summary.filled().max(1) as f64;
    let mut said = Vec::new();
    let mut say = |key: &str, shift: f64, alone: f64, part: f64, what: &str| {
        if let Some(data_type) = DataType::from_key(key) {
            let alone = PRIOR + (alone - PRIOR) * sure;
            let why = format!("{:.0} % of the values {what}", part * 100.0);
            said.push(Said {
                data_type,
                shift: shift * sure,
                alone,
                detector: None,
                why,
            });
        }
    };
    let (street, like) = (share(Trait::Street), share(Trait::StreetLike));
    if street >= 0.5 || street >= 0.2 && street + like >= 0.7 {
        let alone = if street + like >= 0.8 { 1.8 } else { 0.9 };
        say(
            "contact.postal_address",
            3.0,
            alone,
            street + like,
            "are streets with house numbers",
        );
    }
    let (login, joined) = (share(Trait::UserName), share(Trait::JoinedName));
    if joined >= 0.25 && login + joined >= 0.4 && distinct >= 0.5 {
        let alone = if login + joined >= 0.6 { 0.9 } else { 0.5 };
        say(
            "contact.username",
            2.5,
            alone,
            login + joined,
            "are names joined with other signs, as logins are",
        );
    }
    let job = share(Trait::Occupation);
    if job >= 0.4 {
        let alone = if job >= 0.7 { 1.4 } else { 0.7 };
        say("contact.employment", 2.5, alone, job, "are occupations");
    }
    let letters = share(Trait::FirstPerson);
    if letters >= 0.3 {
        let alone = if letters >= 0.5 { 1.2 } else { 0.6 };
        say(
            "usage.communication",
            2.0,
            alone,
            letters,
            "are texts in which somebody speaks",
        );
    }
    let (name, place) = (share(Trait::EastAsianName), share(Trait::EastAsianPlace));
    if name >= 0.3 && name > place {
        let alone = if name >= 0.5 { 1.2 } else { 0.6 };
        say("contact.name", 2.5, alone, name, "are names in Han or kana");
    }
    if place >= 0.6 {
        say(
            "location.region",
            2.2,
            1.0,
            place,
            "are places in Han or kana",
        );
    }
    said
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
    let words = summary.shape_share(Shape::Word) + summary.shape_share(Shape::Words);
    // Names of people differ from row to row; words that only happen to be names come again and again.
    let is_varied = summary.distinct() >= 12;
    let either = whole + single;
    if whole >= 0.4 || whole >= 0.25 && is_varied && words >= 0.8 && place < whole / 2.0 {
        let alone = if whole >= 0.7 {
            1.8
        } else if whole >= 0.4 {
            0.9
        } else {
            0.5
        };
        say("contact.name", whole, 3.5, alone, "names of persons");
    } else if either >= 0.45 && either > place * 1.5 {
        let alone = match either {
            _ if !is_varied => 0.1,
            0.8.. => 1.4,
            0.6.. => 1.0,
            _ => 0.6,
        };
        say(
            "contact.name",
            either,
            2.5,
            alone,
            "given names or surnames",
        );
    }
    if place >= 0.5 && place >= single || place >= 0.3 && place > 2.0 * either && words >= 0.85 {
        let alone = match place {
            0.8.. => 1.2,
            0.5.. => 0.9,
            _ => 0.6,
        };
        say("location.region", place, 2.2, alone, "names of places");
    }
    said
}

/// Dates spread like those of birth.
fn dates(summary: &FieldSummary) -> Option<Said> {
    let plausible = summary.dates.birth_plausibility();
    let count = summary.dates.count_all();
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
