//! Calendars as iCalendar: each event, task and journal entry a row; attendees, organizers, places and texts as fields.
//! Time zones and alarms are no people's data and are read past.

use super::content_lines::{self, Property};
use super::vcard::{Rows, is_begun};
use super::{Budget, Claim, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split};

/// The reader of calendars.
pub static READER: ICalendar = ICalendar;

/// iCalendar files.
pub struct ICalendar;

/// Components whose properties describe no entry.
const SILENT_COMPONENTS: &[&str] = &["vtimezone", "standard", "daylight"];

/// Properties of the file or of the exchange, not of what happens.
const SILENT: &[&str] = &[
    "begin", "end", "version", "prodid", "calscale", "method", "sequence", "transp", "trigger",
    "action", "rrule", "exdate",
];

/// Parameters that name people.
const PARAMETERS: &[&str] = &[
    "cn",
    "email",
    "sent-by",
    "delegated-to",
    "delegated-from",
    "member",
    "dir",
];

impl Reader for ICalendar {
    fn format(&self) -> &'static str {
        "icalendar"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Export
    }

    fn claim(&self, input: &Input) -> Claim {
        match is_begun(input, "vcalendar") {
            true => Claim::Certain,
            false => Claim::No,
        }
    }

    fn read(
        &self,
        input: &Input,
        _: &Split,
        _: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        let mut entries = Rows::of(input, sink);
        let mut open: Vec<String> = Vec::new();
        let (coverage, lines) = content_lines::each(input, |line, number| {
            let Some(property) = Property::of(line) else {
                return;
            };
            let value = property.value.trim().to_ascii_lowercase();
            match property.name.as_str() {
                "begin" => {
                    entries.rows += u64::from(open.len() == 1 && value != "vtimezone");
                    // Components lie in each other three deep at most; a file that never closes them ends here.
                    if open.len() < 16 {
                        open.push(value);
                    }
                }
                "end" => {
                    open.pop();
                    entries.columns.flush_if_full(sink);
                }
                name if SILENT.contains(&name) => {}
                _ if open.iter().any(|c| SILENT_COMPONENTS.contains(&c.as_str())) => {}
                _ => entry_line(&property, open.last(), number, &mut entries),
            }
        })?;
        entries.finish(sink);
        Ok(Outcome {
            coverage,
            lines,
            unresolved: 0,
        })
    }
}

fn entry_line(property: &Property<'_>, component: Option<&String>, line: u64, entries: &mut Rows) {
    let inside = component.filter(|name| name.as_str() == "valarm");
    let path = match inside {
        Some(component) => format!("{component}.{}", property.name),
        None => property.name.clone(),
    };
    if property.is_binary() {
        entries.mark(&path, "binary", line);
        return;
    }
    let text = property.text();
    entries.push(&path, address(&text), line);
    for name in PARAMETERS {
        if let Some(value) = property.parameter(name) {
            let name = match *name {
                "cn" => "name".to_owned(),
                name => name.replace('-', "_"),
            };
            entries.push(&format!("{path}.{name}"), address(value), line);
        }
    }
}

/// An address without its scheme.
fn address(value: &str) -> &str {
    let scheme = value.get(..7).filter(|s| s.eq_ignore_ascii_case("mailto:"));
    scheme.map_or(value, |scheme| &value[scheme.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Coverage;
    use crate::source::recording::Recording;

    #[test]
    fn entries_are_rows_and_people_fields() {
        let text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Paris\r\nBEGIN:STANDARD\r\nTZNAME:CET\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nDTSTART;TZID=Europe/Paris:20261010T100000\r\nSUMMARY:Interview with Jane Roe\r\nORGANIZER;CN=Joe Roe:MAILTO:joe@example.com\r\nATTENDEE;CN=\"Roe, Jane\";RSVP=TRUE:mailto:jane@example.com\r\nLOCATION:12 Example Street\\, Springfield\r\nBEGIN:VALARM\r\nDESCRIPTION:call\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let input = Input::bytes("team.ics", text.as_bytes()).expect("readable");
        assert_eq!(READER.claim(&input), Claim::Certain);
        let mut told = Recording::default();
        let outcome = READER
            .read(&input, &Split::whole(), &Budget::default(), &mut told)
            .expect("read");
        assert_eq!(outcome.coverage, Coverage::Whole);
        assert_eq!(
            told.paths("team.ics"),
            [
                "dtstart",
                "summary",
                "organizer",
                "organizer.name",
                "attendee",
                "attendee.name",
                "location",
                "valarm.description",
            ]
        );
        assert_eq!(
            told.field_named("team.ics", "attendee").values,
            ["jane@example.com"]
        );
        assert_eq!(
            told.field_named("team.ics", "organizer").values,
            ["joe@example.com"]
        );
        assert_eq!(told.dataset_named("team.ics").dataset.rows_counted, Some(1));
    }
}
