//! Rules of repetition (RFC 5545 §3.3.10), followed by the clock of what repeats.

use super::times::{self, When, bad_time, beyond};
use crate::limits::OCCURRENCES_MAX;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use preau_school::feed::Fault;
use preau_school::feed::fault::CalendarFault;
use rrule::{ParseError, RRuleError, RRuleSet, ValidationError};

/// The moments of a rule that begins with `first`, from `from` to `to` and at most [`OCCURRENCES_MAX`], by its own clock.
/// The times are given to the rule's reader as if they were UTC, so that no clock change comes in between; `of` is the zone of
/// that clock, for an UNTIL in UTC.
///
/// # Errors
/// [`CalendarFault::BadRule`] and what is wrong with UNTIL.
pub(super) fn follow(
    rule: &str,
    (first, of): &(DateTime, TimeZone),
    (from, to): (Date, Date),
) -> Result<Vec<DateTime>, Fault> {
    let wrong = |error: RRuleError| CalendarFault::BadRule { part: part_of(&error).into() };
    let text = format!("DTSTART:{}\nRRULE:{}", stamp(*first), until_by_clock(rule, of)?);
    let set: RRuleSet = text.parse().map_err(wrong)?;
    let bound = |day: Date| {
        format!("DTSTART:{}\nRRULE:FREQ=DAILY;COUNT=1", stamp(day.to_datetime(Time::midnight())))
            .parse::<RRuleSet>()
            .map(|set| *set.get_dt_start())
            .map_err(wrong)
    };
    let set = set.after(bound(from)?).before(bound(to)?);
    let found = set.all(OCCURRENCES_MAX).dates;
    let local = found.iter().filter_map(|at| match times::when(&at.format("%Y%m%dT%H%M%S").to_string()) {
        Some(When::Local(local)) => Some(local),
        _ => None,
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
