//! `ropa.toml` as typed values: organisation, systems, activities, recipients, corrections, check policy.
//! Refuses what it does not know, saying where and what was near; an error never repeats a value of the file.
//! Knows nothing of inventories: what an activity covers is decided in `register`.

use crate::taxonomy::DataType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Component, Path, PathBuf};

mod declared;
mod error;
mod pattern;
mod policy;
mod short;
mod validate;

pub use declared::*;
pub use error::ConfigError;
pub use pattern::{FieldPattern, SourcePattern, object_glob};
pub use policy::{
    CheckConfig, FailOn, FlowRule, Forbidden, Kind, MinConfidence, MustTag, RetentionBound,
};

/// The name of the file.
pub const FILE_NAME: &str = "ropa.toml";

/// A whole `ropa.toml`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Who keeps the register.
    pub organisation: Organisation,
    /// A folder with detectors of one's own, relative to the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detectors: Option<PathBuf>,
    /// Systems: where data is, and whose it is.
    #[serde(rename = "system")]
    pub systems: Vec<System>,
    /// Processing activities.
    #[serde(rename = "activity")]
    pub activities: Vec<Activity>,
    /// Recipients.
    #[serde(rename = "recipient")]
    pub recipients: Vec<Recipient>,
    /// How people are tracked.
    pub tracking: Tracking,
    /// Cookies by class.
    #[serde(rename = "cookie")]
    pub cookies: Vec<Cookie>,
    /// Rights that people are given.
    #[serde(rename = "right")]
    pub rights: Vec<Right>,
    /// Rules about children.
    #[serde(rename = "child_rule")]
    pub child_rules: Vec<ChildRule>,
    /// Permissions an application asks for.
    #[serde(rename = "permission")]
    pub permissions: Vec<Permission>,
    /// What a field holds or does not hold, whatever detection says.
    #[serde(rename = "correction")]
    pub corrections: Vec<Correction>,
    /// When `ropa check` fails.
    pub check: CheckConfig,
    /// Where the file lies, seen from where ropa runs.
    #[serde(skip)]
    pub base: Base,
}

/// A correction of detection; also the tag of things that have no comments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// Which fields.
    pub field: FieldPattern,
    /// What they hold: a data type, or `none`.
    #[serde(rename = "type")]
    pub data_type: CorrectedType,
    /// Why; `none` needs one.
    #[serde(default)]
    pub reason: Option<String>,
}

/// What a correction says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(with = "String")]
pub enum CorrectedType {
    /// Not personal.
    NotPersonal,
    /// This data type.
    Type(DataType),
}

impl Serialize for CorrectedType {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            CorrectedType::NotPersonal => serializer.serialize_str("none"),
            CorrectedType::Type(data_type) => data_type.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for CorrectedType {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = String::deserialize(deserializer)?;
        match key.as_str() {
            "none" => Ok(Self::NotPersonal),
            key => DataType::from_key(key)
                .map(Self::Type)
                .ok_or_else(|| serde::de::Error::custom(crate::taxonomy::unknown_key(key))),
        }
    }
}

/// Where the file lies: how a source's path, seen from where ropa runs, becomes one seen from the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Base {
    /// The working folder.
    here: PathBuf,
    /// The file's folder, as it was named and as it really is; none for a text that lies nowhere.
    folders: Vec<PathBuf>,
}

impl Base {
    /// The base of a file in `folder`, for a run in `here`.
    pub fn new(here: &Path, folder: &Path) -> Self {
        let named = steps(&here.join(folder));
        let mut folders = vec![named];
        if let Ok(real) = folder.canonicalize() {
            folders.push(real);
        }
        folders.dedup();
        Self {
            here: here.to_owned(),
            folders,
        }
    }

    fn of(folder: &Path) -> Self {
        std::env::current_dir().map_or_else(|_| Self::default(), |here| Self::new(&here, folder))
    }

    /// The path from the file's folder; `None` where it lies outside of it.
    fn inside(&self, source: &str) -> Option<String> {
        if self.folders.is_empty() {
            return None;
        }
        let whole = steps(&self.here.join(source));
        let rest = self
            .folders
            .iter()
            .find_map(|folder| whole.strip_prefix(folder).ok())?;
        Some(rest.to_string_lossy().replace('\\', "/"))
    }
}

/// The path without `.` and `..`.
fn steps(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

impl Config {
    /// Reads a file.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|e| ConfigError::unreadable(path, &e))?;
        Self::at(&text, path)
    }

    /// The text of a file that lies, or lay, at a path: its patterns count from there.
    pub fn at(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let mut config = Self::parse(text, path)?;
        let folder = path
            .parent()
            .filter(|p| !p.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        config.base = Base::of(folder);
        if let Some(detectors) = &mut config.detectors {
            *detectors = folder.join(&*detectors);
        }
        Ok(config)
    }

    /// The nearest `ropa.toml` of a folder (or of a file's folder) and upwards.
    pub fn find(start: &Path) -> Option<PathBuf> {
        let start = std::path::absolute(start).ok()?;
        start
            .ancestors()
            .map(|folder| folder.join(FILE_NAME))
            .find(|file| file.is_file())
    }

    /// Reads the text of a file; `path` is what errors call it.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let document =
            toml::de::DeTable::parse(text).map_err(|e| ConfigError::syntax(path, text, &e))?;
        let config: Config =
            toml::from_str(text).map_err(|e| ConfigError::content(path, text, &e))?;
        validate::validate(
            &config,
            &validate::Origin {
                path,
                text,
                document: document.get_ref(),
            },
        )?;
        Ok(config)
    }

    /// The declared recipient of an id.
    pub fn recipient(&self, id: &str) -> Option<&Recipient> {
        self.recipients.iter().find(|r| r.id.as_str() == id)
    }

    /// The system of an id.
    pub fn system(&self, id: &str) -> Option<&System> {
        self.systems.iter().find(|s| s.id.as_str() == id)
    }

    /// A source's path as the file's own patterns see it; URLs stay as they are, and so does what lies outside its folder.
    pub fn relative<'a>(&self, source: &'a str) -> std::borrow::Cow<'a, str> {
        if source.contains("://") || source == "-" {
            return source.into();
        }
        self.base
            .inside(source)
            .map_or_else(|| source.into(), Into::into)
    }

    /// The correction that covers a field: the last one, so that a later entry refines an earlier one.
    /// The source is given as [`Config::relative`] tells it.
    pub fn correction(&self, source: &str, dataset: &str, field: &str) -> Option<&Correction> {
        if self.corrections.is_empty() {
            return None;
        }
        let object = format!("{dataset}.{field}");
        self.corrections
            .iter()
            .rev()
            .find(|c| c.field.matches(source, &object))
    }
}

#[cfg(test)]
mod tests;
