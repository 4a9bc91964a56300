//! The zones that a calendar names, and those that it defines itself (RFC 5545 §3.6.5).

use super::lines::Line;
use super::rule;
use super::times::{self, When};
use crate::limits::{CLOCK_CHANGES_MAX, EXTRA_DATES_MAX, OBSERVANCES_MAX, OCCURRENCES_MAX};
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use preau_school::feed::fault::CalendarFault;
use std::collections::BTreeMap;

/// The clocks that the times of a calendar are told by.
pub(super) struct Clocks {
    pub school: TimeZone,
    defined: BTreeMap<String, TimeZone>,
}

impl Clocks {
    /// `to` is the last day of interest: clock changes of later days are not looked for.
    pub fn new(school: &TimeZone, definitions: &[Definition], to: Date) -> Self {
        let zone = |one: &Definition| Some((one.id.clone(), one.zone(to)?));
        Self { school: school.clone(), defined: definitions.iter().filter_map(zone).collect() }
    }

    /// The zone that a TZID names: one that everybody knows, else one that the file defines. Without a TZID, the school's.
    ///
    /// # Errors
    /// [`CalendarFault::UnknownZone`] when it is neither, or its definition cannot be followed.
    pub fn named(&self, id: Option<&str>) -> Result<TimeZone, CalendarFault> {
        let known = times::zone(id, &self.school);
        known.or_else(|unknown| id.and_then(|id| self.defined.get(id.trim())).cloned().ok_or(unknown))
    }
}

/// A VTIMEZONE as written.
#[derive(Debug, Default)]
pub(super) struct Definition {
    id: String,
    observances: Vec<Observance>,
}

/// STANDARD or DAYLIGHT: from when on clocks show what.
#[derive(Debug, Default)]
struct Observance {
    is_dst: bool,
    start: Option<DateTime>,
    from: Option<Offset>,
    to: Option<Offset>,
    rule: Option<String>,
    dates: Vec<DateTime>,
}

/// At this second since 1970 clocks begin to show this offset.
type Change = (i64, Offset, bool);

impl Definition {
    /// `name` is what begins inside it.
    pub fn begin(&mut self, name: &str) {
        // One more than there may be makes it a definition that is not followed.
        if matches!(name, "STANDARD" | "DAYLIGHT") && self.observances.len() <= OBSERVANCES_MAX {
            self.observances.push(Observance { is_dst: name == "DAYLIGHT", ..Observance::default() });
        }
    }

    /// A line of its own, or of the observance that was begun last.
    pub fn take(&mut self, is_own: bool, line: &Line) {
        if is_own {
            if line.name == "TZID" {
                line.value.trim().clone_into(&mut self.id);
            }
            return;
        }
        let Some(observance) = self.observances.last_mut() else { return };
        match line.name.as_str() {
            "DTSTART" => observance.start = local(&line.value),
            "TZOFFSETFROM" => observance.from = offset(&line.value),
            "TZOFFSETTO" => observance.to = offset(&line.value),
            "RRULE" => observance.rule = Some(line.value.trim().to_owned()),
            "RDATE" => {
                let room = EXTRA_DATES_MAX.saturating_sub(observance.dates.len());
                observance.dates.extend(line.value.split(',').filter_map(local).take(room));
            }
            _ => {}
        }
    }

    /// None when it cannot be followed: at what hour a lesson of it is would be a guess.
    fn zone(&self, to: Date) -> Option<TimeZone> {
        if self.id.is_empty() || self.observances.len() > OBSERVANCES_MAX {
            return None;
        }
        let mut changes: BTreeMap<i64, (Offset, bool)> = BTreeMap::new();
        let mut first: Option<(i64, Offset)> = None;
        for observance in &self.observances {
            for (at, offset, is_dst) in observance.changes(to)? {
                changes.insert(at, (offset, is_dst));
                first = first.into_iter().chain([(at, observance.from?)]).min_by_key(|(at, _)| *at);
            }
            if changes.len() > CLOCK_CHANGES_MAX {
                return None;
            }
        }
        let changes: Vec<Change> = changes.into_iter().map(|(at, (offset, is_dst))| (at, offset, is_dst)).collect();
        TimeZone::tzif(&self.id, &tzif(first?.1, &changes)?).ok()
    }
}

impl Observance {
    /// Its onsets up to a day. They are told by the clock that ran until then.
    fn changes(&self, to: Date) -> Option<Vec<Change>> {
        let (start, from, offset) = (self.start?, self.from?, self.to?);
        let mut onsets = vec![start];
        onsets.extend(&self.dates);
        if let Some(rule) = &self.rule {
            let first = (start, TimeZone::fixed(from));
            onsets.extend(rule::follow(rule, &first, (start.date().yesterday().ok()?, to.tomorrow().ok()?)).ok()?);
        }
        // A rule that was not followed to its end.
        if onsets.len() >= usize::from(OCCURRENCES_MAX) {
            return None;
        }
        let second = |onset: DateTime| Some(from.to_timestamp(onset).ok()?.as_second());
        onsets.into_iter().map(|onset| Some((second(onset)?, offset, self.is_dst))).collect()
    }
}

fn local(value: &str) -> Option<DateTime> {
    match times::when(value)? {
        When::Local(at) => Some(at),
        When::Day(_) | When::Utc(_) => None,
    }
}

/// `+0100`, `-103126` (§3.3.14).
fn offset(value: &str) -> Option<Offset> {
    let (sign, digits) = value.trim().split_at_checked(1)?;
    let two = |at: usize| digits.get(at..at + 2)?.parse::<i32>().ok();
    let good = matches!(digits.len(), 4 | 6) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let (hours, minutes, seconds) = (two(0)?, two(2)?, if digits.len() == 6 { two(4)? } else { 0 });
    let seconds = hours * 3_600 + minutes * 60 + seconds;
    match sign {
        _ if !good || minutes > 59 => None,
        "+" => Offset::from_seconds(seconds).ok(),
        "-" => Offset::from_seconds(-seconds).ok(),
        _ => None,
    }
}

/// Clock changes in the format of the zone database (TZif, RFC 8536 §3), which is what makes a zone of them. `first` is the
/// offset before the first change; after the last one its offset stays.
fn tzif(first: Offset, changes: &[Change]) -> Option<Vec<u8>> {
    let mut types = vec![(first, false)];
    let mut of_change = Vec::with_capacity(changes.len());
    for (_, offset, is_dst) in changes {
        let at = types.iter().position(|known| known == &(*offset, *is_dst)).unwrap_or_else(|| {
            types.push((*offset, *is_dst));
            types.len() - 1
        });
        of_change.push(u8::try_from(at).ok()?);
    }
    let mut out = Vec::new();
    // A reader of 64 bits skips the first block, of 32: it has one type and no change.
    header(&mut out, 0, 1)?;
    out.extend([0; 7]);
    header(&mut out, changes.len(), types.len())?;
    changes.iter().for_each(|(at, ..)| out.extend(at.to_be_bytes()));
    out.extend(of_change);
    for (offset, is_dst) in types {
        out.extend(offset.seconds().to_be_bytes());
        out.extend([u8::from(is_dst), 0]);
    }
    // The one name of all types, and no rule for what comes after the last change.
    out.extend(b"\0\n\n");
    Some(out)
}

fn header(out: &mut Vec<u8>, changes: usize, types: usize) -> Option<()> {
    out.extend(b"TZif2");
    out.extend([0; 15]);
    // Indicators (twice) and leap seconds: none. One byte of names.
    for count in [0, 0, 0, changes, types, 1] {
        out.extend(u32::try_from(count).ok()?.to_be_bytes());
    }
    Some(())
}
