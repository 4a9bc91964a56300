//! Whether packets take longer and longer (draft-ietf-rmcat-gcc-02 §5.1 to §5.4, with the linear regression that replaced its
//! Kalman filter in libwebrtc): a queue grows somewhere on the way.

use crate::egress::transport::Reported;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Packets that go out within this time are one group: whoever sends in turns sends them together.
const GROUP: Duration = Duration::from_millis(5);
/// Groups over which the line is laid, and how much of a new delay counts.
const WINDOW: usize = 20;
const SMOOTHING: f64 = 0.9;
/// Differences from which on the slope is trusted wholly, and its gain.
const DELTAS_MAX: u32 = 60;
const GAIN: f64 = 4.0;
/// The threshold in ms, its limits, how fast it follows upwards and downwards (per ms), and what it does not follow.
const THRESHOLD_MS: f64 = 12.5;
const THRESHOLD_MS_MIN: f64 = 6.0;
const THRESHOLD_MS_MAX: f64 = 600.0;
const FOLLOW_UP: f64 = 0.0087;
const FOLLOW_DOWN: f64 = 0.039;
const FOLLOW_MS_MAX: f64 = 15.0;
const FOLLOW_STEP_MS_MAX: f64 = 100.0;
/// A queue grows when the slope has been too steep for so long.
const OVERUSE_MS_MIN: f64 = 10.0;
/// Clocks that jump, a machine that slept: the line begins anew.
const JUMP_MS: f64 = 3_000.0;

/// What the delays say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Usage {
    #[default]
    Normal,
    /// A queue grows.
    Over,
    /// A queue shrinks.
    Under,
}

/// A group of packets: when the first and the last of them went out, when the last came.
#[derive(Clone, Copy, Debug)]
struct Group {
    first: Instant,
    last: Instant,
    came_us: i64,
}

#[derive(Debug)]
pub struct Trend {
    group: Option<Group>,
    before: Option<Group>,
    deltas: u32,
    /// The sum of all delays gained and lost, in ms, and the same smoothed.
    delay_ms: f64,
    smooth_ms: f64,
    /// When groups came, in ms since the first, and the smoothed delay then.
    line: VecDeque<(f64, f64)>,
    first_us: i64,
    slope: f64,
    threshold_ms: f64,
    over_ms: Option<f64>,
    overs: u32,
    followed: Option<Instant>,
    usage: Usage,
}

impl Default for Trend {
    fn default() -> Self {
        Self {
            group: None,
            before: None,
            deltas: 0,
            delay_ms: 0.0,
            smooth_ms: 0.0,
            line: VecDeque::with_capacity(WINDOW + 1),
            first_us: 0,
            slope: 0.0,
            threshold_ms: THRESHOLD_MS,
            over_ms: None,
            overs: 0,
            followed: None,
            usage: Usage::Normal,
        }
    }
}

impl Trend {
    /// A packet that has come.
    pub fn note(&mut self, reported: &Reported, now: Instant) {
        let Some(came_us) = reported.came_us else { return };
        let at = reported.sent.at;
        match &mut self.group {
            Some(group) if at < group.first => {}
            Some(group) if at.saturating_duration_since(group.first) <= GROUP => {
                group.last = group.last.max(at);
                group.came_us = group.came_us.max(came_us);
            }
            _ => {
                let whole = self.group.replace(Group { first: at, last: at, came_us });
                if let Some((before, whole)) = std::mem::replace(&mut self.before, whole).zip(whole) {
                    self.between(before, whole, now);
                }
            }
        }
    }

    pub fn usage(&self) -> Usage {
        self.usage
    }

    fn between(&mut self, before: Group, group: Group, now: Instant) {
        let sent_ms = group.last.saturating_duration_since(before.last).as_secs_f64() * 1_000.0;
        let came_ms = (group.came_us - before.came_us) as f64 / 1_000.0;
        if came_ms.abs() > JUMP_MS || sent_ms > JUMP_MS {
            *self = Self { threshold_ms: self.threshold_ms, group: self.group, ..Self::default() };
            return;
        }
        if self.deltas == 0 {
            self.first_us = group.came_us;
        }
        self.deltas = self.deltas.saturating_add(1);
        self.delay_ms += came_ms - sent_ms;
        self.smooth_ms = SMOOTHING * self.smooth_ms + (1.0 - SMOOTHING) * self.delay_ms;
        self.line.push_back(((group.came_us - self.first_us) as f64 / 1_000.0, self.smooth_ms));
        if self.line.len() > WINDOW {
            self.line.pop_front();
        }
        let slope = if self.line.len() == WINDOW { slope(&self.line).unwrap_or(self.slope) } else { self.slope };
        self.judge(slope, sent_ms, now);
    }

    fn judge(&mut self, slope: f64, sent_ms: f64, now: Instant) {
        let trend_ms = f64::from(self.deltas.min(DELTAS_MAX)) * slope * GAIN;
        if trend_ms > self.threshold_ms {
            let over_ms = self.over_ms.map_or(sent_ms / 2.0, |over_ms| over_ms + sent_ms);
            self.overs += 1;
            self.over_ms = Some(over_ms);
            if over_ms > OVERUSE_MS_MIN && self.overs > 1 && slope >= self.slope {
                (self.over_ms, self.overs) = (Some(0.0), 0);
                self.usage = Usage::Over;
            }
        } else {
            (self.over_ms, self.overs) = (None, 0);
            self.usage = if trend_ms < -self.threshold_ms { Usage::Under } else { Usage::Normal };
        }
        self.slope = slope;
        self.follow(trend_ms.abs(), now);
    }

    /// The threshold follows the trend, so that a rival that fills the queue does not starve us (§5.4).
    fn follow(&mut self, trend_ms: f64, now: Instant) {
        let passed = self.followed.replace(now).map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        if trend_ms > self.threshold_ms + FOLLOW_MS_MAX {
            return;
        }
        let rate = if trend_ms < self.threshold_ms { FOLLOW_DOWN } else { FOLLOW_UP };
        let passed_ms = (passed.as_secs_f64() * 1_000.0).min(FOLLOW_STEP_MS_MAX);
        let threshold_ms = self.threshold_ms + rate * (trend_ms - self.threshold_ms) * passed_ms;
        self.threshold_ms = threshold_ms.clamp(THRESHOLD_MS_MIN, THRESHOLD_MS_MAX);
    }
}

/// Of the line with the least squares; `None`: all came at once.
fn slope(line: &VecDeque<(f64, f64)>) -> Option<f64> {
    let count = line.len() as f64;
    let (sum_x, sum_y) = line.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0, y + point.1));
    let (mean_x, mean_y) = (sum_x / count, sum_y / count);
    let covariance: f64 = line.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let variance: f64 = line.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    (variance > f64::EPSILON).then(|| covariance / variance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::egress::transport::Sent;

    /// What is said after 100 packets, one each 20 ms, of which each comes so much later than the one before.
    fn after(later_us: i64) -> Usage {
        let (mut trend, start) = (Trend::default(), Instant::now());
        for index in 0..100i64 {
            let at = start + Duration::from_millis(20) * index as u32;
            let sent = Sent { seq: index as u64, at, bytes: 1_000 };
            trend.note(&Reported { sent, came_us: Some(index * (20_000 + later_us)) }, at);
        }
        trend.usage()
    }

    #[test]
    fn a_growing_queue_a_shrinking_one_and_none() {
        assert_eq!(after(0), Usage::Normal);
        assert_eq!(after(50), Usage::Normal, "a clock that is a little slow");
        assert_eq!(after(4_000), Usage::Over);
        assert_eq!(after(-4_000), Usage::Under);
    }

    #[test]
    fn a_clock_that_jumps_begins_anew() {
        let (mut trend, start) = (Trend::default(), Instant::now());
        for index in 0..60i64 {
            let at = start + Duration::from_millis(20) * index as u32;
            let jump = if index > 30 { 3_600_000_000 } else { 0 };
            let sent = Sent { seq: index as u64, at, bytes: 1_000 };
            trend.note(&Reported { sent, came_us: Some(index * 20_000 + jump) }, at);
            assert_eq!(trend.usage(), Usage::Normal);
        }
    }
}
