use super::event::Event;
use super::lines::{self, Line};
use super::zones::Definition;
use crate::limits::{DEFINED_ZONES_MAX, DEPTH_MAX, RECURRING_MAX};
use crate::report::Report;
use preau_school::feed::fault::{CalendarFault, TimetableFault};

/// What a calendar holds that matters here.
#[derive(Default)]
pub(super) struct Components {
    pub events: Vec<Event>,
    pub zones: Vec<Definition>,
    /// Names of what is open.
    open: Vec<String>,
    event: Option<Event>,
    zone: Option<Definition>,
    /// A calendar has begun.
    seen: bool,
}

impl Components {
    /// Reads a whole file; what is wrong goes into the report.
    pub fn read(bytes: &[u8], report: &mut Report) -> Self {
        let mut all = Self::default();
        for line in lines::of(bytes) {
            match line {
                Ok(line) => all.take(&line, report),
                Err((at, fault)) => report.record(at, fault),
            }
        }
        if !all.seen {
            report.rest_of_file(0, CalendarFault::NoCalendar);
        } else if all.event.is_some() {
            report.rest_of_file(0, CalendarFault::CutOff);
        }
        all
    }

    fn take(&mut self, line: &Line, report: &mut Report) {
        match (line.name.as_str(), self.open.last().map(String::as_str)) {
            ("BEGIN", _) => self.begin(line),
            ("END", _) => self.end(report),
            // What stands in an alarm is not the event's.
            (_, Some("VEVENT")) => {
                if let Some(event) = &mut self.event {
                    event.take(line);
                }
            }
            (_, Some(inside @ ("VTIMEZONE" | "STANDARD" | "DAYLIGHT"))) => {
                if let Some(zone) = &mut self.zone {
                    zone.take(inside == "VTIMEZONE", line);
                }
            }
            _ => {}
        }
    }

    fn begin(&mut self, line: &Line) {
        let name = line.value.trim().to_ascii_uppercase();
        let around = self.open.last().map(String::as_str);
        self.seen |= name == "VCALENDAR";
        match (name.as_str(), around) {
            ("VEVENT", Some("VCALENDAR")) => self.event = Some(Event::at(line.at)),
            ("VTIMEZONE", Some("VCALENDAR")) => self.zone = Some(Definition::default()),
            (inside, Some("VTIMEZONE")) => {
                if let Some(zone) = &mut self.zone {
                    zone.begin(inside);
                }
            }
            _ => {}
        }
        if self.open.len() < DEPTH_MAX {
            self.open.push(name);
        }
    }

    fn end(&mut self, report: &mut Report) {
        match self.open.pop().as_deref() {
            Some("VEVENT") => {
                let Some(event) = self.event.take() else { return };
                if self.events.len() < RECURRING_MAX {
                    self.events.push(event);
                } else {
                    report.record(event.line, TimetableFault::ManyLessons { most: RECURRING_MAX as u64 });
                }
            }
            Some("VTIMEZONE") if self.zones.len() < DEFINED_ZONES_MAX => self.zones.extend(self.zone.take()),
            _ => {}
        }
    }
}
