//! `ropa merge`: inventories that were scanned in parts, as one.

use super::output::OutputArgs;
use super::target::ShownArgs;
use super::{Exit, Global};
use crate::inventory::Inventory;
use crate::report::Subject;
use crate::scan::facts;
use anyhow::Context;
use std::path::{Path, PathBuf};

/// Join inventories that were scanned in parts.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  ropa scan . --shard 1/2 -o part-1.json      # on one machine\n  ropa scan . --shard 2/2 -o part-2.json      # on another\n  ropa merge part-1.json part-2.json -o inventory.json"
)]
pub struct Args {
    /// Inventories (`ropa scan -o part.json`)
    #[arg(required = true, value_name = "PART")]
    parts: Vec<PathBuf>,
    #[command(flatten)]
    shown: ShownArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Reads the parts and writes the whole. The same part given twice counts once.
pub fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let mut whole = Inventory::new();
    for part in &args.parts {
        whole.merge(read(part)?);
    }
    whole.close();
    facts::settle(&mut whole);
    let missing = whole.missing_shards();
    for shard in &missing {
        global.note(&format!(
            "part {} of {} is missing: scan it with --shard {}/{}",
            shard.index, shard.of, shard.index, shard.of
        ));
    }
    let inventory = whole.shown(args.shown.min_confidence.into(), args.shown.all_fields);
    args.output
        .write(&Subject::Inventory(&inventory), "json", global, "")?;
    let is_whole = missing.is_empty() && !inventory.is_incomplete();
    Ok(if is_whole {
        Exit::Clean
    } else {
        Exit::Incomplete
    })
}

/// Reads an inventory; errors say where it is wrong and never what stands there.
pub fn read(file: &Path) -> anyhow::Result<Inventory> {
    let shown = file.display();
    let text = std::fs::read(file).with_context(|| format!("cannot read {shown}"))?;
    let inventory: Inventory = serde_json::from_slice(&text).map_err(|e| {
        anyhow::anyhow!(
            "{shown} is not an inventory of `ropa scan --format json`: line {}, column {}",
            e.line(),
            e.column()
        )
    })?;
    anyhow::ensure!(
        inventory.schema == crate::inventory::SCHEMA,
        "{shown} is no {} document; scan again with this version",
        crate::inventory::SCHEMA
    );
    Ok(inventory)
}
