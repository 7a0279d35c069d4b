//! National, tax and health numbers of Asia east of Iran, and of Oceania, each by its published rule.
//! Where a number holds a birth date the date must exist; the clock is never asked whether it is past.

use super::Checksum;
use super::algorithm::{complement10, complement11, luhn, mod11_2, verhoeff, weighted};
use super::form::{
    all_equal, compact, compact_with, digit_run, digits, is_birth_date, is_date, is_short_date,
    number, pair, values,
};

pub(super) static TABLE: &[Checksum] = &[
    Checksum {
        name: "am_psn",
        about: "Armenia, public services number: 10 digits; no public check",
        pass_rate: 0.9,
        check: am_psn,
    },
    Checksum {
        name: "au_medicare",
        about: "Australia, Medicare card number: weights mod 10",
        pass_rate: 0.045,
        check: au_medicare,
    },
    Checksum {
        name: "au_tfn",
        about: "Australia, tax file number: weights mod 11",
        pass_rate: 0.091,
        check: au_tfn,
    },
    Checksum {
        name: "bd_nid",
        about: "Bangladesh, national id: 10, 13 or 17 digits; no public check",
        pass_rate: 0.9,
        check: bd_nid,
    },
    Checksum {
        name: "cn_ric",
        about: "China, resident identity card: ISO 7064 MOD 11-2, birth date, province",
        pass_rate: 0.00003,
        check: cn_ric,
    },
    Checksum {
        name: "ge_personal_number",
        about: "Georgia, personal number: 11 digits; no public check",
        pass_rate: 1.0,
        check: ge_personal_number,
    },
    Checksum {
        name: "hk_hkid",
        about: "Hong Kong, identity card: weights mod 11",
        pass_rate: 0.083,
        check: hk_hkid,
    },
    Checksum {
        name: "id_nik",
        about: "Indonesia, NIK: province, birth date; no check digit",
        pass_rate: 0.0367,
        check: id_nik,
    },
    Checksum {
        name: "id_npwp",
        about: "Indonesia, NPWP: Luhn over the first nine digits",
        pass_rate: 0.1,
        check: id_npwp,
    },
    Checksum {
        name: "in_aadhaar",
        about: "India, Aadhaar: Verhoeff",
        pass_rate: 0.08,
        check: in_aadhaar,
    },
    Checksum {
        name: "in_pan",
        about: "India, PAN of persons: fourth letter P; no public check",
        pass_rate: 0.038,
        check: in_pan,
    },
    Checksum {
        name: "jp_my_number",
        about: "Japan, My Number: weights mod 11",
        pass_rate: 0.1,
        check: jp_my_number,
    },
    Checksum {
        name: "kr_rrn",
        about: "Korea, resident registration number: weights mod 11, birth date; date only for births since October 2020",
        pass_rate: 0.0133,
        check: kr_rrn,
    },
    Checksum {
        name: "kz_iin",
        about: "Kazakhstan, IIN: two-stage weights mod 11, birth date",
        pass_rate: 0.0022,
        check: kz_iin,
    },
    Checksum {
        name: "lk_nic",
        about: "Sri Lanka, NIC: day of the year of birth; no public check",
        pass_rate: 0.73,
        check: lk_nic,
    },
    Checksum {
        name: "my_nric",
        about: "Malaysia, MyKad number: birth date, place of birth; no check digit",
        pass_rate: 0.033,
        check: my_nric,
    },
    Checksum {
        name: "nz_ird",
        about: "New Zealand, IRD number: two-stage weights mod 11",
        pass_rate: 0.013,
        check: nz_ird,
    },
    Checksum {
        name: "nz_nhi",
        about: "New Zealand, NHI number: weights mod 11 (old form) or mod 23 (new form)",
        pass_rate: 0.072,
        check: nz_nhi,
    },
    Checksum {
        name: "ph_philsys",
        about: "Philippines, PhilSys number: 12 digits; no public check",
        pass_rate: 1.0,
        check: ph_philsys,
    },
    Checksum {
        name: "pk_cnic",
        about: "Pakistan, CNIC: province, last digit not 0; no check digit",
        pass_rate: 0.63,
        check: pk_cnic,
    },
    Checksum {
        name: "sg_nric",
        about: "Singapore, NRIC and FIN: letter mod 11",
        pass_rate: 0.038,
        check: sg_nric,
    },
    Checksum {
        name: "th_pin",
        about: "Thailand, personal identification number: weights mod 11",
        pass_rate: 0.08,
        check: th_pin,
    },
    Checksum {
        name: "tw_id",
        about: "Taiwan, national and resident id: weights mod 10",
        pass_rate: 0.04,
        check: tw_id,
    },
    Checksum {
        name: "vn_cccd",
        about: "Viet Nam, citizen identity number: province, century and year of birth; no check digit",
        pass_rate: 0.0374,
        check: vn_cccd,
    },
];

fn am_psn(text: &str) -> bool {
    digits::<10>(text).is_some_and(|d| d[0] != 0 && !all_equal(&d))
}

fn au_medicare(text: &str) -> bool {
    // The ninth digit checks the first eight; then come the issue and, often, the person on the card.
    digit_run(text, 10, 11).is_some_and(|d| {
        (2..=6).contains(&d[0])
            && d[9] != 0
            && d.get(10) != Some(&0)
            && weighted(&d[..8], &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == u32::from(d[8])
    })
}

fn au_tfn(text: &str) -> bool {
    digits::<9>(text).is_some_and(|d| {
        weighted(&d, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11) && !all_equal(&d)
    })
}

fn bd_nid(text: &str) -> bool {
    digit_run(text, 10, 17).is_some_and(|d| match d.len() {
        10 => d[0] != 0 && !all_equal(&d),
        13 => !all_equal(&d),
        17 => is_birth_date(number(&d[..4]) as u32, 1, 1),
        _ => false,
    })
}

fn cn_ric(text: &str) -> bool {
    let Some(mut id) = compact(text).and_then(|id| id.to_array::<18>()) else {
        return false;
    };
    let check = match id[17] {
        b'X' => 10,
        byte @ b'0'..=b'9' => byte - b'0',
        _ => return false,
    };
    id[17] = b'0';
    let Some(mut d) = values::<18>(&id) else {
        return false;
    };
    d[17] = check;
    matches!(pair(&d, 0), 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83)
        && is_birth_date(number(&d[6..10]) as u32, pair(&d, 10), pair(&d, 12))
        && mod11_2(&d)
}

fn ge_personal_number(text: &str) -> bool {
    digits::<11>(text).is_some_and(|d| !all_equal(&d))
}

fn hk_hkid(text: &str) -> bool {
    let Some(id) = compact_with(text.strip_suffix(')').unwrap_or(text), b" (") else {
        return false;
    };
    let (body, check) = id.split_at(id.len() - 1);
    let check = match check[0] {
        b'A' => 10,
        byte @ b'0'..=b'9' => u32::from(byte - b'0'),
        _ => return false,
    };
    let letter = |byte: u8| u32::from(byte - b'A') + 10;
    let (letters, d) = match body {
        // One letter has a blank before it, which counts 36.
        [one @ b'A'..=b'Z', d @ ..] if d.len() == 6 => (9 * 36 + 8 * letter(*one), d),
        [one @ b'A'..=b'Z', two @ b'A'..=b'Z', d @ ..] => (9 * letter(*one) + 8 * letter(*two), d),
        _ => return false,
    };
    values::<6>(d)
        .is_some_and(|d| (letters + weighted(&d, &[7, 6, 5, 4, 3, 2]) + check).is_multiple_of(11))
}

fn id_nik(text: &str) -> bool {
    let Some(d) = digits::<16>(text) else {
        return false;
    };
    // Women have 40 on the day.
    let day = pair(&d, 6) % 40;
    matches!(pair(&d, 0), 11..=19 | 21 | 31..=36 | 51..=53 | 61..=65 | 71..=76 | 81 | 82 | 91..=97)
        && pair(&d, 2) != 0
        && is_short_date(pair(&d, 10), pair(&d, 8), day)
        && number(&d[12..]) != 0
}

fn id_npwp(text: &str) -> bool {
    digits::<15>(text).is_some_and(|d| luhn(&d[..9]) && !all_equal(&d[..9]))
}

fn in_aadhaar(text: &str) -> bool {
    digits::<12>(text).is_some_and(|d| d[0] >= 2 && !d.iter().eq(d.iter().rev()) && verhoeff(&d))
}

fn in_pan(text: &str) -> bool {
    let Some(id) = compact(text).and_then(|id| id.to_array::<10>()) else {
        return false;
    };
    id[..5].iter().all(u8::is_ascii_uppercase)
        && id[3] == b'P'
        && values::<4>(&id[5..9]).is_some_and(|d| number(&d) != 0)
        && id[9].is_ascii_uppercase()
}

fn jp_my_number(text: &str) -> bool {
    digits::<12>(text).is_some_and(|d| {
        complement11(weighted(&d, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2])) % 10 == u32::from(d[11])
            && !all_equal(&d)
    })
}

fn kr_rrn(text: &str) -> bool {
    let Some(d) = digits::<13>(text) else {
        return false;
    };
    let century = match d[6] {
        1 | 2 | 5 | 6 => 1900,
        3 | 4 | 7 | 8 => 2000,
        _ => 1800,
    };
    let (year, month) = (century + pair(&d, 0), pair(&d, 2));
    let check = (11 - weighted(&d, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10;
    is_date(year, month, pair(&d, 4))
        && ((year, month) >= (2020, 10) || pair(&d, 7) <= 96 && check == u32::from(d[12]))
}

fn kz_iin(text: &str) -> bool {
    let Some(d) = digits::<12>(text) else {
        return false;
    };
    let mut check = weighted(&d, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) % 11;
    if check == 10 {
        check = weighted(&d, &[3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) % 11;
    }
    // 0 is for foreigners without a century, then two digits a century.
    let date = match d[6] {
        0 => is_short_date(pair(&d, 0), pair(&d, 2), pair(&d, 4)),
        1..=6 => is_date(
            1800 + u32::from(d[6] - 1) / 2 * 100 + pair(&d, 0),
            pair(&d, 2),
            pair(&d, 4),
        ),
        _ => false,
    };
    date && check == u32::from(d[11])
}

fn lk_nic(text: &str) -> bool {
    let Some(id) = compact(text) else {
        return false;
    };
    // Women have 500 on the day of the year, which counts every February with 29 days.
    let day = |d: &[u8]| (1..=366).contains(&(number(d) % 500)) && number(d) < 867;
    match &*id {
        [body @ .., b'V' | b'X'] => values::<9>(body).is_some_and(|d| day(&d[2..5])),
        body => values::<12>(body)
            .is_some_and(|d| is_birth_date(number(&d[..4]) as u32, 1, 1) && day(&d[4..7])),
    }
}

fn my_nric(text: &str) -> bool {
    digits::<12>(text).is_some_and(|d| {
        is_short_date(pair(&d, 0), pair(&d, 2), pair(&d, 4))
            && !matches!(pair(&d, 6), 0 | 17..=20 | 69 | 70 | 73 | 80 | 81 | 94..=97)
    })
}

fn nz_ird(text: &str) -> bool {
    let Some(run) = digit_run(text, 8, 9) else {
        return false;
    };
    let mut d = [0; 9];
    d[9 - run.len()..].copy_from_slice(&run);
    let mut check = complement11(weighted(&d, &[3, 2, 7, 6, 5, 4, 3, 2]));
    if check == 10 {
        check = complement11(weighted(&d, &[7, 4, 3, 2, 5, 2, 7, 6]));
    }
    // Inland Revenue gives numbers between these two.
    (10_000_000..=150_000_000).contains(&number(&d)) && check == u32::from(d[8])
}

fn nz_nhi(text: &str) -> bool {
    /// The letters without I and O, counted from 1.
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
    let Some(id) = compact(text).and_then(|id| id.to_array::<7>()) else {
        return false;
    };
    let value = |byte: u8| match byte {
        b'0'..=b'9' => Some(u32::from(byte - b'0')),
        _ => LETTERS
            .iter()
            .position(|&letter| letter == byte)
            .map(|at| at as u32 + 1),
    };
    let mut sum = 0;
    for (&byte, weight) in id[..6].iter().zip((2..=7).rev()) {
        let Some(value) = value(byte) else {
            return false;
        };
        sum += value * weight;
    }
    let letters = id[..3].iter().all(u8::is_ascii_uppercase)
        && id[3].is_ascii_digit()
        && id[4].is_ascii_digit();
    let check = id[6];
    letters
        && if id[5].is_ascii_digit() {
            sum % 11 != 0
                && check.is_ascii_digit()
                && complement11(sum) % 10 == u32::from(check - b'0')
        } else {
            value(check) == Some(23 - sum % 23) && check.is_ascii_uppercase()
        }
}

fn ph_philsys(text: &str) -> bool {
    digits::<12>(text).is_some_and(|d| !all_equal(&d))
}

fn pk_cnic(text: &str) -> bool {
    // The first digit is the province, the last tells the sex.
    digits::<13>(text).is_some_and(|d| (1..=7).contains(&d[0]) && d[12] != 0 && !all_equal(&d))
}

fn sg_nric(text: &str) -> bool {
    let Some(id) = compact(text) else {
        return false;
    };
    let [series, body @ .., letter] = &*id else {
        return false;
    };
    let (first, table) = match series {
        b'S' => (0, b"JZIHGFEDCBA"),
        b'T' => (4, b"JZIHGFEDCBA"),
        b'F' => (0, b"XWUTRQPNMLK"),
        b'G' => (4, b"XWUTRQPNMLK"),
        b'M' => (3, b"XWUTRQPNJLK"),
        _ => return false,
    };
    values::<7>(body).is_some_and(|d| {
        let rest = (first + weighted(&d, &[2, 7, 6, 5, 4, 3, 2])) % 11;
        table[rest as usize] == *letter
    })
}

fn th_pin(text: &str) -> bool {
    digits::<13>(text).is_some_and(|d| {
        let sum = weighted(&d, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
        (1..=8).contains(&d[0]) && (11 - sum % 11) % 10 == u32::from(d[12])
    })
}

fn tw_id(text: &str) -> bool {
    /// The number of each first letter's county, from A.
    const COUNTY: [u32; 26] = [
        10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21, 22, 35, 23, 24, 25, 26, 27, 28, 29, 32,
        30, 31, 33,
    ];
    let Some(id) = compact(text) else {
        return false;
    };
    let [letter @ b'A'..=b'Z', body @ ..] = &*id else {
        return false;
    };
    let county = COUNTY[usize::from(letter - b'A')];
    values::<9>(body).is_some_and(|d| {
        let sum = county / 10 + county % 10 * 9 + weighted(&d, &[8, 7, 6, 5, 4, 3, 2, 1]);
        // 1 and 2 are nationals, 8 and 9 foreign residents.
        matches!(d[0], 1 | 2 | 8 | 9) && complement10(sum) == u32::from(d[8])
    })
}

fn vn_cccd(text: &str) -> bool {
    // Province 001 to 096, then 0 and 1 for the 20th century, 2 and 3 for the 21st.
    digits::<12>(text)
        .is_some_and(|d| (1..=96).contains(&number(&d[..3])) && d[3] <= 3 && !all_equal(&d))
}
