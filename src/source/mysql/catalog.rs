//! The catalogue in five statements, however many tables there are: tables, columns, keys, indexes, and MariaDB's JSON checks.
//! Names, types and comments stand as the server would write them in DDL.

use super::session::{Session, literal, number, text};
use crate::field::{Dataset, DatasetKind, Field, Reference};
use crate::source::database::{Column, Shape, Trouble};
use ::mysql::Row;
use std::collections::HashMap;

/// A table or view of the catalogue.
pub struct Table {
    /// Schema.
    pub schema: String,
    /// Name in its schema.
    pub name: String,
    /// What is told of it.
    pub dataset: Dataset,
    /// Bytes of its rows, as estimated.
    pub bytes: u64,
    /// Columns in their order.
    pub columns: Vec<Column>,
    /// Columns of the primary key, in its order.
    pub key: Vec<usize>,
    /// First columns of indexes.
    pub indexed: Vec<usize>,
}

const SYSTEM: &str = "('mysql', 'information_schema', 'performance_schema', 'sys')";

/// All tables and views of a schema, or of every schema but the server's own, sorted by schema and name.
pub fn read(session: &mut Session, only: Option<&str>) -> Result<Vec<Table>, Trouble> {
    let scope = match only {
        Some(schema) => format!("= {}", literal(schema)),
        None => format!("NOT IN {SYSTEM}"),
    };
    let mut catalog = Catalog {
        tables: Vec::new(),
        position: HashMap::new(),
        is_qualified: only.is_none(),
    };
    catalog.relations(session, &scope)?;
    catalog.columns(session, &scope)?;
    catalog.keys(session, &scope)?;
    catalog.indexes(session, &scope)?;
    if session.is_mariadb {
        catalog.json_checks(session, &scope)?;
    }
    Ok(catalog.tables)
}

struct Catalog {
    tables: Vec<Table>,
    position: HashMap<(String, String), usize>,
    /// Whether names need their schema to be told apart.
    is_qualified: bool,
}

impl Catalog {
    fn relations(&mut self, session: &mut Session, scope: &str) -> Result<(), Trouble> {
        let statement = format!(
            "SELECT table_schema, table_name, table_type, table_rows, data_length, table_comment \
             FROM information_schema.tables WHERE table_schema {scope} AND table_type <> 'SEQUENCE' \
             ORDER BY BINARY table_schema, BINARY table_name"
        );
        session.rows(&statement, &mut |row| {
            let (schema, name) = names(row, 0)?;
            let is_view = text(row, 2).is_some_and(|kind| kind.contains("VIEW"));
            let comment = text(row, 5).filter(|c| !(c.is_empty() || is_view && c == "VIEW"));
            let dataset = Dataset {
                name: self.shown(&schema, &name),
                kind: if is_view {
                    DatasetKind::View
                } else {
                    DatasetKind::Table
                },
                comment,
                rows_estimate: number(row, 3),
                ..Dataset::default()
            };
            let key = (schema.clone(), name.clone());
            self.position.insert(key, self.tables.len());
            self.tables.push(Table {
                schema,
                name,
                dataset,
                bytes: number(row, 4).unwrap_or_default(),
                columns: Vec::new(),
                key: Vec::new(),
                indexed: Vec::new(),
            });
            Ok(())
        })?;
        Ok(())
    }

    fn shown(&self, schema: &str, name: &str) -> String {
        if self.is_qualified {
            format!("{schema}.{name}")
        } else {
            name.to_owned()
        }
    }

    fn columns(&mut self, session: &mut Session, scope: &str) -> Result<(), Trouble> {
        let statement = format!(
            "SELECT table_schema, table_name, column_name, column_type, data_type, column_comment \
             FROM information_schema.columns WHERE table_schema {scope} \
             ORDER BY BINARY table_schema, BINARY table_name, ordinal_position"
        );
        session.rows(&statement, &mut |row| {
            if let Some(at) = self.position.get(&names(row, 0)?) {
                self.tables[*at].columns.push(column(row)?);
            }
            Ok(())
        })?;
        Ok(())
    }

    fn keys(&mut self, session: &mut Session, scope: &str) -> Result<(), Trouble> {
        let statement = format!(
            "SELECT table_schema, table_name, column_name, referenced_table_schema, referenced_table_name, referenced_column_name \
             FROM information_schema.key_column_usage WHERE table_schema {scope} AND referenced_table_name IS NOT NULL \
             ORDER BY BINARY table_schema, BINARY table_name, BINARY constraint_name, ordinal_position"
        );
        session.rows(&statement, &mut |row| {
            let (other_schema, other) = names(row, 3)?;
            // A key into another schema needs its name to be told apart.
            let own_schema = text(row, 0).unwrap_or_default();
            let dataset = if own_schema == other_schema {
                self.shown(&other_schema, &other)
            } else {
                format!("{other_schema}.{other}")
            };
            let reference = Reference {
                dataset,
                field: text(row, 5),
            };
            if let Some(column) = self.column(row)? {
                column.field.references.get_or_insert(reference);
            }
            Ok(())
        })?;
        Ok(())
    }

    fn indexes(&mut self, session: &mut Session, scope: &str) -> Result<(), Trouble> {
        let statement = format!(
            "SELECT table_schema, table_name, column_name, index_name, seq_in_index, index_type \
             FROM information_schema.statistics WHERE table_schema {scope} \
             ORDER BY BINARY table_schema, BINARY table_name, BINARY index_name, seq_in_index"
        );
        session.rows(&statement, &mut |row| {
            let Some(table) = self.position.get(&names(row, 0)?) else {
                return Ok(());
            };
            let table = &mut self.tables[*table];
            let name = text(row, 2).unwrap_or_default();
            let Some(at) = table.columns.iter().position(|c| c.field.path == name) else {
                return Ok(());
            };
            if text(row, 3).as_deref() == Some("PRIMARY") {
                table.columns[at].field.primary_key = true;
                table.key.push(at);
            }
            let is_tree = text(row, 5).as_deref() == Some("BTREE");
            if is_tree && number(row, 4) == Some(1_u32) && !table.indexed.contains(&at) {
                table.indexed.push(at);
            }
            Ok(())
        })?;
        Ok(())
    }

    /// MariaDB's `json` is text with a check.
    fn json_checks(&mut self, session: &mut Session, scope: &str) -> Result<(), Trouble> {
        let statement = format!(
            "SELECT constraint_schema, table_name, constraint_name FROM information_schema.check_constraints \
             WHERE constraint_schema {scope} AND check_clause = CONCAT('json_valid(`', constraint_name, '`)') \
             ORDER BY BINARY constraint_schema, BINARY table_name, BINARY constraint_name"
        );
        session.rows(&statement, &mut |row| {
            if let Some(column) = self.column(row)? {
                column.field.declared_type = Some("json".into());
                column.shape = Shape::Json;
            }
            Ok(())
        })?;
        Ok(())
    }

    /// The column that the first three cells name.
    fn column(&mut self, row: &Row) -> Result<Option<&mut Column>, Trouble> {
        let Some(table) = self.position.get(&names(row, 0)?) else {
            return Ok(None);
        };
        let name = text(row, 2).unwrap_or_default();
        let columns = &mut self.tables[*table].columns;
        Ok(columns.iter_mut().find(|c| c.field.path == name))
    }
}

fn names(row: &Row, at: usize) -> Result<(String, String), Trouble> {
    match (text(row, at), text(row, at + 1)) {
        (Some(schema), Some(name)) => Ok((schema, name)),
        _ => Err(Trouble::passing(
            "the server answered with an unexpected type",
        )),
    }
}

fn column(row: &Row) -> Result<Column, Trouble> {
    let declared = text(row, 3).unwrap_or_default();
    let base = text(row, 4).unwrap_or_default().to_ascii_lowercase();
    let is_list = base == "enum" || base == "set";
    let shape = match base.as_str() {
        // MariaDB's `json` is `longtext`, and its check is not shown to everyone; what is no JSON is read as text.
        "json" | "longtext" => Shape::Json,
        "tinyblob" | "blob" | "mediumblob" | "longblob" | "binary" | "bit" | "geometry"
        | "point" | "linestring" | "polygon" | "multipoint" | "multilinestring"
        | "multipolygon" | "geometrycollection" | "geomcollection" | "vector" => Shape::Unread,
        _ => Shape::Text,
    };
    Ok(Column {
        field: Field {
            allowed: if is_list {
                listed(&declared)
            } else {
                Vec::new()
            },
            declared_type: Some(if is_list { base } else { declared }),
            comment: text(row, 5).filter(|comment| !comment.is_empty()),
            ..Field::named(text(row, 2).unwrap_or_default())
        },
        shape,
    })
}

/// The values of `enum('a','b''c')`.
fn listed(declared: &str) -> Vec<String> {
    let mut values = Vec::new();
    let mut open: Option<String> = None;
    let mut signs = declared.chars().peekable();
    while let Some(sign) = signs.next() {
        match (&mut open, sign) {
            (None, '\'') => open = Some(String::new()),
            (Some(value), '\'') if signs.peek() == Some(&'\'') => {
                signs.next();
                value.push('\'');
            }
            (Some(_), '\'') => values.extend(open.take()),
            (Some(value), other) => value.push(other),
            (None, _) => {}
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_an_enum_are_listed() {
        assert_eq!(listed("enum('a','b''c','')"), ["a", "b'c", ""]);
        assert!(listed("enum").is_empty());
    }
}
