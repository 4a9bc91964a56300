//! Who may do what: one function, [`may`], over an [`Actor`] whose facts the store reads at each request.
//!
//! Refusals are [`Refusal::Hidden`] where even the existence of the thing must not leak (answered like something that
//! does not exist) and [`Refusal::Forbidden`] where the person may know that it exists.

mod actor;
mod attendance;
mod documents;
mod entry;
mod lessons;
mod log;
mod people;
mod recording;
mod safety;
mod work;

pub use actor::{Actor, GroupFacts, LessonFacts, PersonFacts, RelationRights};
pub use attendance::AttendanceAct;
pub use documents::{DocumentAct, InClass};
pub use entry::{ClassFacts, Entrance, entrance, guest_comes};
pub use lessons::lesson_role;
pub use log::LogAct;
pub use people::has_card;
pub use recording::RecordingAct;
pub use safety::{SafetyAct, guest_reports};
pub use work::{HomeworkFacts, WorkAct};

use crate::Profile;
use crate::cards::CardFacts;
use preau_base::{Instant, SchoolId, TerritoryId};
use std::time::Duration;

/// How long before its start a lesson may be entered.
pub const ENTRY_BEFORE_START: Duration = Duration::from_secs(15 * 60);
/// How long after its planned end a lesson may still be entered, unless it was closed.
pub const ENTRY_AFTER_END: Duration = Duration::from_secs(30 * 60);

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
    /// Come into a live class, or knock at its door (now, by the clock given to [`may`]).
    ComeToClass(&'a ClassFacts),
    /// Set the rules of a live class beforehand, its groups and who helps.
    PrepareLesson(&'a LessonFacts),
    /// Invite somebody from outside into one live class.
    InviteGuest(&'a LessonFacts),
    /// Let a program publish into one live class, or play it, in one's own name.
    Stream(&'a LessonFacts),
    /// Open a lesson that is on site for those at home, as its teacher or as one who plans.
    OpenAtDistance(&'a LessonFacts),
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
    /// Change, suspend or restore an account; merge it with another (asked for both).
    ManagePerson(&'a PersonFacts),
    /// See a territory and what its schools have.
    SeeTerritory(TerritoryId),
    /// Decide for a territory which of its départements are on a list of the calendar.
    DecideLists(TerritoryId),
    /// Read a person's national number and birth date.
    SeeIdentity(&'a PersonFacts),
    /// Set what the relatives of a pupil may know and do, and bar one.
    SetRelations(&'a PersonFacts),
    /// Take a copy of all data about a person, who is under 15 or not.
    ExportData(&'a PersonFacts, bool),
    /// Print the sign-in cards of a group's pupils; each of them is asked for by [`Act::GiveCard`].
    PrintCards(GroupFacts),
    /// Give a pupil, who is in these classes, a sign-in card.
    GiveCard(&'a PersonFacts, &'a [CardFacts]),
    /// End a pupil's sign-in card, whoever may have one by now.
    RevokeCard(&'a PersonFacts),
    /// Something about work to be done at home.
    Work(WorkAct<'a>),
    /// Something about the lesson log.
    Log(LogAct<'a>),
    /// Something about attendance.
    Attendance(AttendanceAct<'a>),
    /// Something about documents and pictures on a live class's board.
    Document(DocumentAct<'a>),
    /// Something about safety, and about what is kept of a lesson's chat.
    Safety(SafetyAct<'a>),
    /// Something about recorded lessons.
    Recording(RecordingAct<'a>),
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
        Act::SeeSchool(school) | Act::PlanLesson(school) => in_school(actor, school, actor.oversees(school)),
        Act::ReadAudit(school) => {
            in_school(actor, school, actor.administers(school) || actor.is(school, &[Profile::Head]))
        }
        Act::SeeGroup(group) => {
            let sees = actor.oversees(group.school) || actor.teaches_one_of(&[group.id], group.school);
            in_school(actor, group.school, sees)
        }
        Act::ReadHomework(group) => match may(actor, Act::SeeGroup(group), now) {
            Err(_) if actor.is_pupil_of(group.id) => Ok(()),
            answer => answer,
        },
        Act::SetHomework(group) | Act::OpenLesson(group) => {
            in_school(actor, group.school, actor.teaches_one_of(&[group.id], group.school))
        }
        Act::SeeLesson(lesson) => lessons::see_lesson(actor, lesson),
        Act::EnterLesson(lesson) => lessons::enter_lesson(actor, lesson, now),
        Act::ComeToClass(class) => entry::come(actor, class, now),
        Act::PrepareLesson(lesson) => entry::prepare(actor, lesson),
        Act::InviteGuest(lesson) | Act::Stream(lesson) => entry::invite(actor, lesson, now),
        Act::OpenAtDistance(lesson) => lessons::open_at_distance(actor, lesson, now),
        Act::SeePerson(person) => people::see_person(actor, person),
        Act::SeeDayOf(person) => people::see_day_of(actor, person),
        Act::ResetPassword(person) => people::reset_password(actor, person),
        Act::PrintCodes(school, profile) => people::print_codes(actor, school, profile),
        Act::ManagePerson(person) => people::manage_person(actor, person),
        Act::SeeTerritory(territory) | Act::DecideLists(territory) => {
            let sees = actor.platform_admin || actor.territories.contains(&territory);
            if sees { Ok(()) } else { Err(Refusal::Hidden) }
        }
        Act::SeeIdentity(person) => people::see_identity(actor, person),
        Act::SetRelations(pupil) => people::set_relations(actor, pupil),
        Act::ExportData(person, under_15) => people::export_data(actor, person, under_15),
        Act::PrintCards(group) => people::print_cards(actor, group),
        Act::GiveCard(person, classes) => people::give_card(actor, person, classes),
        Act::RevokeCard(person) => people::revoke_card(actor, person),
        Act::Work(act) => work::work(actor, act, now),
        Act::Log(act) => log::may(actor, act, now),
        Act::Attendance(act) => attendance::may(actor, act, now),
        Act::Document(act) => documents::may(actor, act),
        Act::Safety(act) => safety::may(actor, act, now),
        Act::Recording(act) => recording::may(actor, act),
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

#[cfg(test)]
mod tests;
