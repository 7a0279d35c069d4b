//! The pipeline: target → source → detection → inventory, on all cores, telling its progress as events.
//! The result does not depend on the number of threads: splits are planned before they are read and merged in order.

use crate::detection::Detection;
use crate::detection::column::ColumnState;
use crate::detection::correction::{self, Corrections};
use crate::detection::field::{DatasetView, FieldView};
use crate::detection::summary::FieldSummary;
use crate::detection::tag::{self, TagReading};
use crate::field::Field;
use crate::finding::{Confidence, Evidence, EvidenceBy, Fingerprint, Judgement, TagState};
use crate::inventory::{
    self, CoverageId, DatasetRecord, FieldRecord, Inventory, RowsBy, SourceRecord, SpanRecord,
};
use crate::source::{
    self, Budget, Coverage, Input, Outcome, Reader, SourceError, SourceKind, Split,
};
use crate::target::{self, Candidate, Location};
use crate::taxonomy::DataType;
use collector::{Collected, CollectedField, Collector, SpanTally};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

pub mod age;
pub mod cache;
pub mod collector;
pub mod facts;

/// How deep sources may lie inside each other (an archive in a mail in an archive).
const MEMBER_DEPTH: u32 = 4;

/// What the user chose.
#[derive(Clone, Debug, Default)]
pub struct ScanOptions {
    /// What readers may spend.
    pub budget: Budget,
    /// Keep each span, not the first hundred of a source and data type.
    pub all_spans: bool,
    /// Folder that fingerprints count from.
    pub root: PathBuf,
    /// Corrections of `ropa.toml`.
    pub corrections: Corrections,
    /// Results of earlier runs.
    pub cache: Option<Arc<cache::Cache>>,
}

/// What happens during a scan, for whoever draws it.
pub trait Progress: Sync {
    /// The list of things to read is known: how many, and how many bytes.
    fn planned(&self, _sources: usize, _bytes: u64) {}
    /// A source is done.
    fn done(&self, _source: &str, _bytes: u64) {}
}

/// Tells nobody.
pub struct Silent;

impl Progress for Silent {}

/// Scans everything in the list and gives its inventory.
pub fn scan(
    candidates: &[Candidate],
    detection: &Detection,
    options: &ScanOptions,
    progress: &dyn Progress,
) -> Inventory {
    progress.planned(candidates.len(), candidates.iter().map(|c| c.size).sum());
    let run = Run { detection, options };
    let is_cache = |c: &&Candidate| options.cache.as_ref().is_some_and(|cache| cache.is_at(c));
    let candidates: Vec<&Candidate> = candidates.iter().filter(|c| !is_cache(c)).collect();
    let parts: Vec<Vec<Part>> = candidates
        .par_iter()
        .map(|candidate| {
            let parts = run.guarded(candidate);
            progress.done(&candidate.name, candidate.size);
            parts
        })
        .collect();
    let mut inventory = Inventory::new();
    let mut named = Vec::new();
    for part in parts.into_iter().flatten() {
        inventory.sources.push(part.source);
        inventory.datasets.extend(part.datasets);
        inventory.spans.extend(part.spans);
        named.extend(part.facts);
    }
    facts::tell(
        named,
        options.corrections.config(),
        detection,
        &mut inventory,
    );
    inventory.sort();
    inventory::places::join(&mut inventory);
    inventory
}

/// What one source gave.
struct Part {
    source: SourceRecord,
    datasets: Vec<DatasetRecord>,
    spans: Vec<SpanRecord>,
    facts: Option<facts::SourceFacts>,
}

struct Run<'a> {
    detection: &'a Detection,
    options: &'a ScanOptions,
}

impl Run<'_> {
    /// Reads a candidate; should the reading itself go wrong, the source has failed and the others are read all the same.
    fn guarded(&self, candidate: &Candidate) -> Vec<Part> {
        let Some(cache) = &self.options.cache else {
            return self.unkept(candidate);
        };
        let path = target::from_root(&candidate.name, &self.options.root);
        let Some(key) = cache.key(candidate, &path) else {
            return self.unkept(candidate);
        };
        cache.get(&key).unwrap_or_else(|| {
            let parts = self.unkept(candidate);
            cache.put(&key, candidate, &parts);
            parts
        })
    }

    fn unkept(&self, candidate: &Candidate) -> Vec<Part> {
        let read = || self.candidate(candidate);
        self.guard(&candidate.name, Some(candidate.size), read)
    }

    fn guard(&self, name: &str, size: Option<u64>, read: impl FnOnce() -> Vec<Part>) -> Vec<Part> {
        let read = std::panic::AssertUnwindSafe(read);
        std::panic::catch_unwind(read).unwrap_or_else(|_| {
            let why = "an internal error of ropa stopped the reading; please report it";
            vec![self.unread(name, size, Coverage::Failed(why.into()))]
        })
    }

    fn candidate(&self, candidate: &Candidate) -> Vec<Part> {
        if let Some(coverage) = &candidate.refused {
            return vec![self.unread(&candidate.name, Some(candidate.size), coverage.clone())];
        }
        let input = match &candidate.at {
            Location::File(path) => Input::file(&candidate.name, path),
            Location::Stdin => Input::stream(target::STDIN, Box::new(std::io::stdin())),
            Location::Url(url) => Ok(Input::url(url)),
            Location::Object(object) => Input::object(object.clone()),
            Location::Bytes(bytes) => Input::bytes(&candidate.name, Arc::clone(bytes)),
        };
        match input {
            Ok(input) => self.input(&input, 0),
            Err(error) => vec![self.unread(&candidate.name, Some(candidate.size), failed(&error))],
        }
    }

    /// Reads a source, and everything found inside it.
    fn input(&self, input: &Input, depth: u32) -> Vec<Part> {
        if let Some(coverage) = input.refusal() {
            return vec![self.unread(input.name(), input.size(), coverage.clone())];
        }
        let Some(reader) = source::choose(input) else {
            let why = "no reader for it: binary, or a format ropa does not read";
            return vec![self.unread(input.name(), input.size(), Coverage::Skipped(why.into()))];
        };
        if depth > MEMBER_DEPTH {
            let why = format!("nested more than {MEMBER_DEPTH} deep");
            return vec![self.unread(input.name(), input.size(), Coverage::Partial(why))];
        }
        let members = Mutex::new(Vec::new());
        let on_member = |member: Input| {
            let parts = self.member(&member, depth + 1);
            members
                .lock()
                .expect("no thread panics while it holds the list")
                .push((member.name().to_owned(), parts));
        };
        let part = self.read(input, reader, &on_member);
        let mut members = members
            .into_inner()
            .expect("no thread panics while it holds the list");
        // Whichever split handed them on first; a reader gives each name once.
        members.sort_by(|(a, _), (b, _)| a.cmp(b));
        let members = members.into_iter().flat_map(|(_, parts)| parts);
        std::iter::once(part).chain(members).collect()
    }

    /// Reads a source found inside another one; should that go wrong, what lies beside it is read all the same.
    fn member(&self, member: &Input, depth: u32) -> Vec<Part> {
        self.guard(member.name(), member.size(), || self.input(member, depth))
    }

    fn read(&self, input: &Input, reader: &dyn Reader, on_member: &(dyn Fn(Input) + Sync)) -> Part {
        let splits = match reader.plan(input, &self.options.budget) {
            Ok(splits) => splits,
            Err(error) => return self.part(input, reader, None, failed(&error), 0),
        };
        let read = |split: &Split| {
            let mut collector = Collector::new(self.detection, self.options, on_member);
            let outcome = reader.read(input, split, &self.options.budget, &mut collector);
            (collector, outcome)
        };
        // Splits of one source are merged in their order, whichever thread read them.
        let mut results: VecDeque<_> = match splits.as_slice() {
            [only] => [read(only)].into(),
            many => many.par_iter().map(read).collect::<Vec<_>>().into(),
        };
        let Some((mut all, first)) = results.pop_front() else {
            return self.part(input, reader, None, Coverage::Whole, 0);
        };
        let (mut coverage, mut lines, mut unresolved) = tally(first);
        for (next, outcome) in results {
            all.merge(next, lines);
            let (more, line_ends, not_followed) = tally(outcome);
            coverage = coverage.and(more);
            lines += line_ends;
            unresolved += not_followed;
        }
        self.part(input, reader, Some(all), coverage, unresolved)
    }

    fn part(
        &self,
        input: &Input,
        reader: &dyn Reader,
        found: Option<Collector<'_>>,
        coverage: Coverage,
        unresolved: u64,
    ) -> Part {
        let name = self.detection.label(input.name());
        let kind = reader.kind(input);
        let coverage = match found.as_ref().map_or(0, |found| found.dropped) {
            0 => coverage,
            more => coverage.and(Coverage::Partial(format!(
                "names more things outside than are kept: {more} passed over"
            ))),
        };
        let source = SourceRecord {
            source: name.clone(),
            source_kind: kind,
            format: Some(reader.format().to_owned()),
            coverage: coverage_id(&coverage),
            reason: coverage.reason().map(|reason| self.detection.label(reason)),
            bytes: input.size(),
            unresolved,
        };
        let Some(found) = found else {
            return Part {
                source,
                datasets: Vec::new(),
                spans: Vec::new(),
                facts: None,
            };
        };
        let place = Placed {
            run: self,
            name,
            format: reader.format(),
            kind,
            source: input.name().to_owned(),
            path: target::from_root(input.name(), &self.options.root),
        };
        let is_sample = matches!(coverage, Coverage::Sampled(_));
        let spans = place.spans(found.spans);
        let facts = facts::resolve(
            self.detection,
            &place.name,
            &place.path,
            found.mentions,
            &found.passings,
        );
        let datasets = found
            .datasets
            .into_iter()
            .map(|dataset| place.dataset(dataset, is_sample))
            .collect();
        Part {
            source,
            datasets,
            spans,
            facts,
        }
    }

    fn unread(&self, name: &str, size: Option<u64>, coverage: Coverage) -> Part {
        let source = SourceRecord {
            source: self.detection.label(name),
            source_kind: SourceKind::Document,
            format: None,
            coverage: coverage_id(&coverage),
            reason: coverage.reason().map(str::to_owned),
            bytes: size,
            unresolved: 0,
        };
        Part {
            source,
            datasets: Vec::new(),
            spans: Vec::new(),
            facts: None,
        }
    }
}

fn failed(error: &SourceError) -> Coverage {
    match error {
        SourceError::Limit(why) => Coverage::Partial(why.clone()),
        other => Coverage::Failed(other.to_string()),
    }
}

fn tally(outcome: Result<Outcome, SourceError>) -> (Coverage, u64, u64) {
    match outcome {
        Ok(outcome) => (outcome.coverage, outcome.lines, outcome.unresolved),
        Err(error) => (failed(&error), 0, 0),
    }
}

fn coverage_id(coverage: &Coverage) -> CoverageId {
    match coverage {
        Coverage::Whole => CoverageId::Whole,
        Coverage::Sampled(_) => CoverageId::Sampled,
        Coverage::Partial(_) => CoverageId::Partial,
        Coverage::Skipped(_) => CoverageId::Skipped,
        Coverage::Failed(_) => CoverageId::Failed,
    }
}

/// A source whose findings are being written down.
struct Placed<'a> {
    run: &'a Run<'a>,
    name: String,
    format: &'static str,
    kind: SourceKind,
    /// Its name as it is, for patterns; never shown.
    source: String,
    path: String,
}

impl Placed<'_> {
    fn spans(&self, found: BTreeMap<DataType, SpanTally>) -> Vec<SpanRecord> {
        let mut records = Vec::new();
        let counts = |data_type: &DataType| Detection::counts_in(self.kind, *data_type);
        for (data_type, tally) in found.into_iter().filter(|(t, _)| counts(t)) {
            let more = tally.count - tally.kept.len() as u64;
            let last = tally.kept.len().saturating_sub(1);
            for (ordinal, span) in tally.kept.into_iter().enumerate() {
                let Some(confidence) = Confidence::of(span.score) else {
                    continue;
                };
                records.push(SpanRecord {
                    source: self.name.clone(),
                    line: span.line,
                    start: span.start,
                    end: span.end,
                    data_type,
                    category: data_type.category(),
                    confidence,
                    score: rounded(span.score),
                    masked: span.masked.shown().is_some().then_some(span.masked),
                    fingerprint: self.fingerprint("", data_type.key(), ordinal),
                    more: (ordinal == last && more > 0).then_some(more),
                });
            }
        }
        records
    }

    fn dataset(&self, collected: Collected, is_sample: bool) -> DatasetRecord {
        let detection = self.run.detection;
        let (fields, states): (Vec<_>, Vec<_>) = collected
            .fields
            .into_iter()
            .map(CollectedField::into_parts)
            .unzip();
        let summaries: Vec<FieldSummary> =
            states.into_iter().map(ColumnState::into_summary).collect();
        let views = fields
            .iter()
            .zip(&summaries)
            .map(|(field, summary)| FieldView {
                field,
                summary: (summary.rows > 0).then_some(summary),
            });
        let view = DatasetView {
            source: &self.name,
            source_kind: self.kind,
            dataset: &collected.dataset,
            fields: views.collect(),
        };
        let judged = detection.classifier.classify(&view);
        let name = detection.label(&collected.dataset.name);
        let seen = summaries
            .iter()
            .map(|summary| summary.rows + summary.nulls)
            .max()
            .filter(|rows| *rows > 0);
        let counted = collected.dataset.rows_counted;
        let rows = counted.or(collected.dataset.rows_estimate).or(seen);
        let age = age::of(&fields, &summaries);
        let mut record = DatasetRecord {
            source: self.name.clone(),
            dataset: name,
            subjects: judged.subjects,
            rows,
            rows_by: rows.map(|_| match collected.dataset.rows_estimate {
                _ if counted.is_some() => RowsBy::Count,
                Some(_) => RowsBy::Estimate,
                None if is_sample => RowsBy::Sample,
                None => RowsBy::Count,
            }),
            ..DatasetRecord::default()
        };
        if let Some(age) = age {
            record.time_field = Some(detection.label(&age.time_field));
            (record.oldest, record.newest, record.age_by) = (age.oldest, age.newest, age.age_by);
        }
        let mut ordinals = HashMap::new();
        for ((field, summary), judgements) in fields.iter().zip(&summaries).zip(judged.fields) {
            let (reading, judgements, detected) =
                self.settled(&collected.dataset.name, field, judgements);
            let base = FieldRecord {
                detected,
                ..self.field(&record, field, summary, &reading)
            };
            if judgements.is_empty() {
                record.fields.push(base);
                continue;
            }
            for judgement in judgements {
                record.fields.push(self.finding(
                    &record.dataset,
                    base.clone(),
                    judgement,
                    summary,
                    &mut ordinals,
                ));
            }
        }
        record
    }

    /// What people said, in `ropa.toml` or a tag, wins over what was found; what was found instead is kept beside it.
    fn settled(
        &self,
        dataset: &str,
        field: &Field,
        found: Vec<Judgement>,
    ) -> (TagReading, Vec<Judgement>, Option<DataType>) {
        if let Some(correction) =
            self.run
                .options
                .corrections
                .of(&self.source, dataset, &field.path)
        {
            let reading = correction::reading(correction);
            return (reading, correction::judgements(correction), None);
        }
        let reading = tag::read(field.comment.as_deref(), &field.tags);
        let is_sure = |j: &&Judgement| Confidence::of(j.score) >= Some(Confidence::Likely);
        let by_value = |j: &&Judgement| j.evidence.iter().any(|e| e.by == EvidenceBy::Value);
        match reading.state {
            TagState::None => {
                let detected = found
                    .iter()
                    .filter(is_sure)
                    .find(by_value)
                    .map(|j| j.data_type);
                (reading, Vec::new(), detected)
            }
            TagState::Exact => {
                let is_named = found.iter().any(|j| reading.types.contains(&j.data_type));
                let detected = found
                    .iter()
                    .find(is_sure)
                    .map(|j| j.data_type)
                    .filter(|_| !is_named);
                let judgements = reading
                    .types
                    .iter()
                    .map(|t| tagged(*t, &reading, &found))
                    .collect();
                (reading, judgements, detected)
            }
            _ => (reading, found, None),
        }
    }

    fn field(
        &self,
        dataset: &DatasetRecord,
        field: &Field,
        summary: &FieldSummary,
        reading: &TagReading,
    ) -> FieldRecord {
        let rows = summary.rows + summary.nulls;
        FieldRecord {
            field: self.run.detection.label(&field.path),
            declared_type: field.declared_type.clone(),
            data_type: None,
            category: None,
            confidence: None,
            score: None,
            subjects: dataset.subjects.clone(),
            special: Vec::new(),
            tag: reading.state,
            line: (field.place.line > 0).then_some(field.place.line),
            rows: (rows > 0).then_some(rows),
            matched: None,
            masked: None,
            evidence: Vec::new(),
            fingerprint: None,
            tagged_as: reading.types.clone(),
            tag_purpose: reading.purpose.clone(),
            tag_retention: reading.retention.clone(),
            detected: None,
            tag_source: if reading.state == TagState::Untagged {
                None
            } else {
                reading.source.clone()
            },
        }
    }

    fn finding(
        &self,
        dataset: &str,
        base: FieldRecord,
        judgement: Judgement,
        summary: &FieldSummary,
        ordinals: &mut HashMap<String, usize>,
    ) -> FieldRecord {
        let Some(confidence) = Confidence::of(judgement.score) else {
            return base;
        };
        let data_type = judgement.data_type;
        let object = format!("{dataset}.{}", base.field);
        let ordinal = ordinals
            .entry(format!("{object}\0{data_type}"))
            .or_insert(0);
        let fingerprint = self.fingerprint(&object, data_type.key(), *ordinal);
        *ordinal += 1;
        let is_of_type = |detector: u16| {
            self.run.detection.detectors.get(detector.into()).data_type == data_type
        };
        let matching = summary
            .matches
            .iter()
            .filter(|(d, _)| is_of_type(**d))
            .map(|(_, m)| m)
            .max_by_key(|m| m.count);
        FieldRecord {
            data_type: Some(data_type),
            category: Some(data_type.category()),
            confidence: Some(confidence),
            score: Some(rounded(judgement.score)),
            special: data_type.special().to_vec(),
            matched: matching.map(|m| m.count),
            masked: matching
                .map(|m| m.masked.clone())
                .filter(|m| m.shown().is_some()),
            evidence: judgement.evidence,
            fingerprint: Some(fingerprint),
            ..base
        }
    }

    fn fingerprint(&self, object: &str, key: &str, ordinal: usize) -> String {
        let rule = format!("found/{key}");
        Fingerprint {
            rule: &rule,
            format: self.format,
            path: &self.path,
            object,
            key,
            ordinal,
        }
        .hex()
    }
}

/// A type that a tag names, with what detection found of the same type as further evidence.
fn tagged(data_type: DataType, reading: &TagReading, found: &[Judgement]) -> Judgement {
    let place = reading.source.as_deref().unwrap_or("tag");
    let mut evidence = vec![Evidence::new(
        EvidenceBy::Tag,
        place,
        format!("tagged {data_type}"),
    )];
    evidence.extend(
        found
            .iter()
            .filter(|j| j.data_type == data_type)
            .flat_map(|j| j.evidence.iter().cloned()),
    );
    Judgement {
        data_type,
        score: 1.0,
        evidence,
    }
}

fn rounded(score: f64) -> f64 {
    (score * 100.0).round() / 100.0
}
