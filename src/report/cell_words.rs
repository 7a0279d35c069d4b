//! Cells of a row from the words of people: ids where the words are known, the words themselves where they are not.
//! Knows neither workbooks nor registers; the other way round is `register_cell`.

use super::register_cell::{FIELDS, VIEWS};
use super::wording::Wording;
use crate::config::{
    AutomatedDecisions, Breach, Date, Dpia, LegalBasis, Measure, Party, PolicyDocument, Progress,
    Purpose, Retention, Role, Status, Transfer,
};
use crate::register::{
    ActivityData, ActivityRecipient, ActivityTransfer, Cell, Origin, ProcessingActivity,
};
use crate::taxonomy::DataType;
use crate::vocabulary;

/// Sets a cell to what its lines say. What stands elsewhere (controller, officer, readings of other cells) is not set.
pub fn set(a: &mut ProcessingActivity, field: &str, lines: &[String], w: &Wording) {
    let text = || (!lines.is_empty()).then(|| lines.join("\n"));
    let yes_no = || lines.first().and_then(|line| w.said_yes_no(line));
    let ids = |group: &str| -> Vec<String> {
        lines
            .iter()
            .map(|line| w.id_of(group, line).unwrap_or_else(|| line.clone()))
            .collect()
    };
    let origin = Some(Origin::Declared).filter(|_| a.origin != Origin::Declared);
    match field {
        "name" => a.name = text().unwrap_or_else(|| a.id.clone()),
        "status" => {
            a.status = lines
                .first()
                .and_then(|l| w.id_of_known("status", l))
                .and_then(|id| status(&id))
        }
        "business_function" => a.business_function = text(),
        "department" => a.department = text(),
        "owner" => a.owner = text(),
        "role" => {
            a.role = lines
                .first()
                .and_then(|l| w.id_of("roles", l))
                .map_or(Role::Unknown, |id| role(&id))
        }
        "joint_controllers" => a.joint_controllers = parties(lines),
        "on_behalf_of" => a.on_behalf_of = parties(lines),
        "processing_categories" => a.processing_categories = lines.to_vec(),
        "systems" => a.systems = lines.to_vec(),
        "purposes" => a.purposes = items(lines, origin, |line| purpose(line, w)),
        "subjects" => a.subjects = ids("subjects"),
        "data" => set_data(a, lines, w, origin),
        "source_of_data" => a.source_of_data = ids("sources"),
        "legal_bases" => a.legal_bases = items(lines, origin, |line| legal_basis(line, w)),
        "art9_conditions" => {
            a.art9_conditions = lines.iter().map(|line| art9_condition(line, w)).collect()
        }
        "art10_basis" => a.art10_basis = text(),
        "legitimate_interests" => a.legitimate_interests = text(),
        "lia_link" => a.lia_link = text(),
        "recipients" => a.recipients = items(lines, origin, |line| recipient(line, w)),
        "transfers" => a.transfers = items(lines, origin, |line| transfer(line, w)),
        "safeguards" => set_safeguards(a, lines, w),
        "retention" => {
            a.retention = items(lines, origin, |line| Retention {
                text: Some(line.to_owned()),
                ..Retention::default()
            })
        }
        "security_measures" => a.security_measures = items(lines, origin, |line| measure(line, w)),
        "rights" => a.rights = ids("rights"),
        "automated_decisions" => {
            let used = |line: &String| {
                w.said_yes_no(
                    line.split(w.word("colon").trim())
                        .next()
                        .unwrap_or_default(),
                )
                .unwrap_or(true)
            };
            a.automated_decisions = lines.first().map(|line| AutomatedDecisions {
                used: used(line),
                text: text(),
            });
        }
        "profiling" => a.profiling = yes_no(),
        "locations" => a.locations = ids("countries"),
        "condition" => a.condition = text(),
        "optional" => a.optional = yes_no(),
        "linkage" => a.linkage = text(),
        "opt_out" => a.opt_out = text(),
        "consent_link" => a.consent_link = text(),
        "processor_contract_link" => a.processor_contract_link = text(),
        "dpia.required" => a.dpia.get_or_insert_with(Dpia::default).required = yes_no(),
        "dpia.progress" => {
            let id = lines
                .first()
                .and_then(|line| w.id_of_known("progress", line));
            a.dpia.get_or_insert_with(Dpia::default).progress = id.and_then(|id| progress(&id));
        }
        "dpia.link" => a.dpia.get_or_insert_with(Dpia::default).link = text(),
        "breach.occurred" => a.breach.get_or_insert_with(Breach::default).occurred = yes_no(),
        "breach.link" => a.breach.get_or_insert_with(Breach::default).link = text(),
        "policy.sch1_condition" => {
            a.policy
                .get_or_insert_with(PolicyDocument::default)
                .sch1_condition = text()
        }
        "policy.retention_policy_link" => {
            a.policy
                .get_or_insert_with(PolicyDocument::default)
                .retention_policy_link = text()
        }
        "policy.adheres" => a.policy.get_or_insert_with(PolicyDocument::default).adheres = yes_no(),
        "policy.reason" => a.policy.get_or_insert_with(PolicyDocument::default).reason = text(),
        "note" => a.note = text(),
        "created" => a.created = lines.first().and_then(|line| Date::new(line)),
        "updated" => a.updated = lines.first().and_then(|line| Date::new(line)),
        "reviewed_by" => a.reviewed_by = text(),
        // The rest (controller, officer, documents of transfers …) stands in `own_words` as it was written.
        other => {
            let is_known = FIELDS.contains(&other) || VIEWS.iter().any(|(view, _)| *view == other);
            debug_assert!(is_known, "{other}");
        }
    }
}

pub(super) fn items<T>(
    lines: &[String],
    origin: Option<Origin>,
    item: impl Fn(&str) -> T,
) -> Vec<Cell<T>> {
    lines
        .iter()
        .map(|line| Cell {
            value: item(line),
            origin,
            why: None,
        })
        .collect()
}

pub(super) fn parties(lines: &[String]) -> Vec<Party> {
    lines
        .iter()
        .map(|line| Party {
            name: line.clone(),
            ..Party::default()
        })
        .collect()
}

pub(super) fn purpose(line: &str, w: &Wording) -> Purpose {
    match w.id_of("purposes", line) {
        Some(id) => Purpose { id, text: None },
        None => Purpose {
            id: line.to_owned(),
            text: None,
        },
    }
}

/// A legal basis by its label, by the label with words behind it, or by its article.
pub(super) fn legal_basis(line: &str, w: &Wording) -> LegalBasis {
    let label = line.split(w.word("colon").trim()).next().unwrap_or(line);
    let by_article = || {
        let known = vocabulary::terms().legal_bases.iter();
        known
            .into_iter()
            .find(|t| {
                t.article
                    .as_deref()
                    .is_some_and(|article| line.contains(article))
            })
            .map(|t| t.id.clone())
    };
    let id = w
        .id_of("legal_bases", line)
        .or_else(|| w.id_of("legal_bases", label))
        .or_else(by_article);
    LegalBasis {
        id: id.unwrap_or_else(|| line.to_owned()),
        level: None,
        text: None,
    }
}

fn art9_condition(line: &str, w: &Wording) -> String {
    let known = vocabulary::terms().art9_conditions.iter();
    let is_it = |t: &&vocabulary::Term| {
        t.article
            .as_deref()
            .is_some_and(|article| line.contains(article))
            || line
                .to_lowercase()
                .contains(&w.label("art9_conditions", &t.id).to_lowercase())
    };
    known
        .into_iter()
        .find(is_it)
        .map_or_else(|| line.to_owned(), |t| t.id.clone())
}

pub(super) fn recipient(line: &str, w: &Wording) -> ActivityRecipient {
    let category = w.id_of("recipients", line);
    ActivityRecipient {
        recipient: category.clone().unwrap_or_else(|| line.to_owned()),
        name: line.to_owned(),
        category,
        ..ActivityRecipient::default()
    }
}

/// `United States, India (Mailchimp)`: countries where all are known, else words.
pub(super) fn transfer(line: &str, w: &Wording) -> ActivityTransfer {
    let (places, recipient) = match line
        .strip_suffix(')')
        .and_then(|line| line.rsplit_once(" ("))
    {
        Some((places, recipient)) => (places, Some(recipient.to_owned())),
        None => (line, None),
    };
    let country = |place: &str| {
        let is_code = place.len() == 2 && place.bytes().all(|b| b.is_ascii_uppercase());
        if is_code {
            Some(place.to_owned())
        } else {
            w.id_of_known("countries", place)
        }
    };
    let to: Option<Vec<String>> = places
        .split(',')
        .map(|place| country(place.trim()))
        .collect();
    let transfer = match to {
        Some(to) => Transfer {
            to,
            recipient,
            ..Transfer::default()
        },
        None => Transfer {
            text: Some(line.to_owned()),
            ..Transfer::default()
        },
    };
    ActivityTransfer {
        transfer,
        valid: None,
    }
}

/// `United States: standard contractual clauses` for that place; a label alone for all places that have none.
fn set_safeguards(a: &mut ProcessingActivity, lines: &[String], w: &Wording) {
    for line in lines {
        let (place, label) = line
            .split_once(w.word("colon"))
            .map_or((None, line.as_str()), |(p, l)| (Some(p), l));
        let id = w
            .id_of("safeguards", label)
            .unwrap_or_else(|| label.to_owned());
        for cell in &mut a.transfers {
            let transfer = &mut cell.value.transfer;
            let names: Vec<String> = transfer
                .to
                .iter()
                .map(|to| w.label("countries", to))
                .collect();
            let is_meant = place.map_or(transfer.safeguard.is_none(), |place| {
                names.join(", ") == place
            });
            if is_meant {
                transfer.safeguard = Some(id.clone());
            }
        }
    }
}

pub(super) fn measure(line: &str, w: &Wording) -> Measure {
    let (label, text) = line
        .split_once(w.word("colon"))
        .map_or((line, None), |(l, t)| (l, Some(t.to_owned())));
    match w.id_of("security_measures", label) {
        Some(kind) => Measure { kind, text },
        None => Measure {
            kind: "other".to_owned(),
            text: Some(line.to_owned()),
        },
    }
}

/// The data types that a line names, and the words that name none.
pub fn data_types(line: &str, w: &Wording) -> (Vec<DataType>, Vec<String>) {
    let listed = line
        .split_once(w.word("colon"))
        .map_or(line, |(_, listed)| listed);
    let (mut types, mut words) = (Vec::new(), Vec::new());
    for name in listed
        .split([';', ','])
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        match w.data_type_of(name) {
            Some(data_type) => types.push(data_type),
            None => words.push(name.to_owned()),
        }
    }
    (types, words)
}

/// Types that a person named are declared; those they left out go, with what proved them kept where they stay.
fn set_data(a: &mut ProcessingActivity, lines: &[String], w: &Wording, origin: Option<Origin>) {
    let read: Vec<(Vec<DataType>, Vec<String>)> =
        lines.iter().map(|line| data_types(line, w)).collect();
    let named: Vec<DataType> = read
        .iter()
        .flat_map(|(types, _)| types.iter().copied())
        .collect();
    let known = std::mem::take(&mut a.data);
    for data_type in named {
        if a.data.iter().any(|d| d.value.data_type == data_type) {
            continue;
        }
        let fields = known
            .iter()
            .find(|d| d.value.data_type == data_type)
            .map(|d| d.value.fields.clone())
            .unwrap_or_default();
        let value = ActivityData {
            data_type,
            fields,
            special: data_type.special().to_vec(),
        };
        a.data.push(Cell {
            value,
            origin,
            why: None,
        });
    }
    let words: Vec<String> = read.into_iter().flat_map(|(_, words)| words).collect();
    a.types_open = (!words.is_empty()).then(|| words.join("; "));
}

fn role(id: &str) -> Role {
    let all = [
        Role::Controller,
        Role::JointController,
        Role::Processor,
        Role::SubProcessor,
    ];
    all.into_iter()
        .find(|role| role.id() == id)
        .unwrap_or_default()
}

fn status(id: &str) -> Option<Status> {
    [Status::Draft, Status::Active, Status::Retired]
        .into_iter()
        .find(|s| s.id() == id)
}

fn progress(id: &str) -> Option<Progress> {
    [
        Progress::NotStarted,
        Progress::InProgress,
        Progress::Complete,
    ]
    .into_iter()
    .find(|p| p.id() == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_people_are_understood_as_far_as_they_are_known() {
        let english = Wording::of("en");
        let transfer = transfer("United States, IN (Mailchimp)", english).transfer;
        assert_eq!(transfer.to, ["US", "IN"]);
        assert_eq!(transfer.recipient.as_deref(), Some("Mailchimp"));
        assert_eq!(
            legal_basis("Legitimate interests: our sales", english).id,
            "legitimate_interests"
        );
        assert_eq!(
            legal_basis("Article 6(1)(c)", english).id,
            "legal_obligation"
        );
        assert_eq!(measure("Encryption: TLS", english).kind, "encryption");
        assert_eq!(measure("A dog", english).kind, "other");
        let (types, words) = data_types("Contact: Name; shoe size", english);
        assert_eq!(
            (types[0].key(), words),
            ("contact.name", vec!["shoe size".to_owned()])
        );
    }
}
