use super::note::{Kept, Note};
use super::sampler::{Counted, Sampler};
use super::{Event, RecordConfig, RecordState};
use crate::limits as l;
use preau_base::Instant;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What deciders and writer share. The lock is held for as long as a record takes to be put down or the queue to be
/// taken away whole: never while anything is written.
pub struct Shared {
    queue: Mutex<Queue>,
    /// Told at the end only: the writer looks by itself often enough.
    closed: Condvar,
    state: Mutex<RecordState>,
}

struct Queue {
    sampler: Sampler,
    records: VecDeque<Queued>,
    sampled_out: u64,
    dropped: Dropped,
    closed: bool,
}

pub enum Queued {
    Decision(Box<Kept>),
    Event(Instant, Box<Event>),
}

impl Queued {
    pub fn at(&self) -> Instant {
        match self {
            Self::Decision(kept) => kept.at,
            Self::Event(at, _) => *at,
        }
    }
}

/// Records that were not written, and of which time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    pub records: u64,
    pub from: Instant,
    pub until: Instant,
}

impl Dropped {
    pub fn add(&mut self, other: Self) {
        if other.records == 0 {
            return;
        }
        self.from = if self.records == 0 { other.from } else { self.from.min(other.from) };
        self.until = if self.records == 0 { other.until } else { self.until.max(other.until) };
        self.records = self.records.saturating_add(other.records);
    }

    pub const fn one(at: Instant) -> Self {
        Self { records: 1, from: at, until: at }
    }
}

/// What the writer takes away at once.
pub struct Taken {
    pub records: VecDeque<Queued>,
    pub dropped: Dropped,
    pub closed: bool,
}

impl Shared {
    pub fn new(config: &RecordConfig) -> Self {
        let queue = Queue {
            sampler: Sampler::new(config.per_second_max, config.per_second_of_a_kind_max),
            records: VecDeque::new(),
            sampled_out: 0,
            dropped: Dropped::default(),
            closed: false,
        };
        Self { queue: Mutex::new(queue), closed: Condvar::new(), state: Mutex::default() }
    }

    /// Says whether this is a failed try of which attendance is to be told.
    pub fn note(&self, note: &Note<'_>) -> bool {
        let mut queue = self.lock();
        let is_kept_try = queue.sampler.is_kept_try(note);
        match queue.sampler.choose(note, is_kept_try) {
            None => queue.sampled_out += 1,
            Some(_) if queue.records.len() >= l::RECORDS_QUEUED_MAX => queue.dropped.add(Dropped::one(note.at)),
            Some(stands_for) => queue.records.push_back(Queued::Decision(Box::new(note.keep(stands_for)))),
        }
        is_kept_try
    }

    /// Events have room of their own behind a queue that is full of decisions.
    pub fn event(&self, at: Instant, event: Event) {
        let mut queue = self.lock();
        if queue.records.len() < l::RECORDS_QUEUED_MAX + l::EVENTS_QUEUED_MAX {
            queue.records.push_back(Queued::Event(at, Box::new(event)));
        } else {
            queue.dropped.add(Dropped::one(at));
        }
    }

    /// Waits until it is time to write or the end has come.
    pub fn take(&self, wait: Duration) -> Taken {
        let queue = self.lock();
        let waited = self.closed.wait_timeout_while(queue, wait, |queue| !queue.closed);
        let (mut queue, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let sampled_out = std::mem::take(&mut queue.sampled_out);
        let taken = Taken {
            records: std::mem::take(&mut queue.records),
            dropped: std::mem::take(&mut queue.dropped),
            closed: queue.closed,
        };
        drop(queue);
        metrics::counter!("preau_gate_record_sampled_out_total").increment(sampled_out);
        self.change(|state| state.sampled_out += sampled_out);
        taken
    }

    pub fn take_counts(&self) -> Vec<Counted> {
        self.lock().sampler.take_counts()
    }

    /// Counts that could not be written yet.
    pub fn give_back(&self, counts: &[Counted]) {
        self.lock().sampler.give_back(counts);
    }

    pub fn close(&self) {
        self.lock().closed = true;
        self.closed.notify_all();
    }

    pub fn state(&self) -> RecordState {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn change(&self, change: impl FnOnce(&mut RecordState)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
