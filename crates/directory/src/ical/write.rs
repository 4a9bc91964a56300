//! Writing a calendar (RFC 5545): lines of 75 octets, zones described, stable UIDs.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// A calendar to be written.
#[derive(Clone, Debug)]
pub struct Calendar<'a> {
    /// Shown by the program that takes it.
    pub name: &'a str,
    pub zone: &'a TimeZone,
    /// IANA name of `zone`.
    pub zone_name: &'a str,
    pub entries: &'a [Entry],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Confirmed,
    Cancelled,
}

/// One lesson.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The same for the same lesson for ever.
    pub uid: String,
    /// Raised by each change (RFC 5545 §3.8.7.4).
    pub sequence: u32,
    pub changed_at: Timestamp,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub summary: String,
    pub location: String,
    pub description: String,
    /// None for a lesson without a page.
    pub url: Option<String>,
    pub status: Status,
}

/// The calendar as bytes to be sent as `text/calendar; charset=utf-8`.
pub fn write(calendar: &Calendar<'_>) -> String {
    let mut out = Lines(String::with_capacity(256 + calendar.entries.len() * 300));
    out.line("BEGIN", "VCALENDAR");
    out.line("VERSION", "2.0");
    out.line("PRODID", "-//Préau//Timetable//FR");
    out.line("CALSCALE", "GREGORIAN");
    out.line("METHOD", "PUBLISH");
    out.line("X-WR-CALNAME", &escaped(calendar.name));
    out.line("X-WR-TIMEZONE", calendar.zone_name);
    out.line("REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    out.line("X-PUBLISHED-TTL", "PT1H");
    zone(&mut out, calendar);
    for entry in calendar.entries {
        event(&mut out, entry, calendar);
    }
    out.line("END", "VCALENDAR");
    out.0
}

fn event(out: &mut Lines, entry: &Entry, calendar: &Calendar<'_>) {
    let local = |name: &str| format!("{name};TZID={}", calendar.zone_name);
    out.line("BEGIN", "VEVENT");
    out.line("UID", &escaped(&entry.uid));
    out.line("SEQUENCE", &entry.sequence.to_string());
    out.line("DTSTAMP", &utc(entry.changed_at));
    out.line("LAST-MODIFIED", &utc(entry.changed_at));
    out.line(&local("DTSTART"), &clock(&entry.starts_at.to_zoned(calendar.zone.clone())));
    out.line(&local("DTEND"), &clock(&entry.ends_at.to_zoned(calendar.zone.clone())));
    out.line("SUMMARY", &escaped(&entry.summary));
    for (name, text) in [("LOCATION", &entry.location), ("DESCRIPTION", &entry.description)] {
        if !text.is_empty() {
            out.line(name, &escaped(text));
        }
    }
    if let Some(url) = &entry.url {
        out.line("URL", url);
    }
    out.line("STATUS", if entry.status == Status::Cancelled { "CANCELLED" } else { "CONFIRMED" });
    out.line("END", "VEVENT");
}

/// The zone's clock changes over the time that the calendar covers, each as an observance of its own (§3.6.5).
fn zone(out: &mut Lines, calendar: &Calendar<'_>) {
    let (zone, entries) = (calendar.zone, calendar.entries);
    let first = entries.iter().map(|entry| entry.starts_at).min().unwrap_or(Timestamp::UNIX_EPOCH);
    let last = entries.iter().map(|entry| entry.ends_at).max().unwrap_or(first);
    out.line("BEGIN", "VTIMEZONE");
    out.line("TZID", calendar.zone_name);
    // The one in force when the calendar begins, then those within it.
    let before = zone.preceding(first).next().map(|change| change.timestamp());
    let begin = before.unwrap_or(Timestamp::UNIX_EPOCH.min(first));
    let mut from = zone.to_offset(begin.checked_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(begin));
    let within = zone.following(first).map(|change| change.timestamp()).take_while(|at| *at <= last);
    for at in std::iter::once(begin).chain(within) {
        let info = zone.to_offset_info(at);
        let (name, to) = (if info.dst().is_dst() { "DAYLIGHT" } else { "STANDARD" }, info.offset());
        out.line("BEGIN", name);
        // The start is told by the clock that ran until then.
        out.line("DTSTART", &from.to_datetime(at).strftime("%Y%m%dT%H%M%S").to_string());
        out.line("TZOFFSETFROM", &offset(from.seconds()));
        out.line("TZOFFSETTO", &offset(to.seconds()));
        out.line("TZNAME", info.abbreviation());
        out.line("END", name);
        from = to;
    }
    out.line("END", "VTIMEZONE");
}

fn offset(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.unsigned_abs() / 60;
    format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn clock(at: &Zoned) -> String {
    at.strftime("%Y%m%dT%H%M%S").to_string()
}

/// A TEXT value (§3.3.11). Control characters have no place in one.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

struct Lines(String);

impl Lines {
    /// A content line, folded before 75 octets (§3.1), never within a character.
    fn line(&mut self, name: &str, value: &str) {
        const OCTETS_MAX: usize = 75;
        let mut on_line = 0;
        let whole = name.chars().chain([':']).chain(value.chars());
        for c in whole.filter(|c| !matches!(c, '\r' | '\n')) {
            if on_line + c.len_utf8() > OCTETS_MAX {
                self.0.push_str("\r\n ");
                on_line = 1;
            }
            self.0.push(c);
            on_line += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}
