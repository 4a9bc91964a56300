//! What has gone out and may be asked for again (RFC 4585 §6.2.1, RFC 4588).

use super::Packet;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Packets that are kept of a stream, and for how long: a decoder that waits longer wants a keyframe.
const KEPT_MAX: usize = 600;
const KEPT_AGE_MAX: Duration = Duration::from_secs(3);
/// A packet is not sent again sooner, however often it is asked for.
const AGAIN_MIN: Duration = Duration::from_millis(20);
/// Nor more often.
const AGAIN_MAX: u8 = 5;

struct Kept {
    packet: Packet,
    sent: Instant,
    again: u8,
}

/// The last packets of a stream, by their numbers.
#[derive(Default)]
pub struct Resend(VecDeque<Kept>);

impl Resend {
    pub fn keep(&mut self, packet: Packet, now: Instant) {
        let is_old = |kept: &Kept| now.saturating_duration_since(kept.sent) > KEPT_AGE_MAX;
        while self.0.len() >= KEPT_MAX || self.0.front().is_some_and(is_old) {
            self.0.pop_front();
        }
        // Packets come in order, but for a few.
        let at = self.0.iter().rposition(|kept| kept.packet.seq < packet.seq).map_or(0, |before| before + 1);
        self.0.insert(at, Kept { packet, sent: now, again: 0 });
    }

    /// The packet whose number ends so, if it may go out again now.
    pub fn again(&mut self, seq: u16, rtt: Duration, now: Instant) -> Option<Packet> {
        let last = self.0.back()?.packet.seq;
        let seq = last.checked_add_signed(i64::from(seq.wrapping_sub(last as u16) as i16))?;
        let at = self.0.binary_search_by_key(&seq, |kept| kept.packet.seq).ok()?;
        let kept = self.0.get_mut(at)?;
        // The first time the question has come by itself; a second one may have crossed the answer.
        let is_answered = kept.again > 0 && now.saturating_duration_since(kept.sent) < rtt.max(AGAIN_MIN);
        if is_answered || kept.again >= AGAIN_MAX {
            return None;
        }
        (kept.again, kept.sent) = (kept.again + 1, now);
        Some(kept.packet.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(seq: u64) -> Packet {
        Packet { seq, payload: std::sync::Arc::from([seq as u8; 4].as_slice()), ..Packet::default() }
    }

    #[test]
    fn what_is_asked_for_goes_out_again_but_not_at_each_question() {
        let (mut resend, now) = (Resend::default(), Instant::now());
        for seq in [65_530, 65_531, 65_533, 65_532, 65_540] {
            resend.keep(packet(seq), now);
        }
        let rtt = Duration::from_millis(50);
        let again = |resend: &mut Resend, seq: u64, at_ms| {
            resend.again(seq as u16, rtt, now + Duration::from_millis(at_ms)).map(|packet| packet.seq)
        };
        assert_eq!(again(&mut resend, 65_532, 10), Some(65_532));
        assert_eq!(again(&mut resend, 65_532, 40), None, "the answer is on its way");
        assert_eq!(again(&mut resend, 65_532, 70), Some(65_532));
        assert_eq!(again(&mut resend, 65_540, 10), Some(65_540), "after the end of the numbers");
        assert_eq!(again(&mut resend, 65_539, 10), None, "it never went out");
        let times = (1..100).filter(|round| again(&mut resend, 65_533, round * 1_000).is_some()).count();
        assert_eq!(times, usize::from(AGAIN_MAX));
    }

    #[test]
    fn no_more_is_kept_than_the_limit_and_nothing_old() {
        let (mut resend, now) = (Resend::default(), Instant::now());
        (0..2_000).for_each(|seq| resend.keep(packet(seq), now));
        assert_eq!(resend.0.len(), KEPT_MAX);
        resend.keep(packet(2_000), now + Duration::from_secs(4));
        assert_eq!(resend.0.len(), 1);
    }
}
