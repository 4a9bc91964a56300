use super::world::{NOW, World};
use crate::{chat, facts, homework, lessons, visits};
use preau_base::{ChatId, HomeworkId, Instant, LessonId, VisitId};
use preau_school::LessonRole;
use preau_school::calendar::Half;
use preau_school::timetable::LessonMode;

const BELL: Instant = NOW;
const END: Instant = Instant::from_secs(1_800_003_300);
const AFTER: Instant = Instant::from_secs(1_800_010_000);

async fn history(conn: &mut crate::Conn, world: &mut World) -> LessonId {
    world.lesson(conn, BELL, "Histoire-géographie").await
}

super::on_both! {
    async fn a_lesson_is_on_the_day_of_its_pupils_and_teachers(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let id = history(&mut tx, &mut world).await;
        for (person, expected) in [(world.max, 1), (world.teacher, 1), (world.mother, 0)] {
            let day = lessons::of_person(&mut tx, person, BELL, END).await.expect("a day");
            assert_eq!(day.len(), expected);
        }
        assert_eq!(lessons::of_person(&mut tx, world.max, END, AFTER).await.expect("a day").len(), 0);
        let lesson = lessons::by_id(&mut tx, id).await.expect("read").expect("there");
        assert_eq!((lesson.groups.as_str(), lesson.teachers.as_str()), ("6E B", "Mme Fontaine"));
        assert!(lesson.is_on(BELL) && !lesson.is_on(END));
        let facts = lessons::facts(&mut tx, id).await.expect("read").expect("there");
        assert_eq!((facts.groups, facts.teachers), (vec![world.class], vec![world.teacher]));

        for group in [None, Some(world.class)] {
            assert_eq!(lessons::of_school(&mut tx, world.school, group, BELL, END).await.expect("a day").len(), 1);
        }
        let moved = lessons::NewLesson {
            id, school: world.school, subject_name: "Anglais", room: "B12", starts_at: END, ends_at: AFTER,
            groups: &[world.class], teachers: &[], created_by: None, source: "hand",
        };
        let by = lessons::By { person: world.teacher, note: "sortie" };
        lessons::change(&mut tx, &moved, by, NOW).await.expect("change");
        assert_eq!(lessons::of_person(&mut tx, world.teacher, BELL, AFTER).await.expect("a day").len(), 0);
        assert_eq!(lessons::of_person(&mut tx, world.max, END, AFTER).await.expect("a day")[0].room, "B12");

        lessons::cancel(&mut tx, id, true, by, NOW).await.expect("cancel");
        assert!(lessons::facts(&mut tx, id).await.expect("read").expect("there").cancelled);
        lessons::cancel(&mut tx, id, false, by, NOW).await.expect("restore");
        lessons::close(&mut tx, id, END).await.expect("close");
        lessons::close(&mut tx, id, AFTER).await.expect("close again");
        let lesson = lessons::by_id(&mut tx, id).await.expect("read").expect("there");
        assert_eq!((lesson.cancelled_at, lesson.closed_at), (None, Some(END.as_millis())));
    }

    async fn what_is_live_now_is_on_open_and_not_only_on_site(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let [live, cancelled, closed, on_site, half] = [
            history(&mut tx, &mut world).await,
            history(&mut tx, &mut world).await,
            history(&mut tx, &mut world).await,
            history(&mut tx, &mut world).await,
            history(&mut tx, &mut world).await,
        ];
        lessons::set_cancelled(&mut tx, cancelled, Some(NOW)).await.expect("cancelled");
        lessons::close(&mut tx, closed, NOW).await.expect("closed");
        let by_halves = LessonMode::Both(Some(Half::First));
        for (id, mode) in [(on_site, LessonMode::OnSite), (half, by_halves)] {
            lessons::set_mode(&mut tx, id, mode, true, NOW).await.expect("a mode");
        }
        let before = Instant::from_millis(BELL.as_millis() - 1);
        for (now, expected) in [(before, vec![]), (BELL, vec![live, half]), (END, vec![])] {
            let on = lessons::live_now(&mut tx, world.school, now).await.expect("read");
            assert_eq!(on.iter().map(|lesson| lesson.id).collect::<Vec<_>>(), expected);
            assert!(on.iter().all(|lesson| (lesson.groups.as_str(), lesson.teachers.as_str()) == ("6E B", "Mme Fontaine")));
        }
    }

    async fn visits_and_removals_are_kept(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let lesson = history(&mut tx, &mut world).await;
        let first = VisitId::new(NOW, &mut world.rng);
        let second = VisitId::new(END, &mut world.rng);
        visits::join(&mut tx, first, lesson, world.max, LessonRole::Pupil, BELL).await.expect("join");
        visits::leave(&mut tx, first, END).await.expect("leave");
        visits::leave(&mut tx, first, AFTER).await.expect("leave again");
        visits::join(&mut tx, second, lesson, world.max, LessonRole::Pupil, END).await.expect("join");
        assert_eq!(visits::present(&mut tx, lesson, LessonRole::Pupil).await.expect("count"), 1);
        assert_eq!(visits::present(&mut tx, lesson, LessonRole::Teacher).await.expect("count"), 0);
        assert_eq!(visits::leave_all(&mut tx, lesson, AFTER).await.expect("leave all"), 1);
        let all = visits::list(&mut tx, lesson).await.expect("list");
        assert_eq!(all.iter().map(|it| it.left_at).collect::<Vec<_>>(), [Some(END.as_millis()), Some(AFTER.as_millis())]);

        for _ in 0..2 {
            visits::remove(&mut tx, lesson, world.max, world.teacher, NOW).await.expect("remove");
        }
        assert_eq!(visits::removed(&mut tx, lesson).await.expect("read"), [world.max]);
    }

    async fn a_chat_message_is_stored_once_for_its_key(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let lesson = history(&mut tx, &mut world).await;
        let mut send = async |body: &str, key: &str, at: Instant| {
            let id = ChatId::new(at, &mut world.rng);
            let message = chat::Message {
                id,
                person_id: world.max,
                body: body.to_owned(),
                audience: "\"class\"".to_owned(),
                sent_at: at,
            };
            chat::send(&mut tx, lesson, &message, key).await.expect("sent")
        };
        let first = send("La crue, c’est en été ?", "1", BELL).await;
        assert_eq!(send("autre chose", "1", END).await, first);
        let second = send("Oui", "2", END).await;
        assert_eq!(chat::recent(&mut tx, lesson).await.expect("read"), [first, second]);
    }

    async fn a_message_that_is_taken_back_is_shown_no_more_and_kept(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let lesson = history(&mut tx, &mut world).await;
        let id = ChatId::new(NOW, &mut world.rng);
        let message = chat::Message {
            id, person_id: world.max, body: "oups".to_owned(), audience: "\"leaders\"".to_owned(), sent_at: NOW,
        };
        assert_eq!(chat::send(&mut tx, lesson, &message, "1").await.expect("sent"), message);
        chat::take_back(&mut tx, lesson, id, world.teacher, END).await.expect("taken back");
        assert_eq!(chat::recent(&mut tx, lesson).await.expect("read"), []);
        assert_eq!(chat::send(&mut tx, lesson, &message, "1").await.expect("again"), message, "its key stays taken");
    }

    async fn an_author_takes_back_their_own_messages_and_no_others(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let lesson = history(&mut tx, &mut world).await;
        let id = ChatId::new(NOW, &mut world.rng);
        let message = chat::Message {
            id, person_id: world.max, body: "oups".to_owned(), audience: "\"class\"".to_owned(), sent_at: NOW,
        };
        chat::send(&mut tx, lesson, &message, "1").await.expect("sent");
        let unknown = ChatId::new(NOW, &mut world.rng);
        for (id, by, is_theirs) in [(id, world.teacher, false), (unknown, world.max, false), (id, world.max, true)] {
            assert_eq!(chat::recent(&mut tx, lesson).await.expect("read"), std::slice::from_ref(&message));
            assert_eq!(chat::take_own_back(&mut tx, lesson, id, by, END).await.expect("asked"), is_theirs);
        }
        assert_eq!(chat::recent(&mut tx, lesson).await.expect("read"), []);
        assert!(chat::take_own_back(&mut tx, lesson, id, world.max, END).await.expect("asked"), "once more is as well");
    }

    async fn facts_of_a_lesson_are_read_back_in_order_and_folded(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let lesson = history(&mut tx, &mut world).await;
        for seq in [1, 2, 4] {
            facts::note(&mut tx, lesson, seq, &format!("{{\"n\":{seq}}}"), NOW).await.expect("noted");
        }
        let numbers = |facts: Vec<facts::Fact>| facts.into_iter().map(|fact| fact.seq).collect::<Vec<_>>();
        assert_eq!(numbers(facts::after(&mut tx, lesson, 0, 10).await.expect("read")), [1, 2, 4]);
        assert_eq!(numbers(facts::after(&mut tx, lesson, 1, 1).await.expect("read")), [2]);
        assert_eq!(facts::folded(&mut tx, lesson).await.expect("read"), None);
        for (seq, book) in [(2, "{}"), (4, "{\"all\":true}")] {
            facts::fold(&mut tx, lesson, seq, book, NOW).await.expect("folded");
        }
        assert_eq!(facts::after(&mut tx, lesson, 0, 10).await.expect("read"), []);
        let folded = facts::Folded { seq: 4, book: "{\"all\":true}".to_owned() };
        assert_eq!(facts::folded(&mut tx, lesson).await.expect("read"), Some(folded));
    }

    async fn homework_is_listed_by_day(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let id = HomeworkId::new(NOW, &mut world.rng);
        let new = world.new_homework(id, "Exposé : le Nil");
        homework::create(&mut tx, &new, NOW).await.expect("homework");
        let due = homework::of_pupil(&mut tx, world.max, "2026-11-24", "2026-11-24", NOW).await.expect("read");
        assert_eq!(due.iter().map(|it| (it.id, it.author.as_str())).collect::<Vec<_>>(), [(id, "Mme Fontaine")]);
        let line = homework::Due {
            id, group_name: "6E B".to_owned(), subject_name: "Histoire".to_owned(),
            title: "Exposé : le Nil".to_owned(), due_day: "2026-11-24".to_owned(),
        };
        assert_eq!(homework::due_of_pupil(&mut tx, world.max, "2026-11-24", "2026-11-24", NOW).await.expect("read"), std::slice::from_ref(&line));
        assert_eq!(homework::due_of_author(&mut tx, world.teacher, "2026-11-01", "2026-11-30").await.expect("read"), [line]);
        assert_eq!(homework::of_pupil(&mut tx, world.max, "2026-11-25", "2026-12-24", NOW).await.expect("read").len(), 0);
        assert_eq!(homework::of_pupil(&mut tx, world.mother, "2026-11-24", "2026-11-24", NOW).await.expect("read").len(), 0);
        assert_eq!(homework::of_author(&mut tx, world.teacher, "2026-11-01", "2026-11-30").await.expect("read").len(), 1);
    }
}
