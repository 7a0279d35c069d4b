//! Tags in languages with `///` documentation: Rust, Swift, Dart.

use super::code;
use super::{Splice, Syntax, Untagged};

/// The syntax.
pub struct Slashes;

/// Its entry in the list of syntaxes.
pub static SYNTAX: Slashes = Slashes;

/// Endings of its files.
const ENDINGS: &[&str] = &[".rs", ".swift", ".dart"];

impl Syntax for Slashes {
    fn takes(&self, name: &str, _: &str) -> bool {
        ENDINGS.iter().any(|ending| name.ends_with(ending))
    }

    fn ways(&self, text: &str, field: &Untagged<'_>) -> Vec<Splice> {
        let tag = field.tag();
        let ways = [
            code::above(text, field.line, &format!("/// {tag}")),
            code::behind(text, field.line, &format!("// {tag}")),
        ];
        ways.into_iter().flatten().collect()
    }
}
