//! The live class: who comes in, as what, and who has to knock. Whoever does neither learns nothing of it.

use super::lessons::in_time;
use super::{Actor, LessonFacts, Refusal, Why, lesson_role};
use crate::{Help, LessonRole, Profile};
use preau_base::{Instant, PersonId};

/// The facts about a live class that the right to come into it is made of.
#[derive(Clone, Debug)]
pub struct ClassFacts {
    pub lesson: LessonFacts,
    /// Whom its teacher has named beforehand.
    pub helpers: Vec<(PersonId, Help)>,
}

/// How somebody comes into a live class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entrance {
    /// Is expected.
    As(LessonRole),
    /// Is of the school but not expected: waits at the door until a teacher lets them in.
    Knocks(LessonRole),
}

impl Help {
    /// As what it lets somebody of this school in. Only a teacher teaches; an inspector (a guest of the school) sees.
    pub fn role(self, is_teacher: bool, is_staff: bool) -> Option<LessonRole> {
        match self {
            Self::CoTeacher if is_teacher => Some(LessonRole::Teacher),
            Self::Assistant if is_staff => Some(LessonRole::Assistant),
            Self::CoTeacher | Self::Assistant => None,
            Self::Observer | Self::Captioner | Self::Interpreter => Some(LessonRole::Observer),
        }
    }
}

/// How `actor` comes in; `None`: for her or him there is no such class.
///
/// Family does not come in with a child, whoever administers a territory or the platform is not of the school, and its guest
/// has nothing until named.
pub fn entrance(actor: &Actor, class: &ClassFacts) -> Option<Entrance> {
    let school = class.lesson.school;
    if let Some(role) = lesson_role(actor, &class.lesson) {
        return Some(Entrance::As(role));
    }
    let is_teacher = actor.is(school, &[Profile::Teacher]);
    let is_staff = actor.affiliations.iter().any(|(at, profile)| *at == school && profile.is_staff());
    let is_known = is_staff || actor.is(school, &[Profile::Guest]);
    let named = class.helpers.iter().find(|(person, _)| *person == actor.person && is_known);
    if let Some(role) = named.and_then(|(_, help)| help.role(is_teacher, is_staff)) {
        Some(Entrance::As(role))
    } else if actor.is(school, &[Profile::Head]) {
        Some(Entrance::As(LessonRole::Observer))
    } else if is_staff {
        Some(Entrance::Knocks(LessonRole::Observer))
    } else if actor.is(school, &[Profile::Pupil]) {
        Some(Entrance::Knocks(LessonRole::Pupil))
    } else {
        None
    }
}

pub(super) fn come(actor: &Actor, class: &ClassFacts, now: Instant) -> Result<(), Refusal> {
    entrance(actor, class).ok_or(Refusal::Hidden)?;
    in_time(&class.lesson, now)
}

/// Whether an invited guest of this lesson, whose invitation stands, is let through to its door now.
///
/// # Errors
/// Too early, over or cancelled, as for everybody else.
pub fn guest_comes(lesson: &LessonFacts, now: Instant) -> Result<(), Refusal> {
    in_time(lesson, now)
}

/// Its rules, groups and helpers, and whom it has invited: the lesson's own teachers.
pub(super) fn prepare(actor: &Actor, lesson: &LessonFacts) -> Result<(), Refusal> {
    match lesson_role(actor, lesson) {
        Some(LessonRole::Teacher) => Ok(()),
        Some(_) => Err(Refusal::Forbidden(Why::Role)),
        None => Err(Refusal::Hidden),
    }
}

/// Guests and programs: only while somebody may still come.
pub(super) fn invite(actor: &Actor, lesson: &LessonFacts, now: Instant) -> Result<(), Refusal> {
    prepare(actor, lesson)?;
    match in_time(lesson, now) {
        Err(Refusal::Forbidden(Why::TooEarly)) => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests;
