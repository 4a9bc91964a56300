//! What the pages of a school ask for.

use super::world::{NOW, World};
use crate::{codes, groups, homework, lessons, people, schools, subjects};
use preau_base::{HomeworkId, Instant, LessonId, SchoolId, SubjectId};
use preau_school::{MemberRole, Profile};

const LATER: Instant = Instant::from_secs(1_800_003_600);

super::on_both! {
    async fn people_are_counted_by_profile_and_state(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        codes::set(&mut tx, world.max, b"a digest", LATER).await.expect("a code");
        people::set_password(&mut tx, world.ines, "$argon2id$", NOW).await.expect("a password");
        world.person(&mut tx, "tom.leroy", "Tom", "Leroy", Profile::Pupil).await;
        let gone = world.person(&mut tx, "ana.roy", "Ana", "Roy", Profile::Pupil).await;
        people::set_suspended(&mut tx, gone, true, NOW).await.expect("suspend");
        let mut count = async |now| {
            let rows = schools::profile_counts(&mut tx, world.school, now).await.expect("counts");
            let pupils = rows.iter().find(|row| row.profile == Profile::Pupil).expect("pupils").clone();
            (pupils.people, pupils.active, pupils.coded)
        };
        assert_eq!(count(NOW).await, (3, 1, 1));
        assert_eq!(count(LATER).await, (3, 1, 0), "the code has expired");
    }

    async fn a_school_knows_what_it_still_needs(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let (here, elsewhere) = (world.school, SchoolId::new(NOW, &mut world.rng));
        let new = schools::NewSchool { id: elsewhere, uai: None, name: "Leere", kind: "", city: "", source: "hand" };
        schools::create(&mut tx, &new, NOW).await.expect("an empty school");
        let mut has = async |school, now| {
            let span = (NOW, LATER);
            schools::readiness(&mut tx, school, span, now).await.expect("readiness")
        };
        let nothing = schools::Readiness {
            pupils: false,
            teachers: false,
            groups: false,
            teaching: false,
            pupils_enter: false,
            teachers_enter: false,
            lessons: false,
        };
        assert_eq!(has(elsewhere, NOW).await, nothing);
        let people = schools::Readiness { pupils: true, teachers: true, groups: true, teaching: true, ..nothing };
        assert_eq!(has(here, NOW).await, people);
        codes::set(&mut tx, world.max, b"a digest", LATER).await.expect("a code");
        people::set_password(&mut tx, world.teacher, "$argon2id$", NOW).await.expect("a password");
        let lesson = lessons::NewLesson {
            id: LessonId::new(NOW, &mut world.rng),
            school: here,
            subject_name: "Latin",
            room: "",
            starts_at: NOW,
            ends_at: LATER,
            groups: &[],
            teachers: &[],
            created_by: None,
            source: "hand",
        };
        lessons::create(&mut tx, &lesson, NOW).await.expect("a lesson");
        let mut has = async |now| schools::readiness(&mut tx, here, (NOW, LATER), now).await.expect("readiness");
        let all = schools::Readiness { pupils_enter: true, teachers_enter: true, lessons: true, ..people };
        assert_eq!(has(NOW).await, all);
        assert_eq!(has(LATER).await, schools::Readiness { pupils_enter: false, ..all }, "the code has expired");
    }

    async fn teachers_know_their_groups_and_subjects(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let subject = SubjectId::new(NOW, &mut world.rng);
        subjects::create(&mut tx, subject, world.school, "HIGEO", "Histoire-géographie", "hand").await.expect("a subject");
        let head = MemberRole::HeadTeacher;
        groups::add_member(&mut tx, world.class, world.teacher, head, "", "hand").await.expect("head teacher");
        let taught = groups::taught_by(&mut tx, world.teacher).await.expect("read");
        let shown: Vec<_> = taught.iter().map(|it| (it.name.as_str(), it.subject_name.as_str())).collect();
        assert_eq!(shown, [("6E B", "Histoire-géographie"), ("6E B", "")]);
        assert_eq!(taught[0].facts().school, world.school);
        assert_eq!(groups::taught_by(&mut tx, world.max).await.expect("read").len(), 0);

        let mut leave = async |role| {
            groups::leave_school(&mut tx, world.teacher, world.school, role).await.expect("leave")
        };
        assert_eq!((leave(MemberRole::Pupil).await, leave(MemberRole::Teacher).await, leave(head).await), (0, 1, 1));
        assert_eq!(groups::taught_by(&mut tx, world.teacher).await.expect("read").len(), 0);
    }

    async fn relatives_come_and_go(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let world = World::make(&mut tx).await;
        people::relate(&mut tx, world.mother, world.ines, "", "hand").await.expect("relate");
        assert_eq!(people::children_of(&mut tx, world.mother).await.expect("read").len(), 2);
        people::unrelate(&mut tx, world.mother, world.ines).await.expect("unrelate");
        let children = people::children_of(&mut tx, world.mother).await.expect("read");
        assert_eq!(children.iter().map(|it| it.id).collect::<Vec<_>>(), [world.max]);
    }

    async fn homework_is_read_and_taken_back_by_its_author(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let id = HomeworkId::new(NOW, &mut world.rng);
        let new = world.new_homework(id, "Le Nil");
        homework::create(&mut tx, &new, NOW).await.expect("homework");
        let read = homework::by_id(&mut tx, id).await.expect("read").expect("there");
        assert_eq!((read.title.as_str(), read.group_name.as_str()), ("Le Nil", "6E B"));
        assert!(!homework::remove(&mut tx, id, world.max).await.expect("remove"), "not his");
        assert!(homework::remove(&mut tx, id, world.teacher).await.expect("remove"));
        assert!(homework::by_id(&mut tx, id).await.expect("read").is_none());
    }

    async fn lessons_of_a_school_are_counted(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let lesson = lessons::NewLesson {
            id: LessonId::new(NOW, &mut world.rng), school: world.school, subject_name: "Anglais", room: "",
            starts_at: NOW, ends_at: LATER, groups: &[world.class], teachers: &[], created_by: None, source: "hand",
        };
        lessons::create(&mut tx, &lesson, NOW).await.expect("a lesson");
        let later = Instant::from_secs(1_800_100_000);
        assert_eq!(lessons::count(&mut tx, world.school, NOW, LATER).await.expect("count"), 1);
        assert_eq!(lessons::count(&mut tx, world.school, LATER, later).await.expect("count"), 0);
    }
}
