//! National and tax numbers of Africa and the Middle East, each by its published rule.
//! Where a number holds a birth date the date must exist; the clock is never asked whether it is past.

use super::Checksum;
use super::algorithm::{base36, luhn, weighted};
use super::form::{
    all_equal, compact, digit_run, digits, is_birth_date, is_date, is_short_date, number, pair,
    values,
};

pub(super) static TABLE: &[Checksum] = &[
    Checksum {
        name: "ae_emirates_id",
        about: "United Arab Emirates, Emirates ID: 784, year of birth, Luhn",
        pass_rate: 0.0025,
        check: ae_emirates_id,
    },
    Checksum {
        name: "eg_nid",
        about: "Egypt, national id: century, birth date, governorate; no public check",
        pass_rate: 0.0134,
        check: eg_nid,
    },
    Checksum {
        name: "gh_card",
        about: "Ghana, Ghana Card number: GHA, 9 digits, 1; no public check",
        pass_rate: 1.0,
        check: gh_card,
    },
    Checksum {
        name: "il_tz",
        about: "Israel, teudat zehut: Luhn",
        pass_rate: 0.1,
        check: il_tz,
    },
    Checksum {
        name: "ir_code_melli",
        about: "Iran, code melli: weights mod 11",
        pass_rate: 0.09,
        check: ir_code_melli,
    },
    Checksum {
        name: "ke_id",
        about: "Kenya, national id: 7 or 8 digits; no check digit",
        pass_rate: 0.9,
        check: ke_id,
    },
    Checksum {
        name: "kw_civil_id",
        about: "Kuwait, civil id: weights mod 11, birth date",
        pass_rate: 0.0006,
        check: kw_civil_id,
    },
    Checksum {
        name: "ma_cnie",
        about: "Morocco, CNIE: 1 or 2 letters and 5 or 6 digits; no check digit",
        pass_rate: 1.0,
        check: ma_cnie,
    },
    Checksum {
        name: "mu_nid",
        about: "Mauritius, national id: character mod 17, birth date",
        pass_rate: 0.0011,
        check: mu_nid,
    },
    Checksum {
        name: "mz_nuit",
        about: "Mozambique, NUIT: weights mod 11",
        pass_rate: 0.1,
        check: mz_nuit,
    },
    Checksum {
        name: "ng_nin",
        about: "Nigeria, NIN: 11 digits; no public check",
        pass_rate: 1.0,
        check: ng_nin,
    },
    Checksum {
        name: "sa_nid",
        about: "Saudi Arabia, national id and iqama: 1 or 2 first, Luhn",
        pass_rate: 0.02,
        check: sa_nid,
    },
    Checksum {
        name: "za_id",
        about: "South Africa, id number: Luhn, birth date, citizenship",
        pass_rate: 0.0011,
        check: za_id,
    },
];

fn ae_emirates_id(text: &str) -> bool {
    digits::<15>(text).is_some_and(|d| {
        d.starts_with(&[7, 8, 4]) && is_birth_date(number(&d[3..7]) as u32, 1, 1) && luhn(&d)
    })
}

fn eg_nid(text: &str) -> bool {
    let Some(d) = digits::<14>(text) else {
        return false;
    };
    let century = match d[0] {
        2 => 1900,
        3 => 2000,
        _ => return false,
    };
    // Governorates have numbers up to 35; 88 is a birth abroad.
    matches!(pair(&d, 7), 1..=35 | 88) && is_date(century + pair(&d, 1), pair(&d, 3), pair(&d, 5))
}

fn gh_card(text: &str) -> bool {
    let Some(id) = compact(text) else {
        return false;
    };
    let [b'G', b'H', b'A', body @ ..] = &*id else {
        return false;
    };
    values::<10>(body).is_some_and(|d| !all_equal(&d))
}

fn il_tz(text: &str) -> bool {
    // Leading zeros are often left out.
    digit_run(text, 8, 9).is_some_and(|d| luhn(&d) && !all_equal(&d))
}

fn ir_code_melli(text: &str) -> bool {
    digits::<10>(text).is_some_and(|d| {
        let rest = weighted(&d, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
        let check = if rest < 2 { rest } else { 11 - rest };
        check == u32::from(d[9]) && !all_equal(&d)
    })
}

fn ke_id(text: &str) -> bool {
    digit_run(text, 7, 8).is_some_and(|d| d[0] != 0 && !all_equal(&d))
}

fn kw_civil_id(text: &str) -> bool {
    let Some(d) = digits::<12>(text) else {
        return false;
    };
    // 1 is the 19th century, 2 the 20th, 3 the 21st.
    (1..=3).contains(&d[0])
        && is_date(
            1700 + u32::from(d[0]) * 100 + pair(&d, 1),
            pair(&d, 3),
            pair(&d, 5),
        )
        && 11 - weighted(&d, &[2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11 == u32::from(d[11])
}

fn ma_cnie(text: &str) -> bool {
    let Some(id) = compact(text) else {
        return false;
    };
    let letters = id
        .iter()
        .take_while(|byte| byte.is_ascii_uppercase())
        .count();
    let rest = &id[letters..];
    (1..=2).contains(&letters)
        && (5..=6).contains(&rest.len())
        && rest.iter().all(u8::is_ascii_digit)
}

fn mu_nid(text: &str) -> bool {
    let Some(id) = compact(text).and_then(|id| id.to_array::<14>()) else {
        return false;
    };
    let Some(d) = values::<12>(&id[1..13]) else {
        return false;
    };
    let sum: u32 = id[..13]
        .iter()
        .zip((2..=14).rev())
        .map(|(&byte, weight)| base36(byte) * weight)
        .sum();
    id[0].is_ascii_uppercase()
        && is_short_date(pair(&d, 4), pair(&d, 2), pair(&d, 0))
        && (17 - sum % 17) % 17 == base36(id[13])
}

fn mz_nuit(text: &str) -> bool {
    digits::<9>(text).is_some_and(|d| {
        let rest = weighted(&d, &[8, 9, 4, 5, 6, 7, 8, 9]) % 11;
        b"01234567891"[rest as usize] - b'0' == d[8] && !all_equal(&d)
    })
}

fn ng_nin(text: &str) -> bool {
    digits::<11>(text).is_some_and(|d| !all_equal(&d))
}

fn sa_nid(text: &str) -> bool {
    digits::<10>(text).is_some_and(|d| matches!(d[0], 1 | 2) && luhn(&d))
}

fn za_id(text: &str) -> bool {
    // 0 citizen, 1 permanent resident, 2 refugee; the digit after it was race once, 8 or 9 now.
    digits::<13>(text).is_some_and(|d| {
        is_short_date(pair(&d, 0), pair(&d, 2), pair(&d, 4)) && d[10] <= 2 && luhn(&d)
    })
}
