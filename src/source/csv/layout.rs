//! How a file of delimited records is laid out: delimiter, quote, lines before the records, header or none.
//! Judged from the first bytes alone. A first row that may be values is values: it must never become names.

use std::collections::BTreeSet;

/// Records looked at.
const RECORDS: usize = 100;
/// Bytes looked at, unless they hold too few records.
const BYTES: usize = 32 << 10;
/// Lines before the records, at most.
const PREAMBLE: usize = 30;

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

/// One record of the first bytes.
struct Row {
    cells: Vec<Vec<u8>>,
    start: usize,
    end: usize,
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
        let below = &rows[shape.skipped + 1..];
        let header = header_of(first, below);
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

/// `sep=;` in the first line, as Excel writes it: the delimiter and where the next line begins.
fn declared_delimiter(head: &[u8]) -> (Option<u8>, usize) {
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

fn base_dialect(text: &[u8]) -> Dialect {
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

/// The first records. The last is left out unless it is known to be whole.
fn rows_of(text: &[u8], dialect: Dialect, is_all: bool) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut start = 0;
    while start < text.len() && rows.len() < RECORDS {
        let (cells, end, is_whole) = row_at(text, start, dialect);
        if !is_whole && !is_all {
            break;
        }
        let is_empty = cells.iter().all(|cell| cell.is_empty()) && cells.len() == 1;
        if !is_empty {
            rows.push(Row { cells, start, end });
        }
        start = end;
    }
    rows
}

/// The cells of the record that begins at `start`, its end, and whether a line end closed it.
fn row_at(text: &[u8], start: usize, dialect: Dialect) -> (Vec<Vec<u8>>, usize, bool) {
    let line_end = if dialect.ends_with_carriage_return {
        b'\r'
    } else {
        b'\n'
    };
    let mut cells = Vec::new();
    let mut cell = Vec::new();
    let (mut at, mut is_quoted, mut is_new) = (start, false, true);
    while let Some(&byte) = text.get(at) {
        at += 1;
        let next = text.get(at).copied();
        if is_quoted {
            match byte {
                _ if Some(byte) == dialect.escape && next.is_some() => {
                    cell.extend(next);
                    at += 1;
                }
                _ if byte == dialect.quote && next == Some(dialect.quote) => {
                    cell.push(byte);
                    at += 1;
                }
                _ if byte == dialect.quote => is_quoted = false,
                _ => cell.push(byte),
            }
        } else if byte == dialect.quote && is_new {
            (is_quoted, is_new) = (true, false);
        } else if byte == dialect.delimiter {
            cells.push(std::mem::take(&mut cell));
            is_new = true;
        } else if byte == line_end {
            cells.push(trimmed_of_carriage_return(cell));
            return (cells, at, true);
        } else {
            cell.push(byte);
            is_new = false;
        }
    }
    cells.push(trimmed_of_carriage_return(cell));
    (cells, at, false)
}

fn trimmed_of_carriage_return(mut cell: Vec<u8>) -> Vec<u8> {
    cell.pop_if(|last| *last == b'\r');
    cell
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

/// What a cell looks like, as far as telling names from values goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Empty,
    /// Digits with signs and separators: numbers, dates, times, phones.
    Number,
    /// `@` in it, a URL, an address, a key: never a name.
    Value,
    /// Too long or too many words for a name.
    Long,
    /// Stands for a missing or logical value.
    Token,
    Text,
}

impl Kind {
    fn of(cell: &[u8]) -> Self {
        let Ok(text) = std::str::from_utf8(cell) else {
            return Kind::Value;
        };
        let text = text.trim();
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        if text.is_empty() {
            Kind::Empty
        } else if text.contains('@')
            || text.contains("://")
            || text.contains("www.")
            || text.contains('\\')
            || text.contains('{')
        {
            Kind::Value
        } else if letters == 0 || digits > 0 && digits >= letters {
            Kind::Number
        } else if text.len() > 64 || text.split_whitespace().count() > 8 {
            Kind::Long
        } else if TOKENS.contains(&text.to_lowercase().as_str()) {
            Kind::Token
        } else if digits >= 5 || text.contains(':') && digits >= 4 || is_dotted_host(text) {
            Kind::Value
        } else {
            Kind::Text
        }
    }
}

/// `mail.example.com`, `photo.jpg`: unlike `address.city`, ends in a known domain or file ending.
fn is_dotted_host(text: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "com", "org", "net", "de", "fr", "uk", "eu", "io", "it", "es", "nl", "pl", "jpg", "png",
        "pdf", "html", "txt", "csv",
    ];
    !text.contains(' ')
        && text
            .rsplit_once('.')
            .is_some_and(|(_, ending)| ENDINGS.contains(&ending.to_ascii_lowercase().as_str()))
}

const TOKENS: &[&str] = &[
    "-", "--", "?", "n/a", "na", "n.a.", "nan", "nil", "none", "null", "\\n", "true", "false",
    "yes", "no", "y", "n", "ja", "nein", "oui", "non", "si", "sí", "unknown", "m", "f", "d",
    "male", "female", "mr", "mrs", "ms", "herr", "frau", "mme", "active", "inactive", "pending",
];

/// The names of the columns, if the first row can hold nothing but names.
fn header_of(first: &Row, below: &[Row]) -> Option<Vec<String>> {
    let cells: Vec<&str> = first
        .cells
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

fn stands_below(at: usize, cell: &str, below: &[Row]) -> bool {
    below.iter().any(|row| {
        row.cells
            .get(at)
            .is_some_and(|other| other.trim_ascii() == cell.as_bytes())
    })
}

/// Whether the column's cells are of a kind that a name is not.
fn differs_below(at: usize, below: &[Row]) -> bool {
    let kinds = below
        .iter()
        .filter_map(|row| row.cells.get(at))
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
fn is_written_as_name(at: usize, cell: &str, below: &[Row]) -> bool {
    let cells: Vec<&str> = below
        .iter()
        .filter_map(|row| std::str::from_utf8(row.cells.get(at)?).ok())
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

/// Words that name columns, sorted. None is a given or family name, a place or a usual value.
const WORDS: &[&str] = &[
    "account",
    "accounts",
    "achternaam",
    "action",
    "activity",
    "addr",
    "addr1",
    "addr2",
    "address",
    "address1",
    "address2",
    "addresse",
    "adresse",
    "adressering",
    "age",
    "agent",
    "alias",
    "amount",
    "anrede",
    "answer",
    "apellido",
    "apellidos",
    "application",
    "area",
    "article",
    "artikel",
    "attribute",
    "author",
    "availability",
    "año",
    "balance",
    "bank",
    "betrag",
    "bezeichnung",
    "bic",
    "birth",
    "birthdate",
    "birthday",
    "birthname",
    "birthplace",
    "body",
    "bounced",
    "browser",
    "bundesland",
    "campaign",
    "card",
    "cardholder",
    "category",
    "cc",
    "cep",
    "channel",
    "charge",
    "child",
    "children",
    "cidade",
    "citta",
    "ciudad",
    "civility",
    "class",
    "clicked",
    "client",
    "clientid",
    "cnpj",
    "code",
    "codigo",
    "cognome",
    "colour",
    "column",
    "columna",
    "comment",
    "comments",
    "commune",
    "company",
    "compte",
    "consent",
    "contact",
    "content",
    "contract",
    "correo",
    "cost",
    "count",
    "country",
    "county",
    "cpf",
    "created",
    "createdat",
    "creation",
    "creator",
    "cuenta",
    "curp",
    "currency",
    "customer",
    "customerid",
    "cvv",
    "código",
    "data",
    "date",
    "dateofbirth",
    "datetime",
    "datum",
    "day",
    "debut",
    "deleted",
    "delivery",
    "departamento",
    "departement",
    "department",
    "desc",
    "descripcion",
    "descripción",
    "description",
    "designation",
    "destination",
    "device",
    "diagnosis",
    "direccion",
    "dirección",
    "direction",
    "display",
    "district",
    "dni",
    "dob",
    "doctor",
    "document",
    "domain",
    "domicilio",
    "due",
    "duration",
    "edad",
    "efternamn",
    "efternavn",
    "electronico",
    "elevation",
    "email",
    "email1",
    "email2",
    "emailaddress",
    "emails",
    "employee",
    "employeeid",
    "employer",
    "empresa",
    "end",
    "ende",
    "endereco",
    "endereço",
    "endtime",
    "entreprise",
    "estado",
    "etternavn",
    "event",
    "events",
    "expires",
    "expiry",
    "external",
    "fax",
    "faxnumber",
    "fecha",
    "field",
    "file",
    "filename",
    "firma",
    "first",
    "firstname",
    "firstname2",
    "flag",
    "fname",
    "forename",
    "format",
    "fornavn",
    "fullname",
    "förnamn",
    "gatuadress",
    "gebdat",
    "geboortedatum",
    "geburtsdatum",
    "geburtsort",
    "gemeinde",
    "gender",
    "genre",
    "geschlecht",
    "given",
    "givenname",
    "gross",
    "group",
    "gruppe",
    "handy",
    "hash",
    "hausnummer",
    "header",
    "height",
    "hire",
    "hired",
    "host",
    "hostname",
    "hour",
    "house",
    "huisnummer",
    "iban",
    "id",
    "ident",
    "identifier",
    "image",
    "imei",
    "imie",
    "income",
    "index",
    "indirizzo",
    "info",
    "insurance",
    "interest",
    "invoice",
    "invoiced",
    "ip",
    "ipaddress",
    "isbn",
    "iso",
    "item",
    "items",
    "job",
    "jobtitle",
    "joined",
    "kategorie",
    "key",
    "keyword",
    "kind",
    "kod",
    "kommentar",
    "konto",
    "kontonummer",
    "kunde",
    "kundennummer",
    "kundenr",
    "kurs",
    "label",
    "lang",
    "language",
    "last",
    "lastlogin",
    "lastname",
    "lastname2",
    "lat",
    "latitude",
    "length",
    "level",
    "libelle",
    "license",
    "line",
    "line1",
    "line2",
    "link",
    "lname",
    "lng",
    "locale",
    "localidad",
    "location",
    "login",
    "lon",
    "longitude",
    "mail",
    "manager",
    "mandant",
    "marital",
    "md5",
    "measure",
    "medication",
    "member",
    "membership",
    "merchant",
    "message",
    "method",
    "miasto",
    "middle",
    "middlename",
    "miejscowosc",
    "mobil",
    "mobile",
    "mobilenumber",
    "model",
    "modified",
    "montant",
    "month",
    "municipality",
    "naam",
    "nachname",
    "nacimiento",
    "naissance",
    "name",
    "namen",
    "names",
    "nascimento",
    "nationality",
    "nazwisko",
    "nickname",
    "nif",
    "nip",
    "node",
    "nom",
    "nombre",
    "nome",
    "notas",
    "note",
    "notes",
    "notiz",
    "nr",
    "number",
    "numer",
    "numero",
    "nummer",
    "numéro",
    "objet",
    "observaciones",
    "occupation",
    "office",
    "offset",
    "opened",
    "operation",
    "opted",
    "optin",
    "option",
    "order",
    "orderid",
    "ordernumber",
    "organisation",
    "organization",
    "origin",
    "ort",
    "owner",
    "pais",
    "parent",
    "passport",
    "password",
    "path",
    "patient",
    "patientid",
    "payment",
    "pays",
    "país",
    "percent",
    "period",
    "person",
    "persona",
    "personal",
    "personnummer",
    "pesel",
    "phone",
    "phone1",
    "phone2",
    "phonenumber",
    "photo",
    "pin",
    "plan",
    "platform",
    "plz",
    "poblacion",
    "población",
    "population",
    "position",
    "postal",
    "postalcode",
    "postcode",
    "postleitzahl",
    "postnummer",
    "prefix",
    "preis",
    "prenom",
    "prenume",
    "prezzo",
    "price",
    "prijs",
    "priority",
    "prix",
    "probability",
    "product",
    "productid",
    "produkt",
    "profession",
    "profile",
    "project",
    "prov",
    "provider",
    "province",
    "provincia",
    "prénom",
    "qty",
    "quantity",
    "quelle",
    "question",
    "raison",
    "rank",
    "rate",
    "rating",
    "reason",
    "recipient",
    "record",
    "ref",
    "reference",
    "referrer",
    "region",
    "registered",
    "registration",
    "relation",
    "religion",
    "remark",
    "remarks",
    "request",
    "response",
    "result",
    "revenue",
    "rfc",
    "role",
    "route",
    "row",
    "rut",
    "salary",
    "sale",
    "sales",
    "salutation",
    "schema",
    "score",
    "section",
    "segment",
    "seller",
    "sender",
    "sent",
    "seq",
    "sequence",
    "serial",
    "server",
    "service",
    "session",
    "sessionid",
    "sex",
    "sexe",
    "sexo",
    "shipping",
    "sid",
    "signup",
    "sku",
    "soort",
    "source",
    "species",
    "speed",
    "sprache",
    "ssn",
    "staat",
    "stadt",
    "start",
    "startdate",
    "starttime",
    "state",
    "stato",
    "status",
    "straat",
    "strasse",
    "street",
    "streetaddress",
    "student",
    "subject",
    "subscribed",
    "subscription",
    "suburb",
    "suffix",
    "sum",
    "summary",
    "supplier",
    "surname",
    "symbol",
    "tag",
    "tags",
    "target",
    "tax",
    "taxid",
    "team",
    "tel",
    "tele",
    "telefon",
    "telefone",
    "telefono",
    "telefoonnummer",
    "telephone",
    "teléfono",
    "temperature",
    "tenant",
    "term",
    "text",
    "ticket",
    "time",
    "timestamp",
    "timezone",
    "tipo",
    "titel",
    "title",
    "titre",
    "token",
    "topic",
    "total",
    "town",
    "transaction",
    "transactionid",
    "txn",
    "typ",
    "type",
    "téléphone",
    "uid",
    "ulica",
    "unit",
    "units",
    "unsubscribed",
    "upc",
    "updated",
    "updatedat",
    "uri",
    "url",
    "user",
    "useragent",
    "userid",
    "username",
    "usuario",
    "utilisateur",
    "uuid",
    "valeur",
    "valor",
    "value",
    "vat",
    "vendor",
    "version",
    "view",
    "views",
    "ville",
    "vin",
    "visit",
    "visitor",
    "volume",
    "voornaam",
    "vorname",
    "warehouse",
    "website",
    "week",
    "weight",
    "wert",
    "width",
    "wijk",
    "woonplaats",
    "xpos",
    "year",
    "yob",
    "ypos",
    "zeit",
    "zip",
    "zipcode",
    "zone",
    "électronique",
];

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
    fn words_are_sorted() {
        assert!(
            WORDS.windows(2).all(|pair| pair[0] < pair[1]),
            "{:?}",
            WORDS.windows(2).find(|pair| pair[0] >= pair[1])
        );
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
