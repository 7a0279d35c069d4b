//! Permissions: what an OAuth scope or a permission of an add-in, app or extension opens, from `detectors/permissions/`.
//! Settles whose scope a name is by the others beside it; knows nothing of how sources ask.

use crate::detector::FILES;
use crate::field::{Mention, MentionKind};
use crate::taxonomy::DataType;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

/// A permission as its file says it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Whose; the file's.
    #[serde(skip)]
    pub provider: String,
    /// Its name there.
    pub id: String,
    /// What it is, for people.
    pub about: String,
    /// read, write or read_write.
    pub access: String,
    /// What it opens.
    pub data_types: Vec<DataType>,
    /// About whom.
    pub subjects: Vec<String>,
    /// Permissions that open less; of another provider as `provider:permission`.
    #[serde(default)]
    pub narrower: Vec<String>,
    /// Whether it lasts while the person is away.
    pub offline: bool,
    /// Ids by which registrations of applications name it, delegated and application.
    #[serde(default)]
    pub guids: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OpeningFile {
    provider: String,
    permission: Vec<Opening>,
    #[serde(default, rename = "use")]
    uses: Vec<Use>,
}

/// Calls by which a program makes use of permissions.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Use {
    /// Whose; the file's.
    #[serde(skip)]
    pub provider: String,
    /// Steps of a path (`/me/messages`) or of the name of a call (`users.messages`) that stand next to each other.
    pub calls: Vec<String>,
    /// The permissions that such calls need one of; `*` at the end for any ending.
    pub permissions: Vec<String>,
}

impl Use {
    /// Whether a permission of the same provider is one that these calls need.
    pub fn needs(&self, id: &str) -> bool {
        self.permissions
            .iter()
            .any(|name| match name.strip_suffix('*') {
                Some(start) => id.starts_with(start),
                None => name == id,
            })
    }
}

/// Every use that is known.
pub fn uses() -> &'static [Use] {
    &TABLE.uses
}

/// A permission that a source asks for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What it opens.
    pub opening: &'static Opening,
    /// Where it is asked for.
    pub line: u64,
}

struct Table {
    all: Vec<Opening>,
    by_name: HashMap<String, usize>,
    by_guid: HashMap<String, usize>,
    by_id: HashMap<String, Vec<usize>>,
    uses: Vec<Use>,
}

/// The permission of a name as [`Opening::name`] writes it.
pub fn named(name: &str) -> Option<&'static Opening> {
    TABLE.by_name.get(name).map(|at| &TABLE.all[*at])
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table {
        all: Vec::new(),
        by_name: HashMap::new(),
        by_guid: HashMap::new(),
        by_id: HashMap::new(),
        uses: Vec::new(),
    };
    let files = FILES
        .iter()
        .filter(|(file, _)| file.starts_with("permissions/"));
    for (_, text) in files {
        let file: OpeningFile =
            toml::from_str(text).expect("a test reads every built-in permission");
        let provider = &file.provider;
        let uses = file.uses.into_iter().map(|u| Use {
            provider: provider.clone(),
            ..u
        });
        table.uses.extend(uses);
        for mut opening in file.permission {
            opening.provider.clone_from(&file.provider);
            let at = table.all.len();
            table.by_name.insert(opening.name(), at);
            let guids = opening.guids.iter();
            let by_guid = guids.map(|guid| (format!("{}:{guid}", opening.provider), at));
            table.by_guid.extend(by_guid);
            table.by_id.entry(opening.id.clone()).or_default().push(at);
            table.all.push(opening);
        }
    }
    table
});

/// Where scopes of a provider stand behind an address.
const BEHIND: &[(&str, &str)] = &[
    ("https://graph.microsoft.com/", "microsoft_graph"),
    ("https://graph.microsoft.us/", "microsoft_graph"),
    ("https://outlook.office.com/", "microsoft_graph"),
    ("https://outlook.office365.com/", "microsoft_graph"),
];

/// Providers whose permissions are asked for in manifests of their own, never as OAuth scopes in code.
const NOT_SCOPES: &[&str] = &[
    "android",
    "ios",
    "macos",
    "apple_privacy_manifest",
    "browser_extension",
    "outlook_addin",
    "office_addin",
];

impl Opening {
    /// `provider:permission`.
    pub fn name(&self) -> String {
        format!("{}:{}", self.provider, self.id)
    }

    /// Which of the permissions asked for beside it opens the same kinds of data in the same way, but less of them: to
    /// ask for both is to ask for more than is used.
    pub fn narrower_among(&self, asked: &BTreeSet<String>) -> Option<&'static Opening> {
        let named = |narrower: &String| {
            let own = format!("{}:{narrower}", self.provider);
            let known = TABLE.by_name.get(&own);
            known.or_else(|| TABLE.by_name.get(narrower)).copied()
        };
        let narrower = self.narrower.iter().filter_map(named);
        let mut narrower = narrower.map(|at| &TABLE.all[at]);
        narrower.find(|other| {
            let is_same = self.data_types.iter().all(|t| other.data_types.contains(t))
                && (other.access == self.access || other.access == "read_write");
            is_same && asked.contains(&other.name())
        })
    }
}

/// What the mentions of one source ask for. A scope that several providers know belongs to the one whose other scopes
/// stand in the same source; without such a neighbour it is one of OpenID Connect, or nobody's.
pub fn asked(mentions: &[Mention]) -> Vec<Asked> {
    let is_asking = |m: &&Mention| matches!(m.kind, MentionKind::Permission | MentionKind::Scope);
    let mentions: Vec<&Mention> = mentions.iter().filter(is_asking).collect();
    if mentions.is_empty() {
        return Vec::new();
    }
    let candidates: Vec<Vec<usize>> = mentions.iter().map(|m| candidates(m)).collect();
    let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
    for (mention, only) in mentions.iter().zip(&candidates) {
        if let [at] = only.as_slice() {
            let weight = if is_distinctive(mention) { 2 } else { 1 };
            *votes.entry(&TABLE.all[*at].provider).or_default() += weight;
        }
    }
    // A lone word such as `read` may be a scope of anybody, the program's own first of all.
    // Where most names beside it are not the provider's either, the list is one of the program's own.
    let is_explained = |provider: &str| {
        let known = candidates.iter().filter(|list| {
            let mut providers = list.iter().map(|at| TABLE.all[*at].provider.as_str());
            providers.any(|p| p == provider)
        });
        known.count() * 2 >= mentions.len()
    };
    votes.retain(|provider, weight| *weight > 1 && is_explained(provider));
    let signs_in = mentions.iter().any(|m| m.name == "openid");
    let mut found = Vec::new();
    for (mention, candidates) in mentions.iter().zip(&candidates) {
        let votes_of = |at: &usize| {
            let provider = TABLE.all[*at].provider.as_str();
            (votes.get(provider).copied(), provider == "oidc" && signs_in)
        };
        let best = candidates.iter().max_by_key(|at| votes_of(at));
        let Some(best) = best
            .filter(|at| mention.kind == MentionKind::Permission || votes_of(at) != (None, false))
        else {
            continue;
        };
        found.push(Asked {
            opening: &TABLE.all[*best],
            line: mention.place.line,
        });
    }
    found
}

/// Whether a name can only be that permission: asked for in a manifest, or written as no plain word is.
fn is_distinctive(mention: &Mention) -> bool {
    mention.kind == MentionKind::Permission || mention.name.contains(['.', ':', '/'])
}

fn candidates(mention: &Mention) -> Vec<usize> {
    let name = mention.name.as_str();
    if mention.kind == MentionKind::Permission {
        let by_name = TABLE.by_name.get(name);
        let by_guid = || TABLE.by_guid.get(&name.to_ascii_lowercase());
        return by_name.or_else(by_guid).copied().into_iter().collect();
    }
    for (address, provider) in BEHIND {
        if let Some(rest) = name.strip_prefix(address) {
            let whole = format!("{provider}:{rest}");
            return TABLE.by_name.get(&whole).copied().into_iter().collect();
        }
    }
    let all = TABLE.by_id.get(name).into_iter().flatten().copied();
    all.filter(|at| !NOT_SCOPES.contains(&TABLE.all[*at].provider.as_str()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary;

    fn scopes(names: &[&str]) -> Vec<String> {
        let mentions: Vec<Mention> = names
            .iter()
            .map(|name| Mention::at(MentionKind::Scope, *name, 1))
            .collect();
        asked(&mentions).iter().map(|a| a.opening.name()).collect()
    }

    #[test]
    fn the_data_holds_together() {
        let all = &TABLE.all;
        assert!(all.len() > 1_000);
        assert_eq!(TABLE.by_name.len(), all.len(), "names are unique");
        let guids = all.iter().map(|opening| opening.guids.len()).sum::<usize>();
        assert_eq!(TABLE.by_guid.len(), guids, "guids are unique");
        for known in uses() {
            let mut ids = all.iter().filter(|o| o.provider == known.provider);
            assert!(ids.any(|o| known.needs(&o.id)), "{:?}", known.calls);
        }
        for opening in all {
            let name = opening.name();
            let access = opening.access.as_str();
            assert!(["read", "write", "read_write"].contains(&access), "{name}");
            for subject in &opening.subjects {
                assert!(vocabulary::subject(subject).is_some(), "{name}: {subject}");
            }
            for narrower in &opening.narrower {
                let own = format!("{}:{narrower}", opening.provider);
                let is_known =
                    TABLE.by_name.contains_key(narrower) || TABLE.by_name.contains_key(&own);
                assert!(is_known, "{name}: {narrower}");
            }
        }
    }

    #[test]
    fn scopes_that_many_know_follow_their_neighbours() {
        assert_eq!(
            scopes(&["Mail.Read", "offline_access"]),
            [
                "microsoft_graph:Mail.Read",
                "microsoft_graph:offline_access"
            ]
        );
        assert_eq!(scopes(&["openid", "email"]), ["oidc:openid", "oidc:email"]);
        assert!(scopes(&["no such scope"]).is_empty());
        assert!(scopes(&["read", "read_write", "email"]).is_empty());
        assert!(scopes(&["files:read", "shops:read", "goods:read"]).is_empty());
    }

    #[test]
    fn a_permission_is_broad_where_a_narrower_one_of_the_same_kind_is_asked_for_too() {
        let mail = Mention::at(MentionKind::Scope, "Mail.Read", 1);
        let mail = asked(&[mail]).remove(0).opening;
        let beside = |name: &str| mail.narrower_among(&[name.to_owned()].into());
        assert!(beside("outlook_addin:ReadItem").is_some());
        assert!(beside("microsoft_graph:Mail.ReadBasic").is_none());
        assert!(beside("microsoft_graph:User.Read").is_none());
    }

    #[test]
    fn scopes_stand_behind_addresses() {
        assert_eq!(
            scopes(&["https://graph.microsoft.com/Mail.Send"]),
            ["microsoft_graph:Mail.Send"]
        );
    }
}
