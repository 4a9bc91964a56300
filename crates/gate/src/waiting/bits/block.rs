//! What is known of the tickets of one block.

use super::State;

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
    /// None where none of them is called or used.
    used: Option<Box<Bits>>,
}

impl Slot {
    pub fn of(came: Bits, used: Bits) -> Self {
        let used = (used != [0; WORDS]).then(|| Box::new(used));
        Self::Kept(Box::new(Block { came, used })).settled()
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
            Self::Kept(block) => block.used.as_ref().map_or(0, |used| used[word]),
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
        let mask = 1 << bit;
        let (came, used) = match state {
            State::Away => (0, 0),
            State::Waiting => (mask, 0),
            State::Called => (0, mask),
            State::Used => (mask, mask),
        };
        let block = self.block_mut();
        block.came[word] = block.came[word] & !mask | came;
        if used != 0 {
            block.used.get_or_insert_with(|| Box::new([0; WORDS]));
        }
        if let Some(bits) = &mut block.used {
            bits[word] = bits[word] & !mask | used;
            // Most blocks are not: the whole of one is looked at once for each word at the most.
            if block.came[word] & bits[word] == u64::MAX {
                *self = std::mem::take(self).settled();
            }
        }
    }

    /// Room for what is known of each.
    fn block_mut(&mut self) -> &mut Block {
        let made = match self {
            Self::Kept(block) => return block,
            Self::Away => Block::EMPTY,
            Self::Spent => Block { came: [u64::MAX; WORDS], used: Some(Box::new([u64::MAX; WORDS])) },
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
            Self::Kept(block) => size_of::<Block>() + block.used.as_ref().map_or(0, |_| size_of::<Bits>()),
            Self::Away | Self::Spent => 0,
        }
    }
}

impl Block {
    const EMPTY: Self = Self { came: [0; WORDS], used: None };

    fn is_spent(&self) -> bool {
        self.came == [u64::MAX; WORDS] && self.used.as_deref() == Some(&[u64::MAX; WORDS])
    }
}
