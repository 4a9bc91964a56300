//! Attendance: who calls a roll, keeps the school's register, and learns of whom that they were not there.
//!
//! Why a child was absent is between the family and those who look after pupils: school life and the head. Whoever only
//! manages accounts has no right here.

use super::{Actor, ENTRY_BEFORE_START, LessonFacts, PersonFacts, Refusal, Why, in_school, lesson_role};
use crate::attendance::ROLL_OPEN_AFTER;
use crate::{LessonRole, Profile};
use preau_base::{Instant, SchoolId};

/// What somebody wants to do about attendance.
#[derive(Clone, Copy, Debug)]
pub enum AttendanceAct<'a> {
    /// See and confirm the roll of a lesson: its teachers, from a little before it until a day after; school life and head
    /// from then on as well. A lesson that is cancelled has none; one on a day without school has one for those who want it.
    CallRoll(&'a LessonFacts),
    /// See the board of a school, its lists and its exports, decide on reasons, write follow-ups.
    Keep(SchoolId),
    /// Know how many pupils of a school were not reached, without their names.
    CountNotReached(SchoolId),
    /// Write the register of children received on site.
    ReceiveOnSite(SchoolId),
    /// See when a pupil was absent, and why.
    SeeOf(&'a PersonFacts),
    /// Say why a pupil is not there, or that they could not connect.
    Declare(&'a PersonFacts),
}

pub(super) fn may(actor: &Actor, act: AttendanceAct<'_>, now: Instant) -> Result<(), Refusal> {
    match act {
        AttendanceAct::CallRoll(lesson) => call_roll(actor, lesson, now),
        AttendanceAct::Keep(school) => in_school(actor, school, keeps(actor, school)),
        AttendanceAct::CountNotReached(school) => in_school(actor, school, actor.oversees(school)),
        AttendanceAct::ReceiveOnSite(school) => {
            let receives = keeps(actor, school) || actor.is(school, &[Profile::Teacher, Profile::Staff]);
            in_school(actor, school, receives)
        }
        AttendanceAct::SeeOf(pupil) => {
            let sees = actor.person == pupil.id || actor.relation_to(pupil.id).sees_attendance;
            hide(sees || keeps_of(actor, pupil))
        }
        AttendanceAct::Declare(pupil) => {
            if actor.relation_to(pupil.id).may_declare || keeps_of(actor, pupil) {
                return Ok(());
            }
            may(actor, AttendanceAct::SeeOf(pupil), now)?;
            Err(Refusal::Forbidden(Why::Role))
        }
    }
}

const fn hide(yes: bool) -> Result<(), Refusal> {
    if yes { Ok(()) } else { Err(Refusal::Hidden) }
}

fn keeps(actor: &Actor, school: SchoolId) -> bool {
    actor.is(school, &[Profile::Head, Profile::SchoolLife])
}

/// School life or head of a school of which the person is a pupil.
fn keeps_of(actor: &Actor, pupil: &PersonFacts) -> bool {
    pupil.schools_as_pupil().any(|school| keeps(actor, school))
}

fn call_roll(actor: &Actor, lesson: &LessonFacts, now: Instant) -> Result<(), Refusal> {
    let keeps = keeps(actor, lesson.school);
    if !keeps && lesson_role(actor, lesson) != Some(LessonRole::Teacher) {
        let why = if actor.belongs_to(lesson.school) { Refusal::Forbidden(Why::NotOnRoster) } else { Refusal::Hidden };
        return Err(why);
    }
    if lesson.cancelled {
        Err(Refusal::Forbidden(Why::Cancelled))
    } else if now < lesson.starts_at.minus(ENTRY_BEFORE_START) {
        Err(Refusal::Forbidden(Why::TooEarly))
    } else if !keeps && now > lesson.ends_at.plus(ROLL_OPEN_AFTER) {
        Err(Refusal::Forbidden(Why::Over))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
