//! Rows older than what is declared for their data: activities, tags and the policy's own bounds.

use super::Subject;
use super::judge::{Alarm, label, object, the};
use crate::config::{Duration, Kind, RetentionQualifier};
use crate::inventory::{DatasetRecord, FieldRecord};
use crate::taxonomy::DataType;
use jiff::civil::Date;

/// A bound on the age of rows, and who set it.
struct Bound {
    max: Duration,
    from: String,
}

/// What a dataset keeps too long: its fields whose bound the oldest row is past.
pub(super) fn kept_too_long(
    subject: &Subject<'_>,
    dataset: &DatasetRecord,
    format: &str,
) -> Vec<Alarm> {
    let Some(oldest) = dataset
        .oldest
        .as_deref()
        .and_then(|day| day.get(..10)?.parse::<Date>().ok())
    else {
        return Vec::new();
    };
    let mut alarms = Vec::new();
    for field in &dataset.fields {
        let is_sure = field.confidence >= Some(subject.policy.min_confidence);
        let Some(data_type) = field.data_type.filter(|_| is_sure) else {
            continue;
        };
        let bound = bounds(subject, dataset, field, data_type)
            .into_iter()
            .filter(|bound| is_past(oldest, &bound.max, subject.as_of))
            .min_by_key(|bound| last_day(oldest, &bound.max));
        if let Some(bound) = bound {
            alarms.push(alarm(dataset, field, data_type, format, oldest, &bound));
        }
    }
    alarms
}

fn alarm(
    dataset: &DatasetRecord,
    field: &FieldRecord,
    data_type: DataType,
    format: &str,
    oldest: Date,
    bound: &Bound,
) -> Alarm {
    let facts = the("kept-too-long");
    let by = dataset
        .time_field
        .as_ref()
        .map(|field| format!(" by `{field}`"))
        .unwrap_or_default();
    Alarm {
        rule: "kept-too-long",
        key: data_type.key().to_owned(),
        data_type: Some(data_type),
        level: facts.level(Some(data_type)),
        source: dataset.source.clone(),
        format: format.to_owned(),
        object: object(dataset, field),
        line: field.line,
        confidence: field.confidence,
        message: format!(
            "`{}` keeps {} ({}) longer than {}, which {} says: its oldest row is of {oldest}{by}",
            object(dataset, field),
            data_type.key(),
            label(data_type),
            bound.max.as_str(),
            bound.from
        ),
        fix: facts.fix.clone(),
        why: Vec::new(),
        missing: None,
        is_declared: false,
    }
}

/// Every bound that is about a field: the policy's, its tag's, and those of the activities that use it.
fn bounds(
    subject: &Subject<'_>,
    dataset: &DatasetRecord,
    field: &FieldRecord,
    data_type: DataType,
) -> Vec<Bound> {
    let object = object(dataset, field);
    let source = subject.config.map_or_else(
        || dataset.source.clone(),
        |c| c.relative(&dataset.source).into_owned(),
    );
    let mut bounds = Vec::new();
    for rule in &subject.policy.rules.retention {
        let is_there = rule
            .fields
            .as_ref()
            .is_none_or(|f| f.matches(&source, &object));
        if is_there && Kind::any(&rule.types, data_type) {
            bounds.push(Bound {
                max: rule.max.clone(),
                from: "[check] of ropa.toml".to_owned(),
            });
        }
    }
    if let Some(max) = field.tag_retention.as_deref().and_then(Duration::new) {
        bounds.push(Bound {
            max,
            from: "its tag".to_owned(),
        });
    }
    bounds.extend(of_activities(
        subject,
        &format!("{}:{object}", dataset.source),
        data_type,
    ));
    bounds
}

/// Data that several activities use may stay as long as the longest of them needs it: a bound only where each has one.
fn of_activities(subject: &Subject<'_>, field: &str, data_type: DataType) -> Option<Bound> {
    let activities = subject.register?.activities.iter().filter(|activity| {
        activity
            .data
            .iter()
            .any(|d| d.value.data_type == data_type && d.value.fields.iter().any(|f| f == field))
    });
    let mut longest: Option<(Date, Bound)> = None;
    for activity in activities {
        let own = activity
            .retention
            .iter()
            .map(|cell| &cell.value)
            .filter(|r| r.qualifier != Some(RetentionQualifier::Minimum))
            .filter(|r| r.data.is_empty() || r.data.contains(&data_type))
            .filter_map(|r| r.duration.clone())
            .max_by_key(|max| last_day(subject.as_of, max))?;
        let until = last_day(subject.as_of, &own)?;
        if longest.as_ref().is_none_or(|(day, _)| until > *day) {
            let from = format!("the activity {}", activity.id);
            longest = Some((until, Bound { max: own, from }));
        }
    }
    longest.map(|(_, bound)| bound)
}

/// The last day a row of `from` may stay.
fn last_day(from: Date, max: &Duration) -> Option<Date> {
    from.checked_add(max.span()).ok()
}

fn is_past(oldest: Date, max: &Duration, as_of: Date) -> bool {
    last_day(oldest, max).is_some_and(|last| last < as_of)
}
