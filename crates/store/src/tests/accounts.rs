//! Territories, sign-in cards, the school year, and what becomes of accounts: rights of relatives, merging, leaving.

use super::copies::copy;
use super::on_both;
use super::world::{NOW, Place, World};
use crate::cards::{self, NewCard};
use crate::people::{self, Merged, NewPerson, Take};
use crate::sessions::{self, Session};
use crate::statements::counted;
use crate::territories::{self, NewTerritory};
use crate::{Conn, calendars, groups, schools, year};
use preau_base::{CardId, Instant, PersonId, SchoolId, SessionId, TerritoryId};
use preau_school::calendar::Grade;
use preau_school::{Act, GroupKind, MemberRole, Profile, RelationRights, TerritoryKind, may};
use std::time::Duration;

const LATER: Instant = Instant::from_secs(1_800_000_060);

async fn session(conn: &mut Conn, world: &mut World, person: PersonId) -> SessionId {
    let id = SessionId::new(NOW, &mut world.rng);
    let session = Session { id, created_at: NOW, renewed_at: NOW, shared_device: false, browser: String::new() };
    sessions::create(conn, &session, person, LATER).await.expect("a session");
    id
}

async fn card(conn: &mut Conn, world: &mut World, person: PersonId, secret: &[u8]) -> (CardId, Vec<SessionId>) {
    let id = CardId::new(NOW, &mut world.rng);
    let made_by = world.teacher;
    let new = NewCard { id, person, secret_hash: secret, picture_hash: b"three pictures", made_by };
    (id, cards::give(conn, &new, NOW).await.expect("a card"))
}

on_both! {
    async fn a_school_is_placed_and_its_territory_s_administrator_governs_it(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        assert_eq!(territories::count_unplaced(&mut tx).await.expect("count"), 1);
        let whereabouts = (Some("0931234X"), "93000", "Oraison");
        for _ in 0..2 {
            territories::place(&mut tx, world.school, whereabouts, NOW, &mut world.rng).await.expect("placed");
        }
        assert_eq!(territories::count_unplaced(&mut tx).await.expect("count"), 0);
        let department = territories::by_code(&mut tx, TerritoryKind::Department, "93").await.expect("read").expect("there");
        let path = territories::path(&mut tx, department.id).await.expect("a path");
        let names: Vec<_> = path.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["Île-de-France", "Créteil", "Seine-Saint-Denis"]);
        let top = territories::children(&mut tx, None).await.expect("a list");
        assert_eq!(top.iter().map(|it| (it.territory.name.as_str(), it.schools)).collect::<Vec<_>>(), [("Île-de-France", 1)]);
        let communes = territories::children(&mut tx, Some(department.id)).await.expect("a list");
        assert_eq!(communes.iter().map(|it| (it.territory.name.as_str(), it.schools)).collect::<Vec<_>>(), [("Oraison", 1)]);
        assert_eq!(territories::large(&mut tx).await.expect("a list").len(), 3);

        let regent = world.person(&mut tx, "rita.regent", "Rita", "Régent", Profile::Staff).await;
        people::unaffiliate(&mut tx, regent, world.school, Profile::Staff).await.expect("done");
        territories::give(&mut tx, regent, path[1].id, Some(world.teacher), NOW).await.expect("given");
        let actor = people::actor(&mut tx, regent).await.expect("read").expect("there");
        assert_eq!(may(&actor, Act::ManageSchool(world.school), NOW), Ok(()));
        assert_eq!(may(&actor, Act::SeeTerritory(department.id), NOW), Ok(()));
        assert!(may(&actor, Act::SeeTerritory(path[0].id), NOW).is_err(), "the région is above");
        assert_eq!(territories::of_person(&mut tx, regent).await.expect("read"), [path[1].clone()]);
        assert_eq!(territories::administrators(&mut tx, path[1].id).await.expect("read")[0].login, "rita.regent");
        assert_eq!(territories::below_those_of(&mut tx, regent).await.expect("read").len(), 3);
        assert!(people::facts(&mut tx, regent).await.expect("read").expect("there").governs);

        let count = &territories::schools(&mut tx, path[0].id, 0).await.expect("schools")[0];
        assert_eq!((count.pupils, count.teachers, count.pupils_active), (2, 1, 0));
        let people = territories::people_below(&mut tx, path[0].id).await.expect("people");
        assert!(people.iter().any(|it| it.profile == Profile::Pupil && it.people == 2), "{people:?}");

        territories::take(&mut tx, regent, path[1].id).await.expect("taken");
        assert_eq!(territories::schools_governed(&mut tx, regent).await.expect("read").len(), 0);
        let actor = people::actor(&mut tx, regent).await.expect("read").expect("there");
        assert!(may(&actor, Act::ManageSchool(world.school), NOW).is_err());

        // Placed by hand, it stays there whatever the feed says.
        let id = TerritoryId::new(NOW, &mut world.rng);
        let new = NewTerritory { id, kind: TerritoryKind::Region, code: "x", name: "Ailleurs", parent: None };
        territories::create(&mut tx, &new, NOW).await.expect("made");
        territories::place_by_hand(&mut tx, world.school, Some(id)).await.expect("placed");
        territories::place(&mut tx, world.school, whereabouts, NOW, &mut world.rng).await.expect("placed");
        assert_eq!(territories::schools(&mut tx, id, 0).await.expect("schools").len(), 1);
        assert_eq!(territories::by_id(&mut tx, id).await.expect("read").expect("there").parent(), None);
    }

    async fn cards_are_for_the_grades_that_the_school_gives_them_to(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        // 6e B of a collège; the class of another school by its grade; nobody's class in a primary school.
        let gives = async |tx: &mut Conn, pupil| cards::facts(tx, pupil).await.expect("facts").iter().map(|it| it.gives()).collect::<Vec<_>>();
        assert_eq!(gives(&mut tx, world.max).await, [false]);
        assert!(!cards::beyond_primary(&mut tx, world.school).await.expect("read"));
        cards::set_beyond_primary(&mut tx, world.school, true).await.expect("set");
        assert!(cards::beyond_primary(&mut tx, world.school).await.expect("read"));
        assert_eq!(gives(&mut tx, world.max).await, [true]);
        cards::set_beyond_primary(&mut tx, world.school, false).await.expect("set");
        calendars::set_grade(&mut tx, world.class, Some(Grade::Cm2)).await.expect("set");
        assert_eq!(gives(&mut tx, world.max).await, [true]);
        calendars::set_grade(&mut tx, world.class, None).await.expect("set");
        let primary = SchoolId::new(LATER, &mut world.rng);
        let new = schools::NewSchool { id: primary, uai: None, name: "École", kind: "ecole", city: "", source: "hand" };
        schools::create(&mut tx, &new, NOW).await.expect("a school");
        people::affiliate(&mut tx, world.ines, primary, Profile::Pupil, "hand").await.expect("an affiliation");
        let mut of_ines = gives(&mut tx, world.ines).await;
        of_ines.sort_unstable();
        assert_eq!(of_ines, [false, true]);
        let (all, sent) = counted(cards::facts_of_pupils(&mut tx, world.class)).await;
        let all = all.expect("facts");
        assert_eq!((all.len(), sent), (2, 1));
        for pupil in [world.max, world.ines] {
            let mut one = cards::facts(&mut tx, pupil).await.expect("facts");
            let mut together = all[&pupil].clone();
            one.sort_by_key(|it| it.gives());
            together.sort_by_key(|it| it.gives());
            assert_eq!(one, together);
        }
        assert_eq!(cards::facts(&mut tx, world.mother).await.expect("facts"), []);
    }

    async fn a_card_dies_with_the_next_one_and_takes_its_sessions_along(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let (max, ines) = (world.max, world.ines);
        let (first, ended) = card(&mut tx, &mut world, max, b"first").await;
        assert_eq!(ended, []);
        assert!(cards::has(&mut tx, max).await.expect("read"));
        let found = cards::by_secret(&mut tx, b"first").await.expect("read").expect("there");
        assert_eq!((found.id, found.person_id, found.picture_hash.as_slice()), (first, max, b"three pictures".as_slice()));
        let (by_card, by_password) = (session(&mut tx, &mut world, max).await, session(&mut tx, &mut world, max).await);
        assert!(cards::entered(&mut tx, first, by_card, NOW).await.expect("in"));
        assert_eq!(cards::of_group(&mut tx, world.class).await.expect("read")[0].used_at, Some(NOW.as_millis()));

        let (second, ended) = card(&mut tx, &mut world, max, b"second").await;
        assert_eq!(ended, [by_card], "not {by_password:?}");
        assert!(cards::by_secret(&mut tx, b"first").await.expect("read").is_none());
        assert!(!cards::entered(&mut tx, first, by_password, NOW).await.expect("out"), "it died meanwhile");
        let (of_ines, _) = card(&mut tx, &mut world, ines, b"hers").await;

        for try_number in 1..crate::limits::CARD_FAILURES_MAX {
            assert!(!cards::failed(&mut tx, second, NOW).await.expect("noted"), "{try_number}");
        }
        assert!(cards::failed(&mut tx, second, NOW).await.expect("noted"), "and that is enough");
        assert!(cards::by_secret(&mut tx, b"second").await.expect("read").is_none());
        cards::failed(&mut tx, of_ines, NOW).await.expect("noted");
        assert!(cards::by_secret(&mut tx, b"hers").await.expect("read").is_some());
        people::set_suspended(&mut tx, ines, true, NOW).await.expect("suspended");
        assert!(cards::by_secret(&mut tx, b"hers").await.expect("read").is_none());
        assert_eq!(cards::revoke(&mut tx, ines, NOW).await.expect("revoked"), []);
        assert!(!cards::has(&mut tx, ines).await.expect("read"));
    }

    async fn a_year_ends_and_what_was_archived_comes_back(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let world = World::make(&mut tx).await;
        // The world's class is of 2026-2027.
        let next = "2027-2028";
        let seen = year::preview(&mut tx, world.school, next).await.expect("a preview");
        assert_eq!(seen.iter().map(|it| (it.id, it.pupils)).collect::<Vec<_>>(), [(world.class, 2)]);
        assert_eq!(year::roll(&mut tx, world.school, "2026-2027", NOW).await.expect("rolled"), 0);
        assert_eq!(year::roll(&mut tx, world.school, next, NOW).await.expect("rolled"), 1);
        assert_eq!(year::roll(&mut tx, world.school, next, NOW).await.expect("rolled"), 0);
        let archive = year::archived(&mut tx, world.school).await.expect("the archive");
        assert_eq!(archive.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["6E B (2026-2027)"]);
        let max = people::facts(&mut tx, world.max).await.expect("read").expect("there");
        assert_eq!(max.pupil_of, [], "the teachers of last year have no power over him");

        // The new 6e B may come, and the old one come back beside it.
        let new = groups::Group {
            id: preau_base::GroupId::new(LATER, &mut preau_base::SeededRng::new(3)), school_id: world.school,
            kind: GroupKind::Class, name: "6E B".to_owned(),
        };
        groups::create(&mut tx, &new, "aaf", LATER).await.expect("a class");
        assert!(year::restore(&mut tx, world.class, next).await.expect("restored"));
        assert!(!year::restore(&mut tx, world.class, next).await.expect("it is back already"));
        let names: Vec<_> = groups::list(&mut tx, world.school).await.expect("a list").into_iter().map(|it| it.name).collect();
        assert_eq!(names, ["6E B", "6E B (2026-2027)"]);

        assert!(groups::merge(&mut tx, new.id, world.class, LATER).await.expect("merged"));
        assert!(!groups::merge(&mut tx, new.id, new.id, LATER).await.expect("refused"));
        assert_eq!(groups::members(&mut tx, new.id, MemberRole::Pupil).await.expect("members").len(), 2);
        assert_eq!(groups::list(&mut tx, world.school).await.expect("a list").len(), 1);
    }

    async fn what_a_relative_may_is_set_and_barred_for_each_child(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let world = World::make(&mut tx).await;
        let told_only = RelationRights { sees_attendance: true, ..RelationRights::NONE };
        let told = async |conn: &mut Conn| people::told_of_day(conn, world.max).await.expect("read").len();
        assert_eq!(told(&mut tx).await, 1);
        let pair = (world.mother, world.max);
        assert!(people::change_rights(&mut tx, pair, RelationRights::ALL, told_only).await.expect("set"));
        let not_hers = people::change_rights(&mut tx, (world.mother, world.ines), RelationRights::ALL, told_only).await;
        assert!(!not_hers.expect("nothing"));
        let mother = people::actor(&mut tx, world.mother).await.expect("read").expect("there");
        assert_eq!((mother.children.clone(), mother.relation_to(world.max)), (vec![], told_only));
        assert_eq!(told(&mut tx).await, 0);
        assert_eq!(people::children_of(&mut tx, world.mother).await.expect("read").len(), 0);

        let day_only = RelationRights { sees_day: true, ..RelationRights::NONE };
        let stale = people::change_rights(&mut tx, pair, RelationRights::NONE, RelationRights::ALL).await;
        assert!(!stale.expect("nothing"), "made from what is no longer so");
        assert!(people::change_rights(&mut tx, pair, told_only, day_only).await.expect("changed"));
        assert_eq!(told(&mut tx).await, 1);
        assert!(people::set_barred(&mut tx, world.mother, world.max, true, NOW).await.expect("barred"));
        assert_eq!(told(&mut tx).await, 0, "barred");
        let late = people::change_rights(&mut tx, pair, day_only, RelationRights::NONE).await;
        assert!(!late.expect("nothing"), "made before the bar");
        let mother = people::actor(&mut tx, world.mother).await.expect("read").expect("there");
        assert_eq!(mother.relation_to(world.max), RelationRights::NONE);
        people::relate(&mut tx, world.mother, world.max, "legal", "aaf").await.expect("no news");
        let relations = people::relations_of(&mut tx, world.max).await.expect("read");
        assert_eq!(relations.len(), 1);
        assert!(relations[0].barred_at.is_some() && relations[0].set_by_hand && relations[0].rights() == day_only);
        people::unrelate_school(&mut tx, world.mother, world.school).await.expect("ended");
        assert_eq!(people::relations_of(&mut tx, world.max).await.expect("read").len(), 1, "a bar is not undone so");
        assert!(people::set_barred(&mut tx, world.mother, world.max, false, NOW).await.expect("let in again"));
        let mother = people::actor(&mut tx, world.mother).await.expect("read").expect("there");
        assert_eq!(mother.relation_to(world.max), day_only, "as before");
    }

    async fn two_accounts_become_one_once(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        // A teacher who is also a mother, and has two accounts.
        let (teacher, mother) = (world.teacher, world.mother);
        people::set_password(&mut tx, teacher, "hash", NOW).await.expect("set");
        let open = session(&mut tx, &mut world, mother).await;
        groups::add_member(&mut tx, world.class, mother, MemberRole::Teacher, "HIGEO", "hand").await.expect("in");
        people::set_barred(&mut tx, mother, world.max, true, NOW).await.expect("barred");
        people::relate(&mut tx, teacher, world.max, "legal", "hand").await.expect("related");

        let take = Take { names: true, email: true, ..Take::default() };
        let merged = people::merge(&mut tx, teacher, mother, take, LATER).await.expect("merged");
        assert_eq!(merged, Merged::Done { ended: vec![open] });
        assert_eq!(people::merge(&mut tx, teacher, mother, take, LATER).await.expect("again"), Merged::Already);
        assert_eq!(people::merge(&mut tx, mother, teacher, take, LATER).await.expect("back"), Merged::Impossible);
        assert_eq!(people::merge(&mut tx, teacher, teacher, take, LATER).await.expect("self"), Merged::Impossible);
        assert_eq!(people::merged_into(&mut tx, mother).await.expect("read"), Some(teacher));

        let one = people::by_id(&mut tx, teacher).await.expect("read").expect("there");
        assert_eq!((one.full_name().as_str(), one.login.as_str(), one.is_active()), ("Anne Leroy", "claire.fontaine", true));
        let actor = people::actor(&mut tx, teacher).await.expect("read").expect("there");
        assert_eq!(actor.affiliations.len(), 2);
        assert_eq!(actor.relation_to(world.max), RelationRights::NONE, "a bar outlives the merge");
        assert_eq!(groups::members(&mut tx, world.class, MemberRole::Teacher).await.expect("read").len(), 1);
        assert!(people::actor(&mut tx, mother).await.expect("read").is_none(), "nobody signs in with it");
        assert!(people::by_login(&mut tx, "anne.leroy").await.expect("read").is_none());
        let found = people::search(&mut tx, world.school, "", None, 0).await.expect("found");
        assert_eq!(found.len(), 3);
    }

    async fn a_login_may_be_taken_over_with_its_password(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let world = World::make(&mut tx).await;
        people::set_password(&mut tx, world.mother, "hers", NOW).await.expect("set");
        let take = Take { login: true, identity: true, ..Take::default() };
        people::merge(&mut tx, world.teacher, world.mother, take, LATER).await.expect("merged");
        let credentials = people::credentials(&mut tx, "anne.leroy").await.expect("read").expect("there");
        assert_eq!((credentials.id, credentials.password_hash.as_deref()), (world.teacher, Some("hers")));
        assert!(people::credentials(&mut tx, "claire.fontaine").await.expect("read").is_none());
    }

    async fn who_has_left_is_forgotten_after_a_while(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let (max, class) = (world.max, world.class);
        let open = session(&mut tx, &mut world, max).await;
        assert!(!people::mark_left(&mut tx, max, NOW).await.expect("no"), "the school names him");
        people::unaffiliate(&mut tx, max, world.school, Profile::Pupil).await.expect("done");
        assert!(people::left(&mut tx, max).await.expect("read").is_none());
        assert!(people::mark_left(&mut tx, max, NOW).await.expect("yes"));
        let left = people::left(&mut tx, max).await.expect("read").expect("left");
        assert_eq!((left.left_at, left.forgotten_at), (NOW, None));
        assert!(!people::mark_left(&mut tx, max, LATER).await.expect("no"), "he had left before");
        assert_eq!(people::forget_left(&mut tx, NOW, 10, LATER).await.expect("nobody yet"), []);

        // He comes back, and leaves again later.
        people::affiliate(&mut tx, max, world.school, Profile::Pupil, "aaf").await.expect("back");
        assert_eq!(people::forget_left(&mut tx, LATER, 10, LATER).await.expect("nobody"), []);
        people::unaffiliate(&mut tx, max, world.school, Profile::Pupil).await.expect("done");
        people::mark_left(&mut tx, max, NOW).await.expect("left");
        let epoch = people::credentials_of(&mut tx, max).await.expect("read").expect("there").epoch;
        assert_eq!(people::forget_left(&mut tx, LATER, 10, LATER).await.expect("forgotten"), [max]);
        assert_eq!(people::forget_left(&mut tx, LATER, 10, LATER).await.expect("done already"), []);
        assert!(people::by_login(&mut tx, "max.leroy").await.expect("read").is_none());
        let row = people::by_id(&mut tx, max).await.expect("read").expect("the row stays");
        assert_eq!((row.full_name().trim(), &row.email, row.is_suspended()), ("—", &None, true));
        assert_eq!(people::credentials_of(&mut tx, max).await.expect("read").expect("there").epoch, epoch + 1, "{open:?} is out");
        assert_eq!(groups::members(&mut tx, class, MemberRole::Pupil).await.expect("read").len(), 1);
        assert_eq!(people::relations_of(&mut tx, max).await.expect("read").len(), 0);
        people::forget(&mut tx, max, LATER).await.expect("twice is nothing");
    }

    async fn a_person_gets_a_copy_of_their_data_and_of_nobody_else_s(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let id = PersonId::new(NOW, &mut world.rng);
        let new = NewPerson {
            id, login: "zoe.li", given_name: "Zoé 李", family_name: "عبد الله", title: "", birth_day: Some("2014-03-01"),
            ine: Some("123456789AA"), email: None, source: "aaf", external_id: Some("77"),
        };
        people::create(&mut tx, &new, NOW).await.expect("a person");
        people::affiliate(&mut tx, id, world.school, Profile::Pupil, "aaf").await.expect("a pupil");
        groups::add_member(&mut tx, world.class, id, MemberRole::Pupil, "", "aaf").await.expect("in");
        people::relate(&mut tx, world.mother, id, "legal", "aaf").await.expect("related");
        let text = copy(&mut tx, id).await;
        for part in ["Zoé 李", "عبد الله", "2014-03-01", "123456789AA", "6E B", "Collège des Tilleuls", "Anne Leroy"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("max.leroy") && !text.contains("Inès"), "{text}");
        let identity = people::identity(&mut tx, id).await.expect("read").expect("there");
        assert_eq!((identity.birth_day.as_deref(), identity.ine.as_deref()), (Some("2014-03-01"), Some("123456789AA")));
        assert_eq!(people::is_born_after(&mut tx, id, "2014-02-28").await.expect("read"), Some(true));
        assert_eq!(people::is_born_after(&mut tx, id, "2014-03-01").await.expect("read"), Some(false));
        assert_eq!(people::is_born_after(&mut tx, world.max, "1900-01-01").await.expect("read"), None);
    }

    async fn a_child_in_two_schools_has_one_account(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let other = SchoolId::new(LATER, &mut world.rng);
        let new = schools::NewSchool { id: other, uai: Some("0040001A"), name: "Lycée", kind: "", city: "", source: "hand" };
        schools::create(&mut tx, &new, NOW).await.expect("a school");
        people::affiliate(&mut tx, world.max, other, Profile::Pupil, "hand").await.expect("a pupil there too");
        people::unaffiliate(&mut tx, world.max, world.school, Profile::Pupil).await.expect("done");
        assert!(!people::mark_left(&mut tx, world.max, NOW).await.expect("no"), "the other school names him");
        assert!(sessions::revoke_all(&mut tx, world.max, NOW).await.expect("none").is_empty());
        let later = NOW.plus(Duration::from_secs(1));
        assert_eq!(people::forget_left(&mut tx, later, 10, later).await.expect("nobody"), []);
    }
}

/// Every foreign key to a person, or a group, is looked after when two of them become one: whoever adds a table adds a line.
#[tokio::test]
async fn a_merge_knows_every_column_that_names_somebody() {
    #[derive(sqlx::FromRow, PartialEq, Eq, PartialOrd, Ord, Debug)]
    struct Key {
        holder: String,
        field: String,
    }
    let place = Place::sqlite().await;
    let mut conn = place.store.read().await.expect("a connection");
    let crate::db::Raw::Sqlite(conn) = conn.raw() else { return };
    type Columns = &'static [(&'static str, &'static str)];
    let lists: [(&str, Columns, Columns); 2] = [
        // Sessions, passwords' links and cards of the account that goes end; its epoch is its own.
        (
            "person",
            people::COLUMNS,
            &[
                ("session", "person_id"),
                ("password_reset", "person_id"),
                ("person_epoch", "person_id"),
                ("card", "person_id"),
            ],
        ),
        ("school_group", groups::COLUMNS, &[]),
    ];
    for (of, known, on_purpose) in lists {
        let keys: Vec<Key> = sqlx::query_as(
            "SELECT m.name AS holder, f.\"from\" AS field FROM sqlite_master m, pragma_foreign_key_list(m.name) f \
             WHERE m.type = 'table' AND f.\"table\" = $1",
        )
        .bind(of)
        .fetch_all(&mut *conn)
        .await
        .expect("the keys");
        assert!(keys.len() > 4);
        let is_in = |list: &[(&str, &str)], key: &Key| list.contains(&(key.holder.as_str(), key.field.as_str()));
        let missing: Vec<_> = keys.iter().filter(|key| !is_in(known, key) && !is_in(on_purpose, key)).collect();
        assert!(missing.is_empty(), "add to the merge of {of}: {missing:?}");
    }
}

/// A backup of PostgreSQL copies the tables of a list: one that is missing there would be lost.
#[tokio::test]
async fn a_backup_knows_every_table() {
    #[derive(sqlx::FromRow)]
    struct Name {
        name: String,
    }
    let place = Place::sqlite().await;
    let mut conn = place.store.read().await.expect("a connection");
    let crate::db::Raw::Sqlite(conn) = conn.raw() else { return };
    let sql =
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '_sqlx%'";
    let tables: Vec<Name> = sqlx::query_as(sql).fetch_all(conn).await.expect("the tables");
    let missing: Vec<_> =
        tables.iter().map(|it| it.name.as_str()).filter(|name| !crate::backup::TABLES.contains(name)).collect();
    assert!(missing.is_empty(), "add to the list of a backup: {missing:?}");
}
