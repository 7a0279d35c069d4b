//! Rows and recipients as `ropa.toml` declares them, with what systems add, and rows that a rule infers.
//! Knows no findings: those are placed by `build`.

use super::*;
use crate::config::{Activity, Config, RecipientRef};
use crate::vocabulary;
use std::collections::BTreeSet;

/// A row as `ropa.toml` declares it, with what its systems add.
pub(super) fn declared(config: &Config, a: &Activity) -> ProcessingActivity {
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
pub(super) fn of_systems(
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

pub(super) fn inferred(
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

pub(super) fn activity_data(data_type: DataType, fields: Vec<String>) -> ActivityData {
    ActivityData {
        data_type,
        fields,
        special: data_type.special().to_vec(),
    }
}

/// A recipient as an activity names it, with what its own entry or its category says.
pub(super) fn recipient_of(config: &Config, reference: &RecipientRef) -> ActivityRecipient {
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

pub(super) fn declared_recipient(r: &crate::config::Recipient) -> Recipient {
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
