//! `ropa explain`: why something was found, and how to silence or correct it.

use super::check::{Checker, RuleArgs};
use super::merge::read;
use super::target::TargetArgs;
use super::{Exit, Global};
use crate::check::{CheckFinding, rule};
use crate::inventory::{DatasetRecord, FieldRecord, Inventory, SpanRecord};
use crate::report::text::printable;
use crate::taxonomy::{DataType, category_label};
use anyhow::bail;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;

/// Digits of a fingerprint that are enough to name a finding.
const SHORTEST: usize = 8;

/// Why something was found, and how to silence or correct it.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  ropa explain 1bde0143                         a finding, by the first digits of its fingerprint\n  ropa explain db/schema.sql:public.users.email a field\n  ropa explain contact.email                    a data type"
)]
pub struct Args {
    /// A fingerprint (or its first 8 digits), a field as `source:dataset.field`, or a data type
    #[arg(value_name = "FINDING|FIELD|TYPE")]
    what: String,
    /// Look in this inventory instead of scanning
    #[arg(long, value_name = "FILE")]
    inventory: Option<PathBuf>,
    #[command(flatten)]
    target: TargetArgs,
}

/// Explains.
pub fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let mut out = std::io::stdout().lock();
    if let Some(data_type) = DataType::from_key(&args.what) {
        explain_type(data_type, &mut out)?;
        return Ok(Exit::Clean);
    }
    let is_fingerprint =
        args.what.len() >= SHORTEST && args.what.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_fingerprint && !args.what.contains(':') {
        bail!(
            "{}; a fingerprint has at least {SHORTEST} hexadecimal digits, a field the form source:dataset.field",
            crate::taxonomy::unknown_key(&args.what)
        );
    }
    let scanner = args.target.scanner(global, false)?;
    let inventory = match &args.inventory {
        Some(file) => read(file)?,
        None => scanner.scan(&args.target.candidates()?, global),
    };
    let checker = Checker {
        policy: RuleArgs::default().policy(&scanner),
        scanner,
        global,
    };
    let mut found = explain_checked(&checker, &inventory, &args.what, &mut out)?;
    for (dataset, field) in inventory
        .fields()
        .filter(|(d, f)| is_meant(&args.what, d, f))
    {
        explain_field(dataset, field, &mut out)?;
        found += 1;
    }
    found += explain_spans(&inventory, &args.what, &mut out)?;
    if found == 0 {
        bail!(
            "nothing here is called {}; `ropa scan --format jsonl` and `ropa check --format json` list fingerprints",
            printable(&args.what)
        );
    }
    Ok(Exit::Clean)
}

/// Findings of a check, by their fingerprint: the rule, and what its evidence is.
fn explain_checked(
    checker: &Checker<'_>,
    inventory: &Inventory,
    what: &str,
    out: &mut dyn Write,
) -> io::Result<usize> {
    let wanted = what.to_ascii_lowercase();
    if !wanted.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(0);
    }
    let findings = checker.judge(inventory, BTreeMap::new()).findings;
    let meant: Vec<&CheckFinding> = findings
        .iter()
        .filter(|f| f.fingerprint.starts_with(&wanted))
        .collect();
    for finding in &meant {
        explain_finding(finding, out)?;
        let of_field = |(d, f): &(&DatasetRecord, &FieldRecord)| {
            d.source == finding.shown && f.data_type.is_some() && {
                let object = format!("{}.{}", d.dataset, f.field);
                object.trim_start_matches('.') == finding.object
            }
        };
        for (dataset, field) in inventory.fields().filter(of_field) {
            explain_field(dataset, field, out)?;
        }
    }
    Ok(meant.len())
}

fn explain_finding(finding: &CheckFinding, out: &mut dyn Write) -> io::Result<()> {
    let line = finding.line.map(|l| format!(":{l}")).unwrap_or_default();
    let source = printable(&finding.source);
    writeln!(
        out,
        "{source}{line}  {} ({})",
        finding.rule,
        finding.level.id()
    )?;
    writeln!(out, "  {}", printable(&finding.message))?;
    for why in &finding.why {
        writeln!(out, "  because      {}", printable(why))?;
    }
    if let Some(rule) = rule::named(finding.rule_name()) {
        writeln!(out, "  the rule     {}", rule.why)?;
        writeln!(out, "  its page     {}", rule.url())?;
    }
    let mut fix = finding.fix.lines();
    writeln!(
        out,
        "  to fix it    {}",
        printable(fix.next().unwrap_or_default())
    )?;
    for line in fix {
        writeln!(out, "               {}", printable(line))?;
    }
    writeln!(
        out,
        "  to accept it ropa:ignore[{}] -- <reason> in a comment on its line, or `ropa baseline update`",
        finding.rule_name()
    )
}

fn is_meant(what: &str, dataset: &DatasetRecord, field: &FieldRecord) -> bool {
    let by_fingerprint = field
        .fingerprint
        .as_deref()
        .is_some_and(|f| what.len() >= SHORTEST && f.starts_with(&what.to_ascii_lowercase()));
    by_fingerprint || what == format!("{}:{}.{}", dataset.source, dataset.dataset, field.field)
}

fn explain_type(data_type: DataType, out: &mut dyn Write) -> io::Result<()> {
    let facts = data_type.facts();
    writeln!(
        out,
        "{} — {} ({})",
        data_type.key(),
        facts.label,
        category_label(data_type.category())
    )?;
    writeln!(out, "  covers   {}", facts.covers)?;
    if !facts.special.is_empty() {
        let laws: Vec<&str> = facts.special.iter().map(|s| s.id()).collect();
        writeln!(
            out,
            "  special  {}{}",
            laws.join(", "),
            facts
                .special_when
                .as_ref()
                .map(|w| format!(" ({w})"))
                .unwrap_or_default()
        )?;
    }
    writeln!(out, "  tag      @pii {}", data_type.key())
}

fn explain_field(
    dataset: &DatasetRecord,
    field: &FieldRecord,
    out: &mut dyn Write,
) -> io::Result<()> {
    let line = field
        .line
        .map(|line| format!(":{line}"))
        .unwrap_or_default();
    writeln!(
        out,
        "{}{line}  {}.{}",
        printable(&dataset.source),
        printable(&dataset.dataset),
        printable(&field.field)
    )?;
    let Some(data_type) = field.data_type else {
        writeln!(out, "  nothing personal was found in it")?;
        return writeln!(
            out,
            "  if it is personal, say so: add `@pii <data type>` to its comment, or a [[correction]] to ropa.toml"
        );
    };
    let score = field.score.unwrap_or_default();
    writeln!(
        out,
        "  {} — {} ({}, {score:.2})",
        data_type.key(),
        data_type.facts().label,
        field.confidence.map_or("", |c| c.id())
    )?;
    for evidence in &field.evidence {
        writeln!(
            out,
            "  by {:<10} {}",
            format!("{:?}", evidence.by).to_lowercase(),
            printable(&evidence.why)
        )?;
    }
    if let (Some(rows), Some(matched)) = (field.rows, field.matched) {
        writeln!(out, "  values       {matched} of {rows} match")?;
    }
    if let Some(fingerprint) = &field.fingerprint {
        writeln!(out, "  fingerprint  {fingerprint}")?;
    }
    let place = format!("{}:{}.{}", dataset.source, dataset.dataset, field.field);
    writeln!(
        out,
        "  to tag it      add `@pii {}` to its comment",
        data_type.key()
    )?;
    writeln!(
        out,
        "  to correct it  [[correction]] field = \"{}\", type = \"none\", reason = \"…\" in ropa.toml",
        printable(&place)
    )
}

fn explain_spans(inventory: &Inventory, what: &str, out: &mut dyn Write) -> io::Result<usize> {
    let is_meant = |span: &&SpanRecord| {
        what.len() >= SHORTEST && span.fingerprint.starts_with(&what.to_ascii_lowercase())
    };
    let mut found = 0;
    for span in inventory.spans.iter().filter(is_meant) {
        let shown = span
            .masked
            .as_ref()
            .and_then(|m| m.shown())
            .unwrap_or("not shown");
        writeln!(
            out,
            "{}:{}  {} — {} ({}, {:.2})",
            printable(&span.source),
            span.line,
            span.data_type,
            shown,
            span.confidence.id(),
            span.score
        )?;
        writeln!(
            out,
            "  found in text, bytes {} to {}; fingerprint {}",
            span.start, span.end, span.fingerprint
        )?;
        found += 1;
    }
    Ok(found)
}
