//! What sources name outside of them — recipients, permissions, trackers, flows — as records of the inventory.
//! Each source is resolved by itself; what only all of them together tell (what is broader than used) is settled at the end.

use crate::config::Config;
use crate::detection::Detection;
use crate::detection::permission::{self, Asked, Opening};
use crate::detection::permission_use::{self, Fit, Used};
use crate::detection::recipient::{SeenAs, Vendor, catalogue, seen_by};
use crate::detection::tracker;
use crate::field::{Mention, MentionKind, Passing, StepKind};
use crate::finding::{Confidence, Fingerprint};
use crate::inventory::{
    FlowRecord, FlowStep, Inventory, PermissionRecord, RecipientPlace, RecipientRecord,
    TrackerRecord,
};
use crate::source::SourceKind;
use crate::taxonomy::DataType;
use std::collections::{BTreeMap, BTreeSet};

/// What one source names, resolved.
pub struct SourceFacts {
    /// The source as shown.
    source: String,
    /// Its path from the root.
    path: String,
    /// Vendor, how it was seen, by what and at which line; each vendor and way once.
    seen: BTreeMap<(usize, SeenAs, &'static str), u64>,
    /// Vendors named in a lock file only.
    locked: BTreeMap<usize, u64>,
    has_manifest: bool,
    asked: Vec<Asked>,
    used: Vec<Used>,
    tracking: Vec<Mention>,
    flows: Vec<FlowRecord>,
}

/// Resolves what one source names; `None` where it names nothing.
pub fn resolve(
    detection: &Detection,
    source: &str,
    path: &str,
    mentions: Vec<Mention>,
    passings: &[Passing],
) -> Option<SourceFacts> {
    if mentions.is_empty() && passings.is_empty() {
        return None;
    }
    let mut facts = SourceFacts {
        source: source.to_owned(),
        path: path.to_owned(),
        seen: BTreeMap::new(),
        locked: BTreeMap::new(),
        has_manifest: false,
        asked: permission::asked(&mentions),
        used: Vec::new(),
        tracking: Vec::new(),
        flows: Vec::new(),
    };
    for mention in mentions {
        facts.take(mention);
    }
    facts.flows(detection, passings);
    Some(facts)
}

impl SourceFacts {
    fn take(&mut self, mention: Mention) {
        self.has_manifest |= mention.kind == MentionKind::Package;
        if let Some((seen, by)) = seen_by(mention.kind)
            && let Some(vendor) = catalogue().named_by(&mention)
        {
            let line = mention.place.line;
            let first = match mention.kind {
                MentionKind::LockedPackage => self.locked.entry(vendor).or_insert(line),
                _ => self.seen.entry((vendor, seen, by)).or_insert(line),
            };
            *first = line.min(*first);
        }
        self.used
            .extend(permission_use::used(&mention, &self.source));
        let is_tracking = matches!(
            mention.kind,
            MentionKind::Cookie | MentionKind::LocalStorage | MentionKind::Tag | MentionKind::Pixel
        );
        if is_tracking {
            self.tracking.push(mention);
        }
    }

    fn flows(&mut self, detection: &Detection, passings: &[Passing]) {
        let mut told = BTreeSet::new();
        let mut ordinals: BTreeMap<String, usize> = BTreeMap::new();
        for passing in passings {
            let line = passing.steps.last().map_or(0, |(line, _)| *line);
            for leaving in detection.leaving(passing) {
                let vendor = leaving.recipient.map(|at| catalogue().get(at));
                if !told.insert((line, leaving.data_type, leaving.to, leaving.recipient)) {
                    continue;
                }
                let end = vendor.map_or(leaving.to, |v| v.id.as_str());
                let owner = passing.object.as_deref().unwrap_or_default();
                let object = format!("{owner}.{}>{end}", passing.name);
                let key = leaving.data_type.key();
                let ordinal = ordinals.entry(format!("{object}\0{key}")).or_insert(0);
                let fingerprint = self.fingerprint("flow", &object, key, *ordinal);
                *ordinal += 1;
                self.flows.push(FlowRecord {
                    source: self.source.clone(),
                    line,
                    data_type: leaving.data_type,
                    dataset: passing.object.as_ref().map(|o| detection.label(o)),
                    field: Some(detection.label(&passing.name)),
                    to: leaving.to.to_owned(),
                    recipient: vendor.map(|v| v.id.clone()),
                    confidence: leaving.confidence,
                    steps: steps(&self.source, passing),
                    seen_in: Vec::new(),
                    fingerprint,
                });
            }
        }
    }

    fn fingerprint(&self, rule: &str, object: &str, key: &str, ordinal: usize) -> String {
        Fingerprint {
            rule,
            format: "",
            path: &self.path,
            object,
            key,
            ordinal,
        }
        .hex()
    }
}

fn steps(source: &str, passing: &Passing) -> Vec<FlowStep> {
    let word = |kind: &StepKind| match kind {
        StepKind::Read => "read",
        StepKind::Assign => "assign",
        StepKind::Call => "call",
        StepKind::Sink => "sink",
    };
    let steps = passing.steps.iter().map(|(line, kind)| FlowStep {
        source: source.to_owned(),
        line: *line,
        what: word(kind).to_owned(),
    });
    steps.collect()
}

/// Writes what all sources name into the inventory.
pub fn tell(
    facts: Vec<SourceFacts>,
    config: Option<&Config>,
    detection: &Detection,
    inventory: &mut Inventory,
) {
    if facts.is_empty() {
        return;
    }
    inventory.recipients = recipients(&facts, config);
    let used: Vec<Used> = facts.iter().flat_map(|f| f.used.iter().cloned()).collect();
    inventory.permissions = permissions(&facts, &used);
    inventory.trackers = trackers(&facts, detection, &inventory.recipients);
    inventory.flows = facts.into_iter().flat_map(|f| f.flows).collect();
    settle(inventory);
}

/// What only all sources together tell: permissions broader than another one asked for, logs where a flow to a log was seen.
/// Joining the parts of a divided scan settles it anew.
pub fn settle(inventory: &mut Inventory) {
    let name = |p: &PermissionRecord| format!("{}:{}", p.provider, p.permission);
    let asked: BTreeSet<String> = inventory.permissions.iter().map(name).collect();
    for record in &mut inventory.permissions {
        if let Some(opening) = permission::named(&name(record)) {
            // What calls tell was settled where they were seen.
            if let Some(narrower) = opening.narrower_among(&asked) {
                record.broader_than_used = Some(true);
                record.why = why(opening, narrower);
            }
        }
    }
    let logs = logs_by_type(inventory);
    for flow in inventory.flows.iter_mut().filter(|f| f.to == "log") {
        let seen = logs.get(&flow.data_type).into_iter().flatten();
        flow.seen_in = seen.cloned().collect();
    }
}

fn why(opening: &Opening, other: &Opening) -> String {
    format!(
        "{}; `{}` of {} is asked for as well and opens the same kinds of data more narrowly",
        opening.about, other.id, other.provider
    )
}

/// Whether a permission is broader than the calls that were seen need, and what it is with the reason.
fn held_against_calls(opening: &Opening, used: &[Used]) -> (Option<bool>, String) {
    let about = &opening.about;
    match permission_use::fit(opening, used) {
        Fit::Unknown => (None, about.clone()),
        Fit::Needed(call) => (
            Some(false),
            format!("{about}; used at {}:{}", call.source, call.line),
        ),
        Fit::OnlyRead(call) => (
            Some(true),
            format!(
                "{about}; the calls seen only read, as at {}:{}",
                call.source, call.line
            ),
        ),
        Fit::Unneeded(calls) => {
            let calls = match calls {
                1 => "the one call of its provider seen does not need it".to_owned(),
                n => format!("of {n} calls of its provider seen none needs it"),
            };
            (Some(true), format!("{about}; {calls}"))
        }
    }
}

/// The logs in which a data type was found.
fn logs_by_type(inventory: &Inventory) -> BTreeMap<DataType, BTreeSet<String>> {
    let is_log = |s: &&crate::inventory::SourceRecord| s.source_kind == SourceKind::Log;
    let logs: BTreeSet<&str> = inventory
        .sources
        .iter()
        .filter(is_log)
        .map(|s| s.source.as_str())
        .collect();
    let mut found: BTreeMap<DataType, BTreeSet<String>> = BTreeMap::new();
    let fields = inventory.fields().filter_map(|(dataset, field)| {
        let is_sure = field.confidence >= Some(Confidence::Likely);
        Some((&dataset.source, field.data_type.filter(|_| is_sure)?))
    });
    let spans = inventory.spans.iter();
    let spans = spans.filter(|span| span.confidence >= Confidence::Likely);
    for (source, data_type) in fields.chain(spans.map(|s| (&s.source, s.data_type))) {
        if logs.contains(source.as_str()) {
            found.entry(data_type).or_default().insert(source.clone());
        }
    }
    found
}

fn folder(source: &str) -> &str {
    source.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn recipients(facts: &[SourceFacts], config: Option<&Config>) -> Vec<RecipientRecord> {
    let manifests: BTreeSet<&str> = facts
        .iter()
        .filter(|f| f.has_manifest)
        .map(|f| folder(&f.source))
        .collect();
    let mut seen: BTreeMap<usize, BTreeSet<SeenAs>> = BTreeMap::new();
    let mut places: BTreeMap<usize, Vec<RecipientPlace>> = BTreeMap::new();
    let mut tell = |vendor: usize, how: SeenAs, source: &str, line: u64, by: &str| {
        seen.entry(vendor).or_default().insert(how);
        places.entry(vendor).or_default().push(RecipientPlace {
            source: source.to_owned(),
            line,
            by: by.to_owned(),
        });
    };
    for fact in facts {
        for ((vendor, how, by), line) in &fact.seen {
            tell(*vendor, *how, &fact.source, *line, by);
        }
        // What a lock file lists beside a manifest that does not name it is needed by others' packages, not by this code.
        if !manifests.contains(folder(&fact.source)) {
            for (vendor, line) in &fact.locked {
                tell(*vendor, SeenAs::Declared, &fact.source, *line, "manifest");
            }
        }
        for flow in &fact.flows {
            let vendor = flow
                .recipient
                .as_deref()
                .and_then(|id| catalogue().position(id));
            if let Some(vendor) = vendor {
                tell(vendor, SeenAs::Used, &fact.source, flow.line, "call");
            }
        }
    }
    let mut records: Vec<RecipientRecord> = Vec::new();
    for (vendor, mut places) in places {
        let how = &seen[&vendor];
        let vendor = catalogue().get(vendor);
        places.sort();
        places.dedup_by(|a, b| a.source == b.source && a.by == b.by);
        let flows = facts.iter().flat_map(|f| &f.flows);
        let reaching = flows.filter(|f| f.recipient.as_deref() == Some(&vendor.id));
        let data_types: BTreeSet<DataType> = reaching.map(|f| f.data_type).collect();
        let in_register = config.map(|config| is_declared(config, vendor));
        let mut how: Vec<&str> = how.iter().map(|h| h.id()).collect();
        if in_register == Some(true) && !how.contains(&"declared") {
            how.insert(0, "declared");
        }
        records.push(RecipientRecord {
            recipient: vendor.id.clone(),
            name: vendor.name.clone(),
            category: vendor.category.clone(),
            role: vendor.role.clone(),
            country: vendor.country.clone(),
            seen_as: how.into_iter().map(str::to_owned).collect(),
            data_types: data_types.into_iter().collect(),
            places,
            in_register,
            fingerprint: Fingerprint {
                rule: "recipient",
                format: "",
                path: "",
                object: "",
                key: &vendor.id,
                ordinal: 0,
            }
            .hex(),
        });
    }
    records.sort_by(|a, b| a.recipient.cmp(&b.recipient));
    records
}

/// Whether `ropa.toml` names a vendor: by id or name, or by the company whose product it is (`microsoft` for `microsoft_graph`).
fn is_declared(config: &Config, vendor: &Vendor) -> bool {
    config.recipients.iter().any(|declared| {
        let id = declared.id.as_str();
        let name = declared.name.as_deref().unwrap_or_default();
        let is_company = vendor
            .id
            .strip_prefix(id)
            .is_some_and(|rest| rest.starts_with('_'));
        id == vendor.id || is_company || name.eq_ignore_ascii_case(&vendor.name)
    })
}

fn permissions(facts: &[SourceFacts], used: &[Used]) -> Vec<PermissionRecord> {
    let mut records = Vec::new();
    for fact in facts {
        let mut told = BTreeSet::new();
        for asked in &fact.asked {
            let opening = asked.opening;
            if !told.insert(opening.name()) {
                continue;
            }
            let (broader, why) = held_against_calls(opening, used);
            records.push(PermissionRecord {
                source: fact.source.clone(),
                line: asked.line,
                provider: opening.provider.clone(),
                permission: opening.id.clone(),
                access: opening.access.clone(),
                offline: opening.offline,
                data_types: opening.data_types.clone(),
                subjects: opening.subjects.clone(),
                broader_than_used: broader,
                why,
                fingerprint: fact.fingerprint("permission", "", &opening.name(), 0),
            });
        }
    }
    records
}

fn trackers(
    facts: &[SourceFacts],
    detection: &Detection,
    recipients: &[RecipientRecord],
) -> Vec<TrackerRecord> {
    let is_seen = |id: &str| recipients.iter().any(|r| r.recipient == id);
    let mut records = Vec::new();
    for fact in facts {
        let mut told = BTreeSet::new();
        for mention in &fact.tracking {
            let known = tracker::known(mention, is_seen);
            // A cookie that code sets is one, whoever reads it; other things are only trackers where they are known.
            if known.is_none() && mention.kind != MentionKind::Cookie {
                continue;
            }
            let technology = known.map_or("cookie", |t| t.technology.as_str());
            let name = match mention.kind {
                MentionKind::Cookie | MentionKind::LocalStorage => detection.label(&mention.name),
                _ => detection.label(mention.name.split(['?', '#']).next().unwrap_or_default()),
            };
            if !told.insert((technology, name.clone())) {
                continue;
            }
            records.push(TrackerRecord {
                source: fact.source.clone(),
                line: mention.place.line,
                technology: technology.to_owned(),
                class: known
                    .map_or("unclassified", |t| t.class.as_str())
                    .to_owned(),
                party: known.map_or("first_party", |t| t.party.as_str()).to_owned(),
                recipient: known.and_then(|t| t.recipient.clone()),
                fingerprint: fact.fingerprint("tracker", technology, &name, 0),
                name,
            });
        }
    }
    records
}
