//! Corrections of `ropa.toml`: what a person said of a field wins over everything found, and is told as such.

use super::tag::TagReading;
use crate::config::{Config, CorrectedType, Correction};
use crate::finding::{Evidence, EvidenceBy, Judgement, TagState};
use crate::taxonomy::DataType;
use std::sync::Arc;

/// Where a correction stands, as the place of the tag it is.
pub const PLACE: &str = "ropa.toml";

/// The corrections of a configuration.
#[derive(Clone, Debug, Default)]
pub struct Corrections {
    config: Option<Arc<Config>>,
}

impl Corrections {
    /// The corrections of a configuration.
    pub fn new(config: Arc<Config>) -> Self {
        Self {
            config: Some(config),
        }
    }

    /// The configuration they stand in, where there is one.
    pub fn config(&self) -> Option<&Config> {
        self.config.as_deref()
    }

    /// The correction of a field, if there is one; the source is named as seen from where ropa runs.
    pub fn of(&self, source: &str, dataset: &str, field: &str) -> Option<&Correction> {
        let config = self.config.as_ref()?;
        if config.corrections.is_empty() {
            return None;
        }
        config.correction(&config.relative(source), dataset, field)
    }
}

fn corrected_type(correction: &Correction) -> Option<DataType> {
    match correction.data_type {
        CorrectedType::NotPersonal => None,
        CorrectedType::Type(data_type) => Some(data_type),
    }
}

/// A correction as the tag it stands for.
pub fn reading(correction: &Correction) -> TagReading {
    let data_type = corrected_type(correction);
    TagReading {
        state: data_type.map_or(TagState::None, |_| TagState::Exact),
        types: data_type.into_iter().collect(),
        source: Some(PLACE.into()),
        ..TagReading::default()
    }
}

/// What a corrected field is judged to hold.
pub fn judgements(correction: &Correction) -> Vec<Judgement> {
    let why = match &correction.reason {
        Some(reason) => format!("corrected in ropa.toml: {reason}"),
        None => "corrected in ropa.toml".to_owned(),
    };
    let evidence = vec![Evidence::new(EvidenceBy::Correction, PLACE, why)];
    corrected_type(correction)
        .map(|data_type| Judgement {
            data_type,
            score: 1.0,
            evidence,
        })
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn corrections(text: &str) -> Corrections {
        let config = Config::parse(text, Path::new("ropa.toml")).expect("it reads");
        Corrections::new(Arc::new(config))
    }

    #[test]
    fn the_last_matching_correction_wins() {
        let corrections = corrections(
            "[[correction]]\nfield = \"exports/*.csv:*.ref\"\ntype = \"none\"\nreason = \"order number\"\n\
             [[correction]]\nfield = \"exports/**:*.ref\"\ntype = \"contact.email\"\n",
        );
        let found = corrections
            .of("exports/a.csv", "a.csv", "ref")
            .expect("both match");
        assert_eq!(judgements(found)[0].data_type.key(), "contact.email");
        assert_eq!(reading(found).state, TagState::Exact);
        assert!(
            corrections
                .of("exports/a.csv", "a.csv", "reference")
                .is_none()
        );
        assert!(corrections.of("db/a.csv", "a.csv", "ref").is_none());
    }

    #[test]
    fn a_database_url_is_a_source() {
        let corrections = corrections(
            "[[correction]]\nfield = \"postgres://db.example/shop:public.users.*\"\ntype = \"none\"\nreason = \"test data\"\n",
        );
        let found = corrections
            .of("postgres://db.example/shop", "public.users", "email")
            .expect("it matches");
        assert_eq!(reading(found).state, TagState::None);
        assert!(judgements(found).is_empty());
    }
}
