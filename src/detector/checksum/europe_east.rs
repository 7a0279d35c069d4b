//! National, tax and health numbers of central, eastern and south-eastern Europe, each by its published rule.
//! Where a number holds a birth date the date must exist; the clock is never asked whether it is past.

use super::Checksum;
use super::algorithm::{complement10, complement11, mod11_10, weighted};
use super::form::{
    all_equal, compact, digit_run, digits, is_birth_date, is_date, number, pair, values,
};

pub(super) static TABLE: &[Checksum] = &[
    Checksum {
        name: "al_nid",
        about: "Albania, numri i identitetit: letter and 8 digits with birth date, letter; no public check",
        pass_rate: 0.147,
        check: al_nid,
    },
    Checksum {
        name: "ba_jmbg",
        about: "Bosnia and Herzegovina, JMBG: weights mod 11, birth date",
        pass_rate: 0.0015,
        check: jmbg,
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
        name: "cz_rc",
        about: "Czechia, rodné číslo: mod 11, birth date",
        pass_rate: 0.014,
        check: rodne_cislo,
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

fn md_idnp(text: &str) -> bool {
    // Numbers that start with 1 are those of organisations.
    digits::<13>(text).is_some_and(|d| {
        matches!(d[0], 0 | 2)
            && !all_equal(&d)
            && weighted(&d, &[7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1]) % 10 == u32::from(d[12])
    })
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
    let county = matches!(pair(&d, 7), 1..=48 | 51 | 52 | 70 | 80..=83);
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

fn ua_rntrc(text: &str) -> bool {
    digits::<10>(text).is_some_and(|d| {
        // A weight of 10 stands for −1 modulo 11.
        let sum = weighted(&d, &[10, 5, 7, 9, 4, 6, 10, 5, 7]);
        sum % 11 % 10 == u32::from(d[9]) && !all_equal(&d)
    })
}
