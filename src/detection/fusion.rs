//! From evidence to a judgement: each reason adds log-odds to a data type; the sum is read as a calibrated probability.
//! Knows words and readings, nothing of files or formats.

use super::declared_type::Holds;
use super::key;
use super::name::{Head, Name};
use super::object::Reading;
use super::summary::FieldSummary;
use super::topic;
use super::value_evidence::{self, Profile, Said};
use super::word::{Class, Found, Lexicon, Meaning, Object, role};
use crate::field::Field;
use crate::finding::{Evidence, EvidenceBy, Judgement};
use crate::taxonomy::{Category, DataType};

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

/// What the fields of a dataset say together.
#[derive(Clone, Debug, Default)]
pub(super) struct Siblings {
    /// How many kinds of plainly personal fields there are.
    pub personal: usize,
    /// First and last name, or a name and a birth date.
    pub has_person: bool,
    /// A key to a person.
    pub has_person_key: bool,
    /// A key to whoever made or changed the row.
    pub has_actor_key: bool,
    /// Street, city, postcode: two of them.
    pub has_address: bool,
    /// Prices, stock, sort orders.
    pub things: usize,
    /// Names that stand beside the same name with `type` (`owner_id`, `owner_type`).
    pub polymorphic: Vec<Vec<u32>>,
    /// A key to a person beside one to an account: the account is a tenant.
    pub account_is_tenant: bool,
    /// A key to a patient or an encounter: the rows are of care.
    pub has_patient_key: bool,
    /// A visitor, session or network address: the rows are of someone's use.
    pub has_visitor: bool,
    /// A plain e-mail address: a plain name beside it is that person's.
    pub has_email: bool,
    /// A secret or redirect address: a client is a program.
    pub has_secret: bool,
}

impl Siblings {
    /// Reads all names of a dataset together.
    pub fn of(
        lexicon: &Lexicon,
        detectors: &[(DataType, String)],
        names: &[Name<'_>],
        holds: &[Holds],
    ) -> Self {
        let mut siblings = Self::default();
        let mut kinds: Vec<&str> = Vec::new();
        let mut name_parts = 0;
        let mut places: Vec<&str> = Vec::new();
        let id = lexicon.id("id");
        let kind = lexicon.id("type");
        let mut has_account = false;
        for (name, holds) in names.iter().zip(holds) {
            for found in &name.data {
                let Meaning::Data {
                    detector,
                    is_strong,
                } = found.meaning
                else {
                    continue;
                };
                let key = detectors[detector as usize].0.key();
                let head = name.head_after(lexicon, found.end);
                if head != Head::Itself {
                    continue;
                }
                if matches!(key, "contact.postal_address" | "location.region")
                    && !places.contains(&key)
                {
                    places.push(key);
                }
                siblings.has_visitor |= matches!(
                    key,
                    "usage.cookie_id" | "usage.session" | "location.ip_address" | "usage.device_id"
                );
                siblings.has_email |=
                    key == "contact.email" && is_strong && name.parents.is_empty();
                siblings.has_person_key |= key == "contact.account_id" && is_strong;
                let is_plain = matches!(
                    key,
                    "contact.name"
                        | "contact.email"
                        | "contact.phone"
                        | "contact.birth_date"
                        | "contact.gender"
                        | "contact.username"
                        | "sensitive.credential"
                        | "contact.family"
                        | "sensitive.government_id"
                );
                if is_strong && is_plain && name.parents.is_empty() && *holds != Holds::Flag {
                    name_parts += usize::from(key == "contact.name");
                    if !kinds.contains(&key) {
                        kinds.push(key);
                    }
                }
            }
            let last = name.words.last().copied();
            let mentions = |words: &[&str]| {
                words
                    .iter()
                    .any(|w| lexicon.id(w).is_some_and(|w| name.words.contains(&w)))
            };
            siblings.has_patient_key |=
                mentions(&["patient", "encounter", "obs"]) && (last == id || name.words.len() == 1);
            siblings.has_secret |= mentions(&["secret", "redirect"]);
            let is_key = last.is_some_and(|w| lexicon.roles(w) & role::ID != 0);
            siblings.has_actor_key |= name.objects.iter().any(|(_, _, o)| o.acts);
            if is_key && name.words.len() > 1 {
                let owner = name.objects.last();
                if owner.is_some_and(|(_, e, o)| {
                    o.class == Class::Person && !o.acts && *e + 1 == name.words.len()
                }) {
                    if name.words.len() == 2 && Some(name.words[0]) == lexicon.id("account") {
                        has_account = true;
                    } else {
                        siblings.has_person_key = true;
                    }
                }
            }
            if last.is_some() && last == kind && name.words.len() > 1 {
                siblings
                    .polymorphic
                    .push(name.words[..name.words.len() - 1].to_vec());
            }
            let is_thing = |word: &str| {
                name.words.len() <= 2 && lexicon.id(word).is_some_and(|w| name.words.contains(&w))
            };
            siblings.things += usize::from(
                [
                    "price", "sku", "stock", "slug", "position", "sort", "barcode", "template",
                ]
                .iter()
                .any(|w| is_thing(w)),
            );
        }
        siblings.personal = kinds.len();
        siblings.has_person =
            name_parts >= 2 || (name_parts >= 1 && kinds.len() >= 3) || kinds.len() >= 4;
        siblings.has_address = places.len() >= 2;
        siblings.account_is_tenant = has_account && siblings.has_person_key;
        siblings.has_person_key |= has_account;
        siblings
    }

    /// What the name of the dataset leaves open.
    pub fn complete(&self, reading: &mut Reading) {
        let is_empty = self.personal == 0 && !self.has_person;
        if reading.class == Class::Person && reading.is_link && is_empty {
            reading.class = Class::Record;
            reading.topic = None;
        }
        let is_of_use = reading
            .topic
            .is_some_and(|t| t.category() == Category::Usage && t.key() != "usage.communication");
        let is_made =
            reading.topic.is_some_and(|t| t.key() == "usage.content") && self.has_actor_key;
        let has_link = is_made
            || reading.of_person
            || self.has_person_key
            || self.personal > 0
            || self.has_visitor;
        if reading.class == Class::Record && is_of_use && !has_link {
            reading.class = if reading.is_link {
                Class::Thing
            } else {
                Class::Unknown
            };
            reading.topic = None;
        }
        let is_open = matches!(reading.class, Class::Unknown)
            || (reading.class == Class::Thing && self.has_person);
        if is_open && self.has_person {
            reading.class = Class::Person;
            reading.why = "its fields".into();
        } else if reading.class == Class::Unknown && (self.personal >= 2 || self.has_person_key) {
            reading.class = Class::Record;
            reading.why = "its fields".into();
        } else if reading.class == Class::Organisation && self.has_person {
            reading.business = true;
        }
        self.complete_care(reading);
    }

    /// Orders, visits and events of patients are health data.
    fn complete_care(&self, reading: &mut Reading) {
        let topic = reading.topic.map(DataType::key);
        let is_open = matches!(
            topic,
            None | Some(
                "financial.transaction" | "usage.activity" | "location.visit" | "usage.content"
            )
        );
        if self.has_patient_key && reading.class == Class::Record && is_open {
            reading.topic = DataType::from_key("sensitive.health");
            reading.closed = topic.is_some();
            reading.why = format!("{}, with a key to a patient", reading.why);
        }
    }
}

/// Groups of data types that gain alike from what the dataset is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Name,
    Place,
    Reach,
    Job,
    Text,
    Money,
    Use,
    Account,
    Fact,
    Secret,
}

fn group(key: &str) -> Group {
    match key {
        "contact.name" => Group::Name,
        "contact.postal_address" | "location.region" | "location.timezone" | "location.precise" => {
            Group::Place
        }
        "contact.email"
        | "contact.phone"
        | "contact.online_profile"
        | "contact.username"
        | "contact.photo"
        | "contact.signature" => Group::Reach,
        "contact.employment" | "contact.education" => Group::Job,
        "usage.communication" | "usage.content" => Group::Text,
        "contact.account_id" => Group::Account,
        "sensitive.credential" => Group::Secret,
        "financial.transaction"
        | "financial.billing"
        | "financial.income"
        | "financial.credit"
        | "financial.bank_account"
        | "financial.tax_id" => Group::Money,
        k if k.starts_with("usage.") => Group::Use,
        _ => Group::Fact,
    }
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
    by_type(case, &mut candidates);
    by_comment(case, &mut candidates);
    by_values(case, &mut candidates);
    settle(case, candidates)
}

/// What values add to what name and dataset say, or say alone; and what they take.
fn by_values(case: &Case<'_>, candidates: &mut Vec<Candidate>) {
    let Some(summary) = case.summary.filter(|s| s.filled() > 0) else {
        return;
    };
    for candidate in candidates.iter_mut() {
        let against =
            value_evidence::against(summary, case.profiles, case.detectors, candidate.data_type);
        candidate.logit += against;
    }
    let named: Vec<DataType> = candidates.iter().map(|c| c.data_type).collect();
    for said in value_evidence::read(summary, case.profiles, case.detectors) {
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

/// Whose a concept in the name is, as far as name and dataset say.
struct Owner {
    class: Class,
    topic: Option<DataType>,
    business: bool,
    relative: bool,
    in_name: bool,
    why: String,
}

fn owner_of(case: &Case<'_>, start: usize, end: usize) -> Owner {
    let reading = case.reading;
    let above = || {
        case.name
            .parent_objects
            .iter()
            .rev()
            .find(|o| matches!(o.class, Class::Person))
            .copied()
    };
    let is_of_bank = |o: &&Object| o.class == Class::Organisation && o.label == "bank";
    match case
        .name
        .owner(start, end)
        .filter(|o| !is_of_bank(o))
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
fn support(case: &Case<'_>, owner: &Owner, data_type: DataType) -> f64 {
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
                    Group::Reach => 1.5,
                    Group::Job => 0.2,
                    Group::Text => 2.2,
                    Group::Money => 0.6,
                    Group::Use => 0.8,
                    Group::Account => 1.6,
                    Group::Fact => 1.0,
                    Group::Secret if topic.is_some_and(|t| t.key() == "usage.session") => 2.6,
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
fn is_of_money(case: &Case<'_>) -> bool {
    case.reading.class == Class::Record
        && case
            .reading
            .topic
            .is_some_and(|t| t.category() == Category::Financial)
}

/// A plain `name` beside an e-mail or postal address is the name of who is there.
fn is_alone_beside_contact(case: &Case<'_>) -> bool {
    (case.siblings.has_email || case.siblings.has_address) && case.name.content(case.lexicon) == 1
}

/// What the declared type says of a data type, in log-odds; most pairs say nothing.
pub(super) fn type_fit(key: &str, holds: Holds, declared: &str) -> f64 {
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
            "contact.email"
            | "contact.name"
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
        Holds::Text(_) if declared.starts_with("Code") => match key {
            "contact.name" | "usage.communication" => -1.5,
            "contact.phone" => -2.5,
            _ => 0.0,
        },
        Holds::Text(_) | Holds::LongText | Holds::Unknown => 0.0,
    }
}

/// Concepts of detectors in the name.
fn by_name(case: &Case<'_>, out: &mut Vec<Candidate>) {
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
        let mut logit = name_logit(case, found, *data_type, is_strong, &owner);
        logit += type_fit(
            data_type.key(),
            case.holds,
            case.field.declared_type.as_deref().unwrap_or_default(),
        );
        logit += by_reference(case, *data_type);
        if data_type.key() == "contact.account_id" {
            logit += key::against(case);
        }
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
        });
        if data_type.key() == "contact.name"
            && owner.relative
            && let Some(family) = DataType::from_key("contact.family")
        {
            out.push(Candidate {
                data_type: family,
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

fn name_logit(
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
    let support = support(case, owner, data_type);
    let mut logit = if is_strong {
        3.2 + match owner.class {
            Class::Thing if group == Group::Use && case.siblings.has_person_key => -2.4,
            Class::Thing => of_thing(key),
            Class::Organisation if support < 0.0 => of_organisation(key),
            _ => (support * 0.45).clamp(-1.2, 1.4),
        }
    } else {
        -1.5 + support
    };
    logit += effect(case, head, data_type, is_strong);
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
    if key == "location.region" && is_any_state(case, found) {
        logit -= 3.5;
    }
    if key == "financial.tax_id" && !matches!(head, Head::Itself | Head::Id) {
        logit -= 3.5;
    }
    if head == Head::Id && is_key_to_other(case, found) {
        logit -= 4.5;
    }
    if lead.unknown && !is_strong {
        logit -= 1.2;
    }
    if lead.verb && matches!(group, Group::Text | Group::Use) && !is_strong {
        logit -= 1.0;
    }
    logit
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
    let above = !case.name.parents.is_empty();
    found.end == found.start + 1
        && is(found.start, &["state"])
        && !of_address
        && !above
        && (found.start > 0 || !case.siblings.has_address)
}

fn is_health(case: &Case<'_>, found: &Found) -> bool {
    matches!(found.meaning, Meaning::Data { detector, .. } if case.detectors[detector as usize].0.key() == "sensitive.health")
}

/// A key to a dataset of things speaks against data of a person, save codes.
pub(super) fn by_reference(case: &Case<'_>, data_type: DataType) -> f64 {
    let Some(reference) = &case.field.references else {
        return 0.0;
    };
    let target = Reading::of_dataset(case.lexicon, &reference.dataset);
    let class = if target.key_to_person {
        Class::Person
    } else {
        target.class
    };
    match (class, data_type.key()) {
        (Class::Person, "contact.account_id") => 2.5,
        (Class::Person, _) => -2.5,
        (Class::Thing | Class::Organisation | Class::Record, "contact.account_id") => -4.0,
        _ if case.lexicon.coded_types[data_type.index()] => -0.2,
        _ => -2.5,
    }
}

/// Times and counts of what a person does.
fn by_stamp(case: &Case<'_>, out: &mut Vec<Candidate>) {
    let Some(data_type) = DataType::from_key("usage.activity") else {
        return;
    };
    let roles = case.name.roles(case.lexicon);
    let is_measure = roles & (role::TIME | role::COUNT) != 0
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
        data_type,
        logit,
        evidence: vec![Evidence::new(
            EvidenceBy::Name,
            "activity",
            "a time or count of what a person does",
        )],
    });
}

/// Types that say by themselves what is held.
fn by_type(case: &Case<'_>, out: &mut Vec<Candidate>) {
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
        data_type,
        logit: logit + by_owner,
        evidence: vec![Evidence::new(EvidenceBy::Type, "types", why)],
    });
}

/// A comment that names data where the name says nothing.
fn by_comment(case: &Case<'_>, out: &mut Vec<Candidate>) {
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
            data_type: *data_type,
            logit,
            evidence: vec![Evidence::new(EvidenceBy::Context, id, why)],
        });
    }
}
