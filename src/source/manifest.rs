//! Package manifests and lock files of every ecosystem: the packages a project declares, each with its line.
//! Reads lines and keys, resolves no versions and runs nothing; knows nothing of who stands behind a package.

use super::json_pairs::{self, Pair};
use super::markup::{self, Part};
use super::{Budget, Claim, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split, text};
use crate::field::{Mention, MentionKind, TextPlace};

/// Reads `package.json`, `Gemfile`, `go.mod`, `pom.xml` and their like.
pub struct Manifest;

/// The reader of manifests.
pub static READER: Manifest = Manifest;

/// Larger lock files are not written by any project.
const MOST_BYTES: u64 = 64 << 20;

/// What a manifest is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    PackageJson,
    PackageLock,
    YarnLock,
    PnpmLock,
    Requirements,
    Pyproject,
    Pipfile,
    TomlLock(&'static str),
    PipfileLock,
    SetupPy,
    Gemfile,
    GemfileLock,
    GoMod,
    CargoToml,
    Pom,
    Gradle,
    GradleCatalog,
    Composer,
    ComposerLock,
    Csproj,
    Podfile,
    PodfileLock,
    Pubspec,
}

fn form(input: &Input) -> Option<Form> {
    let name = input.file_name();
    Some(match name.as_str() {
        "package.json" => Form::PackageJson,
        "package-lock.json" | "npm-shrinkwrap.json" => Form::PackageLock,
        "yarn.lock" => Form::YarnLock,
        "pnpm-lock.yaml" => Form::PnpmLock,
        "pyproject.toml" => Form::Pyproject,
        "pipfile" => Form::Pipfile,
        "pipfile.lock" => Form::PipfileLock,
        "poetry.lock" | "uv.lock" | "pdm.lock" => Form::TomlLock("pypi"),
        "setup.py" | "setup.cfg" => Form::SetupPy,
        "gemfile" | "gems.rb" => Form::Gemfile,
        "gemfile.lock" | "gems.locked" => Form::GemfileLock,
        "go.mod" => Form::GoMod,
        "cargo.toml" => Form::CargoToml,
        "cargo.lock" => Form::TomlLock("cargo"),
        "pom.xml" => Form::Pom,
        "build.gradle" | "build.gradle.kts" => Form::Gradle,
        "libs.versions.toml" => Form::GradleCatalog,
        "composer.json" => Form::Composer,
        "composer.lock" => Form::ComposerLock,
        "packages.config" | "directory.packages.props" => Form::Csproj,
        "podfile" => Form::Podfile,
        "podfile.lock" => Form::PodfileLock,
        "pubspec.yaml" => Form::Pubspec,
        _ if name.ends_with(".gemspec") => Form::Gemfile,
        _ if [".csproj", ".fsproj", ".vbproj"]
            .iter()
            .any(|e| name.ends_with(e)) =>
        {
            Form::Csproj
        }
        _ if name.ends_with(".txt") && is_requirements(input.name(), &name) => Form::Requirements,
        _ => return None,
    })
}

/// `requirements.txt`, `requirements-dev.txt`, `requirements/base.txt`.
fn is_requirements(path: &str, name: &str) -> bool {
    let in_folder = path.rsplit(['/', '\\']).nth(1) == Some("requirements");
    name.starts_with("requirements") || name.ends_with("requirements.txt") || in_folder
}

impl Form {
    fn is_lock(self) -> bool {
        matches!(
            self,
            Form::PackageLock
                | Form::YarnLock
                | Form::PnpmLock
                | Form::TomlLock(_)
                | Form::PipfileLock
                | Form::GemfileLock
                | Form::ComposerLock
                | Form::PodfileLock
        )
    }
}

impl Reader for Manifest {
    fn format(&self) -> &'static str {
        "manifest"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Config
    }

    fn claim(&self, input: &Input) -> Claim {
        if input.connection().is_some() || text::is_binary(input.head()) {
            return Claim::No;
        }
        form(input).map_or(Claim::No, |_| Claim::Certain)
    }

    fn read(
        &self,
        input: &Input,
        _: &Split,
        _: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        let content = input.read_text(MOST_BYTES)?;
        let Some(form) = form(input) else {
            return Ok(Outcome::whole());
        };
        let kind = if form.is_lock() {
            MentionKind::LockedPackage
        } else {
            // What authors write of themselves stands in manifests; lock files are digests.
            sink.text(content.as_bytes(), TextPlace { start: 0, line: 1 });
            MentionKind::Package
        };
        let mut tell = |ecosystem: &str, name: &str, line: u64| {
            if !name.is_empty() {
                sink.mention(Mention::at(kind, format!("{ecosystem}:{name}"), line));
            }
        };
        packages(form, &content, &mut tell);
        Ok(Outcome {
            lines: memchr::memchr_iter(b'\n', content.as_bytes()).count() as u64,
            ..Outcome::whole()
        })
    }
}

type Tell<'a> = dyn FnMut(&str, &str, u64) + 'a;

fn packages(form: Form, text: &str, tell: &mut Tell<'_>) {
    match form {
        Form::PackageJson => keyed(text, "npm", &NPM, tell),
        Form::PackageLock => package_lock(text, tell),
        Form::YarnLock => yarn_lock(text, tell),
        Form::PnpmLock => pnpm_lock(text, tell),
        Form::Requirements => each_line(text, |line, at| {
            tell("pypi", requirement(line), at);
        }),
        Form::Pyproject => pyproject(text, tell),
        Form::Pipfile => toml_keys(text, &|s| s.ends_with("packages"), "pypi", tell),
        Form::PipfileLock => keyed(text, "pypi", &["default", "develop"], tell),
        Form::TomlLock(ecosystem) => each_line(text, |line, at| {
            if let Some(name) = line.strip_prefix("name = ") {
                tell(ecosystem, name.trim_matches('"'), at);
            }
        }),
        Form::SetupPy => setup(text, tell),
        Form::Gemfile => each_line(text, |line, at| tell("gem", gem(line), at)),
        Form::GemfileLock => gemfile_lock(text, tell),
        Form::GoMod => go_mod(text, tell),
        Form::CargoToml => cargo(text, tell),
        Form::Pom => pom(text, tell),
        Form::Gradle => gradle(text, tell),
        Form::GradleCatalog => gradle_catalog(text, tell),
        Form::Composer => keyed(text, "packagist", &["require", "require-dev"], tell),
        Form::ComposerLock => composer_lock(text, tell),
        Form::Csproj => csproj(text, tell),
        Form::Podfile => each_line(text, |line, at| {
            if let Some(rest) = line.strip_prefix("pod ") {
                tell("cocoapods", quoted(rest), at);
            }
        }),
        Form::PodfileLock => each_line(text, |line, at| {
            if let Some(rest) = line.strip_prefix("- ") {
                let name = rest.trim_matches('"').split([' ', ':']).next();
                tell("cocoapods", name.unwrap_or_default(), at);
            }
        }),
        Form::Pubspec => pubspec(text, tell),
    }
}

/// Lines without blanks around them, numbered from 1.
fn each_line(text: &str, mut on_line: impl FnMut(&str, u64)) {
    for (line, at) in text.lines().zip(1..) {
        on_line(line.trim(), at);
    }
}

const NPM: [&str; 4] = [
    "dependencies",
    "devDependencies",
    "peerDependencies",
    "optionalDependencies",
];

/// The content of the first pair of quotes, or empty.
fn quoted(text: &str) -> &str {
    let Some(start) = text.find(['"', '\'']) else {
        return "";
    };
    let quote = &text[start..=start];
    let rest = &text[start + 1..];
    rest.split_once(quote).map_or("", |(inside, _)| inside)
}

/// Keys of the objects below some keys of the root.
fn keyed(text: &str, ecosystem: &str, sections: &[&str], tell: &mut Tell<'_>) {
    let mut before: Option<String> = None;
    for pair in json_pairs::pairs(text) {
        if sections.contains(&pair.step(0)) && pair.path.len() > 1 && pair.step(1) != "*" {
            if before.as_deref() != Some(pair.step(1)) {
                tell(ecosystem, pair.step(1), pair.line);
            }
            before = Some(pair.step(1).to_owned());
        }
    }
}

fn package_lock(text: &str, tell: &mut Tell<'_>) {
    let mut before = String::new();
    for pair in json_pairs::pairs(text) {
        let whole = match pair.step(0) {
            "packages" => pair.step(1).rsplit("node_modules/").next(),
            "dependencies" => Some(pair.step(1)),
            _ => None,
        };
        if let Some(name) = whole.filter(|name| **name != before) {
            before = name.to_owned();
            tell("npm", name, pair.line);
        }
    }
}

/// `"@scope/name@^1.0.0", name@~2:` at the beginning of a line.
fn yarn_lock(text: &str, tell: &mut Tell<'_>) {
    for (line, at) in text.lines().zip(1..) {
        if !line.starts_with([' ', '#']) && line.ends_with(':') {
            let first = line.trim_start_matches('"');
            let name = first.get(1..).and_then(|rest| rest.find('@'));
            tell("npm", name.map_or("", |end| &first[..=end]), at);
        }
    }
}

/// `  /@scope/name@1.0.0:` or `  '@scope/name@1.0.0':` below `packages:`.
fn pnpm_lock(text: &str, tell: &mut Tell<'_>) {
    for (line, at) in text.lines().zip(1..) {
        let is_key = line.starts_with("  ") && !line.starts_with("   ") && line.ends_with(':');
        let name = line.trim().trim_start_matches(['\'', '/']);
        let end = name.get(1..).and_then(|rest| rest.find('@'));
        if let Some(end) = end.filter(|_| is_key) {
            tell("npm", &name[..=end], at);
        }
    }
}

/// `Name[extra]>=1.0 ; marker`, `-e git+https://…#egg=name`, or nothing.
fn requirement(line: &str) -> &str {
    if line.starts_with(['#', '-']) {
        return line.split_once("#egg=").map_or("", |(_, name)| name);
    }
    let is_end = |c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c));
    line.split(is_end).next().unwrap_or_default()
}

/// The section headers and lines of a TOML file, told apart by brackets alone.
fn toml_lines(text: &str, mut on_line: impl FnMut(&str, &str, u64)) {
    let mut section = "";
    for (line, at) in text.lines().zip(1..) {
        let line = line.trim();
        match line.strip_prefix('[') {
            Some(rest) if line.ends_with(']') && !line.contains('=') && !line.contains(',') => {
                section = rest.trim_start_matches('[').trim_end_matches(']').trim();
            }
            _ => on_line(section, line, at),
        }
    }
}

/// `name = …` in the sections wanted.
fn toml_keys(text: &str, is_wanted: &dyn Fn(&str) -> bool, ecosystem: &str, tell: &mut Tell<'_>) {
    toml_lines(text, |section, line, at| {
        let key = line.split_once('=').map(|(key, _)| key.trim());
        if let Some(key) = key.filter(|_| is_wanted(section) && !line.starts_with('#')) {
            tell(ecosystem, key.trim_matches('"'), at);
        }
    });
}

fn pyproject(text: &str, tell: &mut Tell<'_>) {
    let is_poetry = |s: &str| s.starts_with("tool.poetry") && s.ends_with("dependencies");
    toml_keys(text, &is_poetry, "pypi", tell);
    // `dependencies = [ … ]`, over several lines; also the lists of extras and groups.
    let mut in_list = false;
    toml_lines(text, |section, line, at| {
        let is_group = section.ends_with("optional-dependencies") || section == "dependency-groups";
        let begins = (section == "project" && line.starts_with("dependencies")) || is_group;
        if begins && line.contains('[') && line.contains('=') {
            in_list = true;
        }
        if !in_list {
            return;
        }
        let list = line.split_once("= [").map_or(line, |(_, list)| list);
        for (position, part) in list.split(['"', '\'']).enumerate() {
            if position % 2 == 1 && !line.starts_with('#') {
                tell("pypi", requirement(part), at);
            }
        }
        in_list = !line.ends_with(']') || line.ends_with("[]") && !begins;
    });
}

/// Quoted requirements in the lists of `install_requires` and `extras_require`; bare ones in `setup.cfg`.
fn setup(text: &str, tell: &mut Tell<'_>) {
    let mut is_in = false;
    each_line(text, |line, at| {
        if line.contains("_require") {
            is_in = true;
        } else if is_in && (line.is_empty() || line.starts_with(')') || line.starts_with("],")) {
            is_in = false;
        }
        if !is_in {
            return;
        }
        if line.contains(['"', '\'']) {
            for (position, part) in line.split(['"', '\'']).enumerate() {
                if position % 2 == 1 {
                    tell("pypi", requirement(part), at);
                }
            }
        } else if !line.contains("_require") {
            tell("pypi", requirement(line), at);
        }
    });
}

/// `gem "name"`, `spec.add_dependency "name"`.
fn gem(line: &str) -> &str {
    let is_gem = line.starts_with("gem ") || line.starts_with("gem(");
    let is_spec = line.contains(".add_") && line.contains("dependency");
    if is_gem || is_spec { quoted(line) } else { "" }
}

/// `    name (1.0)` below `specs:`.
fn gemfile_lock(text: &str, tell: &mut Tell<'_>) {
    for (line, at) in text.lines().zip(1..) {
        if line.starts_with("    ") && !line.starts_with("     ") {
            tell(
                "gem",
                line.split_whitespace().next().unwrap_or_default(),
                at,
            );
        }
    }
}

fn go_mod(text: &str, tell: &mut Tell<'_>) {
    let mut in_require = false;
    each_line(text, |line, at| {
        in_require &= line != ")";
        let alone = line
            .strip_prefix("require ")
            .filter(|r| !r.starts_with('('));
        // What only other modules need is marked so.
        let is_direct = !line.ends_with("// indirect");
        if let Some(line) = alone.or(in_require.then_some(line)).filter(|_| is_direct) {
            let name = line.split_whitespace().next().unwrap_or_default();
            tell("go", if name.starts_with("//") { "" } else { name }, at);
        }
        in_require |= line.starts_with("require (");
    });
}

fn cargo(text: &str, tell: &mut Tell<'_>) {
    let is_list = |s: &str| s.ends_with("dependencies");
    toml_keys(text, &is_list, "cargo", tell);
    each_line(text, |line, at| {
        let section = line.strip_prefix('[').and_then(|l| l.strip_suffix(']'));
        if let Some((_, name)) = section.and_then(|s| s.split_once("dependencies.")) {
            tell("cargo", name, at);
        }
    });
}

fn pom(text: &str, tell: &mut Tell<'_>) {
    let (mut group, mut artifact) = ("", "");
    let mut open = String::new();
    for part in markup::parts(text) {
        match part {
            Part::Open(tag) => {
                if tag.name == "dependency" {
                    (group, artifact) = ("", "");
                }
                open = tag.name;
            }
            Part::Text(text, line) => match open.as_str() {
                "groupid" => group = text,
                "artifactid" => {
                    artifact = text;
                    if !group.is_empty() {
                        tell("maven", &format!("{group}:{artifact}"), line);
                    }
                }
                _ => {}
            },
            Part::Close(name) => {
                if name == "dependency" && artifact.is_empty() {
                    group = "";
                }
                open.clear();
            }
            Part::Script(..) => {}
        }
    }
}

/// `implementation("group:artifact:1.0")` and the form with `group:` and `name:`.
fn gradle(text: &str, tell: &mut Tell<'_>) {
    each_line(text, |line, at| {
        if line.starts_with("//") {
            return;
        }
        for (position, part) in line.split(['"', '\'']).enumerate() {
            let steps: Vec<&str> = part.split(':').collect();
            let is_name = |s: &&str| {
                !s.is_empty()
                    && s.chars()
                        .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
            };
            if let (1, [group, artifact, ..]) = (position % 2, steps.as_slice())
                && is_name(group)
                && is_name(artifact)
            {
                tell("maven", &format!("{group}:{artifact}"), at);
            }
        }
        if let (Some((_, group)), Some((_, name))) =
            (line.split_once("group:"), line.split_once("name:"))
        {
            tell("maven", &format!("{}:{}", quoted(group), quoted(name)), at);
        }
    });
}

fn gradle_catalog(text: &str, tell: &mut Tell<'_>) {
    each_line(text, |line, at| {
        let after = |key: &str| {
            let (_, rest) = line.split_once(key)?;
            let rest = rest.trim_start().strip_prefix('=')?;
            Some(quoted(rest)).filter(|name| !name.is_empty())
        };
        match (after("module"), after("group"), after("name")) {
            (Some(module), ..) => tell("maven", module, at),
            (None, Some(group), Some(name)) => tell("maven", &format!("{group}:{name}"), at),
            _ => {}
        }
    });
}

fn composer_lock(text: &str, tell: &mut Tell<'_>) {
    let is_name = |pair: &Pair| {
        pair.path.len() == 3 && pair.step(0).starts_with("packages") && pair.step(2) == "name"
    };
    for pair in json_pairs::pairs(text).into_iter().filter(is_name) {
        tell("packagist", &pair.value, pair.line);
    }
}

fn csproj(text: &str, tell: &mut Tell<'_>) {
    for part in markup::parts(text) {
        let Part::Open(tag) = part else { continue };
        let attribute = match tag.name.as_str() {
            "packagereference" | "packageversion" => "include",
            "package" => "id",
            _ => continue,
        };
        tell("nuget", tag.get(attribute).unwrap_or_default(), tag.line);
    }
}

fn pubspec(text: &str, tell: &mut Tell<'_>) {
    let mut is_in = false;
    for (line, at) in text.lines().zip(1..) {
        if !line.starts_with([' ', '#']) && !line.is_empty() {
            is_in = line.trim_end().ends_with("dependencies:");
        } else if is_in && line.starts_with("  ") && !line.starts_with("   ") {
            let name = line.trim().split_once(':').map_or("", |(name, _)| name);
            tell("pub", name, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(form: Form, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        packages(form, text, &mut |ecosystem, name, line| {
            if !name.is_empty() {
                found.push(format!("{ecosystem}:{name}@{line}"));
            }
        });
        found
    }

    #[test]
    fn javascript() {
        let package = "{\n\"name\": \"x\",\n\"dependencies\": {\n\"stripe\": \"1\",\n\"@sentry/node\": \"2\"},\n\"scripts\": {\"a\": \"b\"}}";
        assert_eq!(
            told(Form::PackageJson, package),
            ["npm:stripe@4", "npm:@sentry/node@5"]
        );
        let yarn = "# yarn\n\"@a/b@^1.0.0\", \"@a/b@^2\":\n  version \"1\"\nleft-pad@~1:\n";
        assert_eq!(told(Form::YarnLock, yarn), ["npm:@a/b@2", "npm:left-pad@4"]);
        let pnpm = "packages:\n\n  '@a/b@1.0.0':\n    resolution: x\n  left-pad@1.3.0:\n";
        assert_eq!(told(Form::PnpmLock, pnpm), ["npm:@a/b@3", "npm:left-pad@5"]);
        let lock = "{\"packages\": {\"\": {\"name\": \"x\"},\n\"node_modules/a/node_modules/b\": {\"version\": \"1\", \"x\": 1}}}";
        assert_eq!(told(Form::PackageLock, lock), ["npm:b@2"]);
    }

    #[test]
    fn python() {
        let listed = "# x\nDjango>=4 ; python_version > '3'\nsentry-sdk[flask]==1\n-r base.txt\n";
        assert_eq!(
            told(Form::Requirements, listed),
            ["pypi:Django@2", "pypi:sentry-sdk@3"]
        );
        let project = "[project]\nname = \"x\"\ndependencies = [\n  \"stripe>=5\",\n]\n[project.optional-dependencies]\ndev = [\"pytest\"]\n[tool.poetry.dependencies]\npython = \"^3\"\ntwilio = { version = \"1\" }\n[tool.ruff]\nselect = [\"E\"]\n";
        assert_eq!(
            told(Form::Pyproject, project),
            [
                "pypi:python@9",
                "pypi:twilio@10",
                "pypi:stripe@4",
                "pypi:pytest@7"
            ]
        );
        let setup = "setup(name='x',\n install_requires=['requests>=2',\n 'boto3'],\n)\n";
        assert_eq!(
            told(Form::SetupPy, setup),
            ["pypi:requests@2", "pypi:boto3@3"]
        );
    }

    #[test]
    fn ruby_go_and_rust() {
        let gems = "source 'https://rubygems.org'\ngem \"stripe\", '~> 5'\n# gem 'old'\n";
        assert_eq!(told(Form::Gemfile, gems), ["gem:stripe@2"]);
        let modules = "module example.org/x\nrequire (\n\tgithub.com/stripe/stripe-go/v76 v76.0.0\n\tgolang.org/x/net v0 // indirect\n)\nrequire github.com/a/b v1\n";
        assert_eq!(
            told(Form::GoMod, modules),
            [
                "go:github.com/stripe/stripe-go/v76@3",
                "go:github.com/a/b@6"
            ]
        );
        let crates = "[package]\nname = \"x\"\n[dependencies]\nserde = \"1\"\n[dependencies.sentry]\nversion = \"1\"\n";
        let found = told(Form::CargoToml, crates);
        assert!(found.contains(&"cargo:serde@4".into()));
        assert!(found.contains(&"cargo:sentry@5".into()));
    }

    #[test]
    fn jvm_net_php_and_mobile() {
        let pom = "<project><dependencies>\n<dependency><groupId>com.stripe</groupId>\n<artifactId>stripe-java</artifactId></dependency></dependencies></project>";
        assert_eq!(told(Form::Pom, pom), ["maven:com.stripe:stripe-java@3"]);
        let gradle = "dependencies {\n implementation(\"com.stripe:stripe-java:20.0\")\n implementation group: 'a.b', name: 'c'\n // compile 'x:y:1'\n}";
        assert_eq!(
            told(Form::Gradle, gradle),
            ["maven:com.stripe:stripe-java@2", "maven:a.b:c@3"]
        );
        let project = "<Project><ItemGroup>\n<PackageReference Include=\"SendGrid\" Version=\"9\" /></ItemGroup></Project>";
        assert_eq!(told(Form::Csproj, project), ["nuget:SendGrid@2"]);
        let composer = "{\"require\": {\n\"php\": \">=8\",\n\"stripe/stripe-php\": \"^10\"}}";
        assert_eq!(
            told(Form::Composer, composer),
            ["packagist:php@2", "packagist:stripe/stripe-php@3"]
        );
        let pubspec = "name: x\ndependencies:\n  flutter:\n    sdk: flutter\n  firebase_core: ^2\nflutter:\n  assets: []\n";
        assert_eq!(
            told(Form::Pubspec, pubspec),
            ["pub:flutter@3", "pub:firebase_core@5"]
        );
        assert_eq!(
            told(Form::Podfile, "pod 'Firebase/Core', '~> 8'\n"),
            ["cocoapods:Firebase/Core@1"]
        );
    }
}
