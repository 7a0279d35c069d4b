//! Program code of many languages: what it names, what it lets out, the models it declares, its strings and comments as text.
//! One lexer and a few rules a language; no grammar, no types, no knowledge of what names mean.

use super::{
    Budget, Claim, Coverage, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split, html,
    text,
};
use crate::field::{MentionKind, TextPlace};
use language::Language;
use lexer::{Kind, Token};
use names::Names;

#[path = "code/flow.rs"]
mod flow;
#[path = "code/language.rs"]
pub mod language;
#[path = "code/lexer.rs"]
pub mod lexer;
#[path = "code/model.rs"]
mod model;
#[path = "code/names.rs"]
mod names;

/// Reads code.
pub struct Code;

/// The reader of code.
pub static READER: Code = Code;

/// Larger files are generated: they are read as text.
const MOST_BYTES: u64 = 4 << 20;

/// Lines longer than this on average are not written by people: what such a file names counts, its flows do not.
const LONG_LINES: usize = 400;

fn language(input: &Input) -> Option<&'static Language> {
    language::of_ending(&input.extension())
}

impl Reader for Code {
    fn format(&self) -> &'static str {
        "code"
    }

    fn kind(&self, input: &Input) -> SourceKind {
        match language(input).map(|l| l.name) {
            Some("protobuf" | "graphql" | "thrift" | "cds") => SourceKind::Schema,
            _ => SourceKind::Code,
        }
    }

    fn claim(&self, input: &Input) -> Claim {
        let is_ours = input.connection().is_none()
            && language(input).is_some()
            && input.size().is_some_and(|size| size <= MOST_BYTES)
            && !text::is_binary(input.head());
        if is_ours { Claim::Content } else { Claim::No }
    }

    fn read(
        &self,
        input: &Input,
        split: &Split,
        budget: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        let Some(language) = language(input) else {
            return text::READER.read(input, split, budget, sink);
        };
        let content = input.read_text(MOST_BYTES * 4)?;
        if is_vendored(input.name()) {
            sink.text(content.as_bytes(), TextPlace { start: 0, line: 1 });
            return Ok(Outcome {
                lines: memchr::memchr_iter(b'\n', content.as_bytes()).count() as u64,
                ..Outcome::whole()
            });
        }
        if is_test(input.name()) {
            let tokens = lexer::tokens(&content, language);
            sink.text(&prose(&content, &tokens), TextPlace { start: 0, line: 1 });
            return Ok(Outcome {
                lines: memchr::memchr_iter(b'\n', content.as_bytes()).count() as u64,
                ..Outcome::whole()
            });
        }
        let unresolved = read_code(&content, language, sink);
        Ok(Outcome {
            coverage: Coverage::Whole,
            lines: memchr::memchr_iter(b'\n', content.as_bytes()).count() as u64,
            unresolved,
        })
    }
}

/// Whether a file is a copy of others' code: what it names, this project does not use by that.
fn is_vendored(name: &str) -> bool {
    const FOLDERS: [&str; 6] = [
        "node_modules",
        "vendor",
        "third_party",
        "bower_components",
        ".yarn",
        "site-packages",
    ];
    let is_folder = |step: &str| FOLDERS.contains(&step);
    name.ends_with(".min.js") || name.split(['/', '\\']).any(is_folder)
}

/// Whether a file tests a program: what it names and lets out, the program does not.
fn is_test(name: &str) -> bool {
    const FOLDERS: [&str; 8] = [
        "test",
        "tests",
        "spec",
        "specs",
        "__tests__",
        "__mocks__",
        "testutil",
        "testdata",
    ];
    let steps: Vec<&str> = name.split(['/', '\\']).collect();
    let Some((file, folders)) = steps.split_last() else {
        return false;
    };
    let stem = file.split('.').next().unwrap_or_default();
    let is_named = stem.ends_with("_test")
        || stem.ends_with("_spec")
        || stem.starts_with("test_")
        || stem.ends_with("Test")
        || stem.ends_with("Tests")
        || file.contains(".test.")
        || file.contains(".spec.");
    is_named || folders.iter().any(|folder| FOLDERS.contains(folder))
}

/// Tells what a file names, lets out and declares, and its strings and comments; gives the calls that were not followed.
pub fn read_code(content: &str, language: &'static Language, sink: &mut dyn Sink) -> u64 {
    let tokens = lexer::tokens(content, language);
    sink.text(&prose(content, &tokens), TextPlace { start: 0, line: 1 });
    let unresolved = facts(content, &tokens, language, sink);
    model::tell(&tokens, language, content, sink);
    unresolved
}

/// Tells what a file names and lets out, for readers that read its models themselves.
pub fn read_facts(content: &str, ending: &str, sink: &mut dyn Sink) -> u64 {
    let Some(language) = language::of_ending(ending) else {
        return 0;
    };
    let tokens = lexer::tokens(content, language);
    facts(content, &tokens, language, sink)
}

fn facts(
    content: &str,
    all: &[Token<'_>],
    language: &'static Language,
    sink: &mut dyn Sink,
) -> u64 {
    let tokens: Vec<Token<'_>> = all
        .iter()
        .filter(|t| t.kind != Kind::Comment)
        .copied()
        .collect();
    let mut found = Vec::new();
    let mut names = Names::new(&mut found);
    let bindings = names::imports(&tokens, language, &mut names);
    names::strings(&tokens, &mut names);
    let line_ends = memchr::memchr_iter(b'\n', content.as_bytes()).count();
    let mut unresolved = 0;
    if content.len() / (line_ends + 1) <= LONG_LINES {
        let ways = flow::follow(&tokens, language, &bindings);
        for (import, line) in &ways.called {
            names.tell(MentionKind::ImportCall, import, *line);
        }
        for (call, line) in &ways.calls {
            names.tell(MentionKind::Call, call, *line);
        }
        unresolved = ways.unresolved;
        ways.passings
            .into_iter()
            .for_each(|passing| sink.passing(passing));
    }
    found.sort_by_key(|mention| mention.place.line);
    found.into_iter().for_each(|mention| sink.mention(mention));
    if matches!(content.as_bytes().first(), Some(b'<')) {
        html::read_page(content, sink);
    }
    unresolved
}

/// The text with what can only be code taken out: numbers and signs that look like parts of values. Words stay, since
/// the name of a variable says what its value is.
fn prose(content: &str, tokens: &[Token<'_>]) -> Vec<u8> {
    let mut bytes = content.as_bytes().to_vec();
    for token in tokens {
        let is_code = token.kind == Kind::Number || (token.kind == Kind::Sign && token.text == "@");
        if is_code {
            bytes[token.start..token.end].fill(b' ');
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_and_copies_are_told_by_their_path() {
        for name in [
            "spec/user_spec.rb",
            "a/log_test.go",
            "x.test.tsx",
            "src/test/java/ATest.java",
        ] {
            assert!(is_test(name), "{name}");
        }
        assert!(!is_test("src/contest.py") && !is_test("src/latest.go"));
        assert!(is_vendored("web/node_modules/a/b.js") && !is_vendored("src/vendors.py"));
    }
}
