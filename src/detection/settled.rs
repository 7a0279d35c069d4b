//! What the values of a column have looked like so far, and what came of it: once enough values of one look came to the same,
//! the look is the cheap test that stands for reading the rest. Says when; what a value is, others know.

use super::scan_bytes::{self, Masks};
use super::summary::Shape;
use std::ops::Range;

/// What a value looks like: its runs of digits and of capitals with their lengths, other letters, and marks as they are.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Look(u128);

/// What came of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Its shape.
    pub shape: Shape,
    /// The class of the column it belongs to, if any.
    pub class: Option<u16>,
}

/// The looks of one column.
#[derive(Default)]
pub(super) struct Looks {
    /// Values seen before the table was made.
    seen: u64,
    table: Vec<Entry>,
}

#[derive(Clone, Default)]
struct Entry {
    look: Look,
    outcome: Option<Outcome>,
    /// Values of this look that were read and came to the same.
    read: u32,
    /// Values of this look since it was first settled.
    passed: u32,
    /// Some came to something else.
    is_mixed: bool,
}

/// Values of a column before its looks are noted: short columns are read whole and need no table.
const PATIENCE: u64 = 1_000;
/// Looks of a column that are remembered, a power of two.
const LOOKS: usize = 256;
/// Values of one look that must come to the same.
const SAME: u32 = 100;
/// Of settled looks one value in this many is read all the same.
const ONE_IN: u32 = 32;
/// Longest value whose look is taken.
const LONGEST: usize = 64;
/// Most runs of a look: bytes of its memory.
const RUNS: u32 = 16;

impl Looks {
    /// What surely comes of a value of a look, if it need not be read.
    #[inline]
    pub fn settled(&mut self, look: Look) -> Option<Outcome> {
        let entry = self.table.get_mut(look.slot())?;
        if entry.look != look || entry.is_mixed || entry.read < SAME {
            return None;
        }
        // By position and not by chance, so that every run reads the same values.
        entry.passed = entry.passed.wrapping_add(1);
        if entry.passed % ONE_IN == 0 {
            return None;
        }
        entry.outcome
    }

    /// Notes what came of a value that was read.
    #[inline]
    pub fn note(&mut self, look: Look, outcome: Option<Outcome>) {
        self.seen += 1;
        if self.seen < PATIENCE {
            return;
        }
        if self.table.is_empty() {
            self.table.resize(LOOKS, Entry::default());
        }
        let entry = &mut self.table[look.slot()];
        if entry.look != look {
            *entry = Entry {
                look,
                outcome,
                ..Entry::default()
            };
        }
        entry.is_mixed |= outcome.is_none() || entry.outcome != outcome;
        entry.read += 1;
    }
}

impl Look {
    /// The look of a value in a text, by the text's masks; nothing where it is long, of many parts or beyond ASCII.
    #[inline]
    pub fn of(text: &[u8], masks: &Masks, place: Range<usize>) -> Option<Self> {
        let length = place.len();
        if length == 0 || length > LONGEST {
            return None;
        }
        let all = u64::MAX >> (64 - length);
        let window = |mask: &[u64]| scan_bytes::bits_from(mask, place.start) & all;
        if window(&masks.beyond) != 0 {
            return None;
        }
        let (digits, capitals, smalls) = (
            window(&masks.digits),
            window(&masks.capitals),
            window(&masks.smalls),
        );
        let letters = capitals | smalls;
        let (mut look, mut runs, mut at) = (0_u128, 0, 0);
        while at < length as u32 {
            let bit = 1 << at;
            let (part, run) = if digits & bit != 0 {
                let run = (digits >> at).trailing_ones();
                (0x80 | run, run)
            } else if letters & bit != 0 {
                let run = (letters >> at).trailing_ones();
                let own = (u64::MAX >> (64 - run)) << at;
                let is_small = smalls & own != 0;
                (
                    if is_small {
                        u32::from(b'a')
                    } else {
                        0xC0 | run
                    },
                    run,
                )
            } else {
                (u32::from(text[place.start + at as usize]), 1)
            };
            look = look << 8 | u128::from(part);
            runs += 1;
            if runs > RUNS {
                return None;
            }
            at += run;
        }
        Some(Self(look))
    }

    fn slot(self) -> usize {
        const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
        let hash = (self.0 as u64).wrapping_mul(FACTOR);
        let hash = (hash.rotate_left(29) ^ (self.0 >> 64) as u64).wrapping_mul(FACTOR);
        (hash >> 40) as usize % LOOKS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(value: &str) -> Option<Look> {
        let text = format!("7x{value}9 ");
        let mut masks = Masks::default();
        scan_bytes::fill(text.as_bytes(), &mut masks);
        Look::of(text.as_bytes(), &masks, 2..2 + value.len())
    }

    #[test]
    fn looks_tell_lengths_of_numbers_and_capitals_but_not_of_words() {
        assert!(look("jane@example.com") == look("otto@example.org"));
        assert!(look("12-34") != look("123-4"));
        assert!(look("AB12") != look("ABC12"));
        assert!(look("12-34") != look("12.34"));
        assert!(look("Jane") == look("jane"));
        assert!(look("").is_none() && look("é").is_none());
        assert!(look(&"a".repeat(64)).is_some() && look(&"a".repeat(65)).is_none());
        assert!(look("1.2.3.4.5.6.7.8").is_some() && look("1.2.3.4.5.6.7.8.9").is_none());
    }

    #[test]
    fn a_look_settles_when_all_its_values_come_to_the_same() {
        let mut looks = Looks::default();
        let (a, b) = (look("12").expect("a look"), look("1-2").expect("a look"));
        let outcome = |class| {
            Some(Outcome {
                shape: Shape::Integer,
                class,
            })
        };
        for round in 0..2_000 {
            looks.note(a, outcome(None));
            looks.note(b, outcome((round % 500 == 0).then_some(1)));
        }
        let settled = (0..320).filter(|_| looks.settled(a).is_some()).count();
        assert_eq!(settled, 310);
        assert!(looks.settled(b).is_none());
        looks.note(a, outcome(Some(3)));
        assert!(looks.settled(a).is_none());
    }
}
