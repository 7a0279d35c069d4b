//! Tar archives, plain or compressed, read from front to back: each entry goes back to be read as a source of its own.
//! Knows the archive and nothing of what lies in it.

use super::decode::Allowance;
use super::input::{Stream, breaks_off};
use super::member::Members;
use super::{
    At, Budget, Claim, Coverage, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split,
};
use header::{BLOCK, Entry, Header, Kind};
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

#[path = "tar/header.rs"]
mod header;

/// The reader of tar archives.
pub static READER: Tar = Tar;

/// Tar archives: ustar, pax, GNU.
pub struct Tar;

impl Reader for Tar {
    fn format(&self) -> &'static str {
        "tar"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Export
    }

    fn claim(&self, input: &Input) -> Claim {
        match input.head().first_chunk::<BLOCK>() {
            Some(block) if input.connection().is_none() => match Header::of(block) {
                Ok(Some(header)) if header.is_ustar() => Claim::Certain,
                // Before 1988 there was no magic number: the name and the checksum must do.
                Ok(Some(_)) if input.extension() == "tar" => Claim::Name,
                _ => Claim::No,
            },
            _ => Claim::No,
        }
    }

    fn read(
        &self,
        input: &Input,
        _: &Split,
        _: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        let (stream, allowance) = input.open_within()?;
        let mut archive = Archive::new(stream);
        let mut members = Members::of(input, Arc::clone(&allowance));
        let coverage = match archive.each(&allowance, &mut members, sink) {
            Ok(()) => Coverage::Whole,
            Err(SourceError::Limit(why)) => Coverage::Partial(why),
            Err(SourceError::Malformed { reason, .. }) => Coverage::Partial(reason),
            Err(SourceError::Io(error)) => Coverage::Partial(breaks_off(&error, archive.at())),
            Err(other) => return Err(other),
        };
        Ok(Outcome {
            coverage,
            ..Outcome::whole()
        })
    }
}

/// The archive's bytes, shared with the entry that is being read.
struct Shared {
    stream: Stream,
    /// Bytes taken so far.
    at: u64,
    /// Where the entry that may read ends.
    entry_end: u64,
}

impl Shared {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(out)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// One entry's content: reads on in the archive, up to its end, and no more once the archive has moved on.
struct Piece {
    shared: Arc<Mutex<Shared>>,
    end: u64,
}

impl Read for Piece {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if shared.entry_end != self.end {
            return Ok(0);
        }
        let left = usize::try_from(self.end - shared.at).unwrap_or(usize::MAX);
        let wanted = out.len().min(left);
        if wanted == 0 {
            return Ok(0);
        }
        match shared.read(&mut out[..wanted])? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            read => Ok(read),
        }
    }
}

struct Archive {
    shared: Arc<Mutex<Shared>>,
}

impl Archive {
    fn new(stream: Stream) -> Self {
        let shared = Shared {
            stream,
            at: 0,
            entry_end: 0,
        };
        Self {
            shared: Arc::new(Mutex::new(shared)),
        }
    }

    fn at(&self) -> u64 {
        self.with(|shared| shared.at)
    }

    fn with<T>(&self, work: impl FnOnce(&mut Shared) -> T) -> T {
        work(&mut self.shared.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn each(
        &mut self,
        allowance: &Arc<Allowance>,
        members: &mut Members,
        sink: &mut dyn Sink,
    ) -> Result<(), SourceError> {
        let mut told = Entry::default();
        while let Some(header) = self.next_header()? {
            match header.kind() {
                Kind::LongName => told.name = Some(self.text(&header)?),
                Kind::LongLink => drop(self.text(&header)?),
                Kind::Extended => told.extend(&self.bytes(&header)?),
                // What holds for all that follow are times and comments.
                Kind::Global => drop(self.bytes(&header)?),
                kind => {
                    let entry = std::mem::take(&mut told);
                    self.entry(kind, &header, entry, members, sink)?;
                }
            }
            if let Some(bomb) = allowance.spent() {
                return Err(SourceError::Limit(bomb.to_string()));
            }
        }
        Ok(())
    }

    fn entry(
        &mut self,
        kind: Kind,
        header: &Header,
        told: Entry,
        members: &mut Members,
        sink: &mut dyn Sink,
    ) -> Result<(), SourceError> {
        let size = told.size.unwrap_or(header.size()?);
        let name = told.name.unwrap_or_else(|| header.name());
        let refused = |why: &str| Some(Coverage::Skipped(why.into()));
        let refusal = match kind {
            Kind::Folder => return self.skip(size),
            Kind::Link => refused("a link; what it points to is read where it stands"),
            Kind::Other => refused("not a regular file"),
            _ => None,
        };
        if header.is_sparse_with_more() {
            self.skip_sparse_maps()?;
        }
        let name = members.name(&name);
        // Links carry no content, whatever size they name.
        let size = if matches!(kind, Kind::Link) { 0 } else { size };
        if let Some(why) = refusal {
            members.refuse(name, Some(size), why, sink)?;
            return self.skip(size);
        }
        let start = self.at();
        let end = start.checked_add(size).ok_or_else(|| damaged(start))?;
        self.with(|shared| shared.entry_end = end);
        let piece = Piece {
            shared: Arc::clone(&self.shared),
            end,
        };
        let handed = members.hand(name, Some(size), Box::new(piece), sink);
        self.with(|shared| shared.entry_end = 0);
        handed?;
        self.skip(end - self.at())?;
        self.skip(padding(size))
    }

    /// The next header; `None` at the end, which two blocks of zeros or the end of the stream mark.
    fn next_header(&mut self) -> Result<Option<Header>, SourceError> {
        let mut block = [0; BLOCK];
        let at = self.at();
        let read = self.fill(&mut block)?;
        if read == 0 {
            return Ok(None);
        }
        if read < BLOCK {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        Header::of(&block).map_err(|_| damaged(at))
    }

    /// Content of a header that describes the next one.
    fn bytes(&mut self, header: &Header) -> Result<Vec<u8>, SourceError> {
        let size = header.size()?;
        if size > header::LONGEST {
            return Err(damaged(self.at()));
        }
        let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
        if self.fill(&mut bytes)? < bytes.len() {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        self.skip(padding(size))?;
        Ok(bytes)
    }

    fn text(&mut self, header: &Header) -> Result<String, SourceError> {
        Ok(header::text(&self.bytes(header)?))
    }

    fn skip_sparse_maps(&mut self) -> Result<(), SourceError> {
        loop {
            let mut block = [0; BLOCK];
            if self.fill(&mut block)? < BLOCK {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            if block[504] == 0 {
                return Ok(());
            }
        }
    }

    fn fill(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.with(|shared| {
            let mut filled = 0;
            while filled < out.len() {
                match shared.read(&mut out[filled..])? {
                    0 => break,
                    read => filled += read,
                }
            }
            Ok(filled)
        })
    }

    fn skip(&mut self, bytes: u64) -> Result<(), SourceError> {
        let mut left = bytes;
        let mut block = vec![0; usize::try_from(bytes.min(64 << 10)).unwrap_or(0)];
        while left > 0 {
            let wanted = block.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            match self.with(|shared| shared.read(&mut block[..wanted]))? {
                0 => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
                read => left -= read as u64,
            }
        }
        Ok(())
    }
}

/// Bytes up to the next whole block.
fn padding(size: u64) -> u64 {
    size.next_multiple_of(BLOCK as u64) - size
}

fn damaged(at: u64) -> SourceError {
    SourceError::Malformed {
        format: "tar",
        reason: format!("the archive is damaged at byte {at}; what follows was not read"),
        at: At(None),
    }
}

#[cfg(test)]
#[path = "tar/tests.rs"]
mod tests;
