//! What the fields of a dataset say together, and what that adds to the reading of its name.
//! Knows names and what types hold; nothing of single judgements.

use crate::detection::declared_type::Holds;
use crate::detection::name::{Head, Name};
use crate::detection::object::Reading;
use crate::detection::word::{Class, Lexicon, Meaning, Object, role};
use crate::taxonomy::{Category, DataType};

/// What the fields of a dataset say together.
#[derive(Clone, Debug, Default)]
pub(in crate::detection) struct Siblings {
    /// How many kinds of plainly personal fields there are.
    pub personal: usize,
    /// First and last name, or a name and a birth date.
    pub has_person: bool,
    /// A key to a person.
    pub has_person_key: bool,
    /// A key to whoever made or changed the row.
    pub has_actor_key: bool,
    /// A bank account or payment card.
    pub has_bank: bool,
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
    /// The words before `id` in keys to persons.
    pub person_stems: Vec<Vec<u32>>,
    /// How many fields there are.
    pub fields: usize,
    /// A key to an employee or applicant: what has no topic of its own is of their work.
    pub has_employee_key: bool,
    /// The words before a city or street (`delivery`): a state after them is a region.
    pub place_leads: Vec<Vec<u32>>,
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
                if matches!(key, "contact.postal_address" | "location.region") {
                    if !places.contains(&key) {
                        places.push(key);
                    }
                    let is_state = lexicon.id("state") == Some(name.words[found.start]);
                    if is_strong && found.start > 0 && !is_state {
                        siblings
                            .place_leads
                            .push(name.words[..found.start].to_vec());
                    }
                }
                siblings.has_visitor |= matches!(
                    key,
                    "usage.cookie_id" | "usage.session" | "location.ip_address" | "usage.device_id"
                );
                siblings.has_email |=
                    key == "contact.email" && is_strong && name.parents.is_empty();
                siblings.has_person_key |= key == "contact.account_id" && is_strong;
                siblings.has_bank |=
                    is_strong && matches!(key, "financial.bank_account" | "financial.card_number");
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
            if name.words.is_empty() {
                continue;
            }
            let last = name.words.last().copied();
            let mentions = |words: &[&str]| {
                words
                    .iter()
                    .any(|w| lexicon.id(w).is_some_and(|w| name.words.contains(&w)))
            };
            siblings.has_patient_key |= name.first != "pid"
                && mentions(&["patient", "encounter", "obs"])
                && (last == id || name.words.len() == 1);
            let may_be_key = matches!(holds, Holds::Key | Holds::Integer | Holds::Uuid);
            let is_bare_key = name.words.len() == 1 && may_be_key && !name.is_plural;
            let is_person = |(s, e, o): &(usize, usize, &Object)| {
                *s == 0 && *e == 1 && o.class == Class::Person && !o.acts
            };
            let is_account = Some(name.words[0]) == lexicon.id("account");
            siblings.has_person_key |=
                is_bare_key && !is_account && name.objects.iter().any(is_person);
            let has_id = last.is_some_and(|w| lexicon.roles(w) & role::ID != 0);
            siblings.has_employee_key |= mentions(&["employee", "candidate", "applicant"])
                && (has_id && name.words.len() == 2 || is_bare_key);
            siblings.has_secret |= mentions(&["secret", "redirect", "publishable"]);
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
                    siblings
                        .person_stems
                        .push(name.words[..name.words.len() - 1].to_vec());
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
        siblings.fields = names.len();
        siblings.personal = kinds.len();
        siblings.has_person =
            name_parts >= 2 || (name_parts >= 1 && kinds.len() >= 3) || kinds.len() >= 4;
        siblings.has_address = places.len() >= 2;
        siblings.account_is_tenant = has_account && siblings.has_person_key;
        siblings.has_person_key |= has_account;
        siblings
    }

    /// What the name of the dataset leaves open.
    pub fn complete(&self, lexicon: &Lexicon, reading: &mut Reading) {
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
        self.doubt_sums(lexicon, reading);
        self.doubt_care(lexicon, reading);
        // A worker without a name is a program, an account without one a tenant.
        let is_last = |w: &str| {
            lexicon
                .id(w)
                .is_some_and(|w| reading.words.last() == Some(&w))
        };
        let is_tenant = reading.words.len() == 1 && is_last("account") && !self.has_person_key;
        if reading.class == Class::Person
            && self.personal == 0
            && self.fields >= 4
            && (is_tenant || is_last("worker"))
        {
            reading.class = Class::Thing;
        }
        // Customers without any way to reach or to pay them are firms.
        let is_firm = reading.class == Class::Person
            && reading.subject.as_deref() == Some("customer")
            && reading.words.len() <= 2
            && self.personal == 0
            && !self.has_address
            && !self.has_bank
            && self
                .person_stems
                .iter()
                .all(|stem| reading.words.ends_with(stem))
            && (3..=12).contains(&self.fields);
        if is_firm {
            reading.class = Class::Organisation;
            reading.business = false;
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
        self.complete_care(lexicon, reading);
        self.complete_work(reading);
        self.complete_authored(lexicon, reading);
    }

    /// Rows with a key to an employee and no topic of their own are of their work.
    fn complete_work(&self, reading: &mut Reading) {
        let is_open = match reading.class {
            Class::Record => reading.topic.is_none(),
            Class::Thing => reading.of_person || reading.is_weak,
            _ => false,
        };
        if self.has_employee_key && is_open {
            reading.class = Class::Record;
            reading.topic = DataType::from_key("contact.employment");
            reading.closed = true;
            reading.why = format!("{}, with a key to an employee", reading.why);
        }
    }

    /// Images, pages and articles that name their author are what a person made.
    fn complete_authored(&self, lexicon: &Lexicon, reading: &mut Reading) {
        let made = [
            "image", "node", "revision", "page", "article", "story", "snippet", "paste", "recipe",
        ];
        let is_made = reading
            .words
            .iter()
            .rev()
            .find(|w| lexicon.roles(**w) & role::CONTAINER == 0)
            .is_some_and(|w| made.iter().any(|m| lexicon.id(m) == Some(*w)));
        if reading.class == Class::Thing && is_made && self.has_person_key {
            reading.class = Class::Record;
            reading.topic = DataType::from_key("usage.content");
            reading.closed = false;
            reading.why = format!("{}, with a key to a person", reading.why);
        }
    }

    /// Statistics name persons and hold none of them; neither do definitions of shifts and courses.
    fn doubt_sums(&self, lexicon: &Lexicon, reading: &mut Reading) {
        let sums = [
            "stat",
            "stats",
            "statistic",
            "statistics",
            "summary",
            "aggregate",
            "metric",
            "daily",
            "monthly",
            "per",
        ];
        let has_person = self.has_person_key
            || self.has_employee_key
            || self.has_patient_key
            || self.has_actor_key
            || self.has_visitor
            || self.personal > 0;
        let has_key = self.has_person_key
            || self.has_employee_key
            || self.has_patient_key
            || self.has_visitor
            || self.personal > 1;
        let is_sum = !has_key
            && reading
                .words
                .iter()
                .any(|w| sums.iter().any(|s| lexicon.id(s) == Some(*w)));
        let is_definition = self.fields >= 3
            && reading.closed
            && reading
                .topic
                .is_some_and(|t| matches!(t.key(), "contact.employment" | "contact.education"));
        let is_of_persons = matches!(reading.class, Class::Person | Class::Record);
        if is_of_persons && (is_sum || is_definition && !has_person) {
            reading.class = Class::Thing;
            reading.topic = None;
            reading.closed = false;
        }
    }

    /// A condition, a treatment or growth is of care only where a patient or person is near.
    fn doubt_care(&self, lexicon: &Lexicon, reading: &mut Reading) {
        let words = [
            "condition",
            "treatment",
            "growth",
            "screening",
            "discharge",
            "episode",
            "admission",
            "injury",
            "soap",
            "ar",
            "clinical",
            "therapy",
            "dispense",
            "observation",
            "triage",
        ];
        let is_doubtful = reading.class == Class::Record
            && reading.topic.is_some_and(|t| t.key() == "sensitive.health")
            && words.iter().any(|w| {
                lexicon
                    .id(w)
                    .is_some_and(|w| reading.words.last() == Some(&w))
            });
        let has_person =
            reading.of_person || self.has_patient_key || self.has_person_key || self.personal > 0;
        if is_doubtful && !has_person {
            reading.class = Class::Unknown;
            reading.topic = None;
            reading.closed = false;
        }
    }

    /// Orders, visits and events of patients are health data.
    fn complete_care(&self, lexicon: &Lexicon, reading: &mut Reading) {
        let topic = reading.topic.map(DataType::key);
        let is_of_patient = self.has_patient_key
            || reading.of_person
                && lexicon
                    .id("patient")
                    .is_some_and(|p| reading.words.contains(&p));
        let is_open = matches!(
            topic,
            None | Some(
                "financial.transaction" | "usage.activity" | "location.visit" | "usage.content"
            )
        );
        if is_of_patient && reading.class == Class::Record && is_open {
            reading.topic = DataType::from_key("sensitive.health");
            reading.closed = topic.is_some() || reading.why != "its fields";
            if self.has_patient_key {
                reading.why = format!("{}, with a key to a patient", reading.why);
            }
        }
    }
}
