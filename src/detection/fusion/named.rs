//! Concepts of detectors in a name: how sure each is, given what stands around it and whose it is.
//! Knows names and owners; nothing of values or comments.

use super::fit::{by_reference, type_fit};
use super::group::{Group, group};
use super::owner::{Owner, is_of_money, owner_of, support};
use super::part::{PARTS, Part, Parts};
use super::{Candidate, Case};
use crate::detection::declared_type::Holds;
use crate::detection::key;
use crate::detection::name::Head;
use crate::detection::word::{Class, Found, Meaning, role};
use crate::finding::{Evidence, EvidenceBy};
use crate::taxonomy::{Category, DataType};

/// Concepts of detectors in the name.
pub(super) fn by_name(case: &Case<'_>, out: &mut Vec<Candidate>) {
    for found in &case.name.data {
        let Meaning::Data {
            detector,
            is_strong,
        } = found.meaning
        else {
            continue;
        };
        let (data_type, id) = &case.detectors[detector as usize];
        let owner = owner_of(case, found.start, found.end);
        let parts = parts_of(case, found, *data_type, is_strong, &owner);
        let logit: f64 = parts.iter().sum();
        let mut evidence = vec![Evidence::new(
            EvidenceBy::Name,
            id,
            format!("the name says {}", data_type.facts().label),
        )];
        push_owner(&owner, &mut evidence);
        out.push(Candidate {
            data_type: *data_type,
            logit,
            evidence,
            parts: Some(parts),
        });
        if data_type.key() == "contact.name"
            && owner.relative
            && let Some(family) = DataType::from_key("contact.family")
        {
            out.push(Candidate {
                data_type: family,
                parts: None,
                logit: logit - 0.2,
                evidence: vec![Evidence::new(
                    EvidenceBy::Object,
                    "family",
                    "it is the name of a relative",
                )],
            });
        }
    }
}

fn push_owner(owner: &Owner, evidence: &mut Vec<Evidence>) {
    let about = match owner.class {
        Class::Person => "a person",
        Class::Record => "a record of a person",
        Class::Organisation => "an organisation",
        Class::Thing => "a thing",
        Class::Unknown => return,
    };
    let by = if owner.in_name {
        EvidenceBy::Name
    } else {
        EvidenceBy::Object
    };
    let what = if owner.in_name {
        "it is of"
    } else {
        "the dataset is about"
    };
    evidence.push(Evidence::new(
        by,
        "objects",
        format!("{what} {about} ({})", owner.why),
    ));
}

/// What a concept in the name adds: by itself, by its owner, the words around it, its type and its key.
fn parts_of(
    case: &Case<'_>,
    found: &Found,
    data_type: DataType,
    is_strong: bool,
    owner: &Owner,
) -> Parts {
    let declared = case.field.declared_type.as_deref().unwrap_or_default();
    let mut parts = [0.0; PARTS];
    parts[Part::Word as usize] = if is_strong { 3.2 } else { -1.5 };
    parts[Part::Owner as usize] = by_owner(case, data_type, is_strong, owner);
    parts[Part::Grammar as usize] = by_grammar(case, found, data_type, is_strong, owner);
    parts[Part::Type as usize] = type_fit(data_type.key(), case.holds, declared);
    parts[Part::Reference as usize] = by_reference(case, data_type);
    if data_type.key() == "contact.account_id" {
        parts[Part::Key as usize] = key::against(case);
    }
    parts
}

fn by_owner(case: &Case<'_>, data_type: DataType, is_strong: bool, owner: &Owner) -> f64 {
    let key = data_type.key();
    let group = group(key);
    let support = support(case, owner, data_type);
    if !is_strong {
        return support;
    }
    match owner.class {
        Class::Thing if group == Group::Use && case.siblings.has_person_key => -2.4,
        Class::Thing => of_thing(key),
        Class::Organisation if support < 0.0 => of_organisation(key),
        _ => (support * 0.45).clamp(-1.2, 1.4),
    }
}

/// What the words around a concept take from it, mostly.
fn by_grammar(
    case: &Case<'_>,
    found: &Found,
    data_type: DataType,
    is_strong: bool,
    owner: &Owner,
) -> f64 {
    let key = data_type.key();
    let group = group(key);
    let head = case.name.head_after(case.lexicon, found.end);
    let lead = case.name.lead_before(case.lexicon, found.start);
    let mut logit = effect(case, head, data_type, is_strong);
    let is_fact = case.lexicon.fact_types[data_type.index()];
    if lead.choice && !matches!(key, "usage.marketing" | "usage.preference") {
        logit -= 5.0;
    } else if lead.flag {
        logit -= if is_fact { 0.3 } else { 5.0 };
    }
    if lead.count
        && !matches!(
            key,
            "usage.activity"
                | "financial.transaction"
                | "financial.income"
                | "financial.billing"
                | "contact.family"
                | "contact.employment"
                | "financial.credit"
        )
    {
        logit -= 2.5;
    }
    let has_record = |s: usize| {
        case.name.objects.iter().any(|(_, e, o)| {
            *e <= s
                && o.class == Class::Record
                && case.lexicon.roles(case.name.words[*e - 1]) & role::TRANSPARENT == 0
        })
    };
    if group == Group::Name && !owner.in_name && has_record(found.start) {
        logit -= 3.5;
    }
    if !is_strong && group == Group::Secret && found.start > 0 && owner.topic != Some(data_type) {
        logit -= 3.0;
    }
    let is_usage = case
        .reading
        .topic
        .is_some_and(|t| t.category() == Category::Usage);
    if !is_strong && matches!(key, "usage.device" | "usage.search") && !is_usage {
        logit -= 2.2;
    }
    let is_financial = case
        .reading
        .topic
        .is_some_and(|t| t.category() == Category::Financial);
    if group == Group::Text && !is_strong && is_financial && is_caption(case, found) {
        logit -= 1.5;
    }
    if key == "contact.postal_address"
        && !is_strong
        && !case.siblings.has_address
        && case.reading.class != Class::Person
    {
        logit -= 2.0;
    }
    if key == "financial.transaction" && is_bound(case) {
        logit -= 4.5;
    }
    let is_message = case
        .reading
        .topic
        .is_some_and(|t| t.key() == "usage.communication");
    if key == "usage.preference"
        && is_message
        && case.lexicon.id("score") == Some(case.name.words[found.start])
    {
        logit -= 2.5;
    }
    // Beside an e-mail address `cc` is who gets a copy.
    if key == "financial.card_number"
        && case.siblings.has_email
        && case.name.words.len() == 1
        && case.lexicon.id("cc") == Some(case.name.words[0])
    {
        logit -= 6.0;
    }
    if key == "location.region" && is_any_state(case, found) {
        logit -= 3.5;
    }
    if key == "financial.tax_id" && !matches!(head, Head::Itself | Head::Id) {
        logit -= 3.5;
    }
    if head == Head::Id && is_key_to_other(case, found) {
        logit -= 4.5;
    }
    // The code of a user tells who it is, it opens nothing.
    let code = case.lexicon.id("code");
    if group == Group::Secret
        && case.reading.class == Class::Person
        && case.name.words.len() == 1
        && code == Some(case.name.words[0])
    {
        logit -= 1.5;
    }
    let is_of_nobody = case.reading.class == Class::Unknown
        && !case.siblings.has_person_key
        && !case.siblings.has_visitor
        && case.siblings.personal == 0
        && case.siblings.fields > 2;
    if key == "usage.preference" && is_of_nobody && !owner.in_name {
        logit -= 3.0;
    }
    let is_amount = group == Group::Money && is_of_money(case);
    if lead.unknown && !is_strong && !is_amount {
        logit -= 1.2;
    }
    if lead.verb && matches!(group, Group::Text | Group::Use) && !is_strong {
        logit -= 1.0;
    }
    logit
}

/// `title`, `text`: beside money the name of a position, not what someone wrote.
fn is_caption(case: &Case<'_>, found: &Found) -> bool {
    let captions = ["title", "text", "summary", "detail", "response"];
    captions
        .iter()
        .any(|c| case.lexicon.id(c) == Some(case.name.words[found.start]))
}

/// The least or most that may be bought is of the product, not of a purchase.
fn is_bound(case: &Case<'_>) -> bool {
    let bounds = ["min", "max", "minimum", "maximum", "limit", "threshold"];
    case.name
        .words
        .iter()
        .any(|w| bounds.iter().any(|b| case.lexicon.id(b) == Some(*w)))
}

/// What a plain name loses where the dataset is about things: what describes things is common there.
fn of_thing(key: &str) -> f64 {
    match group(key) {
        Group::Use | Group::Text | Group::Money | Group::Secret => -4.4,
        Group::Place | Group::Job => -3.4,
        Group::Fact if key == "location.ip_address" => -1.6,
        Group::Fact => -3.0,
        Group::Account => -1.0,
        Group::Name => -1.6,
        Group::Reach if key == "contact.email" => -1.4,
        Group::Reach => -2.4,
    }
}

/// What a plain name loses where it is of an organisation.
fn of_organisation(key: &str) -> f64 {
    match group(key) {
        Group::Use | Group::Text | Group::Money | Group::Secret => -4.0,
        Group::Place => -3.2,
        Group::Job => -3.4,
        Group::Reach if key == "contact.email" => -1.6,
        Group::Reach => -2.9,
        Group::Fact if key == "location.ip_address" => -1.0,
        Group::Fact => -2.4,
        Group::Account => -1.0,
        Group::Name => -1.0,
    }
}

/// What the words after a concept take from it.
fn effect(case: &Case<'_>, head: Head, data_type: DataType, is_strong: bool) -> f64 {
    let key = data_type.key();
    let is_fact = case.lexicon.fact_types[data_type.index()];
    let is_coded = case.lexicon.coded_types[data_type.index()];
    match head {
        Head::Itself => 0.0,
        Head::Time if is_fact => -0.3,
        Head::Flag if matches!(key, "usage.marketing" | "usage.preference") => -0.3,
        Head::Count if key == "usage.activity" => 0.0,
        Head::Count if is_fact || key == "financial.transaction" => -0.8,
        Head::Kind
            if matches!(
                key,
                "contact.employment" | "contact.family" | "contact.nationality" | "sensitive.minor"
            ) =>
        {
            -1.4
        }
        Head::Kind if is_fact => -2.6,
        Head::Id if is_coded => -0.7,
        Head::Url if matches!(key, "contact.photo" | "contact.online_profile") => 0.0,
        Head::Url
            if matches!(
                key,
                "contact.employment"
                    | "contact.signature"
                    | "usage.content"
                    | "sensitive.government_id"
            ) =>
        {
            -0.8
        }
        Head::File
            if matches!(
                key,
                "contact.photo"
                    | "contact.signature"
                    | "usage.content"
                    | "contact.employment"
                    | "sensitive.government_id"
                    | "sensitive.biometric"
                    | "sensitive.health"
            ) =>
        {
            -0.2
        }
        Head::Text if is_fact || key == "usage.communication" => -0.4,
        Head::Other if is_strong && is_fact => -1.6,
        Head::Other if is_strong => -3.2,
        Head::Other => -4.2,
        Head::Technical if key == "sensitive.credential" && is_strong => -3.0,
        Head::Kind | Head::Id | Head::Url | Head::File | Head::Text => -4.8,
        Head::Time | Head::Flag | Head::Count | Head::Technical | Head::RowStamp | Head::By => -6.0,
    }
}

/// A concept that is itself an object with rows of its own (`allergy_id`): its id is no fact, unless it is a code.
fn is_key_to_other(case: &Case<'_>, found: &Found) -> bool {
    let is_id = |w: &u32| {
        ["id", "ids", "uuid"]
            .iter()
            .any(|i| case.lexicon.id(i) == Some(*w))
    };
    case.name.words.last().is_some_and(is_id)
        && case.name.objects.iter().any(|(s, e, o)| {
            *s >= found.start
                && *e <= found.end
                && (matches!(o.class, Class::Record | Class::Person)
                    || o.class == Class::Thing && is_health(case, found))
        })
}

/// `state` is a region beside a city or street, or after a word for an address; else it is a condition.
fn is_any_state(case: &Case<'_>, found: &Found) -> bool {
    let is = |at: usize, words: &[&str]| {
        case.name
            .words
            .get(at)
            .is_some_and(|w| words.iter().any(|x| case.lexicon.id(x) == Some(*w)))
    };
    let of_address = found.start > 0
        && is(
            found.start - 1,
            &[
                "address",
                "home",
                "birth",
                "residence",
                "billing",
                "shipping",
                "mailing",
                "postal",
                "licence",
                "license",
            ],
        );
    let of_address = of_address
        || found.start > 0
            && case
                .siblings
                .place_leads
                .iter()
                .any(|lead| *lead == case.name.words[..found.start]);
    let above = !case.name.parents.is_empty();
    found.end == found.start + 1
        && case.holds != Holds::Key
        && is(found.start, &["state"])
        && !of_address
        && !above
        && (found.start > 0 || !case.siblings.has_address)
}

fn is_health(case: &Case<'_>, found: &Found) -> bool {
    matches!(found.meaning, Meaning::Data { detector, .. } if case.detectors[detector as usize].0.key() == "sensitive.health")
}
