//! One pass over the bytes of a text: which are digits, which are joints (`:` and `-`), as bit masks of 64 bytes each.
//! The only `unsafe` code: AVX2 where the machine has it, with a portable twin that gives the same masks bit for bit.
#![allow(
    unsafe_code,
    reason = "AVX2 intrinsics; each block says why it is sound"
)]

/// Bit masks of a text: bit `i % 64` of word `i / 64` stands for byte `i`. Bits beyond the text are 0.
#[derive(Default)]
pub(super) struct Masks {
    /// ASCII digits.
    pub digits: Vec<u64>,
    /// `:` and `-`.
    pub joints: Vec<u64>,
    /// ASCII letters, digits and `_`.
    pub words: Vec<u64>,
}

/// Fills the masks of a text.
pub(super) fn fill(text: &[u8], masks: &mut Masks) {
    masks.digits.clear();
    masks.joints.clear();
    masks.words.clear();
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the feature was just detected.
        let done = unsafe { fill_avx2(text, masks) };
        return fill_portable(&text[done..], masks);
    }
    fill_portable(text, masks);
}

/// Whole blocks of 64 bytes; returns how many bytes they are.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn fill_avx2(text: &[u8], masks: &mut Masks) -> usize {
    use std::arch::x86_64::{
        __m256i, _mm256_add_epi8, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8, _mm256_loadu_si256,
        _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8,
    };
    let blocks = text.chunks_exact(64);
    let done = text.len() - blocks.remainder().len();
    masks.digits.reserve(text.len() / 64 + 1);
    masks.joints.reserve(text.len() / 64 + 1);
    masks.words.reserve(text.len() / 64 + 1);
    // A range of bytes becomes the smallest signed bytes, so that one comparison finds it.
    let digit_shift = _mm256_set1_epi8((-128_i8).wrapping_sub(b'0' as i8));
    let digit_bound = _mm256_set1_epi8(-128 + 10);
    let letter_shift = _mm256_set1_epi8((-128_i8).wrapping_sub(b'a' as i8));
    let letter_bound = _mm256_set1_epi8(-128 + 26);
    let (case, underscore) = (_mm256_set1_epi8(0x20), _mm256_set1_epi8(b'_' as i8));
    let (colon, dash) = (_mm256_set1_epi8(b':' as i8), _mm256_set1_epi8(b'-' as i8));
    for block in blocks {
        let mut digits = [0_u32; 2];
        let mut joints = [0_u32; 2];
        let mut words = [0_u32; 2];
        for half in 0..2 {
            // SAFETY: the block has 64 bytes, so 32 can be read from 0 and from 32; the load needs no alignment.
            let bytes =
                unsafe { _mm256_loadu_si256(block.as_ptr().add(half * 32).cast::<__m256i>()) };
            let is_digit = _mm256_cmpgt_epi8(digit_bound, _mm256_add_epi8(bytes, digit_shift));
            let small = _mm256_or_si256(bytes, case);
            let is_letter = _mm256_cmpgt_epi8(letter_bound, _mm256_add_epi8(small, letter_shift));
            let is_word = _mm256_or_si256(is_digit, _mm256_cmpeq_epi8(bytes, underscore));
            words[half] = _mm256_movemask_epi8(_mm256_or_si256(is_word, is_letter)) as u32;
            let is_joint = _mm256_or_si256(
                _mm256_cmpeq_epi8(bytes, colon),
                _mm256_cmpeq_epi8(bytes, dash),
            );
            digits[half] = _mm256_movemask_epi8(is_digit) as u32;
            joints[half] = _mm256_movemask_epi8(is_joint) as u32;
        }
        masks
            .digits
            .push(u64::from(digits[0]) | u64::from(digits[1]) << 32);
        masks
            .joints
            .push(u64::from(joints[0]) | u64::from(joints[1]) << 32);
        masks
            .words
            .push(u64::from(words[0]) | u64::from(words[1]) << 32);
    }
    done
}

/// The same masks, eight bytes at a time in ordinary registers.
fn fill_portable(text: &[u8], masks: &mut Masks) {
    for block in text.chunks(64) {
        let (mut digits, mut joints, mut words) = (0, 0, 0);
        for (i, eight) in block.chunks(8).enumerate() {
            let mut bytes = [0; 8];
            bytes[..eight.len()].copy_from_slice(eight);
            let word = u64::from_le_bytes(bytes);
            let is_digit = range_bytes(word, b'0', b'9');
            // Letters differ from their capitals in one bit; a byte beyond ASCII stays one.
            let is_letter = range_bytes(word | (LOW * 0x20), b'a', b'z');
            digits |= gather(is_digit) << (8 * i);
            words |= gather(is_digit | is_letter | equal_bytes(word, b'_')) << (8 * i);
            joints |= gather(equal_bytes(word, b':') | equal_bytes(word, b'-')) << (8 * i);
        }
        masks.digits.push(digits);
        masks.joints.push(joints);
        masks.words.push(words);
    }
}

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The high bit of each byte from `first` to `last`, both ASCII.
fn range_bytes(word: u64, first: u8, last: u8) -> u64 {
    let seven = word & !HIGH;
    // Adding lifts into the high bit what is at least `first`, and what is beyond `last`; no byte carries into the next.
    let at_least = seven + LOW * u64::from(0x80 - first);
    let beyond = seven + LOW * u64::from(0x80 - (last + 1));
    at_least & !beyond & !word & HIGH
}

/// The high bit of each byte that equals `wanted`.
fn equal_bytes(word: u64, wanted: u8) -> u64 {
    let differs = word ^ (LOW * u64::from(wanted));
    let low_bits = (differs & !HIGH) + !HIGH;
    !(low_bits | differs) & HIGH
}

/// The high bits of the eight bytes, side by side.
fn gather(high_bits: u64) -> u64 {
    (high_bits >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// The runs of set bits of a mask, as (start, end), in order.
pub(super) struct Runs<'a> {
    words: &'a [u64],
    /// Bits of the current word not yet read.
    left: u64,
    at: usize,
}

impl<'a> Runs<'a> {
    /// The runs of a mask.
    pub fn new(words: &'a [u64]) -> Self {
        Self {
            words,
            left: words.first().copied().unwrap_or(0),
            at: 0,
        }
    }
}

impl Iterator for Runs<'_> {
    type Item = (usize, usize);

    #[inline]
    fn next(&mut self) -> Option<(usize, usize)> {
        while self.left == 0 {
            self.at += 1;
            self.left = *self.words.get(self.at)?;
        }
        let first = self.left.trailing_zeros();
        let start = self.at * 64 + first as usize;
        let mut length = (self.left >> first).trailing_ones();
        let mut end = start + length as usize;
        while end.is_multiple_of(64) {
            // The run reaches the end of its word and may go on in the next.
            self.at += 1;
            self.left = self.words.get(self.at).copied().unwrap_or(0);
            length = self.left.trailing_ones();
            end += length as usize;
            if length < 64 {
                self.left &= !((1_u64 << length) - 1);
                return Some((start, end));
            }
        }
        self.left &= !(((1_u64 << length) - 1) << first);
        Some((start, end))
    }
}

/// The set bits of a mask, in order.
pub(super) fn ones(words: &[u64]) -> impl Iterator<Item = usize> + '_ {
    words.iter().enumerate().flat_map(|(at, word)| {
        let mut left = *word;
        std::iter::from_fn(move || {
            (left != 0).then(|| {
                let bit = left.trailing_zeros() as usize;
                left &= left - 1;
                at * 64 + bit
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small generator with a fixed seed (xorshift).
    fn random(state: &mut u64) -> u64 {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state
    }

    fn naive(text: &[u8], is_set: impl Fn(u8) -> bool) -> Vec<u64> {
        let mut words = vec![0; text.len().div_ceil(64)];
        for (i, byte) in text.iter().enumerate() {
            words[i / 64] |= u64::from(is_set(*byte)) << (i % 64);
        }
        words
    }

    #[test]
    fn both_ways_give_the_same_masks_with_ragged_ends() {
        let mut state = 42;
        let common = b"0123456789:-/. azAZ_@[`{\xc3\xe1\xff\x00\n";
        for round in 0..3_000_usize {
            let length = round % 300;
            let any_byte = round % 3 == 0;
            let mut draw = |_| {
                let r = random(&mut state);
                if any_byte {
                    r as u8
                } else {
                    common[(r % common.len() as u64) as usize]
                }
            };
            let text: Vec<u8> = (0..length).map(&mut draw).collect();
            let (mut fast, mut portable) = (Masks::default(), Masks::default());
            fill(&text, &mut fast);
            fill_portable(&text, &mut portable);
            assert_eq!(fast.digits, portable.digits);
            assert_eq!(fast.joints, portable.joints);
            assert_eq!(fast.words, portable.words);
            assert_eq!(
                fast.words,
                naive(&text, |b| b.is_ascii_alphanumeric() || b == b'_')
            );
            assert_eq!(fast.digits, naive(&text, |b| b.is_ascii_digit()));
            assert_eq!(fast.joints, naive(&text, |b| b == b':' || b == b'-'));
        }
    }

    #[test]
    fn runs_are_those_of_a_byte_loop() {
        let mut state = 7;
        for round in 0..2_000_usize {
            let length = round % 400;
            let sparse = round % 4;
            let text: Vec<u8> = (0..length)
                .map(|_| {
                    if random(&mut state) % 8 > sparse as u64 * 2 {
                        b'7'
                    } else {
                        b'x'
                    }
                })
                .collect();
            let mut masks = Masks::default();
            fill(&text, &mut masks);
            let mut expected = Vec::new();
            let mut at = 0;
            while at < text.len() {
                let run = text[at..].iter().take_while(|b| b.is_ascii_digit()).count();
                if run > 0 {
                    expected.push((at, at + run));
                }
                at += run.max(1);
            }
            assert_eq!(Runs::new(&masks.digits).collect::<Vec<_>>(), expected);
            let bits: Vec<usize> = ones(&masks.digits).collect();
            let wanted: Vec<usize> = (0..text.len())
                .filter(|i| text[*i].is_ascii_digit())
                .collect();
            assert_eq!(bits, wanted);
        }
    }
}
