//! Whether a first row holds the names of the columns. Asked for every kind of table: delimited records, sheets.
//! A first row that may be values is values: it must never become names.

use super::header_words::WORDS;
use super::kind::Kind;
use std::collections::BTreeSet;

/// The names of the columns, if the first row can hold nothing but names.
pub fn header_of(first: &[Vec<u8>], below: &[&[Vec<u8>]]) -> Option<Vec<String>> {
    let cells: Vec<&str> = first
        .iter()
        .map(|cell| std::str::from_utf8(cell).map(str::trim))
        .collect::<Result<_, _>>()
        .ok()?;
    let named = cells
        .iter()
        .enumerate()
        .filter(|(_, cell)| !cell.is_empty())
        .collect::<Vec<_>>();
    // Tables of figures have columns named 2019, 2020 …: a year names nobody.
    let years = named.iter().filter(|(_, cell)| is_year(cell)).count();
    let could_be_name = |cell: &str| Kind::of(cell.as_bytes()) == Kind::Text || is_year(cell);
    if named.len() * 2 < cells.len()
        || years * 3 > named.len() * 2
        || !named.iter().all(|(_, cell)| could_be_name(cell))
    {
        return None;
    }
    let distinct: BTreeSet<String> = named.iter().map(|(_, cell)| cell.to_lowercase()).collect();
    let repeated = named
        .iter()
        .filter(|(at, cell)| !is_year(cell) && stands_below(*at, cell, below))
        .count();
    let sounds =
        |at: usize, cell: &str| sounds_like_name(cell) || is_written_as_name(at, cell, below);
    let sounding = named.iter().filter(|(at, cell)| sounds(*at, cell)).count();
    let other_kind = named
        .iter()
        .filter(|(at, _)| differs_below(*at, below))
        .count();
    let is_supported =
        |at: usize, cell: &str| sounds(at, cell) || is_year(cell) || differs_below(at, below);
    let supported = named
        .iter()
        .filter(|(at, cell)| is_supported(*at, cell))
        .count();
    // Repeated names, or a name that is also a value below, are rare in headers and common in rows.
    let is_doubtful = distinct.len() < named.len() || repeated > 0;
    let is_likely =
        supported * 2 >= named.len() && (sounding > 0 || other_kind * 3 >= named.len() * 2);
    let is_sure = sounding * 3 >= named.len() * 2 && repeated * 2 <= named.len();
    (is_sure || is_likely && !is_doubtful).then(|| names_of(&cells))
}

/// The names, made unique; `column_3` where the third has none.
fn names_of(cells: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(cells.len());
    let mut taken = BTreeSet::new();
    for (at, cell) in cells.iter().enumerate() {
        let cell = if at == 0 {
            cell.trim_start_matches(['#', '\u{feff}']).trim()
        } else {
            cell
        };
        let plain = if cell.is_empty() {
            unnamed(at)
        } else {
            cell.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let mut name = plain.clone();
        let mut count = 1;
        while !taken.insert(name.clone()) {
            count += 1;
            name = format!("{plain}_{count}");
        }
        names.push(name);
    }
    names
}

/// What a column without a name is called.
pub fn unnamed(at: usize) -> String {
    format!("column_{}", at + 1)
}

fn is_year(cell: &str) -> bool {
    cell.len() == 4 && matches!(cell.parse(), Ok(1900..=2100))
}

fn stands_below(at: usize, cell: &str, below: &[&[Vec<u8>]]) -> bool {
    below.iter().any(|row| {
        row.get(at)
            .is_some_and(|other| other.trim_ascii() == cell.as_bytes())
    })
}

/// Whether the column's cells are of a kind that a name is not.
fn differs_below(at: usize, below: &[&[Vec<u8>]]) -> bool {
    let kinds = below
        .iter()
        .filter_map(|row| row.get(at))
        .map(|cell| Kind::of(cell))
        .filter(|kind| *kind != Kind::Empty);
    let (all, other) = kinds.fold((0, 0), |(all, other), kind| {
        (all + 1, other + usize::from(kind != Kind::Text))
    });
    all > 0 && other * 10 >= all * 7
}

/// Whether a cell is a word that names columns in some language, or mostly made of such words.
fn sounds_like_name(cell: &str) -> bool {
    let words: Vec<String> = words_of(cell).collect();
    let known = words
        .iter()
        .filter(|word| WORDS.binary_search(&word.as_str()).is_ok())
        .count();
    // `Main Street` holds one such word and is a value; `street_name` is written as no value is.
    let needed = if words.len() > 1 && !is_identifier(cell) {
        2
    } else {
        1
    };
    known >= needed && known * 2 >= words.len()
}

/// Whether a cell is written as identifiers are, and the cells below it are not.
fn is_written_as_name(at: usize, cell: &str, below: &[&[Vec<u8>]]) -> bool {
    let cells: Vec<&str> = below
        .iter()
        .filter_map(|row| std::str::from_utf8(row.get(at)?).ok())
        .collect();
    let alike = cells.iter().filter(|other| is_identifier(other)).count();
    is_identifier(cell) && !cells.is_empty() && alike * 4 < cells.len()
}

/// `first_name`, `firstName`.
fn is_identifier(cell: &str) -> bool {
    let has_hump = cell
        .as_bytes()
        .windows(2)
        .any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    let is_plain = cell
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'));
    is_plain
        && (cell.contains('_') || has_hump && cell.starts_with(|c: char| c.is_ascii_lowercase()))
}

/// The words of a name in lower case: `FirstName`, `first_name` and `first name` alike.
fn words_of(cell: &str) -> impl Iterator<Item = String> {
    let mut spaced = String::with_capacity(cell.len() + 4);
    let mut was_lower = false;
    for c in cell.chars() {
        if was_lower && c.is_uppercase() {
            spaced.push(' ');
        }
        was_lower = c.is_lowercase();
        spaced.extend(c.to_lowercase());
    }
    let words: Vec<String> = spaced
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.into_iter()
}
