//! How many new people each minute brings, from the timetable's bells.

use crate::gate::Timetable;
use preau_base::Instant;
use std::time::Duration;

/// How people arrive around their bell, in thousandths of them a minute; the first entry is the minute that begins
/// [`FIRST_MINUTE`] minutes before it.
///
/// The shape is that of 6 April 2021, when French schools opened at a distance: first ones half an hour before, a
/// portal down at 9:02, 500,000 people in within ten minutes. It is a wall: half of all within the two minutes around
/// the bell, four in five within the ten.
const CURVE: [u16; 44] = [
    2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, // 30 to 16 minutes before
    8, 8, 8, 8, 8, 8, 8, 8, 8, // 15 to 7
    20, 30, 45, 65, 95, 240, // the last six
    240, 60, 35, 20, 12, 8, // the first six
    4, 4, 4, 4, 3, 3, 3, 3,
];
const FIRST_MINUTE: i64 = -30;
const MINUTE_MS: i64 = 60_000;
/// A wall that comes this much before or after its minute is still the one that was expected.
const EARLY_OR_LATE: Duration = Duration::from_secs(2 * 60);
/// Bells that are looked at; a school day has fewer than this many distinct ones within the horizon.
const BELLS_MAX: usize = 1_000;

/// Expected arrivals.
#[derive(Clone, Debug, Default)]
pub(super) struct Forecast {
    bells: Vec<(Instant, u32)>,
}

impl Forecast {
    /// Bells that are past stay, so that their latecomers are still expected.
    pub(super) fn replace(&mut self, timetable: &Timetable, now: Instant) {
        let first = now.minus(minutes(CURVE.len() as u64));
        let soonest_new = timetable.bells.iter().map(|(bell, _)| *bell).min();
        self.bells.retain(|(bell, _)| *bell >= first && *bell <= now && soonest_new.is_none_or(|new| *bell < new));
        self.bells.extend(timetable.bells.iter().filter(|(bell, _)| *bell >= first));
        self.bells.sort_unstable();
        self.bells.truncate(BELLS_MAX);
    }

    /// New people a minute at this instant.
    pub(super) fn per_minute(&self, at: Instant) -> f64 {
        // Not `sum`: that of nothing is -0.0, which is shown.
        self.bells.iter().map(|(bell, people)| f64::from(*people) * share(at, *bell)).fold(0.0, |all, one| all + one)
    }

    /// The most that is expected in any minute around this instant: a wall may come a little early or late.
    pub(super) fn most_per_minute_around(&self, at: Instant) -> f64 {
        let from = at.minus(EARLY_OR_LATE);
        let steps = 0..=EARLY_OR_LATE.as_secs() * 2 / 60;
        steps.map(|minute| self.per_minute(from.plus(minutes(minute)))).fold(0.0, f64::max)
    }
}

pub(super) const fn minutes(n: u64) -> Duration {
    Duration::from_secs(n * 60)
}

fn share(at: Instant, bell: Instant) -> f64 {
    let minute = at.as_millis().saturating_sub(bell.as_millis()).div_euclid(MINUTE_MS) - FIRST_MINUTE;
    let thousandths = usize::try_from(minute).ok().and_then(|minute| CURVE.get(minute)).copied().unwrap_or(0);
    f64::from(thousandths) / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const BELL: Instant = Instant::from_secs(1_800_000_000);

    fn timetable(bells: &[(Instant, u32)]) -> Timetable {
        Timetable { bells: bells.to_vec(), ..Timetable::default() }
    }

    #[test]
    fn everybody_comes_once_and_most_around_the_bell() {
        assert_eq!(CURVE.iter().sum::<u16>(), 1_000);
        let mut forecast = Forecast::default();
        forecast.replace(&timetable(&[(BELL, 500_000)]), BELL.minus(minutes(60)));
        let from = BELL.minus(minutes(60));
        let between = |first: u64, last: u64| -> f64 {
            (first..last).map(|minute| forecast.per_minute(from.plus(minutes(minute)))).sum()
        };
        let close = |value: f64, expected: f64| assert!((value - expected).abs() < 1.0, "{value} is not {expected}");
        close(between(0, 120), 500_000.0);
        close(between(59, 61), 240_000.0);
        assert!(between(54, 64) > 0.8 * 500_000.0);
        close(between(0, 30), 0.0);
    }

    #[test]
    fn nobody_is_expected_where_there_is_no_bell() {
        assert_eq!(Forecast::default().per_minute(BELL).to_string(), "0", "not -0");
    }

    #[test]
    fn bells_add_up_and_past_ones_keep_their_latecomers() {
        let mut forecast = Forecast::default();
        let next = BELL.plus(minutes(55));
        forecast.replace(&timetable(&[(BELL, 1_000), (next, 2_000)]), BELL.minus(minutes(60)));
        let later = BELL.plus(minutes(2));
        let before = forecast.per_minute(later);
        forecast.replace(&timetable(&[(next, 2_000)]), later);
        assert_eq!(forecast.per_minute(later), before);
        assert!(before > 0.0);
        assert!(forecast.most_per_minute_around(later) >= 240.0, "the wall of two minutes ago");
        forecast.replace(&timetable(&[(next, 2_000)]), later);
        assert_eq!(forecast.per_minute(next), 480.0, "told twice, expected once");
    }
}
