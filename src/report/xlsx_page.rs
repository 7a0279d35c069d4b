//! A sheet of a workbook as the reports write it: text only, cut to what a cell holds, in a few named styles.
//! Knows the rules of the file format and nothing of registers.

use rust_xlsxwriter::{
    Color, DataValidation, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet,
    XlsxError,
};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// UTF-16 units that are kept of a cell; Excel takes 32,767.
const CELL_LIMIT: usize = 32_700;
/// Rows of a sheet.
pub const ROW_LIMIT: usize = 1_048_576;
/// Last row that drop-downs reach at least, so that a person can add rows.
const DROP_DOWN_ROWS: u32 = 1_000;

/// Points that a line of text takes.
const LINE_HEIGHT: f64 = 13.2;
/// Points that Excel allows a row.
const ROW_HEIGHT_LIMIT: f64 = 409.0;

const GREEN: Color = Color::RGB(0xC6E0B4);
const BLUE: Color = Color::RGB(0xBDD7EE);
const YELLOW: Color = Color::RGB(0xFFF2CC);
const GREY: Color = Color::RGB(0xF2F2F2);
const LINE: Color = Color::RGB(0xBFBFBF);
const DARK: Color = Color::RGB(0x1F3864);
const FAINT: Color = Color::RGB(0x5B6B8C);

/// How a cell looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Style {
    /// Title of a sheet.
    Title,
    /// Small text under a title.
    Remark,
    /// Header that the law asks for.
    Required,
    /// Header that is recommended.
    Optional,
    /// Header of a table of ropa's own.
    Header,
    /// Label in front of a value.
    Label,
    /// A value.
    Value,
    /// A value that nobody has confirmed.
    Inferred,
    /// Empty, and a person must fill it.
    Missing,
    /// Weight of a gap.
    Error,
    /// Weight of a gap.
    Warning,
}

/// The styles, made once.
pub struct Styles(BTreeMap<Style, Format>);

impl Default for Styles {
    fn default() -> Self {
        let plain = || {
            Format::new()
                .set_text_wrap()
                .set_align(FormatAlign::Top)
                .set_font_name("Calibri")
                .set_font_size(10)
        };
        let boxed = || {
            plain()
                .set_border(FormatBorder::Thin)
                .set_border_color(LINE)
        };
        let head = |color: Color| {
            boxed()
                .set_bold()
                .set_background_color(color)
                .set_align(FormatAlign::VerticalCenter)
        };
        let title = Format::new()
            .set_bold()
            .set_font_name("Calibri")
            .set_font_size(16)
            .set_font_color(DARK);
        Self(BTreeMap::from([
            (Style::Title, title),
            (Style::Remark, plain().set_font_color(FAINT)),
            (Style::Required, head(GREEN)),
            (Style::Optional, head(BLUE)),
            (Style::Header, head(GREY)),
            (Style::Label, boxed().set_bold().set_background_color(GREY)),
            (Style::Value, boxed()),
            (Style::Inferred, boxed().set_italic().set_font_color(FAINT)),
            (Style::Missing, boxed().set_background_color(YELLOW)),
            (
                Style::Error,
                boxed()
                    .set_bold()
                    .set_background_color(Color::RGB(0xF8CBAD)),
            ),
            (Style::Warning, boxed().set_background_color(YELLOW)),
        ]))
    }
}

impl Styles {
    fn get(&self, style: Style) -> &Format {
        &self.0[&style]
    }
}

/// Names given to sheets so far, in lower case.
#[derive(Default)]
pub struct Names(BTreeSet<String>);

impl Names {
    /// A name that Excel takes and no other sheet has.
    pub fn unique(&mut self, wanted: &str) -> String {
        let is_bad =
            |c: char| matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\') || c.is_control();
        let clean: String = wanted
            .chars()
            .map(|c| if is_bad(c) { '_' } else { c })
            .collect();
        let clean = clean.trim().trim_matches('\'').trim();
        let base = match clean {
            "" => "Sheet",
            name if name.eq_ignore_ascii_case("history") => "History_",
            name => name,
        };
        let numbers = std::iter::once(String::new()).chain((2..).map(|n| format!(" ({n})")));
        let name = numbers
            .map(|tail| shortened(base, 31 - tail.len()) + &tail)
            .find(|name| !self.0.contains(&name.to_lowercase()))
            .expect("the numbers do not end");
        self.0.insert(name.to_lowercase());
        name
    }
}

/// The text cut to a number of UTF-16 units, never inside a character.
fn shortened(text: &str, units: usize) -> String {
    let mut used = 0;
    let fits = |c: &char| {
        used += c.len_utf16();
        used <= units
    };
    text.chars().take_while(fits).collect()
}

/// The text as a cell can hold it: no control characters but tab and line feed, and cut where it is too long.
pub fn fit(text: &str) -> Cow<'_, str> {
    let is_bad = |c: char| c < ' ' && c != '\t' && c != '\n';
    let clean: Cow<'_, str> = if text.contains(is_bad) {
        text.replace(is_bad, "").into()
    } else {
        text.into()
    };
    let units = clean.encode_utf16().count();
    if units <= CELL_LIMIT {
        return clean;
    }
    let kept = shortened(&clean, CELL_LIMIT);
    let left = units - kept.encode_utf16().count();
    format!("{kept}… [+{left}]").into()
}

/// A sheet under construction.
pub struct Page<'a> {
    /// The sheet itself, for what has no name here.
    pub sheet: &'a mut Worksheet,
    styles: &'a Styles,
    widths: Vec<u16>,
    /// Lines that the rows written last need.
    lines: BTreeMap<u32, usize>,
    /// Whether rows leave memory as they are written.
    is_streamed: bool,
}

impl<'a> Page<'a> {
    /// A new sheet that is kept in memory and may be written in any order.
    pub fn new(book: &'a mut Workbook, styles: &'a Styles, name: &str) -> Result<Self, XlsxError> {
        let sheet = book.add_worksheet();
        Self::named(sheet, styles, name)
    }

    /// A new sheet for many rows, which leave memory as they are written, in order.
    pub fn streamed(
        book: &'a mut Workbook,
        styles: &'a Styles,
        name: &str,
    ) -> Result<Self, XlsxError> {
        let sheet = book.add_worksheet_with_low_memory()?;
        let mut page = Self::named(sheet, styles, name)?;
        page.is_streamed = true;
        Ok(page)
    }

    fn named(sheet: &'a mut Worksheet, styles: &'a Styles, name: &str) -> Result<Self, XlsxError> {
        sheet.set_name(name)?;
        sheet
            .set_landscape()
            .set_paper_size(9)
            .set_margins(0.4, 0.4, 0.5, 0.5, 0.3, 0.3);
        sheet.set_footer("&L&8&A&R&8&P / &N");
        Ok(Self {
            sheet,
            styles,
            widths: Vec::new(),
            lines: BTreeMap::new(),
            is_streamed: false,
        })
    }

    /// Writes a text.
    pub fn text(
        &mut self,
        row: u32,
        column: u16,
        text: &str,
        style: Style,
    ) -> Result<(), XlsxError> {
        let format = self.styles.get(style);
        self.grow(row, column, text, style)?;
        match fit(text).as_ref() {
            "" => self.sheet.write_blank(row, column, format)?,
            text => self
                .sheet
                .write_string_with_format(row, column, text, format)?,
        };
        Ok(())
    }

    /// Writes lines of which only some are inferred: those are in italics, each line as it stands alone.
    pub fn lines(
        &mut self,
        row: u32,
        column: u16,
        lines: &[(&str, bool)],
    ) -> Result<(), XlsxError> {
        let whole: Vec<&str> = lines.iter().map(|(text, _)| *text).collect();
        let whole = whole.join("\n");
        let is_plain = lines.iter().all(|(_, is_inferred)| !is_inferred);
        if is_plain || self.is_streamed || fit(&whole) != whole {
            return self.text(row, column, &whole, Style::Value);
        }
        self.grow(row, column, &whole, Style::Value)?;
        let parts: Vec<(&Format, String)> = lines
            .iter()
            .enumerate()
            .map(|(at, (text, is_inferred))| {
                let break_before = if at == 0 { "" } else { "\n" };
                let style = if *is_inferred {
                    Style::Inferred
                } else {
                    Style::Value
                };
                (self.styles.get(style), format!("{break_before}{text}"))
            })
            .collect();
        let parts: Vec<(&Format, &str)> = parts.iter().map(|(f, t)| (*f, t.as_str())).collect();
        let format = self.styles.get(Style::Value);
        self.sheet
            .write_rich_string_with_format(row, column, &parts, format)?;
        Ok(())
    }

    /// Makes the row as high as its text needs: not every program does so when it opens a file.
    fn grow(&mut self, row: u32, column: u16, text: &str, style: Style) -> Result<(), XlsxError> {
        // A streamed sheet writes the last row twice if it has a height of its own, which programs offer to repair.
        if self.is_streamed || matches!(style, Style::Title | Style::Remark) {
            return Ok(());
        }
        let width = f64::from(self.widths.get(usize::from(column)).copied().unwrap_or(8));
        let is_bold = matches!(
            style,
            Style::Required | Style::Optional | Style::Header | Style::Label
        );
        let per_line = (width * if is_bold { 1.1 } else { 1.25 }).max(1.0);
        let wrapped =
            |line: &str| (line.chars().count() as f64 / per_line).ceil().max(1.0) as usize;
        let lines = text.split('\n').map(wrapped).sum::<usize>();
        let known = self.lines.get(&row).copied().unwrap_or(1);
        if lines > known {
            self.lines.insert(row, lines);
            let height = (4.0 + LINE_HEIGHT * lines as f64).min(ROW_HEIGHT_LIMIT);
            self.sheet.set_row_height(row, height)?;
        }
        if self.lines.len() > 64 {
            self.lines.pop_first();
        }
        Ok(())
    }

    /// Writes texts beside each other.
    pub fn row<T: AsRef<str>>(
        &mut self,
        row: u32,
        texts: &[T],
        style: Style,
    ) -> Result<(), XlsxError> {
        (0u16..)
            .zip(texts)
            .try_for_each(|(column, text)| self.text(row, column, text.as_ref(), style))
    }

    /// Widths of the columns from the first on; none is over 60.
    pub fn widths(&mut self, widths: &[u16]) -> Result<(), XlsxError> {
        self.widths = widths.iter().map(|width| (*width).min(60)).collect();
        (0u16..)
            .zip(&self.widths)
            .try_for_each(|(column, width)| self.sheet.set_column_width(column, *width).map(drop))
    }

    /// A header row that stays in sight, repeats in print and filters the rows under it.
    pub fn header(&mut self, row: u32, columns: u16, last_row: u32) -> Result<(), XlsxError> {
        self.sheet.set_freeze_panes(row + 1, 0)?;
        self.sheet.set_repeat_rows(row, row)?;
        self.sheet
            .autofilter(row, 0, last_row.max(row), columns - 1)?;
        Ok(())
    }

    /// A drop-down in a column of a table; other words are allowed.
    pub fn drop_down(
        &mut self,
        column: u16,
        first_row: u32,
        last_row: u32,
        range: &str,
    ) -> Result<(), XlsxError> {
        let list = DataValidation::new()
            .allow_list_formula(Formula::new(range))
            .show_error_message(false);
        let last_row = last_row.max(first_row + DROP_DOWN_ROWS - 1);
        self.sheet
            .add_data_validation(first_row, column, last_row, column, &list)?;
        Ok(())
    }

    /// A drop-down in one cell; other words are allowed.
    pub fn choice(&mut self, row: u32, column: u16, range: &str) -> Result<(), XlsxError> {
        let list = DataValidation::new()
            .allow_list_formula(Formula::new(range))
            .show_error_message(false);
        self.sheet
            .add_data_validation(row, column, row, column, &list)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_cells_are_cut_and_say_so() {
        let long = "ä".repeat(40_000);
        let cell = fit(&long);
        assert!(cell.ends_with("… [+7300]"), "{}", &cell[cell.len() - 20..]);
        assert!(cell.encode_utf16().count() <= 32_767);
        let astral = "😀".repeat(20_000);
        assert!(fit(&astral).encode_utf16().count() <= 32_767);
        assert_eq!(fit("a\u{0}b\tc\nd\u{1b}"), "ab\tc\nd");
    }

    #[test]
    fn sheet_names_are_what_excel_takes() {
        let mut names = Names::default();
        assert_eq!(names.unique("a[b]:c*?/\\"), "a_b__c____");
        assert_eq!(names.unique("A[b]:c*?/\\"), "A_b__c____ (2)");
        assert_eq!(names.unique("'x'"), "x");
        assert_eq!(names.unique("History"), "History_");
        assert_eq!(names.unique(""), "Sheet");
        let long = "n".repeat(40);
        assert_eq!(names.unique(&long).len(), 31);
        assert_eq!(names.unique(&long), format!("{} (2)", "n".repeat(27)));
    }
}
