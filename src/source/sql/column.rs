//! One column definition: name, type as written, comments, tags, references, allowed values.
//! Takes every dialect's attributes; default values and other literals never leave it.

use super::catalog::join_comment;
use super::lexer::Kind;
use super::words::Words;
use crate::field::{Field, Place, Reference, Tag};

/// Words that end a type.
const ATTRIBUTES: &[&str] = &[
    "NOT",
    "NULL",
    "DEFAULT",
    "PRIMARY",
    "UNIQUE",
    "CHECK",
    "REFERENCES",
    "CONSTRAINT",
    "COMMENT",
    "AUTO_INCREMENT",
    "AUTOINCREMENT",
    "IDENTITY",
    "GENERATED",
    "AS",
    "COLLATE",
    "CHARSET",
    "ENCODE",
    "ON",
    "MASKED",
    "MASKING",
    "OPTIONS",
    "VISIBLE",
    "INVISIBLE",
    "SPARSE",
    "ROWGUIDCOL",
    "KEY",
    "STORED",
    "VIRTUAL",
    "PERSISTED",
    "TAG",
    "PROJECTION",
    "DISTKEY",
    "SORTKEY",
    "ENABLE",
    "DISABLE",
    "TITLE",
    "ENCRYPTED",
    "FILESTREAM",
    "HIDDEN",
    "DEFERRABLE",
    "COMPRESSION",
    "STORAGE",
    "USING",
    "CODEC",
    "TTL",
    "MATERIALIZED",
    "ALIAS",
    "INITIALLY",
    "FIRST",
    "AFTER",
    "FORMAT",
    "COMPRESS",
    "CONVERT",
    "INDEX",
    "PROTECTED",
    "ANNOTATIONS",
    "RESTRICT",
    "WITH",
    "WITHOUT",
    "OVERRIDE",
    "MASK",
];

/// Reads a column definition that begins with its name.
pub fn read(words: &Words<'_>, place: Place) -> Vec<Field> {
    let mut field = Field {
        place,
        ..Field::named(words.name(0))
    };
    let type_end = type_end(words, 1);
    field.declared_type = type_text(&words.part(1..type_end));
    if words.is_any(1, &["ENUM", "SET"]) && words.is_mark(2, b'(') {
        let close = words.close(2);
        field.allowed = texts(&words.part(3..close));
    }
    let mut nested = Vec::new();
    nested_fields(&words.part(1..type_end), &field.path, place, 0, &mut nested);
    attributes(words, type_end, &mut field);
    let mut fields = vec![field];
    fields.append(&mut nested);
    fields
}

/// Where the type that begins at `at` ends.
pub fn type_end(words: &Words<'_>, at: usize) -> usize {
    let mut next = at;
    let mut angles = 0_usize;
    while next < words.len() {
        match words.kind(next) {
            Some(Kind::Mark(b'<')) => angles += 1,
            Some(Kind::Mark(b'>')) => angles = angles.saturating_sub(1),
            Some(Kind::Mark(b'(' | b'[' | b']' | b'.' | b'%' | b':' | b',')) => {}
            Some(Kind::Text | Kind::Mark(_)) if angles == 0 => break,
            Some(Kind::Number) if next == at => break,
            Some(Kind::Word) if angles == 0 && ends_type(words, next, at) => break,
            _ => {}
        }
        next = words.after(next);
    }
    next.min(words.len())
}

fn ends_type(words: &Words<'_>, at: usize, start: usize) -> bool {
    // `timestamp with time zone`, `timestamp(6) with local time zone`.
    if words.is_any(at, &["WITH", "WITHOUT"])
        && (words.is(at + 1, "TIME") || words.are(at + 1, &["LOCAL", "TIME"]))
    {
        return false;
    }
    // MySQL's `varchar(10) CHARACTER SET utf8`, not `CHARACTER VARYING(10)`.
    if at > start && words.is(at, "CHARACTER") && words.is(at + 1, "SET") {
        return true;
    }
    // A type in quotes or another schema may have any name.
    if at > start && words.is_mark(at - 1, b'.') {
        return false;
    }
    words.is_any(at, ATTRIBUTES)
}

/// The type as written, its white space single, without any literal.
pub fn type_text(words: &Words<'_>) -> Option<String> {
    let mut out = String::new();
    let mut at = 0;
    while at < words.len() {
        // Inside `STRUCT<…>` stand descriptions of the parts.
        if words.is(at, "OPTIONS") && words.is_mark(at + 1, b'(') {
            at = words.close(at + 1) + 1;
            continue;
        }
        if words.is(at, "COMMENT") || words.kind(at) == Some(Kind::Text) {
            at += 1;
            continue;
        }
        if words.is_mark(at, b'(') {
            let close = words.close(at);
            let inside = words.part(at + 1..close);
            if inside.tokens.iter().any(|t| t.kind == Kind::Text)
                || (words.is_any(at.saturating_sub(1), &["ENUM", "SET"]))
            {
                at = close + 1;
                continue;
            }
        }
        if needs_space(words, at) && !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&words.name(at));
        at += 1;
    }
    (!out.is_empty()).then_some(out)
}

fn needs_space(words: &Words<'_>, at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else {
        return false;
    };
    let gap = words.tokens[before].end < words.tokens[at].start;
    let tight_before = matches!(
        words.kind(before),
        Some(Kind::Mark(b'(' | b'.' | b'<' | b'['))
    );
    let tight_after = matches!(
        words.kind(at),
        Some(Kind::Mark(
            b'(' | b')' | b'.' | b',' | b'>' | b'<' | b']' | b'['
        ))
    );
    gap && !tight_before && !tight_after
}

fn texts(words: &Words<'_>) -> Vec<String> {
    (0..words.len())
        .filter(|i| matches!(words.kind(*i), Some(Kind::Text | Kind::Quoted)))
        .filter_map(|i| words.part(i..i + 1).text(0))
        .take(1_000)
        .collect()
}

/// The fields of `STRUCT<a STRING, b STRUCT<…>>` and `ARRAY<STRUCT<…>>`, dotted below their column.
fn nested_fields(words: &Words<'_>, path: &str, place: Place, depth: usize, out: &mut Vec<Field>) {
    if depth > 15 {
        return;
    }
    if words.is(0, "ARRAY") && words.is_mark(1, b'<') {
        return nested_fields(
            &words.part(2..words.len().saturating_sub(1)),
            &format!("{path}.*"),
            place,
            depth + 1,
            out,
        );
    }
    if !(words.is_any(0, &["STRUCT", "RECORD"]) && words.is_mark(1, b'<')) {
        return;
    }
    let inside = words.part(2..words.len().saturating_sub(1));
    for item in inside.items() {
        let item = inside.part(item);
        if !item.is_name(0) || item.len() < 2 {
            continue;
        }
        // Databricks and Hive write `name: TYPE`; the colon may stand alone or touch the type.
        let begin = if item.is_mark(1, b':') { 2 } else { 1 };
        let end = type_end(&item, begin);
        let mut field = Field {
            place,
            ..Field::named(format!("{path}.{}", item.name(0).trim_end_matches(':')))
        };
        field.declared_type =
            type_text(&item.part(begin..end)).map(|t| t.trim_start_matches(':').to_owned());
        attributes(&item, end, &mut field);
        let nested_path = field.path.clone();
        out.push(field);
        nested_fields(&item.part(begin..end), &nested_path, place, depth + 1, out);
    }
}

/// Everything behind the type.
pub fn attributes(words: &Words<'_>, mut at: usize, field: &mut Field) {
    while at < words.len() {
        at = attribute(words, at, field);
    }
}

fn attribute(words: &Words<'_>, at: usize, field: &mut Field) -> usize {
    if words.is(at, "DEFAULT") {
        // Whatever it is, it may be a value: passed over, casts and calls with it.
        return words.after(at + 1);
    }
    if words.is(at, "PRIMARY") && words.is(at + 1, "KEY") {
        field.primary_key = true;
        return at + 2;
    }
    if words.is(at, "REFERENCES") {
        let (to, next) = words.object_name(at + 1);
        let (columns, next) = words.bracketed_names(next);
        field.references = Some(Reference {
            dataset: to,
            field: columns.into_iter().next(),
        });
        return next;
    }
    if words.is(at, "CHECK") && words.is_mark(at + 1, b'(') {
        let close = words.close(at + 1);
        if let Some((name, values)) = allowed(&words.part(at + 2..close))
            && (name.eq_ignore_ascii_case(&field.path) || name.eq_ignore_ascii_case("VALUE"))
        {
            field.allowed = values;
        }
        // MariaDB writes its `json` out as text with this check.
        let is_text = field.declared_type.as_deref() == Some("longtext");
        if is_text && words.is(at + 2, "JSON_VALID") {
            field.declared_type = Some("json".into());
        }
        return close + 1;
    }
    if words.is_any(at, &["COMMENT", "TITLE"]) {
        let literal = if words.is_mark(at + 1, b'=') {
            at + 2
        } else {
            at + 1
        };
        if let Some(text) = words.text(literal) {
            join_comment(&mut field.comment, &text);
            return literal + 1;
        }
    }
    if words.is(at, "OPTIONS") && words.is_mark(at + 1, b'(') {
        let close = words.close(at + 1);
        options(
            &words.part(at + 2..close),
            &mut field.comment,
            &mut field.tags,
        );
        return close + 1;
    }
    protection(words, at, &mut field.tags).unwrap_or_else(|| words.after(at))
}

/// Tags by other mechanisms than a comment: Snowflake's tags and policies, SQL Server's masks and encryption.
pub fn protection(words: &Words<'_>, at: usize, tags: &mut Vec<Tag>) -> Option<usize> {
    if words.is_any(at, &["MASKED", "ENCRYPTED"])
        && words.is(at + 1, "WITH")
        && words.is_mark(at + 2, b'(')
    {
        let close = words.close(at + 2);
        let name = format!("{} WITH", words.name(at).to_ascii_uppercase());
        tags.push(Tag {
            name,
            value: source_text(&words.part(at + 3..close)),
        });
        return Some(close + 1);
    }
    if words.is_any(at, &["TAG", "TAGS"]) {
        let bracketed = words.is_mark(at + 1, b'(');
        let close = if bracketed {
            words.close(at + 1)
        } else {
            words.len()
        };
        pairs(
            &words.part(if bracketed { at + 2 } else { at + 1 }..close),
            tags,
        );
        return Some(close + 1);
    }
    if words.are(at, &["MASKING", "POLICY"]) {
        let (policy, next) = words.object_name(at + 2);
        tags.push(Tag {
            name: "MASKING POLICY".into(),
            value: policy,
        });
        return Some(next);
    }
    if words.is(at, "MASK") && words.is_name(at + 1) {
        let (function, next) = words.object_name(at + 1);
        tags.push(Tag {
            name: "MASK".into(),
            value: function,
        });
        return Some(next);
    }
    None
}

/// `a.b = 'x', 'c' = 'd'`.
pub fn pairs(words: &Words<'_>, tags: &mut Vec<Tag>) {
    for item in words.items() {
        let item = words.part(item);
        let (name, next) = item.object_name(0);
        if name.is_empty() {
            continue;
        }
        let value = if item.is_mark(next, b'=') {
            item.text(next + 1).unwrap_or_else(|| item.name(next + 1))
        } else {
            String::new()
        };
        tags.push(Tag { name, value });
    }
}

/// BigQuery's `OPTIONS(description = "…", policy_tags = …)`.
pub fn options(words: &Words<'_>, comment: &mut Option<String>, tags: &mut Vec<Tag>) {
    for item in words.items() {
        let item = words.part(item);
        let name = item.name(0).to_ascii_lowercase();
        match name.as_str() {
            "description" => {
                if let Some(text) = item.text(2) {
                    join_comment(comment, &text);
                }
            }
            "policy_tags" | "data_policies" | "labels" => tags.push(Tag {
                name,
                value: source_text(&item.part(2..item.len())),
            }),
            _ => {}
        }
    }
}

/// The run as it stands in the source, white space single.
pub fn source_text(words: &Words<'_>) -> String {
    let (Some(first), Some(last)) = (words.tokens.first(), words.tokens.last()) else {
        return String::new();
    };
    let text = String::from_utf8_lossy(&words.source[first.start as usize..last.end as usize]);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The column and the values of `x IN ('a', 'b')` or `x = ANY (ARRAY['a', 'b'])`, casts and brackets around it as they may be.
pub fn allowed(words: &Words<'_>) -> Option<(String, Vec<String>)> {
    let column = (0..words.len()).find(|i| words.is_name(*i))?;
    if words.is_any(column, &["UPPER", "LOWER", "TRIM", "COALESCE", "NOT"]) {
        return None;
    }
    let operator = (column + 1..words.len().min(column + 16))
        .find(|i| words.is(*i, "IN") || words.is(*i, "ANY"))?;
    let between = words.part(column + 1..operator);
    if (0..between.len()).any(|i| between.is_any(i, &["AND", "OR", "NOT", "LIKE", "IS"])) {
        return None;
    }
    let open = (operator + 1..words.len()).find(|i| words.is_mark(*i, b'('))?;
    let values = texts(&words.part(open..words.close(open)));
    (!values.is_empty()).then(|| (words.name(column), values))
}
