//! The libraries that `cargo xtask bench` sets the binary beside: `peers NAME FILE` does with a file what each does at its best.
//! Part of the measuring, not of the product.
#![allow(
    clippy::print_stdout,
    reason = "what is counted is printed, so that the counting is not left out"
)]

use serde::de::IgnoredAny;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args_os().skip(1);
    let (Some(name), Some(file)) = (args.next(), args.next()) else {
        return Err("usage: peers NAME FILE".into());
    };
    let data = std::fs::read(file)?;
    let count = match name.to_str().unwrap_or_default() {
        "regex" => {
            let pattern = std::env::var("FIVE_KINDS")?.replace(r"\b", r"(?-u:\b)");
            regex::bytes::Regex::new(&pattern)?.find_iter(&data).count()
        }
        "serde_json" => {
            let values = serde_json::Deserializer::from_slice(&data).into_iter::<IgnoredAny>();
            values.filter(Result::is_ok).count()
        }
        "csv" => {
            let mut reader = csv::ReaderBuilder::new()
                .flexible(true)
                .from_reader(data.as_slice());
            let mut record = csv::ByteRecord::new();
            let mut count = 0;
            while reader.read_byte_record(&mut record)? {
                count += 1;
            }
            count
        }
        "simd-csv" => {
            let mut reader = simd_csv::ZeroCopyReader::from_reader(data.as_slice());
            let mut count = 0;
            while reader.read_byte_record()?.is_some() {
                count += 1;
            }
            count
        }
        "newlines" => memchr::memchr_iter(b'\n', &data).count(),
        _ => return Err("no such library here".into()),
    };
    println!("{count}");
    Ok(())
}
