//! One thing to read: its name as shown, where its bytes come from, and its first bytes.
//! Opens it decompressed and as UTF-8; knows nothing of formats.

use super::decode::{self, Allowance};
use super::object_store::{self, Object};
use super::{At, Coverage, SourceError};
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Bytes shown to readers before they claim a source.
pub const HEAD_BYTES: usize = 16 << 10;

/// Further bytes of a compressed stream that are looked at: more than its largest blocks have (bzip2: 900,000 bytes).
const COMPRESSED_HEAD_BYTES: u64 = 1 << 20;

/// Something that is read once from beginning to end.
pub type Stream = Box<dyn Read + Send>;

/// Something that can be read from any place.
pub trait Seekable: Read + Seek + Send {}

impl<T: Read + Seek + Send> Seekable for T {}

/// Where the bytes come from.
#[derive(Clone)]
enum Origin {
    File(PathBuf),
    Bytes(Arc<[u8]>),
    /// Taken by the first `open`.
    Stream(Arc<Mutex<Option<Stream>>>),
    Url(String),
    /// An object of a store, by its URL.
    Object(Object),
    /// Not to be read, for this reason.
    Refused(Coverage),
}

/// One source before it is read.
#[derive(Clone)]
pub struct Input {
    name: String,
    origin: Origin,
    size: Option<u64>,
    compression: Option<decode::Compression>,
    encoding: decode::Encoding,
    head: Vec<u8>,
    /// What the file that it lies in may still unpack; `None` for what lies in no other.
    allowance: Option<Arc<Allowance>>,
}

/// Byte ranges of a source in any order, for formats that seek.
#[derive(Clone)]
pub struct Ranges {
    origin: Origin,
    size: u64,
}

impl Ranges {
    /// Size of the whole in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// A range as a stream of its own; one that reaches beyond the end ends there.
    pub fn open(&self, range: Range<u64>) -> Result<Stream, SourceError> {
        let range = range.start.min(self.size)..range.end.min(self.size);
        let length = range.end.saturating_sub(range.start);
        match &self.origin {
            Origin::File(path) => {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(range.start))?;
                Ok(Box::new(file.take(length)))
            }
            Origin::Bytes(bytes) => {
                let mut bytes = Cursor::new(Arc::clone(bytes));
                bytes.set_position(range.start);
                Ok(Box::new(bytes.take(length)))
            }
            Origin::Object(object) => object_store::open(&object.url, range.start, range.end),
            Origin::Stream(_) | Origin::Url(_) | Origin::Refused(_) => Err(not_bytes()),
        }
    }

    /// A range in memory; the caller sees to it that it is no large one.
    pub fn read(&self, range: Range<u64>) -> Result<Vec<u8>, SourceError> {
        let mut bytes = Vec::new();
        self.open(range)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// A stream that says once more what stopped the reading of its beginning.
pub struct Fails(Option<io::Error>);

impl Fails {
    /// Fails once with the error.
    pub fn with(error: io::Error) -> Self {
        Self(Some(error))
    }
}

impl Read for Fails {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

impl Input {
    /// A file on disk, shown as `name`.
    pub fn file(name: impl Into<String>, path: impl Into<PathBuf>) -> Result<Self, SourceError> {
        let path = path.into();
        let size = std::fs::metadata(&path)?.len();
        Self::sniffed(name.into(), Origin::File(path), Some(size))
    }

    /// Bytes in memory (an archive member, an attachment).
    pub fn bytes(
        name: impl Into<String>,
        bytes: impl Into<Arc<[u8]>>,
    ) -> Result<Self, SourceError> {
        let bytes = bytes.into();
        let size = bytes.len() as u64;
        Self::sniffed(name.into(), Origin::Bytes(bytes), Some(size))
    }

    /// A stream that can be read once (standard input, a large archive member).
    pub fn stream(name: impl Into<String>, stream: Stream) -> Result<Self, SourceError> {
        Ok(Self::streamed(name.into(), stream, None))
    }

    /// A stream that lies in another file and unpacks on its allowance.
    pub fn member(
        name: impl Into<String>,
        size: Option<u64>,
        stream: Stream,
        allowance: &Arc<Allowance>,
    ) -> Self {
        let mut input = Self::streamed(name.into(), stream, size);
        input.allowance = Some(Arc::clone(allowance));
        input
    }

    /// Bytes that lie in another file and unpack on its allowance.
    pub fn member_bytes(
        name: impl Into<String>,
        bytes: impl Into<Arc<[u8]>>,
        allowance: &Arc<Allowance>,
    ) -> Result<Self, SourceError> {
        let mut input = Self::bytes(name, bytes)?;
        input.allowance = Some(Arc::clone(allowance));
        Ok(input)
    }

    /// Something that is there and will not be read.
    pub fn refused(name: impl Into<String>, size: Option<u64>, coverage: Coverage) -> Self {
        Self::unread(name.into(), Origin::Refused(coverage), size)
    }

    fn streamed(name: String, mut stream: Stream, size: Option<u64>) -> Self {
        let mut raw_head = Vec::new();
        let mut failure = None;
        let mut read = |wanted: u64, head: &mut Vec<u8>| {
            if failure.is_none() {
                failure = stream.by_ref().take(wanted).read_to_end(head).err();
            }
        };
        read(HEAD_BYTES as u64, &mut raw_head);
        let compression = decode::Compression::of(&raw_head);
        let mut head = raw_head.clone();
        if let Some(compression) = compression {
            read(COMPRESSED_HEAD_BYTES, &mut raw_head);
            head = decode::head_of(compression, raw_head.clone(), HEAD_BYTES);
        }
        let rest: Stream = match failure {
            None => stream,
            failed => Box::new(Fails(failed)),
        };
        let all: Stream = Box::new(Cursor::new(raw_head).chain(rest));
        let origin = Origin::Stream(Arc::new(Mutex::new(Some(all))));
        let mut input = Self::unread(name, origin, size);
        input.compression = compression;
        input.look_at(head);
        input
    }

    /// An object of a store, shown by its URL.
    pub fn object(object: Object) -> Result<Self, SourceError> {
        let (name, size) = (object.url.clone(), object.size);
        Self::sniffed(name, Origin::Object(object), Some(size))
    }

    /// A server named by URL; the name shown has neither user nor password.
    pub fn url(url: impl Into<String>) -> Self {
        let url = url.into();
        Self::unread(without_credentials(&url), Origin::Url(url), None)
    }

    fn unread(name: String, origin: Origin, size: Option<u64>) -> Self {
        Self {
            name,
            origin,
            size,
            compression: None,
            encoding: decode::Encoding::Utf8,
            head: Vec::new(),
            allowance: None,
        }
    }

    fn sniffed(name: String, origin: Origin, size: Option<u64>) -> Result<Self, SourceError> {
        let mut input = Self::unread(name, origin, size);
        let mut raw_head = Vec::new();
        input
            .open_raw()?
            .take(HEAD_BYTES as u64)
            .read_to_end(&mut raw_head)?;
        input.compression = decode::Compression::of(&raw_head);
        if input.compression.is_some() {
            raw_head.clear();
            // A block of a compressed stream may be larger than the head: all of it is opened, and as little read as needed.
            // A broken one shows as a short or empty head; reading it will tell the error.
            let _ = input
                .open()?
                .take(HEAD_BYTES as u64)
                .read_to_end(&mut raw_head);
        }
        input.look_at(raw_head);
        Ok(input)
    }

    /// Guesses the encoding of the decompressed head.
    fn look_at(&mut self, head: Vec<u8>) {
        self.encoding = decode::Encoding::guess(&head);
        self.head = self.encoding.decode_head(head);
    }

    /// The name as it stands in outputs.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file name in lower case, without folders and without the ending of a compression.
    pub fn file_name(&self) -> String {
        self.title().to_ascii_lowercase()
    }

    /// The ending of [`Input::file_name`], empty where there is none.
    pub fn extension(&self) -> String {
        self.file_name()
            .rsplit_once('.')
            .map_or_else(String::new, |(_, ending)| ending.to_owned())
    }

    /// The file name as written, without folders and without the ending of a compression: what a file of records is called.
    pub fn title(&self) -> &str {
        let name = self
            .name
            .rsplit(['/', '\\', '!'])
            .next()
            .unwrap_or(&self.name);
        let ending = name
            .rsplit_once('.')
            .filter(|(_, ending)| is_compression_ending(ending));
        match ending {
            Some((inner, _)) if self.compression.is_some() => inner,
            _ => name,
        }
    }

    /// First bytes, decompressed and decoded to UTF-8.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// Size in bytes as stored, where it is known.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// The whole URL with its credentials, for the reader that connects; never to be shown.
    pub fn connection(&self) -> Option<&str> {
        match &self.origin {
            Origin::Url(url) => Some(url),
            _ => None,
        }
    }

    /// The file on disk, where it is one and not compressed: for formats that seek.
    pub fn path(&self) -> Option<&Path> {
        match &self.origin {
            Origin::File(path) if self.compression.is_none() => Some(path),
            _ => None,
        }
    }

    /// Whether byte ranges of the file are its text: not compressed, UTF-8.
    pub fn is_plain_file(&self) -> bool {
        self.path().is_some() && self.encoding == decode::Encoding::Utf8
    }

    /// Why it is not to be read, where that is settled.
    pub fn refusal(&self) -> Option<&Coverage> {
        match &self.origin {
            Origin::Refused(coverage) => Some(coverage),
            _ => None,
        }
    }

    /// Whether it lies in no other file.
    pub fn is_outermost(&self) -> bool {
        self.allowance.is_none()
    }

    /// The bytes, decompressed.
    pub fn open(&self) -> Result<Stream, SourceError> {
        Ok(self.open_within()?.0)
    }

    /// The bytes, decompressed, and what the file may unpack.
    pub fn open_within(&self) -> Result<(Stream, Arc<Allowance>), SourceError> {
        let allowance = self.allowance();
        let raw = match self.is_outermost() {
            true => allowance.counting(self.open_raw()?),
            false => self.open_raw()?,
        };
        let stream = match self.compression {
            Some(compression) => decode::decompress(compression, raw, &allowance)?,
            None => raw,
        };
        Ok((stream, allowance))
    }

    /// What the file that it lies in may still unpack; a new allowance for what lies in no other.
    pub fn allowance(&self) -> Arc<Allowance> {
        self.allowance.clone().unwrap_or_default()
    }

    /// Its bytes in any order. What cannot be sought in (a stream, compressed) is read into memory, up to `limit` bytes.
    pub fn ranges(&self, limit: u64) -> Result<Ranges, SourceError> {
        let (origin, size) = match (&self.origin, self.compression, self.size) {
            (Origin::File(_) | Origin::Bytes(_) | Origin::Object(_), None, Some(size)) => {
                (self.origin.clone(), size)
            }
            _ => {
                let bytes: Arc<[u8]> = self.read_all(limit)?.into();
                let size = bytes.len() as u64;
                (Origin::Bytes(bytes), size)
            }
        };
        Ok(Ranges { origin, size })
    }

    /// The bytes, decompressed and decoded to UTF-8.
    pub fn open_text(&self) -> Result<Stream, SourceError> {
        Ok(self.encoding.decode(self.open()?))
    }

    /// The bytes, decompressed, for formats that jump about in them: the file itself, or up to `limit` bytes in memory.
    pub fn open_seekable(&self, limit: u64) -> Result<Box<dyn Seekable>, SourceError> {
        if let Some(path) = self.path() {
            return Ok(Box::new(io::BufReader::new(File::open(path)?)));
        }
        match &self.origin {
            Origin::Bytes(bytes) if self.compression.is_none() => {
                Ok(Box::new(Cursor::new(Arc::clone(bytes))))
            }
            _ => Ok(Box::new(Cursor::new(self.read_all(limit)?))),
        }
    }

    /// The text of a split: the whole, or a byte range of a plain file.
    pub fn open_split(&self, range: Option<&Range<u64>>) -> Result<Stream, SourceError> {
        let (Some(range), Some(path)) = (range, self.path()) else {
            return self.open_text();
        };
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(range.start))?;
        Ok(Box::new(file.take(range.end - range.start)))
    }

    /// All bytes, decompressed, unless they are more than `limit`.
    pub fn read_all(&self, limit: u64) -> Result<Vec<u8>, SourceError> {
        read_at_most(self.open()?, limit)
    }

    /// All text, decompressed and decoded, unless it is more than `limit` bytes.
    pub fn read_text(&self, limit: u64) -> Result<String, SourceError> {
        let bytes = read_at_most(self.open_text()?, limit)?;
        // Bytes that are no UTF-8 after decoding are damage; a replacement character keeps the rest readable.
        Ok(String::from_utf8(bytes)
            .unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned()))
    }

    fn open_raw(&self) -> Result<Stream, SourceError> {
        match &self.origin {
            Origin::File(path) => Ok(Box::new(File::open(path)?)),
            Origin::Bytes(bytes) => Ok(Box::new(Cursor::new(Arc::clone(bytes)))),
            Origin::Stream(stream) => {
                let taken = stream
                    .lock()
                    .expect("no reader panics while it takes the stream")
                    .take();
                taken.ok_or_else(|| SourceError::Limit("a stream can be read only once".into()))
            }
            Origin::Object(object) => object_store::open(&object.url, 0, object.size),
            Origin::Url(_) | Origin::Refused(_) => Err(not_bytes()),
        }
    }
}

fn not_bytes() -> SourceError {
    SourceError::Malformed {
        format: "file",
        reason: "it is not a stream of bytes".into(),
        at: At(None),
    }
}

fn is_compression_ending(ending: &str) -> bool {
    ["gz", "zst", "bz2", "xz", "gzip", "zstd"]
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known))
}

/// The limit that an error of reading stands for, where it is one.
pub fn bomb_of(error: &io::Error) -> Option<decode::Bomb> {
    let inner = error.get_ref()?;
    inner.downcast_ref::<decode::Bomb>().copied()
}

/// Why a stream ended before its end, in our own words, and after how many bytes.
pub fn breaks_off(error: &io::Error, after: u64) -> String {
    if let Some(bomb) = bomb_of(error) {
        return bomb.to_string();
    }
    let why = match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            "the compressed stream breaks off before its end".to_owned()
        }
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::Other => {
            "the compressed stream is damaged".to_owned()
        }
        kind => kind.to_string(),
    };
    format!("{why}; {after} bytes were read")
}

fn read_at_most(stream: Stream, limit: u64) -> Result<Vec<u8>, SourceError> {
    let mut bytes = Vec::new();
    stream.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(SourceError::Limit(format!(
            "larger than {} MiB, the most this format is read whole",
            limit >> 20
        )));
    }
    Ok(bytes)
}

/// A URL without user name and password.
pub fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    // The last @ ends the credentials: passwords may hold @ themselves, and those of servers of databases also / ? #,
    // though they should be written otherwise.
    let is_server = ["postgres", "mysql", "mariadb", "redis", "mongodb", "amqp"]
        .iter()
        .any(|name| scheme.to_ascii_lowercase().starts_with(name));
    let searched = if is_server {
        rest
    } else {
        &rest[..authority_end]
    };
    let host_start = searched.rfind('@').map_or(0, |at| at + 1);
    let shown = &rest[host_start..];
    let path_end = shown.find(['?', '#']).unwrap_or(shown.len());
    format!("{scheme}://{}", &shown[..path_end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_folders_and_compression() {
        let packed = [0x1f, 0x8b, 8, 0];
        let input = |name: &str, bytes: &[u8]| Input::bytes(name, bytes).expect("readable");
        assert_eq!(input("a/B.csv.gz", &packed).title(), "B.csv");
        assert_eq!(input("a/B.csv.gz", &packed).extension(), "csv");
        assert_eq!(input("a.zip!/b/B.CSV", b"x").title(), "B.CSV");
        assert_eq!(input("a/B.gz", b"x").title(), "B.gz");
    }

    #[test]
    fn urls_are_shown_without_credentials() {
        for password in ["se/cret", "se?cret", "se#cret", "se@cret/1"] {
            assert_eq!(
                without_credentials(&format!("mysql://ana:{password}@db.example/shop")),
                "mysql://db.example/shop"
            );
        }
        assert_eq!(
            without_credentials("s3://bucket/a@b.csv"),
            "s3://bucket/a@b.csv"
        );
        assert_eq!(
            without_credentials("postgres://ana:p@ss@db.example:5432/shop?password=x"),
            "postgres://db.example:5432/shop"
        );
        assert_eq!(without_credentials("s3://bucket/key"), "s3://bucket/key");
    }
}
