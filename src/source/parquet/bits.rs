//! Numbers packed into bits: runs and packed groups, and differences in blocks, as Parquet writes levels, indices and numbers.
//! Bounded by the bytes there are; a damaged length ends the reading with `None`.

/// Numbers of `width` bits, packed from the lowest bit on.
pub fn unpack_each(
    bytes: &[u8],
    width: u32,
    count: usize,
    mut each: impl FnMut(u64),
) -> Option<()> {
    if width == 0 {
        (0..count).for_each(|_| each(0));
        return Some(());
    }
    if width > 64 || bytes.len() < (count.checked_mul(width as usize)?).div_ceil(8) {
        return None;
    }
    let mask = if width == 64 {
        u64::MAX
    } else {
        (1 << width) - 1
    };
    let mut bit = 0;
    for _ in 0..count {
        let (byte, shift) = (bit >> 3, (bit & 7) as u32);
        let word = match bytes.get(byte..byte + 8) {
            Some(eight) => u64::from_le_bytes(eight.try_into().ok()?),
            None => {
                let mut eight = [0; 8];
                let rest = &bytes[byte..];
                eight[..rest.len()].copy_from_slice(rest);
                u64::from_le_bytes(eight)
            }
        };
        let mut number = word >> shift;
        if shift + width > 64 {
            number |= u64::from(*bytes.get(byte + 8)?) << (64 - shift);
        }
        each(number & mask);
        bit += width as usize;
    }
    Some(())
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 127) << shift;
        if *byte < 128 {
            return Some(number);
        }
    }
    None
}

/// Runs and packed groups: calls `each` with a number and how often it stands in a row, `count` of them in all.
pub fn runs(
    mut bytes: &[u8],
    width: u32,
    count: usize,
    mut each: impl FnMut(u64, usize),
) -> Option<()> {
    let mut left = count;
    if width > 32 {
        return None;
    }
    while left > 0 {
        let head = varint(&mut bytes)?;
        let length = usize::try_from(head >> 1).ok()?;
        if head & 1 == 0 {
            let size = width.div_ceil(8) as usize;
            let (value, rest) = bytes.split_at_checked(size)?;
            bytes = rest;
            let number = value
                .iter()
                .rev()
                .fold(0, |n, byte| n << 8 | u64::from(*byte));
            let taken = length.min(left);
            if taken == 0 {
                continue;
            }
            each(number, taken);
            left -= taken;
        } else {
            let size = length.checked_mul(width as usize)?;
            // Some writers leave out the padding of the last group.
            let (packed, rest) = bytes.split_at(size.min(bytes.len()));
            let taken = length.checked_mul(8)?.min(left);
            unpack_each(packed, width, taken, |number| each(number, 1))?;
            bytes = rest;
            left -= taken;
            if taken == 0 {
                return None;
            }
        }
    }
    Some(())
}

/// How many numbers of runs and groups are `wanted`.
pub fn count_of(bytes: &[u8], width: u32, count: usize, wanted: u64) -> Option<usize> {
    let mut found = 0;
    runs(bytes, width, count, |number, times| {
        found += if number == wanted { times } else { 0 };
    })?;
    Some(found)
}

/// Numbers as differences in blocks; gives where they end. Never more than `most`.
pub fn differences(bytes: &[u8], most: usize, mut each: impl FnMut(i64)) -> Option<&[u8]> {
    let mut rest = bytes;
    let block = usize::try_from(varint(&mut rest)?).ok()?;
    let parts = usize::try_from(varint(&mut rest)?).ok()?;
    let count = usize::try_from(varint(&mut rest)?).ok()?;
    let zigzag = |n: u64| (n >> 1) as i64 ^ -((n & 1) as i64);
    let mut number = zigzag(varint(&mut rest)?);
    if count > most || parts == 0 || block % parts != 0 || block == 0 || block > 1 << 20 {
        return None;
    }
    if count > 0 {
        each(number);
    }
    let in_part = block / parts;
    let mut left = count.saturating_sub(1);
    while left > 0 {
        let smallest = zigzag(varint(&mut rest)?);
        let (widths, after) = rest.split_at_checked(parts)?;
        rest = after;
        for width in widths {
            if left == 0 {
                break;
            }
            let size = in_part.checked_mul(usize::from(*width))? / 8;
            let (packed, after) = rest.split_at(size.min(rest.len()));
            rest = after;
            let taken = in_part.min(left);
            unpack_each(packed, u32::from(*width), taken, |step| {
                number = number.wrapping_add(smallest).wrapping_add(step as i64);
                each(number);
            })?;
            left -= taken;
        }
    }
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(bytes: &[u8], width: u32, count: usize) -> Option<Vec<u64>> {
        let mut all = Vec::new();
        runs(bytes, width, count, |number, times| {
            all.extend(std::iter::repeat_n(number, times));
        })?;
        Some(all)
    }

    #[test]
    fn runs_and_groups_are_unpacked() {
        // A run of three fives, then a group of eight numbers of three bits, 0 to 7.
        let bytes = [6, 5, 3, 0b1000_1000, 0b1100_0110, 0b1111_1010];
        assert_eq!(
            told(&bytes, 3, 11),
            Some(vec![5, 5, 5, 0, 1, 2, 3, 4, 5, 6, 7])
        );
        assert_eq!(count_of(&bytes, 3, 11, 5), Some(4));
        assert_eq!(told(&bytes, 3, 12), None);
        assert_eq!(told(&[], 0, 1), None);
        assert_eq!(told(&[0xff; 9], 3, 4), None);
        // A run without numbers does not go on forever.
        assert_eq!(told(&[0; 64], 0, 1), None);
    }

    #[test]
    fn wide_numbers_cross_words() {
        let mut all = Vec::new();
        let bytes: Vec<u8> = (1..=32).collect();
        unpack_each(&bytes, 61, 4, |number| all.push(number)).expect("enough bytes");
        let whole = |bit: usize| {
            let value =
                (0..61).filter(|step| bytes[(bit + step) / 8] >> ((bit + step) % 8) & 1 == 1);
            value.fold(0_u64, |n, step| n | 1 << step)
        };
        assert_eq!(all, [whole(0), whole(61), whole(122), whole(183)]);
    }

    #[test]
    fn differences_follow_the_example_of_the_format() {
        // 1, 2, 3, 4, 5: one block of 128 in four parts, each difference 1.
        let bytes = [128, 1, 4, 5, 2, 2, 0, 0, 0, 0, 9];
        let mut all = Vec::new();
        let rest = differences(&bytes, 100, |number| all.push(number));
        assert_eq!((all, rest), (vec![1, 2, 3, 4, 5], Some([9].as_slice())));
        assert_eq!(differences(&bytes, 3, |_| {}), None);
    }
}
