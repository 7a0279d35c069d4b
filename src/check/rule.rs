//! The rules as data: what each is about, why it is there, and what to do. One source for SARIF, documentation and terminal.

use super::Level;
use crate::taxonomy::DataType;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

/// Rule of baseline entries that match nothing.
pub const STALE_BASELINE: &str = "stale-baseline";

/// Where the documentation of rules is published.
pub const DOCS: &str = "https://github.com/ropa-dev/ropa/blob/main/docs/rules";

/// One rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Stable id; what stands before the `/` of a finding's rule.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// `by type`, or a fixed level.
    pub level: String,
    /// What must be there for it to speak.
    pub needs: String,
    /// What it tells.
    pub what: String,
    /// Why that matters.
    pub why: String,
    /// What to do.
    pub fix: String,
    /// Files in which it speaks; none where no reader makes what it needs yet.
    #[serde(default)]
    pub example: Option<Example>,
}

/// Files, and what a check finds in them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The rule id that is found.
    pub finds: String,
    /// Their texts, by path.
    pub files: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<Rule>,
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let file: File = toml::from_str(include_str!("rules.toml"))
        .expect("the built-in rules are read by every test");
    file.rule
});

/// All rules, in the order of their documentation.
pub fn all() -> &'static [Rule] {
    &RULES
}

/// The rule of an id.
pub fn named(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

impl Rule {
    /// The level of a finding of this rule.
    pub fn level(&self, data_type: Option<DataType>) -> Level {
        match self.level.as_str() {
            "note" => Level::Note,
            "warning" => Level::Warning,
            "error" => Level::Error,
            _ => data_type.map_or(Level::Warning, Level::of),
        }
    }

    /// Its page.
    pub fn url(&self) -> String {
        format!("{DOCS}/{}.md", self.id)
    }

    /// The text of its page.
    pub fn page(&self) -> String {
        format!(
            "# {id}: {title}\n\n{what}\n\n\
             - **Level**: {level}\n- **Needs**: {needs}\n- **Rule id**: `{id}/<what it is about>`\n\n\
             {example}## Why\n\n{why}\n\n## What to do\n\n{fix}\n\n\
             ## To accept one finding\n\n\
             On its line or the one above, in a comment, with the reason: `ropa:ignore[{id}] -- <reason>`. \
             All of today's: `ropa baseline update`.\n",
            id = self.id,
            title = self.title,
            what = self.what,
            level = level_in_words(&self.level),
            needs = self.needs,
            why = self.why,
            fix = self.fix,
            example = self
                .example
                .as_ref()
                .map(Example::shown)
                .unwrap_or_default(),
        )
    }
}

impl Example {
    fn shown(&self) -> String {
        let mut text = String::from("## Example\n\n");
        for (file, content) in &self.files {
            write!(text, "`{file}`:\n\n```\n{content}```\n\n").expect("strings take all");
        }
        write!(text, "finds `{}`.\n\n", self.finds).expect("strings take all");
        text
    }
}

/// The text of the list of rules.
pub fn index() -> String {
    let mut text = String::from(
        "# Rules of `ropa check`\n\nMade from `src/check/rules.toml`. A finding's rule id is the rule and what it is about: `untagged/contact.email`.\n\n| rule | tells | level |\n|---|---|---|\n",
    );
    for rule in all() {
        writeln!(
            text,
            "| [{0}]({0}.md) | {1} | {2} |",
            rule.id,
            rule.title,
            level_in_words(&rule.level)
        )
        .expect("strings take all");
    }
    text
}

fn level_in_words(level: &str) -> &str {
    match level {
        "by type" => {
            "error for Art. 9 and 10 data, credentials, government ids and card numbers; else warning"
        }
        fixed => fixed,
    }
}
