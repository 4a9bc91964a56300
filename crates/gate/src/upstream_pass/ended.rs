use crate::limits::{ENDED_PASSES_MAX, UPSTREAM_PASS_IDLE_MAX};
use preau_base::Instant;
use std::collections::{HashSet, VecDeque};

const DAY_MS: i64 = 86_400_000;
/// Days that an end is remembered: a copy of the pass is idle after that. One more, as the first is not whole.
const DAYS_KEPT: i64 = UPSTREAM_PASS_IDLE_MAX.as_secs().div_ceil(86_400) as i64 + 1;
const HEADER: &[u8; 8] = b"preauen1";

/// The passes that ended with a sign-out before their time, so that a kept copy is dead.
///
/// Held by the day of their end and forgotten by whole days; at most [`ENDED_PASSES_MAX`], about 20 bytes each. When
/// it is full, the oldest day is forgotten first.
#[derive(Clone, Debug, Default)]
pub struct EndedPasses {
    /// Oldest first. Of each holder the first half: they are random, and two that meet cost somebody a place in a lane.
    days: VecDeque<(i64, HashSet<u64>)>,
    len: usize,
}

/// Why a text of bytes is not what [`EndedPasses::to_bytes`] wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndedPassesError {
    #[error("the ended passes: the file does not begin as one of ours")]
    Header,
    #[error("the ended passes: the file is cut off after {bytes} bytes")]
    CutOff { bytes: usize },
}

const fn short(holder: u128) -> u64 {
    (holder >> 64) as u64
}

impl EndedPasses {
    pub fn contains(&self, holder: u128) -> bool {
        let holder = short(holder);
        self.days.iter().any(|(_, ended)| ended.contains(&holder))
    }

    /// Takes in that this holder signed out.
    pub fn end(&mut self, holder: u128, now: Instant) {
        if !self.contains(holder) {
            self.insert(now.as_millis().div_euclid(DAY_MS), short(holder));
        }
    }

    fn insert(&mut self, day: i64, holder: u64) {
        // A clock that was set back adds to the newest day: the order of days is what forgetting goes by.
        if self.days.back().is_none_or(|(newest, _)| *newest < day) {
            self.days.push_back((day, HashSet::new()));
        }
        if let Some((_, ended)) = self.days.back_mut()
            && ended.insert(holder)
        {
            self.len += 1;
        }
        let newest = self.days.back().map_or(day, |(newest, _)| *newest);
        while self.len > ENDED_PASSES_MAX
            || self.days.front().is_some_and(|(old, _)| newest.saturating_sub(*old) >= DAYS_KEPT)
        {
            let Some((_, forgotten)) = self.days.pop_front() else { return };
            self.len -= forgotten.len();
        }
    }

    /// Forgets what concerns no living pass any more. Once an hour is enough.
    pub fn prune(&mut self, now: Instant) {
        let today = now.as_millis().div_euclid(DAY_MS);
        while self.days.front().is_some_and(|(old, _)| today.saturating_sub(*old) >= DAYS_KEPT) {
            let forgotten = self.days.pop_front().map_or(0, |(_, ended)| ended.len());
            self.len -= forgotten;
        }
    }

    pub const fn len(&self) -> usize {
        self.len
    }

    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// For keeping it over a restart: a header, then for each day its number, a count and as many holders, each in 8
    /// bytes, big-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER.len() + (self.len + 2 * self.days.len()) * 8);
        bytes.extend_from_slice(HEADER);
        for (day, ended) in &self.days {
            bytes.extend_from_slice(&day.to_be_bytes());
            bytes.extend_from_slice(&(ended.len() as u64).to_be_bytes());
            ended.iter().for_each(|holder| bytes.extend_from_slice(&holder.to_be_bytes()));
        }
        bytes
    }

    /// Reads what [`EndedPasses::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EndedPassesError> {
        let mut left = bytes.strip_prefix(HEADER.as_slice()).ok_or(EndedPassesError::Header)?;
        let mut next = || {
            let (word, rest) = left.split_first_chunk::<8>()?;
            left = rest;
            Some(*word)
        };
        let cut_off = EndedPassesError::CutOff { bytes: bytes.len() };
        let mut ended = Self::default();
        while let Some(day) = next() {
            let count = u64::from_be_bytes(next().ok_or(cut_off)?);
            for _ in 0..count {
                ended.insert(i64::from_be_bytes(day), u64::from_be_bytes(next().ok_or(cut_off)?));
            }
        }
        if left.is_empty() { Ok(ended) } else { Err(cut_off) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    const NOW: Instant = Instant::from_secs(1_800_000_000);
    const DAY: Duration = Duration::from_secs(86_400);

    fn holder(n: u64) -> u128 {
        u128::from(n) << 64 | 5
    }

    #[test]
    fn remembers_an_end_for_as_long_as_a_copy_could_live() {
        let mut ended = EndedPasses::default();
        ended.end(holder(1), NOW);
        ended.end(holder(1), NOW.plus(DAY));
        assert!(ended.contains(holder(1)) && !ended.contains(holder(2)));
        assert_eq!(ended.len(), 1);
        ended.prune(NOW.plus(UPSTREAM_PASS_IDLE_MAX));
        assert!(ended.contains(holder(1)));
        ended.prune(NOW.plus(UPSTREAM_PASS_IDLE_MAX).plus(DAY * 2));
        assert!(ended.is_empty() && !ended.contains(holder(1)));
    }

    #[test]
    fn forgets_the_oldest_day_when_it_is_full() {
        let mut ended = EndedPasses::default();
        ended.end(holder(u64::MAX), NOW);
        for n in 0..ENDED_PASSES_MAX as u64 {
            ended.end(holder(n), NOW.plus(DAY));
        }
        assert_eq!(ended.len(), ENDED_PASSES_MAX);
        assert!(!ended.contains(holder(u64::MAX)) && ended.contains(holder(0)));
    }

    #[test]
    fn a_clock_that_was_set_back_loses_nothing() {
        let mut ended = EndedPasses::default();
        ended.end(holder(1), NOW.plus(DAY * 3));
        ended.end(holder(2), NOW);
        assert!(ended.contains(holder(1)) && ended.contains(holder(2)));
    }

    #[test]
    fn says_what_is_wrong_with_a_file() {
        assert_eq!(EndedPasses::from_bytes(b"").err(), Some(EndedPassesError::Header));
        let mut ended = EndedPasses::default();
        ended.end(holder(1), NOW);
        let bytes = ended.to_bytes();
        for cut in 9..bytes.len() {
            assert_eq!(EndedPasses::from_bytes(&bytes[..cut]).err(), Some(EndedPassesError::CutOff { bytes: cut }));
        }
    }

    proptest! {
        #[test]
        fn reads_back(ends in proptest::collection::vec((0_u64..6, any::<u64>()), 0..40)) {
            let mut ended = EndedPasses::default();
            for (day, n) in &ends {
                ended.end(holder(*n), NOW.plus(DAY * *day as u32));
            }
            let again = EndedPasses::from_bytes(&ended.to_bytes()).unwrap();
            prop_assert_eq!(again.len(), ended.len());
            prop_assert!(ends.iter().all(|(_, n)| again.contains(holder(*n)) == ended.contains(holder(*n))));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = EndedPasses::from_bytes(&bytes);
            let _ = EndedPasses::from_bytes(&[HEADER.as_slice(), &bytes].concat());
        }
    }
}
