//! Which elements of a document are its records: the outermost ones that repeat and hold more than a text.
//! Judged from the first bytes; knows nothing of what names mean.

use crate::source::SourceError;
use crate::source::xml_stream::XmlStream;
use quick_xml::events::Event;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

/// Elements looked at.
const EVENTS: usize = 200_000;
/// How deep records may lie.
const DEPTH: usize = 12;

/// Roots of documents that describe, configure, draw or lay out, and hold no records.
const NO_DATA: &[&str] = &[
    "aop",
    "application-client",
    "archetype",
    "article",
    "assembly",
    "beans",
    "blueprint",
    "book",
    "bpm-platform",
    "browserconfig",
    "build",
    "buildconfiguration",
    "catalog",
    "chapter",
    "checks",
    "checkstyle",
    "component",
    "config",
    "configuration",
    "configurations",
    "connector",
    "context",
    "controltemplate",
    "coverage",
    "databasechangelog",
    "datasources",
    "definitions",
    "dependencies",
    "document",
    "domain",
    "doxygen",
    "ehcache",
    "ejb-jar",
    "extension",
    "faces-config",
    "findbugsfilter",
    "fontconfig",
    "framelayout",
    "grammar",
    "hibernate-configuration",
    "hibernate-mapping",
    "host",
    "html",
    "ivy-module",
    "jboss-deployment-structure",
    "jboss-web",
    "jmetertestplan",
    "keyboard",
    "language",
    "layer-list",
    "layout",
    "linearlayout",
    "locale",
    "localization",
    "log4j:configuration",
    "log4net",
    "manifest",
    "mapper",
    "math",
    "menu",
    "metadata",
    "module",
    "modules",
    "navigation",
    "nlog",
    "nuspec",
    "officeapp",
    "opensearchdescription",
    "package",
    "page",
    "persistence",
    "phpunit",
    "plist",
    "pmd",
    "policymap",
    "preferencescreen",
    "profiles",
    "project",
    "relationships",
    "relativelayout",
    "report",
    "resources",
    "ribbon",
    "root",
    "root-config",
    "ruleset",
    "schema",
    "selector",
    "server",
    "settings",
    "sitemapindex",
    "strings",
    "struts",
    "stylesheet",
    "suite",
    "suppressions",
    "svg",
    "tei",
    "testsuite",
    "testsuites",
    "tiles-definitions",
    "tomcat-users",
    "toolchains",
    "transform",
    "translation",
    "translations",
    "ts",
    "types",
    "ui",
    "urlset",
    "vector",
    "web-app",
    "web-fragment",
    "weblogic-web-app",
    "widgets",
    "window",
    "wix",
    "xliff",
];

/// What a document is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// Paths of the elements that are records, from the root.
    pub paths: BTreeSet<String>,
    /// Whether the document may hold data at all.
    pub may_hold_data: bool,
}

#[derive(Default)]
struct Open {
    path: String,
    /// How many children of each name hold more than a text.
    children: BTreeMap<String, usize>,
    holds_more: bool,
}

/// Looks at the beginning of a document.
pub fn find(stream: impl Read) -> Records {
    let mut events = XmlStream::new(stream);
    let mut records = Records::default();
    let mut stack: Vec<Open> = Vec::new();
    let (mut texts, mut elements) = (0, 0);
    // Elements open deeper than records may lie.
    let mut beyond = 0_u64;
    for _ in 0..EVENTS {
        // The first bytes may end anywhere.
        let event: Result<Event<'_>, SourceError> = events.next_event();
        let Ok(event) = event else { break };
        match event {
            Event::Start(tag) | Event::Empty(tag) if stack.is_empty() => {
                let name = tag.local_name().as_ref().to_ascii_lowercase();
                // Layouts and other resources of Android have roots of any name.
                let is_resource = tag
                    .attributes()
                    .flatten()
                    .any(|a| a.key.as_ref() == "xmlns:android");
                let is_known = is_resource || NO_DATA.binary_search(&name.as_str()).is_ok();
                records.may_hold_data = !is_known;
                if is_known {
                    return records;
                }
                stack.push(Open {
                    path: tag.local_name().as_ref().to_owned(),
                    ..Open::default()
                });
            }
            Event::Start(_) if stack.len() > DEPTH => {
                elements += 1;
                beyond += 1;
            }
            Event::Empty(_) if stack.len() > DEPTH => elements += 1,
            Event::End(_) if beyond > 0 => beyond -= 1,
            Event::Start(tag) => {
                elements += 1;
                let has_attributes = tag.attributes().next().is_some();
                open(&mut stack, tag.local_name().as_ref(), has_attributes);
            }
            Event::Empty(tag) => {
                elements += 1;
                let has_attributes = tag.attributes().next().is_some();
                open(&mut stack, tag.local_name().as_ref(), has_attributes);
                close(&mut stack, &mut records.paths);
            }
            Event::End(_) if stack.len() > 1 => close(&mut stack, &mut records.paths),
            Event::Text(text) if !text.trim().is_empty() => texts += 1,
            Event::Eof => break,
            _ => {}
        }
    }
    // Data have elements for their texts; prose has texts between elements.
    records.may_hold_data &= elements > 0 && texts <= elements * 2;
    let all: Vec<String> = records.paths.iter().cloned().collect();
    let is_inside = |path: &String, outer: &String| {
        path.strip_prefix(outer.as_str())
            .is_some_and(|rest| rest.starts_with('/'))
    };
    records
        .paths
        .retain(|path| !all.iter().any(|outer| is_inside(path, outer)));
    records
}

fn open(stack: &mut Vec<Open>, name: &str, holds_more: bool) {
    let Some(parent) = stack.last_mut() else {
        return;
    };
    parent.holds_more = true;
    let path = format!("{}/{name}", parent.path);
    stack.push(Open {
        path,
        children: BTreeMap::new(),
        holds_more,
    });
}

fn close(stack: &mut Vec<Open>, paths: &mut BTreeSet<String>) {
    let Some(child) = stack.pop() else { return };
    let Some(parent) = stack.last_mut().filter(|_| child.holds_more) else {
        return;
    };
    let name = child.path[parent.path.len() + 1..].to_owned();
    let count = parent.children.entry(name).or_insert(0);
    *count += 1;
    if *count == 2 && paths.len() < 1_000 {
        paths.insert(child.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        find(text.as_bytes()).paths.into_iter().collect()
    }

    #[test]
    fn roots_are_sorted() {
        assert!(NO_DATA.is_sorted());
    }

    #[test]
    fn the_outermost_elements_that_repeat_are_records() {
        let text =
            "<r><c><o><i><n>1</n></i><i><n>2</n></i></o></c><c><n>3</n></c><t>a</t><t>b</t></r>";
        assert_eq!(found(text), ["r/c"]);
        assert_eq!(
            found("<r><c id='1'/><c id='2'/><x><y z='1'/><y z='2'/></x></r>"),
            ["r/c", "r/x/y"]
        );
        assert_eq!(found("<r><c>1</c><c>2</c></r>"), [""; 0]);
    }

    #[test]
    fn configuration_and_prose_hold_no_data() {
        for text in [
            "<project><a b='1'/></project>",
            "<html><p>a</p></html>",
            "<p>a <b>b</b> c <i>d</i> e <u>f</u> g</p>",
        ] {
            assert!(!find(text.as_bytes()).may_hold_data, "{text}");
        }
        assert!(find("<patient><name>x</name></patient>".as_bytes()).may_hold_data);
    }
}
