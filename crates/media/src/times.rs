//! How long packets are in this node: from the moment at which the kernel took a packet from the network until it has been
//! sent on to the last of its receivers.
//!
//! The figures are a log-linear histogram: sixteen steps between a power of two and the next, so that none is off by more than
//! a sixteenth, and nothing is allocated however many packets there are.

use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// Steps between a power of two and the next, as a power of two.
const STEP_BITS: u32 = 4;
const STEPS: usize = 1 << STEP_BITS;
/// Times from 2^24 µs (17 s) on count as that.
const BITS_MAX: u32 = 24;
const BUCKETS: usize = (BITS_MAX - STEP_BITS + 1) as usize * STEPS;
/// What is shown is of the last one or two of these.
const WINDOW: Duration = Duration::from_secs(10);
/// Packets that came in one turn and have been forwarded; those beyond are counted with the last.
const IN_HAND_MAX: usize = 512;

/// Times in µs, and how many packets took each.
pub struct Histogram {
    counts: [u64; BUCKETS],
    total: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: [0; BUCKETS], total: 0 }
    }
}

/// The bucket of a time: the first sixteen have a microsecond each.
fn bucket(us: u32) -> usize {
    let us = us.min((1 << BITS_MAX) - 1);
    if us < STEPS as u32 {
        return us as usize;
    }
    let shift = us.ilog2() - STEP_BITS;
    (shift as usize + 1) * STEPS + ((us >> shift) as usize & (STEPS - 1))
}

/// The longest time that a bucket holds.
fn longest(bucket: usize) -> u32 {
    let (octave, step) = (bucket / STEPS, (bucket % STEPS) as u32);
    match octave.checked_sub(1) {
        None => step,
        Some(shift) => ((STEPS as u32 + step + 1) << shift) - 1,
    }
}

impl Histogram {
    pub fn record(&mut self, us: u32, packets: u64) {
        self.counts[bucket(us)] += packets;
        self.total += packets;
    }

    /// The time within which this share of both histograms' packets were, in 1/1000; 0 when there were none.
    fn within(&self, other: &Self, permille: u64) -> u32 {
        let rank = ((self.total + other.total) * permille).div_ceil(1_000).max(1);
        let both = self.counts.iter().zip(&other.counts).map(|(one, other)| one + other);
        let mut seen = 0;
        for (bucket, count) in both.enumerate() {
            seen += count;
            if seen >= rank {
                return longest(bucket);
            }
        }
        0
    }
}

/// The times of the last ten to twenty seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimesLook {
    /// Packets that were sent on, each receiver's counted.
    pub packets: u64,
    pub p50_us: u32,
    pub p99_us: u32,
    pub p999_us: u32,
}

/// The times of one media thread.
pub struct Times {
    now: Histogram,
    before: Histogram,
    since: Instant,
    /// When what is worked on now came to this machine.
    arrived: Instant,
    in_hand: Vec<(Instant, u64)>,
}

impl Times {
    pub fn new(now: Instant) -> Self {
        let in_hand = Vec::with_capacity(IN_HAND_MAX);
        Self { now: Histogram::default(), before: Histogram::default(), since: now, arrived: now, in_hand }
    }

    /// What is worked on from now on came at this time.
    pub fn came(&mut self, at: Instant) {
        self.arrived = at;
    }

    /// What is worked on now goes to so many receivers.
    pub fn forwarded(&mut self, receivers: u64) {
        if receivers == 0 {
            return;
        }
        let is_full = self.in_hand.len() >= IN_HAND_MAX;
        match self.in_hand.last_mut() {
            Some((arrived, count)) if is_full || *arrived == self.arrived => *count += receivers,
            _ => self.in_hand.push((self.arrived, receivers)),
        }
    }

    /// Everything that was forwarded has been sent.
    pub fn sent(&mut self, now: Instant) {
        if self.in_hand.is_empty() {
            return;
        }
        if now.saturating_duration_since(self.since) >= WINDOW {
            self.before = std::mem::take(&mut self.now);
            self.since = now;
        }
        for (arrived, receivers) in self.in_hand.drain(..) {
            let us = now.saturating_duration_since(arrived).as_micros();
            self.now.record(u32::try_from(us).unwrap_or(u32::MAX), receivers);
        }
    }

    pub fn has_in_hand(&self) -> bool {
        !self.in_hand.is_empty()
    }

    pub fn look(&self, now: Instant) -> TimesLook {
        let since = now.saturating_duration_since(self.since);
        // What is shown of a thread that carries nothing any more is nothing.
        let none = Histogram::default();
        let now = if since < 2 * WINDOW { &self.now } else { &none };
        let before = if since < WINDOW { &self.before } else { &none };
        TimesLook {
            packets: now.total + before.total,
            p50_us: now.within(before, 500),
            p99_us: now.within(before, 990),
            p999_us: now.within(before, 999),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::{Rng as _, SeededRng};

    #[test]
    fn every_time_lies_in_its_bucket_and_none_is_off_by_more_than_a_sixteenth() {
        let mut last = 0;
        for bucket_number in 0..BUCKETS {
            let most = longest(bucket_number);
            assert_eq!(bucket(most), bucket_number, "{most} µs");
            assert!(bucket_number == 0 || bucket(last + 1) == bucket_number, "the next after {last} µs");
            assert!(most - last <= (most / 16).max(1), "{last} to {most} µs is too coarse");
            last = most;
        }
        assert_eq!(bucket(u32::MAX), BUCKETS - 1);
        assert_eq!(last, (1 << BITS_MAX) - 1);
    }

    #[test]
    fn shares_are_those_of_the_sorted_list() {
        for seed in 0..50 {
            let rng = &mut SeededRng::new(seed);
            let mut times: Vec<u32> =
                (0..1_000).map(|_| (rng.next_u64() % (1 << (rng.next_u64() % 25))) as u32).collect();
            let (mut one, mut other) = (Histogram::default(), Histogram::default());
            for (nth, &time) in times.iter().enumerate() {
                if nth % 3 == 0 { one.record(time, 2) } else { other.record(time, 2) }
            }
            times.sort_unstable();
            for permille in [1, 500, 990, 999, 1_000] {
                let exact = times[(permille as usize).max(1) - 1].min((1 << BITS_MAX) - 1);
                let found = one.within(&other, permille);
                assert_eq!(bucket(found), bucket(exact), "seed {seed}: {permille}/1000 is {exact}, not {found}");
            }
        }
    }

    #[test]
    fn a_packet_counts_for_each_receiver_from_its_arrival_to_the_end_of_the_turn() {
        let start = Instant::now();
        let at = |us: u64| start + Duration::from_micros(us);
        let mut times = Times::new(start);
        for arrived in 0..99 {
            times.came(at(arrived));
            times.forwarded(10);
            times.forwarded(20);
        }
        times.came(at(50));
        times.forwarded(0);
        assert!(times.has_in_hand());
        times.sent(at(100));
        assert!(!times.has_in_hand());
        let look = times.look(at(100));
        assert_eq!((look.packets, look.p50_us), (99 * 30, longest(bucket(51))));
        assert!((99..=104).contains(&look.p999_us), "{look:?}");
        times.sent(at(900));
        assert_eq!(times.look(at(900)), look, "nothing was sent");
    }

    #[test]
    fn old_times_are_forgotten() {
        let start = Instant::now();
        let at = |s: u64| start + Duration::from_secs(s);
        let mut times = Times::new(start);
        let mut send = |second: u64, us: u64| {
            times.came(at(second));
            times.forwarded(1);
            times.sent(at(second) + Duration::from_micros(us));
            times.look(at(second))
        };
        assert_eq!(send(1, 10).p999_us, 10);
        assert_eq!((send(11, 5).packets, send(12, 5).p999_us), (2, 10), "the window before counts");
        assert_eq!((send(22, 7).packets, send(23, 7).p999_us), (3, 7));
        assert_eq!(times.look(at(40)).packets, 2);
        assert_eq!(times.look(at(60)), TimesLook::default());
    }

    #[test]
    fn a_turn_of_very_many_packets_takes_no_more_room() {
        let start = Instant::now();
        let mut times = Times::new(start);
        for nth in 0..10 * IN_HAND_MAX as u64 {
            times.came(start + Duration::from_micros(nth));
            times.forwarded(1);
        }
        assert_eq!((times.in_hand.len(), times.in_hand.capacity()), (IN_HAND_MAX, IN_HAND_MAX));
        times.sent(start);
        assert_eq!(times.look(start).packets, 10 * IN_HAND_MAX as u64);
    }
}
