//! Who may shake hands now: TLS costs the server more than the client.

use super::nets::Net;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

/// Handshakes under way. Half of one costs its client nothing, so nobody gets more than a share: each network one of
/// its own, and networks that showed passes one that no stranger takes.
pub(crate) struct Handshakes {
    strangers: Semaphore,
    known: Semaphore,
    shares: Mutex<HashMap<Net, Arc<Semaphore>>>,
    share_max: usize,
    waiting: AtomicUsize,
    waiting_max: usize,
}

/// One handshake of a network's share has ended, and with it perhaps the need to remember the network.
struct Share<'a> {
    all: &'a Handshakes,
    net: Net,
    semaphore: Arc<Semaphore>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.permit = None;
        let mut shares = self.all.shares.lock().unwrap_or_else(PoisonError::into_inner);
        // The map's and ours: nobody else waits or holds.
        if Arc::strong_count(&self.semaphore) <= 2 {
            shares.remove(&self.net);
        }
    }
}

pub(crate) struct HandshakePermit<'a> {
    _place: SemaphorePermit<'a>,
    _share: Option<Share<'a>>,
}

/// Waits no longer, when dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Handshakes {
    /// So many at once in all, of which networks with passes keep an eighth, and one network gets an eighth at most.
    pub fn new(at_once_max: usize, waiting_max: usize) -> Self {
        let at_once_max = at_once_max.min(Semaphore::MAX_PERMITS);
        let eighth = at_once_max.div_ceil(8);
        Self {
            strangers: Semaphore::new(at_once_max - eighth),
            known: Semaphore::new(eighth),
            shares: Mutex::default(),
            share_max: eighth,
            waiting: AtomicUsize::new(0),
            waiting_max,
        }
    }

    /// Waits for a place; `None` when too many wait already. Without a network there is no share: a proxy brings all.
    pub async fn place(&self, net: Option<Net>, known: bool) -> Option<HandshakePermit<'_>> {
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let _waiting = Waiting(&self.waiting);
        // Whoever is known waits behind strangers' queue as little as for their places.
        if before >= self.waiting_max && !known {
            return None;
        }
        let share = match net {
            Some(net) => Some(self.share(net).await?),
            None => None,
        };
        let place = if known {
            tokio::select! {
                biased;
                place = self.known.acquire() => place,
                place = self.strangers.acquire() => place,
            }
        } else {
            self.strangers.acquire().await
        };
        Some(HandshakePermit { _place: place.ok()?, _share: share })
    }

    async fn share(&self, net: Net) -> Option<Share<'_>> {
        let semaphore = {
            let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
            shares.entry(net).or_insert_with(|| Arc::new(Semaphore::new(self.share_max))).clone()
        };
        // Made before the wait, so that a wait that is given up is cleared away too.
        let mut share = Share { all: self, net, semaphore: semaphore.clone(), permit: None };
        share.permit = Some(semaphore.acquire_owned().await.ok()?);
        Some(share)
    }

    #[cfg(test)]
    fn remembered(&self) -> usize {
        self.shares.lock().unwrap().len()
    }
}

#[cfg(test)]
mod tests {
    use super::super::nets::Nets;
    use super::*;
    use futures_util::FutureExt as _;

    fn net(text: &str) -> Option<Net> {
        Some(Nets::of(text.parse().unwrap()).widest())
    }

    #[test]
    fn one_network_takes_its_share_only() {
        let handshakes = Handshakes::new(16, 100);
        let flood = net("192.0.2.1");
        let held: Vec<_> = (0..2).map(|_| handshakes.place(flood, false).now_or_never().unwrap().unwrap()).collect();
        assert!(handshakes.place(flood, false).now_or_never().is_none(), "waits for its own share");
        let other = handshakes.place(net("192.0.2.2"), false).now_or_never();
        assert!(other.is_some_and(|place| place.is_some()));
        drop(held);
        assert!(handshakes.place(flood, false).now_or_never().is_some());
        assert_eq!(handshakes.remembered(), 0, "whoever has gone is forgotten");
    }

    #[test]
    fn strangers_leave_places_for_the_known() {
        let handshakes = Handshakes::new(8, 100);
        let held: Vec<_> = (0..7)
            .map(|last| handshakes.place(net(&format!("192.0.2.{last}")), false).now_or_never().unwrap().unwrap())
            .collect();
        assert!(handshakes.place(net("192.0.2.8"), false).now_or_never().is_none());
        assert!(handshakes.place(net("192.0.2.9"), true).now_or_never().is_some());
        drop(held);
    }

    #[test]
    fn the_queue_has_an_end() {
        let handshakes = Handshakes::new(8, 1);
        let held: Vec<_> = (0..7)
            .map(|last| handshakes.place(net(&format!("192.0.2.{last}")), false).now_or_never().unwrap().unwrap())
            .collect();
        let mut waits = Box::pin(handshakes.place(net("192.0.2.8"), false));
        assert!(waits.as_mut().now_or_never().is_none());
        let refused = handshakes.place(net("192.0.2.9"), false).now_or_never();
        assert!(refused.is_some_and(|place| place.is_none()), "told at once");
        drop(held);
        assert!(waits.now_or_never().is_some());
        assert_eq!(handshakes.remembered(), 0);
    }
}
