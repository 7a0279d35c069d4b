//! `ropa:ignore[rule] -- reason` in the source, on the line of a finding or the one above; the reason is mandatory.

use super::place::{Texts, lines};
use super::{CheckFinding, State};
use regex::Regex;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static MARK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"ropa:ignore\[([a-z0-9_./,\s*-]*)\](?:\s*--\s*(\S.*))?")
        .expect("a literal pattern; every test runs it")
});

/// Marks what comments accept. A mark without a reason accepts nothing and is told.
pub(super) fn apply(findings: &mut [CheckFinding], texts: &dyn Texts) {
    let mut cache: BTreeMap<String, Option<String>> = BTreeMap::new();
    for finding in findings.iter_mut() {
        let Some(line) = finding.line.and_then(|l| usize::try_from(l).ok()) else {
            continue;
        };
        let text = cache.entry(finding.shown.clone()).or_insert_with(|| {
            texts
                .text(&finding.shown)
                .filter(|t| t.contains("ropa:ignore["))
        });
        let Some(text) = text else { continue };
        let lines = lines(text);
        let above = line.checked_sub(2).and_then(|at| lines.get(at));
        let own = line.checked_sub(1).and_then(|at| lines.get(at));
        for candidate in own.into_iter().chain(above) {
            if let Some(reason) = accepted(candidate, &finding.rule) {
                settle(finding, reason.as_deref());
                break;
            }
        }
    }
}

fn settle(finding: &mut CheckFinding, reason: Option<&str>) {
    match reason {
        Some(reason) => {
            finding.state = State::Suppressed;
            finding.reason = Some(reason.to_owned());
        }
        None => finding.message.push_str(
            "; its `ropa:ignore` gives no reason, so it does not count (write `-- <reason>`)",
        ),
    }
}

/// Whether a line accepts findings of a rule: with its reason, or without one.
fn accepted(line: &str, rule: &str) -> Option<Option<String>> {
    let mark = MARK.captures(line)?;
    let name = rule.split('/').next().unwrap_or(rule);
    let is_meant = mark[1]
        .split(',')
        .map(str::trim)
        .any(|meant| meant == rule || meant == name);
    let reason = mark.get(2).map(|reason| trimmed(reason.as_str()));
    is_meant.then(|| reason.filter(|r| !r.is_empty()))
}

/// The reason without the end of the comment it stands in.
fn trimmed(reason: &str) -> String {
    let ends = ["*/", "-->", "\"\"\"", "#}", "*)"];
    let cut = ends.iter().filter_map(|end| reason.find(end)).min();
    reason[..cut.unwrap_or(reason.len())].trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_needs_the_rule_and_a_reason() {
        let rule = "untagged/contact.email";
        let line = "email text, -- ropa:ignore[untagged] -- a role address";
        assert_eq!(accepted(line, rule), Some(Some("a role address".into())));
        let line = "/* ropa:ignore[mistagged, untagged/contact.email] -- shared */ email text";
        assert_eq!(accepted(line, rule), Some(Some("shared".into())));
        assert_eq!(accepted("-- ropa:ignore[untagged]", rule), Some(None));
        assert_eq!(
            accepted("-- ropa:ignore[untagged/contact.name] -- x", rule),
            None
        );
    }
}
