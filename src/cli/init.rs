//! `ropa init`: a `ropa.toml` drafted from a scan, for a person to confirm. Never over an existing file.

use super::output::write_whole;
use super::target::TargetArgs;
use super::{Exit, Global};
use crate::config::{Config, FILE_NAME};
use crate::finding::Confidence;
use crate::inventory::Inventory;
use crate::target;
use crate::taxonomy::{Category, DataType, category_label};
use anyhow::{Context, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write;

/// Draft a ropa.toml from a scan.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  ropa init --dry-run      prints the draft\n  ropa init                writes it; what stands behind `confirm` is for you to decide"
)]
pub struct Args {
    #[command(flatten)]
    target: TargetArgs,
    /// Print the draft instead of writing it
    #[arg(long)]
    dry_run: bool,
}

/// Drafts.
pub fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let root = args.target.root();
    let file = global
        .config
        .clone()
        .unwrap_or_else(|| root.join(FILE_NAME));
    if !args.dry_run && file.exists() {
        bail!(
            "{} exists and is not written over; --dry-run prints a draft",
            file.display()
        );
    }
    // A configuration that is to be written is not yet there to be read.
    let scanning = Global {
        config: None,
        ..global.clone()
    };
    let scanned = args.target.scan(&scanning, false)?;
    let inventory = scanned.inventory.shown(Confidence::Likely, false);
    let text = draft(&inventory, &|source| target::from_root(source, &root));
    Config::parse(&text, &file).context("the draft is not a valid configuration")?;
    if args.dry_run {
        std::io::stdout().lock().write_all(text.as_bytes())?;
    } else {
        write_whole(&file, |out| out.write_all(text.as_bytes()))?;
        global.note(&format!("wrote {}", file.display()));
    }
    Ok(if inventory.is_incomplete() {
        Exit::Incomplete
    } else {
        Exit::Clean
    })
}

/// A system of the draft: sources of one folder, or one server.
#[derive(Default)]
struct System {
    paths: BTreeSet<String>,
    types: BTreeSet<DataType>,
    subjects: BTreeSet<String>,
}

/// The draft's text: systems by folder, an activity for each, the recipients seen.
fn draft(inventory: &Inventory, from_root: &dyn Fn(&str) -> String) -> String {
    let systems = systems(inventory, from_root);
    let mut text = String::from(
        "# Drafted from a scan. Everything marked `confirm` is a guess for a person to decide.\n\n[organisation]\nname = \"\" # confirm: legal name\n# country = \"\"\n# email = \"\"\n# dpo = \"\"\n",
    );
    for (id, system) in &systems {
        let paths: Vec<String> = system.paths.iter().map(|p| quoted(p)).collect();
        write!(
            text,
            "\n[[system]]\nid = {}\npaths = [{}]\nrole = \"controller\" # confirm: controller, joint_controller or processor\n",
            quoted(id),
            paths.join(", ")
        )
        .expect("strings take all");
    }
    for (id, system) in &systems {
        activity(id, system, &mut text);
    }
    for recipient in &inventory.recipients {
        write!(
            text,
            "\n[[recipient]]\nid = {}\nname = {} # confirm: is it used, and for which data?\ncategory = {}\n",
            quoted(&recipient.recipient),
            quoted(&recipient.name),
            quoted(&recipient.category)
        )
        .expect("strings take all");
        if let Some(country) = &recipient.country {
            writeln!(text, "country = {}", quoted(country)).expect("strings take all");
        }
    }
    text
}

fn activity(id: &str, system: &System, text: &mut String) {
    let list = |items: Vec<String>| items.join(", ");
    let types = list(system.types.iter().map(|t| quoted(t.key())).collect());
    let categories: BTreeSet<Category> = system.types.iter().map(|t| t.category()).collect();
    let about: Vec<&str> = categories.into_iter().map(category_label).collect();
    let subjects = list(system.subjects.iter().map(|s| quoted(s)).collect());
    write!(
        text,
        "\n[[activity]]\nid = {}\nname = {} # confirm: {}\nsystems = [{}]\ntypes = [{types}]\nsubjects = [{subjects}]\npurposes = [] # confirm\nlegal_bases = [] # confirm; never drafted\nretention = [] # confirm, such as {{ duration = \"P3Y\", from = \"last_action\" }}\n",
        quoted(&format!("{id}-use")),
        quoted(&format!("Use of {id}")),
        about.join(", "),
        quoted(id)
    )
    .expect("strings take all");
}

fn systems(inventory: &Inventory, from_root: &dyn Fn(&str) -> String) -> BTreeMap<String, System> {
    let mut systems: BTreeMap<String, System> = BTreeMap::new();
    let mut of = |source: &str, data_type: DataType, subjects: &[String]| {
        let (id, path) = place(&from_root(source));
        let system = systems.entry(id).or_default();
        system.paths.insert(path);
        system.types.insert(data_type);
        system.subjects.extend(subjects.iter().cloned());
    };
    for (dataset, field) in inventory.fields() {
        if let Some(data_type) = field.data_type {
            of(&dataset.source, data_type, &dataset.subjects);
        }
    }
    for span in &inventory.spans {
        of(&span.source, span.data_type, &[]);
    }
    systems
}

/// The id and path of the system that a source belongs to: its first folder, or its server.
fn place(source: &str) -> (String, String) {
    let (name, path) = match source.split_once("://") {
        Some((_, rest)) => (rest.to_owned(), source.to_owned()),
        None => match source.split_once('/') {
            Some((folder, _)) if !folder.is_empty() => (folder.to_owned(), format!("{folder}/**")),
            _ => ("root".to_owned(), source.to_owned()),
        },
    };
    let plain: String = name
        .to_ascii_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(48)
        .collect();
    let id = plain.trim_matches('-').to_owned();
    let id = if id.is_empty() { "root".to_owned() } else { id };
    (id, path)
}

/// A string as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_folders_servers_or_the_root() {
        assert_eq!(place("db/a/schema.sql"), ("db".into(), "db/**".into()));
        assert_eq!(place("a.csv"), ("root".into(), "a.csv".into()));
        assert_eq!(
            place("postgres://db.example/shop"),
            (
                "db-example-shop".into(),
                "postgres://db.example/shop".into()
            )
        );
    }
}
