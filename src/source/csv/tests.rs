//! Tests of the reader of delimited records: what it tells, and that its two parsers and any cutting agree.

use super::*;
use crate::source::recording::Recording;
use std::io::Cursor;

fn read_all(input: &Input, budget: &Budget) -> (Recording, Outcome, usize) {
    let mut recording = Recording::default();
    let splits = READER.plan(input, budget).expect("planned");
    let mut whole = Outcome::whole();
    for split in &splits {
        let outcome = READER
            .read(input, split, budget, &mut recording)
            .expect("read");
        whole.coverage = whole.coverage.and(outcome.coverage);
        whole.lines += outcome.lines;
        whole.unresolved += outcome.unresolved;
    }
    (recording, whole, splits.len())
}

fn read(text: impl AsRef<[u8]>) -> (Recording, Outcome) {
    let input = Input::bytes("some/people.csv", text.as_ref()).expect("readable");
    let (recording, outcome, _) = read_all(&input, &Budget::default());
    (recording, outcome)
}

/// Each column as `name: value|value (nulls)`.
fn columns(recording: &Recording) -> Vec<String> {
    let fields = recording
        .datasets
        .iter()
        .flat_map(|dataset| &dataset.fields);
    fields
        .map(|f| format!("{}: {} ({})", f.field.path, f.values.join("|"), f.nulls))
        .collect()
}

#[test]
fn columns_of_a_plain_file() {
    let (recording, outcome) = read("id,name,note\n1,Ana,\"a, \"\"b\"\"\nc\"\n2,,\n\n3,Eva,x\r\n");
    assert_eq!(recording.datasets[0].dataset.name, "people.csv");
    assert_eq!(
        columns(&recording),
        [
            "id: 1|2|3 (0)",
            "name: Ana|Eva (1)",
            "note: a, \"b\"\nc|x (1)"
        ]
    );
    assert_eq!(
        outcome,
        Outcome {
            coverage: Coverage::Whole,
            lines: 6,
            unresolved: 0
        }
    );
}

#[test]
fn a_first_row_of_values_is_values() {
    let (recording, _) = read("Anna,Schmidt,anna@example.com\nJan,Novak,jan@example.com\n");
    assert_eq!(
        columns(&recording),
        [
            "column_1: Anna|Jan (0)",
            "column_2: Schmidt|Novak (0)",
            "column_3: anna@example.com|jan@example.com (0)"
        ]
    );
}

#[test]
fn uneven_records_are_read_and_counted() {
    let (recording, outcome) = read("id,name,\n1,Ana,\n2\n3,Eva,x,y\n4,Ida,\n5,Ola,\n6,Isa,\n");
    assert_eq!(
        columns(&recording),
        [
            "id: 1|2|3|4|5|6 (0)",
            "name: Ana|Eva|Ida|Ola|Isa (1)",
            "column_3: x (5)",
            "column_4: y (0)"
        ]
    );
    assert_eq!(outcome.unresolved, 2);
}

#[test]
fn quotes_out_of_place_are_text() {
    let (recording, outcome) =
        read("id,size,name\n1,5\" pipe,Ana\n2,\"6\"\" pipe\",Eva\n3,7\",Ida\n");
    assert_eq!(
        columns(&recording),
        [
            "id: 1|2|3 (0)",
            "size: 5\" pipe|6\" pipe|7\" (0)",
            "name: Ana|Eva|Ida (0)"
        ]
    );
    assert_eq!(outcome.coverage, Coverage::Whole);
}

#[test]
fn a_quote_never_closed_loses_no_other_record() {
    let (recording, outcome) = read("id,name\n1,Ana\n2,\"Eva\n3,Ida\n4,Ola\n");
    assert_eq!(
        columns(&recording),
        ["id: 1|3|4 (0)", "name: Ana|Ida|Ola (0)"]
    );
    assert_eq!(recording.texts, [(3, 14, "2,\"Eva\n".to_owned())]);
    assert!(matches!(outcome.coverage, Coverage::Partial(ref why) if why.contains("line 3")));
}

#[test]
fn a_record_beyond_reason_is_text_and_the_rest_is_read() {
    for long in [
        format!("2,\"{}\n", "x\n".repeat(3 << 20)),
        format!("2,{}\n", "x".repeat(9 << 20)),
    ] {
        let (recording, outcome) = read(format!("id,name\n1,Ana\n{long}3,Ida\n"));
        let ids = &recording.field_named("people.csv", "id").values;
        assert_eq!((ids[0].as_str(), ids[1] == "2"), ("1", false));
        let names = recording.field_named("people.csv", "name");
        assert!(names.values.iter().any(|v| v == "Ida") || names.count + names.nulls > 1_000);
        assert!(matches!(outcome.coverage, Coverage::Partial(_)));
        assert_eq!(outcome.lines as usize, 3 + long.matches('\n').count());
    }
}

#[test]
fn lines_before_the_header_are_text() {
    let (recording, _) =
        read("Export of May\n\nid;name;city\n1;Ana;Oslo\n2;Eva;Lund\n3;Ida;Bern\n");
    assert_eq!(recording.paths("people.csv"), ["id", "name", "city"]);
    assert_eq!(recording.texts, [(1, 0, "Export of May\n\n".to_owned())]);
    assert_eq!(
        recording.field_named("people.csv", "id").field.place.line,
        3
    );
}

#[test]
fn other_dialects() {
    let (recording, _) = read("id,say\n\"1\",\"a \\\"b\\\" c\"\n");
    assert_eq!(columns(&recording), ["id: 1 (0)", "say: a \"b\" c (0)"]);
    let (recording, _) = read("id,name\r1,Ana\r2,Eva\r");
    assert_eq!(columns(&recording), ["id: 1|2 (0)", "name: Ana|Eva (0)"]);
    let utf16: Vec<u8> = "\u{feff}id;name\n1;Zoë\n2;Åsa\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(
        columns(&read(utf16).0),
        ["id: 1|2 (0)", "name: Zoë|Åsa (0)"]
    );
    let (recording, _) = read(b"id;name\n1;Zo\xeb\n2;\xc5sa\n");
    assert_eq!(columns(&recording), ["id: 1|2 (0)", "name: Zoë|Åsa (0)"]);
}

#[test]
fn odd_input_completes() {
    for text in [
        "",
        "\n\n",
        ",",
        ",,,\n,,,\n",
        "a",
        "\"",
        "\"\"",
        "\"a",
        "a\0b,c\n",
        "id,name\n\0,\u{1}\n",
    ] {
        let (_, outcome) = read(text);
        assert!(!matches!(outcome.coverage, Coverage::Failed(_)), "{text:?}");
    }
}

/// A generator of numbers with a fixed seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Records with every kind of cell that has one meaning.
fn generated(dice: &mut Dice, records: usize, with_stray_quotes: bool) -> String {
    const CELLS: &[&str] = &[
        "x",
        "",
        "12",
        "a b",
        "\"q\"",
        "\"a,b\"",
        "\"a\"\"b\"",
        "\"l\nm\"",
        "\"\"",
        "\"\"\"\"",
        "\"é\r\nü\"",
        "\"\"\"x\"",
        "long cell of some words",
    ];
    const STRAY: &[&str] = &["5\"", "a\"b\"c", "a\"b"];
    let mut text = String::from("first_id,second_name,third_note\n");
    for _ in 0..records {
        let width = if dice.below(20) == 0 {
            1 + dice.below(5)
        } else {
            3
        };
        for at in 0..width {
            let stray = with_stray_quotes && dice.below(40) == 0;
            let from = if stray { STRAY } else { CELLS };
            text.push_str(if at > 0 { "," } else { "" });
            text.push_str(from[dice.below(from.len() as u64) as usize]);
        }
        text.push_str(if dice.below(3) == 0 { "\r\n" } else { "\n" });
    }
    text
}

/// What the crate `csv` reads, by column.
fn reference(text: &str) -> Vec<(Vec<String>, u64)> {
    let mut builder = csv::ReaderBuilder::new();
    let mut reader = builder
        .flexible(true)
        .terminator(csv::Terminator::Any(b'\n'))
        .from_reader(Cursor::new(text));
    let mut columns: Vec<(Vec<String>, u64)> = vec![Default::default(); 3];
    for record in reader
        .records()
        .map(|record| record.expect("generated text is UTF-8"))
    {
        let width = record.len();
        let cells: Vec<&str> = record
            .iter()
            .enumerate()
            .map(|(at, c)| {
                if at + 1 == width {
                    c.strip_suffix('\r').unwrap_or(c)
                } else {
                    c
                }
            })
            .collect();
        if cells == [""] {
            continue;
        }
        columns.resize(columns.len().max(width), Default::default());
        for (at, column) in columns.iter_mut().enumerate() {
            match cells.get(at).filter(|cell| !cell.is_empty()) {
                Some(cell) => column.0.push((*cell).to_owned()),
                // Columns beyond the header count no empty cells.
                None => column.1 += u64::from(at < 3),
            }
        }
    }
    columns.retain(|(values, nulls)| !values.is_empty() || *nulls > 0);
    columns
}

fn fast(recording: &Recording) -> Vec<(Vec<String>, u64)> {
    recording.datasets[0]
        .fields
        .iter()
        .map(|f| (f.values.clone(), f.nulls))
        .collect()
}

#[test]
fn both_parsers_read_the_same() {
    let mut dice = Dice(42);
    for round in 0..400 {
        let text = generated(&mut dice, 1 + round % 60, round % 2 == 0);
        let (recording, _) = read(&text);
        let is_equal = fast(&recording) == reference(&text);
        assert!(is_equal, "round {round}: {text:?}");
    }
}

#[test]
fn splits_read_the_same_as_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut dice = Dice(7);
    let mut cut = 0;
    for round in 0..60 {
        let path = folder.path().join("people.csv");
        let text = generated(&mut dice, 300, round % 6 == 5);
        std::fs::write(&path, &text).expect("written");
        let input = Input::file("people.csv", &path).expect("readable");
        let (one, whole, _) = read_all(&input, &Budget::default());
        let (many, outcome, splits) = read_all(
            &input,
            &Budget {
                split_bytes: 700,
                ..Budget::default()
            },
        );
        let (mut one, mut many) = (columns(&one), columns(&many));
        // Columns without a name are told with their first value, so their order depends on the cuts.
        one.sort();
        many.sort();
        assert!(one == many, "round {round}");
        assert_eq!(
            (whole.lines, whole.unresolved),
            (outcome.lines, outcome.unresolved)
        );
        cut += usize::from(splits > 3);
    }
    assert!(cut >= 40, "{cut} of 60 were cut");
}

#[test]
fn names_are_claimed_and_tables_recognised() {
    let claim = |name: &str, text: &str| {
        READER.claim(&Input::bytes(name, text.as_bytes()).expect("readable"))
    };
    assert_eq!(claim("a.csv", "x,y\n1,2\n"), Claim::Name);
    assert_eq!(claim("a.txt", "a_id|b_name\n1|x\n2|y\n"), Claim::Content);
    assert_eq!(
        claim(
            "a.txt",
            "Dear all, hello.\nWe met, as planned.\nBest, me.\n"
        ),
        Claim::No
    );
    assert_eq!(claim("a.rs", "a,b,c\n1,2,3\n4,5,6\n"), Claim::No);
    assert_eq!(claim("a.csv", "PK\x03\x04\0\0"), Claim::No);
}
