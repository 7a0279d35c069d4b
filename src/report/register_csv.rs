//! `csv`: the register as a table, one row an activity, in the columns of a layout; safe to open in a spreadsheet program.

use super::csv::Table;
use super::header_map::HeaderMap;
use super::layout_cell::Layout;
use super::profile::Column;
use super::register_cell::CellWriter;
use super::wording::Wording;
use super::xlsx::profile_of;
use super::{Options, Report, Subject};
use crate::register::ProcessingActivity;
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
        let map = options.map.as_deref();
        let columns: Vec<(&Column, String)> = columns
            .into_iter()
            .filter_map(|c| Some((c, map.map_or(Some(c.header.clone()), |m| m.header(c))?)))
            .collect();
        let shown = register.of_role(|role| profile.roles.includes(role));
        let cells = CellWriter {
            register: &shown,
            wording: Wording::of(&profile.language),
        };
        let layout = Layout {
            register: &shown,
            profile,
            wording: cells.wording,
            cells,
        };
        let mut table = Table::new(options, out)?;
        let header: Vec<String> = columns.iter().map(|(_, header)| header.clone()).collect();
        table.row(&header)?;
        for (number, activity) in (1usize..).zip(&shown.activities) {
            for part in profile.rows_of(activity).iter() {
                let text = |(column, _): &(&Column, String)| {
                    let lines = match map {
                        Some(map) => mapped(map, &cells, part, column),
                        None => layout.column_lines(part, number, column),
                    };
                    match lines.is_empty() {
                        true => column.fixed.clone().unwrap_or_default(),
                        false => lines.join(map.map_or("; ", |m| m.separator.as_str())),
                    }
                };
                let row: Vec<String> = columns.iter().map(text).collect();
                table.row(&row)?;
            }
        }
        table.finish()
    }
}

/// The lines of a column in the words of another tool. Data types stand one by one: their tool knows them by name.
fn mapped(
    map: &HeaderMap,
    cells: &CellWriter<'_>,
    a: &ProcessingActivity,
    column: &Column,
) -> Vec<String> {
    let own = |field: &str| cells.lines(a, field).into_iter().map(|l| l.text);
    let renamed = |field: &str, items: Vec<(String, String)>| -> Vec<String> {
        let name = |(id, label): (String, String)| match map.value(field, &id, &label) {
            Some(theirs) => theirs.to_owned(),
            None => label,
        };
        items.into_iter().map(name).collect()
    };
    column
        .fields
        .iter()
        .flat_map(|field| {
            if !map.values.contains_key(field) || a.own_words.contains_key(field) {
                return own(field).collect();
            }
            match cells.items(a, field) {
                Some(items) => renamed(field, items),
                None => renamed(field, own(field).map(|l| (l.clone(), l)).collect()),
            }
        })
        .collect()
}
