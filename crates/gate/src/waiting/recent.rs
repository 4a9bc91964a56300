use super::ticket::Entry;
use crate::limits::{AGAIN_WITHIN, RECENT_USES_MAX};
use preau_base::Instant;

/// One use of a ticket, in 16 bytes. Of the prefix a half is enough: who holds the ticket is let in, and a copy of it
/// that comes from elsewhere is mistaken for it once in four billion times.
#[derive(Clone, Copy, Debug)]
struct Use {
    at: Instant,
    /// Order + 1; 0 is an empty place.
    order: u32,
    prefix: u32,
}

/// The tickets that were used last, so that somebody whose answer got lost on the way is let in again. Orders are
/// used nearly in their order, so each has a place of its own until [`RECENT_USES_MAX`] others came after it.
#[derive(Debug, Default)]
pub(super) struct RecentUses {
    uses: Vec<Use>,
}

impl RecentUses {
    pub(super) fn remember(&mut self, order: u64, prefix: u64, now: Instant) {
        let index = index_of(order);
        if self.uses.len() <= index {
            self.uses.resize(index + 1, Use { at: Instant::EPOCH, order: 0, prefix: 0 });
        }
        self.uses[index] = Use { at: now, order: tag(order), prefix: half(prefix) };
    }

    /// When this ticket was used from the same prefix within [`AGAIN_WITHIN`].
    pub(super) fn find(&self, order: u64, prefix: u64, now: Instant) -> Option<Instant> {
        let used = self.uses.get(index_of(order))?;
        let same = used.order == tag(order) && used.prefix == half(prefix);
        (same && now.since(used.at) <= AGAIN_WITHIN).then_some(used.at)
    }

    pub(super) fn memory_bytes(&self) -> u64 {
        (self.uses.capacity() * size_of::<Use>()) as u64
    }
}

pub(super) fn entry(room: u64, serial: u64, at: Instant) -> Entry {
    Entry { room, serial, issued: at }
}

fn index_of(order: u64) -> usize {
    (order % RECENT_USES_MAX as u64) as usize
}

/// Orders are below [`crate::limits::TICKETS_MAX`], which is less than 2^32.
fn tag(order: u64) -> u32 {
    (order as u32).wrapping_add(1)
}

fn half(prefix: u64) -> u32 {
    // The golden ratio in 64 bits spreads every bit into the upper half (Knuth, "The Art of Computer Programming" 6.4).
    (prefix.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}
