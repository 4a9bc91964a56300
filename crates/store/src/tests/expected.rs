use super::world::{NOW, World};
use crate::expected::{Bell, first_bells, in_lessons};
use crate::lessons::{self, NewLesson};
use preau_base::{Instant, LessonId};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

async fn lesson(conn: &mut crate::Conn, world: &mut World, starts_at: Instant, with_teacher: bool) -> LessonId {
    let id = LessonId::new(NOW, &mut world.rng);
    let teachers = [world.teacher];
    let lesson = NewLesson {
        id,
        school: world.school,
        subject_name: "Anglais",
        room: "",
        starts_at,
        ends_at: starts_at.plus(HOUR),
        groups: &[world.class],
        teachers: if with_teacher { &teachers } else { &[] },
        created_by: None,
        source: "hand",
    };
    lessons::create(conn, &lesson, NOW).await.expect("a lesson");
    id
}

super::on_both! {
    async fn pupils_and_teachers_are_expected_in_lessons_that_take_place(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let on = lesson(&mut tx, &mut world, NOW.minus(HOUR / 2), true).await;
        let next = lesson(&mut tx, &mut world, NOW.plus(HOUR), false).await;
        let cancelled = lesson(&mut tx, &mut world, NOW, true).await;
        lessons::set_cancelled(&mut tx, cancelled, Some(NOW)).await.expect("cancelled");
        let _over = lesson(&mut tx, &mut world, NOW.minus(HOUR * 2), true).await;
        let found = in_lessons(&mut tx, NOW, NOW.plus(HOUR * 2)).await.expect("read");
        let mut expected: Vec<_> =
            [(world.max, on), (world.ines, on), (world.teacher, on), (world.max, next), (world.ines, next)].into();
        let mut seen: Vec<_> = found.iter().map(|it| (it.person_id, it.lesson_id)).collect();
        assert!(found.is_sorted_by_key(|it| it.starts_at));
        expected.sort();
        seen.sort();
        assert_eq!(seen, expected);
        assert_eq!((found[0].starts_at, found[0].ends_at), (NOW.minus(HOUR / 2), NOW.plus(HOUR / 2)));
        lessons::close(&mut tx, on, NOW).await.expect("closed");
        assert_eq!(in_lessons(&mut tx, NOW, NOW.plus(HOUR)).await.expect("read"), []);
    }

    async fn each_person_rings_in_with_their_first_lesson(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        lesson(&mut tx, &mut world, NOW, false).await;
        lesson(&mut tx, &mut world, NOW.plus(HOUR), true).await;
        lesson(&mut tx, &mut world, NOW.plus(HOUR * 2), true).await;
        let bells = first_bells(&mut tx, NOW, NOW.plus(HOUR * 24)).await.expect("read");
        let bell = |starts_at, people| Bell { starts_at, people };
        assert_eq!(bells, [bell(NOW, 2), bell(NOW.plus(HOUR), 1)]);
        assert_eq!(first_bells(&mut tx, NOW.plus(HOUR * 3), NOW.plus(HOUR * 24)).await.expect("read"), []);
    }
}
