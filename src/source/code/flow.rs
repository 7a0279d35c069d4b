//! Values on their way out of a function: what reaches a log, a file, a cookie or a call into an imported package.
//! Follows names through assignments inside a block; hashing, masking, counting end a way. Calls it does not know are
//! counted, not followed. Whether a name is personal and whose a package is, it does not know.

use super::language::{Blocks, Language};
use super::lexer::{self, Kind, Token};
use super::names::Bindings;
use crate::field::{Outlet, Passing, StepKind};
use crate::source::html::web_addresses;
use std::collections::BTreeMap;

/// What a file's code lets out.
#[derive(Default)]
pub struct Ways {
    /// Values that leave.
    pub passings: Vec<Passing>,
    /// Imported names that are called, with the line of the first call.
    pub called: BTreeMap<String, u32>,
    /// Full names of calls, with the line of the first.
    pub calls: BTreeMap<String, u32>,
    /// Calls on the way to a log or recipient that were not followed.
    pub unresolved: u64,
}

/// A value as it is known at some place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Value {
    object: Option<String>,
    name: String,
    steps: Vec<(u64, StepKind)>,
}

/// What a variable holds.
struct Held {
    /// Empty: something that says nothing of a person any more.
    values: Vec<Value>,
    /// Depth of braces, or column, at which it was set.
    depth: usize,
}

/// A chain of names: `a.b.c`, with where it begins and ends.
struct Chain<'a> {
    words: Vec<&'a str>,
    end: usize,
    is_negated: bool,
}

/// How deep calls and strings inside each other are read.
const DEEPEST: usize = 16;
/// Steps of a way that are kept.
const MOST_STEPS: usize = 12;
/// Brackets deep from which on calls are taken for data.
const DEEPEST_CALL: usize = 64;
/// Tokens of the arguments of one call that are read.
const LONGEST: usize = 4_000;
/// Values that a variable is followed for.
const MOST_VALUES: usize = 12;

/// Follows the values of a file.
pub fn follow<'a>(
    tokens: &[Token<'a>],
    language: &'static Language,
    bindings: &Bindings<'a>,
) -> Ways {
    let mut flow = Flow {
        language,
        bindings: bindings
            .iter()
            .map(|(name, path)| ((*name).to_owned(), path.clone()))
            .collect(),
        held: BTreeMap::new(),
        ways: Ways::default(),
    };
    flow.run(tokens);
    flow.ways
}

struct Flow {
    language: &'static Language,
    bindings: BTreeMap<String, String>,
    held: BTreeMap<String, Held>,
    ways: Ways,
}

fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut was_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            was_lower = false;
            words.push(String::new());
            continue;
        }
        if words.is_empty() || (c.is_uppercase() && was_lower) {
            words.push(String::new());
        }
        was_lower = c.is_lowercase() || c.is_ascii_digit();
        if let Some(last) = words.last_mut() {
            last.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether what a call gives says nothing of a person any more.
fn is_sanitiser(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "hash",
        "hashed",
        "sha1",
        "sha256",
        "sha512",
        "sha",
        "md5",
        "hmac",
        "digest",
        "hexdigest",
        "mask",
        "masked",
        "redact",
        "redacted",
        "anonymize",
        "anonymise",
        "anonymous",
        "anon",
        "pseudonymize",
        "pseudonymise",
        "obfuscate",
        "scrub",
        "encrypt",
        "encrypted",
        "tokenize",
        "truncate",
        "truncated",
        "len",
        "length",
        "count",
        "size",
        "strlen",
        "sizeof",
        "bool",
        "boolean",
        "empty",
        "exists",
        "validate",
        "verify",
        "fingerprint",
        "censor",
        "typeof",
        "type",
        "includes",
        "contains",
        "indexof",
        "match",
        "matches",
        "test",
        "equals",
        "compare",
        "checksum",
        "bcrypt",
        "argon2",
        "crc32",
        "isset",
        "present",
        "blank",
        "any",
        "all",
        "nil",
        "none",
        "some",
        "starts",
        "ends",
        "startswith",
        "endswith",
        "sum",
        "index",
    ];
    let words = words_of(name);
    let begins = |word: &str| words.first().is_some_and(|w| w == word);
    words.iter().any(|w| WORDS.contains(&w.as_str())) || begins("is") || begins("has")
}

/// Whether what a call gives is what it was given.
fn is_transparent(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "str",
        "string",
        "repr",
        "tostring",
        "to_string",
        "to_s",
        "inspect",
        "trim",
        "strip",
        "lower",
        "tolowercase",
        "downcase",
        "upcase",
        "upper",
        "touppercase",
        "tolower",
        "toupper",
        "format",
        "sprintf",
        "printf",
        "vsprintf",
        "stringify",
        "to_json",
        "tojson",
        "dumps",
        "json_encode",
        "encode",
        "join",
        "concat",
        "append",
        "as_str",
        "as_deref",
        "as_ref",
        "clone",
        "to_owned",
        "unwrap",
        "unwrap_or_default",
        "orelse",
        "getordefault",
        "valueof",
        "text",
        "quote",
        "escape",
        "normalize",
        "list",
        "dict",
        "array",
        "vec",
        "object",
        "assign",
        "of",
        "listof",
        "mapof",
        "value",
        "arguments",
        "encodeuricomponent",
        "lowercase",
        "uppercase",
        "capitalize",
        "titleize",
        "sprint",
        "sprintln",
        "field",
        "kv",
        "extra",
        "with",
        "new",
        "h",
        "errorf",
        "map",
        "gin",
        "keyvalue",
        "set",
        "add",
        "put",
        "byte",
        "bytes",
        "from",
        "setemail",
        "setname",
        "setphone",
        "setaddress",
        "setdescription",
        "build",
    ];
    NAMES.contains(&name.to_ascii_lowercase().as_str())
}

fn is_log_word(name: &str) -> bool {
    words_of(name).iter().any(|w| {
        matches!(
            w.as_str(),
            "log"
                | "logger"
                | "logging"
                | "logs"
                | "slog"
                | "syslog"
                | "timber"
                | "winston"
                | "sugar"
                | "console"
        )
    })
}

const LEVELS: &[&str] = &[
    "debug",
    "info",
    "warn",
    "warning",
    "error",
    "err",
    "critical",
    "fatal",
    "exception",
    "trace",
    "log",
    "notice",
    "verbose",
    "alert",
    "emergency",
    "panic",
    "print",
    "println",
    "information",
    "logdebug",
    "loginformation",
    "logwarning",
    "logerror",
    "logcritical",
    "logtrace",
    "d",
    "e",
    "i",
    "w",
    "v",
    "write",
    "severe",
    "fine",
    "msg",
    "success",
];

impl Flow {
    fn run(&mut self, tokens: &[Token<'_>]) {
        let mut depth = 0_usize;
        let mut brackets = 0_usize;
        let mut line = 0;
        let mut at = 0;
        while at < tokens.len() {
            let token = &tokens[at];
            if token.line != line {
                line = token.line;
                self.enter_line(token, tokens, at);
            }
            match token.kind {
                Kind::Sign if token.text == "(" || token.text == "[" => brackets += 1,
                Kind::Sign if token.text == ")" || token.text == "]" => {
                    brackets = brackets.saturating_sub(1);
                }
                Kind::Sign if token.text == "{" => depth += 1,
                Kind::Sign if token.text == "}" => {
                    depth = depth.saturating_sub(1);
                    if self.language.blocks == Blocks::Braces {
                        self.held.retain(|_, held| held.depth <= depth);
                    }
                }
                Kind::Word => {
                    let is_inside = at > 0 && is_joint(tokens, at);
                    if !is_inside && brackets + depth < DEEPEST_CALL {
                        self.statement(tokens, at, depth);
                        self.call(tokens, at);
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// Forgets what was set in blocks that end with this line, in languages that have no braces.
    fn enter_line(&mut self, token: &Token<'_>, tokens: &[Token<'_>], at: usize) {
        match self.language.blocks {
            Blocks::Indent => {
                // The column is not known to tokens; the distance from the end of the line before serves as well.
                let begins_function = token.is("def") || token.is("class") || token.is("async");
                if begins_function {
                    self.held.clear();
                }
            }
            Blocks::End => {
                let next = tokens.get(at + 1);
                let is_private = next.is_some_and(|t| t.is("def"));
                if token.is("def") || token.is("defp") || token.is("class") || is_private {
                    self.held.clear();
                }
            }
            Blocks::Braces => {}
        }
    }

    /// `x = …`: what a variable holds from here on.
    fn statement(&mut self, tokens: &[Token<'_>], at: usize, depth: usize) {
        let Some(start) = assigned(tokens, at) else {
            return;
        };
        let end = end_of_statement(tokens, start);
        let right = &tokens[start..end];
        self.bind(tokens[at].text, right);
        let line = u64::from(tokens[at].line);
        let mut gathered = Gathered::default();
        // Calls on the right are judged where they stand; here only the way of values counts.
        let before = self.ways.unresolved;
        self.gather(right, 0, &mut gathered);
        self.ways.unresolved = before;
        let name = tokens[at].text.to_owned();
        let is_known = !gathered.values.is_empty() || gathered.is_sanitised;
        if !is_known || gathered.has_unknown {
            self.held.remove(&name);
            return;
        }
        let mut values = gathered.values;
        values.truncate(MOST_VALUES);
        values
            .iter_mut()
            .filter(|v| v.steps.len() < MOST_STEPS)
            .for_each(|v| v.steps.push((line, StepKind::Assign)));
        self.held.insert(name, Held { values, depth });
    }

    /// `client = new Stripe(…)`: a name for what an imported package makes.
    fn bind(&mut self, name: &str, right: &[Token<'_>]) {
        let start = right
            .iter()
            .position(|t| !["new", "await", "&", "*"].iter().any(|w| t.is(w)));
        let Some(chain) = start.and_then(|start| chain(right, start)) else {
            return;
        };
        let is_call = right.get(chain.end).is_some_and(|t| t.is("("));
        let path = self.bindings.get(chain.words[0]).cloned();
        let last = chain.words.last().copied().unwrap_or_default();
        let lower = last.to_ascii_lowercase();
        let makes = last.starts_with(|c: char| c.is_uppercase())
            || chain.words.len() == 1
            || [
                "new",
                "client",
                "create",
                "init",
                "connect",
                "configure",
                "instance",
                "build",
                "default",
            ]
            .iter()
            .any(|w| lower.contains(w));
        if let Some(path) = path.filter(|_| is_call && makes) {
            self.bindings.insert(name.to_owned(), path);
        }
    }

    fn call(&mut self, tokens: &[Token<'_>], at: usize) {
        let Some(chain) = chain(tokens, at) else {
            return;
        };
        let Some((start, end)) = arguments(tokens, chain.end, self.language) else {
            return;
        };
        let line = tokens[chain.end - 1].line;
        let inside = &tokens[start..end];
        let skip = usize::from(matches!(chain.words[0], "this" | "self") && chain.words.len() > 1);
        let words = &chain.words[skip..];
        if let Some(path) = self.bindings.get(words[0]) {
            self.ways.called.entry(path.clone()).or_insert(line);
        }
        if words.len() > 1 {
            let name = long_name(words, tokens, end);
            self.ways.calls.entry(name).or_insert(line);
        }
        let outlets = self.outlets(words, inside);
        for (outlet, skipped) in outlets {
            self.let_out(inside, &outlet, skipped, line);
        }
    }

    /// Where a call lets its arguments out, and how many of the first ones say no more than where.
    fn outlets(&self, words: &[&str], inside: &[Token<'_>]) -> Vec<(Outlet, usize)> {
        let last = words.last().copied().unwrap_or_default();
        let lower = last.to_ascii_lowercase();
        let owner = words.len().checked_sub(2).map(|i| words[i]);
        if is_log(words, &lower, inside, self.language) {
            return vec![(Outlet::Log, 0)];
        }
        let is_file = matches!(
            lower.as_str(),
            "writefile"
                | "writefilesync"
                | "appendfile"
                | "appendfilesync"
                | "file_put_contents"
                | "fputcsv"
                | "writealltext"
                | "appendalltext"
                | "writestring"
                | "writerow"
                | "writealllines"
        );
        if is_file {
            return vec![(
                Outlet::File,
                usize::from(!matches!(lower.as_str(), "writerow" | "writestring")),
            )];
        }
        let owner_lower = owner.map(str::to_ascii_lowercase).unwrap_or_default();
        let is_cookie = matches!(lower.as_str(), "setcookie" | "set_cookie")
            || (lower == "cookie" && matches!(owner_lower.as_str(), "res" | "response" | "reply"))
            || (matches!(lower.as_str(), "set" | "append") && owner_lower.contains("cookie"));
        if is_cookie {
            return vec![(Outlet::Cookie, 1)];
        }
        if let Some(path) = self.bindings.get(words[0]) {
            let imported = Outlet::Import(path.clone());
            let hosts = host_of(inside).into_iter().map(|host| (host, 0));
            return std::iter::once((imported, 0)).chain(hosts).collect();
        }
        let is_constant = words[0].starts_with(|c: char| c.is_ascii_uppercase());
        if self.language.ecosystem == "gem" && is_constant && words.len() > 1 {
            let name = words_of(words[0]).join("_");
            return vec![(Outlet::Import(format!("gem:{name}")), 0)];
        }
        const HTTP: &[&str] = &[
            "fetch",
            "axios",
            "request",
            "requests",
            "http",
            "https",
            "got",
            "ky",
            "post",
            "put",
            "patch",
            "postasync",
            "urlopen",
            "sendbeacon",
            "ajax",
            "postforentity",
            "postforobject",
            "newrequest",
        ];
        let is_request = words
            .iter()
            .any(|w| HTTP.contains(&w.to_ascii_lowercase().as_str()));
        if is_request && let Some(host) = host_of(inside) {
            return vec![(host, 0)];
        }
        if words.len() > 1 {
            return vec![(Outlet::Call(words.join(".")), 0)];
        }
        Vec::new()
    }

    fn let_out(&mut self, inside: &[Token<'_>], outlet: &Outlet, skipped: usize, line: u32) {
        let start = (0..skipped).fold(0, |start, _| next_argument(inside, start));
        let mut gathered = Gathered::default();
        let before = self.ways.unresolved;
        self.gather(&inside[start.min(inside.len())..], 0, &mut gathered);
        if matches!(outlet, Outlet::Call(_)) {
            // Nobody knows yet whether such a call leads out at all.
            self.ways.unresolved = before;
        }
        for value in gathered.values {
            let mut steps = value.steps;
            steps.push((line.into(), StepKind::Sink));
            self.ways.passings.push(Passing {
                object: value.object,
                name: value.name,
                to: outlet.clone(),
                steps,
            });
        }
    }

    /// The values in an expression.
    fn gather(&mut self, tokens: &[Token<'_>], depth: usize, into: &mut Gathered) {
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
    fn name(
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
    fn read(&mut self, words: &[&str], line: u64, into: &mut Gathered) {
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
    fn keyed(
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
    fn nested(
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
    fn after_call(&self, tokens: &[Token<'_>], close: usize) -> After {
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

    fn skip_calls(&self, tokens: &[Token<'_>], close: usize) -> usize {
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
enum After {
    Same,
    Sanitised,
}

/// What an expression holds.
#[derive(Default)]
struct Gathered {
    values: Vec<Value>,
    /// Something was hashed, masked or counted.
    is_sanitised: bool,
    /// A call was not followed.
    has_unknown: bool,
}

impl Gathered {
    fn take(&mut self, other: Gathered) {
        self.values.extend(other.values);
        self.is_sanitised |= other.is_sanitised;
        self.has_unknown |= other.has_unknown;
    }
}

fn lexer_tokens<'a>(text: &'a str, language: &'static Language) -> Vec<Token<'a>> {
    // Inside a string there is code, whatever the file around it begins with.
    let text_language = match language.name {
        "php" => super::language::of_ending("js").unwrap_or(language),
        _ => language,
    };
    lexer::tokens(text, text_language)
}

/// `getEmail` → `email`.
fn accessor(name: &str) -> String {
    let rest = name
        .strip_prefix("get")
        .or_else(|| name.strip_prefix("Get"))
        .filter(|r| r.starts_with(|c: char| c.is_uppercase()));
    let mut chars = rest.unwrap_or(name).chars();
    match (rest, chars.next()) {
        (Some(_), Some(first)) => first.to_lowercase().chain(chars).collect(),
        _ => name.to_owned(),
    }
}

/// Whether a value's own name says that it is none of a person, whatever its key is called.
fn says_something_else(name: &str) -> bool {
    const LAST: &[&str] = &[
        "domain", "domains", "host", "hostname", "url", "uri", "enabled", "verified", "status",
        "template", "version", "type", "kind",
    ];
    words_of(name)
        .last()
        .is_some_and(|w| LAST.contains(&w.as_str()))
}

/// Words after a dot that count without being called.
fn is_counting(name: &str) -> bool {
    matches!(
        name.to_ascii_lowercase().as_str(),
        "length" | "size" | "count" | "len" | "hash" | "domain"
    )
}

fn is_arrow(tokens: &[Token<'_>], at: usize) -> bool {
    tokens.get(at).is_some_and(|t| t.is("-")) && tokens.get(at + 1).is_some_and(|t| t.is(">"))
}

/// Whether a word is a later part of a chain.
fn is_joint(tokens: &[Token<'_>], at: usize) -> bool {
    let before = &tokens[at - 1];
    if before.is(".") {
        // `..x` and `...x` begin anew.
        return !(at >= 2 && tokens[at - 2].is("."));
    }
    (before.is(">") && at >= 2 && tokens[at - 2].is("-") && tokens[at - 2].end == before.start)
        || (before.is(":") && at >= 2 && tokens[at - 2].is(":"))
}

/// The chain of names that begins at a word: `a.b`, `a?.b`, `a->b`, `A::B`.
fn chain<'a>(tokens: &[Token<'a>], at: usize) -> Option<Chain<'a>> {
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
fn long_name(words: &[&str], tokens: &[Token<'_>], end: usize) -> String {
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
fn assigned(tokens: &[Token<'_>], at: usize) -> Option<usize> {
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
fn end_of_statement(tokens: &[Token<'_>], start: usize) -> usize {
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
fn after_block(tokens: &[Token<'_>], open: usize) -> usize {
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
fn arguments(tokens: &[Token<'_>], at: usize, language: &Language) -> Option<(usize, usize)> {
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

fn is_log(words: &[&str], lower: &str, inside: &[Token<'_>], language: &Language) -> bool {
    let bare = lower.trim_end_matches("ln");
    let is_level = LEVELS.contains(&lower)
        || LEVELS.contains(&bare)
        || lower
            .strip_suffix(['f', 'w'])
            .is_some_and(|l| LEVELS.contains(&l) && l.len() > 2);
    let Some((_, owners)) = words.split_last() else {
        return false;
    };
    if owners.is_empty() {
        let has_text = inside.first().is_some_and(Token::is_text);
        return match language.name {
            "rust" => {
                matches!(lower, "info" | "warn" | "error" | "debug" | "trace" | "log") && has_text
            }
            "php" => matches!(lower, "error_log" | "syslog"),
            "swift" | "c" => matches!(words[0], "NSLog" | "os_log"),
            _ => false,
        };
    }
    let owner = owners[owners.len() - 1];
    if owner == "Math" || owner == "math" || !is_level {
        return false;
    }
    let is_system =
        language.name == "java" && matches!(owner, "out" | "err") && owners.contains(&"System");
    let is_short = matches!(lower, "d" | "e" | "i" | "w" | "v");
    let is_crate = language.name == "rust" && matches!(owner, "tracing" | "log");
    is_system
        || is_crate
        || (is_log_word(owner)
            && (!is_short || matches!(owner, "Log" | "Timber"))
            && lower != "write")
}

/// The host that a request is sent to, where a string among its arguments says it.
fn host_of(inside: &[Token<'_>]) -> Option<Outlet> {
    let texts = inside
        .iter()
        .take(60)
        .filter(|t| t.is_text() && t.text.contains("//"));
    let mut hosts = texts.flat_map(|t| {
        web_addresses(t.text)
            .map(|(_, address)| address)
            .collect::<Vec<_>>()
    });
    hosts.next().map(Outlet::Host)
}

/// Where the argument after the one at a position begins.
fn next_argument(tokens: &[Token<'_>], start: usize) -> usize {
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
fn begins_body(tokens: &[Token<'_>], at: usize, language: &Language) -> bool {
    if !tokens[at].is("{") {
        return false;
    }
    let before = at.checked_sub(1).map(|i| &tokens[i]);
    let after_function = before.is_some_and(|t| t.is(">") || t.is(")"));
    after_function || matches!(language.name, "java" | "kotlin" | "swift")
}

/// Whether a word is a key: after `{`, `,` or `(` and before `:` or `=`.
fn is_key(tokens: &[Token<'_>], at: usize, end: usize) -> bool {
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
fn is_compared(tokens: &[Token<'_>], end: usize) -> bool {
    let is = |ahead: usize, text: &str| tokens.get(end + ahead).is_some_and(|t| t.is(text));
    let is_ternary = is(0, "?") && !is(1, "?") && !is(1, ".") && !is(1, ":");
    (is(0, "=") && is(1, "="))
        || (is(0, "!") && is(1, "="))
        || is_ternary
        || is(0, "is")
        || is(0, "in")
}

/// `["key"]`, `[:key]`: the key, and where it ends.
fn subscript<'a>(tokens: &[Token<'a>], at: usize) -> Option<(&'a str, usize)> {
    if !tokens.get(at)?.is("[") {
        return None;
    }
    let is_symbol = tokens.get(at + 1)?.is(":");
    let key = tokens.get(at + 1 + usize::from(is_symbol))?;
    let close = at + 2 + usize::from(is_symbol);
    let is_plain = key.kind == Kind::Text || (is_symbol && key.is_word());
    (is_plain && tokens.get(close)?.is("]")).then_some((key.text, close + 1))
}
