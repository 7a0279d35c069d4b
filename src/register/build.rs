//! Building the register: declared rows first, then what the inventory adds to them, then rows for what nobody claims.

use super::assign::{Claim, Rules, SourceView, object};
use super::infer::{Clue, activity_of};
use super::*;
use crate::config::{Activity, Config, RecipientRef};
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
        let mut builder = Builder::new(config, inventory, as_of);
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
}

impl<'a> Builder<'a> {
    fn new(config: &'a Config, inventory: &'a Inventory, as_of: jiff::civil::Date) -> Self {
        let activities: Vec<ProcessingActivity> = config
            .activities
            .iter()
            .map(|a| declared(config, a))
            .collect();
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
            conflicts: Vec::new(),
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

/// A row as `ropa.toml` declares it, with what its systems add.
fn declared(config: &Config, a: &Activity) -> ProcessingActivity {
    let mut activity = ProcessingActivity {
        id: a.id.to_string(),
        name: a.name.clone(),
        origin: Origin::Declared,
        status: a.status,
        business_function: a.business_function.clone(),
        department: a.department.clone(),
        owner: a.owner.clone(),
        role: a.role.unwrap_or_default(),
        on_behalf_of: a.on_behalf_of.clone(),
        joint_controllers: a.joint_controllers.clone(),
        processing_categories: a.processing_categories.clone(),
        systems: a.systems.clone(),
        subjects: a.subjects.clone(),
        data: a
            .types
            .iter()
            .map(|&data_type| Cell::of_row(activity_data(data_type, Vec::new())))
            .collect(),
        types_open: a.types_open.clone(),
        source_of_data: a.source_of_data.clone(),
        source_detail: a.source_detail.clone(),
        purposes: a.purposes.iter().cloned().map(Cell::of_row).collect(),
        legal_bases: a.legal_bases.iter().cloned().map(Cell::of_row).collect(),
        art9_conditions: a.art9_conditions.clone(),
        art10_basis: a.art10_basis.clone(),
        legitimate_interests: a.legitimate_interests.clone(),
        lia_link: a.lia_link.clone(),
        recipients: a
            .recipients
            .iter()
            .map(|r| Cell::of_row(recipient_of(config, r)))
            .collect(),
        transfers: a
            .transfers
            .iter()
            .cloned()
            .map(|transfer| {
                Cell::of_row(ActivityTransfer {
                    transfer,
                    valid: None,
                })
            })
            .collect(),
        retention: a.retention.iter().cloned().map(Cell::of_row).collect(),
        security_measures: a
            .security_measures
            .iter()
            .cloned()
            .map(Cell::of_row)
            .collect(),
        rights: a.rights.clone(),
        locations: a.locations.clone(),
        condition: a.condition.clone(),
        optional: a.optional,
        profiling: a.profiling,
        automated_decisions: a.automated_decisions.clone(),
        linkage: a.linkage.clone(),
        opt_out: a.opt_out.clone(),
        consent_link: a.consent_link.clone(),
        processor_contract_link: a.processor_contract_link.clone(),
        dpia: a.dpia.clone(),
        breach: a.breach.clone(),
        policy: a.policy.clone(),
        note: a.note.clone(),
        created: a.created.clone(),
        updated: a.updated.clone(),
        reviewed_by: a.reviewed_by.clone(),
        ..ProcessingActivity::default()
    };
    let systems: Vec<&crate::config::System> = a
        .systems
        .iter()
        .filter_map(|id| config.system(id))
        .collect();
    of_systems(&mut activity, &systems, a.role.is_none());
    activity
}

/// What the systems of an activity say of it: role and clients where it says nothing, places, measures.
fn of_systems(
    activity: &mut ProcessingActivity,
    systems: &[&crate::config::System],
    is_role_open: bool,
) {
    let roles: BTreeSet<Role> = systems
        .iter()
        .map(|s| s.role)
        .filter(|role| *role != Role::Unknown)
        .collect();
    if let (true, [role]) = (
        is_role_open,
        roles.into_iter().collect::<Vec<_>>().as_slice(),
    ) {
        activity.role = *role;
        activity.mark("role", Origin::Inferred, "the role that its systems have");
    }
    if activity.role.is_processor() && activity.on_behalf_of.is_empty() {
        for party in systems.iter().flat_map(|s| &s.on_behalf_of) {
            if !activity.on_behalf_of.contains(party) {
                activity.on_behalf_of.push(party.clone());
            }
        }
        if !activity.on_behalf_of.is_empty() {
            activity.mark(
                "on_behalf_of",
                Origin::Inferred,
                "those whose data its systems hold",
            );
        }
    }
    if activity.locations.is_empty() {
        let hosting: BTreeSet<String> = systems
            .iter()
            .flat_map(|s| s.hosting.iter().cloned())
            .collect();
        if !hosting.is_empty() {
            activity.locations = hosting.into_iter().collect();
            activity.mark("locations", Origin::Inferred, "where its systems run");
        }
    }
    for system in systems {
        for measure in &system.security_measures {
            if !activity
                .security_measures
                .iter()
                .any(|m| m.value == *measure)
            {
                let why = format!("measure of the system `{}`", system.id);
                activity
                    .security_measures
                    .push(Cell::from(Origin::Inferred, measure.clone(), why));
            }
        }
    }
}

fn inferred(
    id: &str,
    rule: &super::infer::Rule,
    system: Option<&crate::config::System>,
) -> ProcessingActivity {
    let purpose = |id: &String| {
        Cell::of_row(Purpose {
            id: id.clone(),
            text: None,
        })
    };
    let name = match system {
        Some(system) => format!(
            "{} in {} (inferred)",
            rule.name,
            system.name.as_deref().unwrap_or(system.id.as_str())
        ),
        None => format!("{} (inferred)", rule.name),
    };
    let suggestion = |id: &String| Suggestion {
        cell: "legal_bases".to_owned(),
        value: id.clone(),
        why: format!("often the basis of “{}”; a person must decide", rule.name),
    };
    let mut activity = ProcessingActivity {
        id: id.to_owned(),
        name,
        origin: Origin::Inferred,
        purposes: rule.purposes.iter().map(purpose).collect(),
        systems: system.iter().map(|s| s.id.to_string()).collect(),
        ..ProcessingActivity::default()
    };
    let systems: Vec<&crate::config::System> = system.into_iter().collect();
    of_systems(&mut activity, &systems, true);
    let decides_itself = !activity.role.is_processor();
    activity.suggestions = rule
        .legal_bases
        .iter()
        .filter(|_| decides_itself)
        .map(suggestion)
        .collect();
    activity
}

fn activity_data(data_type: DataType, fields: Vec<String>) -> ActivityData {
    ActivityData {
        data_type,
        fields,
        special: data_type.special().to_vec(),
    }
}

/// A recipient as an activity names it, with what its own entry or its category says.
fn recipient_of(config: &Config, reference: &RecipientRef) -> ActivityRecipient {
    let id = &reference.recipient;
    let mut recipient = ActivityRecipient {
        recipient: id.clone(),
        name: id.clone(),
        condition: reference.condition.clone(),
        ..Default::default()
    };
    if let Some(entry) = config.recipient(id) {
        let entry = declared_recipient(entry);
        recipient.name = entry.name;
        recipient.category = entry.category;
        recipient.role = entry.role;
        recipient.country = (entry.countries.len() == 1).then(|| entry.countries[0].clone());
        recipient.data = entry.data;
    } else if let Some(category) = vocabulary::recipient_category(id) {
        recipient.name = category.name();
        recipient.category = Some(id.clone());
        recipient.role = category.default_role.first().cloned();
    }
    if !reference.data.is_empty() {
        recipient.data = reference.data.clone();
    }
    recipient
}

fn declared_recipient(r: &crate::config::Recipient) -> Recipient {
    let category = r
        .category
        .as_deref()
        .and_then(vocabulary::recipient_category);
    let countries: Vec<String> = r
        .country
        .iter()
        .chain(
            r.countries
                .iter()
                .filter(|c| Some(*c) != r.country.as_ref()),
        )
        .cloned()
        .collect();
    Recipient {
        recipient: r.id.to_string(),
        name: r
            .name
            .clone()
            .unwrap_or_else(|| vocabulary::in_words(r.id.as_str())),
        category: r.category.clone(),
        services: r.services.clone(),
        role: r
            .role
            .clone()
            .or_else(|| category.and_then(|c| c.default_role.first().cloned())),
        countries,
        data: r.types.clone(),
        purposes: r.purposes.clone(),
        condition: r.condition.clone(),
        limit: r.limit.clone(),
        minimised: r.minimised,
        note: r.note.clone(),
        origin: Origin::Declared,
        activities: Vec::new(),
        places: Vec::new(),
    }
}

/// Transfers that nobody declared but that follow from where a recipient or a system is.
fn implied_transfers(
    config: &Config,
    activity: &ProcessingActivity,
    home: Option<&str>,
) -> Vec<Cell<ActivityTransfer>> {
    let is_third = |country: &str| !is_eea(country) && Some(country) != home;
    let is_said = |recipient: Option<&str>, country: &str| {
        activity.transfers.iter().any(|cell| {
            let transfer = &cell.value.transfer;
            transfer.to.iter().any(|to| to == country)
                || (recipient.is_some() && transfer.recipient.as_deref() == recipient)
        })
    };
    let mut implied: Vec<Cell<ActivityTransfer>> = Vec::new();
    for recipient in &activity.recipients {
        let id = recipient.value.recipient.as_str();
        let entry = config.recipient(id);
        let declared = entry
            .map(|e| {
                e.country
                    .iter()
                    .chain(&e.countries)
                    .cloned()
                    .collect::<Vec<_>>()
            })
            .unwrap_or_default();
        let mut countries = if declared.is_empty() {
            recipient.value.country.iter().cloned().collect()
        } else {
            declared
        };
        countries.retain(|country| is_third(country) && !is_said(Some(id), country));
        if !countries.is_empty() {
            let transfer = Transfer {
                to: countries,
                recipient: Some(id.to_owned()),
                ..Transfer::default()
            };
            let value = ActivityTransfer {
                transfer,
                valid: None,
            };
            implied.push(Cell::from(
                Origin::Inferred,
                value,
                format!("{} is there", recipient.value.name),
            ));
        }
    }
    let systems = activity.systems.iter().filter_map(|id| config.system(id));
    for system in systems {
        let mut countries = system.hosting.clone();
        countries.retain(|country| is_third(country) && !is_said(None, country));
        if !countries.is_empty() {
            let transfer = Transfer {
                to: countries,
                ..Transfer::default()
            };
            let value = ActivityTransfer {
                transfer,
                valid: None,
            };
            implied.push(Cell::from(
                Origin::Inferred,
                value,
                format!("the system `{}` runs there", system.id),
            ));
        }
    }
    implied
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

fn permissions(config: &Config, inventory: &Inventory) -> Vec<Cell<Permission>> {
    let access = |access: crate::config::Access| match access {
        crate::config::Access::Read => "read",
        crate::config::Access::Write => "write",
        crate::config::Access::ReadWrite => "read_write",
    };
    let declared = config.permissions.iter().map(|p| {
        let places = inventory
            .permissions
            .iter()
            .filter(|seen| Some(&seen.permission) == p.permission.as_ref());
        let value = Permission {
            id: p.id.to_string(),
            provider: p.provider.clone(),
            permission: p.permission.clone(),
            label: p.label.clone(),
            access: p.access.map(access).map(str::to_owned),
            offline: p.offline,
            types: p.types.clone(),
            subjects: p.subjects.clone(),
            purposes: p.purposes.clone(),
            limits: p.limits.clone(),
            places: places
                .map(|seen| format!("{}:{}", seen.source, seen.line))
                .collect(),
        };
        Cell {
            value,
            origin: Some(Origin::Declared),
            why: None,
        }
    });
    let mut all: Vec<Cell<Permission>> = declared.collect();
    for seen in &inventory.permissions {
        if all
            .iter()
            .any(|p| p.value.permission.as_ref() == Some(&seen.permission))
        {
            continue;
        }
        let value = Permission {
            id: format!("{}:{}", seen.provider, seen.permission),
            provider: Some(seen.provider.clone()),
            permission: Some(seen.permission.clone()),
            access: Some(seen.access.clone()),
            offline: Some(seen.offline),
            types: seen.data_types.clone(),
            subjects: seen.subjects.clone(),
            places: vec![format!("{}:{}", seen.source, seen.line)],
            ..Permission::default()
        };
        all.push(Cell::from(Origin::Inferred, value, seen.why.clone()));
    }
    all
}
