//! Two bits a ticket, in blocks that are made when first written to and freed when their turn is long past, with
//! counts over the blocks (Fenwick 1994, "A new data structure for cumulative frequency tables") for ranks.

use super::saved::Reader;

/// Tickets of one block: 1 KiB of bits.
pub(super) const BLOCK_TICKETS: u64 = 4_096;
const WORDS: usize = 64;

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

#[derive(Clone, Debug)]
struct Block {
    came: [u64; WORDS],
    used: [u64; WORDS],
}

impl Block {
    const EMPTY: Self = Self { came: [0; WORDS], used: [0; WORDS] };

    fn waiting(&self, word: usize) -> u64 {
        self.came[word] & !self.used[word]
    }
}

#[derive(Debug, Default)]
pub(super) struct States {
    blocks: Vec<Option<Box<Block>>>,
    /// Waiting tickets in sums of blocks.
    sums: Vec<u32>,
    waiting: u64,
    /// All blocks below this index have been freed.
    freed: usize,
    present: usize,
}

/// Block, word, bit.
fn position(order: u64) -> (usize, usize, u32) {
    let block = usize::try_from(order / BLOCK_TICKETS).unwrap_or(usize::MAX);
    let within = (order % BLOCK_TICKETS) as usize;
    (block, within / 64, (within % 64) as u32)
}

impl States {
    /// Tickets that all wait, each order below `end`; counted once at the end, as that of millions in no order takes a
    /// third of the time of counting each.
    pub(super) fn all_waiting(end: u64, orders: impl Iterator<Item = u64>) -> Self {
        let mut blocks: Vec<Option<Box<Block>>> = Vec::new();
        blocks.resize(position(end).0 + 1, Some(Box::new(Block::EMPTY)));
        for order in orders {
            let (block, word, bit) = position(order);
            if let Some(Some(block)) = blocks.get_mut(block) {
                block.came[word] |= 1 << bit;
            }
        }
        Self::of(blocks)
    }

    fn of(blocks: Vec<Option<Box<Block>>>) -> Self {
        let mut states = Self { present: blocks.iter().flatten().count(), ..Self::default() };
        for block in &blocks {
            states.append_sum();
            let count = |block: &Block| (0..WORDS).map(|word| block.waiting(word).count_ones()).sum::<u32>();
            states.count(states.sums.len() - 1, block.as_deref().map_or(0, count));
        }
        states.blocks = blocks;
        states
    }

    pub(super) fn get(&self, order: u64) -> State {
        let (block, word, bit) = position(order);
        let Some(Some(block)) = self.blocks.get(block) else { return State::Away };
        match (block.came[word] >> bit & 1, block.used[word] >> bit & 1) {
            (0, 0) => State::Away,
            (1, 0) => State::Waiting,
            (0, _) => State::Called,
            _ => State::Used,
        }
    }

    /// `order` is below [`crate::limits::TICKETS_MAX`]: blocks up to it are counted.
    pub(super) fn set(&mut self, order: u64, state: State) {
        let (index, word, bit) = position(order);
        while self.blocks.len() <= index {
            self.blocks.push(None);
            self.append_sum();
        }
        let slot = &mut self.blocks[index];
        if slot.is_none() {
            self.present += 1;
        }
        let block = slot.get_or_insert_with(|| Box::new(Block::EMPTY));
        let waited = block.waiting(word) >> bit & 1;
        let mask = 1 << bit;
        let (came, used) = match state {
            State::Away => (0, 0),
            State::Waiting => (mask, 0),
            State::Called => (0, mask),
            State::Used => (mask, mask),
        };
        block.came[word] = block.came[word] & !mask | came;
        block.used[word] = block.used[word] & !mask | used;
        match (waited, block.waiting(word) >> bit & 1) {
            (0, 1) => self.count(index, 1),
            (1, 0) => self.uncount(index),
            _ => (),
        }
    }

    pub(super) fn waiting(&self) -> u64 {
        self.waiting
    }

    /// Waiting tickets of an order below this one.
    pub(super) fn rank(&self, order: u64) -> u64 {
        let (index, word, bit) = position(order);
        let below = self.sum_below(index);
        let Some(Some(block)) = self.blocks.get(index) else { return below };
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
        let block = self.blocks.get(index)?.as_ref()?;
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

    /// Every order whose ticket is waiting, lowest first.
    pub(super) fn each_waiting(&self) -> impl Iterator<Item = u64> {
        let blocks = (0..).zip(&self.blocks).filter_map(|(index, block)| Some((index, block.as_ref()?)));
        blocks.flat_map(|(index, block): (u64, _)| {
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
            if self.blocks[index].is_some() && empty && !kept(first, first + BLOCK_TICKETS - 1) {
                self.blocks[index] = None;
                self.present -= 1;
            }
        }
        while self.freed < end && self.blocks[self.freed].is_none() {
            self.freed += 1;
        }
    }

    /// For [`States::read`]: the number of blocks, then the index and the bits of each that there is.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&(self.present as u64).to_be_bytes());
        for (index, block) in (0_u64..).zip(&self.blocks) {
            let Some(block) = block else { continue };
            out.extend_from_slice(&index.to_be_bytes());
            out.extend(block.came.iter().chain(&block.used).flat_map(|word| word.to_be_bytes()));
        }
    }

    /// None when it was not written by [`States::write`], or has tickets beyond `issued`.
    pub(super) fn read(from: &mut Reader<'_>, issued: u64) -> Option<Self> {
        let mut blocks: Vec<Option<Box<Block>>> = Vec::new();
        let present = from.number()?;
        for _ in 0..present {
            let index = from.number()?;
            let position = usize::try_from(index).ok()?;
            if index >= issued.div_ceil(BLOCK_TICKETS) || position < blocks.len() {
                return None;
            }
            blocks.resize(position, None);
            let mut block = Block::EMPTY;
            for word in block.came.iter_mut().chain(&mut block.used) {
                *word = from.number()?;
            }
            blocks.push(Some(Box::new(block)));
        }
        Some(Self::of(blocks))
    }

    pub(super) fn memory_bytes(&self) -> u64 {
        let blocks = self.present * size_of::<Block>();
        let index = self.blocks.capacity() * size_of::<Option<Box<Block>>>();
        (blocks + index + self.sums.capacity() * size_of::<u32>()) as u64
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
            prop_assert!(states.each_waiting().eq(set.iter().copied()));
            let at_once = States::all_waiting(40_000, set.iter().rev().copied());
            prop_assert!(at_once.each_waiting().eq(set.iter().copied()));
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
        let full = states.memory_bytes();
        states.free_below(4 * BLOCK_TICKETS + 1, |first, _| first == 2 * BLOCK_TICKETS);
        assert_eq!(full - states.memory_bytes(), 2 * 1_024);
        assert_eq!(states.get(BLOCK_TICKETS + 7), State::Waiting);
        assert_eq!(states.get(2 * BLOCK_TICKETS), State::Used);
        assert_eq!(states.get(0), State::Away);
        assert_eq!(states.select(0), Some(BLOCK_TICKETS + 7));
    }
}
