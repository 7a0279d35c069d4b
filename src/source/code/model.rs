//! Models in code as datasets: classes, structs, records, interfaces and builder calls that declare records of data.
//! Each language has its marks of a record; a class without them is code and no model. Types are told as written.

use super::language::Language;
use super::lexer::{Kind, Token};
use crate::field::{Dataset, DatasetKind, Field, Place, Reference, Tag};
use crate::source::Sink;

/// Tells every model of a file.
pub fn tell(tokens: &[Token<'_>], language: &Language, content: &str, sink: &mut dyn Sink) {
    let (closings, too_deep) = brackets(tokens);
    let mut models = Models {
        tokens,
        closings,
        too_deep,
        content,
        sink,
    };
    match language.name {
        "python" => models.python(),
        "javascript" | "typescript" => models.typescript(),
        "java" => models.java(),
        "kotlin" => models.kotlin(),
        "csharp" => models.csharp(),
        "go" => models.go(),
        "rust" => models.rust(),
        "swift" => models.swift(),
        "php" => models.php(),
        "elixir" => models.elixir(),
        "protobuf" => models.blocks(&["message"], DatasetKind::Message, protobuf_member),
        "graphql" => models.blocks(
            &["type", "input", "interface"],
            DatasetKind::Message,
            named_member,
        ),
        _ => {}
    }
}

struct Models<'a, 's> {
    tokens: &'a [Token<'a>],
    /// Where the bracket at each position closes.
    closings: Vec<u32>,
    /// Positions that lie too deep for any model.
    too_deep: Vec<bool>,
    content: &'a str,
    sink: &'s mut dyn Sink,
}

type Member<'t> = fn(&[Token<'t>]) -> Option<Field>;

/// Brackets deep that models are looked for.
const DEEPEST: usize = 24;

/// Fields of one model; larger ones are tables of constants.
const MOST_FIELDS: usize = 2_000;

impl<'a> Models<'a, '_> {
    fn word(&self, at: usize) -> &'a str {
        let token = self.tokens.get(at).filter(|t| t.is_word());
        let token = token.filter(|_| !self.too_deep[at]);
        token.map_or("", |t| t.text)
    }

    fn closing(&self, open: usize) -> usize {
        self.closings
            .get(open)
            .map_or(self.tokens.len(), |end| *end as usize)
    }

    fn is(&self, at: usize, text: &str) -> bool {
        self.tokens.get(at).is_some_and(|t| t.is(text))
    }

    fn column(&self, at: usize) -> usize {
        let start = self.tokens[at].start;
        let before = &self.content.as_bytes()[..start];
        start - memchr::memrchr(b'\n', before).map_or(0, |end| end + 1)
    }

    fn begins_line(&self, at: usize) -> bool {
        at == 0 || self.tokens[at - 1].line < self.tokens[at].line
    }

    /// Tells a model, if it has fields at all.
    fn told(&mut self, name: &str, kind: DatasetKind, at: usize, fields: Vec<Field>) {
        if name.is_empty() || fields.is_empty() || fields.len() > MOST_FIELDS {
            return;
        }
        let dataset = self.sink.dataset(Dataset {
            name: name.to_owned(),
            kind,
            place: Place::line(self.tokens[at].line.into()),
            ..Dataset::default()
        });
        for field in fields {
            self.sink.field(dataset, field);
        }
    }

    /// The fields between two brackets, member by member. Members end at `;`, at `,`, or with their line.
    fn members(&self, open: usize, member: Member<'a>, by_line: bool) -> Vec<Field> {
        let close = self.closing(open);
        let mut fields = Vec::new();
        let mut start = open + 1;
        let mut depth = 0_i32;
        for at in open + 1..=close.min(self.tokens.len().saturating_sub(1)) {
            let token = &self.tokens[at];
            let is_end = at == close;
            let is_cut = depth == 0
                && (token.is(";")
                    || token.is(",")
                    || (by_line && at > start && self.ends_member(at)));
            if is_end || is_cut {
                let stop = at.max(start);
                fields.extend(self.member(start, stop, member));
                start = at + usize::from(token.is(";") || token.is(","));
            }
            if token.kind == Kind::Sign {
                match token.text {
                    "(" | "[" | "{" | "<" if !token.is("<") || self.opens_type(at) => depth += 1,
                    ")" | "]" | "}" => depth -= 1,
                    ">" if depth > 0 && self.closes_type(at) => depth -= 1,
                    _ => {}
                }
            }
        }
        fields
    }

    /// `Map<String, X>`: a bracket of types follows a word directly.
    fn opens_type(&self, at: usize) -> bool {
        let before = &self.tokens[at - 1];
        before.is_word() && before.end == self.tokens[at].start
    }

    fn closes_type(&self, at: usize) -> bool {
        let before = &self.tokens[at - 1];
        !(before.is("=") || before.is("-"))
    }

    fn ends_member(&self, at: usize) -> bool {
        let before = &self.tokens[at - 1];
        let goes_on =
            before.kind == Kind::Sign && matches!(before.text, ":" | "=" | "|" | "." | "&");
        let follows = matches!(self.tokens[at].text, "|" | "." | "=" | "?")
            && self.tokens[at].kind == Kind::Sign;
        let is_prefix =
            before.kind == Kind::Comment || (before.is(")") && self.begins_with_mark(at));
        self.tokens[at].line > before.line
            && !goes_on
            && !follows
            && !is_prefix
            && self.tokens[at].kind != Kind::Comment
    }

    /// Whether the line before holds nothing but a mark such as `@Column(…)`.
    fn begins_with_mark(&self, at: usize) -> bool {
        let line = self.tokens[at - 1].line;
        let mut first = at - 1;
        while first > 0 && self.tokens[first - 1].line == line {
            first -= 1;
        }
        self.tokens[first].is("@")
    }

    fn member(&self, start: usize, stop: usize, member: Member<'a>) -> Option<Field> {
        let part = self.tokens.get(start..stop)?;
        let comments = part.iter().filter(|t| t.kind == Kind::Comment);
        let mut words: Vec<String> = comments.map(|t| plain_comment(t.text)).collect();
        // What stands behind a member on its line belongs to it.
        let line = part.iter().rev().find(|t| t.kind != Kind::Comment)?.line;
        let after = self.tokens[stop..].iter().take(2);
        let mut trailing = after.filter(|t| t.kind == Kind::Comment && t.line == line);
        words.extend(trailing.next().map(|t| plain_comment(t.text)));
        let code: Vec<Token<'a>> = part
            .iter()
            .filter(|t| t.kind != Kind::Comment)
            .copied()
            .collect();
        // A comment that stands behind the member before is that one's.
        let before = start.checked_sub(1).map_or(0, |i| self.tokens[i].line);
        let is_others = part
            .first()
            .is_some_and(|t| t.kind == Kind::Comment && t.line == before);
        if is_others {
            words.remove(0);
        }
        let mut field = member(&code)?;
        words.retain(|w| !w.is_empty());
        if field.comment.is_none() && !words.is_empty() {
            field.comment = Some(words.join("\n"));
        }
        Some(field)
    }

    /// `keyword Name … {` with members of one form.
    fn blocks(&mut self, keywords: &[&str], kind: DatasetKind, member: Member<'a>) {
        for at in 0..self.tokens.len() {
            if !keywords.contains(&self.word(at)) || self.word(at + 1).is_empty() {
                continue;
            }
            let open = (at + 2..at + 24).find(|i| self.is(*i, "{"));
            if let Some(open) = open {
                let fields = self.members(open, member, kind == DatasetKind::Message);
                self.told(self.word(at + 1), kind, at, fields);
            }
        }
    }

    fn python(&mut self) {
        const BASES: &[&str] = &[
            "BaseModel",
            "SQLModel",
            "Base",
            "DeclarativeBase",
            "TypedDict",
            "NamedTuple",
            "Document",
            "EmbeddedDocument",
            "Schema",
            "Serializer",
            "ModelSerializer",
            "Struct",
            "MappedAsDataclass",
            "Model",
            "BaseSchema",
            "InputType",
            "ObjectType",
        ];
        for at in 0..self.tokens.len() {
            if !self.is(at, "class") || !self.begins_line(at) {
                continue;
            }
            let name = self.word(at + 1);
            let colon = (at + 2..at + 80).find(|i| self.is(*i, ":"));
            let Some(colon) = colon else { continue };
            let header = &self.tokens[at + 2..colon];
            let is_django = header
                .windows(3)
                .any(|w| w[0].is("models") && w[1].is(".") && w[2].is("Model"));
            let is_based = header.iter().any(|t| {
                t.is_word()
                    && (BASES.contains(&t.text)
                        || t.text.ends_with("BaseModel")
                        || t.text.ends_with("Base"))
            });
            let before = &self.tokens[at.saturating_sub(16)..at];
            let is_decorated = before
                .iter()
                .rev()
                .take_while(|t| !t.is("def") && !t.is("class"))
                .any(|t| t.is("dataclass") || t.is("attrs") || t.is("define"));
            if is_django || !(is_based || is_decorated) {
                continue;
            }
            let (table, fields) = self.python_members(colon + 1, self.column(at));
            self.told(
                &table.unwrap_or_else(|| name.to_owned()),
                DatasetKind::Class,
                at,
                fields,
            );
        }
    }

    fn python_members(&self, start: usize, outside: usize) -> (Option<String>, Vec<Field>) {
        let mut fields = Vec::new();
        let mut table = None;
        let mut body = None;
        let mut at = start;
        while at < self.tokens.len() {
            if !self.begins_line(at) || self.tokens[at].kind == Kind::Comment {
                at += 1;
                continue;
            }
            let column = self.column(at);
            if column <= outside {
                break;
            }
            let end = self.statement_end(at);
            let is_member = column == *body.get_or_insert(column) && self.tokens[at].is_word();
            if is_member {
                let part = &self.tokens[at..end];
                let code: Vec<Token<'a>> = part
                    .iter()
                    .filter(|t| t.kind != Kind::Comment)
                    .copied()
                    .collect();
                if self.is(at, "__tablename__") {
                    table = code.iter().find(|t| t.is_text()).map(|t| t.text.to_owned());
                } else if let Some(mut field) = python_member(&code) {
                    let comment = part
                        .iter()
                        .find(|t| t.kind == Kind::Comment && t.line == code[code.len() - 1].line);
                    field.comment = field
                        .comment
                        .or_else(|| comment.map(|c| plain_comment(c.text)));
                    fields.push(field);
                }
            }
            at = end.max(at + 1);
        }
        (table, fields)
    }

    /// Where a statement without braces ends: with its line, outside of brackets.
    fn statement_end(&self, start: usize) -> usize {
        let mut depth = 0_i32;
        let mut line = self.tokens[start].line;
        for at in start..self.tokens.len() {
            let token = &self.tokens[at];
            if depth <= 0 && token.line > line {
                return at;
            }
            line = token.line;
            if token.kind == Kind::Sign {
                depth += match token.text {
                    "(" | "[" | "{" => 1,
                    ")" | "]" | "}" => -1,
                    _ => 0,
                };
            }
        }
        self.tokens.len()
    }

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
                _ => self.builder(at),
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

    /// `const User = z.object({…})`, `new Schema({…})`, `define('User', {…})`, `pgTable('users', {…})`.
    fn builder(&mut self, at: usize) {
        let call = self.word(at);
        let is_zod = matches!(call, "object" | "strictObject")
            && at >= 2
            && matches!(self.word(at - 2), "z" | "zod" | "yup" | "Joi");
        let is_schema = call == "Schema"
            && self.is(at + 1, "(")
            && at > 0
            && (self.is(at - 1, "new") || self.is(at - 1, "."));
        let is_named = matches!(
            call,
            "define" | "pgTable" | "mysqlTable" | "sqliteTable" | "createTable"
        );
        let is_init = call == "init"
            && at >= 2
            && self.is(at - 1, ".")
            && self.word(at - 2).starts_with(|c: char| c.is_uppercase());
        if !(is_zod || is_schema || is_named || is_init) {
            return;
        }
        let Some(paren) = (at + 1..at + 12).find(|i| self.is(*i, "(")) else {
            return;
        };
        let name_token = self.tokens.get(paren + 1).filter(|t| t.is_text());
        let open = if is_named {
            if name_token.is_none() || !self.is(paren + 2, ",") {
                return;
            }
            paren + 3
        } else {
            paren + 1
        };
        if !self.is(open, "{") {
            return;
        }
        let name = match name_token {
            Some(token) if is_named => token.text,
            _ if is_init => self.word(at - 2),
            _ => self.variable_before(at),
        };
        let fields = self.members(open, object_member, false);
        let name = name
            .strip_suffix("Schema")
            .or_else(|| name.strip_suffix("schema"))
            .unwrap_or(name);
        let kind = if is_named {
            DatasetKind::Table
        } else {
            DatasetKind::Class
        };
        self.told(name, kind, at, fields);
    }

    /// The variable that an expression is assigned to.
    fn variable_before(&self, at: usize) -> &'a str {
        let start = at.saturating_sub(12);
        let equals = (start..at).rev().find(|i| self.is(*i, "="));
        let Some(equals) = equals else { return "" };
        let keyword = (equals.saturating_sub(14)..equals)
            .rev()
            .find(|i| ["const", "let", "var"].contains(&self.word(*i)));
        keyword.map_or("", |i| self.word(i + 1))
    }

    /// Whether one of the marks stands before a class.
    fn has_mark(&self, at: usize, marks: &[&str]) -> bool {
        let mut i = at;
        for _ in 0..80 {
            let Some(before) = i.checked_sub(1) else {
                return false;
            };
            i = before;
            if self.is(i, ";")
                || self.is(i, "}")
                    && !self.is(i + 1, ")")
                    && self.tokens[i].line + 1 < self.tokens[at].line
            {
                return false;
            }
            let is_mark =
                i > 0 && (self.is(i - 1, "@") || self.is(i - 1, "[") || self.is(i - 1, ","));
            if is_mark && marks.contains(&self.word(i)) {
                return true;
            }
        }
        false
    }

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

    fn kotlin(&mut self) {
        for at in 0..self.tokens.len() {
            let is_data = self.is(at, "class") && at > 0 && self.is(at - 1, "data");
            let is_entity = self.is(at, "class")
                && self.has_mark(at, &["Entity", "Table", "Document", "Serializable"]);
            if (is_data || is_entity) && self.is(at + 2, "(") {
                let fields = self.members(at + 2, typed_member, false);
                self.told(self.word(at + 1), DatasetKind::Class, at, fields);
            }
        }
    }

    fn csharp(&mut self) {
        const OTHERS: &[&str] = &[
            "Options",
            "Settings",
            "Configuration",
            "Controller",
            "Service",
            "Context",
            "Attribute",
            "Exception",
        ];
        for at in 0..self.tokens.len() {
            let name = self.word(at + 1);
            if OTHERS.iter().any(|o| name.ends_with(o)) || name.is_empty() {
                continue;
            }
            match self.word(at) {
                "class" | "record" => {
                    if self.is(at, "record") && self.is(at + 2, "(") {
                        let fields = self.members(at + 2, typed_before, false);
                        self.told(name, DatasetKind::Class, at, fields);
                        continue;
                    }
                    let Some(open) = (at + 2..at + 40).find(|i| self.is(*i, "{")) else {
                        continue;
                    };
                    let fields = self.properties(open);
                    if fields.len() > 1 {
                        self.told(name, DatasetKind::Class, at, fields);
                    }
                }
                _ => {}
            }
        }
    }

    /// `public T Name { get; set; }`.
    fn properties(&self, open: usize) -> Vec<Field> {
        let close = self.closing(open);
        let mut fields = Vec::new();
        let mut start = open + 1;
        let mut at = open + 1;
        while at < close {
            let token = &self.tokens[at];
            if token.is("{") || token.is("(") {
                let is_property =
                    token.is("{") && ["get", "init", "set"].contains(&self.word(at + 1));
                if is_property {
                    fields.extend(self.member(start, at, typed_before));
                }
                at = self.closing(at) + 1;
                if token.is("{") {
                    start = at;
                    if self.is(at, "=") {
                        at = (at..close)
                            .find(|i| self.is(*i, ";"))
                            .map_or(close, |i| i + 1);
                        start = at;
                    }
                }
                continue;
            }
            if token.is(";") {
                start = at + 1;
            }
            at += 1;
        }
        fields
    }

    fn go(&mut self) {
        for at in 0..self.tokens.len() {
            if !(self.is(at, "type") && self.is(at + 2, "struct") && self.is(at + 3, "{")) {
                continue;
            }
            let close = self.closing(at + 3);
            // Without tags a struct is a part of the program, not of what it keeps or sends.
            let has_tags = self.tokens[at..close]
                .iter()
                .any(|t| t.is_text() && t.text.contains(":\""));
            if has_tags {
                let fields = self.members(at + 3, go_member, true);
                self.told(self.word(at + 1), DatasetKind::Class, at, fields);
            }
        }
    }

    fn rust(&mut self) {
        const DERIVES: &[&str] = &[
            "Serialize",
            "Deserialize",
            "FromRow",
            "Queryable",
            "Insertable",
            "Selectable",
            "DeriveEntityModel",
            "SimpleObject",
        ];
        for at in 0..self.tokens.len() {
            if !self.is(at, "struct") {
                continue;
            }
            let before = &self.tokens[at.saturating_sub(60)..at];
            let mut near = before.iter().rev().take_while(|t| !t.is("}") && !t.is(";"));
            let is_record = near.any(|t| t.is_word() && DERIVES.contains(&t.text));
            let open = (at + 2..at + 10).find(|i| self.is(*i, "{"));
            if let Some(open) = open.filter(|_| is_record) {
                let fields = self.members(open, typed_member, false);
                self.told(self.word(at + 1), DatasetKind::Class, at, fields);
            }
        }
    }

    fn swift(&mut self) {
        for at in 0..self.tokens.len() {
            if !matches!(self.word(at), "struct" | "class") {
                continue;
            }
            let Some(open) = (at + 2..at + 24).find(|i| self.is(*i, "{")) else {
                continue;
            };
            let header = &self.tokens[at..open];
            let is_record = header.iter().any(|t| {
                [
                    "Codable",
                    "Decodable",
                    "Encodable",
                    "NSManagedObject",
                    "Object",
                ]
                .iter()
                .any(|w| t.is(w))
            });
            if is_record {
                let fields = self.members(open, stored_member, true);
                self.told(self.word(at + 1), DatasetKind::Class, at, fields);
            }
        }
    }

    /// `Schema::create('users', …)` with `$table->string('email')`; classes that Doctrine maps.
    fn php(&mut self) {
        for at in 0..self.tokens.len() {
            if self.is(at, "Schema")
                && matches!(self.word(at + 3), "create" | "table")
                && self.is(at + 4, "(")
            {
                let end = self.closing(at + 4);
                let name = self
                    .tokens
                    .get(at + 5)
                    .filter(|t| t.is_text())
                    .map_or("", |t| t.text);
                let fields = (at + 6..end).filter_map(|i| self.blueprint(i)).collect();
                self.told(name, DatasetKind::Table, at, fields);
            }
            if self.is(at, "class")
                && self.tokens[at.saturating_sub(30)..at]
                    .iter()
                    .any(|t| t.is("Entity"))
                && let Some(open) = (at + 2..at + 24).find(|i| self.is(*i, "{"))
            {
                let fields = self.members(open, typed_before, true);
                self.told(self.word(at + 1), DatasetKind::Class, at, fields);
            }
        }
    }

    /// `$table->string('email', 100)->comment('…')`.
    fn blueprint(&self, at: usize) -> Option<Field> {
        const OTHERS: &[&str] = &[
            "index",
            "unique",
            "primary",
            "foreign",
            "dropColumn",
            "renameColumn",
            "drop",
            "dropIndex",
            "after",
            "references",
            "on",
            "comment",
        ];
        if !(self.is(at, "table")
            && self.is(at + 1, "-")
            && self.is(at + 2, ">")
            && self.is(at + 4, "("))
        {
            return None;
        }
        let kind = self.word(at + 3);
        let name = self.tokens.get(at + 5).filter(|t| t.is_text())?;
        if OTHERS.contains(&kind) {
            return None;
        }
        let end = (at..self.tokens.len())
            .find(|i| self.is(*i, ";"))
            .unwrap_or(at);
        let rest = &self.tokens[at + 5..end];
        let comment = rest
            .windows(3)
            .find(|w| w[0].is("comment") && w[1].is("(") && w[2].is_text());
        Some(Field {
            declared_type: Some(kind.to_owned()),
            comment: comment.map(|w| w[2].text.to_owned()),
            place: place(name),
            ..Field::named(name.text)
        })
    }

    /// `schema "users" do field :email, :string`.
    fn elixir(&mut self) {
        for at in 0..self.tokens.len() {
            let is_schema = matches!(
                self.word(at),
                "schema" | "embedded_schema" | "create" | "alter"
            );
            if !is_schema {
                continue;
            }
            let table = self.tokens[at..]
                .iter()
                .take(8)
                .find(|t| t.is_text() || t.is("do"));
            let Some(name) = table.filter(|t| t.is_text()).map(|t| t.text) else {
                continue;
            };
            let column = self.column(at);
            let end = (at + 1..self.tokens.len())
                .find(|i| self.is(*i, "end") && self.column(*i) <= column);
            let fields = (at..end.unwrap_or(self.tokens.len()))
                .filter_map(|i| self.elixir_field(i))
                .collect();
            self.told(name, DatasetKind::Table, at, fields);
        }
    }

    fn elixir_field(&self, at: usize) -> Option<Field> {
        let is_field = matches!(self.word(at), "field" | "add")
            && self.begins_line(at)
            && self.is(at + 1, ":");
        let name = self
            .tokens
            .get(at + 2)
            .filter(|t| is_field && t.is_word())?;
        let kind = if self.is(at + 4, ":") {
            self.word(at + 5)
        } else {
            self.word(at + 4)
        };
        let rest = self.tokens[at..].iter().take_while(|t| t.line == name.line);
        let is_redacted =
            rest.clone().any(|t| t.is("redact")) && rest.into_iter().any(|t| t.is("true"));
        Some(Field {
            declared_type: (!kind.is_empty()).then(|| kind.to_owned()),
            tags: if is_redacted {
                vec![tag("redact", "")]
            } else {
                Vec::new()
            },
            place: place(name),
            ..Field::named(name.text)
        })
    }
}

fn place(token: &Token<'_>) -> Place {
    Place {
        line: token.line.into(),
        column: 0,
        start: token.start as u64,
    }
}

fn tag(name: &str, value: &str) -> Tag {
    Tag {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

fn closing(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_i32;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        if token.kind == Kind::Sign {
            depth += match token.text {
                "(" | "[" | "{" => 1,
                ")" | "]" | "}" => -1,
                _ => 0,
            };
            if depth == 0 {
                return at;
            }
        }
    }
    tokens.len()
}

/// Where each bracket closes, and what lies too deep, in one pass.
fn brackets(tokens: &[Token<'_>]) -> (Vec<u32>, Vec<bool>) {
    let end = u32::try_from(tokens.len()).unwrap_or(u32::MAX);
    let mut closings = vec![end; tokens.len()];
    let mut too_deep = vec![false; tokens.len()];
    let mut open: Vec<usize> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        too_deep[at] = open.len() > DEEPEST;
        match token.text {
            "(" | "[" | "{" if token.kind == Kind::Sign => open.push(at),
            ")" | "]" | "}" if token.kind == Kind::Sign => {
                if let Some(begin) = open.pop() {
                    closings[begin] = u32::try_from(at).unwrap_or(end);
                }
            }
            _ => {}
        }
    }
    (closings, too_deep)
}

/// A comment without what makes it one.
fn plain_comment(text: &str) -> String {
    let inner = text
        .trim_start_matches(['/', '*', '#', '!'])
        .trim_end_matches("*/");
    let lines = inner
        .lines()
        .map(|l| l.trim().trim_start_matches('*').trim());
    lines
        .filter(|l| !l.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Tokens as they were written, single blanks where there were any.
fn written(tokens: &[Token<'_>]) -> String {
    let mut out = String::new();
    let mut end = None;
    for token in tokens {
        if end.is_some_and(|end| token.start > end) {
            out.push(' ');
        }
        if token.is_text() {
            out.push('"');
            out.push_str(token.text);
            out.push('"');
        } else {
            out.push_str(token.text);
        }
        end = Some(token.end);
    }
    out
}

fn shown_type(tokens: &[Token<'_>]) -> Option<String> {
    let text = written(&tokens[..tokens.len().min(24)]);
    (!text.is_empty() && text.len() < 200).then_some(text)
}

/// Marks before a member: `@Email`, `[PersonalData]`, `#[pii]`: tags and validators, and where the member begins.
fn marks(tokens: &[Token<'_>]) -> (Vec<Tag>, usize) {
    let mut tags = Vec::new();
    let mut at = 0;
    loop {
        let is = |i: usize, text: &str| tokens.get(i).is_some_and(|t| t.is(text));
        if is(at, "@") {
            // `@field:Email` of Kotlin names what is marked first.
            let name_at = if is(at + 2, ":") { at + 3 } else { at + 1 };
            let Some(mut name) = tokens.get(name_at) else {
                break;
            };
            at = name_at + 1;
            while is(at, ".") && tokens.get(at + 1).is_some_and(Token::is_word) {
                name = &tokens[at + 1];
                at += 2;
            }
            let mut value = String::new();
            if is(at, "(") {
                let close = closing(tokens, at);
                value = written(tokens.get(at + 1..close).unwrap_or_default());
                at = close + 1;
            }
            tags.push(tag(name.text, &value));
        } else if is(at, "[") || (is(at, "#") && is(at + 1, "[")) {
            let open = at + usize::from(is(at, "#"));
            let close = closing(tokens, open);
            let inside = tokens.get(open + 1..close).unwrap_or_default();
            for part in inside.split(|t| t.is(",")) {
                let words: Vec<&str> = part
                    .iter()
                    .take_while(|t| !t.is("("))
                    .map(|t| t.text)
                    .collect();
                let value = part.iter().skip(words.len() + 1);
                let value: Vec<Token<'_>> = value.filter(|t| !t.is(")")).copied().collect();
                tags.push(tag(&words.concat(), &written(&value)));
            }
            at = close + 1;
        } else {
            break;
        }
    }
    (tags, at)
}

/// Marks apart: what says that data is personal or protected stays a tag, the rest checks values.
fn apply(tags: Vec<Tag>, field: &mut Field) {
    for tag in tags {
        let lower = tag.name.to_ascii_lowercase();
        let is_key = matches!(
            lower.as_str(),
            "id" | "key" | "primarykey" | "primarygeneratedcolumn" | "primarycolumn"
        );
        field.primary_key |= is_key;
        let means = [
            "pii",
            "personal",
            "sensitive",
            "confidential",
            "gdpr",
            "redact",
            "mask",
            "encrypt",
            "classification",
            "secret",
        ];
        if means.iter().any(|m| lower.contains(m))
            || (lower == "convert" && tag.value.to_ascii_lowercase().contains("encrypt"))
        {
            let name = if lower == "convert" {
                "encrypt".to_owned()
            } else {
                tag.name
            };
            field.tags.push(Tag {
                name,
                value: tag.value.replace('"', ""),
            });
        } else if let Some(comment) = tag
            .value
            .split_once("comment")
            .filter(|_| lower == "column")
        {
            field.comment = comment.1.split('"').nth(1).map(str::to_owned);
        } else if matches!(
            lower.as_str(),
            "email"
                | "isemail"
                | "emailaddress"
                | "phone"
                | "isphonenumber"
                | "url"
                | "isurl"
                | "isiban"
                | "creditcardnumber"
                | "isip"
                | "ismobilephone"
                | "iscreditcard"
                | "ispostalcode"
        ) {
            field
                .validators
                .push(lower.trim_start_matches("is").to_owned());
        }
    }
    let masks = ["Secret<", "SecretString", "Redacted<", "SecretStr"];
    let kind = field.declared_type.as_deref().unwrap_or_default();
    if let Some(mask) = masks.iter().find(|m| kind.contains(**m)) {
        field.tags.push(tag("redact", mask.trim_end_matches('<')));
    }
}

const MODIFIERS: &[&str] = &[
    "public",
    "private",
    "protected",
    "internal",
    "readonly",
    "declare",
    "static",
    "final",
    "val",
    "var",
    "let",
    "pub",
    "override",
    "virtual",
    "required",
    "lateinit",
    "abstract",
    "transient",
    "volatile",
    "export",
    "const",
    "mut",
    "open",
];

/// `[marks] [modifiers] name[?!]: Type [= …]`.
fn typed_member(tokens: &[Token<'_>]) -> Option<Field> {
    let (tags, mut at) = marks(tokens);
    let is_constant = tokens
        .iter()
        .skip(at)
        .take(3)
        .any(|t| t.is("static") || t.is("const"));
    while tokens
        .get(at)
        .is_some_and(|t| t.is_word() && MODIFIERS.contains(&t.text))
        && !tokens.get(at + 1)?.is(":")
        && !tokens.get(at + 1)?.is("?")
    {
        at += 1;
        if tokens.get(at)?.is("(") {
            at = closing(tokens, at) + 1;
        }
    }
    let name = tokens
        .get(at)
        .filter(|t| t.is_word() || t.kind == Kind::Text)?;
    let mut next = at + 1;
    while tokens.get(next).is_some_and(|t| t.is("?") || t.is("!")) {
        next += 1;
    }
    if !tokens.get(next)?.is(":") || is_constant {
        return None;
    }
    let end = top_level(tokens, next + 1, "=");
    let kind = &tokens[next + 1..end];
    // A function is no datum.
    let is_function = kind.first().is_some_and(|t| t.is("("))
        || kind.windows(2).any(|w| w[0].is("=") && w[1].is(">"));
    if is_function || kind.is_empty() {
        return None;
    }
    let mut field = Field {
        declared_type: shown_type(kind),
        place: place(name),
        ..Field::named(name.text)
    };
    apply(tags, &mut field);
    Some(field)
}

fn named_member(tokens: &[Token<'_>]) -> Option<Field> {
    let at = tokens.iter().position(|t| t.is_word())?;
    let name = &tokens[at];
    // Arguments of a field stand between its name and its type.
    let next = if tokens.get(at + 1)?.is("(") {
        closing(tokens, at + 1) + 1
    } else {
        at + 1
    };
    if !tokens.get(next)?.is(":") {
        return None;
    }
    let end = tokens
        .iter()
        .position(|t| t.is("@"))
        .unwrap_or(tokens.len())
        .max(next + 1);
    let described = tokens[..at].iter().find(|t| t.is_text());
    let mut field = Field {
        declared_type: shown_type(&tokens[next + 1..end]),
        comment: described.map(|t| t.text.trim().to_owned()),
        place: place(name),
        ..Field::named(name.text)
    };
    apply(marks(&tokens[end..]).0, &mut field);
    Some(field)
}

/// `[marks] [modifiers] Type name [= …]`.
fn typed_before(tokens: &[Token<'_>]) -> Option<Field> {
    let (tags, mut at) = marks(tokens);
    let is_constant = tokens.iter().skip(at).take(4).any(|t| {
        t.is("static") || t.is("const") || t.is("class") || t.is("enum") || t.is("return")
    });
    while tokens.get(at).is_some_and(|t| MODIFIERS.contains(&t.text)) {
        at += 1;
    }
    let end = top_level(tokens, at, "=");
    let part = &tokens[at..end];
    let (name, kind) = part.split_last()?;
    let has_call = part.iter().any(|t| t.is("(") || t.is("{"));
    if !name.is_word() || kind.is_empty() || has_call || is_constant {
        return None;
    }
    let mut field = Field {
        declared_type: shown_type(kind),
        place: place(name),
        ..Field::named(name.text)
    };
    apply(tags, &mut field);
    Some(field)
}

/// `let name: Type`, and no computed one.
fn stored_member(tokens: &[Token<'_>]) -> Option<Field> {
    let is_stored = tokens.iter().take(6).any(|t| t.is("let") || t.is("var"));
    let is_computed = tokens.iter().any(|t| t.is("{"));
    typed_member(tokens).filter(|_| is_stored && !is_computed)
}

fn top_level(tokens: &[Token<'_>], start: usize, wanted: &str) -> usize {
    let mut depth = 0_i32;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        if token.kind != Kind::Sign {
            continue;
        }
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            text if text == wanted
                && depth == 0
                && !tokens.get(at + 1).is_some_and(|t| t.is(">")) =>
            {
                return at;
            }
            _ => {}
        }
    }
    tokens.len()
}

/// `Name Type \`json:"name" pii:"email"\``.
fn go_member(tokens: &[Token<'_>]) -> Option<Field> {
    let (name, rest) = tokens.split_first()?;
    if !name.is_word() || rest.is_empty() || rest[0].is_text() || rest[0].is(".") {
        return None;
    }
    let tags = rest.last().filter(|t| t.is_text());
    let kind = &rest[..rest.len() - usize::from(tags.is_some())];
    let mut field = Field {
        declared_type: shown_type(kind),
        place: place(name),
        ..Field::named(name.text)
    };
    for (key, value) in tags.map(|t| struct_tags(t.text)).unwrap_or_default() {
        match key {
            "pii" | "sensitive" | "mask" | "redact" | "masq" | "censor" => {
                field.tags.push(tag(key, value))
            }
            "validate" | "binding" => {
                let known = value
                    .split(',')
                    .filter(|v| matches!(*v, "email" | "e164" | "ip" | "uuid" | "credit_card"));
                field.validators.extend(known.map(str::to_owned));
            }
            _ => {}
        }
    }
    Some(field)
}

fn struct_tags(text: &str) -> Vec<(&str, &str)> {
    let parts: Vec<&str> = text.split('"').collect();
    let pairs = parts.chunks(2).filter(|pair| pair.len() == 2);
    pairs
        .map(|pair| (pair[0].trim().trim_end_matches(':'), pair[1]))
        .collect()
}

/// `key: value` of an object that describes fields: the words of the value are its type and validators.
fn object_member(tokens: &[Token<'_>]) -> Option<Field> {
    let (name, rest) = tokens.split_first()?;
    if !(name.is_word() || name.kind == Kind::Text) || !rest.first()?.is(":") {
        return None;
    }
    let value = &rest[1..];
    let words: Vec<&str> = value
        .iter()
        .filter(|t| t.is_word())
        .map(|t| t.text)
        .collect();
    let known = |w: &&&str| {
        matches!(
            **w,
            "email"
                | "uuid"
                | "url"
                | "ip"
                | "isEmail"
                | "isIP"
                | "isCreditCard"
                | "phone"
                | "cuid"
        )
    };
    let typed = words
        .iter()
        .position(|w| *w == "type")
        .and_then(|at| words.get(at + 1..));
    let skip = [
        "z",
        "zod",
        "yup",
        "Joi",
        "DataTypes",
        "Sequelize",
        "Schema",
        "Types",
        "mongoose",
        "t",
    ];
    let kind = typed
        .unwrap_or(&words)
        .iter()
        .find(|w| !skip.contains(*w))?;
    let text_after = |key: &str| {
        let at = value.iter().position(|t| t.is(key))?;
        value[at + 1..]
            .iter()
            .take(2)
            .find(|t| t.is_text())
            .map(|t| t.text.to_owned())
    };
    Some(Field {
        declared_type: Some((*kind).to_owned()),
        comment: text_after("comment").or_else(|| text_after("describe")),
        validators: words
            .iter()
            .filter(known)
            .map(|w| w.trim_start_matches("is").to_lowercase())
            .collect(),
        primary_key: words.contains(&"primaryKey"),
        place: place(name),
        ..Field::named(name.text)
    })
}

/// `repeated Type name = 1 [(x.pii) = true];`
fn protobuf_member(tokens: &[Token<'_>]) -> Option<Field> {
    let start = tokens
        .iter()
        .position(|t| !["optional", "repeated", "required"].iter().any(|w| t.is(w)))?;
    let equals = tokens.iter().position(|t| t.is("="))?;
    let name = equals
        .checked_sub(1)
        .and_then(|i| tokens.get(i))
        .filter(|t| t.is_word())?;
    if equals < start + 2
        || ["option", "reserved", "enum", "message", "oneof"]
            .iter()
            .any(|w| tokens[start].is(w))
    {
        return None;
    }
    let mut field = Field {
        declared_type: shown_type(&tokens[start..equals - 1]),
        place: place(name),
        ..Field::named(name.text)
    };
    let options = tokens[equals..].iter().position(|t| t.is("["));
    for part in options
        .map(|at| &tokens[equals + at + 1..])
        .unwrap_or_default()
        .split(|t| t.is(","))
    {
        let key = part
            .iter()
            .take_while(|t| !t.is("="))
            .filter(|t| t.is_word())
            .last();
        let value = part.iter().skip_while(|t| !t.is("=")).nth(1);
        if let (Some(key), Some(value)) = (key, value) {
            let name = if key.text == "debug_redact" {
                "redact"
            } else {
                key.text
            };
            apply(vec![tag(name, value.text)], &mut field);
        }
    }
    Some(field)
}

/// `name: Type = …`, `name = Column(Type, …)`, `name = fields.Email(…)`.
fn python_member(tokens: &[Token<'_>]) -> Option<Field> {
    let (name, rest) = tokens.split_first()?;
    let is_other = [
        "def",
        "class",
        "async",
        "if",
        "for",
        "return",
        "pass",
        "model_config",
        "type",
    ]
    .iter()
    .any(|w| name.is(w));
    let first = rest.first()?;
    if is_other || name.text.starts_with('_') || !(first.is(":") || first.is("=")) {
        return None;
    }
    let equals = top_level(rest, 0, "=");
    let annotation = if first.is(":") {
        &rest[1..equals.max(1)]
    } else {
        &[]
    };
    let value = rest.get(equals + 1..).unwrap_or_default();
    let open = value.iter().position(|t| t.is("("));
    let callee = open
        .and_then(|at| at.checked_sub(1))
        .map(|at| value[at].text)
        .unwrap_or_default();
    let is_column = matches!(
        callee,
        "Column" | "mapped_column" | "column" | "Field" | "field"
    );
    if annotation.is_empty()
        && (callee.is_empty() || !(is_column || callee.starts_with(|c: char| c.is_uppercase())))
    {
        return None;
    }
    if matches!(
        callee,
        "relationship" | "Relationship" | "ForeignKeyConstraint"
    ) || annotation.iter().any(|t| t.is("ClassVar"))
    {
        return None;
    }
    let inside = open.map_or(&[][..], |at| {
        &value[at + 1..closing(value, at).min(value.len())]
    });
    let declared = match (annotation.is_empty(), is_column) {
        (false, _) => shown_type(unwrapped(annotation)),
        (true, true) => {
            let first = inside.split(|t| t.is(",")).next().unwrap_or_default();
            shown_type(
                first
                    .get(usize::from(first.first().is_some_and(|t| t.is_text()))..)
                    .unwrap_or_default(),
            )
        }
        (true, false) => Some(callee.to_owned()),
    };
    let mut field = Field {
        declared_type: declared.filter(|d| !d.is_empty()),
        place: place(name),
        ..Field::named(name.text)
    };
    options(inside, &mut field);
    apply(Vec::new(), &mut field);
    Some(field)
}

/// `Mapped[Optional[str]]` → `str`.
fn unwrapped<'t, 'a>(mut tokens: &'t [Token<'a>]) -> &'t [Token<'a>] {
    while let [outer, open, inside @ .., close] = tokens {
        let is_wrapper = ["Mapped", "Optional", "Annotated"]
            .iter()
            .any(|w| outer.is(w));
        if !(is_wrapper && open.is("[") && close.is("]")) {
            break;
        }
        tokens = inside;
    }
    tokens
}

/// Keyword arguments of a column that say what it holds.
fn options(inside: &[Token<'_>], field: &mut Field) {
    for (at, token) in inside.iter().enumerate() {
        let value = |ahead: usize| inside.get(at + ahead);
        if !value(1).is_some_and(|t| t.is("=")) && !token.is("ForeignKey") {
            continue;
        }
        match token.text {
            "comment" | "description" | "doc" | "help_text" | "title" => {
                let text = value(2).filter(|t| t.is_text()).map(|t| t.text.to_owned());
                field.comment = field.comment.take().or(text);
            }
            "primary_key" => field.primary_key |= value(2).is_some_and(|t| t.is("True")),
            "info" | "metadata" | "json_schema_extra" => {
                let pairs = inside[at..]
                    .windows(3)
                    .filter(|w| w[0].is_text() && w[1].is(":"));
                let first = pairs
                    .take(4)
                    .find(|w| w[0].text.to_ascii_lowercase().contains("pii"));
                field.tags.extend(first.map(|w| tag("pii", w[2].text)));
            }
            "ForeignKey" => {
                let target = value(2)
                    .filter(|t| t.is_text())
                    .and_then(|t| t.text.rsplit_once('.'));
                field.references = target.map(|(dataset, name)| Reference {
                    dataset: dataset.to_owned(),
                    field: Some(name.to_owned()),
                });
            }
            _ => {}
        }
    }
}
