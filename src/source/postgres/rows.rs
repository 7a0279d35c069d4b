//! The rows of each table: all of a small one, of a larger one a sample of its pages with its oldest and newest rows.
//! At most seven statements a table, a savepoint around them, so that one that fails costs its table only.

use super::catalog::{RowsIn, Table};
use super::session::{Raw, Session, cell, literal};
use crate::field::{Dataset, Extent, Field, KnownBy};
use crate::source::database::{
    Cells, Column, FETCH_ROWS, JSON_CHARACTERS, Shape, TEXT_CHARACTERS, Tally, Trouble, iso_date,
    quoted,
};
use crate::source::{Budget, DatasetId, Sink};
use crate::value::Values;
use ::postgres::Row;
use std::collections::HashMap;

/// Pages that a sample reads, at least, where the table has as many.
const PAGES: f64 = 100.0;

/// Indexed columns of dates that are asked for their ends.
const DATED: usize = 4;

/// Tells every table, then reads the rows of each.
pub fn read(
    session: &mut Session,
    tables: &[Table],
    budget: &Budget,
    sink: &mut dyn Sink,
) -> Tally {
    let mut tally = Tally::default();
    let ids: Vec<DatasetId> = tables.iter().map(|table| tell(table, sink)).collect();
    for (table, id) in tables.iter().zip(ids) {
        if let Some(why) = names_only(table) {
            tally.names_only(&format!("{} ({why})", table.dataset.name));
            continue;
        }
        if matches!(table.rows_in, RowsIn::Parent | RowsIn::Others) {
            continue;
        }
        if table.allowed.is_empty() && !table.columns.is_empty() {
            tally.trouble(&table.dataset.name, "permission denied");
            continue;
        }
        let mut reading = Reading {
            session,
            table,
            id,
            budget,
        };
        if let Err(trouble) = reading.guarded(&mut tally, sink) {
            if trouble.is_fatal {
                tally.ended(&table.dataset.name, &trouble.why, tables.len());
                break;
            }
            tally.trouble(&table.dataset.name, &trouble.why);
        }
    }
    tally
}

fn tell(table: &Table, sink: &mut dyn Sink) -> DatasetId {
    let id = sink.dataset(table.dataset.clone());
    for column in table.columns.values() {
        sink.field(id, column.field.clone());
    }
    id
}

fn names_only(table: &Table) -> Option<&'static str> {
    (table.rows_in == RowsIn::Elsewhere).then_some("a foreign table")
}

/// Reading one table.
struct Reading<'a> {
    session: &'a mut Session,
    table: &'a Table,
    id: DatasetId,
    budget: &'a Budget,
}

impl<'a> Reading<'a> {
    fn guarded(&mut self, tally: &mut Tally, sink: &mut dyn Sink) -> Result<(), Trouble> {
        self.session.run("SAVEPOINT ropa")?;
        match self.rows(tally, sink) {
            Ok(()) => self.session.run("RELEASE SAVEPOINT ropa"),
            Err(trouble) if trouble.is_fatal => Err(trouble),
            Err(trouble) => {
                self.session
                    .run("ROLLBACK TO SAVEPOINT ropa; RELEASE SAVEPOINT ropa")?;
                Err(trouble)
            }
        }
    }

    fn rows(&mut self, tally: &mut Tally, sink: &mut dyn Sink) -> Result<(), Trouble> {
        let name = &self.table.dataset.name;
        if self.read_columns().is_empty() {
            tally.whole();
            return Ok(());
        }
        let not_allowed = self.table.columns.len() - self.table.allowed.len();
        if not_allowed > 0 {
            tally.trouble(
                name,
                &format!("permission denied for {not_allowed} columns"),
            );
        }
        if self.budget.full {
            let rows = self.all(sink)?;
            return self.done(tally, rows, sink);
        }
        let limit = self.budget.sample_rows;
        if let Some(rows) = self.count_if_small(limit)? {
            // Rows may have come since they were counted; of an empty table there is nothing to ask.
            let seen = match rows {
                0 => 0,
                _ => self.select(&format!("{} LIMIT {limit}", self.statement("")), sink)?,
            };
            return self.done(tally, rows.max(seen), sink);
        }
        self.statistics(sink)?;
        self.ends_of_indexes(sink)?;
        let (seen, remark) = self.sample(limit, sink)?;
        tally.sampled(name, seen, self.table.dataset.rows_estimate, remark);
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
        let is_large = |rows: f64| rows > 4.0 * limit as f64;
        if self.table.estimate.is_some_and(is_large) {
            return Ok(None);
        }
        let statement = format!(
            "SELECT count(*) FROM (SELECT 1 FROM {} LIMIT {}) s",
            self.from(),
            limit.saturating_add(1)
        );
        let mut counted = 0_i64;
        self.session.rows(&statement, &mut |row| {
            counted = cell(row, 0)?;
            Ok(())
        })?;
        let counted = u64::try_from(counted).unwrap_or_default();
        Ok((counted <= limit).then_some(counted))
    }

    fn read_columns(&self) -> Vec<&'a Column> {
        let table = self.table;
        let allowed = table.allowed.iter().filter_map(|n| table.columns.get(n));
        allowed.filter(|c| c.shape != Shape::Unread).collect()
    }

    /// The relation as it stands after FROM: its own rows only, unless its partitions hold them.
    fn from(&self) -> String {
        let name = format!(
            "{}.{}",
            quoted(&self.table.schema, '"'),
            quoted(&self.table.name, '"')
        );
        match (self.table.rows_in, self.table.dataset.kind) {
            (RowsIn::Itself, crate::field::DatasetKind::Table) => format!("ONLY {name}"),
            _ => name,
        }
    }

    fn statement(&self, sample: &str) -> String {
        let columns: Vec<String> = self
            .read_columns()
            .iter()
            .map(|column| expression(column))
            .collect();
        format!("SELECT {} FROM {}{sample}", columns.join(", "), self.from())
    }

    /// Runs a statement whose columns are those that are read.
    fn select(&mut self, statement: &str, sink: &mut dyn Sink) -> Result<u64, Trouble> {
        let mut cells = Cells::new(self.id, self.read_columns().into_iter(), sink);
        let width = self.read_columns().len();
        let result = self.session.rows(statement, &mut |row| {
            push(row, width, &mut cells)?;
            cells.end_row(sink);
            Ok(())
        });
        cells.finish(sink);
        result
    }

    /// All rows, some thousand at a time from a cursor of the server.
    fn all(&mut self, sink: &mut dyn Sink) -> Result<u64, Trouble> {
        let declared = format!(
            "DECLARE ropa_rows NO SCROLL CURSOR FOR {}",
            self.statement("")
        );
        self.session.run(&declared)?;
        let fetch = format!("FETCH {FETCH_ROWS} FROM ropa_rows");
        let mut rows = 0;
        loop {
            let fetched = self.select(&fetch, sink)?;
            rows += fetched;
            if fetched < FETCH_ROWS {
                break;
            }
        }
        self.session.run("CLOSE ropa_rows")?;
        Ok(rows)
    }

    /// A sample of pages, and the oldest and newest rows by the primary key.
    fn sample(
        &mut self,
        limit: u64,
        sink: &mut dyn Sink,
    ) -> Result<(u64, Option<&'static str>), Trouble> {
        let ends = limit / 20;
        let wanted = limit - 2 * ends;
        let (rows, pages) = self.size()?;
        let per_page = (rows / pages).max(0.1);
        let sampled_pages = (1.2 * wanted as f64 / per_page).max(PAGES).min(pages);
        let percentage = (100.0 * sampled_pages / pages).clamp(0.000_1, 100.0);
        // Whole pages come; every so many of their rows are taken, so that a limit does not cut off the later pages.
        let stride = (sampled_pages * per_page / wanted as f64).floor().max(1.0) as u64;
        let names: Vec<String> = self.read_columns().iter().map(|c| name(c)).collect();
        let outer: Vec<String> = self.read_columns().iter().map(|c| expression(c)).collect();
        let statement = format!(
            "SELECT {} FROM (SELECT {}, row_number() OVER () AS \"ropa row\" FROM {} TABLESAMPLE SYSTEM ({percentage:.4}) REPEATABLE (1)) s \
             WHERE \"ropa row\" % {stride} = 0 LIMIT {wanted}",
            outer.join(", "),
            names.join(", "),
            self.from(),
        );
        let mut seen = self.select(&statement, sink)?;
        seen += self.oldest_and_newest(ends, sink)?;
        if seen >= limit / 10 {
            return Ok((seen, None));
        }
        let first = format!("{} LIMIT {wanted}", self.statement(""));
        seen += self.select(&first, sink)?;
        Ok((seen, Some("mostly its first rows")))
    }

    fn oldest_and_newest(&mut self, ends: u64, sink: &mut dyn Sink) -> Result<u64, Trouble> {
        let table = self.table;
        let is_readable = table
            .key
            .iter()
            .all(|number| table.allowed.contains(number));
        if table.key.is_empty() || !is_readable || ends == 0 {
            return Ok(0);
        }
        let keys: Vec<String> = table
            .key
            .iter()
            .filter_map(|number| table.columns.get(number))
            .map(name)
            .collect();
        let part = |order: &str| {
            let by: Vec<String> = keys.iter().map(|key| format!("{key} {order}")).collect();
            format!(
                "({} ORDER BY {} LIMIT {ends})",
                self.statement(""),
                by.join(", ")
            )
        };
        let both = format!("{} UNION ALL {}", part("ASC"), part("DESC"));
        self.select(&both, sink)
    }

    /// Rows and pages: as last estimated, else from the size of its files.
    fn size(&mut self) -> Result<(f64, f64), Trouble> {
        let table = self.table;
        if let Some(rows) = table
            .estimate
            .filter(|rows| *rows >= 1.0 && table.pages >= 1.0)
        {
            return Ok((rows, table.pages));
        }
        let statement = format!(
            "SELECT coalesce((SELECT sum(pg_relation_size(relid)) FROM pg_partition_tree({oid}) WHERE isleaf), \
             pg_relation_size({oid}))::float8 / current_setting('block_size')::float8",
            oid = table.oid
        );
        let mut pages = 1.0_f64;
        self.session.rows(&statement, &mut |row| {
            pages = cell::<Option<f64>>(row, 0)?.unwrap_or(1.0).max(1.0);
            Ok(())
        })?;
        // Nobody has counted: as many rows a page as rows of a hundred bytes make.
        Ok((table.estimate.unwrap_or(0.0).max(pages * 80.0), pages))
    }

    /// The planner's most common values and histogram bounds: up to two hundred real values of each column.
    fn statistics(&mut self, sink: &mut dyn Sink) -> Result<(), Trouble> {
        let table = self.table;
        let inherited = table.rows_in == RowsIn::Partitions;
        let statement = format!(
            "SELECT attname::text, most_common_vals::text::text[], \
             histogram_bounds::text::text[] FROM pg_stats WHERE schemaname = {} AND tablename = {} AND inherited = {inherited} \
             ORDER BY attname::text COLLATE \"C\"",
            literal(&table.schema),
            literal(&table.name),
        );
        let by_name: HashMap<&str, &Column> = self
            .read_columns()
            .into_iter()
            .filter(|column| column.shape == Shape::Text)
            .map(|column| (column.field.path.as_str(), column))
            .collect();
        let id = self.id;
        let indexed: Vec<&str> = self.dated().iter().map(|c| c.field.path.as_str()).collect();
        self.session.rows(&statement, &mut |row| {
            let name: String = cell(row, 0)?;
            let Some(column) = by_name.get(name.as_str()) else {
                return Ok(());
            };
            let statistics = Statistics::of(row)?;
            let mut field = column.field.clone();
            if is_dated(column) && !indexed.contains(&name.as_str()) {
                field.extent = statistics.extent();
            }
            statistics.push(id, field, sink);
            Ok(())
        })?;
        Ok(())
    }

    /// Columns of dates that an index begins with.
    fn dated(&self) -> Vec<&'a Column> {
        let table = self.table;
        let allowed = table.indexed.iter().filter(|n| table.allowed.contains(n));
        allowed
            .filter_map(|number| table.columns.get(number))
            .filter(|column| is_dated(column))
            .take(DATED)
            .collect()
    }

    fn ends_of_indexes(&mut self, sink: &mut dyn Sink) -> Result<(), Trouble> {
        let dated = self.dated();
        if dated.is_empty() {
            return Ok(());
        }
        let ends: Vec<String> = dated
            .iter()
            .map(|c| format!("min({0})::text, max({0})::text", name(c)))
            .collect();
        let statement = format!("SELECT {} FROM {}", ends.join(", "), self.from());
        let id = self.id;
        self.session.rows(&statement, &mut |row| {
            for (at, column) in dated.iter().enumerate() {
                let date = |at: usize| -> Result<Option<String>, Trouble> {
                    Ok(cell::<Option<&str>>(row, at)?.and_then(iso_date))
                };
                if let (Some(oldest), Some(newest)) = (date(2 * at)?, date(2 * at + 1)?) {
                    let extent = Extent {
                        oldest,
                        newest,
                        by: KnownBy::Index,
                    };
                    let field = Field {
                        extent: Some(extent),
                        ..Field::named(&column.field.path)
                    };
                    sink.field(id, field);
                }
            }
            Ok(())
        })?;
        Ok(())
    }
}

fn name(column: &Column) -> String {
    quoted(&column.field.path, '"')
}

fn expression(column: &Column) -> String {
    let name = name(column);
    match column.shape {
        // A time without its zone, which is UTC, is what every other source writes, too.
        Shape::Text if has_zone(column) => format!("timezone('UTC', {name})::text"),
        Shape::Json | Shape::Elements => format!("left(to_json({name})::text, {JSON_CHARACTERS})"),
        Shape::Text | Shape::Unread => format!("left({name}::text, {TEXT_CHARACTERS})"),
    }
}

fn has_zone(column: &Column) -> bool {
    let declared = column.field.declared_type.as_deref().unwrap_or_default();
    declared.starts_with("timestamp") && declared.ends_with("with time zone")
}

fn is_dated(column: &Column) -> bool {
    let declared = column.field.declared_type.as_deref().unwrap_or_default();
    declared == "date" || declared.starts_with("timestamp")
}

fn push(row: &Row, width: usize, cells: &mut Cells) -> Result<(), Trouble> {
    for at in 0..width {
        let raw: Option<Raw<'_>> = cell(row, at)?;
        cells.push(at, raw.map(|raw| raw.0));
    }
    Ok(())
}

/// What the planner keeps of a column.
struct Statistics {
    common: Vec<String>,
    bounds: Vec<String>,
}

impl Statistics {
    fn of(row: &Row) -> Result<Self, Trouble> {
        Ok(Self {
            common: cell::<Option<Vec<String>>>(row, 1)?.unwrap_or_default(),
            bounds: cell::<Option<Vec<String>>>(row, 2)?.unwrap_or_default(),
        })
    }

    fn extent(&self) -> Option<Extent> {
        let dates = self.common.iter().chain(&self.bounds);
        let mut dates: Vec<String> = dates.filter_map(|text| iso_date(text)).collect();
        dates.sort();
        Some(Extent {
            oldest: dates.first()?.clone(),
            newest: dates.last()?.clone(),
            by: KnownBy::Statistics,
        })
    }

    /// Each value counts once: that it stands in the table is all that is certain.
    fn push(&self, id: DatasetId, field: Field, sink: &mut dyn Sink) {
        let id = sink.field(id, field);
        let (mut data, mut offsets) = (Vec::new(), vec![0_u32]);
        for text in self.common.iter().chain(&self.bounds) {
            data.extend_from_slice(text.as_bytes());
            // The planner keeps at most 1,000 bytes of a value and 10,000 values.
            offsets.push(u32::try_from(data.len()).unwrap_or(u32::MAX));
        }
        sink.values(id, Values::new(&data, &offsets));
    }
}
