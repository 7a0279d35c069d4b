//! One pass over the bytes of a text: which are digits, joints (`:` and `-`), words, capitals, as bit masks of 64 bytes each.
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
    /// ASCII capitals.
    pub capitals: Vec<u64>,
    /// ASCII small letters.
    pub smalls: Vec<u64>,
    /// What is beyond ASCII.
    pub beyond: Vec<u64>,
    /// Bytes of regions: letters, digits, what is beyond ASCII, and [`REGION_MARKS`].
    pub regions: Vec<u64>,
    /// Where UUIDs start: no bits, but places.
    pub uuids: Vec<usize>,
}

/// Bytes that may stand in a region of digits, beside ASCII letters and digits and what is beyond ASCII.
pub(super) const REGION_MARKS: &[u8] = b" -./+(),;:_#&";

/// Fills the masks of a text.
pub(super) fn fill(text: &[u8], masks: &mut Masks) {
    masks.resize(text.len().div_ceil(64));
    #[cfg(target_arch = "x86_64")]
    if has_avx2() {
        // SAFETY: the feature was just detected.
        let done = unsafe { fill_avx2(text, masks) };
        return fill_portable(text, done, masks);
    }
    fill_portable(text, 0, masks);
}

/// Whether the fast way is taken; `ROPA_PORTABLE` in the environment asks for the portable one, to measure it anywhere.
#[cfg(target_arch = "x86_64")]
fn has_avx2() -> bool {
    static HAS_AVX2: std::sync::LazyLock<bool> = std::sync::LazyLock::new(|| {
        std::arch::is_x86_feature_detected!("avx2") && std::env::var_os("ROPA_PORTABLE").is_none()
    });
    *HAS_AVX2
}

impl Masks {
    fn resize(&mut self, words: usize) {
        for mask in [
            &mut self.digits,
            &mut self.joints,
            &mut self.words,
            &mut self.capitals,
            &mut self.smalls,
            &mut self.beyond,
            &mut self.regions,
        ] {
            mask.clear();
            mask.resize(words, 0);
        }
    }
}

/// For each low half of an ASCII byte, the high halves (2 to 7, as bits 0 to 5) with which it is a byte of regions.
const REGION_LOW: [u8; 16] = region_low();
/// The bit of each high half; beyond ASCII all bytes count, which bit 7 says.
const REGION_HIGH: [u8; 16] = [
    0, 0, 1, 2, 4, 8, 16, 32, 128, 128, 128, 128, 128, 128, 128, 128,
];

const fn region_low() -> [u8; 16] {
    let mut table = [128; 16];
    let mut byte = 32;
    while byte < 128_u8 {
        let mut is_in = byte.is_ascii_alphanumeric();
        let mut at = 0;
        while at < REGION_MARKS.len() {
            is_in |= REGION_MARKS[at] == byte;
            at += 1;
        }
        if is_in {
            table[(byte & 15) as usize] |= 1 << ((byte >> 4) - 2);
        }
        byte += 1;
    }
    table
}

/// Whether a byte may stand in a region of digits.
#[inline]
pub(super) fn is_region_byte(byte: u8) -> bool {
    REGION_LOW[usize::from(byte & 15)] & REGION_HIGH[usize::from(byte >> 4)] != 0
}

/// Whole blocks of 64 bytes; returns how many bytes they are.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn fill_avx2(text: &[u8], masks: &mut Masks) -> usize {
    use std::arch::x86_64::{
        __m256i, _mm_loadu_si128, _mm256_add_epi8, _mm256_and_si256, _mm256_broadcastsi128_si256,
        _mm256_cmpeq_epi8, _mm256_cmpgt_epi8, _mm256_loadu_si256, _mm256_movemask_epi8,
        _mm256_or_si256, _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8,
        _mm256_srli_epi16,
    };
    let blocks = text.chunks_exact(64);
    let done = text.len() - blocks.remainder().len();
    // A range of bytes becomes the smallest signed bytes, so that one comparison finds it.
    let shift = |first: u8| _mm256_set1_epi8((-128_i8).wrapping_sub(first as i8));
    let (digit_shift, letter_shift, capital_shift) = (shift(b'0'), shift(b'a'), shift(b'A'));
    let (digit_bound, letter_bound) = (_mm256_set1_epi8(-128 + 10), _mm256_set1_epi8(-128 + 26));
    let (case, underscore) = (_mm256_set1_epi8(0x20), _mm256_set1_epi8(b'_' as i8));
    let (colon, dash) = (_mm256_set1_epi8(b':' as i8), _mm256_set1_epi8(b'-' as i8));
    let (half_byte, zero) = (_mm256_set1_epi8(15), _mm256_setzero_si256());
    // SAFETY: both tables have 16 bytes; the loads need no alignment.
    let (low_table, high_table) = unsafe {
        (
            _mm256_broadcastsi128_si256(_mm_loadu_si128(REGION_LOW.as_ptr().cast())),
            _mm256_broadcastsi128_si256(_mm_loadu_si128(REGION_HIGH.as_ptr().cast())),
        )
    };
    let outputs = masks
        .digits
        .iter_mut()
        .zip(&mut masks.joints)
        .zip(&mut masks.words)
        .zip(&mut masks.capitals)
        .zip(&mut masks.smalls)
        .zip(&mut masks.beyond)
        .zip(&mut masks.regions);
    for (block, ((((((digits, joints), words), capitals), smalls), beyond), regions)) in
        blocks.zip(outputs)
    {
        for half in 0..2 {
            // SAFETY: the block has 64 bytes, so 32 can be read from 0 and from 32; the load needs no alignment.
            let bytes =
                unsafe { _mm256_loadu_si256(block.as_ptr().add(half * 32).cast::<__m256i>()) };
            let put = |mask: &mut u64, lanes: __m256i| {
                *mask |= u64::from(_mm256_movemask_epi8(lanes) as u32) << (32 * half);
            };
            let is_digit = _mm256_cmpgt_epi8(digit_bound, _mm256_add_epi8(bytes, digit_shift));
            let small = _mm256_or_si256(bytes, case);
            let is_letter = _mm256_cmpgt_epi8(letter_bound, _mm256_add_epi8(small, letter_shift));
            let is_word = _mm256_or_si256(is_digit, _mm256_cmpeq_epi8(bytes, underscore));
            let is_colon = _mm256_cmpeq_epi8(bytes, colon);
            let low = _mm256_shuffle_epi8(low_table, _mm256_and_si256(bytes, half_byte));
            let high = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), half_byte);
            let both = _mm256_and_si256(low, _mm256_shuffle_epi8(high_table, high));
            put(digits, is_digit);
            put(words, _mm256_or_si256(is_word, is_letter));
            put(
                joints,
                _mm256_or_si256(is_colon, _mm256_cmpeq_epi8(bytes, dash)),
            );
            put(
                capitals,
                _mm256_cmpgt_epi8(letter_bound, _mm256_add_epi8(bytes, capital_shift)),
            );
            put(
                smalls,
                _mm256_cmpgt_epi8(letter_bound, _mm256_add_epi8(bytes, letter_shift)),
            );
            put(beyond, bytes);
            put(regions, _mm256_cmpeq_epi8(both, zero));
        }
        *regions = !*regions;
    }
    done
}

/// The same masks, eight bytes at a time in ordinary registers.
fn fill_portable(text: &[u8], from: usize, masks: &mut Masks) {
    for (at, block) in (from / 64..).zip(text[from..].chunks(64)) {
        for (i, eight) in block.chunks(8).enumerate() {
            let mut bytes = [0; 8];
            bytes[..eight.len()].copy_from_slice(eight);
            let word = u64::from_le_bytes(bytes);
            let put = |mask: &mut u64, high_bits: u64| *mask |= gather(high_bits) << (8 * i);
            let is_digit = range_bytes(word, b'0', b'9');
            // Letters differ from their capitals in one bit; a byte beyond ASCII stays one.
            let is_letter = range_bytes(word | (LOW * 0x20), b'a', b'z');
            put(&mut masks.digits[at], is_digit);
            put(
                &mut masks.words[at],
                is_digit | is_letter | equal_bytes(word, b'_'),
            );
            put(
                &mut masks.joints[at],
                equal_bytes(word, b':') | equal_bytes(word, b'-'),
            );
            put(&mut masks.capitals[at], range_bytes(word, b'A', b'Z'));
            put(&mut masks.smalls[at], range_bytes(word, b'a', b'z'));
            put(&mut masks.beyond[at], word & HIGH);
            let is_mark = REGION_MARKS
                .iter()
                .fold(0, |marks, mark| marks | equal_bytes(word, *mark));
            put(
                &mut masks.regions[at],
                is_digit | is_letter | is_mark | (word & HIGH),
            );
        }
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

/// The 64 bits of a mask from a place on; 0 beyond its end.
#[inline]
pub(super) fn bits_from(words: &[u64], at: usize) -> u64 {
    let (word, bit) = (at / 64, at % 64);
    let low = words.get(word).map_or(0, |low| low >> bit);
    if bit == 0 {
        return low;
    }
    low | words.get(word + 1).map_or(0, |high| high << (64 - bit))
}

/// The 64 bits of a mask before a place, the nearest one highest; 0 before its beginning.
#[inline]
pub(super) fn bits_before(words: &[u64], at: usize) -> u64 {
    if at >= 64 {
        bits_from(words, at - 64)
    } else {
        words
            .first()
            .map_or(0, |first| if at == 0 { 0 } else { first << (64 - at) })
    }
}

/// Clears the bits of a mask in a range.
pub(super) fn clear(words: &mut [u64], range: std::ops::Range<usize>) {
    let (first, last) = (range.start / 64, range.end / 64);
    for at in first..=last.min(words.len().saturating_sub(1)) {
        let from = if at == first {
            u64::MAX << (range.start % 64)
        } else {
            u64::MAX
        };
        let to = if at == last {
            (1 << (range.end % 64)) - 1
        } else {
            u64::MAX
        };
        words[at] &= !(from & to);
    }
}

/// Finds where UUIDs start: 8-4-4-4-12 hexadecimal digits that are no part of a longer word.
pub(super) fn find_uuids(text: &[u8], masks: &mut Masks) {
    masks.uuids.clear();
    let is_hex = |byte: &u8| byte.is_ascii_hexdigit();
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let is_uuid = |start: usize| {
        let Some(bytes) = text.get(start..start + UUID) else {
            return false;
        };
        let is_right = |(at, byte): (usize, &u8)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => is_hex(byte),
        };
        bytes.iter().enumerate().all(is_right)
            && !text[..start].last().is_some_and(is_word)
            && !text.get(start + UUID).is_some_and(is_word)
    };
    for word in 0..masks.joints.len() {
        let joints = masks.joints[word];
        let at = |by: usize| bits_from(&masks.joints, word * 64 + by);
        let mut dashes = joints & at(5) & at(10) & at(15);
        while dashes != 0 {
            let dash = word * 64 + dashes.trailing_zeros() as usize;
            dashes &= dashes - 1;
            if dash >= 8 && is_uuid(dash - 8) {
                masks.uuids.push(dash - 8);
            }
        }
    }
}

/// Length of a UUID as text.
pub(super) const UUID: usize = 36;

/// Number of set bits of a mask in a range.
#[inline]
pub(super) fn count(words: &[u64], range: std::ops::Range<usize>) -> usize {
    let mut at = range.start;
    let mut count = 0;
    while at < range.end {
        let left = range.end - at;
        let bits = bits_from(words, at);
        let bits = if left < 64 {
            bits & ((1 << left) - 1)
        } else {
            bits
        };
        count += bits.count_ones() as usize;
        at += 64;
    }
    count
}

/// Joins the set bits of a mask over at most `gap` bits of `between`: each run begins with a set bit and ends up to `gap`
/// bits after its last one.
pub(super) fn join_over<const GAP: usize>(words: &[u64], between: &[u64], joined: &mut Vec<u64>) {
    joined.clear();
    joined.reserve(words.len());
    let mut carries = [0_u64; GAP];
    for (word, between) in words.iter().zip(between) {
        let mut run = *word;
        for carry in &mut carries {
            let further = (run << 1) | *carry;
            *carry = run >> 63;
            run |= further & between;
        }
        joined.push(run);
    }
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
    ones_of(|word| words[word], words.len())
}

/// The set bits of a mask whose words are worked out one by one, in order.
pub(super) fn ones_of(word: impl Fn(usize) -> u64, words: usize) -> impl Iterator<Item = usize> {
    let (mut at, mut left) = (0, 0);
    std::iter::from_fn(move || {
        while left == 0 {
            if at == words {
                return None;
            }
            left = word(at);
            at += 1;
        }
        let bit = left.trailing_zeros() as usize;
        left &= left - 1;
        Some((at - 1) * 64 + bit)
    })
}

/// Where the run of set bits ends that `at` is in.
#[inline]
pub(super) fn run_end(words: &[u64], at: usize) -> usize {
    let mut end = at;
    loop {
        let length = bits_from(words, end).trailing_ones() as usize;
        end += length;
        if length < 64 {
            return end;
        }
    }
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
            portable.resize(text.len().div_ceil(64));
            fill_portable(&text, 0, &mut portable);
            let all = |masks: &Masks| {
                [
                    masks.digits.clone(),
                    masks.joints.clone(),
                    masks.words.clone(),
                    masks.capitals.clone(),
                    masks.smalls.clone(),
                    masks.beyond.clone(),
                    masks.regions.clone(),
                ]
            };
            assert_eq!(all(&fast), all(&portable));
            assert_eq!(fast.capitals, naive(&text, |b| b.is_ascii_uppercase()));
            assert_eq!(fast.smalls, naive(&text, |b| b.is_ascii_lowercase()));
            assert_eq!(fast.beyond, naive(&text, |b| b >= 128));
            assert_eq!(fast.regions, naive(&text, is_region_byte));
            assert_eq!(
                fast.words,
                naive(&text, |b| b.is_ascii_alphanumeric() || b == b'_')
            );
            assert_eq!(fast.digits, naive(&text, |b| b.is_ascii_digit()));
            assert_eq!(fast.joints, naive(&text, |b| b == b':' || b == b'-'));
        }
    }

    #[test]
    fn regions_have_letters_digits_and_marks() {
        for byte in 0..=255_u8 {
            let is_in = byte.is_ascii_alphanumeric() || byte >= 128 || REGION_MARKS.contains(&byte);
            assert_eq!(is_region_byte(byte), is_in, "{byte}");
        }
    }

    #[test]
    fn bits_are_cut_and_joined_at_any_place() {
        let mut state = 11;
        for round in 0..600_usize {
            let length = round % 330;
            let mut bit = |of: u64| random(&mut state).is_multiple_of(of);
            let (set, between): (Vec<bool>, Vec<bool>) =
                (0..length).map(|_| (bit(9), !bit(7))).unzip();
            let mask = |bits: &[bool]| {
                naive(
                    &bits.iter().map(|b| u8::from(*b)).collect::<Vec<_>>(),
                    |b| b == 1,
                )
            };
            let (words, gaps) = (mask(&set), mask(&between));
            let mut joined = Vec::new();
            join_over::<6>(&words, &gaps, &mut joined);
            let is_joined = |at: usize| {
                (0..=6.min(at))
                    .any(|back| set[at - back] && between[at - back + 1..=at].iter().all(|b| *b))
            };
            let wanted: Vec<bool> = (0..length).map(|at| set[at] || is_joined(at)).collect();
            assert_eq!(joined, mask(&wanted));
            for at in 0..length {
                let bits = bits_from(&words, at);
                assert_eq!(bits & 1 == 1, set[at]);
                assert_eq!(bits >> 63 == 1, set.get(at + 63).copied().unwrap_or(false));
                assert_eq!(bits_before(&words, at) >> 63 == 1, at > 0 && set[at - 1]);
                let upto = length.min(at + 100);
                let counted = set[at..upto].iter().filter(|b| **b).count();
                assert_eq!(count(&words, at..upto), counted);
            }
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
