//! Identifiers of persons: own ids, keys to persons, who did something; and ids of rows, which say nothing.
//! Knows names, readings and references; nothing of other data types.

use super::declared_type::Holds;
use super::fusion::{Candidate, Case, by_reference};
use super::object::Reading;
use super::word::{Class, Object, Word, role};
use crate::finding::{Evidence, EvidenceBy};
use crate::taxonomy::{Category, DataType};

const IDS: &[&str] = &["id", "uuid", "guid", "identifier", "pk", "uid", "ids"];

/// Whether a field is the identifier of its own row, by name (`order_id` in `orders`), and its row is no person.
pub(super) fn is_of_row(case: &Case<'_>) -> bool {
    let Some((last, stem)) = case.name.words.split_last() else {
        return false;
    };
    let is_id = is_any(case, *last, IDS);
    // The id of a session or device is itself the datum.
    let is_datum = case.reading.topic.is_some_and(|t| {
        matches!(
            t.key(),
            "usage.session"
                | "usage.device_id"
                | "usage.device"
                | "usage.cookie_id"
                | "contact.account_id"
        )
    });
    // `cohort_member_id` in `cohort_member`, which only links the two.
    let is_link =
        case.reading.class != Class::Person && stem.len() >= 2 && stem.len() >= content(case).len();
    is_id
        && !is_datum
        && !stem.is_empty()
        && case.name.parents.is_empty()
        && is_of_dataset(case, stem)
        && (is_link || person_at(case, stem.len()).is_none())
}

/// What a field says as an identifier of a person.
pub(super) fn read(case: &Case<'_>) -> Option<Candidate> {
    let data_type = DataType::from_key("contact.account_id")?;
    let holds = case.holds;
    let is_key_like = !matches!(
        holds,
        Holds::Flag
            | Holds::Date
            | Holds::Moment
            | Holds::Decimal
            | Holds::Choice
            | Holds::Structure
            | Holds::Duration
    );
    if case.name.words.is_empty() || !is_key_like {
        return None;
    }
    let (logit, why) = by_reference_to_person(case)
        .or_else(|| by_key(case))
        .or_else(|| by_whom(case))
        .or_else(|| by_own_id(case))
        .or_else(|| by_bare_person(case))?;
    let logit = logit + against(case) + by_reference(case, data_type);
    let evidence = vec![Evidence::new(EvidenceBy::Name, "account_id", why)];
    Some(Candidate {
        parts: None,
        data_type,
        logit,
        evidence,
    })
}

fn is_any(case: &Case<'_>, word: Word, of: &[&str]) -> bool {
    of.iter().any(|o| case.lexicon.id(o) == Some(word))
}

/// The words of the dataset's name that are no containers.
fn content(case: &Case<'_>) -> Vec<Word> {
    let is_content = |w: &&Word| case.lexicon.roles(**w) & role::CONTAINER == 0;
    case.reading
        .words
        .iter()
        .filter(is_content)
        .copied()
        .collect()
}

/// The name of the dataset ends with these words.
fn is_of_dataset(case: &Case<'_>, stem: &[Word]) -> bool {
    content(case).ends_with(stem) || case.reading.words.ends_with(stem)
}

/// The person a name names just before a position.
fn person_at<'a>(case: &Case<'a>, end: usize) -> Option<(usize, &'a Object)> {
    let found = case.name.objects.iter().find(|(_, e, o)| {
        *e == end && (o.class == Class::Person || o.key_to_person && is_of_care(case))
    })?;
    Some((found.0, found.2))
}

/// A provider is a person where care is given, elsewhere a firm.
fn is_of_care(case: &Case<'_>) -> bool {
    let is_health = case
        .reading
        .topic
        .is_some_and(|t| t.key() == "sensitive.health");
    let is_named = ["provider", "patient"].iter().any(|w| {
        case.lexicon
            .id(w)
            .is_some_and(|id| case.reading.words.first() == Some(&id))
    });
    is_health
        || is_named
        || case.siblings.has_patient_key
        || case.reading.subject.as_deref() == Some("patient")
}

fn body<'a>(case: &Case<'a>) -> &'a [Word] {
    let words = &case.name.words;
    let end = words
        .iter()
        .rposition(|w| !case.lexicon.is_number(*w))
        .map_or(0, |i| i + 1);
    &words[..end]
}

fn by_reference_to_person(case: &Case<'_>) -> Option<(f64, String)> {
    let reference = case.field.references.as_ref()?;
    let target = Reading::of_dataset(case.lexicon, &reference.dataset);
    let is_person =
        target.class == Class::Person && !target.is_link || names_its_person(case, &target);
    is_person.then(|| (0.8, format!("it refers to `{}`", reference.dataset)))
}

/// A bare `patient` that refers to rows about patients (`PatientRegistration`) is a key to the patient.
pub(super) fn names_its_person(case: &Case<'_>, target: &Reading) -> bool {
    let words = body(case);
    let stem = match words.split_last() {
        Some((last, stem)) if is_any(case, *last, IDS) => stem,
        _ => words,
    };
    let is_named = person_at(case, stem.len()).is_some_and(|(start, _)| start == 0);
    is_named && target.words.starts_with(stem)
}

fn by_key(case: &Case<'_>) -> Option<(f64, String)> {
    let (last, stem) = body(case).split_last()?;
    if case.lexicon.roles(*last) & role::ID == 0 {
        return None;
    }
    let (_, object) = person_at(case, stem.len())?;
    let is_short = is_any(case, *last, &["code", "key", "ref"]);
    let weaker = if is_short { 0.9 } else { 0.0 };
    Some((
        2.9 - weaker,
        format!("a key to a person ({})", object.label),
    ))
}

/// `created_by`, `approved_by_user_id`; not `group_by`.
fn by_whom(case: &Case<'_>) -> Option<(f64, String)> {
    let body = body(case);
    let by = body
        .iter()
        .position(|w| case.lexicon.roles(*w) & role::BY != 0)?;
    let is_order = by == 0
        || is_any(
            case,
            body[by - 1],
            &[
                "group",
                "order",
                "sort",
                "filter",
                "search",
                "satisfied",
                "partition",
            ],
        );
    let is_who = |(i, w): (usize, &Word)| {
        case.lexicon.roles(*w) & role::ID != 0
            || case
                .name
                .objects
                .iter()
                .any(|(s, e, o)| (*s..*e).contains(&(by + 1 + i)) && o.class == Class::Person)
    };
    // A lock is held by a process.
    let is_machine = case.reading.class == Class::Thing
        && by > 0
        && is_any(
            case,
            body[by - 1],
            &["locked", "run", "claimed", "processed", "triggered"],
        );
    let is_order = is_order || is_machine;
    let is_only_who = body[by + 1..].iter().enumerate().all(is_who);
    (!is_order && is_only_who).then(|| (2.6, "it says by whom".to_owned()))
}

fn by_own_id(case: &Case<'_>) -> Option<(f64, String)> {
    let words = &case.name.words;
    let is_alone = words.len() == 1 && is_any(case, words[0], IDS);
    let is_named = words.len() > 1
        && is_any(case, words[words.len() - 1], IDS)
        && is_of_dataset(case, &words[..words.len() - 1]);
    if !is_alone && !is_named {
        return None;
    }
    let parent = case.name.parent_objects.last();
    if let Some(object) = parent {
        return (object.class == Class::Person).then(|| {
            (
                2.0,
                format!("the identifier of a person ({})", object.label),
            )
        });
    }
    if !case.name.parents.is_empty() || case.reading.class != Class::Person {
        return None;
    }
    // Rows that only tie a person to something else are not the person.
    let is_tie = case.siblings.has_person_key && case.siblings.personal == 0 && !is_named;
    let logit = if case.reading.why == "its fields" || is_tie {
        0.2
    } else {
        2.2
    };
    Some((
        logit,
        format!("the identifier of a person ({})", case.reading.why),
    ))
}

/// A bare `author`, `owner` or `hiring_manager`.
fn by_bare_person(case: &Case<'_>) -> Option<(f64, String)> {
    let body = body(case);
    let (start, object) =
        person_at(case, body.len()).filter(|(s, _)| body.len() <= 3 && *s <= 2)?;
    let first = case.lexicon.roles(body[0]);
    // `commission_from_buyer` is an amount, `assigned_to_user` a user.
    let is_amount = start >= 2
        && is_any(case, body[start - 1], &["from", "to", "per"])
        && first & (role::ROW_VERB | role::PERSON_VERB) == 0
        && case.field.references.is_none();
    if is_amount {
        return None;
    }
    // `joined_members` that holds a number says how many, not who.
    if case.name.is_plural && case.holds == Holds::Integer {
        return None;
    }
    if object.class != Class::Person
        || start > 0
            && first & (role::FLAG | role::COUNT | role::TEXT) != 0
            && first & role::TRANSPARENT == 0
    {
        return None;
    }
    let logit = match case.holds {
        Holds::Integer | Holds::Uuid | Holds::Key => 2.2,
        _ if case.field.references.is_some() => 1.5,
        Holds::Unknown if start == 0 && case.reading.class != Class::Thing => 0.0,
        _ => return None,
    };
    Some((logit, format!("it names a person ({})", object.label)))
}

/// A bare `author` or `user` that holds text is what the person is called.
pub(super) fn read_text(case: &Case<'_>) -> Option<Candidate> {
    let words = body(case);
    let (start, object) = person_at(case, words.len())?;
    let is_text = matches!(case.holds, Holds::Text(length) if length == 0 || length >= 10);
    if start != 0 || !is_text || object.class != Class::Person || case.field.references.is_some() {
        return None;
    }
    let is_login = is_any(
        case,
        words[0],
        &["user", "login", "account", "admin", "identity"],
    );
    let is_mail = is_any(case, words[0], &["recipient", "sender"])
        && ["email", "mail"].iter().any(|w| {
            case.lexicon
                .id(w)
                .is_some_and(|w| case.reading.words.contains(&w))
        });
    let is_of_money = case
        .reading
        .topic
        .is_some_and(|t| t.category() == Category::Financial);
    if is_of_money && is_any(case, words[0], &["account"]) {
        return None;
    }
    let data_type = DataType::from_key(if is_mail {
        "contact.email"
    } else if is_login {
        "contact.username"
    } else {
        "contact.name"
    })?;
    let logit = match case.reading.class {
        Class::Person | Class::Record => 1.2,
        Class::Thing => -1.0,
        _ => 0.3,
    };
    let why = format!("it names a person ({})", object.label);
    Some(Candidate {
        parts: None,
        data_type,
        logit,
        evidence: vec![Evidence::new(EvidenceBy::Name, "objects", why)],
    })
}

/// What speaks against a person: a key of several kinds, a tenant, a program.
pub(super) fn against(case: &Case<'_>) -> f64 {
    let words = body(case);
    let stem = match words.split_last() {
        Some((last, stem)) if is_any(case, *last, IDS) => stem,
        _ => words,
    };
    // A user of several kinds (`user_id`, `user_type`) is a person still.
    let is_user = stem.len() == 1
        && is_any(
            case,
            stem[0],
            &["user", "customer", "employee", "patient", "author"],
        )
        || stem
            .last()
            .is_some_and(|w| case.lexicon.roles(*w) & role::BY != 0);
    let is_polymorphic = !is_user && case.siblings.polymorphic.iter().any(|p| p == stem);
    let has_tenant = case.siblings.account_is_tenant
        || case.siblings.has_actor_key
        || case.reading.class == Class::Thing;
    let is_worker = stem.len() == 1
        && is_any(case, stem[0], &["worker"])
        && case.reading.words.contains(&stem[0])
        && case.siblings.personal == 0;
    let is_tenant =
        is_worker || has_tenant && stem.len() == 1 && is_any(case, stem[0], &["account"]);
    let is_credential = case
        .reading
        .topic
        .is_some_and(|t| t.key() == "sensitive.credential");
    let is_program = stem.len() == 1
        && is_any(case, stem[0], &["client"])
        && (is_credential || case.siblings.has_secret);
    // `pid` is a patient where care is given, elsewhere a parent, product or process.
    let is_other = case.name.first == "pid" && words.len() == 2 && !is_of_care(case);
    let mut logit = if is_other { -6.0 } else { 0.0 };
    logit -= if is_polymorphic { 5.0 } else { 0.0 };
    logit -= if is_tenant { 3.5 } else { 0.0 };
    logit - if is_program { 4.5 } else { 0.0 }
}
