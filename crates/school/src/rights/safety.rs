//! Safety: who may tell school life of something, who reads and judges it, and who reads a lesson's chat afterwards.

use super::{Actor, ENTRY_BEFORE_START, LessonFacts, Refusal, Why, in_school, lesson_role};
use crate::safety::REPORT_OPEN_AFTER;
use crate::{LessonRole, Profile};
use preau_base::{Instant, PersonId, SchoolId};

/// What somebody wants to do about safety.
#[derive(Clone, Copy, Debug)]
pub enum SafetyAct<'a> {
    /// Report something of a lesson: those of its roster, and whoever was in it.
    Report { lesson: &'a LessonFacts, was_in: bool },
    /// See the reports of a school.
    Judge(SchoolId),
    /// Read and handle one report: nobody judges what is said of themselves, nor learns who said it.
    JudgeOne { school: SchoolId, reported: PersonId },
    /// Read the chat that is kept of a lesson: its teachers, and who was in it.
    ReadChat { lesson: &'a LessonFacts, was_in: bool },
    /// Say how long a school keeps the chat of its lessons.
    SetKeeping(SchoolId),
    /// See what devices and lines of a school can do.
    SeeSelfTests(SchoolId),
}

pub(super) fn may(actor: &Actor, act: SafetyAct<'_>, now: Instant) -> Result<(), Refusal> {
    match act {
        SafetyAct::Report { lesson, was_in } => report(actor, lesson, was_in, now),
        SafetyAct::Judge(school) => in_school(actor, school, judges(actor, school)),
        SafetyAct::JudgeOne { reported, .. } if reported == actor.person => Err(Refusal::Hidden),
        SafetyAct::JudgeOne { school, .. } => in_school(actor, school, judges(actor, school)),
        SafetyAct::ReadChat { lesson, was_in } => {
            let teaches = lesson_role(actor, lesson) == Some(LessonRole::Teacher);
            let reads = teaches || (was_in && actor.belongs_to(lesson.school));
            if reads { Ok(()) } else { refuse(actor, lesson) }
        }
        SafetyAct::SetKeeping(school) => {
            in_school(actor, school, actor.administers(school) || actor.is(school, &[Profile::Head]))
        }
        SafetyAct::SeeSelfTests(school) => in_school(actor, school, actor.oversees(school)),
    }
}

/// School life and head. Whoever only manages accounts has no right here.
fn judges(actor: &Actor, school: SchoolId) -> bool {
    actor.is(school, &[Profile::Head, Profile::SchoolLife])
}

/// A guest of a lesson, who has no account, may tell school life of what happened while they were in.
///
/// # Errors
/// Whoever was not in learns nothing; too early and over as for everybody else.
pub fn guest_reports(lesson: &LessonFacts, was_in: bool, now: Instant) -> Result<(), Refusal> {
    if was_in { while_it_counts(lesson, now) } else { Err(Refusal::Hidden) }
}

fn report(actor: &Actor, lesson: &LessonFacts, was_in: bool, now: Instant) -> Result<(), Refusal> {
    let is_of_it = lesson_role(actor, lesson).is_some() || (was_in && actor.belongs_to(lesson.school));
    if is_of_it { while_it_counts(lesson, now) } else { refuse(actor, lesson) }
}

fn while_it_counts(lesson: &LessonFacts, now: Instant) -> Result<(), Refusal> {
    if now < lesson.starts_at.minus(ENTRY_BEFORE_START) {
        Err(Refusal::Forbidden(Why::TooEarly))
    } else if now > lesson.ends_at.plus(REPORT_OPEN_AFTER) {
        Err(Refusal::Forbidden(Why::Over))
    } else {
        Ok(())
    }
}

fn refuse(actor: &Actor, lesson: &LessonFacts) -> Result<(), Refusal> {
    Err(if actor.belongs_to(lesson.school) { Refusal::Forbidden(Why::NotOnRoster) } else { Refusal::Hidden })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_reports_what_they_were_in_for_as_long_as_everybody() {
        let rng = &mut preau_base::SeededRng::new(1);
        let at = Instant::from_secs;
        let lesson = LessonFacts {
            id: preau_base::LessonId::new(at(0), rng),
            school: SchoolId::new(at(0), rng),
            groups: Vec::new(),
            teachers: Vec::new(),
            starts_at: at(1_000_000),
            ends_at: at(1_003_300),
            cancelled: false,
            closed: true,
            no_school: false,
        };
        assert_eq!(guest_reports(&lesson, true, at(1_001_000)), Ok(()));
        assert_eq!(guest_reports(&lesson, false, at(1_001_000)), Err(Refusal::Hidden));
        let late = lesson.ends_at.plus(REPORT_OPEN_AFTER + std::time::Duration::from_secs(1));
        assert_eq!(guest_reports(&lesson, true, late), Err(Refusal::Forbidden(Why::Over)));
    }
    use crate::{Act, MemberRole, may};
    use preau_base::{GroupId, LessonId, SeededRng};

    #[test]
    fn reports_are_made_by_those_of_the_lesson_and_judged_by_school_life() {
        let rng = &mut SeededRng::new(1);
        let at = Instant::from_secs;
        let (school, elsewhere) = (SchoolId::new(at(0), rng), SchoolId::new(at(0), rng));
        let (class, teacher) = (GroupId::new(at(0), rng), PersonId::new(at(0), rng));
        let lesson = LessonFacts {
            id: LessonId::new(at(0), rng),
            school,
            groups: vec![class],
            teachers: vec![teacher],
            starts_at: at(100_000),
            ends_at: at(103_300),
            cancelled: false,
            closed: false,
            no_school: false,
        };
        let mut somebody = |at_school, profile| Actor {
            affiliations: vec![(at_school, profile)],
            ..Actor::nobody(PersonId::new(at(0), rng))
        };
        let hers = Actor { person: teacher, ..somebody(school, Profile::Teacher) };
        let pupil = Actor { memberships: vec![(class, MemberRole::Pupil)], ..somebody(school, Profile::Pupil) };
        let (neighbour, stranger) = (somebody(school, Profile::Pupil), somebody(elsewhere, Profile::Head));
        let (life, administrator) = (somebody(school, Profile::SchoolLife), somebody(school, Profile::Administrator));
        let check = |actor: &Actor, act, now, expect: Result<(), Refusal>| {
            assert_eq!(may(actor, Act::Safety(act), at(now)), expect, "{actor:?} {act:?} at {now}");
        };
        let (roster, role) = (Refusal::Forbidden(Why::NotOnRoster), Refusal::Forbidden(Why::Role));
        let report = |was_in| SafetyAct::Report { lesson: &lesson, was_in };
        check(&pupil, report(false), 100_100, Ok(()));
        check(&hers, report(false), 100_100, Ok(()));
        check(&neighbour, report(false), 100_100, Err(roster));
        check(&neighbour, report(true), 100_100, Ok(()));
        check(&stranger, report(true), 100_100, Err(Refusal::Hidden));
        check(&pupil, report(true), 99_000, Err(Refusal::Forbidden(Why::TooEarly)));
        check(&pupil, report(true), 103_300 + 14 * 86_400, Ok(()));
        check(&pupil, report(true), 103_301 + 14 * 86_400, Err(Refusal::Forbidden(Why::Over)));

        check(&life, SafetyAct::Judge(school), 0, Ok(()));
        for other in [&pupil, &hers, &administrator] {
            check(other, SafetyAct::Judge(school), 0, Err(role));
        }
        check(&stranger, SafetyAct::Judge(school), 0, Err(Refusal::Hidden));
        check(&life, SafetyAct::JudgeOne { school, reported: pupil.person }, 0, Ok(()));
        check(&life, SafetyAct::JudgeOne { school, reported: life.person }, 0, Err(Refusal::Hidden));

        let read = |was_in| SafetyAct::ReadChat { lesson: &lesson, was_in };
        check(&hers, read(false), 0, Ok(()));
        check(&pupil, read(true), 0, Ok(()));
        check(&pupil, read(false), 0, Err(roster));
        check(&life, read(false), 0, Err(roster));
        check(&stranger, read(true), 0, Err(Refusal::Hidden));

        check(&administrator, SafetyAct::SetKeeping(school), 0, Ok(()));
        check(&life, SafetyAct::SetKeeping(school), 0, Err(role));
        check(&administrator, SafetyAct::SeeSelfTests(school), 0, Ok(()));
        check(&pupil, SafetyAct::SeeSelfTests(school), 0, Err(role));
    }
}
