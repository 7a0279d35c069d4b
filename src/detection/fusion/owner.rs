//! Whose a concept in a name is, and how much that speaks for a data type.
//! Knows readings and objects; nothing of declared types.

use super::Case;
use super::group::{Group, group};
use crate::detection::word::{Class, Object, role};
use crate::taxonomy::{Category, DataType};

/// Whose a concept in the name is, as far as name and dataset say.
pub(super) struct Owner {
    pub class: Class,
    pub topic: Option<DataType>,
    pub business: bool,
    pub relative: bool,
    pub in_name: bool,
    pub why: String,
}

pub(super) fn owner_of(case: &Case<'_>, start: usize, end: usize) -> Owner {
    let reading = case.reading;
    let above = || {
        case.name
            .parent_objects
            .iter()
            .rev()
            .find(|o| matches!(o.class, Class::Person))
            .copied()
    };
    // A client that has a secret is a program.
    let is_program = |o: &&Object| {
        o.label == "client"
            && case.name.words[start..end]
                .iter()
                .any(|w| case.lexicon.id("secret") == Some(*w))
    };
    let is_of_bank = |o: &&Object| o.class == Class::Organisation && o.label == "bank";
    match case
        .name
        .owner(start, end)
        .filter(|o| !is_of_bank(o) && !is_program(o))
        .or_else(above)
    {
        Some(o)
            if o.class != Class::Record
                && !(matches!(o.class, Class::Thing | Class::Organisation)
                    && is_of_use(case, start)) =>
        {
            Owner {
                class: o.class,
                topic: reading.topic,
                business: o.business,
                relative: o.relative,
                in_name: true,
                why: format!("`{}` in the name", o.label),
            }
        }
        _ => Owner {
            class: if reading.class == Class::Thing && is_for_person(case, end) {
                Class::Record
            } else {
                reading.class
            },
            topic: reading.topic,
            business: reading.business,
            relative: reading.relative,
            in_name: false,
            why: reading.why.clone(),
        },
    }
}

/// A technical word before a concept of use (`config_browser`) does not make it a thing's.
fn is_of_use(case: &Case<'_>, start: usize) -> bool {
    let is_record = case.reading.class == Class::Record
        && case
            .reading
            .topic
            .is_some_and(|t| t.category() == Category::Usage);
    is_record
        && case.name.words[..start].iter().all(|w| {
            case.lexicon.roles(*w) & (role::TECHNICAL | role::KIND) != 0
                || case.lexicon.id("location") == Some(*w)
        })
}

/// `billing_…`, `home_…`: only what is of a person has such.
fn is_for_person(case: &Case<'_>, end: usize) -> bool {
    let words = [
        "billing",
        "shipping",
        "delivery",
        "home",
        "residential",
        "mailing",
        "emergency",
        "bill",
        "ship",
    ];
    case.name.words[..end]
        .iter()
        .any(|w| words.iter().any(|x| case.lexicon.id(x) == Some(*w)))
}

/// What the owner adds to a concept that needs support.
pub(super) fn support(case: &Case<'_>, owner: &Owner, data_type: DataType) -> f64 {
    let key = data_type.key();
    let group = group(key);
    let topic = owner.topic.filter(|_| owner.class == Class::Record);
    if topic == Some(data_type) {
        let is_loose = data_type.key() == "usage.communication"
            && !case.reading.of_person
            && !case.siblings.has_person_key
            && case.siblings.personal == 0;
        return if is_loose { 2.2 } else { 3.6 };
    }
    let same_category = topic.is_some_and(|t| t.category() == data_type.category());
    match owner.class {
        Class::Person => match group {
            Group::Name => 4.4,
            Group::Place => 4.0,
            Group::Reach => 3.6,
            Group::Job => 2.8,
            Group::Text => 2.8,
            Group::Money => 1.6,
            Group::Use => 2.2,
            Group::Account => 2.4,
            Group::Fact => 2.8,
            Group::Secret => 2.6,
        },
        Class::Record => {
            let of_person = if case.reading.of_person { 0.8 } else { 0.0 };
            let same = if same_category { 1.6 } else { 0.0 };
            let has_address = if case.siblings.has_address { 1.2 } else { 0.0 };
            let is_of_card = case.name.content(case.lexicon) == 1
                && topic.is_some_and(|t| {
                    matches!(t.key(), "financial.card_number" | "financial.bank_account")
                });
            let is_contact_record = is_of_card
                || topic.is_some_and(|t| {
                    t.category() == Category::Contact
                        && !matches!(
                            t.key(),
                            "contact.employment"
                                | "contact.education"
                                | "contact.account_id"
                                | "contact.photo"
                        )
                });
            of_person
                + same
                + match group {
                    Group::Name
                        if is_contact_record || owner.relative || case.siblings.has_person =>
                    {
                        3.4
                    }
                    Group::Name if is_alone_beside_contact(case) => 3.2,
                    Group::Name
                        if case.name.content(case.lexicon) == 2
                            && is_for_person(case, case.name.words.len()) =>
                    {
                        3.0
                    }
                    Group::Name => -0.9,
                    Group::Place => 1.6 + has_address,
                    Group::Reach
                        if matches!(key, "contact.email" | "contact.phone")
                            && (case.siblings.has_person_key || case.siblings.personal > 0) =>
                    {
                        2.1
                    }
                    Group::Reach => 1.5,
                    Group::Job => 0.2,
                    Group::Text => 2.2,
                    Group::Money => 0.6,
                    Group::Use => 0.8,
                    Group::Account => 1.6,
                    Group::Fact => 1.0,
                    Group::Secret
                        if topic.is_some_and(|t| {
                            matches!(t.key(), "usage.session" | "usage.device_id")
                        }) =>
                    {
                        2.6
                    }
                    Group::Secret if is_plain_secret(case) => 2.2,
                    Group::Secret => 1.0,
                }
        }
        Class::Organisation => match group {
            Group::Name if owner.business => 2.6,
            Group::Place | Group::Reach if owner.business => 2.8,
            Group::Money | Group::Job if owner.business => 1.6,
            Group::Place if case.siblings.has_person => 2.0,
            Group::Job if owner.in_name => 1.0,
            _ => -2.5,
        },
        Class::Thing if group == Group::Money && is_of_money(case) => 2.4,
        Class::Thing => -3.4,
        Class::Unknown => match group {
            Group::Name if is_alone_beside_contact(case) => {
                if case.siblings.has_email {
                    2.8
                } else {
                    1.2
                }
            }
            Group::Name => 0.2 + if case.siblings.personal > 0 { 1.0 } else { 0.0 },
            Group::Place => 0.8 + if case.siblings.has_address { 1.0 } else { 0.0 },
            Group::Reach => 0.8,
            Group::Fact => 0.6,
            Group::Account => 0.8,
            _ => -0.8,
        },
    }
}

/// Amounts of what was bought are amounts of the purchase.
pub(super) fn is_of_money(case: &Case<'_>) -> bool {
    case.reading.class == Class::Record
        && case
            .reading
            .topic
            .is_some_and(|t| t.category() == Category::Financial)
}

/// A bare `secret` beside a key to a person.
fn is_plain_secret(case: &Case<'_>) -> bool {
    let secret = case.lexicon.id("secret");
    case.siblings.has_person_key && case.name.words.len() == 1 && secret == Some(case.name.words[0])
}

/// A plain `name` beside an e-mail or postal address is the name of who is there.
fn is_alone_beside_contact(case: &Case<'_>) -> bool {
    (case.siblings.has_email || case.siblings.has_address) && case.name.content(case.lexicon) == 1
}
