//! `ropa lsp`: the findings of `ropa check` in an editor as its user types, and the tag that is missing as a quick fix.
//! Judges what the editor shows, saved or not. Writes no file: the editor puts the tag in.

use super::baseline::BaselineArgs;
use super::check::{Checker, RuleArgs};
use super::tag::tagged;
use super::target::TargetArgs;
use super::{Exit, Global};
use crate::check::baseline::{Baseline, FILE_NAME as BASELINE};
use crate::check::{CheckFinding, Level, State, rule};
use crate::config::FILE_NAME as CONFIG;
use crate::target::{Candidate, Location};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

mod place;
mod wire;

/// Texts longer than this are not judged while they are typed.
const LONGEST: usize = 4 << 20;

/// Show the findings in an editor that speaks the language server protocol.
#[derive(clap::Args)]
#[command(
    after_help = "An editor starts it and talks to it over standard input and output; docs/check.md says more. Nothing leaves this machine."
)]
pub struct Args {
    #[command(flatten)]
    rules: RuleArgs,
}

/// Talks with an editor until it says goodbye.
pub fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let quiet = Global {
        quiet: true,
        verbose: false,
        ..global.clone()
    };
    let mut input = io::stdin().lock();
    let mut output = io::stdout().lock();
    let Some(folder) = greeted(&mut input, &mut output)? else {
        return Ok(Exit::Clean);
    };
    // Paths count from the folder that the editor has open, as they do for a check that is run there.
    std::env::set_current_dir(&folder).unwrap_or_default();
    let mut open = BTreeMap::new();
    loop {
        let mut session = Session::new(&args.rules, &quiet, open)?;
        match session.talk(&mut input, &mut output)? {
            Next::Again => open = session.open,
            Next::End(exit) => return Ok(exit),
        }
        // The policy changed: everything that is open is judged by the new one.
    }
}

/// Waits for the first message and answers it; gives the folder that is open.
fn greeted(input: &mut dyn BufRead, output: &mut dyn Write) -> anyhow::Result<Option<PathBuf>> {
    while let Some(message) = wire::read(input)? {
        let Some(id) = message.get("id") else {
            if message["method"] == "exit" {
                return Ok(None);
            }
            continue;
        };
        if message["method"] != "initialize" {
            wire::write(output, &refusal(id, -32002, "initialize comes first"))?;
            continue;
        }
        let result = json!({
            "capabilities": {
                "positionEncoding": "utf-16",
                "textDocumentSync": { "openClose": true, "change": 1, "save": true },
                "codeActionProvider": { "codeActionKinds": ["quickfix"] },
            },
            "serverInfo": { "name": "ropa", "version": env!("CARGO_PKG_VERSION") },
        });
        wire::write(output, &answer(id, result))?;
        let params = &message["params"];
        let named = params["workspaceFolders"][0]["uri"].as_str();
        let uri = named.or(params["rootUri"].as_str());
        let folder = uri.and_then(place::path_of);
        return Ok(Some(folder.unwrap_or_else(|| PathBuf::from("."))));
    }
    Ok(None)
}

fn answer(id: &Value, result: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "result": result })
}

fn refusal(id: &Value, code: i32, message: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
}

/// What comes after a session.
enum Next {
    /// Another one, with a policy read anew.
    Again,
    /// The end.
    End(Exit),
}

/// A document that is open.
struct Open {
    text: String,
    findings: Vec<CheckFinding>,
}

/// A session with one policy.
struct Session<'a> {
    checker: Checker<'a>,
    baseline: Baseline,
    open: BTreeMap<String, Open>,
}

impl<'a> Session<'a> {
    fn new(
        rules: &RuleArgs,
        global: &'a Global,
        open: BTreeMap<String, Open>,
    ) -> anyhow::Result<Self> {
        let scanner = TargetArgs::here().scanner(global, false)?;
        let which = BaselineArgs {
            baseline: None,
            no_baseline: false,
        };
        Ok(Self {
            baseline: which.read(&scanner.root)?.unwrap_or_default(),
            checker: Checker {
                policy: rules.policy(&scanner),
                scanner,
                global,
            },
            open,
        })
    }

    fn talk(&mut self, input: &mut dyn BufRead, output: &mut dyn Write) -> anyhow::Result<Next> {
        let known: Vec<(String, String)> = self
            .open
            .iter()
            .map(|(uri, open)| (uri.clone(), open.text.clone()))
            .collect();
        for (uri, text) in known {
            self.judge(&uri, text, output)?;
        }
        let mut is_ending = false;
        while let Some(message) = wire::read(input)? {
            let params = &message["params"];
            let uri = params["textDocument"]["uri"].as_str().unwrap_or_default();
            match (
                message["method"].as_str().unwrap_or_default(),
                message.get("id"),
            ) {
                ("textDocument/didOpen", _) => {
                    let text = params["textDocument"]["text"].as_str().unwrap_or_default();
                    self.judge(uri, text.to_owned(), output)?;
                }
                ("textDocument/didChange", _) => {
                    let changes = params["contentChanges"].as_array();
                    let last = changes.and_then(|all| all.last()?["text"].as_str());
                    if let Some(text) = last {
                        self.judge(uri, text.to_owned(), output)?;
                    }
                }
                ("textDocument/didSave", _)
                    if [CONFIG, BASELINE].iter().any(|name| uri.ends_with(name)) =>
                {
                    return Ok(Next::Again);
                }
                ("textDocument/didClose", _) => {
                    self.open.remove(uri);
                    wire::write(output, &published(uri, Vec::new()))?;
                }
                ("textDocument/codeAction", Some(id)) => {
                    wire::write(output, &answer(id, self.fixes(uri, &params["range"])))?;
                }
                ("shutdown", Some(id)) => {
                    is_ending = true;
                    wire::write(output, &answer(id, Value::Null))?;
                }
                ("exit", _) => break,
                (_, Some(id)) => {
                    wire::write(
                        output,
                        &refusal(id, -32601, "ropa does not know this method"),
                    )?;
                }
                _ => {}
            }
        }
        Ok(Next::End(match is_ending {
            true => Exit::Clean,
            false => Exit::Findings,
        }))
    }

    /// Judges a document as it stands in the editor and says what was found.
    fn judge(&mut self, uri: &str, text: String, output: &mut dyn Write) -> anyhow::Result<()> {
        let Some(path) = place::path_of(uri) else {
            return Ok(());
        };
        let findings = match text.len() > LONGEST {
            true => Vec::new(),
            false => self.findings(&name_of(&path), &text),
        };
        let diagnostics = findings.iter().map(|f| diagnostic(f, &text)).collect();
        self.open.insert(uri.to_owned(), Open { text, findings });
        wire::write(output, &published(uri, diagnostics))
    }

    fn findings(&self, name: &str, text: &str) -> Vec<CheckFinding> {
        let candidate = Candidate {
            name: name.to_owned(),
            at: Location::Bytes(text.as_bytes().into()),
            refused: None,
            size: text.len() as u64,
        };
        let mut findings = self.checker.of(&[candidate]);
        let as_of = self.checker.global.as_of().into();
        findings.accept(&self.baseline, &as_of, &|_| false);
        // Notes are shown where the team fails on them; an editor that underlines every key is switched off.
        let least = self.checker.policy.fail_on;
        findings
            .new_ones()
            .filter(|f| f.level > Level::Note || f.level.fails(least))
            .cloned()
            .collect()
    }

    /// The tags that are missing on the lines of a range, each as an edit that was read back before it is offered.
    fn fixes(&self, uri: &str, range: &Value) -> Value {
        let Some(open) = self.open.get(uri) else {
            return json!([]);
        };
        let line = |end: &str| range[end]["line"].as_u64().unwrap_or_default() + 1;
        let lines = line("start")..=line("end");
        let meant = open
            .findings
            .iter()
            .filter(|f| f.line.is_some_and(|line| lines.contains(&line)));
        let fixes: Vec<Value> = meant.filter_map(|f| self.fix(uri, open, f)).collect();
        json!(fixes)
    }

    fn fix(&self, uri: &str, open: &Open, finding: &CheckFinding) -> Option<Value> {
        let missing = finding.missing.as_ref().filter(|_| finding.is_declared)?;
        let wanted = [(finding, missing)];
        let (new, done) = tagged(&finding.shown, &open.text, &wanted, &self.checker);
        let (at, text) = place::insertion(&open.text, &new).filter(|_| !done.is_empty())?;
        let position = place::position(&open.text, at);
        let keys: Vec<&str> = missing.types.iter().map(|t| t.key()).collect();
        Some(json!({
            "title": format!("Tag `{}` as {}", missing.field, keys.join(", ")),
            "kind": "quickfix",
            "diagnostics": [diagnostic(finding, &open.text)],
            "isPreferred": true,
            "edit": { "changes": { uri: [
                { "range": { "start": position, "end": position }, "newText": text },
            ] } },
        }))
    }
}

fn published(uri: &str, diagnostics: Vec<Value>) -> Value {
    json!({
        "jsonrpc": "2.0",
        "method": "textDocument/publishDiagnostics",
        "params": { "uri": uri, "diagnostics": diagnostics },
    })
}

/// The path as a check that is run in the open folder would name it.
fn name_of(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let inside = path.strip_prefix(&here).unwrap_or(path);
    inside.to_string_lossy().replace('\\', "/")
}

fn diagnostic(finding: &CheckFinding, text: &str) -> Value {
    let start = place::line_start(text, finding.line.unwrap_or(1));
    let (from, to) = match &finding.place {
        Some(place) => (start + place.byte_column - 1, start + place.byte_end - 1),
        None => (start, start),
    };
    let bounded = |at: usize| {
        let mut at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        place::position(text, at)
    };
    let severity = match finding.level {
        Level::Error => 1,
        Level::Warning => 2,
        Level::Note => 3,
    };
    let page = rule::named(finding.rule_name()).map(rule::Rule::url);
    debug_assert_eq!(finding.state, State::New);
    json!({
        "range": { "start": bounded(from), "end": bounded(to) },
        "severity": severity,
        "code": finding.rule,
        "codeDescription": { "href": page },
        "source": "ropa",
        "message": finding.message,
        "data": { "fingerprint": finding.fingerprint },
    })
}
