//! Tags in Salesforce metadata: the field's description, since compliance groups are a closed list of classes.

use super::code;
use super::{Splice, Syntax, Untagged};

/// The syntax.
pub struct Salesforce;

/// Its entry in the list of syntaxes.
pub static SYNTAX: Salesforce = Salesforce;

impl Syntax for Salesforce {
    fn takes(&self, name: &str, _: &str) -> bool {
        [".field-meta.xml", ".object-meta.xml", ".object"]
            .iter()
            .any(|ending| name.ends_with(ending))
    }

    fn ways(&self, text: &str, field: &Untagged<'_>) -> Vec<Splice> {
        let Some(line) = code::line(text, field.line) else {
            return Vec::new();
        };
        let part = &text[line.clone()];
        // Its description stands somewhere between the elements of its own field.
        let rest = &text[line.end..];
        let end = rest.find("</fields>").unwrap_or(rest.len());
        let start = text[..line.start].rfind("<fields>").unwrap_or(0);
        let described = text[start..line.end + end].find("</description>");
        let way = match described {
            Some(at) => Splice {
                at: start + at,
                text: format!(" {}", field.tag()),
            },
            None => Splice {
                at: line.end,
                text: format!(
                    "\n{}<description>{}</description>",
                    code::indent(part),
                    field.tag()
                ),
            },
        };
        vec![way]
    }
}
