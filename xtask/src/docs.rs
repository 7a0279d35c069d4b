//! `cargo xtask docs`: the generated blocks of the README, from the detectors and from real runs of the binary.
//! A block stands between `<!-- generated: name -->` and `<!-- end -->`.

use anyhow::{Context, bail, ensure};
use ropa::detector::Detectors;
use ropa::source::READERS;
use ropa::taxonomy::{Category, DataType, category_label};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Write the generated blocks of the README, or check that they are fresh.
#[derive(clap::Args)]
pub struct Args {
    /// Change nothing; fail where a block is stale
    #[arg(long)]
    check: bool,
}

/// Lines of each part of a long output that the README shows.
const SHOWN: usize = 12;

/// Writes or checks.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("xtask is inside the project")?;
    let file = root.join("README.md");
    let old = std::fs::read_to_string(&file)?;
    let mut new = old.clone();
    let blocks = [
        ("first-run", first_run(root)?),
        ("explain", explain(root)?),
        ("types", types()?),
        ("formats", formats()),
        ("accuracy", accuracy(root)?),
    ];
    for (name, text) in blocks {
        new = replaced(&new, name, &text)?;
    }
    if args.check {
        ensure!(
            new == old,
            "README.md is stale; run `cargo xtask docs` and read the change"
        );
    } else if new != old {
        std::fs::write(&file, new)?;
    }
    Ok(())
}

fn replaced(text: &str, name: &str, block: &str) -> anyhow::Result<String> {
    let start = format!("<!-- generated: {name} -->\n");
    let Some((before, rest)) = text.split_once(&start) else {
        bail!("README.md has no block {name}")
    };
    let Some((_, after)) = rest.split_once("<!-- end -->") else {
        bail!("the block {name} has no end")
    };
    Ok(format!("{before}{start}{block}<!-- end -->{after}"))
}

/// Runs the binary as a user would, from the root, with a fixed width and day.
fn ropa(root: &Path, arguments: &[&str]) -> anyhow::Result<String> {
    let mut command = Command::new(env!("CARGO"));
    command
        .current_dir(root)
        .args(["run", "--quiet", "--"])
        .args(arguments)
        .args(["--as-of", "2026-11-01"])
        .env("COLUMNS", "100");
    let output = command.output().context("cannot run ropa")?;
    ensure!(
        output.status.success(),
        "ropa {} failed: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}

fn indented(text: &str) -> String {
    let line = |line: &str| {
        if line.is_empty() {
            "\n".to_owned()
        } else {
            format!("    {}\n", line.trim_end())
        }
    };
    text.lines().map(line).collect()
}

fn first_run(root: &Path) -> anyhow::Result<String> {
    let out = std::env::temp_dir().join(format!("ropa-docs-{}", std::process::id()));
    std::fs::create_dir_all(&out)?;
    let file: PathBuf = out.join("register.xlsx");
    let shown = file.display().to_string();
    let text = ropa(
        root,
        &[
            "register",
            "fixtures/projects/construction",
            "--profile",
            "ico-controller",
            "-o",
            &shown,
        ],
    );
    std::fs::remove_dir_all(&out)?;
    let text = text?.replace(&shown, "register.xlsx");
    let (head, tail) = text.split_once("\n\n").context("a headline stands first")?;
    let rows: Vec<&str> = tail.lines().collect();
    let gaps = rows
        .iter()
        .position(|row| row.contains("without a documented purpose"))
        .unwrap_or(SHOWN);
    let activities = rows[..SHOWN.min(gaps)].join("\n");
    let rest = rows[gaps..]
        .iter()
        .take(SHOWN)
        .copied()
        .collect::<Vec<_>>()
        .join("\n");
    Ok(indented(&format!("{head}\n\n{activities}\n…\n\n{rest}\n…")))
}

fn explain(root: &Path) -> anyhow::Result<String> {
    let what = "fixtures/projects/construction/db/schema.sql:hiring.applicants.email";
    let text = ropa(
        root,
        &["explain", what, "fixtures/projects/construction/db"],
    )?;
    Ok(indented(&format!("$ ropa explain {what}\n{text}")))
}

/// The data types with how each is found.
fn types() -> anyhow::Result<String> {
    let detectors = Detectors::built_in()?;
    let mut table =
        String::from("| data type | covers | found by | special under |\n|---|---|---|---|\n");
    for category in Category::ALL {
        table += &format!("| **{}** | | | |\n", category_label(category));
        for data_type in DataType::all().filter(|t| t.category() == category) {
            let own: Vec<_> = detectors
                .iter()
                .filter(|d| d.data_type == data_type)
                .collect();
            let countries: BTreeSet<&str> =
                own.iter().filter_map(|d| d.country.as_deref()).collect();
            let by_value = own.iter().any(|d| !d.values.is_empty());
            let by_name = own
                .iter()
                .any(|d| !d.names.is_empty() || !d.weak_names.is_empty());
            let found = match (by_name, by_value, countries.len()) {
                (true, true, n) if n > 1 => format!("name, value ({n} countries)"),
                (true, true, _) => "name, value".into(),
                (false, true, _) => "value".into(),
                _ => "name".into(),
            };
            let special: Vec<&str> = data_type.special().iter().map(|s| s.id()).collect();
            table += &format!(
                "| `{data_type}` | {} | {found} | {} |\n",
                data_type.facts().covers,
                special.join(", ")
            );
        }
    }
    Ok(table)
}

fn formats() -> String {
    let mut names: Vec<&str> = READERS.iter().map(|r| r.format()).collect();
    names.sort_unstable();
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    format!("{}\n", names.join(", "))
}

/// The figures that `cargo xtask accuracy` keeps in docs/accuracy.md, up to its first further heading.
/// What the labelled sets are, in words for a reader who has not seen them.
const SETS: &[(&str, &str)] = &[
    ("own", "invented schemas of the project"),
    ("real", "18 real applications, rules mended from them"),
    ("real_kept", "6 real applications, errors read since"),
];

/// The measured figures in two tables, from the documents that hold all of them.
fn accuracy(root: &Path) -> anyhow::Result<String> {
    let read = |name: &str| {
        std::fs::read_to_string(root.join("docs").join(name))
            .with_context(|| format!("docs/{name} is missing: cargo xtask accuracy"))
    };
    let (fields, columns) = (read("accuracy.md")?, read("accuracy-columns.md")?);
    let mut text = String::from(
        "| fields by name, object and type | fields | personal P | R | F1 | category F1 | type F1 |\n|---|--:|--:|--:|--:|--:|--:|\n",
    );
    for (tier, what) in SETS {
        let section = section(&fields, &format!("## Labels of tier `{tier}`: "))?;
        let count = section.split(' ').next().unwrap_or_default();
        let (person, category, data_type) = (
            cells(section, "personal or not")?,
            cells(section, "category")?,
            cells(section, "data type")?,
        );
        text.push_str(&format!(
            "| {what} | {count} | {} | {} | {} | {} | {} |\n",
            person[0], person[1], person[2], category[2], data_type[2]
        ));
    }
    text.push_str("\n| columns with values, headers | columns | right | false alarms | personal F1 | type F1 |\n|---|--:|--:|--:|--:|--:|\n");
    let kept = section(&columns, "## Set kept back")?;
    for headers in ["English", "opaque or none", "nine other languages"] {
        let row = cells(kept, headers)?;
        text.push_str(&format!(
            "| {headers} | {} | {} | {} of {} | {} | {} |\n",
            row[0], row[1], row[3], row[2], row[6], row[8]
        ));
    }
    Ok(text)
}

/// What follows a heading.
fn section<'a>(text: &'a str, heading: &str) -> anyhow::Result<&'a str> {
    let start = text
        .find(heading)
        .with_context(|| format!("no part {heading:?}"))?;
    let rest = &text[start + heading.len()..];
    Ok(rest.split("\n## ").next().unwrap_or(rest))
}

/// The cells of a table's row, without its head.
fn cells<'a>(section: &'a str, head: &str) -> anyhow::Result<Vec<&'a str>> {
    let start = format!("| {head} |");
    let row = section.lines().find(|line| line.starts_with(&start));
    let row = row.with_context(|| format!("no row {head:?}"))?;
    Ok(row
        .trim_matches('|')
        .split('|')
        .skip(1)
        .map(str::trim)
        .collect())
}
