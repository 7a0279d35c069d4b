//! `ropa register`: the register of processing activities, from `ropa.toml` and a scan or an inventory.

use super::output::OutputArgs;
use super::target::TargetArgs;
use super::{Exit, Global};
use crate::config::{Config, Role};
use crate::inventory::Inventory;
use crate::register::Register;
use crate::report::{self, Options, Subject, filled_workbook, profile, register_update};
use anyhow::{Context, bail};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The register of processing activities (GDPR Art. 30): what ropa.toml declares and what a scan shows.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  ropa register . -o register.xlsx                          a workbook with every cell\n  ropa register . --profile ico-controller -o register.xlsx in the layout of an authority\n  ropa register --inventory inventory.json --format json    from an earlier scan\n  ropa register . --check                                   exit 1 where Art. 30 demands more"
)]
pub struct Args {
    #[command(flatten)]
    target: TargetArgs,
    /// Use this inventory (ropa scan -o inventory.json) instead of scanning
    #[arg(long, value_name = "FILE", help_heading = "Register")]
    inventory: Option<PathBuf>,
    /// Layout of xlsx, csv and md: generic, ico-controller, cnil, dsk … [default: generic]
    #[arg(
        long,
        value_name = "PROFILE",
        default_value = "",
        hide_default_value = true,
        help_heading = "Register"
    )]
    profile: String,
    /// Only the activities of this role; processors keep a record of their own (Art. 30(2))
    #[arg(long, value_name = "ROLE", help_heading = "Register")]
    role: Option<RoleArg>,
    /// Take over what people wrote into this workbook, which an earlier run wrote; its layout is kept unless --profile says otherwise
    #[arg(long, value_name = "FILE.xlsx", help_heading = "Register")]
    update: Option<PathBuf>,
    /// Fail (exit 1) where a cell that Art. 30 demands is missing
    #[arg(long, help_heading = "Register")]
    check: bool,
    #[command(flatten)]
    output: OutputArgs,
}

/// Whose record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum RoleArg {
    /// Controller and joint controller (Art. 30(1)); roles not known yet, too
    Controller,
    /// Processor and sub-processor (Art. 30(2))
    Processor,
}

impl RoleArg {
    fn includes(self, role: Role) -> bool {
        (self == RoleArg::Processor) == role.is_processor()
    }
}

/// Builds the register and reports it. A summary stands on screen even where the register goes to a file.
pub fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    if profile::find(&args.profile).is_none() {
        let known: Vec<&str> = profile::all().iter().map(|p| p.id.as_str()).collect();
        bail!(
            "there is no profile `{}`; there are: {}",
            args.profile,
            known.join(", ")
        );
    }
    let (inventory, config) = evidence(&args, global)?;
    let mut register = Register::build(&config, &inventory, global.as_of());
    let mut profile = args.profile.as_str();
    if let Some(file) = &args.update {
        let filled = filled_workbook::read(file)?;
        register_update::update(&mut register, &filled, &inventory);
        if profile.is_empty() {
            profile = &filled.profile.id;
        }
        for conflict in &register.conflicts {
            global.note(&format!(
                "conflict: {}, {}: {}",
                conflict.activity, conflict.field, conflict.text
            ));
        }
    }
    if let Some(role) = args.role {
        register = register.of_role(|r| role.includes(r));
    }
    let subject = Subject::Register(&register, &inventory);
    if args.output.only_files() && !global.quiet {
        let options = Options {
            color: global.has_color(),
            ..Options::default()
        };
        let mut out = std::io::stdout().lock();
        report::register_text::summary(&register, &options, &mut out)?;
        out.flush()?;
    }
    args.output.write(&subject, "text", global, profile)?;
    Ok(if args.check && !register.is_complete() {
        Exit::Findings
    } else if inventory.is_incomplete() {
        Exit::Incomplete
    } else {
        Exit::Clean
    })
}

/// What is known: an inventory, read or scanned, and the configuration, or an empty one.
fn evidence(args: &Args, global: &Global) -> anyhow::Result<(Inventory, Config)> {
    let Some(file) = &args.inventory else {
        let scanned = args.target.scan(global, false)?;
        let config = scanned
            .config
            .map(|config| (*config).clone())
            .unwrap_or_default();
        return Ok((scanned.inventory, config));
    };
    let inventory = super::merge::read(file)?;
    let config = args
        .target
        .config(global)?
        .map(|config| (*config).clone())
        .unwrap_or_default();
    Ok((inventory, config))
}

/// Reads a register; errors say where it is wrong and never what stands there.
pub fn read(file: &Path) -> anyhow::Result<Register> {
    let shown = file.display();
    let text = std::fs::read(file).with_context(|| format!("cannot read {shown}"))?;
    let register: Register = serde_json::from_slice(&text).map_err(|e| {
        anyhow::anyhow!(
            "{shown} is not a register of `ropa register --format json`: line {}, column {}",
            e.line(),
            e.column()
        )
    })?;
    anyhow::ensure!(
        register.schema == crate::register::SCHEMA,
        "{shown} is no {} document; write it again with this version",
        crate::register::SCHEMA
    );
    Ok(register)
}
