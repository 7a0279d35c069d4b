//! The value forms of all detectors, compiled: what a form demands, its validator and its context words.
//! One table feeds the column path and the text path; it does not know where values come from.

use crate::detector::{Detectors, checksum};
use crate::taxonomy::DataType;
use regex_automata::meta::Regex;
use std::sync::OnceLock;

/// A value form with what is needed to test it.
pub(super) struct Form {
    /// Position of its detector in the table.
    pub detector: u16,
    /// What the detector finds.
    pub data_type: DataType,
    /// How sure a match alone makes us.
    pub probability: f64,
    /// A match means nothing without name or context.
    pub needs_context: bool,
    /// Share of random strings of this form that its validator lets pass; 1 without one.
    pub pass_rate: f64,
    /// Words before a value that make it sure, lower case.
    pub context: Vec<String>,
    check: Option<fn(&str) -> bool>,
    pattern: String,
    regex: OnceLock<Regex>,
}

impl Form {
    /// The pattern, compiled at first use: most forms are never met in one run.
    pub fn regex(&self) -> &Regex {
        self.regex.get_or_init(|| {
            Regex::new(&self.pattern).expect("loading a detector compiles its patterns")
        })
    }

    /// The pattern as the detector's file has it.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// Whether the validator, if there is one, accepts what the pattern matched.
    pub fn is_valid(&self, matched: &[u8]) -> bool {
        match (self.check, std::str::from_utf8(matched)) {
            (Some(check), Ok(text)) => check(text),
            (Some(_), Err(_)) => false,
            (None, _) => true,
        }
    }

    /// Whether the whole trimmed value has this form.
    pub fn is_whole(&self, value: &[u8]) -> bool {
        let found = self.regex().find(value);
        // Leftmost-first may stop short of the end where a longer alternative exists, so the anchored search decides.
        let whole = match found {
            Some(m) if m.start() == 0 && m.end() == value.len() => true,
            Some(m) if m.start() == 0 => self.anchored_to_end(value),
            _ => false,
        };
        whole && self.is_valid(value)
    }

    fn anchored_to_end(&self, value: &[u8]) -> bool {
        let input = regex_automata::Input::new(value).anchored(regex_automata::Anchored::Yes);
        self.regex()
            .search(&input)
            .is_some_and(|m| m.end() == value.len())
    }
}

/// The forms of all detectors, in the order of the table.
pub(super) struct Forms {
    all: Vec<Form>,
}

impl Forms {
    /// Gathers the forms of a table.
    pub fn new(detectors: &Detectors) -> Self {
        let mut all = Vec::new();
        for (index, detector) in detectors.iter().enumerate() {
            for form in &detector.values {
                let checksum = form.checksum.as_deref().and_then(checksum::find);
                all.push(Form {
                    detector: u16::try_from(index)
                        .expect("there are far fewer than 65,536 detectors"),
                    data_type: detector.data_type,
                    probability: form.probability,
                    needs_context: form.needs_context,
                    pass_rate: checksum.map_or(1.0, |c| c.pass_rate),
                    context: form
                        .context
                        .iter()
                        .map(|word| word.to_lowercase())
                        .collect(),
                    check: checksum.map(|c| c.check),
                    pattern: form.pattern.clone(),
                    regex: OnceLock::new(),
                });
            }
        }
        Self { all }
    }

    /// All forms.
    pub fn all(&self) -> &[Form] {
        &self.all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_pattern_compiles() {
        let detectors = Detectors::built_in().expect("the built-in detectors load");
        for form in Forms::new(&detectors).all() {
            assert!(
                regex::Regex::new(form.pattern()).is_ok(),
                "{}",
                form.pattern()
            );
        }
    }
}
