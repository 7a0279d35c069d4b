//! Progress bars, on a terminal only. The scan tells events; nobody else knows indicatif.

use crate::report::text::printable;
use crate::scan::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// A bar of bytes and the source read last.
pub struct Bars {
    bytes: ProgressBar,
}

impl Bars {
    /// Bars on standard error, `None` where it is no terminal.
    pub fn on_terminal() -> Option<Self> {
        let is_shown = std::io::stderr().is_terminal() && std::env::var_os("CI").is_none();
        is_shown.then(|| {
            let bytes =
                ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(10));
            let template = "{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {wide_msg}";
            bytes.set_style(
                ProgressStyle::with_template(template)
                    .unwrap_or_else(|_| ProgressStyle::default_bar()),
            );
            Self { bytes }
        })
    }
}

impl Progress for Bars {
    fn planned(&self, _sources: usize, bytes: u64) {
        self.bytes.set_length(bytes);
    }

    fn done(&self, source: &str, bytes: u64) {
        self.bytes.inc(bytes);
        self.bytes.set_message(printable(source));
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        self.bytes.finish_and_clear();
    }
}
