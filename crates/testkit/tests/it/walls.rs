//! Between schools and between families there are walls: whatever is done to people, in whatever order, nobody reads a pupil
//! without a link to them that gives just that. Walks of random acts over a real store; after each, pages are asked for.
//!
//! Who may read whom is worked out here anew, from a plain list of what was done: what the rules say is not asked.

mod every_route;

use preau_base::{GroupId, PersonId, Rng as _, SchoolId, SeededRng};
use preau_school::{MemberRole, Profile, RelationRights};
use preau_store::people::{Merged, NewPerson, Take};
use preau_store::{Conn, groups, people, territories};
use preau_testkit::{Client, TestApp, Who};
use std::collections::{BTreeMap, BTreeSet};

const WALKS: u64 = 4;
const ACTS: usize = 45;
/// Pages that are asked for after each act.
const LOOKS: usize = 4;

const ADULTS: [Who; 7] =
    [Who::Parent, Who::Teacher, Who::Head, Who::SchoolLife, Who::Administrator, Who::Stranger, Who::PlatformAdmin];
const PUPILS: [Who; 3] = [Who::Pupil, Who::Classmate, Who::PupilElsewhere];
/// What adults are made in walks. Platform administrators are left as they are.
const MADE: [Profile; 6] =
    [Profile::Teacher, Profile::SchoolLife, Profile::Head, Profile::Staff, Profile::Guest, Profile::Administrator];

/// A relative of a pupil.
#[derive(Clone, Copy)]
struct Related {
    rights: RelationRights,
    barred: bool,
    /// The school has set the rights; else they follow from what a feed said.
    by_hand: bool,
}

/// What was done, as a plain list.
#[derive(Default)]
struct Done {
    is: BTreeSet<(PersonId, SchoolId, Profile)>,
    member: BTreeSet<(GroupId, PersonId, MemberRole)>,
    /// The school of each group.
    school_of: BTreeMap<GroupId, SchoolId>,
    relation: BTreeMap<(PersonId, PersonId), Related>,
    /// Those who administer the territory in which the first school lies.
    governs: BTreeSet<PersonId>,
    inside: Option<SchoolId>,
    platform: BTreeSet<PersonId>,
}

impl Done {
    fn is_one_of(&self, person: PersonId, school: SchoolId, profiles: &[Profile]) -> bool {
        profiles.iter().any(|profile| self.is.contains(&(person, school, *profile)))
    }

    fn rights(&self, relative: PersonId, pupil: PersonId) -> RelationRights {
        match self.relation.get(&(relative, pupil)) {
            Some(related) if !related.barred => related.rights,
            _ => RelationRights::NONE,
        }
    }

    /// Where the pupil is a pupil.
    fn schools(&self, pupil: PersonId) -> Vec<SchoolId> {
        self.is.iter().filter(|(who, _, is)| *who == pupil && *is == Profile::Pupil).map(|(_, at, _)| *at).collect()
    }

    /// Leads, or looks after pupils, in a school of this one.
    fn looks_after(&self, adult: PersonId, pupil: PersonId) -> bool {
        let keeps = [Profile::Head, Profile::SchoolLife];
        self.schools(pupil).iter().any(|school| self.is_one_of(adult, *school, &keeps))
    }

    fn manages_a_school_of(&self, adult: PersonId, pupil: PersonId) -> bool {
        let governs = |school: &SchoolId| self.governs.contains(&adult) && self.inside == Some(*school);
        self.platform.contains(&adult)
            || self.schools(pupil).iter().any(|at| governs(at) || self.is_one_of(adult, *at, &[Profile::Administrator]))
    }

    fn teaches(&self, adult: PersonId, pupil: PersonId) -> bool {
        self.member.iter().any(|(group, who, role)| {
            *who == pupil
                && *role == MemberRole::Pupil
                && self.member.contains(&(*group, adult, MemberRole::Teacher))
                && self.school_of.get(group).is_some_and(|at| self.is_one_of(adult, *at, &[Profile::Teacher]))
        })
    }

    /// Whether this page of a pupil may be read; the pages that are asked for are [`PAGES`].
    fn reads(&self, adult: PersonId, pupil: PersonId, page: &str) -> bool {
        let rights = self.rights(adult, pupil);
        let looks_after = self.looks_after(adult, pupil);
        match page {
            "week" | "log" => rights.sees_day || looks_after,
            "attendance" => rights.sees_attendance || looks_after,
            "follow-up" => looks_after,
            "relations" => looks_after || self.manages_a_school_of(adult, pupil),
            "" => {
                rights.sees_day || looks_after || self.manages_a_school_of(adult, pupil) || self.teaches(adult, pupil)
            }
            other => panic!("no such page: {other}"),
        }
    }
}

const PAGES: [&str; 6] = ["week", "log", "attendance", "follow-up", "relations", ""];

struct Walk {
    app: TestApp,
    rng: SeededRng,
    done: Done,
    clients: BTreeMap<Who, Client>,
    made: u64,
    /// What was done, to be read when something is wrong.
    told: Vec<String>,
}

impl Walk {
    async fn begin(seed: u64) -> Self {
        let app = TestApp::start().await;
        let mut done = Done { inside: Some(app.seed.school()), ..Done::default() };
        let (here, there) = (app.seed.school(), app.seed.other_school());
        let mut conn = app.store.read().await.unwrap();
        for who in ADULTS.into_iter().chain(PUPILS) {
            let person = app.seed.person(who);
            done.is.extend(
                people::affiliations(&mut conn, person).await.unwrap().into_iter().map(|(at, is)| (person, at, is)),
            );
        }
        drop(conn);
        let (class, other) = (app.seed.class(), app.seed.other_class());
        done.school_of.extend([(class, here), (other, here)]);
        for (group, who, role) in [
            (class, Who::Pupil, MemberRole::Pupil),
            (class, Who::Classmate, MemberRole::Pupil),
            (class, Who::Teacher, MemberRole::Teacher),
            (other, Who::PupilElsewhere, MemberRole::Pupil),
        ] {
            done.member.insert((group, app.seed.person(who), role));
        }
        let mother = (app.seed.person(Who::Parent), app.seed.person(Who::Pupil));
        done.relation.insert(mother, Related { rights: RelationRights::ALL, barred: false, by_hand: false });
        done.platform.insert(app.seed.person(Who::PlatformAdmin));
        assert_ne!(here, there);
        let mut clients = BTreeMap::new();
        for who in ADULTS {
            clients.insert(who, app.actor(who).await);
        }
        Self { app, rng: SeededRng::new(seed), done, clients, made: 0, told: vec![format!("seed {seed}")] }
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        let at = self.rng.below(of.len() as u64);
        of[usize::try_from(at).unwrap()]
    }

    fn rights(&mut self) -> RelationRights {
        let bits = self.rng.below(16);
        RelationRights {
            sees_day: bits & 1 > 0,
            sees_attendance: bits & 2 > 0,
            may_declare: bits & 4 > 0,
            may_sign: bits & 8 > 0,
        }
    }

    /// Does something, and writes it down.
    async fn act(&mut self) {
        let adults: Vec<Who> = ADULTS.into_iter().filter(|who| *who != Who::PlatformAdmin).collect();
        let (adult, pupil) = (self.one(&adults), self.one(&PUPILS));
        let (who, of) = (self.app.seed.person(adult), self.app.seed.person(pupil));
        let school = self.one(&[self.app.seed.school(), self.app.seed.other_school()]);
        let kind = self.rng.below(10);
        self.told.push(format!("act {kind}: {adult:?} {pupil:?} {}", school == self.app.seed.school()));
        let store = self.app.store.clone();
        let mut tx = store.write().await.unwrap();
        match kind {
            0 | 1 => self.relate(&mut tx, who, of).await,
            2 => self.bar(&mut tx, who, of).await,
            3 => {
                people::unrelate(&mut tx, who, of).await.unwrap();
                self.done.relation.remove(&(who, of));
            }
            4 => {
                let profile = self.one(&MADE);
                people::affiliate(&mut tx, who, school, profile, "hand").await.unwrap();
                self.done.is.insert((who, school, profile));
            }
            5 => {
                let profile = self.one(&MADE);
                people::unaffiliate(&mut tx, who, school, profile).await.unwrap();
                self.done.is.remove(&(who, school, profile));
            }
            6 => self.change_school(&mut tx, of, school).await,
            7 => self.territory(&mut tx, who).await,
            8 => self.assign(&mut tx, who).await,
            _ => self.merge(&mut tx, who, of, school).await,
        }
        tx.commit().await.unwrap();
    }

    /// A relative, with rights of their own: separated parents, a teacher who is also a mother.
    async fn relate(&mut self, conn: &mut Conn, who: PersonId, of: PersonId) {
        let rights = self.rights();
        people::relate(conn, who, of, "contact", "hand").await.unwrap();
        let known = self.done.relation.get(&(who, of)).copied();
        let was = known.map_or(RelationRights::NONE, |known| known.rights);
        let changed = people::change_rights(conn, (who, of), was, rights).await.unwrap();
        // What somebody who is barred will have once they are let in again is not changed meanwhile.
        let barred = known.is_some_and(|known| known.barred);
        assert_eq!(changed, !barred, "{:?}", self.told);
        if changed {
            self.done.relation.insert((who, of), Related { rights, barred, by_hand: true });
        }
    }

    async fn bar(&mut self, conn: &mut Conn, who: PersonId, of: PersonId) {
        let barred = self.rng.below(2) == 0;
        let known = people::set_barred(conn, who, of, barred, self.app.app.now()).await.unwrap();
        assert_eq!(known, self.done.relation.contains_key(&(who, of)), "{:?}", self.told);
        if let Some(relation) = self.done.relation.get_mut(&(who, of)) {
            relation.barred = barred;
        }
    }

    /// A pupil comes to a school, and leaves the others or stays in two.
    async fn change_school(&mut self, conn: &mut Conn, pupil: PersonId, to: SchoolId) {
        let leaves = self.rng.below(3) > 0;
        for from in self.done.schools(pupil) {
            if leaves && from != to {
                people::unaffiliate(conn, pupil, from, Profile::Pupil).await.unwrap();
                groups::leave_school(conn, pupil, from, MemberRole::Pupil).await.unwrap();
                self.done.is.remove(&(pupil, from, Profile::Pupil));
                let school_of = &self.done.school_of;
                self.done.member.retain(|(group, who, _)| *who != pupil || school_of.get(group) != Some(&from));
            }
        }
        people::affiliate(conn, pupil, to, Profile::Pupil, "hand").await.unwrap();
        self.done.is.insert((pupil, to, Profile::Pupil));
    }

    async fn territory(&mut self, conn: &mut Conn, who: PersonId) {
        let territory = self.app.seed.territory();
        if self.done.governs.remove(&who) {
            territories::take(conn, who, territory).await.unwrap();
        } else {
            territories::give(conn, who, territory, None, self.app.app.now()).await.unwrap();
            self.done.governs.insert(who);
        }
    }

    /// Into a group as its teacher, or out of it, whatever they are in the school: a guest, somebody who has left.
    async fn assign(&mut self, conn: &mut Conn, who: PersonId) {
        let group = self.one(&[self.app.seed.class(), self.app.seed.other_class()]);
        let row = (group, who, MemberRole::Teacher);
        if self.done.member.remove(&row) {
            groups::remove_member(conn, group, who, MemberRole::Teacher).await.unwrap();
        } else {
            groups::add_member(conn, group, who, MemberRole::Teacher, "", "hand").await.unwrap();
            self.done.member.insert(row);
        }
    }

    /// A second account of an adult, with a relation of its own, or of a pupil in another school, becomes one with the first.
    async fn merge(&mut self, conn: &mut Conn, who: PersonId, of: PersonId, school: SchoolId) {
        self.made += 1;
        let gone = PersonId::new(self.app.app.now(), &mut self.rng);
        let login = format!("double.{}", self.made);
        let new = NewPerson {
            id: gone,
            login: &login,
            given_name: "Double",
            family_name: "Compte",
            title: "",
            birth_day: None,
            ine: None,
            email: None,
            source: "hand",
            external_id: None,
        };
        people::create(conn, &new, self.app.app.now()).await.unwrap();
        let keep = if self.rng.below(2) == 0 {
            people::affiliate(conn, gone, school, Profile::Pupil, "hand").await.unwrap();
            self.done.is.insert((of, school, Profile::Pupil));
            of
        } else {
            let rights = self.rights();
            people::relate(conn, gone, of, "contact", "hand").await.unwrap();
            assert!(people::change_rights(conn, (gone, of), RelationRights::NONE, rights).await.unwrap());
            // What the school has decided about the account that stays holds; above all that somebody is barred.
            let known = self.done.relation.get(&(who, of));
            if known.is_none_or(|known| !known.by_hand && !known.barred) {
                self.done.relation.insert((who, of), Related { rights, barred: false, by_hand: true });
            }
            who
        };
        let merged = people::merge(conn, keep, gone, Take::default(), self.app.app.now()).await.unwrap();
        assert!(matches!(merged, Merged::Done { .. }), "{merged:?} {:?}", self.told);
    }

    /// Asks for a page of a pupil, as somebody.
    async fn look(&mut self) {
        let (adult, pupil, page) = (self.one(&ADULTS), self.one(&PUPILS), self.one(&PAGES));
        let (who, of) = (self.app.seed.person(adult), self.app.seed.person(pupil));
        let path = format!("/people/{of}/{page}");
        let answer = self.clients.get_mut(&adult).unwrap().get(path.trim_end_matches('/')).await;
        let reads = answer.status.is_success();
        let may = self.done.reads(who, of, page);
        let at = format!("{adult:?} asks for {page:?} of {pupil:?}: {}; {:#?}", answer.status, self.told);
        assert_eq!(reads, may, "{at}");
        // Whoever has no link at all does not even learn that the pupil exists.
        let knows = PAGES.iter().any(|page| self.done.reads(who, of, page));
        if !reads {
            assert!(matches!(answer.status.as_u16(), 403 | 404) && !answer.wants_sign_in(), "{at}");
            assert!(knows || answer.status.as_u16() == 404, "{at}");
        }
    }
}

#[tokio::test]
async fn no_sequence_of_acts_opens_another_school_or_family() {
    for seed in 0..WALKS {
        let mut walk = Walk::begin(20_210_406 + seed).await;
        let mut read = 0;
        for _ in 0..ACTS {
            walk.act().await;
            for _ in 0..LOOKS {
                walk.look().await;
                read += 1;
            }
        }
        assert_eq!(read, ACTS * LOOKS);
    }
}
