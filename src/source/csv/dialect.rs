//! The characters that structure delimited records: judged from the first bytes, or declared by the file.
//! Knows nothing of what the cells hold.

/// The characters that structure the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Between cells.
    pub delimiter: u8,
    /// Around cells.
    pub quote: u8,
    /// Before a quote inside a quoted cell, where quotes are not doubled.
    pub escape: Option<u8>,
    /// Records end with a lone carriage return.
    pub ends_with_carriage_return: bool,
}

/// `sep=;` in the first line, as Excel writes it: the delimiter and where the next line begins.
pub fn declared_delimiter(head: &[u8]) -> (Option<u8>, usize) {
    let end = memchr::memchr(b'\n', head).map_or(head.len(), |end| end + 1);
    let line = head[..end].trim_ascii_end();
    // A tab as delimiter is trimmed away with the line end.
    let has_tab = head.get(4) == Some(&b'\t');
    match line
        .get(..4)
        .filter(|start| start.eq_ignore_ascii_case(b"sep="))
    {
        Some(_) if line.len() == 5 => (Some(line[4]), end),
        Some(_) if line.len() == 4 && has_tab => (Some(b'\t'), end),
        _ => (None, 0),
    }
}

/// Quotes, escapes and record ends, whatever the delimiter.
pub fn base_dialect(text: &[u8]) -> Dialect {
    let doubles = memchr::memchr_iter(b'"', text).count();
    let is_at_edge = |at: usize| {
        let before = at
            .checked_sub(1)
            .is_none_or(|at| matches!(text[at], b',' | b';' | b'\t' | b'|' | b'\n'));
        let after = text
            .get(at + 1)
            .is_none_or(|b| matches!(b, b',' | b';' | b'\t' | b'|' | b'\n' | b'\r'));
        before || after
    };
    let singles = memchr::memchr_iter(b'\'', text).count();
    let singles_at_edge = memchr::memchr_iter(b'\'', text)
        .filter(|at| is_at_edge(*at))
        .count();
    let quote = if doubles == 0 && singles > 3 && singles_at_edge * 10 > singles * 8 {
        b'\''
    } else {
        b'"'
    };
    let escaped_quote = [b'\\', quote];
    let escaped = memchr::memmem::find_iter(text, &escaped_quote).filter(|at| {
        // `"C:\dir\"` ends a cell with a backslash: only a quote amid a cell is an escaped one.
        text.get(at + 2)
            .is_some_and(|b| !matches!(b, b',' | b';' | b'\t' | b'|' | b'\n' | b'\r'))
    });
    let escape = (escaped.count() > 0).then_some(b'\\');
    let ends_with_carriage_return =
        memchr::memchr(b'\n', text).is_none() && memchr::memchr(b'\r', text).is_some();
    Dialect {
        delimiter: b',',
        quote,
        escape,
        ends_with_carriage_return,
    }
}
