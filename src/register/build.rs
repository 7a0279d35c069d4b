//! Building the register: declared rows first, then what the inventory adds to them, then rows for what nobody claims.

use super::assign::{Claim, Rules, SourceView, object};
use super::given::Given;
use super::implied::{implied_transfers, permissions};
use super::infer::{Clue, activity_of};
use super::row::{activity_data, declared, declared_recipient, inferred, of_systems, recipient_of};
use super::*;
use crate::config::{Config, RecipientRef};
use crate::finding::Confidence;
use crate::inventory::{Inventory, RecipientRecord};
use crate::source::SourceKind;
use crate::vocabulary;
use std::collections::{BTreeMap, BTreeSet};

/// Kinds of source whose free text is not data of an activity.
const NOT_DATA: &[SourceKind] = &[
    SourceKind::Notice,
    SourceKind::Code,
    SourceKind::Config,
    SourceKind::Schema,
    SourceKind::Permissions,
];

impl Register {
    /// The register of what is declared and what a scan shows, judged on a day.
    pub fn build(config: &Config, inventory: &Inventory, as_of: jiff::civil::Date) -> Self {
        Self::build_with(config, &[], inventory, as_of)
    }

    /// The same with rows from elsewhere: they fill what `ropa.toml` leaves open, and stand after its rows.
    pub fn build_with(
        config: &Config,
        given: &[Given],
        inventory: &Inventory,
        as_of: jiff::civil::Date,
    ) -> Self {
        let mut whole = config.clone();
        let mut given: Vec<&Given> = given.iter().collect();
        given.sort_by_key(|g| g.row.origin);
        for given in &given {
            if whole
                .activities
                .iter()
                .all(|a| a.id.as_str() != given.row.id)
            {
                whole.activities.push(given.rule());
            }
        }
        let mut builder = Builder::new(&whole, config.activities.len(), &given, inventory, as_of);
        builder.place_fields();
        builder.place_texts();
        builder.recipients();
        builder.transfers();
        builder.finish()
    }
}

/// A row under construction: what it holds so far, by data type.
#[derive(Default)]
struct Evidence {
    fields: BTreeMap<DataType, BTreeSet<String>>,
    why: BTreeMap<String, usize>,
    locations: BTreeSet<String>,
    retention: BTreeMap<(DataType, String), String>,
}

struct Builder<'a> {
    config: &'a Config,
    inventory: &'a Inventory,
    as_of: jiff::civil::Date,
    rules: Rules<'a>,
    kinds: BTreeMap<&'a str, SourceKind>,
    activities: Vec<ProcessingActivity>,
    evidence: Vec<Evidence>,
    /// Inferred rows by id.
    inferred: BTreeMap<String, usize>,
    unassigned: BTreeSet<Unassigned>,
    /// Which rows hold a dataset's field, both in lower case: flows speak of models, not of sources.
    holders: BTreeMap<(String, String), BTreeSet<usize>>,
    recipients: Vec<Recipient>,
    conflicts: Vec<Conflict>,
}

impl<'a> Builder<'a> {
    /// Of the configuration's activities the first `own` are declared, the others rules of rows that are given.
    fn new(
        config: &'a Config,
        own: usize,
        given: &[&Given],
        inventory: &'a Inventory,
        as_of: jiff::civil::Date,
    ) -> Self {
        let mut activities: Vec<ProcessingActivity> = config.activities[..own]
            .iter()
            .map(|a| declared(config, a))
            .collect();
        let mut conflicts = Vec::new();
        for given in given {
            match activities.iter_mut().find(|a| a.id == given.row.id) {
                Some(row) => conflicts.extend(given.fill(row)),
                None => activities.push(settled(config, given)),
            }
        }
        Self {
            config,
            inventory,
            as_of,
            rules: Rules::new(config),
            kinds: inventory
                .sources
                .iter()
                .map(|s| (s.source.as_str(), s.source_kind))
                .collect(),
            evidence: activities.iter().map(|_| Evidence::default()).collect(),
            activities,
            inferred: BTreeMap::new(),
            unassigned: BTreeSet::new(),
            holders: BTreeMap::new(),
            recipients: Vec::new(),
            conflicts,
        }
    }

    fn place_fields(&mut self) {
        let inventory = self.inventory;
        let mut views: BTreeMap<&str, SourceView<'_>> = BTreeMap::new();
        for (dataset, field) in inventory.fields() {
            let Some(data_type) = field
                .data_type
                .filter(|_| field.confidence >= Some(Confidence::Likely))
            else {
                continue;
            };
            if self.kinds.get(dataset.source.as_str()) == Some(&SourceKind::Notice) {
                continue;
            }
            let view = views
                .entry(&dataset.source)
                .or_insert_with(|| self.rules.view(&dataset.source));
            let claims = self.rules.claims(view, dataset, field, data_type);
            let subjects = if field.subjects.is_empty() {
                &dataset.subjects
            } else {
                &field.subjects
            };
            let place = format!(
                "{}:{}",
                dataset.source,
                object(&dataset.dataset, &field.field)
            );
            let view = &views[dataset.source.as_str()];
            let found = Found {
                source: &dataset.source,
                dataset: &dataset.dataset,
                place,
                data_type,
                subjects,
            };
            let rows = self.put(found, claims, view);
            let key = (last_word(&dataset.dataset), last_word(&field.field));
            self.holders
                .entry(key)
                .or_default()
                .extend(rows.iter().copied());
            if let Some(duration) = &field.tag_retention {
                for row in rows {
                    let place = object(&dataset.dataset, &field.field);
                    self.evidence[row]
                        .retention
                        .insert((data_type, duration.clone()), place);
                }
            }
        }
    }

    fn place_texts(&mut self) {
        let inventory = self.inventory;
        let seen: BTreeSet<(&str, DataType)> = inventory
            .spans
            .iter()
            .filter(|span| span.confidence >= Confidence::Likely)
            .filter(|span| {
                self.kinds
                    .get(span.source.as_str())
                    .is_none_or(|kind| !NOT_DATA.contains(kind))
            })
            .map(|span| (span.source.as_str(), span.data_type))
            .collect();
        for (source, data_type) in seen {
            let mut view = self.rules.view(source);
            let claims = self.rules.text_claims(&mut view, source, data_type);
            let found = Found {
                source,
                dataset: "",
                place: source.to_owned(),
                data_type,
                subjects: &[],
            };
            self.put(found, claims, &view);
        }
    }

    /// Puts a finding into the rows that claim it, or into an inferred one; says into which.
    fn put(&mut self, found: Found<'_>, claims: Vec<Claim>, view: &SourceView<'_>) -> Vec<usize> {
        let rows: Vec<(usize, String)> = if claims.is_empty() {
            vec![self.infer(&found, view)]
        } else {
            claims
                .into_iter()
                .map(|claim| (claim.activity, claim.why))
                .collect()
        };
        for (row, why) in &rows {
            let evidence = &mut self.evidence[*row];
            evidence
                .fields
                .entry(found.data_type)
                .or_default()
                .insert(found.place.clone());
            *evidence.why.entry(why.clone()).or_default() += 1;
            evidence.locations.insert(found.source.to_owned());
        }
        rows.into_iter().map(|(row, _)| row).collect()
    }

    /// The inferred row for a finding that nobody claims.
    fn infer(&mut self, found: &Found<'_>, view: &SourceView<'_>) -> (usize, String) {
        let source_kind = self.kinds.get(found.source).copied();
        let dataset = if found.dataset.is_empty() {
            file_name(found.source)
        } else {
            found.dataset
        };
        let clue = Clue {
            dataset,
            subjects: found.subjects,
            source_kind,
            data_type: found.data_type,
        };
        let (rule, why) = activity_of(&clue);
        let system = view.systems.first().map(|id| id.as_str());
        let mut id = match system {
            Some(system) => format!("inferred.{system}.{}", rule.id),
            None => format!("inferred.{}", rule.id),
        };
        while self.config.activities.iter().any(|a| a.id.as_str() == id) {
            id.push('_');
        }
        let next = self.activities.len();
        let row = *self.inferred.entry(id.clone()).or_insert(next);
        if row == next {
            let system = system.and_then(|id| self.config.system(id));
            self.activities.push(inferred(&id, rule, system));
            self.evidence.push(Evidence::default());
        }
        let activity = &mut self.activities[row];
        for subject in found
            .subjects
            .iter()
            .filter(|s| !activity.subjects.contains(s))
            .cloned()
            .collect::<Vec<_>>()
        {
            activity.subjects.push(subject);
        }
        let unassigned = Unassigned {
            field: found.place.clone(),
            data_type: found.data_type,
            subjects: found.subjects.to_vec(),
            activity: Some(id),
        };
        self.unassigned.insert(unassigned);
        (row, why)
    }

    fn recipients(&mut self) {
        self.recipients = self
            .config
            .recipients
            .iter()
            .map(declared_recipient)
            .collect();
        self.named_recipients();
        let inventory = self.inventory;
        for record in &inventory.recipients {
            self.seen_recipient(record);
        }
        for recipient in &mut self.recipients {
            let names = |activity: &&ProcessingActivity| {
                activity
                    .recipients
                    .iter()
                    .any(|r| r.value.recipient == recipient.recipient)
            };
            recipient.activities = self
                .activities
                .iter()
                .filter(names)
                .map(|a| a.id.clone())
                .collect();
        }
    }

    /// Recipients that activities name and no entry describes; categories are none.
    fn named_recipients(&mut self) {
        for activity in &self.activities {
            for cell in &activity.recipients {
                let named = &cell.value;
                let is_known = self
                    .recipients
                    .iter()
                    .any(|r| r.recipient == named.recipient)
                    || vocabulary::recipient_category(&named.recipient).is_some();
                if !is_known {
                    self.recipients.push(Recipient {
                        recipient: named.recipient.clone(),
                        name: named.name.clone(),
                        category: named.category.clone(),
                        role: named.role.clone(),
                        countries: named.country.iter().cloned().collect(),
                        data: named.data.clone(),
                        origin: activity.origin_of(cell),
                        ..Recipient::default()
                    });
                }
            }
        }
    }

    /// A recipient that the scan shows: its places for a declared one; else a line of its own, and in the rows whose data
    /// reaches it.
    fn seen_recipient(&mut self, record: &RecipientRecord) {
        let places: Vec<String> = record
            .places
            .iter()
            .map(|p| format!("{}:{}", p.source, p.line))
            .collect();
        if let Some(known) = self
            .recipients
            .iter_mut()
            .find(|r| r.recipient == record.recipient)
        {
            known.places = places;
            return;
        }
        let reached = self.reached(record);
        for (row, data, why) in reached {
            let value = ActivityRecipient {
                recipient: record.recipient.clone(),
                name: record.name.clone(),
                category: Some(record.category.clone()),
                role: Some(record.role.clone()),
                country: record.country.clone(),
                data,
                condition: None,
            };
            self.activities[row]
                .recipients
                .push(Cell::from(Origin::Inferred, value, why));
        }
        self.recipients.push(Recipient {
            recipient: record.recipient.clone(),
            name: record.name.clone(),
            category: Some(record.category.clone()),
            role: Some(record.role.clone()),
            countries: record.country.iter().cloned().collect(),
            data: record.data_types.clone(),
            origin: Origin::Inferred,
            places,
            ..Recipient::default()
        });
    }

    /// The rows whose data reaches a recipient: by a flow of one of their fields, else by system and data type.
    fn reached(&self, record: &RecipientRecord) -> Vec<(usize, Vec<DataType>, String)> {
        let mut rows: BTreeMap<usize, BTreeSet<DataType>> = BTreeMap::new();
        for flow in self
            .inventory
            .flows
            .iter()
            .filter(|f| f.recipient.as_deref() == Some(&record.recipient))
        {
            let (Some(dataset), Some(field)) = (&flow.dataset, &flow.field) else {
                continue;
            };
            for row in self
                .holders
                .get(&(last_word(dataset), last_word(field)))
                .into_iter()
                .flatten()
            {
                rows.entry(*row).or_default().insert(flow.data_type);
            }
        }
        let by_flow = |(row, data): (usize, BTreeSet<DataType>)| {
            (
                row,
                data.into_iter().collect(),
                "code sends it there".to_owned(),
            )
        };
        if !rows.is_empty() {
            return rows.into_iter().map(by_flow).collect();
        }
        let systems: BTreeSet<&str> = record
            .places
            .iter()
            .flat_map(|place| self.rules.view(&place.source).systems)
            .map(|id| id.as_str())
            .collect();
        let shares = |activity: &ProcessingActivity| -> Vec<DataType> {
            let in_system = activity
                .systems
                .iter()
                .any(|s| systems.contains(s.as_str()));
            let held = activity.data.iter().map(|d| d.value.data_type);
            held.filter(|data_type| in_system && record.data_types.contains(data_type))
                .collect()
        };
        let why = "its system uses it, and such data reaches it";
        let rows = self
            .activities
            .iter()
            .enumerate()
            .map(|(row, activity)| (row, shares(activity)));
        rows.filter(|(_, data)| !data.is_empty())
            .map(|(row, data)| (row, data, why.to_owned()))
            .collect()
    }

    /// Judges the transfers, and adds those that follow from where recipients and systems are.
    fn transfers(&mut self) {
        let as_of = self.as_of;
        let home = self.config.organisation.country.as_deref();
        for activity in &mut self.activities {
            for cell in &mut activity.transfers {
                cell.value.valid = safeguard::is_valid(&cell.value.transfer, as_of);
            }
            let new: Vec<Cell<ActivityTransfer>> = implied_transfers(self.config, activity, home);
            for mut cell in new {
                cell.value.valid = safeguard::is_valid(&cell.value.transfer, as_of);
                activity.transfers.push(cell);
            }
        }
    }

    fn finish(mut self) -> Register {
        for (activity, evidence) in self
            .activities
            .iter_mut()
            .zip(std::mem::take(&mut self.evidence))
        {
            settle(activity, evidence);
        }
        let mut register = Register {
            schema: SCHEMA.to_owned(),
            as_of: self.as_of.to_string(),
            organisation: self.config.organisation.clone(),
            activities: self.activities,
            unassigned: self.unassigned.into_iter().collect(),
            recipients: self.recipients,
            permissions: permissions(self.config, self.inventory),
            rights: self.config.rights.clone(),
            cookies: self.config.cookies.clone(),
            tracking: self.config.tracking.clone(),
            child_rules: self.config.child_rules.clone(),
            gaps: Vec::new(),
            own_words: BTreeMap::new(),
            conflicts: self.conflicts,
        };
        register.gaps = gap::gaps(&register, self.inventory, self.as_of);
        register
    }
}

/// A finding on its way into a row.
struct Found<'a> {
    source: &'a str,
    dataset: &'a str,
    place: String,
    data_type: DataType,
    subjects: &'a [String],
}

fn file_name(source: &str) -> &str {
    source.rsplit('/').next().unwrap_or(source)
}

/// The last part of a name, lower case: `public.users` and `Users` are the same to a flow.
fn last_word(name: &str) -> String {
    name.rsplit('.')
        .next()
        .unwrap_or(name)
        .trim_end_matches('s')
        .to_lowercase()
}

/// A given row with what `ropa.toml` says of its systems and recipients.
fn settled(config: &Config, given: &Given) -> ProcessingActivity {
    let mut row = given.as_row();
    for cell in &mut row.recipients {
        let named = &cell.value;
        if named.category.is_none() && config.recipient(&named.recipient).is_some() {
            let reference = RecipientRef {
                recipient: named.recipient.clone(),
                condition: named.condition.clone(),
                data: named.data.clone(),
            };
            cell.value = recipient_of(config, &reference);
        }
    }
    let systems = row.systems.clone();
    let systems: Vec<_> = systems.iter().filter_map(|id| config.system(id)).collect();
    let is_open = row.role == Role::Unknown;
    of_systems(&mut row, &systems, is_open);
    row
}

/// Gives a row what was found for it.
fn settle(activity: &mut ProcessingActivity, evidence: Evidence) {
    for (data_type, fields) in evidence.fields {
        let fields: Vec<String> = fields.into_iter().collect();
        match activity
            .data
            .iter_mut()
            .find(|d| d.value.data_type == data_type)
        {
            Some(cell) => cell.value.fields = fields,
            None => {
                let value = activity_data(data_type, fields);
                activity.data.push(match activity.origin {
                    Origin::Inferred => Cell::of_row(value),
                    _ => Cell::from(Origin::Inferred, value, "found by the scan"),
                });
            }
        }
    }
    for (why, count) in evidence.why {
        let fields = if count == 1 {
            "1 place".to_owned()
        } else {
            format!("{count} places")
        };
        activity.evidence.push(CellEvidence {
            cell: "data".to_owned(),
            why: format!("{why} ({fields})"),
            places: Vec::new(),
        });
    }
    if activity.locations.is_empty() && !evidence.locations.is_empty() {
        activity.locations = evidence.locations.into_iter().collect();
        activity.mark("locations", Origin::Inferred, "sources that hold its data");
    }
    let mut grouped: BTreeMap<String, (Vec<DataType>, Vec<String>)> = BTreeMap::new();
    for ((data_type, duration), place) in evidence.retention {
        let group = grouped.entry(duration).or_default();
        group.0.push(data_type);
        group.1.push(place);
    }
    for (duration, (data, places)) in grouped {
        let Some(duration) = crate::config::Duration::new(&duration) else {
            continue;
        };
        let is_said = |r: &Cell<Retention>| {
            r.value.duration.as_ref() == Some(&duration)
                && data.iter().all(|d| r.value.data.contains(d))
        };
        if !activity.retention.iter().any(is_said) {
            let value = Retention {
                data,
                duration: Some(duration),
                ..Retention::default()
            };
            activity.retention.push(Cell::from(
                Origin::Inferred,
                value,
                format!("tagged so at {}", places.join(", ")),
            ));
        }
    }
}
