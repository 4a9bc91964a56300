//! The second bit of the tickets of one block. A block is before its turn or behind it, and then the bit can be told from
//! the first for nearly all: the few of whom it cannot are listed. Only while its turn is being called, or where many did
//! not come for theirs, is there a bit for each.

use super::block::Bits;

/// Tickets that are listed at the most; they take a little less than a bit for each would.
const LISTED_MAX: usize = 224;
/// Room for the list is made for so many at a time.
const LISTED_MORE: usize = 16;
/// Changes of a bit from one look whether a list would do to the next.
const LOOK_EVERY: u32 = 64;

#[derive(Clone, Debug)]
pub(super) enum Second {
    /// As the rule says, but not for these: places within the block, the lowest first.
    Ruled {
        rule: Rule,
        but: Vec<u16>,
    },
    Each {
        bits: Box<Bits>,
        changes: u32,
    },
}

/// What the second bit is for nearly all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Nobody's turn has come.
    Zero,
    /// Everybody's has.
    One,
    /// That of all who came back has, and they have used it.
    First,
}

impl Rule {
    const ALL: [Self; 3] = [Self::Zero, Self::One, Self::First];

    const fn of(self, first: u64) -> u64 {
        match self {
            Self::Zero => 0,
            Self::One => u64::MAX,
            Self::First => first,
        }
    }
}

impl Second {
    pub const NONE: Self = Self::Ruled { rule: Rule::Zero, but: Vec::new() };
    pub const ALL: Self = Self::Ruled { rule: Rule::One, but: Vec::new() };

    pub fn of(bits: Bits, first: &Bits) -> Self {
        Self::Each { bits: Box::new(bits), changes: 0 }.settled(LISTED_MAX, first)
    }

    /// The second bits of a word of which `first` are the first.
    pub fn word(&self, word: usize, first: u64) -> u64 {
        match self {
            Self::Each { bits, .. } => bits[word],
            Self::Ruled { rule, but } => {
                let begin = but.partition_point(|place| usize::from(place / 64) < word);
                let within = but[begin..].iter().take_while(|place| usize::from(**place / 64) == word);
                within.fold(rule.of(first), |bits, place| bits ^ 1 << (place % 64))
            }
        }
    }

    /// Sets one bit, where `first` are the first bits by now, that of the same ticket among them.
    pub fn set(&mut self, word: usize, bit: u32, value: bool, first: &Bits) {
        match self {
            Self::Each { bits, changes } => {
                bits[word] = bits[word] & !(1 << bit) | u64::from(value) << bit;
                *changes += 1;
                if changes.is_multiple_of(LOOK_EVERY) {
                    // Not to the brim, or the next change would undo it.
                    *self = std::mem::replace(self, Self::NONE).settled(LISTED_MAX / 4 * 3, first);
                }
            }
            Self::Ruled { rule, but } => {
                let place = (word * 64) as u16 + bit as u16;
                let differs = value != (rule.of(first[word]) >> bit & 1 == 1);
                match (but.binary_search(&place), differs) {
                    (Ok(at), false) => {
                        but.remove(at);
                        if but.capacity() > but.len() + 2 * LISTED_MORE {
                            but.shrink_to(but.len() + LISTED_MORE);
                        }
                    }
                    (Err(at), true) if but.len() < LISTED_MAX => {
                        if but.len() == but.capacity() {
                            but.reserve_exact(LISTED_MORE);
                        }
                        but.insert(at, place);
                    }
                    (Err(_), true) => {
                        let bits = std::array::from_fn(|word| self.word(word, first[word]));
                        *self = Self::Each { bits: Box::new(bits), changes: 0 };
                        self.set(word, bit, value, first);
                    }
                    (Ok(_), true) | (Err(_), false) => (),
                }
            }
        }
    }

    /// A rule and a list of at most `most`, where that is enough.
    fn settled(self, most: usize, first: &Bits) -> Self {
        let Self::Each { bits, .. } = &self else { return self };
        let others = |rule: Rule| bits.iter().zip(first).map(move |(bits, first)| bits ^ rule.of(*first));
        let count = |rule: &Rule| others(*rule).map(|word| word.count_ones() as usize).sum::<usize>();
        let Some(rule) = Rule::ALL.into_iter().min_by_key(count).filter(|rule| count(rule) <= most) else {
            return self;
        };
        let mut but = Vec::with_capacity(count(&rule));
        for (word, mut others) in (0_u16..).zip(others(rule)) {
            while others != 0 {
                but.push(word * 64 + others.trailing_zeros() as u16);
                others &= others - 1;
            }
        }
        Self::Ruled { rule, but }
    }

    pub fn memory_bytes(&self) -> usize {
        match self {
            Self::Ruled { but, .. } => but.capacity() * size_of::<u16>(),
            Self::Each { .. } => size_of::<Bits>(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::block::WORDS;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The same as a bit for each, however it is kept, and never more memory than that.
        #[test]
        fn what_is_listed_is_what_was_set(
            start: bool,
            steps in prop::collection::vec((0_usize..WORDS, 0_u32..64, prop::bool::weighted(0.8), any::<bool>()), 0..3_000),
        ) {
            let mut second = if start { Second::ALL } else { Second::NONE };
            let (mut plain, mut first) = ([if start { u64::MAX } else { 0 }; WORDS], [0; WORDS]);
            for (word, bit, same, came) in steps {
                let value = same == start;
                first[word] = first[word] & !(1 << bit) | u64::from(came) << bit;
                second.set(word, bit, value, &first);
                plain[word] = plain[word] & !(1 << bit) | u64::from(value) << bit;
                prop_assert_eq!(second.word(word, first[word]), plain[word]);
                prop_assert!(second.memory_bytes() <= size_of::<Bits>());
            }
            let again = Second::of(plain, &first);
            for word in 0..WORDS {
                prop_assert_eq!(second.word(word, first[word]), plain[word]);
                prop_assert_eq!(again.word(word, first[word]), plain[word]);
            }
        }
    }

    /// From nobody to everybody, as a block's turn is called, where one in `away` never came back for theirs and one in
    /// fifty of the others does not use it: at either end a list does.
    #[test]
    fn a_list_does_before_the_turn_and_behind_it() {
        for (away, rule) in [(10, Rule::First), (1_000, Rule::One)] {
            let came = |place: usize| !place.is_multiple_of(away);
            let uses = |place: usize| came(place) && !(place + 1).is_multiple_of(50);
            let places = || (0..WORDS).flat_map(|word| (0..64).map(move |bit| (word, bit, word * 64 + bit as usize)));
            let mut first: Bits = [0; WORDS];
            places().for_each(|(word, bit, place)| first[word] |= u64::from(came(place)) << bit);
            let (mut second, mut most) = (Second::NONE, 0);
            for (word, bit, _) in places().filter(|(_, _, place)| came(*place)) {
                // Called is told from used by the first bit.
                first[word] &= !(1 << bit);
                second.set(word, bit, true, &first);
                most = most.max(second.memory_bytes());
            }
            for (word, bit, _) in places().filter(|(_, _, place)| uses(*place)) {
                first[word] |= 1 << bit;
                second.set(word, bit, true, &first);
            }
            assert_eq!(most, size_of::<Bits>());
            let Second::Ruled { rule: found, but } = &second else { panic!("one in {away}: a bit for each") };
            assert!(*found == rule && but.len() <= LISTED_MAX / 4 * 3, "one in {away}: {found:?}, {}", but.len());
        }
    }
}
