//! A typed cell as text: numbers as they are counted, dates and times as ISO 8601.
//! Knows nothing of how a sheet shows them.

use calamine::{Data, DataRef, ExcelDateTime};
use std::io::Write as _;

/// Room for the text of one cell after the other.
#[derive(Default)]
pub struct Text(Vec<u8>);

impl Text {
    /// The text of a cell; empty for an empty one and for an error.
    pub fn of<'a>(&'a mut self, value: &'a DataRef<'_>) -> &'a [u8] {
        self.0.clear();
        let wrote = match value {
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                return text.as_bytes();
            }
            DataRef::SharedString(text) => return text.as_bytes(),
            DataRef::Empty | DataRef::Error(_) => return b"",
            DataRef::Int(number) => write!(self.0, "{number}"),
            DataRef::Float(number) => write!(self.0, "{number}"),
            DataRef::Bool(is) => write!(self.0, "{is}"),
            DataRef::DateTime(time) => write_time(&mut self.0, time),
        };
        wrote.expect("memory takes all");
        &self.0
    }
}

/// The same cell, of a sheet that is kept in memory.
pub fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(is) => DataRef::Bool(*is),
        Data::DateTime(time) => DataRef::DateTime(*time),
        Data::DateTimeIso(text) | Data::DurationIso(text) => DataRef::SharedString(text),
        Data::Error(_) | Data::Empty => DataRef::Empty,
    }
}

fn write_time(out: &mut Vec<u8>, time: &ExcelDateTime) -> std::io::Result<()> {
    let days = time.as_f64();
    if time.is_duration() {
        let seconds = (days * 86_400.0).round() as i64;
        let (minutes, second) = (seconds / 60, seconds % 60);
        return write!(out, "{}:{:02}:{second:02}", minutes / 60, minutes % 60);
    }
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let has_date = days >= 1.0;
    // Counted in seconds: a sheet keeps days as fractions, which are never quite even.
    let has_time = (days.fract() * 86_400.0).round() != 0.0;
    if has_date {
        write!(out, "{year:04}-{month:02}-{day:02}")?;
    }
    if has_date && has_time {
        out.push(b'T');
    }
    if has_time || !has_date {
        write!(out, "{hour:02}:{minute:02}:{second:02}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::ExcelDateTimeType;

    #[test]
    fn cells_become_the_text_that_a_person_would_write() {
        let text = |value: DataRef<'_>| {
            String::from_utf8(Text::default().of(&value).to_vec()).expect("UTF-8")
        };
        let time = |days: f64, form| DataRef::DateTime(ExcelDateTime::new(days, form, false));
        use ExcelDateTimeType::{DateTime, TimeDelta};
        assert_eq!(text(DataRef::Float(15_550_143.0)), "15550143");
        assert_eq!(text(DataRef::Float(12_025_550_143.0)), "12025550143");
        assert_eq!(text(DataRef::Float(0.5)), "0.5");
        assert_eq!(text(DataRef::Bool(true)), "true");
        assert_eq!(text(DataRef::SharedString("a b")), "a b");
        assert_eq!(text(DataRef::Empty), "");
        assert_eq!(text(time(45_292.0, DateTime)), "2024-01-01");
        assert_eq!(text(time(45_292.75, DateTime)), "2024-01-01T18:00:00");
        assert_eq!(text(time(0.75, DateTime)), "18:00:00");
        assert_eq!(text(time(1.25, TimeDelta)), "30:00:00");
    }
}
