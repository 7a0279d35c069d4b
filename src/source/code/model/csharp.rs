//! C# classes with properties, and records: what Entity Framework and JSON serialisers map.

use super::member::typed_before;
use super::{Framework, Models};
use crate::field::{DatasetKind, Field};

/// Records of C#.
pub static FRAMEWORK: Framework = Framework {
    languages: &["csharp"],
    tell: |models| models.csharp(),
};

impl<'a> Models<'a, '_> {
    fn csharp(&mut self) {
        const OTHERS: &[&str] = &[
            "Options",
            "Settings",
            "Configuration",
            "Controller",
            "Service",
            "Context",
            "Attribute",
            "Exception",
        ];
        for at in 0..self.tokens.len() {
            let name = self.word(at + 1);
            if OTHERS.iter().any(|o| name.ends_with(o)) || name.is_empty() {
                continue;
            }
            match self.word(at) {
                "class" | "record" => {
                    if self.is(at, "record") && self.is(at + 2, "(") {
                        let fields = self.members(at + 2, typed_before, false);
                        self.told(name, DatasetKind::Class, at, fields);
                        continue;
                    }
                    let Some(open) = (at + 2..at + 40).find(|i| self.is(*i, "{")) else {
                        continue;
                    };
                    let fields = self.properties(open);
                    if fields.len() > 1 {
                        self.told(name, DatasetKind::Class, at, fields);
                    }
                }
                _ => {}
            }
        }
    }

    /// `public T Name { get; set; }`.
    fn properties(&self, open: usize) -> Vec<Field> {
        let close = self.closing(open);
        let mut fields = Vec::new();
        let mut start = open + 1;
        let mut at = open + 1;
        while at < close {
            let token = &self.tokens[at];
            if token.is("{") || token.is("(") {
                let is_property =
                    token.is("{") && ["get", "init", "set"].contains(&self.word(at + 1));
                if is_property {
                    fields.extend(self.member(start, at, typed_before));
                }
                at = self.closing(at) + 1;
                if token.is("{") {
                    start = at;
                    if self.is(at, "=") {
                        at = (at..close)
                            .find(|i| self.is(*i, ";"))
                            .map_or(close, |i| i + 1);
                        start = at;
                    }
                }
                continue;
            }
            if token.is(";") {
                start = at + 1;
            }
            at += 1;
        }
        fields
    }
}
