//! A run of tokens of one statement with the questions that reading it asks: is this word that, what name stands here,
//! where does this bracket close. Never recurses, never looks outside its run.

use super::dialect::Quoting;
use super::lexer::{self, Kind, Token};
use std::ops::Range;

/// Tokens of a statement and its text.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    /// The text of the whole statement.
    pub source: &'a [u8],
    /// The run of tokens.
    pub tokens: &'a [Token],
    /// How the dialect quotes.
    pub quoting: &'a Quoting,
}

impl<'a> Words<'a> {
    /// How many tokens there are.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// A part of the run.
    pub fn part(&self, range: Range<usize>) -> Words<'a> {
        let end = range.end.min(self.tokens.len());
        Words {
            tokens: &self.tokens[range.start.min(end)..end],
            ..*self
        }
    }

    /// The kind of a token, `None` past the end.
    pub fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|t| t.kind)
    }

    /// The bytes of a token, empty past the end.
    pub fn bytes(&self, at: usize) -> &'a [u8] {
        self.tokens
            .get(at)
            .map_or(&[], |t| &self.source[t.start as usize..t.end as usize])
    }

    /// Whether a token is that keyword.
    pub fn is(&self, at: usize, word: &str) -> bool {
        self.kind(at) == Some(Kind::Word) && self.bytes(at).eq_ignore_ascii_case(word.as_bytes())
    }

    /// Whether a token is one of those keywords.
    pub fn is_any(&self, at: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(at, word))
    }

    /// Whether the tokens from `at` on are those keywords.
    pub fn are(&self, at: usize, words: &[&str]) -> bool {
        words
            .iter()
            .enumerate()
            .all(|(i, word)| self.is(at + i, word))
    }

    /// Whether a token is that byte.
    pub fn is_mark(&self, at: usize, mark: u8) -> bool {
        self.kind(at) == Some(Kind::Mark(mark))
    }

    /// Whether a token can be a name.
    pub fn is_name(&self, at: usize) -> bool {
        matches!(self.kind(at), Some(Kind::Word | Kind::Quoted))
    }

    /// What a name or literal says.
    pub fn name(&self, at: usize) -> String {
        lexer::name_of(self.bytes(at))
    }

    /// What a text literal says; adjacent literals are one (`'a' 'b'`).
    pub fn text(&self, at: usize) -> Option<String> {
        let is_text = |i| matches!(self.kind(i), Some(Kind::Text | Kind::Quoted));
        if !is_text(at) {
            return None;
        }
        let mut out = lexer::text_of(self.bytes(at), self.quoting);
        let mut next = at + 1;
        while self.kind(next) == Some(Kind::Text) && next < at + 4096 {
            out.push_str(&lexer::text_of(self.bytes(next), self.quoting));
            next += 1;
        }
        Some(out)
    }

    /// The token that closes the bracket at `at`; the end of the run where none does.
    pub fn close(&self, at: usize) -> usize {
        let mut depth = 0_usize;
        for i in at..self.tokens.len() {
            match self.tokens[i].kind {
                Kind::Mark(b'(') => depth += 1,
                Kind::Mark(b')') => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return i;
                    }
                }
                _ => {}
            }
        }
        self.tokens.len()
    }

    /// The token after `at`; after its closing bracket, if it opens one.
    pub fn after(&self, at: usize) -> usize {
        if self.is_mark(at, b'(') {
            self.close(at) + 1
        } else {
            at + 1
        }
    }

    /// The first token from `at` on, outside brackets, that is one of those keywords.
    pub fn find(&self, mut at: usize, words: &[&str]) -> Option<usize> {
        while at < self.len() {
            if self.is_any(at, words) {
                return Some(at);
            }
            at = self.after(at);
        }
        None
    }

    /// A name with its qualifiers and the token after it. Placeholders of templates (`@schema.`, `${schema}.`) are left out.
    pub fn object_name(&self, mut at: usize) -> (String, usize) {
        let mut parts: Vec<String> = Vec::new();
        at = self.skip_placeholder(at);
        while self.is_name(at) || self.kind(at) == Some(Kind::Text) {
            let bytes = self.bytes(at);
            let is_placeholder = matches!(bytes.first(), Some(b'@' | b':' | b'$' | b'&'))
                && self.is_mark(at + 1, b'.');
            if !is_placeholder {
                parts.push(self.name(at));
            }
            at += 1;
            let mut dotted = false;
            while self.is_mark(at, b'.') {
                dotted = true;
                at += 1;
            }
            if !dotted {
                break;
            }
        }
        (parts.join("."), at)
    }

    /// `${schema}.`, `{{ schema }}.`, `&schema..`.
    fn skip_placeholder(&self, at: usize) -> usize {
        let opens = self.is_mark(at, b'{')
            || self.is_mark(at, b'&')
            || (self.is_mark(at, b'$') && self.is_mark(at + 1, b'{'));
        if !opens {
            return at;
        }
        let dot = (at..self.len().min(at + 12)).find(|i| self.is_mark(*i, b'.'));
        dot.map_or(at, |dot| {
            if self.is_mark(dot + 1, b'.') {
                dot + 2
            } else {
                dot + 1
            }
        })
    }

    /// The parts between commas outside brackets, as ranges of this run. Commas in `STRUCT<…>` do not part.
    pub fn items(&self) -> Vec<Range<usize>> {
        let mut items = Vec::new();
        let (mut start, mut depth, mut angles) = (0, 0_usize, 0_usize);
        for (i, token) in self.tokens.iter().enumerate() {
            match token.kind {
                Kind::Mark(b'(' | b'[' | b'{') => depth += 1,
                Kind::Mark(b')' | b']' | b'}') => depth = depth.saturating_sub(1),
                Kind::Mark(b'<')
                    if depth == 0
                        && (angles > 0
                            || (i > 0
                                && self.is_any(i - 1, &["STRUCT", "ARRAY", "MAP", "RECORD"]))) =>
                {
                    angles += 1
                }
                Kind::Mark(b'>') if depth == 0 => angles = angles.saturating_sub(1),
                Kind::Mark(b',') if depth == 0 && angles == 0 => {
                    items.push(start..i);
                    start = i + 1;
                }
                _ => {}
            }
        }
        items.push(start..self.tokens.len());
        items.retain(|item| !item.is_empty());
        items
    }

    /// The first name of each part: the columns of a key or a column list.
    pub fn names(&self) -> Vec<String> {
        let items = self.items();
        items
            .into_iter()
            .filter(|item| self.is_name(item.start))
            .map(|item| self.name(item.start))
            .collect()
    }

    /// Columns in the brackets that open at `at`, if they do, and the token after them.
    pub fn bracketed_names(&self, at: usize) -> (Vec<String>, usize) {
        if !self.is_mark(at, b'(') {
            return (Vec::new(), at);
        }
        let close = self.close(at);
        (self.part(at + 1..close).names(), close + 1)
    }
}
