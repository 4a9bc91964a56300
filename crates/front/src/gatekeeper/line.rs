//! Requests that are held back for a moment, and the people of a lesson who wait at the gate.

use crate::limits::{GATE_HELD_MAX, GATE_LESSON_WAITERS_MAX};
use preau_base::Instant;
use preau_gate::{Admission, HeldId, HolderKey};
use std::collections::HashMap;
use std::time::Duration;
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

/// Who of each lesson was told to wait, for as long as [`LessonLines::KEPT`].
#[derive(Default)]
pub(super) struct LessonLines(HashMap<u128, HashMap<HolderKey, Instant>>);

impl LessonLines {
    const KEPT: Duration = Duration::from_secs(60);

    pub fn waits(&mut self, lesson: u128, holder: HolderKey, now: Instant) {
        let people: usize = self.0.values().map(HashMap::len).sum();
        if people < GATE_LESSON_WAITERS_MAX {
            self.0.entry(lesson).or_default().insert(holder, now);
        }
    }

    pub fn count(&self, lesson: u128, now: Instant) -> u32 {
        let Some(people) = self.0.get(&lesson) else { return 0 };
        u32::try_from(people.values().filter(|at| now.since(**at) < Self::KEPT).count()).unwrap_or(u32::MAX)
    }

    pub fn prune(&mut self, now: Instant) {
        self.0.retain(|_, people| {
            people.retain(|_, at| now.since(*at) < Self::KEPT);
            !people.is_empty()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::from_secs(1_800_000_000);

    #[test]
    fn each_person_of_a_lesson_counts_once_and_for_a_minute() {
        let mut lines = LessonLines::default();
        for (lesson, person) in [(1, 1), (1, 2), (1, 1), (2, 3)] {
            lines.waits(lesson, HolderKey(person), NOW);
        }
        let later = NOW.plus(LessonLines::KEPT);
        assert_eq!((lines.count(1, NOW), lines.count(2, NOW), lines.count(3, NOW)), (2, 1, 0));
        lines.waits(1, HolderKey(2), later);
        assert_eq!((lines.count(1, later), lines.count(2, later)), (1, 0));
        lines.prune(later);
        assert_eq!(lines.0.len(), 1);
    }
}
