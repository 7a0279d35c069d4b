//! Flows: which of the values that code hands out are personal data, and who gets them.
//! Judges names by the classifier of fields; how a value travels through code, the reader says.

use super::Detection;
use super::field::{DatasetView, FieldView};
use super::recipient::catalogue;
use crate::field::{Dataset, DatasetKind, Field, Mention, MentionKind, Outlet, Passing};
use crate::finding::Confidence;
use crate::source::SourceKind;
use crate::taxonomy::DataType;

/// A value that leaves, judged.
#[derive(Clone, Debug)]
pub struct Leaving {
    /// What it is.
    pub data_type: DataType,
    /// How sure.
    pub confidence: Confidence,
    /// recipient, log, file or cookie.
    pub to: &'static str,
    /// The recipient's position in the catalogue, where it is one.
    pub recipient: Option<usize>,
}

/// Where a value goes: the word of the formats, and the recipient. `None` where it reaches nobody that is known.
pub fn outlet(to: &Outlet) -> Option<(&'static str, Option<usize>)> {
    let vendor = |kind, name: &str| {
        let at = catalogue().named_by(&Mention::at(kind, name, 0))?;
        Some(("recipient", Some(at)))
    };
    match to {
        Outlet::Log => Some(("log", None)),
        Outlet::File => Some(("file", None)),
        Outlet::Cookie => Some(("cookie", None)),
        Outlet::Import(name) => vendor(MentionKind::Import, name),
        Outlet::Call(name) => vendor(MentionKind::Call, name),
        Outlet::Host(name) => vendor(MentionKind::Host, name),
    }
}

impl Detection {
    /// What a value is, judged by the name of the object it is a part of and its own; best first, likely and up.
    pub fn judge_name(&self, object: Option<&str>, name: &str) -> Vec<(DataType, Confidence)> {
        let dataset = Dataset {
            name: object.unwrap_or_default().to_owned(),
            kind: DatasetKind::Class,
            ..Dataset::default()
        };
        let field = Field::named(name);
        let view = DatasetView {
            source: "",
            source_kind: SourceKind::Code,
            dataset: &dataset,
            fields: vec![FieldView {
                field: &field,
                summary: None,
            }],
        };
        let judged = self.classifier.classify(&view).fields.into_iter().flatten();
        let sure = judged.filter_map(|j| {
            let confidence = Confidence::of(j.score)?;
            (confidence >= Confidence::Likely).then_some((j.data_type, confidence))
        });
        sure.collect()
    }

    /// The personal data in a value that leaves.
    pub fn leaving(&self, passing: &Passing) -> Vec<Leaving> {
        let Some((to, recipient)) = outlet(&passing.to) else {
            return Vec::new();
        };
        let judged = self.judge_name(passing.object.as_deref(), &passing.name);
        let object = passing.object.as_deref();
        let is_handed = object.is_none_or(|o| TECHNICAL.contains(&o.to_ascii_lowercase().as_str()));
        if to == "log" && is_handed && is_whole_person(&passing.name) {
            return vec![whole_person(to)];
        }
        let is_meant = |(data_type, _): &(DataType, Confidence)| {
            is_telling(object, &passing.name, *data_type, recipient.is_some())
        };
        let judged = judged.into_iter().filter(is_meant);
        let leaving = judged.map(|(data_type, confidence)| Leaving {
            data_type,
            // A name alone, read in code that was not run, never makes sure.
            confidence: confidence.min(Confidence::Likely),
            to,
            recipient,
        });
        leaving.collect()
    }
}

/// Whether a bare variable holds a person: a log that prints it shows who, by number or by all that is known.
fn is_whole_person(name: &str) -> bool {
    const WHO: &[&str] = &[
        "user",
        "customer",
        "patient",
        "employee",
        "person",
        "subscriber",
        "student",
        "visitor",
        "applicant",
    ];
    const WHICH: &[&str] = &[
        "current", "new", "logged", "in", "the", "my", "this", "auth",
    ];
    let words = words_of(name);
    let Some((who, which)) = words.split_last() else {
        return false;
    };
    WHO.contains(&who.as_str()) && which.iter().all(|w| WHICH.contains(&w.as_str()))
}

fn whole_person(to: &'static str) -> Leaving {
    let data_type = DataType::from_key("contact.account_id");
    Leaving {
        data_type: data_type.expect("a key of the taxonomy; a test names it"),
        confidence: Confidence::Likely,
        to,
        recipient: None,
    }
}

/// The words of a name in code, in lower case: `driverName` → `driver`, `name`.
fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut was_lower = false;
    for c in name.chars() {
        let begins = c.is_uppercase() && was_lower;
        if !c.is_alphanumeric() || begins || words.is_empty() {
            words.push(String::new());
        }
        was_lower = c.is_lowercase() || c.is_ascii_digit();
        if let Some(last) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            last.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Words by which a name speaks about a thing and does not hold it: `emailDomain`, `mapUserId`, `nameColumn`.
const ABOUT: &[&str] = &[
    "attr",
    "attribute",
    "base",
    "class",
    "col",
    "column",
    "config",
    "count",
    "csrf",
    "disabled",
    "domain",
    "domains",
    "driver",
    "enabled",
    "endpoint",
    "exists",
    "field",
    "flag",
    "format",
    "hostname",
    "index",
    "invalid",
    "label",
    "limit",
    "map",
    "mapping",
    "missing",
    "nonce",
    "null",
    "option",
    "path",
    "pattern",
    "placeholder",
    "prefix",
    "provider",
    "queue",
    "regex",
    "required",
    "service",
    "setting",
    "settings",
    "suffix",
    "template",
    "topic",
    "total",
    "uri",
    "valid",
    "verified",
    "verifier",
    "version",
    "with",
    "without",
];

/// Things of a program that have names, too.
const THINGS: &[&str] = &[
    "app",
    "bucket",
    "class",
    "command",
    "component",
    "container",
    "db",
    "driver",
    "event",
    "file",
    "function",
    "host",
    "image",
    "job",
    "method",
    "module",
    "node",
    "package",
    "plugin",
    "process",
    "product",
    "queue",
    "role",
    "schema",
    "server",
    "service",
    "table",
    "task",
    "template",
    "type",
    "account",
    "branch",
    "font",
    "theme",
    "cluster",
    "region",
    "index",
    "category",
    "tag",
];

/// Words for what people write to each other.
const LETTERS: &[&str] = &[
    "mail",
    "email",
    "emails",
    "sms",
    "chat",
    "chats",
    "conversation",
    "inbox",
    "letter",
    "inquiry",
    "enquiry",
    "mailbox",
    "imessage",
    "whatsapp",
];

/// Whether a name says something about personal data, and does not hold it.
fn speaks_about(object: Option<&str>, name: &str, key: &str) -> bool {
    let words = words_of(name);
    let is_link = matches!(
        key,
        "contact.photo" | "contact.online_profile" | "usage.page_view"
    );
    let is_free =
        key.starts_with("contact.") || key.starts_with("usage.") || key == "sensitive.credential";
    if is_free && !is_link && words.iter().any(|w| ABOUT.contains(&w.as_str())) {
        return true;
    }
    let owner = object.map(words_of).unwrap_or_default();
    let is_of_thing = owner.last().is_some_and(|w| THINGS.contains(&w.as_str()));
    if matches!(key, "contact.name" | "contact.username") {
        let [.., before, last] = words.as_slice() else {
            return is_of_thing;
        };
        return last == "name" && (THINGS.contains(&before.as_str()) || is_of_thing);
    }
    // The subject of a token is an account; the address of a client is one of a network.
    let is_claim = owner
        .iter()
        .any(|w| matches!(w.as_str(), "claims" | "claim" | "token" | "cert"));
    // Programs send each other messages, too; only what is a person's by its name counts.
    let is_letter = |w: &String| LETTERS.contains(&w.as_str());
    let is_letter = owner.iter().chain(&words).any(is_letter);
    (key == "usage.communication" && (is_claim || !is_letter))
        || (key == "contact.postal_address" && is_client(&owner))
}

fn is_client(owner: &[String]) -> bool {
    owner
        .last()
        .is_some_and(|w| matches!(w.as_str(), "client" | "server" | "socket" | "conn"))
}

/// What errors are called in code: their message is the program's.
const ERRORS: &[&str] = &[
    "e",
    "ex",
    "err",
    "error",
    "exc",
    "exception",
    "cause",
    "t",
    "th",
    "throwable",
    "failure",
    "warn",
    "warning",
];

/// Objects of the program, whose paths, sessions and bodies are nobody's in particular.
const TECHNICAL: &[&str] = &[
    "request",
    "req",
    "response",
    "res",
    "ctx",
    "context",
    "config",
    "settings",
    "options",
    "opts",
    "params",
    "args",
    "event",
    "job",
    "task",
    "message",
    "msg",
    "state",
    "props",
    "result",
    "data",
    "payload",
    "body",
    "query",
    "client",
    "server",
    "session",
    "app",
    "log",
    "logger",
    "env",
    "process",
    "file",
    "path",
    "url",
    "node",
    "element",
    "info",
    "gateway",
    "processor",
    "sensor",
];

/// Words for people in names of objects and keys.
const PEOPLE: &[&str] = &[
    "user",
    "customer",
    "member",
    "patient",
    "employee",
    "person",
    "owner",
    "author",
    "client",
    "subscriber",
    "contact",
    "student",
    "visitor",
    "guest",
    "applicant",
    "candidate",
    "account",
    "login",
    "staff",
    "admin",
];

/// Whether a name in code is sure enough to say that a value is personal. A field of a table says what it holds; a
/// variable may hold anything of that name, so that weak types need an object beside it.
fn is_telling(object: Option<&str>, name: &str, data_type: DataType, is_recipient: bool) -> bool {
    let key = data_type.key();
    if speaks_about(object, name, key) {
        return false;
    }
    let owner = object.map(words_of).unwrap_or_default();
    let is_one_of =
        |list: &[&str], word: Option<&String>| word.is_some_and(|w| list.contains(&w.as_str()));
    if is_one_of(ERRORS, owner.first()) || is_one_of(ERRORS, owner.last()) {
        return false;
    }
    let object = object.map(str::to_ascii_lowercase);
    let object = object.as_deref().map(|o| o.trim_start_matches('_'));
    let lower = name.to_ascii_lowercase();
    // Keys with which a program proves itself to a service are its own.
    let is_key = ["key", "token", "secret", "client"]
        .iter()
        .any(|w| lower.contains(w));
    if key == "sensitive.credential" && is_recipient && (is_key || object.is_none()) {
        return false;
    }
    let is_id = ["_id", "_ids", "Id", "Ids", "ID", "IDs"]
        .iter()
        .any(|ending| name.ends_with(ending));
    if is_id
        && !matches!(
            key,
            "contact.account_id" | "usage.cookie_id" | "usage.device_id"
        )
    {
        return false;
    }
    if key == "contact.account_id" {
        let of_person = |text: &str| {
            PEOPLE
                .iter()
                .filter(|p| **p != "account")
                .any(|p| text.contains(p))
        };
        // The client that signs in with OAuth is a program.
        let words = words_of(name);
        let is_program = matches!(words.as_slice(), [.., before, last]
            if before == "client" && last.starts_with("id"));
        return (of_person(&lower) && !is_program) || object.is_some_and(of_person);
    }
    let is_weak = key.starts_with("usage.")
        || matches!(
            key,
            "location.region" | "location.timezone" | "location.visit" | "contact.employment"
        );
    let is_technical =
        object.is_some_and(|o| TECHNICAL.contains(&o)) || is_one_of(TECHNICAL, owner.last());
    let is_nobodys = object.is_none() || is_technical;
    !(is_weak && is_nobodys)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn telling(object: Option<&str>, name: &str, key: &str, is_recipient: bool) -> bool {
        let data_type = DataType::from_key(key).expect("a data type");
        is_telling(object, name, data_type, is_recipient)
    }

    #[test]
    fn messages_of_errors_and_keys_of_programs_are_not_personal() {
        assert!(!telling(Some("e"), "message", "usage.communication", false));
        assert!(!telling(None, "accessToken", "sensitive.credential", true));
        assert!(telling(
            Some("user"),
            "password",
            "sensitive.credential",
            true
        ));
    }

    #[test]
    fn names_that_speak_about_personal_data_hold_none() {
        for (object, name, key) in [
            (Some("db"), "driverName", "contact.name"),
            (Some("job"), "FullName", "contact.name"),
            (None, "accountName", "contact.username"),
            (Some("c"), "MapUserID", "contact.account_id"),
            (None, "emailDomain", "contact.email"),
            (None, "idsWithNullEmail", "contact.email"),
            (Some("Client"), "BaseAddress", "contact.postal_address"),
            (Some("id_claims"), "subject", "usage.communication"),
            (Some("transactionResult"), "Message", "usage.communication"),
            (Some("ErrNotFound"), "Message", "usage.communication"),
            (Some("envelope"), "msg", "usage.communication"),
            (Some("gateway"), "deviceId", "usage.device_id"),
            (None, "oAuth2ClientIds", "contact.account_id"),
            (None, "_identityClientId", "contact.account_id"),
            (None, "codeVerifier", "sensitive.credential"),
        ] {
            assert!(!telling(object, name, key, false), "{name}");
        }
        assert!(telling(
            Some("mail"),
            "subject",
            "usage.communication",
            false
        ));
        assert!(telling(None, "firstName", "contact.name", false));
        assert!(telling(Some("user"), "name", "contact.name", false));
        assert!(telling(None, "avatarPath", "contact.photo", false));
    }

    #[test]
    fn a_variable_that_is_a_person_is_told_whole() {
        assert!(is_whole_person("user") && is_whole_person("currentUser"));
        assert!(!is_whole_person("users") && !is_whole_person("userCount"));
        assert!(!is_whole_person("newUserForm"));
        assert_eq!(whole_person("log").data_type.key(), "contact.account_id");
    }

    #[test]
    fn weak_names_need_an_object_and_ids_a_person() {
        assert!(!telling(None, "session", "usage.session", false));
        assert!(telling(None, "email", "contact.email", false));
        assert!(!telling(Some("account"), "id", "contact.account_id", false));
        assert!(telling(
            Some("current_user"),
            "id",
            "contact.account_id",
            false
        ));
        assert!(!telling(
            Some("owner"),
            "family_id",
            "contact.family",
            false
        ));
    }
}
