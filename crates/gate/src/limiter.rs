//! How much may be at work in the application behind, measured and never guessed.
//!
//! The limit follows the gradient between the latency without load (the floor) and the latency now, as Gradient2 of
//! Netflix's concurrency-limits does and TCP Vegas before it (Brakmo & Peterson 1995). The floor is the least over
//! rotating windows, and is measured anew at a third of the limit when nothing near it was seen for a while, as BBR does
//! (Cardwell et al. 2016): without that, a floor that ages under load takes the queue for the application's own time.
//!
//! What one person asks for says little about the application: of each source a few answers count in a window
//! ([`Source`]), one failure among them, and no answer for more than [`LATENCY_OF_FLOOR_MAX`] times the floor.

mod sources;

pub use sources::Source;

use crate::limits::{CONCURRENCY_MAX, CONCURRENCY_MIN, CONCURRENCY_START};
use preau_base::Instant;
use sources::{Distinct, Sources};
use std::collections::VecDeque;
use std::time::Duration;

/// Latency may be this many times the floor before the limit falls.
const TOLERANCE: f64 = 1.5;
/// Below this many times the floor the application has room to spare.
const NEAR_FLOOR: f64 = 1.25;
/// Above this many times the floor the limit falls as fast as it ever does, so that one stall of half a minute is not
/// remembered for longer than a slow second.
const RATIO_MAX: f64 = 4.0;
/// The limit moves at most once in this time, and not before [`STEP_SAMPLES_MIN`] answers unless a second is over.
const STEP: Duration = Duration::from_millis(250);
const STEP_LONGEST: Duration = Duration::from_secs(1);
const STEP_SAMPLES_MIN: u32 = 16;
/// Weight of the newest step in the smoothed latency, and in the limit.
const SMOOTHING: f64 = 0.3;
const LIMIT_SMOOTHING: f64 = 0.5;
/// Weight of a tick in which nothing was at work: half is forgotten in two seconds.
const IDLE_SMOOTHING: f64 = 0.08;
/// The share that is added in a step until the first sign of a queue, before smoothing.
const SLOW_START: f64 = 0.5;
/// The floor is the least of this many windows of this length.
const FLOOR_WINDOW: Duration = Duration::from_secs(10);
const FLOOR_WINDOWS: usize = 6;
/// Answers that a measure of the floor needs, so that a lucky few don't make it.
const FLOOR_SAMPLES_MIN: u32 = 100;
/// Sources that a measure of the floor needs: the cheapest page of one person is not what an application takes without load.
const FLOOR_SOURCES_MIN: u32 = 6;
/// One answer counts for at most this many times the floor in what moves the limit and the ladder. It is well above
/// [`RATIO_MAX`], so that an application that is slow for all is seen as slow as it is.
const LATENCY_OF_FLOOR_MAX: f64 = 8.0;
/// A failure counts as one among at least so many answers: the first of a quiet night is no share of anything.
const FAILED_AMONG_MIN: u32 = 8;
/// Answers that the measure of a probe needs.
const PROBE_SAMPLES_MIN: u32 = 8;
/// Without a latency near the floor for this long, the limit is taken to a third to measure it: at least for [`PROBE`], and
/// [`PROBE_LATENCIES`] times the latency, so that the queue is gone in the second half, which is measured.
const PROBE_AFTER: Duration = Duration::from_secs(10);
/// Low enough that even the queue that is allowed in front of a small application is gone.
const PROBE_SHARE: f64 = 1.0 / 3.0;
const PROBE: Duration = Duration::from_secs(1);
const PROBE_LONGEST: Duration = Duration::from_secs(10);
const PROBE_LATENCIES: f64 = 6.0;
/// Clocks of milliseconds measure nothing shorter, and a floor of zero is none.
const LATENCY_MS_MIN: f64 = 0.1;
/// The limit falls to this share when too many answers fail.
const FAILURE_BACKOFF: f64 = 0.8;
/// Share of failed answers above which the limit falls, and how many there must be.
const FAILED_SHARE_MAX: f64 = 0.1;
const FAILED_MIN: u32 = 3;

#[derive(Clone, Copy, Debug, Default)]
struct Step {
    samples: u32,
    failed: u32,
    /// As it was, and bounded by [`LATENCY_OF_FLOOR_MAX`].
    latency_ms: f64,
    bounded_ms: f64,
    at_work_max: u32,
    sources: Distinct,
}

impl Step {
    fn add(&mut self, latency_ms: f64, bound_ms: f64, source: Source, failed: bool) {
        self.samples += 1;
        self.failed += u32::from(failed);
        self.latency_ms += latency_ms;
        self.bounded_ms += latency_ms.min(bound_ms);
        self.sources.add(source);
    }

    fn bounded_mean_ms(&self) -> f64 {
        self.bounded_ms / f64::from(self.samples.max(1))
    }

    fn mean_ms(&self) -> f64 {
        self.latency_ms / f64::from(self.samples.max(1))
    }
}

/// A time of a lowered limit, in which the floor is measured.
#[derive(Clone, Copy, Debug)]
struct Probe {
    /// What answers from here on is measured: the queue is gone.
    measured_from: Instant,
    ends: Instant,
}

/// The adaptive limit of requests at work in the application at once.
#[derive(Clone, Debug)]
pub struct Limiter {
    limit: f64,
    max: u32,
    step: Step,
    step_began: Instant,
    /// Smoothed, for people to read, and bounded, for the ladder; 0 before the first step.
    latency_ms: f64,
    bounded_ms: f64,
    failed_share: f64,
    /// Smoothed latency in multiples of the floor, each step counting at most [`RATIO_MAX`].
    ratio: f64,
    /// Least latency of each window, newest last, infinite where too little was measured.
    floors: VecDeque<f64>,
    window_began: Instant,
    /// Answers of the measure of the floor that is being taken.
    measure: Step,
    near_floor: Instant,
    probe: Option<Probe>,
    slow_start: bool,
    sources: Sources,
}

impl Limiter {
    pub fn new(now: Instant) -> Self {
        Self {
            limit: f64::from(CONCURRENCY_START),
            max: CONCURRENCY_MAX,
            step: Step::default(),
            step_began: now,
            latency_ms: 0.0,
            bounded_ms: 0.0,
            failed_share: 0.0,
            ratio: 1.0,
            floors: VecDeque::from([f64::INFINITY]),
            window_began: now,
            measure: Step::default(),
            near_floor: now,
            probe: None,
            slow_start: true,
            sources: Sources::new(now),
        }
    }

    /// Requests that may be at work at once, between [`CONCURRENCY_MIN`] and what an operator allows at the most.
    pub fn limit(&self) -> u32 {
        let limit = if self.probe.is_some() { self.limit * PROBE_SHARE } else { self.limit };
        (limit as u32).max(CONCURRENCY_MIN).min(self.max)
    }

    /// An operator's upper bound. It may be below [`CONCURRENCY_MIN`]; 0 counts as 1.
    pub fn set_max(&mut self, max: Option<u32>) {
        self.max = max.unwrap_or(CONCURRENCY_MAX).clamp(1, CONCURRENCY_MAX);
    }

    /// Latency without load, and now, in milliseconds; 0 before anything was measured.
    pub fn state(&self) -> (f64, f64) {
        (self.floor_ms().unwrap_or(0.0), self.latency_ms)
    }

    /// Latency now in multiples of the floor, each answer counting for at most [`LATENCY_OF_FLOOR_MAX`]; 1 before
    /// anything was measured.
    pub fn latency_ratio(&self) -> f64 {
        self.floor_ms().map_or(1.0, |floor| self.bounded_ms / floor)
    }

    /// Share of the answers that failed, smoothed, 0 to 1.
    pub fn failed_share(&self) -> f64 {
        self.failed_share
    }

    /// One answer of the application: `latency` from its admission, `at_work` with itself when it ended, `failed` for
    /// an error of the application or no answer in time, `source` for whose request it was.
    pub fn sample(&mut self, latency: Duration, at_work: u32, failed: bool, source: Source, now: Instant) {
        self.step.at_work_max = self.step.at_work_max.max(at_work);
        if self.sources.counts(source, failed, now) {
            let latency_ms = (latency.as_secs_f64() * 1_000.0).max(LATENCY_MS_MIN);
            let bound_ms = self.floor_ms().map_or(f64::INFINITY, |floor| floor * LATENCY_OF_FLOOR_MAX);
            self.step.add(latency_ms, bound_ms, source, failed);
            if !failed && self.probe.is_none_or(|probe| now >= probe.measured_from) {
                self.measure.add(latency_ms, bound_ms, source, false);
            }
        }
        self.tick(now);
    }

    /// To be called every [`crate::limits::TICK`] too: a stalled application gives no answers.
    pub fn tick(&mut self, now: Instant) {
        self.turn_windows(now);
        self.end_probe(now);
        self.end_measure(now);
        let taken = now.since(self.step_began);
        let enough = self.step.samples >= STEP_SAMPLES_MIN || taken >= STEP_LONGEST;
        if taken >= STEP && self.step.samples > 0 && enough {
            let step = std::mem::take(&mut self.step);
            self.step_began = now;
            self.move_limit(&step, now);
        } else if self.step.samples == 0 {
            self.step_began = now;
        }
    }

    /// Nothing is at work: what was measured under load ages, a step at a time, towards what it is without any. Without
    /// this, a slow last answer would keep the ladder up for ever, and with it everybody out whose answers would say better.
    pub fn idle(&mut self) {
        if let Some(floor) = self.floor_ms() {
            self.latency_ms = smooth(self.latency_ms, floor, IDLE_SMOOTHING);
            self.bounded_ms = smooth(self.bounded_ms, floor, IDLE_SMOOTHING);
        }
        self.ratio = smooth(self.ratio, 1.0, IDLE_SMOOTHING);
        self.failed_share = smooth(self.failed_share, 0.0, IDLE_SMOOTHING);
    }

    fn move_limit(&mut self, step: &Step, now: Instant) {
        let begun = |old: f64, new: f64| if old > 0.0 { smooth(old, new, SMOOTHING) } else { new };
        let mean = step.bounded_mean_ms();
        self.bounded_ms = begun(self.bounded_ms, mean);
        self.latency_ms = begun(self.latency_ms, step.mean_ms());
        let failed = f64::from(step.failed) / f64::from(step.samples.max(FAILED_AMONG_MIN));
        self.failed_share = smooth(self.failed_share, failed, SMOOTHING);
        if failed > FAILED_SHARE_MAX && step.failed >= FAILED_MIN {
            self.slow_start = false;
            self.set_limit(self.limit * FAILURE_BACKOFF);
            return;
        }
        let Some(floor) = self.floor_ms() else { return };
        self.ratio = smooth(self.ratio, (mean / floor).min(RATIO_MAX), SMOOTHING);
        if self.ratio <= NEAR_FLOOR {
            self.near_floor = now;
        }
        if self.probe.is_some() {
            return;
        }
        if now.since(self.near_floor) >= PROBE_AFTER {
            self.begin_probe(now);
            return;
        }
        let gradient = (TOLERANCE / self.ratio).clamp(0.5, 1.0);
        let used = f64::from(step.at_work_max) >= self.limit / 2.0;
        self.slow_start &= gradient >= 1.0;
        // The square root is the queue that is allowed: enough to keep the application busy, whatever its size.
        let growth = if self.slow_start { self.limit * SLOW_START } else { self.limit.sqrt() };
        let wanted = smooth(self.limit, self.limit * gradient + growth, LIMIT_SMOOTHING);
        if used || wanted < self.limit {
            self.set_limit(wanted);
        }
    }

    fn set_limit(&mut self, limit: f64) {
        self.limit = limit.clamp(f64::from(CONCURRENCY_MIN), f64::from(self.max.max(CONCURRENCY_MIN)));
    }

    fn floor_ms(&self) -> Option<f64> {
        let least = self.floors.iter().copied().fold(f64::INFINITY, f64::min);
        least.is_finite().then_some(least)
    }

    fn turn_windows(&mut self, now: Instant) {
        if now.since(self.window_began) < FLOOR_WINDOW {
            return;
        }
        self.window_began = now;
        // A floor that nothing has replaced is kept: a quiet hour is no reason to forget it.
        if self.floors.iter().skip(1).any(|floor| floor.is_finite()) || self.floors.len() < FLOOR_WINDOWS {
            self.floors.push_back(f64::INFINITY);
        }
        while self.floors.len() > FLOOR_WINDOWS {
            self.floors.pop_front();
        }
    }

    fn end_measure(&mut self, now: Instant) {
        if self.probe.is_some() || self.measure.samples < FLOOR_SAMPLES_MIN || now.since(self.step_began) < STEP {
            return;
        }
        let measured = std::mem::take(&mut self.measure);
        if let Some(newest) = self.floors.back_mut()
            && measured.sources.are_at_least(FLOOR_SOURCES_MIN)
        {
            *newest = newest.min(measured.bounded_mean_ms());
        }
    }

    fn begin_probe(&mut self, now: Instant) {
        let needed = Duration::try_from_secs_f64(self.bounded_ms * PROBE_LATENCIES / 1_000.0).unwrap_or(PROBE_LONGEST);
        let length = needed.clamp(PROBE, PROBE_LONGEST);
        self.measure = Step::default();
        self.probe = Some(Probe { measured_from: now.plus(length / 2), ends: now.plus(length) });
    }

    fn end_probe(&mut self, now: Instant) {
        if self.probe.is_none_or(|probe| now < probe.ends) {
            return;
        }
        self.probe = None;
        self.near_floor = now;
        let measured = std::mem::take(&mut self.measure);
        if measured.samples >= PROBE_SAMPLES_MIN && measured.sources.are_at_least(FLOOR_SOURCES_MIN) {
            self.floors = VecDeque::from([measured.bounded_mean_ms()]);
            self.window_began = now;
            self.ratio = 1.0;
        }
    }
}

fn smooth(old: f64, new: f64, weight: f64) -> f64 {
    old + (new - old) * weight
}

#[cfg(test)]
mod tests;
