//! The age of a dataset: which field dates its rows, and the oldest and newest row — the ground for retention checks.

use crate::detection::summary::FieldSummary;
use crate::field::{Field, KnownBy};
use crate::inventory::AgeBy;
use jiff::civil::Date;

/// The age of a dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Age {
    /// Path of the field that dates the rows.
    pub time_field: String,
    /// Oldest row, where values were seen.
    pub oldest: Option<String>,
    /// Newest row.
    pub newest: Option<String>,
    /// How it is known.
    pub age_by: Option<AgeBy>,
}

/// What dates a row, best first: when it came, when it was last used, any time at all.
const DATING: &[&[&str]] = &[
    &[
        "created",
        "inserted",
        "registered",
        "joined",
        "signup",
        "submitted",
        "received",
        "placed",
        "ordered",
        "subscribed",
        "enrolled",
    ],
    &[
        "updated", "modified", "changed", "seen", "used", "login", "visited", "accessed",
        "activity",
    ],
    &[
        "timestamp",
        "ts",
        "time",
        "date",
        "datetime",
        "at",
        "on",
        "when",
        "logged",
    ],
];

/// What dates something else: a birth, a deadline, a plan.
const NOT_DATING: &[&str] = &[
    "birth",
    "born",
    "dob",
    "birthday",
    "due",
    "expires",
    "expiry",
    "expire",
    "expiration",
    "until",
    "end",
    "ends",
    "deadline",
    "scheduled",
    "planned",
    "valid",
    "start",
    "starts",
    "from",
    "to",
    "zone",
    "deleted",
    "next",
    "death",
];

/// The age of a dataset from the names, types and values of its fields; `None` where nothing dates a row.
pub fn of(fields: &[Field], summaries: &[FieldSummary]) -> Option<Age> {
    let rank = |field: &Field, summary: &FieldSummary| {
        is_time(field, summary)
            .then(|| dating(field.name()))
            .flatten()
    };
    let ranked = fields
        .iter()
        .zip(summaries)
        .enumerate()
        .filter_map(|(i, (f, s))| Some((rank(f, s)?, i)));
    let (_, best) = ranked.min()?;
    let (field, dates) = (&fields[best], &summaries[best].dates);
    if let Some(known) = &field.extent {
        return Some(Age {
            time_field: field.path.clone(),
            oldest: Some(known.oldest.clone()),
            newest: Some(known.newest.clone()),
            age_by: Some(by(known.by)),
        });
    }
    let oldest = dates.oldest().and_then(iso);
    Some(Age {
        time_field: field.path.clone(),
        age_by: oldest.is_some().then_some(AgeBy::Scan),
        newest: dates.newest().and_then(iso),
        oldest,
    })
}

fn by(known: KnownBy) -> AgeBy {
    match known {
        KnownBy::Catalogue => AgeBy::Catalogue,
        KnownBy::Index => AgeBy::Index,
        KnownBy::Statistics => AgeBy::Statistics,
    }
}

/// Whether the field holds times: by its type where that says so, else by its values.
fn is_time(field: &Field, summary: &FieldSummary) -> bool {
    let declared = field
        .declared_type
        .as_deref()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let is_declared = declared.starts_with("date") || declared.contains("timestamp");
    let filled = summary.filled();
    let is_seen = filled > 0 && summary.dates.count() * 10 >= filled * 9;
    field.extent.is_some() || is_seen || (is_declared && filled == 0)
}

fn dating(name: &str) -> Option<usize> {
    let words = words(name);
    if words.iter().any(|word| NOT_DATING.contains(&word.as_str())) {
        return None;
    }
    DATING
        .iter()
        .position(|group| words.iter().any(|word| group.contains(&word.as_str())))
}

/// The words of a name in snake, kebab or camel spelling, lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && before.is_lowercase()) {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words
                .last_mut()
                .expect("it starts with one")
                .extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Days since 1970-01-01 as an ISO 8601 date.
fn iso(days: i32) -> Option<String> {
    let epoch = Date::constant(1970, 1, 1);
    epoch
        .checked_add(jiff::Span::new().try_days(days).ok()?)
        .ok()
        .map(|date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Extent;

    fn dated(names: &[&str]) -> Option<String> {
        let field = |name: &&str| Field {
            declared_type: Some("timestamp".into()),
            ..Field::named(*name)
        };
        let fields: Vec<Field> = names.iter().map(field).collect();
        of(&fields, &vec![FieldSummary::default(); fields.len()]).map(|age| age.time_field)
    }

    #[test]
    fn the_coming_of_a_row_dates_it_before_its_use() {
        assert_eq!(
            dated(&["last_seen_at", "createdAt", "birth_date"]).as_deref(),
            Some("createdAt")
        );
        assert_eq!(dated(&["due_date", "date_of_birth", "expires_at"]), None);
        assert_eq!(dated(&["ts"]).as_deref(), Some("ts"));
    }

    #[test]
    fn what_the_source_knows_wins_over_a_sample() {
        let extent = Extent {
            oldest: "2019-03-01".into(),
            newest: "2026-11-20".into(),
            by: KnownBy::Index,
        };
        let field = Field {
            declared_type: Some("timestamptz".into()),
            extent: Some(extent),
            ..Field::named("created_at")
        };
        let age = of(&[field], &[FieldSummary::default()]).expect("it dates rows");
        assert_eq!(age.oldest.as_deref(), Some("2019-03-01"));
        assert_eq!(age.age_by, Some(AgeBy::Index));
    }

    #[test]
    fn days_become_dates() {
        assert_eq!(iso(0).as_deref(), Some("1970-01-01"));
        assert_eq!(iso(20_000).as_deref(), Some("2024-10-04"));
    }
}
