//! Data flows one way: a module imports only from those above it in the list. Holds the order that `lib.rs` draws.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Every room, in the order data flows.
const ORDER: &[&str] = &[
    "taxonomy",
    "vocabulary",
    "value",
    "field",
    "config",
    "source",
    "target",
    "finding",
    "detector",
    "detection",
    "inventory",
    "scan",
    "register",
    "check",
    "tag",
    "report",
    "cli",
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let walk = walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter();
    let paths = walk.map(|entry| entry.expect("src can be walked").into_path());
    paths
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .collect()
}

/// Rooms named after `crate::` in the code of a file, comments left out.
fn imports(text: &str) -> Vec<String> {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let mut rooms = Vec::new();
    for line in code {
        for part in line.split("crate::").skip(1) {
            let braces = part.strip_prefix('{').map(|list| list.split(','));
            let names: Vec<&str> = braces.map_or_else(|| vec![part], Iterator::collect);
            for name in names {
                let room: String = name
                    .trim()
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                rooms.push(room);
            }
        }
    }
    rooms
}

#[test]
fn imports_only_go_one_way() {
    let rank: BTreeMap<&str, usize> = ORDER
        .iter()
        .enumerate()
        .map(|(i, room)| (*room, i))
        .collect();
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for file in files(&src) {
        let inside = file.strip_prefix(&src).expect("it was found there");
        let room = inside
            .components()
            .next()
            .expect("a file has a name")
            .as_os_str()
            .to_string_lossy()
            .replace(".rs", "");
        if room == "lib" || room == "main" {
            continue;
        }
        let mine = *rank
            .get(room.as_str())
            .unwrap_or_else(|| panic!("{room} is not in the order of rooms"));
        let text = std::fs::read_to_string(&file).expect("source files are text");
        for import in imports(&text) {
            if rank
                .get(import.as_str())
                .is_some_and(|theirs| *theirs > mine)
            {
                wrong.push(format!("{} imports {import}", inside.display()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "these imports run against the flow:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn readers_know_nothing_of_detection_and_reports_nothing_of_readers() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for (folder, strangers) in [
        ("source", vec!["detection", "detector", "finding", "config"]),
        ("report", vec!["source::csv", "target", "detection"]),
    ] {
        for file in files(&src.join(folder)) {
            let text = std::fs::read_to_string(&file).expect("source files are text");
            let shown = file.display();
            wrong.extend(
                imports(&text)
                    .into_iter()
                    .filter(|room| strangers.contains(&room.as_str()))
                    .map(|room| format!("{shown}: {room}")),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_answers_for() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let is_silent = |file: &PathBuf| {
        !std::fs::read_to_string(file)
            .expect("source files are text")
            .starts_with("//!")
    };
    let silent: Vec<_> = files(&src).into_iter().filter(is_silent).collect();
    assert!(
        silent.is_empty(),
        "these files do not open with `//!`: {silent:?}"
    );
}
