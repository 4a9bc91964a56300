//! Recorded lessons: who sees them, who takes one away, who says whether there are any.

use super::{Actor, LessonFacts, Refusal, in_school, lesson_role};
use crate::{LessonRole, Profile};
use preau_base::SchoolId;

/// What somebody wants to do with recorded lessons.
#[derive(Clone, Copy, Debug)]
pub enum RecordingAct<'a> {
    /// Play a recording: those of the lesson's roster. Guests and observers were there, and that is all.
    See(&'a LessonFacts),
    /// Take one away: the lesson's teachers, and the head.
    Delete(&'a LessonFacts),
    /// See which recordings a school keeps: of what and since when, never what is in them.
    List(SchoolId),
    /// Say whether lessons of a school may be recorded, and for how long recordings are kept.
    Set(SchoolId),
}

pub(super) fn may(actor: &Actor, act: RecordingAct<'_>) -> Result<(), Refusal> {
    match act {
        // That there is a recording is as private as what is in it.
        RecordingAct::See(lesson) => hide_unless(lesson_role(actor, lesson).is_some()),
        RecordingAct::Delete(lesson) => {
            let teaches = lesson_role(actor, lesson) == Some(LessonRole::Teacher);
            hide_unless(teaches || actor.is(lesson.school, &[Profile::Head]))
        }
        RecordingAct::List(school) => in_school(actor, school, actor.is(school, &[Profile::Head])),
        RecordingAct::Set(school) => {
            in_school(actor, school, actor.administers(school) || actor.is(school, &[Profile::Head]))
        }
    }
}

fn hide_unless(may: bool) -> Result<(), Refusal> {
    if may { Ok(()) } else { Err(Refusal::Hidden) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Act, MemberRole, may};
    use preau_base::{GroupId, Instant, LessonId, PersonId, SeededRng};

    #[test]
    fn a_recording_is_for_its_roster_and_goes_by_its_teacher_or_the_head() {
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
            closed: true,
            no_school: false,
        };
        let mut somebody = |at_school, profile| Actor {
            affiliations: vec![(at_school, profile)],
            ..Actor::nobody(PersonId::new(at(0), rng))
        };
        let check = |actor: &Actor, sees: bool, deletes: bool, sets: bool| {
            let may = |act| may(actor, Act::Recording(act), at(2_000_000)).is_ok();
            let found =
                (may(RecordingAct::See(&lesson)), may(RecordingAct::Delete(&lesson)), may(RecordingAct::Set(school)));
            assert_eq!(found, (sees, deletes, sets), "{actor:?}");
            // Whoever may delete any of them needs to know of them all.
            let lists = actor.affiliations == [(school, Profile::Head)];
            assert_eq!(may(RecordingAct::List(school)), lists, "{actor:?}");
        };
        check(&Actor { person: teacher, ..somebody(school, Profile::Teacher) }, true, true, false);
        let pupil = Actor { memberships: vec![(class, MemberRole::Pupil)], ..somebody(school, Profile::Pupil) };
        check(&pupil, true, false, false);
        check(&somebody(school, Profile::Pupil), false, false, false);
        check(&somebody(school, Profile::Teacher), false, false, false);
        check(&somebody(school, Profile::SchoolLife), false, false, false);
        check(&somebody(school, Profile::Head), false, true, true);
        check(&somebody(elsewhere, Profile::Head), false, false, false);
        check(&Actor { person: teacher, ..somebody(elsewhere, Profile::Teacher) }, false, false, false);
        let hidden = may(&somebody(school, Profile::Pupil), Act::Recording(RecordingAct::See(&lesson)), at(2_000_000));
        assert_eq!(hidden, Err(Refusal::Hidden), "not even that there is one");
    }
}
