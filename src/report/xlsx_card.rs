//! A sheet for a single activity, or a cover sheet: blocks of labels and values under each other.

use super::profile::{Block, BlockRow, Items, Need, Sheet};
use super::register_cell::{Line, recipient_kind};
use super::xlsx::Book;
use super::xlsx_page::{Names, Page, Style};
use super::xlsx_table::style_of;
use crate::config::Party;
use crate::register::{ActivityData, ProcessingActivity};
use crate::taxonomy::DataType;
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
            cells.extend(
                self.contact(who)
                    .into_iter()
                    .map(|text| (text, Style::Value)),
            );
        } else if !row.types.is_empty() {
            let (mut names, rules) = self.bucket(block, row);
            if let Some((a, text)) = self.activity.and_then(|a| Some((a, a.types_open.clone()?)))
                && row.open
            {
                names.push(Line {
                    text,
                    origin: a.origin_at("types_open"),
                });
            }
            cells.push((joined(&names), style_of(&names)));
            cells.push((joined(&rules), style_of(&rules)));
        } else if row.fields.iter().any(|f| f == "number") {
            cells.push((format!("{:03}", self.number), Style::Value));
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
        if row.fields.iter().any(|f| f == "transfers.none") {
            let none = activity.transfers.is_empty();
            return (if none { "X" } else { "" }.to_owned(), Style::Value);
        }
        let lines = self.book.cells.all(activity, &row.fields);
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

    /// Data of a row's types that no earlier row with words of its own has taken.
    fn bucket(&self, block: &Block, row: &BlockRow) -> (Vec<Line>, Vec<Line>) {
        let Some(activity) = self.activity else {
            return Default::default();
        };
        let named = |data: &ActivityData, words: &[String]| {
            data.fields
                .iter()
                .any(|f| words.iter().any(|w| last_words(f).contains(w)))
        };
        let taken = |data: &ActivityData| {
            let others = block
                .rows
                .iter()
                .filter(|r| !std::ptr::eq(*r, row) && !r.field_words.is_empty());
            others
                .into_iter()
                .any(|r| r.types.contains(&data.data_type) && named(data, &r.field_words))
        };
        let is_in = |data: &ActivityData| {
            let of_type: bool = has(&row.types, data.data_type);
            of_type
                && if row.field_words.is_empty() {
                    !taken(data)
                } else {
                    named(data, &row.field_words)
                }
        };
        self.book.cells.bucket(activity, is_in)
    }

    /// Name, address, postcode, town, country, telephone, mail. Postcode and town are part of the address as declared.
    fn contact(&self, who: &str) -> Vec<String> {
        let organisation = &self.book.register.organisation;
        let of_party = |p: &Party| {
            let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
            vec![
                p.name.clone(),
                or_empty(&p.address),
                String::new(),
                String::new(),
                self.country(&p.country),
                or_empty(&p.phone),
                or_empty(&p.email),
            ]
        };
        let joined = |parties: &[Party]| {
            let all: Vec<Vec<String>> = parties.iter().map(of_party).collect();
            (0..7)
                .map(|i| {
                    all.iter()
                        .map(|p| p[i].as_str())
                        .filter(|t| !t.is_empty())
                        .collect::<Vec<_>>()
                        .join("\n")
                })
                .collect()
        };
        let who = if who == "controller" && !self.activity.is_some_and(|a| a.role.is_processor()) {
            "organisation"
        } else {
            who
        };
        match (who, self.activity) {
            ("joint_controllers", Some(a)) => joined(&a.joint_controllers),
            ("controller", Some(a)) if a.role.is_processor() => joined(&a.on_behalf_of),
            _ => {
                let [name, address, email, phone] =
                    super::xlsx_aside::contact_values(organisation, who);
                let country = if who == "organisation" {
                    self.country(&organisation.country)
                } else {
                    String::new()
                };
                vec![
                    name,
                    address,
                    String::new(),
                    String::new(),
                    country,
                    phone,
                    email,
                ]
            }
        }
    }

    fn country(&self, id: &Option<String>) -> String {
        id.as_deref()
            .map(|id| self.book.wording.label("countries", id))
            .unwrap_or_default()
    }

    fn items(
        &mut self,
        block: &Block,
        items: &Items,
        activity: &ProcessingActivity,
    ) -> Result<(), XlsxError> {
        let lines = self.item_lines(items, activity);
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

    /// The cells of each item after its label.
    fn item_lines(&self, items: &Items, a: &ProcessingActivity) -> Vec<Vec<(String, Style)>> {
        let Book {
            wording,
            profile,
            cells,
            register,
            ..
        } = self.book;
        let style = |origin| {
            style_of(&[Line {
                text: String::new(),
                origin,
            }])
        };
        let mapped = |id: &str, label: String| match &items.map {
            Some(map) => profile.mapped(map, id).map_or(label, str::to_owned),
            None => label,
        };
        let home = register.organisation.country.as_deref();
        match items.of.as_str() {
            "subjects" => {
                let style = style(a.origin_at("subjects"));
                a.subjects
                    .iter()
                    .map(|id| {
                        vec![
                            (wording.label("subjects", id), style),
                            (String::new(), style),
                        ]
                    })
                    .collect()
            }
            "recipients" => a
                .recipients
                .iter()
                .map(|r| {
                    let style = style(a.origin_of(r));
                    vec![
                        (mapped(recipient_kind(&r.value, home), String::new()), style),
                        (cells.recipient(&r.value), style),
                    ]
                })
                .collect(),
            "security_measures" => a
                .security_measures
                .iter()
                .map(|m| {
                    let style = style(a.origin_of(m));
                    let label = wording.label("security_measures", &m.value.kind);
                    let words = match &m.value.text {
                        Some(text) => format!("{label}{}{text}", wording.word("colon")),
                        None => label.clone(),
                    };
                    vec![(mapped(&m.value.kind, label), style), (words, style)]
                })
                .collect(),
            "transfers" => a
                .transfers
                .iter()
                .map(|t| {
                    let style = style(a.origin_of(t));
                    let transfer = &t.value.transfer;
                    let to: Vec<String> = transfer
                        .to
                        .iter()
                        .map(|c| wording.label("countries", c))
                        .collect();
                    let known = register
                        .recipients
                        .iter()
                        .find(|r| Some(&r.recipient) == transfer.recipient.as_ref());
                    let recipient = known
                        .map(|r| r.name.clone())
                        .or_else(|| transfer.recipient.clone())
                        .unwrap_or_default();
                    let safeguard = match transfer.safeguard.as_deref() {
                        Some("place_list" | "none_needed" | "unspecified") | None => String::new(),
                        Some(id) => mapped(id, wording.label("safeguards", id)),
                    };
                    let held = if t.value.valid == Some(false) {
                        cells.safeguard(&t.value)
                    } else {
                        String::new()
                    };
                    let documents: Vec<String> = transfer
                        .document
                        .iter()
                        .cloned()
                        .chain([held])
                        .filter(|t| !t.is_empty())
                        .collect();
                    vec![
                        (recipient, style),
                        (to.join(", "), style),
                        (safeguard, style),
                        (documents.join("\n"), style),
                    ]
                })
                .collect(),
            other => cells
                .lines(a, other)
                .into_iter()
                .map(|line| vec![(line.text.clone(), style_of(&[line]))])
                .collect(),
        }
    }
}

fn joined(lines: &[Line]) -> String {
    lines
        .iter()
        .map(|l| l.text.as_str())
        .collect::<Vec<_>>()
        .join("\n")
}

fn has(types: &[DataType], data_type: DataType) -> bool {
    types.contains(&data_type)
}

/// The words of the last part of a field's path.
fn last_words(place: &str) -> Vec<String> {
    let name = place.rsplit('.').next().unwrap_or(place).to_lowercase();
    name.split(|c: char| !c.is_alphanumeric())
        .map(str::to_owned)
        .collect()
}
