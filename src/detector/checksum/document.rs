//! Numbers and lines printed on identity documents of many countries: machine-readable zone, British driving licence.

use super::Checksum;
use super::algorithm::base36;
use super::form::{compact, is_short_date, pair, values};

pub(super) static TABLE: &[Checksum] = &[
    Checksum {
        name: "gb_driving_licence",
        about: "Great Britain, driver number: surname, birth date, initials; no public check",
        pass_rate: 0.073,
        check: gb_driving_licence,
    },
    Checksum {
        name: "mrz",
        about: "machine-readable zone of a passport or card, ICAO 9303: second line of TD2 or TD3, its check digits and dates",
        pass_rate: 0.000001,
        check: mrz,
    },
];

fn mrz(text: &str) -> bool {
    let line = text.as_bytes();
    if !matches!(line.len(), 36 | 44)
        || !line
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'<')
    {
        return false;
    }
    let checked = |field: &[u8], digit: u8| {
        let sum: u32 = field
            .iter()
            .zip([7, 3, 1].iter().cycle())
            .map(|(&byte, weight)| base36(byte) * weight)
            .sum();
        digit.is_ascii_digit() && sum % 10 == u32::from(digit - b'0')
    };
    let date = |field: &[u8]| {
        values::<6>(field).is_some_and(|d| is_short_date(pair(&d, 0), pair(&d, 2), pair(&d, 4)))
    };
    checked(&line[..9], line[9])
        && date(&line[13..19])
        && checked(&line[13..19], line[19])
        && matches!(line[20], b'M' | b'F' | b'X' | b'<')
        && date(&line[21..27])
        && checked(&line[21..27], line[27])
}

fn gb_driving_licence(text: &str) -> bool {
    let Some(id) = compact(text).and_then(|id| id.to_array::<16>()) else {
        return false;
    };
    let Some(d) = values::<6>(&id[5..11]) else {
        return false;
    };
    // Decade, month (women +50), day, year within the decade; the surname is filled up with nines.
    let month = pair(&d, 1) % 50;
    let name = id[..5]
        .iter()
        .skip_while(|byte| byte.is_ascii_uppercase())
        .all(|&byte| byte == b'9');
    name && id[0].is_ascii_uppercase()
        && is_short_date(u32::from(d[0]) * 10 + u32::from(d[5]), month, pair(&d, 3))
        && id[11].is_ascii_uppercase()
        && (id[12].is_ascii_uppercase() || id[12] == b'9')
}
