//! From stored bytes to UTF-8 text: compression by its magic number, encoding by mark or first bytes.
//! Streams throughout; knows nothing of formats.

use super::SourceError;
use super::input::Stream;
use std::io::{self, BufReader, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A compression of a single stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
    /// bzip2.
    Bzip2,
    /// .xz container.
    Xz,
}

impl Compression {
    /// The compression whose magic number begins `head`.
    pub fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, ..] => Some(Self::Bzip2),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            _ => None,
        }
    }
}

/// A compressed stream that grows beyond all reason.
#[derive(Debug, thiserror::Error)]
#[error(
    "stopped after {unpacked} bytes unpacked from {packed}: more than {RATIO_AT_MOST} to 1 looks like a decompression bomb"
)]
pub struct Bomb {
    unpacked: u64,
    packed: u64,
}

/// How many times larger than its compressed form a stream may get.
const RATIO_AT_MOST: u64 = 200;
/// Bytes that may be unpacked before the ratio counts: small files of zeros are harmless.
const UNPACKED_FREE: u64 = 64 << 20;

/// Counts what goes into a decompressor.
struct Counted {
    stream: Stream,
    packed: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(out)?;
        self.packed.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Ends a stream that unpacks to more than [`RATIO_AT_MOST`].
struct Limited {
    stream: Stream,
    packed: Arc<AtomicU64>,
    unpacked: u64,
}

impl Read for Limited {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let packed = self.packed.load(Ordering::Relaxed);
        if self.unpacked > UNPACKED_FREE && self.unpacked / RATIO_AT_MOST > packed {
            return Err(io::Error::other(Bomb {
                unpacked: self.unpacked,
                packed,
            }));
        }
        let read = self.stream.read(out)?;
        self.unpacked += read as u64;
        Ok(read)
    }
}

/// Wraps a compressed stream, with a limit on how far it may unpack. Concatenated members are read one after the other.
#[cfg(feature = "containers")]
pub fn decompress(compression: Compression, raw: Stream) -> Result<Stream, SourceError> {
    let packed = Arc::new(AtomicU64::new(0));
    let counted: Stream = Box::new(Counted {
        stream: raw,
        packed: Arc::clone(&packed),
    });
    let raw = BufReader::with_capacity(64 << 10, counted);
    let stream: Stream = match compression {
        Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(raw)),
        Compression::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(raw)?),
        Compression::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(raw)),
        Compression::Xz => Box::new(lzma_rust2::XzReader::new(raw, true)),
    };
    Ok(Box::new(Limited {
        stream,
        packed,
        unpacked: 0,
    }))
}

/// Without the `containers` feature nothing is decompressed.
#[cfg(not(feature = "containers"))]
pub fn decompress(compression: Compression, _: Stream) -> Result<Stream, SourceError> {
    Err(SourceError::Limit(format!(
        "{compression:?} needs ropa built with the feature `containers`"
    )))
}

/// The first decompressed bytes of a compressed head; what is there before it breaks off.
pub fn head_of(compression: Compression, raw_head: Vec<u8>, limit: usize) -> Vec<u8> {
    let mut head = Vec::new();
    if let Ok(stream) = decompress(compression, Box::new(Cursor::new(raw_head))) {
        // The head is cut off, so an error at its end is expected; the bytes before it stand.
        let _ = stream.take(limit as u64).read_to_end(&mut head);
    }
    head
}

/// How text is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, or bytes that are no text.
    Utf8,
    /// UTF-8 with a byte order mark to drop.
    Utf8Marked,
    /// UTF-16, little endian.
    Utf16Le,
    /// UTF-16, big endian.
    Utf16Be,
    /// Windows-1252, the superset of ISO 8859-1 that browsers and Excel use.
    Windows1252,
}

impl Encoding {
    /// The encoding of text that begins so.
    pub fn guess(head: &[u8]) -> Self {
        match head {
            [0xef, 0xbb, 0xbf, ..] => Self::Utf8Marked,
            [0xff, 0xfe, ..] => Self::Utf16Le,
            [0xfe, 0xff, ..] => Self::Utf16Be,
            _ => Self::guess_unmarked(head),
        }
    }

    fn guess_unmarked(head: &[u8]) -> Self {
        let zeros = |parity: usize| {
            head.iter()
                .skip(parity)
                .step_by(2)
                .filter(|b| **b == 0)
                .count()
        };
        let half = head.len() / 2;
        // ASCII in UTF-16 has a zero in every second byte and none in the others.
        if half >= 4 && zeros(1) * 10 > half * 8 && zeros(0) * 10 < half {
            return Self::Utf16Le;
        }
        if half >= 4 && zeros(0) * 10 > half * 8 && zeros(1) * 10 < half {
            return Self::Utf16Be;
        }
        match std::str::from_utf8(head) {
            Err(e) if e.error_len().is_some() && !head.contains(&0) => Self::Windows1252,
            _ => Self::Utf8,
        }
    }

    fn decoder(self) -> Option<encoding_rs::Decoder> {
        let encoding = match self {
            Self::Utf8 => return None,
            Self::Utf8Marked => encoding_rs::UTF_8,
            Self::Utf16Le => encoding_rs::UTF_16LE,
            Self::Utf16Be => encoding_rs::UTF_16BE,
            Self::Windows1252 => encoding_rs::WINDOWS_1252,
        };
        Some(encoding.new_decoder_with_bom_removal())
    }

    /// The head in UTF-8.
    pub fn decode_head(self, head: Vec<u8>) -> Vec<u8> {
        let Some(mut decoder) = self.decoder() else {
            return head;
        };
        let mut text = String::with_capacity(head.len() * 2);
        let _ = decoder.decode_to_string(&head, &mut text, false);
        text.into_bytes()
    }

    /// The stream in UTF-8; malformed sequences become U+FFFD.
    pub fn decode(self, stream: Stream) -> Stream {
        match self.decoder() {
            None => stream,
            Some(decoder) => Box::new(Decoding {
                stream,
                decoder,
                raw: vec![0; 32 << 10],
                text: Vec::new(),
                at: 0,
                ended: false,
            }),
        }
    }
}

struct Decoding {
    stream: Stream,
    decoder: encoding_rs::Decoder,
    raw: Vec<u8>,
    text: Vec<u8>,
    at: usize,
    ended: bool,
}

impl Decoding {
    fn refill(&mut self) -> io::Result<()> {
        let read = self.stream.read(&mut self.raw)?;
        self.ended = read == 0;
        let needed = self
            .decoder
            .max_utf8_buffer_length(read)
            .unwrap_or(read * 4 + 16);
        self.text.resize(needed, 0);
        let (_, _, written, _) =
            self.decoder
                .decode_to_utf8(&self.raw[..read], &mut self.text, self.ended);
        self.text.truncate(written);
        self.at = 0;
        Ok(())
    }
}

impl Read for Decoding {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.at == self.text.len() && !self.ended {
            self.refill()?;
        }
        let taken = (&self.text[self.at..]).read(out)?;
        self.at += taken;
        Ok(taken)
    }
}
