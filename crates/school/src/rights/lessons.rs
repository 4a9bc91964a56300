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
    in_time(lesson, now)
}

/// Whether anybody is let in at this time.
pub(super) fn in_time(lesson: &LessonFacts, now: Instant) -> Result<(), Refusal> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Act, MemberRole, may};
    use preau_base::{GroupId, LessonId, PersonId, SchoolId, SeededRng};

    #[test]
    fn a_lesson_on_site_is_opened_by_its_teacher_and_by_those_who_plan() {
        let rng = &mut SeededRng::new(1);
        let at = Instant::from_secs;
        let (school, elsewhere) = (SchoolId::new(at(0), rng), SchoolId::new(at(0), rng));
        let (class, teacher) = (GroupId::new(at(0), rng), PersonId::new(at(0), rng));
        let lesson = LessonFacts {
            id: LessonId::new(at(0), rng),
            school,
            groups: vec![class],
            teachers: vec![teacher],
            starts_at: at(1_000_000),
            ends_at: at(1_003_300),
            cancelled: false,
            closed: false,
            no_school: false,
        };
        let mut somebody = |at_school, profile| Actor {
            affiliations: vec![(at_school, profile)],
            ..Actor::nobody(PersonId::new(at(0), rng))
        };
        let check = |actor: &Actor, lesson: &LessonFacts, now, expect| {
            assert_eq!(may(actor, Act::OpenAtDistance(lesson), at(now)), expect, "{actor:?} at {now}");
        };
        let hers = Actor { person: teacher, ..somebody(school, Profile::Teacher) };
        let forbidden = |why| Err(Refusal::Forbidden(why));
        // A day before, during, after.
        check(&hers, &lesson, 900_000, Ok(()));
        check(&hers, &lesson, 1_003_299, Ok(()));
        check(&hers, &lesson, 1_003_300, forbidden(Why::Over));
        check(&hers, &LessonFacts { cancelled: true, ..lesson.clone() }, 900_000, forbidden(Why::Cancelled));
        check(&hers, &LessonFacts { closed: true, ..lesson.clone() }, 1_000_100, forbidden(Why::Over));
        check(&somebody(school, Profile::Head), &lesson, 900_000, Ok(()));
        check(&somebody(school, Profile::Teacher), &lesson, 900_000, forbidden(Why::NotOnRoster));
        let pupil = Actor { memberships: vec![(class, MemberRole::Pupil)], ..somebody(school, Profile::Pupil) };
        check(&pupil, &lesson, 900_000, forbidden(Why::NotOnRoster));
        check(&somebody(elsewhere, Profile::Head), &lesson, 900_000, Err(Refusal::Hidden));
        let gone = Actor { person: teacher, ..somebody(elsewhere, Profile::Teacher) };
        check(&gone, &lesson, 900_000, Err(Refusal::Hidden));
    }
}
