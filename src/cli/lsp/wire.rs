//! Messages of the language server protocol on a pair of streams: a header with the length, then JSON.
//! Knows nothing of what they mean. What does not parse is told by its kind only: it may hold values.

use anyhow::bail;
use serde_json::Value;
use std::io::{BufRead, Read, Write};

/// Longer messages are refused.
const LONGEST: usize = 64 << 20;
/// Longer headers are refused, too.
const LONGEST_HEADER: u64 = 4 << 10;

/// The next message; `None` where the stream ends.
pub fn read(input: &mut dyn BufRead) -> anyhow::Result<Option<Value>> {
    let mut length = None;
    let mut is_first = true;
    loop {
        let mut line = String::new();
        let count = input.take(LONGEST_HEADER).read_line(&mut line)?;
        if count == 0 {
            if is_first {
                return Ok(None);
            }
            bail!("the client ended in the middle of a message");
        }
        is_first = false;
        let line = line.trim();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse::<usize>().ok();
        }
    }
    let Some(length) = length.filter(|length| *length <= LONGEST) else {
        bail!("the client sent a message without a length, or a longer one than {LONGEST} bytes");
    };
    let mut body = vec![0; length];
    input.read_exact(&mut body)?;
    match serde_json::from_slice(&body) {
        Ok(message) => Ok(Some(message)),
        Err(_) => bail!("the client sent a message that is no JSON"),
    }
}

/// Sends a message.
pub fn write(output: &mut dyn Write, message: &Value) -> anyhow::Result<()> {
    let body = serde_json::to_vec(message)?;
    write!(output, "Content-Length: {}\r\n\r\n", body.len())?;
    output.write_all(&body)?;
    output.flush()?;
    Ok(())
}
