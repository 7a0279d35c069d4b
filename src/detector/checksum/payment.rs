//! Payment cards, bank accounts and crypto wallets: card brands, IBAN lengths by country, routing numbers, addresses.
//! Knows no bank directory: a number may pass and belong to no account.

use sha2::{Digest, Sha256};

use super::Checksum;
use super::algorithm::{complement10, luhn, mod97, weighted};
use super::form::{all_equal, compact, digit_run, digits, number, pair, values};
use super::region;

pub(super) static TABLE: &[Checksum] = &[
    Checksum {
        name: "aba",
        about: "ABA routing number: weights 3, 7, 1 mod 10, Federal Reserve prefix",
        pass_rate: 0.037,
        check: aba,
    },
    Checksum {
        name: "bic",
        about: "BIC, ISO 9362: bank, country, location, branch; no check digit",
        pass_rate: 0.37,
        check: bic,
    },
    Checksum {
        name: "btc",
        about: "Bitcoin address: Base58Check (1… and 3…), Bech32 and Bech32m (bc1…)",
        pass_rate: 0.00000001,
        check: btc,
    },
    Checksum {
        name: "card",
        about: "payment card number, ISO/IEC 7812: Luhn, brand prefix and its lengths",
        pass_rate: 0.044,
        check: card,
    },
    Checksum {
        name: "eth",
        about: "Ethereum address: 0x and 40 hexadecimal digits, EIP-55 where the case is mixed",
        pass_rate: 0.0002,
        check: eth,
    },
    Checksum {
        name: "iban",
        about: "IBAN, ISO 13616: MOD 97-10, length of the country",
        pass_rate: 0.0103,
        check: iban,
    },
    Checksum {
        name: "mx_clabe",
        about: "Mexico, CLABE: weights 3, 7, 1 mod 10",
        pass_rate: 0.1,
        check: mx_clabe,
    },
];

/// The length of an IBAN in each country of the SWIFT registry.
#[rustfmt::skip]
const IBAN_LENGTH: &[(&[u8; 2], usize)] = &[
    (b"AD", 24), (b"AE", 23), (b"AL", 28), (b"AT", 20), (b"AZ", 28), (b"BA", 20), (b"BE", 16), (b"BG", 22), (b"BH", 22),
    (b"BI", 27), (b"BR", 29), (b"BY", 28), (b"CH", 21), (b"CR", 22), (b"CY", 28), (b"CZ", 24), (b"DE", 22), (b"DJ", 27),
    (b"DK", 18), (b"DO", 28), (b"EE", 20), (b"EG", 29), (b"ES", 24), (b"FI", 18), (b"FK", 18), (b"FO", 18), (b"FR", 27),
    (b"GB", 22), (b"GE", 22), (b"GI", 23), (b"GL", 18), (b"GR", 27), (b"GT", 28), (b"HN", 28), (b"HR", 21), (b"HU", 28),
    (b"IE", 22), (b"IL", 23), (b"IQ", 23), (b"IS", 26), (b"IT", 27), (b"JO", 30), (b"KW", 30), (b"KZ", 20), (b"LB", 28),
    (b"LC", 32), (b"LI", 21), (b"LT", 20), (b"LU", 20), (b"LV", 21), (b"LY", 25), (b"MC", 27), (b"MD", 24), (b"ME", 22),
    (b"MK", 19), (b"MN", 20), (b"MR", 27), (b"MT", 31), (b"MU", 30), (b"NI", 28), (b"NL", 18), (b"NO", 15), (b"OM", 23),
    (b"PK", 24), (b"PL", 28), (b"PS", 29), (b"PT", 25), (b"QA", 29), (b"RO", 24), (b"RS", 22), (b"RU", 33), (b"SA", 24),
    (b"SC", 31), (b"SD", 18), (b"SE", 24), (b"SI", 19), (b"SK", 24), (b"SM", 27), (b"SO", 23), (b"ST", 25), (b"SV", 28),
    (b"TL", 23), (b"TN", 24), (b"TR", 26), (b"UA", 29), (b"VA", 22), (b"VG", 24), (b"XK", 20), (b"YE", 30),
];

fn iban(text: &str) -> bool {
    let Some(id) = compact(text) else {
        return false;
    };
    let [c1, c2, d1, d2, account @ ..] = &*id else {
        return false;
    };
    let length = IBAN_LENGTH
        .binary_search_by(|(country, _)| (*country).cmp(&[*c1, *c2]))
        .map(|at| IBAN_LENGTH[at].1);
    length == Ok(id.len())
        // 00, 01 and 99 never result from the calculation.
        && values::<2>(&[*d1, *d2]).is_some_and(|d| (2..=98).contains(&pair(&d, 0)))
        && mod97(account.iter().chain(&id[..4])) == 1
}

fn bic(text: &str) -> bool {
    let id = text.as_bytes();
    matches!(id.len(), 8 | 11)
        && id.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && id[..4].iter().all(u8::is_ascii_uppercase)
        && region::is_country([id[4], id[5]])
        // A location that ends in 0 is a test bank, and ends in 1 a passive one.
        && !matches!(id[6], b'0' | b'1')
        && id[7] != b'O'
}

fn aba(text: &str) -> bool {
    digits::<9>(text).is_some_and(|d| {
        matches!(pair(&d, 0), 0..=12 | 21..=32 | 61..=72 | 80)
            && weighted(&d, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)
            && !all_equal(&d)
    })
}

fn mx_clabe(text: &str) -> bool {
    digits::<18>(text).is_some_and(|d| {
        let sum = weighted(&d, &[3, 7, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1, 3, 7]);
        complement10(sum) == u32::from(d[17]) && !all_equal(&d)
    })
}

fn card(text: &str) -> bool {
    digit_run(text, 12, 19)
        .is_some_and(|d| !all_equal(&d) && brand_has(number(&d[..6]) as u32, d.len()) && luhn(&d))
}

/// Whether a card brand that starts with these six digits issues numbers of this length.
fn brand_has(prefix: u32, length: usize) -> bool {
    match prefix {
        // Visa
        400_000..=499_999 => matches!(length, 13 | 16 | 19),
        // Mastercard
        510_000..=559_999 | 222_100..=272_099 => length == 16,
        // American Express
        340_000..=349_999 | 370_000..=379_999 => length == 15,
        // Diners Club
        300_000..=305_999 | 309_500..=309_599 | 360_000..=369_999 | 380_000..=399_999 => {
            (14..=19).contains(&length)
        }
        // JCB has 3528 to 3589; generators of test data use all of 35
        350_000..=359_999 => (16..=19).contains(&length),
        // JCB of the old fifteen digits
        180_000..=180_099 | 213_100..=213_199 => length == 15,
        // Mir, UnionPay, Discover, RuPay
        220_000..=220_499 | 620_000..=629_999 | 810_000..=829_999 => (16..=19).contains(&length),
        601_100..=601_199 | 644_000..=659_999 | 508_500..=508_999 | 606_900..=608_999 => {
            (16..=19).contains(&length)
        }
        // Elo, Hipercard, Troy
        506_699..=506_778 | 509_000..=509_999 | 636_297 | 636_368 | 606_282 | 979_200..=979_299 => {
            length == 16
        }
        // Maestro and what was merged into it
        500_000..=509_999 | 560_000..=589_999 | 600_000..=699_999 => (12..=19).contains(&length),
        _ => false,
    }
}

fn btc(text: &str) -> bool {
    match text.as_bytes() {
        [b'1' | b'3', ..] => base58_address(text.as_bytes()),
        [b'b' | b'B', b'c' | b'C', b'1', ..] => bech32_address(text.as_bytes()),
        _ => false,
    }
}

/// A Base58Check address of the main network: version, 20 bytes, the first four of a double SHA-256.
fn base58_address(text: &[u8]) -> bool {
    const ALPHABET: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    if !(26..=35).contains(&text.len()) {
        return false;
    }
    let mut bytes = [0_u8; 25];
    for byte in text {
        let Some(value) = ALPHABET.iter().position(|letter| letter == byte) else {
            return false;
        };
        let mut carry = value as u32;
        for slot in bytes.iter_mut().rev() {
            carry += u32::from(*slot) * 58;
            *slot = carry as u8;
            carry >>= 8;
        }
        if carry != 0 {
            return false;
        }
    }
    // Each leading zero byte is one leading 1, no more and no fewer.
    let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
    let ones = text.iter().take_while(|&&byte| byte == b'1').count();
    let twice = Sha256::digest(Sha256::digest(&bytes[..21]));
    matches!(bytes[0], 0 | 5) && zeros == ones && bytes[21..] == twice[..4]
}

/// A segregated-witness address (BIP 173 and BIP 350) of the main network.
fn bech32_address(text: &[u8]) -> bool {
    const ALPHABET: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const GENERATOR: [u32; 5] = [
        0x3b6a_57b2,
        0x2650_8e6d,
        0x1ea1_19fa,
        0x3d42_33dd,
        0x2a14_62b3,
    ];
    let mixed = text.iter().any(u8::is_ascii_uppercase) && text.iter().any(u8::is_ascii_lowercase);
    if mixed || !(14..=74).contains(&text.len()) {
        return false;
    }
    let mut state = 1_u32;
    let mut feed = |value: u32| {
        let top = state >> 25;
        state = (state & 0x01ff_ffff) << 5 ^ value;
        for (at, generator) in GENERATOR.iter().enumerate() {
            if top >> at & 1 == 1 {
                state ^= generator;
            }
        }
    };
    // The prefix "bc", its high bits first.
    for value in [3, 3, 0, 2, 3] {
        feed(value);
    }
    let mut version = 0;
    for (at, byte) in text[3..].iter().enumerate() {
        let Some(value) = ALPHABET
            .iter()
            .position(|letter| *letter == byte.to_ascii_lowercase())
        else {
            return false;
        };
        if at == 0 {
            version = value;
        }
        feed(value as u32);
    }
    // What is left without prefix, version and six check characters: the witness program in groups of five bits.
    let groups = text.len() - 3 - 1 - 6;
    let program = groups * 5 / 8;
    let padding = groups * 5 % 8;
    match version {
        0 => state == 1 && matches!(program, 20 | 32) && padding < 5,
        1..=16 => state == 0x2bc8_30a3 && (2..=40).contains(&program) && padding < 5,
        _ => false,
    }
}

fn eth(text: &str) -> bool {
    let Some(hex) = text.strip_prefix("0x").map(str::as_bytes) else {
        return false;
    };
    if hex.len() != 40 || !hex.iter().all(u8::is_ascii_hexdigit) || all_equal(hex) {
        return false;
    }
    let upper = hex.iter().any(u8::is_ascii_uppercase);
    let lower = hex.iter().any(u8::is_ascii_lowercase);
    if upper != lower {
        return true;
    }
    // EIP-55: a letter is upper case where the hash of the lower-case address has a digit above 7.
    let mut lowered = [0; 40];
    lowered.copy_from_slice(hex);
    lowered.make_ascii_lowercase();
    let hash = keccak256(&lowered);
    hex.iter().enumerate().all(|(at, byte)| {
        let nibble = if at % 2 == 0 {
            hash[at / 2] >> 4
        } else {
            hash[at / 2] & 15
        };
        byte.is_ascii_digit() || byte.is_ascii_uppercase() == (nibble > 7)
    })
}

/// Keccak-256 (the competition's padding, not SHA-3's) of less than one block of 136 bytes.
fn keccak256(message: &[u8; 40]) -> [u8; 32] {
    let mut block = [0_u8; 136];
    block[..40].copy_from_slice(message);
    block[40] = 1;
    block[135] |= 0x80;
    let mut lanes = [0_u64; 25];
    for (lane, bytes) in lanes.iter_mut().zip(block.chunks_exact(8)) {
        *lane = bytes
            .iter()
            .rev()
            .fold(0, |lane, &byte| lane << 8 | u64::from(byte));
    }
    keccak_f(&mut lanes);
    let mut out = [0; 32];
    for (bytes, lane) in out.chunks_exact_mut(8).zip(lanes) {
        bytes.copy_from_slice(&lane.to_le_bytes());
    }
    out
}

/// The permutation Keccak-f\[1600\]; its round constants come from the standard's shift register.
fn keccak_f(lanes: &mut [u64; 25]) {
    let mut register = 1_u8;
    for _ in 0..24 {
        // Theta: each column takes the parity of its two neighbours.
        let mut parity = [0_u64; 5];
        for (at, lane) in lanes.iter().enumerate() {
            parity[at % 5] ^= lane;
        }
        for (at, lane) in lanes.iter_mut().enumerate() {
            *lane ^= parity[(at + 4) % 5] ^ parity[(at + 1) % 5].rotate_left(1);
        }
        // Rho and pi: lanes turn and change places.
        let (mut x, mut y, mut moved) = (1, 0, lanes[1]);
        for step in 0..24_u32 {
            (x, y) = (y, (2 * x + 3 * y) % 5);
            let turned = moved.rotate_left((step + 1) * (step + 2) / 2 % 64);
            moved = std::mem::replace(&mut lanes[x + 5 * y], turned);
        }
        // Chi: the only step that is not linear.
        for row in lanes.chunks_exact_mut(5) {
            let old = [row[0], row[1], row[2], row[3], row[4]];
            for (at, lane) in row.iter_mut().enumerate() {
                *lane ^= !old[(at + 1) % 5] & old[(at + 2) % 5];
            }
        }
        // Iota.
        for power in 0..7 {
            if register & 1 == 1 {
                lanes[0] ^= 1 << ((1_u32 << power) - 1);
            }
            register = register << 1 ^ if register >> 7 == 1 { 0x71 } else { 0 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_of_the_iban_are_sorted() {
        assert!(IBAN_LENGTH.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn published_test_cards_pass_and_look_alikes_do_not() {
        for good in [
            "4111 1111 1111 1111",
            "4242424242424242",
            "5555-5555-5555-4444",
            "2223003122003222",
            "378282246310005",
            "371449635398431",
            "6011111111111117",
            "30569309025904",
            "3056 9300 0902 0004",
            "3566002020360505",
            "6200000000000005",
            "4222222222222",
            "6304000000000000",
        ] {
            assert!(card(good), "{good}");
        }
        for bad in [
            "4111111111111112",
            "0000000000000000",
            "1234567812345670",
            "41111111111111",
            "9111111111111111",
        ] {
            assert!(!card(bad), "{bad}");
        }
    }

    #[test]
    fn wallet_addresses_of_the_standards() {
        for good in [
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        ] {
            assert!(btc(good), "{good}");
        }
        for bad in [
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
            "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
            "bc1",
        ] {
            assert!(!btc(bad), "{bad}");
        }
        for good in [
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
            "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
            "0x52908400098527886E0F7030069857D2E4169EE7",
            "0xde709f2102306220921060314715629080e2fb77",
        ] {
            assert!(eth(good), "{good}");
        }
        assert!(!eth("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed"));
        assert!(!eth("0x0000000000000000000000000000000000000000"));
    }
}
