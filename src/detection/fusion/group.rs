//! Data types that gain alike from what a dataset is about.
//! Knows keys of the taxonomy; nothing of fields.

/// Groups of data types that gain alike from what the dataset is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Name,
    Place,
    Reach,
    Job,
    Text,
    Money,
    Use,
    Account,
    Fact,
    Secret,
}

pub(super) fn group(key: &str) -> Group {
    match key {
        "contact.name" => Group::Name,
        "contact.postal_address" | "location.region" | "location.timezone" | "location.precise" => {
            Group::Place
        }
        "contact.email"
        | "contact.phone"
        | "contact.online_profile"
        | "contact.username"
        | "contact.photo"
        | "contact.signature" => Group::Reach,
        "contact.employment" | "contact.education" => Group::Job,
        "usage.communication" | "usage.content" => Group::Text,
        "contact.account_id" => Group::Account,
        "sensitive.credential" => Group::Secret,
        "financial.transaction"
        | "financial.billing"
        | "financial.income"
        | "financial.credit"
        | "financial.bank_account"
        | "financial.tax_id" => Group::Money,
        k if k.starts_with("usage.") => Group::Use,
        _ => Group::Fact,
    }
}
