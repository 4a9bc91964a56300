//! Networks from which somebody with a valid pass was seen in the last 30 days.

use crate::limits::{KNOWN_NETWORK_DAYS, KNOWN_NETWORKS_MAX};
use aws_lc_rs::digest::{SHA256, digest};
use preau_base::{Cidr, Instant};
use std::collections::HashMap;
use std::sync::Arc;

const DAY_S: i64 = 86_400;
/// What the bytes begin with; the digit is the version of the format.
const MAGIC: &[u8; 8] = b"PREAUNH1";
const CHECKSUM_BYTES: usize = 16;
/// Network 8, day 4; big-endian.
const ENTRY_BYTES: usize = 12;
const PIECES: usize = 256;
const PIECE_NETWORKS_MAX: usize = KNOWN_NETWORKS_MAX / PIECES;

/// Why kept bytes are no history. The gate goes on with an empty one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HistoryError {
    #[error("this is no history of networks, or one of another version")]
    Format,
    #[error("the history of networks is damaged: its checksum does not fit")]
    Checksum,
}

/// A set bounded by [`KNOWN_NETWORKS_MAX`] with the day on which each network was last seen. Only valid passes make a
/// network known, so a flood cannot push others out; when a piece of it is full, those of its oldest day go.
///
/// A network is kept as a number of 64 bits: two of a million meet with a probability of one in 10⁷.
///
/// In pieces, so that nothing that is done to it at once takes long: a copy shares them, and what is changed after it is
/// one piece.
#[derive(Clone, Debug)]
pub struct History {
    pieces: Vec<Arc<Piece>>,
}

#[derive(Clone, Debug, Default)]
struct Piece {
    days: HashMap<u64, u32>,
    today: u32,
    /// The day on which every place was found taken by a network of that day: none is free before the next.
    full_on: Option<u32>,
}

impl Default for History {
    fn default() -> Self {
        Self { pieces: vec![Arc::default(); PIECES] }
    }
}

impl Piece {
    fn learn(&mut self, key: u64, today: u32) {
        if today != self.today {
            self.today = today;
            self.days.retain(|_, day| is_recent(*day, today));
        }
        if self.days.len() >= PIECE_NETWORKS_MAX && !self.days.contains_key(&key) {
            if self.full_on == Some(today) {
                return;
            }
            let oldest = self.days.values().copied().min().unwrap_or(0);
            if oldest >= today {
                self.full_on = Some(today);
                return;
            }
            self.days.retain(|_, day| *day > oldest);
        }
        self.days.insert(key, today);
    }
}

impl History {
    pub(super) fn learn(&mut self, network: Cidr, now: Instant) {
        let (key, today) = (key_of(network), day_of(now));
        let Some(piece) = self.pieces.get_mut(piece_of(key)) else { return };
        // Most networks are seen again and again: nothing is copied for what is known already.
        if piece.days.get(&key) != Some(&today) && (piece.full_on != Some(today) || piece.days.contains_key(&key)) {
            Arc::make_mut(piece).learn(key, today);
        }
    }

    /// Whether somebody with a valid pass was seen from `network` in the last 30 days.
    pub fn knows(&self, network: Cidr, now: Instant) -> bool {
        let key = key_of(network);
        let day = self.pieces.get(piece_of(key)).and_then(|piece| piece.days.get(&key));
        day.is_some_and(|day| is_recent(*day, day_of(now)))
    }

    pub(super) fn len(&self) -> usize {
        self.pieces.iter().map(|piece| piece.days.len()).sum()
    }

    /// Versioned, with a checksum. Holds addresses' hashes, nothing else.
    pub fn to_bytes(&self) -> Vec<u8> {
        let days = self.pieces.iter().flat_map(|piece| &piece.days);
        let mut entries: Vec<(u64, u32)> = days.map(|(key, day)| (*key, *day)).collect();
        entries.sort_unstable();
        let mut bytes = Vec::with_capacity(MAGIC.len() + entries.len() * ENTRY_BYTES + CHECKSUM_BYTES);
        bytes.extend_from_slice(MAGIC);
        for (key, day) in entries {
            bytes.extend_from_slice(&key.to_be_bytes());
            bytes.extend_from_slice(&day.to_be_bytes());
        }
        let checksum = digest(&SHA256, &bytes);
        bytes.extend(checksum.as_ref().iter().take(CHECKSUM_BYTES));
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8], now: Instant) -> Result<Self, HistoryError> {
        let body = bytes.strip_prefix(MAGIC).ok_or(HistoryError::Format)?;
        let (entries, checksum) = body.split_last_chunk::<CHECKSUM_BYTES>().ok_or(HistoryError::Format)?;
        let sealed = bytes.get(..bytes.len() - CHECKSUM_BYTES).ok_or(HistoryError::Format)?;
        if digest(&SHA256, sealed).as_ref().get(..CHECKSUM_BYTES) != Some(checksum.as_slice()) {
            return Err(HistoryError::Checksum);
        }
        let (entries, rest) = entries.as_chunks::<ENTRY_BYTES>();
        if !rest.is_empty() || entries.len() > KNOWN_NETWORKS_MAX {
            return Err(HistoryError::Format);
        }
        let today = day_of(now);
        let mut pieces = vec![Piece { today, ..Piece::default() }; PIECES];
        for entry in entries {
            let (Some(key), Some(day)) = (entry.first_chunk(), entry.last_chunk()) else { continue };
            let (key, day) = (u64::from_be_bytes(*key), u32::from_be_bytes(*day));
            if let Some(piece) = pieces.get_mut(piece_of(key)).filter(|_| is_recent(day, today))
                && piece.days.len() < PIECE_NETWORKS_MAX
            {
                piece.days.insert(key, day);
            }
        }
        Ok(Self { pieces: pieces.into_iter().map(Arc::new).collect() })
    }
}

/// The numbers are hashes already: any part of their bits spreads them.
fn piece_of(key: u64) -> usize {
    usize::try_from(key >> 56).unwrap_or(0) % PIECES
}

fn day_of(now: Instant) -> u32 {
    u32::try_from(now.as_secs().div_euclid(DAY_S)).unwrap_or(0)
}

/// A day that is not yet is not recent either: a clock that was wrong must not make networks known for ever.
fn is_recent(day: u32, today: u32) -> bool {
    day <= today && today - day <= KNOWN_NETWORK_DAYS
}

/// The same over restarts and machines, so it has no secret; nobody chooses what is put in here.
fn key_of(network: Cidr) -> u64 {
    super::hash::of_network(0, network)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Instant = Instant::from_secs(1_800_000_000);

    fn network(n: u32) -> Cidr {
        Cidr::of_client(std::net::Ipv4Addr::from_bits(n).into())
    }

    fn days_later(days: i64) -> Instant {
        Instant::from_secs(NOW.as_secs() + days * DAY_S)
    }

    #[test]
    fn a_network_is_known_for_thirty_days() {
        let mut history = History::default();
        history.learn(network(1), NOW);
        assert!(history.knows(network(1), days_later(30)));
        assert!(!history.knows(network(1), days_later(31)));
        assert!(!history.knows(network(2), NOW));
        history.learn(network(2), days_later(31));
        assert!(!history.knows(network(1), days_later(31)), "the first is forgotten");
        for n in 0..10_000 {
            history.learn(network(n), days_later(62));
        }
        assert!(history.len() == 10_000, "and its place is free once others of its piece are learned");
    }

    #[test]
    fn bytes_read_back_and_damage_is_noticed() {
        let mut history = History::default();
        (0..1_000).for_each(|n| history.learn(network(n), NOW));
        let bytes = history.to_bytes();
        let back = History::from_bytes(&bytes, NOW).unwrap();
        assert!((0..1_000).all(|n| back.knows(network(n), NOW)) && back.len() == 1_000);
        assert_eq!(History::from_bytes(&bytes, days_later(31)).unwrap().len(), 0);
        for at in [8, 100, bytes.len() - 1] {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert_eq!(History::from_bytes(&damaged, NOW).unwrap_err(), HistoryError::Checksum);
        }
        assert_eq!(History::from_bytes(&bytes[..bytes.len() - 12], NOW).unwrap_err(), HistoryError::Checksum);
        assert_eq!(History::from_bytes(b"PREAUNH9", NOW).unwrap_err(), HistoryError::Format);
    }

    #[test]
    fn a_full_history_forgets_its_oldest_day_and_never_grows() {
        let mut history = History::default();
        (0..10).for_each(|n| history.learn(network(n), NOW));
        let tomorrow = days_later(1);
        let most = u32::try_from(KNOWN_NETWORKS_MAX).unwrap();
        for n in 10..most + most / 8 {
            history.learn(network(n), tomorrow);
        }
        assert!(history.len() <= KNOWN_NETWORKS_MAX && history.len() >= KNOWN_NETWORKS_MAX / 100 * 99);
        assert!(!history.knows(network(1), tomorrow) && history.knows(network(10), tomorrow));
        let late = network(u32::MAX);
        history.learn(late, tomorrow);
        assert!(!history.knows(late, tomorrow), "no place is left today");
        let after = days_later(2);
        history.learn(late, after);
        assert!(history.knows(late, after), "the next day has places again");
    }

    #[test]
    fn a_copy_stays_what_it_was_and_costs_one_piece_of_what_changes() {
        let mut history = History::default();
        (0..50_000).for_each(|n| history.learn(network(n), NOW));
        let copy = history.clone();
        history.learn(network(60_000), NOW);
        assert!(history.knows(network(60_000), NOW) && !copy.knows(network(60_000), NOW));
        let apart = history.pieces.iter().zip(&copy.pieces).filter(|(one, other)| !Arc::ptr_eq(one, other)).count();
        assert_eq!(apart, 1);
        let again = history.clone();
        (0..50_000).for_each(|n| history.learn(network(n), NOW));
        let same = history.pieces.iter().zip(&again.pieces).all(|(one, other)| Arc::ptr_eq(one, other));
        assert!(same, "whoever is known already changes nothing");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), with_magic in any::<bool>()) {
            let bytes = if with_magic { [MAGIC.as_slice(), &bytes].concat() } else { bytes };
            prop_assert!(History::from_bytes(&bytes, NOW).is_err());
        }
    }
}
