//! A table sheet of a register workbook: one row an activity, in the columns of the layout.

use super::layout_cell::column_key;
use super::profile::{Column, Need, Sheet};
use super::register_cell::Line;
use super::xlsx::Book;
use super::xlsx_page::{Names, Page, Style};
use crate::register::{Origin, ProcessingActivity};
use rust_xlsxwriter::{Workbook, XlsxError};

/// Characters that fit beside each other on a sheet of A3 paper.
const PAGE_WIDTH: u16 = 300;

/// Header of the hidden column that says which activity a row is.
pub const ID_HEADER: &str = "ropa id";

pub(super) fn table(
    workbook: &mut Workbook,
    names: &mut Names,
    book: &Book<'_>,
    sheet: &Sheet,
) -> Result<(), XlsxError> {
    let name = names.unique(&sheet.name);
    let mut page = Page::new(workbook, &book.styles, &name)?;
    page.sheet
        .set_tab_color(rust_xlsxwriter::Color::RGB(0x548235));
    let widths: Vec<u16> = sheet
        .columns
        .iter()
        .map(|c| c.width.unwrap_or(22))
        .collect();
    // The hidden column is as wide as an id, so that it makes no row higher.
    page.widths(&[widths.as_slice(), &[60]].concat())?;
    // As many pages side by side as keep the text legible.
    let is_wide = widths.iter().sum::<u16>() > PAGE_WIDTH / 2;
    page.sheet.set_paper_size(if is_wide { 8 } else { 9 });
    let pages = widths.iter().sum::<u16>().div_ceil(PAGE_WIDTH);
    page.sheet.set_print_fit_to_pages(pages, 0);
    contacts(&mut page, book, sheet)?;
    let grouped = sheet.columns.iter().any(|c| c.group.is_some());
    let head = sheet.header_row.map_or(u32::from(grouped), |row| row - 1);
    if let (Some(title), true) = (&sheet.title, head >= 2) {
        page.text(0, 0, title, Style::Title)?;
    }
    header(&mut page, sheet, head, grouped)?;
    let mut row = head;
    for (number, activity) in (1usize..).zip(&book.register.activities) {
        for part in book.profile.rows_of(activity).iter() {
            row += 1;
            for (at, column) in (0u16..).zip(&sheet.columns) {
                write(
                    &mut page,
                    (row, at),
                    &cell_lines(book, part, number, column),
                    column,
                )?;
            }
            page.text(row, sheet.columns.len() as u16, &activity.id, Style::Value)?;
        }
    }
    page.header(head, sheet.columns.len() as u16 + 1, row)?;
    page.sheet.set_column_hidden(sheet.columns.len() as u16)?;
    for (at, column) in (0u16..).zip(&sheet.columns) {
        if let Some(range) = column
            .choices
            .as_ref()
            .and_then(|list| book.lists.get(list))
        {
            page.drop_down(at, head + 1, row, range)?;
        }
    }
    Ok(())
}

fn header(page: &mut Page<'_>, sheet: &Sheet, head: u32, grouped: bool) -> Result<(), XlsxError> {
    for (at, column) in (0u16..).zip(&sheet.columns) {
        let style = if column.need == Need::Optional {
            Style::Optional
        } else {
            Style::Required
        };
        page.text(head, at, &column.header, style)?;
        if grouped {
            let is_first = at == 0 || sheet.columns[usize::from(at) - 1].group != column.group;
            let group = column
                .group
                .as_deref()
                .filter(|_| is_first)
                .unwrap_or_default();
            page.text(head - 1, at, group, style)?;
        }
    }
    page.text(head, sheet.columns.len() as u16, ID_HEADER, Style::Header)?;
    Ok(())
}

/// The lines of a cell.
fn cell_lines(
    book: &Book<'_>,
    activity: &ProcessingActivity,
    number: usize,
    column: &Column,
) -> Vec<Line> {
    let layout = book.layout();
    match column_key(column) {
        Some(key) => layout.lines(activity, number, &key),
        None => column
            .fields
            .iter()
            .flat_map(|field| layout.lines(activity, number, field))
            .collect(),
    }
}

/// Writes a cell: yellow where it is required and empty, in italics what nobody has confirmed.
fn write(
    page: &mut Page<'_>,
    (row, at): (u32, u16),
    lines: &[Line],
    column: &Column,
) -> Result<(), XlsxError> {
    if lines.is_empty() {
        return match &column.fixed {
            Some(fixed) => page.text(row, at, fixed, Style::Value),
            None if column.need == Need::Required => page.text(row, at, "", Style::Missing),
            None => page.text(row, at, "", Style::Value),
        };
    }
    if style_of(lines) == Style::Inferred {
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        return page.text(row, at, &texts.join("\n"), Style::Inferred);
    }
    let lines: Vec<(&str, bool)> = lines
        .iter()
        .map(|line| (line.text.as_str(), line.origin == Origin::Inferred))
        .collect();
    page.lines(row, at, &lines)
}

/// A cell is shown as inferred where nothing in it has been confirmed by anybody.
pub(super) fn style_of(lines: &[Line]) -> Style {
    let all_inferred = lines.iter().all(|line| line.origin == Origin::Inferred);
    if all_inferred {
        Style::Inferred
    } else {
        Style::Value
    }
}

/// The blocks of contact details above the table: heading, name, address, mail, telephone.
fn contacts(page: &mut Page<'_>, book: &Book<'_>, sheet: &Sheet) -> Result<(), XlsxError> {
    for (at, block) in (0u16..).zip(&sheet.contacts) {
        let column = at * 2;
        page.text(0, column, &block.title, Style::Required)?;
        page.text(0, column + 1, "", Style::Required)?;
        let words = [
            "contact_name",
            "contact_address",
            "contact_email",
            "contact_phone",
        ];
        let values = super::xlsx_aside::contact_values(&book.register.organisation, &block.who);
        for ((row, word), value) in (1u32..).zip(words).zip(values) {
            page.text(row, column, book.wording.word(word), Style::Label)?;
            let is_missing =
                value.is_empty() && block.who == "organisation" && word != "contact_phone";
            page.text(
                row,
                column + 1,
                &value,
                if is_missing {
                    Style::Missing
                } else {
                    Style::Value
                },
            )?;
        }
    }
    Ok(())
}
