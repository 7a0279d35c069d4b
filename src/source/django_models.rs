//! Django's models: classes with their fields, help texts, choices, relations, fields taken over from base classes.
//! Reads Python by a small tokenizer, one statement a logical line; runs nothing and knows nothing of what names mean.

use super::{
    Budget, Claim, Coverage, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split,
};
use crate::field::{Dataset, DatasetKind, Field, Place, Reference};
use std::collections::HashMap;

/// Reads `models.py` and `models/*.py`.
pub struct DjangoModels;

/// The reader of Django models.
pub static READER: DjangoModels = DjangoModels;

/// Larger modules are not written by people.
const MOST_BYTES: u64 = 64 << 20;

/// How many base classes are followed upwards.
const DEEPEST: usize = 16;

/// Fields of one class, those taken over counted.
const MOST_FIELDS: usize = 10_000;

/// Relations whose class name does not end in `Field`.
const RELATIONS: &[&str] = &[
    "ForeignKey",
    "OneToOneField",
    "ManyToManyField",
    "ParentalKey",
    "ParentalManyToManyField",
    "TreeForeignKey",
    "TreeOneToOneField",
    "ForeignObject",
    "SingleRelatedObject",
];

/// Base classes that are not models though they hold fields.
const NOT_MODELS: &[&str] = &[
    "Form",
    "Serializer",
    "FormSet",
    "FilterSet",
    "Filter",
    "Admin",
    "Document",
    "Index",
    "Schema",
    "ObjectType",
    "Factory",
    "TestCase",
    "Migration",
];

/// What Django's own user classes declare.
const DJANGO_BASES: &[(&str, &[(&str, &str)])] = &[
    (
        "AbstractUser",
        &[
            ("password", "CharField"),
            ("last_login", "DateTimeField"),
            ("is_superuser", "BooleanField"),
            ("username", "CharField"),
            ("first_name", "CharField"),
            ("last_name", "CharField"),
            ("email", "EmailField"),
            ("is_staff", "BooleanField"),
            ("is_active", "BooleanField"),
            ("date_joined", "DateTimeField"),
        ],
    ),
    (
        "AbstractBaseUser",
        &[("password", "CharField"), ("last_login", "DateTimeField")],
    ),
    ("PermissionsMixin", &[("is_superuser", "BooleanField")]),
];

impl Reader for DjangoModels {
    fn format(&self) -> &'static str {
        "django_models"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Schema
    }

    fn claim(&self, input: &Input) -> Claim {
        if input.extension() != "py" {
            return Claim::No;
        }
        let path = input.name().replace('\\', "/");
        let is_named = input.file_name() == "models.py"
            || input.file_name().ends_with("_models.py")
            || path.contains("/models/")
            || path.starts_with("models/");
        let holds = |mark: &[u8]| memchr::memmem::find(input.head(), mark).is_some();
        let speaks_django = holds(b"from django")
            || holds(b"import django")
            || holds(b"models.Model")
            || holds(b"models.CharField(");
        if is_named && speaks_django {
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
        let mut module = Module {
            has_own_fields: has_own_fields(&text),
            ..Module::default()
        };
        let lines = Lines::new(&text);
        module.read(lines);
        module.tell(sink);
        let not_followed = super::code::read_facts(&text, "py", sink);
        let lines = memchr::memchr_iter(b'\n', text.as_bytes()).count() as u64;
        let coverage = match module.cut_at {
            Some(line) => Coverage::Partial(format!(
                "it ends inside the statement that begins at line {line}"
            )),
            None => Coverage::Whole,
        };
        Ok(Outcome {
            coverage,
            lines,
            unresolved: not_followed,
        })
    }
}

/// Whether `fields` is imported from the package that the module is in.
fn has_own_fields(text: &str) -> bool {
    let relative = text.lines().filter(|line| line.starts_with("from ."));
    let mut imported = relative.filter_map(|line| line.split_once(" import "));
    imported.any(|(_, names)| {
        names
            .split([',', ' ', '(', ')'])
            .any(|name| name == "fields")
    })
}

/// A class of the module.
struct Class {
    name: String,
    place: Place,
    indent: usize,
    /// Indentation of its body; deeper lines are inside methods.
    body_indent: Option<usize>,
    bases: Vec<String>,
    comment: Option<String>,
    fields: Vec<Column>,
    /// `NAME = "value", …` of its body: the members of a `TextChoices`.
    constants: Vec<(String, Vec<String>)>,
}

struct Column {
    field: Field,
    /// The name of the constant or class that `choices=` speaks of.
    choices: Option<String>,
}

#[derive(Default)]
struct Module {
    classes: Vec<Class>,
    by_name: HashMap<String, usize>,
    /// Lists of the module that `choices=` may speak of.
    constants: HashMap<String, Vec<String>>,
    /// `fields` is a module of the project's own, which wraps Django's.
    has_own_fields: bool,
    /// Classes whose bodies are open, by indentation.
    open: Vec<usize>,
    cut_at: Option<u64>,
}

impl Module {
    fn read(&mut self, mut lines: Lines<'_>) {
        while let Some(line) = lines.next() {
            while self
                .open
                .last()
                .is_some_and(|at| self.classes[*at].indent >= line.indent)
            {
                self.open.pop();
            }
            if self.is_in_method(&line) {
                continue;
            }
            self.line(&line);
        }
        self.cut_at = lines.cut_at;
    }

    fn is_in_method(&mut self, line: &Line) -> bool {
        let Some(class) = self.open.last().map(|at| &mut self.classes[*at]) else {
            // A class may stand below an `if`; an assignment there is no constant of the module.
            return line.indent > 0 && line.tokens.first() != Some(&Token::Name("class".into()));
        };
        line.indent != *class.body_indent.get_or_insert(line.indent)
    }

    fn line(&mut self, line: &Line) {
        match line.tokens.as_slice() {
            [Token::Name(keyword), Token::Name(name), ..] if keyword == "class" => {
                self.class(line, name)
            }
            [Token::Text(text)] => self.docstring(text),
            [Token::Name(name), rest @ ..] => self.assignment(line, name, rest),
            _ => {}
        }
    }

    fn class(&mut self, line: &Line, name: &str) {
        let bases = match line.tokens.get(2) {
            Some(Token::Mark('(')) => arguments(&line.tokens[2..])
                .into_iter()
                .filter(|a| a.key.is_none())
                .map(|a| dotted(a.tokens))
                .collect(),
            _ => Vec::new(),
        };
        let class = Class {
            name: name.to_owned(),
            place: line.place,
            indent: line.indent,
            body_indent: None,
            bases,
            comment: joined(line.comments.clone()),
            fields: Vec::new(),
            constants: Vec::new(),
        };
        self.classes.push(class);
        let at = self.classes.len() - 1;
        self.by_name.insert(name.to_owned(), at);
        if let Some(outer) = self.open.last() {
            let qualified = format!("{}.{name}", self.classes[*outer].name);
            self.by_name.insert(qualified, at);
        }
        self.open.push(at);
    }

    /// The first line of a class's text about itself.
    fn docstring(&mut self, text: &str) {
        let Some(class) = self.open.last().map(|at| &mut self.classes[*at]) else {
            return;
        };
        if class.fields.is_empty() && class.constants.is_empty() {
            let first = text.trim().split("\n\n").next().unwrap_or("");
            let text = first.split_whitespace().collect::<Vec<_>>().join(" ");
            class.comment = joined(class.comment.take().into_iter().chain([text]).collect());
        }
    }

    fn assignment(&mut self, line: &Line, name: &str, rest: &[Token]) {
        let Some(equals) = assigned(rest) else { return };
        let value = &rest[equals + 1..];
        let Some(at) = self.open.last().copied() else {
            self.constants.insert(name.to_owned(), choices_of(value));
            return;
        };
        if name == "db_table_comment"
            && self.classes[at].name == "Meta"
            && let Some(outer) = self.open.iter().rev().nth(1).copied()
        {
            let text = texts(value).concat();
            self.classes[outer].comment = joined(
                self.classes[outer]
                    .comment
                    .take()
                    .into_iter()
                    .chain([text])
                    .collect(),
            );
        }
        match column(line, name, value, self.has_own_fields) {
            Some(column) => self.classes[at].fields.push(column),
            None => self.classes[at]
                .constants
                .push((name.to_owned(), choices_of(value))),
        }
    }

    fn tell(&self, sink: &mut dyn Sink) {
        for class in &self.classes {
            if !self.is_model(class, 0) {
                continue;
            }
            let mut fields: Vec<Field> = Vec::new();
            self.fields(class, class.place, 0, &mut fields);
            if fields.is_empty() {
                continue;
            }
            let id = sink.dataset(Dataset {
                name: class.name.clone(),
                kind: DatasetKind::Class,
                comment: class.comment.clone(),
                place: class.place,
                ..Dataset::default()
            });
            for field in fields {
                sink.field(id, field);
            }
        }
    }

    /// Whether a class is a model: by its bases, or by fields of Django's in its body.
    fn is_model(&self, class: &Class, depth: usize) -> bool {
        let last = |base: &String| base.rsplit('.').next().unwrap_or(base).to_owned();
        if class
            .bases
            .iter()
            .map(last)
            .any(|base| NOT_MODELS.iter().any(|not| base.ends_with(not)))
            || depth > DEEPEST
        {
            return false;
        }
        let is_by_base = class.bases.iter().any(|base| {
            let name = last(base);
            let known = self
                .by_name
                .get(&name)
                .map(|at| &self.classes[*at])
                .filter(|known| !std::ptr::eq(*known, class));
            name == "Model"
                || name.ends_with("Model")
                || DJANGO_BASES.iter().any(|(b, _)| *b == name)
                || known.is_some_and(|k| self.is_model(k, depth + 1))
        });
        is_by_base || !class.fields.is_empty()
    }

    /// The fields of a class after those of its bases in this module.
    fn fields(&self, class: &Class, place: Place, depth: usize, out: &mut Vec<Field>) {
        if depth > DEEPEST {
            return;
        }
        for base in &class.bases {
            let name = base.rsplit('.').next().unwrap_or(base);
            if let Some((_, declared)) = DJANGO_BASES.iter().find(|(b, _)| *b == name) {
                let inherited = declared.iter().map(|(path, kind)| Field {
                    place,
                    declared_type: Some((*kind).to_owned()),
                    ..Field::named(*path)
                });
                inherited.for_each(|field| add(out, field));
            } else if let Some(at) = self.by_name.get(name)
                && !std::ptr::eq(&self.classes[*at], class)
            {
                self.fields(&self.classes[*at], place, depth + 1, out);
            }
        }
        for column in &class.fields {
            let mut field = column.field.clone();
            if let Some(choices) = &column.choices {
                field.allowed = self.choices(class, choices);
            }
            if let Some(to) = field.references.as_mut().filter(|to| to.dataset == "self") {
                to.dataset = class.name.clone();
            }
            if depth > 0 {
                field.place = place;
            }
            add(out, field);
        }
    }

    /// What `choices=NAME`, `choices=Kind.choices` or `choices=self.NAME` allows.
    fn choices(&self, class: &Class, name: &str) -> Vec<String> {
        let name = name.strip_suffix(".choices").unwrap_or(name);
        let own = class
            .constants
            .iter()
            .find(|(constant, _)| constant == name.rsplit('.').next().unwrap_or(name));
        if let Some((_, values)) = own.filter(|(_, values)| !values.is_empty()) {
            return values.clone();
        }
        let qualified = format!("{}.{name}", class.name);
        let listed = self
            .by_name
            .get(&qualified)
            .or_else(|| self.by_name.get(name));
        if let Some(listed) = listed.map(|at| &self.classes[*at]) {
            return listed
                .constants
                .iter()
                .filter_map(|(_, values)| values.first().cloned())
                .collect();
        }
        self.constants.get(name).cloned().unwrap_or_default()
    }
}

fn add(out: &mut Vec<Field>, field: Field) {
    match out.iter().position(|f| f.path == field.path) {
        Some(at) => out[at] = field,
        None if out.len() < MOST_FIELDS => out.push(field),
        None => {}
    }
}

/// The position of `=` in `= value` or `: annotation = value`.
fn assigned(rest: &[Token]) -> Option<usize> {
    match rest.first()? {
        Token::Mark('=') => (rest.get(1) != Some(&Token::Mark('='))).then_some(0),
        Token::Mark(':') => rest.iter().position(|t| *t == Token::Mark('=')),
        _ => None,
    }
}

/// `name = models.EmailField("e-mail", help_text="…")`.
fn column(line: &Line, name: &str, value: &[Token], has_own_fields: bool) -> Option<Column> {
    let open = value.iter().position(|t| *t == Token::Mark('('))?;
    let callee = dotted(&value[..open]);
    let class = callee.rsplit('.').next().unwrap_or("");
    let is_relation = RELATIONS.contains(&class);
    let is_foreign = [
        "forms.",
        "serializers.",
        "filters.",
        "graphene.",
        "fields.",
        "search_fields.",
    ]
    .iter()
    .any(|module| callee.starts_with(module) && !(has_own_fields && *module == "fields."));
    if !(is_relation || class.ends_with("Field"))
        || is_foreign
        || value[..open]
            .iter()
            .any(|t| !matches!(t, Token::Name(_) | Token::Mark('.')))
    {
        return None;
    }
    let arguments = arguments(&value[open..]);
    let mut field = Field {
        place: line.place,
        declared_type: Some(class.to_owned()),
        ..Field::named(name)
    };
    let mut comments = Vec::new();
    let mut choices = None;
    for (at, argument) in arguments.iter().enumerate() {
        match argument.key.as_deref() {
            None if is_relation && at == 0 => field.references = Some(target(argument.tokens)),
            None if at == 0 => comments.extend(label(argument.tokens)),
            Some("to") => field.references = Some(target(argument.tokens)),
            Some("verbose_name" | "help_text" | "db_comment") => {
                comments.extend(label(argument.tokens))
            }
            Some("primary_key") => {
                field.primary_key = argument.tokens == [Token::Name("True".into())]
            }
            Some("max_length" | "max_digits") => field.validators.push(format!(
                "{}({})",
                argument.key.as_deref().unwrap_or(""),
                dotted(argument.tokens)
            )),
            Some("validators") => field.validators.extend(validators(argument.tokens)),
            Some("choices") => match argument.tokens {
                [Token::Name(_), ..] => choices = Some(dotted(argument.tokens)),
                literal => field.allowed = choices_of(literal),
            },
            Some("base_field") => {
                field.declared_type = Some(format!(
                    "{class}({})",
                    dotted(
                        argument
                            .tokens
                            .split(|t| *t == Token::Mark('('))
                            .next()
                            .unwrap_or(&[])
                    )
                ))
            }
            _ => {}
        }
    }
    comments.extend(line.comments.clone());
    field.comment = joined(comments);
    Some(Column { field, choices })
}

/// The model that a relation points to: a class, its name in quotes, or the project's user class.
fn target(tokens: &[Token]) -> Reference {
    let name = match tokens {
        [Token::Text(text), ..] => text.clone(),
        other => dotted(
            other
                .split(|t| *t == Token::Mark('('))
                .next()
                .unwrap_or(other),
        ),
    };
    let last = name.rsplit('.').next().unwrap_or(&name);
    let dataset = if matches!(last, "AUTH_USER_MODEL" | "get_user_model") {
        "User".to_owned()
    } else {
        last.to_owned()
    };
    Reference {
        dataset,
        field: None,
    }
}

/// A text for people: literals, through `_()` or not. Texts put together at run time are left out.
fn label(tokens: &[Token]) -> Option<String> {
    let is_label = matches!(tokens.first(), Some(Token::Text(_)))
        || matches!(tokens, [Token::Name(name), Token::Mark('('), ..] if name.len() <= 16);
    let is_format = tokens.iter().any(|t| matches!(t, Token::Mark('%' | '+')));
    let text = texts(tokens).concat();
    (is_label && !is_format && !text.is_empty())
        .then(|| text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn texts(tokens: &[Token]) -> Vec<String> {
    let texts = tokens.iter().filter_map(|t| match t {
        Token::Text(text) => Some(text.clone()),
        _ => None,
    });
    texts.collect()
}

/// The values of `[("a", "A"), ("b", "B")]`, of `{"a": "A"}`, or of `"a", _("A")`.
fn choices_of(tokens: &[Token]) -> Vec<String> {
    let mut values = Vec::new();
    let mut depth = 0_usize;
    let mut is_first = true;
    let opens_list = matches!(tokens.first(), Some(Token::Mark('[' | '(' | '{')));
    let is_map = tokens.first() == Some(&Token::Mark('{'));
    for token in tokens {
        match token {
            Token::Mark('(' | '[' | '{') => {
                depth += 1;
                is_first = true;
            }
            Token::Mark(')' | ']' | '}') => depth = depth.saturating_sub(1),
            Token::Mark(',') => is_first = is_map && depth == 1,
            Token::Text(text) if is_first && (!opens_list || depth == 2 || is_map) => {
                values.push(text.clone());
                is_first = false;
                if !opens_list {
                    return values;
                }
            }
            Token::Name(_) if is_first => is_first = false,
            _ => {}
        }
    }
    values
}

/// Names of the validators of `[validate_email, RegexValidator(…)]`.
fn validators(tokens: &[Token]) -> Vec<String> {
    let mut depth = 0_usize;
    let mut names = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Mark('(' | '[') => depth += 1,
            Token::Mark(')' | ']') => depth = depth.saturating_sub(1),
            Token::Name(name) if depth == 1 && tokens.get(at + 1) != Some(&Token::Mark('.')) => {
                names.push(name.clone())
            }
            _ => {}
        }
    }
    names
}

fn joined(comments: Vec<String>) -> Option<String> {
    let kept: Vec<String> = comments
        .into_iter()
        .filter(|c| c.chars().any(char::is_alphanumeric))
        .collect();
    (!kept.is_empty()).then(|| kept.join("\n"))
}

fn dotted(tokens: &[Token]) -> String {
    let parts = tokens.iter().map_while(|t| match t {
        Token::Name(name) => Some(name.clone()),
        Token::Text(text) => Some(text.clone()),
        Token::Mark('.') => Some(".".to_owned()),
        _ => None,
    });
    parts.collect()
}

struct Argument<'a> {
    key: Option<String>,
    tokens: &'a [Token],
}

/// The arguments between the bracket that `tokens` begin with and the one that closes it.
fn arguments(tokens: &[Token]) -> Vec<Argument<'_>> {
    let mut parts: Vec<&[Token]> = Vec::new();
    let (mut start, mut depth) = (1, 0_usize);
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Mark('(' | '[' | '{') => depth += 1,
            Token::Mark(')' | ']' | '}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    parts.push(&tokens[start..at]);
                    break;
                }
            }
            Token::Mark(',') if depth == 1 => {
                parts.push(&tokens[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if depth > 0 {
        parts.push(tokens.get(start..).unwrap_or(&[]));
    }
    parts
        .into_iter()
        .filter(|p| !p.is_empty())
        .map(argument)
        .collect()
}

fn argument(tokens: &[Token]) -> Argument<'_> {
    match tokens {
        [Token::Name(key), Token::Mark('='), rest @ ..] => Argument {
            key: Some(key.clone()),
            tokens: rest,
        },
        _ => Argument { key: None, tokens },
    }
}

/// A piece of Python.
#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// A name, keyword or number.
    Name(String),
    /// A text literal; those with `{…}` inside an `f"…"` are left empty.
    Text(String),
    Mark(char),
}

/// A logical line with the comments above it and behind it.
struct Line {
    indent: usize,
    place: Place,
    tokens: Vec<Token>,
    comments: Vec<String>,
}

/// Cuts Python into logical lines.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
    line_start: usize,
    comments: Vec<String>,
    cut_at: Option<u64>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text: text.strip_prefix('\u{feff}').unwrap_or(text),
            at: 0,
            line: 1,
            line_start: 0,
            comments: Vec::new(),
            cut_at: None,
        }
    }

    fn next(&mut self) -> Option<Line> {
        let mut tokens: Vec<Token> = Vec::new();
        let (mut place, mut indent, mut depth) = (Place::default(), 0, 0_usize);
        loop {
            let rest = &self.text[self.at..];
            let Some(first) = rest.chars().next() else {
                if depth > 0 {
                    self.cut_at = Some(place.line);
                }
                return (!tokens.is_empty()).then(|| self.logical(place, indent, tokens));
            };
            match first {
                '\n' => {
                    self.new_line(1);
                    if !tokens.is_empty() && depth == 0 {
                        return Some(self.logical(place, indent, tokens));
                    }
                    if tokens.is_empty() && self.text[self.at..].starts_with(['\n', '\r']) {
                        self.comments.clear();
                    }
                }
                '\\' if rest[1..].starts_with('\n') => self.new_line(2),
                c if c.is_whitespace() => self.at += c.len_utf8(),
                '#' => self.comment(depth, tokens.is_empty()),
                ';' if depth == 0 && !tokens.is_empty() => {
                    self.at += 1;
                    return Some(self.logical(place, indent, tokens));
                }
                _ => {
                    if tokens.is_empty() {
                        (place, indent) = self.place();
                    }
                    let token = self.token(rest, first);
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

    fn logical(&mut self, place: Place, indent: usize, tokens: Vec<Token>) -> Line {
        Line {
            indent,
            place,
            tokens,
            comments: std::mem::take(&mut self.comments),
        }
    }

    fn new_line(&mut self, bytes: usize) {
        self.at += bytes;
        self.line += 1;
        self.line_start = self.at;
    }

    fn place(&self) -> (Place, usize) {
        let before = &self.text[self.line_start..self.at];
        // Columns far out on one line are not worth counting again for each statement.
        let column = if before.len() < 4096 {
            before.chars().count() as u32 + 1
        } else {
            0
        };
        let indent = before
            .chars()
            .map(|c| if c == '\t' { 8 } else { 1 })
            .take(4096)
            .sum();
        (
            Place {
                line: self.line,
                column,
                start: self.at as u64,
            },
            indent,
        )
    }

    fn comment(&mut self, depth: usize, is_above: bool) {
        let rest = &self.text[self.at..];
        let end = rest.find('\n').unwrap_or(rest.len());
        let text = rest[..end].trim_start_matches(['#', ':']).trim();
        self.at += end;
        // Inside brackets it is about an argument; `# noqa` and the like are about tools.
        let is_for_tools = [
            "noqa", "type:", "pylint", "nosec", "todo", "fixme", "pragma", "fmt:", "-*-", "isort",
            "pyright", "mypy", "yapf",
        ];
        let lower = text.to_ascii_lowercase();
        if (depth == 0 || is_above) && !is_for_tools.iter().any(|t| lower.starts_with(t)) {
            self.comments.push(text.to_owned());
        }
    }

    fn token(&mut self, rest: &str, first: char) -> Token {
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let behind = rest[length..].chars().next();
        if matches!(behind, Some('"' | '\''))
            && length <= 2
            && rest[..length].chars().all(|c| "rRbBuUfF".contains(c))
        {
            return self.text(rest, length);
        }
        if is_name(first) {
            self.at += length;
            return Token::Name(rest[..length].to_owned());
        }
        self.at += first.len_utf8();
        Token::Mark(first)
    }

    /// A text literal whose prefix has `prefix` bytes.
    fn text(&mut self, rest: &str, prefix: usize) -> Token {
        let body = &rest[prefix..];
        let quote = &body[..1];
        let triple = body.starts_with(&quote.repeat(3));
        let mark = if triple {
            quote.repeat(3)
        } else {
            quote.to_owned()
        };
        let is_raw = rest[..prefix].contains(['r', 'R']);
        let mut text = String::new();
        let mut at = mark.len();
        while at < body.len() {
            let next = &body[at..];
            let c = next.chars().next().unwrap_or('\0');
            if next.starts_with(&mark) || (c == '\n' && !triple) {
                break;
            }
            if c == '\\' && !is_raw {
                let escaped = next[1..].chars().next().unwrap_or('\\');
                match escaped {
                    'n' => text.push('\n'),
                    '\n' => {}
                    other => text.push(other),
                }
                at += 1 + escaped.len_utf8();
                continue;
            }
            text.push(c);
            at += c.len_utf8();
        }
        let at = at.min(body.len());
        let end = if body[at..].starts_with(&mark) {
            at + mark.len()
        } else {
            at
        };
        for (newline, _) in body[..end].match_indices('\n') {
            self.line += 1;
            self.line_start = self.at + prefix + newline + 1;
        }
        self.at += prefix + end;
        let is_computed = rest[..prefix].contains(['f', 'F']) && text.contains('{');
        Token::Text(if is_computed { String::new() } else { text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::recording::Recording;

    fn read(text: &str) -> (Recording, Outcome) {
        let input = Input::bytes("app/models.py", text.as_bytes()).unwrap();
        let mut recording = Recording::default();
        let outcome = READER
            .read(&input, &Split::whole(), &Budget::default(), &mut recording)
            .unwrap();
        (recording, outcome)
    }

    #[test]
    fn a_default_value_reaches_nothing() {
        let (recording, _) = read(
            "class A(models.Model):\n    mail = models.EmailField(default=\"canary@example.com\", help_text=_(\"Where to write\"))\n",
        );
        assert!(!recording.lines().contains("canary"));
        assert_eq!(
            recording.field_named("A", "mail").field.comment.as_deref(),
            Some("Where to write")
        );
    }

    #[test]
    fn forms_and_serializers_are_no_models() {
        let (recording, _) = read(
            "class F(forms.Form):\n    mail = forms.EmailField()\nclass S(ModelSerializer):\n    mail = EmailField()\n",
        );
        assert!(recording.datasets.is_empty());
    }

    #[test]
    fn other_python_is_not_claimed() {
        let claim =
            |name: &str, text: &str| READER.claim(&Input::bytes(name, text.as_bytes()).unwrap());
        assert_eq!(
            claim("app/models.py", "from sqlalchemy import Column\n"),
            Claim::No
        );
        assert_eq!(
            claim("app/views.py", "from django.db import models\n"),
            Claim::No
        );
        assert_eq!(
            claim("app/models/user.py", "from django.db import models\n"),
            Claim::Certain
        );
    }

    #[test]
    fn classes_that_derive_from_themselves_end() {
        let (recording, _) = read(
            "class A(B):\n    x = models.TextField()\nclass B(A):\n    y = models.TextField()\n",
        );
        assert_eq!(recording.datasets.len(), 2);
    }

    #[test]
    fn a_cut_module_is_read_and_told() {
        let (recording, outcome) = read(
            "class A(models.Model):\n    x = models.TextField()\n    y = models.CharField(max_length=3, help_te",
        );
        assert_eq!(recording.paths("A"), ["x", "y"]);
        assert_eq!(
            outcome.coverage,
            Coverage::Partial("it ends inside the statement that begins at line 3".into())
        );
    }

    #[test]
    fn deep_brackets_and_open_quotes_do_no_harm() {
        let text = format!(
            "class A(models.Model):\n    x = models.TextField()\n    y = {}\0\n    z = 'open\n    w = models.TextField(\n",
            "(".repeat(100_000)
        );
        assert!(read(&text).0.paths("A").contains(&"x"));
    }
}
