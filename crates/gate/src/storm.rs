//! Password storms: many logins tried, few times each, from many networks, so that no budget of one login or of one
//! network runs out. What gives them away is the sum: far more wrong passwords than usual, most of all that are
//! tried, over many logins.
//!
//! While one is on, wrong passwords from unknown browsers cost their networks more; [`crate::SignInBudgets`] asks for
//! the price. A network where several people have signed in keeps paying the usual price for as many mistakes as its
//! people may make, so that a school signs in through a storm. Known browsers and passes pay nothing more.

use crate::budget::Prefix;
use crate::known_browser::LoginKey;
use crate::limits::PROVEN_NETWORKS_MAX;
use preau_base::Instant;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

/// The last minute in slots of this length.
const SLOT_MS: i64 = 10_000;
const SLOTS: usize = 6;
/// Bits of a distinct counter: up to about 20,000 are told apart (linear counting, Whang et al. 1990).
const BITS: u64 = 4_096;
const WORDS: usize = (BITS / 64) as usize;
/// A storm has at least so many wrong passwords a minute, so many times the usual, over so many logins and networks.
const WRONG_PER_MINUTE_MIN: f64 = 60.0;
const TIMES_USUAL: f64 = 4.0;
const LOGINS_MIN: f64 = 40.0;
const NETWORKS_MIN: f64 = 25.0;
/// Most of all that are tried are wrong: on the worst morning, people mistype three in ten.
const WRONG_SHARE_MIN: f64 = 0.5;
/// A storm is over when nothing of it was seen for this long.
const QUIET_AFTER: Duration = Duration::from_secs(120);
/// A slot's weight in what is usual: the mean looks back over ten minutes.
const WEIGHT_MIN: f64 = 1.0 / 60.0;
/// In a storm, a wrong password of an unknown browser costs its network so many.
pub(crate) const STORM_PRICE: u32 = 5;
/// Each person who signs in from a network gives it this many mistakes at the usual price, up to a number, for so long.
const CREDITS_PER_PERSON: u32 = 3;
const CREDITS_MAX: u32 = 300;
const PROVEN_FOR: Duration = Duration::from_secs(3_600);
/// A full table is looked through for lapsed networks so often: at each sign-in of a nation it would take all the time.
const LAPSED_EVERY: Duration = Duration::from_secs(60);
/// So many distinct people make a network proven: a botnet's own account is one.
const PEOPLE_MIN: u32 = 2;

/// What is known of passwords tried in the last minute.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StormState {
    pub on: bool,
    /// Since when it is on.
    pub since: Option<Instant>,
    pub wrong_per_minute: f64,
    pub usual_wrong_per_minute: f64,
    /// Share of wrong among all passwords tried, 0 to 1.
    pub wrong_share: f64,
    /// Distinct logins tried with a wrong password, estimated.
    pub logins: f64,
    /// Distinct networks that tried a wrong password, estimated.
    pub networks: f64,
}

/// A set of which only the size can be told.
#[derive(Clone, Debug)]
struct Distinct([u64; WORDS]);

impl Distinct {
    const EMPTY: Self = Self([0; WORDS]);

    fn add(&mut self, hash: u64) {
        let bit = hash % BITS;
        self.0[(bit / 64) as usize] |= 1 << (bit % 64);
    }

    fn join(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(to, from)| *to |= from);
    }

    fn count(&self) -> f64 {
        let ones: u32 = self.0.iter().map(|word| word.count_ones()).sum();
        // A full map would be infinitely many; one bit less is the most that it can tell.
        let zeros = (BITS as f64 - f64::from(ones)).max(1.0);
        BITS as f64 * (BITS as f64 / zeros).ln()
    }
}

#[derive(Clone, Debug)]
struct Slot {
    wrong: u32,
    right: u32,
    logins: Distinct,
    networks: Distinct,
}

impl Slot {
    const EMPTY: Self = Self { wrong: 0, right: 0, logins: Distinct::EMPTY, networks: Distinct::EMPTY };
}

/// A network where people have signed in.
#[derive(Clone, Copy, Debug)]
struct Proven {
    credits: u32,
    /// Who, as a bitmap of hashes; emptied when it is full, so that a large school goes on earning.
    people: u64,
    enough: bool,
    last: Instant,
}

/// Watches passwords. About 7 KB, and 48 bytes for each of at most [`PROVEN_NETWORKS_MAX`] networks.
#[derive(Clone, Debug)]
pub struct Storm {
    slots: Box<[Slot; SLOTS]>,
    /// Number of the newest slot since 1970; none before the first password.
    newest: Option<i64>,
    usual: f64,
    slots_learned: f64,
    on: Option<(Instant, Instant)>,
    proven: HashMap<Prefix, Proven>,
    /// When the full table was last looked through.
    looked_through: Option<Instant>,
}

impl Default for Storm {
    fn default() -> Self {
        Self {
            slots: Box::new([Slot::EMPTY; SLOTS]),
            newest: None,
            usual: 0.0,
            slots_learned: 0.0,
            on: None,
            proven: HashMap::new(),
            looked_through: None,
        }
    }
}

impl Storm {
    /// An unknown browser tried a wrong password. `prefix` is the site's ([`Prefix::site`]).
    pub fn wrong(&mut self, login: LoginKey, prefix: Prefix, now: Instant) {
        let slot = self.slot(now);
        slot.wrong = slot.wrong.saturating_add(1);
        slot.logins.add(hash_of(&login));
        slot.networks.add(hash_of(&prefix));
        if self.is_stormy() {
            let since = self.on.filter(|(_, until)| now < *until).map_or(now, |(since, _)| since);
            self.on = Some((since, now.plus(QUIET_AFTER)));
        }
    }

    /// Somebody signed in, on whichever browser; `prefix` as above.
    pub fn right(&mut self, login: LoginKey, prefix: Prefix, now: Instant) {
        let slot = self.slot(now);
        slot.right = slot.right.saturating_add(1);
        if !self.proven.contains_key(&prefix) && !self.has_room(now) {
            return;
        }
        let fresh = Proven { credits: 0, people: 0, enough: false, last: now };
        let proven = self.proven.entry(prefix).or_insert(fresh);
        if now.since(proven.last) >= PROVEN_FOR {
            *proven = fresh;
        }
        let person = 1 << (hash_of(&login) % 64);
        if proven.people & person == 0 {
            proven.people |= person;
            proven.credits = (proven.credits + CREDITS_PER_PERSON).min(CREDITS_MAX);
        }
        proven.enough |= proven.people.count_ones() >= PEOPLE_MIN;
        proven.last = now;
        if proven.people == u64::MAX {
            proven.people = 0;
        }
    }

    /// Whether another network can be proven.
    fn has_room(&mut self, now: Instant) -> bool {
        let is_due = self.looked_through.is_none_or(|at| now.since(at) >= LAPSED_EVERY);
        if self.proven.len() >= PROVEN_NETWORKS_MAX && is_due {
            self.looked_through = Some(now);
            self.proven.retain(|_, proven| now.since(proven.last) < PROVEN_FOR);
        }
        self.proven.len() < PROVEN_NETWORKS_MAX
    }

    pub fn is_on(&self, now: Instant) -> bool {
        self.on.is_some_and(|(_, until)| now < until)
    }

    /// Whether several people have signed in from this network within the hour.
    pub(crate) fn is_proven(&self, prefix: Prefix, now: Instant) -> bool {
        self.proven.get(&prefix).is_some_and(|proven| proven.enough && now.since(proven.last) < PROVEN_FOR)
    }

    /// What one wrong password of an unknown browser costs its network now.
    pub(crate) fn price(&self, prefix: Prefix, now: Instant) -> u32 {
        let excused =
            || self.is_proven(prefix, now) && self.proven.get(&prefix).is_some_and(|proven| proven.credits > 0);
        if !self.is_on(now) || excused() { 1 } else { STORM_PRICE }
    }

    /// A mistake was made at the usual price.
    pub(crate) fn excuse(&mut self, prefix: Prefix, now: Instant) {
        if self.is_on(now)
            && let Some(proven) = self.proven.get_mut(&prefix)
        {
            proven.credits = proven.credits.saturating_sub(1);
        }
    }

    pub fn state(&self, now: Instant) -> StormState {
        let (wrong, share, logins, networks) = self.last_minute();
        let on = self.on.filter(|(_, until)| now < *until);
        StormState {
            on: on.is_some(),
            since: on.map(|(since, _)| since),
            wrong_per_minute: wrong,
            usual_wrong_per_minute: self.usual,
            wrong_share: share,
            logins,
            networks,
        }
    }

    fn slot(&mut self, now: Instant) -> &mut Slot {
        let number = now.as_millis().div_euclid(SLOT_MS);
        let newest = self.newest.unwrap_or(number);
        let passed = number.saturating_sub(newest).max(0);
        if passed > 0 {
            self.learn();
        }
        for back in 0..passed.min(SLOTS as i64) {
            self.slots[(number - back).rem_euclid(SLOTS as i64) as usize] = Slot::EMPTY;
        }
        let number = number.max(newest);
        self.newest = Some(number);
        &mut self.slots[number.rem_euclid(SLOTS as i64) as usize]
    }

    /// What is usual moves when a slot in which passwords were tried is over, and no storm is on.
    fn learn(&mut self) {
        if self.is_stormy() || self.newest.is_some_and(|newest| self.is_on(Instant::from_millis(newest * SLOT_MS))) {
            return;
        }
        let (wrong, ..) = self.last_minute();
        self.slots_learned += 1.0;
        self.usual += (wrong - self.usual) * (1.0 / self.slots_learned).max(WEIGHT_MIN);
    }

    fn is_stormy(&self) -> bool {
        let (wrong, share, logins, networks) = self.last_minute();
        wrong >= WRONG_PER_MINUTE_MIN.max(TIMES_USUAL * self.usual)
            && share >= WRONG_SHARE_MIN
            && logins >= LOGINS_MIN
            && networks >= NETWORKS_MIN
    }

    /// Wrong passwords, their share of all, distinct logins and networks.
    fn last_minute(&self) -> (f64, f64, f64, f64) {
        let (mut logins, mut networks) = (Distinct::EMPTY, Distinct::EMPTY);
        let (mut wrong, mut right) = (0.0, 0.0);
        for slot in self.slots.iter() {
            wrong += f64::from(slot.wrong);
            right += f64::from(slot.right);
            logins.join(&slot.logins);
            networks.join(&slot.networks);
        }
        (wrong, wrong / f64::max(wrong + right, 1.0), logins.count(), networks.count())
    }
}

/// Logins are keyed hashes already, and whoever picks networks gains nothing from two that meet.
fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests;
