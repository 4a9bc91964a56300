//! Relatives, territories, guests, cards: rules that are about people.

use super::*;
use crate::RelationRights;
use crate::calendar::{Grade, Kind};
use crate::cards::CardFacts;
use preau_base::TerritoryId;
use std::collections::HashSet;
use std::sync::Arc;

/// A class of the youngest.
const CE1: CardFacts = CardFacts { kind: Some(Kind::Primary), grade: Some(Grade::Ce1), beyond_primary: false };
const SIXTH: CardFacts = CardFacts { kind: Some(Kind::College), grade: Some(Grade::Sixth), beyond_primary: false };

/// Every act upon a person, or upon what is theirs.
fn acts_on(person: &PersonFacts) -> Vec<Act<'_>> {
    vec![
        Act::SeePerson(person),
        Act::SeeDayOf(person),
        Act::ResetPassword(person),
        Act::ManagePerson(person),
        Act::SeeIdentity(person),
        Act::SetRelations(person),
        Act::ExportData(person, true),
        Act::ExportData(person, false),
        Act::GiveCard(person, &[CE1]),
        Act::RevokeCard(person),
    ]
}

#[test]
fn what_a_relative_may_is_set_for_each_child() {
    let mut world = World::new();
    let school = world.school();
    let group = world.group(school);
    let [paul, rose] = [(); 2].map(|()| facts(&world.actor(school, Profile::Pupil, &[(group.id, MemberRole::Pupil)])));
    let mut father = world.actor(school, Profile::Relative, &[]);
    let told_only = RelationRights { sees_attendance: true, ..RelationRights::NONE };
    father.relations = vec![(paul.id, RelationRights::ALL), (rose.id, told_only)];
    father.children = vec![paul.id];

    assert_eq!(may(&father, Act::SeeDayOf(&paul), DURING), Ok(()));
    assert_eq!(may(&father, Act::SeeDayOf(&rose), DURING), Err(Refusal::Hidden));
    assert_eq!(may(&father, Act::SeePerson(&rose), DURING), Err(Refusal::Hidden));
    assert_eq!(father.relation_to(rose.id), told_only);
    assert_eq!(may(&father, Act::ExportData(&paul, true), DURING), Ok(()));
    assert_eq!(may(&father, Act::ExportData(&paul, false), DURING), Err(Refusal::Forbidden(Why::Role)), "15 and older");
    assert_eq!(may(&father, Act::ExportData(&rose, true), DURING), Err(Refusal::Hidden));
    for act in
        [Act::SetRelations(&paul), Act::SeeIdentity(&paul), Act::GiveCard(&paul, &[CE1]), Act::ManagePerson(&paul)]
    {
        assert_eq!(may(&father, act, DURING), Err(Refusal::Forbidden(Why::Role)), "{act:?}");
    }
}

#[test]
fn rights_follow_from_what_a_relative_is() {
    for (kind, expect) in [
        ("legal", RelationRights::ALL),
        ("", RelationRights::ALL),
        ("in_charge", RelationRights { may_sign: false, ..RelationRights::ALL }),
        ("contact", RelationRights::NONE),
    ] {
        assert_eq!(RelationRights::of_kind(kind), expect, "{kind}");
    }
}

#[test]
fn national_numbers_are_for_those_who_keep_the_register() {
    let mut world = World::new();
    let school = world.school();
    let group = world.group(school);
    let pupil = facts(&world.actor(school, Profile::Pupil, &[(group.id, MemberRole::Pupil)]));
    let mut see = |profile, member_of: &[(GroupId, MemberRole)]| {
        may(&world.actor(school, profile, member_of), Act::SeeIdentity(&pupil), DURING)
    };
    assert_eq!(see(Profile::Administrator, &[]), Ok(()));
    assert_eq!(see(Profile::SchoolLife, &[]), Ok(()));
    assert_eq!(see(Profile::Head, &[]), Err(Refusal::Forbidden(Why::Role)));
    assert_eq!(see(Profile::Teacher, &[(group.id, MemberRole::Teacher)]), Err(Refusal::Forbidden(Why::Role)));
    assert_eq!(see(Profile::Staff, &[]), Err(Refusal::Hidden));
}

#[test]
fn school_life_reads_the_identity_of_its_pupils_alone() {
    let mut world = World::new();
    let (school, other) = (world.school(), world.school());
    let (ours, administrator) =
        (world.actor(school, Profile::SchoolLife, &[]), world.actor(school, Profile::Administrator, &[]));
    let theirs = world.actor(other, Profile::SchoolLife, &[]);
    for profile in Profile::ALL.iter().copied() {
        let person = facts(&world.actor(school, profile, &[]));
        let expect = if profile == Profile::Pupil { Ok(()) } else { Err(Refusal::Forbidden(Why::Role)) };
        assert_eq!(may(&ours, Act::SeeIdentity(&person), DURING), expect, "{profile:?}");
        assert_eq!(may(&administrator, Act::SeeIdentity(&person), DURING), Ok(()), "{profile:?}");
        assert_eq!(may(&theirs, Act::SeeIdentity(&person), DURING), Err(Refusal::Hidden), "{profile:?}");
    }
    // A pupil there who is something else here: the register is the other school's.
    let mut both = facts(&world.actor(other, Profile::Pupil, &[]));
    both.affiliations.push((school, Profile::Guest));
    assert_eq!(may(&ours, Act::SeeIdentity(&both), DURING), Err(Refusal::Forbidden(Why::Role)));
    assert_eq!(may(&theirs, Act::SeeIdentity(&both), DURING), Ok(()));
}

#[test]
fn cards_are_given_to_pupils_alone_by_those_who_know_them() {
    let mut world = World::new();
    let school = world.school();
    let (mine, other) = (world.group(school), world.group(school));
    let teacher = world.actor(school, Profile::Teacher, &[(mine.id, MemberRole::Teacher)]);
    let pupil = facts(&world.actor(school, Profile::Pupil, &[(mine.id, MemberRole::Pupil)]));
    let stranger = facts(&world.actor(school, Profile::Pupil, &[(other.id, MemberRole::Pupil)]));
    let mother = facts(&world.actor(school, Profile::Relative, &[]));
    let administrator = world.actor(school, Profile::Administrator, &[]);
    let give =
        |actor: &Actor, person: &PersonFacts, classes: &[CardFacts]| may(actor, Act::GiveCard(person, classes), DURING);
    let refused = Err(Refusal::Forbidden(Why::Role));
    assert_eq!(give(&teacher, &pupil, &[CE1]), Ok(()));
    assert_eq!(give(&teacher, &stranger, &[CE1]), Err(Refusal::Hidden));
    assert_eq!(give(&administrator, &stranger, &[CE1]), Ok(()));
    assert_eq!(give(&administrator, &mother, &[CE1]), refused);
    // Of primary school, unless the school has said more; what was given before can be ended.
    assert_eq!(give(&teacher, &pupil, &[SIXTH]), refused);
    assert_eq!(give(&teacher, &pupil, &[]), refused);
    assert_eq!(give(&teacher, &pupil, &[SIXTH, CE1]), Ok(()), "in two schools");
    assert_eq!(give(&teacher, &pupil, &[CardFacts { beyond_primary: true, ..SIXTH }]), Ok(()));
    assert_eq!(may(&teacher, Act::RevokeCard(&pupil), DURING), Ok(()));
    assert!(has_card(&pupil, &[CE1]) && !has_card(&pupil, &[SIXTH]) && !has_card(&mother, &[CE1]));
    assert_eq!(may(&teacher, Act::PrintCards(mine), DURING), Ok(()));
    assert_eq!(may(&teacher, Act::PrintCards(other), DURING), Err(Refusal::Forbidden(Why::Role)));
}

#[test]
fn a_territory_s_administrator_manages_the_schools_below_it() {
    let mut world = World::new();
    let (inside, outside) = (world.school(), world.school());
    let territory = TerritoryId::new(Instant::EPOCH, &mut world.rng);
    let elsewhere = TerritoryId::new(Instant::EPOCH, &mut world.rng);
    let regent = Actor {
        territories: Arc::new(HashSet::from([territory])),
        governs: Arc::new(HashSet::from([inside])),
        ..Actor::nobody(world.person())
    };
    for act in [
        Act::ManageSchool(inside),
        Act::SeeSchool(inside),
        Act::ReadAudit(inside),
        Act::PlanLesson(inside),
        Act::PrintCodes(inside, Profile::Teacher),
        Act::SeeTerritory(territory),
        Act::DecideLists(territory),
    ] {
        assert_eq!(may(&regent, act, DURING), Ok(()), "{act:?}");
    }
    for act in [
        Act::ManageSchool(outside),
        Act::SeeSchool(outside),
        Act::ReadAudit(outside),
        Act::SeeTerritory(elsewhere),
        Act::DecideLists(elsewhere),
    ] {
        assert_eq!(may(&regent, act, DURING), Err(Refusal::Hidden), "{act:?}");
    }
    assert!(may(&regent, Act::ManagePlatform, DURING).is_err());

    // The administrator of a school doesn't get at the regent's account by making them a pupil there.
    let here = Actor { affiliations: vec![(inside, Profile::Pupil)], ..regent };
    let administrator = world.actor(inside, Profile::Administrator, &[]);
    for act in
        [Act::ManagePerson(&facts(&here)), Act::ResetPassword(&facts(&here)), Act::GiveCard(&facts(&here), &[CE1])]
    {
        assert_eq!(may(&administrator, act, DURING), Err(Refusal::Forbidden(Why::Role)), "{act:?}");
    }
}

proptest! {
    /// Whoever is somebody's relative with any rights gets at nobody else, in this school or another.
    #[test]
    fn no_family_reads_another(bits in 0_u8..16, sees_other_school: bool) {
        let mut world = World::new();
        let (school, there) = (world.school(), world.school());
        let group = world.group(school);
        let theirs = facts(&world.actor(school, Profile::Pupil, &[(group.id, MemberRole::Pupil)]));
        let at = if sees_other_school { there } else { school };
        let own = world.actor(at, Profile::Pupil, &[]);
        let rights = RelationRights {
            sees_day: bits & 1 > 0, sees_attendance: bits & 2 > 0, may_declare: bits & 4 > 0, may_sign: bits & 8 > 0,
        };
        let mut parent = world.actor(at, Profile::Relative, &[]);
        parent.relations = vec![(own.person, rights)];
        parent.children = if rights.sees_day { vec![own.person] } else { vec![] };
        for act in acts_on(&theirs) {
            prop_assert_eq!(may(&parent, act, DURING), Err(Refusal::Hidden), "{:?}", act);
        }
        prop_assert_eq!(parent.relation_to(theirs.id), RelationRights::NONE);
        prop_assert_eq!(may(&parent, Act::SeeDayOf(&facts(&own)), DURING).is_ok(), rights.sees_day);
    }

    /// A guest may do nothing and learns of nothing, whatever groups they were put into as a teacher.
    #[test]
    fn a_guest_has_nothing(role_index in 0..MemberRole::ALL.len()) {
        let mut world = World::new();
        let school = world.school();
        let group = world.group(school);
        let role = MemberRole::ALL[role_index];
        prop_assume!(role != MemberRole::Pupil);
        let guest = world.actor(school, Profile::Guest, &[(group.id, role)]);
        let pupil = facts(&world.actor(school, Profile::Pupil, &[(group.id, MemberRole::Pupil)]));
        let lesson = world.lesson(school, group.id, pupil.id);
        let acts = [
            Act::ManageSchool(school), Act::SeeSchool(school), Act::SeeGroup(group), Act::SetHomework(group),
            Act::ReadHomework(group), Act::SeeLesson(&lesson), Act::EnterLesson(&lesson), Act::PrintCards(group),
            Act::PrintCodes(school, Profile::Guest),
        ];
        for act in acts.into_iter().chain(acts_on(&pupil)) {
            prop_assert_eq!(may(&guest, act, DURING), Err(Refusal::Hidden), "{:?}", act);
        }
    }

    /// Nobody of another school, whatever they are there, and no territory beside it, gets at a pupil.
    #[test]
    fn no_act_on_a_person_crosses_schools(profile_index in 0..Profile::ALL.len(), governs: bool) {
        let mut world = World::new();
        let (here, there) = (world.school(), world.school());
        let group = world.group(here);
        let foreign = world.group(there);
        let pupil = facts(&world.actor(here, Profile::Pupil, &[(group.id, MemberRole::Pupil)]));
        let mut stranger = world.actor(there, Profile::ALL[profile_index], &[(foreign.id, MemberRole::Teacher)]);
        if governs {
            stranger.governs = Arc::new(HashSet::from([there]));
        }
        for act in acts_on(&pupil).into_iter().chain([Act::PrintCards(group)]) {
            prop_assert_eq!(may(&stranger, act, DURING), Err(Refusal::Hidden), "{:?}", act);
        }
    }
}
