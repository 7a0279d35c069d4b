//! The parts a judgement is summed from, by kind of evidence, so that their weights can be trained and compared.
//! Knows names of kinds; nothing of how a part comes about.

/// How many kinds of evidence there are.
pub const PARTS: usize = 14;

/// What each kind of evidence adds to a data type, in log-odds.
pub type Parts = [f64; PARTS];

/// The kinds, in the order of [`Parts`].
pub const PART_NAMES: [&str; PARTS] = [
    "word",
    "owner",
    "grammar",
    "type",
    "reference",
    "key",
    "topic",
    "stamp",
    "choice",
    "visit",
    "declared",
    "comment",
    "values",
    "agreement",
];

/// A kind of evidence: its place in [`Parts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A concept in the name, surely or only with support.
    Word,
    /// Whose it is.
    Owner,
    /// The words around it.
    Grammar,
    /// What the declared type lets it hold.
    Type,
    /// What a key to another dataset says.
    Reference,
    /// An identifier of a person.
    Key,
    /// What the record is about.
    Topic,
    /// A time or count of what a person does.
    Stamp,
    /// A switch that a person sets.
    Choice,
    /// When a visit began and ended.
    Visit,
    /// A declared type that says by itself what is held.
    Declared,
    /// A comment.
    Comment,
    /// Values.
    Values,
    /// Two kinds that say the same.
    Agreement,
}

impl Part {
    /// One part alone.
    pub fn alone(self, logit: f64) -> Parts {
        let mut parts = [0.0; PARTS];
        parts[self as usize] = logit;
        parts
    }
}
