//! `cargo xtask verify`: one command says yes or no — format, lints, tests, generated files.

use anyhow::{Context, bail};
use std::process::Command;

/// Runs every step; all of them, so that one look shows everything that is wrong.
pub fn run() -> anyhow::Result<()> {
    let steps: [(&str, Vec<String>); 5] = [
        ("format", format_command()?),
        (
            "lints",
            words("cargo clippy --workspace --all-targets --quiet -- -D warnings"),
        ),
        ("tests", words("cargo test --workspace --no-fail-fast")),
        ("accuracy", words("cargo xtask accuracy --check")),
        ("generated text", words("cargo xtask docs --check")),
    ];
    let mut failed = Vec::new();
    for (name, command) in steps {
        eprintln!("verify: {name}");
        let status = Command::new(&command[0]).args(&command[1..]).status();
        if !status
            .with_context(|| format!("cannot run {}", command[0]))?
            .success()
        {
            failed.push(name);
        }
    }
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    eprintln!("verify: all well");
    Ok(())
}

/// `cargo fmt` does not see modules listed by build.rs, so every file is named.
fn format_command() -> anyhow::Result<Vec<String>> {
    let listed = Command::new("git")
        .args(["ls-files", "*.rs"])
        .output()
        .context("cannot run git")?;
    let files = String::from_utf8(listed.stdout).context("file names are UTF-8")?;
    let mut command = words("rustfmt --check --edition 2024");
    command.extend(files.lines().map(str::to_owned));
    Ok(command)
}

fn words(command: &str) -> Vec<String> {
    command.split(' ').map(str::to_owned).collect()
}
