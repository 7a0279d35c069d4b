//! `ropa check`: fails on personal data that is untagged, undeclared, forbidden or logged — and new.

use super::baseline::BaselineArgs;
use super::merge::read;
use super::output::OutputArgs;
use super::target::{Level as Confidence, Scanner, TargetArgs, is_own};
use super::{Exit, Global};
use crate::check::{
    self, CheckFinding, Findings, Policy, SarifChoices, place::Texts, policy::Flags,
};
use crate::config::FailOn;
use crate::detection::Detection;
use crate::inventory::Inventory;
use crate::register::Register;
use crate::report::{self, Subject};
use crate::source::Input;
use crate::tag;
use crate::target::git::{Changes, Repository, Tree};
use crate::target::{self, Candidate, Location};
use anyhow::Context;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Texts larger than this are not read again to show a line.
const TEXT_LIMIT: u64 = 8 << 20;

/// Results of a SARIF file that GitHub keeps.
const SARIF_KEPT: usize = 5_000;

/// Fail on personal data that is untagged, undeclared, forbidden or logged.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  ropa check                              all of the folder you are in\n  ropa check --staged                     what is about to be committed\n  ropa check --since origin/main          what a branch brings\n  ropa check -o sarif=ropa.sarif -o gitlab=gl-code-quality-report.json\n  ropa baseline update                    accept what is there today\n\nTo accept one finding, on its line or the one above: ropa:ignore[untagged] -- <reason>\nExit codes: 0 nothing new at --fail-on or above, 1 findings, 2 usage or configuration error, 3 scan incomplete."
)]
pub struct Args {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    rules: RuleArgs,
    #[command(flatten)]
    only: OnlyArgs,
    /// Check this inventory instead of scanning
    #[arg(long, value_name = "FILE", help_heading = "Reading", conflicts_with_all = ["since", "staged"])]
    inventory: Option<PathBuf>,
    #[command(flatten)]
    baseline: BaselineArgs,
    /// Fail on entries of the baseline that match nothing, too
    #[arg(long, help_heading = "What is new")]
    strict_baseline: bool,
    /// Exit 0 even with findings
    #[arg(long, help_heading = "What fails")]
    exit_zero: bool,
    #[command(flatten)]
    output: OutputArgs,
    /// List each judged field in JUnit, not only findings
    #[arg(long, help_heading = "Output")]
    junit_all: bool,
    /// SARIF: name of the run, where a commit has several
    #[arg(
        long,
        value_name = "NAME",
        default_value = "default",
        help_heading = "Output"
    )]
    sarif_category: String,
    /// SARIF: whose fingerprint stands first
    #[arg(
        long,
        value_name = "KIND",
        default_value = "line",
        help_heading = "Output"
    )]
    sarif_fingerprint: SarifFingerprint,
}

/// What fails.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct RuleArgs {
    /// The least confidence that counts [default: likely, or what ropa.toml says]
    #[arg(long, value_name = "LEVEL", help_heading = "What fails")]
    min_confidence: Option<Confidence>,
    /// The least level that fails [default: warning, or what ropa.toml says]
    #[arg(long, value_name = "LEVEL", help_heading = "What fails")]
    fail_on: Option<Least>,
    /// Count masked and encrypted fields as untagged
    #[arg(long, help_heading = "What fails")]
    masked_is_untagged: bool,
}

/// What is judged.
#[derive(clap::Args, Clone, Debug)]
struct OnlyArgs {
    /// Only what is new since this commit, branch or tag
    #[arg(long, value_name = "REV", help_heading = "What is new")]
    since: Option<String>,
    /// Only what is staged for the next commit, and new in it
    #[arg(long, conflicts_with = "since", help_heading = "What is new")]
    staged: bool,
}

/// The least level that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Least {
    /// Special categories, credentials, government ids, cards.
    Error,
    /// All personal data.
    Warning,
    /// Anything.
    Note,
    /// Nothing.
    Never,
}

impl From<Least> for FailOn {
    fn from(least: Least) -> Self {
        match least {
            Least::Error => FailOn::Error,
            Least::Warning => FailOn::Warning,
            Least::Note => FailOn::Note,
            Least::Never => FailOn::Never,
        }
    }
}

/// Whose fingerprint stands first in SARIF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum SarifFingerprint {
    /// The platform's hash of the line, as its own uploader computes it.
    Line,
    /// ropa's, of names only; for uploads by API.
    Logical,
}

impl RuleArgs {
    /// The policy of the flags and of `ropa.toml`.
    pub fn policy(&self, scanner: &Scanner) -> Policy {
        let flags = Flags {
            min_confidence: self.min_confidence.map(Into::into),
            fail_on: self.fail_on.map(Into::into),
            masked_is_untagged: self.masked_is_untagged,
        };
        Policy::new(scanner.config.as_deref(), flags)
    }
}

/// Checks.
pub fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let scanner = args.target.scanner(global, false)?;
    let checker = Checker {
        policy: args.rules.policy(&scanner),
        scanner,
        global,
    };
    let mut findings = args.findings(&checker)?;
    let scope = Scope::of(&args, &checker);
    if let Some(baseline) = args.baseline.read(&checker.scanner.root)? {
        let is_in_scope = |path: &str| scope.contains(path);
        findings.accept(&baseline, &global.as_of().into(), &is_in_scope);
    }
    if !args.junit_all {
        findings.clean.clear();
    }
    findings.sarif = SarifChoices {
        category: args.sarif_category.clone(),
        is_logical: args.sarif_fingerprint == SarifFingerprint::Logical,
    };
    args.report(&findings, global)?;
    let least = checker.policy.fail_on;
    Ok(if findings.fails(least, args.strict_baseline) {
        match args.exit_zero {
            true => Exit::Clean,
            false => Exit::Findings,
        }
    } else if findings.incomplete {
        Exit::Incomplete
    } else {
        Exit::Clean
    })
}

impl Args {
    fn findings(&self, checker: &Checker<'_>) -> anyhow::Result<Findings> {
        if self.only.staged {
            return checker.staged(&self.target);
        }
        if let Some(revision) = &self.only.since {
            return checker.since(&self.target, revision);
        }
        let inventory = match &self.inventory {
            Some(file) => read(file)?,
            None => checker
                .scanner
                .scan(&self.target.candidates()?, checker.global),
        };
        Ok(checker.judge(&inventory, BTreeMap::new()))
    }

    fn report(&self, findings: &Findings, global: &Global) -> anyhow::Result<()> {
        let subject = Subject::Findings(findings);
        if self.output.only_files() && !global.quiet {
            self.output.on_screen(&subject, global)?;
        }
        self.output.write(&subject, "text", global, "")?;
        if self.output.has_format("github") {
            step_summary(&subject)?;
        }
        if self.output.has_format("sarif") && findings.findings.len() > SARIF_KEPT {
            global.note(&format!(
                "GitHub keeps {SARIF_KEPT} results of a SARIF file; this one has {}, the least serious last",
                findings.findings.len()
            ));
        }
        Ok(())
    }
}

/// Adds the table to the summary of the step that runs, where GitHub names a file for it.
fn step_summary(subject: &Subject<'_>) -> anyhow::Result<()> {
    let Some(file) = std::env::var_os("GITHUB_STEP_SUMMARY").map(PathBuf::from) else {
        return Ok(());
    };
    let context = || format!("cannot add to the step summary {}", file.display());
    let report = report::find("md", subject).expect("findings have a Markdown report");
    let mut text = Vec::new();
    report.write(subject, &report::Options::default(), &mut text)?;
    let mut out = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&file)
        .with_context(context)?;
    out.write_all(&text).with_context(context)
}

/// What a baseline's entries are held against: an entry outside of it is not stale.
struct Scope {
    /// Folders and files, from the root; empty = nothing can be called stale.
    within: Vec<String>,
}

impl Scope {
    fn of(args: &Args, checker: &Checker<'_>) -> Self {
        let is_part = args.only.staged || args.only.since.is_some() || args.inventory.is_some();
        let targets = args.target.targets.iter();
        let within = targets
            .filter(|_| !is_part)
            .map(|t| target::from_root(t, &checker.scanner.root))
            .collect();
        Self { within }
    }

    fn contains(&self, path: &str) -> bool {
        self.within
            .iter()
            .any(|folder| target::is_below(path, folder))
    }
}

/// What judges, made ready.
pub struct Checker<'a> {
    /// What scans.
    pub scanner: Scanner,
    /// What the team wants.
    pub policy: Policy,
    /// Flags of every command.
    pub global: &'a Global,
}

impl Checker<'_> {
    /// The findings of an inventory; `blobs` are the sources that do not stand on disk as they were read.
    pub fn judge(&self, inventory: &Inventory, blobs: BTreeMap<String, Arc<[u8]>>) -> Findings {
        let as_of = self.global.as_of();
        let config = self.scanner.config.as_deref();
        let shown = inventory.shown(self.policy.min_confidence, false);
        let register = config.map(|config| Register::build(config, &shown, as_of));
        let texts = TextsAtHand {
            detection: &self.scanner.detection,
            blobs,
        };
        let mut findings = check::judge(&check::Subject {
            inventory,
            config,
            register: register.as_ref(),
            policy: &self.policy,
            root: &self.scanner.root,
            as_of,
            texts: &texts,
        });
        suggest(&mut findings, &texts);
        findings
    }

    fn staged(&self, target: &TargetArgs) -> anyhow::Result<Findings> {
        let repository = Repository::of(&self.scanner.root)?;
        let (changes, head) = repository.staged()?;
        let changes = within(changes, &repository, target);
        let now = repository.candidates(&Tree::Index, &changes.now)?;
        let mut findings = self.of(&now);
        if let Some(head) = head {
            let before = repository.candidates(&head, &changes.before)?;
            findings.accept_earlier(&self.of(&before), "in the last commit already");
        }
        Ok(findings)
    }

    /// The whole is scanned, so that a tag in a file that did not change still counts; only what changed is judged.
    fn since(&self, target: &TargetArgs, revision: &str) -> anyhow::Result<Findings> {
        let repository = Repository::of(&self.scanner.root)?;
        let base = repository.base_of(revision)?;
        let changes = within(repository.since(&base)?, &repository, target);
        let inventory = self.scanner.scan(&target.candidates()?, self.global);
        let mut findings = self.judge(&inventory, BTreeMap::new());
        let changed: BTreeSet<String> = changes
            .now
            .iter()
            .map(|path| target::from_root(&repository.shown(path), &self.scanner.root))
            .collect();
        findings.findings.retain(|f| changed.contains(&f.source));
        findings.clean.retain(|c| changed.contains(&c.source));
        let before = repository.candidates(&Tree::Commit(base), &changes.before)?;
        findings.accept_earlier(&self.of(&before), &format!("at {revision} already"));
        Ok(findings)
    }

    /// The findings of things at hand.
    pub fn of(&self, candidates: &[Candidate]) -> Findings {
        let inventory = self.scanner.scan(candidates, self.global);
        let blobs = candidates
            .iter()
            .filter_map(|candidate| match &candidate.at {
                Location::Bytes(bytes) => Some((candidate.name.clone(), Arc::clone(bytes))),
                _ => None,
            });
        self.judge(&inventory, blobs.collect())
    }
}

/// Says in each finding of a missing tag what to paste.
fn suggest(findings: &mut Findings, texts: &dyn Texts) {
    let mut at_hand: BTreeMap<String, Option<String>> = BTreeMap::new();
    let lacks_tag = |f: &&mut CheckFinding| f.is_declared && f.missing.is_some();
    for finding in findings.findings.iter_mut().filter(lacks_tag) {
        let text = at_hand
            .entry(finding.shown.clone())
            .or_insert_with(|| texts.text(&finding.shown));
        if let Some(text) = text {
            tag::suggest(finding, text);
        }
    }
}

/// The changes that lie within the targets and that no ignore rule of ours excludes.
fn within(changes: Changes, repository: &Repository, targets: &TargetArgs) -> Changes {
    let root = repository.top();
    let folders: Vec<String> = targets
        .targets
        .iter()
        .map(|t| target::from_root(t, root))
        .collect();
    let keep = |paths: Vec<String>| {
        let inside = paths
            .into_iter()
            .filter(|path| folders.iter().any(|folder| target::is_below(path, folder)))
            .filter(|path| !is_own(path));
        match targets.no_ignore {
            true => inside.collect(),
            false => repository.heeded(inside.collect()),
        }
    };
    Changes {
        now: keep(changes.now),
        before: keep(changes.before),
    }
}

/// Texts on disk, or as git has them.
struct TextsAtHand<'a> {
    detection: &'a Detection,
    blobs: BTreeMap<String, Arc<[u8]>>,
}

impl Texts for TextsAtHand<'_> {
    fn text(&self, source: &str) -> Option<String> {
        let input = match self.blobs.get(source) {
            Some(bytes) => Input::bytes(source, Arc::clone(bytes)),
            None if Path::new(source).is_file() => Input::file(source, source),
            None => return None,
        };
        input.ok()?.read_text(TEXT_LIMIT).ok()
    }

    fn masked(&self, line: &str) -> String {
        self.detection.label(line)
    }
}
