//! `dpv`: the register as JSON-LD in the W3C Data Privacy Vocabulary 2.3. The context is inline: nothing is fetched.

use super::crosswalk;
use super::{Options, Report, Subject};
use crate::config::{Contact, Party, Role};
use crate::register::{ActivityTransfer, ProcessingActivity, Register};
use crate::vocabulary;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::io::{self, Write};

/// The report.
pub struct Dpv;

/// Its entry in the list of reports.
pub static REPORT: Dpv = Dpv;

impl Report for Dpv {
    fn format(&self) -> &'static str {
        "dpv"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["jsonld"]
    }

    fn renders(&self, subject: &Subject<'_>) -> bool {
        matches!(subject, Subject::Register(..))
    }

    fn write(&self, subject: &Subject<'_>, _: &Options, out: &mut dyn Write) -> io::Result<()> {
        let Subject::Register(register, _) = subject else {
            return Ok(());
        };
        serde_json::to_writer_pretty(&mut *out, &sorted(document(register)))?;
        out.write_all(b"\n")
    }
}

fn document(register: &Register) -> Value {
    let name = register
        .organisation
        .name
        .as_deref()
        .unwrap_or("organisation");
    let org = slug(name);
    let activities: Vec<Value> = register
        .activities
        .iter()
        .map(|a| activity(register, a, &org))
        .collect();
    let mut document = json!({
        "@context": {
            "dpv": "https://w3id.org/dpv#",
            "pd": "https://w3id.org/dpv/pd#",
            "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
            "loc": "https://w3id.org/dpv/loc#",
            "dct": "http://purl.org/dc/terms/",
            "dcat": "http://www.w3.org/ns/dcat#",
            "xsd": "http://www.w3.org/2001/XMLSchema#"
        },
        "@id": format!("urn:ropa:{org}:register"),
        "@type": ["dpv:ROPA", "dcat:Catalog"],
        "dct:title": format!("Record of processing activities of {name}"),
        "dct:modified": {"@type": "xsd:date", "@value": register.as_of},
        "dpv:hasPersonalDataProcess": activities
    });
    put(
        &mut document,
        "dpv:hasDataProtectionOfficer",
        register.organisation.dpo.iter().map(contact).collect(),
    );
    put(
        &mut document,
        "dpv:hasRepresentative",
        register
            .organisation
            .representative
            .iter()
            .map(contact)
            .collect(),
    );
    document
}

fn activity(register: &Register, a: &ProcessingActivity, org: &str) -> Value {
    let mut node = json!({
        "@id": format!("urn:ropa:{org}:activity:{}", slug(&a.id)),
        "@type": "dpv:PersonalDataProcess",
        "dct:identifier": a.id,
        "dct:title": a.name,
        "dct:source": a.origin.id()
    });
    let dpv = |id: Option<&'static str>| id.map(|id| json!({"@id": format!("dpv:{id}")}));
    let gdpr = |id: &str| json!({"@id": format!("eu-gdpr:{id}")});
    let purposes = a.purposes.iter().map(|p| {
        let known = dpv(vocabulary::purpose(&p.value.id).and_then(|t| t.dpv.as_deref()));
        let words = p
            .value
            .text
            .as_ref()
            .or(known.is_none().then_some(&p.value.id));
        let kind = known.unwrap_or_else(|| json!({"@id": "dpv:Purpose"}));
        match words {
            Some(words) => json!({"@type": kind["@id"], "dct:description": words}),
            None => kind,
        }
    });
    put(&mut node, "dpv:hasPurpose", purposes.collect());
    let bases = a
        .legal_bases
        .iter()
        .filter_map(|b| vocabulary::legal_basis(&b.value.id)?.dpv.as_deref());
    let conditions = a
        .art9_conditions
        .iter()
        .filter_map(|c| vocabulary::art9_condition(c)?.dpv.as_deref());
    let tools = a.transfers.iter().filter_map(|t| transfer_basis(&t.value));
    put(
        &mut node,
        "dpv:hasLegalBasis",
        bases.chain(conditions).chain(tools).map(gdpr).collect(),
    );
    roles(&mut node, register, a);
    let subjects = a.subjects.iter().map(|s| {
        named(
            "dpv:DataSubject",
            &vocabulary::subject(s).map_or_else(|| s.clone(), vocabulary::Term::name),
        )
    });
    put(&mut node, "dpv:hasDataSubject", subjects.collect());
    let data: BTreeSet<&String> = a
        .data
        .iter()
        .flat_map(|d| crosswalk::names("dpv_pd", d.value.data_type).first())
        .collect();
    put(
        &mut node,
        "dpv:hasPersonalData",
        data.into_iter().map(|id| json!({"@id": id})).collect(),
    );
    recipients(&mut node, a);
    let countries: BTreeSet<&String> = a
        .transfers
        .iter()
        .flat_map(|t| &t.value.transfer.to)
        .collect();
    put(
        &mut node,
        "dpv:hasThirdCountry",
        countries.into_iter().map(|c| place(c)).collect(),
    );
    let storage = a.retention.iter().map(|r| {
        let r = &r.value;
        let mut condition = json!({"@type": "dpv:StorageCondition"});
        if let Some(duration) = &r.duration {
            condition["@type"] = json!("dpv:StorageDuration");
            condition["dpv:hasDuration"] =
                json!({"@type": "xsd:duration", "@value": duration.as_str()});
        }
        let words: Vec<&String> = [&r.text, &r.criterion, &r.exception]
            .into_iter()
            .flatten()
            .collect();
        put(
            &mut condition,
            "dct:description",
            words.into_iter().map(|w| json!(w)).collect(),
        );
        condition
    });
    put(&mut node, "dpv:hasStorageCondition", storage.collect());
    let measures = a.security_measures.iter().map(|m| {
        let kind = vocabulary::in_words(&m.value.kind);
        named(
            "dpv:TechnicalOrganisationalMeasure",
            &m.value
                .text
                .as_ref()
                .map_or(kind.clone(), |text| format!("{kind}: {text}")),
        )
    });
    put(
        &mut node,
        "dpv:hasTechnicalOrganisationalMeasure",
        measures.collect(),
    );
    let sources = a.source_of_data.iter().map(|s| {
        named(
            "dpv:DataSource",
            &vocabulary::source_of_data(s).map_or_else(|| s.clone(), vocabulary::Term::name),
        )
    });
    put(&mut node, "dpv:hasDataSource", sources.collect());
    put(
        &mut node,
        "dpv:hasLocation",
        a.locations.iter().map(|l| place(l)).collect(),
    );
    put(
        &mut node,
        "dpv:hasRight",
        a.rights
            .iter()
            .map(|r| named("dpv:DataSubjectRight", &vocabulary::in_words(r)))
            .collect(),
    );
    let unit = a
        .department
        .iter()
        .chain(&a.business_function)
        .map(|d| named("dpv:OrganisationalUnit", d));
    put(&mut node, "dpv:hasOrganisationalUnit", unit.collect());
    if a.dpia.as_ref().is_some_and(|d| d.required == Some(true)) {
        put(
            &mut node,
            "dpv:hasImpactAssessment",
            vec![json!({"@id": "eu-gdpr:DPIA"})],
        );
    }
    node
}

fn roles(node: &mut Value, register: &Register, a: &ProcessingActivity) {
    let own = register.organisation.name.iter().map(|name| {
        let mut own = named("dpv:LegalEntity", name);
        put(
            &mut own,
            "dpv:hasAddress",
            register
                .organisation
                .address
                .iter()
                .map(|t| json!(t))
                .collect(),
        );
        put(
            &mut own,
            "dpv:hasContact",
            register
                .organisation
                .email
                .iter()
                .map(|t| json!(t))
                .collect(),
        );
        own
    });
    let own: Vec<Value> = own.collect();
    let clients = || a.on_behalf_of.iter().map(party).collect();
    match a.role {
        Role::Controller => put(node, "dpv:hasDataController", own),
        Role::JointController => {
            let all = own.into_iter().chain(a.joint_controllers.iter().map(party));
            put(node, "dpv:hasJointDataControllers", all.collect());
        }
        Role::Processor | Role::SubProcessor => {
            put(node, "dpv:hasDataController", clients());
            put(node, "dpv:hasDataProcessor", own);
        }
        Role::Unknown => {}
    }
}

fn recipients(node: &mut Value, a: &ProcessingActivity) {
    let all = a.recipients.iter().map(|r| {
        let r = &r.value;
        let mut recipient = named("dpv:Recipient", &r.name);
        put(
            &mut recipient,
            "dct:type",
            r.category.iter().map(|c| json!(c)).collect(),
        );
        put(
            &mut recipient,
            "dpv:hasLocation",
            r.country.iter().map(|c| place(c)).collect(),
        );
        (r.role.as_deref() == Some("processor"), recipient)
    });
    let all: Vec<(bool, Value)> = all.collect();
    if !a.role.is_processor() {
        put(
            node,
            "dpv:hasDataProcessor",
            all.iter()
                .filter(|(is_processor, _)| *is_processor)
                .map(|(_, r)| r.clone())
                .collect(),
        );
    }
    put(
        node,
        "dpv:hasRecipient",
        all.into_iter().map(|(_, r)| r).collect(),
    );
}

/// The legal basis of a transfer.
fn transfer_basis(transfer: &ActivityTransfer) -> Option<&'static str> {
    let term = vocabulary::safeguard(transfer.transfer.safeguard.as_deref()?)?;
    term.dpv.as_deref()
}

fn named(kind: &str, name: &str) -> Value {
    json!({"@type": kind, "dpv:hasName": name})
}

fn party(p: &Party) -> Value {
    let mut node = named("dpv:LegalEntity", &p.name);
    put(
        &mut node,
        "dpv:hasAddress",
        p.address.iter().map(|t| json!(t)).collect(),
    );
    put(
        &mut node,
        "dpv:hasContact",
        p.email.iter().chain(&p.phone).map(|t| json!(t)).collect(),
    );
    node
}

fn contact(c: &Contact) -> Value {
    let mut node = json!({"@type": "dpv:Entity"});
    put(
        &mut node,
        "dpv:hasName",
        c.name.iter().chain(&c.title).map(|t| json!(t)).collect(),
    );
    put(
        &mut node,
        "dpv:hasAddress",
        c.address.iter().map(|t| json!(t)).collect(),
    );
    put(
        &mut node,
        "dpv:hasContact",
        c.email.iter().chain(&c.phone).map(|t| json!(t)).collect(),
    );
    node
}

/// A country by its code, anything else by its name.
fn place(text: &str) -> Value {
    let is_code = text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
    if is_code {
        json!({"@id": format!("loc:{text}")})
    } else {
        named("dpv:Location", text)
    }
}

fn put(node: &mut Value, key: &str, values: Vec<Value>) {
    if !values.is_empty() {
        node[key] = Value::Array(values);
    }
}

/// The text as part of a URN.
fn slug(text: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let joined: String = text.chars().map(plain).collect();
    joined
        .split('-')
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

/// Keys and arrays sorted: the graph has no order, and equal registers give equal bytes.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> = map
                .into_iter()
                .map(|(key, value)| (key, sorted(value)))
                .collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(entries.into_iter().collect::<Map<_, _>>())
        }
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(sorted).collect();
            items.sort_by_cached_key(Value::to_string);
            items.dedup();
            Value::Array(items)
        }
        other => other,
    }
}
