use super::Options;
use super::lines::{self, Line};
use super::times::{self, When};
use crate::limits::{EXTRA_DATES_MAX, NAME_CHARS_MAX, OCCURRENCES_MAX};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use preau_school::feed::Fault;
use preau_school::feed::fault::{CalendarFault, TimetableFault};
use rrule::{ParseError, RRuleError, RRuleSet, ValidationError};
use std::collections::BTreeSet;

/// A VEVENT as written.
#[derive(Clone, Debug, Default)]
pub(super) struct Event {
    pub line: u64,
    pub uid: String,
    pub summary: String,
    pub location: String,
    pub cancelled: bool,
    start: Option<Line>,
    end: Option<Line>,
    duration: Option<String>,
    rule: Option<String>,
    instead_of: Option<Line>,
    excluded: Vec<Line>,
    added: Vec<Line>,
}

/// One lesson by the school's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Occurrence {
    pub day: Date,
    pub start: Time,
    pub end: Time,
}

impl Event {
    pub fn at(line: u64) -> Self {
        Self { line, ..Self::default() }
    }

    pub fn take(&mut self, line: &Line) {
        let text = || lines::text(&line.value).chars().take(NAME_CHARS_MAX).collect();
        match line.name.as_str() {
            "UID" => self.uid = text(),
            "SUMMARY" => self.summary = text(),
            "LOCATION" => self.location = text(),
            "STATUS" => self.cancelled = line.value.trim().eq_ignore_ascii_case("CANCELLED"),
            "DTSTART" => self.start = Some(line.clone()),
            "DTEND" => self.end = Some(line.clone()),
            "DURATION" => self.duration = Some(line.value.clone()),
            "RRULE" => self.rule = Some(line.value.trim().to_owned()),
            "RECURRENCE-ID" => self.instead_of = Some(line.clone()),
            "EXDATE" if self.excluded.len() < EXTRA_DATES_MAX => self.excluded.push(line.clone()),
            "RDATE" if self.added.len() < EXTRA_DATES_MAX => self.added.push(line.clone()),
            _ => {}
        }
    }

    /// The occurrence that this one stands for.
    ///
    /// # Errors
    /// [`CalendarFault::UnknownZone`]
    pub fn instead_of(&self, zone: &TimeZone) -> Result<Option<Timestamp>, CalendarFault> {
        let Some(line) = &self.instead_of else { return Ok(None) };
        Ok(moments(line, zone)?.first().map(Zoned::timestamp))
    }

    /// The lessons of this event within the days of interest; none of `moved` if it is the event that recurs.
    ///
    /// # Errors
    /// Why it is no lesson.
    pub fn occurrences(&self, options: &Options, moved: &BTreeSet<Timestamp>) -> Result<Vec<Occurrence>, Fault> {
        let line = self.start.as_ref().ok_or(CalendarFault::NoStart)?;
        let first = match times::when(&line.value).ok_or_else(|| bad_time("DTSTART"))? {
            When::Day(_) => return Err(CalendarFault::WholeDay.into()),
            When::Local(at) => (at, times::zone(line.parameter("TZID"), &options.zone)?),
            When::Utc(at) => (at, TimeZone::UTC),
        };
        self.instead_of(&options.zone)?;
        let length = self.length(&first, &options.zone)?;
        let mut starts: Vec<Zoned> = match (&self.rule, &self.instead_of) {
            (Some(rule), None) => by_rule(rule, &first, options)?,
            _ => times::at(first.0, &first.1, &options.zone).into_iter().collect(),
        };
        let added = moments_of(&self.added, &options.zone)?;
        starts.extend(added.into_iter().take(EXTRA_DATES_MAX));
        let excluded = moments_of(&self.excluded, &options.zone)?;
        let mut excluded: BTreeSet<Timestamp> = excluded.iter().map(Zoned::timestamp).collect();
        if self.instead_of.is_none() {
            excluded.extend(moved);
        }
        starts.retain(|at| !excluded.contains(&at.timestamp()) && (options.from..=options.to).contains(&at.date()));
        starts.iter().map(|start| occurrence(start, length)).collect()
    }

    fn length(&self, first: &(DateTime, TimeZone), zone: &TimeZone) -> Result<SignedDuration, Fault> {
        if let Some(text) = &self.duration {
            return times::duration(text).ok_or(CalendarFault::BadDuration.into());
        }
        let line = self.end.as_ref().ok_or(CalendarFault::NoEnd)?;
        let end = moments(line, zone)?.into_iter().next().ok_or_else(|| bad_time("DTEND"))?;
        let start = times::at(first.0, &first.1, zone).ok_or_else(|| beyond("DTSTART"))?;
        let length = end.timestamp().duration_since(start.timestamp());
        if length.is_positive() { Ok(length) } else { Err(TimetableFault::EndsBeforeItBegins.into()) }
    }
}

fn bad_time(property: &str) -> CalendarFault {
    CalendarFault::BadTime { property: property.into() }
}

fn beyond(property: &str) -> CalendarFault {
    CalendarFault::BeyondCalendars { property: property.into() }
}

fn occurrence(start: &Zoned, length: SignedDuration) -> Result<Occurrence, Fault> {
    // By the clock: a lesson has the same length on the day on which clocks change.
    let from = start.datetime();
    let to = from.checked_add(length).map_err(|_| beyond("DTEND"))?;
    if to.date() != from.date() {
        return Err(CalendarFault::OtherDay.into());
    }
    Ok(Occurrence { day: from.date(), start: from.time(), end: to.time() })
}

/// The moments that a line names, by the clock of `zone`; days without a time are left out.
fn moments(line: &Line, zone: &TimeZone) -> Result<Vec<Zoned>, CalendarFault> {
    let named = times::zone(line.parameter("TZID"), zone);
    let mut found = Vec::new();
    for value in line.value.split(',') {
        let at = match times::when(value.split('/').next().unwrap_or_default()) {
            Some(When::Local(at)) => times::at(at, named.as_ref().map_err(Clone::clone)?, zone),
            Some(When::Utc(at)) => times::at(at, &TimeZone::UTC, zone),
            Some(When::Day(_)) | None => None,
        };
        found.extend(at);
    }
    Ok(found)
}

fn moments_of(lines: &[Line], zone: &TimeZone) -> Result<Vec<Zoned>, CalendarFault> {
    let all: Result<Vec<_>, _> = lines.iter().map(|line| moments(line, zone)).collect();
    Ok(all?.concat())
}

/// Follows a rule by the event's own clock (RFC 5545 §3.3.10): the times are given to the rule's reader as if they were
/// UTC, so that no clock change comes in between, and are read in their zone afterwards.
fn by_rule(rule: &str, (first, of): &(DateTime, TimeZone), options: &Options) -> Result<Vec<Zoned>, Fault> {
    let wrong = |error: RRuleError| CalendarFault::BadRule { part: part_of(&error).into() };
    let text = format!("DTSTART:{}\nRRULE:{}", stamp(*first), until_by_clock(rule, of)?);
    let set: RRuleSet = text.parse().map_err(wrong)?;
    let bound = |day: Date, days: i64| {
        let day = day.saturating_add(jiff::Span::new().days(days));
        format!("DTSTART:{}\nRRULE:FREQ=DAILY;COUNT=1", stamp(day.to_datetime(Time::midnight())))
            .parse::<RRuleSet>()
            .map(|set| *set.get_dt_start())
            .map_err(wrong)
    };
    let set = set.after(bound(options.from, -1)?).before(bound(options.to, 2)?);
    let found = set.all(OCCURRENCES_MAX).dates;
    let local = found.iter().filter_map(|at| {
        let text = at.format("%Y%m%dT%H%M%S").to_string();
        match times::when(&text) {
            Some(When::Local(local)) => times::at(local, of, &options.zone),
            _ => None,
        }
    });
    Ok(local.collect())
}

/// The part of the rule that an error is about; where it is about none, the rule.
fn part_of(error: &RRuleError) -> &str {
    match error {
        RRuleError::ParserError(error) => match error {
            ParseError::InvalidFrequency(_) => "FREQ",
            ParseError::InvalidInterval(_) => "INTERVAL",
            ParseError::InvalidCount(_) => "COUNT",
            ParseError::InvalidWeekday(_) => "BYDAY",
            ParseError::InvalidWeekdayStart(_) => "WKST",
            ParseError::InvalidByHour(_) => "BYHOUR",
            ParseError::InvalidByMinute(_) => "BYMINUTE",
            ParseError::InvalidBySecond(_) => "BYSECOND",
            ParseError::InvalidByMonthDay(_) => "BYMONTHDAY",
            ParseError::InvalidByYearDay(_) => "BYYEARDAY",
            ParseError::InvalidByWeekNo(_) => "BYWEEKNO",
            ParseError::InvalidByMonth(_) => "BYMONTH",
            ParseError::InvalidBySetPos(_) => "BYSETPOS",
            ParseError::MissingProperty(name)
            | ParseError::DuplicateProperty(name)
            | ParseError::UnrecognizedParameter(name) => name,
            _ => "RRULE",
        },
        RRuleError::ValidationError(error) => match error {
            ValidationError::BySetPosWithoutByRule => "BYSETPOS",
            ValidationError::InvalidFieldValue { field, .. }
            | ValidationError::InvalidFieldValueRange { field, .. }
            | ValidationError::InvalidFieldValueRangeWithFreq { field, .. } => field,
            ValidationError::InvalidByRuleAndFrequency { by_rule, .. } => by_rule,
            ValidationError::UntilBeforeStart { .. } => "UNTIL",
            ValidationError::TooBigInterval(_) => "INTERVAL",
            _ => "RRULE",
        },
        RRuleError::IterError(_) => "RRULE",
    }
}

fn stamp(at: DateTime) -> String {
    format!("{}Z", at.strftime("%Y%m%dT%H%M%S"))
}

/// The rule with its UNTIL by the event's own clock, as if it were UTC.
fn until_by_clock(rule: &str, of: &TimeZone) -> Result<String, CalendarFault> {
    let parts = rule.split(';').map(|part| {
        let Some((name, value)) = part.split_once('=') else { return Ok(part.to_owned()) };
        if !name.trim().eq_ignore_ascii_case("UNTIL") {
            return Ok(part.to_owned());
        }
        let until = match times::when(value).ok_or_else(|| bad_time("UNTIL"))? {
            When::Day(day) => day.at(23, 59, 59, 0),
            When::Local(at) => at,
            When::Utc(at) => times::at(at, &TimeZone::UTC, of).ok_or_else(|| beyond("UNTIL"))?.datetime(),
        };
        Ok(format!("UNTIL={}", stamp(until)))
    });
    let parts: Result<Vec<String>, CalendarFault> = parts.collect();
    Ok(parts?.join(";"))
}
