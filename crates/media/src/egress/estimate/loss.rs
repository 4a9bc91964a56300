//! What losses say (draft-ietf-rmcat-gcc-02 §6), on lines of which some lose packets however little is sent.

use super::{BPS_MAX, BPS_MIN};
use crate::egress::transport::Reported;
use std::time::{Duration, Instant};

/// A share is taken over so many packets and so much time.
const PACKETS_MIN: u32 = 20;
const WINDOW: Duration = Duration::from_millis(400);
/// Above, less is sent; below, more.
const MUCH: f64 = 0.10;
const LITTLE: f64 = 0.02;
const GROWTH: f64 = 1.05;
/// What was lost although a fifth less was sent is not lost for want of room…
const LESS: f64 = 0.8;
/// …if it is nearly as much, and no more than this: a line that loses half is full.
const NEARLY: f64 = 0.75;
const LINE_LOSS_MAX: f64 = 0.3;
/// What a line loses by itself is asked anew after so long.
const LINE_LOSS_AGE: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub struct Loss {
    since: Instant,
    came: u32,
    lost: u32,
    came_bytes: u64,
    bytes: u64,
    /// No more than this; `None`: losses say nothing against any rate.
    limit_bps: Option<f64>,
    /// What was sent when the limit fell first, and the share that was lost then.
    fell: Option<(f64, f64)>,
    /// The share that the line loses by itself, and since when it is believed.
    line: Option<(f64, Instant)>,
}

impl Loss {
    pub fn new(now: Instant) -> Self {
        Self { since: now, came: 0, lost: 0, came_bytes: 0, bytes: 0, limit_bps: None, fell: None, line: None }
    }

    pub fn limit_bps(&self) -> u64 {
        self.limit_bps.map_or(BPS_MAX, |bps| bps as u64)
    }

    /// A probe has found more.
    pub fn raise(&mut self, bps: u64) {
        self.limit_bps = self.limit_bps.map(|limit| limit.max(bps as f64));
    }

    /// A report, while so much may be sent.
    pub fn note(&mut self, reported: &[Reported], estimate_bps: u64, now: Instant) {
        for reported in reported {
            self.bytes += u64::from(reported.sent.bytes);
            match reported.came_us {
                Some(_) => {
                    (self.came, self.came_bytes) = (self.came + 1, self.came_bytes + u64::from(reported.sent.bytes))
                }
                None => self.lost += 1,
            }
        }
        let passed = now.saturating_duration_since(self.since);
        let packets = self.came + self.lost;
        if packets < PACKETS_MIN || passed < WINDOW {
            return;
        }
        let share = f64::from(self.lost) / f64::from(packets);
        let per_second = |bytes: u64| bytes as f64 * 8.0 / passed.as_secs_f64();
        let (sent_bps, through_bps) = (per_second(self.bytes), per_second(self.came_bytes));
        (self.since, self.came, self.lost, self.came_bytes, self.bytes) = (now, 0, 0, 0, 0);
        self.judge(share, sent_bps, through_bps, estimate_bps as f64, now);
    }

    fn judge(&mut self, share: f64, sent_bps: f64, through_bps: f64, estimate_bps: f64, now: Instant) {
        self.line = self.line.filter(|&(_, since)| now.saturating_duration_since(since) < LINE_LOSS_AGE);
        let by_itself = self.line.map_or(0.0, |(share, _)| share);
        let share_of_ours = (share - by_itself).max(0.0) / (1.0 - by_itself);
        if share_of_ours > MUCH {
            match self.fell {
                None => self.fell = Some((sent_bps, share)),
                Some((at_bps, then)) if sent_bps < at_bps * LESS => {
                    let is_the_line = share > then * NEARLY && share <= LINE_LOSS_MAX;
                    self.fell = None;
                    if is_the_line {
                        self.line = Some((share, now));
                        return;
                    }
                }
                Some(_) => {}
            }
            let limit_bps = self.limit_bps.unwrap_or(estimate_bps).min(estimate_bps);
            let lowered = (limit_bps * (1.0 - share_of_ours / 2.0)).max(through_bps.min(limit_bps) * LESS);
            self.limit_bps = Some(lowered.max(BPS_MIN as f64));
        } else if share_of_ours < LITTLE {
            self.fell = None;
            let grown = self.limit_bps.map(|bps| bps * GROWTH + 1_000.0);
            // A limit far above what may be sent limits nothing.
            self.limit_bps = grown.filter(|&bps| bps < estimate_bps * 4.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::egress::transport::Sent;

    /// Seconds of 50 packets of 1,000 bytes a second for each 400 kbit/s of `bps`, of which every `nth` is lost.
    fn seconds(
        loss: &mut Loss,
        from: Instant,
        count: u32,
        bps: impl Fn(u64) -> u64,
        nth: impl Fn(u64) -> u64,
    ) -> Instant {
        let mut now = from;
        let mut seq = 0;
        for _ in 0..count * 2 {
            now += Duration::from_millis(500);
            let bps = bps(loss.limit_bps());
            let packets = (bps / 16_000).max(20);
            let reported: Vec<Reported> = (0..packets)
                .map(|_| {
                    seq += 1;
                    let sent = Sent { seq, at: now, bytes: (bps / packets / 16) as u32 };
                    Reported { sent, came_us: (seq % nth(bps) != 0).then_some(0) }
                })
                .collect();
            loss.note(&reported, bps, now);
        }
        now
    }

    #[test]
    fn a_line_that_is_full_is_left_room() {
        let mut loss = Loss::new(Instant::now());
        // Half of a megabit gets through.
        seconds(
            &mut loss,
            Instant::now(),
            10,
            |limit| limit.min(1_000_000),
            |bps| if bps > 520_000 { 3 } else { u64::MAX },
        );
        assert!((300_000..=700_000).contains(&loss.limit_bps()), "{}", loss.limit_bps());
    }

    #[test]
    fn a_line_that_loses_by_itself_does_not_starve() {
        let mut loss = Loss::new(Instant::now());
        seconds(&mut loss, Instant::now(), 60, |limit| limit.min(500_000), |_| 5);
        assert!(loss.limit_bps() > 200_000, "{}", loss.limit_bps());
    }

    #[test]
    fn a_little_loss_says_nothing() {
        let mut loss = Loss::new(Instant::now());
        seconds(&mut loss, Instant::now(), 10, |limit| limit.min(1_000_000), |_| 20);
        assert_eq!(loss.limit_bps(), BPS_MAX);
    }
}
