//! What a report is: one result rendered into bytes. Adding one is adding a file to `src/report/`.

use crate::check::Findings;
use crate::inventory::Inventory;
use crate::register::Register;
use crate::register::difference::Comparison;
use std::io::{self, Write};

include!(concat!(env!("OUT_DIR"), "/reports.rs"));

/// What a report renders.
pub enum Subject<'a> {
    /// The inventory of a scan.
    Inventory(&'a Inventory),
    /// What changed between two inventories, two registers or two revisions.
    Difference(&'a Comparison),
    /// The findings of a check.
    Findings(&'a Findings),
    /// The register of processing activities, with the inventory behind it.
    Register(&'a Register, &'a Inventory),
}

/// Choices of the user that reports heed.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Cells of a CSV stand as they are; by default none of them can run as a formula.
    pub raw_csv: bool,
    /// A byte order mark, for Excel.
    pub bom: bool,
    /// Field separator of CSV; `None` = comma.
    pub delimiter: Option<u8>,
    /// Colours, for a terminal.
    pub color: bool,
    /// Also what is only worth knowing.
    pub verbose: bool,
    /// Columns of the terminal; `None` = 100.
    pub width: Option<usize>,
    /// Headers and values as another tool names them, for the register as a CSV.
    pub map: Option<std::sync::Arc<header_map::HeaderMap>>,
    /// Name of the layout of a register (`ico-controller`, `generic` …); empty = the format's default.
    pub profile: String,
}

/// A format of output.
pub trait Report: Sync {
    /// Its name on the command line (`--format`).
    fn format(&self) -> &'static str;
    /// Endings of files that are written in this format unless the user says otherwise.
    fn endings(&self) -> &'static [&'static str] {
        &[]
    }
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

/// The report of a format that renders the subject.
pub fn find(format: &str, subject: &Subject<'_>) -> Option<&'static dyn Report> {
    REPORTS
        .iter()
        .find(|report| report.format() == format && report.renders(subject))
        .copied()
}

/// The formats that render the subject, sorted.
pub fn formats(subject: &Subject<'_>) -> Vec<&'static str> {
    let mut names: Vec<_> = REPORTS
        .iter()
        .filter(|r| r.renders(subject))
        .map(|r| r.format())
        .collect();
    names.sort_unstable();
    names
}
