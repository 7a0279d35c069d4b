//! What follows from a scan and `ropa.toml` together for the whole register: transfers nobody declared, permissions.

use super::*;
use crate::config::Config;
use crate::inventory::Inventory;

/// Transfers that nobody declared but that follow from where a recipient or a system is.
pub(super) fn implied_transfers(
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

/// Permissions, declared ones first, each with where it was seen.
pub(super) fn permissions(config: &Config, inventory: &Inventory) -> Vec<Cell<Permission>> {
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
