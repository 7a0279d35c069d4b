//! What a register must hold, show and never invent, one case a test.

use super::*;
use crate::config::Config;
use crate::finding::Confidence;
use crate::inventory::*;
use crate::source::SourceKind;
use jiff::civil::date;
use std::path::Path;

/// An inventory of `source kind dataset.field type` lines.
pub(crate) fn inventory(lines: &[(&str, SourceKind, &str, &str, &str)]) -> Inventory {
    let mut inventory = Inventory::new();
    for (source, kind, dataset, field, data_type) in lines {
        if !inventory.sources.iter().any(|s| s.source == *source) {
            inventory.sources.push(SourceRecord {
                source: (*source).into(),
                source_kind: *kind,
                format: None,
                coverage: CoverageId::Whole,
                reason: None,
                bytes: None,
                unresolved: 0,
            });
        }
        let at = inventory
            .datasets
            .iter()
            .position(|d| d.source == *source && d.dataset == *dataset);
        let at = at.unwrap_or_else(|| {
            inventory.datasets.push(dataset_record(source, dataset));
            inventory.datasets.len() - 1
        });
        inventory.datasets[at]
            .fields
            .push(field_record(field, data_type));
    }
    inventory
}

fn dataset_record(source: &str, dataset: &str) -> DatasetRecord {
    DatasetRecord {
        source: source.into(),
        dataset: dataset.into(),
        ..DatasetRecord::default()
    }
}

fn field_record(field: &str, data_type: &str) -> FieldRecord {
    let data_type = DataType::from_key(data_type);
    let confidence = Some(Confidence::Certain);
    FieldRecord {
        field: field.into(),
        data_type,
        category: data_type.map(DataType::category),
        confidence,
        ..FieldRecord::default()
    }
}

fn config(text: &str) -> Config {
    Config::parse(text, Path::new("ropa.toml")).expect("the test's configuration reads")
}

const SHOP: &str = r#"
organisation = { name = "Example SA", country = "FR", email = "privacy@example.com" }
[[system]]
id = "shop"
paths = ["db/**"]
role = "controller"
hosting = ["FR"]
security_measures = ["encryption"]
[[system]]
id = "hosted"
paths = ["clients/**"]
role = "processor"
on_behalf_of = ["Clients of Example"]
[[activity]]
id = "newsletter"
name = "Newsletter"
systems = ["shop"]
fields = ["db/**:public.subscribers.*"]
types = ["contact.email"]
subjects = ["subscriber"]
purposes = ["direct_marketing"]
recipients = ["mailchimp"]
transfers = [{ to = ["US"], recipient = "mailchimp", safeguard = "privacy_shield" }]
[[activity]]
id = "client_data"
name = "Data of clients"
systems = ["hosted"]
[[recipient]]
id = "mailchimp"
name = "Mailchimp"
category = "marketing_provider"
country = "US"
"#;

fn shop() -> Inventory {
    inventory(&[
        (
            "db/schema.sql",
            SourceKind::Schema,
            "public.subscribers",
            "email",
            "contact.email",
        ),
        (
            "db/schema.sql",
            SourceKind::Schema,
            "public.subscribers",
            "full_name",
            "contact.name",
        ),
        (
            "db/schema.sql",
            SourceKind::Schema,
            "public.leads",
            "phone",
            "contact.phone",
        ),
        (
            "clients/schema.sql",
            SourceKind::Schema,
            "public.users",
            "email",
            "contact.email",
        ),
    ])
}

#[test]
fn fields_go_to_the_activities_that_claim_them() {
    let register = Register::build(&config(SHOP), &shop(), date(2026, 11, 20));
    let newsletter = register.activity("newsletter").expect("declared");
    assert_eq!(
        newsletter.data[0].value.fields,
        ["db/schema.sql:public.subscribers.email"]
    );
    assert_eq!(newsletter.origin_of(&newsletter.data[0]), Origin::Declared);
    assert_eq!(newsletter.data[1].value.data_type.key(), "contact.name");
    assert_eq!(newsletter.origin_of(&newsletter.data[1]), Origin::Inferred);
    let client_data = register.activity("client_data").expect("declared");
    assert_eq!(
        client_data.data[0].value.fields,
        ["clients/schema.sql:public.users.email"]
    );
}

#[test]
fn roles_are_split_by_system() {
    let register = Register::build(&config(SHOP), &shop(), date(2026, 11, 20));
    let role = |id: &str| register.activity(id).map(|a| (a.role, a.origin_at("role")));
    assert_eq!(
        role("newsletter"),
        Some((Role::Controller, Origin::Inferred))
    );
    assert_eq!(
        role("client_data"),
        Some((Role::Processor, Origin::Inferred))
    );
    assert_eq!(
        register
            .activity("client_data")
            .map(|a| a.on_behalf_of[0].name.as_str()),
        Some("Clients of Example")
    );
    assert_eq!(register.of_role(Role::is_processor).activities.len(), 1);
}

#[test]
fn what_nobody_claims_stands_apart_and_is_inferred() {
    let register = Register::build(&config(SHOP), &shop(), date(2026, 11, 20));
    assert_eq!(register.unassigned.len(), 1);
    assert_eq!(
        register.unassigned[0].field,
        "db/schema.sql:public.leads.phone"
    );
    let row = register
        .activity("inferred.shop.marketing")
        .expect("the leads speak of marketing");
    assert_eq!((row.origin, row.role), (Origin::Inferred, Role::Controller));
    assert!(
        row.legal_bases.is_empty() && !row.suggestions.is_empty(),
        "no legal basis is invented"
    );
    assert!(
        register
            .gaps
            .iter()
            .any(|g| g.activity.as_deref() == Some("inferred.shop.marketing")
                && g.level == GapLevel::Error)
    );
}

#[test]
fn an_ended_safeguard_is_an_error_from_its_day() {
    let gap = |day| {
        let register = Register::build(&config(SHOP), &shop(), day);
        register
            .gaps
            .into_iter()
            .find(|g| g.field == "transfers")
            .map(|g| (g.level, g.text))
    };
    assert_eq!(gap(date(2020, 7, 15)), None);
    let (level, text) = gap(date(2020, 7, 16)).expect("it ended");
    assert_eq!(level, GapLevel::Error);
    assert_eq!(
        text,
        "Transfer to US (mailchimp): EU-US and Swiss-US Privacy Shield does not cover it on 2020-07-16."
    );
}

#[test]
fn the_places_of_recipients_imply_transfers() {
    let text = SHOP.replace("transfers = [{ to = [\"US\"], recipient = \"mailchimp\", safeguard = \"privacy_shield\" }]", "");
    let register = Register::build(&config(&text), &shop(), date(2026, 11, 20));
    let transfer = &register.activity("newsletter").expect("declared").transfers[0];
    assert_eq!(
        (transfer.origin, transfer.value.valid),
        (Some(Origin::Inferred), None)
    );
    assert_eq!(transfer.value.transfer.to, ["US"]);
}

#[test]
fn tags_assign_and_give_retention() {
    let mut inventory = shop();
    let leads = inventory
        .datasets
        .iter_mut()
        .find(|d| d.dataset == "public.leads")
        .expect("there");
    leads.fields[0].tag_purpose = Some("direct_marketing".into());
    leads.fields[0].tag_retention = Some("P1Y".into());
    let register = Register::build(&config(SHOP), &inventory, date(2026, 11, 20));
    assert!(register.unassigned.is_empty());
    let newsletter = register.activity("newsletter").expect("declared");
    assert!(
        newsletter
            .data
            .iter()
            .any(|d| d.value.data_type.key() == "contact.phone")
    );
    assert_eq!(newsletter.retention[0].origin, Some(Origin::Inferred));
    assert_eq!(
        newsletter.retention[0]
            .value
            .duration
            .as_ref()
            .map(|d| d.as_str()),
        Some("P1Y")
    );
}

#[test]
fn recipients_that_are_only_seen_are_inferred() {
    let mut inventory = shop();
    inventory.recipients.push(RecipientRecord {
        recipient: "stripe".into(),
        name: "Stripe".into(),
        category: "payment_provider".into(),
        role: "processor".into(),
        country: Some("US".into()),
        seen_as: vec!["imported".into()],
        data_types: vec![DataType::from_key("contact.email").expect("known")],
        places: vec![RecipientPlace {
            source: "db/bill.py".into(),
            line: 4,
            by: "import".into(),
        }],
        in_register: None,
        fingerprint: String::new(),
    });
    let register = Register::build(&config(SHOP), &inventory, date(2026, 11, 20));
    let newsletter = register.activity("newsletter").expect("declared");
    let stripe = newsletter
        .recipients
        .iter()
        .find(|r| r.value.recipient == "stripe")
        .expect("its system uses it");
    assert_eq!(newsletter.origin_of(stripe), Origin::Inferred);
    assert!(
        register
            .gaps
            .iter()
            .any(|g| g.activity.is_none()
                && g.text.contains("Stripe is used (seen at db/bill.py:4)"))
    );
}

#[test]
fn without_a_configuration_all_rows_are_inferred() {
    let register = Register::build(&Config::default(), &shop(), date(2026, 11, 20));
    assert!(
        register
            .activities
            .iter()
            .all(|a| a.origin == Origin::Inferred)
    );
    let ids: Vec<&str> = register.activities.iter().map(|a| a.id.as_str()).collect();
    assert_eq!(ids, ["inferred.marketing", "inferred.user_accounts"]);
    assert!(!register.is_complete());
}

#[test]
fn the_document_reads_back() {
    let register = Register::build(&config(SHOP), &shop(), date(2026, 11, 20));
    let json = serde_json::to_string(&register).expect("serialises");
    assert_eq!(
        serde_json::from_str::<Register>(&json).expect("reads"),
        register
    );
}
