//! The check-digit algorithms that many identifiers share, each from its public standard, on digit values.
//! Knows no identifier and no separators.

/// Luhn, ISO/IEC 7812-1 annex B: every second digit from the right doubled, digit sum a multiple of ten.
pub(super) fn luhn(digits: &[u8]) -> bool {
    luhn_sum(digits).is_multiple_of(10)
}

/// The Luhn sum of digits that end with the check digit.
pub(super) fn luhn_sum(digits: &[u8]) -> u32 {
    digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, &digit)| {
            let digit = u32::from(digit);
            match at % 2 {
                0 => digit,
                _ if digit > 4 => digit * 2 - 9,
                _ => digit * 2,
            }
        })
        .sum()
}

/// Verhoeff (1969): digits permuted by place, multiplied in the dihedral group of order ten.
pub(super) fn verhoeff(digits: &[u8]) -> bool {
    let product = digits
        .iter()
        .rev()
        .enumerate()
        .fold(0, |product, (at, &digit)| {
            dihedral(product, permuted(digit, at))
        });
    product == 0
}

/// Verhoeff's permutation, applied as often as the place says (its order is eight).
fn permuted(digit: u8, place: usize) -> u8 {
    const ONCE: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    (0..place % 8).fold(digit, |digit, _| ONCE[usize::from(digit)])
}

/// The product in D5: 0–4 are rotations, 5–9 reflections.
fn dihedral(left: u8, right: u8) -> u8 {
    match (left < 5, right < 5) {
        (true, true) => (left + right) % 5,
        (true, false) => 5 + (left + right - 5) % 5,
        (false, true) => 5 + (left - 5 + 5 - right) % 5,
        (false, false) => (left + 5 - right) % 5,
    }
}

/// ISO/IEC 7064 MOD 11,10 (hybrid): digits that end with the check digit.
pub(super) fn mod11_10(digits: &[u8]) -> bool {
    let Some((&check, body)) = digits.split_last() else {
        return false;
    };
    let mut product = 10;
    for &digit in body {
        let sum = (u32::from(digit) + product) % 10;
        product = (if sum == 0 { 10 } else { sum }) * 2 % 11;
    }
    (product + u32::from(check)) % 10 == 1
}

/// ISO/IEC 7064 MOD 11-2 (pure): digit values, the last may be 10 (written X).
pub(super) fn mod11_2(digits: &[u8]) -> bool {
    let Some((&check, body)) = digits.split_last() else {
        return false;
    };
    let sum = body
        .iter()
        .fold(0, |sum, &digit| (sum + u32::from(digit)) * 2 % 11);
    (sum + u32::from(check)) % 11 == 1
}

/// ISO/IEC 7064 MOD 97-10: the remainder of ASCII digits and letters (A is 10 … Z is 35) read as one number.
pub(super) fn mod97<'a>(characters: impl IntoIterator<Item = &'a u8>) -> u32 {
    characters.into_iter().fold(0, |rest, &byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + base36(byte)) % 97,
    })
}

/// The value of an ASCII digit or upper-case letter: 0–9, A is 10 … Z is 35.
pub(super) fn base36(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'Z' => u32::from(byte - b'A') + 10,
        _ => 0,
    }
}

/// The sum of digits times their weights, as far as both go.
pub(super) fn weighted(digits: &[u8], weights: &[u32]) -> u32 {
    digits
        .iter()
        .zip(weights)
        .map(|(&digit, weight)| u32::from(digit) * weight)
        .sum()
}

/// The sum of digits times weights that start at the right end and repeat.
pub(super) fn weighted_from_right(digits: &[u8], weights: &[u32]) -> u32 {
    digits
        .iter()
        .rev()
        .zip(weights.iter().cycle())
        .map(|(&digit, weight)| u32::from(digit) * weight)
        .sum()
}

/// `(11 − sum) mod 11`, the check digit of many modulus-11 systems (10 where they write no digit).
pub(super) fn complement11(sum: u32) -> u32 {
    (11 - sum % 11) % 11
}

/// `(10 − sum) mod 10`.
pub(super) fn complement10(sum: u32) -> u32 {
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standards_own_examples() {
        assert!(luhn(&[7, 9, 9, 2, 7, 3, 9, 8, 7, 1, 3]));
        assert!(verhoeff(&[2, 3, 6, 3]));
        assert!(mod11_10(&[0, 7, 9, 4, 5]));
        assert!(mod11_2(&[0, 7, 9, 4, 0]));
        assert_eq!(mod97(b"79444"), 1);
    }

    #[test]
    fn every_wrong_digit_and_swap_is_seen_by_verhoeff() {
        let good = [2, 3, 6, 3];
        for at in 0..4 {
            for digit in (0..10).filter(|&digit| digit != good[at]) {
                let mut bad = good;
                bad[at] = digit;
                assert!(!verhoeff(&bad));
            }
        }
        assert!(!verhoeff(&[3, 2, 6, 3]));
    }
}
