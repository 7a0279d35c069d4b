//! Holds every file of `fixtures/sources/FORMAT/` against what its reader should tell of it, kept beside it in `FILE.expected`.
//! Files whose expected output is called after their stem are left to the tests of their reader.
//! Run with `ROPA_WRITE_EXPECTED=1` to write those files anew, then read the difference before keeping it.
#![cfg(test)]

use super::recording::Recording;
use super::{Budget, Input, Reader, Split, choose};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Values of a field that are shown.
const VALUES: usize = 5;

fn inputs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sources");
    let walk = walkdir::WalkDir::new(folder)
        .min_depth(2)
        .max_depth(2)
        .sort_by_file_name();
    let files = walk
        .into_iter()
        .filter_map(Result::ok)
        .map(|entry| entry.into_path())
        .filter(|path| path.is_file());
    let is_input = |path: &PathBuf| {
        let is_expected = path.extension().is_some_and(|ending| ending == "expected");
        !is_expected && !path.with_extension("expected").exists()
    };
    files.filter(is_input).collect()
}

fn told(reader: &dyn Reader, input: &Input) -> String {
    let mut recording = Recording::default();
    let outcome = reader
        .read(input, &Split::whole(), &Budget::default(), &mut recording)
        .expect("read");
    let mut out = format!(
        "format: {}\nkind: {:?}\ncoverage: {}",
        reader.format(),
        reader.kind(input),
        outcome.coverage.id()
    );
    let reason = outcome
        .coverage
        .reason()
        .map_or_else(String::new, |reason| format!(" ({reason})"));
    writeln!(
        out,
        "{reason}\nlines: {}\nunresolved: {}\n",
        outcome.lines, outcome.unresolved
    )
    .expect("strings take all");
    out.push_str(&recording.lines());
    for field in recording
        .datasets
        .iter()
        .flat_map(|dataset| &dataset.fields)
    {
        let values = field
            .values
            .iter()
            .take(VALUES)
            .map(|value| format!("{value:?}"))
            .collect::<Vec<_>>();
        writeln!(out, "= {}: {}", field.field.path, values.join(" ")).expect("strings take all");
    }
    for (line, start, text) in &recording.texts {
        writeln!(out, "text at line {line}, byte {start}: {text:?}").expect("strings take all");
    }
    out
}

#[test]
fn every_fixture_is_read_as_expected() {
    let files = inputs();
    assert!(!files.is_empty());
    let mut wrong = Vec::new();
    for path in files {
        let format = path
            .parent()
            .and_then(Path::file_name)
            .expect("two levels below")
            .to_string_lossy()
            .into_owned();
        let name = path
            .file_name()
            .expect("a file")
            .to_string_lossy()
            .into_owned();
        let input = Input::file(format!("{format}/{name}"), &path).expect("readable");
        let reader = choose(&input).expect("some reader claims every file");
        assert_eq!(reader.format(), format, "the reader of {name}");
        let expected_path = path.with_file_name(format!("{name}.expected"));
        let told = told(reader, &input);
        if std::env::var_os("ROPA_WRITE_EXPECTED").is_some() {
            std::fs::write(&expected_path, &told).expect("writable");
        }
        let expected = std::fs::read_to_string(&expected_path).unwrap_or_default();
        if told != expected {
            wrong.push(format!("{format}/{name}:\n{told}"));
        }
    }
    assert!(wrong.is_empty(), "not as expected:\n{}", wrong.join("\n"));
}
