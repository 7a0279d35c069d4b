//! An inventory held against tags, declarations and policy: what is wrong, rule by rule.
//! Knows nothing of what is new.

use super::rule::{self, Rule};
use super::{Clean, Level, MissingTag, Subject, retention};
use crate::config::Kind;
use crate::finding::{Confidence, EvidenceBy, TagState};
use crate::inventory::{DatasetRecord, FieldRecord, FlowRecord, SourceRecord, SpanRecord};
use crate::source::SourceKind;
use crate::taxonomy::DataType;
use std::collections::{BTreeMap, BTreeSet};

/// Something wrong, before it has an identity.
pub(super) struct Alarm {
    pub rule: &'static str,
    /// Data type, or the id of a recipient or permission.
    pub key: String,
    pub data_type: Option<DataType>,
    pub level: Level,
    /// The source as the inventory names it.
    pub source: String,
    pub format: String,
    pub object: String,
    pub line: Option<u64>,
    pub confidence: Option<Confidence>,
    pub message: String,
    pub fix: String,
    pub why: Vec<String>,
    pub missing: Option<MissingTag>,
    /// Whether its line is a declaration, which may be shown; a record may not.
    pub is_declared: bool,
}

impl Alarm {
    /// The order in which equal ones are counted.
    pub fn order(&self) -> impl Ord + '_ {
        (
            &self.source,
            self.line,
            self.rule,
            &self.object,
            &self.key,
            &self.message,
        )
    }
}

/// Everything wrong, and what was judged and is well.
#[derive(Default)]
pub(super) struct Judged {
    pub alarms: Vec<Alarm>,
    pub clean: Vec<Clean>,
}

/// Judges an inventory.
pub(super) fn judge(subject: &Subject<'_>) -> Judged {
    let mut judge = Judge::new(subject);
    for dataset in &subject.inventory.datasets {
        judge.dataset(dataset);
    }
    judge.spans();
    judge.recipients();
    judge.permissions();
    judge.flows();
    judge.claims();
    judge.judged
}

struct Judge<'a> {
    subject: &'a Subject<'a>,
    sources: BTreeMap<&'a str, &'a SourceRecord>,
    /// Tags of a field that stand in another file of the same format: a later migration, a comment beside the tables.
    tagged: BTreeMap<(&'a str, String), TagState>,
    /// Tags by source, dataset and folded name: a model that mirrors a tagged table needs none of its own.
    placed: BTreeMap<(&'a str, &'a str, String), TagState>,
    unassigned: BTreeSet<(&'a str, DataType)>,
    judged: Judged,
}

/// A field being judged.
struct Judging<'a> {
    dataset: &'a DatasetRecord,
    /// Its records, the surest data type first.
    records: Vec<&'a FieldRecord>,
    object: String,
    kind: SourceKind,
    format: &'a str,
    tag: TagState,
}

impl<'a> Judge<'a> {
    fn new(subject: &'a Subject<'a>) -> Self {
        let sources: BTreeMap<_, _> = subject
            .inventory
            .sources
            .iter()
            .map(|source| (source.source.as_str(), source))
            .collect();
        let mut tagged: BTreeMap<(&str, String), TagState> = BTreeMap::new();
        let mut placed = BTreeMap::new();
        for (dataset, field) in subject.inventory.fields() {
            if matches!(field.tag, TagState::Exact | TagState::None) {
                let place = (dataset.source.as_str(), dataset.dataset.as_str());
                placed.insert((place.0, place.1, folded(&field.field)), field.tag);
            }
            if field.tag != TagState::Untagged {
                let format = format_of(&sources, &dataset.source);
                tagged
                    .entry((format, object(dataset, field)))
                    .or_insert(field.tag);
            }
        }
        let unassigned = subject.register.map(|r| r.unassigned.as_slice());
        Self {
            subject,
            sources,
            tagged,
            placed,
            unassigned: unassigned
                .unwrap_or_default()
                .iter()
                .map(|u| (u.field.as_str(), u.data_type))
                .collect(),
            judged: Judged::default(),
        }
    }

    fn dataset(&mut self, dataset: &'a DatasetRecord) {
        let (kind, format) = match self.sources.get(dataset.source.as_str()) {
            Some(source) => (
                source.source_kind,
                format_of(&self.sources, &dataset.source),
            ),
            None => (SourceKind::Schema, ""),
        };
        let mut at = 0;
        while at < dataset.fields.len() {
            let name = &dataset.fields[at].field;
            let end = at
                + dataset.fields[at..]
                    .iter()
                    .take_while(|f| f.field == *name)
                    .count();
            let mut records: Vec<&FieldRecord> = dataset.fields[at..end].iter().collect();
            records.sort_by(|a, b| {
                b.score
                    .unwrap_or(0.0)
                    .total_cmp(&a.score.unwrap_or(0.0))
                    .then_with(|| a.data_type.cmp(&b.data_type))
            });
            let object = object(dataset, records[0]);
            let tag = self.tag_of(dataset, records[0], format, &object);
            self.field(&Judging {
                dataset,
                records,
                object,
                kind,
                format,
                tag,
            });
            at = end;
        }
        for alarm in retention::kept_too_long(self.subject, dataset, format) {
            self.judged.alarms.push(alarm);
        }
    }

    fn tag_of(
        &self,
        dataset: &DatasetRecord,
        field: &FieldRecord,
        format: &'a str,
        object: &str,
    ) -> TagState {
        let elsewhere = || {
            let name = folded(&field.field);
            dataset.also_at.iter().find_map(|at| {
                let place = (at.source.as_str(), at.dataset.as_str(), name.clone());
                self.placed.get(&place).copied()
            })
        };
        let state = match field.tag {
            TagState::Untagged => self
                .tagged
                .get(&(format, object.to_owned()))
                .copied()
                .or_else(elsewhere)
                .unwrap_or_default(),
            own => own,
        };
        match state {
            TagState::Masked if self.subject.policy.masked_is_untagged => TagState::Untagged,
            state => state,
        }
    }

    fn field(&mut self, field: &Judging<'a>) {
        let before = self.judged.alarms.len();
        if field.kind == SourceKind::Log {
            self.field_of_log(field);
        } else {
            self.tag(field);
        }
        self.undeclared(field);
        self.forbidden_field(field);
        let first = field.records[0];
        let is_personal = first.data_type.is_some() || field.tag != TagState::Untagged;
        if is_personal && self.judged.alarms.len() == before {
            self.judged.clean.push(Clean {
                source: crate::target::from_root(&field.dataset.source, self.subject.root),
                line: first.line,
                object: field.object.clone(),
                data_type: first.data_type,
            });
        }
    }

    fn tag(&mut self, field: &Judging<'a>) {
        let first = field.records[0];
        match field.tag {
            TagState::Untagged => self.untagged(field),
            TagState::Exact => {
                if let Some(found) = first.detected {
                    let named = listed(&first.tagged_as);
                    let message = format!(
                        "`{}` is tagged {named}, and looks like {} ({})",
                        field.object,
                        found.key(),
                        label(found)
                    );
                    self.alarm("mistagged", field, found, None, message);
                }
            }
            TagState::Generic | TagState::Masked => {
                let Some(data_type) = first.data_type.filter(|_| self.is_sure(first)) else {
                    return;
                };
                let how = match field.tag {
                    TagState::Masked => "is masked or encrypted",
                    _ => "is tagged as personal",
                };
                let message = format!(
                    "`{}` {how}, and no tag says which data: it looks like {} ({})",
                    field.object,
                    data_type.key(),
                    label(data_type)
                );
                self.alarm("generic-tag", field, data_type, None, message);
            }
            TagState::None => {
                if let Some(found) = first.detected {
                    let message = format!(
                        "`{}` is tagged as not personal, and its values are {} ({})",
                        field.object,
                        found.key(),
                        label(found)
                    );
                    self.alarm("contradicts-none", field, found, None, message);
                }
            }
        }
    }

    /// Schemas, models and databases carry tags. Files of records cannot: what they hold is worth a note, unless the
    /// policy names them.
    fn untagged(&mut self, field: &Judging<'a>) {
        let policy = self.subject.policy;
        let sure: Vec<&FieldRecord> = field
            .records
            .iter()
            .copied()
            .filter(|r| self.is_sure(r))
            .collect();
        let source = self.seen_by_config(&field.dataset.source);
        let is_named = |t: DataType| policy.must_be_tagged_there(&source, &field.object, t);
        let carries = carries_tags(field);
        let wanted: Vec<DataType> = sure
            .iter()
            .filter_map(|r| r.data_type)
            .filter(|t| is_named(*t) || policy.must_be_tagged(*t))
            .collect();
        let Some(first) = wanted.first().copied() else {
            return;
        };
        let is_asked = wanted.iter().copied().any(is_named);
        if !carries && !is_asked && !tells_of_people(field, &sure) {
            return;
        }
        let level = if is_asked {
            wanted.iter().copied().map(Level::of).max()
        } else if carries {
            wanted.iter().copied().map(|t| self.level_of_field(t)).max()
        } else {
            Some(Level::Note)
        };
        let confidence = sure[0].confidence.map_or("", |c| c.id());
        let message = format!(
            "`{}` holds personal data without a tag: {} ({confidence})",
            field.object,
            named(&wanted)
        );
        self.alarm("untagged", field, first, level, message);
        if let Some(alarm) = self.judged.alarms.last_mut() {
            alarm.missing = Some(MissingTag {
                dataset: field.dataset.dataset.clone(),
                field: field.records[0].field.clone(),
                declared_type: field.records[0].declared_type.clone(),
                types: wanted.clone(),
            });
            alarm.fix = if carries {
                format!(
                    "add `@pii {}` to the comment of `{}`, or `@pii none: <reason>`",
                    listed(&wanted),
                    field.object
                )
            } else {
                correction(&source, &field.object, &wanted)
            };
        }
    }

    fn field_of_log(&mut self, field: &Judging<'a>) {
        // A correction settles what a key of a log holds; that it may stand there is for the policy to say.
        let held = field.records.iter().copied().find(|r| {
            let is_allowed = |t| self.subject.policy.is_allowed_in_logs(t);
            self.is_sure(r) && r.data_type.is_some_and(|t| !is_allowed(t))
        });
        let Some((record, data_type)) = held.and_then(|r| Some((r, r.data_type?))) else {
            return;
        };
        if record.rows.unwrap_or(0) == 0 {
            return;
        }
        // A key's name alone tells what it is meant for; the rule is about values.
        let is_seen = record.evidence.iter().any(|e| e.by == EvidenceBy::Value);
        let level = (!is_seen).then_some(Level::Note);
        let count = record.matched.filter(|m| *m > 0).or(record.rows);
        let message = format!(
            "the log field `{}` holds {} ({}) in {} records",
            field.object,
            data_type.key(),
            label(data_type),
            count.unwrap_or_default()
        );
        self.alarm("value-in-log", field, data_type, level, message);
    }

    fn undeclared(&mut self, field: &Judging<'a>) {
        let is_declaring = self
            .subject
            .config
            .is_some_and(|c| !c.activities.is_empty());
        if !is_declaring || field.tag == TagState::None {
            return;
        }
        let id = format!("{}:{}", field.dataset.source, field.object);
        let unclaimed = field
            .records
            .iter()
            .copied()
            .filter(|r| self.is_sure(r))
            .filter_map(|r| r.data_type)
            .find(|t| self.unassigned.contains(&(id.as_str(), *t)));
        let Some(data_type) = unclaimed else {
            return;
        };
        // Records and logs are copies of what a system holds: the system is where the purpose is missed.
        let level = match carries_tags(field) {
            true => Some(self.level_of_field(data_type)),
            false => Some(Level::Note),
        };
        let message = format!(
            "no activity of ropa.toml claims `{}`, which holds {} ({})",
            field.object,
            data_type.key(),
            label(data_type)
        );
        self.alarm("undeclared", field, data_type, level, message);
    }

    fn forbidden_field(&mut self, field: &Judging<'a>) {
        let source = self.seen_by_config(&field.dataset.source);
        let policy = self.subject.policy;
        for record in field.records.clone() {
            let Some(data_type) = record.data_type.filter(|_| self.is_sure(record)) else {
                continue;
            };
            let broken = policy.rules.forbidden.iter().find(|rule| {
                let is_there =
                    rule.sources.is_empty() || rule.sources.iter().any(|s| s.matches(&source));
                let is_field = rule
                    .fields
                    .as_ref()
                    .is_none_or(|f| f.matches(&source, &field.object));
                is_there && is_field && Kind::any(&rule.types, data_type)
            });
            if let Some(rule) = broken {
                let message = format!(
                    "the policy forbids {} ({}) in `{}`{}",
                    data_type.key(),
                    label(data_type),
                    field.object,
                    because(rule.reason.as_deref())
                );
                self.alarm("forbidden", field, data_type, None, message);
            }
        }
    }

    fn alarm(
        &mut self,
        rule: &'static str,
        field: &Judging<'a>,
        data_type: DataType,
        level: Option<Level>,
        message: String,
    ) {
        let record = field
            .records
            .iter()
            .find(|r| r.data_type == Some(data_type))
            .unwrap_or(&field.records[0]);
        let facts = the(rule);
        self.judged.alarms.push(Alarm {
            rule,
            key: data_type.key().to_owned(),
            data_type: Some(data_type),
            level: level.unwrap_or_else(|| facts.level(Some(data_type))),
            source: field.dataset.source.clone(),
            format: field.format.to_owned(),
            object: field.object.clone(),
            line: record.line,
            confidence: record.confidence,
            message,
            fix: facts.fix.clone(),
            why: reasons(record),
            missing: None,
            is_declared: carries_tags(field),
        });
    }

    /// Findings in the text of logs, one for each log and data type: a log grows, its findings do not.
    fn spans(&mut self) {
        let mut grouped: BTreeMap<(&str, DataType), Vec<&'a SpanRecord>> = BTreeMap::new();
        for span in &self.subject.inventory.spans {
            if span.confidence >= self.subject.policy.min_confidence {
                grouped
                    .entry((&span.source, span.data_type))
                    .or_default()
                    .push(span);
            }
        }
        for ((source, data_type), spans) in grouped {
            let Some(record) = self.sources.get(source).copied() else {
                continue;
            };
            let is_log = record.source_kind == SourceKind::Log;
            if is_log && !self.subject.policy.is_allowed_in_logs(data_type) {
                let message = text_message("the log", data_type, &spans);
                self.text_alarm("value-in-log", record, data_type, &spans, message);
            }
            let path = self.seen_by_config(source);
            let broken = self.subject.policy.rules.forbidden.iter().find(|rule| {
                let is_there =
                    rule.sources.is_empty() || rule.sources.iter().any(|s| s.matches(&path));
                is_there && rule.fields.is_none() && Kind::any(&rule.types, data_type)
            });
            if let Some(rule) = broken {
                let message =
                    text_message("the policy forbids it, and the text", data_type, &spans)
                        + &because(rule.reason.as_deref());
                self.text_alarm("forbidden", record, data_type, &spans, message);
            }
        }
    }

    fn text_alarm(
        &mut self,
        rule: &'static str,
        source: &SourceRecord,
        data_type: DataType,
        spans: &[&SpanRecord],
        message: String,
    ) {
        let facts = the(rule);
        self.judged.alarms.push(Alarm {
            rule,
            key: data_type.key().to_owned(),
            data_type: Some(data_type),
            level: facts.level(Some(data_type)),
            source: source.source.clone(),
            format: source.format.clone().unwrap_or_default(),
            object: String::new(),
            line: spans.iter().map(|s| s.line).min(),
            confidence: spans.iter().map(|s| s.confidence).max(),
            message,
            fix: facts.fix.clone(),
            why: Vec::new(),
            missing: None,
            is_declared: false,
        });
    }

    fn recipients(&mut self) {
        let Some(config) = self.subject.config else {
            return;
        };
        if config.activities.is_empty() && config.recipients.is_empty() {
            return;
        }
        for recipient in &self.subject.inventory.recipients {
            let is_declared = config.recipient(&recipient.recipient).is_some()
                || recipient.in_register == Some(true);
            let Some(place) = recipient.places.first().filter(|_| !is_declared) else {
                continue;
            };
            let facts = the("undeclared-recipient");
            // A dependency that nothing uses yet is worth knowing, no more.
            let is_used = recipient.seen_as.iter().any(|s| s != "declared");
            self.judged.alarms.push(Alarm {
                rule: "undeclared-recipient",
                key: recipient.recipient.clone(),
                data_type: None,
                level: if is_used {
                    facts.level(None)
                } else {
                    Level::Note
                },
                source: place.source.clone(),
                format: String::new(),
                object: recipient.recipient.clone(),
                line: Some(place.line),
                confidence: None,
                message: format!(
                    "{} ({}) is used here and ropa.toml does not declare it",
                    recipient.name, recipient.category
                ),
                fix: format!(
                    "[[recipient]]\nid = \"{}\"\nname = \"{}\"\ncategory = \"{}\"{}",
                    recipient.recipient,
                    recipient.name,
                    recipient.category,
                    recipient
                        .country
                        .as_ref()
                        .map(|c| format!("\ncountry = \"{c}\""))
                        .unwrap_or_default()
                ),
                why: vec![format!("seen as {}", recipient.seen_as.join(", "))],
                missing: None,
                is_declared: true,
            });
        }
    }

    fn permissions(&mut self) {
        let Some(config) = self.subject.config else {
            return;
        };
        if config.activities.is_empty() && config.permissions.is_empty() {
            return;
        }
        for permission in &self.subject.inventory.permissions {
            let is_declared = config.permissions.iter().any(|declared| {
                let name = declared.permission.as_deref();
                let is_provider = declared
                    .provider
                    .as_deref()
                    .is_none_or(|p| p.eq_ignore_ascii_case(&permission.provider));
                let is_named = name.is_some_and(|n| n.eq_ignore_ascii_case(&permission.permission))
                    || declared
                        .id
                        .as_str()
                        .eq_ignore_ascii_case(&permission.permission);
                is_provider && is_named
            });
            if is_declared {
                continue;
            }
            let worst = permission
                .data_types
                .iter()
                .copied()
                .max_by_key(|t| Level::of(*t));
            let opens = named(&permission.data_types);
            self.judged.alarms.push(Alarm {
                rule: "undeclared-permission",
                key: permission.permission.clone(),
                data_type: worst,
                level: if permission.data_types.is_empty() {
                    Level::Note
                } else {
                    the("undeclared-permission").level(None)
                },
                source: permission.source.clone(),
                format: self.format(&permission.source),
                object: format!("{}:{}", permission.provider, permission.permission),
                line: Some(permission.line),
                confidence: None,
                message: format!(
                    "the permission {} of {} is not declared in ropa.toml; it opens {}",
                    permission.permission,
                    permission.provider,
                    if opens.is_empty() {
                        "no personal data that is known"
                    } else {
                        &opens
                    }
                ),
                fix: format!(
                    "[[permission]]\nid = \"{}\"\nprovider = \"{}\"\npermission = \"{}\"",
                    permission
                        .permission
                        .to_ascii_lowercase()
                        .replace(|c: char| !c.is_ascii_alphanumeric(), "_"),
                    permission.provider,
                    permission.permission
                ),
                why: vec![permission.why.clone()],
                missing: None,
                is_declared: true,
            });
        }
    }

    fn flows(&mut self) {
        for flow in &self.subject.inventory.flows {
            if flow.confidence < self.subject.policy.min_confidence {
                continue;
            }
            if flow.to == "log" && !self.subject.policy.is_allowed_in_logs(flow.data_type) {
                let message = format!(
                    "{}{} is written to a log",
                    label(flow.data_type),
                    of_field(flow)
                );
                self.flow_alarm("logged", flow, message);
            }
            if let Some(why) = self.refused(flow) {
                let end = flow.recipient.as_deref().unwrap_or(&flow.to);
                let message = format!(
                    "{}{} goes to {end}, {why}",
                    label(flow.data_type),
                    of_field(flow)
                );
                self.flow_alarm("forbidden-flow", flow, message);
            }
        }
    }

    /// Why the policy or a recipient's own entry does not let a data type go there.
    fn refused(&self, flow: &FlowRecord) -> Option<String> {
        let rules = self.subject.policy.rules.flows.iter();
        for rule in rules {
            let is_meant = match &flow.recipient {
                Some(recipient) => rule.to == *recipient || rule.to == "*",
                None => rule.to == flow.to,
            };
            let is_allowed = rule
                .allowed
                .as_ref()
                .is_none_or(|kinds| kinds.iter().any(|k| k.covers(flow.data_type)));
            let is_forbidden = rule.forbidden.iter().any(|k| k.covers(flow.data_type));
            if is_meant && (!is_allowed || is_forbidden) {
                let because = because(rule.reason.as_deref());
                return Some(format!("which the policy does not allow{because}"));
            }
        }
        let recipient = self.subject.config?.recipient(flow.recipient.as_deref()?)?;
        let is_beyond = !recipient.types.is_empty() && !recipient.types.contains(&flow.data_type);
        is_beyond
            .then(|| "and ropa.toml does not list it among what that recipient gets".to_owned())
    }

    fn flow_alarm(&mut self, rule: &'static str, flow: &FlowRecord, message: String) {
        let facts = the(rule);
        let object = match (&flow.dataset, &flow.field) {
            (Some(dataset), Some(field)) => format!("{dataset}.{field}"),
            (None, Some(field)) => field.clone(),
            (Some(dataset), None) => dataset.clone(),
            (None, None) => flow.data_type.key().to_owned(),
        };
        let end = flow.recipient.as_deref().unwrap_or(&flow.to);
        self.judged.alarms.push(Alarm {
            rule,
            key: flow.data_type.key().to_owned(),
            data_type: Some(flow.data_type),
            level: facts.level(Some(flow.data_type)),
            source: flow.source.clone(),
            format: self.format(&flow.source),
            object: format!("{object}>{end}"),
            line: Some(flow.line),
            confidence: Some(flow.confidence),
            message,
            fix: facts.fix.clone(),
            why: flow
                .steps
                .iter()
                .map(|step| format!("{} at {}:{}", step.what, step.source, step.line))
                .collect(),
            missing: None,
            is_declared: true,
        });
    }

    fn claims(&mut self) {
        for claim in &self.subject.inventory.claims {
            if claim.verdict != "refuted" {
                continue;
            }
            let worst = claim
                .data_types
                .iter()
                .copied()
                .max_by_key(|t| Level::of(*t));
            let facts = the("refuted");
            let about = named(&claim.data_types);
            self.judged.alarms.push(Alarm {
                rule: "refuted",
                key: claim.claim.clone(),
                data_type: worst,
                level: facts.level(worst),
                source: claim.source.clone(),
                format: self.format(&claim.source),
                object: String::new(),
                line: Some(claim.line),
                confidence: None,
                message: format!(
                    "the notice claims {}{}{}, and the evidence says otherwise",
                    claim.claim,
                    if about.is_empty() {
                        String::new()
                    } else {
                        format!(" for {about}")
                    },
                    claim
                        .bound
                        .as_ref()
                        .map(|b| format!(" ({b})"))
                        .unwrap_or_default()
                ),
                fix: facts.fix.clone(),
                why: claim
                    .evidence
                    .iter()
                    .take(3)
                    .map(|e| e.why.clone())
                    .collect(),
                missing: None,
                is_declared: false,
            });
        }
    }

    /// An account's number is personal as all that hangs on it, but every key that refers to a user is one: a note, unless
    /// the policy names it.
    fn level_of_field(&self, data_type: DataType) -> Level {
        let is_named = self
            .subject
            .policy
            .rules
            .must_tag
            .iter()
            .any(|must| must.types.contains(&Kind::Type(data_type)));
        if data_type.key() == "contact.account_id" && !is_named {
            Level::Note
        } else {
            Level::of(data_type)
        }
    }

    fn is_sure(&self, record: &FieldRecord) -> bool {
        record.confidence >= Some(self.subject.policy.min_confidence)
    }

    fn format(&self, source: &str) -> String {
        format_of(&self.sources, source).to_owned()
    }

    /// A source's path as the patterns of `ropa.toml` see it.
    fn seen_by_config(&self, source: &str) -> String {
        self.subject
            .config
            .map_or_else(|| source.to_owned(), |c| c.relative(source).into_owned())
    }
}

/// A field's name as its mirrors elsewhere may write it: `firstName` and `first_name` are one.
pub fn folded(field: &str) -> String {
    field
        .chars()
        .filter(|c| *c != '_')
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether a field is declared in a syntax that has comments: in a schema, model or database, or in a dump that holds its
/// tables beside the rows.
fn carries_tags(field: &Judging<'_>) -> bool {
    let is_declared = field.records[0].declared_type.is_some() && field.records[0].line.is_some();
    match field.kind {
        // A form asks for data; where it is kept is where its tag belongs.
        SourceKind::Code => field.format != "html",
        SourceKind::Schema | SourceKind::Database => true,
        SourceKind::Export => is_declared && field.format == "sql",
        _ => false,
    }
}

/// Whether a field without a place for tags is worth a note. Settings and lists of translations are full of names that
/// promise data: where there is one row, its value has to keep the promise.
fn tells_of_people(field: &Judging<'_>, records: &[&FieldRecord]) -> bool {
    // A list inside of a document is as much a setting as the document.
    let is_of_rows =
        |r: &&FieldRecord| r.rows.is_none_or(|rows| rows > 1) && !r.field.contains(".*");
    let is_seen = |r: &&FieldRecord| r.evidence.iter().any(|e| e.by == EvidenceBy::Value);
    match field.kind {
        SourceKind::Export | SourceKind::Config => {
            records.iter().any(|r| is_of_rows(r) || is_seen(r))
        }
        SourceKind::Code => field.format == "html",
        _ => false,
    }
}

fn format_of<'a>(sources: &BTreeMap<&str, &'a SourceRecord>, source: &str) -> &'a str {
    sources
        .get(source)
        .and_then(|s| s.format.as_deref())
        .unwrap_or_default()
}

/// The rule of an id that stands in this code.
pub(super) fn the(rule: &str) -> &'static Rule {
    rule::named(rule).expect("rules named in code are in rules.toml; a test holds it")
}

pub(super) fn object(dataset: &DatasetRecord, field: &FieldRecord) -> String {
    if dataset.dataset.is_empty() {
        field.field.clone()
    } else {
        format!("{}.{}", dataset.dataset, field.field)
    }
}

/// The first reasons for a finding, each once.
fn reasons(record: &FieldRecord) -> Vec<String> {
    let mut reasons: Vec<String> = Vec::new();
    for evidence in &record.evidence {
        if reasons.len() < 3 && !reasons.contains(&evidence.why) {
            reasons.push(evidence.why.clone());
        }
    }
    reasons
}

fn of_field(flow: &FlowRecord) -> String {
    flow.field
        .as_ref()
        .map(|field| format!(" (`{field}`)"))
        .unwrap_or_default()
}

pub(super) fn label(data_type: DataType) -> String {
    let label = &data_type.facts().label;
    // An acronym stays as it is, a word loses its capital.
    match label.chars().nth(1) {
        Some(second) if second.is_lowercase() || second == '-' => {
            let mut rest = label.chars();
            let first = rest.next().map(|c| c.to_lowercase().to_string());
            first.unwrap_or_default() + rest.as_str()
        }
        _ => label.clone(),
    }
}

/// `contact.email (e-mail address), contact.name (name)`.
fn named(types: &[DataType]) -> String {
    let names: Vec<String> = types
        .iter()
        .map(|t| format!("{} ({})", t.key(), label(*t)))
        .collect();
    names.join(", ")
}

/// `contact.email, contact.name`.
fn listed(types: &[DataType]) -> String {
    let keys: Vec<&str> = types.iter().map(|t| t.key()).collect();
    keys.join(", ")
}

fn because(reason: Option<&str>) -> String {
    reason.map(|r| format!(": {r}")).unwrap_or_default()
}

fn text_message(who: &str, data_type: DataType, spans: &[&SpanRecord]) -> String {
    let count: u64 = spans.iter().map(|s| 1 + s.more.unwrap_or(0)).sum();
    let places = if count == 1 { "place" } else { "places" };
    let shape = spans
        .iter()
        .find_map(|s| s.masked.as_ref().and_then(|m| m.shown()))
        .map(|shape| format!(", such as {shape}"))
        .unwrap_or_default();
    format!(
        "{who} holds {} ({}) in {count} {places}{shape}",
        data_type.key(),
        label(data_type)
    )
}

/// The entry of `ropa.toml` that is the tag of what has no comments.
pub fn correction(source: &str, object: &str, types: &[DataType]) -> String {
    let quoted = toml::Value::String(format!("{source}:{object}"));
    let data_type = types.first().map_or("none", |t| t.key());
    format!("[[correction]]\nfield = {quoted}\ntype = \"{data_type}\"")
}
