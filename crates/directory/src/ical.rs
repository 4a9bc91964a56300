//! Calendars in iCalendar format (RFC 5545): reading somebody else's, writing ours.

mod event;
mod lines;
mod times;
mod write;

pub use write::{Calendar, Entry, Status, write};

use crate::limits::{HOURS_MAX, ICALENDAR_BYTES_MAX, RECURRING_MAX};
use crate::report::Report;
use event::{Event, Occurrence};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use preau_school::feed::fault::{Bytes, CalendarFault, TimetableFault};
use preau_school::feed::timetable::{Recurring, Subject, Timetable};
use preau_school::feed::{Position, tidy};
use std::collections::{BTreeMap, BTreeSet};

/// How a calendar is read.
#[derive(Clone, Debug)]
pub struct Options {
    /// The school's zone: lessons are told by its clock, and times without a zone are meant so.
    pub zone: TimeZone,
    /// First and last day of interest; a rule without an end is followed to the last.
    pub from: Date,
    pub to: Date,
}

/// Reads a calendar: each event is a lesson, its summary the subject, its location the room. A calendar names no class
/// and no teacher in a way that others understand, so the lessons have none: whoever imports it says whose they are.
///
/// Events of whole days, and those that end on another day, are no lessons and are told as refusals.
pub fn read(bytes: &[u8], file: &str, options: &Options) -> Timetable {
    let mut report = Report::new(file);
    if bytes.len() > ICALENDAR_BYTES_MAX {
        report.rest_of_file(0, CalendarFault::Long { most: Bytes(ICALENDAR_BYTES_MAX as u64) });
        return Timetable { lessons: Vec::new(), refusals: report.refusals() };
    }
    let events = events(bytes, &mut report);
    let mut by_uid: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    for event in events {
        by_uid.entry(event.uid.clone()).or_default().push(event);
    }
    let (mut lessons, mut hours) = (Vec::new(), 0);
    for (uid, events) in by_uid {
        for lesson in recurring(&uid, &events, options, &mut report) {
            hours += lesson.days.len();
            if hours > HOURS_MAX {
                report.rest_of_file(lesson.position.line, TimetableFault::ManyHours { most: HOURS_MAX as u64 });
                return Timetable { lessons, refusals: report.refusals() };
            }
            lessons.push(lesson);
        }
    }
    Timetable { lessons, refusals: report.refusals() }
}

fn events(bytes: &[u8], report: &mut Report) -> Vec<Event> {
    let mut events = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut event: Option<Event> = None;
    let mut seen = false;
    for line in lines::of(bytes) {
        let line = match line {
            Ok(line) => line,
            Err((at, fault)) => {
                report.record(at, fault);
                continue;
            }
        };
        match line.name.as_str() {
            "BEGIN" => {
                let name = line.value.trim().to_ascii_uppercase();
                seen |= name == "VCALENDAR";
                if name == "VEVENT" && open.last().is_some_and(|around| around == "VCALENDAR") {
                    event = Some(Event::at(line.at));
                }
                if open.len() < crate::limits::DEPTH_MAX {
                    open.push(name);
                }
            }
            "END" => {
                if open.pop().as_deref() == Some("VEVENT")
                    && let Some(event) = event.take()
                {
                    if events.len() < RECURRING_MAX {
                        events.push(event);
                    } else {
                        report.record(event.line, TimetableFault::ManyLessons { most: RECURRING_MAX as u64 });
                    }
                }
            }
            // What stands in an alarm is not the event's.
            _ if open.last().is_some_and(|around| around == "VEVENT") => {
                if let Some(event) = &mut event {
                    event.take(&line);
                }
            }
            _ => {}
        }
    }
    if !seen {
        report.rest_of_file(0, CalendarFault::NoCalendar);
    } else if event.is_some() {
        report.rest_of_file(0, CalendarFault::CutOff);
    }
    events
}

/// The days of one lesson, and the line of the event that told the first.
#[derive(Default)]
struct Days {
    line: u64,
    all: BTreeSet<Date>,
    cancelled: BTreeSet<Date>,
}

/// The occurrences of one event and of the changes to it, gathered by time of day.
fn recurring(uid: &str, events: &[Event], options: &Options, report: &mut Report) -> Vec<Recurring> {
    let mut told: BTreeMap<(Time, Time, String, String), Days> = BTreeMap::new();
    let moved: BTreeSet<_> = events.iter().filter_map(|event| event.instead_of(&options.zone).ok().flatten()).collect();
    for event in events {
        let found = match event.occurrences(options, &moved) {
            Ok(found) => found,
            Err(fault) => {
                report.record(event.line, fault);
                continue;
            }
        };
        for Occurrence { day, start, end } in found {
            let key = (start, end, event.summary.clone(), event.location.clone());
            let days = told.entry(key).or_insert_with(|| Days { line: event.line, ..Days::default() });
            days.all.insert(day);
            if event.cancelled {
                days.cancelled.insert(day);
            }
        }
    }
    let lessons = told.into_iter().enumerate().map(|(at, ((start, end, summary, location), days))| {
        let key = if at == 0 { uid.to_owned() } else { format!("{uid} #{}", at + 1) };
        Recurring {
            position: Position { line: days.line, ..report.position() },
            key,
            start,
            end,
            days: days.all.into_iter().collect(),
            cancelled: days.cancelled.into_iter().collect(),
            subject: Subject { code: String::new(), label: tidy(&summary) },
            room: tidy(&location),
            groups: Vec::new(),
            teachers: Vec::new(),
        }
    });
    lessons.collect()
}

#[cfg(test)]
mod tests;
