//! `ropa detectors`: lists the detectors; `test` runs their own examples and counter-examples.

use super::{Exit, Global};
use crate::detection::{Detection, proof};
use crate::detector::Detector;
use std::io::Write;
use std::path::PathBuf;

/// List the detectors, or run their own examples and counter-examples.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  ropa detectors                      what is looked for\n  ropa detectors test                 prove each detector by its own samples\n  ropa detectors test --detectors my  your own, too"
)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// Folder with detectors of your own
    #[arg(long, value_name = "FOLDER", global = true)]
    detectors: Option<PathBuf>,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Run the examples and counter-examples of every detector
    Test,
}

/// Lists or tests.
pub fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let detection = Detection::new(args.detectors.as_deref())?;
    match args.action {
        None => list(&detection),
        Some(Action::Test) => test(&detection, global),
    }
}

fn list(detection: &Detection) -> anyhow::Result<Exit> {
    let mut out = std::io::stdout().lock();
    let mut all: Vec<&Detector> = detection.detectors.iter().collect();
    all.sort_by_key(|d| (d.data_type, &d.id));
    for detector in all {
        let by = match (
            detector.names.is_empty() && detector.weak_names.is_empty(),
            detector.values.is_empty(),
        ) {
            (false, false) => "name, value",
            (false, true) => "name",
            _ => "value",
        };
        writeln!(
            out,
            "{:<28} {:<26} {by:<12} {}",
            detector.data_type, detector.id, detector.about
        )?;
    }
    Ok(Exit::Clean)
}

fn test(detection: &Detection, global: &Global) -> anyhow::Result<Exit> {
    let mut out = std::io::stdout().lock();
    let mut failed = 0;
    for detector in detection.detectors.iter() {
        for failure in proof::failures(detection, detector) {
            failed += 1;
            writeln!(out, "{}: {failure}", detector.id)?;
        }
    }
    global.note(&format!(
        "{} detectors, {failed} samples failed",
        detection.detectors.iter().len()
    ));
    Ok(if failed == 0 {
        Exit::Clean
    } else {
        Exit::Findings
    })
}
