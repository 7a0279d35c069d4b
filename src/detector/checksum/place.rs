//! Written places: decimal and sexagesimal coordinates, geohashes.
//! Knows no map: the middle of an ocean is as good as a doorstep.

use super::Checksum;

pub(super) static TABLE: &[Checksum] = &[
    Checksum {
        name: "coordinate",
        about: "coordinates: a latitude and longitude, or one of them, with at least three decimals, or degrees and minutes with hemisphere",
        pass_rate: 0.2,
        check: coordinate,
    },
    Checksum {
        name: "geohash",
        about: "geohash: 5 to 12 characters of its base 32, letters and digits; form only",
        pass_rate: 0.334,
        check: geohash,
    },
];

fn coordinate(text: &str) -> bool {
    if text.len() > 80 || text.ends_with([',', ';', ' ']) {
        return false;
    }
    let inner = text
        .strip_prefix(['(', '['])
        .and_then(|text| text.strip_suffix([')', ']']))
        .unwrap_or(text);
    if inner.contains(['°', 'º']) {
        return sexagesimal(inner);
    }
    let inner = inner.strip_prefix("geo:").unwrap_or(inner);
    let mut parts = inner
        .split([',', ';', ' ', '\t'])
        .filter(|part| !part.is_empty());
    match (parts.next(), parts.next(), parts.next()) {
        (Some(one), None, _) => decimal(one, 180.0),
        (Some(first), Some(second), None) => {
            // GeoJSON and WKT put the longitude first.
            decimal(first, 90.0) && decimal(second, 180.0)
                || decimal(first, 180.0) && decimal(second, 90.0)
        }
        _ => false,
    }
}

/// Decimal degrees up to a bound, with three decimals or more (a hundred metres) and no exponent.
fn decimal(text: &str, bound: f64) -> bool {
    let text = text
        .strip_suffix(['N', 'S', 'E', 'W', 'n', 's', 'e', 'w'])
        .unwrap_or(text);
    let digits = text.strip_prefix(['+', '-', '−']).unwrap_or(text);
    let Some((whole, decimals)) = digits.split_once('.') else {
        return false;
    };
    (1..=3).contains(&whole.len())
        && (3..=16).contains(&decimals.len())
        && whole
            .bytes()
            .chain(decimals.bytes())
            .all(|byte| byte.is_ascii_digit())
        && digits.parse::<f64>().is_ok_and(|degrees| degrees <= bound)
}

/// One or two of `48° 51′ 24″ N`, the latitude with N or S, the longitude with E or W (O in Romance languages).
fn sexagesimal(text: &str) -> bool {
    let mut seen = 0;
    let mut numbers = [0.0_f64; 3];
    let mut count = 0;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let number: &str = &rest[..rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len())];
        if number.is_empty() {
            match first {
                'N' | 'S' | 'E' | 'W' | 'O' => {
                    let bound = if matches!(first, 'N' | 'S') {
                        90.0
                    } else {
                        180.0
                    };
                    if count == 0 || numbers[0] > bound || numbers[1] >= 60.0 || numbers[2] >= 60.0
                    {
                        return false;
                    }
                    seen += 1;
                    (numbers, count) = ([0.0; 3], 0);
                }
                ' ' | ',' | '°' | 'º' | '\'' | '"' | '′' | '″' | '’' | '”' => {}
                _ => return false,
            }
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (Ok(value), true) = (number.parse(), count < 3) else {
            return false;
        };
        numbers[count] = value;
        count += 1;
        rest = &rest[number.len()..];
    }
    (1..=2).contains(&seen) && count == 0
}

fn geohash(text: &str) -> bool {
    (5..=12).contains(&text.len())
        && text
            .bytes()
            .all(|byte| b"0123456789bcdefghjkmnpqrstuvwxyz".contains(&byte))
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_in_their_writings() {
        for good in [
            "48.8566, 2.3522",
            "-33.8688,151.2093",
            "(40.7128, -74.0060)",
            "2.352219 48.856614",
            "51.5074",
            "48° 51′ 24″ N, 2° 21′ 7″ E",
            "48°51'24.5\"N",
            "-0.127758",
            "40.7128N 74.0060W",
            "geo:48.8566,2.3522",
        ] {
            assert!(coordinate(good), "{good}");
        }
        for bad in [
            "91.1234, 200.1234",
            "12.5",
            "1.2.3",
            "48.8566, 2.3522, 3.1415",
            "181.2345",
            "95° 10′ N",
            "abc",
            "",
            "°",
            "48.8566,",
            "1e3.123",
            "N°",
        ] {
            assert!(!coordinate(bad), "{bad}");
        }
        assert!(geohash("u09tvw0f6szy") && geohash("u4pruyd"));
        assert!(!geohash("hello") && !geohash("12345") && !geohash("u0a12") && !geohash("u09"));
    }
}
