//! Requests that are held for a few seconds until there is room, in the order of their need.

use super::lanes::Class;
use crate::decision::{HeldId, Lane, LessonSoon};
use crate::limiter::Source;
use crate::limits::{HELD_MAX, HOLD_MAX, LESSON_SOON};
use crate::request::{Holder, HolderKey, Kind};
use crate::waiting::{Entry, Ticket};
use preau_base::Instant;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// How long a request is still kept after it should have been given up: whoever holds it may be late.
const GIVEN_UP_LATE: Duration = Duration::from_secs(2);
/// So many are held of each class in any case, also while nobody knows how fast the application is.
const HELD_MIN: usize = 32;

/// The order among those held; the least goes first.
///
/// Somebody is due when their lesson starts; whoever has none is due a while after they first asked
/// ([`Class::due_after`]). To that, the time of asking is added: a minute of waiting counts as much as a lesson that
/// starts a minute earlier. So those whose lesson starts first go first, and still nobody is overtaken for ever:
/// whoever asks later than twice the difference stands behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    /// Due and asked, in milliseconds, and a minute for each place in the operator's priorities.
    score_ms: i128,
    id: u64,
}

impl Rank {
    pub fn new(class: Class, lesson: Option<LessonSoon>, asked: Instant, step: u8, id: u64) -> Self {
        let score_ms = i128::from(due(class, lesson, asked).as_millis()) + i128::from(asked.as_millis());
        Self { score_ms: score_ms + i128::from(step) * 60_000, id }
    }

    /// The score without what tells two of equal need apart, for counting how many stand before somebody.
    pub const fn score_ms(self) -> i128 {
        self.score_ms
    }
}

/// When somebody is due. A lesson that is on for long makes nobody more urgent than one that has just begun.
fn due(class: Class, lesson: Option<LessonSoon>, asked: Instant) -> Instant {
    match lesson {
        Some(lesson) if class == Class::Lesson => lesson.starts.max(asked.minus(LESSON_SOON)),
        _ => asked.plus(class.due_after()),
    }
}

/// Who stands behind a held request.
#[derive(Clone, Copy, Debug)]
pub(super) enum Claimant {
    Holder(Holder),
    Entered(Entry),
    /// A ticket whose turn has come, to be used when there is room; from this network.
    Turn(Ticket, u64),
    /// Somebody in line, or without a ticket, who wants to sign in.
    InLine(Ticket),
    Nobody,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct HeldRequest {
    pub class: Class,
    pub lane: Lane,
    pub kind: Kind,
    /// Whether a waiting page is of use to who asks.
    pub may_wait: bool,
    pub claimant: Claimant,
    pub source: Source,
    pub lesson: Option<LessonSoon>,
    pub step: u8,
    /// The latest entry that the ticket of a line promised, to somebody who holds a pass since.
    pub promised: Option<Instant>,
    /// When they first asked for what they still wait for.
    pub asked: Instant,
    pub until: Instant,
}

impl HeldRequest {
    /// See [`Rank`].
    pub fn score_ms(&self) -> i128 {
        Rank::new(self.class, self.lesson, self.asked, self.step, 0).score_ms()
    }

    pub const fn holder(&self) -> Option<HolderKey> {
        match self.claimant {
            Claimant::Holder(holder) => Some(holder.key),
            _ => None,
        }
    }
}

/// At most [`HELD_MAX`] requests, each for at most [`HOLD_MAX`]; a queue for each class, as each has its own room.
#[derive(Debug, Default)]
pub(super) struct Queue {
    classes: [BTreeMap<Rank, HeldRequest>; Class::ALL.len()],
    by_id: HashMap<u64, (Class, Rank)>,
    last_id: u64,
}

impl Queue {
    /// Whether another request of this class can be held: half of the queue is for lessons, half of what is left for the
    /// next class, and so on; and only as many as may hope to go in time. The second half of that is for those who are
    /// `near` their turn: whoever has waited for long finds a place before whoever has just come.
    pub fn has_room(&self, class: Class, served_per_second: f64, near: bool) -> bool {
        let in_time = (served_per_second * HOLD_MAX.as_secs_f64()) as usize;
        let wanted = if class == Class::Lesson { in_time * 2 } else { in_time };
        let most = wanted.clamp(HELD_MIN, HELD_MAX >> (class.number() + 1));
        let own = self.classes[class.number()].len();
        own < if near { most } else { most.div_ceil(2) }
    }

    pub fn push(&mut self, request: HeldRequest) -> HeldId {
        self.last_id += 1;
        let id = self.last_id;
        let rank = Rank::new(request.class, request.lesson, request.asked, request.step, id);
        self.classes[request.class.number()].insert(rank, request);
        self.by_id.insert(id, (request.class, rank));
        HeldId(id)
    }

    /// The first in order among the classes that have room.
    pub fn pop(&mut self, has_room: impl Fn(Class, &HeldRequest) -> bool) -> Option<(HeldId, HeldRequest)> {
        let first = |class: &Class| {
            let (rank, request) = self.classes[class.number()].first_key_value()?;
            has_room(*class, request).then_some((*rank, *class))
        };
        let (rank, class) = Class::ALL.iter().filter_map(first).min_by_key(|(rank, _)| *rank)?;
        self.by_id.remove(&rank.id);
        let request = self.classes[class.number()].remove(&rank)?;
        Some((HeldId(rank.id), request))
    }

    pub fn remove(&mut self, id: HeldId) -> Option<HeldRequest> {
        let (class, rank) = self.by_id.remove(&id.0)?;
        self.classes[class.number()].remove(&rank)
    }

    /// Forgets those that nobody gave up in time.
    pub fn drop_late(&mut self, now: Instant) -> Vec<HeldRequest> {
        let mut late = Vec::new();
        let by_id = &mut self.by_id;
        for class in &mut self.classes {
            class.retain(|rank, request| {
                let kept = now <= request.until.plus(GIVEN_UP_LATE);
                if !kept {
                    by_id.remove(&rank.id);
                    late.push(*request);
                }
                kept
            });
        }
        late
    }

    pub fn len(&self) -> u32 {
        self.by_id.len() as u32
    }

    pub fn len_of(&self, class: Class) -> u32 {
        self.classes[class.number()].len() as u32
    }
}
