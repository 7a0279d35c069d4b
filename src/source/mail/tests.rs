//! Letters, mailboxes, attachments and broken mail, held against what they should tell.
//! People and addresses are invented.

use super::*;
use crate::source::recording::Recording;

const LETTER: &str = "Return-Path: <joe.roe@example.com>\r\nReceived: from mail.example.com ([192.0.2.7]) by mx.example.org; Sat, 10 Oct 2026 10:00:00 +0000\r\nFrom: \"Joe Roe\" <joe.roe@example.com>\r\nTo: Jane Roe <jane.roe@example.org>, team@example.org\r\nSubject: =?utf-8?q?Caf=C3=A9?= on Friday\r\nDate: Sat, 10 Oct 2026 10:00:00 +0000\r\nMessage-ID: <1@example.com>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nCall me: +1 202 555 0143=2E\r\n--c\r\nContent-Type: text/html\r\n\r\n<p>Call me: <b>+1 202 555 0143</b>.</p><img src=\"https://pixel.example.com/o.gif\">\r\n--c--\r\n--b\r\nContent-Type: text/csv; name=people.csv\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"people.csv\"\r\n\r\nbmFtZSxlbWFpbApKYW5lLGphbmVAZXhhbXBsZS5jb20K\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: ann@example.com\r\nMessage-ID: <2@example.com>\r\nSubject: inner\r\n\r\nhello\r\n--b--\r\n";

fn read(name: &str, text: &str) -> (Recording, Outcome) {
    let input = Input::bytes(name, text.as_bytes()).expect("readable");
    assert!(READER.claim(&input) >= Claim::Name, "{name} is not claimed");
    let mut told = Recording::default();
    let outcome = READER
        .read(&input, &Split::whole(), &Budget::default(), &mut told)
        .expect("read");
    (told, outcome)
}

#[test]
fn a_letter_is_a_row_a_text_and_its_attachments() {
    let (told, outcome) = read("letter.eml", LETTER);
    assert_eq!(outcome.coverage, crate::source::Coverage::Whole);
    let values = |path: &str| told.field_named("letter.eml", path).values.clone();
    assert_eq!(values("from.name"), ["Joe Roe"]);
    assert_eq!(values("from.email"), ["joe.roe@example.com"]);
    assert_eq!(
        values("to.email"),
        ["jane.roe@example.org", "team@example.org"]
    );
    assert_eq!(values("subject"), ["Café on Friday"]);
    assert!(values("received")[0].contains("192.0.2.7"));
    let texts: Vec<&str> = told.texts.iter().map(|(_, _, text)| text.trim()).collect();
    assert_eq!(texts, ["Call me: +1 202 555 0143."]);
    assert_eq!(told.mentions[0].name, "https://pixel.example.com/o.gif");
    let members: Vec<&str> = told.members.iter().map(Input::name).collect();
    assert_eq!(
        members,
        ["letter.eml!/people.csv", "letter.eml!/message.eml"]
    );
    assert_eq!(
        told.members[0].head(),
        b"name,email\nJane,jane@example.com\n"
    );
    assert_eq!(READER.claim(&told.members[1]), Claim::Certain);
}

#[test]
fn a_mailbox_is_a_row_a_message() {
    let text = format!(
        "From joe@example.com Sat Oct 10 10:00:00 2026\r\n{LETTER}\r\nFrom ann@example.com Sat Oct 10 11:00:00 2026\r\nFrom: ann@example.com\r\nMessage-ID: <3@example.com>\r\nSubject: two\r\nTo: x@example.com\r\n\r\nFrom here it is text.\r\n"
    );
    let (told, outcome) = read("inbox", &text);
    assert_eq!(told.dataset_named("inbox").dataset.rows_counted, Some(2));
    assert_eq!(told.field_named("inbox", "from.email").count, 2);
    let members: Vec<&str> = told.members.iter().map(Input::name).collect();
    assert_eq!(members, ["inbox!/1/people.csv", "inbox!/1/message.eml"]);
    let (line, start, last) = told.texts.last().expect("a body");
    assert_eq!(last, "From here it is text.\r\n");
    assert_eq!(&text[*start as usize..], "From here it is text.\r\n");
    assert_eq!(
        text[..*start as usize].matches('\n').count() as u64 + 1,
        *line
    );
    assert_eq!(outcome.lines, text.matches('\n').count() as u64);
}

#[test]
fn broken_mail_ends_and_other_text_is_not_claimed() {
    for at in (0..LETTER.len()).step_by(7) {
        let input = Input::bytes("a.eml", &LETTER.as_bytes()[..at]).expect("readable");
        let mut told = Recording::default();
        READER
            .read(&input, &Split::whole(), &Budget::default(), &mut told)
            .expect("read");
    }
    for text in [
        "to: list\ndate: today\n",
        "From here to there:\nnothing\n",
        "a,b\n1,2\n",
        "",
    ] {
        let input = Input::bytes("a.txt", text.as_bytes()).expect("readable");
        assert_eq!(READER.claim(&input), Claim::No, "{text}");
    }
}

#[test]
fn a_tower_of_messages_ends() {
    let mut text = "Message-ID: <0@example.com>\r\nSubject: x\r\n\r\nend\r\n".to_owned();
    for at in 0..300 {
        text = format!(
            "Message-ID: <{at}@example.com>\r\nContent-Type: multipart/mixed; boundary=b{at}\r\n\r\n--b{at}\r\nContent-Type: message/rfc822\r\n\r\n{text}\r\n--b{at}--\r\n"
        );
    }
    let (told, _) = read("tower.eml", &text);
    assert!(!told.members.is_empty());
}
