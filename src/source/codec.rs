//! Packed blocks, as columns and block formats keep them: unpacked whole, never to more than the reader allows.
//! Knows nothing of what a block holds; streams are the business of `decode`.

use std::io::Read;

/// How a block is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// Not at all.
    Plain,
    /// Snappy, without frames.
    Snappy,
    /// Gzip.
    Gzip,
    /// Deflate without a header.
    Deflate,
    /// Brotli.
    Brotli,
    /// Zstandard.
    Zstd,
    /// LZ4 block, its size known from elsewhere.
    Lz4,
    /// LZ4 blocks, each after its two sizes, as Hadoop writes them.
    Lz4Hadoop,
    /// LZ4 in frames.
    Lz4Frame,
    /// Bzip2.
    Bzip2,
    /// XZ.
    Xz,
}

/// Why a block was not unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is damaged.
    Damaged,
    /// It unpacks to more than is allowed.
    TooLarge,
    /// This build leaves the codec out.
    LeftOut,
}

impl Refusal {
    /// In words, for a reason.
    pub fn told(self) -> &'static str {
        match self {
            Refusal::Damaged => "a packed block is damaged",
            Refusal::TooLarge => "a packed block unpacks to more than is kept in memory",
            Refusal::LeftOut => {
                "it is packed in a way that this ropa was built without; build it with --features blocks"
            }
        }
    }
}

/// Unpacks a block. `size` is what it unpacks to, where the format tells; nothing larger than `limit` is made.
pub fn unpack(
    codec: Codec,
    packed: &[u8],
    size: Option<usize>,
    limit: usize,
) -> Result<Vec<u8>, Refusal> {
    if size.is_some_and(|size| size > limit) {
        return Err(Refusal::TooLarge);
    }
    match codec {
        Codec::Plain if packed.len() > limit => Err(Refusal::TooLarge),
        Codec::Plain => Ok(packed.to_vec()),
        _ => unpack_packed(codec, packed, size, limit),
    }
}

#[cfg(feature = "blocks")]
fn unpack_packed(
    codec: Codec,
    packed: &[u8],
    size: Option<usize>,
    limit: usize,
) -> Result<Vec<u8>, Refusal> {
    match codec {
        Codec::Plain => Ok(packed.to_vec()),
        Codec::Snappy => {
            let size = snap::raw::decompress_len(packed).map_err(|_| Refusal::Damaged)?;
            if size > limit {
                return Err(Refusal::TooLarge);
            }
            let unpacked = snap::raw::Decoder::new().decompress_vec(packed);
            unpacked.map_err(|_| Refusal::Damaged)
        }
        Codec::Lz4 => {
            let size = size.ok_or(Refusal::Damaged)?;
            lz4_flex::block::decompress(packed, size).map_err(|_| Refusal::Damaged)
        }
        Codec::Lz4Hadoop => hadoop(packed, size, limit),
        Codec::Gzip => all(flate2::bufread::MultiGzDecoder::new(packed), size, limit),
        Codec::Deflate => all(flate2::bufread::DeflateDecoder::new(packed), size, limit),
        Codec::Brotli => all(
            brotli_decompressor::Decompressor::new(packed, 4096),
            size,
            limit,
        ),
        Codec::Zstd => {
            let stream = zstd::stream::read::Decoder::with_buffer(packed);
            all(stream.map_err(|_| Refusal::Damaged)?, size, limit)
        }
        Codec::Lz4Frame => all(lz4_flex::frame::FrameDecoder::new(packed), size, limit),
        Codec::Bzip2 => all(bzip2::bufread::MultiBzDecoder::new(packed), size, limit),
        Codec::Xz => all(lzma_rust2::XzReader::new(packed, true), size, limit),
    }
}

#[cfg(not(feature = "blocks"))]
fn unpack_packed(_: Codec, _: &[u8], _: Option<usize>, _: usize) -> Result<Vec<u8>, Refusal> {
    Err(Refusal::LeftOut)
}

/// Everything that a stream unpacks to.
#[cfg_attr(not(feature = "blocks"), expect(dead_code))]
fn all(stream: impl Read, size: Option<usize>, limit: usize) -> Result<Vec<u8>, Refusal> {
    let mut unpacked = Vec::with_capacity(size.unwrap_or(0));
    let mut stream = stream.take(limit as u64 + 1);
    stream
        .read_to_end(&mut unpacked)
        .map_err(|_| Refusal::Damaged)?;
    if unpacked.len() > limit {
        return Err(Refusal::TooLarge);
    }
    Ok(unpacked)
}

/// Blocks of Hadoop; some writers leave their sizes out, then it is one plain block.
#[cfg(feature = "blocks")]
fn hadoop(packed: &[u8], size: Option<usize>, limit: usize) -> Result<Vec<u8>, Refusal> {
    let size = size.ok_or(Refusal::Damaged)?;
    let mut unpacked = Vec::with_capacity(size.min(limit));
    let mut rest = packed;
    while let Some((sizes, after)) = rest.split_at_checked(8) {
        let number = |at: usize| {
            u32::from_be_bytes([sizes[at], sizes[at + 1], sizes[at + 2], sizes[at + 3]]) as usize
        };
        let block = after
            .get(..number(4))
            .filter(|_| number(0) + unpacked.len() <= size);
        let Some(piece) =
            block.and_then(|block| lz4_flex::block::decompress(block, number(0)).ok())
        else {
            break;
        };
        unpacked.extend(piece);
        rest = &after[number(4)..];
    }
    if unpacked.len() == size {
        return Ok(unpacked);
    }
    lz4_flex::block::decompress(packed, size).map_err(|_| Refusal::Damaged)
}

#[cfg(all(test, feature = "blocks"))]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_never_larger_than_allowed() {
        let zeros = vec![0_u8; 1 << 20];
        let snappy = snap::raw::Encoder::new()
            .compress_vec(&zeros)
            .expect("memory takes all");
        let zstd = zstd::encode_all(zeros.as_slice(), 1).expect("memory takes all");
        let lz4 = lz4_flex::block::compress(&zeros);
        for (codec, packed) in [
            (Codec::Snappy, &snappy),
            (Codec::Zstd, &zstd),
            (Codec::Lz4, &lz4),
        ] {
            let size = Some(zeros.len());
            assert_eq!(
                unpack(codec, packed, size, 1 << 20).as_deref(),
                Ok(zeros.as_slice())
            );
            assert_eq!(
                unpack(codec, packed, size, 1 << 19),
                Err(Refusal::TooLarge),
                "{codec:?}"
            );
            let cut = &packed[..packed.len() / 2];
            assert_eq!(
                unpack(codec, cut, size, 1 << 20),
                Err(Refusal::Damaged),
                "{codec:?}"
            );
        }
        assert_eq!(
            unpack(Codec::Zstd, &zstd, None, 1 << 19),
            Err(Refusal::TooLarge)
        );
        assert_eq!(
            unpack(Codec::Lz4Hadoop, &lz4, Some(1 << 20), 1 << 20).map(|b| b.len()),
            Ok(1 << 20)
        );
    }
}
