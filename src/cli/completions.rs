//! `ropa completions`: completions for a shell, from the same definitions as the help.

use super::{Cli, Exit};
use clap::CommandFactory;
use std::io::Write;

/// Print completions for a shell.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  ropa completions bash > ~/.local/share/bash-completion/completions/ropa"
)]
pub struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

/// Prints the completions.
pub fn run(args: Args) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "ropa", &mut script);
    std::io::stdout().write_all(&script)?;
    Ok(Exit::Clean)
}
