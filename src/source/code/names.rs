//! What code names outside of itself: imports, hosts, variables of the environment, scopes, cookies, calls.
//! Looks at a few tokens at a time; who stands behind a name it does not know.

use super::language::Language;
use super::lexer::{Kind, Token};
use crate::field::{Mention, MentionKind};
use crate::source::html::{is_link, web_addresses};
use std::collections::{BTreeMap, BTreeSet};

/// What a file brings in, by the name it has there.
pub type Bindings<'a> = BTreeMap<&'a str, String>;

/// Tells each thing once.
pub struct Names<'s> {
    told: BTreeSet<(MentionKind, String)>,
    found: &'s mut Vec<Mention>,
}

impl<'s> Names<'s> {
    /// A list to fill.
    pub fn new(found: &'s mut Vec<Mention>) -> Self {
        Self {
            told: BTreeSet::new(),
            found,
        }
    }

    /// Tells something, unless it was told.
    pub fn tell(&mut self, kind: MentionKind, name: &str, line: u32) {
        if !name.is_empty() && self.told.insert((kind, name.to_owned())) {
            self.found.push(Mention::at(kind, name, line.into()));
        }
    }
}

/// Reads the imports of a file.
pub fn imports<'a>(
    tokens: &[Token<'a>],
    language: &Language,
    names: &mut Names<'_>,
) -> Bindings<'a> {
    let mut all = Imports {
        language,
        names,
        bindings: Bindings::new(),
    };
    match language.ecosystem {
        "pypi" => all.python(tokens),
        "npm" => all.javascript(tokens),
        "go" => all.go(tokens),
        "gem" => all.required(tokens, &["require", "require_relative"]),
        "pub" => all.required(tokens, &["import"]),
        "maven" | "packagist" | "nuget" | "cargo" | "cocoapods" => all.dotted(tokens),
        _ => {}
    }
    all.bindings
}

struct Imports<'a, 'n, 's> {
    language: &'n Language,
    names: &'n mut Names<'s>,
    bindings: Bindings<'a>,
}

impl<'a> Imports<'a, '_, '_> {
    fn tell(&mut self, path: &str, binding: Option<&'a str>, line: u32) {
        let name = format!("{}:{path}", self.language.ecosystem);
        self.names.tell(MentionKind::Import, &name, line);
        if let Some(binding) = binding {
            self.bindings.insert(binding, name);
        }
    }

    fn python(&mut self, tokens: &[Token<'a>]) {
        let mut at = 0;
        while at < tokens.len() {
            let token = &tokens[at];
            let begins = at == 0 || tokens[at - 1].line < token.line || tokens[at - 1].is(";");
            at += 1;
            if begins && token.is("import") {
                while let Some((path, last, next)) = dotted_name(tokens, at) {
                    let root = path.split('.').next().unwrap_or_default();
                    let bare = tokens[at].text;
                    let alias = tokens.get(next).is_some_and(|t| t.is("as"));
                    let (binding, name, after) = match alias {
                        true => (
                            tokens.get(next + 1).map(|t| t.text),
                            path.as_str(),
                            next + 2,
                        ),
                        false => (Some(bare), root, next),
                    };
                    self.names
                        .tell(MentionKind::Import, &format!("pypi:{path}"), last);
                    self.tell(name, binding, last);
                    at = after;
                    if !tokens.get(at).is_some_and(|t| t.is(",")) {
                        break;
                    }
                    at += 1;
                }
            } else if begins && token.is("from") {
                let Some((path, line, next)) = dotted_name(tokens, at) else {
                    continue;
                };
                at = next + 1;
                if !tokens.get(next).is_some_and(|t| t.is("import")) {
                    continue;
                }
                self.tell(&path, None, line);
                let in_parens = tokens.get(at).is_some_and(|t| t.is("("));
                while let Some(token) = tokens.get(at) {
                    if (!in_parens && token.line > line) || token.is(")") {
                        break;
                    }
                    if token.is("as") {
                        at += 1;
                        if let Some(alias) = tokens.get(at) {
                            let whole = format!("pypi:{path}.{}", tokens[at - 2].text);
                            self.bindings.insert(alias.text, whole);
                        }
                    } else if token.is_word() {
                        let whole = format!("pypi:{path}.{}", token.text);
                        self.bindings.insert(token.text, whole);
                    }
                    at += 1;
                }
            }
        }
    }

    fn javascript(&mut self, tokens: &[Token<'a>]) {
        for (at, token) in tokens.iter().enumerate() {
            if !token.is_text()
                || token.text.is_empty()
                || token.text.starts_with(['.', '/', '~', '#'])
            {
                continue;
            }
            let before = |back: usize| at.checked_sub(back).map(|i| &tokens[i]);
            let is_from = before(1).is_some_and(|t| t.is("from") || t.is("import"));
            let is_call = before(1).is_some_and(|t| t.is("("))
                && before(2).is_some_and(|t| t.is("require") || t.is("import"));
            if !is_from && !is_call {
                continue;
            }
            let path = token.text;
            let is_package = path.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '@')
                && !path.starts_with("@/")
                && !path.contains(' ');
            if !is_package {
                continue;
            }
            self.tell(path, None, token.line);
            // What stands between `import` or `const` and the name of the package.
            let end = if is_from { at - 1 } else { at - 2 };
            let start = (end.saturating_sub(60)..end).rev().find(|i| {
                ["import", "const", "let", "var", "export"]
                    .iter()
                    .any(|w| tokens[*i].is(w))
            });
            let Some(start) = start else { continue };
            let between = &tokens[start + 1..end];
            for (i, word) in between.iter().enumerate().filter(|(_, t)| t.is_word()) {
                let is_renamed = between.get(i + 1).is_some_and(|t| t.is("as") || t.is(":"));
                if !is_renamed && !["as", "type", "await", "default", "from"].contains(&word.text) {
                    self.bindings.insert(word.text, format!("npm:{path}"));
                }
            }
        }
    }

    fn go(&mut self, tokens: &[Token<'a>]) {
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at += 1;
            if token.is("func") || token.is("type") {
                return;
            }
            if !token.is("import") {
                continue;
            }
            let is_list = tokens.get(at).is_some_and(|t| t.is("("));
            at += usize::from(is_list);
            let mut alias = None;
            while let Some(token) = tokens.get(at) {
                at += 1;
                if token.is(")") {
                    break;
                }
                if token.is_word() {
                    alias = Some(token.text);
                }
                if token.is_text() {
                    let binding = alias.take().or_else(|| package_of(token.text));
                    self.tell(token.text, binding, token.line);
                    if !is_list {
                        break;
                    }
                }
            }
        }
    }

    fn required(&mut self, tokens: &[Token<'a>], words: &[&str]) {
        for pair in tokens.windows(2) {
            if words.contains(&pair[0].text) && pair[0].is_word() && pair[1].is_text() {
                let path = pair[1].text;
                let path = path.strip_prefix("package:").unwrap_or(path);
                if !path.starts_with('.') && pair[0].text != "require_relative" {
                    self.tell(path, None, pair[1].line);
                }
            }
        }
    }

    /// `import a.b.C;`, `use A\B\C as D;`, `using A.B;`, `use a::{b, c};`.
    fn dotted(&mut self, tokens: &[Token<'a>]) {
        let (words, joint): (&[&str], &str) = match self.language.ecosystem {
            "packagist" => (&["use"], "\\"),
            "nuget" => (&["using"], "."),
            "cargo" => (&["use"], "::"),
            _ => (&["import"], "."),
        };
        let mut at = 0;
        while at < tokens.len() {
            let begins =
                at == 0 || tokens[at - 1].line < tokens[at].line || tokens[at - 1].is("pub");
            if !begins || !words.iter().any(|w| tokens[at].is(w)) {
                at += 1;
                continue;
            }
            let line = tokens[at].line;
            at += 1;
            let mut path: Vec<&str> = Vec::new();
            let mut stem: Vec<Vec<&str>> = Vec::new();
            let mut is_alias = false;
            while let Some(token) = tokens.get(at) {
                let ends = token.is(";")
                    || (token.line > line && stem.is_empty())
                    || token.is("(")
                    || token.is("=");
                if ends {
                    break;
                }
                at += 1;
                match token.text {
                    "static" | "function" | "global" => {}
                    "as" => is_alias = true,
                    "{" => stem.push(std::mem::take(&mut path)),
                    "}" | "," => {
                        self.import_path(&stem, &path, joint, line);
                        path.clear();
                        is_alias = false;
                        if token.is("}") {
                            stem.pop();
                        }
                    }
                    alias if token.is_word() && is_alias => {
                        self.import_path(&stem, &path, joint, line);
                        let whole = whole_path(&stem, &path, joint);
                        let name = format!("{}:{whole}", self.language.ecosystem);
                        self.bindings.insert(alias, name);
                        path.clear();
                    }
                    word if token.is_word() => path.push(word),
                    _ => {}
                }
            }
            self.import_path(&stem, &path, joint, line);
        }
    }

    fn import_path(&mut self, stem: &[Vec<&'a str>], path: &[&'a str], joint: &str, line: u32) {
        let Some(last) = path.last() else { return };
        let whole = whole_path(stem, path, joint);
        let is_own = ["crate", "self", "super", "std", "core"]
            .iter()
            .any(|own| whole.starts_with(own));
        if self.language.ecosystem == "cargo" && is_own {
            return;
        }
        // A namespace brings in everything below it under names that are not told.
        let binding = (self.language.ecosystem != "nuget").then_some(*last);
        self.tell(&whole, binding, line);
    }
}

fn whole_path(stem: &[Vec<&str>], path: &[&str], joint: &str) -> String {
    let steps: Vec<&str> = stem.iter().flatten().chain(path).copied().collect();
    steps.join(joint)
}

/// `a.b.c` from a position: the name, its line, and where it ends.
fn dotted_name(tokens: &[Token<'_>], start: usize) -> Option<(String, u32, usize)> {
    let first = tokens.get(start).filter(|t| t.is_word())?;
    let mut name = first.text.to_owned();
    let mut at = start + 1;
    while tokens.get(at).is_some_and(|t| t.is("."))
        && tokens.get(at + 1).is_some_and(Token::is_word)
    {
        name.push('.');
        name.push_str(tokens[at + 1].text);
        at += 2;
    }
    Some((name, first.line, at))
}

/// The name that a Go package has in code: the last step that is no version, without what says that it is Go.
fn package_of(path: &str) -> Option<&str> {
    let is_version =
        |s: &str| s.len() > 1 && s.starts_with('v') && s[1..].bytes().all(|b| b.is_ascii_digit());
    let last = path.rsplit('/').find(|step| !is_version(step))?;
    let last = last.strip_prefix("go-").unwrap_or(last);
    let last = last
        .strip_suffix("-go")
        .or_else(|| last.strip_suffix(".go"))
        .unwrap_or(last);
    Some(last.split('.').next().unwrap_or(last))
}

/// Hosts, variables, scopes and cookies in the strings of a file.
pub fn strings(tokens: &[Token<'_>], names: &mut Names<'_>) {
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Text | Kind::Template => string(tokens, at, names),
            Kind::Word => word(tokens, at, names),
            _ => {}
        }
    }
}

fn string(tokens: &[Token<'_>], at: usize, names: &mut Names<'_>) {
    let token = &tokens[at];
    let text = token.text;
    if text.len() > 20_000 {
        return;
    }
    const SCOPES: [&str; 3] = [
        "https://www.googleapis.com/auth/",
        "https://graph.microsoft.com/",
        "https://outlook.office.com/",
    ];
    if SCOPES.iter().any(|scope| text.starts_with(scope)) {
        for scope in text.split([' ', ',']) {
            names.tell(MentionKind::Scope, scope, token.line);
        }
    }
    if text.contains("//") {
        for (_, address) in web_addresses(text).take(50).filter(|(_, a)| !is_link(a)) {
            names.tell(MentionKind::Host, &address, token.line);
        }
        // An address that is the whole string is one without what is put before it.
        if let Some(rest) = text.strip_prefix("//") {
            names.tell(MentionKind::Host, &format!("https://{rest}"), token.line);
        }
        let is_whole = text.starts_with("https://") || text.starts_with("http://");
        if is_whole && (text.contains(".js") || text.contains("/pixel") || text.contains("/tag")) {
            let address = text.split([' ', '\'', '"', '<']).next().unwrap_or_default();
            names.tell(MentionKind::Tag, address, token.line);
        }
    } else if is_bare_host(text) {
        names.tell(MentionKind::Host, text, token.line);
    }
    if let Some(path) = api_path(text) {
        let request = format!("{} {path}", verb(tokens, at));
        names.tell(MentionKind::Path, &request, token.line);
    }
    if is_variable(text) && reads_environment(tokens, at) {
        names.tell(MentionKind::Env, text, token.line);
    }
}

/// The fixed beginning of a path below which people's data stands in the API of an account: `/me/messages`.
fn api_path(text: &str) -> Option<&str> {
    const ROOTS: &[&str] = &["/me", "/users", "/v1.0/", "/beta/", "me/", "users/"];
    let path = match text.split_once("graph.microsoft.com/") {
        Some((_, rest)) => rest,
        None => ROOTS
            .iter()
            .any(|root| text.starts_with(root))
            .then_some(text)?,
    };
    let end = path.find(['?', '$', '{', ' ', '\'', '"', '<', '#']);
    let path = &path[..end.unwrap_or(path.len())];
    (path.len() > 2 && path.len() < 120).then_some(path)
}

/// The verb that a path is requested with: by the call that takes it, one that follows, or a setting beside it.
fn verb(tokens: &[Token<'_>], at: usize) -> &'static str {
    const VERBS: &[(&str, &str)] = &[
        ("get", "GET"),
        ("post", "POST"),
        ("patch", "PATCH"),
        ("put", "PUT"),
        ("delete", "DELETE"),
        ("del", "DELETE"),
        ("getasync", "GET"),
        ("postasync", "POST"),
    ];
    let of = |word: &str| {
        let lower = word.to_ascii_lowercase();
        VERBS
            .iter()
            .find(|(name, _)| *name == lower)
            .map(|(_, verb)| *verb)
    };
    let caller = at.checked_sub(2).filter(|i| tokens[i + 1].is("("));
    let called = caller.and_then(|i| of(tokens[i].text));
    let after = tokens
        .iter()
        .skip(at + 1)
        .take(40)
        .take_while(|t| !t.is(";"));
    let after: Vec<&Token<'_>> = after.collect();
    let chained = || {
        let steps = after.windows(3).filter(|w| w[0].is(".") && w[2].is("("));
        steps.into_iter().find_map(|w| of(w[1].text))
    };
    let set = || {
        let settings = after.windows(3).filter(|w| w[0].text == "method");
        settings.into_iter().find_map(|w| of(w[2].text))
    };
    called.or_else(set).or_else(chained).unwrap_or("?")
}

fn is_bare_host(text: &str) -> bool {
    let is_part = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
    text.len() < 100
        && text.bytes().filter(|b| *b == b'.').count() >= 2
        && text.bytes().all(is_part)
        && text.bytes().any(|b| b.is_ascii_lowercase())
        && !text.starts_with('.')
        && !text.ends_with('.')
}

fn is_variable(text: &str) -> bool {
    text.len() > 3
        && text.contains('_')
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// Whether one of the words just before says that a name is one of the environment.
fn reads_environment(tokens: &[Token<'_>], at: usize) -> bool {
    let before = &tokens[at.saturating_sub(6)..at];
    let words = before
        .iter()
        .rev()
        .take_while(|t| t.is_word() || "([.&?!:".contains(t.text));
    words.filter(|t| t.is_word()).any(|t| {
        let word = t.text.to_ascii_lowercase();
        word.contains("env") || word == "config"
    })
}

fn word(tokens: &[Token<'_>], at: usize, names: &mut Names<'_>) {
    let token = &tokens[at];
    let before = |back: usize| at.checked_sub(back).map_or("", |i| tokens[i].text);
    if is_variable(token.text) && before(1) == "." && matches!(before(2), "env" | "environ" | "ENV")
    {
        names.tell(MentionKind::Env, token.text, token.line);
    }
    let lower = token.text.to_ascii_lowercase();
    if lower.contains("scope") {
        scopes(tokens, at, names);
    }
    if lower.contains("cookie") || lower == "setitem" {
        cookie(tokens, at, &lower, names);
    }
}

/// The strings that a name with `scope` in it is given.
fn scopes(tokens: &[Token<'_>], at: usize, names: &mut Names<'_>) {
    let mut depth = 0_i32;
    let mut follows = false;
    for token in tokens.iter().skip(at + 1).take(80) {
        match token.text {
            _ if token.is_text() => {
                for scope in token.text.split([' ', ',']).filter(|s| s.len() < 120) {
                    names.tell(MentionKind::Scope, scope, token.line);
                }
                if depth == 0 {
                    return;
                }
            }
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            "=" | ":" | ">" => follows = true,
            ";" => return,
            _ if token.is_word() && depth == 0 && !follows => return,
            _ => {}
        }
        if depth < 0 || (depth == 0 && follows && token.is(",")) {
            return;
        }
        if depth == 0 && matches!(token.text, "]" | ")" | "}") {
            return;
        }
    }
}

/// The name of a cookie or a stored key that a call sets.
fn cookie(tokens: &[Token<'_>], at: usize, lower: &str, names: &mut Names<'_>) {
    let text = |ahead: usize| tokens.get(at + ahead).map_or("", |t| t.text);
    let before = |back: usize| at.checked_sub(back).map_or("", |i| tokens[i].text);
    let name_at = |ahead: usize| tokens.get(at + ahead).filter(|t| t.kind == Kind::Text);
    if lower == "setitem" {
        if before(2).eq_ignore_ascii_case("localStorage") && text(1) == "(" {
            let name = name_at(2).map_or("", |t| t.text);
            names.tell(MentionKind::LocalStorage, name, tokens[at].line);
        }
        return;
    }
    let named = if lower == "cookie" && before(1) == "." && before(2) == "document" {
        // `document.cookie = "name=value"`.
        let value = (1..4).find_map(|ahead| tokens.get(at + ahead).filter(|t| t.is_text()));
        let is_set = text(1) == "=" && text(2) != "=";
        value
            .filter(|_| is_set)
            .and_then(|t| t.text.split_once('='))
            .map(|(name, _)| name)
    } else if matches!(lower, "setcookie" | "set_cookie" | "addcookie")
        || (lower == "cookie"
            && (before(1) == "new"
                || (before(1) == "." && matches!(before(2), "res" | "response" | "reply"))))
    {
        let start = if text(1) == "(" { 2 } else { 1 };
        let name = name_at(start).filter(|_| text(1) == "(");
        name.map(|t| t.text)
    } else if lower.ends_with("cookies") || lower == "cookie" || lower.ends_with("cookiestore") {
        cookie_jar(tokens, at)
    } else {
        None
    };
    let is_name = |name: &&str| {
        let is_part = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
        !name.is_empty() && name.len() < 80 && name.bytes().all(is_part)
    };
    if let Some(name) = named.map(str::trim).filter(is_name) {
        names.tell(MentionKind::Cookie, name, tokens[at].line);
    }
}

/// `cookies.set("x", …)`, `cookies().set(…)`, `Cookies.Append(…)`, `cookies[:x] = …`, `cookies.signed["x"] = …`.
fn cookie_jar<'a>(tokens: &[Token<'a>], at: usize) -> Option<&'a str> {
    let mut next = at + 1;
    if tokens.get(next)?.is("(") && tokens.get(next + 1)?.is(")") {
        next += 2;
    }
    while tokens.get(next)?.is(".") || tokens.get(next)?.is(")") {
        let word = tokens.get(next + 1)?;
        if matches!(word.text, "set" | "Append" | "put" | "add") && tokens.get(next + 2)?.is("(") {
            return tokens
                .get(next + 3)
                .filter(|t| t.kind == Kind::Text)
                .map(|t| t.text);
        }
        if !matches!(word.text, "signed" | "permanent" | "encrypted") {
            return None;
        }
        next += 2;
    }
    if !tokens.get(next)?.is("[") {
        return None;
    }
    let is_symbol = tokens.get(next + 1)?.is(":");
    let name = tokens.get(next + 1 + usize::from(is_symbol))?;
    let close = next + 2 + usize::from(is_symbol);
    let is_set = tokens.get(close)?.is("]")
        && tokens.get(close + 1)?.is("=")
        && !tokens.get(close + 2)?.is("=");
    (is_set && (name.is_text() || is_symbol)).then_some(name.text)
}

#[cfg(test)]
mod tests {
    use super::super::language::of_ending;
    use super::super::lexer;
    use super::*;

    fn told(ending: &str, text: &str) -> (Vec<String>, Vec<String>) {
        let language = of_ending(ending).expect("a language");
        let tokens = lexer::tokens(text, language);
        let mut found = Vec::new();
        let mut names = Names::new(&mut found);
        let bindings = imports(&tokens, language, &mut names);
        strings(&tokens, &mut names);
        let bound = bindings
            .iter()
            .map(|(name, path)| format!("{name}={path}"))
            .collect();
        let told = found
            .iter()
            .map(|m| format!("{:?} {}", m.kind, m.name))
            .collect();
        (told, bound)
    }

    #[test]
    fn imports_bind_names_in_every_language() {
        let bound = |ending, text| told(ending, text).1;
        assert_eq!(
            bound(
                "py",
                "import a.b as c, d\nfrom e.f import (G as H,\n I)\nfrom .x import y"
            ),
            [
                "G=pypi:e.f.G",
                "H=pypi:e.f.G",
                "I=pypi:e.f.I",
                "c=pypi:a.b",
                "d=pypi:d"
            ]
        );
        assert_eq!(
            bound(
                "ts",
                "import A, { B as C } from 'p/q';\nconst { d: e } = require('@s/p/x');\nimport z from './z'"
            ),
            ["A=npm:p/q", "C=npm:p/q", "e=npm:@s/p/x"]
        );
        assert_eq!(
            bound("java", "import static com.a.B;\nclass X {}"),
            ["B=maven:com.a.B"]
        );
        assert_eq!(
            bound(
                "go",
                "import (\n \"github.com/stripe/stripe-go/v76\"\n x \"a.b/c\"\n)"
            ),
            ["stripe=go:github.com/stripe/stripe-go/v76", "x=go:a.b/c"]
        );
        assert_eq!(
            bound("php", "<?php\nuse A\\B\\C as D;\nuse E\\F;"),
            [
                "C=packagist:A\\B\\C",
                "D=packagist:A\\B\\C",
                "F=packagist:E\\F"
            ]
        );
        assert_eq!(
            bound("rs", "use a::b::{C, D};\nuse crate::x;"),
            ["C=cargo:a::b::C", "D=cargo:a::b::D"]
        );
    }

    #[test]
    fn strings_name_hosts_variables_scopes_and_cookies() {
        let told = |ending, text| told(ending, text).0;
        assert_eq!(
            told("py", "x = 'https://api.example.com/v1'"),
            ["Host https://api.example.com/v1"]
        );
        assert_eq!(told("js", "process.env.STRIPE_KEY"), ["Env STRIPE_KEY"]);
        assert_eq!(told("go", "os.Getenv(\"STRIPE_KEY\")"), ["Env STRIPE_KEY"]);
        assert_eq!(
            told(
                "ts",
                "const scopes = [\"Mail.Read\", \"openid email\"]; f(\"x\")"
            ),
            ["Scope Mail.Read", "Scope openid", "Scope email"]
        );
        assert_eq!(
            told("js", "document.cookie = 'seen=1; path=/'"),
            ["Cookie seen"]
        );
        assert_eq!(told("rb", "cookies.signed[:uid] = 1"), ["Cookie uid"]);
        assert_eq!(told("rb", "x = cookies[:uid]"), [""; 0]);
        assert_eq!(
            told("js", "res.cookie('sid', 1); Cookies.set('tz', z)"),
            ["Cookie sid", "Cookie tz"]
        );
    }
}
