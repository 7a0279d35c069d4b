//! Members of a record as fields: the two orders of name and type that languages have, and what tokens look like as written.
//! Knows tokens only; what a record is, the frameworks know.

use super::mark::{apply, marks};
use crate::field::{Field, Place};
use crate::source::code::lexer::{Kind, Token};

/// The place of a token.
pub fn place(token: &Token<'_>) -> Place {
    Place {
        line: token.line.into(),
        column: 0,
        start: token.start as u64,
    }
}

/// Where the bracket at a position closes.
pub fn closing(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_i32;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        if token.kind == Kind::Sign {
            depth += match token.text {
                "(" | "[" | "{" => 1,
                ")" | "]" | "}" => -1,
                _ => 0,
            };
            if depth == 0 {
                return at;
            }
        }
    }
    tokens.len()
}

/// A comment without what makes it one.
pub fn plain_comment(text: &str) -> String {
    let inner = text
        .trim_start_matches(['/', '*', '#', '!'])
        .trim_end_matches("*/");
    let lines = inner
        .lines()
        .map(|l| l.trim().trim_start_matches('*').trim());
    lines
        .filter(|l| !l.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Tokens as they were written, single blanks where there were any.
pub fn written(tokens: &[Token<'_>]) -> String {
    let mut out = String::new();
    let mut end = None;
    for token in tokens {
        if end.is_some_and(|end| token.start > end) {
            out.push(' ');
        }
        if token.is_text() {
            out.push('"');
            out.push_str(token.text);
            out.push('"');
        } else {
            out.push_str(token.text);
        }
        end = Some(token.end);
    }
    out
}

/// A type as it was written, unless it is too long to be one.
pub fn shown_type(tokens: &[Token<'_>]) -> Option<String> {
    let text = written(&tokens[..tokens.len().min(24)]);
    (!text.is_empty() && text.len() < 200).then_some(text)
}

/// Words before a member that are neither its type nor its name.
pub const MODIFIERS: &[&str] = &[
    "public",
    "private",
    "protected",
    "internal",
    "readonly",
    "declare",
    "static",
    "final",
    "val",
    "var",
    "let",
    "pub",
    "override",
    "virtual",
    "required",
    "lateinit",
    "abstract",
    "transient",
    "volatile",
    "export",
    "const",
    "mut",
    "open",
];

/// `[marks] [modifiers] name[?!]: Type [= …]`.
pub fn typed_member(tokens: &[Token<'_>]) -> Option<Field> {
    let (tags, mut at) = marks(tokens);
    let is_constant = tokens
        .iter()
        .skip(at)
        .take(3)
        .any(|t| t.is("static") || t.is("const"));
    while tokens
        .get(at)
        .is_some_and(|t| t.is_word() && MODIFIERS.contains(&t.text))
        && !tokens.get(at + 1)?.is(":")
        && !tokens.get(at + 1)?.is("?")
    {
        at += 1;
        if tokens.get(at)?.is("(") {
            at = closing(tokens, at) + 1;
        }
    }
    let name = tokens
        .get(at)
        .filter(|t| t.is_word() || t.kind == Kind::Text)?;
    let mut next = at + 1;
    while tokens.get(next).is_some_and(|t| t.is("?") || t.is("!")) {
        next += 1;
    }
    if !tokens.get(next)?.is(":") || is_constant {
        return None;
    }
    let end = top_level(tokens, next + 1, "=");
    let kind = &tokens[next + 1..end];
    // A function is no datum.
    let is_function = kind.first().is_some_and(|t| t.is("("))
        || kind.windows(2).any(|w| w[0].is("=") && w[1].is(">"));
    if is_function || kind.is_empty() {
        return None;
    }
    let mut field = Field {
        declared_type: shown_type(kind),
        place: place(name),
        ..Field::named(name.text)
    };
    apply(tags, &mut field);
    Some(field)
}

/// `[marks] [modifiers] Type name [= …]`.
pub fn typed_before(tokens: &[Token<'_>]) -> Option<Field> {
    let (tags, mut at) = marks(tokens);
    let is_constant = tokens.iter().skip(at).take(4).any(|t| {
        t.is("static") || t.is("const") || t.is("class") || t.is("enum") || t.is("return")
    });
    while tokens.get(at).is_some_and(|t| MODIFIERS.contains(&t.text)) {
        at += 1;
    }
    let end = top_level(tokens, at, "=");
    let part = &tokens[at..end];
    let (name, kind) = part.split_last()?;
    let has_call = part.iter().any(|t| t.is("(") || t.is("{"));
    if !name.is_word() || kind.is_empty() || has_call || is_constant {
        return None;
    }
    let mut field = Field {
        declared_type: shown_type(kind),
        place: place(name),
        ..Field::named(name.text)
    };
    apply(tags, &mut field);
    Some(field)
}

/// Where a sign stands outside of brackets, from a position on; the end where it does not.
pub fn top_level(tokens: &[Token<'_>], start: usize, wanted: &str) -> usize {
    let mut depth = 0_i32;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        if token.kind != Kind::Sign {
            continue;
        }
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            text if text == wanted
                && depth == 0
                && !tokens.get(at + 1).is_some_and(|t| t.is(">")) =>
            {
                return at;
            }
            _ => {}
        }
    }
    tokens.len()
}
