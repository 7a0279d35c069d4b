//! One connection and its read-only transaction. Errors of the driver are reduced to their SQLSTATE and our own words:
//! their texts quote data.

use super::tls;
use crate::source::SourceError;
use crate::source::database::{
    Address, CONNECT_SECONDS, Encryption, LOCK_SECONDS, STATEMENT_SECONDS, Trouble, unreachable,
};
use ::postgres::config::SslMode;
use ::postgres::error::SqlState;
use ::postgres::fallible_iterator::FallibleIterator as _;
use ::postgres::types::{FromSql, Kind, Type};
use ::postgres::{Client, Config, NoTls, Row};
use std::time::Duration;

/// A read-only transaction.
pub struct Session {
    client: Client,
}

/// The bytes of a cell, whatever its type: statements cast all they read to text.
pub struct Raw<'a>(pub &'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Raw(raw))
    }

    fn accepts(ty: &Type) -> bool {
        matches!(ty.kind(), Kind::Simple)
    }
}

impl Session {
    /// Connects and begins the transaction.
    pub fn open(address: &Address) -> Result<Self, SourceError> {
        let encryption = address.encryption()?;
        let mut config = Config::new();
        config
            .application_name("ropa")
            .connect_timeout(Duration::from_secs(CONNECT_SECONDS))
            .ssl_mode(match encryption {
                Encryption::Off => SslMode::Disable,
                Encryption::Preferred => SslMode::Prefer,
                _ => SslMode::Require,
            });
        config.host(if address.host.is_empty() {
            "localhost"
        } else {
            &address.host
        });
        if let Some(port) = address.port {
            config.port(port);
        }
        if let Some(user) = &address.user {
            config.user(user);
        }
        if let Some(password) = &address.password {
            config.password(password);
        }
        if let Some(name) = &address.database {
            config.dbname(name);
        }
        if let Some(options) = address.option("options") {
            config.options(options);
        }
        // Notices may quote data; nobody is told.
        config.notice_callback(|_| {});
        let connected = if encryption == Encryption::Off || address.host.starts_with('/') {
            config.connect(NoTls)
        } else {
            config.connect(tls::connector(encryption, address.option("sslrootcert"))?)
        };
        let client = connected.map_err(|error| SourceError::Server(refused(&error, encryption)))?;
        let mut session = Self { client };
        session.begin().map_err(|trouble| {
            SourceError::Server(format!(
                "{} while the read-only transaction began",
                trouble.why
            ))
        })?;
        Ok(session)
    }

    fn begin(&mut self) -> Result<(), Trouble> {
        let idle = STATEMENT_SECONDS * 10;
        self.run(&format!(
            "BEGIN READ ONLY; SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'; \
             SET LOCAL lock_timeout = '{LOCK_SECONDS}s'; SET LOCAL idle_in_transaction_session_timeout = '{idle}s'; \
             SET LOCAL search_path = pg_catalog, public; SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'"
        ))
    }

    /// Runs statements that give no rows.
    pub fn run(&mut self, statements: &str) -> Result<(), Trouble> {
        self.client
            .batch_execute(statements)
            .map_err(|error| trouble(&error))
    }

    /// Runs a statement and hands on its rows as they come.
    pub fn rows(
        &mut self,
        statement: &str,
        on_row: &mut dyn FnMut(&Row) -> Result<(), Trouble>,
    ) -> Result<u64, Trouble> {
        let none: [(&str, Type); 0] = [];
        let mut rows = self
            .client
            .query_typed_raw(statement, none)
            .map_err(|error| trouble(&error))?;
        let mut count = 0;
        while let Some(row) = rows.next().map_err(|error| trouble(&error))? {
            on_row(&row)?;
            count += 1;
        }
        Ok(count)
    }

    /// Ends the transaction. Nothing was written, so it does not matter whether it succeeds.
    pub fn close(mut self) {
        let _ = self.client.batch_execute("ROLLBACK");
        let _ = self.client.close();
    }
}

/// A cell; what cannot be decoded is told as such.
pub fn cell<'a, T: FromSql<'a>>(row: &'a Row, at: usize) -> Result<T, Trouble> {
    row.try_get(at)
        .map_err(|_| Trouble::passing("the server answered with an unexpected type"))
}

/// Text as a literal.
pub fn literal(text: &str) -> String {
    let doubled = text.replace('\'', "''");
    if doubled.contains('\\') {
        format!("E'{}'", doubled.replace('\\', "\\\\"))
    } else {
        format!("'{doubled}'")
    }
}

fn refused(error: &::postgres::Error, encryption: Encryption) -> String {
    if let Some(code) = error.code() {
        return match *code {
            SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => format!(
                "the server refused the user or the password (SQLSTATE {})",
                code.code()
            ),
            SqlState::INVALID_CATALOG_NAME => {
                "the server has no database of that name (SQLSTATE 3D000)".into()
            }
            SqlState::TOO_MANY_CONNECTIONS => {
                "the server takes no more connections (SQLSTATE 53300)".into()
            }
            SqlState::CANNOT_CONNECT_NOW => {
                "the server is starting up or shutting down (SQLSTATE 57P03)".into()
            }
            _ => format!(
                "the server refused the connection (SQLSTATE {})",
                code.code()
            ),
        };
    }
    let cause = std::error::Error::source(error);
    if let Some(io) = cause.and_then(|cause| cause.downcast_ref::<std::io::Error>()) {
        let inner = io.get_ref().and_then(|inner| inner.downcast_ref());
        return match inner {
            Some(error) => format!("no encrypted connection: {}", tls::told(error)),
            None => unreachable(io.kind()),
        };
    }
    match encryption {
        Encryption::Off | Encryption::Preferred => {
            "cannot connect: the server wants a password, or speaks another protocol".into()
        }
        _ => "cannot connect: the server offers no encryption (sslmode=disable connects in the clear), or it wants a password"
            .into(),
    }
}

/// An error of the driver in our own words.
fn trouble(error: &::postgres::Error) -> Trouble {
    let Some(code) = error.code() else {
        return if error.is_closed() || std::error::Error::source(error).is_some() {
            Trouble::fatal("the server closed the connection")
        } else {
            Trouble::fatal("the connection failed")
        };
    };
    let text = code.code();
    let told = |why: &str| format!("{why} (SQLSTATE {text})");
    match *code {
        SqlState::INSUFFICIENT_PRIVILEGE => Trouble::passing(told("permission denied")),
        SqlState::QUERY_CANCELED => Trouble::passing(told(&format!(
            "the statement took longer than {STATEMENT_SECONDS} s"
        ))),
        SqlState::LOCK_NOT_AVAILABLE => Trouble::passing(told("the table is locked")),
        SqlState::UNDEFINED_TABLE => Trouble::passing(told("it is gone")),
        _ if text.starts_with("57P") || text.starts_with("08") || text == "25P03" => {
            Trouble::fatal(told("the server closed the connection"))
        }
        _ => Trouble::passing(told("the server refused the statement")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_end_nowhere_but_at_their_end() {
        assert_eq!(literal("o'neil"), "'o''neil'");
        assert_eq!(literal("a\\'b"), "E'a\\\\''b'");
    }
}
