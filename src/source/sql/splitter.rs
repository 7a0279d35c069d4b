//! Cuts a stream of SQL into statements, with their tokens, and stops where rows of data begin.
//! Knows what each client adds to SQL (DELIMITER, GO, psql and SQL*Plus lines) and how far routine bodies reach;
//! knows nothing of what a statement says.

use super::dialect::{Dialect, Quoting};
use super::lexer::{self, Kind, Lexed, Token};
use super::window::Window;
use crate::field::Place;
use std::io;

/// A statement longer than this is passed over: no schema of people has one.
const LONGEST_STATEMENT: usize = 16 << 20;

/// Comments longer than this before a statement are let go.
const LONGEST_PREFACE: usize = 64 << 10;

/// A statement, its text in the window until the next one is asked for.
#[derive(Default)]
pub struct Statement {
    /// Where its first byte stands (of the comments before it, if there are any).
    pub place: Place,
    /// Its tokens, comments left out.
    pub tokens: Vec<Token>,
    /// Its comments.
    pub comments: Vec<Token>,
    /// Its first words outside brackets, in upper case.
    pub words: Vec<String>,
    /// Its length in bytes.
    pub length: usize,
    /// It was too long to be kept, or the source ended inside one of its quotes.
    pub is_cut: bool,
    /// The source ended inside its brackets or quotes.
    pub is_unfinished: bool,
}

/// What comes next in a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A statement.
    Statement,
    /// The head of an `INSERT … VALUES`: its rows begin at the window's next byte.
    Rows,
    /// Nothing more.
    End,
}

/// How far the body of a routine reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Body {
    /// Not a routine.
    None,
    /// The head of a routine, its body not begun.
    Head,
    /// Inside; semicolons do not end the statement while a block is open or none was closed yet.
    Inside {
        blocks: u32,
        was_closed: bool,
        until_slash: bool,
    },
}

/// Cuts a stream into statements.
pub struct Splitter {
    /// The bytes of the source.
    pub window: Window,
    quoting: Quoting,
    dialect: Dialect,
    delimiter: Vec<u8>,
    current: Statement,
    body: Body,
    brackets: u32,
    after_rows: bool,
    previous_was_end: bool,
}

impl Splitter {
    /// A splitter at the start of the window.
    pub fn new(window: Window, dialect: Dialect) -> Self {
        Self {
            window,
            quoting: dialect.quoting(),
            dialect,
            delimiter: b";".to_vec(),
            current: Statement::default(),
            body: Body::None,
            brackets: 0,
            after_rows: false,
            previous_was_end: false,
        }
    }

    /// The statement last cut.
    pub fn statement(&self) -> &Statement {
        &self.current
    }

    /// Its text.
    pub fn text(&self) -> &[u8] {
        &self.window.kept_bytes()[..self.current.length]
    }

    /// The next statement or head of rows.
    pub fn next(&mut self) -> io::Result<Piece> {
        self.begin();
        loop {
            let position = self.window.position();
            let token = match lexer::next(
                self.window.kept_bytes(),
                position,
                &self.quoting,
                self.window.is_complete(),
            ) {
                Lexed::Token(token) => self.before_delimiter(token),
                Lexed::Incomplete { open, start } => {
                    self.read_on(open, start)?;
                    continue;
                }
                Lexed::End => {
                    if self.window.more()? {
                        continue;
                    }
                    return Ok(self.end_of_source());
                }
            };
            if let Some(piece) = self.take(token)? {
                return Ok(piece);
            }
        }
    }

    fn begin(&mut self) {
        self.window.release();
        self.current.tokens.clear();
        self.current.comments.clear();
        self.current.words.clear();
        self.current.is_cut = false;
        self.current.is_unfinished = false;
        self.current.length = 0;
        self.body = Body::None;
        self.brackets = 0;
        self.previous_was_end = false;
    }

    /// Lets the window grow, or passes over what is too long to keep.
    fn read_on(&mut self, open: u8, start: usize) -> io::Result<()> {
        let kept = self.window.kept_bytes().len();
        if kept < LONGEST_STATEMENT {
            self.window.more()?;
            return Ok(());
        }
        self.current.is_cut = true;
        self.drop_kept();
        if start + LONGEST_STATEMENT / 2 < kept {
            // What was read so far does not close it.
            self.window.at += self.window.ahead().len();
            self.window.release();
            return if open == 0 {
                Ok(())
            } else {
                self.pass_over(open)
            };
        }
        self.window.go_to(start);
        self.window.release();
        self.window.more().map(|_| ())
    }

    fn drop_kept(&mut self) {
        self.current.tokens.clear();
        self.current.comments.clear();
    }

    /// Moves behind the next `close`, keeping nothing.
    fn pass_over(&mut self, close: u8) -> io::Result<()> {
        loop {
            let found = memchr::memchr(close, self.window.ahead());
            let step = found.map_or(self.window.ahead().len(), |at| at + 1);
            self.window.at += step;
            self.window.release();
            if found.is_some() || !self.window.more()? {
                return Ok(());
            }
        }
    }

    /// Takes one token into the statement; a piece when that ends it.
    fn take(&mut self, token: Token) -> io::Result<Option<Piece>> {
        if token.kind == Kind::Comment {
            return Ok(self.take_comment(token));
        }
        if token.first_on_line
            && let Some(end) = self.line_directive(token)?
        {
            return Ok(end);
        }
        if self.is_delimiter(token) {
            return Ok(self.semicolon(token));
        }
        if self.current.tokens.is_empty() {
            self.start_at_comments(token);
            return Ok(None);
        }
        if token.first_on_line && self.breaks_before(token) {
            self.window.go_to(token.start as usize);
            return Ok(Some(self.finish(token.start as usize)));
        }
        self.push(token);
        if self.current.tokens.len() * 12 > LONGEST_STATEMENT * 2
            || token.end as usize > LONGEST_STATEMENT
        {
            self.current.is_cut = true;
            self.drop_kept();
            self.current.tokens.push(Token {
                start: 0,
                end: 0,
                ..token
            });
            self.window.go_to(token.end as usize);
            self.window.release();
        }
        Ok(self.rows_begin().then_some(Piece::Rows))
    }

    fn take_comment(&mut self, token: Token) -> Option<Piece> {
        self.window.go_to(token.end as usize);
        self.current.comments.push(token);
        if self.current.tokens.is_empty() && token.end as usize > LONGEST_PREFACE {
            self.current.comments.clear();
            self.window.release();
        }
        None
    }

    /// The first token: what stands before it, but comments, is let go.
    fn start_at_comments(&mut self, token: Token) {
        let first = self
            .current
            .comments
            .first()
            .map_or(token.start, |c| c.start) as usize;
        self.window.go_to(first);
        self.window.release();
        let shift = first as u32;
        let moved = |t: Token| Token {
            start: t.start - shift,
            end: t.end - shift,
            ..t
        };
        self.current
            .comments
            .iter_mut()
            .for_each(|c| *c = moved(*c));
        self.current.place = self.window.place();
        if self.after_rows && self.bytes(moved(token)).eq_ignore_ascii_case(b"into") {
            // Oracle's INSERT ALL goes on with the next INTO.
            self.current.words.push("INSERT".into());
        }
        self.after_rows = false;
        self.push(moved(token));
    }

    fn bytes(&self, token: Token) -> &[u8] {
        &self.window.kept_bytes()[token.start as usize..token.end as usize]
    }

    fn push(&mut self, token: Token) {
        self.window.go_to(token.end as usize);
        self.current.tokens.push(token);
        match token.kind {
            Kind::Mark(b'(') => self.brackets += 1,
            Kind::Mark(b')') => self.brackets = self.brackets.saturating_sub(1),
            Kind::Word => self.word(token),
            _ => {}
        }
    }

    fn word(&mut self, token: Token) {
        let length = (token.end - token.start) as usize;
        let is_early = self.current.words.len() < 12 && self.brackets == 0;
        if length > 64 || !(is_early || self.body != Body::None) {
            return;
        }
        let word = String::from_utf8_lossy(self.bytes(token)).to_ascii_uppercase();
        if is_early {
            self.current.words.push(word.clone());
            if self.body == Body::None {
                self.body = self.body_of_words();
            }
        }
        if self.brackets == 0 {
            self.body_word(&word);
        }
    }

    fn body_of_words(&self) -> Body {
        let inside = |until_slash| Body::Inside {
            blocks: 0,
            was_closed: false,
            until_slash,
        };
        let words: Vec<&str> = self.current.words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["CREATE" | "ALTER", rest @ ..] => match object_kind(rest) {
                Some("PACKAGE") => inside(true),
                Some("FUNCTION" | "PROCEDURE" | "PROC" | "TRIGGER" | "EVENT") => Body::Head,
                _ => Body::None,
            },
            ["BEGIN"] if self.begins_block() => Body::Head,
            ["DECLARE"] if self.dialect == Dialect::Oracle => inside(false),
            _ => Body::None,
        }
    }

    /// `BEGIN` of a block, not of a transaction.
    fn begins_block(&self) -> bool {
        let ahead = self.window.ahead();
        let rest = ahead.trim_ascii_start();
        let is_blank_between = rest.len() < ahead.len();
        let word_length = rest
            .iter()
            .take(16)
            .take_while(|b| lexer::is_word(**b))
            .count();
        let word = rest[..word_length].to_ascii_uppercase();
        let of_transaction: &[&[u8]] = &[
            b"",
            b"TRAN",
            b"TRANSACTION",
            b"WORK",
            b"IMMEDIATE",
            b"DEFERRED",
            b"EXCLUSIVE",
            b"ISOLATION",
            b"READ",
        ];
        is_blank_between && !of_transaction.contains(&word.as_slice())
    }

    /// Follows blocks of a routine's body.
    fn body_word(&mut self, word: &str) {
        let after_end = std::mem::replace(&mut self.previous_was_end, word == "END");
        let code_follows =
            self.body == Body::Head && matches!(word, "AS" | "IS") && self.code_follows();
        match (&mut self.body, word) {
            (Body::None, _) => {}
            (Body::Head, "BEGIN") => {
                self.body = Body::Inside {
                    blocks: 1,
                    was_closed: false,
                    until_slash: false,
                }
            }
            (Body::Head, "AS" | "IS") if code_follows => {
                self.body = Body::Inside {
                    blocks: 0,
                    was_closed: false,
                    until_slash: false,
                };
            }
            (Body::Head, _) => {}
            (Body::Inside { blocks, .. }, "IF" | "LOOP" | "WHILE" | "REPEAT" | "FOR")
                if after_end =>
            {
                *blocks += 1
            }
            (Body::Inside { .. }, "CASE") if after_end => {}
            (Body::Inside { .. }, "TRAN" | "TRANSACTION") => {}
            (Body::Inside { blocks, .. }, "BEGIN") => *blocks += 1,
            (Body::Inside { blocks, .. }, "CASE") if *blocks > 0 => *blocks += 1,
            (
                Body::Inside {
                    blocks, was_closed, ..
                },
                "END",
            ) => {
                *blocks = blocks.saturating_sub(1);
                *was_closed |= *blocks == 0;
            }
            _ => {}
        }
    }

    /// Whether what follows AS or IS is the code itself, not text that holds it and not one plain statement.
    fn code_follows(&self) -> bool {
        if matches!(self.dialect, Dialect::PostgreSql | Dialect::BigQuery)
            || self.current.words.iter().any(|w| w == "TRIGGER")
        {
            return false;
        }
        let rest = self.window.ahead().trim_ascii_start();
        let word_length = rest
            .iter()
            .take(16)
            .take_while(|b| lexer::is_word(**b))
            .count();
        let word = rest[..word_length].to_ascii_uppercase();
        let plain: &[&[u8]] = &[
            b"", b"SELECT", b"WITH", b"RETURN", b"TABLE", b"INSERT", b"UPDATE", b"DELETE",
        ];
        !plain.contains(&word.as_slice())
    }

    /// A delimiter such as `$$` may touch the word before it (`END$$`).
    fn before_delimiter(&self, token: Token) -> Token {
        if self.delimiter == b";" || token.kind != Kind::Word {
            return token;
        }
        match memchr::memmem::find(self.bytes(token), &self.delimiter) {
            Some(0) | None => token,
            Some(at) => Token {
                end: token.start + at as u32,
                ..token
            },
        }
    }

    fn is_delimiter(&self, token: Token) -> bool {
        let rest = &self.window.kept_bytes()[token.start as usize..];
        rest.starts_with(&self.delimiter) && !matches!(token.kind, Kind::Text | Kind::Quoted)
    }

    fn semicolon(&mut self, token: Token) -> Option<Piece> {
        let end = token.start as usize + self.delimiter.len();
        self.previous_was_end = false;
        let stays = match self.body {
            Body::Inside {
                blocks,
                was_closed,
                until_slash,
            } => until_slash || blocks > 0 || !was_closed,
            _ => false,
        };
        if stays && self.delimiter == b";" && !self.current.is_cut {
            self.push(token);
            return None;
        }
        self.window.go_to(end);
        if self.current.tokens.is_empty() && !self.current.is_cut {
            self.begin();
            return None;
        }
        Some(self.finish(token.start as usize))
    }

    fn finish(&mut self, length: usize) -> Piece {
        self.current.length = if self.current.is_cut { 0 } else { length };
        if self.current.is_cut {
            self.drop_kept();
        }
        Piece::Statement
    }

    fn end_of_source(&mut self) -> Piece {
        if self.current.tokens.is_empty() && !self.current.is_cut {
            self.window.at += self.window.ahead().len();
            return Piece::End;
        }
        let open_text = self.current.tokens.last().is_some_and(|last| {
            let bytes = self.bytes(*last);
            last.kind == Kind::Text
                && (bytes.len() < 2 || !matches!(bytes[bytes.len() - 1], b'\'' | b'"' | b'$'))
        });
        self.current.is_unfinished = self.brackets > 0 || open_text;
        let length = self.window.kept_bytes().len();
        self.finish(length)
    }

    /// Whether the statement is an INSERT or REPLACE whose VALUES were just taken.
    fn rows_begin(&mut self) -> bool {
        let [first, ..] = self.current.words.as_slice() else {
            return false;
        };
        let is_insert = first == "INSERT" || first == "REPLACE";
        let last = *self.current.tokens.last().expect("a token was just pushed");
        if !is_insert || self.brackets > 0 || last.kind != Kind::Word || self.current.is_cut {
            return false;
        }
        let word = self.bytes(last);
        let begins = (word.eq_ignore_ascii_case(b"values") || word.eq_ignore_ascii_case(b"value"))
            && self.current.tokens.len() > 2;
        if begins {
            self.current.length = last.end as usize;
            self.after_rows = true;
        }
        begins
    }

    /// Whether a new statement begins here though nothing ended the one before, as SQL Server's scripts have it.
    fn breaks_before(&self, token: Token) -> bool {
        if token.kind != Kind::Word
            || matches!(self.body, Body::Inside { .. }) && self.is_open_body()
        {
            return false;
        }
        let word = self.bytes(token);
        if self.brackets > 0 {
            // A bracket that was never closed must not take the next table with it.
            return word.eq_ignore_ascii_case(b"create")
                && self.table_follows(token)
                && self.starts_column_zero(token);
        }
        if !word.eq_ignore_ascii_case(b"insert") {
            return false;
        }
        let first = self.current.words.first().map_or("", String::as_str);
        let of_table = self.current.words.get(1).is_some_and(|w| w == "TABLE");
        matches!(
            first,
            "SET"
                | "USE"
                | "PRINT"
                | "EXEC"
                | "EXECUTE"
                | "DROP"
                | "IF"
                | "TRUNCATE"
                | "DELETE"
                | "COMMIT"
        ) || (matches!(first, "CREATE" | "ALTER") && of_table)
            || (first == "BEGIN" && self.body == Body::None)
    }

    fn is_open_body(&self) -> bool {
        matches!(self.body, Body::Inside { blocks, was_closed, .. } if blocks > 0 || !was_closed)
    }

    fn table_follows(&self, token: Token) -> bool {
        let rest = self.window.kept_bytes()[token.end as usize..].trim_ascii_start();
        rest.len() > 6 && rest[..5].eq_ignore_ascii_case(b"table") && rest[5].is_ascii_whitespace()
    }

    fn starts_column_zero(&self, token: Token) -> bool {
        let start = token.start as usize;
        start == 0 || self.window.kept_bytes()[start - 1] == b'\n'
    }

    /// A line that a client takes for itself. `Some(None)`: it was passed over.
    fn line_directive(&mut self, token: Token) -> io::Result<Option<Option<Piece>>> {
        let first = self.window.kept_bytes()[token.start as usize];
        if !matches!(first.to_ascii_lowercase(), b'\\' | b'/' | b'@' | b'.' | b'!' | b'a'..=b'h' | b'p'..=b'w' | b'l')
        {
            return Ok(None);
        }
        let line_end = self.line_end(token.start as usize)?;
        let line = &self.window.kept_bytes()[token.start as usize..line_end];
        let is_first = self.current.tokens.is_empty();
        let directive = directive(line, is_first, self.dialect);
        match directive {
            Directive::None => return Ok(None),
            Directive::Pass => {}
            Directive::Delimiter(new) => {
                self.quoting.dollar = false;
                self.delimiter = new;
            }
            Directive::EndOfBatch => {
                self.window.go_to(line_end);
                if is_first {
                    self.begin();
                    return Ok(Some(None));
                }
                return Ok(Some(Some(self.finish(token.start as usize))));
            }
        }
        self.window.go_to(line_end);
        self.begin();
        Ok(Some(None))
    }

    /// Where the line ends that the byte at `from` stands in; lines beyond 4 KiB are taken as ending there.
    fn line_end(&mut self, from: usize) -> io::Result<usize> {
        loop {
            let text = &self.window.kept_bytes()[from..];
            if let Some(end) = memchr::memchr(b'\n', &text[..text.len().min(4096)]) {
                return Ok(from + end);
            }
            if text.len() >= 4096 || self.window.is_complete() {
                return Ok(from + text.len().min(4096));
            }
            self.window.more()?;
        }
    }
}

/// The kind of object that a CREATE or ALTER is about: its first word that names one.
pub fn object_kind<'a>(words: &[&'a str]) -> Option<&'a str> {
    const KINDS: &[&str] = &[
        "TABLE",
        "VIEW",
        "INDEX",
        "FUNCTION",
        "PROCEDURE",
        "PROC",
        "TRIGGER",
        "PACKAGE",
        "EVENT",
        "TYPE",
        "DOMAIN",
        "SEQUENCE",
        "SCHEMA",
        "DATABASE",
        "ROLE",
        "USER",
        "LOGIN",
        "EXTENSION",
        "RULE",
        "POLICY",
        "SYNONYM",
        "TABLESPACE",
    ];
    words
        .iter()
        .copied()
        .take(8)
        .find(|word| KINDS.contains(word))
}

enum Directive {
    None,
    /// Not SQL: passed over.
    Pass,
    Delimiter(Vec<u8>),
    /// GO, a lone `/`.
    EndOfBatch,
}

/// What a line is to the client that runs the script.
fn directive(line: &[u8], is_first: bool, dialect: Dialect) -> Directive {
    let line = line.trim_ascii();
    let word_length = line
        .iter()
        .take(20)
        .take_while(|b| b.is_ascii_alphabetic())
        .count();
    let word = line[..word_length].to_ascii_uppercase();
    let rest = line[word_length..].trim_ascii();
    match (word.as_slice(), line.first()) {
        (b"GO", _) if rest.iter().all(|b| b.is_ascii_digit() || *b == b';') => {
            return Directive::EndOfBatch;
        }
        (b"", Some(b'/')) if line == b"/" => return Directive::EndOfBatch,
        _ if !is_first => return Directive::None,
        (b"DELIMITER", _) if !rest.is_empty() => {
            let mark = rest.split(u8::is_ascii_whitespace).next().unwrap_or(b";");
            return Directive::Delimiter(mark.to_vec());
        }
        (b"", Some(b'\\' | b'!')) => return Directive::Pass,
        (b"", Some(b'.')) if line.get(1).is_some_and(u8::is_ascii_alphabetic) => {
            return Directive::Pass;
        }
        (b"", Some(b'@')) => return Directive::Pass,
        _ => {}
    }
    let ends = line.ends_with(b";");
    let is_line_only: bool = match word.as_slice() {
        b"PROMPT" | b"REM" | b"REMARK" | b"SPOOL" | b"WHENEVER" | b"TTITLE" | b"BTITLE"
        | b"PAUSE" | b"HOST" | b"CLEAR" => true,
        b"DEFINE" | b"UNDEFINE" | b"ACCEPT" | b"SOURCE" | b"CONNECT" | b"EXIT" | b"QUIT"
        | b"START" | b"SHOW" | b"COLUMN" | b"VARIABLE" => !ends,
        b"SET" => !ends && is_client_setting(rest) && dialect != Dialect::SqlServer,
        _ => false,
    };
    if is_line_only {
        Directive::Pass
    } else {
        Directive::None
    }
}

/// SQL*Plus settings, which have neither `=` nor a semicolon.
fn is_client_setting(rest: &[u8]) -> bool {
    const SETTINGS: &[&str] = &[
        "ECHO",
        "DEFINE",
        "DEF",
        "FEEDBACK",
        "FEED",
        "SERVEROUTPUT",
        "SERVEROUT",
        "VERIFY",
        "VER",
        "TERMOUT",
        "TERM",
        "HEADING",
        "HEA",
        "LINESIZE",
        "LINE",
        "LINES",
        "LIN",
        "PAGESIZE",
        "PAGES",
        "SQLBLANKLINES",
        "SQLPROMPT",
        "SQLTERMINATOR",
        "SCAN",
        "TRIMSPOOL",
        "TRIM",
        "TRIMS",
        "TIMING",
        "TIME",
        "AUTOCOMMIT",
        "NEWPAGE",
        "TAB",
        "LONG",
        "WRAP",
        "ESCAPE",
        "CONCAT",
        "SUFFIX",
        "NUMFORMAT",
        "NUMWIDTH",
        "NUM",
        "AUTOTRACE",
        "COLSEP",
        "EXITCOMMIT",
        "LOADFORMAT",
        "LOAD",
    ];
    let length = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    SETTINGS
        .iter()
        .any(|setting| rest[..length].eq_ignore_ascii_case(setting.as_bytes()))
}
