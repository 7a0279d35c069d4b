//! The shapes of code that following values needs: chains of names, arguments, ends of statements and blocks.
//! Looks at signs and words; knows no grammar and nothing of what they mean.

use crate::source::code::language::{Blocks, Language};
use crate::source::code::lexer::{Kind, Token};

use super::LONGEST;

/// A chain of names: `a.b.c`, with where it begins and ends.
pub(super) struct Chain<'a> {
    pub(super) words: Vec<&'a str>,
    pub(super) end: usize,
    pub(super) is_negated: bool,
}

pub(super) fn is_arrow(tokens: &[Token<'_>], at: usize) -> bool {
    tokens.get(at).is_some_and(|t| t.is("-")) && tokens.get(at + 1).is_some_and(|t| t.is(">"))
}

/// Whether a word is a later part of a chain.
pub(super) fn is_joint(tokens: &[Token<'_>], at: usize) -> bool {
    let before = &tokens[at - 1];
    if before.is(".") {
        // `..x` and `...x` begin anew.
        return !(at >= 2 && tokens[at - 2].is("."));
    }
    (before.is(">") && at >= 2 && tokens[at - 2].is("-") && tokens[at - 2].end == before.start)
        || (before.is(":") && at >= 2 && tokens[at - 2].is(":"))
}

/// The chain of names that begins at a word: `a.b`, `a?.b`, `a->b`, `A::B`.
pub(super) fn chain<'a>(tokens: &[Token<'a>], at: usize) -> Option<Chain<'a>> {
    let first = tokens.get(at).filter(|t| t.is_word())?;
    let mut words = vec![first.text];
    let mut end = at + 1;
    loop {
        let is = |ahead: usize, text: &str| tokens.get(end + ahead).is_some_and(|t| t.is(text));
        let skip = if is(0, ".") {
            1
        } else if ((is(0, "?") || is(0, "!") || is(0, "&")) && is(1, ".")) || is_arrow(tokens, end)
        {
            2
        } else if is(0, "?") && is_arrow(tokens, end + 1) {
            3
        } else if is(0, ":") && is(1, ":") {
            2
        } else {
            break;
        };
        let Some(word) = tokens.get(end + skip).filter(|t| t.is_word()) else {
            break;
        };
        words.push(word.text);
        end += skip + 1;
    }
    let is_negated = at.checked_sub(1).is_some_and(|i| tokens[i].is("!"));
    Some(Chain {
        words,
        end,
        is_negated,
    })
}

/// The name of a call with those chained to it while they are short: `service.users.messages.list`.
pub(super) fn long_name(words: &[&str], tokens: &[Token<'_>], end: usize) -> String {
    const MOST_STEPS: usize = 6;
    const MOST_TOKENS: usize = 12;
    let mut name = words.join(".");
    let mut at = end;
    for _ in 0..MOST_STEPS {
        let closes = tokens.get(at).is_some_and(|t| t.is(")"));
        let is_step = closes && tokens.get(at + 1).is_some_and(|t| t.is("."));
        let Some(step) = tokens.get(at + 2).filter(|t| is_step && t.is_word()) else {
            break;
        };
        name.push('.');
        name.push_str(step.text);
        if !tokens.get(at + 3).is_some_and(|t| t.is("(")) {
            break;
        }
        let ahead = &tokens[..tokens.len().min(at + 4 + MOST_TOKENS)];
        at = after_block(ahead, at + 3).saturating_sub(1);
    }
    name
}

/// Where the right side of an assignment to a word begins.
pub(super) fn assigned(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    let mut next = at + 1;
    if tokens.get(next).is_some_and(|t| t.is(":")) {
        if tokens.get(next + 1).is_some_and(|t| t.is("=")) {
            return Some(next + 2);
        }
        // `x: Type = …`
        let typed = (next + 1..next + 8).take_while(|i| {
            tokens
                .get(*i)
                .is_some_and(|t| t.is_word() || "<>[].?|".contains(t.text))
        });
        next = typed.last()? + 1;
    }
    let is_set = tokens.get(next).is_some_and(|t| t.is("="));
    let follows = tokens.get(next + 1)?;
    (is_set && !follows.is("=") && !follows.is(">") && !follows.is("~")).then_some(next + 1)
}

/// Where a statement ends: at `;`, or with its line outside of brackets.
pub(super) fn end_of_statement(tokens: &[Token<'_>], start: usize) -> usize {
    let mut depth = 0_i32;
    let mut line = tokens.get(start).map_or(0, |t| t.line);
    for (at, token) in tokens.iter().enumerate().skip(start).take(LONGEST) {
        let goes_on = token.is(".") || token.is("?") || token.is("+") || token.is("|");
        if depth == 0 && token.line > line && !goes_on {
            return at;
        }
        line = token.line.max(line);
        match token.text {
            "(" | "[" | "{" if token.kind == Kind::Sign => depth += 1,
            ")" | "]" | "}" if token.kind == Kind::Sign => depth -= 1,
            ";" if token.kind == Kind::Sign && depth <= 0 => return at,
            _ => {}
        }
        if depth < 0 {
            return at;
        }
    }
    tokens.len().min(start + LONGEST)
}

/// After the bracket that closes the one at a position.
pub(super) fn after_block(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_i32;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        if token.kind == Kind::Sign {
            match token.text {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth -= 1,
                _ => {}
            }
            if depth <= 0 {
                return at + 1;
            }
        }
    }
    tokens.len()
}

/// The arguments of a call: between parentheses, or up to the end of the line where a language needs none.
pub(super) fn arguments(
    tokens: &[Token<'_>],
    at: usize,
    language: &Language,
) -> Option<(usize, usize)> {
    let next = tokens.get(at)?;
    if next.is("(") {
        return Some((
            at + 1,
            after_block(tokens, at).saturating_sub(1).max(at + 1),
        ));
    }
    if next.is("!") && language.name == "rust" && tokens.get(at + 1).is_some_and(|t| t.is("(")) {
        return Some((
            at + 2,
            after_block(tokens, at + 1).saturating_sub(1).max(at + 2),
        ));
    }
    let is_bare = language.blocks == Blocks::End
        && (next.is_text() || next.is_word())
        && next.line == tokens[at - 1].line
        && next.start > tokens[at - 1].end
        && !["if", "unless", "do", "and", "or", "then"]
            .iter()
            .any(|w| next.is(w));
    is_bare.then(|| (at, end_of_statement(tokens, at)))
}

/// Where the argument after the one at a position begins.
pub(super) fn next_argument(tokens: &[Token<'_>], start: usize) -> usize {
    let mut depth = 0_i32;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        if token.kind != Kind::Sign {
            continue;
        }
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            "," if depth == 0 => return at + 1,
            _ => {}
        }
        if depth < 0 {
            return at;
        }
    }
    tokens.len()
}

/// Whether braces hold the body of a function, which runs at another time.
pub(super) fn begins_body(tokens: &[Token<'_>], at: usize, language: &Language) -> bool {
    if !tokens[at].is("{") {
        return false;
    }
    let before = at.checked_sub(1).map(|i| &tokens[i]);
    let after_function = before.is_some_and(|t| t.is(">") || t.is(")"));
    after_function || matches!(language.name, "java" | "kotlin" | "swift")
}

/// Whether a word is a key: after `{`, `,` or `(` and before `:` or `=`.
pub(super) fn is_key(tokens: &[Token<'_>], at: usize, end: usize) -> bool {
    let begins = at
        .checked_sub(1)
        .is_none_or(|i| ["{", ",", "("].iter().any(|s| tokens[i].is(s)));
    let Some(next) = tokens.get(end) else {
        return false;
    };
    let follows = tokens.get(end + 1);
    let is_colon = next.is(":") && !follows.is_some_and(|t| t.is(":") || t.is("="));
    let is_equals = next.is("=") && !follows.is_some_and(|t| t.is("="));
    begins && (is_colon || is_equals)
}

/// Whether a value is compared or asked for, not let out.
pub(super) fn is_compared(tokens: &[Token<'_>], end: usize) -> bool {
    let is = |ahead: usize, text: &str| tokens.get(end + ahead).is_some_and(|t| t.is(text));
    let is_ternary = is(0, "?") && !is(1, "?") && !is(1, ".") && !is(1, ":");
    (is(0, "=") && is(1, "="))
        || (is(0, "!") && is(1, "="))
        || is_ternary
        || is(0, "is")
        || is(0, "in")
}

/// `["key"]`, `[:key]`: the key, and where it ends.
pub(super) fn subscript<'a>(tokens: &[Token<'a>], at: usize) -> Option<(&'a str, usize)> {
    if !tokens.get(at)?.is("[") {
        return None;
    }
    let is_symbol = tokens.get(at + 1)?.is(":");
    let key = tokens.get(at + 1 + usize::from(is_symbol))?;
    let close = at + 2 + usize::from(is_symbol);
    let is_plain = key.kind == Kind::Text || (is_symbol && key.is_word());
    (is_plain && tokens.get(close)?.is("]")).then_some((key.text, close + 1))
}
