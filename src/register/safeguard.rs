//! Whether what covers a transfer holds on a day. The dates are those of the vocabulary.

use super::country::{has_adequacy, is_eea};
use crate::config::Transfer;
use crate::vocabulary::{self, Term};
use jiff::civil::Date;

/// Whether the safeguard holds on a day: `None` where none is named, or nothing tells.
pub fn is_valid(transfer: &Transfer, as_of: Date) -> Option<bool> {
    if !transfer.to.is_empty() && transfer.to.iter().all(|country| is_eea(country)) {
        return Some(true);
    }
    let id = transfer.safeguard.as_deref()?;
    let term = vocabulary::safeguard(id)?;
    let reaches = |allowed: &dyn Fn(&str) -> bool| {
        transfer
            .to
            .iter()
            .all(|country| is_eea(country) || allowed(country))
    };
    match id {
        "unspecified" | "place_list" => None,
        "none_needed" => (!transfer.to.is_empty()).then_some(false),
        "adequacy" if transfer.to.is_empty() => None,
        "adequacy" => Some(reaches(&|country| has_adequacy(country, as_of))),
        "dpf" | "privacy_shield" => Some(
            reaches(&|country| country == "US") && holds_everywhere(term, &transfer.from, as_of),
        ),
        "compelling_interests" => Some(transfer.document.is_some()),
        _ => Some(holds(
            term.valid_from.as_deref(),
            term.valid_until.as_deref(),
            as_of,
        )),
    }
}

/// An arrangement with its own dates for the United Kingdom and Switzerland.
fn holds_everywhere(term: &Term, from: &[String], as_of: Date) -> bool {
    let of_union = || {
        holds(
            term.valid_from.as_deref(),
            term.valid_until.as_deref(),
            as_of,
        )
    };
    let of_country = |country: &String| match country.as_str() {
        "CH" => holds(term.ch_from.as_deref(), term.ch_until.as_deref(), as_of),
        "GB" => holds(term.uk_from.as_deref(), term.valid_until.as_deref(), as_of),
        _ => of_union(),
    };
    match from {
        [] => of_union(),
        from => from.iter().all(of_country),
    }
}

fn holds(from: Option<&str>, until: Option<&str>, as_of: Date) -> bool {
    let day = |text: &str| {
        text.parse::<Date>()
            .expect("the vocabulary's dates are read by a test")
    };
    from.is_none_or(|from| day(from) <= as_of) && until.is_none_or(|until| as_of < day(until))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn transfer(to: &[&str], safeguard: Option<&str>) -> Transfer {
        let to = to.iter().map(|c| (*c).to_owned()).collect();
        Transfer {
            to,
            safeguard: safeguard.map(str::to_owned),
            ..Transfer::default()
        }
    }

    #[test]
    fn privacy_shield_ended_and_its_successor_began() {
        let shield = transfer(&["US"], Some("privacy_shield"));
        assert_eq!(is_valid(&shield, date(2020, 7, 15)), Some(true));
        assert_eq!(is_valid(&shield, date(2020, 7, 16)), Some(false));
        let dpf = transfer(&["US"], Some("dpf"));
        assert_eq!(is_valid(&dpf, date(2023, 7, 9)), Some(false));
        assert_eq!(is_valid(&dpf, date(2023, 7, 10)), Some(true));
        assert_eq!(
            is_valid(&transfer(&["US", "IN"], Some("dpf")), date(2024, 1, 1)),
            Some(false)
        );
        let swiss = Transfer {
            from: vec!["CH".into()],
            ..dpf
        };
        assert_eq!(is_valid(&swiss, date(2024, 1, 1)), Some(false));
        assert_eq!(is_valid(&swiss, date(2024, 9, 15)), Some(true));
    }

    #[test]
    fn other_safeguards() {
        let today = date(2026, 11, 20);
        assert_eq!(is_valid(&transfer(&["US"], Some("scc")), today), Some(true));
        assert_eq!(is_valid(&transfer(&["US"], None), today), None);
        assert_eq!(
            is_valid(&transfer(&["US"], Some("place_list")), today),
            None
        );
        assert_eq!(is_valid(&transfer(&["FR", "DE"], None), today), Some(true));
        assert_eq!(
            is_valid(&transfer(&["JP"], Some("adequacy")), today),
            Some(true)
        );
        assert_eq!(
            is_valid(&transfer(&["IN"], Some("adequacy")), today),
            Some(false)
        );
        assert_eq!(
            is_valid(&transfer(&["IN"], Some("none_needed")), today),
            Some(false)
        );
        assert_eq!(
            is_valid(&transfer(&["IN"], Some("compelling_interests")), today),
            Some(false)
        );
    }
}
