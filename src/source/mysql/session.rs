//! One connection and its read-only transaction. Errors of the driver are reduced to their number and our own words:
//! their texts quote data.

use crate::source::SourceError;
use crate::source::database::{
    Address, CONNECT_SECONDS, Encryption, LOCK_SECONDS, STATEMENT_SECONDS, Trouble, unreachable,
};
use ::mysql::prelude::Queryable as _;
use ::mysql::{Conn, DriverError, Error, Opts, OptsBuilder, Row, SslOpts, Value};
use std::path::PathBuf;
use std::time::Duration;

/// A read-only transaction.
pub struct Session {
    connection: Conn,
    /// MariaDB, where the two differ.
    pub is_mariadb: bool,
}

impl Session {
    /// Connects and begins the transaction; a statement may run so many seconds.
    pub fn open(address: &Address, seconds: u32) -> Result<Self, SourceError> {
        let encryption = address.encryption()?;
        let is_encrypted = encryption != Encryption::Off;
        let first = Conn::new(options(address, encryption, is_encrypted));
        let connected = match first {
            // Asked for only where it is offered: the one case in which nothing is lost by going without.
            Err(Error::DriverError(DriverError::TlsNotSupported))
                if encryption == Encryption::Preferred =>
            {
                Conn::new(options(address, encryption, false))
            }
            other => other,
        };
        let connection = connected.map_err(|error| SourceError::Server(refused(&error)))?;
        let mut session = Self {
            connection,
            is_mariadb: false,
        };
        session.begin(seconds).map_err(|trouble| {
            SourceError::Server(format!(
                "{} while the read-only transaction began",
                trouble.why
            ))
        })?;
        Ok(session)
    }

    fn begin(&mut self, seconds: u32) -> Result<(), Trouble> {
        let mut version = String::new();
        self.rows("SELECT VERSION()", &mut |row| {
            version = text(row, 0).unwrap_or_default();
            Ok(())
        })?;
        self.is_mariadb = version.contains("MariaDB");
        let limit = if self.is_mariadb {
            format!("max_statement_time = {seconds}")
        } else {
            format!("max_execution_time = {}", seconds * 1_000)
        };
        self.run(&format!(
            "SET SESSION {limit}, lock_wait_timeout = {LOCK_SECONDS}, innodb_lock_wait_timeout = {LOCK_SECONDS}, \
             time_zone = '+00:00', sql_mode = ''"
        ))?;
        self.run("START TRANSACTION READ ONLY")
    }

    /// Runs a statement that gives no rows.
    pub fn run(&mut self, statement: &str) -> Result<(), Trouble> {
        self.connection
            .query_drop(statement)
            .map_err(|error| trouble(&error))
    }

    /// Runs a statement and hands on its rows as they come.
    pub fn rows(
        &mut self,
        statement: &str,
        on_row: &mut dyn FnMut(&Row) -> Result<(), Trouble>,
    ) -> Result<u64, Trouble> {
        let rows = self
            .connection
            .query_iter(statement)
            .map_err(|error| trouble(&error))?;
        let mut count = 0;
        for row in rows {
            on_row(&row.map_err(|error| trouble(&error))?)?;
            count += 1;
        }
        Ok(count)
    }

    /// Ends the transaction. Nothing was written, so it does not matter whether it succeeds.
    pub fn close(mut self) {
        let _ = self.connection.query_drop("ROLLBACK");
    }
}

fn options(address: &Address, encryption: Encryption, is_encrypted: bool) -> Opts {
    let wait = Some(Duration::from_secs(CONNECT_SECONDS));
    // A server that answers nothing for twice as long as any statement may take is gone.
    let silence = Some(Duration::from_secs(u64::from(STATEMENT_SECONDS) * 2));
    let host = if address.host.is_empty() {
        "localhost"
    } else {
        &address.host
    };
    let socket = address.option("socket").map(str::to_owned);
    let builder = OptsBuilder::new()
        .ip_or_hostname(Some(host))
        .tcp_port(address.port.unwrap_or(3306))
        .prefer_socket(false)
        .socket(socket)
        .user(address.user.clone())
        .pass(address.password.clone())
        .db_name(address.database.clone())
        .tcp_connect_timeout(wait)
        .read_timeout(silence)
        .write_timeout(silence)
        .stmt_cache_size(0);
    let ssl = is_encrypted.then(|| {
        let authorities = address.option("ssl-ca").or(address.option("sslrootcert"));
        SslOpts::default()
            .with_root_cert_path(authorities.map(PathBuf::from))
            .with_danger_skip_domain_validation(encryption != Encryption::Verified)
            .with_danger_accept_invalid_certs(!matches!(
                encryption,
                Encryption::Verified | Encryption::VerifiedAuthority
            ))
    });
    Opts::from(builder.ssl_opts(ssl))
}

/// A cell as bytes; `None` for NULL.
pub fn bytes(row: &Row, at: usize) -> Option<&[u8]> {
    match row.as_ref(at) {
        Some(Value::Bytes(bytes)) => Some(bytes),
        _ => None,
    }
}

/// A cell as text; `None` for NULL.
pub fn text(row: &Row, at: usize) -> Option<String> {
    bytes(row, at).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
}

/// A cell as a number.
pub fn number<T: std::str::FromStr>(row: &Row, at: usize) -> Option<T> {
    text(row, at)?.parse().ok()
}

/// Text as a literal; `sql_mode` is empty, so a backslash escapes.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

fn refused(error: &Error) -> String {
    match error {
        Error::MySqlError(error) => match error.code {
            1044 | 1045 | 1698 => format!(
                "the server refused the user or the password (error {})",
                error.code
            ),
            1049 => "the server has no database of that name (error 1049)".into(),
            1040 | 1203 => format!(
                "the server takes no more connections (error {})",
                error.code
            ),
            code => format!("the server refused the connection (error {code})"),
        },
        Error::IoError(error) => unreachable(error.kind()),
        Error::DriverError(DriverError::CouldNotConnect(Some((_, _, kind)))) => unreachable(*kind),
        Error::DriverError(DriverError::CouldNotConnect(None)) => {
            unreachable(std::io::ErrorKind::Other)
        }
        Error::DriverError(DriverError::ConnectTimeout | DriverError::Timeout) => {
            unreachable(std::io::ErrorKind::TimedOut)
        }
        Error::DriverError(DriverError::TlsNotSupported) => {
            "the server offers no encryption; ssl-mode=disabled connects in the clear".into()
        }
        Error::DriverError(
            DriverError::UnknownAuthPlugin(_)
            | DriverError::OldMysqlPasswordDisabled
            | DriverError::CleartextPluginDisabled,
        ) => "the server asks for the password in a way that is not spoken here".into(),
        Error::TlsError(_) => {
            "no encrypted connection: the server's certificate was not accepted".into()
        }
        _ => "cannot connect: the server's certificate was not accepted, or it speaks another protocol"
            .into(),
    }
}

/// An error of the driver in our own words.
fn trouble(error: &Error) -> Trouble {
    let Error::MySqlError(error) = error else {
        return Trouble::fatal("the server closed the connection");
    };
    let told = |why: &str| format!("{why} (error {})", error.code);
    match error.code {
        1044 | 1045 | 1142 | 1143 | 1227 | 1345 | 1370 => {
            Trouble::passing(told("permission denied"))
        }
        1205 => Trouble::passing(told("the table is locked")),
        1969 | 3024 | 1028 => Trouble::passing(told("the statement took longer than it may")),
        1146 | 1051 => Trouble::passing(told("it is gone")),
        1356 => Trouble::passing(told("the view refers to something that is gone")),
        1053 | 1077 | 1079 | 1080 | 1152 | 1184 | 1317 | 1927 | 3169 => {
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
        assert_eq!(literal("o'neil\\"), "'o''neil\\\\'");
    }
}
