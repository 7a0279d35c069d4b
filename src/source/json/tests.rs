//! Tests of the readers of JSON: paths, broken records, limits, and that any buffering and cutting agree.

use super::*;
use crate::source::recording::Recording;
use crate::source::{Coverage, jsonl};
use std::io::{self, Read};

fn read_with(reader: &dyn Reader, input: &Input, budget: &Budget) -> (Recording, Outcome) {
    let mut recording = Recording::default();
    let mut whole = Outcome::whole();
    for split in reader.plan(input, budget).expect("planned") {
        let outcome = reader
            .read(input, &split, budget, &mut recording)
            .expect("read");
        whole.coverage = whole.coverage.and(outcome.coverage);
        whole.lines += outcome.lines;
        whole.unresolved += outcome.unresolved;
    }
    (recording, whole)
}

fn document(text: &str) -> (Recording, Outcome) {
    read_with(
        &READER,
        &Input::bytes("a/x.json", text.as_bytes()).expect("readable"),
        &Budget::default(),
    )
}

fn lines(text: &str) -> (Recording, Outcome) {
    read_with(
        &jsonl::READER,
        &Input::bytes("a/x.jsonl", text.as_bytes()).expect("readable"),
        &Budget::default(),
    )
}

fn columns(recording: &Recording) -> Vec<String> {
    let fields = recording
        .datasets
        .iter()
        .flat_map(|dataset| &dataset.fields);
    fields
        .map(|f| format!("{}: {} ({})", f.field.path, f.values.join("|"), f.nulls))
        .collect()
}

fn partial(outcome: &Outcome) -> &str {
    match &outcome.coverage {
        Coverage::Partial(why) => why,
        other => panic!("{}", other.id()),
    }
}

#[test]
fn paths_are_dotted() {
    let text = r#"{"id":1,"who":{"name":"Ana","mails":["a@example.com","b@example.com"]},"ok":true,"none":null,"deep":[[1,[2]],{"x":"y"}]}"#;
    let expected = [
        "id: 1 (0)",
        "who.name: Ana (0)",
        "who.mails.*: a@example.com|b@example.com (0)",
        "ok: true (0)",
        "none:  (1)",
        "deep.*.*: 1 (0)",
        "deep.*.*.*: 2 (0)",
        "deep.*.x: y (0)",
    ];
    assert_eq!(columns(&document(text).0), expected);
    assert_eq!(columns(&lines(text).0), expected);
    let pretty = text
        .replace(':', " :\n  ")
        .replace(',', " ,\r\n\t")
        .replace('{', "{\n")
        .replace('}', "\n}\n");
    assert_eq!(columns(&document(&pretty).0), expected);
}

#[test]
fn records_of_an_array_are_records() {
    let (recording, outcome) =
        document("[{\"id\":1,\"a\":\"x\"},\n {\"id\":2,\"b\":-1.5e3},\n {\"a\":\"y\",\"id\":3}]\n");
    assert_eq!(recording.datasets[0].dataset.name, "x.json");
    assert_eq!(
        columns(&recording),
        ["id: 1|2|3 (0)", "a: x|y (0)", "b: -1.5e3 (0)"]
    );
    assert_eq!(
        outcome,
        Outcome {
            coverage: Coverage::Whole,
            lines: 3,
            unresolved: 0
        }
    );
    assert_eq!(recording.field_named("x.json", "b").field.place.line, 2);
    assert_eq!(
        columns(&document("[1,\"two\",[3]]").0),
        ["*: 1|two (0)", "*.*: 3 (0)"]
    );
}

#[test]
fn keys_that_are_data_are_stars() {
    let (recording, _) = document(
        r#"{"users":{"a@example.com":{"age":1},"b@example.com":{"age":2}},"days":{"2024-01-01":5,"2024-01-02":null}}"#,
    );
    assert_eq!(
        columns(&recording),
        [
            "users.*: a@example.com|b@example.com (0)",
            "users.*.age: 1|2 (0)",
            "days.*.*: 2024-01-01|2024-01-02 (0)",
            "days.*: 5 (1)"
        ]
    );
}

#[test]
fn an_object_of_many_keys_is_a_map() {
    let letters = |n: usize| {
        format!(
            "{}{}",
            (b'a' + (n / 26) as u8) as char,
            (b'a' + (n % 26) as u8) as char
        )
    };
    let entries: Vec<String> = (0..300)
        .map(|n| format!("\"{}\":{{\"age\":{n},\"tags\":[\"t{n}\"]}}", letters(n)))
        .collect();
    let (recording, _) = document(&format!(
        "{{\"id\":7,\"people\":{{{}}}}}",
        entries.join(",")
    ));
    let mut counts: Vec<(&str, u64)> = recording.datasets[0]
        .fields
        .iter()
        .map(|f| (f.field.path.as_str(), f.count))
        .collect();
    counts.sort();
    assert_eq!(
        counts,
        [
            ("id", 1),
            ("people.*", 300),
            ("people.*.age", 300),
            ("people.*.tags.*", 300)
        ]
    );
}

#[test]
fn escapes_are_decoded() {
    let (recording, _) = lines(
        "{\"m\\u0061il\":\"a\\u0040example.com\",\"q\":\"say \\\"x\\\"\\\\\"}\n{\"m\\u0061il\":\"b\",\"q\":\"\\\\\"}\n",
    );
    assert_eq!(
        columns(&recording),
        ["mail: a@example.com|b (0)", "q: say \"x\"\\|\\ (0)"]
    );
}

#[test]
fn broken_records_lose_no_other() {
    let text = "{\"id\":1,\"a\":\"x\"}\n{\"id\":2,\"a\":\"y\n{\"id\":3,\"a\":}\n{\"id\":4,\n{\"id\":5,\"a\":\"z\"} trailing\nplain words\n{\"id\":6}";
    let (recording, outcome) = lines(text);
    assert_eq!(columns(&recording)[0], "id: 1|2|3|4|5|6 (0)");
    assert_eq!(columns(&recording)[1], "a: x|z (0)");
    assert!(
        partial(&outcome).contains("malformed records: 3, the first at line 2"),
        "{}",
        partial(&outcome)
    );
    let texts: Vec<&str> = recording
        .texts
        .iter()
        .map(|(_, _, text)| text.as_str())
        .collect();
    assert_eq!(texts, ["\"y\n", "}\n", "\n", "trailing\n", "plain words\n"]);
    assert_eq!(outcome.lines, 6);
}

#[test]
fn a_broken_document_is_text_from_there_on() {
    let (recording, outcome) = document("[{\"id\":1},\n{\"id\":oops},\n{\"id\":3}]\n");
    assert_eq!(columns(&recording), ["id: 1 (0)"]);
    assert_eq!(
        recording.texts[0],
        (2, 17, "oops},\n{\"id\":3}]\n".to_owned())
    );
    assert!(partial(&outcome).contains("line 2"));
    for text in [
        "{",
        "[",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":\"x",
        "{\"a\":1",
        "{\"a\":1,",
        "[1,2",
    ] {
        assert!(partial(&document(text).1).contains("malformed"), "{text}");
        assert!(partial(&lines(text).1).contains("malformed"), "{text}");
    }
    for text in [
        "",
        " \n",
        "{}",
        "[]",
        "[{}]",
        "{\"a\":1,}",
        "{} {}\n[]",
        "\"a\"",
        "12",
    ] {
        assert_eq!(document(text).1.coverage, Coverage::Whole, "{text}");
    }
}

#[test]
fn depth_is_limited() {
    for close in [true, false] {
        let mut text = format!("{{\"a\":\"x\",\"deep\":{}\"]\\\"\"", "[".repeat(200_000));
        if close {
            text += &format!("{},\"b\":\"y\"}}", "]".repeat(200_000));
        }
        let (recording, outcome) = document(&text);
        assert!(partial(&outcome).contains("nested deeper than 1000 levels"));
        assert_eq!(recording.field_named("x.json", "a").values, ["x"]);
        assert_eq!(
            recording.datasets[0]
                .fields
                .iter()
                .any(|f| f.field.path == "b"),
            close
        );
    }
}

#[test]
fn a_string_beyond_reason_is_text_and_the_rest_is_read() {
    let long = "word ".repeat(2 << 20);
    for read in [document, lines] {
        let (recording, outcome) = read(&format!(
            "{{\"a\":\"x\",\"long\":\"{long}\",\"b\":\"y\"}}\n"
        ));
        assert_eq!(
            outcome,
            Outcome {
                coverage: Coverage::Whole,
                lines: 1,
                unresolved: 1
            }
        );
        assert_eq!(columns(&recording), ["a: x (0)", "b: y (0)"]);
        assert_eq!(
            recording
                .texts
                .iter()
                .map(|(_, _, text)| text.len())
                .sum::<usize>(),
            long.len()
        );
    }
}

/// Gives one byte at a time.
struct Drops(io::Cursor<Vec<u8>>);

impl Read for Drops {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let wanted = out.len().min(1);
        self.0.read(&mut out[..wanted])
    }
}

#[test]
fn a_stream_of_single_bytes_reads_the_same() {
    let text = "{\"id\":1,\"a\":\"x\\n\"}\n{\"id\":2,\"a\":\"y\"}\n";
    let input = Input::stream(
        "a/x.jsonl",
        Box::new(Drops(io::Cursor::new(text.as_bytes().to_vec()))),
    )
    .expect("readable");
    let (recording, outcome) = read_with(&jsonl::READER, &input, &Budget::default());
    assert_eq!(columns(&recording), columns(&lines(text).0));
    assert_eq!(outcome, lines(text).1);
}

#[test]
fn tokens_at_the_border_of_the_buffer_read_the_same() {
    let record = "{\"id\":12345,\"name\":\"Ana \\\"x\\\"\",\"tags\":[\"a\",null,true],\"sub\":{\"k\":-1.25}}\n";
    let count = (300 << 10) / record.len();
    for shift in 0..record.len() {
        let (recording, outcome) = lines(&(" ".repeat(shift) + &record.repeat(count)));
        assert_eq!(outcome.coverage, Coverage::Whole, "{shift}");
        let counts: Vec<(&str, u64, u64)> = recording.datasets[0]
            .fields
            .iter()
            .map(|f| (f.field.path.as_str(), f.count, f.nulls))
            .collect();
        let n = count as u64;
        assert_eq!(
            counts,
            [
                ("id", n, 0),
                ("name", n, 0),
                ("tags.*", 2 * n, n),
                ("sub.k", n, 0)
            ],
            "{shift}"
        );
    }
}

#[test]
fn splits_read_the_same_as_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("x.jsonl");
    let records: Vec<String> = (0..400)
        .map(|n| format!("{{\"id\":{n},\"name\":\"n{n}\",\"k{}\":[{n}]}}\n", n % 7))
        .collect();
    std::fs::write(&path, records.concat()).expect("written");
    let input = Input::file("x.jsonl", &path).expect("readable");
    let budget = Budget {
        split_bytes: 900,
        ..Budget::default()
    };
    assert!(jsonl::READER.plan(&input, &budget).expect("planned").len() > 5);
    let (one, whole) = read_with(&jsonl::READER, &input, &Budget::default());
    let (many, outcome) = read_with(&jsonl::READER, &input, &budget);
    assert_eq!(columns(&one), columns(&many));
    assert_eq!(whole, outcome);
}

/// Every scalar of a value with its path, as the crate `serde_json` reads it.
fn reference(value: &serde_json::Value, path: &str, is_top: bool, out: &mut Vec<(String, String)>) {
    let step = |key: &str| {
        if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}.{key}")
        }
    };
    match value {
        serde_json::Value::Object(entries) => entries
            .iter()
            .for_each(|(key, value)| reference(value, &step(key), false, out)),
        serde_json::Value::Array(elements) => {
            let of = |value: &serde_json::Value| {
                if is_top && value.is_object() {
                    path.to_owned()
                } else {
                    step("*")
                }
            };
            elements
                .iter()
                .for_each(|value| reference(value, &of(value), false, out));
        }
        serde_json::Value::String(text) => out.push((path.to_owned(), text.clone())),
        serde_json::Value::Null => {}
        other => out.push((path.to_owned(), other.to_string())),
    }
}

fn generated(seed: &mut u64, depth: u32) -> serde_json::Value {
    let mut below = |limit: u64| {
        *seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 33) % limit
    };
    let keys = [
        "id",
        "name",
        "na\"me",
        "größe",
        "list",
        "sub",
        "k\\",
        "t\u{1F600}",
    ];
    let texts = [
        "",
        "x",
        "a \"quoted\" word",
        "back\\slash",
        "line\nend",
        "tab\t",
        "é😀",
        "a long text of more than thirty-two bytes, to be sure",
        "\u{1}",
    ];
    match below(if depth > 3 { 5 } else { 7 }) {
        0 => serde_json::Value::Null,
        1 => (below(2) == 0).into(),
        2 => (below(100_000) as i64 - 50_000).into(),
        3 | 4 => texts[below(texts.len() as u64) as usize].into(),
        5 => (0..below(4))
            .map(|_| generated(seed, depth + 1))
            .collect::<Vec<_>>()
            .into(),
        _ => {
            let names: Vec<&str> = (0..below(5))
                .map(|_| keys[below(keys.len() as u64) as usize])
                .collect();
            names
                .into_iter()
                .map(|key| (key.to_owned(), generated(seed, depth + 1)))
                .collect::<serde_json::Map<_, _>>()
                .into()
        }
    }
}

#[test]
fn reads_what_serde_json_reads() {
    let mut seed = 11;
    for round in 0..3_000 {
        let value = generated(&mut seed, 0);
        let text = if round % 2 == 0 {
            serde_json::to_string(&value)
        } else {
            serde_json::to_string_pretty(&value)
        }
        .expect("serialises");
        let mut expected = Vec::new();
        reference(&value, "", true, &mut expected);
        expected
            .iter_mut()
            .filter(|(path, _)| path.is_empty())
            .for_each(|(path, _)| *path = "*".into());
        expected.sort();
        let (recording, outcome) = document(&text);
        let fields = recording.datasets.iter().flat_map(|d| &d.fields);
        let mut got: Vec<(String, String)> = fields
            .flat_map(|f| f.values.iter().map(|v| (f.field.path.clone(), v.clone())))
            .collect();
        got.sort();
        assert_eq!(got, expected, "{text}");
        assert_eq!(outcome.coverage, Coverage::Whole, "{text}");
    }
}

#[test]
fn claims_and_kinds() {
    use crate::source::SourceKind;
    let input = |name: &str, text: &str| Input::bytes(name, text.as_bytes()).expect("readable");
    let log = "{\"ts\":\"2024-01-01\",\"level\":\"info\",\"msg\":\"hello\"}\n{\"ts\":\"2024-01-01\",\"level\":\"info\",\"msg\":\"hello\"}\n";
    assert_eq!(jsonl::READER.claim(&input("app.log", log)), Claim::Content);
    assert_eq!(jsonl::READER.kind(&input("app.log", log)), SourceKind::Log);
    assert_eq!(jsonl::READER.claim(&input("x.json", log)), Claim::Certain);
    assert_eq!(
        jsonl::READER.claim(&input("x.json", "{\"id\":1}\n")),
        Claim::No
    );
    assert_eq!(READER.claim(&input("x.json", "{\"id\":1}\n")), Claim::Name);
    assert_eq!(READER.claim(&input("x", "{\n \"id\":1}\n")), Claim::Content);
    assert_eq!(
        jsonl::READER.claim(&input("x", "{\n \"id\":1}\n")),
        Claim::No
    );
    assert_eq!(
        jsonl::READER.kind(&input("x.jsonl", "{\"id\":1,\"name\":\"x\"}\n")),
        SourceKind::Export
    );
}

#[test]
fn comments_and_trailing_commas_of_configuration_files_are_no_damage() {
    let text = "{\n  // write to ana@example.com\n  \"a\": 1, /* two\n lines */ \"b\": [1, 2,],\n}\n// the end";
    let (recording, outcome) = document(text);
    assert_eq!(outcome.coverage, Coverage::Whole);
    assert_eq!(columns(&recording), ["a: 1 (0)", "b.*: 1|2 (0)"]);
    let (_, outcome) = document("{\"a\": / 1}");
    assert!(partial(&outcome).contains("malformed"));
}
