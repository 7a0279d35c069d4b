//! National, tax and health numbers of northern Europe and the Baltic states, each by its published rule.
//! Where a number holds a birth date the date must exist; the clock is never asked whether it is past.

use super::Checksum;
use super::algorithm::{luhn_sum, weighted};
use super::form::{
    all_equal, compact_with, digits, is_birth_date, is_date, is_short_date, number, pair, values,
};

pub(super) static TABLE: &[Checksum] = &[
    Checksum {
        name: "dk_cpr",
        about: "Denmark, CPR number: birth date; the old mod 11 check is not binding since 2007",
        pass_rate: 0.037,
        check: dk_cpr,
    },
    Checksum {
        name: "ee_ik",
        about: "Estonia, isikukood: two-stage weights mod 11, birth date",
        pass_rate: 0.0029,
        check: ee_ik,
    },
    Checksum {
        name: "fi_hetu",
        about: "Finland, henkilötunnus: character mod 31, birth date",
        pass_rate: 0.001,
        check: fi_hetu,
    },
    Checksum {
        name: "is_kennitala",
        about: "Iceland, kennitala of persons: weights mod 11, birth date",
        pass_rate: 0.001,
        check: is_kennitala,
    },
    Checksum {
        name: "lt_asmens_kodas",
        about: "Lithuania, asmens kodas: two-stage weights mod 11, birth date",
        pass_rate: 0.0022,
        check: lt_asmens_kodas,
    },
    Checksum {
        name: "lv_pk",
        about: "Latvia, personas kods: weights mod 11, birth date; form only for those that start with 32",
        pass_rate: 0.011,
        check: lv_pk,
    },
    Checksum {
        name: "no_fnr",
        about: "Norway, fødselsnummer and D-nummer: two weighted digits mod 11, birth date",
        pass_rate: 0.0016,
        check: no_fnr,
    },
    Checksum {
        name: "se_personnummer",
        about: "Sweden, personnummer and samordningsnummer: Luhn, birth date",
        pass_rate: 0.0073,
        check: se_personnummer,
    },
];

fn dk_cpr(text: &str) -> bool {
    let Some(d) = digits::<10>(text) else {
        return false;
    };
    let short = pair(&d, 4);
    let century = match (d[6], short) {
        (0..=3, _) | (4 | 9, 37..) => 1900,
        (4 | 9, _) | (5..=8, ..=57) => 2000,
        _ => 1800,
    };
    is_date(century + short, pair(&d, 2), pair(&d, 0))
}

/// The check digit that Estonia and Lithuania share.
fn baltic_check(d: &[u8; 11]) -> bool {
    let mut check = weighted(d, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
    if check == 10 {
        check = weighted(d, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10;
    }
    check == u32::from(d[10])
}

/// The year of birth where the first digit tells century and sex: 1 and 2 are the 19th, 3 and 4 the 20th …
fn year_by_first_digit(d: &[u8]) -> u32 {
    1700 + u32::from(d[0]).div_ceil(2) * 100 + pair(d, 1)
}

fn ee_ik(text: &str) -> bool {
    let Some(d) = digits::<11>(text) else {
        return false;
    };
    (1..=8).contains(&d[0])
        && is_date(year_by_first_digit(&d), pair(&d, 3), pair(&d, 5))
        && baltic_check(&d)
}

fn lt_asmens_kodas(text: &str) -> bool {
    let Some(d) = digits::<11>(text) else {
        return false;
    };
    (1..=6).contains(&d[0])
        && is_date(year_by_first_digit(&d), pair(&d, 3), pair(&d, 5))
        && baltic_check(&d)
}

fn fi_hetu(text: &str) -> bool {
    let bytes = text.as_bytes();
    let [date @ .., sign, n1, n2, n3, check] = bytes else {
        return false;
    };
    let (Some(date), Some(serial)) = (values::<6>(date), values::<3>(&[*n1, *n2, *n3])) else {
        return false;
    };
    let century = match sign.to_ascii_uppercase() {
        b'+' => 1800,
        b'-' | b'Y' | b'X' | b'W' | b'V' | b'U' => 1900,
        b'A'..=b'F' => 2000,
        _ => return false,
    };
    let rest = (number(&date) * 1000 + number(&serial)) % 31;
    is_date(century + pair(&date, 4), pair(&date, 2), pair(&date, 0))
        && number(&serial) >= 2
        && b"0123456789ABCDEFHJKLMNPRSTUVWXY"[rest as usize] == check.to_ascii_uppercase()
}

fn is_kennitala(text: &str) -> bool {
    let Some(d) = digits::<10>(text) else {
        return false;
    };
    let century = match d[9] {
        9 => 1900,
        0 => 2000,
        _ => return false,
    };
    is_date(century + pair(&d, 4), pair(&d, 2), pair(&d, 0))
        && weighted(&d, &[3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

fn lv_pk(text: &str) -> bool {
    let Some(d) = digits::<11>(text) else {
        return false;
    };
    // Since 2017 numbers start with 32 and say nothing of the person.
    if d[0] == 3 && d[1] == 2 {
        return !all_equal(&d[2..]);
    }
    d[6] <= 2
        && is_date(
            1800 + u32::from(d[6]) * 100 + pair(&d, 4),
            pair(&d, 2),
            pair(&d, 0),
        )
        && (1 + weighted(&d, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11 % 10 == u32::from(d[10])
}

fn no_fnr(text: &str) -> bool {
    let Some(d) = digits::<11>(text) else {
        return false;
    };
    // D numbers add 40 to the day; hospital numbers 40, synthetic people 80 to the month.
    let day = if d[0] >= 4 {
        pair(&d, 0).saturating_sub(40)
    } else {
        pair(&d, 0)
    };
    // The individual number tells the century.
    let short = pair(&d, 4);
    let century = match (number(&d[6..9]), short) {
        (..=499, _) | (900.., 40..) => 1900,
        (500.., ..40) => 2000,
        (500..=749, 54..) => 1800,
        _ => return false,
    };
    is_date(century + short, pair(&d, 2) % 40, day)
        && weighted(&d, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1]).is_multiple_of(11)
        && weighted(&d, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

fn se_personnummer(text: &str) -> bool {
    // The plus sign marks people over a hundred.
    let Some(run) = compact_with(text, b" -+").and_then(|id| id.into_digits()) else {
        return false;
    };
    let (century, d) = match run.len() {
        10 => (None, &run[..]),
        12 => (Some(pair(&run, 0)), &run[2..]),
        _ => return false,
    };
    let day = if pair(d, 4) > 60 {
        pair(d, 4) - 60
    } else {
        pair(d, 4)
    };
    let date = match century {
        Some(century) => is_birth_date(century * 100 + pair(d, 0), pair(d, 2), day),
        None => is_short_date(pair(d, 0), pair(d, 2), day),
    };
    date && luhn_sum(d).is_multiple_of(10)
}
