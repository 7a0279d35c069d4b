//! Code as tokens: words, strings, numbers, signs and comments with their lines; one loop for all languages.
//! Crude on purpose: it never fails, never looks back further than a token, and knows no grammar.

use super::language::{Interpolation, Language};

/// Bytes that a regular expression may have.
const LONGEST_REGEX: usize = 2_000;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A word.
    Word,
    /// A string, without its quotes.
    Text,
    /// A string with values inside.
    Template,
    /// A number.
    Number,
    /// A sign of one byte.
    Sign,
    /// A comment, with what begins it.
    Comment,
}

/// A token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: Kind,
    /// Its text.
    pub text: &'a str,
    /// Byte offset of its first byte, quotes included.
    pub start: usize,
    /// Byte offset after its last byte, quotes included.
    pub end: usize,
    /// Line, from 1.
    pub line: u32,
}

impl Token<'_> {
    /// Whether it is that sign or word.
    pub fn is(&self, text: &str) -> bool {
        matches!(self.kind, Kind::Sign | Kind::Word) && self.text == text
    }

    /// Whether it is a word.
    pub fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }

    /// Whether it is a string.
    pub fn is_text(&self) -> bool {
        matches!(self.kind, Kind::Text | Kind::Template)
    }
}

/// The tokens of a text.
pub fn tokens<'a>(text: &'a str, language: &'static Language) -> Vec<Token<'a>> {
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        language,
        at: 0,
        line: 1,
        heredoc: None,
        found: Vec::with_capacity(text.len() / 6),
    };
    lexer.run();
    lexer.found
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    language: &'static Language,
    at: usize,
    line: u32,
    /// The word that ends a string begun on this line and written from the next on.
    heredoc: Option<&'a str>,
    found: Vec<Token<'a>>,
}

fn starts_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn is_word(byte: u8) -> bool {
    starts_word(byte) || byte.is_ascii_digit()
}

impl<'a> Lexer<'a> {
    fn run(&mut self) {
        if self.language.name == "php" {
            self.outside_php();
        }
        while self.at < self.bytes.len() {
            let byte = self.bytes[self.at];
            match byte {
                b'\n' => self.end_line(),
                b if b.is_ascii_whitespace() => self.at += 1,
                _ if self.comment() => {}
                b'?' if self.language.name == "php" && self.rest().starts_with("?>") => {
                    self.at += 2;
                    self.outside_php();
                }
                b if starts_word(b) || self.begins_variable(b) => self.word(),
                b if b.is_ascii_digit() => self.number(),
                _ if self.string() => {}
                b'/' if self.language.has_regex && self.regex() => {}
                b'<' if self.begins_heredoc() => {}
                _ => self.sign(),
            }
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn push(&mut self, kind: Kind, text: &'a str, start: usize, line: u32) {
        self.found.push(Token {
            kind,
            text,
            start,
            end: self.at,
            line,
        });
    }

    fn count_lines(&mut self, from: usize) {
        let inside = &self.bytes[from..self.at];
        self.line += memchr::memchr_iter(b'\n', inside).count() as u32;
    }

    fn end_line(&mut self) {
        self.at += 1;
        self.line += 1;
        let Some(word) = self.heredoc.take() else {
            return;
        };
        let (start, line) = (self.at, self.line);
        let mut end = start;
        while end < self.bytes.len() {
            let rest = &self.text[end..];
            let length = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |n| n + 1);
            if rest[..length].trim_start().starts_with(word) {
                break;
            }
            end += length;
        }
        self.at = end;
        let inside = &self.text[start..end];
        self.count_lines(start);
        self.push(Kind::Template, inside, start, line);
        let rest = self.rest();
        let blank = rest.len() - rest.trim_start().len();
        if rest.trim_start().starts_with(word) {
            self.at += blank + word.len();
        }
    }

    /// `<<~WORD` and `<<<WORD` begin a string that is written from the next line on.
    fn begins_heredoc(&mut self) -> bool {
        let rest = self.rest();
        let after = match self.language.name {
            "ruby" => rest
                .strip_prefix("<<~")
                .or_else(|| rest.strip_prefix("<<-"))
                .or_else(|| {
                    rest.strip_prefix("<<")
                        .filter(|r| r.starts_with(|c: char| c.is_ascii_uppercase()))
                }),
            "php" => rest.strip_prefix("<<<"),
            "hcl" => rest.strip_prefix("<<-").or_else(|| rest.strip_prefix("<<")),
            _ => None,
        };
        let Some(after) = after else { return false };
        let quoted = after.trim_start_matches(['"', '\'', ' ']);
        let length = quoted.bytes().take_while(|b| is_word(*b)).count();
        if length == 0 {
            return false;
        }
        self.heredoc = Some(&quoted[..length]);
        self.at += rest.len() - quoted.len() + length;
        if self.bytes.get(self.at).is_some_and(|b| b"\"'".contains(b)) {
            self.at += 1;
        }
        true
    }

    /// Markup around the code of a page.
    fn outside_php(&mut self) {
        let start = self.at;
        let rest = &self.bytes[self.at..];
        let begin = memchr::memmem::find(rest, b"<?");
        self.at = begin.map_or(self.bytes.len(), |begin| start + begin + 2);
        self.count_lines(start);
        if let Some(rest) = self.rest().strip_prefix("php") {
            self.at = self.text.len() - rest.len();
        }
    }

    fn comment(&mut self) -> bool {
        let rest = self.rest();
        // `#[` is an attribute of PHP.
        let is_attribute = rest.starts_with("#[") && self.language.name == "php";
        let (start, line) = (self.at, self.line);
        if self
            .language
            .line_comments
            .iter()
            .any(|c| rest.starts_with(c))
            && !is_attribute
        {
            let length = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
            self.at += length;
            self.push(Kind::Comment, &rest[..length], start, line);
            return true;
        }
        let Some((open, close)) = self.language.block_comment else {
            return false;
        };
        if !rest.starts_with(open) {
            return false;
        }
        let inside = &rest.as_bytes()[open.len()..];
        let length = memchr::memmem::find(inside, close.as_bytes());
        let length = length.map_or(rest.len(), |l| l + open.len() + close.len());
        self.at += length;
        self.count_lines(start);
        self.push(Kind::Comment, &rest[..length], start, line);
        true
    }

    /// `@name` in Ruby, `$name` in PHP and JavaScript.
    fn begins_variable(&self, byte: u8) -> bool {
        let is_mark = match self.language.name {
            "ruby" => byte == b'@' || byte == b'$',
            "php" | "javascript" | "typescript" | "dart" => byte == b'$',
            _ => false,
        };
        is_mark
            && self
                .bytes
                .get(self.at + 1)
                .is_some_and(|b| starts_word(*b) || *b == b'@')
    }

    fn word(&mut self) {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(|b| b"@$".contains(b)) {
            self.at += 1;
        }
        let begin = self.at;
        let has_dollars = matches!(self.language.name, "javascript" | "typescript");
        while let Some(byte) = self.bytes.get(self.at) {
            let is_part = is_word(*byte) || (has_dollars && *byte == b'$');
            if !is_part {
                break;
            }
            self.at += 1;
        }
        let text = &self.text[begin..self.at];
        // A prefix of a string: `f"…"`, `r'…'`, `b"…"`.
        let is_prefix = text.len() <= 2
            && matches!(self.language.name, "python" | "rust" | "dart" | "scala")
            && text.bytes().all(|b| b"rRbBuUfFsc".contains(&b));
        if is_prefix && self.bytes.get(self.at).is_some_and(|b| b"\"'#".contains(b)) {
            let is_template = text.contains(['f', 'F', 's']) || self.language.name == "dart";
            if self.raw_rust(start) || self.string_with(start, Some(is_template)) {
                return;
            }
        }
        self.push(Kind::Word, text, start, self.line);
    }

    /// `r#"…"#`.
    fn raw_rust(&mut self, start: usize) -> bool {
        let rest = self.rest();
        let marks = rest.bytes().take_while(|b| *b == b'#').count();
        if self.language.name != "rust" || !rest[marks..].starts_with('"') {
            return false;
        }
        let close = format!("\"{}", "#".repeat(marks));
        let inside = &rest[marks + 1..];
        let length = memchr::memmem::find(inside.as_bytes(), close.as_bytes());
        let (length, after) = length.map_or((inside.len(), 0), |l| (l, close.len()));
        let line = self.line;
        self.at += marks + 1 + length + after;
        self.count_lines(start);
        self.push(Kind::Text, &inside[..length], start, line);
        true
    }

    fn number(&mut self) {
        let start = self.at;
        while let Some(byte) = self.bytes.get(self.at) {
            let is_dot =
                *byte == b'.' && self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit);
            if !is_word(*byte) && !is_dot {
                break;
            }
            self.at += 1;
        }
        self.push(Kind::Number, &self.text[start..self.at], start, self.line);
    }

    fn sign(&mut self) {
        let start = self.at;
        self.at += 1;
        self.push(Kind::Sign, &self.text[start..self.at], start, self.line);
    }

    fn string(&mut self) -> bool {
        let rest = self.rest();
        let start = self.at;
        if self.language.name == "csharp" {
            let marks = rest.bytes().take_while(|b| b"$@".contains(b)).count();
            if marks > 0 && rest[marks..].starts_with('"') {
                let is_template = rest[..marks].contains('$');
                self.at += marks;
                return self.string_with(start, Some(is_template));
            }
        }
        if self.language.name == "rust" && rest.starts_with('\'') {
            return self.character();
        }
        self.string_with(start, None)
    }

    /// A character, and no lifetime.
    fn character(&mut self) -> bool {
        let rest = self.rest();
        let inside = &rest[1..];
        let length = if inside.starts_with('\\') {
            inside
                .get(2..)
                .and_then(|rest| rest.find('\''))
                .map(|l| l + 2)
                .filter(|l| *l < 12)
        } else {
            let first = inside.chars().next().map_or(0, char::len_utf8);
            inside
                .get(first..)
                .filter(|r| r.starts_with('\''))
                .map(|_| first)
        };
        let Some(length) = length else { return false };
        let start = self.at;
        self.at += length + 2;
        self.push(Kind::Text, &inside[..length], start, self.line);
        true
    }

    fn string_with(&mut self, start: usize, is_template: Option<bool>) -> bool {
        let rest = self.rest();
        let quotes = self.language.quotes.iter();
        let Some((quote, is_long)) = quotes.copied().find(|(q, _)| rest.starts_with(q)) else {
            return false;
        };
        let line = self.line;
        let begin = self.at + quote.len();
        let mut at = begin;
        let mut has_values = false;
        let end = loop {
            let Some(byte) = self.bytes.get(at) else {
                break at;
            };
            match byte {
                b'\\' => {
                    has_values |= self.language.interpolation == Interpolation::Backslash
                        && self.bytes.get(at + 1) == Some(&b'(');
                    at += 2;
                }
                b'\n' if !is_long => break at,
                b'$' if quote == "`" && self.bytes.get(at + 1) == Some(&b'{') => {
                    has_values = true;
                    at = self.inner(at + 1);
                }
                b'#' if self.language.interpolation == Interpolation::Hash
                    && quote == "\""
                    && self.bytes.get(at + 1) == Some(&b'{') =>
                {
                    has_values = true;
                    at = self.inner(at + 1);
                }
                b'$' if quote.starts_with('"') || self.language.name == "dart" => {
                    has_values |= matches!(
                        self.language.interpolation,
                        Interpolation::Dollar { bare: true }
                    );
                    at += 1;
                }
                b'{' if quote.starts_with('"') && self.language.name == "php" => {
                    has_values = true;
                    at += 1;
                }
                b if *b == quote.as_bytes()[0] && self.text[at..].starts_with(quote) => break at,
                _ => at += 1,
            }
        };
        let end = end.min(self.bytes.len());
        let end = (end..=self.bytes.len())
            .find(|e| self.text.is_char_boundary(*e))
            .unwrap_or(end);
        self.at = end;
        if self.text[end..].starts_with(quote) {
            self.at += quote.len();
        }
        self.count_lines(start);
        let kind = match is_template {
            Some(true) => Kind::Template,
            Some(false) => Kind::Text,
            // Macros that print take values by name inside braces.
            None if self.language.name == "rust" => Kind::Template,
            None if has_values => Kind::Template,
            None => Kind::Text,
        };
        self.push(kind, &self.text[begin..end], start, line);
        true
    }

    /// The end of the braces that open at a position inside a string.
    fn inner(&self, open: usize) -> usize {
        let mut depth = 0;
        let mut at = open;
        while let Some(byte) = self.bytes.get(at) {
            match byte {
                b'{' => depth += 1,
                b'}' => {
                    depth -= 1;
                    if depth == 0 {
                        return at + 1;
                    }
                }
                b'\\' => at += 1,
                _ => {}
            }
            at += 1;
        }
        at
    }

    fn regex(&mut self) -> bool {
        const BEFORE: &[&str] = &[
            "return", "typeof", "case", "in", "of", "when", "if", "and", "or",
        ];
        let may_stand = self.found.iter().rev().find(|t| t.kind != Kind::Comment);
        let may_stand = may_stand.is_none_or(|t| match t.kind {
            Kind::Word => BEFORE.contains(&t.text),
            Kind::Sign => !matches!(t.text, ")" | "]" | "}"),
            _ => false,
        });
        let rest = self.rest();
        if !may_stand || rest[1..].starts_with(' ') {
            return false;
        }
        let mut in_class = false;
        let mut at = 1;
        let bytes = &rest.as_bytes()[..rest.len().min(LONGEST_REGEX)];
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'\n' => return false,
                b'\\' => at += 1,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => {
                    self.at += at + 1;
                    return true;
                }
                _ => {}
            }
            at += 1;
        }
        false
    }
}

/// The expressions inside a string with values, with their line counted from that of the string.
pub fn values<'a>(text: &'a str, language: &Language) -> Vec<(&'a str, u32)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 0);
    while at < bytes.len() {
        let next = bytes.get(at + 1).copied().unwrap_or_default();
        let (open, close, skip) = match (language.interpolation, bytes[at]) {
            (_, b'\n') => {
                line += 1;
                at += 1;
                continue;
            }
            (Interpolation::Dollar { .. }, b'$') if next == b'{' => (b'{', b'}', 2),
            (Interpolation::Dollar { bare: true }, b'{') if next == b'$' => (b'{', b'}', 1),
            (Interpolation::Dollar { bare: true }, b'$') if starts_word(next) => {
                let is_part = |b: &u8| is_word(*b);
                let mut length = bytes[at + 1..].iter().take_while(|b| is_part(b)).count();
                // PHP reads one step of an object: "$user->email".
                let after = &text[at + 1 + length..];
                if let Some(rest) = after.strip_prefix("->") {
                    length += 2 + rest.bytes().take_while(|b| is_word(*b)).count();
                }
                found.push((&text[at + 1..at + 1 + length], line));
                at += 1 + length;
                continue;
            }
            (Interpolation::Hash, b'#') if next == b'{' => (b'{', b'}', 2),
            (Interpolation::Brace, b'{') if next != b'{' => (b'{', b'}', 1),
            (Interpolation::Brace, b'{') => {
                at += 2;
                continue;
            }
            (Interpolation::Backslash, b'\\') if next == b'(' => (b'(', b')', 2),
            _ => {
                at += 1;
                continue;
            }
        };
        let start = at + skip;
        let mut depth = 1;
        let mut end = start;
        while let Some(byte) = bytes.get(end) {
            if *byte == open {
                depth += 1;
            } else if *byte == close {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            end += 1;
        }
        let inside = text.get(start..end).unwrap_or_default();
        let inside = match language.interpolation {
            Interpolation::Brace => without_format(inside),
            _ => inside,
        };
        found.push((inside, line));
        line += memchr::memchr_iter(b'\n', &bytes[start..end.min(bytes.len())]).count() as u32;
        at = end + 1;
    }
    found
}

/// The value without what says how it is shown: `x!r:>10`.
fn without_format(inside: &str) -> &str {
    let mut depth = 0;
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b':' | b'!'
                if depth == 0
                    && !inside[at..].starts_with("::")
                    && !inside[at..].starts_with("!=") =>
            {
                return &inside[..at];
            }
            _ => {}
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::super::language::of_ending;
    use super::*;

    fn told(ending: &str, text: &str) -> String {
        let language = of_ending(ending).expect("a language");
        let tell = |t: &Token<'_>| match t.kind {
            Kind::Text => format!("\"{}\"", t.text),
            Kind::Template => format!("`{}`", t.text),
            Kind::Comment => "#".to_owned(),
            _ => t.text.to_owned(),
        };
        tokens(text, language)
            .iter()
            .map(tell)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn strings_and_comments_of_every_kind() {
        assert_eq!(told("py", "x = f'a{b}' # c"), "x = `a{b}` #");
        assert_eq!(told("py", "r'a\\'b' 'c'"), "\"a\\'b\" \"c\"");
        assert_eq!(
            told("js", "a = /'x/ + `b${c('}')}` // '"),
            "a = + `b${c('}')}` #"
        );
        assert_eq!(told("js", "a / b / 'c'"), "a / b / \"c\"");
        assert_eq!(told("rb", "@user.name # '"), "user . name #");
        assert_eq!(told("rb", "x = <<~SQL\n it's\nSQL\ny"), "x = ` it's\n` y");
        assert_eq!(
            told("rs", "fn f<'a>(x: &'a str) { '\\'' }"),
            "fn f < ' a > ( x : & ' a str ) { \"\\'\" }"
        );
        assert_eq!(told("rs", "r#\"a\"b\"# c"), "\"a\"b\" c");
        assert_eq!(told("cs", "$\"{u.Name}\" + @\"c\""), "`{u.Name}` + \"c\"");
        assert_eq!(
            told("php", "<p>it's</p><?php $u->name ?>it's"),
            "u - > name"
        );
        assert_eq!(told("go", "x := `a\"` /* y */ 1.5"), "x : = \"a\"\" # 1.5");
    }

    #[test]
    fn lines_are_counted_through_everything() {
        let language = of_ending("js").expect("a language");
        let lines: Vec<u32> = tokens("a /*\n*/ `\n` b\nc", language)
            .iter()
            .map(|t| t.line)
            .collect();
        assert_eq!(lines, [1, 1, 2, 3, 4]);
    }

    #[test]
    fn values_inside_strings() {
        let of = |ending: &str, text: &'static str| -> Vec<&str> {
            let language = of_ending(ending).expect("a language");
            values(text, language).into_iter().map(|(v, _)| v).collect()
        };
        assert_eq!(of("py", "{a.b!r:>3} {{c}} {d['x']}"), ["a.b", "d['x']"]);
        assert_eq!(of("js", "${a.b} $c"), ["a.b"]);
        assert_eq!(of("kt", "$a ${b.c}"), ["a", "b.c"]);
        assert_eq!(of("php", "$u->email {$v->name}"), ["u->email", "$v->name"]);
        assert_eq!(of("rb", "#{u.email}"), ["u.email"]);
        assert_eq!(of("swift", "\\(u.email)"), ["u.email"]);
    }

    #[test]
    fn broken_code_ends() {
        for language in super::super::language::LANGUAGES {
            for text in [
                "'", "\"", "`${", "/*", "\"\\", "<<~", "é'é", "r#\"", "f'{", "$", "@", "/[/", "'\\",
            ] {
                tokens(text, language);
                values(text, language);
            }
        }
    }
}
