//! Lists what is open-ended — readers, frameworks of models, reports, tag syntaxes, detectors — so that adding one is adding one file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("cargo sets it"));
    modules(
        &root.join("src/source"),
        &out.join("readers.rs"),
        "READER",
        "READERS",
        "&'static dyn Reader",
        &["input", "decode"],
    );
    modules(
        &root.join("src/report"),
        &out.join("reports.rs"),
        "REPORT",
        "REPORTS",
        "&'static dyn Report",
        &[],
    );
    modules(
        &root.join("src/tag"),
        &out.join("syntaxes.rs"),
        "SYNTAX",
        "SYNTAXES",
        "&'static dyn Syntax",
        &["tests"],
    );
    modules(
        &root.join("src/source/code/model"),
        &out.join("frameworks.rs"),
        "FRAMEWORK",
        "FRAMEWORKS",
        "&Framework",
        &[],
    );
    detectors(&root.join("detectors"), &out.join("detectors.rs"));
}

/// One public module a file of `folder`. A file with a line `pub static SINGULAR: …` is an entry of the list.
fn modules(
    folder: &Path,
    out: &Path,
    singular: &str,
    plural: &str,
    entry_type: &str,
    apart: &[&str],
) {
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut code = String::new();
    let mut entries = String::new();
    for file in files(folder, "rs", 1) {
        let name = file
            .file_stem()
            .and_then(|s| s.to_str())
            .expect("module names are ASCII")
            .to_owned();
        if apart.contains(&name.as_str()) {
            continue;
        }
        writeln!(
            code,
            "#[path = {:?}]\npub mod {name};",
            file.display().to_string()
        )
        .expect("strings take all");
        let text = std::fs::read_to_string(&file).expect("the file was just listed");
        println!("cargo:rerun-if-changed={}", file.display());
        if text.contains(&format!("pub static {singular}:")) {
            write!(entries, "&{name}::{singular}, ").expect("strings take all");
        }
    }
    let about = "Everything in this folder that is an entry, in the order of file names.";
    writeln!(
        code,
        "/// {about}\npub static {plural}: &[{entry_type}] = &[{entries}];"
    )
    .expect("strings take all");
    std::fs::write(out, code).expect("cargo gives a writable OUT_DIR");
}

/// Every detector file as (path below `detectors/`, text).
fn detectors(folder: &Path, out: &Path) {
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut code = String::from(
        "/// Every file of `detectors/`: path below it, and text.\npub static FILES: &[(&str, &str)] = &[\n",
    );
    for file in files(folder, "toml", usize::MAX) {
        let name = file
            .strip_prefix(folder)
            .expect("listed below it")
            .to_string_lossy()
            .replace('\\', "/");
        writeln!(
            code,
            "({name:?}, include_str!({:?})),",
            file.display().to_string()
        )
        .expect("strings take all");
    }
    code.push_str("];\n");
    std::fs::write(out, code).expect("cargo gives a writable OUT_DIR");
}

fn files(folder: &Path, extension: &str, depth: usize) -> Vec<PathBuf> {
    let walk = walkdir::WalkDir::new(folder)
        .max_depth(depth)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok);
    let is_wanted = |path: &Path| path.extension().is_some_and(|e| e == extension);
    walk.map(|entry| entry.into_path())
        .filter(|path| is_wanted(path))
        .collect()
}
