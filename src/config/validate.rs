//! What no single key can tell: ids used twice, references to nothing, corrections without a reason.

use super::error::nearest;
use super::{Activity, Config, ConfigError, CorrectedType, Id};
use crate::vocabulary;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use toml::de::{DeTable, DeValue};

/// The text behind a configuration, to say where something stands.
pub(super) struct Origin<'a> {
    pub path: &'a Path,
    pub text: &'a str,
    pub document: &'a DeTable<'a>,
}

/// A step into the document.
enum Step<'a> {
    Key(&'a str),
    Item(usize),
}
use Step::{Item, Key};

impl Origin<'_> {
    fn error(&self, steps: &[Step<'_>], reason: String) -> ConfigError {
        ConfigError::at(self.path, self.text, self.span(steps), reason)
    }

    /// Where a path leads, or as far as it does.
    fn span(&self, steps: &[Step<'_>]) -> Option<Range<usize>> {
        let (Key(first), rest) = steps.split_first()? else {
            return None;
        };
        let mut at = self.document.get(*first)?;
        for step in rest {
            let next = match (step, at.get_ref()) {
                (Key(key), DeValue::Table(table)) => table.get(*key),
                (Item(index), DeValue::Array(array)) => array.get(*index),
                _ => None,
            };
            let Some(next) = next else { break };
            at = next;
        }
        Some(at.span())
    }

    fn line(&self, steps: &[Step<'_>]) -> usize {
        let start = self.span(steps).map_or(0, |span| span.start);
        self.text
            .get(..start)
            .map_or(1, |before| before.matches('\n').count() + 1)
    }
}

pub(super) fn validate(config: &Config, origin: &Origin<'_>) -> Result<(), ConfigError> {
    unique_ids("system", config.systems.iter().map(|s| &s.id), origin)?;
    unique_ids("activity", config.activities.iter().map(|a| &a.id), origin)?;
    unique_ids("recipient", config.recipients.iter().map(|r| &r.id), origin)?;
    unique_ids("cookie", config.cookies.iter().map(|c| &c.id), origin)?;
    unique_ids("right", config.rights.iter().map(|r| &r.id), origin)?;
    unique_ids(
        "child_rule",
        config.child_rules.iter().map(|c| &c.id),
        origin,
    )?;
    unique_ids(
        "permission",
        config.permissions.iter().map(|p| &p.id),
        origin,
    )?;
    for (index, activity) in config.activities.iter().enumerate() {
        references(config, activity, index, origin)?;
    }
    for (index, reference) in config.organisation.recipients.iter().enumerate() {
        let steps = [
            Key("organisation"),
            Key("recipients"),
            Item(index),
            Key("recipient"),
        ];
        recipient_exists(config, &reference.recipient, origin, &steps)?;
    }
    corrections(config, origin)
}

fn unique_ids<'a>(
    table: &str,
    ids: impl Iterator<Item = &'a Id>,
    origin: &Origin<'_>,
) -> Result<(), ConfigError> {
    let mut seen = BTreeMap::new();
    for (index, id) in ids.enumerate() {
        if let Some(first) = seen.insert(id, index) {
            let line = origin.line(&[Key(table), Item(first), Key("id")]);
            let reason =
                format!("this `{table}.id` is already taken in line {line}; ids must be unique");
            return Err(origin.error(&[Key(table), Item(index), Key("id")], reason));
        }
    }
    Ok(())
}

fn references(
    config: &Config,
    activity: &Activity,
    at: usize,
    origin: &Origin<'_>,
) -> Result<(), ConfigError> {
    for (index, system) in activity.systems.iter().enumerate() {
        if config.system(system).is_none() {
            let near = nearest(config.systems.iter().map(|s| s.id.as_str()), system);
            let reason = unknown("system", near);
            return Err(origin.error(
                &[Key("activity"), Item(at), Key("systems"), Item(index)],
                reason,
            ));
        }
    }
    for (index, reference) in activity.recipients.iter().enumerate() {
        let steps = [
            Key("activity"),
            Item(at),
            Key("recipients"),
            Item(index),
            Key("recipient"),
        ];
        recipient_exists(config, &reference.recipient, origin, &steps)?;
    }
    for (index, transfer) in activity.transfers.iter().enumerate() {
        if let Some(recipient) = &transfer.recipient {
            let steps = [
                Key("activity"),
                Item(at),
                Key("transfers"),
                Item(index),
                Key("recipient"),
            ];
            recipient_exists(config, recipient, origin, &steps)?;
        }
    }
    Ok(())
}

/// A recipient is one of `[[recipient]]`, a category of the vocabulary, or words. What reads like an id must be one.
fn recipient_exists(
    config: &Config,
    id: &str,
    origin: &Origin<'_>,
    steps: &[Step<'_>],
) -> Result<(), ConfigError> {
    let is_word = Id::new(id).is_none();
    if is_word || config.recipient(id).is_some() || vocabulary::recipient_category(id).is_some() {
        return Ok(());
    }
    let declared = config.recipients.iter().map(|r| r.id.as_str());
    let categories = vocabulary::terms().recipients.iter().map(|r| r.id.as_str());
    Err(origin.error(
        steps,
        unknown("recipient", nearest(declared.chain(categories), id)),
    ))
}

fn unknown(table: &str, near: Option<&str>) -> String {
    match near {
        Some(near) => format!(
            "no `[[{table}]]` has this id; did you mean `{near}`? Otherwise add a `[[{table}]]` for it"
        ),
        None => format!("no `[[{table}]]` has this id; add one"),
    }
}

fn corrections(config: &Config, origin: &Origin<'_>) -> Result<(), ConfigError> {
    for (index, correction) in config.corrections.iter().enumerate() {
        let has_reason = correction
            .reason
            .as_deref()
            .is_some_and(|reason| !reason.trim().is_empty());
        if correction.data_type == CorrectedType::NotPersonal && !has_reason {
            let reason = "a correction to `none` needs a `reason`".to_owned();
            return Err(origin.error(&[Key("correction"), Item(index)], reason));
        }
    }
    Ok(())
}
