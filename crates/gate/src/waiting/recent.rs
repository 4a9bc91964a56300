use super::ticket::Entry;
use crate::limits::{AGAIN_WITHIN, RECENT_USES_MAX};
use preau_base::Instant;

/// Seconds are kept by their low bits: 24 days, well beyond [`AGAIN_WITHIN`].
const SECOND_BITS: u32 = 21;
/// Of the order, what its place does not say already, and one more: 0 is an empty place.
const ROUND_BITS: u32 = 11;

/// The tickets that were used last, so that somebody whose answer got lost on the way is let in again. Orders are
/// used nearly in their order, so each has a place of its own until [`RECENT_USES_MAX`] others came after it.
///
/// A use takes 8 bytes: of the prefix a half is enough. Who holds the ticket is let in, and a copy of it that comes from
/// elsewhere is mistaken for it once in four billion times.
#[derive(Debug, Default)]
pub(super) struct RecentUses {
    uses: Vec<u64>,
}

impl RecentUses {
    pub(super) fn remember(&mut self, order: u64, prefix: u64, now: Instant) {
        let index = index_of(order);
        if self.uses.len() <= index {
            let wanted = (index + 1).next_power_of_two().clamp(64, RECENT_USES_MAX);
            self.uses.reserve_exact(wanted - self.uses.len());
            self.uses.resize(wanted, 0);
        }
        self.uses[index] = round(order) << (32 + SECOND_BITS) | second(now) << 32 | half(prefix);
    }

    /// When this ticket was used from the same prefix within [`AGAIN_WITHIN`], to the second.
    pub(super) fn find(&self, order: u64, prefix: u64, now: Instant) -> Option<Instant> {
        let used = *self.uses.get(index_of(order))?;
        let same = used >> (32 + SECOND_BITS) == round(order) && used as u32 == half(prefix) as u32;
        let ago_s = second(now).wrapping_sub(used >> 32) & low(SECOND_BITS);
        let at = Instant::from_secs(now.as_secs() - ago_s as i64);
        (same && ago_s <= AGAIN_WITHIN.as_secs()).then_some(at)
    }

    pub(super) fn memory_bytes(&self) -> u64 {
        (self.uses.capacity() * size_of::<u64>()) as u64
    }
}

/// Issued at the second, as that is what is remembered of it.
pub(super) fn entry(room: u64, serial: u64, at: Instant) -> Entry {
    Entry { room, serial, issued: Instant::from_secs(at.as_secs()) }
}

fn index_of(order: u64) -> usize {
    (order % RECENT_USES_MAX as u64) as usize
}

/// Orders are below [`crate::limits::TICKETS_MAX`]: 1,024 rounds of the places.
const fn round(order: u64) -> u64 {
    (order / RECENT_USES_MAX as u64 + 1) & low(ROUND_BITS)
}

const _: () = assert!(crate::limits::TICKETS_MAX / (RECENT_USES_MAX as u64) < low(ROUND_BITS));

const fn low(bits: u32) -> u64 {
    (1 << bits) - 1
}

const fn second(at: Instant) -> u64 {
    at.as_secs() as u64 & low(SECOND_BITS)
}

const fn half(prefix: u64) -> u64 {
    // The golden ratio in 64 bits spreads every bit into the upper half (Knuth, "The Art of Computer Programming" 6.4).
    prefix.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32
}
