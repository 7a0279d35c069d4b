//! `ropa scan`: the inventory of what is there.

use super::output::OutputArgs;
use super::target::{ShownArgs, TargetArgs};
use super::{Exit, Global};
use crate::report::{self, Options, Subject};
use std::io::Write;

/// Inventory of the personal data in files, folders, databases and streams.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  ropa scan                               the folder you are in\n  ropa scan db/ logs/ 'exports/*.csv'     some of it\n  ropa scan . -o inventory.json           keep the inventory for `register`, `check` and `diff`\n  zcat app.log.gz | ropa scan -           standard input\n  ropa scan env:DATABASE_URL              a database whose URL is kept in a variable"
)]
pub struct Args {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    shown: ShownArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Scans and reports. A summary stands on screen even where the inventory goes to a file.
pub fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let scanned = args.target.scan(global, args.shown.all_spans)?;
    let inventory = scanned
        .inventory
        .shown(args.shown.min_confidence.into(), args.shown.all_fields);
    let subject = Subject::Inventory(&inventory);
    if args.output.only_files() && !global.quiet {
        let options = Options {
            color: global.has_color(),
            ..Options::default()
        };
        let mut out = std::io::stdout().lock();
        report::text::summary(&inventory, &options, &mut out)?;
        out.flush()?;
    }
    args.output.write(&subject, "text", global, "")?;
    Ok(if inventory.is_incomplete() {
        Exit::Incomplete
    } else {
        Exit::Clean
    })
}
