//! The lesson log: who writes, reads, signs and keeps it.
//!
//! Whoever manages accounts reads no teaching: administrators of a school, a territory or the platform have no right
//! here, unless they are something else besides. School life reads what the class reads, to look after pupils.

use super::{Actor, GroupFacts, LessonFacts, PersonFacts, Refusal, Why, in_school, lesson_role, people};
use crate::log::{Reading, State};
use crate::{LessonRole, Profile};
use preau_base::{Instant, PersonId, SchoolId};

/// What somebody wants to do with the lesson log.
#[derive(Clone, Copy, Debug)]
pub enum LogAct<'a> {
    /// Write the entry of a lesson: its teachers on the timetable, so whoever stands in as well.
    Write(&'a LessonFacts),
    /// Read the entry of a lesson.
    ReadEntry(&'a LessonFacts, State),
    /// Read it for a child who is in one of the lesson's groups.
    ReadEntryOf(&'a LessonFacts, State, &'a PersonFacts),
    /// Read the log of a group. The flag says that the person has lessons with it on the timetable without being one of
    /// its teachers: a substitute, who must know where the other stopped.
    ReadGroup(GroupFacts, bool),
    /// See how much work a group has on which day; the same flag.
    SeeLoad(GroupFacts, bool),
    /// See what is written and what is missing in a school, sign it, archive it, let inspectors read it.
    Lead(SchoolId),
    /// Read what the head has opened to this person.
    ReadOpened(&'a Reading),
    /// Read one entry under such a leave: the lesson, its subject, where the entry stands.
    ReadEntryOpened(&'a Reading, &'a LessonFacts, &'a str, State),
    /// Fetch the archive of a year, written by these people.
    ReadArchive(SchoolId, &'a [PersonId]),
    /// See and change a progression of this person in this school.
    Progression(PersonId, SchoolId),
}

pub(super) fn may(actor: &Actor, act: LogAct<'_>, now: Instant) -> Result<(), Refusal> {
    match act {
        LogAct::Write(lesson) => write(actor, lesson),
        LogAct::ReadEntry(lesson, state) => read_entry(actor, lesson, state),
        LogAct::ReadEntryOf(lesson, state, child) => {
            people::see_day_of(actor, child)?;
            hide(state.is_read_by_class() && lesson.groups.iter().any(|group| child.pupil_of.contains(group)))
        }
        LogAct::ReadGroup(group, _) if actor.is_pupil_of(group.id) => Ok(()),
        LogAct::ReadGroup(group, stands_in) => in_school(actor, group.school, teaches(actor, group, stands_in)),
        LogAct::SeeLoad(group, stands_in) => in_school(actor, group.school, teaches(actor, group, stands_in)),
        LogAct::Lead(school) => in_school(actor, school, actor.is(school, &[Profile::Head])),
        LogAct::ReadOpened(reading) => hide(reads(actor, reading, now)),
        LogAct::ReadEntryOpened(reading, lesson, subject, state) => {
            let covers = reading.school == lesson.school
                && reading.teacher.is_none_or(|teacher| lesson.teachers.contains(&teacher))
                && (reading.subject.is_empty() || reading.subject == subject);
            hide(reads(actor, reading, now) && covers && state.is_read_by_class())
        }
        LogAct::ReadArchive(school, authors) => {
            let wrote = authors.contains(&actor.person) && actor.is(school, &[Profile::Teacher]);
            in_school(actor, school, wrote || actor.is(school, &[Profile::Head]))
        }
        LogAct::Progression(owner, school) => hide(actor.person == owner && actor.is(school, &[Profile::Teacher])),
    }
}

const fn hide(yes: bool) -> Result<(), Refusal> {
    if yes { Ok(()) } else { Err(Refusal::Hidden) }
}

fn write(actor: &Actor, lesson: &LessonFacts) -> Result<(), Refusal> {
    if lesson_role(actor, lesson) == Some(LessonRole::Teacher) {
        Ok(())
    } else if actor.belongs_to(lesson.school) {
        Err(Refusal::Forbidden(Why::NotOnRoster))
    } else {
        Err(Refusal::Hidden)
    }
}

/// Whoever is with the class as an adult of the school: its teachers, those who stand in, head and school life.
fn teaches(actor: &Actor, group: GroupFacts, stands_in: bool) -> bool {
    actor.teaches_one_of(&[group.id], group.school)
        || (stands_in && actor.is(group.school, &[Profile::Teacher]))
        || actor.is(group.school, &[Profile::Head, Profile::SchoolLife])
}

fn read_entry(actor: &Actor, lesson: &LessonFacts, state: State) -> Result<(), Refusal> {
    if write(actor, lesson).is_ok() {
        return Ok(());
    }
    let of_class = lesson.groups.iter().any(|group| actor.is_pupil_of(*group))
        || actor.teaches_one_of(&lesson.groups, lesson.school)
        || actor.is(lesson.school, &[Profile::Head, Profile::SchoolLife]);
    if of_class && !state.is_read_by_class() {
        return Err(Refusal::Hidden);
    }
    if of_class { Ok(()) } else { in_school(actor, lesson.school, false) }
}

/// A guest of the school, or somebody of it, to whom the head has opened the log for a time.
fn reads(actor: &Actor, reading: &Reading, now: Instant) -> bool {
    let is_there = actor.affiliations.iter().any(|(school, profile)| *school == reading.school && !profile.is_family());
    reading.reader == actor.person && is_there && reading.is_open(now)
}

#[cfg(test)]
mod tests;
