//! The project's own tasks.

use clap::{Parser, Subcommand};

mod accuracy;
mod verify;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own tasks")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Say yes or no: format, lints, tests, generated files
    Verify,
    /// Hold the classifier against labelled fields
    Accuracy(accuracy::Args),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().task {
        Task::Verify => verify::run(),
        Task::Accuracy(args) => accuracy::run(&args),
    }
}
