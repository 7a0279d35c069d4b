//! Named validators of written identifiers: check digits, embedded dates, lengths, prefixes, each from its public standard.
//! A detector names one by its `checksum` key; this room knows no detector, no field and no context.

use std::sync::LazyLock;

mod africa_middle_east;
mod algorithm;
mod americas;
mod asia_pacific;
mod device;
mod document;
mod europe_east;
mod europe_north;
mod europe_west;
mod form;
mod internet;
mod payment;
mod phone;
mod place;
mod region;
#[cfg(test)]
mod specimens;

/// A named validator of a written identifier.
#[derive(Clone, Copy)]
pub struct Checksum {
    /// The name a detector's `checksum` key gives.
    pub name: &'static str,
    /// What is validated, and how.
    pub about: &'static str,
    /// Share of random strings of the right form that pass (1.0 = form only).
    pub pass_rate: f64,
    /// Whether a text, with its separators, is such an identifier. Never panics.
    pub check: fn(&str) -> bool,
}

/// The bare algorithms, for identifiers of users' own detectors.
static ALGORITHMS: &[Checksum] = &[
    Checksum {
        name: "luhn",
        about: "Luhn check digit over any number of digits",
        pass_rate: 0.1,
        check: luhn,
    },
    Checksum {
        name: "mod11_10",
        about: "ISO 7064 MOD 11,10 over any number of digits",
        pass_rate: 0.1,
        check: mod11_10,
    },
    Checksum {
        name: "mod11_2",
        about: "ISO 7064 MOD 11-2 over any number of digits, the last a digit or X",
        pass_rate: 0.091,
        check: mod11_2,
    },
    Checksum {
        name: "mod97_10",
        about: "ISO 7064 MOD 97-10 over any number of digits and letters",
        pass_rate: 0.0103,
        check: mod97_10,
    },
    Checksum {
        name: "verhoeff",
        about: "Verhoeff check digit over any number of digits",
        pass_rate: 0.1,
        check: verhoeff,
    },
];

static ALL: LazyLock<Vec<Checksum>> = LazyLock::new(|| {
    let mut all = [
        ALGORITHMS,
        africa_middle_east::TABLE,
        americas::TABLE,
        asia_pacific::TABLE,
        device::TABLE,
        document::TABLE,
        europe_east::TABLE,
        europe_north::TABLE,
        europe_west::TABLE,
        internet::TABLE,
        payment::TABLE,
        phone::TABLE,
        place::TABLE,
    ]
    .concat();
    all.sort_unstable_by_key(|checksum| checksum.name);
    all
});

/// The validator a detector's `checksum` key names.
pub fn find(name: &str) -> Option<&'static Checksum> {
    let at = ALL
        .binary_search_by_key(&name, |checksum| checksum.name)
        .ok()?;
    ALL.get(at)
}

/// All validators, sorted by name.
pub fn all() -> &'static [Checksum] {
    &ALL
}

fn luhn(text: &str) -> bool {
    form::digit_run(text, 2, 64).is_some_and(|digits| algorithm::luhn(&digits))
}

fn verhoeff(text: &str) -> bool {
    form::digit_run(text, 2, 64).is_some_and(|digits| algorithm::verhoeff(&digits))
}

fn mod11_10(text: &str) -> bool {
    form::digit_run(text, 2, 64).is_some_and(|digits| algorithm::mod11_10(&digits))
}

fn mod11_2(text: &str) -> bool {
    let Some(id) = form::compact(text) else {
        return false;
    };
    let mut digits = [0; 64];
    if !(2..=digits.len()).contains(&id.len()) {
        return false;
    }
    for (at, (digit, byte)) in digits.iter_mut().zip(id.iter()).enumerate() {
        *digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'X' if at + 1 == id.len() => 10,
            _ => return false,
        };
    }
    algorithm::mod11_2(&digits[..id.len()])
}

fn mod97_10(text: &str) -> bool {
    form::compact(text).is_some_and(|id| id.len() > 2 && algorithm::mod97(&*id) == 1)
}
