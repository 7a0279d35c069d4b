//! Identifiers of devices and vehicles: IMEI, VIN, MAC address, UUID.
//! Says nothing on who uses the device.

use super::Checksum;
use super::algorithm::luhn;
use super::form::{all_equal, compact, digits};

pub(super) static TABLE: &[Checksum] = &[
    Checksum {
        name: "imei",
        about: "IMEI: Luhn over 15 digits, reporting body",
        pass_rate: 0.0188,
        check: imei,
    },
    Checksum {
        name: "mac",
        about: "MAC address (EUI-48): six pairs with colons or dashes, or three groups with dots",
        pass_rate: 1.0,
        check: mac,
    },
    Checksum {
        name: "uuid",
        about: "UUID, RFC 9562: version 1 to 8, variant",
        pass_rate: 0.125,
        check: uuid,
    },
    Checksum {
        name: "vin",
        about: "vehicle identification number, ISO 3779: with the North American check digit (elsewhere it is not binding, and such numbers may fail)",
        pass_rate: 0.0272,
        check: vin,
    },
];

fn imei(text: &str) -> bool {
    digits::<15>(text).is_some_and(|d| {
        // The first two digits name the body that gave the number.
        matches!(d[0] * 10 + d[1], 1 | 10 | 30 | 33 | 35 | 44 | 45 | 49 | 50..=54 | 86 | 91 | 97..=99) && luhn(&d) && !all_equal(&d)
    })
}

fn vin(text: &str) -> bool {
    let Some(id) = compact(text).and_then(|id| id.to_array::<17>()) else {
        return false;
    };
    let mut sum = 0;
    for (&byte, weight) in id
        .iter()
        .zip([8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2])
    {
        let value = match byte {
            b'0'..=b'9' => byte - b'0',
            b'I' | b'O' | b'Q' => return false,
            b'A'..=b'H' => byte - b'A' + 1,
            b'J'..=b'R' => byte - b'J' + 1,
            _ => byte - b'S' + 2,
        };
        sum += u32::from(value) * weight;
    }
    let check = match sum % 11 {
        10 => b'X',
        digit => b'0' + digit as u8,
    };
    // The model year is never U, Z or 0; the last four places are digits on every market.
    check == id[8]
        && !matches!(id[9], b'U' | b'Z' | b'0')
        && id[13..].iter().all(u8::is_ascii_digit)
        && id[..9].iter().any(u8::is_ascii_uppercase)
}

fn mac(text: &str) -> bool {
    let bytes = text.as_bytes();
    let grouped = |size: usize, separator: u8| {
        bytes.iter().enumerate().all(|(at, byte)| {
            if at % (size + 1) == size {
                *byte == separator
            } else {
                byte.is_ascii_hexdigit()
            }
        })
    };
    let form = match bytes.len() {
        17 => grouped(2, b':') || grouped(2, b'-'),
        14 => grouped(4, b'.'),
        _ => false,
    };
    // All zeros is no address, all ones every device.
    let first = bytes.first().copied().unwrap_or_default();
    form && !bytes
        .iter()
        .all(|&byte| byte == first || !byte.is_ascii_hexdigit())
}

fn uuid(text: &str) -> bool {
    let text = text
        .strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'))
        .unwrap_or(text);
    let bytes = text.as_bytes();
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            14 => matches!(byte, b'1'..=b'8'),
            19 => matches!(byte, b'8' | b'9' | b'a' | b'b' | b'A' | b'B'),
            _ => byte.is_ascii_hexdigit(),
        })
}
