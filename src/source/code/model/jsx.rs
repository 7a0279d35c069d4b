//! Forms written as JSX: the inputs of a component, with their type, label and what a browser may fill in.
//! Knows inputs by name and by what form libraries call them; what a handler does with them it does not know.

use super::member::place;
use super::{Framework, Models};
use crate::field::{DatasetKind, Field};
use crate::source::code::lexer::Token;

/// Forms of components.
pub static FRAMEWORK: Framework = Framework {
    languages: &["typescript", "javascript"],
    tell: |models| models.forms(),
};

/// Tokens of one tag that are read.
const LONGEST_TAG: usize = 200;

/// Types of inputs that hold nothing a person types.
const SILENT: &[&str] = &["submit", "button", "reset", "image", "hidden"];

fn is_input(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "input",
        "select",
        "textarea",
        "Field",
        "TextField",
        "TextInput",
        "Textarea",
        "Select",
        "Controller",
        "Checkbox",
        "DatePicker",
    ];
    NAMES.contains(&name) || name.ends_with("Input") || name.ends_with("FormField")
}

impl<'a> Models<'a, '_> {
    fn forms(&mut self) {
        let mut component = ("", 0);
        let mut fields: Vec<Field> = Vec::new();
        for at in 0..self.tokens.len() {
            if let Some(name) = self.component(at) {
                self.told_form(component, std::mem::take(&mut fields));
                component = (name, at);
            }
            let is_tag = self.is(at, "<") && is_input(self.word(at + 1));
            if is_tag && let Some(field) = self.input(at + 1) {
                let is_new = fields.iter().all(|known| known.path != field.path);
                fields.extend(Some(field).filter(|_| is_new));
            }
        }
        self.told_form(component, fields);
    }

    fn told_form(&mut self, (name, at): (&str, usize), fields: Vec<Field>) {
        self.told(name, DatasetKind::Message, at, fields);
    }

    /// `function SignUp(`, `const SignUp =` at the margin: components begin in upper case.
    fn component(&self, at: usize) -> Option<&'a str> {
        let is_one = matches!(self.word(at), "function" | "const" | "class");
        let name = self.word(at + 1);
        let begins = is_one && name.starts_with(|c: char| c.is_ascii_uppercase());
        let is_outer = begins && self.line_begins_at_margin(at);
        is_outer.then_some(name)
    }

    fn line_begins_at_margin(&self, at: usize) -> bool {
        let line = self.tokens[at].line;
        let first = (0..=at)
            .rev()
            .take(6)
            .take_while(|i| self.tokens[*i].line == line)
            .last();
        first.is_some_and(|i| self.column(i) == 0)
    }

    /// The field of a tag whose name stands at a position; none without a name of its own.
    fn input(&self, at: usize) -> Option<Field> {
        let mut found: Option<Field> = None;
        let (mut kind, mut label, mut fills) = (None, None, None);
        let mut next = at + 1;
        let end = self.tokens.len().min(at + LONGEST_TAG);
        while next < end && !self.is(next, ">") {
            let text = self.attribute(next);
            match (self.word(next), text) {
                // A name goes before an id.
                ("name" | "id" | "formControlName", Some(token))
                    if found.is_none() || self.is(next, "name") =>
                {
                    found = Some(named(token));
                }
                ("type", Some(token)) => kind = Some(token.text),
                ("label" | "placeholder" | "aria", Some(token)) => label = Some(token.text),
                ("autoComplete" | "autocomplete", Some(token)) => fills = Some(token.text),
                ("register", _) if self.is(next + 1, "(") => {
                    let token = self.tokens.get(next + 2).filter(|t| t.is_text());
                    found = token.map(named).or(found);
                }
                _ => {}
            }
            // What a handler does inside braces is not about the input; what is registered there is.
            let is_code = self.is(next, "{") && !self.is(next + 1, ".");
            next = if is_code {
                self.closing(next).max(next) + 1
            } else {
                next + 1
            };
        }
        let mut field = found.filter(|f| !f.path.is_empty() && f.path.len() < 80)?;
        if kind.is_some_and(|kind| SILENT.contains(&kind)) {
            return None;
        }
        field.declared_type = kind.map(str::to_owned);
        field.comment = label.map(str::to_owned);
        field.validators.extend(fills.map(str::to_owned));
        Some(field)
    }

    /// The text an attribute is set to: `name="email"`, `name={"email"}`.
    fn attribute(&self, at: usize) -> Option<&Token<'a>> {
        let after = at + 1 + usize::from(self.is(at + 2, "{"));
        let text = self.tokens.get(after + 1).filter(|t| t.is_text());
        text.filter(|_| self.is(at + 1, "="))
    }
}

fn named(token: &Token<'_>) -> Field {
    Field {
        place: place(token),
        ..Field::named(token.text)
    }
}
