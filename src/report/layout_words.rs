//! What people wrote into a layout's own cells (buckets of data, lists of items, contacts), taken over into the register's
//! cells as far as it is understood. The words themselves are kept beside them in any case.

use super::cell_words::{self, data_types};
use super::layout_cell::{Layout, is_in_bucket, split_columns};
use super::profile::{Block, BlockRow};
use crate::config::{Retention, Transfer};
use crate::register::{
    ActivityData, ActivityRecipient, ActivityTransfer, Cell, Origin, ProcessingActivity,
};
use crate::taxonomy::DataType;

/// Takes over the words of a layout's cell; `before` is what it would say by itself. Other cells are left alone.
pub fn set(
    a: &mut ProcessingActivity,
    key: &str,
    lines: &[String],
    before: &[String],
    layout: Layout<'_>,
) {
    let origin = own_origin(a);
    match key.split_once(':') {
        Some(("data", _)) => set_data(a, lines, before, layout, origin),
        Some(("retention", label)) => set_retention(a, label, lines, before, layout, origin),
        Some(("items", "subjects")) => {
            let named = |line: &String| {
                let label = split_columns(line).swap_remove(0);
                layout.wording.id_of("subjects", &label).unwrap_or(label)
            };
            a.subjects = lines.iter().map(named).collect();
            let origins = origin.into_iter().map(|o| ("subjects".to_owned(), o));
            a.origins.extend(origins);
        }
        Some(("items", "recipients")) => {
            let item = |line: &String| cell_words::recipient(&second(line), layout.wording);
            a.recipients = kept_items(&a.recipients, lines, before, origin, item);
        }
        Some(("items", "security_measures")) => {
            let item = |line: &String| cell_words::measure(&second(line), layout.wording);
            a.security_measures = kept_items(&a.security_measures, lines, before, origin, item);
        }
        Some(("items", "transfers")) => {
            let item = |line: &String| transfer(line, layout);
            a.transfers = kept_items(&a.transfers, lines, before, origin, item);
        }
        Some(("actor", "joint_controllers")) => a.joint_controllers = parties(lines),
        Some(("actor", "controller")) if a.role.is_processor() => a.on_behalf_of = parties(lines),
        None if key.starts_with("recipients.") => {
            set_recipients(a, lines, before, layout, origin);
        }
        _ => {}
    }
}

/// Items of a cell that a person left as they were keep what the register knows of them, their origin included.
pub fn keep(
    a: &mut ProcessingActivity,
    fresh: &ProcessingActivity,
    field: &str,
    lines: &[String],
    before: &[String],
) {
    fn restore<T: Clone>(
        new: &mut [Cell<T>],
        fresh: &[Cell<T>],
        lines: &[String],
        before: &[String],
    ) {
        if fresh.len() != before.len() || new.len() != lines.len() {
            return;
        }
        for (cell, line) in new.iter_mut().zip(lines) {
            if let Some(at) = before.iter().position(|known| known == line) {
                *cell = fresh[at].clone();
            }
        }
    }
    match field {
        "purposes" => restore(&mut a.purposes, &fresh.purposes, lines, before),
        "legal_bases" => restore(&mut a.legal_bases, &fresh.legal_bases, lines, before),
        "recipients" => restore(&mut a.recipients, &fresh.recipients, lines, before),
        "transfers" => restore(&mut a.transfers, &fresh.transfers, lines, before),
        "retention" => restore(&mut a.retention, &fresh.retention, lines, before),
        "security_measures" => restore(
            &mut a.security_measures,
            &fresh.security_measures,
            lines,
            before,
        ),
        _ => {}
    }
}

/// The origin of an item that a person wrote, where it is not the row's.
fn own_origin(a: &ProcessingActivity) -> Option<Origin> {
    (a.origin != Origin::Declared).then_some(Origin::Declared)
}

/// The second column of an item, which says it in full; else the first.
fn second(line: &str) -> String {
    let columns = split_columns(line);
    let full = columns.iter().skip(1).find(|c| !c.is_empty());
    full.or(columns.first()).cloned().unwrap_or_default()
}

fn kept_items<T: Clone>(
    known: &[Cell<T>],
    lines: &[String],
    before: &[String],
    origin: Option<Origin>,
    item: impl Fn(&String) -> T,
) -> Vec<Cell<T>> {
    let cell = |line: &String| {
        let at = before.iter().position(|known| known == line);
        match at.and_then(|at| known.get(at)) {
            Some(cell) if known.len() == before.len() => cell.clone(),
            _ => Cell {
                value: item(line),
                origin,
                why: None,
            },
        }
    };
    lines.iter().map(cell).collect()
}

fn parties(lines: &[String]) -> Vec<crate::config::Party> {
    let names = lines.first().map(|line| split_columns(line).swap_remove(0));
    let names: Vec<String> = names
        .iter()
        .flat_map(|names| names.split("; "))
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    cell_words::parties(&names)
}

/// Types that a person named in a bucket are declared, those they struck out go; other words stand as not enumerated.
fn set_data(
    a: &mut ProcessingActivity,
    lines: &[String],
    before: &[String],
    layout: Layout<'_>,
    origin: Option<Origin>,
) {
    let read = |lines: &[String]| -> (Vec<DataType>, Vec<String>) {
        let read = lines.iter().map(|line| data_types(line, layout.wording));
        let (types, words): (Vec<_>, Vec<_>) = read.unzip();
        (types.concat(), words.concat())
    };
    let ((types, words), (old_types, old_words)) = (read(lines), read(before));
    a.data
        .retain(|d| !old_types.contains(&d.value.data_type) || types.contains(&d.value.data_type));
    for data_type in types {
        if a.data.iter().all(|d| d.value.data_type != data_type) {
            a.data.push(Cell {
                value: ActivityData {
                    data_type,
                    fields: Vec::new(),
                    special: data_type.special().to_vec(),
                },
                origin: origin.or_else(|| own_origin(a)),
                why: None,
            });
        }
    }
    let open = a.types_open.take().unwrap_or_default();
    let mut open: Vec<String> = open
        .split("; ")
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect();
    open.retain(|w| !old_words.contains(w) || words.contains(w));
    for word in words {
        if !open.contains(&word) {
            open.push(word);
        }
    }
    a.types_open = (!open.is_empty()).then(|| open.join("; "));
}

/// Rules that a person wrote beside a bucket are about its data; a rule that was about nothing else goes where they struck it out.
fn set_retention(
    a: &mut ProcessingActivity,
    label: &str,
    lines: &[String],
    before: &[String],
    layout: Layout<'_>,
    origin: Option<Origin>,
) {
    let Some((block, row)) = bucket(layout, label) else {
        return;
    };
    let held = a.data.iter().filter(|d| is_in_bucket(&d.value, block, row));
    let types: Vec<DataType> = held.map(|d| d.value.data_type).collect();
    let is_gone = |r: &Retention| {
        let text = layout.cells.retention(r, false);
        let is_only_here = !r.data.is_empty() && r.data.iter().all(|d| row.types.contains(d));
        is_only_here && before.contains(&text) && !lines.contains(&text)
    };
    a.retention.retain(|r| !is_gone(&r.value));
    for line in lines.iter().filter(|line| !before.contains(line)) {
        a.retention.push(Cell {
            value: Retention {
                data: types.clone(),
                text: Some(line.clone()),
                ..Retention::default()
            },
            origin,
            why: None,
        });
    }
}

fn bucket<'a>(layout: Layout<'a>, label: &str) -> Option<(&'a Block, &'a BlockRow)> {
    let sheets = layout.profile.sheets.iter().filter(|sheet| sheet.each);
    let blocks = sheets.flat_map(|sheet| &sheet.blocks);
    let mut rows = blocks.flat_map(|b| b.rows.iter().map(move |row| (b, row)));
    rows.find(|(_, row)| !row.types.is_empty() && row.label == label)
}

/// `Recipient | places | safeguard | documents`.
fn transfer(line: &str, layout: Layout<'_>) -> ActivityTransfer {
    let columns = split_columns(line);
    let column = |at: usize| columns.get(at).filter(|c| !c.is_empty()).cloned();
    let places = column(1).unwrap_or_default();
    let mut read = cell_words::transfer(&places, layout.wording);
    if places.is_empty() {
        read.transfer = Transfer::default();
    }
    read.transfer.recipient = column(0);
    let by_map = |label: &String| {
        let words = layout.profile.maps.get("safeguards")?;
        let found = words.iter().find(|(_, word)| *word == label)?;
        Some(found.0.clone())
    };
    let known = |label: String| {
        let id = layout.wording.id_of("safeguards", &label);
        id.or_else(|| by_map(&label)).unwrap_or(label)
    };
    read.transfer.safeguard = column(2).map(known);
    read.transfer.document = column(3);
    read
}

/// Recipients of one kind, where a layout has a cell for each kind.
fn set_recipients(
    a: &mut ProcessingActivity,
    lines: &[String],
    before: &[String],
    layout: Layout<'_>,
    origin: Option<Origin>,
) {
    let is_gone = |r: &ActivityRecipient| {
        let text = layout.cells.recipient(r);
        before.contains(&text) && !lines.contains(&text)
    };
    a.recipients.retain(|r| !is_gone(&r.value));
    for line in lines.iter().filter(|line| !before.contains(line)) {
        a.recipients.push(Cell {
            value: cell_words::recipient(line, layout.wording),
            origin,
            why: None,
        });
    }
}
