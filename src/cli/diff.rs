//! `ropa diff`: what personal data came, went or changed between two inventories.

use super::merge::read;
use super::output::OutputArgs;
use super::{Exit, Global};
use crate::inventory::difference::Difference;
use crate::report::Subject;
use std::path::PathBuf;

/// What personal data came, went or changed between two inventories.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  ropa diff old.json new.json --format md")]
pub struct Args {
    /// The older inventory (`ropa scan -o old.json`)
    old: PathBuf,
    /// The newer one
    new: PathBuf,
    #[command(flatten)]
    output: OutputArgs,
}

/// Compares two inventories. Differences are no failure: exit 0.
pub fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let difference = Difference::between(&read(&args.old)?, &read(&args.new)?);
    args.output
        .write(&Subject::Difference(&difference), "text", global, "")?;
    Ok(Exit::Clean)
}
