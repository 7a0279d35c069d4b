//! Archives made by the crate `zip`, whole, broken and hostile, held against the entries they should hand on.
//! A sink that reads members as they come stands for a scan.

use super::*;
use crate::source::recording::Recording;
use ::zip::write::SimpleFileOptions;
use ::zip::{CompressionMethod, ZipWriter};
use std::io::{Cursor, Read, Write};

type Members = Vec<(String, Result<String, String>)>;

fn zip(entries: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        let options = SimpleFileOptions::default().compression_method(method);
        writer.start_file(*name, options).expect("a name");
        writer.write_all(content).expect("memory takes all");
    }
    writer.finish().expect("memory takes all").into_inner()
}

/// Reads members as they come, as a scan does: name, and content or why not.
#[derive(Default)]
struct Reading(Members);

impl Sink for Reading {
    fn dataset(&mut self, dataset: crate::field::Dataset) -> super::super::DatasetId {
        Recording::default().dataset(dataset)
    }
    fn field(
        &mut self,
        _: super::super::DatasetId,
        _: crate::field::Field,
    ) -> super::super::FieldId {
        unreachable!("an archive has no fields")
    }
    fn values(&mut self, _: super::super::FieldId, _: crate::value::Values<'_>) {}
    fn text(&mut self, _: &[u8], _: crate::field::TextPlace) {}
    fn member(&mut self, member: Input) -> Result<(), SourceError> {
        let content = match member.refusal() {
            Some(why) => Err(why.reason().unwrap_or_default().to_owned()),
            None => {
                let mut bytes = Vec::new();
                let end = member.open()?.read_to_end(&mut bytes);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                end.map(|_| text)
                    .map_err(|e| super::super::input::breaks_off(&e, 0))
            }
        };
        self.0.push((member.name().to_owned(), content));
        Ok(())
    }
}

fn try_read(bytes: &[u8]) -> (Members, Result<Outcome, SourceError>) {
    let mut reading = Reading::default();
    let input = Input::bytes("a.zip", bytes).expect("readable");
    let outcome = READER.read(&input, &Split::whole(), &Budget::default(), &mut reading);
    (reading.0, outcome)
}

fn read(bytes: &[u8]) -> (Members, Coverage) {
    let (members, outcome) = try_read(bytes);
    (members, outcome.expect("read").coverage)
}

#[test]
fn entries_are_handed_on_in_order() {
    let large = "a line of a large file\n".repeat(100_000);
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let bytes = zip(
            &[
                ("in/a.txt", b"one"),
                ("b.log", large.as_bytes()),
                ("c", b""),
            ],
            method,
        );
        for before in [&b""[..], b"#!/bin/sh\nthis unpacks itself\n"] {
            let (all, coverage) = read(&[before, &bytes].concat());
            assert_eq!(coverage, Coverage::Whole);
            assert_eq!(
                all,
                [
                    ("a.zip!/in/a.txt".into(), Ok("one".into())),
                    ("a.zip!/b.log".into(), Ok(large.clone())),
                    ("a.zip!/c".into(), Ok(String::new())),
                ]
            );
        }
    }
}

#[test]
fn large_numbers_are_read_in_full() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().large_file(true);
    for at in 0..66_000 {
        writer.start_file(at.to_string(), options).expect("a name");
    }
    let bytes = writer.finish().expect("memory takes all").into_inner();
    let input = Input::bytes("a.zip", bytes).expect("readable");
    let directory = Directory::read(&input.ranges(0).expect("bytes")).expect("read");
    assert_eq!(directory.entries.len(), 66_000);
    assert_eq!(directory.damage, None);
    assert_eq!(directory.entries[65_999].name, "65999");
}

#[test]
fn a_name_that_stands_twice_hides_nothing() {
    let mut bytes = zip(
        &[("a.csv", b"one"), ("b.csv", b"two")],
        CompressionMethod::Stored,
    );
    let name = b"b.csv";
    let places: Vec<usize> = memchr::memmem::find_iter(&bytes, name).collect();
    places.iter().for_each(|at| bytes[*at] = b'a');
    let (all, _) = read(&bytes);
    assert_eq!(
        all,
        [
            ("a.zip!/a.csv".into(), Ok("one".into())),
            ("a.zip!/a (2).csv".into(), Ok("two".into())),
        ]
    );
}

#[test]
fn encrypted_and_unknown_entries_have_a_reason() {
    let bytes = zip(
        &[("a.csv", b"one"), ("b.csv", b"two")],
        CompressionMethod::Stored,
    );
    let entry = memchr::memmem::find(&bytes, b"PK\x01\x02").expect("a directory");
    let mut encrypted = bytes.clone();
    encrypted[entry + 8] |= 1;
    let (all, _) = read(&encrypted);
    assert!(matches!(&all[0].1, Err(why) if why.contains("password")));
    assert_eq!(all[1].1.as_deref(), Ok("two"));
    let mut unknown = bytes.clone();
    unknown[entry + 10] = 9;
    assert!(matches!(&read(&unknown).0[0].1, Err(why) if why.contains("deflate64")));
}

#[test]
fn content_is_held_to_its_checksum_and_size() {
    let bytes = zip(&[("a.csv", b"one")], CompressionMethod::Stored);
    let mut wrong = bytes.clone();
    let at = memchr::memmem::find(&bytes, b"one").expect("stored");
    wrong[at] = b'O';
    assert!(matches!(&read(&wrong).0[0].1, Err(why) if why.contains("damaged")));
    let entry = memchr::memmem::find(&bytes, b"PK\x01\x02").expect("a directory");
    let mut longer = bytes.clone();
    longer[entry + 24] = 9;
    assert!(matches!(&read(&longer).0[0].1, Err(why) if why.contains("breaks off")));
}

#[test]
fn an_archive_without_its_directory_gives_what_is_there() {
    let large = "a line of a large file\n".repeat(1_000);
    let bytes = zip(
        &[("a.txt", b"one"), ("b.txt", large.as_bytes())],
        CompressionMethod::Stored,
    );
    let (all, coverage) = read(&bytes[..bytes.len() / 2]);
    assert_eq!(all[0], ("a.zip!/a.txt".into(), Ok("one".into())));
    assert_eq!(all.len(), 2);
    assert!(all[1].1.is_err());
    assert!(matches!(coverage, Coverage::Partial(why) if why.contains("directory is missing")));
    assert!(try_read(b"PK\x03\x04").1.is_err());
}

#[test]
fn entries_that_share_their_bytes_are_not_read_twice() {
    let mut bytes = zip(
        &[("a.csv", b"one"), ("b.csv", b"two")],
        CompressionMethod::Stored,
    );
    let second = memchr::memmem::rfind(&bytes, b"PK\x01\x02").expect("a directory");
    bytes[second + 42..second + 46].copy_from_slice(&[0; 4]);
    let (all, _) = read(&bytes);
    assert_eq!(all[0].1.as_deref(), Ok("one"));
    assert!(matches!(&all[1].1, Err(why) if why.contains("bomb")));
}

#[test]
fn a_bomb_is_stopped() {
    let zeros = vec![0; 30 << 20];
    let bytes = zip(
        &[("a.csv", &zeros), ("b.csv", b"two")],
        CompressionMethod::Deflated,
    );
    let (all, coverage) = read(&bytes);
    assert_eq!(all.len(), 1);
    assert!(matches!(&all[0].1, Err(why) if why.contains("decompression bomb")));
    assert!(matches!(coverage, Coverage::Partial(why) if why.contains("decompression bomb")));
}

#[test]
fn splits_cover_every_entry_once() {
    let entry = |size| Entry {
        size,
        ..Entry::default()
    };
    let entries: Vec<Entry> = [5, 20, 1, 1, 1, 9, 30].map(entry).into();
    let parts: Vec<String> = splits(&entries, 10).into_iter().map(|s| s.part).collect();
    assert_eq!(parts, ["0-2", "2-6", "6-7"]);
    assert_eq!(splits(&[], 10).len(), 1);
    assert_eq!(part("2-6"), Some(2..6));
    assert_eq!(part(""), None);
}

#[test]
fn any_bytes_after_the_mark_end_with_a_reason() {
    let bytes = zip(
        &[("a.csv", b"one"), ("b.csv", b"two")],
        CompressionMethod::Deflated,
    );
    for at in 0..bytes.len() {
        for value in [0, 0xff, bytes[at] ^ 0x10] {
            let mut wrong = bytes.clone();
            wrong[at] = value;
            let _ = try_read(&wrong);
        }
        let _ = try_read(&bytes[..at]);
    }
}
