//! Which file it is, and how it is opened so that nothing beside it is ever written.
//! A member of an archive is unpacked to a temporary file that is gone when reading ends.

use super::MAGIC;
use crate::source::{At, Input, SourceError};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Most bytes of a database inside an archive that are unpacked.
const UNPACKED_AT_MOST: u64 = 1 << 30;

/// A database file.
pub struct File {
    path: PathBuf,
    /// Holds the unpacked file as long as it is read.
    _unpacked: Option<tempfile::NamedTempFile>,
}

impl File {
    /// The file that a target names, or that was found.
    pub fn of(input: &Input) -> Result<Self, SourceError> {
        if let Some(url) = input.connection() {
            return Ok(Self {
                path: path_of(url),
                _unpacked: None,
            });
        }
        if let Some(path) = input.path() {
            return Ok(Self {
                path: path.to_owned(),
                _unpacked: None,
            });
        }
        let mut unpacked = tempfile::NamedTempFile::new()?;
        let mut stream = input.open()?.take(UNPACKED_AT_MOST + 1);
        let bytes = std::io::copy(&mut stream, &mut unpacked)?;
        if bytes > UNPACKED_AT_MOST {
            let why =
                "a database of more than 1 GiB inside another file; unpack it to have it read";
            return Err(SourceError::Limit(why.into()));
        }
        unpacked.flush()?;
        Ok(Self {
            path: unpacked.path().to_owned(),
            _unpacked: Some(unpacked),
        })
    }

    /// Opens it for reading only.
    pub fn open(&self) -> Result<Connection, SourceError> {
        let mut head = [0_u8; 20];
        let mut file = std::fs::File::open(&self.path)?;
        let is_whole = file.read_exact(&mut head).is_ok();
        if !is_whole || !head.starts_with(MAGIC) {
            return Err(SourceError::Malformed {
                format: "SQLite",
                reason: "its first bytes are not those of a SQLite file; it may be encrypted"
                    .into(),
                at: At(None),
            });
        }
        // With a write-ahead log, even reading makes files beside the database, unless it is promised that nobody writes:
        // without a log that waits, nobody does.
        let is_logged = head[18] == 2 || head[19] == 2;
        let waits = std::fs::metadata(beside(&self.path, "-wal")).is_ok_and(|log| log.len() > 0);
        let promise = if is_logged && !waits {
            "&immutable=1"
        } else {
            ""
        };
        let uri = format!("file:{}?mode=ro{promise}", escaped(&self.path));
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(uri, flags).map_err(|e| server(&e))?;
        connection
            .execute_batch("PRAGMA query_only = 1; PRAGMA trusted_schema = 0; PRAGMA cell_size_check = 1; BEGIN")
            .map_err(|e| server(&e))?;
        Ok(connection)
    }
}

/// `sqlite:path`, `sqlite:///absolute/path`, `sqlite://relative/path`; options after `?` are none of the path.
fn path_of(url: &str) -> PathBuf {
    let rest = url.split_once(':').map_or(url, |(_, rest)| rest);
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    if Path::new(rest).exists() {
        return rest.into();
    }
    rest.split_once('?').map_or(rest, |(path, _)| path).into()
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// A path within a URI.
fn escaped(path: &Path) -> String {
    path.to_string_lossy()
        .replace('%', "%25")
        .replace('?', "%3F")
        .replace('#', "%23")
}

/// An error of SQLite in our own words.
pub fn told(error: &rusqlite::Error) -> String {
    let Some(code) = error.sqlite_error_code() else {
        return "SQLite refused the statement".into();
    };
    match code {
        ErrorCode::DatabaseCorrupt => "it is damaged".into(),
        ErrorCode::NotADatabase => "it is no SQLite file, or encrypted".into(),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            "another process has it locked".into()
        }
        ErrorCode::CannotOpen => "it cannot be opened".into(),
        ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied => {
            "permission denied".into()
        }
        ErrorCode::SystemIoFailure => "reading it failed".into(),
        _ => "SQLite refused the statement (a function or module it needs is not here)".into(),
    }
}

/// The same as an error of the source.
pub fn server(error: &rusqlite::Error) -> SourceError {
    SourceError::Malformed {
        format: "SQLite",
        reason: told(error),
        at: At(None),
    }
}
