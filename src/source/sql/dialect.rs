//! Which SQL a source is written in, guessed from its name and first bytes, and how that dialect quotes.
//! A wrong guess costs precision, never a table: the tolerant reader takes all of them.

/// A family of SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// PostgreSQL, Redshift, CockroachDB, Greenplum.
    PostgreSql,
    /// MySQL, MariaDB.
    MySql,
    /// SQLite.
    Sqlite,
    /// SQL Server, Azure Synapse, Sybase.
    SqlServer,
    /// Oracle.
    Oracle,
    /// BigQuery.
    BigQuery,
    /// Snowflake.
    Snowflake,
    /// Databricks, Spark, Hive.
    Databricks,
    /// Nothing speaks for one of the others.
    Generic,
}

/// What speaks for a dialect, how strongly: marks are looked for in upper-cased text.
const MARKS: &[(Dialect, u32, &[&str])] = &[
    (
        Dialect::PostgreSql,
        20,
        &[
            "POSTGRESQL DATABASE DUMP",
            "PG_CATALOG.",
            "LANGUAGE PLPGSQL",
            "CREATE EXTENSION",
        ],
    ),
    (
        Dialect::PostgreSql,
        5,
        &[
            "BIGSERIAL",
            " SERIAL",
            "JSONB",
            "TIMESTAMPTZ",
            "CHARACTER VARYING",
            "::TEXT",
            "NEXTVAL(",
            "$$",
            "BYTEA",
            "TIMESTAMP WITH TIME ZONE",
            "FROM STDIN",
            "ALTER TABLE ONLY",
            " INET",
            "TEXT[]",
            "SECURITY LABEL",
            "SEARCH_PATH",
        ],
    ),
    (
        Dialect::MySql,
        20,
        &[
            "MYSQL DUMP",
            "MARIADB DUMP",
            "PHPMYADMIN",
            "ENGINE=",
            "ENGINE =",
            "/*!4",
            "/*!5",
        ],
    ),
    (
        Dialect::MySql,
        5,
        &[
            "AUTO_INCREMENT",
            "UNSIGNED",
            "LONGTEXT",
            "MEDIUMTEXT",
            "TINYINT(",
            "DELIMITER ",
            "COLLATE UTF8",
            "CHARSET",
            "MEDIUMINT",
        ],
    ),
    (
        Dialect::Sqlite,
        20,
        &[
            "PRAGMA FOREIGN_KEYS",
            "SQLITE_SEQUENCE",
            "AUTOINCREMENT",
            "WITHOUT ROWID",
            "USING FTS",
        ],
    ),
    (
        Dialect::SqlServer,
        20,
        &[
            "\nGO\n",
            "\nGO\r",
            "[DBO].",
            "SP_ADDEXTENDEDPROPERTY",
            "SET ANSI_NULLS",
            "SET QUOTED_IDENTIFIER",
            "SENSITIVITY CLASSIFICATION",
        ],
    ),
    (
        Dialect::SqlServer,
        5,
        &[
            "NVARCHAR(",
            "IDENTITY(",
            "[NVARCHAR]",
            "UNIQUEIDENTIFIER",
            "DATETIME2",
            "NONCLUSTERED",
            " DBO.",
            "MASKED WITH (",
        ],
    ),
    (
        Dialect::Oracle,
        20,
        &["VARCHAR2", "SQL*PLUS", "WHENEVER SQLERROR", "NUMBER(*"],
    ),
    (
        Dialect::Oracle,
        5,
        &[
            "NUMBER(",
            "\nPROMPT ",
            "\nREM ",
            "SYSDATE",
            "TABLESPACE",
            "NOLOGGING",
            " CLOB",
            "SET DEFINE OFF",
        ],
    ),
    (
        Dialect::BigQuery,
        20,
        &[
            "OPTIONS(DESCRIPTION",
            "OPTIONS (DESCRIPTION",
            "INT64",
            "FLOAT64",
            "STRUCT<",
            "BIGNUMERIC",
        ],
    ),
    (
        Dialect::Snowflake,
        20,
        &[
            "VARIANT",
            "TIMESTAMP_NTZ",
            "TIMESTAMP_LTZ",
            "WITH TAG",
            "MASKING POLICY",
            "CLUSTER BY (",
            "SET TAG ",
            "CREATE OR REPLACE TRANSIENT",
        ],
    ),
    (
        Dialect::Snowflake,
        5,
        &["CREATE OR REPLACE TABLE", "AUTOINCREMENT START"],
    ),
    (
        Dialect::Databricks,
        20,
        &[
            "USING DELTA",
            "TBLPROPERTIES",
            "SET TAGS",
            "STORED AS",
            "PARTITIONED BY",
            "USING PARQUET",
        ],
    ),
];

/// Words of a file name that speak for a dialect.
const NAMES: &[(Dialect, &[&str])] = &[
    (
        Dialect::PostgreSql,
        &["postgres", "pgsql", "psql", "redshift", "cockroach", "_pg"],
    ),
    (Dialect::MySql, &["mysql", "mariadb"]),
    (Dialect::Sqlite, &["sqlite"]),
    (
        Dialect::SqlServer,
        &["sqlserver", "sql_server", "mssql", "tsql", "synapse", "pdw"],
    ),
    (Dialect::Oracle, &["oracle", "plsql"]),
    (Dialect::BigQuery, &["bigquery"]),
    (Dialect::Snowflake, &["snowflake"]),
    (Dialect::Databricks, &["databricks", "spark", "hive"]),
];

impl Dialect {
    /// The dialect that name and first bytes speak for most.
    pub fn guess(name: &str, head: &[u8]) -> Self {
        let name = name.to_ascii_lowercase();
        let text = String::from_utf8_lossy(head).to_ascii_uppercase();
        let mut scores: Vec<(Dialect, u32)> = Vec::new();
        for (dialect, weight, marks) in MARKS {
            let found = marks.iter().filter(|mark| text.contains(*mark)).count() as u32;
            add(&mut scores, *dialect, weight * found);
        }
        for (dialect, words) in NAMES {
            if words.iter().any(|word| name.contains(word)) {
                add(&mut scores, *dialect, 30);
            }
        }
        // Backticks are MySQL's own among dumps; BigQuery and Databricks use them too, but say more of themselves.
        add(
            &mut scores,
            Dialect::MySql,
            3 * text.matches('`').count().min(4) as u32,
        );
        add(
            &mut scores,
            Dialect::SqlServer,
            2 * text.matches("].[").count().min(6) as u32,
        );
        let best = scores
            .iter()
            .copied()
            .fold((Dialect::Generic, 0), |best, next| {
                if next.1 > best.1 { next } else { best }
            });
        if best.1 >= 5 {
            best.0
        } else {
            Dialect::Generic
        }
    }

    /// How it quotes.
    pub fn quoting(self) -> Quoting {
        use Dialect::{
            BigQuery, Databricks, Generic, MySql, Oracle, PostgreSql, Snowflake, SqlServer, Sqlite,
        };
        Quoting {
            backslash: match self {
                MySql | BigQuery | Databricks | Snowflake => Backslash::Escapes,
                PostgreSql | Sqlite | SqlServer | Oracle => Backslash::Plain,
                Generic => Backslash::Guessed,
            },
            hash_comment: matches!(self, MySql | BigQuery),
            double_quoted_text: matches!(self, MySql | BigQuery | Databricks),
            dollar: matches!(self, PostgreSql | Snowflake | Databricks | Sqlite | Generic),
            nested_comments: matches!(self, PostgreSql),
            brackets: !matches!(self, MySql | Oracle | Snowflake),
            any_bracket: matches!(self, SqlServer),
            oracle_quote: matches!(self, Oracle),
        }
    }
}

fn add(scores: &mut Vec<(Dialect, u32)>, dialect: Dialect, score: u32) {
    match scores.iter_mut().find(|(known, _)| *known == dialect) {
        Some((_, sum)) => *sum += score,
        None => scores.push((dialect, score)),
    }
}

/// What a backslash does inside `'…'`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backslash {
    /// It escapes the next character.
    Escapes,
    /// It is a character like others, unless the text is marked `E'…'`.
    Plain,
    /// `\'` ends the text only when a comma, a closing bracket or a semicolon follows.
    Guessed,
}

/// How a dialect quotes and comments.
#[derive(Clone, Copy, Debug)]
pub struct Quoting {
    /// What a backslash does in text.
    pub backslash: Backslash,
    /// `#` begins a comment.
    pub hash_comment: bool,
    /// `"…"` is text and may hold backslashes and line ends.
    pub double_quoted_text: bool,
    /// `$tag$ … $tag$` is text.
    pub dollar: bool,
    /// `/* /* */ */` nests.
    pub nested_comments: bool,
    /// `[name]` is a name.
    pub brackets: bool,
    /// Whatever stands in brackets is a name.
    pub any_bracket: bool,
    /// `q'[…]'` is text.
    pub oracle_quote: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_from_what_only_one_dialect_writes() {
        let guess = |text: &str| Dialect::guess("schema.sql", text.as_bytes());
        assert_eq!(
            guess("CREATE TABLE a (id bigserial, x jsonb)"),
            Dialect::PostgreSql
        );
        assert_eq!(
            guess("CREATE TABLE `a` (`id` int) ENGINE=InnoDB"),
            Dialect::MySql
        );
        assert_eq!(
            guess("CREATE TABLE [dbo].[a] ([id] int)\nGO\n"),
            Dialect::SqlServer
        );
        assert_eq!(
            guess("CREATE TABLE a (id NUMBER(10), n VARCHAR2(20))"),
            Dialect::Oracle
        );
        assert_eq!(
            guess("CREATE TABLE d.a (id INT64 OPTIONS(description='x'))"),
            Dialect::BigQuery
        );
        assert_eq!(
            guess("CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT)"),
            Dialect::Sqlite
        );
        assert_eq!(guess("CREATE TABLE a (id VARIANT)"), Dialect::Snowflake);
        assert_eq!(guess("SELECT 1"), Dialect::Generic);
    }

    #[test]
    fn the_file_name_speaks_too() {
        assert_eq!(
            Dialect::guess("ddl/oracle/core.sql", b"create table a (b int)"),
            Dialect::Oracle
        );
    }
}
