//! The project's own tasks.

use clap::{Parser, Subcommand};

mod accuracy;
mod accuracy_text;
mod bench;
mod columns;
mod corpus;
mod docs;
mod instructions;
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
    /// Hold detection in text against labelled text
    AccuracyText(accuracy_text::Flags),
    /// Hold the scan against generated tables
    AccuracyColumns(columns::Args),
    /// Make a large file to measure with
    Corpus(corpus::Args),
    /// Measure the binary beside others, and write docs/speed.md with its chart
    Bench(bench::Args),
    /// Hold the instructions per byte of the hot paths against their bounds
    Instructions(instructions::Args),
    /// Write the generated blocks of the README, or check that they are fresh
    Docs(docs::Args),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().task {
        Task::Verify => verify::run(),
        Task::Accuracy(args) => accuracy::run(&args),
        Task::AccuracyText(flags) => accuracy_text::run(&flags),
        Task::AccuracyColumns(args) => columns::run(&args),
        Task::Corpus(args) => corpus::run(&args),
        Task::Bench(args) => bench::run(&args),
        Task::Instructions(args) => instructions::run(&args),
        Task::Docs(args) => docs::run(&args),
    }
}
