//! What is read for many at once is what would be read for each.

use super::world::{DUE_DAY, NOW, World};
use crate::homework::{self, Handing, NewHomework};
use crate::log::lists::{self, Span};
use crate::rolls::{self, NewRoll};
use crate::statements::counted;
use crate::{calendars, groups, hand_ins, lessons, log, people};
use preau_base::{GroupId, HandInId, HomeworkId, LessonId, LogEntryId, PersonId};
use preau_school::attendance::HalfDay;
use preau_school::{GroupKind, MemberRole};
use std::fmt::Debug;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

fn shown<T: Debug>(all: &[T]) -> Vec<String> {
    all.iter().map(|one| format!("{one:?}")).collect()
}

/// What is of one child.
fn of<T: Debug>(all: &[(PersonId, T)], child: PersonId) -> Vec<String> {
    all.iter().filter(|(id, _)| *id == child).map(|(_, one)| format!("{one:?}")).collect()
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
            world.lesson(&mut tx, NOW.plus(HOUR * hour), "Latin").await;
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

    async fn what_is_near_for_children_is_that_of_each_who_is_not_barred(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        people::relate(&mut tx, world.mother, world.ines, "1", "hand").await.expect("a second child");
        let latin = GroupId::new(NOW, &mut world.rng);
        let group = groups::Group { id: latin, school_id: world.school, kind: GroupKind::Group, name: "Latin".to_owned() };
        groups::create(&mut tx, &group, "hand", NOW).await.expect("a group");
        groups::add_member(&mut tx, latin, world.max, MemberRole::Pupil, "", "hand").await.expect("a member");
        let (both, ends) = (world.lesson(&mut tx, NOW, "Histoire").await, NOW.plus(HOUR * 2));
        let alone = LessonId::new(NOW, &mut world.rng);
        let new = lessons::NewLesson { groups: &[latin, world.class], ..world.new_lesson(alone, NOW.plus(HOUR), "Latin") };
        lessons::create(&mut tx, &new, NOW).await.expect("a lesson of two groups");
        for (lesson, body) in [(both, "Le Nil"), (alone, "Rosa")] {
            let id = LogEntryId::new(NOW, &mut world.rng);
            log::save(&mut tx, id, &world.text(lesson, body, true), 0, NOW).await.expect("written");
        }
        for (group, pupils) in [(world.class, &[][..]), (latin, &[][..]), (world.class, &[world.ines][..])] {
            let id = HomeworkId::new(NOW, &mut world.rng);
            let handing = Handing { pupils, ..Handing::default() };
            let new = NewHomework { group, handing, ..world.new_homework(id, "Lire") };
            homework::create(&mut tx, &new, NOW).await.expect("homework");
            hand_ins::ensure(&mut tx, HandInId::new(NOW, &mut world.rng), id, world.ines, NOW).await.expect("work");
        }
        let (mother, span) = (world.mother, Span { from: NOW, to: ends, subject: "" });
        for barred in [false, true] {
            people::set_barred(&mut tx, mother, world.max, barred, NOW).await.expect("set");
            let classes = calendars::classes_of_children(&mut tx, mother).await.expect("classes");
            let lessons = lessons::of_children(&mut tx, mother, NOW, ends).await.expect("lessons");
            let entries = lists::of_children(&mut tx, mother, span).await.expect("entries");
            let works = homework::of_children(&mut tx, mother, DUE_DAY, DUE_DAY, NOW).await.expect("homework");
            let due = homework::due_of_children(&mut tx, mother, DUE_DAY, DUE_DAY, NOW).await.expect("lines");
            let mine = hand_ins::of_children(&mut tx, mother, DUE_DAY, DUE_DAY).await.expect("work");
            assert!(!barred || of(&lessons, world.max).is_empty() && !classes.contains_key(&world.max));
            for child in [world.max, world.ines].into_iter().skip(usize::from(barred)) {
                assert_eq!(classes.get(&child), calendars::class_of(&mut tx, child).await.expect("a class").as_ref());
                let one = lessons::of_person(&mut tx, child, NOW, ends).await.expect("lessons");
                assert_eq!((of(&lessons, child), one.len()), (shown(&one), 2));
                let one = lists::of_pupil(&mut tx, child, span).await.expect("entries");
                assert_eq!((of(&entries, child), one.len()), (shown(&one), 2));
                let one = homework::of_pupil(&mut tx, child, DUE_DAY, DUE_DAY, NOW).await.expect("homework");
                assert_eq!((of(&works, child), one.len()), (shown(&one), 2));
                let one = homework::due_of_pupil(&mut tx, child, DUE_DAY, DUE_DAY, NOW).await.expect("lines");
                assert_eq!((of(&due, child), one.len()), (shown(&one), 2));
                let mut one = hand_ins::of_pupil(&mut tx, child, DUE_DAY, DUE_DAY).await.expect("work");
                let mut of_child: Vec<_> = mine.iter().filter(|it| it.person_id == child).cloned().collect();
                one.sort_by_key(|it| it.id);
                of_child.sort_by_key(|it| it.id);
                assert_eq!(of_child, one);
            }
        }
    }

    async fn confirmed_rolls_of_a_day_are_found_at_once(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let first = world.lesson(&mut tx, NOW, "Latin").await;
        world.lesson(&mut tx, NOW.plus(HOUR), "Latin").await;
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
