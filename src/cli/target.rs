//! What to scan and how: flags shared by every command that scans, and the scan itself.

use super::Global;
use super::progress::Bars;
use crate::config::Config;
use crate::detection::Detection;
use crate::detection::correction::Corrections;
use crate::finding::Confidence;
use crate::inventory::{Inventory, Shard};
use crate::scan::cache::{self, Cache};
use crate::scan::{self, Progress, ScanOptions, Silent};
use crate::source::Budget;
use crate::target::{self, Candidate, WalkOptions};
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Targets and how they are read.
#[derive(clap::Args, Clone, Debug)]
pub struct TargetArgs {
    /// Files, folders, globs, `-` for standard input, URLs, or env:NAME for a URL kept in a variable
    #[arg(value_name = "TARGET", default_value = ".")]
    pub targets: Vec<String>,
    /// Read what .gitignore and .ropaignore exclude, too
    #[arg(long, help_heading = "Reading")]
    pub no_ignore: bool,
    /// List larger files as skipped instead of reading them, in bytes [default: no limit]
    #[arg(long, value_name = "BYTES", help_heading = "Reading")]
    pub max_file_size: Option<u64>,
    /// Read live databases and large columns whole instead of sampling them
    #[arg(long, help_heading = "Reading")]
    pub full: bool,
    /// Rows of each table that a sample reads
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1_000,
        help_heading = "Reading"
    )]
    pub sample_rows: u64,
    /// Keep results of files here, and read again only what has changed; a file, or a folder for it
    #[arg(long, value_name = "PATH", help_heading = "Reading")]
    pub cache: Option<PathBuf>,
    /// Folder with detectors of your own
    #[arg(long, value_name = "FOLDER", help_heading = "Reading")]
    pub detectors: Option<PathBuf>,
}

/// What a scan gave, and what it was made with.
pub struct Scanned {
    /// The inventory, everything in it.
    pub inventory: Inventory,
    /// The folder that paths count from in fingerprints.
    pub root: PathBuf,
    /// The `ropa.toml` that applies; `None` where there is none.
    pub config: Option<Arc<Config>>,
}

impl TargetArgs {
    /// The folder that ropa runs in, read as usual.
    pub fn here() -> Self {
        Self {
            targets: vec![".".into()],
            no_ignore: false,
            max_file_size: None,
            cache: None,
            full: false,
            sample_rows: 1_000,
            detectors: None,
        }
    }

    /// The `ropa.toml` that applies: `--config`, or the nearest one upwards from the first target.
    pub fn config(&self, global: &Global) -> anyhow::Result<Option<Arc<Config>>> {
        Ok(match self.config_file(global) {
            Some(file) => Some(Arc::new(Config::load(&file)?)),
            None => None,
        })
    }

    /// The file of that configuration, as far as it exists.
    pub fn config_file(&self, global: &Global) -> Option<PathBuf> {
        let named = global.config.clone();
        named.or_else(|| Config::find(&self.start()))
    }

    /// The folder that fingerprints and CI outputs count from.
    pub fn root(&self) -> PathBuf {
        target::root_of(&self.start())
    }

    /// The first target, or the nearest folder above it that exists.
    fn start(&self) -> PathBuf {
        let first = self.targets.first().map_or(".", String::as_str);
        let is_path =
            first != target::STDIN && !first.contains("://") && !first.starts_with("env:");
        let base = if is_path {
            first.split(['*', '?', '[', '{']).next().unwrap_or(".")
        } else {
            "."
        };
        let mut start = Path::new(if base.is_empty() { "." } else { base });
        while !start.exists() {
            start = start
                .parent()
                .filter(|p| !p.as_os_str().is_empty())
                .unwrap_or(Path::new("."));
        }
        start.to_owned()
    }

    /// Scans the targets.
    pub fn scan(&self, global: &Global, all_spans: bool) -> anyhow::Result<Scanned> {
        self.scan_shard(global, all_spans, None)
    }

    /// Scans one part of the targets, or all of them.
    pub fn scan_shard(
        &self,
        global: &Global,
        all_spans: bool,
        shard: Option<Shard>,
    ) -> anyhow::Result<Scanned> {
        let scanner = self.scanner(global, all_spans)?;
        let mut candidates = self.candidates()?;
        if let Some(Shard { index, of }) = shard {
            candidates = target::shard(candidates, index, of);
        }
        let mut inventory = scanner.scan(&candidates, global);
        inventory.shards.extend(shard);
        Ok(Scanned {
            inventory,
            root: scanner.root,
            config: scanner.config,
        })
    }

    /// Everything that the targets name.
    pub fn candidates(&self) -> anyhow::Result<Vec<Candidate>> {
        let mut candidates = target::collect(&self.targets, self.walk())?;
        candidates.retain(|candidate| !is_own(&candidate.name));
        Ok(candidates)
    }

    /// How folders are walked.
    pub fn walk(&self) -> WalkOptions {
        WalkOptions {
            no_ignore: self.no_ignore,
            max_file_size: self.max_file_size,
        }
    }

    /// What scans, made ready: configuration, detectors, options.
    pub fn scanner(&self, global: &Global, all_spans: bool) -> anyhow::Result<Scanner> {
        self.scanner_of(all_spans, self.config(global)?)
    }

    /// The same with a configuration at hand: that of a git revision.
    pub fn scanner_of(
        &self,
        all_spans: bool,
        config: Option<Arc<Config>>,
    ) -> anyhow::Result<Scanner> {
        let root = self.root();
        let own = config.as_ref().and_then(|c| c.detectors.as_deref());
        let detectors = self.detectors.as_deref().or(own);
        let detection = Detection::new(detectors).context("the detectors cannot be loaded")?;
        let options = ScanOptions {
            budget: Budget {
                sample_rows: self.sample_rows,
                full: self.full,
                ..Budget::default()
            },
            all_spans,
            root: root.clone(),
            corrections: config.clone().map(Corrections::new).unwrap_or_default(),
            cache: self.cache(config.as_deref(), detectors, all_spans),
        };
        Ok(Scanner {
            root,
            config,
            detection,
            options,
        })
    }
}

/// Whether a file is ropa's own list of what is accepted: it holds names of findings, and is read as what it is.
pub fn is_own(name: &str) -> bool {
    name.rsplit(['/', '\\']).next() == Some(crate::check::baseline::FILE_NAME)
}

impl TargetArgs {
    /// The cache that is asked for. Its results depend on this program, the detectors, `ropa.toml` and the options.
    fn cache(
        &self,
        config: Option<&Config>,
        detectors: Option<&Path>,
        all_spans: bool,
    ) -> Option<Arc<Cache>> {
        let place = self.cache.as_deref()?;
        let program = std::env::current_exe().and_then(|file| cache::digest_of_file(&file));
        let options = format!("{} {} {all_spans}", self.full, self.sample_rows);
        let mut parts = vec![
            env!("CARGO_PKG_VERSION").as_bytes().to_vec(),
            program.unwrap_or_default().into_bytes(),
            // Its places count, too: patterns are relative to them.
            format!("{config:?}").into_bytes(),
            options.into_bytes(),
        ];
        for file in detectors.into_iter().flat_map(files) {
            parts.push(file.display().to_string().into_bytes());
            parts.push(std::fs::read(&file).unwrap_or_default());
        }
        let base = cache::digest(parts.iter().map(Vec::as_slice));
        Some(Arc::new(Cache::open(place, base)))
    }
}

/// The files of a folder, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let walk = walkdir::WalkDir::new(folder).sort_by_file_name();
    let entries = walk.into_iter().filter_map(Result::ok);
    entries
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect()
}

/// What scans, made ready once for one or several lists of things to read.
pub struct Scanner {
    /// The folder that paths count from in fingerprints.
    pub root: PathBuf,
    /// The `ropa.toml` that applies; `None` where there is none.
    pub config: Option<Arc<Config>>,
    /// What detects.
    pub detection: Detection,
    options: ScanOptions,
}

impl Scanner {
    /// Scans a list, with progress on a terminal.
    pub fn scan(&self, candidates: &[Candidate], global: &Global) -> Inventory {
        let bars = (!global.quiet).then(Bars::on_terminal).flatten();
        let progress: &dyn Progress = bars.as_ref().map_or(&Silent, |bars| bars);
        let inventory = scan::scan(candidates, &self.detection, &self.options, progress);
        drop(bars);
        if let Some(cache) = &self.options.cache {
            cache.note().into_iter().for_each(|note| global.note(note));
            if let Err(error) = cache.save() {
                global.note(&format!("the cache was not written: {}", error.kind()));
            }
        }
        if global.verbose {
            for source in &inventory.sources {
                let reason = source
                    .reason
                    .as_deref()
                    .map(|r| format!(": {r}"))
                    .unwrap_or_default();
                global.note(&format!(
                    "{} [{}] {:?}{reason}",
                    source.source,
                    source.format.as_deref().unwrap_or("?"),
                    source.coverage
                ));
            }
        }
        inventory
    }
}

/// Which findings are shown.
#[derive(clap::Args, Clone, Debug)]
pub struct ShownArgs {
    /// Show findings from this confidence on
    #[arg(
        long,
        value_name = "LEVEL",
        default_value = "likely",
        help_heading = "Findings"
    )]
    pub min_confidence: Level,
    /// Show fields without personal data, too
    #[arg(long, help_heading = "Findings")]
    pub all_fields: bool,
    /// List every finding in text, not the first hundred of a source and data type
    #[arg(long, help_heading = "Findings")]
    pub all_spans: bool,
}

/// A confidence on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Level {
    /// From 0.3.
    Possible,
    /// From 0.6.
    Likely,
    /// From 0.9.
    Certain,
}

impl From<Level> for Confidence {
    fn from(level: Level) -> Self {
        match level {
            Level::Possible => Confidence::Possible,
            Level::Likely => Confidence::Likely,
            Level::Certain => Confidence::Certain,
        }
    }
}
