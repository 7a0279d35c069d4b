//! Corrections of `ropa.toml`: what a person said of a field wins over everything found, and is told as such.

use super::tag::TagReading;
use crate::finding::{Evidence, EvidenceBy, Judgement, TagState};
use crate::taxonomy::DataType;
use globset::{GlobBuilder, GlobMatcher};

/// All corrections, in the order of the file; the last one that matches wins.
#[derive(Clone, Debug, Default)]
pub struct Corrections {
    all: Vec<Correction>,
}

/// One correction.
#[derive(Clone, Debug)]
pub struct Correction {
    source: GlobMatcher,
    object: GlobMatcher,
    data_type: Option<DataType>,
    reason: Option<String>,
}

impl Corrections {
    /// Adds a correction: `field` is `<source glob>:<dataset>.<field> glob`, `data_type` is `None` for "not personal".
    pub fn add(
        &mut self,
        field: &str,
        data_type: Option<DataType>,
        reason: Option<String>,
    ) -> Result<(), String> {
        // The last colon divides: a source may be a URL.
        let (source, object) = field
            .rsplit_once(':')
            .ok_or_else(|| "needs the form `source:dataset.field`".to_owned())?;
        let glob = |pattern: &str, is_path: bool| {
            let built = GlobBuilder::new(pattern).literal_separator(is_path).build();
            built
                .map(|glob| glob.compile_matcher())
                .map_err(|error| error.kind().to_string())
        };
        self.all.push(Correction {
            source: glob(source, true)?,
            object: glob(object, false)?,
            data_type,
            reason,
        });
        Ok(())
    }

    /// The correction of a field, if there is one.
    pub fn of(&self, source: &str, dataset: &str, field: &str) -> Option<&Correction> {
        if self.all.is_empty() {
            return None;
        }
        let object = format!("{dataset}.{field}");
        self.all
            .iter()
            .rev()
            .find(|c| c.source.is_match(source) && c.object.is_match(&object))
    }
}

impl Correction {
    /// The correction as the tag it stands for.
    pub fn reading(&self) -> TagReading {
        let state = if self.data_type.is_some() {
            TagState::Exact
        } else {
            TagState::None
        };
        let types = self.data_type.into_iter().collect();
        TagReading {
            state,
            types,
            source: Some("ropa.toml".into()),
            ..TagReading::default()
        }
    }

    /// What the field is judged to hold.
    pub fn judgements(&self) -> Vec<Judgement> {
        let why = match &self.reason {
            Some(reason) => format!("corrected in ropa.toml: {reason}"),
            None => "corrected in ropa.toml".to_owned(),
        };
        let evidence = vec![Evidence::new(EvidenceBy::Correction, "ropa.toml", why)];
        self.data_type
            .map(|data_type| Judgement {
                data_type,
                score: 1.0,
                evidence,
            })
            .into_iter()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_matching_correction_wins() {
        let mut corrections = Corrections::default();
        let email = DataType::from_key("contact.email");
        corrections
            .add("exports/*.csv:*.ref", None, Some("order number".into()))
            .expect("a valid form");
        corrections
            .add("exports/**:*.ref", email, None)
            .expect("a valid form");
        let found = corrections
            .of("exports/a.csv", "a.csv", "ref")
            .expect("both match");
        assert_eq!(found.judgements()[0].data_type.key(), "contact.email");
        assert!(
            corrections
                .of("exports/a.csv", "a.csv", "reference")
                .is_none()
        );
        assert!(corrections.of("db/a.csv", "a.csv", "ref").is_none());
    }

    #[test]
    fn a_database_url_is_a_source() {
        let mut corrections = Corrections::default();
        corrections
            .add("postgres://db.example/shop:public.users.*", None, None)
            .expect("a valid form");
        assert!(
            corrections
                .of("postgres://db.example/shop", "public.users", "email")
                .is_some()
        );
    }
}
