//! Bytes per second of reading SQL: schemas through tokenizer, tolerant reader and grammar; rows of COPY and INSERT past both.
//! Texts are made here, with invented people and documentation addresses.

use divan::{Bencher, black_box, counter::BytesCount};
use ropa::field::{Dataset, Field, TextPlace};
use ropa::source::{
    Budget, DatasetId, FieldId, Input, Reader, Sink, SourceError, Split, rails_schema, sql,
};
use ropa::value::Values;
use std::fmt::Write as _;

fn main() {
    divan::main();
}

const ROW_BYTES: usize = 24 << 20;
const SCHEMA_BYTES: usize = 1 << 20;

/// Takes everything and does nothing.
#[derive(Default)]
struct Nothing {
    ids: u32,
    values: u64,
}

impl Sink for Nothing {
    fn dataset(&mut self, _: Dataset) -> DatasetId {
        DatasetId(0)
    }

    fn field(&mut self, _: DatasetId, _: Field) -> FieldId {
        self.ids += 1;
        FieldId(self.ids)
    }

    fn values(&mut self, _: FieldId, values: Values<'_>) {
        self.values += values.len() as u64;
    }

    fn text(&mut self, _: &[u8], _: TextPlace) {}

    fn member(&mut self, _: Input) -> Result<(), SourceError> {
        Ok(())
    }
}

fn read(bencher: Bencher<'_, '_>, reader: &dyn Reader, name: &str, text: String) {
    let bytes = text.len();
    let input = Input::bytes(name, text.into_bytes()).expect("bytes in memory are readable");
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        let mut sink = Nothing::default();
        let outcome = reader.read(&input, &Split::whole(), &Budget::default(), &mut sink);
        black_box((outcome.expect("bytes in memory are readable"), sink.values))
    });
}

fn schema() -> String {
    let mut text = String::from("-- PostgreSQL database dump\n");
    let mut table = 0;
    while text.len() < SCHEMA_BYTES {
        table += 1;
        write!(
            text,
            "CREATE TABLE public.people_{table} (\n    id bigint NOT NULL,\n    email character varying(320) DEFAULT ''::character varying NOT NULL, -- to write to\n    \
             full_name text,\n    born_on date,\n    price numeric(10,2),\n    seen timestamp with time zone DEFAULT now(),\n    club_id bigint REFERENCES public.clubs (id),\n    \
             CONSTRAINT people_{table}_price CHECK ((price > (0)::numeric))\n);\n\nCOMMENT ON COLUMN public.people_{table}.full_name IS 'first and last';\n\n"
        )
        .expect("strings take all");
    }
    text
}

fn row(number: usize) -> String {
    format!(
        "{number}\tada.{number}@example.com\tAda Example\t1990-01-02\t192.0.2.{}\tsome longer note about order {number}",
        number % 256
    )
}

fn copy() -> String {
    let mut text =
        String::from("COPY public.people (id, email, name, born, ip, note) FROM stdin;\n");
    for number in 0.. {
        text.push_str(&row(number));
        text.push('\n');
        if text.len() > ROW_BYTES {
            break;
        }
    }
    text + "\\.\n"
}

/// As mysqldump writes: many rows a statement.
fn extended_inserts() -> String {
    let mut text = String::from("-- MySQL dump 10.13\n");
    for statement in 0.. {
        text.push_str("INSERT INTO `people` VALUES ");
        for number in statement * 5_000..(statement + 1) * 5_000 {
            let separator = if number % 5_000 == 0 { "" } else { "," };
            write!(text, "{separator}('{}')", row(number).replace('\t', "','"))
                .expect("strings take all");
        }
        text.push_str(";\n");
        if text.len() > ROW_BYTES {
            break;
        }
    }
    text
}

/// As SQLite's `.dump` writes: one row a statement.
fn single_inserts() -> String {
    let mut text = String::from("PRAGMA foreign_keys=OFF;\n");
    for number in 0.. {
        writeln!(
            text,
            "INSERT INTO people VALUES('{}');",
            row(number).replace('\t', "','")
        )
        .expect("strings take all");
        if text.len() > ROW_BYTES {
            break;
        }
    }
    text
}

#[divan::bench(sample_count = 5)]
fn ddl(bencher: Bencher<'_, '_>) {
    read(bencher, &sql::READER, "schema.sql", schema());
}

#[divan::bench(sample_count = 5)]
fn copy_rows(bencher: Bencher<'_, '_>) {
    read(bencher, &sql::READER, "dump.sql", copy());
}

#[divan::bench(sample_count = 5)]
fn extended_insert_rows(bencher: Bencher<'_, '_>) {
    read(bencher, &sql::READER, "dump.sql", extended_inserts());
}

#[divan::bench(sample_count = 5)]
fn single_insert_rows(bencher: Bencher<'_, '_>) {
    read(bencher, &sql::READER, "dump.sql", single_inserts());
}

#[divan::bench(sample_count = 5)]
fn rails(bencher: Bencher<'_, '_>) {
    let mut text = String::from("ActiveRecord::Schema[7.1].define(version: 1) do\n");
    for table in 0..4_000 {
        write!(text, "  create_table \"t{table}\", force: :cascade do |t|\n    t.string \"email\", limit: 320, default: \"\", null: false\n    t.date \"born_on\"\n    t.index [\"email\"], name: \"i{table}\"\n  end\n\n")
            .expect("strings take all");
    }
    read(
        bencher,
        &rails_schema::READER,
        "db/schema.rb",
        text + "end\n",
    );
}
