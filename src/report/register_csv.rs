//! `csv`: the register as a table, one row an activity, in the columns of a layout; safe to open in a spreadsheet program.

use super::csv::Table;
use super::profile::Column;
use super::register_cell::CellWriter;
use super::wording::Wording;
use super::xlsx::profile_of;
use super::{Options, Report, Subject};
use std::io::{self, Write};

/// The report.
pub struct RegisterCsv;

/// Its entry in the list of reports.
pub static REPORT: RegisterCsv = RegisterCsv;

impl Report for RegisterCsv {
    fn format(&self) -> &'static str {
        "csv"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["csv"]
    }

    fn renders(&self, subject: &Subject<'_>) -> bool {
        matches!(subject, Subject::Register(..))
    }

    fn write(
        &self,
        subject: &Subject<'_>,
        options: &Options,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let Subject::Register(register, _) = subject else {
            return Ok(());
        };
        let profile = profile_of(options)?;
        let columns = profile.columns();
        if columns.is_empty() {
            let text = format!(
                "the profile `{}` is made of sheets, not of a table: use --format xlsx",
                profile.id
            );
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        let cells = CellWriter {
            register,
            wording: Wording::of(&profile.language),
        };
        let mut table = Table::new(options, out)?;
        let header: Vec<String> = columns.iter().map(|c| c.header.clone()).collect();
        table.row(&header)?;
        let shown = register.activities.iter();
        let shown = shown.filter(|a| profile.roles.includes(a.role));
        for (number, activity) in (1usize..).zip(shown) {
            let text = |column: &&Column| {
                if column.fields.iter().any(|f| f == "number") {
                    return format!("{number:03}");
                }
                let lines = cells.all(activity, &column.fields).into_iter();
                let lines: Vec<String> = lines.map(|line| line.text).collect();
                match lines.is_empty() {
                    true => column.fixed.clone().unwrap_or_default(),
                    false => lines.join("; "),
                }
            };
            let row: Vec<String> = columns.iter().map(text).collect();
            table.row(&row)?;
        }
        table.finish()
    }
}
