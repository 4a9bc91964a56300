use super::Gatekeeper;
use preau_gate::{Admission, Answered};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The place at work of one request. While the application waits for a client that sends slowly, the place is lent to
/// others: or else a few such clients would have all there are.
pub(super) struct Place {
    gatekeeper: Arc<Gatekeeper>,
    held: Mutex<Held>,
}

#[derive(Clone, Copy)]
enum Held {
    AtWork(Admission),
    Lent(Admission),
    Over,
}

impl Place {
    pub fn new(gatekeeper: Arc<Gatekeeper>, admission: Admission) -> Arc<Self> {
        Arc::new(Self { gatekeeper, held: Mutex::new(Held::AtWork(admission)) })
    }

    /// The gate is told under the same lock, or else the end could overtake the way back.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn lend(&self) {
        let mut held = self.held();
        if let Held::AtWork(admission) = *held {
            *held = Held::Lent(admission);
            self.gatekeeper.lend(admission);
        }
    }

    pub fn take_back(&self) {
        let mut held = self.held();
        if let Held::Lent(admission) = *held {
            *held = Held::AtWork(admission);
            self.gatekeeper.take_back(admission);
        }
    }

    /// The application has answered.
    pub fn finish(&self, answered: Answered) {
        if let Held::AtWork(admission) = std::mem::replace(&mut *self.held(), Held::Over) {
            self.gatekeeper.finished(admission, answered);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Held::AtWork(admission) = *self.held() {
            self.gatekeeper.abandon(admission);
        }
    }
}
