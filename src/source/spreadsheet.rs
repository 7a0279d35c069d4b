//! Spreadsheets: XLSX, XLSB, XLS and ODS, each sheet a dataset by its name, hidden ones too.
//! XLSX, XLSB and ODS are read cell by cell in flat memory, but for the texts that XLSX and XLSB share between cells.

use super::input::Seekable;
use super::{
    At, Budget, Claim, Coverage, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split,
};
use calamine::{DataRef, Reader as _, SheetType};

#[path = "spreadsheet/cell.rs"]
mod cell;
#[path = "spreadsheet/compound.rs"]
mod compound;
#[path = "spreadsheet/ods.rs"]
mod ods;
#[path = "spreadsheet/package.rs"]
mod package;
#[path = "spreadsheet/sheet.rs"]
mod sheet;

use sheet::Sheet;

/// The reader of spreadsheets.
pub static READER: Spreadsheet = Spreadsheet;

/// Spreadsheets.
pub struct Spreadsheet;

/// Largest workbook that is read where it is no file of its own: it is kept in memory.
const IN_MEMORY: u64 = 256 << 20;
/// Largest workbook of the old binary format, whose sheets are kept in memory.
const BINARY_AT_MOST: u64 = 64 << 20;

/// Begins every package: a ZIP archive.
const PACKAGE: &[u8] = b"PK\x03\x04";
/// Begins every compound file: the old binary format, and any workbook with a password.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// How a workbook is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

impl Form {
    /// The form, by what the first bytes name; the ending of the name decides where they do not.
    fn of(input: &Input) -> Option<Self> {
        let head = input.head();
        let ending = input.extension();
        if head.starts_with(COMPOUND) {
            let is_named = matches!(
                ending.as_str(),
                "xls" | "xlt" | "xla" | "xlsx" | "xlsm" | "xlsb"
            );
            return (is_named || compound::names_workbook(head)).then_some(Form::Xls);
        }
        if !head.starts_with(PACKAGE) {
            return None;
        }
        match ending.as_str() {
            "xlsx" | "xlsm" | "xltx" | "xltm" | "xlam" => Some(Form::Xlsx),
            "xlsb" => Some(Form::Xlsb),
            "ods" | "ots" => Some(Form::Ods),
            _ => package::form_of(head),
        }
    }
}

impl Reader for Spreadsheet {
    fn format(&self) -> &'static str {
        "spreadsheet"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Export
    }

    fn claim(&self, input: &Input) -> Claim {
        let is_named = matches!(
            input.extension().as_str(),
            "xlsx" | "xlsm" | "xlsb" | "xls" | "ods"
        );
        match Form::of(input) {
            Some(_) => Claim::Certain,
            // Named so, and neither a package nor a compound file: told apart from what is only called so when it is read.
            None if is_named && super::text::is_binary(input.head()) => Claim::Name,
            None => Claim::No,
        }
    }

    fn read(
        &self,
        input: &Input,
        _: &Split,
        _: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        let form = Form::of(input)
            .ok_or_else(|| malformed("it is neither a ZIP package nor a compound file"))?;
        let mut stream = input.open_seekable(IN_MEMORY)?;
        let coverage = match form {
            Form::Xls => xls(stream, input, sink)?,
            Form::Ods => ods::read(package::open(stream)?, sink)?,
            Form::Xlsx => {
                stream = package::checked(stream)?;
                xlsx(stream, sink)?
            }
            Form::Xlsb => {
                stream = package::checked(stream)?;
                xlsb(stream, sink)?
            }
        };
        Ok(Outcome {
            coverage,
            ..Outcome::whole()
        })
    }
}

fn malformed(reason: &str) -> SourceError {
    SourceError::Malformed {
        format: "spreadsheet",
        reason: reason.to_owned(),
        at: At(None),
    }
}

/// What is said of every workbook with a password.
fn locked() -> SourceError {
    malformed("it is protected by a password; save a copy without one to have it read")
}

fn xlsx(stream: Box<dyn Seekable>, sink: &mut dyn Sink) -> Result<Coverage, SourceError> {
    let opened = calamine::Xlsx::new(stream);
    let mut book = opened.map_err(|error| match error {
        calamine::XlsxError::Password => locked(),
        _ => malformed("the workbook, its styles or its texts are damaged"),
    })?;
    let mut coverage = Coverage::Whole;
    for name in sheets(book.sheets_metadata()) {
        let mut sheet = Sheet::new(&name, sink);
        let Ok(mut cells) = book.worksheet_cells_reader(&name) else {
            coverage = coverage.and(broken(&name, 0));
            continue;
        };
        loop {
            match cells.next_cell() {
                Ok(Some(cell)) => push(&mut sheet, cell.get_position(), cell.get_value()),
                Ok(None) => break,
                Err(_) => {
                    coverage = coverage.and(broken(&name, sheet.rows()));
                    break;
                }
            }
        }
        coverage = coverage.and(sheet.finish());
    }
    Ok(coverage)
}

fn xlsb(stream: Box<dyn Seekable>, sink: &mut dyn Sink) -> Result<Coverage, SourceError> {
    let opened = calamine::Xlsb::new(stream);
    let mut book = opened.map_err(|error| match error {
        calamine::XlsbError::Password => locked(),
        _ => malformed("the workbook, its styles or its texts are damaged"),
    })?;
    let mut coverage = Coverage::Whole;
    for name in sheets(book.sheets_metadata()) {
        let mut sheet = Sheet::new(&name, sink);
        let Ok(mut cells) = book.worksheet_cells_reader(&name) else {
            coverage = coverage.and(broken(&name, 0));
            continue;
        };
        loop {
            match cells.next_cell() {
                Ok(Some(cell)) => push(&mut sheet, cell.get_position(), cell.get_value()),
                Ok(None) => break,
                Err(_) => {
                    coverage = coverage.and(broken(&name, sheet.rows()));
                    break;
                }
            }
        }
        coverage = coverage.and(sheet.finish());
    }
    Ok(coverage)
}

fn xls(
    mut stream: Box<dyn Seekable>,
    input: &Input,
    sink: &mut dyn Sink,
) -> Result<Coverage, SourceError> {
    if input.size().is_some_and(|size| size > BINARY_AT_MOST) {
        return Err(SourceError::Limit(format!(
            "larger than {} MiB, the most that a workbook of the old binary format is read whole",
            BINARY_AT_MOST >> 20
        )));
    }
    compound::check(&mut stream)?;
    let opened = calamine::Xls::new(stream);
    let mut book = opened.map_err(|error| match error {
        calamine::XlsError::Password => locked(),
        _ => malformed("the compound file or the workbook in it is damaged"),
    })?;
    let mut coverage = Coverage::Whole;
    for name in sheets(book.sheets_metadata()) {
        let mut sheet = Sheet::new(&name, sink);
        let Ok(range) = book.worksheet_range(&name) else {
            coverage = coverage.and(broken(&name, 0));
            continue;
        };
        let (row_start, column_start) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let place = (row_start + row as u32, column_start + column as u32);
            push(&mut sheet, place, &cell::borrowed(value));
        }
        coverage = coverage.and(sheet.finish());
    }
    Ok(coverage)
}

/// Names of the sheets that hold cells: neither charts nor macros.
fn sheets(all: &[calamine::Sheet]) -> Vec<String> {
    let with_cells = all.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    with_cells.map(|sheet| sheet.name.clone()).collect()
}

fn push(sheet: &mut Sheet<'_>, (row, column): (u32, u32), value: &DataRef<'_>) {
    let mut text = cell::Text::default();
    sheet.cell(row, column, text.of(value));
}

fn broken(sheet: &str, rows: u64) -> Coverage {
    Coverage::Partial(format!(
        "sheet {sheet} is damaged; {rows} of its rows were read"
    ))
}

#[cfg(test)]
#[path = "spreadsheet/tests.rs"]
mod tests;
