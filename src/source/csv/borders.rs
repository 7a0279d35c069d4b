//! Where a big file of delimited records can be cut: at line ends outside quotes, proven by a pass over every quote.
//! Gives up where a quote stands where none may, since then only a parser knows what it means.

use super::layout::Layout;
use super::tape::RECORD_BYTES;
use rayon::prelude::*;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

/// Bytes looked at together.
const BLOCK_BYTES: usize = 256 << 10;

/// The borders between splits of about `split_bytes`, beginning with 0 and ending with `size`; `None` where no cut is safe.
pub fn find(
    path: &Path,
    size: u64,
    layout: &Layout,
    split_bytes: u64,
) -> io::Result<Option<Vec<u64>>> {
    let mut cuts = vec![layout.body as u64];
    while cuts
        .last()
        .is_some_and(|last| last + split_bytes + split_bytes / 2 < size)
    {
        cuts.push(cuts[cuts.len() - 1] + split_bytes);
    }
    cuts.push(size);
    let chunks: Vec<Range<u64>> = cuts.windows(2).map(|pair| pair[0]..pair[1]).collect();
    let quote = layout.dialect.quote;
    let counts: Vec<u64> = chunks
        .par_iter()
        .map(|chunk| count_of(path, chunk, quote))
        .collect::<io::Result<_>>()?;
    let starts_inside = counts.iter().scan(false, |inside, count| {
        let start = *inside;
        *inside ^= count % 2 == 1;
        Some(start)
    });
    let tasks: Vec<(&Range<u64>, bool)> = chunks.iter().zip(starts_inside).collect();
    let checked: Vec<Option<u64>> = tasks
        .par_iter()
        .map(|(chunk, inside)| border_of(path, chunk, size, *inside, layout))
        .collect::<io::Result<_>>()?;
    let Some(mut borders) = checked.into_iter().collect::<Option<Vec<u64>>>() else {
        return Ok(None);
    };
    // The first chunk begins after the header, but its split holds the beginning of the file.
    borders[0] = 0;
    borders.retain(|border| *border < size);
    borders.push(size);
    Ok(Some(borders))
}

fn count_of(path: &Path, chunk: &Range<u64>, quote: u8) -> io::Result<u64> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(chunk.start))?;
    let mut part = file.take(chunk.end - chunk.start);
    let mut block = vec![0; BLOCK_BYTES];
    let mut count = 0;
    loop {
        let read = part.read(&mut block)?;
        if read == 0 {
            return Ok(count);
        }
        count += memchr::memchr_iter(quote, &block[..read]).count() as u64;
    }
}

/// The first beginning of a record in the chunk, if every quote of the chunk is where one may be.
fn border_of(
    path: &Path,
    chunk: &Range<u64>,
    size: u64,
    inside: bool,
    layout: &Layout,
) -> io::Result<Option<u64>> {
    let mut file = File::open(path)?;
    let mut check = Check {
        layout,
        inside,
        opened: chunk.start,
        border: None,
    };
    let mut at = chunk.start;
    let mut window = Vec::with_capacity(BLOCK_BYTES + 2);
    while at < chunk.end {
        // One byte before and one after, so that each quote is seen with its neighbours.
        let end = (at + BLOCK_BYTES as u64).min(chunk.end);
        let before = u64::from(at > 0);
        window.clear();
        file.seek(SeekFrom::Start(at - before))?;
        (&mut file)
            .take(end - at + before + 1)
            .read_to_end(&mut window)?;
        let has_all = window.len() as u64 >= before + (end - at).min(size - at);
        if !has_all || !check.block(&window, before as usize, (before + end - at) as usize, at) {
            return Ok(None);
        }
        at = end;
    }
    Ok(check.border)
}

struct Check<'a> {
    layout: &'a Layout,
    inside: bool,
    opened: u64,
    border: Option<u64>,
}

impl Check<'_> {
    /// Looks at `window[from..to]`, which begins at offset `start` of the file; whether all quotes are in their places.
    fn block(&mut self, window: &[u8], from: usize, to: usize, start: u64) -> bool {
        let quote = self.layout.dialect.quote;
        let offset_of = |at: usize| start + (at - from) as u64;
        let mut at = from;
        // Up to the first border line ends matter too.
        while self.border.is_none() && at < to {
            let Some(step) = memchr::memchr2(quote, b'\n', &window[at..to]) else {
                return true;
            };
            at += step;
            if window[at] == quote {
                if !self.toggle(window, at, offset_of(at)) {
                    return false;
                }
            } else if !self.inside {
                self.border = Some(offset_of(at) + 1);
            }
            at += 1;
        }
        memchr::memchr_iter(quote, &window[at..to])
            .all(|step| self.toggle(window, at + step, offset_of(at + step)))
    }

    /// A quote opens after a delimiter or line end and closes before one; a doubled one closes and opens again.
    fn toggle(&mut self, window: &[u8], at: usize, offset: u64) -> bool {
        let dialect = self.layout.dialect;
        let is_edge =
            |byte: u8| byte == dialect.delimiter || byte == b'\n' || byte == dialect.quote;
        let is_placed = if self.inside {
            // A cell so long that reading would give it up is no ground to cut on.
            let is_short = offset - self.opened < RECORD_BYTES as u64 / 2;
            is_short
                && window
                    .get(at + 1)
                    .is_none_or(|next| is_edge(*next) || *next == b'\r')
        } else {
            self.opened = offset;
            at.checked_sub(1)
                .is_none_or(|before| is_edge(window[before]))
        };
        self.inside = !self.inside;
        is_placed
    }
}
