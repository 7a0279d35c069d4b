//! The messages of a mailbox, one after the other, each whole in memory up to a limit; a single message is a mailbox of one.
//! Knows the lines that part messages and nothing of what is in them.

use crate::source::Coverage;
use crate::source::input::{Stream, breaks_off};
use std::io::{self, BufRead, BufReader, Read};

/// Largest message that is read; of a larger one the beginning is.
pub const LARGEST: usize = 64 << 20;

/// Longest piece of a line that is looked at in one go.
const LONGEST_PIECE: u64 = 1 << 20;

/// One message as it stands.
pub struct Raw {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Offset of its first byte in the source.
    pub start: u64,
    /// Line of its first byte, from 1.
    pub line: u64,
    /// Its number, from 1; `None` for a message that is the whole source.
    pub number: Option<u64>,
}

/// Messages as they come.
pub struct Mailbox {
    stream: BufReader<Stream>,
    is_box: bool,
    at: u64,
    lines: u64,
    messages: u64,
    /// The line that begins the next message, where it is read already.
    ended: bool,
    is_started: bool,
    cut: u64,
    failure: Option<io::Error>,
}

impl Mailbox {
    /// Reads a stream; `is_box` where lines beginning with `From ` part its messages.
    pub fn of(stream: Stream, is_box: bool) -> Self {
        Self {
            stream: BufReader::with_capacity(256 << 10, stream),
            is_box,
            at: 0,
            lines: 0,
            messages: 0,
            ended: false,
            is_started: false,
            cut: 0,
            failure: None,
        }
    }

    /// The next message.
    pub fn next_message(&mut self) -> Option<Raw> {
        if self.is_box && !self.is_started {
            self.is_started = true;
            self.piece(&mut Vec::new());
        }
        if self.ended {
            return None;
        }
        self.messages += 1;
        let mut raw = Raw {
            bytes: Vec::new(),
            start: self.at,
            line: self.lines + 1,
            number: self.is_box.then_some(self.messages),
        };
        let (mut piece, mut is_line_start, mut was_blank, mut is_cut) =
            (Vec::new(), true, false, false);
        while self.piece(&mut piece) {
            if self.is_box && is_line_start && was_blank && super::is_mailbox(&piece) {
                self.cut += u64::from(is_cut);
                return Some(raw);
            }
            was_blank = is_line_start && piece.trim_ascii().is_empty();
            is_line_start = piece.ends_with(b"\n");
            let room = LARGEST - raw.bytes.len();
            is_cut |= piece.len() > room;
            raw.bytes.extend_from_slice(&piece[..piece.len().min(room)]);
        }
        self.cut += u64::from(is_cut);
        self.ended = true;
        (!raw.bytes.is_empty()).then_some(raw)
    }

    /// The next line, or a piece of a long one; `false` at the end.
    fn piece(&mut self, piece: &mut Vec<u8>) -> bool {
        piece.clear();
        let mut limited = self.stream.by_ref().take(LONGEST_PIECE);
        if let Err(error) = limited.read_until(b'\n', piece) {
            self.failure = Some(error);
        }
        self.at += piece.len() as u64;
        self.lines += u64::from(piece.ends_with(b"\n"));
        self.ended |= piece.is_empty();
        !piece.is_empty()
    }

    /// Line ends seen.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// How much was read.
    pub fn coverage(&self) -> Coverage {
        let whole = match self.cut {
            0 => Coverage::Whole,
            messages => Coverage::Partial(format!(
                "{messages} messages larger than {} MiB, of which the beginning was read",
                LARGEST >> 20
            )),
        };
        match &self.failure {
            None => whole,
            Some(error) => whole.and(Coverage::Partial(breaks_off(error, self.at))),
        }
    }
}
