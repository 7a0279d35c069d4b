//! Detectors as data: loading (built in, then the user's folder), validating, and the one table both paths use.
//! Says what a detector is; how names and values are matched lives in `detection`.

use crate::taxonomy::{DataType, unknown_key};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

pub mod checksum;

include!(concat!(env!("OUT_DIR"), "/detectors.rs"));

/// A detector as its file says it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detector {
    /// Unique, lower snake case, the file's stem.
    pub id: String,
    /// What it finds.
    #[serde(rename = "type")]
    pub data_type: DataType,
    /// What it is, for people.
    pub about: String,
    /// Standard, law or authority behind it.
    pub source: Option<String>,
    /// Country it belongs to, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Phrases that name the field, English; matched on words whatever the spelling.
    #[serde(default)]
    pub names: Vec<String>,
    /// Phrases that count only with support: a dataset about people, values, context.
    #[serde(default)]
    pub weak_names: Vec<String>,
    /// Phrases that cancel a match of `names` or `weak_names`.
    #[serde(default)]
    pub not_names: Vec<String>,
    /// Names in other languages, by ISO 639-1.
    #[serde(default)]
    pub languages: BTreeMap<String, Vec<String>>,
    /// Names in other languages that count only with support.
    #[serde(default)]
    pub weak_languages: BTreeMap<String, Vec<String>>,
    /// Forms its values have.
    #[serde(default, rename = "value")]
    pub values: Vec<ValueForm>,
    /// Words of a closed list: a field most of whose values are among them holds such data. Matched on whole values only,
    /// whatever their case and diacritics.
    #[serde(default)]
    pub terms: Vec<String>,
    /// What must be found.
    #[serde(default)]
    pub examples: Samples,
    /// What must not be found.
    #[serde(default)]
    pub counter_examples: Samples,
}

/// A form that values of a detector have.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueForm {
    /// Regular expression, found in text; must span the whole trimmed value of a field. `\d` is an ASCII digit.
    /// A group `(?<value>…)` narrows what counts as the value in text.
    pub pattern: String,
    /// Named validator of `detector::checksum`.
    pub checksum: Option<String>,
    /// How sure a match alone makes us, without name or context.
    pub probability: f64,
    /// Words in the key or just before the value that make it sure.
    #[serde(default)]
    pub context: Vec<String>,
    /// Words there that speak against it.
    #[serde(default)]
    pub not_context: Vec<String>,
    /// A match means nothing without name or context.
    #[serde(default)]
    pub needs_context: bool,
    /// How sure we are of a field, whatever its name, nearly all values of which have this form; `probability` where it
    /// is missing, nothing where the form needs context.
    pub in_field: Option<f64>,
}

/// Names, values and texts that prove a detector.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Samples {
    /// Field names.
    #[serde(default)]
    pub names: Vec<String>,
    /// Whole values.
    #[serde(default)]
    pub values: Vec<String>,
    /// Lines of text.
    #[serde(default)]
    pub text: Vec<String>,
}

/// Why a detector was refused.
#[derive(Debug, thiserror::Error)]
#[error("detector {file}: {reason}")]
pub struct DetectorError {
    /// The file, below `detectors/` or the user's folder.
    pub file: String,
    /// What is wrong and what to do.
    pub reason: String,
}

/// All detectors, in the order of their files.
pub struct Detectors {
    all: Vec<Detector>,
}

/// Folders of `detectors/` whose files are not detectors.
const OTHER_FOLDERS: &[&str] = &[
    "recipients/",
    "permissions/",
    "trackers/",
    "words/",
    "languages/",
    "profiles/",
];

impl Detectors {
    /// The built-in ones.
    pub fn built_in() -> Result<Self, DetectorError> {
        let mut detectors = Self { all: Vec::new() };
        for (file, text) in FILES {
            if file.contains('/') && !OTHER_FOLDERS.iter().any(|folder| file.starts_with(folder)) {
                detectors.add(file, text)?;
            }
        }
        Ok(detectors)
    }

    /// Adds every `.toml` file of a user's folder, in the order of their names.
    pub fn add_folder(&mut self, folder: &Path) -> Result<(), DetectorError> {
        let walk = walkdir::WalkDir::new(folder).sort_by_file_name();
        for entry in walk {
            let entry = entry.map_err(|_| refused(folder, "the folder cannot be read"))?;
            if entry.file_type().is_file() && entry.path().extension().is_some_and(|e| e == "toml")
            {
                let text = std::fs::read_to_string(entry.path())
                    .map_err(|_| refused(entry.path(), "it cannot be read as text"))?;
                self.add(&entry.path().display().to_string(), &text)?;
                self.compile_last(entry.path())?;
            }
        }
        Ok(())
    }

    /// Compiles the patterns of the detector added last. The built-in ones are known to compile, by a test, and
    /// compiling all of them at each start would cost more than many a scan.
    fn compile_last(&self, file: &Path) -> Result<(), DetectorError> {
        let forms = self.all.last().map_or(&[][..], |detector| &detector.values);
        let broken = forms
            .iter()
            .any(|form| regex::Regex::new(&form.pattern).is_err());
        if broken {
            return Err(refused(
                file,
                "a pattern is too large; use smaller repetitions",
            ));
        }
        Ok(())
    }

    fn add(&mut self, file: &str, text: &str) -> Result<(), DetectorError> {
        let refuse = |reason: String| DetectorError {
            file: file.to_owned(),
            reason,
        };
        let detector: Detector =
            toml::from_str(text).map_err(|e| refuse(e.message().to_owned()))?;
        validate(&detector).map_err(refuse)?;
        if self.all.iter().any(|d| d.id == detector.id) {
            return Err(refuse(format!(
                "the id `{}` is taken by another detector",
                detector.id
            )));
        }
        self.all.push(detector);
        Ok(())
    }

    /// Forgets the names in other languages than English, to see what they contribute.
    pub fn english_only(&mut self) {
        for detector in &mut self.all {
            detector.languages.clear();
            detector.weak_languages.clear();
        }
    }

    /// Forgets all names, to see what they contribute.
    pub fn without_names(&mut self) {
        self.english_only();
        for detector in &mut self.all {
            detector.names.clear();
            detector.weak_names.clear();
        }
    }

    /// Each detector, in the order of the table.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Detector> {
        self.all.iter()
    }

    /// The detector at a position of the table.
    pub fn get(&self, index: usize) -> &Detector {
        &self.all[index]
    }
}

fn refused(path: &Path, reason: &str) -> DetectorError {
    DetectorError {
        file: path.display().to_string(),
        reason: reason.to_owned(),
    }
}

fn validate(detector: &Detector) -> Result<(), String> {
    if DataType::from_key(detector.data_type.key()).is_none() {
        return Err(unknown_key(detector.data_type.key()));
    }
    let is_empty = |s: &Samples| s.names.is_empty() && s.values.is_empty() && s.text.is_empty();
    if is_empty(&detector.examples) || is_empty(&detector.counter_examples) {
        return Err("at least one example and one counter-example are needed".into());
    }
    for form in &detector.values {
        regex_syntax::parse(&form.pattern)
            .map_err(|_| format!("the pattern `{}` is not a regular expression", form.pattern))?;
        if let Some(name) = form
            .checksum
            .as_deref()
            .filter(|name| checksum::find(name).is_none())
        {
            return Err(format!(
                "there is no checksum `{name}` in detector/checksum.rs"
            ));
        }
        if !(0.0..=1.0).contains(&form.probability) {
            return Err(format!(
                "probability {} is not between 0 and 1",
                form.probability
            ));
        }
    }
    Ok(())
}
