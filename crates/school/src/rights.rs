//! Who may do what: one function, [`may`], over an [`Actor`] whose facts the store reads at each request.
//!
//! Refusals are [`Refusal::Hidden`] where even the existence of the thing must not leak (answered like something that
//! does not exist) and [`Refusal::Forbidden`] where the person may know that it exists.

use crate::{GroupKind, LessonRole, MemberRole, Profile};
use preau_base::{GroupId, Instant, LessonId, PersonId, SchoolId};
use std::time::Duration;

/// How long before its start a lesson may be entered.
pub const ENTRY_BEFORE_START: Duration = Duration::from_secs(15 * 60);
/// How long after its planned end a lesson may still be entered, unless it was closed.
pub const ENTRY_AFTER_END: Duration = Duration::from_secs(30 * 60);

/// The facts about a signed-in person that rights are made of.
#[derive(Clone, Debug)]
pub struct Actor {
    pub person: PersonId,
    pub platform_admin: bool,
    pub affiliations: Vec<(SchoolId, Profile)>,
    pub memberships: Vec<(GroupId, MemberRole)>,
    pub children: Vec<PersonId>,
}

impl Actor {
    pub fn is(&self, school: SchoolId, profiles: &[Profile]) -> bool {
        self.affiliations.iter().any(|(at, profile)| *at == school && profiles.contains(profile))
    }

    pub fn is_somewhere(&self, profile: Profile) -> bool {
        self.affiliations.iter().any(|(_, is)| *is == profile)
    }

    fn belongs_to(&self, school: SchoolId) -> bool {
        self.affiliations.iter().any(|(at, _)| *at == school)
    }

    fn administers(&self, school: SchoolId) -> bool {
        self.platform_admin || self.is(school, &[Profile::Administrator])
    }

    fn teaches(&self, group: GroupId) -> bool {
        let teaching = [MemberRole::Teacher, MemberRole::HeadTeacher];
        self.memberships.iter().any(|(of, role)| *of == group && teaching.contains(role))
    }

    /// A teacher of `school` who teaches one of `groups`. A membership alone gives nothing: somebody who has left the
    /// school may still stand in a group that was assigned by hand.
    fn teaches_one_of(&self, groups: &[GroupId], school: SchoolId) -> bool {
        self.is(school, &[Profile::Teacher]) && groups.iter().any(|group| self.teaches(*group))
    }

    fn teaches_pupil(&self, person: &PersonFacts) -> bool {
        person.is_only(Profile::Pupil)
            && person.affiliations.iter().any(|(school, _)| self.teaches_one_of(&person.pupil_of, *school))
    }

    fn is_pupil_of(&self, group: GroupId) -> bool {
        self.memberships.iter().any(|(of, role)| *of == group && *role == MemberRole::Pupil)
    }
}

/// The facts about a group that rights are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupFacts {
    pub id: GroupId,
    pub school: SchoolId,
    pub kind: GroupKind,
}

/// The facts about a lesson that rights are made of.
#[derive(Clone, Debug)]
pub struct LessonFacts {
    pub id: LessonId,
    pub school: SchoolId,
    pub groups: Vec<GroupId>,
    pub teachers: Vec<PersonId>,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub cancelled: bool,
    pub closed: bool,
}

/// The facts about another person that rights are made of.
#[derive(Clone, Debug)]
pub struct PersonFacts {
    pub id: PersonId,
    pub platform_admin: bool,
    pub affiliations: Vec<(SchoolId, Profile)>,
    /// Groups of which this person is a pupil.
    pub pupil_of: Vec<GroupId>,
}

impl PersonFacts {
    fn is_only(&self, profile: Profile) -> bool {
        !self.platform_admin && !self.affiliations.is_empty() && self.affiliations.iter().all(|(_, is)| *is == profile)
    }

    fn is_family(&self) -> bool {
        !self.platform_admin
            && !self.affiliations.is_empty()
            && self.affiliations.iter().all(|(_, is)| matches!(is, Profile::Pupil | Profile::Relative))
    }
}

/// What somebody wants to do.
#[derive(Clone, Copy, Debug)]
pub enum Act<'a> {
    /// Create schools, read the whole audit log, see every school.
    ManagePlatform,
    /// See who waits at the gate and why, and set its switches.
    OperateGate,
    /// Add and change people, groups, lessons and teaching of a school.
    ManageSchool(SchoolId),
    /// See the timetable and the groups of a whole school.
    SeeSchool(SchoolId),
    /// Read the audit log of a school.
    ReadAudit(SchoolId),
    /// See who is in a group.
    SeeGroup(GroupFacts),
    /// Set work for a group.
    SetHomework(GroupFacts),
    /// Read the work set for a group; relatives ask by [`Act::SeeDayOf`] a child who is in it.
    ReadHomework(GroupFacts),
    /// See that a lesson exists, and when and where it is.
    SeeLesson(&'a LessonFacts),
    /// Enter a live lesson (now, by the clock given to [`may`]).
    EnterLesson(&'a LessonFacts),
    /// Open a lesson at once for a group.
    OpenLesson(GroupFacts),
    /// Make, move or cancel a lesson of the timetable.
    PlanLesson(SchoolId),
    /// See another person's page: name, groups, state of the account.
    SeePerson(&'a PersonFacts),
    /// See a pupil's timetable and homework.
    SeeDayOf(&'a PersonFacts),
    /// Give a new activation code, which ends the old password.
    ResetPassword(&'a PersonFacts),
    /// Print activation codes of one profile of a school.
    PrintCodes(SchoolId, Profile),
    /// Change, suspend or restore an account.
    ManagePerson(&'a PersonFacts),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Answer as if it did not exist.
    #[error("not found")]
    Hidden,
    #[error("not allowed: {0}")]
    Forbidden(Why),
}

/// Why a person is refused; pages have a sentence for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    #[error("this takes another role in the school")]
    Role,
    #[error("this lesson is not yours")]
    NotOnRoster,
    #[error("the lesson has not started yet")]
    TooEarly,
    #[error("the lesson is over")]
    Over,
    #[error("the lesson is cancelled")]
    Cancelled,
}

/// Whether `actor` may do `act` at `now`.
pub fn may(actor: &Actor, act: Act<'_>, now: Instant) -> Result<(), Refusal> {
    match act {
        Act::ManagePlatform | Act::OperateGate => allow(actor.platform_admin),
        Act::ManageSchool(school) => in_school(actor, school, actor.administers(school)),
        Act::SeeSchool(school) => {
            let sees = [Profile::Head, Profile::SchoolLife, Profile::Administrator];
            in_school(actor, school, actor.administers(school) || actor.is(school, &sees))
        }
        Act::ReadAudit(school) => {
            in_school(actor, school, actor.administers(school) || actor.is(school, &[Profile::Head]))
        }
        Act::SeeGroup(group) => {
            let sees = [Profile::Head, Profile::SchoolLife];
            in_school(
                actor,
                group.school,
                actor.administers(group.school)
                    || actor.is(group.school, &sees)
                    || actor.teaches_one_of(&[group.id], group.school),
            )
        }
        Act::ReadHomework(group) => match may(actor, Act::SeeGroup(group), now) {
            Err(_) if actor.is_pupil_of(group.id) => Ok(()),
            answer => answer,
        },
        Act::SetHomework(group) | Act::OpenLesson(group) => {
            in_school(actor, group.school, actor.teaches_one_of(&[group.id], group.school))
        }
        Act::PlanLesson(school) => in_school(
            actor,
            school,
            actor.administers(school) || actor.is(school, &[Profile::Head, Profile::SchoolLife]),
        ),
        Act::SeeLesson(lesson) => see_lesson(actor, lesson),
        Act::EnterLesson(lesson) => enter_lesson(actor, lesson, now),
        Act::SeePerson(person) => see_person(actor, person),
        Act::SeeDayOf(person) => see_day_of(actor, person),
        Act::ResetPassword(person) => reset_password(actor, person),
        Act::PrintCodes(school, profile) => print_codes(actor, school, profile),
        Act::ManagePerson(person) => manage_person(actor, person),
    }
}

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

const fn allow(yes: bool) -> Result<(), Refusal> {
    if yes { Ok(()) } else { Err(Refusal::Forbidden(Why::Role)) }
}

/// People of the school may know that a refused thing exists; everybody else may not.
fn in_school(actor: &Actor, school: SchoolId, yes: bool) -> Result<(), Refusal> {
    match (yes, actor.belongs_to(school)) {
        (true, _) => Ok(()),
        (false, true) => Err(Refusal::Forbidden(Why::Role)),
        (false, false) => Err(Refusal::Hidden),
    }
}

fn see_lesson(actor: &Actor, lesson: &LessonFacts) -> Result<(), Refusal> {
    let oversees = [Profile::Head, Profile::SchoolLife, Profile::Administrator];
    if lesson_role(actor, lesson).is_some()
        || actor.platform_admin
        || actor.is(lesson.school, &oversees)
        || actor.teaches_one_of(&lesson.groups, lesson.school)
    {
        Ok(())
    } else if actor.belongs_to(lesson.school) {
        Err(Refusal::Forbidden(Why::NotOnRoster))
    } else {
        Err(Refusal::Hidden)
    }
}

fn enter_lesson(actor: &Actor, lesson: &LessonFacts, now: Instant) -> Result<(), Refusal> {
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

fn see_person(actor: &Actor, person: &PersonFacts) -> Result<(), Refusal> {
    if actor.person == person.id || actor.platform_admin || actor.children.contains(&person.id) {
        return Ok(());
    }
    let oversees = [Profile::Head, Profile::SchoolLife, Profile::Administrator];
    let sees =
        person.affiliations.iter().any(|(school, _)| actor.is(*school, &oversees)) || actor.teaches_pupil(person);
    if sees { Ok(()) } else { Err(Refusal::Hidden) }
}

fn see_day_of(actor: &Actor, person: &PersonFacts) -> Result<(), Refusal> {
    let oversees = [Profile::Head, Profile::SchoolLife];
    let sees = actor.person == person.id
        || actor.children.contains(&person.id)
        || person
            .affiliations
            .iter()
            .any(|(school, profile)| *profile == Profile::Pupil && actor.is(*school, &oversees));
    if sees { Ok(()) } else { Err(Refusal::Hidden) }
}

/// A teacher for the pupils of the groups they teach, school life for families, an administrator for everybody of their school.
fn reset_password(actor: &Actor, person: &PersonFacts) -> Result<(), Refusal> {
    if manage_person(actor, person).is_ok() {
        return Ok(());
    }
    see_person(actor, person)?;
    let as_school_life = person.is_family()
        && person.affiliations.iter().any(|(school, _)| actor.is(*school, &[Profile::SchoolLife, Profile::Head]));
    allow(actor.person != person.id && (as_school_life || actor.teaches_pupil(person)))
}

fn print_codes(actor: &Actor, school: SchoolId, profile: Profile) -> Result<(), Refusal> {
    let may_print = if profile.is_staff() {
        actor.administers(school)
    } else {
        actor.administers(school) || actor.is(school, &[Profile::SchoolLife, Profile::Head])
    };
    in_school(actor, school, may_print)
}

/// The platform's administrators are changed by each other only; a school's administrator changes people who have no
/// affiliation elsewhere that this administrator does not manage as well.
fn manage_person(actor: &Actor, person: &PersonFacts) -> Result<(), Refusal> {
    if actor.platform_admin {
        return Ok(());
    }
    let all_mine =
        !person.affiliations.is_empty() && person.affiliations.iter().all(|(school, _)| actor.administers(*school));
    if all_mine && !person.platform_admin {
        return Ok(());
    }
    see_person(actor, person)?;
    Err(Refusal::Forbidden(Why::Role))
}

#[cfg(test)]
mod tests;
