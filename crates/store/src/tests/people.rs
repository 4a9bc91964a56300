use super::world::{NOW, World};
use crate::{StoreError, audit, codes, groups, people, resets, schools, sessions, subjects};
use preau_base::{Instant, SessionId, SubjectId};
use preau_school::{GroupKind, MemberRole, Profile};
use std::time::Duration;

const LATER: Instant = Instant::from_secs(1_800_000_060);

super::on_both! {
    async fn an_actor_has_the_facts_that_rights_are_made_of(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let world = World::make(&mut tx).await;
        let teacher = people::actor(&mut tx, world.teacher).await.expect("read").expect("there");
        assert_eq!(teacher.affiliations, [(world.school, Profile::Teacher)]);
        assert_eq!(teacher.memberships, [(world.class, MemberRole::Teacher)]);
        let mother = people::actor(&mut tx, world.mother).await.expect("read").expect("there");
        assert_eq!(mother.children, [world.max]);
        let signed_in = people::signed_in(&mut tx, world.mother).await.expect("read").expect("there");
        assert_eq!(format!("{:?}", signed_in.actor), format!("{mother:?}"), "the same facts");
        assert_eq!(signed_in.person.login, "anne.leroy");
        assert_eq!(signed_in.school, Some(("Collège des Tilleuls".to_owned(), "Europe/Paris".to_owned())));
        let max = people::facts(&mut tx, world.max).await.expect("read").expect("there");
        assert_eq!(max.pupil_of, [world.class]);
        assert!(!max.platform_admin);

        people::set_suspended(&mut tx, world.teacher, true, NOW).await.expect("suspend");
        assert!(people::actor(&mut tx, world.teacher).await.expect("read").is_none(), "suspended people may nothing");
        assert!(people::signed_in(&mut tx, world.teacher).await.expect("read").is_none(), "nor are they signed in");
        people::set_suspended(&mut tx, world.teacher, false, NOW).await.expect("restore");
        assert!(people::actor(&mut tx, world.teacher).await.expect("read").is_some());

        people::unaffiliate(&mut tx, world.teacher, world.school, Profile::Teacher).await.expect("unaffiliate");
        assert_eq!(people::affiliations(&mut tx, world.teacher).await.expect("read"), []);
        let nowhere = people::signed_in(&mut tx, world.teacher).await.expect("read").expect("there");
        assert_eq!((nowhere.actor.affiliations, nowhere.school), (vec![], None));
    }

    async fn people_are_found_by_name_login_and_mail(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let world = World::make(&mut tx).await;
        let mut found = async |text: &str, profile| {
            let rows = people::search(&mut tx, world.school, text, profile, 0).await.expect("search");
            rows.into_iter().map(|row| row.login).collect::<Vec<_>>()
        };
        assert_eq!(found("leroy", None).await, ["anne.leroy", "max.leroy"]);
        assert_eq!(found("leroy", Some(Profile::Pupil)).await, ["max.leroy"]);
        assert_eq!(found("INÈS", None).await, ["ines.o-brien"]);
        assert_eq!(found("Max Leroy", None).await, ["max.leroy"], "as people say it");
        assert_eq!(found("leroy max", None).await, ["max.leroy"], "as lists have it");
        for keyboard in ["o'brien", "O’Brien"] {
            assert_eq!(found(keyboard, None).await, ["ines.o-brien"]);
        }
        assert_eq!(found("100%_\\", None).await, Vec::<String>::new());
        assert_eq!(found("", None).await.len(), 4);
        let pupils = people::with_profile(&mut tx, world.school, Profile::Pupil, 10).await.expect("read");
        assert_eq!(pupils.iter().map(|it| it.id).collect::<Vec<_>>(), [world.max, world.ines], "by family name");
        let first = people::with_profile(&mut tx, world.school, Profile::Pupil, 1).await.expect("read");
        assert_eq!(first.iter().map(|it| it.id).collect::<Vec<_>>(), [world.max]);

        let max = people::by_login(&mut tx, "max.leroy").await.expect("read").expect("there");
        assert_eq!((max.id, max.full_name().as_str()), (world.max, "Max Leroy"));
        assert_eq!(people::by_email(&mut tx, "someone@example.ORG").await.expect("read").len(), 4);
        assert!(people::login_taken(&mut tx, "max.leroy").await.expect("read"));
        assert_eq!(people::count(&mut tx).await.expect("count"), 4);
        let children = people::children_of(&mut tx, world.mother).await.expect("read");
        assert_eq!(children.iter().map(|it| it.id).collect::<Vec<_>>(), [world.max]);
        let relatives = people::relatives_of(&mut tx, world.max).await.expect("read");
        assert_eq!(relatives.iter().map(|it| it.id).collect::<Vec<_>>(), [world.mother]);

        people::set_names(&mut tx, world.max, ("", "Maxime", "Le Roy"), None, NOW).await.expect("rename");
        people::set_locale(&mut tx, world.max, "en").await.expect("locale");
        let max = people::by_id(&mut tx, world.max).await.expect("read").expect("there");
        assert_eq!((max.full_name().as_str(), max.locale.as_deref(), max.email.as_deref()), ("Maxime Le Roy", Some("en"), None));
        let names = ("M.", "Max", "Le Roy");
        assert!(people::change_names(&mut tx, &max, names, Some("max@b.example"), NOW).await.expect("renamed"));
        assert!(!people::change_names(&mut tx, &max, ("", "Ma", "Le Roy"), None, NOW).await.expect("nothing"), "from an old page");
        let now = people::by_id(&mut tx, world.max).await.expect("read").expect("there");
        assert_eq!((now.full_name().as_str(), now.title.as_str(), now.email.as_deref()), ("Max Le Roy", "M.", Some("max@b.example")));
        for was in [people::Person { email: None, ..now.clone() }, people::Person { title: String::new(), ..now }] {
            assert!(!people::change_names(&mut tx, &was, names, None, NOW).await.expect("nothing"));
        }
    }

    async fn relations_end_with_a_school(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let elsewhere = preau_base::SchoolId::new(NOW, &mut world.rng);
        assert_eq!(people::unrelate_school(&mut tx, world.mother, elsewhere).await.expect("ended"), 0);
        let mother = people::actor(&mut tx, world.mother).await.expect("read").expect("there");
        assert_eq!(mother.children, [world.max]);
        assert_eq!(people::unrelate_school(&mut tx, world.mother, world.school).await.expect("ended"), 1);
        let mother = people::actor(&mut tx, world.mother).await.expect("read").expect("there");
        assert_eq!(mother.children, []);
    }

    async fn a_login_is_one_persons(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let id = preau_base::PersonId::new(NOW, &mut world.rng);
        let twin = people::NewPerson {
            id, login: "max.leroy", given_name: "Max", family_name: "Leroy", title: "", birth_day: None, ine: None,
            email: None, source: "hand", external_id: None,
        };
        let refused = people::create(&mut tx, &twin, NOW).await;
        assert!(matches!(refused, Err(StoreError::Taken(_))), "{refused:?}");
    }

    async fn passwords_codes_and_epochs(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let world = World::make(&mut tx).await;
        codes::set(&mut tx, world.max, b"first", LATER).await.expect("a code");
        codes::set(&mut tx, world.max, b"second", LATER).await.expect("a code");
        assert_eq!(codes::holder(&mut tx, b"first", NOW).await.expect("look"), None, "replaced");
        assert_eq!(codes::holder(&mut tx, b"second", LATER).await.expect("look"), None, "expired");
        assert_eq!(codes::holder(&mut tx, b"second", NOW).await.expect("look"), Some(world.max));

        let epoch = people::set_password(&mut tx, world.max, "hash", NOW).await.expect("set");
        assert_eq!(codes::holder(&mut tx, b"second", NOW).await.expect("look"), None, "used up");
        let credentials = people::credentials(&mut tx, "max.leroy").await.expect("read").expect("there");
        assert_eq!((credentials.password_hash.as_deref(), credentials.epoch), (Some("hash"), epoch));
        people::rehash_password(&mut tx, world.max, "better").await.expect("rehash");
        let credentials = people::credentials_of(&mut tx, world.max).await.expect("read").expect("there");
        assert_eq!((credentials.password_hash.as_deref(), credentials.epoch), (Some("better"), epoch));

        assert_eq!(people::raise_epoch(&mut tx, world.max, LATER).await.expect("raise"), epoch + 1);
        let raised = sessions::raised_since(&mut tx, LATER).await.expect("read");
        assert_eq!(raised.iter().map(|it| (it.person_id, it.epoch)).collect::<Vec<_>>(), [(world.max, epoch + 1)]);

        codes::reset(&mut tx, world.max, b"third", LATER).await.expect("reset");
        let credentials = people::credentials_of(&mut tx, world.max).await.expect("read").expect("there");
        assert_eq!(credentials.password_hash, None);

        resets::create(&mut tx, b"link", world.max, LATER).await.expect("a link");
        assert_eq!(resets::holder(&mut tx, b"link", NOW).await.expect("look"), Some(world.max));
        assert!(resets::spend(&mut tx, b"link", NOW).await.expect("spend"));
        assert!(!resets::spend(&mut tx, b"link", NOW).await.expect("spend"));

        resets::create(&mut tx, b"another", world.max, LATER).await.expect("a link");
        codes::reset(&mut tx, world.max, b"fourth", LATER).await.expect("reset");
        assert_eq!(resets::holder(&mut tx, b"another", NOW).await.expect("look"), None, "the new code is the only way in");
        resets::create(&mut tx, b"a third", world.max, LATER).await.expect("a link");
        people::set_password(&mut tx, world.max, "hash", NOW).await.expect("set");
        assert!(!resets::spend(&mut tx, b"a third", NOW).await.expect("spend"), "the password was chosen otherwise");

        resets::create(&mut tx, b"another", world.max, LATER).await.expect("a link");
        resets::forget(&mut tx, world.max).await.expect("forget");
        assert_eq!(resets::holder(&mut tx, b"another", NOW).await.expect("look"), None);

        people::set_platform_admin(&mut tx, world.teacher, true).await.expect("set");
        assert_eq!(people::count_platform_admins(&mut tx).await.expect("count"), 1);
    }

    async fn sheets_of_codes_hold_those_without_a_password(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let world = World::make(&mut tx).await;
        people::set_password(&mut tx, world.ines, "hash", NOW).await.expect("set");
        let mut sheet = async |profile, group, renew| {
            let rows = people::codes_sheet(&mut tx, world.school, profile, group, renew).await.expect("a sheet");
            rows.into_iter().map(|row| row.login).collect::<Vec<_>>()
        };
        assert_eq!(sheet(Profile::Pupil, Some(world.class), false).await, ["max.leroy"]);
        assert_eq!(sheet(Profile::Pupil, None, true).await, ["max.leroy", "ines.o-brien"]);
        assert_eq!(sheet(Profile::Relative, Some(world.class), false).await, ["anne.leroy"]);
    }

    async fn sessions_are_listed_renewed_and_revoked(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let id = SessionId::new(NOW, &mut world.rng);
        let session = sessions::Session {
            id, created_at: NOW, renewed_at: NOW, shared_device: true, browser: "Firefox".to_owned(),
        };
        sessions::create(&mut tx, &session, world.max, LATER).await.expect("a session");
        let month = NOW.plus(Duration::from_secs(30 * 86_400));
        sessions::renew(&mut tx, id, LATER, month).await.expect("renew");
        let listed = sessions::list(&mut tx, world.max, LATER).await.expect("list");
        assert_eq!(listed.iter().map(|it| (it.id, it.renewed_at, it.shared_device)).collect::<Vec<_>>(), [(id, LATER, true)]);
        assert!(!sessions::revoke(&mut tx, id, world.ines, LATER).await.expect("revoke"), "not hers");
        assert!(sessions::revoke(&mut tx, id, world.max, LATER).await.expect("revoke"));
        let revoked = sessions::revoked_since(&mut tx, NOW, LATER).await.expect("read");
        assert_eq!(revoked.iter().map(|it| (it.id, it.expires_at)).collect::<Vec<_>>(), [(id, month)]);
        assert_eq!(sessions::revoked_since(&mut tx, NOW, month).await.expect("read").len(), 0, "no pass is good any more");
        assert_eq!(sessions::list(&mut tx, world.max, LATER).await.expect("list").len(), 0);
    }

    async fn schools_subjects_and_groups(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let school = schools::by_uai(&mut tx, "0931234X").await.expect("read").expect("there");
        assert_eq!((school.id, school.time_zone.as_str()), (world.school, "Europe/Paris"));
        assert_eq!(schools::by_id(&mut tx, world.school).await.expect("read"), Some(school.clone()));
        assert_eq!(schools::list(&mut tx, 0, 10).await.expect("list"), [school]);

        let subject = SubjectId::new(NOW, &mut world.rng);
        subjects::create(&mut tx, subject, world.school, "HIGEO", "Histoire-géographie", "hand").await.expect("a subject");
        assert_eq!(subjects::list(&mut tx, world.school).await.expect("list")[0].id, subject);

        let found = groups::by_name(&mut tx, world.school, "6eb").await.expect("read").expect("there");
        assert_eq!((found.id, found.kind), (world.class, GroupKind::Class));
        assert!(groups::rename(&mut tx, world.class, "6E B", "6E C").await.expect("rename"));
        assert!(!groups::rename(&mut tx, world.class, "6E B", "6E D").await.expect("nothing"), "it is no longer so called");
        assert_eq!(groups::by_id(&mut tx, world.class).await.expect("read").expect("there").name, "6E C");
        let sizes = groups::sizes(&mut tx, world.school).await.expect("sizes");
        assert_eq!(sizes.iter().map(|it| (it.pupils, it.teachers)).collect::<Vec<_>>(), [(2, 1)]);
        let pupils = groups::members(&mut tx, world.class, MemberRole::Pupil).await.expect("members");
        assert_eq!(pupils.iter().map(|it| it.login.as_str()).collect::<Vec<_>>(), ["max.leroy", "ines.o-brien"]);
        assert_eq!(groups::of_person(&mut tx, world.teacher, MemberRole::Teacher).await.expect("read").len(), 1);
        assert_eq!(groups::remove_member(&mut tx, world.class, world.max, MemberRole::Pupil).await.expect("remove"), 1);
        let ines = people::facts(&mut tx, world.ines).await.expect("read").expect("there");
        assert_eq!(ines.pupil_of, [world.class]);
        groups::archive(&mut tx, world.class, NOW).await.expect("archive");
        assert_eq!(groups::list(&mut tx, world.school).await.expect("list").len(), 0);
        let ines = people::facts(&mut tx, world.ines).await.expect("read").expect("there");
        assert_eq!(ines.pupil_of, [], "its teachers have no power over her any more");
    }

    async fn the_audit_log_is_read_by_school_and_page(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let world = World::make(&mut tx).await;
        for (action, school) in [("person.suspend", Some(world.school)), ("school.create", None)] {
            let entry = audit::Entry { actor: Some(world.teacher), action, target: "max.leroy", school, detail: "" };
            audit::append(&mut tx, &entry, NOW).await.expect("append");
        }
        let all = audit::list(&mut tx, None, i64::MAX).await.expect("list");
        assert_eq!(all.iter().map(|row| row.action.as_str()).collect::<Vec<_>>(), ["school.create", "person.suspend"]);
        let of_school = audit::list(&mut tx, Some(world.school), i64::MAX).await.expect("list");
        assert_eq!(of_school.iter().map(|row| row.actor.as_str()).collect::<Vec<_>>(), ["claire.fontaine"]);
        assert_eq!(audit::list(&mut tx, None, all[1].id).await.expect("list").len(), 0);
    }
}
