//! National, tax and health numbers of western and southern Europe, and Türkiye, each by its published rule.
//! Where a number holds a birth date the date must exist; the clock is never asked whether it is past.

use super::Checksum;
use super::algorithm::{
    base36, complement11, luhn, mod11_10, verhoeff, weighted, weighted_from_right,
};
use super::form::{
    all_equal, compact, digit_run, digits, is_birth_date, is_date, is_short_date, number, pair,
    values,
};

pub(super) static TABLE: &[Checksum] = &[
    Checksum {
        name: "at_svnr",
        about: "Austria, Sozialversicherungsnummer: weights mod 11, birth date",
        pass_rate: 0.0037,
        check: at_svnr,
    },
    Checksum {
        name: "at_tin",
        about: "Austria, Abgabenkontonummer: Luhn",
        pass_rate: 0.1,
        check: at_tin,
    },
    Checksum {
        name: "be_rrn",
        about: "Belgium, national register and bis number: mod 97, birth date",
        pass_rate: 0.0016,
        check: be_rrn,
    },
    Checksum {
        name: "ch_ahv",
        about: "Switzerland, AHV number: prefix 756, EAN-13",
        pass_rate: 0.0001,
        check: ch_ahv,
    },
    Checksum {
        name: "cy_tic",
        about: "Cyprus, tax identification code: table sum mod 26",
        pass_rate: 0.038,
        check: cy_tic,
    },
    Checksum {
        name: "de_rvnr",
        about: "Germany, Rentenversicherungsnummer: weighted digit sums mod 10, birth date",
        pass_rate: 0.0036,
        check: de_rvnr,
    },
    Checksum {
        name: "de_steuer_id",
        about: "Germany, Steuer-Identifikationsnummer: ISO 7064 MOD 11,10, one digit repeated",
        pass_rate: 0.0035,
        check: de_steuer_id,
    },
    Checksum {
        name: "es_dni",
        about: "Spain, DNI: letter mod 23",
        pass_rate: 0.038,
        check: es_dni,
    },
    Checksum {
        name: "es_nie",
        about: "Spain, NIE: letter mod 23",
        pass_rate: 0.038,
        check: es_nie,
    },
    Checksum {
        name: "fr_nir",
        about: "France, NIR (numéro de sécurité sociale): key mod 97, month of birth",
        pass_rate: 0.0066,
        check: fr_nir,
    },
    Checksum {
        name: "fr_spi",
        about: "France, numéro fiscal (SPI): key mod 511",
        pass_rate: 0.0004,
        check: fr_spi,
    },
    Checksum {
        name: "gb_nhs",
        about: "United Kingdom, NHS number: weights mod 11",
        pass_rate: 0.091,
        check: gb_nhs,
    },
    Checksum {
        name: "gb_nino",
        about: "United Kingdom, national insurance number: prefix rules, suffix A–D; no check digit",
        pass_rate: 0.555,
        check: gb_nino,
    },
    Checksum {
        name: "gb_utr",
        about: "United Kingdom, unique taxpayer reference: weights mod 11, check digit first",
        pass_rate: 0.1,
        check: gb_utr,
    },
    Checksum {
        name: "gr_afm",
        about: "Greece, AFM: powers of two mod 11",
        pass_rate: 0.1,
        check: gr_afm,
    },
    Checksum {
        name: "gr_amka",
        about: "Greece, AMKA: Luhn, birth date",
        pass_rate: 0.0037,
        check: gr_amka,
    },
    Checksum {
        name: "ie_ppsn",
        about: "Ireland, PPS number: letter mod 23",
        pass_rate: 0.04,
        check: ie_ppsn,
    },
    Checksum {
        name: "it_codice_fiscale",
        about: "Italy, codice fiscale: odd and even tables mod 26, birth date",
        pass_rate: 0.0111,
        check: it_codice_fiscale,
    },
    Checksum {
        name: "lu_matricule",
        about: "Luxembourg, matricule: Luhn and Verhoeff, birth date",
        pass_rate: 0.000091,
        check: lu_matricule,
    },
    Checksum {
        name: "mt_id",
        about: "Malta, identity card: 7 digits and M G A P L H B or Z; no check digit",
        pass_rate: 0.3,
        check: mt_id,
    },
    Checksum {
        name: "nl_bsn",
        about: "Netherlands, BSN: elfproef",
        pass_rate: 0.091,
        check: nl_bsn,
    },
    Checksum {
        name: "pt_cc",
        about: "Portugal, cartão de cidadão: Luhn in base 36",
        pass_rate: 0.1,
        check: pt_cc,
    },
    Checksum {
        name: "pt_nif",
        about: "Portugal, NIF: weights mod 11",
        pass_rate: 0.08,
        check: pt_nif,
    },
    Checksum {
        name: "tr_tckn",
        about: "Türkiye, T.C. kimlik numarası: two check digits",
        pass_rate: 0.0091,
        check: tr_tckn,
    },
];

fn at_svnr(text: &str) -> bool {
    let Some(d) = digits::<10>(text) else {
        return false;
    };
    // Months 13 to 15 continue a day whose serial numbers ran out.
    let month = pair(&d, 6);
    let month = if month > 12 { 1 } else { month };
    d[0] != 0
        && pair(&d, 6) <= 15
        && is_short_date(pair(&d, 8), month, pair(&d, 4))
        && weighted(&d, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 == u32::from(d[3])
}

fn at_tin(text: &str) -> bool {
    digits::<9>(text).is_some_and(|d| luhn(&d) && !all_equal(&d))
}

fn be_rrn(text: &str) -> bool {
    let Some(d) = digits::<11>(text) else {
        return false;
    };
    let (body, check) = (number(&d[..9]), number(&d[9..]));
    let born_1900 = 97 - body % 97 == check;
    let born_2000 = 97 - (2_000_000_000 + body) % 97 == check;
    // Bis numbers of people without residence add 20 to the month (sex unknown) or 40.
    let month = match pair(&d, 2) {
        month @ 0..=12 => month,
        month @ 20..=32 => month - 20,
        month @ 40..=52 => month - 40,
        _ => return false,
    };
    let (short, day) = (pair(&d, 0), pair(&d, 4));
    // An unknown day or month of birth is written 00; a counter of 000 or 999 is never given.
    let plausible = |year| {
        if month == 0 || day == 0 {
            day <= 31
        } else {
            is_date(year, month, day)
        }
    };
    let counter = number(&d[6..9]);
    counter != 0
        && counter != 999
        && (born_1900 && plausible(1900 + short) || born_2000 && plausible(2000 + short))
}

fn ch_ahv(text: &str) -> bool {
    digits::<13>(text).is_some_and(|d| {
        d.starts_with(&[7, 5, 6]) && weighted_from_right(&d, &[1, 3]).is_multiple_of(10)
    })
}

fn cy_tic(text: &str) -> bool {
    const ODD: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let Some(id) = compact(text) else {
        return false;
    };
    let [body @ .., letter @ b'A'..=b'Z'] = &*id else {
        return false;
    };
    let Some(d) = values::<8>(body) else {
        return false;
    };
    let sum: u32 = d
        .iter()
        .enumerate()
        .map(|(at, &digit)| {
            if at % 2 == 0 {
                ODD[usize::from(digit)]
            } else {
                u32::from(digit)
            }
        })
        .sum();
    !d.starts_with(&[1, 2]) && sum % 26 == u32::from(letter - b'A')
}

fn de_rvnr(text: &str) -> bool {
    let Some(id) = compact(text) else {
        return false;
    };
    let [front @ .., letter @ b'A'..=b'Z', _, _, _] = &*id else {
        return false;
    };
    let (Some(front), Some(back)) = (values::<8>(front), values::<3>(&id[id.len() - 3..])) else {
        return false;
    };
    let letter = letter - b'A' + 1;
    let mut d = [0; 12];
    d[..8].copy_from_slice(&front);
    d[8..].copy_from_slice(&[letter / 10, letter % 10, back[0], back[1]]);
    let sum: u32 = d
        .iter()
        .zip([2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1])
        .map(|(&digit, weight)| u32::from(digit) * weight)
        .map(|product| product / 10 + product % 10)
        .sum();
    is_short_date(pair(&d, 6), pair(&d, 4), pair(&d, 2)) && sum % 10 == u32::from(back[2])
}

fn de_steuer_id(text: &str) -> bool {
    let Some(d) = digits::<11>(text) else {
        return false;
    };
    let mut counts = [0; 10];
    for &digit in &d[..10] {
        counts[usize::from(digit)] += 1;
    }
    let repeated = counts.iter().filter(|&&count| count > 1).count();
    let most = counts.iter().max().copied().unwrap_or_default();
    d[0] != 0 && repeated == 1 && (2..=3).contains(&most) && mod11_10(&d)
}

/// Whether the letter is the one that belongs to the number in Spain.
fn spanish_letter(number: u64, letter: u8) -> bool {
    b"TRWAGMYFPDXBNJZSQVHLCKE"[(number % 23) as usize] == letter
}

fn es_dni(text: &str) -> bool {
    let Some(id) = compact(text) else {
        return false;
    };
    let [body @ .., letter] = &*id else {
        return false;
    };
    values::<8>(body).is_some_and(|d| spanish_letter(number(&d), *letter) && !all_equal(&d))
}

fn es_nie(text: &str) -> bool {
    let Some(id) = compact(text) else {
        return false;
    };
    let [first @ b'X'..=b'Z', body @ .., letter] = &*id else {
        return false;
    };
    values::<7>(body)
        .is_some_and(|d| spanish_letter(u64::from(first - b'X') * 10_000_000 + number(&d), *letter))
}

fn fr_nir(text: &str) -> bool {
    let Some(mut id) = compact(text).and_then(|id| id.to_array::<15>()) else {
        return false;
    };
    // Corsica writes its departments with a letter, and counts as 19 and 18.
    match (id[5], id[6]) {
        (b'2', b'A') => (id[5], id[6]) = (b'1', b'9'),
        (b'2', b'B') => (id[5], id[6]) = (b'1', b'8'),
        _ => {}
    }
    let Some(d) = values::<15>(&id) else {
        return false;
    };
    // Months above 12 stand for incomplete civil records.
    let month = matches!(pair(&d, 3), 1..=12 | 20..=42 | 50..=99);
    matches!(d[0], 1..=4 | 7 | 8) && month && 97 - number(&d[..13]) % 97 == number(&d[13..])
}

fn fr_spi(text: &str) -> bool {
    digits::<13>(text)
        .is_some_and(|d| d[0] <= 3 && number(&d[..10]) % 511 == number(&d[10..]) && !all_equal(&d))
}

fn gb_nhs(text: &str) -> bool {
    digits::<10>(text).is_some_and(|d| {
        weighted(&d, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11) && !all_equal(&d)
    })
}

fn gb_nino(text: &str) -> bool {
    let Some(id) = compact(text) else {
        return false;
    };
    let [first, second, body @ .., b'A'..=b'D'] = &*id else {
        return false;
    };
    let never = [b"BG", b"GB", b"KN", b"NK", b"NT", b"TN", b"ZZ"];
    first.is_ascii_uppercase()
        && second.is_ascii_uppercase()
        && !b"DFIQUV".contains(first)
        && !b"DFIQUVO".contains(second)
        && !never.contains(&&[*first, *second])
        && values::<6>(body).is_some()
}

fn gb_utr(text: &str) -> bool {
    let text = text.strip_suffix(['k', 'K']).unwrap_or(text);
    digits::<10>(text).is_some_and(|d| {
        let rest = weighted(&d[1..], &[6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11;
        b"21987654321"[rest as usize] - b'0' == d[0]
    })
}

fn gr_afm(text: &str) -> bool {
    digits::<9>(text).is_some_and(|d| {
        weighted(&d, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == u32::from(d[8])
            && !all_equal(&d)
    })
}

fn gr_amka(text: &str) -> bool {
    digits::<11>(text)
        .is_some_and(|d| is_short_date(pair(&d, 4), pair(&d, 2), pair(&d, 0)) && luhn(&d))
}

fn ie_ppsn(text: &str) -> bool {
    let Some(id) = compact(text) else {
        return false;
    };
    let (body, letter, second) = match &*id {
        [
            body @ ..,
            letter @ b'A'..=b'W',
            second @ (b'A' | b'B' | b'H'),
        ] => (body, letter, u32::from(second - b'A') + 1),
        // W, T and X were written for a spouse, or by old systems, and count nothing.
        [body @ .., letter @ b'A'..=b'W', b'W' | b'T' | b'X'] => (body, letter, 0),
        [body @ .., letter @ b'A'..=b'W'] => (body, letter, 0),
        _ => return false,
    };
    values::<7>(body).is_some_and(|d| {
        let rest = (weighted(&d, &[8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23;
        b"WABCDEFGHIJKLMNOPQRSTUV"[rest as usize] == *letter
    })
}

fn it_codice_fiscale(text: &str) -> bool {
    /// What a character in an odd place counts; digits count as the letters A to J.
    const ODD: [u32; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    let Some(id) = compact(text).and_then(|id| id.to_array::<16>()) else {
        return false;
    };
    let place = |byte: u8| {
        if byte.is_ascii_digit() {
            byte - b'0'
        } else {
            byte - b'A'
        }
    };
    let sum: u32 = id[..15]
        .iter()
        .enumerate()
        .map(|(at, &byte)| {
            if at % 2 == 0 {
                ODD[usize::from(place(byte))]
            } else {
                u32::from(place(byte))
            }
        })
        .sum();
    // Omocodia: where two people would share a code, digits become letters, from the right.
    let digit = |at: usize| match id[at] {
        byte @ b'0'..=b'9' => Some(u32::from(byte - b'0')),
        byte => b"LMNPQRSTUV"
            .iter()
            .position(|&letter| letter == byte)
            .map(|at| at as u32),
    };
    let two = |at: usize| Some(digit(at)? * 10 + digit(at + 1)?);
    let month = b"ABCDEHLMPRST".iter().position(|&letter| letter == id[8]);
    let (Some(year), Some(month), Some(day), Some(_), Some(_)) =
        (two(6), month, two(9), digit(12), two(13))
    else {
        return false;
    };
    let day = if day > 40 { day - 40 } else { day };
    id[..6].iter().all(u8::is_ascii_uppercase)
        && id[11].is_ascii_uppercase()
        && is_short_date(year, month as u32 + 1, day)
        && id[15].is_ascii_uppercase()
        && sum % 26 == u32::from(id[15] - b'A')
}

fn lu_matricule(text: &str) -> bool {
    let Some(d) = digits::<13>(text) else {
        return false;
    };
    let mut with_second = [0; 12];
    with_second[..11].copy_from_slice(&d[..11]);
    with_second[11] = d[12];
    is_birth_date(number(&d[..4]) as u32, pair(&d, 4), pair(&d, 6))
        && luhn(&d[..12])
        && verhoeff(&with_second)
}

fn mt_id(text: &str) -> bool {
    let Some(id) = compact(text) else {
        return false;
    };
    let [
        body @ ..,
        b'M' | b'G' | b'A' | b'P' | b'L' | b'H' | b'B' | b'Z',
    ] = &*id
    else {
        return false;
    };
    values::<7>(body).is_some_and(|d| !all_equal(&d))
}

fn nl_bsn(text: &str) -> bool {
    let Some(run) = digit_run(text, 8, 9) else {
        return false;
    };
    let (&check, body) = match run.split_last() {
        Some(parts) => parts,
        None => return false,
    };
    weighted_from_right(body, &[2, 3, 4, 5, 6, 7, 8, 9]) % 11 == u32::from(check)
        && !all_equal(&run)
}

fn pt_cc(text: &str) -> bool {
    let Some(id) = compact(text).and_then(|id| id.to_array::<12>()) else {
        return false;
    };
    let sum: u32 = id
        .iter()
        .rev()
        .enumerate()
        .map(|(at, &byte)| {
            let value = base36(byte) * if at % 2 == 1 { 2 } else { 1 };
            if at % 2 == 1 && value > 9 {
                value - 9
            } else {
                value
            }
        })
        .sum();
    values::<9>(&id[..9]).is_some() && id[11].is_ascii_digit() && sum.is_multiple_of(10)
}

fn pt_nif(text: &str) -> bool {
    digits::<9>(text).is_some_and(|d| {
        d[0] != 0 && complement11(weighted(&d, &[9, 8, 7, 6, 5, 4, 3, 2])) % 10 == u32::from(d[8])
    })
}

fn tr_tckn(text: &str) -> bool {
    let Some(d) = digits::<11>(text) else {
        return false;
    };
    let odd = weighted(&d, &[1, 0, 1, 0, 1, 0, 1, 0, 1]);
    let even = weighted(&d, &[0, 1, 0, 1, 0, 1, 0, 1]);
    let tenth = (7 * odd + 100 - even) % 10;
    d[0] != 0 && tenth == u32::from(d[9]) && (odd + even + tenth) % 10 == u32::from(d[10])
}
