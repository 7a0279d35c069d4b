//! Permissions held against the calls that code makes: which are used, which only read, which not at all.
//! It judges by the calls that were seen; what runs elsewhere it cannot know, and says so.

use super::permission::{Opening, Use, uses};
use crate::field::{Mention, MentionKind};
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a call does with what it reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doing {
    /// It reads.
    Reads,
    /// It changes, sends or removes.
    Writes,
    /// Its name does not tell.
    Unknown,
}

/// A call that needs some permission.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Used {
    /// Position in [`uses`].
    pub at: usize,
    /// What it does.
    pub doing: Doing,
    /// Where: the source as shown.
    pub source: String,
    /// Line, from 1.
    pub line: u64,
}

/// How what is asked for and what is called fit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fit {
    /// No call of the provider was seen that could tell.
    Unknown,
    /// A call needs it.
    Needed(Used),
    /// Calls read what it also lets them change.
    OnlyRead(Used),
    /// Calls of the provider were seen, so many of them, and none needs it.
    Unneeded(usize),
}

/// Whether it is a path, the first step; then the uses with all their steps.
type ByStep = HashMap<(bool, String), Vec<(usize, Vec<String>)>>;

/// The steps of each known call by its first step, in lower case.
static BY_STEP: LazyLock<ByStep> = LazyLock::new(|| {
    let mut table = ByStep::new();
    for (at, known) in uses().iter().enumerate() {
        for call in &known.calls {
            let steps = steps(call);
            if let Some(first) = steps.first() {
                let key = (call.starts_with('/'), first.clone());
                let entry = table.entry(key).or_default();
                entry.push((at, steps));
            }
        }
    }
    table
});

fn steps(call: &str) -> Vec<String> {
    let steps = call.split(['/', '.']).filter(|step| !step.is_empty());
    steps.map(str::to_ascii_lowercase).collect()
}

/// The uses of permissions that a mention shows.
pub fn used(mention: &Mention, source: &str) -> Vec<Used> {
    let name = mention.name.as_str();
    let (doing, call) = match mention.kind {
        MentionKind::Path => {
            let (verb, path) = name.split_once(' ').unwrap_or(("", name));
            (doing_of_verb(verb), path)
        }
        MentionKind::Call => (doing_of_name(name), name),
        _ => return Vec::new(),
    };
    let steps = steps(call);
    let mut found: Vec<Used> = Vec::new();
    for (start, step) in steps.iter().enumerate() {
        let key = (mention.kind == MentionKind::Path, step.clone());
        let all = BY_STEP.get(&key).into_iter().flatten();
        let fitting = all.filter(|(_, known)| steps[start..].starts_with(known));
        // The longest says most exactly what is called.
        let fitting: Vec<_> = fitting.collect();
        let longest = fitting.iter().map(|(_, known)| known.len()).max();
        let best = fitting
            .iter()
            .filter(|(_, known)| Some(known.len()) == longest);
        found.extend(best.map(|(at, _)| Used {
            at: *at,
            doing,
            source: source.to_owned(),
            line: mention.place.line,
        }));
    }
    found
}

fn doing_of_verb(verb: &str) -> Doing {
    match verb {
        "GET" | "HEAD" => Doing::Reads,
        "POST" | "PUT" | "PATCH" | "DELETE" => Doing::Writes,
        _ => Doing::Unknown,
    }
}

/// What the last word of a call says: `messages.list` reads, `messages.send` writes.
fn doing_of_name(name: &str) -> Doing {
    const READS: &[&str] = &[
        "get", "list", "search", "query", "watch", "export", "fetch", "read", "download", "find",
        "count", "on", "getall", "execute",
    ];
    const WRITES: &[&str] = &[
        "send", "insert", "create", "update", "patch", "delete", "remove", "set", "add", "post",
        "put", "modify", "trash", "untrash", "import", "move", "copy", "upload", "write", "batch",
        "clear",
    ];
    let words = name.rsplit('.').map(str::to_ascii_lowercase);
    for word in words.take(3) {
        let begins = |list: &[&str]| list.iter().any(|w| word.starts_with(w));
        if word.starts_with("execute") || word.starts_with("then") {
            continue;
        }
        if begins(WRITES) {
            return Doing::Writes;
        }
        if begins(READS) {
            return Doing::Reads;
        }
    }
    Doing::Unknown
}

/// How a permission that is asked for fits the calls that were seen.
pub fn fit(opening: &Opening, used: &[Used]) -> Fit {
    let known: &[Use] = uses();
    let of_provider = |u: &&Used| known[u.at].provider == opening.provider;
    let seen = used.iter().filter(of_provider).count();
    let is_known = known
        .iter()
        .any(|u| u.provider == opening.provider && u.needs(&opening.id));
    if seen == 0 || !is_known {
        return Fit::Unknown;
    }
    let needs = |u: &&Used| of_provider(u) && known[u.at].needs(&opening.id);
    let mut calls: Vec<&Used> = used.iter().filter(needs).collect();
    calls.sort();
    let Some(first) = calls.first() else {
        return Fit::Unneeded(seen);
    };
    let writes = opening.access != "read";
    match calls.iter().find(|u| u.doing != Doing::Reads) {
        None if writes => Fit::OnlyRead((*first).clone()),
        Some(other) if writes => Fit::Needed((*other).clone()),
        _ => Fit::Needed((*first).clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::permission::named;
    use super::*;

    fn judged(permission: &str, mentions: &[(MentionKind, &str)]) -> Fit {
        let mentions = mentions.iter().zip(1..);
        let used: Vec<Used> = mentions
            .flat_map(|((kind, name), line)| used(&Mention::at(*kind, *name, line), "a.ts"))
            .collect();
        fit(named(permission).expect("a permission"), &used)
    }

    #[test]
    fn what_only_reads_needs_no_right_to_write() {
        let path = |name| (MentionKind::Path, name);
        let mail = "microsoft_graph:Mail.ReadWrite";
        assert!(matches!(
            judged(mail, &[path("GET /me/messages")]),
            Fit::OnlyRead(_)
        ));
        let both = [path("GET /me/messages"), path("PATCH /me/messages/")];
        assert!(matches!(judged(mail, &both), Fit::Needed(u) if u.line == 2));
        assert!(matches!(
            judged(mail, &[path("GET /me/events")]),
            Fit::Unneeded(1)
        ));
        assert_eq!(judged(mail, &[path("GET /orders")]), Fit::Unknown);
        let unknown = [path("? /me/messages")];
        assert!(matches!(judged(mail, &unknown), Fit::Needed(_)));
    }

    #[test]
    fn calls_of_clients_and_browsers_count() {
        let call = |name| (MentionKind::Call, name);
        let gmail = "google:https://www.googleapis.com/auth/gmail.modify";
        let list = [call("service.users.messages.list")];
        assert!(matches!(judged(gmail, &list), Fit::OnlyRead(_)));
        let history = "browser_extension:history";
        let tabs = [call("chrome.tabs.query")];
        assert!(matches!(judged(history, &tabs), Fit::Unneeded(1)));
        let search = [call("browser.history.search")];
        assert!(matches!(
            judged(history, &search),
            Fit::OnlyRead(_) | Fit::Needed(_)
        ));
    }
}
