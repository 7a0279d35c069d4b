//! Object stores against real servers on this machine: moto's for S3 and for the XML interface that Google Cloud Storage
//! shares with it, Azurite for Azure. What is listed, read in ranges, refused and kept silent.
#![cfg(all(unix, feature = "object-stores"))]

#[allow(dead_code, reason = "each test file uses its part of the support")]
mod support;

use serde_json::Value;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use support::servers::are_left_out;
use support::stdout;

/// The key that Azurite publishes for its one account.
const AZURITE_KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
/// A secret that must not be shown.
const SECRET: &str = "canary-secret-8842";

/// A running store, filled.
struct Store {
    process: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Drop for Store {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A program that `scripts/setup` installs below `target/`.
fn installed(path: &str) -> PathBuf {
    let program = root().join("target").join(path);
    assert!(
        program.exists(),
        "{path} is not in target/: run scripts/setup, or leave out such tests with ROPA_WITHOUT_SERVERS=1"
    );
    program
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

impl Store {
    fn start(mut command: Command, port: u16, folder: tempfile::TempDir) -> Self {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let store = Self {
            process: command.spawn().expect("the server starts"),
            port,
            _folder: folder,
        };
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                start.elapsed() < Duration::from_secs(120),
                "the server does not answer"
            );
            std::thread::sleep(Duration::from_millis(100));
        }
        store
    }

    fn moto() -> Self {
        let (port, folder) = (
            free_port(),
            tempfile::tempdir().expect("a temporary folder"),
        );
        let mut command = Command::new(installed("oracles/bin/moto_server"));
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        Self::start(command, port, folder).filled("s3")
    }

    fn azurite() -> Self {
        let (port, folder) = (
            free_port(),
            tempfile::tempdir().expect("a temporary folder"),
        );
        let mut command = Command::new("node");
        command.arg(installed("azurite/node_modules/.bin/azurite-blob"));
        command.args(["--silent", "--skipApiVersionCheck", "--disableTelemetry"]);
        command.args(["--blobHost", "127.0.0.1", "--blobPort", &port.to_string()]);
        command.arg("--location").arg(folder.path());
        Self::start(command, port, folder).filled("az")
    }

    fn filled(self, kind: &str) -> Self {
        let output = Command::new(installed("oracles/bin/python"))
            .arg(root().join("tests/support/fill_store.py"))
            .args([kind, &self.port.to_string()])
            .output()
            .expect("python runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        self
    }

    fn scan(&self, targets: &[&str]) -> Scan {
        let endpoint = format!("http://127.0.0.1:{}", self.port);
        let mut command = ropa();
        command
            .env("AWS_ENDPOINT_URL", &endpoint)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", SECRET)
            .env("STORAGE_EMULATOR_HOST", &endpoint)
            .env("AZURITE_BLOB_STORAGE_URL", &endpoint)
            .env("AZURE_STORAGE_ACCOUNT_KEY", AZURITE_KEY);
        Scan::of(command, targets)
    }
}

/// The binary without any variable of a store.
fn ropa() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ropa"));
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for name in names.filter(|n| {
        ["AWS_", "GOOGLE_", "AZURE_", "AZURITE_", "STORAGE_"]
            .iter()
            .any(|start| n.starts_with(start))
    }) {
        command.env_remove(name);
    }
    command.current_dir(std::env::temp_dir());
    command
}

struct Scan {
    lines: Vec<Value>,
    output: Output,
}

impl Scan {
    fn of(mut command: Command, targets: &[&str]) -> Self {
        command.arg("scan").args(targets);
        let output = command
            .args(["--format", "jsonl", "-q"])
            .output()
            .expect("the binary runs");
        let lines = stdout(&output);
        Self {
            lines: lines
                .lines()
                .map(|line| serde_json::from_str(line).expect("each line is JSON"))
                .collect(),
            output,
        }
    }

    fn sources(&self) -> Vec<(&str, &str)> {
        let sources = self.lines.iter().filter(|line| line["kind"] == "source");
        sources
            .map(|line| {
                let text = |key: &str| line[key].as_str().expect("text");
                (text("source"), text("coverage"))
            })
            .collect()
    }

    fn reason(&self, source: &str) -> String {
        let line = self.lines.iter().find(|line| line["source"] == source);
        let line = line.unwrap_or_else(|| panic!("{source} is not listed: {:?}", self.sources()));
        line["reason"].as_str().unwrap_or_default().to_owned()
    }

    fn has(&self, source: &str, field: &str, data_type: &str) -> bool {
        self.lines.iter().any(|line| {
            line["source"] == source && line["field"] == field && line["data_type"] == data_type
        })
    }
}

/// What every store holds, read through one of its schemes.
fn reads(store: &Store, scheme: &str) {
    let url = |key: &str| format!("{scheme}://exports/{key}");
    let all = store.scan(&[&url("")]);
    assert_eq!(all.output.status.code(), Some(0), "{:?}", all.lines);
    let expected = [
        ("in/a b.csv", "whole"),
        ("in/customers.csv", "whole"),
        ("in/outer.zip", "whole"),
        ("in/outer.zip!/inner/customers.csv", "whole"),
        ("large.log.gz", "whole"),
        ("notes.txt", "whole"),
    ];
    let expected: Vec<(String, &str)> = expected.map(|(key, is)| (url(key), is)).into();
    let sources = all.sources();
    let told: Vec<(String, &str)> = sources
        .iter()
        .map(|(s, is)| ((*s).to_owned(), *is))
        .collect();
    assert_eq!(told, expected);
    for source in [
        url("in/customers.csv"),
        url("in/outer.zip!/inner/customers.csv"),
    ] {
        assert!(all.has(&source, "email", "contact.email"), "{source}");
    }
    // More than one request's bytes are read of a large object, and every line of it counts.
    let spans: u64 = all
        .lines
        .iter()
        .filter(|line| {
            line["source"] == url("large.log.gz") && line["data_type"] == "contact.email"
        })
        .map(|line| 1 + line["more"].as_u64().unwrap_or(0))
        .sum();
    assert_eq!(spans, 200_000);
    let folder = store.scan(&[&url("in")]);
    assert_eq!(folder.sources().len(), 4);
    let glob = store.scan(&[&url("in/*.csv")]);
    assert_eq!(glob.sources().len(), 2);
    let one = store.scan(&[&url("notes.txt")]);
    assert_eq!(one.sources(), [(url("notes.txt").as_str(), "whole")]);
    for wrong in [url("nothing/here"), format!("{scheme}://no-such-bucket/")] {
        let refused = store.scan(&[&wrong, &url("notes.txt")]);
        assert_eq!(refused.output.status.code(), Some(3));
        assert!(
            refused.reason(&wrong).contains("there is no"),
            "{}",
            refused.reason(&wrong)
        );
        assert_eq!(refused.sources().len(), 2);
    }
    for output in [&all.output, &folder.output] {
        for stream in [&output.stdout, &output.stderr] {
            let text = String::from_utf8_lossy(stream);
            assert!(!text.contains(SECRET) && !text.contains(AZURITE_KEY));
        }
    }
}

#[test]
fn s3_is_read() {
    if are_left_out() {
        return;
    }
    let store = Store::moto();
    reads(&store, "s3");
    // The emulators of Google's store that registries have speak JSON only; objects are read by XML, which S3 shares.
    reads(&store, "gs");
}

#[test]
fn azure_is_read() {
    if are_left_out() {
        return;
    }
    reads(&Store::azurite(), "az");
}

#[test]
fn a_store_that_is_not_there_or_wants_credentials_is_told() {
    let (targets, variables) = (
        ["s3://bucket/a", "gs://bucket/a", "az://bucket/a"],
        [
            "AWS_ACCESS_KEY_ID",
            "GOOGLE_APPLICATION_CREDENTIALS",
            "AZURE_STORAGE_ACCOUNT_NAME",
        ],
    );
    let without = Scan::of(ropa(), &targets);
    assert_eq!(without.output.status.code(), Some(3));
    for (target, variable) in targets.iter().zip(variables) {
        assert!(
            without.reason(target).contains(variable),
            "{}",
            without.reason(target)
        );
    }
    let mut command = ropa();
    command
        .env(
            "AWS_ENDPOINT_URL",
            format!("http://127.0.0.1:{}", free_port()),
        )
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", SECRET);
    let gone = Scan::of(command, &["s3://bucket/a"]);
    assert_eq!(gone.output.status.code(), Some(3));
    assert!(
        gone.reason("s3://bucket/a").contains("reached"),
        "{}",
        gone.reason("s3://bucket/a")
    );
}
