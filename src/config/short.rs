//! Short forms: where a table is asked for, a plain string may stand for the table with that string in its first key.

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;

/// A table that has a short form.
pub trait Short: Sized {
    /// The table that the string stands for.
    fn from_short(text: String) -> Self;
}

/// A table whose short form may be refused.
pub trait TryShort: Sized {
    /// The table that the string stands for, or why it stands for none.
    fn try_from_short(text: String) -> Result<Self, String>;
}

impl<T: Short> TryShort for T {
    fn try_from_short(text: String) -> Result<Self, String> {
        Ok(T::from_short(text))
    }
}

/// Reads a list of tables or short forms.
pub fn list<'de, D: Deserializer<'de>, T: TryShort + Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let items = Vec::<OrText<T>>::deserialize(deserializer)?;
    Ok(items.into_iter().map(|item| item.0).collect())
}

/// Reads one table or short form.
pub fn one<'de, D: Deserializer<'de>, T: TryShort + Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let item = Option::<OrText<T>>::deserialize(deserializer)?;
    Ok(item.map(|item| item.0))
}

/// Either of the two, as read and as described in the schema.
pub struct OrText<T>(T);

impl<'de, T: TryShort + Deserialize<'de>> Deserialize<'de> for OrText<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_any(TextOrTable(PhantomData))
            .map(OrText)
    }
}

impl<T: schemars::JsonSchema> schemars::JsonSchema for OrText<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("TextOr{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let table = generator.subschema_for::<T>();
        schemars::json_schema!({"anyOf": [{"type": "string"}, table]})
    }
}

struct TextOrTable<T>(PhantomData<T>);

impl<'de, T: TryShort + Deserialize<'de>> Visitor<'de> for TextOrTable<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or a table")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        T::try_from_short(text.to_owned()).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}
