//! The sheets beside a layout's own: Read me, Organisation, Gaps, Evidence, Inventory, and the hidden lists of drop-downs.

use super::csv::{HEADER, rows};
use super::filled_workbook::WRITTEN;
use super::layout_cell;
use super::organisation_cell;
use super::profile::Need;
use super::register_cell::Line;
use super::xlsx::Book;
use super::xlsx_page::{Names, Page, ROW_LIMIT, Style};
use crate::config::Organisation;
use crate::register::{ActivityRecipient, ActivityTransfer, GapLevel, Origin, ProcessingActivity};
use rust_xlsxwriter::{Workbook, XlsxError};
use std::collections::{BTreeMap, HashMap};

/// Header of the sheet `Evidence`.
pub const EVIDENCE_HEADER: [&str; 7] = [
    "activity_id",
    "activity",
    "cell",
    "value",
    "origin",
    "why",
    "places",
];
/// Header of the sheet `Conflicts`.
const CONFLICT_HEADER: [&str; 5] = ["activity_id", "cell", "kept", "scanned", "what happened"];
/// Places listed in one cell.
const PLACES_SHOWN: usize = 200;

/// Name, address, mail and telephone of the organisation or one of its contacts.
pub(super) fn contact_values(o: &Organisation, who: &str) -> [String; 4] {
    let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
    let contact = match who {
        "dpo" => &o.dpo,
        "representative" => &o.representative,
        "organisation" => {
            let addresses: Vec<&str> = o
                .address
                .iter()
                .chain(&o.addresses)
                .map(String::as_str)
                .collect();
            return [
                or_empty(&o.name),
                addresses.join("\n"),
                or_empty(&o.email),
                or_empty(&o.phone),
            ];
        }
        _ => &None,
    };
    let Some(c) = contact else {
        return Default::default();
    };
    let name: Vec<&str> = [&c.name, &c.title]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let entities = (!c.entities.is_empty()).then(|| format!("({})", c.entities.join(", ")));
    let name: Vec<String> = name
        .into_iter()
        .map(str::to_owned)
        .chain(entities)
        .collect();
    [
        name.join(" "),
        or_empty(&c.address),
        or_empty(&c.email),
        or_empty(&c.phone),
    ]
}

pub(super) fn read_me(
    workbook: &mut Workbook,
    names: &mut Names,
    book: &Book<'_>,
) -> Result<(), XlsxError> {
    let Book {
        register,
        profile,
        wording: w,
        ..
    } = book;
    let mut page = Page::new(
        workbook,
        &book.styles,
        &names.unique(book.wording.word("sheet_read_me")),
    )?;
    page.sheet
        .set_screen_gridlines(false)
        .set_print_fit_to_pages(1, 1);
    page.widths(&[34, 60, 60])?;
    page.text(0, 0, &profile.title, Style::Title)?;
    page.sheet.set_freeze_panes(1, 0)?;
    let layout = match &profile.authority {
        Some(authority) => format!("{} · {authority}", profile.id),
        None => profile.id.clone(),
    };
    let of_origin = |origin| {
        register
            .activities
            .iter()
            .filter(|a| a.origin == origin)
            .count()
            .to_string()
    };
    let counts = w
        .word("read_me_counts")
        .replace("{declared}", &of_origin(Origin::Declared))
        .replace("{documented}", &of_origin(Origin::Documented))
        .replace("{inferred}", &of_origin(Origin::Inferred));
    let of_level = |level| {
        register
            .gaps
            .iter()
            .filter(|g| g.level == level)
            .count()
            .to_string()
    };
    let gaps = w
        .word("read_me_gap_counts")
        .replace("{error}", &of_level(GapLevel::Error))
        .replace("{warning}", &of_level(GapLevel::Warning))
        .replace("{note}", &of_level(GapLevel::Note));
    let unassigned = w
        .word("read_me_places")
        .replace("{count}", &register.unassigned.len().to_string());
    let facts = [
        (
            "read_me_organisation",
            register.organisation.name.clone().unwrap_or_default(),
        ),
        ("read_me_profile", layout),
        ("read_me_standing", profile.standing.clone()),
        ("read_me_date", register.as_of.clone()),
        (
            "read_me_version",
            format!("ropa {}", env!("CARGO_PKG_VERSION")),
        ),
        (
            "read_me_activities",
            format!("{} ({counts})", register.activities.len()),
        ),
        (
            "read_me_unassigned",
            if register.unassigned.is_empty() {
                w.word("read_me_none").to_owned()
            } else {
                unassigned
            },
        ),
        ("read_me_gaps", gaps),
    ];
    let mut row = 2;
    for (word, value) in facts {
        page.text(row, 0, w.word(word), Style::Label)?;
        page.text(row, 1, &value, Style::Value)?;
        row += 1;
    }
    row = legend(&mut page, book, row + 1)?;
    row = fill_in(&mut page, book, row + 1)?;
    page.text(row + 1, 0, w.word("read_me_keep"), Style::Remark)?;
    page.sheet.merge_range(
        row + 1,
        0,
        row + 1,
        1,
        "",
        &rust_xlsxwriter::Format::new().set_text_wrap(),
    )?;
    page.text(row + 1, 0, w.word("read_me_keep"), Style::Remark)?;
    page.sheet.set_row_height(row + 1, 42)?;
    Ok(())
}

fn legend(page: &mut Page<'_>, book: &Book<'_>, mut row: u32) -> Result<u32, XlsxError> {
    let w = book.wording;
    page.text(row, 0, w.word("read_me_colours"), Style::Header)?;
    page.text(row, 1, "", Style::Header)?;
    let styles = [
        (Style::Required, "read_me_green"),
        (Style::Optional, "read_me_blue"),
        (Style::Missing, "read_me_yellow"),
        (Style::Inferred, "read_me_italic"),
    ];
    for (style, word) in styles {
        row += 1;
        page.text(
            row,
            0,
            if style == Style::Inferred { "Abc" } else { "" },
            style,
        )?;
        page.text(row, 1, w.word(word), Style::Value)?;
    }
    row += 2;
    page.text(row, 0, w.word("read_me_sheets"), Style::Header)?;
    page.text(row, 1, "", Style::Header)?;
    let sheets = [
        ("sheet_organisation", "read_me_sheet_organisation"),
        ("sheet_gaps", "read_me_sheet_gaps"),
        ("sheet_evidence", "read_me_sheet_evidence"),
        ("sheet_inventory", "read_me_sheet_inventory"),
    ];
    for (sheet, word) in sheets {
        row += 1;
        page.text(row, 0, w.word(sheet), Style::Label)?;
        page.text(row, 1, w.word(word), Style::Value)?;
    }
    Ok(row + 1)
}

/// The columns that a person must fill, with how many rows lack them.
fn fill_in(page: &mut Page<'_>, book: &Book<'_>, mut row: u32) -> Result<u32, XlsxError> {
    page.text(row, 0, book.wording.word("read_me_fill"), Style::Header)?;
    page.text(row, 1, "", Style::Header)?;
    let columns = book.profile.sheets.iter().flat_map(|s| {
        s.columns
            .iter()
            .map(|c| (c.header.as_str(), &c.fields, c.need))
    });
    let blocks = book
        .profile
        .sheets
        .iter()
        .filter(|s| s.each)
        .flat_map(|s| &s.blocks);
    let rows = blocks
        .clone()
        .flat_map(|b| b.rows.iter().map(|r| (r.label.as_str(), &r.fields, r.need)));
    let items: Vec<(&str, Vec<String>, Need)> = blocks
        .filter_map(|b| {
            b.items.as_ref().map(|i| {
                (
                    b.head.first().map_or("", String::as_str),
                    vec![i.of.clone()],
                    i.need,
                )
            })
        })
        .collect();
    let items = items
        .iter()
        .map(|(label, fields, need)| (*label, fields, *need));
    let mut any = false;
    for (label, fields, need) in columns.chain(rows).chain(items) {
        if need != Need::Required || fields.is_empty() || label.is_empty() {
            continue;
        }
        let lacks = |a: &&ProcessingActivity| {
            book.cells.all(a, fields).is_empty() && !fields.iter().any(|f| f == "number")
        };
        let count = book.register.activities.iter().filter(lacks).count();
        if count > 0 {
            row += 1;
            any = true;
            page.text(row, 0, label, Style::Missing)?;
            page.text(
                row,
                1,
                &format!("{count} / {}", book.register.activities.len()),
                Style::Value,
            )?;
        }
    }
    if !any {
        row += 1;
        page.text(row, 0, book.wording.word("read_me_none"), Style::Value)?;
    }
    Ok(row + 1)
}

/// What the organisation says of all its activities and of none in particular, its recipients, rights, cookies and rules.
pub(super) fn organisation(
    workbook: &mut Workbook,
    names: &mut Names,
    book: &Book<'_>,
) -> Result<(), XlsxError> {
    let mut page = Page::new(
        workbook,
        &book.styles,
        &names.unique(book.wording.word("sheet_organisation")),
    )?;
    page.widths(&[34, 44, 44, 24, 24])?;
    page.sheet
        .set_screen_gridlines(false)
        .set_print_fit_to_pages(1, 0);
    page.text(
        0,
        0,
        book.register
            .organisation
            .name
            .as_deref()
            .unwrap_or("Organisation"),
        Style::Title,
    )?;
    page.sheet.set_freeze_panes(1, 0)?;
    let mut row = 2;
    for (title, lines) in organisation_blocks(book) {
        if lines.is_empty() {
            continue;
        }
        for column in 0..5 {
            page.text(
                row,
                column,
                if column == 0 { &title } else { "" },
                Style::Header,
            )?;
        }
        for line in lines {
            row += 1;
            for column in 0..5u16 {
                let text = line.get(usize::from(column)).map_or("", String::as_str);
                page.text(
                    row,
                    column,
                    text,
                    if column == 0 {
                        Style::Label
                    } else {
                        Style::Value
                    },
                )?;
            }
        }
        row += 2;
    }
    Ok(())
}

type Lines = Vec<Vec<String>>;

fn organisation_blocks(book: &Book<'_>) -> Vec<(String, Lines)> {
    let Book {
        register,
        wording: w,
        cells,
        ..
    } = book;
    let o = &register.organisation;
    let contact = |word: &str, who: &str| {
        let values = contact_values(o, who);
        let is_there = values.iter().any(|v| !v.is_empty());
        is_there.then(|| {
            std::iter::once(w.word(word).to_owned())
                .chain(values)
                .collect::<Vec<_>>()
        })
    };
    let who = [
        contact("controller", "organisation"),
        contact("dpo", "dpo"),
        contact("representative", "representative"),
    ];
    let affiliates = o
        .affiliates
        .iter()
        .map(|name| vec![w.word("affiliates").to_owned(), name.clone()]);
    let supervisory = o.supervisory.iter().map(|s| {
        vec![
            w.word("supervisory").to_owned(),
            s.name.clone(),
            s.what.clone().unwrap_or_default(),
        ]
    });
    let contacts = who
        .into_iter()
        .flatten()
        .chain(affiliates)
        .chain(supervisory)
        .collect();
    let origin = |origin: Origin| w.word(&format!("origin_{}", origin.id())).to_owned();
    let recipients = register.recipients.iter().map(|r| {
        let value = ActivityRecipient {
            recipient: r.recipient.clone(),
            name: r.name.clone(),
            ..ActivityRecipient::default()
        };
        let what: Vec<String> = r
            .category
            .iter()
            .chain(&r.services)
            .map(|c| w.label("recipients", c))
            .chain(r.role.iter().map(|id| w.label("roles", id)))
            .collect();
        let data: Vec<String> = r.data.iter().map(|d| w.data_type(*d)).collect();
        let countries: Vec<String> = r
            .countries
            .iter()
            .map(|c| w.label("countries", c))
            .collect();
        vec![
            cells.recipient(&value),
            what.join(", "),
            data.join("; "),
            countries.join(", "),
            origin(r.origin),
        ]
    });
    let rights = register.rights.iter().map(|r| {
        let name = r
            .right
            .as_deref()
            .map(|id| w.label("rights", id))
            .unwrap_or_default();
        let deadline = r
            .deadline
            .as_ref()
            .map(|d| w.duration(d))
            .unwrap_or_default();
        let how: Vec<String> = r.how.iter().chain(&r.limit).cloned().collect();
        let offered = if r.offered == Some(false) {
            w.word("no").to_owned()
        } else {
            deadline
        };
        vec![
            name,
            how.join("; "),
            r.needs.join("; "),
            r.jurisdiction.clone().unwrap_or_default(),
            offered,
        ]
    });
    let cookies = register.cookies.iter().map(|c| {
        let text = |t: &Option<String>| t.clone().unwrap_or_default();
        let label = c.label.clone().unwrap_or_else(|| c.id.to_string());
        vec![
            label,
            text(&c.purposes),
            crate::vocabulary::in_words(&text(&c.class)),
            crate::vocabulary::in_words(&text(&c.party)),
        ]
    });
    let children = register.child_rules.iter().map(|c| {
        let text = |t: &Option<String>| t.clone().unwrap_or_default();
        vec![
            c.age.map(|age| format!("< {age}")).unwrap_or_default(),
            text(&c.statement),
            text(&c.reaction),
            text(&c.jurisdiction),
        ]
    });
    let permissions = register.permissions.iter().map(|p| {
        let data: Vec<String> = p.value.types.iter().map(|d| w.data_type(*d)).collect();
        let text = |t: &Option<String>| t.clone().unwrap_or_default();
        let name = p
            .value
            .label
            .clone()
            .or_else(|| p.value.permission.clone())
            .unwrap_or_else(|| p.value.id.clone());
        vec![
            name,
            format!("{} {}", text(&p.value.provider), text(&p.value.permission)),
            data.join("; "),
            text(&p.value.access),
            origin(p.origin.unwrap_or_default()),
        ]
    });
    vec![
        (w.word("read_me_organisation").to_owned(), contacts),
        (w.word("general_statements").to_owned(), general(book)),
        (w.word("recipients").to_owned(), recipients.collect()),
        (w.word("rights").to_owned(), rights.collect()),
        (w.word("cookies").to_owned(), cookies.collect()),
        (w.word("children").to_owned(), children.collect()),
        (w.word("permissions").to_owned(), permissions.collect()),
    ]
}

fn general(book: &Book<'_>) -> Lines {
    let Book {
        register,
        wording: w,
        cells,
        ..
    } = book;
    let o = &register.organisation;
    let line = |word: &str, text: String| vec![w.word(word).to_owned(), text];
    let as_of = register
        .as_of
        .parse()
        .expect("the register's day was made from a date");
    let bases = o.legal_bases.iter().map(|b| {
        let mut cells = line("legal_bases", w.label("legal_bases", &b.id));
        cells.extend(b.text.clone());
        cells
    });
    let recipients = o.recipients.iter().map(|r| {
        let known = register
            .recipients
            .iter()
            .find(|k| k.recipient == r.recipient);
        line(
            "recipients",
            known.map_or_else(|| w.label("recipients", &r.recipient), |k| k.name.clone()),
        )
    });
    let transfers = o.transfers.iter().map(|transfer| {
        let valid = crate::register::safeguard_is_valid(transfer, as_of);
        let value = ActivityTransfer {
            transfer: transfer.clone(),
            valid,
        };
        let mut line = line("transfers", cells.transfer(&value));
        line.push(cells.safeguard(&value));
        line.extend(transfer.text.clone());
        line
    });
    let retention = o
        .retention
        .iter()
        .map(|r| line("retention", cells.retention(r, true)));
    let measures = o.security_measures.iter().map(|m| {
        let mut line = line("security_measures", w.label("security_measures", &m.kind));
        line.extend(m.text.clone());
        line
    });
    bases
        .chain(recipients)
        .chain(transfers)
        .chain(retention)
        .chain(measures)
        .collect()
}

pub(super) fn gaps(
    workbook: &mut Workbook,
    names: &mut Names,
    book: &Book<'_>,
) -> Result<(), XlsxError> {
    let w = book.wording;
    let mut page = Page::new(
        workbook,
        &book.styles,
        &names.unique(book.wording.word("sheet_gaps")),
    )?;
    page.widths(&[13, 34, 22, 24, 60])?;
    page.sheet.set_print_fit_to_pages(1, 0);
    let header = [
        "gap_level",
        "gap_activity",
        "gap_field",
        "gap_article",
        "gap_text",
    ]
    .map(|word| w.word(word));
    page.row(0, &header, Style::Header)?;
    let name = |id: &Option<String>| match id {
        Some(id) => book
            .register
            .activity(id)
            .map(|a| a.name.clone())
            .unwrap_or_default(),
        None => w.word("read_me_organisation").to_owned(),
    };
    let names_by_id: HashMap<&str, &str> = book
        .register
        .activities
        .iter()
        .map(|a| (a.id.as_str(), a.name.as_str()))
        .collect();
    let mut row = 0;
    for gap in &book.register.gaps {
        row += 1;
        let style = match gap.level {
            GapLevel::Error => Style::Error,
            GapLevel::Warning => Style::Warning,
            GapLevel::Note => Style::Value,
        };
        let activity = match gap.activity.as_deref().and_then(|id| names_by_id.get(id)) {
            Some(name) => (*name).to_owned(),
            None => name(&gap.activity),
        };
        page.text(row, 0, w.word(&format!("level_{}", gap.level.id())), style)?;
        let field = book.profile.header_of(&gap.field).unwrap_or(&gap.field);
        let text = w.gap(gap);
        let cells = [
            activity.as_str(),
            field,
            gap.article.as_str(),
            text.as_str(),
        ];
        for (column, text) in (1u16..).zip(cells) {
            page.text(row, column, text, Style::Value)?;
        }
    }
    page.header(0, 5, row)
}

/// Where people and the scan disagree; the sheet is there only if they do.
pub(super) fn conflicts(
    workbook: &mut Workbook,
    names: &mut Names,
    book: &Book<'_>,
) -> Result<(), XlsxError> {
    let conflicts = &book.register.conflicts;
    if conflicts.is_empty() {
        return Ok(());
    }
    let mut page = Page::new(
        workbook,
        &book.styles,
        &names.unique(book.wording.word("sheet_conflicts")),
    )?;
    page.widths(&[26, 20, 50, 50, 46])?;
    page.sheet.set_print_fit_to_pages(1, 0);
    page.row(0, &CONFLICT_HEADER, Style::Header)?;
    for (row, c) in (1u32..).zip(conflicts) {
        page.text(row, 0, &c.activity, Style::Error)?;
        for (column, text) in (1u16..).zip([&c.field, &c.kept, &c.scanned, &c.text]) {
            page.text(row, column, text, Style::Value)?;
        }
    }
    page.header(0, 5, conflicts.len() as u32)
}

/// One row for each cell of the layout that says anything: what it said when the workbook was written, and why.
pub(super) fn evidence(
    workbook: &mut Workbook,
    names: &mut Names,
    book: &Book<'_>,
) -> Result<(), XlsxError> {
    let mut page = Page::streamed(
        workbook,
        &book.styles,
        &names.unique(book.wording.word("sheet_evidence")),
    )?;
    page.widths(&[22, 30, 20, 50, 13, 46, 60])?;
    page.row(0, &EVIDENCE_HEADER, Style::Header)?;
    let layout = book.layout();
    let keys = layout_cell::keys(book.profile);
    let fields = book.profile.fields();
    let fields = || {
        fields
            .iter()
            .copied()
            .chain(keys.iter().map(String::as_str))
    };
    let mut row = 0u32;
    for (key, value) in organisation_cell::values(&book.register.organisation, book.profile) {
        row += 1;
        let own = book.register.own_words.get(&key);
        page.row(row, &organisation_row(&key, &value, own), Style::Value)?;
    }
    for (number, activity) in (1usize..).zip(&book.register.activities) {
        for field in fields() {
            let lines = layout.lines(activity, number, field);
            let is_own = activity.own_words.contains_key(field);
            if (lines.is_empty() && !is_own) || field == "id" {
                continue;
            }
            if row as usize + 1 >= ROW_LIMIT {
                return page.header(0, 7, row);
            }
            row += 1;
            page.row(row, &evidence_row(activity, field, &lines), Style::Value)?;
        }
    }
    page.header(0, 7, row)
}

/// A cell of the organisation; what `ropa.toml` says stands beside a person's words.
fn organisation_row(key: &str, value: &str, own: Option<&String>) -> [String; 7] {
    [
        String::new(),
        String::new(),
        key.to_owned(),
        value.to_owned(),
        Origin::Declared.id().to_owned(),
        own.map(|_| WRITTEN.to_owned()).unwrap_or_default(),
        own.cloned().unwrap_or_default(),
    ]
}

fn evidence_row(activity: &ProcessingActivity, field: &str, lines: &[Line]) -> [String; 7] {
    let texts: Vec<&str> = lines.iter().map(|l| l.text.as_str()).collect();
    let mut origins: Vec<&str> = lines.iter().map(|l| l.origin.id()).collect();
    origins.sort_unstable();
    origins.dedup();
    let mut why: Vec<String> = activity
        .evidence
        .iter()
        .filter(|e| e.cell == field)
        .map(|e| e.why.clone())
        .collect();
    why.extend(cell_reasons(activity, field));
    let written = activity
        .evidence
        .iter()
        .find(|e| e.cell == field && e.why == WRITTEN);
    let places = match field {
        // What the scan says beside a person's words: the next run tells a conflict by it.
        _ if written.is_some() => written.map(|e| e.places.join("\n")).unwrap_or_default(),
        "data" => {
            let all: Vec<&str> = activity
                .data
                .iter()
                .flat_map(|d| d.value.fields.iter().map(String::as_str))
                .collect();
            let more = all.len().saturating_sub(PLACES_SHOWN);
            let more = (more > 0).then(|| format!("… +{more}"));
            let mut shown: Vec<String> = all
                .into_iter()
                .take(PLACES_SHOWN)
                .map(str::to_owned)
                .collect();
            shown.extend(more);
            shown.join("\n")
        }
        _ => {
            let of_cell = activity.evidence.iter().filter(|e| e.cell == field);
            let places: Vec<&str> = of_cell
                .flat_map(|e| e.places.iter().map(String::as_str))
                .collect();
            places.join("\n")
        }
    };
    [
        activity.id.clone(),
        activity.name.clone(),
        field.to_owned(),
        texts.join("\n"),
        origins.join("; "),
        why.join("\n"),
        places,
    ]
}

/// Reasons that single items of a cell carry.
fn cell_reasons(a: &ProcessingActivity, field: &str) -> Vec<String> {
    let reasons: Vec<&Option<String>> = match field {
        "data" => a.data.iter().map(|c| &c.why).collect(),
        "purposes" => a.purposes.iter().map(|c| &c.why).collect(),
        "recipients" => a.recipients.iter().map(|c| &c.why).collect(),
        "transfers" | "safeguards" => a.transfers.iter().map(|c| &c.why).collect(),
        "retention" => a.retention.iter().map(|c| &c.why).collect(),
        "security_measures" => a.security_measures.iter().map(|c| &c.why).collect(),
        _ => Vec::new(),
    };
    let mut said: Vec<String> = reasons.into_iter().flatten().cloned().collect();
    said.dedup();
    said
}

pub(super) fn inventory(
    workbook: &mut Workbook,
    names: &mut Names,
    book: &Book<'_>,
) -> Result<(), XlsxError> {
    let claims = claims(book);
    let activity = |dataset: &crate::inventory::DatasetRecord,
                    field: &crate::inventory::FieldRecord| {
        let object = if dataset.dataset.is_empty() {
            field.field.clone()
        } else {
            format!("{}.{}", dataset.dataset, field.field)
        };
        let place = format!("{}:{object}", dataset.source);
        claims
            .get(place.as_str())
            .map(|ids| ids.join("; "))
            .unwrap_or_default()
    };
    let mut all = rows(book.inventory, activity)
        .filter(|row| !row[3].is_empty())
        .peekable();
    loop {
        let mut page = Page::streamed(
            workbook,
            &book.styles,
            &names.unique(book.wording.word("sheet_inventory")),
        )?;
        page.widths(&[34, 26, 26, 24, 12, 16, 12, 48, 10, 14, 24, 36])?;
        page.row(0, &HEADER, Style::Header)?;
        let mut row = 0;
        for cells in all.by_ref().take(ROW_LIMIT - 1) {
            row += 1;
            page.row(row, &cells, Style::Value)?;
        }
        page.header(0, HEADER.len() as u16, row)?;
        if all.peek().is_none() {
            return Ok(());
        }
    }
}

/// Which activities claim each place.
fn claims<'a>(book: &Book<'a>) -> HashMap<&'a str, Vec<&'a str>> {
    let mut claims: HashMap<&str, Vec<&str>> = HashMap::new();
    for activity in &book.register.activities {
        for place in activity.data.iter().flat_map(|d| &d.value.fields) {
            let ids = claims.entry(place).or_default();
            if ids.last() != Some(&activity.id.as_str()) {
                ids.push(&activity.id);
            }
        }
    }
    claims
}

/// The range of each list on the hidden sheet.
pub(super) fn ranges(lists: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, String> {
    let letter = |column: usize| rust_xlsxwriter::utility::column_number_to_name(column as u16);
    let range = |(column, (name, words)): (usize, (&String, &Vec<String>))| {
        let letter = letter(column);
        (
            name.clone(),
            format!("=Lists!${letter}$2:${letter}${}", words.len() + 1),
        )
    };
    lists.iter().enumerate().map(range).collect()
}

pub(super) fn lists(
    workbook: &mut Workbook,
    names: &mut Names,
    styles: &super::xlsx_page::Styles,
    lists: &BTreeMap<String, Vec<String>>,
) -> Result<(), XlsxError> {
    let mut page = Page::new(workbook, styles, &names.unique("Lists"))?;
    for (column, (name, words)) in (0u16..).zip(lists) {
        page.text(0, column, name, Style::Header)?;
        for (row, word) in (1u32..).zip(words) {
            page.text(row, column, word, Style::Value)?;
        }
    }
    page.sheet.set_hidden(true);
    Ok(())
}
