//! A class's load of work per day: how many pieces, how many minutes, how many tests, before a teacher adds to it.

use jiff::ToSpan as _;
use jiff::civil::Date;

/// Work without a word on its length is counted as this long.
pub const UNKNOWN_MINUTES: u32 = 20;
/// From this on a day is full: another piece should find another day.
pub const FULL_MINUTES: u32 = 60;
/// From this on a day is too heavy.
pub const HEAVY_MINUTES: u32 = 120;
/// Tests on one day from which on it is full; one more makes it too heavy.
pub const FULL_TESTS: u32 = 1;
/// Days that one view adds up.
pub const DAYS_MAX: usize = 62;

/// One piece of work of a class, due on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    pub due: Date,
    /// How long the teacher thinks that it takes; `None` when nothing was said.
    pub minutes: Option<u32>,
    pub is_test: bool,
}

/// What a class has to do for one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayLoad {
    pub day: Date,
    /// Tests among them.
    pub pieces: u32,
    pub tests: u32,
    /// All together; pieces without a length count as [`UNKNOWN_MINUTES`].
    pub minutes: u32,
    /// Pieces without a length: the sum is then an estimate.
    pub unknown: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    Free,
    Fair,
    Full,
    Heavy,
}

impl DayLoad {
    const fn none(day: Date) -> Self {
        Self { day, pieces: 0, tests: 0, minutes: 0, unknown: 0 }
    }

    fn add(&mut self, work: &Work) {
        self.pieces = self.pieces.saturating_add(1);
        self.tests = self.tests.saturating_add(u32::from(work.is_test));
        self.unknown = self.unknown.saturating_add(u32::from(work.minutes.is_none()));
        self.minutes = self.minutes.saturating_add(work.minutes.unwrap_or(UNKNOWN_MINUTES));
    }

    pub const fn weight(&self) -> Weight {
        if self.minutes >= HEAVY_MINUTES || self.tests > FULL_TESTS {
            Weight::Heavy
        } else if self.minutes >= FULL_MINUTES || self.tests == FULL_TESTS {
            Weight::Full
        } else if self.pieces > 0 {
            Weight::Fair
        } else {
            Weight::Free
        }
    }
}

/// The load of each of `days` days from `from` on, at most [`DAYS_MAX`]; work due on other days is left out.
pub fn of_days(works: &[Work], from: Date, days: usize) -> Vec<DayLoad> {
    let mut all: Vec<DayLoad> = std::iter::successors(Some(from), |day| day.checked_add(1.day()).ok())
        .take(days.min(DAYS_MAX))
        .map(DayLoad::none)
        .collect();
    for work in works {
        if let Ok(at) = all.binary_search_by(|load| load.day.cmp(&work.due)) {
            all[at].add(work);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn work(due: Date, minutes: Option<u32>, is_test: bool) -> Work {
        Work { due, minutes, is_test }
    }

    #[test]
    fn a_day_is_weighed_by_minutes_and_tests() {
        let day = date(2026, 11, 24);
        let weigh = |works: &[Work]| of_days(works, day, 1)[0].weight();
        for (works, expect) in [
            (vec![], Weight::Free),
            (vec![work(day, None, false)], Weight::Fair),
            (vec![work(day, Some(5), true)], Weight::Full),
            (vec![work(day, Some(5), true), work(day, Some(5), true)], Weight::Heavy),
            (vec![work(day, None, false); 3], Weight::Full),
            (vec![work(day, Some(60), false), work(day, Some(60), false)], Weight::Heavy),
            (vec![work(day, Some(u32::MAX), false), work(day, Some(60), false)], Weight::Heavy),
            (vec![work(date(2026, 11, 25), Some(600), true)], Weight::Free),
        ] {
            assert_eq!(weigh(&works), expect, "{works:?}");
        }
    }

    proptest! {
        #[test]
        fn each_piece_counts_once(dues in prop::collection::vec((0_i64..30, prop::option::of(0_u32..300), any::<bool>()), 0..40)) {
            let from = date(2026, 11, 22);
            let works: Vec<_> = dues.iter().map(|(days, minutes, test)| work(from.checked_add(days.days()).unwrap(), *minutes, *test)).collect();
            let loads = of_days(&works, from, 14);
            prop_assert_eq!(loads.len(), 14);
            let inside = dues.iter().filter(|(days, ..)| *days < 14).count();
            prop_assert_eq!(loads.iter().map(|load| load.pieces as usize).sum::<usize>(), inside);
            prop_assert!(loads.iter().all(|load| load.tests <= load.pieces && load.unknown <= load.pieces));
        }

        #[test]
        fn never_panics_at_the_ends_of_time(days in 0_usize..200) {
            prop_assert!(of_days(&[], Date::MAX, days).len() <= 1);
        }
    }
}
