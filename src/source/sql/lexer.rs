//! Cuts SQL text into tokens, one at a time, from a buffer that may not hold all of the text yet.
//! It knows every dialect's quoting and comments and nothing of statements.

use super::dialect::{Backslash, Quoting};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A keyword or an unquoted name, with a leading `@`, `#`, `:` or `$`.
    Word,
    /// A name in quotes: `"a"`, `` `a` ``, `[a]`. In MySQL and BigQuery `"a"` is text; readers take either.
    Quoted,
    /// A text literal with its prefix and quotes.
    Text,
    /// A number.
    Number,
    /// Any other single byte.
    Mark(u8),
    /// A comment with its marks.
    Comment,
}

/// A token: where it stands, counted from the start of its statement.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// First byte.
    pub start: u32,
    /// First byte after it.
    pub end: u32,
    /// Nothing but white space stands before it on its line.
    pub first_on_line: bool,
}

/// What comes next in the text.
pub enum Lexed {
    /// A token.
    Token(Token),
    /// The text ends inside a token, or so close behind one that it may go on.
    Incomplete {
        /// What is not closed: the byte that would close it, 0 where any byte does.
        open: u8,
        /// Where the token starts.
        start: usize,
    },
    /// Only white space is left.
    End,
}

/// The next token of `text` from `at` on. `complete` says that no text follows.
pub fn next(text: &[u8], at: usize, quoting: &Quoting, complete: bool) -> Lexed {
    let mut lexer = Lexer {
        text,
        at,
        quoting,
        complete,
        first_on_line: starts_line(text, at),
    };
    lexer.next()
}

fn starts_line(text: &[u8], at: usize) -> bool {
    let before = &text[..at];
    let blank = before
        .iter()
        .rev()
        .take(256)
        .take_while(|b| **b != b'\n' && b.is_ascii_whitespace())
        .count();
    before.len() == blank || before[before.len() - blank - 1] == b'\n'
}

struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    quoting: &'a Quoting,
    complete: bool,
    first_on_line: bool,
}

/// Whether a byte can stand inside an unquoted name.
pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'#' | b'@') || byte >= 0x80
}

impl Lexer<'_> {
    fn byte(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn next(&mut self) -> Lexed {
        self.skip_blank();
        if self.at >= self.text.len() {
            return Lexed::End;
        }
        // The longest look ahead that decides what a token is.
        if !self.complete && self.at + 4 > self.text.len() {
            return Lexed::Incomplete {
                open: 0,
                start: self.at,
            };
        }
        let start = self.at;
        match self.scan() {
            Ok(kind) if self.complete || self.at < self.text.len() => {
                let (start, end) = (start as u32, self.at as u32);
                Lexed::Token(Token {
                    kind,
                    start,
                    end,
                    first_on_line: self.first_on_line,
                })
            }
            Ok(_) => Lexed::Incomplete { open: 0, start },
            Err(open) => Lexed::Incomplete { open, start },
        }
    }

    /// White space, and the marks of executable comments (`/*!40101 … */`), whose content is SQL.
    fn skip_blank(&mut self) {
        while let Some(byte) = self.text.get(self.at) {
            match byte {
                b'\n' => self.first_on_line = true,
                b if b.is_ascii_whitespace() || *b == 0x0b => {}
                b'*' if self.byte(1) == b'/' => self.at += 1,
                b'/' if self.byte(1) == b'*'
                    && (self.byte(2) == b'!' || (self.byte(2) == b'M' && self.byte(3) == b'!')) =>
                {
                    self.at += 3;
                    while matches!(self.byte(0), b'!' | b'0'..=b'9') {
                        self.at += 1;
                    }
                    continue;
                }
                _ => return,
            }
            self.at += 1;
        }
    }

    /// Moves behind the token; an error holds the byte that would close it.
    fn scan(&mut self) -> Result<Kind, u8> {
        let (first, second) = (self.byte(0), self.byte(1));
        match first {
            b'\'' => self.text_literal(self.quoting.backslash),
            b'"' if self.quoting.double_quoted_text => self.double_quoted(),
            b'"' => self.quoted(b'"'),
            b'`' => self.quoted(b'`'),
            b'[' if self.is_bracket_name() => self.quoted(b']'),
            b'-' if second == b'-' => self.line_comment(),
            b'#' if self.quoting.hash_comment => self.line_comment(),
            b'/' if second == b'*' => self.block_comment(),
            b'$' if self.quoting.dollar && !second.is_ascii_digit() && second != b'{' => {
                self.dollar_text()
            }
            b'0'..=b'9' => Ok(self.number()),
            b'@' | b'#' | b':' | b'$' if is_word(second) => Ok(self.word()),
            b if is_word(b) && b != b'@' && b != b'#' && b != b'$' => self.word_or_marked_text(),
            other => {
                self.at += 1;
                Ok(Kind::Mark(other))
            }
        }
    }

    fn word(&mut self) -> Kind {
        self.at += 1;
        while self.at < self.text.len() && is_word(self.text[self.at]) {
            self.at += 1;
        }
        Kind::Word
    }

    fn number(&mut self) -> Kind {
        while matches!(self.byte(0), b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_')
            || (self.byte(0) == b'.' && self.byte(1).is_ascii_digit())
        {
            self.at += 1;
        }
        let digits = &self.text[..self.at];
        // MySQL and Hive let names begin with digits: `2fa_secret`.
        let run = digits
            .iter()
            .rev()
            .take_while(|b| is_word(**b) || **b == b'.')
            .count();
        let token = &digits[digits.len() - run..];
        let is_name = token.iter().any(|b| b.is_ascii_alphabetic() || *b == b'_')
            && !token.starts_with(b"0x")
            && !token.contains(&b'.')
            && !is_exponent(token);
        if is_name { Kind::Word } else { Kind::Number }
    }

    /// A word, or text with a prefix: `E'…'`, `N'…'`, `x'…'`, `_utf8'…'`, `q'[…]'`.
    fn word_or_marked_text(&mut self) -> Result<Kind, u8> {
        let start = self.at;
        self.word();
        let word = &self.text[start..self.at];
        if self.byte(0) == b'&' && self.byte(1) == b'\'' && word.eq_ignore_ascii_case(b"u") {
            self.at += 1;
        }
        if self.byte(0) != b'\'' || word.len() > 16 {
            return Ok(Kind::Word);
        }
        if self.quoting.oracle_quote
            && (word.eq_ignore_ascii_case(b"q") || word.eq_ignore_ascii_case(b"nq"))
        {
            return self.oracle_text();
        }
        let escapes = word.eq_ignore_ascii_case(b"e")
            || (word[0] == b'_' && self.quoting.backslash == Backslash::Guessed);
        self.text_literal(if escapes {
            Backslash::Escapes
        } else {
            self.quoting.backslash
        })
    }

    fn text_literal(&mut self, backslash: Backslash) -> Result<Kind, u8> {
        self.at += 1;
        loop {
            let rest = &self.text[self.at..];
            let Some(found) = memchr::memchr2(b'\'', b'\\', rest) else {
                return self.open(b'\'');
            };
            self.at += found;
            if self.byte(0) == b'\\' {
                self.at += if self.is_escape(backslash) { 2 } else { 1 };
                if self.at >= self.text.len() && !self.complete {
                    return Err(b'\'');
                }
                self.at = self.at.min(self.text.len());
            } else if self.byte(1) == b'\'' {
                self.at += 2;
            } else {
                self.at += 1;
                return Ok(Kind::Text);
            }
        }
    }

    fn is_escape(&self, backslash: Backslash) -> bool {
        match backslash {
            Backslash::Escapes => true,
            Backslash::Plain => false,
            Backslash::Guessed if self.byte(1) == b'\'' => {
                let after = self.text[(self.at + 2).min(self.text.len())..]
                    .iter()
                    .take(16)
                    .find(|b| !b.is_ascii_whitespace());
                !matches!(after, None | Some(b',' | b')' | b';'))
            }
            Backslash::Guessed => true,
        }
    }

    fn double_quoted(&mut self) -> Result<Kind, u8> {
        let triple = self.byte(1) == b'"' && self.byte(2) == b'"';
        if triple {
            self.at += 3;
            let end = memchr::memmem::find(&self.text[self.at..], b"\"\"\"");
            return match end {
                Some(end) => self.close(end + 3, Kind::Text),
                None => self.open(b'"'),
            };
        }
        self.at += 1;
        loop {
            let Some(found) = memchr::memchr2(b'"', b'\\', &self.text[self.at..]) else {
                return self.open(b'"');
            };
            self.at += found;
            if self.byte(0) == b'\\' || self.byte(1) == b'"' {
                self.at = (self.at + 2).min(self.text.len());
            } else {
                return self.close(1, Kind::Quoted);
            }
        }
    }

    /// A quoted name: on one line, its closing byte doubled inside. Else the quote is a stray byte.
    fn quoted(&mut self, close: u8) -> Result<Kind, u8> {
        let opening = self.at;
        self.at += 1;
        loop {
            let Some(found) = memchr::memchr2(close, b'\n', &self.text[self.at..]) else {
                if self.complete {
                    self.at = opening;
                    return self.close(1, Kind::Mark(self.text[opening]));
                }
                return Err(b'\n');
            };
            self.at += found;
            if self.byte(0) == b'\n' {
                self.at = opening;
                return self.close(1, Kind::Mark(self.text[opening]));
            }
            if self.byte(1) == close {
                self.at += 2;
            } else {
                return self.close(1, Kind::Quoted);
            }
        }
    }

    /// `[name]`, not `text[]`, `array[1]` or BigQuery's `[("a", "b")]`.
    fn is_bracket_name(&self) -> bool {
        let before = self.at.checked_sub(1).map_or(b' ', |at| self.text[at]);
        let first = self.byte(1);
        self.quoting.brackets
            && !is_word(before)
            && !matches!(before, b']' | b')' | b'"')
            && (first.is_ascii_alphabetic()
                || first == b'_'
                || first >= 0x80
                || (self.quoting.any_bracket && first != b']'))
    }

    fn line_comment(&mut self) -> Result<Kind, u8> {
        match memchr::memchr(b'\n', &self.text[self.at..]) {
            Some(end) => self.close(end, Kind::Comment),
            None => {
                self.at = self.text.len();
                if self.complete {
                    Ok(Kind::Comment)
                } else {
                    Err(b'\n')
                }
            }
        }
    }

    fn block_comment(&mut self) -> Result<Kind, u8> {
        let mut depth = 1_usize;
        self.at += 2;
        while let Some(found) = memchr::memchr2(b'*', b'/', &self.text[self.at..]) {
            self.at += found;
            match (self.byte(0), self.byte(1)) {
                (b'*', b'/') => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return Ok(Kind::Comment);
                    }
                }
                (b'/', b'*') if self.quoting.nested_comments => {
                    depth += 1;
                    self.at += 2;
                }
                _ => self.at += 1,
            }
        }
        self.at = self.text.len();
        if self.complete {
            Ok(Kind::Comment)
        } else {
            Err(b'/')
        }
    }

    fn dollar_text(&mut self) -> Result<Kind, u8> {
        let tag = self.text[self.at + 1..]
            .iter()
            .take(64)
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
            .count();
        if self.byte(tag + 1) != b'$' {
            if !self.complete && self.at + tag + 1 >= self.text.len() {
                return Err(0);
            }
            if tag > 0 {
                return Ok(self.word());
            }
            return self.close(1, Kind::Mark(b'$'));
        }
        let mark = &self.text[self.at..self.at + tag + 2];
        match memchr::memmem::find(&self.text[self.at + mark.len()..], mark) {
            Some(end) => self.close(end + 2 * mark.len(), Kind::Text),
            None => self.open(b'$'),
        }
    }

    fn oracle_text(&mut self) -> Result<Kind, u8> {
        let close = match self.byte(1) {
            b'[' => b']',
            b'(' => b')',
            b'{' => b'}',
            b'<' => b'>',
            other => other,
        };
        match memchr::memmem::find(
            &self.text[(self.at + 2).min(self.text.len())..],
            &[close, b'\''],
        ) {
            Some(end) => self.close(end + 4, Kind::Text),
            None => self.open(b'\''),
        }
    }

    fn close(&mut self, bytes: usize, kind: Kind) -> Result<Kind, u8> {
        self.at += bytes;
        Ok(kind)
    }

    fn open(&mut self, close: u8) -> Result<Kind, u8> {
        self.at = self.text.len();
        if self.complete {
            Ok(Kind::Text)
        } else {
            Err(close)
        }
    }
}

fn is_exponent(token: &[u8]) -> bool {
    let rest = &token[token.iter().take_while(|b| b.is_ascii_digit()).count()..];
    rest.len() <= 1 || (matches!(rest[0], b'e' | b'E') && rest[1..].iter().all(u8::is_ascii_digit))
}

/// What a quoted name says; other tokens as they stand.
pub fn name_of(token: &[u8]) -> String {
    let text = String::from_utf8_lossy(token);
    let inner = |open: &str, close: &str| {
        text.strip_prefix(open)
            .and_then(|t| t.strip_suffix(close))
            .map(|t| t.replace(&close.repeat(2), close))
    };
    inner("\"", "\"")
        .or_else(|| inner("`", "`"))
        .or_else(|| inner("[", "]"))
        .or_else(|| inner("'", "'"))
        .unwrap_or_else(|| text.into_owned())
}

/// What a text literal says, or a name in double quotes that stands for one.
pub fn text_of(token: &[u8], quoting: &Quoting) -> String {
    let text = String::from_utf8_lossy(token);
    if let Some(tag) = text.strip_prefix('$').and_then(|t| t.find('$')) {
        let body = text
            .get(tag + 2..text.len().saturating_sub(tag + 2))
            .unwrap_or("");
        return body.to_owned();
    }
    if let Some(body) = text.strip_prefix("\"\"\"") {
        return body.trim_end_matches('"').to_owned();
    }
    let Some(open) = text.find(['\'', '"', '`', '[']) else {
        return text.into_owned();
    };
    let quote = text[open..].chars().next().unwrap_or('\'');
    let body = &text[open + 1..];
    let body = body
        .strip_suffix(if quote == '[' { ']' } else { quote })
        .unwrap_or(body);
    let prefix = &text[..open];
    if prefix.eq_ignore_ascii_case("q") || prefix.eq_ignore_ascii_case("nq") {
        let mut inner = body.chars();
        inner.next();
        inner.next_back();
        return inner.as_str().to_owned();
    }
    let undoubled = body.replace(&String::from_iter([quote, quote]), &quote.to_string());
    let escapes = prefix.eq_ignore_ascii_case("e") || quoting.backslash != Backslash::Plain;
    if escapes && undoubled.contains('\\') {
        unescaped(&undoubled)
    } else {
        undoubled
    }
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match (c, c == '\\') {
            (_, true) => match characters.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') => out.push('\r'),
                Some(other) => out.push(other),
                None => {}
            },
            _ => out.push(c),
        }
    }
    out
}

/// What a comment says, without its marks and without lines that only draw.
pub fn comment_of(token: &[u8]) -> String {
    let text = String::from_utf8_lossy(token);
    let body = match text.strip_prefix("/*") {
        Some(body) => body.strip_suffix("*/").unwrap_or(body),
        None => text.trim_start_matches(['-', '#']),
    };
    let lines = body.lines().map(|line| {
        line.trim()
            .trim_start_matches(['*', '-', '=', '+', '#', '!', '>', '/'])
            .trim_end_matches(['*', '-', '=', '+', '#', '/'])
            .trim()
    });
    lines
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}
