use crate::limits::{ESTIMATE_MAX, RATE_FALL_SHARE, RATE_FALL_TIME, RATE_KNOWN_AFTER, RATE_TIME};
use preau_base::Instant;
use std::time::Duration;

/// When somebody comes in, as far as it can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    pub about: Duration,
    /// What the next estimate will at most say, within [`crate::limits::PACE_MAX`].
    pub at_most: Duration,
    /// It takes longer than the last estimate said at most, or the line moves at less than two thirds of the pace
    /// that the times are computed with. The page says so.
    pub longer_than_said: bool,
}

/// How fast the line moves: turns a second, measured over about [`RATE_TIME`].
///
/// What is published rises with what is measured and falls by at most [`RATE_FALL_SHARE`] in [`RATE_FALL_TIME`], so
/// that a hiccup does not throw everybody's time about.
#[derive(Debug)]
pub(super) struct Rate {
    /// Exponentially weighted mean of turns a second, and the weight that it has so far: what began a moment ago
    /// would otherwise count as years of standing still.
    mean: f64,
    weight: f64,
    published: Option<f64>,
    /// Turns since `counted_from`.
    turns: u64,
    counted_from: Option<Instant>,
    measured: Duration,
}

impl Rate {
    pub(super) const fn new() -> Self {
        Self { mean: 0.0, weight: 0.0, published: None, turns: 0, counted_from: None, measured: Duration::ZERO }
    }

    /// `turns` people were called; `someone_waits` still. Measured once a second: an empty line does not show how fast
    /// a full one would move, so then the measure can only rise.
    pub(super) fn count(&mut self, turns: u64, someone_waits: bool, now: Instant) {
        let from = *self.counted_from.get_or_insert(now);
        self.turns += turns;
        let passed = now.since(from);
        if passed < Duration::from_secs(1) {
            return;
        }
        let seconds = passed.as_secs_f64();
        let measured = self.turns as f64 / seconds;
        self.turns = 0;
        self.counted_from = Some(now);
        let known = self.measured();
        if !someone_waits && known.is_none_or(|known| measured <= known) {
            return;
        }
        let share = 1.0 - (-seconds / RATE_TIME.as_secs_f64()).exp();
        self.mean += (measured - self.mean) * share;
        self.weight += (1.0 - self.weight) * share;
        self.measured = self.measured.saturating_add(passed);
        self.publish(seconds);
    }

    fn publish(&mut self, seconds: f64) {
        let Some(measured) = self.measured() else { return };
        let fallen = (1.0 - RATE_FALL_SHARE).powf(seconds / RATE_FALL_TIME.as_secs_f64());
        self.published = Some(self.published.map_or(measured, |published| measured.max(published * fallen)));
    }

    fn measured(&self) -> Option<f64> {
        (self.measured >= RATE_KNOWN_AFTER && self.weight > 0.0).then(|| self.mean / self.weight)
    }

    /// Turns a second, as times are computed with it.
    pub(super) fn published(&self) -> Option<f64> {
        self.published
    }

    /// The line has become slower than what is published by more than a third.
    pub(super) fn is_slowing(&self) -> bool {
        matches!((self.measured(), self.published), (Some(measured), Some(published)) if measured * 1.5 < published)
    }

    /// None while nothing was measured yet, and where it would be more than [`ESTIMATE_MAX`].
    pub(super) fn estimate(&self, ahead: u64, promised: Option<Instant>, now: Instant) -> Option<Estimate> {
        let rate = self.published.filter(|rate| *rate > 0.0)?;
        let about = Duration::try_from_secs_f64((ahead as f64 + 1.0) / rate).ok()?;
        if about > ESTIMATE_MAX {
            return None;
        }
        let late = promised.is_some_and(|promised| now.plus(about) > promised);
        Some(Estimate { about, at_most: at_most(about), longer_than_said: late || self.is_slowing() })
    }
}

/// Half as much again and half a minute: what a line that stops at once comes to by the next question, a fourth of the
/// time later ([`super::pace`]), at a published rate that falls as it may.
fn at_most(about: Duration) -> Duration {
    about + about / 2 + Duration::from_secs(30)
}
