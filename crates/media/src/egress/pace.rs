//! How fast pictures leave towards one peer. A keyframe is a hundred packets: sent at once they fill the buffer of a narrow
//! line, and what is spoken meanwhile is lost in it. So pictures leave in slices, at a multiple of what the path is thought to
//! carry (as libwebrtc's pacer has it); an ordinary frame is one slice, and waits for nothing.

use std::time::{Duration, Instant};

/// Pictures leave at so many times the estimate.
const FACTOR: f64 = 2.5;
/// The first slice is what this rate carries in so long; those after it, half of that.
const SLICE: Duration = Duration::from_millis(20);
/// A slice has at least so many bytes: three packets.
const SLICE_BYTES_MIN: f64 = 3_600.0;
/// What waits leaves about within this, whatever the estimate says.
const WAIT_MAX: Duration = Duration::from_millis(200);

pub struct Pace {
    /// What may leave; below 0 after the last packet of a slice.
    bytes: f64,
    at: Instant,
    is_open: bool,
}

impl Pace {
    pub const fn new(now: Instant) -> Self {
        Self { bytes: f64::INFINITY, at: now, is_open: true }
    }

    /// Whether a packet may leave now, while so many bytes wait.
    pub fn allows(&mut self, bps: u64, waiting: usize, now: Instant) -> bool {
        let rate = rate(bps, waiting);
        let slice = slice(rate);
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.bytes = passed.mul_add(rate, self.bytes).min(slice);
        self.at = self.at.max(now);
        self.is_open = if self.is_open { self.bytes > 0.0 } else { self.bytes >= slice / 2.0 };
        self.is_open
    }

    /// What is sent again counts too, but however much it was, pictures wait for no more than a slice of it.
    pub fn sent(&mut self, bytes: usize) {
        self.bytes = (self.bytes - bytes as f64).max(-SLICE_BYTES_MIN);
    }

    /// When the next slice may leave.
    pub fn next_at(&self, bps: u64, waiting: usize) -> Instant {
        let rate = rate(bps, waiting);
        let missing = if self.is_open && self.bytes > 0.0 { 0.0 } else { slice(rate) / 2.0 - self.bytes };
        self.at + Duration::from_secs_f64(missing.max(0.0) / rate)
    }
}

/// In bytes a second.
fn rate(bps: u64, waiting: usize) -> f64 {
    (bps as f64 / 8.0 * FACTOR).max(waiting as f64 / WAIT_MAX.as_secs_f64()).max(SLICE_BYTES_MIN)
}

fn slice(rate: f64) -> f64 {
    (rate * SLICE.as_secs_f64()).max(SLICE_BYTES_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PACKET: usize = 1_200;

    /// Puts `packets` in at once, and gives when each leaves, in ms.
    fn leave(pace: &mut Pace, bps: u64, packets: usize, begins: Instant) -> Vec<u64> {
        let (mut left, mut now, mut times) = (packets, begins, Vec::new());
        while left > 0 {
            while left > 0 && pace.allows(bps, left * PACKET, now) {
                pace.sent(PACKET);
                left -= 1;
                times.push(u64::try_from((now - begins).as_millis()).unwrap());
            }
            if left > 0 {
                let next = pace.next_at(bps, left * PACKET);
                assert!(next > now, "time goes on");
                now = next + Duration::from_micros(1);
            }
        }
        times
    }

    #[test]
    fn an_ordinary_frame_leaves_at_once() {
        let begins = Instant::now();
        let mut pace = Pace::new(begins);
        for frame in 0..100 {
            let at = begins + Duration::from_millis(frame * 33);
            assert_eq!(leave(&mut pace, 1_800_000, 6, at), [0; 6], "frame {frame}");
        }
    }

    #[test]
    fn a_keyframe_leaves_in_slices_and_not_too_late() {
        let begins = Instant::now();
        let times = leave(&mut Pace::new(begins), 300_000, 20, begins);
        assert!(times.iter().filter(|at| **at == 0).count() <= 4, "{times:?}");
        let last = *times.last().unwrap();
        assert!((100..600).contains(&last), "{times:?}");
        let fast = leave(&mut Pace::new(begins), 3_000_000, 20, begins);
        assert!(*fast.last().unwrap() <= 25, "{fast:?}");
    }

    #[test]
    fn what_was_sent_again_does_not_hold_pictures_up() {
        let begins = Instant::now();
        let mut pace = Pace::new(begins);
        assert!(pace.allows(300_000, PACKET, begins));
        (0..50).for_each(|_| pace.sent(PACKET));
        assert!(!pace.allows(300_000, PACKET, begins));
        let wait = pace.next_at(300_000, PACKET) - begins;
        assert!(wait <= Duration::from_millis(60), "{wait:?}");
    }

    proptest! {
        #[test]
        fn no_more_leaves_in_any_time_than_the_rate_and_a_slice(
            bps in 0_u64..10_000_000,
            gaps in prop::collection::vec((0_u64..60, 1_usize..40), 1..40),
        ) {
            let begins = Instant::now();
            let (mut pace, mut now, mut sent) = (Pace::new(begins), begins, 0_usize);
            for (gap, wish) in gaps {
                now += Duration::from_millis(gap);
                let mut left = wish;
                // Few bytes wait, so that the rate is the estimate's.
                while left > 0 && pace.allows(bps, 0, now) {
                    pace.sent(PACKET);
                    (left, sent) = (left - 1, sent + 1);
                }
            }
            let rate = rate(bps, 0);
            let may = rate * (now - begins).as_secs_f64() + slice(rate) + PACKET as f64;
            prop_assert!((sent * PACKET) as f64 <= may, "{sent} packets, {may} bytes");
        }
    }
}
