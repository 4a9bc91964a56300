//! Tickets that become a place in line when they come back. They cost nothing to give, so that a network whose bots throw
//! tickets away does not keep its people from getting theirs: whoever keeps a cookie comes back with it.

use crate::limits::{AGAIN_WITHIN, EXCHANGES_MAX, TURN_KEPT};
use crate::waiting::{Room, Ticket};
use preau_base::Instant;
use std::collections::HashMap;

/// The rooms of promises have numbers from here on; no [`Room`] has.
pub(super) const PROMISED: u64 = 1 << 63;

/// Promises of one block: 512 bytes of bits.
const BLOCK_PROMISES: u64 = 4_096;

/// A bit a promise, whether it was exchanged; in blocks that are made when first written to.
#[derive(Debug, Default)]
struct Exchanged {
    blocks: HashMap<u64, Box<[u64; 64]>>,
}

impl Exchanged {
    fn add(&mut self, serial: u64) {
        let block = self.blocks.entry(serial / BLOCK_PROMISES).or_insert_with(|| Box::new([0; 64]));
        let within = serial % BLOCK_PROMISES;
        block[(within / 64) as usize] |= 1 << (within % 64);
    }

    fn has(&self, serial: u64) -> bool {
        let within = serial % BLOCK_PROMISES;
        let block = self.blocks.get(&(serial / BLOCK_PROMISES));
        block.is_some_and(|block| block[(within / 64) as usize] >> (within % 64) & 1 == 1)
    }

    fn memory_bytes(&self) -> usize {
        self.blocks.capacity() * size_of::<(u64, Box<[u64; 64]>)>() + self.blocks.len() * size_of::<[u64; 64]>()
    }
}

/// What a promise was exchanged for, and from which network. No promise has the number 0.
#[derive(Clone, Copy, Debug, Default)]
struct Exchange {
    promise: u64,
    room: u64,
    serial: u64,
    prefix: u64,
    at: Instant,
}

/// Each is good for [`TURN_KEPT`] and for one place. A bit says of each whether it was exchanged; two generations of them
/// are kept, each as long as that.
#[derive(Debug)]
pub(super) struct Promises {
    /// The number of the generation.
    room: u64,
    since: Instant,
    given: u64,
    newest: Exchanged,
    older: Exchanged,
    /// The last exchanges, by the low bits of the promise: two tabs are one place, and an answer may get lost.
    last: Vec<Exchange>,
}

impl Promises {
    pub fn new(number: u64, now: Instant) -> Self {
        let (newest, older) = (Exchanged::default(), Exchanged::default());
        Self { room: number | PROMISED, since: now, given: 0, newest, older, last: Vec::new() }
    }

    pub const fn is_promise(ticket: &Ticket) -> bool {
        ticket.room & PROMISED != 0
    }

    /// Each has a number of its own: one that many people showed would look copied to the judge.
    pub const fn give(&mut self, now: Instant) -> Ticket {
        self.given += 1;
        Ticket { room: self.room, serial: self.given, issued: now, promised: None }
    }

    /// Whether it was given here, and lately.
    pub fn knows(&self, promise: &Ticket, now: Instant) -> bool {
        let is_fresh = now.since(promise.issued) <= TURN_KEPT && promise.issued <= now;
        is_fresh && (promise.room == self.room || promise.room == previous(self.room))
    }

    /// Whether it may still become a place.
    pub fn is_unused(&self, promise: &Ticket, now: Instant) -> bool {
        let exchanged = if promise.room == self.room { &self.newest } else { &self.older };
        self.knows(promise, now) && !exchanged.has(promise.serial)
    }

    /// The place in line for a promise: a new one the first time; the same for whoever shows it again from the same network
    /// within [`AGAIN_WITHIN`]. None for any other copy, for one that is too old, and where no place is left.
    pub fn redeem(&mut self, promise: &Ticket, prefix: u64, room: &mut Room, now: Instant) -> Option<Ticket> {
        if !self.knows(promise, now) {
            return None;
        }
        if !self.is_unused(promise, now) {
            return self.again(promise, prefix, now);
        }
        let place = room.issue(now)?;
        let exchanged = if promise.room == self.room { &mut self.newest } else { &mut self.older };
        exchanged.add(promise.serial);
        if self.last.is_empty() {
            self.last = vec![Exchange::default(); EXCHANGES_MAX];
        }
        let exchange = Exchange { promise: promise.serial, room: place.room, serial: place.serial, prefix, at: now };
        if let Some(slot) = self.last.get_mut(slot_of(promise)) {
            *slot = exchange;
        }
        Some(place)
    }

    fn again(&self, promise: &Ticket, prefix: u64, now: Instant) -> Option<Ticket> {
        let exchange = self.last.get(slot_of(promise))?;
        let is_same = exchange.promise == promise.serial && exchange.prefix == prefix;
        let place = Ticket { room: exchange.room, serial: exchange.serial, issued: exchange.at, promised: None };
        (is_same && now.since(exchange.at) <= AGAIN_WITHIN).then_some(place)
    }

    /// Forgets those that are too old, a generation at a time.
    pub fn tick(&mut self, now: Instant) {
        if now.since(self.since) > TURN_KEPT || now < self.since {
            self.since = now;
            self.room = self.room.wrapping_add(1) | PROMISED;
            self.older = std::mem::take(&mut self.newest);
        }
    }

    pub fn memory_bytes(&self) -> usize {
        let bits = self.newest.memory_bytes() + self.older.memory_bytes();
        bits + self.last.capacity() * size_of::<Exchange>()
    }
}

const fn previous(room: u64) -> u64 {
    room.wrapping_sub(1) | PROMISED
}

/// Where an exchange is remembered until as many others came after it.
const fn slot_of(promise: &Ticket) -> usize {
    (promise.serial % EXCHANGES_MAX as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::{Rng, SeededRng};
    use std::collections::HashMap;
    use std::time::Duration;

    const NOW: Instant = Instant::from_secs(1_800_000_000);

    fn room() -> Room {
        Room::new(1, [7; 32], None, NOW)
    }

    #[test]
    fn a_promise_is_one_place_however_often_it_is_copied() {
        let (mut promises, mut room) = (Promises::new(5, NOW), room());
        let promise = promises.give(NOW);
        let place = promises.redeem(&promise, 1, &mut room, NOW).unwrap();
        for second in 0..=AGAIN_WITHIN.as_secs() {
            let later = NOW.plus(Duration::from_secs(second));
            assert_eq!(promises.redeem(&promise, 1, &mut room, later), Some(place), "another tab");
            assert_eq!(promises.redeem(&promise, 2, &mut room, later), None, "a copy elsewhere");
        }
        let late = NOW.plus(AGAIN_WITHIN + Duration::from_secs(1));
        assert_eq!(promises.redeem(&promise, 1, &mut room, late), None);
        assert_eq!(room.issued(), 1);
    }

    /// Over hours, with copies at any time from anywhere: no promise is ever two places, and whoever comes in time has one.
    #[test]
    fn no_promise_is_ever_two_places() {
        for seed in 0..20 {
            let mut rng = SeededRng::new(seed);
            let (mut promises, mut room) = (Promises::new(rng.next_u64(), NOW), room());
            let (mut given, mut places, mut now) = (Vec::new(), HashMap::new(), NOW);
            for _ in 0..5_000 {
                now = now.plus(Duration::from_millis(rng.below(4_000)));
                promises.tick(now);
                given.push(promises.give(now));
                let back = rng.below(given.len().min(600) as u64) as usize;
                let promise = given[given.len() - 1 - back];
                let is_fresh = now.since(promise.issued) <= TURN_KEPT;
                let place = promises.redeem(&promise, rng.below(2), &mut room, now);
                let before = places.get(&promise.serial);
                assert!(before.is_some() || place.is_some() == is_fresh, "seed {seed}: {promise:?}");
                if let Some(place) = place {
                    let first = *places.entry(promise.serial).or_insert(place);
                    assert_eq!(place, first, "seed {seed}: {promise:?}");
                }
            }
            assert_eq!(room.issued(), places.len() as u64, "seed {seed}");
        }
    }

    /// A flood of promises of which few come back: a bit each, and none of an hour ago.
    #[test]
    fn promises_take_at_most_two_bits_each_and_are_forgotten() {
        let (mut promises, mut room) = (Promises::new(5, NOW), room());
        let fixed = (EXCHANGES_MAX * size_of::<Exchange>()) as u64;
        let mut given = 0;
        for second in 0..7_200 {
            let now = NOW.plus(Duration::from_secs(second));
            promises.tick(now);
            for number in 0..2_000 {
                let promise = promises.give(now);
                given += 1;
                if number % 500 == 0 {
                    assert!(promises.redeem(&promise, 1, &mut room, now).is_some());
                }
            }
            let kept = given.min(2 * 900 * 2_000 + 4_000);
            let bits = (promises.memory_bytes() as u64).saturating_sub(fixed) * 8;
            assert!(bits <= kept * 2 + 8_192, "second {second}: {bits} bits of {kept}");
        }
    }
}
