//! The rows of each table: all of a small one, of a larger one ranges of row ids from the oldest to the newest.
//! A table that fails costs itself only.

use super::catalog::Table;
use super::file::told;
use crate::field::{Dataset, Extent, Field, KnownBy};
use crate::source::database::{
    Cells, Column, JSON_CHARACTERS, RANGES, Shape, TEXT_CHARACTERS, Tally, iso_date, quoted,
    range_starts,
};
use crate::source::{Budget, Sink};
use rusqlite::Connection;
use rusqlite::types::ValueRef;

/// Reads the rows of every table.
pub fn read(
    connection: &Connection,
    tables: &[Table],
    budget: &Budget,
    sink: &mut dyn Sink,
) -> Tally {
    let mut tally = Tally::default();
    for table in tables.iter().filter(|table| table.has_rows) {
        let reading = Reading {
            connection,
            table,
            budget,
        };
        if let Err(error) = reading.rows(&mut tally, sink) {
            tally.trouble(&table.name, &told(&error));
        }
    }
    tally
}

/// Reading one table.
struct Reading<'a> {
    connection: &'a Connection,
    table: &'a Table,
    budget: &'a Budget,
}

impl<'a> Reading<'a> {
    fn rows(&self, tally: &mut Tally, sink: &mut dyn Sink) -> rusqlite::Result<()> {
        let limit = self.budget.sample_rows;
        let counted = if self.budget.full {
            None
        } else {
            Some(self.count_to(limit.saturating_add(1))?)
        };
        if counted.is_none_or(|counted| counted <= limit) {
            let rows = self.select(&self.statement(""), sink)?;
            sink.dataset(Dataset {
                name: self.table.name.clone(),
                rows_counted: Some(rows),
                ..Dataset::default()
            });
            tally.whole();
            return Ok(());
        }
        self.ends_of_indexes(sink)?;
        let (seen, of) = if self.table.has_row_ids {
            self.by_row_ids(limit, sink)?
        } else {
            self.by_position(limit, sink)?
        };
        sink.dataset(Dataset {
            name: self.table.name.clone(),
            rows_estimate: Some(of),
            ..Dataset::default()
        });
        tally.sampled(&self.table.name, seen, Some(of), None);
        Ok(())
    }

    fn count_to(&self, limit: u64) -> rusqlite::Result<u64> {
        let statement = format!(
            "SELECT count(*) FROM (SELECT 1 FROM {} LIMIT {limit})",
            self.from()
        );
        self.number(&statement)
    }

    fn number(&self, statement: &str) -> rusqlite::Result<u64> {
        let number = |row: &rusqlite::Row<'_>| row.get::<_, Option<i64>>(0);
        let number = self.connection.query_row(statement, [], number)?;
        Ok(u64::try_from(number.unwrap_or_default()).unwrap_or_default())
    }

    fn from(&self) -> String {
        quoted(&self.table.name, '"')
    }

    fn read_columns(&self) -> Vec<&'a Column> {
        let columns = self.table.columns.iter();
        columns.filter(|c| c.shape != Shape::Unread).collect()
    }

    fn statement(&self, rest: &str) -> String {
        let mut columns: Vec<String> = self.read_columns().iter().map(|c| expression(c)).collect();
        if columns.is_empty() {
            columns.push("1".into());
        }
        format!("SELECT {} FROM {}{rest}", columns.join(", "), self.from())
    }

    /// Runs a statement whose columns are those that are read.
    fn select(&self, statement: &str, sink: &mut dyn Sink) -> rusqlite::Result<u64> {
        let read = self.read_columns();
        let width = read.len();
        let mut cells = Cells::new(self.table.id, read.into_iter(), sink);
        let mut run = || -> rusqlite::Result<()> {
            let mut statement = self.connection.prepare(statement)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                for at in 0..width {
                    push(&mut cells, at, row.get_ref(at)?);
                }
                cells.end_row(sink);
            }
            Ok(())
        };
        let result = run();
        cells.finish(sink);
        result.map(|()| cells.rows())
    }

    fn by_row_ids(&self, limit: u64, sink: &mut dyn Sink) -> rusqlite::Result<(u64, u64)> {
        let row_id = self.row_id();
        let ends = format!("SELECT min({row_id}), max({row_id}) FROM {}", self.from());
        let (oldest, newest): (i64, i64) = self
            .connection
            .query_row(&ends, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let starts = range_starts(oldest.into(), newest.into(), RANGES.min(limit.max(2)) - 1);
        let each = (limit / (starts.len() as u64 + 1)).max(1);
        let mut seen = 0;
        for (at, start) in starts.iter().enumerate() {
            let end = starts
                .get(at + 1)
                .map_or_else(String::new, |end| format!(" AND {row_id} < {end}"));
            let rest = format!(" WHERE {row_id} >= {start}{end} ORDER BY {row_id} LIMIT {each}");
            seen += self.select(&self.statement(&rest), sink)?;
        }
        let newest_rows = format!(" ORDER BY {row_id} DESC LIMIT {each}");
        seen += self.select(&self.statement(&newest_rows), sink)?;
        // Row ids are counted up: their span is the best estimate that costs nothing.
        let span = u64::try_from(i128::from(newest) - i128::from(oldest) + 1).unwrap_or(u64::MAX);
        Ok((seen, span))
    }

    /// A name of the row id that no column has taken.
    fn row_id(&self) -> &'static str {
        let is_taken = |name: &&&str| {
            let columns = &self.table.columns;
            columns
                .iter()
                .any(|c| c.field.path.eq_ignore_ascii_case(name))
        };
        ["rowid", "_rowid_", "oid"]
            .iter()
            .find(|name| !is_taken(name))
            .copied()
            .unwrap_or("rowid")
    }

    fn by_position(&self, limit: u64, sink: &mut dyn Sink) -> rusqlite::Result<(u64, u64)> {
        let rows = self.number(&format!("SELECT count(*) FROM {}", self.from()))?;
        let each = (limit / RANGES).max(1);
        let last = rows.saturating_sub(each).into();
        let mut seen = 0;
        for start in range_starts(0, last, RANGES) {
            let rest = format!(" LIMIT {each} OFFSET {start}");
            seen += self.select(&self.statement(&rest), sink)?;
        }
        Ok((seen, rows))
    }

    fn ends_of_indexes(&self, sink: &mut dyn Sink) -> rusqlite::Result<()> {
        let indexed = |c: &&Column| self.table.indexed.contains(&c.field.path);
        let columns: Vec<&Column> = self.read_columns();
        for column in columns.into_iter().filter(indexed).filter(|c| is_dated(c)) {
            let name = quoted(&column.field.path, '"');
            // Two statements: SQLite uses the index only for one end at a time.
            let end = |function: &str| -> rusqlite::Result<Option<String>> {
                let statement = format!("SELECT {function}({name}) FROM {}", self.from());
                let text = self.connection.query_row(&statement, [], |row| {
                    Ok(row.get_ref(0)?.as_str().ok().map(str::to_owned))
                })?;
                Ok(text.as_deref().and_then(iso_date))
            };
            if let (Some(oldest), Some(newest)) = (end("min")?, end("max")?) {
                let extent = Extent {
                    oldest,
                    newest,
                    by: KnownBy::Index,
                };
                let field = Field {
                    extent: Some(extent),
                    ..Field::named(&column.field.path)
                };
                sink.field(self.table.id, field);
            }
        }
        Ok(())
    }
}

fn push(cells: &mut Cells, at: usize, value: ValueRef<'_>) {
    match value {
        ValueRef::Text(text) => cells.push(at, Some(text)),
        ValueRef::Integer(number) => cells.push(at, Some(number.to_string().as_bytes())),
        ValueRef::Real(number) => cells.push(at, Some(number.to_string().as_bytes())),
        // Binary, whatever the column declares.
        ValueRef::Blob(_) | ValueRef::Null => cells.push(at, None),
    }
}

/// Long text is cut; other types stay what they are.
fn expression(column: &Column) -> String {
    let name = quoted(&column.field.path, '"');
    let characters = if column.shape == Shape::Json {
        JSON_CHARACTERS
    } else {
        TEXT_CHARACTERS
    };
    format!(
        "CASE typeof({name}) WHEN 'text' THEN substr({name}, 1, {characters}) WHEN 'blob' THEN NULL ELSE {name} END"
    )
}

/// Dates in SQLite are texts or numbers; the name of the type, or of the column, says so.
fn is_dated(column: &Column) -> bool {
    let declared = column.field.declared_type.as_deref().unwrap_or_default();
    let upper = declared.to_ascii_uppercase();
    let name = column.field.path.to_ascii_lowercase();
    upper.contains("DATE")
        || upper.contains("TIME")
        || upper == "TEXT"
            && ["_at", "_on", "date", "time"]
                .iter()
                .any(|end| name.ends_with(end))
}
