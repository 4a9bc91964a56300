//! How many connections there may be, in all and of each network, and how fast they may come.

mod doubts;
mod earned;
mod handshakes;
mod nets;
mod places;
mod rates;
#[cfg(test)]
mod tests;

use crate::limits as l;
use crate::proxies::TrustedProxies;
use crate::{Bearer, GuardLimits, Known};
pub(crate) use doubts::Account;
use doubts::Doubts;
use earned::Earned;
pub(crate) use handshakes::HandshakePermit;
use handshakes::Handshakes;
pub(crate) use nets::{Net, Nets, Size};
use places::Places;
pub(crate) use places::Scarcity;
use preau_base::{Cidr, Instant};
use rates::{Moment, Rates};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// Going through all known networks takes a millisecond.
const KNOWN_SWEPT_EVERY: Duration = Duration::from_secs(1);

/// The caps. Their order of goodness, when places grow scarce: who shows a pass, networks that showed passes lately,
/// anybody else. The last places of all ([`GuardLimits::connections_reserve`]), and the last of each network, are for the
/// first: whoever gets one of them is on probation, and keeps it only by showing a pass with the first request.
pub(crate) struct Guards {
    limits: GuardLimits,
    known: Known,
    counts: Mutex<Counts>,
    /// Told when the last connection has ended.
    emptied: Notify,
    handshakes: Handshakes,
    refusals: Arc<Semaphore>,
    scarce: Arc<AtomicBool>,
    began: tokio::time::Instant,
}

struct Counts {
    open: usize,
    /// Strangers among those on probation.
    strangers: usize,
    places: Places,
    rates: Rates,
    earned: Earned,
    doubts: Doubts,
    /// Until when a network counts as one that shows passes.
    known: HashMap<Net, Instant>,
    /// When the known were gone through for those that are over: not for each that finds no place.
    swept: Instant,
}

/// Which cap was reached; the name is a counter's label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cap {
    All,
    Prefix,
    /// New connections of one network come too fast.
    PrefixRate,
    /// New connections of all strangers come too fast.
    Rate,
    /// What is left is for those who show passes.
    Reserve,
}

impl Cap {
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "connections",
            Self::Prefix => "connections_of_prefix",
            Self::PrefixRate => "accepts_of_prefix",
            Self::Rate => "accepts",
            Self::Reserve => "connections_reserve",
        }
    }
}

impl Guards {
    /// No network is known from days before.
    #[cfg(test)]
    pub fn new(limits: &GuardLimits) -> Arc<Self> {
        Self::knowing(limits, std::sync::Arc::new(|_| false))
    }

    /// `known` says from which networks people came in the last days.
    pub fn knowing(limits: &GuardLimits, known: Known) -> Arc<Self> {
        // Where there are few places at all, most of them are for everybody.
        let connections_reserve = limits.connections_reserve.min(limits.connections_max / 2);
        Arc::new(Self {
            limits: GuardLimits { connections_reserve, ..limits.clone() },
            known,
            counts: Mutex::new(Counts {
                open: 0,
                strangers: 0,
                places: Places::default(),
                rates: Rates::new(limits),
                earned: Earned::new(),
                doubts: Doubts::new(),
                known: HashMap::new(),
                swept: Instant::EPOCH,
            }),
            emptied: Notify::new(),
            handshakes: Handshakes::new(limits.handshakes_at_once_max, limits.handshakes_waiting_max),
            refusals: Arc::new(Semaphore::new(limits.refusals_at_once_max.min(Semaphore::MAX_PERMITS))),
            scarce: Arc::default(),
            began: tokio::time::Instant::now(),
        })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Time that only goes forward; budgets ask for no other.
    fn moment(&self) -> Moment {
        Moment::after(self.began.elapsed())
    }

    fn now(&self) -> Instant {
        self.moment().now
    }

    /// A place for a connection from `peer`, given back when the permit drops. A trusted proxy brings everybody, so
    /// only the cap of all holds for it.
    pub fn admit(self: &Arc<Self>, peer: IpAddr, trusted: &TrustedProxies) -> Result<Permit, Cap> {
        let nets = (!trusted.contains(peer)).then(|| Nets::of(peer));
        let of_days = nets.is_some() && (self.known)(peer);
        let mut counts = self.counts();
        if counts.open >= self.limits.connections_max {
            return Err(Cap::All);
        }
        let entered = match &nets {
            Some(nets) => counts.enter(nets, &self.limits, self.moment(), of_days)?,
            // Whose connection it is is told later, if at all.
            None => Entered { probation: Probation::None, rank: Rank::Known, crowded: Default::default() },
        };
        counts.open += 1;
        self.changed(&counts);
        Ok(Permit { guards: self.clone(), nets, entered, account: Account::default() })
    }

    fn changed(&self, counts: &Counts) {
        metrics::gauge!("preau_front_connections_open").set(counts.open as f64);
        self.scarce.store(counts.open >= self.limits.connections_at_ease(), Ordering::Relaxed);
    }

    /// A place to be told that there is no place; `None` when even these are taken.
    pub fn refusal(&self) -> Option<OwnedSemaphorePermit> {
        self.refusals.clone().try_acquire_owned().ok()
    }

    /// Waits for the turn to shake hands; `None` when too many wait.
    pub async fn handshake(&self, client: Option<IpAddr>) -> Option<HandshakePermit<'_>> {
        let nets = client.map(Nets::of);
        let of_days = client.is_some_and(|client| (self.known)(client));
        let known = of_days || nets.is_some_and(|nets| self.counts().is_known(&nets, self.now()));
        self.handshakes.place(nets.map(|nets| nets.widest()), known).await
    }

    /// A valid pass was shown from this address, over the connection of this account.
    pub fn showed_pass(&self, client: IpAddr, bearer: Bearer, account: &Account) {
        let (nets, now) = (Nets::of(client), self.now());
        let net = nets.narrowest();
        let mut counts = self.counts();
        if account.vouch() {
            counts.places.showed_pass(&nets, &self.limits);
        }
        if bearer.is_recent {
            counts.earned.note(&nets, bearer.holder, now);
        }
        if counts.known.len() >= l::KNOWN_NETWORKS_MAX && !counts.known.contains_key(&net) {
            if now.since(counts.swept) >= KNOWN_SWEPT_EVERY {
                counts.swept = now;
                counts.known.retain(|_, until| *until > now);
            }
            if counts.known.len() >= l::KNOWN_NETWORKS_MAX {
                return;
            }
        }
        counts.known.insert(net, now.plus(self.limits.network_known));
    }

    /// Networks of clients ([`Cidr::of_client`]) where people are, as far as that is news.
    pub fn take_with_people(&self) -> Vec<Cidr> {
        let nets = self.counts().earned.take_with_people();
        nets.iter().map(|net| Cidr::of_client(net.address())).collect()
    }

    pub fn open(&self) -> usize {
        self.counts().open
    }

    pub async fn emptied(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.open() == 0 {
                return;
            }
            emptied.await;
        }
    }
}

impl Counts {
    fn is_known(&self, nets: &Nets, now: Instant) -> bool {
        self.known.get(&nets.narrowest()).is_some_and(|until| *until > now)
    }

    /// Whose turn comes first.
    fn rank(&self, nets: &Nets, now: Instant, of_days: bool) -> Rank {
        let net = nets.narrowest();
        match (of_days || self.is_known(nets, now), self.doubts.doubts(&net, now)) {
            // Ten bots in a school take nothing from its pupils.
            _ if self.earned.holders(&net, now) > 0 => Rank::Known,
            (true, false) => Rank::Known,
            (false, true) => Rank::Doubted,
            (true, true) | (false, false) => Rank::Stranger,
        }
    }

    /// Counts a connection of these networks, one more of which was not counted yet in all.
    fn enter(&mut self, nets: &Nets, limits: &GuardLimits, at: Moment, of_days: bool) -> Result<Entered, Cap> {
        let room = |net: &Net| self.earned.connections_of(net, limits, at.now);
        if nets.each().iter().any(|net| self.places.open(net) >= room(net)) {
            return Err(Cap::Prefix);
        }
        let known = of_days || self.is_known(nets, at.now);
        let scarce = self.open >= limits.connections_at_ease();
        // Strangers may try, in half of the reserve: somebody with a pass may come from a network without a past.
        if scarce && !known && self.strangers >= limits.connections_reserve / 2 {
            return Err(Cap::Reserve);
        }
        let beyond = !self.rates.take(nets, &mut self.earned, at);
        if beyond && !(self.has_people(nets, at.now, of_days) && self.rates.take_beyond(nets, at)) {
            return Err(Cap::PrefixRate);
        }
        if !self.rates.take_of_all(known, at) {
            return Err(Cap::Rate);
        }
        let rank = self.rank(nets, at.now, of_days);
        let probation = if scarce && !known {
            self.strangers += 1;
            Probation::Stranger
        } else if scarce || beyond || self.places.are_for_passes(nets, limits) {
            Probation::Pass
        } else {
            Probation::None
        };
        let crowded = self.places.enter(nets, limits);
        // What is beyond a network's own takes nobody else's turn.
        Ok(Entered { probation, rank: if beyond { rank.max(Rank::Stranger) } else { rank }, crowded })
    }

    /// Whether people are behind this address: one pass alone, which may be stolen, does not say so today.
    fn has_people(&self, nets: &Nets, now: Instant, of_days: bool) -> bool {
        of_days || self.earned.holders(&nets.narrowest(), now) > 0
    }
}

/// How a connection came in.
struct Entered {
    probation: Probation,
    rank: Rank,
    /// Of each of its networks.
    crowded: [Option<Arc<AtomicBool>>; 3],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Probation {
    None,
    /// The place is for those who show a pass.
    Pass,
    /// The same, and counted among the strangers who try.
    Stranger,
}

/// What is known of the network that a connection comes from; who comes first is first in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// It showed passes lately.
    Known,
    Stranger,
    /// Its connections come to nothing.
    Doubted,
}

impl Rank {
    pub const ALL: [Self; 3] = [Self::Known, Self::Stranger, Self::Doubted];
}

/// A connection's place.
pub(crate) struct Permit {
    guards: Arc<Guards>,
    nets: Option<Nets>,
    entered: Entered,
    account: Account,
}

impl Permit {
    pub const fn rank(&self) -> Rank {
        self.entered.rank
    }

    /// Whether places are scarce where it stands, as that changes.
    pub fn scarcity(&self) -> Scarcity {
        Scarcity::new(self.guards.scarce.clone(), self.entered.crowded.clone())
    }

    /// Where it is told what comes of the connection.
    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// The place is lost unless the first request shows a pass.
    pub fn on_probation(&self) -> bool {
        self.entered.probation != Probation::None
    }

    /// The connection came through a proxy that tells whose it is. It has had its turn at the door by then.
    pub fn is_of(&mut self, client: IpAddr) -> Result<(), Cap> {
        let guards = self.guards.clone();
        let of_days = (guards.known)(client);
        let mut counts = guards.counts();
        let nets = Nets::of(client);
        // Itself is among those open.
        counts.open = counts.open.saturating_sub(1);
        let entered = counts.enter(&nets, &guards.limits, guards.moment(), of_days);
        counts.open += 1;
        self.entered = entered?;
        self.nets = Some(nets);
        Ok(())
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut counts = self.guards.counts();
        counts.open = counts.open.saturating_sub(1);
        if let Some(nets) = self.nets {
            counts.places.leave(&nets, &self.guards.limits, self.account.leave());
            counts.doubts.note(nets.narrowest(), self.account.came(), self.guards.now());
        }
        if self.entered.probation == Probation::Stranger {
            counts.strangers = counts.strangers.saturating_sub(1);
        }
        self.guards.changed(&counts);
        if counts.open == 0 {
            self.guards.emptied.notify_waiters();
        }
    }
}
