//! Where a call lets its arguments out: a log, a file, a cookie, an imported package, a host.
//! Judges by the names of the call; whose a package or host is, detection knows.

use super::Flow;
use super::word::words_of;
use crate::field::Outlet;
use crate::source::code::language::Language;
use crate::source::code::lexer::Token;
use crate::source::html::web_addresses;

pub(super) fn is_log_word(name: &str) -> bool {
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

pub(super) const LEVELS: &[&str] = &[
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
    /// Where a call lets its arguments out, and how many of the first ones say no more than where.
    pub(super) fn outlets(&self, words: &[&str], inside: &[Token<'_>]) -> Vec<(Outlet, usize)> {
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
}

pub(super) fn is_log(
    words: &[&str],
    lower: &str,
    inside: &[Token<'_>],
    language: &Language,
) -> bool {
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
pub(super) fn host_of(inside: &[Token<'_>]) -> Option<Outlet> {
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
