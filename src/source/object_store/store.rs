//! The stores themselves, by the crate `object_store`: made from the environment, once a bucket, and asked synchronously.
//! Knows variables, requests and the errors of each store; the texts of errors are ours.

use super::{Object, split};
use crate::source::SourceError;
use crate::source::input::Stream;
use futures_util::TryStreamExt;
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::path::Path;
use object_store::{ClientOptions, Error, ObjectMeta, ObjectStore, ObjectStoreExt, RetryConfig};
use std::collections::BTreeMap;
use std::future::Future;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::runtime::Runtime;

/// Bytes of the first request for an object, which often is only looked at, and of those after it.
const FIRST_BYTES: u64 = 64 << 10;
const MOST_BYTES: u64 = 4 << 20;

/// Objects listed under one URL.
const LISTED_AT_MOST: usize = 5_000_000;

type Store = Arc<dyn ObjectStore>;

fn runtime() -> Result<&'static Runtime, SourceError> {
    static RUNTIME: OnceLock<io::Result<Runtime>> = OnceLock::new();
    let made = RUNTIME.get_or_init(|| {
        // Another part may have chosen the same provider before; either will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
    });
    made.as_ref()
        .map_err(|_| SourceError::Server("no thread could be started for the object store".into()))
}

fn wait<T>(work: impl Future<Output = T>) -> Result<T, SourceError> {
    Ok(runtime()?.block_on(work))
}

/// The store of a bucket, made at its first use.
fn store_of(bucket_url: &str) -> Result<Store, SourceError> {
    static STORES: Mutex<BTreeMap<String, Store>> = Mutex::new(BTreeMap::new());
    let mut stores = STORES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(store) = stores.get(bucket_url) {
        return Ok(Arc::clone(store));
    }
    runtime()?;
    let (scheme, bucket) = bucket_url.split_once("://").unwrap_or_default();
    let store = match scheme {
        "s3" => s3(bucket),
        "gs" => google(bucket),
        _ => azure(bucket),
    }?;
    stores.insert(bucket_url.to_owned(), Arc::clone(&store));
    Ok(store)
}

fn variable(names: &[&str]) -> Option<String> {
    let mut set = names.iter().filter_map(|name| std::env::var(name).ok());
    set.find(|value| !value.is_empty())
}

fn retries() -> RetryConfig {
    RetryConfig {
        max_retries: 3,
        retry_timeout: Duration::from_secs(30),
        ..RetryConfig::default()
    }
}

fn s3(bucket: &str) -> Result<Store, SourceError> {
    const KEYS: &[&str] = &[
        "AWS_ACCESS_KEY_ID",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_SKIP_SIGNATURE",
    ];
    // Without any, the crate would ask the cloud's own network for them, which nobody named.
    if variable(KEYS).is_none() {
        return Err(needs(
            "Amazon S3",
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_SKIP_SIGNATURE=true for a public bucket",
        ));
    }
    let endpoint = variable(&["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"]);
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(bucket)
        .with_retry(retries());
    if let Some(endpoint) = endpoint {
        builder = builder
            .with_allow_http(endpoint.starts_with("http://"))
            .with_endpoint(endpoint);
    }
    if let Some(region) = variable(&["AWS_REGION", "AWS_DEFAULT_REGION"]) {
        builder = builder.with_region(region);
    }
    made("Amazon S3", builder.build())
}

fn google(bucket: &str) -> Result<Store, SourceError> {
    const KEYS: &[&str] = &[
        "GOOGLE_APPLICATION_CREDENTIALS",
        "GOOGLE_SERVICE_ACCOUNT",
        "GOOGLE_SERVICE_ACCOUNT_PATH",
        "GOOGLE_SERVICE_ACCOUNT_KEY",
        "SERVICE_ACCOUNT",
        "GOOGLE_SKIP_SIGNATURE",
        "STORAGE_EMULATOR_HOST",
    ];
    if variable(KEYS).is_none() {
        return Err(needs(
            "Google Cloud Storage",
            "set GOOGLE_APPLICATION_CREDENTIALS to the file of a service account, or GOOGLE_SKIP_SIGNATURE=true for a public bucket",
        ));
    }
    let mut builder = GoogleCloudStorageBuilder::from_env()
        .with_bucket_name(bucket)
        .with_retry(retries());
    if let Some(host) = variable(&["STORAGE_EMULATOR_HOST"]) {
        let url = match host.contains("://") {
            true => host,
            false => format!("http://{host}"),
        };
        let is_plain = url.starts_with("http://");
        builder = builder
            .with_base_url(url.trim_end_matches('/'))
            .with_skip_signature(true)
            .with_client_options(ClientOptions::new().with_allow_http(is_plain));
    }
    made("Google Cloud Storage", builder.build())
}

fn azure(container: &str) -> Result<Store, SourceError> {
    let connection = variable(&["AZURE_STORAGE_CONNECTION_STRING"]).unwrap_or_default();
    let said: BTreeMap<&str, &str> = connection
        .split(';')
        .filter_map(|part| part.split_once('='))
        .collect();
    let is_emulator = variable(&["AZURE_STORAGE_USE_EMULATOR", "AZURITE_BLOB_STORAGE_URL"])
        .is_some_and(|value| value != "false")
        || said.contains_key("UseDevelopmentStorage");
    let account = variable(&["AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT"])
        .or_else(|| said.get("AccountName").map(|name| (*name).to_owned()));
    if account.is_none() && !is_emulator {
        return Err(needs(
            "Azure Blob Storage",
            "set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY, or AZURE_STORAGE_CONNECTION_STRING",
        ));
    }
    let mut builder = MicrosoftAzureBuilder::from_env()
        .with_container_name(container)
        .with_use_emulator(is_emulator)
        .with_retry(retries());
    if let Some(account) = account {
        builder = builder.with_account(account);
    }
    let key = variable(&["AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_KEY"])
        .or_else(|| said.get("AccountKey").map(|key| (*key).to_owned()));
    if let Some(key) = key {
        builder = builder.with_access_key(key);
    }
    if let Some(endpoint) = said.get("BlobEndpoint") {
        builder = builder
            .with_allow_http(endpoint.starts_with("http://"))
            .with_endpoint((*endpoint).to_owned());
    }
    if let Some(signature) = said.get("SharedAccessSignature") {
        builder = builder.with_config(
            object_store::azure::AzureConfigKey::SasKey,
            (*signature).to_owned(),
        );
    }
    made("Azure Blob Storage", builder.build())
}

fn needs(store: &str, what: &str) -> SourceError {
    SourceError::Server(format!("{store} needs credentials: {what}"))
}

fn made<S: ObjectStore>(name: &str, built: Result<S, Error>) -> Result<Store, SourceError> {
    match built {
        Ok(store) => Ok(Arc::new(store)),
        // What it says may quote a key.
        Err(_) => Err(SourceError::Server(format!(
            "{name} cannot be asked: one of its variables (key, endpoint, region, file of an account) is not valid"
        ))),
    }
}

/// Lists what lies under a URL.
pub(super) fn list(url: &str, objects: &mut Vec<Object>) -> Result<(), SourceError> {
    let (bucket_url, key) = split(url);
    let store = store_of(bucket_url)?;
    let key = key.trim_start_matches('/');
    let base = base_of(key);
    let object = |meta: ObjectMeta| Object {
        url: format!("{bucket_url}/{}", meta.location),
        size: meta.size,
    };
    if !key.is_empty() && base == key && !key.ends_with('/') {
        match wait(store.head(&path(key)?))? {
            Ok(meta) => {
                objects.push(object(meta));
                return Ok(());
            }
            // No object of that name: it may be a folder's.
            Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(told(&error, bucket_url)),
        }
    }
    let prefix = match base.trim_end_matches('/') {
        "" => None,
        folder => Some(path(folder)?),
    };
    let wanted = wanted(key, base)?;
    let listed = wait(async {
        let mut all = store.list(prefix.as_ref());
        while let Some(meta) = all.try_next().await? {
            let is_wanted = wanted
                .as_ref()
                .is_none_or(|glob| glob.is_match(meta.location.as_ref()));
            if is_wanted && objects.len() < LISTED_AT_MOST {
                objects.push(object(meta));
            }
        }
        Ok(())
    })?;
    listed.map_err(|error: Error| told(&error, bucket_url))?;
    if objects.len() == LISTED_AT_MOST {
        return Err(SourceError::Limit(format!(
            "more than {LISTED_AT_MOST} objects; name a narrower prefix for those beyond"
        )));
    }
    if objects.is_empty() && !key.is_empty() {
        return Err(SourceError::Server(format!(
            "there is no object and no prefix of that name in {bucket_url}"
        )));
    }
    Ok(())
}

/// The folders of a key before the first that holds a sign of a glob.
fn base_of(key: &str) -> &str {
    match key.find(['*', '?', '[', '{']) {
        Some(sign) => key[..sign].rfind('/').map_or("", |end| &key[..end]),
        None => key,
    }
}

fn wanted(key: &str, base: &str) -> Result<Option<globset::GlobMatcher>, SourceError> {
    if base == key {
        return Ok(None);
    }
    let glob = globset::GlobBuilder::new(key)
        .literal_separator(true)
        .build();
    let glob = glob.map_err(|_| SourceError::Server("the key is not a valid glob".into()))?;
    Ok(Some(glob.compile_matcher()))
}

fn path(key: &str) -> Result<Path, SourceError> {
    Path::parse(key.trim_end_matches('/')).map_err(|_| {
        SourceError::Server(
            "the key has empty steps or steps of dots, which this reader cannot ask for".into(),
        )
    })
}

/// What went wrong, in our words: those of the store may quote requests and their signatures.
fn told(error: &Error, bucket_url: &str) -> SourceError {
    SourceError::Server(format!("{bucket_url}: {}", what(error)))
}

fn what(error: &Error) -> String {
    match error {
        Error::NotFound { .. } => "there is no such bucket or object".to_owned(),
        Error::Unauthenticated { .. } => {
            "the credentials are not accepted; check the variables of the store".to_owned()
        }
        Error::PermissionDenied { .. } => {
            "access is denied; the credentials need to list and to read".to_owned()
        }
        Error::InvalidPath { .. } => {
            "it holds a key with empty steps or steps of dots, which cannot be asked for".to_owned()
        }
        other => match status(other) {
            Some(404) => "there is no such bucket or object".to_owned(),
            Some(401 | 403) => "access is denied; check the credentials".to_owned(),
            Some(status) => format!("the store answered with status {status}"),
            None => connection(other),
        },
    }
}

/// The status that a store answered with. The crate keeps it in its text only.
fn status(error: &Error) -> Option<u16> {
    let text = error.to_string();
    let (_, after) = text.split_once("status code: ")?;
    after.get(..3)?.parse().ok()
}

fn connection(error: &Error) -> String {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<io::Error>()
            && io.kind() != io::ErrorKind::Other
        {
            return format!("the store cannot be reached: {}", io.kind());
        }
        cause = inner.source();
    }
    "the store did not answer, or not as one; check its endpoint and region".to_owned()
}

/// Opens a range of an object.
pub(super) fn open(url: &str, start: u64, end: u64) -> Result<Stream, SourceError> {
    let (bucket_url, key) = split(url);
    Ok(Box::new(ObjectStream {
        store: store_of(bucket_url)?,
        path: path(key.trim_start_matches('/'))?,
        at: start,
        end,
        next: FIRST_BYTES,
        held: Vec::new(),
        given: 0,
    }))
}

/// An object's bytes, asked for in ranges that grow.
struct ObjectStream {
    store: Store,
    path: Path,
    at: u64,
    end: u64,
    next: u64,
    held: Vec<u8>,
    given: usize,
}

impl ObjectStream {
    fn refill(&mut self) -> io::Result<()> {
        let range = self.at..self.end.min(self.at + self.next);
        self.next = (self.next * 4).min(MOST_BYTES);
        let asked = wait(self.store.get_range(&self.path, range.clone()));
        let bytes = asked
            .map_err(io::Error::other)?
            .map_err(|error| io::Error::new(kind_of(&error), what(&error)))?;
        if bytes.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.at += bytes.len() as u64;
        self.held = bytes.to_vec();
        self.given = 0;
        Ok(())
    }
}

fn kind_of(error: &Error) -> io::ErrorKind {
    match error {
        Error::NotFound { .. } => io::ErrorKind::NotFound,
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => {
            io::ErrorKind::PermissionDenied
        }
        _ => io::ErrorKind::ConnectionAborted,
    }
}

impl Read for ObjectStream {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given == self.held.len() {
            if self.at >= self.end || out.is_empty() {
                return Ok(0);
            }
            self.refill()?;
        }
        let taken = (&self.held[self.given..]).read(out)?;
        self.given += taken;
        Ok(taken)
    }
}
