//! Configuration: `.env` files, YAML, TOML, INI, properties, web servers, Terraform: variables set, hosts and providers named.
//! Reads line by line whatever the syntax; comments name nothing. The text itself goes on as it stands.

use super::html::{is_link, policy_hosts, web_addresses};
use super::{Budget, Claim, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split, text};
use crate::field::{Mention, MentionKind, TextPlace};

/// Reads configuration.
pub struct Settings;

/// The reader of configuration.
pub static READER: Settings = Settings;

/// A larger file is data.
const MOST_BYTES: u64 = 8 << 20;

const ENDINGS: &[&str] = &[
    "yml",
    "yaml",
    "toml",
    "ini",
    "cfg",
    "conf",
    "properties",
    "env",
    "tf",
    "tfvars",
    "hcl",
    "dockerfile",
    "config",
];

impl Reader for Settings {
    fn format(&self) -> &'static str {
        "settings"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Config
    }

    fn claim(&self, input: &Input) -> Claim {
        if input.connection().is_some() || text::is_binary(input.head()) {
            return Claim::No;
        }
        let name = input.file_name();
        let is_env = name == ".env" || name.starts_with(".env.") || name.ends_with(".env");
        let is_known = is_env
            || name.starts_with("dockerfile")
            || matches!(
                name.as_str(),
                "procfile" | "_headers" | ".htaccess" | "caddyfile"
            )
            || ENDINGS.contains(&input.extension().as_str());
        let is_small = input.size().is_some_and(|size| size <= MOST_BYTES);
        if is_known && is_small {
            Claim::Content
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
        let content = input.read_text(MOST_BYTES * 16)?;
        sink.text(content.as_bytes(), TextPlace { start: 0, line: 1 });
        let is_terraform = matches!(input.extension().as_str(), "tf" | "hcl");
        tell(&content, is_terraform, sink);
        Ok(Outcome {
            lines: memchr::memchr_iter(b'\n', content.as_bytes()).count() as u64,
            ..Outcome::whole()
        })
    }
}

/// Tells the variables, hosts and providers that configuration names, for readers that read its fields themselves.
pub fn tell(content: &str, is_terraform: bool, sink: &mut dyn Sink) {
    for (line, at) in content.lines().zip(1..) {
        let line = line.trim();
        if !line.starts_with(['#', ';']) && !line.starts_with("//") {
            read_line(line, at, is_terraform, sink);
        }
    }
}

fn read_line(line: &str, at: u64, is_terraform: bool, sink: &mut dyn Sink) {
    if let Some(variable) = variable(line) {
        sink.mention(Mention::at(MentionKind::EnvSet, variable, at));
    }
    for (_, address) in web_addresses(line).filter(|(_, a)| !is_link(a)) {
        sink.mention(Mention::at(MentionKind::Host, address, at));
    }
    if let Some(host) = bare_host(line) {
        sink.mention(Mention::at(MentionKind::Host, host, at));
    }
    if let Some(start) = line.to_ascii_lowercase().find("content-security-policy") {
        let policy =
            line[start..].trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '-');
        policy_hosts(&policy.replace(['"', '\''], " "), at, sink);
    }
    if is_terraform && let Some(provider) = provider(line) {
        sink.mention(Mention::at(MentionKind::Terraform, provider, at));
    }
}

/// The variable that a line sets: `KEY=…`, `export KEY=…`, `KEY: …`, `- KEY=…`, `ENV KEY …`.
fn variable(line: &str) -> Option<&str> {
    let line = ["- ", "export ", "ENV ", "ARG "]
        .iter()
        .fold(line, |line, prefix| {
            line.strip_prefix(prefix).unwrap_or(line)
        })
        .trim_start_matches(['"', '\'']);
    let is_part = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_';
    let length = line.bytes().take_while(|b| is_part(b)).count();
    let after = line[length..].trim_start_matches(['"', '\'']).trim_start();
    let is_set = after.starts_with(['=', ':']);
    (length >= 4 && line[..length].contains('_') && is_set).then(|| &line[..length])
}

/// A value that is nothing but a host: `SMTP_HOST=smtp.example.com`.
fn bare_host(line: &str) -> Option<&str> {
    let (_, value) = line.split_once(['=', ':'])?;
    let value = value
        .trim()
        .trim_end_matches([',', ';'])
        .trim_matches(['"', '\'']);
    let host = value.split([':', '/']).next()?;
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
    let is_host = host.split('.').count() >= 3 && host.chars().all(is_part);
    (is_host && host.chars().any(|c| c.is_ascii_alphabetic())).then_some(value)
}

/// `provider "stripe" {` or `source = "namespace/stripe"`.
fn provider(line: &str) -> Option<&str> {
    let quoted = |text: &'static str| {
        let rest = line
            .strip_prefix(text)?
            .trim_start()
            .trim_start_matches('=');
        rest.split('"').nth(1)
    };
    if let Some(name) = quoted("provider ") {
        return Some(name);
    }
    let source = quoted("source")?;
    let steps: Vec<&str> = source.split('/').collect();
    match steps.as_slice() {
        [_, name] if !source.starts_with('.') => Some(name),
        ["registry.terraform.io", _, name] => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::recording::Recording;

    fn told(line: &str) -> String {
        let mut recording = Recording::default();
        read_line(line, 1, true, &mut recording);
        let told = recording.lines();
        told.replace("mention ", "")
            .replace(" line=1", "")
            .trim()
            .replace('\n', ", ")
    }

    #[test]
    fn variables_are_told_in_every_syntax() {
        for line in [
            "STRIPE_KEY=x",
            "export STRIPE_KEY=x",
            "STRIPE_KEY: ${{ x }}",
            "- STRIPE_KEY=x",
            "ENV STRIPE_KEY=x",
            "\"STRIPE_KEY\": \"x\"",
        ] {
            assert_eq!(told(line), "EnvSet STRIPE_KEY", "{line}");
        }
        assert_eq!(told("Stripe_Key=x"), "");
    }

    #[test]
    fn hosts_are_told_with_and_without_a_scheme() {
        assert_eq!(
            told("url: \"https://api.example.com/v1\""),
            "Host https://api.example.com/v1"
        );
        assert_eq!(
            told("host = smtp.eu.example.com:587"),
            "Host smtp.eu.example.com:587"
        );
        assert_eq!(told("version = 1.2.3"), "");
    }

    #[test]
    fn terraform_names_its_providers() {
        assert_eq!(told("provider \"stripe\" {"), "Terraform stripe");
        assert_eq!(
            told("source  = \"cloudflare/cloudflare\""),
            "Terraform cloudflare"
        );
        assert_eq!(told("source = \"./modules/x\""), "");
    }

    #[test]
    fn policies_in_headers_name_hosts() {
        assert_eq!(
            told("add_header Content-Security-Policy \"img-src t.example.com\";"),
            "Host t.example.com"
        );
    }
}
