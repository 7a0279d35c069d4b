//! National, tax and health numbers of the Americas, each by its published rule.
//! Where a number holds a birth date the date must exist; the clock is never asked whether it is past.

use super::Checksum;
use super::algorithm::{
    base36, complement10, complement11, luhn, luhn_sum, weighted, weighted_from_right,
};
use super::form::{
    all_equal, compact, digit_run, digits, is_date, is_short_date, number, pair, values,
};

pub(super) static TABLE: &[Checksum] = &[
    Checksum {
        name: "ar_cuit",
        about: "Argentina, CUIT and CUIL: weights mod 11, kind of holder",
        pass_rate: 0.01,
        check: ar_cuit,
    },
    Checksum {
        name: "ar_dni",
        about: "Argentina, DNI: 7 or 8 digits; no check digit",
        pass_rate: 0.89,
        check: ar_dni,
    },
    Checksum {
        name: "br_cpf",
        about: "Brazil, CPF: two weighted digits mod 11",
        pass_rate: 0.01,
        check: br_cpf,
    },
    Checksum {
        name: "ca_sin",
        about: "Canada, social insurance number: Luhn, not 0 or 8 first",
        pass_rate: 0.08,
        check: ca_sin,
    },
    Checksum {
        name: "cl_rut",
        about: "Chile, RUT and RUN: weights mod 11",
        pass_rate: 0.091,
        check: cl_rut,
    },
    Checksum {
        name: "co_cedula",
        about: "Colombia, cédula de ciudadanía: 6 to 10 digits; no check digit",
        pass_rate: 0.9,
        check: co_cedula,
    },
    Checksum {
        name: "co_nit",
        about: "Colombia, NIT: prime weights mod 11",
        pass_rate: 0.09,
        check: co_nit,
    },
    Checksum {
        name: "cu_ni",
        about: "Cuba, número de identidad: birth date; no check digit",
        pass_rate: 0.037,
        check: cu_ni,
    },
    Checksum {
        name: "do_cedula",
        about: "Dominican Republic, cédula: Luhn",
        pass_rate: 0.1,
        check: do_cedula,
    },
    Checksum {
        name: "ec_ci",
        about: "Ecuador, cédula de identidad: Luhn, province",
        pass_rate: 0.0187,
        check: ec_ci,
    },
    Checksum {
        name: "gt_nit",
        about: "Guatemala, NIT: weights mod 11",
        pass_rate: 0.09,
        check: gt_nit,
    },
    Checksum {
        name: "mx_curp",
        about: "Mexico, CURP: weights mod 10, birth date, state",
        pass_rate: 0.0001,
        check: mx_curp,
    },
    Checksum {
        name: "mx_rfc",
        about: "Mexico, RFC of persons: birth date; its check digit is often wrong in issued codes and not asked for",
        pass_rate: 0.0116,
        check: mx_rfc,
    },
    Checksum {
        name: "pe_dni",
        about: "Peru, DNI with check character: weights mod 11",
        pass_rate: 0.0553,
        check: pe_dni,
    },
    Checksum {
        name: "py_ruc",
        about: "Paraguay, RUC: weights mod 11",
        pass_rate: 0.09,
        check: py_ruc,
    },
    Checksum {
        name: "us_itin",
        about: "United States, ITIN: 9 first, group ranges; no check digit",
        pass_rate: 0.046,
        check: us_itin,
    },
    Checksum {
        name: "us_mbi",
        about: "United States, Medicare beneficiary identifier: places of letters and digits; no check digit",
        pass_rate: 0.243,
        check: us_mbi,
    },
    Checksum {
        name: "us_npi",
        about: "United States, national provider identifier: Luhn with prefix 80840",
        pass_rate: 0.02,
        check: us_npi,
    },
    Checksum {
        name: "us_ssn",
        about: "United States, social security number: no area 000, 666 or 9xx, no group 00, no serial 0000",
        pass_rate: 0.89,
        check: us_ssn,
    },
    Checksum {
        name: "uy_ci",
        about: "Uruguay, cédula de identidad: weights mod 10",
        pass_rate: 0.1,
        check: uy_ci,
    },
    Checksum {
        name: "uy_rut",
        about: "Uruguay, RUT: weights mod 11, office",
        pass_rate: 0.0000055,
        check: uy_rut,
    },
    Checksum {
        name: "ve_rif",
        about: "Venezuela, RIF: letter and weights mod 11",
        pass_rate: 0.09,
        check: ve_rif,
    },
];

fn ar_cuit(text: &str) -> bool {
    digits::<11>(text).is_some_and(|d| {
        let check = match complement11(weighted(&d, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2])) {
            10 => 9,
            check => check,
        };
        // 20 to 27 are persons, the others organisations.
        matches!(pair(&d, 0), 20 | 23..=27 | 30 | 33 | 34 | 50 | 51 | 55)
            && check == u32::from(d[10])
    })
}

fn ar_dni(text: &str) -> bool {
    digit_run(text, 7, 8).is_some_and(|d| d[0] != 0 && !all_equal(&d))
}

fn br_cpf(text: &str) -> bool {
    digits::<11>(text).is_some_and(|d| {
        let check = |length: u32| {
            let sum: u32 = d
                .iter()
                .zip((2..=length).rev())
                .map(|(&digit, weight)| u32::from(digit) * weight)
                .sum();
            sum * 10 % 11 % 10
        };
        check(10) == u32::from(d[9]) && check(11) == u32::from(d[10]) && !all_equal(&d)
    })
}

fn ca_sin(text: &str) -> bool {
    digits::<9>(text).is_some_and(|d| !matches!(d[0], 0 | 8) && luhn(&d))
}

/// The check character of Chile and others: weights 2 to `most` from the right, repeating; 10 is written K.
fn check_or_k(body: &[u8], check: u8, weights: &[u32]) -> bool {
    let expected = match complement11(weighted_from_right(body, weights)) {
        10 => b'K',
        digit => b'0' + digit as u8,
    };
    expected == check
}

fn cl_rut(text: &str) -> bool {
    let Some(id) = compact(text) else {
        return false;
    };
    let [body @ .., check] = &*id else {
        return false;
    };
    let d: Option<[u8; 8]> = values::<8>(body).or_else(|| {
        let short = values::<7>(body)?;
        let mut d = [0; 8];
        d[1..].copy_from_slice(&short);
        Some(d)
    });
    d.is_some_and(|d| {
        number(&d) >= 1_000_000 && !all_equal(&d) && check_or_k(&d, *check, &[2, 3, 4, 5, 6, 7])
    })
}

fn co_cedula(text: &str) -> bool {
    digit_run(text, 6, 10)
        .is_some_and(|d| d.len() != 9 && d[0] != 0 && !all_equal(&d) && (d.len() < 10 || d[0] == 1))
}

fn co_nit(text: &str) -> bool {
    digits::<10>(text).is_some_and(|d| {
        let rest = weighted_from_right(&d[..9], &[3, 7, 13, 17, 19, 23, 29, 37, 41]) % 11;
        d[0] != 0 && b"01987654321"[rest as usize] - b'0' == d[9]
    })
}

fn cu_ni(text: &str) -> bool {
    let Some(d) = digits::<11>(text) else {
        return false;
    };
    let century = match d[6] {
        9 => 1800,
        0..=5 => 1900,
        _ => 2000,
    };
    is_date(century + pair(&d, 0), pair(&d, 2), pair(&d, 4))
}

fn do_cedula(text: &str) -> bool {
    digits::<11>(text).is_some_and(|d| luhn(&d) && !all_equal(&d))
}

fn ec_ci(text: &str) -> bool {
    // Provinces 30 and 50 are for those registered abroad; a third digit above 6 makes it a company's tax number.
    digits::<10>(text)
        .is_some_and(|d| matches!(pair(&d, 0), 1..=24 | 30 | 50) && d[2] <= 6 && luhn(&d))
}

fn gt_nit(text: &str) -> bool {
    let Some(id) = compact(text) else {
        return false;
    };
    let [body @ .., check] = &*id else {
        return false;
    };
    if !(1..=11).contains(&body.len()) || !body.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let mut d = [0; 11];
    for (to, from) in d.iter_mut().rev().zip(body.iter().rev()) {
        *to = from - b'0';
    }
    number(&d) != 0 && check_or_k(&d, *check, &[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
}

/// Name letters, then YYMMDD, of Mexico's CURP and RFC.
fn mexican_date(d: &[u8]) -> bool {
    values::<6>(d).is_some_and(|d| is_short_date(pair(&d, 0), pair(&d, 2), pair(&d, 4)))
}

fn mx_curp(text: &str) -> bool {
    const STATES: &[u8] = b"ASBCBSCCCLCMCSCHDFDGGTGRHGJCMCMNMSNTNLOCPLQTQRSPSLSRTCTSTLVZYNZSNE";
    let Some(id) = compact(text).and_then(|id| id.to_array::<18>()) else {
        return false;
    };
    // The alphabet has Ñ after N, though no code is written with it.
    let value = |byte: u8| base36(byte) + u32::from(byte > b'N');
    let sum: u32 = id[..17]
        .iter()
        .zip((2..=18).rev())
        .map(|(&byte, weight)| value(byte) * weight)
        .sum();
    id[..4].iter().all(u8::is_ascii_uppercase)
        && mexican_date(&id[4..10])
        && matches!(id[10], b'H' | b'M' | b'X')
        && STATES.chunks(2).any(|state| state == &id[11..13])
        && id[13..16].iter().all(u8::is_ascii_uppercase)
        && id[17].is_ascii_digit()
        && complement10(sum) == u32::from(id[17] - b'0')
}

fn mx_rfc(text: &str) -> bool {
    // Ñ and & stand in names; either counts as one letter here.
    let mut letters = 0;
    let mut cut = 0;
    for (at, character) in text.char_indices().take(4) {
        if !character.is_ascii_alphabetic() && !matches!(character, 'Ñ' | 'ñ' | '&') {
            return false;
        }
        letters += 1;
        cut = at + character.len_utf8();
    }
    let rest = text[cut..].trim_start_matches([' ', '-']);
    compact(rest).is_some_and(|id| {
        letters == 4
            && id.len() == 9
            && mexican_date(&id[..6])
            && (id[8].is_ascii_digit() || id[8] == b'A')
    })
}

fn pe_dni(text: &str) -> bool {
    let Some(id) = compact(text) else {
        return false;
    };
    let [body @ .., check] = &*id else {
        return false;
    };
    values::<8>(body).is_some_and(|d| {
        let rest = (weighted(&d, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11) as usize;
        b"65432110987"[rest] == *check || b"KJIHGFEDCBA"[rest] == *check
    })
}

fn py_ruc(text: &str) -> bool {
    digit_run(text, 5, 9).is_some_and(|d| {
        let (body, check) = d.split_at(d.len() - 1);
        let sum = weighted_from_right(body, &[2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        !all_equal(&d) && complement11(sum) % 10 == u32::from(check[0])
    })
}

fn us_itin(text: &str) -> bool {
    digits::<9>(text)
        .is_some_and(|d| d[0] == 9 && matches!(pair(&d, 3), 50..=65 | 70..=88 | 90..=92 | 94..=99))
}

fn us_mbi(text: &str) -> bool {
    let Some(id) = compact(text).and_then(|id| id.to_array::<11>()) else {
        return false;
    };
    // C: 1–9, N: 0–9, A: a letter but S L O I B Z, X: either.
    let fits = |byte: u8, kind: u8| {
        let letter = byte.is_ascii_uppercase() && !b"SLOIBZ".contains(&byte);
        match kind {
            b'C' => matches!(byte, b'1'..=b'9'),
            b'N' => byte.is_ascii_digit(),
            b'A' => letter,
            _ => letter || byte.is_ascii_digit(),
        }
    };
    id.iter()
        .zip(b"CAXNAXNAANN")
        .all(|(&byte, &kind)| fits(byte, kind))
}

fn us_npi(text: &str) -> bool {
    // The prefix 80840 adds 24 to the Luhn sum.
    digits::<10>(text)
        .is_some_and(|d| matches!(d[0], 1 | 2) && (luhn_sum(&d) + 24).is_multiple_of(10))
}

fn us_ssn(text: &str) -> bool {
    // 078-05-1120 and 219-09-9999 stood in advertisements and belong to nobody.
    digits::<9>(text).is_some_and(|d| {
        let area = number(&d[..3]);
        area != 0
            && area != 666
            && area < 900
            && pair(&d, 3) != 0
            && number(&d[5..]) != 0
            && !matches!(number(&d), 78_051_120 | 219_099_999)
            && !all_equal(&d)
    })
}

fn uy_ci(text: &str) -> bool {
    digit_run(text, 7, 8).is_some_and(|run| {
        let mut d = [0; 8];
        d[8 - run.len()..].copy_from_slice(&run);
        !all_equal(&run) && complement10(weighted(&d, &[2, 9, 8, 7, 6, 3, 4])) == u32::from(d[7])
    })
}

fn uy_rut(text: &str) -> bool {
    let text = text.strip_prefix("UY").unwrap_or(text).trim_start();
    digits::<12>(text).is_some_and(|d| {
        (1..=22).contains(&pair(&d, 0))
            && number(&d[2..8]) != 0
            && d[8..11] == [0, 0, 1]
            && complement11(weighted(&d, &[4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])) == u32::from(d[11])
    })
}

fn ve_rif(text: &str) -> bool {
    let Some(id) = compact(text) else {
        return false;
    };
    let [letter, body @ ..] = &*id else {
        return false;
    };
    let first = match letter {
        b'V' => 4,
        b'E' => 8,
        b'J' => 12,
        b'P' => 16,
        b'G' => 20,
        _ => return false,
    };
    values::<9>(body).is_some_and(|d| {
        let check = match complement11(first + weighted(&d, &[3, 2, 7, 6, 5, 4, 3, 2])) {
            10 => 0,
            check => check,
        };
        check == u32::from(d[8])
    })
}
