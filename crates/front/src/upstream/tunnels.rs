//! How many WebSockets are open: in all, and of one holder of a pass.

use preau_gate::HolderKey;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Places of WebSockets. A holder who takes all that are theirs leaves the others theirs.
pub(super) struct Tunnels {
    places: Arc<Semaphore>,
    of_holder_max: usize,
    /// Of those who have one open.
    by_holder: Mutex<HashMap<HolderKey, usize>>,
}

/// The place of one WebSocket; dropped, it is free again.
pub(super) struct TunnelPlace {
    _place: OwnedSemaphorePermit,
    tunnels: Arc<Tunnels>,
    holder: HolderKey,
}

impl Tunnels {
    pub fn new(max: usize, of_holder_max: usize) -> Arc<Self> {
        Arc::new(Self { places: Arc::new(Semaphore::new(max)), of_holder_max, by_holder: Mutex::default() })
    }

    fn by_holder(&self) -> MutexGuard<'_, HashMap<HolderKey, usize>> {
        self.by_holder.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// None when all are taken, or all of this holder's.
    pub fn take(self: &Arc<Self>, holder: HolderKey) -> Option<TunnelPlace> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        let mut by_holder = self.by_holder();
        let open = by_holder.get(&holder).copied().unwrap_or(0);
        if open >= self.of_holder_max {
            return None;
        }
        by_holder.insert(holder, open + 1);
        Some(TunnelPlace { _place: place, tunnels: self.clone(), holder })
    }
}

impl Drop for TunnelPlace {
    fn drop(&mut self) {
        let mut by_holder = self.tunnels.by_holder();
        match by_holder.get_mut(&self.holder) {
            Some(open) if *open > 1 => *open -= 1,
            _ => _ = by_holder.remove(&self.holder),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_holder_has_so_many_places_and_all_together_have() {
        let tunnels = Tunnels::new(10, 4);
        let take = |holder| tunnels.take(HolderKey(holder));
        let mut one: Vec<_> = (0..9).filter_map(|_| take(1)).collect();
        assert_eq!(one.len(), 4);
        let others: Vec<_> = (2..20).filter_map(take).collect();
        assert_eq!(others.len(), 6);
        one.pop();
        assert!(take(1).is_some(), "its place is free again");
        drop((one, others));
        assert!(tunnels.by_holder().is_empty(), "nothing is kept of those who have none open");
    }
}
