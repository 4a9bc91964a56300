use super::copies::copy;
use super::world::{NOW, World};
use crate::chat::{self, Message};
use crate::limits::{LESSON_FACTS_KEPT, REPORT_BODY_CHARS_MAX, REPORT_KEPT, REPORT_PICTURE_BYTES_MAX, SELF_TEST_KEPT};
use crate::reports::{self, NewReport};
use crate::self_tests::{self, NewSelfTest};
use crate::{Conn, StoreError, facts, keeping, people, visits};
use preau_base::{ChatId, Instant, LessonId, PersonId, ReportId, SelfTestId, VisitId};
use preau_school::safety::{Concern, ReportKind};
use preau_school::{LessonRole, Profile};
use std::time::Duration;

fn after(seconds: u64) -> Instant {
    NOW.plus(Duration::from_secs(seconds))
}

async fn say(
    conn: &mut Conn,
    world: &mut World,
    of: (LessonId, PersonId),
    body: &str,
    audience: &str,
    at: u64,
) -> ChatId {
    let id = ChatId::new(after(at), &mut world.rng);
    let message =
        Message { id, person_id: of.1, body: body.to_owned(), audience: audience.to_owned(), sent_at: after(at) };
    chat::send(conn, of.0, &message, &id.to_string()).await.expect("said");
    id
}

fn report<'a>(world: &mut World, lesson: LessonId, picture: Option<&'a [u8]>) -> NewReport<'a> {
    NewReport {
        id: ReportId::new(NOW, &mut world.rng),
        school: world.school,
        lesson,
        kind: ReportKind::Picture,
        concern: Concern::Shocking,
        reporter: world.ines,
        reported: world.max,
        body: "Il montre une photo",
        lines: "",
        picture,
    }
}

super::on_both! {
    async fn a_report_reaches_those_who_judge_it_and_goes_after_its_time(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let life = world.person(&mut tx, "julie.moreau", "Julie", "Moreau", Profile::SchoolLife).await;
        let lesson = world.lesson(&mut tx, NOW, "Histoire").await;
        let judges = reports::judges(&mut tx, world.school).await.expect("read");
        assert_eq!(judges.iter().map(|judge| judge.id).collect::<Vec<_>>(), [life]);

        let still = [0xff, 0xd8, 0xff];
        let one = report(&mut world, lesson, Some(&still));
        reports::add(&mut tx, &one, NOW).await.expect("kept");
        let long = "x".repeat(REPORT_BODY_CHARS_MAX + 1);
        let too_long = NewReport { body: &long, ..report(&mut world, lesson, None) };
        assert!(matches!(reports::add(&mut tx, &too_long, NOW).await, Err(StoreError::Limit { .. })));
        let large = vec![0; REPORT_PICTURE_BYTES_MAX + 1];
        let too_large = report(&mut world, lesson, Some(&large));
        assert!(matches!(reports::add(&mut tx, &too_large, NOW).await, Err(StoreError::Limit { .. })));
        assert_eq!(reports::made_since(&mut tx, world.ines, NOW.minus(Duration::from_secs(60))).await.expect("counted"), 1);
        assert_eq!(reports::made_since(&mut tx, world.ines, NOW).await.expect("counted"), 0);

        let found = reports::by_id(&mut tx, one.id).await.expect("read").expect("there");
        assert_eq!((found.reporter.reveal().as_str(), found.reported.reveal().as_str()), ("Inès O’Brien", "Max Leroy"));
        assert_eq!((found.kind, found.concern, found.has_picture), (ReportKind::Picture, Concern::Shocking, true));
        assert_eq!(reports::picture(&mut tx, one.id).await.expect("read").expect("there"), still);
        assert_eq!(reports::list(&mut tx, world.school, life, 0).await.expect("read").len(), 1);
        assert!(reports::list(&mut tx, world.school, world.max, 0).await.expect("read").is_empty(), "not about oneself");

        let late = after(REPORT_KEPT.as_secs() + 60);
        assert_eq!(reports::sweep(&mut tx, late).await.expect("swept"), 0, "one that waits stays");
        reports::handle(&mut tx, one.id, life, "Parents appelés", NOW).await.expect("handled");
        let found = reports::by_id(&mut tx, one.id).await.expect("read").expect("there");
        assert_eq!((found.handled_by.as_str(), found.note.reveal().as_str()), ("Moreau", "Parents appelés"));
        assert_eq!(reports::sweep(&mut tx, after(60)).await.expect("swept"), 0);
        assert_eq!(reports::sweep(&mut tx, late).await.expect("swept"), 1);
        assert!(reports::picture(&mut tx, one.id).await.expect("read").is_none());
    }

    async fn what_is_known_of_somebody_who_left_goes_with_them(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let lesson = world.lesson(&mut tx, NOW, "Histoire").await;
        let one = report(&mut world, lesson, Some(&[1]));
        reports::add(&mut tx, &one, NOW).await.expect("kept");
        assert!(copy(&mut tx, world.ines).await.contains("Il montre une photo"));
        let about = copy(&mut tx, world.max).await;
        assert!(!about.contains("Il montre une photo"), "who is reported does not learn by whom");
        people::forget(&mut tx, world.max, NOW).await.expect("forgotten");
        assert!(reports::by_id(&mut tx, one.id).await.expect("read").is_none());
    }

    async fn self_tests_are_listed_and_swept(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let id = SelfTestId::new(NOW, &mut world.rng);
        let test = NewSelfTest { id, school: world.school, person: world.max, browser: "Firefox", results: "[]" };
        self_tests::add(&mut tx, &test, NOW).await.expect("kept");
        let long = "x".repeat(10_000);
        let again = SelfTestId::new(NOW, &mut world.rng);
        let too_long = NewSelfTest { id: again, results: &long, ..test };
        assert!(matches!(self_tests::add(&mut tx, &too_long, NOW).await, Err(StoreError::Limit { .. })));
        assert_eq!(self_tests::sent_since(&mut tx, world.max, NOW.minus(Duration::from_secs(1))).await.expect("counted"), 1);
        let listed = self_tests::list(&mut tx, world.school, 0).await.expect("read");
        assert_eq!((listed[0].name.reveal().as_str(), listed[0].browser.as_str()), ("Max Leroy", "Firefox"));
        assert_eq!(self_tests::sweep(&mut tx, NOW).await.expect("swept"), 0);
        assert_eq!(self_tests::sweep(&mut tx, after(SELF_TEST_KEPT.as_secs() + 1)).await.expect("swept"), 1);
    }

    async fn chat_is_kept_as_the_school_says(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let id = world.lesson(&mut tx, NOW, "Histoire").await;
        let (max, ines) = ((id, world.max), (id, world.ines));
        let mut all = Vec::new();
        for (at, of, to) in [(1, max, "class"), (2, ines, "leaders"), (3, ines, "class"), (4, max, "class"), (5, ines, "class")] {
            all.push(say(&mut tx, &mut world, of, &format!("ligne {at}"), &format!("\"{to}\""), at).await);
        }
        let middle = keeping::line(&mut tx, id, all[3]).await.expect("read").expect("there");
        assert_eq!((middle.name.reveal().as_str(), middle.person_id), ("Max Leroy", world.max));
        let around = keeping::around(&mut tx, id, &middle, 2).await.expect("read");
        let ids: Vec<_> = around.iter().map(|line| line.id).collect();
        assert_eq!(ids, [all[0], all[2], all[4]], "of the same conversation only");
        chat::take_back(&mut tx, id, all[0], world.teacher, NOW).await.expect("taken back");
        let lines = keeping::lines(&mut tx, id, None).await.expect("read");
        assert_eq!(lines.iter().map(|line| line.id).collect::<Vec<_>>(), all[1..]);
        assert_eq!(keeping::lines(&mut tx, id, Some(all[3])).await.expect("read").len(), 1);
        assert!(keeping::line(&mut tx, id, all[0]).await.expect("read").is_some(), "it may have to be judged");

        assert_eq!(keeping::chat_days(&mut tx, world.school).await.expect("read"), None);
        assert!(keeping::by_days(&mut tx, None).await.expect("read").is_empty());
        assert!(keeping::change_chat_days(&mut tx, world.school, (None, Some(30)), world.teacher, NOW).await.expect("set"));
        for was in [None, Some(7)] {
            let late = keeping::change_chat_days(&mut tx, world.school, (was, Some(1)), world.teacher, NOW).await;
            assert!(!late.expect("nothing"), "{was:?} is no longer so");
        }
        assert_eq!(keeping::chat_days(&mut tx, world.school).await.expect("read"), Some(30));
        assert_eq!(keeping::by_days(&mut tx, None).await.expect("read"), [(world.school, 30)]);
        assert!(keeping::by_days(&mut tx, Some(world.school)).await.expect("read").is_empty());
        assert_eq!(keeping::sweep_chat_of_years(&mut tx, after(100)).await.expect("swept"), 0, "it has its own rule");
        assert_eq!(keeping::sweep_chat_of(&mut tx, world.school, after(3)).await.expect("swept"), 2);
        assert!(keeping::change_chat_days(&mut tx, world.school, (Some(30), None), world.teacher, NOW).await.expect("set"));
        assert_eq!(keeping::sweep_chat_of_years(&mut tx, after(5)).await.expect("swept"), 2);
        assert_eq!(keeping::lines(&mut tx, id, None).await.expect("read").len(), 1);
    }

    async fn the_facts_of_a_lesson_go_after_their_time(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let id = world.lesson(&mut tx, NOW, "Histoire").await;
        for seq in 1..=3 {
            facts::note(&mut tx, id, seq, "{}", NOW).await.expect("noted");
        }
        facts::fold(&mut tx, id, 1, "{}", NOW).await.expect("folded");
        let end = 3_300 + LESSON_FACTS_KEPT.as_secs();
        assert_eq!(keeping::sweep_facts(&mut tx, after(end - 1)).await.expect("swept"), 0);
        assert_eq!(keeping::sweep_facts(&mut tx, after(end + 1)).await.expect("swept"), 3);
        assert!(facts::folded(&mut tx, id).await.expect("read").is_none());
    }

    async fn it_is_known_from_when_to_when_somebody_was_in(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let id = world.lesson(&mut tx, NOW, "Histoire").await;
        assert_eq!(keeping::was_in(&mut tx, id, world.max, NOW).await.expect("read"), None);
        for (from, to) in [(10, Some(20)), (40, Some(90)), (95, None)] {
            let visit = VisitId::new(NOW, &mut world.rng);
            visits::join(&mut tx, visit, id, world.max, LessonRole::Pupil, after(from)).await.expect("joined");
            if let Some(to) = to {
                visits::leave(&mut tx, visit, after(to)).await.expect("left");
            }
            let last = to.unwrap_or(100);
            assert_eq!(keeping::was_in(&mut tx, id, world.max, after(100)).await.expect("read"), Some((after(10), after(last))));
        }
    }
}
