//! Days that are closed after some of their lessons have begun.

use super::on_both;
use super::world::{NOW, World};
use crate::lessons::{self, NewLesson};
use crate::rolls::{self, Entry, NewRoll};
use crate::{Conn, absences, attendance, calendars, series, visits};
use jiff::tz::TimeZone;
use preau_base::{Instant, LessonId, VisitId};
use preau_school::LessonRole;
use preau_school::attendance::{HalfDay, Status};
use preau_school::timetable::LessonMode;
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

async fn lesson(conn: &mut Conn, world: &mut World, starts_at: Instant) -> LessonId {
    let id = LessonId::new(NOW, &mut world.rng);
    let new = NewLesson {
        id,
        school: world.school,
        subject_name: "Histoire",
        room: "",
        starts_at,
        ends_at: starts_at.plus(Duration::from_secs(55 * MINUTE)),
        groups: &[world.class],
        teachers: &[world.teacher],
        created_by: None,
        source: "hand",
    };
    lessons::create(conn, &new, NOW).await.expect("a lesson");
    lessons::set_mode(conn, id, LessonMode::OnSite, false, NOW).await.expect("by the calendar");
    id
}

async fn confirm(conn: &mut Conn, world: &World, lesson: LessonId, half: HalfDay) {
    let entries = [Entry { pupil_id: world.max, status: Status::Absent, minutes: 0 }];
    let roll = NewRoll { lesson, school: world.school, half, by: world.teacher, seen: 0, entries: &entries };
    rolls::save(conn, &roll, NOW).await.expect("saved");
}

/// The school is closed on the days of this rule, or on none, and its lessons follow.
async fn close(conn: &mut Conn, world: &World, rule: &str) {
    let version = calendars::own(conn, world.school).await.expect("read").first().map_or(0, |own| own.version);
    let own = calendars::Own { year: 2026, body: format!("extends = \"france-2026-2027\"\n{rule}"), version };
    assert!(calendars::save(conn, world.school, &own, None, NOW).await.expect("saved"));
    let calendar = calendars::of_school(conn, world.school).await.expect("a calendar");
    let zone = TimeZone::get("Europe/Paris").expect("a zone");
    series::remode(conn, world.school, &calendar, &zone, (NOW, NOW)).await.expect("followed");
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
        let visit = VisitId::new(NOW, &mut world.rng);
        visits::join(&mut tx, visit, visited, world.ines, LessonRole::Pupil, ago(40 * MINUTE)).await.expect("joined");
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
        let extra = lesson(&mut tx, &mut world, ago(20 * MINUTE)).await;
        // Opened on a day that had no school when it was opened.
        lessons::set_no_school(&mut tx, extra, true).await.expect("marked");
        close(&mut tx, &world, RULE).await;
        assert_eq!(closed(&mut tx, &[silent, extra]).await, [true, true]);
        assert!(!lessons::is_closed_late(&mut tx, extra).await.expect("read"));
        close(&mut tx, &world, "").await;
        assert_eq!(closed(&mut tx, &[silent, extra]).await, [false, true]);
        assert_eq!(counted(&mut tx, &world).await, (0, vec![silent]));
    }
}
