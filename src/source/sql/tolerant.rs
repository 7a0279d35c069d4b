//! Reads what a statement says of tables and columns from its tokens alone: no grammar, so that nothing a dialect adds
//! can hide a table. Data and routines are not its business.

use super::catalog::{Change, join_comment};
use super::column;
use super::dialect::Quoting;
use super::lexer::{self, Kind, Token};
use super::splitter::Statement;
use super::words::Words;
use crate::field::{Dataset, DatasetKind, Field, Place, Tag};
use std::ops::Range;

/// What a statement says.
#[derive(Default)]
pub struct Reading {
    /// In order, each with the bytes of the statement that say it.
    pub changes: Vec<(Range<usize>, Change)>,
    /// Statements about tables or columns that could not be read.
    pub unresolved: u64,
}

/// Reads all statements that a piece of text holds; several where nothing parts them.
pub fn read(statement: &Statement, text: &[u8], quoting: &Quoting) -> Reading {
    let words = Words {
        source: text,
        tokens: &statement.tokens,
        quoting,
    };
    let mut reader = Reader {
        places: Places::new(text, statement.place),
        comments: &statement.comments,
        reading: Reading::default(),
        span: 0..0,
    };
    if is_routine(&statement.words) {
        return reader.reading;
    }
    let starts = starts(&words, &statement.words);
    for (i, start) in starts.iter().enumerate() {
        let end = starts.get(i + 1).copied().unwrap_or(words.len());
        reader.statement(&words.part(*start..end));
    }
    reader.reading
}

fn is_routine(words: &[String]) -> bool {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let [first, rest @ ..] = words.as_slice() else {
        return false;
    };
    matches!(*first, "CREATE" | "ALTER")
        && matches!(
            super::splitter::object_kind(rest),
            Some(
                "FUNCTION"
                    | "PROCEDURE"
                    | "PROC"
                    | "TRIGGER"
                    | "PACKAGE"
                    | "EVENT"
                    | "RULE"
                    | "POLICY"
            )
        )
}

/// Where statements begin: the first token, and tokens that can only begin one.
fn starts(words: &Words<'_>, first_words: &[String]) -> Vec<usize> {
    let mut starts = vec![0];
    let never = matches!(
        first_words.first().map(String::as_str),
        Some("GRANT" | "REVOKE" | "DENY" | "AUDIT" | "EXPLAIN" | "SHOW")
    );
    let mut depth = 0_usize;
    for at in 1..if never { 0 } else { words.len() } {
        match words.tokens[at].kind {
            Kind::Mark(b'(') => depth += 1,
            Kind::Mark(b')') => depth = depth.saturating_sub(1),
            Kind::Word if begins_statement(words, at, depth) => {
                depth = 0;
                starts.push(at);
            }
            _ => {}
        }
    }
    starts
}

fn begins_statement(words: &Words<'_>, at: usize, depth: usize) -> bool {
    let token = words.tokens[at];
    if words.is(at, "CREATE") {
        let creates = table_word(words, at).is_some();
        let at_column_zero = token.start == 0 || words.source[token.start as usize - 1] == b'\n';
        return creates && (depth == 0 || (token.first_on_line && at_column_zero));
    }
    if depth > 0 {
        return false;
    }
    if words.is_any(at, &["EXEC", "EXECUTE"]) {
        let (name, _) = words.object_name(at + 1);
        return name.to_ascii_lowercase().contains("sp_");
    }
    token.first_on_line
        && (words.are(at, &["ALTER", "TABLE"])
            || words.are(at, &["COMMENT", "ON"])
            || words.are(at, &["ADD", "SENSITIVITY"])
            || words.is_any(at, &["INSERT", "GRANT", "GO"]))
}

/// The word TABLE, VIEW, TYPE or DOMAIN of a CREATE, modifiers passed over.
fn table_word(words: &Words<'_>, at: usize) -> Option<usize> {
    const OTHERS: &[&str] = &[
        "INDEX",
        "SEQUENCE",
        "SCHEMA",
        "DATABASE",
        "ROLE",
        "USER",
        "LOGIN",
        "EXTENSION",
        "SYNONYM",
        "TABLESPACE",
        "STATISTICS",
        "FUNCTION",
        "PROCEDURE",
        "TRIGGER",
    ];
    for i in at + 1..(at + 24).min(words.len()) {
        if words.is_any(i, &["TABLE", "VIEW", "TYPE", "DOMAIN"]) {
            return Some(i);
        }
        if words.is_any(i, OTHERS) || words.is_mark(i, b'(') || words.is_mark(i, b';') {
            return None;
        }
    }
    None
}

struct Reader<'a> {
    places: Places<'a>,
    comments: &'a [Token],
    reading: Reading,
    span: Range<usize>,
}

impl Reader<'_> {
    fn push(&mut self, change: Change) {
        self.reading.changes.push((self.span.clone(), change));
    }

    fn statement(&mut self, words: &Words<'_>) {
        let (Some(first), Some(last)) = (words.tokens.first(), words.tokens.last()) else {
            return;
        };
        self.span = first.start as usize..last.end as usize;
        if words.is(0, "CREATE") || words.are(0, &["DECLARE", "GLOBAL", "TEMPORARY"]) {
            if let Some(at) = table_word(words, 0) {
                self.create(words, at);
            }
        } else if words.is(0, "ALTER")
            && words.is_any(1, &["TABLE", "VIEW", "FOREIGN", "MATERIALIZED"])
        {
            self.alter(words);
        } else if words.is(0, "COMMENT") {
            self.comment_on(words);
        } else if words.is_any(0, &["EXEC", "EXECUTE", "CALL"]) {
            self.procedure(words, 1);
        } else if words.are(0, &["ADD", "SENSITIVITY", "CLASSIFICATION"]) {
            self.sensitivity(words);
        } else if words.are(0, &["SECURITY", "LABEL"]) {
            self.security_label(words);
        } else if words.are(0, &["SET", "TAG", "ON"]) {
            self.set_tag(words);
        } else if words.are(0, &["RENAME", "TABLE"]) {
            self.rename_tables(words);
        } else if words.is_name(0) && words.name(0).to_ascii_lowercase().starts_with("sp_") {
            self.procedure(words, 0);
        }
    }

    fn create(&mut self, words: &Words<'_>, at: usize) {
        match words.bytes(at).to_ascii_uppercase().as_slice() {
            b"TABLE" => self.create_table(words, at),
            b"VIEW" => self.create_view(words, at),
            _ => self.create_type(words, at),
        }
    }

    fn create_table(&mut self, words: &Words<'_>, table_at: usize) {
        let name_at = skip_words(words, table_at + 1, &["IF", "NOT", "EXISTS"]);
        let (name, next) = words.object_name(name_at);
        if name.is_empty() {
            self.reading.unresolved += 1;
            return;
        }
        let place = self.places.at(words.tokens[0].start as usize);
        let mut dataset = Dataset {
            name: name.clone(),
            place,
            ..Dataset::default()
        };
        dataset.comment = self.preface(words, &name);
        let mut table = TableParts {
            dataset,
            ..TableParts::default()
        };
        let body = self.table_body(words, next, &mut table);
        table_options(words, body, &mut table);
        if table.fields.is_empty() && table.parents.is_empty() && !table.is_without_columns {
            self.reading.unresolved += 1;
        }
        self.push(Change::Table {
            dataset: table.dataset,
            fields: table.fields,
            parents: table.parents,
        });
        let changes = std::mem::take(&mut table.changes);
        changes.into_iter().for_each(|change| self.push(change));
    }

    /// Columns in brackets, or where else they come from. Returns the token behind.
    fn table_body(&mut self, words: &Words<'_>, at: usize, table: &mut TableParts) -> usize {
        if words.is_mark(at, b'(') {
            let close = words.close(at);
            if words.is_any(at + 1, &["SELECT", "WITH"]) {
                table.fields = self.select_fields(&words.part(at + 1..close));
                table.is_without_columns = true;
                return close + 1;
            }
            self.table_items(words, at + 1..close, table);
            let after = (close + 1).min(words.len());
            if words.is(after, "AS") {
                self.take_select(words, after + 1, table);
            }
            return after;
        }
        if words.are(at, &["PARTITION", "OF"]) {
            let (parent, next) = words.object_name(at + 2);
            table.parents.push(parent);
            return next;
        }
        if words.is_any(at, &["LIKE", "CLONE"]) {
            let (parent, next) = words.object_name(at + 1);
            table.parents.push(parent);
            return next;
        }
        if words.is(at, "USING") && words.is_mark(words.object_name(at + 1).1, b'(') {
            // SQLite's virtual tables: the module's arguments are the columns.
            let open = words.object_name(at + 1).1;
            self.table_items(words, open + 1..words.close(open), table);
            table.is_without_columns = true;
            return words.len();
        }
        if let Some(of) = (words.is(at, "AS")).then_some(at) {
            self.take_select(words, of + 1, table);
            return of;
        }
        // `CREATE TABLE t ENGINE=… AS SELECT …`, `CREATE TABLE t OF type`, `CREATE EXTERNAL TABLE t USING …`.
        table.is_without_columns = words.is(at, "OF") || at < words.len();
        match words.find(at, &["AS"]) {
            Some(as_at) => self.take_select(words, as_at + 1, table),
            None if at >= words.len() => table.is_without_columns = false,
            None => {}
        }
        at
    }

    fn take_select(&mut self, words: &Words<'_>, at: usize, table: &mut TableParts) {
        for field in self.select_fields(&words.part(at..words.len())) {
            if !table.fields.iter().any(|f| f.path == field.path) {
                table.fields.push(field);
            }
        }
        table.parents.extend(star_of(&words.part(at..words.len())));
        table.is_without_columns = true;
    }

    fn table_items(&mut self, words: &Words<'_>, range: Range<usize>, table: &mut TableParts) {
        let open = words
            .tokens
            .get(range.start.wrapping_sub(1))
            .map_or(0, |t| t.end as usize);
        let inside = words.part(range);
        let items = inside.items();
        let mut notes = Notes::new(self.comments, words.source, open, inside.tokens);
        notes.of_table(&mut table.dataset.comment);
        for (i, item) in items.iter().enumerate() {
            let item_words = inside.part(item.clone());
            let next_start = items
                .get(i + 1)
                .map(|n| inside.tokens[n.start].start as usize);
            let note = notes.of_item(item_words.tokens, next_start);
            if self.constraint(&item_words, table) {
                continue;
            }
            let is_setting = item_words.is_mark(1, b'=');
            if is_setting || (!item_words.is_name(0) && item_words.kind(0) != Some(Kind::Text)) {
                continue;
            }
            let place = self.places.at(item_words.tokens[0].start as usize);
            let mut fields = column::read(&item_words, place);
            if let (Some(field), Some(note)) = (fields.first_mut(), note) {
                join_comment(&mut field.comment, &note);
            }
            table.fields.append(&mut fields);
        }
    }

    /// Whether the item is a constraint, an index or the like; what it says of columns is kept.
    fn constraint(&mut self, words: &Words<'_>, table: &mut TableParts) -> bool {
        let name = table.dataset.name.clone();
        if let Some(mut changes) = constraint_changes(words, &name) {
            table.changes.append(&mut changes);
            return true;
        }
        if words.is(0, "LIKE") && words.is_name(1) {
            let (parent, _) = words.object_name(1);
            table.parents.push(parent);
            return true;
        }
        false
    }

    fn create_view(&mut self, words: &Words<'_>, view_at: usize) {
        let (name, next) =
            words.object_name(skip_words(words, view_at + 1, &["IF", "NOT", "EXISTS"]));
        if name.is_empty() {
            self.reading.unresolved += 1;
            return;
        }
        let is_materialized = (0..view_at).any(|i| words.is(i, "MATERIALIZED"));
        let kind = if is_materialized {
            DatasetKind::MaterializedView
        } else {
            DatasetKind::View
        };
        let place = self.places.at(words.tokens[0].start as usize);
        let comment = self.preface(words, &name);
        let mut table = TableParts {
            dataset: Dataset {
                name,
                kind,
                place,
                comment,
                ..Dataset::default()
            },
            ..TableParts::default()
        };
        let mut at = next;
        if words.is_mark(next, b'(') {
            let close = words.close(next);
            self.table_items(words, next + 1..close, &mut table);
            table.fields.iter_mut().for_each(|f| f.declared_type = None);
            at = close + 1;
        }
        let as_at = words.find(at, &["AS"]).unwrap_or(words.len());
        table_options(&words.part(0..as_at), at, &mut table);
        if table.fields.is_empty() {
            let select = words.part(as_at + 1..words.len());
            table.fields = self.select_fields(&select);
            table.parents.extend(star_of(&select));
        }
        self.push(Change::Table {
            dataset: table.dataset,
            fields: table.fields,
            parents: table.parents,
        });
    }

    /// The names that a SELECT gives its columns: aliases and plain columns; what has no name is left out.
    fn select_fields(&mut self, words: &Words<'_>) -> Vec<Field> {
        let begin = if words.is_mark(0, b'(') {
            words.part(1..words.close(0))
        } else {
            *words
        };
        let Some(select) = begin.find(0, &["SELECT"]) else {
            return Vec::new();
        };
        let mut at = select + 1;
        while begin.is_any(at, &["DISTINCT", "ALL", "TOP", "STRAIGHT_JOIN", "ON"])
            || begin.kind(at) == Some(Kind::Number) && begin.is(at - 1, "TOP")
            || begin.is_mark(at, b'(') && begin.is_any(at - 1, &["ON", "TOP"])
        {
            at = begin.after(at);
        }
        let end = begin
            .find(
                at,
                &[
                    "FROM", "INTO", "UNION", "WHERE", "LIMIT", "ORDER", "GROUP", "WITH",
                ],
            )
            .unwrap_or(begin.len());
        let list = begin.part(at..end);
        let mut fields: Vec<Field> = Vec::new();
        for item in list.items() {
            let item = list.part(item);
            if let Some(name_at) = select_name(&item) {
                let place = self.places.at(item.tokens[0].start as usize);
                let name = item.name(name_at);
                fields.push(Field {
                    place,
                    declared_type: cast_type(&item),
                    ..Field::named(name)
                });
            }
        }
        fields
    }

    fn create_type(&mut self, words: &Words<'_>, at: usize) {
        let (name, next) = words.object_name(skip_words(words, at + 1, &["IF", "NOT", "EXISTS"]));
        if words.is(at, "TYPE") && words.are(next, &["AS", "ENUM"]) && words.is_mark(next + 2, b'(')
        {
            let close = words.close(next + 2);
            let inside = words.part(next + 3..close);
            let values = (0..inside.len())
                .filter(|i| inside.kind(*i) == Some(Kind::Text))
                .filter_map(|i| inside.part(i..i + 1).text(0))
                .collect();
            self.push(Change::EnumType { name, values });
        } else if words.is(at, "DOMAIN")
            && let Some(check) = words.find(next, &["CHECK"])
            && words.is_mark(check + 1, b'(')
            && let Some((_, values)) =
                column::allowed(&words.part(check + 2..words.close(check + 1)))
        {
            self.push(Change::EnumType { name, values });
        }
    }

    fn alter(&mut self, words: &Words<'_>) {
        let kind_at = if words.is_any(1, &["FOREIGN", "MATERIALIZED"]) {
            2
        } else {
            1
        };
        let name_at = skip_words(words, kind_at + 1, &["IF", "EXISTS", "ONLY"]);
        let (table, next) = words.object_name(name_at);
        if table.is_empty() {
            self.reading.unresolved += 1;
            return;
        }
        let rest = words.part(next..words.len());
        let mut adding = false;
        for item in rest.items() {
            let mut action = rest.part(item);
            while action.is_mark(0, b'*') {
                action = action.part(1..action.len());
            }
            if action.is(0, "WITH") && action.is_any(1, &["CHECK", "NOCHECK"]) {
                action = action.part(2..action.len());
            }
            adding = self.alter_action(&action, &table, adding);
        }
    }

    /// One action of an ALTER TABLE. `adding`: SQL Server's `ADD a int, b int` goes on without the word. Returns whether it does.
    fn alter_action(&mut self, words: &Words<'_>, table: &str, adding: bool) -> bool {
        if words.is(0, "ADD") {
            self.alter_add(words, table);
            return true;
        }
        let table_name = || table.to_owned();
        if words.is(0, "DROP") {
            self.alter_drop(words, table);
        } else if words.is(0, "RENAME") {
            self.alter_rename(words, table);
        } else if words.is_any(0, &["CHANGE", "MODIFY"]) {
            self.alter_modify(words, table);
        } else if words.is(0, "ALTER") {
            if !words.is_any(1, &["INDEX", "CONSTRAINT"]) {
                self.alter_column(words, table, skip_words(words, 1, &["COLUMN"]));
            }
        } else if words.is(0, "INHERIT") {
            let (parent, _) = words.object_name(1);
            self.push(Change::Parent {
                table: table_name(),
                parent,
            });
        } else if words.are(0, &["ATTACH", "PARTITION"]) {
            let (child, _) = words.object_name(2);
            self.push(Change::Parent {
                table: child,
                parent: table_name(),
            });
        } else if words.is_any(0, &["SET", "COMMENT"]) {
            self.settings(words, table, None, 0);
        } else if adding && words.is_name(0) && words.is_name(1) {
            self.add_columns(words, table);
        }
        adding
    }

    fn alter_add(&mut self, words: &Words<'_>, table: &str) {
        let mut at = 1;
        if words.is_any(at, &["COLUMN", "COLUMNS"]) && !is_only_a_name(words, at) {
            at += 1;
        }
        at = skip_words(words, at, &["IF", "NOT", "EXISTS"]);
        if words.is_mark(at, b'(') {
            let close = words.close(at);
            let inside = words.part(at + 1..close);
            for item in inside.items() {
                self.add_columns(&inside.part(item), table);
            }
        } else {
            self.add_columns(&words.part(at..words.len()), table);
        }
    }

    fn add_columns(&mut self, words: &Words<'_>, table: &str) {
        let words = if words.is(0, "ADD") {
            words.part(1..words.len())
        } else {
            *words
        };
        if let Some(changes) = constraint_changes(&words, table) {
            changes.into_iter().for_each(|change| self.push(change));
            return;
        }
        let skips = [
            "PARTITION",
            "VALUE",
            "SUPPLEMENTAL",
            "PERIOD",
            "SYSTEM",
            "ROW",
            "SENSITIVITY",
        ];
        if !words.is_name(0)
            || (words.is_any(0, &skips) && !words.is_name(1))
            || words.is_any(0, &["PARTITION", "SUPPLEMENTAL"])
        {
            return;
        }
        let place = self.places.at(words.tokens[0].start as usize);
        let mut fields = column::read(&words, place);
        if let (Some(field), Some(note)) = (fields.first_mut(), self.same_line_note(&words)) {
            join_comment(&mut field.comment, &note);
        }
        self.push(Change::AddFields {
            table: table.to_owned(),
            fields,
        });
    }

    /// A comment on the line where the run ends.
    fn same_line_note(&self, words: &Words<'_>) -> Option<String> {
        let end = words.tokens.last()?.end;
        let at = self.comments.partition_point(|c| c.start < end);
        let comment = self.comments.get(at)?;
        let between = &words.source[end as usize..comment.start as usize];
        (!between.contains(&b'\n'))
            .then(|| lexer::comment_of(&words.source[comment.start as usize..comment.end as usize]))
    }

    fn alter_drop(&mut self, words: &Words<'_>, table: &str) {
        if words.is_any(
            1,
            &[
                "CONSTRAINT",
                "INDEX",
                "KEY",
                "PRIMARY",
                "FOREIGN",
                "PARTITION",
                "CHECK",
                "DEFAULT",
                "PERIOD",
                "UNIQUE",
                "TAG",
                "MASKING",
                "ROW",
            ],
        ) {
            return;
        }
        let at = skip_words(words, 1, &["COLUMN", "COLUMNS", "IF", "EXISTS"]);
        let names = if words.is_mark(at, b'(') {
            words.bracketed_names(at).0
        } else {
            words.part(at..words.len()).names()
        };
        names.into_iter().for_each(|field| {
            self.push(Change::DropField {
                table: table.to_owned(),
                field,
            })
        });
    }

    fn alter_rename(&mut self, words: &Words<'_>, table: &str) {
        if words.is_any(1, &["INDEX", "KEY", "CONSTRAINT"]) {
            return;
        }
        if words.is_any(1, &["TO", "AS"]) {
            let (to, _) = words.object_name(2);
            return self.push(Change::RenameTable {
                from: table.to_owned(),
                to,
            });
        }
        let at = skip_words(words, 1, &["COLUMN"]);
        if words.is(at + 1, "TO") && words.is_name(at + 2) {
            self.push(Change::RenameField {
                table: table.to_owned(),
                from: words.name(at),
                to: words.name(at + 2),
            });
        }
    }

    /// MySQL's CHANGE and MODIFY, Oracle's MODIFY, Snowflake's MODIFY COLUMN … SET TAG.
    fn alter_modify(&mut self, words: &Words<'_>, table: &str) {
        let at = skip_words(words, 1, &["COLUMN", "IF", "EXISTS"]);
        if words.is_mark(at, b'(') {
            let close = words.close(at);
            let inside = words.part(at + 1..close);
            inside
                .items()
                .into_iter()
                .for_each(|item| self.replace_column(&inside.part(item), table, None));
        } else if words.is(0, "CHANGE") && words.is_name(at + 1) {
            self.replace_column(
                &words.part(at + 1..words.len()),
                table,
                Some(words.name(at)),
            );
        } else if words.is_any(at + 1, &["SET", "COMMENT", "UNSET", "DROP", "TYPE"]) {
            self.alter_column(words, table, at);
        } else {
            self.replace_column(&words.part(at..words.len()), table, None);
        }
    }

    fn replace_column(&mut self, words: &Words<'_>, table: &str, old: Option<String>) {
        if !words.is_name(0) || constraint_changes(words, table).is_some() {
            return;
        }
        let place = self.places.at(words.tokens[0].start as usize);
        if let Some(field) = column::read(words, place).into_iter().next() {
            let old = old.unwrap_or_else(|| field.path.clone());
            self.push(Change::ReplaceField {
                table: table.to_owned(),
                old,
                field,
            });
        }
    }

    /// `ALTER COLUMN x …`: a type, a comment, a tag, a mask.
    fn alter_column(&mut self, words: &Words<'_>, table: &str, at: usize) {
        let (field, next) = words.object_name(at);
        if field.is_empty() || next >= words.len() {
            return;
        }
        let mut type_at = skip_words(words, next, &["SET", "DATA"]);
        if words.is(type_at, "TYPE") {
            type_at += 1;
        } else if words.is_any(
            next,
            &["SET", "DROP", "ADD", "COMMENT", "UNSET", "RESTART", "RESET"],
        ) {
            return self.settings(words, table, Some(field), next);
        }
        let mut tags = Vec::new();
        let end = column::type_end(words, type_at);
        if let Some(declared_type) = column::type_text(&words.part(type_at..end)) {
            self.push(Change::RetypeField {
                table: table.to_owned(),
                field: field.clone(),
                declared_type,
            });
        }
        let mut at = end;
        while at < words.len() {
            at = column::protection(words, at, &mut tags).unwrap_or_else(|| words.after(at));
        }
        self.push_tags(table, &Some(field), tags);
    }

    /// `SET TAG`, `SET TAGS`, `SET OPTIONS`, `SET COMMENT`, `COMMENT '…'`, `SET MASKING POLICY`, `ADD MASKED WITH`.
    fn settings(&mut self, words: &Words<'_>, table: &str, field: Option<String>, at: usize) {
        if words.is(at, "DROP") || words.is(at, "UNSET") {
            return;
        }
        let mut holder = Field::default();
        let begin = if words.is_any(at, &["SET", "ADD"]) {
            at + 1
        } else {
            at
        };
        if !words.is(begin, "DEFAULT") {
            column::attributes(words, begin, &mut holder);
        }
        if let Some(text) = holder.comment {
            self.push(Change::Comment {
                table: table.to_owned(),
                field: field.clone(),
                text: Some(text),
            });
        }
        self.push_tags(table, &field, holder.tags);
    }

    fn push_tags(&mut self, table: &str, field: &Option<String>, tags: Vec<Tag>) {
        for tag in tags {
            self.push(Change::Tagged {
                table: table.to_owned(),
                field: field.clone(),
                tag,
            });
        }
    }

    fn comment_on(&mut self, words: &Words<'_>) {
        let at = skip_words(words, 1, &["IF", "EXISTS"]);
        if !words.is(at, "ON") {
            return;
        }
        let kind_at = skip_words(words, at + 1, &["MATERIALIZED", "FOREIGN", "EXTERNAL"]);
        let is_column = words.is(kind_at, "COLUMN");
        if !is_column && !words.is_any(kind_at, &["TABLE", "VIEW"]) {
            return;
        }
        let (name, next) = words.object_name(skip_words(words, kind_at + 1, &["IF", "EXISTS"]));
        if !words.is(next, "IS") || name.is_empty() {
            self.reading.unresolved += 1;
            return;
        }
        let text = words.text(next + 1);
        match (is_column, name.rsplit_once('.')) {
            (true, Some((table, field))) => self.push(Change::Comment {
                table: table.to_owned(),
                field: Some(field.to_owned()),
                text,
            }),
            (true, None) => self.reading.unresolved += 1,
            (false, _) => self.push(Change::Comment {
                table: name,
                field: None,
                text,
            }),
        }
    }

    /// SQL Server's stored procedures that describe or rename.
    fn procedure(&mut self, words: &Words<'_>, at: usize) {
        let (name, next) = words.object_name(at);
        let procedure = name.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
        let arguments = arguments(&words.part(next..words.len()));
        let named = |name: &str, position: usize| {
            let by_name = arguments.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
            by_name
                .or_else(|| arguments.get(position).filter(|(n, _)| n.is_empty()))
                .and_then(|(_, v)| v.clone())
        };
        match procedure.as_str() {
            "sp_addextendedproperty" | "sp_updateextendedproperty" => {
                let Some((table, field)) = property_target(&named) else {
                    return;
                };
                let property = named("@name", 0).unwrap_or_default();
                let value = named("@value", 1).unwrap_or_default();
                if matches!(
                    property.to_ascii_lowercase().as_str(),
                    "ms_description" | "description" | "comment"
                ) {
                    self.push(Change::Comment {
                        table,
                        field,
                        text: Some(value),
                    });
                } else {
                    self.push(Change::Tagged {
                        table,
                        field,
                        tag: Tag {
                            name: property,
                            value,
                        },
                    });
                }
            }
            "sp_rename" => {
                let (Some(from), Some(to)) = (named("@objname", 0), named("@newname", 1)) else {
                    return;
                };
                let from = from.replace(['[', ']'], "");
                if named("@objtype", 2).is_some_and(|t| t.eq_ignore_ascii_case("COLUMN")) {
                    if let Some((table, field)) = from.rsplit_once('.') {
                        self.push(Change::RenameField {
                            table: table.to_owned(),
                            from: field.to_owned(),
                            to,
                        });
                    }
                } else {
                    self.push(Change::RenameTable { from, to });
                }
            }
            _ => {}
        }
    }

    fn sensitivity(&mut self, words: &Words<'_>) {
        let Some(with) = words.find(0, &["WITH"]) else {
            return;
        };
        let to = words.find(0, &["TO"]).unwrap_or(2);
        let mut tags = Vec::new();
        if words.is_mark(with + 1, b'(') {
            column::pairs(&words.part(with + 2..words.close(with + 1)), &mut tags);
        }
        let columns = words.part(to + 1..with);
        for item in columns.items() {
            let (name, _) = columns.part(item).object_name(0);
            if let Some((table, field)) = name.rsplit_once('.') {
                self.push_tags(table, &Some(field.to_owned()), tags.clone());
            }
        }
    }

    fn security_label(&mut self, words: &Words<'_>) {
        let (provider, at) = if words.is(2, "FOR") {
            (words.name(3), 4)
        } else {
            (String::new(), 2)
        };
        if !words.is(at, "ON") || !words.is_any(at + 1, &["COLUMN", "TABLE", "VIEW"]) {
            return;
        }
        let (name, next) = words.object_name(at + 2);
        let Some(value) = words.text(next + 1).filter(|_| words.is(next, "IS")) else {
            return;
        };
        let label = if provider.is_empty() {
            "SECURITY LABEL".to_owned()
        } else {
            format!("SECURITY LABEL FOR {provider}")
        };
        let tag = Tag { name: label, value };
        match (words.is(at + 1, "COLUMN"), name.rsplit_once('.')) {
            (true, Some((table, field))) => self.push(Change::Tagged {
                table: table.to_owned(),
                field: Some(field.to_owned()),
                tag,
            }),
            (true, None) => {}
            (false, _) => self.push(Change::Tagged {
                table: name,
                field: None,
                tag,
            }),
        }
    }

    /// Databricks: `SET TAG ON COLUMN c.s.t.col pii = email`.
    fn set_tag(&mut self, words: &Words<'_>) {
        let is_column = words.is(3, "COLUMN");
        if !is_column && !words.is_any(3, &["TABLE", "VIEW"]) {
            return;
        }
        let (name, next) = words.object_name(4);
        let mut tags = Vec::new();
        column::pairs(&words.part(next..words.len()), &mut tags);
        match name.rsplit_once('.') {
            Some((table, field)) if is_column => {
                self.push_tags(table, &Some(field.to_owned()), tags)
            }
            _ => self.push_tags(&name, &None, tags),
        }
    }

    fn rename_tables(&mut self, words: &Words<'_>) {
        let rest = words.part(2..words.len());
        for item in rest.items() {
            let item = rest.part(item);
            let (from, next) = item.object_name(0);
            if item.is(next, "TO") {
                let (to, _) = item.object_name(next + 1);
                self.push(Change::RenameTable { from, to });
            }
        }
    }

    /// The comment lines right above a statement, without what dump tools write there.
    fn preface(&self, words: &Words<'_>, name: &str) -> Option<String> {
        let mut next_start = words.tokens.first()?.start as usize;
        let end = self
            .comments
            .partition_point(|c| (c.start as usize) < next_start);
        let mut parts: Vec<String> = Vec::new();
        for comment in self.comments[..end].iter().rev().take(40) {
            let gap = &words.source[comment.end as usize..next_start];
            if gap.iter().any(|b| !b.is_ascii_whitespace())
                || gap.iter().filter(|b| **b == b'\n').count() > 1
            {
                break;
            }
            next_start = comment.start as usize;
            parts.push(lexer::comment_of(
                &words.source[comment.start as usize..comment.end as usize],
            ));
        }
        parts.reverse();
        let last = name.rsplit('.').next().unwrap_or(name);
        let kept = parts
            .iter()
            .flat_map(|part| part.lines())
            .filter(|line| !is_furniture(line, last));
        let text = kept.collect::<Vec<_>>().join("\n");
        (!text.is_empty()).then_some(text)
    }
}

/// Lines that tools write above tables, and lines that only repeat the name.
fn is_furniture(line: &str, table: &str) -> bool {
    let lower = line.to_lowercase();
    let starts = [
        "name:",
        "table structure",
        "table `",
        "dumping",
        "structure for",
        "temporary",
        "object:",
        "toc entry",
        "tablespace",
        "host:",
        "create ",
        "ddl for",
        "drop ",
        "type:",
        "final view",
        "estrutura",
        "tabellenstruktur",
        "estructura",
        "structure de",
        "copyright",
        "licensed",
        "table:",
        "table \"",
        "stand-in",
        "view `",
        "view structure",
        "stellvertreter",
        "liquibase",
        "changeset",
        "migrate",
        "+goose",
        "+migrate",
        "statement-breakpoint",
        "createtable",
        "addcolumn",
        "set ",
    ];
    let rest = lower
        .replace(&table.to_lowercase(), "")
        .replace("table", "");
    starts.iter().any(|start| lower.starts_with(start)) || !rest.chars().any(char::is_alphabetic)
}

#[derive(Default)]
struct TableParts {
    dataset: Dataset,
    fields: Vec<Field>,
    parents: Vec<String>,
    changes: Vec<Change>,
    /// It has no column list of its own, and that is as it should be.
    is_without_columns: bool,
}

fn skip_words(words: &Words<'_>, mut at: usize, skipped: &[&str]) -> usize {
    while words.is_any(at, skipped) && at + 1 < words.len() && !words.is_mark(at + 1, b'.') {
        at += 1;
    }
    at
}

/// A column named `column` has a type behind it and nothing between: `ADD column text`.
fn is_only_a_name(words: &Words<'_>, at: usize) -> bool {
    words.len() <= at + 2 && !words.is_mark(at + 1, b'(')
}

fn table_options(words: &Words<'_>, mut at: usize, table: &mut TableParts) {
    while at < words.len() {
        if words.is_any(at, &["COMMENT"]) {
            let literal = if words.is_mark(at + 1, b'=') {
                at + 2
            } else {
                at + 1
            };
            if let Some(text) = words.text(literal) {
                join_comment(&mut table.dataset.comment, &text);
            }
            at = literal;
        } else if words.is_any(at, &["INHERITS", "UNDER"]) && words.is_mark(at + 1, b'(') {
            let close = words.close(at + 1);
            let inside = words.part(at + 2..close);
            let parents = inside
                .items()
                .into_iter()
                .map(|item| inside.part(item).object_name(0).0);
            table.parents.extend(parents);
        } else if words.is(at, "OPTIONS") && words.is_mark(at + 1, b'(') {
            let close = words.close(at + 1);
            column::options(
                &words.part(at + 2..close),
                &mut table.dataset.comment,
                &mut table.dataset.tags,
            );
        } else if words.is(at, "PARTITIONED")
            && words.is(at + 1, "BY")
            && words.is_mark(at + 2, b'(')
        {
            partition_columns(words, at + 2, table);
        } else if words.are(at, &["WITH", "TAG"])
            || (words.is(at, "TAG") && words.is_mark(at + 1, b'('))
        {
            let tag_at = if words.is(at, "WITH") { at + 1 } else { at };
            let next = column::protection(words, tag_at, &mut table.dataset.tags);
            at = next.unwrap_or(words.len()).saturating_sub(1);
        } else if words.is_any(at, &["AS", "SELECT"]) {
            return;
        }
        at = words.after(at);
    }
}

/// Hive's partition columns are declared apart from the others.
fn partition_columns(words: &Words<'_>, open: usize, table: &mut TableParts) {
    let inside = words.part(open + 1..words.close(open));
    for item in inside.items() {
        let item = inside.part(item);
        if item.is_name(0) && item.is_name(1) {
            table
                .fields
                .extend(column::read(&item, table.dataset.place));
        }
    }
}

/// What a table constraint or index says of columns; `None` where the item is a column.
fn constraint_changes(words: &Words<'_>, table: &str) -> Option<Vec<Change>> {
    let mut at = 0;
    if words.is(0, "CONSTRAINT") {
        let named = usize::from(
            !words.is_any(1, &["PRIMARY", "FOREIGN", "UNIQUE", "CHECK", "EXCLUDE"])
                || words.is_any(2, &["PRIMARY", "FOREIGN", "UNIQUE", "CHECK", "EXCLUDE"]),
        );
        let (_, after_name) = if named == 1 {
            words.object_name(1)
        } else {
            (String::new(), 1)
        };
        let known = [
            "PRIMARY",
            "FOREIGN",
            "UNIQUE",
            "CHECK",
            "EXCLUDE",
            "DEFAULT",
            "NOT",
            "KEY",
            "REFERENCES",
            "INDEX",
            "FULLTEXT",
        ];
        if words.len() > 1 && !words.is_any(after_name, &known) {
            return None;
        }
        at = after_name;
    }
    let table = table.to_owned();
    if words.are(at, &["PRIMARY", "KEY"]) {
        let open = (at + 2..words.len()).find(|i| words.is_mark(*i, b'('));
        let fields = open
            .map(|open| words.bracketed_names(open).0)
            .unwrap_or_default();
        return Some(vec![Change::PrimaryKey { table, fields }]);
    }
    if words.are(at, &["FOREIGN", "KEY"]) {
        return Some(foreign_key(words, at + 2, table).into_iter().collect());
    }
    if words.is(at, "CHECK") && words.is_mark(at + 1, b'(') {
        let allowed = column::allowed(&words.part(at + 2..words.close(at + 1)));
        return Some(
            allowed
                .map(|(field, values)| Change::Allowed {
                    table,
                    field,
                    values,
                })
                .into_iter()
                .collect(),
        );
    }
    (at > 0 || is_index(words)).then(Vec::new)
}

fn foreign_key(words: &Words<'_>, at: usize, table: String) -> Option<Change> {
    let open = (at..words.len().min(at + 6)).find(|i| words.is_mark(*i, b'('))?;
    let (fields, next) = words.bracketed_names(open);
    let references = words.find(next, &["REFERENCES"])?;
    let (to, next) = words.object_name(references + 1);
    let (to_fields, _) = words.bracketed_names(next);
    Some(Change::ForeignKey {
        table,
        fields,
        to,
        to_fields,
    })
}

/// Whether an item is an index or another clause that only looks like a column until one sees what follows.
fn is_index(words: &Words<'_>) -> bool {
    let bracket = |at: usize| words.is_mark(at, b'(');
    let holds_columns = |open: usize| bracket(open) && words.kind(open + 1) != Some(Kind::Number);
    if words.is(0, "UNIQUE") {
        return words.len() > 1
            && (bracket(1)
                || words.is_any(1, &["KEY", "INDEX", "NULLS", "CLUSTERED", "NONCLUSTERED"])
                || holds_columns(2));
    }
    if words.is_any(0, &["KEY", "INDEX", "FULLTEXT", "SPATIAL", "VECTOR"]) {
        let keyed = words.is_any(0, &["FULLTEXT", "SPATIAL", "VECTOR"])
            && words.is_any(1, &["KEY", "INDEX"]);
        // `KEY name (column)` against a column `key varchar(255)`: brackets of a type hold numbers.
        let named = holds_columns(2) && !words.is_any(1, &["ENUM", "SET"])
            || (words.is_name(1) && words.is(2, "USING"))
            || words.is_any(2, &["CLUSTERED", "NONCLUSTERED", "UNIQUE", "HASH"]);
        return keyed || holds_columns(1) || named || is_long_index(words);
    }
    (words.is(0, "EXCLUDE") && (words.is(1, "USING") || bracket(1)))
        || (words.are(0, &["PERIOD", "FOR"]))
        || (words.is(0, "SUPPLEMENTAL") && words.is(1, "LOG"))
        || (words.is(0, "PROJECTION") && words.is_name(1) && bracket(2))
}

/// Whether what begins like an index goes on in a way that no column does: `KEY INDEX name (column)`,
/// `INDEX IF NOT EXISTS name (column)`, ClickHouse's `INDEX name expression TYPE kind`.
fn is_long_index(words: &Words<'_>) -> bool {
    let is_doubled = words.are(0, &["KEY", "INDEX"]) || words.are(0, &["INDEX", "KEY"]);
    let holds_columns = words.is_mark(3, b'(') && words.kind(4) != Some(Kind::Number);
    let has_kind = || {
        let kind = words.find(2, &["TYPE"]);
        kind.is_some_and(|at| words.is_name(at + 1))
    };
    (is_doubled && words.is_name(2) && (holds_columns || words.is(3, "USING")))
        || words.are(1, &["IF", "NOT", "EXISTS"])
        || (words.is(0, "INDEX") && words.is_name(1) && has_kind())
}

/// The table of `SELECT * FROM table`, where it is the only one.
fn star_of(words: &Words<'_>) -> Option<String> {
    let select = words.find(0, &["SELECT"])?;
    let at = skip_words(words, select + 1, &["ALL", "DISTINCT"]);
    if !(words.is_mark(at, b'*') && words.is(at + 1, "FROM")) {
        return None;
    }
    let (table, next) = words.object_name(at + 2);
    let is_alone =
        !words.is_mark(next, b',') && words.find(next, &["JOIN", "UNION", "APPLY"]).is_none();
    (is_alone && !table.is_empty()).then_some(table)
}

/// The type of `CAST(… AS type) AS name` and of `…::type AS name`.
fn cast_type(item: &Words<'_>) -> Option<String> {
    if item.is_any(0, &["CAST", "TRY_CAST", "SAFE_CAST"]) && item.is_mark(1, b'(') {
        let close = item.close(1);
        let inside = item.part(2..close);
        let as_at = inside.find(0, &["AS"])?;
        let end = column::type_end(&inside, as_at + 1);
        return column::type_text(&inside.part(as_at + 1..end))
            .filter(|_| item.is(close + 1, "AS"));
    }
    None
}

/// The token that names an item of a select list.
fn select_name(item: &Words<'_>) -> Option<usize> {
    let last = item.len().checked_sub(1)?;
    if item.len() >= 2 && item.is_mark(1, b'=') && item.is_name(0) {
        // SQL Server's `alias = expression`.
        return Some(0);
    }
    if matches!(item.kind(last), Some(Kind::Text)) && last > 0 && item.is(last - 1, "AS") {
        return Some(last);
    }
    if !item.is_name(last) {
        return None;
    }
    if last == 0 || item.is_mark(last - 1, b'.') || item.is(last - 1, "AS") {
        return (!item.is(last, "NULL")).then_some(last);
    }
    let before_ends_expression = matches!(
        item.kind(last - 1),
        Some(Kind::Word | Kind::Quoted | Kind::Number | Kind::Text | Kind::Mark(b')' | b']'))
    );
    let is_part_of_expression = item.is_any(last, &["END", "NULL", "TRUE", "FALSE"])
        || item.is_any(
            last - 1,
            &[
                "AND", "OR", "NOT", "IS", "COLLATE", "THEN", "ELSE", "LIKE", "INTERVAL", "BETWEEN",
            ],
        );
    (before_ends_expression && !is_part_of_expression).then_some(last)
}

/// Arguments of a procedure call: name (empty where they stand by position) and text.
fn arguments(words: &Words<'_>) -> Vec<(String, Option<String>)> {
    let items = words.items().into_iter().map(|item| words.part(item));
    items
        .map(|item| {
            if item.is_mark(1, b'=') {
                (item.name(0), item.text(2).or_else(|| Some(item.name(2))))
            } else {
                (String::new(), item.text(0).or_else(|| Some(item.name(0))))
            }
        })
        .collect()
}

/// Table and column that an extended property is about.
fn property_target(
    named: &dyn Fn(&str, usize) -> Option<String>,
) -> Option<(String, Option<String>)> {
    let is = |name: &str, position, wanted: &[&str]| {
        named(name, position).is_some_and(|v| wanted.iter().any(|w| v.eq_ignore_ascii_case(w)))
    };
    if !is("@level1type", 4, &["TABLE", "VIEW"]) {
        return None;
    }
    let bare = |name: String| name.trim_matches(['[', ']']).to_owned();
    let schema = named("@level0name", 3).map(bare);
    let table = named("@level1name", 5).map(bare)?;
    let table = schema
        .filter(|s| !s.is_empty())
        .map_or(table.clone(), |schema| format!("{schema}.{table}"));
    let field = is("@level2type", 6, &["COLUMN"])
        .then(|| named("@level2name", 7).map(bare))
        .flatten();
    match (named("@level2type", 6), &field) {
        (Some(kind), None) if !kind.eq_ignore_ascii_case("NULL") => None,
        _ => Some((table, field)),
    }
}

/// Comments inside a column list: which item each belongs to.
struct Notes<'a> {
    comments: &'a [Token],
    source: &'a [u8],
    /// End of the opening bracket.
    open: usize,
    first_item: usize,
    next: usize,
}

impl<'a> Notes<'a> {
    fn new(comments: &'a [Token], source: &'a [u8], open: usize, tokens: &[Token]) -> Self {
        let next = comments.partition_point(|c| (c.start as usize) < open);
        Self {
            comments,
            source,
            open,
            first_item: tokens.first().map_or(open, |t| t.start as usize),
            next,
        }
    }

    /// A comment on the line of the opening bracket is about the table, when the columns begin below.
    fn of_table(&mut self, comment: &mut Option<String>) {
        let Some(first) = self.comments.get(self.next).copied() else {
            return;
        };
        let (start, end) = (first.start as usize, first.end as usize);
        let same_line = start < self.first_item && !self.source[self.open..start].contains(&b'\n');
        if same_line && self.source[end..self.first_item.max(end)].contains(&b'\n') {
            join_comment(comment, &lexer::comment_of(&self.source[start..end]));
            self.next += 1;
        }
    }

    /// The comments that belong to an item: above it, inside it, and behind it on its last line.
    fn of_item(&mut self, tokens: &[Token], next_item: Option<usize>) -> Option<String> {
        let end = tokens.last()?.end as usize;
        let mut note = None;
        while let Some(comment) = self.comments.get(self.next) {
            let (start, stop) = (comment.start as usize, comment.end as usize);
            if start >= end && !self.is_behind(end, start, stop, next_item) {
                break;
            }
            self.next += 1;
            let text = lexer::comment_of(&self.source[start..stop]);
            if !is_disabled_sql(&text) {
                join_comment(&mut note, &text);
            }
        }
        note
    }

    fn is_behind(&self, end: usize, start: usize, stop: usize, next_item: Option<usize>) -> bool {
        let gap = &self.source[end..start];
        if gap.contains(&b'\n') || gap.contains(&b')') {
            return false;
        }
        // Behind the comma and before the next column on the same line, it is about that one.
        let next_on_line = next_item
            .is_some_and(|next| next >= stop && !self.source[start..next].contains(&b'\n'));
        !(gap.contains(&b',') && next_on_line)
    }
}

/// A column or constraint that was commented out.
fn is_disabled_sql(text: &str) -> bool {
    let first = text
        .split_whitespace()
        .next()
        .unwrap_or("")
        .to_ascii_uppercase();
    text.ends_with(',')
        || matches!(
            first.as_str(),
            "CONSTRAINT"
                | "PRIMARY"
                | "FOREIGN"
                | "UNIQUE"
                | "KEY"
                | "INDEX"
                | "ALTER"
                | "CREATE"
                | "DROP"
                | "CHECK"
        )
}

/// Places of bytes of a statement, asked for in rising order.
struct Places<'a> {
    text: &'a [u8],
    at: usize,
    place: Place,
    start: u64,
}

impl<'a> Places<'a> {
    fn new(text: &'a [u8], start: Place) -> Self {
        Self {
            text,
            at: 0,
            place: start,
            start: start.start,
        }
    }

    fn at(&mut self, offset: usize) -> Place {
        for byte in self.text.get(self.at..offset).unwrap_or(&[]) {
            match byte {
                b'\n' => {
                    self.place.line += 1;
                    self.place.column = 1;
                }
                b if b & 0xc0 != 0x80 => self.place.column += 1,
                _ => {}
            }
        }
        self.at = self.at.max(offset);
        self.place.start = self.start + offset as u64;
        self.place
    }
}
