//! Countries as the law of transfers sees them. Read from `detectors/countries.toml`.

use jiff::civil::Date;
use serde::Deserialize;
use std::sync::LazyLock;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Countries {
    eea: Vec<String>,
    adequacy: Vec<Adequacy>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Adequacy {
    country: String,
    from: String,
    until: Option<String>,
    #[serde(rename = "scope")]
    _scope: Option<String>,
}

static COUNTRIES: LazyLock<Countries> = LazyLock::new(|| {
    toml::from_str(include_str!("../../detectors/countries.toml"))
        .expect("the built-in countries are read by every test")
});

/// Whether the GDPR holds there, so that data going there is no transfer.
pub fn is_eea(country: &str) -> bool {
    COUNTRIES.eea.iter().any(|c| c == country)
}

/// Whether a decision of the Commission calls the country adequate on a day.
pub fn has_adequacy(country: &str, as_of: Date) -> bool {
    let day = |text: &str| {
        text.parse::<Date>()
            .expect("dates of the built-in countries are read by a test")
    };
    COUNTRIES.adequacy.iter().any(|a| {
        a.country == country
            && day(&a.from) <= as_of
            && a.until.as_deref().is_none_or(|until| as_of < day(until))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn adequacy_depends_on_the_day() {
        assert!(has_adequacy("JP", date(2020, 1, 1)) && !has_adequacy("JP", date(2018, 1, 1)));
        assert!(!has_adequacy("US", date(2021, 1, 1)) && has_adequacy("US", date(2024, 1, 1)));
        assert!(is_eea("FR") && is_eea("NO") && !is_eea("CH") && !is_eea("GB"));
    }
}
