use super::Estimate;
use crate::limits::{OPENING_SPREAD_MAX, PACE_MAX, PACE_MIN};
use preau_base::Rng;
use std::time::Duration;

/// When somebody with `ahead` people before them should ask again: at a quarter of the time that they still wait, or
/// sooner by their place; from [`PACE_MIN`] to [`PACE_MAX`], within a fifth to either side of it by chance, so that
/// those who came together do not ask together.
///
/// Those near the front ask often also where the line stands still, which costs 35 polls a second at the most: when it
/// moves again they come at once, and the gate sees what it has called before it calls more.
pub fn pace(ahead: u64, estimate: Option<Estimate>, rng: &mut dyn Rng) -> Duration {
    let by_place = Duration::from_secs(2) + Duration::from_millis(ahead.min(1_000).saturating_mul(100));
    let wanted = estimate.map_or(by_place, |estimate| by_place.min(estimate.about / 4));
    let longest = PACE_MAX * 5 / 6;
    let middle = wanted.clamp(PACE_MIN * 5 / 4, longest);
    let jitter_ms = rng.below(u64::try_from(middle.as_millis()).unwrap_or(0) * 2 / 5);
    middle * 4 / 5 + Duration::from_millis(jitter_ms)
}

/// When somebody should ask again who waits for the doors to open in `until`: the last time shortly after they did,
/// spread over up to [`OPENING_SPREAD_MAX`] by how many wait, so that a nation does not ask in the same second.
pub fn pace_until_opening(until: Duration, waiting: u64, rng: &mut dyn Rng) -> Duration {
    let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let (from, spread) = if until > PACE_MAX / 2 {
        let longest = until.min(PACE_MAX);
        (longest * 2 / 3, longest / 3)
    } else {
        let by_crowd = PACE_MIN.saturating_add(Duration::from_millis(waiting));
        (until.max(PACE_MIN), by_crowd.min(OPENING_SPREAD_MAX))
    };
    from + Duration::from_millis(rng.below(ms(spread)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::SeededRng;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn seconds_near_the_front_and_up_to_a_minute_far_away(ahead: u64, seed: u64, about_s in 0_u64..1_000_000) {
            let estimate = Estimate {
                about: Duration::from_secs(about_s),
                at_most: Duration::from_secs(about_s),
                longer_than_said: false,
            };
            for estimate in [None, Some(estimate)] {
                let pace = pace(ahead, estimate, &mut SeededRng::new(seed));
                prop_assert!((PACE_MIN..=PACE_MAX).contains(&pace), "{pace:?}");
            }
        }
    }

    #[test]
    fn nobody_asks_often_before_the_doors_open_and_all_ask_apart_after() {
        let mut rng = SeededRng::new(8);
        let mut after = Vec::new();
        for _ in 0..300 {
            let (mut until, mut asked) = (Duration::from_secs(600), 0);
            loop {
                let pace = pace_until_opening(until, 12_400_000, &mut rng);
                assert!((PACE_MIN..=PACE_MAX).contains(&pace), "{pace:?} before {until:?}");
                asked += 1;
                match until.checked_sub(pace) {
                    Some(left) => until = left,
                    None => break after.push(pace - until),
                }
            }
            assert!(asked < 20, "{asked} times in 10 minutes");
        }
        after.sort();
        assert!(after[after.len() / 2] > Duration::from_secs(10), "{after:?}");
        let alone = pace_until_opening(Duration::from_secs(1), 1, &mut rng);
        assert!(alone < Duration::from_secs(5), "{alone:?}");
    }

    #[test]
    fn those_who_came_together_ask_apart() {
        let mut rng = SeededRng::new(4);
        let asked: std::collections::BTreeSet<_> = (0..100).map(|_| pace(10_000, None, &mut rng)).collect();
        assert!(asked.len() > 90);
        assert!(asked.last().zip(asked.first()).is_some_and(|(last, first)| *last - *first > Duration::from_secs(15)));
        assert!(pace(0, None, &mut rng) < Duration::from_secs(4));
    }
}
