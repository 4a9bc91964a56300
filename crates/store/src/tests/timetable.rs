//! Calendars, series, publication, and what people change of one lesson.

use super::world::{NOW, World};
use crate::bulk::{self, Value};
use crate::groups::{self, Group};
use crate::limits::PUBLISHED_MAX;
use crate::{
    Conn, StoreError, calendars, documents, files, guests, lessons, people, series, setups, stream_keys, territories,
};
use jiff::civil::{Weekday, date, time};
use jiff::tz::TimeZone;
use preau_base::{FileId, GroupId, Instant, LessonId, PersonId, SeededRng, SeriesId, SetupId, StreamKeyId, VisitId};
use preau_school::calendar::{Grade, Half, Mode, Zone};
use preau_school::timetable::{LessonMode, Recurrence, at};
use preau_school::{GroupKind, LessonRole, MemberRole, Profile};
use std::time::Duration;

// NOW is Friday 15 January 2027, 9:00 in Paris; the world's school is in the département 93, zone C.

const DECADE: Duration = Duration::from_secs(10 * 366 * 86_400);

fn paris() -> TimeZone {
    TimeZone::get("Europe/Paris").expect("a zone")
}

fn mondays() -> Recurrence {
    Recurrence {
        weekday: Weekday::Monday,
        start: time(9, 0, 0, 0),
        end: time(9, 55, 0, 0),
        weeks: None,
        from: date(2027, 1, 4),
        to: date(2027, 3, 31),
    }
}

fn day(month: i8, day: i8) -> Instant {
    at(date(2027, month, day), time(0, 0, 0, 0), &paris()).expect("a day")
}

async fn publish(conn: &mut Conn, world: &mut World, now: Instant) -> series::Report {
    series::publish(conn, world.school, &paris(), (now, now), &mut world.rng).await.expect("publish")
}

async fn history(conn: &mut Conn, world: &mut World) -> SeriesId {
    let id = SeriesId::new(NOW, &mut world.rng);
    let (groups, teachers) = ([world.class], [world.teacher]);
    series::create(conn, &new(id, world, mondays(), &groups, &teachers), NOW).await.expect("a series");
    id
}

fn new<'a>(
    id: SeriesId,
    world: &World,
    recurrence: Recurrence,
    groups: &'a [preau_base::GroupId],
    teachers: &'a [preau_base::PersonId],
) -> series::NewSeries<'a> {
    series::NewSeries {
        id,
        school: world.school,
        subject_name: "Histoire-géographie",
        room: "B 12",
        recurrence,
        groups,
        teachers,
        by: Some(world.teacher),
        source: "hand",
        external_id: "",
    }
}

async fn all(conn: &mut Conn, world: &World) -> Vec<lessons::Lesson> {
    lessons::of_school(conn, world.school, None, day(1, 1), day(6, 1)).await.expect("read")
}

super::on_both! {
    async fn a_series_becomes_lessons_and_holidays_do_not(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let id = history(&mut tx, &mut world).await;
        assert!(series::by_id(&mut tx, id).await.expect("read").expect("there").unpublished);
        assert!(series::is_unpublished(&mut tx, world.school).await.expect("read"));
        let report = publish(&mut tx, &mut world, NOW).await;
        assert!(!series::is_unpublished(&mut tx, world.school).await.expect("read"));
        // Mondays after 15 January: 18, 25 January, 1 February, 22 February, 1 to 22 March; 29 March is Easter Monday.
        assert_eq!(report, series::Report { added: 8, ..series::Report::default() });
        let made = all(&mut tx, &world).await;
        assert_eq!(made.len(), 8);
        let first = &made[0];
        assert_eq!((first.groups.as_str(), first.teachers.as_str(), first.room.as_str()), ("6E B", "Mme Fontaine", "B 12"));
        assert_eq!(first.mode(), Some(LessonMode::OnSite));
        assert!(!first.is_live_for(None));
        assert_eq!(publish(&mut tx, &mut world, NOW).await, series::Report::default(), "nothing is left to do");
        let listed = series::of_school(&mut tx, world.school).await.expect("read");
        assert_eq!(listed.iter().map(|it| (it.id, it.unpublished, it.recurrence)).collect::<Vec<_>>(), [(id, false, mondays())]);
        assert_eq!(lessons::of_teacher(&mut tx, world.school, world.teacher, day(1, 1), day(2, 1)).await.expect("read").len(), 2);
        assert_eq!(lessons::of_room(&mut tx, world.school, "B 12", day(1, 1), day(2, 1)).await.expect("read").len(), 2);
        assert_eq!(lessons::rooms(&mut tx, world.school, day(1, 1), day(2, 1)).await.expect("read"), ["B 12"]);
    }

    async fn a_timetable_that_is_too_large_is_refused_before_anything_is_written(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let id = history(&mut tx, &mut world).await;
        // Each has fifty lessons and more, because nobody has written a calendar for its year.
        let (school, at) = (world.school.uuid(), NOW.as_millis());
        let row = |rng: &mut SeededRng| -> [Value; 15] {
            [
                SeriesId::new(NOW, rng).uuid().into(),
                school.into(),
                "Latin".into(),
                "C 1".into(),
                1_i64.into(),
                540_i64.into(),
                595_i64.into(),
                "2030-09-01".into(),
                "2031-09-30".into(),
                1_i64.into(),
                0_i64.into(),
                at.into(),
                "hand".into(),
                at.into(),
                at.into(),
            ]
        };
        let rows: Vec<_> = (0..PUBLISHED_MAX / 50).map(|_| row(&mut world.rng)).collect();
        bulk::insert(&mut tx, bulk::SERIES, &rows).await.expect("inserted");
        let refused = series::publish(&mut tx, world.school, &paris(), (NOW, NOW), &mut world.rng).await;
        assert!(matches!(refused, Err(StoreError::Limit { most: PUBLISHED_MAX, .. })), "{refused:?}");
        let made = lessons::of_school(&mut tx, world.school, None, day(1, 1), NOW.plus(DECADE)).await.expect("read");
        assert!(made.is_empty(), "{} lessons", made.len());
        assert!(series::by_id(&mut tx, id).await.expect("read").expect("there").unpublished);
    }

    async fn publishing_again_keeps_what_was_done_by_hand(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let id = history(&mut tx, &mut world).await;
        publish(&mut tx, &mut world, NOW).await;
        let made = all(&mut tx, &world).await;
        let by = lessons::By { person: world.teacher, note: "sortie au musée" };
        lessons::cancel(&mut tx, made[0].id, true, by, NOW).await.expect("cancel");
        let visit = VisitId::new(NOW, &mut world.rng);
        crate::visits::join(&mut tx, visit, made[1].id, world.max, LessonRole::Pupil, NOW).await.expect("join");
        lessons::set_teachers(&mut tx, made[2].id, &[], by, NOW).await.expect("replace");
        // A set-up of its own, a guest, a document for the board, a key for a program.
        let prepared = setups::Prepared { rules: "{}".to_owned(), ..setups::Prepared::default() };
        let setup = SetupId::new(NOW, &mut world.rng);
        let own = setups::For::Lesson(made[3].id);
        assert!(setups::save(&mut tx, (own, &[]), &prepared, world.teacher, &mut || setup, NOW).await.expect("prepared"));
        let guest = guests::NewGuest {
            lesson: made[4].id, person: PersonId::new(NOW, &mut world.rng), name: "Ada King", email: None,
            invited_by: world.teacher, secret_hash: b"secret", until: None,
        };
        guests::invite(&mut tx, &guest, NOW).await.expect("invited");
        let file = files::NewFile {
            id: FileId::new(NOW, &mut world.rng), owner: world.teacher, name: "Nil.pdf", kind: "other", bytes: 1, sha256: &[7; 32],
        };
        let source = FileId::new(NOW, &mut world.rng);
        let document = documents::NewDocument { file, lesson: made[5].id, source, is_picture: false, sheets: &[] };
        assert!(documents::create(&mut tx, &document, NOW).await.expect("made"));
        let key = stream_keys::NewStreamKey {
            id: StreamKeyId::new(NOW, &mut world.rng), lesson: made[6].id, person: world.teacher, direction: "publish",
            name: "OBS", expires_at: made[6].ends_at,
        };
        stream_keys::create(&mut tx, &key, NOW).await.expect("made");

        // Another room: what was made ready goes with its series, what was used or changed does not.
        let (groups, teachers) = ([world.class], [world.teacher]);
        let mut moved = new(id, &world, mondays(), &groups, &teachers);
        moved.room = "B 7";
        assert!(series::change(&mut tx, &moved, 1, NOW).await.expect("change"));
        let report = publish(&mut tx, &mut world, NOW).await;
        assert_eq!((report.kept_by_hand, report.kept_used, report.withdrawn), (2, 1, 0));
        let after = all(&mut tx, &world).await;
        for (index, lesson) in made[..7].iter().enumerate() {
            let now = after.iter().find(|it| it.id == lesson.id).expect("there");
            assert_eq!(now.room == "B 7", index > 2, "lesson {index} is in {}", now.room);
        }

        // The series goes to Tuesdays, with another room.
        let tuesdays = Recurrence { weekday: Weekday::Tuesday, ..mondays() };
        let mut changed = new(id, &world, tuesdays, &groups, &teachers);
        changed.room = "C 3";
        assert!(!series::change(&mut tx, &changed, 7, NOW).await.expect("change"), "somebody else was faster");
        assert!(series::change(&mut tx, &changed, 2, NOW).await.expect("change"));
        let report = publish(&mut tx, &mut world, NOW).await;
        assert_eq!((report.kept_by_hand, report.kept_used, report.withdrawn), (2, 5, 1));
        let after = all(&mut tx, &world).await;
        for kept in &made[..7] {
            assert!(after.iter().any(|it| it.id == kept.id && it.starts_at == kept.starts_at), "lost {}", kept.id);
        }
        let cancelled = after.iter().find(|it| it.id == made[0].id).expect("there");
        assert_eq!((cancelled.note.as_str(), cancelled.sequence, cancelled.cancelled_at.is_some()), ("sortie au musée", 1, true));
        let replaced = after.iter().find(|it| it.id == made[2].id).expect("there");
        assert_eq!((replaced.teachers_were(), replaced.teachers.as_str()), (Some("Mme Fontaine"), ""));
        assert_eq!(after.iter().filter(|it| it.room == "C 3").count(), report.added);

        series::remove(&mut tx, id, Some(world.teacher), NOW).await.expect("remove");
        assert!(series::by_id(&mut tx, id).await.expect("read").is_none());
        let report = publish(&mut tx, &mut world, NOW).await;
        assert_eq!((report.added, all(&mut tx, &world).await.len()), (0, 7));
        assert!(series::of_school(&mut tx, world.school).await.expect("read").is_empty());
    }

    async fn a_closure_makes_live_classes_of_lessons(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        history(&mut tx, &mut world).await;
        publish(&mut tx, &mut world, NOW).await;
        let body = "extends = \"france-2026-2027\"\n[[rule]]\nlabel = \"Fermeture\"\nfrom = 2027-01-18\nto = 2027-01-24\n\
                    mode = \"distance\"\n[[rule]]\nlabel = \"Demi\"\nfrom = 2027-01-25\nto = 2027-01-30\nmode = \"half_groups\"\n\
                    grades = [\"6e\"]\n[[rule]]\nlabel = \"Pont\"\nfrom = 2027-02-01\nto = 2027-02-01\nmode = \"no_school\"\n";
        let own = calendars::Own { year: 2026, body: body.to_owned(), version: 0 };
        assert!(calendars::save(&mut tx, world.school, &own, Some(world.teacher), NOW).await.expect("save"));
        assert!(!calendars::save(&mut tx, world.school, &own, None, NOW).await.expect("save"), "the second is told");
        let second = calendars::Own { version: 1, ..own.clone() };
        assert!(calendars::save(&mut tx, world.school, &second, None, NOW).await.expect("save"));
        assert_eq!(calendars::own(&mut tx, world.school).await.expect("read"), [calendars::Own { version: 2, ..own }]);
        let by = lessons::By { person: world.teacher, note: "" };
        let held = all(&mut tx, &world).await[2].id;
        lessons::cancel(&mut tx, held, false, by, NOW).await.expect("a change by hand");

        let report = publish(&mut tx, &mut world, NOW).await;
        assert_eq!((report.changed, report.withdrawn, report.kept_by_hand, report.stranded), (2, 0, 1, 1));
        let after = all(&mut tx, &world).await;
        assert_eq!(after[0].mode(), Some(LessonMode::Distance));
        assert!(after[0].is_live_for(Some(Half::First)));
        let Some(LessonMode::Both(Some(half))) = after[1].mode() else { panic!("{:?}", after[1].mode()) };
        assert!(!after[1].is_live_for(Some(half)) && after[1].is_live_for(Some(half.other())));
        let halves = calendars::halves_in(&mut tx, world.ines, day(1, 1), day(6, 1)).await.expect("read");
        assert_eq!(halves.into_iter().collect::<Vec<_>>(), [(after[1].id, Half::Second)]);
        assert_eq!(after[2].id, held, "kept on the day that lost its school");
        assert!(after.iter().all(|it| it.no_school == (it.id == held)), "nobody is asked for its roll");

        let calendar = calendars::of_school(&mut tx, world.school).await.expect("read");
        assert_eq!(calendar.day(date(2027, 1, 19), Some(Grade::Third)).mode, Mode::Distance);
        lessons::set_mode(&mut tx, after[0].id, LessonMode::Both(None), true, NOW).await.expect("open it");
        let (zone, times) = (paris(), (NOW, NOW));
        assert_eq!(series::remode(&mut tx, world.school, &calendar, &zone, times).await.expect("modes"), 1);
        assert_eq!(all(&mut tx, &world).await[0].mode(), Some(LessonMode::Both(None)), "chosen by hand");
        let open = calendars::Own { year: 2026, body: "extends = \"france-2026-2027\"\n".to_owned(), version: 2 };
        assert!(calendars::save(&mut tx, world.school, &open, None, NOW).await.expect("save"));
        let calendar = calendars::of_school(&mut tx, world.school).await.expect("read");
        assert_eq!(series::remode(&mut tx, world.school, &calendar, &zone, times).await.expect("modes"), 0);
        assert!(all(&mut tx, &world).await.iter().all(|it| !it.no_school), "the day has its school again");
    }

    async fn a_change_of_the_calendar_concerns_pupils_families_and_those_who_work_for_the_school(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        world.person(&mut tx, "invite", "Inspecteur", "Invité", Profile::Guest).await;
        let head = world.person(&mut tx, "proviseur", "Paul", "Roux", Profile::Head).await;
        let barred = world.person(&mut tx, "barre", "Luc", "Barré", Profile::Relative).await;
        people::relate(&mut tx, barred, world.ines, "1", "hand").await.expect("a father");
        people::set_barred(&mut tx, barred, world.ines, true, NOW).await.expect("barred");
        let found = calendars::concerned(&mut tx, world.school).await.expect("read");
        let mut found: Vec<_> = found.iter().map(|it| (it.person_id, it.group())).collect();
        let class = Some(world.class);
        let mut expect =
            vec![(world.max, class), (world.ines, class), (world.mother, class), (world.teacher, None), (head, None)];
        found.sort_unstable();
        expect.sort_unstable();
        assert_eq!(found, expect);
    }

    async fn groups_with_a_pupil_in_common_overlap(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let mut halves = Vec::new();
        for (name, pupil) in [("6E B gr. 1", world.max), ("6E B gr. 2", world.ines)] {
            let id = GroupId::new(NOW, &mut world.rng);
            let group = Group { id, school_id: world.school, kind: GroupKind::Group, name: name.to_owned() };
            groups::create(&mut tx, &group, "hand", NOW).await.expect("a half");
            for (person, role) in [(pupil, MemberRole::Pupil), (world.teacher, MemberRole::Teacher)] {
                groups::add_member(&mut tx, id, person, role, "", "hand").await.expect("a member");
            }
            halves.push(id);
        }
        let found = groups::overlaps(&mut tx, world.school).await.expect("read");
        assert!(found.has(world.class, halves[0]) && found.has(halves[1], world.class));
        assert!(!found.has(halves[0], halves[1]), "one teacher makes no pupil in common");
        groups::archive(&mut tx, halves[0], NOW).await.expect("archived");
        let found = groups::overlaps(&mut tx, world.school).await.expect("read");
        assert!(!found.has(world.class, halves[0]) && found.has(halves[1], world.class));
    }

    async fn a_school_has_a_place_and_its_groups_grades(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let world = World::make(&mut tx).await;
        let found = calendars::place(&mut tx, world.school).await.expect("read");
        assert_eq!((found.zone, found.departement.map(|it| it.to_string())), (Some(Zone::C), Some("93".to_owned())));
        calendars::set_zone(&mut tx, world.school, "A").await.expect("set");
        assert_eq!(calendars::zone_by_hand(&mut tx, world.school).await.expect("read"), "A");
        let found = calendars::place(&mut tx, world.school).await.expect("read");
        assert_eq!((found.zone, found.departement.map(|it| it.to_string())), (Some(Zone::A), Some("93".to_owned())));
        // Placed elsewhere than its code says: an annexe, or a code from before a move.
        calendars::set_zone(&mut tx, world.school, "").await.expect("set");
        let whereabouts = (None, "04700", "Oraison");
        territories::place(&mut tx, world.school, whereabouts, NOW, &mut SeededRng::new(4)).await.expect("placed");
        let found = calendars::place(&mut tx, world.school).await.expect("read");
        assert_eq!((found.zone, found.departement.map(|it| it.to_string())), (Some(Zone::B), Some("04".to_owned())));
        let mut of = async |kind| {
            let all = calendars::grades(&mut tx, world.school, kind).await.expect("read");
            (all[0].grade, all[0].by_hand)
        };
        assert_eq!(of(None).await, (Some(Grade::Sixth), false));
        calendars::set_grade(&mut tx, world.class, Some(Grade::Fifth)).await.expect("set");
        let all = calendars::grades(&mut tx, world.school, None).await.expect("read");
        assert_eq!((all[0].grade, all[0].by_hand), (Some(Grade::Fifth), true));
        let class = calendars::class_of(&mut tx, world.max).await.expect("read");
        assert_eq!(class, Some((world.school, Some(Grade::Fifth))));
    }

    async fn halves_go_by_the_alphabet_until_somebody_says_otherwise(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let world = World::make(&mut tx).await;
        // Leroy, O’Brien.
        let of = async |conn: &mut Conn, person| calendars::halves_of(conn, person).await.expect("read")[&world.class];
        assert_eq!(of(&mut tx, world.max).await, Half::First);
        assert_eq!(of(&mut tx, world.ines).await, Half::Second);
        calendars::set_half(&mut tx, world.class, world.ines, Half::First).await.expect("set");
        assert_eq!(of(&mut tx, world.ines).await, Half::First);
        let members = calendars::members(&mut tx, world.class).await.expect("read");
        assert_eq!(members.iter().map(calendars::Member::half).collect::<Vec<_>>(), [Half::First, Half::First]);
        calendars::set_halves_by_alphabet(&mut tx, world.class).await.expect("set");
        assert_eq!(of(&mut tx, world.ines).await, Half::Second);
        assert!(calendars::halves_of(&mut tx, world.mother).await.expect("read").is_empty());
    }

    async fn those_concerned_are_known_and_what_is_taken(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let id = LessonId::new(NOW, &mut world.rng);
        let end = Instant::from_secs(1_800_003_300);
        let lesson = lessons::NewLesson {
            id, school: world.school, subject_name: "Anglais", room: "A 1", starts_at: NOW, ends_at: end,
            groups: &[world.class], teachers: &[world.teacher], created_by: None, source: "hand",
        };
        lessons::create(&mut tx, &lesson, NOW).await.expect("a lesson");
        let people = lessons::people_of(&mut tx, id).await.expect("read");
        assert!(people.iter().all(|one| one.email.as_deref() == Some("Someone@Example.org")), "{people:?}");
        let mut people: Vec<_> = people.into_iter().map(|one| one.id).collect();
        people.sort_unstable();
        let mut expect = vec![world.max, world.ines, world.teacher, world.mother];
        expect.sort_unstable();
        assert_eq!(people, expect);
        let taken = lessons::times_taken(&mut tx, world.school, None, NOW, end).await.expect("read");
        assert_eq!(taken.len(), 1);
        assert_eq!((taken[0].1.room.as_str(), &taken[0].1.groups, &taken[0].1.teachers), ("A 1", &vec![world.class], &vec![world.teacher]));
        assert!(lessons::times_taken(&mut tx, world.school, Some(id), NOW, end).await.expect("read").is_empty());
        assert!(lessons::times_taken(&mut tx, world.school, None, end, day(2, 1)).await.expect("read").is_empty());

        let moved = lessons::NewLesson { starts_at: end, ends_at: end.plus(std::time::Duration::from_secs(3_300)), ..lesson };
        lessons::change(&mut tx, &moved, lessons::By { person: world.teacher, note: "" }, NOW).await.expect("move");
        let read = lessons::by_id(&mut tx, id).await.expect("read").expect("there");
        assert_eq!(read.moved_from(), Some((NOW, end)));
        assert_eq!((read.room_was(), read.teachers_were(), read.sequence), (None, None, 1));
    }
}
