//! The tags that are missing, put where the user's stack keeps them: text goes in, nothing is taken out or moved.
//! Writes no file and runs no SQL; whether a reader understands the result is for the caller to look at.

use crate::check::place::shown_line;
use crate::check::{CheckFinding, Edit, MissingTag};
use std::fmt::Write as _;

include!(concat!(env!("OUT_DIR"), "/syntaxes.rs"));

/// A language, and how a field's tag is written in it.
pub trait Syntax: Sync {
    /// Whether a file is written in it, by its name (lower case) and text.
    fn takes(&self, name: &str, text: &str) -> bool;
    /// Ways to tag a field, the best first; none where its declaration is not found.
    fn ways(&self, text: &str, field: &Untagged<'_>) -> Vec<Splice>;
}

/// A field that lacks a tag.
#[derive(Clone, Debug)]
pub struct Untagged<'a> {
    /// What is missing.
    pub missing: &'a MissingTag,
    /// Line of its declaration, from 1.
    pub line: u64,
}

impl Untagged<'_> {
    /// The field's own name: the last step of its path that is one.
    pub fn name(&self) -> &str {
        let path = &self.missing.field;
        path.rsplit('.').find(|step| *step != "*").unwrap_or(path)
    }

    /// `contact.email, contact.name`.
    pub fn keys(&self) -> String {
        let keys: Vec<&str> = self.missing.types.iter().map(|t| t.key()).collect();
        keys.join(", ")
    }

    /// `@pii contact.email`.
    pub fn tag(&self) -> String {
        format!("@pii {}", self.keys())
    }
}

/// Text put in at a byte offset.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Splice {
    /// Where.
    pub at: usize,
    /// What.
    pub text: String,
}

/// The syntax of a file.
pub fn syntax_of(name: &str, text: &str) -> Option<&'static dyn Syntax> {
    let name = name.to_ascii_lowercase();
    SYNTAXES.iter().copied().find(|s| s.takes(&name, text))
}

/// The text with everything put in; at one place in the order given.
pub fn spliced(text: &str, splices: &[Splice]) -> String {
    let mut sorted: Vec<&Splice> = splices.iter().collect();
    sorted.sort_by_key(|splice| splice.at);
    // Line ends are those of the file.
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut out = String::with_capacity(text.len() + 64 * splices.len());
    let mut done = 0;
    for splice in sorted {
        out.push_str(&text[done..splice.at]);
        out.push_str(&splice.text.replace('\n', line_end));
        done = splice.at;
    }
    out.push_str(&text[done..]);
    out
}

/// What changed between two texts, as a unified diff for people: changed lines only, with literals and values hidden.
pub fn diff(path: &str, old: &str, new: &str, masked: impl Fn(&str) -> String) -> String {
    let diff = similar::TextDiff::from_lines(old, new);
    let header = (format!("a/{path}"), format!("b/{path}"));
    let text = diff
        .unified_diff()
        .context_radius(0)
        .header(&header.0, &header.1)
        .to_string();
    let line = |line: &str| match line.split_at_checked(1) {
        Some((sign @ ("+" | "-"), rest))
            if !line.starts_with("+++ ") && !line.starts_with("--- ") =>
        {
            format!("{sign}{}\n", shown_line(rest, &masked))
        }
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// Says in a finding what to paste where.
pub fn suggest(finding: &mut CheckFinding, text: &str) {
    let (Some(missing), Some(line)) = (&finding.missing, finding.line) else {
        return;
    };
    // Records have no place for tags; what would be put among them would be a record.
    if !finding.is_declared {
        return;
    }
    let field = Untagged { missing, line };
    let Some(syntax) = syntax_of(&finding.source, text) else {
        return;
    };
    let Some(splice) = syntax.ways(text, &field).into_iter().next() else {
        return;
    };
    let edit = edit(text, &splice);
    let what = splice.text.trim().trim_start_matches(", ");
    finding.fix = if what.ends_with(';') {
        what.to_owned()
    } else {
        format!("put `{what}` at {}:{}", edit.line, edit.column)
    };
    finding.edit = Some(edit);
}

fn edit(text: &str, splice: &Splice) -> Edit {
    let before = &text[..splice.at];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    Edit {
        line: before.matches('\n').count() as u64 + 1,
        column: before[line_start..].chars().count() + 1,
        byte_column: splice.at - line_start + 1,
        text: splice.text.clone(),
    }
}

/// The statement that tags a column of a live database; it is shown, never run. `None` where the server keeps no comments.
pub fn statement(url: &str, missing: &MissingTag) -> Option<String> {
    let scheme = url.split(':').next().unwrap_or_default();
    let keys: Vec<&str> = missing.types.iter().map(|t| t.key()).collect();
    let tag = format!("@pii {}", keys.join(", "));
    let (table, column) = (&missing.dataset, &missing.field);
    let quoted = |open: &str, close: &str| {
        let steps = table.split('.').chain([column.as_str()]);
        let steps: Vec<String> = steps
            .map(|step| format!("{open}{}{close}", step.replace(close, &close.repeat(2))))
            .collect();
        let (column, table) = steps.split_last().expect("a column at least");
        (table.join("."), column.clone())
    };
    match scheme {
        "postgres" | "postgresql" | "redshift" | "cockroachdb" | "oracle" | "snowflake" => {
            let (table, column) = quoted("\"", "\"");
            Some(format!("COMMENT ON COLUMN {table}.{column} IS '{tag}';"))
        }
        "mysql" | "mariadb" => {
            let (table, column) = quoted("`", "`");
            let declared = missing.declared_type.as_deref().unwrap_or("<type>");
            Some(format!(
                "ALTER TABLE {table} MODIFY COLUMN {column} {declared} /* as declared: NOT NULL, DEFAULT … */ COMMENT '{tag}';"
            ))
        }
        "sqlserver" | "mssql" => {
            let (table, column) = quoted("[", "]");
            Some(format!(
                "ADD SENSITIVITY CLASSIFICATION TO {table}.{column} WITH (LABEL = 'Confidential', INFORMATION_TYPE = '{}');",
                keys.join(", ")
            ))
        }
        "databricks" => {
            let (table, column) = quoted("`", "`");
            Some(format!(
                "ALTER TABLE {table} ALTER COLUMN {column} SET TAGS ('pii' = '{}');",
                keys.join(",")
            ))
        }
        "bigquery" => {
            let (table, column) = quoted("`", "`");
            Some(format!(
                "ALTER TABLE {table} ALTER COLUMN {column} SET OPTIONS (description = '{tag}');"
            ))
        }
        _ => None,
    }
}

/// The `ropa.toml` with corrections added at its end: the tags of what has no comments.
pub fn with_corrections(text: &str, fields: &[(String, &MissingTag)]) -> String {
    let mut out = text.to_owned();
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    for (source, missing) in fields {
        let object = if missing.dataset.is_empty() {
            missing.field.clone()
        } else {
            format!("{}.{}", missing.dataset, missing.field)
        };
        let entry = crate::check::correction(source, &object, &missing.types);
        let gap = if out.is_empty() { "" } else { "\n" };
        writeln!(out, "{gap}{entry}").expect("strings take all");
    }
    out
}

#[cfg(test)]
mod tests;
