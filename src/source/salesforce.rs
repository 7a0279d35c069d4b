//! Salesforce metadata: custom fields and objects with type, description and compliance groups.
//! One file a field in the source format, all fields of an object in the older one.

use super::markup::{self, Part};
use super::{Budget, Claim, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split, tree};
use crate::field::{Dataset, DatasetKind, Field, Place, Reference, Tag};

/// Reads `*.field-meta.xml` and `*.object`.
pub struct Salesforce;

/// The reader of Salesforce metadata.
pub static READER: Salesforce = Salesforce;

/// Larger files are no metadata.
const MOST_BYTES: u64 = 16 << 20;

const ENDINGS: &[&str] = &[".field-meta.xml", ".object-meta.xml", ".object"];

impl Reader for Salesforce {
    fn format(&self) -> &'static str {
        "salesforce"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Schema
    }

    fn claim(&self, input: &Input) -> Claim {
        let name = input.file_name();
        let is_ours = ENDINGS.iter().any(|ending| name.ends_with(ending))
            && memchr::memmem::find(input.head(), b"soap.sforce.com").is_some();
        if is_ours { Claim::Certain } else { Claim::No }
    }

    fn read(
        &self,
        input: &Input,
        _: &Split,
        _: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        let content = input.read_text(MOST_BYTES)?;
        let fields = fields(&content);
        if !fields.is_empty() {
            let dataset = sink.dataset(Dataset {
                name: object(input.name()).to_owned(),
                kind: DatasetKind::Table,
                place: Place::line(1),
                ..Dataset::default()
            });
            for field in fields {
                sink.field(dataset, field);
            }
        }
        Ok(Outcome {
            lines: memchr::memchr_iter(b'\n', content.as_bytes()).count() as u64,
            ..Outcome::whole()
        })
    }
}

/// `objects/Contact/fields/Phone__c.field-meta.xml` → `Contact`.
fn object(path: &str) -> &str {
    let mut steps = path.rsplit(['/', '\\']);
    let file = steps.next().unwrap_or(path);
    match (
        file.ends_with(".field-meta.xml"),
        steps.next(),
        steps.next(),
    ) {
        (true, Some("fields"), Some(object)) => object,
        _ => file.split('.').next().unwrap_or(file),
    }
}

fn fields(content: &str) -> Vec<Field> {
    let mut found = Vec::new();
    let mut current: Option<Field> = None;
    // Elements that are open inside a field: what stands deeper is of something else.
    let mut open: Vec<String> = Vec::new();
    for part in markup::parts(content) {
        match part {
            Part::Open(tag) if tag.name == "customfield" || tag.name == "fields" => {
                current = Some(tree::field("", tag.line));
                open.clear();
            }
            Part::Close(name) if name == "customfield" || name == "fields" => {
                found.extend(current.take().filter(|f| !f.path.is_empty()));
            }
            Part::Open(tag) if !tag.is_empty => open.push(tag.name),
            Part::Close(_) => {
                open.pop();
            }
            Part::Text(text, line) => {
                if let (Some(field), [element]) = (&mut current, open.as_slice()) {
                    read(element, text, line, field);
                }
            }
            _ => {}
        }
    }
    found
}

fn read(element: &str, text: &str, line: u64, field: &mut Field) {
    match element {
        "fullname" => {
            field.path = text.to_owned();
            field.place = Place::line(line);
        }
        "type" => field.declared_type = Some(text.to_owned()),
        "description" | "label" if field.comment.is_none() || element == "description" => {
            field.comment = Some(text.to_owned());
        }
        "compliancegroup" | "securityclassification" => field.tags.push(Tag {
            name: match element {
                "compliancegroup" => "complianceGroup".into(),
                _ => "classification".into(),
            },
            value: text.to_owned(),
        }),
        "encryptionscheme" if text != "None" => field.tags.push(Tag {
            name: "encrypted".into(),
            value: text.to_owned(),
        }),
        "referenceto" => {
            field.references = Some(Reference {
                dataset: text.to_owned(),
                field: None,
            });
        }
        _ => {}
    }
}
