//! Where things stand in code: lines, words, and the end of an item, past quotes, brackets and comments.
//! Knows marks, not languages: which marks count is told to it.

use std::ops::Range;

/// The marks of a language.
#[derive(Clone, Copy, Debug)]
pub struct Marks {
    /// Characters that open and close text.
    pub quotes: &'static str,
    /// What begins a comment to the end of the line.
    pub line_comments: &'static [&'static str],
    /// Whether `/* … */` is a comment.
    pub block_comments: bool,
    /// Whether a backslash escapes inside text.
    pub backslash: bool,
}

/// The bytes of a line, from 1, without its end.
pub fn line(text: &str, number: u64) -> Option<Range<usize>> {
    let wanted = usize::try_from(number).ok()?.checked_sub(1)?;
    let mut start = 0;
    for (at, line) in text.split_inclusive('\n').enumerate() {
        if at == wanted {
            let inside = line.trim_end_matches(['\n', '\r']);
            return Some(start..start + inside.len());
        }
        start += line.len();
    }
    None
}

/// The white space a line begins with.
pub fn indent(line: &str) -> &str {
    &line[..line.len() - line.trim_start().len()]
}

/// The bytes of a word, letters of either case, in a part of a text.
pub fn word(text: &str, part: Range<usize>, name: &str) -> Option<Range<usize>> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let lower = text.get(part.clone())?.to_ascii_lowercase();
    let wanted = name.to_ascii_lowercase();
    let mut from = 0;
    while let Some(found) = lower
        .get(from..)?
        .find(&wanted)
        .filter(|_| !wanted.is_empty())
    {
        let (start, end) = (from + found, from + found + wanted.len());
        let before = lower[..start].chars().next_back();
        let after = lower[end..].chars().next();
        if !before.is_some_and(is_word) && !after.is_some_and(is_word) {
            return Some(part.start + start..part.start + end);
        }
        from = start + wanted.chars().next().map_or(1, char::len_utf8);
    }
    None
}

/// Where a walk through code ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// Where it stopped; the end of the text where nothing stopped it.
    pub at: usize,
    /// Whether something did.
    pub is_stopped: bool,
    /// The end of the last code before that, comments and white space left out.
    pub code: usize,
}

/// Goes through code from `from` and stops where `stops` says so of a byte and its depth in brackets; text in quotes and
/// comments are passed over.
pub fn walk(
    text: &str,
    from: usize,
    marks: Marks,
    mut stops: impl FnMut(usize, u8, usize) -> bool,
) -> End {
    let bytes = text.as_bytes();
    let (mut depth, mut i, mut code) = (0usize, from, from);
    while i < bytes.len() {
        if let Some(end) = comment(text, i, marks) {
            i = end;
            continue;
        }
        let byte = bytes[i];
        if marks.quotes.as_bytes().contains(&byte) {
            i = end_of_text(bytes, i, marks);
            code = i;
            continue;
        }
        if stops(i, byte, depth) {
            return End {
                at: i,
                is_stopped: true,
                code,
            };
        }
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        i += 1;
        if !byte.is_ascii_whitespace() {
            code = i;
        }
    }
    End {
        at: bytes.len(),
        is_stopped: false,
        code: code.min(bytes.len()),
    }
}

/// The end of a comment that begins here; the end of its line stays outside.
fn comment(text: &str, at: usize, marks: Marks) -> Option<usize> {
    let rest = text.as_bytes().get(at..)?;
    if marks
        .line_comments
        .iter()
        .any(|mark| rest.starts_with(mark.as_bytes()))
    {
        let length = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
        return Some(at + length);
    }
    if marks.block_comments && rest.starts_with(b"/*") {
        let inside = &rest[2..];
        let length = memchr::memmem::find(inside, b"*/").map_or(inside.len(), |end| end + 2);
        return Some(at + 2 + length);
    }
    None
}

/// Past the text in quotes that begins here. A doubled quote is part of it.
fn end_of_text(bytes: &[u8], open: usize, marks: Marks) -> usize {
    let quote = bytes[open];
    let mut i = open + 1;
    while i < bytes.len() {
        if marks.backslash && bytes[i] == b'\\' {
            i += 2;
        } else if bytes[i] == quote {
            if bytes.get(i + 1) == Some(&quote) && !marks.backslash {
                i += 2;
            } else {
                return i + 1;
            }
        } else {
            i += 1;
        }
    }
    bytes.len()
}

/// Where the text in quotes that stands at `from`, white space before it aside, ends: before its closing quote.
pub fn end_of_literal(text: &str, from: usize, marks: Marks) -> Option<usize> {
    let open = from + (text.len() - from - text[from..].trim_start().len());
    let quote = *text.as_bytes().get(open)?;
    if !marks.quotes.as_bytes().contains(&quote) {
        return None;
    }
    let end = end_of_text(text.as_bytes(), open, marks);
    (end > open + 1 && text.as_bytes()[end - 1] == quote).then_some(end - 1)
}

/// A new line above the given one, with its indentation.
pub fn above(text: &str, number: u64, comment: &str) -> Option<super::Splice> {
    let line = line(text, number)?;
    let indent = indent(&text[line.clone()]);
    Some(super::Splice {
        at: line.start,
        text: format!("{indent}{comment}\n"),
    })
}

/// Behind what stands on a line.
pub fn behind(text: &str, number: u64, comment: &str) -> Option<super::Splice> {
    let line = line(text, number)?;
    let end = line.start + text[line.clone()].trim_end().len();
    Some(super::Splice {
        at: end,
        text: format!(" {comment}"),
    })
}

/// Where code ends on a line and a comment begins, or the line ends.
pub fn end_of_code(text: &str, line: Range<usize>, marks: Marks) -> usize {
    walk(&text[..line.end], line.start, marks, |_, _, _| false).code
}
