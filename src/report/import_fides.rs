//! Fides datasets and systems as declared data: each privacy declaration a row, each dataset field a tagged one.
//! Categories come through the crosswalk; a class of Fides that is wider than a data type is kept in words.

use super::import_table::{Imported, free_id};
use crate::config::{
    Duration, FieldPattern, LegalBasis, Measure, Party, Purpose, Retention, Role, Transfer,
};
use crate::finding::{Confidence, Evidence, EvidenceBy, TagState};
use crate::inventory::{CoverageId, DatasetRecord, FieldRecord, Inventory, SourceRecord};
use crate::register::given::Given;
use crate::register::{
    ActivityData, ActivityRecipient, ActivityTransfer, Cell, Origin, ProcessingActivity,
};
use crate::source::SourceKind;
use crate::source::tree::{self, Node};
use crate::taxonomy::DataType;
use crate::vocabulary::{self, Term};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Keys of a declaration that are taken in.
const DECLARATION_KEYS: &[&str] = &[
    "name",
    "data_categories",
    "data_use",
    "data_subjects",
    "legal_basis_for_processing",
    "special_category_legal_basis",
    "impact_assessment_location",
    "legitimate_interest_disclosure_url",
    "processes_special_category_data",
    "retention_period",
    "data_shared_with_third_parties",
    "third_parties",
    "dataset_references",
];

/// Keys of a system that are taken in.
const SYSTEM_KEYS: &[&str] = &[
    "fides_key",
    "name",
    "description",
    "system_type",
    "administrating_department",
    "responsibility",
    "privacy_declarations",
    "dataset_references",
    "does_international_transfers",
    "legal_basis_for_transfers",
    "joint_controller_info",
    "data_security_practices",
    "uses_profiling",
    "processes_personal_data",
    "legal_name",
    "legal_address",
    "dpo",
    "organization_fides_key",
];

/// What a word of Fides means: a data type, a class of them, or nothing personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Type(DataType),
    Class,
    NotPersonal,
}

static CATEGORIES: LazyLock<BTreeMap<String, Meaning>> = LazyLock::new(|| {
    let table = include_bytes!("../../detectors/crosswalk_reverse.csv").as_slice();
    let mut categories = BTreeMap::new();
    for row in csv::Reader::from_reader(table).records() {
        let row = row.expect("the built-in table is read by a test");
        let cell = |at: usize| row.get(at).unwrap_or_default();
        let meaning = match (cell(3), DataType::from_key(cell(2))) {
            ("exact", Some(data_type)) => Meaning::Type(data_type),
            ("not_personal", _) => Meaning::NotPersonal,
            _ => Meaning::Class,
        };
        if cell(0) == "fideslang" {
            categories.entry(cell(1).to_owned()).or_insert(meaning);
        }
    }
    categories
});

/// What a category means; one that a tenant added is a class, like its longest known beginning.
fn meaning(category: &str) -> Option<Meaning> {
    if let Some(known) = CATEGORIES.get(category) {
        return Some(*known);
    }
    let (above, _) = category.rsplit_once('.')?;
    match meaning(above)? {
        Meaning::NotPersonal => Some(Meaning::NotPersonal),
        _ => Some(Meaning::Class),
    }
}

/// Reads Fides YAML. Errors say the line and never what stands there.
pub fn read(text: &str, from: &str) -> anyhow::Result<Imported> {
    let documents = tree::yaml(text);
    if let Some(line) = documents.broken {
        anyhow::bail!("{from}, line {line}: not YAML that can be read, or too deep");
    }
    let mut import = Import {
        from,
        imported: Imported {
            datasets: Inventory::new(),
            ..Imported::default()
        },
        taken: BTreeSet::new(),
        unknown: BTreeMap::new(),
    };
    for root in &documents.roots {
        for dataset in items(root, "dataset") {
            import.dataset(dataset)?;
        }
    }
    for root in &documents.roots {
        for system in items(root, "system") {
            import.system(system)?;
        }
        for entry in root.entries() {
            if !matches!(entry.key.as_str(), "dataset" | "system") {
                import.note(format!("`{}` is not taken in", entry.key));
            }
        }
    }
    let imported = &import.imported;
    anyhow::ensure!(
        !imported.rows.is_empty() || !imported.datasets.datasets.is_empty(),
        "{from}: no `dataset` and no `system` of Fides is in it"
    );
    Ok(import.done())
}

/// The elements below a key; a single one may stand without a list.
fn items<'a>(node: &'a Node, key: &str) -> Vec<&'a Node> {
    match node.get(key) {
        Some(node) if node.entries().is_empty() => node.items().iter().collect(),
        Some(node) => vec![node],
        None => Vec::new(),
    }
}

struct Import<'a> {
    from: &'a str,
    imported: Imported,
    taken: BTreeSet<String>,
    /// Keys that are not taken in, with how often.
    unknown: BTreeMap<String, usize>,
}

impl Import<'_> {
    fn note(&mut self, text: String) {
        self.imported.notes.push(format!("{}: {text}", self.from));
    }

    fn done(mut self) -> Imported {
        let unknown = std::mem::take(&mut self.unknown);
        for (key, n) in unknown {
            self.note(format!(
                "`{key}` ({n}×) has no cell; it is kept in the notes of its rows"
            ));
        }
        if !self.imported.datasets.datasets.is_empty() {
            self.imported.datasets.sources.push(SourceRecord {
                source: self.from.to_owned(),
                source_kind: SourceKind::Schema,
                format: Some("fides".to_owned()),
                coverage: CoverageId::Whole,
                reason: None,
                bytes: None,
                unresolved: 0,
            });
        }
        self.imported
    }

    fn dataset(&mut self, dataset: &Node) -> anyhow::Result<()> {
        let key = self.key(dataset, "dataset")?;
        let of_dataset = texts(dataset, "data_categories");
        for collection in items(dataset, "collections") {
            let name = collection.text_of("name").unwrap_or("fields");
            let of_collection = texts(collection, "data_categories");
            let mut record = DatasetRecord {
                source: self.from.to_owned(),
                dataset: format!("{key}.{name}"),
                ..DatasetRecord::default()
            };
            // A stack instead of recursion: fields nest as deep as the file likes.
            let mut open: Vec<(&Node, String)> = items(collection, "fields")
                .into_iter()
                .rev()
                .map(|field| (field, String::new()))
                .collect();
            while let Some((field, above)) = open.pop() {
                let Some(name) = field.text_of("name") else {
                    self.note(format!("line {}: a field without a name", field.line));
                    continue;
                };
                let path = format!("{above}{name}");
                let own = texts(field, "data_categories");
                let categories = match (own.is_empty(), of_collection.is_empty()) {
                    (false, _) => &own,
                    (true, false) => &of_collection,
                    (true, true) => &of_dataset,
                };
                let nested = items(field, "fields");
                if nested.is_empty() || !own.is_empty() {
                    self.field(&mut record, field, &path, categories);
                }
                let below = nested.into_iter().rev();
                open.extend(below.map(|field| (field, format!("{path}."))));
            }
            self.imported.datasets.datasets.push(record);
        }
        Ok(())
    }

    fn field(
        &mut self,
        record: &mut DatasetRecord,
        field: &Node,
        path: &str,
        categories: &[String],
    ) {
        for category in categories {
            match meaning(category) {
                Some(Meaning::Type(data_type)) => {
                    let is_known = |f: &FieldRecord| {
                        f.field == path && f.data_type == Some(data_type)
                    };
                    if !record.fields.iter().any(is_known) {
                        record.fields.push(tagged(field, path, data_type, category));
                    }
                }
                Some(Meaning::Class) => self.note(format!(
                    "line {}: `{category}` is wider than a data type; scan the data itself to tell which it is",
                    field.line
                )),
                Some(Meaning::NotPersonal) => {}
                None => self.note(format!(
                    "line {}: `{category}` is no category of Fides",
                    field.line
                )),
            }
        }
    }

    fn system(&mut self, system: &Node) -> anyhow::Result<()> {
        let key = self.key(system, "system")?;
        for name in ["dpo", "legal_name", "legal_address"] {
            if system.text_of(name).is_some() {
                self.note(format!(
                    "the system `{key}` says `{name}`: that of the register is under `organisation` in ropa.toml"
                ));
            }
        }
        let mut rows: Vec<(String, ProcessingActivity, Vec<FieldPattern>)> = Vec::new();
        for declaration in items(system, "privacy_declarations") {
            let data_use = declaration.text_of("data_use").unwrap_or_default();
            let name = declaration.text_of("name").unwrap_or(data_use);
            let name = if name.is_empty() { &key } else { name };
            let at = rows.iter().position(|(known, ..)| known == name);
            let at = at.unwrap_or_else(|| {
                rows.push((name.to_owned(), self.row(system, &key), Vec::new()));
                rows.len() - 1
            });
            let (_, row, fields) = &mut rows[at];
            self.declaration(declaration, row);
            for reference in texts(declaration, "dataset_references") {
                let pattern = format!("{}:{}.*", glob(self.from), glob(&reference));
                match FieldPattern::new(&pattern) {
                    Some(pattern) if !fields.contains(&pattern) => fields.push(pattern),
                    _ => {}
                }
            }
        }
        if rows.is_empty() {
            self.note(format!("the system `{key}` declares no use of data"));
        }
        for (name, mut row, fields) in rows {
            row.name = name;
            row.id = free_id(&row.name, |id| self.taken.contains(id));
            self.taken.insert(row.id.clone());
            self.imported.rows.push(Given {
                row,
                fields,
                from: self.from.to_owned(),
            });
        }
        Ok(())
    }

    fn key(&self, node: &Node, what: &str) -> anyhow::Result<String> {
        let key = node.text_of("fides_key").or_else(|| node.text_of("name"));
        key.map(str::to_owned).ok_or_else(|| {
            anyhow::anyhow!(
                "{}, line {}: a {what} without `fides_key`",
                self.from,
                node.line
            )
        })
    }

    /// What a system says of all its declarations.
    fn row(&mut self, system: &Node, key: &str) -> ProcessingActivity {
        let roles: BTreeSet<Role> = texts(system, "responsibility")
            .iter()
            .filter_map(|said| match said.to_lowercase().as_str() {
                "controller" => Some(Role::Controller),
                "processor" => Some(Role::Processor),
                "sub-processor" => Some(Role::SubProcessor),
                _ => None,
            })
            .collect();
        let text = |key: &str| {
            system
                .text_of(key)
                .filter(|t| !t.is_empty())
                .map(str::to_owned)
        };
        let mut row = ProcessingActivity {
            origin: Origin::Declared,
            department: text("administrating_department"),
            systems: vec![free_id(key, |_| false)],
            joint_controllers: text("joint_controller_info")
                .into_iter()
                .map(|name| Party {
                    name,
                    ..Party::default()
                })
                .collect(),
            profiling: system.is_true("uses_profiling").then_some(true),
            ..ProcessingActivity::default()
        };
        // Two responsibilities leave open which declaration has which.
        match roles.into_iter().collect::<Vec<_>>().as_slice() {
            [role] => row.role = *role,
            [] => {}
            _ => self.note(format!(
                "the system `{key}` has several responsibilities; say `role` for each of its activities"
            )),
        }
        let safeguards = texts(system, "legal_basis_for_transfers");
        row.transfers = safeguards
            .iter()
            .map(|said| Transfer {
                safeguard: Some(
                    by_fides(&vocabulary::terms().safeguards, said)
                        .map_or_else(|| said.clone(), |t| t.id.clone()),
                ),
                ..Transfer::default()
            })
            .map(of_row)
            .collect();
        if row.transfers.is_empty() && system.is_true("does_international_transfers") {
            row.transfers.push(of_row(Transfer {
                text: Some("international transfers, place not stated".to_owned()),
                ..Transfer::default()
            }));
        }
        row.security_measures = text("data_security_practices")
            .map(|text| {
                Cell::of_row(Measure {
                    kind: "other".to_owned(),
                    text: Some(text),
                })
            })
            .into_iter()
            .collect();
        let description = text("description");
        row.note = join(description, self.unknown_keys(system, SYSTEM_KEYS));
        row
    }

    /// Scalars of keys that have no cell, as text.
    fn unknown_keys(&mut self, node: &Node, known: &[&str]) -> Vec<String> {
        let mut kept = Vec::new();
        for entry in node.entries() {
            let key = entry.key.as_str();
            if known.contains(&key) || key == "meta" {
                continue;
            }
            let said: Vec<&str> = entry.node.texts();
            let is_open = said
                .iter()
                .all(|t| t.is_empty() || matches!(*t, "null" | "~" | "false"));
            if !is_open {
                kept.push(format!("{key}: {}", said.join("; ")));
                *self.unknown.entry(key.to_owned()).or_default() += 1;
            } else if !entry.node.entries().is_empty() {
                *self.unknown.entry(key.to_owned()).or_default() += 1;
            }
        }
        kept
    }

    fn declaration(&mut self, node: &Node, row: &mut ProcessingActivity) {
        if let Some(data_use) = node.text_of("data_use") {
            let purpose = Cell::of_row(purpose(data_use));
            if !row.purposes.contains(&purpose) {
                row.purposes.push(purpose);
            }
        }
        self.data(node, row);
        for said in texts(node, "data_subjects") {
            let subject = by_fides(&vocabulary::terms().subjects, &said)
                .filter(|_| vocabulary::subject(&said).is_none())
                .map_or(said, |t| t.id.clone());
            if !row.subjects.contains(&subject) {
                row.subjects.push(subject);
            }
        }
        if let Some(said) = node.text_of("legal_basis_for_processing") {
            let known = by_fides(&vocabulary::terms().legal_bases, said);
            let basis = Cell::of_row(LegalBasis {
                id: known.map_or_else(|| said.to_owned(), |t| t.id.clone()),
                level: None,
                text: None,
            });
            if !row.legal_bases.contains(&basis) {
                row.legal_bases.push(basis);
            }
        }
        if let Some(said) = node.text_of("special_category_legal_basis") {
            let known = by_fides(&vocabulary::terms().art9_conditions, said);
            let condition = known.map_or_else(|| said.to_owned(), |t| t.id.clone());
            if !row.art9_conditions.contains(&condition) {
                row.art9_conditions.push(condition);
            }
        }
        self.recipients(node, row);
        if let Some(said) = node.text_of("retention_period").filter(|t| !t.is_empty()) {
            let duration = Duration::new(said);
            let rule = Cell::of_row(Retention {
                text: duration.is_none().then(|| said.to_owned()),
                duration,
                ..Retention::default()
            });
            if !row.retention.contains(&rule) {
                row.retention.push(rule);
            }
        }
        let text = |key: &str| {
            node.text_of(key)
                .filter(|t| !t.is_empty())
                .map(str::to_owned)
        };
        if let Some(link) = text("legitimate_interest_disclosure_url") {
            row.lia_link.get_or_insert(link);
        }
        if let Some(link) = text("impact_assessment_location") {
            row.dpia.get_or_insert_default().link.get_or_insert(link);
        }
        let unknown = self.unknown_keys(node, DECLARATION_KEYS);
        row.note = join(row.note.take(), unknown);
    }

    fn data(&mut self, node: &Node, row: &mut ProcessingActivity) {
        for category in texts(node, "data_categories") {
            match meaning(&category) {
                Some(Meaning::Type(data_type)) => {
                    if row.data.iter().all(|d| d.value.data_type != data_type) {
                        row.data.push(Cell::of_row(ActivityData {
                            data_type,
                            fields: Vec::new(),
                            special: data_type.special().to_vec(),
                        }));
                    }
                }
                Some(Meaning::NotPersonal) => {}
                wider => {
                    if wider.is_none() {
                        self.note(format!(
                            "line {}: `{category}` is no category of Fides; it is kept in words",
                            node.line
                        ));
                    }
                    let open = row.types_open.get_or_insert_default();
                    if !open.split("; ").any(|known| known == category) {
                        let join = if open.is_empty() { "" } else { "; " };
                        open.push_str(&format!("{join}{category}"));
                    }
                }
            }
        }
    }

    fn recipients(&mut self, node: &Node, row: &mut ProcessingActivity) {
        let said = texts(node, "third_parties");
        let names = said.iter().flat_map(|text| text.split(';')).map(str::trim);
        for name in names.filter(|name| !name.is_empty()) {
            let category = vocabulary::recipient_category(name).map(|t| t.id.clone());
            let recipient = ActivityRecipient {
                recipient: name.to_owned(),
                name: name.to_owned(),
                category,
                ..ActivityRecipient::default()
            };
            if row.recipients.iter().all(|r| r.value.recipient != name) {
                row.recipients.push(Cell::of_row(recipient));
            }
        }
        if said.is_empty() && node.is_true("data_shared_with_third_parties") {
            self.note(format!(
                "line {}: data is shared with third parties, and none is named",
                node.line
            ));
        }
    }
}

fn tagged(node: &Node, path: &str, data_type: DataType, category: &str) -> FieldRecord {
    let declared = node
        .get("fides_meta")
        .and_then(|meta| meta.text_of("data_type"));
    FieldRecord {
        field: path.to_owned(),
        declared_type: declared.map(str::to_owned),
        data_type: Some(data_type),
        category: Some(data_type.category()),
        confidence: Some(Confidence::Certain),
        special: data_type.special().to_vec(),
        tag: TagState::Exact,
        tagged_as: vec![data_type],
        tag_source: Some("fides".to_owned()),
        line: Some(node.line),
        evidence: vec![Evidence::new(
            EvidenceBy::Tag,
            "fides",
            format!("declared as {category}"),
        )],
        ..FieldRecord::default()
    }
}

/// The texts of a key, without nulls.
fn texts(node: &Node, key: &str) -> Vec<String> {
    let said = node.get(key).map(Node::texts).unwrap_or_default();
    said.into_iter()
        .filter(|t| !t.is_empty() && !matches!(*t, "null" | "~"))
        .map(str::to_owned)
        .collect()
}

/// The term of an enumeration that Fides calls so: the first, or the one whose id it is.
fn by_fides<'a>(terms: &'a [Term], said: &str) -> Option<&'a Term> {
    let by_id = terms.iter().find(|t| t.id == said);
    by_id.or_else(|| {
        let is_it = |t: &&Term| {
            t.fides
                .as_deref()
                .is_some_and(|name| name.eq_ignore_ascii_case(said))
        };
        terms.iter().find(is_it)
    })
}

/// A purpose where Fides' word for the use is that of one purpose only; else its nearest, with Fides' word beside it.
fn purpose(data_use: &str) -> Purpose {
    let terms = &vocabulary::terms().purposes;
    let named = |word: &str| -> Vec<&Term> {
        terms
            .iter()
            .filter(|t| t.fides.as_deref() == Some(word))
            .collect()
    };
    let words = std::iter::successors(Some(data_use), |word| Some(word.rsplit_once('.')?.0));
    for word in words {
        match named(word).as_slice() {
            [] => {}
            [only] if word == data_use => {
                return Purpose {
                    id: only.id.clone(),
                    text: None,
                };
            }
            [first, ..] => {
                return Purpose {
                    id: first.id.clone(),
                    text: Some(data_use.to_owned()),
                };
            }
        }
    }
    Purpose {
        id: data_use.to_owned(),
        text: None,
    }
}

fn of_row(transfer: Transfer) -> Cell<ActivityTransfer> {
    Cell::of_row(ActivityTransfer {
        transfer,
        valid: None,
    })
}

fn join(first: Option<String>, more: Vec<String>) -> Option<String> {
    let all: Vec<String> = first.into_iter().chain(more).collect();
    (!all.is_empty()).then(|| all.join("\n"))
}

/// A text as a pattern that matches only itself.
fn glob(text: &str) -> String {
    text.chars()
        .map(|c| if "*?[]{}\\".contains(c) { '?' } else { c })
        .collect()
}
