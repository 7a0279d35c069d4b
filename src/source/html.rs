//! Pages and their templates: forms as fields, scripts, frames and pixels as what a page loads, the rest as text.
//! A plain link loads nothing and is no mention; template markup is read past. Of a page that is written out, without a form
//! or a template's signs, the text is what a person sees of it.

use super::markup::{self, Part, Tag};
use super::{
    Budget, Claim, Coverage, DatasetId, Input, Outcome, Reader, Sink, SourceError, SourceKind,
    Split, text,
};
use crate::field::{Dataset, DatasetKind, Field, Mention, MentionKind, Place, TextPlace};

#[path = "html/visible.rs"]
mod visible;
pub use visible::read_text;

/// Reads HTML pages and templates.
pub struct Html;

/// The reader of pages.
pub static READER: Html = Html;

/// A larger page is data, not a page.
const MOST_BYTES: u64 = 32 << 20;

const ENDINGS: &[&str] = &[
    "html",
    "htm",
    "xhtml",
    "erb",
    "ejs",
    "hbs",
    "handlebars",
    "mustache",
    "twig",
    "jinja",
    "jinja2",
    "j2",
    "liquid",
    "njk",
    "cshtml",
    "jsp",
    "ftl",
    "gohtml",
    "tmpl",
    "astro",
];

/// Inputs that hold nothing a person types.
const SILENT: &[&str] = &["submit", "button", "reset", "image", "hidden"];

impl Reader for Html {
    fn format(&self) -> &'static str {
        "html"
    }

    fn kind(&self, input: &Input) -> SourceKind {
        match is_document(input) {
            true => SourceKind::Document,
            false => SourceKind::Code,
        }
    }

    fn claim(&self, input: &Input) -> Claim {
        let head = input.head();
        if input.connection().is_some() || text::is_binary(head) {
            return Claim::No;
        }
        let name = input.file_name();
        let is_page = ENDINGS.contains(&input.extension().as_str()) || name.ends_with(".blade.php");
        let has_tags = memchr::memmem::find(head, b"</").is_some()
            || memchr::memmem::find(head, b"/>").is_some()
            || head.starts_with(b"<");
        if is_page && has_tags {
            Claim::Name
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
        let content = input.read_text(MOST_BYTES)?;
        match is_document(input) {
            true => read_text(&content, 0, 1, sink),
            false => sink.text(content.as_bytes(), TextPlace { start: 0, line: 1 }),
        }
        read_page(&content, sink);
        Ok(Outcome {
            coverage: Coverage::Whole,
            lines: memchr::memchr_iter(b'\n', content.as_bytes()).count() as u64,
            unresolved: 0,
        })
    }
}

/// Whether a page is for reading: neither asks for anything nor is a template of pages.
fn is_document(input: &Input) -> bool {
    const SIGNS: [&[u8]; 8] = [
        b"{{",
        b"{%",
        b"<%",
        b"<?php",
        b"@{",
        b"<form",
        b"<input",
        b"<textarea",
    ];
    let is_written_out = ["html", "htm", "xhtml"].contains(&input.extension().as_str());
    let has = |sign: &[u8]| memchr::memmem::find(input.head(), sign).is_some();
    is_written_out && !SIGNS.iter().any(|sign| has(sign))
}

/// Tells the forms of a page and what it loads.
pub fn read_page(text: &str, sink: &mut dyn Sink) {
    let mut page = Page {
        form: None,
        forms: 0,
        label: None,
    };
    for part in markup::parts(text) {
        match part {
            Part::Open(tag) => {
                loads(&tag, sink);
                page.open(&tag, sink);
            }
            Part::Close(name) if name == "form" => page.form = None,
            Part::Text(words, _) => page.label = Some(words.to_owned()),
            Part::Script(script, line) => addresses(script, line, sink),
            Part::Close(_) => {}
        }
    }
}

struct Page {
    form: Option<DatasetId>,
    forms: usize,
    /// The words that stood last.
    label: Option<String>,
}

impl Page {
    fn open(&mut self, tag: &Tag<'_>, sink: &mut dyn Sink) {
        match tag.name.as_str() {
            "form" => {
                self.forms += 1;
                let named = tag.get("name").or_else(|| tag.get("id"));
                let named = named.or_else(|| tag.get("action").map(action_name));
                let name = named.filter(|name| is_plain(name)).map(str::to_owned);
                let name = name.unwrap_or_else(|| match self.forms {
                    1 => "form".into(),
                    count => format!("form {count}"),
                });
                self.form = Some(sink.dataset(form(name, tag.line)));
            }
            "input" | "textarea" | "select" => self.input(tag, sink),
            _ => {}
        }
    }

    fn input(&mut self, tag: &Tag<'_>, sink: &mut dyn Sink) {
        let kind = tag.get("type").unwrap_or(&tag.name);
        let label = self.label.take();
        let Some(name) = tag.get("name").or_else(|| tag.get("id")) else {
            return;
        };
        if SILENT.contains(&kind.to_ascii_lowercase().as_str()) || !is_plain(name) {
            return;
        }
        let dataset = match self.form {
            Some(dataset) => dataset,
            None => sink.dataset(form("form".into(), tag.line)),
        };
        // What the browser is told to fill in says what is asked for.
        let fill = tag
            .get("autocomplete")
            .filter(|fill| !["on", "off"].contains(fill));
        let hint = fill.map(str::to_owned);
        sink.field(
            dataset,
            Field {
                declared_type: Some(kind.to_owned()),
                comment: hint
                    .or(label)
                    .filter(|words| words.len() < 80 && is_plain(words)),
                place: Place::line(tag.line),
                ..Field::named(
                    name.trim_end_matches("[]")
                        .replace(['[', ']'], ".")
                        .trim_matches('.'),
                )
            },
        );
    }
}

fn form(name: String, line: u64) -> Dataset {
    Dataset {
        name,
        kind: DatasetKind::Message,
        place: Place::line(line),
        ..Dataset::default()
    }
}

fn action_name(action: &str) -> &str {
    let path = action.split(['?', '#']).next().unwrap_or_default();
    path.trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default()
}

/// Whether a name is one, and not an expression of a template.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.contains(['{', '<', '%', '$', '@', '='])
}

/// What a tag makes the browser load.
fn loads(tag: &Tag<'_>, sink: &mut dyn Sink) {
    let address = |name| tag.get(name).and_then(absolute);
    let (kind, address) = match tag.name.as_str() {
        "script" | "iframe" | "embed" | "amp-pixel" => (MentionKind::Tag, address("src")),
        "img" => (MentionKind::Pixel, address("src")),
        "source" | "video" | "audio" => (MentionKind::Host, address("src")),
        "link" if tag.get("rel") != Some("canonical") => (MentionKind::Host, address("href")),
        "form" => (MentionKind::Host, address("action")),
        "meta"
            if tag
                .get("http-equiv")
                .is_some_and(|h| h.eq_ignore_ascii_case("content-security-policy")) =>
        {
            let policy = tag.get("content").unwrap_or_default();
            policy_hosts(policy, tag.line, sink);
            return;
        }
        _ => return,
    };
    if let Some(address) = address {
        sink.mention(Mention::at(kind, address, tag.line));
    }
}

/// An address with its host; `//host/path` is one.
fn absolute(address: &str) -> Option<String> {
    let address = address.trim();
    if let Some(rest) = address.strip_prefix("//") {
        return Some(format!("https://{rest}"));
    }
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    is_web.then(|| address.to_owned())
}

/// The hosts of a Content-Security-Policy.
pub fn policy_hosts(policy: &str, line: u64, sink: &mut dyn Sink) {
    for directive in policy.split(';') {
        let hosts = directive.split_whitespace().skip(1);
        for host in hosts.filter(|host| host.contains('.') && !host.starts_with('\'')) {
            let host = host
                .trim_start_matches("https://")
                .trim_start_matches("wss://");
            // `*.example.com` stands for any sub-domain: one of them is as good as another.
            let host = host.replace("*.", "any.");
            sink.mention(Mention::at(MentionKind::Host, host, line));
        }
    }
}

/// The addresses in a script, as things it loads.
fn addresses(script: &str, line: u64, sink: &mut dyn Sink) {
    let (mut line, mut done) = (line, 0);
    for (at, address) in web_addresses(script) {
        line += memchr::memchr_iter(b'\n', &script.as_bytes()[done..at]).count() as u64;
        done = at;
        sink.mention(Mention::at(MentionKind::Tag, address, line));
    }
}

/// The web addresses of a text, with their positions; `//host` counts after a quote only.
pub fn web_addresses(text: &str) -> impl Iterator<Item = (usize, String)> + '_ {
    let bytes = text.as_bytes();
    memchr::memmem::find_iter(bytes, b"//").filter_map(move |at| {
        let rest = &text[at + 2..];
        let is_end = |c: char| c.is_whitespace() || "\"'`<>)(|{}[],;\\$*".contains(c);
        let length = rest.find(is_end).unwrap_or(rest.len());
        let address = rest[..length].trim_end_matches(['.', ':', '!', '?']);
        let host = address
            .split(['/', ':', '?', '#'])
            .next()
            .unwrap_or_default();
        let is_host = host.contains('.') && host.len() > 3 && host.is_ascii();
        let before = &text[..at];
        let is_web = ["https:", "http:", "wss:"]
            .iter()
            .any(|s| before.ends_with(s));
        let is_quoted = before.ends_with(['"', '\'', '`']);
        (is_host && (is_web || is_quoted)).then(|| (at, format!("https://{address}")))
    })
}

/// Whether an address in code or configuration is most likely one for people to follow: the site itself, and nothing in
/// its path that a program would call. A link moves no data.
pub fn is_link(address: &str) -> bool {
    const CALLED: [&str; 16] = [
        "api",
        "analytics",
        "tag",
        ".js",
        "oauth",
        "recaptcha",
        "/maps",
        "pixel",
        "collect",
        "graphql",
        "/v1",
        "/v2",
        "hook",
        "login",
        "cdn",
        "token",
    ];
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_site =
        host.starts_with("www.") || host.matches('.').count() < 2 || host.starts_with("docs.");
    is_site && !CALLED.iter().any(|word| rest.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::recording::Recording;

    fn told(text: &str) -> String {
        let mut recording = Recording::default();
        read_page(text, &mut recording);
        recording.lines()
    }

    #[test]
    fn forms_are_datasets_and_their_inputs_fields() {
        let page = "<form id=\"signup\">\n<label>E-mail</label><input type=\"email\" name=\"user[email]\">\n<input type=submit name=go><input name=\"{{ f }}\"></form>";
        assert_eq!(
            told(page),
            "signup (Message) line=1\nsignup.user.email email at=2:0 comment=\"E-mail\"\n"
        );
    }

    #[test]
    fn what_is_loaded_is_told_and_links_are_not() {
        let page = "<a href=\"https://a.example.com\">x</a><script src=\"//cdn.example.com/x.js\"></script>\n<img src=\"https://p.example.com/p.gif\"><script>load('https://t.example.com/t.js')</script>";
        assert_eq!(
            told(page),
            "mention Tag https://cdn.example.com/x.js line=1\nmention Pixel https://p.example.com/p.gif line=2\nmention Tag https://t.example.com/t.js line=2\n"
        );
    }

    #[test]
    fn sites_are_links_and_interfaces_are_not() {
        assert!(is_link("https://www.facebook.com/example"));
        assert!(is_link("https://github.com/example/x"));
        assert!(!is_link("https://api.example.com/v1"));
        assert!(!is_link("https://www.google-analytics.com/collect"));
        assert!(!is_link("https://smtp.eu.example.com"));
    }

    #[test]
    fn policies_name_hosts() {
        let page = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'self' https://a.example.com; img-src *.example.org\">";
        assert_eq!(
            told(page),
            "mention Host a.example.com line=1\nmention Host any.example.org line=1\n"
        );
    }
}
