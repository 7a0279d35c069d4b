//! Which file it is, and how it is opened so that nothing is ever written: neither beside it nor elsewhere.
//! What is no plain file of its own (a member of an archive, compressed, an object of a store) is opened in memory.

use super::MAGIC;
use crate::source::{At, Input, SourceError};
use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Most bytes of a database that are opened in memory.
const IN_MEMORY_AT_MOST: u64 = 512 << 20;

/// Bytes of a database that are taken, and let go, at a time.
const CHUNK_BYTES: u64 = 1 << 20;

/// A database file.
pub enum File {
    /// One of its own.
    Plain(PathBuf),
    /// The bytes of one.
    Unpacked(Chunks),
}

impl File {
    /// The file that a target names, or that was found.
    pub fn of(input: &Input) -> Result<Self, SourceError> {
        if let Some(url) = input.connection() {
            return Ok(Self::Plain(path_of(url)));
        }
        if let Some(path) = input.path() {
            return Ok(Self::Plain(path.to_owned()));
        }
        Ok(Self::Unpacked(Chunks::of(input, IN_MEMORY_AT_MOST)?))
    }

    /// Opens it for reading only.
    pub fn open(self) -> Result<Connection, SourceError> {
        let connection = match self {
            Self::Plain(path) => open_plain(&path)?,
            Self::Unpacked(chunks) => open_unpacked(chunks)?,
        };
        // Sorting must not spill rows to temporary files.
        connection
            .execute_batch(
                "PRAGMA temp_store = 2; PRAGMA query_only = 1; PRAGMA trusted_schema = 0; PRAGMA cell_size_check = 1; BEGIN",
            )
            .map_err(|e| server(&e))?;
        Ok(connection)
    }
}

fn open_plain(path: &Path) -> Result<Connection, SourceError> {
    let mut head = [0_u8; HEAD_BYTES];
    let is_whole = std::fs::File::open(path)?.read_exact(&mut head).is_ok();
    if !is_whole || !head.starts_with(MAGIC) {
        return Err(not_sqlite());
    }
    // With a write-ahead log, even reading makes files beside the database, unless it is promised that nobody writes:
    // without a log that waits, nobody does.
    let is_logged = head[VERSIONS].contains(&LOGGED);
    let waits = std::fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0);
    let promise = if is_logged && !waits {
        "&immutable=1"
    } else {
        ""
    };
    let uri = format!("file:{}?mode=ro{promise}", escaped(path));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(uri, flags).map_err(|e| server(&e))
}

fn open_unpacked(mut chunks: Chunks) -> Result<Connection, SourceError> {
    let head = chunks.head_mut().ok_or_else(not_sqlite)?;
    // There is no log in memory; a file that asks for one would not open.
    for version in &mut head[VERSIONS] {
        *version = (*version).min(LOGGED - 1);
    }
    let mut connection = Connection::open_in_memory().map_err(|e| server(&e))?;
    let bytes = chunks.left();
    connection
        .deserialize_read_exact(MAIN_DB, chunks, bytes, true)
        .map_err(|e| server(&e))?;
    Ok(connection)
}

/// Bytes of the header that are looked at, and where it says by which versions of the format the file is written and read.
const HEAD_BYTES: usize = 20;
const VERSIONS: std::ops::Range<usize> = 18..20;
/// The version with a write-ahead log.
const LOGGED: u8 = 2;

fn not_sqlite() -> SourceError {
    SourceError::Malformed {
        format: "SQLite",
        reason: "its first bytes are not those of a SQLite file; it may be encrypted".into(),
        at: At(None),
    }
}

/// Bytes in memory, let go as they are read: SQLite's copy and these are never both whole.
pub struct Chunks(std::collections::VecDeque<io::Cursor<Vec<u8>>>);

impl Chunks {
    /// All bytes of an input, unless they are more than `limit`.
    pub fn of(input: &Input, limit: u64) -> Result<Self, SourceError> {
        // The size is that of the packed bytes: what they unpack to is counted below.
        if input.size().is_some_and(|size| size > limit) {
            return Err(too_large(limit));
        }
        let mut stream = input.open()?;
        let (mut chunks, mut total) = (std::collections::VecDeque::new(), 0);
        loop {
            let mut chunk = Vec::new();
            let read = stream.by_ref().take(CHUNK_BYTES).read_to_end(&mut chunk)?;
            if read == 0 {
                return Ok(Self(chunks));
            }
            total += read as u64;
            if total > limit {
                return Err(too_large(limit));
            }
            chunks.push_back(io::Cursor::new(chunk));
        }
    }

    /// The header, where it is one of SQLite.
    fn head_mut(&mut self) -> Option<&mut [u8]> {
        let first = self.0.front_mut()?.get_mut();
        let is_sqlite = first.len() >= HEAD_BYTES && first.starts_with(MAGIC);
        is_sqlite.then(|| &mut first[..HEAD_BYTES])
    }

    fn left(&self) -> usize {
        self.0.iter().map(|chunk| chunk.get_ref().len()).sum()
    }
}

impl Read for Chunks {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while let Some(chunk) = self.0.front_mut() {
            let read = chunk.read(out)?;
            if read > 0 || out.is_empty() {
                return Ok(read);
            }
            self.0.pop_front();
        }
        Ok(0)
    }
}

fn too_large(limit: u64) -> SourceError {
    SourceError::Limit(format!(
        "a database of more than {} MiB that is no plain file of its own; unpack or copy it to have it read",
        limit >> 20
    ))
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
