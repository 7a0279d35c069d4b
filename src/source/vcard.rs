//! Address books as vCard 2.1, 3.0 and 4.0: each card a row, each property a field, names and addresses by component.
//! Pictures, sounds and keys are told as fields without their bytes.

use super::columns::Columns;
use super::content_lines::{self, Property};
use super::{
    Budget, Claim, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split, dataset_name,
};
use crate::field::{Dataset, DatasetKind, Field, Place};
use std::collections::HashMap;

/// The reader of address books.
pub static READER: VCard = VCard;

/// vCard files.
pub struct VCard;

/// Different properties that are told of one file; further ones are those of a program, or no properties.
const FIELDS_AT_MOST: usize = 500;

const NAME: &[&str] = &[
    "family_name",
    "given_name",
    "additional_name",
    "prefix",
    "suffix",
];
const ADDRESS: &[&str] = &[
    "po_box",
    "extended_address",
    "street",
    "locality",
    "region",
    "postal_code",
    "country",
];
const ORGANIZATION: &[&str] = &["name", "unit"];

/// What the short names of RFC 6350 stand for.
const MEANINGS: &[(&str, &str)] = &[
    ("fn", "full name of the person"),
    ("tel", "phone number"),
    ("bday", "date of birth"),
    ("adr", "address"),
    ("label", "postal address"),
    ("org", "organization"),
    ("impp", "instant messaging address"),
    ("tz", "time zone"),
    ("rev", "last changed"),
    ("uid", "identifier of the card"),
    ("deathdate", "date of death"),
    ("related", "a related person"),
    ("photo", "picture of the person"),
];

/// Properties of the card, not of the person.
const SILENT: &[&str] = &["begin", "end", "version", "prodid", "profile"];

impl Reader for VCard {
    fn format(&self) -> &'static str {
        "vcard"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Export
    }

    fn claim(&self, input: &Input) -> Claim {
        match is_begun(input, "vcard") {
            true => Claim::Certain,
            false => Claim::No,
        }
    }

    fn read(
        &self,
        input: &Input,
        _: &Split,
        _: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        let mut cards = Rows::of(input, sink);
        let (coverage, lines) = content_lines::each(input, |line, number| {
            let Some(property) = Property::of(line) else {
                return;
            };
            match property.name.as_str() {
                "begin" => cards.rows += 1,
                "end" => cards.columns.flush_if_full(sink),
                name if SILENT.contains(&name) => {}
                _ => card_line(&property, number, &mut cards),
            }
        })?;
        cards.finish(sink);
        Ok(Outcome {
            coverage,
            lines,
            unresolved: 0,
        })
    }
}

/// Whether a file begins with such a component, whatever its name is.
pub fn is_begun(input: &Input, component: &str) -> bool {
    let head = input.head().trim_ascii_start();
    let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let wanted = format!("begin:{component}");
    input.connection().is_none() && first.trim_ascii().eq_ignore_ascii_case(wanted.as_bytes())
}

fn card_line(property: &Property<'_>, line: u64, cards: &mut Rows) {
    let name = property.name.as_str();
    let components = match name {
        "n" => NAME,
        "adr" => ADDRESS,
        "org" => ORGANIZATION,
        _ => &[],
    };
    if property.is_binary() {
        cards.mark(name, "binary", line);
    } else if components.is_empty() {
        let text = property.text();
        let value = ["tel:", "mailto:"]
            .iter()
            .find_map(|scheme| text.strip_prefix(scheme));
        cards.push(name, value.unwrap_or(&text), line);
    } else {
        let values = property.components();
        for (at, value) in values.iter().enumerate() {
            let component = components.get(at).or(components.last()).unwrap_or(&name);
            cards.push(&format!("{name}.{component}"), value, line);
        }
    }
}

/// Values by the paths they stand under, a column for each path that is met.
pub struct Rows {
    /// The columns, to be flushed between rows.
    pub columns: Columns,
    /// Rows seen.
    pub rows: u64,
    by_path: HashMap<String, usize>,
    dataset: Dataset,
}

impl Rows {
    /// Those of a file that is one dataset.
    pub fn of(input: &Input, sink: &mut dyn Sink) -> Self {
        let dataset = Dataset {
            name: dataset_name(input),
            kind: DatasetKind::Records,
            ..Dataset::default()
        };
        Self {
            columns: Columns::new(sink.dataset(dataset.clone())),
            rows: 0,
            by_path: HashMap::new(),
            dataset,
        }
    }

    /// A value under a path; nothing where it is empty.
    pub fn push(&mut self, path: &str, value: &str, line: u64) {
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        if let Some(column) = self.column(path, None, line) {
            self.columns.push(column, value.as_bytes());
        }
    }

    /// A field that is there and whose values are not looked at.
    pub fn mark(&mut self, path: &str, declared_type: &str, line: u64) {
        self.column(path, Some(declared_type), line);
    }

    fn column(&mut self, path: &str, declared_type: Option<&str>, line: u64) -> Option<usize> {
        // Anybody may add properties, and name them by what they hold.
        let digits = path.bytes().filter(u8::is_ascii_digit).count();
        let path = if digits > 4 || path.contains('@') {
            "*"
        } else {
            path
        };
        if let Some(column) = self.by_path.get(path) {
            return Some(*column);
        }
        if self.by_path.len() >= FIELDS_AT_MOST {
            return None;
        }
        let step = path.split('.').next().unwrap_or(path);
        let meaning = MEANINGS.iter().find(|(name, _)| *name == step);
        let field = Field {
            declared_type: declared_type.map(str::to_owned),
            comment: meaning.map(|(_, meaning)| (*meaning).to_owned()),
            place: Place::line(line),
            ..Field::named(path)
        };
        let column = match declared_type {
            Some(_) => self.columns.add(field),
            None => self.columns.add_silent(field),
        };
        self.by_path.insert(path.to_owned(), column);
        Some(column)
    }

    /// Tells everything that is gathered, and how many rows there were.
    pub fn finish(mut self, sink: &mut dyn Sink) {
        self.columns.flush(sink);
        sink.dataset(Dataset {
            rows_counted: Some(self.rows),
            ..self.dataset
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::recording::Recording;

    #[test]
    fn cards_are_rows_and_properties_fields() {
        let text = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Jane Roe\r\nN:Roe;Jane;;Dr.;\r\nTEL;VALUE=uri:tel:+1-202-555-0143\r\nitem1.EMAIL;TYPE=work:jane@example.com\r\nADR:;;12 Example Street;Springfield;;01101;\r\nPHOTO:data:image/jpeg;base64,AAAA\r\nEND:VCARD\r\nBEGIN:VCARD\r\nFN:Joe Roe\r\nEND:VCARD\r\n";
        let input = Input::bytes("people.vcf", text.as_bytes()).expect("readable");
        assert_eq!(READER.claim(&input), Claim::Certain);
        let mut told = Recording::default();
        READER
            .read(&input, &Split::whole(), &Budget::default(), &mut told)
            .expect("read");
        assert_eq!(
            told.paths("people.vcf"),
            [
                "fn",
                "n.family_name",
                "n.given_name",
                "n.prefix",
                "tel",
                "email",
                "adr.street",
                "adr.locality",
                "adr.postal_code",
            ]
        );
        assert_eq!(
            told.field_named("people.vcf", "fn").values,
            ["Jane Roe", "Joe Roe"]
        );
        assert_eq!(
            told.field_named("people.vcf", "tel").values,
            ["+1-202-555-0143"]
        );
        assert_eq!(
            told.dataset_named("people.vcf").dataset.rows_counted,
            Some(2)
        );
    }

    #[test]
    fn other_files_are_not_claimed() {
        for text in ["BEGIN:VCALENDAR\n", "VCARD", ""] {
            let input = Input::bytes("a.vcf", text.as_bytes()).expect("readable");
            assert_eq!(READER.claim(&input), Claim::No);
        }
    }
}
