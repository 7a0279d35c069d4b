//! Tags in SQL DDL: `COMMENT ON COLUMN` where the dialect has it, an inline `COMMENT '…'` or `OPTIONS(description = …)`
//! where that is its way, a trailing comment elsewhere. What a column's comment says already is kept.

use super::code::{self, Marks};
use super::{Splice, Syntax, Untagged};
use crate::source::sql::dialect::Dialect;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// The syntax.
pub struct Sql;

/// Its entry in the list of syntaxes.
pub static SYNTAX: Sql = Sql;

const MARKS: Marks = Marks {
    quotes: "'\"`",
    line_comments: &["--"],
    block_comments: true,
    backslash: false,
};

/// A name, quoted or not, with the names before it.
const NAME: &str = r#"(?:[\w$#@]+|"[^"]+"|`[^`]+`|\[[^\]]+\])"#;

static TABLE: LazyLock<Regex> = LazyLock::new(|| {
    let create = r"CREATE\s+(?:[A-Z]+\s+){0,4}?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?";
    let alter = r"ALTER\s+(?:FOREIGN\s+)?TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?";
    Regex::new(&format!(
        r"(?i)\b(?:{create}|{alter})({NAME}(?:\s*\.\s*{NAME})*)"
    ))
    .expect("a literal pattern; every test runs it")
});

impl Syntax for Sql {
    fn takes(&self, name: &str, _: &str) -> bool {
        [".sql", ".ddl", ".psql", ".pgsql", ".mysql"]
            .iter()
            .any(|ending| name.ends_with(ending))
    }

    fn ways(&self, text: &str, field: &Untagged<'_>) -> Vec<Splice> {
        let Some(column) = Column::find(text, field) else {
            return Vec::new();
        };
        let trailing = column.trailing(text, field);
        if let Some(grown) = column.grown(text, field) {
            return vec![grown, trailing];
        }
        let head = &text.as_bytes()[..floor(text, 64 << 10)];
        match Dialect::guess("", head) {
            Dialect::PostgreSql | Dialect::Oracle => column
                .comment_on(text, field)
                .into_iter()
                .chain([trailing])
                .collect(),
            Dialect::MySql | Dialect::Snowflake | Dialect::Databricks => {
                let inline = format!(" COMMENT '{}'", field.tag());
                vec![column.inline(inline), trailing]
            }
            Dialect::BigQuery => {
                let inline = format!(" OPTIONS(description = '{}')", field.tag());
                vec![column.inline(inline), trailing]
            }
            Dialect::Sqlite | Dialect::SqlServer | Dialect::Generic => vec![trailing],
        }
    }
}

/// A column definition in a text.
struct Column {
    /// From its name to the comma or bracket behind it.
    definition: Range<usize>,
    /// Where its code ends: before a comment that stands behind it.
    code_end: usize,
    name: Range<usize>,
    /// From the start of its statement to the semicolon.
    statement: Range<usize>,
    is_closed: bool,
}

impl Column {
    fn find(text: &str, field: &Untagged<'_>) -> Option<Self> {
        let line = code::line(text, field.line)?;
        let name = code::word(text, line, field.name())?;
        let mut past_name = name.end;
        if text[past_name..].starts_with(['"', '`', ']']) {
            past_name += 1;
        }
        let end = code::walk(text, past_name, MARKS, |_, byte, depth| {
            depth == 0 && matches!(byte, b',' | b')' | b';')
        });
        let mut start = 0;
        let closed = code::walk(text, 0, MARKS, |at, byte, _| {
            if byte == b';' && at < name.start {
                start = at + 1;
            }
            byte == b';' && at >= name.start
        });
        Some(Self {
            definition: name.start..end.at,
            code_end: end.code,
            name,
            statement: start..closed.at,
            is_closed: closed.is_stopped,
        })
    }

    /// The table's name as the statement writes it.
    fn table<'t>(&self, text: &'t str) -> Option<&'t str> {
        let head = &text[self.statement.start..self.name.start];
        Some(TABLE.captures_iter(head).last()?.get(1)?.as_str())
    }

    /// The column's name as the statement writes it, with its quotes.
    fn written<'t>(&self, text: &'t str) -> &'t str {
        let before = text[..self.name.start].chars().next_back();
        let after = text[self.name.end..].chars().next();
        match (before, after) {
            (Some('"'), Some('"')) | (Some('`'), Some('`')) | (Some('['), Some(']')) => {
                &text[self.name.start - 1..self.name.end + 1]
            }
            _ => &text[self.name.clone()],
        }
    }

    /// The tag behind what a comment of the column says already.
    fn grown(&self, text: &str, field: &Untagged<'_>) -> Option<Splice> {
        let inline =
            Regex::new(r"(?is)^.*?\bCOMMENT\s*=?\s*'((?:[^']|'')*)'").expect("a literal pattern");
        let definition = &text[self.definition.clone()];
        let inside = inline
            .captures(definition)
            .and_then(|found| Some(self.definition.start + found.get(1)?.end()));
        let at = inside.or_else(|| self.commented(text))?;
        Some(Splice {
            at,
            text: format!(" {}", field.tag()),
        })
    }

    /// The end of the text of a `COMMENT ON COLUMN` for this column, wherever in the file it stands.
    fn commented(&self, text: &str) -> Option<usize> {
        let bare = |name: &str| {
            let plain = name.replace(['"', '`', '[', ']', ' '], "");
            plain.to_ascii_lowercase()
        };
        let table = bare(self.table(text)?);
        let column = bare(self.written(text));
        let statement = Regex::new(&format!(
            r"(?i)\bCOMMENT\s+ON\s+COLUMN\s+({NAME}(?:\s*\.\s*{NAME})+)\s+IS\s+'((?:[^']|'')*)'"
        ))
        .expect("a literal pattern");
        let found = statement.captures_iter(text).find(|found| {
            let named = bare(&found[1]);
            let Some((named_table, named_column)) = named.rsplit_once('.') else {
                return false;
            };
            let is_table = named_table == table
                || table.ends_with(&format!(".{named_table}"))
                || named_table.ends_with(&format!(".{table}"));
            is_table && named_column == column
        });
        Some(found?.get(2)?.end())
    }

    fn comment_on(&self, text: &str, field: &Untagged<'_>) -> Option<Splice> {
        let table = self.table(text).filter(|_| self.is_closed)?;
        let start = text[..self.statement.end]
            .rfind('\n')
            .map_or(0, |at| at + 1);
        let indent = code::indent(&text[start..]);
        // A closing bracket at the left edge is how most statements end; then comments stand there, too.
        let indent = if text[start..].trim_start().starts_with(')') {
            indent
        } else {
            ""
        };
        Some(Splice {
            at: self.statement.end + 1,
            text: format!(
                "\n{indent}COMMENT ON COLUMN {table}.{} IS '{}';",
                self.written(text),
                field.tag()
            ),
        })
    }

    fn inline(&self, what: String) -> Splice {
        Splice {
            at: self.code_end,
            text: what,
        }
    }

    /// A comment behind the definition, on the line where its code ends; grows a comment that stands there.
    fn trailing(&self, text: &str, field: &Untagged<'_>) -> Splice {
        let after = match text[self.code_end..].trim_start_matches([' ', '\t']) {
            rest if rest.starts_with(',') => text.len() - rest.len() + 1,
            _ => self.code_end,
        };
        let line_end = text[after..].find('\n').map_or(text.len(), |n| after + n);
        let rest = text[after..line_end].trim();
        let end = after + text[after..line_end].trim_end().len();
        if rest.starts_with("--") {
            return Splice {
                at: end,
                text: format!(" {}", field.tag()),
            };
        }
        // Something else follows on the line: the comment must not swallow it.
        if !rest.is_empty() {
            return self.inline(format!(" /* {} */", field.tag()));
        }
        Splice {
            at: end,
            text: format!(" -- {}", field.tag()),
        }
    }
}

/// The last place for a cut at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
