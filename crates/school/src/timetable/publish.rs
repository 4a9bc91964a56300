use super::recurrence::Planned;
use jiff::civil::Date;
use preau_base::{Instant, LessonId};
use std::collections::BTreeMap;

/// A lesson that a series has made before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Existing {
    pub id: LessonId,
    /// The day of the series that it stands for, wherever it was moved to.
    pub day: Date,
    pub starts_at: Instant,
    /// Somebody has moved, cancelled, or changed it.
    pub by_hand: bool,
    /// Something hangs on it: people were in it, a roll call, an entry of the lesson log.
    pub used: bool,
    /// It was made ready: a set-up of its own, a guest, a document for the board. It follows its series to another hour or
    /// room, and is not withdrawn.
    pub prepared: bool,
}

/// Why a publication leaves a lesson alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It has begun.
    Begun,
    ByHand,
    Used,
}

/// What a publication does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Add(Planned),
    /// Takes the series' time, room and people as they are now.
    Refresh(LessonId, Planned),
    /// The series does not have it any more.
    Withdraw(LessonId),
    Keep(LessonId, Kept),
}

/// What publishing `wanted` does to the lessons that the series has. Only what begins after `from` is touched or made;
/// what people have changed by hand, and what something hangs on, stays as it is.
pub fn publication(existing: &[Existing], wanted: &[Planned], from: Instant) -> Vec<Step> {
    let mut by_day: BTreeMap<Date, Planned> =
        wanted.iter().filter(|planned| planned.starts_at > from).map(|planned| (planned.day, *planned)).collect();
    let mut steps = Vec::with_capacity(existing.len().max(wanted.len()));
    for lesson in existing {
        let planned = by_day.remove(&lesson.day);
        let kept = if lesson.starts_at <= from {
            Some(Kept::Begun)
        } else if lesson.by_hand {
            Some(Kept::ByHand)
        } else if lesson.used {
            Some(Kept::Used)
        } else {
            None
        };
        steps.push(match (kept, planned) {
            (Some(why), _) => Step::Keep(lesson.id, why),
            (None, Some(planned)) => Step::Refresh(lesson.id, planned),
            (None, None) if lesson.prepared => Step::Keep(lesson.id, Kept::Used),
            (None, None) => Step::Withdraw(lesson.id),
        });
    }
    steps.extend(by_day.into_values().map(Step::Add));
    steps
}
