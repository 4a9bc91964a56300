use super::*;
use crate::{Act, MemberRole, may};
use preau_base::{GroupId, LessonId, SchoolId, SeededRng};

const START: i64 = 1_000_000;
const END: i64 = 1_003_300;

struct World {
    rng: SeededRng,
    school: SchoolId,
    elsewhere: SchoolId,
    class: ClassFacts,
}

fn at(seconds: i64) -> Instant {
    Instant::from_secs(seconds)
}

impl World {
    fn new() -> Self {
        let mut rng = SeededRng::new(1);
        let school = SchoolId::new(at(0), &mut rng);
        let lesson = LessonFacts {
            id: LessonId::new(at(0), &mut rng),
            school,
            groups: vec![GroupId::new(at(0), &mut rng)],
            teachers: vec![PersonId::new(at(0), &mut rng)],
            starts_at: at(START),
            ends_at: at(END),
            cancelled: false,
            closed: false,
            no_school: false,
        };
        let elsewhere = SchoolId::new(at(0), &mut rng);
        Self { rng, school, elsewhere, class: ClassFacts { lesson, helpers: Vec::new() } }
    }

    fn somebody(&mut self, school: SchoolId, profile: Profile) -> Actor {
        Actor { affiliations: vec![(school, profile)], ..Actor::nobody(PersonId::new(at(0), &mut self.rng)) }
    }

    fn here(&mut self, profile: Profile) -> Actor {
        self.somebody(self.school, profile)
    }

    fn check(&self, actor: &Actor, expect: Option<Entrance>) {
        assert_eq!(entrance(actor, &self.class), expect, "{actor:?}");
        let answer = may(actor, Act::ComeToClass(&self.class), at(START));
        assert_eq!(answer, if expect.is_some() { Ok(()) } else { Err(Refusal::Hidden) }, "{actor:?}");
    }
}

#[test]
fn the_school_knocks_and_nobody_else_learns_of_it() {
    let mut world = World::new();
    let teacher = Actor { person: world.class.lesson.teachers[0], ..world.here(Profile::Teacher) };
    world.check(&teacher, Some(Entrance::As(LessonRole::Teacher)));
    let mut pupil = world.here(Profile::Pupil);
    world.check(&pupil, Some(Entrance::Knocks(LessonRole::Pupil)));
    pupil.memberships.push((world.class.lesson.groups[0], MemberRole::Pupil));
    world.check(&pupil, Some(Entrance::As(LessonRole::Pupil)));
    let head = world.here(Profile::Head);
    world.check(&head, Some(Entrance::As(LessonRole::Observer)));
    for profile in [Profile::Teacher, Profile::SchoolLife, Profile::Staff, Profile::Administrator] {
        let actor = world.here(profile);
        world.check(&actor, Some(Entrance::Knocks(LessonRole::Observer)));
    }
    for profile in [Profile::Relative, Profile::Guest] {
        let actor = world.here(profile);
        world.check(&actor, None);
    }
    for profile in Profile::ALL {
        let actor = world.somebody(world.elsewhere, *profile);
        world.check(&actor, None);
    }
    let mut platform = Actor::nobody(PersonId::new(at(0), &mut world.rng));
    platform.platform_admin = true;
    world.check(&platform, None);
    // A parent who also has a group's membership by mistake, and a teacher who has left.
    let gone = Actor { person: world.class.lesson.teachers[0], ..world.somebody(world.elsewhere, Profile::Teacher) };
    world.check(&gone, None);
}

#[test]
fn who_was_named_comes_in_as_far_as_the_school_knows_them() {
    use LessonRole::{Assistant, Observer, Teacher};
    let cases = [
        (Profile::Teacher, Help::CoTeacher, Some(Entrance::As(Teacher))),
        (Profile::Staff, Help::CoTeacher, Some(Entrance::Knocks(Observer))),
        (Profile::Staff, Help::Assistant, Some(Entrance::As(Assistant))),
        (Profile::Guest, Help::Assistant, None),
        (Profile::Guest, Help::Observer, Some(Entrance::As(Observer))),
        (Profile::Staff, Help::Captioner, Some(Entrance::As(Observer))),
        (Profile::Guest, Help::Interpreter, Some(Entrance::As(Observer))),
        (Profile::Relative, Help::Observer, None),
        (Profile::Pupil, Help::Assistant, Some(Entrance::Knocks(LessonRole::Pupil))),
    ];
    for (profile, help, expect) in cases {
        let mut world = World::new();
        let actor = world.here(profile);
        world.class.helpers.push((actor.person, help));
        world.check(&actor, expect);
        let elsewhere = Actor { affiliations: vec![(world.elsewhere, profile)], ..actor };
        world.check(&elsewhere, None);
    }
}

#[test]
fn a_knock_has_its_hours_too() {
    let mut world = World::new();
    let pupil = world.here(Profile::Pupil);
    let stranger = world.somebody(world.elsewhere, Profile::Teacher);
    let check = |class: &ClassFacts, now, why: Why| {
        assert_eq!(may(&pupil, Act::ComeToClass(class), at(now)), Err(Refusal::Forbidden(why)));
        assert_eq!(may(&stranger, Act::ComeToClass(class), at(now)), Err(Refusal::Hidden), "whatever the hour");
    };
    check(&world.class, START - 16 * 60, Why::TooEarly);
    check(&world.class, END + 31 * 60, Why::Over);
    let closed = LessonFacts { closed: true, ..world.class.lesson.clone() };
    check(&ClassFacts { lesson: closed, helpers: Vec::new() }, START, Why::Over);
    let cancelled = LessonFacts { cancelled: true, ..world.class.lesson.clone() };
    check(&ClassFacts { lesson: cancelled, helpers: Vec::new() }, START, Why::Cancelled);
}

#[test]
fn its_teachers_alone_prepare_invite_and_stream() {
    let mut world = World::new();
    let lesson = world.class.lesson.clone();
    let teacher = Actor { person: lesson.teachers[0], ..world.here(Profile::Teacher) };
    let pupil = Actor { memberships: vec![(lesson.groups[0], MemberRole::Pupil)], ..world.here(Profile::Pupil) };
    let week_before = at(START - 7 * 86_400);
    for act in [Act::PrepareLesson(&lesson), Act::InviteGuest(&lesson), Act::Stream(&lesson)] {
        assert_eq!(may(&teacher, act, week_before), Ok(()));
        assert_eq!(may(&pupil, act, week_before), Err(Refusal::Forbidden(Why::Role)));
        for profile in [Profile::Head, Profile::Administrator, Profile::Teacher, Profile::Relative] {
            let actor = world.here(profile);
            assert_eq!(may(&actor, act, week_before), Err(Refusal::Hidden), "{profile:?}");
        }
    }
    let over = at(END + 31 * 60);
    for act in [Act::InviteGuest(&lesson), Act::Stream(&lesson)] {
        assert_eq!(may(&teacher, act, over), Err(Refusal::Forbidden(Why::Over)));
    }
    assert_eq!(may(&teacher, Act::PrepareLesson(&lesson), over), Ok(()));
}
