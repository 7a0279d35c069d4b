//! `ropa register`: the register of processing activities, from `ropa.toml` and a scan or an inventory.

use super::output::OutputArgs;
use super::target::TargetArgs;
use super::{Exit, Global};
use crate::config::{Config, Role};
use crate::inventory::Inventory;
use crate::register::Register;
use crate::register::given::{Given, kept_rows};
use crate::report::header_map::HeaderMap;
use crate::report::import_table::{self, Imported, TableOptions};
use crate::report::{
    self, Options, Subject, filled_workbook, import_fides, profile, register_update,
};
use anyhow::{Context, bail};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The register of processing activities (GDPR Art. 30): what ropa.toml declares and what a scan shows.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  ropa register . -o register.xlsx                          a workbook with every cell\n  ropa register . --profile ico-controller -o register.xlsx in the layout of an authority\n  ropa register --inventory inventory.json --format json    from an earlier scan\n  ropa register . --check                                   exit 1 where Art. 30 demands more\n  ropa register . --import fides.yml --format md            with what another tool declares\n  ropa register . --format csv --map map.toml               in the words of another tool"
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
    /// Take in what is kept elsewhere: Fides datasets and systems (YAML), a table (CSV), a register of ropa (JSON); may repeat
    #[arg(long, value_name = "FILE", help_heading = "Register")]
    import: Vec<PathBuf>,
    /// Headers and values as another tool names them: for --import of a CSV and for --format csv
    #[arg(long, value_name = "MAP.toml", help_heading = "Register")]
    map: Option<PathBuf>,
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
pub fn run(mut args: Args, global: &Global) -> anyhow::Result<Exit> {
    if profile::find(&args.profile).is_none() {
        let known: Vec<&str> = profile::all().iter().map(|p| p.id.as_str()).collect();
        bail!(
            "there is no profile `{}`; there are: {}",
            args.profile,
            known.join(", ")
        );
    }
    let map = args.map()?;
    let (mut inventory, config) = evidence(&args, global)?;
    let given = args.imported(&map, &mut inventory, global)?;
    args.output.map = args.map.is_some().then(|| Arc::new(map));
    let mut register = Register::build_with(&config, &given, &inventory, global.as_of());
    tell_conflicts(&register, global);
    let mut profile = args.profile.as_str();
    if let Some(file) = &args.update {
        register.conflicts.clear();
        let filled = filled_workbook::read(file)?;
        register_update::update(&mut register, &filled, &inventory);
        if profile.is_empty() {
            profile = &filled.profile.id;
        }
        tell_conflicts(&register, global);
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

fn tell_conflicts(register: &Register, global: &Global) {
    for conflict in &register.conflicts {
        global.note(&format!(
            "conflict: {}, {}: {}",
            conflict.activity, conflict.field, conflict.text
        ));
    }
}

impl Args {
    /// The names of another tool, held to the layout that they are about.
    fn map(&self) -> anyhow::Result<HeaderMap> {
        let Some(file) = &self.map else {
            return Ok(HeaderMap::default());
        };
        let map = HeaderMap::read(file)?;
        map.check(self.layout())
            .with_context(|| format!("{} cannot be used", file.display()))?;
        Ok(map)
    }

    fn layout(&self) -> &'static profile::Profile {
        profile::find(&self.profile).expect("the profile was checked first")
    }

    /// The rows of all files to import; their datasets join the inventory.
    fn imported(
        &self,
        map: &HeaderMap,
        inventory: &mut Inventory,
        global: &Global,
    ) -> anyhow::Result<Vec<Given>> {
        let mut rows: Vec<Given> = Vec::new();
        for file in &self.import {
            let imported = self.import_of(file, map)?;
            for note in &imported.notes {
                global.note(note);
            }
            for row in imported.rows {
                if let Some(known) = rows.iter().find(|known| known.row.id == row.row.id) {
                    bail!(
                        "{} and {} have an activity of the same id `{}`; rename one of them",
                        known.from,
                        row.from,
                        row.row.id
                    );
                }
                rows.push(row);
            }
            inventory.merge(imported.datasets);
        }
        Ok(rows)
    }

    fn import_of(&self, file: &Path, map: &HeaderMap) -> anyhow::Result<Imported> {
        let shown = crate::target::shown(file);
        let ending = file
            .extension()
            .and_then(|e| e.to_str())
            .unwrap_or_default();
        let bytes = || std::fs::read(file).with_context(|| format!("cannot read {shown}"));
        match ending.to_ascii_lowercase().as_str() {
            "yml" | "yaml" => {
                let text = String::from_utf8(bytes()?)
                    .map_err(|_| anyhow::anyhow!("{shown} is not UTF-8"))?;
                import_fides::read(&text, &shown)
            }
            "csv" | "tsv" => {
                let tab = ending.eq_ignore_ascii_case("tsv").then_some('\t');
                let delimiter = self.output.delimiter.or(tab).unwrap_or(',');
                let options = TableOptions {
                    profile: self.layout(),
                    map,
                    delimiter: u8::try_from(delimiter)
                        .ok()
                        .context("--delimiter takes one ASCII character")?,
                };
                import_table::read(&bytes()?, &shown, &options)
            }
            "json" => Ok(Imported {
                rows: kept_rows(read(file)?.activities, &shown),
                ..Imported::default()
            }),
            "xlsx" | "xlsm" | "xlsb" | "xls" | "ods" => {
                bail!("{shown} is a workbook: if ropa wrote it use --update; else save it as CSV")
            }
            _ => bail!(
                "{shown}: --import reads .yml (Fides), .csv, .tsv and .json (a register of ropa)"
            ),
        }
    }
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
