//! What the path to a peer carries, by its reports of when each packet came: the delay-based and the loss-based estimate of
//! draft-ietf-rmcat-gcc-02, and bursts that look for more.

mod loss;
mod probe;
mod rate;
mod trend;

use crate::egress::transport::Reported;
use loss::Loss;
use probe::Probe;
use rate::Rate;
use std::collections::VecDeque;
use std::time::{Duration, Instant};
use trend::{Trend, Usage};

/// An estimate is never outside of these, in bit/s.
pub const BPS_MIN: u64 = 20_000;
pub const BPS_MAX: u64 = 20_000_000;
/// What gets through is measured over so much time.
const THROUGH_US: i64 = 500_000;
/// Packets that a peer may say came within it.
const CAME_MAX: usize = 4_096;
/// Nothing has been heard for so long of what was sent: the path may be gone.
const SILENCE: Duration = Duration::from_millis(1_500);

/// What has come in the last half second, by the peer's clock.
#[derive(Debug, Default)]
struct Through {
    came: VecDeque<(i64, u32)>,
    bytes: u64,
    first_us: Option<i64>,
}

impl Through {
    fn note(&mut self, came_us: i64, bytes: u32) {
        self.first_us.get_or_insert(came_us);
        self.came.push_back((came_us, bytes));
        self.bytes += u64::from(bytes);
        while let Some(&(at_us, bytes)) = self.came.front()
            && (self.came.len() > CAME_MAX || came_us.abs_diff(at_us) > THROUGH_US.unsigned_abs())
        {
            self.came.pop_front();
            self.bytes -= u64::from(bytes);
        }
    }

    /// In bit/s; `None`: not measured long enough.
    fn bps(&self) -> Option<f64> {
        let last_us = self.came.back()?.0;
        (last_us.saturating_sub(self.first_us?) >= THROUGH_US)
            .then(|| self.bytes as f64 * 8.0 / (THROUGH_US as f64 / 1e6))
    }
}

#[derive(Debug)]
pub struct Estimate {
    trend: Trend,
    rate: Rate,
    loss: Loss,
    probe: Probe,
    through: Through,
    /// What is looked for, in bit/s; 0: nothing.
    wanted_bps: u64,
    heard: Instant,
}

impl Estimate {
    pub fn new(initial_bps: u64, now: Instant) -> Self {
        Self {
            trend: Trend::default(),
            rate: Rate::new(initial_bps.clamp(BPS_MIN, BPS_MAX), now),
            loss: Loss::new(now),
            probe: Probe::new(now),
            through: Through::default(),
            wanted_bps: 0,
            heard: now,
        }
    }

    /// In bit/s, of whole datagrams.
    pub fn bps(&self) -> u64 {
        self.rate.bps().min(self.loss.limit_bps())
    }

    /// Bursts look for so much from now on; 0: there are none.
    pub fn look_for(&mut self, bps: u64) {
        self.wanted_bps = bps;
    }

    /// A report has come.
    pub fn note(&mut self, reported: &[Reported], rtt: Duration, now: Instant) {
        if reported.is_empty() {
            return;
        }
        self.heard = now;
        for packet in reported {
            self.trend.note(packet, now);
            if let Some(came_us) = packet.came_us {
                self.through.note(came_us, packet.sent.bytes);
            }
        }
        self.rate.note(self.trend.usage(), self.through.bps(), rtt, now);
        self.loss.note(reported, self.bps(), now);
        if let Some(found_bps) = self.probe.note(reported, now) {
            self.rate.raise(found_bps, now);
            self.loss.raise(found_bps);
        }
    }

    /// Begins a burst where one is due. `next_seq`: the number of the next packet to the peer.
    pub fn begin_probe(&mut self, next_seq: u64, now: Instant) {
        let is_old = now.saturating_duration_since(self.heard) > SILENCE;
        if self.wanted_bps > 0 && (is_old || self.trend.usage() == Usage::Normal) {
            self.probe.look_for(self.wanted_bps, self.bps(), next_seq, now);
        }
    }

    /// When the next packet of a burst is due.
    pub fn next_at(&self) -> Option<Instant> {
        self.probe.next_at()
    }

    /// Bytes of a burst that are to go out now.
    pub fn probe_owes(&mut self, now: Instant) -> usize {
        self.probe.owed(now)
    }

    pub fn probe_sent(&mut self, bytes: usize, next_seq: u64, now: Instant) {
        self.probe.sent(bytes, next_seq, now);
    }

    pub fn cancel_probe(&mut self, now: Instant) {
        self.probe.cancel(now);
    }

    /// Once a second: since when the oldest packet is unreported.
    pub fn look_around(&mut self, oldest: Option<Instant>, now: Instant) {
        let long_ago = |at: Instant| now.saturating_duration_since(at) > SILENCE;
        if oldest.is_some_and(long_ago) && long_ago(self.heard) {
            self.rate.halve(now);
        }
        // A burst whose reports never come is over, too.
        self.probe.note(&[], now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::egress::transport::Sent;
    use preau_base::{Rng, SeededRng};

    /// A line: what it carries, how long it is, how much it holds, what it loses (in 1/1000).
    #[derive(Clone, Copy)]
    struct Line {
        bps: u64,
        ms: u64,
        queue_ms: u64,
        lost_permille: u64,
    }

    struct Model {
        line: Line,
        rng: SeededRng,
        free_us: u64,
        now_us: u64,
        start: Instant,
        seq: u64,
        under_way: VecDeque<Reported>,
        estimate: Estimate,
        queued_us_max: u64,
    }

    impl Model {
        fn new(line: Line, initial_bps: u64, seed: u64) -> Self {
            let start = Instant::now();
            let estimate = Estimate::new(initial_bps, start);
            Self {
                line,
                rng: SeededRng::new(seed),
                free_us: 0,
                now_us: 0,
                start,
                seq: 0,
                under_way: VecDeque::new(),
                estimate,
                queued_us_max: 0,
            }
        }

        fn at(&self, us: u64) -> Instant {
            self.start + Duration::from_micros(us)
        }

        fn send(&mut self, bytes: u32) {
            let sent = Sent { seq: self.seq, at: self.at(self.now_us), bytes };
            self.seq += 1;
            let begins = self.free_us.max(self.now_us);
            let is_full = begins - self.now_us > self.line.queue_ms * 1_000;
            let mut byte = [0; 2];
            self.rng.fill(&mut byte);
            let is_lost = u64::from(u16::from_le_bytes(byte)) * 1_000 / 65_536 < self.line.lost_permille;
            let mut came_us = None;
            if !is_full {
                self.queued_us_max = self.queued_us_max.max(begins - self.now_us);
                self.free_us = begins + u64::from(bytes) * 8_000_000 / self.line.bps;
                came_us = (!is_lost).then_some((self.free_us + self.line.ms * 1_000) as i64);
            }
            self.under_way.push_back(Reported { sent, came_us });
        }

        /// Sends what the estimate allows, up to `most_bps`, in frames of 33 ms; reports come each 50 ms.
        fn run(&mut self, seconds: u64, most_bps: u64) {
            let until = self.now_us + seconds * 1_000_000;
            let mut owed = 0.0;
            while self.now_us < until {
                let step = self.now_us / 1_000;
                if step.is_multiple_of(33) {
                    owed += self.estimate.bps().min(most_bps) as f64 * 0.033 / 8.0;
                    while owed > 0.0 {
                        let bytes = owed.clamp(200.0, 1_200.0);
                        self.send(bytes as u32);
                        owed -= bytes;
                    }
                }
                let now = self.at(self.now_us);
                self.estimate.begin_probe(self.seq, now);
                while self.estimate.probe_owes(now) > 0 {
                    self.send(290);
                    self.estimate.probe_sent(290, self.seq, now);
                }
                if step.is_multiple_of(50) {
                    self.report(now);
                }
                if step.is_multiple_of(1_000) {
                    let oldest = self.under_way.front().map(|reported| reported.sent.at);
                    self.estimate.look_around(oldest, now);
                }
                self.now_us += 1_000;
            }
        }

        fn report(&mut self, now: Instant) {
            let way_us = self.line.ms as i64 * 1_000;
            let (now_us, mut reported) = (self.now_us as i64, Vec::new());
            let has_come = |packet: &Reported| packet.came_us.is_some_and(|came_us| came_us <= now_us - way_us);
            // What is missing is known by what came after it.
            if let Some(last) = self.under_way.iter().rposition(has_come) {
                reported.extend(self.under_way.drain(..=last));
            }
            let rtt = Duration::from_millis(self.line.ms * 2);
            self.estimate.note(&reported, rtt, now);
        }
    }

    const LINE: Line = Line { bps: 1_000_000, ms: 20, queue_ms: 400, lost_permille: 0 };

    #[test]
    fn a_path_is_used_and_its_queue_stays_short() {
        for seed in 0..8 {
            let mut model = Model::new(LINE, 300_000, seed);
            model.run(40, 5_000_000);
            let kbps = model.estimate.bps() / 1_000;
            assert!((600..1_150).contains(&kbps), "{kbps} kbit/s, seed {seed}");
            model.queued_us_max = 0;
            model.run(20, 5_000_000);
            assert!(model.queued_us_max < 350_000, "{} µs in the queue, seed {seed}", model.queued_us_max);
        }
    }

    #[test]
    fn a_path_that_narrows_is_followed_within_two_seconds_and_back_up() {
        let mut model = Model::new(LINE, 900_000, 3);
        model.run(10, 800_000);
        model.line.bps = 200_000;
        model.run(3, 800_000);
        let kbps = model.estimate.bps() / 1_000;
        assert!(kbps < 260, "{kbps} kbit/s");
        model.line.bps = 1_000_000;
        model.estimate.look_for(600_000);
        model.run(8, 800_000);
        let kbps = model.estimate.bps() / 1_000;
        assert!(kbps > 500, "{kbps} kbit/s");
    }

    #[test]
    fn a_burst_finds_room_that_nobody_fills() {
        let mut model = Model::new(Line { bps: 8_000_000, ..LINE }, 300_000, 5);
        model.run(2, 60_000);
        assert!(model.estimate.bps() < 400_000);
        model.estimate.look_for(2_000_000);
        model.run(4, 60_000);
        assert!(model.estimate.bps() >= 2_000_000, "{}", model.estimate.bps());
        // And none where there is none.
        let mut model = Model::new(Line { bps: 250_000, ..LINE }, 200_000, 5);
        model.run(2, 60_000);
        model.estimate.look_for(2_000_000);
        model.run(6, 60_000);
        assert!(model.estimate.bps() <= 270_000, "{}", model.estimate.bps());
    }

    #[test]
    fn a_line_that_loses_packets_is_used_all_the_same() {
        for lost_permille in [20, 50, 100, 200] {
            let mut model = Model::new(Line { lost_permille, bps: 2_000_000, ..LINE }, 600_000, 7);
            model.run(40, 600_000);
            let kbps = model.estimate.bps() / 1_000;
            assert!(kbps > 250, "{kbps} kbit/s where {lost_permille} of 1,000 are lost");
        }
    }

    #[test]
    fn silence_is_no_room() {
        let mut model = Model::new(LINE, 900_000, 3);
        model.run(3, 900_000);
        let before = model.estimate.bps();
        model.line.lost_permille = 1_000;
        model.run(6, 900_000);
        assert!(model.estimate.bps() < before / 4, "{} of {before}", model.estimate.bps());
    }
}
