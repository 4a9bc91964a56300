//! What is read for many at once is what would be read for each.

use super::world::{NOW, World};
use crate::lessons::{self, NewLesson};
use crate::rolls::{self, NewRoll};
use crate::statements::counted;
use crate::{Conn, groups, people};
use preau_base::{GroupId, Instant, LessonId, PersonId};
use preau_school::attendance::HalfDay;
use preau_school::{GroupKind, MemberRole};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

async fn lesson(conn: &mut Conn, world: &mut World, starts_at: Instant) -> LessonId {
    let id = LessonId::new(NOW, &mut world.rng);
    let (groups, teachers) = ([world.class], [world.teacher]);
    let new = NewLesson {
        id,
        school: world.school,
        subject_name: "Latin",
        room: "",
        starts_at,
        ends_at: starts_at.plus(HOUR),
        groups: &groups,
        teachers: &teachers,
        created_by: None,
        source: "hand",
    };
    lessons::create(conn, &new, NOW).await.expect("a lesson");
    id
}

super::on_both! {
    async fn facts_of_pupils_are_those_of_each(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        people::set_platform_admin(&mut tx, world.ines, true).await.expect("an administrator");
        let kept = GroupId::new(NOW, &mut world.rng);
        let archived = GroupId::new(NOW, &mut world.rng);
        for (id, name) in [(kept, "Latin"), (archived, "Grec")] {
            let group = groups::Group { id, school_id: world.school, kind: GroupKind::Group, name: name.to_owned() };
            groups::create(&mut tx, &group, "hand", NOW).await.expect("a group");
            groups::add_member(&mut tx, id, world.max, MemberRole::Pupil, "", "hand").await.expect("a member");
        }
        groups::archive(&mut tx, archived, NOW).await.expect("archived");
        let (together, sent) = counted(people::facts_of_pupils(&mut tx, world.class)).await;
        let together = together.expect("facts");
        assert_eq!((together.len(), sent), (2, 1));
        for pupil in [world.max, world.ines] {
            let one = people::facts(&mut tx, pupil).await.expect("facts").expect("a person");
            assert_eq!(format!("{:?}", together[&pupil]), format!("{one:?}"));
        }
        assert!(together[&world.max].pupil_of.contains(&kept) && !together[&world.max].pupil_of.contains(&archived));
    }

    async fn facts_of_children_are_those_of_each_who_is_not_barred(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        people::relate(&mut tx, world.mother, world.ines, "1", "hand").await.expect("a second child");
        let (together, sent) = counted(people::facts_of_children(&mut tx, world.mother)).await;
        let together = together.expect("facts");
        assert_eq!((together.len(), sent), (2, 1));
        for child in [world.max, world.ines] {
            let one = people::facts(&mut tx, child).await.expect("facts").expect("a person");
            assert!(one.pupil_of.contains(&world.class) && !one.affiliations.is_empty());
            assert_eq!(format!("{:?}", together[&child]), format!("{one:?}"));
        }
        people::set_barred(&mut tx, world.mother, world.max, true, NOW).await.expect("barred");
        let left = people::facts_of_children(&mut tx, world.mother).await.expect("facts");
        assert_eq!(left.into_keys().collect::<Vec<_>>(), [world.ines]);
        let nobody = PersonId::new(NOW, &mut world.rng);
        assert!(people::facts(&mut tx, nobody).await.expect("facts").is_none());
    }

    async fn facts_of_lessons_are_those_of_each(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        for hour in [0, 1, 5] {
            lesson(&mut tx, &mut world, NOW.plus(HOUR * hour)).await;
        }
        for person in [world.teacher, world.max] {
            let day = lessons::of_person(&mut tx, person, NOW, NOW.plus(HOUR * 3)).await.expect("lessons");
            let (together, sent) = counted(lessons::facts_of(&mut tx, person, &day)).await;
            let together = together.expect("facts");
            assert_eq!((together.len(), sent), (2, 1));
            for (lesson, of) in day.iter().zip(&together) {
                let one = lessons::facts(&mut tx, lesson.id).await.expect("facts").expect("a lesson");
                assert_eq!(format!("{of:?}"), format!("{one:?}"));
            }
        }
        assert!(lessons::facts_of(&mut tx, world.max, &[]).await.expect("facts").is_empty());
    }

    async fn confirmed_rolls_of_a_day_are_found_at_once(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let first = lesson(&mut tx, &mut world, NOW).await;
        lesson(&mut tx, &mut world, NOW.plus(HOUR)).await;
        let half: HalfDay = "2027-01-15-am".parse().expect("a half-day");
        let roll =
            NewRoll { lesson: first, school: world.school, half, by: world.teacher, seen: 0, entries: &[] };
        rolls::save(&mut tx, &roll, NOW).await.expect("saved");
        let of = rolls::confirmed_of(&mut tx, world.teacher, NOW, NOW.plus(HOUR * 2)).await.expect("rolls");
        assert_eq!(of, [first]);
        let later = rolls::confirmed_of(&mut tx, world.teacher, NOW.plus(HOUR), NOW.plus(HOUR * 2)).await;
        assert!(later.expect("rolls").is_empty());
    }

    async fn pupils_of_a_teacher_stand_once_in_each_group(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let world = World::make(&mut tx).await;
        // A second subject does not make a second row.
        groups::add_member(&mut tx, world.class, world.teacher, MemberRole::Teacher, "EMC", "hand").await.expect("a subject");
        let pupils = groups::pupils_taught_by(&mut tx, world.teacher).await.expect("pupils");
        let ids: Vec<_> = pupils.iter().map(|pupil| (pupil.group_id, pupil.id)).collect();
        assert_eq!(ids, [(world.class, world.max), (world.class, world.ines)]);
        assert!(groups::pupils_taught_by(&mut tx, world.max).await.expect("pupils").is_empty());
    }
}
