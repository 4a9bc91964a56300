use super::on_both;
use super::world::{NOW, Place, World};
use crate::calendar_feeds::{self, NewFeed};
use crate::series::{Feed, FeedReport, apply};
use crate::{Conn, Store, groups, lessons, people};
use jiff::ToSpan as _;
use jiff::civil::{Date, time};
use jiff::tz::TimeZone;
use preau_base::{FeedId, GroupId, Instant};
use preau_school::feed::timetable::{Group, Member, Pupil, Recurring, Subject, Teacher, Timetable};
use preau_school::{GroupKind, MemberRole};
use std::time::Duration;

fn paris() -> TimeZone {
    TimeZone::get("Europe/Paris").expect("a zone")
}

/// The first day with school after the seed's now, a Monday.
fn monday() -> Date {
    let today = jiff::Timestamp::from_millisecond(NOW.as_millis()).expect("a moment").to_zoned(paris()).date();
    let ahead = 7 - i64::from(today.weekday().to_monday_zero_offset());
    today.checked_add(ahead.days()).expect("a day")
}

fn lesson(group: &str, teacher: (&str, &str, &str), weeks: &[i64], cancelled: &[i64]) -> Recurring {
    let day = |week: &i64| monday().checked_add((7 * week).days()).expect("a day");
    Recurring {
        position: preau_school::feed::Position::default(),
        key: "1/1+1".to_owned(),
        start: time(8, 5, 0, 0),
        end: time(9, 0, 0, 0),
        days: weeks.iter().map(day).collect(),
        cancelled: cancelled.iter().map(day).collect(),
        subject: Subject { code: "HIGEO".to_owned(), label: "Histoire-géo".to_owned() },
        room: "B 204".to_owned(),
        groups: vec![Group { kind: GroupKind::Class, name: group.to_owned() }],
        teachers: vec![Teacher {
            key: teacher.0.to_owned(),
            family_name: teacher.1.to_owned(),
            given_name: teacher.2.to_owned(),
        }],
    }
}

const FONTAINE: (&str, &str, &str) = ("", "FONTAINE", "claire");

async fn give(store: &Store, world: &mut World, lessons: Vec<Recurring>, now: Instant) -> FeedReport {
    let timetable = Timetable { lessons, ..Timetable::default() };
    let feed =
        Feed { school: world.school, source: "edt", timetable: &timetable, groups: &[], teachers: &[], by: None };
    let mut tx = store.write().await.expect("a transaction");
    let report = apply(&mut tx, &feed, &paris(), now, &mut world.rng).await.expect("applies");
    tx.commit().await.expect("commits");
    report
}

async fn give_whole(store: &Store, world: &mut World, timetable: Timetable) -> FeedReport {
    let feed =
        Feed { school: world.school, source: "edt", timetable: &timetable, groups: &[], teachers: &[], by: None };
    let mut tx = store.write().await.expect("a transaction");
    let report = apply(&mut tx, &feed, &paris(), NOW, &mut world.rng).await.expect("applies");
    tx.commit().await.expect("commits");
    report
}

async fn seen(conn: &mut Conn, world: &World) -> Vec<(String, bool, i64)> {
    let until = NOW.plus(Duration::from_secs(60 * 86_400));
    let lessons = lessons::of_person(conn, world.max, NOW, until).await.expect("lessons");
    lessons
        .iter()
        .map(|it| {
            (
                format!("{} {} {}", it.subject_name, it.groups, it.teachers),
                it.cancelled_at.is_some(),
                it.starts_at.as_millis(),
            )
        })
        .collect()
}

on_both! {
    async fn a_feed_makes_lessons_and_brings_them_up_to_date(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        tx.commit().await.expect("commits");
        // Another spelling of the class than the directory's, and of the teacher.
        let first = give(&place.store, &mut world, vec![lesson("6ème B", FONTAINE, &[0, 1, 2], &[1])], NOW).await;
        assert_eq!((first.series_added, first.lessons.added, first.cancelled), (1, 3, 1), "{first:?}");
        assert!(first.unknown_groups.is_empty() && first.unknown_teachers.is_empty(), "{first:?}");
        let mut conn = place.store.read().await.expect("a connection");
        let lessons = seen(&mut conn, &world).await;
        assert_eq!(lessons.iter().map(|it| it.1).collect::<Vec<_>>(), [false, true, false]);
        assert_eq!(lessons[0].0, "Histoire-géo 6E B Mme Fontaine");
        drop(conn);

        // The same again changes nothing.
        let again = give(&place.store, &mut world, vec![lesson("6ème B", FONTAINE, &[0, 1, 2], &[1])], NOW).await;
        assert_eq!((again.series_same, again.series_changed, again.cancelled), (1, 0, 0), "{again:?}");
        assert_eq!((again.lessons.added, again.lessons.changed, again.lessons.withdrawn), (0, 0, 0), "{again:?}");

        // The second is no longer cancelled, the third is gone; of the two that come, one is in the holidays of zone C.
        let third = give(&place.store, &mut world, vec![lesson("6ème B", FONTAINE, &[0, 1, 3, 7], &[])], NOW).await;
        assert_eq!((third.series_changed, third.lessons.added, third.lessons.withdrawn), (1, 1, 1), "{third:?}");
        let mut conn = place.store.read().await.expect("a connection");
        let lessons = seen(&mut conn, &world).await;
        assert_eq!(lessons.iter().map(|it| it.1).collect::<Vec<_>>(), [false, false, false]);
        drop(conn);

        // The feed does not name it any more, then names it again.
        let gone = give(&place.store, &mut world, Vec::new(), NOW).await;
        assert_eq!((gone.series_removed, gone.lessons.withdrawn), (1, 3), "{gone:?}");
        let back = give(&place.store, &mut world, vec![lesson("6e B", FONTAINE, &[0], &[])], NOW).await;
        assert_eq!((back.series_added, back.lessons.added), (1, 1), "{back:?}");
    }

    async fn who_is_not_known_is_told(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        tx.commit().await.expect("commits");
        let by_key = ("claire.fontaine", "Married", "Name");
        let strangers = vec![
            lesson("5e C", FONTAINE, &[0], &[]),
            Recurring { key: "2".to_owned(), ..lesson("6e B", ("", "Nobody", "N."), &[1], &[]) },
            Recurring { key: "3".to_owned(), ..lesson("6e B", by_key, &[2], &[]) },
        ];
        let report = give(&place.store, &mut world, strangers, NOW).await;
        assert_eq!((report.without_group, report.series_added), (1, 2), "{report:?}");
        assert_eq!((report.unknown_groups.as_slice(), report.unknown_teachers.as_slice()), (&["5e C".to_owned()][..], &["Nobody N.".to_owned()][..]));
        let mut conn = place.store.read().await.expect("a connection");
        let taught = lessons::of_person(&mut conn, world.teacher, NOW, NOW.plus(Duration::from_secs(60 * 86_400))).await.expect("lessons");
        assert_eq!(taught.len(), 1, "the one that names her by key");
    }

    async fn pupils_come_into_the_groups_that_the_feed_has_them_in(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let latin = GroupId::new(NOW, &mut world.rng);
        let group = groups::Group { id: latin, school_id: world.school, kind: GroupKind::Group, name: "6LATIN".to_owned() };
        groups::create(&mut tx, &group, "hand", NOW).await.expect("a group");
        tx.commit().await.expect("commits");
        let mut conn = place.store.read().await.expect("a connection");
        let named = |pupil: &people::Person| Pupil { family_name: pupil.family_name.reveal().to_uppercase(), given_name: pupil.given_name.reveal().clone(), birth: None };
        let max = named(&people::by_id(&mut conn, world.max).await.expect("asks").expect("there"));
        let ines = named(&people::by_id(&mut conn, world.ines).await.expect("asks").expect("there"));
        drop(conn);
        let nobody = Pupil { family_name: "NULLE".to_owned(), given_name: "Part".to_owned(), birth: None };
        let seat = |group: &str, pupil: &Pupil, to: Option<Date>| Member {
            group: Group { kind: GroupKind::Group, name: group.to_owned() }, pupil: pupil.clone(), from: None, to,
        };
        let members = async |place: &Place| {
            let mut conn = place.store.read().await.expect("a connection");
            let mut ids: Vec<_> = groups::members(&mut conn, latin, MemberRole::Pupil).await.expect("members").iter().map(|it| it.id).collect();
            ids.sort();
            ids
        };
        let yesterday = monday().checked_sub(8.days()).expect("a day");
        // Inès has left it, one is of no group that is known, the class has its pupils from the directory.
        let told = vec![seat("6Latin", &max, None), seat("6LATIN", &ines, Some(yesterday)), seat("6GREC", &max, None), seat("6E B", &max, None), seat("6LATIN", &nobody, None)];
        let report = give_whole(&place.store, &mut world, Timetable { members: told.clone(), ..Timetable::default() }).await.members;
        assert_eq!((report.added, report.same, report.removed, report.without_group), (1, 0, 0, 2), "{report:?}");
        assert_eq!((report.unknown.as_slice(), report.unknown_count), (&["NULLE Part".to_owned()][..], 1));
        assert_eq!(members(place).await, [world.max]);

        // Inès is put in by hand; Max is out of it in the next delivery, which names somebody else.
        let mut tx = place.store.write().await.expect("a transaction");
        groups::add_member(&mut tx, latin, world.ines, MemberRole::Pupil, "", "hand").await.expect("a member");
        tx.commit().await.expect("commits");
        // A delivery without places takes nobody out, nor one of which a part could not be read.
        give_whole(&place.store, &mut world, Timetable::default()).await;
        let broken = preau_school::feed::Refusal {
            position: preau_school::feed::Position::default(), kind: None, key: None, scope: preau_school::feed::Scope::RestOfFile,
            reason: preau_school::feed::fault::TimetableFault::EndsBeforeItBegins.into(),
        };
        let cut = Timetable { members: vec![seat("6LATIN", &nobody, None)], refusals: vec![broken], ..Timetable::default() };
        give_whole(&place.store, &mut world, cut).await;
        assert_eq!(members(place).await.len(), 2);
        let report = give_whole(&place.store, &mut world, Timetable { members: vec![seat("6LATIN", &nobody, None)], ..Timetable::default() }).await.members;
        assert_eq!((report.added, report.removed), (0, 1), "{report:?}");
        assert_eq!(members(place).await, [world.ines], "what was done by hand stays");
    }

    async fn calendar_addresses_are_found_by_their_secret_until_revoked(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let id = FeedId::new(NOW, &mut world.rng);
        let feed = NewFeed { id, person: world.mother, of_person: world.max, secret_hash: b"hash", name: "Téléphone" };
        calendar_feeds::create(&mut tx, &feed, NOW).await.expect("made");
        let found = calendar_feeds::by_secret(&mut tx, b"hash").await.expect("asks").expect("there");
        assert_eq!((found.person_id, found.of_person, found.used_at), (world.mother, world.max, None));
        assert!(calendar_feeds::by_secret(&mut tx, b"other").await.expect("asks").is_none());
        calendar_feeds::used(&mut tx, id, NOW).await.expect("noted");
        calendar_feeds::used(&mut tx, id, NOW.plus(Duration::from_secs(60))).await.expect("noted");
        let listed = calendar_feeds::of_maker(&mut tx, world.mother).await.expect("lists");
        assert_eq!((listed.len(), listed[0].used_at), (1, Some(NOW.as_millis())));
        assert!(!calendar_feeds::revoke(&mut tx, id, world.max, NOW).await.expect("asks"), "only its maker");
        assert!(calendar_feeds::revoke(&mut tx, id, world.mother, NOW).await.expect("revoked"));
        assert!(calendar_feeds::by_secret(&mut tx, b"hash").await.expect("asks").is_none());
        for at in 0..crate::limits::CALENDAR_FEEDS_MAX {
            let id = FeedId::new(NOW, &mut world.rng);
            let secret = at.to_be_bytes();
            let feed = NewFeed { id, secret_hash: &secret, ..feed };
            calendar_feeds::create(&mut tx, &feed, NOW).await.expect("made");
        }
        let feed = NewFeed { id: FeedId::new(NOW, &mut world.rng), secret_hash: b"one more", ..feed };
        assert!(calendar_feeds::create(&mut tx, &feed, NOW).await.is_err());
    }
}
