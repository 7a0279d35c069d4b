//! `cargo xtask bench`: the binary beside others on corpora made here, each in turn in one run, by CPU time.
//! Writes the table and the curves of growth into docs/speed.md, and the chart the README shows. Judges nothing.

use crate::corpus::{self, Kind};
use anyhow::{Context, ensure};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Measure the binary beside others.
#[derive(clap::Args)]
pub struct Args {
    /// Size of each corpus, such as 64M
    #[arg(long, default_value = "64M", value_parser = corpus::bytes)]
    size: u64,
    /// Rounds; of each figure the median counts
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Cargo profile of the binary
    #[arg(long, default_value = "release")]
    profile: String,
    /// A binary that is there already
    #[arg(long, requires = "peers")]
    binary: Option<PathBuf>,
    /// The example `peers` that is there already: the others that are libraries
    #[arg(long, requires = "binary")]
    peers: Option<PathBuf>,
    /// Print only; write nothing
    #[arg(long)]
    dry_run: bool,
}

/// E-mail addresses, IPv4 addresses, phone numbers, card numbers and IBANs, as bare patterns: no validation, no type.
const FIVE_KINDS: &str = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}|\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b|\+[0-9]{1,3}[ -]?(?:[0-9]{2,4}[ -]?){2,4}[0-9]{2,4}|\b(?:[0-9]{4}[ -]?){3}[0-9]{4}\b|\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}\b";

/// What is measured: each kind of corpus, its file, and the others that fit it.
const WORKS: &[(Kind, &str, &str, &[&str])] = &[
    (
        Kind::Mixed,
        "mixed.log",
        "log of mixed formats, as text",
        TEXT_PEERS,
    ),
    (Kind::Text, "text.log", "text with few values", TEXT_PEERS),
    (Kind::Access, "access.log", "access log", TEXT_PEERS),
    (Kind::Logfmt, "logfmt.log", "logfmt", TEXT_PEERS),
    (
        Kind::Jsonl,
        "jsonl.jsonl",
        "JSON lines",
        &["ripgrep", "serde_json", "newlines"],
    ),
    (
        Kind::Csv,
        "csv.csv",
        "CSV",
        &["ripgrep", "csv", "simd-csv", "newlines"],
    ),
    (
        Kind::Copy,
        "copy.sql",
        "SQL dump, COPY",
        &["ripgrep", "newlines"],
    ),
    (
        Kind::Insert,
        "insert.sql",
        "SQL dump, INSERT",
        &["ripgrep", "newlines"],
    ),
];

const TEXT_PEERS: &[&str] = &["ripgrep", "grep", "regex", "newlines"];

/// What each of the others is.
const PEERS: &[(&str, &str)] = &[
    (
        "ripgrep",
        "ripgrep, alternation of five kinds, matches counted",
    ),
    ("grep", "GNU grep -E, the same, lines counted"),
    ("regex", "the `regex` crate, the same, matches counted"),
    ("serde_json", "serde_json, streaming, values ignored"),
    ("csv", "the `csv` crate, records only"),
    ("simd-csv", "the `simd-csv` crate, records only"),
    ("newlines", "newlines counted by memchr: the physical limit"),
];

/// CPU seconds, wall seconds and peak memory in KiB of one run.
#[derive(Clone, Copy)]
struct Cost {
    cpu: f64,
    wall: f64,
    peak: u64,
}

/// Measures, prints and writes.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("xtask is inside the project")?;
    let (binary, peers) = built(root, args)?;
    let bench = Bench {
        folder: root.join("target/bench"),
        binary,
        peers,
        rounds: args.rounds.max(1),
    };
    std::fs::create_dir_all(&bench.folder)?;
    let mut rows = Vec::new();
    for (kind, file, title, peers) in WORKS {
        let path = bench.corpus(*kind, file, args.size)?;
        rows.push(bench.work(title, &path, peers)?);
    }
    let mut text = machine()?;
    text += &table(&rows);
    text += &bench.growth(args.size)?;
    println!("{text}");
    if !args.dry_run {
        write_block(&root.join("docs/speed.md"), &text)?;
        std::fs::write(root.join("docs/speed.svg"), chart(&rows))?;
    }
    Ok(())
}

/// The binary and the example that runs the libraries.
fn built(root: &Path, args: &Args) -> anyhow::Result<(PathBuf, PathBuf)> {
    if let (Some(binary), Some(peers)) = (&args.binary, &args.peers) {
        return Ok((binary.clone(), peers.clone()));
    }
    let status = Command::new("cargo")
        .current_dir(root)
        .args(["build", "--bin", "ropa", "--example", "peers", "--profile"])
        .arg(&args.profile)
        .status()?;
    ensure!(status.success(), "the binary does not build");
    let folder = root.join("target").join(&args.profile);
    Ok((folder.join("ropa"), folder.join("examples/peers")))
}

struct Bench {
    folder: PathBuf,
    binary: PathBuf,
    peers: PathBuf,
    rounds: usize,
}

/// One kind of corpus: megabytes per CPU second of the binary and of the others.
struct Row {
    title: &'static str,
    own: Speed,
    peak: u64,
    others: Vec<(&'static str, Option<Speed>)>,
}

type Speed = f64;

impl Bench {
    fn corpus(&self, kind: Kind, file: &str, size: u64) -> anyhow::Result<PathBuf> {
        let path = self.folder.join(file);
        let known = std::fs::metadata(&path).map_or(0, |found| found.len());
        if known < size || known > size + (1 << 20) {
            corpus::write(kind, size, &path)?;
        }
        Ok(path)
    }

    fn scan(&self, targets: &[&Path], threads: usize, more: &[&str]) -> anyhow::Result<Cost> {
        let mut command = Command::new("env");
        command.arg(&self.binary).arg("scan").args(targets);
        command.args(["--threads", &threads.to_string(), "--no-ignore", "-q"]);
        command
            .args(["--format", "jsonl", "-o"])
            .arg(self.folder.join("found.jsonl"));
        command.args(more);
        measure(&command)?.context("the binary failed")
    }

    /// The binary and the others in turn, round by round.
    fn work(
        &self,
        title: &'static str,
        file: &Path,
        peers: &'static [&'static str],
    ) -> anyhow::Result<Row> {
        let megabytes = std::fs::metadata(file)?.len() as f64 / 1e6;
        let mut own = Vec::new();
        let mut others: Vec<Vec<Cost>> = vec![Vec::new(); peers.len()];
        for _ in 0..self.rounds {
            own.push(self.scan(&[file], 1, &[])?);
            for (peer, costs) in peers.iter().zip(&mut others) {
                costs.extend(self.peer_cost(peer, file)?);
            }
        }
        let speed = |costs: &[Cost]| {
            let cpu = median(costs.iter().map(|cost| cost.cpu).collect());
            cpu.map(|cpu| megabytes / cpu.max(0.001))
        };
        Ok(Row {
            title,
            own: speed(&own).context("there is at least one round")?,
            peak: own.iter().map(|cost| cost.peak).max().unwrap_or(0),
            others: peers
                .iter()
                .zip(&others)
                .map(|(peer, costs)| (*peer, speed(costs)))
                .collect(),
        })
    }

    fn peer_cost(&self, peer: &str, file: &Path) -> anyhow::Result<Option<Cost>> {
        let mut command;
        match peer {
            "ripgrep" => {
                command = Command::new("rg");
                command.args([
                    "--no-config",
                    "-j1",
                    "-a",
                    "--count-matches",
                    "-e",
                    FIVE_KINDS,
                ]);
            }
            "grep" => {
                command = Command::new("grep");
                command.args(["-acE", &FIVE_KINDS.replace("(?:", "(")]);
                command.env("LC_ALL", "C");
            }
            _ => {
                command = Command::new(&self.peers);
                command.arg(peer).env("FIVE_KINDS", FIVE_KINDS);
            }
        }
        command.arg(file);
        measure(&command)
    }

    /// How cost grows with what grows.
    fn growth(&self, size: u64) -> anyhow::Result<String> {
        let mut text = String::from(
            "\n## Growth\n\n| what grows | | CPU s | wall s | peak MiB |\n|---|---|---|---|---|\n",
        );
        let mut line = |what: &str, step: &str, cost: Cost| {
            writeln!(
                text,
                "| {what} | {step} | {:.2} | {:.2} | {} |",
                cost.cpu,
                cost.wall,
                cost.peak / 1024
            )
        };
        let empty = self.folder.join("one");
        std::fs::create_dir_all(&empty)?;
        std::fs::write(empty.join("a.log"), "started\n")?;
        line(
            "start-up",
            "a folder of one line",
            self.scan(&[&empty], 1, &[])?,
        )?;
        for factor in [1, 4, 16] {
            let bytes = size * factor / 4;
            let path = self.corpus(Kind::Mixed, &format!("size-{factor}.log"), bytes)?;
            line(
                "input, MB of mixed log",
                &(bytes / 1_000_000).to_string(),
                self.scan(&[&path], 1, &[])?,
            )?;
        }
        for files in [10, 100, 1_000] {
            let folder = self.folder.join(format!("files-{files}"));
            if !folder.exists() {
                std::fs::create_dir_all(&folder)?;
                for at in 0..files {
                    corpus::write(Kind::Mixed, 20_000, &folder.join(format!("{at}.log")))?;
                }
            }
            line(
                "files of 20 KB",
                &files.to_string(),
                self.scan(&[&folder], 1, &[])?,
            )?;
        }
        for fields in [10, 100, 1_000] {
            let path = self.folder.join(format!("fields-{fields}.csv"));
            write_wide(&path, fields, size / 4)?;
            line(
                "fields, CSV of the same size",
                &fields.to_string(),
                self.scan(&[&path], 1, &[])?,
            )?;
        }
        let path = self.corpus(Kind::Mixed, "mixed.log", size)?;
        for (times, config) in [(1, None), (2, Some(self.doubled()?))] {
            let more: Vec<&str> = config
                .iter()
                .flat_map(|file| ["--config", file.as_str()])
                .collect();
            line(
                "detectors, times the built-in ones",
                &times.to_string(),
                self.scan(&[&path], 1, &more)?,
            )?;
        }
        for threads in [1, 2] {
            line(
                "threads, one file",
                &threads.to_string(),
                self.scan(&[&path], threads, &[])?,
            )?;
        }
        Ok(text)
    }

    /// A configuration with each built-in detector of values once more, under another name.
    fn doubled(&self) -> anyhow::Result<String> {
        let folder = self.folder.join("doubled");
        let detectors = folder.join("detectors");
        std::fs::create_dir_all(&detectors)?;
        for (file, text) in ropa::detector::FILES {
            let has_values = text.contains("[[value]]") && file.contains('/');
            let Some(id) = text.lines().find_map(|line| line.strip_prefix("id = \"")) else {
                continue;
            };
            if has_values {
                let id = id.trim_end_matches('"');
                let text = text.replacen(
                    &format!("id = \"{id}\""),
                    &format!("id = \"{id}_twice\""),
                    1,
                );
                std::fs::write(detectors.join(format!("{id}_twice.toml")), text)?;
            }
        }
        let config = folder.join("ropa.toml");
        std::fs::write(&config, "detectors = \"detectors\"\n")?;
        Ok(config.display().to_string())
    }
}

/// A CSV of so many columns and about a size: numbers, words and addresses in turn.
fn write_wide(path: &Path, fields: usize, size: u64) -> anyhow::Result<()> {
    let mut text = (0..fields)
        .map(|at| format!("column_{at}"))
        .collect::<Vec<_>>()
        .join(",");
    text.push('\n');
    let mut row = 0;
    while (text.len() as u64) < size {
        for at in 0..fields {
            let comma = if at == 0 { "" } else { "," };
            let n = row * 31 + at * 7;
            match at % 3 {
                0 => write!(text, "{comma}{}", n % 100_000)?,
                1 => write!(text, "{comma}state {}", n % 9)?,
                _ => write!(text, "{comma}user{}@example.com", n % 5_000)?,
            }
        }
        text.push('\n');
        row += 1;
    }
    std::fs::write(path, text)?;
    Ok(())
}

/// Runs a command under GNU time; `None` where it, or the command, is not installed or fails.
fn measure(command: &Command) -> anyhow::Result<Option<Cost>> {
    let mut timed = Command::new("time");
    timed
        .args(["-f", "%U %S %e %M"])
        .arg(command.get_program())
        .args(command.get_args());
    for (key, value) in command.get_envs() {
        if let Some(value) = value {
            timed.env(key, value);
        }
    }
    let output = timed.stdout(Stdio::null()).stderr(Stdio::piped()).output();
    let output = output.context("GNU time is needed (Debian: apt install time)")?;
    let told = String::from_utf8_lossy(&output.stderr);
    let figures: Vec<f64> = told
        .lines()
        .next_back()
        .unwrap_or_default()
        .split(' ')
        .filter_map(|figure| figure.parse().ok())
        .collect();
    let [user, system, wall, peak] = figures[..] else {
        return Ok(None);
    };
    // Searchers say 1 where nothing is found.
    let is_done = matches!(output.status.code(), Some(0 | 1));
    Ok(is_done.then_some(Cost {
        cpu: user + system,
        wall,
        peak: peak as u64,
    }))
}

fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied()
}

/// Date, machine and what the others are.
fn machine() -> anyhow::Result<String> {
    let date = Command::new("date").args(["-u", "+%Y-%m-%d"]).output()?;
    let date = String::from_utf8_lossy(&date.stdout).trim().to_owned();
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("unknown", |line| line.trim_start_matches(['\t', ' ', ':']));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?").to_owned();
    let mut text = format!(
        "{date}, {model}, {cores} cores, load {load} at the end; corpora of `cargo xtask corpus`.\n\n"
    );
    for (name, about) in PEERS {
        writeln!(text, "- **{name}**: {about}")?;
    }
    Ok(text)
}

/// The table of speeds.
fn table(rows: &[Row]) -> String {
    let mut text = String::from("\n| MB per CPU second, one thread | ropa | peak MiB |");
    PEERS
        .iter()
        .for_each(|(name, _)| text += &format!(" {name} |"));
    text += "\n|---|---|---|";
    text += &"---|".repeat(PEERS.len());
    for row in rows {
        text += &format!(
            "\n| {} | **{:.0}** | {} |",
            row.title,
            row.own,
            row.peak / 1024
        );
        for (name, _) in PEERS {
            let cell = match row.others.iter().find(|(peer, _)| peer == name) {
                Some((_, Some(speed))) => format!(" {speed:.0} ({:.2}×) |", row.own / speed),
                Some((_, None)) => " not installed |".to_owned(),
                None => " |".to_owned(),
            };
            text += &cell;
        }
    }
    text += "\n\nIn brackets: how many times its speed ropa has. The libraries read the file into memory first; that time counts.\n";
    text
}

/// Bars of the binary and of the others, kind by kind.
fn chart(rows: &[Row]) -> String {
    const LEFT: f64 = 250.0;
    const WIDTH: f64 = 420.0;
    // The physical limit would leave no room for the others.
    let shown: Vec<(String, f64, bool)> = rows
        .iter()
        .flat_map(|row| {
            let others = row.others.iter().filter(|(name, _)| *name != "newlines");
            let others =
                others.filter_map(|(name, speed)| Some((format!("  {name}"), (*speed)?, false)));
            std::iter::once((format!("{}: ropa", row.title), row.own, true)).chain(others)
        })
        .collect();
    let most = shown.iter().map(|(_, speed, _)| *speed).fold(1.0, f64::max);
    let height = shown.len() * 18 + 40;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"760\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"760\" height=\"{height}\" fill=\"#ffffff\"/>\n<text x=\"10\" y=\"20\" font-weight=\"bold\">MB per CPU second, one thread</text>\n"
    );
    for (at, (name, speed, is_own)) in shown.iter().enumerate() {
        let y = at * 18 + 32;
        let length = (speed / most * WIDTH).max(1.0);
        let colour = if *is_own { "#0b6e4f" } else { "#b8c4c0" };
        svg += &format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{name}</text><rect x=\"{LEFT}\" y=\"{y}\" width=\"{length:.0}\" height=\"13\" fill=\"{colour}\"/><text x=\"{:.0}\" y=\"{}\">{speed:.0}</text>\n",
            LEFT - 8.0,
            y + 11,
            LEFT + length + 6.0,
            y + 11
        );
    }
    svg + "</svg>\n"
}

/// Puts the figures between the marks of the document.
fn write_block(file: &Path, block: &str) -> anyhow::Result<()> {
    const START: &str = "<!-- generated: bench -->\n";
    const END: &str = "<!-- end -->";
    let old = std::fs::read_to_string(file)?;
    let (before, rest) = old
        .split_once(START)
        .context("docs/speed.md has no block for the bench")?;
    let (_, after) = rest
        .split_once(END)
        .context("the block of the bench has no end")?;
    std::fs::write(file, format!("{before}{START}{block}{END}{after}"))?;
    Ok(())
}
