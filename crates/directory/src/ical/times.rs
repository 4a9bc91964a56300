//! Dates, times and durations of RFC 5545 (§3.3.4 to §3.3.6).

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Zoned};
use preau_school::feed::fault::CalendarFault;

/// A value of DTSTART and the like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum When {
    Day(Date),
    /// By the clock of the zone that is named beside it, or of whoever reads it.
    Local(DateTime),
    Utc(DateTime),
}

pub(super) fn when(text: &str) -> Option<When> {
    let text = text.trim();
    if text.len() == 8 {
        return Some(When::Day(date(text)?));
    }
    let (text, utc) = match text.strip_suffix('Z') {
        Some(text) => (text, true),
        None => (text, false),
    };
    let (day, time) = text.split_once('T')?;
    let (day, digits) = (date(day)?, digits(time, 6)?);
    // A leap second is read as the one before it.
    let second = (digits % 100).min(59);
    let at = day.to_datetime(
        jiff::civil::Time::new(i8_of(digits / 10_000)?, i8_of(digits / 100 % 100)?, i8_of(second)?, 0).ok()?,
    );
    Some(if utc { When::Utc(at) } else { When::Local(at) })
}

fn date(text: &str) -> Option<Date> {
    let digits = digits(text, 8)?;
    Date::new(i16::try_from(digits / 10_000).ok()?, i8_of(digits / 100 % 100)?, i8_of(digits % 100)?).ok()
}

fn digits(text: &str, length: usize) -> Option<u32> {
    (text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn i8_of(number: u32) -> Option<i8> {
    i8::try_from(number).ok()
}

/// What Windows, and so Outlook and Exchange, call the zones of Europe's west and of the French overseas: the territory
/// `001` of CLDR's windowsZones.xml.
pub(super) const WINDOWS: [(&str, &str); 17] = [
    ("Romance Standard Time", "Europe/Paris"),
    ("W. Europe Standard Time", "Europe/Berlin"),
    ("Central Europe Standard Time", "Europe/Budapest"),
    ("Central European Standard Time", "Europe/Warsaw"),
    ("GMT Standard Time", "Europe/London"),
    ("Greenwich Standard Time", "Atlantic/Reykjavik"),
    ("SA Western Standard Time", "America/La_Paz"),
    ("SA Eastern Standard Time", "America/Cayenne"),
    ("Saint Pierre Standard Time", "America/Miquelon"),
    ("Mauritius Standard Time", "Indian/Mauritius"),
    ("E. Africa Standard Time", "Africa/Nairobi"),
    ("Central Pacific Standard Time", "Pacific/Guadalcanal"),
    ("Hawaiian Standard Time", "Pacific/Honolulu"),
    ("Marquesas Standard Time", "Pacific/Marquesas"),
    ("UTC-09", "Etc/GMT+9"),
    ("UTC+12", "Etc/GMT-12"),
    ("UTC", "Etc/UTC"),
];

/// The zone that a TZID names: one of Windows, or an IANA name with whatever path stands before it. Without a TZID, the given
/// one.
///
/// # Errors
/// [`CalendarFault::UnknownZone`] when it names none that is known.
pub(super) fn zone(id: Option<&str>, otherwise: &TimeZone) -> Result<TimeZone, CalendarFault> {
    let Some(id) = id.map(str::trim).filter(|id| !id.is_empty()) else { return Ok(otherwise.clone()) };
    let windows = WINDOWS.iter().find(|(name, _)| name.eq_ignore_ascii_case(id));
    let parts: Vec<&str> = windows.map_or(id, |(_, name)| name).trim_matches('/').split('/').collect();
    let mut tails = (0..parts.len()).map(|from| parts[from..].join("/"));
    tails
        .find_map(|name| TimeZone::get(&name).ok().filter(|zone| !zone.is_unknown()))
        .ok_or_else(|| CalendarFault::UnknownZone { zone: id.into() })
}

pub(super) fn bad_time(property: &str) -> CalendarFault {
    CalendarFault::BadTime { property: property.into() }
}

pub(super) fn beyond(property: &str) -> CalendarFault {
    CalendarFault::BeyondCalendars { property: property.into() }
}

/// The moment, by the clock of `zone`.
pub(super) fn at(local: DateTime, of: &TimeZone, zone: &TimeZone) -> Option<Zoned> {
    Some(of.to_ambiguous_zoned(local).compatible().ok()?.with_time_zone(zone.clone()))
}

/// `P1W`, `P1DT2H`, `PT55M`; negative ones make no lesson.
pub(super) fn duration(text: &str) -> Option<SignedDuration> {
    let rest = text.trim().trim_start_matches('+').strip_prefix('P')?;
    let (mut seconds, mut number, mut in_time) = (0_i64, String::new(), false);
    for c in rest.chars() {
        let unit = match (c, in_time) {
            ('0'..='9', _) if number.len() < 9 => {
                number.push(c);
                continue;
            }
            ('T', false) if number.is_empty() => {
                in_time = true;
                continue;
            }
            ('W', false) => 7 * 86_400,
            ('D', false) => 86_400,
            ('H', true) => 3_600,
            ('M', true) => 60,
            ('S', true) => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(number.parse::<i64>().ok()?.checked_mul(unit)?)?;
        number.clear();
    }
    (number.is_empty() && seconds > 0).then(|| SignedDuration::from_secs(seconds))
}
