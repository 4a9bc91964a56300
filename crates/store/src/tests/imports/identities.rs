//! Who is who: namesakes, merged accounts, those who left and came back, families with a bar.

use super::*;
use preau_school::feed::fault::ApplyFault;

on_both! {
    async fn namesakes_are_not_taken_for_one_another(place) {
        csv(place, "enseignants.csv").await;
        // Two teachers of the feed are called Marie Durand, and one of the table, with nothing to tell which she is.
        let mut items: Vec<Item> = feed("tilleuls").collect();
        let mut second = items.iter().find(|it| matches!(it, Ok(it) if it.record.key() == "63001")).cloned().expect("Marie");
        if let Ok(entry) = &mut second
            && let Record::Staff(it) = &mut entry.record
        {
            it.key = "63099".to_owned().into();
            it.birth_date = None;
        }
        items.push(second);
        let report = apply(place, items.into_iter(), &options("aaf", true, false)).await.expect("applied");
        // Luc and Thuy were known.
        assert_eq!(report.tally(Thing::Staff), tally(4, 2, 0, 0), "{report:?}");
        assert_eq!(number(place, "SELECT count(*) FROM person WHERE search_name = 'durand marie' AND source = 'aaf' AND email IS NULL").await, 2);
        assert_eq!(number(place, "SELECT count(*) FROM person WHERE search_name = 'durand marie' AND source <> 'aaf'").await, 1);
    }

    async fn a_pupil_of_a_bare_table_is_known_by_name_and_class(place) {
        let report = csv(place, "eleves-classe.csv").await;
        assert_eq!(report.tally(Thing::Pupil), tally(3, 0, 0, 0));
        // Lina and Hugo are in the class that the table says, Tom is not.
        let report = aaf(place, "tilleuls").await;
        assert_eq!(report.tally(Thing::Pupil), tally(6, 2, 0, 0), "{report:?}");
        assert!(aaf(place, "tilleuls").await.is_unchanged());
    }

    async fn a_platform_administrator_is_never_taken_over(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut rng = SeededRng::new(99);
        let school = SchoolId::new(NOW, &mut rng);
        let new = NewSchool { id: school, uai: Some(UAI), name: "Les Tilleuls", kind: "", city: "", source: "hand" };
        schools::create(&mut tx, &new, NOW).await.expect("a school");
        let admin = PersonId::new(NOW, &mut rng);
        let new = NewPerson {
            id: admin, login: "admin", given_name: "Sophie", family_name: "Blanc", title: "", birth_day: None, ine: None,
            email: Some("admin@exemple.fr"), source: "hand", external_id: None,
        };
        people::create(&mut tx, &new, NOW).await.expect("a person");
        people::affiliate(&mut tx, admin, school, Profile::Administrator, "hand").await.expect("affiliated");
        people::set_platform_admin(&mut tx, admin, true).await.expect("administrator");
        tx.commit().await.expect("kept");
        aaf(place, "tilleuls").await;
        assert_eq!(profiles(place, "admin").await, [Profile::Administrator]);
        assert_eq!(profiles(place, "sophie.blanc").await, [Profile::Head]);
        // The school made by hand is the feed's now.
        assert_eq!(number(place, "SELECT count(*) FROM school WHERE source = 'aaf' AND external_id = '2650'").await, 1);
    }

    async fn the_same_key_twice_is_refused(place) {
        let mut items: Vec<Item> = feed("tilleuls").collect();
        let again: Vec<Item> = items.iter().filter(|it| matches!(it, Ok(it) if it.record.key() == "41001")).cloned().collect();
        items.extend(again);
        // A relative with the key of a pupil.
        let mut thief = items.iter().find(|it| matches!(it, Ok(it) if it.record.kind() == Kind::Relative)).cloned().expect("one");
        if let Ok(entry) = &mut thief
            && let Record::Relative(it) = &mut entry.record
        {
            it.key = "41001".to_owned().into();
        }
        items.push(thief);
        let report = apply(place, items.into_iter(), &options("aaf", true, false)).await.expect("applied");
        let same = preau_school::feed::Fault::Apply(ApplyFault::SameKey { kind: Kind::Pupil });
        assert!(report.refused.count == 2 && report.refused.first.iter().all(|it| it.reason == same), "{report:?}");
        assert_eq!(profiles(place, "lina.moreau").await, [Profile::Pupil]);
    }

    async fn a_school_that_fails_leaves_nothing_and_the_others_come_in(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let new = NewSchool { id: SchoolId::new(NOW, &mut SeededRng::new(7)), uai: Some("0930000A"), name: "X", kind: "", city: "", source: "hand" };
        schools::create(&mut tx, &new, NOW).await.expect("a school");
        tx.commit().await.expect("kept");
        aaf(place, "tilleuls").await;
        let before = sizes(place).await;
        // The feed gives the school the code of another one, and a second school comes behind it.
        let mut items: Vec<Item> = feed("tilleuls-later").collect();
        let mut second = items[0].clone();
        for (item, key, uai) in [(&mut items[0], "2650", "0930000A"), (&mut second, "2651", "0931111B")] {
            if let Ok(entry) = item
                && let Record::School(it) = &mut entry.record
            {
                (it.key, it.uai) = (key.into(), uai.into());
            }
        }
        items.push(second);
        let report = apply(place, items.into_iter(), &options("aaf", true, false)).await.expect("applied");
        assert_eq!(report.failed.len(), 1, "{report:?}");
        assert_eq!((report.failed[0].uai.as_str(), report.tally(Thing::School).created), ("0930000A", 1));
        let after = sizes(place).await;
        assert_eq!((before[0] + 1, before[2], before[6]), (after[0], after[2], after[6]));
        assert_eq!(profiles(place, "tom.petit").await, [Profile::Pupil]);
    }

    async fn names_of_every_script_and_length_are_kept_apart(place) {
        let long = "Wolfeschlegelsteinhausenbergerdorff".repeat(3);
        // Two pupils have one name and one birth date; only their keys tell them apart.
        let names = [
            ("Martin", "Léa"), ("Martin", "Léa"), ("عبد الله", "محمد"), ("李", "小龍"), ("Ξένος", "Άννα"), ("O’Brien-D’Œuvre", "Zoé"),
            ("Ng", ""), ("Ñandú", "J"), (&long, "Hubert"), ("👩‍🚀", "é\u{301}"), ("<b>", "=1+1"),
        ];
        let all: Vec<Item> = feed("tilleuls").collect();
        let model = all.iter().flatten().find(|entry| matches!(entry.record, Record::Pupil(_))).expect("a pupil").clone();
        let mut items: Vec<Item> =
            all.into_iter().filter(|item| !matches!(item, Ok(it) if it.record.kind() == Kind::Pupil)).collect();
        for (number, (family, given)) in names.iter().enumerate() {
            let mut entry = model.clone();
            if let Record::Pupil(pupil) = &mut entry.record {
                pupil.key = preau_base::Pii::new(format!("key-{number}"));
                pupil.name = preau_school::feed::Name::new(family, given);
                pupil.ine = None;
                pupil.relatives.clear();
            }
            items.push(Ok(entry));
        }
        for _ in 0..2 {
            apply(place, items.clone().into_iter(), &options("aaf", true, false)).await.expect("applied");
        }
        assert_eq!(number(place, "SELECT count(*) FROM affiliation WHERE profile = 'pupil'").await, names.len() as i64);
        let mut conn = place.store.read().await.expect("a connection");
        let id = school(&mut conn).await;
        let found = people::search(&mut conn, id, "", Some(Profile::Pupil), 0).await.expect("found");
        let mut logins: Vec<_> = found.iter().map(|it| it.login.clone()).collect();
        logins.sort();
        logins.dedup();
        assert_eq!(logins.len(), names.len(), "{logins:?}");
        assert!(logins.iter().all(|login| !login.is_empty() && login.is_ascii() && login.len() <= 64), "{logins:?}");
        for (family, given) in names {
            let kept = |it: &people::Found| it.family_name.reveal() == family && it.given_name.reveal() == given;
            assert!(found.iter().any(kept) || given.contains('\u{301}'), "{family} {given}");
        }
    }

    async fn merged_people_are_not_doubled_by_their_feed(place) {
        aaf(place, "tilleuls").await;
        let before = number(place, "SELECT count(*) FROM person WHERE merged_into IS NULL").await;
        let (keep, gone) = (key_of(place, "Staff").await, key_of(place, "Relative").await);
        let mut tx = place.store.write().await.expect("a transaction");
        let (keep, gone) = (PersonId::from_uuid(keep), PersonId::from_uuid(gone));
        let children = people::actor(&mut tx, gone).await.expect("read").expect("there").children;
        let merged = people::merge(&mut tx, keep, gone, people::Take::default(), NOW).await.expect("merged");
        assert!(matches!(merged, people::Merged::Done { .. }));
        tx.commit().await.expect("committed");

        let again = aaf(place, "tilleuls").await;
        assert_eq!(number(place, "SELECT count(*) FROM person WHERE merged_into IS NULL").await, before - 1);
        assert!(again.tallies.values().all(|tally| tally.created + tally.changed + tally.left == 0), "{:?}", again.tallies);
        let mut conn = place.store.read().await.expect("a connection");
        let one = people::actor(&mut conn, keep).await.expect("read").expect("there");
        assert_eq!(one.children, children);
        assert!(one.is_somewhere(Profile::Relative) && one.affiliations.iter().any(|(_, it)| it.is_staff()));
        drop(conn);
        // The record whose key they keep is gone from the feed, or both are: then they leave, once.
        aaf(place, "tilleuls-later").await;
        aaf(place, "tilleuls").await;
        assert_eq!(number(place, "SELECT count(*) FROM person_alias").await, 1);
    }

    async fn who_left_and_came_back_is_the_same_person(place) {
        aaf(place, "tilleuls").await;
        let people = number(place, "SELECT count(*) FROM person").await;
        let report = aaf(place, "tilleuls-later").await;
        let left = report.tallies.values().map(|tally| tally.left).sum::<u64>();
        assert!(left > 0, "{:?}", report.tallies);
        assert!(number(place, "SELECT count(*) FROM person WHERE left_at IS NOT NULL").await > 0);
        let later = number(place, "SELECT count(*) FROM person").await;
        aaf(place, "tilleuls").await;
        assert_eq!(number(place, "SELECT count(*) FROM person").await, later, "nobody is made twice");
        let gone = number(place, "SELECT count(*) FROM person WHERE left_at IS NOT NULL").await;
        assert_eq!(gone, later - people, "only those whom the later feed had brought have left now");

        // Forgotten meanwhile, they are somebody new.
        aaf(place, "tilleuls-later").await;
        let mut tx = place.store.write().await.expect("a transaction");
        let after = NOW.plus(Duration::from_secs(1_000_000));
        let forgotten = people::forget_left(&mut tx, after, 1_000, after).await.expect("forgotten");
        tx.commit().await.expect("committed");
        assert!(!forgotten.is_empty());
        aaf(place, "tilleuls").await;
        let now = number(place, "SELECT count(*) FROM person").await;
        assert_eq!(usize::try_from(now - later).expect("a count"), forgotten.len());
    }

    async fn a_barred_relative_stays_barred_whatever_the_feed_says(place) {
        aaf(place, "tilleuls").await;
        let mut tx = place.store.write().await.expect("a transaction");
        let relative = PersonId::from_uuid(key_of(place, "Relative").await);
        let children = people::actor(&mut tx, relative).await.expect("read").expect("there").children;
        let child = *children.first().expect("a child");
        people::set_barred(&mut tx, relative, child, true, NOW).await.expect("barred");
        tx.commit().await.expect("committed");
        for name in ["tilleuls", "tilleuls-later", "tilleuls"] {
            aaf(place, name).await;
            let mut conn = place.store.read().await.expect("a connection");
            let actor = people::actor(&mut conn, relative).await.expect("read").expect("there");
            assert!(!actor.children.contains(&child), "{name}");
        }
    }

    async fn a_school_s_own_table_changes_nobody_who_is_somebody_elsewhere(place) {
        csv(place, "eleves.csv").await;
        let mut tx = place.store.write().await.expect("a transaction");
        let pupil = PersonId::from_uuid(key_of(place, "Pupil").await);
        let other = SchoolId::new(NOW, &mut SeededRng::new(99));
        let new = NewSchool { id: other, uai: Some("0040001A"), name: "Lycée", kind: "", city: "", source: "hand" };
        schools::create(&mut tx, &new, NOW).await.expect("a school");
        people::affiliate(&mut tx, pupil, other, Profile::Pupil, "hand").await.expect("a pupil there");
        people::set_names(&mut tx, pupil, ("", "Autre", "Nom"), Some("a@b.example"), NOW).await.expect("named");
        tx.commit().await.expect("committed");
        let guarded = Options { guarded: true, ..options("csv:0931234X", false, false) };
        let named = async || {
            let mut conn = place.store.read().await.expect("a connection");
            people::by_id(&mut conn, pupil).await.expect("read").expect("there").full_name()
        };
        apply(place, table("eleves.csv"), &guarded).await.expect("applied");
        assert_eq!(named().await, "Autre Nom");
        csv(place, "eleves.csv").await;
        assert_ne!(named().await, "Autre Nom", "the command line may");
        let mut conn = place.store.read().await.expect("a connection");
        assert_eq!(import::past(&mut conn, "csv:0931234X", 10).await.expect("a list").len(), 3);
    }
}
