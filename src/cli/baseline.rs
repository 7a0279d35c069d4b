//! `ropa baseline`: accepts what is there today, and drops what is gone.

use crate::check::baseline::{Baseline, FILE_NAME};
use anyhow::Context;
use std::path::{Path, PathBuf};

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
        let file = self.file(root);
        if self.no_baseline || (self.baseline.is_none() && !file.exists()) {
            return Ok(None);
        }
        let text = std::fs::read_to_string(&file)
            .with_context(|| format!("cannot read the baseline {}", file.display()))?;
        let baseline = Baseline::parse(&text).with_context(|| file.display().to_string())?;
        Ok(Some(baseline))
    }
}
