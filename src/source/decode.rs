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
    /// RFC 1951, without a frame: entries of zip archives.
    Deflate,
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

/// What is packed grows beyond all reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Bomb {
    /// More than [`RATIO_AT_MOST`].
    #[error(
        "stopped after {unpacked} bytes unpacked from {packed}: more than {RATIO_AT_MOST} to 1 looks like a decompression bomb"
    )]
    Ratio {
        /// Bytes unpacked, in all layers.
        unpacked: u64,
        /// Bytes they came from, as stored.
        packed: u64,
    },
    /// More than [`UNPACKED_AT_MOST`].
    #[error("stopped after {0} bytes unpacked, the most of one file that are read")]
    Total(u64),
}

/// How many times larger than its compressed form what is packed may get.
pub const RATIO_AT_MOST: u64 = 200;
/// Bytes that may be unpacked before the ratio counts: small files of zeros are harmless.
pub const UNPACKED_FREE: u64 = 10 << 20;
/// Bytes that may be unpacked of one file, in all layers together.
pub const UNPACKED_AT_MOST: u64 = 1 << 40;
/// Entries of archives that are read of one file, in all layers together.
pub const ENTRIES_AT_MOST: u64 = 100_000;

/// How far one file may unpack: shared by everything that lies inside it, however deeply, so that layers do not multiply.
#[derive(Debug, Default)]
pub struct Allowance {
    packed: AtomicU64,
    unpacked: AtomicU64,
    entries: AtomicU64,
}

impl Allowance {
    /// Counts the bytes of the outermost file as they are read.
    pub fn counting(self: &Arc<Self>, stream: Stream) -> Stream {
        let allowance = Arc::clone(self);
        Box::new(Counted { stream, allowance })
    }

    /// Ends an unpacked stream where the allowance is spent.
    pub fn limiting(self: &Arc<Self>, stream: Stream) -> Stream {
        let allowance = Arc::clone(self);
        Box::new(Limited { stream, allowance })
    }

    /// Counts one entry of an archive; `false` where there were too many.
    pub fn has_entry(&self) -> bool {
        self.entries.fetch_add(1, Ordering::Relaxed) < ENTRIES_AT_MOST
    }

    /// Why nothing more is unpacked.
    pub fn spent(&self) -> Option<Bomb> {
        let packed = self.packed.load(Ordering::Relaxed);
        let unpacked = self.unpacked.load(Ordering::Relaxed);
        if unpacked > UNPACKED_AT_MOST {
            return Some(Bomb::Total(unpacked));
        }
        let is_bomb = unpacked > UNPACKED_FREE && unpacked / RATIO_AT_MOST > packed;
        is_bomb.then_some(Bomb::Ratio { unpacked, packed })
    }
}

struct Counted {
    stream: Stream,
    allowance: Arc<Allowance>,
}

impl Read for Counted {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(out)?;
        self.allowance
            .packed
            .fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

struct Limited {
    stream: Stream,
    allowance: Arc<Allowance>,
}

impl Read for Limited {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if let Some(bomb) = self.allowance.spent() {
            return Err(io::Error::other(bomb));
        }
        let read = self.stream.read(out)?;
        self.allowance
            .unpacked
            .fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Wraps a compressed stream, with a limit on how far it may unpack. Concatenated members are read one after the other.
#[cfg(feature = "containers")]
pub fn decompress(
    compression: Compression,
    raw: Stream,
    allowance: &Arc<Allowance>,
) -> Result<Stream, SourceError> {
    let raw = BufReader::with_capacity(64 << 10, raw);
    let stream: Stream = match compression {
        Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(raw)),
        Compression::Deflate => Box::new(flate2::bufread::DeflateDecoder::new(raw)),
        Compression::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(raw)?),
        Compression::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(raw)),
        Compression::Xz => Box::new(lzma_rust2::XzReader::new(raw, true)),
    };
    Ok(allowance.limiting(stream))
}

/// Without the `containers` feature nothing is decompressed.
#[cfg(not(feature = "containers"))]
pub fn decompress(
    compression: Compression,
    _: Stream,
    _: &Arc<Allowance>,
) -> Result<Stream, SourceError> {
    Err(SourceError::Limit(format!(
        "{compression:?} needs ropa built with the feature `containers`"
    )))
}

/// The first decompressed bytes of a compressed head; what is there before it breaks off.
pub fn head_of(compression: Compression, raw_head: Vec<u8>, limit: usize) -> Vec<u8> {
    let mut head = Vec::new();
    let raw: Stream = Box::new(Cursor::new(raw_head));
    if let Ok(stream) = decompress(compression, raw, &Arc::default()) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::input::breaks_off;
    use crate::source::recording::Recording;
    use crate::source::{Budget, Coverage, Input, Outcome, Reader, Split, text};
    use std::io::Write;

    /// Hands out one byte at a time.
    struct Drops(Cursor<Vec<u8>>);

    impl Read for Drops {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let wanted = out.len().min(1);
            self.0.read(&mut out[..wanted])
        }
    }

    fn packed(compression: Compression, text: &[u8]) -> Vec<u8> {
        match compression {
            Compression::Gzip => {
                let mut packer =
                    flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                packer.write_all(text).expect("memory takes all");
                packer.finish().expect("memory takes all")
            }
            Compression::Zstd => zstd::encode_all(text, 1).expect("memory takes all"),
            Compression::Deflate => unreachable!("it has no magic number"),
            Compression::Bzip2 => {
                let mut packer =
                    bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
                packer.write_all(text).expect("memory takes all");
                packer.finish().expect("memory takes all")
            }
            Compression::Xz => {
                let mut packer =
                    lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::default())
                        .expect("defaults are valid");
                packer.write_all(text).expect("memory takes all");
                packer.finish().expect("memory takes all")
            }
        }
    }

    const ALL: [Compression; 4] = [
        Compression::Gzip,
        Compression::Zstd,
        Compression::Bzip2,
        Compression::Xz,
    ];

    /// Lines that do not compress to nothing.
    fn lines(count: u64) -> String {
        let mut state = 1_u64;
        let mut number = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            state
        };
        (0..count)
            .map(|at| format!("line {at} {:x} {:x}\n", number(), number()))
            .collect()
    }

    fn read(input: &Input) -> (String, Outcome) {
        let mut recording = Recording::default();
        let outcome = text::READER
            .read(input, &Split::whole(), &Budget::default(), &mut recording)
            .expect("read");
        (
            recording
                .texts
                .into_iter()
                .map(|(_, _, text)| text)
                .collect(),
            outcome,
        )
    }

    #[test]
    fn compressed_text_reads_as_the_text() {
        let text = lines(8_000);
        for compression in ALL {
            let bytes = packed(compression, text.as_bytes());
            for input in [
                Input::bytes("a.log.x", bytes.clone()).expect("readable"),
                Input::stream("-", Box::new(Cursor::new(bytes.clone()))).expect("readable"),
            ] {
                assert_eq!(
                    input.head(),
                    &text.as_bytes()[..input.head().len()],
                    "{compression:?}"
                );
                assert_eq!(
                    input.head().len(),
                    crate::source::input::HEAD_BYTES,
                    "{compression:?}"
                );
                let (read, outcome) = read(&input);
                assert!(read == text, "{compression:?}");
                assert_eq!(
                    outcome,
                    Outcome {
                        coverage: Coverage::Whole,
                        lines: 8_000,
                        unresolved: 0
                    }
                );
            }
        }
    }

    #[test]
    fn members_after_each_other_are_one_text() {
        for compression in [Compression::Gzip, Compression::Zstd, Compression::Bzip2] {
            let both = [packed(compression, b"one\n"), packed(compression, b"two\n")].concat();
            let input = Input::stream("-", Box::new(Drops(Cursor::new(both)))).expect("readable");
            assert_eq!(read(&input).0, "one\ntwo\n", "{compression:?}");
        }
    }

    #[test]
    fn a_truncated_stream_gives_what_is_there() {
        let text = lines(12_000);
        for compression in ALL {
            let bytes = packed(compression, text.as_bytes());
            let input = Input::bytes("a.log", &bytes[..bytes.len() * 3 / 4]).expect("readable");
            let (read, outcome) = read(&input);
            assert!(
                read.len() > text.len() / 10 && text.starts_with(&read),
                "{compression:?} gave {} bytes",
                read.len()
            );
            assert!(
                matches!(&outcome.coverage, Coverage::Partial(why) if why.contains("breaks off") || why.contains("damaged")),
                "{compression:?}"
            );
        }
    }

    #[test]
    fn a_bomb_is_stopped() {
        let bomb = packed(Compression::Zstd, &vec![b'a'; 100 << 20]);
        assert!(bomb.len() < 64 << 10);
        let allowance = Arc::new(Allowance::default());
        let raw = allowance.counting(Box::new(Cursor::new(bomb)));
        let mut stream = decompress(Compression::Zstd, raw, &allowance).expect("opened");
        let error = io::copy(&mut stream, &mut io::sink()).expect_err("stopped");
        assert!(
            breaks_off(&error, 0).contains("decompression bomb"),
            "{}",
            breaks_off(&error, 0)
        );
    }

    #[test]
    fn encodings() {
        let utf16 = |text: &str, to: fn(u16) -> [u8; 2]| {
            text.encode_utf16().flat_map(to).collect::<Vec<u8>>()
        };
        let text = "naïve Zoë wrote a line\n";
        for (name, bytes) in [
            ("utf-8", text.as_bytes().to_vec()),
            ("marked", ["\u{feff}".as_bytes(), text.as_bytes()].concat()),
            ("utf-16le", utf16(text, u16::to_le_bytes)),
            (
                "utf-16be",
                utf16(&format!("\u{feff}{text}"), u16::to_be_bytes),
            ),
            ("windows-1252", text.chars().map(|c| c as u8).collect()),
        ] {
            let input = Input::stream("-", Box::new(Drops(Cursor::new(bytes)))).expect("readable");
            assert_eq!(input.head(), text.as_bytes(), "{name}");
            assert_eq!(read(&input).0, text, "{name}");
        }
    }

    #[test]
    fn wrong_bytes_in_the_middle_lose_nothing_around_them() {
        let text = [
            lines(2_000).as_bytes(),
            b"caf\xe9 \xff\n",
            lines(10).as_bytes(),
        ]
        .concat();
        let (read, outcome) = read(&Input::bytes("a.txt", text).expect("readable"));
        assert!(read.contains("caf\u{fffd} \u{fffd}\n"));
        assert!(read.ends_with(&lines(10)));
        assert_eq!(outcome.lines, 2_011);
    }
}
