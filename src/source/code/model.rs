//! Models in code as datasets: classes, structs, records, interfaces and builder calls that declare records of data.
//! Each language has its marks of a record; a class without them is code and no model. Types are told as written.

use super::language::Language;
use super::lexer::{Kind, Token};
use crate::field::{Dataset, DatasetKind, Field, Place};
use crate::source::Sink;
use member::plain_comment;

include!(concat!(env!("OUT_DIR"), "/frameworks.rs"));

/// A way of declaring records: one file in `code/model/`, found by the build.
pub struct Framework {
    /// Names of the languages it is written in.
    pub languages: &'static [&'static str],
    /// Tells its records in a file.
    pub tell: fn(&mut Models<'_, '_>),
}

/// Tells every model of a file.
pub fn tell(tokens: &[Token<'_>], language: &Language, content: &str, sink: &mut dyn Sink) {
    let (closings, too_deep) = brackets(tokens);
    let mut models = Models {
        tokens,
        closings,
        too_deep,
        content,
        sink,
    };
    let spoken = |f: &&&Framework| f.languages.contains(&language.name);
    for framework in FRAMEWORKS.iter().filter(spoken) {
        (framework.tell)(&mut models);
    }
}

/// A file in which records are looked for.
pub struct Models<'a, 's> {
    tokens: &'a [Token<'a>],
    /// Where the bracket at each position closes.
    closings: Vec<u32>,
    /// Positions that lie too deep for any model.
    too_deep: Vec<bool>,
    content: &'a str,
    sink: &'s mut dyn Sink,
}

type Member<'t> = fn(&[Token<'t>]) -> Option<Field>;

/// Brackets deep that models are looked for.
const DEEPEST: usize = 24;

/// Fields of one model; larger ones are tables of constants.
const MOST_FIELDS: usize = 2_000;

impl<'a> Models<'a, '_> {
    fn word(&self, at: usize) -> &'a str {
        let token = self.tokens.get(at).filter(|t| t.is_word());
        let token = token.filter(|_| !self.too_deep[at]);
        token.map_or("", |t| t.text)
    }

    fn closing(&self, open: usize) -> usize {
        self.closings
            .get(open)
            .map_or(self.tokens.len(), |end| *end as usize)
    }

    fn is(&self, at: usize, text: &str) -> bool {
        self.tokens.get(at).is_some_and(|t| t.is(text))
    }

    fn column(&self, at: usize) -> usize {
        let start = self.tokens[at].start;
        let before = &self.content.as_bytes()[..start];
        start - memchr::memrchr(b'\n', before).map_or(0, |end| end + 1)
    }

    fn begins_line(&self, at: usize) -> bool {
        at == 0 || self.tokens[at - 1].line < self.tokens[at].line
    }

    /// Tells a model, if it has fields at all.
    fn told(&mut self, name: &str, kind: DatasetKind, at: usize, fields: Vec<Field>) {
        if name.is_empty() || fields.is_empty() || fields.len() > MOST_FIELDS {
            return;
        }
        let dataset = self.sink.dataset(Dataset {
            name: name.to_owned(),
            kind,
            place: Place::line(self.tokens[at].line.into()),
            ..Dataset::default()
        });
        for field in fields {
            self.sink.field(dataset, field);
        }
    }

    /// The fields between two brackets, member by member. Members end at `;`, at `,`, or with their line.
    fn members(&self, open: usize, member: Member<'a>, by_line: bool) -> Vec<Field> {
        let close = self.closing(open);
        let mut fields = Vec::new();
        let mut start = open + 1;
        let mut depth = 0_i32;
        for at in open + 1..=close.min(self.tokens.len().saturating_sub(1)) {
            let token = &self.tokens[at];
            let is_end = at == close;
            let is_cut = depth == 0
                && (token.is(";")
                    || token.is(",")
                    || (by_line && at > start && self.ends_member(at)));
            if is_end || is_cut {
                let stop = at.max(start);
                fields.extend(self.member(start, stop, member));
                start = at + usize::from(token.is(";") || token.is(","));
            }
            if token.kind == Kind::Sign {
                match token.text {
                    "(" | "[" | "{" | "<" if !token.is("<") || self.opens_type(at) => depth += 1,
                    ")" | "]" | "}" => depth -= 1,
                    ">" if depth > 0 && self.closes_type(at) => depth -= 1,
                    _ => {}
                }
            }
        }
        fields
    }

    /// `Map<String, X>`: a bracket of types follows a word directly.
    fn opens_type(&self, at: usize) -> bool {
        let before = &self.tokens[at - 1];
        before.is_word() && before.end == self.tokens[at].start
    }

    fn closes_type(&self, at: usize) -> bool {
        let before = &self.tokens[at - 1];
        !(before.is("=") || before.is("-"))
    }

    fn ends_member(&self, at: usize) -> bool {
        let before = &self.tokens[at - 1];
        let goes_on =
            before.kind == Kind::Sign && matches!(before.text, ":" | "=" | "|" | "." | "&");
        let follows = matches!(self.tokens[at].text, "|" | "." | "=" | "?")
            && self.tokens[at].kind == Kind::Sign;
        // A comment or description on a line of its own is about what follows; one behind a member is the member's.
        let is_above =
            matches!(before.kind, Kind::Comment | Kind::Text) && self.begins_line(at - 1);
        let is_prefix = is_above || (before.is(")") && self.begins_with_mark(at));
        self.tokens[at].line > before.line && !goes_on && !follows && !is_prefix
    }

    /// The comment on the line of a token, behind it.
    fn comment_behind(&self, at: usize) -> Option<String> {
        let line = self.tokens.get(at)?.line;
        let mut rest = self.tokens[at..].iter().take_while(|t| t.line == line);
        let comment = rest.find(|t| t.kind == Kind::Comment)?;
        Some(plain_comment(comment.text)).filter(|c| !c.is_empty())
    }

    /// Whether the line before holds nothing but a mark such as `@Column(…)`.
    fn begins_with_mark(&self, at: usize) -> bool {
        let line = self.tokens[at - 1].line;
        let mut first = at - 1;
        while first > 0 && self.tokens[first - 1].line == line {
            first -= 1;
        }
        self.tokens[first].is("@")
    }

    fn member(&self, start: usize, stop: usize, member: Member<'a>) -> Option<Field> {
        let part = self.tokens.get(start..stop)?;
        let comments = part.iter().filter(|t| t.kind == Kind::Comment);
        let mut words: Vec<String> = comments.map(|t| plain_comment(t.text)).collect();
        // What stands behind a member on its line belongs to it.
        let line = part.iter().rev().find(|t| t.kind != Kind::Comment)?.line;
        let after = self.tokens[stop..].iter().take(2);
        let mut trailing = after.filter(|t| t.kind == Kind::Comment && t.line == line);
        words.extend(trailing.next().map(|t| plain_comment(t.text)));
        let code: Vec<Token<'a>> = part
            .iter()
            .filter(|t| t.kind != Kind::Comment)
            .copied()
            .collect();
        // A comment that stands behind the member before is that one's.
        let before = start.checked_sub(1).map_or(0, |i| self.tokens[i].line);
        let is_others = part
            .first()
            .is_some_and(|t| t.kind == Kind::Comment && t.line == before);
        if is_others {
            words.remove(0);
        }
        let mut field = member(&code)?;
        words.splice(..0, field.comment.take());
        words.retain(|w| !w.is_empty());
        field.comment = (!words.is_empty()).then(|| words.join("\n"));
        Some(field)
    }

    /// `keyword Name … {` with members of one form.
    fn blocks(&mut self, keywords: &[&str], kind: DatasetKind, member: Member<'a>) {
        for at in 0..self.tokens.len() {
            if !keywords.contains(&self.word(at)) || self.word(at + 1).is_empty() {
                continue;
            }
            let open = (at + 2..at + 24).find(|i| self.is(*i, "{"));
            if let Some(open) = open {
                let fields = self.members(open, member, kind == DatasetKind::Message);
                self.told(self.word(at + 1), kind, at, fields);
            }
        }
    }

    /// Where a statement without braces ends: with its line, outside of brackets.
    fn statement_end(&self, start: usize) -> usize {
        let mut depth = 0_i32;
        let mut line = self.tokens[start].line;
        for at in start..self.tokens.len() {
            let token = &self.tokens[at];
            if depth <= 0 && token.line > line {
                return at;
            }
            line = token.line;
            if token.kind == Kind::Sign {
                depth += match token.text {
                    "(" | "[" | "{" => 1,
                    ")" | "]" | "}" => -1,
                    _ => 0,
                };
            }
        }
        self.tokens.len()
    }

    /// Whether one of the marks stands before a class.
    fn has_mark(&self, at: usize, marks: &[&str]) -> bool {
        let mut i = at;
        for _ in 0..80 {
            let Some(before) = i.checked_sub(1) else {
                return false;
            };
            i = before;
            if self.is(i, ";")
                || self.is(i, "}")
                    && !self.is(i + 1, ")")
                    && self.tokens[i].line + 1 < self.tokens[at].line
            {
                return false;
            }
            let is_mark =
                i > 0 && (self.is(i - 1, "@") || self.is(i - 1, "[") || self.is(i - 1, ","));
            if is_mark && marks.contains(&self.word(i)) {
                return true;
            }
        }
        false
    }
}

/// Where each bracket closes, and what lies too deep, in one pass.
fn brackets(tokens: &[Token<'_>]) -> (Vec<u32>, Vec<bool>) {
    let end = u32::try_from(tokens.len()).unwrap_or(u32::MAX);
    let mut closings = vec![end; tokens.len()];
    let mut too_deep = vec![false; tokens.len()];
    let mut open: Vec<usize> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        too_deep[at] = open.len() > DEEPEST;
        match token.text {
            "(" | "[" | "{" if token.kind == Kind::Sign => open.push(at),
            ")" | "]" | "}" if token.kind == Kind::Sign => {
                if let Some(begin) = open.pop() {
                    closings[begin] = u32::try_from(at).unwrap_or(end);
                }
            }
            _ => {}
        }
    }
    (closings, too_deep)
}
