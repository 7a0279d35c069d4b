//! Tags in Prisma schemas: `/// @pii <key>` above the field, which Prisma keeps as its documentation.

use super::code;
use super::{Splice, Syntax, Untagged};

/// The syntax.
pub struct Prisma;

/// Its entry in the list of syntaxes.
pub static SYNTAX: Prisma = Prisma;

impl Syntax for Prisma {
    fn takes(&self, name: &str, _: &str) -> bool {
        name.ends_with(".prisma")
    }

    fn ways(&self, text: &str, field: &Untagged<'_>) -> Vec<Splice> {
        let above = code::above(text, field.line, &format!("/// {}", field.tag()));
        above.into_iter().collect()
    }
}
