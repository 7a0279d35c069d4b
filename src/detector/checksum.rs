//! Named validators of written identifiers.

/// A named validator of a written identifier.
pub struct Checksum {
    /// Name used in detector files.
    pub name: &'static str,
    /// What it checks.
    pub about: &'static str,
    /// Share of random strings of the right form that pass.
    pub pass_rate: f64,
    /// The check.
    pub check: fn(&str) -> bool,
}

/// The validator a detector's `checksum` names.
pub fn find(name: &str) -> Option<&'static Checksum> {
    all().iter().find(|c| c.name == name)
}

/// All validators.
pub fn all() -> &'static [Checksum] {
    &[]
}
