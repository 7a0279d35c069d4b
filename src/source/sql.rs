//! SQL: schemas (DDL of every common dialect) as datasets and fields, dumps with their rows as values by column.
//! Each statement stands alone: one that cannot be read never costs its neighbours. Knows nothing of what names mean.

use super::{
    Budget, Claim, Coverage, DatasetId, FieldId, Input, Outcome, Reader, Sink, SourceError,
    SourceKind, Split,
};
use crate::field::{Dataset, Field, Place};
use std::collections::HashMap;

#[path = "sql/catalog.rs"]
mod catalog;
#[path = "sql/column.rs"]
mod column;
#[path = "sql/data.rs"]
mod data;
#[path = "sql/dialect.rs"]
pub mod dialect;
#[path = "sql/lexer.rs"]
mod lexer;
#[path = "sql/parsed.rs"]
mod parsed;
#[path = "sql/splitter.rs"]
mod splitter;
#[path = "sql/tests.rs"]
#[cfg(test)]
mod tests;
#[path = "sql/tolerant.rs"]
mod tolerant;
#[path = "sql/window.rs"]
mod window;
#[path = "sql/words.rs"]
mod words;

use catalog::{Catalog, Change};
use data::{CopyFormat, RowsEnd, Target};
use dialect::{Dialect, Quoting};
use splitter::{Piece, Splitter};
use window::Window;
use words::Words;

/// Reads SQL files.
pub struct Sql;

/// The reader of SQL.
pub static READER: Sql = Sql;

/// First bytes of pg_dump's custom format.
const CUSTOM_DUMP: &[u8] = b"PGDMP";

/// Batches of all tables together hold at most this much before they are pushed.
const MOST_HELD: usize = 32 << 20;

/// Different column lists of INSERT statements kept at a time.
const MOST_TARGETS: usize = 4096;

impl Reader for Sql {
    fn format(&self) -> &'static str {
        "sql"
    }

    fn kind(&self, input: &Input) -> SourceKind {
        let head = String::from_utf8_lossy(input.head()).to_ascii_uppercase();
        let marks = [
            "INSERT INTO ",
            "INSERT IGNORE ",
            "REPLACE INTO ",
            "FROM STDIN",
            "INSERT [",
            "DUMPING DATA",
            "PGDMP",
        ];
        let holds_data = marks.iter().any(|mark| head.contains(mark));
        if holds_data {
            SourceKind::Export
        } else {
            SourceKind::Schema
        }
    }

    fn claim(&self, input: &Input) -> Claim {
        if input.head().starts_with(CUSTOM_DUMP) {
            return Claim::Certain;
        }
        match input.extension().as_str() {
            "sql" | "ddl" | "pgsql" | "psql" | "mysql" | "hql" | "tsql" | "plsql" | "bqsql" => {
                Claim::Name
            }
            "rb" | "py" | "js" | "ts" | "java" | "go" | "php" | "cs" | "md" | "rs" | "html"
            | "json" | "yml" | "yaml" | "xml" | "log" | "csv" => Claim::No,
            _ if looks_like_ddl(input.head()) => Claim::Content,
            _ => Claim::No,
        }
    }

    fn read(
        &self,
        input: &Input,
        _: &Split,
        _: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        if input.head().starts_with(CUSTOM_DUMP) {
            let advice = "a pg_dump archive in custom format; write it in plain format (pg_restore -f dump.sql FILE, or pg_dump --format=plain)";
            return Ok(Outcome {
                coverage: Coverage::Failed(advice.into()),
                ..Outcome::whole()
            });
        }
        let dialect = Dialect::guess(&input.file_name(), input.head());
        let window = Window::new(input.open_text()?);
        let mut run = Run::new(Splitter::new(window, dialect), dialect, sink);
        let broken = run.statements();
        Ok(run.finish(broken))
    }
}

/// A line that begins a CREATE TABLE, a COPY with rows or an INSERT.
fn looks_like_ddl(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    text.lines().any(|line| {
        let line = line.trim_start().to_ascii_uppercase();
        let creates = line.starts_with("CREATE TABLE ")
            || line.starts_with("CREATE UNLOGGED TABLE ")
            || line.starts_with("CREATE OR REPLACE TABLE ");
        creates && (line.contains('(') || line.len() < 160)
            || (line.starts_with("INSERT INTO ") && line.contains(" VALUES"))
    })
}

/// Reading one source.
struct Run<'s> {
    splitter: Splitter,
    dialect: Dialect,
    quoting: Quoting,
    catalog: Catalog,
    sink: &'s mut dyn Sink,
    targets: Vec<Target>,
    target_of: HashMap<Vec<u8>, usize>,
    /// Bytes in the batches of `targets`.
    held: usize,
    unresolved: u64,
    /// Inside the part of a migration that undoes it.
    is_undoing: bool,
    coverage: Coverage,
}

impl<'s> Run<'s> {
    fn new(splitter: Splitter, dialect: Dialect, sink: &'s mut dyn Sink) -> Self {
        Self {
            splitter,
            dialect,
            quoting: dialect.quoting(),
            catalog: Catalog::default(),
            sink,
            targets: Vec::new(),
            target_of: HashMap::new(),
            held: 0,
            unresolved: 0,
            is_undoing: false,
            coverage: Coverage::Whole,
        }
    }

    fn statements(&mut self) -> std::io::Result<()> {
        loop {
            match self.splitter.next()? {
                Piece::End => return Ok(()),
                Piece::Rows => self.rows()?,
                Piece::Statement => self.statement()?,
            }
        }
    }

    fn statement(&mut self) -> std::io::Result<()> {
        let statement = self.splitter.statement();
        let first = statement.words.first().map_or("", String::as_str);
        if first == "COPY" {
            return self.copy();
        }
        self.follow_markers();
        let statement = self.splitter.statement();
        let is_table = first_two(&statement.words).0 == "CREATE"
            && statement.words.iter().take(6).any(|w| w == "TABLE");
        if statement.is_cut {
            self.unresolved += u64::from(is_table);
            return Ok(());
        }
        if statement.is_unfinished {
            let line = statement.place.line;
            self.lessen(format!(
                "it ends inside the statement that begins at line {line}"
            ));
        }
        let statement = self.splitter.statement();
        if !speaks_of_tables(&statement.words) {
            return Ok(());
        }
        let reading = tolerant::read(statement, self.splitter.text(), &self.quoting);
        self.unresolved += reading.unresolved;
        for (range, change) in reading.changes {
            if self.is_undoing && undoes(&change) {
                continue;
            }
            let change = self.checked(range, change);
            self.catalog.apply(change);
        }
        Ok(())
    }

    /// The parts of migration tools that undo (`-- +goose Down`) must not take away what the others add.
    fn follow_markers(&mut self) {
        let statement = self.splitter.statement();
        let text = self.splitter.text();
        for comment in statement.comments.iter().filter(|c| c.end - c.start < 200) {
            let Some(bytes) = text.get(comment.start as usize..comment.end as usize) else {
                continue;
            };
            let lower = String::from_utf8_lossy(bytes).to_lowercase();
            let says = |marks: &[&str]| marks.iter().any(|mark| lower.contains(mark));
            if says(&[
                "goose down",
                "migrate:down",
                "migrate down",
                "@undo",
                "micrate down",
                "rambler down",
            ]) {
                self.is_undoing = true;
            } else if says(&[
                "goose up",
                "migrate:up",
                "migrate up",
                "micrate up",
                "rambler up",
            ]) {
                self.is_undoing = false;
            }
        }
    }

    /// A table's column list held against what the grammar reads; where both read it, the grammar is right.
    fn checked(&self, range: std::ops::Range<usize>, change: Change) -> Change {
        let Change::Table {
            dataset,
            fields,
            parents,
        } = change
        else {
            return change;
        };
        let columns = |f: &&Field| !f.path.contains('.');
        let tokens = &self.splitter.statement().tokens;
        let text = self.splitter.text();
        let inside = tokens.partition_point(|t| (t.start as usize) < range.start)
            ..tokens.partition_point(|t| (t.end as usize) <= range.end);
        let shift = range.start as u32;
        let tokens: Vec<_> = tokens[inside]
            .iter()
            .map(|t| lexer::Token {
                start: t.start - shift,
                end: t.end - shift,
                ..*t
            })
            .collect();
        let parsed = parsed::columns(&text[range], &tokens, self.dialect)
            .filter(|parsed| !parsed.is_empty());
        let Some(parsed) = parsed.filter(|p| p.len() != fields.iter().filter(columns).count())
        else {
            return Change::Table {
                dataset,
                fields,
                parents,
            };
        };
        let place = dataset.place;
        let fields = agreed(parsed, fields, place);
        Change::Table {
            dataset,
            fields,
            parents,
        }
    }

    fn rows(&mut self) -> std::io::Result<()> {
        let statement = self.splitter.statement();
        let place = statement.place;
        let head = self.splitter.text().to_vec();
        let known = self.target_of.get(&head).copied();
        let target = match known {
            Some(target) => Some(target),
            None => self.insert_target(&head, place),
        };
        let mut unwanted = Target::default();
        let into = target.map_or(&mut unwanted, |at| &mut self.targets[at]);
        let before = into.bytes();
        let end = data::insert_rows(&mut self.splitter.window, &self.quoting, into, self.sink)?;
        self.held = (self.held + into.bytes()).saturating_sub(before);
        if self.held > MOST_HELD {
            self.flush();
        }
        self.rows_ended(end, place);
        Ok(())
    }

    /// The columns that an INSERT's rows go to.
    fn insert_target(&mut self, head: &[u8], place: Place) -> Option<usize> {
        let tokens = self.splitter.statement().tokens.clone();
        let words = Words {
            source: head,
            tokens: &tokens,
            quoting: &self.quoting,
        };
        let into = (0..words.len().min(16)).find(|i| words.is(*i, "INTO"));
        let mut at = into.map_or(1, |into| into + 1);
        while into.is_none()
            && words.is_any(
                at,
                &[
                    "IGNORE",
                    "OVERWRITE",
                    "TABLE",
                    "LOW_PRIORITY",
                    "DELAYED",
                    "HIGH_PRIORITY",
                ],
            )
        {
            at += 1;
        }
        let (table, next) = words.object_name(at);
        let (columns, _) = words.bracketed_names(next);
        if table.is_empty() {
            return None;
        }
        let count = if columns.is_empty() {
            count_values(self.splitter.window.ahead())
        } else {
            columns.len()
        };
        let target = self.target(&table, columns, count, place);
        self.remember(head.to_vec(), target)
    }

    fn remember(&mut self, key: Vec<u8>, target: Target) -> Option<usize> {
        if self.targets.len() >= MOST_TARGETS {
            self.flush();
            self.targets.clear();
            self.target_of.clear();
        }
        self.targets.push(target);
        self.target_of.insert(key, self.targets.len() - 1);
        Some(self.targets.len() - 1)
    }

    /// Tells the table and its columns, so that values can be pushed.
    fn target(
        &mut self,
        table: &str,
        mut columns: Vec<String>,
        count: usize,
        place: Place,
    ) -> Target {
        let known = self.catalog.find(table);
        let dataset = match known {
            Some(at) => self.catalog.table(at).dataset.clone(),
            None => Dataset {
                name: table.to_owned(),
                place,
                ..Dataset::default()
            },
        };
        let id = self.sink.dataset(dataset);
        if columns.is_empty()
            && let Some(at) = known
        {
            // Nested fields have no place of their own in a row.
            let top = self
                .catalog
                .table(at)
                .fields
                .iter()
                .filter(|f| !f.path.contains('.'));
            columns = top.map(|f| f.path.clone()).collect();
        }
        if columns.is_empty() {
            columns = (1..=count).map(|n| format!("column_{n}")).collect();
        }
        Target::new(
            columns
                .into_iter()
                .map(|column| self.field(id, known, column, place))
                .collect(),
        )
    }

    fn field(
        &mut self,
        id: DatasetId,
        table: Option<usize>,
        column: String,
        place: Place,
    ) -> FieldId {
        let known = table.and_then(|at| self.catalog.table(at).field(&column));
        match known {
            Some(field) => self.catalog.tell_field(id, field, self.sink),
            None => self.sink.field(
                id,
                Field {
                    place,
                    ..Field::named(column)
                },
            ),
        }
    }

    fn copy(&mut self) -> std::io::Result<()> {
        let statement = self.splitter.statement();
        let place = statement.place;
        let text = self.splitter.text().to_vec();
        let words = Words {
            source: &text,
            tokens: &statement.tokens,
            quoting: &self.quoting,
        };
        let (table, next) = words.object_name(1);
        let (columns, next) = words.bracketed_names(next);
        if !(words.is(next, "FROM") && words.is(next + 1, "STDIN")) || statement.is_cut {
            return Ok(());
        }
        let format = copy_format(&words.part(next + 2..words.len()));
        let count = self
            .splitter
            .window
            .ahead()
            .split(|b| *b == b'\n')
            .nth(1)
            .map_or(0, |row| row.split(|b| *b == format.delimiter).count());
        let mut target = self.target(&table, columns, count, place);
        let end = data::copy_rows(&mut self.splitter.window, &format, &mut target, self.sink)?;
        target.flush(self.sink);
        self.rows_ended(end, place);
        Ok(())
    }

    fn rows_ended(&mut self, end: RowsEnd, place: Place) {
        if end.is_cut {
            self.lessen(format!(
                "it ends inside the rows that begin at line {}",
                place.line
            ));
        }
        if end.passed_over > 0 {
            self.lessen(format!(
                "{} rows longer than 32 MiB were passed over",
                end.passed_over
            ));
        }
    }

    fn lessen(&mut self, reason: String) {
        let coverage = std::mem::replace(&mut self.coverage, Coverage::Whole);
        self.coverage = coverage.and(Coverage::Partial(reason));
    }

    fn flush(&mut self) {
        self.held = 0;
        for target in &mut self.targets {
            target.flush(self.sink);
        }
    }

    /// Tells what the statements added up to, whatever broke reading.
    fn finish(mut self, broken: std::io::Result<()>) -> Outcome {
        self.flush();
        self.catalog.tell(self.sink);
        if let Err(error) = broken {
            let line = self.splitter.window.line_ends() + 1;
            self.lessen(format!(
                "reading stopped near line {line}: {}",
                error.kind()
            ));
        }
        Outcome {
            coverage: self.coverage,
            lines: self.splitter.window.line_ends(),
            unresolved: self.unresolved,
        }
    }
}

fn first_two(words: &[String]) -> (&str, &str) {
    (
        words.first().map_or("", String::as_str),
        words.get(1).map_or("", String::as_str),
    )
}

/// Whether a statement can say anything of tables and columns; the others are not looked at again.
fn speaks_of_tables(words: &[String]) -> bool {
    let first = first_two(words).0;
    let plain = [
        "SELECT",
        "UPDATE",
        "DELETE",
        "GRANT",
        "REVOKE",
        "LOCK",
        "UNLOCK",
        "COMMIT",
        "ROLLBACK",
        "SAVEPOINT",
        "ANALYZE",
        "VACUUM",
        "INSERT",
        "REPLACE",
        "MERGE",
        "WITH",
    ];
    !plain.contains(&first)
}

/// Whether a change takes away or renames.
fn undoes(change: &Change) -> bool {
    matches!(
        change,
        Change::DropField { .. }
            | Change::RenameField { .. }
            | Change::RenameTable { .. }
            | Change::ReplaceField { .. }
            | Change::RetypeField { .. }
            | Change::Comment { text: None, .. }
    )
}

/// The grammar's columns with what the tolerant reader knows of each.
fn agreed(parsed: Vec<(String, Option<String>)>, fields: Vec<Field>, place: Place) -> Vec<Field> {
    let mut by_name: HashMap<String, Vec<Field>> = HashMap::new();
    for field in fields {
        let top = field.path.split('.').next().unwrap_or("").to_lowercase();
        by_name.entry(top).or_default().push(field);
    }
    let known = |(name, declared_type): (String, Option<String>)| match by_name
        .remove(&name.to_lowercase())
    {
        Some(fields) => fields,
        None => vec![Field {
            place,
            declared_type,
            ..Field::named(name)
        }],
    };
    parsed.into_iter().flat_map(known).collect()
}

/// How many values the first row has, where neither INSERT nor schema name the columns.
fn count_values(ahead: &[u8]) -> usize {
    let (mut depth, mut quoted, mut count) = (0_usize, false, 1);
    for byte in ahead.iter().take(64 << 10) {
        match byte {
            b'\'' => quoted = !quoted,
            _ if quoted => {}
            b'(' => depth += 1,
            b')' if depth <= 1 => break,
            b')' => depth -= 1,
            b',' if depth == 1 => count += 1,
            _ => {}
        }
    }
    count
}

/// Options of a COPY: `WITH (FORMAT csv, DELIMITER ';', NULL '', HEADER)` or the older words without brackets.
fn copy_format(words: &Words<'_>) -> CopyFormat {
    let find = |word: &str| (0..words.len()).find(|i| words.is(*i, word));
    let text_after =
        |word: &str| find(word).and_then(|at| words.text(at + 1).or_else(|| words.text(at + 2)));
    let is_csv = find("CSV").is_some();
    let delimiter = text_after("DELIMITER").and_then(|d| d.bytes().next());
    CopyFormat {
        is_csv,
        delimiter: delimiter.unwrap_or(if is_csv { b',' } else { b'\t' }),
        null: text_after("NULL").map_or_else(
            || if is_csv { Vec::new() } else { b"\\N".to_vec() },
            String::into_bytes,
        ),
        has_header: find("HEADER").is_some_and(|at| !words.is_any(at + 1, &["FALSE", "OFF"])),
    }
}
