//! Fields of a record take the type of what the record is about: vitals, salaries, log-ins, preferences.
//! Knows readings, roles and declared types; nothing of the names of data.

use super::declared_type::Holds;
use super::fusion::{Candidate, Case, type_fit};
use super::word::{Class, Found, Meaning, Object, UNKNOWN, role};
use crate::finding::{Evidence, EvidenceBy};
use crate::taxonomy::{Category, DataType};

/// What the topic of a field's record says of it.
pub(super) fn read(case: &Case<'_>) -> Option<Candidate> {
    let (Class::Record, Some(topic)) = (case.reading.class, case.reading.topic) else {
        return None;
    };
    if is_calendar(case) || is_of_row(case) || is_bare_person(case) || is_count_of_persons(case) {
        return None;
    }
    let key = topic.key();
    let fact = plain_text(case, key).or_else(|| closed_fact(case, key))?;
    let logit = fact + against(case, topic) + sure(case, topic) + fit(case, key);
    let why = format!(
        "the dataset holds {} ({})",
        topic.facts().label,
        case.reading.why
    );
    Some(Candidate {
        parts: None,
        data_type: topic,
        logit,
        evidence: vec![Evidence::new(EvidenceBy::Object, "objects", why)],
    })
}

/// Who made the row and when.
fn is_of_row(case: &Case<'_>) -> bool {
    let roles = case.name.roles(case.lexicon);
    let last = case.name.last_roles(case.lexicon);
    let is_stamp = roles & role::ROW_VERB != 0
        && last & (role::TIME | role::ROW_VERB) != 0
        && last & role::FLAG == 0;
    roles & role::BY != 0 || is_stamp
}

/// `month`, `quarter_string`: where a report cuts time, no fact.
fn is_calendar(case: &Case<'_>) -> bool {
    let cuts = ["month", "quarter", "year", "week"];
    let is_cut = |w: &u32| cuts.iter().any(|c| case.lexicon.id(c) == Some(*w));
    let is_plain =
        |w: &u32| is_cut(w) || case.lexicon.roles(*w) & (role::TRANSPARENT | role::TIME) != 0;
    case.name.words.iter().any(is_cut) && case.name.words.iter().all(is_plain)
}

/// `num_patients_isolated` counts persons and is of none of them.
fn is_count_of_persons(case: &Case<'_>) -> bool {
    let is_person = |at: usize| {
        let holds = |(s, e, o): &(usize, usize, &Object)| {
            (*s..*e).contains(&at) && o.class == Class::Person
        };
        case.name.objects.iter().any(holds)
    };
    let counts = |i: usize| case.lexicon.roles(case.name.words[i]) & role::COUNT != 0;
    let all = case.name.words.len();
    (0..all).any(|i| counts(i) && (is_person(i + 1) || i > 0 && is_person(i - 1)))
}

fn is_bare_person(case: &Case<'_>) -> bool {
    let all = case.name.words.len();
    let is_whole = |(s, e): (usize, usize)| s == 0 && e == all;
    case.name
        .objects
        .iter()
        .any(|(s, e, o)| is_whole((*s, *e)) && o.class == Class::Person)
}

fn is_text(case: &Case<'_>) -> bool {
    case.name.last_roles(case.lexicon) & role::TEXT != 0 && case.holds.is_text()
}

/// Text and ids that a topic claims by themselves, whatever else the record holds.
fn plain_text(case: &Case<'_>, key: &str) -> Option<f64> {
    match key {
        "usage.session" | "usage.page_view" if is_span(case) => None,
        "usage.session" => session_data(case),
        "usage.communication" if is_rating(case) => Some(1.2),
        "usage.communication" if is_headline(case) => Some(0.9),
        "usage.communication" | "usage.activity" if is_store(case) => Some(1.0),
        "financial.transaction" | "financial.billing" if is_payment(case) => Some(1.4),
        "usage.content" if is_content(case) => Some(2.6),
        _ => None,
    }
    .or_else(|| (is_text(case) && case.reading.closed).then_some(2.6))
}

/// The id of a session, and what it stores.
fn session_data(case: &Case<'_>) -> Option<f64> {
    let words = &case.name.words;
    let is_id = words.len() == 1 && case.name.last_roles(case.lexicon) & role::ID != 0;
    if is_id && matches!(case.holds, Holds::Text(_) | Holds::Uuid) {
        return Some(1.4);
    }
    let holder = role::TRANSPARENT | role::CONTAINER | role::TEXT;
    let is_store = words.iter().all(|w| case.lexicon.roles(*w) & holder != 0);
    let may_store = case.holds.is_text() || matches!(case.holds, Holds::Structure | Holds::Bytes);
    (is_store && may_store).then_some(1.2)
}

/// The name of a post or ticket that someone wrote.
fn is_headline(case: &Case<'_>) -> bool {
    let written = [
        "post",
        "thread",
        "topic",
        "question",
        "discussion",
        "ticket",
        "issue",
    ];
    let is_written = case
        .reading
        .words
        .last()
        .is_some_and(|last| written.iter().any(|w| case.lexicon.id(w) == Some(*last)));
    let has_author = case.siblings.has_person_key || case.siblings.has_actor_key;
    is_written
        && has_author
        && case.name.words.len() == 1
        && ends_with(case, &["name"])
        && matches!(case.holds, Holds::Text(length) if length == 0 || length > 60)
}

/// What an event or a message carries in one structure.
fn is_store(case: &Case<'_>) -> bool {
    let has_link = case.reading.of_person
        || case.siblings.has_person_key
        || case.siblings.has_visitor
        || case.siblings.personal > 0;
    case.holds == Holds::Structure
        && has_link
        && case.name.words.len() == 1
        && ends_with(
            case,
            &[
                "data",
                "payload",
                "property",
                "param",
                "parameter",
                "answer",
                "body",
                "content",
            ],
        )
}

fn is_rating(case: &Case<'_>) -> bool {
    let reviews = ["review", "rating", "survey", "feedback", "satisfaction"];
    let is_review = reviews.iter().any(|w| {
        case.lexicon
            .id(w)
            .is_some_and(|w| case.reading.words.contains(&w))
    });
    // The score of a comment is what others gave it.
    ends_with(case, &["rating", "stars", "satisfaction"])
        || is_review && ends_with(case, &["score"])
}

/// A payment's token, and its value where the column says no more.
fn is_payment(case: &Case<'_>) -> bool {
    let is_token =
        case.name.words.len() == 1 && ends_with(case, &["token"]) && case.holds.is_text();
    let measures = [
        "rate",
        "ratio",
        "percent",
        "percentage",
        "weight",
        "height",
        "width",
        "length",
        "latitude",
        "longitude",
        "factor",
        "currency",
        "volume",
        "quantity",
    ];
    let is_measure = |w: &u32| measures.iter().any(|m| case.lexicon.id(m) == Some(*w));
    let is_value = case.holds == Holds::Decimal && !case.name.words.iter().any(is_measure);
    is_token || is_value
}

/// Name, text and address of what a person uploaded.
fn is_content(case: &Case<'_>) -> bool {
    let plain = [
        "name",
        "title",
        "description",
        "caption",
        "path",
        "url",
        "content",
        "text",
        "data",
        "filename",
        "file",
        "remote",
        "original",
        "body",
        "teaser",
        "note",
        "excerpt",
        "summary",
        "log",
        "markdown",
        "html",
    ];
    let is_plain = |w: &u32| plain.iter().any(|p| case.lexicon.id(p) == Some(*w));
    case.holds.is_text() && case.name.words.iter().all(is_plain)
}

/// A column of a record that holds little else than facts of its topic, by the role of its head.
fn closed_fact(case: &Case<'_>, key: &str) -> Option<f64> {
    if !case.reading.closed {
        return None;
    }
    let last = case.name.last_roles(case.lexicon);
    let is_number = ends_with(case, &["number", "code"]);
    if is_number_of_other(case) {
        return None;
    }
    let is_flag = case.holds == Holds::Flag || last & role::FLAG != 0;
    let is_activity = key == "usage.activity";
    if last & (role::ID | role::TECHNICAL) != 0 && last & role::TEXT == 0 && !is_number {
        return None;
    }
    Some(match () {
        () if is_number => 0.6,
        () if matches!(key, "usage.preference" | "usage.marketing") && is_flag => 1.3,
        () if is_activity && case.holds == Holds::Flag => 1.2,
        () if is_activity && last & role::KIND != 0 => 0.5,
        () if last & role::KIND != 0 && is_fact_flag(case, key) => 0.5,
        () if last & role::KIND != 0 => -0.6,
        () if is_flag && is_fact_flag(case, key) => 0.5,
        () if is_flag => -0.4,
        () if last & role::TIME != 0 => {
            if is_activity {
                0.8
            } else {
                1.0
            }
        }
        () => return other_fact(case, key),
    })
}

/// `machine_number`, `order_code`: tells a thing or another record from its like.
fn is_number_of_other(case: &Case<'_>) -> bool {
    let words = &case.name.words;
    let Some(last) = words.len().checked_sub(1) else {
        return false;
    };
    let is_number = |w: u32| {
        ["number", "code"]
            .iter()
            .any(|n| case.lexicon.id(n) == Some(w))
    };
    let is_other = |(s, e, o): &(usize, usize, &Object)| match o.class {
        Class::Thing | Class::Organisation => *e == last || *s == 1,
        Class::Record => *s == 1,
        _ => false,
    };
    let of_object = case.name.objects.iter().any(is_other);
    let of_unknown = last > 0 && words[..last].iter().all(|w| *w == UNKNOWN);
    let leads = last > 0 && is_number(words[0]);
    let ends = is_number(words[last]);
    case.summary.is_some() && (ends && of_unknown || (ends || leads) && of_object)
}

/// A flag about a patient is a fact (`is_readmission`), unless its words only mark the row (`is_deleted`).
fn is_fact_flag(case: &Case<'_>, key: &str) -> bool {
    let marks =
        role::FLAG | role::ROW_VERB | role::TIME | role::BY | role::TRANSPARENT | role::KIND;
    key.starts_with("sensitive.")
        && case
            .name
            .words
            .iter()
            .any(|w| case.lexicon.roles(*w) & marks == 0)
}

fn other_fact(case: &Case<'_>, key: &str) -> Option<f64> {
    let is_key = case.field.references.is_some();
    let has_id = case.name.roles(case.lexicon) & role::ID != 0;
    if matches!(case.holds, Holds::Uuid | Holds::Key) || is_key && has_id {
        return None;
    }
    if is_key {
        // A coded answer or a code of something else.
        return Some(if key == "sensitive.health" { 0.8 } else { -0.6 });
    }
    if !is_opaque(case) {
        return Some(1.1);
    }
    // Beside values that say nothing of the topic, a word nobody knows is more often a thing's.
    Some(if case.summary.is_some() { -2.0 } else { 0.4 })
}

/// Says what is measured or told of goods, never of a person.
const GOODS: [&str; 8] = [
    "price",
    "sku",
    "stock",
    "barcode",
    "color",
    "quantity",
    "currency",
    "component",
];

/// No word is known, or, where values could tell more, only words for things: nothing in the name tells of a person.
fn is_opaque(case: &Case<'_>) -> bool {
    let words = &case.name.words;
    let is_unknown = |w: &u32| *w == UNKNOWN || case.lexicon.is_number(*w);
    if words.iter().all(is_unknown) {
        return true;
    }
    let is_of_thing = |at: usize| {
        let is_goods = GOODS.iter().any(|g| case.lexicon.id(g) == Some(words[at]));
        let holds = |(s, e, o): &(usize, usize, &Object)| {
            (*s..*e).contains(&at) && matches!(o.class, Class::Thing | Class::Organisation)
        };
        is_goods || case.name.objects.iter().any(holds)
    };
    let is_name = |at: usize| {
        let names = |f: &Found| match f.meaning {
            Meaning::Data { detector, .. } => {
                (f.start..f.end).contains(&at)
                    && case.detectors[detector as usize].0.key() == "contact.name"
            }
            _ => false,
        };
        case.name.data.iter().any(names)
    };
    let plain = role::KIND | role::TECHNICAL | role::COUNT | role::ROW_VERB;
    let is_plain = |at: usize| {
        let group = case.lexicon.id("group") == Some(words[at]);
        group || case.lexicon.roles(words[at]) & plain != 0 || is_name(at)
    };
    let all = 0..words.len();
    case.summary.is_some()
        && all
            .clone()
            .any(|at| is_unknown(&words[at]) || is_of_thing(at))
        && all
            .clone()
            .all(|at| is_unknown(&words[at]) || is_of_thing(at) || is_plain(at))
}

/// What the name holds against being a fact of the topic.
fn against(case: &Case<'_>, topic: DataType) -> f64 {
    let name = case.name;
    let is_foreign = name
        .objects
        .iter()
        .any(|(_, _, o)| matches!(o.class, Class::Thing | Class::Organisation));
    let is_technical = name.roles(case.lexicon) & role::TECHNICAL != 0;
    let custom = case.lexicon.id("custom");
    let is_free = custom.is_some_and(|custom| name.words.contains(&custom));
    let says_other = |f: &Found| match f.meaning {
        Meaning::Data { detector, .. } => {
            let said = case.detectors[detector as usize].0;
            said != topic && said.category() == topic.category()
        }
        _ => false,
    };
    let has_other = name.data.iter().any(says_other) && !is_text(case);
    let costs = [
        (is_foreign, 0.8),
        (is_technical, 1.2),
        (has_other, 0.8),
        (is_free, 3.0),
    ];
    -costs
        .iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, cost)| cost)
        .sum::<f64>()
}

/// How sure it is that the rows belong to persons.
fn sure(case: &Case<'_>, topic: DataType) -> f64 {
    let siblings = case.siblings;
    let is_of_visitor = siblings.has_visitor && topic.category() == Category::Usage;
    if case.reading.of_person || siblings.has_person_key || siblings.personal > 0 || is_of_visitor {
        0.3
    } else if topic.category() == Category::Sensitive || topic.key() == "contact.family" {
        0.0
    } else {
        -0.7
    }
}

fn fit(case: &Case<'_>, key: &str) -> f64 {
    let is_date = matches!(case.holds, Holds::Date | Holds::Moment);
    let is_rating = key == "usage.communication" && !is_text(case);
    if is_date || is_rating {
        0.0
    } else {
        type_fit(key, case.holds, "").max(-3.0)
    }
}

fn ends_with(case: &Case<'_>, endings: &[&str]) -> bool {
    let last = case.name.words.last();
    last.is_some_and(|last| endings.iter().any(|e| case.lexicon.id(e) == Some(*last)))
}

/// When a visit began and ended, and how long it took.
pub(super) fn by_visit(case: &Case<'_>, out: &mut Vec<Candidate>) {
    let is_visit = case.reading.class == Class::Record
        && case.reading.topic.is_some_and(|t| {
            matches!(
                t.key(),
                "usage.session" | "usage.page_view" | "usage.cookie_id" | "location.visit"
            )
        });
    let Some(data_type) = DataType::from_key("usage.activity").filter(|_| is_visit) else {
        return;
    };
    if is_span(case) {
        out.push(Candidate {
            parts: None,
            data_type,
            logit: 1.4,
            evidence: vec![Evidence::new(
                EvidenceBy::Object,
                "activity",
                "when a visit began, ended or how long it took",
            )],
        });
    }
}

/// `start_time`, `ended_at`, `duration`.
fn is_span(case: &Case<'_>) -> bool {
    let spans = [
        "timestamp",
        "start",
        "started",
        "begin",
        "began",
        "end",
        "ended",
        "duration",
    ];
    let is_span = |w: &u32| spans.iter().any(|s| case.lexicon.id(s) == Some(*w));
    let is_plain = |w: &u32| is_span(w) || case.lexicon.roles(*w) & (role::TIME | role::COUNT) != 0;
    case.name.words.iter().any(is_span) && case.name.words.iter().all(is_plain)
}

/// Switches that a person sets: `show_email`, `notify`, `hide_profile`.
pub(super) fn by_choice(case: &Case<'_>, out: &mut Vec<Candidate>) {
    let Some(data_type) = DataType::from_key("usage.preference") else {
        return;
    };
    let lead = case
        .name
        .lead_before(case.lexicon, 1.min(case.name.words.len()));
    let is_switch = matches!(
        case.holds,
        Holds::Flag | Holds::Integer | Holds::Unknown | Holds::Choice
    );
    if !lead.choice || !is_switch {
        return;
    }
    let by_owner = match case.reading.class {
        Class::Person => 1.2,
        Class::Record if case.reading.of_person || case.siblings.has_person_key => 0.7,
        _ => return,
    };
    let flag = if case.holds == Holds::Flag { 0.4 } else { 0.0 };
    out.push(Candidate {
        parts: None,
        data_type,
        logit: by_owner + flag,
        evidence: vec![Evidence::new(
            EvidenceBy::Name,
            "preference",
            "a switch that a person sets",
        )],
    });
}
