//! `ropa diff`: what personal data came, went or changed between two inventories, two registers or two git revisions.

use super::output::OutputArgs;
use super::target::TargetArgs;
use super::{Exit, Global};
use crate::config::Config;
use crate::inventory::Inventory;
use crate::inventory::difference::{Difference, SCHEMA};
use crate::register::Register;
use crate::register::difference::{Comparison, RegisterDifference, Snapshot};
use crate::report::filled_workbook::{self, FilledWorkbook};
use crate::report::wording::Wording;
use crate::report::{Subject, register_snapshot};
use crate::target::git::Repository;
use anyhow::{Context, bail};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What personal data came, went or changed between two inventories, two registers or two git revisions.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  ropa diff old.json new.json --format md       two inventories, or two registers\n  ropa diff register.xlsx register.json         a workbook against a register of today\n  ropa diff origin/main HEAD --format md        two revisions, for a pull request\n  ropa diff v1.0 v2.0 services/shop             of one folder"
)]
pub struct Args {
    /// The older one: an inventory, a register (JSON or workbook), or a git revision
    old: String,
    /// The newer one, of the same kind
    new: String,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// What stands on one side.
enum Side {
    Inventory(Box<Inventory>),
    Register(Box<Register>),
    Workbook(Box<FilledWorkbook>),
}

/// Compares. Differences are no failure: exit 0; 3 where a revision could not be read whole.
pub fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let are_files = [&args.old, &args.new].map(|name| Path::new(name).is_file());
    let (comparison, exit) = match are_files {
        [true, true] => {
            let old = side(Path::new(&args.old))?;
            let new = side(Path::new(&args.new))?;
            (compared(old, new)?, Exit::Clean)
        }
        [false, false] => args.revisions(global)?,
        [true, false] => bail!(one_of_each(&args.old, &args.new)),
        [false, true] => bail!(one_of_each(&args.new, &args.old)),
    };
    args.output
        .write(&Subject::Difference(&comparison), "text", global, "")?;
    Ok(exit)
}

fn one_of_each(file: &str, other: &str) -> String {
    format!("{file} is a file, but there is no file {other}: name two files, or two git revisions")
}

/// The kind of document that a JSON file is.
#[derive(Deserialize)]
struct Head {
    schema: String,
}

fn side(file: &Path) -> anyhow::Result<Side> {
    let ending = file
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or_default();
    let is_book = ["xlsx", "xlsm", "xlsb", "xls", "ods"]
        .iter()
        .any(|book| ending.eq_ignore_ascii_case(book));
    if is_book {
        return Ok(Side::Workbook(Box::new(filled_workbook::read(file)?)));
    }
    let shown = file.display();
    let text = std::fs::read(file).with_context(|| format!("cannot read {shown}"))?;
    let head: Head = serde_json::from_slice(&text).map_err(|e| {
        anyhow::anyhow!(
            "{shown} is neither an inventory nor a register of ropa: line {}, column {}",
            e.line(),
            e.column()
        )
    })?;
    match head.schema.as_str() {
        crate::register::SCHEMA => Ok(Side::Register(Box::new(super::register::read(file)?))),
        crate::inventory::SCHEMA => Ok(Side::Inventory(Box::new(super::merge::read(file)?))),
        _ => bail!(
            "{shown} is neither a {} nor a {} document",
            crate::inventory::SCHEMA,
            crate::register::SCHEMA
        ),
    }
}

fn compared(old: Side, new: Side) -> anyhow::Result<Comparison> {
    let english = Wording::of("en");
    let book = |w: &FilledWorkbook| register_snapshot::of_workbook(w);
    let (mut before, mut after): (Snapshot, Snapshot) = match (&old, &new) {
        (Side::Inventory(old), Side::Inventory(new)) => {
            return Ok(Comparison {
                data: Difference::between(old, new),
                register: None,
            });
        }
        (Side::Register(old), Side::Register(new)) => (
            register_snapshot::of_register(old, english),
            register_snapshot::of_register(new, english),
        ),
        (Side::Workbook(old), Side::Workbook(new)) => {
            let languages = (&old.profile.language, &new.profile.language);
            if languages.0 != languages.1 {
                bail!(
                    "the workbooks are in different languages ({}, {}): write both in one layout, or compare the registers as JSON",
                    languages.0,
                    languages.1
                );
            }
            (book(old), book(new))
        }
        (Side::Workbook(old), Side::Register(new)) => {
            let wording = Wording::of(&old.profile.language);
            (book(old), register_snapshot::of_register(new, wording))
        }
        (Side::Register(old), Side::Workbook(new)) => {
            let wording = Wording::of(&new.profile.language);
            (register_snapshot::of_register(old, wording), book(new))
        }
        _ => bail!("an inventory cannot be compared with a register: name two of a kind"),
    };
    if matches!(old, Side::Workbook(_)) || matches!(new, Side::Workbook(_)) {
        register_snapshot::by_lines(&mut before);
        register_snapshot::by_lines(&mut after);
    }
    Ok(Comparison {
        data: nothing(),
        register: Some(RegisterDifference::between(&before, &after)),
    })
}

fn nothing() -> Difference {
    Difference {
        schema: SCHEMA.to_owned(),
        ..Difference::default()
    }
}

/// A revision, read and judged.
struct Revision {
    inventory: Inventory,
    register: Register,
}

impl Args {
    /// Both revisions, each with the `ropa.toml` that it holds, read from git and never written to disk.
    fn revisions(&self, global: &Global) -> anyhow::Result<(Comparison, Exit)> {
        let here = self.target.root();
        let repository = Repository::of(&here).with_context(|| {
            format!(
                "there are no files {} and {}, and as revisions they cannot be compared",
                self.old, self.new
            )
        })?;
        let old = self.revision(&repository, &self.old, global)?;
        let new = self.revision(&repository, &self.new, global)?;
        let english = Wording::of("en");
        let snapshot = |revision: &Revision| {
            let mut snapshot = register_snapshot::of_register(&revision.register, english);
            // The inventories tell the fields, with what changed about each.
            snapshot.fields = None;
            snapshot
        };
        let register = RegisterDifference::between(&snapshot(&old), &snapshot(&new));
        let is_whole = !old.inventory.is_incomplete() && !new.inventory.is_incomplete();
        let comparison = Comparison {
            data: Difference::between(&old.inventory, &new.inventory),
            register: Some(register),
        };
        Ok((
            comparison,
            if is_whole {
                Exit::Clean
            } else {
                Exit::Incomplete
            },
        ))
    }

    fn revision(
        &self,
        repository: &Repository,
        name: &str,
        global: &Global,
    ) -> anyhow::Result<Revision> {
        let commit = repository.commit_of(name)?;
        let below = self.below(repository)?;
        let config = match &global.config {
            Some(file) => Some(Arc::new(Config::load(file)?)),
            None => config_at(repository, &commit, &below[0])?,
        };
        let scanner = self.target.scanner_of(false, config.clone())?;
        let candidates = repository.tree(&commit, &below, self.target.walk())?;
        let inventory = scanner.scan(&candidates, global);
        let config = config.as_deref().cloned().unwrap_or_default();
        let register = Register::build(&config, &inventory, global.as_of());
        Ok(Revision {
            inventory: inventory.shown(crate::finding::Confidence::Likely, false),
            register,
        })
    }

    /// The targets as paths of the repository; the whole of it is an empty path.
    fn below(&self, repository: &Repository) -> anyhow::Result<Vec<String>> {
        let path = |target: &String| {
            if target.contains("://")
                || target == crate::target::STDIN
                || target.starts_with("env:")
            {
                bail!("with git revisions a target is a path of the repository, not `{target}`");
            }
            let whole = plain(&std::path::absolute(target)?);
            let top = repository.top().canonicalize()?;
            let inside = whole
                .canonicalize()
                .unwrap_or(whole)
                .strip_prefix(&top)
                .map(Path::to_owned)
                .ok()
                .with_context(|| {
                    format!("`{target}` is not in the repository {}", top.display())
                })?;
            let parts = inside.components().map(|c| c.as_os_str().to_string_lossy());
            Ok(parts.collect::<Vec<_>>().join("/"))
        };
        self.target.targets.iter().map(path).collect()
    }
}

/// A path without `.` and `..`, whether it exists or not: a folder of an old revision may be gone.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                plain.pop();
            }
            std::path::Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

/// The nearest `ropa.toml` of a revision, from a folder upwards.
fn config_at(
    repository: &Repository,
    commit: &str,
    below: &str,
) -> anyhow::Result<Option<Arc<Config>>> {
    let mut folders: Vec<&str> = std::iter::successors(Some(below), |folder| {
        (!folder.is_empty()).then(|| folder.rsplit_once('/').map_or("", |(above, _)| above))
    })
    .collect();
    folders.dedup();
    for folder in folders {
        let path = if folder.is_empty() {
            "ropa.toml".to_owned()
        } else {
            format!("{folder}/ropa.toml")
        };
        if let Some(bytes) = repository.file(commit, &path)? {
            let place = repository.top().join(&path);
            let text = String::from_utf8(bytes)
                .map_err(|_| anyhow::anyhow!("{path} of {commit} is not UTF-8"))?;
            return Ok(Some(Arc::new(Config::at(&text, &place)?)));
        }
    }
    Ok(None)
}
