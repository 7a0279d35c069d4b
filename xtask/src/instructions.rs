//! `cargo xtask instructions`: how many instructions a byte costs on the hot paths, counted by valgrind on small fixed corpora,
//! against the bounds in benches/instructions.json. Counts, not seconds: the same on a busy machine. It measures the unoptimised
//! binary that the tests have built, so it sees work that is done twice or too early, not how well the compiler does.

use crate::corpus::{self, Kind};
use anyhow::{Context, bail, ensure};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Hold the instructions per byte of the hot paths against their bounds.
#[derive(clap::Args)]
pub struct Args {
    /// Write what is measured as the new bounds
    #[arg(long)]
    renew: bool,
    /// A binary to measure in place of the one of the tests; its figures are printed and held against nothing
    #[arg(long)]
    binary: Option<PathBuf>,
}

/// Bounds, as they are kept.
#[derive(Serialize, Deserialize)]
struct Bounds {
    /// The compiler they were measured with; another one makes other instructions.
    compiler: String,
    /// How much more than the figure is let pass.
    percent: f64,
    /// Instructions per byte by way (`avx2`, `portable`) and path.
    per_byte: BTreeMap<String, BTreeMap<String, f64>>,
}

/// Bytes of each corpus.
const SIZE: u64 = 48 << 10;

/// The paths: their corpus, file, and the function whose cost is theirs.
const PATHS: &[(&str, Kind, &str, &str)] = &[
    ("text", Kind::Mixed, "mixed.log", "source::text::Text as"),
    ("csv", Kind::Csv, "people.csv", "source::csv::Csv as"),
    (
        "jsonl",
        Kind::Jsonl,
        "app.jsonl",
        "source::jsonl::JsonLines as",
    ),
    (
        "logfmt",
        Kind::Logfmt,
        "app.log",
        "source::logfmt::Logfmt as",
    ),
    ("copy", Kind::Copy, "dump.sql", "source::sql::Sql as"),
];

/// Measures and compares, or writes the bounds.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("xtask is inside the project")?;
    let folder = root.join("target/instructions");
    std::fs::create_dir_all(&folder)?;
    for (_, kind, file, _) in PATHS {
        corpus::write(*kind, SIZE, &folder.join(file))?;
    }
    let binary = match &args.binary {
        Some(binary) => binary.clone(),
        None => built(root)?,
    };
    let mut measured = BTreeMap::from([("portable".to_owned(), count(&binary, &folder, true)?)]);
    if has_avx2() {
        measured.insert("avx2".to_owned(), count(&binary, &folder, false)?);
    }
    let file = root.join("benches/instructions.json");
    if args.renew {
        let bounds = Bounds {
            compiler: compiler()?,
            percent: 8.0,
            per_byte: measured,
        };
        std::fs::write(file, serde_json::to_string_pretty(&bounds)? + "\n")?;
        return Ok(());
    }
    let bounds: Bounds = serde_json::from_str(&std::fs::read_to_string(&file)?)?;
    compare(&bounds, &measured, args.binary.is_some())
}

/// The unoptimised binary, built if it is not.
fn built(root: &Path) -> anyhow::Result<PathBuf> {
    let status = Command::new("cargo")
        .current_dir(root)
        .args(["build", "--quiet", "--bin", "ropa"])
        .status()?;
    ensure!(status.success(), "the binary does not build");
    Ok(root.join("target/debug/ropa"))
}

fn compiler() -> anyhow::Result<String> {
    let output = Command::new("rustc").arg("--version").output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn has_avx2() -> bool {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    cpu.contains(" avx2 ")
}

/// Instructions per byte of each path, in one run over all corpora.
fn count(binary: &Path, folder: &Path, portable: bool) -> anyhow::Result<BTreeMap<String, f64>> {
    let counts = folder.join("counts");
    let mut command = Command::new("valgrind");
    command
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", counts.display()))
        .arg(binary)
        .args([
            "scan",
            "--threads",
            "1",
            "--no-ignore",
            "-q",
            "--format",
            "jsonl",
            "-o",
        ])
        .arg(folder.join("found.out"))
        .args(PATHS.iter().map(|(_, _, file, _)| folder.join(file)));
    if portable {
        command.env("ROPA_PORTABLE", "1");
    }
    let output = command
        .output()
        .context("valgrind is needed (scripts/setup)")?;
    if !output.status.success() {
        bail!("the binary failed under valgrind");
    }
    let output = Command::new("callgrind_annotate")
        .args(["--inclusive=yes", "--threshold=100", "--auto=no"])
        .arg(&counts)
        .output()
        .context("callgrind_annotate comes with valgrind")?;
    let told = String::from_utf8_lossy(&output.stdout);
    let per_byte = |(path, _, file, function): &(&str, Kind, &str, &str)| {
        let lines = told
            .lines()
            .filter(|line| line.contains(function) && line.contains("Reader>::read "));
        let most = lines.filter_map(instructions).max();
        let most = most.with_context(|| format!("the profile has no `{function}`"))?;
        let bytes = std::fs::metadata(folder.join(file))?.len();
        Ok((
            (*path).to_owned(),
            (most as f64 / bytes as f64 * 10.0).round() / 10.0,
        ))
    };
    PATHS.iter().map(per_byte).collect()
}

/// The figure a line of the profile begins with.
fn instructions(line: &str) -> Option<u64> {
    let figure = line.split_whitespace().next()?;
    figure.replace(',', "").parse().ok()
}

fn compare(
    bounds: &Bounds,
    measured: &BTreeMap<String, BTreeMap<String, f64>>,
    is_other: bool,
) -> anyhow::Result<()> {
    let is_held = !is_other && compiler()? == bounds.compiler;
    let mut over = Vec::new();
    for (way, paths) in measured {
        for (path, figure) in paths {
            let bound = bounds
                .per_byte
                .get(way)
                .and_then(|paths| paths.get(path))
                .copied();
            let most = bound.unwrap_or(0.0) * (1.0 + bounds.percent / 100.0);
            println!("{way} {path}: {figure} instructions a byte, bound {most:.1}");
            if *figure > most {
                over.push(format!("{way} {path}"));
            }
        }
    }
    if !is_held {
        println!("another compiler or binary than the bounds are of: nothing is held against them");
    } else if !over.is_empty() {
        bail!(
            "more instructions a byte than allowed: {}; if that is meant, `cargo xtask instructions --renew`",
            over.join(", ")
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(text: f64) -> BTreeMap<String, BTreeMap<String, f64>> {
        BTreeMap::from([(
            "portable".to_owned(),
            BTreeMap::from([("text".to_owned(), text)]),
        )])
    }

    #[test]
    fn what_is_over_the_bound_fails() {
        let bounds = Bounds {
            compiler: compiler().expect("rustc is there"),
            percent: 8.0,
            per_byte: figures(100.0),
        };
        assert!(compare(&bounds, &figures(107.0), false).is_ok());
        assert!(compare(&bounds, &figures(109.0), false).is_err());
        assert!(compare(&bounds, &figures(109.0), true).is_ok());
    }

    #[test]
    fn lines_of_a_profile_begin_with_their_figure() {
        assert_eq!(
            instructions(" 1,234,567 (12.00%)  src/a.rs:f"),
            Some(1_234_567)
        );
        assert_eq!(instructions("Ir"), None);
    }
}
