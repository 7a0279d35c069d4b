//! Archives made by the crate `tar`, whole and broken, held against the entries they should hand on.
//! A sink that reads members as they come stands for a scan.

use super::*;
use crate::source::recording::Recording;
use std::io::{Cursor, Write};

fn tar(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    for (name, content) in entries {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder
            .append_data(&mut header, name, *content)
            .expect("memory takes all");
    }
    builder.into_inner().expect("memory takes all")
}

fn read_input(input: &Input) -> (Vec<(String, Option<String>)>, Outcome) {
    let mut reading = Reading::default();
    assert!(READER.claim(input) >= Claim::Name);
    let outcome = READER
        .read(input, &Split::whole(), &Budget::default(), &mut reading)
        .expect("read");
    (reading.0, outcome)
}

fn read(bytes: &[u8]) -> (Vec<(String, Option<String>)>, Outcome) {
    let (all, outcome) = read_input(&Input::bytes("a.tar", bytes).expect("readable"));
    let stream = Input::stream("a.tar", Box::new(Cursor::new(bytes.to_vec()))).expect("readable");
    assert_eq!(read_input(&stream), (all.clone(), outcome.clone()));
    (all, outcome)
}

/// Reads members as they come, as a scan does: name and content, or why not.
#[derive(Default)]
struct Reading(Vec<(String, Option<String>)>);

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
            Some(_) => None,
            None => {
                let mut bytes = Vec::new();
                let _ = member.open()?.read_to_end(&mut bytes);
                Some(String::from_utf8_lossy(&bytes).into_owned())
            }
        };
        self.0.push((member.name().to_owned(), content));
        Ok(())
    }
}

#[test]
fn entries_are_handed_on_in_order() {
    let long = format!("{}/c.csv", "folder/".repeat(40));
    let large = "a line of a large file\n".repeat(100_000);
    let bytes = tar(&[
        ("a.txt", b"one"),
        (&long, b"two"),
        ("large.log", large.as_bytes()),
        ("empty", b""),
    ]);
    let (all, outcome) = read(&bytes);
    assert_eq!(outcome, Outcome::whole());
    let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    let long = format!("a.tar!/{long}").replace("//", "/");
    assert_eq!(
        names,
        ["a.tar!/a.txt", &long, "a.tar!/large.log", "a.tar!/empty"]
    );
    assert_eq!(all[0].1.as_deref(), Some("one"));
    assert_eq!(all[1].1.as_deref(), Some("two"));
    assert_eq!(all[2].1.as_deref(), Some(large.as_str()));
}

#[test]
fn pax_names_and_sizes_count() {
    let record = |key: &str, value: &str| {
        let body = format!(" {key}={value}\n");
        let length = body.len() + 2;
        format!("{length}{body}")
    };
    let mut entry = Entry::default();
    entry.extend(format!("{}{}", record("path", "ä/b.csv"), record("size", "12345")).as_bytes());
    assert_eq!(entry.name.as_deref(), Some("ä/b.csv"));
    assert_eq!(entry.size, Some(12_345));
    for broken in [
        "",
        "x",
        "99 path=a",
        "0 a",
        "5 ",
        "18446744073709551616 a=b\n",
    ] {
        Entry::default().extend(broken.as_bytes());
    }
}

#[test]
fn links_are_listed_and_not_followed() {
    let mut builder = ::tar::Builder::new(Vec::new());
    let mut header = ::tar::Header::new_gnu();
    header.set_entry_type(::tar::EntryType::Symlink);
    header.set_size(0);
    builder
        .append_link(&mut header, "passwords", "/etc/passwd")
        .expect("memory takes all");
    let mut bytes = builder.into_inner().expect("memory takes all");
    bytes.truncate(bytes.len() - 1_024);
    bytes.extend(tar(&[("b.txt", b"after")]));
    let (all, outcome) = read(&bytes);
    assert_eq!(
        all,
        [
            ("a.tar!/passwords".into(), None),
            ("a.tar!/b.txt".into(), Some("after".into()))
        ]
    );
    assert_eq!(outcome, Outcome::whole());
}

#[test]
fn what_stands_before_the_damage_is_kept() {
    let large = "x".repeat(2_000);
    let bytes = tar(&[
        ("a.txt", b"one"),
        ("b.txt", large.as_bytes()),
        ("c.txt", b"three"),
    ]);
    let (all, outcome) = read(&bytes[..2_000]);
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].1.as_deref(), Some("one"));
    assert!(all[1].1.as_deref().is_some_and(|b| large.starts_with(b)));
    assert!(matches!(outcome.coverage, Coverage::Partial(why) if why.contains("breaks off")));
    let mut wrong = bytes.clone();
    wrong[1_024] ^= 1;
    let (all, outcome) = read(&wrong);
    assert_eq!(all.len(), 1);
    assert!(matches!(outcome.coverage, Coverage::Partial(why) if why.contains("byte 1024")));
}

#[test]
fn compressed_archives_are_archives() {
    let bytes = tar(&[("a.txt", b"one"), ("b.txt", b"two")]);
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&bytes).expect("memory takes all");
    let (all, _) = read(&packer.finish().expect("memory takes all"));
    assert_eq!(all.len(), 2);
    let (all, _) = read(&zstd::encode_all(bytes.as_slice(), 1).expect("memory takes all"));
    assert_eq!(all[1].1.as_deref(), Some("two"));
}

#[test]
fn layers_do_not_multiply_what_may_be_unpacked() {
    let zeros = zstd::encode_all(&*vec![0; 9 << 20], 1).expect("memory takes all");
    let entries: Vec<(String, &[u8])> = (0..20)
        .map(|at| (format!("{at}.zst"), zeros.as_slice()))
        .collect();
    let entries: Vec<(&str, &[u8])> = entries.iter().map(|(n, b)| (n.as_str(), *b)).collect();
    let (all, outcome) = read(&tar(&entries));
    assert!(all.len() < 4, "{} entries of a bomb were read", all.len());
    assert!(
        matches!(outcome.coverage, Coverage::Partial(why) if why.contains("decompression bomb"))
    );
}

#[test]
fn what_is_no_archive_is_not_claimed() {
    for bytes in [&[0; 1_024][..], &[b'a'; 1_024], b"ustar", b""] {
        let input = Input::bytes("a.tar", bytes).expect("readable");
        assert_eq!(READER.claim(&input), Claim::No);
    }
}
