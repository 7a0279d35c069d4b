//! `ropa merge`: inventories that were scanned in parts, as one.

use super::output::OutputArgs;
use super::{Exit, Global};
use crate::inventory::Inventory;
use crate::report::Subject;
use anyhow::Context;
use std::path::{Path, PathBuf};

/// Join inventories that were scanned in parts.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  ropa merge part-1.json part-2.json -o inventory.json")]
pub struct Args {
    /// Inventories (`ropa scan -o part.json`)
    #[arg(required = true, value_name = "PART")]
    parts: Vec<PathBuf>,
    #[command(flatten)]
    output: OutputArgs,
}

/// Reads the parts and writes the whole. The same part given twice counts once.
pub fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let mut whole = Inventory::new();
    for part in &args.parts {
        whole.merge(read(part)?);
    }
    args.output
        .write(&Subject::Inventory(&whole), "json", global, "")?;
    Ok(if whole.is_incomplete() {
        Exit::Incomplete
    } else {
        Exit::Clean
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
