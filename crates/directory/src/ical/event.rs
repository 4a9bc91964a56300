use super::Options;
use super::lines::{self, Line};
use super::rule;
use super::times::{self, When, bad_time, beyond};
use super::zones::Clocks;
use crate::limits::{EXTRA_DATES_MAX, NAME_CHARS_MAX, SHIFT_DAYS_MAX};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _, Zoned};
use preau_school::feed::Fault;
use preau_school::feed::fault::{CalendarFault, TimetableFault};
use std::collections::{BTreeMap, BTreeSet};

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

/// What events say of the occurrences of another one of the same UID, by the start that each had at first.
#[derive(Default)]
pub(super) struct Changes<'a> {
    /// Another event stands for these.
    pub single: BTreeSet<Timestamp>,
    /// From these on, up to the next of them, all are as this event is (RFC 5545 §3.2.13); none where that could not be read.
    pub onwards: BTreeMap<Timestamp, Option<Onwards<'a>>>,
}

/// An event that changes an occurrence and all that follow it.
#[derive(Clone)]
pub(super) struct Onwards<'a> {
    event: &'a Event,
    from: Timestamp,
    to: Timestamp,
    length: SignedDuration,
}

impl Onwards<'_> {
    /// How much later than its occurrence it begins, by the clock of that one.
    fn shift(&self, of: &TimeZone) -> SignedDuration {
        let clock = |at: Timestamp| at.to_zoned(of.clone()).datetime();
        clock(self.to).duration_since(clock(self.from))
    }
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
    pub fn instead_of(&self, clocks: &Clocks) -> Result<Option<Timestamp>, CalendarFault> {
        let Some(line) = &self.instead_of else { return Ok(None) };
        Ok(moments(line, clocks)?.first().map(Zoned::timestamp))
    }

    /// It changes occurrences of another event.
    pub const fn is_change(&self) -> bool {
        self.instead_of.is_some()
    }

    /// It changes an occurrence and all that follow.
    pub fn is_onwards(&self) -> bool {
        let range = self.instead_of.as_ref().and_then(|line| line.parameter("RANGE"));
        range.is_some_and(|range| range.trim().eq_ignore_ascii_case("THISANDFUTURE"))
    }

    /// How it changes an occurrence and all that follow.
    ///
    /// # Errors
    /// Why its own times cannot be told.
    pub fn onwards(&self, from: Timestamp, clocks: &Clocks) -> Result<Onwards<'_>, Fault> {
        let first = self.first(clocks)?;
        let length = self.length(&first, clocks)?;
        let to = times::at(first.0, &first.1, &clocks.school).ok_or_else(|| beyond("DTSTART"))?.timestamp();
        Ok(Onwards { event: self, from, to, length })
    }

    /// The lessons of this event within the days of interest, each with the event that tells it: this one, or one that
    /// changes it from some day on.
    ///
    /// # Errors
    /// Why it is no lesson.
    pub fn occurrences<'a>(
        &'a self,
        (options, clocks): (&Options, &Clocks),
        changes: &Changes<'a>,
    ) -> Result<Vec<(Occurrence, &'a Self)>, Fault> {
        let first = self.first(clocks)?;
        self.instead_of(clocks)?;
        if self.is_change() && !self.is_onwards() && self.has_range() {
            return Err(CalendarFault::BadRule { part: "RANGE".into() }.into());
        }
        let length = self.length(&first, clocks)?;
        let span = margin(options, changes, &first.1);
        let mut starts: Vec<Zoned> = match (&self.rule, &self.instead_of) {
            (Some(rule), None) => {
                let local = rule::follow(rule, &first, span)?.into_iter();
                local.filter_map(|at| times::at(at, &first.1, &clocks.school)).collect()
            }
            _ => times::at(first.0, &first.1, &clocks.school).into_iter().collect(),
        };
        starts.extend(moments_of(&self.added, clocks)?.into_iter().take(EXTRA_DATES_MAX));
        self.exclude(&mut starts, &first.1, clocks)?;
        if !self.is_change() {
            starts.retain(|at| !changes.single.contains(&at.timestamp()));
        }
        let mut found = Vec::new();
        for start in starts {
            let since = changes.onwards.range(..=start.timestamp()).next_back().map(|(_, change)| change);
            let (start, length, event) = match since.filter(|_| !self.is_change()) {
                None => (start, length, self),
                Some(None) => continue,
                Some(Some(change)) => {
                    let Some(moved) = shifted(&start, change.shift(&first.1), &first.1) else { continue };
                    (moved, change.length, change.event)
                }
            };
            if (options.from..=options.to).contains(&start.date()) {
                found.push((occurrence(&start, length)?, event));
            }
        }
        Ok(found)
    }

    fn has_range(&self) -> bool {
        self.instead_of.as_ref().is_some_and(|line| line.parameter("RANGE").is_some())
    }

    /// The first start, and the zone of its clock.
    fn first(&self, clocks: &Clocks) -> Result<(DateTime, TimeZone), Fault> {
        let line = self.start.as_ref().ok_or(CalendarFault::NoStart)?;
        match times::when(&line.value).ok_or_else(|| bad_time("DTSTART"))? {
            When::Day(_) => Err(CalendarFault::WholeDay.into()),
            When::Local(at) => Ok((at, clocks.named(line.parameter("TZID"))?)),
            When::Utc(at) => Ok((at, TimeZone::UTC)),
        }
    }

    /// Takes out the starts that EXDATE names: moments, or whole days by the event's clock, which is the school's where the
    /// event is written in UTC.
    fn exclude(&self, starts: &mut Vec<Zoned>, of: &TimeZone, clocks: &Clocks) -> Result<(), CalendarFault> {
        let excluded = moments_of(&self.excluded, clocks)?;
        let excluded: BTreeSet<Timestamp> = excluded.iter().map(Zoned::timestamp).collect();
        let values = self.excluded.iter().flat_map(|line| line.value.split(','));
        let days: BTreeSet<Date> = values
            .filter_map(|value| match times::when(value)? {
                When::Day(day) => Some(day),
                When::Local(_) | When::Utc(_) => None,
            })
            .collect();
        let clock = if *of == TimeZone::UTC { &clocks.school } else { of };
        starts.retain(|at| {
            !excluded.contains(&at.timestamp()) && !days.contains(&at.with_time_zone(clock.clone()).date())
        });
        Ok(())
    }

    fn length(&self, first: &(DateTime, TimeZone), clocks: &Clocks) -> Result<SignedDuration, Fault> {
        if let Some(text) = &self.duration {
            return times::duration(text).ok_or(CalendarFault::BadDuration.into());
        }
        let line = self.end.as_ref().ok_or(CalendarFault::NoEnd)?;
        let end = moments(line, clocks)?.into_iter().next().ok_or_else(|| bad_time("DTEND"))?;
        let start = times::at(first.0, &first.1, &clocks.school).ok_or_else(|| beyond("DTSTART"))?;
        let length = end.timestamp().duration_since(start.timestamp());
        if length.is_positive() { Ok(length) } else { Err(TimetableFault::EndsBeforeItBegins.into()) }
    }
}

/// The days over which a rule is followed: those of interest, one more on each side for the zones, and as many as changes move
/// occurrences by.
fn margin(options: &Options, changes: &Changes<'_>, of: &TimeZone) -> (Date, Date) {
    let shifts = changes.onwards.values().flatten().map(|change| change.shift(of).as_hours().abs() / 24 + 1);
    let days = shifts.max().unwrap_or(0).min(SHIFT_DAYS_MAX);
    (options.from.saturating_sub((1 + days).days()), options.to.saturating_add((2 + days).days()))
}

fn shifted(start: &Zoned, by: SignedDuration, of: &TimeZone) -> Option<Zoned> {
    let clock = start.with_time_zone(of.clone()).datetime().checked_add(by).ok()?;
    times::at(clock, of, start.time_zone())
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

/// The moments that a line names, by the school's clock; days without a time are left out.
fn moments(line: &Line, clocks: &Clocks) -> Result<Vec<Zoned>, CalendarFault> {
    let named = clocks.named(line.parameter("TZID"));
    let mut found = Vec::new();
    for value in line.value.split(',') {
        let at = match times::when(value.split('/').next().unwrap_or_default()) {
            Some(When::Local(at)) => times::at(at, named.as_ref().map_err(Clone::clone)?, &clocks.school),
            Some(When::Utc(at)) => times::at(at, &TimeZone::UTC, &clocks.school),
            Some(When::Day(_)) | None => None,
        };
        found.extend(at);
    }
    Ok(found)
}

fn moments_of(lines: &[Line], clocks: &Clocks) -> Result<Vec<Zoned>, CalendarFault> {
    let all: Result<Vec<_>, _> = lines.iter().map(|line| moments(line, clocks)).collect();
    Ok(all?.concat())
}
