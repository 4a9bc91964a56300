//! The morning by the minute, for people to read.

use super::forecast::{Forecast, minutes};
use super::split::Second;
use crate::limits::{MINUTES_KEPT, TIMETABLE_HORIZON};
use crate::snapshot::{Minute, VerdictKind};
use preau_base::Instant;
use std::collections::VecDeque;
use std::time::Duration;

const MINUTE_MS: i64 = 60_000;
/// Seconds of a minute that make it one of an attack, of slowness, of a crowd; the first that is reached names it.
const ATTACK_S_MIN: u32 = 2;
const SLOW_S_MIN: u32 = 10;
const CROWD_S_MIN: u32 = 10;

/// The seconds of the minute that goes on, by verdict.
#[derive(Debug, Default)]
pub(super) struct Minutes {
    /// Oldest first; the last one goes on.
    past: VecDeque<Minute>,
    verdicts: Vec<(VerdictKind, u32)>,
}

fn minute_of(at: Instant) -> Instant {
    Instant::from_millis(at.as_millis().div_euclid(MINUTE_MS).saturating_mul(MINUTE_MS))
}

impl Minutes {
    /// One second that is over. `arrived` is without a flood's requests.
    pub(super) fn add(
        &mut self,
        at: Instant,
        second: &Second,
        arrived: f64,
        verdict: VerdictKind,
        forecast: &Forecast,
    ) {
        let starts = minute_of(at);
        if self.past.back().is_none_or(|last| last.starts < starts) {
            self.verdicts.clear();
            if self.past.len() >= MINUTES_KEPT {
                self.past.pop_front();
            }
            self.past.push_back(Minute { starts, arrived: Some(0), ..Minute::default() });
        }
        match self.verdicts.iter_mut().find(|(kind, _)| *kind == verdict) {
            Some((_, seconds)) => *seconds += 1,
            None => self.verdicts.push((verdict, 1)),
        }
        let verdict = self.named();
        let Some(minute) = self.past.back_mut() else { return };
        minute.expected = forecast.per_minute(starts);
        minute.arrived = minute.arrived.map(|before| before + arrived.round() as u64);
        minute.entered += u64::from(second.entered);
        minute.requests += second.requests() as u64;
        minute.turned_away += u64::from(second.turned_away);
        minute.verdict = verdict;
    }

    fn named(&self) -> VerdictKind {
        let longest = |wanted: fn(&VerdictKind) -> bool, seconds_min: u32| {
            let all: Vec<_> = self.verdicts.iter().filter(|(kind, _)| wanted(kind)).collect();
            let seconds: u32 = all.iter().map(|(_, seconds)| seconds).sum();
            let (kind, _) = all.into_iter().max_by_key(|(_, seconds)| *seconds)?;
            (seconds >= seconds_min).then_some(*kind)
        };
        longest(|kind| matches!(kind, VerdictKind::Attack(_)), ATTACK_S_MIN)
            .or_else(|| longest(|kind| *kind == VerdictKind::OurSlowness, SLOW_S_MIN))
            .or_else(|| {
                let crowd =
                    |kind: &VerdictKind| matches!(kind, VerdictKind::ExpectedCrowd | VerdictKind::UnexpectedCrowd);
                longest(crowd, CROWD_S_MIN)
            })
            .unwrap_or_default()
    }

    /// Past minutes and those to come within the horizon of the timetable.
    pub(super) fn with_forecast(&self, forecast: &Forecast, now: Instant) -> Vec<Minute> {
        let next =
            minute_of(now).plus(minutes(u64::from(self.past.back().is_some_and(|last| last.starts >= minute_of(now)))));
        let to_come = (0..TIMETABLE_HORIZON.as_secs() / 60).map(|minute| {
            let starts = next.plus(Duration::from_secs(minute * 60));
            Minute { starts, expected: forecast.per_minute(starts), ..Minute::default() }
        });
        self.past.iter().copied().chain(to_come).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::AttackKind;

    const NOW: Instant = Instant::from_secs(1_800_000_000);

    #[test]
    fn minutes_are_bounded_and_named_by_what_mattered() {
        let (mut held, forecast) = (Minutes::default(), Forecast::default());
        let attack = VerdictKind::Attack(AttackKind::HttpFlood);
        for second in 0..60 * 300_u64 {
            let kind = match second % 60 {
                0..3 if second / 60 % 2 == 0 => attack,
                3..20 => VerdictKind::UnexpectedCrowd,
                _ => VerdictKind::Calm,
            };
            let seen = Second { entered: 1, turned_away: 2, lanes: [1; 5], ..Second::default() };
            held.add(NOW.plus(Duration::from_secs(second)), &seen, 3.0, kind, &forecast);
        }
        let all = held.with_forecast(&forecast, NOW.plus(Duration::from_secs(60 * 300 - 1)));
        assert_eq!(all.len(), MINUTES_KEPT + 90);
        assert!(all.is_sorted_by(|one, next| next.starts.since(one.starts) == Duration::from_secs(60)));
        let (last, to_come) = (all[MINUTES_KEPT - 1], all[MINUTES_KEPT]);
        assert_eq!((last.arrived, last.entered, last.requests, last.turned_away), (Some(180), 60, 300, 120));
        assert_eq!((to_come.arrived, last.verdict), (None, VerdictKind::UnexpectedCrowd));
        assert_eq!(all[MINUTES_KEPT - 2].verdict, attack);
    }
}
