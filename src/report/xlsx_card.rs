//! A sheet for a single activity, or a cover sheet: blocks of labels and values under each other.

use super::layout_cell::{ItemLine, Layout};
use super::profile::{Block, BlockRow, Items, Need, Sheet};
use super::register_cell::Line;
use super::xlsx::Book;
use super::xlsx_page::{Names, Page, Style};
use super::xlsx_table::style_of;
use crate::register::ProcessingActivity;
use rust_xlsxwriter::{Workbook, XlsxError};

/// A sheet for each activity.
pub(super) fn each(
    workbook: &mut Workbook,
    names: &mut Names,
    book: &Book<'_>,
    sheet: &Sheet,
) -> Result<(), XlsxError> {
    for (number, activity) in (1usize..).zip(&book.register.activities) {
        let name = names.unique(&numbered(&sheet.name, number));
        let mut page = Page::new(workbook, &book.styles, &name)?;
        let mut card = Card {
            page: &mut page,
            book,
            activity: Some(activity),
            number,
            row: 0,
        };
        card.write(sheet)?;
        // The id in a hidden row tells which activity the sheet is, whatever people rename.
        let last = card.row;
        page.text(last, 0, super::xlsx_table::ID_HEADER, Style::Remark)?;
        page.text(last, 1, &activity.id, Style::Remark)?;
        page.sheet.set_row_hidden(last)?;
    }
    Ok(())
}

/// A sheet about the organisation.
pub(super) fn cover(
    workbook: &mut Workbook,
    names: &mut Names,
    book: &Book<'_>,
    sheet: &Sheet,
) -> Result<(), XlsxError> {
    let name = names.unique(&sheet.name);
    let mut page = Page::new(workbook, &book.styles, &name)?;
    Card {
        page: &mut page,
        book,
        activity: None,
        number: 0,
        row: 0,
    }
    .write(sheet)
}

/// `ref-{n}` with the number in three digits.
fn numbered(pattern: &str, number: usize) -> String {
    pattern.replace("{n}", &format!("{number:03}"))
}

struct Card<'p, 'b, 'c> {
    page: &'c mut Page<'p>,
    book: &'c Book<'b>,
    activity: Option<&'c ProcessingActivity>,
    number: usize,
    row: u32,
}

impl Card<'_, '_, '_> {
    fn write(&mut self, sheet: &Sheet) -> Result<(), XlsxError> {
        let widths = if sheet.widths.is_empty() {
            &[44, 60]
        } else {
            sheet.widths.as_slice()
        };
        self.page.widths(widths)?;
        self.page
            .sheet
            .set_screen_gridlines(false)
            .set_print_fit_to_pages(1, 0);
        if let Some(title) = &sheet.title {
            let name = self.activity.map(|a| a.name.as_str()).unwrap_or_default();
            self.page.text(
                0,
                0,
                &title
                    .replace("{name}", name)
                    .replace("{n}", &format!("{:03}", self.number)),
                Style::Title,
            )?;
            self.row = 2;
        }
        self.page.sheet.set_freeze_panes(self.row.min(2), 0)?;
        for block in &sheet.blocks {
            self.block(block)?;
            self.row += 1;
        }
        Ok(())
    }

    fn layout(&self) -> Layout<'_> {
        self.book.layout()
    }

    fn block(&mut self, block: &Block) -> Result<(), XlsxError> {
        let needs = block.rows.iter().map(|r| r.need);
        let mut needs = needs.chain(block.items.iter().map(|i| i.need));
        let is_optional = match block.needs {
            Some(need) => need == Need::Optional,
            None => needs.all(|need| need == Need::Optional),
        };
        let style = if is_optional {
            Style::Optional
        } else {
            Style::Required
        };
        self.line(
            &block
                .head
                .iter()
                .map(|h| (h.clone(), style))
                .collect::<Vec<_>>(),
        )?;
        for row in &block.rows {
            self.block_row(block, row)?;
        }
        if let (Some(items), Some(activity)) = (&block.items, self.activity) {
            self.items(block, items, activity)?;
        }
        Ok(())
    }

    fn line(&mut self, cells: &[(String, Style)]) -> Result<(), XlsxError> {
        for (column, (text, style)) in (0u16..).zip(cells) {
            self.page.text(self.row, column, text, *style)?;
        }
        self.row += 1;
        Ok(())
    }

    fn block_row(&mut self, block: &Block, row: &BlockRow) -> Result<(), XlsxError> {
        let mut cells = vec![(row.label.clone(), Style::Label)];
        if let Some(who) = &row.who {
            let contact = self.layout().contact(self.activity, who);
            cells.extend(contact.into_iter().map(|text| (text, Style::Value)));
        } else if let (false, Some(activity)) = (row.types.is_empty(), self.activity) {
            let (names, rules) = self.layout().bucket(activity, block, row);
            cells.push((joined(&names), style_of(&names)));
            cells.push((joined(&rules), style_of(&rules)));
        } else {
            cells.push(self.value(row));
        }
        if let Some(range) = row
            .choices
            .as_ref()
            .and_then(|list| self.book.lists.get(list))
        {
            self.page.choice(self.row, 1, range)?;
        }
        cells.resize(block.head.len().max(2), (String::new(), Style::Value));
        self.line(&cells)
    }

    fn value(&self, row: &BlockRow) -> (String, Style) {
        let empty = match row.need {
            Need::Required => Style::Missing,
            _ => Style::Value,
        };
        let Some(activity) = self.activity else {
            let said = row.fields.iter().map(|f| self.book.cells.organisation(f));
            let said: Vec<String> = said.filter(|text| !text.is_empty()).collect();
            let style = if said.is_empty() { empty } else { Style::Value };
            return (said.join("\n"), style);
        };
        let layout = self.layout();
        let of_field = |field: &String| layout.lines(activity, self.number, field);
        let lines: Vec<Line> = row.fields.iter().flat_map(of_field).collect();
        let shown: Vec<Line> = match row.line {
            Some(line) if row.rest => lines.into_iter().skip(line).collect(),
            Some(line) => lines.into_iter().skip(line).take(1).collect(),
            None => lines,
        };
        match shown.is_empty() {
            true => (String::new(), empty),
            false => (joined(&shown), style_of(&shown)),
        }
    }

    fn items(
        &mut self,
        block: &Block,
        items: &Items,
        activity: &ProcessingActivity,
    ) -> Result<(), XlsxError> {
        let style = |origin| {
            let text = String::new();
            style_of(&[Line { text, origin }])
        };
        let cells = |item: ItemLine| -> Vec<(String, Style)> {
            let style = style(item.origin);
            item.columns.into_iter().map(|text| (text, style)).collect()
        };
        let items_shown = self.layout().items(activity, items);
        let lines: Vec<_> = items_shown.into_iter().map(cells).collect();
        let first = self.row;
        for number in 0..lines.len().max(items.at_least) {
            let mut cells = vec![(
                items.label.replace("{n}", &(number + 1).to_string()),
                Style::Label,
            )];
            let is_missing = lines.is_empty() && number == 0 && items.need == Need::Required;
            let empty = if is_missing {
                Style::Missing
            } else {
                Style::Value
            };
            cells.extend(lines.get(number).cloned().unwrap_or_default());
            cells.resize(block.head.len().max(2), (String::new(), empty));
            self.line(&cells)?;
        }
        let column = if items.of == "transfers" { 3 } else { 1 };
        if let Some(range) = items
            .choices
            .as_ref()
            .and_then(|list| self.book.lists.get(list))
        {
            for row in first..self.row {
                self.page.choice(row, column, range)?;
            }
        }
        Ok(())
    }
}

fn joined(lines: &[Line]) -> String {
    lines
        .iter()
        .map(|l| l.text.as_str())
        .collect::<Vec<_>>()
        .join("\n")
}
