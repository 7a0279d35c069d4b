//! Recipients: who stands behind a package, an import, a host or a variable that a source names.
//! Knows the catalogue in `detectors/recipients/`, read when the first mention asks for it; how a mention came about it does not know.

use crate::detector::FILES;
use crate::field::{Mention, MentionKind};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A third party as its file says it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vendor {
    /// Its id, stable.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Category of the vocabulary.
    pub category: String,
    /// Its usual role.
    pub role: String,
    /// Head office, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Whether it takes part in the EU–US Data Privacy Framework: listed, not_listed, unknown.
    pub dpf: Option<String>,
    /// The same software also runs on people's own servers.
    #[serde(default)]
    pub self_hosted: bool,
    /// Packages, by ecosystem.
    #[serde(default)]
    pub packages: Vec<String>,
    /// Imports that differ from the package's name.
    #[serde(default)]
    pub imports: Vec<String>,
    /// Calls that tell it.
    #[serde(default)]
    pub calls: Vec<String>,
    /// Hosts, some with a path.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Variables of the environment.
    #[serde(default)]
    pub env: Vec<String>,
    /// Terraform providers.
    #[serde(default)]
    pub terraform: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VendorFile {
    /// The day the `dpf` notes speak of; kept with them.
    #[allow(dead_code, reason = "told by the register's safeguards, not here")]
    dpf_as_of: Option<String>,
    recipient: Vec<Vendor>,
}

/// How a recipient was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SeenAs {
    /// In a manifest, lock file or configuration.
    Declared,
    /// In an import.
    Imported,
    /// In a call, a host or a variable that code reads.
    Used,
}

impl SeenAs {
    /// The id used in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Imported => "imported",
            Self::Used => "used",
        }
    }
}

/// What a kind of mention shows, and the word for it in `by`; `None` where it shows no recipient.
pub fn seen_by(kind: MentionKind) -> Option<(SeenAs, &'static str)> {
    Some(match kind {
        MentionKind::Package | MentionKind::LockedPackage => (SeenAs::Declared, "manifest"),
        MentionKind::Import => (SeenAs::Imported, "import"),
        MentionKind::Call | MentionKind::ImportCall => (SeenAs::Used, "call"),
        MentionKind::Host | MentionKind::Tag | MentionKind::Pixel => (SeenAs::Used, "host"),
        MentionKind::Env => (SeenAs::Used, "env"),
        MentionKind::EnvSet => (SeenAs::Declared, "config"),
        MentionKind::Terraform => (SeenAs::Declared, "terraform"),
        _ => return None,
    })
}

/// Who is named by what; the longest match wins.
pub struct Catalogue {
    vendors: Vec<Vendor>,
    packages: HashMap<String, usize>,
    /// What stands before a `*`.
    package_prefixes: HashMap<String, usize>,
    imports: HashMap<String, usize>,
    calls: HashMap<String, usize>,
    /// Host → paths that must begin the path, the longest first; empty = any.
    hosts: HashMap<String, Vec<(String, usize)>>,
    /// Domains of which any sub-domain counts.
    domains: HashMap<String, usize>,
    env: HashMap<String, usize>,
    /// What stands before any ending, its underscore kept.
    env_prefixes: HashMap<String, usize>,
    terraform: HashMap<String, usize>,
}

/// Prefixes that only publish a variable to the browser.
const PUBLISHING: &[&str] = &[
    "NEXT_PUBLIC_",
    "VITE_",
    "REACT_APP_",
    "NUXT_PUBLIC_",
    "GATSBY_",
    "EXPO_PUBLIC_",
    "PUBLIC_",
];

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let vendors = FILES
        .iter()
        .filter(|(file, _)| file.starts_with("recipients/"))
        .flat_map(|(_, text)| {
            toml::from_str::<VendorFile>(text)
                .expect("a test reads every built-in recipient")
                .recipient
        });
    Catalogue::new(vendors.collect())
});

/// The built-in catalogue.
pub fn catalogue() -> &'static Catalogue {
    &CATALOGUE
}

impl Catalogue {
    fn new(vendors: Vec<Vendor>) -> Self {
        let mut all = Self {
            vendors: Vec::new(),
            packages: HashMap::new(),
            package_prefixes: HashMap::new(),
            imports: HashMap::new(),
            calls: HashMap::new(),
            hosts: HashMap::new(),
            domains: HashMap::new(),
            env: HashMap::new(),
            env_prefixes: HashMap::new(),
            terraform: HashMap::new(),
        };
        for (at, vendor) in vendors.iter().enumerate() {
            all.add(vendor, at);
        }
        let longest_first = |paths: &mut Vec<(String, usize)>| {
            paths.sort_by_key(|(path, _)| std::cmp::Reverse(path.len()));
        };
        all.hosts.values_mut().for_each(longest_first);
        all.vendors = vendors;
        all
    }

    fn add(&mut self, vendor: &Vendor, at: usize) {
        for package in &vendor.packages {
            let name = package_key(package);
            match name.strip_suffix('*') {
                Some(prefix) => self.package_prefixes.insert(prefix.to_owned(), at),
                None => self.packages.insert(name, at),
            };
        }
        let whole = |names: &[String], into: &mut HashMap<String, usize>| {
            into.extend(names.iter().map(|name| (name.clone(), at)));
        };
        whole(&vendor.imports, &mut self.imports);
        whole(&vendor.calls, &mut self.calls);
        whole(&vendor.terraform, &mut self.terraform);
        for host in &vendor.hosts {
            if let Some(domain) = host.strip_prefix('.') {
                self.domains.insert(domain.to_owned(), at);
                continue;
            }
            let (name, path) = host.split_once('/').unwrap_or((host, ""));
            let paths = self.hosts.entry(name.to_owned()).or_default();
            paths.push((path.to_owned(), at));
        }
        for name in &vendor.env {
            let into = match name.ends_with('_') {
                true => &mut self.env_prefixes,
                false => &mut self.env,
            };
            into.insert(name.clone(), at);
        }
    }

    /// The vendor at a position that [`Catalogue::named_by`] gave.
    pub fn get(&self, at: usize) -> &Vendor {
        &self.vendors[at]
    }

    /// The position of an id.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.vendors.iter().position(|vendor| vendor.id == id)
    }

    /// Who is named, and may receive data by it: of software that people also run themselves only a host tells.
    pub fn named_by(&self, mention: &Mention) -> Option<usize> {
        let name = mention.name.as_str();
        let at = match mention.kind {
            MentionKind::Package | MentionKind::LockedPackage => self.package(name),
            MentionKind::Import | MentionKind::ImportCall => self.import(name),
            MentionKind::Call => prefixes(name, &['.']).find_map(|part| self.call(part)),
            MentionKind::Host | MentionKind::Tag | MentionKind::Pixel => self.host(name),
            MentionKind::Env | MentionKind::EnvSet => self.variable(name),
            MentionKind::Terraform => self.terraform.get(name).copied(),
            _ => None,
        }?;
        let by_host = matches!(
            mention.kind,
            MentionKind::Host | MentionKind::Tag | MentionKind::Pixel
        );
        (by_host || !self.vendors[at].self_hosted).then_some(at)
    }

    fn package(&self, name: &str) -> Option<usize> {
        let key = package_key(name);
        if let Some(at) = self.packages.get(&key) {
            return Some(*at);
        }
        let by_prefix = (key.find(':')? + 1..=key.len())
            .rev()
            .filter(|end| key.is_char_boundary(*end))
            .find_map(|end| self.package_prefixes.get(&key[..end]));
        let is_path = key.starts_with("go:");
        by_prefix.copied().or_else(|| {
            let mut parts = prefixes(&key, &['/']).filter(|_| is_path);
            parts.find_map(|part| self.packages.get(part).copied())
        })
    }

    fn import(&self, name: &str) -> Option<usize> {
        let (ecosystem, path) = name.split_once(':')?;
        let separators: &[char] = match ecosystem {
            "npm" | "go" | "gem" | "pub" => &['/'],
            "packagist" => &['\\'],
            "cargo" => &[':'],
            _ => &['.'],
        };
        let listed = prefixes(path, separators).find_map(|part| self.imports.get(part).copied());
        listed.or_else(|| {
            let packages = package_names(ecosystem, path);
            packages.iter().find_map(|package| self.package(package))
        })
    }

    fn call(&self, name: &str) -> Option<usize> {
        let whole = self.calls.get(name).copied();
        whole.or_else(|| self.calls.get(&format!("{name}.")).copied())
    }

    fn host(&self, name: &str) -> Option<usize> {
        let rest = name.split_once("://").map_or(name, |(_, rest)| rest);
        let rest = rest.trim_start_matches('/');
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        let host = host.split([':', '?', '#']).next()?.to_ascii_lowercase();
        let by_name = self.hosts.get(&host).and_then(|paths| {
            let begins = |wanted: &str| path.starts_with(wanted);
            paths.iter().find(|(wanted, _)| begins(wanted))
        });
        if let Some((_, at)) = by_name {
            return Some(*at);
        }
        let mut rest = host.as_str();
        while let Some((_, domain)) = rest.split_once('.') {
            if let Some(at) = self.domains.get(domain) {
                return Some(*at);
            }
            rest = domain;
        }
        None
    }

    fn variable(&self, name: &str) -> Option<usize> {
        let published = PUBLISHING
            .iter()
            .find_map(|prefix| name.strip_prefix(prefix));
        let name = published.unwrap_or(name);
        if let Some(at) = self.env.get(name) {
            return Some(*at);
        }
        let ends = name.rmatch_indices('_').map(|(at, _)| at + 1);
        ends.filter(|end| *end < name.len())
            .find_map(|end| self.env_prefixes.get(&name[..end]).copied())
    }
}

/// A package as it is compared: PyPI without case and with `-`, `_`, `.` alike, NuGet without case.
fn package_key(name: &str) -> String {
    match name.split_once(':') {
        Some(("pypi", rest)) => {
            let mut key = String::from("pypi:");
            for c in rest.chars() {
                match c {
                    '-' | '_' | '.' if key.ends_with('-') => {}
                    '-' | '_' | '.' => key.push('-'),
                    c => key.push(c.to_ascii_lowercase()),
                }
            }
            key
        }
        Some(("nuget", _)) => name.to_ascii_lowercase(),
        _ => name.to_owned(),
    }
}

/// The packages that an import may belong to, the longest first.
fn package_names(ecosystem: &str, path: &str) -> Vec<String> {
    let named = |name: &str| format!("{ecosystem}:{name}");
    match ecosystem {
        "npm" => {
            let steps = if path.starts_with('@') { 2 } else { 1 };
            let root: Vec<&str> = path.split('/').take(steps).collect();
            vec![named(&root.join("/"))]
        }
        "pypi" => path.split('.').next().map(named).into_iter().collect(),
        "cargo" => {
            let root = path.split(':').next().unwrap_or(path);
            vec![named(root), named(&root.replace('_', "-"))]
        }
        "gem" => vec![
            named(&path.replace('/', "-")),
            named(path.split('/').next().unwrap_or(path)),
        ],
        "nuget" => prefixes(path, &['.']).map(named).collect(),
        "pub" | "cocoapods" => path
            .split(['/', '.'])
            .next()
            .map(named)
            .into_iter()
            .collect(),
        "go" => vec![named(path)],
        _ => Vec::new(),
    }
}

/// A dotted name and everything it lies below, the longest first.
fn prefixes<'a>(name: &'a str, separators: &'a [char]) -> impl Iterator<Item = &'a str> {
    let mut next = Some(name);
    std::iter::from_fn(move || {
        let current = next?;
        let shorter = current.rfind(separators).map(|at| &current[..at]);
        next = shorter.map(|part| part.trim_end_matches(separators));
        Some(current)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary;
    use std::collections::BTreeMap;

    fn who(kind: MentionKind, name: &str) -> Option<&'static str> {
        let all = catalogue();
        let at = all.named_by(&Mention::at(kind, name, 1))?;
        Some(all.get(at).id.as_str())
    }

    #[test]
    fn the_data_holds_together() {
        let all = &catalogue().vendors;
        assert!(all.len() > 1_000);
        let mut owners: BTreeMap<(&str, String), &str> = BTreeMap::new();
        for vendor in all {
            let mut claim = |what: &'static str, name: &str| {
                let before = owners.insert((what, name.to_ascii_lowercase()), &vendor.id);
                assert_eq!(before, None, "{what} {name} of {}", vendor.id);
            };
            claim("id", &vendor.id);
            vendor.packages.iter().for_each(|n| claim("package", n));
            vendor.hosts.iter().for_each(|n| claim("host", n));
            vendor.env.iter().for_each(|n| claim("env", n));
            vendor.terraform.iter().for_each(|n| claim("terraform", n));
            let known = vocabulary::recipient_category(&vendor.category);
            assert!(known.is_some(), "{}: {}", vendor.id, vendor.category);
            let roles = ["processor", "controller", "joint_controller", "recipient"];
            assert!(roles.contains(&vendor.role.as_str()), "{}", vendor.id);
            let is_dpf_known = vendor
                .dpf
                .as_deref()
                .is_none_or(|dpf| ["listed", "not_listed", "unknown"].contains(&dpf));
            assert!(is_dpf_known, "{}", vendor.id);
        }
    }

    #[test]
    fn imports_and_calls_belong_to_one_each() {
        let mut owners: BTreeMap<(&str, &str), &str> = BTreeMap::new();
        for vendor in &catalogue().vendors {
            let imports = vendor.imports.iter().map(|n| ("import", n));
            for (what, name) in imports.chain(vendor.calls.iter().map(|n| ("call", n))) {
                let before = owners.insert((what, name.as_str()), &vendor.id);
                assert_eq!(before, None, "{what} {name} of {}", vendor.id);
            }
        }
    }

    #[test]
    fn the_longest_package_wins() {
        assert_eq!(
            who(MentionKind::Package, "npm:@aws-sdk/client-ses"),
            Some("amazon_ses")
        );
        assert_eq!(
            who(MentionKind::Package, "npm:@aws-sdk/client-lambda"),
            Some("aws")
        );
        assert_eq!(who(MentionKind::Package, "npm:left-pad"), None);
    }

    #[test]
    fn python_packages_compare_loosely() {
        assert_eq!(
            who(MentionKind::Package, "pypi:Sentry_SDK"),
            Some("sentry").filter(|_| !is_self_hosted("sentry"))
        );
        assert_eq!(who(MentionKind::Package, "pypi:STRIPE"), Some("stripe"));
    }

    fn is_self_hosted(id: &str) -> bool {
        catalogue()
            .vendors
            .iter()
            .any(|v| v.id == id && v.self_hosted)
    }

    #[test]
    fn imports_reach_packages_in_every_ecosystem() {
        for name in [
            "npm:stripe/lib/stripe",
            "pypi:stripe.error",
            "maven:com.stripe.model.Customer",
            "go:github.com/stripe/stripe-go/v76/customer",
            "gem:stripe",
        ] {
            assert_eq!(who(MentionKind::Import, name), Some("stripe"), "{name}");
        }
    }

    #[test]
    fn hosts_need_their_path_and_sub_domains_their_dot() {
        assert_eq!(
            who(MentionKind::Host, "https://api.stripe.com/v1/charges"),
            Some("stripe")
        );
        let captcha = who(MentionKind::Host, "https://www.google.com/recaptcha/api.js");
        assert!(captcha.is_some());
        assert_ne!(
            who(MentionKind::Host, "https://www.google.com/search"),
            captcha
        );
        assert_eq!(who(MentionKind::Host, "api.stripe.com.example.org"), None);
    }

    #[test]
    fn variables_are_known_by_their_beginning_and_without_what_publishes_them() {
        assert_eq!(who(MentionKind::Env, "STRIPE_SECRET_KEY"), Some("stripe"));
        assert_eq!(
            who(MentionKind::EnvSet, "NEXT_PUBLIC_STRIPE_KEY"),
            Some("stripe")
        );
        assert_eq!(who(MentionKind::Env, "DATABASE_URL"), None);
    }

    #[test]
    fn software_that_people_run_themselves_is_told_by_a_host_only() {
        for vendor in catalogue().vendors.iter().filter(|v| v.self_hosted) {
            for package in &vendor.packages {
                assert_ne!(who(MentionKind::Package, package), Some(vendor.id.as_str()));
            }
        }
    }
}
