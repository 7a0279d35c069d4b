//! How a file of delimited records is laid out: delimiter, quote, lines before the records, header or none.
//! Judged from the first bytes alone. A first row that may be values is values: it must never become names.

use super::dialect::{Dialect, base_dialect, declared_delimiter};
use super::header::header_of;
use super::kind::Kind;
use super::rows::{Row, rows_of};

/// Bytes looked at, unless they hold too few records.
const BYTES: usize = 32 << 10;
/// Lines before the records, at most.
const PREAMBLE: usize = 30;

/// How the file is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Its characters.
    pub dialect: Dialect,
    /// Cells of most records.
    pub width: usize,
    /// Where the lines before the records end.
    pub preamble: usize,
    /// Names of the columns, where the file gives them.
    pub header: Option<Vec<String>>,
    /// Line of the header or first record, from 1.
    pub line: u64,
    /// Where the first record of values begins.
    pub body: usize,
    /// Whether nothing in the first records contradicts that these are records.
    pub is_regular: bool,
}

impl Layout {
    /// The layout of a file that begins with `head`; `is_all` if there is nothing after it. `None` where there is no whole record.
    pub fn sniff(head: &[u8], is_all: bool, name_says_tabs: bool) -> Option<Self> {
        let short = &head[..head.len().min(BYTES)];
        let layout = Self::sniff_in(short, is_all && short.len() == head.len(), name_says_tabs);
        match layout {
            Some(layout) if layout.1 > 2 || short.len() == head.len() => Some(layout.0),
            _ => Self::sniff_in(head, is_all, name_says_tabs).map(|layout| layout.0),
        }
    }

    /// The layout and the number of records it is judged by.
    fn sniff_in(head: &[u8], is_all: bool, name_says_tabs: bool) -> Option<(Self, usize)> {
        let (declared, after_declaration) = declared_delimiter(head);
        let text = &head[after_declaration..];
        let base = base_dialect(text);
        let candidates = match declared {
            Some(delimiter) => vec![delimiter],
            None if name_says_tabs => vec![b'\t', b',', b';', b'|'],
            None => vec![b',', b';', b'\t', b'|', 1],
        };
        let tried = candidates.into_iter().map(|delimiter| {
            let dialect = Dialect { delimiter, ..base };
            let rows = rows_of(text, dialect, is_all);
            (dialect, Shape::of(&rows), rows)
        });
        // The first of equals wins: the order of the candidates is the order of preference.
        let (dialect, shape, rows) = tried.reduce(|best, next| {
            if next.1.score() > best.1.score() {
                next
            } else {
                best
            }
        })?;
        let first = rows.get(shape.skipped)?;
        let below: Vec<&[Vec<u8>]> = rows[shape.skipped + 1..]
            .iter()
            .map(|row| row.cells.as_slice())
            .collect();
        let header = header_of(&first.cells, &below);
        let body = if header.is_some() {
            first.end
        } else {
            first.start
        } + after_declaration;
        let line =
            1 + memchr::memchr_iter(b'\n', &head[..first.start + after_declaration]).count() as u64;
        let is_regular = shape.width > 1 && shape.regular == shape.rows;
        let preamble = first.start + after_declaration;
        let layout = Self {
            dialect,
            width: shape.width,
            preamble,
            header,
            line,
            body,
            is_regular,
        };
        Some((layout, rows.len() - shape.skipped))
    }

    /// Whether these are records beyond doubt: asked of files whose name says nothing.
    pub fn is_certain(&self, head: &[u8], is_all: bool) -> bool {
        let rows = rows_of(&head[self.preamble..], self.dialect, is_all);
        let columns_needed = if self.dialect.delimiter == b',' { 3 } else { 2 };
        let cells = rows.iter().flat_map(|row| &row.cells);
        let long = cells.clone().filter(|cell| cell.len() > 60).count();
        let telling = cells
            .clone()
            .filter(|cell| !matches!(Kind::of(cell), Kind::Text | Kind::Empty))
            .count();
        let all = cells.count();
        let is_table =
            self.is_regular && self.width >= columns_needed && rows.len() >= 3 && long * 10 <= all;
        is_table && (self.header.is_some() || telling * 4 >= all)
    }
}

/// How well a delimiter fits.
struct Shape {
    /// Cells of most records.
    width: usize,
    /// Leading lines that are no records.
    skipped: usize,
    /// Records after them.
    rows: usize,
    /// Those of the width.
    regular: usize,
}

impl Shape {
    fn of(rows: &[Row]) -> Self {
        // The later half decides, so that lines before the records do not.
        let later = &rows[rows.len() / 2..];
        let mut widths: Vec<usize> = later.iter().map(|row| row.cells.len()).collect();
        widths.sort_unstable();
        let runs = widths
            .chunk_by(|a, b| a == b)
            .map(|run| (run.len(), run[0]));
        let width = runs.max().map_or(0, |(_, width)| width);
        let is_before = |row: &&Row| {
            row.cells[0].starts_with(b"#") && row.cells.len() != width
                || width > 1 && row.cells.len() == 1
        };
        let skipped = rows.iter().take(PREAMBLE).take_while(is_before).count();
        let skipped = if skipped >= rows.len() { 0 } else { skipped };
        let records = &rows[skipped..];
        // A delimiter that ends only some lines makes no other width.
        let is_regular = |row: &&Row| {
            row.cells.len() == width || row.cells.len() == width + 1 && row.cells[width].is_empty()
        };
        Self {
            width,
            skipped,
            rows: records.len(),
            regular: records.iter().filter(is_regular).count(),
        }
    }

    /// More than one column first, then regularity, then columns.
    fn score(&self) -> (bool, usize, usize) {
        let regularity = (self.regular * 20).checked_div(self.rows).unwrap_or(0);
        (self.width > 1 && regularity >= 12, regularity, self.width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(text: &str) -> Layout {
        Layout::sniff(text.as_bytes(), true, false).expect("there are records")
    }

    fn header(text: &str) -> Option<String> {
        layout(text).header.map(|names| names.join("|"))
    }

    #[test]
    fn delimiters() {
        for (delimiter, name) in [
            (',', "comma"),
            (';', "semicolon"),
            ('\t', "tab"),
            ('|', "pipe"),
        ] {
            let text = "id,name,amount\n1,Ana,1\n2,Ben,2\n".replace(',', &delimiter.to_string());
            let layout = layout(&text);
            assert_eq!(layout.dialect.delimiter, delimiter as u8, "{name}");
            assert_eq!(layout.width, 3, "{name}");
            assert!(layout.is_regular, "{name}");
        }
        assert_eq!(
            layout("name;amount\nA, B;1,5\nC;2,5\nD, E, F;3,5\n")
                .dialect
                .delimiter,
            b';'
        );
        assert_eq!(
            layout("sep=|\nname|note\na|b,c,d\ne|f,g,h\n")
                .dialect
                .delimiter,
            b'|'
        );
    }

    #[test]
    fn headers_are_found() {
        assert_eq!(
            header("id,email,city\n1,a@example.com,Oslo\n").as_deref(),
            Some("id|email|city")
        );
        assert_eq!(
            header("Vorname;Nachname;Ort\nAnna;Schmidt;Berlin\nJan;Novak;Praha\n").as_deref(),
            Some("Vorname|Nachname|Ort")
        );
        assert_eq!(
            header("first name,last name\n").as_deref(),
            Some("first name|last name")
        );
        assert_eq!(
            header("country,2019,2020\nNorway,5,6\nSpain,7,8\n").as_deref(),
            Some("country|2019|2020")
        );
        assert_eq!(
            header("xyzzy,frobs\n12,2020-01-01\n13,2020-01-02\n").as_deref(),
            Some("xyzzy|frobs")
        );
        assert_eq!(
            header("name,name,\na,b,\n").as_deref(),
            Some("name|name_2|column_3")
        );
        assert_eq!(
            header("email\na@example.com\nb@example.com\n").as_deref(),
            Some("email")
        );
        assert_eq!(
            header("\"Customer\nname\",id\nx,1\n").as_deref(),
            Some("Customer name|id")
        );
    }

    #[test]
    fn values_never_become_names() {
        for text in [
            "Anna,Schmidt,Berlin\nJan,Novak,Praha\nEva,Lind,Lund\n",
            "Anna,Schmidt,1985-02-03\nJan,Novak,1990-01-01\n",
            "Anna,Schmidt,n/a\nJan,Novak,1990-01-01\nEva,Lind,1990-01-01\n",
            "Anna,Schmidt,a@example.com\n",
            "Anna,Schmidt\n",
            "Anna,Schmidt,pending,\nJan,Novak,2020-01-01,5\nEva,Lind,2020-01-01,6\n",
            "192.0.2.1,GET\n192.0.2.2,GET\n",
            "4111111111111111\n5500005555555559\n",
            "Rosalind Abernathy\nTheodore Quill\n",
            "anna,schmidt,berlin\njan,novak,praha\n",
            "Anna,Main Street 5,Berlin\nJan,Side Street 7,Praha\n",
            "Acme Company,Main Street\nOther Company,Side Street\n",
            "john_doe,jane_roe\n",
            "john_doe,x1\njane_roe,x2\nmax_moe,x3\n",
            "signup,email,web\nlogin,email,web\nsignup,email,app\n",
            "MRN-00012,Anna Schmidt,F\nMRN-00013,Jan Novak,M\n",
        ] {
            assert_eq!(header(text), None, "{text}");
        }
    }

    #[test]
    fn lines_before_the_records() {
        let layout = layout(
            "Report of today\n# made by hand\n\nid;name;city\n1;A;B\n2;C;D\n3;E;F\n4;G;H\n5;I;J\n",
        );
        assert_eq!(layout.header.expect("a header"), ["id", "name", "city"]);
        assert_eq!(layout.line, 4);
        assert_eq!(layout.width, 3);
    }

    #[test]
    fn odd_characters() {
        assert_eq!(
            layout("id,name\n'1','it''s'\n'2','b'\n'3','c'\n")
                .dialect
                .quote,
            b'\''
        );
        assert_eq!(
            layout("id,name\n\"1\",\"say \\\"hi\\\" now\"\n")
                .dialect
                .escape,
            Some(b'\\')
        );
        assert_eq!(
            layout("id,path\n\"1\",\"C:\\dir\\\"\n").dialect.escape,
            None
        );
        assert!(
            layout("id,name\r1,a\r2,b\r")
                .dialect
                .ends_with_carriage_return
        );
    }

    #[test]
    fn prose_is_no_table() {
        let text = "Dear all, we met today, as planned.\nNext time, in May, we meet again, I hope.\nBest, as ever.\nEnd.\n";
        let is_certain = Layout::sniff(text.as_bytes(), true, false)
            .is_some_and(|l| l.is_certain(text.as_bytes(), true));
        assert!(!is_certain);
        let table = "a_id|b_name|c\n1|x|2\n2|y|3\n";
        assert!(layout(table).is_certain(table.as_bytes(), true));
    }
}
