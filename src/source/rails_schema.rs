//! Rails' `db/schema.rb` (and migrations that create tables): tables, columns, comments, references, enums.
//! Reads Ruby by a small tokenizer, one call a line; runs nothing and knows nothing of what names mean.

use super::{
    Budget, Claim, Coverage, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split,
};
use crate::field::{Dataset, Field, Place, Reference};
use std::collections::HashMap;

/// Reads `schema.rb`.
pub struct RailsSchema;

/// The reader of Rails schemas.
pub static READER: RailsSchema = RailsSchema;

/// Larger schemas are not written by Rails.
const MOST_BYTES: u64 = 64 << 20;

impl Reader for RailsSchema {
    fn format(&self) -> &'static str {
        "rails_schema"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Schema
    }

    fn claim(&self, input: &Input) -> Claim {
        if input.extension() != "rb" {
            return Claim::No;
        }
        let holds = |mark: &[u8]| memchr::memmem::find(input.head(), mark).is_some();
        let is_schema = holds(b"ActiveRecord::Schema");
        const CHANGES: [&[u8]; 4] = [
            b"create_table",
            b"add_column",
            b"change_table",
            b"add_reference",
        ];
        let changes = holds(b"ActiveRecord::Migration") && CHANGES.iter().any(|mark| holds(mark));
        if is_schema || changes {
            Claim::Certain
        } else {
            Claim::No
        }
    }

    fn read(
        &self,
        input: &Input,
        _: &Split,
        _: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        let text = input.read_text(MOST_BYTES)?;
        let mut schema = Schema::default();
        schema.read(&text);
        schema.tell(sink);
        let lines = memchr::memchr_iter(b'\n', text.as_bytes()).count() as u64;
        let coverage = match &schema.open {
            Some(open) => Coverage::Partial(format!(
                "it ends inside the table that begins at line {}",
                schema.tables[open.table].dataset.place.line
            )),
            None => Coverage::Whole,
        };
        Ok(Outcome {
            coverage,
            lines,
            unresolved: schema.unresolved,
        })
    }
}

#[derive(Default)]
struct Table {
    dataset: Dataset,
    fields: Vec<Field>,
}

/// The `create_table … do |t|` being read.
struct Open {
    table: usize,
    variable: String,
    /// Blocks inside it that are not closed yet.
    inner: usize,
}

#[derive(Default)]
struct Schema {
    tables: Vec<Table>,
    by_name: HashMap<String, usize>,
    enums: HashMap<String, Vec<String>>,
    /// Column's enum type by table and column position.
    enum_columns: Vec<(usize, usize, String)>,
    open: Option<Open>,
    unresolved: u64,
}

impl Schema {
    fn read(&mut self, text: &str) {
        let mut calls = Calls::new(text);
        let mut is_undoing = false;
        while let Some(call) = calls.next() {
            // What a migration does to undo itself creates nothing.
            if let [Token::Name(def), rest @ ..] = call.tokens.as_slice()
                && def == "def"
            {
                let undoes = |t: &Token| matches!(t, Token::Name(name) if name == "down");
                is_undoing = rest.iter().take(3).any(undoes);
            }
            if !is_undoing {
                self.call(&call);
            }
        }
    }

    fn call(&mut self, call: &Call) {
        let Some(Token::Name(first)) = call.tokens.first() else {
            return;
        };
        match first.as_str() {
            "create_table" | "create_join_table" if self.open.is_none() => self.create_table(call),
            "change_table" if self.open.is_none() => self.change_table(call),
            "add_foreign_key" => self.add_foreign_key(call),
            "create_enum" => self.create_enum(call),
            "add_column" => self.add_column(call),
            "add_reference" | "add_belongs_to" if self.open.is_none() => self.add_reference(call),
            "change_table_comment" => self.comment(call, 1),
            "change_column_comment" => self.comment(call, 2),
            "end" => self.end(),
            "if" | "unless" | "case" | "begin" => self.deeper(),
            name => {
                if self.open.as_ref().is_some_and(|open| open.variable == name) {
                    self.column(call);
                } else if call.opens_block() {
                    self.deeper();
                }
            }
        }
    }

    fn deeper(&mut self) {
        if let Some(open) = &mut self.open {
            open.inner += 1;
        }
    }

    fn end(&mut self) {
        match &mut self.open {
            Some(open) if open.inner > 0 => open.inner -= 1,
            _ => self.open = None,
        }
    }

    fn table(&mut self, name: &str, place: Place) -> usize {
        if let Some(at) = self.by_name.get(name) {
            return *at;
        }
        let dataset = Dataset {
            name: name.to_owned(),
            place,
            ..Dataset::default()
        };
        self.tables.push(Table {
            dataset,
            fields: Vec::new(),
        });
        self.by_name.insert(name.to_owned(), self.tables.len() - 1);
        self.tables.len() - 1
    }

    fn create_table(&mut self, call: &Call) {
        let arguments = call.arguments(1);
        let Some(name) = arguments.literal(0) else {
            self.unresolved += 1;
            return;
        };
        let name = match (call.tokens.first(), arguments.literal(1)) {
            (Some(Token::Name(first)), Some(second)) if first == "create_join_table" => {
                join_name(&name, &second)
            }
            _ => name,
        };
        let at = self.table(&name, call.place);
        let comment = joined(call.comments.clone(), arguments.text("comment"));
        self.tables[at].dataset.comment = self.tables[at].dataset.comment.take().or(comment);
        let is_join =
            matches!(call.tokens.first(), Some(Token::Name(first)) if first == "create_join_table");
        if !is_join {
            self.primary_key(at, &arguments, call.place);
        }
        if let Some(variable) = call.block_variable() {
            self.open = Some(Open {
                table: at,
                variable,
                inner: 0,
            });
        }
    }

    /// Rails' implicit `id`, unless the table says otherwise.
    fn primary_key(&mut self, at: usize, arguments: &Arguments<'_>, place: Place) {
        let names = match arguments.option("primary_key") {
            Some(tokens) => literals(tokens),
            None => vec!["id".to_owned()],
        };
        if arguments.word("id").as_deref() == Some("false") || names.len() != 1 {
            return;
        }
        let id_type = arguments
            .literal_option("id")
            .or_else(|| arguments.nested("id", "type"));
        let field = Field {
            place,
            primary_key: true,
            declared_type: Some(id_type.unwrap_or_else(|| "bigint".into())),
            ..Field::named(names[0].clone())
        };
        self.add(at, field);
    }

    /// `add_reference :users, :team`.
    fn add_reference(&mut self, call: &Call) {
        let arguments = call.arguments(1);
        if let (Some(table), Some(name)) = (arguments.literal(0), arguments.literal(1)) {
            let at = self.table(&table, call.place);
            let kind = arguments.literal_option("type");
            let field = Field {
                place: call.place,
                declared_type: Some(kind.unwrap_or_else(|| "bigint".into())),
                ..Field::named(format!("{name}_id"))
            };
            self.add(at, field);
        }
    }

    fn change_table(&mut self, call: &Call) {
        if let (Some(name), Some(variable)) = (call.arguments(1).literal(0), call.block_variable())
        {
            let table = self.table(&name, call.place);
            self.open = Some(Open {
                table,
                variable,
                inner: 0,
            });
        }
    }

    fn add(&mut self, table: usize, field: Field) -> usize {
        let fields = &mut self.tables[table].fields;
        if let Some(at) = fields.iter().position(|f| f.path == field.path) {
            return at;
        }
        fields.push(field);
        fields.len() - 1
    }

    /// `t.string "email", limit: 255, comment: "…"`.
    fn column(&mut self, call: &Call) {
        let Some(table) = self.open.as_ref().map(|open| open.table) else {
            return;
        };
        let (Some(Token::Mark('.')), Some(Token::Name(method))) =
            (call.tokens.get(1), call.tokens.get(2))
        else {
            return;
        };
        let arguments = call.arguments(3);
        match method.as_str() {
            "index"
            | "check_constraint"
            | "exclusion_constraint"
            | "unique_constraint"
            | "unique_key"
            | "remove"
            | "remove_references"
            | "rename"
            | "change"
            | "change_default"
            | "change_null"
            | "remove_index"
            | "primary_key"
                if method != "primary_key" || arguments.count() == 0 => {}
            "foreign_key" => self.foreign_key(table, &arguments, 0),
            "timestamps" => {
                for name in ["created_at", "updated_at"] {
                    self.add(
                        table,
                        Field {
                            place: call.place,
                            declared_type: Some("datetime".into()),
                            ..Field::named(name)
                        },
                    );
                }
            }
            "references" | "belongs_to" => self.references(table, call, &arguments),
            "column" => {
                if let (Some(name), Some(declared_type)) =
                    (arguments.literal(0), arguments.literal(1))
                {
                    self.add_typed(table, &name, &declared_type, call, &arguments);
                }
            }
            method => {
                // `t.virtual "x", type: :string` is a computed column.
                let computed = arguments
                    .literal_option("type")
                    .filter(|_| method == "virtual");
                let declared_type = computed.as_deref().unwrap_or(method);
                let names: Vec<String> = (0..arguments.count())
                    .map_while(|at| arguments.literal(at))
                    .collect();
                self.unresolved += u64::from(names.is_empty());
                for name in names {
                    self.add_typed(table, &name, declared_type, call, &arguments);
                }
            }
        }
    }

    fn add_typed(
        &mut self,
        table: usize,
        name: &str,
        declared_type: &str,
        call: &Call,
        arguments: &Arguments<'_>,
    ) {
        let is_array = arguments.word("array").as_deref() == Some("true");
        let mut field = Field {
            place: call.place,
            ..Field::named(name)
        };
        field.declared_type = Some(if is_array {
            format!("{declared_type}[]")
        } else {
            declared_type.to_owned()
        });
        field.comment = joined(call.comments.clone(), arguments.text("comment"));
        field.primary_key = declared_type == "primary_key"
            || arguments.word("primary_key").as_deref() == Some("true");
        if let Some(limit) = arguments.word("limit") {
            field.validators.push(format!("limit({limit})"));
        }
        let at = self.add(table, field);
        if let Some(enum_type) = arguments.literal_option("enum_type") {
            self.enum_columns.push((table, at, enum_type));
        }
    }

    fn references(&mut self, table: usize, call: &Call, arguments: &Arguments<'_>) {
        let names: Vec<String> = (0..arguments.count())
            .map_while(|at| arguments.literal(at))
            .collect();
        for name in names {
            let declared_type = arguments
                .literal_option("type")
                .unwrap_or_else(|| "bigint".into());
            let mut field = Field {
                place: call.place,
                declared_type: Some(declared_type),
                ..Field::named(format!("{name}_id"))
            };
            field.comment = joined(call.comments.clone(), arguments.text("comment"));
            let is_polymorphic = arguments
                .option("polymorphic")
                .is_some_and(|o| !matches!(o, [Token::Name(n)] if n == "false"));
            if is_polymorphic {
                self.add(
                    table,
                    Field {
                        place: call.place,
                        declared_type: Some("string".into()),
                        ..Field::named(format!("{name}_type"))
                    },
                );
            } else {
                let to = arguments
                    .nested("foreign_key", "to_table")
                    .unwrap_or_else(|| plural(&name));
                field.references = Some(Reference {
                    dataset: to,
                    field: None,
                });
            }
            self.add(table, field);
        }
    }

    fn add_foreign_key(&mut self, call: &Call) {
        let arguments = call.arguments(1);
        if let Some(table) = arguments
            .literal(0)
            .and_then(|name| self.by_name.get(&name).copied())
        {
            self.foreign_key(table, &arguments, 1);
        }
    }

    fn foreign_key(&mut self, table: usize, arguments: &Arguments<'_>, at: usize) {
        let Some(to) = arguments.literal(at) else {
            return;
        };
        let column = arguments
            .literal_option("column")
            .unwrap_or_else(|| format!("{}_id", singular(last_part(&to))));
        let field = self.tables[table]
            .fields
            .iter_mut()
            .find(|f| f.path == column);
        if let Some(field) = field {
            field.references = Some(Reference {
                dataset: to,
                field: arguments.literal_option("primary_key"),
            });
        }
    }

    fn create_enum(&mut self, call: &Call) {
        let arguments = call.arguments(1);
        if let Some(name) = arguments.literal(0) {
            self.enums.insert(
                name,
                arguments.positional(1).map(literals).unwrap_or_default(),
            );
        }
    }

    fn add_column(&mut self, call: &Call) {
        let arguments = call.arguments(1);
        if let (Some(table), Some(name), Some(declared_type)) = (
            arguments.literal(0),
            arguments.literal(1),
            arguments.literal(2),
        ) {
            let at = self.table(&table, call.place);
            self.add_typed(at, &name, &declared_type, call, &arguments);
        }
    }

    fn comment(&mut self, call: &Call, text_at: usize) {
        let arguments = call.arguments(1);
        let (Some(table), Some(text)) = (
            arguments
                .literal(0)
                .and_then(|name| self.by_name.get(&name).copied()),
            arguments.literal(text_at),
        ) else {
            return;
        };
        let table = &mut self.tables[table];
        let comment = match (text_at, arguments.literal(1)) {
            (1, _) => Some(&mut table.dataset.comment),
            (_, column) => table
                .fields
                .iter_mut()
                .find(|f| Some(&f.path) == column.as_ref())
                .map(|f| &mut f.comment),
        };
        if let Some(comment) = comment {
            *comment = Some(text);
        }
    }

    fn tell(&mut self, sink: &mut dyn Sink) {
        for (table, at, enum_type) in std::mem::take(&mut self.enum_columns) {
            self.tables[table].fields[at].allowed =
                self.enums.get(&enum_type).cloned().unwrap_or_default();
        }
        for table in &self.tables {
            let id = sink.dataset(table.dataset.clone());
            table.fields.iter().for_each(|field| {
                sink.field(id, field.clone());
            });
        }
    }
}

fn joined(comments: Vec<String>, option: Option<String>) -> Option<String> {
    let all: Vec<String> = option
        .into_iter()
        .chain(comments)
        .filter(|c| c.chars().any(char::is_alphanumeric))
        .collect();
    (!all.is_empty()).then(|| all.join("\n"))
}

fn join_name(first: &str, second: &str) -> String {
    let mut names = [first, second];
    names.sort_unstable();
    names.join("_")
}

fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// Rails' plural, as far as table names need it.
fn plural(name: &str) -> String {
    match name {
        "person" => "people".into(),
        "child" => "children".into(),
        _ if name.ends_with('y') && !["ay", "ey", "oy", "uy"].iter().any(|e| name.ends_with(e)) => {
            format!("{}ies", &name[..name.len() - 1])
        }
        _ if name.ends_with(['s', 'x']) || name.ends_with("ch") || name.ends_with("sh") => {
            format!("{name}es")
        }
        _ => format!("{name}s"),
    }
}

/// Rails' singular, as far as foreign keys need it.
fn singular(name: &str) -> String {
    if let Some(stem) = name.strip_suffix("people") {
        return format!("{stem}person");
    }
    if let Some(stem) = name.strip_suffix("children") {
        return format!("{stem}child");
    }
    if let Some(stem) = name.strip_suffix("ies") {
        return format!("{stem}y");
    }
    for ending in ["sses", "ches", "shes", "xes", "uses"] {
        if name.ends_with(ending) {
            return name[..name.len() - 2].to_owned();
        }
    }
    name.strip_suffix('s')
        .filter(|stem| !stem.ends_with('s'))
        .unwrap_or(name)
        .to_owned()
}

/// A piece of Ruby.
#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// A name, keyword or number.
    Name(String),
    /// `key:` of an option.
    Key(String),
    /// Text in quotes, or a symbol.
    Literal(String),
    /// `%w[a b]`.
    List(Vec<String>),
    Mark(char),
}

/// One call with the comments that belong to it: above it, and behind it on its line.
struct Call {
    place: Place,
    tokens: Vec<Token>,
    comments: Vec<String>,
}

impl Call {
    fn arguments(&self, at: usize) -> Arguments<'_> {
        let tokens = self.tokens.get(at..).unwrap_or(&[]);
        let tokens = if tokens.first() == Some(&Token::Mark('(')) {
            &tokens[1..]
        } else {
            tokens
        };
        Arguments {
            parts: parts(tokens),
        }
    }

    fn opens_block(&self) -> bool {
        self.tokens.iter().any(|t| *t == Token::Name("do".into()))
    }

    /// `t` of `do |t|` or `{ |t|`.
    fn block_variable(&self) -> Option<String> {
        let at = self.tokens.iter().position(|t| *t == Token::Mark('|'))?;
        match self.tokens.get(at + 1) {
            Some(Token::Name(name)) => Some(name.clone()),
            _ => None,
        }
    }
}

/// The arguments of a call, parted by commas.
struct Arguments<'a> {
    parts: Vec<&'a [Token]>,
}

fn parts(tokens: &[Token]) -> Vec<&[Token]> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0_usize);
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Mark('(' | '[' | '{') => depth += 1,
            Token::Mark(')' | ']' | '}') if depth == 0 => {
                parts.push(&tokens[start..at]);
                return parts;
            }
            Token::Mark(')' | ']' | '}') => depth -= 1,
            Token::Mark(',') if depth == 0 => {
                parts.push(&tokens[start..at]);
                start = at + 1;
            }
            Token::Name(word) if depth == 0 && word == "do" => {
                parts.push(&tokens[start..at]);
                return parts;
            }
            _ => {}
        }
    }
    parts.push(&tokens[start..]);
    parts
}

impl<'a> Arguments<'a> {
    fn count(&self) -> usize {
        self.parts
            .iter()
            .filter(|p| matches!(p, [Token::Literal(_)]))
            .count()
    }

    fn positional(&self, at: usize) -> Option<&'a [Token]> {
        self.parts
            .iter()
            .copied()
            .filter(|p| !matches!(p, [] | [Token::Key(_), ..]))
            .nth(at)
    }

    fn literal(&self, at: usize) -> Option<String> {
        match self.positional(at)? {
            [Token::Literal(text)] => Some(text.clone()),
            _ => None,
        }
    }

    /// What stands behind `key:` (or `:key =>`).
    fn option(&self, key: &str) -> Option<&'a [Token]> {
        self.parts.iter().find_map(|part| match part {
            [Token::Key(name), rest @ ..] if name == key => Some(rest),
            [
                Token::Literal(name),
                Token::Mark('='),
                Token::Mark('>'),
                rest @ ..,
            ] if name == key => Some(rest),
            _ => None,
        })
    }

    fn literal_option(&self, key: &str) -> Option<String> {
        match self.option(key)? {
            [Token::Literal(text)] => Some(text.clone()),
            _ => None,
        }
    }

    fn text(&self, key: &str) -> Option<String> {
        self.literal_option(key)
    }

    fn word(&self, key: &str) -> Option<String> {
        match self.option(key)? {
            [Token::Name(word)] => Some(word.clone()),
            _ => None,
        }
    }

    /// `type` of `id: { type: :string, limit: 26 }`.
    fn nested(&self, key: &str, inner: &str) -> Option<String> {
        let tokens = self.option(key)?;
        let at = tokens
            .iter()
            .position(|t| *t == Token::Key(inner.to_owned()))?;
        match tokens.get(at + 1) {
            Some(Token::Literal(text)) => Some(text.clone()),
            _ => None,
        }
    }
}

fn literals(tokens: &[Token]) -> Vec<String> {
    let texts = tokens.iter().flat_map(|token| match token {
        Token::Literal(text) => vec![text.clone()],
        Token::List(texts) => texts.clone(),
        _ => Vec::new(),
    });
    texts.collect()
}

/// Cuts Ruby into calls: lines, joined where brackets are open or a comma ends them.
struct Calls<'a> {
    text: &'a str,
    at: usize,
    line: u64,
    line_start: usize,
    comments: Vec<String>,
}

impl<'a> Calls<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text: text.strip_prefix('\u{feff}').unwrap_or(text),
            at: 0,
            line: 1,
            line_start: 0,
            comments: Vec::new(),
        }
    }

    fn next(&mut self) -> Option<Call> {
        let mut tokens: Vec<Token> = Vec::new();
        let mut place = Place::default();
        let mut depth = 0_usize;
        let mut heredocs: Vec<String> = Vec::new();
        loop {
            let rest = &self.text[self.at..];
            let Some(first) = rest.chars().next() else {
                return (!tokens.is_empty()).then(|| self.call(place, tokens));
            };
            match first {
                '\n' => {
                    self.at += 1;
                    self.line += 1;
                    self.line_start = self.at;
                    std::mem::take(&mut heredocs)
                        .iter()
                        .for_each(|mark| self.pass_heredoc(mark));
                    let goes_on =
                        depth > 0 || matches!(tokens.last(), Some(Token::Mark(',' | '\\')));
                    if !tokens.is_empty() && !goes_on {
                        return Some(self.call(place, tokens));
                    }
                    if tokens.is_empty() && self.text[self.at..].starts_with('\n') {
                        self.comments.clear();
                    }
                }
                c if c.is_whitespace() => self.at += c.len_utf8(),
                '#' => self.comment(),
                ';' if depth == 0 => {
                    self.at += 1;
                    if !tokens.is_empty() {
                        return Some(self.call(place, tokens));
                    }
                }
                _ => {
                    if tokens.is_empty() {
                        place = self.place();
                    }
                    let token = self.token(rest, first, &mut heredocs);
                    match token {
                        Token::Mark('(' | '[' | '{') => depth += 1,
                        Token::Mark(')' | ']' | '}') => depth = depth.saturating_sub(1),
                        _ => {}
                    }
                    tokens.push(token);
                }
            }
        }
    }

    fn call(&mut self, place: Place, tokens: Vec<Token>) -> Call {
        Call {
            place,
            tokens,
            comments: std::mem::take(&mut self.comments),
        }
    }

    fn place(&self) -> Place {
        let before = &self.text[self.line_start..self.at];
        // Columns far out on one line are not worth counting again for each call.
        let column = if before.len() < 4096 {
            before.chars().count() as u32 + 1
        } else {
            0
        };
        Place {
            line: self.line,
            column,
            start: self.at as u64,
        }
    }

    fn comment(&mut self) {
        let rest = &self.text[self.at..];
        let end = rest.find('\n').unwrap_or(rest.len());
        self.comments
            .push(rest[..end].trim_start_matches('#').trim().to_owned());
        self.at += end;
    }

    fn pass_heredoc(&mut self, mark: &str) {
        while self.at < self.text.len() {
            let rest = &self.text[self.at..];
            let end = rest.find('\n').map_or(rest.len(), |end| end + 1);
            self.at += end;
            self.line += 1;
            self.line_start = self.at;
            if rest[..end].trim() == mark {
                return;
            }
        }
    }

    fn token(&mut self, rest: &str, first: char, heredocs: &mut Vec<String>) -> Token {
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '?' | '!');
        let run = |text: &str| text.find(|c| !is_name(c)).unwrap_or(text.len());
        match first {
            '"' | '\'' => {
                let (text, length) = quoted(rest, first);
                self.step(rest, length);
                if self.text[self.at..].starts_with(": ") {
                    self.at += 1;
                    return Token::Key(text);
                }
                Token::Literal(text)
            }
            ':' if rest[1..].starts_with('"') => {
                let (text, length) = quoted(&rest[1..], '"');
                self.step(rest, length + 1);
                Token::Literal(text)
            }
            ':' if rest[1..].starts_with(|c: char| c.is_alphabetic() || c == '_') => {
                let length = run(&rest[1..]) + 1;
                self.at += length;
                Token::Literal(rest[1..length].to_owned())
            }
            '%' if rest.starts_with("%w") || rest.starts_with("%i") => {
                self.at += 2;
                self.word_list()
            }
            '<' if rest.starts_with("<<~") || rest.starts_with("<<-") => {
                let mark: String = rest[3..]
                    .trim_start_matches(['"', '\''])
                    .chars()
                    .take_while(|c| is_name(*c))
                    .collect();
                let quotes = if rest[3..].starts_with(['"', '\'']) {
                    2
                } else {
                    0
                };
                self.at += 3 + mark.len() + quotes;
                self.at = self.at.min(self.text.len());
                if !mark.is_empty() {
                    heredocs.push(mark);
                }
                Token::Name("heredoc".into())
            }
            c if is_name(c) && c != '?' && c != '!' => {
                let length = run(rest);
                self.at += length;
                let behind = &self.text[self.at..];
                if behind.starts_with(':') && !behind.starts_with("::") {
                    self.at += 1;
                    return Token::Key(rest[..length].to_owned());
                }
                Token::Name(rest[..length].to_owned())
            }
            c => {
                self.at += c.len_utf8();
                Token::Mark(c)
            }
        }
    }

    fn word_list(&mut self) -> Token {
        let rest = &self.text[self.at..];
        let close = match rest.chars().next() {
            Some('[') => ']',
            Some('(') => ')',
            Some('{') => '}',
            _ => return Token::Mark('%'),
        };
        let length = rest.find(close).map_or(rest.len(), |end| end + 1);
        self.step(rest, length);
        let words = rest[1..length].trim_end_matches(close).split_whitespace();
        Token::List(words.map(str::to_owned).collect())
    }

    /// Moves on by `length` bytes, lines counted.
    fn step(&mut self, rest: &str, length: usize) {
        for (at, _) in rest[..length].match_indices('\n') {
            self.line += 1;
            self.line_start = self.at + at + 1;
        }
        self.at += length;
    }
}

/// What text in quotes says, and its length with them.
fn quoted(rest: &str, quote: char) -> (String, usize) {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1);
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => match characters.next() {
                Some((_, 'n')) if quote == '"' => text.push('\n'),
                Some((_, 't')) if quote == '"' => text.push('\t'),
                Some((_, next)) => text.push(next),
                None => return (text, rest.len()),
            },
            c if c == quote => return (text, at + 1),
            c => text.push(c),
        }
    }
    (text, rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::recording::Recording;

    fn read(text: &str) -> (Recording, Outcome) {
        let input = Input::bytes("db/schema.rb", text.as_bytes()).unwrap();
        let mut recording = Recording::default();
        let outcome = READER
            .read(&input, &Split::whole(), &Budget::default(), &mut recording)
            .unwrap();
        (recording, outcome)
    }

    #[test]
    fn a_default_value_reaches_nothing() {
        let (recording, _) = read(
            "create_table \"a\" do |t|\n  t.string \"mail\", default: \"canary@example.com\", null: false # where to write\nend\n",
        );
        assert!(!recording.lines().contains("canary"));
        assert_eq!(
            recording.field_named("a", "mail").field.comment.as_deref(),
            Some("where to write")
        );
    }

    #[test]
    fn a_migration_that_creates_no_table_is_not_claimed() {
        let text = "class AddX < ActiveRecord::Migration[7.1]\n  def change\n    add_index :a, :b\n  end\nend\n";
        assert_eq!(
            READER.claim(&Input::bytes("db/migrate/1_add_x.rb", text.as_bytes()).unwrap()),
            Claim::No
        );
    }

    #[test]
    fn references_name_their_column_and_table() {
        let (recording, _) = read(
            "create_table :posts do |t|\n  t.references :author, type: :uuid, foreign_key: { to_table: :users }\n  t.belongs_to :category\n  t.references :owner, polymorphic: true\nend\n",
        );
        assert_eq!(
            recording.paths("posts"),
            ["id", "author_id", "category_id", "owner_type", "owner_id"]
        );
        let to = |path: &str| {
            recording
                .field_named("posts", path)
                .field
                .references
                .clone()
                .map(|r| r.dataset)
        };
        assert_eq!(to("author_id").as_deref(), Some("users"));
        assert_eq!(to("category_id").as_deref(), Some("categories"));
        assert_eq!(to("owner_id"), None);
    }

    #[test]
    fn an_unfinished_table_is_read_and_told() {
        let (recording, outcome) = read(
            "create_table \"a\", force: :cascade do |t|\n  t.string \"mail\"\n  t.string \"pho",
        );
        assert!(recording.paths("a").contains(&"mail"));
        assert_eq!(
            outcome.coverage,
            Coverage::Partial("it ends inside the table that begins at line 1".into())
        );
    }

    #[test]
    fn deep_brackets_and_zero_bytes_do_no_harm() {
        let text = format!(
            "create_table \"a\" do |t|\n  t.string \"b\", default: {}\n\0\0\nend\n",
            "[".repeat(100_000)
        );
        assert!(read(&text).0.paths("a").contains(&"id"));
    }

    #[test]
    fn plural_and_singular() {
        for (one, many) in [
            ("user", "users"),
            ("category", "categories"),
            ("address", "addresses"),
            ("person", "people"),
            ("day", "days"),
            ("box", "boxes"),
        ] {
            assert_eq!((plural(one).as_str(), singular(many).as_str()), (many, one));
        }
    }
}
