use crate::limits::GATE_HELD_MAX;
use preau_gate::{Admission, HeldId};
use std::collections::HashMap;
use tokio::sync::oneshot;

/// Where the release of each held request is awaited.
#[derive(Default)]
pub(super) struct Held(HashMap<HeldId, oneshot::Sender<Admission>>);

impl Held {
    /// `None` beyond [`GATE_HELD_MAX`]: the gate's own bound is lower.
    pub fn wait_for(&mut self, id: HeldId) -> Option<oneshot::Receiver<Admission>> {
        if self.0.len() >= GATE_HELD_MAX {
            return None;
        }
        let (release, released) = oneshot::channel();
        self.0.insert(id, release);
        Some(released)
    }

    /// Gives the admission back when nobody awaits it any more.
    pub fn release(&mut self, id: HeldId, admission: Admission) -> Result<(), Admission> {
        self.0.remove(&id).map_or(Err(admission), |release| release.send(admission))
    }

    /// True when it was still held.
    pub fn forget(&mut self, id: HeldId) -> bool {
        self.0.remove(&id).is_some()
    }
}
