//! What readers of logs with fields share: is this such a log, and line by line into columns; lines without the form are text.
//! Knows no form itself.

use crate::field::{Dataset, DatasetKind, TextPlace};
use crate::source::columns::Columns;
use crate::source::lines::Blocks;
use crate::source::{Claim, Input, Outcome, Sink, SourceError, Split, dataset_name, input, text};

/// Longest line that is read as a record; a longer one is text.
const LINE_BYTES: usize = 1 << 20;
/// Lines that a form is recognised by.
const LINES: usize = 200;
/// Endings of names that other readers answer for, or that hold examples of logs rather than logs.
const OTHERS: &[&str] = &[
    "adoc", "css", "csv", "htm", "html", "json", "jsonl", "markdown", "md", "ndjson", "rst", "sql",
    "svg", "tex", "tsv", "xml",
];

/// How a line becomes values: `false`, and nothing pushed, where it has not the form.
pub trait LineForm {
    /// Pushes the values of a line.
    fn push(&mut self, line: &[u8], columns: &mut Columns) -> bool;
}

/// Claims the source if at least four of five lines fit.
pub fn claim(input: &Input, fits: impl Fn(&[u8]) -> bool) -> Claim {
    let head = input.head();
    let ending = input.extension();
    if input.connection().is_some()
        || OTHERS.contains(&ending.as_str())
        || text::is_code_or_config(&ending)
        || text::is_binary(head)
    {
        return Claim::No;
    }
    let is_all = head.len() < input::HEAD_BYTES;
    let whole = if is_all {
        head
    } else {
        &head[..memchr::memrchr(b'\n', head).map_or(0, |end| end + 1)]
    };
    let lines = whole
        .split(|b| *b == b'\n')
        .map(without_carriage_return)
        .filter(|line| !line.is_empty())
        .take(LINES);
    let (all, fitting) = lines.fold((0, 0), |(all, fitting), line| {
        (all + 1, fitting + usize::from(fits(line)))
    });
    if all > 0 && fitting * 5 >= all * 4 {
        Claim::Content
    } else {
        Claim::No
    }
}

/// Reads a split of a log into one dataset named as the file.
pub fn read<F: LineForm>(
    input: &Input,
    split: &Split,
    sink: &mut dyn Sink,
    form: impl FnOnce(&mut Columns, &mut dyn Sink) -> F,
) -> Result<Outcome, SourceError> {
    let mut blocks = Blocks::of(input, split, LINE_BYTES)?;
    let dataset = sink.dataset(Dataset {
        name: dataset_name(input),
        kind: DatasetKind::Log,
        ..Dataset::default()
    });
    let mut columns = Columns::new(dataset);
    let mut form = form(&mut columns, sink);
    while let Some(block) = blocks.next_block() {
        if block.is_piece {
            sink.text(
                block.bytes,
                TextPlace {
                    start: block.start,
                    line: block.line,
                },
            );
            continue;
        }
        let mut strays = Strays {
            bytes: block.bytes,
            start: block.start,
            line: block.line,
            from: 0,
            to: 0,
        };
        let mut at = 0;
        for end in memchr::memchr_iter(b'\n', block.bytes)
            .map(|end| end + 1)
            .chain([block.bytes.len()])
        {
            let line = without_carriage_return(
                block.bytes[at..end]
                    .strip_suffix(b"\n")
                    .unwrap_or(&block.bytes[at..end]),
            );
            if form.push(line, &mut columns) {
                strays.push(sink);
                columns.flush_if_full(sink);
            } else {
                strays.add(at, end);
            }
            at = end;
        }
        strays.push(sink);
    }
    columns.flush(sink);
    Ok(Outcome {
        coverage: blocks.coverage(),
        lines: blocks.lines(),
        unresolved: 0,
    })
}

/// Lines next to each other that have not the form: pushed together.
struct Strays<'a> {
    bytes: &'a [u8],
    start: u64,
    /// Line of `from` when it is counted; of the block's first byte before.
    line: u64,
    from: usize,
    to: usize,
}

impl Strays<'_> {
    fn add(&mut self, from: usize, to: usize) {
        if self.from == self.to {
            self.from = from;
        }
        self.to = to;
    }

    fn push(&mut self, sink: &mut dyn Sink) {
        let text = &self.bytes[self.from..self.to];
        if !text.trim_ascii().is_empty() {
            let line =
                self.line + memchr::memchr_iter(b'\n', &self.bytes[..self.from]).count() as u64;
            sink.text(
                text,
                TextPlace {
                    start: self.start + self.from as u64,
                    line,
                },
            );
        }
        (self.from, self.to) = (0, 0);
    }
}

fn without_carriage_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}
