//! What declared types and keys to other datasets say of a data type.
//! Knows what a type holds; nothing of names of data.

use super::group::{Group, group};
use super::{Candidate, Case};
use crate::detection::declared_type::Holds;
use crate::detection::key;
use crate::detection::object::Reading;
use crate::detection::word::Class;
use crate::finding::{Evidence, EvidenceBy};
use crate::taxonomy::DataType;

/// What the declared type says of a data type, in log-odds; most pairs say nothing.
pub(in crate::detection) fn type_fit(key: &str, holds: Holds, declared: &str) -> f64 {
    use Holds::{
        Bytes, Choice, Date, Decimal, Duration, Flag, Integer, Key, MacAddress, Moment, NetAddress,
        Picture, Structure, Uuid,
    };
    let group = group(key);
    let is_fact = !matches!(
        group,
        Group::Name | Group::Place | Group::Reach | Group::Account | Group::Secret
    ) && key != "location.ip_address"
        && key != "usage.device"
        && key != "financial.card_number"
        && key != "financial.bank_account";
    match holds {
        NetAddress => {
            if key == "location.ip_address" {
                3.0
            } else {
                -4.0
            }
        }
        MacAddress => {
            if key == "usage.device_id" {
                3.0
            } else {
                -4.0
            }
        }
        Flag => match key {
            "usage.marketing" | "usage.preference" | "sensitive.health" | "sensitive.criminal"
            | "sensitive.minor" | "contact.family" => 0.2,
            "usage.communication"
            | "usage.content"
            | "usage.page_view"
            | "usage.search"
            | "usage.session"
            | "usage.device" => -5.0,
            "financial.transaction"
            | "financial.billing"
            | "contact.birth_date"
            | "financial.income"
            | "financial.tax_id" => -3.0,
            _ if is_fact => -0.8,
            _ => -5.5,
        },
        Date | Moment => match key {
            "contact.birth_date" | "usage.activity" | "location.visit" | "usage.marketing" => 0.3,
            "financial.card_security"
            | "sensitive.government_id"
            | "sensitive.health"
            | "contact.employment"
            | "contact.education"
            | "contact.family"
            | "sensitive.criminal"
            | "contact.nationality"
            | "financial.credit"
            | "financial.billing"
            | "financial.income"
            | "financial.transaction"
            | "sensitive.religion" => 0.0,
            _ => -5.0,
        },
        Duration => {
            if key == "usage.activity" {
                0.5
            } else {
                -4.0
            }
        }
        Integer => match key {
            "contact.email" => -6.0,
            "contact.name"
            | "contact.username"
            | "contact.photo"
            | "usage.communication"
            | "usage.page_view"
            | "contact.online_profile" => -3.2,
            "sensitive.credential" => -1.6,
            "location.region" => -0.3,
            "usage.device" | "contact.postal_address" | "usage.search" => -1.2,
            _ => 0.0,
        },
        Decimal => match key {
            "financial.transaction"
            | "financial.income"
            | "financial.credit"
            | "financial.billing"
            | "location.precise" => 0.6,
            "sensitive.health" | "contact.education" | "usage.activity" | "usage.preference"
            | "contact.birth_date" | "contact.employment" => 0.0,
            _ => -4.0,
        },
        Uuid => match key {
            "contact.account_id"
            | "usage.session"
            | "usage.cookie_id"
            | "usage.device_id"
            | "sensitive.credential" => 0.4,
            _ => -3.5,
        },
        Choice => match group {
            Group::Name | Group::Reach | Group::Account | Group::Secret => -4.0,
            Group::Text => -3.0,
            _ => -0.5,
        },
        Structure => match group {
            Group::Text => -0.8,
            _ if key == "usage.preference" => 0.3,
            _ => -0.3,
        },
        Bytes => match key {
            "contact.photo"
            | "sensitive.biometric"
            | "contact.signature"
            | "usage.content"
            | "sensitive.credential"
            | "usage.session" => 0.5,
            "contact.name" | "location.region" => -2.5,
            _ => -0.3,
        },
        Picture => {
            if key == "contact.photo" {
                2.0
            } else if matches!(
                key,
                "contact.signature" | "sensitive.biometric" | "usage.content"
            ) {
                0.3
            } else {
                -3.0
            }
        }
        Key => match key {
            "contact.account_id" => 0.5,
            "contact.name" | "contact.email" | "contact.phone" | "usage.communication" => -3.0,
            _ => -0.6,
        },
        Holds::Email => {
            if key == "contact.email" {
                3.0
            } else if key == "contact.username" {
                0.0
            } else {
                -3.0
            }
        }
        Holds::Phone => {
            if key == "contact.phone" {
                3.0
            } else {
                -3.0
            }
        }
        Holds::Link => {
            if matches!(
                key,
                "contact.online_profile" | "contact.photo" | "usage.page_view"
            ) {
                0.5
            } else {
                -1.5
            }
        }
        Holds::Place => {
            if key == "location.precise" {
                1.5
            } else if group == Group::Place {
                0.0
            } else {
                -3.0
            }
        }
        Holds::Password => {
            if key == "sensitive.credential" {
                2.5
            } else {
                -2.0
            }
        }
        // Short codes are no names and no text.
        Holds::Text(length) if length > 0 && length <= 4 => match group {
            Group::Name | Group::Reach | Group::Text | Group::Secret => -1.8,
            _ => 0.0,
        },
        // Short columns hold codes and titles, not free text.
        Holds::Text(length) if length > 0 && length <= 40 && group == Group::Text => -0.6,
        Holds::Text(_) if declared.starts_with("Code") => match key {
            "contact.name" | "usage.communication" => -1.5,
            "contact.phone" => -2.5,
            _ => 0.0,
        },
        Holds::Text(_) | Holds::LongText | Holds::Unknown => 0.0,
    }
}

/// A key to a dataset of things speaks against data of a person, save codes.
pub(in crate::detection) fn by_reference(case: &Case<'_>, data_type: DataType) -> f64 {
    let Some(reference) = &case.field.references else {
        return 0.0;
    };
    let target = Reading::of_dataset(case.lexicon, &reference.dataset);
    let class = if target.key_to_person || key::names_its_person(case, &target) {
        Class::Person
    } else {
        target.class
    };
    // `files` refers to rows that are files.
    let is_file = target.topic.is_some_and(|t| t.key() == "usage.content")
        || ["file", "attachment", "document", "image", "photo"]
            .iter()
            .any(|w| {
                target
                    .words
                    .last()
                    .is_some_and(|l| case.lexicon.id(w) == Some(*l))
            });
    match (class, data_type.key()) {
        (_, "usage.content" | "contact.photo") if is_file => 0.3,
        (Class::Person, "contact.account_id") => 2.5,
        (Class::Person, _) => -2.5,
        (Class::Thing | Class::Organisation | Class::Record, "contact.account_id") => -4.0,
        _ if case.lexicon.coded_types[data_type.index()] => -0.2,
        _ => -2.5,
    }
}

/// Types that say by themselves what is held.
pub(super) fn by_type(case: &Case<'_>, out: &mut Vec<Candidate>) {
    let (key, logit) = match case.holds {
        Holds::NetAddress => ("location.ip_address", 1.6),
        Holds::MacAddress => ("usage.device_id", 1.2),
        Holds::Email => ("contact.email", 2.2),
        Holds::Phone => ("contact.phone", 2.2),
        Holds::Password => ("sensitive.credential", 1.5),
        _ => return,
    };
    let by_owner = match case.reading.class {
        Class::Person | Class::Record => 0.8,
        Class::Thing => -1.5,
        _ => 0.0,
    };
    let Some(data_type) = DataType::from_key(key) else {
        return;
    };
    let why = format!("its type holds {}", data_type.facts().label);
    out.push(Candidate {
        parts: None,
        data_type,
        logit: logit + by_owner,
        evidence: vec![Evidence::new(EvidenceBy::Type, "types", why)],
    });
}
