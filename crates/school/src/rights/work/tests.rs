use super::*;
use crate::{GroupKind, MemberRole, Profile};
use preau_base::{GroupId, SeededRng};
use proptest::prelude::*;

const NOW: Instant = Instant::from_secs(1_800_000_000);

/// Two schools with two classes each.
struct World {
    schools: Vec<SchoolId>,
    groups: Vec<GroupFacts>,
    people: Vec<PersonId>,
}

impl World {
    fn new() -> Self {
        let mut rng = SeededRng::new(5);
        let schools: Vec<_> = (0..2).map(|_| SchoolId::new(NOW, &mut rng)).collect();
        let groups = (0..4).map(|at| GroupFacts {
            id: GroupId::new(NOW, &mut rng),
            school: schools[at / 2],
            kind: GroupKind::Class,
        });
        let groups = groups.collect();
        let people = (0..6).map(|_| PersonId::new(NOW, &mut rng)).collect();
        Self { schools, groups, people }
    }

    fn homework(&self, group: usize, author: usize, chosen: Option<Vec<usize>>, visible: bool) -> HomeworkFacts {
        let group = self.groups[group];
        HomeworkFacts {
            id: HomeworkId::new(NOW, &mut SeededRng::new(9)),
            school: group.school,
            group,
            author: self.people[author],
            chosen: chosen.map(|all| all.into_iter().map(|at| self.people[at]).collect()),
            visible_at: if visible { NOW } else { Instant::from_secs(1_900_000_000) },
        }
    }

    fn actor(&self, person: usize, affiliations: &[(usize, Profile)], memberships: &[(usize, MemberRole)]) -> Actor {
        let mut actor = Actor::nobody(self.people[person]);
        actor.affiliations = affiliations.iter().map(|(at, profile)| (self.schools[*at], *profile)).collect();
        actor.memberships = memberships.iter().map(|(at, role)| (self.groups[*at].id, *role)).collect();
        actor
    }
}

fn facts(actor: &Actor) -> PersonFacts {
    PersonFacts {
        id: actor.person,
        platform_admin: false,
        governs: false,
        affiliations: actor.affiliations.clone(),
        pupil_of: actor.memberships.iter().filter(|(_, role)| *role == MemberRole::Pupil).map(|(id, _)| *id).collect(),
    }
}

#[test]
fn work_is_for_those_it_was_set_for() {
    let world = World::new();
    let max = world.actor(0, &[(0, Profile::Pupil)], &[(0, MemberRole::Pupil)]);
    let ines = world.actor(1, &[(0, Profile::Pupil)], &[(0, MemberRole::Pupil)]);
    let elsewhere = world.actor(2, &[(0, Profile::Pupil)], &[(1, MemberRole::Pupil)]);
    let teacher = world.actor(3, &[(0, Profile::Teacher)], &[(0, MemberRole::Teacher)]);
    let head = world.actor(4, &[(0, Profile::Head)], &[]);
    let mut mother = world.actor(5, &[(0, Profile::Relative)], &[]);
    mother.children = vec![max.person];
    let (all, of_ines, later) = (
        world.homework(0, 3, None, true),
        world.homework(0, 3, Some(vec![1]), true),
        world.homework(0, 3, None, false),
    );
    for (actor, homework, reads, hands_in, corrects) in [
        (&max, &all, true, true, false),
        (&max, &of_ines, false, false, false),
        (&max, &later, false, false, false),
        (&ines, &of_ines, true, true, false),
        (&elsewhere, &all, false, false, false),
        (&teacher, &all, true, false, true),
        (&teacher, &later, true, false, true),
        (&head, &all, true, false, false),
        (&mother, &all, false, false, false),
    ] {
        assert_eq!(ask(actor, WorkAct::Read(homework)).is_ok(), reads, "{actor:?}");
        assert_eq!(ask(actor, WorkAct::HandIn(homework)).is_ok(), hands_in, "{actor:?}");
        assert_eq!(ask(actor, WorkAct::Correct(homework)).is_ok(), corrects, "{actor:?}");
    }
    assert!(ask(&mother, WorkAct::ReadFor(&all, &facts(&max))).is_ok());
    for (homework, child) in [(&of_ines, &max), (&later, &max), (&all, &ines)] {
        assert!(ask(&mother, WorkAct::ReadFor(homework, &facts(child))).is_err());
    }
    for (actor, sees) in [(&max, true), (&mother, true), (&teacher, true), (&ines, false), (&head, false)] {
        assert_eq!(ask(actor, WorkAct::SeeHandIn(&all, &facts(&max))).is_ok(), sees, "{actor:?}");
    }
    assert!(ask(&teacher, WorkAct::Change(&all)).is_ok());
    let colleague = world.actor(2, &[(0, Profile::Teacher)], &[(0, MemberRole::Teacher)]);
    assert_eq!(ask(&colleague, WorkAct::Change(&all)), Err(Refusal::Forbidden(Why::Role)));
    let left = world.actor(3, &[(1, Profile::Teacher)], &[(0, MemberRole::Teacher)]);
    assert!(ask(&left, WorkAct::Change(&all)).is_err() && ask(&left, WorkAct::Correct(&all)).is_err());
}

fn ask(actor: &Actor, act: WorkAct<'_>) -> Result<(), Refusal> {
    may(actor, Act::Work(act), NOW)
}

fn profile() -> impl Strategy<Value = Profile> {
    let all = Profile::ALL.to_vec();
    proptest::sample::select(all)
}

fn role() -> impl Strategy<Value = MemberRole> {
    proptest::sample::select(MemberRole::ALL.to_vec())
}

proptest! {
    /// Whatever somebody is in whichever schools, what a pupil handed in is seen by that pupil, by relatives of that pupil
    /// and by teachers of the group in its school; by nobody else. And nobody but the pupil hands in.
    #[test]
    fn a_hand_in_is_seen_by_its_own_only(
        affiliations in proptest::collection::vec((0_usize..2, profile()), 0..4),
        memberships in proptest::collection::vec((0_usize..4, role()), 0..4),
        children in proptest::collection::vec(0_usize..6, 0..3),
        (group, person, author) in (0_usize..4, 0_usize..6, 0_usize..6),
        chosen in proptest::option::of(proptest::collection::vec(0_usize..6, 0..3)),
        visible in any::<bool>(),
    ) {
        let world = World::new();
        let mut actor = world.actor(person, &affiliations, &memberships);
        actor.children = children.iter().map(|at| world.people[*at]).collect();
        let homework = world.homework(group, author, chosen, visible);
        let pupil = world.actor(0, &[(group / 2, Profile::Pupil)], &[(group, MemberRole::Pupil)]);
        let teaches = affiliations.contains(&(group / 2, Profile::Teacher))
            && memberships.iter().any(|(of, role)| *of == group && *role != MemberRole::Pupil);
        let own = person == 0 || children.contains(&0);
        let sees = may(&actor, Act::Work(WorkAct::SeeHandIn(&homework, &facts(&pupil))), NOW);
        prop_assert_eq!(sees.is_ok(), own || teaches);
        let corrects = may(&actor, Act::Work(WorkAct::Correct(&homework)), NOW);
        prop_assert_eq!(corrects.is_ok(), teaches);
        if may(&actor, Act::Work(WorkAct::Change(&homework)), NOW).is_ok() {
            prop_assert!(teaches && person == author);
        }
        if may(&actor, Act::Work(WorkAct::HandIn(&homework)), NOW).is_ok() {
            prop_assert!(visible && memberships.contains(&(group, MemberRole::Pupil)));
        }
        // Somebody of no school, or of another one only, does not even learn that it exists.
        let outside = !affiliations.iter().any(|(at, _)| *at == group / 2)
            && !memberships.contains(&(group, MemberRole::Pupil));
        if outside && !own {
            prop_assert_eq!(sees, Err(Refusal::Hidden));
        }
    }
}
