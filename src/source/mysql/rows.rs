//! The rows of each table: all of a small one, of a larger one ranges of its primary key spread from the oldest to the newest.
//! At most four statements a table; one that fails costs its table only.

use super::catalog::Table;
use super::session::{Session, bytes, number, text};
use crate::field::{Dataset, DatasetKind, Extent, Field, KnownBy};
use crate::source::database::{
    Cells, Column, JSON_CHARACTERS, RANGES, Shape, TEXT_CHARACTERS, Tally, Trouble, iso_date,
    quoted, range_starts,
};
use crate::source::{Budget, DatasetId, Sink};

/// Indexed columns of dates that are asked for their ends.
const DATED: usize = 4;

/// Bytes of a table without a key that are gone through for a sample; of a larger one the first rows are read.
const SCANNED_BYTES: u64 = 256 << 20;

/// Tells every table, then reads the rows of each.
pub fn read(
    session: &mut Session,
    tables: &[Table],
    budget: &Budget,
    sink: &mut dyn Sink,
) -> Tally {
    let mut tally = Tally::default();
    let mut ids = Vec::with_capacity(tables.len());
    for table in tables {
        let id = sink.dataset(table.dataset.clone());
        for column in &table.columns {
            sink.field(id, column.field.clone());
        }
        ids.push(id);
    }
    for (table, id) in tables.iter().zip(ids) {
        if table.dataset.kind == DatasetKind::View {
            continue;
        }
        let mut reading = Reading {
            session,
            table,
            id,
            budget,
        };
        if let Err(trouble) = reading.rows(&mut tally, sink) {
            if trouble.is_fatal {
                tally.ended(&table.dataset.name, &trouble.why, tables.len());
                break;
            }
            tally.trouble(&table.dataset.name, &trouble.why);
        }
    }
    tally
}

/// Reading one table.
struct Reading<'a> {
    session: &'a mut Session,
    table: &'a Table,
    id: DatasetId,
    budget: &'a Budget,
}

impl<'a> Reading<'a> {
    fn rows(&mut self, tally: &mut Tally, sink: &mut dyn Sink) -> Result<(), Trouble> {
        if self.budget.full {
            let rows = self.select(&self.statement(""), sink)?;
            return self.done(tally, rows, sink);
        }
        let limit = self.budget.sample_rows;
        if let Some(rows) = self.count_if_small(limit)? {
            // Rows may have come since they were counted; of an empty table there is nothing to ask.
            let seen = match rows {
                0 => 0,
                _ => self.select(&self.statement(&format!(" LIMIT {limit}")), sink)?,
            };
            return self.done(tally, rows.max(seen), sink);
        }
        self.ends_of_indexes(sink)?;
        let (seen, remark) = self.sample(limit, sink)?;
        let of = self.table.dataset.rows_estimate;
        tally.sampled(&self.table.dataset.name, seen, of, remark);
        Ok(())
    }

    fn done(&self, tally: &mut Tally, rows: u64, sink: &mut dyn Sink) -> Result<(), Trouble> {
        sink.dataset(Dataset {
            name: self.table.dataset.name.clone(),
            rows_counted: Some(rows),
            ..Dataset::default()
        });
        tally.whole();
        Ok(())
    }

    /// The number of rows where it is at most `limit`.
    fn count_if_small(&mut self, limit: u64) -> Result<Option<u64>, Trouble> {
        let is_large = |rows: u64| rows > limit.saturating_mul(4);
        if self.table.dataset.rows_estimate.is_some_and(is_large) {
            return Ok(None);
        }
        let statement = format!(
            "SELECT COUNT(*) FROM (SELECT 1 FROM {} LIMIT {}) s",
            self.from(),
            limit.saturating_add(1)
        );
        let mut counted = 0;
        self.session.rows(&statement, &mut |row| {
            counted = number(row, 0).unwrap_or_default();
            Ok(())
        })?;
        Ok((counted <= limit).then_some(counted))
    }

    fn from(&self) -> String {
        format!(
            "{}.{}",
            quoted(&self.table.schema, '`'),
            quoted(&self.table.name, '`')
        )
    }

    fn read_columns(&self) -> Vec<&'a Column> {
        let columns = self.table.columns.iter();
        columns.filter(|c| c.shape != Shape::Unread).collect()
    }

    fn statement(&self, rest: &str) -> String {
        let columns: Vec<String> = self.read_columns().iter().map(|c| expression(c)).collect();
        // A table of binary columns only still has rows to count.
        let columns = if columns.is_empty() {
            "1".to_owned()
        } else {
            columns.join(", ")
        };
        format!("SELECT {columns} FROM {}{rest}", self.from())
    }

    /// Runs a statement whose columns are those that are read.
    fn select(&mut self, statement: &str, sink: &mut dyn Sink) -> Result<u64, Trouble> {
        let read = self.read_columns();
        let width = read.len();
        let mut cells = Cells::new(self.id, read.into_iter(), sink);
        let result = self.session.rows(statement, &mut |row| {
            for at in 0..width {
                cells.push(at, bytes(row, at));
            }
            cells.end_row(sink);
            Ok(())
        });
        cells.finish(sink);
        result
    }

    fn sample(
        &mut self,
        limit: u64,
        sink: &mut dyn Sink,
    ) -> Result<(u64, Option<&'static str>), Trouble> {
        match self.table.key.as_slice() {
            [first, ..] if is_integer(&self.table.columns[*first]) => {
                Ok((self.by_ranges(*first, limit, sink)?, None))
            }
            keys if !keys.is_empty() => {
                let ends = self.by_ends(keys, limit, sink)?;
                Ok((ends, Some("its first and last rows by key")))
            }
            _ if self.table.bytes <= SCANNED_BYTES => {
                let rows = self.table.dataset.rows_estimate.unwrap_or(limit).max(1);
                let share = (1.5 * limit as f64 / rows as f64).min(1.0);
                let part = format!(" WHERE RAND(1) < {share:.9} LIMIT {limit}");
                Ok((self.select(&self.statement(&part), sink)?, None))
            }
            _ => {
                let first = self.statement(&format!(" LIMIT {limit}"));
                Ok((
                    self.select(&first, sink)?,
                    Some("its first rows: it has no key"),
                ))
            }
        }
    }

    /// Ranges of an integer key, the last one from the newest row backwards.
    fn by_ranges(&mut self, key: usize, limit: u64, sink: &mut dyn Sink) -> Result<u64, Trouble> {
        let name = name(&self.table.columns[key]);
        let ends = format!("SELECT MIN({name}), MAX({name}) FROM {}", self.from());
        let mut range = None;
        self.session.rows(&ends, &mut |row| {
            range = number::<i128>(row, 0).zip(number::<i128>(row, 1));
            Ok(())
        })?;
        let Some((oldest, newest)) = range else {
            return Ok(0);
        };
        let starts = range_starts(oldest, newest, RANGES.min(limit.max(2)) - 1);
        let each = (limit / (starts.len() as u64 + 1)).max(1);
        let mut parts: Vec<String> = starts
            .iter()
            .enumerate()
            .map(|(at, start)| {
                let end = starts
                    .get(at + 1)
                    .map_or_else(String::new, |end| format!(" AND {name} < {end}"));
                let rest = format!(" WHERE {name} >= {start}{end} ORDER BY {name} LIMIT {each}");
                format!("({})", self.statement(&rest))
            })
            .collect();
        let newest = self.statement(&format!(" ORDER BY {name} DESC LIMIT {each}"));
        parts.push(format!("({newest})"));
        self.select(&parts.join(" UNION ALL "), sink)
    }

    /// The first and last rows by a key that has no ranges to draw.
    fn by_ends(&mut self, keys: &[usize], limit: u64, sink: &mut dyn Sink) -> Result<u64, Trouble> {
        let part = |order: &str, limit: u64| {
            let by: Vec<String> = keys
                .iter()
                .map(|at| format!("{} {order}", name(&self.table.columns[*at])))
                .collect();
            let rest = format!(" ORDER BY {} LIMIT {limit}", by.join(", "));
            format!("({})", self.statement(&rest))
        };
        let last = limit / 2;
        let both = format!(
            "{} UNION ALL {}",
            part("ASC", limit - last),
            part("DESC", last)
        );
        self.select(&both, sink)
    }

    fn ends_of_indexes(&mut self, sink: &mut dyn Sink) -> Result<(), Trouble> {
        let columns = self.table.indexed.iter().map(|at| &self.table.columns[*at]);
        let dated: Vec<&Column> = columns.filter(|c| is_dated(c)).take(DATED).collect();
        if dated.is_empty() {
            return Ok(());
        }
        let ends: Vec<String> = dated
            .iter()
            .map(|c| format!("MIN({0}), MAX({0})", name(c)))
            .collect();
        let statement = format!("SELECT {} FROM {}", ends.join(", "), self.from());
        let id = self.id;
        self.session.rows(&statement, &mut |row| {
            for (at, column) in dated.iter().enumerate() {
                let date = |at: usize| text(row, at).as_deref().and_then(iso_date);
                if let (Some(oldest), Some(newest)) = (date(2 * at), date(2 * at + 1)) {
                    let extent = Extent {
                        oldest,
                        newest,
                        by: KnownBy::Index,
                    };
                    sink.field(
                        id,
                        Field {
                            extent: Some(extent),
                            ..Field::named(&column.field.path)
                        },
                    );
                }
            }
            Ok(())
        })?;
        Ok(())
    }
}

fn name(column: &Column) -> String {
    quoted(&column.field.path, '`')
}

fn expression(column: &Column) -> String {
    let name = name(column);
    let declared = column.field.declared_type.as_deref().unwrap_or_default();
    let is_long =
        declared.contains("text") || declared.contains("char") || declared.contains("binary");
    match column.shape {
        Shape::Json | Shape::Elements => format!("LEFT({name}, {JSON_CHARACTERS})"),
        Shape::Text | Shape::Unread if is_long => format!("LEFT({name}, {TEXT_CHARACTERS})"),
        Shape::Text | Shape::Unread => name,
    }
}

fn is_integer(column: &Column) -> bool {
    let declared = column.field.declared_type.as_deref().unwrap_or_default();
    let name = declared.split(['(', ' ']).next().unwrap_or_default();
    matches!(
        name,
        "int" | "integer" | "bigint" | "mediumint" | "smallint" | "tinyint"
    )
}

fn is_dated(column: &Column) -> bool {
    let declared = column.field.declared_type.as_deref().unwrap_or_default();
    ["date", "timestamp"]
        .iter()
        .any(|name| declared.starts_with(name))
}
