//! What changed in a git repository, and files as they stood: asked of the `git` command, which is never told to write.
//! Knows nothing of what the files hold.

use super::{Candidate, Location, WalkOptions};
use crate::source::Coverage;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Why git could not be asked. Its own messages name refs and paths only, and are kept to one line.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// No git command.
    #[error("git cannot be run: {0}")]
    Missing(std::io::ErrorKind),
    /// No repository.
    #[error("{} is not in a git repository; --since, --staged and two revisions need one", .0.display())]
    NoRepository(PathBuf),
    /// No such revision.
    #[error(
        "git knows no revision `{0}` here; in a shallow clone fetch it first (actions/checkout: fetch-depth: 0)"
    )]
    Revision(String),
    /// Something else.
    #[error("git {0} failed: {1}")]
    Failed(&'static str, String),
}

/// A repository.
#[derive(Clone, Debug)]
pub struct Repository {
    top: PathBuf,
}

/// What changed between an earlier state and now.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Paths that stand now and are new or other than before, from the top of the repository.
    pub now: Vec<String>,
    /// Paths that stood before and are other now, or gone.
    pub before: Vec<String>,
}

/// A state that blobs are read from.
#[derive(Clone, Debug)]
pub enum Tree {
    /// A commit.
    Commit(String),
    /// The index: what would be committed.
    Index,
}

impl Repository {
    /// The repository of a folder.
    pub fn of(folder: &Path) -> Result<Self, GitError> {
        let out = Command::new("git")
            .current_dir(folder)
            .args(["rev-parse", "--show-toplevel"])
            .output()
            .map_err(|e| GitError::Missing(e.kind()))?;
        if !out.status.success() {
            return Err(GitError::NoRepository(folder.to_owned()));
        }
        let top = String::from_utf8_lossy(&out.stdout).trim_end().to_owned();
        Ok(Self { top: top.into() })
    }

    /// The folder of the repository.
    pub fn top(&self) -> &Path {
        &self.top
    }

    /// The commit of a revision.
    pub fn commit_of(&self, revision: &str) -> Result<String, GitError> {
        let unknown = || GitError::Revision(revision.to_owned());
        if revision.starts_with('-') {
            return Err(unknown());
        }
        let commit = format!("{revision}^{{commit}}");
        let found = self
            .run("rev-parse", &["--verify", "--quiet", &commit])
            .map_err(|_| unknown())?;
        Ok(String::from_utf8_lossy(&found).trim().to_owned())
    }

    /// The commit that a revision is compared from: where it and the current state part.
    pub fn base_of(&self, revision: &str) -> Result<String, GitError> {
        let found = self.commit_of(revision)?;
        // Unrelated histories have no common point: then the revision itself.
        let base = self
            .run("merge-base", &[&found, "HEAD"])
            .unwrap_or_default();
        let base = String::from_utf8_lossy(&base).trim().to_owned();
        Ok(if base.is_empty() { found } else { base })
    }

    /// What is staged, against the last commit.
    pub fn staged(&self) -> Result<(Changes, Option<Tree>), GitError> {
        let head = self.run("rev-parse", &["--verify", "--quiet", "HEAD^{commit}"]);
        let head = head
            .ok()
            .map(|h| String::from_utf8_lossy(&h).trim().to_owned());
        let mut args = vec!["--cached"];
        // Before the first commit everything is compared with the empty tree.
        args.push(
            head.as_deref()
                .unwrap_or("4b825dc642cb6eb9a060e54bf8d69288fbee4904"),
        );
        Ok((self.changes(&args)?, head.map(Tree::Commit)))
    }

    /// What stands in the working folder and not in a commit, files that git does not know yet included.
    pub fn since(&self, commit: &str) -> Result<Changes, GitError> {
        let mut changes = self.changes(&[commit])?;
        let unknown = self.run("ls-files", &["-z", "--others", "--exclude-standard"])?;
        changes.now.extend(names(&unknown));
        changes.now.sort();
        changes.now.dedup();
        Ok(changes)
    }

    fn changes(&self, args: &[&str]) -> Result<Changes, GitError> {
        let mut all = vec!["--name-status", "-z", "--no-renames", "--no-ext-diff"];
        all.extend(args);
        all.push("--");
        let out = self.run("diff", &all)?;
        let mut changes = Changes::default();
        let mut parts = names(&out).into_iter();
        while let (Some(status), Some(path)) = (parts.next(), parts.next()) {
            if status != "D" {
                changes.now.push(path.clone());
            }
            if status != "A" {
                changes.before.push(path);
            }
        }
        Ok(changes)
    }

    /// Files as they stand in a tree, as things to read. What is no file there (a submodule, a link) is left out.
    pub fn candidates(&self, tree: &Tree, paths: &[String]) -> Result<Vec<Candidate>, GitError> {
        let prefix = match tree {
            Tree::Commit(commit) => format!("{commit}:"),
            Tree::Index => ":".to_owned(),
        };
        let blobs = self.blobs(&prefix, paths)?;
        Ok(blobs
            .into_iter()
            .map(|(path, bytes)| Candidate {
                name: self.shown(&path),
                size: bytes.len() as u64,
                at: Location::Bytes(bytes),
                refused: None,
            })
            .collect())
    }

    fn blobs(
        &self,
        prefix: &str,
        paths: &[String],
    ) -> Result<BTreeMap<String, Arc<[u8]>>, GitError> {
        // A line break in a name would be two questions.
        let paths: Vec<&String> = paths.iter().filter(|p| !p.contains('\n')).collect();
        let mut found = BTreeMap::new();
        if paths.is_empty() {
            return Ok(found);
        }
        let mut child = self
            .command("cat-file", &["--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| GitError::Missing(e.kind()))?;
        let mut questions = child.stdin.take().expect("stdin was piped");
        let answers = child.stdout.take().expect("stdout was piped");
        let asked: Vec<String> = paths.iter().map(|p| format!("{prefix}{p}\n")).collect();
        // Asked from a thread of its own: git answers while it is asked.
        let asking = std::thread::spawn(move || {
            for question in asked {
                if questions.write_all(question.as_bytes()).is_err() {
                    return;
                }
            }
        });
        let mut answers = BufReader::new(answers);
        let failed = |_| GitError::Failed("cat-file", "its answer breaks off".into());
        for path in paths {
            let mut head = String::new();
            answers.read_line(&mut head).map_err(failed)?;
            let mut words = head.split_whitespace().rev();
            let size: Option<u64> = words.next().and_then(|size| size.parse().ok());
            let (Some(size), Some(kind)) = (size, words.next()) else {
                continue;
            };
            let mut bytes = Vec::new();
            answers
                .by_ref()
                .take(size + 1)
                .read_to_end(&mut bytes)
                .map_err(failed)?;
            bytes.pop();
            if kind == "blob" {
                found.insert(path.clone(), bytes.into());
            }
        }
        drop(answers);
        asking.join().expect("the thread only writes");
        child.wait().map_err(failed)?;
        Ok(found)
    }

    /// A path of the repository as seen from where ropa runs.
    pub fn shown(&self, path: &str) -> String {
        let whole = self.top.join(path);
        let here = std::env::current_dir().unwrap_or_default();
        let inside = whole.strip_prefix(&here).ok();
        super::shown(inside.unwrap_or(&whole))
    }

    /// A file as it stands in a commit.
    pub fn file(&self, commit: &str, path: &str) -> Result<Option<Vec<u8>>, GitError> {
        let found = self.blobs(&format!("{commit}:"), &[path.to_owned()])?;
        Ok(found.into_values().next().map(|bytes| bytes.to_vec()))
    }

    /// The files of a commit below some paths, as things to read; nothing is written to disk. An empty path is the whole.
    pub fn tree(
        &self,
        commit: &str,
        below: &[String],
        walk: WalkOptions,
    ) -> Result<Vec<Candidate>, GitError> {
        let mut args = vec!["-r", "-z", "-l", "--full-tree", commit, "--"];
        if below.iter().all(|path| !path.is_empty()) {
            args.extend(below.iter().map(String::as_str));
        }
        let listed = self.run("ls-tree", &args)?;
        let mut sizes: BTreeMap<String, u64> = names(&listed)
            .iter()
            .filter_map(|line| entry(line))
            .collect();
        if !walk.no_ignore {
            let kept = self.heeded_at(commit, sizes.keys().cloned().collect())?;
            sizes.retain(|path, _| kept.contains(path));
        }
        let is_large = |size: &u64| walk.max_file_size.is_some_and(|limit| *size > limit);
        let (large, read): (Vec<_>, Vec<_>) =
            sizes.into_iter().partition(|(_, size)| is_large(size));
        let paths: Vec<String> = read.into_iter().map(|(path, _)| path).collect();
        let mut candidates = self.candidates(&Tree::Commit(commit.to_owned()), &paths)?;
        candidates.extend(large.into_iter().map(|(path, size)| Candidate {
            name: self.shown(&path),
            at: Location::Bytes(Arc::from([])),
            refused: Some(Coverage::Skipped(format!(
                "larger than --max-file-size ({size} bytes)"
            ))),
            size,
        }));
        candidates.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(candidates)
    }

    /// The paths that no `.ropaignore` of a commit excludes.
    fn heeded_at(&self, commit: &str, paths: Vec<String>) -> Result<BTreeSet<String>, GitError> {
        let is_rule = |path: &&String| path.rsplit('/').next() == Some(".ropaignore");
        let rules: Vec<String> = paths.iter().filter(is_rule).cloned().collect();
        let texts = self.blobs(&format!("{commit}:"), &rules)?;
        let rule_of = |folder: &Path| {
            let inside = folder.strip_prefix(&self.top).unwrap_or(folder);
            let path = inside.join(".ropaignore");
            let text = texts.get(path.to_str()?)?;
            let mut builder = GitignoreBuilder::new(folder);
            for line in String::from_utf8_lossy(text).lines() {
                // A line that is no pattern excludes nothing.
                let _ = builder.add_line(None, line);
            }
            builder.build().ok()
        };
        Ok(self.kept(paths, rule_of).into_iter().collect())
    }

    /// The paths that no `.ropaignore` excludes.
    pub fn heeded(&self, paths: Vec<String>) -> Vec<String> {
        let rule_of = |folder: &Path| {
            let file = folder.join(".ropaignore");
            file.is_file().then(|| Gitignore::new(file).0)
        };
        self.kept(paths, rule_of)
    }

    fn kept(
        &self,
        paths: Vec<String>,
        rule_of: impl Fn(&Path) -> Option<Gitignore>,
    ) -> Vec<String> {
        let mut rules: BTreeMap<PathBuf, Option<Gitignore>> = BTreeMap::new();
        let mut is_kept = |path: &String| {
            let whole = self.top.join(path);
            // The nearest file that says something decides.
            for folder in whole.ancestors().skip(1) {
                let rule = rules
                    .entry(folder.to_owned())
                    .or_insert_with(|| rule_of(folder));
                if let Some(rule) = rule {
                    let said = rule.matched_path_or_any_parents(&whole, false);
                    if !said.is_none() {
                        return !said.is_ignore();
                    }
                }
                if folder == self.top {
                    break;
                }
            }
            true
        };
        paths.into_iter().filter(|path| is_kept(path)).collect()
    }

    fn run(&self, command: &'static str, args: &[&str]) -> Result<Vec<u8>, GitError> {
        let out = self
            .command(command, args)
            .output()
            .map_err(|e| GitError::Missing(e.kind()))?;
        if out.status.success() {
            return Ok(out.stdout);
        }
        let told = String::from_utf8_lossy(&out.stderr);
        let told = told
            .lines()
            .next()
            .unwrap_or("it does not say why")
            .to_owned();
        Err(GitError::Failed(command, told))
    }

    fn command(&self, command: &str, args: &[&str]) -> Command {
        let mut git = Command::new("git");
        // Without optional locks git does not even refresh its index.
        git.env("GIT_OPTIONAL_LOCKS", "0")
            .current_dir(&self.top)
            .arg(command)
            .args(args);
        git
    }
}

/// Path and size of a line of `git ls-tree -l`; what is no file (a submodule, a link) has none.
fn entry(line: &str) -> Option<(String, u64)> {
    let (facts, path) = line.split_once('\t')?;
    let mut words = facts.split_whitespace();
    let (mode, kind) = (words.next()?, words.next()?);
    let size = words.nth(1)?.parse().ok()?;
    (kind == "blob" && mode != "120000").then(|| (path.to_owned(), size))
}

fn names(out: &[u8]) -> Vec<String> {
    out.split(|b| *b == 0)
        .filter(|name| !name.is_empty())
        .map(|name| String::from_utf8_lossy(name).into_owned())
        .collect()
}
