//! Tags in Protobuf and Thrift: the leading comment of the field.

use super::code;
use super::{Splice, Syntax, Untagged};

/// The syntax.
pub struct Protobuf;

/// Its entry in the list of syntaxes.
pub static SYNTAX: Protobuf = Protobuf;

/// Endings of its files.
const ENDINGS: &[&str] = &[".proto", ".thrift"];

impl Syntax for Protobuf {
    fn takes(&self, name: &str, _: &str) -> bool {
        ENDINGS.iter().any(|ending| name.ends_with(ending))
    }

    fn ways(&self, text: &str, field: &Untagged<'_>) -> Vec<Splice> {
        let tag = field.tag();
        let ways = [
            code::above(text, field.line, &format!("// {tag}")),
            code::behind(text, field.line, &format!("// {tag}")),
        ];
        ways.into_iter().flatten().collect()
    }
}
