//! The one shape every source becomes: datasets with fields, and where they stand.
//! Readers make these; they say what the source says and nothing of what it means.

use serde::{Deserialize, Serialize};

/// A place in a source: line and column from 1, byte offset from 0 into the decompressed source.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Place {
    /// Line, from 1; 0 where the source has none (a database).
    pub line: u64,
    /// Column in characters, from 1; 0 where it is unknown.
    pub column: u32,
    /// Byte offset.
    pub start: u64,
}

impl Place {
    /// A place known by its line only.
    pub fn line(line: u64) -> Self {
        Self {
            line,
            ..Self::default()
        }
    }
}

/// What kind of thing a dataset is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum DatasetKind {
    /// A table of a database or its schema.
    #[default]
    Table,
    /// A view.
    View,
    /// A materialised view.
    MaterializedView,
    /// A file of records: CSV, JSON, Parquet, a sheet, a collection.
    Records,
    /// A stream of log records.
    Log,
    /// A class, struct or model in code.
    Class,
    /// A message or contract: API schema, Protobuf, GraphQL, a form.
    Message,
}

/// A table, collection, sheet, log stream, model class or message type, as its source declares it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dataset {
    /// Its name, schema-qualified as the source says it.
    pub name: String,
    /// What kind of thing it is.
    pub kind: DatasetKind,
    /// Comment or description in the source.
    pub comment: Option<String>,
    /// Tags the source gives by mechanisms other than a comment.
    pub tags: Vec<Tag>,
    /// Where it is declared.
    pub place: Place,
    /// Rows, where the source itself knows or estimates them (a catalogue).
    pub rows_estimate: Option<u64>,
    /// Rows, where the reader saw all of them.
    pub rows_counted: Option<u64>,
}

/// Endings of files of records: no part of what their dataset is called.
const RECORD_ENDINGS: &[&str] = &[
    "arrow", "arrows", "avro", "bson", "csv", "feather", "json", "jsonl", "log", "ndjson", "ods",
    "parquet", "sql", "toml", "tsv", "txt", "xls", "xlsb", "xlsx", "xml", "yaml", "yml",
];

/// What a dataset is called without its schema or the ending of its file: `users` of `public.users` and of `users.csv`.
pub fn bare_name(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, ending)) if RECORD_ENDINGS.contains(&ending.to_ascii_lowercase().as_str()) => {
            stem
        }
        Some((_, table)) => table,
        None => name,
    }
}

/// How a source itself knows the oldest and newest value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KnownBy {
    /// Its catalogue says so.
    Catalogue,
    /// The ends of an index.
    Index,
    /// Statistics kept for planning, or of row groups.
    Statistics,
}

/// The oldest and newest value of a field of dates, as ISO 8601 dates, where the source knows them without reading all rows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Extent {
    /// Oldest.
    pub oldest: String,
    /// Newest.
    pub newest: String,
    /// How it is known.
    pub by: KnownBy,
}

/// A tag as it stands in the source: `pii: email`, `SECURITY LABEL FOR anon: MASKED WITH …`. Detection reads its meaning.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag {
    /// Name of the tag, attribute, annotation, label provider or directive.
    pub name: String,
    /// Its value; empty for a bare mark.
    pub value: String,
}

/// A field as its source declares it. Values are pushed apart from it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Field {
    /// Path inside the dataset: a column name, or dotted with `*` for arrays.
    pub path: String,
    /// Declared type as written (`varchar(255)`, `EmailField`, `inet`).
    pub declared_type: Option<String>,
    /// Comment or description in the source.
    pub comment: Option<String>,
    /// Tags the source gives by mechanisms other than a comment.
    pub tags: Vec<Tag>,
    /// Where it is declared.
    pub place: Place,
    /// The dataset and field a foreign key points to.
    pub references: Option<Reference>,
    /// Part of the primary key.
    pub primary_key: bool,
    /// The values the source allows, where it lists them (an enum).
    pub allowed: Vec<String>,
    /// Validators beside the type (`email`, `max_length(4)`).
    pub validators: Vec<String>,
    /// Oldest and newest value, where the source knows them.
    pub extent: Option<Extent>,
}

impl Field {
    /// A field known by its path only.
    pub fn named(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            ..Self::default()
        }
    }

    /// The last step of the path that is a name.
    pub fn name(&self) -> &str {
        self.path
            .rsplit('.')
            .find(|step| *step != "*")
            .unwrap_or(&self.path)
    }
}

/// The target of a foreign key or association.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The dataset referred to.
    pub dataset: String,
    /// Its field, where the source names it.
    pub field: Option<String>,
}

/// Where a chunk of free text stands.
#[derive(Clone, Copy, Debug, Default)]
pub struct TextPlace {
    /// Byte offset of the chunk's first byte, in the decompressed source.
    pub start: u64,
    /// Line of the chunk's first byte, from 1, counted from the start of the split.
    pub line: u64,
}

/// In what way a source names something outside of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MentionKind {
    /// A dependency in a manifest: `npm:stripe`.
    Package,
    /// A dependency in a lock file, which also lists what dependencies need.
    LockedPackage,
    /// An import, by the ecosystem of its language: `npm:stripe`, `maven:com.stripe.Stripe`.
    Import,
    /// A call into an import, by the name of the import.
    ImportCall,
    /// A call by its full name: `posthog.capture`.
    Call,
    /// The path of a request with its verb, `?` where the code does not say: `GET /me/messages`.
    Path,
    /// A host that code, configuration or a page sends to or loads from, with the path where there is one.
    Host,
    /// A variable of the environment that code reads.
    Env,
    /// A variable of the environment that configuration sets.
    EnvSet,
    /// A Terraform provider.
    Terraform,
    /// A permission of a known provider: `android:android.permission.CAMERA`.
    Permission,
    /// A scope whose provider the source does not say.
    Scope,
    /// A cookie that is set.
    Cookie,
    /// A key of the browser's storage that is set.
    LocalStorage,
    /// The address of a script or frame that a page loads.
    Tag,
    /// The address of an image that a page or mail loads.
    Pixel,
}

/// Something outside that a source names, as the source says it; who it is, detection knows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mention {
    /// In what way.
    pub kind: MentionKind,
    /// What is named.
    pub name: String,
    /// Where.
    pub place: Place,
}

impl Mention {
    /// A mention at a line.
    pub fn at(kind: MentionKind, name: impl Into<String>, line: u64) -> Self {
        Self {
            kind,
            name: name.into(),
            place: Place::line(line),
        }
    }
}

/// Where code hands a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outlet {
    /// A log call.
    Log,
    /// A file.
    File,
    /// A cookie.
    Cookie,
    /// A call into an imported package, named as a [`MentionKind::Import`].
    Import(String),
    /// A call by its full name, of which no import is known.
    Call(String),
    /// A request to a host.
    Host(String),
}

/// What happens to a value on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepKind {
    /// It is read from an object.
    Read,
    /// It is kept in a variable.
    Assign,
    /// It goes through a call that leaves it as it is.
    Call,
    /// It leaves.
    Sink,
}

/// A value that code hands to a call that lets it out, by its names; whether it is personal, detection knows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Passing {
    /// The object it is a part of: `user` in `user.email`.
    pub object: Option<String>,
    /// Its own name.
    pub name: String,
    /// Where it goes.
    pub to: Outlet,
    /// Its way: line and what happens there, the sink last.
    pub steps: Vec<(u64, StepKind)>,
}
