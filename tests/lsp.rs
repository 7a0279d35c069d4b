//! `ropa lsp` over its standard input and output, as an editor speaks with it: what is typed is judged, the tag is offered,
//! no value comes back.

use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// An editor's end.
struct Editor {
    server: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    next: u64,
    heard: String,
}

impl Editor {
    fn start(folder: &Path) -> Self {
        let mut server = Command::new(env!("CARGO_BIN_EXE_ropa"))
            .args(["lsp", "--as-of", "2026-11-20"])
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let mut editor = Self {
            to: server.stdin.take().expect("piped"),
            from: BufReader::new(server.stdout.take().expect("piped")),
            server,
            next: 0,
            heard: String::new(),
        };
        let told = editor.ask(
            "initialize",
            json!({ "rootUri": uri(folder), "capabilities": {} }),
        );
        assert_eq!(told["capabilities"]["textDocumentSync"]["change"], 1);
        editor.tell("initialized", json!({}));
        editor
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        write!(self.to, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("it listens");
        self.to.flush().expect("it listens");
    }

    fn hear(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.from.read_line(&mut line).expect("it speaks");
            if line.trim().is_empty() {
                break;
            }
            let value = line.trim().strip_prefix("Content-Length: ");
            length = value.expect("a length").parse().expect("a number");
        }
        let mut body = vec![0; length];
        self.from.read_exact(&mut body).expect("it speaks");
        self.heard.push_str(&String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).expect("JSON")
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        let told = self.hear();
        assert_eq!(told["id"], id);
        told["result"].clone()
    }

    fn open(&mut self, uri: &str, text: &str) -> Vec<Value> {
        let document = json!({ "uri": uri, "languageId": "sql", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
        self.diagnostics(uri)
    }

    fn change(&mut self, uri: &str, text: &str) -> Vec<Value> {
        self.tell(
            "textDocument/didChange",
            json!({ "textDocument": { "uri": uri, "version": 2 }, "contentChanges": [{ "text": text }] }),
        );
        self.diagnostics(uri)
    }

    fn diagnostics(&mut self, uri: &str) -> Vec<Value> {
        let told = self.hear();
        assert_eq!(told["method"], "textDocument/publishDiagnostics");
        assert_eq!(told["params"]["uri"], uri);
        told["params"]["diagnostics"]
            .as_array()
            .expect("a list")
            .clone()
    }
}

fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// The text with an edit made to it, lines and columns as the protocol counts them.
fn edited(text: &str, edit: &Value) -> String {
    let at = &edit["range"]["start"];
    assert_eq!(at, &edit["range"]["end"], "only adds");
    let line = at["line"].as_u64().expect("a line") as usize;
    let character = at["character"].as_u64().expect("a column") as usize;
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let mut units = 0;
    let inside = text[start..].char_indices().find(|(_, c)| {
        let is_there = units >= character;
        units += c.len_utf16();
        is_there
    });
    let at = start + inside.map_or(text.len() - start, |(at, _)| at);
    let new = edit["newText"].as_str().expect("a text");
    format!("{}{new}{}", &text[..at], &text[at..])
}

#[test]
fn what_is_typed_is_judged_and_the_tag_is_offered() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let here = folder.path().canonicalize().expect("it is there");
    fs::create_dir(here.join(".git")).expect("writable");
    fs::create_dir(here.join("db")).expect("writable");
    let saved = "CREATE TABLE customers (\n  id integer\n);\n";
    fs::write(here.join("db/schema.sql"), saved).expect("writable");
    let file = uri(&here.join("db/schema.sql"));

    let mut editor = Editor::start(&here);
    assert_eq!(editor.open(&file, saved), Vec::<Value>::new());
    // Not saved, and with a value in it.
    let typed = "-- \u{1f600}\nCREATE TABLE customers (\n  id integer,\n  email text DEFAULT 'jo@example.com',\n  shelf integer\n);\n";
    let found = editor.change(&file, typed);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["code"], "untagged/contact.email");
    assert_eq!(found[0]["severity"], 2);
    assert_eq!(
        found[0]["range"],
        json!({ "start": { "line": 3, "character": 2 }, "end": { "line": 3, "character": 7 } })
    );
    let fixes = editor.ask(
        "textDocument/codeAction",
        json!({ "textDocument": { "uri": file }, "range": found[0]["range"], "context": { "diagnostics": found } }),
    );
    let edit = &fixes[0]["edit"]["changes"][&file][0];
    let tagged = edited(typed, edit);
    assert!(tagged.contains("@pii contact.email"), "{tagged}");
    assert_eq!(editor.change(&file, &tagged), Vec::<Value>::new());
    let elsewhere =
        json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 1, "character": 0 } });
    let none = editor.ask(
        "textDocument/codeAction",
        json!({ "textDocument": { "uri": file }, "range": elsewhere, "context": { "diagnostics": [] } }),
    );
    assert_eq!(none, json!([]));

    // A policy that is saved counts at once, for what is open, too.
    editor.change(&file, typed);
    fs::write(here.join("ropa.toml"), "[check]\nmust_tag = [\"usage\"]\n").expect("writable");
    let config = uri(&here.join("ropa.toml"));
    editor.tell(
        "textDocument/didSave",
        json!({ "textDocument": { "uri": config } }),
    );
    assert_eq!(editor.diagnostics(&file), Vec::<Value>::new());

    let unknown = editor.ask("ropa/unheardOf", json!({}));
    assert_eq!(unknown, Value::Null, "an error, and the talk goes on");
    assert_eq!(editor.ask("shutdown", Value::Null), Value::Null);
    editor.tell("exit", Value::Null);
    assert!(editor.server.wait().expect("it ends").success());
    assert!(!editor.heard.contains("jo@example"), "a value came back");
    let on_disk = fs::read_to_string(here.join("db/schema.sql")).expect("readable");
    assert_eq!(on_disk, saved, "the server writes no file");
}
