//! The taxonomy of personal data: categories, data types and what makes them special in law.
//! Read from `detectors/taxonomy.toml`; knows nothing of how data is found.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

/// The five categories the notices document, in the order reports show them.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Who a person is and how to reach them.
    Contact,
    /// What a person does with the product, and with what.
    Usage,
    /// Where a person is.
    Location,
    /// Money of a person.
    Financial,
    /// What the law or harm puts in a class of its own.
    Sensitive,
}

impl Category {
    /// All categories, in the taxonomy's order.
    pub const ALL: [Category; 5] = [
        Category::Contact,
        Category::Usage,
        Category::Location,
        Category::Financial,
        Category::Sensitive,
    ];

    /// The id used in keys and JSON.
    pub fn id(self) -> &'static str {
        match self {
            Category::Contact => "contact",
            Category::Usage => "usage",
            Category::Location => "location",
            Category::Financial => "financial",
            Category::Sensitive => "sensitive",
        }
    }

    /// The category of an id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.id() == id)
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// The law under which a data type is special.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Special {
    /// GDPR Art. 8, children's consent.
    #[serde(rename = "gdpr_8")]
    Gdpr8,
    /// GDPR Art. 9, special categories.
    #[serde(rename = "gdpr_9")]
    Gdpr9,
    /// GDPR Art. 10, criminal convictions and offences.
    #[serde(rename = "gdpr_10")]
    Gdpr10,
    /// CCPA § 1798.140(ae), sensitive personal information.
    Ccpa,
    /// Australian Privacy Act 1988, s 6, sensitive information.
    Au,
}

impl Special {
    /// The id used in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Special::Gdpr8 => "gdpr_8",
            Special::Gdpr9 => "gdpr_9",
            Special::Gdpr10 => "gdpr_10",
            Special::Ccpa => "ccpa",
            Special::Au => "au",
        }
    }
}

/// A data type of the taxonomy, by its place in it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataType(u8);

/// What the taxonomy says of a data type.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataTypeFacts {
    /// `category.type`, stable.
    pub key: String,
    /// Short name for people.
    pub label: String,
    /// What the type covers.
    pub covers: String,
    /// Laws under which it is special.
    #[serde(default)]
    pub special: Vec<Special>,
    /// The condition, where it is special only sometimes.
    pub special_when: Option<String>,
}

#[derive(Deserialize)]
struct CategoryFacts {
    id: String,
    label: String,
    #[serde(rename = "about")]
    _about: String,
}

#[derive(Deserialize)]
struct Taxonomy {
    category: Vec<CategoryFacts>,
    #[serde(rename = "type")]
    types: Vec<DataTypeFacts>,
}

struct Table {
    facts: Vec<DataTypeFacts>,
    categories: Vec<Category>,
    labels: Vec<String>,
    by_key: BTreeMap<String, DataType>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let taxonomy: Taxonomy = toml::from_str(include_str!("../detectors/taxonomy.toml"))
        .expect("the built-in taxonomy is read by every test");
    let category_of = |key: &str| {
        key.split_once('.')
            .and_then(|(c, _)| Category::from_id(c))
            .expect("each key begins with its category")
    };
    let categories = taxonomy.types.iter().map(|t| category_of(&t.key)).collect();
    let by_key = taxonomy
        .types
        .iter()
        .enumerate()
        .map(|(i, t)| (t.key.clone(), DataType(i as u8)))
        .collect();
    let label = |c: Category| {
        taxonomy
            .category
            .iter()
            .find(|f| f.id == c.id())
            .map(|f| f.label.clone())
    };
    let labels = Category::ALL.into_iter().filter_map(label).collect();
    Table {
        facts: taxonomy.types,
        categories,
        labels,
        by_key,
    }
});

impl DataType {
    /// The data type of a key, such as `contact.email`.
    pub fn from_key(key: &str) -> Option<Self> {
        TABLE.by_key.get(key).copied()
    }

    /// Every data type, in the taxonomy's order.
    pub fn all() -> impl Iterator<Item = DataType> {
        (0..TABLE.facts.len()).map(|i| DataType(i as u8))
    }

    /// The stable key, `category.type`.
    pub fn key(self) -> &'static str {
        &self.facts().key
    }

    /// The category it belongs to.
    pub fn category(self) -> Category {
        TABLE.categories[self.0 as usize]
    }

    /// Laws under which it is special.
    pub fn special(self) -> &'static [Special] {
        &self.facts().special
    }

    /// All that the taxonomy says of it.
    pub fn facts(self) -> &'static DataTypeFacts {
        &TABLE.facts[self.0 as usize]
    }

    /// Position in the taxonomy, for tables indexed by data type.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The name of a category for people.
pub fn category_label(category: Category) -> &'static str {
    &TABLE.labels[category as usize]
}

impl fmt::Debug for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.key())
    }
}

impl Serialize for DataType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.key())
    }
}

impl<'de> Deserialize<'de> for DataType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = String::deserialize(deserializer)?;
        DataType::from_key(&key).ok_or_else(|| serde::de::Error::custom(unknown_key(&key)))
    }
}

/// The message for a key that is not in the taxonomy, with the nearest one that is.
pub fn unknown_key(key: &str) -> String {
    let nearest = DataType::all()
        .map(DataType::key)
        .min_by_key(|k| strsim::levenshtein(k, key));
    match nearest {
        Some(nearest) => format!("unknown data type `{key}`; did you mean `{nearest}`?"),
        None => format!("unknown data type `{key}`"),
    }
}

impl schemars::JsonSchema for DataType {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "DataType".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let keys: Vec<&str> = DataType::all().map(DataType::key).collect();
        schemars::json_schema!({"type": "string", "enum": keys})
    }
}
