//! TypeScript records: interfaces and object types, classes that TypeORM, TypeGraphQL and NestJS map.

use super::member::typed_member;
use super::{Framework, Models};
use crate::field::DatasetKind;

/// Records of TypeScript.
pub static FRAMEWORK: Framework = Framework {
    languages: &["typescript", "javascript"],
    tell: |models| models.typescript(),
};

impl<'a> Models<'a, '_> {
    fn typescript(&mut self) {
        for at in 0..self.tokens.len() {
            match self.word(at) {
                "interface" if !self.word(at + 1).is_empty() => {
                    let open = (at + 2..at + 40).find(|i| self.is(*i, "{"));
                    self.shape(at, self.word(at + 1), open);
                }
                "type" if self.is(at + 2, "=") && self.is(at + 3, "{") => {
                    self.shape(at, self.word(at + 1), Some(at + 3));
                }
                "class"
                    if self.has_mark(
                        at,
                        &[
                            "Entity",
                            "Table",
                            "ObjectType",
                            "InputType",
                            "Schema",
                            "Model",
                        ],
                    ) =>
                {
                    let open = (at + 2..at + 40).find(|i| self.is(*i, "{"));
                    if let Some(open) = open {
                        let fields = self.members(open, typed_member, true);
                        self.told(self.word(at + 1), DatasetKind::Class, at, fields);
                    }
                }
                _ => {}
            }
        }
    }

    /// An interface or object type, unless its name says that it is something other than a record.
    fn shape(&mut self, at: usize, name: &str, open: Option<usize>) {
        const OTHERS: &[&str] = &[
            "Props",
            "State",
            "Options",
            "Config",
            "Params",
            "Context",
            "Args",
            "Action",
            "Event",
            "Handler",
            "Ref",
            "Settings",
            "Theme",
            "Styles",
            "Plugin",
            "Service",
            "Store",
            "Hook",
            "Return",
            "Slots",
            "Emits",
            "Query",
            "Filter",
            "Filters",
            "Meta",
            "Variables",
            "Callbacks",
            "Window",
            "Controller",
            "Api",
            "Client",
        ];
        let Some(open) = open.filter(|_| !OTHERS.iter().any(|o| name.ends_with(o))) else {
            return;
        };
        let fields = self.members(open, typed_member, true);
        // A single field is a parameter more often than a record.
        if fields.len() > 1 {
            self.told(name, DatasetKind::Class, at, fields);
        }
    }
}
