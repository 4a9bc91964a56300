//! At most two bits a ticket, in blocks that are made when first written to and freed when their turn is long past, with
//! counts over the blocks (Fenwick 1994, "A new data structure for cumulative frequency tables") for ranks. The second bit
//! is listed for the few that differ from the rest of their block, and both are gone when the last of them is used: a line
//! takes one bit a person, before its turn and behind it, and those that are all in take none.

mod block;
mod second;

use super::saved::Reader;
pub(super) use block::BLOCK_TICKETS;
use block::{Bits, Slot, WORDS};
use std::ops::Range;

/// What is known of one ticket: the two bits, came back and used. Used without having come back cannot be, so that
/// combination means that its turn has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Given, not seen since.
    Away,
    /// Came back; its turn has not come.
    Waiting,
    /// Came back, and its turn has come.
    Called,
    Used,
}

#[derive(Debug, Default)]
pub(super) struct States {
    blocks: Vec<Slot>,
    /// Waiting tickets in sums of blocks.
    sums: Vec<u32>,
    waiting: u64,
    /// All blocks below this index have been freed.
    freed: usize,
    present: usize,
    /// Of the blocks.
    bytes: usize,
}

/// Tickets that all wait, in no order; counted once at the end, as that of millions takes a third of the time of
/// counting each.
#[derive(Debug)]
pub(super) struct Draft {
    blocks: Vec<Slot>,
}

impl Draft {
    /// With room for each order below `end`.
    pub(super) fn new(end: u64) -> Self {
        let mut draft = Self { blocks: Vec::new() };
        draft.reach(position(end).0);
        draft
    }

    pub(super) fn wait(&mut self, order: u64) {
        let (block, word, bit) = position(order);
        self.reach(block);
        if let Some(slot) = self.blocks.get_mut(block) {
            slot.set(word, bit, State::Waiting);
        }
    }

    pub(super) fn finish(self) -> States {
        States::of(self.blocks)
    }

    fn reach(&mut self, block: usize) {
        if self.blocks.len() <= block {
            self.blocks.reserve_exact(block + 1 - self.blocks.len());
            self.blocks.resize(block + 1, Slot::empty());
        }
    }
}

/// Block, word, bit.
fn position(order: u64) -> (usize, usize, u32) {
    let block = usize::try_from(order / BLOCK_TICKETS).unwrap_or(usize::MAX);
    let within = (order % BLOCK_TICKETS) as usize;
    (block, within / 64, (within % 64) as u32)
}

impl States {
    fn of(blocks: Vec<Slot>) -> Self {
        let present = blocks.iter().filter(|slot| !slot.is_away()).count();
        let bytes = blocks.iter().map(Slot::memory_bytes).sum();
        let mut states = Self { present, bytes, ..Self::default() };
        states.sums.reserve_exact(blocks.len());
        for slot in &blocks {
            states.append_sum();
            states.count(states.sums.len() - 1, slot.count_waiting());
        }
        states.blocks = blocks;
        states
    }

    pub(super) fn get(&self, order: u64) -> State {
        let (block, word, bit) = position(order);
        self.blocks.get(block).map_or(State::Away, |slot| slot.get(word, bit))
    }

    /// `order` is below [`crate::limits::TICKETS_MAX`]: blocks up to it are counted.
    pub(super) fn set(&mut self, order: u64, state: State) {
        let (index, word, bit) = position(order);
        self.reach(index);
        let slot = &mut self.blocks[index];
        self.present += usize::from(slot.is_away());
        let (waited, held) = (slot.waiting(word) >> bit & 1, slot.memory_bytes());
        slot.set(word, bit, state);
        let waits = slot.waiting(word) >> bit & 1;
        self.bytes = self.bytes + slot.memory_bytes() - held;
        match (waited, waits) {
            (0, 1) => self.count(index, 1),
            (1, 0) => self.uncount(index),
            _ => (),
        }
    }

    /// Makes place for a block, an eighth more than there is at a time: a line grows by one person.
    fn reach(&mut self, index: usize) {
        if self.blocks.len() > index {
            return;
        }
        if self.blocks.capacity() <= index {
            let more = (index + 1 - self.blocks.len()).max(self.blocks.len() / 8);
            self.blocks.reserve_exact(more);
            self.sums.reserve_exact(more);
        }
        while self.blocks.len() <= index {
            self.blocks.push(Slot::Away);
            self.append_sum();
        }
    }

    pub(super) fn waiting(&self) -> u64 {
        self.waiting
    }

    /// Waiting tickets of an order below this one.
    pub(super) fn rank(&self, order: u64) -> u64 {
        let (index, word, bit) = position(order);
        let below = self.sum_below(index);
        let Some(block) = self.blocks.get(index) else { return below };
        let whole: u32 = (0..word).map(|word| block.waiting(word).count_ones()).sum();
        let part = (block.waiting(word) & ((1 << bit) - 1)).count_ones();
        below + u64::from(whole + part)
    }

    /// The order of the waiting ticket that has `rank` waiting ones before it.
    pub(super) fn select(&self, rank: u64) -> Option<u64> {
        if rank >= self.waiting {
            return None;
        }
        let (index, mut left) = self.block_of(rank);
        let block = self.blocks.get(index)?;
        for word in 0..WORDS {
            let mut waiting = block.waiting(word);
            let ones = u64::from(waiting.count_ones());
            if left < ones {
                for _ in 0..left {
                    waiting &= waiting - 1;
                }
                let within = word as u64 * 64 + u64::from(waiting.trailing_zeros());
                return Some(index as u64 * BLOCK_TICKETS + within);
            }
            left -= ones;
        }
        None
    }

    /// Every order whose ticket is waiting in some of the blocks, lowest first.
    pub(super) fn waiting_in(&self, blocks: Range<usize>) -> impl Iterator<Item = u64> {
        let end = blocks.end.min(self.blocks.len());
        let first = blocks.start.min(end);
        let blocks = (first as u64..).zip(&self.blocks[first..end]);
        let present = blocks.filter(|(_, slot)| matches!(slot, Slot::Kept(_)));
        present.flat_map(|(index, block): (u64, _)| {
            (0..WORDS).flat_map(move |word| {
                let mut waiting = block.waiting(word);
                std::iter::from_fn(move || {
                    let bit = (waiting != 0).then_some(waiting.trailing_zeros())?;
                    waiting &= waiting - 1;
                    Some(index * BLOCK_TICKETS + word as u64 * 64 + u64::from(bit))
                })
            })
        })
    }

    /// Frees the blocks that lie whole below `order`, have nobody waiting in them and are not `kept` (first and last
    /// order of the block).
    pub(super) fn free_below(&mut self, order: u64, kept: impl Fn(u64, u64) -> bool) {
        let end = usize::try_from(order / BLOCK_TICKETS).unwrap_or(usize::MAX).min(self.blocks.len());
        for index in self.freed..end {
            let first = index as u64 * BLOCK_TICKETS;
            let empty = self.sum_below(index + 1) == self.sum_below(index);
            if empty && !self.blocks[index].is_away() && !kept(first, first + BLOCK_TICKETS - 1) {
                self.present -= 1;
                self.bytes -= std::mem::take(&mut self.blocks[index]).memory_bytes();
            }
        }
        while self.freed < end && self.blocks[self.freed].is_away() {
            self.freed += 1;
        }
    }

    /// For [`States::read`]: the number of blocks, then the index and the bits of each that there is.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.reserve(self.present * (8 + 2 * size_of::<Bits>()) + 64);
        out.extend_from_slice(&(self.present as u64).to_be_bytes());
        for (index, slot) in (0_u64..).zip(&self.blocks).filter(|(_, slot)| !slot.is_away()) {
            out.extend_from_slice(&index.to_be_bytes());
            let words = (0..WORDS).map(|word| slot.came(word)).chain((0..WORDS).map(|word| slot.used(word)));
            words.for_each(|word| out.extend_from_slice(&word.to_be_bytes()));
        }
    }

    /// None when it was not written by [`States::write`], or has tickets beyond `issued`.
    pub(super) fn read(from: &mut Reader<'_>, issued: u64) -> Option<Self> {
        let mut blocks: Vec<Slot> = Vec::new();
        let present = from.number()?;
        for _ in 0..present {
            let index = from.number()?;
            let position = usize::try_from(index).ok()?;
            if index >= issued.div_ceil(BLOCK_TICKETS) || position < blocks.len() {
                return None;
            }
            blocks.resize(position, Slot::Away);
            let (mut came, mut used) = ([0; WORDS], [0; WORDS]);
            for word in came.iter_mut().chain(&mut used) {
                *word = from.number()?;
            }
            blocks.push(Slot::of(came, used));
        }
        Some(Self::of(blocks))
    }

    pub(super) fn memory_bytes(&self) -> u64 {
        let index = self.blocks.capacity() * size_of::<Slot>();
        (self.bytes + index + self.sums.capacity() * size_of::<u32>()) as u64
    }

    fn append_sum(&mut self) {
        let at = self.sums.len() + 1;
        let (mut sum, mut below) = (0, at - 1);
        while below > at - lowest_bit(at) {
            sum += self.sums[below - 1];
            below -= lowest_bit(below);
        }
        self.sums.push(sum);
    }

    fn count(&mut self, block: usize, more: u32) {
        self.waiting += u64::from(more);
        self.change_sums(block, |sum| sum.saturating_add(more));
    }

    fn uncount(&mut self, block: usize) {
        self.waiting = self.waiting.saturating_sub(1);
        self.change_sums(block, |sum| sum.saturating_sub(1));
    }

    fn change_sums(&mut self, block: usize, change: impl Fn(u32) -> u32) {
        let mut at = block + 1;
        while let Some(sum) = self.sums.get_mut(at - 1) {
            *sum = change(*sum);
            at += lowest_bit(at);
        }
    }

    fn sum_below(&self, block: usize) -> u64 {
        let (mut sum, mut at) = (0, block.min(self.sums.len()));
        while at > 0 {
            sum += u64::from(self.sums[at - 1]);
            at -= lowest_bit(at);
        }
        sum
    }

    /// The block that holds the waiting ticket of this rank, and its rank within the block.
    fn block_of(&self, rank: u64) -> (usize, u64) {
        let (mut at, mut left) = (0, rank);
        let mut step = self.sums.len().checked_ilog2().map_or(0, |log| 1_usize << log);
        while step > 0 {
            if let Some(&sum) = self.sums.get(at + step - 1)
                && u64::from(sum) <= left
            {
                at += step;
                left -= u64::from(sum);
            }
            step /= 2;
        }
        (at, left)
    }
}

fn lowest_bit(number: usize) -> usize {
    number & number.wrapping_neg()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        /// The same as a sorted set of the waiting, whatever is done in whatever order.
        #[test]
        fn ranks_are_those_of_a_sorted_set(steps in prop::collection::vec((0_u64..40_000, 0_u8..4), 1..300)) {
            let (mut states, mut set) = (States::default(), BTreeSet::new());
            for (order, state) in steps {
                let state = [State::Away, State::Waiting, State::Called, State::Used][usize::from(state)];
                states.set(order, state);
                prop_assert_eq!(states.get(order), state);
                if state == State::Waiting { set.insert(order); } else { set.remove(&order); }
                prop_assert_eq!(states.rank(order), set.range(..order).count() as u64);
                prop_assert_eq!(states.waiting(), set.len() as u64);
            }
            prop_assert!(states.waiting_in(0..99).eq(set.iter().copied()));
            let mut draft = Draft::new(40_000);
            set.iter().rev().for_each(|order| draft.wait(*order));
            let at_once = draft.finish();
            prop_assert!(at_once.waiting_in(0..3).chain(at_once.waiting_in(3..99)).eq(set.iter().copied()));
            prop_assert!((0..50).all(|part| at_once.rank(part * 800) == states.rank(part * 800)));
            for (rank, order) in (0..).zip(&set) {
                prop_assert_eq!(states.select(rank), Some(*order));
            }
            prop_assert_eq!(states.select(set.len() as u64), None);
        }
    }

    #[test]
    fn freeing_leaves_the_waiting_and_the_kept() {
        let mut states = States::default();
        for order in 0..5 * BLOCK_TICKETS {
            states.set(order, State::Used);
        }
        states.set(BLOCK_TICKETS + 7, State::Waiting);
        states.set(2 * BLOCK_TICKETS + 7, State::Called);
        states.set(3 * BLOCK_TICKETS + 7, State::Called);
        let full = states.memory_bytes();
        states.free_below(4 * BLOCK_TICKETS + 1, |first, _| first == 2 * BLOCK_TICKETS);
        assert_eq!(full - states.memory_bytes(), size_of::<block::Block>() as u64, "neither kept nor spent");
        assert_eq!(states.get(BLOCK_TICKETS + 7), State::Waiting);
        assert_eq!(states.get(2 * BLOCK_TICKETS), State::Used);
        assert_eq!(states.get(0), State::Away);
        assert_eq!(states.select(0), Some(BLOCK_TICKETS + 7));
    }

    /// Whoever is in takes no room, and is remembered: the same before and after a restart.
    #[test]
    fn a_block_of_used_tickets_takes_nothing() {
        let (mut states, mut waiting) = (States::default(), States::default());
        for order in 0..2 * BLOCK_TICKETS {
            states.set(order, State::Waiting);
            waiting.set(order, State::Waiting);
        }
        for order in 0..BLOCK_TICKETS {
            states.set(order, State::Called);
            states.set(order, State::Used);
        }
        assert_eq!(waiting.memory_bytes() - states.memory_bytes(), size_of::<block::Block>() as u64);
        assert_eq!((states.get(77), states.rank(BLOCK_TICKETS), states.waiting()), (State::Used, 0, BLOCK_TICKETS));
        let mut written = Vec::new();
        states.write(&mut written);
        let again = States::read(&mut Reader(&written), 2 * BLOCK_TICKETS).unwrap();
        assert_eq!(again.bytes, states.bytes);
        assert_eq!((again.get(77), again.waiting()), (State::Used, BLOCK_TICKETS));
        states.set(77, State::Called);
        assert_eq!((states.get(76), states.get(77), states.get(78)), (State::Used, State::Called, State::Used));
    }
}
