//! `cargo xtask accuracy`: the classifier against labelled fields, by every level and source.
//! Reads labels and writes figures; knows nothing of how a judgement comes about.

use anyhow::Context;
use ropa::detection::field::{Classifier, DatasetView, FieldView};
use ropa::detector::Detectors;
use ropa::field::{Dataset, Field, Reference};
use ropa::finding::Judgement;
use ropa::source::SourceKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The project's own labelled set.
const OWN_SET: &str = "fixtures/accuracy/fields.jsonl";

/// Flags of the task.
#[derive(clap::Args)]
pub struct Args {
    /// A folder with `fields-*.jsonl` of labelled fields; without it the project's own set
    #[arg(long)]
    truth: Option<PathBuf>,
    /// Writes the predictions, one JSON object a field
    #[arg(long, value_name = "FILE")]
    pred: Option<PathBuf>,
}

/// A labelled field.
#[derive(Deserialize)]
struct Row {
    dataset: String,
    table: String,
    field: String,
    data_type: Option<String>,
    comment: Option<String>,
    /// The dataset a key refers to.
    references: Option<String>,
}

#[derive(Serialize)]
struct Prediction<'a> {
    dataset: &'a str,
    table: &'a str,
    field: &'a str,
    labels: Vec<&'a str>,
    scores: Vec<f64>,
    why: Vec<&'a str>,
}

/// Runs the task.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let files = match &args.truth {
        Some(folder) => labelled_files(folder)?,
        None => vec![PathBuf::from(OWN_SET)],
    };
    let mut rows: Vec<Row> = Vec::new();
    for file in &files {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("{} cannot be read", file.display()))?;
        for (number, line) in text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
        {
            rows.push(
                serde_json::from_str(line)
                    .with_context(|| format!("{} line {}", file.display(), number + 1))?,
            );
        }
    }
    let detectors = Detectors::built_in()?;
    let classifier = Classifier::new(&detectors);
    let judged = classify(&classifier, &rows);
    if let Some(path) = &args.pred {
        write_predictions(path, &rows, &judged)?;
    }
    Ok(())
}

fn labelled_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(Result::ok).map(|e| e.path()).collect();
    files.retain(|p| {
        p.file_name()
            .and_then(|n| n.to_str())
            .is_some_and(|n| n.starts_with("fields") && n.ends_with(".jsonl"))
    });
    files.sort();
    anyhow::ensure!(
        !files.is_empty(),
        "{} holds no fields*.jsonl",
        folder.display()
    );
    Ok(files)
}

/// Judges all rows, each dataset's table as one dataset so that siblings count.
fn classify(classifier: &Classifier, rows: &[Row]) -> Vec<Vec<Judgement>> {
    let mut tables: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (i, row) in rows.iter().enumerate() {
        tables
            .entry((&row.dataset, &row.table))
            .or_default()
            .push(i);
    }
    let mut judged = vec![Vec::new(); rows.len()];
    for ((_, table), members) in tables {
        let dataset = Dataset {
            name: table.to_owned(),
            ..Dataset::default()
        };
        let field = |i: &usize| Field {
            declared_type: rows[*i].data_type.clone(),
            comment: rows[*i].comment.clone(),
            references: rows[*i].references.clone().map(|dataset| Reference { dataset, field: None }),
            ..Field::named(rows[*i].field.clone())
        };
        let fields: Vec<Field> = members.iter().map(field).collect();
        let view = DatasetView {
            source: "labelled",
            source_kind: SourceKind::Schema,
            dataset: &dataset,
            fields: fields
                .iter()
                .map(|field| FieldView {
                    field,
                    summary: None,
                })
                .collect(),
        };
        for (i, judgements) in members.iter().zip(classifier.classify(&view).fields) {
            judged[*i] = judgements;
        }
    }
    judged
}

fn write_predictions(path: &Path, rows: &[Row], judged: &[Vec<Judgement>]) -> anyhow::Result<()> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(path)?);
    for (row, judgements) in rows.iter().zip(judged) {
        let said = || judgements.iter().filter(|j| j.score >= 0.6);
        let prediction = Prediction {
            dataset: &row.dataset,
            table: &row.table,
            field: &row.field,
            labels: said().map(|j| j.data_type.key()).collect(),
            scores: said().map(|j| j.score).collect(),
            why: judgements
                .iter()
                .flat_map(|j| &j.evidence)
                .map(|e| e.why.as_str())
                .collect(),
        };
        serde_json::to_writer(&mut out, &prediction)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
