//! The catalogue in six statements, however many tables there are: relations, columns, enums, constraints, indexes, labels.
//! Names, types and comments stand as the server would write them in DDL.

use super::session::{Session, cell};
use crate::field::{Dataset, DatasetKind, Field, Reference, Tag};
use crate::source::database::{Column, Shape, Trouble};
use ::postgres::Row;
use std::collections::{BTreeMap, HashMap};

/// A relation of the catalogue.
pub struct Table {
    /// Its object id.
    pub oid: u32,
    /// Schema.
    pub schema: String,
    /// Name in its schema.
    pub name: String,
    /// What is told of it.
    pub dataset: Dataset,
    /// What holds its rows.
    pub rows_in: RowsIn,
    /// Rows as last estimated; `None` before the first ANALYZE.
    pub estimate: Option<f64>,
    /// Pages as last counted.
    pub pages: f64,
    /// Columns by their number.
    pub columns: BTreeMap<i16, Column>,
    /// Columns that may be read by their number.
    pub allowed: Vec<i16>,
    /// Columns of the primary key.
    pub key: Vec<i16>,
    /// First columns of indexes.
    pub indexed: Vec<i16>,
}

/// What holds the rows of a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowsIn {
    /// The relation itself.
    Itself,
    /// Its partitions, read through it.
    Partitions,
    /// The partitioned table it belongs to, through which it is read.
    Parent,
    /// Other relations: a view.
    Others,
    /// Another server.
    Elsewhere,
}

const OWN: &str = "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'";

/// All relations, sorted by schema and name.
pub fn read(session: &mut Session) -> Result<Vec<Table>, Trouble> {
    let mut tables = relations(session)?;
    let position: HashMap<u32, usize> = tables
        .iter()
        .enumerate()
        .map(|(at, table)| (table.oid, at))
        .collect();
    let enums = enums(session)?;
    columns(session, &mut tables, &position, &enums)?;
    constraints(session, &mut tables, &position)?;
    indexes(session, &mut tables, &position)?;
    labels(session, &mut tables, &position)?;
    Ok(tables)
}

fn relations(session: &mut Session) -> Result<Vec<Table>, Trouble> {
    let statement = format!(
        "SELECT c.oid, n.nspname::text, c.relname::text, c.relkind::text, c.reltuples::float8, c.relpages::float8, \
         c.relispartition, obj_description(c.oid, 'pg_class') \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {OWN} \
         ORDER BY n.nspname::text COLLATE \"C\", c.relname::text COLLATE \"C\""
    );
    let mut tables = Vec::new();
    session.rows(&statement, &mut |row| {
        tables.push(relation(row)?);
        Ok(())
    })?;
    Ok(tables)
}

fn relation(row: &Row) -> Result<Table, Trouble> {
    let (schema, name): (String, String) = (cell(row, 1)?, cell(row, 2)?);
    let kind: String = cell(row, 3)?;
    let (rows, pages): (f64, f64) = (cell(row, 4)?, cell(row, 5)?);
    let is_partition: bool = cell(row, 6)?;
    // -1 before the first ANALYZE; before version 14 that was 0 rows in 0 pages.
    let estimate = (rows > 0.0 || rows == 0.0 && pages > 0.0).then_some(rows);
    let dataset = Dataset {
        name: format!("{schema}.{name}"),
        kind: match kind.as_str() {
            "v" => DatasetKind::View,
            "m" => DatasetKind::MaterializedView,
            _ => DatasetKind::Table,
        },
        comment: cell(row, 7)?,
        rows_estimate: estimate.map(|rows| rows as u64),
        ..Dataset::default()
    };
    Ok(Table {
        oid: cell(row, 0)?,
        schema,
        name,
        dataset,
        rows_in: match kind.as_str() {
            "f" => RowsIn::Elsewhere,
            "v" => RowsIn::Others,
            _ if is_partition => RowsIn::Parent,
            "p" => RowsIn::Partitions,
            _ => RowsIn::Itself,
        },
        estimate,
        pages,
        columns: BTreeMap::new(),
        allowed: Vec::new(),
        key: Vec::new(),
        indexed: Vec::new(),
    })
}

fn enums(session: &mut Session) -> Result<HashMap<u32, Vec<String>>, Trouble> {
    let statement =
        "SELECT enumtypid, enumlabel::text FROM pg_enum ORDER BY enumtypid, enumsortorder";
    let mut labels: HashMap<u32, Vec<String>> = HashMap::new();
    session.rows(statement, &mut |row| {
        labels.entry(cell(row, 0)?).or_default().push(cell(row, 1)?);
        Ok(())
    })?;
    Ok(labels)
}

fn columns(
    session: &mut Session,
    tables: &mut [Table],
    position: &HashMap<u32, usize>,
    enums: &HashMap<u32, Vec<String>>,
) -> Result<(), Trouble> {
    let statement = format!(
        "SELECT a.attrelid, a.attnum, a.attname::text, format_type(a.atttypid, a.atttypmod), \
         col_description(a.attrelid, a.attnum), b.typname::text, b.typtype::text, b.typcategory::text, \
         coalesce(e.oid, b.oid), e.typname::text, e.typtype::text, has_column_privilege(a.attrelid, a.attnum, 'SELECT') \
         AND has_schema_privilege(n.oid, 'USAGE') \
         FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_type t ON t.oid = a.atttypid \
         JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END \
         LEFT JOIN pg_type e ON b.typcategory = 'A' AND e.oid = b.typelem \
         WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {OWN} \
         ORDER BY a.attrelid, a.attnum"
    );
    session.rows(&statement, &mut |row| {
        let Some(at) = position.get(&cell(row, 0)?).copied() else {
            return Ok(());
        };
        let number: i16 = cell(row, 1)?;
        if cell::<Option<bool>>(row, 11)?.unwrap_or_default() {
            tables[at].allowed.push(number);
        }
        tables[at].columns.insert(number, column(row, enums)?);
        Ok(())
    })?;
    Ok(())
}

fn column(row: &Row, enums: &HashMap<u32, Vec<String>>) -> Result<Column, Trouble> {
    let (base, kind, category): (String, String, String) =
        (cell(row, 5)?, cell(row, 6)?, cell(row, 7)?);
    let (element, element_kind): (Option<String>, Option<String>) = (cell(row, 9)?, cell(row, 10)?);
    let is_json = |name: &str| name == "json" || name == "jsonb";
    let shape = match element.as_deref() {
        Some("bytea") => Shape::Unread,
        Some(element) if is_json(element) || element_kind.as_deref() == Some("c") => Shape::Json,
        Some(_) if category == "A" => Shape::Elements,
        _ if is_json(&base) || kind == "c" => Shape::Json,
        _ if matches!(
            base.as_str(),
            "bytea" | "tsvector" | "geometry" | "geography" | "raster"
        ) =>
        {
            Shape::Unread
        }
        _ => Shape::Text,
    };
    Ok(Column {
        field: Field {
            declared_type: cell(row, 3)?,
            comment: cell(row, 4)?,
            allowed: enums.get(&cell(row, 8)?).cloned().unwrap_or_default(),
            ..Field::named(cell::<String>(row, 2)?)
        },
        shape,
    })
}

fn constraints(
    session: &mut Session,
    tables: &mut [Table],
    position: &HashMap<u32, usize>,
) -> Result<(), Trouble> {
    let statement = "SELECT k.conrelid, k.contype::text, k.conkey, k.confrelid, k.confkey FROM pg_constraint k \
         WHERE k.contype IN ('p', 'f') AND k.conrelid <> 0 ORDER BY k.conrelid, k.conname::text COLLATE \"C\"";
    let mut foreign: Vec<(usize, Vec<i16>, u32, Vec<i16>)> = Vec::new();
    session.rows(statement, &mut |row| {
        let Some(at) = position.get(&cell(row, 0)?).copied() else {
            return Ok(());
        };
        let numbers: Vec<i16> = cell(row, 2)?;
        if cell::<String>(row, 1)? == "p" {
            for number in &numbers {
                if let Some(column) = tables[at].columns.get_mut(number) {
                    column.field.primary_key = true;
                }
            }
            tables[at].key = numbers;
        } else {
            let others: Option<Vec<i16>> = cell(row, 4)?;
            foreign.push((at, numbers, cell(row, 3)?, others.unwrap_or_default()));
        }
        Ok(())
    })?;
    for (at, numbers, other, others) in foreign {
        let Some(other) = position.get(&other).map(|at| &tables[*at]) else {
            continue;
        };
        let dataset = other.dataset.name.clone();
        let names: Vec<Option<String>> = others
            .iter()
            .map(|number| other.columns.get(number).map(|c| c.field.path.clone()))
            .collect();
        for (number, field) in numbers.iter().zip(names) {
            if let Some(column) = tables[at].columns.get_mut(number) {
                column.field.references.get_or_insert(Reference {
                    dataset: dataset.clone(),
                    field,
                });
            }
        }
    }
    Ok(())
}

fn indexes(
    session: &mut Session,
    tables: &mut [Table],
    position: &HashMap<u32, usize>,
) -> Result<(), Trouble> {
    let statement = "SELECT i.indrelid, i.indkey[0] FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid \
         JOIN pg_am m ON m.oid = x.relam \
         WHERE m.amname = 'btree' AND i.indisvalid AND i.indpred IS NULL AND i.indkey[0] > 0 \
         GROUP BY 1, 2 ORDER BY 1, 2";
    session.rows(statement, &mut |row| {
        if let Some(at) = position.get(&cell(row, 0)?) {
            tables[*at].indexed.push(cell(row, 1)?);
        }
        Ok(())
    })?;
    Ok(())
}

fn labels(
    session: &mut Session,
    tables: &mut [Table],
    position: &HashMap<u32, usize>,
) -> Result<(), Trouble> {
    let statement = "SELECT l.objoid, l.objsubid, l.provider, l.label FROM pg_seclabel l \
         WHERE l.classoid = 'pg_class'::regclass ORDER BY l.objoid, l.objsubid, l.provider COLLATE \"C\"";
    session.rows(statement, &mut |row| {
        let Some(at) = position.get(&cell(row, 0)?).copied() else {
            return Ok(());
        };
        let provider: String = cell(row, 2)?;
        let tag = Tag {
            name: format!("SECURITY LABEL FOR {provider}"),
            value: cell(row, 3)?,
        };
        let number = i16::try_from(cell::<i32>(row, 1)?).unwrap_or_default();
        match tables[at].columns.get_mut(&number) {
            Some(column) => column.field.tags.push(tag),
            None if number == 0 => tables[at].dataset.tags.push(tag),
            None => {}
        }
        Ok(())
    })?;
    Ok(())
}
