//! What applications ask for: manifests of Office add-ins, Android, iOS and macOS apps, browser extensions, app registrations.
//! Names each permission with its provider; what a permission opens it does not know.

use super::json_pairs::{self, Pair};
use super::markup::{self, Part};
use super::{Budget, Claim, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split, text};
use crate::field::{Mention, MentionKind, TextPlace};

/// Reads `manifest.xml`, `AndroidManifest.xml`, `Info.plist`, `PrivacyInfo.xcprivacy`, `manifest.json` and app registrations.
pub struct AppManifest;

/// The reader of manifests of applications.
pub static READER: AppManifest = AppManifest;

/// Manifests are written by people.
const MOST_BYTES: u64 = 16 << 20;

/// What a manifest belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Office,
    OfficeUnified,
    Android,
    PropertyList,
    Entitlements,
    PrivacyManifest,
    Extension,
    Registration,
}

/// Microsoft Graph among the resources of an app registration.
const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

fn form(input: &Input) -> Option<Form> {
    let name = input.file_name();
    let head = input.head();
    let holds = |words: &str| memchr::memmem::find(head, words.as_bytes()).is_some();
    match name.as_str() {
        "androidmanifest.xml" => Some(Form::Android),
        _ if name.ends_with(".xcprivacy") => Some(Form::PrivacyManifest),
        _ if name.ends_with(".entitlements") => Some(Form::Entitlements),
        _ if name.ends_with("info.plist") && !head.starts_with(b"bplist") => {
            Some(Form::PropertyList)
        }
        _ if name.ends_with(".xml") && holds("<OfficeApp") => Some(Form::Office),
        _ if !name.ends_with(".json") => None,
        _ if holds("\"requiredResourceAccess\"") => Some(Form::Registration),
        "manifest.json" if holds("\"manifest_version\"") => Some(Form::Extension),
        "manifest.json" if holds("\"manifestVersion\"") => Some(Form::OfficeUnified),
        _ => None,
    }
}

impl Reader for AppManifest {
    fn format(&self) -> &'static str {
        "app_manifest"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Permissions
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
        sink.text(content.as_bytes(), TextPlace { start: 0, line: 1 });
        permissions(form, &content, &mut |provider, name, line| {
            let name = format!("{provider}:{name}");
            sink.mention(Mention::at(MentionKind::Permission, name, line));
        });
        Ok(Outcome {
            lines: memchr::memchr_iter(b'\n', content.as_bytes()).count() as u64,
            ..Outcome::whole()
        })
    }
}

type Tell<'a> = dyn FnMut(&str, &str, u64) + 'a;

fn permissions(form: Form, text: &str, tell: &mut Tell<'_>) {
    match form {
        Form::Office => office(text, tell),
        Form::OfficeUnified => unified(text, tell),
        Form::Android => android(text, tell),
        Form::PropertyList => property_list(text, tell),
        Form::Entitlements => entitlements(text, tell),
        Form::PrivacyManifest => privacy_manifest(text, tell),
        Form::Extension => extension(text, tell),
        Form::Registration => registration(text, tell),
    }
}

/// `<Permissions>ReadItem</Permissions>` and the Graph scopes of `<WebApplicationInfo>`.
fn office(text: &str, tell: &mut Tell<'_>) {
    let mut open = String::new();
    let mut is_mail = false;
    for part in markup::parts(text) {
        match part {
            Part::Open(tag) => {
                if tag.name == "officeapp" {
                    is_mail = tag.get("xsi:type") == Some("MailApp");
                }
                open = tag.name;
            }
            Part::Text(name, line) => match open.as_str() {
                "permissions" if is_mail => tell("outlook_addin", name, line),
                "permissions" => tell("office_addin", name, line),
                "scope" => tell("microsoft_graph", name, line),
                _ => {}
            },
            _ => open.clear(),
        }
    }
}

/// The unified manifest: `authorization.permissions.resourceSpecific[].name`.
fn unified(text: &str, tell: &mut Tell<'_>) {
    let pairs = json_pairs::pairs(text);
    let is_name = |p: &&Pair| p.step(0) == "authorization" && p.key() == "name";
    for pair in pairs.iter().filter(is_name) {
        let is_document = pair.value.starts_with("Document.");
        let provider = if is_document {
            "office_addin"
        } else {
            "outlook_addin"
        };
        tell(provider, &pair.value, pair.line);
    }
}

fn android(text: &str, tell: &mut Tell<'_>) {
    for part in markup::parts(text) {
        let Part::Open(tag) = part else { continue };
        if tag.name.starts_with("uses-permission") && tag.get("tools:node") != Some("remove") {
            tell(
                "android",
                tag.get("android:name").unwrap_or_default(),
                tag.line,
            );
        }
    }
}

/// Keys of a property list with their lines.
fn keys(text: &str) -> Vec<(&str, u64)> {
    let mut open = String::new();
    let mut found = Vec::new();
    for part in markup::parts(text) {
        match part {
            Part::Open(tag) => open = tag.name,
            Part::Text(name, line) if open == "key" => found.push((name, line)),
            _ => {}
        }
    }
    found
}

/// Keys that state why data is used: `NSCameraUsageDescription`.
fn property_list(text: &str, tell: &mut Tell<'_>) {
    let all = keys(text);
    // Only apps of the desktop name the system they need by this key.
    let is_desktop = all.iter().any(|(key, _)| *key == "LSMinimumSystemVersion");
    let provider = if is_desktop { "macos" } else { "ios" };
    for (key, line) in all
        .iter()
        .filter(|(key, _)| key.ends_with("UsageDescription"))
    {
        tell(provider, key, *line);
    }
}

fn entitlements(text: &str, tell: &mut Tell<'_>) {
    for (key, line) in keys(text) {
        tell("macos", key, line);
        tell("ios", key, line);
    }
}

/// What a privacy manifest says is collected, and the interfaces whose use it explains.
fn privacy_manifest(text: &str, tell: &mut Tell<'_>) {
    let (mut key, mut open) = ("", String::new());
    for part in markup::parts(text) {
        match part {
            Part::Open(tag) => open = tag.name,
            Part::Text(name, _) if open == "key" => key = name,
            Part::Text(name, line) if open == "string" => {
                if matches!(
                    key,
                    "NSPrivacyCollectedDataType" | "NSPrivacyAccessedAPIType"
                ) {
                    tell("apple_privacy_manifest", name, line);
                }
            }
            _ => {}
        }
    }
}

fn extension(text: &str, tell: &mut Tell<'_>) {
    const LISTS: [&str; 4] = [
        "permissions",
        "optional_permissions",
        "host_permissions",
        "optional_host_permissions",
    ];
    for pair in json_pairs::pairs(text) {
        let is_list = LISTS.contains(&pair.step(0)) && pair.path.len() == 2;
        let is_content = pair.step(0) == "content_scripts" && pair.step(2) == "matches";
        if is_list || is_content {
            tell("browser_extension", &pair.value, pair.line);
        }
    }
}

/// `requiredResourceAccess[].resourceAccess[].id` of Microsoft Graph.
fn registration(text: &str, tell: &mut Tell<'_>) {
    let pairs = json_pairs::pairs(text);
    let listed: Vec<&Pair> = pairs
        .iter()
        .filter(|p| p.path.iter().any(|step| step == "requiredResourceAccess"))
        .collect();
    // The resource may stand before or after what is asked of it.
    let is_resource = |p: &Pair| p.key() == "resourceAppId";
    let mut resource = listed
        .iter()
        .find(|p| is_resource(p))
        .map(|p| p.value.as_str());
    let comes_first = listed.first().is_some_and(|p| is_resource(p));
    for (at, pair) in listed.iter().enumerate() {
        if is_resource(pair) {
            let rest = &listed[at + 1..];
            let next = rest.iter().find(|p| is_resource(p));
            resource = match comes_first {
                true => Some(&pair.value),
                false => next.map(|p| p.value.as_str()),
            };
        } else if pair.key() == "id" && resource == Some(GRAPH) {
            tell("microsoft_graph", &pair.value, pair.line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(form: Form, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        permissions(form, text, &mut |provider, name, line| {
            found.push(format!("{provider}:{name}@{line}"));
        });
        found
    }

    #[test]
    fn add_ins_ask_for_items_and_for_graph_scopes() {
        let text = "<OfficeApp xsi:type=\"MailApp\">\n<Permissions>ReadItem</Permissions>\n<Scopes><Scope>Mail.Read</Scope></Scopes></OfficeApp>";
        assert_eq!(
            told(Form::Office, text),
            ["outlook_addin:ReadItem@2", "microsoft_graph:Mail.Read@3"]
        );
        let unified = "{\"authorization\": {\"permissions\": {\"resourceSpecific\": [\n{\"name\": \"MailboxItem.Read.User\", \"type\": \"Delegated\"}]}}}";
        assert_eq!(
            told(Form::OfficeUnified, unified),
            ["outlook_addin:MailboxItem.Read.User@2"]
        );
    }

    #[test]
    fn registrations_ask_graph_by_id_whatever_the_order() {
        let access = "\"resourceAccess\": [{\"id\": \"a-1\", \"type\": \"Scope\"}]";
        let app = format!("\"resourceAppId\": \"{GRAPH}\"");
        let other = "{\"resourceAppId\": \"x\", \"resourceAccess\": [{\"id\": \"b-2\"}]}";
        let first = format!("{{\"requiredResourceAccess\": [{{{app}, {access}}}, {other}]}}");
        assert_eq!(told(Form::Registration, &first), ["microsoft_graph:a-1@1"]);
        let last = format!("{{\"requiredResourceAccess\": [{{{access}, {app}}}]}}");
        assert_eq!(told(Form::Registration, &last), ["microsoft_graph:a-1@1"]);
    }

    #[test]
    fn phones_and_browsers() {
        let android = "<manifest>\n<uses-permission android:name=\"android.permission.CAMERA\"/>\n<uses-permission android:name=\"x\" tools:node=\"remove\"/></manifest>";
        assert_eq!(
            told(Form::Android, android),
            ["android:android.permission.CAMERA@2"]
        );
        let plist =
            "<plist><dict>\n<key>NSCameraUsageDescription</key><string>why</string></dict></plist>";
        assert_eq!(
            told(Form::PropertyList, plist),
            ["ios:NSCameraUsageDescription@2"]
        );
        let privacy = "<dict><key>NSPrivacyCollectedDataType</key>\n<string>NSPrivacyCollectedDataTypeName</string></dict>";
        assert_eq!(
            told(Form::PrivacyManifest, privacy),
            ["apple_privacy_manifest:NSPrivacyCollectedDataTypeName@2"]
        );
        let extension = "{\"manifest_version\": 3, \"permissions\": [\"tabs\"],\n\"content_scripts\": [{\"matches\": [\"<all_urls>\"]}]}";
        assert_eq!(
            told(Form::Extension, extension),
            ["browser_extension:tabs@1", "browser_extension:<all_urls>@2"]
        );
    }
}
