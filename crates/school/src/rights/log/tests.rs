use super::super::{Act, may};
use super::*;
use crate::{GroupKind, MemberRole};
use preau_base::{GroupId, LessonId, SeededRng};
use proptest::prelude::*;

const NOW: Instant = Instant::from_secs(11_000);

/// Two schools, each with two classes, and in each class a pupil with a mother; each class has a teacher.
struct World {
    rng: SeededRng,
    schools: Vec<SchoolId>,
    groups: Vec<GroupFacts>,
    lessons: Vec<LessonFacts>,
    pupils: Vec<Actor>,
    mothers: Vec<Actor>,
    teachers: Vec<Actor>,
}

impl World {
    fn new() -> Self {
        let mut rng = SeededRng::new(7);
        let schools: Vec<_> = (0..2).map(|_| SchoolId::new(NOW, &mut rng)).collect();
        let (mut groups, mut lessons) = (vec![], vec![]);
        let (mut pupils, mut mothers, mut teachers) = (vec![], vec![], vec![]);
        for at in 0..4 {
            let school = schools[at / 2];
            let group = GroupFacts { id: GroupId::new(NOW, &mut rng), school, kind: GroupKind::Class };
            let person = |rng: &mut SeededRng| Actor::nobody(PersonId::new(NOW, rng));
            let mut teacher = person(&mut rng);
            teacher.affiliations = vec![(school, Profile::Teacher)];
            teacher.memberships = vec![(group.id, MemberRole::Teacher)];
            let mut pupil = person(&mut rng);
            pupil.affiliations = vec![(school, Profile::Pupil)];
            pupil.memberships = vec![(group.id, MemberRole::Pupil)];
            let mut mother = person(&mut rng);
            mother.affiliations = vec![(school, Profile::Relative)];
            mother.children = vec![pupil.person];
            mother.relations = vec![(pupil.person, super::super::RelationRights::ALL)];
            lessons.push(LessonFacts {
                id: LessonId::new(NOW, &mut rng),
                school,
                groups: vec![group.id],
                teachers: vec![teacher.person],
                starts_at: NOW,
                ends_at: NOW,
                cancelled: false,
                closed: false,
                no_school: false,
            });
            groups.push(group);
            teachers.push(teacher);
            pupils.push(pupil);
            mothers.push(mother);
        }
        Self { rng, schools, groups, lessons, pupils, mothers, teachers }
    }

    fn somebody(&mut self, school: SchoolId, profile: Profile) -> Actor {
        let mut actor = Actor::nobody(PersonId::new(NOW, &mut self.rng));
        actor.affiliations = vec![(school, profile)];
        actor
    }
}

fn facts(pupil: &Actor) -> PersonFacts {
    PersonFacts {
        id: pupil.person,
        platform_admin: false,
        governs: false,
        affiliations: pupil.affiliations.clone(),
        pupil_of: pupil.memberships.iter().map(|(group, _)| *group).collect(),
    }
}

fn log(actor: &Actor, act: LogAct<'_>) -> Result<(), Refusal> {
    may(actor, Act::Log(act), NOW)
}

const ROLE: Result<(), Refusal> = Err(Refusal::Forbidden(Why::Role));
const HIDDEN: Result<(), Refusal> = Err(Refusal::Hidden);

#[test]
fn the_class_reads_once_it_is_published_and_only_its_teacher_writes() {
    let world = World::new();
    let (lesson, child) = (&world.lessons[0], facts(&world.pupils[0]));
    assert_eq!(log(&world.teachers[0], LogAct::Write(lesson)), Ok(()));
    assert_eq!(log(&world.teachers[1], LogAct::Write(lesson)), Err(Refusal::Forbidden(Why::NotOnRoster)));
    assert_eq!(log(&world.teachers[2], LogAct::Write(lesson)), HIDDEN);
    for (state, expect) in
        [(State::Draft, HIDDEN), (State::Published, Ok(())), (State::Signed, Ok(())), (State::Past, Ok(()))]
    {
        assert_eq!(log(&world.pupils[0], LogAct::ReadEntry(lesson, state)), expect);
        assert_eq!(log(&world.mothers[0], LogAct::ReadEntryOf(lesson, state, &child)), expect);
        assert_eq!(log(&world.teachers[0], LogAct::ReadEntry(lesson, state)), Ok(()));
        assert_eq!(log(&world.pupils[1], LogAct::ReadEntry(lesson, state)), ROLE);
        assert_eq!(log(&world.mothers[1], LogAct::ReadEntryOf(lesson, state, &child)), HIDDEN);
    }
    let mut barred = world.mothers[0].clone();
    (barred.children, barred.relations) = (vec![], vec![]);
    assert_eq!(log(&barred, LogAct::ReadEntryOf(lesson, State::Published, &child)), HIDDEN);
}

#[test]
fn who_stands_in_knows_where_the_other_stopped() {
    let mut world = World::new();
    let school = world.schools[0];
    let substitute = world.somebody(school, Profile::Teacher);
    world.lessons[0].teachers = vec![substitute.person];
    assert_eq!(log(&substitute, LogAct::Write(&world.lessons[0])), Ok(()));
    assert_eq!(log(&substitute, LogAct::ReadGroup(world.groups[0], true)), Ok(()));
    assert_eq!(log(&substitute, LogAct::ReadGroup(world.groups[0], false)), ROLE);
    // Whoever has left the school has lost that too.
    let gone = Actor::nobody(substitute.person);
    assert_eq!(log(&gone, LogAct::Write(&world.lessons[0])), HIDDEN);
    assert_eq!(log(&gone, LogAct::ReadGroup(world.groups[0], true)), HIDDEN);
}

#[test]
fn only_the_head_leads_and_administrators_read_no_teaching() {
    let mut world = World::new();
    let school = world.schools[0];
    let (lesson, group) = (world.lessons[0].clone(), world.groups[0]);
    for profile in Profile::ALL {
        let actor = world.somebody(school, *profile);
        let leads = log(&actor, LogAct::Lead(school)).is_ok();
        assert_eq!(leads, *profile == Profile::Head, "{profile:?}");
        let reads = matches!(profile, Profile::Head | Profile::SchoolLife);
        assert_eq!(log(&actor, LogAct::ReadGroup(group, false)).is_ok(), reads, "{profile:?}");
        assert_eq!(log(&actor, LogAct::ReadEntry(&lesson, State::Published)).is_ok(), reads, "{profile:?}");
        assert_eq!(log(&actor, LogAct::SeeLoad(group, false)).is_ok(), reads, "{profile:?}");
        assert!(log(&actor, LogAct::ReadEntry(&lesson, State::Draft)).is_err(), "{profile:?}");
    }
    let mut platform = Actor::nobody(PersonId::new(NOW, &mut world.rng));
    platform.platform_admin = true;
    assert_eq!(log(&platform, LogAct::ReadGroup(group, true)), HIDDEN);
    assert_eq!(log(&platform, LogAct::ReadEntry(&lesson, State::Published)), HIDDEN);
}

#[test]
fn a_reading_is_for_one_person_one_scope_and_a_time() {
    let mut world = World::new();
    let school = world.schools[0];
    let (guest, other) = (world.somebody(school, Profile::Guest), world.somebody(school, Profile::Guest));
    let lesson = &world.lessons[0];
    let reading = Reading {
        reader: guest.person,
        school,
        teacher: Some(world.teachers[0].person),
        subject: "Latin".to_owned(),
        until: Instant::from_secs(12_000),
        ended: false,
    };
    let opened = |actor: &Actor, reading: &Reading| {
        log(actor, LogAct::ReadEntryOpened(reading, lesson, "Latin", State::Published))
    };
    assert_eq!(opened(&guest, &reading), Ok(()));
    assert_eq!(opened(&other, &reading), HIDDEN);
    assert_eq!(opened(&guest, &Reading { ended: true, ..reading.clone() }), HIDDEN);
    assert_eq!(opened(&guest, &Reading { until: NOW, ..reading.clone() }), HIDDEN);
    assert_eq!(opened(&guest, &Reading { teacher: Some(other.person), ..reading.clone() }), HIDDEN);
    assert_eq!(opened(&guest, &Reading { subject: "Grec".to_owned(), ..reading.clone() }), HIDDEN);
    assert_eq!(opened(&guest, &Reading { school: world.schools[1], ..reading.clone() }), HIDDEN);
    assert_eq!(log(&guest, LogAct::ReadEntryOpened(&reading, lesson, "Latin", State::Draft)), HIDDEN);
    assert_eq!(log(&guest, LogAct::ReadEntry(lesson, State::Published)), HIDDEN, "the leave is not the class's");
    // Sent away by the school, the leave is worth nothing.
    assert_eq!(opened(&Actor::nobody(guest.person), &reading), HIDDEN);
}

#[derive(Clone, Debug)]
enum Change {
    Affiliate(usize),
    Join(usize),
    Open(usize, usize),
    Forget,
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let one = prop_oneof![
        (0_usize..Profile::ALL.len()).prop_map(Change::Affiliate),
        (0_usize..4).prop_map(Change::Join),
        (0_usize..2, 0_usize..4).prop_map(|(school, teacher)| Change::Open(school, teacher)),
        Just(Change::Forget),
    ];
    prop::collection::vec(one, 0..12)
}

proptest! {
    /// Whatever somebody becomes in one school, and whatever its head opens, nothing of the other school is read, and
    /// nothing of a family that is not theirs.
    #[test]
    fn nothing_of_another_school_or_family_is_ever_read(steps in changes()) {
        let mut world = World::new();
        let mut actor = Actor::nobody(PersonId::new(NOW, &mut world.rng));
        let mut readings: Vec<Reading> = Vec::new();
        for step in steps {
            match step {
                // All that happens to this person happens in the first school.
                Change::Affiliate(profile) => actor.affiliations.push((world.schools[0], Profile::ALL[profile])),
                Change::Join(role) => {
                    let role = [MemberRole::Pupil, MemberRole::Teacher, MemberRole::HeadTeacher, MemberRole::Pupil][role];
                    actor.memberships.push((world.groups[1].id, role));
                }
                Change::Open(school, teacher) => readings.push(Reading {
                    reader: actor.person,
                    school: world.schools[school],
                    teacher: world.teachers.get(teacher).map(|it| it.person),
                    subject: String::new(),
                    until: Instant::from_secs(99_000),
                    ended: false,
                }),
                Change::Forget => {
                    actor.affiliations.clear();
                    actor.memberships.clear();
                }
            }
            for at in [2, 3] {
                let (lesson, group, child) = (&world.lessons[at], world.groups[at], facts(&world.pupils[at]));
                for state in [State::Draft, State::Published, State::Signed, State::Past] {
                    prop_assert!(log(&actor, LogAct::ReadEntry(lesson, state)).is_err());
                    prop_assert!(log(&actor, LogAct::ReadEntryOf(lesson, state, &child)).is_err());
                    for reading in &readings {
                        prop_assert!(log(&actor, LogAct::ReadEntryOpened(reading, lesson, "", state)).is_err());
                    }
                }
                for stands_in in [false, true] {
                    prop_assert!(log(&actor, LogAct::ReadGroup(group, stands_in)).is_err());
                    prop_assert!(log(&actor, LogAct::SeeLoad(group, stands_in)).is_err());
                }
                prop_assert!(log(&actor, LogAct::Write(lesson)).is_err());
                prop_assert!(log(&actor, LogAct::Lead(lesson.school)).is_err());
                prop_assert!(log(&actor, LogAct::ReadArchive(lesson.school, &[actor.person])).is_err());
                prop_assert!(log(&actor, LogAct::Progression(world.teachers[at].person, lesson.school)).is_err());
            }
            // A neighbour's child, in the same school: read as its relative by nobody who is none.
            let child = facts(&world.pupils[0]);
            let staff = actor.is(world.schools[0], &[Profile::Head, Profile::SchoolLife]);
            let read = log(&actor, LogAct::ReadEntryOf(&world.lessons[0], State::Published, &child)).is_ok();
            prop_assert!(!read || staff);
            // Drafts are read by who writes them.
            prop_assert!(log(&actor, LogAct::ReadEntry(&world.lessons[0], State::Draft)).is_err());
        }
    }
}
