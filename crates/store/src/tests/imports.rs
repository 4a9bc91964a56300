mod identities;
mod real;
mod reasons;

use super::on_both;
use super::world::{NOW, Place};
use crate::import::{self, Link, Options, Report, Tally, Thing};
use crate::people::{self, NewPerson};
use crate::schools::{self, NewSchool};
use crate::{Conn, StoreError, groups};
use preau_base::{ManualClock, PersonId, SchoolId, SeededRng};
use preau_directory::{aaf, csv};
use preau_school::feed::{Item, Kind, Record};
use preau_school::{MemberRole, Profile};
use std::path::{Path, PathBuf};
use std::time::Duration;

const UAI: &str = "0931234X";

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../directory/tests/fixtures").join(name)
}

fn feed(name: &str) -> aaf::Feed {
    aaf::read_dir(&fixture("aaf").join(name)).expect("a feed")
}

fn table(name: &str) -> csv::Rows {
    let options = csv::Options { uai: UAI.into(), school_name: Some("Collège des Tilleuls".into()), table: None };
    csv::read_file(&fixture("csv").join(name), &options).expect("a table")
}

fn options(source: &str, full: bool, dry_run: bool) -> Options {
    Options { source: source.into(), full, dry_run, actor: None, guarded: false, clock: ManualClock::at(NOW) }
}

async fn apply(
    place: &Place,
    records: impl Iterator<Item = Item> + Send,
    options: &Options,
) -> Result<Report, StoreError> {
    // Another seed each time, as ids must not repeat.
    let seed = u64::try_from(number(place, "SELECT count(*) FROM audit").await).expect("a count");
    let later = ManualClock::at(NOW.plus(Duration::from_secs(seed)));
    let options = Options { clock: later, ..options.clone() };
    may_be_spawned(import::apply(&place.store, records, &options, &mut SeededRng::new(seed), |_| {})).await
}

const fn may_be_spawned<F: Future + Send>(future: F) -> F {
    future
}

async fn aaf(place: &Place, name: &str) -> Report {
    apply(place, feed(name), &options("aaf", true, false)).await.expect("applied")
}

async fn csv(place: &Place, name: &str) -> Report {
    apply(place, table(name), &options("csv:0931234X", false, false)).await.expect("applied")
}

fn tally(created: u64, changed: u64, unchanged: u64, left: u64) -> Tally {
    Tally { created, changed, unchanged, left }
}

async fn number(place: &Place, sql: &'static str) -> i64 {
    let mut conn = place.store.read().await.expect("a connection");
    let number = match conn.raw() {
        crate::db::Raw::Sqlite(c) => sqlx::query_scalar::<_, i64>(sql).fetch_one(c).await,
        crate::db::Raw::Postgres(c) => sqlx::query_scalar::<_, i64>(sql).fetch_one(c).await,
    };
    number.expect("a number")
}

/// Every table that an import writes, with its number of rows.
async fn sizes(place: &Place) -> Vec<i64> {
    let mut sizes = Vec::new();
    for sql in [
        "SELECT count(*) FROM school",
        "SELECT count(*) FROM subject",
        "SELECT count(*) FROM person",
        "SELECT count(*) FROM affiliation",
        "SELECT count(*) FROM relation",
        "SELECT count(*) FROM school_group",
        "SELECT count(*) FROM membership",
        "SELECT count(*) FROM import_run",
        "SELECT count(*) FROM import_record",
        "SELECT count(*) FROM audit",
    ] {
        sizes.push(number(place, sql).await);
    }
    sizes
}

async fn school(conn: &mut Conn) -> SchoolId {
    schools::by_uai(conn, UAI).await.expect("read").expect("the school").id
}

/// Logins of a group in a role.
async fn logins(place: &Place, group: &str, role: MemberRole) -> Vec<String> {
    let mut conn = place.store.read().await.expect("a connection");
    let school = school(&mut conn).await;
    let group = groups::by_name(&mut conn, school, group).await.expect("read").expect("the group");
    let mut found: Vec<String> =
        groups::members(&mut conn, group.id, role).await.expect("members").into_iter().map(|it| it.login).collect();
    found.sort();
    found
}

async fn profiles(place: &Place, login: &str) -> Vec<Profile> {
    let mut conn = place.store.read().await.expect("a connection");
    let person = people::by_login(&mut conn, login).await.expect("read").expect("the person");
    people::affiliations(&mut conn, person.id).await.expect("read").into_iter().map(|(_, profile)| profile).collect()
}

async fn children(place: &Place, login: &str) -> Vec<String> {
    let mut conn = place.store.read().await.expect("a connection");
    let person = people::by_login(&mut conn, login).await.expect("read").expect("the person");
    let mut found: Vec<String> =
        people::children_of(&mut conn, person.id).await.expect("read").into_iter().map(|it| it.login).collect();
    found.sort();
    found
}

/// Somebody of the feed: whoever has the smallest key among the school's staff, or among the relatives who see a child.
async fn key_of(place: &Place, whose: &str) -> sqlx::types::Uuid {
    #[derive(sqlx::FromRow)]
    struct IdRow {
        id: sqlx::types::Uuid,
    }
    let mut conn = place.store.read().await.expect("a connection");
    let row = if whose == "Pupil" {
        fetch_optional!(
            conn,
            IdRow,
            "SELECT p.id FROM person p JOIN affiliation a ON a.person_id = p.id WHERE a.profile = 'pupil' ORDER BY p.external_id"
        )
    } else if whose == "Staff" {
        fetch_optional!(
            conn,
            IdRow,
            "SELECT p.id FROM person p JOIN affiliation a ON a.person_id = p.id WHERE a.profile = 'teacher' ORDER BY p.external_id"
        )
    } else {
        fetch_optional!(
            conn,
            IdRow,
            "SELECT p.id FROM person p JOIN relation r ON r.relative_id = p.id WHERE r.sees_day = true ORDER BY p.external_id"
        )
    };
    row.expect("read").expect("there").id
}

on_both! {
    async fn a_feed_makes_a_school(place) {
        let report = aaf(place, "tilleuls").await;
        assert_eq!(Kind::ALL.map(|kind| report.read[&kind]), [1, 5, 2, 8, 9, 5]);
        let created = [
            (Thing::School, 1), (Thing::Subject, 5), (Thing::Class, 2), (Thing::Group, 1), (Thing::Pupil, 8),
            (Thing::Relative, 9), (Thing::Staff, 5), (Thing::Membership, 18), (Thing::Relation, 12),
        ];
        for (thing, count) in created {
            assert_eq!(report.tally(thing), tally(count, 0, 0, 0), "{thing:?}");
        }
        assert!(report.missing.is_empty() && report.refused.count == 0 && report.not_left.is_empty(), "{report:?}");
        assert_eq!(logins(place, "6EME B", MemberRole::Pupil).await, ["chloe.ben-said", "hugo.doeuvre", "lina.moreau", "noe.lefevre"]);
        assert_eq!(logins(place, "6EME B", MemberRole::Teacher).await, ["luc.garnier", "marie.durand2"]);
        assert_eq!(logins(place, "6EME B", MemberRole::HeadTeacher).await, ["marie.durand2"]);
        assert_eq!(logins(place, "6LATIN", MemberRole::Teacher).await, ["thuy.nguyen"]);
        assert_eq!(children(place, "marie.durand").await, ["ines.moreau", "lina.moreau"]);
        // Adam's family may call Anaïs Lefèvre; that gives her no view of him.
        assert_eq!(children(place, "anais.lefevre").await, ["noe.lefevre"]);
        assert_eq!(number(place, "SELECT count(*) FROM relation WHERE kind = 'contact'").await, 1);
        assert_eq!(profiles(place, "sophie.blanc").await, [Profile::Head]);
        assert_eq!(profiles(place, "yanis.faure").await, [Profile::SchoolLife]);
        assert_eq!(number(place, "SELECT count(*) FROM import_record").await, 0);
        assert_eq!(number(place, "SELECT count(*) FROM import_run WHERE finished_at IS NOT NULL AND report IS NOT NULL").await, 1);
        assert_eq!(number(place, "SELECT count(*) FROM audit WHERE action = 'directory.import'").await, 1);
        assert_eq!(number(place, "SELECT count(*) FROM person WHERE password_hash IS NOT NULL OR code_hash IS NOT NULL").await, 0);
    }

    async fn the_same_feed_again_changes_nothing(place) {
        aaf(place, "tilleuls").await;
        let before = sizes(place).await;
        let report = aaf(place, "tilleuls").await;
        assert!(report.is_unchanged(), "{report:?}");
        assert_eq!(report.tally(Thing::Pupil), tally(0, 0, 8, 0));
        assert_eq!(report.tally(Thing::Membership), tally(0, 0, 18, 0));
        let after = sizes(place).await;
        assert_eq!(before[..7], after[..7]);
        assert_eq!(number(place, "SELECT count(*) FROM person WHERE updated_at <> created_at").await, 0);
    }

    async fn a_dry_run_says_the_same_and_leaves_nothing(place) {
        let before = sizes(place).await;
        let dry = apply(place, feed("tilleuls"), &options("aaf", true, true)).await.expect("applied");
        assert_eq!(sizes(place).await, before);
        let wet = aaf(place, "tilleuls").await;
        assert!(dry.dry_run && !wet.dry_run);
        assert_eq!((dry.tallies, dry.read), (wet.tallies, wet.read));
    }

    async fn a_later_feed_is_reported_and_followed(place) {
        aaf(place, "tilleuls").await;
        let report = aaf(place, "tilleuls-later").await;
        // Noé's name was corrected; Tom left, Maya came.
        assert_eq!(report.tally(Thing::Pupil), tally(1, 1, 6, 1));
        assert_eq!(report.tally(Thing::Relative), tally(1, 0, 8, 1));
        assert_eq!(report.tally(Thing::Staff), tally(0, 0, 4, 1));
        // Lina leaves her class and Latin for another class, Tom and Luc leave theirs, Maya comes.
        assert_eq!(report.tally(Thing::Membership).left, 6);
        assert_eq!(report.tally(Thing::Membership).created, 2);
        assert_eq!(logins(place, "5EME A", MemberRole::Pupil).await, ["adam.haddad", "ines.moreau", "lina.moreau", "zoe.dumas"]);
        assert_eq!(logins(place, "6EME B", MemberRole::Pupil).await, ["chloe.ben-said", "hugo.doeuvre", "maya.kone", "noe.lefevre"]);
        assert_eq!(logins(place, "6LATIN", MemberRole::Pupil).await, ["chloe.ben-said"]);
        // Who left keeps the account, and is nothing in the school.
        assert_eq!(profiles(place, "tom.petit").await, []);
        assert_eq!(profiles(place, "marc.petit").await, []);
        assert_eq!(profiles(place, "luc.garnier").await, []);
        assert_eq!(logins(place, "5EME A", MemberRole::HeadTeacher).await, Vec::<String>::new());
        // Whoever comes back is the same person.
        let report = aaf(place, "tilleuls").await;
        assert_eq!(report.tally(Thing::Pupil), tally(0, 2, 6, 1));
        assert_eq!(profiles(place, "tom.petit").await, [Profile::Pupil]);
        assert_eq!(children(place, "marc.petit").await, ["tom.petit"]);
    }

    async fn a_cut_off_feed_makes_nobody_leave(place) {
        aaf(place, "tilleuls").await;
        let report = aaf(place, "truncated").await;
        assert_eq!(report.refused.count, 1);
        assert!(report.refused.first[0].reason.to_string().contains("cut-off"));
        assert_eq!(report.not_left, [Kind::Pupil, Kind::Relative]);
        assert!(report.is_unchanged(), "{report:?}");
        assert_eq!(report.tally(Thing::Pupil), tally(0, 0, 5, 0));
        assert_eq!(logins(place, "6EME B", MemberRole::Pupil).await.len(), 4);
    }

    async fn a_cut_off_feed_brings_what_stood_before_the_cut(place) {
        let report = aaf(place, "truncated").await;
        assert_eq!((report.tally(Thing::Pupil), report.tally(Thing::Staff)), (tally(5, 0, 0, 0), tally(5, 0, 0, 0)));
        // Relatives of pupils behind the cut have nobody yet; the whole feed brings them.
        assert_eq!((report.tally(Thing::Relative).created, report.relatives_unnamed), (6, 3));
        let report = aaf(place, "tilleuls").await;
        assert_eq!((report.tally(Thing::Pupil), report.tally(Thing::Relative).created), (tally(3, 0, 5, 0), 3));
    }

    async fn a_refused_record_keeps_its_person(place) {
        aaf(place, "tilleuls").await;
        let mut items: Vec<Item> = feed("tilleuls").collect();
        for item in &mut items {
            if let Ok(entry) = item
                && entry.record.key() == "41002"
            {
                let (position, record) = (entry.position.clone(), entry.record.clone());
                *item = Err(preau_school::feed::Refusal {
                    position,
                    kind: Some(record.kind()),
                    key: Some(record.key().to_owned().into()),
                    scope: preau_school::feed::Scope::Record,
                    reason: preau_school::feed::fault::ReadFault::NoXml.into(),
                });
            }
        }
        let report = apply(place, items.into_iter(), &options("aaf", true, false)).await.expect("applied");
        assert!(report.is_unchanged(), "{report:?}");
        assert_eq!(logins(place, "6EME B", MemberRole::Pupil).await.len(), 4);
    }

    async fn links_that_lead_nowhere_are_reported(place) {
        let report = aaf(place, "links").await;
        let missing: Vec<(Link, u64)> = report.missing.iter().map(|(link, listed)| (*link, listed.count)).collect();
        assert_eq!(missing, [
            (Link::PupilToSchool, 1), (Link::StaffToSchool, 1), (Link::InOtherSchool, 1), (Link::ToGroup, 2), (Link::PupilToRelative, 1),
        ]);
        let class = &report.missing[&Link::ToGroup].first[0];
        assert_eq!((class.from.reveal().as_str(), class.to.reveal().as_str()), ("41010", "4EME Z"));
        assert_eq!((class.position.file.as_str(), class.position.line), ("ENT_0931234X_Complet_20261122_Eleve_0000.xml", 30));
        assert_eq!(report.relatives_unnamed, 1);
        // Eva's school is not in the feed; Jean Seul is nobody's father; Lieu Sans has no school.
        assert_eq!((report.tally(Thing::Pupil).created, report.tally(Thing::Relative).created, report.tally(Thing::Staff).created), (3, 2, 2));
    }

    async fn what_is_made_by_hand_stays(place) {
        aaf(place, "tilleuls").await;
        let mut tx = place.store.write().await.expect("a transaction");
        let school = school(&mut tx).await;
        let luc = people::by_login(&mut tx, "luc.garnier").await.expect("read").expect("Luc").id;
        let group = groups::by_name(&mut tx, school, "6LATIN").await.expect("read").expect("a group").id;
        groups::add_member(&mut tx, group, luc, MemberRole::Teacher, "", "hand").await.expect("assigned");
        people::affiliate(&mut tx, luc, school, Profile::Administrator, "hand").await.expect("made administrator");
        tx.commit().await.expect("kept");
        assert!(aaf(place, "tilleuls").await.is_unchanged());
        aaf(place, "tilleuls-later").await;
        assert_eq!(profiles(place, "luc.garnier").await, [Profile::Administrator]);
        assert_eq!(logins(place, "6LATIN", MemberRole::Teacher).await, ["luc.garnier", "thuy.nguyen"]);
    }

    async fn tables_come_in_one_after_the_other(place) {
        let report = csv(place, "eleves.csv").await;
        assert_eq!(report.tally(Thing::Pupil), tally(4, 0, 0, 0));
        assert_eq!(report.tally(Thing::Relative), tally(2, 0, 0, 0));
        assert_eq!(report.tally(Thing::Class).created, 2);
        let report = csv(place, "enseignants.csv").await;
        assert_eq!((report.tally(Thing::Staff), report.tally(Thing::Subject)), (tally(3, 0, 0, 0), tally(4, 0, 0, 0)));
        assert_eq!(logins(place, "6EME B", MemberRole::HeadTeacher).await, ["marie.durand2"]);
        // The table of teachers says nothing about pupils.
        assert_eq!(logins(place, "6EME B", MemberRole::Pupil).await, ["hugo.doeuvre", "lina.moreau", "noe.lefevre"]);
        let report = csv(place, "parents.csv").await;
        assert_eq!(report.refused.count, 1);
        assert_eq!(children(place, "marie.durand").await, ["ines.moreau", "lina.moreau"]);
        for name in ["eleves.csv", "enseignants.csv", "parents.csv"] {
            let again = csv(place, name).await;
            assert!(again.is_unchanged(), "{name}: {again:?}");
        }
    }

    async fn a_school_opened_from_tables_is_taken_over_by_its_feed(place) {
        csv(place, "eleves.csv").await;
        csv(place, "enseignants.csv").await;
        let people = number(place, "SELECT count(*) FROM person").await;
        let report = aaf(place, "tilleuls").await;
        // Four pupils, Marie Durand by her address and Anaïs Lefèvre by her son, and three teachers were there.
        assert_eq!(report.tally(Thing::School).changed, 1);
        assert_eq!(report.tally(Thing::Pupil), tally(4, 4, 0, 0));
        assert_eq!(report.tally(Thing::Staff).created, 2);
        assert_eq!(children(place, "marie.durand").await, ["ines.moreau", "lina.moreau"]);
        let after = number(place, "SELECT count(*) FROM person").await;
        assert_eq!(after - people, 4 + 7 + 2);
        assert_eq!(children(place, "anais.lefevre").await, ["noe.lefevre"]);
        assert!(aaf(place, "tilleuls").await.is_unchanged());
        // The table again knows them by name, and leaves what the feed said.
        let again = csv(place, "eleves.csv").await;
        assert!(again.is_unchanged(), "{again:?}");
        assert_eq!(again.tally(Thing::Pupil), tally(0, 0, 4, 0));
        assert!(aaf(place, "tilleuls").await.is_unchanged());
    }

    async fn a_feed_of_a_new_year_waits_for_the_archive_of_the_last(place) {
        aaf(place, "tilleuls").await;
        let in_a_year = |days: u64| Options { clock: ManualClock::at(NOW.plus(Duration::from_secs(days * 86_400))), ..options("aaf", true, false) };
        let members = logins(place, "6EME B", MemberRole::Pupil).await;
        assert!(!members.is_empty());
        let before = sizes(place).await;
        let mut rng = SeededRng::new(77);
        let early = may_be_spawned(import::apply(&place.store, feed("tilleuls"), &in_a_year(300), &mut rng, |_| {})).await.expect("applied");
        let [refused] = early.failed.as_slice() else { panic!("{early:?}") };
        assert!(refused.reason.to_string().starts_with("apply-past-year count="), "{refused:?}");
        assert_eq!(sizes(place).await[..7], before[..7], "nothing was changed");

        // One class was archived by hand under its plain name, the others by the change of year.
        let mut tx = place.store.write().await.expect("a transaction");
        let school = school(&mut tx).await;
        let class = groups::by_name(&mut tx, school, "6EME B").await.expect("asks").expect("there").id;
        groups::archive(&mut tx, class, NOW).await.expect("archived");
        crate::year::roll(&mut tx, school, "2027-2028", NOW).await.expect("rolled");
        tx.commit().await.expect("commits");
        let report = may_be_spawned(import::apply(&place.store, feed("tilleuls"), &in_a_year(301), &mut rng, |_| {})).await.expect("applied");
        assert!(report.failed.is_empty() && report.tally(Thing::Class).created > 1, "{report:?}");
        assert_eq!(logins(place, "6EME B", MemberRole::Pupil).await, members, "a class of this year");
        let mut conn = place.store.read().await.expect("a connection");
        let archive = crate::year::archived(&mut conn, school).await.expect("the archive");
        let old = archive.iter().find(|it| it.id == class).expect("the class of last year");
        assert_eq!((old.name.as_str(), old.pupils), ("6EME B (2026-2027)", members.len() as i64), "with its pupils");
        drop(conn);
        let again = may_be_spawned(import::apply(&place.store, feed("tilleuls"), &in_a_year(302), &mut rng, |_| {})).await.expect("applied");
        assert!(again.is_unchanged(), "{again:?}");
        let mut tx = place.store.write().await.expect("a transaction");
        assert_eq!(crate::year::roll(&mut tx, school, "2027-2028", NOW).await.expect("rolled"), 0, "a second time there is nothing to do");
    }

    async fn a_feed_places_its_school(place) {
        aaf(place, "tilleuls").await;
        let placed = "SELECT count(*) FROM school s JOIN territory t ON t.id = s.territory_id WHERE t.kind = 'commune'";
        assert_eq!(number(place, placed).await, 1);
        assert_eq!(number(place, "SELECT count(*) FROM territory").await, 4);
    }
}
