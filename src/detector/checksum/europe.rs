//! National, tax and health numbers of Europe, each by its published rule.
//! Where a number holds a birth date the date must exist; the clock is never asked whether it is past.

use super::Checksum;
use super::algorithm::{
    base36, complement10, complement11, luhn, luhn_sum, mod11_10, verhoeff, weighted,
    weighted_from_right,
};
use super::form::{
    all_equal, compact, compact_with, digit_run, digits, is_birth_date, is_date, is_short_date,
    number, pair, values,
};

pub(super) static TABLE: &[Checksum] = &[
    Checksum {
        name: "al_nid",
        about: "Albania, numri i identitetit: letter and 8 digits with birth date, letter; no public check",
        pass_rate: 0.147,
        check: al_nid,
    },
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
        name: "ba_jmbg",
        about: "Bosnia and Herzegovina, JMBG: weights mod 11, birth date",
        pass_rate: 0.0015,
        check: jmbg,
    },
    Checksum {
        name: "be_rrn",
        about: "Belgium, national register and bis number: mod 97, birth date",
        pass_rate: 0.0016,
        check: be_rrn,
    },
    Checksum {
        name: "bg_egn",
        about: "Bulgaria, EGN: weights mod 11, birth date",
        pass_rate: 0.011,
        check: bg_egn,
    },
    Checksum {
        name: "bg_lnc",
        about: "Bulgaria, LNC of foreigners: weights mod 10",
        pass_rate: 0.1,
        check: bg_lnc,
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
        name: "cz_rc",
        about: "Czechia, rodné číslo: mod 11, birth date",
        pass_rate: 0.014,
        check: rodne_cislo,
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
        name: "fi_hetu",
        about: "Finland, henkilötunnus: character mod 31, birth date",
        pass_rate: 0.001,
        check: fi_hetu,
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
        name: "hr_oib",
        about: "Croatia, OIB: ISO 7064 MOD 11,10",
        pass_rate: 0.1,
        check: hr_oib,
    },
    Checksum {
        name: "hu_adoazonosito",
        about: "Hungary, adóazonosító jel: prefix 8, weights mod 11",
        pass_rate: 0.0091,
        check: hu_adoazonosito,
    },
    Checksum {
        name: "hu_taj",
        about: "Hungary, TAJ: weights mod 10",
        pass_rate: 0.1,
        check: hu_taj,
    },
    Checksum {
        name: "ie_ppsn",
        about: "Ireland, PPS number: letter mod 23",
        pass_rate: 0.04,
        check: ie_ppsn,
    },
    Checksum {
        name: "is_kennitala",
        about: "Iceland, kennitala of persons: weights mod 11, birth date",
        pass_rate: 0.001,
        check: is_kennitala,
    },
    Checksum {
        name: "it_codice_fiscale",
        about: "Italy, codice fiscale: odd and even tables mod 26, birth date",
        pass_rate: 0.0111,
        check: it_codice_fiscale,
    },
    Checksum {
        name: "lt_asmens_kodas",
        about: "Lithuania, asmens kodas: two-stage weights mod 11, birth date",
        pass_rate: 0.0022,
        check: lt_asmens_kodas,
    },
    Checksum {
        name: "lu_matricule",
        about: "Luxembourg, matricule: Luhn and Verhoeff, birth date",
        pass_rate: 0.000091,
        check: lu_matricule,
    },
    Checksum {
        name: "lv_pk",
        about: "Latvia, personas kods: weights mod 11, birth date; form only for those that start with 32",
        pass_rate: 0.011,
        check: lv_pk,
    },
    Checksum {
        name: "md_idnp",
        about: "Moldova, IDNP: weights 7, 3, 1 mod 10",
        pass_rate: 0.02,
        check: md_idnp,
    },
    Checksum {
        name: "me_jmbg",
        about: "Montenegro, JMBG: weights mod 11, birth date",
        pass_rate: 0.0015,
        check: jmbg,
    },
    Checksum {
        name: "mk_embg",
        about: "North Macedonia, EMBG: weights mod 11, birth date",
        pass_rate: 0.0015,
        check: jmbg,
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
        name: "no_fnr",
        about: "Norway, fødselsnummer and D-nummer: two weighted digits mod 11, birth date",
        pass_rate: 0.0016,
        check: no_fnr,
    },
    Checksum {
        name: "pl_nip",
        about: "Poland, NIP: weights mod 11",
        pass_rate: 0.091,
        check: pl_nip,
    },
    Checksum {
        name: "pl_pesel",
        about: "Poland, PESEL: weights mod 10, birth date",
        pass_rate: 0.018,
        check: pl_pesel,
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
        name: "ro_cnp",
        about: "Romania, CNP: weights mod 11, birth date, county",
        pass_rate: 0.0017,
        check: ro_cnp,
    },
    Checksum {
        name: "rs_jmbg",
        about: "Serbia, JMBG: weights mod 11, birth date",
        pass_rate: 0.0015,
        check: jmbg,
    },
    Checksum {
        name: "ru_inn",
        about: "Russia, INN of persons: two weighted digits mod 11",
        pass_rate: 0.01,
        check: ru_inn,
    },
    Checksum {
        name: "ru_snils",
        about: "Russia, SNILS: weights mod 101",
        pass_rate: 0.01,
        check: ru_snils,
    },
    Checksum {
        name: "se_personnummer",
        about: "Sweden, personnummer and samordningsnummer: Luhn, birth date",
        pass_rate: 0.0073,
        check: se_personnummer,
    },
    Checksum {
        name: "si_emso",
        about: "Slovenia, EMŠO: weights mod 11, birth date",
        pass_rate: 0.0015,
        check: jmbg,
    },
    Checksum {
        name: "sk_rc",
        about: "Slovakia, rodné číslo: mod 11, birth date",
        pass_rate: 0.014,
        check: rodne_cislo,
    },
    Checksum {
        name: "tr_tckn",
        about: "Türkiye, T.C. kimlik numarası: two check digits",
        pass_rate: 0.0091,
        check: tr_tckn,
    },
    Checksum {
        name: "ua_rntrc",
        about: "Ukraine, RNTRC: weights mod 11",
        pass_rate: 0.1,
        check: ua_rntrc,
    },
];

fn al_nid(text: &str) -> bool {
    let Some(id) = compact(text) else {
        return false;
    };
    let [decade @ b'A'..=b'T', body @ .., b'A'..=b'W'] = &*id else {
        return false;
    };
    let Some(d) = values::<8>(body) else {
        return false;
    };
    let year = 1900 + u32::from(decade - b'A') * 10 + u32::from(d[0]);
    // Women have 50 on the month, foreign residents 30.
    let month = pair(&d, 1) % 50;
    let month = if month > 30 { month - 30 } else { month };
    is_birth_date(year, month, pair(&d, 3))
}

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

/// The number of former Yugoslavia; its region digits say where a person was first registered, not where they live.
fn jmbg(text: &str) -> bool {
    let Some(d) = digits::<13>(text) else {
        return false;
    };
    let short = number(&d[4..7]) as u32;
    let year = if short >= 800 {
        1000 + short
    } else {
        2000 + short
    };
    is_birth_date(year, pair(&d, 2), pair(&d, 0))
        && complement11(weighted(&d, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2])) % 10
            == u32::from(d[12])
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

fn bg_egn(text: &str) -> bool {
    let Some(d) = digits::<10>(text) else {
        return false;
    };
    let (century, month) = match pair(&d, 2) {
        month @ 21..=32 => (1800, month - 20),
        month @ 41..=52 => (2000, month - 40),
        month => (1900, month),
    };
    is_date(century + pair(&d, 0), month, pair(&d, 4))
        && weighted(&d, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == u32::from(d[9])
}

fn bg_lnc(text: &str) -> bool {
    digits::<10>(text).is_some_and(|d| {
        weighted(&d, &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10 == u32::from(d[9]) && !all_equal(&d)
    })
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

fn rodne_cislo(text: &str) -> bool {
    let Some(d) = digit_run(text, 9, 10) else {
        return false;
    };
    let short = pair(&d, 0);
    let year = match d.len() {
        // Nine digits were given until the end of 1953, without a check digit.
        9 if short < 54 => 1900 + short,
        9 => return false,
        _ if short < 54 => 2000 + short,
        _ => 1900 + short,
    };
    // Women have 50 on the month; since 2004 another 20 where a day's numbers ran out.
    let month = pair(&d, 2) % 50;
    let month = if month > 20 && year >= 2004 {
        month - 20
    } else {
        month
    };
    is_date(year, month, pair(&d, 4))
        && (d.len() == 9 || number(&d[..9]) % 11 % 10 == u64::from(d[9]))
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

fn hr_oib(text: &str) -> bool {
    digits::<11>(text).is_some_and(|d| mod11_10(&d))
}

fn hu_adoazonosito(text: &str) -> bool {
    digits::<10>(text).is_some_and(|d| {
        d[0] == 8 && weighted(&d, &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 == u32::from(d[9])
    })
}

fn hu_taj(text: &str) -> bool {
    digits::<9>(text).is_some_and(|d| {
        weighted(&d, &[3, 7, 3, 7, 3, 7, 3, 7]) % 10 == u32::from(d[8]) && !all_equal(&d)
    })
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

fn md_idnp(text: &str) -> bool {
    // Numbers that start with 1 are those of organisations.
    digits::<13>(text).is_some_and(|d| {
        matches!(d[0], 0 | 2)
            && !all_equal(&d)
            && weighted(&d, &[7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1]) % 10 == u32::from(d[12])
    })
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

fn pl_nip(text: &str) -> bool {
    digits::<10>(text).is_some_and(|d| {
        weighted(&d, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == u32::from(d[9]) && !all_equal(&d)
    })
}

fn pl_pesel(text: &str) -> bool {
    let Some(d) = digits::<11>(text) else {
        return false;
    };
    // The month tells the century: +80 is the 19th, nothing the 20th, +20 the 21st …
    let century = [1900, 2000, 2100, 2200, 1800][(pair(&d, 2) / 20) as usize];
    is_date(century + pair(&d, 0), pair(&d, 2) % 20, pair(&d, 4))
        && complement10(weighted(&d, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3])) == u32::from(d[10])
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

fn ro_cnp(text: &str) -> bool {
    let Some(d) = digits::<13>(text) else {
        return false;
    };
    let century = match d[0] {
        3 | 4 => 1800,
        5 | 6 => 2000,
        // 7, 8 and 9 are residents and foreigners of any century.
        1 | 2 | 7..=9 => 1900,
        _ => return false,
    };
    let (short, month, day) = (pair(&d, 1), pair(&d, 3), pair(&d, 5));
    let date =
        is_date(century + short, month, day) || d[0] >= 7 && is_date(2000 + short, month, day);
    let county = matches!(pair(&d, 7), 1..=52 | 70 | 80..=83);
    let check = match weighted(&d, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11 {
        10 => 1,
        check => check,
    };
    date && county && check == u32::from(d[12])
}

fn ru_inn(text: &str) -> bool {
    digits::<12>(text).is_some_and(|d| {
        weighted(&d, &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10 == u32::from(d[10])
            && weighted(&d, &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10 == u32::from(d[11])
            && !all_equal(&d)
    })
}

fn ru_snils(text: &str) -> bool {
    digits::<11>(text).is_some_and(|d| {
        // Numbers up to 001-001-998 were given without a check.
        number(&d[..9]) > 1_001_998
            && weighted(&d, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100 == pair(&d, 9)
    })
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

fn tr_tckn(text: &str) -> bool {
    let Some(d) = digits::<11>(text) else {
        return false;
    };
    let odd = weighted(&d, &[1, 0, 1, 0, 1, 0, 1, 0, 1]);
    let even = weighted(&d, &[0, 1, 0, 1, 0, 1, 0, 1]);
    let tenth = (7 * odd + 100 - even) % 10;
    d[0] != 0 && tenth == u32::from(d[9]) && (odd + even + tenth) % 10 == u32::from(d[10])
}

fn ua_rntrc(text: &str) -> bool {
    digits::<10>(text).is_some_and(|d| {
        // A weight of 10 stands for −1 modulo 11.
        let sum = weighted(&d, &[10, 5, 7, 9, 4, 6, 10, 5, 7]);
        sum % 11 % 10 == u32::from(d[9]) && !all_equal(&d)
    })
}
