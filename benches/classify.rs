//! Nanoseconds a field: classifying by name, object and type, over the fields of typical tables, and a plain list of
//! patterns over the same names for comparison.

use divan::{Bencher, counter::ItemsCount};
use ropa::detection::field::{Classifier, DatasetView, FieldView};
use ropa::detector::Detectors;
use ropa::field::{Dataset, Field};
use ropa::source::SourceKind;

fn main() {
    divan::main();
}

const TABLES: &[(&str, &[&str])] = &[
    (
        "users",
        &[
            "id",
            "email",
            "first_name",
            "last_name",
            "encrypted_password",
            "last_sign_in_at",
            "created_at",
            "locale",
            "phone_number",
            "dateofbirth",
        ],
    ),
    (
        "orders",
        &[
            "id",
            "order_number",
            "user_id",
            "total_amount",
            "billing_address_line_1",
            "shipping_zip_code",
            "status",
            "currency",
            "customer_note",
            "ip_address",
        ],
    ),
    (
        "product_variants",
        &[
            "id",
            "product_id",
            "sku",
            "price_cents",
            "stock_quantity",
            "weight",
            "barcode",
            "position",
            "created_at",
            "updated_at",
        ],
    ),
    (
        "hs_hr_employee",
        &[
            "emp_number",
            "emp_lastname",
            "emp_smoker",
            "ethnic_race_code",
            "emp_marital_status",
            "joined_date",
            "emp_dri_lice_num",
            "custom1",
            "job_title_code",
            "kundennummer",
        ],
    ),
];

/// What a scanner of column names commonly is: one pattern a kind, tried in turn.
const PATTERNS: &[&str] = &[
    r"(?i)e[-_]?mail",
    r"(?i)(first|last|full|middle|user|sur|nick)[-_]?name",
    r"(?i)(phone|mobile|tel(_|$)|fax)",
    r"(?i)(address|street|city|zip|postal|postcode|country|state)",
    r"(?i)(birth|dob|born|age$)",
    r"(?i)(gender|sex$)",
    r"(?i)(ssn|social_security|passport|licen[cs]e)",
    r"(?i)(password|passwd|secret|token)",
    r"(?i)(iban|bic|account_?(no|number)|routing)",
    r"(?i)(card_?(no|number)|cvv|cvc)",
    r"(?i)(ip_?addr|^ip$|remote_addr)",
    r"(?i)(salary|income|wage)",
    r"(?i)(latitude|longitude|geo)",
    r"(?i)(religion|ethnic|race|politic)",
    r"(?i)(health|diagnos|allerg|blood|disab)",
    r"(?i)(user|customer|patient|employee|emp)_?(id|no|number)",
];

#[divan::bench]
fn list_of_patterns(bencher: Bencher<'_, '_>) {
    let patterns: Vec<regex::Regex> = PATTERNS
        .iter()
        .map(|p| regex::Regex::new(p).expect("the patterns are valid"))
        .collect();
    let names: Vec<&str> = TABLES.iter().flat_map(|(_, f)| f.iter().copied()).collect();
    bencher.counter(ItemsCount::new(names.len())).bench(|| {
        for name in &names {
            divan::black_box(patterns.iter().position(|p| p.is_match(name)));
        }
    });
}

#[divan::bench]
fn fields(bencher: Bencher<'_, '_>) {
    let detectors = Detectors::built_in().expect("the built-in detectors load");
    let classifier = Classifier::new(&detectors);
    let tables: Vec<(Dataset, Vec<Field>)> = TABLES
        .iter()
        .map(|(name, fields)| {
            let dataset = Dataset {
                name: (*name).to_owned(),
                ..Dataset::default()
            };
            (dataset, fields.iter().map(|f| Field::named(*f)).collect())
        })
        .collect();
    let count: usize = tables.iter().map(|(_, fields)| fields.len()).sum();
    bencher.counter(ItemsCount::new(count)).bench(|| {
        for (dataset, fields) in &tables {
            let view = DatasetView {
                source: "bench",
                source_kind: SourceKind::Schema,
                dataset,
                fields: fields
                    .iter()
                    .map(|field| FieldView {
                        field,
                        summary: None,
                    })
                    .collect(),
            };
            divan::black_box(classifier.classify(&view));
        }
    });
}
