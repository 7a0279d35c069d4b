//! The column list of a CREATE TABLE as a full grammar reads it: the check on the tolerant reader.
//! Bounded: long or deeply chained statements are not given to it, and its error texts go nowhere.

use super::dialect::Dialect;
use super::lexer::{Kind, Token};

/// Longer statements are the tolerant reader's alone.
const LONGEST: usize = 1 << 20;

/// A chain of operators becomes a tree as deep as the chain is long, and dropping it recurses.
const MOST_OPERATORS: usize = 400;

/// Columns with their types, `None` where the grammar does not take the statement.
#[cfg(feature = "sql")]
pub fn columns(
    text: &[u8],
    tokens: &[Token],
    dialect: Dialect,
) -> Option<Vec<(String, Option<String>)>> {
    use sqlparser::ast::Statement;
    use sqlparser::dialect as grammar;
    use sqlparser::parser::Parser;
    if text.len() > LONGEST || operators(text, tokens) > MOST_OPERATORS {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?;
    let chosen: &dyn grammar::Dialect = match dialect {
        Dialect::PostgreSql => &grammar::PostgreSqlDialect {},
        Dialect::MySql => &grammar::MySqlDialect {},
        Dialect::Sqlite => &grammar::SQLiteDialect {},
        Dialect::SqlServer => &grammar::MsSqlDialect {},
        Dialect::Oracle => &grammar::OracleDialect {},
        Dialect::BigQuery => &grammar::BigQueryDialect {},
        Dialect::Snowflake => &grammar::SnowflakeDialect {},
        Dialect::Databricks => &grammar::DatabricksDialect {},
        Dialect::Generic => &grammar::GenericDialect {},
    };
    let parse = |dialect: &dyn grammar::Dialect| {
        let mut parser = Parser::new(dialect)
            .with_recursion_limit(40)
            .try_with_sql(text)
            .ok()?;
        parser.parse_statement().ok()
    };
    let statement = parse(chosen).or_else(|| {
        if dialect == Dialect::Generic {
            None
        } else {
            parse(&grammar::GenericDialect {})
        }
    })?;
    let Statement::CreateTable(table) = statement else {
        return None;
    };
    let column = |column: sqlparser::ast::ColumnDef| {
        (
            column.name.value,
            type_without_literals(&column.data_type.to_string()),
        )
    };
    Some(table.columns.into_iter().map(column).collect())
}

/// Without the feature `sql` the tolerant reader stands alone.
#[cfg(not(feature = "sql"))]
pub fn columns(_: &[u8], _: &[Token], _: Dialect) -> Option<Vec<(String, Option<String>)>> {
    None
}

fn operators(text: &[u8], tokens: &[Token]) -> usize {
    let words: &[&[u8]] = &[
        b"and",
        b"or",
        b"union",
        b"not",
        b"is",
        b"collate",
        b"case",
        b"when",
        b"join",
        b"except",
        b"intersect",
        b"over",
    ];
    let is_operator = |token: &&Token| match token.kind {
        Kind::Mark(mark) => !matches!(mark, b'(' | b')' | b',' | b'.' | b';' | b':'),
        Kind::Word => words.iter().any(|w| {
            text.get(token.start as usize..token.end as usize)
                .is_some_and(|t| t.eq_ignore_ascii_case(w))
        }),
        _ => false,
    };
    tokens.iter().filter(is_operator).count()
}

fn type_without_literals(text: &str) -> Option<String> {
    let end = if text.contains('\'') {
        text.find('(').unwrap_or(0)
    } else {
        text.len()
    };
    Some(text[..end].trim().to_owned()).filter(|t| !t.is_empty())
}
