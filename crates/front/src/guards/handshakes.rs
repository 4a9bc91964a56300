//! Who may shake hands now: half of a handshake costs its client nothing, and us memory.

use super::nets::Net;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

/// Handshakes under way. Nobody gets more than a share: each network one of its own, and networks that showed passes one
/// that no stranger takes. Where little is left, whoever only holds a place has to give it up
/// ([`HandshakePermit::is_needed`]): one's neighbours behind the same address wait for it.
pub(crate) struct Handshakes {
    strangers: Semaphore,
    strangers_max: usize,
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
    all: &'a Handshakes,
    _place: SemaphorePermit<'a>,
    share: Option<Share<'a>>,
}

impl HandshakePermit<'_> {
    /// Others need the place: less than a quarter is left of its network's share, or of those of all strangers.
    pub fn is_needed(&self) -> bool {
        let is_scarce = |left: &Semaphore, of: usize| left.available_permits() < of.div_ceil(4);
        let in_share = self.share.as_ref().is_some_and(|share| is_scarce(&share.semaphore, self.all.share_max));
        in_share || is_scarce(&self.all.strangers, self.all.strangers_max)
    }
}

/// Waits no longer, when dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Handshakes {
    /// So many at once in all, of which networks with passes keep an eighth, and one network gets a quarter at most.
    pub fn new(at_once_max: usize, waiting_max: usize) -> Self {
        let at_once_max = at_once_max.min(Semaphore::MAX_PERMITS);
        let eighth = at_once_max.div_ceil(8);
        Self {
            strangers: Semaphore::new(at_once_max - eighth),
            strangers_max: at_once_max - eighth,
            known: Semaphore::new(eighth),
            shares: Mutex::default(),
            share_max: at_once_max.div_ceil(4),
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
        Some(HandshakePermit { all: self, _place: place.ok()?, share })
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
        let held: Vec<_> = (0..4).map(|_| handshakes.place(flood, false).now_or_never().unwrap().unwrap()).collect();
        assert!(handshakes.place(flood, false).now_or_never().is_none(), "waits for its own share");
        assert!(held.iter().all(HandshakePermit::is_needed));
        let other = handshakes.place(net("192.0.2.2"), false).now_or_never().flatten();
        assert!(other.is_some_and(|place| !place.is_needed()), "there is room for others yet");
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
