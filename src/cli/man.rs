//! `ropa man`: the manual page, from the same definitions as the help.

use super::{Cli, Exit};
use clap::CommandFactory;

/// Prints the manual page in roff.
pub fn run() -> anyhow::Result<Exit> {
    clap_mangen::Man::new(Cli::command()).render(&mut std::io::stdout())?;
    Ok(Exit::Clean)
}
