//! Marks beside a member — annotations, attributes, decorators — as tags, validators and keys.
//! What a mark means for data protection, detection knows.

use super::member::{closing, written};
use crate::field::{Field, Tag};
use crate::source::code::lexer::Token;

/// A tag.
pub fn tag(name: &str, value: &str) -> Tag {
    Tag {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

/// Marks before a member: `@Email`, `[PersonalData]`, `#[pii]`: tags and validators, and where the member begins.
pub fn marks(tokens: &[Token<'_>]) -> (Vec<Tag>, usize) {
    let mut tags = Vec::new();
    let mut at = 0;
    loop {
        let is = |i: usize, text: &str| tokens.get(i).is_some_and(|t| t.is(text));
        if is(at, "@") {
            // `@field:Email` of Kotlin names what is marked first.
            let name_at = if is(at + 2, ":") { at + 3 } else { at + 1 };
            let Some(mut name) = tokens.get(name_at) else {
                break;
            };
            at = name_at + 1;
            while is(at, ".") && tokens.get(at + 1).is_some_and(Token::is_word) {
                name = &tokens[at + 1];
                at += 2;
            }
            let mut value = String::new();
            if is(at, "(") {
                let close = closing(tokens, at);
                value = written(tokens.get(at + 1..close).unwrap_or_default());
                at = close + 1;
            }
            tags.push(tag(name.text, &value));
        } else if is(at, "[") || (is(at, "#") && is(at + 1, "[")) {
            let open = at + usize::from(is(at, "#"));
            let close = closing(tokens, open);
            let inside = tokens.get(open + 1..close).unwrap_or_default();
            for part in inside.split(|t| t.is(",")) {
                let words: Vec<&str> = part
                    .iter()
                    .take_while(|t| !t.is("("))
                    .map(|t| t.text)
                    .collect();
                let value = part.iter().skip(words.len() + 1);
                let value: Vec<Token<'_>> = value.filter(|t| !t.is(")")).copied().collect();
                tags.push(tag(&words.concat(), &written(&value)));
            }
            at = close + 1;
        } else {
            break;
        }
    }
    (tags, at)
}

/// Marks apart: what says that data is personal or protected stays a tag, the rest checks values.
pub fn apply(tags: Vec<Tag>, field: &mut Field) {
    for tag in tags {
        let lower = tag.name.to_ascii_lowercase();
        let is_key = matches!(
            lower.as_str(),
            "id" | "key" | "primarykey" | "primarygeneratedcolumn" | "primarycolumn"
        );
        field.primary_key |= is_key;
        let means = [
            "pii",
            "personal",
            "sensitive",
            "confidential",
            "gdpr",
            "redact",
            "mask",
            "encrypt",
            "classification",
            "secret",
        ];
        if means.iter().any(|m| lower.contains(m))
            || (lower == "convert" && tag.value.to_ascii_lowercase().contains("encrypt"))
        {
            let name = if lower == "convert" {
                "encrypt".to_owned()
            } else {
                tag.name
            };
            field.tags.push(Tag {
                name,
                value: tag.value.replace('"', ""),
            });
        } else if let Some(comment) = tag
            .value
            .split_once("comment")
            .filter(|_| lower == "column")
        {
            field.comment = comment.1.split('"').nth(1).map(str::to_owned);
        } else if matches!(
            lower.as_str(),
            "email"
                | "isemail"
                | "emailaddress"
                | "phone"
                | "isphonenumber"
                | "url"
                | "isurl"
                | "isiban"
                | "creditcardnumber"
                | "isip"
                | "ismobilephone"
                | "iscreditcard"
                | "ispostalcode"
        ) {
            field
                .validators
                .push(lower.trim_start_matches("is").to_owned());
        }
    }
    let masks = ["Secret<", "SecretString", "Redacted<", "SecretStr"];
    let kind = field.declared_type.as_deref().unwrap_or_default();
    if let Some(mask) = masks.iter().find(|m| kind.contains(**m)) {
        field.tags.push(tag("redact", mask.trim_end_matches('<')));
    }
}
