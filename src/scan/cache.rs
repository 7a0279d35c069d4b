//! Results of files kept from run to run, so that what has not changed is not read again. A result is found by the digest of
//! the file's content, its name, this program, the detectors and the options; it holds what an inventory holds, and no values.
//! A cache that is damaged, or another program's, is no cache: everything is read, and a note says so.

use super::Part;
use crate::inventory::{CoverageId, DatasetRecord, SourceRecord, SpanRecord};
use crate::target::{Candidate, Location};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// First line of every cache.
const MARK: &str = "ropa-cache/1";
/// Name of the file where a folder is named.
const FILE_NAME: &str = "ropa-cache.jsonl";
/// Results kept of files that are not looked at in a run.
const KEPT_AT_MOST: usize = 1 << 20;
/// Formats that read files beside the one they are named for.
const READ_MORE: [&str; 1] = ["sqlite"];

/// What one source gave, as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    source: SourceRecord,
    datasets: Vec<DatasetRecord>,
    spans: Vec<SpanRecord>,
}

/// Where a result is found: by name first, so that the result of what a file was before can be dropped.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    name: String,
    content: String,
    /// Size and time of change when the content was digested.
    seen: (u64, Option<SystemTime>),
}

impl Key {
    fn written(&self) -> String {
        format!("{}{}", self.name, self.content)
    }
}

/// A cache in use.
#[derive(Debug)]
pub struct Cache {
    file: PathBuf,
    /// What every result depends on beside its file.
    base: String,
    known: HashMap<String, String>,
    note: Option<String>,
    used: Mutex<BTreeMap<String, String>>,
    named: Mutex<HashSet<String>>,
}

fn hex(digest: impl AsRef<[u8]>) -> String {
    digest.as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

/// A digest of parts, each with its length, so that no two lists look the same.
pub fn digest<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> String {
    let mut sum = Sha256::new();
    for part in parts {
        sum.update((part.len() as u64).to_le_bytes());
        sum.update(part);
    }
    hex(sum.finalize())
}

/// The digest of a file's content.
pub fn digest_of_file(file: &Path) -> io::Result<String> {
    let mut file = File::open(file)?;
    let mut sum = Sha256::new();
    let mut block = vec![0; 256 << 10];
    loop {
        match file.read(&mut block)? {
            0 => return Ok(hex(sum.finalize())),
            read => sum.update(&block[..read]),
        }
    }
}

impl Cache {
    /// Opens a cache for results that depend on `base`.
    pub fn open(place: &Path, base: String) -> Self {
        let file = match place.is_dir() {
            true => place.join(FILE_NAME),
            false => place.to_owned(),
        };
        let (known, note) = match std::fs::read(&file) {
            Ok(bytes) => read(&bytes, &base),
            Err(error) if error.kind() == io::ErrorKind::NotFound => (HashMap::new(), None),
            Err(error) => (HashMap::new(), Some(error.kind().to_string())),
        };
        let note = note.map(|why| format!("the cache {} is not used: {why}", file.display()));
        Self {
            file,
            base,
            known,
            note,
            used: Mutex::default(),
            named: Mutex::default(),
        }
    }

    /// Why what was there is not used, or not all of it.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Whether a candidate is the cache itself.
    pub fn is_at(&self, candidate: &Candidate) -> bool {
        let Location::File(file) = &candidate.at else {
            return false;
        };
        let is_alike = file.file_name() == self.file.file_name();
        is_alike && file.canonicalize().ok() == self.file.canonicalize().ok()
    }

    /// Where the result of a candidate is; `None` for what is no file, or cannot be read.
    pub fn key(&self, candidate: &Candidate, path: &str) -> Option<Key> {
        let Location::File(file) = &candidate.at else {
            return None;
        };
        if candidate.refused.is_some() {
            return None;
        }
        let seen = seen(file)?;
        let name = digest([candidate.name.as_bytes()])[..16].to_owned();
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        named.insert(name.clone());
        drop(named);
        let content = digest_of_file(file).ok()?;
        let parts = [
            self.base.as_bytes(),
            content.as_bytes(),
            candidate.name.as_bytes(),
            path.as_bytes(),
        ];
        Some(Key {
            name,
            content: digest(parts),
            seen,
        })
    }

    /// The result that is kept under a key.
    pub(super) fn get(&self, key: &Key) -> Option<Vec<Part>> {
        let written = key.written();
        let body = self.known.get(&written)?;
        let kept: Vec<Kept> = serde_json::from_str(body).ok()?;
        self.use_again(written, body.clone());
        let part = |kept: Kept| Part {
            source: kept.source,
            datasets: kept.datasets,
            spans: kept.spans,
            facts: None,
        };
        Some(kept.into_iter().map(part).collect())
    }

    /// Keeps a result, unless it may be another one next time, or would not hold all of it.
    pub(super) fn put(&self, key: &Key, candidate: &Candidate, parts: &[Part]) {
        let Location::File(file) = &candidate.at else {
            return;
        };
        let may_change = |part: &Part| {
            let format = part.source.format.as_deref().unwrap_or_default();
            part.source.coverage == CoverageId::Failed || READ_MORE.contains(&format)
        };
        // What a source names outside of it is settled among all sources of a run, and is read each time.
        let is_fleeting = parts
            .iter()
            .any(|part| part.facts.is_some() || may_change(part));
        if is_fleeting || seen(file) != Some(key.seen) {
            return;
        }
        let kept: Vec<Kept> = parts.iter().map(Part::kept).collect();
        if let Ok(body) = serde_json::to_string(&kept) {
            self.use_again(key.written(), body);
        }
    }

    fn use_again(&self, key: String, body: String) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.insert(key, body);
    }

    /// Writes what was used and what other targets may use again: beside its place, then renamed, so that another run sees
    /// the old cache or the new one.
    pub fn save(&self) -> io::Result<()> {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        let is_others =
            |key: &&String| !used.contains_key(*key) && !named.contains(&key[..16.min(key.len())]);
        let mut all: Vec<(&String, &String)> = used.iter().collect();
        let mut others: Vec<&String> = self.known.keys().filter(is_others).collect();
        others.sort();
        others.truncate(KEPT_AT_MOST);
        all.extend(
            others
                .iter()
                .filter_map(|key| self.known.get_key_value(*key)),
        );
        all.sort();
        let folder = self
            .file
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let part = tempfile::Builder::new()
            .prefix(".ropa-")
            .suffix(".part")
            .tempfile_in(folder)?;
        let mut out = BufWriter::new(part.as_file());
        writeln!(out, "{MARK} {}", self.base)?;
        for (key, body) in all {
            writeln!(
                out,
                "{} {key} {body}",
                &digest([key.as_bytes(), body.as_bytes()])[..16]
            )?;
        }
        out.flush()?;
        drop(out);
        part.persist(&self.file).map_err(|error| error.error)?;
        Ok(())
    }
}

fn seen(file: &Path) -> Option<(u64, Option<SystemTime>)> {
    let meta = std::fs::metadata(file).ok()?;
    Some((meta.len(), meta.modified().ok()))
}

/// The results of a cache; a note where it is none, or some of it is damaged.
fn read(bytes: &[u8], base: &str) -> (HashMap<String, String>, Option<String>) {
    let nothing = |why: &str| (HashMap::new(), Some(why.to_owned()));
    let Ok(text) = std::str::from_utf8(bytes) else {
        return nothing("it is not one of ropa's");
    };
    let mut lines = text.lines();
    let Some(mark) = lines.next().and_then(|line| line.split_once(' ')) else {
        return nothing("it is not one of ropa's");
    };
    if mark.0 != MARK {
        return nothing("it is not one of ropa's, or of another version");
    }
    if mark.1 != base {
        return nothing("it was made by another version, with other detectors or other options");
    }
    let (mut known, mut damaged) = (HashMap::new(), 0);
    for line in lines {
        match entry(line) {
            Some((key, body)) => drop(known.insert(key.to_owned(), body.to_owned())),
            None => damaged += 1,
        }
    }
    let note = (damaged > 0).then(|| format!("{damaged} of its results, which are damaged"));
    (known, note)
}

fn entry(line: &str) -> Option<(&str, &str)> {
    let (sum, rest) = line.split_once(' ')?;
    let (key, body) = rest.split_once(' ')?;
    let is_whole = digest([key.as_bytes(), body.as_bytes()])[..16] == *sum;
    is_whole.then_some((key, body))
}

impl Part {
    fn kept(&self) -> Kept {
        Kept {
            source: self.source.clone(),
            datasets: self.datasets.clone(),
            spans: self.spans.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_cache_of_this_run_is_not_used() {
        for (text, is_noted) in [
            (&b"\xff\xfe"[..], true),
            (b"", true),
            (b"name,email\n", true),
            (b"ropa-cache/9 base\n", true),
            (b"ropa-cache/1 other\n", true),
            (b"ropa-cache/1 base\nbroken\n", true),
            (b"ropa-cache/1 base\n", false),
        ] {
            let (known, note) = read(text, "base");
            assert!(known.is_empty());
            assert_eq!(note.is_some(), is_noted);
        }
    }

    #[test]
    fn lists_of_parts_do_not_run_together() {
        let one = digest([&b"ab"[..], b"c"]);
        assert_ne!(one, digest([&b"a"[..], b"bc"]));
        assert_eq!(one.len(), 64);
    }
}
