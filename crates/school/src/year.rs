//! School years as words: `2026-2027`.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use preau_base::Instant;

/// Feeds and timetables of a new school year come from August on.
const BEGINS_MONTH: i8 = 8;

/// The school year of an instant. The day is taken in UTC: between two school years lies a summer, not an hour.
pub fn of(now: Instant) -> String {
    let at = Timestamp::from_millisecond(now.as_millis()).unwrap_or(Timestamp::UNIX_EPOCH);
    let day = at.to_zoned(TimeZone::UTC).date();
    let begins = if day.month() >= BEGINS_MONTH { day.year() } else { day.year().saturating_sub(1) };
    format!("{begins}-{}", begins.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::of;
    use preau_base::Instant;

    #[test]
    fn a_year_begins_in_summer() {
        // 22 November 2026, 3 July 2027, 2 September 2027.
        for (seconds, expect) in
            [(1_795_305_600, "2026-2027"), (1_814_572_800, "2026-2027"), (1_819_843_200, "2027-2028")]
        {
            assert_eq!(of(Instant::from_secs(seconds)), expect);
        }
        assert_eq!(of(Instant::from_millis(i64::MAX)), of(Instant::EPOCH), "no instant makes it panic");
    }
}
