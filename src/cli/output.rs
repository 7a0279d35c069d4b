//! Where results go: `--format`, `-o [FORMAT=]FILE`, standard output. A file is written beside its place and renamed.

use super::Global;
use crate::report::{self, Options, Report, Subject};
use anyhow::{Context, bail};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Format and place of the output.
#[derive(clap::Args, Clone, Debug)]
pub struct OutputArgs {
    /// Format of the output [default: text, or what the name of the file says]
    #[arg(long, short = 'f', value_name = "FORMAT", help_heading = "Output")]
    pub format: Option<String>,
    /// Write to a file; may repeat, each with its own format: -o json=inventory.json
    #[arg(long, short, value_name = "[FORMAT=]FILE", help_heading = "Output")]
    pub output: Vec<String>,
    /// CSV: begin with a byte order mark, for Excel
    #[arg(long, help_heading = "Output")]
    pub bom: bool,
    /// CSV: separate cells by this character [default: ,]
    #[arg(long, value_name = "CHAR", help_heading = "Output")]
    pub delimiter: Option<char>,
    /// CSV: leave cells as they are, even those that a spreadsheet program would run as a formula
    #[arg(long, help_heading = "Output")]
    pub raw_csv: bool,
    /// Names of another tool, read by the command that has `--map`.
    #[arg(skip)]
    pub map: Option<std::sync::Arc<crate::report::header_map::HeaderMap>>,
}

/// One output the user asked for.
struct Wanted {
    report: &'static dyn Report,
    file: Option<PathBuf>,
}

impl OutputArgs {
    /// Writes the subject everywhere it is wanted; `default` is the format of standard output where nothing is said.
    /// Every target is checked before the first is written.
    pub fn write(
        &self,
        subject: &Subject<'_>,
        default: &str,
        global: &Global,
        profile: &str,
    ) -> anyhow::Result<()> {
        let wanted = self.wanted(subject, default)?;
        for output in &wanted {
            let options = self.options(global, profile, output.file.is_none())?;
            match &output.file {
                None => {
                    let mut out = io::BufWriter::new(io::stdout().lock());
                    output.report.write(subject, &options, &mut out)?;
                    out.flush()?;
                }
                Some(file) => {
                    write_whole(file, |out| output.report.write(subject, &options, out))?;
                    global.note(&format!("wrote {}", file.display()));
                }
            }
        }
        Ok(())
    }

    /// Whether an output of this format is wanted.
    pub fn has_format(&self, format: &str) -> bool {
        let named = |output: &String| {
            output
                .split_once('=')
                .is_some_and(|(named, _)| named == format)
        };
        self.format.as_deref() == Some(format)
            || self.output.iter().any(named)
            || self
                .output
                .iter()
                .any(|o| Path::new(o).extension().is_some_and(|e| e == format))
    }

    /// Shows the subject on standard output as text.
    pub fn on_screen(&self, subject: &Subject<'_>, global: &Global) -> anyhow::Result<()> {
        let options = self.options(global, "", true)?;
        let mut out = io::BufWriter::new(io::stdout().lock());
        named("text", subject)?.write(subject, &options, &mut out)?;
        Ok(out.flush()?)
    }

    /// Whether standard output is left free for a summary.
    pub fn only_files(&self) -> bool {
        !self.output.is_empty() && self.output.iter().all(|o| o != "-" && !o.ends_with("=-"))
    }

    fn wanted(&self, subject: &Subject<'_>, default: &str) -> anyhow::Result<Vec<Wanted>> {
        if self.output.is_empty() {
            let format = self.format.as_deref().unwrap_or(default);
            return Ok(vec![Wanted {
                report: named(format, subject)?,
                file: None,
            }]);
        }
        self.output
            .iter()
            .map(|output| self.one(output, subject, default))
            .collect()
    }

    fn one(&self, output: &str, subject: &Subject<'_>, default: &str) -> anyhow::Result<Wanted> {
        let known = output
            .split_once('=')
            .and_then(|(format, file)| Some((report::find(format, subject)?, file)));
        let (report, file) = match (known, &self.format) {
            (Some((report, file)), _) => (report, file),
            (None, Some(format)) => (named(format, subject)?, output),
            (None, None) => (
                by_ending(output, subject).map_or_else(|| named(default, subject), Ok)?,
                output,
            ),
        };
        let file = (file != "-").then(|| PathBuf::from(file));
        Ok(Wanted { report, file })
    }

    fn options(&self, global: &Global, profile: &str, on_stdout: bool) -> anyhow::Result<Options> {
        let delimiter = match self.delimiter {
            None => None,
            Some(c) => Some(
                u8::try_from(c)
                    .ok()
                    .filter(u8::is_ascii)
                    .context("--delimiter takes one ASCII character")?,
            ),
        };
        Ok(Options {
            raw_csv: self.raw_csv,
            bom: self.bom,
            delimiter,
            color: on_stdout && global.has_color(),
            verbose: global.verbose,
            width: terminal_width(),
            map: self.map.clone(),
            profile: profile.to_owned(),
        })
    }
}

fn named(format: &str, subject: &Subject<'_>) -> anyhow::Result<&'static dyn Report> {
    match report::find(format, subject) {
        Some(report) => Ok(report),
        None => bail!(
            "there is no format `{format}` here; there are: {}",
            report::formats(subject).join(", ")
        ),
    }
}

fn by_ending(file: &str, subject: &Subject<'_>) -> Option<&'static dyn Report> {
    let ending = Path::new(file).extension()?.to_str()?.to_ascii_lowercase();
    report::REPORTS
        .iter()
        .find(|r| r.endings().contains(&ending.as_str()) && r.renders(subject))
        .copied()
}

fn terminal_width() -> Option<usize> {
    std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok())
}

/// Writes a file whole or not at all: beside its place, then renamed. Devices such as /dev/stdout are written directly.
pub fn write_whole(
    file: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> anyhow::Result<()> {
    let context = || format!("cannot write {}", file.display());
    if file.exists() && !file.is_file() && !file.is_dir() {
        let mut out = io::BufWriter::new(
            std::fs::OpenOptions::new()
                .write(true)
                .open(file)
                .with_context(context)?,
        );
        write(&mut out)
            .and_then(|()| out.flush())
            .with_context(context)?;
        return Ok(());
    }
    let folder = file
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".ropa-").suffix(".part");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut part = builder.tempfile_in(folder).with_context(context)?;
    {
        let mut out = io::BufWriter::new(part.as_file_mut());
        write(&mut out)
            .and_then(|()| out.flush())
            .with_context(context)?;
    }
    part.persist(file)
        .map_err(|e| e.error)
        .with_context(context)?;
    Ok(())
}
