use crate::limits::SENDERS_KEPT_MAX;
use preau_base::UploadId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{OwnedMutexGuard, watch};

/// Who is sending which upload: one at a time. A phone that has changed its network comes again while its old connection
/// still seems to live, so whoever comes last gets the turn, and whoever has it gives it up.
#[derive(Default)]
pub(crate) struct Senders(Mutex<HashMap<UploadId, Weak<Slot>>>);

struct Slot {
    turn: Arc<tokio::sync::Mutex<()>>,
    /// How many have asked so far.
    asked: watch::Sender<u64>,
}

/// The right to write an upload, until it is dropped.
pub(crate) struct Turn {
    number: u64,
    asked: watch::Receiver<u64>,
    _slot: Arc<Slot>,
    _held: OwnedMutexGuard<()>,
}

impl Senders {
    /// Asks whoever is sending to stop, and waits until it has.
    pub(crate) async fn take(&self, id: UploadId) -> Turn {
        let slot = self.slot(id);
        let mut number = 0;
        slot.asked.send_modify(|asked| {
            *asked += 1;
            number = *asked;
        });
        let asked = slot.asked.subscribe();
        let held = Arc::clone(&slot.turn).lock_owned().await;
        Turn { number, asked, _slot: slot, _held: held }
    }

    fn slot(&self, id: UploadId) -> Arc<Slot> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= SENDERS_KEPT_MAX {
            slots.retain(|_, slot| slot.strong_count() > 0);
        }
        if let Some(slot) = slots.get(&id).and_then(Weak::upgrade) {
            return slot;
        }
        let slot = Arc::new(Slot { turn: Arc::default(), asked: watch::Sender::new(0) });
        slots.insert(id, Arc::downgrade(&slot));
        slot
    }
}

impl Turn {
    /// Returns when somebody who came later wants the turn.
    pub(crate) async fn wanted_by_another(&mut self) {
        let number = self.number;
        if self.asked.wait_for(|asked| *asked != number).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::{Instant, SeededRng};

    #[tokio::test]
    async fn whoever_comes_last_gets_the_turn() {
        let senders = Arc::new(Senders::default());
        let id = UploadId::new(Instant::EPOCH, &mut SeededRng::new(1));
        let mut first = senders.take(id).await;
        let other = senders.take(UploadId::new(Instant::EPOCH, &mut SeededRng::new(2))).await;
        drop(other);
        let second = tokio::spawn({
            let senders = Arc::clone(&senders);
            async move { senders.take(id).await.number }
        });
        first.wanted_by_another().await;
        assert!(!second.is_finished());
        drop(first);
        assert_eq!(second.await.unwrap(), 2);
    }
}
