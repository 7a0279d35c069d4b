//! `ropa schema`: the published JSON Schemas, generated from the types.

use super::Exit;
use crate::check::Findings;
use crate::config::Config;
use crate::inventory::{Inventory, jsonl_schema};
use crate::register::Register;
use crate::register::difference::Comparison;
use std::io::Write;

/// Print the JSON Schema of a document that ropa reads or writes.
#[derive(clap::Args)]
pub struct Args {
    /// The document
    document: Document,
}

/// A document with a schema.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum Document {
    /// `scan --format json`.
    Inventory,
    /// A line of `scan --format jsonl`.
    Jsonl,
    /// `check --format json`.
    Findings,
    /// `register --format json`.
    Register,
    /// `diff --format json`.
    Difference,
    /// `ropa.toml`.
    Config,
}

impl Document {
    /// All of them, with the names their files have in `docs/schemas/`.
    pub const ALL: &'static [(Document, &'static str)] = &[
        (Document::Inventory, "ropa-inventory-1.json"),
        (Document::Jsonl, "ropa-jsonl-1.json"),
        (Document::Findings, "ropa-findings-1.json"),
        (Document::Register, "ropa-register-1.json"),
        (Document::Difference, "ropa-difference-1.json"),
        (Document::Config, "ropa-toml.json"),
    ];

    /// The schema.
    pub fn schema(self) -> schemars::Schema {
        match self {
            Document::Inventory => schemars::schema_for!(Inventory),
            Document::Jsonl => jsonl_schema(),
            Document::Findings => schemars::schema_for!(Findings),
            Document::Register => schemars::schema_for!(Register),
            Document::Difference => schemars::schema_for!(Comparison),
            Document::Config => schemars::schema_for!(Config),
        }
    }
}

/// Prints the schema.
pub fn run(args: Args) -> anyhow::Result<Exit> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &args.document.schema())?;
    out.write_all(b"\n")?;
    Ok(Exit::Clean)
}
