//! Tags in PHP: `->comment('…')` of a Laravel column, which goes to the database; `/** … */` above a property.

use super::code::{self, Marks};
use super::{Splice, Syntax, Untagged};

/// The syntax.
pub struct Php;

/// Its entry in the list of syntaxes.
pub static SYNTAX: Php = Php;

const MARKS: Marks = Marks {
    quotes: "\"'",
    line_comments: &["//", "#"],
    block_comments: true,
    backslash: true,
};

impl Syntax for Php {
    fn takes(&self, name: &str, _: &str) -> bool {
        name.ends_with(".php")
    }

    fn ways(&self, text: &str, field: &Untagged<'_>) -> Vec<Splice> {
        let tag = field.tag();
        let Some(line) = code::line(text, field.line) else {
            return Vec::new();
        };
        let behind = code::behind(text, field.line, &format!("// {tag}"));
        if !text[line.clone()].contains("$table->") {
            let above = code::above(text, field.line, &format!("/** {tag} */"));
            return above.into_iter().chain(behind).collect();
        }
        let end = code::walk(text, line.start, MARKS, |_, byte, depth| {
            byte == b';' && depth == 0
        });
        let statement = &text[line.start..end.code];
        let way = match statement.find("->comment(") {
            Some(at) => code::end_of_literal(text, line.start + at + "->comment(".len(), MARKS)
                .map(|at| Splice {
                    at,
                    text: format!(" {tag}"),
                }),
            None => Some(Splice {
                at: end.code,
                text: format!("->comment('{tag}')"),
            }),
        };
        way.into_iter().chain(behind).collect()
    }
}
