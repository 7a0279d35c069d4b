//! What people wrote into a workbook, taken over into a register that was built anew. Their cells stand; where the scan or
//! the configuration says something new beside them, a conflict tells; what is no longer found stays and is marked.

use super::cell_words::{data_types, recipient, set};
use super::filled_workbook::{FilledCell, FilledRow, FilledWorkbook, WRITTEN};
use super::layout_cell::Layout;
use super::register_cell::CellWriter;
use super::wording::Wording;
use super::{layout_words, organisation_cell};
use crate::inventory::Inventory;
use crate::register::{
    ActivityData, Cell, CellEvidence, Conflict, Gap, GapLevel, Origin, ProcessingActivity, Register,
};
use std::collections::BTreeSet;

const CHANGED_ON_BOTH_SIDES: &str = "Changed in the workbook and, since it was written, by the scan or ropa.toml: the workbook's words stand.";

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
        let layout = Layout {
            register,
            profile: filled.profile,
            wording,
            cells: CellWriter { register, wording },
        };
        take_over(&mut activity, (row, at), layout, &mut conflicts);
        register.activities[at] = activity;
        register.conflicts.extend(conflicts);
    }
    organisation(register, filled);
    register.recheck(inventory);
    for id in vanished {
        let about = ("id", "GDPR 30(1)");
        let gap = Gap::new(
            Some(id),
            GapLevel::Warning,
            about,
            "vanished",
            Default::default(),
        );
        register.gaps.push(gap);
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
        match field.contains(':') {
            true => drop(activity.own_words.insert(field.clone(), lines.clone())),
            false => set(&mut activity, field, lines, wording),
        }
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

/// What a person wrote of the organisation; what `ropa.toml` says beside it is kept for the next run.
fn organisation(register: &mut Register, filled: &FilledWorkbook) {
    for (key, text) in &filled.organisation {
        let before = filled.organisation_written.get(key);
        let scanned_before = filled.organisation_by_people.get(key);
        let is_changed = before.is_some_and(|before| before != text);
        let scanned = organisation_cell::value(&register.organisation, key);
        if !(is_changed || scanned_before.is_some()) || scanned == *text {
            continue;
        }
        if scanned_before.or(before) != Some(&scanned) && !scanned.is_empty() {
            register.conflicts.push(Conflict {
                activity: "organisation".to_owned(),
                field: key.clone(),
                kept: text.clone(),
                scanned: scanned.clone(),
                text: CHANGED_ON_BOTH_SIDES.to_owned(),
            });
        }
        organisation_cell::set(&mut register.organisation, key, text);
        register.own_words.insert(key.clone(), scanned);
    }
}

fn take_over(
    activity: &mut ProcessingActivity,
    (row, at): (&FilledRow, usize),
    layout: Layout<'_>,
    conflicts: &mut Vec<Conflict>,
) {
    let wording = layout.wording;
    let fresh = activity.clone();
    let now = |field: &str| -> Vec<String> {
        let lines = layout.lines(&layout.register.activities[at], row.number, field);
        lines.into_iter().map(|l| l.text).collect()
    };
    let mut done: BTreeSet<String> = BTreeSet::new();
    for cell in &row.cells {
        for (field, lines) in shared_out(cell, row, wording) {
            let before = row.written.get(&field).cloned().unwrap_or_default();
            let is_changed = lines != before;
            let scanned_before = row.by_people.get(&field);
            if !(is_changed || scanned_before.is_some()) {
                continue;
            }
            if done.contains(&field) {
                conflicts.extend(twice(activity, &field, &lines, &before));
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
                    text: CHANGED_ON_BOTH_SIDES.to_owned(),
                });
            }
            write(activity, &field, &lines, wording);
            layout_words::set(activity, &field, &lines, &scanned, layout);
            layout_words::keep(activity, &fresh, &field, &lines, &scanned);
            let evidence = activity.evidence.last_mut();
            evidence.expect("writing leaves its evidence").places = scanned;
        }
    }
    for field in ["data", "recipients"] {
        if !done.contains(field) {
            vanish(
                activity,
                field,
                row,
                &now(field),
                wording,
                &layout.register.as_of,
            );
        }
    }
}

/// A cell that the workbook shows in two places and that a person changed in both.
fn twice(
    activity: &ProcessingActivity,
    field: &str,
    lines: &[String],
    before: &[String],
) -> Option<Conflict> {
    let kept = activity.own_words.get(field)?;
    (lines != before && lines != kept).then(|| Conflict {
        activity: activity.id.clone(),
        field: field.to_owned(),
        kept: kept.join("\n"),
        scanned: lines.join("\n"),
        text: "Changed in two places of the workbook: the words of the first stand, those of the second are beside them.".to_owned(),
    })
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
    if !field.contains(':') {
        set(activity, field, lines, wording);
    }
    // A cell that a person emptied stays empty, too.
    activity.own_words.insert(field.to_owned(), lines.to_vec());
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
}
