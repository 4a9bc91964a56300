use super::super::{Act, RelationRights, may};
use super::*;
use crate::MemberRole;
use preau_base::{GroupId, LessonId, PersonId, SeededRng};
use proptest::prelude::*;

const START: Instant = Instant::from_secs(1_000_000);

/// Two schools with a class each; a child who is in both, one who is in the first, and their parents.
struct World {
    rng: SeededRng,
    schools: [SchoolId; 2],
    groups: [GroupId; 2],
    teacher: Actor,
    lesson: LessonFacts,
}

impl World {
    fn new() -> Self {
        let mut rng = SeededRng::new(3);
        let schools = [(); 2].map(|()| SchoolId::new(START, &mut rng));
        let groups = [(); 2].map(|()| GroupId::new(START, &mut rng));
        let mut teacher = Actor::nobody(PersonId::new(START, &mut rng));
        teacher.affiliations = vec![(schools[0], Profile::Teacher)];
        teacher.memberships = vec![(groups[0], MemberRole::Teacher)];
        let lesson = LessonFacts {
            id: LessonId::new(START, &mut rng),
            school: schools[0],
            groups: vec![groups[0]],
            teachers: vec![teacher.person],
            starts_at: START,
            ends_at: START.plus(std::time::Duration::from_secs(3_300)),
            cancelled: false,
            closed: false,
            no_school: false,
        };
        Self { rng, schools, groups, teacher, lesson }
    }

    fn somebody(&mut self, affiliations: &[(usize, Profile)]) -> Actor {
        let mut actor = Actor::nobody(PersonId::new(START, &mut self.rng));
        actor.affiliations = affiliations.iter().map(|(at, profile)| (self.schools[*at], *profile)).collect();
        actor
    }

    fn pupil(&mut self, schools: &[usize]) -> PersonFacts {
        PersonFacts {
            id: PersonId::new(START, &mut self.rng),
            platform_admin: false,
            governs: false,
            affiliations: schools.iter().map(|at| (self.schools[*at], Profile::Pupil)).collect(),
            pupil_of: schools.iter().map(|at| self.groups[*at]).collect(),
        }
    }
}

fn asks(actor: &Actor, act: AttendanceAct<'_>, now: Instant) -> Result<(), Refusal> {
    may(actor, Act::Attendance(act), now)
}

#[test]
fn a_roll_is_called_by_its_teacher_and_mended_by_school_life() {
    let mut world = World::new();
    let check = |actor: &Actor, seconds: i64, expect: Result<(), Refusal>| {
        let now = Instant::from_millis(START.as_millis() + seconds * 1_000);
        assert_eq!(asks(actor, AttendanceAct::CallRoll(&world.lesson), now), expect, "at {seconds} s");
    };
    let day = 86_400;
    let over = Err(Refusal::Forbidden(Why::Over));
    let early = Err(Refusal::Forbidden(Why::TooEarly));
    let teacher = world.teacher.clone();
    check(&teacher, -901, early);
    check(&teacher, -900, Ok(()));
    check(&teacher, 3_300 + day, Ok(()));
    check(&teacher, 3_301 + day, over);
    world.lesson.cancelled = true;
    assert_eq!(asks(&teacher, AttendanceAct::CallRoll(&world.lesson), START), Err(Refusal::Forbidden(Why::Cancelled)));
    world.lesson.cancelled = false;
    world.lesson.no_school = true;
    assert_eq!(asks(&teacher, AttendanceAct::CallRoll(&world.lesson), START), Ok(()), "for those who want it");
    world.lesson.no_school = false;
    let not_yours = Err(Refusal::Forbidden(Why::NotOnRoster));
    for (affiliations, expect) in [
        (vec![(0, Profile::SchoolLife)], Ok(())),
        (vec![(0, Profile::Head)], Ok(())),
        (vec![(0, Profile::Administrator)], not_yours),
        (vec![(0, Profile::Teacher)], not_yours),
        (vec![(0, Profile::Pupil)], not_yours),
        (vec![(1, Profile::SchoolLife)], Err(Refusal::Hidden)),
        (vec![(0, Profile::Guest)], Err(Refusal::Hidden)),
    ] {
        let actor = world.somebody(&affiliations);
        let late = START.plus(std::time::Duration::from_secs(90 * 86_400));
        assert_eq!(asks(&actor, AttendanceAct::CallRoll(&world.lesson), late), expect, "{affiliations:?}");
    }
}

#[test]
fn separated_parents_may_have_different_rights() {
    let mut world = World::new();
    let child = world.pupil(&[0]);
    for (rights, sees, declares) in [
        (RelationRights::ALL, true, true),
        (RelationRights { may_declare: false, ..RelationRights::ALL }, true, false),
        (RelationRights { sees_attendance: false, may_declare: false, ..RelationRights::ALL }, false, false),
        (RelationRights::NONE, false, false),
    ] {
        let mut parent = world.somebody(&[(0, Profile::Relative)]);
        parent.relations = vec![(child.id, rights)];
        assert_eq!(asks(&parent, AttendanceAct::SeeOf(&child), START).is_ok(), sees, "{rights:?}");
        let declare = asks(&parent, AttendanceAct::Declare(&child), START);
        let why = if sees { Refusal::Forbidden(Why::Role) } else { Refusal::Hidden };
        assert_eq!(declare, if declares { Ok(()) } else { Err(why) }, "{rights:?}");
    }
    let mut pupil = world.somebody(&[(0, Profile::Pupil)]);
    pupil.person = child.id;
    assert_eq!(asks(&pupil, AttendanceAct::SeeOf(&child), START), Ok(()));
    assert_eq!(asks(&pupil, AttendanceAct::Declare(&child), START), Err(Refusal::Forbidden(Why::Role)));
}

proptest! {
    #[test]
    fn nobody_learns_of_another_school_or_family(
        affiliations in proptest::collection::vec((0_usize..2, proptest::sample::select(Profile::ALL)), 0..4),
        platform_admin in any::<bool>(),
        related in any::<bool>(),
    ) {
        let mut world = World::new();
        let (mine, theirs) = (world.pupil(&[0]), world.pupil(&[1]));
        let mut actor = world.somebody(&affiliations);
        actor.platform_admin = platform_admin;
        if related {
            actor.relations = vec![(mine.id, RelationRights::ALL)];
        }
        for (at, child) in [(0, &mine), (1, &theirs)] {
            let keeps = affiliations.iter().any(|(in_school, profile)| {
                *in_school == at && matches!(profile, Profile::Head | Profile::SchoolLife)
            });
            let sees = asks(&actor, AttendanceAct::SeeOf(child), START);
            prop_assert_eq!(sees.is_ok(), keeps || (related && at == 0));
            prop_assert!(matches!(sees, Ok(()) | Err(Refusal::Hidden)));
            prop_assert_eq!(asks(&actor, AttendanceAct::Declare(child), START).is_ok(), sees.is_ok());
            prop_assert_eq!(asks(&actor, AttendanceAct::Keep(world.schools[at]), START).is_ok(), keeps);
        }
    }
}
