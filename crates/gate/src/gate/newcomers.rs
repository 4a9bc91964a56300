//! How many people without a pass come in: the pace of the line, the doors, and the room behind them.

use super::network::mix;
use super::promises::{PROMISED, Promises};
use crate::decision::Reason;
use crate::limits::{ABSENT_TICKETS_MAX, EXPECTED_FOR, TICKETS_MAX};
use crate::request::HolderKey;
use crate::settings::{Doors, Settings};
use crate::waiting::{Entry, Room, Ticket};
use aws_lc_rs::digest::{SHA256, digest};
use preau_base::{Instant, Rng};
use std::time::Duration;

/// The line moves at least so fast whenever it moves at all, in people a second, or this share of the limit: what is
/// slower cannot be measured, and costs those who come before less than they notice.
const PACE_MIN: f64 = 0.5;
const PACE_MIN_OF_LIMIT: f64 = 1.0 / 64.0;
/// The pace grows by this a second until the first sign that it is too much.
const SLOW_START: f64 = 1.05;
/// After that it grows by this share of the limit, and of itself, a second; and falls by this factor, once in each round
/// (additive increase, multiplicative decrease: Chiu & Jain 1989). A round is what passes between a call and the
/// requests that come of it: people come at their next poll, and ask for a dozen pages within the minute.
const RISE_OF_LIMIT: f64 = 1.0 / 64.0;
const RISE_OF_ITSELF: f64 = 0.03;
const FALL: f64 = 0.7;
const ROUND: Duration = Duration::from_secs(10);
/// People called and not come yet are at most those of this time, and a few: who was called comes at their next poll.
const EXPECTED_SPARE: u64 = 8;

/// What the application has to say about the pace.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load {
    /// Requests that may be at work.
    pub limit: u32,
    /// How full the part of newcomers is: 1 is full.
    pub full: f64,
    /// Somebody with a pass, or let in before, is held because there is no room.
    pub someone_held: bool,
}

/// One second more than a minute, so that no minute whatever has more than it counts.
const MINUTE_S: usize = 61;

/// Counts of the last sixty seconds, and the one that is running.
#[derive(Debug)]
struct Minute {
    seconds: [u32; MINUTE_S],
    second: i64,
    total: u64,
}

impl Minute {
    fn turn(&mut self, now: Instant) {
        let now_s = now.as_secs();
        let passed = usize::try_from(now_s.saturating_sub(self.second)).unwrap_or(0).min(MINUTE_S);
        for step in 0..passed {
            let at = (now_s - step as i64).rem_euclid(MINUTE_S as i64) as usize;
            self.total -= u64::from(std::mem::take(&mut self.seconds[at]));
        }
        if now_s != self.second {
            self.second = now_s;
        }
    }

    fn add(&mut self, people: u32, now: Instant) {
        self.turn(now);
        let second = &mut self.seconds[now.as_secs().rem_euclid(MINUTE_S as i64) as usize];
        let added = people.min(u32::MAX - *second);
        *second += added;
        self.total += u64::from(added);
    }
}

/// How fast newcomers come in, found by trying: nobody has to guess a number.
///
/// It begins with as many people a second as there are places at work, and rises while all goes well and it is
/// used; it falls when somebody who is in has to be held, or the part of newcomers is full. While that lasts, next to
/// nobody is called.
#[derive(Debug)]
pub(super) struct Pace {
    /// People a second.
    rate: f64,
    credit: f64,
    climbing: bool,
    /// Whether the credit was used up in the last ticks: a pace that nobody needs does not rise.
    wanted: bool,
    moved: Instant,
    fell: Instant,
    minute: Minute,
}

impl Pace {
    pub fn new(limit: u32, now: Instant) -> Self {
        let rate = f64::from(limit);
        let minute = Minute { seconds: [0; MINUTE_S], second: now.as_secs(), total: 0 };
        Self { rate, credit: rate, climbing: true, wanted: false, moved: now, fell: now, minute }
    }

    pub fn tick(&mut self, load: Load, now: Instant) {
        let passed = now.since(self.moved).min(Duration::from_secs(1)).as_secs_f64();
        self.moved = now;
        let least = PACE_MIN.max(f64::from(load.limit) * PACE_MIN_OF_LIMIT);
        let mut gained = self.rate;
        if load.someone_held || load.full >= 1.0 {
            gained = least;
            self.credit = self.credit.min(1.0);
            if now.since(self.fell) >= ROUND || now < self.fell {
                self.rate = (self.rate * FALL).max(least);
                self.climbing = false;
                self.fell = now;
            }
        } else if std::mem::take(&mut self.wanted) && load.full < 0.8 {
            if self.climbing {
                self.rate *= SLOW_START.powf(passed);
            } else {
                self.rate += (f64::from(load.limit) * RISE_OF_LIMIT + self.rate * RISE_OF_ITSELF) * passed;
            }
        }
        self.credit = (self.credit + gained * passed).min(self.rate.max(1.0));
    }

    /// How many people may come in now, at the most `want`, under an operator's bound by the minute.
    pub fn free(&mut self, want: u64, per_minute_max: Option<u32>, now: Instant) -> u32 {
        self.minute.turn(now);
        let left = per_minute_max.map_or(u64::MAX, |max| u64::from(max).saturating_sub(self.minute.total));
        if want as f64 >= self.credit {
            self.wanted = true;
        }
        u32::try_from((self.credit.max(0.0) as u64).min(want).min(left)).unwrap_or(u32::MAX)
    }

    pub fn spend(&mut self, people: u32, now: Instant) {
        self.credit -= f64::from(people);
        self.minute.add(people, now);
    }

    /// Whether the operator's bound by the minute is reached.
    pub const fn is_bounded(&self, per_minute_max: Option<u32>) -> bool {
        matches!(per_minute_max, Some(max) if self.minute.total >= max as u64)
    }

    /// People called and not come yet, at the most.
    pub fn expected_max(&self) -> u64 {
        (self.rate * EXPECTED_FOR.as_secs_f64()) as u64 + EXPECTED_SPARE
    }

    #[cfg(test)]
    pub const fn rate(&self) -> f64 {
        self.rate
    }
}

/// The line and its doors.
pub(super) struct Newcomers {
    pub room: Room,
    pub pace: Pace,
    pub promises: Promises,
    /// Of the draws' seeds; never told.
    secret: [u8; 32],
    first_room: u64,
    rooms: u64,
    /// Entries of those who came when nobody waited, as if of a room of their own.
    direct_room: u64,
    direct: u64,
}

impl std::fmt::Debug for Newcomers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Newcomers").field("room", &self.room).field("pace", &self.pace).finish_non_exhaustive()
    }
}

impl Newcomers {
    pub fn new(settings: &Settings, limit: u32, now: Instant, rng: &mut dyn Rng) -> Self {
        let mut secret = [0; 32];
        rng.fill(&mut secret);
        let first_room = rng.next_u64() >> 8;
        let direct_room = rng.next_u64() | PROMISED;
        let promises = Promises::new(rng.next_u64(), now);
        let room = Room::new(first_room, seed(&secret, first_room), opens(&settings.doors, now), now);
        Self { room, pace: Pace::new(limit, now), promises, secret, first_room, rooms: 1, direct_room, direct: 0 }
    }

    fn refill(&mut self, opens: Option<Instant>, now: Instant) {
        let id = self.first_room.wrapping_add(self.rooms);
        self.rooms += 1;
        self.room = Room::new(id, seed(&self.secret, id), opens, now);
    }

    /// An operator has changed the doors. Whoever has a place keeps it: a new draw is only made where nobody waits.
    pub fn set_doors(&mut self, doors: &Doors, now: Instant) {
        let opens = opens(doors, now);
        if self.room.is_open() {
            if opens.is_some() && self.is_empty(now) {
                self.refill(opens, now);
            }
        } else {
            self.room.set_opens(opens);
            if *doors == Doors::Open {
                self.room.open(now);
            }
        }
    }

    /// Opens the doors when it is time, a step of it. A room that has given nearly all its tickets is followed by another.
    pub fn tick(&mut self, doors: &Doors, now: Instant) {
        self.promises.tick(now);
        if shut(doors, now).is_none() {
            self.room.open(now);
        }
        if self.is_empty(now) {
            self.room.forget_absent();
        }
        if self.room.is_open() && self.room.issued() > TICKETS_MAX / 4 * 3 && self.is_empty(now) {
            self.refill(None, now);
        }
    }

    fn is_empty(&self, now: Instant) -> bool {
        self.room.waiting() == 0 && self.room.expected(now) == 0
    }

    /// Whether a place may be given at once, before it is known whether anybody comes back for it. Where many did not, there
    /// are promises only: a farm in many networks would use up the places of a room, and then nobody would get one.
    pub fn gives_at_once(&self) -> bool {
        self.room.absent() < ABSENT_TICKETS_MAX
    }

    /// Whether a ticket is of this line, and not of one that is long over.
    pub fn knows(&self, ticket: &Ticket, now: Instant) -> bool {
        ticket.room == self.room.id() || self.promises.knows(ticket, now)
    }

    /// Whether nobody has come back for this place yet, or it is still to be given.
    pub fn is_first_return(&self, ticket: &Ticket, now: Instant) -> bool {
        self.promises.is_unused(ticket, now) || self.room.is_absent(ticket)
    }

    /// Makes a promise a place in line ([`Promises::redeem`]); any other ticket stays what it is.
    pub fn redeem(&mut self, ticket: Ticket, prefix: u64, now: Instant) -> Option<Ticket> {
        if !Promises::is_promise(&ticket) {
            return Some(ticket);
        }
        self.promises.redeem(&ticket, prefix, &mut self.room, now)
    }

    /// An entry for somebody who came when nobody waited.
    pub fn enter(&mut self, now: Instant) -> Entry {
        self.direct += 1;
        Entry { room: self.direct_room, serial: self.direct, issued: now }
    }
}

/// Why the doors are shut to people without a pass, where they are.
pub(super) fn shut(doors: &Doors, now: Instant) -> Option<Reason> {
    match doors {
        Doors::Open => None,
        Doors::Closed => Some(Reason::Closed),
        Doors::OpenAt { at } => (now < *at).then_some(Reason::NotYetOpen),
    }
}

/// When the doors open, where that is to come.
pub(super) fn opens(doors: &Doors, now: Instant) -> Option<Instant> {
    match doors {
        Doors::OpenAt { at } if now < *at => Some(*at),
        _ => None,
    }
}

/// Whoever holds an entry, or a ticket that becomes one.
pub(super) fn key_of(room: u64, serial: u64) -> HolderKey {
    HolderKey(u128::from(mix(room)) << 64 | u128::from(serial))
}

/// A seed is published after its draw; the secret behind all seeds is not found from it.
fn seed(secret: &[u8; 32], room: u64) -> [u8; 32] {
    let mut input = [0; 40];
    input[..32].copy_from_slice(secret);
    input[32..].copy_from_slice(&room.to_be_bytes());
    let mut seed = [0; 32];
    seed.copy_from_slice(digest(&SHA256, &input).as_ref());
    seed
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::from_secs(1_800_000_000);

    fn play(pace: &mut Pace, from_s: u64, seconds: u64, load: Load) -> u64 {
        let mut called = 0;
        for tick in 0..seconds * 4 {
            let now = NOW.plus(Duration::from_secs(from_s) + Duration::from_millis(250) * tick as u32);
            pace.tick(load, now);
            let people = pace.free(u64::MAX, None, now);
            pace.spend(people, now);
            called += u64::from(people);
        }
        called
    }

    #[test]
    fn the_pace_rises_while_it_is_used_and_all_is_well_and_falls_when_not() {
        let well = Load { limit: 20, full: 0.3, someone_held: false };
        let mut pace = Pace::new(20, NOW);
        assert!(play(&mut pace, 0, 60, well) > 60 * 20);
        let high = pace.rate();
        let busy = Load { someone_held: true, ..well };
        assert!(play(&mut pace, 60, 20, busy) < 30, "next to nobody is called");
        assert!(pace.rate() < high / 1.9);
        let low = pace.rate();
        play(&mut pace, 80, 10, well);
        assert!(pace.rate() > low);
        play(&mut pace, 90, 600, Load { full: 1.5, ..well });
        assert_eq!(pace.rate(), PACE_MIN);
        assert!(play(&mut pace, 690, 60, Load { full: 1.5, ..well }) >= 25);
    }

    #[test]
    fn a_pace_that_nobody_needs_stays() {
        let mut pace = Pace::new(20, NOW);
        for tick in 0..400_u32 {
            pace.tick(Load { limit: 20, full: 0.0, someone_held: false }, NOW.plus(Duration::from_millis(250) * tick));
        }
        assert_eq!(pace.rate(), 20.0);
    }

    #[test]
    fn no_minute_has_more_than_an_operator_allows() {
        let mut pace = Pace::new(1_000, NOW);
        let mut called = Vec::new();
        for tick in 0..1_200_u32 {
            let now = NOW.plus(Duration::from_millis(250) * tick);
            pace.tick(Load { limit: 1_000, full: 0.0, someone_held: false }, now);
            let people = pace.free(500, Some(90), now);
            pace.spend(people, now);
            called.push(people);
        }
        assert!(called.windows(240).all(|minute| minute.iter().sum::<u32>() <= 90));
        assert!(called.iter().sum::<u32>() >= 4 * 90);
    }
}
