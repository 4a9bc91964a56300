//! How many connections there may be, in all and from one prefix.

use crate::GuardLimits;
use crate::proxies::TrustedProxies;
use preau_base::Cidr;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

pub(crate) struct Guards {
    limits: GuardLimits,
    counts: Mutex<Counts>,
    /// Told when the last connection has ended.
    emptied: Notify,
    pub handshakes: Semaphore,
    refusals: Arc<Semaphore>,
}

#[derive(Default)]
struct Counts {
    open: usize,
    by_prefix: HashMap<Cidr, usize>,
}

/// Which cap was reached; the name is a counter's label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cap {
    All,
    Prefix,
}

impl Cap {
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "connections",
            Self::Prefix => "connections_of_prefix",
        }
    }
}

impl Guards {
    pub fn new(limits: &GuardLimits) -> Arc<Self> {
        Arc::new(Self {
            limits: limits.clone(),
            counts: Mutex::default(),
            emptied: Notify::new(),
            handshakes: Semaphore::new(limits.handshakes_at_once_max.min(Semaphore::MAX_PERMITS)),
            refusals: Arc::new(Semaphore::new(limits.refusals_at_once_max.min(Semaphore::MAX_PERMITS))),
        })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a connection from `peer`, given back when the permit drops. A trusted proxy brings everybody, so
    /// only the cap of all holds for it.
    pub fn admit(self: &Arc<Self>, peer: IpAddr, trusted: &TrustedProxies) -> Result<Permit, Cap> {
        let mut counts = self.counts();
        if counts.open >= self.limits.connections_max {
            return Err(Cap::All);
        }
        let prefix = (!trusted.contains(peer)).then(|| Cidr::of_client(peer));
        if let Some(prefix) = prefix {
            let max =
                if prefix.is_ipv4() { self.limits.connections_per_v4_max } else { self.limits.connections_per_v6_max };
            let of_prefix = counts.by_prefix.entry(prefix).or_default();
            if *of_prefix >= max {
                return Err(Cap::Prefix);
            }
            *of_prefix += 1;
        }
        counts.open += 1;
        metrics::gauge!("preau_front_connections_open").set(counts.open as f64);
        Ok(Permit { guards: self.clone(), prefix })
    }

    /// A place to be told that there is no place; `None` when even these are taken.
    pub fn refusal(&self) -> Option<OwnedSemaphorePermit> {
        self.refusals.clone().try_acquire_owned().ok()
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

/// A connection's place.
pub(crate) struct Permit {
    guards: Arc<Guards>,
    prefix: Option<Cidr>,
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut counts = self.guards.counts();
        counts.open = counts.open.saturating_sub(1);
        if let Some(prefix) = self.prefix
            && let Some(of_prefix) = counts.by_prefix.get_mut(&prefix)
        {
            *of_prefix = of_prefix.saturating_sub(1);
            if *of_prefix == 0 {
                counts.by_prefix.remove(&prefix);
            }
        }
        metrics::gauge!("preau_front_connections_open").set(counts.open as f64);
        if counts.open == 0 {
            self.guards.emptied.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_prefix_and_in_all() {
        let limits = GuardLimits {
            connections_max: 4,
            connections_per_v4_max: 2,
            connections_per_v6_max: 1,
            ..GuardLimits::default()
        };
        let guards = Guards::new(&limits);
        let trusted = TrustedProxies::new(vec!["127.0.0.1".parse().unwrap()]);
        let admit = |peer: &str| guards.admit(peer.parse().unwrap(), &trusted);
        let first = admit("192.0.2.1").unwrap();
        let second = admit("::ffff:192.0.2.1").unwrap();
        assert_eq!(admit("192.0.2.1").err(), Some(Cap::Prefix));
        let third = admit("2001:db8::1").unwrap();
        assert_eq!(admit("2001:db8::ffff").err(), Some(Cap::Prefix), "same /64");
        let fourth = admit("127.0.0.1").unwrap();
        assert_eq!(admit("127.0.0.1").err(), Some(Cap::All));
        drop(first);
        let _again = admit("192.0.2.1").unwrap();
        drop((second, third, fourth));
        assert_eq!((guards.open(), guards.counts().by_prefix.len()), (1, 1));
    }
}
