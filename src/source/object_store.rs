//! Object stores: Amazon S3 and what speaks like it, Google Cloud Storage, Azure Blob Storage. Lists what lies under a URL and
//! reads objects in ranges, as they are asked for; objects then are sources like files.
//! Credentials are those of the usual environment variables, used because the user named a URL of that store; none is shown.
//! The asynchronous runtime that the crate below needs stays in this file.

use super::SourceError;
use super::input::Stream;

/// Schemes of URLs that name objects.
const SCHEMES: [&str; 3] = ["s3://", "gs://", "az://"];

/// One object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// `scheme://bucket/key`.
    pub url: String,
    /// Its size in bytes.
    pub size: u64,
}

/// Whether a URL names objects.
pub fn is_object_url(url: &str) -> bool {
    SCHEMES.iter().any(|scheme| url.starts_with(scheme))
}

/// The URL's scheme and bucket, and the key or its beginning. Keys are taken as they are written, without escapes.
fn split(url: &str) -> (&str, &str) {
    let bucket_start = url.find("://").map_or(0, |at| at + 3);
    match url[bucket_start..].find('/') {
        Some(slash) => url.split_at(bucket_start + slash),
        None => (url, ""),
    }
}

/// What lies under a URL: the one object of that key, else all whose keys begin with it as a folder's do, sorted by key.
/// What was listed before an error stands.
pub fn list(url: &str) -> (Vec<Object>, Option<SourceError>) {
    let mut objects = Vec::new();
    let failure = store::list(url, &mut objects).err();
    objects.sort_by(|a, b| a.url.cmp(&b.url));
    (objects, failure)
}

/// The bytes of an object from `start` to `end`, read as they are asked for.
pub fn open(url: &str, start: u64, end: u64) -> Result<Stream, SourceError> {
    store::open(url, start, end)
}

#[cfg(not(feature = "object-stores"))]
mod store {
    use super::{Object, SourceError, Stream};

    fn left_out() -> SourceError {
        SourceError::Server("object stores need ropa built with the feature `object-stores`".into())
    }

    pub(super) fn list(_: &str, _: &mut Vec<Object>) -> Result<(), SourceError> {
        Err(left_out())
    }

    pub(super) fn open(_: &str, _: u64, _: u64) -> Result<Stream, SourceError> {
        Err(left_out())
    }
}

#[cfg(feature = "object-stores")]
#[path = "object_store/store.rs"]
mod store;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_apart_as_they_are_written() {
        assert_eq!(
            split("s3://bucket/a/b c%20#?.csv"),
            ("s3://bucket", "/a/b c%20#?.csv")
        );
        assert_eq!(split("gs://bucket"), ("gs://bucket", ""));
        assert_eq!(split("az://bucket/"), ("az://bucket", "/"));
        assert!(is_object_url("s3://bucket") && !is_object_url("postgres://host/db"));
    }

    #[cfg(feature = "object-stores")]
    #[test]
    fn a_store_without_credentials_says_which_variables_it_wants() {
        // No test sets them; the machine's own might.
        if std::env::vars().any(|(name, _)| name.starts_with("AWS_")) {
            return;
        }
        let (objects, failure) = list("s3://bucket/");
        assert!(objects.is_empty());
        let why = failure.expect("refused").to_string();
        assert!(why.contains("AWS_ACCESS_KEY_ID"), "{why}");
    }
}
