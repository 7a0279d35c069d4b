//! Tags in languages with `#` comments that no other syntax takes: Elixir. The comment stands behind the field.

use super::code;
use super::{Splice, Syntax, Untagged};

/// The syntax.
pub struct Hashes;

/// Its entry in the list of syntaxes.
pub static SYNTAX: Hashes = Hashes;

impl Syntax for Hashes {
    fn takes(&self, name: &str, _: &str) -> bool {
        [".ex", ".exs"].iter().any(|ending| name.ends_with(ending))
    }

    fn ways(&self, text: &str, field: &Untagged<'_>) -> Vec<Splice> {
        let tag = field.tag();
        let has_comment =
            code::line(text, field.line).is_some_and(|line| text[line].contains(" #"));
        // A second mark inside a comment is noise; the first way that is read back wins.
        let grown = has_comment.then(|| code::behind(text, field.line, &tag));
        let own = code::behind(text, field.line, &format!("# {tag}"));
        grown.flatten().into_iter().chain(own).collect()
    }
}
