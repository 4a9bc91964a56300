//! What is known of the tickets of one block.

use super::State;
use super::second::Second;

/// Tickets of one block: 512 bytes of each bit.
pub(in crate::waiting) const BLOCK_TICKETS: u64 = 4_096;
pub(super) const WORDS: usize = 64;

pub(super) type Bits = [u64; WORDS];

#[derive(Clone, Debug, Default)]
pub(super) enum Slot {
    /// None of them was seen, or nobody asks any more.
    #[default]
    Away,
    Kept(Box<Block>),
    /// Each was used.
    Spent,
}

#[derive(Clone, Debug)]
pub(super) struct Block {
    came: Bits,
    used: Second,
}

impl Slot {
    pub fn of(came: Bits, used: Bits) -> Self {
        Self::Kept(Box::new(Block { used: Second::of(used, &came), came })).settled()
    }

    /// Nobody was seen, in room for all.
    pub fn empty() -> Self {
        Self::Kept(Box::new(Block::EMPTY))
    }

    pub const fn is_away(&self) -> bool {
        matches!(self, Self::Away)
    }

    pub fn came(&self, word: usize) -> u64 {
        match self {
            Self::Away => 0,
            Self::Kept(block) => block.came[word],
            Self::Spent => u64::MAX,
        }
    }

    pub fn used(&self, word: usize) -> u64 {
        match self {
            Self::Away => 0,
            Self::Kept(block) => block.used(word),
            Self::Spent => u64::MAX,
        }
    }

    pub fn waiting(&self, word: usize) -> u64 {
        self.came(word) & !self.used(word)
    }

    pub fn count_waiting(&self) -> u32 {
        match self {
            Self::Kept(_) => (0..WORDS).map(|word| self.waiting(word).count_ones()).sum(),
            Self::Away | Self::Spent => 0,
        }
    }

    pub fn get(&self, word: usize, bit: u32) -> State {
        match (self.came(word) >> bit & 1, self.used(word) >> bit & 1) {
            (0, 0) => State::Away,
            (1, 0) => State::Waiting,
            (0, _) => State::Called,
            _ => State::Used,
        }
    }

    pub fn set(&mut self, word: usize, bit: u32, state: State) {
        if matches!(self, Self::Spent) && state == State::Used {
            return;
        }
        let (came, used) = match state {
            State::Away => (0, false),
            State::Waiting => (1, false),
            State::Called => (0, true),
            State::Used => (1, true),
        };
        let block = self.block_mut();
        block.came[word] = block.came[word] & !(1 << bit) | came << bit;
        block.used.set(word, bit, used, &block.came);
        // Most blocks are not: the whole of one is looked at once for each word at the most.
        if state == State::Used && block.came[word] & block.used(word) == u64::MAX {
            *self = std::mem::take(self).settled();
        }
    }

    /// Room for what is known of each.
    fn block_mut(&mut self) -> &mut Block {
        let made = match self {
            Self::Kept(block) => return block,
            Self::Away => Block::EMPTY,
            Self::Spent => Block { came: [u64::MAX; WORDS], used: Second::ALL },
        };
        *self = Self::Kept(Box::new(made));
        self.block_mut()
    }

    fn settled(self) -> Self {
        match self {
            Self::Kept(block) if block.is_spent() => Self::Spent,
            other => other,
        }
    }

    pub fn memory_bytes(&self) -> usize {
        match self {
            Self::Kept(block) => size_of::<Block>() + block.used.memory_bytes(),
            Self::Away | Self::Spent => 0,
        }
    }
}

impl Block {
    const EMPTY: Self = Self { came: [0; WORDS], used: Second::NONE };

    fn used(&self, word: usize) -> u64 {
        self.used.word(word, self.came[word])
    }

    fn is_spent(&self) -> bool {
        self.came == [u64::MAX; WORDS] && (0..WORDS).all(|word| self.used(word) == u64::MAX)
    }
}
