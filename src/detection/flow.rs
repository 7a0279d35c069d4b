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
];

/// Objects of the program, whose paths, sessions and bodies are nobody's in particular.
const TECHNICAL: &[&str] = &[
    "request", "req", "response", "res", "ctx", "context", "config", "settings", "options", "opts",
    "params", "args", "event", "job", "task", "message", "msg", "state", "props", "result", "data",
    "payload", "body", "query", "client", "server", "session", "app", "log", "logger", "env",
    "process", "file", "path", "url", "node", "element",
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
    let object = object.map(str::to_ascii_lowercase);
    let object = object.as_deref().map(|o| o.trim_start_matches('_'));
    if object.is_some_and(|o| ERRORS.contains(&o)) {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    let key = data_type.key();
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
        return of_person(&lower) || object.is_some_and(of_person);
    }
    let is_weak = key.starts_with("usage.")
        || matches!(
            key,
            "location.region" | "location.timezone" | "location.visit"
        );
    let is_nobodys = object.is_none_or(|o| TECHNICAL.contains(&o));
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
