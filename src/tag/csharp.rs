//! Tags in C#: `/// <remarks>`, which documentation tools keep; they want text inside an element.

use super::code;
use super::{Splice, Syntax, Untagged};

/// The syntax.
pub struct CSharp;

/// Its entry in the list of syntaxes.
pub static SYNTAX: CSharp = CSharp;

impl Syntax for CSharp {
    fn takes(&self, name: &str, _: &str) -> bool {
        name.ends_with(".cs")
    }

    fn ways(&self, text: &str, field: &Untagged<'_>) -> Vec<Splice> {
        let tag = field.tag();
        let ways = [
            code::above(text, field.line, &format!("/// <remarks>{tag}</remarks>")),
            code::behind(text, field.line, &format!("// {tag}")),
        ];
        ways.into_iter().flatten().collect()
    }
}
