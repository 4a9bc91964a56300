use super::*;
use crate::{GroupKind, Help, MemberRole};
use preau_base::SeededRng;
use preau_base::{GroupId, LessonId, PersonId};
use proptest::prelude::*;

mod families;

struct World {
    rng: SeededRng,
}

impl World {
    fn new() -> Self {
        Self { rng: SeededRng::new(1) }
    }
    fn person(&mut self) -> PersonId {
        PersonId::new(Instant::EPOCH, &mut self.rng)
    }
    fn school(&mut self) -> SchoolId {
        SchoolId::new(Instant::EPOCH, &mut self.rng)
    }
    fn group(&mut self, school: SchoolId) -> GroupFacts {
        GroupFacts { id: GroupId::new(Instant::EPOCH, &mut self.rng), school, kind: GroupKind::Class }
    }
    fn actor(&mut self, school: SchoolId, profile: Profile, member_of: &[(GroupId, MemberRole)]) -> Actor {
        Actor { affiliations: vec![(school, profile)], memberships: member_of.to_vec(), ..Actor::nobody(self.person()) }
    }
    fn lesson(&mut self, school: SchoolId, group: GroupId, teacher: PersonId) -> LessonFacts {
        LessonFacts {
            id: LessonId::new(Instant::EPOCH, &mut self.rng),
            school,
            groups: vec![group],
            teachers: vec![teacher],
            starts_at: Instant::from_secs(10_000),
            ends_at: Instant::from_secs(13_300),
            cancelled: false,
            closed: false,
            no_school: false,
        }
    }
}

fn facts(actor: &Actor) -> PersonFacts {
    PersonFacts {
        id: actor.person,
        platform_admin: actor.platform_admin,
        governs: !actor.territories.is_empty(),
        affiliations: actor.affiliations.clone(),
        pupil_of: actor.memberships.iter().filter(|(_, r)| *r == MemberRole::Pupil).map(|(g, _)| *g).collect(),
    }
}

const DURING: Instant = Instant::from_secs(11_000);

#[test]
fn entry_comes_from_roster_and_timetable() {
    let mut world = World::new();
    let school = world.school();
    let (mine, other) = (world.group(school), world.group(school));
    let teacher = world.actor(school, Profile::Teacher, &[(mine.id, MemberRole::Teacher)]);
    let lesson = world.lesson(school, mine.id, teacher.person);
    let pupil = world.actor(school, Profile::Pupil, &[(mine.id, MemberRole::Pupil)]);
    let neighbour = world.actor(school, Profile::Pupil, &[(other.id, MemberRole::Pupil)]);
    let head = world.actor(school, Profile::Head, &[]);
    let elsewhere = world.school();
    let stranger = world.actor(elsewhere, Profile::Teacher, &[]);

    let enter = |actor: &Actor, lesson: &LessonFacts, now| may(actor, Act::EnterLesson(lesson), now);
    assert_eq!(enter(&teacher, &lesson, DURING), Ok(()));
    assert_eq!(enter(&pupil, &lesson, DURING), Ok(()));
    assert_eq!(enter(&neighbour, &lesson, DURING), Err(Refusal::Forbidden(Why::NotOnRoster)));
    assert_eq!(enter(&head, &lesson, DURING), Err(Refusal::Forbidden(Why::NotOnRoster)));
    assert_eq!(enter(&stranger, &lesson, DURING), Err(Refusal::Hidden));

    assert_eq!(enter(&pupil, &lesson, Instant::from_secs(9_099)), Err(Refusal::Forbidden(Why::TooEarly)));
    assert_eq!(enter(&pupil, &lesson, Instant::from_secs(9_100)), Ok(()));
    assert_eq!(enter(&pupil, &lesson, Instant::from_secs(13_300 + 1_801)), Err(Refusal::Forbidden(Why::Over)));
    let closed = LessonFacts { closed: true, ..lesson.clone() };
    assert_eq!(enter(&pupil, &closed, DURING), Err(Refusal::Forbidden(Why::Over)));
    let cancelled = LessonFacts { cancelled: true, ..lesson };
    assert_eq!(enter(&pupil, &cancelled, DURING), Err(Refusal::Forbidden(Why::Cancelled)));
}

#[test]
fn passwords_are_reset_by_those_who_know_the_person() {
    let mut world = World::new();
    let school = world.school();
    let (mine, other) = (world.group(school), world.group(school));
    let teacher = world.actor(school, Profile::Teacher, &[(mine.id, MemberRole::Teacher)]);
    let pupil = facts(&world.actor(school, Profile::Pupil, &[(mine.id, MemberRole::Pupil)]));
    let other_pupil = facts(&world.actor(school, Profile::Pupil, &[(other.id, MemberRole::Pupil)]));
    let colleague = facts(&world.actor(school, Profile::Teacher, &[(mine.id, MemberRole::Teacher)]));
    let school_life = world.actor(school, Profile::SchoolLife, &[]);
    let administrator = world.actor(school, Profile::Administrator, &[]);

    let reset = |actor: &Actor, person: &PersonFacts| may(actor, Act::ResetPassword(person), DURING);
    assert_eq!(reset(&teacher, &pupil), Ok(()));
    assert_eq!(reset(&teacher, &other_pupil), Err(Refusal::Hidden));
    assert_eq!(reset(&teacher, &colleague), Err(Refusal::Hidden));
    assert_eq!(reset(&school_life, &other_pupil), Ok(()));
    assert_eq!(reset(&school_life, &colleague), Err(Refusal::Forbidden(Why::Role)));
    assert_eq!(reset(&administrator, &colleague), Ok(()));
    let boss = PersonFacts { platform_admin: true, ..colleague };
    assert_eq!(reset(&administrator, &boss), Err(Refusal::Forbidden(Why::Role)));
}

/// A feed takes the profile of somebody who has left; the classes that were assigned by hand stay in the store.
#[test]
fn who_no_longer_teaches_in_the_school_has_no_power_left() {
    let mut world = World::new();
    let (school, elsewhere) = (world.school(), world.school());
    let group = world.group(school);
    let pupil = facts(&world.actor(school, Profile::Pupil, &[(group.id, MemberRole::Pupil)]));
    let memberships = [(group.id, MemberRole::Teacher), (group.id, MemberRole::HeadTeacher)];
    let teacher = world.actor(school, Profile::Teacher, &memberships);
    let lesson = world.lesson(school, group.id, teacher.person);
    let acts = [
        Act::SeeGroup(group),
        Act::SetHomework(group),
        Act::OpenLesson(group),
        Act::SeeLesson(&lesson),
        Act::EnterLesson(&lesson),
        Act::SeePerson(&pupil),
        Act::ResetPassword(&pupil),
    ];
    for affiliations in [vec![], vec![(elsewhere, Profile::Teacher)], vec![(school, Profile::Relative)]] {
        let former = Actor { affiliations, ..teacher.clone() };
        for act in acts {
            assert_eq!(may(&teacher, act, DURING), Ok(()), "{act:?}");
            assert!(may(&former, act, DURING).is_err(), "{:?} {act:?}", former.affiliations);
        }
    }
}

#[test]
fn codes_of_staff_are_printed_by_administrators_only() {
    let mut world = World::new();
    let school = world.school();
    let school_life = world.actor(school, Profile::SchoolLife, &[]);
    let administrator = world.actor(school, Profile::Administrator, &[]);
    assert_eq!(may(&school_life, Act::PrintCodes(school, Profile::Pupil), DURING), Ok(()));
    assert!(may(&school_life, Act::PrintCodes(school, Profile::Teacher), DURING).is_err());
    assert_eq!(may(&administrator, Act::PrintCodes(school, Profile::Teacher), DURING), Ok(()));
}

proptest! {
    /// Nobody whose affiliations all lie in other schools may do anything in this one.
    #[test]
    fn nothing_crosses_schools(profile_index in 0..Profile::ALL.len(), role_index in 0..MemberRole::ALL.len(), now in 0_i64..20_000) {
        let mut world = World::new();
        let (here, there) = (world.school(), world.school());
        let group = world.group(here);
        let foreign = world.group(there);
        let teacher = world.actor(here, Profile::Teacher, &[(group.id, MemberRole::Teacher)]);
        let pupil = facts(&world.actor(here, Profile::Pupil, &[(group.id, MemberRole::Pupil)]));
        let lesson = world.lesson(here, group.id, teacher.person);
        let stranger = world.actor(there, Profile::ALL[profile_index], &[(foreign.id, MemberRole::ALL[role_index])]);
        let class = ClassFacts { lesson: lesson.clone(), helpers: vec![(stranger.person, Help::CoTeacher)] };
        let acts = [
            Act::ManageSchool(here), Act::SeeSchool(here), Act::ReadAudit(here), Act::SeeGroup(group),
            Act::SetHomework(group), Act::SeeLesson(&lesson), Act::EnterLesson(&lesson), Act::OpenLesson(group),
            Act::ComeToClass(&class), Act::PrepareLesson(&lesson), Act::InviteGuest(&lesson), Act::Stream(&lesson), Act::PlanLesson(here), Act::SeePerson(&pupil), Act::SeeDayOf(&pupil), Act::ResetPassword(&pupil),
            Act::PrintCodes(here, Profile::Pupil), Act::ManagePerson(&pupil),
        ];
        for act in acts {
            prop_assert_eq!(may(&stranger, act, Instant::from_secs(now)), Err(Refusal::Hidden), "{:?}", act);
        }
    }

    /// Pupils and relatives manage nothing, whatever groups they are in.
    #[test]
    fn families_manage_nothing(relative in any::<bool>(), role_index in 0..MemberRole::ALL.len()) {
        let mut world = World::new();
        let school = world.school();
        let group = world.group(school);
        let profile = if relative { Profile::Relative } else { Profile::Pupil };
        let actor = world.actor(school, profile, &[(group.id, MemberRole::ALL[role_index])]);
        let acts = [
            Act::ManagePlatform, Act::OperateGate, Act::ManageSchool(school), Act::SeeSchool(school), Act::ReadAudit(school),
            Act::SetHomework(group), Act::OpenLesson(group), Act::PlanLesson(school), Act::PrintCodes(school, Profile::Pupil),
        ];
        for act in acts {
            prop_assert!(may(&actor, act, DURING).is_err(), "{:?}", act);
        }
    }
}

#[test]
fn homework_is_read_by_those_it_is_for() {
    let mut world = World::new();
    let school = world.school();
    let (mine, other) = (world.group(school), world.group(school));
    let pupil = world.actor(school, Profile::Pupil, &[(mine.id, MemberRole::Pupil)]);
    let teacher = world.actor(school, Profile::Teacher, &[(mine.id, MemberRole::Teacher)]);
    let head = world.actor(school, Profile::Head, &[]);
    let read = |actor: &Actor, group| may(actor, Act::ReadHomework(group), DURING);
    assert_eq!((read(&pupil, mine), read(&teacher, mine), read(&head, mine)), (Ok(()), Ok(()), Ok(())));
    let refused = Err(Refusal::Forbidden(Why::Role));
    assert_eq!((read(&pupil, other), read(&teacher, other)), (refused, refused));
    let elsewhere = world.school();
    let stranger = world.actor(elsewhere, Profile::Head, &[]);
    assert_eq!(read(&stranger, mine), Err(Refusal::Hidden));
}
