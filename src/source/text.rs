//! Plain text of any kind: prose, Markdown, configuration, code that no other reader knows.
//! Pushes the text as it stands, in blocks; says of binary files that they were skipped.

use super::lines::{self, Blocks};
use super::{
    Budget, Claim, Coverage, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split,
};
use crate::field::TextPlace;

/// The reader of plain text.
pub static READER: Text = Text;

/// Plain text.
pub struct Text;

const CODE: &[&str] = &[
    "c", "cc", "cpp", "cs", "dart", "ex", "exs", "go", "groovy", "h", "hpp", "java", "js", "jsx",
    "kt", "kts", "lua", "m", "php", "pl", "ps1", "py", "r", "rb", "rs", "scala", "sh", "swift",
    "ts", "tsx", "vb", "vue",
];
const CONFIG: &[&str] = &[
    "cfg",
    "conf",
    "config",
    "editorconfig",
    "env",
    "ini",
    "properties",
    "tf",
    "tfvars",
    "toml",
    "yaml",
    "yml",
];

impl Reader for Text {
    fn format(&self) -> &'static str {
        "text"
    }

    fn kind(&self, input: &Input) -> SourceKind {
        let ending = input.extension();
        match ending.as_str() {
            code if CODE.contains(&code) => SourceKind::Code,
            config if CONFIG.contains(&config) => SourceKind::Config,
            _ => SourceKind::Document,
        }
    }

    fn claim(&self, input: &Input) -> Claim {
        if input.connection().is_some() {
            Claim::No
        } else {
            Claim::Fallback
        }
    }

    fn plan(&self, input: &Input, budget: &Budget) -> Result<Vec<Split>, SourceError> {
        if is_binary(input.head()) {
            return Ok(vec![Split::whole()]);
        }
        lines::splits(input, budget.split_bytes)
    }

    fn read(
        &self,
        input: &Input,
        split: &Split,
        _: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        if is_binary(input.head()) {
            return Ok(Outcome {
                coverage: Coverage::Skipped("binary".into()),
                lines: 0,
                unresolved: 0,
            });
        }
        let mut blocks = Blocks::of(input, split, 0)?;
        while let Some(block) = blocks.next_block() {
            sink.text(
                block.bytes,
                TextPlace {
                    start: block.start,
                    line: block.line,
                },
            );
        }
        Ok(Outcome {
            coverage: blocks.coverage(),
            lines: blocks.lines(),
            unresolved: 0,
        })
    }
}

/// Whether the ending of a name is one of code or configuration.
pub fn is_code_or_config(ending: &str) -> bool {
    CODE.contains(&ending) || CONFIG.contains(&ending)
}

/// Whether bytes that begin so are no text: zeros, control characters, or the mark of a known binary format.
pub fn is_binary(head: &[u8]) -> bool {
    const MARKS: &[&[u8]] = &[
        b"%PDF-",
        b"PK\x03\x04",
        b"\x89PNG",
        b"GIF8",
        b"\xff\xd8\xff",
        b"7z\xbc\xaf",
        b"Rar!\x1a",
        b"OggS",
    ];
    let is_control = |byte: &&u8| matches!(byte, 0..=8 | 14..=26 | 28..=31 | 127);
    let controls = head.iter().filter(is_control).count();
    memchr::memchr(0, head).is_some()
        || controls * 20 > head.len()
        || MARKS.iter().any(|mark| head.starts_with(mark))
}
