//! What a layout says of the organisation itself: contact blocks above a table, cover sheets. By key (`dpo.phone`), for
//! writing, and for taking over what people wrote there.

use super::profile::Profile;
use super::xlsx_aside::contact_values;
use crate::config::{Contact, Organisation};

/// The parts of a contact, in the order of a contact block.
pub const PARTS: [&str; 4] = ["name", "address", "email", "phone"];

/// The cells of the organisation that a layout shows and a person may write, each with its key.
pub fn keys(profile: &Profile) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for sheet in &profile.sheets {
        for block in &sheet.contacts {
            keys.extend(PARTS.map(|part| format!("{}.{part}", block.who)));
        }
        let is_cover = !sheet.each && sheet.columns.is_empty();
        let rows = sheet
            .blocks
            .iter()
            .filter(|_| is_cover)
            .flat_map(|b| &b.rows);
        // The joint controllers of a cover sheet are those of the activities: they are written there.
        let fields = rows.flat_map(|r| &r.fields);
        keys.extend(
            fields
                .filter(|f| *f != "organisation.joint_controllers")
                .cloned(),
        );
    }
    keys.sort();
    keys.dedup();
    keys
}

/// What a cell says.
pub fn value(o: &Organisation, key: &str) -> String {
    let (who, part) = key.split_once('.').unwrap_or(("", key));
    if key == "organisation.web" {
        return o.web.clone().unwrap_or_default();
    }
    let at = PARTS.iter().position(|p| *p == part);
    at.map(|at| contact_values(o, who)[at].clone())
        .unwrap_or_default()
}

/// Every cell that a layout shows, and what it says.
pub fn values(o: &Organisation, profile: &Profile) -> Vec<(String, String)> {
    let said = |key: String| {
        let value = value(o, &key);
        (key, value)
    };
    keys(profile).into_iter().map(said).collect()
}

/// Sets a cell to what a person wrote.
pub fn set(o: &mut Organisation, key: &str, text: &str) {
    let said = (!text.is_empty()).then(|| text.to_owned());
    let (who, part) = key.split_once('.').unwrap_or(("", key));
    let contact = match who {
        "dpo" => o.dpo.get_or_insert_default(),
        "representative" => o.representative.get_or_insert_default(),
        _ => {
            match part {
                "name" => o.name = said,
                "email" => o.email = said,
                "phone" => o.phone = said,
                "web" => o.web = said,
                _ => {
                    o.address = said;
                    o.addresses.clear();
                }
            }
            return;
        }
    };
    match part {
        "name" => {
            contact.name = said;
            contact.title = None;
            contact.entities.clear();
        }
        "address" => contact.address = said,
        "email" => contact.email = said,
        _ => contact.phone = said,
    }
    let is_nobody = |c: &Contact| *c == Contact::default();
    o.dpo = o.dpo.take().filter(|c| !is_nobody(c));
    o.representative = o.representative.take().filter(|c| !is_nobody(c));
}
