//! Numbers of which each may be seen once: packets of a voice, which may be had again from the one after them (RFC 2198),
//! reports that somebody might send us again (RFC 3711 §3.3.2), and what we encrypt ourselves, where a number that is used
//! twice would tell the key (RFC 7714 §8.3).

/// The numbers up to the newest, as far back as they are remembered.
#[derive(Clone, Copy, Debug, Default)]
pub struct Window {
    newest: u64,
    /// Bit n: `newest - n` has been seen. str0m has what was lost sent again for a hundred packets.
    seen: u128,
}

impl Window {
    /// Whether this one is seen for the first time, and is late by 127 at most.
    pub fn first(&mut self, seq: u64) -> bool {
        if self.seen == 0 || seq > self.newest {
            let ahead = if self.seen == 0 { u64::from(u128::BITS) } else { seq - self.newest };
            let kept = u32::try_from(ahead).ok().and_then(|ahead| self.seen.checked_shl(ahead)).unwrap_or(0);
            (self.newest, self.seen) = (seq, kept | 1);
            return true;
        }
        let bit = u32::try_from(self.newest - seq).ok().and_then(|behind| 1_u128.checked_shl(behind)).unwrap_or(0);
        let is_first = bit != 0 && self.seen & bit == 0;
        self.seen |= bit;
        is_first
    }

    /// Whether the one before `seq` is missing, as far as is known: nothing is before the first.
    pub fn lacks_before(&self, seq: u64) -> bool {
        self.seen != 0 && seq > self.newest.saturating_add(1) && seq - self.newest <= u64::from(u64::BITS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_late_counts_for_127_numbers() {
        let mut window = Window::default();
        assert!(window.first(1_000) && window.first(1_127));
        assert!(window.first(1_001) && !window.first(1_000) && !window.first(1_001) && !window.first(999));
        assert!(window.first(u64::MAX) && !window.lacks_before(u64::MAX) && !window.first(1_127));
    }

    proptest! {
        #[test]
        fn each_counts_once_in_whatever_order(seqs in prop::collection::vec(1_000_u64..1_060, 1..100)) {
            let (mut window, mut counted) = (Window::default(), std::collections::BTreeSet::new());
            for seq in seqs {
                let newest = counted.last().copied();
                prop_assert_eq!(window.lacks_before(seq), newest.is_some_and(|newest| seq > newest + 1));
                prop_assert_eq!(window.first(seq), counted.insert(seq));
            }
        }
    }
}
