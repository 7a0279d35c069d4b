//! Tables and columns as SQLite keeps them: the DDL of each, read by the reader of SQL, held against SQLite's own list.
//! What the DDL says (comments, references, allowed values) is kept; which columns there are is for SQLite to say.

use super::file::server;
use crate::field::{Dataset, DatasetKind, Field, Place, TextPlace};
use crate::source::database::{Column, Shape};
use crate::source::{
    Budget, DatasetId, FieldId, Input, Reader as _, Sink, SourceError, Split, sql,
};
use crate::value::Values;
use rusqlite::Connection;
use std::collections::HashMap;

/// A table or view.
pub struct Table {
    /// Its name.
    pub name: String,
    /// Told already.
    pub id: DatasetId,
    /// Whether it holds rows of its own.
    pub has_rows: bool,
    /// Whether its rows have ids.
    pub has_row_ids: bool,
    /// Columns in their order.
    pub columns: Vec<Column>,
    /// First columns of indexes.
    pub indexed: Vec<String>,
}

/// Tells every table and view, sorted by name. Three statements, however many there are.
pub fn read(connection: &Connection, sink: &mut dyn Sink) -> Result<Vec<Table>, SourceError> {
    let mut declared = declared(connection)?;
    let mut tables = listed(connection, &mut declared, sink)?;
    indexes(connection, &mut tables)?;
    Ok(tables)
}

/// What the DDL says, by table.
fn declared(connection: &Connection) -> Result<HashMap<String, Declared>, SourceError> {
    let statement = "SELECT sql FROM sqlite_schema WHERE type IN ('table', 'view') AND sql IS NOT NULL ORDER BY name";
    let mut told = Told::default();
    query(connection, statement, &mut |row| {
        let sql: String = row.get(0)?;
        let text = format!("{sql};\n").into_bytes();
        // A statement that cannot be read costs its comments only: SQLite itself lists the columns.
        if let Ok(input) = Input::bytes("sqlite_schema.sql", text) {
            let _ = sql::READER.read(&input, &Split::whole(), &Budget::default(), &mut told);
        }
        Ok(())
    })?;
    Ok(told
        .tables
        .into_iter()
        .map(|declared| (declared.dataset.name.clone(), declared))
        .collect())
}

fn listed(
    connection: &Connection,
    declared: &mut HashMap<String, Declared>,
    sink: &mut dyn Sink,
) -> Result<Vec<Table>, SourceError> {
    let statement = "SELECT l.name, l.type, l.wr, c.name, c.type, c.pk, c.hidden FROM pragma_table_list l \
         JOIN pragma_table_xinfo(l.name) c WHERE l.schema = 'main' AND l.type <> 'shadow' AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
         ORDER BY l.name, c.cid";
    let mut tables: Vec<Table> = Vec::new();
    query(connection, statement, &mut |row| {
        let name: String = row.get(0)?;
        let kind: String = row.get(1)?;
        if tables.last().is_none_or(|table| table.name != name) {
            let known = declared.get(&name).map(|d| d.dataset.clone());
            let id = sink.dataset(Dataset {
                name: name.clone(),
                kind: if kind == "view" {
                    DatasetKind::View
                } else {
                    DatasetKind::Table
                },
                place: Place::default(),
                ..known.unwrap_or_default()
            });
            tables.push(Table {
                name: name.clone(),
                id,
                has_rows: kind != "view",
                has_row_ids: kind == "table" && !row.get::<_, bool>(2)?,
                columns: Vec::new(),
                indexed: Vec::new(),
            });
        }
        // Hidden columns of virtual tables are parameters; generated ones (2, 3) are columns.
        if row.get::<_, i64>(6)? != 1 {
            let table = tables.last_mut().expect("it was just added");
            let path: String = row.get(3)?;
            let known = declared.get_mut(&name).and_then(|d| d.take(&path));
            let declared_type: Option<String> = row.get(4)?;
            let column = column(path, declared_type, row.get::<_, i64>(5)? > 0, known);
            sink.field(table.id, column.field.clone());
            table.columns.push(column);
        }
        Ok(())
    })?;
    Ok(tables)
}

fn column(
    path: String,
    declared_type: Option<String>,
    primary_key: bool,
    known: Option<Field>,
) -> Column {
    let known = known.unwrap_or_default();
    let declared_type = known
        .declared_type
        .or(declared_type)
        .filter(|declared| !declared.is_empty());
    let upper = declared_type
        .as_deref()
        .unwrap_or_default()
        .to_ascii_uppercase();
    let shape = match () {
        () if upper.contains("BLOB") => Shape::Unread,
        () if upper.starts_with("JSON") => Shape::Json,
        () => Shape::Text,
    };
    Column {
        field: Field {
            path,
            declared_type,
            primary_key: primary_key || known.primary_key,
            place: Place::default(),
            ..known
        },
        shape,
    }
}

fn indexes(connection: &Connection, tables: &mut [Table]) -> Result<(), SourceError> {
    let statement = "SELECT s.tbl_name, i.name FROM sqlite_schema s JOIN pragma_index_info(s.name) i \
         JOIN pragma_index_list(s.tbl_name) l ON l.name = s.name \
         WHERE s.type = 'index' AND i.seqno = 0 AND l.partial = 0 AND i.name IS NOT NULL ORDER BY s.tbl_name, i.name";
    query(connection, statement, &mut |row| {
        let (table, column): (String, String) = (row.get(0)?, row.get(1)?);
        if let Some(table) = tables.iter_mut().find(|t| t.name == table) {
            table.indexed.push(column);
        }
        Ok(())
    })
}

fn query(
    connection: &Connection,
    statement: &str,
    on_row: &mut dyn FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<()>,
) -> Result<(), SourceError> {
    let mut run = || -> rusqlite::Result<()> {
        let mut statement = connection.prepare(statement)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            on_row(row)?;
        }
        Ok(())
    };
    run().map_err(|e| server(&e))
}

/// What the reader of SQL told of one table.
struct Declared {
    dataset: Dataset,
    fields: Vec<Field>,
}

impl Declared {
    fn take(&mut self, path: &str) -> Option<Field> {
        let at = self
            .fields
            .iter()
            .position(|field| field.path.eq_ignore_ascii_case(path))?;
        Some(self.fields.swap_remove(at))
    }
}

/// A sink that keeps declarations.
#[derive(Default)]
struct Told {
    tables: Vec<Declared>,
}

impl Sink for Told {
    fn dataset(&mut self, dataset: Dataset) -> DatasetId {
        let known = self
            .tables
            .iter()
            .position(|table| table.dataset.name == dataset.name);
        let at = known.unwrap_or_else(|| {
            self.tables.push(Declared {
                dataset,
                fields: Vec::new(),
            });
            self.tables.len() - 1
        });
        DatasetId(u32::try_from(at).expect("fewer tables than memory holds"))
    }

    fn field(&mut self, dataset: DatasetId, field: Field) -> FieldId {
        self.tables[dataset.0 as usize].fields.push(field);
        FieldId(0)
    }

    fn values(&mut self, _: FieldId, _: Values<'_>) {}

    fn text(&mut self, _: &[u8], _: TextPlace) {}

    fn member(&mut self, _: Input) -> Result<(), SourceError> {
        Ok(())
    }
}
