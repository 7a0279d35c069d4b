//! What names of calls and variables say: that a value is hidden, counted, handed on as it is, or something else.
//! Knows words only; where they stand, the followers of values know.

pub(super) fn words_of(name: &str) -> Vec<String> {
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
pub(super) fn is_sanitiser(name: &str) -> bool {
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
pub(super) fn is_transparent(name: &str) -> bool {
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

/// `getEmail` → `email`.
pub(super) fn accessor(name: &str) -> String {
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
pub(super) fn says_something_else(name: &str) -> bool {
    const LAST: &[&str] = &[
        "domain", "domains", "host", "hostname", "url", "uri", "enabled", "verified", "status",
        "template", "version", "type", "kind",
    ];
    words_of(name)
        .last()
        .is_some_and(|w| LAST.contains(&w.as_str()))
}

/// Words after a dot that count without being called.
pub(super) fn is_counting(name: &str) -> bool {
    matches!(
        name.to_ascii_lowercase().as_str(),
        "length" | "size" | "count" | "len" | "hash" | "domain"
    )
}
