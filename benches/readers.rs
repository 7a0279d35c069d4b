//! Bytes per second of the base readers into a sink that does nothing, beside the raw parsers they stand on or compete with.
//! Texts are made here from a fixed seed, with invented people and documentation addresses.

use divan::{Bencher, black_box, counter::BytesCount};
use ropa::field::{Dataset, Field, TextPlace};
use ropa::source::{Budget, DatasetId, FieldId, Input, Reader, Sink, SourceError, Split};
use ropa::source::{
    access_log, avro, bson, csv as csv_reader, json as json_reader, jsonl, logfmt, parquet,
    spreadsheet, syslog, text, xml, yaml,
};
use ropa::value::Values;
use std::fmt::Write as _;

fn main() {
    divan::main();
}

const BYTES: usize = 24 << 20;

/// Takes everything and does nothing.
#[derive(Default)]
struct Nothing {
    ids: u32,
    bytes: u64,
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
        self.bytes += values.len() as u64;
    }

    fn text(&mut self, chunk: &[u8], _: TextPlace) {
        self.bytes += chunk.len() as u64;
    }

    fn member(&mut self, _: Input) -> Result<(), SourceError> {
        Ok(())
    }
}

/// A small generator with a fixed seed (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// Twelve columns; one row in five has a quoted cell, some of those a doubled quote and a line end.
fn delimited() -> String {
    let mut random = Random(3);
    let mut text = String::from(
        "id,first_name,last_name,email,phone,street,city,country,created_at,amount,status,note\n",
    );
    while text.len() < BYTES {
        let id = random.below(1 << 40);
        let note = match random.below(15) {
            0 => "\"said \"\"call back\"\"\nand left\"",
            1 | 2 => "\"one, two\"",
            _ => "nothing to say",
        };
        writeln!(
            text,
            "{id},Ana,Lind{},user{}@example.com,+1 555 01{:02},{} Main Street,Springfield,NO,2024-05-{:02}T10:00:00Z,{}.50,paid,{note}",
            id % 97,
            id % 9_999,
            id % 100,
            id % 300,
            id % 28 + 1,
            id % 5_000
        )
        .expect("strings take all");
    }
    text
}

fn json_lines() -> String {
    let mut random = Random(5);
    let mut text = String::new();
    while text.len() < BYTES {
        let id = random.below(1 << 40);
        writeln!(
            text,
            "{{\"ts\":\"2024-05-{:02}T10:00:00.{:03}Z\",\"level\":\"info\",\"msg\":\"order placed\",\"request\":{{\"id\":\"{id:x}\",\"method\":\"POST\",\"path\":\"/api/orders/{id}\",\"ip\":\"192.0.2.{}\",\"headers\":{{\"agent\":\"Mozilla/5.0 (X11; Linux x86_64)\",\"accept\":\"*/*\"}}}},\"user\":{{\"id\":{},\"email\":\"user{}@example.com\",\"name\":\"Ana Lind\",\"roles\":[\"buyer\",\"admin\"],\"active\":true,\"manager\":null}},\"items\":[{{\"sku\":\"A-{}\",\"qty\":{},\"price\":{}.5}},{{\"sku\":\"B-1\",\"qty\":1,\"price\":2}}],\"took_ms\":{},\"note\":\"a \\\"quoted\\\" word\"}}",
            id % 28 + 1,
            id % 1_000,
            id % 256,
            id % 100_000,
            id % 9_999,
            id % 500,
            id % 7,
            id % 300,
            id % 900
        )
        .expect("strings take all");
    }
    text
}

fn access_lines() -> String {
    let mut random = Random(7);
    let mut text = String::new();
    while text.len() < BYTES {
        let id = random.below(1 << 40);
        writeln!(
            text,
            "192.0.2.{} - - [10/Oct/2025:13:55:{:02} +0000] \"GET /api/v2/orders/{id} HTTP/1.1\" 200 {} \"https://shop.example.com/cart\" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36\"",
            id % 256,
            id % 60,
            id % 90_000
        )
        .expect("strings take all");
    }
    text
}

fn logfmt_lines() -> String {
    let mut random = Random(9);
    let mut text = String::new();
    while text.len() < BYTES {
        let id = random.below(1 << 40);
        writeln!(
            text,
            "time=2024-05-{:02}T10:00:00Z level=info msg=\"order placed\" user.id={} email=user{}@example.com ip=192.0.2.{} took={}ms request={id:x}",
            id % 28 + 1,
            id % 9_999,
            id % 9_999,
            id % 256,
            id % 900
        )
        .expect("strings take all");
    }
    text
}

fn syslog_lines() -> String {
    let mut random = Random(11);
    let mut text = String::new();
    while text.len() < BYTES {
        let id = random.below(1 << 40);
        writeln!(
            text,
            "Oct {:2} 22:14:15 mail sshd[{}]: Accepted publickey for ana from 192.0.2.{} port {} ssh2",
            id % 28 + 1,
            id % 30_000,
            id % 256,
            id % 60_000
        )
        .expect("strings take all");
    }
    text
}

fn bench(bencher: Bencher, name: &str, reader: &dyn Reader, text: impl Into<Vec<u8>>) {
    let bytes: Vec<u8> = text.into();
    let size = bytes.len();
    let input = Input::bytes(name, bytes).expect("readable");
    let budget = Budget {
        full: true,
        ..Budget::default()
    };
    let run = || {
        let mut sink = Nothing::default();
        let outcome = reader
            .read(&input, &Split::whole(), &budget, &mut sink)
            .expect("read");
        assert_eq!(outcome.coverage.id(), "whole");
        sink.bytes
    };
    bencher.counter(BytesCount::new(size)).bench_local(run);
}

/// A Parquet file as `scripts/make-fixtures.py bench` writes it; that of the fixtures where there is none.
fn parquet_file() -> Vec<u8> {
    let large = std::path::Path::new("target/bench/people.parquet");
    let small = std::path::Path::new("fixtures/formats/customers.parquet");
    let path = if large.exists() { large } else { small };
    std::fs::read(path).expect("benches run in the folder of the project")
}

#[divan::bench(sample_count = 4)]
fn parquet_ropa_full(bencher: Bencher) {
    bench(bencher, "x.parquet", &parquet::READER, parquet_file());
}

/// One record of the nested formats: name, mail, phone and a list.
fn people(count: usize) -> impl Iterator<Item = (u64, String, String)> {
    let mut random = Random(17);
    (0..count).map(move |_| {
        let id = random.below(1 << 40);
        (
            id,
            format!("user{}@example.com", id % 9_999),
            format!("+1 555 01{:02}", id % 100),
        )
    })
}

fn xml_export() -> String {
    let mut text = String::from("<?xml version=\"1.0\"?>\n<export>\n");
    for (id, email, phone) in people(80_000) {
        writeln!(
            text,
            "  <customer id=\"{id}\"><name>Ana &amp; Lind</name><contact kind=\"work\"><email>{email}</email><phone>{phone}</phone></contact><city>Springfield</city></customer>"
        )
        .expect("strings take all");
    }
    text + "</export>\n"
}

#[divan::bench(sample_count = 8)]
fn xml_ropa(bencher: Bencher) {
    bench(bencher, "x.xml", &xml::READER, xml_export());
}

#[divan::bench(sample_count = 8)]
fn xml_quick_xml(bencher: Bencher) {
    let text = xml_export();
    bencher
        .counter(BytesCount::new(text.len()))
        .bench_local(|| {
            let mut reader = quick_xml::Reader::from_reader(text.as_bytes());
            let (mut buffer, mut seen) = (Vec::new(), 0);
            loop {
                buffer.clear();
                match reader.read_event_into(&mut buffer).expect("XML") {
                    quick_xml::events::Event::Eof => return seen,
                    _ => seen += 1,
                }
            }
        });
}

fn yaml_records() -> String {
    let mut text = String::new();
    for (id, email, phone) in people(60_000) {
        writeln!(
            text,
            "- id: {id}\n  name: \"Ana Lind\"\n  email: {email}\n  phone: \"{phone}\"\n  tags: [regular, north]"
        )
        .expect("strings take all");
    }
    text
}

#[divan::bench(sample_count = 4)]
fn yaml_ropa(bencher: Bencher) {
    bench(bencher, "fixtures/x.yaml", &yaml::READER, yaml_records());
}

#[divan::bench(sample_count = 4)]
fn yaml_saphyr_parser(bencher: Bencher) {
    let text = yaml_records();
    bencher
        .counter(BytesCount::new(text.len()))
        .bench_local(|| {
            saphyr_parser::Parser::new_from_str(&text)
                .map_while(Result::ok)
                .count()
        });
}

/// A workbook of shared texts, numbers and dates as text.
fn workbook() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (at, name) in ["id", "name", "email", "phone", "amount"]
        .iter()
        .enumerate()
    {
        sheet.write(0, at as u16, *name).expect("it fits");
    }
    for (at, (id, email, phone)) in people(60_000).enumerate() {
        let row = at as u32 + 1;
        sheet.write(row, 0, id as f64).expect("it fits");
        sheet.write(row, 1, "Ana Lind").expect("it fits");
        sheet.write(row, 2, email).expect("it fits");
        sheet.write(row, 3, phone).expect("it fits");
        sheet
            .write(row, 4, (id % 5_000) as f64 / 2.0)
            .expect("it fits");
    }
    book.save_to_buffer().expect("memory takes all")
}

#[divan::bench(sample_count = 4)]
fn xlsx_ropa(bencher: Bencher) {
    bench(bencher, "x.xlsx", &spreadsheet::READER, workbook());
}

#[divan::bench(sample_count = 4)]
fn xlsx_calamine(bencher: Bencher) {
    use calamine::Reader as _;
    let file = workbook();
    bencher
        .counter(BytesCount::new(file.len()))
        .bench_local(|| {
            let mut book = calamine::Xlsx::new(std::io::Cursor::new(&file)).expect("a workbook");
            let name = book.sheet_names()[0].clone();
            let mut cells = book.worksheet_cells_reader(&name).expect("a sheet");
            let mut seen = 0;
            while let Ok(Some(_)) = cells.next_cell() {
                seen += 1;
            }
            seen
        });
}

fn bson_dump() -> Vec<u8> {
    let mut dump = Vec::new();
    let text = |out: &mut Vec<u8>, key: &str, value: &str| {
        out.push(2);
        out.extend_from_slice(key.as_bytes());
        out.push(0);
        out.extend((value.len() as i32 + 1).to_le_bytes());
        out.extend_from_slice(value.as_bytes());
        out.push(0);
    };
    for (id, email, phone) in people(200_000) {
        let mut inside = vec![0x12, b'_', b'i', b'd', 0];
        inside.extend((id as i64).to_le_bytes());
        text(&mut inside, "name", "Ana Lind");
        text(&mut inside, "email", &email);
        text(&mut inside, "phone", &phone);
        inside.push(0);
        dump.extend((inside.len() as i32 + 4).to_le_bytes());
        dump.extend(inside);
    }
    dump
}

#[divan::bench(sample_count = 8)]
fn bson_ropa(bencher: Bencher) {
    bench(bencher, "x.bson", &bson::READER, bson_dump());
}

fn avro_file() -> Vec<u8> {
    let long = |out: &mut Vec<u8>, number: i64| {
        let mut zigzag = (number << 1 ^ number >> 63) as u64;
        while zigzag >= 128 {
            out.push(zigzag as u8 | 128);
            zigzag >>= 7;
        }
        out.push(zigzag as u8);
    };
    let text = |out: &mut Vec<u8>, value: &str| {
        long(out, value.len() as i64);
        out.extend_from_slice(value.as_bytes());
    };
    let schema = r#"{"type":"record","name":"Person","fields":[{"name":"id","type":"long"},{"name":"name","type":"string"},{"name":"email","type":["null","string"]},{"name":"phone","type":"string"}]}"#;
    let mut file = b"Obj\x01\x02".to_vec();
    text(&mut file, "avro.schema");
    text(&mut file, schema);
    file.push(0);
    file.extend([7; 16]);
    let all: Vec<_> = people(200_000).collect();
    for some in all.chunks(1_000) {
        let mut block = Vec::new();
        for (id, email, phone) in some {
            long(&mut block, *id as i64);
            text(&mut block, "Ana Lind");
            long(&mut block, 1);
            text(&mut block, email);
            text(&mut block, phone);
        }
        long(&mut file, some.len() as i64);
        long(&mut file, block.len() as i64);
        file.extend(block);
        file.extend([7; 16]);
    }
    file
}

#[divan::bench(sample_count = 8)]
fn avro_ropa(bencher: Bencher) {
    bench(bencher, "x.avro", &avro::READER, avro_file());
}

#[divan::bench(sample_count = 8)]
fn csv_ropa(bencher: Bencher) {
    bench(bencher, "x.csv", &csv_reader::READER, delimited());
}

#[divan::bench(sample_count = 8)]
fn csv_simd_csv(bencher: Bencher) {
    let text = delimited();
    bencher
        .counter(BytesCount::new(text.len()))
        .bench_local(|| {
            let mut builder = simd_csv::ZeroCopyReaderBuilder::with_capacity(64 << 10);
            let mut reader = builder.flexible(true).from_reader(text.as_bytes());
            let mut cells = 0;
            while let Ok(Some(record)) = reader.read_byte_record() {
                cells += record.len();
            }
            cells
        });
}

#[divan::bench(sample_count = 8)]
fn csv_csv(bencher: Bencher) {
    let text = delimited();
    bencher
        .counter(BytesCount::new(text.len()))
        .bench_local(|| {
            let mut reader = csv::ReaderBuilder::new()
                .flexible(true)
                .from_reader(text.as_bytes());
            let mut record = csv::ByteRecord::new();
            let mut cells = 0;
            while let Ok(true) = reader.read_byte_record(&mut record) {
                cells += record.len();
            }
            cells
        });
}

#[divan::bench(sample_count = 8)]
fn jsonl_ropa(bencher: Bencher) {
    bench(bencher, "x.jsonl", &jsonl::READER, json_lines());
}

#[divan::bench(sample_count = 8)]
fn json_ropa(bencher: Bencher) {
    let lines = json_lines();
    let document = format!("[{}]", lines.trim_end().replace('\n', ",\n"));
    bench(bencher, "x.json", &json_reader::READER, document);
}

/// Reads every scalar as it comes and keeps nothing: the least that `serde_json` can do for the same bytes.
struct Scalars<'a>(&'a mut u64);

impl<'de> serde::de::DeserializeSeed<'de> for Scalars<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> serde::de::Visitor<'de> for Scalars<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        *self.0 += 1;
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        *self.0 += 1;
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        *self.0 += 1;
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        *self.0 += 1;
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        *self.0 += text.len() as u64;
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while elements.next_element_seed(Scalars(&mut *self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while entries.next_key_seed(Scalars(&mut *self.0))?.is_some() {
            entries.next_value_seed(Scalars(&mut *self.0))?;
        }
        Ok(())
    }
}

#[divan::bench(sample_count = 8)]
fn jsonl_serde_json(bencher: Bencher) {
    let text = json_lines();
    bencher
        .counter(BytesCount::new(text.len()))
        .bench_local(|| {
            let mut seen = 0;
            for line in text.lines() {
                let mut deserializer = serde_json::Deserializer::from_str(line);
                serde::de::DeserializeSeed::deserialize(Scalars(&mut seen), &mut deserializer)
                    .expect("JSON");
            }
            black_box(seen)
        });
}

#[divan::bench(sample_count = 8)]
fn access_log_ropa(bencher: Bencher) {
    bench(bencher, "access.log", &access_log::READER, access_lines());
}

#[divan::bench(sample_count = 8)]
fn logfmt_ropa(bencher: Bencher) {
    bench(bencher, "app.log", &logfmt::READER, logfmt_lines());
}

#[divan::bench(sample_count = 8)]
fn syslog_ropa(bencher: Bencher) {
    bench(bencher, "auth.log", &syslog::READER, syslog_lines());
}

#[divan::bench(sample_count = 8)]
fn text_ropa(bencher: Bencher) {
    bench(bencher, "x.txt", &text::READER, access_lines());
}
