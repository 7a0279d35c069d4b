//! The command line: global flags and the list of commands. Each command lives in its own file, flags and run side by side.

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use std::path::PathBuf;
use std::process::ExitCode;

pub mod baseline;
pub mod check;
pub mod completions;
pub mod detectors;
pub mod diff;
pub mod explain;
pub mod init;
pub mod lsp;
pub mod man;
pub mod merge;
pub mod output;
pub mod progress;
pub mod register;
pub mod scan;
pub mod schema;
pub mod tag;
pub mod target;

/// How a run ends. 0 clean, 1 findings that fail the check, 2 usage, configuration or internal error, 3 scan incomplete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing to say against.
    Clean,
    /// Findings that fail the check.
    Findings,
    /// Usage, configuration or internal error.
    Error,
    /// A source failed or was read only in part.
    Incomplete,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Error => 2,
            Exit::Incomplete => 3,
        })
    }
}

/// Personal-data inventory and records of processing activities (GDPR Art. 30), from schemas, logs, exports, databases and code.
#[derive(Parser)]
#[command(
    name = "ropa",
    version,
    max_term_width = 100,
    propagate_version = false
)]
#[command(
    after_help = "Examples:\n  ropa scan .                                   what personal data is here?\n  ropa register . -o register.xlsx              the register, as a workbook\n  ropa explain 1bde0143                         why was this found?\n\nExit codes: 0 clean, 1 findings, 2 usage or configuration error, 3 scan incomplete.\nNothing leaves this machine, and no raw personal value is ever printed or stored."
)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Flags of every command.
#[derive(Args, Clone, Debug)]
pub struct Global {
    /// Configuration file [default: the nearest ropa.toml, upwards from the target]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help_heading = "Global options"
    )]
    pub config: Option<PathBuf>,
    /// Threads [default: one a core]
    #[arg(long, global = true, value_name = "N", help_heading = "Global options", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// When to use colours
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Global options"
    )]
    pub color: Color,
    /// The day that retention, expiry and validity count from [default: today]
    #[arg(
        long,
        global = true,
        value_name = "DATE",
        help_heading = "Global options"
    )]
    pub as_of: Option<Date>,
    /// Say less: no progress, no notes
    #[arg(
        short,
        long,
        global = true,
        conflicts_with = "verbose",
        help_heading = "Global options"
    )]
    pub quiet: bool,
    /// Say more: each source with its format and coverage
    #[arg(short, long, global = true, help_heading = "Global options")]
    pub verbose: bool,
}

impl Global {
    /// The day that counts as today.
    pub fn as_of(&self) -> Date {
        self.as_of.unwrap_or_else(|| jiff::Zoned::now().date())
    }

    /// Whether standard output gets colours.
    pub fn has_color(&self) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
            }
        }
    }

    /// Tells a note on standard error, unless the user wants quiet.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            anstream::eprintln!("{}", crate::report::text::printable(text));
        }
    }
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal that wants them (NO_COLOR is heeded).
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Subcommand)]
enum Command {
    /// Inventory of the personal data in files, folders, databases and streams
    Scan(scan::Args),
    /// Fail on personal data that is untagged, undeclared, forbidden or logged, and new
    Check(check::Args),
    /// The register of processing activities (GDPR Art. 30): workbook, CSV, JSON, Markdown
    Register(register::Args),
    /// Show the tags that are missing as a diff, or write them
    Tag(tag::Args),
    /// Accept what `check` finds today, or drop what is gone
    Baseline(baseline::Args),
    /// Show the findings in an editor, with the missing tag as a quick fix
    Lsp(lsp::Args),
    /// Draft a ropa.toml from a scan, for a person to confirm
    Init(init::Args),
    /// Why something was found, and how to silence or correct it
    Explain(explain::Args),
    /// What personal data came, went or changed between two inventories, registers or git revisions
    Diff(diff::Args),
    /// Join inventories that were scanned in parts
    Merge(merge::Args),
    /// List the detectors, or run their own examples and counter-examples
    Detectors(detectors::Args),
    /// Print the JSON Schema of a document that ropa reads or writes
    Schema(schema::Args),
    /// Print completions for a shell
    Completions(completions::Args),
    /// Print the manual page
    Man,
}

/// Parses the command line, runs one command and maps its end to an exit code.
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(tell_panic));
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; clap knows which stream they belong to.
            let code = if error.use_stderr() {
                Exit::Error
            } else {
                Exit::Clean
            };
            return error.print().map_or(ExitCode::from(2), |()| code.into());
        }
    };
    match run(cli) {
        Ok(exit) => exit.into(),
        Err(error) if is_broken_pipe(&error) => Exit::Clean.into(),
        Err(error) => {
            anstream::eprintln!("ropa: {}", crate::report::text::printable(&chain(&error)));
            Exit::Error.into()
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<Exit> {
    let global = cli.global;
    if let Some(threads) = global.threads {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads.into())
            .build_global()?;
    }
    match cli.command {
        Command::Scan(args) => scan::run(args, &global),
        Command::Check(args) => check::run(args, &global),
        Command::Register(args) => register::run(args, &global),
        Command::Tag(args) => tag::run(args, &global),
        Command::Baseline(args) => baseline::run(args, &global),
        Command::Lsp(args) => lsp::run(args, &global),
        Command::Init(args) => init::run(args, &global),
        Command::Explain(args) => explain::run(args, &global),
        Command::Diff(args) => diff::run(args, &global),
        Command::Merge(args) => merge::run(args, &global),
        Command::Detectors(args) => detectors::run(args, &global),
        Command::Schema(args) => schema::run(args),
        Command::Completions(args) => completions::run(args),
        Command::Man => man::run(),
    }
}

/// Tells where an internal error happened and nothing else: the message of a panic may quote the text it choked on.
fn tell_panic(panic: &std::panic::PanicHookInfo<'_>) {
    if crate::source::guard::is_guarded() {
        return;
    }
    let place = panic.location().map(|l| {
        format!(
            " at {}:{}",
            l.file().rsplit("src/").next().unwrap_or("?"),
            l.line()
        )
    });
    anstream::eprintln!(
        "ropa: internal error{}; please report it",
        place.unwrap_or_default()
    );
}

/// The error with its causes, on one line.
fn chain(error: &anyhow::Error) -> String {
    let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    causes.join(": ")
}

/// The reader of our output went away (`ropa scan | head`): no error of ours.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<std::io::Error>());
    io.is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
}
