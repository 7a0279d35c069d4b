//! Values on their way out of a function: what reaches a log, a file, a cookie or a call into an imported package.
//! Follows names through assignments inside a block; hashing, masking, counting end a way. Calls it does not know are
//! counted, not followed. Whether a name is personal and whose a package is, it does not know.

use super::language::{Blocks, Language};
use super::lexer::{Kind, Token};
use super::names::Bindings;
use crate::field::{Outlet, Passing, StepKind};
use shape::{arguments, assigned, chain, end_of_statement, is_joint, long_name, next_argument};
use std::collections::BTreeMap;
use value::Gathered;

#[path = "flow/outlet.rs"]
mod outlet;
#[path = "flow/shape.rs"]
mod shape;
#[path = "flow/value.rs"]
mod value;
#[path = "flow/word.rs"]
mod word;

/// What a file's code lets out.
#[derive(Default)]
pub struct Ways {
    /// Values that leave.
    pub passings: Vec<Passing>,
    /// Imported names that are called, with the line of the first call.
    pub called: BTreeMap<String, u32>,
    /// Full names of calls, with the line of the first.
    pub calls: BTreeMap<String, u32>,
    /// Calls on the way to a log or recipient that were not followed.
    pub unresolved: u64,
}

/// A value as it is known at some place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Value {
    object: Option<String>,
    name: String,
    steps: Vec<(u64, StepKind)>,
}

/// What a variable holds.
struct Held {
    /// Empty: something that says nothing of a person any more.
    values: Vec<Value>,
    /// Depth of braces, or column, at which it was set.
    depth: usize,
}

/// How deep calls and strings inside each other are read.
const DEEPEST: usize = 16;
/// Steps of a way that are kept.
const MOST_STEPS: usize = 12;
/// Brackets deep from which on calls are taken for data.
const DEEPEST_CALL: usize = 64;
/// Tokens of the arguments of one call that are read.
const LONGEST: usize = 4_000;
/// Values that a variable is followed for.
const MOST_VALUES: usize = 12;

/// Follows the values of a file.
pub fn follow<'a>(
    tokens: &[Token<'a>],
    language: &'static Language,
    bindings: &Bindings<'a>,
) -> Ways {
    let mut flow = Flow {
        language,
        bindings: bindings
            .iter()
            .map(|(name, path)| ((*name).to_owned(), path.clone()))
            .collect(),
        held: BTreeMap::new(),
        ways: Ways::default(),
    };
    flow.run(tokens);
    flow.ways
}

struct Flow {
    language: &'static Language,
    bindings: BTreeMap<String, String>,
    held: BTreeMap<String, Held>,
    ways: Ways,
}

impl Flow {
    fn run(&mut self, tokens: &[Token<'_>]) {
        let mut depth = 0_usize;
        let mut brackets = 0_usize;
        let mut line = 0;
        let mut at = 0;
        while at < tokens.len() {
            let token = &tokens[at];
            if token.line != line {
                line = token.line;
                self.enter_line(token, tokens, at);
            }
            match token.kind {
                Kind::Sign if token.text == "(" || token.text == "[" => brackets += 1,
                Kind::Sign if token.text == ")" || token.text == "]" => {
                    brackets = brackets.saturating_sub(1);
                }
                Kind::Sign if token.text == "{" => depth += 1,
                Kind::Sign if token.text == "}" => {
                    depth = depth.saturating_sub(1);
                    if self.language.blocks == Blocks::Braces {
                        self.held.retain(|_, held| held.depth <= depth);
                    }
                }
                Kind::Word => {
                    let is_inside = at > 0 && is_joint(tokens, at);
                    if !is_inside && brackets + depth < DEEPEST_CALL {
                        self.statement(tokens, at, depth);
                        self.call(tokens, at);
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// Forgets what was set in blocks that end with this line, in languages that have no braces.
    fn enter_line(&mut self, token: &Token<'_>, tokens: &[Token<'_>], at: usize) {
        match self.language.blocks {
            Blocks::Indent => {
                // The column is not known to tokens; the distance from the end of the line before serves as well.
                let begins_function = token.is("def") || token.is("class") || token.is("async");
                if begins_function {
                    self.held.clear();
                }
            }
            Blocks::End => {
                let next = tokens.get(at + 1);
                let is_private = next.is_some_and(|t| t.is("def"));
                if token.is("def") || token.is("defp") || token.is("class") || is_private {
                    self.held.clear();
                }
            }
            Blocks::Braces => {}
        }
    }

    /// `x = …`: what a variable holds from here on.
    fn statement(&mut self, tokens: &[Token<'_>], at: usize, depth: usize) {
        let Some(start) = assigned(tokens, at) else {
            return;
        };
        let end = end_of_statement(tokens, start);
        let right = &tokens[start..end];
        self.bind(tokens[at].text, right);
        let line = u64::from(tokens[at].line);
        let mut gathered = Gathered::default();
        // Calls on the right are judged where they stand; here only the way of values counts.
        let before = self.ways.unresolved;
        self.gather(right, 0, &mut gathered);
        self.ways.unresolved = before;
        let name = tokens[at].text.to_owned();
        let is_known = !gathered.values.is_empty() || gathered.is_sanitised;
        if !is_known || gathered.has_unknown {
            self.held.remove(&name);
            return;
        }
        let mut values = gathered.values;
        values.truncate(MOST_VALUES);
        values
            .iter_mut()
            .filter(|v| v.steps.len() < MOST_STEPS)
            .for_each(|v| v.steps.push((line, StepKind::Assign)));
        self.held.insert(name, Held { values, depth });
    }

    /// `client = new Stripe(…)`: a name for what an imported package makes.
    fn bind(&mut self, name: &str, right: &[Token<'_>]) {
        let start = right
            .iter()
            .position(|t| !["new", "await", "&", "*"].iter().any(|w| t.is(w)));
        let Some(chain) = start.and_then(|start| chain(right, start)) else {
            return;
        };
        let is_call = right.get(chain.end).is_some_and(|t| t.is("("));
        let path = self.bindings.get(chain.words[0]).cloned();
        let last = chain.words.last().copied().unwrap_or_default();
        let lower = last.to_ascii_lowercase();
        let makes = last.starts_with(|c: char| c.is_uppercase())
            || chain.words.len() == 1
            || [
                "new",
                "client",
                "create",
                "init",
                "connect",
                "configure",
                "instance",
                "build",
                "default",
            ]
            .iter()
            .any(|w| lower.contains(w));
        if let Some(path) = path.filter(|_| is_call && makes) {
            self.bindings.insert(name.to_owned(), path);
        }
    }

    fn call(&mut self, tokens: &[Token<'_>], at: usize) {
        let Some(chain) = chain(tokens, at) else {
            return;
        };
        let Some((start, end)) = arguments(tokens, chain.end, self.language) else {
            return;
        };
        let line = tokens[chain.end - 1].line;
        let inside = &tokens[start..end];
        let skip = usize::from(matches!(chain.words[0], "this" | "self") && chain.words.len() > 1);
        let words = &chain.words[skip..];
        if let Some(path) = self.bindings.get(words[0]) {
            self.ways.called.entry(path.clone()).or_insert(line);
        }
        if words.len() > 1 {
            let name = long_name(words, tokens, end);
            self.ways.calls.entry(name).or_insert(line);
        }
        let outlets = self.outlets(words, inside);
        for (outlet, skipped) in outlets {
            self.let_out(inside, &outlet, skipped, line);
        }
    }

    fn let_out(&mut self, inside: &[Token<'_>], outlet: &Outlet, skipped: usize, line: u32) {
        let start = (0..skipped).fold(0, |start, _| next_argument(inside, start));
        let mut gathered = Gathered::default();
        let before = self.ways.unresolved;
        self.gather(&inside[start.min(inside.len())..], 0, &mut gathered);
        if matches!(outlet, Outlet::Call(_)) {
            // Nobody knows yet whether such a call leads out at all.
            self.ways.unresolved = before;
        }
        for value in gathered.values {
            let mut steps = value.steps;
            steps.push((line.into(), StepKind::Sink));
            self.ways.passings.push(Passing {
                object: value.object,
                name: value.name,
                to: outlet.clone(),
                steps,
            });
        }
    }
}
