//! What publishing a timetable and closing its days take, and what they must not miss.

use super::world::{NOW, World};
use crate::bulk::{self, Value};
use crate::many::LISTED_MAX;
use crate::statements::counted;
use crate::{Conn, calendars, lessons, series, visits};
use jiff::civil::{Weekday, date, time};
use jiff::tz::TimeZone;
use preau_base::{GroupId, Instant, LessonId, PersonId, SeriesId, VisitId};
use preau_school::calendar::Calendar;
use preau_school::timetable::{LessonMode, Recurrence, at};
use preau_school::{LessonRole, Profile};
use std::time::Duration;

// NOW is Friday 15 January 2027, 9:00 in Paris.

const DAY: Duration = Duration::from_secs(86_400);

fn paris() -> TimeZone {
    TimeZone::get("Europe/Paris").expect("a zone")
}

fn mondays(hour: i8) -> Recurrence {
    Recurrence {
        weekday: Weekday::Monday,
        start: time(hour, 0, 0, 0),
        end: time(hour, 55, 0, 0),
        weeks: None,
        from: date(2027, 1, 4),
        to: date(2027, 3, 31),
    }
}

fn new<'a>(
    id: SeriesId,
    world: &World,
    (room, hour): (&'a str, i8),
    groups: &'a [GroupId],
    teachers: &'a [PersonId],
) -> series::NewSeries<'a> {
    series::NewSeries {
        id,
        school: world.school,
        subject_name: "Histoire",
        room,
        recurrence: mondays(hour),
        groups,
        teachers,
        by: None,
        source: "hand",
        external_id: "",
    }
}

/// Series of Mondays, one in each of these hours, published.
async fn published(conn: &mut Conn, world: &mut World, hours: std::ops::Range<i8>) -> Vec<SeriesId> {
    let (class, teacher) = ([world.class], [world.teacher]);
    let mut made = Vec::new();
    for hour in hours {
        let id = SeriesId::new(NOW, &mut world.rng);
        series::create(conn, &new(id, world, ("B 12", hour), &class, &teacher), NOW).await.expect("a series");
        made.push(id);
    }
    publish(conn, world).await;
    made
}

async fn publish(conn: &mut Conn, world: &mut World) -> series::Report {
    series::publish(conn, world.school, &paris(), (NOW, NOW), &mut world.rng).await.expect("published")
}

async fn all(conn: &mut Conn, world: &World) -> Vec<lessons::Lesson> {
    lessons::of_school(conn, world.school, None, NOW.minus(DAY * 31), NOW.plus(DAY * 100)).await.expect("read")
}

async fn decide(conn: &mut Conn, world: &World, rule: &str) -> Calendar {
    let version = calendars::own(conn, world.school).await.expect("read").first().map_or(0, |own| own.version);
    let own = calendars::Own { year: 2026, body: format!("extends = \"france-2026-2027\"\n{rule}"), version };
    assert!(calendars::save(conn, world.school, &own, None, NOW).await.expect("saved"));
    calendars::of_school(conn, world.school).await.expect("a calendar")
}

fn rule(from: &str, to: &str, mode: &str) -> String {
    format!("[[rule]]\nlabel = \"Crue\"\nfrom = {from}\nto = {to}\nmode = \"{mode}\"\n")
}

async fn join(conn: &mut Conn, world: &mut World, lesson: LessonId) {
    let visit = VisitId::new(NOW, &mut world.rng);
    visits::join(conn, visit, lesson, world.max, LessonRole::Pupil, NOW).await.expect("joined");
}

fn starts_at(hours: usize) -> Instant {
    NOW.minus(Duration::from_secs(hours as u64 * 3_600 + 600))
}

/// Lessons of the class that began within the last month, each an hour before the other.
async fn begun(conn: &mut Conn, world: &mut World, count: usize) -> Vec<LessonId> {
    let made: Vec<LessonId> = (0..count).map(|_| LessonId::new(NOW, &mut world.rng)).collect();
    let of = made.iter().enumerate();
    let rows: Vec<[Value; 12]> = of
        .clone()
        .map(|(hours, id)| {
            [
                id.uuid().into(),
                world.school.uuid().into(),
                "Latin".into(),
                "".into(),
                starts_at(hours).as_millis().into(),
                starts_at(hours).plus(Duration::from_secs(3_000)).as_millis().into(),
                "hand".into(),
                NOW.as_millis().into(),
                NOW.as_millis().into(),
                Value::Id(None),
                Value::Text(None),
                "on_site".into(),
            ]
        })
        .collect();
    bulk::insert(conn, bulk::LESSON, &rows).await.expect("lessons");
    let class = world.class.uuid();
    let rows: Vec<[Value; 3]> =
        of.map(|(hours, id)| [id.uuid().into(), class.into(), starts_at(hours).as_millis().into()]).collect();
    bulk::insert(conn, bulk::LESSON_GROUP, &rows).await.expect("their groups");
    made
}

async fn closed(conn: &mut Conn, lessons: &[LessonId]) -> Vec<LessonId> {
    let mut found = Vec::new();
    for id in lessons {
        let facts = lessons::facts(conn, *id).await.expect("read").expect("there");
        found.extend(facts.no_school.then_some(*id));
    }
    found
}

super::on_both! {
    async fn a_month_is_closed_and_opened_in_few_statements(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let made = begun(&mut tx, &mut world, LISTED_MAX + 50).await;
        let (held, silent): (Vec<_>, Vec<_>) = made.iter().partition(|id| made[7] == **id || made[LISTED_MAX + 7] == **id);
        for id in &held {
            join(&mut tx, &mut world, *id).await;
        }
        let month = decide(&mut tx, &world, &rule("2026-12-01", "2027-01-31", "no_school")).await;
        let (done, sent) = counted(series::remode(&mut tx, world.school, &month, &paris(), (NOW, NOW))).await;
        done.expect("closed");
        // Grades, lessons to come, lessons that have begun; two or three lists of them, of which PostgreSQL locks those that
        // it closes.
        let most = if place.store.is_sqlite() { 6 } else { 7 };
        assert!(sent <= most, "{sent} statements");
        assert_eq!(closed(&mut tx, &made).await, silent);
        let open = decide(&mut tx, &world, "").await;
        let (done, sent) = counted(series::remode(&mut tx, world.school, &open, &paris(), (NOW, NOW))).await;
        done.expect("opened");
        assert!(sent <= most, "{sent} statements");
        let has_school = |id: &LessonId| {
            let hours = made.iter().position(|one| one == id).expect("there");
            let at = jiff::Timestamp::from_millisecond(starts_at(hours).as_millis()).expect("an instant");
            open.has_school(at.to_zoned(paris()).date(), None)
        };
        let (opened, shut): (Vec<_>, Vec<_>) = silent.into_iter().partition(has_school);
        assert!(opened.len() > 100 && shut.len() > 100, "Christmas is among them");
        assert_eq!(closed(&mut tx, &made).await, shut);
    }

    async fn a_publication_takes_as_many_statements_for_many_series_as_for_one(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let made = published(&mut tx, &mut world, 8..16).await;
        let another = world.person(&mut tx, "paul.autre", "Paul", "Autre", Profile::Teacher).await;
        let (class, teachers) = ([world.class], [world.teacher, another]);
        let mut counts = Vec::new();
        for (room, changed) in [("C 1", &made[..1]), ("C 2", &made[..])] {
            for id in changed {
                let version = series::by_id(&mut tx, *id).await.expect("read").expect("there").version;
                let hour = 8 + i8::try_from(made.iter().position(|one| one == id).expect("there")).expect("an hour");
                let new = new(*id, &world, (room, hour), &class, &teachers);
                assert!(series::change(&mut tx, &new, version, NOW).await.expect("changed"));
            }
            let (school, zone) = (world.school, paris());
            let (report, sent) = counted(series::publish(&mut tx, school, &zone, (NOW, NOW), &mut world.rng)).await;
            assert_eq!(report.expect("published").changed, changed.len() * 8);
            counts.push(sent);
        }
        assert_eq!(counts[0], counts[1]);
        assert!(counts[0] <= 24, "{counts:?}");
        for lesson in all(&mut tx, &world).await {
            assert_eq!((lesson.room.as_str(), lesson.teachers.as_str()), ("C 2", "Mme Autre, Mme Fontaine"));
        }
        let mine = lessons::of_teacher(&mut tx, world.school, another, NOW, NOW.plus(DAY * 100)).await.expect("read");
        assert_eq!(mine.len(), 64, "each under its hour");
    }

    async fn another_hour_goes_to_all_who_look_by_the_hour(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let made = published(&mut tx, &mut world, 8..9).await;
        let (class, teacher) = ([world.class], [world.teacher]);
        let before = all(&mut tx, &world).await;
        assert!(series::change(&mut tx, &new(made[0], &world, ("B 12", 14), &class, &teacher), 1, NOW).await.expect("changed"));
        assert_eq!(publish(&mut tx, &mut world).await, series::Report { changed: 8, ..series::Report::default() });
        let noon = at(date(2027, 1, 18), time(12, 0, 0, 0), &paris()).expect("an instant");
        let afternoon = lessons::of_person(&mut tx, world.max, noon, noon.plus(DAY / 4)).await.expect("read");
        let [moved] = afternoon.as_slice() else { panic!("{} lessons", afternoon.len()) };
        assert_eq!((moved.id, moved.sequence), (before[0].id, before[0].sequence + 1));
        assert!(lessons::of_person(&mut tx, world.max, noon.minus(DAY / 4), noon).await.expect("read").is_empty());
        assert_eq!(publish(&mut tx, &mut world).await, series::Report::default(), "nothing is left to do");
    }

    async fn what_a_publication_leaves_alone_follows_the_calendar(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let made = published(&mut tx, &mut world, 8..10).await;
        let before = all(&mut tx, &world).await;
        let monday = before[0].starts_at;
        let first: Vec<LessonId> = before.iter().filter(|it| it.starts_at < monday.plus(DAY)).map(|it| it.id).collect();
        assert_eq!(first.len(), 2);
        // One of each series is used before its day.
        for id in &first {
            join(&mut tx, &mut world, *id).await;
        }
        series::remove(&mut tx, made[1], None, NOW).await.expect("removed");
        let report = publish(&mut tx, &mut world).await;
        assert_eq!((report.withdrawn, report.kept_used), (7, 1));
        decide(&mut tx, &world, &rule("2027-01-18", "2027-01-18", "distance")).await;
        let report = publish(&mut tx, &mut world).await;
        assert_eq!((report.changed, report.kept_used), (0, 1));
        let modes = async |conn: &mut Conn| {
            let mut modes = Vec::new();
            for id in &first {
                modes.push(lessons::by_id(conn, *id).await.expect("read").expect("there").mode());
            }
            modes
        };
        assert_eq!(modes(&mut tx).await, [Some(LessonMode::Distance); 2], "also where the series is gone");
        decide(&mut tx, &world, &rule("2027-01-18", "2027-01-18", "no_school")).await;
        assert_eq!(publish(&mut tx, &mut world).await.stranded, 2);
        assert_eq!(closed(&mut tx, &first).await, first);
        decide(&mut tx, &world, "").await;
        assert_eq!(publish(&mut tx, &mut world).await.stranded, 0);
        assert!(closed(&mut tx, &first).await.is_empty());
        assert_eq!(modes(&mut tx).await, [Some(LessonMode::OnSite); 2]);
    }

    async fn a_lesson_that_was_moved_to_last_week_is_not_made_again(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        published(&mut tx, &mut world, 8..9).await;
        let before = all(&mut tx, &world).await;
        let (class, teacher) = ([world.class], [world.teacher]);
        let starts_at: Instant = NOW.minus(DAY * 5);
        let moved = lessons::NewLesson {
            id: before[0].id, school: world.school, subject_name: "Histoire", room: "B 12", starts_at,
            ends_at: starts_at.plus(DAY / 24), groups: &class, teachers: &teacher, created_by: None, source: "hand",
        };
        let by = lessons::By { person: world.teacher, note: "" };
        lessons::change(&mut tx, &moved, by, NOW).await.expect("moved");
        assert_eq!(publish(&mut tx, &mut world).await, series::Report::default());
        assert_eq!(all(&mut tx, &world).await.len(), before.len());
    }
}
