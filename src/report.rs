//! What a report is: one result rendered into bytes. Adding one is adding a file to `src/report/`.

use crate::inventory::Inventory;
use std::io::{self, Write};

include!(concat!(env!("OUT_DIR"), "/reports.rs"));

/// What a report renders.
pub enum Subject<'a> {
    /// The inventory of a scan.
    Inventory(&'a Inventory),
}

/// Choices of the user that reports heed.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Fields without a data type too.
    pub all_fields: bool,
    /// Each span, not the first hundred of a source and data type.
    pub all_spans: bool,
    /// Spreadsheet programs run no formula from a CSV unless this is set.
    pub raw_csv: bool,
    /// A byte order mark, for Excel.
    pub bom: bool,
    /// Field separator of CSV; `None` = comma.
    pub delimiter: Option<u8>,
    /// Colours and width for a terminal.
    pub color: bool,
}

/// A format of output.
pub trait Report: Sync {
    /// Its name on the command line (`--format`).
    fn format(&self) -> &'static str;
    /// Whether it renders this kind of result.
    fn renders(&self, subject: &Subject<'_>) -> bool;
    /// Writes it.
    fn write(
        &self,
        subject: &Subject<'_>,
        options: &Options,
        out: &mut dyn Write,
    ) -> io::Result<()>;
}
