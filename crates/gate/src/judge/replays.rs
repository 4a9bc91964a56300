//! Tickets and entries that come from too many networks at once to be one person's.

use crate::limits::WINDOW;
use preau_base::Instant;

/// What is remembered, 24 bytes each; a newer one takes an older one's place.
const PLACES: usize = 4_096;
/// A telephone that changes from the school's network to its own has two in a window.
const NETWORKS_MAX: u32 = 5;

#[derive(Clone, Copy, Debug)]
struct Place {
    face: u64,
    /// Networks as a bitmap of hashes.
    networks: u64,
    since: Instant,
}

#[derive(Debug)]
pub(super) struct Replays(Vec<Place>);

impl Default for Replays {
    fn default() -> Self {
        Self(vec![Place { face: 0, networks: 0, since: Instant::EPOCH }; PLACES])
    }
}

impl Replays {
    /// Whether this face is shown from more networks than one person has.
    pub(super) fn is_replayed(&mut self, face: u64, network: u64, now: Instant) -> bool {
        let Some(place) = self.0.get_mut(face as usize % PLACES) else { return false };
        if place.face != face || now.since(place.since) >= WINDOW {
            *place = Place { face, networks: 0, since: now };
        }
        place.networks |= 1 << ((network >> 32) % 64);
        place.networks.count_ones() > NETWORKS_MAX
    }
}
