//! Tables of columns with what each holds: some twenty about people, a few about things, decoys among both.

use super::decoys::{DECOYS, Decoy};
use super::people::{Person, World};
use super::personal::{KINDS, Kind, LANGUAGES, Row};
use super::random::Random;

/// What the columns are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Headers {
    /// In English.
    English,
    /// `c01`, `x1`, `field_7`, or none at all.
    Opaque,
    /// In nine other languages.
    Foreign,
}

/// Which words and seeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    /// What the work looks at.
    Development,
    /// Other words, headers and seeds; looked at when the work is done.
    KeptBack,
}

/// A column: its header and what it holds.
pub struct Column {
    pub header: String,
    /// The kind it was made from.
    pub id: &'static str,
    /// Its data type, then types that are right as well; none where it is not personal.
    pub labels: &'static [&'static str],
    /// Its values tell what it is without a header.
    pub tells: bool,
}

/// A file.
pub struct Table {
    pub file: String,
    pub columns: Vec<Column>,
    pub text: String,
}

impl Table {
    /// Takes the names of the table and its columns, and leaves the values.
    pub fn hide_names(&mut self, at: usize) {
        self.file = format!("export_{:02}.csv", at + 1);
        let (header, rows) = self.text.split_once('\n').unwrap_or((&self.text, ""));
        let mark = if header.contains(';') { ";" } else { "," };
        let names: Vec<String> = (1..=self.columns.len())
            .map(|column| format!("c{column:02}"))
            .collect();
        self.text = format!("{}\n{rows}", names.join(mark));
    }
}

const ABOUT_PEOPLE: &[&str] = &[
    "customers",
    "employees",
    "patients",
    "signups",
    "bookings",
    "students",
    "tickets",
    "newsletter",
    "drivers",
    "tenants",
    "donations",
    "claims",
    "members",
    "guests",
    "candidates",
    "payments",
    "visits",
    "volunteers",
    "orders",
    "subscribers",
];
const ABOUT_THINGS: &[&str] = &["products", "builds", "machines", "shipments", "sensors"];
const COUNTRIES: &[&str] = &[
    "us", "gb", "de", "fr", "es", "it", "br", "nl", "pl", "se", "us",
];

#[derive(Clone, Copy)]
enum What {
    Personal(&'static Kind),
    Decoy(&'static Decoy),
}

/// Makes a corpus.
pub fn tables(world: &World, set: Set, headers: Headers, most_rows: u64) -> Vec<Table> {
    let seed = match (set, headers) {
        (Set::Development, Headers::English) => 11,
        (Set::Development, Headers::Opaque) => 12,
        (Set::Development, Headers::Foreign) => 13,
        (Set::KeptBack, Headers::English) => 7_001,
        (Set::KeptBack, Headers::Opaque) => 7_002,
        (Set::KeptBack, Headers::Foreign) => 7_003,
    };
    let mut maker = Maker {
        world,
        set,
        headers,
        most_rows,
        random: Random::new(seed),
        kinds: Vec::new(),
        decoys: Vec::new(),
    };
    let mut tables = Vec::new();
    if headers == Headers::Foreign {
        for (language, (_, country)) in LANGUAGES.iter().enumerate() {
            for part in 0..3 {
                let name = format!("{}_{}", ABOUT_PEOPLE[(language * 3 + part) % 20], part + 1);
                tables.push(maker.table(&name, country, Some(language), 6, 2));
            }
        }
        return tables;
    }
    for (at, name) in ABOUT_PEOPLE.iter().enumerate() {
        tables.push(maker.table(name, COUNTRIES[at % COUNTRIES.len()], None, 7, 1));
    }
    for (at, name) in ABOUT_THINGS.iter().enumerate() {
        tables.push(maker.table(name, COUNTRIES[at * 2], None, 1, 6));
    }
    if headers == Headers::Opaque {
        for (at, table) in tables.iter_mut().enumerate() {
            table.file = format!("export_{:02}.csv", at + 1);
        }
    }
    tables
}

struct Maker<'a> {
    world: &'a World,
    set: Set,
    headers: Headers,
    most_rows: u64,
    random: Random,
    kinds: Vec<&'static Kind>,
    decoys: Vec<&'static Decoy>,
}

impl Maker<'_> {
    /// Every kind comes once before one comes twice.
    fn next_kind(&mut self, language: Option<usize>, taken: &[&str]) -> &'static Kind {
        loop {
            if self.kinds.is_empty() {
                let all: Vec<&'static Kind> = KINDS.iter().collect();
                self.kinds = self.random.shuffled(&all);
            }
            let is_fit = |kind: &&'static Kind| {
                let has_word =
                    language.is_none_or(|l| kind.foreign.get(l).is_some_and(|h| !h.is_empty()));
                has_word && !taken.contains(&kind.id)
            };
            match self.kinds.iter().position(is_fit) {
                Some(at) => return self.kinds.remove(at),
                None => self.kinds.clear(),
            }
        }
    }

    fn next_decoy(&mut self, language: Option<usize>, taken: &[&str]) -> &'static Decoy {
        loop {
            if self.decoys.is_empty() {
                let all: Vec<&'static Decoy> = DECOYS.iter().collect();
                self.decoys = self.random.shuffled(&all);
            }
            let is_fit = |decoy: &&'static Decoy| {
                (language.is_none() || !decoy.foreign.is_empty()) && !taken.contains(&decoy.id)
            };
            match self.decoys.iter().position(is_fit) {
                Some(at) => return self.decoys.remove(at),
                None => self.decoys.clear(),
            }
        }
    }

    fn table(
        &mut self,
        name: &str,
        country: &'static str,
        language: Option<usize>,
        personal: usize,
        decoys: usize,
    ) -> Table {
        let mut what: Vec<What> = Vec::new();
        let mut taken: Vec<&str> = Vec::new();
        for _ in 0..personal {
            let kind = self.next_kind(language, &taken);
            taken.push(kind.id);
            what.push(What::Personal(kind));
        }
        for _ in 0..decoys {
            let decoy = self.next_decoy(language, &taken);
            taken.push(decoy.id);
            what.push(What::Decoy(decoy));
        }
        let what = self.random.shuffled(&what);
        let columns = self.columns(&what, language);
        let has_header = !(self.headers == Headers::Opaque && self.random.one_in(4));
        let text = self.text(&what, &columns, country, has_header);
        Table {
            file: format!("{name}.csv"),
            columns,
            text,
        }
    }

    fn columns(&mut self, what: &[What], language: Option<usize>) -> Vec<Column> {
        let style = self.random.below(3);
        let mut columns: Vec<Column> = Vec::new();
        for (at, one) in what.iter().enumerate() {
            let (id, labels, tells, english, foreign): (_, &'static [&'static str], _, _, _) =
                match one {
                    What::Personal(k) => (k.id, k.labels, k.tells, k.headers, k.foreign),
                    What::Decoy(d) => (d.id, &[], false, d.headers, d.foreign),
                };
            let mut header = match (self.headers, language) {
                (Headers::Opaque, _) => match style {
                    0 => format!("c{:02}", at + 1),
                    1 => format!("x{}", at + 1),
                    _ => format!("field_{}", at + 3),
                },
                (_, Some(language)) => foreign[language].to_owned(),
                (_, None) => {
                    let half = english.len() / 2;
                    let part = if self.set == Set::Development {
                        &english[..half]
                    } else {
                        &english[half..]
                    };
                    self.random.pick(part).to_owned()
                }
            };
            while columns.iter().any(|c| c.header == header) {
                header.push('2');
            }
            columns.push(Column {
                header,
                id,
                labels,
                tells,
            });
        }
        columns
    }

    fn text(
        &mut self,
        what: &[What],
        columns: &[Column],
        country: &'static str,
        has_header: bool,
    ) -> String {
        const NOTHING: &[&str] = &["", "", "NULL", "n/a", "-"];
        const DIRT: &[&str] = &["unknown", "TEST", "?", "see notes", "TBD", "x"];
        let r = &mut self.random;
        let mark = if !matches!(country, "us" | "gb") && r.one_in(2) {
            ';'
        } else {
            ','
        };
        let styles: Vec<u64> = what.iter().map(|_| r.next() >> 8).collect();
        let nothing: Vec<(&str, u64)> = what
            .iter()
            .map(|_| (r.pick(NOTHING), [0, 0, 0, 4, 10, 40][r.below(6) as usize]))
            .collect();
        let rows = r.from(self.most_rows / 5, self.most_rows) as usize;
        let mut text = String::new();
        if has_header {
            let headers: Vec<String> = columns.iter().map(|c| quoted(&c.header, mark)).collect();
            text.push_str(&headers.join(&mark.to_string()));
            text.push('\n');
        }
        for row in 0..rows {
            let person = Person::new(self.world, &mut self.random, country);
            for (at, one) in what.iter().enumerate() {
                let r = &mut self.random;
                let value = match one {
                    _ if r.below(100) < nothing[at].1 => nothing[at].0.to_owned(),
                    _ if r.one_in(60) => r.pick(DIRT).to_owned(),
                    What::Decoy(decoy) => (decoy.make)(r, styles[at], row),
                    What::Personal(kind) => {
                        let mut made = Row {
                            world: self.world,
                            random: r,
                            country,
                            person: &person,
                            style: styles[at],
                        };
                        (kind.make)(&mut made)
                    }
                };
                let value = if self.random.one_in(40) {
                    format!(" {value} ")
                } else {
                    value
                };
                text.push_str(&quoted(&value, mark));
                text.push(if at + 1 == what.len() { '\n' } else { mark });
            }
        }
        text
    }
}

fn quoted(value: &str, mark: char) -> String {
    if value.contains([mark, '"', '\n']) {
        format!("\"{}\"", value.replace('"', "\"\""))
    } else {
        value.to_owned()
    }
}
