//! How often a password may be tried, and other things that cost.
//!
//! [`Budgets`] is the mechanism, [`SignInBudgets`] the rule for signing in: wrong passwords are counted by login, by
//! address prefix, and by browser for browsers that are known for the login.

use crate::known_browser::{BrowserId, LoginKey};
use crate::limits::{BUDGETS_MAX, STRANGERS_AT_ONCE_IN_STORM_MAX, TRY_LASTS_MAX};
use crate::storm::{Storm, StormState};
use preau_base::Instant;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::hash::Hash;
use std::net::IpAddr;
use std::time::Duration;

/// What a key may spend: `burst` at once, and one more every `refill`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    pub burst: u32,
    pub refill: Duration,
}

/// Yes, or from when on it is worth asking again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    Allow,
    WaitUntil(Instant),
}

impl Permission {
    /// Both must allow; the later of two waits.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Allow, decision) | (decision, Self::Allow) => decision,
            (Self::WaitUntil(one), Self::WaitUntil(two)) => Self::WaitUntil(one.max(two)),
        }
    }

    /// One of both must allow; the sooner of two waits.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::WaitUntil(one), Self::WaitUntil(two)) => Self::WaitUntil(one.min(two)),
            _ => Self::Allow,
        }
    }
}

/// A bounded table of budgets, one a key (GCRA, ITU-T I.371: only the instant at which each is full again is kept).
///
/// A key that is full again costs no memory. When the table has [`BUDGETS_MAX`] keys, the one that is nearest to
/// full goes first, so a flood of new keys never wipes out the debt of a hard-pressed one.
#[derive(Clone, Debug)]
pub struct Budgets<K> {
    allowance: Allowance,
    keys_max: usize,
    full_at: HashMap<K, Instant>,
    by_time: BTreeSet<(Instant, K)>,
}

impl<K: Copy + Ord + Hash> Budgets<K> {
    pub fn new(allowance: Allowance) -> Self {
        Self::with_keys_max(allowance, BUDGETS_MAX)
    }

    fn with_keys_max(allowance: Allowance, keys_max: usize) -> Self {
        Self { allowance, keys_max, full_at: HashMap::new(), by_time: BTreeSet::new() }
    }

    fn depth(&self) -> Duration {
        self.allowance.refill.saturating_mul(self.allowance.burst)
    }

    /// Whether `cost` may be spent now; spends nothing. A cost above the burst is never allowed.
    pub fn ask(&self, key: K, cost: u32, now: Instant) -> Permission {
        let full_at = self.full_at.get(&key).map_or(now, |at| now.max(*at));
        let after = full_at.plus(self.allowance.refill.saturating_mul(cost));
        if after <= now.plus(self.depth()) {
            Permission::Allow
        } else {
            Permission::WaitUntil(after.minus(self.depth()))
        }
    }

    /// Spends `cost` if it may be spent.
    pub fn take(&mut self, key: K, cost: u32, now: Instant) -> Permission {
        let decision = self.ask(key, cost, now);
        if decision == Permission::Allow {
            self.charge(key, cost, now);
        }
        decision
    }

    /// Spends `cost` in any case, into debt of at most another burst.
    pub fn charge(&mut self, key: K, cost: u32, now: Instant) {
        let full_at = self.full_at.get(&key).map_or(now, |at| now.max(*at));
        let deepest = now.plus(self.depth().saturating_mul(2));
        self.set(key, deepest.min(full_at.plus(self.allowance.refill.saturating_mul(cost))), now);
    }

    /// Gives `cost` back.
    pub fn refund(&mut self, key: K, cost: u32, now: Instant) {
        if let Some(full_at) = self.full_at.get(&key) {
            let sooner = full_at.minus(self.allowance.refill.saturating_mul(cost));
            self.set(key, sooner, now);
        }
    }

    /// Forgets what a key has spent.
    pub fn clear(&mut self, key: K) {
        if let Some(full_at) = self.full_at.remove(&key) {
            self.by_time.remove(&(full_at, key));
        }
    }

    fn set(&mut self, key: K, full_at: Instant, now: Instant) {
        self.clear(key);
        if full_at > now {
            self.full_at.insert(key, full_at);
            self.by_time.insert((full_at, key));
        }
        while self.by_time.first().is_some_and(|(at, _)| *at <= now || self.by_time.len() > self.keys_max) {
            if let Some((_, spent)) = self.by_time.pop_first() {
                self.full_at.remove(&spent);
            }
        }
    }

    /// Keys held, for a gauge.
    pub fn len(&self) -> usize {
        self.full_at.len()
    }

    pub fn is_empty(&self) -> bool {
        self.full_at.is_empty()
    }
}

/// The network that an address stands for: IPv4 /32 (also when mapped into IPv6), IPv6 /64 and /48.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix {
    bits: u128,
    len: u8,
}

impl Prefix {
    /// The narrow prefix of an address, one home or one school.
    pub fn narrow(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self { bits: u128::from(v4.to_bits()), len: 32 },
            IpAddr::V6(v6) => Self { bits: v6.to_bits() & (u128::MAX << 64), len: 64 },
        }
    }

    /// One site: IPv6 /48, or an IPv4 address.
    pub fn site(address: IpAddr) -> Self {
        Self::wide(address).unwrap_or_else(|| Self::narrow(address))
    }

    /// The wide prefix, one site: IPv6 /48. An IPv4 address has none.
    pub fn wide(address: IpAddr) -> Option<Self> {
        match address.to_canonical() {
            IpAddr::V4(_) => None,
            IpAddr::V6(v6) => Some(Self { bits: v6.to_bits() & (u128::MAX << 80), len: 48 }),
        }
    }
}

/// One try at signing in.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    pub login: LoginKey,
    pub address: IpAddr,
    /// From [`crate::KnownBrowser::known_for`].
    pub known: Option<BrowserId>,
}

/// 10 wrong passwords for one login from unknown browsers, then one every 2 minutes.
pub const LOGIN_ALLOWANCE: Allowance = Allowance { burst: 10, refill: Duration::from_secs(120) };
/// 5 of these from one site, then one every 4 minutes: no address locks anybody out elsewhere.
pub const SHARE_ALLOWANCE: Allowance = Allowance { burst: 5, refill: Duration::from_secs(240) };
/// Where these are spent: 3 more for one login at each site where people have signed in ([`Storm::is_proven`]), then one
/// every 10 minutes. A school signs in, whoever has tried its logins from elsewhere.
pub const PROVEN_SHARE_ALLOWANCE: Allowance = Allowance { burst: 3, refill: Duration::from_secs(600) };
/// 20 of these for one login, then one every 2 minutes: accounts of an attacker's own, in many networks, buy so few.
pub const PROVEN_ALLOWANCE: Allowance = Allowance { burst: 20, refill: Duration::from_secs(120) };
/// 10 wrong passwords on one known browser for one login, then one a minute.
pub const BROWSER_ALLOWANCE: Allowance = Allowance { burst: 10, refill: Duration::from_secs(60) };
/// 300 wrong passwords from one IPv4 address or one IPv6 site, then 20 a minute: a school of a thousand where
/// three in ten mistype.
pub const SITE_ALLOWANCE: Allowance = Allowance { burst: 300, refill: Duration::from_secs(3) };
/// 60 wrong passwords from one IPv6 /64, then 6 a minute.
pub const HOME_ALLOWANCE: Allowance = Allowance { burst: 60, refill: Duration::from_secs(10) };

/// When an unknown browser may ask again whose share is taken.
const SHARE_AGAIN: Duration = Duration::from_secs(2);

/// Who may try a password now. Ask before the hash is computed, then report with [`SignInBudgets::succeeded`] or
/// [`SignInBudgets::failed`].
///
/// - A known browser has a budget of its own for its login; neither a flood on the login nor one from its own
///   network touches it.
/// - Anybody else shares the login's budget, of which one site may spend a half, and prefixes pay for failures only: a
///   school behind one address signs in a thousand pupils at 9:00. Sites where people sign in keep a few tries beside it.
/// - In a password storm ([`Storm`]) a wrong password of an unknown browser costs its networks five times as much,
///   unless people have signed in there, and unknown browsers together have only
///   [`STRANGERS_AT_ONCE_IN_STORM_MAX`] tries in the making. Known browsers notice nothing.
/// - What is being tried counts as failed until it is reported, so that many tries at once are not cheaper; only
///   prefixes are charged afterwards.
#[derive(Clone, Debug)]
pub struct SignInBudgets {
    /// Of unknown browsers: all of them, and those of proven sites beyond that.
    common: LoginBudget,
    proven: LoginBudget,
    browsers: Budgets<(BrowserId, LoginKey)>,
    sites: Budgets<Prefix>,
    homes: Budgets<Prefix>,
    storm: Storm,
    /// Tries of unknown browsers whose outcome is not known yet, oldest first.
    strangers: VecDeque<Stranger>,
}

#[derive(Clone, Copy, Debug)]
struct Stranger {
    begun: Instant,
    login: LoginKey,
    site: Prefix,
    /// Whether the budget of proven sites paid.
    proven: bool,
}

/// What unknown browsers may try with one login: in all, and from one site.
#[derive(Clone, Debug)]
struct LoginBudget {
    all: Budgets<LoginKey>,
    shares: Budgets<(LoginKey, Prefix)>,
}

impl LoginBudget {
    fn new(all: Allowance, share: Allowance) -> Self {
        Self { all: Budgets::new(all), shares: Budgets::new(share) }
    }

    fn ask(&self, login: LoginKey, site: Prefix, now: Instant) -> Permission {
        self.all.ask(login, 1, now).and(self.shares.ask((login, site), 1, now))
    }

    fn take(&mut self, login: LoginKey, site: Prefix, now: Instant) -> Permission {
        let permission = self.ask(login, site, now);
        if permission == Permission::Allow {
            self.all.charge(login, 1, now);
            self.shares.charge((login, site), 1, now);
        }
        permission
    }

    fn refund(&mut self, login: LoginKey, site: Prefix, now: Instant) {
        self.all.refund(login, 1, now);
        self.shares.refund((login, site), 1, now);
    }

    fn len(&self) -> usize {
        self.all.len() + self.shares.len()
    }
}

impl Default for SignInBudgets {
    fn default() -> Self {
        Self {
            common: LoginBudget::new(LOGIN_ALLOWANCE, SHARE_ALLOWANCE),
            proven: LoginBudget::new(PROVEN_ALLOWANCE, PROVEN_SHARE_ALLOWANCE),
            browsers: Budgets::new(BROWSER_ALLOWANCE),
            sites: Budgets::new(SITE_ALLOWANCE),
            homes: Budgets::new(HOME_ALLOWANCE),
            storm: Storm::default(),
            strangers: VecDeque::new(),
        }
    }
}

impl SignInBudgets {
    /// May this password be tried now? When allowed, one try is charged until the outcome is reported.
    pub fn ask(&mut self, attempt: &Attempt, now: Instant) -> Permission {
        if let Some(browser) = attempt.known {
            return self.browsers.take((browser, attempt.login), 1, now);
        }
        let (login, site) = (attempt.login, Prefix::site(attempt.address));
        let permission = self.ask_address(attempt.address, 1, now).and(self.ask_share(now));
        if permission != Permission::Allow {
            return permission.and(self.common.ask(login, site, now));
        }
        let mut permission = self.common.take(login, site, now);
        let proven = permission != Permission::Allow && self.storm.is_proven(site, now);
        if proven {
            permission = permission.or(self.proven.take(login, site, now));
        }
        if permission == Permission::Allow {
            self.strangers.push_back(Stranger { begun: now, login, site, proven });
        }
        permission
    }

    /// The share of the password work that unknown browsers have: all of it, but little of it in a storm.
    fn ask_share(&mut self, now: Instant) -> Permission {
        while self.strangers.front().is_some_and(|stranger| now.since(stranger.begun) >= TRY_LASTS_MAX) {
            self.strangers.pop_front();
        }
        if self.storm.is_on(now) && self.strangers.len() >= STRANGERS_AT_ONCE_IN_STORM_MAX {
            return Permission::WaitUntil(now.plus(SHARE_AGAIN));
        }
        Permission::Allow
    }

    /// The password was right: what this try was charged is given back.
    pub fn succeeded(&mut self, attempt: &Attempt, now: Instant) {
        match attempt.known {
            Some(browser) => self.browsers.clear((browser, attempt.login)),
            None => self.give_back(attempt, now),
        }
        self.storm.right(attempt.login, Prefix::site(attempt.address), now);
    }

    /// The password was wrong, or nobody has that login: the address pays too.
    pub fn failed(&mut self, attempt: &Attempt, now: Instant) {
        if attempt.known.is_none() {
            self.end(attempt);
            self.storm.wrong(attempt.login, Prefix::site(attempt.address), now);
            self.charge_address(attempt.address, 1, now);
        }
    }

    /// The password was not looked at (the pool was busy): as if nobody had asked.
    pub fn not_tried(&mut self, attempt: &Attempt, now: Instant) {
        match attempt.known {
            Some(browser) => self.browsers.refund((browser, attempt.login), 1, now),
            None => self.give_back(attempt, now),
        }
    }

    /// The outcome of a try is known; gives whether the budget of proven sites paid for it.
    fn end(&mut self, attempt: &Attempt) -> bool {
        let site = Prefix::site(attempt.address);
        let is_it = |stranger: &Stranger| stranger.login == attempt.login && stranger.site == site;
        let place = self.strangers.iter().position(is_it);
        place.and_then(|place| self.strangers.remove(place)).is_some_and(|stranger| stranger.proven)
    }

    fn give_back(&mut self, attempt: &Attempt, now: Instant) {
        let budget = if self.end(attempt) { &mut self.proven } else { &mut self.common };
        budget.refund(attempt.login, Prefix::site(attempt.address), now);
    }

    /// May this address try something that has no login, such as an activation code? Charges nothing: call
    /// [`SignInBudgets::charge_address`] when it turns out wrong.
    pub fn ask_address(&self, address: IpAddr, cost: u32, now: Instant) -> Permission {
        let cost = self.price_of(address, cost, now);
        match Prefix::wide(address) {
            Some(site) => self.sites.ask(site, cost, now).and(self.homes.ask(Prefix::narrow(address), cost, now)),
            None => self.sites.ask(Prefix::narrow(address), cost, now),
        }
    }

    /// Charges an address for something that turned out wrong, or that is dear in itself.
    pub fn charge_address(&mut self, address: IpAddr, cost: u32, now: Instant) {
        let price = self.price_of(address, cost, now);
        if price == cost {
            self.storm.excuse(Prefix::site(address), now);
        }
        let cost = price;
        match Prefix::wide(address) {
            Some(site) => {
                self.sites.charge(site, cost, now);
                self.homes.charge(Prefix::narrow(address), cost, now);
            }
            None => self.sites.charge(Prefix::narrow(address), cost, now),
        }
    }

    /// What `cost` comes to in a storm; never more than can be allowed at all, or a dear thing could not be done.
    fn price_of(&self, address: IpAddr, cost: u32, now: Instant) -> u32 {
        let price = cost.saturating_mul(self.storm.price(Prefix::site(address), now));
        price.min(HOME_ALLOWANCE.burst.max(cost))
    }

    /// Whether a password storm is on, and what is known of it.
    pub fn storm(&self, now: Instant) -> StormState {
        self.storm.state(now)
    }

    /// Budgets held, for a gauge.
    pub fn len(&self) -> usize {
        self.common.len() + self.proven.len() + self.browsers.len() + self.sites.len() + self.homes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests;
