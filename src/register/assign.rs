//! Which activity claims a field: by its `fields`, by a tag, by system and type, or by type alone, in this order.

use crate::config::{Activity, Config, Id, object_glob};
use crate::inventory::{DatasetRecord, FieldRecord};
use crate::taxonomy::DataType;
use globset::{GlobSet, GlobSetBuilder};
use std::collections::BTreeMap;

/// A claim on a field: which activity, and by which rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub activity: usize,
    pub why: String,
}

/// The rules of all activities, ready for many fields.
pub(super) struct Rules<'a> {
    config: &'a Config,
    /// Globs over `dataset.field`, each distinct one once.
    objects: GlobSet,
    /// For each of them: the activity and the place of the pattern in its `fields`.
    patterns: Vec<Vec<(usize, usize)>>,
    by_purpose: BTreeMap<&'a str, Vec<usize>>,
    by_system: BTreeMap<&'a str, Vec<usize>>,
    /// Activities that name types and nothing else.
    by_type: Vec<usize>,
}

/// What the rules see of one source.
pub(super) struct SourceView<'a> {
    /// The path as the file's patterns see it.
    path: String,
    /// Systems it belongs to.
    pub systems: Vec<&'a Id>,
    /// For each activity with `fields`: which of its patterns are about the source.
    patterns: BTreeMap<(usize, usize), bool>,
}

impl<'a> Rules<'a> {
    pub fn new(config: &'a Config) -> Self {
        let mut builder = GlobSetBuilder::new();
        let mut patterns: Vec<Vec<(usize, usize)>> = Vec::new();
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, activity) in config.activities.iter().enumerate() {
            for (place, pattern) in activity.fields.iter().enumerate() {
                let at = *places.entry(pattern.object()).or_insert_with(|| {
                    builder.add(
                        object_glob(pattern.object())
                            .expect("the pattern compiled when it was read"),
                    );
                    patterns.push(Vec::new());
                    patterns.len() - 1
                });
                patterns[at].push((index, place));
            }
        }
        let objects = builder
            .build()
            .expect("each pattern compiled when it was read");
        let mut rules = Self {
            config,
            objects,
            patterns,
            by_purpose: BTreeMap::new(),
            by_system: BTreeMap::new(),
            by_type: Vec::new(),
        };
        for (index, activity) in config.activities.iter().enumerate() {
            rules.add(index, activity);
        }
        rules
    }

    fn add(&mut self, index: usize, activity: &'a Activity) {
        for purpose in &activity.purposes {
            self.by_purpose.entry(&purpose.id).or_default().push(index);
        }
        self.by_purpose
            .entry(activity.id.as_str())
            .or_default()
            .push(index);
        if !activity.fields.is_empty() {
            return;
        }
        for system in &activity.systems {
            self.by_system.entry(system).or_default().push(index);
        }
        if activity.systems.is_empty() && !activity.types.is_empty() {
            self.by_type.push(index);
        }
    }

    /// What they see of a source.
    pub fn view(&self, source: &str) -> SourceView<'a> {
        let path = self.config.relative(source).into_owned();
        let covers = |system: &&crate::config::System| {
            system
                .paths
                .iter()
                .any(|p| p.matches(&path) || p.matches(source))
        };
        let systems = self
            .config
            .systems
            .iter()
            .filter(covers)
            .map(|system| &system.id)
            .collect();
        SourceView {
            path,
            systems,
            patterns: BTreeMap::new(),
        }
    }

    /// Who claims a field of a data type. Nobody: an empty list.
    pub fn claims(
        &self,
        view: &mut SourceView<'_>,
        dataset: &DatasetRecord,
        field: &FieldRecord,
        data_type: DataType,
    ) -> Vec<Claim> {
        let object = object(&dataset.dataset, &field.field);
        let by_field = self.by_fields(view, &dataset.source, &object, data_type);
        if !by_field.is_empty() {
            return by_field;
        }
        let by_tag = self.by_tag(view, field.tag_purpose.as_deref());
        if !by_tag.is_empty() {
            return by_tag;
        }
        let subjects = if field.subjects.is_empty() {
            &dataset.subjects
        } else {
            &field.subjects
        };
        self.by_type(view, data_type, subjects)
    }

    /// Who claims a data type in a source's text.
    pub fn text_claims(
        &self,
        view: &mut SourceView<'_>,
        source: &str,
        data_type: DataType,
    ) -> Vec<Claim> {
        let by_field = self.by_fields(view, source, "", data_type);
        if by_field.is_empty() {
            self.by_type(view, data_type, &[])
        } else {
            by_field
        }
    }

    fn by_fields(
        &self,
        view: &mut SourceView<'_>,
        source: &str,
        object: &str,
        data_type: DataType,
    ) -> Vec<Claim> {
        let mut claims: Vec<Claim> = Vec::new();
        for at in self.objects.matches(object) {
            for &(index, place) in &self.patterns[at] {
                let pattern = &self.config.activities[index].fields[place];
                let path = &view.path;
                let is_about = view.patterns.entry((index, place)).or_insert_with(|| {
                    pattern.matches_source(path) || pattern.matches_source(source)
                });
                if *is_about && !claims.iter().any(|claim| claim.activity == index) {
                    claims.push(Claim {
                        activity: index,
                        why: format!("its fields name `{}`", pattern.as_str()),
                    });
                }
            }
        }
        claims.sort_by_key(|claim| claim.activity);
        self.narrowed(claims, data_type)
    }

    /// Of several claims on a field, those whose activity names the type; else those that name none; else all.
    fn narrowed(&self, claims: Vec<Claim>, data_type: DataType) -> Vec<Claim> {
        let types = |claim: &Claim| &self.config.activities[claim.activity].types;
        let naming: Vec<Claim> = claims
            .iter()
            .filter(|c| types(c).contains(&data_type))
            .cloned()
            .collect();
        if !naming.is_empty() {
            return naming;
        }
        let open: Vec<Claim> = claims
            .iter()
            .filter(|c| types(c).is_empty())
            .cloned()
            .collect();
        if open.is_empty() { claims } else { open }
    }

    fn by_tag(&self, view: &SourceView<'_>, purpose: Option<&str>) -> Vec<Claim> {
        let Some(purpose) = purpose else {
            return Vec::new();
        };
        let tagged = self.by_purpose.get(purpose).map_or(&[][..], Vec::as_slice);
        let is_here = |index: &&usize| {
            let systems = &self.config.activities[**index].systems;
            systems.is_empty()
                || view
                    .systems
                    .iter()
                    .any(|system| systems.iter().any(|s| s == system.as_str()))
        };
        let here: Vec<usize> = tagged.iter().filter(is_here).copied().collect();
        let mut claimed = if here.is_empty() {
            tagged.to_vec()
        } else {
            here
        };
        claimed.dedup();
        claimed
            .into_iter()
            .map(|activity| Claim {
                activity,
                why: format!("its tag gives the purpose `{purpose}`"),
            })
            .collect()
    }

    fn by_type(
        &self,
        view: &SourceView<'_>,
        data_type: DataType,
        subjects: &[String],
    ) -> Vec<Claim> {
        let mut claims = Vec::new();
        for system in &view.systems {
            for &activity in self
                .by_system
                .get(system.as_str())
                .map_or(&[][..], Vec::as_slice)
            {
                let types = &self.config.activities[activity].types;
                let is_meant = types.is_empty() || types.contains(&data_type);
                if is_meant
                    && !claims
                        .iter()
                        .any(|claim: &Claim| claim.activity == activity)
                {
                    let what = if types.is_empty() {
                        "all data".to_owned()
                    } else {
                        format!("`{data_type}`")
                    };
                    claims.push(Claim {
                        activity,
                        why: format!("it covers {what} in the system `{system}`"),
                    });
                }
            }
        }
        if !claims.is_empty() {
            return claims;
        }
        let is_meant = |index: &&usize| {
            let activity = &self.config.activities[**index];
            let about = &activity.subjects;
            let same_people = subjects.is_empty()
                || about.is_empty()
                || about.iter().any(|s| subjects.contains(s));
            activity.types.contains(&data_type) && same_people
        };
        let why = format!("it covers `{data_type}` wherever it is");
        self.by_type
            .iter()
            .filter(is_meant)
            .map(|&activity| Claim {
                activity,
                why: why.clone(),
            })
            .collect()
    }
}

/// `dataset.field`, as patterns and registers write it.
pub(super) fn object(dataset: &str, field: &str) -> String {
    if dataset.is_empty() {
        field.to_owned()
    } else {
        format!("{dataset}.{field}")
    }
}
