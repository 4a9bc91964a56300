//! Days that are closed after some of their lessons have begun.

use super::on_both;
use super::world::{NOW, World};
use crate::rolls::{self, Entry, NewRoll};
use crate::{Conn, absences, attendance, calendars, lessons, log, series, visits};
use jiff::civil::{Weekday, date, time};
use jiff::tz::TimeZone;
use preau_base::{Instant, LessonId, LogEntryId, PersonId, SeriesId, VisitId};
use preau_school::LessonRole;
use preau_school::attendance::{HalfDay, Status};
use preau_school::calendar::Calendar;
use preau_school::timetable::{LessonMode, Recurrence};
use std::time::Duration;

// NOW is Friday 15 January 2027, 9:00 in Paris.

const MINUTE: u64 = 60;
const DAY: u64 = 86_400;

fn ago(seconds: u64) -> Instant {
    NOW.minus(Duration::from_secs(seconds))
}

fn half(text: &str) -> HalfDay {
    text.parse().expect("a half-day")
}

/// As the timetable has it.
async fn lesson(conn: &mut Conn, world: &mut World, starts_at: Instant) -> LessonId {
    let id = opened(conn, world, starts_at).await;
    lessons::set_mode(conn, id, LessonMode::OnSite, false, NOW).await.expect("by the calendar");
    id
}

/// As its teacher opens it, beside the timetable.
async fn opened(conn: &mut Conn, world: &mut World, starts_at: Instant) -> LessonId {
    world.lesson(conn, starts_at, "Histoire").await
}

async fn enter(conn: &mut Conn, world: &mut World, lesson: LessonId, (person, role): (PersonId, LessonRole)) {
    let visit = VisitId::new(NOW, &mut world.rng);
    visits::join(conn, visit, lesson, person, role, NOW).await.expect("joined");
}

/// What the log of a lesson says, over what it said as this version.
async fn write(conn: &mut Conn, world: &mut World, lesson: LessonId, (body, base): (&str, i64), publish: bool) {
    let id = LogEntryId::new(NOW, &mut world.rng);
    let saved = log::save(conn, id, &world.text(lesson, body, publish), base, NOW).await.expect("saved");
    assert_eq!(saved, log::Saved::Kept(base + 1));
}

async fn confirm(conn: &mut Conn, world: &World, lesson: LessonId, half: HalfDay) {
    let entries = [Entry { pupil_id: world.max, status: Status::Absent, minutes: 0 }];
    let roll = NewRoll { lesson, school: world.school, half, by: world.teacher, seen: 0, entries: &entries };
    rolls::save(conn, &roll, NOW).await.expect("saved");
}

/// The school is closed on the days of this rule, or on none. Gives its calendar.
async fn decide(conn: &mut Conn, world: &World, rule: &str, at: Instant) -> Calendar {
    let version = calendars::own(conn, world.school).await.expect("read").first().map_or(0, |own| own.version);
    let own = calendars::Own { year: 2026, body: format!("extends = \"france-2026-2027\"\n{rule}"), version };
    assert!(calendars::save(conn, world.school, &own, None, at).await.expect("saved"));
    calendars::of_school(conn, world.school).await.expect("a calendar")
}

fn paris() -> TimeZone {
    TimeZone::get("Europe/Paris").expect("a zone")
}

/// The same, and its lessons follow in how they take place.
async fn close(conn: &mut Conn, world: &World, rule: &str) {
    close_at(conn, world, rule, NOW).await;
}

async fn close_at(conn: &mut Conn, world: &World, rule: &str, at: Instant) {
    let calendar = decide(conn, world, rule, at).await;
    series::remode(conn, world.school, &calendar, &paris(), (at, at)).await.expect("followed");
}

/// A lesson of Fridays that begins at this hour and minute.
async fn fridays(conn: &mut Conn, world: &mut World, hour: i8, minute: i8) {
    let recurrence = Recurrence {
        weekday: Weekday::Friday,
        start: time(hour, minute, 0, 0),
        end: time(hour, minute + 25, 0, 0),
        weeks: None,
        from: date(2027, 1, 11),
        to: date(2027, 1, 31),
    };
    let new = series::NewSeries {
        id: SeriesId::new(NOW, &mut world.rng),
        school: world.school,
        subject_name: "Histoire",
        room: "",
        recurrence,
        groups: &[world.class],
        teachers: &[world.teacher],
        by: Some(world.teacher),
        source: "hand",
        external_id: "",
    };
    series::create(conn, &new, NOW).await.expect("a series");
}

const RULE: &str = "[[rule]]\nlabel = \"Crue\"\nfrom = 2026-12-01\nto = 2027-01-15\nmode = \"no_school\"\n";

async fn closed(conn: &mut Conn, lessons: &[LessonId]) -> Vec<bool> {
    let mut found = Vec::new();
    for id in lessons {
        found.push(lessons::facts(conn, *id).await.expect("read").expect("there").no_school);
    }
    found
}

/// Absences that count on the day, and lessons whose roll is missing from the morning before to the evening after.
async fn counted(conn: &mut Conn, world: &World) -> (usize, Vec<LessonId>) {
    let (first, last) = (half("2027-01-15-am"), half("2027-01-15-pm"));
    let lines = attendance::exceptions(conn, world.school, first, last).await.expect("read").len();
    let to = NOW.plus(Duration::from_secs(DAY));
    let forgotten = rolls::forgotten(conn, world.school, ago(DAY), to).await.expect("read");
    (lines, forgotten.into_iter().map(|it| it.lesson_id).collect())
}

on_both! {
    async fn what_took_place_before_a_closure_keeps_its_meaning(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let held = lesson(&mut tx, &mut world, ago(60 * MINUTE)).await;
        confirm(&mut tx, &world, held, half("2027-01-15-am")).await;
        let visited = lesson(&mut tx, &mut world, ago(50 * MINUTE)).await;
        let ines = (world.ines, LessonRole::Pupil);
        enter(&mut tx, &mut world, visited, ines).await;
        let silent = lesson(&mut tx, &mut world, ago(30 * MINUTE)).await;
        let later = lesson(&mut tx, &mut world, NOW.plus(Duration::from_secs(60 * MINUTE))).await;
        let early = lesson(&mut tx, &mut world, NOW.plus(Duration::from_secs(5 * MINUTE))).await;
        confirm(&mut tx, &world, early, half("2027-01-15-am")).await;
        let old = lesson(&mut tx, &mut world, ago(32 * DAY)).await;
        let all = [held, visited, silent, later, early, old];
        assert_eq!(counted(&mut tx, &world).await, (2, vec![visited, silent, later]));

        close(&mut tx, &world, RULE).await;
        assert_eq!(closed(&mut tx, &all).await, [false, false, true, true, true, false]);
        // The roll of a lesson that had not begun says nothing; of one that people were in it is still asked for.
        assert_eq!(counted(&mut tx, &world).await, (1, vec![visited]));
        let told = absences::to_tell(&mut tx, half("2027-01-15-am"), NOW).await.expect("read");
        assert_eq!(told.len(), 1, "the family is told of the absence of the morning");

        // Whoever calls a roll says that the lesson took place, where it had begun.
        for lesson in [silent, later] {
            let is_late = lessons::is_closed_late(&mut tx, lesson).await.expect("read");
            assert_eq!(is_late, lesson == silent);
            confirm(&mut tx, &world, lesson, half("2027-01-15-am")).await;
            lessons::was_held(&mut tx, lesson).await.expect("said");
        }
        assert_eq!(closed(&mut tx, &[silent, later]).await, [false, true]);
        assert_eq!(counted(&mut tx, &world).await.0, 2);
        // The calendar that is looked at once more makes nothing undone.
        close(&mut tx, &world, RULE).await;
        assert_eq!(closed(&mut tx, &all).await, [false, false, false, true, true, false]);
    }

    async fn a_closure_that_is_taken_back_asks_for_rolls_again(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let silent = lesson(&mut tx, &mut world, ago(30 * MINUTE)).await;
        let extra = opened(&mut tx, &mut world, ago(20 * MINUTE)).await;
        // Opened on a day that had no school when it was opened.
        lessons::set_no_school(&mut tx, extra, true).await.expect("marked");
        close(&mut tx, &world, RULE).await;
        assert_eq!(closed(&mut tx, &[silent, extra]).await, [true, true]);
        assert!(!lessons::is_closed_late(&mut tx, extra).await.expect("read"));
        close(&mut tx, &world, "").await;
        assert_eq!(closed(&mut tx, &[silent, extra]).await, [false, true]);
        assert_eq!(counted(&mut tx, &world).await, (0, vec![silent]));
    }

    async fn a_lesson_that_began_while_its_day_was_closed_counts_when_the_closure_is_taken_back(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let soon = NOW.plus(Duration::from_secs(5 * MINUTE));
        let (called, silent) = (lesson(&mut tx, &mut world, soon).await, lesson(&mut tx, &mut world, soon).await);
        let gone = lesson(&mut tx, &mut world, soon).await;
        let by = lessons::By { person: world.teacher, note: "" };
        lessons::cancel(&mut tx, gone, true, by, NOW).await.expect("cancelled");
        let all = [called, silent, gone];
        close(&mut tx, &world, RULE).await;
        assert_eq!(closed(&mut tx, &all).await, [true; 3]);

        // It takes place all the same: by the calendar of that hour nothing in it counts, whatever shows it.
        confirm(&mut tx, &world, called, half("2027-01-15-am")).await;
        lessons::was_held(&mut tx, called).await.expect("said");
        let max = (world.max, LessonRole::Pupil);
        enter(&mut tx, &mut world, silent, max).await;
        let later = NOW.plus(Duration::from_secs(30 * MINUTE));
        close_at(&mut tx, &world, RULE, later).await;
        assert_eq!(closed(&mut tx, &all).await, [true; 3]);
        assert_eq!(counted(&mut tx, &world).await, (0, Vec::new()));

        // The closure was a mistake.
        close_at(&mut tx, &world, "", later).await;
        assert_eq!(closed(&mut tx, &all).await, [false; 3]);
        assert_eq!(counted(&mut tx, &world).await, (1, vec![silent]));
        close_at(&mut tx, &world, RULE, later).await;
        assert_eq!(closed(&mut tx, &all).await, [false; 3], "closed again, it is as any that had begun");
    }

    async fn lessons_whose_hour_came_while_their_day_was_closed_are_there_again(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let (zone, school) = (paris(), world.school);
        for (hour, minute) in [(8, 30), (9, 30), (11, 0)] {
            fridays(&mut tx, &mut world, hour, minute).await;
        }
        // At eight, with the Fridays of the 15th, the 22nd and the 29th; closed at nine, opened at ten.
        let (eight, ten) = (ago(60 * MINUTE), NOW.plus(Duration::from_secs(60 * MINUTE)));
        let report = series::publish(&mut tx, school, &zone, (eight, eight), &mut world.rng).await.expect("published");
        assert_eq!(report.added, 9);
        let before = decide(&mut tx, &world, "", NOW).await;
        let closed = decide(&mut tx, &world, RULE, NOW).await;
        let report = series::republish(&mut tx, school, &zone, (NOW, NOW), &before, &mut world.rng).await.expect("closed");
        assert_eq!((report.added, report.withdrawn), (0, 2), "that of half past eight has begun");
        decide(&mut tx, &world, "", ten).await;
        let report = series::publish(&mut tx, school, &zone, (ten, ten), &mut world.rng).await.expect("published");
        assert_eq!(report.added, 1, "what has begun comes with no other publication");
        let report = series::republish(&mut tx, school, &zone, (ten, ten), &closed, &mut world.rng).await.expect("opened");
        assert_eq!((report.added, report.withdrawn), (1, 0));
        let report = series::republish(&mut tx, school, &zone, (ten, ten), &closed, &mut world.rng).await.expect("again");
        assert_eq!(report, series::Report::default());
        let tonight = NOW.plus(Duration::from_secs(12 * 60 * MINUTE));
        let today = lessons::of_school(&mut tx, school, None, eight, tonight).await.expect("read");
        assert_eq!(today.len(), 3);
        assert!(today.iter().all(|it| !it.no_school && it.mode() == Some(LessonMode::OnSite)));
        assert_eq!(counted(&mut tx, &world).await.1, today.iter().map(|it| it.id).collect::<Vec<_>>());
    }

    async fn what_shows_that_a_lesson_takes_place_asks_for_its_roll_at_once(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let joined = lesson(&mut tx, &mut world, ago(2 * MINUTE)).await;
        let written = lesson(&mut tx, &mut world, ago(30 * MINUTE)).await;
        let drafted = lesson(&mut tx, &mut world, ago(40 * MINUTE)).await;
        let later = lesson(&mut tx, &mut world, NOW.plus(Duration::from_secs(5 * MINUTE))).await;
        let all = [joined, written, drafted, later];
        close(&mut tx, &world, RULE).await;
        assert_eq!(closed(&mut tx, &all).await, [true; 4]);

        let (teacher, max) = ((world.teacher, LessonRole::Teacher), (world.max, LessonRole::Pupil));
        enter(&mut tx, &mut world, joined, teacher).await;
        enter(&mut tx, &mut world, later, max).await;
        write(&mut tx, &mut world, written, ("La Grèce", 0), false).await;
        assert_eq!(closed(&mut tx, &all).await, [true; 4], "neither who waits for pupils nor a draft shows it");
        enter(&mut tx, &mut world, joined, max).await;
        assert_eq!(closed(&mut tx, &all).await, [false, true, true, true]);
        write(&mut tx, &mut world, written, ("La Grèce", 1), true).await;
        write(&mut tx, &mut world, drafted, ("Rome", 0), true).await;
        assert_eq!(closed(&mut tx, &all).await, [false, false, false, true]);
        assert_eq!(counted(&mut tx, &world).await, (0, vec![drafted, written, joined]));
        assert!(!lessons::is_closed_late(&mut tx, joined).await.expect("read"));
    }

    async fn a_plan_in_the_log_does_not_show_that_a_lesson_takes_place(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let planned = lesson(&mut tx, &mut world, NOW.plus(Duration::from_secs(5 * MINUTE))).await;
        write(&mut tx, &mut world, planned, ("La Grèce", 0), true).await;
        let later = NOW.plus(Duration::from_secs(10 * MINUTE));
        close_at(&mut tx, &world, RULE, later).await;
        assert_eq!(closed(&mut tx, &[planned]).await, [true]);
        write(&mut tx, &mut world, planned, ("La Grèce et Rome", 1), true).await;
        assert_eq!(closed(&mut tx, &[planned]).await, [true]);
    }

    async fn a_class_that_was_opened_beside_the_calendar_is_closed_by_nobody_else(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let begun = opened(&mut tx, &mut world, ago(2 * MINUTE)).await;
        let later = opened(&mut tx, &mut world, NOW.plus(Duration::from_secs(5 * MINUTE))).await;
        close(&mut tx, &world, RULE).await;
        assert_eq!(closed(&mut tx, &[begun, later]).await, [false; 2]);
        assert_eq!(counted(&mut tx, &world).await, (0, vec![begun, later]));
    }
}
