//! Running the binary on files made for one test.

#[cfg(unix)]
#[allow(dead_code, reason = "each test file uses its part of the support")]
pub mod servers;

use std::path::Path;
use std::process::{Command, Output};

/// The binary, with nothing of this machine's environment that changes its output.
pub fn ropa(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ropa"));
    command
        .current_dir(folder)
        .args(arguments)
        .env_remove("NO_COLOR")
        .env("COLUMNS", "100");
    command.output().expect("the binary runs")
}

/// Standard output as text.
#[allow(dead_code, reason = "each test file uses its part of the support")]
pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("output is UTF-8")
}

/// Writes a file and the folders above it.
pub fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a file is in a folder"))
        .expect("the folder is writable");
    std::fs::write(path, content).expect("the folder is writable");
}

/// Copies a folder of `fixtures/` so that a test can write beside it.
#[allow(dead_code, reason = "each test file uses its part of the support")]
pub fn copy_fixture(fixture: &str, to: &Path) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(fixture);
    for entry in walkdir::WalkDir::new(&from) {
        let entry = entry.expect("fixtures are readable");
        if entry.file_type().is_file() {
            let inside = entry
                .path()
                .strip_prefix(&from)
                .expect("it was found there");
            write(
                to,
                &inside.to_string_lossy(),
                std::fs::read(entry.path()).expect("fixtures are readable"),
            );
        }
    }
}
