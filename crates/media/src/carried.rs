//! What a receiver's path has been seen to carry, whatever the estimate says.
//!
//! The estimate falls when packets are acknowledged later and later (draft-ietf-rmcat-gcc, section 5.4). A narrow line
//! does that, and so does a browser that is busy: there everything arrives all the same, and no queue stands in the way.
//! What arrived in whole seconds is a fact; below it no picture is taken away. And while seconds are good, with next to
//! nothing lost and no queue, no picture is paused on the word of the estimate alone: at the beginning of a lesson, when
//! little was sent yet, it falls to a share of that little. One that is paused is tried now and then, for the same reason.

use std::time::{Duration, Instant};

/// More than this share (1/1000) lost: the path was full.
const LOSS_PERMILLE_MAX: u64 = 20;
/// A longer way: a queue stands in it, or it goes by satellite; nobody can tell.
const RTT_MAX: Duration = Duration::from_millis(400);
/// Who was sent less than this has nothing to report on.
const QUIET_BPS: u64 = 100_000;
/// A fact is one for so long; the next comes after a second.
const FRESH: Duration = Duration::from_millis(2_500);

/// A second of a path.
#[derive(Clone, Copy, Debug)]
pub struct Second {
    pub sent_bps: u64,
    pub loss_permille: Option<u16>,
    pub rtt: Option<Duration>,
}

impl Second {
    /// What arrived, when the path was neither full nor queueing; `None`: nobody can tell.
    fn arrived_bps(&self) -> Option<u64> {
        let (loss, rtt) = (u64::from(self.loss_permille?), self.rtt?);
        (loss <= LOSS_PERMILLE_MAX && rtt <= RTT_MAX).then(|| self.sent_bps * (1_000 - loss) / 1_000)
    }
}

/// The lesser of the last two seconds: a queue takes one to show.
#[derive(Clone, Copy, Debug, Default)]
pub struct Carried {
    last: Option<(u64, Instant)>,
    bps: Option<(u64, Instant)>,
    /// The last second spoke against the path: full, queueing, or nothing heard of much that was sent.
    is_doubtful: bool,
    heard: Option<Instant>,
}

impl Carried {
    pub fn note(&mut self, second: Second, now: Instant) {
        let before = self.last.take().filter(|&(_, at)| now.saturating_duration_since(at) < FRESH);
        self.last = second.arrived_bps().map(|bps| (bps, now));
        let is_quiet = second.sent_bps < QUIET_BPS && second.rtt.is_none_or(|rtt| rtt <= RTT_MAX);
        self.is_doubtful = self.last.is_none() && !(is_quiet && second.loss_permille.is_none());
        self.heard = Some(now);
        self.bps = before.zip(self.last).map(|((before, _), (last, _))| (before.min(last), now));
    }

    /// Nothing but the estimate speaks against what is sent: the last second was good, too quiet to tell, or the first is
    /// still to come.
    pub fn is_clear(&self, now: Instant) -> bool {
        !self.is_doubtful && self.heard.is_none_or(|at| now.saturating_duration_since(at) < FRESH)
    }

    /// In bit/s; 0: nothing is known.
    pub fn bps(&self, now: Instant) -> u64 {
        self.bps.filter(|&(_, at)| now.saturating_duration_since(at) < FRESH).map_or(0, |(bps, _)| bps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(seconds: &[(u64, Option<u16>, Option<u64>)]) -> (Carried, Instant) {
        let (mut carried, mut now) = (Carried::default(), Instant::now());
        for &(kbps, loss_permille, rtt_ms) in seconds {
            now += Duration::from_secs(1);
            let rtt = rtt_ms.map(Duration::from_millis);
            carried.note(Second { sent_bps: kbps * 1_000, loss_permille, rtt }, now);
        }
        (carried, now)
    }

    #[track_caller]
    fn check(seconds: &[(u64, Option<u16>, Option<u64>)], bps: u64) {
        let (carried, now) = after(seconds);
        assert_eq!(carried.bps(now), bps);
    }

    #[test]
    fn two_good_seconds_are_a_fact_and_the_lesser_one_counts() {
        check(&[(600, Some(0), Some(40))], 0);
        check(&[(600, Some(0), Some(40)), (500, Some(10), Some(90))], 495_000);
        check(&[(300, Some(0), Some(40)), (900, Some(0), Some(40))], 300_000);
    }

    #[test]
    fn a_full_path_and_a_queue_are_none() {
        let good = (600, Some(0), Some(40));
        for bad in [(600, Some(21), Some(40)), (600, Some(0), Some(401)), (600, None, Some(40)), (600, Some(0), None)] {
            check(&[good, good, bad], 0);
            let (carried, now) = after(&[good, bad]);
            assert!(!carried.is_clear(now));
            let (carried, now) = after(&[bad, good]);
            assert!(carried.is_clear(now));
            check(&[good, good, bad, good], 0);
            check(&[good, good, bad, good, good], 600_000);
        }
    }

    #[test]
    fn who_was_sent_next_to_nothing_has_nothing_against_the_path() {
        assert!(Carried::default().is_clear(Instant::now()), "the first second is still to come");
        for (second, is_clear) in [
            ((40, None, None), true),
            ((40, None, Some(40)), true),
            ((40, Some(0), Some(40)), true),
            ((40, None, Some(900)), false),
            ((40, Some(300), Some(40)), false),
            ((300, None, None), false),
        ] {
            let (carried, now) = after(&[second]);
            assert_eq!(carried.is_clear(now), is_clear, "{second:?}");
        }
    }

    #[test]
    fn what_was_long_ago_is_no_fact() {
        let (mut carried, now) = after(&[(600, Some(0), Some(40)), (600, Some(0), Some(40))]);
        assert_eq!(carried.bps(now + Duration::from_secs(2)), 600_000);
        assert_eq!(carried.bps(now + Duration::from_secs(3)), 0);
        assert!(carried.is_clear(now) && !carried.is_clear(now + Duration::from_secs(3)));
        let late = now + Duration::from_secs(10);
        carried.note(Second { sent_bps: 1, loss_permille: Some(0), rtt: Some(Duration::ZERO) }, late);
        assert_eq!(carried.bps(late), 0, "two seconds that follow each other");
    }
}
