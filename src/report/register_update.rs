//! What people wrote into a workbook, taken over into a register that was built anew. Their cells stand; where the scan or
//! the configuration says something new beside them, a conflict tells; what is no longer found stays and is marked.

use super::filled_workbook::{FilledCell, FilledRow, FilledWorkbook, WRITTEN};
use super::register_cell::{CellWriter, FIELDS};
use super::wording::Wording;
use crate::config::{
    AutomatedDecisions, Breach, Date, Dpia, LegalBasis, Measure, Party, PolicyDocument, Progress,
    Purpose, Retention, Role, Status, Transfer,
};
use crate::inventory::Inventory;
use crate::register::{
    ActivityData, ActivityRecipient, ActivityTransfer, Cell, CellEvidence, Conflict, Gap, GapLevel,
    Origin, ProcessingActivity, Register,
};
use crate::taxonomy::DataType;
use crate::vocabulary;
use std::collections::BTreeSet;

/// Takes over what people wrote.
pub fn update(register: &mut Register, filled: &FilledWorkbook, inventory: &Inventory) {
    let wording = Wording::of(&filled.profile.language);
    let mut vanished = Vec::new();
    let known: BTreeSet<String> = register.activities.iter().map(|a| a.id.clone()).collect();
    for row in &filled.rows {
        let is_new = row.id.is_empty();
        if is_new || !known.contains(&row.id) {
            let id = if is_new {
                free_id(register, row)
            } else {
                row.id.clone()
            };
            let activity = kept(&id, row, wording);
            if !is_new {
                vanished.push(id);
            }
            register.activities.push(activity);
            continue;
        }
        // The row is written with the register as it is now, then changed: take it out and put it back.
        let at = register
            .activities
            .iter()
            .position(|a| a.id == row.id)
            .expect("the id is known");
        let mut activity = register.activities[at].clone();
        let mut conflicts = Vec::new();
        take_over(&mut activity, row, register, wording, &mut conflicts);
        register.activities[at] = activity;
        register.conflicts.extend(conflicts);
    }
    register.recheck(inventory);
    for id in vanished {
        let text = "This activity is in the workbook, but neither declared in ropa.toml nor found by the scan any more.";
        register.gaps.push(Gap {
            activity: Some(id),
            field: "id".to_owned(),
            article: "GDPR 30(1)".to_owned(),
            level: GapLevel::Warning,
            text: text.to_owned(),
        });
    }
}

/// An id for a row that a person added: from its name, not yet taken.
fn free_id(register: &Register, row: &FilledRow) -> String {
    let name = row
        .cells
        .iter()
        .find(|c| c.fields.iter().any(|f| f == "name" || f == "purposes"))
        .and_then(|c| c.lines.first());
    let name = name.map_or("activity", String::as_str);
    super::import_table::free_id(name, |id| register.activity(id).is_some())
}

/// A row that only the workbook has, as it stands there.
fn kept(id: &str, row: &FilledRow, wording: &Wording) -> ProcessingActivity {
    let is_people = row.id.is_empty() || row.was_declared || !row.by_people.is_empty();
    let mut activity = ProcessingActivity {
        id: id.to_owned(),
        name: id.to_owned(),
        origin: if is_people {
            Origin::Declared
        } else {
            Origin::Inferred
        },
        ..ProcessingActivity::default()
    };
    for (field, lines) in &row.written {
        set(&mut activity, field, lines, wording);
    }
    for cell in row.cells.iter().filter(|cell| !cell.lines.is_empty()) {
        if let [field] = cell.fields.as_slice() {
            write(&mut activity, field, &cell.lines, wording);
        }
    }
    let why = if row.id.is_empty() {
        "added in the workbook"
    } else {
        "no longer declared nor found; kept from the workbook"
    };
    activity.evidence.push(CellEvidence {
        cell: "name".to_owned(),
        why: why.to_owned(),
        places: Vec::new(),
    });
    activity
}

fn take_over(
    activity: &mut ProcessingActivity,
    row: &FilledRow,
    register: &Register,
    wording: &Wording,
    conflicts: &mut Vec<Conflict>,
) {
    let cells = CellWriter { register, wording };
    let now = |field: &str| -> Vec<String> {
        cells
            .lines(&register.activities[place(register, &row.id)], field)
            .into_iter()
            .map(|l| l.text)
            .collect()
    };
    let mut done: BTreeSet<String> = BTreeSet::new();
    for cell in &row.cells {
        for (field, lines) in shared_out(cell, row, wording) {
            let before = row.written.get(&field).cloned().unwrap_or_default();
            let is_changed = lines != before;
            let scanned_before = row.by_people.get(&field);
            if done.contains(&field) || !(is_changed || scanned_before.is_some()) {
                continue;
            }
            let scanned = now(&field);
            done.insert(field.clone());
            // Their cell was written before and says what the register says by itself, too.
            if scanned == lines {
                continue;
            }
            let is_news = scanned != *scanned_before.unwrap_or(&before);
            if is_news && !scanned.is_empty() {
                conflicts.push(Conflict {
                    activity: row.id.clone(),
                    field: field.clone(),
                    kept: lines.join("\n"),
                    scanned: scanned.join("\n"),
                    text: "Changed in the workbook and, since it was written, by the scan or ropa.toml: the workbook's words stand.".to_owned(),
                });
            }
            write(activity, &field, &lines, wording);
            let evidence = activity.evidence.last_mut();
            evidence.expect("writing leaves its evidence").places = scanned;
        }
    }
    for field in ["data", "recipients"] {
        if !done.contains(field) {
            vanish(activity, field, row, &now(field), wording, &register.as_of);
        }
    }
}

fn place(register: &Register, id: &str) -> usize {
    register
        .activities
        .iter()
        .position(|a| a.id == id)
        .expect("the row was found by its id")
}

/// The lines of a cell by the cells of the register that it shows: a line that one of them had stays there; a new one goes
/// where its words are known, else to the first.
pub(super) fn shared_out(
    cell: &FilledCell,
    row: &FilledRow,
    wording: &Wording,
) -> Vec<(String, Vec<String>)> {
    let mut parts: Vec<(String, Vec<String>)> = cell
        .fields
        .iter()
        .map(|f| (f.clone(), Vec::new()))
        .collect();
    for line in &cell.lines {
        let had = |field: &String| row.written.get(field).is_some_and(|l| l.contains(line));
        let knows = |field: &String| is_word_of(field, line, wording);
        let of_old = cell.fields.iter().position(had);
        let at = of_old.or_else(|| cell.fields.iter().position(knows));
        parts[at.unwrap_or(0)].1.push(line.clone());
    }
    parts
}

/// Whether a line is one of the known words of a cell, alone or with own words behind it.
fn is_word_of(field: &str, line: &str, wording: &Wording) -> bool {
    let group = match field {
        "transfers" => "countries",
        "source_of_data" => "sources",
        known => known,
    };
    let label = line.split(wording.word("colon")).next().unwrap_or(line);
    let is_known = |text: &str| {
        wording.id_of(group, text).is_some() || wording.id_of_known(group, text).is_some()
    };
    is_known(line) || is_known(label)
}

/// Inferred items that were found when the workbook was written and are not found now: they stay, marked.
fn vanish(
    activity: &mut ProcessingActivity,
    field: &str,
    row: &FilledRow,
    now: &[String],
    wording: &Wording,
    as_of: &str,
) {
    let before = row.written.get(field).cloned().unwrap_or_default();
    let gone: Vec<String> = before
        .into_iter()
        .filter(|line| !now.contains(line))
        .collect();
    let why = format!("found earlier, no longer found on {as_of}");
    let mut marked = false;
    if field == "data" {
        for data_type in gone.iter().flat_map(|line| data_types(line, wording).0) {
            if !activity.data.iter().any(|d| d.value.data_type == data_type) {
                let value = ActivityData {
                    data_type,
                    fields: Vec::new(),
                    special: data_type.special().to_vec(),
                };
                activity
                    .data
                    .push(Cell::from(Origin::Inferred, value, why.clone()));
                marked = true;
            }
        }
    } else {
        for line in gone {
            let value = recipient(&line, wording);
            activity
                .recipients
                .push(Cell::from(Origin::Inferred, value, why.clone()));
            marked = true;
        }
    }
    if marked {
        activity.evidence.push(CellEvidence {
            cell: field.to_owned(),
            why: format!("some of it was {why}"),
            places: Vec::new(),
        });
    }
}

/// Writes a person's words into a cell: as they are, and as far as they are understood.
fn write(activity: &mut ProcessingActivity, field: &str, lines: &[String], wording: &Wording) {
    set(activity, field, lines, wording);
    if lines.is_empty() {
        activity.own_words.remove(field);
    } else {
        activity.own_words.insert(field.to_owned(), lines.to_vec());
    }
    if activity.origin != Origin::Declared {
        activity.origins.insert(field.to_owned(), Origin::Declared);
    } else {
        activity.origins.remove(field);
    }
    activity.evidence.retain(|e| e.cell != field);
    activity.evidence.push(CellEvidence {
        cell: field.to_owned(),
        why: WRITTEN.to_owned(),
        places: Vec::new(),
    });
}

/// Sets a cell to what its lines say.
pub(super) fn set(a: &mut ProcessingActivity, field: &str, lines: &[String], w: &Wording) {
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
        other => debug_assert!(FIELDS.contains(&other), "{other}"),
    }
}

fn items<T>(lines: &[String], origin: Option<Origin>, item: impl Fn(&str) -> T) -> Vec<Cell<T>> {
    lines
        .iter()
        .map(|line| Cell {
            value: item(line),
            origin,
            why: None,
        })
        .collect()
}

fn parties(lines: &[String]) -> Vec<Party> {
    lines
        .iter()
        .map(|line| Party {
            name: line.clone(),
            ..Party::default()
        })
        .collect()
}

fn purpose(line: &str, w: &Wording) -> Purpose {
    match w.id_of("purposes", line) {
        Some(id) => Purpose { id, text: None },
        None => Purpose {
            id: line.to_owned(),
            text: None,
        },
    }
}

/// A legal basis by its label, by the label with words behind it, or by its article.
fn legal_basis(line: &str, w: &Wording) -> LegalBasis {
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

fn recipient(line: &str, w: &Wording) -> ActivityRecipient {
    let category = w.id_of("recipients", line);
    ActivityRecipient {
        recipient: category.clone().unwrap_or_else(|| line.to_owned()),
        name: line.to_owned(),
        category,
        ..ActivityRecipient::default()
    }
}

/// `United States, India (Mailchimp)`: countries where all are known, else words.
fn transfer(line: &str, w: &Wording) -> ActivityTransfer {
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

fn measure(line: &str, w: &Wording) -> Measure {
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
pub(super) fn data_types(line: &str, w: &Wording) -> (Vec<DataType>, Vec<String>) {
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

    fn row(written: &[(&str, &[&str])]) -> FilledRow {
        let lines = |lines: &[&str]| lines.iter().map(|l| (*l).to_owned()).collect();
        let written = written
            .iter()
            .map(|(field, l)| ((*field).to_owned(), lines(l)));
        FilledRow {
            id: "a".to_owned(),
            written: written.collect(),
            ..FilledRow::default()
        }
    }

    #[test]
    fn lines_of_a_shared_cell_go_where_their_words_are_known() {
        let italian = Wording::of("it");
        let cell = FilledCell {
            fields: vec!["purposes".to_owned(), "legal_bases".to_owned()],
            lines: vec!["Invio di notizie".to_owned(), "Consenso".to_owned()],
        };
        let parts = shared_out(&cell, &row(&[("purposes", &["Invio di notizie"])]), italian);
        assert_eq!(parts[0].1, ["Invio di notizie"]);
        assert_eq!(parts[1].1, ["Consenso"]);
    }

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
