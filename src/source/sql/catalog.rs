//! The tables that the statements of a source add up to: each statement is a change, folded in as it comes.
//! Knows no SQL text; tells a sink what it holds.

use crate::field::{Dataset, Field, Reference, Tag};
use crate::source::{DatasetId, Sink};
use std::collections::HashMap;

/// What one statement does to the tables.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A table or view, and the tables whose columns it takes over.
    Table {
        dataset: Dataset,
        fields: Vec<Field>,
        parents: Vec<String>,
    },
    /// Columns added to a table.
    AddFields { table: String, fields: Vec<Field> },
    /// A column declared anew, perhaps by another name.
    ReplaceField {
        table: String,
        old: String,
        field: Field,
    },
    /// A column's new type.
    RetypeField {
        table: String,
        field: String,
        declared_type: String,
    },
    /// A column that goes.
    DropField { table: String, field: String },
    /// A column's new name.
    RenameField {
        table: String,
        from: String,
        to: String,
    },
    /// A table's new name.
    RenameTable { from: String, to: String },
    /// A comment on a table, or on a column of it.
    Comment {
        table: String,
        field: Option<String>,
        text: Option<String>,
    },
    /// A tag on a table, or on a column of it.
    Tagged {
        table: String,
        field: Option<String>,
        tag: Tag,
    },
    /// Columns of the primary key.
    PrimaryKey { table: String, fields: Vec<String> },
    /// Columns that refer to another table's.
    ForeignKey {
        table: String,
        fields: Vec<String>,
        to: String,
        to_fields: Vec<String>,
    },
    /// The values that a check allows.
    Allowed {
        table: String,
        field: String,
        values: Vec<String>,
    },
    /// A table takes over the columns of another.
    Parent { table: String, parent: String },
    /// A named list of values that columns may have as their type.
    EnumType { name: String, values: Vec<String> },
}

/// A table with its columns, by lower-cased name.
#[derive(Default)]
pub struct Table {
    /// The table.
    pub dataset: Dataset,
    /// Its columns, in order.
    pub fields: Vec<Field>,
    by_name: HashMap<String, usize>,
}

impl Table {
    fn position(&self, field: &str) -> Option<usize> {
        self.by_name.get(&field.to_lowercase()).copied()
    }

    /// The column of that name, whatever its case.
    pub fn field(&self, field: &str) -> Option<&Field> {
        self.position(field).map(|at| &self.fields[at])
    }

    fn field_mut(&mut self, field: &str) -> Option<&mut Field> {
        self.position(field).map(|at| &mut self.fields[at])
    }

    /// Adds a column, or fills in what was unknown of one of that name.
    fn add(&mut self, field: Field) {
        match self.position(&field.path) {
            Some(at) => fill(&mut self.fields[at], field),
            None => {
                self.by_name
                    .insert(field.path.to_lowercase(), self.fields.len());
                self.fields.push(field);
            }
        }
    }

    fn drop_field(&mut self, field: &str) {
        let nested = format!("{}.", field.to_lowercase());
        self.fields.retain(|f| {
            let path = f.path.to_lowercase();
            path != field.to_lowercase() && !path.starts_with(&nested)
        });
        self.reindex();
    }

    fn reindex(&mut self) {
        self.by_name = self
            .fields
            .iter()
            .enumerate()
            .map(|(at, f)| (f.path.to_lowercase(), at))
            .collect();
    }
}

fn fill(known: &mut Field, told: Field) {
    known.declared_type = known.declared_type.take().or(told.declared_type);
    known.references = known.references.take().or(told.references);
    known.primary_key |= told.primary_key;
    if known.comment.is_none() {
        known.comment = told.comment;
    }
    if known.allowed.is_empty() {
        known.allowed = told.allowed;
    }
    let new: Vec<Tag> = told
        .tags
        .into_iter()
        .filter(|t| !known.tags.contains(t))
        .collect();
    known.tags.extend(new);
}

/// Adds a text to a comment, once.
pub fn join_comment(comment: &mut Option<String>, text: &str) {
    let text = text.trim();
    if text.is_empty() {
        return;
    }
    match comment {
        Some(known) if known.lines().any(|line| line == text) || known == text => {}
        Some(known) => {
            known.push('\n');
            known.push_str(text);
        }
        None => *comment = Some(text.to_owned()),
    }
}

/// All tables of a source, in the order they were declared.
#[derive(Default)]
pub struct Catalog {
    tables: Vec<Table>,
    by_name: HashMap<String, usize>,
    by_last: HashMap<String, Vec<usize>>,
    enums: HashMap<String, Vec<String>>,
}

fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

impl Catalog {
    /// The table of that name: the same name, or the same but for a qualifier that one of both leaves out.
    pub fn find(&self, name: &str) -> Option<usize> {
        let name = name.to_lowercase();
        if let Some(at) = self.by_name.get(&name) {
            return Some(*at);
        }
        let candidates = self.by_last.get(last_part(&name))?;
        let fits = |at: &&usize| {
            let other = self.tables[**at].dataset.name.to_lowercase();
            other.ends_with(&format!(".{name}")) || name.ends_with(&format!(".{other}"))
        };
        let mut fitting = candidates.iter().take(64).filter(fits);
        let first = fitting.next()?;
        fitting.next().is_none().then_some(*first)
    }

    /// The table at a position that [`Catalog::find`] gave.
    pub fn table(&self, at: usize) -> &Table {
        &self.tables[at]
    }

    /// Folds one change in.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::Table {
                dataset,
                fields,
                parents,
            } => self.declare(dataset, fields, &parents),
            Change::EnumType { name, values } => {
                self.enums.insert(last_part(&name).to_lowercase(), values);
            }
            Change::RenameTable { from, to } => self.rename(&from, to),
            Change::Parent { table, parent } => {
                if let Some(at) = self.find(&table) {
                    self.inherit(at, &parent);
                }
            }
            other => self.change_table(other),
        }
    }

    fn declare(&mut self, dataset: Dataset, fields: Vec<Field>, parents: &[String]) {
        let known = self.by_name.get(&dataset.name.to_lowercase()).copied();
        let at = known.unwrap_or_else(|| self.new_table(dataset.clone()));
        if known.is_some() {
            let table = &mut self.tables[at].dataset;
            table.comment = table.comment.take().or(dataset.comment);
        }
        parents.iter().for_each(|parent| self.inherit(at, parent));
        fields
            .into_iter()
            .for_each(|field| self.tables[at].add(field));
    }

    fn new_table(&mut self, dataset: Dataset) -> usize {
        let at = self.tables.len();
        let name = dataset.name.to_lowercase();
        self.by_last
            .entry(last_part(&name).to_owned())
            .or_default()
            .push(at);
        self.by_name.insert(name, at);
        self.tables.push(Table {
            dataset,
            ..Table::default()
        });
        at
    }

    fn inherit(&mut self, at: usize, parent: &str) {
        let Some(parent) = self.find(parent).filter(|p| *p != at) else {
            return;
        };
        let place = self.tables[at].dataset.place;
        for field in self.tables[parent].fields.clone() {
            self.tables[at].add(Field { place, ..field });
        }
    }

    fn rename(&mut self, from: &str, to: String) {
        let Some(at) = self.find(from) else { return };
        let old = self.tables[at].dataset.name.to_lowercase();
        // `ALTER TABLE app.a RENAME TO b` leaves it in its schema.
        let qualifier = old.len() - last_part(&old).len();
        let new = if to.contains('.') {
            to
        } else {
            format!("{}{to}", &self.tables[at].dataset.name[..qualifier])
        };
        if self.by_name.contains_key(&new.to_lowercase()) {
            return;
        }
        self.by_name.remove(&old);
        if let Some(positions) = self.by_last.get_mut(last_part(&old)) {
            positions.retain(|p| *p != at);
        }
        self.by_last
            .entry(last_part(&new).to_lowercase())
            .or_default()
            .push(at);
        self.by_name.insert(new.to_lowercase(), at);
        self.tables[at].dataset.name = new;
    }

    fn change_table(&mut self, change: Change) {
        let name = match &change {
            Change::AddFields { table, .. }
            | Change::ReplaceField { table, .. }
            | Change::RetypeField { table, .. }
            | Change::DropField { table, .. }
            | Change::RenameField { table, .. }
            | Change::Comment { table, .. }
            | Change::Tagged { table, .. }
            | Change::PrimaryKey { table, .. }
            | Change::ForeignKey { table, .. }
            | Change::Allowed { table, .. } => table.clone(),
            _ => return,
        };
        match self.find(&name) {
            Some(at) => self.tables[at].change(change),
            // A migration speaks of tables that another file declares: what it says of them is kept.
            None if says_something(&change) => {
                let at = self.new_table(Dataset {
                    name,
                    place: place_of(&change),
                    ..Dataset::default()
                });
                self.tables[at].change_unknown(change);
            }
            None => {}
        }
    }

    /// Tells every table and column to the sink.
    pub fn tell(&self, sink: &mut dyn Sink) {
        for table in &self.tables {
            let id = sink.dataset(table.dataset.clone());
            for field in &table.fields {
                self.tell_field(id, field, sink);
            }
        }
    }

    /// Tells one column, with the values its type allows.
    pub fn tell_field(
        &self,
        id: DatasetId,
        field: &Field,
        sink: &mut dyn Sink,
    ) -> crate::source::FieldId {
        let mut field = field.clone();
        if field.allowed.is_empty()
            && let Some(declared) = &field.declared_type
        {
            let base = last_part(declared.trim_end_matches("[]")).to_lowercase();
            field.allowed = self.enums.get(&base).cloned().unwrap_or_default();
        }
        sink.field(id, field)
    }
}

fn place_of(change: &Change) -> crate::field::Place {
    match change {
        Change::AddFields { fields, .. } => fields.first().map(|f| f.place).unwrap_or_default(),
        Change::ReplaceField { field, .. } => field.place,
        _ => crate::field::Place::default(),
    }
}

fn says_something(change: &Change) -> bool {
    matches!(
        change,
        Change::AddFields { .. }
            | Change::ReplaceField { .. }
            | Change::Comment {
                field: Some(_),
                text: Some(_),
                ..
            }
            | Change::Tagged { field: Some(_), .. }
    )
}

impl Table {
    /// What a change says of a table that another source declares.
    fn change_unknown(&mut self, change: Change) {
        if let Change::Comment {
            field: Some(field), ..
        }
        | Change::Tagged {
            field: Some(field), ..
        } = &change
        {
            self.add(Field::named(field.clone()));
        }
        self.change(change);
    }

    fn change(&mut self, change: Change) {
        match change {
            Change::AddFields { fields, .. } => {
                fields.into_iter().for_each(|field| self.add(field))
            }
            Change::ReplaceField { old, field, .. } => self.replace(&old, field),
            Change::RetypeField {
                field,
                declared_type,
                ..
            } => {
                if let Some(known) = self.field_mut(&field) {
                    known.declared_type = Some(declared_type);
                }
            }
            Change::DropField { field, .. } => self.drop_field(&field),
            Change::RenameField { from, to, .. } => {
                if let Some(known) = self.field_mut(&from) {
                    known.path = to;
                    self.reindex();
                }
            }
            Change::Comment { field, text, .. } => self.comment(field, text),
            Change::Tagged { field, tag, .. } => self.tag(field, tag),
            Change::PrimaryKey { fields, .. } => {
                for field in fields {
                    if let Some(known) = self.field_mut(&field) {
                        known.primary_key = true;
                    }
                }
            }
            Change::ForeignKey {
                fields,
                to,
                to_fields,
                ..
            } => self.refer(fields, &to, &to_fields),
            Change::Allowed { field, values, .. } => {
                if let Some(known) = self.field_mut(&field) {
                    known.allowed = values;
                }
            }
            _ => {}
        }
    }

    fn replace(&mut self, old: &str, field: Field) {
        match self.position(old) {
            Some(at) => {
                let known = &mut self.fields[at];
                known.path = field.path;
                known.declared_type = field.declared_type.or(known.declared_type.take());
                known.comment = field.comment.or(known.comment.take());
                known.tags.extend(field.tags);
                if !field.allowed.is_empty() {
                    known.allowed = field.allowed;
                }
                self.reindex();
            }
            None => self.add(field),
        }
    }

    fn comment(&mut self, field: Option<String>, text: Option<String>) {
        let comment = match field {
            None => Some(&mut self.dataset.comment),
            Some(field) => self.field_mut(&field).map(|f| &mut f.comment),
        };
        match (comment, text) {
            (Some(comment), Some(text)) => join_comment(comment, &text),
            (Some(comment), None) => *comment = None,
            _ => {}
        }
    }

    fn tag(&mut self, field: Option<String>, tag: Tag) {
        let tags = match field {
            None => Some(&mut self.dataset.tags),
            Some(field) => self.field_mut(&field).map(|f| &mut f.tags),
        };
        if let Some(tags) = tags.filter(|tags| !tags.contains(&tag)) {
            tags.push(tag);
        }
    }

    fn refer(&mut self, fields: Vec<String>, to: &str, to_fields: &[String]) {
        for (at, field) in fields.iter().enumerate() {
            if let Some(known) = self.field_mut(field) {
                known.references.get_or_insert_with(|| Reference {
                    dataset: to.to_owned(),
                    field: to_fields.get(at).cloned(),
                });
            }
        }
    }
}
