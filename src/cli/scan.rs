//! `ropa scan`: the inventory of what is there.

use super::output::OutputArgs;
use super::target::{ShownArgs, TargetArgs};
use super::{Exit, Global};
use crate::inventory::Shard;
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
    /// Read one part of the whole, such as 2/8, on one of several machines; `ropa merge` joins the parts
    #[arg(long, value_name = "I/N", help_heading = "Reading", value_parser = shard)]
    shard: Option<Shard>,
    #[command(flatten)]
    output: OutputArgs,
}

/// Scans and reports. A summary stands on screen even where the inventory goes to a file.
pub fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let scanned = args
        .target
        .scan_shard(global, args.shown.all_spans, args.shard)?;
    let inventory = match args.shard {
        // A part keeps everything: what is the same dataset in another part is known only when they are joined.
        Some(_) => scanned.inventory,
        None => scanned
            .inventory
            .shown(args.shown.min_confidence.into(), args.shown.all_fields),
    };
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

fn shard(text: &str) -> Result<Shard, String> {
    let parts = text
        .split_once('/')
        .and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    match parts {
        Some((index, of)) if (1..=of).contains(&index) && of <= 100_000 => Ok(Shard { index, of }),
        _ => Err("takes the form I/N with I from 1 to N, such as 2/8".into()),
    }
}
