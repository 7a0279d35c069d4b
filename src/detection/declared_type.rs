//! What a declared type says of what a field can hold, whatever the language or database it is written in.
//! Knows nothing of names.

use crate::field::Field;

/// What a declared type lets a field hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Flag,
    Integer,
    Decimal,
    Date,
    Moment,
    /// Text of at most so many characters, 0 where no length is said.
    Text(u32),
    LongText,
    NetAddress,
    MacAddress,
    Uuid,
    Structure,
    Bytes,
    /// One of a fixed list.
    Choice,
    Place,
    Email,
    Link,
    Phone,
    Picture,
    Password,
    /// A key to another dataset.
    Key,
    /// A duration or a rule for dates.
    Duration,
    Unknown,
}

impl Holds {
    /// What a field's type, allowed values and validators say.
    pub fn of(field: &Field) -> Self {
        let declared = field.declared_type.as_deref().unwrap_or_default();
        let holds = Self::of_type(declared);
        let is_wide = matches!(holds, Self::Text(_) | Self::LongText | Self::Unknown);
        if is_wide
            && field
                .validators
                .iter()
                .any(|v| v.to_ascii_lowercase().contains("email"))
        {
            return Self::Email;
        }
        if is_wide && field.allowed.len() > 1 {
            return Self::Choice;
        }
        holds
    }

    fn of_type(declared: &str) -> Self {
        let lower = declared.trim().to_ascii_lowercase();
        let end = lower
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))
            .unwrap_or(lower.len());
        let (word, rest) = lower.split_at(end);
        let word = word.rsplit('.').next().unwrap_or(word);
        let length = || {
            rest.trim_start_matches(['(', '[', ' '])
                .split(|c: char| !c.is_ascii_digit())
                .next()
                .and_then(|n| n.parse().ok())
                .unwrap_or(0)
        };
        match word {
            "" => Self::Unknown,
            "bool" | "boolean" | "bit" | "booleanfield" | "nullbooleanfield" | "checkbox"
            | "logical" => Self::Flag,
            "tinyint" | "int" if length() == 1 => Self::Flag,
            "int"
            | "integer"
            | "bigint"
            | "smallint"
            | "tinyint"
            | "mediumint"
            | "serial"
            | "bigserial"
            | "smallserial"
            | "int2"
            | "int4"
            | "int8"
            | "int32"
            | "int64"
            | "long"
            | "short"
            | "uint"
            | "uint32"
            | "uint64"
            | "uint8"
            | "uint16"
            | "int16"
            | "biginteger"
            | "integerfield"
            | "positiveintegerfield"
            | "positivesmallintegerfield"
            | "smallintegerfield"
            | "bigintegerfield"
            | "positivebigintegerfield"
            | "autofield"
            | "bigautofield"
            | "number"
            | "unsigned"
            | "year"
            | "fixnum" => Self::Integer,
            "decimal" | "numeric" | "float" | "double" | "real" | "money" | "decimalfield"
            | "floatfield" | "float4" | "float8" | "float64" | "float32" | "smallmoney"
            | "bigdecimal" | "moneyfield" | "currency" | "monetary" => Self::Decimal,
            "date" | "datefield" | "localdate" => Self::Date,
            "datetime" | "timestamp" | "timestamptz" | "datetime2" | "smalldatetime"
            | "datetimefield" | "time" | "timefield" | "instant" | "datetimeoffset" | "timetz"
            | "datetime64" | "localdatetime" | "offsetdatetime" | "timestamp_ntz" => Self::Moment,
            "varchar" | "char" | "character" | "nvarchar" | "nchar" | "varchar2" | "nvarchar2"
            | "string" | "charfield" | "citext" | "text" | "code" | "bpchar" | "str"
            | "slugfield" | "fixedstring" | "keyword" => {
                let length = length();
                if word == "text" && length == 0 {
                    Self::Text(0)
                } else {
                    Self::Text(length)
                }
            }
            "mediumtext" | "longtext" | "clob" | "textfield" | "ntext" | "tinytext" | "nclob"
            | "richtextfield" => Self::LongText,
            "inet"
            | "cidr"
            | "genericipaddressfield"
            | "ipaddressfield"
            | "ipv4"
            | "ipv6"
            | "inet6" => Self::NetAddress,
            "macaddr" | "macaddr8" => Self::MacAddress,
            "uuid" | "guid" | "uuidfield" | "uniqueidentifier" => Self::Uuid,
            "json" | "jsonb" | "jsonfield" | "hstore" | "map" | "object" | "struct" | "xml"
            | "variant" | "super" | "array" | "record" => Self::Structure,
            "image" | "blob" | "bytea" | "binary" | "varbinary" | "longblob" | "mediumblob"
            | "tinyblob" | "bytes" | "binaryfield" => Self::Bytes,
            "media" | "mediaset" | "imagefield" | "avatarfield" | "thumbnailerimagefield" => {
                Self::Picture
            }
            "enum" | "option" | "set" | "choice" | "choicefield" | "selection" => Self::Choice,
            "geometry" | "geography" | "point" | "pointfield" | "polygon" | "geo_point"
            | "st_point" | "linestring" => Self::Place,
            "emailfield" | "email" => Self::Email,
            "urlfield" | "url" | "uri" => Self::Link,
            "phonenumberfield" | "phone" | "phonefield" => Self::Phone,
            "password" | "passwordfield" | "secretstr" => Self::Password,
            "foreignkey" | "foreignkeyfield" | "onetoonefield" | "references" | "recordid"
            | "manytomanyfield" | "recordref" | "treeforeignkey" | "many2one" => Self::Key,
            "dateformula" | "duration" | "interval" | "durationfield" => Self::Duration,
            _ => Self::Unknown,
        }
    }

    /// Free text of some length fits.
    pub fn is_text(self) -> bool {
        matches!(
            self,
            Self::Text(_)
                | Self::LongText
                | Self::Unknown
                | Self::Email
                | Self::Link
                | Self::Phone
                | Self::Password
        )
    }
}
