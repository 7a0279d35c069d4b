//! What an expression holds: the values it reads, with their way, and whether they were hidden on it.
//! Calls that are not known end a way and are counted.

use super::shape::{
    Chain, after_block, begins_body, chain, is_arrow, is_compared, is_key, next_argument, subscript,
};
use super::word::{accessor, is_counting, is_sanitiser, is_transparent, says_something_else};
use super::{DEEPEST, Flow, LONGEST, MOST_STEPS, Value};
use crate::field::StepKind;
use crate::source::code::language::{self, Language};
use crate::source::code::lexer::{self, Kind, Token};

impl Flow {
    /// The values in an expression.
    pub(super) fn gather(&mut self, tokens: &[Token<'_>], depth: usize, into: &mut Gathered) {
        if depth > DEEPEST {
            into.has_unknown = true;
            self.ways.unresolved += 1;
            return;
        }
        let tokens = &tokens[..tokens.len().min(LONGEST)];
        let mut at = 0;
        while at < tokens.len() {
            let token = &tokens[at];
            match token.kind {
                Kind::Template => {
                    for (inside, line) in lexer::values(token.text, self.language) {
                        let mut parts = lexer_tokens(inside, self.language);
                        parts
                            .iter_mut()
                            .for_each(|t| t.line += token.line + line - 1);
                        self.gather(&parts, depth + 1, into);
                    }
                    at += 1;
                }
                Kind::Word => at = self.name(tokens, at, depth, into),
                Kind::Sign if begins_body(tokens, at, self.language) => {
                    at = after_block(tokens, at)
                }
                _ => at += 1,
            }
        }
    }

    /// Reads a chain of names in an expression; gives where to go on.
    pub(super) fn name(
        &mut self,
        tokens: &[Token<'_>],
        at: usize,
        depth: usize,
        into: &mut Gathered,
    ) -> usize {
        const WORDS: &[&str] = &[
            "new",
            "await",
            "return",
            "if",
            "else",
            "not",
            "and",
            "or",
            "in",
            "is",
            "None",
            "nil",
            "null",
            "true",
            "false",
            "True",
            "False",
            "undefined",
            "lambda",
            "for",
            "fn",
            "func",
            "function",
            "async",
            "const",
            "let",
            "var",
            "typeof",
            "as",
            "from",
            "then",
            "do",
            "end",
            "unless",
            "yield",
            "raise",
            "throw",
            "instanceof",
        ];
        if tokens[at].is("lambda") || tokens[at].is("function") || tokens[at].is("func") {
            return tokens.len();
        }
        let previous = at.checked_sub(1).map(|i| &tokens[i]);
        let is_symbol = self.language.ecosystem == "gem" && previous.is_some_and(|t| t.is(":"));
        if WORDS.contains(&tokens[at].text) || is_symbol {
            return at + 1;
        }
        let Some(chain) = chain(tokens, at) else {
            return at + 1;
        };
        let next = tokens.get(chain.end);
        let line = u64::from(tokens[at].line);
        // A key, not a value: it names the value where that says nothing itself.
        if chain.words.len() == 1 && is_key(tokens, at, chain.end) {
            return self.keyed(tokens, (at, chain.end), depth + 1, into);
        }
        let last = *chain.words.last().unwrap_or(&"");
        if next.is_some_and(|t| t.is("(") || (t.is("!") && self.language.name == "rust")) {
            let open = chain.end + usize::from(next.is_some_and(|t| t.is("!")));
            return self.nested(tokens, &chain, open, depth + 1, into);
        }
        if chain.is_negated || is_compared(tokens, chain.end) {
            return chain.end;
        }
        if let Some((key, end)) = subscript(tokens, chain.end) {
            into.values.push(Value {
                object: Some(last.to_owned()),
                name: key.to_owned(),
                steps: vec![(line, StepKind::Read)],
            });
            return end;
        }
        if chain.words.len() > 1 && is_sanitiser(last) && is_counting(last) {
            into.is_sanitised = true;
            return chain.end;
        }
        self.read(&chain.words, line, into);
        chain.end
    }

    /// A value that is read: `user.email`, or a variable with what it holds.
    pub(super) fn read(&mut self, words: &[&str], line: u64, into: &mut Gathered) {
        let words = match words {
            ["this" | "self" | "cls", rest @ ..] if !rest.is_empty() => rest,
            all => all,
        };
        // Where calls need no parentheses, what shows a value is the value.
        let words = match words {
            [
                rest @ ..,
                "inspect" | "to_s" | "to_json" | "as_json" | "attributes",
            ] if !rest.is_empty() => rest,
            all => all,
        };
        if let ([name], Some(held)) = (words, words.first().and_then(|w| self.held.get(*w))) {
            let _ = name;
            into.is_sanitised |= held.values.is_empty();
            into.values.extend(held.values.iter().cloned());
            return;
        }
        let Some((name, before)) = words.split_last() else {
            return;
        };
        let is_constant = name.len() > 1
            && name
                .chars()
                .all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit());
        let is_type = before.is_empty() && name.starts_with(|c: char| c.is_ascii_uppercase());
        if is_constant || (is_type && self.language.name != "go") {
            return;
        }
        // What a name says was done to it: `maskedEmail`, `email_hash`.
        if is_sanitiser(name) {
            into.is_sanitised = true;
            return;
        }
        into.values.push(Value {
            object: before.last().map(|o| (*o).to_owned()),
            name: (*name).to_owned(),
            steps: vec![(line, StepKind::Read)],
        });
    }

    /// `key: value` and `key=value`.
    pub(super) fn keyed(
        &mut self,
        tokens: &[Token<'_>],
        (at, end): (usize, usize),
        depth: usize,
        into: &mut Gathered,
    ) -> usize {
        let start = end + 1 + usize::from(tokens.get(end + 1).is_some_and(|t| t.is(">")));
        let stop = next_argument(tokens, start).max(start);
        let stop = if stop > start && tokens.get(stop - 1).is_some_and(|t| t.is(",")) {
            stop - 1
        } else {
            stop
        };
        let mut inner = Gathered::default();
        self.gather(&tokens[start.min(stop)..stop], depth, &mut inner);
        let is_plain = stop <= start + 1 && tokens.get(start).is_some_and(Token::is_word);
        let is_chain = chain(&tokens[..stop], start).is_some_and(|c| c.end == stop);
        let line = u64::from(tokens[at].line);
        let own = tokens[start.min(stop)..stop]
            .iter()
            .rev()
            .find(|t| t.is_word());
        let says_itself = own.is_some_and(|t| says_something_else(t.text));
        if (is_plain || is_chain)
            && !says_itself
            && !inner.is_sanitised
            && !inner.values.is_empty()
            && !is_sanitiser(tokens[at].text)
        {
            inner.values.push(Value {
                object: None,
                name: tokens[at].text.to_owned(),
                steps: vec![(line, StepKind::Read)],
            });
        }
        into.take(inner);
        stop
    }

    /// A call inside an expression.
    pub(super) fn nested(
        &mut self,
        tokens: &[Token<'_>],
        chain: &Chain<'_>,
        open: usize,
        depth: usize,
        into: &mut Gathered,
    ) -> usize {
        let line = u64::from(tokens[open - 1].line);
        let close = after_block(tokens, open);
        let (Some((last, before)), Some(inside)) = (
            chain.words.split_last(),
            tokens.get(open + 1..close.saturating_sub(1)),
        ) else {
            return close;
        };
        let after = self.after_call(tokens, close);
        if is_sanitiser(last) || after == After::Sanitised {
            into.is_sanitised = true;
            return self.skip_calls(tokens, close);
        }
        if is_compared(tokens, close) {
            return close;
        }
        if is_transparent(last) {
            let is_of_package = self.bindings.contains_key(chain.words[0]);
            if !before.is_empty()
                && !is_of_package
                && !before
                    .iter()
                    .any(|w| w.starts_with(|c: char| c.is_ascii_uppercase()))
            {
                self.read(before, line, into);
            }
            let mut inner = Gathered::default();
            self.gather(inside, depth, &mut inner);
            inner
                .values
                .iter_mut()
                .filter(|v| v.steps.len() < MOST_STEPS)
                .for_each(|v| v.steps.push((line, StepKind::Call)));
            into.take(inner);
            return self.skip_calls(tokens, close);
        }
        if inside.is_empty() && !before.is_empty() {
            let name = accessor(last);
            let mut words = before.to_vec();
            words.push(&name);
            self.read(&words, line, into);
            return self.skip_calls(tokens, close);
        }
        into.has_unknown = true;
        self.ways.unresolved += 1;
        self.skip_calls(tokens, close)
    }

    /// What the calls chained to one make of its value.
    pub(super) fn after_call(&self, tokens: &[Token<'_>], close: usize) -> After {
        let mut at = close;
        while tokens.get(at).is_some_and(|t| t.is(".") || t.is("?")) || is_arrow(tokens, at) {
            at += 1;
            if tokens.get(at).is_some_and(|t| t.is(">")) {
                at += 1;
            }
            let Some(word) = tokens.get(at).filter(|t| t.is_word()) else {
                continue;
            };
            if is_sanitiser(word.text) {
                return After::Sanitised;
            }
            at += 1;
            if tokens.get(at).is_some_and(|t| t.is("(")) {
                at = after_block(tokens, at);
            }
        }
        After::Same
    }

    pub(super) fn skip_calls(&self, tokens: &[Token<'_>], close: usize) -> usize {
        let mut at = close;
        loop {
            let is_step = tokens.get(at).is_some_and(|t| t.is("."));
            let word = if is_step {
                at + 1
            } else if is_arrow(tokens, at) {
                at + 2
            } else {
                return at;
            };
            if !tokens.get(word).is_some_and(Token::is_word) {
                return at;
            }
            at = word + 1;
            if tokens.get(at).is_some_and(|t| t.is("(")) {
                at = after_block(tokens, at);
            }
        }
    }
}

#[derive(PartialEq, Eq)]
pub(super) enum After {
    Same,
    Sanitised,
}

/// What an expression holds.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) values: Vec<Value>,
    /// Something was hashed, masked or counted.
    pub(super) is_sanitised: bool,
    /// A call was not followed.
    pub(super) has_unknown: bool,
}

impl Gathered {
    pub(super) fn take(&mut self, other: Gathered) {
        self.values.extend(other.values);
        self.is_sanitised |= other.is_sanitised;
        self.has_unknown |= other.has_unknown;
    }
}

pub(super) fn lexer_tokens<'a>(text: &'a str, language: &'static Language) -> Vec<Token<'a>> {
    // Inside a string there is code, whatever the file around it begins with.
    let text_language = match language.name {
        "php" => language::of_ending("js").unwrap_or(language),
        _ => language,
    };
    lexer::tokens(text, text_language)
}
