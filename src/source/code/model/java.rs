//! Java classes that JPA, Hibernate, Spring Data and Lombok map, and records.

use super::member::typed_before;
use super::{Framework, Models};
use crate::field::DatasetKind;

/// Records of Java.
pub static FRAMEWORK: Framework = Framework {
    languages: &["java"],
    tell: |models| models.java(),
};

impl<'a> Models<'a, '_> {
    fn java(&mut self) {
        const MARKS: &[&str] = &[
            "Entity",
            "Table",
            "Document",
            "Embeddable",
            "MappedSuperclass",
            "Data",
            "Value",
            "Builder",
            "Getter",
        ];
        for at in 0..self.tokens.len() {
            match self.word(at) {
                "class" if self.has_mark(at, MARKS) => {
                    if let Some(open) = (at + 2..at + 40).find(|i| self.is(*i, "{")) {
                        let fields = self.members(open, typed_before, true);
                        self.told(self.word(at + 1), DatasetKind::Class, at, fields);
                    }
                }
                "record" if self.is(at + 2, "(") => {
                    let fields = self.members(at + 2, typed_before, false);
                    self.told(self.word(at + 1), DatasetKind::Class, at, fields);
                }
                _ => {}
            }
        }
    }
}
