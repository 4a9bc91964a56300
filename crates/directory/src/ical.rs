//! Calendars in iCalendar format (RFC 5545): reading somebody else's, writing ours.

mod components;
mod event;
mod lines;
mod rule;
mod times;
mod write;
mod zones;

pub use write::{Calendar, Entry, Status, write};

use crate::limits::{HOURS_MAX, ICALENDAR_BYTES_MAX};
use crate::report::Report;
use components::Components;
use event::{Changes, Event, Occurrence};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use preau_school::feed::fault::{Bytes, CalendarFault, TimetableFault};
use preau_school::feed::timetable::{Recurring, Subject, Timetable};
use preau_school::feed::{Position, tidy};
use std::collections::{BTreeMap, BTreeSet};
use zones::Clocks;

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
        return Timetable { refusals: report.refusals(), ..Timetable::default() };
    }
    let Components { events, zones, .. } = Components::read(bytes, &mut report);
    let clocks = Clocks::new(&options.zone, &zones, options.to);
    let mut by_uid: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    for event in events {
        by_uid.entry(event.uid.clone()).or_default().push(event);
    }
    let (mut lessons, mut hours) = (Vec::new(), 0);
    for (uid, events) in by_uid {
        for lesson in recurring(&uid, &events, (options, &clocks), &mut report) {
            hours += lesson.days.len();
            if hours > HOURS_MAX {
                report.rest_of_file(lesson.position.line, TimetableFault::ManyHours { most: HOURS_MAX as u64 });
                return Timetable { lessons, refusals: report.refusals(), ..Timetable::default() };
            }
            lessons.push(lesson);
        }
    }
    Timetable { lessons, refusals: report.refusals(), ..Timetable::default() }
}

/// The days of one lesson, and the line of the event that told the first.
#[derive(Default)]
struct Days {
    line: u64,
    all: BTreeSet<Date>,
    cancelled: BTreeSet<Date>,
}

/// The occurrences of one event and of the changes to it, gathered by time of day.
fn recurring(
    uid: &str,
    events: &[Event],
    (options, clocks): (&Options, &Clocks),
    report: &mut Report,
) -> Vec<Recurring> {
    let mut told: BTreeMap<(Time, Time, String, String), Days> = BTreeMap::new();
    let recurs = events.iter().any(|event| !event.is_change());
    let changes = if recurs { changes(events, clocks, report) } else { Changes::default() };
    // What changes all that follow is told with the event that recurs, where the file has that.
    for event in events.iter().filter(|event| !(recurs && event.is_onwards())) {
        let found = match event.occurrences((options, clocks), &changes) {
            Ok(found) => found,
            Err(fault) => {
                report.record(event.line, fault);
                continue;
            }
        };
        for (Occurrence { day, start, end }, event) in found {
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

/// What the events of one UID change of each other. Of one that cannot be read the occurrences are left out: whether they take
/// place as before, nobody can tell.
fn changes<'a>(events: &'a [Event], clocks: &Clocks, report: &mut Report) -> Changes<'a> {
    let mut changes = Changes::default();
    for event in events {
        let at = event.instead_of(clocks);
        if !event.is_onwards() {
            // What is wrong with it is told where it is read, as a lesson of its own.
            changes.single.extend(at.ok().flatten());
            continue;
        }
        match at.and_then(|at| at.ok_or_else(|| times::bad_time("RECURRENCE-ID"))) {
            Ok(at) => {
                let change = event.onwards(at, clocks).map_err(|fault| report.record(event.line, fault)).ok();
                changes.onwards.insert(at, change);
            }
            Err(fault) => report.record(event.line, fault),
        }
    }
    changes
}

#[cfg(test)]
mod tests;
