//! PHP classes that Doctrine maps, by attribute or by annotation in a comment.

use super::member::{MODIFIERS, place, typed_before};
use super::{Framework, Models};
use crate::field::{DatasetKind, Field};
use crate::source::code::lexer::{Kind, Token};

/// Entities of Doctrine.
pub static FRAMEWORK: Framework = Framework {
    languages: &["php"],
    tell: |models| models.doctrine(),
};

impl Models<'_, '_> {
    fn doctrine(&mut self) {
        for at in 0..self.tokens.len() {
            if !self.is(at, "class") || !self.is_mapped(at) {
                continue;
            }
            if let Some(open) = (at + 2..at + 24).find(|i| self.is(*i, "{")) {
                let mut fields = self.members(open, property, true);
                fields.iter_mut().for_each(annotated);
                self.told(self.word(at + 1), DatasetKind::Class, at, fields);
            }
        }
    }

    /// `#[ORM\Entity]`, or `@ORM\Entity` in the comment above.
    fn is_mapped(&self, at: usize) -> bool {
        let marks = ["Entity", "MappedSuperclass", "Embeddable", "Document"];
        let before = &self.tokens[at.saturating_sub(40)..at];
        let near = before.iter().rev().take_while(|t| !t.is("}"));
        near.into_iter().any(|t| {
            let in_comment = t.kind == Kind::Comment
                && marks
                    .iter()
                    .any(|mark| t.text.contains(&format!("\\{mark}")));
            in_comment || marks.iter().any(|mark| t.is(mark))
        })
    }
}

/// `#[ORM\Column] private ?string $email;`, or without a type.
fn property(tokens: &[Token<'_>]) -> Option<Field> {
    typed_before(tokens).or_else(|| {
        let [modifier, name, ..] = tokens else {
            return None;
        };
        let is_property =
            MODIFIERS.contains(&modifier.text) && name.is_word() && !name.is("function");
        let is_variable = name.end - name.start > name.text.len();
        (is_property && is_variable).then(|| Field {
            place: place(name),
            ..Field::named(name.text)
        })
    })
}

/// What a comment says of the column: `@ORM\Column(type="string", length=180)`.
fn annotated(field: &mut Field) {
    let Some(comment) = &field.comment else {
        return;
    };
    let Some((_, column)) = comment.split_once("Column(") else {
        return;
    };
    let kind = column.split_once("type=\"").map(|(_, rest)| rest);
    let kind = kind.and_then(|rest| rest.split('"').next());
    field.declared_type = kind.map(str::to_owned).or(field.declared_type.take());
    let words: Vec<&str> = comment.lines().filter(|line| !line.contains('@')).collect();
    field.comment = (!words.is_empty()).then(|| words.join("\n"));
}
