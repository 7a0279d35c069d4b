//! Telephone numbers: international ones by calling code and length (ITU-T E.164), formatted national ones of common plans.
//! A bare run of digits is no telephone number here: only its name or context can tell.

use super::Checksum;
use super::form::all_equal;

pub(super) static TABLE: &[Checksum] = &[Checksum {
    name: "phone",
    about: "telephone number: calling code and national length, or a formatted national number",
    pass_rate: 0.6,
    check: phone,
}];

/// Calling codes with the least and the greatest length of the number after them.
#[rustfmt::skip]
const PLANS: &[(u16, u8, u8)] = &[
    (1, 10, 10), (7, 10, 10), (20, 8, 10), (27, 9, 9), (30, 10, 10), (31, 9, 9), (32, 8, 9), (33, 9, 9), (34, 9, 9),
    (36, 8, 9), (39, 6, 11), (40, 9, 9), (41, 9, 9), (43, 7, 13), (44, 9, 10), (45, 8, 8), (46, 7, 10), (47, 8, 8),
    (48, 9, 9), (49, 7, 12), (51, 8, 9), (52, 10, 11), (53, 6, 8), (54, 10, 11), (55, 10, 11), (56, 9, 9), (57, 8, 10),
    (58, 10, 10), (60, 8, 10), (61, 9, 9), (62, 8, 12), (63, 8, 10), (64, 8, 10), (65, 8, 8), (66, 8, 9), (81, 9, 10),
    (82, 8, 10), (84, 9, 10), (86, 10, 11), (90, 10, 10), (91, 10, 10), (92, 9, 10), (93, 9, 9), (94, 9, 9),
    (95, 7, 10), (98, 10, 10), (211, 9, 9), (212, 9, 9), (213, 8, 9), (216, 8, 8), (218, 8, 9), (220, 7, 7),
    (221, 9, 9), (222, 8, 8), (223, 8, 8), (224, 8, 9), (225, 8, 10), (226, 8, 8), (227, 8, 8), (228, 8, 8),
    (229, 8, 10), (230, 7, 8), (231, 7, 9), (232, 8, 8), (233, 9, 9), (234, 8, 10), (235, 8, 8), (236, 8, 8),
    (237, 8, 9), (238, 7, 7), (239, 7, 7), (240, 9, 9), (241, 7, 8), (242, 9, 9), (243, 9, 9), (244, 9, 9), (245, 7, 9),
    (246, 7, 7), (248, 7, 7), (249, 9, 9), (250, 9, 9), (251, 9, 9), (252, 7, 9), (253, 8, 8), (254, 9, 9), (255, 9, 9),
    (256, 9, 9), (257, 8, 8), (258, 8, 9), (260, 9, 9), (261, 9, 9), (262, 9, 9), (263, 8, 9), (264, 8, 9), (265, 7, 9),
    (266, 8, 8), (267, 7, 8), (268, 8, 8), (269, 7, 7), (290, 4, 5), (291, 7, 7), (297, 7, 7), (298, 6, 6), (299, 6, 6),
    (350, 8, 8), (351, 9, 9), (352, 6, 11), (353, 7, 9), (354, 7, 9), (355, 8, 9), (356, 8, 8), (357, 8, 8),
    (358, 6, 11), (359, 7, 9), (370, 8, 8), (371, 8, 8), (372, 7, 8), (373, 8, 8), (374, 8, 8), (375, 9, 9),
    (376, 6, 9), (377, 8, 9), (378, 6, 10), (380, 9, 9), (381, 7, 9), (382, 8, 8), (383, 8, 8), (385, 8, 9),
    (386, 8, 8), (387, 8, 9), (389, 8, 8), (420, 9, 9), (421, 9, 9), (423, 7, 7), (500, 5, 5), (501, 7, 7), (502, 8, 8),
    (503, 8, 8), (504, 8, 8), (505, 8, 8), (506, 8, 8), (507, 7, 8), (508, 6, 6), (509, 8, 8), (590, 9, 9), (591, 8, 8),
    (592, 7, 7), (593, 8, 9), (594, 9, 9), (595, 7, 9), (596, 9, 9), (597, 6, 7), (598, 8, 8), (599, 7, 8), (670, 7, 8),
    (672, 6, 6), (673, 7, 7), (674, 7, 7), (675, 7, 8), (676, 5, 7), (677, 5, 7), (678, 5, 7), (679, 7, 7), (680, 7, 7),
    (681, 6, 6), (682, 5, 5), (683, 4, 7), (685, 5, 7), (686, 5, 8), (687, 6, 6), (688, 5, 6), (689, 6, 8), (690, 4, 7),
    (691, 7, 7), (692, 7, 7), (800, 8, 8), (850, 8, 10), (852, 8, 8), (853, 8, 8), (855, 8, 9), (856, 8, 10),
    (870, 9, 9), (880, 8, 10), (886, 8, 9), (960, 7, 7), (961, 7, 8), (962, 8, 9), (963, 8, 9), (964, 8, 10),
    (965, 8, 8), (966, 8, 9), (967, 7, 9), (968, 8, 8), (970, 8, 9), (971, 8, 9), (972, 8, 9), (973, 8, 8), (974, 8, 8),
    (975, 8, 8), (976, 8, 8), (977, 8, 10), (992, 9, 9), (993, 8, 8), (994, 9, 9), (995, 9, 9), (996, 9, 9), (998, 9, 9),
];

/// A written number cut up: its digits, and how many of them each group between separators has.
struct Written {
    digits: [u8; 18],
    length: usize,
    groups: [u8; 8],
    group_count: usize,
}

impl Written {
    /// Nothing when there is another character, too many digits, or unbalanced parentheses.
    fn read(text: &str) -> Option<Written> {
        let mut out = Written {
            digits: [0; 18],
            length: 0,
            groups: [0; 8],
            group_count: 0,
        };
        let mut inside_group = false;
        let mut open = false;
        let mut separators = 0;
        for byte in text.bytes() {
            match byte {
                b'0'..=b'9' => {
                    if !inside_group {
                        out.group_count += 1;
                        inside_group = true;
                        separators = 0;
                    }
                    *out.groups.get_mut(out.group_count - 1)? += 1;
                    *out.digits.get_mut(out.length)? = byte - b'0';
                    out.length += 1;
                    continue;
                }
                b'(' if !open => open = true,
                b')' if open => open = false,
                b' ' | b'-' | b'.' | b'/' => {}
                _ => return None,
            }
            inside_group = false;
            separators += 1;
            // ") - " is the longest gap people write.
            if separators > 4 {
                return None;
            }
        }
        (!open).then_some(out)
    }

    fn digits(&self) -> &[u8] {
        &self.digits[..self.length]
    }

    fn groups(&self) -> &[u8] {
        &self.groups[..self.group_count]
    }
}

fn phone(text: &str) -> bool {
    if text.len() > 48 || !text.is_ascii() || !text.ends_with(|last: char| last.is_ascii_digit()) {
        return false;
    }
    let text = text.strip_prefix("tel:").unwrap_or(text);
    let number = without_extension(text);
    if let Some(rest) = number.strip_prefix('+') {
        return international(rest);
    }
    if let Some(rest) = number.strip_prefix("(+") {
        return rest.split_once(')').is_some_and(|(code, rest)| {
            Written::read(code)
                .zip(Written::read(rest))
                .is_some_and(|(code, rest)| joined(&code, &rest))
        });
    }
    if let Some(rest) = number.strip_prefix("00") {
        return international(rest.trim_start_matches([' ', '-']));
    }
    Written::read(number).is_some_and(|number| national(&number))
}

/// The number before `x12`, `ext. 12` or `#12`.
fn without_extension(text: &str) -> &str {
    let Some(at) = text.find(['x', 'X', 'e', 'E', '#']) else {
        return text;
    };
    let extension = text[at..].trim_start_matches(|c: char| {
        c.is_ascii_alphabetic() || matches!(c, '.' | ' ' | '#' | ':')
    });
    let word = &text[at..text.len() - extension.len()];
    let word = word.trim_end_matches([' ', '.', ':']).to_ascii_lowercase();
    let known = matches!(word.as_str(), "x" | "ext" | "extension" | "#");
    if known
        && (1..=6).contains(&extension.len())
        && extension.bytes().all(|byte| byte.is_ascii_digit())
    {
        text[..at].trim_end_matches([' ', ',', '-'])
    } else {
        text
    }
}

fn international(rest: &str) -> bool {
    // "+44 (0)20 …" shows the trunk zero that is dialled at home only.
    if let Some((code, rest)) = rest.split_once("(0)") {
        return Written::read(code)
            .zip(Written::read(rest))
            .is_some_and(|(code, rest)| joined(&code, &rest));
    }
    rest.starts_with(|first: char| first.is_ascii_digit() || first == '(')
        && Written::read(rest).is_some_and(|written| in_plan(written.digits()))
}

/// Whether calling code and national number, written apart, make a number.
fn joined(code: &Written, rest: &Written) -> bool {
    let mut all = [0; 36];
    let length = code.length + rest.length;
    all[..code.length].copy_from_slice(code.digits());
    all[code.length..length].copy_from_slice(rest.digits());
    code.length > 0 && in_plan(&all[..length])
}

/// Whether the digits are a calling code and as many digits as its plan has.
fn in_plan(digits: &[u8]) -> bool {
    (1..=3.min(digits.len())).any(|size| {
        let (code, mut rest) = digits.split_at(size);
        let code = code
            .iter()
            .fold(0, |code, &digit| code * 10 + u16::from(digit));
        let Ok(at) = PLANS.binary_search_by_key(&code, |plan| plan.0) else {
            return false;
        };
        // A trunk zero left standing; in Italy it belongs to the number.
        if code != 39 && rest.first() == Some(&0) {
            rest = &rest[1..];
        }
        let fits = (PLANS[at].1..=PLANS[at].2).contains(&(rest.len().min(255) as u8));
        fits && digits.len() <= 15 && !all_equal(rest) && (code != 1 || north_american(rest))
    })
}

/// Area code and exchange start with 2 to 9; an area code is no N11 and has no 9 in the middle.
fn north_american(d: &[u8]) -> bool {
    d.len() == 10 && d[0] >= 2 && d[1] != 9 && !(d[1] == 1 && d[2] == 1) && d[3] >= 2
}

/// National numbers that their grouping gives away.
fn national(number: &Written) -> bool {
    let digits = number.digits();
    if all_equal(digits) {
        return false;
    }
    match (number.groups(), digits) {
        // United States, Canada and the Caribbean
        ([3, 3, 4] | [3, 7], d) => north_american(d) || trunk_zero(number),
        ([1, 3, 3, 4], [1, d @ ..]) => north_american(d),
        // Russia and Kazakhstan
        ([1, 3, 3, 2, 2], [8, 3..=9, ..]) => true,
        // Brazil, with area code
        ([2, 4 | 5, 4], [1..=9, 1..=9, ..]) => true,
        // India
        ([5, 5], [6..=9, ..]) => true,
        // Spain, Poland, Czechia
        ([3, 3, 3] | [3, 2, 2, 2], [5..=9, ..]) => true,
        // Denmark, Norway
        ([2, 2, 2, 2], [2..=9, ..]) => true,
        _ => trunk_zero(number),
    }
}

/// A leading zero, an area code and groups of two digits or more: most of Europe, Asia and Australia.
fn trunk_zero(number: &Written) -> bool {
    let groups = number.groups();
    number.digits()[..2.min(number.length)].starts_with(&[0])
        && number.digits().get(1).is_some_and(|&digit| digit != 0)
        && (9..=12).contains(&number.length)
        && (2..=6).contains(&groups.len())
        && (2..=6).contains(&groups[0])
        && groups[1..].iter().all(|&size| size >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_are_sorted() {
        assert!(PLANS.is_sorted_by(|a, b| a.0 < b.0));
        assert!(PLANS.iter().all(|plan| plan.1 <= plan.2));
    }

    #[test]
    fn numbers_and_what_looks_like_them() {
        for good in [
            "+1 212 555 0123",
            "+12125550123",
            "+44 20 7946 0958",
            "+44 (0)20 7946 0958",
            "0044 20 7946 0958",
            "(212) 555-0123",
            "212-555-0123",
            "212.555.0199 x42",
            "1-800-555-0199",
            "001-212-555-0123x1234",
            "+33 1 99 00 12 34",
            "01 99 00 12 34",
            "030/1234567",
            "+49 30 23125 014",
            "020 7946 0958",
            "+39 06 1234 5678",
            "8 (495) 123-45-67",
            "+61 2 5550 1234",
            "tel:+12125550123",
            "(+49) 30 23125014",
            "+86 138 0013 8000",
            "(11) 91234-5678",
            "+353 1 234 5678",
            "212 555 0123 ext. 7",
        ] {
            assert!(phone(good), "{good}");
        }
        for bad in [
            "2125550123",
            "12",
            "+999 123 456 789",
            "112-555-0123",
            "911-555-0123",
            "01-02-2023",
            "1.2.3.4",
            "+1 123",
            "(212 555-0123",
            "212-155-0123",
            "+",
            "",
            "00",
            "x",
            "+1 212 555 0123 4567 8901",
            "2023-11-20 10:00",
            "é+",
            "000-000-0000",
            "0000 000 000",
        ] {
            assert!(!phone(bad), "{bad}");
        }
    }
}
