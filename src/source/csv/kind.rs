//! What a cell looks like, as far as telling names from values goes.
//! Knows nothing of delimiters, and nothing of data types.

/// What a cell looks like, as far as telling names from values goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Nothing.
    Empty,
    /// Digits with signs and separators: numbers, dates, times, phones.
    Number,
    /// `@` in it, a URL, an address, a key: never a name.
    Value,
    /// Too long or too many words for a name.
    Long,
    /// Stands for a missing or logical value.
    Token,
    /// Words.
    Text,
}

impl Kind {
    /// The kind of a cell.
    pub fn of(cell: &[u8]) -> Self {
        let Ok(text) = std::str::from_utf8(cell) else {
            return Kind::Value;
        };
        let text = text.trim();
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        if text.is_empty() {
            Kind::Empty
        } else if text.contains('@')
            || text.contains("://")
            || text.contains("www.")
            || text.contains('\\')
            || text.contains('{')
        {
            Kind::Value
        } else if letters == 0 || digits > 0 && digits >= letters {
            Kind::Number
        } else if text.len() > 64 || text.split_whitespace().count() > 8 {
            Kind::Long
        } else if TOKENS.contains(&text.to_lowercase().as_str()) {
            Kind::Token
        } else if digits >= 5 || text.contains(':') && digits >= 4 || is_dotted_host(text) {
            Kind::Value
        } else {
            Kind::Text
        }
    }
}

/// `mail.example.com`, `photo.jpg`: unlike `address.city`, ends in a known domain or file ending.
fn is_dotted_host(text: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "com", "org", "net", "de", "fr", "uk", "eu", "io", "it", "es", "nl", "pl", "jpg", "png",
        "pdf", "html", "txt", "csv",
    ];
    !text.contains(' ')
        && text
            .rsplit_once('.')
            .is_some_and(|(_, ending)| ENDINGS.contains(&ending.to_ascii_lowercase().as_str()))
}

const TOKENS: &[&str] = &[
    "-", "--", "?", "n/a", "na", "n.a.", "nan", "nil", "none", "null", "\\n", "true", "false",
    "yes", "no", "y", "n", "ja", "nein", "oui", "non", "si", "sí", "unknown", "m", "f", "d",
    "male", "female", "mr", "mrs", "ms", "herr", "frau", "mme", "active", "inactive", "pending",
];
