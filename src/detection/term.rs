//! Closed lists of words, such as marital states: which detectors name a whole value among their terms.
//! Knows whole values only; what a share of them says of a field is judged elsewhere.

use super::gazetteer::without_diacritics;
use crate::detector::Detectors;
use std::collections::HashMap;

/// Longest value that is looked up, in bytes.
const LONGEST: usize = 64;

/// The terms of all detectors.
#[derive(Default)]
pub(super) struct Terms {
    by_hash: HashMap<u64, Vec<u16>>,
}

impl Terms {
    /// The terms of a table.
    pub fn new(detectors: &Detectors) -> Self {
        let mut terms = Self::default();
        for (position, detector) in detectors.iter().enumerate() {
            for term in &detector.terms {
                let known = terms.by_hash.entry(hash(term)).or_default();
                if !known.contains(&(position as u16)) {
                    known.push(position as u16);
                }
            }
        }
        terms
    }

    /// The detectors that name a value among their terms.
    pub fn of(&self, value: &str) -> &[u16] {
        if value.len() > LONGEST {
            return &[];
        }
        self.by_hash.get(&hash(value)).map_or(&[], Vec::as_slice)
    }
}

/// The hash of a term without case, diacritics and the marks between its words.
fn hash(term: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    let mut buffer = [0; 4];
    for letter in term.chars() {
        match letter {
            ' ' | '_' | '-' | '.' => add(b' '),
            _ if letter.is_ascii() => add(letter.to_ascii_lowercase() as u8),
            _ => match without_diacritics(letter) {
                Some(plain) => plain.bytes().for_each(&mut add),
                None => letter.encode_utf8(&mut buffer).bytes().for_each(&mut add),
            },
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_known_whatever_their_spelling() {
        let detectors = Detectors::built_in().expect("the built-in detectors load");
        let terms = Terms::new(&detectors);
        let types = |value: &str| {
            let of = terms.of(value).iter();
            of.map(|at| detectors.get(usize::from(*at)).data_type.key())
                .collect::<Vec<_>>()
        };
        assert_eq!(types("Verheiratet"), ["contact.family"]);
        assert_eq!(types("célibataire"), ["contact.family"]);
        assert_eq!(types("never-married"), ["contact.family"]);
        assert_eq!(types("F"), ["contact.gender"]);
        assert_eq!(types("女性"), ["contact.gender"]);
        assert!(types("shipped").is_empty());
    }
}
