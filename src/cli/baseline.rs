//! `ropa baseline`: accepts what is there today, and drops what is gone.

use super::check::{Checker, RuleArgs};
use super::output::write_whole;
use super::target::TargetArgs;
use super::{Exit, Global};
use crate::check::Findings;
use crate::check::baseline::{Baseline, FILE_NAME};
use crate::target;
use anyhow::Context;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Accept what `check` finds today, or drop what is gone.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Accept what is there today; reasons, owners and expiries of what was there before stay
    Update(ActionArgs),
    /// Drop entries that match nothing any more
    Prune(ActionArgs),
}

#[derive(clap::Args)]
struct ActionArgs {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    rules: RuleArgs,
    /// Baseline file [default: .ropa-baseline.json in the root]
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
}

/// Updates or prunes the baseline.
pub fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let (args, is_update) = match args.action {
        Action::Update(args) => (args, true),
        Action::Prune(args) => (args, false),
    };
    let scanner = args.target.scanner(global, false)?;
    let checker = Checker {
        policy: args.rules.policy(&scanner),
        scanner,
        global,
    };
    let which = BaselineArgs {
        baseline: args.baseline.clone().filter(|file| file.exists()),
        no_baseline: false,
    };
    let file = args
        .baseline
        .clone()
        .unwrap_or_else(|| checker.scanner.root.join(FILE_NAME));
    let known = which.read(&checker.scanner.root)?.unwrap_or_default();
    let inventory = checker.scanner.scan(&args.target.candidates()?, global);
    let findings = checker.judge(&inventory, BTreeMap::new());
    let root = &checker.scanner.root;
    let targets: Vec<String> = args
        .target
        .targets
        .iter()
        .map(|t| target::from_root(t, root))
        .collect();
    let is_in_scope = |path: &str| targets.iter().any(|t| target::is_below(path, t));
    let baseline = match is_update {
        true => known.updated(&findings, &is_in_scope),
        false => known.pruned(&findings, &is_in_scope),
    };
    write_whole(&file, |out| baseline.write(out))?;
    global.note(&told(&file, &known, &baseline, &findings));
    Ok(if findings.incomplete {
        Exit::Incomplete
    } else {
        Exit::Clean
    })
}

fn told(file: &Path, before: &Baseline, now: &Baseline, findings: &Findings) -> String {
    format!(
        "{}: {} entries, {} before; {} findings today",
        file.display(),
        now.entries.len(),
        before.entries.len(),
        findings.totals.new_findings()
    )
}

/// Which baseline.
#[derive(clap::Args, Clone, Debug)]
pub struct BaselineArgs {
    /// Baseline file [default: .ropa-baseline.json in the root, where there is one]
    #[arg(long, value_name = "FILE", help_heading = "What is new")]
    pub baseline: Option<PathBuf>,
    /// Heed no baseline
    #[arg(long, conflicts_with = "baseline", help_heading = "What is new")]
    pub no_baseline: bool,
}

impl BaselineArgs {
    /// The file: the one named, or the usual one of the root.
    pub fn file(&self, root: &Path) -> PathBuf {
        self.baseline
            .clone()
            .unwrap_or_else(|| root.join(FILE_NAME))
    }

    /// The baseline; `None` where there is none. One that was named must exist.
    pub fn read(&self, root: &Path) -> anyhow::Result<Option<Baseline>> {
        let file = self
            .baseline
            .clone()
            .unwrap_or_else(|| root.join(FILE_NAME));
        if self.no_baseline || (self.baseline.is_none() && !file.exists()) {
            return Ok(None);
        }
        let text = std::fs::read_to_string(&file)
            .with_context(|| format!("cannot read the baseline {}", file.display()))?;
        let baseline = Baseline::parse(&text).with_context(|| file.display().to_string())?;
        Ok(Some(baseline))
    }
}
