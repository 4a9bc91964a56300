//! Makes one continuous RTP stream out of the pieces of several: what a slot's decoder sees when its person, or the
//! layer of its picture, changes.

use std::time::{Duration, Instant};

/// What is rewritten of a packet. `seq` is extended to 64 bits; picture id (15 bits) and TL0PICIDX are VP8's and VP9's
/// (RFC 7741 §4.2, RFC 9628 §4.2), where the packet has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    pub seq: u64,
    pub timestamp: u32,
    pub picture: Option<u16>,
    pub tl0: Option<u8>,
}

const PICTURE_MASK: u16 = 0x7fff;

/// The numbers that one slot sends.
#[derive(Clone, Debug)]
pub struct Rewriter {
    clock_hz: u32,
    /// Added to incoming numbers, wrapping.
    seq_shift: u64,
    timestamp_shift: u32,
    picture_shift: u16,
    tl0_shift: u8,
    /// The first incoming number after the last switch.
    first_seq: u64,
    last: Option<Last>,
    next_seq: u64,
    /// Which of the last packets were left out: bit 0 is the one before the next.
    skipped: u128,
}

#[derive(Clone, Copy, Debug)]
struct Last {
    timestamp: u32,
    picture: u16,
    tl0: u8,
    at: Instant,
}

/// Receivers count roll-overs by how far a number is from the last that they saw (RFC 3711 §3.3.1): what jumps farther, by a
/// publisher's whim or because much of it was not forwarded, goes on where it was.
const GAP_MAX: u64 = 1 << 12;

impl Rewriter {
    /// A slot that starts at `first_seq` (its low 15 bits, so that the first packets roll nothing over: RFC 3711 §3.3.1
    /// has receivers start with a rollover count of 0).
    pub fn new(clock_hz: u32, first_seq: u16) -> Self {
        Self {
            clock_hz,
            seq_shift: 0,
            timestamp_shift: 0,
            picture_shift: 0,
            tl0_shift: 0,
            first_seq: 0,
            last: None,
            next_seq: u64::from(first_seq & 0x7fff),
            skipped: 0,
        }
    }

    /// From packet `from` on (which arrived `at`), another stream goes out: its numbers follow what was sent before.
    /// The timestamp advances by the time that passed, at least by one tick.
    pub fn switch(&mut self, from: Numbers, at: Instant) {
        self.first_seq = from.seq;
        self.seq_shift = self.next_seq.wrapping_sub(from.seq);
        self.skipped = 0;
        let Some(last) = self.last else { return };
        let passed = ticks(at.saturating_duration_since(last.at), self.clock_hz).max(1);
        self.timestamp_shift = last.timestamp.wrapping_add(passed).wrapping_sub(from.timestamp);
        if let Some(picture) = from.picture {
            self.picture_shift = last.picture.wrapping_add(1).wrapping_sub(picture);
        }
        if let Some(tl0) = from.tl0 {
            self.tl0_shift = last.tl0.wrapping_add(1).wrapping_sub(tl0);
        }
    }

    /// The numbers under which a packet goes out; `None` for packets from before the switch.
    pub fn map(&mut self, incoming: Numbers, at: Instant) -> Option<Numbers> {
        if incoming.seq < self.first_seq {
            return None;
        }
        let due = self.next_seq.wrapping_sub(self.seq_shift);
        if incoming.seq.saturating_sub(due) > GAP_MAX {
            self.first_seq = incoming.seq;
            self.seq_shift = self.next_seq.wrapping_sub(incoming.seq);
            self.skipped = 0;
        }
        let shift = if self.skipped == 0 { self.seq_shift } else { self.shift_of(incoming.seq)? };
        let out = Numbers {
            seq: incoming.seq.wrapping_add(shift),
            timestamp: incoming.timestamp.wrapping_add(self.timestamp_shift),
            picture: incoming.picture.map(|picture| picture.wrapping_add(self.picture_shift) & PICTURE_MASK),
            tl0: incoming.tl0.map(|tl0| tl0.wrapping_add(self.tl0_shift)),
        };
        if out.seq >= self.next_seq {
            if self.skipped != 0 {
                self.pass(out.seq - self.next_seq + 1);
            }
            self.next_seq = out.seq + 1;
            let before = self.last.unwrap_or(Last { timestamp: 0, picture: 0, tl0: 0, at });
            self.last = Some(Last {
                timestamp: out.timestamp,
                picture: out.picture.unwrap_or(before.picture),
                tl0: out.tl0.unwrap_or(before.tl0),
                at,
            });
        }
        Some(out)
    }

    /// Leaves a packet out: the numbers close up behind it. `Some`: others have come before it, between whose numbers there is
    /// one for it, under which something has to go out.
    pub fn skip(&mut self, incoming: Numbers, at: Instant) -> Option<Numbers> {
        let due = self.next_seq.wrapping_sub(self.seq_shift);
        if incoming.seq < due {
            return self.map(incoming, at);
        }
        let ahead = incoming.seq - due;
        if ahead > GAP_MAX {
            self.first_seq = incoming.seq;
            (self.seq_shift, self.skipped) = (self.next_seq.wrapping_sub(incoming.seq), 0);
        } else {
            // What lies between may still come.
            self.next_seq += ahead;
            self.pass(ahead);
        }
        self.seq_shift = self.seq_shift.wrapping_sub(1);
        self.pass(1);
        self.skipped |= 1;
        None
    }

    /// So many more packets lie behind.
    fn pass(&mut self, packets: u64) {
        self.skipped = u32::try_from(packets).ok().and_then(|bits| self.skipped.checked_shl(bits)).unwrap_or(0);
    }

    /// What is added to a number: fewer were left out before a packet that comes late. `None`: it was one of them, or is too old to
    /// tell.
    fn shift_of(&self, seq: u64) -> Option<u64> {
        let newest = self.next_seq.wrapping_sub(self.seq_shift).wrapping_sub(1);
        let Some(behind) = newest.checked_sub(seq) else { return Some(self.seq_shift) };
        let since = self.skipped & 1_u128.checked_shl(u32::try_from(behind).ok()?)?.wrapping_sub(1);
        let was_left_out = self.skipped >> behind & 1 == 1;
        (!was_left_out).then(|| self.seq_shift.wrapping_add(u64::from(since.count_ones())))
    }
}

/// Clock ticks in `passed`, wrapping as RTP timestamps do.
fn ticks(passed: Duration, clock_hz: u32) -> u32 {
    (passed.as_micros() * u128::from(clock_hz) / 1_000_000) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn numbers(seq: u64, timestamp: u32, picture: u16, tl0: u8) -> Numbers {
        Numbers { seq, timestamp, picture: Some(picture), tl0: Some(tl0) }
    }

    #[test]
    fn continues_across_a_switch() {
        let start = Instant::now();
        let mut slot = Rewriter::new(90_000, 100);
        slot.switch(numbers(5_000, 9, 32_767, 255), start);
        let first = slot.map(numbers(5_000, 9, 32_767, 255), start).unwrap();
        assert_eq!(first, numbers(100, 9, 32_767, 255));
        let second = slot.map(numbers(5_001, 3_009, 0, 0), start).unwrap();
        assert_eq!(second, numbers(101, 3_009, 0, 0));

        let later = start + Duration::from_millis(40);
        slot.switch(numbers(77, 1_000_000, 500, 9), later);
        assert_eq!(slot.map(numbers(77, 1_000_000, 500, 9), later).unwrap(), numbers(102, 6_609, 1, 1));
        assert_eq!(slot.map(numbers(76, 999_000, 499, 8), later), None, "from before the switch");
        assert_eq!(slot.map(numbers(79, 1_003_000, 501, 9), later).unwrap(), numbers(104, 9_609, 2, 1));
        assert_eq!(slot.map(numbers(78, 1_000_000, 500, 9), later).unwrap(), numbers(103, 6_609, 1, 1), "late");
    }

    #[test]
    fn a_jump_is_closed_up() {
        let start = Instant::now();
        let mut slot = Rewriter::new(48_000, 100);
        slot.switch(numbers(0, 0, 0, 0), start);
        let mut seq = |incoming| slot.map(numbers(incoming, 0, 0, 0), start).map(|out| out.seq);
        assert_eq!(seq(0), Some(100));
        assert_eq!(seq(1 + GAP_MAX), Some(101 + GAP_MAX), "a gap");
        assert_eq!(seq(40_000), Some(102 + GAP_MAX), "a jump");
        assert_eq!(seq(39_999), None, "from before it");
        assert_eq!(seq(u64::MAX - 1), Some(103 + GAP_MAX));
        assert_eq!(seq(u64::MAX), Some(104 + GAP_MAX));
    }

    proptest! {
        /// Packets that come in any order nearby, some of them to be left out: what goes out is numbered as if these had never
        /// been, but for those that came after one that went out with a later number.
        #[test]
        fn numbers_close_up_over_what_is_left_out(
            start in 0u64..1 << 40,
            fates in proptest::collection::vec((any::<bool>(), 0u64..40), 1..300),
        ) {
            let at = Instant::now();
            let mut slot = Rewriter::new(90_000, 7);
            slot.switch(numbers(start, 0, 0, 0), at);
            prop_assert_eq!(slot.map(numbers(start, 0, 0, 0), at).map(|out| out.seq), Some(7));
            let mut arrivals: Vec<(u64, u64, bool)> =
                (1..).zip(&fates).map(|(nth, &(is_left, late))| (nth + late, nth, is_left)).collect();
            arrivals.sort_unstable();
            let mut out = std::collections::BTreeMap::new();
            let mut filled = 0;
            for &(_, nth, is_left) in &arrivals {
                let incoming = numbers(start + nth, 0, 0, 0);
                let number = if is_left { slot.skip(incoming, at) } else { slot.map(incoming, at) };
                filled += u64::from(is_left && number.is_some());
                if let Some(number) = number {
                    prop_assert!(out.insert(number.seq, nth).is_none(), "a number twice");
                } else {
                    prop_assert!(is_left);
                }
                // The same packet again takes no other number.
                if is_left && number.is_none() {
                    prop_assert_eq!(slot.skip(incoming, at), None);
                }
            }
            let passed = fates.iter().filter(|(is_left, _)| !is_left).count() as u64;
            prop_assert_eq!(out.len() as u64, passed + filled);
            prop_assert!(out.keys().copied().eq(8..8 + passed + filled), "holes in {:?}", out);
            prop_assert!(out.values().is_sorted(), "not in order: {:?}", out);
        }

        /// Streams of any start, with losses, one after the other: what goes out never repeats a number, never goes
        /// back, and advances by one picture at each switch.
        #[test]
        fn never_repeats_a_number(
            pieces in proptest::collection::vec((0u64..1 << 40, any::<u32>(), 0u16..0x8000, 1usize..40), 1..12),
            gaps in proptest::collection::vec(1u64..4, 1..30),
        ) {
            let start = Instant::now();
            let mut at = start;
            let mut slot = Rewriter::new(90_000, 0x7fff);
            let mut gap = gaps.iter().cycle();
            let mut previous: Option<Numbers> = None;
            for (seq, timestamp, picture, count) in pieces {
                let mut seq = seq;
                at += Duration::from_millis(20);
                slot.switch(numbers(seq, timestamp, picture, 0), at);
                for index in 0..count {
                    let now = numbers(seq, timestamp.wrapping_add(u32::try_from(index).unwrap() * 3_000), picture, 0);
                    let out = slot.map(now, at).unwrap();
                    if let Some(before) = previous {
                        prop_assert!(out.seq > before.seq);
                        if index == 0 {
                            prop_assert_eq!(out.seq, before.seq + 1);
                            prop_assert_eq!(out.picture.unwrap(), (before.picture.unwrap() + 1) & PICTURE_MASK);
                            prop_assert_eq!(out.timestamp.wrapping_sub(before.timestamp), 1_800);
                        }
                    }
                    previous = Some(out);
                    seq += gap.next().unwrap();
                }
            }
        }
    }
}
