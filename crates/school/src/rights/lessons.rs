//! Lessons: who sees one, who enters it and when.

use super::{Actor, ENTRY_AFTER_END, ENTRY_BEFORE_START, LessonFacts, Refusal, Why};
use crate::{LessonRole, Profile};
use preau_base::Instant;

/// What `actor` is in this lesson, by roster and timetable; `None` for everybody else.
pub fn lesson_role(actor: &Actor, lesson: &LessonFacts) -> Option<LessonRole> {
    if lesson.teachers.contains(&actor.person) && actor.is(lesson.school, &[Profile::Teacher]) {
        Some(LessonRole::Teacher)
    } else if lesson.groups.iter().any(|group| actor.is_pupil_of(*group)) {
        Some(LessonRole::Pupil)
    } else {
        None
    }
}

pub(super) fn see_lesson(actor: &Actor, lesson: &LessonFacts) -> Result<(), Refusal> {
    if lesson_role(actor, lesson).is_some()
        || actor.oversees(lesson.school)
        || actor.teaches_one_of(&lesson.groups, lesson.school)
    {
        Ok(())
    } else if actor.belongs_to(lesson.school) {
        Err(Refusal::Forbidden(Why::NotOnRoster))
    } else {
        Err(Refusal::Hidden)
    }
}

pub(super) fn enter_lesson(actor: &Actor, lesson: &LessonFacts, now: Instant) -> Result<(), Refusal> {
    if lesson_role(actor, lesson).is_none() {
        see_lesson(actor, lesson)?;
        return Err(Refusal::Forbidden(Why::NotOnRoster));
    }
    let refused = if lesson.cancelled {
        Some(Why::Cancelled)
    } else if lesson.closed || now > lesson.ends_at.plus(ENTRY_AFTER_END) {
        Some(Why::Over)
    } else if now < lesson.starts_at.minus(ENTRY_BEFORE_START) {
        Some(Why::TooEarly)
    } else {
        None
    };
    refused.map_or(Ok(()), |why| Err(Refusal::Forbidden(why)))
}

/// Until the lesson is over; how long before does not matter.
pub(super) fn open_at_distance(actor: &Actor, lesson: &LessonFacts, now: Instant) -> Result<(), Refusal> {
    if lesson_role(actor, lesson) != Some(LessonRole::Teacher) && !actor.oversees(lesson.school) {
        see_lesson(actor, lesson)?;
        return Err(Refusal::Forbidden(Why::NotOnRoster));
    }
    let refused = if lesson.cancelled {
        Some(Why::Cancelled)
    } else if lesson.closed || now >= lesson.ends_at {
        Some(Why::Over)
    } else {
        None
    };
    refused.map_or(Ok(()), |why| Err(Refusal::Forbidden(why)))
}
