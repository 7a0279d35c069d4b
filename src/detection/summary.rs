//! What was seen in the values of one field: counts, shapes, match counts, dates; never a value.
//! Summaries of parts merge in any order and grouping to the same result, whatever the number of threads or shards.

use crate::value::Masked;
use std::collections::BTreeMap;

/// What a value looks like, whatever it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Shape {
    /// Nothing, or white space only.
    Empty,
    /// `true`, `false`, `yes`, `no`, `t`, `f`, `y`, `n`.
    Boolean,
    /// Digits with an optional sign.
    Integer,
    /// A number with a decimal point or exponent.
    Decimal,
    /// A calendar date.
    Date,
    /// A date with a time.
    DateTime,
    /// 8-4-4-4-12 hexadecimal digits.
    Uuid,
    /// 32 or more hexadecimal digits of a usual digest length, or a password hash.
    HexHash,
    /// Long base64 or another form of encrypted bytes.
    Encoded,
    /// `scheme://…`.
    Url,
    /// One word of letters.
    Word,
    /// Two to five words.
    Words,
    /// More words.
    Sentence,
    /// Hidden by its owner: `****`, `xxx`, `[redacted]`, with at most a few characters left.
    Masked,
    /// Letters, digits and marks without white space.
    Code,
    /// JSON, XML and the like.
    Structured,
    /// None of these.
    Other,
}

impl Shape {
    /// All shapes, in the order of their discriminants.
    pub const ALL: [Shape; 17] = [
        Shape::Empty,
        Shape::Boolean,
        Shape::Integer,
        Shape::Decimal,
        Shape::Date,
        Shape::DateTime,
        Shape::Uuid,
        Shape::HexHash,
        Shape::Encoded,
        Shape::Url,
        Shape::Word,
        Shape::Words,
        Shape::Sentence,
        Shape::Masked,
        Shape::Code,
        Shape::Structured,
        Shape::Other,
    ];
}

/// What a value reads as beside its shape, where words tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trait {
    /// A street with a house number.
    Street,
    /// Words and a short number, as streets are written whose kind is not known.
    StreetLike,
    /// A login made of a name.
    UserName,
    /// A login made of a name and something else: digits, a mark, an initial.
    JoinedName,
    /// An occupation.
    Occupation,
    /// Text in which somebody speaks of himself.
    FirstPerson,
    /// Four numbers with dots, all so low that they are a version sooner than an address.
    LowAddress,
    /// A name written in Han or kana.
    EastAsianName,
    /// A place written in Han or kana.
    EastAsianPlace,
}

/// How often a detector matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueMatch {
    /// Values with a match.
    pub count: u64,
    /// Of these, values that only contain a match inside longer text.
    pub in_text: u64,
    /// Position of the first match.
    pub first_row: u64,
    /// Masked shape of the first match.
    pub masked: Masked,
}

impl ValueMatch {
    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.in_text += other.in_text;
        if (other.first_row, &other.masked) < (self.first_row, &self.masked) {
            self.first_row = other.first_row;
            self.masked = other.masked.clone();
        }
    }
}

/// Calendar dates seen, by year, and the oldest and newest day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DateSummary {
    /// Dates and date-times in ISO 8601 order, by year.
    years: BTreeMap<i16, u64>,
    /// Oldest and newest, as days since 1970-01-01.
    range: Option<(i32, i32)>,
    /// Dates whose time of day is missing or midnight.
    pub without_time: u64,
    /// Dates in other orders, whose day is not known for certain, by year.
    other_years: BTreeMap<i16, u64>,
}

impl DateSummary {
    /// Counts a date.
    pub fn add(&mut self, year: i16, day: i32, without_time: bool, weight: u64) {
        *self.years.entry(year).or_default() += weight;
        let (oldest, newest) = self.range.unwrap_or((day, day));
        self.range = Some((oldest.min(day), newest.max(day)));
        self.without_time += if without_time { weight } else { 0 };
    }

    /// Counts a date of which only the year is certain.
    pub fn add_year(&mut self, year: i16, weight: u64) {
        *self.other_years.entry(year).or_default() += weight;
    }

    /// Number of dates.
    pub fn count(&self) -> u64 {
        self.years.values().sum()
    }

    /// Number of dates, those of which only the year is certain among them.
    pub fn count_all(&self) -> u64 {
        self.count() + self.other_years.values().sum::<u64>()
    }

    /// Oldest day, in days since 1970-01-01.
    pub fn oldest(&self) -> Option<i32> {
        self.range.map(|(oldest, _)| oldest)
    }

    /// Newest day, in days since 1970-01-01.
    pub fn newest(&self) -> Option<i32> {
        self.range.map(|(_, newest)| newest)
    }

    /// How much the dates look like dates of birth of living people, from 0 to 1: spread over decades, none after the
    /// newest, few in the last years before it. Needs no clock: the newest date seen stands for today.
    pub fn birth_plausibility(&self) -> f64 {
        let mut years = self.years.clone();
        for (year, count) in &self.other_years {
            *years.entry(*year).or_default() += count;
        }
        let total: u64 = years.values().sum();
        let (Some(&first), Some(&last)) = (years.keys().next(), years.keys().next_back()) else {
            return 0.0;
        };
        let others: u64 = self.other_years.values().sum();
        if total < 3 || (self.without_time + others) * 10 < total * 9 || last > 2100 {
            return 0.0;
        }
        let within = |range: std::ops::RangeInclusive<i16>| {
            years.range(range).map(|(_, n)| n).sum::<u64>() as f64 / total as f64
        };
        // One impossible year in a hundred is dirt; more are another kind of date.
        if first < 1890 && within(i16::MIN..=1889) > 0.01 {
            return 0.0;
        }
        let (born, old) = (within(1900..=2015), within(1900..=1999));
        let mean = years
            .iter()
            .map(|(y, n)| f64::from(*y) * *n as f64)
            .sum::<f64>()
            / total as f64;
        let square = |(y, n): (&i16, &u64)| (f64::from(*y) - mean).powi(2) * *n as f64;
        let variance = years.iter().map(square).sum::<f64>() / total as f64;
        let spread = (variance.sqrt() / 8.0).min(1.0);
        born * spread * (0.4 + 0.6 * old)
    }

    fn merge(&mut self, other: &Self) {
        for (year, count) in &other.years {
            *self.years.entry(*year).or_default() += count;
        }
        self.range = match (self.range, other.range) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        self.without_time += other.without_time;
        for (year, count) in &other.other_years {
            *self.other_years.entry(*year).or_default() += count;
        }
    }
}

/// Registers of the distinct sketch; the standard error is 1.04 / sqrt of it, about 3 %.
const REGISTERS: usize = 1024;

/// A HyperLogLog sketch: how many different values, without keeping any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DistinctSketch {
    /// Leading-zero counts; empty until the first value.
    registers: Vec<u8>,
}

impl DistinctSketch {
    /// Notes a value by its hash.
    #[inline]
    pub fn add(&mut self, hash: u64) {
        if self.registers.is_empty() {
            self.registers = vec![0; REGISTERS];
        }
        let slot = (hash >> 54) as usize;
        let rank = ((hash << 10) | 512).leading_zeros() as u8 + 1;
        let register = &mut self.registers[slot];
        *register = (*register).max(rank);
    }

    /// Estimated number of different values.
    pub fn estimate(&self) -> u64 {
        if self.registers.is_empty() {
            return 0;
        }
        let m = REGISTERS as f64;
        let zeros = self.registers.iter().filter(|r| **r == 0).count() as f64;
        let sum: f64 = self
            .registers
            .iter()
            .map(|r| 2f64.powi(-i32::from(*r)))
            .sum();
        let raw = 0.7213 / (1.0 + 1.079 / m) * m * m / sum;
        let estimate = if raw <= 2.5 * m && zeros > 0.0 {
            m * (m / zeros).ln()
        } else {
            raw
        };
        estimate.round() as u64
    }

    fn merge(&mut self, other: &Self) {
        if self.registers.is_empty() {
            self.registers.clone_from(&other.registers);
            return;
        }
        for (mine, theirs) in self.registers.iter_mut().zip(&other.registers) {
            *mine = (*mine).max(*theirs);
        }
    }
}

/// What was seen in the values of one field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldSummary {
    /// Values seen, NULLs not counted.
    pub rows: u64,
    /// Rows without a value.
    pub nulls: u64,
    /// Of `rows`, those judged by a cheap invariant after many clean values of one class; the rest was read in full.
    pub by_invariant: u64,
    /// Shortest and longest value, in bytes.
    pub lengths: Option<(u32, u32)>,
    /// Matches by position in the table of detectors.
    pub matches: BTreeMap<u16, ValueMatch>,
    /// Dates seen.
    pub dates: DateSummary,
    /// Values that read as the name of a person, whole.
    pub person_names: u64,
    /// Values that are one given name or one surname.
    pub single_names: u64,
    /// Values that are the name of a city, region or country.
    pub place_names: u64,
    /// Values by the form, by its position in the table, that they have as a whole; the first where there are several.
    pub(super) forms: BTreeMap<u16, u64>,
    /// Values by the detector whose pattern they have but whose check they fail.
    pub(super) failed: BTreeMap<u16, u64>,
    /// Values by the detector among whose terms they are.
    pub(super) terms: BTreeMap<u16, u64>,
    traits: BTreeMap<Trait, u64>,
    shapes: BTreeMap<Shape, u64>,
    distinct: DistinctSketch,
}

impl FieldSummary {
    /// Estimated number of different values.
    pub fn distinct(&self) -> u64 {
        self.distinct.estimate().min(self.rows)
    }

    /// Values of a shape.
    pub fn shape(&self, shape: Shape) -> u64 {
        self.shapes.get(&shape).copied().unwrap_or(0)
    }

    /// Share of values of a shape among those that are not empty.
    pub fn shape_share(&self, shape: Shape) -> f64 {
        share(self.shape(shape), self.filled())
    }

    /// Values that are not empty.
    pub fn filled(&self) -> u64 {
        self.rows - self.shape(Shape::Empty)
    }

    /// Share of the values that are not empty which a detector matches.
    pub fn match_share(&self, detector: u16) -> f64 {
        share(
            self.matches.get(&detector).map_or(0, |m| m.count),
            self.filled(),
        )
    }

    /// Upper bound, at 95 %, of the share of values of another class that the cheap invariant may have let through;
    /// 0 where every value was read in full.
    pub fn unread_bound(&self) -> f64 {
        if self.by_invariant == 0 {
            0.0
        } else {
            3.0 / (self.rows - self.by_invariant).max(1) as f64
        }
    }

    /// Notes the length and hash of a value.
    #[inline]
    pub(super) fn add(&mut self, length: u32, hash: u64, weight: u64) {
        self.rows += weight;
        self.add_length(length);
        self.distinct.add(hash);
    }

    /// Notes how many values have a shape.
    pub(super) fn add_shape(&mut self, shape: Shape, count: u64) {
        if count > 0 {
            *self.shapes.entry(shape).or_default() += count;
        }
    }

    #[inline]
    fn add_length(&mut self, length: u32) {
        let (shortest, longest) = self.lengths.unwrap_or((length, length));
        self.lengths = Some((shortest.min(length), longest.max(length)));
    }

    /// Share of values that are not empty with a trait.
    pub(super) fn trait_share(&self, kind: Trait) -> f64 {
        share(self.traits.get(&kind).copied().unwrap_or(0), self.filled())
    }

    /// Notes how many values have a trait.
    pub(super) fn add_trait(&mut self, kind: Trait, count: u64) {
        if count > 0 {
            *self.traits.entry(kind).or_default() += count;
        }
    }

    /// Notes a match of a detector.
    pub(super) fn add_match(&mut self, detector: u16, found: ValueMatch) {
        match self.matches.entry(detector) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(found);
            }
            std::collections::btree_map::Entry::Occupied(mut entry) => {
                entry.get_mut().merge(&found)
            }
        }
    }

    /// Joins what another part of the same field gave.
    pub fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.nulls += other.nulls;
        self.by_invariant += other.by_invariant;
        self.lengths = match (self.lengths, other.lengths) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        for (shape, count) in &other.shapes {
            *self.shapes.entry(*shape).or_default() += count;
        }
        for (detector, found) in &other.matches {
            self.add_match(*detector, found.clone());
        }
        self.dates.merge(&other.dates);
        add_all(&mut self.forms, &other.forms);
        add_all(&mut self.failed, &other.failed);
        add_all(&mut self.terms, &other.terms);
        add_all(&mut self.traits, &other.traits);
        self.person_names += other.person_names;
        self.single_names += other.single_names;
        self.place_names += other.place_names;
        self.distinct.merge(&other.distinct);
    }
}

fn add_all<K: Copy + Ord>(to: &mut BTreeMap<K, u64>, from: &BTreeMap<K, u64>) {
    for (key, count) in from {
        *to.entry(*key).or_default() += count;
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::taxonomy::DataType;
    use crate::value::Value;

    /// A small generator with a fixed seed (splitmix64).
    struct Generator(u64);

    impl Generator {
        fn next(&mut self) -> u64 {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ (z >> 31)
        }

        fn below(&mut self, bound: u64) -> u64 {
            self.next() % bound
        }

        fn summary(&mut self) -> FieldSummary {
            let mut summary = FieldSummary {
                nulls: self.below(5),
                by_invariant: self.below(3),
                ..FieldSummary::default()
            };
            let email = DataType::from_key("contact.email").expect("in the taxonomy");
            for _ in 0..self.below(20) {
                let shape = Shape::ALL[self.below(17) as usize];
                let weight = 1 + self.below(3);
                summary.add(self.below(50) as u32, self.next(), weight);
                summary.add_shape(shape, weight);
                let masked = if self.below(2) == 0 {
                    Value::new(b"jane@example.com")
                } else {
                    Value::new(b"xavier@example.org")
                };
                let found = ValueMatch {
                    count: 1,
                    in_text: self.below(2),
                    first_row: self.below(4),
                    masked: masked.mask(email),
                };
                summary.add_match(self.below(6) as u16, found);
                summary.dates.add(
                    1950 + self.below(80) as i16,
                    self.below(20_000) as i32,
                    self.below(2) == 0,
                    1,
                );
            }
            summary.person_names = self.below(9);
            summary.dates.add_year(1980 + self.below(9) as i16, 1);
            summary.add_trait(Trait::Street, self.below(9));
            *summary.forms.entry(self.below(4) as u16).or_default() += 1;
            *summary.failed.entry(self.below(4) as u16).or_default() += 1;
            *summary.terms.entry(self.below(4) as u16).or_default() += 1;
            summary
        }
    }

    fn joined(parts: &[&FieldSummary]) -> FieldSummary {
        let mut all = FieldSummary::default();
        parts.iter().for_each(|part| all.merge(part));
        all
    }

    #[test]
    fn merging_is_commutative_and_associative() {
        let mut generator = Generator(7);
        for _ in 0..200 {
            let (a, b, c) = (
                generator.summary(),
                generator.summary(),
                generator.summary(),
            );
            assert_eq!(joined(&[&a, &b]), joined(&[&b, &a]));
            assert_eq!(
                joined(&[&joined(&[&a, &b]), &c]),
                joined(&[&a, &joined(&[&b, &c])])
            );
            assert_eq!(joined(&[&a]), a);
        }
    }

    #[test]
    fn distinct_is_close() {
        for wanted in [1_u64, 10, 500, 3_000, 100_000] {
            let mut generator = Generator(wanted);
            let hashes: Vec<u64> = (0..wanted).map(|_| generator.next()).collect();
            let mut sketch = DistinctSketch::default();
            hashes
                .iter()
                .chain(&hashes)
                .for_each(|hash| sketch.add(*hash));
            let error = (sketch.estimate() as f64 - wanted as f64).abs() / wanted as f64;
            assert!(error < 0.12, "{wanted}: {}", sketch.estimate());
        }
    }

    #[test]
    fn birth_dates_differ_from_row_stamps() {
        let mut births = DateSummary::default();
        let mut stamps = DateSummary::default();
        for i in 0..100_i16 {
            births.add(1940 + i * 7 % 65, i32::from(i), true, 1);
            stamps.add(2018 + i % 6, 18_000 + i32::from(i), i % 4 != 0, 1);
        }
        assert!(
            births.birth_plausibility() > 0.7,
            "{}",
            births.birth_plausibility()
        );
        assert!(stamps.birth_plausibility() < 0.2);
    }
}
