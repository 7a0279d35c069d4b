//! `ropa tag`: the tags that are missing, as a diff; `--write` puts them in. Each is read back before it is offered.

use super::check::{Checker, RuleArgs};
use super::output::write_whole;
use super::target::TargetArgs;
use super::{Exit, Global};
use crate::check::{CheckFinding, Level, MissingTag, State, folded};
use crate::config::{Config, FILE_NAME};
use crate::finding::TagState;
use crate::inventory::{DatasetRecord, Inventory};
use crate::source::Input;
use crate::tag::{self, Splice, Untagged};
use crate::target::{Candidate, Location};
use anyhow::Context;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Larger files are not written by people.
const LARGEST: u64 = 32 << 20;
/// Ways tried for a field before it is given up.
const ROUNDS: usize = 4;

/// Show the tags that are missing, or write them.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  ropa tag db/                     what would be put in, as a diff with values hidden\n  ropa tag db/ --write             puts it in; git shows and undoes it\n  ropa tag env:DATABASE_URL        prints the SQL for a live database; ropa never runs it\n\nOnly adds: formatting and what comments say stay. What has no comments is tagged by [[correction]] in ropa.toml."
)]
pub struct Args {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    rules: RuleArgs,
    /// Write the tags instead of showing them
    #[arg(long, help_heading = "Tags")]
    write: bool,
    /// Tag what `check` only notes, too: account ids, files of records
    #[arg(long, help_heading = "Tags")]
    notes: bool,
    /// Only these data types or categories
    #[arg(long = "type", value_name = "TYPE", help_heading = "Tags")]
    types: Vec<String>,
}

/// A file that changes.
struct Changed {
    /// Where it is, from where ropa runs.
    file: PathBuf,
    /// What it is called in the diff: from the root.
    path: String,
    old: String,
    new: String,
    tags: usize,
}

/// Shows or writes the tags.
pub fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let scanner = args.target.scanner(global, false)?;
    let checker = Checker {
        policy: args.rules.policy(&scanner),
        scanner,
        global,
    };
    let inventory = checker.scanner.scan(&args.target.candidates()?, global);
    let findings = checker.judge(&inventory, BTreeMap::new());
    let least = if args.notes {
        Level::Note
    } else {
        Level::Warning
    };
    let is_wanted = |f: &&CheckFinding| {
        f.state == State::New && f.level >= least && f.missing.is_some() && args.wants(f)
    };
    let mut by_source: BTreeMap<&str, Vec<&CheckFinding>> = BTreeMap::new();
    for finding in findings.findings.iter().filter(is_wanted) {
        by_source.entry(&finding.shown).or_default().push(finding);
    }
    let mut plan = Plan::default();
    for (source, findings) in by_source {
        plan.source(source, &findings, &checker);
    }
    plan.leave_mirrors(&inventory);
    plan.corrections(&args.target, &checker)?;
    plan.tell(args.write, &checker)?;
    Ok(if inventory.is_incomplete() {
        Exit::Incomplete
    } else {
        Exit::Clean
    })
}

impl Args {
    fn wants(&self, finding: &CheckFinding) -> bool {
        self.types.is_empty()
            || finding.data_type.is_some_and(|t| {
                self.types
                    .iter()
                    .any(|wanted| wanted == t.key() || wanted == t.category().id())
            })
    }
}

/// What is put in where.
#[derive(Default)]
struct Plan {
    changed: Vec<Changed>,
    statements: Vec<String>,
    /// Fields that no syntax could tag: source as shown, and what is missing.
    left: Vec<(String, MissingTag)>,
    /// Fields that are tagged now: source, dataset and folded name.
    tagged: BTreeSet<(String, String, String)>,
}

impl Plan {
    fn source(&mut self, source: &str, findings: &[&CheckFinding], checker: &Checker<'_>) {
        let missing: Vec<(&CheckFinding, &MissingTag)> = findings
            .iter()
            .filter_map(|f| Some((*f, f.missing.as_ref()?)))
            .collect();
        if source.contains("://") {
            for (_, missing) in missing {
                match tag::statement(source, missing) {
                    Some(statement) => self.statements.push(statement),
                    None => self.left.push((source.to_owned(), missing.clone())),
                }
            }
            return;
        }
        let text = plain_text(Path::new(source));
        let (new, tagged) = match &text {
            Some(text) => tagged(source, text, &missing, checker),
            None => (String::new(), BTreeSet::new()),
        };
        for (at, (_, missing)) in missing.iter().enumerate() {
            if tagged.contains(&at) {
                let name = folded(&missing.field);
                let place = (source.to_owned(), missing.dataset.clone(), name);
                self.tagged.insert(place);
            } else {
                self.left.push((source.to_owned(), (*missing).clone()));
            }
        }
        if let (Some(old), false) = (text, tagged.is_empty()) {
            self.changed.push(Changed {
                file: source.into(),
                path: findings[0].source.clone(),
                old,
                new,
                tags: tagged.len(),
            });
        }
    }

    /// Leaves out what the same field says elsewhere now: a model that mirrors a tagged table needs no correction.
    fn leave_mirrors(&mut self, inventory: &Inventory) {
        let tagged = &self.tagged;
        let is_said = |source: &str, missing: &MissingTag| {
            let is_its = |d: &&DatasetRecord| d.source == source && d.dataset == missing.dataset;
            let name = folded(&missing.field);
            let dataset = inventory.datasets.iter().find(is_its);
            dataset.is_some_and(|dataset| {
                dataset.also_at.iter().any(|at| {
                    tagged.contains(&(at.source.clone(), at.dataset.clone(), name.clone()))
                })
            })
        };
        self.left
            .retain(|(source, missing)| !is_said(source, missing));
    }

    /// What could not be tagged where it is declared is tagged in `ropa.toml`, the nearest one or a new one in the root.
    fn corrections(&mut self, target: &TargetArgs, checker: &Checker<'_>) -> anyhow::Result<()> {
        if self.left.is_empty() {
            return Ok(());
        }
        let root = &checker.scanner.root;
        let file = match target.config_file(checker.global) {
            Some(file) => file,
            None => root.join(FILE_NAME),
        };
        let old = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(e) => return Err(e).with_context(|| format!("cannot read {}", file.display())),
        };
        let seen = |source: &str| match checker.scanner.config.as_deref() {
            Some(config) => config.relative(source).into_owned(),
            None => crate::target::from_root(source, root),
        };
        let fields: Vec<(String, &MissingTag)> = self
            .left
            .iter()
            .map(|(source, missing)| (seen(source), missing))
            .collect();
        let new = tag::with_corrections(&old, &fields);
        Config::parse(&new, &file).context("the corrections cannot be added")?;
        self.changed.push(Changed {
            path: crate::target::from_root(&file.to_string_lossy(), root),
            file,
            old,
            new,
            tags: fields.len(),
        });
        Ok(())
    }

    fn tell(&self, write: bool, checker: &Checker<'_>) -> anyhow::Result<()> {
        let global = checker.global;
        let masked = |line: &str| checker.scanner.detection.label(line);
        let mut out = std::io::stdout().lock();
        for statement in &self.statements {
            writeln!(out, "{statement}")?;
        }
        let tags: usize = self.changed.iter().map(|c| c.tags).sum();
        for changed in &self.changed {
            if write {
                changed.write()?;
                global.note(&format!("{}: {} tags", changed.path, changed.tags));
            } else {
                let diff = tag::diff(&changed.path, &changed.old, &changed.new, masked);
                out.write_all(diff.as_bytes())?;
            }
        }
        out.flush()?;
        global.note(&match (tags, self.statements.len(), write) {
            (0, 0, _) => "no tag is missing".to_owned(),
            (0, statements, _) => format!("{statements} statements for you to run"),
            (tags, _, true) => format!("{tags} tags written in {} files", self.changed.len()),
            (tags, _, false) => format!(
                "{tags} tags for {} files; --write puts them in",
                self.changed.len()
            ),
        });
        Ok(())
    }
}

impl Changed {
    fn write(&self) -> anyhow::Result<()> {
        let permissions = std::fs::metadata(&self.file).map(|meta| meta.permissions());
        write_whole(&self.file, |out| out.write_all(self.new.as_bytes()))?;
        if let Ok(permissions) = permissions {
            std::fs::set_permissions(&self.file, permissions).with_context(|| {
                format!("cannot keep the permissions of {}", self.file.display())
            })?;
        }
        Ok(())
    }
}

/// The text of a plain UTF-8 file: what is compressed or in another encoding is not rewritten.
fn plain_text(file: &Path) -> Option<String> {
    let meta = std::fs::metadata(file).ok()?;
    if !meta.is_file() || meta.len() > LARGEST {
        return None;
    }
    let input = Input::file(file.to_string_lossy(), file).ok()?;
    if !input.is_plain_file() {
        return None;
    }
    String::from_utf8(std::fs::read(file).ok()?).ok()
}

/// The text with as many of the tags in it as its reader understands, and which those are. Ways are tried one after the
/// other; one that is not read back, or changes what else is read, is given up.
pub fn tagged(
    source: &str,
    text: &str,
    missing: &[(&CheckFinding, &MissingTag)],
    checker: &Checker<'_>,
) -> (String, BTreeSet<usize>) {
    let Some(syntax) = tag::syntax_of(source, text) else {
        return (text.to_owned(), BTreeSet::new());
    };
    let ways: Vec<Vec<Splice>> = missing
        .iter()
        .map(|(finding, missing)| {
            let Some(line) = finding.line else {
                return Vec::new();
            };
            syntax.ways(text, &Untagged { missing, line })
        })
        .collect();
    let mut chosen: BTreeMap<usize, Splice> = BTreeMap::new();
    for round in 0..ROUNDS {
        let mut tried = chosen.clone();
        for (at, ways) in ways.iter().enumerate() {
            if let (false, Some(way)) = (chosen.contains_key(&at), ways.get(round)) {
                tried.insert(at, way.clone());
            }
        }
        if tried.len() == chosen.len() {
            continue;
        }
        let splices: Vec<Splice> = tried.values().cloned().collect();
        let read = read_back(source, &tag::spliced(text, &splices), checker);
        let is_read = |at: &usize| {
            let wanted = missing[*at].1;
            read.get(&(wanted.dataset.clone(), wanted.field.clone()))
                .is_some_and(|types| wanted.types.iter().all(|t| types.contains(t)))
        };
        tried.retain(|at, _| is_read(at));
        chosen = tried;
    }
    let splices: Vec<Splice> = chosen.values().cloned().collect();
    let new = tag::spliced(text, &splices);
    // Taking failed ways out may have changed what the others mean: what counts is the text that is offered.
    let read = read_back(source, &new, checker);
    let done = chosen.into_keys().filter(|at| {
        let wanted = missing[*at].1;
        read.contains_key(&(wanted.dataset.clone(), wanted.field.clone()))
    });
    (new, done.collect())
}

type Tags = BTreeMap<(String, String), Vec<crate::taxonomy::DataType>>;

/// What the reader of a file takes for tagged, were this its text.
fn read_back(source: &str, text: &str, checker: &Checker<'_>) -> Tags {
    let candidate = Candidate {
        name: source.to_owned(),
        at: Location::Bytes(text.as_bytes().into()),
        refused: None,
        size: text.len() as u64,
    };
    let quiet = Global {
        quiet: true,
        verbose: false,
        ..checker.global.clone()
    };
    let inventory = checker.scanner.scan(&[candidate], &quiet);
    inventory
        .fields()
        .filter(|(_, field)| field.tag == TagState::Exact)
        .map(|(dataset, field)| {
            let key = (dataset.dataset.clone(), field.field.clone());
            (key, field.tagged_as.clone())
        })
        .collect()
}
