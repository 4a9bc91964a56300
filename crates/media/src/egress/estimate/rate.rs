//! How much is sent by what the delays say: down at once to what gets through, then up again, slowly where it last was too
//! much (draft-ietf-rmcat-gcc-02 §5.5).

use super::trend::Usage;
use super::{BPS_MAX, BPS_MIN};
use std::time::{Duration, Instant};

/// Of what gets through, when a queue grows.
const BACK_OFF: f64 = 0.85;
/// In a second, far from where it last was too much.
const GROWTH: f64 = 1.08;
/// Never beyond this multiple of what gets through, and a little.
const AHEAD: f64 = 1.5;
const AHEAD_BPS: f64 = 10_000.0;
/// Near: this many deviations around what got through when it was too much.
const DEVIATIONS: f64 = 3.0;
const NEAR_SMOOTHING: f64 = 0.05;
/// Bits of a packet, how long it takes to see what came of it beyond the way itself, and the least that near growth is.
const PACKET_BITS: f64 = 9_600.0;
const RESPONSE: Duration = Duration::from_millis(100);
const NEAR_GROWTH_BPS_MIN: f64 = 4_000.0;
/// After a step down the next waits for what came of it.
const DOWN_AGAIN: Duration = Duration::from_millis(200);

/// What got through each time that it was too much, in kbit/s: mean and variance, smoothed.
#[derive(Clone, Copy, Debug)]
struct Near {
    kbps: f64,
    variance: f64,
}

impl Near {
    fn deviation(&self) -> f64 {
        (self.variance * self.kbps).sqrt()
    }
}

#[derive(Debug)]
pub struct Rate {
    bps: f64,
    near: Option<Near>,
    holds: bool,
    changed: Instant,
    lowered: Option<Instant>,
}

impl Rate {
    pub fn new(bps: u64, now: Instant) -> Self {
        Self { bps: bps as f64, near: None, holds: false, changed: now, lowered: None }
    }

    pub fn bps(&self) -> u64 {
        self.bps as u64
    }

    /// A probe has found more.
    pub fn raise(&mut self, bps: u64, now: Instant) {
        if bps as f64 > self.bps {
            (self.bps, self.changed, self.near) = ((bps as f64).min(BPS_MAX as f64), now, None);
        }
    }

    /// Nothing is heard of what is sent.
    pub fn halve(&mut self, now: Instant) {
        (self.bps, self.changed) = ((self.bps / 2.0).max(BPS_MIN as f64), now);
    }

    /// After a report: what the delays say, and what gets through, in bit/s.
    pub fn note(&mut self, usage: Usage, through_bps: Option<f64>, rtt: Duration, now: Instant) {
        let passed = now.saturating_duration_since(self.changed).as_secs_f64().min(1.0);
        match usage {
            Usage::Over => self.lower(through_bps, rtt, now),
            // The queue empties first.
            Usage::Under => self.holds = true,
            Usage::Normal if self.holds => self.holds = false,
            Usage::Normal => self.grow(through_bps, passed, rtt),
        }
        self.changed = now;
    }

    fn lower(&mut self, through_bps: Option<f64>, rtt: Duration, now: Instant) {
        self.holds = true;
        let waits = |at: Instant| now.saturating_duration_since(at) < DOWN_AGAIN.max(rtt);
        if self.lowered.is_some_and(waits) {
            return;
        }
        self.lowered = Some(now);
        let through_bps = through_bps.unwrap_or(self.bps);
        self.learn(through_bps / 1_000.0);
        self.bps = (through_bps * BACK_OFF).min(self.bps).max(BPS_MIN as f64);
    }

    fn learn(&mut self, kbps: f64) {
        let near = self.near.get_or_insert(Near { kbps, variance: 0.4 });
        if (kbps - near.kbps).abs() > DEVIATIONS * near.deviation() {
            *near = Near { kbps, variance: 0.4 };
        }
        near.kbps += NEAR_SMOOTHING * (kbps - near.kbps);
        let deviation = (kbps - near.kbps).powi(2) / near.kbps.max(1.0);
        near.variance = ((1.0 - NEAR_SMOOTHING) * near.variance + NEAR_SMOOTHING * deviation).clamp(0.4, 2.5);
    }

    fn grow(&mut self, through_bps: Option<f64>, passed_s: f64, rtt: Duration) {
        let Some(through_bps) = through_bps else { return };
        if self.near.is_some_and(|near| through_bps / 1_000.0 > near.kbps + DEVIATIONS * near.deviation()) {
            self.near = None;
        }
        let grown = if self.near.is_some() {
            let response_s = (rtt + RESPONSE).as_secs_f64();
            self.bps + (PACKET_BITS / response_s).max(NEAR_GROWTH_BPS_MIN) * passed_s
        } else {
            self.bps * GROWTH.powf(passed_s) + 1_000.0 * passed_s
        };
        // What is not sent says nothing of the path.
        let ahead = (through_bps * AHEAD + AHEAD_BPS).max(self.bps);
        self.bps = grown.min(ahead).min(BPS_MAX as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RTT: Duration = Duration::from_millis(50);

    fn after(rate: &mut Rate, usage: Usage, through_bps: f64, steps: u32, from: Instant) -> Instant {
        (1..=steps).fold(from, |_, step| {
            let now = from + Duration::from_millis(50) * step;
            rate.note(usage, Some(through_bps), RTT, now);
            now
        })
    }

    #[test]
    fn too_much_falls_below_what_gets_through_and_comes_back_slowly() {
        let start = Instant::now();
        let mut rate = Rate::new(1_000_000, start);
        let now = after(&mut rate, Usage::Over, 600_000.0, 1, start);
        assert_eq!(rate.bps(), 510_000);
        after(&mut rate, Usage::Over, 500_000.0, 2, now);
        assert_eq!(rate.bps(), 510_000, "what came of it is not known yet");
        let now = after(&mut rate, Usage::Normal, 600_000.0, 21, now + Duration::from_millis(100));
        // One packet each RTT and 100 ms.
        assert!((560_000..590_000).contains(&rate.bps()), "{}", rate.bps());
        after(&mut rate, Usage::Under, 600_000.0, 20, now);
        assert!(rate.bps() < 590_000, "not while the queue empties");
    }

    #[test]
    fn far_from_too_much_it_grows_by_a_share_but_not_beyond_what_is_sent() {
        let start = Instant::now();
        let mut rate = Rate::new(300_000, start);
        let now = after(&mut rate, Usage::Normal, 300_000.0, 20, start);
        assert!((322_000..328_000).contains(&rate.bps()), "{}", rate.bps());
        after(&mut rate, Usage::Normal, 100_000.0, 200, now);
        assert!(rate.bps() < 328_000, "a third of it is sent");
        rate.raise(2_000_000, now);
        assert_eq!(rate.bps(), 2_000_000);
        rate.raise(1_000_000, now);
        assert_eq!(rate.bps(), 2_000_000);
    }
}
