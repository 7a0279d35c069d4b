//! Trackers: the class of a cookie, stored key, script or pixel, from `detectors/trackers/`.
//! An exact name goes before a pattern; very short names count only beside another sign of their recipient.

use crate::detector::FILES;
use crate::field::{Mention, MentionKind};
use regex::Regex;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A tracker as its file says it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tracked {
    /// Technology of the vocabulary.
    pub technology: String,
    /// Its name, where it is one.
    pub name: Option<String>,
    /// Its form, where names vary; anchored.
    pub pattern: Option<String>,
    /// Cookie class of the vocabulary.
    pub class: String,
    /// first_party or third_party.
    pub party: String,
    /// Who reads it.
    pub recipient: Option<String>,
    /// What it is, for people.
    pub about: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrackedFile {
    tracker: Vec<Tracked>,
}

struct Table {
    all: Vec<Tracked>,
    by_name: HashMap<(String, String), usize>,
    patterns: Vec<(Regex, usize)>,
}

/// Names up to this long are used by many: `uid`, `i`.
const SHORT: usize = 4;

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let files = FILES.iter().filter(|(f, _)| f.starts_with("trackers/"));
    let all: Vec<Tracked> = files
        .flat_map(|(_, text)| {
            toml::from_str::<TrackedFile>(text)
                .expect("a test reads every built-in tracker")
                .tracker
        })
        .collect();
    let mut by_name = HashMap::new();
    let mut patterns = Vec::new();
    for (at, tracked) in all.iter().enumerate() {
        if let Some(name) = &tracked.name {
            by_name.insert((tracked.technology.clone(), name.clone()), at);
        }
        if let Some(pattern) = &tracked.pattern {
            let regex = Regex::new(pattern).expect("a test compiles every built-in pattern");
            patterns.push((regex, at));
        }
    }
    Table {
        all,
        by_name,
        patterns,
    }
});

/// The tracker that a mention is, `None` where it is none that is known. `is_seen` tells whether a recipient was seen otherwise.
pub fn known(mention: &Mention, is_seen: impl Fn(&str) -> bool) -> Option<&'static Tracked> {
    let technologies: &[&str] = match mention.kind {
        MentionKind::Cookie => &["cookie"],
        MentionKind::LocalStorage => &["local_storage"],
        MentionKind::Tag => &["tag", "social_widget", "fingerprint"],
        MentionKind::Pixel => &["pixel", "email_pixel", "tag"],
        _ => return None,
    };
    let by_name = technologies.iter().find_map(|technology| {
        let key = ((*technology).to_owned(), mention.name.clone());
        TABLE.by_name.get(&key)
    });
    let tracked = by_name.map(|at| &TABLE.all[*at]).or_else(|| {
        let of_kind = TABLE
            .patterns
            .iter()
            .map(|(regex, at)| (regex, &TABLE.all[*at]))
            .filter(|(_, tracked)| technologies.contains(&tracked.technology.as_str()));
        let mut matching = of_kind.filter(|(regex, _)| regex.is_match(&mention.name));
        matching.next().map(|(_, tracked)| tracked)
    })?;
    let is_short = mention.kind == MentionKind::Cookie && mention.name.len() <= SHORT;
    let needs_more = is_short && !mention.name.starts_with('_');
    let is_backed = tracked.recipient.as_deref().is_some_and(is_seen);
    (!needs_more || is_backed).then_some(tracked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detection::recipient::catalogue;
    use crate::vocabulary;

    fn class(kind: MentionKind, name: &str) -> Option<&'static str> {
        known(&Mention::at(kind, name, 1), |_| false).map(|t| t.class.as_str())
    }

    #[test]
    fn the_data_holds_together() {
        let terms = vocabulary::terms();
        assert!(TABLE.all.len() > 500);
        for tracked in &TABLE.all {
            let about = &tracked.about;
            assert_ne!(tracked.name.is_some(), tracked.pattern.is_some(), "{about}");
            let classes = &terms.cookie_classes;
            assert!(classes.iter().any(|t| t.id == tracked.class), "{about}");
            let technologies = &terms.tracking_technologies;
            let is_known = technologies.iter().any(|t| t.id == tracked.technology);
            assert!(is_known, "{about}: {}", tracked.technology);
            if let Some(id) = &tracked.recipient {
                assert!(catalogue().position(id).is_some(), "{about}: {id}");
            }
            if let Some(pattern) = &tracked.pattern {
                assert!(
                    pattern.starts_with('^') && pattern.ends_with('$'),
                    "{about}"
                );
            }
        }
        let named = TABLE.all.iter().filter(|t| t.name.is_some()).count();
        assert_eq!(TABLE.by_name.len(), named, "names are unique");
    }

    #[test]
    fn names_go_before_patterns_and_short_names_need_backing() {
        assert_eq!(class(MentionKind::Cookie, "_ga"), Some("performance"));
        assert_eq!(
            class(MentionKind::Cookie, "_ga_AB12CD34EF"),
            Some("performance")
        );
        assert_eq!(class(MentionKind::Cookie, "basket_note"), None);
        let ide = Mention::at(MentionKind::Cookie, "IDE", 1);
        assert!(known(&ide, |_| false).is_none());
        assert!(known(&ide, |id| id == "google_ads").is_some());
    }

    #[test]
    fn scripts_are_known_by_their_address() {
        let gtag = "https://www.googletagmanager.com/gtag/js?id=G-0000000000";
        assert_eq!(class(MentionKind::Tag, gtag), Some("performance"));
    }
}
