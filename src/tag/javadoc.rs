//! Tags in languages with `/** … */` documentation: TypeScript, JavaScript, Java, Kotlin, Scala, SAP CDS.

use super::code;
use super::{Splice, Syntax, Untagged};

/// The syntax.
pub struct Javadoc;

/// Its entry in the list of syntaxes.
pub static SYNTAX: Javadoc = Javadoc;

/// Endings of its files.
const ENDINGS: &[&str] = &[
    ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".java", ".kt", ".kts", ".scala",
    ".groovy", ".cds",
];

impl Syntax for Javadoc {
    fn takes(&self, name: &str, _: &str) -> bool {
        ENDINGS.iter().any(|ending| name.ends_with(ending))
    }

    fn ways(&self, text: &str, field: &Untagged<'_>) -> Vec<Splice> {
        let tag = field.tag();
        let ways = [
            code::above(text, field.line, &format!("/** {tag} */")),
            code::behind(text, field.line, &format!("// {tag}")),
        ];
        ways.into_iter().flatten().collect()
    }
}
