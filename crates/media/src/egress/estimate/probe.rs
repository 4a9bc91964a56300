//! A short burst at a rate that is not sent yet, and what came of it: only what is sent can be measured, so whether a path
//! carries the next step is found out before anybody sees it.

use super::BPS_MAX;
use crate::egress::transport::Reported;
use std::time::{Duration, Instant};

/// A burst goes out in slices so far apart…
const SLICE: Duration = Duration::from_millis(5);
/// …for so long, in at least so many packets.
const LENGTH: Duration = Duration::from_millis(25);
const PACKETS_MIN: u32 = 6;
const PACKETS_MAX: u32 = 120;
/// Not beyond this multiple of the estimate at once: on a narrow line a burst is a queue before the voices.
const STEP: u64 = 2;
/// So much more than is looked for, in 1/100.
const MARGIN: u64 = 110;
/// After one burst the next, when the first found what it asked for and when not.
const NEXT: Duration = Duration::from_millis(150);
const AFTER_NOTHING: Duration = Duration::from_millis(1_500);
/// What is not reported by then is lost.
const PATIENCE: Duration = Duration::from_millis(1_000);
/// Of what was sent, at least this share must have come; what came faster than this multiple of what was sent was held up
/// on its way and says nothing.
const CAME_MIN: f64 = 0.8;
const FASTER_MAX: f64 = 2.0;
/// What came slower than this share was the path's own rate, of which a little is left to others.
const AS_FAST: f64 = 0.9;
const LEFT: f64 = 0.95;

/// Packets of a burst that have been reported.
#[derive(Clone, Copy, Debug)]
struct Tally {
    packets: u32,
    bytes: u64,
    first: Reported,
    last: Reported,
    first_us: i64,
    last_us: i64,
}

#[derive(Debug)]
enum State {
    Idle,
    Sending { bps: u64, from: u64, packets: u32, next: Instant, owed_bytes: f64, until: Instant },
    Sent { bps: u64, from: u64, to: u64, tally: Option<Tally>, until: Instant },
}

#[derive(Debug)]
pub struct Probe {
    state: State,
    not_before: Instant,
}

impl Probe {
    pub fn new(now: Instant) -> Self {
        Self { state: State::Idle, not_before: now }
    }

    /// Begins a burst when `wanted_bps` is more than is known to fit and nothing speaks against it. `next_seq`: the number
    /// of the next packet to the peer.
    pub fn look_for(&mut self, wanted_bps: u64, estimate_bps: u64, next_seq: u64, now: Instant) {
        let fits = wanted_bps <= estimate_bps;
        if fits || now < self.not_before || !matches!(self.state, State::Idle) {
            return;
        }
        let bps = (wanted_bps / 100 * MARGIN).min(estimate_bps * STEP).min(BPS_MAX);
        self.state =
            State::Sending { bps, from: next_seq, packets: 0, next: now, owed_bytes: 0.0, until: now + LENGTH };
    }

    /// When the next slice is due.
    pub fn next_at(&self) -> Option<Instant> {
        match self.state {
            State::Sending { next, .. } => Some(next),
            _ => None,
        }
    }

    /// How many bytes are to go out now.
    pub fn owed(&mut self, now: Instant) -> usize {
        let State::Sending { bps, next, owed_bytes, .. } = &mut self.state else { return 0 };
        if now >= *next {
            *owed_bytes += *bps as f64 / 8.0 * SLICE.as_secs_f64();
            *next = now + SLICE;
        }
        owed_bytes.max(0.0) as usize
    }

    /// A packet of the burst has gone out, the last one so far under the number before `next_seq`.
    pub fn sent(&mut self, bytes: usize, next_seq: u64, now: Instant) {
        let State::Sending { bps, from, packets, owed_bytes, until, .. } = &mut self.state else { return };
        *packets += 1;
        *owed_bytes -= bytes as f64;
        let is_enough = now >= *until && *packets >= PACKETS_MIN && *owed_bytes <= 0.0;
        if is_enough || *packets >= PACKETS_MAX {
            self.state = State::Sent { bps: *bps, from: *from, to: next_seq, tally: None, until: now + PATIENCE };
        }
    }

    /// Nothing can be sent: the burst ends.
    pub fn cancel(&mut self, now: Instant) {
        if matches!(self.state, State::Sending { .. }) {
            (self.state, self.not_before) = (State::Idle, now + AFTER_NOTHING);
        }
    }

    /// Takes in a report; gives the rate that was found, once a burst is over.
    pub fn note(&mut self, reported: &[Reported], now: Instant) -> Option<u64> {
        let State::Sent { bps, from, to, tally, until } = &mut self.state else { return None };
        let mut is_over = now >= *until;
        for reported in reported {
            is_over |= reported.sent.seq + 1 >= *to;
            if (*from..*to).contains(&reported.sent.seq) {
                add(tally, *reported);
            }
        }
        if !is_over {
            return None;
        }
        let found = tally.and_then(|tally| rate(&tally, *to - *from));
        let is_found = found.is_some_and(|found| found as f64 >= *bps as f64 * AS_FAST);
        (self.state, self.not_before) = (State::Idle, now + if is_found { NEXT } else { AFTER_NOTHING });
        found
    }
}

fn add(tally: &mut Option<Tally>, reported: Reported) {
    let Some(came_us) = reported.came_us else { return };
    let tally = tally.get_or_insert(Tally {
        packets: 0,
        bytes: 0,
        first: reported,
        last: reported,
        first_us: came_us,
        last_us: came_us,
    });
    tally.packets += 1;
    tally.bytes += u64::from(reported.sent.bytes);
    tally.last = reported;
    (tally.first_us, tally.last_us) = (tally.first_us.min(came_us), tally.last_us.max(came_us));
}

/// In bit/s. The last packet's bytes did not take time between the first and the last to be sent, nor the first's to come.
fn rate(tally: &Tally, packets: u64) -> Option<u64> {
    let sent_s = tally.last.sent.at.saturating_duration_since(tally.first.sent.at).as_secs_f64();
    let came_s = (tally.last_us - tally.first_us) as f64 / 1e6;
    if f64::from(tally.packets) < packets as f64 * CAME_MIN || sent_s <= 0.0 || came_s <= 0.0 {
        return None;
    }
    let bps = |without: Reported, seconds| (tally.bytes - u64::from(without.sent.bytes)) as f64 * 8.0 / seconds;
    let (sent_bps, came_bps) = (bps(tally.last, sent_s), bps(tally.first, came_s));
    if came_bps > sent_bps * FASTER_MAX {
        return None;
    }
    Some(if came_bps < sent_bps * AS_FAST { came_bps * LEFT } else { sent_bps.min(came_bps) } as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::egress::transport::Sent;

    /// What a burst for `wanted_bps` finds on a path that carries `path_bps`.
    fn found(wanted_bps: u64, estimate_bps: u64, path_bps: u64) -> Option<u64> {
        let mut now = Instant::now();
        let mut probe = Probe::new(now);
        probe.look_for(wanted_bps, estimate_bps, 100, now);
        let (mut seq, mut free_us, mut reported) = (100, 0i64, Vec::new());
        let start = now;
        while let Some(next) = probe.next_at() {
            now = now.max(next);
            while probe.owed(now) > 0 {
                seq += 1;
                probe.sent(290, seq, now);
                let sent = Sent { seq: seq - 1, at: now, bytes: 290 };
                let at_us = now.saturating_duration_since(start).as_micros() as i64;
                free_us = free_us.max(at_us) + (290 * 8 * 1_000_000 / path_bps) as i64;
                reported.push(Reported { sent, came_us: Some(free_us) });
            }
        }
        probe.note(&reported, now + Duration::from_millis(100))
    }

    #[test]
    fn a_wide_path_is_found_to_be_as_wide_as_was_asked() {
        let found = found(1_000_000, 800_000, 50_000_000).unwrap();
        assert!((1_000_000..1_400_000).contains(&found), "{found}");
    }

    #[test]
    fn a_narrow_path_is_found_to_be_narrow() {
        let found = found(1_000_000, 800_000, 400_000).unwrap();
        assert!((330_000..400_000).contains(&found), "{found}");
    }

    #[test]
    fn nothing_is_sent_where_nothing_is_looked_for_and_little_at_once() {
        assert_eq!(found(500_000, 800_000, 1_000_000), None);
        let found = found(5_000_000, 300_000, 50_000_000).unwrap();
        assert!(found < 900_000, "{found}");
    }

    #[test]
    fn a_burst_that_is_lost_says_nothing_and_the_next_waits() {
        let now = Instant::now();
        let mut probe = Probe::new(now);
        probe.look_for(1_000_000, 800_000, 0, now);
        let mut at = now;
        let mut seq = 0;
        while let Some(next) = probe.next_at() {
            at = at.max(next);
            while probe.owed(at) > 0 {
                seq += 1;
                probe.sent(290, seq, at);
            }
        }
        assert_eq!(probe.note(&[], at + PATIENCE), None);
        probe.look_for(1_000_000, 800_000, seq, at + PATIENCE);
        assert_eq!(probe.next_at(), None);
        probe.look_for(1_000_000, 800_000, seq, at + PATIENCE + AFTER_NOTHING);
        assert!(probe.next_at().is_some());
    }
}
