//! What the user named, as a sorted list of things to read: files, folders, globs, standard input, URLs.
//! Heeds ignore rules; knows nothing of what is inside the files.

use crate::source::object_store::{self, Object};
use crate::source::{Coverage, SourceError};
use ignore::WalkBuilder;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

pub mod git;

/// Standard input, as a target and as the name of its source.
pub const STDIN: &str = "-";

/// How folders are walked.
#[derive(Clone, Copy, Debug, Default)]
pub struct WalkOptions {
    /// Read what `.gitignore` and `.ropaignore` exclude, too.
    pub no_ignore: bool,
    /// Files above this size, in bytes, are listed as skipped.
    pub max_file_size: Option<u64>,
}

/// One thing to read, or the reason why it will not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its name in outputs: the path from where ropa was run, or the URL without credentials.
    pub name: String,
    /// Where it is.
    pub at: Location,
    /// Set where it will not be read.
    pub refused: Option<Coverage>,
    /// Size in bytes, for planning; 0 where it is unknown.
    pub size: u64,
}

/// Where a candidate is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A file on disk.
    File(PathBuf),
    /// Standard input.
    Stdin,
    /// A server or bucket, with its credentials.
    Url(String),
    /// An object of a store.
    Object(Object),
    /// Bytes at hand: a file as it stands in a git tree.
    Bytes(Arc<[u8]>),
}

/// A target that names nothing.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// A path that does not exist.
    #[error(
        "there is no file or folder `{0}`; a glob needs quotes, a database a URL such as postgres://host/name"
    )]
    NotFound(String),
    /// A glob that is not one.
    #[error("`{0}` is not a valid glob: {1}")]
    Glob(String, String),
    /// A variable that is not set.
    #[error("the environment variable `{0}` is not set, so the target env:{0} names nothing")]
    Variable(String),
    /// A variable whose value is neither a URL nor a path.
    #[error(
        "the environment variable `{0}` holds neither a URL such as postgres://host/name nor a path of something that is there"
    )]
    VariableValue(String),
}

/// Everything that the targets name, sorted by name, each once.
pub fn collect(targets: &[String], options: WalkOptions) -> Result<Vec<Candidate>, TargetError> {
    let mut found = BTreeMap::new();
    for target in targets {
        for candidate in candidates(target, options)? {
            found.entry(candidate.name.clone()).or_insert(candidate);
        }
    }
    Ok(found.into_values().collect())
}

fn candidates(target: &str, options: WalkOptions) -> Result<Vec<Candidate>, TargetError> {
    if target == STDIN {
        return Ok(vec![Candidate {
            name: STDIN.into(),
            at: Location::Stdin,
            refused: None,
            size: 0,
        }]);
    }
    if let Some(variable) = target.strip_prefix("env:") {
        let url =
            std::env::var(variable).map_err(|_| TargetError::Variable(variable.to_owned()))?;
        if is_url(&url) {
            return Ok(of_url(&url, options));
        }
        // What the variable holds is never shown: it may be a password.
        return candidates(&url, options)
            .map_err(|_| TargetError::VariableValue(variable.to_owned()));
    }
    if is_url(target) {
        return Ok(of_url(target, options));
    }
    let path = Path::new(target);
    if path.is_dir() {
        return Ok(walk(path, options));
    }
    if path.symlink_metadata().is_ok() {
        return Ok(vec![of_file(path, options)]);
    }
    if target.contains(['*', '?', '[', '{']) {
        return glob(target, options);
    }
    Err(TargetError::NotFound(target.to_owned()))
}

fn is_url(target: &str) -> bool {
    let scheme_end = target.find(':').unwrap_or(0);
    let scheme = &target[..scheme_end];
    let is_scheme = scheme.len() > 1
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'-');
    is_scheme && (target[scheme_end..].starts_with("://") || scheme == "sqlite")
}

fn of_url(url: &str, options: WalkOptions) -> Vec<Candidate> {
    if object_store::is_object_url(url) {
        return of_store(url, options);
    }
    vec![Candidate {
        name: crate::source::input::without_credentials(url),
        at: Location::Url(url.to_owned()),
        refused: None,
        size: 0,
    }]
}

/// The objects that a URL names. Where they cannot be listed, or not all, the URL itself stands for the rest, with the reason.
fn of_store(url: &str, options: WalkOptions) -> Vec<Candidate> {
    let (objects, failure) = object_store::list(url);
    let mut found: Vec<Candidate> = objects
        .into_iter()
        .map(|object| Candidate {
            name: object.url.clone(),
            refused: over_size(object.size, options),
            size: object.size,
            at: Location::Object(object),
        })
        .collect();
    let refused = failure.map(|error| match (&error, found.is_empty()) {
        (SourceError::Limit(why), _) => Coverage::Partial(why.clone()),
        (_, true) => Coverage::Failed(error.to_string()),
        (_, false) => Coverage::Partial(format!("not all of it could be listed: {error}")),
    });
    found.extend(refused.map(|refused| Candidate {
        name: url.to_owned(),
        at: Location::Url(url.to_owned()),
        refused: Some(refused),
        size: 0,
    }));
    found
}

fn of_file(path: &Path, options: WalkOptions) -> Candidate {
    let (size, refused) = match std::fs::metadata(path) {
        Ok(meta) if !meta.is_file() => (0, Some(Coverage::Skipped("not a regular file".into()))),
        Ok(meta) => (meta.len(), over_size(meta.len(), options)),
        Err(e) => (0, Some(Coverage::Failed(reason(&e)))),
    };
    Candidate {
        name: shown(path),
        at: Location::File(path.to_owned()),
        refused,
        size,
    }
}

fn over_size(size: u64, options: WalkOptions) -> Option<Coverage> {
    let limit = options.max_file_size.filter(|limit| size > *limit)?;
    Some(Coverage::Skipped(format!(
        "{size} bytes, over the limit of {limit} (--max-file-size)"
    )))
}

/// What the operating system said, without the path it may quote.
fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "the link points to nothing".into(),
        kind => kind.to_string(),
    }
}

fn walk(root: &Path, options: WalkOptions) -> Vec<Candidate> {
    if options.no_ignore {
        walk_all(root, options)
    } else {
        walk_heeding(root, options)
    }
}

fn walk_heeding(root: &Path, options: WalkOptions) -> Vec<Candidate> {
    let mut builder = WalkBuilder::new(root);
    builder
        .hidden(false)
        .require_git(false)
        .add_custom_ignore_filename(".ropaignore")
        .follow_links(false);
    builder.filter_entry(|entry| entry.file_name() != ".git");
    let mut found = Vec::new();
    for entry in builder.build() {
        match entry {
            Ok(entry) => found.extend(of_entry(
                entry.path(),
                entry.file_type(),
                entry.depth(),
                options,
            )),
            Err(error) => found.extend(of_walk_error(&error, root)),
        }
    }
    found
}

fn walk_all(root: &Path, options: WalkOptions) -> Vec<Candidate> {
    let walk = walkdir::WalkDir::new(root).follow_links(false);
    let mut found = Vec::new();
    for entry in walk
        .into_iter()
        .filter_entry(|entry| entry.file_name() != ".git")
    {
        match entry {
            Ok(entry) => found.extend(of_entry(
                entry.path(),
                Some(entry.file_type()),
                entry.depth(),
                options,
            )),
            Err(error) => {
                let path = error.path().unwrap_or(root).to_owned();
                let why = error
                    .io_error()
                    .map_or_else(|| "it cannot be walked".to_owned(), reason);
                found.push(unreadable(&path, why));
            }
        }
    }
    found
}

fn of_entry(
    path: &Path,
    kind: Option<std::fs::FileType>,
    depth: usize,
    options: WalkOptions,
) -> Option<Candidate> {
    let kind = kind?;
    if kind.is_dir() {
        return None;
    }
    // A link named by the user is followed; one met on the way could lead out of the tree or in a circle.
    if kind.is_symlink() && depth > 0 {
        let refused = Some(Coverage::Skipped(
            "a symbolic link; name its target to have it read".into(),
        ));
        return Some(Candidate {
            name: shown(path),
            at: Location::File(path.to_owned()),
            refused,
            size: 0,
        });
    }
    Some(of_file(path, options))
}

fn of_walk_error(error: &ignore::Error, root: &Path) -> Option<Candidate> {
    let path = error_path(error).unwrap_or_else(|| root.to_owned());
    // Other errors are malformed lines of an ignore file, which hide nothing: what they meant to exclude is read.
    error.io_error().map(|io| unreadable(&path, reason(io)))
}

fn error_path(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            error_path(err)
        }
        _ => None,
    }
}

fn unreadable(path: &Path, why: String) -> Candidate {
    Candidate {
        name: shown(path),
        at: Location::File(path.to_owned()),
        refused: Some(Coverage::Failed(why)),
        size: 0,
    }
}

fn glob(pattern: &str, options: WalkOptions) -> Result<Vec<Candidate>, TargetError> {
    let bad = |e: globset::Error| TargetError::Glob(pattern.to_owned(), e.kind().to_string());
    let matcher = globset::GlobBuilder::new(pattern.trim_start_matches("./"))
        .literal_separator(true)
        .build()
        .map_err(bad)?;
    let matcher = matcher.compile_matcher();
    let base: PathBuf = Path::new(pattern)
        .components()
        .take_while(|part| {
            !part
                .as_os_str()
                .to_string_lossy()
                .contains(['*', '?', '[', '{'])
        })
        .collect();
    let base = if base.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        base
    };
    let found: Vec<_> = walk(&base, options)
        .into_iter()
        .filter(|c| matcher.is_match(&c.name))
        .collect();
    if found.is_empty() {
        Err(TargetError::NotFound(pattern.to_owned()))
    } else {
        Ok(found)
    }
}

/// The part of a list that one of several runs reads: `index` from 1 `of` so many. Every run that sees the same list cuts
/// it the same way: the largest first, each to the part that has least so far.
pub fn shard(candidates: Vec<Candidate>, index: usize, of: usize) -> Vec<Candidate> {
    let mut by_size: Vec<usize> = (0..candidates.len()).collect();
    by_size.sort_by_key(|i| (std::cmp::Reverse(candidates[*i].size), *i));
    let mut loads = vec![(0_u64, 0_usize); of];
    let mut mine = vec![false; candidates.len()];
    for i in by_size {
        let least = (0..of)
            .min_by_key(|part| (loads[*part], *part))
            .unwrap_or(0);
        loads[least] = (loads[least].0 + candidates[i].size, loads[least].1 + 1);
        mine[i] = least + 1 == index;
    }
    candidates
        .into_iter()
        .zip(mine)
        .filter(|(_, is_mine)| *is_mine)
        .map(|(candidate, _)| candidate)
        .collect()
}

/// The path as outputs show it: `/` between steps, no `./` in front.
pub fn shown(path: &Path) -> String {
    let mut steps = Vec::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::RootDir => steps.push(String::new()),
            other => steps.push(other.as_os_str().to_string_lossy().into_owned()),
        }
    }
    if steps.is_empty() {
        ".".into()
    } else {
        steps.join("/")
    }
}

/// The folder that fingerprints and CI outputs count from: the nearest one upwards from `start` that holds a
/// `ropa.toml` or a `.git`; `start` itself where there is none.
pub fn root_of(start: &Path) -> PathBuf {
    let start = std::path::absolute(start).unwrap_or_else(|_| start.to_owned());
    let start = if start.is_file() {
        start.parent().unwrap_or(&start).to_owned()
    } else {
        start
    };
    let is_root =
        |folder: &&Path| folder.join("ropa.toml").is_file() || folder.join(".git").exists();
    start.ancestors().find(is_root).unwrap_or(&start).to_owned()
}

/// A source's name counted from the root, for fingerprints and CI outputs.
pub fn from_root(name: &str, root: &Path) -> String {
    if name == STDIN || name.contains("://") {
        return name.to_owned();
    }
    let normal = |path: &Path| {
        let mut out = PathBuf::new();
        for part in path.components() {
            match part {
                Component::ParentDir => {
                    out.pop();
                }
                Component::CurDir => {}
                other => out.push(other.as_os_str()),
            }
        }
        out
    };
    let Ok(absolute) = std::path::absolute(Path::new(name)) else {
        return name.to_owned();
    };
    match normal(&absolute).strip_prefix(normal(root)) {
        Ok(inside) => shown(inside),
        Err(_) => name.to_owned(),
    }
}

/// Whether a path, counted from the root, is a folder or file or lies below it.
pub fn is_below(path: &str, folder: &str) -> bool {
    folder == "."
        || path == folder
        || path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn names(folder: &Path, options: WalkOptions) -> Vec<String> {
        let target = folder.display().to_string();
        let prefix = shown(folder) + "/";
        let found = collect(&[target], options).expect("the folder exists");
        found
            .into_iter()
            .map(|c| c.name.strip_prefix(&prefix).unwrap_or(&c.name).to_owned())
            .collect()
    }

    #[test]
    fn ignore_rules_are_heeded_and_can_be_switched_off() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join(".gitignore"), "out/\n").expect("writable");
        fs::write(folder.path().join(".ropaignore"), "*.bak\n").expect("writable");
        for file in ["a.csv", "b.bak", ".env"] {
            fs::write(folder.path().join(file), "x").expect("writable");
        }
        fs::create_dir(folder.path().join("out")).expect("writable");
        fs::write(folder.path().join("out/c.csv"), "x").expect("writable");
        assert_eq!(
            names(folder.path(), WalkOptions::default()),
            [".env", ".gitignore", ".ropaignore", "a.csv"]
        );
        let all = names(
            folder.path(),
            WalkOptions {
                no_ignore: true,
                max_file_size: None,
            },
        );
        assert_eq!(
            all,
            [
                ".env",
                ".gitignore",
                ".ropaignore",
                "a.csv",
                "b.bak",
                "out/c.csv"
            ]
        );
    }

    #[cfg(unix)]
    #[test]
    fn links_are_listed_and_not_followed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::os::unix::fs::symlink("/etc", folder.path().join("out")).expect("writable");
        std::os::unix::fs::symlink(".", folder.path().join("loop")).expect("writable");
        let found = collect(
            &[folder.path().display().to_string()],
            WalkOptions::default(),
        )
        .expect("it exists");
        assert_eq!(found.len(), 2);
        assert!(
            found
                .iter()
                .all(|c| matches!(c.refused, Some(Coverage::Skipped(_))))
        );
    }

    #[test]
    fn a_missing_path_is_an_error_that_names_it() {
        let error = collect(&["no/such/file".into()], WalkOptions::default())
            .expect_err("it does not exist");
        assert!(error.to_string().contains("no/such/file"));
    }

    #[test]
    fn urls_lose_their_credentials() {
        let found = collect(
            &["postgres://me:se@cret@db.example/shop?x=1".into()],
            WalkOptions::default(),
        );
        assert_eq!(
            found.expect("a URL is taken as it is")[0].name,
            "postgres://db.example/shop"
        );
    }

    #[test]
    fn shards_share_everything_and_nothing_twice() {
        let candidate = |i: u64| Candidate {
            name: format!("f{i}"),
            at: Location::Stdin,
            refused: None,
            size: i * i % 17,
        };
        let all: Vec<Candidate> = (0..50).map(candidate).collect();
        let mut joined: Vec<Candidate> = (1..=4).flat_map(|i| shard(all.clone(), i, 4)).collect();
        joined.sort_by_key(|c| c.name[1..].parse::<u64>().expect("a number"));
        assert_eq!(joined, all);
    }

    #[test]
    fn over_large_files_are_listed_as_skipped() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("big"), "0123456789").expect("writable");
        let options = WalkOptions {
            no_ignore: false,
            max_file_size: Some(5),
        };
        let found = collect(&[folder.path().display().to_string()], options).expect("it exists");
        assert!(matches!(found[0].refused, Some(Coverage::Skipped(_))));
    }
}
