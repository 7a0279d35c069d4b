//! Records kept in YAML or TOML: told from configuration, and brought into columns by dataset and path.
//! Configuration is read as settings; only what repeats the same keys, or lies among fixtures and seeds, is data.

use super::columns::Columns;
use super::json::paths::is_data;
use super::nested::Nested;
use super::{Coverage, Input, Sink};
use crate::field::{Dataset, DatasetKind};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Bytes gathered before paths are told.
const PATIENCE: usize = 64 << 10;
/// Datasets of one file.
const DATASETS_AT_MOST: usize = 1_000;
/// Keys that records share, at least, where the folder does not say that they are records.
const SHARED_KEYS: usize = 3;

/// Keys of configuration, pipelines, manifests and contracts: no record has them.
const CONFIG_KEYS: &[&str] = &[
    "$ref",
    "$schema",
    "adapter",
    "anyof",
    "apiversion",
    "args",
    "artifacts",
    "asyncapi",
    "become",
    "branches",
    "build",
    "cmd",
    "columns",
    "command",
    "commands",
    "components",
    "config",
    "configs",
    "containers",
    "cron",
    "dependencies",
    "depends_on",
    "deploy",
    "dockerfile",
    "enabled",
    "endpoint",
    "endpoints",
    "entrypoint",
    "env",
    "environment",
    "exclude",
    "extends",
    "features",
    "handler",
    "handlers",
    "hooks",
    "hosts",
    "if",
    "image",
    "include",
    "includes",
    "inputs",
    "jobs",
    "kind",
    "labels",
    "limits",
    "metadata",
    "model",
    "models",
    "module",
    "needs",
    "networks",
    "on",
    "openapi",
    "outputs",
    "packages",
    "parameters",
    "paths",
    "permissions",
    "pipelines",
    "plugins",
    "pool",
    "ports",
    "properties",
    "regex",
    "register",
    "replicas",
    "repo",
    "repos",
    "required",
    "resources",
    "restart",
    "rev",
    "roles",
    "rules",
    "run",
    "runs-on",
    "schedule",
    "schema",
    "script",
    "selector",
    "services",
    "settings",
    "sources",
    "spec",
    "stage",
    "stages",
    "steps",
    "swagger",
    "targets",
    "tasks",
    "template",
    "terraform",
    "tests",
    "timeout",
    "triggers",
    "uses",
    "variables",
    "vars",
    "version",
    "volumes",
    "when",
    "with",
    "workflows",
];

/// Names of environments: what stands under them configures.
const ENVIRONMENTS: &[&str] = &[
    "base",
    "ci",
    "common",
    "default",
    "defaults",
    "dev",
    "development",
    "local",
    "prod",
    "production",
    "shared",
    "staging",
    "test",
];

/// Folders of data.
const FOLDERS: &[&str] = &[
    "backup",
    "backups",
    "data",
    "dump",
    "dumps",
    "export",
    "exports",
    "fixture",
    "fixtures",
    "sample-data",
    "sample_data",
    "seed",
    "seeds",
    "test-data",
    "test_data",
    "testdata",
];

/// How records lie in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A list of records, or documents that are records.
    Plain,
    /// Records by label, as Rails keeps fixtures.
    Labelled,
    /// Lists of records by the name of their dataset.
    Sections,
}

/// What the beginning of a file shows: of each container near the root, the keys of the records in it.
#[derive(Debug, Default)]
pub struct Shape {
    /// Keys of the root, if it is a map.
    pub root: Vec<String>,
    /// Whether the root is a list.
    pub is_list: bool,
    /// Keys of the maps directly in the root.
    pub inner: Vec<BTreeSet<String>>,
    /// Keys of the maps in lists (or maps) in the root, by the key of the root.
    pub sections: BTreeMap<String, Vec<BTreeSet<String>>>,
    /// Documents.
    pub documents: usize,
    /// Keys of the roots of all documents.
    pub roots: Vec<BTreeSet<String>>,
}

impl Shape {
    /// The form of the records, if these are records.
    pub fn form(&self, input: &Input) -> Option<Form> {
        let needed = if is_among_data(input) { 1 } else { SHARED_KEYS };
        let is_environment = |key: &String| ENVIRONMENTS.contains(&key.to_lowercase().as_str());
        if self.root.iter().any(|key| is_config(key)) || self.root.iter().any(is_environment) {
            return None;
        }
        // `.github`, `.circleci`: what a tool keeps for itself.
        if input
            .name()
            .split(['/', '\\'])
            .any(|step| step.len() > 2 && step.starts_with('.') && !step.starts_with(".."))
        {
            return None;
        }
        let holds = |records: &[BTreeSet<String>]| share(records, needed);
        if self.is_list && holds(&self.inner) || self.documents > 1 && holds(&self.roots) {
            return Some(Form::Plain);
        }
        if self.is_list {
            return None;
        }
        if !self.inner.is_empty()
            && self.inner.len() * 10 >= self.root.len() * 8
            && holds(&self.inner)
        {
            return Some(Form::Labelled);
        }
        self.sections
            .values()
            .any(|records| holds(records))
            .then_some(Form::Sections)
    }
}

/// Whether records share so many keys, and none has a key of configuration.
fn share(records: &[BTreeSet<String>], needed: usize) -> bool {
    // Among fixtures, records may be of several kinds.
    let (least, tenths) = if needed == 1 { (1, 5) } else { (2, 8) };
    let is_like = |key: &&String| {
        let having = records
            .iter()
            .filter(|record| record.contains(*key))
            .count();
        having * 10 >= records.len() * tenths
    };
    let shared = records
        .first()
        .map_or(0, |first| first.iter().filter(is_like).count());
    let is_record = |record: &BTreeSet<String>| !record.iter().any(|key| is_config(key));
    records.len() >= least && shared >= needed && records.iter().all(is_record)
}

fn is_config(key: &str) -> bool {
    CONFIG_KEYS
        .binary_search(&key.to_lowercase().as_str())
        .is_ok()
}

fn is_among_data(input: &Input) -> bool {
    let mut folders = input.name().split(['/', '\\', '!']).collect::<Vec<_>>();
    folders.pop();
    folders
        .iter()
        .any(|folder| FOLDERS.contains(&folder.to_lowercase().as_str()))
}

struct Set {
    columns: Columns,
    nested: Nested,
}

/// The parts of documents on their way into datasets.
pub struct Keyed<'a> {
    form: Form,
    file: String,
    sets: Vec<Set>,
    by_name: HashMap<String, usize>,
    sink: &'a mut dyn Sink,
    /// What is open: whether a map that awaits a key, or holds one.
    open: Vec<Open>,
    /// The dataset that parts go to.
    set: usize,
    /// The key of the next value.
    key: Option<String>,
    /// Containers open within a key.
    skipped: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    List,
    AwaitsKey,
    HasKey,
}

impl<'a> Keyed<'a> {
    /// Nothing read yet.
    pub fn new(form: Form, input: &Input, sink: &'a mut dyn Sink) -> Self {
        Self {
            form,
            file: super::dataset_name(input),
            sets: Vec::new(),
            by_name: HashMap::new(),
            sink,
            open: Vec::new(),
            set: 0,
            key: None,
            skipped: 0,
        }
    }

    /// Opens a map or list that begins in a line.
    pub fn open(&mut self, is_map: bool, line: u64) {
        // A container as a key names nothing.
        if self.skipped > 0 || self.open.last() == Some(&Open::AwaitsKey) {
            self.skipped += 1;
            return;
        }
        let is_root = self.open.is_empty();
        self.open
            .push(if is_map { Open::AwaitsKey } else { Open::List });
        if is_root && is_map && self.form != Form::Plain {
            return;
        }
        self.settle(self.open.len() <= 2, line);
        let Set { columns, nested } = &mut self.sets[self.set];
        if is_map {
            nested.open_object(columns);
        } else {
            nested.open_array(columns);
        }
    }

    /// Closes the innermost container.
    pub fn close(&mut self) {
        if self.skipped > 0 {
            self.skipped -= 1;
            if self.skipped == 0 {
                self.has_key(String::new());
            }
            return;
        }
        let closed = self.open.pop();
        let is_root =
            self.open.is_empty() && closed != Some(Open::List) && self.form != Form::Plain;
        if let Some(set) = self.sets.get_mut(self.set).filter(|_| !is_root) {
            set.nested.close();
            set.columns.flush_if_full(self.sink);
        }
        self.has_value();
    }

    fn has_key(&mut self, key: String) {
        self.key = Some(key);
        if let Some(open) = self.open.last_mut() {
            *open = Open::HasKey;
        }
    }

    fn has_value(&mut self) {
        if let Some(open) = self.open.last_mut().filter(|open| **open == Open::HasKey) {
            *open = Open::AwaitsKey;
        }
        self.key = None;
    }

    /// Chooses the dataset of the value that comes now, and tells its key. The outermost values of a map are datasets or
    /// records.
    fn settle(&mut self, is_outermost: bool, line: u64) {
        let key = self.key.take();
        let is_outermost = is_outermost && self.form != Form::Plain;
        let name = match (&key, self.form) {
            (Some(key), Form::Sections) if is_outermost && !is_data(key) => key.clone(),
            _ if is_outermost || self.sets.is_empty() => self.file.clone(),
            _ => String::new(),
        };
        if !name.is_empty() {
            self.set = self.set_named(&name);
        }
        let Set { columns, nested } = &mut self.sets[self.set];
        nested.set_line(line);
        match key {
            // A label that is no name of a dataset may be anything: a value.
            Some(label) if is_outermost && (self.form == Form::Labelled || is_data(&label)) => {
                nested.scalar(label.as_bytes(), columns);
            }
            Some(_) if is_outermost => {}
            Some(key) => nested.key(key.as_bytes(), columns),
            None => {}
        }
    }

    fn set_named(&mut self, name: &str) -> usize {
        if let Some(known) = self.by_name.get(name) {
            return *known;
        }
        if self.sets.len() >= DATASETS_AT_MOST {
            return self.sets.len() - 1;
        }
        let dataset = self.sink.dataset(Dataset {
            name: name.to_owned(),
            kind: DatasetKind::Records,
            ..Dataset::default()
        });
        self.sets.push(Set {
            columns: Columns::patient(dataset, PATIENCE),
            nested: Nested::default(),
        });
        self.by_name.insert(name.to_owned(), self.sets.len() - 1);
        self.sets.len() - 1
    }

    /// Adds a scalar that stands in a line, `None` for one that is not there; or the key of what follows.
    pub fn scalar(&mut self, text: Option<&str>, line: u64) {
        if self.skipped > 0 {
            return;
        }
        if self.open.last() == Some(&Open::AwaitsKey) {
            return self.has_key(text.unwrap_or_default().to_owned());
        }
        let is_loose = self.open.len() == 1 && self.form != Form::Plain;
        if is_loose {
            // A scalar beside datasets is a field of the file.
            let key = self.key.take().unwrap_or_default();
            self.set = self.set_named(&self.file.clone());
            let Set { columns, nested } = &mut self.sets[self.set];
            nested.open_object(columns);
            nested.set_line(line);
            nested.key(key.as_bytes(), columns);
            push(nested, text, columns);
            nested.close();
        } else {
            self.settle(false, line);
            let Set { columns, nested } = &mut self.sets[self.set];
            push(nested, text, columns);
        }
        self.has_value();
    }

    /// Something that stands elsewhere: it is not followed.
    pub fn alias(&mut self) {
        if self.skipped > 0 {
            return;
        }
        if self.open.last() == Some(&Open::AwaitsKey) {
            self.has_key(String::new());
        } else {
            self.has_value();
        }
    }

    /// Ends the reading.
    pub fn finish(mut self) -> Coverage {
        let mut too_deep = 0;
        for set in &mut self.sets {
            set.columns.flush(self.sink);
            too_deep += set.nested.too_deep();
        }
        match too_deep {
            0 => Coverage::Whole,
            _ => Coverage::Partial(format!("{too_deep} values nested too deep were not read")),
        }
    }
}

fn push(nested: &mut Nested, text: Option<&str>, columns: &mut Columns) {
    match text {
        Some(text) => nested.scalar(text.as_bytes(), columns),
        None => nested.null(columns),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted() {
        assert!(
            CONFIG_KEYS.is_sorted(),
            "{:?}",
            CONFIG_KEYS.windows(2).find(|pair| pair[0] > pair[1])
        );
    }
}
