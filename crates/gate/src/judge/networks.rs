//! What each network did in the last five seconds, in bounded space.

use super::hash;
use crate::limits::{WATCHED_NETWORKS_MAX, WINDOW};
use preau_base::{Cidr, Instant};

/// What is counted for each network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Count {
    /// Requests of any kind.
    Requests,
    /// Pages and calls without a pass, a ticket or an entry that we once gave: anybody can send them.
    Bare,
    /// Files and polls, which browsers fetch by themselves after a page.
    Files,
    /// Bare ones with a query that was not seen in the last minutes.
    NewQueries,
    /// Bare ones that were given a place in line.
    Tickets,
    TurnedAway,
    /// Passwords sent.
    Tries,
    Wrong,
    Forged,
    /// Connections and what else ended without a request.
    Refused,
    Handshakes,
    Slow,
    Large,
    /// What its requests are estimated to cost in the application, in parts of a millisecond: [`COSTS_PER_MS`].
    Cost,
}

/// Units of [`Count::Cost`] in a millisecond.
pub(super) const COSTS_PER_MS: f64 = 10.0;

const COUNTS: usize = Count::Cost as usize + 1;
/// One second each, the one that goes on included.
const SECONDS: usize = WINDOW.as_secs() as usize;
/// A key has this many places in the table; the one with the fewest requests gives way (a set-associative form of
/// Space-Saving, Metwally et al. 2005).
const WAYS: usize = 8;
const SETS: usize = WATCHED_NETWORKS_MAX / WAYS;
/// A network that began this short ago has had no time to fetch files.
const YOUNG_S: i64 = 2;

#[derive(Clone, Copy, Debug)]
struct Slot {
    network: Cidr,
    /// An IPv6 /48, whose networks are counted one by one too.
    wide: bool,
    first_s: i64,
    last_s: i64,
    seconds: [[u16; COUNTS]; SECONDS],
    /// People who showed something that we gave them, as a bitmap of hashes a second (linear counting, Whang et al.
    /// 1990).
    faces: [u64; SECONDS],
}

/// One network's last five seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) network: Cidr,
    pub(super) wide: bool,
    counts: [u32; COUNTS],
    faces: u64,
    pub(super) young: bool,
}

/// From this many on, the people of a network are too many to be counted: it is a school or a carrier.
const FACES_MANY: u32 = 44;

impl Seen {
    pub(super) fn of(&self, count: Count) -> f64 {
        f64::from(self.counts[count as usize])
    }

    /// Distinct people, estimated; infinite from about 75 on.
    pub(super) fn people(&self) -> f64 {
        let ones = self.faces.count_ones();
        if ones >= FACES_MANY {
            return f64::INFINITY;
        }
        -64.0 * (1.0 - f64::from(ones) / 64.0).ln()
    }

    /// Nothing that a browser does by itself was seen here, only what a program can send.
    pub(super) fn is_faceless(&self) -> bool {
        self.faces == 0 && self.of(Count::Files) == 0.0
    }
}

/// Bits of one generation of [`Forgotten`]: 32 KB.
const FORGOTTEN_BITS: usize = 1 << 18;

/// Networks of people whose place another has taken, over one to two windows (a Bloom filter of two generations, Bloom
/// 1970): in a crowd of more networks than are watched, most are forgotten, and are people's all the same.
#[derive(Debug)]
struct Forgotten {
    young: Vec<u64>,
    old: Vec<u64>,
    turned_s: i64,
}

impl Forgotten {
    fn new() -> Self {
        Self { young: vec![0; FORGOTTEN_BITS / 64], old: vec![0; FORGOTTEN_BITS / 64], turned_s: 0 }
    }

    fn bits(key: u64) -> [usize; 2] {
        [key as usize % FORGOTTEN_BITS, (key >> 32) as usize % FORGOTTEN_BITS]
    }

    fn add(&mut self, key: u64, now_s: i64) {
        if now_s.abs_diff(self.turned_s) >= SECONDS as u64 {
            std::mem::swap(&mut self.young, &mut self.old);
            self.young.fill(0);
            self.turned_s = now_s;
        }
        Self::bits(key).iter().for_each(|bit| self.young[bit / 64] |= 1 << (bit % 64));
    }

    fn has(&self, key: u64) -> bool {
        let has = |words: &[u64]| Self::bits(key).iter().all(|bit| words[bit / 64] >> (bit % 64) & 1 == 1);
        has(&self.young) || has(&self.old)
    }
}

#[derive(Debug)]
pub(super) struct Networks {
    seed: u64,
    forgotten: Forgotten,
    /// 0 is an empty place.
    keys: Vec<u64>,
    slots: Vec<Slot>,
}

impl Networks {
    pub(super) fn new(seed: u64) -> Self {
        let empty = Slot {
            network: Cidr::of_client(std::net::Ipv4Addr::UNSPECIFIED.into()),
            wide: false,
            first_s: 0,
            last_s: 0,
            seconds: [[0; COUNTS]; SECONDS],
            faces: [0; SECONDS],
        };
        Self { seed, forgotten: Forgotten::new(), keys: vec![0; SETS * WAYS], slots: vec![empty; SETS * WAYS] }
    }

    pub(super) fn key(&self, network: Cidr) -> u64 {
        hash::of_network(self.seed, network).max(1)
    }

    pub(super) fn add(&mut self, network: Cidr, wide: bool, counts: &[(Count, u32)], face: Option<u64>, now: Instant) {
        let now_s = now.as_secs();
        let slot = self.slot(network, wide, now_s);
        slot.advance(now_s);
        let second = now_s.rem_euclid(SECONDS as i64) as usize;
        for (count, by) in counts {
            let cell = &mut slot.seconds[second][*count as usize];
            *cell = cell.saturating_add(u16::try_from(*by).unwrap_or(u16::MAX));
        }
        if let Some(face) = face {
            slot.faces[second] |= 1 << (face % 64);
        }
    }

    fn slot(&mut self, network: Cidr, wide: bool, now_s: i64) -> &mut Slot {
        let key = self.key(network);
        let set = set_of(key);
        let found = self.keys[set..set + WAYS].iter().position(|other| *other == key);
        let at = set + found.unwrap_or_else(|| self.least_of(set, now_s));
        let slot = &mut self.slots[at];
        if found.is_none() {
            if self.keys[at] != 0 && !slot.seen(now_s).is_faceless() {
                self.forgotten.add(self.keys[at], now_s);
            }
            self.keys[at] = key;
            *slot = Slot {
                network,
                wide,
                first_s: now_s,
                last_s: now_s,
                seconds: [[0; COUNTS]; SECONDS],
                faces: [0; SECONDS],
            };
        }
        slot
    }

    /// The place whose network did the least, an empty one first, then the one that was heard of least recently.
    fn least_of(&self, set: usize, now_s: i64) -> usize {
        let rank = |way: &usize| {
            let slot = &self.slots[set + way];
            if self.keys[set + way] == 0 {
                return (0, i64::MIN);
            }
            (slot.requests(now_s), slot.last_s)
        };
        (0..WAYS).min_by_key(rank).unwrap_or(0)
    }

    pub(super) fn seen(&self, network: Cidr, now: Instant) -> Option<Seen> {
        self.seen_key(self.key(network), now)
    }

    pub(super) fn seen_key(&self, key: u64, now: Instant) -> Option<Seen> {
        let set = set_of(key);
        let at = set + self.keys[set..set + WAYS].iter().position(|other| *other == key)?;
        Some(self.slots[at].seen(now.as_secs()))
    }

    /// Whether this network showed people before another took its place.
    pub(super) fn was_people(&self, key: u64) -> bool {
        self.forgotten.has(key)
    }

    /// Every network of the last five seconds.
    pub(super) fn all(&self, now: Instant) -> impl Iterator<Item = Seen> + '_ {
        let now_s = now.as_secs();
        let held = self
            .keys
            .iter()
            .zip(&self.slots)
            .filter(move |(key, slot)| **key != 0 && now_s.saturating_sub(slot.last_s) < SECONDS as i64);
        held.map(move |(_, slot)| slot.seen(now_s))
    }
}

fn set_of(key: u64) -> usize {
    (key >> 16) as usize % SETS * WAYS
}

impl Slot {
    /// Empties the seconds that have gone by since this network was last heard of.
    fn advance(&mut self, now_s: i64) {
        let passed = now_s.saturating_sub(self.last_s).clamp(0, SECONDS as i64);
        for back in 0..passed {
            let second = (now_s - back).rem_euclid(SECONDS as i64) as usize;
            self.seconds[second] = [0; COUNTS];
            self.faces[second] = 0;
        }
        if passed >= SECONDS as i64 {
            self.first_s = now_s;
        }
        self.last_s = self.last_s.max(now_s);
    }

    /// Of the window.
    fn requests(&self, now_s: i64) -> u32 {
        let oldest = now_s - SECONDS as i64 + 1;
        let seconds = (self.last_s - SECONDS as i64 + 1).max(oldest)..=self.last_s;
        seconds
            .map(|at_s| u32::from(self.seconds[at_s.rem_euclid(SECONDS as i64) as usize][Count::Requests as usize]))
            .sum()
    }

    fn seen(&self, now_s: i64) -> Seen {
        let mut counts = [0_u32; COUNTS];
        let mut faces = 0;
        let oldest = now_s - SECONDS as i64 + 1;
        for at_s in (self.last_s - SECONDS as i64 + 1).max(oldest)..=self.last_s {
            let second = at_s.rem_euclid(SECONDS as i64) as usize;
            for (sum, count) in counts.iter_mut().zip(&self.seconds[second]) {
                *sum += u32::from(*count);
            }
            faces |= self.faces[second];
        }
        Seen { network: self.network, wide: self.wide, counts, faces, young: now_s - self.first_s < YOUNG_S }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::{Rng, SeededRng};
    use std::time::Duration;

    const NOW: Instant = Instant::from_secs(1_800_000_000);

    fn network(n: u32) -> Cidr {
        Cidr::of_client(std::net::Ipv4Addr::from_bits(n).into())
    }

    #[test]
    fn the_window_slides_and_forgets() {
        let mut networks = Networks::new(1);
        for second in 0..10 {
            let now = NOW.plus(Duration::from_secs(second));
            networks.add(network(1), false, &[(Count::Requests, 2)], Some(second), now);
            let expected = 2.0 * (second + 1).min(5) as f64;
            assert_eq!(networks.seen(network(1), now).unwrap().of(Count::Requests), expected);
        }
        let later = |s| networks.seen(network(1), NOW.plus(Duration::from_secs(s))).unwrap().of(Count::Requests);
        assert_eq!((later(11), later(13), later(14), later(100)), (6.0, 2.0, 0.0, 0.0));
        assert_eq!(networks.all(NOW.plus(Duration::from_secs(14))).count(), 0);
    }

    #[test]
    fn a_heavy_network_stays_seen_among_a_flood_of_new_ones() {
        let (seed, mut networks) = (3, Networks::new(3));
        let mut rng = SeededRng::new(seed);
        for n in 0..400_000_u64 {
            let now = NOW.plus(Duration::from_millis(n / 100));
            let one = network(u32::try_from(rng.below(1 << 32)).unwrap());
            networks.add(one, false, &[(Count::Requests, 1)], None, now);
            if n % 1_000 == 0 {
                networks.add(network(7), false, &[(Count::Requests, 1)], None, now);
            }
        }
        let heavy =
            networks.seen(network(7), NOW.plus(Duration::from_secs(3))).map_or(0.0, |seen| seen.of(Count::Requests));
        assert!(heavy > 300.0, "seed {seed}: {heavy} of 400 requests counted");
        assert!(networks.all(NOW.plus(Duration::from_secs(3))).count() <= WATCHED_NETWORKS_MAX);
    }

    #[test]
    fn people_are_counted_until_they_are_many() {
        let mut networks = Networks::new(1);
        for person in 0..10_u64 {
            for _ in 0..50 {
                networks.add(network(1), false, &[(Count::Requests, 1)], Some(hash::mix(9, person)), NOW);
            }
        }
        let people = networks.seen(network(1), NOW).unwrap().people();
        assert!((6.0..14.0).contains(&people), "{people}");
        (0..1_000).for_each(|person| networks.add(network(1), false, &[], Some(hash::mix(9, person)), NOW));
        assert!(networks.seen(network(1), NOW).unwrap().people().is_infinite());
    }
}
