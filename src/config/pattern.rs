//! `source:dataset.field` with globs: which fields a rule is about.

use globset::{GlobBuilder, GlobMatcher};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A pattern over fields, compiled. In the source `*` stops at `/` and `**` does not; in `dataset.field` `*` is any text.
/// Without a source it is about fields of every source.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(with = "String")]
pub struct FieldPattern {
    text: String,
    source: Option<GlobMatcher>,
    object: GlobMatcher,
}

impl FieldPattern {
    /// Compiles a pattern; `None` where it is none.
    pub fn new(text: &str) -> Option<Self> {
        let (source, object) = split(text);
        let source = match source {
            Some(source) => Some(path_glob(source)?),
            None => None,
        };
        let object = GlobBuilder::new(object)
            .literal_separator(false)
            .build()
            .ok()?
            .compile_matcher();
        Some(Self {
            text: text.to_owned(),
            source,
            object,
        })
    }

    /// Whether it covers a field, given as the path of its source and `dataset.field`.
    pub fn matches(&self, source: &str, object: &str) -> bool {
        self.source
            .as_ref()
            .is_none_or(|glob| glob.is_match(source))
            && self.object.is_match(object)
    }

    /// Whether it covers fields of a source at all.
    pub fn matches_source(&self, source: &str) -> bool {
        self.source
            .as_ref()
            .is_none_or(|glob| glob.is_match(source))
    }

    /// The part about `dataset.field`, as written.
    pub fn object(&self) -> &str {
        split(&self.text).1
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Source and object of a pattern; the colon of a URL's scheme or port parts nothing.
fn split(text: &str) -> (Option<&str>, &str) {
    match text.rsplit_once(':') {
        Some((source, object)) if !object.starts_with("//") => (Some(source), object),
        _ => (None, text),
    }
}

/// A glob over objects, `dataset.field`.
pub fn object_glob(text: &str) -> Option<globset::Glob> {
    GlobBuilder::new(text).literal_separator(false).build().ok()
}

/// A glob over paths and URLs.
pub fn path_glob(text: &str) -> Option<GlobMatcher> {
    GlobBuilder::new(text)
        .literal_separator(true)
        .build()
        .ok()
        .map(|glob| glob.compile_matcher())
}

impl PartialEq for FieldPattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Serialize for FieldPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for FieldPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text)
            .ok_or_else(|| serde::de::Error::custom("not a pattern such as `db/**:public.users.*`"))
    }
}

/// A pattern over sources: a path or URL, with globs; a folder covers all below it.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(with = "String")]
pub struct SourcePattern {
    text: String,
    glob: GlobMatcher,
}

impl SourcePattern {
    /// Compiles a pattern; `None` where it is none.
    pub fn new(text: &str) -> Option<Self> {
        let trimmed = text.trim_start_matches("./");
        Some(Self {
            text: text.to_owned(),
            glob: path_glob(trimmed)?,
        })
    }

    /// Whether it covers a source.
    pub fn matches(&self, source: &str) -> bool {
        let folder = self.text.trim_start_matches("./").trim_end_matches('/');
        let below = || {
            source
                .strip_prefix(folder)
                .is_some_and(|rest| rest.starts_with('/') || rest.starts_with("!/"))
        };
        folder == "." || self.glob.is_match(source) || below()
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for SourcePattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Serialize for SourcePattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for SourcePattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text)
            .ok_or_else(|| serde::de::Error::custom("not a path or glob such as `db/**`"))
    }
}
